"""What a team should look at in its stack.yaml, and what could be put in."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from digest.config.sources import load_sources
from digest.config.starter import find_starter_file
from digest.decide.relations import find_goal_gaps
from digest.model.source import Source, is_source_of
from digest.model.stack import Product, Stack
from digest.period import PLANNING_HORIZON
from digest.tag.known_products import KnownFacts, find_known_facts
from digest.tag.vendors import Gazetteer
from digest.taxonomy import CATEGORIES

_OLD_FIGURE = timedelta(days=183)  # of use or of a goal
_OLD_POLICY = timedelta(days=365)
_MAX_FEEDS = 3  # of a vendor that are proposed


def _is_free(product: Product) -> bool:
    return product.cost is not None and product.cost.amount == 0


# What a review asks of every product that stays, and how to tell that it is given.
_ASKED: Mapping[str, Callable[[Product], object]] = {
    "owner": lambda product: product.owner,
    "contribution": lambda product: product.contribution,
    "users or usage": lambda product: product.users is not None or product.usage.used is not None,
    "cost": lambda product: product.cost,
    "contract_end": lambda product: product.contract_end or _is_free(product),
    "ai": lambda product: product.ai.used is not None,
}


def find_stack_remarks(
    stack: Stack, sources: Sequence[Source], today: date
) -> Mapping[str, list[str]]:
    """Return what a team should look at: kind of remark → lines.

    Proposals come from the shipped names of products and the starter list of sources.
    """
    gazetteer = Gazetteer.load()
    known = {product.name: find_known_facts(product.name, gazetteer) for product in stack.products}
    return {
        "gap": [
            f"{goal}: nothing runs in {CATEGORIES[slug].name} that stays"
            for slug, goal in find_goal_gaps(stack)
        ],
        "contract": list(_check_contracts(stack, today)),
        "category": list(_check_categories(stack, known)),
        "missing": list(_find_missing_fields(stack)),
        "figure": list(_check_figures(stack, today)),
        "connection": list(_check_connections(stack)),
        "policy": list(_check_policy(stack, today)),
        "source": list(_find_unread_vendors(stack, sources, known)),
    }


def _check_contracts(stack: Stack, today: date) -> Iterator[str]:
    for product in sorted(stack.products, key=lambda one: (one.contract_end or date.max, one.name)):
        end, notice = product.contract_end, product.notice_by
        if end is None or end > today + PLANNING_HORIZON:
            continue
        if end < today:
            yield f"{product.name}: the contract ended on {end}; put in the new date"
        elif notice and notice >= today:
            yield f"{product.name}: notice by {notice}, the contract ends on {end}"
        elif notice:
            passed = f"the day of notice, {notice}, has passed"
            yield f"{product.name}: {passed}; the contract ends on {end}"
        else:
            yield f"{product.name}: the contract ends on {end}; no notice period is given"


def _check_categories(stack: Stack, known: Mapping[str, KnownFacts | None]) -> Iterator[str]:
    """Yield products without a category, or without the maker that they are known by."""
    for product in stack.products:
        facts = known[product.name]
        if not product.categories:
            proposal = f"; put in categories: [{', '.join(facts.categories)}]" if facts else ""
            yield f"{product.name} is in no category{proposal}"
        if facts and facts.vendor and not product.vendor:
            yield f"{product.name} is made by {facts.vendor}; put in vendor: {facts.vendor}"


def _find_missing_fields(stack: Stack) -> Iterator[str]:
    """Yield each field that products lack which are to stay, with their names."""
    staying = [product for product in stack.products if product.status != "retiring"]
    for name, is_given in _ASKED.items():
        lacking = [product.name for product in staying if not is_given(product)]
        if lacking:
            yield f"{name} is not given for {', '.join(lacking)}"
    for goal in stack.goals:
        if goal.measure is None:
            yield f"{goal.name}: no measure (value, date, target) is given"


def _check_figures(stack: Stack, today: date) -> Iterator[str]:
    """Yield figures that cannot be, and those that are old."""
    for product in stack.products:
        usage = product.usage
        if usage.used is not None and usage.seats is not None and usage.used > usage.seats:
            yield f"{product.name}: {usage.used} seats are used, {usage.seats} are bought"
        if usage.measured and usage.measured < today - _OLD_FIGURE:
            yield f"{product.name}: its figures of use are of {usage.measured}"
    for goal in stack.goals:
        day = goal.measure.measured if goal.measure else None
        if day and day < today - _OLD_FIGURE:
            yield f"{goal.name}: its figure is of {day}"


def _check_connections(stack: Stack) -> Iterator[str]:
    """Yield what is connected under a name that is nearly that of a product."""
    names = [product.name for product in stack.products]
    systems = dict.fromkeys(name for flow in stack.flows for name in (flow.source, flow.target))
    for name in systems:
        near = difflib.get_close_matches(name, names, 1, cutoff=0.75)
        if name not in names and near:
            yield f"{name} is no product of the file; did you mean {near[0]}?"


def _check_policy(stack: Stack, today: date) -> Iterator[str]:
    if not any(product.ai.used for product in stack.products):
        return
    if not (stack.policy_link or stack.policy_rules or stack.policy_reviewed):
        yield "AI works in the stack and no ai_policy is given"
        return
    if not stack.policy_owner:
        yield "no owner of the AI policy is given"
    if stack.policy_reviewed and stack.policy_reviewed < today - _OLD_POLICY:
        yield f"the AI policy was last reviewed on {stack.policy_reviewed}"


def _find_unread_vendors(
    stack: Stack, sources: Sequence[Source], known: Mapping[str, KnownFacts | None]
) -> Iterator[str]:
    """Yield vendors that no source reads, with their feeds where the starter list knows them.

    Else the maker's site is proposed, which names its feed.
    """
    read = [source for source in sources if source.enabled]
    starter = [one for one in load_sources(find_starter_file(), {}).sources if one.url]
    products: dict[str, list[str]] = {}
    for product in stack.products:
        products.setdefault(product.vendor_or_name, []).append(product.name)
    for vendor, own in products.items():
        facts = [found for name in own if (found := known[name])]
        named = (name for fact in facts for name in (fact.name, fact.vendor) if name)
        names = tuple(dict.fromkeys((vendor, *own, *named)))
        if any(is_source_of(source.name, name) for source in read for name in names):
            continue
        feeds = [one for one in starter if any(is_source_of(one.name, name) for name in names)]
        feeds.sort(key=lambda feed: not feed.enabled)  # stable: those that are known to work first
        sites = [fact.site for fact in facts if fact.site]
        advice = "find its feed with `digest sources add ADDRESS`"
        if feeds:
            told = (f"{feed.url} ({feed.name})" for feed in feeds[:_MAX_FEEDS])
            advice = f"add {', '.join(told)}"
        elif sites:
            advice = f"find its feed with `digest sources add https://{sites[0]}`"
        yield f"{vendor}: no source of its own is read; {advice}"
