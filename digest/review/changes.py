"""What each action of the page changes in the decisions file.

Each function looks at the session and returns the places to change; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from digest.config.decision_changes import Place, Value
from digest.config.decisions import make_accepted_key, make_entry_key
from digest.decide.decisions import find_machine_group
from digest.errors import UsageError
from digest.model.decisions import StoryDecision
from digest.model.item import Item
from digest.model.story import Story
from digest.text import clean_text, truncate_text
from digest.urls import canonical_url

if TYPE_CHECKING:
    from digest.review.desk import ReviewSession


def keep_story(session: ReviewSession, story_id: str, *, keep: bool = True) -> dict[Place, Value]:
    """Put a story in for sure; without `keep` leave it to the machine again."""
    return _build_changes(session, story_id, keep=keep or None, drop=None)


def pin_story(session: ReviewSession, story_id: str) -> dict[Place, Value]:
    """Put a story first, behind those pinned before; a second time take that back."""
    decision = session.get_decision(story_id)
    if decision and decision.pin:
        return _build_changes(session, story_id, pin=None)
    return _number_pins(session, [*session.list_pins(), story_id])


def move_pin(session: ReviewSession, story_id: str, by: int) -> dict[Place, Value]:
    """Move a pinned story up (`by` -1) or down (1) among the pinned."""
    pins = session.list_pins()
    place = pins.index(story_id) + by if story_id in pins else -1
    if not 0 <= place < len(pins):
        raise UsageError("the story cannot go further that way", "pin it first")
    pins.remove(story_id)
    pins.insert(place, story_id)
    return _number_pins(session, pins)


def place_story(session: ReviewSession, story_id: str, place: int) -> dict[Place, Value]:
    """Put a story at a place of page one, counted from 1.

    What stands before it there is pinned, too, as nothing else would hold its place.
    """
    session.get_story(story_id)
    pins = session.list_pins()
    first = [other for other in session.list_first() if other != story_id]
    others = [other for other in pins if other != story_id]
    before = [*others, *(other for other in first if other not in others)][: max(0, place - 1)]
    behind = [other for other in others if other not in before]
    return _number_pins(session, [*before, story_id, *behind])


def _number_pins(session: ReviewSession, order: Sequence[str]) -> dict[Place, Value]:
    changes: dict[Place, Value] = {}
    for number, story_id in enumerate(order, 1):
        decision = session.get_decision(story_id) or StoryDecision()
        if decision.pin != number:
            changes |= _build_changes(
                session, story_id, pin=number, **({"drop": None} if decision.drop else {})
            )
    return changes


def drop_story(session: ReviewSession, story_id: str, reason: str) -> dict[Place, Value]:
    """Leave a story out; an empty reason takes that back."""
    return _build_changes(session, story_id, drop=clean_text(reason) or None, keep=None, pin=None)


def edit_story(
    session: ReviewSession, story_id: str, values: Mapping[str, Value]
) -> dict[Place, Value]:
    """Set words, tags, relation and ring of a story; what is empty is left to the machine."""
    return _build_changes(session, story_id, **values)


def merge_stories(session: ReviewSession, story_id: str, other_id: str) -> dict[Place, Value]:
    """Make one story of two: the other's choice gives way to this one's."""
    other = session.get_story(other_id).story
    if other_id == story_id:
        raise UsageError("a story cannot be merged with itself", "name another one")
    story = session.get_story(story_id).story
    changes: dict[Place, Value] = {}
    for one, joined in ((story, other), (other, story)):
        names = collect_references(joined)
        for entry in _find_entries(session, one):
            split = [
                name for name in entry.decision.split if not {name, canonical_url(name)} & names
            ]
            if len(split) < len(entry.decision.split):
                changes["stories", entry.key, "split"] = split
    merge = [*_get_own_decision(session, story).merge, _format_reference(other.lead.item, other)]
    changes |= _build_changes(session, story_id, merge=merge)
    if session.get_decision(other_id):
        changes |= _build_changes(session, other_id, keep=None, drop=None, pin=None)
    return changes


def split_story(session: ReviewSession, story_id: str, items: Sequence[str]) -> dict[Place, Value]:
    """Make a story of its own of some items of a story."""
    story = session.get_story(story_id).story
    own = _get_own_decision(session, story)
    out = [member.item for member in story.items if member.item.id in items]
    if not out or len(out) == len(story.items):
        raise UsageError(
            "name some of the story's items, and not all", "tick those that tell something else"
        )
    if _find_anchor(story, own) in out:  # the entry stays with its item, so the others leave
        out = [member.item for member in story.items if member.item not in out]
    leaving = {name for item in out for name in (item.id, item.url)}
    staying = collect_references(story) - leaving
    joined: set[str] = set()
    changes: dict[Place, Value] = {}
    for entry in _find_entries(session, story):
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
    return changes | _build_changes(session, story_id, split=[*own.split, *apart])


def accept_draft(
    session: ReviewSession, story_id: str, task: str, language: str, of: str, seen: str
) -> dict[Place, Value]:
    """Accept a draft for print, as it was `seen`; only what its sources carry is printed."""
    for proposal in session.list_proposals(story_id):
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
    name = _name_draft(session, story_id, of)
    values = {
        "task": draft.task,
        "language": draft.language,
        "of": name or None,
        "title": proposal.title or None,
        "text": draft.text or None,
        "model": draft.model,
    }
    key = make_accepted_key(task, language, name)
    return {("accepted", key, field): value for field, value in values.items()}


def withdraw_draft(
    session: ReviewSession, story_id: str, task: str, language: str, of: str
) -> dict[Place, Value]:
    """Take back that a draft may be printed."""
    name = _name_draft(session, story_id, of)
    key = make_accepted_key(task, language, name)
    return {("accepted", key, field): None for field in ("title", "text")}


def _name_draft(session: ReviewSession, story_id: str, of: str) -> str:
    """Return what an accepted text names: the item that it was accepted by, else the lead."""
    if not story_id:
        return of
    story = session.get_story(story_id).story
    ids = [member.item.id for member in story.items]
    named = (text.of for text in session.store.decisions.accepted if text.of in ids)
    return next(named, story.lead.item.id)


def _build_changes(session: ReviewSession, story_id: str, **values: Value) -> dict[Place, Value]:
    """Return values for the story's entry.

    Where several entries fell on the story, what the others say of the same gives way: the
    person saw what holds for the story.
    """
    story = session.get_story(story_id).story
    entries, lead = _find_entries(session, story), story.lead.item
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
        if name not in ("merge", "split") and ("stories", entry.key, name) in session.store.values
    }
    return changes | {("stories", key, name): value for name, value in {**names, **values}.items()}


def _find_entries(session: ReviewSession, story: Story) -> list[_FileEntry]:
    """Return the file's entries that name an item of a story, that of its lead last."""
    references, lead = collect_references(story), story.lead.item
    entries = session.store.plain.get("stories") or ()
    found = [
        _FileEntry(make_entry_key(entry), decision)
        for entry, decision in zip(entries, session.store.decisions.stories, strict=True)
        if {decision.item, decision.url} & references
    ]
    # sorting keeps the order of the file among the others
    return sorted(
        found, key=lambda one: one.decision.item == lead.id or one.decision.url == lead.url
    )


def _get_own_decision(session: ReviewSession, story: Story) -> StoryDecision:
    """Return what the story's own entry says; nothing where there is none."""
    entries = _find_entries(session, story)
    return entries[-1].decision if entries else StoryDecision()


class _FileEntry(NamedTuple):
    key: str
    decision: StoryDecision


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


def collect_references(story: Story) -> set[str]:
    """Return the addresses and ids of a story's items."""
    return {name for member in story.items for name in (member.item.id, member.item.url) if name}
