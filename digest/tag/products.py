"""Find the product that a headline names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from digest.tag.vendors import load_shipped_vendors

_MAX_NAME_WORDS = 4
_NAME = rf"(?:[A-Z0-9][\w.+&’'-]*)(?: [A-Z0-9][\w.+&’'-]*){{0,{_MAX_NAME_WORDS - 1}}}"
# "Introducing Acme Desk", "Acme launches Desk, an agent that …": a name stands alone, at the end or
# before the words that say what it is. "launches its own Algorithms Product" names none.
_LAUNCHED = re.compile(
    rf"^(?:Introducing|Announcing|Meet) (?P<first>{_NAME})(?= and [A-Z]|[,:;.!?–—]|$)"
    r"|\b(?:launche[sd]|introduce[sd]|unveil(?:s|ed)|debut(?:s|ed)|release[sd]|presents?) "
    rf"(?P<second>{_NAME})(?= (?:to|for|in|as|with|and)\b|[,:;.!?–—]|$)"
)
_DESCRIPTION = re.compile(
    r"^(?:A|An|The|Its|Their|Our|New|First|Own|More|Free|AI|Global|Public|Beta|v?\d[\d.]*)\b"
    r"|\b(?:Agents?|Apps?|Ads?|Features?|Platforms?|Tools?|Products?|Services?|Assistants?|Suite"
    r"|Updates?|Reports?|Guidelines?|Integrations?)$"
)
_VERSION = r"(?:[ .-]\d+(?:\.\d+)*(?![\w%]))"  # "Acme 3.5", "Acme-3.0", of "Acme3" ".8"
# Where every word has a capital, a capital tells nothing of where a name ends.
_HEADLINE_CASE = re.compile(r"(?: [A-Z]\w+){5}")


def find_product(title: str, vendors: Collection[str], own: Iterable[str] = ()) -> str:
    """Return the product that a headline is about, as it is written there; "" where none is sure.

    It is what a launch names, else the first name that stands there of the products of `vendors`
    and of `own`, with its version. What something is made for ("a plugin for Acme") is not it.
    """
    if launched := _find_launched_name(title):
        return launched
    known = {form for vendor in vendors for form in _list_products().get(vendor, ())}.union(own)
    found = []
    for form in filter(title.__contains__, known):
        match = re.search(
            rf"(?<!\w)(?<!for ){re.escape(form)}(?:[ .-]\d+(?:\.\d+)*(?![\w%]))?(?!\w)", title
        )
        if match:
            found.append((match.start(), -len(match[0]), match[0]))
    return min(found)[2] if found else ""


def _find_launched_name(title: str) -> str:
    match = _LAUNCHED.search(title)
    if match is None or (match["second"] and _HEADLINE_CASE.search(title)):
        return ""
    name: str = match["first"] or match["second"]
    return "" if _DESCRIPTION.search(name) else name


def sells_in(vendor: str, category: str | None) -> bool:
    """Return whether a company sells something in a category, as the vendors' table says.

    A brand that the table lists without a category sells nothing of the trade. Of a company that is
    not in the table nothing is known but what it does, and that is taken for its trade.
    """
    fields = _list_fields().get(vendor)
    return fields is None or category in fields


@cache
def _list_fields() -> dict[str, frozenset[str]]:
    """Return by company the categories of all that is listed of it and of what it owns."""
    found: dict[str, set[str]] = {}
    for vendor in load_shipped_vendors():
        found.setdefault(vendor.name, set()).update(vendor.categories)
        if vendor.parent:
            found.setdefault(vendor.parent, set()).update(vendor.categories)
    return {name: frozenset(categories) for name, categories in found.items()}


@cache
def _list_products() -> dict[str, tuple[str, ...]]:
    """Return the written forms of each company's shipped products that are no other words."""
    found: dict[str, list[str]] = {}
    for vendor in load_shipped_vendors():
        if vendor.kind == "product":
            forms = (vendor.name, *vendor.aliases)
            sure = [form for form in forms if vendor.care.get(form, "any") in ("any", "case")]
            found.setdefault(vendor.parent or vendor.name, []).extend(sure)
    return {company: tuple(forms) for company, forms in found.items()}
