"""Check who asks, and bind what is answered: host names, tokens, headers. Pure ASGI parts.

The team's page, the served archive and the server for assistants are guarded by these.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Message, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def harden_answers(send: Send, policy: str = CONTENT_SECURITY_POLICY) -> Send:
    """Return what sends answers with headers that bind the browser."""

    async def send_hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("content-security-policy", policy)
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "no-referrer"
            headers["cross-origin-opener-policy"] = "same-origin"
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return send_hardened


def refuse_foreign_host(headers: Headers, hosts: Collection[str]) -> Response | None:
    """Return a refusal where a request names us by a name that is not ours; else None."""
    if headers.get("host", "").lower() not in hosts:
        return PlainTextResponse("This page does not answer under this name.", 421)
    return None


def take_link_token(scope: Scope, token: str, cookie: str) -> Response | None:
    """Return what puts the token of a link into a cookie and leaves it out of the address."""
    given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
    if not (given and scope["method"] == "GET" and tokens_match(given, token)):
        return None
    # more than one slash would name another host
    answer = RedirectResponse("/" + scope["path"].lstrip("/\\"), 303)
    answer.set_cookie(cookie, token, httponly=True, samesite="lax", path="/")
    return answer


def has_cookie(headers: Headers, token: str, cookie: str) -> bool:
    """Return whether a request brings the token in its cookie."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(cookie)
    except CookieError:
        found = None
    return tokens_match(found.value if found else "", token)


def has_bearer(headers: Headers, token: str) -> bool:
    """Return whether a request brings the token in its Authorization header."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and tokens_match(given.strip(), token)


def is_from_elsewhere(headers: Headers) -> bool:
    """Return whether a browser says that another site makes it ask."""
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def tokens_match(given: str, token: str) -> bool:
    """Compare two tokens in a time that tells nothing of them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
