"""`digest worker`."""

from __future__ import annotations

import click

from digest.cli.common import Invocation, options
from digest.errors import UsageError
from digest.extras import suggest_install


@click.command()
@click.option(
    "--jobs",
    "at_once",
    default=10,
    show_default=True,
    type=click.IntRange(1, 200),
    help="Jobs at once.",
)
@click.option(
    "--dead-after",
    default=60.0,
    show_default=True,
    type=click.FloatRange(2),
    help="Seconds of silence after which another worker takes a worker's jobs.",
)
@click.option(
    "--only",
    type=click.Choice(["sources", "editions"]),
    help="sources: read feeds and pages; editions: what needs the team's files and output/.",
)
@options("log", "workspace", "quiet", "verbose")
def command(call: Invocation, *, at_once: int, dead_after: float, only: str | None) -> None:
    """Do the work of collect, run and alert as jobs of a queue in the PostgreSQL database that
    digest.archive names, in place of cron: read each source once an hour, judge what is new, build
    and send what is due, each day at 6:40 UTC. Start as many as you like, on as many machines.

    A host is asked by two at once, over all workers. It ends what it has begun when it is told to
    stop; what a killed one had begun, another does again.
    """
    database = call.workspace.archive
    _ = call.config
    from digest.model.database import DatabaseUrl

    if not isinstance(database, DatabaseUrl):
        raise UsageError(
            "a worker needs the archive in PostgreSQL",
            "give digest.archive.url_env in sources.yaml; see docs/scale.md",
        )
    try:
        from digest.jobs.worker import WorkerSettings, run_worker
    except ImportError as error:
        raise UsageError(
            f"a worker needs {error.name}, which is not installed",
            f"install it with: {suggest_install('scale')}",
        ) from None
    settings = WorkerSettings(at_once, dead_after / 6, dead_after, only=only)
    run_worker(database, call.get_fresh_context, settings)
