"""Stage: the team's word over the machine's. Pure: stories and rulings in, stories and the choice out.

A ruling holds for the story that tells its item: by id, or else by canonical address. What finds no story is told in
words, and is never dropped silently. Where two rulings fall on one story, the later one counts, field by field.

    cluster → regroup, retag → rank → select → choose
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from digest.model import Merge, RankedStory, Ruling, Rulings, Story, TaggedItem
from digest.text import shorten
from digest.urls import canonical

Leader = Callable[[Sequence[TaggedItem]], TaggedItem]
TEAM = "the team"
_JOINED = "joined by"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_CHOICE = ("keep", "drop", "pin")
_FIELDS = (*_CHOICE, "headline", "summary", "note", "relation", "ring")


class Finder:
    """Items by id and by address."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._ids: set[str] = set()
        self._urls: defaultdict[str, list[str]] = defaultdict(list)
        for story in stories:
            for member in story.items:
                self._ids.add(member.item.id)
                self._urls[member.item.url].append(member.item.id)

    def anchor(self, ruling: Ruling) -> str | None:
        """The id of the item that a ruling names; None where no story tells it."""
        if ruling.item in self._ids:
            return ruling.item
        return next(iter(self._urls.get(ruling.url, ())), None) if ruling.url else None

    def items(self, reference: str) -> Sequence[str]:
        """The ids of the items that an address or id names: several sources may list one page."""
        return (reference,) if reference in self._ids else self._urls.get(canonical(reference), ())


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
        now = combined.get(story.id)
        if known and known.untagged.get(story.id) == story:
            then = known.rulings.get(story.id)
            if _tagging(story, then) == _tagging(story, now):
                return made[story.id]
        return _retagged(story, now) if now else story

    untagged = {story.id: story for story in grouped if story.id in combined or id(story) not in same}
    done = tuple(map(final, grouped))
    lost += [
        line for one in done for ruling in found.get(one.id, ()) for line in _unfounded(one, ruling, combined[one.id])
    ]
    return Ruled(done, combined, tuple(lost), untagged)


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


def unprinted(ruled: Ruled, left_out: Mapping[str, str]) -> tuple[str, ...]:
    """What the team wanted printed of stories that stay out though nobody dropped them, in words, with the reason."""
    wanted = ("keep", "pin", "headline", "summary", "note")
    return tuple(
        f"{', '.join(names)} of {_title(ruling)}: the story stays out of the edition: {left_out[story_id]}"
        for story_id, ruling in ruled.rulings.items()
        if story_id in left_out and not ruling.drop and (names := [name for name in wanted if getattr(ruling, name)])
    )


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
    lost: list[str] = []
    groups, joints = _Groups(stories), list(_joints(rulings, finder, lost))
    tied = {item for one in joints if one.merge for item in (one.anchor, *one.merge)}
    for one in joints:
        groups.split(one, one.split)
    for one in joints:
        groups.merge(one)
    for one in joints:  # out of what was joined, all but what a decision names as joined
        groups.split(one, one.split - tied)
    lost += [line for one in joints for line in _held_together(one, finder, groups)]
    if not groups.touched:
        return tuple(stories), lost
    before = {member.item.id: story for story in stories for member in story.items}
    members = {member.item.id: member for story in stories for member in story.items}
    made = [
        _story([members[item] for item in groups.held[name]], before, by, groups.anchors.get(name), leader)
        for name, by in groups.touched.items()
    ]
    same = [story for story in stories if story.id in groups.held and story.id not in groups.touched]
    return tuple(sorted((*same, *made), key=lambda story: (story.items[0].item.when, story.id))), lost


@dataclass(frozen=True, slots=True)
class _Joint:
    """A ruling that joins or parts, and the ids of the items that it names."""

    ruling: Ruling
    anchor: str
    merge: frozenset[str]
    split: frozenset[str]


def _joints(rulings: Iterable[Ruling], finder: Finder, lost: list[str]) -> Iterator[_Joint]:
    """Those whose story is there; what they name and nobody tells is added to `lost`."""
    for ruling in rulings:
        anchor = finder.anchor(ruling)
        if anchor is None or not (ruling.merge or ruling.split):
            continue
        for what, references in (("merge", ruling.merge), ("split", ruling.split)):
            lost += [
                f"{what} of {_title(ruling)} with {reference}: no item of this quarter has this address or id"
                for reference in references
                if not finder.items(reference)
            ]
        merge, split = (
            frozenset(item for reference in references for item in finder.items(reference))
            for references in (ruling.merge, ruling.split)
        )
        yield _Joint(ruling, anchor, merge, split)


