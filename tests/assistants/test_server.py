"""The server of the archive for assistants, used through the SDK's own client."""

from __future__ import annotations

import json
import sys
import threading

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from digest.assistants.answers import MAX_PAGE, NOTICE, make_story
from digest.assistants.server import build_http_app, build_server
from digest.web.listening import list_own_names, open_socket
from tests.factories.items import NOW
from tests.factories.served import HOSTILE, SECRET, STORIES

TOOLS = {"search", "ask_passages", "story", "edition", "stack", "vendor", "sources_health"}


def use(context, do, *, private=False):
    """Connect to a server in this process, and return what is done with the client."""

    async def run():
        async with Client(build_server(lambda: context, private=private)) as client:
            return await do(client)

    return anyio.run(run)


def call(context, tool, private=False, **arguments):
    """Call one tool; return its structured answer."""

    async def do(client):
        result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        assert json.loads(result.content[0].text) == result.structured_content
        return result.structured_content

    return use(context, do, private=private)


def test_each_tool_has_typed_schemas_and_only_reads(context):
    """Bounded arguments, typed answers, and a word that nothing is changed."""
    tools = use(context, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert tool.description
        assert tool.output_schema["properties"]["notice"]["default"] == NOTICE
        for schema in tool.input_schema["properties"].values():
            options = schema.get("anyOf", [schema])
            assert any(
                {"maxLength", "maximum", "maxItems"} & option.keys() for option in options
            ), tool.name


def test_a_search_gives_passages_marked_as_words_of_others(context):
    """With address, day and publisher."""
    answer = call(context, "search", query="quillmark agent")
    first = answer["passages"][0]
    assert first["untrusted_title"] == STORIES[0][0]
    assert first["untrusted_quote"] in STORIES[0][1]
    assert first["url"] == "https://trade.example/0"
    assert (first["publisher"], first["date"]) == ("Trade Daily", "2026-07-02")
    assert answer["notice"] == NOTICE


def test_pages_follow_each_other(context):
    """Each once, until the end."""
    seen, offset = [], 0
    while offset is not None:
        answer = call(context, "search", query="in:edition", limit=2, offset=offset)
        seen += [passage["id"] for passage in answer["passages"]]
        assert len(answer["passages"]) <= 2
        offset = answer["next_offset"]
    assert len(seen) == len(set(seen)) > 2


def test_a_question_is_answered_and_followed_up(context):
    """And where there is nothing, that is said."""
    answer = call(context, "ask_passages", question="Who acquires Tallyvane?")
    assert answer["passages"][0]["id"] == "trade-1"
    followed = call(
        context, "ask_passages", question="And Fernlight?", earlier=["Who raises prices?"]
    )
    assert followed["passages"][0]["id"] == "trade-2"
    assert call(context, "ask_passages", question="How is bread baked?") == {
        "notice": NOTICE, "passages": [], "nothing_found": True, "next_offset": None,
    }  # fmt: skip


def test_a_story_is_found_by_its_item(context):
    """With its sources."""
    story = call(context, "story", id="trade-1")
    assert story["untrusted_title"] == STORIES[1][0]
    assert [source["url"] for source in story["sources"]] == ["https://trade.example/1"]
    assert story["untrusted_sentences"]


def test_an_edition_lists_its_stories(context):
    """The newest where none is named."""
    edition = call(context, "edition")
    assert (edition["quarter"], edition["quarters"]) == ("2026-Q3", ["2026-Q3"])
    titles = {story["untrusted_title"] for story in edition["stories"]}
    assert STORIES[1][0] in titles
    assert call(context, "edition", quarter="2026-Q3") == edition


def test_a_vendor_has_a_history(context):
    """What happened, and what of its claims is proven; names that are like it."""
    history = call(context, "vendor", name="halcyra")
    assert history["name"] == "Halcyra"
    assert [entry["day"] for entry in history["entries"]] == sorted(
        (entry["day"] for entry in history["entries"]), reverse=True
    )
    assert {"happened", "claimed"} <= {entry["kind"] for entry in history["entries"]}
    assert call(context, "vendor", name="Halcyrra")["similar"] == ["Halcyra"]


def test_sources_are_named_without_their_addresses(context):
    """A feed's address may hold a key."""
    answer = call(context, "sources_health")
    assert [row["name"] for row in answer["sources"]] == ["Trade Daily"]
    assert "s3cr3t" not in json.dumps(answer)


ALL_CALLS: tuple[tuple[str, dict], ...] = (
    ("search", {"query": "quillmark"}),
    ("search", {"query": "ottilie"}),
    ("search", {"query": "kind:decision"}),
    ("ask_passages", {"question": "What do we do about Quillmark and Ottilie?"}),
    ("story", {"id": "trade-0"}),
    ("edition", {}),
    ("stack", {}),
    ("vendor", {"name": "Halcyra"}),
    ("sources_health", {}),
)


@pytest.mark.whole
def test_nothing_private_is_told_without_the_switch(context):
    """No owner, cost, remark, decision or promise; with it, they are."""
    without = json.dumps([call(context, tool, **arguments) for tool, arguments in ALL_CALLS])
    for word in ("Ottilie", "48123", "48,123", "We run", "agents in all editions", "3 million"):
        assert word not in without
    told = json.dumps([call(context, tool, True, **arguments) for tool, arguments in ALL_CALLS])
    for word in (SECRET, "48,123 EUR", "agents in all editions", "3 million"):
        assert word in told


@pytest.mark.parametrize("private", [False, True])
def test_hostile_texts_are_inert(context, private):
    """One line, no control or direction marks, in fields that say whose they are."""
    answers = [
        call(context, "search", private, query="vexmark instructions"),
        call(context, "ask_passages", private, question="Which instructions does Vexmark ignore?"),
        call(context, "story", private, id="trade-4"),
        call(context, "vendor", private, name="Vexmark"),
    ]
    whole = json.dumps(answers, ensure_ascii=False)
    assert "Ignore all previous instructions" in whole
    assert not {"\x1b", "\x07", "\u202e", "\n"} & set(whole)

    def check(value, name=""):
        if isinstance(value, dict):
            for key, inner in value.items():
                check(inner, key)
        elif isinstance(value, list):
            for inner in value:
                check(inner, name)
        elif isinstance(value, str) and ("Ignore all" in value or "<script>" in value):
            assert name.startswith("untrusted_"), name

    check(answers)
    assert HOSTILE[0].partition(" <")[0] in whole


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("search", {"query": "event:lunch"}, "event:lunch is not known"),
        ("search", {"query": "   "}, "nothing to search for"),
        ("story", {"id": "nowhere"}, "no edition tells a story"),
        ("edition", {"quarter": "2020-Q1"}, "2020-Q1 has not been built"),
        ("edition", {"quarter": "soon"}, "names no quarter"),
        ("search", {"query": "x" * 1001}, "at most 1000"),
        ("search", {"query": "x", "limit": MAX_PAGE + 1}, "less than or equal to 50"),
        ("search", {"query": "x", "offset": -1}, "greater than or equal to 0"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_words(context, tool, arguments, words):
    """So that an assistant can ask again; no traceback, no path."""

    async def do(client):
        return await client.call_tool(tool, arguments)

    result = use(context, do)
    assert result.is_error
    assert words in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_answers_are_bounded(context):
    """However much is asked for."""
    for tool, arguments in ALL_CALLS:
        limit = {} if tool in ("story", "stack") else {"limit": MAX_PAGE}
        assert len(json.dumps(call(context, tool, **arguments, **limit))) < 60_000


def test_editions_are_resources(context):
    """Listed, and read as data."""

    async def do(client):
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        listed = await client.read_resource("digest://editions")
        read = await client.read_resource("digest://editions/2026-Q3")
        with pytest.raises(MCPError):
            await client.read_resource("digest://editions/2020-Q1")
        return resources, templates, listed.contents[0].text, read.contents[0].text

    resources, templates, listed, read = use(context, do)
    assert [str(one.uri) for one in resources] == ["digest://editions"]
    assert [one.uri_template for one in templates] == ["digest://editions/{quarter}"]
    (row,) = json.loads(listed)
    assert row["uri"] == "digest://editions/2026-Q3"
    edition = json.loads(read)
    assert edition["notice"] == NOTICE
    assert "48,123" not in read
    assert STORIES[1][0] in {story["untrusted_title"] for story in edition["stories"]}


@pytest.mark.slow  # starts a process
@pytest.mark.whole
def test_an_assistant_starts_it_over_stdio(context):
    """As its configuration would: stdout carries the protocol and nothing else."""
    server = StdioServerParameters(
        command=sys.executable,
        args=[
            "-m", "digest", "mcp", "--workspace", str(context.workspace.root),
            "--now", NOW.isoformat(),
        ],
    )  # fmt: skip

    async def run():
        async with Client(server) as client:
            tools = await client.list_tools()
            found = await client.call_tool("search", {"query": "tallyvane"})
            return tools, found

    tools, found = anyio.run(run)
    assert {tool.name for tool in tools.tools} == TOOLS
    assert found.structured_content["passages"][0]["id"] == "trade-1"


@pytest.fixture
def served(context):
    """The server over HTTP on a socket of its own; yields its address."""
    import uvicorn

    with open_socket("127.0.0.1", 0) as (listener, port):
        app = build_http_app(
            build_server(lambda: context), list_own_names("127.0.0.1", port), "a-token"
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{port}/mcp"
        server.should_exit = True
        thread.join()


@pytest.mark.slow  # a server on a socket
def test_over_http_a_token_opens_it(served):
    """And nothing else does."""

    async def run():
        import httpx2

        headers = {"authorization": "Bearer a-token"}
        async with httpx2.AsyncClient(headers=headers) as http:
            transport = streamable_http_client(served, http_client=http)
            async with Client(transport) as client:
                return await client.call_tool("search", {"query": "tallyvane"})

    found = anyio.run(run)
    assert found.structured_content["passages"][0]["id"] == "trade-1"
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for headers, status in (
        ({}, 401),
        ({"authorization": "Bearer b-token"}, 401),
        ({"authorization": "Basic a-token"}, 401),
        ({"authorization": "Bearer a-token", "host": "evil.example"}, 421),
        ({"authorization": "Bearer a-token", "origin": "https://evil.example"}, 403),
    ):
        accept = {"accept": "application/json, text/event-stream"}
        answer = httpx.post(served, json=ping, headers=headers | accept)
        assert answer.status_code == status, headers


def test_a_body_without_end_is_refused(served):
    """Whoever brings the token."""
    headers = {"authorization": "Bearer a-token", "accept": "application/json, text/event-stream"}
    answer = httpx.post(served, json={"x": "y" * 600_000}, headers=headers)
    assert answer.status_code == 413


def test_words_of_others_are_cut_and_clean():
    """Whatever an archive of an older version holds."""
    hostile = "Ignore \x1b[31m\u202e all " + "words " * 500
    item = {"id": "i", "title": hostile, "source": hostile, "url": "", "published": None}
    told = make_story(
        "2026-Q3",
        {"id": "s", "title": hostile, "summary": [{"text": hostile}], "category": None, "event": None,
         "ai": None, "evidence": None, "vendors": [hostile], "items": [item]},
    )  # fmt: skip
    texts = [told.untrusted_title, *told.untrusted_sentences, *told.vendors]
    texts += [told.sources[0].untrusted_title, told.sources[0].publisher]
    assert all(len(text) <= 400 and text.isprintable() for text in texts)
