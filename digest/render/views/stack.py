"""The pages about the company's own stack: amounts and days written out.

Where a file says nothing, the view holds "" and the template prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.i18n import TranslatableText
from digest.model.edition import (
    Agenda,
    HeatmapRow,
    ProductRow,
    PromiseLedger,
    Spend,
    StackView,
    StoryRef,
)
from digest.render.views.context import ViewContext
from digest.render.views.radar import RadarPage, build_radar_page
from digest.render.views.refs import StoryRefView, build_ref
from digest.render.words import LABELS, SECTIONS, Localizer
from digest.urls import is_web_url

# On paper:
_MAX_HEAT_ROWS = 10
_MAX_VENDORS_ASKED = 5
_MAX_QUESTIONS = 2  # to each vendor
_MAX_PROPOSALS = 3  # with the rules and what is carried over, the agenda is one page
_MAX_RULES = 3


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product of the stack and its quarter."""

    name: str
    category: str
    traits: tuple[str, ...]  # status, owner, users
    money: tuple[str, ...]  # cost, notice or end
    contribution: str
    ai: str
    overlaps: str
    news: tuple[tuple[str, tuple[StoryRefView, ...]], ...]  # kind of news, stories
    top: StoryRefView | None  # the story that a short table names
    rest: int  # how many others there are


@dataclass(frozen=True, slots=True)
class HeatView:
    """A category: AI in its stories beside what it costs."""

    category: str
    now: str
    before: str
    launches: str
    spend: str
    products: str
    heat: int


