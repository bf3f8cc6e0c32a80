"""One page for the quarterly review with the technology lead: three parts, open decisions, proposed steps, rules.

Every point is counted from the archive or stands in the team's files; where a file says nothing, there is a question
or nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from digest.edition.effective_dates import extract_effective_date
from digest.edition.stack.radar import assign_ring
from digest.edition.stack.view import MakeStoryRef, Relations
from digest.i18n import N_, TranslatableText
from digest.model.decisions import TeamDecision
from digest.model.edition import Agenda, AgendaSection, ProposedStep, Radar, RuleRow, StackView
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from digest.taxonomy import CATEGORIES

_CONTRACT_HORIZON = timedelta(days=190)  # two quarters: what is decided at this review or the next
_MAX_POINTS, _MAX_QUESTIONS, _MAX_PROPOSALS, _MAX_RULES = 5, 4, 6, 6
_NO_RELATION = Relation("none")
_STEP_REASONS: Mapping[str, str] = {
    "act": N_("It is ours and its terms change"),
    "try": N_("It can be had, and it says how it works"),
    "ask": N_("It is in our field, with questions open"),
    "watch": N_("Nothing of ours is touched yet"),
    "ignore": N_("Nothing of ours is touched, and it only claims"),
}


def build_agenda(
    stack: Stack,
    view: StackView,
    radar: Radar,
    chosen: Sequence[Story],
    stories: Sequence[Story],
    relations: Relations,
    carried: Sequence[TeamDecision],
    make_ref: MakeStoryRef,
    today: date,
) -> Agenda:
    """The agenda. `chosen` are the briefing's stories and `stories` all relevant ones, both best first."""
    parts = (
        _build_part(
            "strategy",
            _iter_strategy_points(stack, view, radar, stories),
            _iter_strategy_questions(stack, radar),
        ),
        _build_part(
            "usage", _iter_usage_points(stack, view, today), _iter_usage_questions(stack, today)
        ),
        _build_part(
            "gaps",
            _iter_gap_points(view, radar, stories, relations),
            _iter_gap_questions(stack, stories, relations),
        ),
    )
    return Agenda(
        parts,
        tuple(_propose_steps(stack, chosen, relations, make_ref, today))[:_MAX_PROPOSALS],
        tuple(carried),
        tuple(_iter_rule_lines(stack, stories, relations, make_ref))[:_MAX_RULES],
    )


def _build_part(
    slug: str, points: Iterator[TranslatableText], questions: Iterator[TranslatableText]
) -> AgendaSection:
    return AgendaSection(slug, tuple(points)[:_MAX_POINTS], tuple(questions)[:_MAX_QUESTIONS])  # type: ignore[arg-type]


# ---------------------------------------------------------------- strategy


def _iter_strategy_points(
    stack: Stack, view: StackView, radar: Radar, stories: Sequence[Story]
) -> Iterator[TranslatableText]:
    for row in [row for row in view.heat if row.ai][:2]:
        values: dict[str, object] = {
            "category": _get_category_name(row.category),
            "ai": row.ai,
            "stories": row.stories,
        }
        if not row.stories_before:
            yield TranslatableText(
                "Stories with AI in %(category)s: %(ai)s of %(stories)s", **values
            )
        else:
            yield TranslatableText(
                "Stories with AI in %(category)s: %(ai)s of %(stories)s; the quarter before %(before)s of %(then)s",
                **values, before=row.ai_before or 0, then=row.stories_before,
            )  # fmt: skip
    moved = tuple(blip.name for blip in radar.blips if blip.moved == "in")
    if moved:
        yield TranslatableText(
            "Nearer on the radar than in the edition before: %(names)s", names=moved
        )
    for goal in stack.goals:
        count = sum(story.tags.category in goal.categories for story in stories)
        if count:
            yield TranslatableText(
                "Stories in the categories of the goal “%(goal)s”: %(stories)s",
                goal=goal.name,
                stories=count,
            )


