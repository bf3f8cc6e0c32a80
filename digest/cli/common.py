"""What the commands share: common options, clock, environment, configuration, log and output."""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.archive_place import locate_archive
from digest.app.logs import LOGGER, JsonFormatter, MaskingFilter, load_secrets
from digest.app.workspace import Workspace
from digest.errors import DigestError, UsageError
from digest.period import Quarter
from digest.text import remove_controls

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.config.sources import SourcesConfig

_OPTIONS = {
    "log": click.option(
        "--log",
        "log_form",
        type=click.Choice(["text", "json"]),
        default="text",
        help="The form of the log.",
    ),
    "workspace": click.option(
        "--workspace",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(),
        metavar="DIR",
        help="The folder with sources.yaml. Default: the current one.",
    ),
    "now": click.option(
        "--now",
        metavar="ISO-TIME",
        help="Sets the clock, as 2026-10-01T06:00:00Z, to run a past quarter again.",
    ),
    "quiet": click.option(
        "--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong."
    ),
    "verbose": click.option(
        "--verbose", "-v", is_flag=True, help="Log more, as a line for each source that is read."
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Report as JSON on stdout."),
}
REPORTING = ("workspace", "now", "quiet", "verbose", "json")  # what every reporting command takes

_LONGEST_HELP = 200  # signs
_MASK = MaskingFilter()
_MARKS = {"ok": "green", "FAILS": "red"}  # words with which a line of a report begins


@dataclass
class _Colours:
    """What the user wishes; errors are told after the command line that says so has ended."""

    wish: str = "auto"

    @property
    def are_wanted(self) -> bool | None:
        """None means: where it is a terminal."""
        if self.wish == "auto":
            return False if os.environ.get("NO_COLOR") else None
        return self.wish == "always"


_COLOURS = _Colours()


@dataclass(frozen=True)
class Invocation:
    """One call of a command: what its common options say, and what follows from them."""

    workspace: Workspace
    now_text: str | None
    quiet: bool
    as_json: bool
    _latest: dict[str, tuple[int, SourcesConfig]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def now(self) -> datetime:
        """The time that --now names, in UTC, else the machine's. Raises UsageError."""
        if self.now_text is None:
            return datetime.now(UTC).replace(microsecond=0)
        try:
            when = datetime.fromisoformat(self.now_text)
        except ValueError:
            raise UsageError(
                f"--now {self.now_text!r} is no time", "write it as 2026-10-01T06:00:00Z"
            ) from None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)

    @cached_property
    def config(self) -> SourcesConfig:
        """The workspace's configuration. Raises ConfigError, or UsageError where there is none."""
        return load_config(self.workspace)

    @cached_property
    def context(self) -> AppContext:
        """What the application works with."""
        from digest.app.context import AppContext

        return AppContext(
            self.workspace,
            self.config,
            self.now,
            self.quiet,
            environ=os.environ,
            progress=self.progress,
        )

    def get_context_now(self) -> AppContext:
        """Return the context at this moment, for a program that runs on; --now stops its clock."""
        return self.context if self.now_text else replace(self.context, now=datetime.now(UTC))

    def get_fresh_context(self) -> AppContext:
        """Return the context at this moment, with sources.yaml read again where it changed.

        A file that has mistakes now is left until it is fixed.
        """
        changed = self.workspace.sources_file.stat().st_mtime_ns
        known, config = self._latest.get("sources", (0, self.config))
        if changed != known:
            try:
                config = load_config(self.workspace)
            except DigestError as error:
                LOGGER.warning(f"sources.yaml is not read again: {error}")
            self._latest["sources"] = changed, config
        return replace(self.context, config=config, now=datetime.now(UTC))

    def read_token(self, variable: str | None) -> str:
        """Return the token that a variable holds, a new one without a name. Raises UsageError."""
        if not variable:
            return secrets.token_urlsafe(24)
        if not (token := self.context.environ.get(variable, "").strip()):
            raise UsageError(f"the variable {variable} holds no token", "set it, or leave it out")
        return token

    def quarter(self, text: str) -> Quarter:
        """Return the quarter that an argument names. Raises UsageError."""
        from digest.app.context import resolve_quarter

        return resolve_quarter(self.config, text, self.now)

    @contextmanager
    def progress(self, label: str, steps: int) -> Iterator[Callable[[], None]]:
        """Show a bar on stderr while a person watches; yields what moves it on by one step."""
        if self.quiet or not sys.stderr.isatty() or steps == 0:
            yield lambda: None
            return
        with click.progressbar(length=steps, label=label, file=sys.stderr) as bar:
            yield lambda: bar.update(1)

    def report(self, data: object, lines: Iterable[str]) -> None:
        """Print the result on stdout: as JSON where --json asks for it, else line by line."""
        if self.as_json:
            print_json(data)
        else:
            for line in lines:
                word, rest = re.match(r"(\w*)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
                echo_styled(word, _MARKS.get(word), rest, err=False)


def options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare common options by name; the command takes one Invocation as its first argument."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(
            workspace: Path = Path(),
            now: str | None = None,
            *,
            quiet: bool = False,
            verbose: bool = False,
            as_json: bool = False,
            log_form: str = "text",
            **rest: Any,
        ) -> None:
            place = locate_archive(Workspace(workspace), os.environ)
            call = Invocation(place, now, quiet, as_json)
            level = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
            handler = _StderrHandler(level)
            handler.setFormatter(JsonFormatter(call.now) if log_form == "json" else None)
            handler.addFilter(_MASK)
            _MASK.secrets = ()
            LOGGER.handlers[:] = [handler]  # in place of what an earlier call of this process set
            LOGGER.setLevel(logging.DEBUG)
            function(call, **rest)

        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return decorate


class CommandGroup(click.Group):
    """A group that says in a whole sentence what each of its commands does."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; click would cut their sentences to a line."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(_LONGEST_HELP)) for name, one in commands if one]
            )


class _StderrHandler(logging.Handler):
    """Writes records to what is stderr at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        line, is_trouble = self.format(record), record.levelno >= logging.WARNING
        is_text = not isinstance(self.formatter, JsonFormatter)
        echo_styled(line, fg="yellow" if is_trouble and is_text else None)


def set_colours(wish: str) -> None:
    """Say when lines are coloured: auto (on a terminal, unless NO_COLOR is set), always, never.

    To be called within the context of the command line; all that its commands print follows.
    """
    _COLOURS.wish = wish
    click.get_current_context().color = _COLOURS.are_wanted


def echo_styled(text: str, fg: str | None, rest: str = "", *, err: bool = True) -> None:
    """Print a text, coloured where that is wanted, and the rest of its line.

    A log and a fault may name what stands in a file: no sign of it reaches the terminal.
    """
    wanted = _COLOURS.are_wanted
    text = remove_controls(text) if err else text
    if fg and wanted is not False:
        text = click.style(text, fg=fg)
    click.echo(f"{text}{rest}", err=err, color=wanted)


def load_config(workspace: Workspace) -> SourcesConfig:
    """Load the workspace's configuration, log its warnings, and have its secrets masked.

    Raises ConfigError, or UsageError where there is none.
    """
    if not workspace.sources_file.is_file():
        raise UsageError(
            f"there is no sources.yaml in {workspace.root.resolve()}",
            "go to your workspace or name it with --workspace; `digest init` makes one",
        )
    from digest.config.sources import load_sources

    config = load_sources(workspace.sources_file, os.environ)
    _MASK.secrets = load_secrets(config, os.environ, workspace.root)
    for warning in config.warnings:
        LOGGER.warning(f"digest: {warning}")
    return config


def print_json(data: object) -> None:
    """Print data on stdout as JSON; times in ISO 8601."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=methodcaller("isoformat")))


def print_row(row: Mapping[str, Any]) -> None:
    """Print an object on stdout as a line of JSON."""
    click.echo(json.dumps(row, ensure_ascii=False))
