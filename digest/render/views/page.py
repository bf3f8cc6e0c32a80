"""The whole briefing as the templates of page, paper and mail need it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from digest.i18n import N_
from digest.model.edition import Edition, QuarterCounts, TrendChange, get_fields
from digest.model.sections import BRIEF_SECTION, FIRST_SECTION, SECTIONS_BY_SLUG
from digest.model.tags import EVIDENCE_GRADES
from digest.render.views.calendar import CalendarPage, build_calendar_page
from digest.render.views.charts import (
    BarChart,
    EventMatrix,
    build_ai_share,
    build_evidence_ladder,
    build_matrix,
)
from digest.render.views.claims import ClaimsPage, build_claims_page
from digest.render.views.context import RenderOptions, ViewContext
from digest.render.views.coverage import MethodView, build_method, find_last_read
from digest.render.views.deals import DealsPage, build_deals_page
from digest.render.views.findings import describe_finding
from digest.render.views.front import FrontView, build_front_view
from digest.render.views.impacts import ImpactsView, build_impacts_view
from digest.render.views.promises import build_vendors_page
from digest.render.views.register import RegisterPage, build_register_page
from digest.render.views.rules import RulesPage, build_rules_page
from digest.render.views.sections import SectionView, build_section
from digest.render.views.stack import StackPages, build_stack_pages
from digest.render.views.story import Badge, build_badge
from digest.render.words import EVENTS, LABELS, SECTIONS, Localizer
from digest.text import clean_text, truncate_text

_NO_STACK_NOTE = N_(
    "With a stack.yaml beside sources.yaml this briefing would also say what each story means for "
    "the products that you run, what they cost and when their contracts end, what vendors "
    "promised, and what belongs on the next review's agenda."
)
STACK_PARTS = ("stack", "ledger", "radar", "agenda")
MAX_SUBJECT = 110  # characters of a mail's subject


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value that the page's filter offers."""

    slug: str
    label: str
    stories: int


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the briefing after page one: its place, its name, and what it found."""

    slug: str
    name: str
    finding: str  # "" where nothing can be counted


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContents:
    """What the parts of the briefing hold; None where one has nothing to show."""

    five: SectionView
    sections: Mapping[str, SectionView]  # of stories, by slug
    calendar: CalendarPage | None
    claims: ClaimsPage | None
    impacts: ImpactsView | None
    rules: RulesPage | None
    deals: DealsPage | None
    register: RegisterPage | None
    stack_pages: StackPages | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView(PageContents):
    """All that a template needs."""

    lang: str
    title: str
    organisation: str
    heading: str  # title and quarter, for the document's title
    quarter: str
    days: str
    sentence: str  # the quarter in counts
    subject: str  # of a mail: the heading and the news
    preheader: str
    banners: tuple[str, ...]
    parts: tuple[PartView, ...]  # in reading order
    method: MethodView
    trend: tuple[str, ...]  # what moved since the quarter before, a sentence each
    legend: tuple[tuple[Badge, str], ...]  # the steps of proof, and what they mean
    matrix: EventMatrix | None
    ladder: BarChart | None
    share: BarChart | None
    filters: Mapping[str, tuple[FilterChoice, ...]]
    created: str  # ISO 8601
    letter: Markup  # the editor's
    decisions: tuple[tuple[str, str], ...]  # what was decided; by whom, until when
    front: FrontView
    no_stack_note: str  # what a stack.yaml would add; "" where there is one


def build_page_view(
    edition: Edition, words: Localizer, options: RenderOptions | None = None
) -> PageView:
    """Build all that the templates need, for one medium."""
    context = ViewContext(edition, words, options or RenderOptions())
    contents = _build_contents(context)
    parts = _list_parts(contents, context)
    front = build_front_view(context, {part.slug: part.name for part in parts})
    title = context.fit_text(edition.title, 80) or words.translate("Martech digest")
    heading = f"{title}, {words.format_quarter(clean_text(edition.quarter))}"
    sentence = _describe_quarter(edition, words)
    last_day = words.format_long_day(edition.end - timedelta(seconds=1))
    return PageView(
        **get_fields(contents, PageContents),
        lang=words.language,
        title=title,
        organisation=context.fit_text(edition.organisation, 80),
        heading=heading,
        quarter=words.format_quarter(clean_text(edition.quarter)),
        days=words.translate(
            "%(first)s – %(last)s", first=words.format_long_day(edition.start), last=last_day
        ),
        sentence=sentence,
        subject=_write_subject(heading, front, contents.five, words),
        preheader=front.lead or sentence,
        banners=tuple(_iter_banners(edition, last_day, words)),
        parts=parts,
        method=build_method(context),
        trend=tuple(_describe_trend(edition, words)),
        legend=tuple(_iter_legend(words)),
        matrix=build_matrix(edition, words),
        ladder=build_evidence_ladder(edition, words),
        share=build_ai_share(edition, words),
        filters=_build_filters(
            [contents.five, *contents.sections.values()], bool(edition.stack), words
        ),
        created=edition.as_of.isoformat(),
        letter=context.render_team_text(edition.letter),
        decisions=tuple(_iter_decisions(context)),
        front=front,
        no_stack_note="" if edition.stack else words.translate(_NO_STACK_NOTE),
    )


def _build_contents(context: ViewContext) -> PageContents:
    """Build the parts; what names a story is built before what points to its place."""
    edition, words = context.edition, context.words
    by_slug = {section.slug: section for section in edition.sections}
    sections: dict[str, SectionView] = {
        slug: build_section(section, context)
        for slug, section in by_slug.items()
        if slug != BRIEF_SECTION
    }
    deals = build_deals_page(by_slug["deals"], context) if "deals" in by_slug else None
    claims = build_claims_page(context)
    impacts = (
        build_impacts_view(edition.stack, context, claims.places if claims else {})
        if edition.stack
        else None
    )
    rules = build_rules_page(by_slug["rules"], context) if "rules" in by_slug else None
    ledger = edition.ledger if edition.stack else None
    vendors = build_vendors_page(ledger, context) if ledger else None
    if BRIEF_SECTION in by_slug:
        sections[BRIEF_SECTION] = build_section(by_slug[BRIEF_SECTION], context)
    sections = {slug: sections[slug] for slug in by_slug}
    empty = SectionView(FIRST_SECTION, words.translate_label(SECTIONS, FIRST_SECTION))
    five = sections.pop(FIRST_SECTION, empty)
    calendar, register = build_calendar_page(context), build_register_page(context)
    order = list_reading_order((five, *sections.values()))
    return PageContents(
        five=five,
        sections=sections,
        calendar=calendar,
        claims=claims,
        impacts=impacts,
        rules=rules,
        deals=deals,
        register=register,
        stack_pages=build_stack_pages(context, order, vendors),
    )


def _list_parts(contents: PageContents, context: ViewContext) -> tuple[PartView, ...]:
    """Return the parts that have something to show, in reading order, with what each found."""
    edition, words = context.edition, context.words
    present: dict[str, object] = {
        **contents.sections,
        "calendar": contents.calendar,
        "ai-impacts": contents.impacts,
        "ai-watch": contents.claims,
        "register": contents.register,
        "glance": edition.stories and not context.options.brief,
        "sources": True,
    }
    if contents.stack_pages:
        present |= {slug: getattr(contents.stack_pages, slug) for slug in STACK_PARTS}
    return tuple(
        PartView(
            slug,
            words.translate_label(SECTIONS, slug),
            _get_finding(slug, contents.sections.get(slug), edition, words),
        )
        for slug in SECTIONS_BY_SLUG
        if present.get(slug)
    )


def _iter_legend(words: Localizer) -> Iterator[tuple[Badge, str]]:
    """Yield the steps of proof, and what they mean."""
    for grade in EVIDENCE_GRADES:
        meaning = words.translate_label(LABELS["evidence_descriptions"], grade)
        yield build_badge(grade, words), meaning


def _iter_decisions(context: ViewContext) -> Iterator[tuple[str, str]]:
    """Yield what the team has decided; by whom, until when."""
    for made in context.edition.decisions:
        owner, due = context.fit_text(made.owner, 60), context.words.format_date(made.due)
        yield context.fit_text(made.what, 200), ", ".join(filter(None, (owner, due)))


def list_reading_order(sections: Iterable[SectionView]) -> list[str]:
    """Return the ids of the stories that sections print, as they are read."""
    return [story.id for section in sections for story in section.stories]


def _get_finding(slug: str, section: SectionView | None, edition: Edition, words: Localizer) -> str:
    """Return what a part found: by its own count of what it prints, else by the edition's."""
    if section and section.by_category:
        return section.by_category.finding
    return describe_finding(slug, edition, words)