def _iter_strategy_questions(stack: Stack, radar: Radar) -> Iterator[TranslatableText]:
    act = tuple(blip.name for blip in radar.blips if blip.ring == "act")
    if act:
        yield TranslatableText(
            "What do the changes at %(names)s mean for our plan, and what do we do?", names=act[:5]
        )
    if stack.policy_reviewed:
        yield TranslatableText(
            "Our AI policy was last reviewed on %(day)s: does it still hold?",
            day=stack.policy_reviewed,
        )
    else:
        yield TranslatableText("Have we a policy on AI at work, and when was it last reviewed?")
    if not stack.goals:
        yield TranslatableText(
            "Which goals of the year does the stack serve? The stack file names none."
        )


# ---------------------------------------------------------------- usage, performance and spend


def _iter_usage_points(stack: Stack, view: StackView, today: date) -> Iterator[TranslatableText]:
    spend = view.spend
    part = bool(spend.without_cost) or len(spend.total) > 1
    if spend.total:
        if spend.without_cost:
            yield TranslatableText(
                "Technology costs at least %(total)s a year; products without a cost in the stack file: %(count)s",
                total=spend.total, count=len(spend.without_cost),
            )  # fmt: skip
        else:
            yield TranslatableText("Technology costs %(total)s a year", total=spend.total)
    if spend.share is not None:
        words = (
            N_("That is at least %(share)s of the marketing budget")
            if part
            else N_("That is %(share)s of the marketing budget")
        )
        yield TranslatableText(words, share=f"{spend.share:.0%}")
    if spend.per_customer is not None:
        words = (
            N_("That is at least %(cost)s for each new customer")
            if part
            else N_("That is %(cost)s for each new customer")
        )
        yield TranslatableText(words, cost=spend.per_customer)
    for product, day, kind in find_contract_dates(stack, today):
        if kind == "notice":
            yield TranslatableText("%(product)s: notice by %(day)s", product=product.name, day=day)
        else:
            yield TranslatableText(
                "%(product)s: contract ends on %(day)s", product=product.name, day=day
            )


def find_contract_dates(stack: Stack, today: date) -> list[tuple[Product, date, str]]:
    """The contract dates of the next two quarters, the nearest first: product, day, "notice" or "end". A contract whose
    day of notice has passed is told by its end."""
    found = []
    for product in stack.products:
        for day, kind in ((product.notice_by, "notice"), (product.contract_end, "end")):
            if day and today <= day <= today + _CONTRACT_HORIZON:
                found.append((product, day, kind))
                break
    return sorted(found, key=lambda row: (row[1], row[0].name))


def _iter_usage_questions(stack: Stack, today: date) -> Iterator[TranslatableText]:
    ahead = [
        (product, day)
        for product, day, kind in find_contract_dates(stack, today)
        if kind == "notice"
    ]
    for product, day in ahead[:2]:
        yield TranslatableText(
            "Do we keep %(product)s beyond its term? Notice is due by %(day)s.",
            product=product.name,
            day=day,
        )
    trials = tuple(product.name for product in stack.products if product.status == "trial")
    if trials:
        yield TranslatableText(
            "On trial: %(names)s. What did it show, and do we buy?", names=trials
        )
    silent = tuple(product.name for product in stack.products if product.cost is None)
    if silent:
        yield TranslatableText(
            "What do we pay for %(names)s? The stack file gives no cost.",
            names=_truncate_names(silent),
        )
    unused = tuple(product.name for product in stack.products if product.users is None)
    if unused:
        yield TranslatableText(
            "How many people use %(names)s? The stack file does not say.",
            names=_truncate_names(unused),
        )


def _truncate_names(names: tuple[str, ...], most: int = 4) -> tuple[str, ...]:
    return (
        names
        if len(names) <= most
        else (*names[: most - 1], TranslatableText("%(count)s more", count=len(names) - most + 1))
    )


# ---------------------------------------------------------------- gaps and opportunities


def _iter_gap_points(
    view: StackView, radar: Radar, stories: Sequence[Story], relations: Relations
) -> Iterator[TranslatableText]:
    for category, goal, found in _find_gap_stories(stories, relations):
        yield TranslatableText(
            "%(category)s serves “%(goal)s”, and we run nothing there that stays; stories this quarter: %(count)s",
            category=_get_category_name(category), goal=goal, count=len(found),
        )  # fmt: skip
    tries = tuple(blip.name for blip in radar.blips if blip.ring == "try")
    if tries:
        yield TranslatableText(
            "To try, by the radar's rule: %(names)s", names=_truncate_names(tries, 6)
        )
    for names, category in _find_overlaps(view):
        yield TranslatableText(
            "%(names)s both serve %(category)s", names=names, category=_get_category_name(category)
        )


