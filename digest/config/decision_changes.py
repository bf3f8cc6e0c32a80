"""Decisions put into the text of editions/QUARTER.yaml, place by place.

Pure.

A change names its place: group, entry, key. Only the lines of an entry that changes are written
again; see `digest.config.yaml_file` for what stays as it is and what is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from digest.config.decisions import KEY_ORDER, make_entry_key
from digest.config.tree import parse_yaml
from digest.config.yaml_file import (
    LayoutError,
    change_value,
    insert_value,
    remove_value,
    to_yaml_value,
)
from digest.errors import ConfigError, DigestError

# ("stories", address or id, key), ("letter", "", ""), ("sections", "", slug)
Place = tuple[str, str, str]
Value = Any  # text, number, true, a list of text; None: not there
Plain = dict[str, Any]

LISTS = ("stories", "added", "decisions", "accepted")
_IDENTITY = {
    "stories": ("url", "item", "title", "by", "at"),
    "added": (),
    "decisions": (),
    "accepted": ("task", "language", "of", "model", "by", "at"),
}
_LONG = 30  # characters of a list's item, beyond which each stands on a line of its own


def parse_plain_values(text: str, file: str) -> Plain:
    """Return the plain values of a text. Raises ConfigError where it cannot be read."""
    tree = parse_yaml(text, file)
    if tree.problems:
        raise ConfigError(tree.problems)
    return tree.root.plain_value if tree.root and isinstance(tree.root.value, dict) else {}


def collect_values(plain: Plain) -> dict[Place, Value]:
    """Return every value that decides something, by its place."""
    found: dict[Place, Value] = {}
    for group, value in plain.items():
        if group in LISTS:
            for entry in value or ():
                found |= {
                    (group, make_entry_key(entry), name): inner for name, inner in entry.items()
                }
        elif isinstance(value, dict):
            found |= {(group, "", name): inner for name, inner in value.items()}
        else:
            found[group, "", ""] = value
    return {
        place: value.rstrip("\n") if isinstance(value, str) else value
        for place, value in found.items()
        if not _is_empty(value)
    }


def apply_changes(
    text: str, changes: Mapping[Place, Value], file: str = "the decisions"
) -> tuple[str, Plain]:
    """Return the text with the changes in it, and its plain values.

    Raises DigestError where the text is laid out in a way that takes a person.
    """
    entries: dict[tuple[str, str], dict[str, Value]] = {}
    for (group, key, name), value in changes.items():
        entries.setdefault((group, key), {})[name] = value
    try:
        for (group, key), values in entries.items():
            change = _change_entry if group in LISTS else _change_group
            text = change(text, group, key, values, file)
    except LayoutError:
        raise DigestError(
            f"{file} is laid out in a way that the page does not edit",
            "write each list with one `- url: …` a line and without & and *, or edit it by hand",
        ) from None
    plain = parse_plain_values(text, file)
    return text, {group: value for group, value in plain.items() if value not in (None, "", {})}


def _change_entry(text: str, group: str, key: str, values: Mapping[str, Value], file: str) -> str:
    """Change an entry of a list.

    It is added where it is new, and removed where it decides nothing.
    """
    plain = parse_plain_values(text, file)
    entries = plain.get(group) or []
    at = next((n for n, entry in enumerate(entries) if make_entry_key(entry) == key), len(entries))
    is_new = at == len(entries)
    entry = _drop_empty({**({} if is_new else entries[at]), **values})
    if not make_entry_key(entry) or not any(name not in _IDENTITY[group] for name in entry):
        return text if is_new else remove_value(text, (group, at), file)
    if not is_new:
        return change_value(text, (group, at), lambda block: _set_keys(block[0], values), file)
    made = CommentedMap()
    _set_keys(made, values)
    text = text if group in plain else _end_with_blank_line(text)
    return insert_value(text, (group, at), made, file)


def _change_group(text: str, group: str, _key: str, values: Mapping[str, Value], file: str) -> str:
    """Change a key of the file (`letter`), or keys of one of its groups (`sections`)."""
    plain = parse_plain_values(text, file)
    held = {} if "" in values else plain.get(group) or {}
    if not _drop_empty({**held, **values}):
        return remove_value(text, (group,), file) if group in plain else text

    def change(block: Any) -> None:
        if "" in values:
            _set_keys(block, {group: values[""]})
            return
        block[group] = block.get(group) or CommentedMap()
        _set_keys(block[group], values)

    if group in plain:
        return change_value(text, (group,), change, file)
    made: dict[str, Any] = {}
    change(made)
    return insert_value(_end_with_blank_line(text), (group,), made[group], file)


def _set_keys(holder: Any, values: Mapping[str, Value]) -> None:
    """Set keys, each in its usual place, or take them out."""
    for name, value in values.items():
        if _is_empty(value):
            holder.pop(name, None)
        elif name in holder or not isinstance(holder, CommentedMap):
            holder[name] = _to_yaml_value(value)
        else:
            later = KEY_ORDER[KEY_ORDER.index(name) :] if name in KEY_ORDER else ()
            place = next((n for n, key in enumerate(holder) if key in later), len(holder))
            holder.insert(place, name, _to_yaml_value(value))


def _to_yaml_value(value: Value) -> Any:
    is_long = isinstance(value, list | tuple) and any(len(str(part)) > _LONG for part in value)
    return CommentedSeq(value) if is_long else to_yaml_value(value)


def _is_empty(value: Value) -> bool:
    return value in (None, "", [], (), False)


def _drop_empty(values: Mapping[str, Value]) -> Plain:
    return {name: value for name, value in values.items() if not _is_empty(value)}


def _end_with_blank_line(text: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    text = re.sub(r"(?:\r?\n[ \t]*)+\Z", "", text)
    return text + 2 * newline if text.strip("\ufeff") else text
