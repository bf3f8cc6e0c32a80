"""Categories and groups of the stack, as people's files name them."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator, Field

from digest.config.tree import format_value
from digest.config.validate import suggest_similar
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text

_LIST_CATEGORIES = "`digest stack check` lists them all with --categories"
_NAMES = {category.name.casefold(): slug for slug, category in CATEGORIES.items()}


def find_category(words: str) -> str | None:
    """Return the slug of a category that is given by slug or name; None where there is none."""
    plain = clean_text(words).casefold()
    return plain if plain in CATEGORIES else _NAMES.get(plain)


def suggest_category(words: str) -> str:
    """Return the slug of the category whose slug or name is most like the words, or ""."""
    known = {**_NAMES, **{slug: slug for slug in CATEGORIES}}
    found = difflib.get_close_matches(clean_text(words).casefold(), known, n=1, cutoff=0.55)
    return known[found[0]] if found else ""


def _validate_category(words: str) -> str:
    slug = find_category(words)
    if slug is None:
        near = suggest_category(words)
        hint = f"did you mean {near}?" if near else _LIST_CATEGORIES
        raise ValueError(f"{format_value(words)!r} is no stack category; {hint}")
    return slug


def _validate_group(slug: str) -> str:
    if slug not in GROUPS:
        near = suggest_similar(slug, GROUPS) or ": " + ", ".join(GROUPS)
        raise ValueError(f"{format_value(slug)!r} is no group of categories{near}")
    return slug


CategorySlug = Annotated[
    str, AfterValidator(_validate_category), Field(json_schema_extra={"enum": list(CATEGORIES)})
]
GroupSlug = Annotated[
    str, AfterValidator(_validate_group), Field(json_schema_extra={"enum": list(GROUPS)})
]
