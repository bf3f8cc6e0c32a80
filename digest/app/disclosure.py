"""Say in words what leaves the house for the configured language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.fetch.http.exchange import format_url

if TYPE_CHECKING:
    from digest.config.model_settings import ModelSettings

_ITEM_FIELDS = "title, publisher, date and words of items that feeds and letters gave"
_DISCLOSED = {
    "summary": _ITEM_FIELDS,
    "translation": "title and chosen sentences of items",
    "theme": _ITEM_FIELDS,
    "lead": _ITEM_FIELDS,
    "letter": _ITEM_FIELDS,
}
_SHARED = {
    "products": "names of products in use",
    "contracts": "contract and notice days of products in use",
    "owners": "who looks after a product",
    "spend": "what a product costs",
}


def describe_disclosure(settings: ModelSettings) -> list[str]:
    """Return in words which fields go to the configured service, task by task."""
    place = format_url(settings.base_url)
    lines = [f"{settings.name} at {place}"]
    if settings.judge != "off":
        lines.append(f"judge ({settings.judge}): {_ITEM_FIELDS}")
    if settings.pairs:
        lines.append(f"pair ({settings.pairs} at most): {_ITEM_FIELDS}")
    if settings.importance:
        lines.append(f"importance ({settings.importance} at most): {_ITEM_FIELDS}")
    for task in settings.write:
        if task == "questions" and "products" in settings.share:
            lines.append(f"{task}: {_ITEM_FIELDS}, of vendors in stack.yaml")
        elif task in _DISCLOSED:
            lines.append(f"{task}: {_DISCLOSED[task]}")
        elif "products" in settings.share:
            shared = ", ".join(_SHARED[name] for name in settings.share)
            lines.append(f"{task}: {_ITEM_FIELDS}; of stack.yaml: {shared}")
        else:
            lines.append(f"{task}: not asked, since share names no products")
    if settings.verify == "model" and settings.write:
        lines.append("vote: each drafted sentence with the items, and shared fields, that it names")
    lines.append(f"digest ask: the questions of a session; {_ITEM_FIELDS}")
    lines.append(
        "never: recipients, notes and reasons of the team, secrets"
        + ("" if settings.share else ", anything of stack.yaml")
    )
    return lines
