"""The order of the stages, and nothing else.

    collect:  sources → fetch → intake → archive (in digest.app.collect)
    decide:   archive → tag → cluster → overrule → relate → rank → select → choose
    build:    decide → write → edition → render

Every function is handed what it needs (clock, limits, judge, weights); none looks at the world by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.app.collect import coverage_days
from digest.archive import Archive, PageState, SourceState, fingerprint_items
from digest.cluster import choose_lead, cluster_items, find_threads
from digest.decide.decisions import (
    TEAM,
    DecidedStories,
    apply_choices,
    apply_decisions,
    list_edited_fields,
    list_pinned_ids,
    list_unprinted,
)
from digest.decide.relations import (
    StackIndex,
    explain_relations,
    find_ambiguous_names,
    get_closest_relation,
    index_stack,
    relate_stories,
    score_relations,
)
from digest.decide.source_health import (
    SourceContributions,
    SourceHealth,
    SourceStatus,
    assess_sources,
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
    choose_section,
    compose_edition,
    compute_trend,
    count_quarter,
    index_rings,
    select_radar_stories,
)
from digest.i18n import TranslatableText
from digest.model.decisions import EditorialDecisions, StoryDecision, TeamDecision
from digest.model.edition import Edition, QuarterCounts, Sentence, StoryRef
from digest.model.item import Item
from digest.model.source import Source
from digest.model.stack import Relation, Ring, Stack
from digest.model.story import EarlierStory, RankedStory, Story, StoryThread
from digest.model.tags import TaggedItem
from digest.period import Quarter
from digest.rank import (
    ALREADY_TOLD,
    RankingWeights,
    Selection,
    SelectionLimits,
    classify_reason,
    rank_stories,
    select_stories,
)
from digest.text import clean_text
from digest.write.figures import find_conflicts
from digest.write.summaries import build_summary, choose_headline

if TYPE_CHECKING:
    from digest.tag import ItemJudge

# ---------------------------------------------------------------- decide


@dataclass(frozen=True, slots=True)
class QuarterDecision:
    """All that was judged of a quarter's items."""

    quarter: Quarter
    items: tuple[TaggedItem, ...]
    stories: tuple[Story, ...]
    ranked: tuple[RankedStory, ...]
    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, str]  # story id → reason
    relations: Mapping[str, tuple[Relation, ...]] = field(
        default_factory=dict
    )  # story id → what it is to us
    decided: DecidedStories = field(
        default_factory=DecidedStories
    )  # what the team said of the stories
    machine: Selection | None = None  # the choice without the team's word
    found: Mapping[str, tuple[Relation, ...]] = field(
        default_factory=dict
    )  # relations without the team's word
    words: frozenset[str] = frozenset()  # names of the stack that the quarter's texts use as words
    threads: Mapping[str, StoryThread] = field(
        default_factory=dict
    )  # story id → the earlier story that it is tied to

    @property
    def relevant_stories(self) -> tuple[Story, ...]:
        """The relevant stories, best first."""
        return tuple(one.story for one in self.ranked if one.story.tags.relevant)


def judge_items(items: Iterable[Item], judge: ItemJudge) -> tuple[TaggedItem, ...]:
    """Each item with its tags."""
    return tuple(TaggedItem(item, judge.judge_item(item)) for item in items)


def decide_quarter(
    quarter: Quarter,
    items: Iterable[Item],
    judge: ItemJudge,
    *,
    weights: RankingWeights,
    limits: SelectionLimits,
    stack_index: StackIndex | None = None,
    editorial_decisions: EditorialDecisions | None = None,
    earlier: Sequence[EarlierStory] = (),
) -> QuarterDecision:
    """Tags, stories, relations to the stack, ranks and the choice, of one quarter's items; over all of it what the
    team decided. `earlier`: what the editions before have told."""
    editorial_decisions = editorial_decisions or EditorialDecisions()
    stories = add_manual_stories(
        cluster_items(judge_items(items, judge)), editorial_decisions, judge
    )
    tied = find_threads(stories, earlier)
    return decide_stories(
        quarter,
        stories,
        weights=weights,
        limits=limits,
        stack_index=stack_index,
        editorial_decisions=editorial_decisions,
        tied=tied,
    )


