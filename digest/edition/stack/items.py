"""The items of the review's agenda: what to decide, why now, who, until when.

Each is a question that a meeting can answer. The reason is made of counts of the quarter's stories,
their dates, and the fields of stack.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView, get_category_name
from digest.edition.stack.contracts import find_contract_day
from digest.edition.stack.duties import forces_change
from digest.edition.stack.money import sum_costs
from digest.edition.subjects import find_touched_products
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
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
    "pricing": N_("a price change at %(name)s"),
    "shutdown": N_("a closure at %(name)s"),
    "incident": N_("an incident at %(name)s"),
    "acquisition": N_("a deal at %(name)s"),
}
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
    with_ai = tuple(product.name for product in stack.products if product.ai.used)
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
            AgendaItem(what=TranslatableText(N_("Write down a policy on AI at work.")), why=why)
        )
    return tuple(items)


def _judge_goal(goal: Goal, quarter: QuarterView, basis: AgendaBasis) -> AgendaItem:
    """Return whether the plan for a goal stands, with what speaks for and against it."""
    serving = [
        product
        for product in quarter.stack.products
        if not set(product.categories).isdisjoint(goal.categories)
    ]
    owners = {product.owner for product in serving if product.status != "retiring"}
    stories = [story for story in quarter.stories if story.tags.category in goal.categories]
    names = {product.name for product in serving}
    dated = [
        entry
        for entry in basis.calendar
        if entry.kind in _DATED and not names.isdisjoint(entry.products)
    ]
    against = list(_list_against(goal, serving, quarter, dated))
    return AgendaItem(
        what=TranslatableText(N_("Keep the plan for “%(goal)s” as it is?"), goal=goal.name),
        why=_join_facts(
            (N_("In its field this quarter: %(facts)s."), list(_list_for(stories))),
            (N_("To weigh: %(facts)s."), against),
            (N_("Told most there: %(facts)s."), list(_find_theme(stories, basis))),
            default=N_("The quarter brought nothing for or against it."),
        ),
        owner=owners.pop() if len(owners) == 1 else "",
        section="categories",
    )


def _find_theme(stories: Sequence[Story], basis: AgendaBasis) -> Iterator[TranslatableText]:
    """Yield the title of the weightiest theme of which most is among these stories."""
    inside = {story.id for story in stories}
    for theme in basis.themes:
        ids = [*theme.stories, *(ref.id for ref in theme.more)]
        if 2 * sum(one in inside for one in ids) > len(ids):
            yield TranslatableText("%(finding)s", finding=theme.title)
            return


def _list_for(stories: Sequence[Story]) -> Iterator[TranslatableText]:
    """Yield what a goal can make use of: new things and findings in its categories."""
    events = Counter[str](story.tags.event for story in stories if story.tags.is_certain("event"))
    for event, one, many in (
        ("launch", N_("one launch"), N_("%(n)s launches")),
        ("update", N_("one update"), N_("%(n)s updates")),
        ("research", N_("one study"), N_("%(n)s studies")),
    ):
        if events[event]:
            yield _count(events[event], one, many)


def _list_against(
    goal: Goal,
    serving: Sequence[Product],
    quarter: QuarterView,
    dated: Sequence[CalendarEntry],
) -> Iterator[TranslatableText]:
    """Yield what stands in a goal's way: forced changes, changed terms, products that go, gaps."""
    staying = [product for product in serving if product.status != "retiring"]
    for product in staying:
        forced = [
            story
            for story in quarter.find_related([product.name], "product")
            if story.tags.category in goal.categories and forces_change(story)
        ]
        if forced:
            text = _count(
                len(forced),
                N_("one change that users of %(name)s must follow"),
                N_("%(n)s changes that users of %(name)s must follow"),
                name=product.name,
            )
            days = [entry.day for entry in dated if product.name in entry.products]
            if days:
                text = TranslatableText(
                    N_("%(changes)s, the next dated %(day)s"), changes=text, day=min(days)
                )
            yield text
        yield from _list_changed_terms(product, quarter)
    if leaving := tuple(product.name for product in serving if product.status == "retiring"):
        yield TranslatableText(N_("%(names)s is being retired"), names=leaving)
    served = {slug for product in staying for slug in product.categories}
    for slug in goal.categories:
        if slug not in served:
            yield TranslatableText(
                N_("nothing that we run serves %(category)s"), category=get_category_name(slug)
            )


