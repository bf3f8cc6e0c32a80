"""Hold the quarter under review: what the page shows, and what its actions change.

The decided quarter is kept in memory and decided again when the store's decisions change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from digest.app.decide import QuarterDecision
from digest.config.decision_changes import Place, Value
from digest.config.decisions import accepted_key, entry_key
from digest.decide.decisions import find_machine_group, list_unprinted
from digest.errors import DigestError, UsageError
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.drafts import Proposal
from digest.model.item import Item
from digest.model.story import RankedStory, Story
from digest.review.store import DecisionStore, ReviewStep
from digest.text import clean_text, truncate_text
from digest.urls import canonical_url

DecideFunction = Callable[[EditorialDecisions], QuarterDecision]
# what a language model drafted of a story, else of the edition as a whole
ProposeFunction = Callable[[QuarterDecision, EditorialDecisions, Story | None], list[Proposal]]

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
        self,
        store: DecisionStore,
        decide: DecideFunction,
        now: Callable[[], datetime],
        propose: ProposeFunction | None = None,
    ) -> None:
        self._propose = propose
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
            self._decision = self._decide(self.store.decisions)
            self._version = self.store.version
            self._by_id = {ranked.story.id: ranked for ranked in self._decision.ranked}
            self._chosen = frozenset(ranked.story.id for ranked in self._decision.chosen)
        return self._decision

    # ------------------------------------------------------------ looking

    def list_rows(self, story_filter: StoryFilter) -> list[StoryRow]:
        """Return the stories that fit, the undecided first, of these the least certain first."""
        found = [
            self.build_row(ranked)
            for ranked in self.decision.ranked
            if self._matches_filter(ranked, story_filter)
        ]
        if story_filter.view == "in":
            place = {ranked.story.id: n for n, ranked in enumerate(self.decision.chosen)}
            return sorted(found, key=lambda row: place[row.id])
        return sorted(found, key=lambda row: (row.decided, row.sure, row.id))

    def build_row(self, ranked: RankedStory) -> StoryRow:
        """Return a story as a row."""
        story, tags, lead = ranked.story, ranked.story.tags, ranked.story.lead.item
        decision = self.get_decision(story.id) or StoryDecision()
        state = "out"
        if decision.drop:
            state = "dropped"
        elif story.id in self._chosen:
            state = "pinned" if decision.pin else "kept" if decision.keep else "in"
        return StoryRow(
            id=story.id,
            title=decision.headline or clean_text(lead.title) or lead.url,
            source=lead.source_name,
            day=story.items[0].item.published_or_seen,
            items=len(story.items),
            category=tags.category,
            ai=tags.ai,
            event=tags.event,
            score=ranked.score,
            sure=min((tags.confidence.get(name, 1.0) for name in _JUDGED_FIELDS), default=1.0),
            state=state,
            reason=str(self.decision.left_out.get(story.id, "")),
            decided=bool(decision.by),
            new=self._is_new(story),
        )

    def get_story(self, story_id: str) -> RankedStory:
        """Return a story. Raises UsageError where there is none of that id now."""
        self.decision  # noqa: B018 - brings the index up to date
        if story_id not in self._by_id:
            raise UsageError(
                "there is no such story now",
                "it was merged, split or rebuilt: look at the list again",
            )
        return self._by_id[story_id]

    def get_decision(self, story_id: str) -> StoryDecision | None:
        """Return what the team decided of a story."""
        return self.decision.decided.decisions.get(story_id)

    def find_similar(self, story: Story, words: str, limit: int = 12) -> list[StoryRow]:
        """Return other stories that may be the same.

        They share rare words with the story, or hold the words given.
        """
        others = [ranked for ranked in self.decision.ranked if ranked.story is not story]
        if words:
            story_filter = StoryFilter("all", words)
            found = [ranked for ranked in others if self._matches_filter(ranked, story_filter)]
            return [self.build_row(ranked) for ranked in found[:limit]]
        mine = _collect_words(story)
        words_of = [_collect_words(ranked.story) for ranked in others]
        counts = Counter(word for of_story in (mine, *words_of) for word in of_story)
        weighed = [
            (sum(1 / counts[word] for word in mine & of_story), ranked)
            for ranked, of_story in zip(others, words_of, strict=True)
        ]
        best = sorted(
            (pair for pair in weighed if pair[0]), key=lambda pair: (-pair[0], pair[1].story.id)
        )
        return [self.build_row(ranked) for _, ranked in best[:limit]]

    def list_lost_decisions(self) -> tuple[str, ...]:
        """Return the decisions that are not in force, in words."""
        decided, left_out = self.decision.decided, self.decision.left_out
        return tuple(dict.fromkeys((*decided.lost, *list_unprinted(decided, left_out))))

    def count_views(self) -> dict[str, int]:
        """Return how many stories each view holds that is worth counting."""
        decisions = self.decision.decided.decisions.items()
        decided = {story_id for story_id, decision in decisions if decision.by}
        chosen = self._chosen
        return {"in": len(chosen), "todo": len(chosen - decided), "decided": len(decided)}

    def _matches_filter(self, ranked: RankedStory, story_filter: StoryFilter) -> bool:
        story, tags = ranked.story, ranked.story.tags
        decision = self.get_decision(story.id)
        decided, inside = decision is not None and bool(decision.by), story.id in self._chosen
        is_recent = decision and decision.at and decision.at > self.now() - _DAY
        views = {
            "todo": inside and not decided,
            "in": inside,
            "out": not inside and tags.relevant,
            "decided": decided,
            "new": story_filter.view == "new" and (is_recent or self._is_new(story)),
            "all": True,
        }
        items = (member.item for member in story.items)
        texts = (
            "\n".join((item.title, item.source_name, item.summary, item.text)).casefold()
            for item in items
        )
        asked = story_filter.words.casefold().split()  # all of one item
        return (
            bool(views.get(story_filter.view))
            and story_filter.category in ("", tags.category or "none")
            and story_filter.ai in ("", tags.ai)
            and story_filter.event in ("", tags.event)
            and (not asked or any(all(word in text for word in asked) for text in texts))
        )

    def _is_new(self, story: Story) -> bool:
        since = self.now() - _DAY
        return any(member.item.first_seen > since for member in story.items)

    # ------------------------------------------------------------ doing

    def keep_story(self, story_id: str) -> dict[Place, Value]:
        """Put a story in for sure; a second time leave it to the machine again."""
        decision = self.get_decision(story_id)
        keep = not (decision and decision.keep) or None
        return self._build_changes(story_id, keep=keep, drop=None)

    def drop_story(self, story_id: str, reason: str) -> dict[Place, Value]:
        """Leave a story out; an empty reason takes that back."""
        return self._build_changes(story_id, drop=clean_text(reason) or None, keep=None, pin=None)

    def pin_story(self, story_id: str) -> dict[Place, Value]:
        """Put a story first, behind those pinned before; a second time take that back."""
        decision = self.get_decision(story_id)
        if decision and decision.pin:
            return self._build_changes(story_id, pin=None)
        pins = [made.pin for made in self.decision.decided.decisions.values() if made.pin]
        return self._build_changes(story_id, pin=max(pins, default=0) + 1, drop=None)

    def raise_pin(self, story_id: str) -> dict[Place, Value]:
        """Move a pinned story up by one place."""
        decisions = self.decision.decided.decisions
        order = sorted((decision.pin, key) for key, decision in decisions.items() if decision.pin)
        ids = [key for _, key in order]
        if story_id not in ids or ids.index(story_id) == 0:
            raise UsageError("the story cannot go further up", "pin it first")
        at = ids.index(story_id)
        ids[at - 1], ids[at] = ids[at], ids[at - 1]
        changes: dict[Place, Value] = {}
        for number, key in enumerate(ids, 1):
            if decisions[key].pin != number:
                changes |= self._build_changes(key, pin=number)
        return changes

    def edit_story(self, story_id: str, values: Mapping[str, Value]) -> dict[Place, Value]:
        """Set words, tags, relation and ring of a story; what is empty is left to the machine."""
        return self._build_changes(story_id, **values)

    def merge_stories(self, story_id: str, other_id: str) -> dict[Place, Value]:
        """Make one story of two: the other's choice gives way to this one's."""
        other = self.get_story(other_id).story
        if other_id == story_id:
            raise UsageError("a story cannot be merged with itself", "name another one")
        story = self.get_story(story_id).story
        changes: dict[Place, Value] = {}
        for one, joined in ((story, other), (other, story)):
            names = _collect_references(joined)
            for entry in self._find_entries(one):
                split = [
                    name for name in entry.decision.split if not {name, canonical_url(name)} & names
                ]
                if len(split) < len(entry.decision.split):
                    changes["stories", entry.key, "split"] = split
        merge = [*self._get_own_decision(story).merge, _format_reference(other.lead.item, other)]
        changes |= self._build_changes(story_id, merge=merge)
        if self.get_decision(other_id):
            changes |= self._build_changes(other_id, keep=None, drop=None, pin=None)
        return changes

    def split_story(self, story_id: str, items: Sequence[str]) -> dict[Place, Value]:
        """Make a story of its own of some items of a story."""
        story = self.get_story(story_id).story
        own = self._get_own_decision(story)
        out = [member.item for member in story.items if member.item.id in items]
        if not out or len(out) == len(story.items):
            raise UsageError(
                "name some of the story's items, and not all", "tick those that tell something else"
            )
        if _find_anchor(story, own) in out:  # the entry stays with its item, so the others leave
            out = [member.item for member in story.items if member.item not in out]
        leaving = {name for item in out for name in (item.id, item.url)}
        staying = _collect_references(story) - leaving
        joined: set[str] = set()
        changes: dict[Place, Value] = {}
        for entry in self._find_entries(story):
            anchor = _find_anchor(story, entry.decision)
            across = staying if anchor in out else leaving
            merged = [name for name in entry.decision.merge if {name, canonical_url(name)} & across]
            if not merged:
                continue
            left = [] if anchor in out else _find_remaining(story, anchor, merged, out)
            merge = [name for name in entry.decision.merge if name not in merged]
            changes["stories", entry.key, "merge"] = [*merge, *left]
            if anchor in out:
                joined |= leaving
            elif not left:
                joined |= {canonical_url(name) for name in merged} | set(merged)
        apart = [_format_reference(item, story) for item in out if not {item.id, item.url} & joined]
        return changes | self._build_changes(story_id, split=[*own.split, *apart])

    def list_proposals(self, story_id: str = "") -> list[Proposal]:
        """Return what a language model drafted: of a story, else lead and themes."""
        if self._propose is None:
            return []
        story = self.get_story(story_id).story if story_id else None
        return self._propose(self.decision, self.store.decisions, story)

    def accept_draft(
        self, story_id: str, task: str, language: str, of: str, seen: str
    ) -> dict[Place, Value]:
        """Accept a draft for print, as it was `seen`; only what its sources carry is printed."""
        for proposal in self.list_proposals(story_id):
            draft = proposal.draft
            if (draft.task, draft.language) == (task, language) and (story_id or draft.of == of):
                break
        else:
            raise UsageError("there is no such draft now", "look at the story again")
        if not proposal.text or "".join(proposal.text.split()) != "".join(seen.split()):
            raise UsageError(
                "the draft is other than what was seen, or its sources carry nothing of it",
                "look at it again",
            )
        name = self._name_draft(story_id, of)
        values = {
            "task": draft.task,
            "language": draft.language,
            "of": name or None,
            "title": proposal.title or None,
            "text": draft.text or None,
            "model": draft.model,
        }
        key = accepted_key(task, language, name)
        return {("accepted", key, field): value for field, value in values.items()}

    def withdraw_draft(
        self, story_id: str, task: str, language: str, of: str
    ) -> dict[Place, Value]:
        """Take back that a draft may be printed."""
        name = self._name_draft(story_id, of)
        key = accepted_key(task, language, name)
        return {("accepted", key, field): None for field in ("title", "text")}

    def _name_draft(self, story_id: str, of: str) -> str:
        """Return what an accepted text names: the item that it was accepted by, else the lead."""
        if not story_id:
            return of
        story = self.get_story(story_id).story
        ids = [member.item.id for member in story.items]
        named = (text.of for text in self.store.decisions.accepted if text.of in ids)
        return next(named, story.lead.item.id)

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
        return next((story.id for story in stories if _collect_references(story) & keys), None)

    def _build_changes(self, story_id: str, **values: Value) -> dict[Place, Value]:
        """Return values for the story's entry.

        Where several entries fell on the story, what the others say of the same gives way: the
        person saw what holds for the story.
        """
        story = self.get_story(story_id).story
        entries, lead = self._find_entries(story), story.lead.item
        names: dict[str, Value] = {}  # what names a new entry
        if entries:
            key = entries[-1].key
        else:
            key = lead.url or lead.id
            title = truncate_text(clean_text(lead.title), 120) or None
            names = {"url": lead.url or None, "item": lead.id, "title": title}
        changes: dict[Place, Value] = {
            ("stories", entry.key, name): None
            for entry in entries
            if entry.key != key
            for name in values
            if name not in ("merge", "split") and ("stories", entry.key, name) in self.store.values
        }
        return changes | {
            ("stories", key, name): value for name, value in {**names, **values}.items()
        }

    def _find_entries(self, story: Story) -> list[_FileEntry]:
        """Return the file's entries that name an item of a story, that of its lead last."""
        references, lead = _collect_references(story), story.lead.item
        entries = self.store.plain.get("stories") or ()
        found = [
            _FileEntry(entry_key(entry), decision)
            for entry, decision in zip(entries, self.store.decisions.stories, strict=True)
            if {decision.item, decision.url} & references
        ]
        # sorting keeps the order of the file among the others
        return sorted(
            found, key=lambda one: one.decision.item == lead.id or one.decision.url == lead.url
        )

    def _get_own_decision(self, story: Story) -> StoryDecision:
        """Return what the story's own entry says; nothing where there is none."""
        entries = self._find_entries(story)
        return entries[-1].decision if entries else StoryDecision()


