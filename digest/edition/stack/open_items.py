"""The agenda's open decisions: late promises, contracts, data, unowned rules, duties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, zip_longest

from digest.edition.data_uses import list_data_uses
from digest.edition.forced import find_forced_change
from digest.edition.laws import find_article, name_law
from digest.edition.owners import find_common_owner, propose_owner
from digest.edition.phrases import (
    MAX_TITLE,
    cite_headline,
    fill_text,
    join_texts,
    list_product_names,
)
from digest.edition.quarter import AI_IN_USE, QuarterView, get_category_name
from digest.edition.rule_kinds import classify_rule
from digest.edition.stack.basis import MAX_ITEMS, MAX_OF_KIND, AgendaBasis
from digest.edition.stack.contracts import ask_about_contract, find_contract_day
from digest.edition.stack.evidence import list_evidence
from digest.edition.stack.watch import is_promise_watched
from digest.edition.story_dates import find_head_dates
from digest.i18n import N_, TranslatableText
from digest.model.edition import DATED_RULES, AgendaItem, RuleRow, Sentence, StoryRef
from digest.model.stack import OPEN_PROMISES, Product
from digest.model.story import Story
from digest.text import truncate_text

_MAX_DUTIES, _SHORT_TITLE = 4, 32  # in one item; characters of a headline among others
_DATED = ("effective", "deadline", "ends")


def list_open_items(
    quarter: QuarterView, rules: Sequence[RuleRow], basis: AgendaBasis, room: int = MAX_ITEMS
) -> tuple[AgendaItem, ...]:
    """Return late promises, contracts, uses of our data, rules, duties and platforms, by day.

    There are at most `room`, of each kind one before a second. What page one decides, trials and
    what retires are asked elsewhere.
    """
    kinds = (
        _list_late_promises(quarter, basis),
        _list_contract_items(quarter, basis),
        _list_data_uses(quarter, basis),
        _list_unowned_rules(quarter, rules),
        _list_duties(quarter, basis),
        _list_platforms(quarter, basis),
    )
    rounds = zip_longest(*kinds)  # so that none of the kinds is crowded out
    kept = [item for one in rounds for item in one if item][: max(room, 0)]

    return tuple(sorted(kept, key=lambda item: item.due or date.max))  # stable


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
                why = N_("“%(what)s” was due on %(day)s; %(vendor)s has no source of its own here.")
            yield AgendaItem(
                what=TranslatableText(what, vendor=promise.vendor),
                why=fill_text(
                    why,
                    what=truncate_text(promise.what, MAX_TITLE),
                    day=promise.by,
                    vendor=promise.vendor,
                ),
                owner=find_common_owner(theirs),
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
        if row.products
        and row.story.id in chosen
        and classify_rule(chosen[row.story.id]) in (None, *DATED_RULES)
    ]
    by_law: dict[str, tuple[RuleRow, list[Product]]] = {}  # several stories of a law ask once
    for row, touched in found:
        by_law.setdefault(name_law(chosen[row.story.id]) or row.story.id, (row, touched))
    for row, touched in islice(by_law.values(), MAX_OF_KIND):
        is_on_ai = chosen[row.story.id].tags.ai in AI_IN_USE and quarter.stack.policy_owner != ""
        text = N_("It touches %(names)s; the stack file names nobody for rules.")
        values: dict[str, object] = {"names": list_product_names(touched)}
        if chosen[row.story.id].tags.ai in AI_IN_USE and all(one.ai.used for one in touched):
            text = N_(
                "AI works in %(names)s: does it reach that use? The stack file names nobody for "
                "rules."
            )
        elif row.effective:
            text = N_(
                "It touches %(names)s; from when: “%(when)s”. The stack file names nobody for "
                "rules."
            )
            values["when"] = row.effective
        yield AgendaItem(
            what=_ask_who_answers(row.story, chosen[row.story.id]),
            why=TranslatableText(text, **values),
            proposed=quarter.stack.policy_owner if is_on_ai else propose_owner(touched),
            section="rules",
            story=row.story.id,
        )


def _ask_who_answers(ref: StoryRef, story: Story) -> TranslatableText:
    """Return the question by the law's own name, where a report has it; else by the headline."""
    law, article = name_law(story), find_article(story)
    if law and article:
        text = N_("Name who answers for the %(law)s, Article %(article)s.")
        return TranslatableText(text, law=law, article=article)
    if law:
        return TranslatableText(N_("Name who answers for the %(law)s."), law=law)
    title = truncate_text(ref.title, MAX_TITLE)
    return TranslatableText(N_("Name who answers for “%(title)s”."), title=title)


