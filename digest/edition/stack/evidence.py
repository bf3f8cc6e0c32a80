"""What the quarter's news weighs in a decision on a product, in a sentence for each story."""

from __future__ import annotations

from collections.abc import Iterator

from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.quarter import QuarterView
from digest.edition.stack.verdicts import find_maker_incident
from digest.i18n import N_, TranslatableText
from digest.model.stack import Product
from digest.text import truncate_text

_MAX_TITLE = 60  # characters of a headline


def list_evidence(product: Product, quarter: QuarterView) -> list[TranslatableText]:
    """Return what to weigh on a product: an incident, the threat to its field, else a rival."""
    return list(_iter_evidence(product, quarter))


def _iter_evidence(product: Product, quarter: QuarterView) -> Iterator[TranslatableText]:
    if incident := find_maker_incident(product, quarter):
        title = truncate_text(quarter.make_ref(incident).title, _MAX_TITLE)
        yield TranslatableText(N_("An incident at its maker: “%(title)s”."), title=title)
    threats = [
        one
        for one in find_ai_impacts(quarter)
        if one.product == product.name and one.kind == "threatens"
    ]
    of_field = next((one for one in threats if not one.rival), None)
    if of_field:
        text = N_("AI could threaten its field: “%(title)s”.")
        if of_field.against:
            text = N_("AI could threaten its field, which others dispute: “%(title)s”.")
        title = truncate_text(of_field.story.title, _MAX_TITLE)
        yield TranslatableText(text, title=title)
    elif rival := next(iter(threats), None):
        yield TranslatableText(
            N_("%(rival)s brings AI into its field: “%(title)s”."),
            rival=rival.rival,
            title=truncate_text(rival.story.title, _MAX_TITLE),
        )
