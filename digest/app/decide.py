"""Decide what goes into the edition of a quarter whose items are judged and grouped.

The stages in order: apply the team's decisions, relate to the stack, rank, select.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Protocol

from digest.app.findings import StoryFindings
from digest.cluster import choose_lead, group_themes
from digest.decide.decisions import (
    TEAM,
    DecidedStories,
    apply_choices,
    apply_decisions,
    list_unprinted,
)
from digest.decide.relations import (
    StackIndex,
    get_closest_relation,
    index_stack,
    score_relations,
)
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.item import Item
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.sections import SECTIONS_BY_SLUG, choose_section
from digest.model.source import Source
from digest.model.stack import OUR_RELATIONS, Relation, Stack
from digest.model.story import RankedStory, Story, StoryTheme, StoryThread
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter
from digest.rank import (
    RankingWeights,
    SelectionLimits,
    rank_stories,
    select_stories,
)
from digest.write.boilerplate import NO_BOILERPLATE
from digest.write.summaries import SentenceCheck


class Judge(Protocol):
    """What says what an item is: the shipped judgement, or one that a language model corrects."""

    def judge_item(self, item: Item) -> Tags:
        """Return the tags of an item, with reasons and confidence."""


@dataclass(frozen=True, slots=True)
class QuarterDecision:
    """What was decided of a quarter's items, with the reasons."""

    quarter: Quarter
    items: tuple[TaggedItem, ...]
    stories: tuple[Story, ...]
    ranked: tuple[RankedStory, ...]
    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, LeftOut]  # story id → reason
    relations: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)  # by story id
    decided: DecidedStories = field(default_factory=DecidedStories)
    threads: Mapping[str, StoryThread] = field(default_factory=dict)  # by story id
    themes: tuple[StoryTheme, ...] = ()  # of the relevant stories, the weightiest first
    sentence_check: SentenceCheck = field(  # what was found in the stories to print
        default_factory=lambda: SentenceCheck(boilerplate=NO_BOILERPLATE), compare=False
    )

    @property
    def relevant_stories(self) -> tuple[Story, ...]:
        """The relevant stories and those of the edition, best first."""
        chosen = {ranked.story.id for ranked in self.chosen}
        return tuple(
            ranked.story
            for ranked in self.ranked
            if ranked.story.tags.relevant or ranked.story.id in chosen
        )


def judge_items(items: Iterable[Item], judge: Judge) -> tuple[TaggedItem, ...]:
    """Return each item with its tags."""
    return tuple(TaggedItem(item, judge.judge_item(item)) for item in items)


def cap_sources(tagged: Sequence[TaggedItem], sources: Iterable[Source]) -> tuple[TaggedItem, ...]:
    """Return the items with those not relevant that their source gives beyond its cap of a day.

    The surest of a day stay as they are.
    """
    caps = {source.slug: source.per_day for source in sources if source.per_day}
    of_day: dict[tuple[str, date], list[TaggedItem]] = defaultdict(list)
    for member in tagged:
        if member.item.source in caps and member.tags.relevant:
            of_day[member.item.source, member.item.published_or_seen.date()].append(member)
    beyond: dict[str, int] = {}
    for (slug, _), members in of_day.items():
        members.sort(key=lambda one: (-one.tags.confidence.get("relevant", 0.0), one.item.id))
        beyond |= {one.item.id: caps[slug] for one in members[caps[slug] :]}
    return tuple(
        replace(member, tags=_leave_out(member.tags, beyond[member.item.id]))
        if member.item.id in beyond
        else member
        for member in tagged
    )


def _leave_out(tags: Tags, cap: int) -> Tags:
    why = {**tags.why, "relevant": (f"its source is capped at {cap} a day",)}
    return replace(tags, relevant=False, why=why)


def add_manual_stories(
    stories: Sequence[Story], editorial_decisions: EditorialDecisions, judge: Judge
) -> tuple[Story, ...]:
    """Return the stories and those of items that a person added.

    Each added item is a story of its own until a person merges it. Where a source gives the same
    address, the source's item stands for it.
    """
    if not editorial_decisions.added:
        return tuple(stories)
    urls = {member.item.url for story in stories for member in story.items}
    added = judge_items((item for item in editorial_decisions.added if item.url not in urls), judge)
    return (*stories, *(Story("s" + member.item.id, (member,), member) for member in added))


