"""Parse what strangers send in a process of its own, within bounds of CPU time and memory.

A document that would keep its parser busy for minutes, or fill the memory, costs that process and
nothing else: the system ends it when its time is used up, and the next document gets a new one.
Small documents are parsed in this process: with these parsers' growth (quadratic at worst) they
cannot take long, and starting a process takes longer than most of them.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, Self

from digest.errors import ParseError
from digest.fetch.allowance import get_allowance
from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.isolated import start_isolated_process, stop_process
from digest.fetch.read.pages import read_page
from digest.fetch.read.sitemaps import Sitemap, parse_sitemap
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.model.source import FEED_RULE, ReadingRule

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_SECONDS = 2.0  # of CPU for one document; most take some hundredths of one
_MAX_BYTES = 2**30  # of address space
_SMALL = 32 * 1024  # bytes that are parsed in this process
_PARSER_FAULT = "parser-fault"
_HEAD = struct.Struct(">Q")  # length of a message
_MAX_ANSWER = 2**28  # bytes; a document of the largest size gives less
_PARSERS: Mapping[str, Callable[..., Any]] = {
    "feed": parse_feed,
    "newsletter": parse_newsletter,
    "page": read_page,
    "sitemap": parse_sitemap,
}
# What is sent back is data of one of these types, as JSON: the process parses what strangers wrote,
# and is not trusted with more than it has to say. Pickle, even of few classes, lets it fill our
# memory.
_RESULTS: Mapping[str, type] = {
    "feed": ParsedFeed,
    "newsletter": ParsedNewsletter,
    "page": FeedEntry,
    "sitemap": Sitemap,
    "fault": tuple[str, str, str],  # message, hint, kind
}


class DocumentParsers(Protocol):
    """What parses documents. Every parser raises ParseError for one that it cannot read."""

    def parse_feed(
        self,
        body: bytes,
        content_type: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        rule: ReadingRule = FEED_RULE,
    ) -> ParsedFeed:
        """Return the feed of a body: see feeds.parse_feed."""

    def parse_sitemap(self, body: bytes, url: str) -> Sitemap:
        """Return the sitemap of a body: see sitemaps.parse_sitemap."""

    def parse_newsletter(self, raw: bytes) -> ParsedNewsletter:
        """Return the stories of a letter: see newsletters.parse_newsletter."""

    def read_page(self, body: bytes, content_type: str, url: str) -> FeedEntry:
        """Return the article on a page: see pages.read_page."""


class UnboundedParsers:
    """Parses in this process, however long it takes: for documents of our own."""

    parse_feed = staticmethod(parse_feed)
    parse_sitemap = staticmethod(parse_sitemap)
    parse_newsletter = staticmethod(parse_newsletter)
    read_page = staticmethod(read_page)


UNBOUNDED_PARSERS = UnboundedParsers()


class ParserProcess:
    """Parses one document after the other; safe to call from several threads.

    A context manager; the first document that is not small starts the process.
    """

    def __init__(self, seconds: float = _SECONDS, max_bytes: int = _MAX_BYTES) -> None:
        self._seconds, self._max_bytes = seconds, max_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            stop_process(self._process)
            self._process = None

    def parse_feed(
        self,
        body: bytes,
        content_type: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        rule: ReadingRule = FEED_RULE,
    ) -> ParsedFeed:
        """Return the feed of a body: see feeds.parse_feed. Raise ParseError, also at the bounds."""
        parsed: ParsedFeed = self._parse("feed", body, content_type, url, dict(headers or {}), rule)
        return parsed

    def parse_sitemap(self, body: bytes, url: str) -> Sitemap:
        """Return the sitemap of a body: see sitemaps.parse_sitemap. Raise ParseError alike."""
        parsed: Sitemap = self._parse("sitemap", body, url)
        return parsed

    def parse_newsletter(self, raw: bytes) -> ParsedNewsletter:
        """Return the stories of a letter: see newsletters.parse_newsletter. Raise ParseError."""
        parsed: ParsedNewsletter = self._parse("newsletter", raw)
        return parsed

    def read_page(self, body: bytes, content_type: str, url: str) -> FeedEntry:
        """Return the article on a page: see pages.read_page. Raise ParseError, also for none."""
        parsed: FeedEntry = self._parse("page", body, content_type, url)
        return parsed

    def _parse(self, kind: str, body: bytes, *arguments: object) -> Any:
        if len(body) <= _SMALL:
            try:
                with get_allowance().running():
                    return _PARSERS[kind](body, *arguments)
            except ParseError:
                raise
            except Exception as error:
                raise ParseError(*_describe_parser_fault(error), kind=_PARSER_FAULT) from error
        with self._lock, get_allowance().running():
            fault, result = self._ask_process((kind, body, *arguments))
        if fault is not None:
            message, hint, error_kind = fault
            raise ParseError(message, hint, kind=error_kind)
        return result

    def _ask_process(self, request: tuple[object, ...]) -> tuple[Any, Any]:
        if self._process is None:
            module = "digest.fetch.read.parser_process"
            self._process = start_isolated_process(
                module, "serve_parsers", self._seconds, self._max_bytes
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _write_message(process.stdin, pickle.dumps(request))
            answer = _read_message(process.stdout, _MAX_ANSWER)
            result, fault = load_answer(answer, str(request[0]))
        except (OSError, EOFError, UnusableAnswerError):
            stop_process(process)
            self._process = None
            limits = f"{self._seconds:g} s of work and {self._max_bytes / 2**30:g} GiB"
            hint = "its publisher builds it oddly: look at it, or switch the source off"
            return (f"it could not be read within {limits}", hint, "too-much-work"), None
        return fault, result


class UnusableAnswerError(Exception):
    """A parser's process sent what is no answer."""


