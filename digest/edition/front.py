"""Page one beside its stories: a lead, what to decide, and the figures that matter.

Everything is counted from the edition's other parts or stands in the team's files. With a stack it
tells of the company's own products, without one of the market; a part with nothing to say is empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from digest.edition.quarter import QuarterView
from digest.edition.stack.contracts import find_contract_day
from digest.edition.stack.money import sum_costs
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    CalendarEntry,
    Claim,
    FrontCard,
    FrontDecision,
    FrontPage,
    Sentence,
    StackView,
    StoryRef,
    Theme,
    list_dates_ahead,
)
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import truncate_text

_MAX_DECISIONS = 3
_MAX_TITLE = 110  # characters of a headline in a sentence
_MAX_NAMES = 4
_MAX_QUOTE = 200  # characters of the sentence that leads
_FIGURE = re.compile(r"\d\s?(?:%|percent|per cent|million|billion)|[$€£]\s?\d")
_TERMS_EVENTS: frozenset[Event] = frozenset(("acquisition", "shutdown", "pricing"))
_DUTY_KINDS = ("effective", "deadline", "ends")
_Summaries = Mapping[str, Sequence[Sentence]]  # the sentences of a story, by its id
_STORY_QUESTIONS: Mapping[Event, str] = {
    "acquisition": N_("Before we renew %(product)s: what must its maker promise us?"),
    "pricing": N_("What will %(product)s cost us, and do we accept it?"),
    "shutdown": N_("What takes over from what closes at %(product)s?"),
}


def build_front(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    themes: Sequence[Theme],
    stack: StackView | None,
    summaries: _Summaries = MappingProxyType({}),
) -> FrontPage:
    """Return page one. Without a stack (None) it tells of the market.

    `summaries` are the sentences of the chosen stories, by id.
    """
    decisions = (
        _pick_decisions(quarter, calendar, summaries)
        if stack
        else _pick_market_decisions(calendar, summaries)
    )
    return FrontPage(
        lead=tuple(_iter_lead(quarter, calendar, themes, summaries)),
        decisions=tuple(decisions),
        cards=tuple(_iter_cards(quarter, calendar, claims)),
    )


# ---------------------------------------------------------------- lead


def _iter_lead(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    themes: Sequence[Theme],
    summaries: _Summaries,
) -> Iterator[TranslatableText]:
    """Yield what the quarter was about, in a source's words, and what of it falls due."""
    if quote := _find_lead_quote(quarter, themes, summaries):
        yield TranslatableText("%(source)s: “%(words)s”", source=quote.source, words=quote.text)
    due = _find_due_contracts(quarter)
    if due:
        days = sorted(filter(None, (one.notice_by for one in due)))
        money = sum_costs(due)
        text = N_("Contracts of %(money)s a year come up for notice, the first on %(day)s.")
        if not money:
            text = N_("Contracts come up for notice, the first on %(day)s.")
        yield TranslatableText(text, day=days[0], **({"money": money} if money else {}))
    elif soon := [entry for entry in calendar if entry.kind in _DUTY_KINDS]:
        text = N_("The next date: %(day)s, “%(what)s”.")
        title = truncate_text(soon[0].what, _MAX_TITLE)
        yield TranslatableText(text, day=soon[0].day, what=title)


def _find_lead_quote(
    quarter: QuarterView, themes: Sequence[Theme], summaries: _Summaries
) -> Sentence | None:
    """Return a sentence of the weightiest theme that gives a figure, else of the best story.

    The theme's stories are read best first.
    """
    chosen = [story.id for story in quarter.chosen]
    weightiest = frozenset(themes[0].stories if themes else ())
    order = sorted(chosen, key=lambda story_id: story_id not in weightiest)  # stable
    sentences = [
        sentence
        for story_id in order[: max(len(weightiest), 1)]
        for sentence in summaries.get(story_id, ())
        if len(sentence.text) <= _MAX_QUOTE
    ]
    with_figure = (sentence for sentence in sentences if _FIGURE.search(sentence.text))
    return next(with_figure, next(iter(sentences), None))


def _join_names(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) <= _MAX_NAMES:
        return tuple(names)
    more = TranslatableText("%(count)s more", count=len(names) - _MAX_NAMES + 1)
    return (*names[: _MAX_NAMES - 1], more)


# ---------------------------------------------------------------- decisions


