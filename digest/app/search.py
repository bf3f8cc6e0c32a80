"""Search the archive, and answer questions out of it with passages.

The index gives candidates, `digest.search` ranks them. A search wants all its words, first as they
are written, then in other forms; a question wants most of what it names. What is below the floor is
not shown: nothing found is an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.app.context import AppContext
from digest.app.judgements import open_kept_judge
from digest.app.search_candidates import (
    MAX_CANDIDATES,
    SearchRequest,
    find_by_labels,
    find_by_other_words,
    find_candidates,
    find_loosely,
    find_names,
    join_all,
    make_request,
)
from digest.app.search_filters import build_filter, limit_days
from digest.app.search_hits import Hit, HitRanker
from digest.app.search_index import JUDGED_AT_ONCE, get_quarter, update_search_index
from digest.app.search_lexicon import load_lexicon
from digest.app.search_vectors import QuestionMeaning, open_meter, read_meaning
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.archive.search import SearchFilter, SearchIndex
from digest.cluster import cluster_items
from digest.errors import ArchiveError, UsageError
from digest.model.tags import TaggedItem
from digest.search.amounts import asks_amount
from digest.search.answering import Evidence, Nearness
from digest.search.followup import carry_terms
from digest.search.lexicon import Lexicon
from digest.search.query import Term, group_names, parse_query, parse_question, split_filters
from digest.search.ranking import Ranked
from digest.search.times import DaySpan, extract_time
from digest.search.words import find_written_words, is_unspaced
from digest.tag import detect_language
from digest.urls import canonical_url

DEFAULT_LIMIT = 10
MAX_LIMIT = MAX_CANDIDATES
_MIN_SAID = 0.22  # share of a search that an entry has to say, where none says all
_SAID_WELL = 0.8  # coverage from which a question's own words are enough
_CAPITALISES_NOUNS = "de"
_LANGUAGE_SAMPLE = 400  # items whose languages are looked at
_FOREIGN_BELOW = 0.1  # share of items below which a question's language is foreign to the archive

_NEAREST = 60  # by meaning, that are looked at
Match = Literal["all", "some", "none"]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search or a question gave, best first.

    `match`: whether all words were found, or some, or none. `unjudged`: items that filters do not
    know yet.
    """

    hits: tuple[Hit, ...]
    match: Match
    terms: tuple[Term, ...] = ()
    span: DaySpan | None = None
    unjudged: int = 0


@dataclass(frozen=True, slots=True)
class StoryPassages:
    """Passages of one story, the oldest first."""

    story: str
    title: str
    passages: tuple[Hit, ...]