@cache
def _get_adapter(kind: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # here, since most runs start no process

    return TypeAdapter(_RESULTS[kind])


def dump_answer(kind: str, result: object) -> bytes:
    """Return a document of a kind, or with `fault` the words of one, as it is sent back."""
    data: bytes = _get_adapter(kind).dump_json(result)
    return kind.encode() + b"\n" + data


def load_answer(data: bytes, kind: str) -> tuple[Any, tuple[str, str, str] | None]:
    """Return the document of that kind and the fault that an answer holds, one of them None.

    Raise UnusableAnswerError for anything else: the process may be in strangers' hands.
    """
    head, _, body = data.partition(b"\n")
    sent = "fault" if head == b"fault" else kind
    if head != sent.encode():
        raise UnusableAnswerError(f"it is no {kind}")
    try:
        content = _get_adapter(sent).validate_json(body, strict=True)
    except ValueError as error:
        raise UnusableAnswerError(str(error)) from error
    return (None, content) if sent == "fault" else (content, None)


def serve_parsers(
    seconds: float, max_bytes: float, requests: IO[bytes], answers: IO[bytes]
) -> None:
    """Answer until there are no more requests, or one takes too long: then the system ends us."""
    import resource
    import signal

    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (int(max_bytes), int(max_bytes)))
    while True:
        try:
            kind, *arguments = pickle.loads(_read_message(requests))  # noqa: S301 (our parent's)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            answer = dump_answer(kind, _PARSERS[kind](*arguments))
        except ParseError as error:
            answer = dump_answer("fault", (error.message, error.hint, error.kind))
        except (MemoryError, RecursionError) as error:
            words = f"it is built too deep or too large to be read ({type(error).__name__})"
            answer = dump_answer("fault", (words, "", "too-much-work"))
        except Exception as error:  # noqa: BLE001 - a fault of ours costs its source alone
            answer = dump_answer("fault", (*_describe_parser_fault(error), _PARSER_FAULT))
        signal.setitimer(signal.ITIMER_PROF, 0)
        _write_message(answers, answer)


def _describe_parser_fault(error: Exception) -> tuple[str, str]:
    """Return in words that a parser of ours failed, and what to do; no word of the document."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"
    return (
        f"it could not be read: a fault of this program ({place})",
        "report it with the document; other sources are not affected",
    )


def _write_message(stream: IO[bytes], data: bytes) -> None:
    stream.write(_HEAD.pack(len(data)))
    stream.write(data)
    stream.flush()


def _read_message(stream: IO[bytes], max_bytes: int = 2**40) -> bytes:
    """Return the next message. Raise EOFError where it is too large, or the stream ends in it."""
    head = stream.read(_HEAD.size)
    size = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else 0
    if size > max_bytes:
        raise EOFError
    data = stream.read(size)
    if not size or len(data) < size:
        raise EOFError
    return data
