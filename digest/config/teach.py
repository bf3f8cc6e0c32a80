"""Adds lines to the text of vocabulary.yaml, and changes no other byte of it. Pure.

A line goes where a person would write it: an entry after the last of its list, a word behind the last of its category.
Every edit is read back, as in `digest.config.edit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from digest.config.edit import add_entry, make_layout_error, verify_edit
from digest.config.tree import YamlNode, YamlTree, parse_yaml
from digest.config.vocabulary import parse_vocabulary

Group = Literal["words", "vendors", "rules"]
GROUPS: tuple[Group, ...] = ("words", "vendors", "rules")


@dataclass(frozen=True, slots=True)
class VocabularyLine:
    """What is added: an entry of `vendors` or `rules`, or under `words` a category and its word (`{crm: ledger^4}`)."""

    group: Group
    entry: Mapping[str, Any]


def add_lines(text: str, lines: tuple[VocabularyLine, ...], file: str = "vocabulary.yaml") -> str:
    """The text with more lines. Raises ConfigError where text or result is no vocabulary, DigestError where it is laid
    out in a way that takes a person."""
    parse_vocabulary(text, file)
    for line in lines:
        if line.group == "words":
            for slug, word in line.entry.items():
                text = _add_word(text, slug, word, file)
        else:
            text = add_entry(text, line.group, line.entry, file)
    parse_vocabulary(text, file)
    return text


def _add_word(text: str, slug: str, word: str, file: str) -> str:
    tree = parse_yaml(text.encode(errors="surrogatepass"), file)
    held: dict[str, list[str] | None] = (tree.plain_value or {}).get("words") or {}
    if word in (held.get(slug) or ()):
        return text
    listed, words = tree.find_node(("words", slug)), tree.find_node(("words",))
    newline = "\r\n" if "\r\n" in text else "\n"
    if listed is not None and listed.value:
        new = _append_word(tree, listed, word, newline)
    elif listed is not None and words is not None:
        indent = " " * (_find_column(text, words.keys[slug]) + 2)
        new = _fill_empty(
            text, listed, f"[{_quote_word(word)}]", f"{indent}- {_quote_word(word)}", newline
        )
    elif words is not None and words.value:
        if words.flow:
            raise make_layout_error(file)
        at = _line_end(text, _find_node_end(words))
        indent = " " * _find_column(text, next(iter(words.keys.values())))
        new = _insert_line(text, at, f"{indent}{slug}: [{_quote_word(word)}]", newline)
    elif words is not None:
        line = f"  {slug}: [{_quote_word(word)}]"
        new = _fill_empty(text, words, newline + line, line, newline)
    else:
        new = _insert_line(
            text, len(text), f"words:{newline}  {slug}: [{_quote_word(word)}]", newline
        )
    return verify_edit(tree, new, "words", {**held, slug: [*(held.get(slug) or ()), word]})


def _append_word(tree: YamlTree, listed: YamlNode, word: str, newline: str) -> str:
    text = tree.positions.text
    last = listed.value[-1]
    if listed.flow:
        return f"{text[: last.end]}, {_quote_word(word)}{text[last.end :]}"
    dash = text.rfind("-", 0, last.at)
    return _insert_line(
        text,
        _line_end(text, last.end),
        f"{' ' * _find_column(text, dash)}- {_quote_word(word)}",
        newline,
    )


def _fill_empty(text: str, empty: YamlNode, value: str, line: str, newline: str) -> str:
    """The text with a value in the place of `[]` or `{}`, or with a line under a key that nothing follows."""
    if empty.end == empty.at:
        return _insert_line(text, _line_end(text, empty.at), line, newline)
    gap = "" if value[0] in "\r\n" else " "
    return text[: empty.at].rstrip(" ") + gap + value + text[empty.end :]


def _insert_line(text: str, at: int, line: str, newline: str) -> str:
    begins = text[:at] in ("", "\ufeff") or text[at - 1] == "\n"
    return f"{text[:at]}{'' if begins else newline}{line}{newline}{text[at:]}"


def _find_node_end(node: YamlNode) -> int:
    """After the last character of a value."""
    inner = list(node.value.values()) if isinstance(node.value, dict) else node.value
    return (
        _find_node_end(inner[-1])
        if isinstance(inner, list) and inner and not node.flow
        else node.end
    )


def _line_end(text: str, at: int) -> int:
    """After the line break that ends the line of a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _find_column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _quote_word(word: str) -> str:
    plain = word[:1].isalpha() and all(sign.isalnum() or sign in " ^*." for sign in word)
    return word if plain else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
