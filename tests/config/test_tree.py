"""Any text becomes values with their places, or a ConfigError that names them; within bounds, with nothing run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.tree import MAX_PROBLEMS, YamlTree, parse_yaml
from digest.errors import ConfigError, Problem
from tests.factories import hostile
from tests.factories.examples import try_examples


def told(text: str | bytes) -> tuple[Problem, ...]:
    """All problems with a text, whether reading went on beside them or not."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        return parse_yaml(data, "f.yaml").problems
    except ConfigError as error:
        return error.problems


SCALARS = [
    ("text", "word", "word"),
    ("no is text", "no", "no"),
    ("off is text", "off", "off"),
    ("a date is text", "2026-09-30", "2026-09-30"),
    ("a time is text", "12:30:45", "12:30:45"),
    ("true", "true", True),
    ("False", "False", False),
    ("null", "null", None),
    ("tilde", "~", None),
    ("nothing", "", None),
    ("integer", "-12", -12),
    ("float", "1.5e3", 1500.0),
    ("digits with underscores are text", "1_000", "1_000"),
    ("hexadecimal is text", "0x1F", "0x1F"),
    ("infinity is text", ".inf", ".inf"),
    ("beyond any float is text", "1e999", "1e999"),
    ("quoted digits are text", '"5"', "5"),
    ("quoted with escapes", r'"a\u00e9\t"', "aé\t"),
    ("single quotes", "'it''s'", "it's"),
    ("block", "|\n  one\n  two\n", "one\ntwo\n"),
    ("folded", ">\n  one\n  two\n", "one two\n"),
    ("Thai", "ไทย", "ไทย"),
    ("emoji", '"🦊"', "🦊"),
]


@pytest.mark.parametrize(
    ("written", "value"), [case[1:] for case in SCALARS], ids=[case[0] for case in SCALARS]
)
def test_scalars_are_those_of_yaml_1_2(written: str, value: object) -> None:
    """Only true, false, null and plain numbers are anything but text."""
    read_value = parse_yaml(f"a: {written}".encode(), "f").plain_value["a"]
    assert read_value == value
    assert type(read_value) is type(value)


FATAL = [
    ("a tab as indentation", "a:\n\tb: 1\n", 2, 1, "a tab stands where spaces must"),
    ("a tab behind spaces", "a: 1\n  \tb: 2\n", 2, 3, "a tab stands where spaces must"),
    ("wrong indentation", "a:\n  b: 1\n c: 2\n", 3, 2, "indentation"),
    ("two colons", "a: b: c\n", 1, 5, "a second ': '"),
    ("no colon", "a: 1\nb\nc: 2\n", 2, 1, "a ': ' is missing"),
    ("no colon in the last line", "a: 1\nb\n", 2, 1, "a ': ' is missing"),
    ("an open quote", 'a: 1\nb: "x\nc: 3\n', 2, 4, "a quote is opened here and never closed"),
    ("an open bracket", "a: [1, 2\nb: 3\n", 2, 2, "closing bracket"),
    ("a reserved sign", "a: @x\n", 1, 4, "text that begins with @ must stand in quotes"),
    ("a backquote", "a: `x`\n", 1, 4, "text that begins with ` must stand in quotes"),
    ("an unknown escape", 'a: "\\q"\n', 1, 6, "unknown escape"),
    ("an escape beyond Unicode", 'a: "\\UFFFFFFFF"\n', 1, 5, "unknown escape"),
    ("a list where a value stands", "a: - b\n", 1, 4, "a list cannot begin here"),
    ("a list as a key", "? [a]\n: 1\n", 1, 3, "a key must be plain text"),
    ("an alias as a key", "a: &k b\n*k : c\n", 2, 1, "a key must be plain text"),
    ("an alias to nothing", "a: 1\nb: *x\n", 2, 4, "*x names nothing"),
    ("an alias to what holds it", "a: &x [1, *x]\n", 1, 11, "*x stands inside of what it names"),
    ("an unknown tag handle", "a: !x!y z\n", 1, 4, "tags"),
    ("another YAML", "%YAML 3.0\n---\na: 1\n", 1, 1, "begins with %"),
    ("NUL", "a: 1\nb: x\0y\n", 2, 5, "U+0000"),
    ("escape sequence for terminals", "a: \x1b[31m\n", 1, 4, "U+001B"),
    ("nesting in brackets", "a: " + "[" * 60, 1, 35, "nested more than 32 deep"),
    ("nesting by indentation", "".join(" " * n + "a:\n" for n in range(60)), 33, 33, "nested more than 32 deep"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "col", "what"), [c[1:] for c in FATAL], ids=[c[0] for c in FATAL]
)
def test_unreadable_text_is_told_where_it_stands(text: str, line: int, col: int, what: str) -> None:
    """One problem, at its line and column, in words that say what to do."""
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text.encode(), "f.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.col) == ("f.yaml", line, col)
    assert what in problem.what


