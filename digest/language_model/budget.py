"""Count what questions cost, and refuse one that could pass a limit.

Pure. Costs are whole millionths of the currency's unit, so that sums are exact. A question is
reserved at the most that it can cost before it goes out, and settled when its answer is there:
questions that are out at the same time cannot pass a limit together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from digest.errors import ModelError

_BYTES_A_TOKEN = 2  # a lower bound for prose in any script: tokenisers give 2.5 to 5
_OVERHEAD_TOKENS = 60  # of roles and marks that a service puts around a question


class BudgetError(ModelError):
    """A question was not asked, because it could pass a limit."""


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of a million tokens, in units of the currency."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0

    def calculate(self, tokens_in: int, tokens_out: int) -> int:
        """Return what tokens cost, in millionths of the unit, rounded up."""
        return math.ceil(round(tokens_in * self.tokens_in + tokens_out * self.tokens_out, 6))


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be spent, in millionths of the unit; None for no limit."""

    run: int | None = None
    quarter: int | None = None
    requests: int = 2000


class Budget:
    """What one run has spent and may spend. `spent_before` is what the quarter cost before."""

    def __init__(self, price: Price, limits: Limits, spent_before: int = 0) -> None:
        self.price, self.limits = price, limits
        self.requests = self.spent = self._reserved = 0
        self._before = spent_before

    def reserve(self, prompt_bytes: int, answer_tokens: int) -> int:
        """Set aside the most that a question can cost, and return it. Raises BudgetError."""
        most = self.price.calculate(estimate_tokens(prompt_bytes), answer_tokens)
        planned = self.spent + self._reserved + most
        if self.requests >= self.limits.requests:
            raise BudgetError(f"the limit of {self.limits.requests} questions a run is reached")
        for name, limit, used in (
            ("run", self.limits.run, planned),
            ("quarter", self.limits.quarter, self._before + planned),
        ):
            if limit is not None and used > limit:
                raise BudgetError(f"the next question could pass the limit of the {name}")
        self.requests += 1
        self._reserved += most
        return most

    def settle(self, reserved: int, cost: int) -> None:
        """Take a reserved question's real cost for it; 0 where nothing was sent."""
        self._reserved -= reserved
        self.spent += cost


def estimate_tokens(size: int) -> int:
    """Return the most tokens that a text of so many bytes is likely to have."""
    return size // _BYTES_A_TOKEN + _OVERHEAD_TOKENS
