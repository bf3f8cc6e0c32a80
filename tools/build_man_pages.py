"""Write manual pages of all commands out of their help, for those who package the program.

python tools/build_man_pages.py FOLDER     writes FOLDER/man1/digest.1, digest-build.1, …
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from digest.cli import cli
from digest.version import __version__

_FILES = (
    ("sources.yaml", "how the digest is made, and which publishers it reads"),
    ("stack.yaml", "what the company runs"),
    ("output/", "the archive, and an edition in a folder of its own"),
)
_EXIT_STATUS = (
    ("0", "done"),
    ("1", "failed; the message says what, where and how to mend it"),
    ("2", "wrong use or wrong configuration"),
    ("3", "done, but some sources failed"),
    ("75", "another run holds the lock"),
)


def build_man_pages(root: click.Group = cli) -> Iterator[tuple[str, str]]:
    """Yield the pages of a group and of all below it: name of the file, and its text."""
    yield from _iter_pages(root, click.Context(root, info_name="digest"))


def _iter_pages(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    name = context.command_path.replace(" ", "-")
    yield f"{name}.1", "\n".join(_iter_lines(command, context, name)) + "\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                inner = click.Context(found, info_name=below, parent=context)
                yield from _iter_pages(found, inner)


def _iter_lines(command: click.Command, context: click.Context, name: str) -> Iterator[str]:
    summary, description = _split_help(command.help or "")
    version = _escape(f"digest {__version__}")
    yield f'.TH "{_escape(name.upper())}" "1" "" "{version}" "Martech digest"'
    yield ".SH NAME"
    yield f"{_escape(name)} \\- {_escape(summary.rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield f".B {_escape(context.command_path)}"
    yield _escape(" ".join(command.collect_usage_pieces(context)))
    yield ".SH DESCRIPTION"
    for number, paragraph in enumerate((summary, *description)):
        yield from [".PP"] if number else []
        yield from _escape_paragraph(paragraph)
    yield from _iter_options(command, context)
    if isinstance(command, click.Group):
        yield ".SH COMMANDS"
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from (".TP", f"\\fB{_escape(name)}\\-{_escape(below)}\\fR(1)")
                yield _escape(_split_help(found.help or "")[0])
    yield ".SH FILES"
    yield from _iter_terms(_FILES)
    yield ".SH EXIT STATUS"
    yield from _iter_terms(_EXIT_STATUS)
    if context.parent is not None:
        parent = context.parent.command_path.replace(" ", "-")
        yield from (".SH SEE ALSO", f"\\fB{_escape(parent)}\\fR(1)")


def _iter_options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context)) and record[1]
    ]
    if records:
        yield ".SH OPTIONS"
        yield from _iter_terms(records)


def _iter_terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, words in rows:
        yield from (".TP", f"\\fB{_escape(term)}\\fR", _escape(words))


def _split_help(text: str) -> tuple[str, list[str]]:
    """Return the first paragraph of a help text, and the others."""
    first, *others = re.split(r"\n\s*\n", inspect.cleandoc(text)) or [""]
    return " ".join(first.split()), others


def _escape_paragraph(text: str) -> Iterator[str]:
    """Yield the lines of a paragraph; what \\b keeps from being wrapped stays as it stands."""
    if not text.startswith("\b"):
        yield _escape(" ".join(text.split()))
        return
    yield ".nf"
    yield from (_escape(line) for line in text.lstrip("\b\n").splitlines())
    yield ".fi"


def _escape(text: str) -> str:
    """Return a text that roff prints as it is: backslashes, hyphens, dots and quotes at a start."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", safe)


def main() -> None:
    """Write the pages."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1]) / "man1"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in build_man_pages():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
