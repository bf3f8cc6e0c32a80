"""vocabulary.yaml: what the team teaches the judgement: words for categories, companies, rules above it all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from digest.config.kinds import Line
from digest.config.stack import Category
from digest.config.validate import Settings, load
from digest.model import Event


class VendorEntry(Settings):
    """A company, or a product of one, that the packaged list lacks or has wrong."""

    name: Line
    aliases: tuple[Line, ...] = Field((), description="other written forms")
    site: Line | None = Field(None, description="host of its site, as acme.com")
    parent: Line | None = Field(None, description="the company that owns it")
    kind: Literal["company", "product", "media"] = "company"
    categories: tuple[Category, ...] = Field((), description="the home category first")
    care: Mapping[Line, Literal["any", "case", "word", "cue"]] = Field(
        {}, description="how much a written form needs to be believed; see digest/tag/vendors.py"
    )
    cues: tuple[Line, ...] = Field((), description="words that vouch for it anywhere in the item")


class RuleEntry(Settings):
    """Includes or excludes the items for which every condition given holds; the first rule that holds decides."""

    name: Line
    effect: Literal["include", "exclude"]
    words: tuple[Line, ...] = Field((), description="any of these; a trailing * lets a word go on")
    pattern: Line | None = Field(None, description="a regular expression, searched in title and summary")
    sources: tuple[Line, ...] = ()
    vendors: tuple[Line, ...] = ()
    categories: tuple[Category, ...] = ()
    events: tuple[Event, ...] = ()


class VocabularyFile(Settings):
    """The whole file; every part is optional."""

    words: Mapping[Category, tuple[Line, ...]] = Field({}, description="category → words that speak for it, as crm^2")
    without: tuple[Line, ...] = Field((), description="packaged words that shall not count")
    vendors: tuple[VendorEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()


def load_vocabulary(path: Path) -> VocabularyFile:
    """The team's vocabulary. Raises ConfigError with all problems at once."""
    return load(path, VocabularyFile)
