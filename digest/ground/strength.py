"""Rules on how sure a thing is: planned, tried, estimated, proven, done.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.ground.claim import (
    Aligned,
    Claim,
    join_concepts,
    quote_concept,
    score_overlap,
    stands_so,
)
from digest.ground.numbers import Quantity, carries
from digest.ground.passages import Passage, Source, read_part, split_parts
from digest.ground.roles import find_actor, find_speakers, is_same_name
from digest.ground.scope import LEAD, find_told
from digest.ground.script import is_unspaced

# What has not happened while it is planned: said of these, a plan told as a fact is stronger.
_ABOUT = 0.5  # of the best match, for a sentence of a source to be about the same at all

_EVENTS = frozenset(
    "available launch open close acquire sell block fine partner add update replace hire "
    "fund".split()
)


_MIN_LIKENESS = 3.0  # of a sentence of a source, to say how sure a clause may be


_MIN_FOREIGN_LIKENESS = 5.0  # of one in another language, for a clause to doubt what it states


_PLAN_REACH = 26  # characters before a launch in which a word of planning says that it is to come


_HEDGES = frozenset({"may", "planned", "pilot"})


def check_strength(claim: Claim) -> str:
    """Refuse a claim that is stronger, or weaker, than the cited items make it."""
    every = join_concepts(source.whole for source in claim.cited)
    own = claim.passage.concept_names - _find_bare_future(claim.passage)
    told = every if "not" in own else find_told(claim)
    if "proven" in own and "proven" not in told:
        said = quote_concept(claim.passage, "proven")
        return f"the cited items do not say that it is proven: {said}"
    hedges = own & _HEDGES
    weaker = {*_HEDGES, "doubt", "tests", "mandatory", "allow"}
    comparable = claim.is_same_language and not is_unspaced(claim.passage.language)
    if hedges and comparable and not every & weaker and not _has_future(claim.sentences):
        said = quote_concept(claim.passage, min(hedges))
        return f"the cited items state this as it is, not as {said}"
    for clause in claim.clauses:
        reason = _compare_strength(clause, claim)
        if reason:
            return reason
        own_hedges = not clause.concept_names & _HEDGES
        for text in split_parts(clause.text):
            part = read_part(text, clause.language)
            if own_hedges and part.names and part.concept_names & _EVENTS:
                reason = _compare_strength(part, claim, stronger_only=True)
                if reason:
                    return reason
    return _check_softened(claim) or _check_done(claim, every) or _check_marked(claim, every)


def _speaks_itself(claim: Claim) -> bool:
    """Return whether who is said to admit something says it in the items, and never denies."""
    who = find_actor(claim.clauses[0])
    return who is not None and any(
        is_same_name(who, speaker)
        for _, passage in claim.sentences
        if "reject" not in passage.concept_names
        for speaker in find_speakers(passage)
    )


# What makes more of a saying than "says": of these the cited items must have one, too.
_MARKED = {"admit": {"admit"}, "official": {"official", "proven"}}


def _check_marked(claim: Claim, every: frozenset[str]) -> str:
    """Refuse "admits" and "officially" where no cited item has it so."""
    own = claim.passage.concept_names
    for concept, alike in _MARKED.items():
        if concept in own and not alike & every and not stands_so(claim, concept):
            if concept == "admit" and _speaks_itself(claim):
                continue
            return f"the cited items do not say this: {quote_concept(claim.passage, concept)}"
    return ""


_DONE = re.compile(
    r"\b(?:already|up and running|in operation|operational|in betrieb|"
    r"completed|finished|concluded|bereits|schon|abgeschlossen|gia|completat[oaie]|conclus[oaie]|deja|"
    r"acheve\w*|ya|completad[oa]s?|ja concluid[oa]|concluid[oa]s?)\b|已|完成|すでに|既に|完了|แล้ว"
)


def _check_done(claim: Claim, every: frozenset[str]) -> str:
    """Refuse "already" where the cited items have plans and nothing that is done."""
    found = _DONE.search(claim.passage.folded)
    hedged = claim.passage.concept_names & (_HEDGES | {"doubt", "not"})
    if not found or hedged or not every & {"planned", "pilot"}:
        return ""
    if any(_DONE.search(source.folded) for source in claim.cited):
        return ""
    near = [one.passage for one in claim.align(claim.passage)]
    if all(one.concept_names & (_HEDGES | {"tests"}) for one in near):
        return f"the cited items do not say that it is done: {found[0]}"
    return ""


# What is no fact yet, or was only asked about: a goal, an estimate, answers to a survey.
_SOFT = frozenset({"estimate"})


_SOFTENED = frozenset({"estimate", "may", "planned", "doubt", "said", "tests", "pilot"})


_SOFT_REACH = 60  # characters between a figure and the word for a goal


def _is_soft(passage: Passage, figure: Quantity) -> bool:
    """Return whether a figure stands beside a word by which it is a goal or an estimate."""
    reach = _SOFT_REACH // 4 if is_unspaced(passage.language) else _SOFT_REACH
    return any(
        -reach <= one.start - figure.start <= reach
        for one in passage.concepts
        if one.concept in _SOFT
    )


def _check_softened(claim: Claim) -> str:
    """Refuse a figure told as a fact that the cited items have as a goal or an estimate alone."""
    if (claim.passage.concept_names - _find_bare_future(claim.passage)) & _SOFTENED:
        return ""
    for figure in claim.passage.quantities:
        if figure.kind == "ord" or not (figure.kind or figure.scaled or figure.value > _MAX_SMALL):
            continue
        carried = [
            (_is_soft(one, own), own.value == figure.value)
            for _, one in claim.sentences
            for own in one.quantities
            if carries(own, figure)
        ]
        exact = [one for one, same in carried if same]
        told = exact or [one for one, _ in carried]
        if told and all(told):
            return "the cited items have this as a goal or an estimate alone"
    return ""


_MAX_SMALL = 20  # a smaller count is told of many things


# Of "will" a sentence may make "is", and the other way round; of "plans to" it may not.
# What somebody thinks will be is told in the present, too.
_BELIEF = re.compile(r"\b(?:believ|expect|doubt|glaub|erwart|cred|riten|croi|pens|cre[eo])")


_FUTURE = re.compile(
    r"will|'ll|wird|werden|va|vont|va a|van a|vai|vao|จะ|将|\w+(?:ra|ranno|ront|ran|rao)"
)


def _find_bare_future(passage: Passage) -> frozenset[str]:
    """Return "planned" where nothing but a verb's future says so, and nothing is denied."""
    if "not" in passage.concept_names and not passage.concept_names & {"block", "close", "reject"}:
        return frozenset()
    said = [
        passage.folded[one.start : one.end] for one in passage.concepts if one.concept == "planned"
    ]
    return frozenset({"planned"} if said and all(map(_FUTURE.fullmatch, said)) else ())


