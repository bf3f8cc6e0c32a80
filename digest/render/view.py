"""From an Edition to what the templates need: words chosen, links checked, text cut, nothing left to decide.

Pure. What comes from outside is made safe here once: control characters are taken out, an address that is no web
address is no link, and a text that the page's fonts cannot write is replaced by a note in our own words. Escaping is
the templates' business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from digest.model import (
    EVIDENCE_GRADES,
    Counts,
    CoverageRow,
    Edition,
    EditionStory,
    Evidence,
    Move,
    Note,
    Reference,
    Relation,
    Section,
)
from digest.render import charts
from digest.render.ours import GAIN, Ours, ours
from digest.render.prose import prose
from digest.render.words import (
    AI,
    EVENTS,
    EVIDENCE,
    EVIDENCE_COUNTS,
    EVIDENCE_MEANS,
    N_,
    POINTS,
    QUALITY,
    RELATIONS,
    SECTIONS,
    STATES,
    TIERS,
    Words,
    direction,
    language_tag,
)
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean, plain, shorten
from digest.urls import host, is_web

_WITH_AI = ("core", "applied")
_LONGEST_SENTENCE = 400  # characters; what is longer is no sentence, and is cut
_ROOMY = 3  # sentences: with room for fewer, a story's own words go before what other editions and sources said
_REASONS = 7  # why items were left out; the rest is one line

Legible = Callable[[str], str | None]  # a text as it can be written, None where it cannot


@dataclass(frozen=True, slots=True)
class Cuts:
    """How much of a story is printed: lengths in characters, numbers of lines."""

    title: int
    sentences: int
    characters: int  # of the summary, all sentences together
    whys: int
    quotes: int
    sources: int


WHOLE = Cuts(title=600, sentences=12, characters=3000, whys=12, quotes=12, sources=60)


@dataclass(frozen=True, slots=True)
class Printing:
    """What a medium can take. `first`: cuts of the quarter in five; `kept`: section → ids of the stories that are
    printed (None: all); `rows`: the most lines of the coverage table; `legible`: what its fonts can write."""

    cuts: Cuts = WHOLE
    first: Cuts = WHOLE
    legend: bool = True  # whether page one has room for the steps of proof
    kept: Mapping[str, frozenset[str]] | None = None
    rows: int = 100_000
    brief: bool = False  # the stack's pages cut to what paper holds
    legible: Legible = str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a source, or a quotation, with its label and address ("" where it has no safe one)."""

    text: str
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class SourceLink:
    """One report of a story."""

    name: str
    href: str
    title: str
    via: str
    day: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A grade in words, and its step on the ladder (1 to 3)."""

    slug: str
    label: str
    step: int


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as it is printed."""

    id: str
    number: int  # its place among the five, 0 elsewhere
    title: str
    lang: str
    dir: str
    ours: bool  # the title is a note of ours, since the fonts lack the script
    href: str
    host: str
    summary: tuple[Line, ...]
    why: tuple[str, ...]
    context: tuple[Line, ...]  # what an earlier edition told, and where sources differ
    quotes: tuple[Line, ...]
    event: str
    event_slug: str
    category: str
    category_slug: str
    ai: str
    ai_slug: str
    evidence: Badge | None
    vendors: tuple[str, ...]
    sources: tuple[SourceLink, ...]
    more_sources: int
    day: str
    iso_day: str
    relation_slug: str
    note: Markup  # the team's, in HTML of ours
    note_text: str  # the same in plain words


