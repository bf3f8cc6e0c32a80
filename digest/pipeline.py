"""The order of the stages, and nothing else.

    collect:  sources → fetch → intake → archive (in digest.collect)
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

from digest.archive import Archive, PageState, SourceState, fingerprint
from digest.cluster import cluster, leader, threads
from digest.collect import strip_of
from digest.edition import (
    Frame,
    Pages,
    Reading,
    Team,
    Told,
    compose,
    count,
    coverage,
    on_radar,
    pages,
    radar,
    ring_of,
    rings,
    section_of,
    trend,
)
from digest.health import Health, Pulse, Worth, examine
from digest.model import (
    Counts,
    Earlier,
    Edition,
    Item,
    Note,
    RankedStory,
    Relation,
    Ring,
    Ruling,
    Rulings,
    Sentence,
    Source,
    Stack,
    Story,
    StoryRef,
    TaggedItem,
    TeamDecision,
    Thread,
)
from digest.overrule import TEAM, Ruled, choose, edited, overrule, pinned, unprinted
from digest.period import Quarter
from digest.rank import TOLD_ALREADY, Limits, Selection, Weights, kind_of, rank, select
from digest.relate import Lens, closest, know, points, relate, used_as_words, why
from digest.text import clean
from digest.write.figures import conflicts
from digest.write.summaries import headline, summary

if TYPE_CHECKING:
    from digest.tag import Judge

# ---------------------------------------------------------------- decide


@dataclass(frozen=True, slots=True)
class Decision:
    """All that was judged of a quarter's items."""

    quarter: Quarter
    items: tuple[TaggedItem, ...]
    stories: tuple[Story, ...]
    ranked: tuple[RankedStory, ...]
    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, str]  # story id → reason
    relations: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)  # story id → what it is to us
    ruled: Ruled = field(default_factory=Ruled)  # what the team said of the stories
    machine: Selection | None = None  # the choice without the team's word
    found: Mapping[str, tuple[Relation, ...]] = field(default_factory=dict)  # relations without the team's word
    words: frozenset[str] = frozenset()  # names of the stack that the quarter's texts use as words
    threads: Mapping[str, Thread] = field(default_factory=dict)  # story id → the earlier story that it is tied to

    @property
    def relevant(self) -> tuple[Story, ...]:
        """The relevant stories, best first."""
        return tuple(one.story for one in self.ranked if one.story.tags.relevant)


def judge_items(items: Iterable[Item], judge: Judge) -> tuple[TaggedItem, ...]:
    """Each item with its tags."""
    return tuple(TaggedItem(item, judge.judge(item)) for item in items)


def decide(
    quarter: Quarter,
    items: Iterable[Item],
    judge: Judge,
    *,
    weights: Weights,
    limits: Limits,
    lens: Lens | None = None,
    rulings: Rulings | None = None,
    earlier: Sequence[Earlier] = (),
) -> Decision:
    """Tags, stories, relations to the stack, ranks and the choice, of one quarter's items; over all of it what the
    team decided. `earlier`: what the editions before have told."""
    rulings = rulings or Rulings()
    stories = with_added(cluster(judge_items(items, judge)), rulings, judge)
    tied = threads(stories, earlier)
    return settle(quarter, stories, weights=weights, limits=limits, lens=lens, rulings=rulings, tied=tied)


def with_added(stories: Sequence[Story], rulings: Rulings, judge: Judge) -> tuple[Story, ...]:
    """The stories, and those of items that a person added: each a story of its own until a person merges it. Where a
    source gives the same address, it is that item."""
    known = {member.item.url for story in stories for member in story.items} if rulings.added else set()
    added = judge_items((item for item in rulings.added if item.url not in known), judge)
    return (*stories, *(Story("s" + one.item.id, (one,), one) for one in added))


