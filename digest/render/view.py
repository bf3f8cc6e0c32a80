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

from digest.i18n import TranslatableText
from digest.model.edition import (
    CoverageRow,
    Edition,
    EditionStory,
    QuarterCounts,
    Reference,
    Section,
    TrendChange,
)
from digest.model.stack import Relation
from digest.model.tags import EVIDENCE_GRADES, Evidence
from digest.render import charts
from digest.render.prose import render_markdown
from digest.render.stack_view import NO_STACK_NOTE, StackPages, build_stack_pages
from digest.render.words import (
    EVENTS,
    LABELS,
    N_,
    SECTIONS,
    Localizer,
    get_text_direction,
    sanitize_language_tag,
)
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text, html_to_text, truncate_text
from digest.urls import extract_host, is_web_url

_WITH_AI = ("core", "applied")
_MAX_SENTENCE_LENGTH = 400  # characters; what is longer is no sentence, and is cut
_MIN_CONTEXT_SENTENCES = 3  # sentences: with room for fewer, a story's own words go before what other editions and sources said
_MAX_REASONS = 7  # why items were left out; the rest is one line

Legible = Callable[[str], str | None]  # a text as it can be written, None where it cannot


@dataclass(frozen=True, slots=True)
class StoryLimits:
    """How much of a story is printed: lengths in characters, numbers of lines."""

    title: int
    sentences: int
    characters: int  # of the summary, all sentences together
    whys: int
    quotes: int
    sources: int


FULL_LIMITS = StoryLimits(title=600, sentences=12, characters=3000, whys=12, quotes=12, sources=60)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a medium can take. `first`: cuts of the quarter in five; `kept`: section → ids of the stories that are
    printed (None: all); `rows`: the most lines of the coverage table; `legible`: what its fonts can write."""

    limits: StoryLimits = FULL_LIMITS
    first_limits: StoryLimits = FULL_LIMITS
    legend: bool = True  # whether page one has room for the steps of proof
    kept: Mapping[str, frozenset[str]] | None = None
    rows: int = 100_000
    brief: bool = False  # the stack's pages cut to what paper holds
    legible: Legible = str


@dataclass(frozen=True, slots=True)
class SourcedLine:
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
    has_placeholder_title: bool  # the title is a note of ours, since the fonts lack the script
    href: str
    host: str
    summary: tuple[SourcedLine, ...]
    why: tuple[str, ...]
    context: tuple[SourcedLine, ...]  # what an earlier edition told, and where sources differ
    quotes: tuple[SourcedLine, ...]
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
class StoryGroup:
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
    groups: tuple[StoryGroup, ...]
    also: tuple[StoryView, ...]  # told before, in the quarter in five
    note: str
    more: str  # how many stories stand in the HTML only; "" where all are here


@dataclass(frozen=True, slots=True)
class KeyFigure:
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
    days: charts.SourceDayStrip | None
    problem: str


@dataclass(frozen=True, slots=True)
class MethodView:
    """The page on sources, coverage and quality."""

    name: str
    lead: str
    strip: charts.CoverageStrip | None
    lines: tuple[CoverageLine, ...]
    more: str
    left_out: tuple[tuple[str, str], ...]
    quality: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value that the page's filter offers."""

    slug: str
    label: str
    stories: int


@dataclass(frozen=True, slots=True)
class PageView:
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
    figures: tuple[KeyFigure, ...]
    five: SectionView
    sections: tuple[SectionView, ...]
    method: MethodView
    trend: tuple[str, ...]  # what moved since the quarter before, a sentence each
    glance: str  # the name of the section of pictures; "" where there is nothing to show
    legend: tuple[tuple[Badge, str], ...]  # the steps of proof, and what they mean
    matrix: charts.EventMatrix | None
    ladder: charts.BarChart | None
    share: charts.BarChart | None
    filters: Mapping[str, tuple[FilterChoice, ...]]
    created: str  # ISO 8601
    letter: Markup  # the editor's
    decisions: tuple[tuple[str, str], ...]  # what was decided; by whom, until when
    stack_pages: StackPages | None  # the pages of the stack
    no_stack_note: str  # what a stack.yaml would add; "" where there is one


