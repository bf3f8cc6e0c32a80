"""Adds lines to the text of vocabulary.yaml, and changes no other byte of it. Pure.

A line goes where a person would write it: an entry after the last of its list, a word behind the last of its category.
Every edit is read back, as in `digest.config.edit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from digest.config.edit import add_entry, by_hand, checked
from digest.config.tree import Node, Tree, read
from digest.config.vocabulary import parse_vocabulary

Group = Literal["words", "vendors", "rules"]
GROUPS: tuple[Group, ...] = ("words", "vendors", "rules")


@dataclass(frozen=True, slots=True)
class Line:
    """What is added: an entry of `vendors` or `rules`, or under `words` a category and its word (`{crm: ledger^4}`)."""

    group: Group
    entry: Mapping[str, Any]


def teach(text: str, lines: tuple[Line, ...], file: str = "vocabulary.yaml") -> str:
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
    tree = read(text.encode(errors="surrogatepass"), file)
    held: dict[str, list[str] | None] = (tree.plain or {}).get("words") or {}
    if word in (held.get(slug) or ()):
        return text
    listed, words = tree.node(("words", slug)), tree.node(("words",))
    newline = "\r\n" if "\r\n" in text else "\n"
    if listed is not None and listed.value:
        new = _behind_last(tree, listed, word, newline)
    elif listed is not None and words is not None:
        indent = " " * (_column(text, words.keys[slug]) + 2)
        new = _filled(text, listed, f"[{_quoted(word)}]", f"{indent}- {_quoted(word)}", newline)
    elif words is not None and words.value:
        if words.flow:
            raise by_hand(file)
        at = _line_end(text, _end(words))
        indent = " " * _column(text, next(iter(words.keys.values())))
        new = _with_line(text, at, f"{indent}{slug}: [{_quoted(word)}]", newline)
    elif words is not None:
        line = f"  {slug}: [{_quoted(word)}]"
        new = _filled(text, words, newline + line, line, newline)
    else:
        new = _with_line(text, len(text), f"words:{newline}  {slug}: [{_quoted(word)}]", newline)
    return checked(tree, new, "words", {**held, slug: [*(held.get(slug) or ()), word]})


def _behind_last(tree: Tree, listed: Node, word: str, newline: str) -> str:
    text = tree.places.text
    last = listed.value[-1]
    if listed.flow:
        return f"{text[: last.end]}, {_quoted(word)}{text[last.end :]}"
    dash = text.rfind("-", 0, last.at)
    return _with_line(text, _line_end(text, last.end), f"{' ' * _column(text, dash)}- {_quoted(word)}", newline)


def _filled(text: str, empty: Node, value: str, line: str, newline: str) -> str:
    """The text with a value in the place of `[]` or `{}`, or with a line under a key that nothing follows."""
    if empty.end == empty.at:
        return _with_line(text, _line_end(text, empty.at), line, newline)
    gap = "" if value[0] in "\r\n" else " "
    return text[: empty.at].rstrip(" ") + gap + value + text[empty.end :]


def _with_line(text: str, at: int, line: str, newline: str) -> str:
    begins = text[:at] in ("", "\ufeff") or text[at - 1] == "\n"
    return f"{text[:at]}{'' if begins else newline}{line}{newline}{text[at:]}"


def _end(node: Node) -> int:
    """After the last character of a value."""
    inner = list(node.value.values()) if isinstance(node.value, dict) else node.value
    return _end(inner[-1]) if isinstance(inner, list) and inner and not node.flow else node.end


def _line_end(text: str, at: int) -> int:
    """After the line break that ends the line of a place."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _quoted(word: str) -> str:
    plain = word[:1].isalpha() and all(sign.isalnum() or sign in " ^*." for sign in word)
    return word if plain else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
