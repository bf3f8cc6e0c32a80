"""Ten products that exist, on the items of a real quarter: names are told from words."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from digest.app.decide import build_stack_index
from digest.decide.relations import relate_stories
from digest.model.item import Item
from digest.model.stack import Product, Stack
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.tag.vendors import Gazetteer, list_acting_vendors

ITEMS = Path(__file__).parents[2] / ".." / "shared" / "real" / "items.jsonl"
pytestmark = pytest.mark.skipif(not ITEMS.exists(), reason="needs ../shared/real/items.jsonl")
STACK = Stack(
    products=(
        Product("HubSpot", ("crm", "marketing-automation")),
        Product("Salesforce", ("crm",)),
        Product("Google Ads", ("search-social-ads",), vendor="Google"),
        Product("Klaviyo", ("email-marketing", "marketing-automation")),
        Product("Adobe Experience Manager", ("cms-web-experience", "dam-mrm-pim"), vendor="Adobe"),
        Product("Braze", ("marketing-automation", "mobile-marketing")),
        Product("Segment", ("cdp",), vendor="Twilio"),
        Product("Semrush", ("seo",)),
        Product("Hootsuite", ("social-media",)),
        Product("Shopify", ("ecommerce-platforms",)),
    )
)
MAKERS = {one.name: one.vendor_or_name for one in STACK.products}


@cache
def stories() -> tuple[Story, ...]:
    """Every fourth item, and each that writes `segment`, as a story, judged by vendors alone."""
    names = Gazetteer.load()
    made = []
    for number, line in enumerate(ITEMS.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        title, summary = row["title"] or "", row["summary"] or ""
        if number % 4 and "segment" not in f"{title} {summary}".casefold():
            continue
        when = datetime(2026, 8, 1, tzinfo=UTC)
        item = Item(
            str(number),
            row["url"],
            row["url"],
            title,
            "s",
            row["source"],
            "trade",
            when,
            when,
            "en",
            summary,
        )
        vendors = list_acting_vendors(
            names.find_mentions(title, summary, "", row["url"], row["source"])
        )
        tagged = TaggedItem(item, Tags(True, None, (), "none", None, "update", vendors))
        made.append(Story(f"s{number}", (tagged,), tagged))
    return tuple(made)


@cache
def related() -> dict[str, list[tuple[str, str]]]:
    """Item text → (kind, product) of its relations."""
    found = relate_stories(stories(), build_stack_index(STACK))
    return {
        f"{story.lead.item.source_name} | {story.lead.item.title} | {story.lead.item.summary}": [
            (one.kind, name) for one in found[story.id] for name in one.products
        ]
        for story in stories()
    }


def test_the_word_segment_is_no_product() -> None:
    """No item that only writes `segment` as a word is about the product."""
    words = {
        text: kinds
        for text, kinds in related().items()
        if re.search(r"\bsegment", text, re.IGNORECASE)
    }
    assert len(words) >= 5
    for text, kinds in words.items():
        if any(name == "Segment" for _, name in kinds):
            assert re.search(r"\b(?:Twilio|Segment(?:'s|\.com|\.io| CDP)?)\b", text), text


def test_every_relation_stands_on_a_name() -> None:
    """A product or its maker is written out in each item that is said to be about it."""
    others = {
        "Google Ads": "AdWords|Google|Gemini|YouTube|Android|Chrome|Gmail|DeepMind|Waymo|Looker|"
        "Firebase|Display"
    }
    bare = []
    for text, kinds in related().items():
        for kind, name in kinds:
            forms = f"{re.escape(name)}|{re.escape(MAKERS[name])}|{others.get(name, '')}".strip("|")
            if kind == "product" and not re.search(forms, text, re.IGNORECASE):
                bare.append((name, text[:80]))
    total = sum(len(kinds) for kinds in related().values())
    assert total >= 60
    assert len(bare) <= 0.1 * total, bare
