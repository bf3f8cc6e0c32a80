"""What goes out with a request, and what an answer's status and headers mean. Pure.

`client` calls these in order: a request becomes a first hop, an answer that redirects makes the
next one, and any other answer is a success or an error.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

from digest.errors import FetchError
from digest.fetch.http.guard import get_host_port
from digest.model.retrieved import Validators
from digest.text import clean_text, quote_words
from digest.urls import is_web_url, redact_url

REDIRECTS = (301, 302, 303, 307, 308)
PERMANENT_REDIRECTS = (301, 308)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7, application/json;q=0.7, */*;q=0.5"
)
# configured headers that may go to another origin
_CROSS_ORIGIN_HEADERS = {"accept", "accept-language", "user-agent"}
_MAX_WAIT = timedelta(days=7)  # a Retry-After beyond it is a mistake
_STATUS_HINTS = {
    401: "it wants a password: give headers for the source, "
    "with the secret in an environment variable",
    403: "it refuses us: look whether it has another feed, or ask the publisher",
    404: "look for the feed's new address with `digest sources add` and the site's home page",
}


@dataclass(frozen=True, slots=True)
class RequestHop:
    """One request as it goes out: no credentials in `url`, secret headers apart from others."""

    url: str
    secret: Mapping[str, str] = field(repr=False)
    harmless: Mapping[str, str]
    validators: Validators
    verify: bool


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer to one request."""

    status: int
    headers: Mapping[str, str]  # lower-case names
    validators: Validators
    body: bytes = b""
    problems: tuple[str, ...] = ()


def build_first_hop(
    url: str, headers: Mapping[str, str], validators: Validators, verify: bool
) -> RequestHop:
    """Return a request as it first goes out. Raise FetchError for an address not of the web."""
    if not is_web_url(url):
        raise make_bad_address_error(url)
    named = {name.lower(): value for name, value in headers.items()}
    secret = {name: named[name] for name in named if name not in _CROSS_ORIGIN_HEADERS}
    harmless = {name: named[name] for name in named if name in _CROSS_ORIGIN_HEADERS}
    parts = urlsplit(url)
    if "@" in parts.netloc:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        secret.setdefault("authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    return RequestHop(_strip_credentials(url), secret, harmless, validators, verify)


def follow_redirect(hop: RequestHop, response: HttpResponse) -> RequestHop:
    """Return the request that a redirect leads to. Raise FetchError where it leads nowhere.

    Secrets go along to the same origin only, or from http to https of the same host.
    """
    # as browsers do: a space is taken for %20, and bytes beyond ASCII are sent on as they came
    location = quote(response.headers.get("location", "").strip(), safe="%/:=&?~#+!$,;'@()*[]|")
    try:
        joined = urljoin(hop.url, location) if location else ""
        # checked first: http://a@//b has no host, and would have one without its user
        url = _strip_credentials(joined) if is_web_url(joined) else ""
        keeps_secrets = is_web_url(url) and _may_keep_secrets(hop.url, url)
    except ValueError:
        url, keeps_secrets = "", False
    if not is_web_url(url):
        raise FetchError(
            f"{format_url(hop.url)} redirects to what is no web address: "
            f"{quote_words(format_url(location)) or 'nothing'}",
            "look at the address in a browser",
            kind="bad-redirect",
        )
    is_same_host = urlsplit(hop.url).hostname == urlsplit(url).hostname
    return replace(
        hop,
        url=url,
        secret=hop.secret if keeps_secrets else {},
        verify=hop.verify or not is_same_host,
    )


def _may_keep_secrets(before: str, after: str) -> bool:
    old, new = get_host_port(before), get_host_port(after)
    if old.endswith(":80") and new.endswith(":443"):
        return urlsplit(before).hostname == urlsplit(after).hostname
    return old == new and urlsplit(before).scheme == urlsplit(after).scheme


def _strip_credentials(url: str) -> str:
    parts = urlsplit(urldefrag(url).url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def bypass_cache(hop: RequestHop) -> RequestHop:
    """Return the request that reaches the server itself, after "unchanged" came without validators.

    A cache on the way answered for a copy that we do not have. Raise FetchError at the second time.
    """
    if "cache-control" in hop.harmless:
        raise FetchError(
            f"{format_url(hop.url)} says unchanged, to one who has nothing", kind="http-304"
        )
    return replace(hop, harmless={**hop.harmless, "cache-control": "no-cache"})


def build_headers(hop: RequestHop, user_agent: str) -> list[tuple[bytes, bytes]]:
    """Return headers in bytes, so that a validator goes back exactly as it came.

    Raise ValueError for what no header can hold.
    """
    named = {
        "accept": _ACCEPT,
        "user-agent": user_agent,
        **hop.harmless,
        **hop.secret,
        "accept-encoding": "gzip, deflate",
    }
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in named.items()]
    if hop.validators.etag is not None:
        headers.append((b"if-none-match", hop.validators.etag.encode("latin-1")))
    if hop.validators.last_modified is not None:
        headers.append((b"if-modified-since", hop.validators.last_modified.encode("latin-1")))
    return headers


def read_validators(headers: Iterable[tuple[bytes, bytes]]) -> Validators:
    """Return what a server gave to ask "changed since?" with, the first of each header."""
    first: dict[bytes, str] = {}
    for name, value in headers:
        first.setdefault(name.lower(), value.decode("latin-1"))
    return Validators(first.get(b"etag"), first.get(b"last-modified"))


def describe_status_error(url: str, response: HttpResponse, now: datetime) -> FetchError:
    """Return what a status other than success means."""
    shown, status = format_url(url), response.status
    kind = f"http-{status}"
    if status == 410:
        message = f"{shown} is gone for good (410)"
        return FetchError(message, "remove the source, or find its new address", kind="gone")
    if status in (429, 503):
        wait = parse_retry_after(response.headers.get("retry-after", ""), now)
        until = f" until {wait:%Y-%m-%d %H:%M} UTC" if wait else ""
        message = f"{shown} asks us to wait{until} ({status})"
        return FetchError(message, kind=kind, retry_after=wait)
    if response.headers.get("cf-mitigated", "").lower() == "challenge":
        message = f"{shown} wants a person to pass a check ({status})"
        return FetchError(message, "ask the publisher", kind=kind)
    default = "it is asked again at the next run" if status >= 500 else "look at it in a browser"
    return FetchError(f"{shown} answers {status}", _STATUS_HINTS.get(status, default), kind=kind)


def parse_retry_after(value: str, now: datetime) -> datetime | None:
    """Return when a Retry-After header (seconds or a date) bids us come back; None for nonsense.

    It is at most a week away.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return now + min(timedelta(seconds=int(value[:12])), _MAX_WAIT)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    # bounded before it is converted: the last hour of the year 9999 is in no other zone
    return min(when, now + _MAX_WAIT).astimezone(UTC) if when > now else None


def make_bad_address_error(url: str) -> FetchError:
    """Return the error for an address that is none of the web."""
    return FetchError(
        f"{format_url(url)} is no address of the web",
        "it must begin with http:// or https://",
        kind="bad-address",
    )


def format_url(url: str) -> str:
    """Return an address as messages show it: without secrets, control characters and length."""
    return clean_text(redact_url(url))[:300]
