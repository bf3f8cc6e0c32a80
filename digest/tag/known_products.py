"""What the shipped names tell of a product that a company runs: its maker and categories."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.tag.vendors import Gazetteer, load_shipped_vendors
from digest.urls import extract_host

_NOTE = re.compile(r"\s*(?:\([^()]*\)|\[[^][]*\]|\s[-–—:|]\s.*)\s*$")
# Words behind a product's name that say which plan of it was bought, never what it is.
_PLAN = re.compile(
    r"\s+(?:advanced|annual|basic|business|corporate|edition|enterprise|essentials?|free|growth|"
    r"guru|licen[cs]es?|plan|plus|premium|pro|professional|standard|starter|subscription|team|"
    r"trial|ultimate|unlimited|v?\d+(?:\.\d+)*)$",
    re.IGNORECASE,
)
# Words that say of a product what any product is.
_ANY_PRODUCT = frozenset("account app platform software suite tool".split())
_SHORTEST_SQUEEZED = 3  # letters and digits: fewer are too many names' own
_LIKENESS = 0.75  # of a name to one that may be meant, as difflib measures it


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


def understand_name(name: str, gazetteer: Gazetteer) -> str:
    """Return the known name that a product is meant by, else the name as it was given.

    Spaces and hyphens may stand or lack ("Sales force"), it may be the maker's site
    ("hubspot.com"), and words of its own trade may stand behind it ("Contentful CMS"). A name that
    is merely like a known one means that to nobody but its writer: `suggest_names` asks.
    """
    if find_known_facts(name, gazetteer) or gazetteer.find_entry(name):
        return name
    squeezed = _squeeze(name)
    host = extract_host(f"https://{name}") if "." in name and " " not in name else ""
    meant = {
        vendor.name
        for vendor in load_shipped_vendors()
        if (host and vendor.site == host)
        or (
            len(squeezed) >= _SHORTEST_SQUEEZED
            and squeezed in map(_squeeze, (vendor.name, *vendor.aliases))
        )
    }
    if len(meant) == 1:
        return meant.pop()
    return _drop_trade_words(name, gazetteer) or name


def suggest_names(name: str, gazetteer: Gazetteer) -> Sequence[str]:
    """Return known names that an unknown one may mean, the likest first; at most three.

    A known name that it begins with comes first: "Customer.io Journeys".
    """
    if find_known_facts(name, gazetteer) or gazetteer.find_entry(name):
        return ()
    words = name.split()
    heads = (gazetteer.find_entry(" ".join(words[:end])) for end in range(len(words) - 1, 0, -1))
    known = {vendor.name.casefold(): vendor.name for vendor in load_shipped_vendors()}
    near = difflib.get_close_matches(name.casefold(), known, n=3, cutoff=_LIKENESS)
    found = [*(head.name for head in heads if head), *(known[one] for one in near)]
    return list(dict.fromkeys(found))[:3]


def _squeeze(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _drop_trade_words(name: str, gazetteer: Gazetteer) -> str:
    """Return the product whose own trade the last words of a name say; "" where they do not."""
    words, dropped = name.split(), list[str]()
    while len(words) > 1:
        dropped.append(words.pop().casefold())
        if facts := find_known_facts(" ".join(words), gazetteer):
            trade = {word for slug in facts.categories for word in slug.split("-")}
            return facts.name if trade | _ANY_PRODUCT >= set(dropped) else ""
    return ""