def build_page_view(
    edition: Edition, words: Localizer, printing: RenderOptions | None = None
) -> PageView:
    """What the templates need, for one medium."""
    printing = printing or RenderOptions()
    teller = _ViewBuilder(words, printing)
    title = teller.fit_text(edition.title, 80) or words.translate(N_("Martech digest"))
    quarter = words.format_quarter(clean_text(edition.quarter))
    views = {section.slug: teller.build_section(section, edition) for section in edition.sections}
    empty = SectionView("five", words.translate_label(SECTIONS, "five"), "", (), (), "", "")
    return PageView(
        lang=words.language,
        title=title,
        organisation=teller.fit_text(edition.organisation, 80),
        heading=f"{title}, {quarter}",
        quarter=quarter,
        short_quarter=words.format_quarter(clean_text(edition.quarter), short=True),
        days=words.translate(
            N_("%(first)s – %(last)s"),
            first=words.format_long_day(edition.start),
            last=words.format_long_day(_get_last_day(edition.end)),
        ),
        sentence=_describe_quarter(edition, words),
        banners=_build_banners(edition, words),
        figures=_build_figures(edition, words),
        five=views.pop("five", empty),
        sections=tuple(views.values()),
        method=teller.build_method(edition),
        trend=tuple(_describe_trend(edition, words)),
        glance=words.translate_label(SECTIONS, "glance") if edition.stories else "",
        legend=()
        if not printing.legend
        else tuple(
            (teller.build_badge(slug), words.translate_label(LABELS["evidence_descriptions"], slug))
            for slug in EVIDENCE_GRADES
        ),
        matrix=charts.build_matrix(edition, words),
        ladder=charts.build_evidence_ladder(edition, words),
        share=charts.build_ai_share(edition, words),
        filters=_build_filters(edition, words),
        created=edition.as_of.isoformat(),
        letter=teller.render_team_text(edition.letter),
        decisions=tuple(teller.iter_decisions(edition)),
        stack_pages=build_stack_pages(
            edition,
            words,
            teller.fit_text,
            _collect_printed_ids(edition, printing),
            brief=printing.brief,
        ),
        no_stack_note="" if edition.stack else words.translate(NO_STACK_NOTE),
    )


def _collect_printed_ids(edition: Edition, printing: RenderOptions) -> frozenset[str]:
    """The ids of the stories that stand in the medium."""
    if printing.kept is None:
        return frozenset(story.id for story in edition.stories)
    return frozenset().union(*printing.kept.values())


