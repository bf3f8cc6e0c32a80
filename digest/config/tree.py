"""YAML text to plain values and where they stand.

Pure, bounded; nothing in the text is run or built.

ruamel.yaml's parser gives the events, and this module makes the tree of them. ruamel's own
constructor would stop at the first duplicate key, build what a tag names, and expand aliases before
they can be counted; and all limits must hold while the text is being read. Scalars are those of
YAML 1.2: `no` and `2026-09-30` stay text.

Reading goes on beside a tag, a duplicate key, a character that cannot stand in text and a second
document. Any other fault ends it.
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
    NodeEvent,
    ScalarEvent,
)

from digest.errors import ConfigError, Problem
from digest.text import clean_text, truncate_text

Loc = tuple[str | int, ...]  # a place in the document: ("sources", 3, "url")

MAX_BYTES = 2**20
MAX_DEPTH = 32
# Keys and values, an alias counted as what it names, and long text again for each 100 characters.
MAX_WEIGHT = 50_000
MAX_PROBLEMS = 100

_LINE_END = re.compile(r"\r\n|\r|\n")
_INDENTING_TAB = re.compile(r"^ *\t(?=[ \t]*[^\s#])", re.MULTILINE)
# What neither a file nor a value may hold: control characters, surrogate halves, non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BEYOND_UNICODE = re.compile(r"\\U(?!0010|000)[0-9a-fA-F]{8}")

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,4})?")

_TAB = "a tab stands where spaces must: indent with spaces"
_TAG = "tags (!…) are not accepted: write the plain value"
_KEY = "a key must be plain text"
# ruamel's complaints, in words that say what to do.
_SYNTAX = {
    r"found character '\\t'": _TAB,
    r"found character '(.)' that cannot start": r"text that begins with \1 must stand in quotes",
    r"mapping values are not allowed": (
        "a second ': ' on one line, or wrong indentation: quote text that holds ': '"
    ),
    r"expected ':'": "a ': ' is missing after a key, or a line is not indented enough",
    r"unexpected end of stream": "a quote is opened here and never closed",
    r"expected <block end>": "the indentation does not fit the lines above",
    r"expected ',' or|expected the node content|expected '\]'": (
        "a value, a ',' or a closing bracket is missing"
    ),
    r"sequence entries are not": "a list cannot begin here: put its '- ' on a line of its own",
    r"escape": r"an unknown escape in a double-quoted text: write \\\\ for a backslash",
    r"tag": _TAG,
    r"directive|incompatible YAML": "leave out the line that begins with %",
}


@dataclass(slots=True)
class YamlNode:
    """A value and its place: text, number, true, false, None, or a list or dict of nodes."""

    value: Any
    at: int
    end: int  # after its last character
    weight: int = 1
    height: int = 0
    keys: dict[str, int] = field(default_factory=dict)  # of a dict: where each key stands
    flow: bool = False  # of a list or dict: written in brackets

    @property
    def plain_value(self) -> Any:
        """The values alone."""
        if isinstance(self.value, dict):
            return {key: node.plain_value for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain_value for node in self.value]
        return self.value


class TextPositions:
    """Turns places in a file's text into problems that name line and column, both from 1."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        if text.startswith("\ufeff"):
            self._starts[0] = 1

    def find_line(self, at: int) -> int:
        """Return the line of a place, from 1."""
        return max(1, bisect_right(self._starts, at))

    def make_problem(self, at: int, loc: Iterable[str | int], what: str) -> Problem:
        """Return the problem that stands at a place."""
        line = self.find_line(at)
        col = max(0, at - self._starts[line - 1]) + 1
        return Problem(self.file, line, col, format_location(loc), what)


@dataclass(frozen=True)
class YamlTree:
    """A file that was read.

    `root` is None where it is empty; `problems` did not end the reading.
    """

    positions: TextPositions
    root: YamlNode | None
    problems: tuple[Problem, ...]
    has_anchors: bool = False

    @cached_property
    def plain_value(self) -> Any:
        """The values alone."""
        return self.root.plain_value if self.root else None

    def find_node(self, loc: Loc) -> YamlNode | None:
        """Return the value at a place, or None."""
        path, node, _ = self._walk_path(loc)
        return node if path == loc else None

    def resolve_path(self, loc: Loc) -> Loc:
        """Return `loc` without the parts that name nothing, such as pydantic's labels of unions."""
        return self._walk_path(loc)[0]

    def make_problem(self, loc: Loc, what: str, *, at_key: bool = False) -> Problem:
        """Return a problem with a value or its key; for a missing value, at what would hold it."""
        path, node, key = self._walk_path(loc)
        at = 0 if node is None else key if at_key and key is not None else node.at
        return self.positions.make_problem(at, loc if path == loc[:-1] else path, what)

    def _walk_path(self, loc: Loc) -> tuple[Loc, YamlNode | None, int | None]:
        path: list[str | int] = []
        node, key = self.root, None
        for part in loc:
            value = node.value if node else None
            if isinstance(value, dict) and part in value:
                assert node
                node, key = value[part], node.keys[str(part)]
            elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
                node, key = value[part], None
            else:
                continue
            path.append(part)
        return tuple(path), node, key


