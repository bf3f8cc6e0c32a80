"""Stage: the team's word over the machine's. Pure: stories and rulings in, stories and the choice out.

A ruling holds for the story that tells its item: by id, or else by canonical address. What finds no story is told in
words, and is never dropped silently. Where two rulings fall on one story, the later one counts, field by field.

    cluster → regroup, retag → rank → select → choose
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from digest.model import Merge, RankedStory, Ruling, Rulings, Story, TaggedItem
from digest.text import shorten
from digest.urls import canonical

Leader = Callable[[Sequence[TaggedItem]], TaggedItem]
TEAM = "the team"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_CHOICE = ("keep", "drop", "pin")
_FIELDS = (*_CHOICE, "headline", "summary", "note", "relation", "ring")


class Finder:
    """Items by id and by address."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._ids: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        for story in stories:
            for member in story.items:
                self._ids[member.item.id] = member.item.id
                self._urls.setdefault(member.item.url, member.item.id)

    def anchor(self, ruling: Ruling) -> str | None:
        """The id of the item that a ruling names; None where no story tells it."""
        return self._ids.get(ruling.item) or (self._urls.get(ruling.url) if ruling.url else None)

    def item(self, reference: str) -> str | None:
        """The id of the item that an address or id names."""
        return self._ids.get(reference) or self._urls.get(canonical(reference))


@dataclass(frozen=True, slots=True)
class Ruled:
    """Stories as the team groups and tags them. `rulings`: story id → what holds for it; `lost`: what could not be
    carried out, in words; `untagged`: the stories with corrected tags as they were before."""

    stories: tuple[Story, ...] = ()
    rulings: Mapping[str, Ruling] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    untagged: Mapping[str, Story] = field(default_factory=dict)


def overrule(stories: Sequence[Story], rulings: Rulings, leader: Leader, known: Ruled | None = None) -> Ruled:
    """The stories after merges, splits and corrected tags. Stories that no ruling touches are the same objects, and so
    are those that it touches as it did in `known`. `leader` names the member that names a story."""
    if not rulings.stories:
        return Ruled(tuple(stories))
    finder = Finder(stories)
    grouped, lost = _regroup(stories, rulings.stories, finder, leader)
    same = {id(story) for story in stories}
    home = {member.item.id: story.id for story in grouped for member in story.items}
    found: dict[str, list[Ruling]] = defaultdict(list)
    for ruling in rulings.stories:
        anchor = finder.anchor(ruling)
        if anchor is None:
            lost.append(f"{_named(ruling)}: no item of this quarter has this address or id")
        else:
            found[home[anchor]].append(ruling)
    combined = {}
    for story_id, several in found.items():
        combined[story_id], overruled = _combined(several)
        lost += overruled
    made = {story.id: story for story in known.stories} if known else {}

    def final(story: Story) -> Story:
        before = known.untagged.get(story.id) if known else None
        if known and before == story and known.rulings.get(story.id) == combined.get(story.id):
            return made[story.id]
        return _retagged(story, combined[story.id]) if story.id in combined else story

    untagged = {story.id: story for story in grouped if story.id in combined or id(story) not in same}
    return Ruled(tuple(map(final, grouped)), combined, tuple(lost), untagged)


def choose(
    chosen: Sequence[RankedStory], left_out: Mapping[str, str], ranked: Sequence[RankedStory], ruled: Ruled
) -> tuple[tuple[RankedStory, ...], dict[str, str]]:
    """The stories that go in, pinned ones first and then by rank, and why each other one stays out."""
    rulings = ruled.rulings
    inside = {one.story.id for one in chosen}
    left = dict(left_out)
    for story_id, ruling in rulings.items():
        if ruling.drop:
            inside.discard(story_id)
            left[story_id] = f"dropped by {TEAM}: {ruling.drop}"
        elif ruling.keep or ruling.pin:
            inside.add(story_id)
            left.pop(story_id, None)
    kept = [one for one in ranked if one.story.id in inside]
    kept.sort(key=lambda one: _pin(rulings.get(one.story.id)))
    return tuple(kept), left


def pinned(chosen: Iterable[RankedStory], rulings: Mapping[str, Ruling]) -> tuple[str, ...]:
    """The ids of the pinned stories, in their order."""
    return tuple(one.story.id for one in chosen if one.story.id in rulings and rulings[one.story.id].pin)


def edited(ruling: Ruling) -> tuple[str, ...]:
    """The fields of a story that are the team's word."""
    words = [name for name in ("headline", "summary", "note") if getattr(ruling, name)]
    held = [name for name in ("relation", "ring") if getattr(ruling, name)]
    return (*words, *ruling.tags, *held)


def _pin(ruling: Ruling | None) -> int:
    return ruling.pin if ruling and ruling.pin and not ruling.drop else 1000


def _named(ruling: Ruling) -> str:
    what = ", ".join(_decided(ruling)) or "nothing"
    title = f" “{shorten(ruling.title, 80)}”" if ruling.title else ""
    return f"{what} of{title} {ruling.url or ruling.item}"


def _decided(ruling: Ruling) -> Iterator[str]:
    yield from (name for name in (*_FIELDS, "merge", "split") if getattr(ruling, name))
    yield from ruling.tags


# ---------------------------------------------------------------- merge and split


