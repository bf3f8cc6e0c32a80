"""Where AI adds to the stack or threatens it, by product and by use, as it is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.i18n import N_
from digest.model.edition import (
    AI_USES,
    AiFunction,
    AiImpact,
    AiKind,
    AiUseRow,
    MarketSaturation,
    StackView,
    StoryRef,
)
from digest.model.stack import Product
from digest.render.views.context import ViewContext
from digest.render.views.quotes import QuoteView, build_quote
from digest.render.views.story import StoryRefView, build_ref
from digest.render.views.themes import capitalize
from digest.render.words import LABELS, Localizer
from digest.text import slugify

_MAX_IMPACTS = 16  # on paper; where there are more, one of a kind and product
_MAX_TITLE, _SHORT_TITLE = 100, 62  # characters of a headline
_MAX_ARRIVED = 4  # of a use, on paper


@dataclass(frozen=True, slots=True)
class ImpactView:
    """A story that says what AI does to a product."""

    kind: str
    label: str
    what: str  # what the AI does, and its kind
    story: StoryRefView
    title: str  # of the story, "" where the label says it
    quote: QuoteView | None
    place: str  # where its words stand already; "" where they stand here or nowhere
    against: tuple[QuoteView, ...]  # what others say


@dataclass(frozen=True, slots=True)
class ProductImpacts:
    """What AI does to a product of the stack."""

    anchor: str  # the id of its row
    product: str
    does: str  # what it contributes, as the stack file says
    own_ai: str  # whether the company uses the product's; on paper "" where the file is silent
    impacts: tuple[ImpactView, ...]  # what AI adds or changes, then what threatens
    at_stake: str  # what it contributes, where AI could threaten its field; else ""
    silence: str  # that nothing was found, where nothing was


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """An AI that was brought out for a use."""

    name: str
    function: str
    href: str


@dataclass(frozen=True, slots=True)
class UseView:
    """A use of AI: what of ours serves it, and what came for it."""

    name: str
    ours: tuple[tuple[str, bool], ...]  # products, and whether their own AI is in use for it
    arrived: tuple[ArrivalView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ImpactsView:
    """Where AI adds to the stack or threatens it."""

    kinds: str  # of how many kinds the AI is
    products: tuple[ProductImpacts, ...]  # of which something was found, or whose AI is used
    untouched: str  # those of which nothing was
    uses: tuple[UseView, ...]
    quiet: str  # the uses for which nothing came
    saturation: str
    stories: tuple[StoryRefView, ...]  # of the saturation; on paper its page says them


def name_impacts_row(product: str) -> str:
    """Return the id of a product's row."""
    return f"impacts-{slugify(product)}"


def build_impacts_view(
    stack: StackView, context: ViewContext, told: Mapping[str, str]
) -> ImpactsView:
    """Build the view; `told` says where the page of claims has a sentence already."""
    words = context.words
    shown = [use for use in stack.uses if use.arrived or use.used]
    if context.options.details < 2:
        shown = []
    saturation = context.edition.saturation
    found = _group_by_product(stack, context)
    return ImpactsView(
        kinds=_count_kinds([one for rows in found.values() for one in rows], words),
        products=tuple(_iter_products(stack, found, context, told)),
        untouched=_describe_untouched(stack, context),
        uses=tuple(_build_use(row, context) for row in shown),
        quiet=_describe_quiet(stack.uses, words) if shown else "",
        saturation=_describe_saturation(saturation, words) if saturation else "",
        stories=tuple(
            build_ref(ref, context, 60)
            for ref in (() if context.options.brief else _list_counted(saturation))
        ),
    )


def _count_kinds(impacts: Sequence[AiImpact], words: Localizer) -> str:
    """Say of which kinds the AI is, and of how much of it that is not told.

    What no report calls AI is not counted.
    """
    impacts = [one for one in impacts if one.is_ai]
    kinds = Counter(one.ai_kind for one in impacts if one.ai_kind)
    told = [
        f"{words.translate_label(LABELS['ai_kinds'], kind)} {words.format_number(number)}"
        for kind, number in kinds.most_common()
    ]
    if not told:
        return ""
    if unknown := len(impacts) - kinds.total():
        told.append(words.translate(N_("not told %(n)s"), n=words.format_number(unknown)))
    return words.translate(N_("The AI by kind: %(kinds)s."), kinds=", ".join(told))


_OF_MAKER: Mapping[str, str] = {
    "tells": N_("Nothing found for it; its maker’s AI:"),
    "elsewhere": N_("Nothing found for it; its maker’s AI elsewhere:"),
}


