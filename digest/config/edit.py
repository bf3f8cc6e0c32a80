"""Adds an entry to a list of a file that people lay out by hand, or takes one out, and changes no other byte. Pure.

Lines are put in and cut out at the places that the tree knows. A round trip through an emitter would move a comment or
a space somewhere. Every edit is read back: the new text must hold the values that
were there before, and the one change; otherwise the edit is refused, for a person to make.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest.config.sources import slugify
from digest.config.tree import YamlNode, YamlTree, format_value, parse_yaml
from digest.config.validate import find_values, suggest_similar
from digest.errors import ConfigError, DigestError, UsageError
from digest.text import clean_text

_FILE = "sources.yaml"
_DASH = re.compile(r"( *)-[ \t]+")
_KEY = re.compile(r"""(["']?)\w+\1[ \t]*:""")


def add_source(text: str, source: Mapping[str, Any]) -> str:
    """The text with one more source, after the last one and with its indentation.

    `source` has the keys of the file (name, url, tier, tags, newsletter …); what is None is left out. Whether the
    values are right is for `parse_sources` to say of the result. Raises ConfigError where the text cannot be read,
    DigestError where it is laid out in a way that takes a person.
    """
    return add_entry(text, "sources", source, _FILE)


def add_entry(text: str, group: str, entry: Mapping[str, Any], file: str) -> str:
    """The text with one more entry in the list under a key of the file, as `add_source` adds one to `sources`."""
    tree = _parse_text(text, file)
    entry = {key: value for key, value in entry.items() if value is not None}
    holder = tree.find_node((group,))
    if holder is not None and _is_block(holder):
        last = holder.value[-1]
        indent = _find_indent(text, last, file)
        at = _find_item_end(text, last, indent)
    else:
        text, at = _begin_list(tree, holder, group)
        indent = "  "
    lines = _format_entry(entry, indent).replace("\n", _detect_newline(text))
    new = text[:at] + ("" if _begins_line(text, at) else _detect_newline(text)) + lines + text[at:]
    return verify_edit(tree, new, group, [*_list_entries(tree, group), _to_plain(entry)])


def remove_source(text: str, name: str) -> str:
    """The text without the source of that name or slug, its lines and the comments inside of them.

    Raises UsageError where there is no such source, ConfigError where the text cannot be read, DigestError where it is
    laid out in a way that takes a person.
    """
    tree = _parse_text(text, _FILE)
    names = {
        at: clean_text(found)
        for (_, at, _), found in find_values(tree.plain_value, "sources", "*", "name")
        if isinstance(found, str)
    }
    at = next(
        (at for at, found in names.items() if clean_text(name) in (found, slugify(found))), None
    )
    if at is None:
        raise UsageError(
            f"{_FILE} has no source {format_value(name)!r}{suggest_similar(name, names.values())}"
        )
    holder = tree.find_node(("sources",))
    if holder is None or not _is_block(holder):
        raise make_layout_error(_FILE)
    item = holder.value[at]
    start, end = (
        _line_start(text, item.at),
        _find_item_end(text, item, _find_indent(text, item, _FILE)),
    )
    new = text[:start] + text[end:]
    if len(holder.value) == 1:
        new = _write_empty_list(tree, new)
    return verify_edit(
        tree,
        new,
        "sources",
        [value for n, value in enumerate(_list_entries(tree, "sources")) if n != at],
    )


def _parse_text(text: str, file: str) -> YamlTree:
    return parse_yaml(text.encode(errors="surrogatepass"), file)


def verify_edit(before: YamlTree, new: str, group: str, value: Any) -> str:
    """The new text, where it holds what `before` held but for the one key. Raises DigestError where it does not."""
    file = before.positions.file
    try:
        after = _parse_text(new, file)
    except ConfigError:
        raise make_layout_error(file) from None
    if after.plain_value != {**(before.plain_value or {}), group: value} or len(
        after.problems
    ) != len(before.problems):
        raise make_layout_error(file)
    return new


def make_layout_error(file: str) -> DigestError:
    """What is raised where a file takes a person."""
    return DigestError(
        f"{file} is laid out in a way that this command does not edit",
        "write each list with one `- name: …` a line, or edit it by hand",
    )


def _list_entries(tree: YamlTree, group: str) -> list[Any]:
    return [value for _, value in find_values(tree.plain_value, group, "*")]


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_plain(inner) for key, inner in value.items()}
    return [_to_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _is_block(holder: YamlNode) -> bool:
    return isinstance(holder.value, list) and bool(holder.value) and not holder.flow


def _begin_list(tree: YamlTree, holder: YamlNode | None, group: str) -> tuple[str, int]:
    """A text in which a list of sources may begin, and where."""
    text = tree.positions.text
    if holder is None and isinstance(tree.plain_value, dict | None):
        text += (
            ("" if _begins_line(text, len(text)) else _detect_newline(text))
            + f"{group}:"
            + _detect_newline(text)
        )
        return text, len(text)
    if holder is None or holder.value:
        raise make_layout_error(tree.positions.file)
    before = text[: holder.at].rstrip(" ") if holder.end > holder.at else text[: holder.at]
    text = before + text[holder.end :]
    return text, _line_end(text, len(before))


def _write_empty_list(before: YamlTree, new: str) -> str:
    assert before.root is not None
    key = _KEY.match(new, before.root.keys["sources"])
    if key is None:
        raise make_layout_error(_FILE)
    return f"{new[: key.end()]} []{new[key.end() :]}"


def _format_entry(source: Mapping[str, Any], indent: str) -> str:
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100_000
    out = io.StringIO()
    yaml.dump([{key: _to_yaml_value(value) for key, value in source.items()}], out)
    return "".join(indent + line[2:] for line in out.getvalue().splitlines(keepends=True))


def _to_yaml_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_yaml_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        flow = CommentedSeq(_quote_value(inner) for inner in value)
        flow.fa.set_flow_style()
        return flow
    return value


def _quote_value(value: Any) -> Any:
    """A text in a list, quoted where it begins with a sign that means something there (`?0`)."""
    return (
        DoubleQuotedScalarString(value)
        if isinstance(value, str) and not value[:1].isalnum()
        else value
    )


# ---------------------------------------------------------------- lines


def _detect_newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _begins_line(text: str, at: int) -> bool:
    return text[:at] in ("", "\ufeff") or text[at - 1] == "\n"


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """After the line break that ends the line of a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _find_indent(text: str, item: YamlNode, file: str) -> str:
    """The spaces before an item's dash."""
    dash = _DASH.fullmatch(text, _line_start(text, item.at), item.at)
    if dash is None:
        raise make_layout_error(file)
    return dash[1]


def _find_item_end(text: str, item: YamlNode, indent: str) -> int:
    """After an item's last line; comments indented deeper than its dash belong to it."""
    end = _line_end(text, len(text[: item.end].rstrip()))
    inside = re.compile(rf"(?:[ \t]*\r?\n)*{indent} +#[^\n]*(?:\n|$)")
    while comment := inside.match(text, end):
        end = comment.end()
    return end
