"""Rules on superlatives and scope: first, only, all, worldwide, never.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re

from digest.ground.claim import (
    Claim,
    drop_bounds,
    index_text,
    join_concepts,
    quote_concept,
    stands_so,
)
from digest.ground.lexicon import Found
from digest.ground.manner import split_keys
from digest.ground.name_index import has_name
from digest.ground.passages import Passage
from digest.ground.script import is_unspaced

_ABOUT = 0.5  # of the best match, for a sentence of a source to be about the same at all

_SUPERLATIVES = {
    "first": {"first"},
    "only": {"only", "some"},
    "largest": {"largest", "best", "maximum"},
    "best": {"best", "better"},
    "fastest": {"fastest", "faster"},  # Romance languages compare and surpass in the same words
    "cheapest": {"cheapest", "down", "less", "minimum"},
}


_RATES = frozenset("persecond perminute perhour perday perweek permonth peryear".split())


_SHORT_ITEM = 900  # characters of an item that is about one thing


LEAD = 3  # sentences of an item that say what all of it is about, its title the first


def check_superlatives(claim: Claim) -> str:
    """Refuse "first", "largest", "only" where the cited items do not say so of this."""
    told = find_told(claim)
    own = drop_bounds(claim.passage, ("only", "largest"))  # "only 3%", "at most 3%" in Thai
    for concept, alike in _SUPERLATIVES.items():
        if concept in own and not alike & told:
            if stands_so(claim, concept):
                continue
            if concept in ("first", "largest") and _has_first(claim):
                continue
            return f"the cited items do not say this: {quote_concept(claim.passage, concept)}"
    return _check_shared(claim, own) or _check_ever(claim)


# "One of the largest" is not the largest.
_ONE_OF = re.compile(
    r"(?:\b(?:one|some|many|part|two|three) of\b|\bamong\b|\bein\w* (?:der|des)\b|\bzu den\b|"
    r"\bzahl\w*\b|\bun[oa] de[il]\w*\b|\btra (?:i|le|gli)\b|\bl'un\w* des\b|\bparmi\b|"
    r"\bun[oa] de l[oa]s\b|\bentre l[oa]s\b|\bum\w* d[oa]s\b)[^,.;:]{0,24}$|"
    # and neither is the second-largest
    r"(?:\b(?:second|third|fourth|fifth|zweit|dritt|viert|deuxieme|troisieme|second[oa]|terz[oa]|quart[oa]|segund[oa]|"
    r"tercer[oa]?|terceir[oa])[ -]?(?:\w+[ -]){0,2}|第[二三四五六七八九十])$"
)
_AMONG_BEHIND = re.compile(
    r"(?:อันดับ)?(?:ที่|เป็นอันดับ ?)?\s?(?:สอง|สาม|[2-9])(?!\d)|"
    r"[^，。；]{0,12}之一|[^、。]{0,12}の一つ|[^ ]{0,20}(?:แห่ง|ราย)หนึ่ง"
)


def _check_shared(claim: Claim, own: frozenset[str]) -> str:
    """Refuse "the largest" where the cited items say "one of the largest" alone."""
    for concept in own & {"largest", "best", "fastest"}:
        if _is_shared(claim.passage, concept):
            continue
        told = [passage for _, passage in claim.sentences if concept in passage.concept_names]
        if told and all(_is_shared(passage, concept) for passage in told):
            return f"the cited items say one of several: {quote_concept(claim.passage, concept)}"
    return ""


def _is_shared(passage: Passage, concept: str) -> bool:
    """Return whether a passage says each superlative of a concept of one of several."""
    return all(
        _ONE_OF.search(passage.folded[: one.start]) or _AMONG_BEHIND.match(passage.folded, one.end)
        for one in passage.concepts
        if one.concept == concept
    )


_EVER = re.compile(
    r"\bever\b(?! since| more)|\baller zeiten\b|\bjemals\b|\bdi sempre\b|\bmai \w+t[oaie]\b|"
    r"\bjamais \w+\b|\bde la historia\b|\bin history\b|\bon record\b|\bof all time\b|"
    r"史上|有史以来|历年|历史|过去最|ในประวัติศาสตร์|ที่เคยมีมา"
)


def _check_ever(claim: Claim) -> str:
    """Refuse "the largest ever" where no cited item says "ever" or tells of a record."""
    found = _EVER.search(claim.passage.folded)
    if not found or not claim.passage.concept_names & {"largest", "best", "first", "fastest"}:
        return ""
    every = join_concepts(source.whole for source in claim.cited)
    if "largest" in every and any("record" in s.folded or "纪录" in s.folded for s in claim.cited):
        return ""
    if any(_EVER.search(source.folded) for source in claim.cited) or "first" in every:
        return ""
    return f"the cited items do not say this: {found[0]}"


def find_told(claim: Claim) -> frozenset[str]:
    """Return the concepts of the titles, and of the sentences that are about the same."""
    if not claim.is_same_language:  # which sentences are about the same cannot be told surely
        return join_concepts(source.whole for source in claim.cited)
    near = [one.passage for clause in claim.clauses for one in claim.align(clause, _ABOUT)]
    for source in claim.cited:
        short = len(source.text) <= _SHORT_ITEM
        near += source.sentences if short else source.sentences[:LEAD]
    return join_concepts(near)


def _has_first(claim: Claim) -> bool:
    """Return whether a source says "number one" in figures."""
    return any(
        _FIRST_PLACE.search(source.folded)
        or any(day.quarter == 1 or day.relative == "half-1" for day in source.whole.dates)
        for source in claim.cited
    )


_FIRST_PLACE = re.compile(
    r"(?:no\.?|number|nr\.?|n\.|#|top|第|อันดับ(?:ที่)?\s?)\s?(?:1|one|一|หนึ่ง)(?!\d)|1st|"
    r"\b(?:rank\w*|came|comes?|is|was|were|are|placed|finish\w*|in) first\b|"
    r"\bfirst (?:place|overall)|"
    r"\berste[rnms]? (?:platz|stelle|rang)|\bprimo posto|\bpremiere place|"
    r"\bprimer (?:puesto|lugar)|首位|榜首"
)


_ABROAD = re.compile(r"internation|国际|國際|国際")  # which is not everywhere


def _has_capital(text: str) -> bool:
    return text != text.lower()


def _says_world(passage: Passage) -> bool:
    """Return whether a sentence says that something is so in the world, "World Cup" apart."""
    same = len(passage.text) == len(passage.folded)
    return any(
        one.concept == "world"
        and not _is_denied(passage, one)
        and not _ABROAD.match(passage.folded, one.start)
        and not (same and one.start and _has_capital(passage.text[one.start : one.end]))
        for one in passage.concepts
    )


def check_scope(claim: Claim) -> str:
    """Refuse "all" and "worldwide" where the cited items set other bounds."""
    told = find_told(claim)
    alike = {"all", "world"} if claim.is_same_language else {"all", "world", "each"}
    every = _find_all(claim.passage)
    nearly = all(not _find_all(one) for _, one in claim.sentences if "all" in one.concept_names)
    if every and not alike & (told - {"all"} if nearly else told):
        return f"the cited items do not say this of all: {_get_word(claim.passage, every[0])}"
    if _says_world(claim.passage) and not _is_world_told(claim, told):
        return (
            f"the cited items do not say this of the world: {quote_concept(claim.passage, 'world')}"
        )
    widened = _find_widened(claim) if claim.is_same_language else ""
    if widened:
        return f"the cited items do not say this of all: {widened}"
    return ""


def _is_world_told(claim: Claim, told: frozenset[str]) -> bool:
    """Return whether the cited items speak of the world, in one sentence with a superlative that
    is the world's here ("the largest in the world")."""
    most = claim.passage.concept_names & {"largest", "best", "fastest", "cheapest", "first", "only"}
    if not most:
        return bool({"all", "world"} & told)
    return any(
        "world" in own.concept_names and own.concept_names & (most | {"largest", "best", "better"})
        for _, own in claim.sentences
    )