def format_location(loc: Iterable[str | int]) -> str:
    """Return a place in a document as people write it: `sources[3].url`."""
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{format_value(part)}" for part in loc
    ).removeprefix(".")


def format_value(value: object) -> str:
    """Return a value as it may stand in a message: one short line."""
    return truncate_text(clean_text(str(value)), 60)


def parse_yaml(data: bytes | str, file: str) -> YamlTree:
    """Parse a YAML file; `file` is its name in problems.

    Raises ConfigError where it cannot be read.
    """
    if isinstance(data, str):
        data = data.encode(errors="surrogatepass")
    if len(data) > MAX_BYTES:
        raise ConfigError((Problem(file, 0, 0, "", "the file is larger than 1 MiB"),))
    try:
        text = data.decode()  # a byte order mark stays: a place in the text is one in the file
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        what = "this is not UTF-8: save the file as UTF-8"
        problem = TextPositions(file, before).make_problem(len(before), (), what)
        raise ConfigError((problem,)) from None
    kept = _kept.get(text)
    if kept is not None:
        return kept if kept.positions.file == file else _rename_file(kept, file)
    reader = _TreeReader(TextPositions(file, text))
    root = reader.read_text()
    return keep_tree(YamlTree(reader.positions, root, tuple(reader.problems), bool(reader.anchors)))


_KEPT = 4
_kept: dict[
    str, YamlTree
] = {}  # by text, the last ones: reading takes long, and nobody changes a tree


def keep_tree(tree: YamlTree) -> YamlTree:
    """Keep what a text was read to, for whoever reads the same text next; return it."""
    for text in list(_kept)[: len(_kept) - _KEPT + 1]:
        _kept.pop(text, None)
    _kept[tree.positions.text] = tree
    return tree


def _rename_file(tree: YamlTree, file: str) -> YamlTree:
    problems = tuple(replace(problem, file=file) for problem in tree.problems)
    return YamlTree(TextPositions(file, tree.positions.text), tree.root, problems, tree.has_anchors)


def _parse_scalar(event: ScalarEvent, text: str) -> Any:
    if event.style:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


