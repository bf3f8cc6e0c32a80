"""The stack and its quarter.

Each product stands with its news, its vendor's health, its rivals and its dates; the heat of AI by
category stands beside what is spent there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.ai_uses import find_ai_uses
from digest.edition.opportunities import find_opportunities
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.duties import forces_change
from digest.edition.stack.money import calculate_spend, get_primary_category, sum_costs
from digest.edition.stack.overlaps import list_overlapping
from digest.edition.stack.radar import is_well_sourced
from digest.edition.stack.verdicts import (
    find_maker_incident,
    is_own_incident,
    judge_product,
)
from digest.edition.stack.watch import (
    count_read_sources,
    find_own_sources,
    list_names,
    list_unwatched_vendors,
)
from digest.edition.subjects import tells_of_addon
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
_TERM_EVENTS: frozenset[Event] = frozenset(("acquisition", "shutdown", "pricing"))
_MAX_STORIES = 6  # of a kind that a product's row names


def build_stack_view(quarter: QuarterView) -> StackView:
    """Return the stack with what the quarter means for it."""
    stack = quarter.stack
    lines = tuple(_build_product_row(product, quarter) for product in stack.products)
    return StackView(
        lines=lines,
        heat=_measure_heat(quarter),
        spend=calculate_spend(stack),
        policy_link=stack.policy_link,
        policy_reviewed=stack.policy_reviewed,
        sources=count_read_sources(quarter.coverage),
        changed=tuple(
            line.product.name
            for line in lines
            if any(story.event in _TERM_EVENTS for story in line.health)
        ),
        breached=tuple(
            line.product.name for line in lines if find_maker_incident(line.product, quarter)
        ),
        unwatched=list_unwatched_vendors(quarter),
        impacts=find_ai_impacts(quarter),
        uses=find_ai_uses(quarter),
        goals=stack.goals,
        opportunities=find_opportunities(quarter),
    )


def _measure_heat(quarter: QuarterView) -> tuple[HeatmapRow, ...]:
    """Return where AI moves, by category of products and goals; what is not sure is not counted."""
    stack = quarter.stack
    of_products = [slug for product in stack.products for slug in product.categories]
    of_goals = [slug for goal in stack.goals for slug in goal.categories]
    rows = []
    for slug in dict.fromkeys((*of_products, *of_goals)):
        here = [
            story.tags
            for story in quarter.stories
            if story.tags.category == slug and story.tags.is_certain("category")
        ]
        earlier = quarter.before if quarter.comparable else None
        before = [
            story.tags
            for story in earlier or ()
            if story.tags.category == slug and story.tags.is_certain("category")
        ]
        home = (one for one in stack.products if get_primary_category(one) == slug)
        with_ai = [tags for tags in here if tags.ai in AI_IN_USE and tags.is_certain("ai")]
        ai_before = sum(tags.ai in AI_IN_USE and tags.is_certain("ai") for tags in before)
        row = HeatmapRow(
            category=slug,
            stories=len(here),
            ai=len(with_ai),
            ai_launches=sum(tags.event in RELEASE_EVENTS for tags in with_ai),
            stories_before=None if earlier is None else len(before),
            ai_before=None if earlier is None else ai_before,
            spend=sum_costs(home),
            products=tuple(one.name for one in stack.products if slug in one.categories),
        )
        if row.stories or row.spend:
            rows.append(row)
    return tuple(sorted(rows, key=lambda row: (-row.ai, row.category)))


def _build_product_row(product: Product, quarter: QuarterView) -> ProductRow:
    about = quarter.find_related([product.name], "product")
    vendor = quarter.find_related([product.name], "vendor")
    market = quarter.find_related([product.name], "rival", "overlap")
    health = {story.id for story in (*about, *vendor) if story.tags.event in _HEALTH_EVENTS}
    notice, end = product.notice_by, product.contract_end
    told = _choose_told(product, about, vendor, quarter)
    verdict, reason = judge_product(product, told, quarter)
    told += _find_doubtful(product, quarter)

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
        overlaps=list_overlapping(product, quarter.stack.products),
        happened=quarter.make_ref(told[0]) if told else None,
        of_maker=bool(told) and told[0] not in about and product.vendor_or_name != product.name,
        watched_by=find_own_sources(list_names(product), quarter.coverage),
        verdict=verdict,
        reason=reason,
        stories=tuple(story.id for story in told),
        partner=None if told else _find_partner_story(product, quarter),
    )


def _find_partner_story(product: Product, quarter: QuarterView) -> StoryRef | None:
    """Return the best launch or update of what others make for a product; None without one."""
    stories = (
        story
        for story in (*quarter.stories, *quarter.doubtful)
        if story.tags.event in RELEASE_EVENTS and tells_of_addon(story, product.name)
    )
    story = next(stories, None)
    return quarter.make_ref(story) if story else None


def _find_doubtful(product: Product, quarter: QuarterView) -> list[Story]:
    """Return what concerns a product and the machine holds for no news: it decides no verdict."""
    others = [one.vendor_or_name for one in quarter.stack.products if one is not product]
    found = []
    for story in quarter.doubtful:
        relation = quarter.get_relation_to(story, product.name)
        is_only_one = relation.kind == "vendor" and product.vendor_or_name not in others
        if relation.kind == "product" or is_only_one:
            found.append(story)
    return found


def _choose_told(
    product: Product, about: Sequence[Story], vendor: Sequence[Story], quarter: QuarterView
) -> list[Story]:
    """Return what happened to a product, what has consequences first.

    The order is: an incident of the product, a change forced on its users, a deal of the company,
    and of the product's field prices, an end of something, updates, launches; then the rest. Of its
    vendor's other news, deals, prices and closures concern it, and what happened in a category that
    it serves, or all where the company runs nothing else of the vendor: what a vendor of many
    products does elsewhere is no news of this one.
    """
    near = [
        story
        for story in vendor
        if story not in about
        and (
            story.tags.event in _TERM_EVENTS
            or story.tags.category in product.categories
            or quarter.get_relation_to(story, product.name).products == (product.name,)
        )
    ]

    def get_sort_key(story: Story) -> tuple[int, bool, bool, bool]:
        is_about = story in about
        is_of_field = is_about or story.tags.category in product.categories
        event = story.tags.event if story.tags.is_certain("event") else None
        kinds = (
            is_own_incident(story, product, quarter),
            is_about and event not in _HEALTH_EVENTS and forces_change(story),
            event == "acquisition",
            is_of_field and event == "pricing",
            is_of_field and event == "shutdown",
            is_about and event == "update",
            is_about and event == "launch",
            is_of_field and story.tags.event in RELEASE_EVENTS,  # likely is enough
            is_about and event == "partnership",
            is_about and event not in _HEALTH_EVENTS,
            event in _HEALTH_EVENTS,
            event in RELEASE_EVENTS,
            True,
        )
        opens = story.lead.item.title.startswith((product.name, *product.aliases))
        return kinds.index(True), not is_well_sourced(story), not is_about, not opens

    return sorted([*about, *near], key=get_sort_key)
