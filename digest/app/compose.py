"""Compose the edition of a decided quarter: sentences, sections, stack pages, coverage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.app.decide import QuarterDecision
from digest.app.model_texts import NO_TEXTS, ModelTexts, write_front, write_story, write_themes
from digest.app.quarter_before import QuarterSummary
from digest.app.source_state import coverage_days
from digest.archive import Archive, SourceState, fingerprint_items
from digest.cluster import find_parties
from digest.decide.decisions import TEAM, list_edited_fields, list_pinned_ids
from digest.decide.relations import StackIndex, get_closest_relation
from digest.edition import (
    AgendaBasis,
    EditionContext,
    FrontQuestions,
    QuarterHolding,
    QuarterView,
    SourceReadStatus,
    StackReport,
    StoryText,
    add_stack_figures,
    assign_ring,
    build_calendar,
    build_claims,
    build_coverage,
    build_deals,
    build_front,
    build_register,
    build_rules,
    build_stack_report,
    build_stack_view,
    choose_briefs,
    compare_coverage,
    compose_edition,
    compute_trend,
    count_quarter,
    explain_consequences,
    find_doubtful_stories,
    find_themes,
    measure_holding,
    measure_saturation,
    pick_decisions,
    refuse_unlike_judgements,
    sort_by_count,
)
from digest.i18n import phrase_values_for_month
from digest.model.decisions import EditorialDecisions, TeamDecision
from digest.model.edition import (
    CalendarEntry,
    Claim,
    Comparability,
    EarlierFigures,
    Edition,
    EditionSettings,
    RegisterRow,
    RuleEntry,
    Sentence,
    StoryRef,
    Theme,
    get_fields,
)
from digest.model.item import Item
from digest.model.reasons import LISTED_LABEL
from digest.model.source import Source
from digest.model.stack import Ring, Stack
from digest.model.story import EarlierStory, RankedStory, Story
from digest.period import Quarter
from digest.tag.own_use import is_own_use, is_owner_acting
from digest.tag.products import find_product, sells_in
from digest.text import clean_text
from digest.write.comparisons import find_comparable_figures
from digest.write.figures import find_conflicts
from digest.write.headlines import choose_headline, clean_title

_SUMMARY_HEAD = 300  # characters of a summary that say for whom a thing is


@dataclass(frozen=True, slots=True)
class StackContext:
    """The company's stack and what the team keeps beside it.

    `rings` is the radar of the edition before, where one was built; `carried` are open decisions,
    `closed` those that were closed since the edition before, `earlier` figures of earlier editions,
    the latest first, `told_before` what those told and listed.
    """

    stack_index: StackIndex
    rings: Mapping[str, Ring] | None = None
    carried: tuple[TeamDecision, ...] = ()
    closed: tuple[TeamDecision, ...] = ()
    earlier: tuple[EarlierFigures, ...] = ()
    told_before: tuple[EarlierStory, ...] = ()


def assemble_edition(
    decision: QuarterDecision,
    archive: Archive,
    sources: Sequence[Source],
    settings: EditionSettings,
    *,
    before: QuarterSummary | None,
    quality: Mapping[str, float],
    ours: StackContext | None = None,
    editorial_decisions: EditorialDecisions | None = None,
    model_texts: ModelTexts = NO_TEXTS.texts,
    lost: Sequence[str] = (),
) -> Edition:
    """Return the edition of a decided quarter.

    `before` is the quarter before, decided the same way; `ours` the stack that the edition is seen
    through, None where there is none. `model_texts` is what may be printed of a language model's.
    """
    team = editorial_decisions or EditorialDecisions()
    states = archive.load_source_states()
    comparison = _compare_judged_quarters(decision, before, states, settings, model_texts)
    printed = [member.item for entry in decision.chosen for member in entry.story.items]
    items = [member.item for member in decision.items]
    readings = _read_source_statuses(archive, states, decision.quarter, settings.as_of)
    coverage = build_coverage(sources, items, printed, readings)
    view = replace(
        _view_with_comparison(decision, before, ours, settings, comparison), coverage=coverage
    )
    pages = _build_pages(view, decision, settings, ours, model_texts)
    deals = build_deals(view)
    register = _list_register(view, decision, pages.summarize)
    is_compared = before is not None and comparison.comparable
    context = EditionContext(
        **_frame_settings(settings, items),
        **(get_fields(pages.report, StackReport) if pages.report else {}),
        front=write_front(
            build_front(
                view,
                pages.calendar,
                pages.claims,
                pages.themes,
                pages.report.stack if pages.report else None,
                pages.questions,
                pages.rules,
            ),
            model_texts,
        ),
        model=model_texts.note,
        calendar=pages.calendar,
        themes=pages.themes,
        claims=pages.claims,
        rules=pages.rules,
        deals=deals,
        saturation=measure_saturation(view, deals, register),
        register=register,
        quarter=decision.quarter,
        coverage=coverage,
        counts=count_quarter(decision.items, decision.stories, len(decision.chosen)),
        counts_before=before.counts if before and is_compared else None,
        trend=compute_trend(decision.stories, before.relevant_stories, before.sources)
        if before and is_compared
        else None,
        comparison=comparison,
        left_out=_count_left_out(
            decision, () if "register" in team.off else {row.story for row in register}
        ),
        quality=quality,
        letter=team.letter or model_texts.letter,
        decisions=team.decisions,
        lost=(*decision.decided.lost, *lost),
        newsletter_names={source.slug: source.name for source in sources if source.mailbox},
        pinned=list_pinned_ids(decision.chosen, decision.decided.decisions),
        disabled_sections=team.off,
        briefs=pages.brief_texts,
    )
    texts = tuple(write_story(text, model_texts, settings.language) for text in pages.texts)
    edition = compose_edition(texts, context)
    is_monthly = decision.quarter.kind == "month"
    return phrase_values_for_month(edition) if is_monthly else edition


@dataclass(frozen=True, slots=True)
class _Pages:
    """The parts of the briefing that others build on, and the texts of its stories."""

    rules: tuple[RuleEntry, ...]
    claims: tuple[Claim, ...]
    calendar: tuple[CalendarEntry, ...]
    themes: tuple[Theme, ...]
    questions: FrontQuestions
    report: StackReport | None  # None without a stack
    texts: tuple[StoryText, ...]
    brief_texts: tuple[StoryText, ...]
    summarize: Callable[[Story], tuple[Sentence, ...]]


def _build_pages(
    view: QuarterView,
    decision: QuarterDecision,
    settings: EditionSettings,
    ours: StackContext | None,
    model_texts: ModelTexts,
) -> _Pages:
    """Build the parts in the order in which they need each other."""

    def summarize(story: Story) -> tuple[Sentence, ...]:
        return decision.sentence_check.summarize(story, settings.language)

    rules, claims = build_rules(view, decision.stories), build_claims(view, summarize)
    calendar = build_calendar(view, ours.carried if ours else (), rules)
    stack_view = None
    if ours:
        stack_view = add_stack_figures(build_stack_view(view), view, rules, ours.earlier)
    briefs = choose_briefs(view, decision.left_out, stack_view)
    consequences = explain_consequences(view, briefs) if ours else None
    themes = find_themes(view, find_comparable_figures, summarize)
    themes = write_themes(themes, model_texts, settings.language)
    brief_ids = {story.id for story in briefs}
    texts, brief_texts = (
        tuple(
            build_story_text(
                entry,
                decision,
                settings.language,
                consequences,
                choose_source_words(entry.story, settings.language, summarize(entry.story)),
            )
            for entry in some
        )
        for some in (
            decision.chosen,
            [entry for entry in decision.ranked if entry.story.id in brief_ids],
        )
    )
    summaries = {text.ranked.story.id: text.summary for text in texts}
    questions = pick_decisions(view, calendar, summaries)
    report = None
    if ours and stack_view:
        basis = AgendaBasis(calendar, themes, questions.decisions, rules)
        report = build_stack_report(view, ours.rings, ours.carried, basis, stack_view, ours.closed)
    return _Pages(rules, claims, calendar, themes, questions, report, texts, brief_texts, summarize)


def _list_register(
    view: QuarterView,
    decision: QuarterDecision,
    summarize: Callable[[Story], tuple[Sentence, ...]],
) -> tuple[RegisterRow, ...]:
    """Build the register, with products, parties and sentences of its stories."""
    vendors = sorted({name for member in decision.items for name in member.tags.vendors})
    return build_register(
        view,
        view.name_product,
        lambda story: find_parties(story, vendors),
        summarize,
    )


def _view_with_comparison(
    decision: QuarterDecision,
    before: QuarterSummary | None,
    ours: StackContext | None,
    settings: EditionSettings,
    comparison: Comparability,
) -> QuarterView:
    """Return the quarter as its edition sees it, beside the quarter before."""
    stack = ours.stack_index.stack if ours else Stack()
    seen = _view_quarter(decision, stack, decision.quarter, settings)
    return replace(
        seen,
        name_product=lambda story: _find_product(story, seen),
        is_own_use=_is_own_use,
        before=before.relevant_stories if before and before.counts.items else None,
        comparable=comparison.comparable,
        earlier=ours.told_before if ours else (),
        threads=decision.threads,
        doubtful=find_doubtful_stories(
            (entry.story for entry in decision.ranked),
            decision.left_out,
            decision.relations,
            stack,
        ),
    )


def _compare_judged_quarters(
    decision: QuarterDecision,
    before: QuarterSummary | None,
    states: Mapping[str, SourceState],
    settings: EditionSettings,
    model_texts: ModelTexts,
) -> Comparability:
    """Say whether two quarters may be compared: held alike, and judged alike."""
    comparison = _compare_quarters(decision, before, states, settings)
    if comparison.comparable and not model_texts.judged_alike:
        return refuse_unlike_judgements()
    return comparison


def _frame_settings(settings: EditionSettings, items: Sequence[Item]) -> dict[str, Any]:
    """Return the fields of the settings, with what the edition is made from."""
    origin = replace(settings.generated_from, archive=fingerprint_items(items))
    return {**get_fields(settings, EditionSettings), "generated_from": origin}


def _count_left_out(decision: QuarterDecision, listed: Collection[str]) -> Mapping[str, int]:
    """Count the items that no section tells in full, by reason; those of `listed` stories apart.

    What the team keeps out, or an earlier edition told, is counted as such, wherever it stands.
    """
    reasons = [
        (story, decision.left_out[story.id].reason)
        for story in decision.stories
        if story.id in decision.left_out
        for _ in story.items
    ]
    return sort_by_count(
        LISTED_LABEL if story.id in listed and not reason.is_told_of_listed else reason.label
        for story, reason in reasons
    )


def _read_source_statuses(
    archive: Archive, states: Mapping[str, SourceState], quarter: Quarter, as_of: datetime
) -> dict[str, SourceReadStatus]:
    """Return what was read of each source, by its slug."""
    spans = archive.load_item_spans()
    return {
        slug: SourceReadStatus(
            state.last_success,
            state.problem,
            spans[slug].oldest if slug in spans else None,
            spans[slug].newest if slug in spans else None,
            coverage_days(state, quarter, as_of),
        )
        for slug, state in states.items()
    }


@dataclass(frozen=True, slots=True)
class SourceWords:
    """What a story's sources give to print, whatever the team decides."""

    title: str
    language: str
    summary: tuple[Sentence, ...]
    conflicts: tuple[tuple[Sentence, Sentence], ...]