BESIDE = [
    ("python tag", "a: !!python/object/apply:os.system [id]\nb: 1\n", 1, 4, "a", "tags (!…) are not accepted"),
    ("own tag", "a: !secret x\nb: 1\n", 1, 4, "a", "tags (!…) are not accepted"),
    ("core tag", "b: 1\na: !!int '5'\n", 2, 4, "a", "tags (!…) are not accepted"),
    ("tag on a group", "a: !x\n  c: 1\nb: 1\n", 1, 4, "a", "tags (!…) are not accepted"),
    ("tag on a key", "!x a: 2\nb: 1\n", 1, 1, "", "tags (!…) are not accepted"),
    ("duplicate key", "b: 1\na: 2\na: 3\n", 3, 1, "a", "'a' stands twice, first on line 2"),
    ("duplicate in a list", "a:\n - {c: 1}\n - {c: 1, c: 2}\nb: 1\n", 3, 11, "a[1].c", "stands twice, first on line 3"),
    ("duplicate in other quotes", "b: 1\na: 2\n'a': 3\n", 3, 1, "a", "stands twice"),
    ("merge", "b: 1\na: &x {c: 1}\nd:\n  <<: *x\n", 4, 3, "d.<<", "merging (<<) is not understood"),
    ("NUL by escape", 'b: 1\na: "x\\0y"\n', 2, 4, "a", "U+0000"),
    ("half a character", 'b: 1\na: "\\ud800"\n', 2, 4, "a", "U+D800"),
    ("second document", "a: 1\nb: 1\n---\na: 2\n", 3, 1, "", "a second document begins here"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "col", "path", "what"),
    [case[1:] for case in BESIDE],
    ids=[case[0] for case in BESIDE],
)
def test_reading_goes_on_beside_some_faults(
    text: str, line: int, col: int, path: str, what: str
) -> None:
    """The fault is told, and what stands beside it is read."""
    tree = parse_yaml(text.encode(), "f.yaml")
    (problem,) = tree.problems
    assert (problem.line, problem.col, problem.path) == (line, col, path)
    assert what in problem.what
    assert tree.plain_value["b"] == 1


def test_every_indenting_tab_is_told() -> None:
    """A file indented by tabs names each of its lines, not only the first."""
    assert [(one.line, one.col) for one in told("a:\n\tb: 1\n\tc: 1\n\n\td: 1\n")] == [
        (2, 1),
        (3, 1),
        (5, 1),
    ]


def test_faults_before_a_fatal_one_are_told_with_it() -> None:
    """A duplicate key is not forgotten because the text breaks off later."""
    assert [one.line for one in told("a: 1\na: 2\nb: !x 3\nc: 'open\n")] == [2, 3, 4]


def test_keys_are_text_as_written() -> None:
    """Keys are never numbers or truth values."""
    assert parse_yaml(b"1: a\ntrue: b\nno: c\n~: d\n", "f").plain_value == {
        "1": "a",
        "true": "b",
        "no": "c",
        "~": "d",
    }


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n", "---\n", "\ufeff"])
def test_an_empty_file_is_no_fault(text: str) -> None:
    """Whether a file may be empty is for its model to say."""
    tree = parse_yaml(text.encode(), "f")
    assert tree.plain_value is None
    assert not tree.problems


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_count_lines_as_an_editor_does(newline: str, mark: str) -> None:
    """Line ends of every kind, a byte order mark, wide characters and Unicode's other line breaks."""
    text = mark + newline.join(['x: "ü\u2028ไ🦊"', "a: 1", "b: {x: 1,  x: 2}", ""])
    (problem,) = told(text)
    assert (problem.line, problem.col) == (3, 12)


def test_a_byte_order_mark_is_no_column() -> None:
    """The first key of a file stands in column 1."""
    assert told("\ufeff!x a: 1\n")[0].col == 1