@dataclass(frozen=True, slots=True)
class StackOverviewPage:
    """The stack and its quarter."""

    lead: str
    figures: tuple[tuple[str, str], ...]
    by_category: tuple[tuple[str, str], ...]
    products: tuple[ProductView, ...]
    quiet: str  # the products without news, in one line
    heat: tuple[HeatView, ...]
    compared: bool
    before: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise and how it stands."""

    vendor: str
    what: str
    href: str
    promised: str
    by: str
    standing: str
    slug: str
    seen: tuple[StoryRefView, ...]
    matched: str


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Promises, and questions to each vendor."""

    lines: tuple[PromiseView, ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step proposed or decided; `owner` and `due` may be empty, for a pen."""

    what: StoryRefView | None
    text: str
    step: str
    owner: str
    due: str
    since: str


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """The agenda of the review."""

    parts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]  # name, points, questions
    carried: tuple[StepView, ...]
    proposals: tuple[StepView, ...]
    rules: tuple[tuple[StoryRefView, str, str], ...]  # rule, from when, products


@dataclass(frozen=True, slots=True)
class StackPages:
    """All pages about the stack, with their names."""

    names: Mapping[str, str]
    stack: StackOverviewPage
    ledger: LedgerPage | None
    radar: RadarPage | None
    agenda: AgendaPage | None

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """The pages that the first page's contents list: slug and name."""
        listed = ("stack", "radar", "agenda")  # the ledger is a part of the stack's pages
        return tuple((slug, self.names[slug]) for slug in listed if getattr(self, slug))


def build_stack_pages(context: ViewContext) -> StackPages | None:
    """Build the pages; None where the company has no stack.yaml."""
    edition = context.edition
    if edition.stack is None:
        return None
    ledger, radar, agenda = edition.ledger, edition.radar, edition.agenda
    return StackPages(
        names={slug: context.words.translate(name) for slug, name in SECTIONS.items()},
        stack=_build_stack_page(edition.stack, context),
        ledger=_build_ledger_page(ledger, context)
        if ledger and (ledger.lines or ledger.questions)
        else None,
        radar=build_radar_page(radar, context) if radar and radar.blips else None,
        agenda=_build_agenda_page(agenda, context) if agenda else None,
    )


def _build_refs(stories: Iterable[StoryRef], context: ViewContext) -> tuple[StoryRefView, ...]:
    return tuple(build_ref(story, context) for story in stories)


def _build_stack_page(stack: StackView, context: ViewContext) -> StackOverviewPage:
    words, brief = context.words, context.options.brief
    products = [_build_product(line, context) for line in stack.lines]
    loud = [product for product in products if product.top]
    quiet = [product.name for product in products if not product.top]
    heat = [row for row in stack.heat if row.ai or row.ai_before]
    heat = heat[: _MAX_HEAT_ROWS if brief else None]
    peak = max((row.ai for row in heat), default=0)
    return StackOverviewPage(
        lead=words.translate_plural(
            "%(n)s product; %(loud)s of them in the news of this quarter.",
            "%(n)s products; %(loud)s of them in the news of this quarter.",
            len(stack.lines),
            loud=words.format_number(len(loud)),
        ),
        figures=tuple(_iter_figures(stack.spend, words)),
        by_category=tuple(
            (words.translate_category(slug), words.format_money(money))
            for slug, money in stack.spend.by_category
        ),
        products=tuple(loud),
        quiet=words.translate("Nothing was read of: %(names)s.", names=words.join_names(quiet))
        if quiet
        else "",
        heat=tuple(_build_heat(row, peak, words) for row in heat),
        compared=any(row.stories_before is not None for row in heat),
        before=words.format_previous_quarter(context.edition.quarter),
    )


def _iter_figures(spend: Spend, words: Localizer) -> Iterator[tuple[str, str]]:
    """Yield what technology costs; a figure that lacks a cost is called a minimum."""
    is_minimum = bool(spend.without_cost) or len(spend.total) > 1

    def format_at_least(figure: str) -> str:
        return words.translate("at least %(figure)s", figure=figure) if is_minimum else figure

    if spend.total:
        total = words.join_names(map(words.format_money, spend.total))
        shown = format_at_least(total) if spend.without_cost else total
        yield words.translate("Technology, a year"), shown
    if spend.share is not None:
        share = format_at_least(words.format_share(spend.share))
        yield words.translate("Share of the marketing budget"), share
    if spend.per_customer is not None:
        cost = format_at_least(words.format_money(spend.per_customer))
        yield words.translate("For each new customer"), cost
    if spend.share_of_cac is not None:
        share = format_at_least(words.format_share(spend.share_of_cac))
        yield words.translate("Share of the cost of winning a customer"), share
    if spend.without_cost and spend.total:
        names = words.join_names(spend.without_cost)
        yield words.translate("Without a cost in the stack file"), names


def _build_product(line: ProductRow, context: ViewContext) -> ProductView:
    words, product = context.words, line.product
    users = ""
    if product.users is not None:
        users = words.translate_plural("%(n)s user", "%(n)s users", product.users)
    kinds = (
        (words.translate("The product"), line.news),
        (words.translate("Its maker"), line.vendor_news),
        (words.translate("Deals and health"), line.health),
        (words.translate("Others launched"), line.rivals),
    )
    own = [*line.health, *line.news, *line.vendor_news]
    top = [*own, *line.rivals][:1]
    traits = (words.translate_label(LABELS["status"], product.status or ""), product.owner, users)
    overlaps = words.join_names(line.overlaps)
    return ProductView(
        name=product.name,
        category=words.translate_category(product.categories[0]) if product.categories else "",
        traits=tuple(filter(None, traits)),
        money=tuple(_iter_terms(line, words)),
        contribution=product.contribution,
        ai=_describe_ai(line, words),
        overlaps=words.translate("Same category: %(names)s", names=overlaps) if overlaps else "",
        news=tuple((kind, _build_refs(found, context)) for kind, found in kinds if found),
        top=build_ref(top[0], context, 80) if top else None,
        rest=max(0, len(own) - 1),
    )


def _iter_terms(line: ProductRow, words: Localizer) -> Iterator[str]:
    if line.product.cost is not None:
        money = words.format_money(line.product.cost)
        yield words.translate("%(money)s a year", money=money)
    if line.notice_by:
        yield words.translate("notice by %(day)s", day=words.format_date(line.notice_by))
    elif line.ends:
        yield words.translate("contract to %(day)s", day=words.format_date(line.ends))


def _describe_ai(line: ProductRow, words: Localizer) -> str:
    ai = line.product.ai
    if ai.used is None:
        return ""
    if not ai.used:
        return words.translate("not used")
    data = words.translate("on: %(data)s", data=ai.data) if ai.data else ""
    return "; ".join(filter(None, (ai.purpose, data, ai.quality))) or words.translate("used")


def _build_heat(row: HeatmapRow, peak: int, words: Localizer) -> HeatView:
    def format_ratio(part: int | None, whole: int | None) -> str:
        if part is None or whole is None:
            return ""
        return words.translate(
            "%(part)s of %(whole)s",
            part=words.format_number(part),
            whole=words.format_number(whole),
        )

    return HeatView(
        category=words.translate_category(row.category),
        now=format_ratio(row.ai, row.stories),
        before=format_ratio(row.ai_before, row.stories_before),
        launches=words.format_number(row.ai_launches),
        spend=words.join_names(map(words.format_money, row.spend)),
        products=words.join_names(row.products) or words.translate("nothing"),
        heat=min(4, -(-4 * row.ai // peak)) if peak else 0,
    )


def _build_ledger_page(ledger: PromiseLedger, context: ViewContext) -> LedgerPage:
    words, brief = context.words, context.options.brief
    vendors = ledger.questions[: _MAX_VENDORS_ASKED if brief else None]
    return LedgerPage(
        lines=tuple(
            PromiseView(
                vendor=line.promise.vendor,
                what=line.promise.what,
                href=line.promise.source if is_web_url(line.promise.source) else "",
                promised=words.format_date(line.promise.promised),
                by=words.format_date(line.promise.by),
                standing=words.translate_label(LABELS["standings"], line.standing),
                slug=line.standing.replace(" ", "-"),
                seen=_build_refs(line.seen, context),
                matched=words.join_names(line.matched),
            )
            for line in ledger.lines
        ),
        questions=tuple(
            (
                asked.vendor,
                _format_notes(asked.questions[: _MAX_QUESTIONS if brief else None], 260, context),
            )
            for asked in vendors
        ),
    )


def _format_notes(
    notes: Iterable[TranslatableText], length: int, context: ViewContext
) -> tuple[str, ...]:
    return tuple(context.fit_text(context.words.translate_note(note), length) for note in notes)


def _build_agenda_page(agenda: Agenda, context: ViewContext) -> AgendaPage:
    words, brief = context.words, context.options.brief
    return AgendaPage(
        parts=tuple(
            (
                words.translate_label(LABELS["agenda"], part.slug),
                _format_notes(part.points, 240, context),
                _format_notes(part.questions, 240, context),
            )
            for part in agenda.parts
        ),
        carried=tuple(
            StepView(
                what=None,
                text=decision.what,
                step=words.translate_label(LABELS["steps"], decision.step) if decision.step else "",
                owner=decision.owner,
                due=words.format_date(decision.due),
                since=words.format_quarter(decision.quarter),
            )
            for decision in agenda.carried
        ),
        proposals=tuple(
            StepView(
                what=build_ref(proposal.story, context),
                text=words.translate_note(proposal.reason),
                step=words.translate_label(LABELS["steps"], proposal.step),
                owner=proposal.owner,
                due=words.format_date(proposal.due),
                since="",
            )
            for proposal in agenda.proposals[: _MAX_PROPOSALS if brief else None]
        ),
        rules=tuple(
            (
                build_ref(rule.story, context),
                context.fit_text(rule.effective, 60),
                words.join_names(rule.products),
            )
            for rule in agenda.rules[: _MAX_RULES if brief else None]
        ),
    )
