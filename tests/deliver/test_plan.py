"""What the ledger allows: pure rules, as laws."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.plan import (
    dispatch_deliveries,
    find_interrupted,
    has_begun,
    is_final,
    plan_deliveries,
)
from digest.deliver.release import approve_release, find_release_status, mark_sent
from digest.errors import DeliveryError
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryResult, Release
from tests.factories.items import NOW

FILES = {"edition.json": "aa", "digest.pdf": "bb"}


def make_delivery(reader="a@x.example", channel="mail"):
    return Delivery("2026-Q3", 1, "en", channel, reader)


def make_record(state, words="", refusals=0, channel="mail"):
    return DeliveryRecord(make_delivery(channel=channel), state, words, NOW, refusals)


@pytest.mark.parametrize(
    ("known", "by_run", "by_hand"),
    [
        (None, "due", "due"),
        (make_record("intended"), "due", "due"),
        (make_record("not sent"), "due", "due"),
        (make_record("accepted"), "done", "done"),
        (make_record("unknown"), "unknown", "unknown"),
        (make_record("handed over"), "unknown", "unknown"),
        (make_record("refused", "550 no", 1), "refused", "due"),
        (make_record("refused", "451 later", 1), "due", "due"),
        (make_record("refused", "451 later", 3), "refused", "due"),
        (make_record("refused", "404", 1, "slack"), "refused", "due"),
        (make_record("refused", "503", 1, "teams"), "due", "due"),
        (make_record("refused", "429", 1, "slack"), "due", "due"),
        (make_record("refused", "no room", 1, "folder"), "due", "due"),
    ],
)
def test_what_is_done(known, by_run, by_hand):
    """By cron, and when a person insists."""
    delivery = known.delivery if known else make_delivery()
    for insist, wanted in ((False, by_run), (True, by_hand)):
        plan = plan_deliveries([delivery], [known] if known else [], retry_refused=insist)
        assert getattr(plan, wanted) == (delivery,)


STATES = st.sampled_from(["intended", "handed over", "accepted", "refused", "unknown", "not sent"])


@given(st.dictionaries(st.integers(0, 9), STATES), st.booleans())
def test_nothing_accepted_or_unknown_is_ever_due(states, insist):
    """Whatever stands in the ledger; and each delivery is in one place only."""
    deliveries = [make_delivery(f"{n}@x.example") for n in range(10)]
    records = [DeliveryRecord(deliveries[n], state, "451", NOW) for n, state in states.items()]
    plan = plan_deliveries([*deliveries, *deliveries], records, retry_refused=insist)
    assert sorted([*plan.due, *plan.done, *plan.unknown, *plan.refused]) == sorted(deliveries)
    closed = {
        record.delivery
        for record in records
        if record.state in ("accepted", "unknown", "handed over")
    }
    assert not closed & set(plan.due)
    assert has_begun(records) == bool(closed)
    assert {*find_interrupted(records)} == {
        record.delivery for record in records if record.state == "handed over"
    }


class Ledger(list):
    def record_deliveries(self, deliveries, state, *, at, words=""):
        self.extend((delivery.recipient, state, words) for delivery in deliveries)


def test_a_dispatch_writes_before_and_after_and_stops_in_doubt():
    """The delivery in doubt is unknown, those after it stay as they were."""
    answers = {
        "a": DeliveryResult("accepted", "250"),
        "b": DeliveryResult("unknown", "silence", stop=True),
        "c": DeliveryResult("accepted"),
    }
    ledger = Ledger()

    def transmit(delivery, begin):
        begin()
        return answers[delivery.recipient]

    result = dispatch_deliveries([make_delivery(reader) for reader in "abc"], transmit, ledger, NOW)
    assert ledger == [
        ("a", "handed over", ""),
        ("a", "accepted", "250"),
        ("b", "handed over", ""),
        ("b", "unknown", "silence"),
    ]
    assert (len(result.results), result.stop_reason) == (2, "silence")


def test_final_refusals():
    """Only of what is refused."""
    assert not is_final(make_record("accepted", "550"))
    assert is_final(make_record("refused", "554 spam", 1))


def approve(status, files=FILES, *, note="", begun=False):
    return approve_release(
        status,
        files,
        by="Ann",
        at=NOW,
        note=note,
        delivery_started=begun,
        correction_command="digest approve …",
    )


def test_the_life_of_an_edition():
    """Draft, approved, sent; a change is a correction with a number and a note."""
    status = find_release_status("2026-Q3", [], FILES)
    assert (status.label, status.is_released) == ("draft", False)
    first = approve(status)
    assert (first.version, first.state, first.fingerprint) == (1, "approved", "aa")
    assert find_release_status("2026-Q3", [first], FILES).is_released
    (first,) = mark_sent([first], 1, NOW)
    assert approve(find_release_status("2026-Q3", [first], FILES)) == first

    changed = {**FILES, "digest.pdf": "cc"}
    status = find_release_status("2026-Q3", [first], changed)
    assert (status.label, status.is_released) == ("changed since it was sent", False)
    with pytest.raises(DeliveryError, match="has changed since version 1 went out"):
        approve(status, changed, begun=True)
    second = approve(status, changed, note="A wrong price.", begun=True)
    assert (second.version, second.state, second.note) == (2, "approved", "A wrong price.")
    later = mark_sent([first, second], 2, NOW + timedelta(days=1))
    assert [(release.version, release.state) for release in later] == [
        (1, "corrected"),
        (2, "sent"),
    ]
    assert later[0].sent == NOW


def test_a_change_before_anything_went_out_is_no_correction():
    """It needs a new approval, and keeps its number and its line."""
    first = Release("2026-Q3", 2, "approved", {"edition.json": "old"}, "Ann", NOW, "A wrong price.")
    status = find_release_status("2026-Q3", [first], FILES)
    assert status.label == "changed since it was approved"
    again = approve(status)
    assert (again.version, again.note, again.files) == (2, "A wrong price.", FILES)
