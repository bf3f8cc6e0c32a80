"""The table of AI claims, and where AI adds to the stack or threatens it, as they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.i18n import N_
from digest.model.edition import AiImpact, Claim, Sentence, StackView
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, SECTIONS, Localizer, sanitize_language_tag

_MAX_CLAIMS, _MAX_STUDIES, _MAX_BARE = 7, 2, 3  # on paper
_MAX_QUOTE_LENGTH = 190  # characters, on paper
_MAX_IMPACTS = 10  # on paper
POINT_COLUMNS: tuple[tuple[str, str], ...] = (  # of the table: point of the test, heading
    ("data", N_("Data")),
    ("method", N_("Method")),
    ("availability", N_("To be had")),
    ("customer", N_("Customer")),
    ("result", N_("Result")),
    ("difference", N_("Difference")),
    ("speaker", N_("Who says so")),
)


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Words of a source; `text` is "" where there are none or the fonts lack their letters."""

    text: str
    lang: str
    source: str
    href: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A row of the table."""

    subject: str
    story: StoryRefView
    cells: tuple[str, ...]  # one for each column: a word, "✓" or "–"
    quote: QuoteView | None
    products: str  # of the stack


@dataclass(frozen=True, slots=True)
class ImpactView:
    """A story that says what AI does to a product."""

    kind: str
    label: str
    story: StoryRefView
    quote: QuoteView | None


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The table of AI claims, as it is printed."""

    name: str  # of the section
    finding: str
    columns: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    bare: tuple[tuple[str, StoryRefView], ...]  # claims of others that answer no point
    studies: tuple[ClaimView, ...]
    more: str  # how many stand in the HTML alone
    impacts: tuple[tuple[str, tuple[ImpactView, ...]], ...]  # product, its stories
    impacts_note: str  # where the company has a stack and nothing was found


def build_claims_page(context: ViewContext) -> ClaimsPage | None:
    """Build the page; None where there is nothing to show."""
    edition, words, brief = context.edition, context.words, context.options.brief
    products = [claim for claim in edition.claims if not claim.study]
    studies = [claim for claim in edition.claims if claim.study]
    if not edition.claims:
        return None
    # A row of dashes says something of a product of ours alone; of others, a line does.
    bare = [claim for claim in products if not (claim.points or claim.products)]
    products_shown = [claim for claim in products if claim not in bare]
    shown = products_shown[: _MAX_CLAIMS if brief else None]
    shown_studies = studies[: _MAX_STUDIES if brief else None]
    shown_bare = bare[: _MAX_BARE if brief else None]
    hidden = len(edition.claims) - len(shown) - len(shown_studies) - len(shown_bare)
    quoted: set[str] = set()
    claims = tuple(_build_row(claim, context, quoted) for claim in shown)
    study_rows = tuple(_build_row(claim, context, quoted) for claim in shown_studies)
    impacts = edition.stack.impacts[: _MAX_IMPACTS if brief else None] if edition.stack else ()
    return ClaimsPage(
        name=words.translate_label(SECTIONS, "ai-watch"),
        finding=_describe_claims(products, context),
        columns=tuple(words.translate(name) for _, name in POINT_COLUMNS),
        claims=claims,
        bare=tuple((claim.subject, build_ref(claim.story, context, 90)) for claim in shown_bare),
        studies=study_rows,
        more=words.translate_plural(
            "%(n)s more claim or study stands in the HTML edition.",
            "%(n)s more claims and studies stand in the HTML edition.",
            hidden,
        )
        if hidden
        else "",
        impacts=tuple(_group_impacts(impacts, context, quoted)),
        impacts_note=_describe_untouched(edition.stack, words) if edition.stack else "",
    )


def _describe_untouched(stack: StackView, words: Localizer) -> str:
    """Say of which products no story tells that AI adds to them or threatens them."""
    touched = {impact.product for impact in stack.impacts}
    names = [line.product.name for line in stack.lines if line.product.name not in touched]
    if not touched:
        return words.translate("No story says that AI adds to a product of yours or threatens one.")
    if not names:
        return ""
    return words.translate(
        "Nothing of the kind was found of: %(names)s.", names=words.join_names(names)
    )


def _describe_claims(claims: list[Claim], context: ViewContext) -> str:
    """Return in a sentence how many claims come with a result, data or a customer."""
    proven = sum(bool(claim.points.keys() & {"data", "customer", "result"}) for claim in claims)
    words = context.words
    if not claims:
        return ""
    return words.translate_plural(
        "In what was read, %(proven)s of %(n)s claim gives data, a customer or a result.",
        "In what was read, %(proven)s of %(n)s claims give data, a customer or a result.",
        len(claims),
        proven=words.format_number(proven),
    )


def _build_row(claim: Claim, context: ViewContext, quoted: set[str]) -> ClaimView:
    words = context.words

    def fill_cell(kind: str) -> str:
        if kind == "availability" and claim.availability:
            return words.translate_label(LABELS["availability"], claim.availability)
        if kind == "speaker":
            return words.translate_label(LABELS["speaker"], claim.speaker) if claim.speaker else "–"
        if kind == "data" and claim.data_size:
            return context.fit_text(claim.data_size, 40) or "✓"
        return "✓" if kind in claim.points and kind != "availability" else "–"

    return ClaimView(
        subject=context.fit_text(claim.subject, 40),
        story=build_ref(claim.story, context, 100),
        cells=tuple(fill_cell(kind) for kind, _ in POINT_COLUMNS),
        quote=_build_quote(claim.quote, claim.story.language, context, quoted),
        products=words.join_names(claim.products),
    )


def _build_quote(
    quote: Sentence | None, language: str, context: ViewContext, quoted: set[str]
) -> QuoteView | None:
    """Return a quote; None where there is none or the page has it already."""
    if quote is None or quote.text in quoted:
        return None
    quoted.add(quote.text)
    length = _MAX_QUOTE_LENGTH if context.options.brief else len(quote.text)
    text = context.fit_text(quote.text, length)
    if not text:
        return None
    source = context.fit_text(quote.source, 50)
    return QuoteView(text, sanitize_language_tag(language), source, to_safe_href(quote.url))


def _group_impacts(
    impacts: Iterable[AiImpact], context: ViewContext, quoted: set[str]
) -> Iterable[tuple[str, tuple[ImpactView, ...]]]:
    groups: dict[str, list[ImpactView]] = {}
    for impact in impacts:
        groups.setdefault(impact.product, []).append(
            ImpactView(
                impact.kind,
                context.words.translate_label(LABELS["impacts"], impact.kind),
                build_ref(impact.story, context, 100),
                _build_quote(impact.quote, impact.story.language, context, quoted),
            )
        )
    return ((name, tuple(rows)) for name, rows in groups.items())
