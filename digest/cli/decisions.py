"""`digest decisions`: what the team decided, and what became of it."""

from __future__ import annotations

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, Invocation, options
from digest.text import format_count


@click.command()
@options(*REPORTING)
@click.option("--open", "states", flag_value="open", multiple=True, help="Those that are open.")
@click.option("--late", "states", flag_value="late", multiple=True, help="Those past their day.")
@click.option("--done", "states", flag_value="done", multiple=True, help="Those that are done.")
@click.option(
    "--dropped", "states", flag_value="dropped", multiple=True, help="Those that were given up."
)
@click.option("--owner", default="", metavar="NAME", help="Those of one owner.")
def command(call: Invocation, states: tuple[str, ...], owner: str) -> None:
    """List the team's decisions of all quarters, each once, as editions/QUARTER.yaml keep them:
    state, quarter, what, who and until when, what came of it.

    A later file that has a decision's words follows it up. Several filters show what is in any.
    """
    from digest.app.decision_log import (
        decision_to_json,
        describe_decision,
        filter_log,
        load_decision_log,
    )

    today = call.now.date()
    log = load_decision_log(call.workspace, call.config, call.now)
    kept = filter_log(log, today, states, owner)
    call.report(
        [decision_to_json(one, today) for one in kept],
        (describe_decision(one, today) for one in kept),
    )
    if not call.as_json:
        late = sum(one.decision.is_late(today) for one in log)
        LOGGER.info(f"{len(kept)} of {format_count(len(log), 'decision')}; {late} late")
