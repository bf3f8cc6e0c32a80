"""Changes to the sources in the text of sources.yaml; its comments and its order stay. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from digest.config.tree import Loc, format_value, parse_yaml
from digest.config.validate import find_values, suggest_similar
from digest.config.yaml_file import change_value, insert_keys, insert_value, remove_value
from digest.errors import UsageError
from digest.text import clean_text, slugify

_FILE = "sources.yaml"


def add_source(text: str, source: Mapping[str, Any]) -> str:
    """Return the text of sources.yaml with one more source, behind the last one and indented alike.

    `source` has the keys of the file (name, url, tier, tags, newsletter …); what is None is left
    out. Whether the values are right is for `parse_sources` to say of the result. Raises
    ConfigError where the text cannot be read, DigestError where it is laid out in a way that takes
    a person.
    """
    plain = parse_yaml(text, _FILE).plain_value
    count = sum(1 for _ in find_values(plain, "sources", "*"))
    entry = {key: value for key, value in source.items() if value is not None}
    return insert_value(text, ("sources", count), entry, _FILE)


def remove_source(text: str, name: str) -> str:
    """Return the text of sources.yaml without the source of that name or slug, and its comments.

    Raises UsageError where there is no such source, ConfigError where the text cannot be read,
    DigestError where it is laid out in a way that takes a person.
    """
    return remove_value(text, _find_source(_list_source_names(text), name), _FILE)


def change_sources(text: str, names: Iterable[str], keys: Mapping[str, Any]) -> str:
    """Return the text of sources.yaml with these keys of the named sources set; None takes one out.

    Raises as `remove_source` does.
    """
    places = _list_source_names(text)
    found = [_find_source(places, name) for name in names]
    for key, value in keys.items():
        missing = [loc for loc in found if value is not None and _can_take(text, loc, key)]
        text = insert_keys(text, missing, key, value, _FILE)
        for loc in found:
            if loc not in missing:
                text = _set_key(text, (*loc, key), value)
    return text


def _can_take(text: str, loc: Loc, key: str) -> bool:
    """Return whether a key is to be put into a block that does not have it."""
    holder = parse_yaml(text, _FILE).find_node(loc)
    return holder is not None and not holder.flow and key not in holder.keys


def _set_key(text: str, loc: Loc, value: Any) -> str:
    key, holder = str(loc[-1]), parse_yaml(text, _FILE).find_node(loc[:-1])
    if holder is not None and holder.flow:
        return _set_key_in_braces(text, loc, value)
    if holder is None or key not in holder.keys:
        return text if value is None else insert_value(text, loc, value, _FILE)
    if value is None:
        return remove_value(text, loc, _FILE)
    if isinstance(value, list | tuple):  # a list is written again, in brackets
        return insert_value(remove_value(text, loc, _FILE), loc, value, _FILE)

    def set_value(block: Any) -> None:
        block[key] = value

    return change_value(text, loc, set_value, _FILE)


def _set_key_in_braces(text: str, loc: Loc, value: Any) -> str:
    """Return the text with a key of an entry that is written as `- {name: …}`."""

    def change(block: Any) -> None:
        if value is None:
            block[0].pop(loc[-1], None)
        else:
            block[0][loc[-1]] = value

    return change_value(text, loc[:-1], change, _FILE)


def _list_source_names(text: str) -> dict[Loc, str]:
    """Return the place of each source, and its name."""
    plain = parse_yaml(text, _FILE).plain_value
    return {
        loc[:-1]: clean_text(found)
        for loc, found in find_values(plain, "sources", "*", "name")
        if isinstance(found, str)
    }


def _find_source(places: Mapping[Loc, str], name: str) -> Loc:
    """Return the place of the source of that name or slug. Raises UsageError."""
    for loc, found in places.items():
        if clean_text(name) in (found, slugify(found)):
            return loc
    near = suggest_similar(name, places.values())
    raise UsageError(f"{_FILE} has no source {format_value(name)!r}{near}")