@dataclass(frozen=True, slots=True)
class _ViewBuilder:
    words: Localizer
    printing: RenderOptions

    def build_section(self, section: Section, edition: Edition) -> SectionView:
        words, slug = self.words, section.slug
        kept = self.printing.kept.get(slug) if self.printing.kept is not None else None
        stories = [story for story in section.stories if kept is None or story.id in kept]
        five = {
            story.id: story
            for one in edition.sections
            if one.slug == "five"
            for story in one.stories
        }
        also = [five[told] for told in section.told_before if told in five]
        dropped = len(section.stories) - len(stories)
        more = words.translate_plural(
            "%(n)s more story of this section stands in the HTML edition and in the data attached to this file.",
            "%(n)s more stories of this section stand in the HTML edition and in the data attached to this file.",
            dropped,
        )
        return SectionView(
            slug=slug,
            name=words.translate_label(SECTIONS, slug),
            lead=self._describe_section(section, [*also, *section.stories]),
            groups=tuple(self._iter_groups(slug, stories)),
            also=tuple(self.build_story(story, self.printing.limits) for story in also),
            note=words.translate(section.note) if section.note else "",
            more=more if dropped else "",
        )

    def build_story(self, story: EditionStory, limits: StoryLimits, number: int = 0) -> StoryView:
        words = self.words
        title, ours = self._format_title(story, limits.title)
        lang = words.language if ours else sanitize_language_tag(story.language)
        lead = story.items[0] if story.items else None
        reports, more = self._build_source_links(story.items, limits.sources)
        return StoryView(
            id=story.id,
            number=number,
            title=title,
            lang=lang,
            dir=get_text_direction(lang),
            has_placeholder_title=ours,
            href=_to_safe_href(lead.url if lead else ""),
            host=extract_host(lead.url) if lead else "",
            summary=tuple(self._iter_summary(story, limits)),
            why=tuple(
                filter(
                    None,
                    (
                        _avoid_amount_breaks(self.fit_text(words.translate_note(why), 260))
                        for why in story.why_it_matters[: limits.whys]
                    ),
                )
            ),
            context=tuple(self._iter_context(story))
            if limits.sentences >= _MIN_CONTEXT_SENTENCES
            else (),
            quotes=tuple(self._iter_quotes(story, limits.quotes)),
            event=words.translate_label(EVENTS, story.event),
            event_slug=story.event,
            category=words.translate_category(story.category),
            category_slug=story.category or "none",
            ai=words.translate_label(LABELS["ai"], story.ai),
            ai_slug=story.ai,
            evidence=self.build_badge(story.evidence) if story.evidence else None,
            vendors=tuple(filter(None, (self.fit_text(name, 60) for name in story.vendors[:4]))),
            sources=reports,
            more_sources=more,
            day=words.format_day(story.published),
            iso_day=story.published.astimezone(words.zone).date().isoformat(),
            relation_slug=story.relation.kind if story.relation else "none",
            note=self.render_team_text(story.note),
            note_text=html_to_text(self.render_team_text(story.note)),
        )

    def build_method(self, edition: Edition) -> MethodView:
        words = self.words
        rows = sorted(edition.coverage, key=_get_coverage_sort_key)
        shown = rows[: self.printing.rows]
        dropped = len(rows) - len(shown)
        more = words.translate_plural(
            "%(n)s more source stands in the HTML edition and in the data attached to this file.",
            "%(n)s more sources stand in the HTML edition and in the data attached to this file.",
            dropped,
        )
        return MethodView(
            name=words.translate_label(SECTIONS, "sources"),
            lead=_describe_coverage(edition, words),
            strip=charts.build_coverage_strip(edition, words),
            lines=tuple(self._build_coverage_line(row) for row in shown),
            more=more if dropped else "",
            left_out=self._build_left_out(edition.left_out),
            quality=tuple(
                (_format_quality_name(name, words), _format_quality_value(v, words))
                for name, v in edition.quality.items()
            ),
            provenance=_build_provenance(edition, words),
        )

    def _build_left_out(self, counts: Mapping[str, int]) -> tuple[tuple[str, str], ...]:
        words, told = self.words, _sort_by_count(counts)
        rows = [
            (self.fit_text(words.translate(why), 90), words.format_number(n))
            for why, n in told[:_MAX_REASONS]
        ]
        if rest := told[_MAX_REASONS:]:
            rows.append(
                (
                    words.translate(N_("for other reasons")),
                    words.format_number(sum(n for _, n in rest)),
                )
            )
        return tuple(rows)

    def _describe_section(self, section: Section, stories: Sequence[EditionStory]) -> str:
        """The section in one sentence of counts."""
        words = self.words
        if not stories or section.slug == "five":
            return ""
        told = words.translate_plural("%(n)s story", "%(n)s stories", len(stories))
        if section.slug == "categories":
            number = len({story.category for story in stories if story.category})
            where = words.translate_plural(
                "in %(n)s stack category", "in %(n)s stack categories", number
            )
            return words.translate(N_("%(told)s %(where)s."), told=told, where=where)
        if section.slug == "ai-watch":
            grades = {
                slug: sum(story.evidence == slug for story in stories) for slug in EVIDENCE_GRADES
            }
            parts = [
                words.translate_plural(*LABELS["evidence_counts"][slug], n)
                for slug, n in grades.items()
                if n
            ]
        else:
            kinds: Counter[str] = Counter(story.event for story in stories)
            parts = [
                f"{words.translate_label(EVENTS, slug).lower()} {words.format_number(n)}"
                for slug, n in _sort_by_count(kinds)
            ]
        if len(parts) < 2:
            return words.translate(N_("%(told)s."), told=told)
        return words.translate(N_("%(told)s: %(parts)s."), told=told, parts=", ".join(parts))

    def _iter_groups(self, slug: str, stories: Sequence[EditionStory]) -> Iterable[StoryGroup]:
        if slug == "five":
            first = tuple(
                self.build_story(story, self.printing.first_limits, n)
                for n, story in enumerate(stories, 1)
            )
            yield from [StoryGroup("five", "", "", first)] if first else []
            return
        keys: dict[str, list[EditionStory]] = {}
        for story in stories:
            keys.setdefault(self._get_group_key(slug, story), []).append(story)
        for key in _sort_group_keys(slug, keys):
            told = keys[key]
            if slug == "categories":
                told = sorted(told, key=lambda one: self.words.translate_category(one.category))
            yield self._build_group(
                slug, key, tuple(self.build_story(story, self.printing.limits) for story in told)
            )

    def _get_group_key(self, slug: str, story: EditionStory) -> str:
        """What a section groups its stories by."""
        if slug == "ai-watch":
            return story.evidence or ""
        if slug == "categories":
            known = CATEGORIES.get(story.category or "")
            return known.group if known else ""
        return story.event if slug == "deals" else ""

    def _build_group(self, slug: str, key: str, told: tuple[StoryView, ...]) -> StoryGroup:
        words = self.words
        anchor = f"{slug}-{key or 'other'}"
        if slug == "ai-watch":
            name = (
                words.translate_label(LABELS["evidence"], key)
                if key
                else words.translate(N_("No claim to prove"))
            )
            return StoryGroup(
                anchor, name, words.translate_label(LABELS["evidence_descriptions"], key), told
            )
        if slug == "categories":
            return StoryGroup(
                anchor,
                words.translate_label(GROUPS, key) if key else words.translate_category(None),
                "",
                told,
            )
        return StoryGroup(
            anchor, words.translate_label(EVENTS, key) if slug == "deals" else "", "", told
        )

    def iter_decisions(self, edition: Edition) -> Iterable[tuple[str, str]]:
        """What the team decided, and of each who does it until when."""
        for one in edition.decisions:
            day = (
                self.words.translate_note(TranslatableText("%(day)s", day=one.due))
                if one.due
                else ""
            )
            yield (
                self.fit_text(one.what, 200),
                ", ".join(filter(None, (self.fit_text(one.owner, 60), day))),
            )

    def build_badge(self, grade: Evidence) -> Badge:
        step = len(EVIDENCE_GRADES) - EVIDENCE_GRADES.index(grade)
        return Badge(grade, self.words.translate_label(LABELS["evidence"], grade), step)

    def _format_title(self, story: EditionStory, most: int) -> tuple[str, bool]:
        if title := self.fit_text(story.title, most):
            return title, False
        words = self.words
        if self.printing.legible(clean_text(story.title)) is not None:
            return words.translate(N_("A report without a title")), True
        name = words.get_language_name(story.language)
        return words.translate(
            N_("A report in %(language)s: its title stands in the HTML edition"), language=name
        ), True

    def _iter_summary(self, story: EditionStory, limits: StoryLimits) -> Iterable[SourcedLine]:
        """Whole sentences, as many as there is room for; the first one always, if any is wanted."""
        left = limits.characters
        for place, sentence in enumerate(story.summary[: limits.sentences]):
            text = self.fit_text(sentence.text, max(left, _MAX_SENTENCE_LENGTH))
            if text and (place == 0 or len(text) <= left):
                yield SourcedLine(
                    text, _to_safe_href(sentence.url), self.fit_text(sentence.source, 80)
                )
                left -= len(text)

    def _iter_context(self, story: EditionStory) -> Iterable[SourcedLine]:
        words, thread = self.words, story.thread
        if thread and (title := self.fit_text(thread.earlier.title, 160)):
            told = words.translate(
                N_("in %(quarter)s as “%(title)s”; new since: %(news)s"),
                quarter=words.format_quarter(clean_text(thread.earlier.edition)),
                title=title,
                news=", ".join(map(words.translate_note, thread.news)),
            )
            yield SourcedLine(
                told, _to_safe_href(thread.earlier.url), words.translate(N_("Told before"))
            )
        for first, second in story.conflicts:
            told = words.translate(
                N_("%(first)s says “%(one)s”, %(second)s says “%(other)s”"),
                first=self.fit_text(first.source, 60),
                one=self.fit_text(first.text, 200),
                second=self.fit_text(second.source, 60),
                other=self.fit_text(second.text, 200),
            )
            yield SourcedLine(told, "", words.translate(N_("Sources differ")))

    def _iter_quotes(self, story: EditionStory, most: int) -> Iterable[SourcedLine]:
        for point in story.points[:most]:
            if text := self.fit_text(point.quote, 240):
                yield SourcedLine(
                    text, "", self.words.translate_label(LABELS["points"], point.kind)
                )

    def _build_source_links(
        self, items: Sequence[Reference], most: int
    ) -> tuple[tuple[SourceLink, ...], int]:
        """The reports, one a publisher, the lead first."""
        reports: dict[str, Reference] = {}
        for item in items:
            reports.setdefault(item.source, item)
        links = [self._build_source_link(item) for item in reports.values()]
        return tuple(links[:most]), max(0, len(links) - most)

    def _build_source_link(self, item: Reference) -> SourceLink:
        return SourceLink(
            name=self.fit_text(item.source, 60) or extract_host(item.url),
            href=_to_safe_href(item.url),
            title=self.fit_text(item.title, 300),
            via=self.fit_text(item.via or "", 60),
            day=self.words.format_day(item.published) if item.published else "",
        )

    def _build_coverage_line(self, row: CoverageRow) -> CoverageLine:
        words = self.words
        return CoverageLine(
            source=self.fit_text(row.source, 60) or extract_host(row.url or ""),
            href=_to_safe_href(row.url or ""),
            tier=words.translate_label(LABELS["tiers"], row.tier),
            items=words.format_number(row.items),
            printed=words.format_number(row.in_edition),
            state=words.translate_label(LABELS["states"], row.state),
            state_slug=row.state.replace(" ", "-"),
            days=charts.build_source_days(row.days, words),
            problem=self.fit_text(row.problem, 160),
        )

    def render_team_text(self, text: str) -> Markup:
        """The team's Markdown as HTML; nothing where the fonts lack its letters."""
        legible = self.printing.legible(clean_text(text)) is not None
        return render_markdown(text) if text and legible else Markup()

    def fit_text(self, text: str, most: int) -> str:
        """A text from outside, cut, in letters that the fonts have; "" where they have not."""
        return truncate_text(self.printing.legible(clean_text(text[: most * 4])) or "", most)


