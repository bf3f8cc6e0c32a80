"""Confirm a likely event by a phrase that states it beyond doubt.

The judgement alone is often unsure of a change of price: most items that speak of prices are about
something else. Where it finds one the likeliest, and the item says in so many words that a price
rises or falls, the label is right: in 11 of 11 labelled items, in six languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.model.item import Item
from digest.model.tags import Event

CONFIRMED = 0.95  # confidence of a label that a phrase confirms
_TEXT_LENGTH = 1500  # characters of a text that are about what its headline is about
_PERCENT = r"\d+(?:[.,]\d+)?\s?(?:%|percent|per cent)"
_PHRASES: Mapping[Event, re.Pattern[str]] = {
    "pricing": re.compile(
        rf"\bcosts? (?:you )?(?:up to |about )?{_PERCENT} (?:less|more)\b"
        r"|\b(?:cut|rais(?:e|ing)|rise|lower(?:ing)?|slash(?:ing)?|hik(?:e|ing)|increas(?:e|ing)"
        r"|reduc(?:e|ing)|doubl(?:e|ing)|cutting)(?:s|d|ed)? "
        r"(?:(?!(?:at|in|of|on|for|to|by|from) )[\w.'’\u2011-]+ ){0,4}?"
        r"(?:prices?|pricing|fees?)\b"
        r"|\b(?:puts?|putting) (?:[\w.'’-]+ ){0,3}?(?:prices?|fees?) (?:up|down)\b"
        rf"|\b{_PERCENT} (?:dearer|cheaper)\b"
        r"|\bprice (?:cut|increase|rise|hike|reduction)s?\b"
        r"|\b(?:senkt|erhöht|hebt)\b[^.]{0,50}\b\S*preise?\b"
        r"|\b(?:baisse|augmente|hausse)\b[^.]{0,30}\b(?:prix|tarifs?)\b"
        r"|\b(?:taglia|abbassa|aumenta|alza)\b[^.]{0,30}\b(?:prezz[oi]|tariffe)\b"
        r"|\b(?:sube|baja|reduce)\b[^.]{0,30}\b(?:precios?|tarifas?)\b"
        r"|ขึ้นราคา|ลดราคา|ปรับราคา|降价|降價|涨价|漲價|値下げ|値上げ",
        re.IGNORECASE,
    )
}


def confirms_event(event: Event, item: Item) -> bool:
    """Return whether an item states in so many words what its likeliest event is."""
    pattern = _PHRASES.get(event)
    texts = (item.title, item.summary, item.text[:_TEXT_LENGTH])
    return pattern is not None and any(pattern.search(text) for text in texts)
