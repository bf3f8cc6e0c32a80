"""What page one asks: questions that a meeting can answer, with why now, who, and until when.

A question rests on a story whose label is sure, a dated change, or a day of a contract. What falls
due before the next review and is not asked is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from types import MappingProxyType

from digest.edition.claims import choose_words
from digest.edition.data_uses import list_data_uses
from digest.edition.incidents import classify_incident, find_fixed_version
from digest.edition.owners import find_common_owner
from digest.edition.phrases import (
    MAX_TITLE,
    cite_headline,
    fill_text,
    join_texts,
    list_product_names,
    shorten_names,
)
from digest.edition.quarter import QuarterView
from digest.edition.stack.contracts import ask_about_contract, find_contract_day
from digest.edition.stack.duties import find_fix
from digest.edition.stack.money import get_cost_key
from digest.edition.stack.promises import find_promise_reports
from digest.edition.stack.radar import changes_terms
from digest.edition.stack.usage import find_unused_seats
from digest.edition.stack.verdicts import find_addon_incident, find_own_incidents
from digest.edition.stack.watch import is_promise_watched, list_names
from digest.i18n import N_, ShortDate, TranslatableText
from digest.model.edition import (
    CalendarEntry,
    DateKind,
    FrontDecision,
    Sentence,
    StoryRef,
)
from digest.model.stack import OPEN_PROMISES, OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.period import PLANNING_HORIZON
from digest.text import truncate_text

DUTY_KINDS = ("effective", "deadline", "ends")  # of dates that stories tell
_MAX_DECISIONS = 3
_MAX_NAMES = 4
_MAX_ALSO_DUE = 4
_MAX_QUOTE = 200  # characters of a sentence that is a reason
_MAX_PROMISE = 80
_MAX_REASON = 260  # characters of why a contract is asked about
_MAX_FIX = 170  # characters of a sentence that says what mends a weakness
_MAX_REPORT = 130  # characters of a sentence that stands beside a promise
_OF_PRICE = re.compile(r"\bpric\w+|\bfees?\b|\bcosts?\b|preis\w*|prezz\w+|\bprix\b", re.IGNORECASE)
_Summaries = Mapping[str, Sequence[Sentence]]  # the sentences of a story, by its id
_STORY_QUESTIONS: Mapping[Event, str] = {
    "acquisition": N_("Ask the maker of %(product)s now for its word on price and roadmap?"),
    "pricing": N_("Accept the new price of %(product)s, or look for another product?"),
    "shutdown": N_("Replace what closes at %(product)s, or do without it?"),
}
_STORY_REASONS: Mapping[Event, str] = {
    "acquisition": N_("A deal of its maker (%(source)s, %(day)s): “%(title)s”."),
    "pricing": N_("A change of price (%(source)s, %(day)s): “%(title)s”."),
    "shutdown": N_("A closure (%(source)s, %(day)s): “%(title)s”."),
}
_DUTY_QUESTIONS: Mapping[DateKind, str] = {
    "effective": N_("Adapt %(names)s to the change of %(day)s, or accept it?"),
    "deadline": N_("Do in time what is asked of users of %(names)s, or do without it?"),
    "ends": N_("Replace what ends at %(names)s, or do without it?"),
}


@dataclass(frozen=True, slots=True)
class FrontQuestions:
    """What page one asks, and what else falls due before the next review."""

    decisions: tuple[FrontDecision, ...] = ()
    also_due: TranslatableText | None = None


NO_QUESTIONS = FrontQuestions()


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
    until = quarter.today + quarter.until_next_review
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
    horizon = quarter.today + PLANNING_HORIZON  # for which page one counts contracts
    return FrontQuestions(tuple(chosen), _list_also_due(others, quarter.today, horizon))


def _ask_about_incidents(quarter: QuarterView) -> Iterator[FrontDecision]:
    """Yield one question about all products of ours that a breach or weakness hit."""
    found = find_own_incidents(quarter)
    if not found:
        return
    products = [product for product, _ in found]
    story = found[0][1]
    ref, fixed = quarter.make_ref(story), ""
    text = N_("Is our data in %(names)s affected?")
    if any(classify_incident(one, list_names(product)) == "weakness" for product, one in found):
        text = N_("Is our %(names)s affected, and is it patched?")
        if len(found) == 1 and (fixed := find_fixed_version(story)):
            text = N_("Does our %(names)s have the fix, version %(fixed)s?")
    yield FrontDecision(
        question=fill_text(text, names=list_product_names(products, _MAX_NAMES), fixed=fixed),
        reason=_cite_incidents(story, products, quarter),
        owner=find_common_owner(products),
        section="deals",
        story=ref.id,
        products=tuple(product.name for product in products),
    )


def _cite_incidents(
    story: Story, products: Sequence[Product], quarter: QuarterView
) -> TranslatableText:
    """Return what hit our products and which versions, and the best report on an add-on to one."""
    told = [cite_headline(quarter.make_ref(story), quarter.to_local_date)]
    fix = find_fix(story)
    if fix and len(fix.text) <= _MAX_FIX:
        told.append(TranslatableText("“%(words)s”", words=fix.text))
    for product in products:
        if addon := find_addon_incident(product, quarter):
            title = truncate_text(quarter.make_ref(addon).title, MAX_TITLE)
            text = N_("An add-on, too: “%(title)s”.")
            if fixed := find_fixed_version(addon):
                text = N_("An add-on, too: “%(title)s” (fixed in version %(fixed)s).")
            told.append(fill_text(text, title=title, fixed=fixed))
            break
    return join_texts(told, " ")


def _list_also_due(
    others: Iterable[FrontDecision], today: date, until: date
) -> TranslatableText | None:
    """Return in a line what falls due `until` a day and is not asked, by day."""
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
            "day": ShortDate(day := row.due or until, with_year=day.year != today.year),
        }
        if row.cost and row.cost.amount:
            text = N_("%(names)s %(day)s (%(money)s)")
            values["money"] = row.cost
        parts.append(TranslatableText(text, **values))
    if len(rows) > _MAX_ALSO_DUE:
        parts.append(TranslatableText("%(count)s more", count=len(rows) - _MAX_ALSO_DUE))
    return TranslatableText(N_("Also due: %(what)s."), what=tuple(parts))


def _find_changed_terms(quarter: QuarterView) -> dict[str, Story]:
    """Return by product the best story of the briefing that surely changes its terms.

    What a maker of many products ends elsewhere does not.
    """
    found: dict[str, Story] = {}
    for story in quarter.chosen:
        relation = quarter.get_closest_relation(story)
        if relation.kind in OUR_RELATIONS and story.tags.event in _STORY_QUESTIONS:
            for name in relation.products:
                if changes_terms(story, quarter.get_relation_to(story, name)):
                    found.setdefault(name, story)
    return found


def _iter_changed_terms(
    quarter: QuarterView, stories: Mapping[str, Story]
) -> Iterator[FrontDecision]:
    """Yield what changed terms ask: contracts that can be ended soon first, then the dearest."""
    due = {product.name for product in find_due_contracts(quarter)}
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
        if entry.kind in DUTY_KINDS and touched and entry.story:
            names = shorten_names([one.name for one in touched], _MAX_NAMES)
            text = _DUTY_QUESTIONS[entry.kind]
            if entry.whom and entry.kind == "effective":
                text = N_("Does the change of %(day)s reach our %(names)s, and do we adapt to it?")
            question = fill_text(text, names=names, day=entry.day)
            if (entry.story.event == "pricing" or entry.of_price) and len(touched) == 1:
                text = _STORY_QUESTIONS["pricing"]
                question = TranslatableText(text, product=touched[0].name)
            yield FrontDecision(
                question=question,
                reason=_add_whom(_make_reason(entry.story, summaries), entry.whom),
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
    for product in find_due_contracts(quarter):
        yield _decide_contract(product, stories.get(product.name), quarter)


def _decide_contract(product: Product, story: Story | None, quarter: QuarterView) -> FrontDecision:
    """Ask whether a contract goes on; `story` is one that changes its terms."""
    return FrontDecision(
        question=ask_about_contract(product),
        reason=_explain_contract(product, story, quarter),
        owner=product.owner,
        due=product.notice_by,
        cost=product.cost,
        section=_choose_evidence(product, story, quarter),
        story=story.id if story else None,
        products=(product.name,),
    )


def _choose_evidence(product: Product, story: Story | None, quarter: QuarterView) -> str:
    """Return the section where what speaks on a contract stands: deals, promises, else the day."""
    vendor = product.vendor_or_name.casefold()
    is_promised = any(one.vendor.casefold() == vendor for one in quarter.stack.promises)
    return "deals" if story else "ledger" if is_promised else "calendar"


def _explain_contract(
    product: Product, story: Story | None, quarter: QuarterView
) -> TranslatableText:
    """Say what speaks for a decision on a contract now: a deal, promises, else its term."""
    facts = [_cite_story(story, quarter)] if story else []
    uses = (
        told
        for told in list_data_uses(quarter)
        if product.name in quarter.get_closest_relation(told).products
    )
    facts += [_quote_report(told, quarter) for told in islice(uses, 1)]
    vendor = product.vendor_or_name.casefold()
    promises = [one for one in quarter.stack.promises if one.vendor.casefold() == vendor]
    for promise in promises:
        is_late = promise.by is not None and promise.by < quarter.today
        is_near = promise.by is not None and product.notice_by and promise.by <= product.notice_by
        is_open = promise.state in OPEN_PROMISES and promise.by is not None
        if not is_open or (story and not is_late and not is_near):
            continue
        text = N_("Its maker promised by %(day)s: “%(what)s”.")
        what = truncate_text(promise.what, _MAX_PROMISE)
        values: dict[str, object] = {"day": promise.by, "what": what}
        if is_late and is_promise_watched(promise, quarter):
            text = N_("Its maker’s promise for %(day)s is not recorded as kept: “%(what)s”.")
        elif is_late:  # nobody looked
            text = N_(
                "“%(what)s” was due on %(day)s; its maker has no source of its own here: has it "
                "come?"
            )
        facts.append(TranslatableText(text, **values))
        facts += [
            _quote_report(told, quarter) for told in find_promise_reports(promise, quarter)[:1]
        ]
    is_short = len(facts) == 1  # before what its own figures say
    if seats := find_unused_seats(product, quarter):
        facts.append(seats)
    if story and is_short and not any(_OF_PRICE.search(promise.what) for promise in promises):
        facts.append(TranslatableText(N_("We hold no promise on its price.")))
    if len(facts) < 2 and not story:  # else there is more to say than when it ends
        facts.insert(
            0, TranslatableText(N_("The contract runs to %(end)s."), end=product.contract_end)
        )
    return join_texts(_drop_excess(facts), " ")


def _drop_excess(facts: Iterable[TranslatableText]) -> list[TranslatableText]:
    """Return the facts that fit into a reason, each whole."""
    kept: list[TranslatableText] = []
    for fact in facts:
        if sum(map(len, kept)) + len(fact) <= _MAX_REASON or not kept:
            kept.append(fact)
    return kept


def _quote_report(story: Story, quarter: QuarterView) -> TranslatableText:
    """Return the sentence that says most of a story, else its headline, and who says it."""
    ref, words = quarter.make_ref(story), choose_words(story, quarter)
    said = truncate_text(ref.title, MAX_TITLE)
    text = N_("“%(said)s” (%(source)s, %(day)s).")
    if words and len(words.text) <= _MAX_REPORT:
        said = words.text.rstrip(".")
    elif words is None:
        text = N_("“%(said)s” (%(source)s, %(day)s, its headline alone).")
    if ref.event == "opinion":
        text = N_("“%(said)s” (%(source)s, %(day)s, a comment).")
    told_on = quarter.to_local_date(ref.published)
    day = ShortDate(told_on, with_year=told_on.year != quarter.today.year)
    return TranslatableText(text, said=said, source=ref.source, day=day)


def _cite_story(story: Story, quarter: QuarterView) -> TranslatableText:
    ref = quarter.make_ref(story)
    return TranslatableText(
        _STORY_REASONS[story.tags.event],
        source=ref.source,
        day=quarter.to_local_date(ref.published),
        title=truncate_text(ref.title, MAX_TITLE),
    )


def _pick_market_decisions(
    calendar: Sequence[CalendarEntry], summaries: _Summaries
) -> Iterable[FrontDecision]:
    """Return what the nearest dates of the market ask of whoever is touched by them."""
    dated = (entry for entry in calendar if entry.kind in DUTY_KINDS and entry.story)
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


def _add_whom(reason: TranslatableText, whom: str) -> TranslatableText:
    """Return a reason with whom of a maker's customers it is about."""
    if not whom or whom in reason:
        return reason
    return TranslatableText(N_("%(reason)s It reaches “%(whom)s”."), reason=reason, whom=whom)


def find_due_contracts(quarter: QuarterView) -> list[Product]:
    """Return the products whose notice falls due before the next review but one, dearest first."""
    due = [
        product
        for product in quarter.stack.products
        if (row := find_contract_day(product, quarter.today)) and row.kind == "notice"
    ]
    return sorted(due, key=get_cost_key)
