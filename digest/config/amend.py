"""Puts decisions into the text of editions/QUARTER.yaml, and changes no other line of it. Pure.

A change names its place: group, entry, key. Only the lines of an entry that changes are read and written again, through
ruamel's round trip, so that comments and the order of keys stay, there and everywhere else. What the lines hold is
compared with what the whole file was read as, before and after; where the two differ the file is laid out in a way that
takes a person, and nothing is changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import LiteralScalarString

from digest.config.decisions import KEY_ORDER, entry_key
from digest.config.tree import YamlNode, parse_yaml
from digest.errors import ConfigError, DigestError

Place = tuple[
    str, str, str
]  # ("stories", address or id, key), ("letter", "", ""), ("sections", "", slug)
Value = Any  # text, number, true, a list of text; None: not there
Plain = dict[str, Any]

LISTS = ("stories", "added", "decisions")
_KEY = re.compile(r"\ufeff?([A-Za-z_][A-Za-z0-9_-]*)[ \t]*:")
_DASH = re.compile(r"( *)-(?: |\r?$)")
_IDENTITY = {"stories": ("url", "item", "title", "by", "at"), "added": (), "decisions": ()}
_LONG = 30  # characters of a list's item, beyond which each stands on a line of its own


def parse_plain_values(text: str, file: str) -> Plain:
    """The plain values of a text. Raises ConfigError where it is no YAML."""
    tree = parse_yaml(text.encode(errors="surrogatepass"), file)
    if tree.problems:
        raise ConfigError(tree.problems)
    return tree.plain_value if isinstance(tree.plain_value, dict) else {}


def collect_values(plain: Plain) -> dict[Place, Value]:
    """Every value and where it stands."""
    found: dict[Place, Value] = {}
    for group, value in plain.items():
        if group in LISTS:
            for entry in value or ():
                for name, inner in entry.items():
                    found[group, entry_key(entry), name] = _strip_newlines(inner)
        elif isinstance(value, dict):
            found |= {(group, "", name): _strip_newlines(inner) for name, inner in value.items()}
        else:
            found[group, "", ""] = _strip_newlines(value)
    return {place: value for place, value in found.items() if value not in (None, "", [], False)}


def apply_changes(
    text: str, plain: Plain, changes: Mapping[Place, Value], file: str = "the decisions"
) -> tuple[str, Plain]:
    """The text with the changes in it, and its plain values. `plain` is what `text` was read as.

    Raises DigestError where the text is laid out in a way that takes a person.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    page = _DecisionsText(
        [line.removesuffix("\n").removesuffix("\r") for line in text.split("\n")], file
    )
    plain = dict(plain)
    entries: dict[tuple[str, str], dict[str, Value]] = {}
    for (group, key, name), value in changes.items():
        entries.setdefault((group, key), {})[name] = value
    for (group, key), values in entries.items():
        if group in LISTS:
            plain[group] = page.change_entry(group, list(plain.get(group) or ()), key, values)
        else:
            plain[group] = page.change_value(group, plain.get(group), values)
    return newline.join(page.lines), {
        group: value for group, value in plain.items() if value not in (None, "", {})
    }


def _strip_newlines(value: Value) -> Value:
    return value.rstrip("\n") if isinstance(value, str) else value


