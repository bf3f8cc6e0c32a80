"""Dates and duties of the next two quarters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from digest.edition.owners import find_common_owner
from digest.edition.quarter import QuarterView
from digest.edition.reach import find_condition
from digest.edition.story_dates import StoryDate
from digest.edition.subjects import find_dated_products, find_touched_products
from digest.i18n import N_, TranslatableText
from digest.model.decisions import TeamDecision
from digest.model.edition import UNDECIDED_RULES, CalendarEntry, RuleEntry
from digest.model.stack import Money, Product
from digest.model.story import Story
from digest.period import PLANNING_HORIZON
from digest.wholeness import find_fragment

_MAX_WORDS_LENGTH = 130  # characters


def build_calendar(
    quarter: QuarterView,
    decisions: Sequence[TeamDecision] = (),
    rules: Sequence[RuleEntry] = (),
) -> tuple[CalendarEntry, ...]:
    """Return what takes effect, ends or must be done, by day.

    Every notice and end of a contract is there. `decisions` are those of the team that are still
    open; one whose day has passed is there, too, as is a policy that is overdue for review. The day
    of each of `rules` is there, with whom of ours it touches.
    """
    dated = [_add_rules_products(entry, rules) for entry in _list_story_dates(quarter)]
    entries = [
        *_list_contract_days(quarter),
        *_list_promises(quarter),
        *_list_decisions(quarter, decisions),
        *_list_policy_review(quarter),
        *dated,
        *_list_rule_days(quarter, rules, dated),
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.day, entry.last, entry.what)))


def get_printed_cost(product: Product) -> Money | None:
    """Return what a product costs a year; None where it costs nothing or that is not known."""
    return product.cost if product.cost and product.cost.amount else None


def _is_ahead(quarter: QuarterView, day: date | None) -> bool:
    return day is not None and quarter.today <= day <= quarter.today + PLANNING_HORIZON


def _list_contract_days(quarter: QuarterView) -> Iterator[CalendarEntry]:
    for product in quarter.stack.products:
        notice, end = product.notice_by, product.contract_end
        if notice and _is_ahead(quarter, notice):
            what = TranslatableText(
                N_("%(product)s: last day to give notice"), product=product.name
            )
            if product.status == "retiring":
                what = TranslatableText(
                    N_("%(product)s, which we are retiring: last day to give notice"),
                    product=product.name,
                )
            yield CalendarEntry(
                day=notice,
                last=notice,
                kind="notice",
                what=what,
                products=(product.name,),
                owner=product.owner,
                cost=get_printed_cost(product),
            )
        if end and _is_ahead(quarter, end):
            yield CalendarEntry(
                day=end,
                last=end,
                kind="contract end",
                what=TranslatableText(N_("%(product)s: contract ends"), product=product.name),
                products=(product.name,),
                owner=product.owner,
                cost=get_printed_cost(product),
            )


def _list_promises(quarter: QuarterView) -> Iterator[CalendarEntry]:
    for promise in quarter.stack.promises:
        if (
            promise.state in ("open", "partly shipped")
            and promise.by
            and _is_ahead(quarter, promise.by)
        ):
            theirs = [
                product
                for product in quarter.stack.products
                if promise.vendor.casefold()
                in (product.name.casefold(), product.vendor_or_name.casefold())
            ]
            yield CalendarEntry(
                day=promise.by,
                last=promise.by,
                kind="promise",
                what=TranslatableText(
                    N_("%(vendor)s has promised: %(what)s"),
                    vendor=promise.vendor,
                    what=promise.what,
                ),
                products=tuple(product.name for product in theirs),
                owner=find_common_owner(theirs),
            )


def _list_decisions(
    quarter: QuarterView, decisions: Sequence[TeamDecision]
) -> Iterator[CalendarEntry]:
    for decision in decisions:
        day = decision.due
        if decision.state == "open" and day and day <= quarter.today + PLANNING_HORIZON:
            yield CalendarEntry(
                day=day,
                last=day,
                kind="decision",
                what=TranslatableText(N_("Decision due: %(what)s"), what=decision.what),
                owner=decision.owner,
            )


def _list_policy_review(quarter: QuarterView) -> Iterator[CalendarEntry]:
    reviewed = quarter.stack.policy_reviewed
    if reviewed is None:
        return
    leap_day = (reviewed.month, reviewed.day) == (2, 29)
    day = reviewed.replace(year=reviewed.year + 1, day=28 if leap_day else reviewed.day)
    if day <= quarter.today + PLANNING_HORIZON:
        yield CalendarEntry(
            day=day,
            last=day,
            kind="review",
            what=TranslatableText(
                N_("AI policy: a year since its last review on %(day)s"), day=reviewed
            ),
        )


def _list_story_dates(quarter: QuarterView) -> Iterator[CalendarEntry]:
    """Yield the dates of stories, a date that several of them tell once, by the best of them."""
    told: list[tuple[CalendarEntry, Story]] = []
    for story in quarter.stories:
        touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
        ref, condition = quarter.make_ref(story), None
        for dated in quarter.find_dates(story, language=ref.language):
            fact = dated.fact
            if not quarter.today <= fact.day <= quarter.today + PLANNING_HORIZON:
                continue
            condition = condition or find_condition(story)
            named = find_dated_products(dated.quote.text, story, touched, of_price=fact.of_price)
            entry = CalendarEntry(
                day=fact.day,
                last=fact.last,
                kind=fact.role,
                of_price=fact.of_price,
                what=_choose_words(dated, story, named, ref.title),
                language=ref.language,
                quote=None if find_fragment(dated.quote.text) else dated.quote,  # no headline
                story=ref,
                products=tuple(product.name for product in named),
                owner=find_common_owner(named),
                whom=condition.whom if condition else "",
            )
            told.append((entry, story))
    # Those that name a day come before those that name a month, and an end before what takes effect
    # by it; the sort keeps the stories' rank.
    told.sort(key=lambda pair: (pair[0].day < pair[0].last, pair[0].kind != "ends"))
    kept: list[tuple[CalendarEntry, Story]] = []
    for entry, story in told:
        if not any(_is_same_date(entry, story, known, other) for known, other in kept):
            kept.append((entry, story))
    yield from (entry for entry, _ in kept)


def _add_rules_products(entry: CalendarEntry, rules: Sequence[RuleEntry]) -> CalendarEntry:
    """Return a date of a rule with the products that it touches and their owner."""
    for rule in rules:
        is_its = entry.story is not None and rule.story.id == entry.story.id
        is_binding = rule.kind not in UNDECIDED_RULES and not rule.ai_in_use and rule.use is None
        if is_its and rule.products and not entry.products and is_binding:
            return replace(entry, products=rule.products, owner=rule.owner)
    return entry


def _list_rule_days(
    quarter: QuarterView,
    rules: Sequence[RuleEntry],
    dated: Sequence[CalendarEntry],
) -> Iterator[CalendarEntry]:
    """Yield from when rules apply, but for days of their stories that are in `dated`."""
    for rule in rules:
        day, last = rule.day, rule.last
        if day is None or last is None or not _is_ahead(quarter, day):
            continue
        is_told = any(
            entry.story
            and entry.story.id == rule.story.id
            and day <= entry.last
            and entry.day <= last
            for entry in dated
        )
        if not is_told:
            yield CalendarEntry(
                day=day,
                last=last,
                kind="effective",
                what=rule.story.title,
                language=rule.story.language,
                quote=rule.dated_by,
                story=rule.story,
                products=rule.products,
                owner=rule.owner,
                whom=rule.whom,
            )


def _choose_words(
    dated: StoryDate, story: Story, products: Iterable[Product], headline: str
) -> str:
    """Return the sentence that names the date, where it is short and says of whom, or stands beside
    the one product of ours that it is about; else the headline, which may be about something else
    of the same story."""
    text = dated.quote.text
    ours = [product.name for product in products]
    says_of_whom = len(ours) == 1 or any(name in text for name in (*story.tags.vendors, *ours))
    is_clear = dated.stands_alone and says_of_whom
    return text if is_clear and len(text) <= _MAX_WORDS_LENGTH else headline


def _is_same_date(entry: CalendarEntry, story: Story, known: CalendarEntry, other: Story) -> bool:
    """Return whether two stories tell of one date: role and days agree, and whose it is.

    Of one story two roles of a day are one fact: what ends by it, and that its end takes effect.
    """
    if story is other:
        return (entry.day, entry.last) == (known.day, known.last)
    ours, theirs = set(story.tags.vendors), set(other.tags.vendors)
    if entry.kind != known.kind or entry.day > known.last or known.day > entry.last:
        return False
    if ours and theirs:
        return bool(ours & theirs)
    return story.tags.category == other.tags.category
