"""The served archive over HTTP: who may read, what is shown, that nothing in it acts."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import feedparser
import jsonschema
import pytest
from lxml import html
from starlette.testclient import TestClient

from digest.app.history import EntryKind, History, HistoryEntry, load_vendor_histories
from digest.app.workspace import Workspace
from digest.serve.api import ENDPOINTS, build_openapi
from digest.serve.app import create_app
from digest.serve.archive import ServedArchive
from digest.serve.guard import CONTENT_SECURITY_POLICY, ReadAccess
from digest.serve.timeline import NARROW, WIDE, lay_out_timeline
from tests.factories.model_service import answer_well
from tests.factories.served import HOSTILE, SECRET, STORIES
from tests.language_model.conftest import served

HOST, TOKEN = "localhost:8485", "a-token-of-the-tests"
ACCESS = ReadAccess(TOKEN, frozenset({HOST}))
PAGES = (
    "/", "/register", "/register?quarter=2026-Q3&category=crm&vendor=Fernlight",
    "/register?event=acquisition", "/vendors",
    "/vendors/halcyra", "/categories", "/categories/crm", "/search", "/search?q=quillmark",
    "/search?q=zebra", "/search?q=in:edition", "/ask", "/ask?q=Who+acquires+Tallyvane%3F",
    "/ask?q=And+Fernlight%3F&earlier=Who+raises+prices%3F", "/stories/trade-1",
    "/search?q=vexmark+instructions", "/ask?q=Which+instructions+does+Vexmark+ignore%3F",
    "/vendors/vexmark", "/stories/trade-4",
)  # fmt: skip
DATA = (
    "/api/editions", "/api/editions/2026-Q3", "/api/stories/trade-1", "/api/search?q=quillmark",
    "/api/ask?q=Who+acquires+Tallyvane%3F", "/api/vendors", "/api/vendors/halcyra",
    "/api/categories", "/api/categories/crm",
)  # fmt: skip
FEEDS = ("/feeds/editions.xml", "/feeds/search.xml?q=quillmark", "/feeds/vendors/halcyra.xml", "/feeds/categories/crm.xml")  # fmt: skip


def parse(text: str) -> Any:
    """The tree of a page."""
    return html.fromstring(text)


def open_site(context, access=ACCESS, **more):
    """A client that came by the link."""
    client = TestClient(
        create_app(ServedArchive(lambda: context, **more), access), base_url=f"http://{HOST}"
    )
    assert client.get(f"/?token={TOKEN}").status_code == 200
    return client


@pytest.fixture(scope="module")
def site(context):
    return open_site(context)


@pytest.fixture
def stranger(context):
    return TestClient(create_app(ServedArchive(lambda: context), ACCESS), base_url=f"http://{HOST}")


# ---------------------------------------------------------------- who may read


def test_the_link_opens_it_and_the_token_leaves_the_address(stranger):
    """It stays in a cookie that no script reads."""
    assert stranger.get("/").status_code == 403
    answer = stranger.get(f"/vendors?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/vendors")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert stranger.get("/vendors").status_code == 200


@pytest.mark.parametrize("address", [*PAGES, *DATA, *FEEDS, "/static/style.css"])
def test_nothing_is_read_without_the_token(stranger, address):
    """Neither pages nor data nor feeds."""
    assert stranger.get(address).status_code == 403


def test_programs_bring_the_token_as_a_bearer(stranger):
    """And no other."""
    for token, status in ((TOKEN, 200), ("another", 403)):
        headers = {"authorization": f"Bearer {token}"}
        assert stranger.get("/api/editions", headers=headers).status_code == status


def test_metrics_are_for_who_has_the_token(stranger):
    """Numbers in Prometheus' form; a feed's token does not open them."""
    assert stranger.get("/metrics").status_code == 403
    assert stranger.get(f"/metrics?token={ACCESS.feed_token}").status_code == 403
    answer = stranger.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    values = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if line[0] != "#")
    assert int(values["digest_items"]) > 0
    assert "digest_queue_failed" not in values  # there is no queue


def test_a_feed_reader_has_a_token_that_opens_feeds_alone(stranger):
    """It is made of the token, and is not the token."""
    token = ACCESS.feed_token
    assert token != TOKEN
    assert stranger.get(f"/feeds/editions.xml?token={token}").status_code == 200
    assert stranger.get(f"/api/editions?token={token}").status_code == 403
    assert stranger.get(f"/?token={token}").status_code == 403


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"host": "evil.example"}, 421),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}, 403),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ("GET", {"sec-fetch-site": "same-origin"}, 200),
        ("HEAD", {}, 200),
        ("POST", {}, 405),
        ("PUT", {}, 405),
        ("DELETE", {}, 405),
        ("OPTIONS", {"origin": "https://evil.example"}, 405),
    ],
)
def test_it_is_read_by_its_own_pages_alone(site, method, headers, status):
    """A link may lead to it; another site cannot make it work."""
    answer = site.request(method, "/vendors", headers=headers)
    assert answer.status_code == status
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers


def test_behind_a_proxy_the_named_user_is_needed_and_no_token(context):
    """Who comes past the proxy gets nothing."""
    access = ReadAccess(TOKEN, frozenset({"digest.corp.example"}), user_header="X-Remote-User")
    client = TestClient(
        create_app(ServedArchive(lambda: context), access), base_url="http://digest.corp.example"
    )
    assert client.get("/").status_code == 403
    assert client.get(f"/?token={TOKEN}").status_code == 403
    named = {"X-Remote-User": "anna", "X-Forwarded-Proto": "https"}
    page = client.get("/", headers=named)
    assert page.status_code == 200
    assert "token=" not in page.text
    feed = client.get("/feeds/editions.xml", headers=named).text
    assert 'href="https://digest.corp.example/editions/2026-Q3/digest.html"' in feed


# ---------------------------------------------------------------- what is shown


@pytest.mark.whole
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole_and_bound(site, address):
    """Headings in order, labels on fields, no script, nothing of elsewhere loaded."""
    answer = site.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    page = parse(answer.text)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//title")[0].text.strip()
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    for field in page.xpath("//input[not(@type='hidden')] | //select"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert not page.xpath(
        "//script | //iframe | //img | //object | //style | //@style | //@onerror"
    )
    loaded = page.xpath("//link[@rel='stylesheet']/@href | //@src")
    assert loaded == ["/static/style.css"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for link in page.xpath("//a/@href"):
        assert re.match(r"/|#|https?://trade\.example|https://halcyra\.example", link), link


def test_every_link_of_ours_leads_somewhere(site):
    """From page to page, over the whole site."""
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop()
        kind = address.partition("?")[0]
        if kind in seen:  # of addresses with a query one of each kind
            continue
        seen.add(kind)
        answer = site.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html") and "/editions/" not in address:
            links = parse(answer.text).xpath("//a/@href | //link/@href")
            waiting += [link.partition("#")[0] for link in links if link.startswith("/")]
    assert len(seen) > 20


def test_the_first_page_lists_editions(site):
    """With the files there are, and those alone."""
    page = parse(site.get("/").text)
    assert page.xpath("//article[@class='edition']/h3/a/@href") == ["/editions/2026-Q3/digest.html"]
    assert "/editions/2026-Q3/digest.pdf" not in page.xpath("//a/@href")


def test_files_of_an_edition_are_sent_and_no_others(site, context):
    """No mail, no folder above, no archive."""
    assert site.get("/editions/2026-Q3/edition.json").json()["quarter"] == "2026-Q3"
    page = site.get("/editions/2026-Q3/digest.html")
    assert page.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    output = context.workspace.output
    (output / "2026-Q3" / "mail.html").write_text("to the board")
    for address in (
        "/editions/2026-Q3/mail.html", "/editions/2026-Q3/..%2Farchive.db", "/editions/../archive.db",
        "/editions/2026-Q3/../../sources.yaml", "/editions/2026-Q3/xx/edition.json",
        "/editions/2026-Q3/%2e%2e/edition.json", "/editions/2020-Q1/edition.json", "/archive.db",
    ):  # fmt: skip
        assert site.get(address).status_code == 404, address


def test_an_edition_s_own_policy_goes_with_it(site, context):
    """Its style and script act by their hashes, and no page frames it."""
    path = context.workspace.output / "2026-Q3" / "digest.html"
    before = path.read_text("utf-8")
    path.write_text(
        '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-x&#39;">'
    )
    policy = site.get("/editions/2026-Q3/digest.html").headers["content-security-policy"]
    path.write_text(before, "utf-8")
    assert policy == "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'"


def test_a_search_shows_passages_with_their_words_marked(site):
    """And leads to the source."""
    page = parse(site.get("/search?q=quillmark").text)
    (first, *_) = page.xpath("//article[@class='hit']")
    assert first.xpath(".//a/@href") == ["https://trade.example/0"]
    assert "Quillmark" in first.xpath(".//mark/text()")
    assert "Nothing found." in site.get("/search?q=zebra").text


@pytest.mark.parametrize(
    ("query", "stories"),
    [
        ("?event=acquisition", 1),
        ("?vendor=merrowbank", 1),
        ("?vendor=Tallyvane&event=funding", 0),
    ],
)
def test_the_register_is_narrowed_down(site, query, stories):
    """By what happened, by who acts; nothing found is said."""
    page = parse(site.get(f"/register{query}").text)
    assert len(page.xpath("//ul[@class='entries']/li")) == stories
    assert bool(page.xpath("//p[@class='note']")) == (stories == 0)


def test_a_search_by_filters_alone_shows_each_story_once(site):
    """An item that an edition tells, and not that telling beside it."""
    page = parse(site.get("/search?q=vendor:Halcyra").text)
    titles = ["".join(title.itertext()) for title in page.xpath("//*[@class='title']")]
    assert titles
    assert len(titles) == len(set(titles))


def test_a_story_leads_on(site):
    """To its vendors and to its place in the briefing."""
    page = parse(site.get("/stories/trade-1").text)
    links = page.xpath("//main//a/@href")
    assert "/vendors/merrowbank" in links
    assert any(link.startswith("/editions/2026-Q3/digest.html#") for link in links)


def test_a_follow_up_carries_the_questions_before(site):
    """In the form, and in what is found."""
    page = parse(site.get("/ask?q=Who+raises+prices%3F").text)
    assert page.xpath("//input[@name='earlier']/@value") == ["Who raises prices?"]
    page = parse(site.get("/ask?q=And+Fernlight%3F&earlier=Who+raises+prices%3F").text)
    assert page.xpath("//article//a/@href")[0] == "https://trade.example/2"


def test_a_vendor_is_drawn_and_listed_by_quarter(site):
    """Each dot stands in the list, too."""
    page = parse(site.get("/vendors/halcyra").text)
    assert page.xpath("//svg[@role='img']/title/text()")
    assert len(page.xpath("//circle")) >= 3
    assert page.xpath("//h2/text()") == ["Q3 2026", "Q2 2026"]  # a promise of May is the second
    words = " ".join(page.xpath("//span[@class='what']/text()"))
    assert "Promised · " in words
    assert "by 30 September 2026" in words
    assert "Happened" in words


def test_the_team_s_own_words_need_the_switch(context, site):
    """Decisions in the search, answers in the history."""
    assert SECRET not in site.get("/search?q=quillmark+ottilie").text
    assert "3 million letters" not in site.get("/vendors/halcyra").text
    private = open_site(context, private=True)
    assert "Ottilie" in private.get("/search?q=kind:decision").text
    assert "3 million letters" in private.get("/vendors/halcyra").text


@pytest.mark.parametrize("address", [one for one in (*PAGES, *DATA, *FEEDS) if "exmark" in one])
def test_hostile_texts_are_text(site, address):
    """Escaped in pages, without control or direction marks that would act."""
    text = site.get(address).text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "\x1b" not in text
    assert "49" not in re.findall(r"\{\{|\b49\b", text)
    assert HOSTILE[0].partition(" <")[0] in re.sub("</?mark>", "", text)


def test_hostile_questions_are_text(site):
    """What is asked for comes back escaped, and in no header."""
    bad = '"><script>alert(1)</script>\r\nSet-Cookie: x=1'
    for path in ("/search", "/ask"):
        answer = site.get(path, params={"q": bad})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/vendors/nobody", 404),
        ("/stories/nowhere", 404),
        ("/search?q=event:lunch", 400),
        ("/search?q=x&offset=-1", 400),
        ("/search?q=x&offset=1e3", 400),
        ("/register?category=poetry", 400),
        ("/register?event=lunch", 400),
        ("/nowhere", 404),
        ("/api/search", 400),
        ("/api/search?q=x&limit=1000", 400),
        ("/api/editions/2020-Q1", 404),
        ("/api/editions/soon", 404),
        ("/api/nowhere", 404),
    ],
)
def test_what_is_not_there_is_told(site, address, status):
    """As a page, or as JSON for programs."""
    answer = site.get(address)
    assert answer.status_code == status
    if address.startswith("/api/"):
        assert set(answer.json()) == {"error", "hint"}
    else:
        heading = "Not found" if status == 404 else "This cannot be answered"
        assert parse(answer.text).xpath("//h1/text()") == [heading]
        assert parse(answer.text).xpath("//main//a/@href") == ["/", "/search"]


# ---------------------------------------------------------------- data, feeds, caching


@pytest.mark.parametrize("address", DATA)
def test_data_is_as_the_document_says(site, address):
    """Each endpoint's answer against its own schema."""
    document = site.get("/api/openapi.json").json()
    path = address.partition("?")[0]
    endpoint = next(
        one for one in ENDPOINTS if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one.path), path)
    )
    operation = document["paths"][endpoint.path]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    data = site.get(address).json()
    jsonschema.validate(data, {**schema, "components": document["components"]})
    assert data


