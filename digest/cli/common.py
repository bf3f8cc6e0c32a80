"""What the commands share: options, the clock, the workspace, and how they speak."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest.app.workspace import Workspace
from digest.errors import UsageError
from digest.period import Quarter, parse_quarter

if TYPE_CHECKING:
    from digest.config.sources import SourcesConfig

_F = TypeVar("_F", bound=Callable[..., Any])

workspace_option = click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The folder with sources.yaml. Default: the current one.",
)
now_option = click.option(
    "--now",
    metavar="ISO-TIME",
    help="Sets the clock, as 2026-10-01T06:00:00Z, to run a past quarter again.",
)
quiet_option = click.option(
    "--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout.")


def common_options(function: _F) -> _F:
    """--workspace, --now, --quiet and --json, as every reporting command has them."""
    for option in (json_option, quiet_option, now_option, workspace_option):
        function = option(function)
    return function


def resolve_now(now: str | None) -> datetime:
    """The time that --now names, in UTC; the machine's where it is not given. Raises UsageError."""
    if now is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        when = datetime.fromisoformat(now)
    except ValueError:
        raise UsageError(f"--now {now!r} is no time", "write it as 2026-10-01T06:00:00Z") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def load_config(workspace: Workspace) -> SourcesConfig:
    """The workspace's configuration. Raises ConfigError, or UsageError where there is none."""
    if not workspace.sources_file.is_file():
        raise UsageError(
            f"there is no sources.yaml in {workspace.root.resolve()}",
            "run `digest init` to make one",
        )
    from digest.config.sources import load_sources

    config = load_sources(workspace.sources_file, os.environ)
    for warning in config.warnings:
        click.echo(f"digest: {warning}", err=True)
    return config


def resolve_quarter(text: str, now: datetime, config: SourcesConfig) -> Quarter:
    """The quarter that an argument names, in the configured zone and fiscal year."""
    return parse_quarter(text, now, config.digest.timezone, config.digest.fiscal_year_starts)


def print_message(message: str, quiet: bool = False) -> None:
    """A line of log on stderr."""
    if not quiet:
        click.echo(message, err=True)


def print_json(data: object) -> None:
    """Data on stdout, as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=_encode_json_value))


def _encode_json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


@contextmanager
def show_progress(label: str, length: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar on stderr while a person watches; nothing under cron."""
    if quiet or not sys.stderr.isatty() or length == 0:
        yield lambda: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)
