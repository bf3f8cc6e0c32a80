"""Feeds that give only the beginning of their posts: WordPress is asked for the rest.

One request for the newest posts of a feed that brings new ones. A publisher that does not offer
them is asked again after some weeks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import replace
from datetime import datetime, timedelta

from digest.app.page_sources import PageGate
from digest.archive import SourceState
from digest.errors import SourceError
from digest.fetch.backfill.run import build_source_request
from digest.fetch.http.client import FetcherProtocol
from digest.fetch.read.parser_process import DocumentParsers
from digest.fetch.read.wordpress import (
    build_newest_url,
    fill_cut_entries,
    find_cut_entries,
    find_posts_endpoint,
)
from digest.model.retrieved import ParsedFeed, Retrieved
from digest.model.source import Source
from digest.urls import canonical_url

_REFUSED = "posts_refused"  # in a source's memory: when its posts could not be had
_RETRY_DELAY = timedelta(days=25)


def find_wanted_posts(
    document: ParsedFeed,
    answer: Retrieved,
    state: SourceState,
    known: Container[str],
    now: datetime,
) -> str:
    """Return where to ask for the posts that a feed cuts; "" where there is nothing to ask for.

    `known` holds the canonical addresses that are archived.
    """
    new = [entry for entry in find_cut_entries(document) if canonical_url(entry.link) not in known]
    refused = state.memory.get(_REFUSED)
    if not new or (refused and now - datetime.fromisoformat(refused) < _RETRY_DELAY):
        return ""
    posts = find_posts_endpoint(document, answer.headers, answer.url)
    return build_newest_url(posts, len(document.entries)) if posts else ""


async def complete_posts(
    url: str,
    source: Source,
    document: ParsedFeed,
    *,
    fetcher: FetcherProtocol,
    gate: PageGate,
    parsers: DocumentParsers,
) -> ParsedFeed:
    """Return a feed with the whole posts, asked for at `url`. Raise SourceError for none."""
    rules = await gate.check_page(source, url)
    answer = await fetcher.get(replace(build_source_request(source, url), pause=rules.pause))
    posts = await asyncio.to_thread(
        parsers.parse_feed, answer.body, answer.content_type, answer.url, answer.headers
    )
    return fill_cut_entries(document, posts.entries)


def remember_refusal(state: SourceState, error: SourceError | None, now: datetime) -> SourceState:
    """Return the state that remembers that a publisher's posts could not be had, or could."""
    memory = {name: value for name, value in state.memory.items() if name != _REFUSED}
    return replace(state, memory=memory | ({_REFUSED: now.isoformat()} if error else {}))
