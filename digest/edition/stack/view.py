"""The stack and its quarter: each product with its news, its vendor's health, its rivals and its dates; the heat of AI
by category beside what is spent there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from digest.edition.stack.money import calculate_spend, get_primary_category, sum_costs
from digest.model.edition import HeatmapRow, ProductRow, StackView, StoryRef
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from digest.model.tags import Event

MakeStoryRef = Callable[[Story], StoryRef]
Relations = Mapping[str, Sequence[Relation]]

_HEALTH_EVENTS: frozenset[Event] = frozenset(
    ("acquisition", "funding", "shutdown", "pricing", "people", "results", "regulation")
)
_RELEASE_EVENTS: frozenset[Event] = frozenset(("launch", "update"))
_WITH_AI = ("core", "applied")
_MOST = 6  # stories of a kind that a product's line names


def build_stack_view(
    stack: Stack,
    stories: Sequence[Story],
    relations: Relations,
    before: Sequence[Story] | None,
    make_ref: MakeStoryRef,
    today: date,
) -> StackView:
    """The view of a quarter's relevant stories, best first. `before`: those of the quarter before, None where the
    archive holds nothing of it."""
    return StackView(
        lines=tuple(
            _build_product_line(product, stack, stories, relations, make_ref, today)
            for product in stack.products
        ),
        heat=_build_heat_table(stack, stories, before),
        spend=calculate_spend(stack),
        policy_link=stack.policy_link,
        policy_reviewed=stack.policy_reviewed,
    )


def find_related_stories(
    product: Product, stories: Iterable[Story], relations: Relations, *kinds: str
) -> list[Story]:
    """The stories that have a relation of these kinds to a product."""
    return [
        story
        for story in stories
        if any(
            one.kind in kinds and product.name in one.products
            for one in relations.get(story.id, ())
        )
    ]


def _build_product_line(
    product: Product,
    stack: Stack,
    stories: Sequence[Story],
    relations: Relations,
    make_ref: MakeStoryRef,
    today: date,
) -> ProductRow:
    about = find_related_stories(product, stories, relations, "product")
    vendor = find_related_stories(product, stories, relations, "vendor")
    market = find_related_stories(product, stories, relations, "rival", "overlap")
    health = {story.id for story in (*about, *vendor) if story.tags.event in _HEALTH_EVENTS}

    def make_refs(found: Iterable[Story]) -> tuple[StoryRef, ...]:
        return tuple(make_ref(story) for story in list(found)[:_MOST])

    return ProductRow(
        product=product,
        news=make_refs(story for story in about if story.id not in health),
        vendor_news=make_refs(story for story in vendor if story.id not in health),
        health=make_refs(story for story in (*about, *vendor) if story.id in health),
        rivals=make_refs(story for story in market if story.tags.event == "launch"),
        ai_stories=sum(story.tags.ai in _WITH_AI for story in (*about, *vendor)),
        notice_by=_keep_future(product.notice_by, today),
        ends=_keep_future(product.contract_end, today),
        overlaps=tuple(
            other.name
            for other in stack.products
            if other is not product
            and get_primary_category(other)
            and get_primary_category(other) == get_primary_category(product)
            and other.status != "retiring"
        ),
    )


def _keep_future(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None


def _build_heat_table(
    stack: Stack, stories: Sequence[Story], before: Sequence[Story] | None
) -> tuple[HeatmapRow, ...]:
    ours = dict.fromkeys(slug for product in stack.products for slug in product.categories)
    wanted = dict.fromkeys(slug for goal in stack.goals for slug in goal.categories)
    rows = [_build_heat_row(slug, stack, stories, before) for slug in (ours | wanted)]
    return tuple(
        sorted(
            (row for row in rows if row.stories or row.spend),
            key=lambda row: (-row.ai, row.category),
        )
    )


def _build_heat_row(
    slug: str, stack: Stack, stories: Sequence[Story], before: Sequence[Story] | None
) -> HeatmapRow:
    here = [story.tags for story in stories if story.tags.category == slug]
    then = (
        None if before is None else [story.tags for story in before if story.tags.category == slug]
    )
    with_ai = [tags for tags in here if tags.ai in _WITH_AI]
    return HeatmapRow(
        category=slug,
        stories=len(here),
        ai=len(with_ai),
        ai_launches=sum(tags.event in _RELEASE_EVENTS for tags in with_ai),
        stories_before=None if then is None else len(then),
        ai_before=None if then is None else sum(tags.ai in _WITH_AI for tags in then),
        spend=sum_costs(
            product for product in stack.products if get_primary_category(product) == slug
        ),
        products=tuple(product.name for product in stack.products if slug in product.categories),
    )
