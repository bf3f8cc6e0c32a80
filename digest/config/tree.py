"""YAML text to plain values and where they stand. Pure, bounded, and nothing in the text is ever run or built.

ruamel.yaml's parser gives the events and this module makes the tree of them. ruamel's own constructor would stop at the
first duplicate key, build what a tag names, and expand aliases before they can be counted; and all of the limits must
hold while the text is being read. Scalars are those of YAML 1.2: `no` and `2026-09-30` stay text.

Reading goes on beside a tag, a duplicate key, a character that cannot stand in text and a second document. Any other
fault ends it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from digest.errors import ConfigError, Problem
from digest.text import clean_text, truncate_text

Loc = tuple[str | int, ...]  # a place in the document: ("sources", 3, "url")

MAX_BYTES = 2**20
MAX_DEPTH = 32
MAX_WEIGHT = 50_000  # keys and values, an alias counted as what it names, and long text again for each 100 characters
MAX_PROBLEMS = 100  # problems

_LINE_END = re.compile(r"\r\n|\r|\n")
_INDENTING_TAB = re.compile(r"^ *\t(?=[ \t]*[^\s#])", re.MULTILINE)
# What neither a file nor a value may hold: control characters, halves of surrogate pairs, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_BEYOND_UNICODE = re.compile(r"\\U(?!0010|000)[0-9a-fA-F]{8}")

_WORDS: dict[str, bool | None] = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,4})?")

_TAB = "a tab stands where spaces must: indent with spaces"
_TAG = "tags (!…) are not accepted: write the plain value"
# ruamel's complaints, in words that say what to do.
_SYNTAX = (
    (r"found character '\\t'", _TAB),
    (r"found character '(.)' that cannot start", r"text that begins with \1 must stand in quotes"),
    (
        r"mapping values are not allowed",
        "a second ': ' on one line, or wrong indentation: quote text that holds ': '",
    ),
    (r"expected ':'", "a ': ' is missing after a key, or a line is not indented enough"),
    (r"unexpected end of stream", "a quote is opened here and never closed"),
    (r"expected <block end>", "the indentation does not fit the lines above"),
    (
        r"expected ',' or|expected the node content|expected '\]'",
        "a value, a ',' or a closing bracket is missing",
    ),
    (
        r"sequence entries are not allowed",
        "a list cannot begin here: put its '- ' on a line of its own",
    ),
    (r"escape", r"an unknown escape in a double-quoted text: write \\\\ for a backslash"),
    (r"tag", _TAG),
    (r"directive|incompatible YAML", "leave out the line that begins with %"),
)


@dataclass(slots=True)
class YamlNode:
    """A value: text, a number, true, false, None, or a list or dict of nodes; and its place in the text."""

    value: Any
    at: int
    end: int  # after its last character
    weight: int = 1
    height: int = 0
    keys: dict[str, int] = field(default_factory=dict)  # of a dict: where each key stands
    flow: bool = False  # of a list or dict: written in brackets


class TextPositions:
    """Turns places in a file's text into problems that name line and column, both from 1."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        if text.startswith("\ufeff"):
            self._starts[0] = 1

    def find_line(self, at: int) -> int:
        """The line of a place, from 1."""
        return max(1, bisect_right(self._starts, at))

    def make_problem(self, at: int, loc: Iterable[str | int], what: str) -> Problem:
        """The problem that stands at a place."""
        line = self.find_line(at)
        return Problem(
            self.file, line, max(0, at - self._starts[line - 1]) + 1, format_location(loc), what
        )


@dataclass(frozen=True)
class YamlTree:
    """A file that was read. `root` is None where it is empty; `problems` are the faults that reading went on beside."""

    positions: TextPositions
    root: YamlNode | None
    problems: tuple[Problem, ...]

    @cached_property
    def plain_value(self) -> Any:
        """The values alone."""
        return _to_plain(self.root) if self.root else None

    def find_node(self, loc: Loc) -> YamlNode | None:
        """The value at a place, or None."""
        path, node, _ = self._walk_path(loc)
        return node if path == loc else None

    def resolve_path(self, loc: Loc) -> Loc:
        """`loc` without the parts that name nothing in the file, such as pydantic's labels for the arms of a union."""
        return self._walk_path(loc)[0]

    def make_problem(self, loc: Loc, what: str, *, at_key: bool = False) -> Problem:
        """A problem with a value, or with its key. A value that does not exist is told at what would hold it."""
        path, node, key = self._walk_path(loc)
        at = 0 if node is None else key if at_key and key is not None else node.at
        return self.positions.make_problem(at, loc if path == loc[:-1] else path, what)

    def _walk_path(self, loc: Loc) -> tuple[Loc, YamlNode | None, int | None]:
        path: list[str | int] = []
        node, key = self.root, None
        for part in loc:
            if node is None:
                break
            if isinstance(node.value, dict) and part in node.value:
                node, key = node.value[part], node.keys[str(part)]
            elif (
                isinstance(node.value, list)
                and isinstance(part, int)
                and 0 <= part < len(node.value)
            ):
                node, key = node.value[part], None
            else:
                continue
            path.append(part)
        return tuple(path), node, key


