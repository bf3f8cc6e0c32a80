"""What a letter to a vendor asks, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass

from digest.i18n import TranslatableText
from digest.model.edition import AskedQuestion, PromiseRow, VendorNews


@dataclass(frozen=True, slots=True)
class LetterQuestion:
    """A question of a letter, what it rests on, and when it was asked before without an answer."""

    key: str
    ask: TranslatableText | str
    news: VendorNews | None = None
    promise: PromiseRow | None = None
    before: AskedQuestion | None = None


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """The questions of a letter in its order: promises, news, standing ones."""

    vendor: str
    products: tuple[str, ...]
    promises: tuple[LetterQuestion, ...]
    news: tuple[LetterQuestion, ...]
    standing: tuple[LetterQuestion, ...]

    @property
    def questions(self) -> tuple[LetterQuestion, ...]:
        """All questions, in the order in which the letter numbers them."""
        return (*self.promises, *self.news, *self.standing)
