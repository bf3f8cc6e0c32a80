"""The table of AI claims, and where AI adds to the stack or threatens it, as they are printed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from digest.i18n import N_
from digest.model.edition import AiImpact, Claim, Sentence, StackView
from digest.model.stack import Product
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, SECTIONS, Localizer, sanitize_language_tag

_MAX_CLAIMS, _MAX_STUDIES, _MAX_BARE = 7, 4, 8  # on paper
_MAX_IMPACTS = 10  # on paper; where there are more, one of a kind and product
_MAX_HEAT = 8  # categories in a sentence
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
    point: str  # of the test, that the quote answers; "" where it says what the thing does
    products: str  # of the stack


@dataclass(frozen=True, slots=True)
class StudyView:
    """What a study measured."""

    story: StoryRefView
    measured_by: str
    sample: str  # a number and its unit
    quote: QuoteView | None


@dataclass(frozen=True, slots=True)
class ImpactView:
    """A story that says what AI does to a product."""

    kind: str
    label: str
    story: StoryRefView
    quote: QuoteView | None


@dataclass(frozen=True, slots=True)
class ProductImpacts:
    """What AI does to a product of the stack."""

    product: str
    category: str
    own_ai: str  # whether the company uses the product's
    impacts: tuple[ImpactView, ...]


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The table of AI claims, as it is printed."""

    name: str  # of the section
    finding: str
    columns: tuple[str, ...]
    claims: tuple[ClaimView, ...]
    bare: tuple[tuple[str, StoryRefView], ...]  # claims without any words that say more
    studies: tuple[StudyView, ...]
    more: str  # how many stand in the HTML alone
    impacts: tuple[ProductImpacts, ...]  # of the products of which something was found
    heat: str  # how many stories of each category tell of AI
    untouched: str  # products of which nothing was found


def build_claims_page(context: ViewContext) -> ClaimsPage | None:
    """Build the page; None where there is nothing to show."""
    edition, words, brief = context.edition, context.words, context.options.brief
    products = [claim for claim in edition.claims if not claim.study]
    studies = [claim for claim in edition.claims if claim.study]
    if not edition.claims:
        return None
    # A row of dashes says nothing: a line holds them all.
    bare = [claim for claim in products if not (claim.points or claim.quote)]
    told = [claim for claim in products if claim not in bare]
    shown = told[: _MAX_CLAIMS if brief else None]
    shown_studies = studies[: _MAX_STUDIES if brief else None]
    shown_bare = bare[: _MAX_BARE if brief else None]
    quoted: set[str] = set()
    claims = tuple(_build_row(claim, context, quoted) for claim in shown)
    return ClaimsPage(
        name=words.translate_label(SECTIONS, "ai-watch"),
        finding=_describe_claims(products, context),
        columns=tuple(words.translate(name) for _, name in POINT_COLUMNS),
        claims=claims,
        bare=tuple((claim.subject, build_ref(claim.story, context, 90)) for claim in shown_bare),
        studies=tuple(_build_study(claim, context, quoted) for claim in shown_studies),
        more=_describe_rest(
            len(products) - len(shown) - len(shown_bare),
            len(studies) - len(shown_studies),
            words,
        ),
        impacts=tuple(_iter_products(edition.stack, context, quoted if brief else ()))
        if edition.stack
        else (),
        heat=_describe_heat(edition.stack, words) if edition.stack else "",
        untouched=_describe_untouched(edition.stack, words) if edition.stack else "",
    )


def _describe_rest(claims: int, studies: int, words: Localizer) -> str:
    """Say how many claims and how many studies stand in the HTML edition alone."""
    parts = []
    if claims:
        parts.append(words.translate_plural("%(n)s more claim", "%(n)s more claims", claims))
    if studies:
        parts.append(words.translate_plural("%(n)s more study", "%(n)s more studies", studies))
    if not parts:
        return ""
    return words.translate("In the HTML edition alone: %(what)s.", what=words.join_names(parts))


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

    quote = _build_quote(claim.quote, claim.story.language, context, quoted)
    kind = next((kind for kind, point in claim.points.items() if point == claim.quote), "")
    return ClaimView(
        subject=context.fit_text(claim.subject, 40),
        story=build_ref(claim.story, context, 100),
        cells=tuple(fill_cell(kind) for kind, _ in POINT_COLUMNS),
        quote=quote,
        point=words.translate(dict(POINT_COLUMNS)[kind]) if quote and kind else "",
        products=words.join_names(claim.products),
    )


