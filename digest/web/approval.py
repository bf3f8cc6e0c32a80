"""The page behind a link of approval: it shows what would be released, and its form releases.

A link is its own key, so it needs neither cookie nor token. Opening it changes nothing, because
mail systems open every link to look for harm; only the form does, and only with its box ticked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.errors import DigestError, LockHeldError
from digest.web.access import harden_answers, refuse_foreign_host

PATH = "/approve/"
_MAX_FORM_BYTES = 8 * 1024
_HERE = Path(__file__).parent
_T = TypeVar("_T")


class ReleaseView(Protocol):
    """What a link would release, and to whom."""

    @property
    def title(self) -> str:
        """The edition's title."""

    @property
    def quarter(self) -> str:
        """Its quarter."""

    @property
    def approver(self) -> str:
        """In whose name it would be released."""

    @property
    def until(self) -> datetime:
        """From when on the link is void."""

    @property
    def readers(self) -> Sequence[str]:
        """Who gets it then."""

    @property
    def needs_note(self) -> bool:
        """Whether it corrects what went out, and so needs a line about that."""


class Approvals(Protocol):
    """What stands behind the links; all raise DigestError. They are called in threads."""

    def view(self, token: str) -> ReleaseView:
        """Return what a link would release."""

    def read_pdf(self, token: str) -> bytes:
        """Return the PDF that a link would release."""

    def release(self, token: str, note: str = "") -> str:
        """Release the edition that a link is for; return what was done, in words."""


class ApprovalGate:
    """Answers links of approval, and passes on everything else.

    `hosts` are the names, in small letters, by which the links may be asked for.
    """

    def __init__(self, app: ASGIApp, approvals: Approvals, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, frozenset(hosts)
        page = _ApprovalPage(approvals)
        self._links = Starlette(
            routes=[
                Route(f"{PATH}style.css", page.send_style),
                Route(PATH + "{token}", page.show, methods=["GET"]),
                Route(PATH + "{token}", page.release, methods=["POST"]),
                Route(PATH + "{token}/digest.pdf", page.send_pdf, methods=["GET"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._app(scope, receive, send)
            return
        refusal = refuse_foreign_host(Headers(scope=scope), self._hosts)
        await (refusal or self._links)(scope, receive, harden_answers(send))


def name_link_host(url: str | None) -> tuple[str, ...]:
    """Return the host, as a request names it, that links lead to; nothing without an address."""
    return (urlsplit(url).netloc.rpartition("@")[2].lower(),) if url else ()


class _ApprovalPage:
    def __init__(self, approvals: Approvals) -> None:
        self._approvals = approvals

    async def show(self, request: Request) -> Response:
        """Show what a link would release. Nothing changes, however often it is opened."""
        token = request.path_params["token"]
        return await self._answer(lambda: {"view": self._approvals.view(token), "token": token})

    async def release(self, request: Request) -> Response:
        """Release, where the box of the form was ticked."""
        token, form = request.path_params["token"], await _read_form(request)
        if form is None:
            return PlainTextResponse("This is too large.", 413)
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("This does not come from the page.", 403)
        if form.get("confirm") != "yes":
            fault = "Nothing was released: tick the box first, which says that you mean it."
            return await self._answer(
                lambda: {"view": self._approvals.view(token), "token": token, "fault": fault}, 422
            )
        note = form.get("note", "")
        return await self._answer(lambda: {"done": self._approvals.release(token, note)})

    async def send_pdf(self, request: Request) -> Response:
        """Send the PDF that a link would release."""
        token = request.path_params["token"]
        try:
            data = await asyncio.to_thread(self._approvals.read_pdf, token)
        except DigestError as error:
            return PlainTextResponse(f"{error}\n", _choose_status(error))
        headers = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(data, media_type="application/pdf", headers=headers)

    async def send_style(self, request: Request) -> Response:  # noqa: ARG002
        """Send the style sheet."""
        return FileResponse(_HERE / "approval.css", media_type="text/css")

    async def _answer(self, make: Callable[[], Mapping[str, Any]], status: int = 200) -> Response:
        try:
            values = await asyncio.to_thread(make)
        except DigestError as error:
            values, status = {"refusal": error}, _choose_status(error)
        base = {"view": None, "fault": "", "done": "", "refusal": None}
        page = _load_template().render({**base, **values})
        return HTMLResponse(page, status, {"x-robots-tag": "noindex, nofollow"})


def _choose_status(error: DigestError) -> int:
    """Return the HTTP status of a refusal: busy for now, else gone or never there."""
    return 503 if isinstance(error, LockHeldError) else 410


async def _read_form(request: Request) -> dict[str, str] | None:
    """Read a small form, the last value of each field; None for one that is too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}


@cache
def _load_template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("approval.html")