def _sort_group_keys(slug: str, keys: Iterable[str]) -> list[str]:
    """Groups by proof in AI watch, in the taxonomy's order in categories, as they come elsewhere."""
    order = {"ai-watch": [*EVIDENCE_GRADES, ""], "categories": [*GROUPS, ""]}.get(slug)
    return sorted(keys, key=order.index) if order else list(keys)


def _to_safe_href(url: str) -> str:
    """An address that may be a link: absolute http or https; "" for anything else."""
    url = clean_text(url)
    return url if is_web_url(url) else ""


def _avoid_amount_breaks(text: str) -> str:
    """A text whose amounts stay on one line with their currency."""
    return re.sub(r"(?<=\d) (?=[€$£¥]|[A-Z]{3}\b)", "\N{NO-BREAK SPACE}", text)


def _get_last_day(end: datetime) -> datetime:
    """The last day of a half-open interval."""
    return datetime.fromtimestamp(end.timestamp() - 1, end.tzinfo)


def _sort_by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _get_coverage_sort_key(row: CoverageRow) -> tuple[int, int, int, str]:
    """Sources with a problem first, then those that gave most."""
    return (
        0 if row.state in ("failed", "never read") else 1,
        -row.in_edition,
        -row.items,
        row.source.casefold(),
    )


