"""Which products of the stack a story really touches, among those that it has a relation to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from digest.model.source import is_source_of
from digest.model.stack import OUR_RELATIONS, Product, Relation, Stack
from digest.model.story import Story
from digest.model.tags import Event

_ADDONS = (
    r"plug-?ins?|add-?ons?|extensions?|themes?|modules?|connectors?|adapters?|Erweiterung(?:en)?|"
    r"Konnektor(?:en)?|connettor[ei]|connecteurs?|conector(?:es)?"
)
_IS_ADDON = re.compile(
    r"\b(?:is|it['’]s|as|introduc\w+|launch\w+|releas\w+) (?:an?|the|its|new) "
    r"(?:[\w-]+ ){0,3}(?:plug-?in|add-?on|extension)\b",
    re.IGNORECASE,
)
# What happens to a company, and so to all that it makes.
COMPANY_EVENTS: frozenset[Event] = frozenset(("acquisition", "shutdown", "people"))


def find_subject_relations(story: Story, relations: Sequence[Relation]) -> list[Relation]:
    """Return the relations to products and makers that the story is about.

    A company that only publishes it, or made the study that it tells, is not what it is about.
    """
    return [
        relation
        for relation in relations
        if relation.kind in OUR_RELATIONS and _is_subject(story, relation)
    ]


def concerns_our_maker(story: Story, relations: Sequence[Relation], stack: Stack) -> bool:
    """Return whether somebody else tells of a maker that the company runs a product of.

    Its name stands in the headline, and the story is of a category that the company runs something
    in or counts on. What a maker writes of itself or of a rival, and advice on how to use it, is
    not meant.
    """
    if story.tags.event == "howto" or not _is_of_our_field(story, stack):
        return False
    items = [member.item for member in story.items]
    vendors = {*story.tags.vendors, *(one.vendor for one in relations if one.vendor)}
    if all(any(is_source_of(item.source_name, name) for name in vendors) for item in items):
        return False
    return any(
        name and name in item.title
        for relation in find_subject_relations(story, relations)
        for name in (relation.vendor, *relation.products)
        for item in items
    )


def _is_of_our_field(story: Story, stack: Stack) -> bool:
    of_products = (product.categories for product in stack.products)
    of_goals = (goal.categories for goal in stack.goals)
    return any(story.tags.category in categories for categories in (*of_products, *of_goals))


def find_touched_products(
    story: Story, relations: Sequence[Relation], stack: Stack
) -> tuple[Product, ...]:
    """Return the products of the stack that a story touches, in the order of its relations.

    Of a maker that it is about these are the products that it names or whose category it has, or
    all of them where the company itself is bought, closed or led by others. A price has to be
    that of a product which is named.
    """
    products = {product.name: product for product in stack.products}
    found: list[Product] = []
    for relation in find_subject_relations(story, relations):
        ours = [products[name] for name in relation.products if name in products]
        if relation.kind == "vendor" and story.tags.event not in COMPANY_EVENTS:
            ours = [
                product
                for product in ours
                if (story.tags.category in product.categories and story.tags.event != "pricing")
                or product.vendor_or_name.casefold() == product.name.casefold()
                or find_named_products(join_heads(story), [product])
            ]
        found += ours
    return tuple(dict.fromkeys(found))


def find_named_products(text: str, products: Iterable[Product]) -> tuple[Product, ...]:
    """Return the products whose names a text holds."""
    return tuple(
        product
        for product in products
        if any(name in text for name in (product.name, *product.aliases))
    )


def find_dated_products(
    sentence: str, story: Story, touched: Sequence[Product], *, of_price: bool = False
) -> tuple[Product, ...]:
    """Return which of the products that a story touches a sentence of it is about.

    They are those that it names; where it names no product and no other company, all of them. A
    price is that of a product which is named alone.
    """
    if (named := find_named_products(sentence, touched)) or of_price:
        return named
    makers = {product.vendor_or_name for product in touched}
    others = [name for name in story.tags.vendors if name not in makers and name in sentence]
    is_theirs = bool(others) and not any(maker in sentence for maker in makers)
    return () if is_theirs else tuple(touched)


def is_about_addon(story: Story, product: str) -> bool:
    """Return whether headlines are about an add-on that others make for a product."""
    pattern = _compile_addon(product)
    return all(pattern.search(member.item.title) for member in story.items)


def tells_of_addon(story: Story, product: str) -> bool:
    """Return whether headlines name a product, and they or a summary an add-on for it."""
    pattern = _compile_addon(product)
    items = [member.item for member in story.items]
    is_named = all(product in item.title for item in items)
    return is_named and any(pattern.search(f"{item.title}\n{item.summary}") for item in items)


@cache
def _compile_addon(product: str) -> re.Pattern[str]:
    name = re.escape(product)
    return re.compile(
        rf"(?<!\w){name} (?:{_ADDONS})\b"
        rf"|\b(?:{_ADDONS}) (?:for|in|von|für|pour|per|para) {name}(?!\w)",
        re.IGNORECASE,
    )


def is_sure_incident(story: Story) -> bool:
    """Return whether a story surely tells of a breach, weakness or outage, whosever it is."""
    return story.tags.event == "incident" and story.tags.is_certain("event")


def introduces_addon(story: Story) -> bool:
    """Return whether a story calls what it tells of an add-on: it extends another product."""
    return _IS_ADDON.search(join_heads(story)) is not None


def join_heads(story: Story, length: int = 0) -> str:
    """Return headline, summary and `length` characters of the text of each report of a story."""
    items = (member.item for member in story.items)
    return "\n".join(f"{item.title}\n{item.summary}\n{item.text[:length]}" for item in items)


def join_titles(story: Story) -> str:
    """Return the headlines of a story's reports, one a line."""
    return "\n".join(member.item.title for member in story.items)


def _is_subject(story: Story, relation: Relation) -> bool:
    if story.tags.event == "research":
        return False
    items = [member.item for member in story.items]
    names = (relation.vendor, *relation.products)
    if any(name in item.title for name in names for item in items):
        return True
    first = next(iter(story.tags.vendors), "").casefold()
    vendor = relation.vendor.casefold()
    publishes = all(vendor in item.source_name.casefold() for item in items)
    if publishes:
        return first in ("", vendor)
    return relation.kind == "product" or first == vendor
