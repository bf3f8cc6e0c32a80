"""One word on each product of the stack, and what to do: the same rule for all of them.

Word and reason are read as one phrase, "Act: renew it or give notice".

act    a breach or weakness of the product itself is told; or a notice falls due before the next
       review but one; or its terms change, or a change is forced on its users, and two publishers,
       the vendor or an authority itself say so
ask    terms change or a change is forced and one publisher says so, a promise is late, a claim
       lacks proof, a notice falls due within two quarters, the file does not say on what data its
       AI works, or another product does the same work
try    it is on trial, or its vendor's new AI comes with proof
watch  the rest
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.edition.ai_impacts import is_near_product
from digest.edition.incidents import classify_incident
from digest.edition.phrases import shorten_names
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.reach import find_condition
from digest.edition.rule_kinds import classify_rule
from digest.edition.stack.contracts import find_contract_day, tell_choice
from digest.edition.stack.duties import forces_change
from digest.edition.stack.overlaps import list_overlapping
from digest.edition.stack.radar import assign_ring, changes_terms, is_well_sourced
from digest.edition.stack.watch import list_names
from digest.edition.subjects import (
    find_touched_products,
    is_about_addon,
    is_sure_incident,
    join_heads,
)
from digest.i18n import N_, TranslatableText
from digest.model.edition import UNDECIDED_RULES, Verdict
from digest.model.stack import OPEN_PROMISES, OUR_RELATIONS, Product, Relation
from digest.model.story import Story
from digest.model.tags import Event

_CHANGES: dict[Event, str] = {  # to act on
    "pricing": N_("settle what its new price costs us"),
    "shutdown": N_("replace what ends"),
    "acquisition": N_("settle what its maker’s deal changes"),
    "regulation": N_("settle what a rule or ruling asks"),
}
_POSSIBLE_CHANGES: dict[Event, str] = {  # to ask about
    "pricing": N_("whether a price change reaches us"),
    "shutdown": N_("what ends, and when"),
    "acquisition": N_("what its maker’s deal changes"),
    "regulation": N_("what a rule or ruling asks of it"),
}


_OPENS = re.compile(r"\bMCP\b|\bmodel context protocol\b", re.IGNORECASE)  # to AI of others
_PRICE_OF_MAKER = N_("whether a price change of its maker reaches us")
_Verdicts = Iterator[tuple[Verdict, str]]  # a word, and why


def judge_product(
    product: Product, stories: Sequence[Story], quarter: QuarterView
) -> tuple[Verdict, TranslatableText]:
    """Return the verdict on a product and its reason. `stories` are about it or its vendor."""
    if verdict := next(_iter_verdicts(product, stories, quarter), None):
        word, reason = verdict
        if not isinstance(reason, TranslatableText):
            reason = TranslatableText(reason)
        return word, reason
    text = N_("no change of its terms found") if stories else N_("no news")
    return "watch", TranslatableText(text)


def _iter_verdicts(product: Product, stories: Sequence[Story], quarter: QuarterView) -> _Verdicts:
    """Yield each verdict that a product earns, the strongest first."""
    if any(_has_to_be_checked(story, product, quarter) for story in stories):
        yield "act", N_("find out whether ours is affected")
    contract = find_contract_day(product, quarter.today)
    notice = contract.day if contract and contract.kind == "notice" else None
    if product.status == "retiring":
        if notice:
            yield "act", tell_choice(product)
        yield "watch", N_("it is being retired")
        return
    yield from _judge_changes(product, stories, quarter, is_sure=True)
    if notice and notice <= quarter.today + quarter.until_next_review:
        yield "act", tell_choice(product)
    yield from _judge_maker(product, stories, quarter)
    if product.status == "trial":
        yield "try", N_("see what its trial shows")
    yield from _judge_changes(product, stories, quarter, is_sure=False)
    yield from _judge_promises(product, quarter)
    yield from _judge_ai(product, stories, quarter)
    if notice:
        yield "ask", N_("whether to renew: notice within two quarters")
    if product.ai.used and not product.ai.data:
        yield "ask", N_("on whose data its AI works")
    if others := list_overlapping(product, quarter.stack.products):
        text = N_("whether we need it beside %(names)s")
        yield "ask", TranslatableText(text, names=shorten_names(others))


def find_own_incidents(quarter: QuarterView) -> tuple[tuple[Product, Story], ...]:
    """Return the products of ours to check after a breach or a weakness, each with its story."""
    found = []
    for product in quarter.stack.products:
        stories = quarter.find_related([product.name], *OUR_RELATIONS)
        story = next((one for one in stories if _has_to_be_checked(one, product, quarter)), None)
        if story:
            found.append((product, story))
    return tuple(found)


def find_maker_incident(product: Product, quarter: QuarterView) -> Story | None:
    """Return the best story of a sure incident of a product or at its maker that reaches us.

    One that may be no news of the field counts, too.
    """
    stories = (*quarter.stories, *quarter.doubtful)
    return next((one for one in stories if reaches_us(one, product, quarter)), None)


def reaches_us(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether an incident may have hit what we run of a maker, or our data there.

    An add-on and another product of the maker is not ours: only a breach may reach us through it.
    """
    relation = quarter.get_relation_to(story, product.name)
    is_ours = is_sure_incident(story) and relation.kind in OUR_RELATIONS
    if not is_ours or is_about_addon(story, product.name):
        return False
    kind = classify_incident(story, list_names(product))
    if kind == "breach":
        return True
    return kind not in ("attack by AI", "internal") and product in find_touched_products(
        story, quarter.get_relations(story), quarter.stack
    )