def rebuild_search(context: AppContext) -> int:
    """Rebuild the search index, with the items judged; return the number of its entries."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        update_search_index(context, archive, rebuild=True)
        with archive.open_search() as index:
            return index.count_entries()


def search_archive(
    context: AppContext, text: str, *, limit: int = DEFAULT_LIMIT, private: bool = True
) -> SearchResult:
    """Search items, stories, letters, notes, decisions and promises, best first.

    Raises UsageError where nothing is asked for or a filter names nothing known. `private`: the
    team's own words, too.
    """
    lexicon = load_lexicon(context)
    query = parse_query(text, lexicon)
    allowed = replace(build_filter(context, query.filters, lexicon), private=private)
    if not query.terms and not query.filters:
        raise UsageError("nothing to search for", "name words, or filters such as vendor:HubSpot")
    with Archive.open(context.workspace.archive, create=False) as archive:
        unjudged = _update_index(context, archive)
        with archive.open_search() as index:
            request = make_request(index, query.terms, allowed, query.without)
            meaning = None
            if query.terms:
                meaning = read_meaning(context, text, _detect_language(text), query.terms)
            found = run_search(index, request, context.now, limit, meaning)
    return replace(found, unjudged=unjudged)


def ask_archive(
    context: AppContext,
    question: str,
    earlier: Sequence[str] = (),
    *,
    limit: int = DEFAULT_LIMIT,
    private: bool = True,
) -> SearchResult:
    """Return the passages that answer a question best; none where the archive has none.

    `earlier`: the questions before it, the oldest first. What a question leaves out is read out of
    them, and where that finds nothing it is asked alone. So are words of time that the day of no
    answer fits: they may be what it is about. Raises UsageError for a filter that names nothing
    known.
    """
    lexicon = load_lexicon(context)
    asked = _read_question(context, question, lexicon)
    ways = [asked]
    if earlier:
        before = _read_question(context, earlier[0], lexicon)
        for one in (*earlier[1:], question):
            now = _read_question(context, one, lexicon)
            before = replace(now, terms=carry_terms(before.terms, now.terms)).carry(before)
        if before.terms != asked.terms:
            ways = [before, asked]
    if asked.span:  # "on the Q2 call", "from August on": what is told, not when
        ways.append(_read_question(context, question, lexicon, timed=False))
    found = SearchResult((), "none", asked.terms, asked.span)
    if not any(way.terms for way in ways):
        return found
    with Archive.open(context.workspace.archive, create=False) as archive:
        unjudged = _update_index(context, archive)
        with archive.open_search() as index:
            for way in ways:
                if not found.hits and way.terms:
                    allowed = replace(way.allowed, private=private)
                    request = _weigh_question(index, way, allowed)
                    meaning = read_meaning(context, way.text, way.language, way.terms)
                    found = run_question(index, request, context.now, limit, meaning)
                    found = replace(found, span=way.span)
    return replace(found, unjudged=unjudged)


@dataclass(frozen=True, slots=True)
class _ReadQuestion:
    """A question as it is looked for."""

    text: str  # without words of time and filters
    language: str
    terms: tuple[Term, ...]
    allowed: SearchFilter
    span: DaySpan | None

    def carry(self, before: _ReadQuestion) -> _ReadQuestion:
        """Return it with the words and the time of the question before, where its own lack."""
        if set(self.terms).isdisjoint(before.terms):
            return self
        allowed, span = self.allowed, self.span
        if span is None and before.span:
            allowed, span = limit_days(allowed, before.span), before.span
        return replace(self, text=f"{before.text} {self.text}", allowed=allowed, span=span)


def _read_question(
    context: AppContext, question: str, lexicon: Lexicon, *, timed: bool = True
) -> _ReadQuestion:
    """Read a question. `timed`: its words of time say when its answer appeared."""
    text, filters = split_filters(question)
    rest, span = text, None
    if timed:
        rest, span = extract_time(text, context.now.date(), get_quarter(context))
    language = _detect_language(rest)
    terms = parse_question(rest, lexicon, capitals_name=language != _CAPITALISES_NOUNS)
    allowed = build_filter(context, filters, lexicon)
    if span:
        allowed = limit_days(allowed, span)
    return _ReadQuestion(rest, language, terms, allowed, span)


def _detect_language(text: str) -> str:
    """Return the language of a question; names in other letters stand in many."""
    words = find_written_words(text)
    unspaced = "".join(filter(is_unspaced, words))
    spaced = [word for word in words if not is_unspaced(word)]
    return detect_language(unspaced if len(unspaced) >= len(spaced) else text)


def group_passages(context: AppContext, hits: Sequence[Hit]) -> tuple[StoryPassages, ...]:
    """Group hits by story, the best story first; within a story the oldest first."""
    groups: dict[str, list[Hit]] = {}
    for hit in _name_stories(context, hits):
        groups.setdefault(hit.story or hit.id, []).append(hit)
    return tuple(
        StoryPassages(story, of[0].title, tuple(sorted(of, key=lambda hit: (hit.date, hit.id))))
        for story, of in groups.items()
    )


def _name_stories(context: AppContext, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, those that report one event with the same story."""
    ids = [hit.id for hit in hits if hit.kind == "item"]
    if not ids:
        return list(hits)
    with Archive.open(context.workspace.archive, create=False) as archive:
        items = attach_vectors(context, archive, archive.load_items_by_id(ids))
        judge = open_kept_judge(context, archive)
        judge.prepare_items(items)
        tagged = [TaggedItem(item, judge.judge_item(item)) for item in items]
        judge.save_judgements()
    story_of: dict[str, str] = {}
    urls: dict[str, str] = {}
    for story in cluster_items(tagged):
        for member in story.items:
            story_of[member.item.id] = story.id
            urls[member.item.url] = story.id
    return [
        replace(hit, story=story_of.get(hit.id) or urls.get(canonical_url(hit.url)) or hit.story)
        for hit in hits
    ]


def _update_index(context: AppContext, archive: Archive) -> int:
    try:
        return update_search_index(context, archive, most=JUDGED_AT_ONCE)
    except ArchiveError:  # another program writes: what is there is searched
        return 0


# ------------------------------------------------------------ within one index