def _describe_quarter(edition: Edition, words: Localizer) -> str:
    """The quarter in one sentence of counts, and one on AI."""
    counts = edition.counts
    if not counts.stories:
        return words.translate(N_("No story about marketing technology was found in this quarter."))
    items = words.translate_plural("%(n)s item", "%(n)s items", counts.items)
    sources = words.translate_plural("%(n)s source", "%(n)s sources", counts.sources)
    stories = words.translate_plural("%(n)s story", "%(n)s stories", counts.stories)
    found = words.translate(
        N_("%(items)s from %(sources)s told %(stories)s; this briefing holds the %(told)s that matter most."),
        items=items, sources=sources, stories=stories, told=words.format_number(len(edition.stories)),
    )  # fmt: skip
    ai, proven = _sum_counts(counts.by_ai, _WITH_AI), counts.by_evidence.get("evidenced", 0)
    if not ai:
        return found
    with_ai = words.translate_plural(
        "AI is in %(n)s of all stories", "AI is in %(n)s of all stories", ai
    )
    proof = words.translate(N_("none of them gives proof"))
    if proven:
        proof = words.translate_plural(
            "%(n)s of them gives proof", "%(n)s of them give proof", proven
        )
    return f"{found} " + words.translate(N_("%(ai)s; %(proof)s."), ai=with_ai, proof=proof)


