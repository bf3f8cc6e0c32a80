"""Page one beside its stories: a lead, what to decide, since when, and the figures that matter.

Everything is counted from the edition's other parts or stands in the team's files. With a stack it
tells of the company's own products, without one of the market; a part with nothing to say is empty.
A sentence of a source stands with its story alone, so that page one says nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import MappingProxyType

from digest.edition.owners import find_common_owner
from digest.edition.phrases import (
    MAX_TITLE,
    cite_headline,
    join_texts,
    list_product_names,
    shorten_names,
)
from digest.edition.quarter import QuarterView
from digest.edition.stack.contracts import SOON, find_contract_day
from digest.edition.stack.money import get_cost_key, sum_costs
from digest.edition.stack.verdicts import find_own_incidents
from digest.edition.stack.watch import is_promise_watched
from digest.edition.story_dates import find_story_dates
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    CalendarEntry,
    Claim,
    DateKind,
    FrontCard,
    FrontDecision,
    FrontPage,
    RuleEntry,
    Sentence,
    StackView,
    StoryRef,
    Theme,
    count_proven_claims,
    list_dates_ahead,
)
from digest.model.stack import OPEN_PROMISES, OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import truncate_text

_MAX_DECISIONS = 3
_MAX_NAMES = 4
_MAX_ALSO_DUE = 4
_MAX_QUOTE = 200  # characters of a sentence that is a reason
_MAX_PROMISE = 80
_CHANGES: Mapping[Event, str] = {
    "acquisition": N_("deals (%(names)s)"),
    "shutdown": N_("something that ends (%(names)s)"),
    "pricing": N_("price changes (%(names)s)"),
}
_BINDING_EVENTS: frozenset[Event] = frozenset(("regulation", "shutdown", "pricing"))
_DUTY_KINDS = ("effective", "deadline", "ends")
_OF_PRICE = re.compile(r"\bpric\w+|\bfees?\b|\bcosts?\b|preis\w*|prezz\w+|\bprix\b", re.IGNORECASE)
_REQUIRES = re.compile(r"\b(?:requir\w+|must|mandatory|obbligator\w+|pflicht\w*)\b", re.IGNORECASE)
_Summaries = Mapping[str, Sequence[Sentence]]  # the sentences of a story, by its id
_STORY_QUESTIONS: Mapping[Event, str] = {
    "acquisition": N_("Ask the maker of %(product)s now for its word on price and roadmap?"),
    "pricing": N_("Accept the new price of %(product)s, or look for another product?"),
    "shutdown": N_("Replace what closes at %(product)s, or do without it?"),
}
_STORY_REASONS: Mapping[Event, str] = {
    "acquisition": N_("A deal of its maker, %(source)s on %(day)s: “%(title)s”."),
    "pricing": N_("A change of price, %(source)s on %(day)s: “%(title)s”."),
    "shutdown": N_("A closure, %(source)s on %(day)s: “%(title)s”."),
}
_DUTY_QUESTIONS: Mapping[DateKind, str] = {
    "effective": N_("Adapt %(names)s to this change, or accept it as it comes?"),
    "deadline": N_("Do in time what is asked of users of %(names)s, or do without it?"),
    "ends": N_("Replace what ends at %(names)s, or do without it?"),
}


@dataclass(frozen=True, slots=True)
class FrontQuestions:
    """What page one asks, and what else falls due before the next review."""

    decisions: tuple[FrontDecision, ...] = ()
    also_due: TranslatableText | None = None


def build_front(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    themes: Sequence[Theme],
    stack: StackView | None,
    questions: FrontQuestions = FrontQuestions(),
    rules: Sequence[RuleEntry] = (),
) -> FrontPage:
    """Return page one. Without a stack (None) it tells of the market.

    `questions` are those that `pick_decisions` found, `rules` know from when rules hold.
    """
    days = {
        rule.story.id: (rule.day, rule.forecast)
        for rule in rules
        if rule.day and rule.day == rule.last
    }
    changed = _find_changed_vendors(quarter)
    return FrontPage(
        lead=tuple(_iter_lead(quarter, calendar, themes, changed)),
        decisions=questions.decisions,
        also_due=questions.also_due,
        cards=tuple(_iter_cards(quarter, calendar, claims, changed, has_stack=stack is not None)),
        since={
            story.id: since
            for story in quarter.chosen
            if (since := _describe_since(story, days.get(story.id), quarter.today))
        },
    )


# ---------------------------------------------------------------- lead


def _iter_lead(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    themes: Sequence[Theme],
    changed: Mapping[str, frozenset[Event]],
) -> Iterator[TranslatableText]:
    """Yield what the quarter was about, what happened to the company's vendors, what falls due."""
    if themes:
        yield TranslatableText("%(finding)s.", finding=themes[0].title)
    happened = [
        TranslatableText(text, names=shorten_names(names, _MAX_NAMES))
        for event, text in _CHANGES.items()
        if (names := [vendor for vendor, events in changed.items() if event in events])
    ]
    if hit := [product.name for product, _ in find_own_incidents(quarter)]:
        text = N_("a breach, weakness or outage (%(names)s)")
        happened.append(TranslatableText(text, names=shorten_names(hit, _MAX_NAMES)))
    if happened:
        text = N_("Told of what you run: %(what)s.")
        yield TranslatableText(text, what=join_texts(happened, "; "))
    due = _find_due_contracts(quarter)
    if due and not sum_costs(due):  # else a card tells it
        days = sorted(filter(None, (one.notice_by for one in due)))
        text = N_("Contracts come up for notice, the first on %(day)s.")
        yield TranslatableText(text, day=days[0])
    elif not due and (soon := [entry for entry in calendar if entry.kind in _DUTY_KINDS]):
        text = N_("The next date: %(day)s, “%(what)s”.")
        title = truncate_text(soon[0].what, MAX_TITLE)
        yield TranslatableText(text, day=soon[0].day, what=title)


