"""Where AI of any kind adds to the products of the stack, and where it threatens them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.edition.claims import (
    choose_words,
    find_subject,
    get_title,
    is_clean_sentence,
    is_vendor_claim,
    lists_several,
)
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.model.edition import AiImpact, Sentence
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text, split_sentences

# A deal, a price, a closure or a case tells what becomes of a vendor, not what AI does to another.
_TELLING_EVENTS: frozenset[Event | None] = frozenset(
    ("launch", "update", "research", "opinion", "partnership", None)
)
_MAX_IMPACTS = 2  # of a kind and product
_REPLACES = re.compile(
    r"(?<!not )(?<!n’t )(?<!n't )(?<!nicht )(?<!non )\b(?:replac(?:e|es|ed|ing)|kill(?:s|ed|ing)?|"
    r"obsolete|the end of|end of the road|displac\w+|ersetz\w+|überflüssig|sostitu\w+|remplac\w+|"
    r"reemplaz\w+|substitutes? for|(?:drop|decline|fall) in (?:\w+ ){0,2}?(?:search(?:es)?|"
    r"clicks|traffic|"
    r"visits)|(?:search(?:es)?|clicks|traffic|visits|volume|keywords) (?:[\w-]+ ){0,4}?(?:fell|"
    r"dropped|"
    r"declin\w+|shr[iau]nk\w*))\b|แทนที่",
    re.IGNORECASE,
)


def find_ai_impacts(quarter: QuarterView) -> tuple[AiImpact, ...]:
    """Return where AI adds to products of the stack and where it threatens them.

    It adds where a product, or its vendor in a category of the product, gets AI. It threatens where
    a rival brings AI in the product's home category, or a story says that AI takes its place.
    """
    return tuple(
        impact for product in quarter.stack.products for impact in _iter_impacts(product, quarter)
    )


def _iter_impacts(product: Product, quarter: QuarterView) -> Iterator[AiImpact]:
    home = next(iter(product.categories), None)
    adds: list[Story] = []
    threatens: list[tuple[Story, str]] = []
    for story in quarter.stories:
        tags = story.tags
        subject = find_subject(story, quarter)
        if tags.ai not in AI_IN_USE or lists_several(get_title(story), subject):
            continue
        relation = quarter.get_relation_to(story, product.name)
        offers = (
            subject is not None and tags.event in RELEASE_EVENTS and is_vendor_claim(story, subject)
        )
        if relation.kind in OUR_RELATIONS:
            is_near = (
                relation.kind == "product"
                or tags.category in product.categories
                or _names_product(story, product)
            )
            if offers and is_near:
                adds.append(story)
        can_replace = relation.kind != "product" and tags.event in _TELLING_EVENTS
        if tags.category == home and can_replace and _find_replacing(story):
            threatens.append((story, ""))
        elif tags.category == home and relation.kind in ("rival", "overlap") and offers:
            threatens.append((story, subject.name if subject else ""))
    for story in adds[:_MAX_IMPACTS]:
        quote = choose_words(story, quarter)
        yield AiImpact(product.name, "adds", quarter.make_ref(story), quote)
    for story, rival in threatens[:_MAX_IMPACTS]:
        quote = choose_words(story, quarter) if rival else _quote_replacing(story, quarter)
        yield AiImpact(product.name, "threatens", quarter.make_ref(story), quote, rival)


def _names_product(story: Story, product: Product) -> bool:
    """Return whether a headline names a product by a part of its name that is no word of its maker.

    A capital after it makes it the name of something else: "Acme Ads" is no Acme Desk.
    """
    for name in (product.name, *product.aliases):
        first = name.split()[0]
        if len(first) < 4 or first.casefold() == product.vendor_or_name.split()[0].casefold():
            continue
        if re.search(rf"(?<!\w){re.escape(first)}(?!\w|[ -][A-Z])", story.lead.item.title):
            return True
    return False


def _find_replacing(story: Story) -> str:
    """Return the headline or the sentence of a summary that says what AI takes the place of."""
    item = story.lead.item
    texts = (clean_text(item.title), *split_sentences(clean_text(item.summary)))
    return next((text for text in texts if _REPLACES.search(text)), "")


def _quote_replacing(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the whole sentence that says so; where only the headline does, what says most."""
    item, text = story.lead.item, _find_replacing(story)
    if text != clean_text(item.title) and is_clean_sentence(text):
        return Sentence(text, item.source_name, item.link)
    return choose_words(story, quarter)
