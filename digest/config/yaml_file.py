"""Changes to the text of a YAML file that people lay out by hand; no other line of it changes.

Pure.

A change names its place in the document. A block, which is the lines of a list's entry or of a key,
is put in, cut out, or read and written again through ruamel.yaml's round trip, which keeps its
comments, quotes and order. The whole file never goes through it: that would also move the spaces
and the indentation of lines that nobody changed.

Each change is verified: the new text must hold the values that were there before, and the one
change. Otherwise LayoutError leaves the change to a person.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from digest.config.tree import (
    MAX_BYTES,
    Loc,
    TextPositions,
    YamlNode,
    YamlTree,
    keep_tree,
    parse_yaml,
)
from digest.errors import ConfigError, DigestError

_ENTRY_START = re.compile(r"( *)-[ \t]+")
_KEY_START = re.compile(r"( *)")
_KEY = re.compile(r"""(["']?)[\w-]+\1[ \t]*:""")
_LIST_OF_KEY = re.compile(r"^( *)[^\s#-].*:[ \t]*(?:#.*)?\n\1( *)-\s", re.MULTILINE)


class LayoutError(DigestError):
    """A file is laid out in a way that takes a person to change it."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} is laid out in a way that this command does not edit",
            "write each list with one `- name: …` a line, or edit it by hand",
        )


def insert_value(text: str, loc: Loc, value: Any, file: str) -> str:
    """Return the text with a value at a place that the document does not have yet.

    The place is a new key of a group, or a list's end. The value is put behind the last block of
    its group or list and indented alike; what should hold it is begun at the file's end where it is
    missing. `file` is the file's name in messages.

    Raises ConfigError where the text cannot be read, LayoutError where it takes a person.
    """
    tree, value = parse_yaml(text, file), to_yaml_value(value)
    holder, key = tree.find_node(loc[:-1]), loc[-1]
    block: Any = [value] if isinstance(key, int) else {key: value}
    expected = copy.deepcopy(tree.plain_value or {})
    indent, at, is_next = "", len(text), False
    if len(loc) == 1 and isinstance(expected, dict):
        expected[key] = value
    elif holder is None and len(loc) > 1:
        return insert_value(text, loc[:-1], block, file)
    elif holder and holder.flow and isinstance(key, int) and isinstance(value, str):
        at = holder.value[-1].end if holder.value else holder.end - 1
        term = (", " if holder.value else "") + dump_yaml({"": [value]})[5:-2]  # '': [term]
        _set_value(expected, loc, value)
        return _verify_text(tree, text[:at] + term + text[at:], expected)
    elif holder and holder.value and isinstance(holder.value, list | dict):
        keys = range(len(holder.value)) if isinstance(holder.value, list) else list(holder.value)
        indent, _, at = _find_block(tree, (*loc[:-1], keys[-1]), with_comments=True)
        _set_value(expected, loc, value)
        is_next = True
    elif holder and not holder.value and len(loc) > 1:
        indent = _find_block(tree, loc[:-1])[0] + "  "
        before = text[: holder.at].rstrip(" ") if holder.end > holder.at else text[: holder.at]
        text = before + text[holder.end :]
        at = _find_line_end(text, len(before))
        _set_value(expected, loc[:-1], block)
    else:
        raise LayoutError(file)
    newline = "" if text[:at] in ("", "\ufeff") or text[at - 1] == "\n" else "\n"
    lines = _use_newlines(newline + _indent_lines(dump_yaml(block), indent), text)
    if is_next:
        _splice_tree(tree, loc, at, at, lines)
    return _verify_text(tree, text[:at] + lines + text[at:], expected)


def insert_keys(text: str, holders: Iterable[Loc], key: str, value: Any, file: str) -> str:
    """Return the text with a key in each of the groups at these places, which do not have it yet.

    As `insert_value` for one after the other; but the file is read once for all of them.

    Raises as `insert_value` does; LayoutError also for a group that is written in brackets.
    """
    tree, value = parse_yaml(text, file), to_yaml_value(value)
    expected, places = copy.deepcopy(tree.plain_value), []
    for loc in holders:
        holder = tree.find_node(loc)
        if holder is None or not isinstance(holder.value, dict) or not holder.value:
            raise LayoutError(file)
        indent, _, at = _find_block(tree, (*loc, list(holder.value)[-1]), with_comments=True)
        places.append((at, indent))
        _set_value(expected, (*loc, key), value)
    block = dump_yaml({key: value})
    new = text
    for at, indent in sorted(places, reverse=True):
        newline = "\n" if text[at - 1] != "\n" else ""
        lines = _use_newlines(newline + _indent_lines(block, indent), text)
        new = new[:at] + lines + new[at:]
    return _verify_text(tree, new, expected)


def remove_value(text: str, loc: Loc, file: str) -> str:
    """Return the text without a value, its lines and the comments inside of them.

    Raises ConfigError where the text cannot be read, LayoutError where it takes a person.
    """
    tree = parse_yaml(text, file)
    _, start, end = _find_block(tree, loc, with_comments=True)
    new = text[:start] + text[end:]
    expected = copy.deepcopy(tree.plain_value)
    siblings = _get_value(expected, loc[:-1])
    del siblings[loc[-1]]
    if siblings == []:
        holder = tree.find_node(loc[:-2])
        key = holder and _KEY.match(new, holder.keys.get(str(loc[-2]), 0))
        if not key:
            raise LayoutError(file)
        new = f"{new[: key.end()]} []{new[key.end() :]}"
    return _verify_text(tree, new, expected)


def change_value(text: str, loc: Loc, change: Callable[[Any], None], file: str) -> str:
    """Return the text with a changed entry of a list or value of a key.

    `change` gets the block as ruamel.yaml loads it with its comments, and changes it in place: a
    list of the one entry, or a mapping of the one key.

    Raises ConfigError where the text cannot be read, LayoutError where it takes a person.
    """
    tree = parse_yaml(text, file)
    indent, start, end = _find_block(tree, loc)
    lines = text[start:end].replace("\r\n", "\n").removesuffix("\n").split("\n")
    block = "".join(line.removeprefix(indent) + "\n" for line in lines)
    expected = copy.deepcopy(tree.plain_value)
    before = _get_value(expected, loc)
    try:
        found = parse_yaml(block, file).plain_value
        wrapped = [before] if isinstance(loc[-1], int) else {loc[-1]: before}
        # a block's end may give or take line breaks
        if _to_plain(found, strip="\n") != _to_plain(wrapped, strip="\n"):
            raise LayoutError(file)
        # a comment keeps its column where the block is loaded as far from the edge as it is dumped
        yaml = _make_yaml(block)
        edge = " " * yaml.sequence_dash_offset if isinstance(loc[-1], int) else ""
        loaded = yaml.load(_indent_lines(block, edge))
        before_change = dump_yaml(loaded, like=block)
        change(loaded)
        new = _keep_lines(block, before_change, dump_yaml(loaded, like=block))
        changed = parse_yaml(new, file).plain_value
    except (YAMLError, ConfigError, ValueError):
        raise LayoutError(file) from None
    _set_value(expected, loc, changed[0 if isinstance(loc[-1], int) else loc[-1]])
    new = _use_newlines(_indent_lines(new, indent), text)
    _splice_tree(tree, loc, start, end, new)
    return _verify_text(tree, text[:start] + new + text[end:], expected)


def dump_yaml(value: Any, like: str = "") -> str:
    """Return a mapping or list as a block of YAML; a list's dashes stand at the edge.

    Lists of plain values in it are written in brackets, and text of several lines as a literal
    block. `like` is a text whose indentation of lists is followed.
    """
    out = io.StringIO()
    yaml = _make_yaml(like)
    if not isinstance(value, list):
        yaml.dump(to_yaml_value(value), out)
        return out.getvalue()
    yaml.dump(CommentedSeq(map(to_yaml_value, value)) if type(value) is list else value, out)
    cut = yaml.sequence_dash_offset
    return "".join(line[cut:] or "\n" for line in out.getvalue().splitlines(keepends=True))


def to_yaml_value(value: Any) -> Any:
    """Return a plain value as ruamel.yaml writes it in our layout; what it loaded stays."""
    if isinstance(value, CommentedSeq) or type(value).__module__.startswith("ruamel"):
        return value
    if isinstance(value, Mapping):
        return {key: to_yaml_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        listed = CommentedSeq(  # a sign may mean something at the beginning (`?0`)
            DoubleQuotedScalarString(part) if type(part) is str and not part[:1].isalnum() else part
            for part in map(to_yaml_value, value)
        )
        if not any(isinstance(inner, Mapping) for inner in value):
            listed.fa.set_flow_style()
        return listed
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value.rstrip("\n") + "\n")
    return value


# ---------------------------------------------------------------- places


def _find_block(tree: YamlTree, loc: Loc, *, with_comments: bool = False) -> tuple[str, int, int]:
    """Return the indentation of a block, where it begins, and the end of its last line.

    `with_comments`: comments behind it that are indented deeper than it belong to it.
    """
    text = tree.positions.text
    holder, node = tree.find_node(loc[:-1]), tree.find_node(loc)
    if holder is None or node is None or holder.flow:
        raise LayoutError(tree.positions.file)
    in_list = isinstance(holder.value, list)
    at = node.at if in_list else holder.keys[str(loc[-1])]
    start = text.rfind("\n", 0, at) + 1
    start += text.startswith("\ufeff", start)
    head = (_ENTRY_START if in_list else _KEY_START).fullmatch(text, start, at)
    if head is None:
        raise LayoutError(tree.positions.file)
    end = _find_line_end(text, len(text[: node.end].rstrip()))
    if with_comments:
        inside = re.compile(rf"(?:[ \t]*\r?\n)*{head[1]} +#[^\n]*(?:\n|$)")
        while comment := inside.match(text, end):
            end = comment.end()
    return head[1], start, end


def _find_line_end(text: str, at: int) -> int:
    """Return the place behind the line break that ends the line of a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _get_value(plain: Any, loc: Loc) -> Any:
    for part in loc:
        plain = plain[part]
    return plain


def _set_value(plain: Any, loc: Loc, value: Any) -> None:
    holder = _get_value(plain, loc[:-1])
    if isinstance(holder, list) and loc[-1] == len(holder):
        holder.append(value)
    else:
        holder[loc[-1]] = value


# ---------------------------------------------------------------- text


def _splice_tree(tree: YamlTree, loc: Loc, start: int, end: int, lines: str) -> None:
    """Keep the tree of the text in which a block's lines are put between two places.

    Only the lines are parsed, since a whole file takes long. Where anchors or problems tie blocks
    together, the whole text is left to be parsed.
    """
    text, file = tree.positions.text, tree.positions.file
    try:
        part = parse_yaml(lines, file)
    except ConfigError:
        raise LayoutError(file) from None
    root, block = tree.root, part.root
    if tree.problems or tree.has_anchors or part.problems or part.has_anchors:
        return
    if root is None or block is None or len(text) + len(lines) > MAX_BYTES // 8:
        return  # a large file is parsed within its limits
    root = _move_node(root, end, len(lines) - (end - start))
    root = _put_block(root, loc, _move_node(block, 0, start))
    keep_tree(YamlTree(TextPositions(file, text[:start] + lines + text[end:]), root, ()))


def _put_block(holder: YamlNode, loc: Loc, block: YamlNode) -> YamlNode:
    """Return a node in which a block's values stand at a place."""
    value, keys, name = holder.value.copy(), holder.keys, loc[0]
    if len(loc) > 1:
        value[name] = _put_block(value[name], loc[1:], block)
    elif isinstance(name, int):
        value[name : name + 1] = block.value
    else:
        value |= block.value
        keys = keys | block.keys
    put = replace(holder, value=value, keys=keys)
    if not put.flow:  # what was put at the end makes it longer
        put.end = max(child.end for child in _list_children(put))
    return put


def _move_node(node: YamlNode, after: int, distance: int) -> YamlNode:
    """Return a node moved where it begins at a place or after it, and cut there where before."""
    if node.end <= after and node.at < after:
        return node
    is_before = node.at < after
    keys = {name: at + (0 if at < after else distance) for name, at in node.keys.items()}
    value = node.value
    if isinstance(value, dict):
        value = {name: _move_node(child, after, distance) for name, child in value.items()}
    elif isinstance(value, list):
        value = [_move_node(child, after, distance) for child in value]
    moved = replace(
        node,
        value=value,
        at=node.at + (0 if is_before else distance),
        end=min(node.end, after) if is_before else node.end + distance,
        keys=keys,
    )
    inner = _list_children(moved)
    if inner and not moved.flow:
        moved.end = max(child.end for child in inner)
    return moved


def _list_children(node: YamlNode) -> list[YamlNode]:
    if isinstance(node.value, dict):
        return list(node.value.values())
    return list(node.value) if isinstance(node.value, list) else []


def _verify_text(before: YamlTree, new: str, expected: Any) -> str:
    """Return the new text. Raises LayoutError where it does not hold what is expected."""
    file = before.positions.file
    try:
        after = parse_yaml(new, file)
    except ConfigError:
        raise LayoutError(file) from None
    if (after.plain_value or {}) != _to_plain(expected) or (
        len(after.problems) != len(before.problems)
    ):
        raise LayoutError(file)
    return new


def _to_plain(value: Any, strip: str = "") -> Any:
    """Return a value of dicts and lists, its texts without some letters at their ends."""
    if isinstance(value, Mapping):
        return {key: _to_plain(inner, strip) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(inner, strip) for inner in value]
    return value.rstrip(strip) if isinstance(value, str) else value


def _keep_lines(block: str, before: str, after: str) -> str:
    """Return the dump after a change, with the block's own lines where the dump did not change."""
    own, old, new = (text.split("\n") for text in (block, before, after))
    if len(own) != len(old):
        return after
    kept = []
    for what, i, end, j, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        kept += own[i:end] if what == "equal" else new[j:stop]
    return "\n".join(kept)


def _indent_lines(lines: str, indent: str) -> str:
    return re.sub(r"^(?=[^\n])", indent, lines, flags=re.MULTILINE)


def _use_newlines(lines: str, text: str) -> str:
    return lines.replace("\n", "\r\n") if "\r\n" in text else lines


class _TextTimeResolver(VersionedResolver):
    """Reads and writes times as the text they are, so that none is quoted or rewritten."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        return super().resolve(kind, "x", implicit) if str(tag).endswith("timestamp") else tag


def _make_yaml(like: str = "") -> YAML:
    yaml = YAML()
    yaml.Resolver = _TextTimeResolver
    yaml.preserve_quotes = True
    yaml.width = 100_000
    match = _LIST_OF_KEY.search(like)
    offset = len(match[2]) if match else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml
