"""The score of a story: named parts that add up, on the scale of the readers who rated importance (0 to 3).

    base + signals + words + event + category + relevance + AI grade + evidence + platform + corroboration + tier
         + source weight + freshness + relation

- signals: what the words say, each a part of its own (signals.py); a title counts for more than a summary
- a rule with its day: a law, ruling or standard whose words name the day it takes effect
- words: a linear model of stems and pairs of stems; the part's name gives those that weighed most
- event, category, ai, evidence, tier: points from the tables in `Weights`
- relevance: points times the judge's confidence that the story is relevant (0 where it is judged not to be)
- platform: the highest of the story's vendors that nearly everybody runs
- corroboration: points times log2 of the number of independent publishers
- freshness: points times the place in the quarter
- relation: what the story is to the company's stack, in points that are handed in; nothing where there is no stack
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from digest.model.story import RankedStory, Story
from digest.model.tags import TaggedItem
from digest.period import Quarter
from digest.rank.signals import EFFECTIVE_DATE, find_signals
from digest.rank.weights import RankingWeights, load_default_weights
from digest.rank.words import extract_grams, normalize_body, normalize_title, score_grams
from digest.urls import extract_host


def rank_stories(
    stories: Iterable[Story],
    quarter: Quarter,
    weights: RankingWeights | None = None,
    relation: Mapping[str, float] | None = None,
) -> tuple[RankedStory, ...]:
    """The stories with their scores, best first; ties by id. `relation`: story id → points."""
    table, ours = weights or load_default_weights(), relation or {}
    ranked = [_score_story(story, quarter, table, ours.get(story.id, 0.0)) for story in stories]
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.story.id)))


def _score_story(
    story: Story, quarter: Quarter, weights: RankingWeights, relation: float
) -> RankedStory:
    named = (*_compute_parts(story, quarter, weights), ("relation", relation))
    parts = {name: round(value, 4) for name, value in named if round(value, 4)}
    return RankedStory(story, round(math.fsum(parts.values()), 4), parts)


def _compute_parts(
    story: Story, quarter: Quarter, weights: RankingWeights
) -> Iterable[tuple[str, float]]:
    tags, lead = story.tags, story.lead.item
    category = tags.category or "none"
    yield "base", weights.base
    yield from _score_words(story, weights)
    yield f"event: {tags.event}", weights.event.get(tags.event, 0.0)
    yield f"category: {category}", weights.category.get(category, 0.0)
    yield "relevance", weights.relevance * _relevance_confidence(story)
    yield f"ai: {tags.ai}", weights.ai.get(tags.ai, 0.0)
    if tags.evidence:
        yield f"evidence: {tags.evidence}", weights.evidence.get(tags.evidence, 0.0)
    yield _score_platform(tags.vendors, weights.platform)
    yield "corroboration", weights.corroboration * math.log2(len(find_publishers(story.items)))
    yield f"tier: {lead.tier}", weights.tier.get(lead.tier, 0.0)
    yield "source weight", weights.source * (weights.sources.get(lead.source, 1.0) - 1)
    yield "freshness", weights.freshness * _quarter_position(story, quarter)


def _score_words(story: Story, weights: RankingWeights) -> Iterable[tuple[str, float]]:
    title, body = normalize_title(story), normalize_body(story)
    in_title, in_text = find_signals(title, f"{title}. {body}")
    for name in sorted(in_title | in_text):
        in_head = weights.title_signals.get(name, 0.0) if name in in_title else 0.0
        yield (
            f"says: {name}",
            in_head + (weights.signals.get(name, 0.0) if name in in_text else 0.0),
        )
    if story.tags.event == "regulation" and EFFECTIVE_DATE in in_text:
        yield "a rule with its day", weights.rule_date
    value, telling = score_grams(extract_grams(title, body), weights.words)
    yield "words: " + ", ".join(telling) if telling else "words", value


def find_publishers(items: Iterable[TaggedItem]) -> frozenset[str]:
    """Independent publishers of a story: by site where the address is known, so that a newsletter that links to an
    article does not count beside it; copies of one release word for word count once."""
    by_words: dict[str, str] = {}
    for tagged in items:
        site = extract_host(tagged.item.url) or tagged.item.source
        by_words.setdefault(re.sub(r"\W+", " ", tagged.item.title.casefold()).strip(), site)
    return frozenset(by_words.values())


def _relevance_confidence(story: Story) -> float:
    return max(
        (
            member.tags.confidence.get("relevant", 1.0)
            for member in story.items
            if member.tags.relevant
        ),
        default=0.0,
    )


def _score_platform(vendors: Iterable[str], table: Mapping[str, float]) -> tuple[str, float]:
    known = [(table[name.casefold()], name) for name in vendors if name.casefold() in table]
    value, name = max(known, default=(0.0, ""))
    return f"platform: {name}", value


def _quarter_position(story: Story, quarter: Quarter) -> float:
    length = (quarter.end - quarter.start).total_seconds()
    return min(
        1.0,
        max(0.0, (story.items[0].item.published_or_seen - quarter.start).total_seconds() / length),
    )
