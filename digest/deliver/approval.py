"""Links by which a named person releases one edition: signed, expiring, bound to its files. Pure.

A link says who may release which files until when, and is signed with the team's key, so that
nothing has to be remembered until it is used. Whoever holds it can release that edition in that
name, and nothing else; a file that changes makes it void.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.errors import DeliveryError

SHORTEST_KEY = 32  # characters
_LONGEST_TOKEN = 600


@dataclass(frozen=True, slots=True)
class ApprovalLink:
    """Who may release which edition. `files`: `fingerprint_files` of its release files."""

    quarter: str
    files: str
    approver: str
    until: datetime

    def is_for(self, files: Mapping[str, str]) -> bool:
        """Return whether the link is for these very files (path → sha256)."""
        return self.files == fingerprint_files(files)


def fingerprint_files(files: Mapping[str, str]) -> str:
    """Return one hash, in hexadecimal, of the files of a release (path → sha256)."""
    lines = "".join(f"{path} {checksum}\n" for path, checksum in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def sign_link(link: ApprovalLink, key: str) -> str:
    """Return a link as text that can stand in an address. Raises DeliveryError for a weak key."""
    values = (link.quarter, link.files, link.approver, int(link.until.timestamp()))
    payload = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_encode(payload)}.{_encode(_sign(payload, key))}"


def read_link(token: str, key: str) -> ApprovalLink:
    """Return the link that a text is, also one that has expired.

    Raises DeliveryError where it was not signed with the key. No other text is the same link: a
    used one is known by its text.
    """
    head, _, tail = token[:_LONGEST_TOKEN].partition(".")
    try:
        payload, signature = _decode(head), _decode(tail)
    except (ValueError, binascii.Error):
        payload, signature = b"", b""
    is_as_written = token == f"{_encode(payload)}.{_encode(signature)}"  # Base64 has other ways
    if not is_as_written or not hmac.compare_digest(signature, _sign(payload, key)):
        raise DeliveryError(
            "this link is not valid", "open it as it stands in the mail, to its last letter"
        )
    quarter, files, approver, until = json.loads(payload)
    return ApprovalLink(quarter, files, approver, datetime.fromtimestamp(until, UTC))


def name_use(token: str) -> str:
    """Return what the ledger calls the use of a link: no link can be made of it."""
    return f"approval link {hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _sign(payload: bytes, key: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise DeliveryError(
            f"the key that signs links for approval has fewer than {SHORTEST_KEY} characters",
            "make one with: openssl rand -hex 32",
        )
    return hmac.new(b"approve " + key.encode(), payload, hashlib.sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
