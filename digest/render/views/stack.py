"""The pages about the company's own stack: amounts and days written out.

Where a file says nothing, the view holds "" and the template prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.i18n import N_
from digest.model.edition import (
    MIN_BLIPS,
    HeatmapRow,
    ProductRow,
    PromiseLedger,
    Radar,
    Spend,
    StackView,
    StoryRef,
)
from digest.model.stack import Money, Product
from digest.render.views.agenda import AgendaPage, build_agenda_page, name_row
from digest.render.views.architecture import ArchitectureView, build_architecture
from digest.render.views.context import ViewContext
from digest.render.views.impacts import name_impacts_row
from digest.render.views.promises import VendorsPage
from digest.render.views.radar import RadarPage, build_radar_page
from digest.render.views.stack_figures import (
    PolicyView,
    StackFiguresView,
    build_figures_view,
    build_policy_view,
)
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import EVENTS, LABELS, SECTIONS, Localizer

# On paper:
_MIN_PAPER_BLIPS = 8
_MAX_NAMES = 8  # of vendors, in a sentence


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product of the stack and its quarter."""

    anchor: str  # the id of its row
    name: str
    category: str
    status: str  # where it is on trial or retiring
    owner: str
    users: str
    cost: str  # a year; "" where the file gives none
    end: str
    notice: str
    traits: tuple[str, ...]  # status, owner, users
    money: tuple[str, ...]  # cost, notice or end
    contribution: str
    ai: str
    overlaps: str
    news: tuple[tuple[str, tuple[StoryRefView, ...]], ...]  # kind of news, stories
    top: StoryRefView | None  # the story that a short table names
    event: str  # what happened in it, in a word
    rest: int  # how many others the medium prints
    rest_href: str  # the first of them in this briefing, "" where none stands in it
    promise: str  # how a promise of its maker stands, "" where none is on record
    promise_href: str  # where the briefing tells of it
    threats: str  # that AI threatens its field, where something says so; else ""
    threats_href: str  # the row that tells it
    silence: str  # where nothing happened: why
    verdict: str  # one word
    verdict_slug: str
    reason: str


@dataclass(frozen=True, slots=True)
class StackOverviewPage:
    """The stack and its quarter."""

    lead: str
    figures: tuple[tuple[str, str], ...]
    by_category: tuple[tuple[str, str], ...]
    products: tuple[ProductView, ...]  # every one
    total: str  # what the costs of the rows add up to
    total_note: str  # which products give none
    elsewhere: str  # what paper has no room for; "" where all stands
    deals: str  # whether one of ours was bought, closed or repriced, and who is not watched
    heat: tuple[tuple[HeatmapRow, int], ...]  # AI beside spend, and heat from 0 to 4
    compared: bool
    before: str


@dataclass(frozen=True, slots=True)
class StackPages:
    """All pages about the stack, with their names."""

    context: ViewContext
    names: Mapping[str, str]
    stack: StackOverviewPage
    ledger: PromiseLedger | None
    vendors: VendorsPage | None  # of the ledger
    radar: RadarPage | None
    agenda: AgendaPage | None
    figures: StackFiguresView | None
    architecture: ArchitectureView | None
    policy: PolicyView | None

    @property
    def today(self) -> date:
        """The day of the edition."""
        return self.context.edition.as_of.astimezone(self.context.words.zone).date()

    def ref(self, story: StoryRef) -> StoryRefView:
        """Return a reference for a template."""
        return build_ref(story, self.context)

    def fit_note(self, note: str, length: int) -> str:
        """Return a note in the edition's language, cut, for a template."""
        return self.context.fit_text(self.context.words.translate_note(note), length)


