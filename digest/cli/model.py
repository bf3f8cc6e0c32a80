"""`digest model test`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from digest.cli.common import REPORTING, CommandGroup, Invocation, options
from digest.errors import UsageError
from digest.text import clean_text, truncate_text

if TYPE_CHECKING:
    from digest.app.model_trial import TrialResult, VoteTrial


@click.group(cls=CommandGroup)
def command() -> None:
    """The language model that sources.yaml may name under `model:`. It is off by default."""


@command.command()
@click.option(
    "--votes",
    is_flag=True,
    help="Also ask for votes on the sentences that ship with the program, and propose a threshold.",
)
@options(*REPORTING)
def test(call: Invocation, votes: bool) -> None:
    """Ask one question of each task about made-up items: answer, seconds, tokens, cost.

    It says first which service gets which fields in a build. What is asked here is paid for like
    everything else and counts against the limit of a run. Exit code 1 where an answer is of no use.
    """
    settings = call.context.config.model
    if settings is None:
        raise UsageError("no language model is configured", "give `model:` in sources.yaml")
    from digest.app.disclosure import describe_disclosure
    from digest.app.model_trial import try_model, try_votes

    disclosed = describe_disclosure(settings)
    results = list(try_model(call.context))
    voted = try_votes(call.context) if votes else None
    data = {
        "sent": disclosed,
        "tasks": [asdict(result) for result in results],
        "votes": asdict(voted) if voted else None,
    }
    call.report(data, _format_trial(disclosed, results, voted))
    if any(result.fault for result in results):
        raise SystemExit(1)


def _format_trial(
    disclosed: list[str], results: list[TrialResult], voted: VoteTrial | None
) -> Iterator[str]:
    yield from disclosed
    yield ""
    for result in results:
        figures = f"{result.seconds:.1f} s, {result.tokens_in} + {result.tokens_out} tokens"
        yield f"{result.task:12} {figures}, {result.cost:.6f} {result.currency}"
        if result.answer:
            yield f"    {truncate_text(clean_text(result.answer), 600)}"
        if result.fault:
            yield f"    FAILS: {truncate_text(clean_text(result.fault), 600)}"
    total = sum(result.cost for result in results)
    yield f"{'together':12} {total:.6f} {results[0].currency if results else ''}"
    if voted is None:
        return
    yield f"votes        {voted.answered} of {voted.sentences} sentences, {voted.cost:.6f}"
    if voted.auc is not None:
        yield (
            f"    a true sentence has the higher vote in {voted.auc:.0%} of pairs; "
            f"vote_threshold: {voted.threshold} lets {voted.passes_true:.0%} of the true ones pass "
            "and at most one altered sentence in twenty"
        )
