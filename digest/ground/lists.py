"""Rules on lists of figures: each figure is told of its own thing, and as its own rise or fall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.ground.claim import Claim, index_text
from digest.ground.facts import find_version
from digest.ground.names import has_name
from digest.ground.numbers import Quantity, carries
from digest.ground.passages import MANNER, Passage, read_part
from digest.ground.script import is_unspaced

_MARK = re.compile(
    r"，|,(?!\d)|;|\s(?:and|while|but|versus|vs\.?|compared (?:with|to)|against|und|gegen\w*|et|"
    r"contre|e|ed|mentre|contro|y|frente a|contra)\s|、|และ"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A piece of a sentence that tells one figure."""

    piece: Passage
    figure: Quantity


def check_lists(claim: Claim) -> str:
    """Refuse a figure that a list of the cited items tells of another thing, or the other way."""
    told = [list(_read_rows(passage)) for _, passage in claim.sentences]
    for row in _read_rows(claim.passage):
        for rows in told:
            holders = [one for one in rows if _is_same(one.figure, row.figure)]
            own = [one for one in holders if _shares(row.piece, one.piece)]
            reason = _check_other(row, rows, holders) if holders and not own else ""
            reason = reason or _check_way(row, own)
            if reason:
                return reason
    return ""


def _read_rows(passage: Passage) -> Iterator[_Row]:
    """Yield the pieces of a sentence that tell one figure each."""
    for text in _MARK.split(passage.text):
        if not text.strip():
            continue
        piece = read_part(text.strip(), passage.language)
        figures = [
            one for one in piece.quantities if one.kind != "ord" and not find_version(piece, one)
        ]
        kinds = [one.kind for one in figures]
        if len(figures) == 1 or (len(figures) == 2 and len(set(kinds)) == 2):
            yield from (_Row(piece, one) for one in figures)


def _check_other(row: _Row, rows: list[_Row], holders: list[_Row]) -> str:
    """Refuse a figure where another row is about this, and the rows with the figure are not."""
    if any(_says_nothing(one.piece, row.piece.language) for one in holders):
        return ""  # what it tells of cannot be compared: "of which 19"
    for one in rows:
        if one in holders or one.figure.kind != row.figure.kind:
            continue
        if _shares(row.piece, one.piece):
            return f"the cited items tell this figure of something else: {row.figure.written}"
    return ""


def _check_way(row: _Row, own: list[_Row]) -> str:
    """Refuse a rise where each row that is about the same tells a fall."""
    said = _find_ways(row)
    if not own or len(said) != 1:
        return ""
    told = [_find_ways(one) for one in own]
    if all(len(ways) == 1 and not ways & said and "not" not in ways for ways in told):
        return f"the cited items tell this figure the other way: {row.figure.written}"
    return ""


def _find_ways(row: _Row) -> frozenset[str]:
    """Return whether a row tells a rise, a fall, a denial: "12% more" is a rise, "over 12%" not."""
    said = row.piece.concept_names
    compared = row.figure.kind == "%" and not row.figure.bound
    ways = {
        "up": "up" in said or (compared and "more" in said),
        "down": "down" in said or (compared and "less" in said),
        "not": "not" in said,
    }
    return frozenset(way for way, holds in ways.items() if holds)


def _is_same(own: Quantity, claimed: Quantity) -> bool:
    return own.kind == claimed.kind and carries(own, claimed)


def _shares(one: Passage, two: Passage) -> bool:
    """Return whether two pieces name or mention a thing in common, figures apart."""
    index = index_text(two.text)
    if any(has_name(index, name.key) for name in one.sure_names):
        return True
    if one.language != two.language or is_unspaced(one.language):
        return bool((one.subjects & two.subjects) - _COMMON)
    ways = {"up", "down", "more", "less"}
    plain = [_drop(piece, ways) for piece in (one, two)]
    return bool(plain[0] & plain[1])


def _says_nothing(piece: Passage, language: str) -> bool:
    """Return whether a piece has nothing that can be looked for in a text of a language."""
    if piece.language == language and not is_unspaced(language):
        return False
    return not (piece.sure_names or piece.subjects - _COMMON)


_COMMON = MANNER | {"available", "build", "use", "add"}


def _drop(piece: Passage, ways: set[str]) -> set[str]:
    """Return the stems of a piece without those that say a rise or a fall."""
    spans = [(one.start, one.end) for one in piece.concepts if one.concept in ways]
    return {stem for stem, at in piece.stems if not any(a <= at < b for a, b in spans)}
