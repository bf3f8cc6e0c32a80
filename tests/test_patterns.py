"""A team's regular expressions: what is refused, and that what is not is bounded."""

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.patterns import MAX_REPEAT, compile_pattern, find_faults


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(", "no regular expression: missing )"),
        ("(a+)+b", "could take very long"),
        ("(?:ab){2,}", "could take very long"),
        ("a*b*c*d", "could take very long"),
        ("a?" * 60 + "b", "could take very long"),
        ("(a|a)" * 30 + "b", "could take very long"),
        ("a{0,900}b{0,900}c", "could take very long"),
        ("a{99999999999}", "could take very long"),
        ("x" * 300, "longer than 200"),
        ("(?i)launch", "leave out (?i)"),
        ("(?i:a)launch", "leave out (?i:"),
        (r"(a)\1", "cannot point back"),
        ("(?P<x>a)(?P=x)", "cannot point back"),
        ("(a)?(?(1)b|c)", "cannot point back"),
    ],
)
def test_what_is_refused(pattern, told):
    """In words, before anything is searched."""
    assert told in " ".join(find_faults(pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"\blaunches an? \w+",
        r"\b(?:tips|ways|reasons)\b.*\bfor\b.*agencies",
        r"^\d+ (?:tips|tricks)\b",
        r"[]+*]x\(y\)+",
        r"\\1",
        "a{}b",
        "(?#note)shop(?:ping)? ads",
        "[[a]",
        "เปิดตัว|推出",
    ],
)
def test_what_is_taken(pattern):
    """The patterns that people write."""
    assert list(find_faults(pattern)) == []
    compile_pattern(pattern)


def test_capitals_never_count_and_repeats_have_an_end():
    """`*` and `+` reach so many signs, lazy ones too."""
    assert compile_pattern("Launch").search("acme launches")
    for pattern in ("a.*z", "a.*?z", "a.{1,}z", "a.+z"):
        assert compile_pattern(pattern).search("a" + "." * MAX_REPEAT + "z")
        assert not compile_pattern(pattern).search("a" + "." * (2 * MAX_REPEAT) + "z")


@given(
    st.text(alphabet="ab(|)[]?*+{}0,3.\\:^", max_size=16), st.text(alphabet="ab03,.", max_size=30)
)
def test_a_bound_changes_nothing_within_reach(pattern, text):
    """What is not refused compiles, and in a short text finds what the pattern as it is written finds."""
    if not list(find_faults(pattern)):
        bounded = compile_pattern(pattern).search(text)
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # as for "[["
            plain = re.compile(pattern, re.IGNORECASE).search(text)
        assert (bounded and bounded.span()) == (plain and plain.span())