def _list_changed_terms(product: Product, quarter: QuarterView) -> Iterator[TranslatableText]:
    """Yield what happened at a product, or only at its maker, each kind once."""
    where: dict[Event, str] = {}
    for story in quarter.find_related([product.name], "product", "vendor"):
        event = quarter.make_ref(story).event
        relation = quarter.get_relation_to(story, product.name)
        if not event or event not in _AGAINST or relation.products != (product.name,):
            continue
        if product in find_touched_products(story, [relation], quarter.stack):
            where[event] = product.name
        else:
            maker = TranslatableText(
                N_("%(vendor)s, maker of %(name)s"),
                vendor=product.vendor_or_name,
                name=product.name,
            )
            where.setdefault(event, maker)
    for event, name in where.items():
        yield TranslatableText(_AGAINST[event], name=name)


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
    silent = [
        product
        for product in staying
        if product.users is None or not _MEASURE.search(product.contribution)
    ]
    if silent:
        items.append(
            AgendaItem(
                what=TranslatableText(
                    N_("Record for each product a figure of its use and of what it yields.")
                ),
                why=_describe_unmeasured(silent),
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


def _describe_unmeasured(silent: Sequence[Product]) -> TranslatableText:
    """Say of which products the file has no number of users, and of which no measure."""
    no_users = [product for product in silent if product.users is None]
    no_measure = [product for product in silent if not _MEASURE.search(product.contribution)]
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
        *_list_challengers(quarter),
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


def _list_challengers(quarter: QuarterView) -> Iterator[AgendaItem]:
    """Yield a product to compare ours with while its contract can be ended, for the dearest."""
    products = {product.name: product for product in quarter.stack.products}
    found: list[tuple[Product, Story, str]] = []
    for story in quarter.stories:
        for relation in quarter.get_relations(story) if story.tags.event == "launch" else ():
            ours = [products[name] for name in relation.products if name in products]
            found += [
                (product, story, relation.vendor)
                for product in ours
                if relation.kind == "rival"
                and relation.vendor
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
        owner=_get_owner(idle),
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
    """Return late promises, contracts, rules without an owner and platform duties, by day.

    There are at most `room`, of each kind one before a second. What page one decides,
    trials and what retires are asked elsewhere.
    """
    kinds = (
        _list_late_promises(quarter),
        _list_contract_items(quarter, basis),
        _list_unowned_rules(quarter, rules),
        _list_duties(quarter, basis),
    )
    rounds = zip_longest(*kinds)  # so that none of the kinds is crowded out
    kept = [item for one in rounds for item in one if item][: max(room, 0)]
    return tuple(sorted(kept, key=lambda item: item.due or date.max))  # stable


def _list_late_promises(quarter: QuarterView) -> Iterator[AgendaItem]:
    for promise in quarter.stack.promises:
        if promise.state in OPEN_PROMISES and promise.by and promise.by < quarter.today:
            vendor = promise.vendor.casefold()
            theirs = [
                product
                for product in quarter.stack.products
                if vendor in (product.name.casefold(), product.vendor_or_name.casefold())
            ]
            contracts = (find_contract_day(product, quarter.today) for product in theirs)
            days = [contract.day for contract in contracts if contract]
            yield AgendaItem(
                what=TranslatableText(
                    N_("Make %(vendor)s’s late promise a condition of renewal?"),
                    vendor=promise.vendor,
                ),
                why=TranslatableText(
                    N_("“%(what)s” was due on %(day)s and is not recorded as kept."),
                    what=truncate_text(promise.what, _MAX_TITLE),
                    day=promise.by,
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
        and (forces_change(story) or story.id in days)
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


def _sort_by_cost(product: Product) -> tuple[float, str]:
    return -(product.cost.amount if product.cost else 0.0), product.name


def _is_ahead(day: date | None, quarter: QuarterView) -> bool:
    return day is not None and day >= quarter.today
