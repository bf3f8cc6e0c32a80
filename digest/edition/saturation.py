"""How crowded the market is: money that went in, vendors and products that came and went.

All of it is counted from the quarter's stories, and nothing is added that has another currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from digest.edition.quarter import QuarterView
from digest.model.edition import DealEntry, DealKind, MarketSaturation, RegisterRow, StoryRef
from digest.model.stack import Money
from digest.model.story import Story
from digest.text import clean_text

_CURRENCIES: Mapping[str, str] = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_SCALES: Mapping[str, int] = {
    "": 1,
    "k": 10**3, "thousand": 10**3,
    "m": 10**6, "mn": 10**6, "million": 10**6, "millionen": 10**6, "mio": 10**6, "milioni": 10**6,
    "millions": 10**6, "millones": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "milliarden": 10**9, "miliardi": 10**9,
    "milliards": 10**9,
}  # fmt: skip
_SCALE = rf"(?P<scale>{'|'.join(sorted(filter(None, _SCALES), key=len, reverse=True))})?\b"
_AMOUNT = re.compile(
    rf"(?<![\w$€£¥])(?P<sign>US\$|[$€£¥])\s?(?P<number>\d+(?:[.,]\d+)*)\s?{_SCALE}"
    rf"|(?<![\w.,])(?P<bare>\d+(?:[.,]\d+)?)\s?{_SCALE.replace('scale', 'size')}\.?\s"
    r"(?P<code>EUR|USD|GBP|euros?|dollars?|[$€£])",
    re.IGNORECASE,
)
_CODES: Mapping[str, str] = {"euro": "EUR", "dollar": "USD"}
# What is no sum of this round: what a firm is worth, turns over or has raised in all.
_OF_OTHER = re.compile(
    r"(?:valu(?:ed|ation)|worth|revenue|in total|to date|so far|altogether|annual)\b", re.IGNORECASE
)
_NEAR = 40  # characters around an amount in which words say what it is


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
        found = {money for text in texts for money in _list_amounts(clean_text(text))}
        if len(found) == 1:
            return found.pop()
        if found:
            return None
    return None


def _list_amounts(text: str) -> set[Money]:
    found = set()
    for match in _AMOUNT.finditer(text):
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if not _OF_OTHER.search(around):
            found.add(_read_money(match))
    return found


def _read_money(match: re.Match[str]) -> Money:
    number = match["number"] or match["bare"]
    scale = _SCALES[(match["scale"] or match["size"] or "").lower()]
    # A comma before three digits groups them, and else begins the fraction; so does a full stop.
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number) if scale == 1 else number
    code = (match["sign"] or match["code"]).upper()
    singular = code.lower().rstrip("s")
    currency = _CURRENCIES.get(code) or _CODES.get(singular) or code
    return Money(float(plain.replace(",", ".")) * scale, currency)
