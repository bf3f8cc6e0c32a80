"""Group a quarter's items once: stories and their threads are kept in the archive.

They are kept by the ids of their items, under a fingerprint of all that they follow from, and made
again where any of it changed. So the same edition comes out whether or not anything was kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from digest.app.fingerprints import GROUPING, WRITING, fingerprint_parts, fingerprint_program
from digest.app.logs import LOGGER
from digest.archive import Archive
from digest.cluster import ItemTopics, cluster_items, find_item_topics, find_threads
from digest.cluster.themes import MAX_ITEMS, Topic
from digest.errors import ArchiveError
from digest.i18n import TranslatableText
from digest.model.item import Item
from digest.model.story import EarlierStory, Merge, Story, StoryThread
from digest.model.tags import TaggedItem
from digest.write.boilerplate import SiteBoilerplate, find_site_boilerplate

# [id of the story, ids of its items, id of its lead, merges]
StoryRow = list[Any]


def group_items(
    archive: Archive,
    name: str,
    tagged: Sequence[TaggedItem],
    fingerprint_item: Callable[[Item], str],
    cluster: Callable[[Sequence[TaggedItem]], tuple[Story, ...]] = cluster_items,
    rule_version: str = "",
) -> tuple[Story, ...]:
    """Return the stories that items report.

    `name` is that of the quarter. `fingerprint_item` gives a hash of an item's words, `cluster`
    groups what is not kept grouped; `rule_version` changes with what has a say in pairs in doubt.
    """
    fingerprint = fingerprint_parts(
        fingerprint_program(GROUPING),
        *((rule_version,) if rule_version else ()),
        *(_describe_member(member, fingerprint_item) for member in tagged),
    )
    by_id = {member.item.id: member for member in tagged}
    if len(by_id) < len(tagged):
        return cluster(tagged)
    kept = load_kept(archive, f"stories {name}", fingerprint)
    try:
        if kept is not None and sum(len(row[1]) for row in kept) == len(by_id):
            return tuple(restore_story(row, by_id) for row in kept)
    except (LookupError, TypeError, ValueError):
        LOGGER.debug(f"digest: the kept stories of {name} cannot be read")
    stories = cluster(tagged)
    save_kept(archive, f"stories {name}", fingerprint, list(map(store_story, stories)))
    return stories


def tie_stories(
    archive: Archive,
    name: str,
    stories: Sequence[Story],
    earlier: Sequence[EarlierStory],
    fingerprint_item: Callable[[Item], str],
) -> Mapping[str, StoryThread]:
    """Return the threads of a quarter's stories to those of earlier editions, by lead item id.

    `name` and `fingerprint_item` are as for `group_items`.
    """
    if not earlier:
        return {}
    fingerprint = fingerprint_parts(
        fingerprint_program(GROUPING),
        *(
            _describe_member(member, fingerprint_item)
            + repr((member.tags.event, member.tags.category))
            for story in stories
            for member in (story.lead, *story.items)
        ),
        *map(repr, earlier),
    )
    kept = load_kept(archive, f"threads {name}", fingerprint)
    try:
        if kept is not None:
            return {lead: _restore_thread(row, earlier) for lead, row in kept.items()}
    except (LookupError, TypeError, ValueError, AttributeError):
        LOGGER.debug(f"digest: the kept threads of {name} cannot be read")
    threads = find_threads(stories, earlier)
    rows = {lead: _store_thread(thread, earlier) for lead, thread in threads.items()}
    save_kept(archive, f"threads {name}", fingerprint, rows)
    return threads


def find_boilerplate(archive: Archive, name: str, stories: Iterable[Story]) -> SiteBoilerplate:
    """Return what the sites of a quarter's stories repeat. `name` is that of the quarter."""
    items = [member.item for story in stories for member in story.items]
    fingerprint = fingerprint_parts(
        fingerprint_program(WRITING),
        *(
            part
            for item in items
            for part in (
                item.source,
                item.title,
                item.summary,
                item.text,
                item.description,
                item.fulltext,
            )
        ),
    )
    kept = load_kept(archive, f"boilerplate {name}", fingerprint)
    if kept is not None:
        with suppress(TypeError, ValueError, AttributeError):
            return SiteBoilerplate(
                {source: frozenset(map(tuple, sentences)) for source, sentences in kept.items()}
            )
    found = find_site_boilerplate(items)
    rows = {source: sorted(sentences) for source, sentences in found.sentences.items()}
    save_kept(archive, f"boilerplate {name}", fingerprint, rows)
    return found