def _find_changed_vendors(quarter: QuarterView) -> dict[str, frozenset[Event]]:
    """Return of which vendors of the stack a deal, closure or price change was surely told."""
    found: dict[str, frozenset[Event]] = {}
    for product in quarter.stack.products:
        events = {
            event
            for story in quarter.find_related([product.name], *OUR_RELATIONS)
            if (event := quarter.make_ref(story).event) in _CHANGES and event
        }
        if events:
            vendor = product.vendor_or_name
            found[vendor] = found.get(vendor, frozenset()) | events
    return found


# ---------------------------------------------------------------- decisions


def pick_decisions(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    summaries: _Summaries = MappingProxyType({}),
) -> FrontQuestions:
    """Return the questions that a meeting can answer, by day, and what else falls due.

    Incidents of the company's own products are one question, which comes first and cannot wait;
    up to three others follow. With a stack there is one of each kind (changed terms, a dated
    change, a contract) before a second of one; of a kind what is due before the next review comes
    first, then the most money. Without a stack they are what the market's nearest dates ask.
    `summaries` are the sentences of the chosen stories, by id.
    """
    if not quarter.stack.products:
        return FrontQuestions(tuple(_pick_market_decisions(calendar, summaries)))
    stories = _find_changed_terms(quarter)
    until = quarter.today + SOON
    kinds = [
        sorted(kind, key=lambda one: one.due is None or one.due > until)  # stable
        for kind in (
            _iter_changed_terms(quarter, stories),
            _iter_duty_decisions(quarter, calendar, summaries),
            _iter_contract_decisions(quarter, stories),
        )
    ]
    chosen: list[FrontDecision] = []
    asked: set[str] = set()  # products, each asked about once
    for decision in (
        *(kind[0] for kind in kinds if kind),
        *(one for kind in kinds for one in kind[1:]),
    ):
        if asked.isdisjoint(decision.products) and len(chosen) < _MAX_DECISIONS:
            asked.update(decision.products)
            chosen.append(decision)
    chosen.sort(key=lambda one: (one.due or date.max, -(one.cost.amount if one.cost else 0)))
    chosen[:0] = _ask_about_incidents(quarter)
    others = [one for kind in kinds for one in kind if asked.isdisjoint(one.products)]
    return FrontQuestions(tuple(chosen), _list_also_due(others, until))


