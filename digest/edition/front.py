"""Page one beside its stories: a lead, what to decide, since when, and the figures that matter.

Everything is counted from the edition's other parts or stands in the team's files. With a stack it
tells of the company's own products, without one of the market; a part with nothing to say is empty.
A sentence of a source stands with its story alone, so that page one says nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from digest.edition.deals import build_deals, classify_deal
from digest.edition.front_questions import (
    DUTY_KINDS,
    NO_QUESTIONS,
    FrontQuestions,
    find_due_contracts,
)
from digest.edition.phrases import (
    MAX_TITLE,
    join_texts,
    shorten_names,
)
from digest.edition.quarter import QuarterView
from digest.edition.stack.money import sum_costs
from digest.edition.stack.verdicts import find_own_incidents
from digest.edition.stack.watch import list_unwatched_vendors
from digest.edition.story_dates import StoryDate
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    DATED_RULES,
    CalendarEntry,
    Claim,
    ClaimCounts,
    FrontCard,
    FrontPage,
    RuleEntry,
    StackView,
    Theme,
    count_proven_claims,
    list_dates_ahead,
)
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import truncate_text

_MAX_NAMES = 4
_CHANGES: Mapping[Event, str] = {
    "acquisition": N_("deals (%(names)s)"),
    "shutdown": N_("something that ends (%(names)s)"),
    "pricing": N_("price changes (%(names)s)"),
}
_BINDING_EVENTS: frozenset[Event] = frozenset(("regulation", "shutdown", "pricing"))
_REQUIRES = re.compile(r"\b(?:requir\w+|must|mandatory|obbligator\w+|pflicht\w*)\b", re.IGNORECASE)


def build_front(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    themes: Sequence[Theme],
    stack: StackView | None,
    questions: FrontQuestions = NO_QUESTIONS,
    rules: Sequence[RuleEntry] = (),
) -> FrontPage:
    """Return page one. Without a stack (None) it tells of the market.

    `questions` are those that `pick_decisions` found, `rules` know from when rules hold.
    """
    of_rules = {rule.story.id: rule for rule in rules}
    changed = _find_changed_vendors(quarter)
    return FrontPage(
        lead=tuple(_iter_lead(quarter, calendar, themes, changed)),
        decisions=questions.decisions,
        also_due=questions.also_due,
        cards=tuple(_iter_cards(quarter, calendar, claims, changed, has_stack=stack is not None)),
        since={
            story.id: since
            for story in quarter.chosen
            if (since := _describe_since(story, of_rules.get(story.id), quarter))
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
    if hit := _list_hit_names(quarter):
        text = N_("a breach, weakness or outage (%(names)s)")
        happened.append(TranslatableText(text, names=shorten_names(hit, _MAX_NAMES)))
    if happened:
        text = N_("News of our vendors: %(what)s.")
        yield TranslatableText(text, what=join_texts(happened, "; "))
    due = find_due_contracts(quarter)
    if due and not sum_costs(due):  # else a card tells it
        days = sorted(filter(None, (one.notice_by for one in due)))
        text = N_("Contracts come up for notice, the first on %(day)s.")
        yield TranslatableText(text, day=days[0])
    elif not due and (soon := [entry for entry in calendar if entry.kind in DUTY_KINDS]):
        text = N_("The next date: %(day)s, “%(what)s”.")
        title = truncate_text(soon[0].what, MAX_TITLE)
        yield TranslatableText(text, day=soon[0].day, what=title)


def _list_hit_names(quarter: QuarterView) -> list[str]:
    """Return our products that an incident hit, then the makers of others of ours.

    They are those that the table of deals says an incident touches.
    """
    incidents = [entry for entry in build_deals(quarter) if entry.kind == "incident"]
    touched = {name for entry in incidents for name in (*entry.products, *entry.maker_of)}
    products = [product.name for product, _ in find_own_incidents(quarter)]
    makers = [
        product.vendor_or_name
        for product in quarter.stack.products
        if product.name not in products and product.name in touched
    ]
    return list(dict.fromkeys((*products, *makers)))


def _find_changed_vendors(quarter: QuarterView) -> dict[str, frozenset[Event]]:
    """Return of which vendors of the stack a deal, closure or price change was surely told."""
    found: dict[str, frozenset[Event]] = {}
    for product in quarter.stack.products:
        events = {
            event
            for story in quarter.find_related([product.name], *OUR_RELATIONS)
            if (event := quarter.make_ref(story).event) in _CHANGES
            and event
            and (event != "pricing" or classify_deal(story) == "pricing")
        }
        if events:
            vendor = product.vendor_or_name
            found[vendor] = found.get(vendor, frozenset()) | events
    return found


# ---------------------------------------------------------------- since when


def _describe_since(
    story: Story, rule: RuleEntry | None, quarter: QuarterView
) -> TranslatableText | None:
    """Say from when a change holds; of what binds without a day, that no report names one.

    Another report of the same rule may name it. A ruling, a case, a promise and advice have none.
    """
    today, found = quarter.today, _find_since(story, quarter)
    if found and found.fact.role == "deadline":
        day = found.fact.day
        text = N_("Due by %(day)s.") if day >= today else N_("Was due by %(day)s.")
        return TranslatableText(text, day=day)
    start = (found.fact.day, found.is_forecast) if found else None
    if rule and rule.day and rule.day == rule.last and (not start or rule.day == start[0]):
        start = rule.day, rule.forecast  # another report may have confirmed it
    if start:
        day, is_forecast = start
        text = N_("In force since %(day)s.")
        if day > today:
            text = N_("Takes effect on %(day)s.")
        elif is_forecast:
            text = N_("Was announced for %(day)s.")
        return TranslatableText(text, day=day)
    if rule and rule.kind not in DATED_RULES:
        return None
    binds = story.tags.is_certain("event") and story.tags.event in _BINDING_EVENTS
    if binds or any(_REQUIRES.search(member.item.title) for member in story.items):
        return TranslatableText(N_("No start date is given."))
    return None


def _find_since(story: Story, quarter: QuarterView) -> StoryDate | None:
    """Return the first day from which what a story tells holds, or by which it is due."""
    dates = quarter.find_dates(story)
    days = (one for one in dates if one.fact.role != "ends" and one.fact.day == one.fact.last)
    return next(days, None)


# ---------------------------------------------------------------- cards


def _describe_changed(quarter: QuarterView) -> TranslatableText:
    """Say what the vendors with changed terms are counted for, and how many have no source."""
    unwatched = list_unwatched_vendors(quarter)
    text = N_("of our vendors with a deal, a closure or a price change")
    if not unwatched or not quarter.coverage:
        return TranslatableText(text)
    makers = [one for one in quarter.stack.products if one.vendor_or_name in unwatched]
    if money := sum_costs(makers):
        text = N_(
            "of our vendors with a deal, an end or a new price; "
            "no source of their own: %(n)s (%(money)s)"
        )
        return TranslatableText(text, n=len(unwatched), money=money)
    text = N_("of our vendors with a deal, an end or a new price; no source of their own: %(n)s")
    return TranslatableText(text, n=len(unwatched))


def _iter_cards(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    changed: Collection[str],
    *,
    has_stack: bool,
) -> Iterator[FrontCard]:
    """Yield figures about the company's own business; of the market where it has no stack."""
    due = find_due_contracts(quarter)
    if money := sum_costs(due):
        yield FrontCard(
            TranslatableText("%(money)s", money=money),
            TranslatableText(
                N_("a year up for notice, first on %(day)s"),
                day=min(one.notice_by for one in due if one.notice_by),
            ),
        )
    vendors = {product.vendor_or_name for product in quarter.stack.products}
    if has_stack and vendors:
        yield FrontCard(
            _make_share(len(changed), len(vendors)),
            _describe_changed(quarter),
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
    if proof.read:
        yield FrontCard(_make_share(proof.measured, proof.read), _describe_proof(proof))


def _describe_proof(proof: ClaimCounts) -> TranslatableText:
    """Say what the share of proven claims counts, and of how many little was read."""
    if proof.unread:
        text = N_("AI claims read are measured by others; teasers not judged: %(n)s")
        return TranslatableText(text, n=proof.unread)
    if proof.own:
        text = N_("AI claims measured by others, %(n)s by their vendors")
        return TranslatableText(text, n=proof.own)
    return TranslatableText(N_("AI claims measured by others"))


def _make_share(part: int, whole: int) -> TranslatableText:
    return TranslatableText(N_("%(part)s of %(whole)s"), part=part, whole=whole)
