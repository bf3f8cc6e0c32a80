"""The sample quarters, judged as a careful reader judges them, whatever the tagger does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from digest.app import decide
from digest.config.stack import load_stack
from digest.decide.relations import StackIndex, relate_stories, score_relations
from digest.fetch.read.feeds import parse_feed
from digest.intake import make_items
from digest.model.item import Item
from digest.model.stack import Stack
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter
from digest.rank import SelectionLimits, load_default_weights, rank_stories, select_stories
from digest.urls import canonical_url

SAMPLE = Path(__file__).parents[2] / "digest" / "sample"
EXPECTED: dict[str, Any] = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))
Q3 = Quarter(2026, 7, "Europe/Rome")
SEEN = datetime(2026, 9, 30, 20, tzinfo=UTC)


@cache
def stack() -> Stack:
    return load_stack(SAMPLE / "stack.yaml").stack


@cache
def lens() -> StackIndex:
    return decide.build_stack_index(stack())


@cache
def items() -> tuple[Item, ...]:
    """All items of the sample's feeds."""
    from digest.config.sources import load_sources

    found: list[Item] = []
    for source in load_sources(SAMPLE / "sources.yaml", {}).sources:
        if source.url:
            path = SAMPLE / "feeds" / EXPECTED["feeds"][source.slug]["file"]
            kind = "application/feed+json" if path.suffix == ".json" else "application/xml"
            document = parse_feed(path.read_bytes(), kind, source.url)
            found += make_items(
                document.entries, source, SEEN, lambda _title, _summary, stated: stated or "en"
            )
    return tuple({item.id: item for item in found}.values())


@cache
def decision(quarter: Quarter = Q3) -> decide.QuarterDecision:
    """A quarter with the reader's tags and the reader's stories, related and ranked."""
    labels = {(row["source"], canonical_url(row["url"])): row for row in EXPECTED["items"]}
    tagged = [
        (TaggedItem(item, tags_of(row)), row["story"] or item.id)
        for item in items()
        if item.published_or_seen in quarter
        for row in [labels[item.source, item.url]]
    ]
    groups: dict[str, list[TaggedItem]] = {}
    for one, name in tagged:
        groups.setdefault(name, []).append(one)
    stories = tuple(told(group) for group in groups.values())
    relations = relate_stories(stories, lens())
    ranked = rank_stories(stories, quarter, load_default_weights(), score_relations(relations))
    chosen = select_stories(ranked, SelectionLimits())
    return decide.QuarterDecision(
        quarter,
        tuple(one for one, _ in tagged),
        stories,
        ranked,
        chosen.chosen,
        chosen.left_out,
        relations,
    )


def told(members: list[TaggedItem]) -> Story:
    """A story of its items; the first English one leads."""
    members = sorted(members, key=lambda one: (one.item.published_or_seen, one.item.id))
    lead = next((one for one in members if one.item.language.startswith("en")), members[0])
    return Story("s" + lead.item.id, tuple(members), lead)


def tags_of(row: dict[str, Any]) -> Tags:
    """A row of expected.json as the judgement would say it."""
    return Tags(
        relevant=row["relevant"] == "yes",
        category=None if row["category"] == "none" else row["category"],
        also=tuple(row["also"]),
        ai=row["ai"],
        evidence=None if row["evidence"] == "-" else row["evidence"],
        event=row["event"],
        vendors=tuple(row["vendors"]),
        confidence={"relevant": 1.0},
    )
