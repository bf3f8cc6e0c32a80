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

from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.story import Merge, RankedStory, Story
from digest.model.tags import TaggedItem
from digest.text import truncate_text
from digest.urls import canonical_url

LeadChooser = Callable[[Sequence[TaggedItem]], TaggedItem]
TEAM = "the team"
_JOINED_BY = "joined by"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHOICE_FIELDS = ("keep", "drop", "pin")
_DECISION_FIELDS = (*_CHOICE_FIELDS, "headline", "summary", "note", "relation", "ring")


class ItemIndex:
    """Items by id and by address."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self._ids: set[str] = set()
        self._urls: defaultdict[str, list[str]] = defaultdict(list)
        for story in stories:
            for member in story.items:
                self._ids.add(member.item.id)
                self._urls[member.item.url].append(member.item.id)

    def find_anchor(self, ruling: StoryDecision) -> str | None:
        """The id of the item that a ruling names; None where no story tells it."""
        if ruling.item in self._ids:
            return ruling.item
        return next(iter(self._urls.get(ruling.url, ())), None) if ruling.url else None

    def find_items(self, reference: str) -> Sequence[str]:
        """The ids of the items that an address or id names: several sources may list one page."""
        return (
            (reference,) if reference in self._ids else self._urls.get(canonical_url(reference), ())
        )


@dataclass(frozen=True, slots=True)
class DecidedStories:
    """Stories as the team groups and tags them. `rulings`: story id → what holds for it; `lost`: what could not be
    carried out, in words; `untagged`: the stories with corrected tags as they were before."""

    stories: tuple[Story, ...] = ()
    decisions: Mapping[str, StoryDecision] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    untagged: Mapping[str, Story] = field(default_factory=dict)


def apply_decisions(
    stories: Sequence[Story],
    rulings: EditorialDecisions,
    leader: LeadChooser,
    previous: DecidedStories | None = None,
) -> DecidedStories:
    """The stories after merges, splits and corrected tags. Stories that no ruling touches are the same objects, and so
    are those that it touches as it did in `known`. `leader` names the member that names a story."""
    if not rulings.stories:
        return DecidedStories(tuple(stories))
    finder = ItemIndex(stories)
    grouped, lost = _regroup_stories(stories, rulings.stories, finder, leader)
    same = {id(story) for story in stories}
    home = {member.item.id: story.id for story in grouped for member in story.items}
    found: dict[str, list[StoryDecision]] = defaultdict(list)
    for ruling in rulings.stories:
        anchor = finder.find_anchor(ruling)
        if anchor is None:
            lost.append(
                f"{_describe_decision(ruling)}: no item of this quarter has this address or id"
            )
        else:
            found[home[anchor]].append(ruling)
    combined = {}
    for story_id, several in found.items():
        combined[story_id], overruled = _combine_decisions(several)
        lost += overruled
    made = {story.id: story for story in previous.stories} if previous else {}

    def finish_story(story: Story) -> Story:
        now = combined.get(story.id)
        if previous and previous.untagged.get(story.id) == story:
            then = previous.decisions.get(story.id)
            if _build_tag_changes(story, then) == _build_tag_changes(story, now):
                return made[story.id]
        return _apply_tags(story, now) if now else story

    untagged = {
        story.id: story for story in grouped if story.id in combined or id(story) not in same
    }
    done = tuple(map(finish_story, grouped))
    lost += [
        line
        for one in done
        for ruling in found.get(one.id, ())
        for line in _find_invalid_evidence(one, ruling, combined[one.id])
    ]
    return DecidedStories(done, combined, tuple(lost), untagged)


def apply_choices(
    chosen: Sequence[RankedStory],
    left_out: Mapping[str, LeftOut],
    ranked: Sequence[RankedStory],
    ruled: DecidedStories,
) -> tuple[tuple[RankedStory, ...], dict[str, LeftOut]]:
    """The stories that go in, pinned ones first and then by rank, and why each other one stays out."""
    rulings = ruled.decisions
    inside = {one.story.id for one in chosen}
    left = dict(left_out)
    for story_id, ruling in rulings.items():
        if ruling.drop:
            inside.discard(story_id)
            left[story_id] = LeftOut(LeftOutReason.DROPPED_BY_TEAM, {"reason": ruling.drop})
        elif ruling.keep or ruling.pin:
            inside.add(story_id)
            left.pop(story_id, None)
    kept = [one for one in ranked if one.story.id in inside]
    kept.sort(key=lambda one: _get_pin_position(rulings.get(one.story.id)))
    return tuple(kept), left


def list_unprinted(ruled: DecidedStories, left_out: Mapping[str, LeftOut]) -> tuple[str, ...]:
    """What the team wanted printed of stories that stay out though nobody dropped them, in words, with the reason."""
    wanted = ("keep", "pin", "headline", "summary", "note")
    return tuple(
        f"{', '.join(names)} of {_format_title(ruling)}: the story stays out of the edition: {left_out[story_id]}"
        for story_id, ruling in ruled.decisions.items()
        if story_id in left_out
        and not ruling.drop
        and (names := [name for name in wanted if getattr(ruling, name)])
    )


def list_pinned_ids(
    chosen: Iterable[RankedStory], rulings: Mapping[str, StoryDecision]
) -> tuple[str, ...]:
    """The ids of the pinned stories, in their order."""
    return tuple(
        one.story.id for one in chosen if one.story.id in rulings and rulings[one.story.id].pin
    )


def list_edited_fields(ruling: StoryDecision) -> tuple[str, ...]:
    """The fields of a story that are the team's word."""
    words = [name for name in ("headline", "summary", "note") if getattr(ruling, name)]
    held = [name for name in ("relation", "ring") if getattr(ruling, name)]
    return (*words, *ruling.tags, *held)


