"""The stack categories and their groups, as categories.toml declares them.

They are the groups and subcategories of the Marketing Technology Landscape, the field's common map,
and one group for general-purpose AI that the landscape has no room for. Slugs are stable: they
stand in exports and in people's files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    """A subcategory of the landscape, with the group it belongs to."""

    slug: str
    name: str
    group: str  # slug of the group
    definition: str  # what belongs there
    words: Mapping[str, str]  # language → the terms that speak for it, between commas


# TOML, because this is read on every start: 15 ms, where YAML takes a second.
_FILE = tomllib.loads(Path(__file__).with_name("categories.toml").read_text(encoding="utf-8"))

GROUPS: Mapping[str, str] = MappingProxyType({slug: group["name"] for slug, group in _FILE.items()})

CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        slug: Category(slug, entry["name"], group, entry["definition"], entry["words"])
        for group, declared in _FILE.items()
        for slug, entry in declared["categories"].items()
    }
)