def _build_banners(edition: Edition, words: Localizer) -> tuple[str, ...]:
    found = []
    if edition.sample:
        found.append(
            words.translate(N_("Sample: every company, product and story here is made up."))
        )
    if edition.so_far:
        found.append(
            words.translate(
                N_("So far: the quarter ends on %(end)s; this is how it stood on %(now)s."),
                end=words.format_long_day(_get_last_day(edition.end)),
                now=words.format_long_day(edition.as_of),
            )
        )
    return tuple(found)


def _build_figures(edition: Edition, words: Localizer) -> tuple[KeyFigure, ...]:
    def build_figure(
        label: str,
        value: Callable[[QuarterCounts], float | None],
        format_value: Callable[[float], str],
    ) -> KeyFigure:
        now = value(edition.counts)
        before = value(edition.counts_before) if edition.counts_before else None
        return KeyFigure(
            "–" if now is None else format_value(now),
            words.translate(label),
            _describe_change(now, before, format_value, edition, words),
        )

    return (
        build_figure(
            N_("martech stories in the quarter"), lambda counts: counts.stories, words.format_number
        ),
        build_figure(
            N_("of them with AI as subject or working part"),
            lambda counts: _compute_share(_sum_counts(counts.by_ai, _WITH_AI), counts.by_ai),
            words.format_share,
        ),
        build_figure(
            N_("of AI claims come with proof"),
            lambda counts: _compute_share(
                counts.by_evidence.get("evidenced", 0), counts.by_evidence
            ),
            words.format_share,
        ),
    )


def _describe_change(
    now: float | None,
    before: float | None,
    format_value: Callable[[float], str],
    edition: Edition,
    words: Localizer,
) -> str:
    """How a figure moved against the quarter before, in words."""
    if now is None or before is None:
        return (
            words.translate(N_("no earlier quarter is held"))
            if edition.counts_before is None
            else ""
        )
    quarter = words.format_previous_quarter(edition.quarter)
    if format_value(now) == format_value(before):
        return words.translate(N_("as in %(quarter)s"), quarter=quarter)
    moved = (
        N_("up from %(value)s in %(quarter)s")
        if now > before
        else N_("down from %(value)s in %(quarter)s")
    )
    return words.translate(moved, value=format_value(before), quarter=quarter)


