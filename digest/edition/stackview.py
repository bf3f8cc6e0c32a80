"""The stack and its quarter: each product with its news, its vendor's health, its rivals and its dates; the heat of AI
by category beside what is spent there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from digest.edition.money import home, spend, total_of
from digest.model import Event, HeatRow, Product, ProductLine, Relation, Stack, StackView, Story, StoryRef

Tell = Callable[[Story], StoryRef]
Relations = Mapping[str, Sequence[Relation]]

_HEALTH: frozenset[Event] = frozenset(
    ("acquisition", "funding", "shutdown", "pricing", "people", "results", "regulation")
)
_LAUNCHES: frozenset[Event] = frozenset(("launch", "update"))
_WITH_AI = ("core", "applied")
_MOST = 6  # stories of a kind that a product's line names


def stack_view(
    stack: Stack,
    stories: Sequence[Story],
    relations: Relations,
    before: Sequence[Story] | None,
    tell: Tell,
    today: date,
) -> StackView:
    """The view of a quarter's relevant stories, best first. `before`: those of the quarter before, None where the
    archive holds nothing of it."""
    return StackView(
        lines=tuple(_line(product, stack, stories, relations, tell, today) for product in stack.products),
        heat=_heat(stack, stories, before),
        spend=spend(stack),
        policy_link=stack.policy_link,
        policy_reviewed=stack.policy_reviewed,
    )


def related(product: Product, stories: Iterable[Story], relations: Relations, *kinds: str) -> list[Story]:
    """The stories that have a relation of these kinds to a product."""
    return [
        story
        for story in stories
        if any(one.kind in kinds and product.name in one.products for one in relations.get(story.id, ()))
    ]


def _line(
    product: Product, stack: Stack, stories: Sequence[Story], relations: Relations, tell: Tell, today: date
) -> ProductLine:
    about = related(product, stories, relations, "product")
    vendor = related(product, stories, relations, "vendor")
    market = related(product, stories, relations, "rival", "overlap")
    health = {story.id for story in (*about, *vendor) if story.tags.event in _HEALTH}

    def told(found: Iterable[Story]) -> tuple[StoryRef, ...]:
        return tuple(tell(story) for story in list(found)[:_MOST])

    return ProductLine(
        product=product,
        news=told(story for story in about if story.id not in health),
        vendor_news=told(story for story in vendor if story.id not in health),
        health=told(story for story in (*about, *vendor) if story.id in health),
        rivals=told(story for story in market if story.tags.event == "launch"),
        ai_stories=sum(story.tags.ai in _WITH_AI for story in (*about, *vendor)),
        notice_by=_ahead(product.notice_by, today),
        ends=_ahead(product.contract_end, today),
        overlaps=tuple(
            other.name
            for other in stack.products
            if other is not product and home(other) and home(other) == home(product) and other.status != "retiring"
        ),
    )


def _ahead(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None


def _heat(stack: Stack, stories: Sequence[Story], before: Sequence[Story] | None) -> tuple[HeatRow, ...]:
    ours = dict.fromkeys(slug for product in stack.products for slug in product.categories)
    wanted = dict.fromkeys(slug for goal in stack.goals for slug in goal.categories)
    rows = [_heat_row(slug, stack, stories, before) for slug in (ours | wanted)]
    return tuple(sorted((row for row in rows if row.stories or row.spend), key=lambda row: (-row.ai, row.category)))


def _heat_row(slug: str, stack: Stack, stories: Sequence[Story], before: Sequence[Story] | None) -> HeatRow:
    here = [story.tags for story in stories if story.tags.category == slug]
    then = None if before is None else [story.tags for story in before if story.tags.category == slug]
    with_ai = [tags for tags in here if tags.ai in _WITH_AI]
    return HeatRow(
        category=slug,
        stories=len(here),
        ai=len(with_ai),
        ai_launches=sum(tags.event in _LAUNCHES for tags in with_ai),
        stories_before=None if then is None else len(then),
        ai_before=None if then is None else sum(tags.ai in _WITH_AI for tags in then),
        spend=total_of(product for product in stack.products if home(product) == slug),
        products=tuple(product.name for product in stack.products if slug in product.categories),
    )