def format_location(loc: Iterable[str | int]) -> str:
    """A place in a document as people write it: `sources[3].url`."""
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{format_value(part)}" for part in loc
    ).removeprefix(".")


def format_value(value: object) -> str:
    """A value as it may stand in a message: one short line."""
    return truncate_text(clean_text(str(value)), 60)


def parse_yaml(data: bytes, file: str) -> YamlTree:
    """The tree of a YAML file; `file` is its name in problems. Raises ConfigError where it cannot be read."""
    places = TextPositions(file, _decode_utf8(data, file))
    builder = _TreeBuilder(places)
    bad = _FORBIDDEN.search(places.text)
    if bad:
        builder.raise_problem(
            bad.start(),
            f"a character that text cannot hold (U+{ord(bad[0]):04X}) stands here: take it out",
        )
    try:
        for event in YAML(typ="safe", pure=True).parse(places.text):
            builder.handle_event(event)
    except MarkedYAMLError as error:
        complaint = str(error.problem or error.context or "")
        began = error.context_mark if re.search("end of stream|expected ':'", complaint) else None
        mark = began or error.problem_mark or error.context_mark
        builder.raise_syntax_problem(complaint, mark.index if mark else 0)
    except _SecondDocumentError:
        pass
    except (YAMLError, ValueError, OverflowError):
        # an escape beyond Unicode ends in chr()'s own error, which has no place
        beyond = _BEYOND_UNICODE.search(places.text, builder.last)
        builder.raise_syntax_problem(
            "escape" if beyond else "", beyond.start() if beyond else builder.last
        )
    return YamlTree(places, builder.root, tuple(builder.told))


def _to_plain(node: YamlNode) -> Any:
    if isinstance(node.value, dict):
        return {key: _to_plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_to_plain(value) for value in node.value]
    return node.value


