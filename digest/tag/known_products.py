"""What the shipped names tell of a product that a company runs: its maker and categories."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.tag.vendors import Gazetteer

_NOTE = re.compile(r"\s*(?:\([^()]*\)|\[[^][]*\]|\s[-–—:|]\s.*)\s*$")
# Words behind a product's name that say which plan of it was bought, never what it is.
_PLAN = re.compile(
    r"\s+(?:advanced|annual|basic|business|corporate|edition|enterprise|essentials?|free|growth|"
    r"guru|licen[cs]es?|plan|plus|premium|pro|professional|standard|starter|subscription|team|"
    r"trial|ultimate|unlimited|v?\d+(?:\.\d+)*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What is known of a product."""

    name: str  # as its vendor writes it
    vendor: str  # its maker, where that has another name; else ""
    categories: tuple[str, ...]  # slugs, the home category first
    site: str = ""  # host of it or of its maker


def find_known_facts(name: str, gazetteer: Gazetteer) -> KnownFacts | None:
    """Return what is known of a product by its name; None where nothing is.

    What stands behind a name is left out as far as it says no more of the product than which plan
    was bought, or is a note: "Acme CRM Professional (12 seats)". No part of another name is taken:
    "Acme Weather" is not Acme.
    """
    while True:
        entry = gazetteer.find_entry(name)
        if entry and entry.categories:
            is_product = entry.kind == "product" and entry.parent
            maker = gazetteer.find_entry(entry.parent) if is_product else None
            return KnownFacts(
                entry.name,
                entry.parent if is_product else "",
                entry.categories,
                entry.site or (maker.site if maker else ""),
            )
        shorter = _NOTE.sub("", name) or name
        shorter = _PLAN.sub("", shorter) if shorter == name else shorter
        if shorter == name:
            return None
        name = shorter
