"""Apply the team's decisions to the machine's stories and choice.

A decision holds for the story that tells its item: by id, or else by canonical address. What finds
no story is reported in words and never dropped silently. Where two decisions fall on one story, the
later one counts, field by field. The order of the work:

    cluster → regroup, retag (apply_decisions) → rank → select → choose (apply_choices)
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
# Fields of which the later decision counts; tags count one by one.
_DECISION_FIELDS = ("keep", "drop", "pin", "headline", "summary", "note", "relation", "ring")
_NO_SUCH_ITEM = "no item of this quarter has this address or id"
_UNPINNED = 1000  # sorts behind every pin


class ItemIndex:
    """The items of stories by id and by address."""

    def __init__(self, stories: Iterable[Story]) -> None:
        self.members: dict[str, TaggedItem] = {}
        self._urls: defaultdict[str, list[str]] = defaultdict(list)
        for story in stories:
            for member in story.items:
                self.members[member.item.id] = member
                self._urls[member.item.url].append(member.item.id)

    def find_anchor(self, decision: StoryDecision) -> str | None:
        """Return the id of the item that a decision names; None where no story tells it."""
        if decision.item in self.members:
            return decision.item
        return next(iter(self._urls.get(decision.url, ())), None) if decision.url else None

    def find_items(self, reference: str) -> Sequence[str]:
        """Return the ids of the items that an address or id names.

        They are several where several sources list one page.
        """
        if reference in self.members:
            return (reference,)
        return self._urls.get(canonical_url(reference), ())


@dataclass(frozen=True, slots=True)
class DecidedStories:
    """Stories as the team groups and tags them.

    `decisions` maps a story's id to what holds for it; `lost` says in words what could not be
    carried out; `untagged` holds the stories with corrected tags as they were before, by id;
    `index` holds the items as the machine tags them.
    """

    stories: tuple[Story, ...] = ()
    decisions: Mapping[str, StoryDecision] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    untagged: Mapping[str, Story] = field(default_factory=dict)
    index: ItemIndex = field(default_factory=lambda: ItemIndex(()), compare=False, repr=False)


def apply_decisions(
    stories: Sequence[Story],
    editorial_decisions: EditorialDecisions,
    choose_lead: LeadChooser,
    index: ItemIndex | None = None,
) -> DecidedStories:
    """Return the stories after merges, splits and corrected tags.

    Stories that no decision touches are returned as they are. `choose_lead` picks the member that
    names a new story. `index` is that of the stories, where it is there already.
    """
    if not editorial_decisions.stories:
        return DecidedStories(tuple(stories))
    index = index or ItemIndex(stories)
    grouped, lost = _regroup_stories(stories, editorial_decisions.stories, index, choose_lead)
    story_ids = {member.item.id: story.id for story in grouped for member in story.items}
    found: dict[str, list[StoryDecision]] = defaultdict(list)
    for decision in editorial_decisions.stories:
        anchor = index.find_anchor(decision)
        if anchor is None:
            fields = (*_DECISION_FIELDS, "merge", "split")
            names = [*(name for name in fields if getattr(decision, name)), *decision.tags]
            title = f" “{truncate_text(decision.title, 80)}”" if decision.title else ""
            what = f"{', '.join(names) or 'nothing'} of{title} {decision.url or decision.item}"
            lost.append(f"{what}: {_NO_SUCH_ITEM}")
        else:
            found[story_ids[anchor]].append(decision)
    combined = {}
    for story_id, decisions in found.items():
        combined[story_id], superseded = _combine_decisions(decisions)
        lost += superseded
    untagged = {story.id: story for story in grouped if story.id in combined}
    decided = tuple(
        _apply_tags(story, combined[story.id]) if story.id in combined else story
        for story in grouped
    )
    for story in decided:
        for decision in found.get(story.id, ()) if story.tags.evidence is None else ():
            grade = decision.tags.get("evidence")
            if grade and grade == combined[story.id].tags["evidence"]:
                lost.append(
                    f"evidence of {_format_title(decision)}: its AI is “{story.tags.ai}” now, "
                    "and only core or applied AI has evidence"
                )
    return DecidedStories(decided, combined, tuple(lost), untagged, index)


def apply_choices(
    chosen: Sequence[RankedStory],
    left_out: Mapping[str, LeftOut],
    ranked: Sequence[RankedStory],
    decided: DecidedStories,
) -> tuple[tuple[RankedStory, ...], dict[str, LeftOut]]:
    """Return the stories that go in and why each other one stays out.

    Pinned stories come first in the order of their pins, then the others by rank.
    """
    inside = {story.story.id for story in chosen}
    left = dict(left_out)
    for story_id, decision in decided.decisions.items():
        if decision.drop:
            inside.discard(story_id)
            left[story_id] = LeftOut(LeftOutReason.DROPPED_BY_TEAM, {"reason": decision.drop})
        elif decision.keep or decision.pin:
            inside.add(story_id)
            left.pop(story_id, None)
    pins = {
        story_id: decision.pin
        for story_id, decision in decided.decisions.items()
        if decision.pin and not decision.drop
    }
    kept = [story for story in ranked if story.story.id in inside]
    kept.sort(key=lambda story: pins.get(story.story.id, _UNPINNED))
    return tuple(kept), left


def list_unprinted(decided: DecidedStories, left_out: Mapping[str, LeftOut]) -> tuple[str, ...]:
    """Return in words what the team wanted printed of stories that stay out without a drop."""
    printed = ("keep", "pin", "headline", "summary", "note")
    return tuple(
        f"{', '.join(names)} of {_format_title(decision)}: the story stays out of the edition: "
        f"{left_out[story_id]}"
        for story_id, decision in decided.decisions.items()
        if story_id in left_out
        and not decision.drop
        and (names := [name for name in printed if getattr(decision, name)])
    )


def list_pinned_ids(
    chosen: Iterable[RankedStory], decisions: Mapping[str, StoryDecision]
) -> tuple[str, ...]:
    """Return the ids of the pinned stories in their order."""
    ids = (story.story.id for story in chosen)
    return tuple(story_id for story_id in ids if story_id in decisions and decisions[story_id].pin)


def list_edited_fields(decision: StoryDecision) -> tuple[str, ...]:
    """Return the fields of a story that the team wrote."""
    words = [name for name in ("headline", "summary", "note") if getattr(decision, name)]
    marks = [name for name in ("relation", "ring") if getattr(decision, name)]
    return (*words, *decision.tags, *marks)


def find_machine_group(story: Story, item_id: str) -> frozenset[str]:
    """Return the ids of a story's items that the machine joined to an item, with that item."""
    links = [
        {merge.first, merge.second}
        for merge in story.merges
        if not any(why.startswith(_JOINED_BY) for why in merge.matched)
    ]
    found = {item_id}
    while more := {other for link in links if link & found for other in link} - found:
        found |= more
    return frozenset(found)


