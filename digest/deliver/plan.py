"""What is to be done for whom, read off the ledger. Pure, but for `dispatch`, which writes down what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from digest.errors import DeliveryError
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryResult, DeliveryState

MAX_REFUSALS = 3  # in a row of "not now", after which a person is asked


class DeliveryLedger(Protocol):
    """The ledger; Archive is one."""

    def record_deliveries(
        self, parcels: Iterable[Delivery], state: DeliveryState, *, at: datetime, words: str = ""
    ) -> None:
        """Adds a line for each parcel, in one transaction."""


DeliverCallback = Callable[
    [Delivery, Callable[[], None]], DeliveryResult
]  # calls the second just before what could deliver the parcel


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """Parcels by what is to be done: sent now; done already; unknown, so a person must resolve them; refused for good,
    so that only a person's order tries them again."""

    due: tuple[Delivery, ...]
    done: tuple[Delivery, ...]
    unknown: tuple[Delivery, ...]
    refused: tuple[Delivery, ...]


def plan_deliveries(
    parcels: Iterable[Delivery], lines: Iterable[DeliveryRecord], *, retry_refused: bool
) -> DeliveryPlan:
    """What to do for each parcel. `insist`: a person asked, so what was refused for good is tried again too."""
    known = {line.delivery: line for line in lines}
    sorts: dict[str, list[Delivery]] = {"due": [], "done": [], "unknown": [], "refused": []}
    for parcel in dict.fromkeys(parcels):
        sorts[_classify_delivery(known.get(parcel), retry_refused)].append(parcel)
    return DeliveryPlan(**{name: tuple(found) for name, found in sorts.items()})


def _classify_delivery(line: DeliveryRecord | None, insist: bool) -> str:
    if line is None or line.state in ("intended", "not sent"):
        return "due"
    if line.state == "accepted":
        return "done"
    if line.state == "refused":
        return "due" if insist or not is_final(line) else "refused"
    return "unknown"  # also what is handed over still: the process that did it has died


def is_final(line: DeliveryRecord) -> bool:
    """Whether a refusal needs a person: the other side said never, or said not now too often."""
    return line.state == "refused" and (not _is_temporary(line) or line.refusals >= MAX_REFUSALS)


def _is_temporary(line: DeliveryRecord) -> bool:
    """Whether the other side may say yes at another time: 4xx in SMTP, 5xx and 429 in HTTP, a folder always."""
    if line.delivery.channel == "mail":
        return line.words.startswith("4")
    return line.delivery.channel == "folder" or line.words.startswith(("5", "429"))


def has_begun(lines: Iterable[DeliveryRecord]) -> bool:
    """Whether anything of a version may have reached a reader, so that its content must not change any more."""
    return any(line.state in ("handed over", "accepted", "unknown") for line in lines)


def find_interrupted(lines: Iterable[DeliveryRecord]) -> tuple[Delivery, ...]:
    """Parcels that a process was handing over when it died. To be asked only by the holder of the lock."""
    return tuple(line.delivery for line in lines if line.state == "handed over")


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What came of a dispatch: parcel → answer, in order; and why the rest was not tried ("" where all were)."""

    results: Mapping[Delivery, DeliveryResult]
    stop_reason: str = ""
    hint: str = ""


def dispatch_deliveries(
    parcels: Sequence[Delivery], hand: DeliverCallback, book: DeliveryLedger, now: datetime
) -> DispatchReport:
    """Hands parcels over one after the other, each written down before and after. Stops where the channel is in doubt,
    so that one bad line makes one unknown parcel and not all of them."""
    answers: dict[Delivery, DeliveryResult] = {}
    for parcel in parcels:
        try:
            answer = hand(
                parcel,
                partial(book.record_deliveries, [parcel], "handed over", at=now),
            )
        except DeliveryError as error:
            return DispatchReport(answers, error.message, error.hint)
        book.record_deliveries([parcel], answer.state, at=now, words=answer.words)
        answers[parcel] = answer
        if answer.stop:
            return DispatchReport(answers, answer.words)
    return DispatchReport(answers)
