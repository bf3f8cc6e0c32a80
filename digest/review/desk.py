"""What the page shows and does: the decided quarter, held in memory, under the decisions of the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.app.decide import QuarterDecision
from digest.config.decision_changes import Place, Value
from digest.config.decisions import entry_key
from digest.decide.decisions import find_machine_group, list_unprinted
from digest.errors import DigestError, UsageError
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.item import Item
from digest.model.story import RankedStory, Story
from digest.review.store import DecisionStore, ReviewStep
from digest.text import clean_text, truncate_text
from digest.urls import canonical_url

DecideFunction = Callable[[EditorialDecisions, QuarterDecision | None], QuarterDecision]

VIEWS: Mapping[str, str] = {
    "todo": "To look at",
    "in": "In the edition",
    "out": "Left out, relevant",
    "decided": "Decided by the team",
    "new": "New since yesterday",
    "all": "All stories",
}
PAGE_SIZE = 60  # rows that are shown at once
_JUDGED_FIELDS = ("relevant", "category", "ai", "evidence", "event")
_DAY = timedelta(days=1)
_WORD_PATTERN = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in the queue."""

    id: str
    title: str
    source: str
    day: datetime
    items: int
    category: str | None
    ai: str
    event: str
    score: float
    sure: float  # the lowest confidence of its judgements, 0 to 1
    state: str  # in | out | kept | dropped | pinned
    reason: str
    decided: bool
    new: bool


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """What a person looks for."""

    view: str = "todo"
    words: str = ""
    category: str = ""
    ai: str = ""
    event: str = ""