# ---------------------------------------------------------------- what is reported


def _format_title(decision: StoryDecision) -> str:
    title = truncate_text(decision.title, 80)
    return f"“{title}”" if decision.title else decision.url or decision.item


# ---------------------------------------------------------------- merge and split


@dataclass(frozen=True, slots=True)
class _GroupChange:
    """A decision that merges or splits, and the ids of the items that it names."""

    decision: StoryDecision
    anchor: str
    merge: frozenset[str]
    split: frozenset[str]


class _ItemGroups:
    """Items in groups that are split and merged.

    A story's id names its group for as long as the group exists.
    """

    def __init__(self, stories: Sequence[Story]) -> None:
        self.items_by_group = {
            story.id: {member.item.id for member in story.items} for story in stories
        }
        self.group_by_item = {
            item: name for name, items in self.items_by_group.items() for item in items
        }
        self.touched: dict[str, str] = {}  # group → who changed it last
        self.anchors: dict[str, str] = {}  # merged group → an item whose story names it

    def split_items(self, change: _GroupChange, items: Collection[str]) -> None:
        """Take items out of the anchor's group and make one group of them."""
        group = self.group_by_item[change.anchor]
        out = {item for item in items if self.group_by_item[item] == group} - {change.anchor}
        if out:
            name = f"{group} {min(out)}"
            self.items_by_group[group] -= out
            self.items_by_group[name] = out
            self.group_by_item |= dict.fromkeys(out, name)
            self.touched[group] = self.touched[name] = change.decision.by or TEAM

    def merge_stories(self, change: _GroupChange) -> None:
        """Join the groups of the named items to the anchor's group."""
        group = self.group_by_item[change.anchor]
        for item in sorted(change.merge):
            other = self.group_by_item[item]
            if other != group:
                self.items_by_group[group] |= self.items_by_group[other]
                self.group_by_item |= dict.fromkeys(self.items_by_group.pop(other), group)
                self.touched.pop(other, None)
                self.touched[group] = change.decision.by or TEAM
                self.anchors.setdefault(group, change.anchor)

    def describe_failed_splits(self, change: _GroupChange, index: ItemIndex) -> Iterator[str]:
        """Yield in words which items a decision splits off and the groups hold all the same."""
        group = self.group_by_item[change.anchor]
        for reference in change.decision.split:
            split = f"split of {_format_title(change.decision)} with {reference}"
            items = set(index.find_items(reference))
            if items == {change.anchor}:
                yield f"{split}: it is the item that names the story"
            elif any(self.group_by_item[item] == group for item in items - {change.anchor}):
                yield f"{split}: another decision merges the two"