# "Nearly all" is not all.
_NEARLY = re.compile(
    r"\b(?:without|sans|ohne|senza|sin|sem|no|never) (?:[\w'-]+ ){0,2}$|"
    r"(?:\b(?:almost|nearly|virtually|practically|not|fast|beinahe|nahezu|nicht|quasi|presque|pas|non|casi|"
    r"no|quase|nao)\s|几乎|近乎|差不多|并非|不是|ほぼ|เกือบ|ไม่ใช่)$"
)


def _find_all(passage: Passage) -> list[Found]:
    """Return the words that say "all" of things: not of times ("every week"), and not nearly."""
    times = [one for one in passage.concepts if one.concept in _RATES]
    return [
        one
        for one in passage.concepts
        if one.concept == "all"
        and not any(time.start <= one.start < time.end for time in times)
        and not _is_denied(passage, one)
        and not _NEARLY.search(passage.folded[: one.start])
    ]


_DENIED_REACH = 30  # characters behind a "not" in which "every" is "not every"


def _is_denied(passage: Passage, one: Found) -> bool:
    """Return whether a word stands behind a denial: "not yet fixed on every device"."""
    return any(
        own.concept in ("not", "notyet") and 0 < one.start - own.start <= _DENIED_REACH
        for own in passage.concepts
    )


