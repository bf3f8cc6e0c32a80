"""`digest completion`, and the values that a shell completes: quarters, sources, vendors and more.

Completion answers while a person types: it reads as little as it can, and where something is wrong
it proposes nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

if TYPE_CHECKING:
    from digest.cli.common import Invocation

_RECENT = 4  # periods that are proposed, built or not
_VARIABLE = "_DIGEST_COMPLETE"
_WHERE = {
    "bash": 'put it into ~/.bashrc: eval "$(digest completion bash)"',
    "zsh": 'put it into ~/.zshrc: eval "$(digest completion zsh)"',
    "fish": "write it to ~/.config/fish/completions/digest.fish",
}
# Bash takes what is completed for a part of the command line, as it stands: a name with a space
# were two words, and `$(…)` in one a command. It also parts words at a colon.
_BASH = """\
%(complete_func)s() {
    local type value last=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                if [[ $COMP_WORDBREAKS == *:* && ($last == : || $before == :) ]]; then
                    value=${value#*:}
                fi
                COMPREPLY+=("$value")
                ;;
        esac
    done < <(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_UNQUOTED = re.compile(r"[^\w@%+=:,./-]")
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


class _QuotingBash(BashComplete):
    """Completion for Bash in which a value is one word, whatever stands in it."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being typed, and that one."""
        line = os.environ["COMP_WORDS"]  # up to where the cursor is
        words = split_arg_string(line)
        is_begun = words and (not line[-1:].isspace() or words[-1][-1:].isspace())
        last = words.pop() if is_begun else ""
        return words[1:], last

    def format_completion(self, item: CompletionItem) -> str:
        """Return a line for an item, its value as a person would have to type it."""
        value = _UNQUOTED.sub(r"\\\g<0>", item.value)
        return f"{item.type},{value}"


add_completion_class(_QuotingBash)


@click.command()
@click.argument("shell", type=click.Choice(sorted(_WHERE)))
def command(shell: str) -> None:
    """Print what SHELL needs to complete commands, options, quarters, sources and vendors."""
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(f"# {_WHERE[shell]}")
    click.echo(completion(_find_root(), {}, "digest", _VARIABLE).source())


def _find_root() -> click.Command:
    return click.get_current_context().find_root().command


def _complete(find: Callable[[Invocation, str], Iterable[str]]) -> Completer:
    """Return a completer of what `find` gives for the workspace of the command line."""

    def complete(
        context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from digest.app.workspace import Workspace
        from digest.cli.common import Invocation

        folder = context.params.get("workspace") or Path()
        call = Invocation(Workspace(Path(folder)), None, quiet=True, as_json=False)
        try:
            found = list(find(call, incomplete))
        except Exception:  # noqa: BLE001 - a shell that completes shows no fault
            return []
        start = incomplete.casefold()
        return [CompletionItem(one) for one in found if one.casefold().startswith(start)]

    return complete


def _list_quarters(call: Invocation, _incomplete: str) -> Iterable[str]:
    names = {path.parent.name for path in call.workspace.output.glob("*/edition.json")} - {"demo"}
    if call.workspace.sources_file.is_file():
        one = call.quarter("current")
        for _ in range(_RECENT):
            names.add(one.name)
            one = one.previous
    return ("last", "current", *sorted(names, reverse=True))


def _list_sources(call: Invocation, _incomplete: str) -> Iterable[str]:
    from digest.config.sources import load_sources

    return [source.name for source in load_sources(call.workspace.sources_file, {}).sources]


def _list_tags(call: Invocation, _incomplete: str) -> Iterable[str]:
    from digest.config.sources import load_sources

    sources = load_sources(call.workspace.sources_file, {}).sources
    return sorted({tag for source in sources for tag in source.tags})


def _list_languages(call: Invocation, _incomplete: str) -> Iterable[str]:
    return call.config.digest.languages


def _list_vendors(call: Invocation, _incomplete: str) -> Iterable[str]:
    from digest.app.context import AppContext, load_stack_index

    now = datetime.now(UTC)
    index = load_stack_index(AppContext(call.workspace, call.config, now, quiet=True))
    if index is None:
        return []
    recorded = (one.vendor for one in index.stack.vendors)
    made = (product.vendor_or_name for product in index.stack.products)
    return sorted({*recorded, *made})


def _list_filters(call: Invocation, incomplete: str) -> Iterable[str]:
    """Return the filters of a search, or the values of the one that was begun."""
    from digest.model.tags import EVENTS
    from digest.taxonomy import CATEGORIES

    values: dict[str, Callable[[], Iterable[str]]] = {
        "category": lambda: CATEGORIES,
        "event": lambda: EVENTS,
        "ai": lambda: ("core", "applied", "mention", "none"),
        "source": lambda: _list_sources(call, ""),
        "quarter": lambda: _list_quarters(call, ""),
        "vendor": lambda: _list_vendors(call, ""),
    }
    name, colon, _ = incomplete.partition(":")
    if not colon or name not in values:
        return [f"{one}:" for one in values]
    return [f"{name}:{value}" for value in values[name]()]


complete_quarters = _complete(_list_quarters)
complete_sources = _complete(_list_sources)
complete_tags = _complete(_list_tags)
complete_languages = _complete(_list_languages)
complete_vendors = _complete(_list_vendors)
complete_filters = _complete(_list_filters)
