"""Rank what may answer a search: how much of it each candidate says, where, how new, how weighty.

BM25 over the candidates' words with the frequencies of the whole index; a title counts four times.
On top: all terms in one passage, what the item is judged to be about, its age and its weight. The
result is relative to what the question asks for, so that it can be held against a floor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.search.amounts import gives_amount
from digest.search.lexicon import Form
from digest.search.query import Term
from digest.search.words import is_unspaced, make_index_text
from digest.text import split_sentences, truncate_text

_K1, _B = 1.2, 0.4
_TITLE_WEIGHT = 4.0
_MEAN_LENGTH = 60.0  # words of a title with its summary
_QUALITY = {"exact": 1.0, "near": 0.9, "far": 0.65, "label": 0.55}
_KIND_WEIGHT = {"name": 1.6, "figure": 1.4, "word": 1.0}
_PASSAGE_SHARE, _RECENCY_SHARE, _WEIGHT_SHARE = 0.25, 0.06, 0.06
_HALF_LIFE_DAYS = 180.0
_MAX_QUOTE = 320
_MAX_READ = 4000  # characters of a body that are read for a passage
_MAX_RANKED = 1500  # … and for ranking
_MAX_QUOTED = 16  # candidates whose passages are sought
_FOREIGN_KNOWN, _FOREIGN_UNKNOWN = 0.7, 0.25  # of words that items say in another language
_LISTED = re.compile(r"[；;]")  # between the headlines of a round-up of other news
_IN_PASSING = 0.6  # of a name in the text of an item that is about others


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may answer: an item's or a document's words."""

    number: int
    title: str
    body: str
    at: datetime
    weight: float = 0.5
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score, the share of the question that it says, and its best passage.

    `in_passage`: what its title and one sentence say together, and its labels; the same as
    `matched` where no passage was sought.
    """

    candidate: Candidate
    score: float
    coverage: float
    quote: str
    matched: frozenset[str]  # texts of terms
    in_passage: Mapping[str, float] = field(default_factory=dict)  # texts of terms, how well

    @property
    def gives_amount(self) -> bool:
        """Whether it has a figure."""
        return gives_amount(f"{self.candidate.title}\n{self.candidate.body[:_MAX_RANKED]}")


def weigh_terms(
    terms: Sequence[Term],
    frequencies: Mapping[str, int],
    entries: int,
    *,
    is_foreign: bool = False,
) -> dict[str, float]:
    """Return the weight of each term: rarer ones, names and figures count more.

    `is_foreign`: the archive holds little in the language of the question. A word of it that is
    nowhere then says little: items would say it in another language.
    """

    def weigh(term: Term) -> float:
        frequency = min(frequencies[term.text], entries)
        weight = (
            term.share * _KIND_WEIGHT[term.kind] * math.log(1 + (entries + 0.5) / (frequency + 0.5))
        )
        if is_foreign and term.kind == "word" and (not frequency or term.far):
            return weight * (_FOREIGN_KNOWN if term.far else _FOREIGN_UNKNOWN)
        return weight

    return {term.text: weigh(term) for term in terms}


class TermCounter:
    """Counts how often words say each of some terms, in one pass over the words."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self._whole: dict[str, list[_Place]] = {}
        self._prefixes: dict[str, list[_Place]] = {}
        for term in self.terms:
            for level, forms in (("exact", term.exact), ("near", term.near), ("far", term.far)):
                for form in forms:
                    place = _Place(term.text, level, form)
                    is_open = form.prefix and len(form.tokens) == 1
                    table = self._prefixes if is_open else self._whole
                    table.setdefault(form.tokens[0], []).append(place)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})

    def count_terms(self, tokens: Sequence[str], weight: float = 1.0) -> _Counts:
        """Return text and level of each term that is said, with how often."""
        counts: _Counts = {}
        for at, token in enumerate(tokens):
            for place in self._whole.get(token, ()):
                if _matches_at(place.form, tokens, at):
                    key = place.term, place.level
                    counts[key] = counts.get(key, 0.0) + weight
            for length in self._lengths:
                if length > len(token):
                    break
                for place in self._prefixes.get(token[:length], ()):
                    key = place.term, place.level
                    counts[key] = counts.get(key, 0.0) + weight
        return counts

    def says_any(self, *texts: str) -> bool:
        """Return whether any of the texts says any of the terms."""
        return any(self.count_terms(make_index_text(text).split()) for text in texts)

    def find_labelled(self, labels: frozenset[str]) -> dict[str, float]:
        """Return the names that an item with these labels is about.

        Not the words: what is judged to be about retail media need not tell of a network of it.
        """
        about = (term for term in self.terms if term.is_name and not labels.isdisjoint(term.labels))
        return {term.text: _QUALITY["label"] for term in about}

    def find_terms(self, text: str) -> dict[str, float]:
        """Return the terms that a text says, and how well."""
        best: dict[str, float] = {}
        for term, level in self.count_terms(make_index_text(text).split()):
            best[term] = max(best.get(term, 0.0), _QUALITY[level])
        return best


_Counts = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class _Place:
    """A form of a term in the tables of a counter."""

    term: str
    level: str
    form: Form


def _matches_at(form: Form, tokens: Sequence[str], at: int) -> bool:
    """Return whether the words from a place on are the form's."""
    size = len(form.tokens)
    if size == 1:
        return True
    found = tokens[at : at + size]
    if form.prefix:
        return tuple(found[:-1]) == form.tokens[:-1] and found[-1].startswith(form.tokens[-1])
    return tuple(found) == form.tokens


