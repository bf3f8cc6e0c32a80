"""The register of the quarter, as it is printed.

The page shows all rows; the paper those that the briefing tells and names nowhere, the best that
two pages hold, one line each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.model.edition import RegisterRow
from digest.model.tags import Ai
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import mark_language
from digest.render.words import (
    EVENTS,
    LABELS,
    SECTIONS,
    Localizer,
    get_text_direction,
    sanitize_language_tag,
)

# Points on paper: of two pages without the section's heading and notes, of a line, of a heading.
_PAGE_ROOM, _LINE, _HEADING = 680.0, 12.0, 18.0
_IN_USE: tuple[Ai, ...] = ("core", "applied")
_MAX_TITLE = 300  # characters; the paper cuts at the end of the line


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A story in one line; what is not sure is ""."""

    story: str  # its id
    subject: str  # "" where the headline names it
    vendor: str
    headline: str
    lang: str
    dir: str
    foreign: str  # `IT` where the headline is in another language than the edition, else ""
    href: str  # of its source
    told: str  # its place in this briefing, as #id; "" where it is not told
    category: str
    category_slug: str
    event: str
    event_slug: str
    ai: str
    ai_slug: str
    has_ai: bool
    is_new: bool
    source: str
    day: str
    iso_day: str


@dataclass(frozen=True, slots=True)
class RegisterGroup:
    """The new products, or the stories of a category."""

    name: str
    lines: tuple[RegisterLine, ...]


@dataclass(frozen=True, slots=True)
class RegisterChoice:
    """A value that the filter offers."""

    slug: str
    label: str
    lines: int


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The register of the quarter, as it is printed."""

    name: str  # of the section
    lead: str  # what is left out here, else ""
    groups: tuple[RegisterGroup, ...]
    more: str  # how many stand in the HTML only; "" where all are here
    filters: Mapping[str, tuple[RegisterChoice, ...]]

    @property
    def lines(self) -> tuple[RegisterLine, ...]:
        """The lines of all groups."""
        return tuple(line for group in self.groups for line in group.lines)


def build_register_page(context: ViewContext) -> RegisterPage | None:
    """Build the page; None where there is nothing to show."""
    rows, words = context.edition.register, context.words
    if not rows:
        return None
    alone = [row for row in rows if not context.find_place(row.story)]
    kept = _choose_best(alone, context.options.register_pages) if context.options.brief else rows
    if not kept:
        return None  # paper without room for a line: the categories count what they leave out
    groups: dict[str, list[RegisterLine]] = {}
    for row in kept:
        name = words.translate("New products") if row.new_product else _name_category(row, words)
        groups.setdefault(name, []).append(_build_line(row, context))
    built = tuple(RegisterGroup(name, tuple(lines)) for name, lines in groups.items())
    dropped = len(alone) - len(kept)
    unnamed = sum(row.new_product for row in alone) - sum(row.new_product for row in kept)
    return RegisterPage(
        name=words.translate_label(SECTIONS, "register"),
        lead=words.translate("What stands above is not repeated here.")
        if context.options.brief and kept
        else "",
        groups=built,
        more=words.translate_plural(
            "%(n)s more stands in the HTML edition and in register.xlsx.",
            "%(n)s more stand in the HTML edition and in register.xlsx.",
            dropped,
        )
        + (f" {_count_unnamed(unnamed, words)}" if unnamed > 0 else "")
        if context.options.brief and dropped > 0
        else "",
        filters=_build_filters([line for group in built for line in group.lines]),
    )


def _count_unnamed(number: int, words: Localizer) -> str:
    return words.translate_plural(
        "%(n)s of them is a new product.", "%(n)s of them are new products.", number
    )


def _choose_best(rows: Sequence[RegisterRow], pages: float) -> list[RegisterRow]:
    """Return new products and as many of the best rows as so many pages hold, in their order."""
    chosen: set[str] = set()
    groups: set[str | None] = set()
    for row in sorted(rows, key=lambda row: (not row.new_product, row.rank, row.story)):
        group = "" if row.new_product else row.category or "none"
        if _LINE * (len(chosen) + 1) + _HEADING * len(groups | {group}) > _PAGE_ROOM * pages:
            break
        chosen.add(row.story)
        groups.add(group)
    return [row for row in rows if row.story in chosen]


def _name_category(row: RegisterRow, words: Localizer) -> str:
    return words.translate_category(row.category) if row.category else words.translate("Other")


def _build_line(row: RegisterRow, context: ViewContext) -> RegisterLine:
    words = context.words
    headline = context.fit_text(row.headline, _MAX_TITLE)
    lang = sanitize_language_tag(row.language) if headline else words.language
    subject = context.fit_text(row.subject, 60)
    return RegisterLine(
        story=row.story,
        subject="" if subject.casefold() in headline.casefold() else subject,
        vendor=context.fit_text(row.vendor, 60),
        headline=headline or words.translate("A report in a script that the paper lacks"),
        lang=lang,
        dir=get_text_direction(lang),
        foreign=mark_language(lang, words),
        href=to_safe_href(row.url),
        told=f"#{row.story}" if row.story in context.printed_ids else "",
        category=_name_category(row, words),
        category_slug=row.category or "none",
        event=words.translate_label(EVENTS, row.event) if row.event else "",
        event_slug=row.event or "",
        ai=words.translate_label(LABELS["ai"], row.ai) if row.ai else "",
        ai_slug=row.ai or "",
        has_ai=row.ai in _IN_USE,
        is_new=row.new_product,
        source=context.fit_text(row.source, 60),
        day=context.format_story_day(row.published),
        iso_day=row.published.astimezone(words.zone).date().isoformat(),
    )


def _build_filters(lines: Sequence[RegisterLine]) -> Mapping[str, tuple[RegisterChoice, ...]]:
    """Return for each field of the filter the values that lines have, by label."""
    fields = {
        "category": [(line.category, line.category_slug) for line in lines],
        "event": [(line.event, line.event_slug) for line in lines if line.event_slug],
        "ai": [(line.ai, line.ai_slug) for line in lines if line.ai_slug],
    }
    return {
        field: tuple(
            RegisterChoice(slug, label, number)
            for (label, slug), number in sorted(Counter(values).items())
        )
        for field, values in fields.items()
    }