def _get_pin_position(ruling: StoryDecision | None) -> int:
    return ruling.pin if ruling and ruling.pin and not ruling.drop else 1000


def _describe_decision(ruling: StoryDecision) -> str:
    what = ", ".join(_iter_decided_fields(ruling)) or "nothing"
    title = f" “{truncate_text(ruling.title, 80)}”" if ruling.title else ""
    return f"{what} of{title} {ruling.url or ruling.item}"


def _iter_decided_fields(ruling: StoryDecision) -> Iterator[str]:
    yield from (name for name in (*_DECISION_FIELDS, "merge", "split") if getattr(ruling, name))
    yield from ruling.tags


# ---------------------------------------------------------------- merge and split


def _regroup_stories(
    stories: Sequence[Story],
    rulings: Sequence[StoryDecision],
    finder: ItemIndex,
    leader: LeadChooser,
) -> tuple[tuple[Story, ...], list[str]]:
    if not any(ruling.merge or ruling.split for ruling in rulings):
        return tuple(stories), []
    lost: list[str] = []
    groups, joints = _ItemGroups(stories), list(_find_group_changes(rulings, finder, lost))
    tied = {item for one in joints if one.merge for item in (one.anchor, *one.merge)}
    for one in joints:
        groups.split_items(one, one.split)
    for one in joints:
        groups.merge_stories(one)
    for one in joints:  # out of what was joined, all but what a decision names as joined
        groups.split_items(one, one.split - tied)
    lost += [line for one in joints for line in _describe_failed_splits(one, finder, groups)]
    if not groups.touched:
        return tuple(stories), lost
    before = {member.item.id: story for story in stories for member in story.items}
    members = {member.item.id: member for story in stories for member in story.items}
    made = [
        _build_story(
            [members[item] for item in groups.items_by_group[name]],
            before,
            by,
            groups.anchors.get(name),
            leader,
        )
        for name, by in groups.touched.items()
    ]
    same = [
        story
        for story in stories
        if story.id in groups.items_by_group and story.id not in groups.touched
    ]
    return tuple(
        sorted((*same, *made), key=lambda story: (story.items[0].item.published_or_seen, story.id))
    ), lost


@dataclass(frozen=True, slots=True)
class _GroupChange:
    """A ruling that joins or parts, and the ids of the items that it names."""

    decision: StoryDecision
    anchor: str
    merge: frozenset[str]
    split: frozenset[str]


