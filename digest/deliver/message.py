"""A mail in bytes: headers that nobody else can write, plain text, HTML and a PDF. Pure.

Same values, same bytes: boundaries and the Message-ID are made of what is sent, and not of chance. Signing (DKIM) is
the relay's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
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
_ENCODED_WORD = re.compile(
    r"=\?[^?\s]{0,80}\?[bqBQ]\?[^?]*\?=|=\?|\?="
)  # some programs decode what stands in a header
_LONGEST_SUBJECT = 240
_ALLOWED_HEADERS = frozenset(
    "date from to cc reply-to subject message-id list-id auto-submitted mime-version content-type "
    "content-transfer-encoding x-digest-edition".split()
)
_REQUIRED_HEADERS = _ALLOWED_HEADERS - {"cc", "reply-to", "list-id", "content-transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """All that a mail says. Addresses are bare or `Name <address>`; `to` and `cc` are what every reader sees."""

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


def make_message_id(parcel: Delivery, sender: str) -> str:
    """The Message-ID of a parcel: the same whenever it is made, so that a second copy can be known for one."""
    key = "\n".join((parcel.what, str(parcel.version), parcel.language, parcel.recipient))
    what = re.sub(r"[^A-Za-z0-9-]+", "-", parcel.what)[:40].strip("-")
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"{what}.v{parcel.version}.{mark}@{normalize_address(sender).rpartition('@')[2]}"


def normalize_address(address: str) -> str:
    """The address alone, in small letters: what the ledger knows a reader by."""
    return _split_address(address)[1].lower()


def sanitize_header(text: str) -> str:
    """A text that may stand in a header: one line, no control character, nothing that looks encoded; cut."""
    kept = clean_text(text)
    while (less := _ENCODED_WORD.sub("", kept)) != kept:
        kept = clean_text(less)
    return truncate_text(kept, _LONGEST_SUBJECT)


def build_message(letter: OutgoingMail) -> bytes:
    """The mail in bytes, ASCII with CRLF. Raises DeliveryError where a header came out that we did not write."""
    mail = EmailMessage(_POLICY)
    mail["Date"] = format_datetime(letter.date)
    mail["From"] = _parse_address(letter.sender)
    if letter.to:
        mail["To"] = [_parse_address(one) for one in letter.to]
    else:
        mail["To"] = "undisclosed-recipients:;"
    if letter.cc:
        mail["Cc"] = [_parse_address(one) for one in letter.cc]
    if letter.reply_to:
        mail["Reply-To"] = _parse_address(letter.reply_to)
    mail["Subject"] = sanitize_header(letter.subject)
    mail["Message-ID"] = f"<{letter.message_id}>"
    if letter.list_id:
        mail["List-Id"] = f"<{sanitize_header(letter.list_id).strip('<>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Digest-Edition"] = sanitize_header(letter.edition) or "notice"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.attachment:
        mail.add_attachment(
            letter.attachment.data,
            maintype="application",
            subtype="pdf",
            filename=sanitize_header(letter.attachment.name),
        )
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            mark = hashlib.sha256(f"{letter.message_id} {number}".encode()).hexdigest()[:24]
            part.set_boundary(f"=_{mark}")
    data = mail.as_bytes()
    check_headers(data)
    return data


def check_headers(data: bytes) -> None:
    """Whether the headers of a mail are ours and no others. Raises DeliveryError."""
    names = list(_iter_header_names(data.partition(b"\r\n\r\n")[0]))
    strange = [name for name in names if name not in _ALLOWED_HEADERS]
    twice = [name for name in _ALLOWED_HEADERS if names.count(name) > 1]
    missing = [name for name in _REQUIRED_HEADERS if name not in names]
    if strange or twice or missing or not data.isascii():
        raise DeliveryError(
            "the mail was not sent: its headers are not as they were written "
            f"({', '.join([*strange, *twice, *missing]) or 'not ASCII'})",
            "look at the digest's title, organisation and addresses in sources.yaml",
        )


def _iter_header_names(head: bytes) -> Iterator[str]:
    for line in re.split(rb"\r\n|\r|\n", head):
        if not line.startswith((b" ", b"\t")):
            yield line.partition(b":")[0].decode("ascii", "replace").lower()


def _parse_address(text: str) -> Address:
    """Raises DeliveryError for an address that a mail program might read as something else."""
    name, address = _split_address(text)
    user, _, domain = address.rpartition("@")
    if (
        not user
        or not address.isascii()
        or not address.isprintable()
        or _ENCODED_WORD.search(address)
    ):
        raise DeliveryError(
            f"{clean_text(text)!r} is no mail address", "look at digest.delivery in sources.yaml"
        )
    return Address(sanitize_header(name), user, domain)


def _split_address(text: str) -> tuple[str, str]:
    """Name and address; by hand, because the library's parsers decode what stands in them."""
    name, bracket, rest = text.rpartition("<")
    return (
        (name.strip().strip('"'), rest.partition(">")[0].strip()) if bracket else ("", text.strip())
    )
