"""Fingerprint what results follow from, so that a kept one is used only where nothing changed.

A result follows from its input and from the program. The program's share is a hash of the files of
the packages that make it, so that no change of a rule or of a word list can be forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_LENGTH = 12  # bytes of a fingerprint
_SEPARATOR = b"\x00"

JUDGING = ("model", "tag", "rank")  # what says what an item is, and what its words are worth
GROUPING = (*JUDGING, "cluster")
WRITING = ("model", "write")
DECIDING = (*GROUPING, "app", "decide", "edition", "write")


def fingerprint_parts(*parts: str | bytes) -> str:
    """Return a hash of some texts, which tells where one ends."""
    encoded = (
        part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        for part in (*parts, "")
    )
    return hashlib.blake2b(_SEPARATOR.join(encoded), digest_size=_LENGTH).hexdigest()


@cache
def fingerprint_program(packages: Iterable[str]) -> str:
    """Return a hash of the files of packages, and of the modules that all of them share."""
    root = files("digest")
    shared = [entry for entry in root.iterdir() if entry.is_file()]
    found = [*shared, *(path for name in packages for path in _list_files(root / name))]
    digest = hashlib.blake2b(digest_size=_LENGTH)
    for path in sorted(found, key=str):
        digest.update(path.name.encode() + _SEPARATOR)
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _list_files(folder: Traversable) -> Iterable[Traversable]:
    for entry in folder.iterdir():
        if entry.is_file():
            yield entry
        elif entry.name != "__pycache__":
            yield from _list_files(entry)