class _DecisionsText:
    """The lines of a file that is being changed. The last one is what stands behind the last line break."""

    def __init__(self, lines: list[str], file: str) -> None:
        self.lines = lines
        self._file = file

    # ------------------------------------------------------------ an entry of a list

    def change_entry(
        self, group: str, held: list[Plain], key: str, values: Mapping[str, Value]
    ) -> list[Plain]:
        """Changes an entry; gives the list's new values."""
        start, end = self._find_block(group)
        spans = self._find_entries(start, end)
        if len(spans) != len(held):
            raise self._make_layout_error()
        number = next((n for n, entry in enumerate(held) if entry_key(entry) == key), None)
        if number is None:
            return self._append_entry(group, held, spans, values)
        first, last = spans[number]
        dash = _DASH.match(self.lines[first])
        assert dash
        indent = len(dash[1])
        last = first + self._count_own_lines([line[indent:] for line in self.lines[first:last]])
        loaded = self._load_lines(
            [line[indent:] for line in self.lines[first:last]], [held[number]]
        )
        entry = loaded[0]
        for name, value in values.items():
            _set_key(entry, name, value)
        if not any(name for name in entry if name not in _IDENTITY[group]) or not entry_key(entry):
            return self._remove_entry(group, held, number, spans)
        self.lines[first:last] = [
            " " * indent + line if line else line for line in _dump_lines(loaded)
        ]
        return [*held[:number], _to_plain(entry), *held[number + 1 :]]

    def _append_entry(
        self,
        group: str,
        held: list[Plain],
        spans: list[tuple[int, int]],
        values: Mapping[str, Value],
    ) -> list[Plain]:
        entry = CommentedMap()
        for name, value in values.items():
            _set_key(entry, name, value)
        if not entry_key(entry) or not any(name not in _IDENTITY[group] for name in entry):
            return held
        indent = 2
        if spans:
            at = spans[-1][1]
            dash = _DASH.match(self.lines[spans[0][0]])
            indent = len(dash[1]) if dash else 2
        else:
            at = self._open_list(group)
        self.lines[at:at] = [" " * indent + line if line else line for line in _dump_lines([entry])]
        return [*held, _to_plain(entry)]

    def _remove_entry(
        self, group: str, held: list[Plain], number: int, spans: list[tuple[int, int]]
    ) -> list[Plain]:
        first, last = spans[number]
        del self.lines[first:last]
        if len(held) == 1:
            at, _ = self._find_block(group)
            self.lines[at] = re.sub(r":[ \t]*", ": []", self.lines[at], count=1)
        return held[:number] + held[number + 1 :]

    def _open_list(self, group: str) -> int:
        """Where the first entry of a list may stand; the list's key is there then, with nothing behind it."""
        start, _ = self._find_block(group)
        if start < 0:
            self._append_lines(f"{group}:")
            return len(self.lines) - 1
        line = re.sub(r":[ \t]*\[[ \t]*\]", ":", self.lines[start], count=1)
        if not re.fullmatch(r"[^:]*:[ \t]*(#.*)?", line):
            raise self._make_layout_error()
        self.lines[start] = line
        return start + 1

    # ------------------------------------------------------------ a key of the file

    def change_value(self, group: str, held: Any, values: Mapping[str, Value]) -> Any:
        """Changes a key of the file or of one of its groups; gives its new value."""
        start, end = self._find_block(group)
        holder = CommentedMap()
        if start >= 0:
            end = self._find_content_end(start, end, 0)
            holder = self._load_lines(self.lines[start:end], {group: held})
        for name, value in values.items():
            if name:
                inner = holder.get(group) or CommentedMap()
                _set_key(inner, name, value)
                holder[group] = inner
            else:
                _set_key(holder, group, value)
        if not holder.get(group):
            if start >= 0:
                del self.lines[start:end]
            return None
        written = _dump_lines(holder)
        if start >= 0:
            self.lines[start:end] = written
        else:
            self._append_lines(*written)
        return _to_plain(holder[group])

    # ------------------------------------------------------------ lines

    def _find_block(self, group: str) -> tuple[int, int]:
        """The lines of a key of the file; -1 where it is not there."""
        keys = [(at, match[1]) for at, line in enumerate(self.lines) if (match := _KEY.match(line))]
        for n, (at, name) in enumerate(keys):
            if name == group:
                return at, keys[n + 1][0] if n + 1 < len(keys) else len(self.lines)
        return -1, -1

    def _find_entries(self, start: int, end: int) -> list[tuple[int, int]]:
        """The lines of each entry of a list, without what stands between it and the next."""
        indent = None
        starts = []
        for at in range(start + 1, end):
            match = _DASH.match(self.lines[at])
            if match and indent in (None, len(match[1])):
                indent = len(match[1])
                starts.append(at)
        ends = [*starts[1:], end][: len(starts)]
        return [
            (first, self._find_content_end(first, last, indent or 0))
            for first, last in zip(starts, ends, strict=True)
        ]

    def _find_content_end(self, start: int, end: int, indent: int) -> int:
        """After the last line that is neither empty nor a comment of the lines to come."""
        ours = re.compile(rf" {{{indent + 1},}}#")
        while end > start + 1:
            line = self.lines[end - 1]
            if line.strip() and (not line.lstrip().startswith("#") or ours.match(line)):
                break
            end -= 1
        return end

    def _append_lines(self, *written: str) -> None:
        """Puts lines at the end of the file."""
        while self.lines and not self.lines[-1].strip():
            self.lines.pop()
        self.lines += [*([""] if self.lines else []), *written, ""]

    def _count_own_lines(self, lines: list[str]) -> int:
        """How many of an entry's lines reach to the end of its last value. Comments behind belong to what comes."""
        text = "\n".join(lines) + "\n"
        try:
            root = parse_yaml(text.encode(errors="surrogatepass"), self._file).root
        except ConfigError:
            raise self._make_layout_error() from None
        return text[: _find_node_end(root)].rstrip().count("\n") + 1 if root else len(lines)

    def _load_lines(self, lines: list[str], expected: Any) -> Any:
        """The lines as ruamel's round trip reads them. Raises DigestError where they do not hold what is expected."""
        text = "\n".join(lines) + "\n"
        try:
            loaded = _make_yaml().load(text)
            same = _is_equal(
                parse_yaml(text.encode(errors="surrogatepass"), self._file).plain_value, expected
            )
        except (YAMLError, ConfigError, ValueError):
            same = False
        if not same:
            raise self._make_layout_error()
        return loaded

    def _make_layout_error(self) -> DigestError:
        return DigestError(
            f"{self._file} is laid out in a way that the page does not edit",
            "write each list with one `- url: …` a line and without & and *, or edit it by hand",
        )


