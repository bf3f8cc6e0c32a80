"""The command line: the only place that knows options, clock and environment, and hands them in.

Each command is a short function in a module of its own, imported when it is called: `digest --help`
loads click alone. A command reads the configuration before it imports what it works with, so that
what is wrong there is told at once.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys

import click

from digest.errors import DigestError
from digest.version import __version__

_NEW_OBJECTS = 50_000  # that are made before garbage is looked for
_COMPLETION = "_DIGEST_COMPLETE"  # the variable in which a shell asks for values
# command → (module, one line of help); a group's own commands are listed in its module
_COMMANDS = {
    "init": ("init", "Make a new workspace: sources, folders, a note on secrets."),
    "demo": ("demo", "Run the whole job, offline, on the sample quarter that comes along."),
    "collect": ("collect", "Read every source once into the archive."),
    "build": ("build", "Make a quarter's briefing: HTML, PDF and edition.json."),
    "review": ("review", "Open the team's page: keep, drop, pin, re-tag, merge, comment, approve."),
    "approve": ("approve", "Release an edition, so that it may be sent."),
    "send": ("send", "Send an edition to each reader, exactly once."),
    "alert": ("alert", "Tell the team what happened to products of the stack, each thing once."),
    "run": ("run", "What cron calls: collect, build what has ended, send what is released."),
    "worker": ("worker", "Do all this as jobs of a queue, on many machines (PostgreSQL)."),
    "clients": ("clients", "Digests for many clients over one archive (PostgreSQL)."),
    "status": ("status", "What was collected, built, approved and sent; what waits for whom."),
    "schedule": ("schedule", "Print the crontab lines or systemd units that call all this."),
    "archive": ("archive_", "Back up and restore everything; check and prune the archive."),
    "sources": ("sources", "List and check the sources."),
    "stack": ("stack", "What the company runs: check, import and show stack.yaml."),
    "decisions": ("decisions", "What the team decided: open, late, done, and what came of it."),
    "vendor": ("vendor", "What vendors promised, were asked and answered; letters to them."),
    "export": ("export", "Data out: items, an edition, the board page, the review's agenda."),
    "search": ("search", "Find items, stories, letters, notes and promises by words and filters."),
    "ask": ("ask", "Answer a question with passages of the archive, quoted and dated."),
    "mcp": ("mcp", "Serve the archive to an assistant, read-only (Model Context Protocol)."),
    "serve": ("serve", "Serve the archive as a web site: editions, vendors, search, ask."),
    "explain": ("explain", "Say why an item is tagged, merged, ranked, in or out."),
    "lab": ("lab", "Judge any items given as JSON lines; measure the judgement."),
    "model": ("model", "Try the language model: one question of each task, with time and cost."),
    "doctor": ("doctor", "Is this machine ready?"),
    "completion": ("completion", "Print what a shell needs to complete commands and values."),
}


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take --color also behind a command, where most people write it."""
        end = args.index("--") if "--" in args else len(args)
        for place, word in enumerate(args[:end]):
            if word == "--color" or word.startswith("--color="):
                taken = args[place : place + 1 + (word == "--color")]
                args = [*taken, *args[:place], *args[place + len(taken) :]]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's)
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's)
        name: str,
    ) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = importlib.import_module(f"digest.cli.{_COMMANDS[name][0]}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 (click's)
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Add the nearest known name to click's answer for an unknown command."""
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], _COMMANDS, 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    help="When to colour, also behind a command. Default: on a terminal, unless NO_COLOR is set.",
)
@click.version_option(__version__, prog_name="digest", message="%(prog)s %(version)s")
def cli(color: str | None) -> None:
    """A quarterly briefing of marketing technology, made from feeds and newsletters.

    Start with `digest demo`, or `digest init my-digest` for a workspace of your own.
    """
    from digest.cli.common import set_colours

    set_colours(color or "auto")


def main() -> None:
    """Run the command line; show a DigestError in words, and exit with its code."""
    if _COMPLETION in os.environ:
        importlib.import_module("digest.cli.completion")  # how each shell is answered
    # What is read stays to the end: looking for garbage in it again and again finds none.
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            _print_error(
                "stopped", "what was read, built and sent is kept; the same command goes on"
            )
        else:  # at a question
            _print_error("no answer was given", "nothing was changed")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except DigestError as error:
        _print_error(error.message, error.hint)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _print_error(message: str, hint: str) -> None:
    """Print on stderr what ended the program, in red where that is a terminal, and what to do."""
    from digest.cli.common import echo_styled

    echo_styled(f"digest: {message}", fg="red")
    if hint:
        echo_styled(f"  → {hint}", fg=None)
