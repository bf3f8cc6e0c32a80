"""Let in who may read the served archive: by a link, a token, or a proxy that names its user.

Everything is read; nothing else is answered. What a feed reader is given opens feeds and no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.web.access import (
    harden_answers,
    has_bearer,
    has_cookie,
    is_from_elsewhere,
    refuse_foreign_host,
    take_link_token,
    tokens_match,
)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src data:; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FEEDS = "/feeds/"


@dataclass(frozen=True, slots=True)
class ReadAccess:
    """Who may read. `user_header`: where a proxy in front names the user; no token is needed."""

    token: str
    hosts: frozenset[str]
    cookie: str = "digest-serve"
    user_header: str = ""

    @property
    def feed_token(self) -> str:
        """What stands in the address of a feed: made of the token, but not the token."""
        if self.user_header:
            return ""
        return hashlib.sha256(b"feeds " + self.token.encode()).hexdigest()[:32]


class ReadGuard:
    """Passes on what may be read."""

    def __init__(self, app: ASGIApp, access: ReadAccess) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with headers that bind the browser."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._check_request(scope)
        hardened = harden_answers(send, CONTENT_SECURITY_POLICY)
        await (refusal or self._app)(scope, receive, hardened)

    def _check_request(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        refusal = refuse_foreign_host(headers, self._access.hosts)
        if refusal:
            return refusal
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("This archive is only read.", 405, {"allow": "GET, HEAD"})
        # a link from elsewhere may open a page; nothing else there may make us work
        if is_from_elsewhere(headers) and headers.get("sec-fetch-mode") != "navigate":
            return PlainTextResponse("This comes from another site.", 403)
        if self._access.user_header:
            return self._check_user(headers)
        return self._check_token(scope, headers)

    def _check_user(self, headers: Headers) -> Response | None:
        if headers.get(self._access.user_header, "").strip():
            return None
        return PlainTextResponse("The proxy in front of this archive names no user.", 403)

    def _check_token(self, scope: Scope, headers: Headers) -> Response | None:
        token, cookie = self._access.token, self._access.cookie
        link = take_link_token(scope, token, cookie)
        if link or has_cookie(headers, token, cookie) or has_bearer(headers, token):
            return link
        if scope["path"].startswith(FEEDS):
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            if tokens_match(given, self._access.feed_token):
                return None
        return PlainTextResponse("Open the archive with the link that `digest serve` printed.", 403)
