"""One page for the quarterly review with the technology lead.

It has three parts, open decisions, proposed steps and rules. Every point is counted from the
archive or stands in the team's files; where a file says nothing, there is a question or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Literal

from digest.edition.quarter import QuarterView, get_category_name

from digest.edition.stack.radar import assign_ring
from digest.edition.story_dates import quote_effective_date
from digest.i18n import N_, TranslatableText
from digest.model.decisions import Step, TeamDecision
from digest.model.edition import (
    Agenda,
    AgendaSection,
    ProposedStep,
    Radar,
    RuleRow,
    Spend,
    StackView,
)
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story

_HORIZON = timedelta(days=190)  # two quarters: decided at this review or the next
_MAX_POINTS, _MAX_QUESTIONS, _MAX_PROPOSALS, _MAX_RULES = 5, 4, 6, 6
_STEP_REASONS: Mapping[Step, str] = {
    "act": N_("It is ours and its terms change"),
    "try": N_("It can be had, and it says how it works"),
    "ask": N_("It is in our field, with questions open"),
    "watch": N_("Nothing of ours is touched yet"),
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
    proposed = sorted(
        quarter.chosen, key=lambda story: quarter.get_closest_relation(story).kind == "none"
    )
    rules = [story for story in quarter.stories if story.tags.event == "regulation"]
    return Agenda(
        parts=(
            _build_strategy(quarter, view, nearer, to_act),
            _build_usage(quarter, view.spend),
            _build_gaps(quarter, view, to_try),
        ),
        proposals=tuple(_propose_step(story, quarter) for story in proposed[:_MAX_PROPOSALS]),
        carried=tuple(carried),
        rules=tuple(
            RuleRow(
                quarter.make_ref(story),
                quote_effective_date(story),
                _find_affected_products(quarter, story),
            )
            for story in rules[:_MAX_RULES]
        ),
    )


def _make_section(
    slug: Literal["strategy", "usage", "gaps"],
    points: Sequence[TranslatableText],
    questions: Sequence[TranslatableText],
) -> AgendaSection:
    return AgendaSection(slug, tuple(points[:_MAX_POINTS]), tuple(questions[:_MAX_QUESTIONS]))


def _build_strategy(
    quarter: QuarterView, view: StackView, nearer: tuple[str, ...], act: tuple[str, ...]
) -> AgendaSection:
    """Return what AI does in the categories of the stack, what moved, and the goals."""
    points, questions, stack = [], [], quarter.stack
    for row in [row for row in view.heat if row.ai][:2]:
        text = N_("Stories with AI in %(category)s: %(ai)s of %(stories)s")
        values: dict[str, object] = {"ai": row.ai, "stories": row.stories}
        if row.stories_before:
            text = N_(
                "Stories with AI in %(category)s: %(ai)s of %(stories)s; the quarter before "
                "%(before)s of %(then)s"
            )
            values |= {"before": row.ai_before or 0, "then": row.stories_before}
        category = get_category_name(row.category)
        points.append(TranslatableText(text, category=category, **values))
    if nearer:
        text = N_("Nearer on the radar than in the edition before: %(names)s")
        points.append(TranslatableText(text, names=nearer))
    for goal in stack.goals:
        if count := sum(story.tags.category in goal.categories for story in quarter.stories):
            text = N_("Stories in the categories of the goal “%(goal)s”: %(stories)s")
            points.append(TranslatableText(text, goal=goal.name, stories=count))
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


def _build_usage(quarter: QuarterView, spend: Spend) -> AgendaSection:
    """Return what technology costs, the contract dates ahead, and what the file leaves open."""
    products, today, dates = quarter.stack.products, quarter.today, []
    for product in products:
        # A contract whose day of notice has passed is told by its end.
        days = ((product.notice_by, "notice"), (product.contract_end, "end"))
        ahead = ((day, kind) for day, kind in days if day and today <= day <= today + _HORIZON)
        dates += [(day, product.name, kind) for day, kind in islice(ahead, 1)]
    dates.sort(key=lambda row: row[:2])
    points, questions = list(_describe_spend(spend)), []
    for day, name, kind in dates:
        text = N_("%(product)s: contract ends on %(day)s")
        if kind == "notice":
            text = N_("%(product)s: notice by %(day)s")
        points.append(TranslatableText(text, product=name, day=day))
    for day, name, _ in [row for row in dates if row[2] == "notice"][:2]:
        text = N_("Do we keep %(product)s beyond its term? Notice is due by %(day)s.")
        questions.append(TranslatableText(text, product=name, day=day))
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
    for (slug, goal), count in sorted(gaps.items(), key=lambda row: (-row[1], row[0])):
        text = N_(
            "%(category)s serves “%(goal)s”, and we run nothing there that stays; stories this "
            "quarter: %(count)s"
        )
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


def _propose_step(story: Story, quarter: QuarterView) -> ProposedStep:
    relation = quarter.get_closest_relation(story)
    step: Step = assign_ring(story, relation)
    if relation.kind == "none" and story.tags.evidence == "claimed":
        step = "ignore"
    owner, due = "", None
    if relation.kind in OUR_RELATIONS:
        products = {product.name: product for product in quarter.stack.products}
        product = next((products[name] for name in relation.products if name in products), None)
        if product:
            owner, due = product.owner, product.notice_by
    if due and due < quarter.today:
        due = None
    reason = TranslatableText(_STEP_REASONS[step])
    return ProposedStep(quarter.make_ref(story), step, reason, owner, due)


def _find_affected_products(quarter: QuarterView, story: Story) -> tuple[str, ...]:
    """Return the products that a rule touches: named in it, or of a category that it is about."""
    named = {
        name
        for relation in quarter.get_relations(story)
        if relation.kind in OUR_RELATIONS
        for name in relation.products
    }
    about = {story.tags.category, *story.tags.also}
    if named:
        # A case against a vendor is filed under privacy, too, and touches no other such product.
        about.discard("governance-privacy")
    return tuple(
        product.name
        for product in quarter.stack.products
        if product.name in named or about.intersection(product.categories)
    )
