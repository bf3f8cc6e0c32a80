"""Extract what tells one event from another: words, names, figures, days, and the page.

Words are compared as tokens: Latin and Cyrillic words cut to a stem, Chinese, Japanese and Thai as
pairs of characters, traditional characters written as simplified ones. An English slug in the
address of an item in another language counts as its words: links carry over where words do not.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from digest.cluster.concepts import find_concepts
from digest.cluster.names import ALIASES, EVENT_PATTERNS, SIMPLIFIED, read_data_file
from digest.model.tags import TaggedItem
from digest.months import MONTHS, get_full_months
from digest.patterns import join_alternatives
from digest.scale_words import SCALE_PATTERN, SCALES
from digest.text import join_lines
from digest.urls import extract_host, strip_fragment

_BODY_CHARS = 600  # characters of summary and text that are compared; the event stands at the top
_MIN_SUMMARY_WORDS = 5  # an item whose summary has fewer words borrows from its text
_EVENT_SEARCH_CHARS = 300  # characters of the body that are searched for what happened

# The frame that publishers and newsletters put around their words.
_BOILERPLATE = re.compile(
    r"\bvia @\w.*$|\(\d+ minute read\)|\((?:website|github repo|hugging face repo|sponsor)\)|"
    r"\bThe post\b.{0,300}?(?:appeared first on\b.*)?$|点击卡片可查看原文.*$",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’]*(?:\d+[a-z]*(?!\d|[.,]\d))?|[Ѐ-ӿ]+|[\u0e00-\u0eff]+|"
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|\d+(?:[.,]\d+)*"
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_STOPWORDS = frozenset(read_data_file("stopwords.txt").split())
_SUFFIX = re.compile(r"(?:'s|’s|ies|ing|ed|es|s|ly)$")

_DECIMAL_COMMA = frozenset("de es fr it nl pl pt ru".split())  # languages


def _compile_number(grouped: str) -> re.Pattern[str]:
    """Return the pattern of a figure; `grouped` is that of a number in groups of three digits."""
    return re.compile(
        rf"(?P<currency>[$€£¥฿₹])?(?P<number>(?P<grouped>{grouped})|\d+(?:[.,]\d+)?)[ -]?"
        r"(?P<unit>%|percent\b|percentage\b|per cent\b|per cento\b|pour cent\b|por ciento\b|"
        rf"prozent|процент|เปอร์เซ็นต์|{SCALE_PATTERN})?"
        r"(?P<money>[ -]?(?:dollar|euro|us-dollar|ดอลลาร์|ยูโร|บาท|美元|欧元|円|долл|евро))?",
        re.IGNORECASE,
    )


_NUMBER = _compile_number(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMBER_WITH_COMMA = _compile_number(
    r"\d{1,3}(?:[.'’ ]\d{3})+(?:,\d+)?(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)"
)
_PERCENT = ("%", "per", "pour", "por ", "prozent", "процент", "เปอร์เซ็นต์")
_VERSIONED = re.compile(r"\b([A-Za-z][A-Za-z]+)[ -]?[vV]?(\d+(?:\.\d+)*)(?![\d%])")
_ENGLISH_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CYRILLIC_MONTHS = "янв фев март апр мая июн июл авг сент окт ноя дек".split()
_MONTHS = {  # by the name in full, which no other word is, and by stems
    **{
        name: number
        for language in MONTHS
        for number, name in enumerate(get_full_months(language), 1)
    },
    **MONTHS["th"],
    **{
        stem: number
        for stems in (_ENGLISH_MONTHS, _CYRILLIC_MONTHS)
        for number, stem in enumerate(stems, 1)
    },
}
_ANY_MONTH = join_alternatives(_MONTHS)
_DAY = re.compile(
    rf"\b(?P<m1>{'|'.join(_ENGLISH_MONTHS)})[a-z]*\.? (?P<d1>\d{{1,2}})\b(?!,? ?\d{{3}})|"
    rf"\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\.? (?:de |d['’])?(?P<m2>{_ANY_MONTH})|"
    r"(?P<m3>\d{1,2}) ?月 ?(?P<d3>\d{1,2}) ?日"
)
# English words that are no names, though titles write them with a capital.
_COMMON_WORDS = frozenset(read_data_file("common.txt").split())
_CAPITALISED = re.compile(r"\b(?:[A-ZÀ-Þ][\w&+’'-]*(?:\.\w+)*|[a-z]+[A-Z]\w*)")
_NAMED = re.compile(join_alternatives(ALIASES) + "|" + _CAPITALISED.pattern)
_EVENT_PATTERN = re.compile(
    r"(?<![a-zа-яё])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in EVENT_PATTERNS.items())
    + ")"
)
_DECIDED = re.compile(
    r"\b(?:court|judge|jury|tribunal|commission|regulator)s?\b.{0,80}"
    r"\b(?:dismiss|rul|toss|reject|uphold|upheld|strike|struck|side|clear|fine|order|find|found)\w*"
    r"|\b(?:lost|loses|wins|won)\b.{0,40}\b(?:case|lawsuit|suit|appeal|trial)\b"
    r"|\b(?:case|lawsuit|suit|claims)\b.{0,60}\b(?:collapsed|dismissed|tossed|thrown out)\b"
    r"|\bverdict\b",
    re.IGNORECASE,
)
_NUMBERED_PATH = re.compile(r"\d{4,}|(?<![a-z0-9])[a-z0-9]+-[a-z0-9]+-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ItemTraits:
    """One item, ready to be compared.

    Tokens are words, names, `#figures`, `@days` and versions `gpt5.6`.
    """

    id: str
    when: datetime
    page: str  # canonical address without an entry's fragment; "" where unknown
    entry: str  # the fragment that names an entry of the page
    article: bool  # the address is that of one article, not of a home or overview page
    site: str
    source: str
    script: str  # latin | cyrillic | wide
    language: str  # without its region
    title: frozenset[str]
    words: frozenset[str]  # of title, body and slug
    title_concepts: frozenset[str]  # what the title speaks of, in any language: `+ads`
    concepts: frozenset[str]  # and the title and the begin of the body together
    title_names: frozenset[str]  # and those of the acting vendors
    slug: frozenset[str]
    names: frozenset[str]
    vendors: frozenset[str]  # those of the names that are the acting vendors'
    subject: str  # the first name of the title; "" where it has none
    figures: frozenset[str]
    days: frozenset[str]
    versions: Mapping[str, frozenset[str]]  # product word → its version numbers
    headline_kinds: frozenset[str]  # kinds of event that the title speaks of
    kinds: frozenset[str]  # and the title and body together
    decided: bool = False  # the title tells that a court or an authority has decided a case
    vector: bytes = b""  # what the team's model made of the words; empty where there is none


def extract_traits(tagged: TaggedItem) -> ItemTraits:
    """Return what an item says."""
    item = tagged.item
    title, body = strip_boilerplate(item.title), strip_boilerplate(item.summary)
    if len(body) < _MIN_SUMMARY_WORDS * 6:
        body = f"{body} {strip_boilerplate(item.text)}"
    body = body[:_BODY_CHARS]
    text = f"{title}. {body}"
    script = "latin"
    if len(_WIDE.findall(text)) * 6 > len(text):
        script = "wide"
    elif len(_CYRILLIC.findall(text)) * 3 > len(text):
        script = "cyrillic"
    title_words = frozenset(tokenize_text(title))
    address, parts = strip_fragment(item.url), urlsplit(item.url)
    slug_words = re.split(r"[/_.-]", unquote(parts.path))
    short = (word for word in slug_words if not word.isdigit() and len(word) < 25)
    slug = frozenset(tokenize_text(" ".join(short)))
    words = title_words.union(tokenize_text(body), slug)
    language = item.language.split("-")[0].casefold()
    headline_kinds = detect_event_kinds(title)
    title_concepts = frozenset(find_concepts(title))
    headline_names = list(_extract_names(title))
    vendors = frozenset(token for name in tagged.tags.vendors for token in tokenize_text(name))
    return ItemTraits(
        id=item.id,
        when=item.published_or_seen,
        page=address,
        entry=item.url[len(address) + 1 :],
        article=bool(parts.query)
        or (len(parts.path) > 12 and bool(_NUMBERED_PATH.search(parts.path))),
        site=extract_host(item.url),
        source=item.source,
        script=script,
        language=language,
        title=title_words,
        words=words,
        title_concepts=title_concepts,
        concepts=title_concepts.union(find_concepts(body[:_EVENT_SEARCH_CHARS])),
        title_names=vendors.union(headline_names),
        slug=slug,
        names=vendors.union(headline_names, _extract_names(body)),
        vendors=vendors,
        subject=headline_names[0] if headline_names else "",
        figures=frozenset(extract_figures(text, language)),
        days=frozenset(extract_days(text)),
        versions=extract_versions(text),
        headline_kinds=headline_kinds,
        kinds=headline_kinds | detect_event_kinds(body[:_EVENT_SEARCH_CHARS]),
        decided=bool(_DECIDED.search(title)),
        vector=item.vector,
    )


def tokenize_text(text: str) -> Iterator[str]:
    """Yield the comparable words of a text in order."""
    for match in _WORD.finditer(text):
        word = match[0]
        if _WIDE.match(word):
            for start in range(max(1, len(word) - 1)):
                yield sys.intern(word[start : start + 2])
        elif word[0].isdigit():
            if len(word) > 1:
                yield word
        elif stem := _stem_word(word.casefold()):
            yield stem


def extract_figures(text: str, language: str = "en") -> Iterator[str]:
    """Yield the figures of a text in any language's writing: `#4e+07`, `#%43`, `#1094`.

    Years, days of months and small bare numbers say nothing and are left out. The language says
    whether 1.400 is a thousand and more.
    """
    has_comma = language in _DECIMAL_COMMA
    for match in (_NUMBER_WITH_COMMA if has_comma else _NUMBER).finditer(text):
        number, unit = match["number"], (match["unit"] or "").casefold()
        value = _read_number(number, bool(match["grouped"]), has_comma)
        if unit.startswith(_PERCENT):
            yield f"#%{value:g}"
        elif unit:
            yield f"#{value * SCALES.get(unit, 1):.3g}"
        elif (
            match["currency"]  # a small price is as telling as a large one
            or match["money"]
            or (value >= 32 and not 1990 <= value <= 2040 and "." not in number)
        ):
            yield f"#{value:.4g}"


def _read_number(number: str, is_grouped: bool, has_comma: bool) -> float:
    if not is_grouped:
        return float(number.replace(",", "."))
    if has_comma and not re.fullmatch(r"\d{1,3}(?:,\d{3})+", number):
        return float(re.sub(r"[.'’ ]", "", number).replace(",", "."))
    return float(number.replace(",", ""))


def extract_days(text: str) -> Iterator[str]:
    """Yield the days that a text names, as `@7-27`."""
    for match in _DAY.finditer(text.casefold()):
        month = match["m1"] or match["m2"]
        number = _MONTHS[month] if month else int(match["m3"])
        yield f"@{number}-{int(match['d1'] or match['d2'] or match['d3'])}"


def extract_versions(text: str) -> dict[str, frozenset[str]]:
    """Return product words with the version numbers that follow them: {"gpt": {"5.6"}}."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, number in _VERSIONED.findall(text):
        if number not in ("2024", "2025", "2026", "2027") and word[0].isupper():
            found[word.casefold()].add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def detect_event_kinds(text: str) -> frozenset[str]:
    """Return the kinds of event that the words of a text speak of."""
    return frozenset(match.lastgroup or "" for match in _EVENT_PATTERN.finditer(text.casefold()))


def strip_boilerplate(text: str) -> str:
    """Return a text without the frame that publishers put around it, in its simplest characters."""
    text = unicodedata.normalize("NFKC", join_lines(text)).translate(SIMPLIFIED)
    return _BOILERPLATE.sub(" ", text)


def _extract_names(text: str) -> Iterator[str]:
    """Yield tokens of capitalised words that are no common ones, and of names in other scripts."""
    for match in (_CAPITALISED if text.isascii() else _NAMED).finditer(text):
        word = match[0]
        if word in ALIASES:
            yield from tokenize_text(ALIASES[word])
        elif word.casefold().removesuffix("'s").removesuffix("’s") not in _COMMON_WORDS:
            yield from tokenize_text(word)


@lru_cache(maxsize=100_000)
def _stem_word(word: str) -> str:
    if word in _STOPWORDS or len(word) < 2:
        return ""
    if _CYRILLIC.match(word):
        return word[:5]
    return _SUFFIX.sub("", word) if len(word) > 4 else word.removesuffix("'s").removesuffix("’s")