def _describe_trend(edition: Edition, words: Localizer) -> Iterable[str]:
    """What grew and what fell, and whether the sources were the same."""
    trend = edition.trend
    if trend is None:
        return
    quarter = words.format_previous_quarter(edition.quarter)
    changed = [
        words.translate_plural("%(n)s is new", "%(n)s are new", trend.sources_new)
        if trend.sources_new
        else "",
        words.translate_plural(
            "%(n)s gave nothing this time", "%(n)s gave nothing this time", trend.sources_gone
        )
        if trend.sources_gone
        else "",
    ]
    told = [part for part in changed if part]
    counted = words.translate_plural(
        "Against %(quarter)s, counted in the %(n)s source that gave items in both quarters",
        "Against %(quarter)s, counted in the %(n)s sources that gave items in both quarters",
        trend.sources,
        quarter=quarter,
    )
    yield f"{counted} ({', '.join(told)})." if told else f"{counted}."
    for moves, says in ((trend.grew, N_("Grew: %(moves)s.")), (trend.fell, N_("Fell: %(moves)s."))):
        parts = [
            words.translate(
                N_("%(what)s %(now)s of %(stories)s stories, after %(then)s of %(before)s"),
                what=_format_move_name(move, words), now=words.format_number(move.now), stories=words.format_number(trend.stories),
                then=words.format_number(move.then), before=words.format_number(trend.stories_before),
            )
            for move in moves
        ]  # fmt: skip
        if parts:
            yield words.translate(says, moves="; ".join(parts))
    if not trend.grew and not trend.fell:
        yield words.translate(
            N_("No category, kind of news or grade of AI moved by more than chance.")
        )


def _format_move_name(move: TrendChange, words: Localizer) -> str:
    if move.field == "category":
        return words.translate_category(move.slug)
    return words.translate_label(EVENTS if move.field == "event" else LABELS["ai"], move.slug)


def _sum_counts(counts: Mapping[str, int], slugs: Sequence[str]) -> int:
    return sum(counts.get(slug, 0) for slug in slugs)


def _compute_share(part: int, counts: Mapping[str, int]) -> float | None:
    """The part of all; None of nothing."""
    total = sum(counts.values())
    return part / total if total else None


def _describe_coverage(edition: Edition, words: Localizer) -> str:
    rows = edition.coverage
    failed = sum(row.state in ("failed", "never read") for row in rows)
    said = words.translate_plural(
        "%(n)s source is followed; %(gave)s gave items of this quarter.",
        "%(n)s sources are followed; %(gave)s gave items of this quarter.",
        len(rows),
        gave=words.format_number(sum(row.items > 0 for row in rows)),
    )
    if not failed:
        return said
    return f"{said} " + words.translate_plural(
        "%(n)s could not be read and stands first in the table.",
        "%(n)s could not be read and stand first in the table.",
        failed,
    )


def _format_quality_name(name: str, words: Localizer) -> str:
    """The name of a quality figure as a reader knows it; the name itself where we have no better."""
    return words.translate_label(LABELS["quality"], clean_text(name))


def _format_quality_value(value: float, words: Localizer) -> str:
    return words.format_share(value) if 0 <= value <= 1 else words.format_number(value)


def _build_provenance(edition: Edition, words: Localizer) -> tuple[tuple[str, str], ...]:
    return (
        (words.translate(N_("Built")), words.format_timestamp(edition.as_of)),
        (words.translate(N_("Program")), clean_text(edition.version)),
        (words.translate(N_("Archive")), clean_text(edition.archive_fingerprint)),
        (words.translate(N_("Settings")), clean_text(edition.config_fingerprint)[:16]),
    )


def _build_filters(edition: Edition, words: Localizer) -> Mapping[str, tuple[FilterChoice, ...]]:
    def build_choices(field: str, format_label: Callable[[str], str]) -> tuple[FilterChoice, ...]:
        counts: dict[str, int] = {}
        for story in edition.stories:
            slug = getattr(story, field) or "none"
            slug = slug.kind if isinstance(slug, Relation) else slug
            counts[slug] = counts.get(slug, 0) + 1
        return tuple(
            sorted(
                (FilterChoice(slug, format_label(slug), n) for slug, n in counts.items()),
                key=lambda one: one.label,
            )
        )

    return {
        "category": build_choices(
            "category", lambda slug: words.translate_category(None if slug == "none" else slug)
        ),
        "ai": build_choices("ai", lambda slug: words.translate_label(LABELS["ai"], slug)),
        "evidence": tuple(
            one
            for one in build_choices(
                "evidence", lambda s: words.translate_label(LABELS["evidence"], s)
            )
            if one.slug != "none"
        ),
        "event": build_choices("event", lambda slug: words.translate_label(EVENTS, slug)),
        "relation": build_choices(
            "relation", lambda slug: words.translate_label(LABELS["relations"], slug)
        )
        if edition.stack
        else (),
    }