class _FileEntry(NamedTuple):
    key: str
    decision: StoryDecision


def require_reason(reason: str) -> str:
    """Return a cleaned reason for dropping a story. Raises DigestError where it is empty."""
    if not clean_text(reason):
        raise DigestError(
            "say in a few words why it stays out",
            "readers see how many items were left out for which reason",
        )
    return clean_text(reason)


def _find_anchor(story: Story, decision: StoryDecision) -> Item:
    """Return the item that a story's entry names, else its lead."""
    items = (member.item for member in story.items)
    named = (
        item
        for item in items
        if item.id == decision.item or (decision.url and item.url == decision.url)
    )
    return next(named, story.lead.item)


def _find_remaining(
    story: Story, anchor: Item, merged: Sequence[str], out: Sequence[Item]
) -> list[str]:
    """Return the items by which a story stays joined where part of a merge leaves."""
    leaving = find_machine_group(story, anchor.id).union(item.id for item in out)
    items = [member.item for member in story.items]
    found = []
    for name in merged:
        brought = [
            find_machine_group(story, item.id)
            for item in items
            if name == item.id or canonical_url(name) == item.url
        ]
        mates = frozenset[str]().union(*brought) - leaving
        found += [_format_reference(item, story) for item in items if item.id in mates][:1]
    return found


def _format_reference(item: Item, story: Story) -> str:
    """Return how the file names an item: by address, which people can read, where it is unique."""
    alone = sum(member.item.url == item.url for member in story.items) == 1
    return item.url if item.url and alone else item.id


def _collect_references(story: Story) -> set[str]:
    """Return the addresses and ids of a story's items."""
    return {name for member in story.items for name in (member.item.id, member.item.url) if name}


def _collect_words(story: Story) -> set[str]:
    words = set(_WORD_PATTERN.findall(story.lead.item.title.casefold()))
    return words.union(name.casefold() for name in story.tags.vendors)
