"""What the team should know of its own products before the next edition, and nothing else.

Alerts are of products of the stack and of their makers: incidents, what ends, deals, changed prices
and terms, and contracts whose day of notice comes near. A story is only told where it is about the
product or its maker, and surely or more likely than not one of these; what is merely likely is
called news of a vendor. That it belongs into a briefing it need not do: what happens to our own
products is told on what happened and to whom alone. Whether an alert has been told before is for
the ledger to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from digest.edition.consequence import explain_consequence
from digest.edition.consequence_case import tells
from digest.edition.deals import classify_deal
from digest.edition.quarter import QuarterView
from digest.edition.stack.verdicts import reaches_us
from digest.edition.subjects import (
    find_named_products,
    find_subject_relations,
    find_touched_products,
    is_about_addon,
    is_sure_incident,
    join_titles,
)
from digest.i18n import N_, TranslatableText
from digest.model.alert import ALERT_KINDS, Alert, AlertKind
from digest.model.edition import DealKind, Sentence
from digest.model.source import WatchKind, find_watch_kind
from digest.model.stack import Product, Relation
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import is_issue_title

_DEALS: Mapping[DealKind | None, AlertKind] = {
    "incident": "incident",
    "acquisition": "deal",
    "closure": "end",
    "withdrawal": "end",
    "pricing": "price",
}
_LIKELY: frozenset[Event] = frozenset(("incident", "acquisition", "shutdown", "pricing"))
_LIKELY_FLOOR = 0.5  # how sure an event is at least
_WATCHED: Mapping[WatchKind, AlertKind] = {
    "price": "price",
    "terms": "terms",
    "subprocessors": "terms",
    "status": "incident",
}
_TERMS = ("own_data", "requirement")  # tables of words, as consequence.py has them
_TERM_EVENTS: frozenset[Event] = frozenset(("update", "regulation", "other", "promo", "people"))
_SAME_EVENT = timedelta(days=10)  # within which reports of one thing come
_WORD = re.compile(r"\w[\w.,€$£%-]*\w|\w")
_MIN_WORD = 4  # letters
_SAME_WORDS = 2  # that headlines of one event share beside the names of the product

Summarize = Callable[[Story], Sequence[Sentence]]


def find_alerts(
    view: QuarterView,
    since: date,
    notice_days: int,
    summarize: Summarize = lambda _: (),
) -> tuple[Alert, ...]:
    """Return what is to be told at the view's day, the most urgent first.

    The view's stories count that were first reported on or after `since`; older ones say which of
    them are further reports of the same. `notice_days` is how long before a contract's day of
    notice, or its end, it is told. `summarize` gives a story's sentences.
    """
    reports = [alert for story in view.stories if (alert := _build_alert(story, view, summarize))]
    found = [
        *(alert for alert in _join_reports(reports) if alert.day >= since),
        *_list_contract_days(view, notice_days),
    ]
    return tuple(
        sorted(
            found, key=lambda one: (ALERT_KINDS.index(one.kind), one.day, one.products, one.keys)
        )
    )


def _build_alert(story: Story, view: QuarterView, summarize: Summarize) -> Alert | None:
    """Return the alert that a story is; None where it is none."""
    relations = find_subject_relations(story, view.get_relations(story))
    if not relations or _is_aside(story, relations):
        return None
    touched = find_touched_products(story, relations, view.stack)
    products = tuple(product for product in touched if not is_about_addon(story, product.name))
    if touched and not products:  # what others sell for it
        return None
    kind = _classify_story(story, products)
    if kind is None:
        return None
    if story.tags.event == "shutdown":  # of something that a vendor makes, not of all that it makes
        titles = (member.item.title for member in story.items)
        products = find_named_products("\n".join(titles), products)
    ref, ours = view.make_ref(story), products or _list_made_by(relations, view)
    is_told_by_maker = find_watch_kind(story.lead.item.source) is not None
    reaches_ours = any(reaches_us(story, product, view) for product in ours)
    if is_sure_incident(story) and not (is_told_by_maker or reaches_ours):
        return None
    return Alert(
        kind=kind,
        keys=tuple(member.item.id for member in story.items),
        products=tuple(product.name for product in ours),
        vendor="" if products else relations[0].vendor,
        day=story.items[0].item.published_or_seen.date(),
        what=ref.title,
        language=ref.language,
        source=ref.source,
        url=ref.url,
        quote=next(iter(summarize(story)), None),
        advice=next(iter(_explain(story, view, relations)), ""),
        owner=_get_owner(ours),
        reports=len(story.items),
    )


def _classify_story(story: Story, products: Sequence[Product]) -> AlertKind | None:
    """Return what a story tells of a vendor; None where it is nothing to tell at once.

    Terms are told of a product that its headline names: what happens to data, what is required.
    """
    watched = find_watch_kind(story.lead.item.source)
    if watched:
        return _WATCHED[watched]
    deal = classify_deal(story)
    if deal in _DEALS:
        return _DEALS[deal]
    titles = join_titles(story)
    named = find_named_products(titles, products)
    if named and story.tags.event in _TERM_EVENTS and any(tells(what, titles) for what in _TERMS):
        return "terms"
    is_likely = story.tags.confidence.get("event", 0.0) >= _LIKELY_FLOOR
    return "likely" if deal == "unsure" and story.tags.event in _LIKELY and is_likely else None


def _is_aside(story: Story, relations: Sequence[Relation]) -> bool:
    """Return whether a headline lists the contents of an issue and names ours not first."""
    title = story.lead.item.title
    names = {name for one in relations for name in (one.vendor, *one.products) if name}
    first = title.partition(",")[0]
    return is_issue_title(title) and not any(name in first for name in names)


def _explain(
    story: Story, view: QuarterView, relations: Sequence[Relation]
) -> tuple[TranslatableText, ...]:
    dates = view.find_dates(story)
    return explain_consequence(story, relations, dates, view.stack, view.today)


def _list_made_by(relations: Sequence[Relation], view: QuarterView) -> tuple[Product, ...]:
    names = {name for relation in relations for name in relation.products}
    return tuple(product for product in view.stack.products if product.name in names)


def _get_owner(products: Sequence[Product]) -> str:
    owners = dict.fromkeys(product.owner for product in products if product.owner)
    return ", ".join(owners)


# ---------------------------------------------------------------- reports of one thing


def _join_reports(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts with those of one event as one, told by its first report.

    Grouping joins reports that are worded alike. For an alarm less will do: the same kind of
    event at the same product within days, and headlines that share words beside its name.
    """
    joined: list[Alert] = []
    for alert in sorted(alerts, key=lambda one: (one.day, one.keys)):
        place = next((n for n, known in enumerate(joined) if _is_same_event(known, alert)), None)
        if place is None:
            joined.append(alert)
            continue
        known = joined[place]
        joined[place] = replace(
            known, keys=(*known.keys, *alert.keys), reports=known.reports + alert.reports
        )
    return joined


