"""Which dates a later report of the same thing takes back: cancelled, put off or made permanent.

Within one sentence `dates` sees that itself; here are those that an earlier report named. Only what
a maker does is taken back so: of a law a part may be put off while the rest takes effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digest.edition.dates import DatedFact, read_cancelled_spans
from digest.model.story import Story
from digest.text import clean_text

_NAME = re.compile(r"(?<![\w-])[A-Z][\w.-]*\w|(?<![\w.])\d+(?:\.\d+)?(?![\w.%])")


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A report that takes dates back: whose they are, of what, and when it was published."""

    told: date
    vendors: frozenset[str]
    names: frozenset[str]  # capitalised words of its headline without those vendors
    spans: tuple[tuple[date, date], ...]


def list_cancellations(stories: Iterable[Story]) -> tuple[Cancellation, ...]:
    """Return what the reports of stories take back, with the dates that they name for it."""
    found = []
    for story in stories:
        if not story.tags.vendors:
            continue
        for item in (member.item for member in story.items):
            told = item.published_or_seen.date()
            spans = [
                span
                for text in (item.title, item.summary)
                for span in read_cancelled_spans(text, item.language, told)
            ]
            if spans:
                vendors = frozenset(story.tags.vendors)
                names = _list_names(item.title, vendors)
                found.append(Cancellation(told, vendors, names, tuple(dict.fromkeys(spans))))
    return tuple(found)


def is_cancelled(
    fact: DatedFact, told: date, story: Story, cancellations: Iterable[Cancellation]
) -> bool:
    """Return whether a later report of the same maker and product takes back a story's date.

    `told` is when the last report was published that names it.
    """
    vendors = frozenset(story.tags.vendors)
    names = frozenset().union(*(_list_names(one.item.title, vendors) for one in story.items))
    return any(
        told <= one.told
        and vendors & one.vendors
        and names & one.names
        and any(fact.day <= last and first <= fact.last for first, last in one.spans)
        for one in cancellations
    )


def _list_names(title: str, vendors: Iterable[str]) -> frozenset[str]:
    words = {word.casefold() for word in _NAME.findall(clean_text(title))}
    return frozenset(words.difference(*(vendor.casefold().split() for vendor in vendors)))
