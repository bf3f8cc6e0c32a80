"""Rules on how a thing is said: negated, rising, first, for all, planned or proven.

Words are compared by concept (`concepts.toml`), the sentence's against those of the sources'
sentences that are about the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.ground.claim import Aligned, Claim
from digest.ground.passages import Passage, Source, shorten
from digest.ground.script import is_unspaced

_SUPERLATIVES = {
    "first": {"first"},
    "only": {"only"},
    "largest": {"largest", "best"},
    "best": {"best", "largest"},
    "fastest": {"fastest", "best"},
    "cheapest": {"cheapest"},
}
_OPPOSITES = (
    ("allow", "block"), ("win", "fail"), ("trust", "distrust"), ("mandatory", "optional"),
    ("approve", "reject"), ("hire", "layoff"), ("better", "worse"), ("faster", "slower"),
    ("profit", "loss"), ("launch", "close"), ("add", "close"), ("acquire", "sell"), ("open", "close"),
)  # fmt: skip
_PLAN_REACH = 26  # characters before a launch in which a word of planning says that it is to come
_HEDGES = frozenset({"may", "planned", "pilot"})
_NEGATION_REACH = 34  # characters behind a negation that it denies
_NEGATION_BEFORE = 26  # before it, where verbs come first (German, Japanese)


def check_negation(claim: Claim) -> str:
    """Refuse a denial that the sources do not make, and the loss of one that they make."""
    for clause in claim.clauses:
        aligned = claim.align(clause)
        if not aligned:
            continue
        denies = "not" in clause.concept_names
        if denies:
            if not any(_has_denial(one.passage) for one in aligned):
                return "the cited items do not deny this"
            if _denies_the_stated(clause, aligned):
                return "the cited items do not deny this"
        elif _loses_denial(clause, aligned):
            return "the cited items deny this"
    return _check_prefixes(claim)


def _has_denial(passage: Passage) -> bool:
    return "not" in passage.concept_names or bool(
        passage.concept_names & {"block", "fail", "reject", "close", "less", "only"}
    )


def _split_by_denial(passage: Passage) -> tuple[set[str], set[str]]:
    """Return what a passage denies and what it states: stems and concepts."""
    spans = []
    for one in passage.concepts:
        if one.concept == "not":
            stop = re.search(
                r"[,;:.]|\b(?:but|sondern|mais|ma|pero|mas|und|and)\b", passage.folded[one.end :]
            )
            end = one.end + min(stop.start() if stop else _NEGATION_REACH, _NEGATION_REACH)
            start = one.start
            if passage.language in ("de", "ja", "zh"):
                start = max(0, one.start - _NEGATION_BEFORE * (passage.language != "zh"))
            spans.append((start, end))
    denied: set[str] = set()
    stated: set[str] = set()
    places = [(f"s:{stem}", at) for stem, at in passage.stems]
    places += [(f"c:{one.concept}", one.start) for one in passage.concepts if one.concept != "not"]
    for key, at in places:
        (denied if any(a <= at < b for a, b in spans) else stated).add(key)
    return denied, stated


def _keys(passage: Passage, same: bool) -> tuple[set[str], set[str]]:
    denied, stated = _split_by_denial(passage)
    if same:
        return denied, stated
    manner = {"c:said", "c:may", "c:planned", "c:available", "c:all", "c:some", "c:more", "c:less"}
    return (
        {key for key in denied if key.startswith("c:")} - manner,
        {key for key in stated if key.startswith("c:")} - manner,
    )


def _loses_denial(clause: Passage, aligned: list[Aligned]) -> bool:
    """Return whether every source that is about the same denies what a clause states."""
    lost = False
    for one in aligned:
        same = one.passage.language == clause.language
        denied, stated = _keys(one.passage, same)
        own_denied, own = _keys(clause, same)
        only_denied = {
            key
            for key in denied - stated
            if key.startswith("c:") or not is_unspaced(clause.language)
        }
        told = own & only_denied - {"c:available", "c:user", "c:said", "c:company"}
        if not told or own_denied & denied:
            return False
        lost = True
    return lost


def _denies_the_stated(clause: Passage, aligned: list[Aligned]) -> bool:
    """Return whether a clause denies words that every source states without a denial."""
    for one in aligned:
        same = one.passage.language == clause.language
        denied, stated = _keys(one.passage, same)
        own, _ = _keys(clause, same)
        known = own & (denied | stated)
        if not known or known & denied or "not" not in one.passage.concept_names:
            if "not" in one.passage.concept_names or one.passage.concept_names & {
                "block",
                "fail",
                "reject",
            }:
                if not known or known & denied:
                    return False
                continue
            return False
    return True


def _check_prefixes(claim: Claim) -> str:
    """Refuse "unpatched" where the sources have "patched" alone, and the other way round."""
    if is_unspaced(claim.passage.language) or not claim.is_same_language:
        return ""
    words = {
        word
        for source in claim.cited
        if source.language == claim.passage.language
        for word in re.findall(r"[^\W\d_]{4,}", source.folded)
    }
    stems = {shorten(word) for word in words}
    for word in re.findall(r"[^\W\d_]{5,}", claim.passage.folded):
        bare = re.fullmatch(r"(?:un|in|non|dis)(\w{4,})", word)
        if bare and shorten(word) not in stems and bare[1] in words:
            return f"the cited items say the opposite: {word}"
        if word in words or shorten(word) in stems:
            continue
        if any(f"{prefix}{word}" in words for prefix in ("un", "in", "dis")):
            return f"the cited items say the opposite: {word}"
    return ""


# ---------------------------------------------------------------- direction, opposites


def check_direction(claim: Claim) -> str:
    """Refuse a rise that the sources tell as a fall, and other opposites."""
    for clause in claim.clauses:
        aligned = claim.align(clause)
        if not aligned:
            continue
        own = clause.concept_names
        told = frozenset().union(*(one.passage.concept_names for one in aligned))
        if "not" not in own and "not" not in told:
            for up, down in (("up", "down"), ("down", "up")):
                if up in own and down not in own and up not in told and down in told:
                    return "the cited items tell of the other direction"
            for one, two in (*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)):
                if one in own and two not in own and one not in told and two in told:
                    return f"the cited items say the opposite of {_word_of(clause, one)}"
    every = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    whole = claim.passage.concept_names
    for up, down in (("up", "down"), ("down", "up")):
        if (
            up in whole
            and down not in whole
            and up not in every
            and (down in every or _has_trend(claim))
        ):
            return "the cited items tell of no such change"
    return ""


def _has_trend(claim: Claim) -> bool:
    """Return whether a sentence says by how much something changed."""
    return bool(claim.passage.quantities) and any(
        re.search(r"[-−–]\s?\d", source.text) for source in claim.cited
    )


def _word_of(passage: Passage, concept: str) -> str:
    one = next(found for found in passage.concepts if found.concept == concept)
    return passage.folded[one.start : one.end]


# ---------------------------------------------------------------- superlatives, scope


def check_superlatives(claim: Claim) -> str:
    """Refuse "first", "largest", "only" where no cited item says so."""
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    for concept, alike in _SUPERLATIVES.items():
        if concept in claim.passage.concept_names and not alike & told:
            if concept == "first" and _has_first(claim):
                continue
            return f"no cited item says this: {_word_of(claim.passage, concept)}"
    return ""


def _has_first(claim: Claim) -> bool:
    """Return whether a source says "number one" in figures."""
    return any(
        re.search(r"(?:no\.?|number|nr\.?|n\.|#|top|第)\s?(?:1|one|一)(?!\d)|1st", source.folded)
        for source in claim.cited
    )


def check_scope(claim: Claim) -> str:
    """Refuse "all", "worldwide" and "only" where the cited items set other bounds."""
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    own = claim.passage.concept_names
    if "all" in own and not {"all", "world"} & told:
        return f"no cited item says this of all: {_word_of(claim.passage, 'all')}"
    if "world" in own and not {"all", "world"} & told:
        return f"no cited item says this of the world: {_word_of(claim.passage, 'world')}"
    for clause in claim.clauses:
        aligned = claim.align(clause)
        near = (
            frozenset().union(*(one.passage.concept_names for one in aligned)) if aligned else told
        )
        if "all" in clause.concept_names and "some" in near and not {"all", "world"} & near:
            return "the cited items say this of some"
    return ""


# ---------------------------------------------------------------- strength


def check_strength(claim: Claim) -> str:
    """Refuse a claim that is stronger, or weaker, than the cited items make it."""
    every = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    own = claim.passage.concept_names
    if "proven" in own and "proven" not in every:
        return f"no cited item says that it is proven: {_word_of(claim.passage, 'proven')}"
    hedges = own & _HEDGES
    if hedges and not every & {*_HEDGES, "doubt"} and not _has_future(claim.sentences):
        return f"the cited items state this as it is, not as {_word_of(claim.passage, min(hedges))}"
    for clause in claim.clauses:
        reason = _compare_strength(clause, claim)
        if reason:
            return reason
    return ""


def _has_future(sentences: Iterable[tuple[Source, Passage]]) -> bool:
    """Return whether a sentence of a source names a day after the source's own."""
    for source, passage in sentences:
        day = source.published
        for one in passage.dates:
            if not day or one.relative.endswith("+1") or one.year > day.year:
                return True
            if not one.month or (one.year or day.year) != day.year:
                continue
            if (one.month, one.day or 32) > (day.month, day.day if one.day else 32):
                return True
    return False


