"""Regular expressions: of a list of words, and those that a team writes. Pure.

A team's are refused where they could take long, else bounded.

A search tries, at each character of a text, the ways in which a pattern can match. The ways are
counted beforehand: those of parts in a row multiply, those of alternatives add up, and a repeated
character has as many as it may be repeated. `*`, `+` and `{2,}` reach `MAX_REPEAT` characters, so
that each of them has few ways. Why this and not google-re2: docs/decisions/031-team-patterns.md.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator

IGNORED_FLAG = "(?i)"  # at a pattern's start it says what holds anyway
MAX_REPEAT = 60  # characters that * and + repeat at most
_MOST_CHARS = 200
_MAX_WAYS = 24_000  # two repeats without an end, and six alternatives
_TOO_LONG = (
    "the pattern could take very long: repeat no group, use * or + (they reach "
    f"{MAX_REPEAT} signs) at most twice, and few alternatives beside them"
)
_TOKEN = re.compile(
    r"(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<back>\(\?P=|\(\?\()"
    r"|(?P<flags>\(\?[aiLmsux-]+[:)])"
    r"|(?P<comment>\(\?#[^)]*\))"
    r"|(?P<open>\((?:\?(?:[:=!>]|<[=!]|P<\w+>))?)"
    r"|(?P<close>\))"
    r"|(?P<either>\|)"
    r"|(?P<repeat>(?:(?P<sign>[*+?])|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})"
    r"(?P<manner>[?+]?))"
    r"|(?P<sign_itself>.)",
    re.DOTALL,
)


def join_alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest that stands there."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern that `find_faults` finds nothing against, ready to search folded text.

    Capitals never count.
    """
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        return re.compile(_TOKEN.sub(_limit_repeat, pattern), re.IGNORECASE)


def find_faults(pattern: str) -> Iterator[str]:
    """Yield what is wrong with a pattern, in words; nothing where it can be used."""
    if len(pattern) > _MOST_CHARS:
        yield f"the pattern is longer than {_MOST_CHARS} characters"
        return
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(pattern)
    except re.error as error:
        yield f"the pattern is no regular expression: {error}"
        return
    except (OverflowError, RecursionError):
        yield _TOO_LONG
        return
    kinds = {token.lastgroup: token[0] for token in _TOKEN.finditer(pattern)}
    if "flags" in kinds:
        yield f"leave out {kinds['flags']}: capitals never count, and other flags have no use here"
    elif "back" in kinds or re.search(
        r"\\[1-9]", re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\\\", "", pattern)
    ):
        yield "a pattern cannot point back to what a group found"
    elif _count_ways(pattern) > _MAX_WAYS:
        yield _TOO_LONG


def _count_ways(pattern: str) -> int:
    """Return in how many ways a pattern can match at one place, at most.

    It is more than allowed where a group is repeated.
    """
    row, branches = 1, 0  # ways of the open group: of the parts in a row, of the branches before
    last = 1  # ways of the last part
    outer: list[tuple[int, int]] = []
    grouped = False  # whether the last part is a group
    for token in _TOKEN.finditer(pattern):
        kind = token.lastgroup
        if kind == "comment":
            continue
        if kind == "open":
            outer.append((row, branches))
            row, branches, last, grouped = 1, 0, 1, False
        elif kind == "either":
            row, branches, last, grouped = 1, branches + row, 1, False
        elif kind == "close":
            last, grouped = branches + row, True
            row, branches = outer.pop()
            row *= last
        elif kind == "repeat" and (times := _count_repeats(token)):
            if grouped and token["sign"] != "?":
                return _MAX_WAYS + 1
            row = row // last * (last + 1 if grouped else times)
            last, grouped = 1, False
        else:
            last, grouped = 1, False
        if row > _MAX_WAYS:
            return row
    return branches + row


def _count_repeats(token: re.Match[str]) -> int:
    """Return the ways of a repeat; 0 where the sign stands for itself, as in {}."""
    if token["sign"]:
        return 2 if token["sign"] == "?" else MAX_REPEAT
    if not token["comma"]:
        return 1 if token["least"] else 0
    least = int(token["least"] or 0)
    return int(token["most"]) - least + 1 if token["most"] else MAX_REPEAT


def _limit_repeat(token: re.Match[str]) -> str:
    if token["sign"] in ("*", "+"):
        return f"{{{int(token['sign'] == '+')},{MAX_REPEAT}}}{token['manner']}"
    if token["comma"] and not token["most"]:
        least = int(token["least"] or 0)
        return f"{{{least},{least + MAX_REPEAT}}}{token['manner']}"
    return token[0]