def _pick_decisions(
    quarter: QuarterView, calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterable[FrontDecision]:
    """Return one decision of each kind, then what is left, up to three."""
    kinds = [
        list(_iter_story_decisions(quarter, summaries)),
        list(_iter_duty_decisions(quarter, calendar, summaries)),
        list(_iter_contract_decisions(quarter)),
    ]
    chosen: list[FrontDecision] = []
    asked: set[object] = set()  # products, each asked about once
    for decision in (
        *(kind[0] for kind in kinds if kind),
        *(one for kind in kinds for one in kind[1:]),
    ):
        product = decision.question.values.get("product", decision.question)
        if product not in asked and len(chosen) < _MAX_DECISIONS:
            asked.add(product)
            chosen.append(decision)
    return chosen


def _iter_story_decisions(quarter: QuarterView, summaries: _Summaries) -> Iterator[FrontDecision]:
    """Yield what changed terms of the company's own products ask it to decide.

    What falls due in two quarters comes first, then the dearest.
    """
    products = {product.name: product for product in quarter.stack.products}
    found: dict[str, Story] = {}  # product → the best story of it
    for story in quarter.chosen:
        relation = quarter.get_closest_relation(story)
        is_sure = story.tags.is_certain("event")  # a question is not built on a guess
        if is_sure and relation.kind in OUR_RELATIONS and story.tags.event in _STORY_QUESTIONS:
            for name in relation.products:
                found.setdefault(name, story)
    due = {product.name for product in _find_due_contracts(quarter)}
    touched = [products[name] for name in found if name in products]
    for product in sorted(touched, key=lambda one: (one.name not in due, _sort_by_cost(one))):
        if product.status == "retiring":
            continue
        story = found[product.name]
        day = product.notice_by
        yield FrontDecision(
            question=TranslatableText(_STORY_QUESTIONS[story.tags.event], product=product.name),
            reason=_make_reason(quarter.make_ref(story), summaries),
            owner=product.owner,
            due=day if day and day >= quarter.today else None,
            cost=product.cost,
            section="deals",
            story=story.id,
        )


def _iter_duty_decisions(
    quarter: QuarterView, calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterator[FrontDecision]:
    """Yield the dated changes that touch the company's own products, the nearest first."""
    products = {product.name: product for product in quarter.stack.products}
    for entry in calendar:
        touched = [products[name] for name in entry.products if name in products]
        if entry.kind in _DUTY_KINDS and touched and entry.story:
            names = _join_names([one.name for one in touched])
            yield FrontDecision(
                question=TranslatableText(
                    N_("Who prepares %(names)s for this change?"), names=names
                ),
                reason=_make_reason(entry.story, summaries),
                owner=entry.owner or touched[0].owner,
                due=entry.day,
                section="calendar",
                story=entry.story.id,
            )


def _iter_contract_decisions(quarter: QuarterView) -> Iterator[FrontDecision]:
    """Yield contracts to keep or end and trials to buy or stop, the largest first."""
    for product in _find_due_contracts(quarter):
        day = product.notice_by
        text = N_("Do we keep %(product)s beyond its term?")
        if product.status == "retiring":
            text = N_("Do we let %(product)s end?")
        elif product.status == "trial":
            text = N_("Do we buy %(product)s after its trial?")
        yield FrontDecision(
            question=TranslatableText(text, product=product.name),
            reason=TranslatableText(
                N_("The contract ends on %(end)s, and notice is due before."),
                end=product.contract_end,
            ),
            owner=product.owner,
            due=day,
            cost=product.cost,
            section="calendar",
        )


def _pick_market_decisions(
    calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterable[FrontDecision]:
    """Return what the nearest dates of the market ask of whoever is touched by them."""
    dated = (entry for entry in calendar if entry.kind in _DUTY_KINDS and entry.story)
    for entry in islice(dated, _MAX_DECISIONS):
        assert entry.story is not None
        yield FrontDecision(
            question=TranslatableText(N_("Does this touch us, and who prepares for it?")),
            reason=_make_reason(entry.story, summaries),
            due=entry.day,
            section="calendar",
            story=entry.story.id,
        )


def _make_reason(ref: StoryRef, summaries: _Summaries) -> TranslatableText:
    """Return what happened, in a sentence of a source, else its headline."""
    sentences = summaries.get(ref.id, ())
    if sentences and len(sentences[0].text) <= _MAX_QUOTE:
        return TranslatableText("%(words)s", words=sentences[0].text)
    return TranslatableText("“%(title)s”", title=truncate_text(ref.title, _MAX_TITLE))


def _find_due_contracts(quarter: QuarterView) -> list[Product]:
    """Return the products whose notice falls due before the next review but one, dearest first."""
    due = [
        product
        for product in quarter.stack.products
        if (row := find_contract_day(product, quarter.today)) and row.kind == "notice"
    ]
    return sorted(due, key=_sort_by_cost)


def _sort_by_cost(product: Product) -> tuple[float, str]:
    """Return the key that sorts the dearest first."""
    return -(product.cost.amount if product.cost else 0.0), product.name


# ---------------------------------------------------------------- cards


def _iter_cards(
    quarter: QuarterView, calendar: Sequence[CalendarEntry], claims: Sequence[Claim]
) -> Iterator[FrontCard]:
    """Yield figures about the company's own business; of the market where it has no stack."""
    has_stack = bool(quarter.stack.products)
    if money := sum_costs(_find_due_contracts(quarter)):
        yield FrontCard(
            TranslatableText("%(money)s", money=money),
            TranslatableText(N_("a year in contracts that come up for notice in six months")),
        )
    vendors = {product.vendor_or_name for product in quarter.stack.products}
    changed = {
        product.vendor_or_name
        for product in quarter.stack.products
        if any(
            quarter.make_ref(story).event in _TERMS_EVENTS
            for story in quarter.find_related([product.name], *OUR_RELATIONS)
        )
    }
    if has_stack:
        yield FrontCard(
            _make_share(len(changed), len(vendors)),
            TranslatableText(N_("of our vendors bought, were bought, closed or repriced")),
        )
    elif deals := sum(quarter.make_ref(story).event in _TERMS_EVENTS for story in quarter.stories):
        yield FrontCard(
            TranslatableText("%(n)s", n=deals),
            TranslatableText(N_("purchases, closures and price changes")),
        )
    soon = list_dates_ahead(calendar, quarter.today)
    if soon:
        yield FrontCard(
            TranslatableText("%(n)s", n=len(soon)),
            TranslatableText(N_("dates and duties in the next six months")),
        )
    made = [claim for claim in claims if not claim.study]
    if made:
        proven = sum(claim.evidence == "evidenced" for claim in made)
        yield FrontCard(
            _make_share(proven, len(made)), TranslatableText(N_("AI claims quoted with proof"))
        )


def _make_share(part: int, whole: int) -> TranslatableText:
    return TranslatableText(N_("%(part)s of %(whole)s"), part=part, whole=whole)
