"""Hits of a search: index entries ranked, those that say too little left out, passages marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.app.search_candidates import SearchRequest
from digest.archive.search import SearchEntry, SearchIndex
from digest.search.ranking import (
    Candidate,
    Ranked,
    TermCounter,
    find_highlights,
    make_highlighter,
    rank_candidates,
)

_MIN_NAMES = 0.5  # share of the weight of a question's names that a passage has to say


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: an item or a document, with the passage that says most."""

    id: str
    kind: str
    url: str
    title: str
    quote: str
    date: datetime
    source: str
    score: float
    coverage: float = 0.0  # share of what was asked for that it says
    private: bool = False
    story: str = ""  # of an edition, or of the hits that report one event
    language: str = ""
    title_marks: tuple[tuple[int, int], ...] = ()  # where the title says the words
    quote_marks: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the hit as `--json` prints it."""
        return {
            "id": self.id,
            "url": self.url,
            "title": self.title,
            "quote": self.quote,
            "date": self.date.isoformat(),
            "source": self.source,
            "kind": self.kind,
            "story": self.story or None,
            "score": round(self.score, 4),
            "highlights": {"title": self.title_marks, "quote": self.quote_marks},
        }


def make_hits(
    index: SearchIndex,
    numbers: Iterable[int],
    request: SearchRequest,
    now: datetime,
    limit: int,
    *,
    all_terms: bool = False,
    floor: float = 0.0,
    names: bool = False,
) -> tuple[Hit, ...]:
    """Return the best of the entries as hits; without those that say too little."""
    entries = index.load_entries(tuple(dict.fromkeys(numbers)))
    candidates = [_make_candidate(entry) for entry in entries.values()]
    if request.without:
        refused = TermCounter(request.without)
        candidates = [one for one in candidates if not refused.says_any(one.title, one.body)]
    ranked = rank_candidates(candidates, request.terms, request.weights, now)
    named = {
        term.text: request.weights[term.text]
        for term in request.terms
        if names and term.kind == "name"
    }
    least_named = _MIN_NAMES * sum(named.values())
    kept = [
        one
        for one in ranked
        if one.coverage >= floor
        and (not all_terms or len(one.matched) == len(request.terms))
        and sum(named.get(text, 0.0) for text in one.matched) >= least_named
    ]
    marker = make_highlighter(request.terms)
    return tuple(_make_hit(entries[one.candidate.number], one, marker) for one in kept[:limit])


def _make_candidate(entry: SearchEntry) -> Candidate:
    labels = frozenset(entry.labels)
    if entry.item:
        item = entry.item
        body = "\n".join(filter(None, (item.summary, item.text, item.fulltext or item.description)))
        return Candidate(
            entry.number, item.title, body, item.published_or_seen, entry.weight, labels
        )
    document = entry.document
    assert document
    return Candidate(entry.number, document.title, document.text, document.at, 1.0, labels)


def _make_hit(entry: SearchEntry, ranked: Ranked, marker: TermCounter) -> Hit:
    item, document = entry.item, entry.document
    quote = ranked.quote
    title = item.title if item else document.title if document else ""
    title_marks = tuple(find_highlights(title, marker))
    quote_marks = tuple(find_highlights(quote or title, marker))
    if item:
        return Hit(
            item.id,
            entry.kind,
            item.link or item.url,
            title,
            quote or title,
            item.published_or_seen,
            item.source_name,
            ranked.score,
            ranked.coverage,
            language=item.language,
            title_marks=title_marks,
            quote_marks=quote_marks,
        )
    assert document
    return Hit(
        document.id,
        entry.kind,
        document.url,
        title,
        quote or title,
        document.at,
        document.source,
        ranked.score,
        ranked.coverage,
        private=document.private,
        story=document.id if entry.kind == "story" else "",
        title_marks=title_marks,
        quote_marks=quote_marks,
    )