def settle(
    quarter: Quarter,
    stories: Sequence[Story],
    *,
    weights: Weights,
    limits: Limits,
    lens: Lens | None,
    rulings: Rulings,
    tied: Mapping[str, Thread] = MappingProxyType({}),
    known: Decision | None = None,
) -> Decision:
    """What becomes of gathered stories under the team's rulings. `tied`: the threads of the gathered stories, by their
    lead's item; `known`: a decision of the same stories, whose scores stand for every story that is still the same."""
    ruled = overrule(stories, _with_added(rulings), leader, known.ruled if known else None)
    words, found = _related(stories, ruled, lens, known) if lens else (frozenset(), {})
    relations = {story_id: _as_told(several, ruled, story_id) for story_id, several in found.items()}
    worth = points(relations)
    before = points(known.relations) if known else {}
    held = {
        id(one.story): one
        for one in (known.ranked if known else ())
        if worth.get(one.story.id) == before.get(one.story.id)
    }
    fresh = rank([one for one in ruled.stories if id(one) not in held], quarter, weights, worth)
    ranked = tuple(
        sorted(
            (*fresh, *(held[id(one)] for one in ruled.stories if id(one) in held)),
            key=lambda one: (-one.score, one.story.id),
        )
    )
    held_threads = {one.id: tied[one.lead.item.id] for one in ruled.stories if one.lead.item.id in tied}
    choice = known.machine if known and _same(ranked, known.ranked) else None
    selection = choice or select(ranked, limits, _told_already(held_threads))
    chosen, left_out = choose(selection.chosen, selection.left_out, ranked, ruled)
    chosen, reasons = _switched(chosen, left_out, rulings)
    ruled = replace(ruled, lost=(*ruled.lost, *unprinted(ruled, reasons)))
    items = sorted(
        (one for story in ruled.stories for one in story.items), key=lambda one: (one.item.when, one.item.id)
    )
    return Decision(
        quarter, tuple(items), ruled.stories, ranked, chosen, reasons, relations, ruled, selection, found, words,
        held_threads,
    )  # fmt: skip


def _told_already(tied: Mapping[str, Thread]) -> Mapping[str, str]:
    """Why stories that an earlier edition told stay out, by story id: they come again only with something new."""
    return {
        story: Note(TOLD_ALREADY, edition=thread.earlier.edition, title=thread.earlier.title)
        for story, thread in tied.items()
        if thread.kind == "repeat"
    }


def _related(
    stories: Sequence[Story], ruled: Ruled, lens: Lens, known: Decision | None
) -> tuple[frozenset[str], Mapping[str, tuple[Relation, ...]]]:
    """What the quarter's texts use as words, and every story's relations: those of `known` where they hold."""
    ids = {member.item.id for story in stories for member in story.items}
    same = known is not None and ids == {member.item.id for member in known.items}
    words = known.words if known and same else used_as_words(stories, lens)
    held = {id(one): known.found[one.id] for one in known.stories} if known and known.words == words else {}
    fresh = relate([one for one in ruled.stories if id(one) not in held], lens, words)
    return words, {one.id: held[id(one)] if id(one) in held else fresh[one.id] for one in ruled.stories}


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the same objects in the same order."""
    return len(some) == len(others) and all(map(is_, some, others))


def _with_added(rulings: Rulings) -> Rulings:
    """The rulings, with one that keeps each added item; what was decided of it counts more."""
    own = tuple(Ruling(url=item.url, item=item.id, title=item.title, keep=True) for item in rulings.added)
    return replace(rulings, stories=(*own, *rulings.stories)) if own else rulings


def _switched(
    chosen: Sequence[RankedStory], left_out: Mapping[str, str], rulings: Rulings
) -> tuple[tuple[RankedStory, ...], Mapping[str, str]]:
    """The choice without the stories of sections that are switched off."""
    off = rulings.off & {"categories", "deals", "rules"}
    homes = {one.story.id: section_of(one.story.tags) for one in chosen} if off else {}
    out = {story: f"the section {slug} is switched off" for story, slug in homes.items() if slug in off}
    return tuple(one for one in chosen if one.story.id not in out), {**left_out, **out}


def _as_told(found: tuple[Relation, ...], ruled: Ruled, story: str) -> tuple[Relation, ...]:
    """A story's relations, the one first that the team names."""
    kind = ruled.rulings[story].relation if story in ruled.rulings else None
    if kind is None or not found or found[0].kind == kind:
        return found
    told = next((one for one in found if one.kind == kind), replace(found[0], kind=kind, reason=f"{TEAM} said so"))
    return (told, *(one for one in found if one.kind not in (kind, "none")))


