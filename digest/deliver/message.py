"""A mail in bytes: headers that no text can inject, plain text, HTML and a PDF. Pure.

Same values, same bytes: boundaries and the Message-ID are hashes of what is sent, not random.
Signing (DKIM) is the task of the relay.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from digest.errors import DeliveryError
from digest.model.delivery import Delivery
from digest.text import clean_text, truncate_text

_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
# some programs decode these in a header
_ENCODED_WORD = re.compile(r"=\?[^?\s]{0,80}\?[bqBQ]\?[^?]*\?=|=\?|\?=")
_MAX_SUBJECT = 240  # characters
_ALLOWED_HEADERS = frozenset(
    "date from to cc reply-to subject message-id list-id auto-submitted mime-version content-type "
    "content-transfer-encoding x-digest-edition".split()
)
_REQUIRED_HEADERS = _ALLOWED_HEADERS - {"cc", "reply-to", "list-id", "content-transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF attached to a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """The content of a mail. Addresses are bare or `Name <address>`; all see `to` and `cc`."""

    message_id: str  # without angle brackets
    date: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    cc: tuple[str, ...] = ()
    reply_to: str = ""
    list_id: str = ""
    edition: str = ""  # quarter and version, for filters
    attachment: Attachment | None = None


def make_message_id(delivery: Delivery, sender: str) -> str:
    """Return the Message-ID of a delivery: always the same, so that a second copy is recognized."""
    key = "\n".join((delivery.what, str(delivery.version), delivery.language, delivery.recipient))
    what = re.sub(r"[^A-Za-z0-9-]+", "-", delivery.what)[:40].strip("-")
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"{what}.v{delivery.version}.{mark}@{normalize_address(sender).rpartition('@')[2]}"


def normalize_address(address: str) -> str:
    """Return the address without a name, in lower case: a recipient in the ledger."""
    return _split_address(address)[1].lower()


def sanitize_header(text: str) -> str:
    """Return a text for a header: one line without control characters and encoded words; cut."""
    kept = clean_text(text)
    while (less := _ENCODED_WORD.sub("", kept)) != kept:
        kept = clean_text(less)
    return truncate_text(kept, _MAX_SUBJECT)


def build_message(mail: OutgoingMail) -> bytes:
    """Return the mail in bytes, ASCII with CRLF. Raises DeliveryError for an unexpected header."""
    message = build_head(mail)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.attachment:
        name = sanitize_header(mail.attachment.name)
        message.add_attachment(
            mail.attachment.data, maintype="application", subtype="pdf", filename=name
        )
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            mark = hashlib.sha256(f"{mail.message_id} {number}".encode()).hexdigest()[:24]
            part.set_boundary(f"=_{mark}")
    data = message.as_bytes()
    check_headers(data)
    return data


def build_head(mail: OutgoingMail) -> EmailMessage:
    """Return the mail without its parts. Raises DeliveryError for an address that is none."""
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(mail.date)
    message["From"] = _parse_address(mail.sender)
    message["To"] = list(map(_parse_address, mail.to)) or "undisclosed-recipients:;"
    if mail.cc:
        message["Cc"] = list(map(_parse_address, mail.cc))
    if mail.reply_to:
        message["Reply-To"] = _parse_address(mail.reply_to)
    message["Subject"] = sanitize_header(mail.subject)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.list_id:
        message["List-Id"] = f"<{sanitize_header(mail.list_id).strip('<>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Digest-Edition"] = sanitize_header(mail.edition) or "notice"
    return message


def build_draft(subject: str, text: str, to: str, sender: str, date: datetime) -> bytes:
    """Return a mail that a mail program opens as a draft: `to` and `sender` may be "".

    Nothing sends it; a person does. Raises DeliveryError for an address that is none.
    """
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(date)
    if sender:
        message["From"] = _parse_address(sender)
    if to:
        message["To"] = _parse_address(to)
    message["Subject"] = sanitize_header(subject)
    message["X-Unsent"] = "1"  # Outlook opens such a file for writing
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def check_headers(data: bytes) -> None:
    """Check that a mail has the headers that we write, and no others. Raises DeliveryError."""
    lines = re.split(rb"\r\n|\r|\n", data.partition(b"\r\n\r\n")[0])
    names = [
        line.partition(b":")[0].decode("ascii", "replace").lower()
        for line in lines
        if not line.startswith((b" ", b"\t"))
    ]
    unknown = [name for name in names if name not in _ALLOWED_HEADERS]
    repeated = [name for name in _ALLOWED_HEADERS if names.count(name) > 1]
    missing = [name for name in _REQUIRED_HEADERS if name not in names]
    if unknown or repeated or missing or not data.isascii():
        raise DeliveryError(
            "the mail was not sent: its headers are not as they were written "
            f"({', '.join([*unknown, *repeated, *missing]) or 'not ASCII'})",
            "look at the digest's title, organisation and addresses in sources.yaml",
        )


def _parse_address(text: str) -> Address:
    """Return an address. Raises DeliveryError where a mail program might read something else."""
    name, address = _split_address(text)
    user, _, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not _ENCODED_WORD.search(address)
    if not user or not plain:
        raise DeliveryError(
            f"{clean_text(text)!r} is no mail address", "look at digest.delivery in sources.yaml"
        )
    return Address(sanitize_header(name), user, domain)


def _split_address(text: str) -> tuple[str, str]:
    """Split name and address, without the library's parsers, which decode encoded words."""
    name, bracket, rest = text.rpartition("<")
    if not bracket:
        return "", text.strip()
    return name.strip().strip('"'), rest.partition(">")[0].strip()
