"""The stack and its quarter.

Each product stands with its news, its vendor's health, its rivals and its dates; the heat of AI by
category stands beside what is spent there.
"""

from __future__ import annotations

from collections.abc import Iterable

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.money import calculate_spend, get_primary_category, sum_costs
from digest.model.edition import HeatmapRow, ProductRow, StackView, StoryRef
from digest.model.stack import Product
from digest.model.story import Story
from digest.model.tags import Event

_HEALTH_EVENTS: frozenset[Event] = frozenset(
    (
        "acquisition",
        "funding",
        "shutdown",
        "pricing",
        "people",
        "results",
        "regulation",
        "incident",
    )
)
_MAX_STORIES = 6  # of a kind that a product's row names


def build_stack_view(quarter: QuarterView) -> StackView:
    """Return the stack with what the quarter means for it."""
    stack = quarter.stack
    of_products = [slug for product in stack.products for slug in product.categories]
    of_goals = [slug for goal in stack.goals for slug in goal.categories]
    rows = []
    for slug in dict.fromkeys((*of_products, *of_goals)):
        here = [story.tags for story in quarter.stories if story.tags.category == slug]
        before = [story.tags for story in quarter.before or () if story.tags.category == slug]
        home = (one for one in stack.products if get_primary_category(one) == slug)
        with_ai = [tags for tags in here if tags.ai in AI_IN_USE]
        ai_before = sum(tags.ai in AI_IN_USE for tags in before)
        row = HeatmapRow(
            category=slug,
            stories=len(here),
            ai=len(with_ai),
            ai_launches=sum(tags.event in RELEASE_EVENTS for tags in with_ai),
            stories_before=None if quarter.before is None else len(before),
            ai_before=None if quarter.before is None else ai_before,
            spend=sum_costs(home),
            products=tuple(one.name for one in stack.products if slug in one.categories),
        )
        if row.stories or row.spend:
            rows.append(row)
    return StackView(
        lines=tuple(_build_product_row(product, quarter) for product in stack.products),
        heat=tuple(sorted(rows, key=lambda row: (-row.ai, row.category))),
        spend=calculate_spend(stack),
        policy_link=stack.policy_link,
        policy_reviewed=stack.policy_reviewed,
    )


def _build_product_row(product: Product, quarter: QuarterView) -> ProductRow:
    about = quarter.find_related([product.name], "product")
    vendor = quarter.find_related([product.name], "vendor")
    market = quarter.find_related([product.name], "rival", "overlap")
    health = {story.id for story in (*about, *vendor) if story.tags.event in _HEALTH_EVENTS}
    notice, end = product.notice_by, product.contract_end
    category = get_primary_category(product)

    def make_refs(found: Iterable[Story]) -> tuple[StoryRef, ...]:
        return tuple(map(quarter.make_ref, list(found)[:_MAX_STORIES]))

    return ProductRow(
        product=product,
        news=make_refs(story for story in about if story.id not in health),
        vendor_news=make_refs(story for story in vendor if story.id not in health),
        health=make_refs(story for story in (*about, *vendor) if story.id in health),
        rivals=make_refs(story for story in market if story.tags.event == "launch"),
        ai_stories=sum(story.tags.ai in AI_IN_USE for story in (*about, *vendor)),
        notice_by=notice if notice and notice >= quarter.today else None,
        ends=end if end and end >= quarter.today else None,
        overlaps=tuple(
            other.name
            for other in quarter.stack.products
            if other is not product
            and category
            and get_primary_category(other) == category
            and other.status != "retiring"
        ),
    )
