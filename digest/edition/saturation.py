"""How crowded the market is: money that went in, vendors and products that came and went.

All of it is counted from the quarter's stories, and nothing is added that has another currency.
"""

from __future__ import annotations

from collections.abc import Sequence

from digest.edition.amounts import list_amounts
from digest.edition.quarter import QuarterView
from digest.model.edition import DealEntry, DealKind, MarketSaturation, RegisterRow, StoryRef
from digest.model.stack import Money
from digest.model.story import Story
from digest.text import clean_text

_MIN_ROUND = 10_000  # of any currency: less is the price of a share


def measure_saturation(
    quarter: QuarterView, deals: Sequence[DealEntry], register: Sequence[RegisterRow]
) -> MarketSaturation | None:
    """Return what the quarter's stories tell of a crowded market; None where they tell nothing."""
    stories = {story.id: story for story in (*quarter.stories, *quarter.doubtful)}

    def list_refs(kind: DealKind) -> tuple[StoryRef, ...]:
        return tuple(deal.story for deal in deals if deal.kind == kind)

    rounds = list_refs("funding")
    found = [read_amount(stories[ref.id]) for ref in rounds if ref.id in stories]
    raised: dict[str, float] = {}
    for money in filter(None, found):
        raised[money.currency] = raised.get(money.currency, 0.0) + money.amount
    new = tuple(
        quarter.make_ref(stories[row.story])
        for row in register
        if row.new_product and row.story in stories
    )
    closures, withdrawals = list_refs("closure"), list_refs("withdrawal")
    if not (rounds or closures or withdrawals or new):
        return None
    return MarketSaturation(
        raised=tuple(Money(raised[currency], currency) for currency in sorted(raised)),
        priced=sum(money is not None for money in found),
        rounds=rounds,
        closures=closures,
        withdrawals=withdrawals,
        newcomers=new,
    )


def read_amount(story: Story) -> Money | None:
    """Return the sum that a round of funding raised; None where its words do not say.

    The headlines say it first, then the summaries. Of several sums in one text none is sure.
    """
    items = [member.item for member in story.items]
    for texts in ([item.title for item in items], [item.summary for item in items]):
        amounts = (money for text in texts for money in list_amounts(clean_text(text)))
        found = {money for money in amounts if money.amount >= _MIN_ROUND}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None
