"""One page for the quarterly review with the technology lead.

It has the contracts with a day ahead, three parts, open decisions, proposed steps and rules. Every
point is counted from the archive or stands in the team's files; where a file says nothing, there is
a question or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from digest.edition.quarter import QuarterView, get_category_name
from digest.edition.rules import find_affected_products
from digest.edition.stack.contracts import list_contracts
from digest.edition.stack.duties import find_duty
from digest.edition.stack.promises import ask_about_story, is_issue_title
from digest.edition.stack.radar import CHANGE_EVENTS, assign_ring
from digest.edition.story_dates import quote_effective_date
from digest.i18n import N_, TranslatableText
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
from digest.model.stack import OUR_RELATIONS, RINGS
from digest.model.story import Story
from digest.text import truncate_text

_MAX_POINTS, _MAX_QUESTIONS, _MAX_PROPOSALS, _MAX_RULES = 5, 4, 6, 20
_MAX_OF_GOAL, _MAX_TITLE = 2, 90  # stories named for a goal; characters of a headline
_MAX_OF_PRODUCT = 2  # proposed steps that touch the same products
_STEP_REASONS: Mapping[Step, str] = {
    "act": N_("It is ours and its terms change"),
    "try": N_("It can be had, and it says how it works"),
    "ask": N_("It is in our field, with questions open"),
    "watch": N_("Nothing to ask yet"),
    "ignore": N_("Nothing of ours is touched, and it only claims"),
}


def build_agenda(
    quarter: QuarterView, view: StackView, radar: Radar, carried: Sequence[TeamDecision]
) -> Agenda:
    """Return the agenda. `carried` are decisions of earlier editions that are still open.

    Steps are proposed for the briefing's stories, those with a tie to the stack first.
    """
    to_act = tuple(blip.name for blip in radar.blips if blip.ring == "act")
    to_try = tuple(blip.name for blip in radar.blips if blip.ring == "try")
    nearer = tuple(blip.name for blip in radar.blips if blip.moved == "in")
    proposed = _select_for_steps(quarter)
    rules = [story for story in quarter.stories if story.tags.event == "regulation"]
    return Agenda(
        parts=(
            _build_strategy(quarter, nearer, to_act, radar),
            _build_usage(quarter, view.spend),
            _build_gaps(quarter, view, to_try),
        ),
        proposals=tuple(_propose_step(story, quarter) for story in proposed[:_MAX_PROPOSALS]),
        carried=tuple(carried),
        rules=tuple(
            RuleRow(
                quarter.make_ref(story),
                quote_effective_date(story),
                find_affected_products(quarter, story),
                find_duty(story),
            )
            for story in rules[:_MAX_RULES]
        ),
        contracts=list_contracts(quarter.stack.products, quarter.today),
    )


def _make_section(
    slug: Literal["strategy", "usage", "gaps"],
    points: Sequence[TranslatableText],
    questions: Sequence[TranslatableText],
) -> AgendaSection:
    return AgendaSection(slug, tuple(points[:_MAX_POINTS]), tuple(questions[:_MAX_QUESTIONS]))


def _build_strategy(
    quarter: QuarterView,
    nearer: tuple[str, ...],
    act: tuple[str, ...],
    radar: Radar,
) -> AgendaSection:
    """Return what moved, and what the quarter brought for each goal."""
    points, questions, stack = [], [], quarter.stack
    if len(radar.blips) < MIN_BLIPS:
        points.append(_describe_small_radar(radar))
    elif nearer:
        text = N_("Nearer on the radar than in the edition before: %(names)s")
        points.append(TranslatableText(text, names=nearer))
    for goal in stack.goals:
        serving = [story for story in quarter.chosen if story.tags.category in goal.categories]
        if serving:
            titles = tuple(
                f"“{truncate_text(quarter.make_ref(story).title, _MAX_TITLE)}”"
                for story in serving[:_MAX_OF_GOAL]
            )
            text = N_("For the goal “%(goal)s”: %(titles)s")
            points.append(TranslatableText(text, goal=goal.name, titles=titles))
    if act:
        text = N_("What do the changes at %(names)s mean for our plan, and what do we do?")
        questions.append(TranslatableText(text, names=act[:5]))
    if stack.policy_reviewed:
        text = N_("Our AI policy was last reviewed on %(day)s: does it still hold?")
        questions.append(TranslatableText(text, day=stack.policy_reviewed))
    else:
        text = N_("Have we a policy on AI at work, and when was it last reviewed?")
        questions.append(TranslatableText(text))
    if not stack.goals:
        text = N_("Which goals of the year does the stack serve? The stack file names none.")
        questions.append(TranslatableText(text))
    return _make_section("strategy", points, questions)


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


def _build_usage(quarter: QuarterView, spend: Spend) -> AgendaSection:
    """Return what technology costs, and what the file leaves open."""
    products = quarter.stack.products
    points, questions = list(_describe_spend(spend)), []
    if names := tuple(product.name for product in products if product.status == "trial"):
        text = N_("On trial: %(names)s. What did it show, and do we buy?")
        questions.append(TranslatableText(text, names=names))
    if names := tuple(product.name for product in products if product.cost is None):
        text = N_("What do we pay for %(names)s? The stack file gives no cost.")
        questions.append(TranslatableText(text, names=_truncate_names(names)))
    if names := tuple(product.name for product in products if product.users is None):
        text = N_("How many people use %(names)s? The stack file does not say.")
        questions.append(TranslatableText(text, names=_truncate_names(names)))
    return _make_section("usage", points, questions)


def _describe_spend(spend: Spend) -> Iterable[TranslatableText]:
    is_part = bool(spend.without_cost) or len(spend.total) > 1
    if spend.total and spend.without_cost:
        yield TranslatableText(
            "Technology costs at least %(total)s a year; products without a cost in the stack "
            "file: %(count)s",
            total=spend.total,
            count=len(spend.without_cost),
        )
    elif spend.total:
        yield TranslatableText("Technology costs %(total)s a year", total=spend.total)
    if spend.share is not None:
        text = N_("That is %(share)s of the marketing budget")
        if is_part:
            text = N_("That is at least %(share)s of the marketing budget")
        yield TranslatableText(text, share=f"{spend.share:.0%}")
    if spend.per_customer is not None:
        text = N_("That is %(cost)s for each new customer")
        if is_part:
            text = N_("That is at least %(cost)s for each new customer")
        yield TranslatableText(text, cost=spend.per_customer)


def _truncate_names(names: tuple[str, ...], limit: int = 4) -> tuple[str, ...]:
    if len(names) <= limit:
        return names
    more = TranslatableText("%(count)s more", count=len(names) - limit + 1)
    return (*names[: limit - 1], more)


def _build_gaps(
    quarter: QuarterView, view: StackView, candidates: tuple[str, ...]
) -> AgendaSection:
    """Return goals without a product, what to try, and products that overlap."""
    points, questions = [], []
    gaps = Counter(  # category, goal → stories that tell of it
        (relation.category, relation.goal)
        for story in quarter.stories
        for relation in quarter.get_relations(story)
        if relation.kind == "gap" and relation.category
    )
    for (slug, goal), _ in sorted(gaps.items(), key=lambda row: (-row[1], row[0])):
        text = N_(
            "%(category)s serves “%(goal)s”, and we run nothing there that stays; stories this "
            "quarter: %(count)s"
        )
        count = sum(story.tags.category == slug for story in quarter.stories)
        category = get_category_name(slug)
        points.append(TranslatableText(text, category=category, goal=goal, count=count))
        text = N_("Do we need something for %(category)s, or is “%(goal)s” served otherwise?")
        questions.append(TranslatableText(text, category=category, goal=goal))
    if candidates:
        text = N_("To try, by the radar's rule: %(names)s")
        points.append(TranslatableText(text, names=_truncate_names(candidates, 6)))
    overlaps: dict[tuple[str, ...], str] = {}  # names → the category in common
    for row in view.lines:
        if row.overlaps and row.product.status != "retiring":
            names = tuple(sorted((row.product.name, *row.overlaps)))
            overlaps.setdefault(names, row.product.categories[0])
    for names, slug in overlaps.items():
        text = N_("%(names)s both serve %(category)s")
        points.append(TranslatableText(text, names=names, category=get_category_name(slug)))
    products = quarter.stack.products
    if names := tuple(product.name for product in products if product.status == "retiring"):
        text = N_("What takes the place of %(names)s, which we are retiring?")
        questions.append(TranslatableText(text, names=names))
    return _make_section("gaps", points, questions)


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
