"""What each vendor of the stack promised, shipped and must be asked, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.edition import PromiseLedger, PromiseRow, VendorRow
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.quotes import QuoteView
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, sanitize_language_tag

_MAX_VENDORS = 10  # on paper
_MAX_ROWS_OF_MANY = 6  # where there are more vendors
_MAX_QUESTIONS, _MAX_ANNOUNCED = 2, 1  # of a vendor, on paper
_MAX_QUESTIONS_OF_MANY = 2  # where paper has not room for all vendors
_MAX_TITLE, _MAX_NAME, _MAX_QUESTION = 70, 46, 230  # characters, on paper


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise of the stack file, and how it stands."""

    what: str
    href: str
    said: str  # when, and by when
    standing: str
    slug: str
    seen: tuple[StoryRefView, ...]
    matched: str


@dataclass(frozen=True, slots=True)
class VendorView:
    """A vendor of the stack in a row."""

    name: str
    products: str
    cost: str
    promised: tuple[PromiseView, ...]
    announced: tuple[tuple[QuoteView, StoryRefView], ...]
    shipped: tuple[StoryRefView, ...]  # for products of ours
    elsewhere: tuple[StoryRefView, ...]  # at their maker
    silence: str  # where nothing was found that it shipped
    questions: tuple[str, ...]

    @property
    def is_silent(self) -> bool:
        """Whether it promised nothing and nothing was found that it shipped."""
        return not (self.promised or self.announced or self.shipped or self.elsewhere)


@dataclass(frozen=True, slots=True)
class VendorsPage:
    """The rows of the page, the dearest vendor first, and who has none on paper."""

    rows: tuple[VendorView, ...]
    silent: str  # of whom nothing is on record and nothing was found
    more: str  # who stands in the HTML edition alone


def build_vendors_page(ledger: PromiseLedger, context: ViewContext) -> VendorsPage:
    """Return the page.

    Paper that has not room for all vendors has rows for the dearest of whom there is something to
    tell, and names the others.
    """
    words, rows = context.words, ledger.vendors
    if not context.options.brief or len(rows) <= _MAX_VENDORS:
        return VendorsPage(tuple(_build_vendor(row, context) for row in rows), "", "")
    told = [row for row in rows if row.promised or row.announced or row.shipped]
    shown = told[:_MAX_ROWS_OF_MANY]
    silent = words.join_names(row.vendor for row in rows if row not in told)
    more = words.join_names(row.vendor for row in told if row not in shown)
    return VendorsPage(
        tuple(_build_vendor(row, context, _MAX_QUESTIONS_OF_MANY) for row in shown),
        words.translate(
            "No promise on record, nothing found that was shipped: %(names)s. Ask each what AI "
            "comes, from when and on which data.",
            names=silent,
        )
        if silent
        else "",
        words.translate("In the HTML edition alone: %(what)s.", what=more) if more else "",
    )


def _build_vendor(row: VendorRow, context: ViewContext, limit: int = _MAX_QUESTIONS) -> VendorView:
    words, brief = context.words, context.options.brief
    ours = [one for one in row.shipped if one.id in row.ours]
    length = _MAX_NAME if brief else 160
    silence = ""
    if not row.shipped:
        silence = words.translate("Nothing found")
        if not row.watched:
            silence = words.translate("Nothing found; no source watches it")
    elif not row.with_ai:
        silence = words.translate("Nothing with AI found")
    elif not ours:
        silence = words.translate("Nothing found")
    return VendorView(
        name=row.vendor,
        products=words.join_names(name for name in row.products if name != row.vendor),
        cost=words.join_names(map(words.format_money, row.cost)),
        promised=tuple(_build_promise(one, context) for one in row.promised),
        announced=tuple(
            (
                QuoteView(
                    context.fit_text(one.quote.text, len(one.quote.text)),
                    sanitize_language_tag(one.story.language),
                    context.fit_text(one.quote.source, 50),
                    to_safe_href(one.quote.url),
                ),
                build_ref(one.story, context, _MAX_TITLE),
            )
            for one in row.announced[: _MAX_ANNOUNCED if brief else None]
        ),
        shipped=tuple(build_ref(one, context, length, marks=True) for one in ours),
        elsewhere=tuple(
            build_ref(one, context, length, marks=True)
            for one in row.shipped
            if one.id not in row.ours
        ),
        silence=silence,
        questions=tuple(
            context.fit_text(words.translate_note(question), _MAX_QUESTION)
            for question in row.questions[: limit if brief else None]
        ),
    )


def _build_promise(row: PromiseRow, context: ViewContext) -> PromiseView:
    words, promise = context.words, row.promise
    today = context.edition.as_of.astimezone(words.zone).date()
    said = []
    if promise.promised:
        said.append(words.translate("said %(day)s", day=words.format_date(promise.promised)))
    standing = words.translate_label(LABELS["standings"], row.standing)
    unwatched = row.standing == "unwatched"
    if promise.by and promise.by < today and unwatched:
        # Nobody is late of whom nothing is read.
        standing = words.translate(
            "was due on %(day)s; no source of %(vendor)s is read: ask",
            day=words.format_date(promise.by),
            vendor=promise.vendor,
        )
    elif promise.by:
        said.append(words.translate("by %(day)s", day=words.format_date(promise.by)))
    return PromiseView(
        what=promise.what,
        href=to_safe_href(promise.source),
        said=", ".join(said),
        standing=standing,
        slug=row.standing.replace(" ", "-"),
        seen=tuple(build_ref(one, context, _MAX_TITLE, marks=True) for one in row.seen),
        matched=words.join_names(row.matched),
    )
