"""Rules on how a thing is said: negated, rising, first, for all, planned or proven.

Words are compared by concept (`concepts.toml`), the sentence's against those of the sources'
sentences that are about the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.ground.claim import Aligned, Claim, score_overlap
from digest.ground.passages import Passage, Source, read_part, shorten, split_parts
from digest.ground.script import is_unspaced

_SUPERLATIVES = {
    "first": {"first"},
    "only": {"only", "some"},
    "largest": {"largest", "best", "maximum"},
    "best": {"best", "better"},
    "fastest": {"fastest", "faster"},  # Romance languages compare and surpass in the same words
    "cheapest": {"cheapest", "down", "less"},
}
_OPPOSITES = (
    ("allow", "block"), ("win", "fail"), ("trust", "distrust"), ("mandatory", "optional"),
    ("approve", "reject"), ("hire", "layoff"), ("better", "worse"), ("faster", "slower"),
    ("profit", "loss"), ("launch", "close"), ("acquire", "sell"), ("minimum", "maximum"),
    ("free", "paid"), ("easier", "harder"), ("positive", "negative"),
)  # fmt: skip
# Of these the whole item is asked, not the sentences that are about the same alone.
_PLAIN_OPPOSITES = (
    ("up", "down"), ("mandatory", "optional"), ("easier", "harder"), ("faster", "slower"),
    ("positive", "negative"),
)  # fmt: skip
# Acts that a sentence may not tell of where no cited item tells of something near.
_NEEDED = {
    "sue": frozenset({"sue", "court", "fine", "law"}),
    "fine": frozenset({"fine", "law", "court"}),
    "acquire": frozenset({"acquire", "buyer", "ad", "shop", "sell", "fund", "pay"}),
    "layoff": frozenset({"layoff", "worker", "close", "down"}),
    "reject": frozenset({"reject", "not", "lacking", "block", "close"}),
    "exploit": frozenset({"exploit", "flaw", "fine", "law"}),
    "win": frozenset({"win", "best", "first", "up", "largest"}),
    "fail": frozenset({"fail", "not", "lacking", "down", "loss", "worse"}),
}
_SHORT_ITEM = 900  # characters of an item that is about one thing
_LEAD = 3  # sentences of an item that say what all of it is about, its title the first
_DEEDS = frozenset(
    f"c:{act}"
    for act in "acquire sell launch sue block fine partner fund close open replace hire layoff add "
    "approve reject investigate patch".split()
)
# What has not happened while it is planned: said of these, a plan told as a fact is stronger.
_EVENTS = frozenset(
    "available launch open close acquire sell block fine partner add update replace hire "
    "fund".split()
)
_ABOUT = 0.5  # of the best match, for a sentence of a source to be about the same at all
_MIN_LIKENESS = 3.0  # of a sentence of a source, to say how sure a clause may be
_TRIVIAL = frozenset(
    {"c:available", "c:user", "c:said", "c:company", "c:feature", "c:use", "c:build"}
)
_MIN_LONE = 2  # words that a denial alone has, for a sentence to be about the same
_BOUND_REACH = 8  # characters between "more" and the figure that it bounds
_PLAN_REACH = 26  # characters before a launch in which a word of planning says that it is to come
_HEDGES = frozenset({"may", "planned", "pilot"})
_NEGATION_REACH = 34  # characters behind a negation that it denies
_NEXT_WORD = re.compile(r"\W*\w*")
_NEXT_WORDS = re.compile(r"(?:[^\w,.;]*\w+){0,3}")
_PHRASE_DENIAL = re.compile(r"\b(?:without|ohne|sans|senza|sin|sem)\b")
_NEGATION_BEFORE = 26  # before it, where verbs come first (German, Japanese)


_OF_NOBODY = re.compile(
    r"(?:no(?!t|w)|nobody|none|niemand|kein\w*|nessun\w*|aucune?|personne|ningun\w*|nadie) "
)


def check_negation(claim: Claim) -> str:
    """Refuse a denial that the sources do not make, and the loss of one that they make."""
    before: Passage | None = None
    for clause in claim.clauses:
        governing, before = before, clause
        aligned = claim.align(clause, _ABOUT)
        if not aligned:
            continue
        denied, stated = _collect(clause, aligned)
        own_denied, own = _keys(clause, claim.is_same_language)
        if "not" in clause.concept_names:
            if _OF_NOBODY.match(clause.folded) and not any(
                "not" in one.passage.concept_names for one in aligned
            ):
                return "the cited items do not deny this of all"
            if not _is_denied(own_denied, denied, stated, claim, aligned):
                return "the cited items do not deny this"
        elif "lacking" not in clause.concept_names and not (
            governing and "not" in governing.concept_names  # "they do not believe | that it will"
        ):
            denied, stated = _collect(clause, claim.align(clause))
            lost = own & (denied - stated) - _TRIVIAL
            if lost and not _states_elsewhere(lost, claim):
                return "the cited items deny this"
    return _check_lone_denials(claim) or _check_prefixes(claim)


def _check_lone_denials(claim: Claim) -> str:
    """Refuse what a cited item says once, and denies there: "no proof that it trains on it"."""
    if "not" in claim.passage.concept_names or "lacking" in claim.passage.concept_names:
        return ""
    read = [_keys(passage, claim.is_same_language) for _, passage in claim.sentences]
    stated = set().union(*(yes for _, yes in read))
    _, own = _keys(claim.passage, claim.is_same_language)
    for denied, _ in read:
        lost = {key for key in own & (denied - stated) if key.startswith("s:")}
        if len(lost) >= _MIN_LONE or (lost and len(own & denied) > _MIN_LONE):
            return "the cited items deny this"
    return ""


def _is_denied(
    own: set[str], denied: set[str], stated: set[str], claim: Claim, aligned: list[Aligned]
) -> bool:
    """Return whether the sources deny what a clause denies (`own`), as far as can be told."""
    acts = own & _DEEDS
    if acts & stated and not _denies_elsewhere(acts, claim):
        return False
    if own & denied or _denies_elsewhere(own, claim):
        return True
    if "unneeded" in claim.passage.concept_names:
        known = {"unneeded"} if claim.is_same_language else {"unneeded", "not", "lacking"}
        return any(known & passage.concept_names for _, passage in claim.sentences)
    if not claim.is_same_language:
        return any(_has_denial(passage) for _, passage in claim.sentences)
    without = _PHRASE_DENIAL.search(claim.passage.folded)
    if without and any(without[0] in one.passage.folded.split() for one in aligned):
        return True  # "without an owner" of "without one"
    return not (own and own <= stated) and any(_has_denial(one.passage) for one in aligned)


def _collect(clause: Passage, aligned: list[Aligned]) -> tuple[set[str], set[str]]:
    """Return what the sentences about the same deny, and what they state."""
    denied: set[str] = set()
    stated: set[str] = set()
    for one in aligned:
        no, yes = _keys(one.passage, one.passage.language == clause.language)
        denied |= no
        stated |= yes
    return denied, stated


def _denies_elsewhere(own: set[str], claim: Claim) -> bool:
    """Return whether any sentence of the cited items denies what a clause denies."""
    return any(own & _keys(passage, claim.is_same_language)[0] for _, passage in claim.sentences)


def _states_elsewhere(own: set[str], claim: Claim) -> bool:
    """Return whether the cited items state, in some sentence, all that a clause states."""
    stated: set[str] = set()
    for _, passage in claim.sentences:
        stated |= _keys(passage, claim.is_same_language)[1]
    return own <= stated


def _has_denial(passage: Passage) -> bool:
    return bool(
        passage.concept_names
        & {"not", "lacking", "block", "fail", "reject", "close", "less", "only"}
    )


def _split_by_denial(passage: Passage) -> tuple[set[str], set[str]]:
    """Return what a passage denies and what it states: stems and concepts."""
    spans = []
    for one in passage.concepts:
        if one.concept in ("not", "lacking"):
            stop = re.search(
                r"[,;:.]|\b(?:but|sondern|mais|ma|pero|mas|und|and|which|how|whether)\b",
                passage.folded[one.end :],
            )
            reach = _NEGATION_REACH
            phrase = _PHRASE_DENIAL.fullmatch(passage.folded[one.start : one.end])
            if one.concept == "lacking" or phrase:  # denies no more than the next words
                words = _NEXT_WORDS if phrase else _NEXT_WORD
                reach = words.match(passage.folded, one.end).end() - one.end  # type: ignore[union-attr]
            end = one.end + min(stop.start() if stop else reach, reach)
            start = one.start
            if passage.language in ("de", "ja", "th"):
                start = max(0, one.start - _NEGATION_BEFORE)
            spans.append((start, end))
    denied: set[str] = set()
    stated: set[str] = set()
    places = [(f"s:{stem}", at) for stem, at in passage.stems]
    places += [
        (f"c:{one.concept}", one.start)
        for one in passage.concepts
        if one.concept not in ("not", "lacking")
    ]
    for key, at in places:
        (denied if any(a <= at < b for a, b in spans) else stated).add(key)
    return denied, stated


def _keys(passage: Passage, same: bool) -> tuple[set[str], set[str]]:
    """Return what a passage denies and states, as far as it can be compared."""
    denied, stated = _split_by_denial(passage)
    if same and not is_unspaced(passage.language):
        return denied, stated
    # Pieces of unspaced words mean too little, and words of another language nothing.
    manner = {
        f"c:{one}"
        for one in ("said", "may", "planned", "available", "all", "some", "more", "less", "build")
    }
    return (
        {key for key in denied if key.startswith("c:")} - manner,
        {key for key in stated if key.startswith("c:")} - manner,
    )


def _check_prefixes(claim: Claim) -> str:
    """Refuse "unpatched" where the sources have "patched" alone, and the other way round."""
    if (
        is_unspaced(claim.passage.language)
        or not claim.is_same_language
        or "not" in claim.passage.concept_names
    ):
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
        own = _drop_bounds(clause)
        told = _join_concepts(one.passage for one in aligned)
        if "not" in own or "not" in told:
            continue
        for one, two in _iter_opposites(clause):
            if one in own and two not in own and one not in told and two in told:
                return f"the cited items say the opposite of {_word_of(clause, one)}"
    return _check_whole_direction(claim)


def _check_whole_direction(claim: Claim) -> str:
    """Refuse a rise where the whole of the cited items tells a fall, and acts they do not tell."""
    every = _join_concepts(source.whole for source in claim.cited)
    whole = claim.passage.concept_names
    for one, two in _PLAIN_OPPOSITES:
        for own, other in ((one, two), (two, one)):
            if own in whole and not {other, "not"} & whole and own not in every and other in every:
                return f"the cited items say the opposite of {_word_of(claim.passage, own)}"
    for act, near in _NEEDED.items():
        if act in whole and not near & every and not _stands_so(claim, act):
            return f"the cited items do not tell of this: {_word_of(claim.passage, act)}"
    return ""


def _drop_bounds(clause: Passage, bounding: tuple[str, ...] = ("more", "less")) -> frozenset[str]:
    """Return the concepts of a clause without the bounding ones that bound a figure."""
    bounds = [one.start for one in clause.quantities]
    return frozenset(
        one.concept
        for one in clause.concepts
        if one.concept not in bounding
        or not any(0 <= start - one.end <= _BOUND_REACH for start in bounds)
    )


def _iter_opposites(clause: Passage) -> Iterator[tuple[str, str]]:
    pairs = [("up", "down"), *_OPPOSITES]
    if clause.quantities:
        pairs.append(("more", "less"))
    else:
        yield "less", "more"
    if clause.language in ("it", "fr", "es", "pt"):
        pairs = [pair for pair in pairs if pair[0] != "more"]  # "più alti" is no more of anything
    for one, two in pairs:
        yield one, two
        yield two, one


def _join_concepts(passages: Iterable[Passage]) -> frozenset[str]:
    return frozenset().union(*(passage.concept_names for passage in passages))


def _word_of(passage: Passage, concept: str) -> str:
    one = next(found for found in passage.concepts if found.concept == concept)
    return passage.folded[one.start : one.end]


# ---------------------------------------------------------------- superlatives, scope


def check_superlatives(claim: Claim) -> str:
    """Refuse "first", "largest", "only" where the cited items do not say so of this."""
    told = _find_told(claim)
    own = _drop_bounds(claim.passage, ("only", "largest"))  # "only 3%", "at most 3%" in Thai
    for concept, alike in _SUPERLATIVES.items():
        if concept in own and not alike & told:
            if _stands_so(claim, concept):
                continue
            if concept in ("first", "largest") and _has_first(claim):
                continue
            return f"the cited items do not say this: {_word_of(claim.passage, concept)}"
    return ""


def _stands_so(claim: Claim, concept: str) -> bool:
    """Return whether a cited item has the very words by which a sentence says a concept."""
    words = [
        claim.passage.folded[one.start : one.end]
        for one in claim.passage.concepts
        if one.concept == concept
    ]
    stems = {stem for source in claim.cited for stem, _ in source.whole.stems}
    return all(
        any(word in source.folded for source in claim.cited) or shorten(word) in stems
        for word in words
    )


def _find_told(claim: Claim) -> frozenset[str]:
    """Return the concepts of the titles, and of the sentences that are about the same."""
    near = [one.passage for clause in claim.clauses for one in claim.align(clause, _ABOUT)]
    for source in claim.cited:
        short = len(source.text) <= _SHORT_ITEM
        near += source.sentences if short else source.sentences[:_LEAD]
    return _join_concepts(near)


def _has_first(claim: Claim) -> bool:
    """Return whether a source says "number one" in figures."""
    return any(
        re.search(r"(?:no\.?|number|nr\.?|n\.|#|top|第)\s?(?:1|one|一)(?!\d)|1st", source.folded)
        for source in claim.cited
    )


def _says_world(passage: Passage) -> bool:
    """Return whether a sentence says that something is so in the world, "World Cup" apart."""
    same = len(passage.text) == len(passage.folded)
    return any(
        one.concept == "world"
        and not (same and one.start and not passage.text[one.start : one.end].islower())
        for one in passage.concepts
    )


def check_scope(claim: Claim) -> str:
    """Refuse "all" and "worldwide" where the cited items set other bounds."""
    told = _find_told(claim)
    own = claim.passage.concept_names
    alike = {"all", "world"} if claim.is_same_language else {"all", "world", "each"}
    if "all" in own and not alike & told:
        return f"the cited items do not say this of all: {_word_of(claim.passage, 'all')}"
    if _says_world(claim.passage) and not {"all", "world"} & told:
        return f"the cited items do not say this of the world: {_word_of(claim.passage, 'world')}"
    for clause in claim.clauses:
        near = _join_concepts(one.passage for one in claim.align(clause))
        about = _join_concepts(one.passage for one in claim.align(clause, _ABOUT))
        if "all" in clause.concept_names and "some" in near and not {"all", "world"} & about:
            return "the cited items say this of some"
    return ""


# ---------------------------------------------------------------- strength


def check_strength(claim: Claim) -> str:
    """Refuse a claim that is stronger, or weaker, than the cited items make it."""
    every = _join_concepts(source.whole for source in claim.cited)
    own = claim.passage.concept_names - _bare_future(claim.passage)
    if "proven" in own and "proven" not in _find_told(claim):
        return f"the cited items do not say that it is proven: {_word_of(claim.passage, 'proven')}"
    hedges = own & _HEDGES
    weaker = {*_HEDGES, "doubt", "tests", "mandatory", "allow"}
    if hedges and not every & weaker and not _has_future(claim.sentences):
        return f"the cited items state this as it is, not as {_word_of(claim.passage, min(hedges))}"
    for clause in claim.clauses:
        reason = _compare_strength(clause, claim)
        if reason:
            return reason
    return ""


# Of "will" a sentence may make "is", and the other way round; of "plans to" it may not.
# What somebody thinks will be is told in the present, too.
_BELIEF = re.compile(r"\b(?:believ|expect|doubt|glaub|erwart|cred|riten|croi|pens|cre[eo])")
_FUTURE = re.compile(
    r"will|'ll|wird|werden|va|vont|va a|van a|vai|vao|จะ|将|\w+(?:ra|ranno|ront|ran|rao)"
)


def _bare_future(passage: Passage) -> frozenset[str]:
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
    if not aligned or aligned[0].score < _MIN_LIKENESS:
        return ""
    own = (clause.concept_names & _HEDGES) - _bare_future(clause)
    hedged = clause.concept_names & _HEDGES
    pieces = [piece for one in aligned for piece in _find_pieces(clause, one.passage)]
    happens = clause.concept_names & _EVENTS
    pieces = [one for one in pieces if happens & one.concept_names] or pieces
    near = [piece.concept_names & _HEDGES for piece in pieces]
    least = frozenset.intersection(*near)  # what every one of them has
    # To say less than the sources is a lesser fault: more of them may excuse it.
    about = [one.passage for one in claim.align(clause, _ABOUT)]
    about += [one for source in claim.cited for one in source.sentences[:_LEAD]]
    most = _join_concepts(about) & _HEDGES
    loose = _join_concepts(about) & {"doubt", "tests", "mandatory", "allow"}
    if not hedged and least and "doubt" not in clause.concept_names:
        return _find_strengthened(clause, least, aligned)
    future = _has_future((one.source, one.passage) for one in aligned)
    bound = "mandatory" in clause.concept_names
    if "planned" in own and not most and not future and not loose and not bound:
        return "the cited items tell this as done, not as planned"
    if "planned" in own and "may" not in own and most == {"may"} and not future:
        return "the cited items say only that it may be so"
    if "may" in own and "may" not in most and not loose & {"doubt", "allow"}:
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
    if "may" in least and not {"said", "allow"} & clause.concept_names:
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
