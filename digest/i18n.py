"""Sentences of the product that can be written in another language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import cache
from math import floor
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

_T = TypeVar("_T")
# What says "quarter" → what an edition of a month says in its place.
MONTHLY_FILE = Path(__file__).with_name("monthly.toml")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Mark a text for the catalogues of other languages and return it."""
    return text


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 1, printed as a whole percentage; a minimum to a tenth, and not rounded up."""

    value: float
    is_minimum: bool = False

    def __str__(self) -> str:
        if self.is_minimum:
            return f"{floor(self.value * 1000 + 1e-9) / 10:g}%"
        return f"{self.value:.0%}"


@dataclass(frozen=True, slots=True)
class ShortDate:
    """A day that is printed with its month in short, where a line names several."""

    day: date
    with_year: bool = True

    def __str__(self) -> str:
        return (
            f"{self.day.day} {self.day:%b %Y}"
            if self.with_year
            else f"{self.day.day} {self.day:%b}"
        )


class TranslatableText(str):
    """A sentence made only of facts.

    It is its own English text, and keeps the template and the values that it is made of, so that an
    edition in another language can write it too.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> TranslatableText:
        """Fill `%(name)s` in the template.

        Values are text, numbers, dates, ShortDate, Share, Money or tuples.
        """
        text = super().__new__(
            cls, template % {name: format_english(value) for name, value in values.items()}
        )
        text.template = template
        text.values = MappingProxyType(values)
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_text, (self.template, dict(self.values))

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> CoreSchema:
        """Serialise as the English text."""
        from pydantic_core import (
            core_schema,
        )  # here, since most users of this leaf need no pydantic

        return core_schema.str_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            )
        )


def _restore_text(template: str, values: Mapping[str, Any]) -> TranslatableText:
    return TranslatableText(template, **values)


def format_english(value: object) -> str:
    """Return a value as an English sentence holds it: `30 September 2026`, `60,000`, `A and B`."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, float) and value.is_integer():  # 7,500, as every language writes it
        return f"{value:,.0f}"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple):
        names = [format_english(part) for part in value]
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    return str(value)


# ---------------------------------------------------------------- editions of a month


def phrase_for_month(text: str) -> str:
    """Return what an edition of a month says in place of a text; the text where it says the same.

    A TranslatableText keeps its values.
    """
    if isinstance(text, TranslatableText):
        values = {name: phrase_values_for_month(value) for name, value in text.values.items()}
        return TranslatableText(phrase_for_month(text.template), **values)
    return _load_monthly_texts().get(text, text)


def phrase_values_for_month(value: _T) -> _T:
    """Return a dataclass, tuple or mapping with its TranslatableTexts phrased for a month."""
    if isinstance(value, str):  # what a source wrote stays as it is, whatever it says
        own = isinstance(value, TranslatableText)
        return cast(_T, phrase_for_month(value)) if own else value
    if isinstance(value, tuple):
        parts = tuple(map(phrase_values_for_month, value))
        is_same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if is_same else cast(_T, parts)
    if isinstance(value, Mapping):
        found = {key: phrase_values_for_month(one) for key, one in value.items()}
        is_same = all(found[key] is one for key, one in value.items())
        return value if is_same else cast(_T, found)
    if is_dataclass(value) and not isinstance(value, type):
        phrased = {}
        for field in fields(value):
            old = getattr(value, field.name)
            if (new := phrase_values_for_month(old)) is not old:
                phrased[field.name] = new
        return replace(value, **phrased) if phrased else value
    return value


@cache
def _load_monthly_texts() -> Mapping[str, str]:
    table = tomllib.loads(MONTHLY_FILE.read_text(encoding="utf-8"))
    plural = (
        pair for row in table["plural"] for pair in zip(row["quarter"], row["month"], strict=True)
    )
    return dict((*table["text"].items(), *plural))
