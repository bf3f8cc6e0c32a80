"""Hold the quarter under review: what the page shows.

The decided quarter is kept in memory and decided again when the store's decisions change; so is the
edition as it would be printed. `digest.review.changes` says what an action changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from digest.app.decide import QuarterDecision
from digest.app.live_edition import LiveEdition
from digest.config.decision_changes import Place, Value
from digest.decide.decisions import list_unprinted
from digest.errors import UsageError
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.drafts import Proposal
from digest.model.edition import Edition, EditionStory
from digest.model.reasons import LeftOutReason
from digest.model.sections import FIRST_SECTION, SECTIONS_BY_SLUG
from digest.model.stack import OUR_RELATIONS
from digest.model.story import RankedStory, Story
from digest.model.tags import TaggedItem
from digest.review.changes import collect_references
from digest.review.store import DecisionStore, ReviewStep
from digest.review.tray import StoryFilter
from digest.text import truncate_text

DecideFunction = Callable[[EditorialDecisions], QuarterDecision]
# judges the items, and returns what puts the new judgement in place
JudgeFunction = Callable[[EditorialDecisions], Callable[[], None]]
# what a language model drafted of a story, else of the edition as a whole
ProposeFunction = Callable[[QuarterDecision, EditorialDecisions, Story | None], list[Proposal]]

NEXT_CANDIDATES = 3  # offered for a place that is free
_JUDGED_FIELDS = ("relevant", "category", "ai", "evidence", "event")
_DAY = timedelta(days=1)
_WORD_PATTERN = re.compile(r"\w{4,}|\d{2,}")
_COMPARED = 400  # characters of a summary by which stories are compared
_NEAR = timedelta(days=14)  # apart, at which two stories count half as alike


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in a list. Of a printed one `story` holds the very words, and `label` what is printed
    of its tags; `place` is its rank in the quarter."""

    id: str
    title: str
    source: str
    day: datetime
    items: int
    category: str | None
    ai: str
    event: str
    score: float
    place: int
    sure: float  # the lowest confidence of its judgements, 0 to 1
    state: str  # in | out | kept | dropped | pinned
    reason: str
    decided: bool
    new: bool
    revision: str
    story: EditionStory | None = None
    number: int = 0  # its place on page one, from 1; 0 elsewhere


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A section of the edition with its rows, in the order of print."""

    slug: str
    title: str
    rows: tuple[StoryRow, ...]
    briefs: tuple[StoryRow, ...] = ()
    note: str = ""


class ReviewSession:
    """One edition under review.

    `places` is how many stories an edition holds; `live` composes what would be printed.
    """

    def __init__(
        self,
        store: DecisionStore,
        decide: DecideFunction,
        now: Callable[[], datetime],
        live: LiveEdition,
        propose: ProposeFunction | None = None,
        places: int = 40,
        judge: JudgeFunction = lambda _: lambda: None,
    ) -> None:
        self.store, self.now, self.live, self.places = store, now, live, places
        self._propose, self._judge = propose, judge
        self._decide = decide
        self._decision: QuarterDecision | None = None
        self._version = -1
        self._by_id: dict[str, RankedStory] = {}
        self._place: dict[str, int] = {}
        self._chosen: frozenset[str] = frozenset()
        self._holders: dict[str, str] = {}  # every id that a story may have had → its id now
        self._oldest = datetime.min.replace(tzinfo=UTC)  # when the first item was seen
        self._machine_size = 0  # stories that the machine alone would print
        self._words: dict[str, list[str]] = {}  # word → ids of the items that hold it
        self._words_of, self._most_alike = -1, 0
        self._printed: Edition | None = None
        self._printed_of: object = None

    @property
    def decision(self) -> QuarterDecision:
        """The quarter as it stands under the decisions of this moment."""
        self.store.reload_file()
        if self._decision is None or self._version != self.store.version:
            self._decision = self._decide(self.store.decisions)
            self._version = self.store.version
            self._by_id = {ranked.story.id: ranked for ranked in self._decision.ranked}
            self._place = {story_id: place for place, story_id in enumerate(self._by_id, 1)}
            self._chosen = frozenset(ranked.story.id for ranked in self._decision.chosen)
            self._holders = {}
            items = (one.item for ranked in self._decision.ranked for one in ranked.story.items)
            self._oldest = min((item.first_seen for item in items), default=self.now())
            self._machine_size = _count_machine_choice(self._decision)
        return self._decision

    @property
    def _held(self) -> QuarterDecision:
        """The quarter as it was decided last: within one answer the file is looked at once."""
        return self._decision or self.decision

    @property
    def printed(self) -> Edition:
        """The edition as it would be printed under the decisions of this moment."""
        decision = self.decision
        key = (self._version, id(self.live.whole), id(decision))
        if self._printed is None or self._printed_of != key:
            self._printed = self.live.compose(decision, self.store.decisions)
            self._printed_of = key
        return self._printed

    def judge_again(self) -> Callable[[], None]:
        """Judge the quarter's items again, as after its vocabulary changed; return what shows it.

        The judging takes seconds, and may run in a thread while the page shows the old judgement.
        """
        take_over = self._judge(self.store.decisions)

        def show() -> None:
            take_over()
            self._decision, self._words_of = None, -1

        return show

    # ------------------------------------------------------------ the edition

    def list_sections(self) -> list[PrintedSection]:
        """Return the sections that hold stories, as they would be printed."""
        found = []
        for section in self.printed.sections:
            first = section.slug == FIRST_SECTION
            rows = tuple(
                self.build_row(self._by_id[story.id], story, number if first else 0)
                for number, story in enumerate(section.stories, 1)
            )
            briefs = tuple(
                self.build_row(self._by_id[story.id], story)
                for story in section.briefs
                if story.id in self._by_id
            )
            kind = SECTIONS_BY_SLUG[section.slug]
            title = kind.team_title or kind.title
            note = section.note if not (rows or briefs) else ""
            found.append(PrintedSection(section.slug, title, rows, briefs, note))
        return found

    def get_printed(self, story_id: str) -> EditionStory | None:
        """Return a story as it would be printed; None where it is not told in full."""
        return next((story for story in self.printed.stories if story.id == story_id), None)

    def list_first(self) -> list[str]:
        """Return the ids of the stories on page one, in their order."""
        sections = (one for one in self.printed.sections if one.slug == FIRST_SECTION)
        return [story.id for section in sections for story in section.stories]

    def list_pins(self) -> list[str]:
        """Return the ids of the pinned stories, in their order."""
        decisions = self.decision.decided.decisions.items()
        pins = sorted((made.pin, key) for key, made in decisions if made.pin and not made.drop)
        return [key for _, key in pins]

    def count_free_places(self) -> int:
        """Return how many places of the edition the team's drops have left free."""
        return max(0, min(self.places, self._machine_size) - len(self._held.chosen))

    def list_candidates(self, most: int = NEXT_CANDIDATES) -> list[StoryRow]:
        """Return the best stories that only lack of places keeps out."""
        left_out = self._held.left_out
        found = (
            self.build_row(ranked)
            for ranked in self._held.ranked
            if (left := left_out.get(ranked.story.id)) and left.reason is LeftOutReason.BELOW_LAST
        )
        return [row for row, _ in zip(found, range(most), strict=False)]

    # ------------------------------------------------------------ the tray

    def find_stories(self, story_filter: StoryFilter) -> list[RankedStory]:
        """Return the stories that fit a filter, in its order."""
        ranked = self.decision.ranked
        found = [one for one in ranked if self._matches_filter(one, story_filter)]
        if story_filter.order != "doubt":
            return found
        decided = self.list_decided_ids()

        def doubt(one: RankedStory) -> tuple[bool, float, str]:
            return one.story.id in decided, _find_doubt(one.story), one.story.id

        return sorted(found, key=doubt)

    def list_rows(self, story_filter: StoryFilter) -> list[StoryRow]:
        """Return the stories that fit a filter as rows, in its order."""
        return [self.build_row(ranked) for ranked in self.find_stories(story_filter)]

    def list_choices(self) -> dict[str, list[str]]:
        """Return the sources and vendors that a filter may name, those with most stories first."""
        sources: Counter[str] = Counter()
        vendors: Counter[str] = Counter()
        for ranked in self.decision.ranked:
            if ranked.story.tags.relevant:
                sources.update({member.item.source_name for member in ranked.story.items})
                vendors.update(ranked.story.tags.vendors)
        return {
            "source": [name for name, _ in sources.most_common(80)],
            "vendor": [name for name, _ in vendors.most_common(80)],
        }

    def build_row(
        self, ranked: RankedStory, printed: EditionStory | None = None, number: int = 0
    ) -> StoryRow:
        """Return a story as a row."""
        story, tags, lead = ranked.story, ranked.story.tags, ranked.story.lead.item
        decision = self._held.decided.decisions.get(story.id) or StoryDecision()
        state = "out"
        if decision.drop:
            state = "dropped"
        elif story.id in self._chosen:
            state = "pinned" if decision.pin else "kept" if decision.keep else "in"
        title = printed.title if printed else decision.headline
        if not title:
            title = self.live.get_words(self._held, story).title or lead.url
        return StoryRow(
            id=story.id,
            title=title,
            source=lead.source_name,
            day=story.items[0].item.published_or_seen,
            items=len(story.items),
            category=tags.category,
            ai=tags.ai,
            event=tags.event,
            score=ranked.score,
            place=self._place[story.id],
            sure=_find_doubt(story),
            state=state,
            reason=self.describe_reason(story.id),
            decided=bool(decision.by),
            new=self._is_new(story),
            revision=_name_grouping(story),
            story=printed,
            number=number,
        )

    def describe_reason(self, story_id: str) -> str:
        """Return why a story stays out, as it is true now; "" where it is in."""
        left = self._held.left_out.get(story_id)
        if left is None or left.reason is not LeftOutReason.BELOW_LAST:
            return str(left or "")
        place, inside = self._place[story_id], len(self._chosen)
        free = self.count_free_places()
        if free:
            places = "a place is" if free == 1 else f"{free} places are"
            return f"rank {place}: {places} free, and nobody has brought it in"
        words = f"rank {place}: all {inside} places are taken"
        if told := self._count_theme(story_id):
            return f"{words}, {told} of them by its theme"
        lower = sum(self._place[other] > place for other in self._chosen)
        return f"{words}, {lower} by lower ones with a consequence" if lower else words

    def _count_theme(self, story_id: str) -> int:
        """Return how many printed stories there are of a story's theme."""
        themes = (theme for theme in self._held.themes if story_id in theme.stories)
        return next((len(self._chosen.intersection(theme.stories)) for theme in themes), 0)

    # ------------------------------------------------------------ one story

    def get_story(self, story_id: str) -> RankedStory:
        """Return a story. Raises UsageError where there is none of that id now."""
        self.decision  # noqa: B018 - brings the index up to date
        if story_id not in self._by_id:
            raise UsageError(
                "there is no such story now",
                "it was merged, split or rebuilt: look at the list again",
            )
        return self._by_id[story_id]

    def has_story(self, story_id: str) -> bool:
        """Return whether there is a story of that id now."""
        self.decision  # noqa: B018 - brings the index up to date
        return story_id in self._by_id

    def find_current_id(self, story_id: str) -> str:
        """Return the id that a story has now; it takes another one when another item leads it."""
        if story_id in self._by_id:
            return story_id
        if not self._holders:
            self._holders = {
                name: ranked.story.id
                for ranked in self.decision.ranked
                for name in name_story(ranked.story)
            }
        return self._holders.get(story_id, story_id)

    def list_names(self, story_id: str) -> tuple[str, ...]:
        """Return the ids that a story may have had, its present one last; "" is the edition."""
        if story_id not in self._by_id:
            return (story_id,)
        return (*name_story(self._by_id[story_id].story), story_id)

    def get_place(self, story_id: str) -> int:
        """Return a story's rank in the quarter, from 1."""
        return self._place[story_id]

    def get_decision(self, story_id: str) -> StoryDecision | None:
        """Return what the team decided of a story."""
        return self.decision.decided.decisions.get(story_id)

    def make_revision(self, story_id: str) -> str:
        """Return what names a story as it is grouped now: an action names it, and is refused for
        another."""
        return _name_grouping(self.get_story(story_id).story)

    def require_revision(self, story_id: str, revision: str) -> None:
        """Raise UsageError where a story is grouped otherwise than a person saw it."""
        if revision and revision != self.make_revision(story_id):
            raise UsageError(
                "the story was merged or split since you opened it; nothing was written",
                "look at it again",
            )

    def find_similar(self, story: Story, words: str, limit: int = 8) -> list[StoryRow]:
        """Return other stories that may be the same.

        They share rare words with the story and are near it in time, or hold the words given.
        """
        if words:
            story_filter = StoryFilter("everything", words)
            others = (ranked for ranked in self.decision.ranked if ranked.story is not story)
            found = [ranked for ranked in others if self._matches_filter(ranked, story_filter)]
            return [self.build_row(ranked) for ranked in found[:limit]]
        best = self._weigh_similar(story)
        ids = sorted(best, key=lambda story_id: (-best[story_id], story_id))[:limit]
        return [self.build_row(self._by_id[story_id]) for story_id in ids]

    def _weigh_similar(self, story: Story) -> dict[str, float]:
        """Return how much other stories are like one: by rare words that one item of each shares,
        the more the nearer they are in time."""
        index = self._index_words()
        scores: dict[str, float] = {}
        for word in {word for member in story.items for word in _extract_words(member)}:
            holding = index.get(word, ())
            for item_id in holding if len(holding) <= self._most_alike else ():
                scores[item_id] = scores.get(item_id, 0.0) + 1 / len(holding)
        best: dict[str, float] = {}
        day = story.items[0].item.published_or_seen
        for item_id, score in scores.items():
            other = self._by_id.get(self.find_current_id(f"s{item_id}"))
            if other is None or other.story.id == story.id:
                continue
            apart = abs(other.story.items[0].item.published_or_seen - day)
            weight = score / (1 + apart / _NEAR)
            best[other.story.id] = max(weight, best.get(other.story.id, 0.0))
        return best

    def _index_words(self) -> Mapping[str, list[str]]:
        """Return the items that hold each word; made once for the items that there are."""
        ranked = self.decision.ranked
        count = sum(len(one.story.items) for one in ranked)
        if self._words_of != count:
            index: dict[str, list[str]] = {}
            for one in ranked:
                for member in one.story.items:
                    for word in _extract_words(member):
                        index.setdefault(word, []).append(member.item.id)
            self._words, self._words_of = index, count
            self._most_alike = min(50, max(20, count // 20))  # a word of more says little
        return self._words

    def list_proposals(self, story_id: str = "") -> list[Proposal]:
        """Return what a language model drafted: of a story, else lead and themes."""
        if self._propose is None:
            return []
        story = self.get_story(story_id).story if story_id else None
        return self._propose(self.decision, self.store.decisions, story)

    # ------------------------------------------------------------ what needs a person

    def list_lost_decisions(self) -> tuple[str, ...]:
        """Return the decisions that are not in force, in words."""
        decided, left_out = self.decision.decided, self.decision.left_out
        return tuple(dict.fromkeys((*decided.lost, *list_unprinted(decided, left_out))))

    def list_chosen_ids(self) -> list[str]:
        """Return the ids of the printed stories, best first."""
        return [ranked.story.id for ranked in self.decision.chosen]

    def list_decided_ids(self) -> set[str]:
        """Return the ids of the stories of which the team decided anything."""
        decisions = self.decision.decided.decisions.items()
        return {story_id for story_id, decision in decisions if decision.by}

    # ------------------------------------------------------------ what is done

    def write_changes(
        self, changes: Mapping[Place, Value], by: str, words: str, seen: int | None = None
    ) -> ReviewStep:
        """Write changes into the file. Raises DigestError; see DecisionStore.apply_changes."""
        return self.store.apply_changes(changes, by=by, at=self.now(), words=words, seen=seen)

    def format_label(self, story_id: str) -> str:
        """Return a story's title for the list of steps."""
        return f"“{truncate_text(self.build_row(self.get_story(story_id)).title, 60)}”"

    def find_changed_story(self, changes: Mapping[Place, Value]) -> str | None:
        """Return the present id of the story that changes were about; None where it is gone."""
        keys = {key for group, key, _ in changes if group == "stories"}
        keys |= {key.rpartition(" ")[2] for group, key, _ in changes if group == "accepted"}
        for story_id, decision in self.decision.decided.decisions.items():
            if keys & {decision.url, decision.item}:
                return story_id
        stories = (ranked.story for ranked in self.decision.ranked)
        return next((story.id for story in stories if collect_references(story) & keys), None)

    # ------------------------------------------------------------ filters

    def _matches_filter(self, ranked: RankedStory, wanted: StoryFilter) -> bool:
        return (
            self._is_in_view(ranked, wanted.view)
            and (not wanted.stack or self._concerns_stack(ranked.story.id))
            and wanted.fits_labels(ranked.story)
        )

    def _is_in_view(self, ranked: RankedStory, view: str) -> bool:
        inside = ranked.story.id in self._chosen
        decision = self._held.decided.decisions.get(ranked.story.id)
        decided = decision is not None and bool(decision.by)
        if view == "out":
            return not inside and (ranked.story.tags.relevant or decided)
        if view == "new":
            is_recent = decision and decision.at and decision.at > self.now() - _DAY
            return bool(is_recent) or self._is_new(ranked.story)
        return {"all": not inside, "decided": decided, "everything": True}.get(view, False)

    def _concerns_stack(self, story_id: str) -> bool:
        relations = self._held.relations.get(story_id, ())
        return any(relation.kind in OUR_RELATIONS for relation in relations)

    def _is_new(self, story: Story) -> bool:
        since = self.now() - _DAY
        if self._oldest > since:  # all was collected at once, so nothing is newer than the rest
            return False
        return any(member.item.first_seen > since for member in story.items)


def _name_grouping(story: Story) -> str:
    """Return what names a story as it is grouped now."""
    items = sorted(member.item.id for member in story.items)
    return sha256("\n".join((story.id, *items)).encode()).hexdigest()[:12]


def _find_doubt(story: Story) -> float:
    """Return the lowest confidence of a story's judgements, 0 to 1."""
    confidence = story.tags.confidence
    return min(confidence.get(name, 1.0) for name in _JUDGED_FIELDS)


def _extract_words(member: TaggedItem) -> set[str]:
    """Return the words by which items are alike: of title, summary and vendors."""
    text = f"{member.item.title} {member.item.summary[:_COMPARED]}".casefold()
    return {*_WORD_PATTERN.findall(text), *map(str.casefold, member.tags.vendors)}


def name_story(story: Story) -> Iterator[str]:
    """Yield the ids that a story has or had: each of its items may have led it."""
    return (f"s{member.item.id}" for member in story.items)


def _count_machine_choice(decision: QuarterDecision) -> int:
    """Return how many stories the machine alone would print."""
    for left in decision.left_out.values():
        if left.reason is LeftOutReason.BELOW_LAST:
            return int(str(left.values["size"]))
    return len(decision.chosen)