def _list_platforms(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield platforms without a product in the stack whose rules of a day ahead touch its fields.

    The stack file need not name all that is used.
    """
    staying = [one for one in quarter.stack.products if one.status != "retiring"]
    makers = {one.vendor_or_name for one in quarter.stack.products}
    ahead = [
        entry
        for entry in basis.rules
        if entry.kind == "platform" and entry.day and entry.day >= quarter.today
    ]
    for entry in sorted(ahead, key=lambda one: one.day or date.max):
        field = [one for one in staying if entry.category in one.categories[:1]]
        if entry.products or not entry.binds or not field or not makers.isdisjoint(entry.binds):
            continue
        text = N_("Do we use %(makers)s? A rule of theirs touches %(category)s.")
        if entry.whom:
            text = N_(
                "Do we use %(makers)s? A rule of theirs touches %(category)s, for “%(whom)s”."
            )
        yield AgendaItem(
            what=fill_text(
                text,
                makers=entry.binds,
                category=get_category_name(entry.category or ""),
                whom=entry.whom,
            ),
            why=_add_way_out(cite_headline(entry.story, quarter.to_local_date), entry.way_out),
            proposed=propose_owner(field),
            due=entry.day,
            section="rules",
            story=entry.story.id,
        )


def _add_way_out(why: TranslatableText, way_out: Sentence | None) -> TranslatableText:
    """Return a reason with the sentence that one can leave a change, and who says so."""
    if way_out is None:
        return why
    text = N_("%(why)s “%(words)s” (%(source)s).")
    return TranslatableText(text, why=why, words=way_out.text, source=way_out.source)


def _list_data_uses(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield what vendors of our products do with customers' data, the best story first."""
    products = {product.name: product for product in quarter.stack.products}
    told = {one.story for one in basis.decisions}
    found = [story for story in list_data_uses(quarter) if story.id not in told]
    for story in found[:MAX_OF_KIND]:
        names = quarter.get_closest_relation(story).products
        touched = [products[name] for name in names if name in products]
        yield AgendaItem(
            what=TranslatableText(
                N_("Settle what %(names)s may do with our data?"),
                names=list_product_names(touched),
            ),
            why=cite_headline(quarter.make_ref(story), quarter.to_local_date),
            owner=find_common_owner(touched),
            section="categories",
            story=story.id,
        )


def _list_duties(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield what products force on their users: their policies first, then by the day ahead."""
    products = {product.name: product for product in quarter.stack.products}
    told = {one.story for one in basis.decisions}
    days: dict[str, date] = {}
    for entry in basis.calendar:
        if entry.story and entry.kind in _DATED:
            days.setdefault(entry.story.id, entry.day)
    ruling = {story.id for story in quarter.stories if classify_rule(story) == "platform"}
    chosen = {story.id for story in quarter.chosen}
    forced = [
        story
        for story in quarter.stories
        if story.id not in told
        and quarter.get_closest_relation(story).kind == "product"
        and (
            story.id in ruling
            or (story.id in chosen and (find_forced_change(story, quarter) or story.id in days))
        )
    ]
    forced.sort(  # stable: else the best first
        key=lambda story: (story.id not in ruling, days.get(story.id, date.max))
    )
    grouped: dict[tuple[str, ...], list[Story]] = {}
    for story in forced:
        grouped.setdefault(quarter.get_closest_relation(story).products, []).append(story)
    for names, changes in grouped.items():
        changes = changes[:_MAX_DUTIES]
        touched = [products[name] for name in names if name in products]
        refs = [quarter.make_ref(story) for story in changes]
        titles = tuple(
            TranslatableText(
                "“%(title)s”",
                title=truncate_text(ref.title, MAX_TITLE if len(refs) == 1 else _SHORT_TITLE),
            )
            for ref in refs
        )
        owner = find_common_owner(touched)
        text = N_("Check what changes in %(names)s: %(titles)s.")
        if not owner:
            text = N_("Who checks what changes in %(names)s: %(titles)s?")
        facts = (
            [_cite_report(refs[0], quarter), *_tell_start(changes[0], days)]
            if len(refs) == 1
            else []
        )
        dues = [days[story.id] for story in changes if story.id in days]
        yield AgendaItem(
            what=TranslatableText(text, names=list_product_names(touched), titles=titles),
            why=join_texts(facts, " "),
            owner=owner,
            due=min(dues, default=None),
            section="categories",
            story=changes[0].id,
        )


def _tell_start(story: Story, days: Mapping[str, date]) -> Iterator[TranslatableText]:
    """Yield from when a change holds, where the calendar does not have its day."""
    starts = [dated.fact for dated in find_head_dates(story) if dated.fact.role == "effective"]
    if story.id not in days and starts and starts[0].day == starts[0].last:
        yield TranslatableText(N_("From %(day)s."), day=starts[0].day)


def _cite_report(ref: StoryRef, quarter: QuarterView) -> TranslatableText:
    """Return who told of a change: its words stand where the story does."""
    return TranslatableText(
        N_("%(source)s on %(day)s."), source=ref.source, day=quarter.to_local_date(ref.published)
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
        why = N_("The contract ends on %(end)s.")
        values: dict[str, object] = {"end": product.contract_end}
        if product.cost and product.cost.amount:
            why = N_("%(money)s a year; the contract ends on %(end)s.")
            values["money"] = product.cost
        yield AgendaItem(
            what=ask_about_contract(product, ends=contract.kind == "contract end"),
            why=join_texts(
                [TranslatableText(why, **values), *list_evidence(product, quarter)], " "
            ),
            owner=product.owner,
            due=contract.day,
            section="calendar",
        )
