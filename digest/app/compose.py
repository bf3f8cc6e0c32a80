"""Compose the edition of a decided quarter: sentences, sections, stack pages, coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.app.decide import QuarterDecision
from digest.app.source_state import coverage_days
from digest.archive import Archive, fingerprint_items
from digest.decide.decisions import TEAM, list_edited_fields, list_pinned_ids
from digest.decide.relations import StackIndex, explain_relations, get_closest_relation
from digest.edition import (
    EditionContext,
    SourceReadStatus,
    StackQuarter,
    StackReport,
    StoryText,
    assign_ring,
    build_coverage,
    build_radar,
    build_stack_report,
    compose_edition,
    compute_trend,
    count_quarter,
    index_rings,
    sort_by_count,
)
from digest.model.decisions import EditorialDecisions, TeamDecision
from digest.model.edition import Edition, EditionSettings, Sentence, StoryRef, get_fields
from digest.model.source import Source
from digest.model.stack import Ring, Stack
from digest.model.story import RankedStory, Story
from digest.text import clean_text
from digest.write.figures import find_conflicts
from digest.write.summaries import build_summary, choose_headline


@dataclass(frozen=True, slots=True)
class StackContext:
    """The company's stack and what the team keeps beside it.

    `before` is the quarter before, judged the same way, None where the archive holds nothing of it;
    `rings` is the radar of the edition before, where one was built; `carried` are open decisions.
    """

    stack_index: StackIndex
    before: QuarterDecision | None = None
    rings: Mapping[str, Ring] | None = None
    carried: tuple[TeamDecision, ...] = ()


def assemble_edition(
    decision: QuarterDecision,
    archive: Archive,
    sources: Sequence[Source],
    settings: EditionSettings,
    *,
    before: QuarterDecision | None,
    quality: Mapping[str, float],
    ours: StackContext | None = None,
    editorial_decisions: EditorialDecisions | None = None,
) -> Edition:
    """Return the edition of a decided quarter.

    `before` is the quarter before, judged the same way; `ours` the stack that the edition is seen
    through, None where there is none.
    """
    team = editorial_decisions or EditorialDecisions()
    items = [member.item for member in decision.items]
    printed = [member.item for entry in decision.chosen for member in entry.story.items]
    spans, states = archive.load_item_spans(), archive.load_source_states()
    readings = {
        slug: SourceReadStatus(
            state.last_success,
            state.problem,
            spans[slug].oldest if slug in spans else None,
            spans[slug].newest if slug in spans else None,
            coverage_days(state, decision.quarter, settings.as_of),
        )
        for slug, state in states.items()
    }
    pages = _build_stack_pages(decision, ours, settings) if ours else None
    origin = replace(settings.generated_from, archive=fingerprint_items(items))
    context = EditionContext(
        **(get_fields(settings, EditionSettings) | {"generated_from": origin}),
        **(get_fields(pages, StackReport) if pages else {}),
        quarter=decision.quarter,
        coverage=build_coverage(sources, items, printed, readings),
        counts=count_quarter(decision.items, decision.stories, len(decision.chosen)),
        counts_before=count_quarter(before.items, before.stories, 0)
        if before and before.items
        else None,
        trend=compute_trend(decision.stories, before.stories) if before else None,
        left_out=sort_by_count(
            decision.left_out[story.id].reason.label
            for story in decision.stories
            if story.id in decision.left_out
            for _ in story.items
        ),
        quality=quality,
        letter=team.letter,
        decisions=team.decisions,
        lost=decision.decided.lost,
        newsletter_names={source.slug: source.name for source in sources if source.mailbox},
        pinned=list_pinned_ids(decision.chosen, decision.decided.decisions),
        disabled_sections=team.off,
    )
    texts = [_build_text(entry, decision, settings, ours) for entry in decision.chosen]
    return compose_edition(texts, context)


def _build_text(
    entry: RankedStory,
    decision: QuarterDecision,
    settings: EditionSettings,
    ours: StackContext | None,
) -> StoryText:
    """Return a chosen story in its sources' words, what it is to the stack, the team's words."""
    story, language = entry.story, settings.language
    title, title_language = choose_headline(story, language)
    thread = decision.threads.get(story.id)
    text = StoryText(
        ranked=entry,
        title=title,
        language=title_language,
        summary=build_summary(story, language),
        thread=thread if thread and thread.kind == "follow-up" else None,
        conflicts=find_conflicts(story),
    )
    if ours is not None:
        relations = decision.relations[story.id]
        closest = get_closest_relation(relations)
        day = decision.quarter.to_local_date(settings.as_of)
        text = replace(
            text,
            relation=closest,
            ring=assign_ring(story, closest),
            why_it_matters=explain_relations(relations, ours.stack_index.stack, day),
        )
    decided = decision.decided.decisions.get(story.id)
    if decided is None:
        return text
    summary = (Sentence(clean_text(decided.summary), TEAM, ""),) if decided.summary else None
    return replace(
        text,
        title=decided.headline or text.title,
        summary=summary or text.summary,
        note=decided.note,
        ring=decided.ring or text.ring,
        edited=list_edited_fields(decided),
    )


def _build_stack_pages(
    decision: QuarterDecision, ours: StackContext, settings: EditionSettings
) -> StackReport:
    """Return the pages of the stack.

    The radar is compared with that of the edition before, or with that of the archive's quarter
    before where no edition was built.
    """

    def make_reference(story: Story) -> StoryRef:
        title, language = choose_headline(story, settings.language)
        lead, tags = story.lead.item, story.tags
        published = story.items[0].item.published_or_seen
        source = lead.source_name
        return StoryRef(
            story.id, title, language, lead.url, source, published, tags.event, tags.evidence
        )

    def view_quarter(decided: QuarterDecision, stack: Stack) -> StackQuarter:
        return StackQuarter(
            stack,
            [entry.story for entry in decided.chosen],
            decided.relevant_stories,
            decided.relations,
            make_reference,
            decision.quarter.to_local_date(settings.as_of),
        )

    quarter, rings = view_quarter(decision, ours.stack_index.stack), ours.rings
    if ours.before is not None:
        quarter = replace(quarter, before=ours.before.relevant_stories)
        if rings is None:
            rings = index_rings(build_radar(view_quarter(ours.before, Stack()), None))
    return build_stack_report(quarter, rings, ours.carried)
