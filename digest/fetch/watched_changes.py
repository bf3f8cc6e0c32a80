"""What changed on a page that is watched: its lines as they were and as they are. Pure.

Lines are compared as a set, so that what only moved has not changed, and without what changes by
itself: counts of customers, days of the last update, clocks, ratings, tokens. What is left counts
where it is of what the page is watched for: an amount or a limit on a page of prices, a sentence of
terms, a row of subprocessors, words of trouble on a page of states.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.fetch.read.watched_page import HEADING
from digest.model.source import WatchKind
from digest.text import split_sentences, truncate_text

_ALIKE = 0.45  # from which two lines are one line that was changed
_MAX_PAIRED = 200  # lines of which it is sought what they were before
_REBUILT = 0.6  # of the lines of a page: where more of them differ, it was rebuilt
_MIN_REBUILT = 12  # lines of a page that can be
_MOST_LOST = 0.7  # of the lines of a page: where more are gone, it is another page
_MAX_QUOTE = 400  # characters
_MAX_BOAST = 500  # characters of a line that may boast of its customers
_MIN_TERM = 25  # characters of a line of terms that says something

_CROWD = (
    r"customers?|users?|companies|businesses|teams?|brands?|marketers?|people|members?|reviews?|"
    r"ratings?|downloads?|countries|developers?|agencies|subscribers?|organi[sz]ations?|"
    r"kunden|nutzer\w*|unternehmen|bewertungen|clienti|utenti|aziende|recensioni|"
    r"clients?|utilisateurs?|entreprises?|avis|clientes|usuarios|empresas"
)
_NUMBER = (
    r"(?<![\d.,])\d[\d.,\u00a0\u202f ]{0,14}"
    r"(?:\+|[kKmM]\b|\s*(?:million|Mio\.?|milioni|millones)\b)?\+?"
)
_LIMIT = re.compile(  # a number of users after these is what one gets, and no boast
    r"(?:up to|includ\w+|max\w*|limit\w*|for|per|bis(?: zu)?|inklusive|fino a|inclus\w*|jusqu'à|"
    r"hasta|สูงสุด)\W*$",
    re.IGNORECASE,
)
_BOAST = re.compile(
    rf"(?P<n>{_NUMBER})\s*(?P<what>(?:\w{{1,30}}\s){{0,2}}?(?:{_CROWD}))\b", re.IGNORECASE
)
_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|mag|jun|giu|jul|lug|aug|ago|août|sep|set|oct|okt|ott|nov|dec|"
    r"dez|dic|déc|fév|avr|juin|juil)\w*\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}"
    r"(?:st|nd|rd|th)?,?\s+\d{4}|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|"
    rf"{_MONTH}\s+\d{{4}})"
)
_UPDATED = re.compile(  # a line that says when the page was touched, and nothing else
    r"^.{0,40}\b(?:updated?|modified|revised|reviewed|published|generated|as of|version|stand|"
    r"aktualisiert|geändert|aggiornat\w+|modificat\w+|mis à jour|modifié\w*|actualizad\w+|"
    rf"อัปเดต|แก้ไข)\b.{{0,30}}?{_DATE}.{{0,20}}$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"©|\(c\)\s*\d{4}|\bcopyright\b|all rights reserved", re.IGNORECASE)
_MASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?=[\w-]{0,80}\d)(?=[\w-]{0,80}[a-z])[\w-]{16,80}\b",  # tokens
        r"\b[0-9a-f]{12,80}\b",
        r"\bhttps?://\S{1,300}",
        r"\b\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?\s*(?:UTC|GMT|[CEP][DES]T)?\b",
        r"\b\d+\s+(?:seconds?|minutes?|hours?|days?|weeks?)\s+(?:ago|left)\b",
        r"\b(?:vor|il y a|hace)\s+\d+\s+\w+|\b\d+\s+\w+\s+fa\b",
        r"\b[0-5][.,]\d\s*(?:/\s*5|out of 5|von 5|su 5|sur 5|de 5|stars?)\b",
    )
)

_PRICE = re.compile(
    r"[$€£¥฿]\s?\d|\d\s?(?:[$€£¥฿]|USD|EUR|GBP|THB|CHF)\b|\b(?:USD|EUR|GBP|THB|CHF)\s?\d|\d\s?%|"
    r"(?<![\d.,])\d[\d.,]{0,14}\s?(?:[kKmM]\b)?\s?(?:\w{1,30}\s){0,2}?(?:users?|seats?|contacts?|credits?|emails?|"
    r"sends|events?|requests?|tokens?|messages?|GB|TB|days?|months?|years?|nutzer|kontakte|"
    r"utenti|contatti|crediti|utilisateurs|usuarios|contactos)\b|"
    r"\bper (?:user|seat|month|year|contact|member)\b|\bbilled\b|\bfree (?:plan|tier|trial)\b|"
    r"\bunlimited\b|\bincluded\b|\badd-?on\b|\boverage\b|\bdiscount|\bno longer\b|\bsurcharge|"
    r"\bminimum\b|\bstarting at\b|\bab \d|\bpro (?:Monat|Jahr|Nutzer)\b|\bal mese\b|\bpar mois\b|"
    r"\bal mes\b|ต่อเดือน|บาท",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:outage|incident|degraded|degradation|disruption|investigating|identified|partial|"
    r"major|unavailable|down|delay(?:s|ed)|errors?|failing|failures?|breach|unauthori[sz]ed|"
    r"störung|ausfall|eingeschränkt|disservizio|interruzione|panne|incidente)\b|ขัดข้อง|ล่ม",
    re.IGNORECASE,
)
_NO_TROUBLE = re.compile(
    r"\bno (?:incidents?|outages?|issues?|known)\b|\b0 incidents\b|\bresolved\b|\boperational\b|"
    r"\bscheduled maintenance\b|\bpast incidents\b|\bincident history\b|\bsubscribe\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageChange:
    """A line that changed. Without `before` it is new, without `after` it is gone."""

    section: str  # the heading that it stands under; "" before the first
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PageComparison:
    """The changes between two wordings of a page, in the order of the page.

    `rebuilt`: so much of the page differs that its changes say nothing one by one.
    """

    changes: tuple[PageChange, ...] = ()
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    section: str
    text: str
    place: tuple[str, str]  # its heading and itself, as they are compared

    @property
    def key(self) -> str:
        return self.place[1]


def compare_pages(before: str, after: str, kind: WatchKind) -> PageComparison:
    """Return what changed from one wording of a page to a later one, as its kind counts it."""
    old, new = _read_lines(before), _read_lines(after)
    gone, come = _subtract(old, new), _subtract(new, old)
    size = max(len(old), len(new))
    if kind != "status" and size >= _MIN_REBUILT and max(len(gone), len(come)) > _REBUILT * size:
        return PageComparison(rebuilt=True)
    pairs = _pair_lines(gone, come)
    if kind == "status":
        found = [
            PageChange(line.section, "", line.text)
            for line in come
            if _TROUBLE.search(line.text) and not _NO_TROUBLE.search(line.text)
        ]
    else:
        found = [
            change
            for old_line, new_line in pairs
            if _is_watched_change(old_line, new_line, kind)
            and (change := _build_change(old_line, new_line, kind))
        ]
    return PageComparison(tuple(dict.fromkeys(found)))


def has_shrunk(before: str, after: str) -> bool:
    """Return whether so little of a page is left that something else answered in its place."""
    old, new = len(before.split("\n")), len(after.split("\n"))
    return old >= _MIN_REBUILT and new < (1 - _MOST_LOST) * old


def keep_confirmed(first: PageComparison, second: PageComparison) -> PageComparison:
    """Return what two comparisons with the same earlier wording both show.

    What turns up once, as an experiment or a carousel does, is no change.
    """
    shared = tuple(change for change in second.changes if change in first.changes)
    return PageComparison(shared, first.rebuilt and second.rebuilt)


def _read_lines(text: str) -> list[_Line]:
    """Return the lines of a page that are compared, with their headings."""
    section, masked, lines = "", "", []
    for line in text.split("\n"):
        is_heading = line.startswith(HEADING)
        if is_heading:
            section = line.removeprefix(HEADING)
            masked = _mask_line(section)
        is_stamp = _UPDATED.search(line) and not _PRICE.search(line)
        if is_stamp or _COPYRIGHT.search(line):
            continue
        shown = line.removeprefix(HEADING)
        if key := _mask_line(shown):
            place = ("", key) if is_heading else (masked, key)
            lines.append(_Line("" if is_heading else section, shown, place))
    return lines


@lru_cache(maxsize=2048)  # most lines of two wordings are the same
def _mask_line(line: str) -> str:
    """Return a line without what changes by itself: how it is compared."""

    def mask_boast(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found["n"])
        is_large = len(digits) >= 4 or re.search(r"[+kKmM]|mi", found["n"])
        is_limit = _LIMIT.search(line[: found.start()][-20:])
        return found[0] if is_limit or not is_large else found["what"]

    masked = _BOAST.sub(mask_boast, line) if len(line) <= _MAX_BOAST else line
    for pattern in _MASKS:
        masked = pattern.sub(" ", masked)
    # amounts keep their marks: $15 is not 15 %
    plain = re.sub(r"([$€£¥฿%+/.,-])", r" \1 ", masked.casefold())
    return " ".join(re.sub(r"[^\w$€£¥฿%+/.,-]+", " ", plain).split()).strip(" .,-/+")


def _subtract(lines: Sequence[_Line], others: Iterable[_Line]) -> list[_Line]:
    """Return the lines that others do not have, however often each stands there.

    A line that stands under another heading than before is one of them: a price that moved to
    another plan has changed.
    """
    counts = Counter(line.place for line in others)
    left = []
    for line in lines:
        if counts[line.place]:
            counts[line.place] -= 1
        else:
            left.append(line)
    return left


def _pair_lines(
    gone: Sequence[_Line], come: Sequence[_Line]
) -> list[tuple[_Line | None, _Line | None]]:
    """Return what each line was before: the likest under its heading, else of all."""
    old_words, new_words = (
        [Counter(line.key.split()) for line in some[:_MAX_PAIRED]] for some in (gone, come)
    )
    scored = []
    for place, old in enumerate(old_words):
        for number, new in enumerate(new_words):
            if (alike := _measure_likeness(old, new)) >= _ALIKE:
                apart = gone[place].place[0] != come[number].place[0]
                scored.append((apart, -alike, place, number))
    old_of: dict[int, int] = {}
    paired: set[int] = set()
    for _, _, place, number in sorted(scored):
        if number not in old_of and place not in paired:
            old_of[number] = place
            paired.add(place)
    pairs: list[tuple[_Line | None, _Line | None]] = [
        (gone[old_of[number]] if number in old_of else None, new) for number, new in enumerate(come)
    ]
    return pairs + [(old, None) for place, old in enumerate(gone) if place not in paired]


def _measure_likeness(words: Counter[str], others: Counter[str]) -> float:
    """Return which part of two lines' words they share, 0 to 1 (Dice's coefficient)."""
    return 2 * (words & others).total() / max(1, words.total() + others.total())


def _is_watched_change(old: _Line | None, new: _Line | None, kind: WatchKind) -> bool:
    """Return whether a pair is of what a page of this kind is watched for."""
    if old and new and old.key == new.key:
        return False  # its heading alone is another one
    lines = [line for line in (old, new) if line]
    if kind == "price":
        return any(_PRICE.search(line.text) for line in lines)
    if kind == "terms":
        return any(len(line.text) >= _MIN_TERM for line in lines)
    return any(any(letter.isalpha() for letter in line.text) for line in lines)


def _build_change(old: _Line | None, new: _Line | None, kind: WatchKind) -> PageChange | None:
    """Return the change of a pair; of a long text only the sentences that differ."""
    section = new.section if new else old.section if old else ""
    before, after = (line.text if line else "" for line in (old, new))
    if before and after and kind == "terms":
        before_sentences, after_sentences = split_sentences(before), split_sentences(after)
        masked = {_mask_line(sentence) for sentence in before_sentences} & {
            _mask_line(sentence) for sentence in after_sentences
        }
        before, after = (
            " ".join(sentence for sentence in sentences if _mask_line(sentence) not in masked)
            for sentences in (before_sentences, after_sentences)
        )
        if not before and not after:
            return None
    return PageChange(section, truncate_text(before, _MAX_QUOTE), truncate_text(after, _MAX_QUOTE))
