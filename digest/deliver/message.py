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
from digest.model import Parcel
from digest.text import clean, shorten

_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=78)
_ENCODED_WORD = re.compile(r"=\?[^?\s]{0,80}\?[bqBQ]\?[^?]*\?=|=\?|\?=")  # some programs decode what stands in a header
_LONGEST_SUBJECT = 240
_HEADERS = frozenset(
    "date from to cc reply-to subject message-id list-id auto-submitted mime-version content-type "
    "content-transfer-encoding x-digest-edition".split()
)
_ONCE = _HEADERS - {"cc", "reply-to", "list-id", "content-transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
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


def message_id(parcel: Parcel, sender: str) -> str:
    """The Message-ID of a parcel: the same whenever it is made, so that a second copy can be known for one."""
    key = "\n".join((parcel.what, str(parcel.version), parcel.language, parcel.recipient))
    what = re.sub(r"[^A-Za-z0-9-]+", "-", parcel.what)[:40].strip("-")
    mark = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"{what}.v{parcel.version}.{mark}@{bare(sender).rpartition('@')[2]}"


def bare(address: str) -> str:
    """The address alone, in small letters: what the ledger knows a reader by."""
    return _split(address)[1].lower()


def header_text(text: str) -> str:
    """A text that may stand in a header: one line, no control character, nothing that looks encoded; cut."""
    kept = clean(text)
    while (less := _ENCODED_WORD.sub("", kept)) != kept:
        kept = clean(less)
    return shorten(kept, _LONGEST_SUBJECT)


def message(letter: Letter) -> bytes:
    """The mail in bytes, ASCII with CRLF. Raises DeliveryError where a header came out that we did not write."""
    mail = EmailMessage(_POLICY)
    mail["Date"] = format_datetime(letter.date)
    mail["From"] = _address(letter.sender)
    if letter.to:
        mail["To"] = [_address(one) for one in letter.to]
    else:
        mail["To"] = "undisclosed-recipients:;"
    if letter.cc:
        mail["Cc"] = [_address(one) for one in letter.cc]
    if letter.reply_to:
        mail["Reply-To"] = _address(letter.reply_to)
    mail["Subject"] = header_text(letter.subject)
    mail["Message-ID"] = f"<{letter.message_id}>"
    if letter.list_id:
        mail["List-Id"] = f"<{header_text(letter.list_id).strip('<>')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Digest-Edition"] = header_text(letter.edition) or "notice"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.attachment:
        mail.add_attachment(
            letter.attachment.data, maintype="application", subtype="pdf", filename=header_text(letter.attachment.name)
        )
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            mark = hashlib.sha256(f"{letter.message_id} {number}".encode()).hexdigest()[:24]
            part.set_boundary(f"=_{mark}")
    data = mail.as_bytes()
    check(data)
    return data


def check(data: bytes) -> None:
    """Whether the headers of a mail are ours and no others. Raises DeliveryError."""
    names = list(_names(data.partition(b"\r\n\r\n")[0]))
    strange = [name for name in names if name not in _HEADERS]
    twice = [name for name in _HEADERS if names.count(name) > 1]
    missing = [name for name in _ONCE if name not in names]
    if strange or twice or missing or not data.isascii():
        raise DeliveryError(
            "the mail was not sent: its headers are not as they were written "
            f"({', '.join([*strange, *twice, *missing]) or 'not ASCII'})",
            "look at the digest's title, organisation and addresses in sources.yaml",
        )


def _names(head: bytes) -> Iterator[str]:
    for line in re.split(rb"\r\n|\r|\n", head):
        if not line.startswith((b" ", b"\t")):
            yield line.partition(b":")[0].decode("ascii", "replace").lower()


def _address(text: str) -> Address:
    """Raises DeliveryError for an address that a mail program might read as something else."""
    name, address = _split(text)
    user, _, domain = address.rpartition("@")
    if not user or not address.isascii() or not address.isprintable() or _ENCODED_WORD.search(address):
        raise DeliveryError(f"{clean(text)!r} is no mail address", "look at digest.delivery in sources.yaml")
    return Address(header_text(name), user, domain)


def _split(text: str) -> tuple[str, str]:
    """Name and address; by hand, because the library's parsers decode what stands in them."""
    name, bracket, rest = text.rpartition("<")
    return (name.strip().strip('"'), rest.partition(">")[0].strip()) if bracket else ("", text.strip())