@dataclass(frozen=True, slots=True)
class Group:
    """Stories under one heading; `means` explains it. One group without a name is a section without headings."""

    slug: str
    name: str
    means: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of the briefing."""

    slug: str
    name: str
    lead: str
    groups: tuple[Group, ...]
    also: tuple[StoryView, ...]  # told before, in the quarter in five
    note: str
    more: str  # how many stories stand in the HTML only; "" where all are here


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the first page, and how it moved."""

    value: str
    label: str
    change: str


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A source in the table of sources."""

    source: str
    href: str
    tier: str
    items: str
    printed: str
    state: str
    state_slug: str
    days: charts.Days | None
    problem: str


@dataclass(frozen=True, slots=True)
class Method:
    """The page on sources, coverage and quality."""

    name: str
    lead: str
    strip: charts.Strip | None
    lines: tuple[CoverageLine, ...]
    more: str
    left_out: tuple[tuple[str, str], ...]
    quality: tuple[tuple[str, str], ...]
    made: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that the page's filter offers."""

    slug: str
    label: str
    stories: int


@dataclass(frozen=True, slots=True)
class Page:
    """All that a template needs."""

    lang: str
    title: str
    organisation: str
    heading: str  # title and quarter, for the document's title
    quarter: str
    short_quarter: str
    days: str
    sentence: str
    banners: tuple[str, ...]
    figures: tuple[Figure, ...]
    five: SectionView
    sections: tuple[SectionView, ...]
    method: Method
    trend: tuple[str, ...]  # what moved since the quarter before, a sentence each
    glance: str  # the name of the section of pictures; "" where there is nothing to show
    legend: tuple[tuple[Badge, str], ...]  # the steps of proof, and what they mean
    matrix: charts.Matrix | None
    ladder: charts.Bars | None
    share: charts.Bars | None
    filters: Mapping[str, tuple[Choice, ...]]
    created: str  # ISO 8601
    letter: Markup  # the editor's
    decisions: tuple[tuple[str, str], ...]  # what was decided; by whom, until when
    ours: Ours | None  # the pages of the stack
    gain: str  # what a stack.yaml would add; "" where there is one


def page(edition: Edition, words: Words, printing: Printing | None = None) -> Page:
    """What the templates need, for one medium."""
    printing = printing or Printing()
    teller = _Teller(words, printing)
    title = teller.text(edition.title, 80) or words.say(N_("Martech digest"))
    quarter = words.quarter(clean(edition.quarter))
    views = {section.slug: teller.section(section, edition) for section in edition.sections}
    empty = SectionView("five", words.label(SECTIONS, "five"), "", (), (), "", "")
    return Page(
        lang=words.language,
        title=title,
        organisation=teller.text(edition.organisation, 80),
        heading=f"{title}, {quarter}",
        quarter=quarter,
        short_quarter=words.short_quarter(clean(edition.quarter)),
        days=words.say(
            N_("%(first)s – %(last)s"), first=words.long_day(edition.start), last=words.long_day(_last(edition.end))
        ),
        sentence=_sentence(edition, words),
        banners=_banners(edition, words),
        figures=_figures(edition, words),
        five=views.pop("five", empty),
        sections=tuple(views.values()),
        method=teller.method(edition),
        trend=tuple(_trend(edition, words)),
        glance=words.label(SECTIONS, "glance") if edition.stories else "",
        legend=()
        if not printing.legend
        else tuple((teller.badge(slug), words.label(EVIDENCE_MEANS, slug)) for slug in EVIDENCE_GRADES),
        matrix=charts.matrix(edition, words),
        ladder=charts.evidence_ladder(edition, words),
        share=charts.ai_share(edition, words),
        filters=_filters(edition, words),
        created=edition.as_of.isoformat(),
        letter=teller.prose(edition.letter),
        decisions=tuple(teller.decisions(edition)),
        ours=ours(edition, words, teller.text, _told(edition, printing), brief=printing.brief),
        gain="" if edition.stack else words.say(GAIN),
    )


def _told(edition: Edition, printing: Printing) -> frozenset[str]:
    """The ids of the stories that stand in the medium."""
    if printing.kept is None:
        return frozenset(story.id for story in edition.stories)
    return frozenset().union(*printing.kept.values())


