"""What collecting heeds of sources that are web pages: robots.txt, and a layout that changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

from digest.archive import SourceState
from digest.errors import FetchError, ParseError, SourceError
from digest.fetch.backfill.run import build_source_request
from digest.fetch.http.client import FetcherProtocol
from digest.fetch.http.shared import SharedAnswers
from digest.fetch.read.robots import RobotsRules, interpret_robots
from digest.model.source import FEED_RULE, ReadingRule, Source
from digest.text import format_count

_LAYOUT_CHANGED = "layout-changed"
_MUCH_FEWER = 3  # a list that shrinks to less than this part is told of
_HINT = "look at the page; give its list by CSS selectors: select: {item: …, link: …, date: …}"


class PageGate:
    """Asks for a host's robots.txt once, and says whether a page may be read."""

    def __init__(self, fetcher: FetcherProtocol, agent: str) -> None:
        self._answers, self._agent = SharedAnswers(fetcher), agent

    async def check_page(self, source: Source, url: str) -> RobotsRules:
        """Return the rules of a page's host. Raise SourceError where they do not allow it."""
        rules_url = urljoin(url, "/robots.txt")
        # the same for all sources, none of which chose its path
        request = replace(build_source_request(source, rules_url), origin=None)
        answer = await self._answers.get(request)
        rules = interpret_robots(answer, rules_url, self._agent)
        if isinstance(answer, FetchError) and rules != RobotsRules():
            raise answer
        if not rules.allows_url(url):
            raise ParseError(
                "its robots.txt does not allow the page to be read",
                "ask the publisher for a feed, or switch the source off",
                kind="robots",
            )
        return rules


def mark_rule(rule: ReadingRule) -> str:
    """Return a mark of how a source is read; "" for a feed of which the team says nothing."""
    return "" if rule == FEED_RULE else hashlib.sha256(repr(rule).encode()).hexdigest()[:12]


def remember_rule(state: SourceState, rule: ReadingRule) -> SourceState:
    """Return the state that remembers how its source was read: a changed rule reads it again."""
    return replace(state, memory={**state.memory, "reading": mark_rule(rule)})


def remember_list(state: SourceState, entries: int, now: datetime) -> SourceState:
    """Return the state that remembers how many entries a page gave."""
    given = {"entries": entries, "at": now.isoformat()}
    return replace(state, memory={**state.memory, "given": given})


def describe_shrinking(state: SourceState, entries: int, now: datetime) -> tuple[str, ...]:
    """Return in words that a page gave many more entries the last time."""
    before = (state.memory.get("given") or {}).get("entries", 0)
    if entries * _MUCH_FEWER >= before:
        return ()
    return (f"{_describe_given(state, now)}, {entries} now: its layout may have changed",)


def find_layout_change(state: SourceState, error: SourceError, now: datetime) -> SourceError:
    """Return the fault of a page without a list: a changed layout, where it gave entries before."""
    if error.kind != "no-list" or not state.memory.get("given"):
        return error
    words = f"{_describe_given(state, now)}, 0 today: its layout may have changed"
    return ParseError(words, _HINT, kind=_LAYOUT_CHANGED)


def _describe_given(state: SourceState, now: datetime) -> str:
    given = state.memory["given"]
    days = (now - datetime.fromisoformat(given["at"])).days
    ago = "today" if days < 1 else "a day ago" if days == 1 else f"{days} days ago"
    return f"gave {format_count(given['entries'], 'entry', 'entries')} {ago}"
