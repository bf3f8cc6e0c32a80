"""Put texts of others into a question as data, and take out of an answer what is no text.

A source's text stands between two marks that hold a hash of all texts of the question, so that no
source can write the closing mark. Whatever a source says there is quoted, never an order; but no
mark makes a model obey, and so every answer is checked as if it had not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from digest.text import clean_text, truncate_text

MAX_TITLE = 300  # characters of one item's title
MAX_TEXT = 1800  # of its summary and text together
# a link, or what a reader's program would turn into one
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+|\bmailto:\S+|\b(?:data|javascript):\S+",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]{0,300})\]\((?:[^()]++|\([^()]*+\))*+\)")
_TAG = re.compile(r"<[a-zA-Z/!?][^>]{0,2000}>")
_CHAT_MARK = re.compile(r"<\|[^|>]{1,40}\|>|\[/?INST\]|<<?/?SYS>>?", re.IGNORECASE)


def quote_sources(texts: Sequence[Mapping[str, str]]) -> str:
    """Return texts of others as delimited, numbered data.

    Each is a mapping of a field's name to its text; the numbers begin at 1. Control characters,
    marks of chats and whatever looks like our own marks go, and each field is bounded.
    """
    cleaned = [
        {name: _clean_field(name, text) for name, text in fields.items() if text}
        for fields in texts
    ]
    seal = hashlib.sha256(repr(cleaned).encode("utf-8", "replace")).hexdigest()[:12]
    parts = []
    for number, fields in enumerate(cleaned, 1):
        lines = [f"{name}: {text}" for name, text in fields.items() if text]
        parts.append("\n".join((f"[source {number} {seal}]", *lines, f"[end {number} {seal}]")))
    return "\n".join(parts)


def clean_answer(text: str, own_urls: Sequence[str] = (), limit: int = 600) -> str:
    """Return a sentence of an answer as plain text of one line.

    Markup goes, and so does every link that is not one of the item's own. A text longer than the
    limit is no sentence: it comes back empty.
    """
    text = _TAG.sub(" ", _MARKDOWN_LINK.sub(r"\1", clean_text(text)))
    text = _LINK.sub(lambda link: link[0] if link[0].rstrip(".,;)") in own_urls else "", text)
    text = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", clean_text(text.replace("**", "")))
    return text if len(text) <= limit else ""


def holds_link(text: str, own_urls: Sequence[str] = ()) -> bool:
    """Return whether a sentence of an answer leads somewhere else than to its own sources."""
    found = (match[0].rstrip(".,;)") for match in _LINK.finditer(clean_text(text)))
    return bool(_MARKDOWN_LINK.search(text)) or any(link not in own_urls for link in found)


def _clean_field(name: str, text: str) -> str:
    text = _CHAT_MARK.sub(" ", clean_text(text))
    text = re.sub(r"\[(?=(?:source|end) \d)", "(", text)
    return truncate_text(text, MAX_TITLE if name == "title" else MAX_TEXT)
