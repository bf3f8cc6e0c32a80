"""The items of the review's agenda: what to decide, why now, who, until when.

Each is a question that a meeting can answer. The reason is made of counts of the quarter's stories,
their dates, and the fields of stack.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.forced import find_forced_change, list_forced_changes
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView, get_category_name
from digest.edition.stack.contracts import find_contract_day
from digest.edition.stack.money import sum_costs
from digest.edition.stack.verdicts import is_own_incident
from digest.edition.stack.watch import is_promise_watched
from digest.edition.subjects import find_touched_products
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    AgendaFact,
    AgendaItem,
    CalendarEntry,
    FrontDecision,
    RuleRow,
    Sentence,
    StackView,
    StoryRef,
    Theme,
)
from digest.model.stack import OPEN_PROMISES, OUR_RELATIONS, Goal, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import truncate_text

_INCIDENT = N_("Find out whether our %(name)s has the weakness, and whether it is mended.")
MAX_ITEMS = 14  # of the agenda: what an hour holds
_MAX_GOALS, _MAX_USAGE, _MAX_GAPS = 4, 3, 4
_MAX_OF_KIND = 2  # items of one kind in a part
_MAX_TITLE = 90  # characters of a headline
_MAX_NAMES = 5
_MAX_UNMEASURED = 12  # products that are named for want of a figure
_MAX_SENTENCE = 200  # characters of a source's sentence
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\.? [A-Z][a-z]{2,8}\b|\b[A-Z][a-z]{2,8}\.? \d{1,2}\b")
_DATED = ("effective", "deadline", "ends")
_AGAINST: Mapping[Event, str] = {
    "pricing": N_("a price change at %(name)s: “%(title)s”"),
    "shutdown": N_("a closure at %(name)s: “%(title)s”"),
    "incident": N_("an incident at %(name)s: “%(title)s”"),
    "acquisition": N_("a deal at %(name)s: “%(title)s”"),
}
_EACH_OWNER = N_("each owner")
# A contribution that measures something has a figure or a share in it.
_MEASURE = re.compile(
    r"\d|%|\b(?:half|third|quarter|fifth|tenth|per ?cent|hälfte|drittel|viertel|metà|terzo)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AgendaBasis:
    """What other parts of the briefing found that the agenda builds on.

    `decisions` are those of page one, `summaries` the sentences of the chosen stories, by id.
    """

    calendar: Sequence[CalendarEntry] = ()
    themes: Sequence[Theme] = ()
    decisions: Sequence[FrontDecision] = ()
    summaries: Mapping[str, Sequence[Sentence]] = field(default_factory=dict)

    @property
    def decided(self) -> frozenset[str]:
        """The products whose contracts page one asks about."""
        return frozenset(
            name for one in self.decisions if one.cost or not one.story for name in one.products
        )


NO_BASIS = AgendaBasis()

# ---------------------------------------------------------------- strategy


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
            values["names"] = _truncate_names(with_ai)
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Keep our AI policy as it is?")),
                why=TranslatableText(text, **values),
                owner=stack.policy_owner,
                proposed="" if stack.policy_owner else _propose_owner(using_ai),
                section="rules",
            )
        )
    else:
        why = TranslatableText(N_("The stack file names none."))
        if with_ai:
            why = TranslatableText(
                N_("The stack file names none, and AI works in %(names)s."),
                names=_truncate_names(with_ai),
            )
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Write down a policy on AI at work.")),
                why=why,
                proposed=_propose_owner(using_ai),
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
    facts = [
        AgendaFact(TranslatableText(text, fact=fact.text), fact.story, fact.section)
        for text, fact in (
            (N_("For: %(fact)s"), speaks_for),
            (N_("To weigh: %(fact)s"), against),
        )
        if fact
    ]
    nothing = TranslatableText(N_("The quarter brought nothing for or against it."))
    return AgendaItem(
        what=TranslatableText(N_("Keep the plan for “%(goal)s” as it is?"), goal=goal.name),
        why=_join([fact.text for fact in facts] or [nothing], " · "),
        proposed=_propose_owner(staying),
        facts=tuple(facts),
        section="categories",
    )


def _list_for(
    goal: Goal, staying: Sequence[Product], quarter: QuarterView, told: Collection[str | None]
) -> Iterator[AgendaFact]:
    """Yield what a goal can make use of, the best first.

    What is new in a product that serves it comes before what is new in its field, and that before
    a study. What forces a change, takes the place of something or is `told` speaks not for it.
    """
    names = {product.name for product in staying}
    lost = {one.story.id for one in find_ai_impacts(quarter) if one.kind == "threatens"}
    found = [
        story
        for story in quarter.chosen
        if story.tags.category in goal.categories
        and story.id not in lost
        and story.id not in told
        and not find_forced_change(story)
    ]

    def is_ours(story: Story) -> bool:
        touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
        return any(product.name in names for product in touched)

    def rank(story: Story) -> int:
        event = quarter.make_ref(story).event
        if event in RELEASE_EVENTS:
            return 0 if is_ours(story) else 1
        return 2 if event == "research" else 3

    for story in sorted(found, key=rank):  # stable: else the best story first
        if rank(story) < 3:
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
        *_list_forced(staying, quarter),
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


def _list_forced(staying: Sequence[Product], quarter: QuarterView) -> Iterator[AgendaFact]:
    """Yield the changes that products force on their users, the next day ahead first."""
    names = {product.name for product in staying}
    changes = [
        change
        for change in list_forced_changes(quarter.chosen)
        if any(
            product.name in names
            for product in find_touched_products(
                change.story, quarter.get_relations(change.story), quarter.stack
            )
        )
    ]

    def get_sort_key(day: date | None) -> date:
        return day if day and day >= quarter.today else date.max

    for change in sorted(changes, key=lambda one: get_sort_key(one.day)):  # stable
        title = truncate_text(quarter.make_ref(change.story).title, _MAX_TITLE)
        said = TranslatableText(N_("“%(title)s”, which its users must follow"), title=title)
        if change.day and change.day == change.last:
            text = N_("“%(title)s”, since %(day)s")
            if change.day >= quarter.today:
                text = N_("“%(title)s”, from %(day)s")
            said = TranslatableText(text, title=title, day=change.day)
        yield AgendaFact(said, change.story.id)


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
            title = truncate_text(ref.title, _MAX_TITLE)
            text = TranslatableText(against, name=name, title=title)
            yield AgendaFact(text, story.id)


def _list_threats(staying: Sequence[Product], quarter: QuarterView) -> Iterator[AgendaFact]:
    names = {product.name for product in staying}
    for impact in find_ai_impacts(quarter):
        if impact.kind == "threatens" and impact.product in names:
            title = truncate_text(impact.story.title, _MAX_TITLE)
            text = TranslatableText("“%(title)s”", title=title)
            yield AgendaFact(text, impact.story.id, "ai-watch")


def _quote_title(story: Story, quarter: QuarterView) -> AgendaFact:
    title = truncate_text(quarter.make_ref(story).title, _MAX_TITLE)
    return AgendaFact(TranslatableText("“%(title)s”", title=title), story.id)


# ---------------------------------------------------------------- usage, performance and spend


def list_usage_items(quarter: QuarterView) -> tuple[AgendaItem, ...]:
    """Return trials to end, and the figures that the stack file lacks, by product."""
    products = quarter.stack.products
    items = [
        AgendaItem(
            what=TranslatableText(N_("Buy %(name)s, or end its trial?"), name=product.name),
            why=_describe_trial(product),
            owner=product.owner,
            due=product.notice_by if _is_ahead(product.notice_by, quarter) else None,
            section="stack",
        )
        for product in products
        if product.status == "trial"
    ][:_MAX_OF_KIND]
    staying = [product for product in products if product.status != "retiring"]
    without_cost = [product for product in staying if product.cost is None]
    if without_cost:
        items.append(
            AgendaItem(
                what=TranslatableText(
                    N_("Record the yearly cost of %(names)s."), names=_list_names(without_cost)
                ),
                why=TranslatableText(
                    N_("Without it the total, its share and the cost for a customer are minima.")
                ),
                owner=_get_owner(without_cost),
                section="stack",
            )
        )
    silent = [product for product in staying if product.users is None or not _is_measured(product)]
    if silent:
        items.append(
            AgendaItem(
                what=TranslatableText(
                    N_("Record for each product a figure of its use and of what it yields.")
                ),
                why=_describe_unmeasured(silent),
                owner=_get_owners(silent),
                section="stack",
            )
        )
    return tuple(items[:_MAX_USAGE])


def _describe_trial(product: Product) -> TranslatableText:
    """Say what a trial is for and what it would cost."""
    if product.cost and product.cost.amount and product.users:
        return TranslatableText(
            N_("On trial with %(users)s users at %(money)s a year."),
            users=product.users,
            money=product.cost,
        )
    return TranslatableText(N_("It is on trial; what did it show?"))


def _is_measured(product: Product) -> bool:
    """Return whether the file has a figure of a product's use or of what it yields."""
    usage = product.usage
    has_usage = usage.used is not None or usage.active is not None
    return has_usage or _MEASURE.search(product.contribution) is not None