class ReviewSession:
    """One edition under review."""

    def __init__(
        self, store: DecisionStore, decide: DecideFunction, now: Callable[[], datetime]
    ) -> None:
        self.store = store
        self.now = now
        self._decide = decide
        self._decision: QuarterDecision | None = None
        self._version = -1
        self._by_id: dict[str, RankedStory] = {}
        self._chosen: frozenset[str] = frozenset()

    @property
    def decision(self) -> QuarterDecision:
        """The quarter as it stands under the decisions of this moment."""
        self.store.reload_file()
        if self._decision is None or self._version != self.store.version:
            self._decision = self._decide(self.store.decisions, self._decision)
            self._version = self.store.version
            self._by_id = {one.story.id: one for one in self._decision.ranked}
            self._chosen = frozenset(one.story.id for one in self._decision.chosen)
        return self._decision

    # ------------------------------------------------------------ looking

    def list_rows(self, story_filter: StoryFilter) -> list[StoryRow]:
        """The stories that fit, the undecided first, and of these the least certain first."""
        found = [
            self.build_row(one)
            for one in self.decision.ranked
            if self._matches_filter(one, story_filter)
        ]
        if story_filter.view == "in":
            place = {one.story.id: n for n, one in enumerate(self.decision.chosen)}
            return sorted(found, key=lambda row: place[row.id])
        return sorted(found, key=lambda row: (row.decided, row.sure, row.id))

    def build_row(self, one: RankedStory) -> StoryRow:
        """A story as a row."""
        story, tags, lead = one.story, one.story.tags, one.story.lead.item
        ruling = self.get_decision(story.id)
        return StoryRow(
            id=story.id,
            title=(ruling.headline if ruling else "") or clean_text(lead.title) or lead.url,
            source=lead.source_name,
            day=story.items[0].item.published_or_seen,
            items=len(story.items),
            category=tags.category,
            ai=tags.ai,
            event=tags.event,
            score=one.score,
            sure=min((tags.confidence.get(name, 1.0) for name in _JUDGED_FIELDS), default=1.0),
            state=self._get_state(story.id, ruling),
            reason=self.decision.left_out.get(story.id, ""),
            decided=ruling is not None and bool(ruling.by),
            new=self._is_new(story),
        )

    def get_story(self, story_id: str) -> RankedStory:
        """A story. Raises UsageError where there is none of that id now."""
        self.decision  # noqa: B018 - brings the index up to date
        if story_id not in self._by_id:
            raise UsageError(
                "there is no such story now",
                "it was merged, split or rebuilt: look at the list again",
            )
        return self._by_id[story_id]

    def get_decision(self, story_id: str) -> StoryDecision | None:
        """What the team decided of a story."""
        return self.decision.decided.decisions.get(story_id)

    def find_similar(self, story: Story, words: str, most: int = 12) -> list[StoryRow]:
        """Other stories that may be the same: those that share rare words with it, or hold the words given."""
        if words:
            wanted = StoryFilter("all", words)
            found = [
                one
                for one in self.decision.ranked
                if one.story is not story and self._matches_filter(one, wanted)
            ]
            return [self.build_row(one) for one in found[:most]]
        known = Counter(word for one in self.decision.ranked for word in _collect_words(one.story))
        mine = _collect_words(story)
        weighed = [
            (sum(1 / known[word] for word in mine & _collect_words(one.story)), one)
            for one in self.decision.ranked
            if one.story is not story
        ]
        best = sorted(
            (pair for pair in weighed if pair[0]), key=lambda pair: (-pair[0], pair[1].story.id)
        )
        return [self.build_row(one) for _, one in best[:most]]

    def list_lost_decisions(self) -> tuple[str, ...]:
        """The decisions that are not in force, in words."""
        decision = self.decision
        return tuple(
            dict.fromkeys(
                (*decision.decided.lost, *list_unprinted(decision.decided, decision.left_out))
            )
        )

    def count_views(self) -> dict[str, int]:
        """How many stories each view holds that is worth counting."""
        chosen = self._chosen if self.decision else frozenset()
        decided = {story for story, ruling in self.decision.decided.decisions.items() if ruling.by}
        return {"in": len(chosen), "todo": len(chosen - decided), "decided": len(decided)}

    def _matches_filter(self, one: RankedStory, story_filter: StoryFilter) -> bool:
        story, tags = one.story, one.story.tags
        ruling = self.decision.decided.decisions.get(story.id)
        decided, inside = ruling is not None and bool(ruling.by), story.id in self._chosen
        views = {
            "todo": inside and not decided,
            "in": inside,
            "out": not inside and tags.relevant,
            "decided": decided,
            "new": story_filter.view == "new" and (self._is_new(story) or self._is_recent(ruling)),
            "all": True,
        }
        if not views.get(story_filter.view, False):
            return False
        if story_filter.category and story_filter.category != (tags.category or "none"):
            return False
        if (story_filter.ai and story_filter.ai != tags.ai) or (
            story_filter.event and story_filter.event != tags.event
        ):
            return False
        return not story_filter.words or _contains_words(
            story, story_filter.words.casefold().split()
        )

    def _is_new(self, story: Story) -> bool:
        return any(member.item.first_seen > self.now() - _DAY for member in story.items)

    def _is_recent(self, ruling: StoryDecision | None) -> bool:
        return bool(ruling and ruling.at and ruling.at > self.now() - _DAY)

    def _get_state(self, story_id: str, ruling: StoryDecision | None) -> str:
        if ruling and ruling.drop:
            return "dropped"
        if story_id not in self._chosen:
            return "out"
        return "pinned" if ruling and ruling.pin else "kept" if ruling and ruling.keep else "in"

    # ------------------------------------------------------------ doing

    def keep_story(self, story_id: str) -> dict[Place, Value]:
        """Puts a story in for sure; a second time it is left to the machine again."""
        ruling = self.get_decision(story_id)
        return self._build_changes(story_id, keep=not (ruling and ruling.keep) or None, drop=None)

    def drop_story(self, story_id: str, reason: str) -> dict[Place, Value]:
        """Leaves a story out; an empty reason takes that back."""
        return self._build_changes(story_id, drop=clean_text(reason) or None, keep=None, pin=None)

    def pin_story(self, story_id: str) -> dict[Place, Value]:
        """Puts a story first, behind those pinned before; a second time takes that back."""
        ruling = self.get_decision(story_id)
        if ruling and ruling.pin:
            return self._build_changes(story_id, pin=None)
        pins = [one.pin for one in self.decision.decided.decisions.values() if one.pin]
        return self._build_changes(story_id, pin=max(pins, default=0) + 1, drop=None)

    def raise_pin(self, story_id: str) -> dict[Place, Value]:
        """Moves a pinned story up by one place."""
        rulings = self.decision.decided.decisions
        order = sorted((one.pin, story) for story, one in rulings.items() if one.pin)
        ids = [story for _, story in order]
        if story_id not in ids or ids.index(story_id) == 0:
            raise UsageError("the story cannot go further up", "pin it first")
        at = ids.index(story_id)
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        changes: dict[Place, Value] = {}
        for number, story in enumerate(ids, 1):
            if rulings[story].pin != number:
                changes |= self._build_changes(story, pin=number)
        return changes

    def edit_story(self, story_id: str, values: Mapping[str, Value]) -> dict[Place, Value]:
        """Words, tags, relation and ring of a story; what is empty is left to the machine."""
        return self._build_changes(story_id, **values)

    def merge_stories(self, story_id: str, other_id: str) -> dict[Place, Value]:
        """Makes one story of two: the other's choice gives way to this one's."""
        other = self.get_story(other_id).story
        if other_id == story_id:
            raise UsageError("a story cannot be merged with itself", "name another one")
        story = self.get_story(story_id).story
        changes: dict[Place, Value] = {}
        for one, names in (
            (story, _collect_references(other)),
            (other, _collect_references(story)),
        ):
            for entry in self._find_entries(one):
                if apart := [
                    name for name in entry.decision.split if {name, canonical_url(name)} & names
                ]:
                    split = [name for name in entry.decision.split if name not in apart]
                    changes["stories", entry.key, "split"] = split
        merge = [*self._get_own_decision(story).merge, _format_reference(other.lead.item, other)]
        changes |= self._build_changes(story_id, merge=merge)
        if self.get_decision(other_id):
            changes |= self._build_changes(other_id, keep=None, drop=None, pin=None)
        return changes

    def split_story(self, story_id: str, items: Sequence[str]) -> dict[Place, Value]:
        """Makes a story of its own of some items of a story."""
        story = self.get_story(story_id).story
        out = [member.item for member in story.items if member.item.id in items]
        if not out or len(out) == len(story.items):
            raise UsageError(
                "name some of the story's items, and not all", "tick those that tell something else"
            )
        if (
            _find_anchor(story, self._get_own_decision(story)) in out
        ):  # the entry stays with its item, so the others leave
            out = [member.item for member in story.items if member.item not in out]
        names = {name for item in out for name in (item.id, item.url)}
        stay = _collect_references(story) - names
        joined: set[str] = set()
        changes: dict[Place, Value] = {}
        for entry in self._find_entries(story):
            anchor = _find_anchor(story, entry.decision)
            across = stay if anchor in out else names
            if ours := [
                name for name in entry.decision.merge if {name, canonical_url(name)} & across
            ]:
                left = _find_remaining(story, anchor, ours, out) if across is names else []
                merge = [name for name in entry.decision.merge if name not in ours]
                changes["stories", entry.key, "merge"] = [*merge, *left]
                if not left:
                    joined |= (
                        names
                        if across is stay
                        else {canonical_url(name) for name in ours} | set(ours)
                    )
        apart = [_format_reference(item, story) for item in out if not {item.id, item.url} & joined]
        return changes | self._build_changes(
            story_id, split=[*self._get_own_decision(story).split, *apart]
        )

    def write_changes(
        self, changes: Mapping[Place, Value], by: str, words: str, seen: int | None = None
    ) -> ReviewStep:
        """Writes changes into the file. Raises DigestError; see Store.apply."""
        return self.store.apply_changes(changes, by=by, at=self.now(), words=words, seen=seen)

    def format_label(self, story_id: str) -> str:
        """A story's title, for the list of steps."""
        return f"“{truncate_text(self.build_row(self.get_story(story_id)).title, 60)}”"

    def find_changed_story(self, changes: Mapping[Place, Value]) -> str | None:
        """The id of the story that changes were about, as it is called now; None where it is gone."""
        keys = {key for group, key, _ in changes if group == "stories"}
        for story_id, ruling in self.decision.decided.decisions.items():
            if keys & {ruling.url, ruling.item}:
                return story_id
        for one in self.decision.ranked:
            if any({member.item.url, member.item.id} & keys for member in one.story.items):
                return one.story.id
        return None

    def _build_changes(self, story_id: str, **values: Value) -> dict[Place, Value]:
        """Values for the story's entry. Where several entries fell on the story, what the others say of the same gives
        way: the person saw what holds for the story."""
        story = self.get_story(story_id).story
        key, signs = self._locate_entry(story)
        given = [name for name in values if name not in ("merge", "split")]
        others = [entry.key for entry in self._find_entries(story) if entry.key != key]
        held = self.store.values
        changes = {
            place: None for other in others for name in given if (place := ("stories", other, name)) in held
        }  # fmt: skip
        return changes | {
            ("stories", key, name): value for name, value in {**signs, **values}.items()
        }

    def _find_entries(self, story: Story) -> list[_FileEntry]:
        """The file's entries that name an item of a story, that of its lead last."""
        members, lead = _collect_references(story), story.lead.item
        found = [
            _FileEntry(
                ruling.item == lead.id or ruling.url == lead.url, n, entry_key(entry), ruling
            )
            for n, (entry, ruling) in enumerate(
                zip(
                    self.store.plain.get("stories") or (), self.store.decisions.stories, strict=True
                )
            )
            if {ruling.item, ruling.url} & members
        ]
        return sorted(found, key=lambda entry: (entry.is_lead, entry.number))

    def _get_own_decision(self, story: Story) -> StoryDecision:
        """What the story's own entry says; nothing where there is none."""
        entries = self._find_entries(story)
        return entries[-1].decision if entries else StoryDecision()

    def _locate_entry(self, story: Story) -> tuple[str, dict[str, Value]]:
        """The key of the story's entry in the file, and what names it where there is none yet."""
        if entries := self._find_entries(story):
            return entries[-1].key, {}
        lead = story.lead.item
        signs = {
            "url": lead.url or None,
            "item": lead.id,
            "title": truncate_text(clean_text(lead.title), 120) or None,
        }
        return lead.url or lead.id, signs