def build_stack_pages(
    context: ViewContext, reading_order: Sequence[str] = (), vendors: VendorsPage | None = None
) -> StackPages | None:
    """Build the pages; None where the company has no stack.yaml.

    `reading_order` are the ids of the stories that the medium prints; `vendors` is the page of
    promises, which is built before what points to it.
    """
    edition, brief = context.edition, context.options.brief
    if edition.stack is None:
        return None
    ledger, radar, agenda = edition.ledger, edition.radar, edition.agenda
    return StackPages(
        context=context,
        names={slug: context.words.translate(name) for slug, name in SECTIONS.items()},
        stack=_build_stack_page(edition.stack, context, reading_order, vendors),
        ledger=ledger if ledger and (ledger.lines or ledger.vendors) else None,
        vendors=vendors,
        radar=build_radar_page(radar, context)
        if radar and context.options.radar and _is_worth_drawing(radar, brief)
        else None,
        agenda=build_agenda_page(agenda, context) if agenda else None,
        figures=build_figures_view(edition.stack, context) if context.options.details else None,
        architecture=build_architecture(
            edition.stack,
            context,
            {
                line.product.name: name_row(line.product.name, context)
                for line in edition.stack.lines
            },
        )
        if context.options.details > 1
        else None,
        policy=build_policy_view(edition.stack, context),
    )


def _is_worth_drawing(radar: Radar, brief: bool) -> bool:
    """Return whether a radar says more than the stack's verdicts do.

    Paper has room for one that the team has placed blips on, or that is well filled.
    """
    least = _MIN_PAPER_BLIPS if brief and not any(blip.held for blip in radar.blips) else MIN_BLIPS
    return len(radar.blips) >= least