def _describe_unmeasured(silent: Sequence[Product]) -> TranslatableText:
    """Say of which products the file has no number of users, and of which no measure."""
    no_users = [product for product in silent if product.users is None]
    no_measure = [product for product in silent if not _is_measured(product)]
    return _join_facts(
        (N_("No number of users in the stack file: %(facts)s."), _list_names(no_users)),
        (
            N_("No usage figure or performance measure in the stack file: %(facts)s."),
            _list_names(sorted(no_measure, key=_sort_by_cost), _MAX_UNMEASURED),
        ),
        default="",
    )


# ---------------------------------------------------------------- gaps and opportunities


def list_gap_items(
    quarter: QuarterView, view: StackView, basis: AgendaBasis
) -> tuple[AgendaItem, ...]:
    """Return categories of goals without a product, what retires, rivals, AI unused, overlaps."""
    items = [
        *_list_gaps(quarter),
        *_list_successions(quarter, basis),
        *_list_challengers(quarter, basis),
        *_list_unused_ai(quarter),
        *_list_overlaps(view),
    ]
    return tuple(items[:_MAX_GAPS])


def _list_gaps(quarter: QuarterView) -> Iterator[AgendaItem]:
    gaps = Counter(  # category, goal → stories that tell of it
        (relation.category, relation.goal)
        for story in quarter.stories
        for relation in quarter.get_relations(story)
        if relation.kind == "gap" and relation.category
    )
    for (slug, goal), _ in sorted(gaps.items(), key=lambda row: (-row[1], row[0]))[:_MAX_OF_KIND]:
        told = [story for story in quarter.stories if story.tags.category == slug]
        new = sum(quarter.make_ref(story).event in RELEASE_EVENTS for story in told)
        text = N_("We run nothing there that stays; stories this quarter: %(count)s.")
        if new:
            text = N_(
                "We run nothing there that stays; stories this quarter: %(count)s, launches and "
                "updates among them: %(new)s."
            )
        values = {"count": len(told), "new": new}
        yield AgendaItem(
            what=TranslatableText(
                N_("Add something for %(category)s, or serve “%(goal)s” without it?"),
                category=get_category_name(slug),
                goal=goal,
            ),
            why=TranslatableText(text, **(values if new else {"count": len(told)})),
            proposed=_propose_owner(_list_serving(goal, quarter)),
            section="categories",
        )


