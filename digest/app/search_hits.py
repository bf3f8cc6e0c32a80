"""Hits of a search: index entries ranked, those that say too little left out, passages marked."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.app.search_candidates import SearchRequest
from digest.archive.search import SearchEntry, SearchIndex
from digest.model.item import Item
from digest.search.ranking import (
    Candidate,
    CandidateRanker,
    Ranked,
    TermCounter,
    find_highlights,
    make_highlighter,
)
from digest.urls import canonical_url


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
    by_meaning: bool = False  # found by its vector alone, not by its words

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
            "by_meaning": self.by_meaning,
            "highlights": {"title": self.title_marks, "quote": self.quote_marks},
        }


class HitRanker:
    """Ranks entries of the index by what they say of a request, and makes hits of them."""

    def __init__(self, index: SearchIndex, request: SearchRequest, now: datetime) -> None:
        self._index, self._request = index, request
        self._entries: dict[int, SearchEntry] = {}
        self._ranker = CandidateRanker(request.terms, request.weights, now)

    def rank_entries(self, numbers: Iterable[int]) -> list[Ranked]:
        """Return the entries of these numbers, best first; none that says what is refused."""
        wanted = tuple(dict.fromkeys(numbers))
        missing = [number for number in wanted if number not in self._entries]
        self._entries |= self._index.load_entries(missing)
        candidates = [
            _make_candidate(self._entries[number]) for number in wanted if number in self._entries
        ]
        if self._request.without:
            refused = TermCounter(self._request.without)
            candidates = [
                candidate
                for candidate in candidates
                if not refused.says_any(candidate.title, candidate.body)
            ]
        return self._ranker.rank(candidates)

    def join_stories(self, ranked: Iterable[Ranked]) -> list[Ranked]:
        """Return each address once, where its best stands: an item in place of its story."""
        kept: dict[str, Ranked] = {}
        for one in ranked:
            entry = self._entries[one.candidate.number]
            key = _get_address(entry)
            if key not in kept or (entry.item and not self._get_item(kept[key])):
                kept[key] = one  # a key that is there keeps its place
        return list(kept.values())

    def _get_item(self, one: Ranked) -> Item | None:
        return self._entries[one.candidate.number].item

    def make_hits(self, ranked: Iterable[Ranked], near: Container[int] = ()) -> tuple[Hit, ...]:
        """Return hits with their best passages. `near`: numbers found by meaning."""
        marker = make_highlighter(self._request.terms)
        hits = []
        for one in ranked:
            number = one.candidate.number
            if not one.quote:
                one = self._ranker.add_passage(one)
            hit = _make_hit(self._entries[number], one, marker)
            hits.append(replace(hit, by_meaning=number in near))
        return tuple(hits)


def _get_address(entry: SearchEntry) -> str:
    """Return what an item and the story that is made of it have in common."""
    if entry.item:
        return entry.item.url
    document = entry.document
    is_story = document and entry.kind == "story" and document.url
    return canonical_url(document.url) if document and is_story else str(entry.number)


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
