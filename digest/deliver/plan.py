"""What is to be done for whom, read off the ledger. Pure, but for `dispatch`, which writes down what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.errors import DeliveryError
from digest.model import Answer, LedgerLine, Parcel, ParcelState

MOST_REFUSALS = 3  # in a row of "not now", after which a person is asked


class Book(Protocol):
    """The ledger; Archive is one."""

    def mark(self, parcels: Iterable[Parcel], state: ParcelState, *, at: datetime, words: str = "") -> None:
        """Adds a line for each parcel, in one transaction."""


Hand = Callable[[Parcel, Callable[[], None]], Answer]  # calls the second just before what could deliver the parcel


@dataclass(frozen=True, slots=True)
class Plan:
    """Parcels by what is to be done: sent now; done already; unknown, so a person must resolve them; refused for good,
    so that only a person's order tries them again."""

    due: tuple[Parcel, ...]
    done: tuple[Parcel, ...]
    unknown: tuple[Parcel, ...]
    refused: tuple[Parcel, ...]


def plan(parcels: Iterable[Parcel], lines: Iterable[LedgerLine], *, insist: bool) -> Plan:
    """What to do for each parcel. `insist`: a person asked, so what was refused for good is tried again too."""
    known = {line.parcel: line for line in lines}
    sorts: dict[str, list[Parcel]] = {"due": [], "done": [], "unknown": [], "refused": []}
    for parcel in dict.fromkeys(parcels):
        sorts[_sort(known.get(parcel), insist)].append(parcel)
    return Plan(**{name: tuple(found) for name, found in sorts.items()})


def _sort(line: LedgerLine | None, insist: bool) -> str:
    if line is None or line.state in ("intended", "not sent"):
        return "due"
    if line.state == "accepted":
        return "done"
    if line.state == "refused":
        return "due" if insist or not is_final(line) else "refused"
    return "unknown"  # also what is handed over still: the process that did it has died


def is_final(line: LedgerLine) -> bool:
    """Whether a refusal needs a person: the other side said never, or said not now too often."""
    return line.state == "refused" and (not _not_now(line) or line.refusals >= MOST_REFUSALS)


def _not_now(line: LedgerLine) -> bool:
    """Whether the other side may say yes at another time: 4xx in SMTP, 5xx and 429 in HTTP, a folder always."""
    if line.parcel.channel == "mail":
        return line.words.startswith("4")
    return line.parcel.channel == "folder" or line.words.startswith(("5", "429"))


def has_begun(lines: Iterable[LedgerLine]) -> bool:
    """Whether anything of a version may have reached a reader, so that its content must not change any more."""
    return any(line.state in ("handed over", "accepted", "unknown") for line in lines)


def interrupted(lines: Iterable[LedgerLine]) -> tuple[Parcel, ...]:
    """Parcels that a process was handing over when it died. To be asked only by the holder of the lock."""
    return tuple(line.parcel for line in lines if line.state == "handed over")


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What came of a dispatch: parcel → answer, in order; and why the rest was not tried ("" where all were)."""

    answers: Mapping[Parcel, Answer]
    stopped: str = ""
    mend: str = ""


def dispatch(parcels: Sequence[Parcel], hand: Hand, book: Book, now: datetime) -> Dispatched:
    """Hands parcels over one after the other, each written down before and after. Stops where the channel is in doubt,
    so that one bad line makes one unknown parcel and not all of them."""
    answers: dict[Parcel, Answer] = {}
    for parcel in parcels:
        try:
            answer = hand(parcel, lambda parcel=parcel: book.mark([parcel], "handed over", at=now))  # type: ignore[misc]
        except DeliveryError as error:
            return Dispatched(answers, error.message, error.mend)
        book.mark([parcel], answer.state, at=now, words=answer.words)
        answers[parcel] = answer
        if answer.stop:
            return Dispatched(answers, answer.words)
    return Dispatched(answers)
