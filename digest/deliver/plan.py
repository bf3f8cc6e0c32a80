"""The plan of deliveries, from the ledger. Pure but for `dispatch_deliveries`, which records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from digest.errors import DeliveryError
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryResult, DeliveryState

MAX_REFUSALS = 3  # temporary ones in a row, after which a person is asked


class DeliveryLedger(Protocol):
    """The ledger; Archive is one."""

    def record_deliveries(
        self,
        deliveries: Iterable[Delivery],
        state: DeliveryState,
        /,
        *,
        at: datetime,
        words: str = "",
    ) -> None:
        """Add a record for each delivery, in one transaction."""


# makes a delivery; calls its second argument just before what could complete it
DeliverCallback = Callable[[Delivery, Callable[[], None]], DeliveryResult]


@dataclass(frozen=True, slots=True)
class DeliveryPlan:
    """Deliveries by what is to be done.

    `unknown` ones must be resolved by a person; `refused` ones are retried only on a person's
    order.
    """

    due: tuple[Delivery, ...]
    done: tuple[Delivery, ...]
    unknown: tuple[Delivery, ...]
    refused: tuple[Delivery, ...]


def plan_deliveries(
    deliveries: Iterable[Delivery], records: Iterable[DeliveryRecord], *, retry_refused: bool
) -> DeliveryPlan:
    """Return what to do for each delivery. `retry_refused`: also what was refused for good."""
    known = {record.delivery: record for record in records}
    groups: dict[str, list[Delivery]] = {"due": [], "done": [], "unknown": [], "refused": []}
    for delivery in dict.fromkeys(deliveries):
        record = known.get(delivery)
        if record is None or record.state in ("intended", "not sent"):
            group = "due"
        elif record.state == "accepted":
            group = "done"
        elif record.state == "refused":
            group = "due" if retry_refused or not is_final(record) else "refused"
        else:
            group = "unknown"  # also "handed over": the process that did it has died
        groups[group].append(delivery)
    return DeliveryPlan(**{name: tuple(group) for name, group in groups.items()})


def is_final(record: DeliveryRecord) -> bool:
    """Return whether a refusal needs a person: it is permanent, or was repeated too often.

    Temporary are 4xx in SMTP, 5xx and 429 in HTTP, and all faults of a folder.
    """
    channel, answer = record.delivery.channel, record.words
    temporary = answer.startswith("4" if channel == "mail" else ("5", "429"))
    temporary = temporary or channel == "folder"
    return record.state == "refused" and (not temporary or record.refusals >= MAX_REFUSALS)


def has_begun(records: Iterable[DeliveryRecord]) -> bool:
    """Return whether anything may have reached a reader, so that the content must not change."""
    return any(record.state in ("handed over", "accepted", "unknown") for record in records)


def find_interrupted(records: Iterable[DeliveryRecord]) -> tuple[Delivery, ...]:
    """Return the deliveries during which a process died. Only for the holder of the lock."""
    return tuple(record.delivery for record in records if record.state == "handed over")


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """The results in order; and why the remaining deliveries were not tried ("" where all were)."""

    results: Mapping[Delivery, DeliveryResult]
    stop_reason: str = ""
    hint: str = ""


def dispatch_deliveries(
    deliveries: Sequence[Delivery],
    transmit: DeliverCallback,
    ledger: DeliveryLedger,
    now: datetime,
) -> DispatchReport:
    """Make deliveries one after the other, each recorded before and after.

    Stops where the state of the channel is in doubt, so that one fault leaves one unknown delivery.
    """
    results: dict[Delivery, DeliveryResult] = {}
    for delivery in deliveries:
        begin = partial(ledger.record_deliveries, [delivery], "handed over", at=now)
        try:
            result = transmit(delivery, begin)
        except DeliveryError as error:
            return DispatchReport(results, error.message, error.hint)
        ledger.record_deliveries([delivery], result.state, at=now, words=result.words)
        results[delivery] = result
        if result.stop:
            return DispatchReport(results, result.words)
    return DispatchReport(results)
