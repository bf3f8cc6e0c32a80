"""Search the archive, and answer questions out of it with passages.

The index gives candidates, `digest.search` ranks them. A search wants all its words, first as they
are written, then in other forms; a question wants most of what it names. What is below the floor is
not shown: nothing found is an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from digest.app.context import AppContext
from digest.app.judgements import open_kept_judge
from digest.app.search_index import JUDGED_AT_ONCE, get_quarter, update_search_index
from digest.app.search_lexicon import load_lexicon
from digest.app.vectors import attach_vectors
from digest.archive import Archive
from digest.archive.search import SearchEntry, SearchFilter, SearchIndex
from digest.cluster import cluster_items
from digest.errors import ArchiveError, UsageError
from digest.model.tags import AI_GRADES, EVENTS, TaggedItem
from digest.period import parse_quarter
from digest.search.lexicon import Lexicon
from digest.search.query import Query, Term, parse_query, parse_question
from digest.search.ranking import (
    Candidate,
    Ranked,
    TermCounter,
    find_highlights,
    make_highlighter,
    rank_candidates,
    weigh_terms,
)
from digest.search.times import DaySpan, extract_time
from digest.search.words import is_unspaced
from digest.tag import detect_language
from digest.taxonomy import CATEGORIES, GROUPS

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
_CANDIDATES = 100  # that are read and ranked
_COUNTED = 4_000  # entries up to which a term is counted, and ranked by the database
_LABEL_CANDIDATES = 40
_MIN_COVERAGE = 0.45  # share of a question that a passage has to say
_MIN_OF_BEST = 0.55  # of the best passage's score
_CAPITALISES_NOUNS = "de"
_MIN_NAMES = 0.5  # share of the weight of a question's names that a passage has to say
_LANGUAGE_SAMPLE = 400  # items whose languages are looked at
_FOREIGN_BELOW = 0.1  # share of items below which a question's language is foreign to the archive
_SAID_WELL = 0.8  # coverage from which a question's own words are enough
_WEIGHTY = 3  # terms that are sought with other words for the rest
_RARE = _COUNTED // 10  # entries from which a word is not sought in other words
_PART_TERMS = 3  # words that hold a part, where no word begins with it
_MAX_PARTS_ENTRIES = 200_000  # entries up to which the list of words is read


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


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search or a question gave, best first.

    `match`: whether all words were found, or some, or none. `unjudged`: items that filters do not
    know yet.
    """

    hits: tuple[Hit, ...]
    match: Literal["all", "some", "none"]
    terms: tuple[Term, ...] = ()
    span: DaySpan | None = None
    unjudged: int = 0


