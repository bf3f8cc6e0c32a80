"""Rank what may answer a search: how much of it each candidate says, where, how new, how weighty.

BM25 over the candidates' words with the frequencies of the whole index; a title counts four times.
On top: all terms in one passage, what the item is judged to be about, its age and its weight. The
result is relative to what the question asks for, so that it can be held against a floor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.search.lexicon import Form
from digest.search.query import Term
from digest.search.words import make_index_text
from digest.text import split_sentences, truncate_text

_K1, _B = 1.2, 0.4
_TITLE_WEIGHT = 4.0
_MEAN_LENGTH = 60.0  # words of a title with its summary
_QUALITY = {"exact": 1.0, "near": 0.9, "far": 0.65, "label": 0.55}
_KIND_WEIGHT = {"name": 1.6, "figure": 1.4, "word": 1.0}
_PASSAGE_SHARE, _RECENCY_SHARE, _WEIGHT_SHARE = 0.25, 0.06, 0.06
_HALF_LIFE_DAYS = 180.0
_MAX_QUOTE = 320
_MAX_READ = 6000  # characters of a body that are read for ranking


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
    """A candidate with its score, the share of the question that it says, and its best passage."""

    candidate: Candidate
    score: float
    coverage: float
    quote: str
    matched: frozenset[str]  # texts of terms


def weigh_terms(
    terms: Sequence[Term], frequencies: Mapping[str, int], entries: int
) -> dict[str, float]:
    """Return the weight of each term: rarer ones, names and figures count more."""
    return {
        term.text: _KIND_WEIGHT[term.kind]
        * math.log(1 + (entries + 0.5) / (min(frequencies[term.text], entries) + 0.5))
        for term in terms
    }


def rank_candidates(
    candidates: Sequence[Candidate],
    terms: Sequence[Term],
    weights: Mapping[str, float],
    now: datetime,
) -> list[Ranked]:
    """Return the candidates, best first."""
    ranked = [_rank(candidate, terms, weights, now) for candidate in candidates]
    ranked.sort(key=lambda one: (-one.score, -one.candidate.at.timestamp(), one.candidate.number))
    return ranked


def _rank(
    candidate: Candidate, terms: Sequence[Term], weights: Mapping[str, float], now: datetime
) -> Ranked:
    title = f" {make_index_text(candidate.title)} "
    body = f" {make_index_text(candidate.body[:_MAX_READ])} "
    length = 1 - _B + _B * min(4.0, (title.count(" ") + body.count(" ")) / _MEAN_LENGTH)
    total = sum(weights.values()) or 1.0
    earned, said, matched = 0.0, 0.0, set()
    for term in terms:
        found, quality = _count_term(term, title, body)
        if not found and not candidate.labels.isdisjoint(term.labels):
            found, quality = 1.0, _QUALITY["label"]
        if not found:
            continue
        matched.add(term.text)
        weight = weights[term.text] * quality
        said += weight
        earned += weight * found * (_K1 + 1) / (found + _K1 * length) / (_K1 + 1)
    quote, share = _find_quote(candidate, terms, weights) if matched else ("", 0.0)
    days = max(0.0, (now - candidate.at).total_seconds() / 86400)
    score = (
        earned / total
        + said / total
        + _PASSAGE_SHARE * share / total
        + _RECENCY_SHARE * 0.5 ** (days / _HALF_LIFE_DAYS)
        + _WEIGHT_SHARE * candidate.weight
    )
    return Ranked(candidate, score, said / total, quote, frozenset(matched))


def _count_term(term: Term, title: str, body: str) -> tuple[float, float]:
    """Return how often a term is said, a title counting more, and how well."""
    for name, forms in (("exact", term.exact), ("near", term.near), ("far", term.far)):
        count = sum(
            _TITLE_WEIGHT * _count_form(form, title) + _count_form(form, body) for form in forms
        )
        if count:
            return count, _QUALITY[name]
    return 0.0, 0.0


def _count_form(form: Form, words: str) -> int:
    written = " " + " ".join(form.tokens)
    return words.count(written) if form.prefix else words.count(written + " ")


def _find_quote(
    candidate: Candidate, terms: Sequence[Term], weights: Mapping[str, float]
) -> tuple[str, float]:
    """Return the passage that says most of the question, in its own words, and how much."""
    title_share = _measure_share(candidate.title, terms, weights)
    best, best_share = "", 0.0
    for sentence in split_sentences(candidate.body[:_MAX_READ]):
        share = _measure_share(sentence, terms, weights)
        if share > best_share:
            best, best_share = sentence, share
    if not best or (title_share > best_share * 1.5 and len(best) < 30):
        first = next(iter(split_sentences(candidate.body[:_MAX_READ])), "")
        return truncate_text(first or candidate.title, _MAX_QUOTE), title_share
    return truncate_text(best, _MAX_QUOTE), max(title_share, best_share)


def _measure_share(text: str, terms: Sequence[Term], weights: Mapping[str, float]) -> float:
    words = f" {make_index_text(text)} "
    share = 0.0
    for term in terms:
        count, quality = _count_term(term, " ", words)
        share += weights[term.text] * quality if count else 0.0
    return share


def find_highlights(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Return where a text says the terms: start and end of each place, none overlapping."""
    places = []
    for match in re.finditer(r"[^\W_]+(?:[-‐‑'’.][^\W_]+)*", text):
        words = f" {make_index_text(match[0])} "
        if any(
            _count_form(Form((token,), form.prefix and token == form.tokens[-1]), words)
            for term in terms
            for form in (*term.exact, *term.near, *term.far)
            for token in form.tokens
            if len(form.tokens) == 1 or len(token) > 3
        ):
            places.append((match.start(), match.end()))
    return places