def _get_word(passage: Passage, one: Found) -> str:
    return passage.folded[one.start : one.end]


def _find_widened(claim: Claim) -> str:
    """Return of what a sentence says "all" that no sentence of the cited items says it of."""
    passage = claim.passage
    for one in _find_all(passage):
        if _get_word(passage, one) in _NOT_OF_THINGS:
            continue
        stop = _THINGS_END.search(passage.folded, one.end)
        end = min(stop.start() if stop else len(passage.folded), one.end + _THINGS_REACH)
        wanted = {
            f"c:{own.concept}" for own in passage.concepts if one.end <= own.start < end
        } - _UNTOLD_THINGS
        if claim.is_same_language and not is_unspaced(passage.language):
            named = [(name.start, name.end) for name in passage.sure_names]
            stems = [
                f"s:{stem}"
                for stem, at in passage.stems
                if one.end <= at < end and not any(a <= at < b for a, b in named)
            ]
            wanted = set(stems[:_THINGS]) or wanted
        if not wanted:
            continue
        wide = [own for _, own in claim.sentences if own.concept_names & {"all", "world"}]
        about = [
            own for own in wide if wanted & set().union(*split_keys(own, claim.is_same_language))
        ]
        if not about or all(_is_bounded(own, passage) for own in about):
            return passage.folded[one.start : end].strip()
    return ""


def _is_bounded(told: Passage, passage: Passage) -> bool:
    """Return whether a source says "all" of a thing with a name that a sentence leaves out."""
    index = index_text(passage.text)
    for one in told.concepts:
        if one.concept != "all":
            continue
        named = [name for name in told.sure_names if 0 < name.start - one.end <= _NAME_REACH]
        if not named or any(has_name(index, name.key) for name in named):
            return False
    return "all" in told.concept_names and "world" not in told.concept_names


_NAME_REACH = 12  # characters behind "all" in which the name of what it is said of begins


_THINGS = 3  # words behind "all" that say of what


_THINGS_REACH = 34  # characters behind it in which they stand


_THINGS_END = re.compile(r"[,;:.()，；。]|\b(?:that|who|which|are|is|will|have|has|can|do|not)\b")


_UNTOLD_THINGS = {"c:all", "c:new", "c:each", "c:said"}


_NOT_OF_THINGS = frozenset(
    "always immer toujours sempre siempre everything alles tout tutto todo tudo anywhere "
    "everywhere "
    "uberall partout ovunque ganz ganze ganzen ganzes unlimited entire whole intero intera interi "
    "intere entier entiere entero entera inteiro inteira gesamt gesamte gesamten gesamter".split()
)