def choose_source_words(story: Story, language: str, summary: tuple[Sentence, ...]) -> SourceWords:
    """Choose the words of a story out of its sources, beside the sentences that are known."""
    title, title_language = choose_headline(story, language)
    return SourceWords(title, title_language, summary, find_conflicts(story))


def build_story_text(
    entry: RankedStory,
    decision: QuarterDecision,
    language: str,
    consequences: Mapping[str, tuple[str, ...]] | None,
    words: SourceWords,
) -> StoryText:
    """Return a chosen story in its sources' words, what it is to the stack, the team's words.

    `consequences` are those for the stack by story, None where there is no stack.
    """
    story = entry.story
    thread = decision.threads.get(story.id)
    text = StoryText(
        ranked=entry,
        **get_fields(words, SourceWords),
        thread=thread if thread and thread.kind == "follow-up" else None,
    )
    if consequences is not None:
        closest = get_closest_relation(decision.relations[story.id])
        text = replace(
            text,
            relation=closest,
            ring=assign_ring(story, closest),
            why_it_matters=consequences.get(story.id, ()),
        )
    decided = decision.decided.decisions.get(story.id)
    if decided is None:
        return text
    summary = (Sentence(clean_text(decided.summary), TEAM, ""),) if decided.summary else None
    return replace(
        text,
        title=decided.headline or text.title,
        language=language if decided.headline else text.language,
        summary=summary or text.summary,
        note=decided.note,
        ring=decided.ring or text.ring,
        edited=list_edited_fields(decided),
    )