def _build_stack_page(
    stack: StackView,
    context: ViewContext,
    reading_order: Sequence[str],
    vendors: VendorsPage | None,
) -> StackOverviewPage:
    words, brief = context.words, context.options.brief
    products = tuple(_build_product(line, context, reading_order, vendors) for line in stack.lines)
    heat = [row for row in stack.heat if row.ai or row.ai_before]
    heat = [] if brief else heat  # where AI adds or threatens is told product by product
    peak = max((row.ai for row in heat), default=0)
    return StackOverviewPage(
        lead=_describe_stack(stack, words),
        figures=tuple(_iter_figures(stack.spend, words)),
        by_category=tuple(
            (words.translate_category(slug), words.format_money(money))
            for slug, money in stack.spend.by_category
        ),
        products=products,
        total=words.join_names(map(words.format_money, stack.spend.total)),
        total_note=words.translate(
            "without a cost in the stack file: %(names)s",
            names=words.join_names(stack.spend.without_cost),
        )
        if stack.spend.total and stack.spend.without_cost
        else "",
        elsewhere=_describe_left_to_the_web(context),
        deals=_describe_deals(stack, words, in_short=brief and bool(context.edition.deals)),
        heat=tuple((row, min(4, -(-4 * row.ai // peak)) if peak else 0) for row in heat),
        compared=any(row.stories_before is not None for row in heat),
        before=words.format_previous_quarter(context.edition.quarter),
    )


def _add_seats(product: Product, users: str, context: ViewContext) -> str:
    """Return the number of users; with the seats used where their table has no room."""
    usage, words = product.usage, context.words
    if context.options.details or not users or usage.used is None or usage.seats is None:
        return users
    text = N_("%(users)s; %(used)s of %(seats)s seats used")
    if usage.used > usage.seats:
        text = N_("%(users)s; %(used)s on %(seats)s seats")
    elif usage.used == product.users:
        text = N_("%(used)s of %(seats)s seats used")
    active = ""
    if usage.active is not None:
        active = words.format_number(usage.active)
        text = N_("%(used)s of %(seats)s seats, %(active)s active")
        if usage.used > usage.seats:
            text = N_("%(used)s on %(seats)s seats, %(active)s active")
    return words.translate(
        text,
        users=users,
        used=words.format_number(usage.used),
        seats=words.format_number(usage.seats),
        active=active,
    )


def _describe_left_to_the_web(context: ViewContext) -> str:
    """Say that paper has no room for the radar; "" where it has, or where there is none."""
    options, radar = context.options, context.edition.radar
    if radar and not options.radar and _is_worth_drawing(radar, options.brief):
        return context.words.translate(N_("The radar stands on the web page."))
    return ""


def _describe_stack(stack: StackView, words: Localizer) -> str:
    """Return the finding of the page: how many products, how many with news, where to act."""
    told = sum(line.happened is not None for line in stack.lines)
    sentence = words.translate_plural(
        "%(n)s product; %(told)s with news of this quarter.",
        "%(n)s products; %(told)s with news of this quarter.",
        len(stack.lines),
        told=words.format_number(told),
    )
    names = [line.product.name for line in stack.lines if line.verdict == "act"]
    if not names:
        return sentence
    return f"{sentence} " + words.translate("To act on: %(names)s.", names=words.join_names(names))


def _describe_deals(stack: StackView, words: Localizer, *, in_short: bool) -> str:
    """Say whether something of ours was bought, closed or repriced, and what nobody watches.

    `in_short`: only the latter, as the table of deals says the rest.
    """
    if in_short:
        parts = []
    elif stack.changed:
        parts = [
            words.translate(
                "A deal, closure or price change was told of the vendors of: %(names)s.",
                names=words.join_names(stack.changed),
            )
        ]
    elif stack.sources:
        parts = [
            words.translate_plural(
                "None of ours was bought, closed or repriced in what %(n)s source told.",
                "None of ours was bought, closed or repriced in what %(n)s sources told.",
                stack.sources,
            )
        ]
    else:
        parts = []
    if stack.breached and not in_short:
        names = words.join_names(stack.breached)
        parts.append(
            words.translate("A breach, weakness or outage was told of: %(names)s.", names=names)
        )
    elif stack.sources and not in_short:
        parts.append(words.translate("No breach or outage of theirs was found."))
    if len(stack.unwatched) > _MAX_NAMES and stack.sources:
        parts.append(
            words.translate(
                "%(count)s of our vendors have no source of their own here.",
                count=words.format_number(len(stack.unwatched)),
            )
        )
        parts += _weigh_unwatched(stack, words)
    elif stack.unwatched and stack.sources:
        parts.append(
            words.translate_plural(
                "%(names)s has no source of its own here: what it did may be missing.",
                "%(names)s have no source of their own here: what they did may be missing.",
                len(stack.unwatched),
                names=words.join_names(stack.unwatched),
            )
        )
        parts += _weigh_unwatched(stack, words)
    return " ".join(parts)


def _weigh_unwatched(stack: StackView, words: Localizer) -> Iterator[str]:
    """Yield what the products cost whose makers nobody watches; nothing where that is not known."""
    products = [line.product for line in stack.lines]
    costs = [one.cost for one in products if one.vendor_or_name in stack.unwatched and one.cost]
    currencies = {cost.currency for cost in costs}
    if len(currencies) == 1 and len(stack.spend.total) == 1:
        money = Money(sum(cost.amount for cost in costs), *currencies)
        yield words.translate(
            N_("They make %(money)s of the %(total)s a year."),
            money=words.format_money(money),
            total=words.format_money(stack.spend.total[0]),
        )


def _add_whole(share: str, whole: Money | None, words: Localizer) -> str:
    """Return a share with the sum that it is a part of."""
    if whole is None:
        return share
    return words.translate("%(part)s of %(whole)s", part=share, whole=words.format_money(whole))


def _iter_figures(spend: Spend, words: Localizer) -> Iterator[tuple[str, str]]:
    """Yield what technology costs; a figure that lacks a cost is called a minimum."""
    is_minimum = bool(spend.without_cost) or len(spend.total) > 1

    def format_at_least(figure: str) -> str:
        return words.translate("at least %(figure)s", figure=figure) if is_minimum else figure

    def format_share(share: float) -> str:
        return words.format_least_share(share) if is_minimum else words.format_share(share)

    if spend.total:
        total = words.join_names(map(words.format_money, spend.total))
        shown = format_at_least(total) if spend.without_cost else total
        yield words.translate("Technology, a year"), shown
    yield from _iter_shares(spend, words, format_at_least, format_share)
    if spend.clv:
        value = words.format_money(spend.clv)
        if spend.clv_to_cac is not None:
            value = words.translate(
                N_("%(value)s, %(times)s times the cost of winning a customer"),
                value=value,
                times=words.format_number(round(spend.clv_to_cac, 1)),
            )
        yield words.translate(N_("What a customer brings over its lifetime")), value
    if spend.without_cost and spend.total:
        names = words.join_names(spend.without_cost)
        yield words.translate("Without a cost in the stack file"), names


def _iter_shares(
    spend: Spend,
    words: Localizer,
    format_at_least: Callable[[str], str],
    format_share: Callable[[float], str],
) -> Iterator[tuple[str, str]]:
    """Yield what technology is of the budget and of what winning a customer costs.

    That cost is often the budget over the customers: then both shares are one fact, told once.
    """
    share, of_cac = (
        "" if part is None else format_share(part) for part in (spend.share, spend.share_of_cac)
    )
    is_same = share == of_cac != "" and bool(spend.budget and spend.cac)
    if share:
        label = words.translate("Share of the marketing budget")
        if is_same:
            label = words.translate(
                N_("Share of the marketing budget, and so of the cost of winning a customer")
            )
        yield label, _add_whole(share, spend.budget, words)
    if spend.per_customer is not None:
        cost = format_at_least(words.format_money(spend.per_customer))
        yield (
            words.translate("For each new customer"),
            _add_whole(cost, spend.cac, words) if is_same else cost,
        )
    if of_cac and not is_same:
        label = words.translate("Share of the cost of winning a customer")
        yield label, _add_whole(of_cac, spend.cac, words)


def _build_product(
    line: ProductRow,
    context: ViewContext,
    reading_order: Sequence[str],
    vendors: VendorsPage | None,
) -> ProductView:
    words, product = context.words, line.product
    status = words.translate_label(LABELS["status"], product.status or "")
    users = ""
    if product.users is not None:
        users = words.translate_plural("%(n)s user", "%(n)s users", product.users)
    rest, rest_href = _find_rest(line, context, reading_order)
    overlaps = words.join_names(line.overlaps)
    return ProductView(
        anchor=name_row(product.name, context),
        name=product.name,
        category=words.translate_category(product.categories[0]) if product.categories else "",
        status=status if product.status in ("trial", "retiring") else "",
        owner=product.owner,
        users=_add_seats(product, users, context),
        cost=words.format_money(product.cost) if product.cost is not None else "",
        end=words.format_short_date(product.contract_end),
        notice=words.format_short_date(line.notice_by),
        traits=tuple(filter(None, (status, product.owner, users))),
        money=tuple(_iter_terms(line, words)),
        contribution=product.contribution,
        ai=_describe_own_ai(product, words),
        overlaps=words.translate("Same category: %(names)s", names=overlaps) if overlaps else "",
        news=tuple(_iter_news(line, context)),
        top=_build_top(top, context) if (top := line.happened or line.partner) else None,
        event=_name_event(line, context),
        rest=rest,
        rest_href=rest_href,
        promise=_describe_promise(line.product, context.edition.ledger, words),
        promise_href=_find_promise(product, vendors),
        threats=_describe_threats(line, context),
        threats_href=f"#{name_impacts_row(product.name)}",
        silence=_describe_silence(line, words),
        verdict=words.translate_label(LABELS["verdicts"], line.verdict),
        verdict_slug=line.verdict,
        reason=words.translate_note(line.reason),
    )


def _find_promise(product: Product, vendors: VendorsPage | None) -> str:
    """Return the place of a product's maker among the promises; their page where it has none."""
    rows = vendors.rows if vendors else ()
    found = (row.anchor for row in rows if row.name == product.vendor_or_name)
    return f"#{next(found, 'ledger')}"


def _iter_terms(line: ProductRow, words: Localizer) -> Iterator[str]:
    """Yield what a product costs a year, and the next day of its contract."""
    if line.product.cost is not None:
        yield words.translate("%(money)s a year", money=words.format_money(line.product.cost))
    if line.notice_by:
        yield words.translate("notice by %(day)s", day=words.format_date(line.notice_by))
    elif line.ends:
        yield words.translate("contract to %(day)s", day=words.format_date(line.ends))


def _describe_own_ai(product: Product, words: Localizer) -> str:
    """Return what the file says of a product's own AI; "" where it says nothing."""
    said = product.ai
    if not said.used:
        return words.translate("not used") if said.used is not None else ""
    what = said.data or words.translate(N_("not recorded"))
    data = words.translate("its data: %(data)s", data=what)
    purpose = said.purpose or ("" if said.data else words.translate("used"))
    return "; ".join(filter(None, (purpose, data, said.quality)))


def _describe_threats(line: ProductRow, context: ViewContext) -> str:
    """Say that reports see AI threaten a product's field; the page on AI tells which."""
    impacts = context.edition.stack.impacts if context.edition.stack else ()
    number = sum(
        one.kind == "threatens" and not one.rival and one.product == line.product.name
        for one in impacts
    )
    if context.options.brief:
        number = min(number, 1)  # as many as the page on AI tells there
    return (
        context.words.translate_plural(
            "%(n)s report that AI could threaten its field",
            "%(n)s reports that AI could threaten its field",
            number,
        )
        if number
        else ""
    )


def _describe_silence(line: ProductRow, words: Localizer) -> str:
    """Return why nothing is told of a product; "" where something is."""
    if line.happened is not None:
        return ""
    if line.watched_by:
        return words.translate("Nothing found")
    return words.translate("Nothing found; it has no source of its own")


def _iter_news(
    line: ProductRow, context: ViewContext
) -> Iterator[tuple[str, tuple[StoryRefView, ...]]]:
    """Yield the kinds of news that a product has, with their stories."""
    words = context.words
    kinds = (
        (words.translate("The product"), line.news),
        (words.translate("Its maker"), line.vendor_news),
        (words.translate("Deals and health"), line.health),
        (words.translate("Others launched"), line.rivals),
    )
    for kind, found in kinds:
        if found:
            yield kind, tuple(build_ref(story, context) for story in found)


def _find_rest(
    line: ProductRow, context: ViewContext, reading_order: Sequence[str]
) -> tuple[int, str]:
    """Return how many stories of a product are printed beside the one that its row names.

    With them comes the place of the first that is read; "" where none stands in this briefing.
    """
    top_id = line.happened.id if line.happened else ""
    rest = [one for one in line.stories if one != top_id and context.find_place(one)]
    first = next((one for one in (*reading_order, *rest) if one in rest), "")
    return len(rest), context.find_place(first)


def _build_top(story: StoryRef, context: ViewContext) -> StoryRefView:
    """Build the reference of the story that heads a row; it points to where the story stands."""
    view = build_ref(story, context, 100 if context.options.brief else 160)
    place = context.find_place(story.id)
    return replace(view, href=place) if place else view


def _describe_promise(product: Product, ledger: PromiseLedger | None, words: Localizer) -> str:
    """Say in a clause how the promises of a product's maker stand, the one due first if several."""
    vendor = product.vendor_or_name.casefold()
    rows = (
        [row for row in ledger.lines if row.promise.vendor.casefold() == vendor] if ledger else []
    )
    if not rows:
        return ""
    rows.sort(key=lambda row: (row.promise.by is None, row.promise.by or date.max))
    first = rows[0]
    standing = words.translate_label(LABELS["standings"], first.standing)
    day = words.format_short_date(first.promise.by)
    said = words.translate("Promise: %(standing)s", standing=standing.lower())
    if day:
        said = words.translate(
            "Promise for %(day)s: %(standing)s", day=day, standing=standing.lower()
        )
    more = len(rows) - 1
    if more:
        said += "; " + words.translate_plural("%(n)s more", "%(n)s more", more)
    return said


# What is news of law and binds nobody but, at most, who says it.
_UNDECIDED: Mapping[str, str] = {
    "pledge": N_("Commitment"),
    "pending": N_("Pending case"),
    "advice": N_("Advice"),
}


def _name_event(line: ProductRow, context: ViewContext) -> str:
    """Return what happened in a word, and whether it happened to the maker alone."""
    words, story = context.words, line.happened
    if story is None:
        return words.translate(N_("Nothing found for it; a partner’s:")) if line.partner else ""
    event = words.translate_label(EVENTS, story.event or "")
    kind = next((rule.kind for rule in context.edition.rules if rule.story.id == story.id), "")
    if kind in _UNDECIDED:
        event = words.translate(_UNDECIDED[kind])
    if not line.of_maker:
        return event
    if not event:
        return words.translate("Its maker")
    return words.translate("%(event)s of its maker", event=event)