def _is_same_event(known: Alert, other: Alert) -> bool:
    """Return whether two alerts are of one event."""
    kinds = {known.kind, other.kind} - {"likely"}
    if len(kinds) > 1 or other.day - known.day > _SAME_EVENT:
        return False
    names = {*known.products, known.vendor} & {*other.products, other.vendor} - {""}
    if not names:
        return False
    of_names = {word for name in names for word in _list_words(name)}
    return len((_list_words(known.what) & _list_words(other.what)) - of_names) >= _SAME_WORDS


def _list_words(text: str) -> frozenset[str]:
    """Return the words and figures of a text that tell it from others."""
    return frozenset(
        word
        for word in _WORD.findall(text.casefold())
        if len(word) >= _MIN_WORD or word[-1:].isdigit() or "%" in word
    )


# ---------------------------------------------------------------- contracts


def _list_contract_days(view: QuarterView, notice_days: int) -> Iterator[Alert]:
    """Yield the contracts whose day of notice comes near; else, where it has none, whose end."""
    until = view.today + timedelta(days=notice_days)
    for product in view.stack.products:
        kind: AlertKind = "notice" if product.notice_by else "contract end"
        day = product.notice_by or product.contract_end
        if day is None or not view.today <= day <= until:
            continue
        text = N_("%(product)s: the last day to give notice is %(day)s.")
        if product.status == "retiring":
            text = N_("%(product)s, which we are retiring: give notice by %(day)s.")
        if kind == "contract end":
            text = N_("%(product)s: the contract ends on %(day)s.")
        values: dict[str, object] = {"product": product.name, "day": day}
        advice = ""
        if kind == "notice" and product.contract_end:
            advice = TranslatableText(N_("The contract runs to %(end)s."), end=product.contract_end)
        yield Alert(
            kind=kind,
            keys=(f"{kind} {product.name} {day.isoformat()}",),
            products=(product.name,),
            day=day,
            what=TranslatableText(text, **values),
            advice=advice,
            owner=product.owner,
        )
