"""Tie stories to those of earlier editions: which were told before, and which carry one on.

A story is a *repeat* where it reports the event that an earlier edition told and adds nothing to
it, and a *follow-up* where a vendor goes on with a product that an earlier edition told or listed
(`follow_ups`). What is new is said in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from digest.cluster.follow_ups import JoinKind, ProductWords, describe_subject, find_parties
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
from digest.model.tags import Event, TaggedItem, Tags
from digest.urls import canonical_url

# Probability, dates left aside, from which a story reports the very event that was told.
MIN_REPEAT_PROBABILITY = 0.9
MIN_SHARED_NAMES = 0.5  # share of the names of the one with fewer that both must have
_MIN_NAME_RARITY = 0.35  # of a name that can bring two together
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
_NEWS_OF_EVENT: Mapping[Event, str] = {  # where the headline's words tell of no kind
    "launch": _LAUNCHED,
    "update": N_("an update"),
    "pricing": N_("a price"),
    "shutdown": N_("an end"),
    "acquisition": N_("an acquisition"),
    "regulation": N_("a rule"),
    "incident": N_("an incident"),
}
_FURTHER_STEP = N_("a further step")
_EXPLAINED: Mapping[JoinKind, str] = {
    "company": "the company that is bought: {}",
    "version": "a later version of one product: {}",
    "name": "one vendor and product: {}",
    "thing": "one vendor, category and thing: {}",
    "money": "the company whose funding was told: {}",
}
_BEFORE_LAUNCH = frozenset({"test", "talks", "delay"})


def find_threads(
    stories: Sequence[Story], earlier: Iterable[EarlierStory]
) -> Mapping[str, StoryThread]:
    """Return the threads of the stories that have one, by their lead's item id.

    A thread leads to the surest of the earlier stories, the latest where several are as sure; a
    repeat goes before a follow-up. The order of the input does not show.
    """
    told = sorted(earlier, key=lambda one: (one.published, one.edition, one.id), reverse=True)
    if not told:
        return {}
    then = [_to_tagged_item(story) for story in told]
    now_traits = [extract_traits(story.lead) for story in stories]
    then_traits = [extract_traits(tagged) for tagged in then]
    rare = compute_rarity([*now_traits, *then_traits])
    repeats = _RepeatFinder(told, then_traits, rare)
    vendors = sorted(
        {name for story in stories for member in story.items for name in member.tags.vendors}
        | {name for story in told for name in (*story.vendors, *story.parties)}
    )
    now = [
        describe_subject(story.lead, find_parties(story, vendors), traits)
        for story, traits in zip(stories, now_traits, strict=True)
    ]
    before = [
        describe_subject(tagged, (*tagged.tags.vendors[:1], *story.parties), traits)
        for story, tagged, traits in zip(told, then, then_traits, strict=True)
    ]
    words = ProductWords(filter(None, (*now, *before)), rare)
    by_party: dict[str, list[int]] = defaultdict(list)
    for at, old in enumerate(before):
        for party in old.parties if old else ():
            by_party[party].append(at)
    found = {}
    for story, subject, traits in zip(stories, now, now_traits, strict=True):
        new = weigh_traits(traits, rare)
        if thread := repeats.find(new):
            found[story.lead.item.id] = thread
            continue
        parties = {*subject.parties, subject.sold} if subject else ()
        joins = [
            (join, at)
            for at in {at for party in parties for at in by_party[party]}
            if subject and (old := before[at]) and (join := words.join(subject, old))
        ]
        if joins:
            join, at = max(joins, key=lambda row: (row[0].sort_key, -row[1]))
            news = _describe_news(traits, then_traits[at], story.lead.tags)
            matched = (_EXPLAINED[join.kind].format(", ".join((*join.parties, *join.words))),)
            found[story.lead.item.id] = StoryThread(told[at], "follow-up", matched, news)
    return found


class _RepeatFinder:
    """Finds the told story that a story only repeats."""

    def __init__(
        self, told: Sequence[EarlierStory], traits: Sequence[ItemTraits], rare: TokenRarity
    ) -> None:
        self._told, self._rare = told, rare
        self._weighed = [weigh_traits(item_traits, rare) for item_traits in traits]
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for at, (story, one) in enumerate(zip(told, traits, strict=True)):
            for name in one.names if story.told else ():
                self._by_name[name].append(at)

    def find(self, new: WeightedTraits) -> StoryThread | None:
        """Return the thread to the likeliest told story; None where none is the very event."""
        rare_names = [
            name for name in new.traits.names if self._rare.weights[name] >= _MIN_NAME_RARITY
        ]
        places = sorted({at for name in rare_names for at in self._by_name[name]})
        likely = [
            (chance, -at)
            for at in places
            if (chance := _estimate_repeat(new, self._weighed[at], self._rare))
        ]
        if not likely:
            return None
        at = -max(likely)[1]
        matched = explain_match(new, self._weighed[at], self._rare)
        return StoryThread(self._told[at], "repeat", matched)


def _estimate_repeat(new: WeightedTraits, old: WeightedTraits, rare: TokenRarity) -> float:
    """Return how likely a story only repeats another; 0 where it does not, or has news of it."""
    a, b = new.traits, old.traits
    if is_same_page(a, b):
        return 1.0
    shared = a.names & b.names
    if rare.sum_weights(shared) < MIN_SHARED_NAMES * max(min(new.names, old.names), 0.5):
        return 0.0
    if _list_news(a, b):
        return 0.0
    undated = replace(old, traits=replace(b, when=a.when))
    probability = estimate_probability(extract_pair_features(new, undated, rare))
    # Two releases in a row differ in nothing but a token with a digit.
    is_repeat = (
        probability >= MIN_REPEAT_PROBABILITY
        and not any(not token.isalpha() for token in a.title ^ b.title)
        and abs((a.when - b.when).days) <= _MAX_REPEAT_DAYS
    )
    return probability if is_repeat else 0.0


def _describe_news(a: ItemTraits, b: ItemTraits, tags: Tags) -> tuple[str, ...]:
    """Return what is new since an earlier story, by the headline, else by the kind of event."""
    kind = tags.event if tags.is_certain("event") else "other"
    return _list_news(a, b) or (TranslatableText(_NEWS_OF_EVENT.get(kind, _FURTHER_STEP)),)


def _list_news(a: ItemTraits, b: ItemTraits) -> tuple[str, ...]:
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
    tags = Tags(True, story.category, (), "none", None, story.event, story.vendors)
    return TaggedItem(item, tags)