def add_manual_stories(
    stories: Sequence[Story], rulings: EditorialDecisions, judge: ItemJudge
) -> tuple[Story, ...]:
    """The stories, and those of items that a person added: each a story of its own until a person merges it. Where a
    source gives the same address, it is that item."""
    known = (
        {member.item.url for story in stories for member in story.items} if rulings.added else set()
    )
    added = judge_items((item for item in rulings.added if item.url not in known), judge)
    return (*stories, *(Story("s" + one.item.id, (one,), one) for one in added))


def decide_stories(
    quarter: Quarter,
    stories: Sequence[Story],
    *,
    weights: RankingWeights,
    limits: SelectionLimits,
    stack_index: StackIndex | None,
    editorial_decisions: EditorialDecisions,
    tied: Mapping[str, StoryThread] = MappingProxyType({}),
    known: QuarterDecision | None = None,
) -> QuarterDecision:
    """What becomes of gathered stories under the team's rulings. `tied`: the threads of the gathered stories, by their
    lead's item; `known`: a decision of the same stories, whose scores stand for every story that is still the same."""
    ruled = apply_decisions(
        stories,
        _keep_manual_items(editorial_decisions),
        choose_lead,
        known.decided if known else None,
    )
    words, found = (
        _relate_stories(stories, ruled, stack_index, known) if stack_index else (frozenset(), {})
    )
    relations = {
        story_id: _prefer_team_relation(several, ruled, story_id)
        for story_id, several in found.items()
    }
    worth = score_relations(relations)
    before = score_relations(known.relations) if known else {}
    held = {
        id(one.story): one
        for one in (known.ranked if known else ())
        if worth.get(one.story.id) == before.get(one.story.id)
    }
    fresh = rank_stories(
        [one for one in ruled.stories if id(one) not in held], quarter, weights, worth
    )
    ranked = tuple(
        sorted(
            (*fresh, *(held[id(one)] for one in ruled.stories if id(one) in held)),
            key=lambda one: (-one.score, one.story.id),
        )
    )
    held_threads = {
        one.id: tied[one.lead.item.id] for one in ruled.stories if one.lead.item.id in tied
    }
    choice = known.machine if known and _are_identical(ranked, known.ranked) else None
    selection = choice or select_stories(ranked, limits, _find_repeats(held_threads))
    chosen, left_out = apply_choices(selection.chosen, selection.left_out, ranked, ruled)
    chosen, reasons = _drop_disabled_sections(chosen, left_out, editorial_decisions)
    ruled = replace(ruled, lost=(*ruled.lost, *list_unprinted(ruled, reasons)))
    items = sorted(
        (one for story in ruled.stories for one in story.items),
        key=lambda one: (one.item.published_or_seen, one.item.id),
    )
    return QuarterDecision(
        quarter, tuple(items), ruled.stories, ranked, chosen, reasons, relations, ruled, selection, found, words,
        held_threads,
    )  # fmt: skip


def _find_repeats(tied: Mapping[str, StoryThread]) -> Mapping[str, str]:
    """Why stories that an earlier edition told stay out, by story id: they come again only with something new."""
    return {
        story: TranslatableText(
            ALREADY_TOLD, edition=thread.earlier.edition, title=thread.earlier.title
        )
        for story, thread in tied.items()
        if thread.kind == "repeat"
    }


def _relate_stories(
    stories: Sequence[Story], ruled: DecidedStories, lens: StackIndex, known: QuarterDecision | None
) -> tuple[frozenset[str], Mapping[str, tuple[Relation, ...]]]:
    """What the quarter's texts use as words, and every story's relations: those of `known` where they hold."""
    ids = {member.item.id for story in stories for member in story.items}
    same = known is not None and ids == {member.item.id for member in known.items}
    words = known.words if known and same else find_ambiguous_names(stories, lens)
    held = (
        {id(one): known.found[one.id] for one in known.stories}
        if known and known.words == words
        else {}
    )
    fresh = relate_stories([one for one in ruled.stories if id(one) not in held], lens, words)
    return words, {
        one.id: held[id(one)] if id(one) in held else fresh[one.id] for one in ruled.stories
    }