def _write_subject(heading: str, front: FrontView, five: SectionView, words: Localizer) -> str:
    """Return a mail's subject: the heading and what the reader has to decide, or the first news."""
    news = [decision.question for decision in front.decisions] + [one.title for one in five.stories]
    if not news:
        return heading
    subject = words.translate("%(heading)s: %(news)s", heading=heading, news=news[0])
    return truncate_text(subject, MAX_SUBJECT)


def _count_with_ai(counts: QuarterCounts) -> int:
    """Count the stories with AI as subject or working part."""
    return counts.by_ai.get("core", 0) + counts.by_ai.get("applied", 0)


def _describe_quarter(edition: Edition, words: Localizer) -> str:
    """Return the quarter in one sentence of counts, and one on AI."""
    counts = edition.counts
    if not counts.stories:
        return words.translate("No story about marketing technology was found in this quarter.")
    sentence = words.translate(
        "%(items)s from %(sources)s told %(stories)s; this briefing holds the %(told)s that matter "
        "most.",
        items=words.translate_plural("%(n)s item", "%(n)s items", counts.items),
        sources=words.translate_plural("%(n)s source", "%(n)s sources", counts.sources),
        stories=words.translate_plural("%(n)s story", "%(n)s stories", counts.stories),
        told=words.format_number(len(edition.stories)),
    )
    ai, proven = _count_with_ai(counts), counts.by_evidence.get("evidenced", 0)
    if not ai:
        return sentence
    with_ai = words.translate_plural(
        "AI is in %(n)s of all stories", "AI is in %(n)s of all stories", ai
    )
    proof = words.translate("none of them gives proof")
    if proven:
        proof = words.translate_plural(
            "%(n)s of them gives proof", "%(n)s of them give proof", proven
        )
    return f"{sentence} " + words.translate("%(ai)s; %(proof)s.", ai=with_ai, proof=proof)


