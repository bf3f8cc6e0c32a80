"""`digest ask`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from operator import methodcaller
from typing import TYPE_CHECKING

import click

from digest.cli.common import REPORTING, Invocation, options
from digest.cli.completion import complete_filters
from digest.cli.search import format_hit

if TYPE_CHECKING:
    from digest.app.ask import Reply


@click.command()
@click.argument("question", nargs=-1, shell_complete=complete_filters)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@click.option("--passages", is_flag=True, help="Passages alone: the language model is not asked.")
@options(*REPORTING)
def command(call: Invocation, question: tuple[str, ...], limit: int, *, passages: bool) -> None:
    """Answer QUESTION with passages of the archive: quoted, dated, by story, the oldest first.

    In English, Italian, German, French, Spanish, Thai or Chinese. Words of time count: "in July",
    "this quarter". Says "nothing found" where the archive holds nothing about it. Where a language
    model is configured, a short answer stands before the passages: sentences that these carry.

    Without QUESTION the lines of stdin are one session: a question may leave out what was said
    before, as "And Salesforce?". With --json each gets one line.
    """
    context = call.context
    from digest.app.ask import ask_question

    if question:
        reply = ask_question(context, " ".join(question), limit=limit, with_model=not passages)
        call.report(reply.to_json(), _format_reply(reply))
        return
    earlier: list[str] = []
    for line in _read_questions():
        reply = ask_question(context, line, earlier, limit=limit, with_model=not passages)
        earlier.append(line)
        if call.as_json:
            row = json.dumps(reply.to_json(), ensure_ascii=False, default=methodcaller("isoformat"))
            click.echo(row)
        else:
            click.echo("\n".join((*_format_reply(reply), "")))


def _read_questions() -> Iterator[str]:
    """Yield the lines of stdin, asking for each where a person types."""
    asks = sys.stdin.isatty()
    while True:
        if asks:
            click.echo("? ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _format_reply(reply: Reply) -> Iterable[str]:
    span = reply.found.span
    if span:
        since = f" from {span.start}" if span.start else ""
        until = f" before {span.end}" if span.end else ""
        yield f"dated{since}{until}:"
    if reply.answer and reply.answer.sentences:
        for sentence in reply.answer.sentences:
            yield f"{sentence.text} {''.join(f'[{number}]' for number in sentence.cites)}"
        yield f"(written by {reply.answer.model}, each sentence found in the passages it names)"
        yield ""
    if not reply.stories:
        yield "nothing found"
    for group in reply.stories:
        indent = ""
        if len(group.passages) > 1:
            yield f"{len(group.passages)} reports of one story:"
            indent = "  "
        for hit in group.passages:
            first, *rest = format_hit(hit, f"{indent}    ")
            yield f"{indent}{f'[{reply.number(hit)}]':4}{first.strip()}"
            yield from rest