def _are_identical(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the same objects in the same order."""
    return len(some) == len(others) and all(map(is_, some, others))


def _keep_manual_items(rulings: EditorialDecisions) -> EditorialDecisions:
    """The rulings, with one that keeps each added item; what was decided of it counts more."""
    own = tuple(
        StoryDecision(url=item.url, item=item.id, title=item.title, keep=True)
        for item in rulings.added
    )
    return replace(rulings, stories=(*own, *rulings.stories)) if own else rulings


def _drop_disabled_sections(
    chosen: Sequence[RankedStory], left_out: Mapping[str, str], rulings: EditorialDecisions
) -> tuple[tuple[RankedStory, ...], Mapping[str, str]]:
    """The choice without the stories of sections that are switched off."""
    off = rulings.off & {"categories", "deals", "rules"}
    homes = {one.story.id: choose_section(one.story.tags) for one in chosen} if off else {}
    out = {
        story: f"the section {slug} is switched off" for story, slug in homes.items() if slug in off
    }
    return tuple(one for one in chosen if one.story.id not in out), {**left_out, **out}


def _prefer_team_relation(
    found: tuple[Relation, ...], ruled: DecidedStories, story: str
) -> tuple[Relation, ...]:
    """A story's relations, the one first that the team names."""
    kind = ruled.decisions[story].relation if story in ruled.decisions else None
    if kind is None or not found or found[0].kind == kind:
        return found
    told = next(
        (one for one in found if one.kind == kind),
        replace(found[0], kind=kind, reason=f"{TEAM} said so"),
    )
    return (told, *(one for one in found if one.kind not in (kind, "none")))


def build_stack_index(stack: Stack) -> StackIndex:
    """A stack with the names by which the judgement knows its products."""
    from digest.tag.vendors import Gazetteer, load_shipped_vendors

    names = Gazetteer.load()
    products = {
        vendor.name: vendor for vendor in load_shipped_vendors() if vendor.kind == "product"
    }
    words = {
        form
        for vendor in load_shipped_vendors()
        for form, care in vendor.care.items()
        if care in ("word", "cue")
    }

    def find_aliases(name: str) -> tuple[str, ...]:
        return products[name].aliases if name in products else ()

    networks = {
        vendor.parent or vendor.name
        for vendor in load_shipped_vendors()
        if vendor.kind in ("product", "media") and vendor.categories[:1] == ("social-media",)
    } | {
        vendor.name
        for vendor in load_shipped_vendors()
        if vendor.kind == "media" and "social-media" in vendor.categories
    }
    return StackIndex(
        stack,
        index_stack(stack, names.canonical_name, find_aliases, words.__contains__),
        frozenset(networks),
    )


def assess_source_health(
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    recent: Sequence[Item],
    decision: QuarterDecision,
    now: datetime,
    asked: Mapping[str, PageState] = MappingProxyType({}),
) -> tuple[tuple[SourceHealth, ...], dict[str, str]]:
    """How the sources have been doing, and for each (by slug) the days of the quarter that are held. `asked`: the
    articles' pages that were asked for, by Item.url."""
    pages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for member in decision.items:
        if member.item.url in asked:
            pages[member.item.source][asked[member.item.url].outcome] += 1
    pulses = {
        slug: SourceStatus(
            state.last_success,
            state.failures,
            state.kind,
            state.problem,
            state.moved_to,
            pages[slug],
        )
        for slug, state in states.items()
    }
    rows = assess_sources(
        sources,
        pulses,
        recent,
        _measure_worth(decision),
        [member.item for member in decision.items],
        now,
    )
    strips = {
        source.slug: coverage_days(states.get(source.slug), decision.quarter, now)
        for source in sources
    }
    return rows, strips


def _measure_worth(decision: QuarterDecision) -> SourceContributions:
    printed = Counter(member.item.source for one in decision.chosen for member in one.story.items)
    shared = [
        story
        for story in decision.stories
        if len({member.item.source for member in story.items}) > 1
    ]
    told = Counter(
        slug for story in shared for slug in {member.item.source for member in story.items}
    )
    first = Counter(story.items[0].item.source for story in shared)
    out = [
        story
        for story in decision.stories
        if (held := decision.decided.decisions.get(story.id)) and held.drop
    ]
    return SourceContributions(
        printed, told, first, Counter(member.item.source for story in out for member in story.items)
    )


# ---------------------------------------------------------------- build


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