@dataclass(frozen=True, slots=True)
class StoryPassages:
    """Passages of one story, the oldest first."""

    story: str
    title: str
    passages: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the index is asked for."""

    terms: tuple[Term, ...]
    allowed: SearchFilter
    weights: Mapping[str, float] = field(default_factory=dict)
    frequencies: Mapping[str, int] = field(default_factory=dict)
    without: tuple[Term, ...] = ()


def rebuild_search(context: AppContext) -> int:
    """Make the search index anew, with the items judged; return the number of its entries."""
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        update_search_index(context, archive, rebuild=True)
        with archive.open_search() as index:
            return index.count_entries()


def search_archive(
    context: AppContext, text: str, *, limit: int = DEFAULT_LIMIT, private: bool = True
) -> SearchResult:
    """Search items, stories, letters, notes, decisions and promises, best first.

    Raises UsageError where a filter names nothing known. `private`: the team's own words, too.
    """
    lexicon = load_lexicon(context)
    query = parse_query(text, lexicon)
    allowed = replace(_build_filter(context, query, lexicon), private=private)
    if not query.terms and not query.filters:
        raise UsageError("nothing to search for", "name words, or filters such as vendor:HubSpot")
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        unjudged = _update_index(context, archive)
        with archive.open_search() as index:
            wanted = _weigh(index, query.terms, allowed, query.without)
            return replace(_search(index, wanted, context.now, limit), unjudged=unjudged)


def ask_archive(
    context: AppContext, question: str, *, limit: int = DEFAULT_LIMIT, private: bool = True
) -> SearchResult:
    """Return the passages that answer a question best; none where the archive has none."""
    lexicon = load_lexicon(context)
    query = parse_query(question, lexicon) if ":" in question else Query()
    rest, span = extract_time(question, context.now.date(), get_quarter(context))
    language = detect_language(rest)
    terms = parse_question(rest, lexicon, capitals_name=language != _CAPITALISES_NOUNS)
    allowed = replace(_build_filter(context, query, lexicon), private=private)
    if span:
        allowed = replace(allowed, start=_to_time(span.start), end=_to_time(span.end))
    if not terms:
        return SearchResult((), "none", terms, span)
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        unjudged = _update_index(context, archive)
        with archive.open_search() as index:
            languages = index.list_languages(_LANGUAGE_SAMPLE)
            is_foreign = languages.count(language) < _FOREIGN_BELOW * len(languages)
            wanted = _weigh(index, terms, allowed, is_foreign=is_foreign)
            found = _ask(index, wanted, context.now, limit)
    return replace(found, span=span, unjudged=unjudged)


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
    with Archive.open(context.workspace.archive_file, create=False) as archive:
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
        replace(hit, story=story_of.get(hit.id) or urls.get(hit.url) or hit.story) for hit in hits
    ]


def _update_index(context: AppContext, archive: Archive) -> int:
    try:
        return update_search_index(context, archive, most=JUDGED_AT_ONCE)
    except ArchiveError:  # another program writes: what is there is searched
        return 0


def _to_time(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


# ------------------------------------------------------------ filters


def _build_filter(context: AppContext, query: Query, lexicon: Lexicon) -> SearchFilter:
    """Return what a query's filters allow. Raises UsageError."""
    allowed = SearchFilter()
    for name, value in query.filters:
        if name.startswith("-"):
            labels = _read_label_filter(name[1:], value, lexicon)
            allowed = replace(allowed, without=(*allowed.without, *labels))
        elif name == "source":
            allowed = replace(allowed, sources=_find_sources(context, value))
        elif name == "kind":
            allowed = replace(allowed, kinds=(*allowed.kinds, value))
        elif name in ("after", "before", "quarter"):
            allowed = _limit_time(context, allowed, name, value)
        else:
            labels = _read_label_filter(name, value, lexicon)
            allowed = replace(allowed, labels=(*allowed.labels, labels))
    return allowed


def _limit_time(context: AppContext, allowed: SearchFilter, name: str, value: str) -> SearchFilter:
    if name == "quarter":
        settings = context.config.digest
        quarter = parse_quarter(value, context.now, settings.timezone, settings.fiscal_year_starts)
        days = quarter.days
        after_last = days[-1] + timedelta(days=1)
        return replace(allowed, start=_to_time(days[0]), end=_to_time(after_last))
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{name}:{value} is no day", "write it as 2026-07-31") from None
    if name == "after":  # the day itself counts
        return replace(allowed, start=_to_time(day))
    return replace(allowed, end=_to_time(day))