@dataclass(frozen=True, slots=True)
class KeptTopics:
    """Gives the topics of items, of some from what is known; goes from process to process."""

    known: Mapping[str, ItemTopics]  # by the item's id

    def __call__(self, item: Item) -> ItemTopics:
        """Return the topics that an item's words name."""
        found = self.known.get(item.id)
        return find_item_topics(item) if found is None else found


def find_topics_once(archive: Archive, name: str, stories: Iterable[Story]) -> KeptTopics:
    """Return what gives the topics of an item; those of relevant stories are read once and kept.

    `name` is that of the quarter.
    """
    items = [
        member.item
        for story in stories
        if story.tags.relevant
        for member in story.items[:MAX_ITEMS]
    ]
    fingerprint = fingerprint_parts(
        fingerprint_program(GROUPING),
        *(part for item in items for part in (item.id, item.title, item.summary, item.text)),
    )
    known: dict[str, ItemTopics] = {}
    kept = load_kept(archive, f"topics {name}", fingerprint)
    if kept is not None:
        with suppress(TypeError, ValueError, AttributeError):
            known = {
                item_id: tuple((Topic(kind, topic), share) for kind, topic, share in rows)
                for item_id, rows in kept.items()
            }
    if kept is None or len(known) < len({item.id for item in items}):
        known = {item.id: find_item_topics(item) for item in items}
        rows = {item_id: [[*topic, share] for topic, share in of] for item_id, of in known.items()}
        save_kept(archive, f"topics {name}", fingerprint, rows)
    return KeptTopics(known)


def load_kept(archive: Archive, name: str, fingerprint: str) -> Any:
    """Return the JSON that is kept under a name; None where there is none of this fingerprint."""
    kept = archive.load_result(name, fingerprint)
    return None if kept is None else json.loads(kept)


def save_kept(archive: Archive, name: str, fingerprint: str, result: object) -> None:
    """Keep a result as JSON. Another program that writes makes this wait for the next time."""
    try:
        text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
        archive.save_result(name, fingerprint, text)
    except (ArchiveError, TypeError) as error:
        LOGGER.debug(f"digest: {name} is not kept: {error}")


def store_story(story: Story) -> StoryRow:
    """Return a story as JSON values, its items by their ids."""
    members = [member.item.id for member in story.items]
    merges = [[merge.first, merge.second, list(merge.matched)] for merge in story.merges]
    return [story.id, members, story.lead.item.id, merges]


def restore_story(row: StoryRow, by_id: Mapping[str, TaggedItem]) -> Story:
    """Return the story of `store_story` from its items by id."""
    story_id, members, lead, merges = row
    return Story(
        story_id,
        tuple(by_id[key] for key in members),
        by_id[lead],
        tuple(Merge(first, second, tuple(matched)) for first, second, matched in merges),
    )


def _describe_member(member: TaggedItem, fingerprint_item: Callable[[Item], str]) -> str:
    """Return all that grouping and the choice of a lead look at."""
    item, tags = member.item, member.tags
    at = item.published_or_seen.isoformat()
    return repr((item.id, fingerprint_item(item), at, item.tier, tags.relevant, tags.vendors))


def _store_thread(thread: StoryThread, earlier: Sequence[EarlierStory]) -> dict[str, Any]:
    row = {
        field.name: _store_value(getattr(thread, field.name))
        for field in fields(StoryThread)
        if field.name != "earlier"
    }
    return row | {"earlier": earlier.index(thread.earlier)}


def _restore_thread(row: Mapping[str, Any], earlier: Sequence[EarlierStory]) -> StoryThread:
    values = {name: _restore_value(value) for name, value in row.items()}
    return StoryThread(**values | {"earlier": earlier[row["earlier"]]})


def _store_value(value: object) -> Any:
    """Return a value of text, numbers and tuples as JSON, texts of ours with their parts."""
    if isinstance(value, TranslatableText):
        parts = {name: _store_value(part) for name, part in value.values.items()}
        return {"template": value.template, "values": parts}
    return list(map(_store_value, value)) if isinstance(value, tuple) else value


def _restore_value(value: Any) -> Any:
    if isinstance(value, dict):
        parts = {name: _restore_value(part) for name, part in value["values"].items()}
        return TranslatableText(value["template"], **parts)
    return tuple(map(_restore_value, value)) if isinstance(value, list) else value