def lens_of(stack: Stack) -> Lens:
    """A stack with the names by which the judgement knows its products."""
    from digest.tag.vendors import Gazetteer, shipped

    names = Gazetteer.load()
    products = {vendor.name: vendor for vendor in shipped() if vendor.kind == "product"}
    words = {form for vendor in shipped() for form, care in vendor.care.items() if care in ("word", "cue")}

    def aliases(name: str) -> tuple[str, ...]:
        return products[name].aliases if name in products else ()

    networks = {
        vendor.parent or vendor.name
        for vendor in shipped()
        if vendor.kind in ("product", "media") and vendor.categories[:1] == ("social-media",)
    } | {vendor.name for vendor in shipped() if vendor.kind == "media" and "social-media" in vendor.categories}
    return Lens(stack, know(stack, names.canonical_name, aliases, words.__contains__), frozenset(networks))


def health_of(
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    recent: Sequence[Item],
    decision: Decision,
    now: datetime,
    asked: Mapping[str, PageState] = MappingProxyType({}),
) -> tuple[tuple[Health, ...], dict[str, str]]:
    """How the sources have been doing, and for each (by slug) the days of the quarter that are held. `asked`: the
    articles' pages that were asked for, by Item.url."""
    pages: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for member in decision.items:
        if member.item.url in asked:
            pages[member.item.source][asked[member.item.url].outcome] += 1
    pulses = {
        slug: Pulse(state.last_success, state.failures, state.kind, state.problem, state.moved_to, pages[slug])
        for slug, state in states.items()
    }
    rows = examine(sources, pulses, recent, _worth(decision), [member.item for member in decision.items], now)
    strips = {source.slug: strip_of(states.get(source.slug), decision.quarter, now) for source in sources}
    return rows, strips


def _worth(decision: Decision) -> Worth:
    printed = Counter(member.item.source for one in decision.chosen for member in one.story.items)
    shared = [story for story in decision.stories if len({member.item.source for member in story.items}) > 1]
    told = Counter(slug for story in shared for slug in {member.item.source for member in story.items})
    first = Counter(story.items[0].item.source for story in shared)
    out = [story for story in decision.stories if (held := decision.ruled.rulings.get(story.id)) and held.drop]
    return Worth(printed, told, first, Counter(member.item.source for story in out for member in story.items))


# ---------------------------------------------------------------- build


@dataclass(frozen=True, slots=True)
class Brief:
    """What an edition is called and made for; see edition.Frame."""

    as_of: datetime
    language: str
    title: str
    organisation: str
    version: str
    config_fingerprint: str
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Ours:
    """The company's stack and what the team holds beside it. `before`: the quarter before, judged the same way, None
    where the archive holds nothing of it; `rings`: the radar of the edition before, where one was built."""

    lens: Lens
    before: Decision | None = None
    rings: Mapping[str, Ring] | None = None
    carried: tuple[TeamDecision, ...] = ()


def edition_of(
    decision: Decision,
    archive: Archive,
    sources: Sequence[Source],
    brief: Brief,
    *,
    before: Decision | None,
    quality: Mapping[str, float],
    ours: Ours | None = None,
    rulings: Rulings | None = None,
) -> Edition:
    """The edition of a decided quarter. `before`: the quarter before, judged the same way; `ours`: the stack that it is
    seen through, None where there is none; `rulings`: what the team decided."""
    items = [member.item for member in decision.items]
    printed = [member.item for one in decision.chosen for member in one.story.items]
    frame = Frame(
        quarter=decision.quarter,
        as_of=brief.as_of,
        language=brief.language,
        title=brief.title,
        organisation=brief.organisation,
        version=brief.version,
        archive_fingerprint=fingerprint(items),
        config_fingerprint=brief.config_fingerprint,
        sample=brief.sample,
    )
    return compose(
        [_as_printed(one, decision, brief, ours) for one in decision.chosen],
        frame,
        coverage=coverage(sources, items, printed, _readings(archive, decision.quarter, brief.as_of)),
        counts=count(decision.items, decision.stories, len(decision.chosen)),
        counts_before=counts_of(before) if before else None,
        moved=trend(decision.stories, before.stories) if before else None,
        left_out=_reasons(decision),
        quality=quality,
        letters={source.slug: source.name for source in sources if source.mailbox},
        pages=_pages(decision, ours, brief) if ours else None,
        team=_team(decision, rulings or Rulings()),
    )


