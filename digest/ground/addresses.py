"""Tell text that reports from text that speaks to its reader or to a machine (`addresses.toml`).

What a source reports is evidence. What it sells, demands or commands is none, whoever repeats it;
and behind words to a machine nothing is, for their writer means to be repeated.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

from digest.ground.script import fold

Kind = Literal["machine", "reader", "demand", "advice", "voice", "markup"]

_QUOTED = re.compile(r"\"[^\"]{2,400}\"|「[^」]{2,400}」")
_PAGE_MARK = re.compile(r"\s(?:#{1,6}|[⋅·•|])\s")  # between parts of a page that ran together


def find_address(text: str, language: str, kinds: Iterable[Kind]) -> str:
    """Return the words by which a text is of one of these kinds, folded, or nothing."""
    found = _search(fold(text).strip(), language, kinds)
    return found[0] if found else ""


def split_evidence(sentences: Iterable[str], language: str) -> tuple[list[str], list[str]]:
    """Return what is evidence in the sentences of a text, and what is none.

    A report may quote what is said to machines: that sentence is no evidence, those behind it are.
    """
    evidence: list[str] = []
    refused: list[str] = []
    commanded = False
    for sentence in sentences:
        if commanded:
            refused.append(sentence)
            continue
        head, command = _split_command(sentence, language)
        parts = [part.strip() for part in _PAGE_MARK.split(head) if part.strip()]
        spoken = [
            one for one in parts if find_address(one, language, ("machine", "demand", "reader"))
        ]
        refused += spoken
        evidence += [one for one in parts if one not in spoken] if spoken else parts and [head]
        if command:
            refused.append(command)
            commanded = True
    return evidence, refused


def _split_command(sentence: str, language: str) -> tuple[str, str]:
    """Return what stands before words to a machine, and these with all behind; quotes apart."""
    folded = fold(sentence)
    found = _search(_QUOTED.sub(lambda quote: " " * len(quote[0]), folded), language, ("machine",))
    if not found:
        return sentence, ""
    at = found.start() if len(folded) == len(sentence) else 0
    return sentence[:at], sentence[at:]


def _search(folded: str, language: str, kinds: Iterable[Kind]) -> re.Match[str] | None:
    for kind in kinds:
        patterns = _load_patterns()[kind]
        # Who commands machines may do so in any language.
        known = patterns if kind == "machine" else ("any", "en", language)
        for spoken in dict.fromkeys(known):
            found = patterns[spoken].search(folded) if spoken in patterns else None
            if found:
                return found
    return None


@cache
def _load_patterns() -> dict[str, dict[str, re.Pattern[str]]]:
    data = tomllib.loads(files("digest.ground").joinpath("addresses.toml").read_text("utf-8"))
    words = {
        "{group}": data.pop("group"),
        "{machine}": data.pop("machine_nouns"),
        "{output}": data.pop("output"),
        "{judge}": data.pop("judge"),
    }

    def compile_lines(language: str, lines: str) -> re.Pattern[str]:
        for mark, by_language in words.items():
            lines = lines.replace(mark, by_language.get(language, r"(?!)"))
        return re.compile("|".join(f"(?:{line})" for line in lines.strip().splitlines()))

    return {
        kind: {language: compile_lines(language, lines) for language, lines in table.items()}
        for kind, table in data.items()
    }