def _iter_banners(edition: Edition, last_day: str, words: Localizer) -> Iterator[str]:
    if edition.sample:
        yield words.translate("Sample: every company, product and story here is made up.")
    if edition.leftovers:
        yield words.translate(
            "Incomplete: the quarter had ended before its sources were first read, and most of its "
            "days are missing."
        )
    if edition.so_far:
        newest = find_last_read(edition)
        text = N_("So far: the quarter ends on %(end)s; this is how it stood on %(now)s.")
        if newest:
            text = N_("So far: the quarter ends on %(end)s; made on %(now)s, read to %(last)s.")
        yield words.translate(
            text,
            end=last_day,
            now=words.format_long_day(edition.as_of),
            last=words.format_long_day(newest or edition.as_of),
        )


def _describe_trend(edition: Edition, words: Localizer) -> Iterator[str]:
    """Say what grew and what fell, and whether the sources were the same."""
    trend = edition.trend
    if trend is None:
        yield from filter(None, [words.translate_note(edition.comparison.reason)])
        return
    changes = []
    if trend.sources_new:
        changes.append(words.translate_plural("%(n)s is new", "%(n)s are new", trend.sources_new))
    if trend.sources_gone:
        changes.append(
            words.translate_plural(
                "%(n)s gave nothing this time", "%(n)s gave nothing this time", trend.sources_gone
            )
        )
    basis = words.translate_plural(
        "Against %(quarter)s, counted in the %(n)s source that gave items in both quarters",
        "Against %(quarter)s, counted in the %(n)s sources that gave items in both quarters",
        trend.sources,
        quarter=words.format_previous_quarter(edition.quarter),
    )
    yield f"{basis} ({', '.join(changes)})." if changes else f"{basis}."

    def get_name(move: TrendChange) -> str:
        if move.field == "category":
            return words.translate_category(move.slug)
        return words.translate_label(EVENTS if move.field == "event" else LABELS["ai"], move.slug)

    def join_moves(moves: Sequence[TrendChange]) -> str:
        return "; ".join(
            words.translate(
                "%(what)s %(now)s of %(stories)s stories, after %(then)s of %(before)s",
                what=get_name(move),
                now=words.format_number(move.now),
                stories=words.format_number(trend.stories),
                then=words.format_number(move.then),
                before=words.format_number(trend.stories_before),
            )
            for move in moves
        )

    if trend.grew:
        yield words.translate("Grew: %(moves)s.", moves=join_moves(trend.grew))
    if trend.fell:
        yield words.translate("Fell: %(moves)s.", moves=join_moves(trend.fell))
    if not trend.grew and not trend.fell:
        yield words.translate("No category, kind of news or grade of AI moved by more than chance.")


def _build_filters(
    sections: Iterable[SectionView], has_stack: bool, words: Localizer
) -> Mapping[str, tuple[FilterChoice, ...]]:
    """Return for each field of the filter the values that stories have, by label."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for story in (story for section in sections for story in section.stories):
        counts["category"][story.category, story.category_slug] += 1
        counts["ai"][story.ai, story.ai_slug] += 1
        counts["event"][story.event, story.event_slug] += 1
        if story.evidence:
            counts["evidence"][story.evidence.label, story.evidence.slug] += 1
        if has_stack:
            label = words.translate_label(LABELS["relations"], story.relation_slug)
            counts["relation"][label, story.relation_slug] += 1
    return {
        field: tuple(
            FilterChoice(slug, label, n) for (label, slug), n in sorted(table.items()) if label
        )
        for field, table in counts.items()
    }
