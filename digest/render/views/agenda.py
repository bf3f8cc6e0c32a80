"""The agenda of the review, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from digest.i18n import N_
from digest.model.decisions import TeamDecision
from digest.model.edition import Agenda, AgendaItem, RuleRow
from digest.model.sections import BRIEF_SECTION
from digest.render.views.context import ViewContext
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, SECTIONS
from digest.taxonomy import CATEGORIES

_MAX_PROPOSALS = 3  # on paper: with the rules and what is carried over, the agenda is one page
_MAX_ITEM = 260  # characters of what the agenda decides
_MAX_ITEM_REASON = 420
_MAX_OUTCOME = 300


@dataclass(frozen=True, slots=True)
class StepView:
    """A step proposed or decided; `owner` and `due` may be empty, for a pen."""

    what: StoryRefView | None
    text: str
    step: str
    owner: str
    due: str
    since: str
    late: bool = False  # it is open after its day
    outcome: str = ""  # what came of it
    asks: bool = False  # `text` is a question that names the story itself


@dataclass(frozen=True, slots=True)
class FactView:
    """A part of a reason, and where the story stands that tells it; "" where none does."""

    text: str
    href: str
    section: str  # the slug of the section that says more, where the story stands nowhere; or ""


@dataclass(frozen=True, slots=True)
class ItemView:
    """Something to decide. Whatever is not known is ""."""

    number: int
    what: str
    why: str
    owner: str
    due: str
    overdue: bool
    section: str  # the slug of the section that says more
    where: str  # its name
    href: str  # the place in it where the story stands; "" where none does
    proposed: str  # who may own it, where no file says
    facts: tuple[FactView, ...]  # the parts of `why`, where several stories tell them


@dataclass(frozen=True, slots=True)
class AgendaPartView:
    """A part of the agenda: what is known in one line, and what to decide."""

    name: str
    known: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """The agenda of the review."""

    parts: tuple[AgendaPartView, ...]
    carried: tuple[StepView, ...]
    closed: tuple[StepView, ...]  # since the edition before
    proposals: tuple[StepView, ...]
    rules: tuple[RuleRow, ...]


def build_agenda_page(agenda: Agenda, context: ViewContext) -> AgendaPage:
    """Build the agenda; on paper without what page one and other parts say."""
    words, brief = context.words, context.options.brief
    # Paper asks for these steps on page one and among the questions to vendors.
    ledger = context.edition.ledger
    proposals = () if brief and ledger and ledger.questions else agenda.proposals
    return AgendaPage(
        parts=tuple(_iter_agenda_parts(agenda, context)),
        carried=tuple(_build_decision(decision, context) for decision in agenda.carried),
        closed=tuple(_build_decision(decision, context) for decision in agenda.closed),
        proposals=tuple(
            StepView(
                what=build_ref(proposal.story, context),
                text=words.translate_note(proposal.reason),
                step=words.translate_label(LABELS["steps"], proposal.step),
                owner=proposal.owner,
                due=words.format_date(proposal.due),
                since="",
                asks=proposal.reason.endswith("?"),
            )
            for proposal in proposals[: _MAX_PROPOSALS if brief else None]
        ),
        rules=() if brief else agenda.rules,  # paper tells them with the rule
    )


def _build_decision(decision: TeamDecision, context: ViewContext) -> StepView:
    """Build the row of a decision that an earlier edition took, with what became of it."""
    words = context.words
    step = words.translate_label(LABELS["steps"], decision.step or "")
    if decision.state != "open":
        step = words.translate(N_("Done") if decision.state == "done" else N_("Dropped"))
    return StepView(
        what=None,
        text=decision.what,
        step=step,
        owner=decision.owner,
        due=words.format_date(decision.closed or decision.due),
        since=words.format_quarter(decision.quarter),
        late=decision.is_late(context.today),
        outcome=context.fit_text(decision.outcome or decision.note, _MAX_OUTCOME),
    )


def _iter_agenda_parts(agenda: Agenda, context: ViewContext) -> Iterator[AgendaPartView]:
    """Yield what page one asks, then the parts that say something: by day, numbered through."""
    words = context.words
    today = context.edition.as_of.astimezone(words.zone).date()
    first = tuple(_iter_front_items(context, today))
    if first:
        yield AgendaPartView(words.translate(N_("From page one")), "", first)
    number = len(first)
    for part in agenda.parts:
        items = []
        for item in sorted(part.items, key=lambda one: one.due or date.max):  # stable
            number += 1
            items.append(
                ItemView(
                    number=number,
                    what=context.fit_text(words.translate_note(item.what), _MAX_ITEM),
                    why=context.fit_text(words.translate_note(item.why), _MAX_ITEM_REASON),
                    owner=context.fit_text(words.translate_note(item.owner), 60),
                    due=words.format_near_date(item.due, today.year),
                    overdue=item.due is not None and item.due < today,
                    section=item.section,
                    where=words.translate_label(SECTIONS, item.section),
                    href=_find_item_place(item, context),
                    proposed=context.fit_text(item.proposed, 60),
                    facts=tuple(
                        FactView(text, _find_place(fact.story, context), fact.section)
                        for fact in item.facts
                        if (text := context.fit_text(words.translate_note(fact.text), _MAX_ITEM))
                    ),
                )
            )
        # On paper the stack's page, before it, has told what technology costs.
        said = part.points[-1:] if context.options.brief else part.points
        points = (context.fit_text(words.translate_note(point), 240) for point in said)
        known = " ".join(f"{point}." for point in points if point)
        if known or items:
            name = words.translate_label(LABELS["agenda"], part.slug)
            yield AgendaPartView(name, known, tuple(items))


def _iter_front_items(context: ViewContext, today: date) -> Iterator[ItemView]:
    """Yield the decisions of page one, which has their reasons."""
    words, number = context.words, 0
    for decision in context.edition.front.decisions:
        what = context.fit_text(words.translate_note(decision.question), _MAX_ITEM)
        if not what:
            continue
        number += 1
        yield ItemView(
            number=number,
            what=what,
            why="",
            owner=context.fit_text(decision.owner, 60),
            due=words.format_near_date(decision.due, today.year),
            overdue=decision.due is not None and decision.due < today,
            section=decision.section,
            where=words.translate(N_("Page one")),
            href="#front",
            proposed="",
            facts=(),
        )


def _find_place(story_id: str | None, context: ViewContext) -> str:
    """Return where the medium tells or names a story; "" for another."""
    return context.find_place(story_id) if story_id else ""


def name_row(product: str, context: ViewContext) -> str:
    """Return the id of a product's row; "" for what has none."""
    lines = context.edition.stack.lines if context.edition.stack else ()
    names = [line.product.name for line in lines]
    return f"product-{names.index(product) + 1}" if product in names else ""