def _ask_about_incidents(quarter: QuarterView) -> Iterator[FrontDecision]:
    """Yield one question about all products of ours that a breach, weakness or outage hit."""
    found = find_own_incidents(quarter)
    if not found:
        return
    products = [product for product, _ in found]
    ref = quarter.make_ref(found[0][1])
    yield FrontDecision(
        question=TranslatableText(
            N_("Who checks at once whether our %(names)s is affected?"),
            names=list_product_names(products, _MAX_NAMES),
        ),
        reason=cite_headline(ref),
        owner=find_common_owner(products),
        section="deals",
        story=ref.id,
        products=tuple(product.name for product in products),
    )


def _list_also_due(others: Iterable[FrontDecision], until: date) -> TranslatableText | None:
    """Return in a line what falls due `until` the next review and is not asked, by day."""
    due = {one.products: one for one in others if one.due and one.due <= until}
    rows = sorted(
        due.values(),
        key=lambda one: (one.due or until, -(one.cost.amount if one.cost else 0), one.products),
    )
    if not rows:
        return None
    parts: list[str] = []
    for row in rows[:_MAX_ALSO_DUE]:
        text = N_("%(names)s %(day)s")
        values: dict[str, object] = {
            "names": shorten_names(row.products, _MAX_NAMES),
            "day": row.due,
        }
        if row.cost and row.cost.amount:
            text = N_("%(names)s %(day)s (%(money)s)")
            values["money"] = row.cost
        parts.append(TranslatableText(text, **values))
    if len(rows) > _MAX_ALSO_DUE:
        parts.append(TranslatableText("%(count)s more", count=len(rows) - _MAX_ALSO_DUE))
    return TranslatableText(N_("Also due: %(what)s."), what=tuple(parts))


def _find_changed_terms(quarter: QuarterView) -> dict[str, Story]:
    """Return by product the best story of the briefing that surely changes its terms."""
    found: dict[str, Story] = {}
    for story in quarter.chosen:
        relation = quarter.get_closest_relation(story)
        is_sure = story.tags.is_certain("event")  # a question is not built on a guess
        if is_sure and relation.kind in OUR_RELATIONS and story.tags.event in _STORY_QUESTIONS:
            for name in relation.products:
                found.setdefault(name, story)
    return found


def _iter_changed_terms(
    quarter: QuarterView, stories: Mapping[str, Story]
) -> Iterator[FrontDecision]:
    """Yield what changed terms ask: contracts that can be ended soon first, then the dearest."""
    due = {product.name for product in _find_due_contracts(quarter)}
    touched = [
        product
        for product in quarter.stack.products
        if product.name in stories and product.status != "retiring"
    ]
    for product in sorted(touched, key=lambda one: (one.name not in due, get_cost_key(one))):
        story = stories[product.name]
        if product.name in due:
            yield _decide_contract(product, story, quarter)
            continue
        day = product.notice_by
        yield FrontDecision(
            question=TranslatableText(_STORY_QUESTIONS[story.tags.event], product=product.name),
            reason=_cite_story(story, quarter),
            owner=product.owner,
            due=day if day and day >= quarter.today else None,
            cost=product.cost,
            section="deals",
            story=story.id,
            products=(product.name,),
        )


