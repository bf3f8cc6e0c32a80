"""Compose the edition of a decided quarter: sentences, sections, stack pages, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.app.collect import coverage_days
from digest.archive import Archive, fingerprint_items
from digest.decide.decisions import (
    TEAM,
    list_edited_fields,
    list_pinned_ids,
)
from digest.decide.relations import (
    StackIndex,
    explain_relations,
    get_closest_relation,
)
from digest.edition import (
    EditionMetadata,
    SourceReadStatus,
    StackReport,
    StoryText,
    TeamInput,
    assign_ring,
    build_coverage,
    build_radar,
    build_stack_report,
    compose_edition,
    compute_trend,
    count_quarter,
    index_rings,
    select_radar_stories,
)
from digest.model.decisions import EditorialDecisions, TeamDecision
from digest.model.edition import Edition, QuarterCounts, Sentence, StoryRef
from digest.model.source import Source
from digest.model.stack import Ring
from digest.model.story import RankedStory, Story, StoryThread
from digest.period import Quarter
from digest.rank import (
    classify_reason,
)
from digest.text import clean_text
from digest.write.figures import find_conflicts
from digest.write.summaries import build_summary, choose_headline

if TYPE_CHECKING:
    pass
from digest.app.decide import QuarterDecision


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """What an edition is called and made for; see edition.Frame."""

    as_of: datetime
    language: str
    title: str
    organisation: str
    version: str
    config_fingerprint: str
    sample: bool = False


@dataclass(frozen=True, slots=True)
class StackContext:
    """The company's stack and what the team holds beside it. `before`: the quarter before, judged the same way, None
    where the archive holds nothing of it; `rings`: the radar of the edition before, where one was built."""

    stack_index: StackIndex
    before: QuarterDecision | None = None
    rings: Mapping[str, Ring] | None = None
    carried: tuple[TeamDecision, ...] = ()


def assemble_edition(
    decision: QuarterDecision,
    archive: Archive,
    sources: Sequence[Source],
    brief: EditionSettings,
    *,
    before: QuarterDecision | None,
    quality: Mapping[str, float],
    ours: StackContext | None = None,
    editorial_decisions: EditorialDecisions | None = None,
) -> Edition:
    """The edition of a decided quarter. `before`: the quarter before, judged the same way; `ours`: the stack that it is
    seen through, None where there is none; `rulings`: what the team decided."""
    items = [member.item for member in decision.items]
    printed = [member.item for one in decision.chosen for member in one.story.items]
    frame = EditionMetadata(
        quarter=decision.quarter,
        as_of=brief.as_of,
        language=brief.language,
        title=brief.title,
        organisation=brief.organisation,
        version=brief.version,
        archive_fingerprint=fingerprint_items(items),
        config_fingerprint=brief.config_fingerprint,
        sample=brief.sample,
    )
    return compose_edition(
        [_prepare_story(one, decision, brief, ours) for one in decision.chosen],
        frame,
        coverage=build_coverage(
            sources, items, printed, _load_source_readings(archive, decision.quarter, brief.as_of)
        ),
        counts=count_quarter(decision.items, decision.stories, len(decision.chosen)),
        counts_before=count_earlier_quarter(before) if before else None,
        trend=compute_trend(decision.stories, before.stories) if before else None,
        left_out=_count_reasons(decision),
        quality=quality,
        newsletter_names={source.slug: source.name for source in sources if source.mailbox},
        stack_report=_make_stack_pages(decision, ours, brief) if ours else None,
        team=_collect_team_words(decision, editorial_decisions or EditorialDecisions()),
    )


def _prepare_story(
    one: RankedStory, decision: QuarterDecision, brief: EditionSettings, ours: StackContext | None
) -> StoryText:
    """A chosen story in the sources' words, with what it is to us, and the team's words over these."""
    told = _make_story_text(one, brief.language, decision.threads.get(one.story.id))
    return _apply_team_words(_add_stack_relation(told, decision, brief, ours), decision)


def _collect_team_words(decision: QuarterDecision, rulings: EditorialDecisions) -> TeamInput:
    return TeamInput(
        letter=rulings.letter,
        decisions=rulings.decisions,
        lost=decision.decided.lost,
        pinned=list_pinned_ids(decision.chosen, decision.decided.decisions),
        disabled_sections=rulings.off,
    )


def _add_stack_relation(
    told: StoryText, decision: QuarterDecision, brief: EditionSettings, ours: StackContext | None
) -> StoryText:
    """A told story with what it is to us."""
    if ours is None:
        return told
    story = told.ranked.story
    relations = decision.relations[story.id]
    day = decision.quarter.to_local_date(brief.as_of)
    return replace(
        told,
        relation=get_closest_relation(relations),
        ring=assign_ring(story, get_closest_relation(relations)),
        why_it_matters=(
            *told.why_it_matters,
            *explain_relations(relations, ours.stack_index.stack, day),
        ),
    )


def _apply_team_words(told: StoryText, decision: QuarterDecision) -> StoryText:
    """A told story with the team's words in the place of the sources'."""
    ruling = decision.decided.decisions.get(told.ranked.story.id)
    if ruling is None:
        return told
    summary = (Sentence(clean_text(ruling.summary), TEAM, ""),) if ruling.summary else told.summary
    return replace(
        told,
        title=ruling.headline or told.title,
        summary=summary,
        note=ruling.note,
        ring=ruling.ring or told.ring,
        edited=list_edited_fields(ruling),
    )


def _make_stack_pages(
    decision: QuarterDecision, ours: StackContext, brief: EditionSettings
) -> StackReport:
    """The pages of the stack. The radar is compared with that of the edition before, or with that of the archive's
    quarter before where no edition was built."""

    def make_reference(story: Story) -> StoryRef:
        return _make_reference(story, brief.language)

    then, held = ours.rings, ours.before
    if then is None and held is not None:
        chosen = [one.story for one in held.chosen]
        then = index_rings(
            build_radar(
                select_radar_stories(chosen, held.relevant_stories, held.relations),
                held.relations,
                (),
                None,
                make_reference,
            ).blips
        )
    return build_stack_report(
        ours.stack_index.stack,
        [one.story for one in decision.chosen],
        decision.relevant_stories,
        decision.relations,
        before=held.relevant_stories if held else None,
        rings_before=then,
        carried=ours.carried,
        make_ref=make_reference,
        today=decision.quarter.to_local_date(brief.as_of),
    )


def _make_reference(story: Story, language: str) -> StoryRef:
    title, title_language = choose_headline(story, language)
    lead, tags = story.lead.item, story.tags
    return StoryRef(
        story.id,
        title,
        title_language,
        lead.url,
        lead.source_name,
        story.items[0].item.published_or_seen,
        tags.event,
        tags.evidence,
    )


def count_earlier_quarter(decision: QuarterDecision) -> QuarterCounts | None:
    """The figures of a quarter that is only compared with; None where the archive holds nothing of it."""
    return count_quarter(decision.items, decision.stories, 0) if decision.items else None


def _make_story_text(one: RankedStory, language: str, thread: StoryThread | None) -> StoryText:
    title, title_language = choose_headline(one.story, language)
    followed = thread if thread and thread.kind == "follow-up" else None
    return StoryText(
        one,
        title,
        title_language,
        build_summary(one.story, language),
        thread=followed,
        conflicts=find_conflicts(one.story),
    )


def _count_reasons(decision: QuarterDecision) -> dict[str, int]:
    """Items that were left out, by kind of reason."""
    counted: Counter[str] = Counter()
    for story in decision.stories:
        if story.id in decision.left_out:
            counted[classify_reason(decision.left_out[story.id])] += len(story.items)
    return dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))


def _load_source_readings(
    archive: Archive, quarter: Quarter, now: datetime
) -> dict[str, SourceReadStatus]:
    spans, states = archive.load_item_spans(), archive.load_source_states()
    return {
        slug: SourceReadStatus(
            state.last_success,
            state.problem,
            spans[slug].oldest if slug in spans else None,
            spans[slug].newest if slug in spans else None,
            coverage_days(state, quarter, now),
        )
        for slug, state in states.items()
    }