def _view_quarter(
    decision: QuarterDecision, stack: Stack, quarter: Quarter, settings: EditionSettings
) -> QuarterView:
    """Return a decided quarter as the parts of the briefing of `quarter` see it."""

    known: dict[int, tuple[Story, StoryRef]] = {}  # by identity; the story keeps it its own

    def make_reference(story: Story) -> StoryRef:
        if id(story) not in known:
            known[id(story)] = story, describe_story(story)
        return known[id(story)][1]

    def describe_story(story: Story) -> StoryRef:
        title, language, item = decision.sentence_check.find_headline(story, settings.language)
        tags, source = story.tags, item.source_name  # who has the headline says so
        published = item.published_or_seen  # and so does the day
        event = tags.event if tags.is_certain("event") else None
        evidence = tags.evidence if tags.is_certain("evidence") else None
        return StoryRef(story.id, title, language, item.address, source, published, event, evidence)

    return QuarterView(
        stack,
        [entry.story for entry in decision.chosen],
        decision.relevant_stories,
        decision.relations,
        make_reference,
        quarter.to_local_date(settings.as_of),
        themes=decision.themes,
        sells_in=sells_in,
        language=settings.language,
        until_next_review=quarter.until_next_review,
        to_local_date=quarter.to_local_date,
    )


