"""Build the reference pages of docs/: commands out of click, configuration out of the schemas.

`tools/generate.py` writes them; nothing here is written by hand twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from digest.cli import cli
from digest.config.starter import build_schemas

Schema = Mapping[str, Any]
_MADE = "<!-- Made by `make generate`; edit the code that this is made of. -->"
_COMMON = (
    "QUARTER is `2026-Q3`, `last` or `current`; with `fiscal_year_starts: 4` in sources.yaml "
    "it is `FY2027-Q1`, with `period: month` a month, as `2026-08`. Options stand after the "
    "command's name; `--color auto`, `always` or `never` goes with each. Data goes to stdout, "
    "the log to stderr."
)
_CHECKED = (
    "Every file is checked as a whole: all mistakes at once, each with file, line and column. "
    "`digest init` puts the schemas beside the files, so that editors complete and check them."
)
_FILES = {
    "sources": "sources.yaml",
    "stack": "stack.yaml",
    "vocabulary": "vocabulary.yaml",
    "decisions": "editions/QUARTER.yaml",
    "vendors": "vendors/NAME.yaml",
}
_EXIT_CODES = """\
## Exit codes

| code | means |
|---|---|
| 0 | done |
| 1 | failed; the message says what, where and how to mend it |
| 2 | wrong use or wrong configuration |
| 3 | done, but some sources failed |
| 75 | another run holds the lock |
"""


def build_reference(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the reference pages: path under `folder`, and content."""
    yield folder / "commands.md", build_commands_page().encode()
    yield folder / "configuration.md", build_configuration_page().encode()


# ---------------------------------------------------------------- commands


def build_commands_page() -> str:
    """Return the page of all commands, each with its arguments, options and help."""
    parts = [
        "# Commands",
        _MADE,
        _COMMON,
    ]
    context = click.Context(cli, info_name="digest")
    parts += _iter_command_parts(cli, context)
    return "\n\n".join([*parts, _EXIT_CODES])


def _iter_command_parts(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        below = click.Context(command, info_name=name, parent=context)
        depth = "##" if context.parent is None else "###"
        yield f"{depth} `{below.command_path}`"
        yield _format_help(command.help or "")
        if isinstance(command, click.Group):
            yield from _iter_command_parts(command, below)
            continue
        pieces = " ".join(command.collect_usage_pieces(below))
        yield f"    {below.command_path} {pieces}"
        rows = [_format_option(one, below) for one in command.params if _is_shown(one)]
        if rows:
            yield "\n".join(["| option | does |", "|---|---|", *rows])


def _is_shown(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not parameter.hidden


def _format_option(option: click.Parameter, context: click.Context) -> str:
    names, text = option.get_help_record(context) or ("", "")
    # GitHub and Python-Markdown read an escaped bar in code otherwise
    return f"| `{names.replace('|', ',')}` | {_escape_cell(text)} |"


def _format_help(text: str) -> str:
    """Return the help of a command as Markdown: its paragraphs, examples set apart."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(
        "\n".join(f"    {line.strip()}" for line in paragraph.splitlines() if line.strip() != "\b")
        if paragraph.lstrip().startswith("\b")
        else " ".join(paragraph.split())
        for paragraph in paragraphs
    )


# ---------------------------------------------------------------- configuration


def build_configuration_page() -> str:
    """Return the page of all keys of the files that a team writes."""
    parts = [
        "# Configuration",
        _MADE,
        _CHECKED,
    ]
    for path, text in build_schemas().items():
        schema = json.loads(text)
        file = _FILES.get(path.name.removesuffix(".schema.json"), path.name)
        parts += [f"## {file}", _build_table(schema, schema)]
        for name, part in _list_parts(schema):
            parts += [f"### {file}: {name}", _describe(part), _build_table(part, schema)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _list_parts(schema: Schema) -> list[tuple[str, Schema]]:
    """Return the parts of a file that are objects of their own, with the key that leads there."""
    found: dict[str, tuple[str, Schema]] = {}

    def visit(part: Schema, at: str) -> None:
        for key, value in part.get("properties", {}).items():
            for name in _find_references(value):
                place = f"{at}{key}"
                if name not in found:
                    found[name] = (place, schema["$defs"][name])
                    visit(schema["$defs"][name], f"{place}.")

    visit(schema, "")
    return list(found.values())


def _find_references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"].rpartition("/")[2]] if "$ref" in value else []
        return own + [name for child in value.values() for name in _find_references(child)]
    if isinstance(value, list):
        return [name for child in value for name in _find_references(child)]
    return []


def _describe(part: Schema) -> str:
    return " ".join(str(part.get("description", "")).split())


def _build_table(part: Schema, schema: Schema) -> str:
    required = set(part.get("required", ()))
    rows = [
        f"| `{name}` | {_escape_cell(_describe_type(value, schema))} | "
        f"{'must be given' if name in required else _format_default(value)} | "
        f"{_escape_cell(_describe(value))} |"
        for name, value in part.get("properties", {}).items()
        if not name.startswith("$")
    ]
    return "\n".join(["| key | value | default | what it is |", "|---|---|---|---|", *rows])


def _describe_type(value: Any, schema: Schema) -> str:
    """Return in words what a key takes."""
    if "$ref" in value:
        return "keys of its own"
    if "enum" in value:
        return " \\| ".join(f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if choices := value.get("anyOf") or value.get("oneOf"):
        kinds = [_describe_type(one, schema) for one in choices if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = value.get("type", "any value")
    if kind == "array":
        return f"list of {_describe_type(value.get('items', {}), schema)}"
    names = {"string": "text", "boolean": "true or false", "integer": "whole number"}
    names |= {"object": "keys of its own"}
    low, high = value.get("minimum"), value.get("maximum")
    bounds = f", {low} to {high}" if low is not None and high is not None else ""
    return names.get(kind, kind) + bounds


def _format_default(value: Any) -> str:
    default = value.get("default")
    if default in (None, [], {}, "") or isinstance(default, dict):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _escape_cell(text: str) -> str:
    """Return a text for a cell of a table: on one line, its bars escaped once."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