class CandidateRanker:
    """Ranks candidates by what they say of terms; each is read once, however often it is ranked."""

    def __init__(self, terms: Sequence[Term], weights: Mapping[str, float], now: datetime) -> None:
        self._counter, self._weights, self._now = TermCounter(terms), weights, now
        self._ranked: dict[int, Ranked] = {}
        self._quoted: dict[int, Ranked] = {}

    def rank(self, candidates: Sequence[Candidate]) -> list[Ranked]:
        """Return the candidates, best first; only the first have their passages."""
        for candidate in candidates:
            if candidate.number not in self._ranked:
                self._ranked[candidate.number] = _rank(
                    candidate, self._counter, self._weights, self._now
                )
        ranked = sorted((self._ranked[candidate.number] for candidate in candidates), key=_sort_key)
        quoted = sorted(map(self.add_passage, ranked[:_MAX_QUOTED]), key=_sort_key)
        return quoted + ranked[_MAX_QUOTED:]

    def add_passage(self, one: Ranked) -> Ranked:
        """Return a candidate with the passage that says most, in its own words."""
        number = one.candidate.number
        if number not in self._quoted:
            self._quoted[number] = _add_passage(one, self._counter, self._weights)
        return self._quoted[number]


def _sort_key(one: Ranked) -> tuple[float, float, int]:
    return -one.score, -one.candidate.at.timestamp(), one.candidate.number


def _rank(
    candidate: Candidate, counter: TermCounter, weights: Mapping[str, float], now: datetime
) -> Ranked:
    """Return a candidate's score and coverage, without its passage."""
    title = make_index_text(candidate.title).split()
    body = make_index_text(candidate.body[:_MAX_RANKED]).split()
    counts = counter.count_terms(title, _TITLE_WEIGHT)
    for key, count in counter.count_terms(body).items():
        counts[key] = counts.get(key, 0.0) + count
    length = 1 - _B + _B * min(4.0, (len(title) + len(body)) / _MEAN_LENGTH)
    total = sum(weights.values()) or 1.0
    earned, said, matched = 0.0, 0.0, set()
    for term in counter.terms:
        found, quality = _choose_level(term, counts, candidate.labels)
        if not found:
            continue
        matched.add(term.text)
        weight = weights[term.text] * quality
        said += weight
        earned += weight * found / (found + _K1 * length)
    days = max(0.0, (now - candidate.at).total_seconds() / 86400)
    score = (
        (earned + said) / total
        + _RECENCY_SHARE * 0.5 ** (days / _HALF_LIFE_DAYS)
        + _WEIGHT_SHARE * candidate.weight
    )
    return Ranked(candidate, score, said / total, "", frozenset(matched))


def _choose_level(term: Term, counts: _Counts, labels: frozenset[str]) -> tuple[float, float]:
    """Return how often a term is said, a title counting more, and how well."""
    is_about = not labels.isdisjoint(term.labels)
    for level in ("exact", "near", "far"):
        if count := counts.get((term.text, level)):
            in_passing = term.kind == "name" and term.labels and not is_about
            return count, _QUALITY[level] * (_IN_PASSING if in_passing and count < 4 else 1.0)
    return (1.0, _QUALITY["label"]) if is_about else (0.0, 0.0)


def _add_passage(one: Ranked, counter: TermCounter, weights: Mapping[str, float]) -> Ranked:
    candidate, total = one.candidate, sum(weights.values()) or 1.0
    headlines = _LISTED.split(candidate.title)
    in_titles = list(map(counter.find_terms, headlines))
    share = max(_weigh_found(found, weights) for found in in_titles)
    known = counter.find_labelled(candidate.labels)
    if len(headlines) == 1:
        known |= in_titles[0]
    together = max(
        (known | found for found in in_titles), key=lambda said: _weigh_found(said, weights)
    )
    best, best_share, first = "", 0.0, ""
    for sentence in split_sentences(candidate.body[:_MAX_READ]):
        first = first or sentence
        found = counter.find_terms(sentence)
        of_sentence = _weigh_found(found, weights)
        if of_sentence > best_share:
            best, best_share = sentence, of_sentence
        if found:
            both = known | {term: max(said, known.get(term, 0.0)) for term, said in found.items()}
            together = max(together, both, key=lambda said: _weigh_found(said, weights))
    quote = truncate_text(best or first or candidate.title, _MAX_QUOTE)
    score = one.score + _PASSAGE_SHARE * max(share, best_share) / total
    return replace(one, score=score, quote=quote, in_passage=together)


def _weigh_found(found: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights[term] * quality for term, quality in found.items())


def make_highlighter(terms: Sequence[Term]) -> TermCounter:
    """Return what finds the places of terms, for `find_highlights`."""
    return TermCounter(_split_phrases(terms))


def find_highlights(text: str, counter: TermCounter) -> list[tuple[int, int]]:
    """Return where a text says the terms: start and end of each place, none overlapping."""
    return [
        match.span()
        for match in re.finditer(r"[^\W_]+(?:[-‐‑'’.][^\W_]+)*", text)
        if counter.count_terms(make_index_text(match[0]).split())
    ]


def _split_phrases(terms: Sequence[Term]) -> list[Term]:
    """Return terms whose phrase, as it was asked for, is its words; without other phrases."""
    return [
        replace(
            term,
            exact=(*_split_form(term.exact[0]), *_drop_phrases(term.exact[1:])),
            near=tuple(_drop_phrases(term.near)),
            far=tuple(_drop_phrases(term.far)),
        )
        for term in terms
    ]


def _split_form(form: Form) -> Iterator[Form]:
    for token in form.tokens:
        if len(form.tokens) == 1 or len(token) > 2 or is_unspaced(token):
            yield Form((token,), form.prefix and token == form.tokens[-1])


def _drop_phrases(forms: Sequence[Form]) -> Iterator[Form]:
    for form in forms:
        if is_unspaced(form.tokens[0]):
            yield from _split_form(form)
        elif len(form.tokens) == 1:
            yield form
