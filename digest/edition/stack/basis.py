"""What other parts of the briefing found that the agenda of the review builds on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model.edition import CalendarEntry, FrontDecision, RuleEntry, Theme

MAX_ITEMS = 16  # of the agenda: what an hour holds
MAX_OF_KIND = 2  # items of one kind in a part


@dataclass(frozen=True, slots=True)
class AgendaBasis:
    """What other parts of the briefing found that the agenda builds on.

    `decisions` are those of page one.
    """

    calendar: Sequence[CalendarEntry] = ()
    themes: Sequence[Theme] = ()
    decisions: Sequence[FrontDecision] = ()
    rules: Sequence[RuleEntry] = ()

    @property
    def decided(self) -> frozenset[str]:
        """The products whose contracts page one asks about."""
        return frozenset(
            name for one in self.decisions if one.cost or not one.story for name in one.products
        )


NO_BASIS = AgendaBasis()
