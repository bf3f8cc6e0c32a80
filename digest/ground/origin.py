"""Rules on where a sentence comes from: the cited items, one of them for each clause."""

from __future__ import annotations

import re

from digest.ground.claim import Claim, iter_evidence, measure_coverage
from digest.ground.name_index import has_name
from digest.ground.passages import Passage, Source, read_passage

_MIN_COVERAGE = 0.15  # of what can be looked for in a sentence, to stand in the cited items
_MAX_LEAD = 0.2  # by which another item may be nearer to a sentence
_MIN_CLAUSE_WEIGHT = 4.0  # below it a clause says too little to be told from others
_JOINT = re.compile(
    r"(?:,|;)?\s+(?:and|und|et|e|ed|y|while|during|as|mentre|während|tandis que|mientras|"
    r"enquanto|whereas|but)\s+|[,;，；]\s*",
)


def check_support(claim: Claim) -> str:
    """Refuse a sentence of which the cited items have too little, or another item much more."""
    passage = claim.passage
    coverage, weight = measure_coverage(passage, claim.cited)
    if weight < 1:
        return "nothing in it can be checked against the cited items"
    if coverage < _MIN_COVERAGE:
        return "the cited items do not say this"
    for other in claim.others:
        rival, _ = measure_coverage(passage, (other,))
        same = other.language == passage.language or not claim.is_same_language
        if same and rival > coverage + _MAX_LEAD:
            return f"this belongs to another item: {other.item.id}"
    return ""


def check_mixture(claim: Claim) -> str:
    """Refuse a clause whose facts stand in no single cited item."""
    if len(claim.cited) < 2:
        return ""
    for clause in claim.clauses:
        if not _is_carried(clause, claim.cited):
            return "mixes what different items say"
    return ""


def _is_carried(clause: Passage, cited: tuple[Source, ...], depth: int = 0) -> bool:
    if _find_carrier(clause, cited):
        return True
    if depth > 1:
        return False
    for match in _JOINT.finditer(clause.text):
        parts = [
            read_passage(text, clause.language)
            for text in (clause.text[: match.start()], clause.text[match.end() :])
        ]
        if all(
            (part.sure_names or part.quantities or part.dates)
            and _weigh(part, cited) >= _MIN_CLAUSE_WEIGHT
            and _is_carried(part, cited, depth + 1)
            for part in parts
        ):  # fmt: skip
            return True
    return False


def _weigh(part: Passage, cited: tuple[Source, ...]) -> float:
    return sum(weight for weight, _ in iter_evidence(part, cited))


def _find_carrier(clause: Passage, cited: tuple[Source, ...]) -> Source | None:
    """Return an item that has all names and figures of a clause, and as much else as any item."""
    rated = [(measure_coverage(clause, (source,))[0], source) for source in cited]
    best = max(coverage for coverage, _ in rated)
    union, _ = measure_coverage(clause, cited)
    for coverage, source in rated:
        if coverage >= best - 0.1 and coverage >= union - 0.2 and _has_facts(clause, source, cited):
            return source
    return None


def _names_elsewhere(key: str, cited: tuple[Source, ...]) -> bool:
    """Return whether a cited item has a word as a name: in German alone nouns have capitals."""
    return any(
        name.key == key
        for source in cited
        if source.language != "de"
        for name in source.whole.names
    )


def _has_facts(clause: Passage, source: Source, cited: tuple[Source, ...]) -> bool:
    """Return whether an item has each name and figure of a clause that any cited item has."""
    for name in clause.names:
        if not name.sure and not _names_elsewhere(name.key, cited):
            continue
        if not has_name(source.index, name.key) and any(
            has_name(one.index, name.key) for one in cited
        ):
            return False
    facts = [
        (weight, stands) for weight, stands in iter_evidence(clause, (source,)) if weight == 2.0
    ]
    all_facts = [
        (weight, stands) for weight, stands in iter_evidence(clause, cited) if weight == 2.0
    ]
    return sum(stands for _, stands in facts) >= sum(stands for _, stands in all_facts)
