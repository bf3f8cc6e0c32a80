"""Rules on rows of figures: each is told as its own rise or fall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.ground.claim import Claim
from digest.ground.facts import find_version
from digest.ground.numbers import Quantity, carries
from digest.ground.passages import Passage, read_part

_MARK = re.compile(
    r"，|,(?!\d)|;|\s(?:and|while|but|after|before|following|"
    r"nachdem|nach|dopo|apres|despues|versus|vs\.?|compared (?:with|to)|against|und|gegen\w*|et|"
    r"contre|e|ed|mentre|contro|y|frente a|contra)\s|、|และ"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A piece of a sentence that tells one figure."""

    piece: Passage
    figure: Quantity


def check_ways(claim: Claim) -> str:
    """Refuse a figure that is told as a rise where the cited items tell it as a fall alone."""
    told = [row for _, passage in claim.sentences for row in _read_rows(passage)]
    for row in _read_rows(claim.passage):
        ways = _find_ways(row)
        if len(ways) != 1:
            continue
        others = [_find_ways(one) for one in told if _is_same(one.figure, row.figure)]
        if others and all(
            len(other) == 1 and not other & ways and "not" not in other for other in others
        ):
            return f"the cited items tell this figure the other way: {row.figure.written}"
    return ""


def _read_rows(passage: Passage) -> Iterator[_Row]:
    """Yield the pieces of a sentence that tell one figure each."""
    for text in _MARK.split(passage.text):
        if not text.strip():
            continue
        piece = read_part(text.strip(), passage.language)
        figures = [
            quantity
            for quantity in piece.quantities
            if (quantity.kind or quantity.scaled)
            and quantity.kind != "ord"
            and not find_version(piece, quantity)
        ]
        kinds = [figure.kind for figure in figures]
        if len(figures) == 1 or (len(figures) == 2 and len(set(kinds)) == 2):
            yield from (_Row(piece, figure) for figure in figures)


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
