"""Print the rows of the lists: a row again only where it changed, and none that a browser has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from jinja2 import Template
from markupsafe import Markup

from digest.review.desk import StoryRow


@dataclass(frozen=True, slots=True)
class RowMarks:
    """What stands in a row beside its story: who opened it, looks at it or looks after it, and
    the page of the PDF that it begins on, 0 for none."""

    is_opened: bool
    assigned: str
    looking: tuple[str, ...]
    page: int


class RowPrinter:
    """Prints rows by a template, and keeps each as it was printed last."""

    def __init__(self, template: Template) -> None:
        self._template = template
        # story, whether it is printed in full → what the row was made of, its print, the row
        self._known: dict[tuple[str, bool], tuple[tuple[StoryRow, RowMarks], str, Markup]] = {}

    def print_row(self, row: StoryRow, marks: RowMarks, held: Collection[str] = ()) -> Markup:
        """Return a row; where `held`, the prints that the browser has, holds it, only its place."""
        key, made_of = (row.id, row.story is not None), (row, marks)
        known = self._known.get(key)
        if known is None or known[0] != made_of:
            text = self._template.render(row=row, marks=marks)
            stamp = sha256(text.encode()).hexdigest()[:10]
            named = Markup(text.replace("<li ", f'<li data-print="{stamp}" ', 1))  # noqa: S704 - of the template
            known = self._known[key] = made_of, stamp, named
        _, stamp, text = known
        return Markup('<li data-kept="{}"></li>').format(stamp) if stamp in held else text