class _TreeReader:
    """Makes the tree of a parser's events, and collects the problems."""

    def __init__(self, positions: TextPositions) -> None:
        self.positions = positions
        self.problems: list[Problem] = []
        self._events = YAML(typ="safe", pure=True).parse(positions.text)
        self._last = 0  # the place of the last event
        self._behind = 0  # the end of the last event that has text
        self.anchors: dict[str, YamlNode | None] = {}  # None while what it names is being read
        self._weight = 0

    def read_text(self) -> YamlNode | None:
        """Return the root. Raises ConfigError for a fault that ends the reading."""
        text = self.positions.text
        if bad := _FORBIDDEN.search(text):
            what = (
                f"a character that text cannot hold (U+{ord(bad[0]):04X}) stands here: take it out"
            )
            self._raise_problem(bad.start(), (), what)
        try:
            return self._read_document()
        except MarkedYAMLError as error:
            complaint = str(error.problem or error.context or "")
            starts = re.search("end of stream|expected ':'", complaint)  # where the fault begins
            mark = (error.context_mark if starts else None) or error.problem_mark
            mark = mark or error.context_mark
            self._raise_syntax_problem(complaint, mark.index if mark else 0)
        except (YAMLError, ValueError, OverflowError):
            # an escape beyond Unicode ends in chr()'s own error, which has no place
            beyond = _BEYOND_UNICODE.search(text, self._last)
            self._raise_syntax_problem(
                "escape" if beyond else "", beyond.start() if beyond else self._last
            )

    def _read_document(self) -> YamlNode | None:
        root, documents = None, 0
        for event in self._events:
            if isinstance(event, NodeEvent):
                root = self._read_node(event, (), 0)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    what = "a second document begins here: a file holds one, take out the line ---"
                    self._add_problem(self._locate(event)[0], (), what)
                    break
        return root

    def _add_problem(self, at: int, loc: Loc, what: str) -> None:
        self.problems.append(self.positions.make_problem(at, loc, what))
        if len(self.problems) >= MAX_PROBLEMS:
            self._raise_problem(at, loc, f"{MAX_PROBLEMS} faults so far; reading ends here")

    def _raise_problem(self, at: int, loc: Loc, what: str) -> NoReturn:
        """Raise ConfigError with this problem and all before."""
        problem = self.positions.make_problem(at, loc, what)
        raise ConfigError(tuple(sorted([*self.problems, problem]))) from None

    def _raise_syntax_problem(self, complaint: str, at: int) -> NoReturn:
        """Raise ConfigError for the parser's complaint."""
        what = f"this is no YAML: {format_value(complaint)}"
        for pattern, words in _SYNTAX.items():
            if match := re.search(pattern, complaint):
                what = match.expand(words)
                break
        if what == _TAB:
            for tab in _INDENTING_TAB.finditer(self.positions.text, at + 1):
                self._add_problem(tab.end() - 1, (), _TAB)
        self._raise_problem(at, (), what)

    def _locate(self, event: Event) -> tuple[int, int]:
        """Return where an event begins and ends, and keep it as the last one."""
        at, end = event.start_mark.index, event.end_mark.index
        if end > at:
            self._behind = end
        elif isinstance(event, ScalarEvent):
            # what is left empty stands behind its key; the parser has it at the next text
            at = end = self._behind
        self._last = at
        return at, end

    def _read_node(self, event: Any, loc: Loc, depth: int) -> YamlNode:
        """Return the value at `loc` that begins with an event, inside `depth` lists and dicts."""
        at, end = self._locate(event)
        if isinstance(event, AliasEvent):
            node = self._resolve_alias(str(event.anchor), at, loc)
            self._check_limits(at, loc, node.weight, depth + node.height)
            return replace(node, at=at, end=end)
        if event.tag is not None:
            self._add_problem(at, loc, _TAG)
        if isinstance(event, CollectionStartEvent):
            node = self._read_collection(event, at, loc, depth + 1)
        else:
            text = self._clean_scalar(event, at, loc)
            value = text if text != event.value else _parse_scalar(event, text)
            node = YamlNode(value, at, end, 1 + len(text) // 100)
            self._check_limits(at, loc, node.weight, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _resolve_alias(self, name: str, at: int, loc: Loc) -> YamlNode:
        node = self.anchors.get(name)
        if node is None:
            what = "stands inside of what it names" if name in self.anchors else "names nothing"
            self._raise_problem(at, loc, f"*{format_value(name)} {what}")
        return node

    def _read_collection(
        self, event: CollectionStartEvent, at: int, loc: Loc, depth: int
    ) -> YamlNode:
        node = YamlNode({} if isinstance(event, MappingStartEvent) else [], at, at)
        node.flow = bool(event.flow_style)
        if event.anchor:
            self.anchors[event.anchor] = None
        self._check_limits(at, loc, 1, depth)
        for inner in self._events:
            if isinstance(inner, CollectionEndEvent):
                end = self._locate(inner)[1]
                node.end = end if node.flow else node.end
                break
            if isinstance(node.value, list):
                child = self._read_node(inner, (*loc, len(node.value)), depth)
                node.value.append(child)
            else:
                child = self._read_pair(inner, node, loc, depth)
                node.weight += 1
            node.weight += child.weight
            node.height = max(node.height, child.height + 1)
            node.end = max(node.end, child.end)
        return node

    def _read_pair(self, event: Any, holder: YamlNode, loc: Loc, depth: int) -> YamlNode:
        """Put a key and its value into a dict, where the key is new; return the value."""
        at, _ = self._locate(event)
        if isinstance(event, AliasEvent):
            self._resolve_alias(str(event.anchor), at, loc)
            self._raise_problem(at, loc, _KEY)
        if event.tag is not None:
            self._add_problem(at, loc, _TAG)
        if isinstance(event, CollectionStartEvent):
            what = f"{_KEY}, not a list or a group; quote text that begins with [ or {{"
            self._raise_problem(at, loc, what)
        key = self._clean_scalar(event, at, loc)
        self._check_limits(at, loc, 1, depth)
        loc = (*loc, key)
        if key == "<<":
            self._add_problem(at, loc, "merging (<<) is not understood: write the keys out")
        elif key in holder.keys:
            line = self.positions.find_line(holder.keys[key])
            what = f"{format_value(key)!r} stands twice, first on line {line}: keep one"
            self._add_problem(at, loc, what)
        value = self._read_node(next(self._events), loc, depth)
        if key != "<<" and key not in holder.keys:
            holder.value[key], holder.keys[key] = value, at
        return value

    def _clean_scalar(self, event: ScalarEvent, at: int, loc: Loc) -> str:
        """Return the text of a scalar without the characters that cannot stand in text."""
        if bad := _FORBIDDEN.search(event.value):
            what = f"holds a character that text cannot hold (U+{ord(bad[0]):04X})"
            self._add_problem(at, loc, what)
        return _FORBIDDEN.sub("", event.value)

    def _check_limits(self, at: int, loc: Loc, weight: int, depth: int) -> None:
        self._weight += weight
        if self._weight > MAX_WEIGHT:
            what = f"the file holds more than {MAX_WEIGHT:,} keys and values, "
            self._raise_problem(at, loc, what + "aliases counted as what they name")
        if depth > MAX_DEPTH:
            self._raise_problem(at, loc, f"nested more than {MAX_DEPTH} deep")
