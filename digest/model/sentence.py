"""A sentence that is printed as its source has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in a source's own words, and where it stands."""

    text: str
    source: str  # the publisher's name
    url: str
