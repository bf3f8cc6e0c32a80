"""Sentences of ours that can be said in another language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Marks a text for the catalogues of other languages and gives it back."""
    return text


class TranslatableText(str):
    """A sentence of ours, made only of facts: itself in English, with the template and the values that it is made of,
    so that an edition in another language can say it too."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> TranslatableText:
        """Fills `%(name)s` in the template. Values are text, numbers, dates, Money, or tuples of text."""
        note = super().__new__(
            cls, template % {name: format_english(value) for name, value in values.items()}
        )
        note.template = template
        note.values = MappingProxyType(values)
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_text, (self.template, dict(self.values))


def _restore_text(template: str, values: Mapping[str, Any]) -> TranslatableText:
    return TranslatableText(template, **values)


def format_english(value: object) -> str:
    """A value as an English sentence holds it: `30 September 2026`, `60,000 EUR`, `A, B and C`."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple):
        names = [format_english(one) for one in value]
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    return str(value)