def _read_label_filter(name: str, value: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the labels of which a filter wants one."""
    if name == "vendor":
        from digest.search.words import fold_words

        meaning = lexicon.find_meaning(fold_words(value).replace("-", " "))
        labels = (
            [label for label in meaning.labels if label.startswith("vendor:")] if meaning else []
        )
        return tuple(labels) or (f"vendor:{value}",)
    known: Iterable[str] = {"event": EVENTS, "ai": AI_GRADES}.get(name, ())
    if name == "category":
        known = [*CATEGORIES, *GROUPS]
        if value in GROUPS and value not in CATEGORIES:
            slugs = [slug for slug, category in CATEGORIES.items() if category.group == value]
            return tuple(f"category:{slug}" for slug in slugs)
    if name == "in" and value != "edition":
        return (f"in:{value.upper()}",)
    if name != "in" and value not in known:
        raise UsageError(f"{name}:{value} is not known", f"one of: {', '.join(known)}")
    return (f"{name}:{value}",)


def _find_sources(context: AppContext, value: str) -> tuple[str, ...]:
    sources = context.config.sources
    wanted = value.casefold()
    found = [
        source.slug
        for source in sources
        if wanted == source.slug or wanted in source.name.casefold()
    ]
    return tuple(found) or (value,)


# ------------------------------------------------------------ candidates


def _weigh(
    index: SearchIndex,
    terms: Sequence[Term],
    allowed: SearchFilter,
    without: tuple[Term, ...] = (),
    *,
    is_foreign: bool = False,
) -> _Wanted:
    entries = max(1, index.count_entries())
    found = _find_parts(index, terms, entries)
    frequencies = {
        term.text: index.count_matches(term.write_match(near=True), _COUNTED + 1) for term in found
    }
    weights = weigh_terms(found, frequencies, entries, is_foreign=is_foreign)
    return _Wanted(tuple(found), allowed, weights, frequencies, without)


def _find_parts(index: SearchIndex, terms: Sequence[Term], entries: int) -> list[Term]:
    """Return the terms, those that no word begins with also as parts of longer words."""
    found = []
    for term in terms:
        form = term.exact[0]
        part = form.tokens[-1]
        if (
            len(term.exact) == len(form.tokens) == 1
            and len(part) > 3
            and not is_unspaced(part)
            and entries <= _MAX_PARTS_ENTRIES
            and not index.count_matches(f'"{part}"*', 1)
            and not index.count_matches(term.write_match(near=True), 1)
        ):
            longer = index.find_words_like(part, most=_PART_TERMS)
            term = replace(
                term, near=(*term.near, *(replace(form, tokens=(word,)) for word in longer))
            )
        found.append(term)
    return found


def _search(index: SearchIndex, wanted: _Wanted, now: datetime, limit: int) -> SearchResult:
    """Return what holds all words, in other forms where too little holds them as they are."""
    terms = wanted.terms
    if not terms:
        numbers = index.find_numbers("", wanted.allowed, most=_CANDIDATES)
        return SearchResult(_make_hits(index, numbers, wanted, now, limit), "all")
    numbers = _find_candidates(index, _join_all(terms, wanted.without), wanted)
    if len(numbers) < limit:
        match = _join_all(terms, wanted.without, near=True)
        numbers = [*numbers, *_find_candidates(index, match, wanted)]
    if not numbers:
        match = _join_all(terms, wanted.without, near=True, far=True)
        numbers = [*_find_candidates(index, match, wanted), *_find_by_labels(index, wanted)]
    hits = _make_hits(index, numbers, wanted, now, limit, all_terms=True)
    if hits:
        return SearchResult(hits, "all", terms)
    numbers = _find_loosely(index, wanted)
    hits = _make_hits(index, numbers, wanted, now, limit, floor=_MIN_COVERAGE / 2)
    return SearchResult(hits, "some" if hits else "none", terms)


def _ask(index: SearchIndex, wanted: _Wanted, now: datetime, limit: int) -> SearchResult:
    """Return what says most of a question; other words for it only where its own say too little."""
    numbers = _find_candidates(index, _join_all(wanted.terms, (), near=True), wanted)
    if len(numbers) < limit:
        numbers += _find_loosely(index, wanted)
    numbers += _find_by_labels(index, wanted)
    hits = _make_hits(index, numbers, wanted, now, limit, floor=_MIN_COVERAGE, names=True)
    if not hits or hits[0].coverage < _SAID_WELL:
        numbers += _find_by_other_words(index, wanted)
        hits = _make_hits(index, numbers, wanted, now, limit, floor=_MIN_COVERAGE, names=True)
    best = hits[0].score if hits else 0.0
    hits = tuple(hit for hit in hits if hit.score >= _MIN_OF_BEST * best)
    return SearchResult(hits, "all" if hits else "none", wanted.terms)


def _join_all(
    terms: Sequence[Term], without: Sequence[Term], *, near: bool = False, far: bool = False
) -> str:
    match = " AND ".join(term.write_match(near=near, far=far) for term in terms)
    for term in without:
        match = f"({match}) NOT {term.write_match()}"
    return match


def _find_candidates(index: SearchIndex, match: str, wanted: _Wanted) -> list[int]:
    """Return entries that hold an expression: the best where they can be counted, else the newest.

    Where there are more, those with the words in their titles come first.
    """
    is_few = sum(wanted.frequencies.values()) <= _COUNTED
    if is_few:
        return index.find_numbers(match, wanted.allowed, most=_CANDIDATES, by_relevance=True)
    in_title = index.find_numbers(f"title : ({match})", wanted.allowed, most=_CANDIDATES // 2)
    newest = index.find_numbers(match, wanted.allowed, most=_CANDIDATES // 2)
    return list(dict.fromkeys((*in_title, *newest)))


def _find_loosely(index: SearchIndex, wanted: _Wanted) -> list[int]:
    """Return entries that hold some of the terms, the rare ones before the frequent."""
    rarest = sorted(
        (term for term in wanted.terms if wanted.frequencies[term.text]),
        key=lambda term: (wanted.frequencies[term.text], term.text),
    )
    chosen: list[Term] = []
    total = 0
    for term in rarest:
        total += wanted.frequencies[term.text]
        if chosen and total > _COUNTED:
            break
        chosen.append(term)
    numbers: list[int] = []
    if chosen:
        match = " OR ".join(term.write_match(near=True) for term in chosen)
        few = total <= _COUNTED
        numbers = index.find_numbers(match, wanted.allowed, most=_CANDIDATES, by_relevance=few)
    return numbers


def _find_by_other_words(index: SearchIndex, wanted: _Wanted) -> list[int]:
    """Return entries that hold a weighty term and other words for one of the rest."""
    numbers: list[int] = []
    for term in sorted(wanted.terms, key=lambda term: -wanted.weights[term.text])[:_WEIGHTY]:
        others = [
            other
            for other in wanted.terms
            if other is not term and other.far and wanted.frequencies[other.text] <= _RARE
        ]
        if others and wanted.frequencies[term.text]:
            rest = " OR ".join(other.write_match(near=True, far=True) for other in others)
            match = f"{term.write_match(near=True)} AND ({rest})"
            numbers += index.find_numbers(match, wanted.allowed, most=_CANDIDATES // 3)
    return numbers


def _find_by_labels(index: SearchIndex, wanted: _Wanted) -> list[int]:
    """Return entries that are judged to be about what terms stand for."""
    labelled = [term for term in wanted.terms if term.labels]
    numbers: list[int] = []
    groups = tuple(term.labels for term in labelled)
    if len(groups) > 1 or (groups and len(wanted.terms) == 1):
        allowed = replace(wanted.allowed, labels=(*wanted.allowed.labels, *groups))
        numbers += index.find_numbers("", allowed, most=_LABEL_CANDIDATES)
    for term in wanted.terms:
        for other in labelled:
            if other is not term and wanted.frequencies[term.text]:
                allowed = replace(wanted.allowed, labels=(*wanted.allowed.labels, other.labels))
                match = term.write_match(near=True)
                numbers += index.find_numbers(match, allowed, most=_LABEL_CANDIDATES)
    return numbers


# ------------------------------------------------------------ hits


def _make_hits(
    index: SearchIndex,
    numbers: Iterable[int],
    wanted: _Wanted,
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
    if wanted.without:
        refused = TermCounter(wanted.without)
        candidates = [one for one in candidates if not refused.says_any(one.title, one.body)]
    ranked = rank_candidates(candidates, wanted.terms, wanted.weights, now)
    named = {
        term.text: wanted.weights[term.text]
        for term in wanted.terms
        if names and term.kind == "name"
    }
    least_named = _MIN_NAMES * sum(named.values())
    kept = [
        one
        for one in ranked
        if one.coverage >= floor
        and (not all_terms or len(one.matched) == len(wanted.terms))
        and sum(named.get(text, 0.0) for text in one.matched) >= least_named
    ]
    marker = make_highlighter(wanted.terms)
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