def find_addon_incident(product: Product, quarter: QuarterView) -> Story | None:
    """Return the best story of an incident of an add-on that others make for a product."""
    stories = quarter.find_related([product.name], *OUR_RELATIONS)
    return next(
        (
            story
            for story in stories
            if is_sure_incident(story) and is_about_addon(story, product.name)
        ),
        None,
    )


def is_own_incident(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a story surely tells of a breach, weakness or outage of a product itself.

    One report is enough: to look whether it is patched costs less than to wait for a second. An
    add-on that others make is another product.
    """
    touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
    return product in touched and reaches_us(story, product, quarter)


def _has_to_be_checked(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether an incident asks what became of ours; an outage is over and known."""
    is_over = classify_incident(story, list_names(product)) == "outage"
    return is_own_incident(story, product, quarter) and not is_over


def _judge_changes(
    product: Product, stories: Sequence[Story], quarter: QuarterView, *, is_sure: bool
) -> _Verdicts:
    """Yield a verdict for each story that changes the product's terms or forces a change.

    `is_sure`: those that two publishers, the vendor or an authority tell; else the others.
    """
    word: Verdict = "act" if is_sure else "ask"
    for story in stories:
        relation = quarter.get_relation_to(story, product.name)
        if story.tags.event in _CHANGES and not story.tags.is_certain("event"):
            if relation.kind == "product" and not is_sure:
                yield "ask", N_("whether this news changes its terms")  # its label may be wrong
            continue
        if is_well_sourced(story) != is_sure or not _may_ask_of_us(story, relation):
            continue
        if changes_terms(story, relation):
            if _is_price_of_maker(story, product, quarter):
                if not is_sure:
                    yield "ask", _PRICE_OF_MAKER
                continue
            texts = _CHANGES if is_sure else _POSSIBLE_CHANGES
            yield word, texts[story.tags.event]
        elif relation.kind == "product" and forces_change(story):
            text = N_("whether we must follow a change")
            yield word, _name_change(product, stories, quarter) if is_sure else text


def _may_ask_of_us(story: Story, relation: Relation) -> bool:
    """Return whether a story is no rule, or one that asks something of a product's users.

    A case, a promise of a company, advice and a ruling on its maker do not.
    """
    kind = classify_rule(story) if story.tags.event == "regulation" else None
    is_on_maker = kind == "ruling" and relation.kind != "product"
    return kind is None or not (kind in UNDECIDED_RULES or is_on_maker)


def _name_change(product: Product, stories: Sequence[Story], quarter: QuarterView) -> str:
    """Return what to follow: the change whose day comes next, where a well-sourced one has one."""
    days = {
        dated.fact.day: story
        for story in reversed(stories)  # of a day the best story is kept
        if is_well_sourced(story) and _is_about(story, product, quarter)
        for dated in quarter.find_dates(story)
        if dated.fact.role in ("effective", "deadline") and dated.fact.day >= quarter.today
    }
    if day := min(days, default=None):
        if find_condition(days[day]):
            return TranslatableText(N_("see whether the change of %(day)s reaches us"), day=day)
        return TranslatableText(N_("follow the change of %(day)s"), day=day)
    return N_("follow a change that binds its users")


def _is_about(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a story is about a product, or its maker's news of the product's category."""
    kind = quarter.get_relation_to(story, product.name).kind
    is_near = story.tags.category in product.categories
    return kind == "product" or (kind in OUR_RELATIONS and is_near)


def _judge_maker(product: Product, stories: Sequence[Story], quarter: QuarterView) -> _Verdicts:
    """Yield what is to be asked of the maker: what it was hit by first, then its surer prices.

    To ask about an incident costs little, so that one held for no news of marketing counts, too.
    """
    if incident := find_maker_incident(product, quarter):
        is_outage = classify_incident(incident, list_names(product)) == "outage"
        text = N_("whether an incident at its maker touches our data")
        yield "ask", N_("for the cause of its outage") if is_outage else text
    if any(
        is_well_sourced(story) and _is_price_of_maker(story, product, quarter) for story in stories
    ):
        yield "ask", _PRICE_OF_MAKER


def _is_price_of_maker(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a story changes the price of something else that the maker makes."""
    relation = quarter.get_relation_to(story, product.name)
    touched = find_touched_products(story, [relation], quarter.stack)
    is_pricing = story.tags.event == "pricing" and changes_terms(story, relation)
    return is_pricing and product not in touched


def _judge_promises(product: Product, quarter: QuarterView) -> _Verdicts:
    for promise in quarter.stack.promises:
        is_theirs = promise.vendor.casefold() == product.vendor_or_name.casefold()
        is_late = promise.state in OPEN_PROMISES and promise.by and promise.by < quarter.today
        if is_theirs and is_late:
            yield "ask", N_("what became of a promise past its date")


def _judge_ai(product: Product, stories: Sequence[Story], quarter: QuarterView) -> _Verdicts:
    releases = [
        story
        for story in stories
        if story.tags.event in RELEASE_EVENTS and story.tags.ai in AI_IN_USE
    ]
    for story in releases:
        if assign_ring(story, quarter.get_relation_to(story, product.name)) == "try":
            yield "try", N_("its new AI, which two sources tell of")
    if any(
        _OPENS.search(join_heads(story)) and is_near_product(story, product, quarter)
        for story in releases
    ):
        yield "ask", N_("who may connect AI of others to it")
    if any(story.tags.evidence == "claimed" for story in releases):
        yield "ask", N_("for proof of what its AI is said to do")
