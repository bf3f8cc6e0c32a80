"""Read a text into passages: what its sentences and clauses name, count, date and say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from digest.ground.addresses import split_evidence
from digest.ground.dates import DateMention, find_dates
from digest.ground.lexicon import Found, find_text_concepts
from digest.ground.name_index import NameIndex, index_names
from digest.ground.name_tables import NO_NAMES
from digest.ground.names import Name, find_names
from digest.ground.numbers import Quantity, find_quantities
from digest.ground.script import detect_language, fold, is_unspaced, normalize_source
from digest.ground.types import GroundItem
from digest.text import split_sentences

MAX_CHARS = 12_000  # of an item: more is not read
_STEM = 5  # letters by which words of one stem are known
_MAX_OPENING_WORDS = 4  # of "X finds that"
_MIN_STEM = 3  # letters that no ending leaves
_ENDING = re.compile(r"(?:ing|ed|es|s)$")

# Concepts that say how something is meant, not what: they are compared by rules of their own.
MANNER = frozenset(
    "not unneeded up down first only largest best fastest cheapest newest all each world some may "
    "doubt lacking tests planned pilot "
    "available proven said before after more less mandatory allow continue nolonger "
    "estimate notyet".split()
)
_FUNCTION_WORDS = NO_NAMES | frozenset(
    """be been being do did done say said says get got gets make makes made take takes new its it's
    out off up down into onto upon very too well also other own per via among across within which
    were had having about after again because been both can such only own same them themselves
    werden wird wurde wurden sind waren hat haben hatte sich nicht kein keine man dass beim sowie
    est sont ete etre ont avait fait ne pas se sa aux y dont entre
    sono era erano stato stata stati essere hanno aveva viene vengono anche ed suo sua suoi loro
    es son era fue fueron ser han habia esta estan tambien entre lo le les
    sao era foi foram ser tem tinha esta estao tambem entre lhe""".split()
)
_PREPOSITIONS = frozenset(
    """instead of in on at for to with from by into as than like over under via per rather and or
    statt in mit von fur auf bei aus an zu als und oder anstatt
    au de du des en dans avec pour par sur et ou
    di del della dei nel con per da su e o invece al alla
    del en con para por y do da dos em com ou no na""".split()
)
_WORD = re.compile(r"[^\W\d_\u0e00-\u0eff\u3040-\u9fff]{3,}")
_HAN_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2,}")
_THAI_RUN = re.compile(r"[\u0e00-\u0eff]{3,}")
_CLAUSE_END = re.compile(
    r"\s*[;:—–]\s+|\s-\s|[，；：、]|(?<=\D),\s+|\s+\((?=\w)|\)\s+|"
    r"\s+(?:while|whereas|but|and|although|whilst|which|und|aber|während|wobei|et|mais|"
    r"tandis que|alors que|e|ed|ma|"
    r"mentre|che|y|e|pero|mientras|mas|enquanto|и|а|но)\s+"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a clause with all that the gate reads in it. Places are those of `folded`."""

    text: str
    language: str
    folded: str
    names: tuple[Name, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    concepts: tuple[Found, ...]
    stems: tuple[tuple[str, int], ...]

    @property
    def concept_names(self) -> frozenset[str]:
        """All concepts in it."""
        return frozenset(one.concept for one in self.concepts)

    @property
    def subjects(self) -> frozenset[str]:
        """The concepts that say what it is about."""
        return self.concept_names - MANNER

    @property
    def sure_names(self) -> tuple[Name, ...]:
        """The names that are surely names."""
        return tuple(name for name in self.names if name.sure)


@dataclass(frozen=True, slots=True)
class Source:
    """An item, read."""

    item: GroundItem
    language: str
    text: str
    folded: str
    index: NameIndex
    whole: Passage
    sentences: tuple[Passage, ...]
    refused: tuple[Passage, ...]  # what it says to its reader or a machine: no evidence

    @property
    def published(self) -> date | None:
        """The item's date."""
        return self.item.date


def read_passage(text: str, language: str, *, title: bool = False) -> Passage:
    """Return a text with all that the gate reads in it."""
    folded = fold(text)
    dates = tuple(find_dates(text, language))
    names = find_names(text, language, title=title)
    spans = [
        (one.start, one.end) for one in dates if not one.relative or one.relative.startswith("half")
    ]
    quantities = [
        quantity
        for quantity in find_quantities(folded, language)
        if not any(
            start <= quantity.start < end
            or (quantity.start <= start < quantity.end and not quantity.kind)
            for start, end in spans
        )
    ]
    aligned = len(folded) == len(text)
    return Passage(
        text,
        language,
        folded,
        tuple(
            name
            for name in names
            if not (aligned and any(name.start < end and start < name.end for start, end in spans))
        ),
        tuple(quantities),
        dates,
        tuple(
            concept
            for concept in find_text_concepts(text, language)
            if not any(start <= concept.start and concept.end <= end for start, end in spans)
        ),
        tuple(find_stems(folded)),
    )


def find_stems(folded: str) -> list[tuple[str, int]]:
    """Return the stems of the words that say something, with their places.

    Chinese and Japanese give pairs of characters, Thai threes.
    """
    found = [
        (shorten(match[0]), match.start())
        for match in _WORD.finditer(folded)
        if match[0] not in _FUNCTION_WORDS
    ]
    for runs, size in ((_HAN_RUN, 2), (_THAI_RUN, 3)):
        for match in runs.finditer(folded):
            found += [
                (match[0][at : at + size], match.start() + at)
                for at in range(len(match[0]) - size + 1)
            ]
    return found


def shorten(word: str) -> str:
    """Return what words of one stem share."""
    bare = _ENDING.sub("", word)
    word = bare if len(bare) > _MIN_STEM else word
    return word[:_STEM] if len(word) > _MIN_STEM else word.removesuffix("s")


@lru_cache(maxsize=4096)
def read_item(item: GroundItem) -> Source:
    """Return an item, read: what its title, its summary and its text report."""
    parts = [normalize_source(part) for part in (item.title, item.summary, item.text)]
    text = "\n".join(filter(None, parts))[:MAX_CHARS]
    language = detect_language(text, item.lang)
    evidence, refused, room = [], list[str](), MAX_CHARS
    for part in parts:
        reported, spoken = split_evidence(_split(part[: max(0, room)], language), language)
        evidence += reported
        refused += spoken
        room -= len(part) + bool(part)
    text = "\n".join(evidence) if refused else text
    sentences = [
        read_passage(sentence, language, title=at == 0) for at, sentence in enumerate(evidence)
    ]
    known = {name.key for one in sentences for name in one.sure_names}
    sentences = [confirm_names(one, known) for one in sentences]
    return Source(
        item,
        language,
        text,
        fold(text),
        index_names(f"{text}\n{item.publisher}"),  # a sentence may say who reports it
        _join(text, language, sentences),
        tuple(sentences),
        tuple(read_passage(sentence, language) for sentence in refused),
    )


def confirm_names(passage: Passage, known: Set[str]) -> Passage:
    """Return a passage whose names are sure where another sentence is sure of them."""
    names = tuple(
        replace(name, sure=True) if name.key in known and not name.sure else name
        for name in passage.names
    )
    return passage if names == passage.names else replace(passage, names=names)


def _split(text: str, language: str) -> Sequence[str]:
    sentences = split_sentences(text)
    if language == "th":  # marks no ends: its spaces part phrases, a few make a sentence
        return [piece for sentence in sentences for piece in re.split(r"(?<=\S{40})\s+", sentence)]
    return sentences


def _join(text: str, language: str, sentences: Iterable[Passage]) -> Passage:
    """Return all sentences of an item as one passage; places in it mean nothing."""
    every = list(sentences)
    return Passage(
        text,
        language,
        fold(text),
        tuple(name for one in every for name in one.names),
        tuple(figure for one in every for figure in one.quantities),
        tuple(day for one in every for day in one.dates),
        tuple(found for one in every for found in one.concepts),
        tuple(stem for one in every for stem in one.stems),
    )


def split_clauses(passage: Passage) -> tuple[Passage, ...]:
    """Return the clauses of a sentence; one without a name and a verb of its own joins the last."""
    return _split_clauses(passage.text, passage.language)


@lru_cache(maxsize=20_000)
def _split_clauses(text: str, language: str) -> tuple[Passage, ...]:
    pieces, start = [], 0
    for match in _CLAUSE_END.finditer(text):
        if _joins_names(text, match, language):
            continue
        pieces.append((start, match.start()))
        start = match.end()
    pieces.append((start, len(text)))
    clauses: list[list[int]] = []
    for begin, end in pieces:
        piece = read_passage(text[begin:end], language)
        if clauses and (
            _is_opening(text[clauses[-1][0] : clauses[-1][1]], language)
            or not _stands_alone(piece, language)
        ):
            clauses[-1][1] = end
        else:
            clauses.append([begin, end])
    return tuple(read_passage(text[begin:end].strip(" ,;:"), language) for begin, end in clauses)


_PART_END = re.compile(
    r"[;:—–，；：。]|,\s|\s-\s|\s(?:while|whereas|but|although|because|since|after|before|as|which|"
    r"who|that|when|if|"
    r"während|aber|weil|nachdem|dass|wenn|tandis que|mais|parce que|qui|mentre|ma|perché|che|"
    r"quando|mientras|pero|"
    r"porque|que|cuando|enquanto|mas|но|что|который)\s"
)


def split_parts(text: str) -> list[str]:
    """Return a sentence in parts, at every mark and word at which a clause may end."""
    return [part for part in (piece.strip() for piece in _PART_END.split(text)) if len(part) > 2]


@lru_cache(maxsize=20_000)
def read_part(text: str, language: str) -> Passage:
    """Return a part of a sentence, read."""
    return read_passage(text, language)


def _joins_names(text: str, match: re.Match[str], language: str) -> bool:
    """Return whether a word like "and" stands between two names: "A and B present"."""
    if not match[0].strip().isalpha() or text[: match.start()].endswith(","):
        return False
    before = find_names(text[max(0, match.start() - 24) : match.start()], language)
    behind = find_names(text[match.end() : match.end() + 24], language)
    ends = bool(before) and before[-1].end == min(24, match.start())
    return ends and bool(behind) and behind[0].start == 0


def _is_opening(text: str, language: str) -> bool:
    """Return whether a piece is a name and no more, or says only that somebody says something."""
    names = find_names(text, language)
    if not names:
        return False
    if len(text.strip()) <= sum(len(name.text) for name in names) + 6:
        return True
    said = any(one.concept == "said" for one in find_text_concepts(text, language))
    return said and len(text.split()) <= _MAX_OPENING_WORDS


def _stands_alone(piece: Passage, language: str) -> bool:
    """Return whether a piece begins with a name and says something of it."""
    if not piece.names:
        return False
    first = piece.names[0]
    if is_unspaced(language):
        return first.start <= 6 and len(piece.folded) - first.end >= 4
    lead = [word for word in piece.folded[: first.start].split() if word]
    rest = re.findall(r"[^\W\d_]{3,}", piece.folded[first.end :])
    follows = re.match(r"[^\w]*([^\W\d_]+)", piece.folded[first.end :])
    if follows and follows[1] in _PREPOSITIONS:
        return False
    named = {name.key for name in piece.names}
    said = [word for word in rest if word not in named and word not in _FUNCTION_WORDS]
    return len(lead) <= 2 and bool(said)
