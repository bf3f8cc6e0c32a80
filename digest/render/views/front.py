"""Page one beside its stories, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model.edition import FrontDecision
from digest.render.views.context import ViewContext
from digest.render.views.coverage import describe_newest
from digest.render.views.promises import MAX_VENDORS, name_vendor_row
from digest.render.views.themes import capitalize

_MAX_LEAD = 600  # characters of a sentence; it may quote a headline
_MAX_QUESTION = 160
_MAX_REASON = 340
_MAX_ALSO_DUE = 260


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A question to decide. Whatever is not known is ""."""

    number: int
    question: str
    reason: str
    owner: str
    due: str
    overdue: bool
    cost: str
    href: str  # the place in this briefing that says more
    where: str  # the name of that place


@dataclass(frozen=True, slots=True)
class CardView:
    """A figure of page one and what it counts."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FrontView:
    """Lead, decisions and cards of page one; each may be empty."""

    lead: str = ""
    decisions: tuple[DecisionView, ...] = ()
    also_due: str = ""  # what else falls due within two quarters
    cards: tuple[CardView, ...] = ()


def build_front_view(context: ViewContext, sections: dict[str, str]) -> FrontView:
    """Build page one; `sections` are the names of what this medium prints, by slug."""
    words, front = context.words, context.edition.front
    sentences = (
        context.fit_text(words.translate_note(sentence), _MAX_LEAD) for sentence in front.lead
    )
    lead = [capitalize(sentence) for sentence in sentences if sentence]
    if lead and not context.edition.so_far:  # what is not complete says it above the title
        lead += filter(None, [describe_newest(context)])
    return FrontView(
        lead=" ".join(lead),
        decisions=tuple(_iter_decisions(context, sections)),
        also_due=context.fit_text(words.translate_note(front.also_due or ""), _MAX_ALSO_DUE),
        cards=tuple(
            CardView(words.translate_note(card.value), words.translate_note(card.label))
            for card in front.cards
        ),
    )


def _iter_decisions(context: ViewContext, sections: dict[str, str]) -> Iterator[DecisionView]:
    """Yield the decisions whose question the medium can write."""
    words = context.words
    today = context.edition.as_of.astimezone(words.zone).date()
    number = 0
    for decision in context.edition.front.decisions:
        question = context.fit_text(words.translate_note(decision.question), _MAX_QUESTION)
        if not question:
            continue
        number += 1
        cost = words.format_money(decision.cost) if decision.cost else ""
        yield DecisionView(
            number=number,
            question=question,
            reason=context.fit_text(words.translate_note(decision.reason), _MAX_REASON),
            owner=context.fit_text(decision.owner, 60),
            due=words.format_date(decision.due),
            overdue=decision.due is not None and decision.due < today,
            cost=words.translate("%(money)s a year", money=cost) if cost else "",
            href=_choose_place(decision, context, sections),
            where=sections.get(decision.section, ""),
        )


def _choose_place(decision: FrontDecision, context: ViewContext, sections: dict[str, str]) -> str:
    """Return the anchor of the story where another page tells it, else of the section."""
    first = {story.id for story in context.first_stories}
    if decision.story in context.printed_ids and decision.story not in first:
        return f"#{decision.story}"
    if decision.section not in sections:
        return ""
    if decision.section == "ledger" and (row := _find_vendor_row(decision, context)):
        return row
    return f"#{decision.section}"


def _find_vendor_row(decision: FrontDecision, context: ViewContext) -> str:
    """Return the place of the maker of a decision's product among what vendors promised."""
    stack, ledger = context.edition.stack, context.edition.ledger
    if stack is None or ledger is None or len(ledger.vendors) > MAX_VENDORS:
        return ""  # of many vendors paper has not all
    told = {row.vendor for row in ledger.vendors if row.promised}
    makers = (
        line.product.vendor_or_name
        for line in stack.lines
        if line.product.name in decision.products
    )
    return next((f"#{name_vendor_row(maker)}" for maker in makers if maker in told), "")
