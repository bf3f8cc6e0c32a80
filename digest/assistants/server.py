"""The server of the archive for assistants: tools and resources, all of them read-only.

It runs over stdio, or over HTTP on this machine with a token. No word of a publisher is told
without its mark, nothing of the company's own without `private`, and every answer is bounded.
"""

from __future__ import annotations

import difflib
import json
import logging
from collections.abc import Callable, Collection
from functools import wraps
from typing import Annotated, ParamSpec, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.app.ask import ask_question
from digest.app.context import AppContext, load_stack_index
from digest.app.editions import find_edition, find_story, load_editions, publish_edition
from digest.app.editions import publish_story as choose_story_fields
from digest.app.history import load_vendor_histories, make_slug
from digest.app.search import MAX_LIMIT, search_archive
from digest.app.search_hits import Hit
from digest.assistants import answers
from digest.assistants.answers import MAX_PAGE, page
from digest.errors import DigestError
from digest.text import clean_text
from digest.version import __version__
from digest.web.access import harden_answers, has_bearer, refuse_foreign_host
from digest.web.listening import list_own_names, name_address, open_socket, run_server

logger = logging.getLogger(__name__)

ContextSource = Callable[[], AppContext]  # the surroundings, with the clock of now
_P = ParamSpec("_P")
_R = TypeVar("_R")
_READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_INSTRUCTIONS = (
    "The archive of a quarterly briefing on marketing technology: what publishers reported, what"
    " editions tell of it, and what a company runs. Everything is read-only. Cite the url of what"
    " you report; where nothing is found, say so. " + answers.NOTICE
)
_RESOURCE = "digest://editions"
_MAX_RESOURCE_STORIES = 200
_MAX_BODY = 256 * 1024  # of a request