def _as_printed(one: RankedStory, decision: Decision, brief: Brief, ours: Ours | None) -> Told:
    """A chosen story in the sources' words, with what it is to us, and the team's words over these."""
    told = _told(one, brief.language, decision.threads.get(one.story.id))
    return _ruled(_seen(told, decision, brief, ours), decision)


def _team(decision: Decision, rulings: Rulings) -> Team:
    return Team(
        letter=rulings.letter,
        decisions=rulings.decisions,
        lost=decision.ruled.lost,
        pinned=pinned(decision.chosen, decision.ruled.rulings),
        off=rulings.off,
    )


def _seen(told: Told, decision: Decision, brief: Brief, ours: Ours | None) -> Told:
    """A told story with what it is to us."""
    if ours is None:
        return told
    story = told.ranked.story
    relations = decision.relations[story.id]
    day = decision.quarter.day_of(brief.as_of)
    return replace(
        told,
        relation=closest(relations),
        ring=ring_of(story, closest(relations)),
        why_it_matters=(*told.why_it_matters, *why(relations, ours.lens.stack, day)),
    )


def _ruled(told: Told, decision: Decision) -> Told:
    """A told story with the team's words in the place of the sources'."""
    ruling = decision.ruled.rulings.get(told.ranked.story.id)
    if ruling is None:
        return told
    summary = (Sentence(clean(ruling.summary), TEAM, ""),) if ruling.summary else told.summary
    return replace(
        told,
        title=ruling.headline or told.title,
        summary=summary,
        note=ruling.note,
        ring=ruling.ring or told.ring,
        edited=edited(ruling),
    )


def _pages(decision: Decision, ours: Ours, brief: Brief) -> Pages:
    """The pages of the stack. The radar is compared with that of the edition before, or with that of the archive's
    quarter before where no edition was built."""

    def tell(story: Story) -> StoryRef:
        return _reference(story, brief.language)

    then, held = ours.rings, ours.before
    if then is None and held is not None:
        chosen = [one.story for one in held.chosen]
        then = rings(radar(on_radar(chosen, held.relevant, held.relations), held.relations, (), None, tell).blips)
    return pages(
        ours.lens.stack,
        [one.story for one in decision.chosen],
        decision.relevant,
        decision.relations,
        before=held.relevant if held else None,
        rings_before=then,
        carried=ours.carried,
        tell=tell,
        today=decision.quarter.day_of(brief.as_of),
    )


def _reference(story: Story, language: str) -> StoryRef:
    title, title_language = headline(story, language)
    lead, tags = story.lead.item, story.tags
    return StoryRef(
        story.id, title, title_language, lead.url, lead.source_name, story.items[0].item.when, tags.event, tags.evidence
    )


def counts_of(decision: Decision) -> Counts | None:
    """The figures of a quarter that is only compared with; None where the archive holds nothing of it."""
    return count(decision.items, decision.stories, 0) if decision.items else None


def _told(one: RankedStory, language: str, thread: Thread | None) -> Told:
    title, title_language = headline(one.story, language)
    followed = thread if thread and thread.kind == "follow-up" else None
    return Told(
        one, title, title_language, summary(one.story, language), thread=followed, conflicts=conflicts(one.story)
    )


def _reasons(decision: Decision) -> dict[str, int]:
    """Items that were left out, by kind of reason."""
    counted: Counter[str] = Counter()
    for story in decision.stories:
        if story.id in decision.left_out:
            counted[kind_of(decision.left_out[story.id])] += len(story.items)
    return dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))


def _readings(archive: Archive, quarter: Quarter, now: datetime) -> dict[str, Reading]:
    spans, states = archive.spans(), archive.states()
    return {
        slug: Reading(
            state.last_success,
            state.problem,
            spans[slug].oldest if slug in spans else None,
            spans[slug].newest if slug in spans else None,
            strip_of(state, quarter, now),
        )
        for slug, state in states.items()
    }
