"""Tie stories to those of earlier editions: which were told before, and which carry one on.

A story is a *repeat* where it reports the event that an earlier edition told and adds nothing to
it, and a *follow-up* where it is about the same thing and something has happened since: another
kind of event (a price, a lawsuit, an end, general availability after a test), or a later version.
What is new is said in words.
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
from digest.urls import canonical_url

# Probability, dates left aside, from which a story reports the very event that was told …
MIN_REPEAT_PROBABILITY = 0.9
MIN_FOLLOW_UP_PROBABILITY = 0.5  # … and from which it may carry it on
MIN_SHARED_NAMES = 0.5  # share of the names of the one with fewer that both must have
_MIN_NAME_RARITY = 0.35  # of a name that can bring two together
_MIN_SUBJECT_RARITY = 0.35  # of the names, other than vendors', that both must have
_MAX_REPEAT_DAYS = 120  # after these the same words are another event
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
    """Return the threads of the stories that have one, by their lead's item id.

    A thread leads to the likeliest of the earlier stories, the latest where several are as likely.
    The order of the input does not show.
    """
    told = sorted(earlier, key=lambda one: (one.published, one.edition, one.id), reverse=True)
    if not told:
        return {}
    now = [extract_traits(story.lead) for story in stories]
    then = [extract_traits(_to_tagged_item(story)) for story in told]
    rare = compute_rarity([*now, *then])
    weighed = [weigh_traits(traits, rare) for traits in then]
    by_name: dict[str, list[int]] = defaultdict(list)
    for at, traits in enumerate(then):
        for name in traits.names:
            by_name[name].append(at)
    found = {}
    for story, traits in zip(stories, now, strict=True):
        rare_names = (name for name in traits.names if rare.weights[name] >= _MIN_NAME_RARITY)
        places = sorted({at for name in rare_names for at in by_name[name]})
        new = weigh_traits(traits, rare)
        linked = [(at, link) for at in places if (link := _match_earlier(new, weighed[at], rare))]
        if linked:
            at, (_, kind, news) = max(linked, key=lambda row: (row[1][0], -row[0]))
            matched = explain_match(new, weighed[at], rare)
            found[story.lead.item.id] = StoryThread(told[at], kind, matched, news)
    return found


def _match_earlier(
    new: WeightedTraits, old: WeightedTraits, rare: TokenRarity
) -> tuple[float, Literal["repeat", "follow-up"], tuple[str, ...]] | None:
    """Return how likely two are of one thread, the kind, and what is new; None if they are not."""
    a, b = new.traits, old.traits
    if is_same_page(a, b):
        return 1.0, "repeat", ()
    shared = a.names & b.names
    if rare.sum_weights(shared) < MIN_SHARED_NAMES * max(min(new.names, old.names), 0.5):
        return None
    undated = replace(old, traits=replace(b, when=a.when))
    probability = estimate_probability(extract_pair_features(new, undated, rare))
    if news := _describe_news(a, b):
        subject = rare.sum_weights(shared - a.vendors - b.vendors)
        if subject >= _MIN_SUBJECT_RARITY and probability >= MIN_FOLLOW_UP_PROBABILITY:
            return probability, "follow-up", news
        return None
    # Two releases in a row differ in nothing but a token with a digit.
    is_repeat = (
        probability >= MIN_REPEAT_PROBABILITY
        and not any(not token.isalpha() for token in a.title ^ b.title)
        and abs((a.when - b.when).days) <= _MAX_REPEAT_DAYS
    )
    return (probability, "repeat", ()) if is_repeat else None


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


def _to_tagged_item(story: EarlierStory) -> TaggedItem:
    item = Item(
        id=story.id,
        url=canonical_url(story.url),
        link=story.url,
        title=story.title,
        source=story.edition,
        source_name=story.edition,
        tier="trade",
        published=story.published,
        first_seen=story.published,
        language=story.language,
        summary=story.summary,
    )
    return TaggedItem(item, Tags(True, None, (), "none", None, "other", story.vendors))
