"""The score of a story: named parts that add up.

    base + event + category + relevance + AI grade + evidence + platform + rule with a date + figures + words
         + corroboration + tier + source weight + freshness + relation

- event, category, ai, evidence, tier: points from the tables in `Weights`
- relevance: points times the judge's confidence that the story is relevant (0 where it is judged not to be)
- platform: the highest of the story's vendors that nearly everybody runs
- rule: a regulation, closure, price change or update whose words name a day
- words: a linear text model; the part's name gives the words that weighed most
- corroboration: points times log2 of the number of independent publishers
- freshness: points times the place in the quarter
- relation: what the story is to the company's stack, in points that are handed in; nothing where there is no stack
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from digest.model import RankedStory, Story, TaggedItem
from digest.period import Quarter
from digest.rank.weights import Weights, default_weights
from digest.rank.words import grams, points

_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b|\d{1,2}(?:st|nd|rd|th|\.)? (?:jan|feb|mar|"
    r"apr|may|jun|jul|aug|sep|oct|nov|dec|gen|mag|giu|lug|ago|set|ott|dic|mai|juin|juil|août|ene|abr|янв|фев|мар|апр|мая|"
    r"июн|июл|авг|сен|окт|ноя|дек)|\d{1,2} ?月 ?\d{1,2} ?日|(?:starting|effective|beginning|by) (?:in )?[A-Z][a-z]+ 20\d\d",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d(?:[\d.,]*)\s?(?:%|percent|per cent)|[$€£¥]\s?\d|\d{1,3}(?:[.,]\d{3})+|\d\s?(?:million|billion|млн|млрд|亿|万)"
)
_RULED = frozenset({"regulation", "shutdown", "pricing", "update"})


def rank(
    stories: Iterable[Story],
    quarter: Quarter,
    weights: Weights | None = None,
    relation: Mapping[str, float] | None = None,
) -> tuple[RankedStory, ...]:
    """The stories with their scores, best first; ties by id. `relation`: story id → points."""
    table, ours = weights or default_weights(), relation or {}
    ranked = [_ranked(story, quarter, table, ours.get(story.id, 0.0)) for story in stories]
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.story.id)))


def _ranked(story: Story, quarter: Quarter, weights: Weights, relation: float) -> RankedStory:
    named = (*_parts(story, quarter, weights), ("relation", relation))
    parts = {name: round(value, 4) for name, value in named if round(value, 4)}
    return RankedStory(story, round(math.fsum(parts.values()), 4), parts)


def _parts(story: Story, quarter: Quarter, weights: Weights) -> Iterable[tuple[str, float]]:
    tags, lead = story.tags, story.lead.item
    text = f"{lead.title} {lead.summary}"
    category = tags.category or "none"
    yield "base", weights.base
    yield f"event: {tags.event}", weights.event.get(tags.event, 0.0)
    yield f"category: {category}", weights.category.get(category, 0.0)
    yield "relevance", weights.relevance * _relevance(story)
    yield f"ai: {tags.ai}", weights.ai.get(tags.ai, 0.0)
    if tags.evidence:
        yield f"evidence: {tags.evidence}", weights.evidence.get(tags.evidence, 0.0)
    yield _platform(tags.vendors, weights.platform)
    if tags.event in _RULED and _DATED.search(text):
        yield "a day is named", weights.rule_date
    if _FIGURE.search(text):
        yield "figures", weights.figures
    value, words = points(grams(story), weights.words)
    yield "words: " + ", ".join(words) if words else "words", value
    yield "corroboration", weights.corroboration * math.log2(len(publishers(story.items)))
    yield f"tier: {lead.tier}", weights.tier.get(lead.tier, 0.0)
    yield "source weight", weights.source * (weights.sources.get(lead.source, 1.0) - 1)
    yield "freshness", weights.freshness * _place(story, quarter)


def publishers(items: Iterable[TaggedItem]) -> frozenset[str]:
    """Independent publishers of a story: by site where the address is known, so that a newsletter that links to an
    article does not count beside it; copies of one release word for word count once."""
    by_words: dict[str, str] = {}
    for tagged in items:
        site = re.sub(r"^https?://(?:www\.)?([^/]+).*$", r"\1", tagged.item.url) or tagged.item.source
        by_words.setdefault(re.sub(r"\W+", " ", tagged.item.title.casefold()).strip(), site)
    return frozenset(by_words.values())


def _relevance(story: Story) -> float:
    return max(
        (member.tags.confidence.get("relevant", 1.0) for member in story.items if member.tags.relevant), default=0.0
    )


def _platform(vendors: Iterable[str], table: Mapping[str, float]) -> tuple[str, float]:
    known = [(table[name.casefold()], name) for name in vendors if name.casefold() in table]
    value, name = max(known, default=(0.0, ""))
    return f"platform: {name}", value


def _place(story: Story, quarter: Quarter) -> float:
    length = (quarter.end - quarter.start).total_seconds()
    return min(1.0, max(0.0, (story.items[0].item.when - quarter.start).total_seconds() / length))
