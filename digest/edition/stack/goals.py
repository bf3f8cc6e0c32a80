"""The agenda's items on strategy: does the plan for each goal stand, and does the AI policy hold?

Each is a question that a meeting can answer; the reason is what the quarter told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.consequence_case import describe_when
from digest.edition.forced import ForcedChange, find_forced_change, list_forced_changes
from digest.edition.goal_words import count_goal_words
from digest.edition.opportunities import is_for_developers
from digest.edition.owners import propose_owner
from digest.edition.phrases import MAX_TITLE, join_texts, shorten_names
from digest.edition.quarter import RELEASE_EVENTS, QuarterView, get_category_name
from digest.edition.stack.basis import AgendaBasis
from digest.edition.subjects import find_touched_products
from digest.i18n import N_, TranslatableText
from digest.model.edition import AgendaFact, AgendaItem
from digest.model.stack import Goal, Money, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import truncate_text

_MAX_GOALS = 4
_AGAINST: Mapping[Event, str] = {
    "pricing": N_("a price change at %(name)s: “%(title)s”"),
    "shutdown": N_("a closure at %(name)s: “%(title)s”"),
    "incident": N_("an incident at %(name)s: “%(title)s”"),
    "acquisition": N_("a deal at %(name)s: “%(title)s”"),
}


def list_strategy_items(quarter: QuarterView, basis: AgendaBasis) -> tuple[AgendaItem, ...]:
    """Return what the quarter says for and against each goal, and whether the AI policy holds."""
    stack = quarter.stack
    items = [_judge_goal(goal, quarter, basis) for goal in stack.goals[:_MAX_GOALS]]
    using_ai = [product for product in stack.products if product.ai.used]
    with_ai = tuple(product.name for product in using_ai)
    if not stack.goals:
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Name the goals of the year that the stack serves.")),
                why=TranslatableText(N_("The stack file names none.")),
            )
        )
    if stack.policy_reviewed:
        text = N_("It was last reviewed on %(day)s.")
        if with_ai:
            text = N_("It was last reviewed on %(day)s; AI works in %(names)s.")
        values: dict[str, object] = {"day": stack.policy_reviewed}
        if with_ai:
            values["names"] = shorten_names(with_ai)
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Keep our AI policy as it is?")),
                why=TranslatableText(text, **values),
                owner=stack.policy_owner,
                proposed="" if stack.policy_owner else propose_owner(using_ai),
                section="rules",
            )
        )
    else:
        why = TranslatableText(N_("The stack file names none."))
        if with_ai:
            why = TranslatableText(
                N_("The stack file names none, and AI works in %(names)s."),
                names=shorten_names(with_ai),
            )
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Write down a policy on AI at work.")),
                why=why,
                proposed=propose_owner(using_ai),
            )
        )
    return tuple(items)


def _judge_goal(goal: Goal, quarter: QuarterView, basis: AgendaBasis) -> AgendaItem:
    """Return whether the plan for a goal stands: the best that speaks for it, and against it.

    Only products whose main category serves the goal are weighed: what happens to another says
    little of it.
    """
    serving = [
        product
        for product in quarter.stack.products
        if product.categories[:1] and product.categories[0] in goal.categories
    ]
    staying = [product for product in serving if product.status != "retiring"]
    against = next(_list_against(goal, serving, quarter, basis), None)
    told = {against.story} if against and against.story else set[str | None]()
    speaks_for = next(_list_for(goal, staying, quarter, told), None)
    stands = _describe_measure(goal)
    facts = [AgendaFact(stands or TranslatableText(N_("no figure of it in the stack file")))]
    facts += [
        AgendaFact(TranslatableText(text, fact=fact.text), fact.story, fact.section)
        for text, fact in (
            (N_("For: %(fact)s"), speaks_for),
            (N_("To weigh: %(fact)s"), against),
        )
        if fact
    ]
    nothing = TranslatableText(N_("The quarter brought nothing for or against it."))
    if not (speaks_for or against):
        facts.append(AgendaFact(nothing))
    return AgendaItem(
        what=TranslatableText(N_("Keep the plan for “%(goal)s” as it is?"), goal=goal.name),
        why=join_texts([fact.text for fact in facts], " · "),
        proposed=propose_owner(staying),
        facts=tuple(facts),
        section="categories",
    )


def _describe_measure(goal: Goal) -> TranslatableText | None:
    """Say how a goal stands by its measure; None where the file has none."""
    measure = goal.measure
    if measure is None or measure.target is None:
        return None
    values: dict[str, object] = {
        "what": measure.what or goal.name,
        "value": _give_unit(measure.value, measure.unit),
        "target": _give_unit(measure.target, measure.unit),
    }
    text = N_("%(what)s: %(value)s, target %(target)s")
    if measure.measured:
        text = N_("%(what)s: %(value)s on %(day)s, target %(target)s")
        values["day"] = measure.measured
    return TranslatableText(text, **values)


def _give_unit(value: float, unit: str) -> object:
    if len(unit) == 3 and unit.isupper():  # a currency's code
        return Money(value, unit)
    if unit == "%":
        return f"{value:g}%"
    return TranslatableText("%(number)s %(unit)s", number=value, unit=unit) if unit else value


def _list_for(
    goal: Goal, staying: Sequence[Product], quarter: QuarterView, told: Collection[str | None]
) -> Iterator[AgendaFact]:
    """Yield what is new in the products that serve a goal, the best first.

    What is new elsewhere in the field speaks for no plan of ours. What forces a change, takes the
    place of something or is `told` speaks not for it.
    """
    names = {product.name for product in staying}
    lost = {one.story.id for one in find_ai_impacts(quarter) if one.kind == "threatens"}
    for story in sorted(quarter.chosen, key=lambda one: -count_goal_words(one, goal)):  # stable
        ref = quarter.make_ref(story)
        is_new = ref.event in RELEASE_EVENTS and not is_for_developers(ref.title)
        if not is_new or story.id in lost or story.id in told or find_forced_change(story, quarter):
            continue
        touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
        if story.tags.category in goal.categories and any(one.name in names for one in touched):
            yield _quote_title(story, quarter)


def _list_against(
    goal: Goal, serving: Sequence[Product], quarter: QuarterView, basis: AgendaBasis
) -> Iterator[AgendaFact]:
    """Yield what stands in a goal's way, what page one does not ask first.

    It is a change forced on users, with a day ahead first, changed terms, AI that takes the place
    of something, a product that goes, a category without one.
    """
    staying = [product for product in serving if product.status != "retiring"]
    asked = {one.story for one in basis.decisions}
    facts = [
        *_list_forced(goal, staying, quarter),
        *_list_changed_terms(staying, quarter),
        *_list_threats(staying, quarter),
    ]
    yield from sorted(facts, key=lambda fact: fact.story in asked)  # stable
    if leaving := tuple(product.name for product in serving if product.status == "retiring"):
        yield AgendaFact(TranslatableText(N_("%(names)s is being retired"), names=leaving))
    served = {slug for product in quarter.stack.products for slug in product.categories}
    for slug in goal.categories:
        if slug not in served:
            text = N_("nothing that we run serves %(category)s")
            yield AgendaFact(TranslatableText(text, category=get_category_name(slug)))


def _list_forced(
    goal: Goal, staying: Sequence[Product], quarter: QuarterView
) -> Iterator[AgendaFact]:
    """Yield the changes that products force on their users.

    Those whose reports speak of what the goal names come first, then the next day ahead.
    """
    names = {product.name for product in staying}
    changes = [
        change
        for change in list_forced_changes(quarter.chosen, quarter)
        if any(
            product.name in names
            for product in find_touched_products(
                change.story, quarter.get_relations(change.story), quarter.stack
            )
        )
    ]

    def get_sort_key(change: ForcedChange) -> tuple[int, date]:
        day = change.day
        ahead = day if day and day >= quarter.today else date.max
        return -count_goal_words(change.story, goal), ahead

    for change in sorted(changes, key=get_sort_key):  # stable
        title = truncate_text(quarter.make_ref(change.story).title, MAX_TITLE)
        said = TranslatableText(N_("“%(title)s”, which its users must follow"), title=title)
        if change.day and change.day == change.last:
            text = N_("“%(title)s”, since %(day)s")
            if change.day >= quarter.today:
                text = N_("“%(title)s”, from %(day)s")
            said = TranslatableText(text, title=title, day=_add_place(change.day, change.place))
        elif change.day and change.last:
            when = _add_place(describe_when(change.day, change.last), change.place)
            said = TranslatableText(N_("“%(title)s”, to begin %(when)s"), title=title, when=when)
        yield AgendaFact(said, change.story.id)


def _add_place(when: date | TranslatableText, place: str) -> date | TranslatableText:
    """Return when a change comes, with the place where it begins, if it comes elsewhere later."""
    if not place:
        return when
    return TranslatableText(N_("%(when)s, in %(place)s first"), when=when, place=place)


def _list_changed_terms(staying: Sequence[Product], quarter: QuarterView) -> Iterator[AgendaFact]:
    """Yield deals, prices, closures and incidents; of a maker's it is said that they are its."""
    for product in staying:
        for story in quarter.find_related([product.name], "product", "vendor"):
            ref, relation = quarter.make_ref(story), quarter.get_relation_to(story, product.name)
            against = _AGAINST.get(ref.event) if ref.event else None
            if not against or relation.products != (product.name,):
                continue
            name: str = product.name
            if product not in find_touched_products(story, [relation], quarter.stack):
                text = N_("%(vendor)s, maker of %(product)s")
                if ref.event == "pricing":
                    text = N_("%(vendor)s, maker of %(product)s, which is not named")
                name = TranslatableText(text, vendor=relation.vendor, product=product.name)
            title = truncate_text(ref.title, MAX_TITLE)
            text = TranslatableText(against, name=name, title=title)
            yield AgendaFact(text, story.id)


def _list_threats(staying: Sequence[Product], quarter: QuarterView) -> Iterator[AgendaFact]:
    names = {product.name for product in staying}
    for impact in find_ai_impacts(quarter):
        if impact.kind == "threatens" and impact.product in names:
            title = truncate_text(impact.story.title, MAX_TITLE)
            text = N_("“%(title)s”; accounts differ") if impact.against else "“%(title)s”"
            yield AgendaFact(TranslatableText(text, title=title), impact.story.id, "ai-watch")


def _quote_title(story: Story, quarter: QuarterView) -> AgendaFact:
    title = truncate_text(quarter.make_ref(story).title, MAX_TITLE)
    return AgendaFact(TranslatableText("“%(title)s”", title=title), story.id)
