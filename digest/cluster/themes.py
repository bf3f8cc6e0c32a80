"""Group a quarter's stories into themes: several publishers' stories about one thing. Pure.

Two reports of one theme may share no rare word ("ads in chat assistants", "sponsored answers"), and
words that two texts share by chance make no theme. So stories are compared by what they are about:
the topics of the trade (`topics.tsv`), the vendors that act, and deals and rules. A theme is a
pair: a matter in some place (advertising in AI answers) or of some vendor. A subject is a matter
that is narrow enough to be a theme alone. What a quarter of all stories is about is no place, and
a pair that many stories have is no theme.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from digest.cluster.names import SIMPLIFIED, read_data_file
from digest.cluster.traits import strip_boilerplate
from digest.model.item import Item
from digest.model.source import is_source_of
from digest.model.story import Story, StoryTheme
from digest.model.tags import Event
from digest.text import is_issue_title, split_sentences

MIN_STORIES = 3
MIN_PUBLISHERS = 2
_MIN_FRESH = 2  # stories of a theme that stand in none before it
_BODY_CHARS = 400  # of a summary; what a story is about stands there
_MIN_BODY_CHARS = 60  # a shorter summary borrows from the text
MAX_ITEMS = 4  # of a story that are read
_IN_TITLE, _IN_BODY = 1.0, 0.5  # how much a story is about what stands there
_MAX_SHARE = 0.08  # of all stories, that one theme holds
_MAX_STORIES = 8  # that it holds in a thin quarter
_HUB_SHARE = 0.25  # what so many stories are about is no place
_RARE_SHARE = 0.1  # a matter of no more stories counts where the body alone names it
_MIN_WEIGHT = 0.3  # of a story with a low score
_NARROW_BONUS = 1.2  # for a theme of one vendor or one subject
_NEXT_HEADLINE = re.compile(r"[;；]\s*")  # what follows is another story, or beside the point


class Topic(NamedTuple):
    """What a story may be about."""

    kind: str  # place, vendor, part of a vendor's field, or what happens there (`_PLACES`)
    name: str


ItemTopics = tuple[tuple[Topic, float], ...]  # what an item's words name, and how much of it

# What happens → where it makes a theme. An act is somebody's: prices rise in many places.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "matter": ("place", "vendor"),
    "subject": ("place", "vendor"),
    "act": ("vendor", "field"),
}
Pair = tuple[Topic, ...]  # place and matter; or one subject
_EVENT_TOPICS: Mapping[Event, Topic] = {  # what happened, where stories can have it in common
    "acquisition": Topic("matter", "acquisition"),
    "shutdown": Topic("matter", "shutdown"),
    "regulation": Topic("place", "regulation"),
}
_TOPICS = tuple(
    (Topic(kind, name), re.compile(pattern))
    for kind, name, pattern in (
        # in the characters that a text has once it is stripped
        unicodedata.normalize("NFKC", line).translate(SIMPLIFIED).split("\t")
        for line in read_data_file("topics.tsv").splitlines()
    )
)


def group_themes(
    stories: Sequence[Story],
    scores: Mapping[str, float] = MappingProxyType({}),
    topics_of: Callable[[Story], Mapping[Topic, float]] | None = None,
) -> tuple[StoryTheme, ...]:
    """Return themes of at least three stories from two publishers, the weightiest first.

    More than half of a theme's stories, and two at least, stand in no theme before it. `scores`
    says by id what a story weighs; one that it does not name weighs 1. The same set of stories
    gives the same themes in whatever order they come. `topics_of` is `find_topics`, or what
    remembers it.
    """
    topics = {story.id: (topics_of or find_topics)(story) for story in stories}
    publishers = {
        story.id: {member.item.source_name for member in story.items} for story in stories
    }
    counts = Counter(topic for found in topics.values() for topic in found)
    held: dict[Pair, dict[str, float]] = defaultdict(dict)
    for story_id, found in topics.items():
        weight = max(scores.get(story_id, 1.0), _MIN_WEIGHT)
        for pair, strength in _pair_topics(found, counts, len(stories)):
            held[pair][story_id] = strength * weight
    largest = max(_MAX_STORIES, round(_MAX_SHARE * len(stories)))
    fresh = {  # the stories of each pair that stand in no theme yet
        pair: members
        for pair, members in held.items()
        if MIN_STORIES <= len(members) <= largest
        and len(set().union(*(publishers[story_id] for story_id in members))) >= MIN_PUBLISHERS
    }
    themes: list[StoryTheme] = []
    while fresh := {
        pair: members
        for pair, members in fresh.items()
        if len(members) >= max(_MIN_FRESH, len(held[pair]) // 2 + 1)
    }:
        best = max(fresh, key=lambda pair: (_weigh_theme(pair, fresh[pair]), pair))
        taken = fresh.pop(best)
        themes.append(StoryTheme(tuple(topic.name for topic in best), tuple(sorted(held[best]))))
        fresh = {
            pair: {key: value for key, value in members.items() if key not in taken}
            for pair, members in fresh.items()
        }
    return tuple(themes)


def _weigh_theme(pair: Pair, members: Mapping[str, float]) -> float:
    """Return what a theme weighs: more than in proportion to the number of its stories."""
    bonus = _NARROW_BONUS if pair[0].kind in ("vendor", "subject") else 1.0
    return math.fsum(members.values()) * (1 - 1 / len(members)) * bonus


def _pair_topics(
    found: Mapping[Topic, float], counts: Mapping[Topic, int], number: int
) -> Iterator[tuple[Pair, float]]:
    """Yield what one of `number` stories is about, each with its strength, 0 to 1.

    `counts` says how many stories have a topic.
    """
    for matter, in_matter in found.items():
        if matter.kind not in _PLACES:
            continue
        if matter.kind == "subject" and in_matter == _IN_TITLE:
            yield (matter,), in_matter
        if in_matter < _IN_TITLE and counts[matter] > _RARE_SHARE * number:
            continue
        for place, in_place in found.items():
            fits = place.kind in _PLACES[matter.kind] and counts[place] <= _HUB_SHARE * number
            if fits and in_place * in_matter >= _IN_BODY:
                yield (place, matter), in_place * in_matter


def find_item_topics(item: Item) -> ItemTopics:
    """Return the topics that an item's words name, and how much it is about them, 0 to 1."""
    return _find_words(item.title, item.summary, item.text)


