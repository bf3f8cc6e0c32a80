"""Parsing within bounds: documents built to be slow or huge cost their process and nothing else."""

import contextlib
import io
import os
import pickle
from pathlib import Path

import pytest

from digest.errors import ParseError
from digest.fetch.read import parser_process
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.parser_process import (
    _SMALL,
    ParserProcess,
    UnusableAnswerError,
    _read_message,
    load_answer,
)
from tests.factories.slow_feeds import ITEM, SLOW_FEEDS, build_feed

URL = "https://acme.example/feed"
QUICK = ("deep nesting", "entities", "open comments")  # the others take seconds of work each
PADDING = "<!-- " + "x" * 2 * _SMALL + " -->"


@pytest.mark.whole
@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.real) for name in SLOW_FEEDS],
)
def test_no_document_takes_longer_than_its_bound(name):
    """It is read, or refused with a reason; the next document is read as ever."""
    with ParserProcess(seconds=2) as parsers:
        with contextlib.suppress(ParseError):
            parsers.parse_feed(SLOW_FEEDS[name], "application/rss+xml", URL)
        process = parsers._process
        if process is not None and process.poll() is None:
            used = sum(read_cpu_ticks(process.pid)) / os.sysconf("SC_CLK_TCK")
            assert used < 4  # its start and the document
        good = parsers.parse_feed(build_feed(ITEM + PADDING), "application/rss+xml", URL)
    assert [entry.title for entry in good.entries] == ["Acme opens"]


def read_cpu_ticks(pid: int) -> tuple[int, int]:
    """Return user and system time of a process in ticks of the clock."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


def test_a_document_that_uses_up_its_time_is_told():
    """With what to do; and the parser serves on."""
    with ParserProcess(seconds=0.05) as parsers:
        with pytest.raises(ParseError, match=r"not be read within 0\.05 s of work") as told:
            parsers.parse_feed(build_feed(ITEM * 20_000), "application/rss+xml", URL)
        assert told.value.kind == "too-much-work"
        assert told.value.hint


@pytest.mark.whole
def test_a_document_that_needs_too_much_memory_is_told():
    """Refused by the system's own limit."""
    body = build_feed(ITEM + f"<!-- {'x' * 12 * 2**20} -->")
    with ParserProcess(60) as parsers:  # time is not what ends it
        assert parsers.parse_feed(body, "application/rss+xml", URL).entries
    with ParserProcess(60, 64 * 2**20) as parsers, pytest.raises(ParseError) as told:
        parsers.parse_feed(body, "application/rss+xml", URL)
    assert told.value.kind == "too-much-work"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc here")
def test_the_process_has_an_empty_environment(monkeypatch):
    """No secret is where strangers' text is read."""
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret")
    with ParserProcess() as parsers:
        parsers.parse_feed(build_feed(ITEM + PADDING), "application/rss+xml", URL)
        environment = Path(f"/proc/{parsers._process.pid}/environ").read_bytes()
    assert b"s3cret" not in environment


def test_a_large_document_reads_as_a_small_one():
    """Dates, links and problems arrive as they left, through the process or not."""
    body = build_feed(
        PADDING + ITEM + "<item><title>Two</title><pubDate>Wed, 01 Jul 2026 09:00:00 +0200"
        "</pubDate><link>/2</link></item>"
    )
    with ParserProcess() as parsers:
        assert parsers.parse_feed(body, "text/xml", URL) == parse_feed(body, "text/xml", URL)
        with pytest.raises(ParseError, match="instead of a feed"):
            parsers.parse_feed(b"<html>" + b"x" * 2 * _SMALL, "text/html", URL)


def test_an_answer_that_is_no_answer_is_refused(tmp_path):
    """What a process that strangers took over might send runs nothing here."""

    class Evil:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    for answer in (pickle.dumps(Evil()), b"feed\n" + pickle.dumps(Evil())):
        with pytest.raises(UnusableAnswerError):
            load_answer(answer, "feed")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense",
        b"feed\n",
        b"feed\nnull",
        b'feed\n{"entries": 1}',
        b'feed\n{"entries": [{"link": 1}]}',
        b'newsletter\n{"entries": []}',
        b'fault\n["a", "b"]',
        b"feed\n" + b"[" * 100_000,
        b'feed\n{"entries": [], "title": "\xff"}',
    ],
)
def test_garbage_is_no_answer(answer):
    """The source fails, the run goes on."""
    with pytest.raises(UnusableAnswerError):
        load_answer(answer, "feed")


def test_an_answer_without_end_is_not_waited_for():
    """Nor is room made for it."""
    for size, sent in ((2**63, b"x"), (2**20 + 1, bytes(2**20 + 1))):
        with pytest.raises(EOFError):
            _read_message(io.BytesIO(size.to_bytes(8, "big") + sent), 2**20)
    assert _read_message(io.BytesIO((3).to_bytes(8, "big") + b"abc"), 2**20) == b"abc"


@pytest.mark.parametrize("kind", ["feed", "page"])
def test_a_fault_of_a_parser_costs_its_document(monkeypatch, kind):
    """It is told with its place, and without a word of the document."""

    def fail(*arguments):
        raise IndexError("words of the document")

    monkeypatch.setitem(parser_process._PARSERS, kind, fail)
    with ParserProcess() as parsers, pytest.raises(ParseError) as caught:
        (parsers.parse_feed if kind == "feed" else parsers.read_page)(b"x", "", URL)
    assert "a fault of this program (IndexError in test_parser_process.py" in caught.value.message
    assert "words of the document" not in str(caught.value)
    assert caught.value.kind == "parser-fault"


def test_a_page_is_read_within_the_same_bounds():
    """Backfill reads pages of any size."""
    page = (
        '<title>Acme opens</title><meta property="article:published_time" content="2026-07-02">'
        f"<p>Words.</p>{PADDING}"
    )
    with ParserProcess() as parsers:
        entry = parsers.read_page(page.encode(), "text/html", "https://acme.example/opens")
        assert (entry.title, parsers._process is not None) == ("Acme opens", True)