def decide_stories(
    quarter: Quarter,
    stories: Sequence[Story],
    *,
    weights: RankingWeights,
    limits: SelectionLimits,
    stack_index: StackIndex | None,
    editorial_decisions: EditorialDecisions,
    tied: Mapping[str, StoryThread] = MappingProxyType({}),
    findings: StoryFindings | None = None,
) -> QuarterDecision:
    """Apply the team's decisions to clustered stories, relate and rank them, and choose.

    `tied` maps the lead's item id of a clustered story to its thread. `findings` are of the stories
    and of `weights`; whoever decides the same stories several times hands them in, since finding
    them takes most of the time.
    """
    findings = findings or StoryFindings(stories)
    kept = (  # each added item; later decisions about it win
        StoryDecision(url=item.url, item=item.id, title=item.title, keep=True)
        for item in editorial_decisions.added
    )
    rulings = replace(editorial_decisions, stories=(*kept, *editorial_decisions.stories))
    decided = apply_decisions(stories, rulings, choose_lead, findings.item_index)
    relations: dict[str, tuple[Relation, ...]] = {}
    if stack_index:
        find_relations = findings.find_relations(stack_index)
        relations = {
            story.id: _prefer_team_relation(find_relations(story), decided.decisions.get(story.id))
            for story in decided.stories
        }
    ranked = rank_stories(
        decided.stories, quarter, weights, score_relations(relations), findings.features
    )
    themes = group_themes(
        [
            story
            for story in (entry.story for entry in ranked)
            if story.tags.relevant
            and not (story.tags.event == "promo" and story.tags.is_certain("event"))
        ],
        {entry.story.id: entry.score for entry in ranked},
        findings.find_topics,
    )
    threads = {
        story.id: tied[story.lead.item.id]
        for story in decided.stories
        if story.lead.item.id in tied
    }
    repeats = {  # what an earlier edition told comes again only with something new
        story: LeftOut(
            LeftOutReason.ALREADY_TOLD,
            {"edition": thread.earlier.edition, "title": thread.earlier.title},
        )
        for story, thread in threads.items()
        if thread.kind == "repeat"
    }
    own = {
        story_id
        for story_id, of_story in relations.items()
        if get_closest_relation(of_story).kind in OUR_RELATIONS
    }
    own_products = {
        story_id for story_id in own if get_closest_relation(relations[story_id]).kind == "product"
    }
    theme_of = {  # a story that stands in several is of the first
        story_id: " + ".join(theme.topics)
        for theme in reversed(themes)
        for story_id in theme.stories
    }
    worded = {  # the team's own words serve where a source's are missing
        story_id
        for story_id, made in decided.decisions.items()
        if made.headline or made.summary or made.note
    }
    check = findings.sentence_check or SentenceCheck(decided.stories)
    selection = select_stories(
        ranked,
        limits,
        repeats,
        own=own,
        own_products=own_products,
        themes=theme_of,
        has_words=lambda story: story.id in worded or check(story),
        traits_of=findings.find_traits,
        has_stack=stack_index is not None and bool(stack_index.products),
    )
    chosen, left_out = apply_choices(selection.chosen, selection.left_out, ranked, decided)
    chosen, reasons = _drop_disabled_sections(chosen, left_out, editorial_decisions)
    items = [member for story in decided.stories for member in story.items]
    items.sort(key=lambda member: (member.item.published_or_seen, member.item.id))
    return QuarterDecision(
        quarter=quarter,
        items=tuple(items),
        stories=decided.stories,
        ranked=ranked,
        chosen=chosen,
        left_out=reasons,
        relations=relations,
        decided=replace(decided, lost=(*decided.lost, *list_unprinted(decided, reasons))),
        threads=threads,
        themes=themes,
        sentence_check=check,
    )


def _drop_disabled_sections(
    chosen: Sequence[RankedStory], left_out: Mapping[str, LeftOut], rulings: EditorialDecisions
) -> tuple[tuple[RankedStory, ...], Mapping[str, LeftOut]]:
    """Return the choice without the stories of sections that are switched off."""
    off = {slug for slug in rulings.off if SECTIONS_BY_SLUG[slug].drops_stories}
    homes = {one.story.id: choose_section(one.story.tags) for one in chosen} if off else {}
    out = {
        story: LeftOut(LeftOutReason.SECTION_OFF, {"section": slug})
        for story, slug in homes.items()
        if slug in off
    }
    return tuple(one for one in chosen if one.story.id not in out), {**left_out, **out}


def _prefer_team_relation(
    relations: tuple[Relation, ...], decision: StoryDecision | None
) -> tuple[Relation, ...]:
    """Return a story's relations, first the one that the team names."""
    kind = decision.relation if decision else None
    if kind is None or not relations or relations[0].kind == kind:
        return relations
    first = next(
        (relation for relation in relations if relation.kind == kind),
        replace(relations[0], kind=kind, reason=f"{TEAM} said so"),
    )
    return (first, *(other for other in relations if other.kind not in (kind, "none")))


def build_stack_index(stack: Stack) -> StackIndex:
    """Return a stack with the names by which the judgement knows its products."""
    from digest.tag.vendors import Gazetteer, load_shipped_vendors

    vendors = load_shipped_vendors()
    aliases = {vendor.name: vendor.aliases for vendor in vendors if vendor.kind == "product"}
    owned: dict[str, list[str]] = defaultdict(list)  # by the company that owns them
    for vendor in vendors:
        if vendor.parent and vendor.kind != "product":
            owned[vendor.parent].append(vendor.name)
    owners = {vendor.name: vendor.parent for vendor in vendors if vendor.kind != "product"}
    words = {
        form for vendor in vendors for form, care in vendor.care.items() if care in ("word", "cue")
    }
    networks = {
        vendor.parent or vendor.name
        for vendor in vendors
        if vendor.kind in ("product", "media") and vendor.categories[:1] == ("social-media",)
    } | {
        vendor.name
        for vendor in vendors
        if vendor.kind == "media" and "social-media" in vendor.categories
    }
    products = index_stack(
        stack,
        Gazetteer.load().find_company,
        lambda name: aliases.get(name, ()),
        words.__contains__,
        lambda maker: tuple(owned.get(maker, ())),
        lambda maker: owners.get(maker, ""),
    )
    return StackIndex(stack, products, frozenset(networks))
