"""A page for each vendor of the company's stack, which tells it through all editions.

It is made of the edition.json files there are. All of their text may come from outside: it is
cleaned here and escaped by the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from digest.period import PeriodKind
from digest.render.html import build_csp, build_web_style
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views.context import to_safe_href
from digest.render.words import (
    EVENTS,
    LABELS,
    Localizer,
    get_text_direction,
    load_localizer,
    sanitize_language_tag,
)
from digest.text import clean_text, slugify, truncate_text

_MAX_TITLE, _MAX_TEXT = 200, 1200  # characters


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a vendor or a product of it on one day."""

    day: str
    act: str
    product: str
    title: str
    lang: str
    href: str
    source: str
    before: str  # what an earlier edition told of the same product

    @property
    def dir(self) -> str:
        """How the title is written: `rtl` or `ltr`."""
        return get_text_direction(self.lang)


@dataclass(frozen=True, slots=True)
class QuarterSteps:
    """What one edition told and listed of a vendor, the latest first."""

    name: str
    href: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PromiseHistory:
    """A promise, and how it stood in each edition, the latest first."""

    what: str
    href: str
    said: str
    standings: tuple[tuple[str, str], ...]  # edition, standing


@dataclass(frozen=True, slots=True)
class AskedQuestionView:
    """A question and what became of it, by the newest edition."""

    text: str
    asked: str
    answer: str  # "" where there is none
    source: str
    href: str


@dataclass(slots=True)
class VendorPage:
    """All that the editions hold of one vendor."""

    name: str
    products: tuple[str, ...] = ()
    quarters: list[QuarterSteps] = field(default_factory=list)
    promises: dict[str, PromiseHistory] = field(default_factory=dict)
    asked: tuple[AskedQuestionView, ...] | None = None


@dataclass(frozen=True, slots=True)
class VendorLink:
    """A link to a vendor's page, as the index shows it."""

    name: str
    href: str
    count: int  # of steps


def build_vendor_pages(
    editions: Sequence[tuple[str, Mapping[str, Any]]], words: Localizer
) -> dict[str, VendorPage]:
    """Return the pages by the vendor's slug, in the order of names.

    `editions` are folders and data. Vendors are those of the ledgers; an edition without a stack
    has none.
    """
    newest = sorted(editions, key=lambda one: (one[1]["start"], one[0]), reverse=True)
    pages: dict[str, VendorPage] = {}
    for _, data in newest:
        for row in _list_rows(data):
            name = clean_text(str(row["vendor"]))
            page = pages.setdefault(slugify(name), VendorPage(name))
            page.products = page.products or tuple(map(clean_text, row.get("products", ())))
            _add_promises(page, row, data, words)
            if page.asked is None:
                page.asked = tuple(_iter_asked(row, words))
    for folder, data in newest:
        for page in pages.values():
            steps = tuple(_iter_steps(page.name, folder, data, words))
            if steps:
                name = words.format_quarter(clean_text(data["quarter"]))
                page.quarters.append(QuarterSteps(name, f"../{folder}/digest.html", steps))
    return dict(sorted(pages.items(), key=lambda item: (item[1].name.casefold(), item[0])))


def list_links(pages: Mapping[str, VendorPage], folder: str) -> tuple[VendorLink, ...]:
    """Return the links of an index that stands beside the folder of the pages."""
    return tuple(
        VendorLink(page.name, f"{folder}/{slug}.html", sum(len(one.steps) for one in page.quarters))
        for slug, page in pages.items()
    )


def render_vendor_pages(
    pages: Mapping[str, VendorPage],
    title: str,
    organisation: str,
    language: str,
    theme: DocumentTheme = DEFAULT_THEME,
    period: PeriodKind = "quarter",
) -> Mapping[str, bytes]:
    """Render the pages, which link to `../index.html`. Returns them by the name of their file.

    `period` is what editions are of.
    """
    words = load_localizer(language, period=period)
    style = build_web_style(theme, thai=words.language == "th")
    template = get_environment(words, theme).get_template("pages/vendor.html")
    return {
        f"{slug}.html": template.render(
            lang=words.language,
            title=clean_text(title),
            organisation=clean_text(organisation),
            page=page,
            products=words.join_names(name for name in page.products if name != page.name),
            policy=build_csp(style, ""),
            style=Markup(style),  # noqa: S704 - a file of the product
        ).encode("utf-8", "replace")
        for slug, page in pages.items()
    }