def _regroup(
    stories: Sequence[Story], rulings: Sequence[Ruling], finder: Finder, leader: Leader
) -> tuple[tuple[Story, ...], list[str]]:
    if not any(ruling.merge or ruling.split for ruling in rulings):
        return tuple(stories), []
    groups = _Groups(stories, finder)
    for ruling in rulings:
        groups.split(ruling)
    for ruling in rulings:
        groups.merge(ruling)
    if not groups.touched:
        return tuple(stories), groups.lost
    before = {member.item.id: story for story in stories for member in story.items}
    members = {member.item.id: member for story in stories for member in story.items}
    made = [
        _story([members[item] for item in groups.held[name]], before, by, groups.anchors.get(name), leader)
        for name, by in groups.touched.items()
    ]
    same = [story for story in stories if story.id in groups.held and story.id not in groups.touched]
    return tuple(sorted((*same, *made), key=lambda story: (story.items[0].item.when, story.id))), groups.lost


class _Groups:
    """Items in groups that are split and merged. A story's id names its group for as long as there is one."""

    def __init__(self, stories: Sequence[Story], finder: Finder) -> None:
        self.held = {story.id: {member.item.id for member in story.items} for story in stories}
        self.touched: dict[str, str] = {}  # group → who said so
        self.anchors: dict[str, str] = {}  # group → an item whose story names it
        self.lost: list[str] = []
        self._home = {item: name for name, items in self.held.items() for item in items}
        self._finder = finder

    def split(self, ruling: Ruling) -> None:
        """Takes items out of a ruling's story, to be one of their own."""
        anchor = self._finder.anchor(ruling)
        if anchor is None:
            return
        group = self._home[anchor]
        named = self._items(ruling, ruling.split, "split")
        out = {item for item in named if self._home[item] == group} - {anchor}
        if out:
            name = f"{group} {min(out)}"
            self.held[group] -= out
            self.held[name] = out
            self._home |= dict.fromkeys(out, name)
            self.touched[group] = self.touched[name] = ruling.by or TEAM

    def merge(self, ruling: Ruling) -> None:
        """Joins the stories of items to a ruling's story."""
        anchor = self._finder.anchor(ruling)
        if anchor is None:
            return
        group = self._home[anchor]
        for item in self._items(ruling, ruling.merge, "merge"):
            other = self._home[item]
            if other != group:
                self.held[group] |= self.held[other]
                self._home |= dict.fromkeys(self.held.pop(other), group)
                self.touched.pop(other, None)
                self.touched[group] = ruling.by or TEAM
                self.anchors.setdefault(group, anchor)

    def _items(self, ruling: Ruling, references: Sequence[str], what: str) -> list[str]:
        found = {reference: self._finder.item(reference) for reference in references}
        self.lost += [
            f"{what} of {_title(ruling)} with {reference}: no item of this quarter has this address or id"
            for reference, item in found.items()
            if item is None
        ]
        return [item for item in found.values() if item]


def _title(ruling: Ruling) -> str:
    return f"“{shorten(ruling.title, 80)}”" if ruling.title else ruling.url or ruling.item


def _story(
    members: list[TaggedItem], before: Mapping[str, Story], by: str, anchor: str | None, leader: Leader
) -> Story:
    """A story of these members. The lead of the story that `anchor` stood in stays lead, where it is a member."""
    members.sort(key=lambda member: (member.item.when, member.item.id))
    ids = {member.item.id for member in members}
    held = before[anchor].lead if anchor else None
    lead = held if held and held.item.id in ids else leader(members)
    stories = {before[item].id: before[item] for item in sorted(ids)}
    known = [one for story in stories.values() for one in story.merges if {one.first, one.second} <= ids]
    joined = {item for one in known for item in (one.first, one.second)} | {lead.item.id}
    said = [Merge(lead.item.id, item, (f"joined by {by}",)) for item in sorted(ids - joined)]
    return Story("s" + lead.item.id, tuple(members), lead, (*known, *said))


# ---------------------------------------------------------------- one ruling for a story


def _combined(several: Sequence[Ruling]) -> tuple[Ruling, list[str]]:
    """One ruling out of several that fell on one story: the later word counts, and what it takes away is told."""
    if len(several) == 1:
        return several[0], []
    ordered = sorted(several, key=lambda one: one.at or _LONG_AGO)
    result, lost = ordered[0], []
    for later in ordered[1:]:
        values = {name: getattr(later, name) for name in _FIELDS if getattr(later, name)}
        if set(values) & set(_CHOICE):
            values = {"keep": False, "drop": "", "pin": None} | values
        taken = [name for name, value in values.items() if getattr(result, name) and getattr(result, name) != value]
        taken += [name for name, value in later.tags.items() if name in result.tags and result.tags[name] != value]
        if taken:
            lost.append(
                f"{', '.join(taken)} of {_title(result)}: it is one story with {_title(later)} now, decided later"
            )
        result = replace(result, **values, tags={**result.tags, **later.tags}, by=later.by, at=later.at)
    return result, lost


def _retagged(story: Story, ruling: Ruling) -> Story:
    values = _consistent(ruling, story)
    if not values:
        return story
    by = f"{ruling.by or TEAM} said so"

    def member(one: TaggedItem) -> TaggedItem:
        why = {**one.tags.why, **dict.fromkeys(values, (by,))}
        confidence = {**one.tags.confidence, **dict.fromkeys(values, 1.0)}
        return replace(one, tags=replace(one.tags, **values, why=why, confidence=confidence))

    made = {one.item.id: member(one) for one in story.items}
    return replace(story, items=tuple(made.values()), lead=made[story.lead.item.id])


def _consistent(ruling: Ruling, story: Story) -> dict[str, Any]:
    """The corrected tags, with what follows from them: what is kept is relevant, what has no AI has no evidence."""
    values = dict(ruling.tags)
    if "vendors" in values:
        values["vendors"] = tuple(values["vendors"])
    if (ruling.keep or ruling.pin) and not ruling.drop and not story.tags.relevant:
        values.setdefault("relevant", True)
    if values.get("ai") in ("mention", "none"):
        values["evidence"] = None
    return values
