"""From the bytes of a message to its headers and readable body. Pure; tolerates broken mail.

Bounds: 16 MiB a message, 100 places where MIME nests, 200 parts, 2 MiB of text a part. Attachments
are never read, and their names are never used.
"""

from __future__ import annotations

import binascii
import contextlib
import email.errors
import email.header
import email.message
import email.parser
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime

from digest.errors import ParseError
from digest.fetch.read.charset import decode_body
from digest.text import clean_text, quote_words

MAX_BYTES = 16 * 2**20
_MAX_NESTING = 100
_MAX_PARTS = 200
_MAX_TEXT = 2 * 2**20
_MAX_HEADER = 4_000
_MAX_RECIPIENTS = 50

_NESTS = re.compile(
    rb"\bboundary\s*\*?\d*\*?\s*=|\bmessage/(?:rfc822|global|partial)\b", re.IGNORECASE
)
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_RECIPIENT_HEADERS = (
    "to cc bcc delivered-to x-original-to envelope-to x-envelope-to x-forwarded-to x-rcpt-to "
    "apparently-to x-delivered-to resent-to"
).split()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """The parts of a message that a newsletter is made of."""

    message_id: str
    subject: str
    sender: str  # lower case
    sender_name: str
    date: datetime | None
    list_id: str  # without brackets, lower case
    recipients: tuple[str, ...]  # addresses, lower case
    archived_at: str  # web address of this issue, from a header
    automatic: bool  # a machine's answer to something the reader did
    language: str | None
    html: str
    plain: str
    flowed: bool
    problems: tuple[str, ...]


def parse_mail(raw: bytes) -> ParsedMail:
    """Parse a message. Raises ParseError where it is too large, nested too deep, or no mail."""
    if len(raw) > MAX_BYTES:
        raise ParseError(
            f"a message of {len(raw) // 2**20} MiB is no letter; "
            f"the limit is {MAX_BYTES // 2**20} MiB",
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
            f"the message cannot be read: {quote_words(str(error))}", kind="not-a-mail"
        ) from error


