"""What an incident is to those who run the product that it is told of.

A weakness wants a fix, a breach the question whose data it was, an outage its cause. AI of a vendor
that broke into somebody else's systems is none of these for the vendor's customers: no data of
theirs is told to be lost. Nor is it where a vendor loses what is its own ("internal").
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from digest.edition.consequence_case import find_words, tells
from digest.model.story import Story
from digest.text import clean_text

IncidentKind = Literal["attack by AI", "weakness", "breach", "internal", "outage", "other"]


def classify_incident(story: Story, names: Collection[str] = ()) -> IncidentKind:
    """Return what kind of incident a story tells of; the headlines decide, then the summary.

    `names` are those of the product in question and of its maker: AI that broke into theirs has
    breached them.
    """
    titles = "\n".join(clean_text(member.item.title) for member in story.items)
    if attack := find_words("ai_attack", titles):
        victims = titles[attack.end() :].partition("\n")[0]
        return "breach" if any(name and name in victims for name in names) else "attack by AI"
    summary = clean_text(story.lead.item.summary)
    return read_incident_kind(titles) or read_incident_kind(summary) or "other"


def read_incident_kind(text: str) -> IncidentKind | None:
    """Return what kind of incident a text tells of, by its words; None where they name none."""
    if tells("flaw", text):
        return "weakness"
    if tells("breach", text):
        is_internal = tells("internal", text) and not tells("of_customers", text)
        return "internal" if is_internal else "breach"
    return "outage" if tells("outage", text) else None