def _find_item_place(item: AgendaItem, context: ViewContext) -> str:
    """Return the very place of what an agenda's item is about; "" where only its section is known.

    It is the story, else the row of the one product that the item names, of several the first row,
    or the category.
    """
    if item.story and (place := context.find_place(item.story)):
        return place
    values = item.what.values
    if item.section == "stack":
        named = values.get("name") or values.get("names") or ""
        name = named if isinstance(named, str) else next(iter(named), "")  # type: ignore[call-overload]
        lines = context.edition.stack.lines if context.edition.stack else ()
        row = name_row(str(name), context) or (
            name_row(lines[0].product.name, context) if lines else ""
        )
        return f"#{row}" if row else ""
    if item.section == "rules" and _has_policy(context):
        return "#ai-policy"
    if item.section == BRIEF_SECTION:
        wanted = _list_item_categories(item, context)
        return next((f"#categories-{slug}" for slug in wanted if slug in context.groups), "")
    return ""


def _has_policy(context: ViewContext) -> bool:
    """Return whether the page of rules tells of the company's own policy."""
    stack = context.edition.stack
    return bool(stack and (stack.policy_link or stack.policy_reviewed or stack.policy_rules))


def _list_item_categories(item: AgendaItem, context: ViewContext) -> list[str]:
    """Return the categories that an item is about: the one it names, else those of its goal."""
    values, stack = item.what.values, context.edition.stack
    named = [slug for slug, one in CATEGORIES.items() if one.name == values.get("category")]
    goals = stack.goals if stack else ()
    return named or [
        slug for goal in goals if goal.name == values.get("goal") for slug in goal.categories
    ]
