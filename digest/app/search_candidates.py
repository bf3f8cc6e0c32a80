"""Candidates of a search: numbers of index entries that may answer it, and its terms weighed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.archive.search import SearchFilter, SearchIndex
from digest.search.answering import NamesAsked
from digest.search.query import NameGroups, Term
from digest.search.ranking import weigh_terms
from digest.search.words import is_unspaced

MAX_CANDIDATES = 100  # that are read and ranked
_COUNTED = 4_000  # entries up to which a term is counted, and ranked by the database
_LABEL_CANDIDATES = 40
_WEIGHTY = 3  # terms that are sought with other words for the rest
_RARE = _COUNTED // 10  # entries from which a word is not sought in other words
_PART_TERMS = 3  # words that hold a part, where no word begins with it
_MAX_PARTS_ENTRIES = 200_000  # entries up to which the list of words is read
_RARE_NAME = 0.02  # share of entries up to which a name tells one thing from others
_FEW = 2  # entries up to which it does in any archive


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What the index is asked for."""

    terms: tuple[Term, ...]
    allowed: SearchFilter
    weights: Mapping[str, float] = field(default_factory=dict)
    frequencies: Mapping[str, int] = field(default_factory=dict)
    without: tuple[Term, ...] = ()
    names: NamesAsked | None = None
    asks_amount: bool = False


def make_request(
    index: SearchIndex,
    terms: Sequence[Term],
    allowed: SearchFilter,
    without: tuple[Term, ...] = (),
    *,
    is_foreign: bool = False,
) -> SearchRequest:
    """Return what to ask the index for, each term weighed by how rare it is there."""
    entries = max(1, index.count_entries())
    found = _find_parts(index, terms, entries)
    frequencies = {
        term.text: index.count_matches(term.write_match(near=True), _COUNTED + 1) for term in found
    }
    said = {
        term.text: frequencies[term.text]
        or index.count_matches(term.write_match(far=True), _COUNTED + 1)
        for term in found
    }
    weights = weigh_terms(found, said, entries, is_foreign=is_foreign)
    return SearchRequest(tuple(found), allowed, weights, frequencies, without)


def find_names(
    index: SearchIndex, request: SearchRequest, groups: NameGroups, *, may_be_foreign: bool
) -> NamesAsked:
    """Return the names of a question; an answer has to say the rare ones, in any of their forms.

    What nothing in the archive says is rare, too, and then nothing answers. `may_be_foreign`: a
    name that nothing says may be the question's own word for another.
    """
    most = max(_FEW, round(_RARE_NAME * index.count_entries()))
    rare = set[str]()
    for term in request.terms:
        if term.is_proper:
            count = index.count_matches(term.write_match(near=True, far=True), most + 1)
            if 0 < count <= most or (not count and (term.is_known or not may_be_foreign)):
                rare.add(term.text)
    required = (tuple(name & rare for name in group) for group in groups)
    return NamesAsked(groups, tuple(group for group in required if all(group)))


def _find_parts(index: SearchIndex, terms: Sequence[Term], entries: int) -> list[Term]:
    """Return the terms, those that no word begins with also as parts of longer words."""
    parts = [
        term.exact[0].tokens[-1]
        for term in terms
        if entries <= _MAX_PARTS_ENTRIES and _may_be_part(index, term)
    ]
    longer = index.find_words_like(parts, most=_PART_TERMS)

    def add_longer(term: Term) -> Term:
        form = term.exact[0]
        words = longer.get(form.tokens[-1], ()) if len(form.tokens) == 1 else ()
        return replace(term, near=(*term.near, *(replace(form, tokens=(word,)) for word in words)))

    return list(map(add_longer, terms))


def _may_be_part(index: SearchIndex, term: Term) -> bool:
    """Return whether a term is one word that nothing in the index says or goes on from."""
    part = term.exact[0].tokens[-1]
    return (
        len(term.exact) == len(term.exact[0].tokens) == 1
        and len(part) > 3
        and not is_unspaced(part)
        and not index.count_matches(f'"{part}"*', 1)
        and not index.count_matches(term.write_match(near=True), 1)
    )


def join_all(
    terms: Sequence[Term], without: Sequence[Term], *, near: bool = False, far: bool = False
) -> str:
    """Return the FTS5 expression for all of the terms, and none of those that are refused."""
    match = " AND ".join(term.write_match(near=near, far=far) for term in terms)
    for term in without:
        match = f"({match}) NOT {term.write_match()}"
    return match


def find_candidates(index: SearchIndex, match: str, request: SearchRequest) -> list[int]:
    """Return entries that hold an expression: the best where they can be counted, else the newest.

    Where there are more, those with the words in their titles come first.
    """
    is_few = sum(request.frequencies.values()) <= _COUNTED
    if is_few:
        return index.find_numbers(match, request.allowed, most=MAX_CANDIDATES, by_relevance=True)
    in_title = index.find_numbers(f"title : ({match})", request.allowed, most=MAX_CANDIDATES // 2)
    newest = index.find_numbers(match, request.allowed, most=MAX_CANDIDATES // 2)
    return list(dict.fromkeys((*in_title, *newest)))


def find_loosely(index: SearchIndex, request: SearchRequest, *, far: bool = False) -> list[int]:
    """Return entries that hold some of the terms, the rare ones before the frequent.

    `far`: or other words for them.
    """
    frequencies = request.frequencies
    if far:
        frequencies = {
            term.text: index.count_matches(term.write_match(near=True, far=True), _COUNTED + 1)
            for term in request.terms
        }
    rarest = sorted(
        (term for term in request.terms if frequencies[term.text]),
        key=lambda term: (frequencies[term.text], term.text),
    )
    chosen: list[Term] = []
    total = 0
    for term in rarest:
        total += frequencies[term.text]
        if chosen and total > _COUNTED:
            break
        chosen.append(term)
    numbers: list[int] = []
    if chosen:
        match = " OR ".join(term.write_match(near=True, far=far) for term in chosen)
        few = total <= _COUNTED
        numbers = index.find_numbers(match, request.allowed, most=MAX_CANDIDATES, by_relevance=few)
    return numbers


def find_by_other_words(index: SearchIndex, request: SearchRequest) -> list[int]:
    """Return entries that hold a weighty term and other words for one of the rest."""
    numbers: list[int] = []
    for term in sorted(request.terms, key=lambda term: -request.weights[term.text])[:_WEIGHTY]:
        others = [
            other
            for other in request.terms
            if other is not term and other.far and request.frequencies[other.text] <= _RARE
        ]
        if others and request.frequencies[term.text]:
            rest = " OR ".join(other.write_match(near=True, far=True) for other in others)
            match = f"{term.write_match(near=True)} AND ({rest})"
            numbers += index.find_numbers(match, request.allowed, most=MAX_CANDIDATES // 3)
    return numbers


def find_by_labels(index: SearchIndex, request: SearchRequest) -> list[int]:
    """Return entries that are judged to be about what terms stand for."""
    labelled = [term for term in request.terms if term.labels]
    numbers: list[int] = []
    groups = tuple(term.labels for term in labelled)
    if len(groups) > 1 or (groups and len(request.terms) == 1):
        allowed = replace(request.allowed, labels=(*request.allowed.labels, *groups))
        numbers += index.find_numbers("", allowed, most=_LABEL_CANDIDATES)
    for term in request.terms:
        for other in labelled:
            if other is not term and request.frequencies[term.text]:
                allowed = replace(request.allowed, labels=(*request.allowed.labels, other.labels))
                match = term.write_match(near=True)
                numbers += index.find_numbers(match, allowed, most=_LABEL_CANDIDATES)
    return numbers
