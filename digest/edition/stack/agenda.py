"""The agenda of the quarterly review with the technology lead.

It has four parts, each of points that are known and items to decide, decisions carried over,
proposed steps and rules. Every item is made from the archive or the team's files and says what to
decide, why now, who and until when; where a file says nothing, that is the item. What page one
asks is not asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from digest.edition.quarter import QuarterView
from digest.edition.rules import find_affected_products
from digest.edition.stack.basis import MAX_ITEMS, NO_BASIS, AgendaBasis
from digest.edition.stack.contracts import list_contracts
from digest.edition.stack.duties import find_duty
from digest.edition.stack.gaps import list_gap_items
from digest.edition.stack.goals import list_strategy_items
from digest.edition.stack.open_items import list_open_items
from digest.edition.stack.questions import ask_about_story
from digest.edition.stack.radar import CHANGE_EVENTS, assign_ring
from digest.edition.stack.usage import list_usage_items
from digest.edition.story_dates import quote_effective_date
from digest.i18n import N_, Share, TranslatableText
from digest.model.decisions import Step, TeamDecision
from digest.model.edition import (
    MIN_BLIPS,
    Agenda,
    AgendaSection,
    ProposedStep,
    Radar,
    RuleRow,
    Spend,
    StackView,
)
from digest.model.stack import OUR_RELATIONS, RINGS, Money, Product
from digest.model.story import Story
from digest.text import is_issue_title

_MAX_POINTS, _MAX_RULES = 4, 20
_MAX_PROPOSALS = 6
_MAX_COSTS = 3  # products whose cost of a user is told
_MAX_OF_PRODUCT = 2  # proposed steps that touch the same products
_STEP_REASONS: Mapping[Step, str] = {
    "act": N_("It is ours and its terms change"),
    "try": N_("It can be had, and it says how it works"),
    "ask": N_("It is in our field, with questions open"),
    "watch": N_("Nothing to ask yet"),
    "ignore": N_("Nothing of ours is touched, and it only claims"),
}


def build_agenda(
    quarter: QuarterView,
    view: StackView,
    radar: Radar,
    carried: Sequence[TeamDecision] = (),
    basis: AgendaBasis = NO_BASIS,
    closed: Sequence[TeamDecision] = (),
) -> Agenda:
    """Return the agenda. `carried` are decisions of earlier editions that are still open, `closed`
    those that were closed since the edition before.

    `basis` is what other parts of the briefing found. Steps are proposed for the briefing's
    stories, those with a tie to the stack first.
    """
    rules = [story for story in quarter.stories if story.tags.event == "regulation"]
    rows = tuple(
        RuleRow(
            quarter.make_ref(story),
            quote_effective_date(story),
            find_affected_products(quarter, story),
            find_duty(story),
        )
        for story in rules[:_MAX_RULES]
    )
    strategy, usage = list_strategy_items(quarter, basis), list_usage_items(quarter)
    gaps = list_gap_items(quarter, basis)
    room = MAX_ITEMS - len(strategy) - len(usage) - len(gaps)
    points = tuple(_describe_usage(quarter, view.spend))[:_MAX_POINTS]
    return Agenda(
        parts=(
            AgendaSection("strategy", tuple(_describe_radar(radar)), strategy),
            AgendaSection("usage", points, usage),
            AgendaSection("gaps", (), gaps),
            AgendaSection("open", (), list_open_items(quarter, rows, basis, room)),
        ),
        proposals=tuple(
            _propose_step(story, quarter) for story in _select_for_steps(quarter)[:_MAX_PROPOSALS]
        ),
        carried=tuple(carried),
        rules=rows,
        contracts=list_contracts(quarter.stack.products, quarter.today),
        closed=tuple(closed),
    )


def _describe_radar(radar: Radar) -> Iterable[TranslatableText]:
    """Yield what moved nearer on a radar that is drawn; of a smaller one what it holds."""
    if len(radar.blips) < MIN_BLIPS:
        yield _describe_small_radar(radar)
    names = tuple(blip.name for blip in radar.blips if blip.moved == "in")
    if len(radar.blips) >= MIN_BLIPS and names:
        text = N_("Nearer on the radar than in the edition before: %(names)s")
        yield TranslatableText(text, names=names)


def _describe_small_radar(radar: Radar) -> TranslatableText:
    """Return in a line what a radar holds that is too small to be drawn."""
    names = tuple(
        f"{blip.name} ({ring})" for ring in RINGS for blip in radar.blips if blip.ring == ring
    )
    if not names:
        text = N_("No radar: for no vendor there are two independent reasons to place it")
        return TranslatableText(text)
    text = N_("No radar is drawn; two independent reasons place only %(names)s")
    return TranslatableText(text, names=names)


def _describe_usage(quarter: QuarterView, spend: Spend) -> Iterable[TranslatableText]:
    """Yield what technology costs, against budget, customers and users."""
    yield from _describe_spend(spend)
    products = [
        product
        for product in quarter.stack.products
        if product.cost and product.cost.amount and product.users
    ]
    products.sort(key=lambda one: (-_get_cost_per_user(one).amount, one.name))
    if products:
        names = tuple(
            TranslatableText(
                N_("%(product)s %(money)s"), product=product.name, money=_get_cost_per_user(product)
            )
            for product in products[:_MAX_COSTS]
        )
        yield TranslatableText(N_("The highest cost for a user and year: %(names)s"), names=names)


def _get_cost_per_user(product: Product) -> Money:
    assert product.cost
    assert product.users
    return Money(round(product.cost.amount / product.users), product.cost.currency)


def _describe_spend(spend: Spend) -> Iterable[TranslatableText]:
    is_part = bool(spend.without_cost) or len(spend.total) > 1
    if spend.total and spend.without_cost:
        yield TranslatableText(
            N_("Technology costs at least %(total)s a year, without %(names)s"),
            total=spend.total,
            names=spend.without_cost,
        )
    elif spend.total:
        yield TranslatableText("Technology costs %(total)s a year", total=spend.total)
    if spend.share is not None:
        text = N_("That is %(share)s of the marketing budget")
        if is_part:
            text = N_("That is at least %(share)s of the marketing budget")
        yield TranslatableText(text, share=Share(spend.share, is_part))
    if spend.per_customer is None:
        return
    values: dict[str, object] = {"cost": spend.per_customer}
    text = N_("That is %(cost)s for each new customer")
    if is_part:
        text = N_("That is at least %(cost)s for each new customer")
    if spend.share_of_cac is not None:
        values["share"] = Share(spend.share_of_cac, is_part)
        text = N_("That is %(cost)s for each new customer, %(share)s of what winning one costs")
        if is_part:
            text = N_(
                "That is at least %(cost)s for each new customer, %(share)s of what winning one "
                "costs"
            )
    yield TranslatableText(text, **values)


def _select_for_steps(quarter: QuarterView) -> list[Story]:
    """Return the briefing's stories for which a step is proposed, ours first.

    Newsletter issues name no one thing to do; of what touches the same products, two are enough.
    """
    ranked = sorted(quarter.chosen, key=lambda story: _rank_step(story, quarter))
    selected: list[Story] = []
    touched: Counter[tuple[str, ...]] = Counter()
    for story in ranked:
        products = quarter.get_closest_relation(story).products
        if is_issue_title(quarter.make_ref(story).title) or touched[products] >= _MAX_OF_PRODUCT:
            continue
        touched[products] += bool(products)
        selected.append(story)
    return selected


def _rank_step(story: Story, quarter: QuarterView) -> tuple[bool, int, bool, bool]:
    """Return the place of a story among proposed steps: ours first, by ring, by question."""
    relation = quarter.get_closest_relation(story)
    return (
        relation.kind not in OUR_RELATIONS,
        RINGS.index(assign_ring(story, relation)),
        ask_about_story(story, quarter) is None,
        relation.kind == "none",
    )


def _propose_step(story: Story, quarter: QuarterView) -> ProposedStep:
    """Return what to do about a story: the question to ask, or why the step.

    The day of notice is the step's only where the terms of the contract change.
    """
    relation = quarter.get_closest_relation(story)
    step: Step = assign_ring(story, relation)
    if relation.kind == "none" and story.tags.evidence == "claimed":
        step = "ignore"
    owner, due = "", None
    if relation.kind in OUR_RELATIONS:
        products = {product.name: product for product in quarter.stack.products}
        product = next((products[name] for name in relation.products if name in products), None)
        if product:
            owner = product.owner
            if story.tags.event in CHANGE_EVENTS and product.status != "retiring":
                due = product.notice_by
    if due and due < quarter.today:
        due = None
    question = ask_about_story(story, quarter)
    if step == "ask" and question is None:
        step = "watch"
    reason = question or TranslatableText(_STEP_REASONS[step])
    return ProposedStep(quarter.make_ref(story), step, reason, owner, due)