def _find_group_changes(
    rulings: Iterable[StoryDecision], finder: ItemIndex, lost: list[str]
) -> Iterator[_GroupChange]:
    """Those whose story is there; what they name and nobody tells is added to `lost`."""
    for ruling in rulings:
        anchor = finder.find_anchor(ruling)
        if anchor is None or not (ruling.merge or ruling.split):
            continue
        for what, references in (("merge", ruling.merge), ("split", ruling.split)):
            lost += [
                f"{what} of {_format_title(ruling)} with {reference}: no item of this quarter has this address or id"
                for reference in references
                if not finder.find_items(reference)
            ]
        merge, split = (
            frozenset(item for reference in references for item in finder.find_items(reference))
            for references in (ruling.merge, ruling.split)
        )
        yield _GroupChange(ruling, anchor, merge, split)


def _describe_failed_splits(
    one: _GroupChange, finder: ItemIndex, groups: _ItemGroups
) -> Iterator[str]:
    """The splits that could not be carried out, in words."""
    for reference in one.decision.split:
        items = set(finder.find_items(reference))
        if items == {one.anchor}:
            yield f"split of {_format_title(one.decision)} with {reference}: it is the item that names the story"
        elif any(
            groups.group_by_item[item] == groups.group_by_item[one.anchor]
            for item in items - {one.anchor}
        ):
            yield f"split of {_format_title(one.decision)} with {reference}: another decision merges the two"


class _ItemGroups:
    """Items in groups that are split and merged. A story's id names its group for as long as there is one."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self.items_by_group = {
            story.id: {member.item.id for member in story.items} for story in stories
        }
        self.group_by_item = {
            item: name for name, items in self.items_by_group.items() for item in items
        }
        self.touched: dict[str, str] = {}  # group → who said so
        self.anchors: dict[str, str] = {}  # group → an item whose story names it

    def split_items(self, one: _GroupChange, items: Collection[str]) -> None:
        """Takes items out of a ruling's story, to be one of their own."""
        group = self.group_by_item[one.anchor]
        out = {item for item in items if self.group_by_item[item] == group} - {one.anchor}
        if out:
            name = f"{group} {min(out)}"
            self.items_by_group[group] -= out
            self.items_by_group[name] = out
            self.group_by_item |= dict.fromkeys(out, name)
            self.touched[group] = self.touched[name] = one.decision.by or TEAM

    def merge_stories(self, one: _GroupChange) -> None:
        """Joins the stories of items to a ruling's story."""
        group = self.group_by_item[one.anchor]
        for item in sorted(one.merge):
            other = self.group_by_item[item]
            if other != group:
                self.items_by_group[group] |= self.items_by_group[other]
                self.group_by_item |= dict.fromkeys(self.items_by_group.pop(other), group)
                self.touched.pop(other, None)
                self.touched[group] = one.decision.by or TEAM
                self.anchors.setdefault(group, one.anchor)


def _format_title(ruling: StoryDecision) -> str:
    return f"“{truncate_text(ruling.title, 80)}”" if ruling.title else ruling.url or ruling.item


def _build_story(
    members: list[TaggedItem],
    before: Mapping[str, Story],
    by: str,
    anchor: str | None,
    leader: LeadChooser,
) -> Story:
    """A story of these members. The lead of the story that `anchor` stood in stays lead, where it is a member."""
    members.sort(key=lambda member: (member.item.published_or_seen, member.item.id))
    ids = {member.item.id for member in members}
    held = before[anchor].lead if anchor else None
    lead = held if held and held.item.id in ids else leader(members)
    stories = {before[item].id: before[item] for item in sorted(ids)}
    known = [
        one for story in stories.values() for one in story.merges if {one.first, one.second} <= ids
    ]
    joined = {item for one in known for item in (one.first, one.second)} | {lead.item.id}
    said = [Merge(lead.item.id, item, (f"{_JOINED_BY} {by}",)) for item in sorted(ids - joined)]
    return Story("s" + lead.item.id, tuple(members), lead, (*known, *said))