def _find_product(story: Story, view: QuarterView) -> str:
    """Return the product that a story is about, "" where that is not sure."""
    closest = view.get_closest_relation(story)
    own = closest.products if closest.kind == "product" else ()
    title = clean_title(story.lead.item)
    return find_product(title, story.tags.vendors[:1], own) or next(iter(own), "")


def _is_own_use(story: Story) -> bool:
    """Return whether a story surely tells what a shop or brand launches for its own customers.

    Of what only changes it does so where the shop or brand acts.
    """
    item, tags = story.lead.item, story.tags
    title = clean_title(item)
    return (
        tags.event in ("launch", "update")
        and tags.is_certain("event")
        and is_own_use(title, item.summary[:_SUMMARY_HEAD], tags.vendors)
        and (tags.event == "launch" or is_owner_acting(title))
    )


def _compare_quarters(
    decision: QuarterDecision,
    before: QuarterSummary | None,
    states: Mapping[str, SourceState],
    settings: EditionSettings,
) -> Comparability:
    """Say whether figures of the quarter may stand beside those of the quarter before."""

    def find_days(quarter: Quarter) -> dict[str, str]:
        return {
            slug: coverage_days(state, quarter, settings.as_of) for slug, state in states.items()
        }

    now = measure_holding(decision.items, find_days(decision.quarter))
    if before is None:
        return compare_coverage(now, None)
    return compare_coverage(now, QuarterHolding(find_days(before.quarter), before.relevant_items))
