"""Threads across editions: which stories were told before, and which carry an earlier one on.

A story is a *repeat* where it reports the event that an earlier edition told and adds nothing to it, and a *follow-up*
where it is about the same thing and something has happened since: another kind of event (a price, a lawsuit, an end,
general availability after a test), or figures, a version or a day that were not told. What is new is said in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.cluster.pairs import Rarity, Weighed, features, figure_of, probability, rarity, reasons, same_page, weigh
from digest.cluster.traits import Traits, traits
from digest.model import Item, Story, TaggedItem, Tags

SAME_EVENT = 0.9  # chance, dates left aside, from which a story reports the very event that was told
SAME_STORY = 0.5  # and from which it may carry it on
SAME_THING = 0.5  # share of the names of the one with fewer that both must have to be about one thing
_TELLING = 0.35  # rarity of a name that can bring two together
_NEWS = frozenset(
    "acquisition funding ipo layoffs results lawsuit rule pricing end incident delay open".split()
)  # kinds that are news of a thing already told; a launch is one only after a test or a rumour
_BEFORE_LAUNCH = frozenset({"test", "talks", "delay"})


@dataclass(frozen=True, slots=True)
class Told:
    """What an earlier edition told of a story."""

    id: str  # of the story
    edition: str  # its quarter
    title: str
    summary: str
    url: str  # canonical
    published: datetime
    language: str = "en"
    vendors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A story and the earlier one that it repeats or follows. `news` says what is new, `matched` what they share."""

    story: str
    earlier: Told
    kind: Literal["repeat", "follow-up"]
    matched: tuple[str, ...]
    news: tuple[str, ...] = ()


def threads(stories: Sequence[Story], earlier: Iterable[Told]) -> Mapping[str, Thread]:
    """Story id → its thread, for the stories that have one: the likeliest of the earlier stories, the latest where
    several are as likely. Pure; the order of the input does not show."""
    told = sorted(earlier, key=lambda one: (one.published, one.edition, one.id), reverse=True)
    now, then = [traits(story.lead) for story in stories], [traits(_as_item(one)) for one in told]
    rare = rarity([*now, *then])
    weighed = [weigh(one, rare) for one in then]
    by_name: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(then):
        for name in one.names:
            by_name[name].append(at)
    found = {}
    for story, one in zip(stories, now, strict=True):
        places = sorted({at for name in one.names if rare.weights[name] >= _TELLING for at in by_name[name]})
        linked = [(at, link) for at in places if (link := _link(weigh(one, rare), weighed[at], rare))]
        if linked:
            at, (_, kind, news) = max(linked, key=lambda row: (row[1][0], -row[0]))
            matched = reasons(weigh(one, rare), weighed[at], rare)
            found[story.id] = Thread(story.id, told[at], kind, matched, news)
    return found


def _link(
    new: Weighed, old: Weighed, rare: Rarity
) -> tuple[float, Literal["repeat", "follow-up"], tuple[str, ...]] | None:
    """How likely two are of one thread, the kind, and what is new; None where they are not."""
    a, b = new.traits, old.traits
    if same_page(a, b):
        return 1.0, "repeat", ()
    chance = probability(features(new, replace(old, traits=replace(b, when=a.when)), rare))
    if rare.of(a.names & b.names) < SAME_THING * max(min(new.names, old.names), 0.5):
        return None
    news = _news(a, b)
    if news and (chance >= SAME_STORY or a.subject == b.subject != ""):
        return chance, "follow-up", news
    return (chance, "repeat", ()) if chance >= SAME_EVENT and _numbers(a) == _numbers(b) else None


def _numbers(one: Traits) -> frozenset[str]:
    """The title's tokens with a digit: two releases in a row differ in nothing else."""
    return frozenset(token for token in one.title if not token.isalpha())


def _news(a: Traits, b: Traits) -> tuple[str, ...]:
    kinds = sorted((a.headline_kinds & _NEWS) - b.kinds)
    if "launch" in a.headline_kinds and b.headline_kinds & _BEFORE_LAUNCH:
        kinds.append("launch")
    news = [f"what happened: {kind}" for kind in kinds]
    numbers = sorted(
        f"{product} {number}"
        for product, held in a.versions.items()
        if product in b.versions and product in a.names
        for number in held - b.versions[product]
    )
    news += [f"version: {number}" for number in numbers]
    return tuple(news + [f"figure: {figure_of(token)}" for token in sorted(a.figures - b.figures)] if news else ())


def _as_item(told: Told) -> TaggedItem:
    item = Item(
        told.id, told.url, told.url, told.title, told.edition, told.edition, "trade", told.published, told.published,
        told.language, told.summary,
    )  # fmt: skip
    return TaggedItem(item, Tags(True, None, (), "none", None, "other", told.vendors))
