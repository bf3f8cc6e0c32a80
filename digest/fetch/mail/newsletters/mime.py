"""From the bytes of a message to its headers and readable body. Pure, bounded, and calm about broken mail.

Bounds: 16 MiB a message, 100 places where MIME nests, 200 parts, 2 MiB of text a part. Attachments are never looked
into, and their names are never used.
"""

from __future__ import annotations

import binascii
import email.errors
import email.header
import email.message
import email.parser
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime

from digest.errors import ParseError
from digest.fetch.read.charset import decode_body
from digest.text import clean_text

MAX_BYTES = 16 * 2**20
_MAX_NESTING = 100
_MAX_PARTS = 200
_MAX_TEXT = 2 * 2**20
_MAX_HEADER = 4_000

_NESTS = re.compile(
    rb"\bboundary\s*\*?\d*\*?\s*=|\bmessage/(?:rfc822|global|partial)\b", re.IGNORECASE
)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_RECIPIENT_HEADERS = (
    "to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to",
    "x-rcpt-to", "apparently-to", "x-delivered-to", "resent-to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A message as far as a letter needs it. `readers`: the addresses it was sent to."""

    message_id: str
    subject: str
    sender: str  # lower case
    sender_name: str
    date: datetime | None
    list_id: str  # without brackets, lower case
    recipients: tuple[str, ...]
    recipient_names: tuple[str, ...]
    archived_at: str  # web address of this issue that a header tells
    automatic: bool  # a machine's answer to something the reader did
    language: str | None
    html: str
    plain: str
    flowed: bool
    problems: tuple[str, ...]


def parse_mail(raw: bytes) -> ParsedMail:
    """Reads a message. Raises ParseError where it is too large, nested too deep, or no mail at all."""
    if len(raw) > MAX_BYTES:
        raise ParseError(
            f"a message of {len(raw) // 2**20} MiB is no letter; the limit is {MAX_BYTES // 2**20} MiB",
            kind="too-large",
        )
    nests = sum(1 for _ in zip(range(_MAX_NESTING + 1), _NESTS.finditer(raw), strict=False))
    if nests > _MAX_NESTING:
        raise ParseError("the message's parts are nested too deep", kind="too-deep")
    try:
        message = email.parser.BytesParser(policy=compat32).parsebytes(raw)
        return _build_mail(message, raw)
    except (RecursionError, email.errors.MessageError, ValueError, LookupError, TypeError) as error:
        raise ParseError(
            f"the message cannot be read: {clean_text(str(error))[:200]}", kind="not-a-mail"
        ) from error


def _build_mail(outer: email.message.Message, raw: bytes) -> ParsedMail:
    headers = _decode_headers(outer)
    if not headers:
        raise ParseError("there is no mail header in this file", kind="not-a-mail")
    message = _find_forwarded(outer) or outer
    shown = headers if message is outer else _decode_headers(message)
    html, plain, flowed, problems = _extract_bodies(message)
    name, sender = parseaddr(shown.get("from", ""))
    found = ADDRESS.search(sender) or ADDRESS.search(shown.get("from", ""))
    readers = _find_recipients(headers) + (() if message is outer else _find_recipients(shown))
    date = _parse_message_date(shown)
    if date is None:
        problems = (*problems, "the message has no date that can be read")
    return ParsedMail(
        message_id=_extract_message_id(shown, readers, raw),
        subject=clean_text(shown.get("subject", ""))[:500],
        sender=found[0].lower() if found else "",
        sender_name=clean_text(name)[:200],
        date=date,
        list_id=_parse_list_id(shown.get("list-id", "")),
        recipients=tuple(dict.fromkeys(readers)),
        recipient_names=_parse_recipient_names(shown.get("to", "")),
        archived_at=_find_web_url(shown.get("archived-at", ""))
        or _find_web_url(shown.get("list-post", "")),
        automatic=shown.get("auto-submitted", "no").lower().startswith("auto-replied"),
        language=_parse_language(shown.get("content-language", "")),
        html=html,
        plain=plain,
        flowed=flowed,
        problems=problems,
    )


# ---------------------------------------------------------------- headers


def _decode_headers(message: email.message.Message) -> dict[str, str]:
    """The first of each header, decoded, on one line, by lower-case name; the readers' headers joined."""
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        key = str(name).lower()
        text = _decode_header(str(value)[:_MAX_HEADER])
        if key in _RECIPIENT_HEADERS:
            headers[key] = f"{headers[key]}, {text}"[: 4 * _MAX_HEADER] if key in headers else text
        else:
            headers.setdefault(key, text)
    return headers


def _decode_header(value: str) -> str:
    """A header's words. Line breaks, also those hidden in encoded words, become spaces: no header can write another."""
    raw = value.encode("utf-8", "surrogateescape")
    text = decode_body(raw)[0]
    try:
        pieces = email.header.decode_header(text) if "=?" in text else [(text, None)]
    except (email.errors.HeaderParseError, ValueError, binascii.Error):
        pieces = [(text, None)]
    words = [
        piece if isinstance(piece, str) else decode_body(piece, f"; charset={charset}")[0]
        for piece, charset in pieces
    ]
    return clean_text("".join(words))


def _find_recipients(headers: dict[str, str]) -> tuple[str, ...]:
    own = ADDRESS.search(headers.get("from", ""))
    found = [
        match.lower()
        for name in _RECIPIENT_HEADERS
        for match in ADDRESS.findall(headers.get(name, ""))
    ]
    # Some lists write themselves into To: that is the list, not a reader.
    return tuple(
        address for address in dict.fromkeys(found) if not own or address != own[0].lower()
    )[:50]


def _parse_recipient_names(to: str) -> tuple[str, ...]:
    name = clean_text(parseaddr(to)[0])
    return (name,) if len(name) >= 3 and "@" not in name else ()


def _parse_message_date(headers: dict[str, str]) -> datetime | None:
    received = headers.get("received", "").rpartition(";")[2]
    for text in (headers.get("date", ""), received):
        try:
            when = parsedate_to_datetime(text.strip())
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _extract_message_id(headers: dict[str, str], readers: tuple[str, ...], raw: bytes) -> str:
    """The Message-ID, with a reader's address inside it masked; one made of the content where there is none."""
    found = re.search(r"<[^<>\s]{3,250}>", headers.get("message-id", ""))
    text = found[0] if found else headers.get("message-id", "").strip()[:250]
    if not text:
        return f"<{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id.invalid>"
    for reader in readers:
        local, _, domain = reader.partition("@")
        form = rf"{re.escape(local)}[@=#%_.+-]{{1,3}}{re.escape(domain)}"
        text = re.sub(form, "***", text, flags=re.IGNORECASE)
    return text


def _parse_list_id(value: str) -> str:
    inner = re.search(r"<([^<>]+)>", value)
    return clean_text(inner[1] if inner else value).lower()[:250]


def _find_web_url(value: str) -> str:
    match = re.search(r"https?://[^\s<>,\"]+/[^\s<>,\"]+", value)
    return match[0] if match else ""


def _parse_language(value: str) -> str | None:
    match = re.match(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", value)
    return match[0] if match else None


# ---------------------------------------------------------------- bodies


def _find_forwarded(message: email.message.Message) -> email.message.Message | None:
    """The letter inside a message by which a person passed it on as an attachment."""
    if message.get("list-id") or message.get("list-unsubscribe"):
        return None
    for part in _iter_parts(message):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            return first if isinstance(first, email.message.Message) and first.get("from") else None
    return None


def _iter_parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """The parts in their order, those of an attached message left out, 200 at most."""
    stack, seen = [message], 0
    while stack and seen < _MAX_PARTS:
        part = stack.pop()
        seen += 1
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and (
            part is message or part.get_content_maintype() == "multipart"
        ):
            stack.extend(
                reversed(
                    [one for one in payload[:_MAX_PARTS] if isinstance(one, email.message.Message)]
                )
            )


def _extract_bodies(message: email.message.Message) -> tuple[str, str, bool, tuple[str, ...]]:
    """The first HTML and the first plain text, whether that is flowed, and what was odd."""
    texts: dict[str, str] = {}
    problems: list[str] = []
    flowed, count = False, 0
    for part in _iter_parts(message):
        count += 1
        kind = part.get_content_type()
        if (
            kind not in ("text/html", "text/plain")
            or part.get_content_disposition() == "attachment"
        ):
            continue
        text, problem = _decode_part(part)
        if problem:
            problems.append(problem)
        if text.strip() and kind not in texts:
            texts[kind] = text
            flowed = flowed or (
                kind == "text/plain" and str(part.get_param("format", "")).lower() == "flowed"
            )
    if count >= _MAX_PARTS:
        problems.append(f"only the first {_MAX_PARTS} parts were read")
    if not texts:
        problems.append("the message has no text that can be read")
    return (
        texts.get("text/html", ""),
        texts.get("text/plain", ""),
        flowed,
        tuple(dict.fromkeys(problems)),
    )


def _decode_part(part: email.message.Message) -> tuple[str, str]:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, binascii.Error, AssertionError):
        return "", "a part's transfer encoding is broken"
    if not isinstance(payload, bytes):
        return "", ""
    try:
        label = part.get_content_charset()
    except (ValueError, LookupError):
        label = None
    problem = (
        f"only the first {_MAX_TEXT // 2**20} MiB of a part were read"
        if len(payload) > _MAX_TEXT
        else ""
    )
    payload = payload[:_MAX_TEXT]
    return decode_body(payload, f"{part.get_content_type()}; charset={label}" if label else "")[
        0
    ], problem
