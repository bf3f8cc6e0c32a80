"""Rules on how a thing is said: negated, rising, first, for all, planned or proven.

Words are compared by concept (`concepts.toml`), the sentence's against those of the sources'
sentences that are about the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.ground.claim import (
    Aligned,
    Claim,
    drop_bounds,
    index_text,
    join_concepts,
    quote_concept,
)
from digest.ground.name_index import has_name
from digest.ground.passages import Passage, shorten
from digest.ground.script import is_unspaced

_OPPOSITES = (
    ("allow", "block"), ("win", "fail"), ("trust", "distrust"), ("mandatory", "optional"),
    ("approve", "reject"), ("hire", "layoff"), ("better", "worse"), ("faster", "slower"),
    ("profit", "loss"), ("launch", "close"), ("acquire", "sell"), ("minimum", "maximum"),
    ("free", "paid"), ("easier", "harder"), ("positive", "negative"),
)  # fmt: skip
# Of these the whole item is asked, not the sentences that are about the same alone.
_PLAIN_OPPOSITES = (("up", "down"), ("mandatory", "optional"))
_LESSENING = frozenset({"down", "worse", "fail", "loss", "harder", "slower"})
_DEEDS = frozenset(
    f"c:{act}"
    for act in "acquire sell launch sue block fine partner fund close open replace hire layoff add "
    "approve reject investigate patch appeal".split()
)
_PLAIN_DEEDS = frozenset(f"c:{act}" for act in "replace sell sue block fine layoff close".split())
_ABOUT = 0.5  # of the best match, for a sentence of a source to be about the same at all
_TRIVIAL = frozenset(
    {"c:available", "c:user", "c:said", "c:company", "c:feature", "c:use", "c:build"}
)
_MIN_LONE = 2  # words that a denial alone has, for a sentence to be about the same
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
        own_denied, own = split_keys(clause, claim.is_same_language)
        if "not" in clause.concept_names:
            if _OF_NOBODY.match(clause.folded) and not any(
                "not" in one.passage.concept_names for one in aligned
            ):
                return "the cited items do not deny this of all"
            if not _is_denied(own_denied, denied, stated, claim, aligned) or _is_turned(
                clause, claim
            ):
                return "the cited items do not deny this"
        elif not clause.concept_names & _DENYING and not (
            governing and "not" in governing.concept_names  # "they do not believe | that it will"
        ):
            denied, stated = _collect(clause, claim.align(clause))
            lost = own & (denied - stated) - _TRIVIAL
            if lost and not _states_elsewhere(lost, claim):
                return "the cited items deny this"
    return _check_lone_denials(claim) or _check_prefixes(claim)


# What denies without a "not": "stops answering", "turns away", "is closed to".
_DENYING = frozenset("lacking unneeded nolonger block close reject fail notyet exemption".split())


def _check_lone_denials(claim: Claim) -> str:
    """Refuse what a cited item says once, and denies there: "no proof that it trains on it"."""
    clauses = [one for one in claim.clauses if not one.concept_names & (_DENYING | {"not"})]
    read = [split_keys(passage, claim.is_same_language) for _, passage in claim.sentences]
    stated = set().union(*(yes for _, yes in read))
    for clause in clauses:
        _, own = split_keys(clause, claim.is_same_language)
        for denied, other in read:
            lost = {key for key in own & (denied - stated) if key.startswith("s:")}
            shared = {key for key in own & denied if key.startswith("s:")}
            if len(lost) >= _MIN_LONE or (lost and len(shared) >= _MIN_LONE):
                return "the cited items deny this"
            if own & (denied - stated) & _PLAIN_DEEDS and own & (other | denied) - _PLAIN_DEEDS:
                return "the cited items deny this"
    return ""


def _is_denied(
    own: set[str], denied: set[str], stated: set[str], claim: Claim, aligned: list[Aligned]
) -> bool:
    """Return whether the sources deny what a clause denies (`own`), as far as can be told."""
    acts = own & _DEEDS
    if acts & stated and not _denies_elsewhere(acts, claim):
        # "Patched on some alone" is not patched everywhere.
        return any(_is_partial(one) and _states(one, acts, claim) for _, one in claim.sentences)
    if own & denied or _denies_elsewhere(own, claim):
        return True
    without = _PHRASE_DENIAL.search(claim.passage.folded)
    if without and any(without[0] in one.passage.folded.split() for one in aligned):
        return True  # "without an owner" of "without one"
    if "unneeded" in claim.passage.concept_names:
        known = {"unneeded"} if claim.is_same_language else {"unneeded", "not", "lacking"}
        return any(known & passage.concept_names for _, passage in claim.sentences)
    if not claim.is_same_language or is_unspaced(claim.passage.language):
        return any(_has_denial(passage) for _, passage in claim.sentences)
    # Only of what they state in so many words a denial is surely none of theirs.
    return not (own and own <= stated) or any(_has_denial(one.passage) for one in aligned)


_VERB_REACH = 16  # characters behind a denial in which the verb that it denies begins


def _is_turned(clause: Passage, claim: Claim) -> bool:
    """Return whether the verb that a clause denies is stated by each sentence that has it."""
    if clause.language == "de" or is_unspaced(clause.language):
        return False  # of which the verb stands elsewhere
    end = next(one.end for one in clause.concepts if one.concept == "not")
    verb = next((at for _, at in clause.stems if at >= end), None)
    if verb is None or verb - end > _VERB_REACH:
        return False
    stem = next(stem for stem, at in clause.stems if at == verb)
    keys = {f"c:{one.concept}" for one in clause.concepts if one.start <= verb < one.end}
    keys &= _DEEDS | {"c:allow", "c:exemption"}
    if claim.is_same_language:
        keys.add(f"s:{stem}")
    told = [
        one
        for _, one in claim.sentences
        if keys & set().union(*split_keys(one, claim.is_same_language))
    ]
    plain = {key.removeprefix("c:") for key in keys}
    return bool(told) and not any(
        (one.concept_names - plain)
        & {"not", "lacking", "fail", "less", "only", "nolonger", "notyet", "some"}
        for one in told
    )


def _is_partial(passage: Passage) -> bool:
    """Return whether a passage says what it says of a part alone."""
    return bool(passage.concept_names & {"only", "some"})


def _states(passage: Passage, keys: set[str], claim: Claim) -> bool:
    return bool(keys & split_keys(passage, claim.is_same_language)[1])


def _collect(clause: Passage, aligned: list[Aligned]) -> tuple[set[str], set[str]]:
    """Return what the sentences about the same deny, and what they state."""
    denied: set[str] = set()
    stated: set[str] = set()
    for one in aligned:
        no, yes = split_keys(one.passage, one.passage.language == clause.language)
        denied |= no
        stated |= yes
    return denied, stated


def _denies_elsewhere(own: set[str], claim: Claim) -> bool:
    """Return whether any sentence of the cited items denies what a clause denies."""
    return any(
        own & split_keys(passage, claim.is_same_language)[0] for _, passage in claim.sentences
    )


def _states_elsewhere(own: set[str], claim: Claim) -> bool:
    """Return whether the cited items state, in some sentence, all that a clause states."""
    stated: set[str] = set()
    for _, passage in claim.sentences:
        stated |= split_keys(passage, claim.is_same_language)[1]
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


def split_keys(passage: Passage, same: bool) -> tuple[set[str], set[str]]:
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


# Words that begin like an opposite, and are the opposite of nothing.
_SEEMING = frozenset(
    """disappear disappears disappeared disappearing disappearance display displays displayed
    discover discovers discount discounts discuss discussed dispatch inform informs informed income
    instance intent intention interest increase increases instore install united universe include
    invest invests invested investor investors independent individual industry""".split()
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
        if word in _SEEMING:
            continue
        bare = re.fullmatch(r"(?:un|in|non|dis)(\w{4,})", word)
        if bare and shorten(word) not in stems and bare[1] in words and not _denies(claim, bare[1]):
            return f"the cited items say the opposite: {word}"
        if word in words or shorten(word) in stems:
            continue
        if any(f"{prefix}{word}" in words for prefix in ("un", "in", "dis")):
            return f"the cited items say the opposite: {word}"
    return ""


def _denies(claim: Claim, word: str) -> bool:
    """Return whether a sentence of the cited items has a word, and a denial."""
    return any(word in one.folded and "not" in one.concept_names for _, one in claim.sentences)


# ---------------------------------------------------------------- direction, opposites


def check_direction(claim: Claim) -> str:
    """Refuse a rise that the sources tell as a fall, and other opposites."""
    for clause in claim.clauses:
        aligned = claim.align(clause)
        if not aligned:
            continue
        own = drop_bounds(clause)
        told = join_concepts(one.passage for one in aligned)
        reason = _check_continuation(clause, aligned)
        if reason:
            return reason
        if "not" in own or "not" in told:
            continue
        for one, two in _iter_opposites(clause):
            if one == "less" and not clause.quantities and told & _LESSENING:
                continue
            if one in own and two not in own and one not in told and two in told:
                return f"the cited items say the opposite of {quote_concept(clause, one)}"
    return _check_bought(claim) or _check_begun(claim) or _check_whole_direction(claim)


_DEALS = frozenset({"acquire", "sell", "stake"})
_MIN_PARTIES = 2  # to a purchase
_DEAL_REACH = 40  # characters between who buys, the word for it, and who is bought


def _check_bought(claim: Claim) -> str:
    """Refuse "A has bought B" where the cited items tell of no purchase of either."""
    if not claim.is_same_language and all(is_unspaced(one.language) for one in claim.cited):
        return ""  # whom it names cannot be found surely
    passage = claim.passage
    parties = [
        name
        for name in passage.names
        if name.sure or any(has_name(source.index, name.key) for source in claim.cited)
    ]
    for one in passage.concepts:
        if one.concept != "acquire":
            continue
        before = [name for name in parties if 0 <= one.start - name.end <= _DEAL_REACH]
        behind = [name for name in parties if 0 <= name.start - one.end <= _DEAL_REACH]
        if len(before) + len(behind) < _MIN_PARTIES:
            continue
        if not behind and passage.language != "de":
            continue  # "all buying spots": what is bought has no name
        bought = behind[0] if behind else before[-1]  # German puts its verb last
        told = [own for _, own in claim.sentences if own.concept_names & _DEALS]
        if not any(has_name(index_text(own.text), bought.key) for own in told):
            return f"the cited items do not tell of this: {passage.folded[one.start : one.end]}"
    return ""


_BEGUN = frozenset({"available", "launch", "open"})


def _check_begun(claim: Claim) -> str:
    """Refuse "is available" where the cited items say "not yet"."""
    for clause in claim.clauses:
        own = clause.concept_names
        if not own & _BEGUN or own & {
            "not",
            "notyet",
            "lacking",
            "planned",
            "may",
            "doubt",
            "pilot",
        }:
            continue
        if not _BEGUN_WORDS.search(clause.folded):
            continue
        for one in claim.align(clause, _ABOUT):
            names = one.passage.concept_names
            index = index_text(one.passage.text)
            if (
                "notyet" in names
                and names & _BEGUN
                and any(has_name(index, name.key) for name in clause.sure_names)
            ):
                return "the cited items say that this is not so yet"
    return ""


_BEGUN_WORDS = re.compile(
    r"\b(?:now|already|available|live|launched|released|rolled out|verfugbar|gestartet|bereits|"
    r"jetzt|"
    r"disponibl\w+|lance|deja|disponibil\w+|lanciat\w+|gia|disponibles?|lanzad\w+|disponive\w+)\b|"
    r"已|现已|上线|提供|แล้ว|เปิดตัว|พร้อม"
)


def _check_continuation(clause: Passage, aligned: list[Aligned]) -> str:
    """Refuse "still" where the sentences about the same have "no longer", and the other way."""
    best = max(aligned, key=lambda one: one.score).score
    told = [
        one.passage.concept_names
        for one in aligned
        if one.score >= max(_MIN_CONTINUED, best * _MOST)
    ]
    if not told:
        return ""
    own = clause.concept_names
    for one, two in (("continue", "nolonger"), ("nolonger", "continue")):
        if (
            one in own
            and two not in own
            and all(two in names and one not in names for names in told)
        ):
            return f"the cited items say the opposite of {quote_concept(clause, one)}"
    return ""


_MIN_CONTINUED = 2.0  # of a sentence of a source, to say whether something goes on
_MOST = 0.85  # of the best match


def _check_whole_direction(claim: Claim) -> str:
    """Refuse a rise where the whole of the cited items tells a fall."""
    every = join_concepts(source.whole for source in claim.cited)
    whole = claim.passage.concept_names
    for one, two in _PLAIN_OPPOSITES:
        for own, other in ((one, two), (two, one)):
            if own in whole and not {other, "not"} & whole and own not in every and other in every:
                return f"the cited items say the opposite of {quote_concept(claim.passage, own)}"
    return ""


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