def _iter_products(
    stack: StackView,
    found: Mapping[str, Sequence[AiImpact]],
    context: ViewContext,
    told: Mapping[str, str],
) -> Iterator[ProductImpacts]:
    """Yield what AI does to each product of which something was found: `found`, by product.

    The page has a line for one whose own AI is used, too: the table of the stack says so on paper.
    """
    words = context.words
    ours = {
        name for line in stack.lines for name in (line.product.name, line.product.vendor_or_name)
    }
    for line in stack.lines:
        product, quoted = line.product, set[str]()
        if product.name in found or (product.ai.used and not context.options.brief):
            does = product.contribution.rstrip(".")
            rows = found.get(product.name, ())
            impacts = _say_it_is_of_the_maker(
                [_build_impact(impact, context, told, quoted, ours) for impact in rows], words
            )
            # What a rival brings beside it threatens nothing by itself.
            is_threatened = any(one.kind == "threatens" and not one.rival for one in rows)
            yield ProductImpacts(
                anchor=name_impacts_row(product.name),
                product=product.name,
                does="" if is_threatened else does,
                at_stake=does if is_threatened else "",
                own_ai=""
                if context.options.brief and product.ai.used is None  # the agenda names them
                else capitalize(_describe_own_ai(product, words)),
                impacts=impacts,
                silence="" if rows else _describe_silence(product, stack, words),
            )


def _group_by_product(stack: StackView, context: ViewContext) -> dict[str, list[AiImpact]]:
    """Return what the medium tells of each product."""
    found: dict[str, list[AiImpact]] = {}
    is_full = len(stack.impacts) > _MAX_IMPACTS
    for impact in stack.impacts:
        rows = found.get(impact.product, [])
        is_crowded = is_full or (context.options.concise and bool(impact.rival))
        if not context.options.brief or _is_on_paper(impact, rows, is_full=is_crowded):
            found[impact.product] = [*rows, impact]
    return found


def _is_on_paper(impact: AiImpact, rows: Sequence[AiImpact], *, is_full: bool) -> bool:
    """Return whether paper has room for an impact beside those of the same product.

    What a maker brings out elsewhere is told where nothing else is, and that a field could be
    threatened is said by one report. `is_full`: there are so many that one of a kind is enough.
    """
    alike = [row for row in rows if row.kind == impact.kind]
    is_repeated = impact.kind == "threatens" and not all(row.rival for row in (*alike, impact))
    is_crowded = is_full or (is_repeated and not impact.rival)
    is_minor = impact.kind == "elsewhere" and bool(rows)
    return not is_minor and not (is_crowded and alike)


def _say_it_is_of_the_maker(
    impacts: Sequence[ImpactView], words: Localizer
) -> tuple[ImpactView, ...]:
    """Return what was found; where all of it is about the maker, say that nothing else was."""
    if not impacts or any(one.kind not in _OF_MAKER for one in impacts):
        return tuple(impacts)
    first, *rest = impacts
    return replace(first, label=words.translate(_OF_MAKER[first.kind])), *rest


def _build_impact(
    impact: AiImpact,
    context: ViewContext,
    told: Mapping[str, str],
    quoted: set[str],
    ours: Collection[str],
) -> ImpactView:
    words = context.words
    label = words.translate_label(LABELS["impacts"], impact.kind)
    if (rival := context.fit_text(impact.rival, 40)) and impact.kind == "threatens":
        text = (
            N_("AI of %(name)s, a maker of ours, too:")
            if rival in ours
            else N_("AI of its rival %(name)s:")
        )
        label = words.translate(text, name=rival)
    language = impact.story.language
    place = told.get(impact.quote.text, "") if impact.quote else ""
    quote = None if place else build_quote(impact.quote, language, context, quoted)
    if not (quote or place) and impact.story.id in context.printed_ids:
        place = f"#{impact.story.id}"  # what it tells is told there
    elif not (quote or place):
        quote = build_quote(context.find_sentence(impact.story.id), language, context, quoted)
    story = build_ref(impact.story, context, _SHORT_TITLE if place else _MAX_TITLE, marks=True)
    against = (build_quote(one, language, context, quoted) for one in impact.against)
    return ImpactView(
        impact.kind,
        label,
        describe_ai(impact.function, impact.ai_kind, words)
        if impact.function or impact.ai_kind
        else "",
        story,
        "" if quote and _names_rival_alone(impact) else story.title,
        quote,
        place,
        tuple(one for one in against if one),
    )


def _names_rival_alone(impact: AiImpact) -> bool:
    """Return whether the label of an impact says with whom its headline begins."""
    is_labelled = impact.kind == "threatens" and bool(impact.rival)
    return is_labelled and impact.story.title.startswith(impact.rival)


def describe_ai(function: AiFunction | None, kind: AiKind | None, words: Localizer) -> str:
    """Say what an AI does and of which kind it is, as far as the words of its story say."""
    parts = []
    if function:
        parts.append(words.translate_label(LABELS["ai_functions"], function))
    if kind:
        parts.append(words.translate_label(LABELS["ai_kinds"], kind))
    return " · ".join(parts) or words.translate("what it does is not said")