def test_the_document_describes_every_endpoint():
    """With all that its address and its query hold."""
    document = build_openapi("Test")
    assert set(document["paths"]) == {one.path for one in ENDPOINTS}
    for path, operation in document["paths"].items():
        names = {one["name"] for one in operation["get"]["parameters"] if one["in"] == "path"}
        assert names == set(re.findall(r"\{(\w+)\}", path))


@pytest.mark.parametrize("address", FEEDS)
def test_feeds_are_read_by_a_feed_reader(site, address):
    """With entries that have an id, a title, a day and an address."""
    feed = feedparser.parse(site.get(address).content)
    assert not feed.bozo
    assert feed.entries
    for entry in feed.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.title
        assert entry.updated_parsed
        assert entry.link.startswith("http")
    assert TOKEN not in site.get(address).text


@pytest.mark.parametrize(
    "address", [*PAGES, *DATA, *FEEDS, "/static/style.css", "/editions/2026-Q3/edition.json"]
)
def test_what_is_known_is_not_sent_again(site, address):
    """By its ETag; and the same is answered twice alike."""
    first = site.get(address)
    tag = first.headers["etag"]
    again = site.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert site.get(address, headers={"if-none-match": '"other"'}).content == first.content


def test_an_answer_of_a_model_stands_before_its_passages(tmp_path):
    """Where the switch allows it, each sentence with links to its passages."""
    with served(tmp_path, answer_well) as (running, context):
        plain = open_site(context).get("/ask?q=What+did+Halcyra+launch%3F")
        assert running.asked == []
        page = open_site(context, answers=True).get("/ask?q=What+did+Halcyra+launch%3F")
    assert "Written by" not in plain.text
    tree = parse(page.text)
    assert tree.xpath("//div[@class='answer']/p[1]/a/@href") == ["#p1"]
    assert tree.xpath("//*[@id='p1']")


