"""What the page shows and does: the decided quarter, held in memory, under the decisions of the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.config.amend import Place, Value
from digest.config.decisions import key_of
from digest.errors import DigestError, UsageError
from digest.model import Item, RankedStory, Ruling, Rulings, Story
from digest.overrule import grouped_with, unprinted
from digest.pipeline import Decision
from digest.review.store import Step, Store
from digest.text import clean, shorten
from digest.urls import canonical

Settle = Callable[[Rulings, Decision | None], Decision]

VIEWS: Mapping[str, str] = {
    "todo": "To look at",
    "in": "In the edition",
    "out": "Left out, relevant",
    "decided": "Decided by the team",
    "new": "New since yesterday",
    "all": "All stories",
}
PAGE = 60  # rows that are shown at once
_JUDGED = ("relevant", "category", "ai", "evidence", "event")
_DAY = timedelta(days=1)
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Row:
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
class Wanted:
    """What a person looks for."""

    view: str = "todo"
    words: str = ""
    category: str = ""
    ai: str = ""
    event: str = ""


class Desk:
    """One edition under review."""

    def __init__(self, store: Store, settle: Settle, now: Callable[[], datetime]) -> None:
        self.store = store
        self.now = now
        self._settle = settle
        self._decision: Decision | None = None
        self._version = -1
        self._by_id: dict[str, RankedStory] = {}
        self._chosen: frozenset[str] = frozenset()

    @property
    def decision(self) -> Decision:
        """The quarter as it stands under the decisions of this moment."""
        self.store.refresh()
        if self._decision is None or self._version != self.store.version:
            self._decision = self._settle(self.store.rulings, self._decision)
            self._version = self.store.version
            self._by_id = {one.story.id: one for one in self._decision.ranked}
            self._chosen = frozenset(one.story.id for one in self._decision.chosen)
        return self._decision

    # ------------------------------------------------------------ looking

    def rows(self, wanted: Wanted) -> list[Row]:
        """The stories that fit, the undecided first, and of these the least certain first."""
        found = [self.row(one) for one in self.decision.ranked if self._fits(one, wanted)]
        if wanted.view == "in":
            place = {one.story.id: n for n, one in enumerate(self.decision.chosen)}
            return sorted(found, key=lambda row: place[row.id])
        return sorted(found, key=lambda row: (row.decided, row.sure, row.id))

    def row(self, one: RankedStory) -> Row:
        """A story as a row."""
        story, tags, lead = one.story, one.story.tags, one.story.lead.item
        ruling = self.ruling(story.id)
        return Row(
            id=story.id,
            title=(ruling.headline if ruling else "") or clean(lead.title) or lead.url,
            source=lead.source_name,
            day=story.items[0].item.when,
            items=len(story.items),
            category=tags.category,
            ai=tags.ai,
            event=tags.event,
            score=one.score,
            sure=min((tags.confidence.get(name, 1.0) for name in _JUDGED), default=1.0),
            state=self._state(story.id, ruling),
            reason=self.decision.left_out.get(story.id, ""),
            decided=ruling is not None and bool(ruling.by),
            new=self._is_new(story),
        )

    def story(self, story_id: str) -> RankedStory:
        """A story. Raises UsageError where there is none of that id now."""
        self.decision  # noqa: B018 - brings the index up to date
        if story_id not in self._by_id:
            raise UsageError("there is no such story now", "it was merged, split or rebuilt: look at the list again")
        return self._by_id[story_id]

    def ruling(self, story_id: str) -> Ruling | None:
        """What the team decided of a story."""
        return self.decision.ruled.rulings.get(story_id)

    def like(self, story: Story, words: str, most: int = 12) -> list[Row]:
        """Other stories that may be the same: those that share rare words with it, or hold the words given."""
        if words:
            wanted = Wanted("all", words)
            found = [one for one in self.decision.ranked if one.story is not story and self._fits(one, wanted)]
            return [self.row(one) for one in found[:most]]
        known = Counter(word for one in self.decision.ranked for word in _words(one.story))
        mine = _words(story)
        weighed = [
            (sum(1 / known[word] for word in mine & _words(one.story)), one)
            for one in self.decision.ranked
            if one.story is not story
        ]
        best = sorted((pair for pair in weighed if pair[0]), key=lambda pair: (-pair[0], pair[1].story.id))
        return [self.row(one) for _, one in best[:most]]

    def lost(self) -> tuple[str, ...]:
        """The decisions that are not in force, in words."""
        decision = self.decision
        return tuple(dict.fromkeys((*decision.ruled.lost, *unprinted(decision.ruled, decision.left_out))))

    def counts(self) -> dict[str, int]:
        """How many stories each view holds that is worth counting."""
        chosen = self._chosen if self.decision else frozenset()
        decided = {story for story, ruling in self.decision.ruled.rulings.items() if ruling.by}
        return {"in": len(chosen), "todo": len(chosen - decided), "decided": len(decided)}

    def _fits(self, one: RankedStory, wanted: Wanted) -> bool:
        story, tags = one.story, one.story.tags
        ruling = self.decision.ruled.rulings.get(story.id)
        decided, inside = ruling is not None and bool(ruling.by), story.id in self._chosen
        views = {
            "todo": inside and not decided,
            "in": inside,
            "out": not inside and tags.relevant,
            "decided": decided,
            "new": wanted.view == "new" and (self._is_new(story) or self._is_recent(ruling)),
            "all": True,
        }
        if not views.get(wanted.view, False):
            return False
        if wanted.category and wanted.category != (tags.category or "none"):
            return False
        if (wanted.ai and wanted.ai != tags.ai) or (wanted.event and wanted.event != tags.event):
            return False
        return not wanted.words or _holds(story, wanted.words.casefold().split())

    def _is_new(self, story: Story) -> bool:
        return any(member.item.first_seen > self.now() - _DAY for member in story.items)

    def _is_recent(self, ruling: Ruling | None) -> bool:
        return bool(ruling and ruling.at and ruling.at > self.now() - _DAY)

    def _state(self, story_id: str, ruling: Ruling | None) -> str:
        if ruling and ruling.drop:
            return "dropped"
        if story_id not in self._chosen:
            return "out"
        return "pinned" if ruling and ruling.pin else "kept" if ruling and ruling.keep else "in"

    # ------------------------------------------------------------ doing

    def keep(self, story_id: str) -> dict[Place, Value]:
        """Puts a story in for sure; a second time it is left to the machine again."""
        ruling = self.ruling(story_id)
        return self._changes(story_id, keep=not (ruling and ruling.keep) or None, drop=None)

    def drop(self, story_id: str, reason: str) -> dict[Place, Value]:
        """Leaves a story out; an empty reason takes that back."""
        return self._changes(story_id, drop=clean(reason) or None, keep=None, pin=None)

    def pin(self, story_id: str) -> dict[Place, Value]:
        """Puts a story first, behind those pinned before; a second time takes that back."""
        ruling = self.ruling(story_id)
        if ruling and ruling.pin:
            return self._changes(story_id, pin=None)
        pins = [one.pin for one in self.decision.ruled.rulings.values() if one.pin]
        return self._changes(story_id, pin=max(pins, default=0) + 1, drop=None)

    def raise_pin(self, story_id: str) -> dict[Place, Value]:
        """Moves a pinned story up by one place."""
        rulings = self.decision.ruled.rulings
        order = sorted((one.pin, story) for story, one in rulings.items() if one.pin)
        ids = [story for _, story in order]
        if story_id not in ids or ids.index(story_id) == 0:
            raise UsageError("the story cannot go further up", "pin it first")
        at = ids.index(story_id)
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        changes: dict[Place, Value] = {}
        for number, story in enumerate(ids, 1):
            if rulings[story].pin != number:
                changes |= self._changes(story, pin=number)
        return changes

    def say(self, story_id: str, values: Mapping[str, Value]) -> dict[Place, Value]:
        """Words, tags, relation and ring of a story; what is empty is left to the machine."""
        return self._changes(story_id, **values)

    def merge(self, story_id: str, other_id: str) -> dict[Place, Value]:
        """Makes one story of two: the other's choice gives way to this one's."""
        other = self.story(other_id).story
        if other_id == story_id:
            raise UsageError("a story cannot be merged with itself", "name another one")
        story = self.story(story_id).story
        changes: dict[Place, Value] = {}
        for one, names in ((story, _names(other)), (other, _names(story))):
            for entry in self._entries(one):
                if apart := [name for name in entry.ruling.split if {name, canonical(name)} & names]:
                    split = [name for name in entry.ruling.split if name not in apart]
                    changes["stories", entry.key, "split"] = split
        merge = [*self._own(story).merge, _name(other.lead.item, other)]
        changes |= self._changes(story_id, merge=merge)
        if self.ruling(other_id):
            changes |= self._changes(other_id, keep=None, drop=None, pin=None)
        return changes

    def split(self, story_id: str, items: Sequence[str]) -> dict[Place, Value]:
        """Makes a story of its own of some items of a story."""
        story = self.story(story_id).story
        out = [member.item for member in story.items if member.item.id in items]
        if not out or len(out) == len(story.items):
            raise UsageError("name some of the story's items, and not all", "tick those that tell something else")
        if _anchor(story, self._own(story)) in out:  # the entry stays with its item, so the others leave
            out = [member.item for member in story.items if member.item not in out]
        names = {name for item in out for name in (item.id, item.url)}
        stay = _names(story) - names
        joined: set[str] = set()
        changes: dict[Place, Value] = {}
        for entry in self._entries(story):
            anchor = _anchor(story, entry.ruling)
            across = stay if anchor in out else names
            if ours := [name for name in entry.ruling.merge if {name, canonical(name)} & across]:
                left = _left_behind(story, anchor, ours, out) if across is names else []
                merge = [name for name in entry.ruling.merge if name not in ours]
                changes["stories", entry.key, "merge"] = [*merge, *left]
                if not left:
                    joined |= names if across is stay else {canonical(name) for name in ours} | set(ours)
        apart = [_name(item, story) for item in out if not {item.id, item.url} & joined]
        return changes | self._changes(story_id, split=[*self._own(story).split, *apart])

    def write(self, changes: Mapping[Place, Value], by: str, words: str, seen: int | None = None) -> Step:
        """Writes changes into the file. Raises DigestError; see Store.apply."""
        return self.store.apply(changes, by=by, at=self.now(), words=words, seen=seen)

    def label(self, story_id: str) -> str:
        """A story's title, for the list of steps."""
        return f"“{shorten(self.row(self.story(story_id)).title, 60)}”"

    def lead_of(self, changes: Mapping[Place, Value]) -> str | None:
        """The id of the story that changes were about, as it is called now; None where it is gone."""
        keys = {key for group, key, _ in changes if group == "stories"}
        for story_id, ruling in self.decision.ruled.rulings.items():
            if keys & {ruling.url, ruling.item}:
                return story_id
        for one in self.decision.ranked:
            if any({member.item.url, member.item.id} & keys for member in one.story.items):
                return one.story.id
        return None

    def _changes(self, story_id: str, **values: Value) -> dict[Place, Value]:
        """Values for the story's entry. Where several entries fell on the story, what the others say of the same gives
        way: the person saw what holds for the story."""
        story = self.story(story_id).story
        key, signs = self._entry(story)
        given = [name for name in values if name not in ("merge", "split")]
        others = [entry.key for entry in self._entries(story) if entry.key != key]
        held = self.store.values
        changes = {
            place: None for other in others for name in given if (place := ("stories", other, name)) in held
        }  # fmt: skip
        return changes | {("stories", key, name): value for name, value in {**signs, **values}.items()}

    def _entries(self, story: Story) -> list[_Entry]:
        """The file's entries that name an item of a story, that of its lead last."""
        members, lead = _names(story), story.lead.item
        found = [
            _Entry(ruling.item == lead.id or ruling.url == lead.url, n, key_of(entry), ruling)
            for n, (entry, ruling) in enumerate(
                zip(self.store.plain.get("stories") or (), self.store.rulings.stories, strict=True)
            )
            if {ruling.item, ruling.url} & members
        ]
        return sorted(found, key=lambda entry: (entry.is_lead, entry.number))

    def _own(self, story: Story) -> Ruling:
        """What the story's own entry says; nothing where there is none."""
        entries = self._entries(story)
        return entries[-1].ruling if entries else Ruling()

    def _entry(self, story: Story) -> tuple[str, dict[str, Value]]:
        """The key of the story's entry in the file, and what names it where there is none yet."""
        if entries := self._entries(story):
            return entries[-1].key, {}
        lead = story.lead.item
        signs = {"url": lead.url or None, "item": lead.id, "title": shorten(clean(lead.title), 120) or None}
        return lead.url or lead.id, signs


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the file that names an item of a story."""

    is_lead: bool
    number: int
    key: str
    ruling: Ruling


def needs_reason(reason: str) -> str:
    """A reason for dropping a story. Raises DigestError where it is empty."""
    if not clean(reason):
        raise DigestError(
            "say in a few words why it stays out", "readers see how many items were left out for which reason"
        )
    return clean(reason)


def _anchor(story: Story, ruling: Ruling) -> Item:
    """The item that a story's entry names."""
    items = [member.item for member in story.items]
    named = [item for item in items if item.id == ruling.item or (ruling.url and item.url == ruling.url)]
    return named[0] if named else story.lead.item