def _has_future(sentences: Iterable[tuple[Source, Passage]]) -> bool:
    """Return whether a sentence of a source names a day after the source's own."""
    for source, passage in sentences:
        day = source.published
        for date in passage.dates:
            if not day or date.relative.endswith("+1") or date.year > day.year:
                return True
            if not date.month or (date.year or day.year) != day.year:
                continue
            if (date.month, date.day or 32) > (day.month, day.day if date.day else 32):
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


def _compare_strength(clause: Passage, claim: Claim, *, stronger_only: bool = False) -> str:
    aligned = claim.align(clause)
    if not aligned or aligned[0].score < _MIN_LIKENESS:
        return ""
    own = (clause.concept_names & _HEDGES) - _find_bare_future(clause)
    hedged = clause.concept_names & _HEDGES
    pieces = [piece for one in aligned for piece in _find_pieces(clause, one.passage)]
    happens = clause.concept_names & _EVENTS
    pieces = [one for one in pieces if happens & one.concept_names] or pieces
    near = [piece.concept_names & _HEDGES for piece in pieces]
    least = frozenset.intersection(*near)  # what every one of them has
    # To say less than the sources is a lesser fault: more of them may excuse it.
    about = [one.passage for one in claim.align(clause, _ABOUT)]
    about += [sentence for source in claim.cited for sentence in source.sentences[:LEAD]]
    most = join_concepts(about) & _HEDGES
    loose = join_concepts(about) & {"doubt", "tests", "mandatory", "allow"}
    if not hedged and least and "doubt" not in clause.concept_names:
        return _find_strengthened(clause, least, aligned)
    if not own and "may" in least and not {"doubt", "said", "allow"} & clause.concept_names:
        return "the cited items say only that it may be so"  # "will"
    if stronger_only:
        return ""
    if not claim.is_same_language:  # a doubt alone can be told across languages
        own &= {"may"} if aligned[0].score >= _MIN_FOREIGN_LIKENESS else set()
    future = _has_future((one.source, one.passage) for one in aligned)
    bound = "mandatory" in clause.concept_names
    if "planned" in own and not most and not future and not loose and not bound:
        return "the cited items tell this as done, not as planned"
    if "planned" in own and "may" not in own and most == {"may"} and not future:
        return "the cited items say only that it may be so"
    if "may" in own and not most & {"may", "planned"} and not loose & {"doubt", "allow"}:
        return "the cited items state this without a doubt"
    if "pilot" in own and "pilot" not in most and "tests" not in loose:
        return "the cited items know of no trial"
    return ""


def _find_pieces(clause: Passage, passage: Passage) -> list[Passage]:
    """Return the parts of a source's sentence that are most about a clause."""
    parts = [read_part(text, passage.language) for text in split_parts(passage.text)]
    rated = [(score_overlap(clause, part), part) for part in parts]
    best = max((score for score, _ in rated), default=0.0)
    return [part for score, part in rated if score >= _ABOUT * best] if best else [passage]


def _find_strengthened(clause: Passage, least: frozenset[str], aligned: list[Aligned]) -> str:
    """Return why a clause without any hedge says more than the sentences with them."""
    if "may" in least and not {"said", "allow", "sue", "court"} & clause.concept_names:
        return "the cited items say only that it may be so"
    dated = any(day.day or day.month for day in clause.dates)
    dated = dated or bool({"mandatory", "allow"} & clause.concept_names)  # "can" of what will come
    happens = clause.concept_names & _EVENTS
    if (
        "planned" in least
        and happens
        and not dated
        and not _BELIEF.search(clause.folded)
        and all(_is_only_planned(one.passage) for one in aligned)
    ):
        return "the cited items say only that it is planned"
    available = clause.concept_names & {"available", "launch", "open"}
    if "pilot" in least and available and not dated and "tests" not in clause.concept_names:
        return "the cited items say only that it is being tried"
    return ""
