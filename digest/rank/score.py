"""Score stories: named parts that add up, on the scale of readers who rated importance (0 to 3).

    base + signals + words + event + category - doubt + AI grade + evidence + platform
         + corroboration + tier + source weight + freshness + a model's rating + relation

- signals: what the words say, each a part of its own (signals.py); a title counts for more
- a rule with its day: a law, ruling or standard whose words name the day it takes effect
- words: a linear model of stems and pairs of stems; the part's name gives those of most weight
- event, category, ai, evidence, tier: points from the tables in `RankingWeights`
- doubt: points taken off, times the chance that the story is not relevant by the judge
- platform: the highest of the story's vendors that nearly everybody runs
- corroboration: points times log2 of the number of independent publishers
- freshness: points times the place in the quarter
- a model's rating: half of what lies between the parts above and the importance that a language
  model gives, where one is asked
- relation: what the story is to the company's stack, in points that are handed in
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from digest.model.item import Item
from digest.model.story import RankedStory, Story
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter
from digest.rank.signals import EFFECTIVE_DATE, find_signals
from digest.rank.weights import RankingWeights, load_default_weights
from digest.rank.words import extract_grams, normalize_body, normalize_title, score_grams
from digest.urls import extract_host

RELATION_PART = "relation"
DOUBT_PART = "doubt"
MODEL_PART = "a model's rating"  # brings the score halfway to it
_CHOSEN_ODDS = 5.0  # (0.4 / 0.6) / (0.12 / 0.88)


@dataclass(frozen=True, slots=True)
class WordPoints:
    """What an item's words are worth where it leads a story, whatever it is judged to be."""

    signals: tuple[tuple[str, float], ...]  # name of the part → points
    words: tuple[str, float]
    has_effective_date: bool


@dataclass(frozen=True, slots=True)
class StoryFeatures:
    """What of a story's score the team's decisions leave as it is.

    `parts` holds the whole score, relation aside, for as long as the story is still `story`.
    """

    story: Story
    word_points: WordPoints
    parts: Mapping[str, float]
    rating: int | None = None  # 0 to 3, by a language model that has half a say
    # of the story as it was; a quarter is ranked again after each action at the desk
    _ranked: RankedStory | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def ranked(self) -> RankedStory:
        """The story as it was, with its score, relation aside."""
        found = self._ranked
        if found is None:
            found = _add_up(self.story, self.parts, self.rating)
            object.__setattr__(self, "_ranked", found)
        return found


def extract_features(
    stories: Iterable[Story],
    quarter: Quarter,
    weights: RankingWeights | None = None,
    word_points: Mapping[str, WordPoints] = MappingProxyType({}),
    find_rating: Callable[[Item], int | None] = lambda _: None,
) -> dict[str, StoryFeatures]:
    """Return the features of each story by its lead's item id, to hand to `rank_stories`.

    They serve every later ranking under the same quarter and weights, however the stories were
    regrouped and tagged since: a decision never changes an item's words. `word_points` by item id
    are made under the same weights; what they lack is made now. `find_rating` returns how a model
    rates a lead, None where it does not.
    """
    weights, features = weights or load_default_weights(), {}
    for story in stories:
        lead = story.lead.item
        points = word_points.get(lead.id) or score_words(lead, weights)
        parts = _compute_parts(story, quarter, weights, points)
        features[lead.id] = StoryFeatures(story, points, parts, find_rating(lead))
    return features


def rank_stories(
    stories: Iterable[Story],
    quarter: Quarter,
    weights: RankingWeights | None = None,
    relation: Mapping[str, float] | None = None,
    features: Mapping[str, StoryFeatures] = MappingProxyType({}),
) -> tuple[RankedStory, ...]:
    """Return the stories with their scores, best first; ties by id.

    `relation` maps story ids to points. Features that `features` lacks are extracted now.
    """
    weights, points = weights or load_default_weights(), relation or {}
    ranked = []
    for story in stories:
        known = features.get(story.lead.item.id)
        if known and known.story == story:
            entry = known.ranked
        else:
            worth = known.word_points if known else score_words(story.lead.item, weights)
            parts = _compute_parts(story, quarter, weights, worth)
            entry = _add_up(story, parts, known.rating if known else None)
        if value := round(points.get(story.id, 0.0), 4):
            entry = _add_up(entry.story, {**entry.parts, RELATION_PART: value}, None)
        ranked.append(entry)
    return tuple(sorted(ranked, key=lambda ranked: (-ranked.score, ranked.story.id)))