def _decode_utf8(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise ConfigError((Problem(file, 0, 0, "", "the file is larger than 1 MiB"),))
    try:
        return (
            data.decode()
        )  # a byte order mark stays, so that a place in the text is a place in the file
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        what = "this is not UTF-8: save the file as UTF-8"
        raise ConfigError(
            (TextPositions(file, before).make_problem(len(before), (), what),)
        ) from None


def _parse_scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if event.style:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


class _SecondDocumentError(Exception):
    """Nothing more is to be read."""


@dataclass(slots=True)
class _OpenCollection:
    """A list or dict that is being read."""

    node: YamlNode
    anchor: str | None
    key: str | None = None  # of a dict: the key whose value comes next
    key_at: int = 0

    @property
    def expects_key(self) -> bool:
        return self.key is None and isinstance(self.node.value, dict)


class _TreeBuilder:
    """Makes the tree of a parser's events, and holds the faults."""

    def __init__(self, places: TextPositions) -> None:
        self.root: YamlNode | None = None
        self.told: list[Problem] = []
        self.last = 0  # the place of the last event
        self._behind = 0  # the end of the last event that has text
        self._places = places
        self._open: list[_OpenCollection] = []
        self._anchors: dict[str, YamlNode | None] = {}  # None while what it names is being read
        self._weight = 0
        self._documents = 0

    def add_problem(self, at: int, what: str) -> None:
        """Notes a fault; raises ConfigError where there are too many."""
        self.told.append(self._places.make_problem(at, self._current_loc, what))
        if len(self.told) >= MAX_PROBLEMS:
            self.raise_problem(at, f"{MAX_PROBLEMS} faults so far; reading ends here")

    def raise_problem(self, at: int, what: str) -> NoReturn:
        """Raises ConfigError with this fault and all before."""
        raise ConfigError(
            tuple(sorted([*self.told, self._places.make_problem(at, self._current_loc, what)]))
        )

    def raise_syntax_problem(self, complaint: str, at: int) -> NoReturn:
        """Raises ConfigError for the parser's complaint."""
        self._open.clear()  # where the parser stopped is seldom where the fault is
        what = f"this is no YAML: {format_value(complaint)}"
        for pattern, words in _SYNTAX:
            match = re.search(pattern, complaint)
            if match:
                what = match.expand(words)
                break
        if what == _TAB:
            for tab in _INDENTING_TAB.finditer(self._places.text, at + 1):
                self.add_problem(tab.end() - 1, _TAB)
        self.raise_problem(at, what)

    def handle_event(self, event: Event) -> None:
        """Adds an event to the tree."""
        at, end = event.start_mark.index, event.end_mark.index
        if end > at:
            self._behind = end
        elif isinstance(event, ScalarEvent):
            at = end = (
                self._behind
            )  # what is left empty stands behind its key; the parser has it at the next text
        self.last = at
        if isinstance(event, ScalarEvent):
            self._add_scalar(event, at, end)
        elif isinstance(event, AliasEvent):
            self._add_alias(str(event.anchor), at, end)
        elif isinstance(event, CollectionStartEvent):
            self._start_collection(event, at)
        elif isinstance(event, CollectionEndEvent):
            self._end_collection(end)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self.add_problem(
                    at, "a second document begins here: a file holds one, take out the line ---"
                )
                raise _SecondDocumentError

    @property
    def _current_loc(self) -> Loc:
        parts = (
            (one.key if isinstance(one.node.value, dict) else len(one.node.value))
            for one in self._open
        )
        return tuple(part for part in parts if part is not None)

    def _add_scalar(self, event: ScalarEvent, at: int, end: int) -> None:
        self._reject_tag(event, at)
        bad = _FORBIDDEN.search(event.value)
        if bad:
            self.add_problem(at, f"holds a character that text cannot hold (U+{ord(bad[0]):04X})")
        text = _FORBIDDEN.sub("", event.value)
        if self._open and self._open[-1].expects_key:
            self._add_key(text, at)
            return
        node = YamlNode(text if bad else _parse_scalar(event), at, end, 1 + len(text) // 100)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._attach_node(node)

    def _add_key(self, key: str, at: int) -> None:
        self._check_limits(at, 1, len(self._open))
        holder = self._open[-1]
        holder.node.weight += 1
        holder.key, holder.key_at = key, at
        if key == "<<":
            self.add_problem(at, "merging (<<) is not understood: write the keys out")
        elif key in holder.node.keys:
            line = self._places.find_line(holder.node.keys[key])
            self.add_problem(
                at, f"{format_value(key)!r} stands twice, first on line {line}: keep one"
            )

    def _add_alias(self, name: str, at: int, end: int) -> None:
        node = self._anchors.get(name)
        if node is None:
            what = "stands inside of what it names" if name in self._anchors else "names nothing"
            self.raise_problem(at, f"*{format_value(name)} {what}")
        if self._open and self._open[-1].expects_key:
            self.raise_problem(at, "a key must be plain text")
        self._attach_node(replace(node, at=at, end=end))

    def _start_collection(self, event: CollectionStartEvent, at: int) -> None:
        self._reject_tag(event, at)
        if self._open and self._open[-1].expects_key:
            self.raise_problem(
                at,
                "a key must be plain text, not a list or a group; quote text that begins with [ or {",
            )
        value: Any = {} if isinstance(event, MappingStartEvent) else []
        node = YamlNode(value, at, at, flow=bool(event.flow_style))
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_OpenCollection(node, event.anchor))
        self._check_limits(at, 1, len(self._open))

    def _end_collection(self, end: int) -> None:
        done = self._open.pop()
        if done.node.flow:
            done.node.end = end
        if done.anchor:
            self._anchors[done.anchor] = done.node
        self._attach_node(done.node, counted=True)

    def _attach_node(self, node: YamlNode, *, counted: bool = False) -> None:
        if not counted:
            self._check_limits(self.last, node.weight, len(self._open) + node.height)
        if not self._open:
            self.root = node
            return
        holder = self._open[-1]
        holder.node.weight += node.weight
        holder.node.height = max(holder.node.height, node.height + 1)
        holder.node.end = max(holder.node.end, node.end)
        if holder.key is None:
            holder.node.value.append(node)
            return
        if holder.key not in holder.node.keys and holder.key != "<<":
            holder.node.value[holder.key] = node
            holder.node.keys[holder.key] = holder.key_at
        holder.key = None

    def _check_limits(self, at: int, weight: int, depth: int) -> None:
        self._weight += weight
        if self._weight > MAX_WEIGHT:
            self.raise_problem(
                at,
                f"the file holds more than {MAX_WEIGHT:,} keys and values, aliases counted as what they name",
            )
        if depth > MAX_DEPTH:
            self.raise_problem(at, f"nested more than {MAX_DEPTH} deep")

    def _reject_tag(self, event: Any, at: int) -> None:
        if event.tag is not None:
            self.add_problem(at, _TAG)