def _list_successions(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield what is to become of the work of products that retire, and their notices."""
    products = quarter.stack.products
    for product in products:
        if product.status != "retiring":
            continue
        others = tuple(
            other.name
            for other in products
            if other.status != "retiring" and other.categories[:1] == product.categories[:1]
        )
        contract = find_contract_day(product, quarter.today)
        gives_notice = contract and contract.kind == "notice" and product.name not in basis.decided
        text = N_("Name what takes the place of %(name)s.")
        if others and gives_notice:
            text = N_("Move the work of %(name)s to %(others)s, and give notice as planned?")
        elif others:
            text = N_("Move the work of %(name)s to %(others)s?")
        elif gives_notice:
            text = N_("Give notice for %(name)s as planned, and name what takes its place?")
        values: dict[str, object] = {"name": product.name}
        if others:
            values["others"] = others
        what = TranslatableText(text, **values)
        facts = []
        if product.contract_end and product.contract_end >= quarter.today:
            text = N_("Its contract ends on %(day)s.")
            facts.append(TranslatableText(text, day=product.contract_end))
        if product.contribution:
            text = N_("It does this today: “%(work)s”")
            facts.append(TranslatableText(text, work=truncate_text(product.contribution, 100)))
        if not facts:
            facts.append(TranslatableText(N_("It is being retired.")))
        yield AgendaItem(
            what=what,
            why=_join(facts, " "),
            owner=product.owner,
            due=contract.day if contract else None,
            section="stack",
        )


def _list_challengers(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield a product to compare ours with while its contract can be ended, for the dearest."""
    products = {product.name: product for product in quarter.stack.products}
    makers = {product.vendor_or_name.casefold() for product in quarter.stack.products}
    found: list[tuple[Product, Story, str]] = []
    for story in quarter.stories:
        is_launch = quarter.make_ref(story).event == "launch"  # and that is sure
        for relation in quarter.get_relations(story) if is_launch else ():
            ours = [products[name] for name in relation.products if name in products]
            found += [
                (product, story, relation.vendor)
                for product in ours
                if relation.kind == "rival"
                and relation.vendor
                and relation.vendor in story.lead.item.title
                and relation.vendor.casefold() not in makers  # theirs we run already
                and product.name not in basis.decided  # page one asks whether it is renewed
                and product.categories[:1] == (story.tags.category,)
                and find_contract_day(product, quarter.today)
            ]
    for product, story, vendor in sorted(found, key=lambda row: _sort_by_cost(row[0]))[:1]:
        contract = find_contract_day(product, quarter.today)
        yield AgendaItem(
            what=TranslatableText(
                N_("Compare %(product)s with %(vendor)s before its term is renewed?"),
                product=product.name,
                vendor=vendor,
            ),
            why=_cite(quarter.make_ref(story)),
            owner=product.owner,
            due=contract.day if contract else None,
            section="register",
            story=story.id,
        )


def _list_unused_ai(quarter: QuarterView) -> Iterator[AgendaItem]:
    """Yield what AI is left aside: the products for which the file names no use of any."""
    idle = [
        product
        for product in quarter.stack.products
        if not product.ai.used and product.status != "retiring"
    ]
    idle.sort(key=_sort_by_cost)
    related = quarter.find_related([product.name for product in idle], *OUR_RELATIONS)
    told = sum(story.tags.ai in AI_IN_USE for story in related)
    if not told:
        return
    yield AgendaItem(
        what=TranslatableText(N_("Use the AI of what we run, or leave it off?")),
        why=TranslatableText(
            N_(
                "The stack file names no use of AI in %(names)s; stories of AI there or at their "
                "makers this quarter: %(n)s."
            ),
            names=_list_names(idle, _MAX_UNMEASURED),
            n=told,
        ),
        owner=_get_owners(idle),
        section="ai-watch",
    )


def _list_overlaps(view: StackView) -> Iterator[AgendaItem]:
    lines = {line.product.name: line.product for line in view.lines}
    asked: set[tuple[str, ...]] = set()
    for line in view.lines:
        names = tuple(sorted((line.product.name, *line.overlaps)))
        if not line.overlaps or line.product.status == "retiring" or names in asked:
            continue
        asked.add(names)
        category = get_category_name(line.product.categories[0])
        text, values = N_("Both serve %(category)s."), dict[str, object](category=category)
        if money := sum_costs(lines[name] for name in names if name in lines):
            text = N_("Both serve %(category)s; together they cost %(money)s a year.")
            values["money"] = money
        yield AgendaItem(
            what=TranslatableText(N_("Keep both %(names)s?"), names=names),
            why=TranslatableText(text, **values),
            owner=_get_owner([lines[name] for name in names if name in lines]),
            section="stack",
        )


# ---------------------------------------------------------------- open decisions


def list_open_items(
    quarter: QuarterView, rules: Sequence[RuleRow], basis: AgendaBasis, room: int = MAX_ITEMS
) -> tuple[AgendaItem, ...]:
    """Return incidents, late promises, contracts, rules without an owner and duties, by day.

    Incidents of our own products come first. There are at most `room`, of each kind one before a
    second. What page one decides,
    trials and what retires are asked elsewhere.
    """
    kinds = (
        _list_incidents(quarter),
        _list_late_promises(quarter, basis),
        _list_contract_items(quarter, basis),
        _list_unowned_rules(quarter, rules),
        _list_duties(quarter, basis),
    )
    rounds = zip_longest(*kinds)  # so that none of the kinds is crowded out
    kept = [item for one in rounds for item in one if item][: max(room, 0)]

    def get_sort_key(item: AgendaItem) -> tuple[bool, date]:
        return item.what.template != _INCIDENT, item.due or date.max

    return tuple(sorted(kept, key=get_sort_key))  # stable


def _list_incidents(quarter: QuarterView) -> Iterator[AgendaItem]:
    """Yield products of ours of which a breach, a weakness or an outage is surely told."""
    for product in quarter.stack.products:
        for story in quarter.find_related([product.name], "product"):
            if is_own_incident(story, product, quarter):
                ref = quarter.make_ref(story)
                yield AgendaItem(
                    what=TranslatableText(_INCIDENT, name=product.name),
                    why=_cite(ref),
                    owner=product.owner,
                    section="stack",
                    story=story.id,
                )
                break


def _list_late_promises(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    for promise in quarter.stack.promises:
        if promise.state in OPEN_PROMISES and promise.by and promise.by < quarter.today:
            vendor = promise.vendor.casefold()
            theirs = [
                product
                for product in quarter.stack.products
                if vendor in (product.name.casefold(), product.vendor_or_name.casefold())
            ]
            if any(product.name in basis.decided for product in theirs):
                continue  # page one asks about the contract, and names the promise
            contracts = (find_contract_day(product, quarter.today) for product in theirs)
            days = [contract.day for contract in contracts if contract]
            what = N_("Make %(vendor)s’s late promise a condition of renewal?")
            why = N_("“%(what)s” was due on %(day)s and is not recorded as kept.")
            if not is_promise_watched(promise, quarter):  # nobody looked whether it is late
                what = N_("Ask %(vendor)s whether it has kept its promise before renewal?")
                why = N_("“%(what)s” was due on %(day)s; no source of %(vendor)s is read.")
            yield AgendaItem(
                what=TranslatableText(what, vendor=promise.vendor),
                why=_fill(
                    why,
                    what=truncate_text(promise.what, _MAX_TITLE),
                    day=promise.by,
                    vendor=promise.vendor,
                ),
                owner=_get_owner(theirs),
                due=min(days, default=None),
                section="ledger",
            )


def _list_unowned_rules(quarter: QuarterView, rules: Sequence[RuleRow]) -> Iterator[AgendaItem]:
    """Yield rules of the briefing that touch our products: the file names nobody for rules."""
    chosen = {story.id: story for story in quarter.chosen}
    products = {product.name: product for product in quarter.stack.products}
    found = [
        (row, [products[name] for name in row.products if name in products])
        for row in rules
        if row.products and row.story.id in chosen
    ]
    for row, touched in found[:_MAX_OF_KIND]:
        text = N_("It touches %(names)s; the stack file names nobody who answers for rules.")
        values: dict[str, object] = {"names": _list_names(touched)}
        if row.effective:
            text = N_(
                "It touches %(names)s; from when: “%(when)s”. The stack file names nobody who "
                "answers for rules."
            )
            values["when"] = row.effective
        elif chosen[row.story.id].tags.ai in AI_IN_USE and all(one.ai.used for one in touched):
            text = N_(
                "AI works in %(names)s: whether it reaches that use is open, and the stack file "
                "names nobody who answers for rules."
            )
        yield AgendaItem(
            what=TranslatableText(
                N_("Name who answers for “%(title)s”."),
                title=truncate_text(row.story.title, _MAX_TITLE),
            ),
            why=TranslatableText(text, **values),
            proposed=_propose_owner(touched),
            section="rules",
            story=row.story.id,
        )


def _list_duties(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield changes that products force on their users; those with a day ahead come first."""
    products = {product.name: product for product in quarter.stack.products}
    told = {one.story for one in basis.decisions}
    days: dict[str, date] = {}
    for entry in basis.calendar:
        if entry.story and entry.kind in _DATED:
            days.setdefault(entry.story.id, entry.day)
    forced = [
        story
        for story in quarter.chosen
        if story.id not in told
        and quarter.get_closest_relation(story).kind == "product"
        and (find_forced_change(story) or story.id in days)
    ]
    forced.sort(key=lambda story: days.get(story.id, date.max))  # stable: else the best first
    for story in forced[:_MAX_OF_KIND]:
        names = quarter.get_closest_relation(story).products
        touched = [products[name] for name in names if name in products]
        ref = quarter.make_ref(story)
        yield AgendaItem(
            what=TranslatableText(
                N_("Follow “%(title)s” now, or wait?"), title=truncate_text(ref.title, _MAX_TITLE)
            ),
            why=_cite_sentence(ref, basis.summaries.get(story.id, ()), touched),
            owner=_get_owner(touched),
            due=days.get(story.id),
            section="categories",
            story=story.id,
        )


def _cite_sentence(
    ref: StoryRef, sentences: Sequence[Sentence], products: Sequence[Product]
) -> TranslatableText:
    """Return what a change asks of its users: the sentence that names a date, else the first."""
    fitting = [sentence for sentence in sentences if len(sentence.text) <= _MAX_SENTENCE]
    dated = (sentence for sentence in fitting if _DAY.search(sentence.text))
    sentence = next(dated, next(iter(fitting), None))
    if sentence is None:
        return _cite(ref)
    return TranslatableText(
        N_("It touches %(names)s. %(source)s on %(day)s: “%(words)s”"),
        names=_list_names(products),
        source=sentence.source,
        day=ref.published.date(),
        words=sentence.text,
    )


def _list_contract_items(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield each contract with a day ahead that page one does not ask about, the nearest first."""
    rows = [
        (contract, product)
        for product in quarter.stack.products
        if product.name not in basis.decided
        and product.status not in ("trial", "retiring")
        and (contract := find_contract_day(product, quarter.today))
    ]
    for contract, product in sorted(rows, key=lambda row: row[0].day):
        text = N_("Renew %(name)s, or give notice?")
        if contract.kind == "contract end":
            text = N_("Go on with %(name)s after its contract?")
        why = N_("The contract ends on %(end)s.")
        values: dict[str, object] = {"end": product.contract_end}
        if product.cost and product.cost.amount:
            why = N_("%(money)s a year; the contract ends on %(end)s.")
            values["money"] = product.cost
        yield AgendaItem(
            what=TranslatableText(text, name=product.name),
            why=TranslatableText(why, **values),
            owner=product.owner,
            due=contract.day,
            section="calendar",
        )


# ---------------------------------------------------------------- words


def _cite(ref: StoryRef) -> TranslatableText:
    return TranslatableText(
        N_("%(source)s on %(day)s: “%(title)s”."),
        source=ref.source,
        day=ref.published.date(),
        title=truncate_text(ref.title, _MAX_TITLE),
    )


def _count(number: int, one: str, many: str, **values: object) -> TranslatableText:
    if number == 1:
        return TranslatableText(one, **values)
    return TranslatableText(many, n=number, **values)


def _join_facts(*parts: tuple[str, Sequence[str]], default: str) -> TranslatableText:
    """Return one sentence of each template that has facts; `default` where none has."""
    sentences = [
        TranslatableText(text, facts=tuple(facts) if are_names else _join(facts, "; "))
        for text, facts in parts
        if facts
        for are_names in [not any(isinstance(fact, TranslatableText) for fact in facts)]
    ]
    return _join(sentences or [TranslatableText(default)], " ")


def _join(parts: Sequence[str], between: str) -> TranslatableText:
    """Join texts that are each translated for themselves."""
    return TranslatableText(
        between.join(f"%(s{n})s" for n in range(len(parts))),
        **{f"s{n}": part for n, part in enumerate(parts)},
    )


def _list_names(products: Iterable[Product], limit: int = _MAX_NAMES) -> tuple[str, ...]:
    return _truncate_names(tuple(product.name for product in products), limit)


def _truncate_names(names: Sequence[str], limit: int = _MAX_NAMES) -> tuple[str, ...]:
    if len(names) <= limit:
        return tuple(names)
    more = TranslatableText("%(count)s more", count=len(names) - limit + 1)
    return (*names[: limit - 1], more)


def _get_owner(products: Sequence[Product]) -> str:
    """Return the one owner of products; "" where there are several."""
    owners = {product.owner for product in products}
    return owners.pop() if len(owners) == 1 else ""


def _get_owners(products: Sequence[Product]) -> str:
    """Return the one owner of products; of several each for what is theirs."""
    if any(product.owner for product in products):
        return _get_owner(products) or TranslatableText(_EACH_OWNER)
    return ""


def _propose_owner(products: Sequence[Product]) -> str:
    """Return who owns most of these products; "" where nobody does."""
    owners = Counter(product.owner for product in products if product.owner)
    for name, count in owners.most_common(1):
        if 2 * count > len(products):
            return name
    return ""


def _list_serving(goal_name: str, quarter: QuarterView) -> list[Product]:
    """Return the products that stay and whose main category serves a goal."""
    slugs = {
        slug for goal in quarter.stack.goals if goal.name == goal_name for slug in goal.categories
    }
    return [
        product
        for product in quarter.stack.products
        if product.status != "retiring" and not slugs.isdisjoint(product.categories[:1])
    ]


def _fill(template: str, **values: object) -> TranslatableText:
    """Fill a template with those of the values that it names."""
    return TranslatableText(
        template, **{name: value for name, value in values.items() if f"%({name})s" in template}
    )


def _sort_by_cost(product: Product) -> tuple[float, str]:
    return -(product.cost.amount if product.cost else 0.0), product.name


def _is_ahead(day: date | None, quarter: QuarterView) -> bool:
    return day is not None and day >= quarter.today
