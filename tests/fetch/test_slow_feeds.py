"""Feeds built to be slow, in one run with a healthy source that answers after 8 s."""

import contextlib
import time

import pytest

from digest.errors import ParseError
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.parser_process import _SECONDS, _SMALL
from tests.factories.healthy_beside import HEALTHY, collect_beside_healthy
from tests.factories.slow_feeds import SLOW_FEEDS, build_small_feeds

SMALL_FEEDS = build_small_feeds(_SMALL)


@pytest.mark.real
def test_a_healthy_source_is_read_beside_feeds_that_are_slow_to_read():
    """Each of those is read or refused, and none keeps the answer of the healthy one waiting."""
    run = collect_beside_healthy(SLOW_FEEDS)
    assert run.reports[HEALTHY].outcome == "read"
    assert run.reports[HEALTHY].new == 1
    assert len(run.reports) == len(SLOW_FEEDS) + 1
    assert all(report.outcome == "read" or report.problem for report in run.reports.values())
    assert run.longest_stretch < _SECONDS


@pytest.mark.parametrize("name", SMALL_FEEDS)
def test_a_small_feed_that_is_read_without_a_process_takes_no_time(name):
    """None of the shapes needs the bound that the process has."""
    started = time.process_time()
    with contextlib.suppress(ParseError):
        parse_feed(SMALL_FEEDS[name], "application/rss+xml", "https://acme.example/feed")
    assert time.process_time() - started < _SECONDS / 2
