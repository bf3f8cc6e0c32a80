"""`digest ask`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from digest.cli.common import REPORTING, Invocation, options
from digest.cli.search import format_hit

if TYPE_CHECKING:
    from digest.app.search import SearchResult, StoryPassages


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@options(*REPORTING)
def command(call: Invocation, question: tuple[str, ...], limit: int) -> None:
    """Answer QUESTION with passages of the archive: quoted, dated, by story, the oldest first.

    In English, Italian, German, French, Spanish, Thai or Chinese. Words of time count: "in July",
    "this quarter". Says "nothing found" where the archive holds nothing about it.
    """
    context = call.context
    from digest.app.search import ask_archive, group_passages

    result = ask_archive(context, " ".join(question), limit=limit)
    stories = group_passages(context, result.hits)
    story_of = {hit.id: group.story for group in stories for hit in group.passages}
    passages = [hit.to_json() | {"story": story_of[hit.id]} for hit in result.hits]
    call.report(
        {
            "passages": passages,
            "stories": [
                {"story": group.story, "passages": [hit.id for hit in group.passages]}
                for group in stories
            ],
            "after": result.span.start if result.span else None,
            "before": result.span.end if result.span else None,
        },
        _format_answer(result, stories),
    )


def _format_answer(result: SearchResult, stories: Sequence[StoryPassages]) -> Iterator[str]:
    if result.span:
        start, end = result.span.start, result.span.end
        since = f" from {start}" if start else ""
        until = f" before {end}" if end else ""
        yield f"dated{since}{until}:"
    if not stories:
        yield "nothing found"
    for group in stories:
        if len(group.passages) == 1:
            yield from format_hit(group.passages[0])
            continue
        yield f"{len(group.passages)} reports of one story:"
        for hit in group.passages:
            yield from format_hit(hit, "  ")