ENCODINGS = [
    ("latin-1", "a: 1\nb: caf\u00e9\n".encode("latin-1"), 2, 7),
    ("utf-16", "a: 1\n".encode("utf-16"), 1, 1),
    ("cut off", "a: ü".encode()[:-1], 1, 4),
    ("overlong", b"a: \xc0\xaf", 1, 4),
    ("a surrogate in utf-8", b"a: \xed\xa0\x80", 1, 4),
]


@pytest.mark.parametrize(
    ("data", "line", "col"), [case[1:] for case in ENCODINGS], ids=[case[0] for case in ENCODINGS]
)
def test_other_encodings_are_refused_at_the_byte(data: bytes, line: int, col: int) -> None:
    """A file is UTF-8, or told where it stops being it."""
    (problem,) = told(data)
    assert (problem.line, problem.col) == (line, col)
    assert "UTF-8" in problem.what


@pytest.mark.whole
@pytest.mark.parametrize("text", hostile.YAML.values(), ids=hostile.YAML)
def test_hostile_text_is_read_or_refused(text: str) -> None:
    """With a bounded number of problems; benchmarks/bench_hostile.py measures what it costs."""
    assert len(told(text)) <= MAX_PROBLEMS + 1


def test_a_file_of_more_than_a_mebibyte_is_not_read() -> None:
    """Though it were all comment."""
    (problem,) = told("#" + "x" * 2**20)
    assert "larger than 1 MiB" in str(problem)


def test_no_tag_runs_code(tmp_path: Path) -> None:
    """The classic attack writes no file."""
    target = tmp_path / "written"
    told(f"a: !!python/object/apply:os.system ['touch {target}']\n")
    assert not target.exists()


def test_aliases_stand_for_what_they_name() -> None:
    """Anchors and aliases may be used within the bounds."""
    tree = parse_yaml(b"a: &t [x, y]\nb: *t\nc:\n  - *t\n", "f")
    assert tree.plain_value == {"a": ["x", "y"], "b": ["x", "y"], "c": [["x", "y"]]}
    assert tree.make_problem(("b",), "").line == 2


def test_aliases_count_as_what_they_name() -> None:
    """A bomb of eight short lines is told where it grows too large, and not unfolded."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 8)]
    (problem,) = told("\n".join(lines))
    assert "the file holds more than 50,000 keys and values" in problem.what
    assert problem.line < 8


def test_a_problem_is_told_at_the_value_its_key_or_what_holds_it() -> None:
    """A place that does not exist is told at the group that lacks it; labels that name nothing are passed over."""
    tree = parse_yaml(b"a:\n  - b: 1\n    c: {d: 2}\n", "f")
    assert str(tree.make_problem(("a", 0, "c", "d"), "!")) == "f:3:12: a[0].c.d: !"
    assert str(tree.make_problem(("a", 0, "c"), "!", at_key=True)) == "f:3:5: a[0].c: !"
    assert str(tree.make_problem(("a", 0, "x"), "!")) == "f:2:5: a[0].x: !"
    assert str(tree.make_problem(("a", 0, "label", "c", "d"), "!")) == "f:3:12: a[0].c.d: !"


_pieces = st.sampled_from(
    [
        *"ab~1é[]{},\"'\\#@ :!\n\0\ufeff\u2028",
        *(
            "\n  ",
            "\n\t",
            "\\x",
            ": ",
            "- ",
            "? ",
            "<<: ",
            "&x ",
            "*x",
            "!!str ",
            "|\n",
            ">-\n",
            "---\n",
            "...\n",
        ),
        "%YAML 1.1\n",
    ]
)


@given(st.lists(_pieces, max_size=40).map("".join))
@try_examples(400)
def test_any_arrangement_of_yaml_is_read_or_told(text: str) -> None:
    """Whatever stands in a file, nothing but a tree or a ConfigError comes of it, and every place lies in the file."""
    lines = text.count("\n") + text.count("\r") + 1
    for problem in told(text):
        assert 1 <= problem.line <= lines + 1
        assert problem.col >= 1
        assert problem.what


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@try_examples(200)
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    """Bytes of any kind are no reason for a traceback."""
    told(data)


_words = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | _words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_values)
@try_examples(150)
def test_json_is_yaml(value: object) -> None:
    """A JSON document has the same values when it is read as YAML (control characters apart)."""
    tree: YamlTree = parse_yaml(json.dumps(value, ensure_ascii=True).encode(), "f")
    if not tree.problems:
        assert tree.plain_value == value
