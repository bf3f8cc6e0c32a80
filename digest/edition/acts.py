"""What a story says happened to a product: announced, in test, available, changed, … or nothing.

An act is read from the kind of event and from the words of the headline and the first sentences;
where neither is sure there is none. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from digest.edition.availability import read_availabilities, read_availability
from digest.edition.dates import GRACE
from digest.edition.quarter import RELEASE_EVENTS
from digest.edition.story_dates import read_stated_dates
from digest.model.edition import ClaimAvailability
from digest.model.item import Item
from digest.model.story import Act, Story
from digest.text import clean_text, join_lines, split_sentences

_MAX_SENTENCES = 3  # of a report that say when its subject can be had
_ACT_OF_STATE: Mapping[ClaimAvailability, Act] = {
    "announced": "announced",
    "beta": "in test",
    "rolling out": "available",
    "available": "available",
}
_TESTS = re.compile(
    r"\b(?:tests?|testing|pilots?|piloting|trials?|testet|sperimenta\w*|prueba|teste)\b|ทดลอง|ทดสอบ",
    re.IGNORECASE,
)


def read_act(story: Story) -> Act | None:
    """Return what happened to the product of a story; None where it is not sure."""
    item, tags = story.lead.item, story.tags
    title = clean_text(item.title)
    is_sure = tags.is_certain("event")
    if is_sure and tags.event == "shutdown":
        return "withdrawn"
    if is_sure and tags.event == "pricing":
        return "repriced"
    if tags.event not in RELEASE_EVENTS:
        return None
    if state := read_availability(title):
        return _ACT_OF_STATE[state]
    if _TESTS.search(title):
        return "in test"
    if state := read_availabilities((title, *_list_first_sentences(item))):
        return _ACT_OF_STATE[state]
    if not is_sure:
        return None
    return "available" if tags.event == "launch" else "changed"


def read_stated_act(story: Story) -> Act | None:
    """Return the same where the words of a story say it themselves; None where only its kind does.

    That a thing was launched does not say who can have it.
    """
    item = story.lead.item
    title = clean_text(item.title)
    words = (title, *_list_first_sentences(item))
    is_told = _TESTS.search(title) or read_availability(title) or read_availabilities(words)
    return read_act(story) if is_told else None


def find_due_day(story: Story) -> date | None:
    """Return when what a story announces is to come; None where no report names a day."""
    published = story.items[0].item.published_or_seen.date()
    facts = (dated.fact for dated in read_stated_dates(story, GRACE))
    days = (
        fact.last
        for fact in facts
        if fact.last > published and read_availability(fact.sentence) == "announced"
    )
    return min(days, default=None)


def _list_first_sentences(item: Item) -> tuple[str, ...]:
    text = clean_text(join_lines(f"{item.summary} {item.text[:1000]}"))
    return split_sentences(text)[:_MAX_SENTENCES]
