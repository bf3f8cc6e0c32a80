"""Threads across editions: which stories were told before, and which carry an earlier one on.

A story is a *repeat* where it reports the event that an earlier edition told and adds nothing to it, and a *follow-up*
where it is about the same thing and something has happened since: another kind of event (a price, a lawsuit, an end,
general availability after a test), or a later version. What is new is said in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from digest.cluster.pairs import (
    TokenRarity,
    WeightedTraits,
    compute_rarity,
    estimate_probability,
    explain_match,
    extract_pair_features,
    is_same_page,
    weigh_traits,
)
from digest.cluster.traits import ItemTraits, extract_traits
from digest.i18n import N_, TranslatableText
from digest.model.item import Item
from digest.model.story import EarlierStory, Story, StoryThread
from digest.model.tags import TaggedItem, Tags

MIN_REPEAT_PROBABILITY = (
    0.9  # chance, dates left aside, from which a story reports the very event that was told
)
MIN_FOLLOW_UP_PROBABILITY = 0.5  # and from which it may carry it on
MIN_SHARED_NAMES = (
    0.5  # share of the names of the one with fewer that both must have to be about one thing
)
_MIN_NAME_RARITY = 0.35  # rarity of a name that can bring two together
_MAX_REPEAT_DAYS = 120  # days after which the same words are another event
_MIN_SUBJECT_RARITY = (
    0.35  # rarity of a name, other than its vendors', that the two must share to be about one thing
)
_NEWS: Mapping[str, str] = {  # kinds that are news of a thing already told
    "acquisition": N_("an acquisition"),
    "funding": N_("a funding round"),
    "ipo": N_("a listing"),
    "layoffs": N_("layoffs"),
    "results": N_("business figures"),
    "lawsuit": N_("a lawsuit"),
    "rule": N_("a rule"),
    "pricing": N_("a price"),
    "end": N_("an end"),
    "incident": N_("an incident"),
    "delay": N_("a delay"),
    "open": N_("open weights or source"),
}
_LAUNCHED = N_("its launch")  # news only after a test or a rumour
_BEFORE_LAUNCH = frozenset({"test", "talks", "delay"})


def find_threads(
    stories: Sequence[Story], earlier: Iterable[EarlierStory]
) -> Mapping[str, StoryThread]:
    """Lead's item id → the story's thread, for the stories that have one: that to the likeliest of the earlier stories,
    the latest where several are as likely. Pure; the order of the input does not show."""
    told = sorted(earlier, key=lambda one: (one.published, one.edition, one.id), reverse=True)
    now, then = (
        [extract_traits(story.lead) for story in stories],
        [extract_traits(_to_tagged_item(one)) for one in told],
    )
    rare = compute_rarity([*now, *then])
    weighed = [weigh_traits(one, rare) for one in then]
    by_name: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(then):
        for name in one.names:
            by_name[name].append(at)
    found = {}
    for story, one in zip(stories, now, strict=True):
        places = sorted(
            {
                at
                for name in one.names
                if rare.weights[name] >= _MIN_NAME_RARITY
                for at in by_name[name]
            }
        )
        new = weigh_traits(one, rare)
        linked = [(at, link) for at in places if (link := _match_earlier(new, weighed[at], rare))]
        if linked:
            at, (_, kind, news) = max(linked, key=lambda row: (row[1][0], -row[0]))
            matched = explain_match(new, weighed[at], rare)
            found[story.lead.item.id] = StoryThread(told[at], kind, matched, news)
    return found


def _match_earlier(
    new: WeightedTraits, old: WeightedTraits, rare: TokenRarity
) -> tuple[float, Literal["repeat", "follow-up"], tuple[str, ...]] | None:
    """How likely two are of one thread, the kind, and what is new; None where they are not."""
    a, b = new.traits, old.traits
    if is_same_page(a, b):
        return 1.0, "repeat", ()
    shared = a.names & b.names
    if rare.sum_weights(shared) < MIN_SHARED_NAMES * max(min(new.names, old.names), 0.5):
        return None
    chance = estimate_probability(
        extract_pair_features(new, replace(old, traits=replace(b, when=a.when)), rare)
    )
    news = _describe_news(a, b)
    if news:
        own = rare.sum_weights(shared - a.vendors - b.vendors) >= _MIN_SUBJECT_RARITY
        return (chance, "follow-up", news) if own and chance >= MIN_FOLLOW_UP_PROBABILITY else None
    same = (
        chance >= MIN_REPEAT_PROBABILITY
        and _find_title_numbers(a) == _find_title_numbers(b)
        and abs((a.when - b.when).days) <= _MAX_REPEAT_DAYS
    )
    return (chance, "repeat", ()) if same else None


def _find_title_numbers(one: ItemTraits) -> frozenset[str]:
    """The title's tokens with a digit: two releases in a row differ in nothing else."""
    return frozenset(token for token in one.title if not token.isalpha())


def _describe_news(a: ItemTraits, b: ItemTraits) -> tuple[str, ...]:
    since = a.headline_kinds - b.kinds
    if "pricing" in since:
        since -= {"funding"}  # a price is raised, too
    kinds = [phrase for kind, phrase in _NEWS.items() if kind in since]
    if "launch" in a.headline_kinds and b.headline_kinds & _BEFORE_LAUNCH:
        kinds.append(_LAUNCHED)
    versions = [
        TranslatableText(N_("version %(number)s"), number=number)
        for product in sorted(a.versions.keys() & b.versions.keys() & a.names)
        for number in sorted(a.versions[product] - b.versions[product], key=_version_sort_key)
        if _version_sort_key(number) > max(map(_version_sort_key, b.versions[product]))
    ]
    return (*map(TranslatableText, kinds), *versions)


def _version_sort_key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _to_tagged_item(told: EarlierStory) -> TaggedItem:
    item = Item(
        told.id, told.url, told.url, told.title, told.edition, told.edition, "trade", told.published, told.published,
        told.language, told.summary,
    )  # fmt: skip
    return TaggedItem(item, Tags(True, None, (), "none", None, "other", told.vendors))