def _is_only_planned(passage: Passage) -> bool:
    """Return whether each word of being available stands behind a word of planning."""
    planned = [one for one in passage.concepts if one.concept in ("planned", "may")]
    return all(
        any(-_PLAN_REACH <= plan.start - one.start <= 0 for plan in planned)
        for one in passage.concepts
        if one.concept == "available"
    )


def _compare_strength(clause: Passage, claim: Claim) -> str:
    aligned = claim.align(clause)
    if not aligned or aligned[0].score < 3:
        return ""
    own = clause.concept_names & _HEDGES
    near = [one.passage.concept_names & _HEDGES for one in aligned]
    least = frozenset.intersection(*near)  # what every one of them has
    most = frozenset().union(*near)
    if not own and least:
        if "may" in least:
            return "the cited items say only that it may be so"
        if "planned" in least and all(_is_only_planned(one.passage) for one in aligned):
            return "the cited items say only that it is planned"
        if "pilot" in least:
            return "the cited items say only that it is being tried"
    future = _has_future((one.source, one.passage) for one in aligned)
    if own and not most and not future and not own & {"may"} and "planned" in own:
        return "the cited items tell this as done, not as planned"
    if "planned" in own and "may" not in own and most == {"may"}:
        return "the cited items say only that it may be so"
    doubts = any("doubt" in one.passage.concept_names for one in aligned)
    if "may" in own and "may" not in most and not doubts:
        return "the cited items state this without a doubt"
    if "pilot" in own and "pilot" not in most:
        return "the cited items know of no trial"
    return ""