def _regroup_stories(
    stories: Sequence[Story],
    decisions: Sequence[StoryDecision],
    index: ItemIndex,
    choose_lead: LeadChooser,
) -> tuple[tuple[Story, ...], list[str]]:
    """Carry out splits and merges; return the stories and in words what could not be done."""
    lost: list[str] = []
    changes = list(_find_group_changes(decisions, index, lost))
    if not changes:
        return tuple(stories), lost
    groups = _ItemGroups(stories)
    merged = {item for change in changes if change.merge for item in (change.anchor, *change.merge)}
    for change in changes:
        groups.split_items(change, change.split)
    for change in changes:
        groups.merge_stories(change)
    for change in changes:  # out of merged groups, all but what a decision names as merged
        groups.split_items(change, change.split - merged)
    for change in changes:
        lost += groups.describe_failed_splits(change, index)
    before = {member.item.id: story for story in stories for member in story.items}
    made = [
        _build_story(groups.items_by_group[name], before, by, groups.anchors.get(name), choose_lead)
        for name, by in groups.touched.items()
    ]
    untouched = groups.items_by_group.keys() - groups.touched.keys()
    same = [story for story in stories if story.id in untouched]
    if made:
        same = sorted(
            (*same, *made), key=lambda story: (story.items[0].item.published_or_seen, story.id)
        )
    return tuple(same), lost


def _find_group_changes(
    decisions: Iterable[StoryDecision], index: ItemIndex, lost: list[str]
) -> Iterator[_GroupChange]:
    """Yield the merges and splits whose story exists; report in `lost` the items nobody tells."""
    for decision in decisions:
        anchor = index.find_anchor(decision)
        if anchor is None or not (decision.merge or decision.split):
            continue
        for what, references in (("merge", decision.merge), ("split", decision.split)):
            lost += [
                f"{what} of {_format_title(decision)} with {reference}: {_NO_SUCH_ITEM}"
                for reference in references
                if not index.find_items(reference)
            ]
        merge, split = (
            frozenset(item for reference in references for item in index.find_items(reference))
            for references in (decision.merge, decision.split)
        )
        yield _GroupChange(decision, anchor, merge, split)