def find_topics(
    story: Story, topics_of: Callable[[Item], ItemTopics] = find_item_topics
) -> dict[Topic, float]:
    """Return what a story is about, and how much, 0 to 1.

    `topics_of` is `find_item_topics`, or what remembers it.
    """
    found: dict[Topic, float] = {}
    told = [member for member in story.items[:MAX_ITEMS] if not is_issue_title(member.item.title)]
    if not told:  # an issue is about many things
        return found
    for member in told:
        for topic, strength in topics_of(member.item):
            found[topic] = max(strength, found.get(topic, 0.0))
    tags = story.tags
    if tags.event == "incident":  # its disclosure is no label, its leak no question of consent
        found = {topic: strength for topic, strength in found.items() if topic.kind != "subject"}
    found |= {Topic("vendor", name): _IN_TITLE for name in _list_actors(story)}
    if tags.category:  # a vendor of half the quarter's stories acts in several fields
        fields = (f"{name} in {tags.category}" for name in tags.vendors[:1])
        found |= {Topic("field", name): _IN_TITLE for name in fields}
    if tags.event in _EVENT_TOPICS:
        found[_EVENT_TOPICS[tags.event]] = _IN_TITLE
    return found


def _list_actors(story: Story) -> tuple[str, ...]:
    """Return the vendors that a story is about: who is only named beside them is none.

    A deal has two sides. What a vendor publishes is its own doing; a rule is a vendor's matter
    where a headline names it and no other.
    """
    vendors, items = story.tags.vendors, [member.item for member in story.items]
    if story.tags.event == "acquisition":
        return vendors
    if story.tags.event == "regulation":
        named = tuple(name for name in vendors if any(name in item.title for item in items))
        return named if len(named) == 1 else ()
    own = (name for name in vendors if all(is_source_of(one.source_name, name) for one in items))
    return (*own, *vendors)[:1]


@lru_cache(maxsize=5000)  # the review page groups the same stories again and again
def _find_words(title: str, summary: str, text: str) -> ItemTopics:
    title, body = strip_boilerplate(title).casefold(), strip_boilerplate(summary)
    title = _NEXT_HEADLINE.split(title)[0]
    if len(body) < _MIN_BODY_CHARS:
        body = f"{body} {strip_boilerplate(text[: _BODY_CHARS * 2])}"
    body = _take_first_sentence(body[:_BODY_CHARS]).casefold()
    return tuple(
        (topic, _IN_TITLE if pattern.search(title) else _IN_BODY)
        for topic, pattern in _TOPICS
        if pattern.search(title) or pattern.search(body)
    )


def _take_first_sentence(body: str) -> str:
    """Return the first sentence, with the next one where it is short: it says what a text is of."""
    taken = ""
    for sentence in split_sentences(body):
        taken = f"{taken} {sentence}".strip()
        if len(taken) >= _MIN_BODY_CHARS:
            break
    return taken
