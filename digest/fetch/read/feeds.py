"""Feeds of every kind, from bytes to a ParsedFeed. Pure.

Which kind an answer is and how it is read is left to the readers in `registry`. Text comes out
plain, dates in UTC, links absolute. A broken feed gives the entries that can be had, and says in
`problems` what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.errors import ParseError
from digest.fetch.http.inflate import unpack_gzip
from digest.fetch.read.charset import decode_body
from digest.fetch.read.diagnose import describe_content
from digest.fetch.read.reader import FeedContent
from digest.fetch.read.registry import read_content
from digest.model.retrieved import ParsedFeed
from digest.model.source import FEED_RULE, ReadingRule
from digest.text import clean_text
from digest.urls import redact_url

_MAX_BYTES = 16 * 2**20


def parse_feed(
    body: bytes,
    content_type: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    rule: ReadingRule = FEED_RULE,
) -> ParsedFeed:
    """Return the feed in a body that came from `url`.

    `headers` are those of the answer, with lower-case names; `rule` says what the team knows of it.
    Raise ParseError (kind not-a-feed) that says what came instead.
    """
    body, unpacking_problem = unpack_gzip(body, _MAX_BYTES)
    text, encoding_problem = decode_body(body, content_type)
    text = text.lstrip("\ufeff\0 \t\r\n")
    try:
        document = read_content(FeedContent(text, url, headers or {}, rule))
    except ParseError as error:
        if rule.kind:  # what is no list says so itself
            place = clean_text(redact_url(url))
            raise ParseError(f"{place}: {error.message}", error.hint, kind=error.kind) from error
        found, hint = describe_content(text)
        raise ParseError(
            f"{clean_text(redact_url(url))} gave {found} instead of a feed", hint, kind="not-a-feed"
        ) from error
    problems = [unpacking_problem, encoding_problem, *document.problems]
    problems += [] if document.entries else ["it has no entries"]
    return replace(document, problems=tuple(filter(None, problems)))
