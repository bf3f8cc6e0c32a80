"""Read articles in a process of its own, with an empty environment, that can be ended without harm.

A page that keeps its reader busy too long, or makes it take too much memory, costs that process and
nothing else: it sets itself an alarm that ends it, whatever it is doing, and the next page gets a
new one.

`serve_pages` is what that process runs. It writes `ready`, or
`without articles` where trafilatura is missing, and then, for each line of JSON that announces a
page, followed by the page, a line of JSON with its text or its fault.
"""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import suppress
from typing import IO, Self

from digest.errors import ParseError
from digest.fetch.allowance import get_allowance
from digest.fetch.read.article import read_article, read_description
from digest.fetch.read.isolated import start_isolated_process, stop_process
from digest.model.retrieved import Retrieved

_SECONDS = 10.0  # for one page; most take some hundredths of one
_BYTES = 2**30  # of address space
_READY = b"ready\n"


class ArticleReader:
    """Reads one page after the other. A context manager; the first page starts the process."""

    def __init__(self, seconds: float = _SECONDS, max_bytes: int = _BYTES) -> None:
        self._bounds = seconds, max_bytes
        self._limits = f"{seconds:g} s and {max_bytes / 2**30:g} GiB"
        self._process: subprocess.Popen[bytes] | None = None
        self._reads_articles = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop_process()

    def starts(self) -> bool:
        """Return whether articles can be read: not where the extra is missing or broken.

        Descriptions can be read without it.
        """
        try:
            self._get_process()
        except ParseError:
            return False
        return self._reads_articles

    def extract_article(self, page: Retrieved, title: str) -> str:
        """Return the text of the article called `title` on a page: see article.read_article.

        Raise ParseError, also (kind unreadable) for a page that could not be read within the
        limits.
        """
        return self._extract(page, title, "article")

    def extract_description(self, page: Retrieved, title: str) -> str:
        """Return what a page says of its article called `title`: see article.read_description.

        Raise ParseError like `extract_article`.
        """
        return self._extract(page, title, "description")

    def _extract(self, page: Retrieved, title: str, part: str) -> str:
        process = self._get_process()
        assert process.stdin is not None
        assert process.stdout is not None
        order = [part, page.content_type, page.requested, page.url, title, len(page.body)]
        try:
            with get_allowance().running():
                process.stdin.write(json.dumps(order).encode() + b"\n" + page.body)
                process.stdin.flush()
                line = process.stdout.readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self._stop_process()
            raise ParseError(f"it could not be read within {self._limits}", kind="unreadable")
        answer = json.loads(line)
        if answer["kind"]:
            raise ParseError(answer["text"], kind=answer["kind"])
        return str(answer["text"])

    def _get_process(self) -> subprocess.Popen[bytes]:
        """Return the running process, or a new one. Raise ParseError where it does not start."""
        if self._process is not None:
            return self._process
        module = "digest.fetch.read.article_worker"
        self._process = start_isolated_process(module, "serve_pages", *self._bounds)
        assert self._process.stdout is not None
        ready = self._process.stdout.readline()
        if not ready.endswith(b"\n"):
            self._stop_process()
            raise ParseError("the reader of pages does not start", kind="unreadable")
        self._reads_articles = ready == _READY
        return self._process

    def _stop_process(self) -> None:
        if self._process is not None:
            stop_process(self._process)
            self._process = None


def serve_pages(seconds: float, max_bytes: float, pages: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more pages, or one takes too long."""
    import resource

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        import trafilatura  # noqa: F401 (here, so that loading it counts for no page)
    except ImportError:  # descriptions can be read without it
        ready = b"without articles\n"
    else:
        ready = _READY
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (int(max_bytes), int(max_bytes)))
    answers.write(ready)
    answers.flush()
    while line := pages.readline():
        part, content_type, requested, url, title, size = json.loads(line)
        read = read_article if part == "article" else read_description
        body = pages.read(size)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            text = read(body, content_type, requested, url, title)
            answer = {"kind": "", "text": text}
        except ParseError as error:
            answer = {"kind": error.kind, "text": error.message}
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