def _build_study(claim: Claim, context: ViewContext, quoted: set[str]) -> StudyView:
    return StudyView(
        story=build_ref(claim.story, context, 140),
        measured_by=context.fit_text(claim.measured_by, 40),
        sample=context.fit_text(claim.data_size, 60),
        quote=_build_quote(claim.quote, claim.story.language, context, quoted),
    )


def _build_quote(
    quote: Sentence | None, language: str, context: ViewContext, quoted: set[str]
) -> QuoteView | None:
    """Return a quote; None where there is none or the page has it already."""
    if quote is None or quote.text in quoted:
        return None
    quoted.add(quote.text)
    text = context.fit_text(quote.text, len(quote.text))  # whole
    if not text:
        return None
    source = context.fit_text(quote.source, 50)
    return QuoteView(text, sanitize_language_tag(language), source, to_safe_href(quote.url))


def _iter_products(
    stack: StackView, context: ViewContext, told: Collection[str]
) -> Iterator[ProductImpacts]:
    """Yield what AI does to each product of the stack of which something was found.

    `told` are sentences that stand on the page already.
    """
    words = context.words
    found: dict[str, list[AiImpact]] = {}
    is_full = context.options.brief and len(stack.impacts) > _MAX_IMPACTS
    for impact in stack.impacts:
        rows = found.setdefault(impact.product, [])
        if not (is_full and any(row.kind == impact.kind for row in rows)):
            rows.append(impact)
    ours = {
        name for line in stack.lines for name in (line.product.name, line.product.vendor_or_name)
    }
    for line in stack.lines:
        product, quoted = line.product, set(told)
        if product.name not in found:
            continue
        slug = next(iter(product.categories), "")
        yield ProductImpacts(
            product=product.name,
            category=words.translate_category(slug) if slug else "",
            own_ai=_describe_own_ai(product, words) if product.ai.used is not None else "",
            impacts=tuple(
                _build_impact(impact, context, quoted, ours) for impact in found[product.name]
            ),
        )


def _describe_heat(stack: StackView, words: Localizer) -> str:
    """Say for the categories of the stack with most AI how many of their stories tell of it."""
    used = {slug for line in stack.lines for slug in line.product.categories}
    rows = [row for row in stack.heat if row.ai and row.category in used][:_MAX_HEAT]
    if not rows:
        return ""
    parts = [
        words.translate(
            "%(category)s %(ai)s of %(all)s",
            category=words.translate_category(row.category),
            ai=words.format_number(row.ai),
            all=words.format_number(row.stories),
        )
        for row in rows
    ]
    return words.translate("Stories with AI by category: %(counts)s.", counts="; ".join(parts))


def _describe_untouched(stack: StackView, words: Localizer) -> str:
    """Say of which products nothing was found, and of which own AI the stack file says nothing."""
    touched = {impact.product for impact in stack.impacts}
    quiet = [line.product for line in stack.lines if line.product.name not in touched]
    sentences = []
    names = [
        product.name
        if product.ai.used is None
        else words.translate(
            "%(product)s (its own AI: %(used)s)",
            product=product.name,
            used=_describe_own_ai(product, words),
        )
        for product in quiet
    ]
    if names:
        text = N_("Nothing was found that adds to or threatens %(names)s.")
        sentences.append(words.translate(text, names=words.join_names(names)))
    products = [line.product for line in stack.lines]
    silent = [product.name for product in products if product.ai.used is None]
    if silent and len(silent) == len(products):
        text = N_("Whether the AI of these products is used, the stack file does not say.")
        sentences.append(words.translate(text))
    elif silent:
        known = [product.name for product in products if product.ai.used is not None]
        text = N_("The stack file says only of %(names)s whether its own AI is used.")
        sentences.append(words.translate(text, names=words.join_names(known)))
    return " ".join(sentences)


def _describe_own_ai(product: Product, words: Localizer) -> str:
    """Say whether the company uses the AI of a product, and what for, as the stack file says."""
    said = product.ai
    if not said.used:
        return words.translate("not used")
    return (
        words.translate("used: %(what)s", what=said.purpose)
        if said.purpose
        else words.translate("used")
    )


def _build_impact(
    impact: AiImpact, context: ViewContext, quoted: set[str], ours: Collection[str]
) -> ImpactView:
    words = context.words
    label = words.translate_label(LABELS["impacts"], impact.kind)
    if rival := context.fit_text(impact.rival, 40):
        text = N_("AI of your %(name)s:") if rival in ours else N_("AI of its rival %(name)s:")
        label = words.translate(text, name=rival)
    return ImpactView(
        impact.kind,
        label,
        build_ref(impact.story, context, 100),
        _build_quote(impact.quote, impact.story.language, context, quoted),
    )
