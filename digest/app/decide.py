"""Judge a quarter's items and decide what goes into its edition: tag, cluster, apply decisions, relate, rank, select."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.app.collect import coverage_days
from digest.archive import PageState, SourceState
from digest.cluster import choose_lead, cluster_items, find_threads
from digest.decide.decisions import (
    TEAM,
    DecidedStories,
    apply_choices,
    apply_decisions,
    list_unprinted,
)
from digest.decide.relations import (
    StackIndex,
    find_ambiguous_names,
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
    choose_section,
)
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.item import Item
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.sections import SECTIONS_BY_SLUG
from digest.model.source import Source
from digest.model.stack import Relation, Stack
from digest.model.story import EarlierStory, RankedStory, Story, StoryThread
from digest.model.tags import TaggedItem
from digest.period import Quarter
from digest.rank import (
    RankingWeights,
    Selection,
    SelectionLimits,
    rank_stories,
    select_stories,
)

if TYPE_CHECKING:
    from digest.tag import ItemJudge


@dataclass(frozen=True, slots=True)
class QuarterDecision:
    """All that was judged of a quarter's items."""

    quarter: Quarter
    items: tuple[TaggedItem, ...]
    stories: tuple[Story, ...]
    ranked: tuple[RankedStory, ...]
    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, LeftOut]  # story id → reason
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


def _find_repeats(tied: Mapping[str, StoryThread]) -> Mapping[str, LeftOut]:
    """Why stories that an earlier edition told stay out, by story id: they come again only with something new."""
    return {
        story: LeftOut(
            LeftOutReason.ALREADY_TOLD,
            {"edition": thread.earlier.edition, "title": thread.earlier.title},
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
    chosen: Sequence[RankedStory], left_out: Mapping[str, LeftOut], rulings: EditorialDecisions
) -> tuple[tuple[RankedStory, ...], Mapping[str, LeftOut]]:
    """The choice without the stories of sections that are switched off."""
    off = {slug for slug in rulings.off if SECTIONS_BY_SLUG[slug].drops_stories}
    homes = {one.story.id: choose_section(one.story.tags) for one in chosen} if off else {}
    out = {
        story: LeftOut(LeftOutReason.SECTION_OFF, {"section": slug})
        for story, slug in homes.items()
        if slug in off
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