def _list_rows(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    ledger = data.get("ledger")
    rows = ledger.get("vendors", ()) if isinstance(ledger, Mapping) else ()
    return [row for row in rows if isinstance(row, Mapping) and row.get("vendor")]


def _iter_steps(
    vendor: str, folder: str, data: Mapping[str, Any], words: Localizer
) -> Iterator[Step]:
    local = load_localizer(words.language, str(data.get("zone", "UTC")))
    threads = {
        story["id"]: story["thread"]
        for section in data["sections"]
        for story in (*section["stories"], *section.get("briefs", ()))
        if story.get("thread")
    }
    rows = [row for row in data.get("register", ()) if _is_of(row, vendor)]
    for row in sorted(rows, key=lambda one: (one["published"], one["story"]), reverse=True):
        lang = sanitize_language_tag(clean_text(row["language"]))
        subject = clean_text(row["subject"])
        yield Step(
            day=local.format_day(datetime.fromisoformat(row["published"])),
            act=_name_act(row, words),
            product="" if subject.casefold() == vendor.casefold() else subject,
            title=truncate_text(clean_text(row["headline"] or row["title"]), _MAX_TITLE),
            lang=lang,
            href=f"../{folder}/digest.html#{clean_text(row['story'])}"
            if row["told"]
            else to_safe_href(row["url"]),
            source=truncate_text(clean_text(row["source"]), 60),
            before=_describe_before(threads.get(row["story"]), words),
        )


def _is_of(row: Mapping[str, Any], vendor: str) -> bool:
    names = (row.get("vendor", ""), *row.get("parties", ()))
    return vendor.casefold() in (str(name).casefold() for name in names)


def _name_act(row: Mapping[str, Any], words: Localizer) -> str:
    if act := row.get("act"):
        return words.translate_label(LABELS["acts"], act)
    return words.translate_label(EVENTS, row["event"]) if row.get("event") else ""


def _describe_before(thread: Mapping[str, Any] | None, words: Localizer) -> str:
    if not thread:
        return ""
    return words.translate(
        "seen before in %(quarter)s as “%(title)s”",
        quarter=words.format_quarter(clean_text(thread["edition"])),
        title=truncate_text(clean_text(thread["title"]), _MAX_TITLE),
    )


def _add_promises(
    page: VendorPage, row: Mapping[str, Any], data: Mapping[str, Any], words: Localizer
) -> None:
    quarter = words.format_quarter(clean_text(data["quarter"]))
    for promised in row.get("promised", ()):
        promise = promised["promise"]
        what = truncate_text(clean_text(promise["what"]), _MAX_TEXT)
        standing = words.translate_label(LABELS["standings"], promised["standing"])
        known = page.promises.get(what)
        said = known.said if known else _describe_said(promise, words)
        page.promises[what] = PromiseHistory(
            what,
            known.href if known else to_safe_href(promise.get("source", "")),
            said,
            (*(known.standings if known else ()), (quarter, standing)),
        )


def _describe_said(promise: Mapping[str, Any], words: Localizer) -> str:
    said = []
    for name, text in (("promised", "said %(day)s"), ("by", "by %(day)s")):
        if promise.get(name):
            day = date.fromisoformat(promise[name])
            said.append(words.translate(text, day=words.format_date(day)))
    return ", ".join(said)


def _iter_asked(row: Mapping[str, Any], words: Localizer) -> Iterator[AskedQuestionView]:
    for one in row.get("asked", ()):
        answer = one.get("answer") or {}
        source = clean_text(str(answer.get("source", "")))
        day = words.format_date(date.fromisoformat(answer["on"])) if answer else ""
        href = to_safe_href(source)
        yield AskedQuestionView(
            text=truncate_text(clean_text(one["text"]), _MAX_TEXT),
            asked=words.format_date(date.fromisoformat(one["asked"])),
            answer=truncate_text(clean_text(str(answer.get("text", ""))), _MAX_TEXT),
            source=", ".join(filter(None, (day, "" if href else source))),
            href=href,
        )