def _held_together(one: _Joint, finder: Finder, groups: _Groups) -> Iterator[str]:
    """The splits that could not be carried out, in words."""
    for reference in one.ruling.split:
        items = set(finder.items(reference))
        if items == {one.anchor}:
            yield f"split of {_title(one.ruling)} with {reference}: it is the item that names the story"
        elif any(groups.home[item] == groups.home[one.anchor] for item in items - {one.anchor}):
            yield f"split of {_title(one.ruling)} with {reference}: another decision merges the two"


class _Groups:
    """Items in groups that are split and merged. A story's id names its group for as long as there is one."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.held = {story.id: {member.item.id for member in story.items} for story in stories}
        self.home = {item: name for name, items in self.held.items() for item in items}
        self.touched: dict[str, str] = {}  # group → who said so
        self.anchors: dict[str, str] = {}  # group → an item whose story names it

    def split(self, one: _Joint, items: Collection[str]) -> None:
        """Takes items out of a ruling's story, to be one of their own."""
        group = self.home[one.anchor]
        out = {item for item in items if self.home[item] == group} - {one.anchor}
        if out:
            name = f"{group} {min(out)}"
            self.held[group] -= out
            self.held[name] = out
            self.home |= dict.fromkeys(out, name)
            self.touched[group] = self.touched[name] = one.ruling.by or TEAM

    def merge(self, one: _Joint) -> None:
        """Joins the stories of items to a ruling's story."""
        group = self.home[one.anchor]
        for item in sorted(one.merge):
            other = self.home[item]
            if other != group:
                self.held[group] |= self.held[other]
                self.home |= dict.fromkeys(self.held.pop(other), group)
                self.touched.pop(other, None)
                self.touched[group] = one.ruling.by or TEAM
                self.anchors.setdefault(group, one.anchor)


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
    said = [Merge(lead.item.id, item, (f"{_JOINED} {by}",)) for item in sorted(ids - joined)]
    return Story("s" + lead.item.id, tuple(members), lead, (*known, *said))


def grouped_with(story: Story, item: str) -> frozenset[str]:
    """The items of a story that the machine put together with one of them, that one too; by id."""
    links = [{one.first, one.second} for one in story.merges if not any(why.startswith(_JOINED) for why in one.matched)]
    found = {item}
    while more := {other for link in links if link & found for other in link} - found:
        found |= more
    return frozenset(found)


# ---------------------------------------------------------------- one ruling for a story


def _combined(several: Sequence[Ruling]) -> tuple[Ruling, list[str]]:
    """One ruling out of several that fell on one story: the later word counts, and what it takes away is told."""
    if len(several) == 1:
        return several[0], []
    ordered = sorted(several, key=lambda one: one.at or _LONG_AGO)
    result = ordered[0]
    last: dict[str, Ruling] = {}  # word → who spoke it last
    for one in ordered:
        values = {name: value for name in _FIELDS if (value := getattr(one, name))} | _instead(one)
        result = replace(result, **values, tags={**result.tags, **one.tags}, by=one.by, at=one.at)
        last |= dict.fromkeys((*values, *one.tags), one)
    lost = [
        f"{name} of {_title(one)}: it is one story with {_title(last[name])} now, decided later"
        for one in ordered
        for name in _overruled(one, result)
        if not (name == "keep" and _is_added(one, last[name]))
    ]
    return result, lost


def _overruled(one: Ruling, result: Ruling) -> Iterator[str]:
    """The words of a ruling that do not hold in the end."""
    yield from (name for name in _FIELDS if (value := getattr(one, name)) and getattr(result, name) != value)
    yield from (name for name, value in one.tags.items() if result.tags[name] != value)


def _instead(later: Ruling) -> dict[str, Any]:
    """What a later choice takes back: out and in exclude each other."""
    if later.drop:
        return {"keep": False, "pin": None}
    return {"drop": ""} if later.keep or later.pin else {}


def _is_added(held: Ruling, later: Ruling) -> bool:
    """Whether `held` is what keeps an item that was added by hand, and `later` is about that item."""
    return not held.by and bool(held.url) and held.url == later.url


def _unfounded(story: Story, ruling: Ruling, held: Ruling) -> Iterator[str]:
    """A grade of evidence for AI that is not in the story, by the team's word or the judgement's."""
    grade = ruling.tags.get("evidence")
    if grade and grade == held.tags["evidence"] and story.tags.evidence is None:
        yield f"evidence of {_title(ruling)}: its AI is “{story.tags.ai}” now, and only core or applied AI has evidence"


def _tagging(story: Story, ruling: Ruling | None) -> tuple[dict[str, Any], str]:
    """The tags that a ruling gives a story, and who says so."""
    values = _consistent(ruling, story) if ruling else {}
    return values, f"{ruling.by or TEAM} said so" if ruling and values else ""


def _retagged(story: Story, ruling: Ruling) -> Story:
    values, by = _tagging(story, ruling)
    if not values:
        return story

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