def _left_behind(story: Story, anchor: Item, merged: Sequence[str], out: Sequence[Item]) -> list[str]:
    """The items by which a story stays joined, where only a part of what a merge brought leaves."""
    away = {item.id for item in out}
    home = grouped_with(story, anchor.id)
    found = []
    for name in merged:
        brought = [one.item.id for one in story.items if name == one.item.id or canonical(name) == one.item.url]
        mates = frozenset[str]().union(*(grouped_with(story, item) for item in brought)) - home - away
        found += [_name(one.item, story) for one in story.items if one.item.id in mates][:1]
    return found


def _name(item: Item, story: Story) -> str:
    """How an item of a story is named in the file: by address, which people can read, where that is its alone."""
    alone = sum(member.item.url == item.url for member in story.items) == 1
    return item.url if item.url and alone else item.id


def _names(story: Story) -> set[str]:
    """The addresses and ids of a story's items."""
    return {name for member in story.items for name in (member.item.id, member.item.url) if name}


def _words(story: Story) -> set[str]:
    return set(_WORD.findall(story.lead.item.title.casefold())) | {name.casefold() for name in story.tags.vendors}


def _holds(story: Story, words: Sequence[str]) -> bool:
    """Whether all words stand in one of the story's items."""
    return any(all(any(word in text for text in _texts(member.item)) for word in words) for member in story.items)


def _texts(item: Item) -> Iterator[str]:
    yield from (text.casefold() for text in (item.title, item.source_name, item.summary, item.text))