def run_search(
    index: SearchIndex,
    request: SearchRequest,
    now: datetime,
    limit: int,
    meaning: QuestionMeaning | None = None,
) -> SearchResult:
    """Return what holds all words, in other forms where too little holds them as they are.

    Where nothing does, what holds some; beside them what is near in meaning.
    """
    terms, ranker = request.terms, HitRanker(index, request, now)
    if not terms:
        numbers = index.find_numbers("", request.allowed, most=MAX_CANDIDATES)
        ranked = ranker.join_stories(ranker.rank_entries(numbers))
        return SearchResult(ranker.make_hits(ranked[:limit]), "all")
    numbers = find_candidates(index, join_all(terms, request.without), request)
    if len(numbers) < limit:
        match = join_all(terms, request.without, near=True)
        numbers = [*numbers, *find_candidates(index, match, request)]
    if not numbers:
        match = join_all(terms, request.without, near=True, far=True)
        numbers = [*find_candidates(index, match, request), *find_by_labels(index, request)]
    ranked = ranker.rank_entries(numbers)
    found = [one for one in ranked if len(one.matched) == len(terms)]
    match_kind: Match = "all" if found else "some"
    if not found:
        ranked = ranker.rank_entries(find_loosely(index, request))
        found = [one for one in ranked if one.coverage >= _MIN_SAID]
    said = {one.candidate.number for one in found}
    near = [
        one
        for one in _find_near(index, ranker, request, meaning)
        if one.candidate.number not in said
    ]
    found = ranker.join_stories([*found, *near])
    hits = ranker.make_hits(found[:limit], {one.candidate.number for one in near})
    return SearchResult(hits, match_kind if hits else "none", terms)


def _find_near(
    index: SearchIndex,
    ranker: HitRanker,
    request: SearchRequest,
    meaning: QuestionMeaning | None,
) -> list[Ranked]:
    """Return what is near in meaning, where anything is near enough."""
    meter = open_meter(index, meaning, request.allowed) if meaning else None
    if meter is None:
        return []
    nearness = Nearness(meter.everyday, meter.rank_nearest(_NEAREST))
    evidence = Evidence(request.terms, request.weights, nearness)
    return evidence.choose(ranker.rank_entries(nearness.of_items))


def run_question(
    index: SearchIndex,
    request: SearchRequest,
    now: datetime,
    limit: int,
    meaning: QuestionMeaning | None = None,
) -> SearchResult:
    """Return what carries most of a question, by words and by meaning."""
    ranker = HitRanker(index, request, now)
    numbers = find_candidates(index, join_all(request.terms, (), near=True), request)
    if len(numbers) < limit:
        numbers += find_loosely(index, request)
    numbers += find_by_labels(index, request)
    by_words = Evidence(
        request.terms, request.weights, asked=request.names, asks_amount=request.asks_amount
    )
    found = by_words.choose(ranker.rank_entries(numbers))
    if not found or found[0].coverage < _SAID_WELL:
        numbers += find_by_other_words(index, request)
        numbers += find_loosely(index, request, far=True)
        found = by_words.choose(ranker.rank_entries(numbers))
    meter = open_meter(index, meaning, request.allowed) if meaning else None
    near = set[int]()
    if meter:
        of_items = meter.rank_nearest(_NEAREST) | meter.measure_items(numbers)
        nearness = Nearness(meter.everyday, of_items)
        near = nearness.of_items.keys() - {one.candidate.number for one in found}
        evidence = Evidence(
            request.terms,
            request.weights,
            nearness,
            request.names,
            asks_amount=request.asks_amount,
        )
        found = evidence.choose(ranker.rank_entries([*numbers, *nearness.of_items]))
    found = ranker.join_stories(found)
    hits = ranker.make_hits(found[:limit], near)
    return SearchResult(hits, "all" if hits else "none", request.terms)


def _weigh_question(
    index: SearchIndex, question: _ReadQuestion, allowed: SearchFilter
) -> SearchRequest:
    languages = index.list_languages(_LANGUAGE_SAMPLE)
    is_foreign = languages.count(question.language) < _FOREIGN_BELOW * len(languages)
    request = make_request(index, question.terms, allowed, is_foreign=is_foreign)
    groups = group_names(question.text, question.terms)
    # between letters of another script a name stands as it is written everywhere
    may_be_foreign = is_foreign and not any(map(is_unspaced, find_written_words(question.text)))
    names = find_names(index, request, groups, may_be_foreign=may_be_foreign)
    return replace(request, names=names, asks_amount=asks_amount(question.text))