def _find_node_end(node: YamlNode) -> int:
    """After the last character of a value."""
    inner = list(node.value.values()) if isinstance(node.value, dict) else node.value
    return (
        _find_node_end(inner[-1])
        if isinstance(inner, list) and inner and not node.flow
        else node.end
    )


def _is_equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _is_equal(value, other[name]) for name, value in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    return bool(_strip_newlines(one) == _strip_newlines(other))


def _set_key(holder: CommentedMap, name: str, value: Value) -> None:
    """Sets a key in its usual place, or takes it out."""
    if value in (None, "", [], (), False):
        holder.pop(name, None)
    elif name in holder:
        holder[name] = _to_yaml_value(value)
    else:
        place = KEY_ORDER.index(name) if name in KEY_ORDER else len(KEY_ORDER)
        later = (
            n for n, key in enumerate(holder) if key in KEY_ORDER and KEY_ORDER.index(key) > place
        )
        holder.insert(next(later, len(holder)), name, _to_yaml_value(value))


def _to_yaml_value(value: Value) -> Any:
    if isinstance(value, str):
        return LiteralScalarString(value.rstrip("\n") + "\n") if "\n" in value else value
    if isinstance(value, list | tuple):
        listed = CommentedSeq(value)
        if all(len(str(one)) <= _LONG for one in value):
            listed.fa.set_flow_style()
        return listed
    return value


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(inner) for inner in value]
    if isinstance(value, str):
        return str(value)
    return (
        value
        if value is None or isinstance(value, bool)
        else float(value)
        if isinstance(value, float)
        else int(value)
    )


class _TextTimeResolver(VersionedResolver):
    """Reads and writes times as the text they are, so that none is quoted or rewritten."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        return super().resolve(kind, "x", implicit) if str(tag).endswith("timestamp") else tag


def _make_yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _TextTimeResolver
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dump_lines(value: Any) -> list[str]:
    """The lines of a value; a list's dashes stand at the left edge."""
    out = io.StringIO()
    _make_yaml().dump(value, out)
    lines = out.getvalue().split("\n")[:-1]
    return [line[2:] for line in lines] if isinstance(value, list) else lines
