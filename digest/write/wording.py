"""Clean what publishers wrote, and find its words: for headlines and summaries alike. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

from digest.model.item import Item
from digest.scale_words import SCALE_PATTERN
from digest.text import CaselessPattern, clean_text, list_words
from digest.wholeness import WIDE

STOPWORDS = frozenset(
    "a an the and or of to in on for by is it as at be up no not new now all you we our its can "
    "get how why".split()
)
PHRASES = {
    name: "|".join(text.splitlines())
    for name, text in tomllib.loads(
        Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8")
    ).items()
}

_MARKDOWN_SIGN = re.compile(r"[*_`#\\]|--|==")  # one of them stands in each
_MARKDOWN = re.compile(r"\*\*|__|`|^#{1,6} | #{2,6} |-{4,}|={4,}|\\[nt]")
_LOOSE_STOP = re.compile(r" +([,.;])(?= |$)")
BYLINE = re.compile(r"^(?:(?:文|作者|编辑|編輯|来源|來源|报道|采访)\s*[|｜丨:：]\s*\S{1,8}\s+)+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]{1,200})\]\((?:https?://|/)[^)\s]*\)")
ACTION_VERB = CaselessPattern(rf"\b(?:{PHRASES['action_verbs']})\w*")
FIGURE = re.compile(
    rf"\d(?:[\d.,]*)\s?(?:%|percent|per cent|(?i:{SCALE_PATTERN}))"
    r"|[$€£¥]\s?\d|\b\d{2,}\b"
)


def clean_body(item: Item) -> str:
    """Return an item's summary, else its text, on one line and without markup."""
    return BYLINE.sub("", clean_markup(item.summary) or clean_markup(item.text))


def clean_markup(text: str) -> str:
    """Return a text on one line without Markdown and loose punctuation."""
    text = _MARKDOWN_LINK.sub(r"\1", text) if "](" in text else text
    text = _MARKDOWN.sub(" ", text) if _MARKDOWN_SIGN.search(text) else text
    return _LOOSE_STOP.sub(r"\1", clean_text(text.replace("\\'", "'").replace('\\"', '"')))


def compact_text(text: str) -> str:
    """Return the letters and digits of a text, folded, to compare names however they are spaced."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKD", text).casefold())


def list_content_words(text: str) -> frozenset[str]:
    """Return the folded words of a text that say what it is about; of Thai and CJK, pairs."""
    found: set[str] = set()
    is_plain = text.isascii()
    for word in list_words(text.casefold()):
        if not is_plain and WIDE.search(word):
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) > 2 and word not in STOPWORDS:
            found.add(word.removesuffix("'s").removesuffix("’s"))
    return frozenset(found)
