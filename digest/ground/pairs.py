"""Rules on what goes with what: two things told of each other's fellows are swapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from digest.ground.claim import Claim
from digest.ground.passages import Passage, confirm_names, read_part, split_parts
from digest.ground.reasons import find_keys

_CONTRAST = re.compile(
    r"\b(?:while|whereas|but|yet|alors que|tandis que|mais|mentre|ma|aber|während|wohingegen|pero|"
    r"mientras|"
    r"mas|enquanto)\b|而|但|则"
)
_JOINT = re.compile(
    r",?\s(?:while|whereas|but|and|yet|though|although|et|mais|alors que|tandis que|ma|mentre|e|"
    r"und|"
    r"aber|während|wohingegen|y|pero|mientras|mas|enquanto)\s|[;；]\s*|,\s|，|而|但"
)
_MAX_KEYS = 14  # of a piece; longer ones hold too much to be one thing and its fellow
_MIN_STEM = 4  # letters of a word that says something by itself


def check_swapped(claim: Claim) -> str:
    """Refuse "A has x while B has y" where the cited items have A with y and B with x."""
    passage = claim.passage
    if not _CONTRAST.search(passage.text):
        return ""  # what stands side by side may be of one list
    known = {name.key for source in claim.cited for name in source.whole.sure_names}
    pieces = [
        confirm_names(read_part(text.strip(), passage.language), known)
        for text in _JOINT.split(passage.text)
        if len(text.strip()) > 2
    ]
    same = claim.is_same_language
    units = _read_units(tuple(one for _, one in claim.sentences), frozenset(known), same=same)
    for one, two in pairwise(pieces):
        swapped = _find_swapped(
            (_find_head(one), _find_head(two)),
            _keys(one, same=same),
            _keys(two, same=same),
            units,
        )
        if swapped:
            return "the cited items tell these of each other: " + ", ".join(
                key[2:] for key in swapped
            )
    return ""


def _find_head(piece: Passage) -> str:
    """Return the key of what a piece is about: its first name, figure or word."""
    names = piece.sure_names
    if names:
        return f"n:{names[0].key}"
    figures = piece.quantities
    if not figures and piece.stems:
        return f"s:{piece.stems[0][0]}"
    return f"q:{figures[0].kind}{figures[0].value:g}" if figures else ""


def _keys(piece: Passage, *, same: bool) -> frozenset[str]:
    return frozenset(
        key
        for key in find_keys(piece, same=same)
        if not key.startswith("s:") or len(key) >= _MIN_STEM + 2
    )


Unit = tuple[frozenset[str], tuple[frozenset[str], ...]]


@lru_cache(maxsize=64)
def _read_units(
    sentences: Sequence[Passage], known: frozenset[str], *, same: bool
) -> tuple[Unit, ...]:
    """Return the keys of each sentence, and of its parts."""
    return tuple(
        (
            find_keys(one, same=same),
            tuple(
                find_keys(confirm_names(read_part(text, one.language), known), same=same)
                for text in split_parts(one.text)
            ),
        )
        for one in sentences
    )


def _find_swapped(
    heads: tuple[str, str],
    one: frozenset[str],
    two: frozenset[str],
    units: Sequence[Unit],
) -> tuple[str, ...]:
    """Return two things and their fellows, of which each is told of the other's."""
    first, second = one - two, two - one
    a, b = heads
    if not (1 < len(first) <= _MAX_KEYS and 1 < len(second) <= _MAX_KEYS):
        return ()
    if a not in first or b not in second:
        return ()
    if not (_stands(a, units) and _stands(b, units)):
        return ()
    near = _split_units(a, b, units)
    taken = _list_fellows(first - {a}, a, b, near), _list_fellows(second - {b}, b, a, near)
    if taken[0] and taken[1]:
        return a, taken[0][0], b, taken[1][0]
    for head, others, fellows in ((a, taken[0], first), (b, taken[1], second)):
        beside = [unit for unit in near if head in unit]
        if len(others) > 1 and not any((fellows - {head}) & own for own in beside):
            return head, *others
    return ()


def _list_fellows(
    keys: frozenset[str], own: str, rival: str, near: Sequence[frozenset[str]]
) -> list[str]:
    """Return what stands beside the rival of a thing, and never beside itself."""
    return [
        key
        for key in sorted(keys)
        if any({rival, key} <= unit for unit in near)
        and not any({own, key} <= unit for unit in near)
    ]


def _stands(key: str, units: Sequence[Unit]) -> bool:
    return any(key in sentence for sentence, _ in units)


def _split_units(a: str, b: str, units: Sequence[Unit]) -> list[frozenset[str]]:
    """Return the sentences that have one of two things, and the parts of those that have both."""
    near: list[frozenset[str]] = []
    for sentence, parts in units:
        if a in sentence and b in sentence:
            near += parts
        elif a in sentence or b in sentence:
            near.append(sentence)
    return near
