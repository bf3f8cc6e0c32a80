"""Refuse requests that do not come from the review page itself. Pure ASGI.

A request needs a host name that is ours and the token of the page's link. The token comes once, in
the link, and stays in a cookie that no script reads and no other site sends. A change needs the
page's own header besides, which another site cannot send.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.web.access import (
    harden_answers,
    has_cookie,
    is_from_elsewhere,
    refuse_foreign_host,
    take_link_token,
    tokens_match,
)

MAX_BODY_BYTES = 256 * 1024


class RequestGuard:
    """Passes on what comes from our own page. `hosts` are the page's names, in small letters."""

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str], cookie: str) -> None:
        self._app, self._token, self._hosts, self._cookie = app, token, frozenset(hosts), cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with headers that bind the browser."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._check_request(scope)
        await (refusal or self._app)(scope, receive, harden_answers(send))

    def _check_request(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        first = refuse_foreign_host(headers, self._hosts) or take_link_token(
            scope, self._token, self._cookie
        )
        if first:
            return first
        if not has_cookie(headers, self._token, self._cookie):
            return PlainTextResponse(
                "Open the page with the link that `digest review` printed.", 403
            )
        from_elsewhere = is_from_elsewhere(headers)
        if scope["method"] in ("GET", "HEAD"):
            # a link from elsewhere may open the page, but nothing that costs work
            if from_elsewhere and scope["path"] != "/":
                return PlainTextResponse("This comes from another site.", 403)
            return None
        origin = headers.get("origin")
        foreign = origin is not None and origin.lower().partition("://")[2] not in self._hosts
        if foreign or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("This comes from another site.", 403)
        if not tokens_match(headers.get("x-digest", ""), make_csrf_token(self._token)):
            return PlainTextResponse("This does not come from the page.", 403)
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return PlainTextResponse("This is too large.", 413)
        return None


def make_csrf_token(token: str) -> str:
    """Return what the page sends with every change: made of the token, but not the token."""
    return hashlib.sha256(b"change " + token.encode()).hexdigest()[:32]