def _iter_gap_questions(
    stack: Stack, stories: Sequence[Story], relations: Relations
) -> Iterator[TranslatableText]:
    for category, goal, _ in _find_gap_stories(stories, relations):
        yield TranslatableText(
            "Do we need something for %(category)s, or is “%(goal)s” served otherwise?",
            category=_get_category_name(category), goal=goal,
        )  # fmt: skip
    retiring = tuple(product.name for product in stack.products if product.status == "retiring")
    if retiring:
        yield TranslatableText(
            "What takes the place of %(names)s, which we are retiring?", names=retiring
        )


def _find_gap_stories(
    stories: Sequence[Story], relations: Relations
) -> list[tuple[str, str, list[Story]]]:
    """Categories with a gap and their goal, with the stories that tell of them; most stories first."""
    found: dict[tuple[str, str], list[Story]] = {}
    for story in stories:
        for one in relations.get(story.id, ()):
            if one.kind == "gap" and one.category:
                found.setdefault((one.category, one.goal), []).append(story)
    return sorted(
        ((*key, told) for key, told in found.items()), key=lambda row: (-len(row[2]), row[0])
    )


def _find_overlaps(view: StackView) -> Iterator[tuple[tuple[str, ...], str]]:
    """Products that share a home category, each set once."""
    seen = set()
    for line in view.lines:
        names = tuple(sorted((line.product.name, *line.overlaps)))
        if line.overlaps and line.product.status != "retiring" and names not in seen:
            seen.add(names)
            yield names, line.product.categories[0]


# ---------------------------------------------------------------- steps and rules


def _propose_steps(
    stack: Stack, chosen: Sequence[Story], relations: Relations, make_ref: MakeStoryRef, today: date
) -> Iterator[ProposedStep]:
    """A step for each of the first stories, those with a tie to us first."""
    products = {product.name: product for product in stack.products}

    def find_closest_relation(story: Story) -> Relation:
        return next(iter(relations.get(story.id, ())), _NO_RELATION)

    for story in sorted(chosen, key=lambda story: find_closest_relation(story).kind == "none"):
        relation = find_closest_relation(story)
        step: str = assign_ring(story, relation)
        if relation.kind == "none" and story.tags.evidence == "claimed":
            step = "ignore"
        ours = next((products[name] for name in relation.products if name in products), None)
        mine = ours if relation.kind in ("product", "vendor") else None
        due = mine.notice_by if mine and mine.notice_by and mine.notice_by >= today else None
        yield ProposedStep(
            make_ref(story),
            step,  # type: ignore[arg-type]
            TranslatableText(_STEP_REASONS[step]),
            mine.owner if mine else "",
            due,
        )


def _iter_rule_lines(
    stack: Stack, stories: Sequence[Story], relations: Relations, make_ref: MakeStoryRef
) -> Iterator[RuleRow]:
    for story in stories:
        if story.tags.event == "regulation":
            yield RuleRow(
                make_ref(story),
                extract_effective_date(story),
                find_affected_products(stack, story, relations),
            )


def find_affected_products(stack: Stack, story: Story, relations: Relations) -> tuple[str, ...]:
    """The products of ours that a rule touches: named in it, or of a category that it is about."""
    named = {
        name
        for one in relations.get(story.id, ())
        if one.kind in ("product", "vendor")
        for name in one.products
    }
    about = {story.tags.category, *story.tags.also}
    if named:  # a case against one of ours is filed under privacy and rules, too, and touches no other such tool
        about.discard("governance-privacy")
    return tuple(
        one.name
        for one in stack.products
        if one.name in named or about.intersection(one.categories)
    )


def _get_category_name(slug: str) -> str:
    return CATEGORIES[slug].name if slug in CATEGORIES else slug