Words = Annotated[str, Field(max_length=1000)]
Limit = Annotated[int, Field(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Field(ge=0, le=10_000)]
Name = Annotated[str, Field(max_length=200)]


def build_server(get_context: ContextSource, *, private: bool = False) -> MCPServer:
    """Return the server of a workspace. `private`: with the company's own figures and remarks."""
    logging.getLogger("mcp").setLevel(logging.ERROR)  # each call at INFO is no news
    server: MCPServer = MCPServer(
        "digest", title="Martech digest", instructions=_INSTRUCTIONS, version=__version__,
        log_level="ERROR",
    )  # fmt: skip
    archive = _ArchiveTools(get_context, private)
    for tool, title in (
        (archive.search, "Search the archive"),
        (archive.ask_passages, "Find passages that answer a question"),
        (archive.story, "Read a story"),
        (archive.edition, "Read an edition"),
        (archive.stack, "What the company runs"),
        (archive.vendor, "The history of a vendor"),
        (archive.sources_health, "How the sources do"),
    ):
        server.tool(title=title, annotations=_READ_ONLY)(_tell_faults(tool))
    _add_resources(server, get_context, private)
    return server


def run_over_stdio(server: MCPServer) -> None:
    """Serve one assistant on stdin and stdout, until it hangs up."""
    server.run("stdio")


def run_over_http(server: MCPServer, *, address: str, port: int, token: str) -> None:
    """Serve assistants over HTTP until interrupted; log the address. Raises UsageError."""
    with open_socket(address, port) as (listener, bound):
        app = build_http_app(server, list_own_names(address, bound), token)
        logger.info("assistants: http://%s:%d/mcp", name_address(address), bound)
        run_server(app, listener)


def build_http_app(server: MCPServer, hosts: Collection[str], token: str) -> ASGIApp:
    """Return the server as an ASGI application, for who brings the token as a bearer."""
    trusted = TransportSecuritySettings(
        allowed_hosts=sorted(hosts), allowed_origins=[f"http://{host}" for host in sorted(hosts)]
    )
    app = server.streamable_http_app(transport_security=trusted, max_request_body_size=_MAX_BODY)
    return _TokenGuard(app, hosts, token)


class _TokenGuard:
    """Passes on what brings the token, and comes under a name of ours."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str) -> None:
        self._app, self._hosts, self._token = app, frozenset(hosts), token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = refuse_foreign_host(headers, self._hosts)
        if refusal is None and not has_bearer(headers, self._token):
            refusal = PlainTextResponse(
                "A token is needed: Authorization: Bearer TOKEN.",
                401,
                {"www-authenticate": "Bearer"},
            )
        await (refusal or self._app)(scope, receive, harden_answers(send))


class _ArchiveTools:
    """The tools. Their docstrings and types are what an assistant sees of them."""

    def __init__(self, get_context: ContextSource, private: bool) -> None:
        self._get_context, self._private = get_context, private

    def search(self, query: Words, limit: Limit = 10, offset: Offset = 0) -> answers.Passages:
        """Find items, stories and notes that hold all words of `query`, best first.

        Filters may stand among the words: vendor:HubSpot category:crm event:acquisition ai:core
        source:NAME quarter:2026-Q3 after:2026-07-01 before:2026-08-01 in:edition.
        """
        most = min(offset + limit + 1, MAX_LIMIT)
        found = search_archive(self._get_context(), query, limit=most, private=self._private)
        return _make_page(list(found.hits), limit, offset)

    def ask_passages(
        self,
        question: Words,
        earlier: Annotated[list[Words], Field(max_length=3)] | None = None,
        limit: Limit = 8,
    ) -> answers.Passages:
        """Find the passages that answer a question, in English, Italian, German, Thai or Chinese.

        `earlier`: the questions before it, oldest first, where it is a follow-up as "And Adobe?".
        `nothing_found` means that the archive does not answer it: say so.
        """
        reply = ask_question(
            self._get_context(),
            question,
            earlier or (),
            limit=limit,
            private=self._private,
            with_model=False,
        )
        return _make_page(list(reply.passages), limit, 0)

    def story(
        self,
        id: Name,  # noqa: A002 - what an assistant sees
        quarter: Annotated[str, Field(max_length=20)] = "",
    ) -> answers.Story:
        """Return a story as an edition tells it, with all its sources.

        `id` is a story's, or that of an item from a search.
        """
        edition, story = find_story(self._get_context(), id, quarter)
        return answers.make_story(
            edition["quarter"], choose_story_fields(story, private=self._private)
        )

    def edition(
        self,
        quarter: Annotated[str, Field(max_length=20)] = "latest",
        limit: Limit = 30,
        offset: Offset = 0,
    ) -> answers.EditionPage:
        """Return an edition's frame and a page of its stories. `quarter` as 2026-Q3, or latest."""
        context = self._get_context()
        data = publish_edition(find_edition(context, quarter), private=self._private)
        rows = answers.list_headlines(data["sections"])
        shown, following = page(rows, offset, limit)
        return answers.EditionPage(
            quarter=data["quarter"],
            title=clean_text(data["title"]),
            start=data["start"],
            end=data["end"],
            so_far=data["so_far"],
            stories_told=len(rows),
            relevant_stories=data["counts"]["stories"],
            stories=shown,
            next_offset=following,
            quarters=[one["quarter"] for one in load_editions(context)][:MAX_PAGE],
        )

    def stack(self) -> answers.StackAnswer:
        """Return the products that the company runs, with their vendors and categories."""
        index = load_stack_index(self._get_context())
        products = index.stack.products if index else ()
        rows = []
        for product in products:
            row = answers.Product(
                name=product.name,
                vendor=product.vendor_or_name,
                categories=list(product.categories),
            )
            if self._private:
                row.owner, row.status, row.users = product.owner, product.status, product.users
                row.cost_a_year = str(product.cost) if product.cost else None
                end, notice = product.contract_end, product.notice_by
                row.contract_end = end.isoformat() if end else None
                row.notice_by = notice.isoformat() if notice else None
                row.contribution = product.contribution
            rows.append(row)
        return answers.StackAnswer(products=rows, private_fields=self._private)

    def vendor(self, name: Name, limit: Limit = 30, offset: Offset = 0) -> answers.VendorAnswer:
        """Return what all editions tell of a vendor, newest first.

        What happened, what it claimed of its AI and what of that is proven.
        """
        histories = load_vendor_histories(
            self._get_context(), ledger=self._private, answers=self._private
        )
        slug = make_slug(name)
        history = histories.get(slug)
        near = [
            histories[one].name
            for one in difflib.get_close_matches(slug, histories, 6, 0.6)
            if one != slug
        ]
        if history is None:
            return answers.VendorAnswer(
                name=clean_text(name)[:80], counts={}, entries=[], next_offset=None, similar=near
            )
        shown, following = page(answers.list_entries(history), offset, limit)
        return answers.VendorAnswer(
            name=history.name,
            counts=history.count_kinds(),
            entries=shown,
            next_offset=following,
            similar=near,
        )

    def sources_health(self, limit: Limit = 50, offset: Offset = 0) -> answers.SourcesAnswer:
        """Return how the sources of the newest edition did, those with problems first."""
        data = find_edition(self._get_context(), "latest")
        rows = [
            answers.SourceRow(
                name=clean_text(row["source"]),
                state=row["state"],
                untrusted_problem=clean_text(row["problem"])[:200],
                last_success=row["last_success"],
                items=row["items"],
            )
            for row in data["coverage"]
        ]
        rows.sort(key=lambda row: (row.state == "read", row.name))
        shown, following = page(rows, offset, limit)
        return answers.SourcesAnswer(quarter=data["quarter"], sources=shown, next_offset=following)


def _make_page(hits: list[Hit], limit: int, offset: int) -> answers.Passages:
    shown, following = page(hits, offset, limit)
    return answers.Passages(
        passages=[answers.make_passage(hit) for hit in shown],
        nothing_found=not hits,
        next_offset=following,
    )


def _tell_faults(tool: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a tool whose faults are told in words: an assistant can correct what it asked."""

    @wraps(tool)
    def call(*arguments: _P.args, **named: _P.kwargs) -> _R:
        try:
            return tool(*arguments, **named)
        except DigestError as error:
            raise ToolError(
                f"{error.message} ({error.hint})" if error.hint else str(error)
            ) from None

    return call


def _add_resources(server: MCPServer, get_context: ContextSource, private: bool) -> None:
    @server.resource(_RESOURCE, title="All editions", mime_type="application/json")
    def list_editions() -> str:
        """List the quarters that were built, newest first."""
        rows = [
            {
                "quarter": data["quarter"],
                "so_far": data["so_far"],
                "uri": f"{_RESOURCE}/{data['quarter']}",
            }
            for data in load_editions(get_context())
        ]
        return json.dumps(rows)

    @server.resource(f"{_RESOURCE}/{{quarter}}", title="An edition", mime_type="application/json")
    def read_edition(quarter: str) -> str:
        """Read an edition as data, its stories with their sources."""
        try:
            data = publish_edition(find_edition(get_context(), quarter), private=private)
        except DigestError as error:
            raise ResourceError(str(error)) from None
        stories = [
            answers.make_story(data["quarter"], story).model_dump(exclude={"notice"})
            for section in data["sections"]
            for story in section["stories"]
        ]
        frame = {name: data[name] for name in ("quarter", "start", "end", "so_far", "title")}
        whole = {"notice": answers.NOTICE, **frame, "stories": stories[:_MAX_RESOURCE_STORIES]}
        return json.dumps(whole, ensure_ascii=False)