def _iter_duty_decisions(
    quarter: QuarterView, calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterator[FrontDecision]:
    """Yield the dated changes that touch the company's own products, the nearest first."""
    products = {product.name: product for product in quarter.stack.products}
    for entry in calendar:
        touched = [products[name] for name in entry.products if name in products]
        if entry.kind in _DUTY_KINDS and touched and entry.story:
            names = shorten_names([one.name for one in touched], _MAX_NAMES)
            question = TranslatableText(_DUTY_QUESTIONS[entry.kind], names=names)
            if entry.story.event == "pricing" and len(touched) == 1:
                text = _STORY_QUESTIONS["pricing"]
                question = TranslatableText(text, product=touched[0].name)
            yield FrontDecision(
                question=question,
                reason=_make_reason(entry.story, summaries),
                owner=entry.owner or touched[0].owner,
                due=entry.day,
                section="calendar",
                story=entry.story.id,
                products=tuple(one.name for one in touched),
            )


def _iter_contract_decisions(
    quarter: QuarterView, stories: Mapping[str, Story]
) -> Iterator[FrontDecision]:
    """Yield contracts to keep or end and trials to buy or stop, the largest first."""
    for product in _find_due_contracts(quarter):
        yield _decide_contract(product, stories.get(product.name), quarter)


def _decide_contract(product: Product, story: Story | None, quarter: QuarterView) -> FrontDecision:
    """Ask whether a contract goes on; `story` is one that changes its terms."""
    text = N_("Renew %(product)s, or give notice?")
    if product.status == "retiring":
        text = N_("Give notice for %(product)s, as planned?")
    elif product.status == "trial":
        text = N_("Buy %(product)s after its trial, or give notice?")
    return FrontDecision(
        question=TranslatableText(text, product=product.name),
        reason=explain_contract(product, story, quarter),
        owner=product.owner,
        due=product.notice_by,
        cost=product.cost,
        section="deals" if story else "calendar",
        story=story.id if story else None,
        products=(product.name,),
    )


def explain_contract(
    product: Product, story: Story | None, quarter: QuarterView
) -> TranslatableText:
    """Say what speaks for a decision on a contract now: a deal, promises, else its term."""
    facts = [_cite_story(story, quarter)] if story else []
    vendor = product.vendor_or_name.casefold()
    promises = [one for one in quarter.stack.promises if one.vendor.casefold() == vendor]
    for promise in promises:
        is_late = promise.by is not None and promise.by < quarter.today
        if promise.state not in OPEN_PROMISES or not promise.by or (story and not is_late):
            continue
        text = N_("Its maker promised by %(day)s: “%(what)s”.")
        what = truncate_text(promise.what, _MAX_PROMISE)
        values: dict[str, object] = {"day": promise.by, "what": what}
        if is_late and is_promise_watched(promise, quarter):
            text = N_("Its maker’s promise for %(day)s is not recorded as kept: “%(what)s”.")
        elif is_late:  # nobody looked
            text = N_("“%(what)s” was due on %(day)s; no source of %(vendor)s is read: ask it.")
            values["vendor"] = promise.vendor
        facts.append(TranslatableText(text, **values))
    is_short = len(facts) == 1
    if story and is_short and not any(_OF_PRICE.search(promise.what) for promise in promises):
        facts.append(TranslatableText(N_("We hold no promise on its price.")))
    if not story:
        facts.insert(
            0, TranslatableText(N_("The contract runs to %(end)s."), end=product.contract_end)
        )
    return TranslatableText(
        " ".join(f"%(fact{n})s" for n in range(len(facts))),
        **{f"fact{n}": fact for n, fact in enumerate(facts)},
    )


def _cite_story(story: Story, quarter: QuarterView) -> TranslatableText:
    ref = quarter.make_ref(story)
    return TranslatableText(
        _STORY_REASONS[story.tags.event],
        source=ref.source,
        day=ref.published.date(),
        title=truncate_text(ref.title, MAX_TITLE),
    )


def _pick_market_decisions(
    calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterable[FrontDecision]:
    """Return what the nearest dates of the market ask of whoever is touched by them."""
    dated = (entry for entry in calendar if entry.kind in _DUTY_KINDS and entry.story)
    for entry in islice(dated, _MAX_DECISIONS):
        assert entry.story is not None
        yield FrontDecision(
            question=TranslatableText(
                N_("Does this touch us: “%(title)s”?"),
                title=truncate_text(entry.story.title, MAX_TITLE),
            ),
            reason=_make_reason(entry.story, summaries),
            due=entry.day,
            section="calendar",
            story=entry.story.id,
        )


def _make_reason(ref: StoryRef, summaries: _Summaries) -> TranslatableText:
    """Return what happened, in a sentence of a source, else its headline."""
    sentences = summaries.get(ref.id, ())
    if sentences and len(sentences[0].text) <= _MAX_QUOTE:
        return TranslatableText(
            "%(source)s: “%(words)s”", source=sentences[0].source, words=sentences[0].text
        )
    return TranslatableText(
        "%(source)s: “%(words)s”", source=ref.source, words=truncate_text(ref.title, MAX_TITLE)
    )


def _find_due_contracts(quarter: QuarterView) -> list[Product]:
    """Return the products whose notice falls due before the next review but one, dearest first."""
    due = [
        product
        for product in quarter.stack.products
        if (row := find_contract_day(product, quarter.today)) and row.kind == "notice"
    ]
    return sorted(due, key=get_cost_key)


# ---------------------------------------------------------------- since when


def _describe_since(
    story: Story, other: tuple[date, bool] | None, today: date
) -> TranslatableText | None:
    """Say from when a change holds; of what binds without a day, that no report names one.

    `other` is what another report of the same rule says: the day, and whether it is a forecast.
    """
    dates = [
        dated
        for dated in find_story_dates(story)
        if dated.fact.role != "ends" and dated.fact.day == dated.fact.last
    ]
    if dates and dates[0].fact.role == "deadline":
        day = dates[0].fact.day
        text = N_("Due by %(day)s.") if day >= today else N_("Was due by %(day)s.")
        return TranslatableText(text, day=day)
    if dates:
        other = (dates[0].fact.day, dates[0].is_forecast)
    if other:
        day, is_forecast = other
        text = N_("In force since %(day)s.")
        if day > today:
            text = N_("Takes effect on %(day)s.")
        elif is_forecast:
            text = N_("Was announced for %(day)s; no report since then was read.")
        return TranslatableText(text, day=day)
    binds = story.tags.is_certain("event") and story.tags.event in _BINDING_EVENTS
    if binds or any(_REQUIRES.search(member.item.title) for member in story.items):
        return TranslatableText(N_("No start date is given."))
    return None


# ---------------------------------------------------------------- cards


def _iter_cards(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    changed: Collection[str],
    *,
    has_stack: bool,
) -> Iterator[FrontCard]:
    """Yield figures about the company's own business; of the market where it has no stack."""
    due = _find_due_contracts(quarter)
    if money := sum_costs(due):
        yield FrontCard(
            TranslatableText("%(money)s", money=money),
            TranslatableText(
                N_("a year in contracts up for notice in six months, first on %(day)s"),
                day=min(one.notice_by for one in due if one.notice_by),
            ),
        )
    vendors = {product.vendor_or_name for product in quarter.stack.products}
    if has_stack and vendors:
        yield FrontCard(
            _make_share(len(changed), len(vendors)),
            TranslatableText(N_("of our vendors with a deal, a closure or a price change")),
        )
    elif deals := sum(quarter.make_ref(story).event in _CHANGES for story in quarter.stories):
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
    proof = count_proven_claims(claims)
    if proof.made:
        yield FrontCard(
            _make_share(proof.measured, proof.made),
            TranslatableText(
                N_("AI claims measured by others; %(n)s with the vendor’s own figure"), n=proof.own
            )
            if proof.own
            else TranslatableText(N_("AI claims measured by others")),
        )


def _make_share(part: int, whole: int) -> TranslatableText:
    return TranslatableText(N_("%(part)s of %(whole)s"), part=part, whole=whole)
