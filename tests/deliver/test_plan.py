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
from tests.fakes import NOW

FILES = {"edition.json": "aa", "digest.pdf": "bb"}


def parcel(reader="a@x.example", channel="mail"):
    return Delivery("2026-Q3", 1, "en", channel, reader)


def line(state, words="", refusals=0, channel="mail"):
    return DeliveryRecord(parcel(channel=channel), state, words, NOW, refusals)


@pytest.mark.parametrize(
    ("known", "by_run", "by_hand"),
    [
        (None, "due", "due"),
        (line("intended"), "due", "due"),
        (line("not sent"), "due", "due"),
        (line("accepted"), "done", "done"),
        (line("unknown"), "unknown", "unknown"),
        (line("handed over"), "unknown", "unknown"),
        (line("refused", "550 no", 1), "refused", "due"),
        (line("refused", "451 later", 1), "due", "due"),
        (line("refused", "451 later", 3), "refused", "due"),
        (line("refused", "404", 1, "slack"), "refused", "due"),
        (line("refused", "503", 1, "teams"), "due", "due"),
        (line("refused", "429", 1, "slack"), "due", "due"),
        (line("refused", "no room", 1, "folder"), "due", "due"),
    ],
)
def test_what_is_done(known, by_run, by_hand):
    """By cron, and when a person insists."""
    one = known.delivery if known else parcel()
    for insist, wanted in ((False, by_run), (True, by_hand)):
        todo = plan_deliveries([one], [known] if known else [], retry_refused=insist)
        assert getattr(todo, wanted) == (one,)


STATES = st.sampled_from(["intended", "handed over", "accepted", "refused", "unknown", "not sent"])


@given(st.dictionaries(st.integers(0, 9), STATES), st.booleans())
def test_nothing_accepted_or_unknown_is_ever_due(states, insist):
    """Whatever stands in the ledger; and each parcel is in one place only."""
    parcels = [parcel(f"{n}@x.example") for n in range(10)]
    lines = [DeliveryRecord(parcels[n], state, "451", NOW) for n, state in states.items()]
    todo = plan_deliveries([*parcels, *parcels], lines, retry_refused=insist)
    assert sorted([*todo.due, *todo.done, *todo.unknown, *todo.refused]) == sorted(parcels)
    closed = {one.delivery for one in lines if one.state in ("accepted", "unknown", "handed over")}
    assert not closed & set(todo.due)
    assert has_begun(lines) == bool(closed)
    assert {*find_interrupted(lines)} == {
        one.delivery for one in lines if one.state == "handed over"
    }


class Book(list):
    def record_deliveries(self, parcels, state, *, at, words=""):
        self.extend((one.recipient, state, words) for one in parcels)


def test_a_dispatch_writes_before_and_after_and_stops_in_doubt():
    """The one in doubt is unknown, those after it stay as they were."""
    answers = {
        "a": DeliveryResult("accepted", "250"),
        "b": DeliveryResult("unknown", "silence", stop=True),
        "c": DeliveryResult("accepted"),
    }
    book = Book()

    def hand(one, handing):
        handing()
        return answers[one.recipient]

    result = dispatch_deliveries([parcel(reader) for reader in "abc"], hand, book, NOW)
    assert book == [
        ("a", "handed over", ""),
        ("a", "accepted", "250"),
        ("b", "handed over", ""),
        ("b", "unknown", "silence"),
    ]
    assert (len(result.results), result.stop_reason) == (2, "silence")


def test_final_refusals():
    """Only of what is refused."""
    assert not is_final(line("accepted", "550"))
    assert is_final(line("refused", "554 spam", 1))


def approve(stand, files=FILES, *, note="", begun=False):
    return approve_release(
        stand,
        files,
        by="Ann",
        at=NOW,
        note=note,
        delivery_started=begun,
        correction_command="digest approve …",
    )


def test_the_life_of_an_edition():
    """Draft, approved, sent; a change is a correction with a number and a line; what was before is corrected."""
    stand = find_release_status("2026-Q3", [], FILES)
    assert (stand.label, stand.is_released) == ("draft", False)
    first = approve(stand)
    assert (first.version, first.state, first.fingerprint) == (1, "approved", "aa")
    assert find_release_status("2026-Q3", [first], FILES).is_released
    (first,) = mark_sent([first], 1, NOW)
    assert approve(find_release_status("2026-Q3", [first], FILES)) == first

    changed = {**FILES, "digest.pdf": "cc"}
    stand = find_release_status("2026-Q3", [first], changed)
    assert (stand.label, stand.is_released) == ("changed since it was sent", False)
    with pytest.raises(DeliveryError, match="has changed since version 1 went out"):
        approve(stand, changed, begun=True)
    second = approve(stand, changed, note="A wrong price.", begun=True)
    assert (second.version, second.state, second.note) == (2, "approved", "A wrong price.")
    later = mark_sent([first, second], 2, NOW + timedelta(days=1))
    assert [(one.version, one.state) for one in later] == [(1, "corrected"), (2, "sent")]
    assert later[0].sent == NOW


def test_a_change_before_anything_went_out_is_no_correction():
    """It needs a new approval, and keeps its number and its line."""
    first = Release("2026-Q3", 2, "approved", {"edition.json": "old"}, "Ann", NOW, "A wrong price.")
    stand = find_release_status("2026-Q3", [first], FILES)
    assert stand.label == "changed since it was approved"
    again = approve(stand)
    assert (again.version, again.note, again.files) == (2, "A wrong price.", FILES)