def _build_story(
    ids: Collection[str],
    before: Mapping[str, Story],
    by: str,
    anchor: str | None,
    choose_lead: LeadChooser,
) -> Story:
    """Return a story of these items.

    The lead of the story that `anchor` was in stays lead where it is one of them.
    """
    stories = {before[item].id: before[item] for item in sorted(ids)}
    members = [member for story in stories.values() for member in story.items]
    members = [member for member in members if member.item.id in ids]
    members.sort(key=lambda member: (member.item.published_or_seen, member.item.id))
    lead = before[anchor].lead if anchor else None
    if lead is None or lead.item.id not in ids:
        lead = choose_lead(members)
    kept = [
        merge
        for story in stories.values()
        for merge in story.merges
        if merge.first in ids and merge.second in ids
    ]
    joined = {item for merge in kept for item in (merge.first, merge.second)} | {lead.item.id}
    made = [
        Merge(lead.item.id, item, (f"{_JOINED_BY} {by}",))
        for item in sorted(ids)
        if item not in joined
    ]
    return Story("s" + lead.item.id, tuple(members), lead, (*kept, *made))


# ---------------------------------------------------------------- one decision for a story


def _combine_decisions(decisions: Sequence[StoryDecision]) -> tuple[StoryDecision, list[str]]:
    """Return one decision out of those that fell on one story, and in words what it supersedes."""
    if len(decisions) == 1:
        return decisions[0], []
    ordered = sorted(decisions, key=lambda decision: decision.at or _EPOCH)
    result = ordered[0]
    last: dict[str, StoryDecision] = {}  # field or tag → the decision that set it last
    for decision in ordered:
        values: dict[str, Any] = {
            name: value for name in _DECISION_FIELDS if (value := getattr(decision, name))
        }
        if decision.drop:  # in and out exclude each other
            values |= {"keep": False, "pin": None}
        elif decision.keep or decision.pin:
            values["drop"] = ""
        tags = {**result.tags, **decision.tags}
        result = replace(result, **values, tags=tags, by=decision.by, at=decision.at)
        last |= dict.fromkeys((*values, *decision.tags), decision)
    lost = []
    for decision in ordered:
        superseded = [
            name
            for name in _DECISION_FIELDS
            if (value := getattr(decision, name)) and getattr(result, name) != value
        ]
        # What keeps an item that was added by hand gives way silently to decisions about the item.
        is_manual = not decision.by and bool(decision.url)
        if is_manual and "keep" in superseded and decision.url == last["keep"].url:
            superseded.remove("keep")
        superseded += [name for name, value in decision.tags.items() if result.tags[name] != value]
        lost += [
            f"{name} of {_format_title(decision)}: it is one story with "
            f"{_format_title(last[name])} now, decided later"
            for name in superseded
        ]
    return result, lost


def _apply_tags(story: Story, decision: StoryDecision) -> Story:
    """Return a story with the corrected tags and with what follows from them.

    What is kept is relevant; what has no AI has no evidence.
    """
    values = dict(decision.tags)
    if "vendors" in values:
        values["vendors"] = tuple(values["vendors"])
    if (decision.keep or decision.pin) and not decision.drop and not story.tags.relevant:
        values.setdefault("relevant", True)
    if values.get("ai") in ("mention", "none"):
        values["evidence"] = None
    if not values:
        return story
    reasons = dict.fromkeys(values, (f"{decision.by or TEAM} said so",))
    certain = dict.fromkeys(values, 1.0)

    def retag_member(member: TaggedItem) -> TaggedItem:
        tags = member.tags
        changed = replace(
            tags,
            **values,
            why={**tags.why, **reasons},
            confidence={**tags.confidence, **certain},
            unsure=tags.unsure.difference(values),
        )
        return replace(member, tags=changed)

    members = {member.item.id: retag_member(member) for member in story.items}
    return replace(story, items=tuple(members.values()), lead=members[story.lead.item.id])
