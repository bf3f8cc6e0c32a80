"""The served archive as an ASGI application: pages, files of editions, feeds, JSON."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from operator import methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from digest.app.metrics import CONTENT_TYPE, write_metrics
from digest.errors import DigestError, UsageError
from digest.model.tags import EVENTS
from digest.period import PERIOD_NAME
from digest.serve.api import ENDPOINTS, build_openapi, read_number, read_words
from digest.serve.archive import PAGE, ServedArchive, cut_page
from digest.serve.guard import ReadAccess, ReadGuard
from digest.serve.pages import (
    FeedEntry,
    PageRenderer,
    list_edition_entries,
    list_history_entries,
    list_hit_entries,
    make_address,
)
from digest.serve.timeline import NARROW, WIDE, lay_out_timeline
from digest.text import clean_text

_HTML, _ATOM, _JSON = "text/html; charset=utf-8", "application/atom+xml", "application/json"
_FILES: Mapping[str, str] = {  # of an edition, that may be read
    "digest.html": _HTML,
    "digest.pdf": "application/pdf",
    "digest.ics": "text/calendar; charset=utf-8",
    "edition.json": _JSON,
    "register.csv": "text/csv; charset=utf-8",
    "register.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_QUARTER = re.compile(PERIOD_NAME)
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="([^"]{1,2000})">')
_FEED_ENTRIES = 50
_MAX_QUESTION = 500  # characters
_Handler = Callable[[Request], Response]


def create_app(archive: ServedArchive, access: ReadAccess) -> ASGIApp:
    """Make the archive an ASGI application, guarded."""
    site = _Site(archive, PageRenderer(archive.context, access.feed_token))
    routes = [
        Route("/", site.show_home),
        Route("/static/style.css", site.send_style),
        Route("/editions/{quarter}/{name}", site.send_file),
        Route("/editions/{quarter}/{language}/{name}", site.send_file),
        Route("/register", site.show_register),
        Route("/search", site.show_search),
        Route("/ask", site.show_ask),
        Route("/vendors", site.show_vendors),
        Route("/vendors/{slug}", site.show_vendor),
        Route("/categories", site.show_categories),
        Route("/categories/{slug}", site.show_category),
        Route("/stories/{id}", site.show_story),
        Route("/feeds/editions.xml", site.send_edition_feed),
        Route("/feeds/search.xml", site.send_search_feed),
        Route("/feeds/vendors/{slug}.xml", site.send_vendor_feed),
        Route("/feeds/categories/{slug}.xml", site.send_category_feed),
        Route("/api/openapi.json", site.send_openapi),
        Route("/metrics", site.send_metrics),
        *(Route(endpoint.path, site.answer_json(endpoint.read)) for endpoint in ENDPOINTS),
    ]
    handlers: Mapping[Any, Any] = {DigestError: site.tell_fault, HTTPException: site.tell_missing}
    served = Starlette(routes=routes, exception_handlers=handlers)
    served.router.redirect_slashes = False  # an address that is not ours is not found, nothing else
    return ReadGuard(served, access)


class _Site:
    """The handlers of the addresses. They run in threads: each opens the archive for itself."""

    def __init__(self, archive: ServedArchive, pages: PageRenderer) -> None:
        self._archive, self._pages = archive, pages

    # ------------------------------------------------------------ pages

    def show_home(self, request: Request) -> Response:
        editions = self._archive.list_editions()
        files = {data["quarter"]: self._list_files(data["quarter"]) for data in editions}
        return self._send_page(request, "home", editions=editions, files=files)

    def show_search(self, request: Request) -> Response:
        words = request.query_params.get("q", "")[:1000]
        if not words.strip():
            return self._send_page(request, "search", result=None, page=None, shown="")
        offset = read_number(request, "offset", 0, 1000)
        result, page = self._archive.search(words, offset, PAGE)
        shown = clean_text(words)
        return self._send_page(request, "search", result=result, page=page, shown=shown)

    def show_ask(self, request: Request) -> Response:
        question = clean_text(request.query_params.get("q", ""))[:_MAX_QUESTION]
        earlier = tuple(
            clean_text(one)[:_MAX_QUESTION] for one in request.query_params.getlist("earlier")
        )[-3:]
        reply = self._archive.ask(question, earlier) if question else None
        return self._send_page(request, "ask", reply=reply, earlier=earlier)

    def show_register(self, request: Request) -> Response:
        chosen = {
            name: request.query_params.get(name, "")[:80]
            for name in ("quarter", "category", "event", "vendor")
        }
        rows = self._archive.list_register(**chosen)
        page = cut_page(rows, read_number(request, "offset", 0, 100_000), 2 * PAGE)
        editions = self._archive.list_editions()
        events = {row["event"] for data in editions for row in data["register"]}
        categories = self._archive.list_histories("categories").values()
        vendors = self._archive.list_histories("vendors").values()
        return self._send_page(
            request, "register", rows=rows, page=page, chosen=chosen,
            quarters=[data["quarter"] for data in editions],
            shown_events=[event for event in EVENTS if event in events],
            categories=sorted(categories, key=lambda category: category.name),
            vendors=sorted((vendor.name for vendor in vendors), key=str.casefold),
        )  # fmt: skip

    def show_vendors(self, request: Request) -> Response:
        return self._show_subjects(request, "vendors")

    def show_categories(self, request: Request) -> Response:
        return self._show_subjects(request, "categories")

    def show_vendor(self, request: Request) -> Response:
        return self._show_subject(request, "vendors")

    def show_category(self, request: Request) -> Response:
        return self._show_subject(request, "categories")

    def show_story(self, request: Request) -> Response:
        story = self._archive.get_story(request.path_params["id"])
        is_page = self._find_file(story["quarter"], "digest.html")
        page = f"/editions/{story['quarter']}/digest.html#{quote(story['id'])}" if is_page else ""
        return self._send_page(request, "story", story=story, page=page)

    def _show_subjects(self, request: Request, kind: str) -> Response:
        histories = list(self._archive.list_histories(kind).values())
        page = cut_page(histories, read_number(request, "offset", 0, 100_000), 5 * PAGE)
        return self._send_page(request, "subjects", kind=kind, page=page, total=len(histories))

    def _show_subject(self, request: Request, kind: str) -> Response:
        history = self._archive.get_history(kind, request.path_params["slug"])
        widths = {"wide": WIDE, "narrow": NARROW} if history.entries else {}
        drawings = {size: lay_out_timeline(history, width) for size, width in widths.items()}
        return self._send_page(request, "subject", kind=kind, history=history, drawings=drawings)

    def _send_page(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        body = self._pages.render_page(name, path=request.url.path, **values)
        return _send(request, body, _HTML, status)

    # ------------------------------------------------------------ files

    def send_style(self, request: Request) -> Response:
        return _send(request, self._pages.style, "text/css; charset=utf-8")

    def send_file(self, request: Request) -> Response:
        """Send a file of an edition as it was built."""
        parts = request.path_params
        path = self._find_file(parts["quarter"], parts["name"], parts.get("language", ""))
        if path is None:
            raise HTTPException(404)
        body, kind = path.read_bytes(), _FILES[path.name]
        answer = _send(request, body, kind)
        if kind == _HTML:  # it brings its style and script, and names them by their hashes
            policy = _POLICY.search(body)
            own = policy[1].decode("ascii", "ignore") if policy else "default-src 'none'"
            whole = f"{own}; frame-ancestors 'none'".replace("&#39;", "'")
            answer.headers["content-security-policy"] = whole
        return answer

    def _find_file(self, quarter: str, name: str, language: str = "") -> Path | None:
        context = self._archive.context
        known = ("", *context.config.digest.languages)
        if not _QUARTER.fullmatch(quarter) or name not in _FILES or language not in known:
            return None
        path = context.workspace.edition_folder(quarter) / language / name
        return path if path.is_file() else None

    def _list_files(self, quarter: str) -> list[str]:
        return [name for name in _FILES if self._find_file(quarter, name)]

    # ------------------------------------------------------------ feeds

    def send_edition_feed(self, request: Request) -> Response:
        base = _get_base(request)
        entries = list_edition_entries(self._archive.list_editions(), self._pages, base)
        title = self._archive.context.config.digest.title
        return self._send_feed(request, title, "/", entries)

    def send_search_feed(self, request: Request) -> Response:
        words = read_words(request)[:1000]
        result, _ = self._archive.search(words, 0, _FEED_ENTRIES)
        entries = list_hit_entries(result.hits[:_FEED_ENTRIES])
        return self._send_feed(request, words, make_address("/search", q=words), entries)

    def send_vendor_feed(self, request: Request) -> Response:
        return self._send_history_feed(request, "vendors")

    def send_category_feed(self, request: Request) -> Response:
        return self._send_history_feed(request, "categories")

    def _send_history_feed(self, request: Request, kind: str) -> Response:
        history = self._archive.get_history(kind, request.path_params["slug"])
        entries = list_history_entries(history, self._pages, _FEED_ENTRIES)
        page = make_address(f"/{kind}/{history.slug}")
        return self._send_feed(request, history.name, page, entries)

    def _send_feed(
        self, request: Request, title: str, page: str, entries: list[FeedEntry]
    ) -> Response:
        base = _get_base(request)
        query = [(name, value) for name, value in request.query_params.items() if name != "token"]
        address = base + make_address(request.url.path, **dict(query))
        body = self._pages.render_feed(title, address, base + page, entries)
        return _send(request, body, _ATOM)

    # ------------------------------------------------------------ JSON

    def send_openapi(self, request: Request) -> Response:
        return _send_json(request, build_openapi(self._archive.context.config.digest.title))

    def send_metrics(self, request: Request) -> Response:  # noqa: ARG002 (a handler's)
        text = write_metrics(self._archive.context)
        headers = {"cache-control": "no-store"}
        return Response(text, 200, headers, CONTENT_TYPE)

    def answer_json(self, read: Callable[[ServedArchive, Request], Any]) -> _Handler:
        """Return the handler of an endpoint."""
        return lambda request: _send_json(request, read(self._archive, request))

    # ------------------------------------------------------------ faults

    def tell_fault(self, request: Request, error: Exception) -> Response:
        """Say what was asked wrongly, or is not there."""
        assert isinstance(error, DigestError)
        is_wrong = isinstance(error, UsageError) and "{" not in getattr(
            request.scope.get("route"), "path", ""
        )
        return self._send_fault(request, 400 if is_wrong else 404, error.message, error.hint)

    def tell_missing(self, request: Request, error: Exception) -> Response:
        """Say that there is no such address."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self._send_fault(request, status, "there is nothing at this address", "")

    def _send_fault(self, request: Request, status: int, message: str, hint: str) -> Response:
        if request.url.path.startswith("/api/"):
            return _send_json(request, {"error": message, "hint": hint}, status)
        return self._send_page(
            request, "fault", status, is_missing=status == 404, message=message, hint=hint
        )


def _send(request: Request, body: bytes, kind: str, status: int = 200) -> Response:
    """Send a body with its ETag, or word that it is still the same."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in _get_header(request).split(",")}
    if status == 200 and known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, kind)


def _get_header(request: Request) -> str:
    return request.headers.get("if-none-match", "")


def _send_json(request: Request, data: Any, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, default=methodcaller("isoformat"))
    return _send(request, text.encode("utf-8", "replace"), _JSON, status)


def _get_base(request: Request) -> str:
    """Return where the archive is reached: by the name that was asked for, which is ours."""
    given = request.headers.get("x-forwarded-proto", "")
    scheme = given if given in ("http", "https") else request.url.scheme
    return f"{scheme}://{request.headers['host']}"
