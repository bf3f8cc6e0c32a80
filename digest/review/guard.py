"""Refuse requests that do not come from the review page itself. Pure ASGI.

A request needs a host name that is ours and the token of the page's link. The token comes once, in
the link, and stays in a cookie that no script reads and no other site sends. A change needs the
page's own header besides, which another site cannot send.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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

        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", CONTENT_SECURITY_POLICY)
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._check_request(scope)
        await (refusal or self._app)(scope, receive, send_hardened)

    def _check_request(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This page does not answer under this name.", 421)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if given and scope["method"] == "GET" and _tokens_match(given, self._token):
            # more than one slash would name another host
            answer = RedirectResponse("/" + scope["path"].lstrip("/\\"), 303)
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="lax", path="/")
            return answer
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            cookie = None
        if not _tokens_match(cookie.value if cookie else "", self._token):
            return PlainTextResponse(
                "Open the page with the link that `digest review` printed.", 403
            )
        from_elsewhere = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if scope["method"] in ("GET", "HEAD"):
            # a link from elsewhere may open the page, but nothing that costs work
            if from_elsewhere and scope["path"] != "/":
                return PlainTextResponse("This comes from another site.", 403)
            return None
        origin = headers.get("origin")
        foreign = origin is not None and origin.lower().partition("://")[2] not in self._hosts
        if foreign or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("This comes from another site.", 403)
        if not _tokens_match(headers.get("x-digest", ""), make_csrf_token(self._token)):
            return PlainTextResponse("This does not come from the page.", 403)
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return PlainTextResponse("This is too large.", 413)
        return None


def make_csrf_token(token: str) -> str:
    """Return what the page sends with every change: made of the token, but not the token."""
    return hashlib.sha256(b"change " + token.encode()).hexdigest()[:32]


def _tokens_match(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