def _describe_untouched(stack: StackView, context: ViewContext) -> str:
    """Say of which products nothing was found; on the page a used one has its own line."""
    words, brief = context.words, context.options.brief
    touched = {impact.product for impact in stack.impacts}
    quiet = [
        line.product
        for line in stack.lines
        if line.product.name not in touched and (brief or not line.product.ai.used)
    ]
    if not quiet:
        return ""
    text = N_("Nothing was found that adds to or threatens %(names)s.")
    names = (
        words.translate(N_("%(name)s (its own AI is used)"), name=product.name)
        if product.ai.used
        else product.name
        for product in quiet
    )
    said = words.translate(text, names=words.join_names(names))
    unread = [one.name for one in quiet if one.vendor_or_name in stack.unwatched]
    if not unread or not stack.sources:
        return said
    unwatched = words.translate_plural(
        "%(names)s has no source of its own here.",
        "%(names)s have no source of their own here.",
        len(unread),
        names=words.join_names(unread),
    )
    return f"{said} {unwatched}"


def _describe_silence(product: Product, stack: StackView, words: Localizer) -> str:
    """Say that nothing was found of what AI does to a product, and whether anybody looked."""
    if stack.sources and product.vendor_or_name in stack.unwatched:
        return words.translate(
            N_("Nothing was found that adds to it or threatens it; it has no source of its own.")
        )
    return words.translate("Nothing was found that adds to it or threatens it.")


def _describe_own_ai(product: Product, words: Localizer) -> str:
    """Say whether the company uses the AI of a product, and what for, as the stack file says."""
    said = product.ai
    if said.used is None:
        return words.translate("whether its own AI is used, the stack file does not say")
    if not said.used:
        return words.translate("its own AI is not used")
    if said.purpose:
        return words.translate("its own AI is used: %(what)s", what=said.purpose)
    return words.translate("its own AI is used")


def _build_use(row: AiUseRow, context: ViewContext) -> UseView:
    words = context.words
    shown = row.arrived[: _MAX_ARRIVED if context.options.brief else None]
    ours = dict.fromkeys((*row.products, *row.used))
    return UseView(
        name=words.translate_label(LABELS["ai_uses"], row.use),
        ours=tuple((name, name in row.used) for name in ours),
        arrived=tuple(
            ArrivalView(
                name=context.fit_text(one.name, 40),
                function=words.translate_label(LABELS["ai_functions"], one.function),
                href=context.find_place(one.story.id) or build_ref(one.story, context).href,
            )
            for one in shown
        ),
        more=len(row.arrived) - len(shown),
    )


def _describe_quiet(rows: Iterable[AiUseRow], words: Localizer) -> str:
    """Say for which uses nothing came, and what of ours serves them."""
    known = {row.use: row for row in rows}
    names = []
    for use in AI_USES:
        row = known.get(use)
        if row and (row.arrived or row.used):
            continue
        label = words.translate_label(LABELS["ai_uses"], use)
        name = label[:1].lower() + label[1:]
        names.append(f"{name} ({words.join_names(row.products)})" if row else name)
    if not names:
        return ""
    return words.translate("No new AI was found for %(names)s.", names=words.join_names(names))


def _describe_saturation(market: MarketSaturation, words: Localizer) -> str:
    """Say in a sentence how much money went into the market, and what came and went."""
    parts = []
    if market.rounds:
        rounds = words.translate_plural(
            "%(n)s funding round found", "%(n)s funding rounds found", len(market.rounds)
        )
        if market.raised:
            sums = words.join_names(words.format_large_money(money) for money in market.raised)
            rounds = words.translate("%(rounds)s of %(sums)s in all", rounds=rounds, sums=sums)
            if unpriced := len(market.rounds) - market.priced:
                rounds = words.translate(
                    "%(rounds)s (%(n)s without a sum)", rounds=rounds, n=unpriced
                )
        parts.append(rounds)
    counts = (
        (market.newcomers, N_("%(n)s new product"), N_("%(n)s new products")),
        (market.closures, N_("%(n)s vendor closed"), N_("%(n)s vendors closed")),
        (market.withdrawals, N_("%(n)s withdrawal"), N_("%(n)s withdrawals")),
    )
    parts += [words.translate_plural(one, many, len(refs)) for refs, one, many in counts if refs]
    if not market.closures:
        parts.append(words.translate("no vendor closed"))
    return words.translate("How crowded the market is: %(parts)s.", parts=", ".join(parts))


def _list_counted(market: MarketSaturation | None) -> tuple[StoryRef, ...]:
    """Return the stories of money and of ends: those of new products stand in the register."""
    return (*market.rounds, *market.closures, *market.withdrawals) if market else ()
