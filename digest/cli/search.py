"""`digest search`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, Invocation, options, print_json
from digest.cli.completion import complete_filters
from digest.text import format_count

if TYPE_CHECKING:
    from digest.app.search import SearchResult
    from digest.app.search_hits import Hit


@click.command()
@click.argument("words", nargs=-1, shell_complete=complete_filters)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--rebuild", is_flag=True, help="Rebuild the index, with every item judged.")
@options(*REPORTING)
def command(call: Invocation, words: tuple[str, ...], limit: int, *, rebuild: bool) -> None:
    """Find items, stories, letters, notes, decisions and promises that hold all WORDS, best first.

    "A phrase" stands in quotes, -word is not to be there. Filters: vendor:HubSpot category:crm
    event:acquisition ai:core source:NAME quarter:2026-Q3 after:2026-07-01 before:2026-08-01
    in:edition kind:note.
    """
    context = call.context
    from digest.app.search import rebuild_search, search_archive
    from digest.search.query import join_arguments

    if rebuild:
        entries = rebuild_search(context)
        if not words:
            if call.as_json:
                print_json({"entries": entries})
            else:
                count = format_count(entries, "entry", "entries")
                LOGGER.info(f"the index holds {count}")
            return
    result = search_archive(context, join_arguments(words), limit=limit)
    call.report(
        {
            "hits": [hit.to_json() for hit in result.hits],
            "match": result.match,
            "unjudged": result.unjudged,
        },
        _format_result(result),
    )


def _format_result(result: SearchResult) -> Iterator[str]:
    if not result.hits:
        yield "nothing found"
    if result.match == "some":
        yield "nothing holds all words; these hold some:"
    for hit in result.hits:
        yield from format_hit(hit)
    if result.unjudged:
        count = format_count(result.unjudged, "item")
        yield f"not judged yet: {count}, which filters will find after --rebuild"


def format_hit(hit: Hit, indent: str = "") -> Iterator[str]:
    """Yield the lines that show a hit: title, passage, where it stands."""
    kind = "" if hit.kind == "item" else f"{hit.kind} · "
    yield f"{indent}{mark_places(hit.title, hit.title_marks)}"
    if hit.quote != hit.title:
        yield f"{indent}  “{mark_places(hit.quote, hit.quote_marks)}”"
    parts = (f"{kind}{hit.date:%Y-%m-%d}", hit.source, hit.url, hit.id)
    yield f"{indent}  {' · '.join(filter(None, parts))}"


def mark_places(text: str, places: tuple[tuple[int, int], ...]) -> str:
    """Return a text with places in bold, where the terminal shows it."""
    shown, at = "", 0
    for start, end in places:
        shown += text[at:start] + click.style(text[start:end], bold=True)
        at = end
    return (shown + text[at:]).replace("\n", " ")