def _add_up(story: Story, parts: Mapping[str, float], rating: int | None) -> RankedStory:
    """Return a story with its score; a model's rating brings it halfway to what it says."""
    if rating is not None:
        halfway = (rating - math.fsum(parts.values())) / 2
        parts = {**parts, MODEL_PART: round(halfway, 4)}
    return RankedStory(story, round(math.fsum(parts.values()), 4), parts)


def score_words(item: Item, weights: RankingWeights) -> WordPoints:
    """Return what an item's title and summary are worth under these weights."""
    title, body = normalize_title(item), normalize_body(item)
    in_title, in_text = find_signals(title, f"{title}. {body}")
    signals = tuple(
        (
            f"says: {name}",
            (weights.title_signals.get(name, 0.0) if name in in_title else 0.0)
            + (weights.signals.get(name, 0.0) if name in in_text else 0.0),
        )
        for name in sorted(in_title | in_text)
    )
    value, telling = score_grams(extract_grams(title, body), weights.words)
    words = ("words: " + ", ".join(telling) if telling else "words", value)
    return WordPoints(signals, words, EFFECTIVE_DATE in in_text)


def _compute_parts(
    story: Story,
    quarter: Quarter,
    weights: RankingWeights,
    word_points: WordPoints,
) -> dict[str, float]:
    """Return the named parts of a score, rounded, without those of no points."""
    tags, lead = story.tags, story.lead.item
    category, ai, evidence = tags.category or "none", tags.ai, tags.evidence or ""
    dated_rule = tags.event == "regulation" and word_points.has_effective_date
    relevance = max(estimate_relevance(member.tags) for member in story.items)
    platforms = [
        (weights.platform[name.casefold()], name)
        for name in tags.vendors
        if name.casefold() in weights.platform
    ]
    platform_points, platform = max(platforms, default=(0.0, ""))
    publishers = len(find_publishers(story.items))
    elapsed = (story.items[0].item.published_or_seen - quarter.start).total_seconds()
    position = elapsed / (quarter.end - quarter.start).total_seconds()
    named = (
        ("base", weights.base),
        *word_points.signals,
        ("a rule with its day", weights.rule_date if dated_rule else 0.0),
        word_points.words,
        (f"event: {tags.event}", weights.event.get(tags.event, 0.0)),
        (f"category: {category}", weights.category.get(category, 0.0)),
        (DOUBT_PART, -weights.doubt * (1 - relevance)),
        (f"ai: {ai}", weights.ai.get(ai, 0.0)),
        (f"evidence: {evidence}", weights.evidence.get(evidence, 0.0) if evidence else 0.0),
        (f"platform: {platform}", platform_points),
        ("corroboration", weights.corroboration * math.log2(publishers)),
        (f"tier: {lead.tier}", weights.tier.get(lead.tier, 0.0)),
        ("source weight", weights.source * (weights.sources.get(lead.source, 1.0) - 1)),
        ("freshness", weights.freshness * min(1.0, max(0.0, position))),
    )
    return {name: points for name, value in named if (points := round(value, 4))}


def estimate_relevance(tags: Tags) -> float:
    """Return how likely an item of a chosen source is relevant, 0 to 1.

    The judge's probability holds for feeds as they come, of which an eighth is relevant. A team
    reads sources of the trade, of which nearly half is: the odds are higher by as much.
    """
    probability = tags.relevance_probability
    odds = _CHOSEN_ODDS * probability
    return odds / (odds + 1.0 - probability)


def find_publishers(items: Iterable[TaggedItem]) -> frozenset[str]:
    """Return the independent publishers of a story.

    They are told apart by site where the address is known, so that a newsletter that links to an
    article does not count beside it; copies of one release word for word count once.
    """
    by_words: dict[str, str] = {}
    for tagged in items:
        site = extract_host(tagged.item.url) or tagged.item.source
        by_words.setdefault(re.sub(r"\W+", " ", tagged.item.title.casefold()).strip(), site)
    return frozenset(by_words.values())