def _build_mail(outer: email.message.Message, raw: bytes) -> ParsedMail:
    headers = _decode_headers(outer)
    if not headers:
        raise ParseError("there is no mail header in this file", kind="not-a-mail")
    recipients = _find_recipients(headers)
    message = outer
    if not (outer.get("list-id") or outer.get("list-unsubscribe")):
        # a person may have forwarded the mail, as an attachment
        parts = _iter_parts(outer)
        payload = next(
            (part.get_payload() for part in parts if part.get_content_type() == "message/rfc822"),
            None,
        )
        inner = payload[0] if isinstance(payload, list) and payload else None
        if isinstance(inner, email.message.Message) and inner.get("from"):
            message, headers = inner, _decode_headers(inner)
            recipients += _find_recipients(headers)
    html, plain, flowed, problems = _extract_bodies(message)
    sender_header = headers.get("from", "")
    name, sender = parseaddr(sender_header)
    address = ADDRESS.search(sender) or ADDRESS.search(sender_header)
    list_id = headers.get("list-id", "")
    bracketed = re.search(r"<([^<>]+)>", list_id)
    web_url = re.compile(r"https?://[^\s<>,\"]+/[^\s<>,\"]+")
    archived = map(web_url.search, (headers.get("archived-at", ""), headers.get("list-post", "")))
    language = re.match(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", headers.get("content-language", ""))
    date = parse_date(headers.get("date", ""))
    date = date or parse_date(headers.get("received", "").rpartition(";")[2])
    if date is None:
        problems.append("the message has no date that can be read")
    return ParsedMail(
        message_id=_extract_message_id(headers, recipients, raw),
        subject=clean_text(headers.get("subject", ""))[:500],
        sender=address[0].lower() if address else "",
        sender_name=clean_text(name)[:200],
        date=date,
        list_id=clean_text(bracketed[1] if bracketed else list_id).lower()[:250],
        recipients=tuple(dict.fromkeys(recipients)),
        archived_at=next((match[0] for match in archived if match), ""),
        automatic=headers.get("auto-submitted", "no").lower().startswith("auto-replied"),
        language=language[0] if language else None,
        html=html,
        plain=plain,
        flowed=flowed,
        problems=tuple(problems),
    )


# ---------------------------------------------------------------- headers


def _decode_headers(message: email.message.Message) -> dict[str, str]:
    """Return the first of each header by its name in lower case; all recipients joined.

    Line breaks become spaces: no header can inject another one.
    """
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        key = str(name).lower()
        line = str(value)[:_MAX_HEADER]
        text = decode_body(line.encode("utf-8", "surrogateescape"))[0]
        try:
            pieces = email.header.decode_header(text) if "=?" in text else [(text, None)]
        except (email.errors.HeaderParseError, ValueError, binascii.Error):
            pieces = [(text, None)]
        words = [
            piece if isinstance(piece, str) else decode_body(piece, f"; charset={charset}")[0]
            for piece, charset in pieces
        ]
        text = clean_text("".join(words))
        if key in headers and key in _RECIPIENT_HEADERS:
            headers[key] = f"{headers[key]}, {text}"[: 4 * _MAX_HEADER]
        else:
            headers.setdefault(key, text)
    return headers


def _find_recipients(headers: dict[str, str]) -> tuple[str, ...]:
    """Return the addresses of the recipients, without the sender's: some lists write it into To."""
    sender = ADDRESS.search(headers.get("from", ""))
    own = sender[0].lower() if sender else ""
    texts = (headers.get(name, "") for name in _RECIPIENT_HEADERS)
    found = dict.fromkeys(match.lower() for text in texts for match in ADDRESS.findall(text))
    return tuple(address for address in found if address != own)[:_MAX_RECIPIENTS]


def parse_date(text: str, *, afternoon: bool = False) -> datetime | None:
    """Return the date of a header in UTC, which is assumed where no zone is stated, or None.

    `afternoon`: its hour is stated by 12 hours, and "PM".
    """
    try:
        date = parsedate_to_datetime(text.strip())
        if afternoon and date.hour < 12:
            date += timedelta(hours=12)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _extract_message_id(headers: dict[str, str], readers: tuple[str, ...], raw: bytes) -> str:
    """Return the Message-ID with readers' addresses masked, or a hash of the content."""
    header = headers.get("message-id", "")
    found = re.search(r"<[^<>\s]{3,250}>", header)
    text = found[0] if found else header.strip()[:250]
    if not text:
        return f"<{hashlib.sha256(raw).hexdigest()[:32]}@no-message-id.invalid>"
    for reader in readers:
        local, _, domain = reader.partition("@")
        form = rf"{re.escape(local)}[@=#%_.+-]{{1,3}}{re.escape(domain)}"
        text = re.sub(form, "***", text, flags=re.IGNORECASE)
    return text


# ---------------------------------------------------------------- bodies


def _iter_parts(message: email.message.Message) -> Iterator[email.message.Message]:
    """Yield the parts in their order, 200 at most, without those of an attached message."""
    stack, count = [message], 0
    while stack and count < _MAX_PARTS:
        part = stack.pop()
        count += 1
        yield part
        inner = part.get_payload()
        is_container = part is message or part.get_content_maintype() == "multipart"
        if isinstance(inner, list) and is_container:
            parts = [part for part in inner[:_MAX_PARTS] if isinstance(part, email.message.Message)]
            stack.extend(reversed(parts))


def _extract_bodies(message: email.message.Message) -> tuple[str, str, bool, list[str]]:
    """Return the first HTML, the first plain text, whether it is flowed, and problems."""
    texts: dict[str, str] = {}
    problems: dict[str, None] = {}  # each once
    flowed, count = False, 0
    for part in _iter_parts(message):
        count += 1
        kind = part.get_content_type()
        attached = part.get_content_disposition() == "attachment"
        if attached or kind not in ("text/html", "text/plain"):
            continue
        try:
            payload = part.get_payload(decode=True)
        except (ValueError, LookupError, binascii.Error, AssertionError):
            problems["a part's transfer encoding is broken"] = None
            continue
        if not isinstance(payload, bytes):
            continue
        label = None
        with contextlib.suppress(ValueError, LookupError):
            label = part.get_content_charset()
        if len(payload) > _MAX_TEXT:
            problems[f"only the first {_MAX_TEXT // 2**20} MiB of a part were read"] = None
        content_type = f"{kind}; charset={label}" if label else ""
        text, _ = decode_body(payload[:_MAX_TEXT], content_type)
        if text.strip() and kind not in texts:
            texts[kind] = text
            if kind == "text/plain":
                flowed = str(part.get_param("format", "")).lower() == "flowed"
    if count >= _MAX_PARTS:
        problems[f"only the first {_MAX_PARTS} parts were read"] = None
    if not texts:
        problems["the message has no text that can be read"] = None
    return texts.get("text/html", ""), texts.get("text/plain", ""), flowed, list(problems)
