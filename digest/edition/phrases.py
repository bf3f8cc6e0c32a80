"""Sentences put together out of others: templates filled, texts joined, long lists cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from digest.i18n import N_, TranslatableText
from digest.model.edition import StoryRef
from digest.model.stack import Product
from digest.text import truncate_text

MAX_TITLE = 90  # characters of a headline within a sentence
_MAX_NAMES = 5


def fill_text(template: str, **values: object) -> TranslatableText:
    """Fill a template with those of the values that it names."""
    return TranslatableText(
        template, **{name: value for name, value in values.items() if f"%({name})s" in template}
    )


def join_texts(parts: Sequence[str], between: str) -> TranslatableText:
    """Join texts that are each translated for themselves."""
    return TranslatableText(
        between.join(f"%(s{n})s" for n in range(len(parts))),
        **{f"s{n}": part for n, part in enumerate(parts)},
    )


def shorten_names(names: Sequence[str], limit: int = _MAX_NAMES) -> tuple[str, ...]:
    """Return at most `limit` names; what is over is counted in the last."""
    if len(names) <= limit:
        return tuple(names)
    more = TranslatableText(N_("%(count)s more"), count=len(names) - limit + 1)
    return (*names[: limit - 1], more)


def list_product_names(products: Iterable[Product], limit: int = _MAX_NAMES) -> tuple[str, ...]:
    """Return the names of products, at most `limit`."""
    return shorten_names(tuple(product.name for product in products), limit)


def cite_headline(ref: StoryRef, to_local_date: Callable[[datetime], date]) -> TranslatableText:
    """Return who told a story on which day, where the edition is read, and its headline."""
    return TranslatableText(
        N_("%(source)s on %(day)s: “%(title)s”."),
        source=ref.source,
        day=to_local_date(ref.published),
        title=truncate_text(ref.title, MAX_TITLE),
    )