@dataclass(frozen=True, slots=True)
class _Teller:
    words: Words
    printing: Printing

    def section(self, section: Section, edition: Edition) -> SectionView:
        words, slug = self.words, section.slug
        kept = self.printing.kept.get(slug) if self.printing.kept is not None else None
        stories = [story for story in section.stories if kept is None or story.id in kept]
        five = {story.id: story for one in edition.sections if one.slug == "five" for story in one.stories}
        also = [five[told] for told in section.told_before if told in five]
        dropped = len(section.stories) - len(stories)
        more = words.count(
            "%(n)s more story of this section stands in the HTML edition and in the data attached to this file.",
            "%(n)s more stories of this section stand in the HTML edition and in the data attached to this file.",
            dropped,
        )
        return SectionView(
            slug=slug,
            name=words.label(SECTIONS, slug),
            lead=self._lead(section, [*also, *section.stories]),
            groups=tuple(self._groups(slug, stories)),
            also=tuple(self.story(story, self.printing.cuts) for story in also),
            note=words.say(section.note) if section.note else "",
            more=more if dropped else "",
        )

    def story(self, story: EditionStory, cuts: Cuts, number: int = 0) -> StoryView:
        words = self.words
        title, ours = self._title(story, cuts.title)
        lang = words.language if ours else language_tag(story.language)
        lead = story.items[0] if story.items else None
        reports, more = self._sources(story.items, cuts.sources)
        return StoryView(
            id=story.id,
            number=number,
            title=title,
            lang=lang,
            dir=direction(lang),
            ours=ours,
            href=_href(lead.url if lead else ""),
            host=host(lead.url) if lead else "",
            summary=tuple(self._summary(story, cuts)),
            why=tuple(
                filter(None, (_unbroken(self.text(words.tell(why), 260)) for why in story.why_it_matters[: cuts.whys]))
            ),
            context=tuple(self._context(story)) if cuts.sentences >= _ROOMY else (),
            quotes=tuple(self._quotes(story, cuts.quotes)),
            event=words.label(EVENTS, story.event),
            event_slug=story.event,
            category=words.category(story.category),
            category_slug=story.category or "none",
            ai=words.label(AI, story.ai),
            ai_slug=story.ai,
            evidence=self.badge(story.evidence) if story.evidence else None,
            vendors=tuple(filter(None, (self.text(name, 60) for name in story.vendors[:4]))),
            sources=reports,
            more_sources=more,
            day=words.day(story.published),
            iso_day=story.published.astimezone(words.zone).date().isoformat(),
            relation_slug=story.relation.kind if story.relation else "none",
            note=self.prose(story.note),
            note_text=plain(self.prose(story.note)),
        )

    def method(self, edition: Edition) -> Method:
        words = self.words
        rows = sorted(edition.coverage, key=_by_use)
        shown = rows[: self.printing.rows]
        dropped = len(rows) - len(shown)
        more = words.count(
            "%(n)s more source stands in the HTML edition and in the data attached to this file.",
            "%(n)s more sources stand in the HTML edition and in the data attached to this file.",
            dropped,
        )
        return Method(
            name=words.label(SECTIONS, "sources"),
            lead=_coverage_sentence(edition, words),
            strip=charts.coverage_strip(edition, words),
            lines=tuple(self._coverage(row) for row in shown),
            more=more if dropped else "",
            left_out=self._left_out(edition.left_out),
            quality=tuple((_figure_name(name, words), _figure(v, words)) for name, v in edition.quality.items()),
            made=_made(edition, words),
        )

    def _left_out(self, counts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
        words, told = self.words, _most_first(counts)
        rows = [(self.text(words.say(why), 90), words.number(n)) for why, n in told[:_REASONS]]
        if rest := told[_REASONS:]:
            rows.append((words.say(N_("for other reasons")), words.number(sum(n for _, n in rest))))
        return tuple(rows)

    def _lead(self, section: Section, stories: Sequence[EditionStory]) -> str:
        """The section in one sentence of counts."""
        words = self.words
        if not stories or section.slug == "five":
            return ""
        told = words.count("%(n)s story", "%(n)s stories", len(stories))
        if section.slug == "categories":
            number = len({story.category for story in stories if story.category})
            where = words.count("in %(n)s stack category", "in %(n)s stack categories", number)
            return words.say(N_("%(told)s %(where)s."), told=told, where=where)
        if section.slug == "ai-watch":
            grades = {slug: sum(story.evidence == slug for story in stories) for slug in EVIDENCE_GRADES}
            parts = [words.count(*EVIDENCE_COUNTS[slug], n) for slug, n in grades.items() if n]
        else:
            kinds: Counter[str] = Counter(story.event for story in stories)
            parts = [f"{words.label(EVENTS, slug).lower()} {words.number(n)}" for slug, n in _most_first(kinds)]
        if len(parts) < 2:
            return words.say(N_("%(told)s."), told=told)
        return words.say(N_("%(told)s: %(parts)s."), told=told, parts=", ".join(parts))

    def _groups(self, slug: str, stories: Sequence[EditionStory]) -> Iterable[Group]:
        if slug == "five":
            first = tuple(self.story(story, self.printing.first, n) for n, story in enumerate(stories, 1))
            yield from [Group("five", "", "", first)] if first else []
            return
        keys: dict[str, list[EditionStory]] = {}
        for story in stories:
            keys.setdefault(self._key(slug, story), []).append(story)
        for key in _ordered(slug, keys):
            told = keys[key]
            if slug == "categories":
                told = sorted(told, key=lambda one: self.words.category(one.category))
            yield self._group(slug, key, tuple(self.story(story, self.printing.cuts) for story in told))

    def _key(self, slug: str, story: EditionStory) -> str:
        """What a section groups its stories by."""
        if slug == "ai-watch":
            return story.evidence or ""
        if slug == "categories":
            known = CATEGORIES.get(story.category or "")
            return known.group if known else ""
        return story.event if slug == "deals" else ""

    def _group(self, slug: str, key: str, told: tuple[StoryView, ...]) -> Group:
        words = self.words
        anchor = f"{slug}-{key or 'other'}"
        if slug == "ai-watch":
            name = words.label(EVIDENCE, key) if key else words.say(N_("No claim to prove"))
            return Group(anchor, name, words.label(EVIDENCE_MEANS, key), told)
        if slug == "categories":
            return Group(anchor, words.label(GROUPS, key) if key else words.category(None), "", told)
        return Group(anchor, words.label(EVENTS, key) if slug == "deals" else "", "", told)

    def decisions(self, edition: Edition) -> Iterable[tuple[str, str]]:
        """What the team decided, and of each who does it until when."""
        for one in edition.decisions:
            day = self.words.tell(Note("%(day)s", day=one.due)) if one.due else ""
            yield self.text(one.what, 200), ", ".join(filter(None, (self.text(one.owner, 60), day)))

    def badge(self, grade: Evidence) -> Badge:
        step = len(EVIDENCE_GRADES) - EVIDENCE_GRADES.index(grade)
        return Badge(grade, self.words.label(EVIDENCE, grade), step)

    def _title(self, story: EditionStory, most: int) -> tuple[str, bool]:
        if title := self.text(story.title, most):
            return title, False
        words = self.words
        if self.printing.legible(clean(story.title)) is not None:
            return words.say(N_("A report without a title")), True
        name = words.language_name(story.language)
        return words.say(N_("A report in %(language)s: its title stands in the HTML edition"), language=name), True

    def _summary(self, story: EditionStory, cuts: Cuts) -> Iterable[Line]:
        """Whole sentences, as many as there is room for; the first one always, if any is wanted."""
        left = cuts.characters
        for place, sentence in enumerate(story.summary[: cuts.sentences]):
            text = self.text(sentence.text, max(left, _LONGEST_SENTENCE))
            if text and (place == 0 or len(text) <= left):
                yield Line(text, _href(sentence.url), self.text(sentence.source, 80))
                left -= len(text)

    def _context(self, story: EditionStory) -> Iterable[Line]:
        words, thread = self.words, story.thread
        if thread and (title := self.text(thread.earlier.title, 160)):
            told = words.say(
                N_("in %(quarter)s as “%(title)s”; new since: %(news)s"),
                quarter=words.quarter(clean(thread.earlier.edition)),
                title=title,
                news=", ".join(map(words.tell, thread.news)),
            )
            yield Line(told, _href(thread.earlier.url), words.say(N_("Told before")))
        for first, second in story.conflicts:
            told = words.say(
                N_("%(first)s says “%(one)s”, %(second)s says “%(other)s”"),
                first=self.text(first.source, 60),
                one=self.text(first.text, 200),
                second=self.text(second.source, 60),
                other=self.text(second.text, 200),
            )
            yield Line(told, "", words.say(N_("Sources differ")))

    def _quotes(self, story: EditionStory, most: int) -> Iterable[Line]:
        for point in story.points[:most]:
            if text := self.text(point.quote, 240):
                yield Line(text, "", self.words.label(POINTS, point.kind))

    def _sources(self, items: Sequence[Reference], most: int) -> tuple[tuple[SourceLink, ...], int]:
        """The reports, one a publisher, the lead first."""
        reports: dict[str, Reference] = {}
        for item in items:
            reports.setdefault(item.source, item)
        links = [self._report(item) for item in reports.values()]
        return tuple(links[:most]), max(0, len(links) - most)

    def _report(self, item: Reference) -> SourceLink:
        return SourceLink(
            name=self.text(item.source, 60) or host(item.url),
            href=_href(item.url),
            title=self.text(item.title, 300),
            via=self.text(item.via or "", 60),
            day=self.words.day(item.published) if item.published else "",
        )

    def _coverage(self, row: CoverageRow) -> CoverageLine:
        words = self.words
        return CoverageLine(
            source=self.text(row.source, 60) or host(row.url or ""),
            href=_href(row.url or ""),
            tier=words.label(TIERS, row.tier),
            items=words.number(row.items),
            printed=words.number(row.in_edition),
            state=words.label(STATES, row.state),
            state_slug=row.state.replace(" ", "-"),
            days=charts.source_days(row.days, words),
            problem=self.text(row.problem, 160),
        )

    def prose(self, text: str) -> Markup:
        """The team's Markdown as HTML; nothing where the fonts lack its letters."""
        legible = self.printing.legible(clean(text)) is not None
        return prose(text) if text and legible else Markup()

    def text(self, text: str, most: int) -> str:
        """A text from outside, cut, in letters that the fonts have; "" where they have not."""
        return shorten(self.printing.legible(clean(text[: most * 4])) or "", most)


def _ordered(slug: str, keys: Iterable[str]) -> list[str]:
    """Groups by proof in AI watch, in the taxonomy's order in categories, as they come elsewhere."""
    order = {"ai-watch": [*EVIDENCE_GRADES, ""], "categories": [*GROUPS, ""]}.get(slug)
    return sorted(keys, key=order.index) if order else list(keys)


def _href(url: str) -> str:
    """An address that may be a link: absolute http or https; "" for anything else."""
    url = clean(url)
    return url if is_web(url) else ""


def _unbroken(text: str) -> str:
    """A text whose amounts stay on one line with their currency."""
    return re.sub(r"(?<=\d) (?=[€$£¥]|[A-Z]{3}\b)", "\N{NO-BREAK SPACE}", text)


def _last(end: datetime) -> datetime:
    """The last day of a half-open interval."""
    return datetime.fromtimestamp(end.timestamp() - 1, end.tzinfo)


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _by_use(row: CoverageRow) -> tuple[int, int, int, str]:
    """Sources with a problem first, then those that gave most."""
    return (0 if row.state in ("failed", "never read") else 1, -row.in_edition, -row.items, row.source.casefold())


def _sentence(edition: Edition, words: Words) -> str:
    """The quarter in one sentence of counts, and one on AI."""
    counts = edition.counts
    if not counts.stories:
        return words.say(N_("No story about marketing technology was found in this quarter."))
    items = words.count("%(n)s item", "%(n)s items", counts.items)
    sources = words.count("%(n)s source", "%(n)s sources", counts.sources)
    stories = words.count("%(n)s story", "%(n)s stories", counts.stories)
    found = words.say(
        N_("%(items)s from %(sources)s told %(stories)s; this briefing holds the %(told)s that matter most."),
        items=items, sources=sources, stories=stories, told=words.number(len(edition.stories)),
    )  # fmt: skip
    ai, proven = _sum(counts.by_ai, _WITH_AI), counts.by_evidence.get("evidenced", 0)
    if not ai:
        return found
    with_ai = words.count("AI is in %(n)s of all stories", "AI is in %(n)s of all stories", ai)
    proof = words.say(N_("none of them gives proof"))
    if proven:
        proof = words.count("%(n)s of them gives proof", "%(n)s of them give proof", proven)
    return f"{found} " + words.say(N_("%(ai)s; %(proof)s."), ai=with_ai, proof=proof)


def _banners(edition: Edition, words: Words) -> tuple[str, ...]:
    found = []
    if edition.sample:
        found.append(words.say(N_("Sample: every company, product and story here is made up.")))
    if edition.so_far:
        found.append(
            words.say(
                N_("So far: the quarter ends on %(end)s; this is how it stood on %(now)s."),
                end=words.long_day(_last(edition.end)),
                now=words.long_day(edition.as_of),
            )
        )
    return tuple(found)


def _figures(edition: Edition, words: Words) -> tuple[Figure, ...]:
    def figure(label: str, value: Callable[[Counts], float | None], say: Callable[[float], str]) -> Figure:
        now = value(edition.counts)
        before = value(edition.counts_before) if edition.counts_before else None
        return Figure("–" if now is None else say(now), words.say(label), _change(now, before, say, edition, words))

    return (
        figure(N_("martech stories in the quarter"), lambda counts: counts.stories, words.number),
        figure(
            N_("of them with AI as subject or working part"),
            lambda counts: _share(_sum(counts.by_ai, _WITH_AI), counts.by_ai),
            words.percent,
        ),
        figure(
            N_("of AI claims come with proof"),
            lambda counts: _share(counts.by_evidence.get("evidenced", 0), counts.by_evidence),
            words.percent,
        ),
    )


def _change(
    now: float | None, before: float | None, say: Callable[[float], str], edition: Edition, words: Words
) -> str:
    """How a figure moved against the quarter before, in words."""
    if now is None or before is None:
        return words.say(N_("no earlier quarter is held")) if edition.counts_before is None else ""
    quarter = words.quarter_before(edition.quarter)
    if say(now) == say(before):
        return words.say(N_("as in %(quarter)s"), quarter=quarter)
    moved = N_("up from %(value)s in %(quarter)s") if now > before else N_("down from %(value)s in %(quarter)s")
    return words.say(moved, value=say(before), quarter=quarter)


def _trend(edition: Edition, words: Words) -> Iterable[str]:
    """What grew and what fell, and whether the sources were the same."""
    trend = edition.trend
    if trend is None:
        return
    quarter = words.quarter_before(edition.quarter)
    changed = [
        words.count("%(n)s is new", "%(n)s are new", trend.sources_new) if trend.sources_new else "",
        words.count("%(n)s gave nothing this time", "%(n)s gave nothing this time", trend.sources_gone)
        if trend.sources_gone
        else "",
    ]
    told = [part for part in changed if part]
    counted = words.count(
        "Against %(quarter)s, counted in the %(n)s source that gave items in both quarters",
        "Against %(quarter)s, counted in the %(n)s sources that gave items in both quarters",
        trend.sources,
        quarter=quarter,
    )
    yield f"{counted} ({', '.join(told)})." if told else f"{counted}."
    for moves, says in ((trend.grew, N_("Grew: %(moves)s.")), (trend.fell, N_("Fell: %(moves)s."))):
        parts = [
            words.say(
                N_("%(what)s %(now)s of %(stories)s stories, after %(then)s of %(before)s"),
                what=_part_named(move, words), now=words.number(move.now), stories=words.number(trend.stories),
                then=words.number(move.then), before=words.number(trend.stories_before),
            )
            for move in moves
        ]  # fmt: skip
        if parts:
            yield words.say(says, moves="; ".join(parts))
    if not trend.grew and not trend.fell:
        yield words.say(N_("No category, kind of news or grade of AI moved by more than chance."))


def _part_named(move: Move, words: Words) -> str:
    if move.field == "category":
        return words.category(move.slug)
    return words.label(EVENTS if move.field == "event" else AI, move.slug)


def _sum(counts: Mapping[str, int], slugs: Sequence[str]) -> int:
    return sum(counts.get(slug, 0) for slug in slugs)


def _share(part: int, counts: Mapping[str, int]) -> float | None:
    """The part of all; None of nothing."""
    total = sum(counts.values())
    return part / total if total else None


def _coverage_sentence(edition: Edition, words: Words) -> str:
    rows = edition.coverage
    failed = sum(row.state in ("failed", "never read") for row in rows)
    said = words.count(
        "%(n)s source is followed; %(gave)s gave items of this quarter.",
        "%(n)s sources are followed; %(gave)s gave items of this quarter.",
        len(rows),
        gave=words.number(sum(row.items > 0 for row in rows)),
    )
    if not failed:
        return said
    return f"{said} " + words.count(
        "%(n)s could not be read and stands first in the table.",
        "%(n)s could not be read and stand first in the table.",
        failed,
    )


def _figure_name(name: str, words: Words) -> str:
    """The name of a quality figure as a reader knows it; the name itself where we have no better."""
    return words.label(QUALITY, clean(name))


def _figure(value: float, words: Words) -> str:
    return words.percent(value) if 0 <= value <= 1 else words.number(value)


def _made(edition: Edition, words: Words) -> tuple[tuple[str, str], ...]:
    return (
        (words.say(N_("Built")), words.moment(edition.as_of)),
        (words.say(N_("Program")), clean(edition.version)),
        (words.say(N_("Archive")), clean(edition.archive_fingerprint)),
        (words.say(N_("Settings")), clean(edition.config_fingerprint)[:16]),
    )


def _filters(edition: Edition, words: Words) -> Mapping[str, tuple[Choice, ...]]:
    def choices(field: str, say: Callable[[str], str]) -> tuple[Choice, ...]:
        counts: dict[str, int] = {}
        for story in edition.stories:
            slug = getattr(story, field) or "none"
            slug = slug.kind if isinstance(slug, Relation) else slug
            counts[slug] = counts.get(slug, 0) + 1
        return tuple(sorted((Choice(slug, say(slug), n) for slug, n in counts.items()), key=lambda one: one.label))

    return {
        "category": choices("category", lambda slug: words.category(None if slug == "none" else slug)),
        "ai": choices("ai", lambda slug: words.label(AI, slug)),
        "evidence": tuple(one for one in choices("evidence", lambda s: words.label(EVIDENCE, s)) if one.slug != "none"),
        "event": choices("event", lambda slug: words.label(EVENTS, slug)),
        "relation": choices("relation", lambda slug: words.label(RELATIONS, slug)) if edition.stack else (),
    }
