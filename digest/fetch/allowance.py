"""Limit the seconds that the servers of one source may take, over all that is done for it.

Each request has its own limit, and so has the parsing of each document. A source may still lead to
many of them (robots.txt, redirects, pages, links of a letter, older pages), each done just within
it. What is done within `allow_time` shares one allowance, whichever code does it; nothing has to
hand it on.

The time counts while a server is asked, while a pause is kept that its robots.txt wants, and while
what it sent is parsed. Waiting for a turn of our own does not count, nor our own pauses: many slow
sources would cost the others theirs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from digest.errors import FetchError

SOURCE_SECONDS = 20.0  # for one source, its history not counted
_LEAST = 0.05  # seconds: fewer are none
_HINT = (
    "what was read until then is kept, and the rest is asked for at the next run; "
    "where its publisher is that slow, raise digest.limits.{key}"
)


@dataclass
class TimeAllowance:
    """Seconds that the servers of one source may take, and how many of them are spent.

    `key` is the setting that the seconds come from. What runs at once counts once.
    """

    seconds: float = math.inf
    key: str = "source_seconds"
    timer: Callable[[], float] = field(default=time.monotonic, repr=False)
    _spent: float = 0.0
    _running: int = 0
    _since: float = 0.0  # when the first of those that run began

    @property
    def spent(self) -> float:
        """The seconds up to now."""
        return self._spent + (self.timer() - self._since if self._running else 0.0)

    @property
    def left(self) -> float:
        """The seconds that are left; 0 where nothing can be done with them."""
        left = self.seconds - self.spent
        return left if left >= _LEAST else 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time within."""
        if not self._running:
            self._since = self.timer()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._spent += self.timer() - self._since

    def spend(self, seconds: float) -> None:
        """Count time that passed otherwise."""
        self._spent += seconds

    def check(self, shown: str, seconds: float = 0.0) -> None:
        """Raise FetchError (no-time) where so much is not left for what is to be asked for."""
        if self.left <= seconds:
            words = f"{shown} was not asked for: {self._describe_end()}"
            raise FetchError(words, _HINT.format(key=self.key), kind="no-time")

    def describe_timeout(self, shown: str) -> FetchError:
        """Return the fault of an address that was asked for until nothing was left."""
        words = f"{shown} did not answer in full: {self._describe_end()}"
        return FetchError(words, _HINT.format(key=self.key), kind="timeout")

    def _describe_end(self) -> str:
        return f"the {self.seconds:g} s that one source may take were used up"


_current: ContextVar[TimeAllowance | None] = ContextVar("allowance", default=None)


@contextmanager
def allow_time(allowance: TimeAllowance) -> Iterator[TimeAllowance]:
    """Let all that is done within, in tasks and threads begun within too, share an allowance."""
    token = _current.set(allowance)
    try:
        yield allowance
    finally:
        _current.reset(token)


def get_allowance() -> TimeAllowance:
    """Return the allowance that what is done now shares; one without end where there is none."""
    return _current.get() or TimeAllowance()
