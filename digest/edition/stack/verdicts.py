"""One word on each product of the stack, and why: the same rule for all of them.

act    a notice falls due before the next review but one; or its terms change, or a change is
       forced on its users, and two publishers, the vendor or an authority itself say so
ask    terms change or a change is forced and one publisher says so, a promise is late, a claim
       lacks proof, a notice falls due within two quarters, or the file does not say on what data
       its AI works
try    it is on trial, or its vendor's new AI comes with proof
watch  the rest
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.contracts import SOON, find_contract_day
from digest.edition.stack.duties import forces_change
from digest.edition.stack.radar import assign_ring, changes_terms, is_well_sourced
from digest.edition.subjects import find_touched_products
from digest.i18n import N_, TranslatableText
from digest.model.edition import Verdict
from digest.model.stack import OPEN_PROMISES, Product
from digest.model.story import Story
from digest.model.tags import Event

_CHANGES: dict[Event, str] = {
    "pricing": N_("Prices change"),
    "shutdown": N_("Something ends"),
    "acquisition": N_("A deal of its vendor"),
    "regulation": N_("A rule or ruling"),
}


_Verdicts = Iterator[tuple[Verdict, str]]  # a word, and why


def judge_product(
    product: Product, stories: Sequence[Story], quarter: QuarterView
) -> tuple[Verdict, TranslatableText]:
    """Return the verdict on a product and its reason. `stories` are about it or its vendor."""
    if verdict := next(_iter_verdicts(product, stories, quarter), None):
        return verdict[0], TranslatableText(verdict[1])
    text = N_("No change of terms") if stories else N_("No news")
    return "watch", TranslatableText(text)


def _iter_verdicts(product: Product, stories: Sequence[Story], quarter: QuarterView) -> _Verdicts:
    """Yield each verdict that a product earns, the strongest first."""
    contract = find_contract_day(product, quarter.today)
    notice = contract.day if contract and contract.kind == "notice" else None
    if product.status == "retiring":
        if notice:
            yield "act", N_("Let it end")
        yield "watch", N_("It is being retired")
        return
    yield from _judge_changes(product, stories, quarter, is_sure=True)
    if notice and notice <= quarter.today + SOON:
        yield "act", N_("Keep or leave?")
    if product.status == "trial":
        yield "try", N_("On trial: what did it show?")
    yield from _judge_changes(product, stories, quarter, is_sure=False)
    yield from _judge_promises(product, quarter)
    yield from _judge_ai(product, stories, quarter)
    if notice:
        yield "ask", N_("Notice within two quarters")
    if product.ai.used and not product.ai.data:
        yield "ask", N_("On whose data does its AI work?")


def _judge_changes(
    product: Product, stories: Sequence[Story], quarter: QuarterView, *, is_sure: bool
) -> _Verdicts:
    """Yield a verdict for each story that changes the product's terms or forces a change.

    `is_sure`: those that two publishers, the vendor or an authority tell; else the others.
    """
    word: Verdict = "act" if is_sure else "ask"
    for story in stories:
        relation = quarter.get_relation_to(story, product.name)
        if is_well_sourced(story) != is_sure:
            continue
        if changes_terms(story, relation):
            is_makers = story.tags.event == "pricing" and product not in find_touched_products(
                story, [relation], quarter.stack
            )
            if is_makers:  # of something else that it makes
                yield "ask", N_("A price of its maker changes")
            else:
                yield word, _CHANGES[story.tags.event]
        elif relation.kind == "product" and forces_change(story):
            yield word, N_("A change that its users must follow")


def _judge_promises(product: Product, quarter: QuarterView) -> _Verdicts:
    for promise in quarter.stack.promises:
        is_theirs = promise.vendor.casefold() == product.vendor_or_name.casefold()
        is_late = promise.state in OPEN_PROMISES and promise.by and promise.by < quarter.today
        if is_theirs and is_late:
            yield "ask", N_("A promise is past its date")


def _judge_ai(product: Product, stories: Sequence[Story], quarter: QuarterView) -> _Verdicts:
    releases = [
        story
        for story in stories
        if story.tags.event in RELEASE_EVENTS and story.tags.ai in AI_IN_USE
    ]
    for story in releases:
        if assign_ring(story, quarter.get_relation_to(story, product.name)) == "try":
            yield "try", N_("New AI, told by two sources")
    if any(story.tags.evidence == "claimed" for story in releases):
        yield "ask", N_("An AI claim without proof")