def find_machine_group(story: Story, item: str) -> frozenset[str]:
    """The items of a story that the machine put together with one of them, that one too; by id."""
    links = [
        {one.first, one.second}
        for one in story.merges
        if not any(why.startswith(_JOINED_BY) for why in one.matched)
    ]
    found = {item}
    while more := {other for link in links if link & found for other in link} - found:
        found |= more
    return frozenset(found)


# ---------------------------------------------------------------- one ruling for a story


def _combine_decisions(several: Sequence[StoryDecision]) -> tuple[StoryDecision, list[str]]:
    """One ruling out of several that fell on one story: the later word counts, and what it takes away is told."""
    if len(several) == 1:
        return several[0], []
    ordered = sorted(several, key=lambda one: one.at or _EPOCH)
    result = ordered[0]
    last: dict[str, StoryDecision] = {}  # word → who spoke it last
    for one in ordered:
        values = {
            name: value for name in _DECISION_FIELDS if (value := getattr(one, name))
        } | _clear_opposites(one)
        result = replace(result, **values, tags={**result.tags, **one.tags}, by=one.by, at=one.at)
        last |= dict.fromkeys((*values, *one.tags), one)
    lost = [
        f"{name} of {_format_title(one)}: it is one story with {_format_title(last[name])} now, decided later"
        for one in ordered
        for name in _iter_superseded_fields(one, result)
        if not (name == "keep" and _is_manual_item(one, last[name]))
    ]
    return result, lost


def _iter_superseded_fields(one: StoryDecision, result: StoryDecision) -> Iterator[str]:
    """The words of a ruling that do not hold in the end."""
    yield from (
        name
        for name in _DECISION_FIELDS
        if (value := getattr(one, name)) and getattr(result, name) != value
    )
    yield from (name for name, value in one.tags.items() if result.tags[name] != value)


def _clear_opposites(later: StoryDecision) -> dict[str, Any]:
    """What a later choice takes back: out and in exclude each other."""
    if later.drop:
        return {"keep": False, "pin": None}
    return {"drop": ""} if later.keep or later.pin else {}


def _is_manual_item(held: StoryDecision, later: StoryDecision) -> bool:
    """Whether `held` is what keeps an item that was added by hand, and `later` is about that item."""
    return not held.by and bool(held.url) and held.url == later.url


def _find_invalid_evidence(
    story: Story, ruling: StoryDecision, held: StoryDecision
) -> Iterator[str]:
    """A grade of evidence for AI that is not in the story, by the team's word or the judgement's."""
    grade = ruling.tags.get("evidence")
    if grade and grade == held.tags["evidence"] and story.tags.evidence is None:
        yield f"evidence of {_format_title(ruling)}: its AI is “{story.tags.ai}” now, and only core or applied AI has evidence"


def _build_tag_changes(story: Story, ruling: StoryDecision | None) -> tuple[dict[str, Any], str]:
    """The tags that a ruling gives a story, and who says so."""
    values = _complete_tags(ruling, story) if ruling else {}
    return values, f"{ruling.by or TEAM} said so" if ruling and values else ""


def _apply_tags(story: Story, ruling: StoryDecision) -> Story:
    values, by = _build_tag_changes(story, ruling)
    if not values:
        return story

    def retag_member(one: TaggedItem) -> TaggedItem:
        why = {**one.tags.why, **dict.fromkeys(values, (by,))}
        confidence = {**one.tags.confidence, **dict.fromkeys(values, 1.0)}
        return replace(one, tags=replace(one.tags, **values, why=why, confidence=confidence))

    made = {one.item.id: retag_member(one) for one in story.items}
    return replace(story, items=tuple(made.values()), lead=made[story.lead.item.id])


def _complete_tags(ruling: StoryDecision, story: Story) -> dict[str, Any]:
    """The corrected tags, with what follows from them: what is kept is relevant, what has no AI has no evidence."""
    values = dict(ruling.tags)
    if "vendors" in values:
        values["vendors"] = tuple(values["vendors"])
    if (ruling.keep or ruling.pin) and not ruling.drop and not story.tags.relevant:
        values.setdefault("relevant", True)
    if values.get("ai") in ("mention", "none"):
        values["evidence"] = None
    return values
