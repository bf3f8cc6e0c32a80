"""Sources that fail alike are told in one line, with what to do about all of them."""

import logging

import pytest

from digest.app.collect import CollectionReport, SourceReport
from digest.app.failures import CHECK_HINT, describe_failures, group_failures, suggest_mend
from digest.app.sources import log_collection

UNKNOWN = ("unknown-host", "there is no host named", "look whether DNS works")
PRIVATE = ("private-address", "leads inside", "add it to digest.network.allow_private")
GONE = ("http-404", "it answers 404", "")


def fail(name, fault, failures=1):
    kind, problem, mend = fault
    return SourceReport(name, kind, problem=problem, mend=mend, failures=failures)


def fail_alike(count, fault):
    return [fail(f"S{n}", fault) for n in range(count)]


@pytest.mark.parametrize(
    ("reports", "sizes"),
    [
        (fail_alike(62, UNKNOWN), [62]),
        (fail_alike(3, UNKNOWN), [1, 1, 1]),
        ([*fail_alike(4, UNKNOWN), fail("Other", GONE)], [4, 1]),
        ([SourceReport("Read", "read")], []),
    ],
)
def test_many_that_fail_alike_are_one_group(reports, sizes):
    """A few have a line each, and what was read none."""
    assert [len(group) for group in group_failures(reports)] == sizes


def test_a_group_says_how_many_who_and_the_mend():
    """And a single source what it always said."""
    (group,) = group_failures(fail_alike(62, UNKNOWN))
    words = describe_failures(group)
    assert words.startswith("62 sources failed alike: S0, S1, S2 and 59 more; ")
    assert words.endswith(" → look whether DNS works")
    assert describe_failures([fail("Acme", GONE)]) == "Acme: it answers 404"


@pytest.mark.parametrize(
    ("name", "reports", "words"),
    [
        ("no network", fail_alike(5, UNKNOWN), "network and DNS"),
        ("mostly no network", [*fail_alike(3, UNKNOWN), fail("In", PRIVATE)], "network and DNS"),
        ("inside the house", fail_alike(5, PRIVATE), "digest.network.allow_private"),
        ("no mend known", fail_alike(2, GONE), CHECK_HINT),
        ("one was read", [*fail_alike(5, UNKNOWN), SourceReport("Read", "read")], ""),
        ("nothing was asked", [], ""),
    ],
)
def test_where_nothing_was_read_the_mend_is_for_all(name, reports, words):
    """Of the network, of the setting that allows private addresses, or else how to look."""
    mend = suggest_mend(CollectionReport(tuple(reports)))
    assert (words in mend) if words else mend == "", name


def test_the_log_of_a_machine_without_network_is_two_lines(caplog):
    """One warning of all sources, one of the totals."""
    with caplog.at_level(logging.INFO, "digest"):
        log_collection(CollectionReport(tuple(fail_alike(62, UNKNOWN))))
    first, last = (record.getMessage() for record in caplog.records)
    assert first.startswith("62 sources failed alike")
    assert last.startswith("0 of 62 sources read, 0 new items → look at this machine's network")


def test_one_is_no_plural(caplog):
    """Neither of sources nor of items."""
    with caplog.at_level(logging.INFO, "digest"):
        log_collection(CollectionReport((SourceReport("Acme", "read", entries=1, new=1),)))
    assert caplog.messages == ["1 of 1 source read, 1 new item"]
