"""Find what in a story's words speaks for or against its importance.

The signals are patterns in `signals.tsv`, published so that a reader can argue. Each is searched,
in lower case, in the title, and in title and summary together. What a signal is worth stands in
weights.json, measured by tools/train_rank.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from digest.months import MONTHS_OF_ANY_LANGUAGE

EFFECTIVE_DATE = "a day or month it takes effect"
_RULE = "a rule, a court or a regulator"
_END = "an end, a deprecation or a forced change"
_WORDS = re.compile(r"<[a-z ]+>")  # names no signal but the words that patterns refer to


@cache
def load_signals() -> Mapping[str, re.Pattern[str]]:
    """Return the patterns by the signals' names; the lines of one name are alternatives."""
    months = sorted(MONTHS_OF_ANY_LANGUAGE, key=lambda name: (-len(name), name))
    lines: dict[str, list[str]] = {"<month>": [re.escape(name) for name in months]}
    text = resources.files("digest.rank").joinpath("signals.tsv").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, pattern = line.partition("\t")
            lines.setdefault(name, []).append(pattern)
    words = {
        name: f"(?:{'|'.join(lines.pop(name))})" for name in tuple(lines) if _WORDS.fullmatch(name)
    }
    return {
        name: re.compile(_WORDS.sub(lambda found: words[found[0]], "|".join(patterns)), re.ASCII)
        for name, patterns in lines.items()
    }


# Two signals that mean more together.
COMBINED_SIGNALS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "a rule with the day it takes effect": frozenset({_RULE, EFFECTIVE_DATE}),
        "a forced change with the day it takes effect": frozenset({_END, EFFECTIVE_DATE}),
    }
)


def find_signals(title: str, text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the signals in a title, and those in title and summary together.

    Both texts must be in lower case, and `text` begins with the title.
    """
    patterns = load_signals()
    in_text = {name for name, pattern in patterns.items() if pattern.search(text)}
    in_title = {name for name in in_text if patterns[name].search(title)}  # no other can be
    return _add_combined(in_title), _add_combined(in_text)


def is_forced_change(text: str) -> bool:
    """Return whether a text in lower case names a change that is forced, and its day."""
    return all(load_signals()[name].search(text) for name in (_END, EFFECTIVE_DATE))


def _add_combined(found: set[str]) -> frozenset[str]:
    return frozenset(found | {name for name, parts in COMBINED_SIGNALS.items() if parts <= found})
