"""Load the words that make reports in different languages and scripts comparable.

The tables are data beside this module: traditional characters with their simplified forms, names
as they are written in other scripts with the token that their English form gives, and the words
that say what happened. What a text is about stands in `digest.cluster.concepts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType


def read_data_file(name: str) -> str:
    """Return the text of a data file of this package."""
    return resources.files("digest.cluster").joinpath(name).read_text("utf-8")


def _read_table(name: str) -> Mapping[str, str]:
    lines = read_data_file(name).splitlines()
    return MappingProxyType(dict(line.split("\t") for line in lines))


_characters = "".join(read_data_file("simplified.txt").split())
SIMPLIFIED: Mapping[int, str] = MappingProxyType(
    {
        ord(old): new
        for old, new in zip(_characters[::2], _characters[1::2], strict=True)
        if old != new
    }
)
ALIASES = _read_table("aliases.tsv")  # name (Chinese in simplified characters) → English token
EVENT_PATTERNS = _read_table("events.tsv")  # kind → pattern; the first that a title names is its