# ---------------------------------------------------------------- histories


def test_a_timeline_places_days_in_order():
    """Within its bounds, a row for each kind that there is, quarters as ticks."""
    told: tuple[tuple[EntryKind, date], ...] = (
        ("proven", date(2026, 9, 30)), ("happened", date(2026, 7, 2)),
        ("happened", date(2026, 7, 2)), ("happened", date(2025, 12, 31)),
    )  # fmt: skip
    entries = tuple(HistoryEntry(kind, day, "2026-Q3", f"{kind} {day}") for kind, day in told)
    drawing = lay_out_timeline(History("a", "A", entries))
    assert [row.kind for row in drawing.rows] == ["happened", "proven"]
    happened = drawing.rows[0].dots
    assert [dot.count for dot in happened] == [1, 2]
    places = [dot.x for row in drawing.rows for dot in row.dots]
    assert places == sorted(places)
    assert drawing.left <= places[0] <= places[-1] <= drawing.right
    assert [tick.day for tick in drawing.ticks] == [
        date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1),
    ]  # fmt: skip
    assert lay_out_timeline(History("a", "A", ())) is None


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_names_of_quarters_do_not_stand_on_each_other(width):
    """However long the line and however narrow the drawing."""
    days = (date(2019, 2, 1), date(2026, 9, 30))
    entries = tuple(HistoryEntry("happened", day, "2026-Q3", f"{day}") for day in days)
    drawing = lay_out_timeline(History("a", "A", entries), width)
    assert len(drawing.ticks) == 31
    named = [tick.x for tick in drawing.ticks if tick.is_named]
    assert named
    assert all(after - before >= 90 for before, after in pairwise([*named, width]))
    assert all(dot.x <= width for row in drawing.rows for dot in row.dots)


