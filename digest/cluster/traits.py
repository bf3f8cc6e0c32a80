"""What an item says, as far as it tells one event from another: words, names, figures, days, and the page.

Words are compared as tokens: Latin and Cyrillic words cut to their stem's length, Chinese, Japanese and Thai as pairs of
characters, with traditional characters written as simplified ones. An English slug in the address of an item told in
another language counts as its words: links carry over where words do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import unquote, urlsplit

from digest.cluster.names import ALIASES, SIMPLIFIED
from digest.model import TaggedItem
from digest.urls import host, page

_BODY = 600  # characters of summary and text that are compared; the event stands at the top
_LEAN = 5  # an item whose summary has fewer words borrows from its text

# The frame that publishers and newsletters put around their words.
_FRAME = re.compile(
    r"\bvia @\w.*$|\(\d+ minute read\)|\((?:website|github repo|hugging face repo|sponsor)\)|"
    r"\bThe post\b.{0,300}?(?:appeared first on\b.*)?$|点击卡片可查看原文.*$",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]*|[Ѐ-ӿ]+|[\u0e00-\u0eff]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\d+(?:[.,]\d+)*"
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_STOP = frozenset(
    "the a an and or of to in on for with by from at as is are was were be been it its this that these those you your "
    "we our us they their he she his her i how what why when which who will can now new more most than not no into out "
    "up about over after before just also has have had do does did if but so all any may could would should via per vs "
    "says said get gets one two using use used make makes here there while where amid de la le les des et en un une der "
    "die das und von mit für ist il di e che per con del della и в на с по для что как из от к не это у о за или но "
    "при его до также уже их можно теперь".split()
)
_SUFFIX = re.compile(r"(?:'s|’s|ies|ing|ed|es|s|ly)$")

_SCALE = {
    "k": 1e3, "thousand": 1e3, "тыс": 1e3, "千": 1e3, "万": 1e4, "百万": 1e6, "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6,
    "mln": 1e6, "млн": 1e6, "千万": 1e7, "亿": 1e8, "b": 1e9, "bn": 1e9, "billion": 1e9, "mrd": 1e9, "млрд": 1e9,
    "miliardi": 1e9, "milioni": 1e6, "十亿": 1e9, "t": 1e12, "trillion": 1e12, "трлн": 1e12, "万亿": 1e12, "兆": 1e12,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)[ \u00a0-]?"
    r"(?P<unit>%|％|percent\b|percentage\b|per cent\b|процент|(?:thousand|million|billion|trillion|mln|mrd|milioni|miliardi|bn|mn|mm|[kmbt])\b|"
    r"тыс|млн|млрд|трлн|百万|千万|十亿|万亿|万|亿|兆|千)?",
    re.IGNORECASE,
)
_VERSIONED = re.compile(r"\b([A-Za-z][A-Za-z]+)[ -]?[vV]?(\d+(?:\.\d+)*)(?![\d%])")
_MONTHS = {
    stem: number
    for number, stems in enumerate(
        ("jan янв", "feb фев", "mar март", "apr апр", "may мая", "jun июн", "jul июл", "aug авг", "sep сент", "oct окт",
         "nov ноя", "dec дек"), 1)
    for stem in stems.split()
}  # fmt: skip
_DAY = re.compile(
    r"\b(?P<m1>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?P<d1>\d{1,2})\b(?!,? ?\d{3})|"
    r"\b(?P<d2>\d{1,2})(?:st|nd|rd|th)? (?P<m2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|март|апр|мая|июн|июл|авг|сент|окт|ноя|дек)|"
    r"(?P<m3>\d{1,2}) ?月 ?(?P<d3>\d{1,2}) ?日",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w&+’'-]*(?:\.\w+)*|\b[a-z]+[A-Z]\w*")
_ALIAS = re.compile("|".join(sorted(ALIASES, key=len, reverse=True)))
_NUMBERED_PATH = re.compile(r"\d{4,}|[a-z0-9]+-[a-z0-9]+-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traits:
    """One item, ready to be compared. Tokens are words, names, `#figures`, `@days` and versions `gpt5.6`."""

    id: str
    when: datetime
    page: str  # canonical address without an entry's fragment; "" where unknown
    entry: str  # the fragment that names an entry of the page
    article: bool  # the address is that of one article, not of a home or overview page
    site: str
    source: str
    script: str  # latin | cyrillic | wide
    title: frozenset[str]
    words: frozenset[str]  # of title, body and slug
    slug: frozenset[str]
    names: frozenset[str]
    figures: frozenset[str]
    days: frozenset[str]
    versions: Mapping[str, frozenset[str]]  # product word → its version numbers
    event: str
    known: bool  # the tags name vendors


def traits(tagged: TaggedItem) -> Traits:
    """What an item says."""
    item = tagged.item
    title, body = _unframed(item.title), _unframed(item.summary)
    if len(body) < _LEAN * 6:
        body = f"{body} {_unframed(item.text)}"
    body = body[:_BODY]
    text = f"{title}. {body}"
    slug = frozenset(tokens(_slug_words(item.url)))
    title_words = frozenset(tokens(title))
    names = frozenset(_names(title, body, tagged.tags.vendors))
    address = page(item.url)
    return Traits(
        id=item.id,
        when=item.when,
        page=address,
        entry=item.url[len(address) + 1 :],
        article=_is_article(address),
        site=host(item.url),
        source=item.source,
        script=_script(text),
        title=title_words,
        words=title_words | frozenset(tokens(body)) | slug,
        slug=slug,
        names=names,
        figures=frozenset(figures(text)),
        days=frozenset(days(text)),
        versions=versions(text),
        event=tagged.tags.event,
        known=bool(tagged.tags.vendors),
    )


def tokens(text: str) -> Iterator[str]:
    """The comparable words of a text, in order."""
    for match in _WORD.finditer(text):
        word = match[0]
        if _WIDE.match(word):
            yield from _pairs(word)
        elif word[0].isdigit():
            if len(word) > 1:
                yield word
        else:
            stem = _stem(word.casefold())
            if stem:
                yield stem


def figures(text: str) -> Iterator[str]:
    """The figures of a text, whatever language writes them: `#4e+07`, `#%43`, `#1094`. Years, days of months and small
    bare numbers tell nothing and are left out."""
    for match in _NUMBER.finditer(text):
        value, unit = _value(match["number"]), (match["unit"] or "").casefold()
        if unit.startswith(("%", "％", "per", "процент")):
            yield f"#%{value:g}"
        elif unit:
            yield f"#{value * _SCALE.get(unit, 1):.3g}"
        elif value >= 32 and not 1990 <= value <= 2040 and "." not in match["number"]:
            yield f"#{value:.4g}"


def days(text: str) -> Iterator[str]:
    """Days that a text names, as `@7-27`."""
    for match in _DAY.finditer(text):
        month = match["m1"] or match["m2"]
        number = _MONTHS[month.lower()] if month else int(match["m3"])
        yield f"@{number}-{int(match['d1'] or match['d2'] or match['d3'])}"


def versions(text: str) -> dict[str, frozenset[str]]:
    """Product words with the version numbers that follow them: {"gpt": {"5.6"}}."""
    found: dict[str, set[str]] = {}
    for word, number in _VERSIONED.findall(text):
        if number not in ("2024", "2025", "2026", "2027") and word[0].isupper():
            found.setdefault(word.casefold(), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _unframed(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(SIMPLIFIED)
    return _FRAME.sub(" ", text)


def _names(title: str, body: str, vendors: Iterable[str]) -> Iterator[str]:
    for vendor in vendors:
        yield from tokens(vendor)
    for text in (title, body):
        for word in _NAME.findall(text):
            yield from tokens(word)
        for name in _ALIAS.findall(text):
            yield from tokens(ALIASES[name])


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for start in range(len(run) - 1):
        yield run[start : start + 2]


@cache
def _stem(word: str) -> str:
    if word in _STOP or len(word) < 2:
        return ""
    if _CYRILLIC.match(word):
        return word[:5] if len(word) > 5 else word
    return _SUFFIX.sub("", word) if len(word) > 4 else word.removesuffix("'s").removesuffix("’s")


def _value(number: str) -> float:
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number)
    return float(number.replace(",", "" if thousands else "."))


def _slug_words(url: str) -> str:
    path = unquote(urlsplit(url).path) if url else ""
    return " ".join(part for part in re.split(r"[/_.-]", path) if not part.isdigit() and len(part) < 25)


def _is_article(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.query) or (len(parts.path) > 12 and bool(_NUMBERED_PATH.search(parts.path)))


def _script(text: str) -> str:
    wide, cyrillic = len(_WIDE.findall(text)), len(_CYRILLIC.findall(text))
    if wide * 6 > len(text):
        return "wide"
    return "cyrillic" if cyrillic * 3 > len(text) else "latin"