@dataclass(frozen=True, slots=True)
class _FileEntry:
    """An entry of the file that names an item of a story."""

    is_lead: bool
    number: int
    key: str
    decision: StoryDecision


def require_reason(reason: str) -> str:
    """A reason for dropping a story. Raises DigestError where it is empty."""
    if not clean_text(reason):
        raise DigestError(
            "say in a few words why it stays out",
            "readers see how many items were left out for which reason",
        )
    return clean_text(reason)


def _find_anchor(story: Story, ruling: StoryDecision) -> Item:
    """The item that a story's entry names."""
    items = [member.item for member in story.items]
    named = [
        item for item in items if item.id == ruling.item or (ruling.url and item.url == ruling.url)
    ]
    return named[0] if named else story.lead.item


def _find_remaining(
    story: Story, anchor: Item, merged: Sequence[str], out: Sequence[Item]
) -> list[str]:
    """The items by which a story stays joined, where only a part of what a merge brought leaves."""
    away = {item.id for item in out}
    home = find_machine_group(story, anchor.id)
    found = []
    for name in merged:
        brought = [
            one.item.id
            for one in story.items
            if name == one.item.id or canonical_url(name) == one.item.url
        ]
        mates = (
            frozenset[str]().union(*(find_machine_group(story, item) for item in brought))
            - home
            - away
        )
        found += [
            _format_reference(one.item, story) for one in story.items if one.item.id in mates
        ][:1]
    return found


def _format_reference(item: Item, story: Story) -> str:
    """How an item of a story is named in the file: by address, which people can read, where that is its alone."""
    alone = sum(member.item.url == item.url for member in story.items) == 1
    return item.url if item.url and alone else item.id


def _collect_references(story: Story) -> set[str]:
    """The addresses and ids of a story's items."""
    return {name for member in story.items for name in (member.item.id, member.item.url) if name}


def _collect_words(story: Story) -> set[str]:
    return set(_WORD_PATTERN.findall(story.lead.item.title.casefold())) | {
        name.casefold() for name in story.tags.vendors
    }


def _contains_words(story: Story, words: Sequence[str]) -> bool:
    """Whether all words stand in one of the story's items."""
    return any(
        all(any(word in text for text in _iter_texts(member.item)) for word in words)
        for member in story.items
    )


def _iter_texts(item: Item) -> Iterator[str]:
    yield from (text.casefold() for text in (item.title, item.source_name, item.summary, item.text))