def test_few_quarters_have_their_months():
    """Else a quarter's days stand on a line that says nothing of when they are."""
    days = (date(2026, 7, 2), date(2026, 9, 1))
    entries = tuple(HistoryEntry("happened", day, "2026-Q3", f"{day}") for day in days)
    drawing = lay_out_timeline(History("a", "A", entries))
    assert [tick.day.month for tick in drawing.ticks] == [7, 8, 9]


def test_a_promise_stands_once_as_it_stood_last(context, tmp_path):
    """Every edition lists it until it is kept; it belongs to the quarter in which it was made."""
    shutil.copytree(context.workspace.root, tmp_path / "copy")
    place = Workspace(tmp_path / "copy")
    older = json.loads((place.edition_folder("2026-Q3") / "edition.json").read_text("utf-8"))
    newer = json.loads(json.dumps(older))
    newer |= {"quarter": "2026-Q4", "start": "2026-10-01T00:00:00Z", "register": [], "claims": []}
    newer |= {"sections": []}
    newer["ledger"]["lines"][0]["standing"] = "slipped"
    folder = place.edition_folder("2026-Q4")
    folder.mkdir(parents=True)
    (folder / "edition.json").write_text(json.dumps(newer), "utf-8")
    copied = replace(context, workspace=place)
    history = load_vendor_histories(copied, ledger=True, answers=False)["halcyra"]
    promised = [one for one in history.entries if one.text == "agents in all editions"]
    assert [(one.label, one.quarter, one.due) for one in promised] == [
        ("slipped", "2026-Q2", date(2026, 9, 30))
    ]


def test_histories_hold_what_editions_tell(context):
    """Each report once; promises and answers where they are asked for."""
    plain = load_vendor_histories(context, ledger=False, answers=False)["halcyra"]
    assert plain.count_kinds()["happened"] == 2
    assert plain.count_kinds()["promised"] == 0
    whole = load_vendor_histories(context, ledger=True, answers=True)["halcyra"]
    kinds = whole.count_kinds()
    assert kinds["promised"] >= 1
    assert kinds["answered"] == 1
    assert STORIES[0][0] in {entry.text for entry in whole.entries}
    assert [one.day for one in whole.entries] == sorted(
        (one.day for one in whole.entries), reverse=True
    )


def test_a_vendor_s_file_that_cannot_be_read_ends_nothing(context, caplog):
    """It is named, and the rest is shown."""
    path = context.team_root / "vendors" / "broken.yaml"
    path.write_text("answers: [{on: yesterday}]\nvendor: Broken\n")
    found = load_vendor_histories(context, ledger=False, answers=True)
    path.unlink()
    assert "broken" not in found
    assert "halcyra" in found
