"""A model over a tree: a frozen value, or every mistake at its place and in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationError

from digest.config.tree import MAX_PROBLEMS
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_values,
    load_model,
    validate_yaml,
)
from digest.errors import ConfigError, Problem


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("must be even")
    return number


class Inner(Settings):
    """A group in a group."""

    name: str = Field(description="what it is called")
    count: int | None = None


class Secretive(Settings):
    """A group that names a variable."""

    key_env: str


def _arm(value: object) -> str:
    return "group" if isinstance(value, (dict, Secretive)) else "word"


class Model(Settings):
    """One field of every kind that a file of ours may have."""

    text: str = Field("x", min_length=2, max_length=5)
    kind: Literal["cat", "dog", "elephant"] = "cat"
    level: Literal[1, 2, 3] = 1
    flag: bool = False
    whole: int = Field(3, ge=1, le=9)
    open_whole: int = Field(3, gt=1, lt=9, multiple_of=2)
    number: float = Field(1.0, ge=0, le=3)
    money: Decimal | None = Field(None, max_digits=5, decimal_places=2)
    day: date | None = None
    moment: datetime | None = None
    words: tuple[str, ...] = Field((), max_length=3)
    some: list[int] = Field(default=[1], min_length=1)
    group: Inner | None = None
    groups: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = {}
    by_pattern: Mapping[Annotated[str, Field(pattern="^[a-z]+$")], int] = {}
    either: Annotated[
        Annotated[str, Tag("word")] | Annotated[Secretive, Tag("group")], Discriminator(_arm)
    ] = ""
    even: Annotated[int, AfterValidator(_even)] = 2
    secret_env: str | None = None
    sender: str | None = Field(None, alias="from")


def problems(text: str, model: type[Settings] = Model, **options: Any) -> tuple[Problem, ...]:
    """What is wrong with a text."""
    try:
        validate_yaml(text.encode(), model, "f.yaml", **options)
    except ConfigError as error:
        return error.problems
    return ()


_BY_NAME = "a secret never stands in a file: name the environment variable that holds it in "
_BY_ENV = "a secret never stands in a file: a key in _env names the variable that holds it, a key in _file the file"
_KNOWN = "unknown key; known here: " + ", ".join(
    sorted((Model.model_fields.keys() - {"sender"}) | {"from"})
)
WORDS = [
    ("text: 5", 7, "text", "must be text: put it in quotes"),
    ("text: true", 7, "text", "must be text: put it in quotes"),
    ("text: [a]", 7, "text", "must be text"),
    ("text: a", 7, "text", "must have at least 2 characters"),
    ("text: abcdefg", 7, "text", "must have at most 5 characters"),
    ("kind: dgo", 7, "kind", "'dgo' is not one of cat, dog, elephant; did you mean dog?"),
    ("kind: Elephant", 7, "kind", "'Elephant' is not one of cat, dog, elephant; did you mean elephant?"),
    ("kind: 7", 7, "kind", "'7' is not one of cat, dog, elephant"),
    ("kind: [cat]", 7, "kind", "must be one of cat, dog, elephant"),
    ("level: 4", 8, "level", "'4' is not one of 1, 2 or 3"),
    ("flag: no", 7, "flag", "must be true or false"),
    ("flag: 1", 7, "flag", "must be true or false"),
    ("whole: 1.5", 8, "whole", "must be a whole number, without quotes"),
    ('whole: "3"', 8, "whole", "must be a whole number, without quotes"),
    ("whole: three", 8, "whole", "must be a whole number, without quotes"),
    ("whole: 0", 8, "whole", "must be 1 or more"),
    ("whole: 10", 8, "whole", "must be 9 or less"),
    ("open_whole: 0", 13, "open_whole", "must be more than 1"),
    ("open_whole: 10", 13, "open_whole", "must be less than 9"),
    ("open_whole: 5", 13, "open_whole", "must be a multiple of 2"),
    ("number: ca. 20k", 9, "number", "must be a number, without quotes"),
    ("number: .inf", 9, "number", "must be a number, without quotes"),
    ("number: 3.5", 9, "number", "must be 3 or less"),
    ('money: "ca. 20k"', 8, "money", "must be a number, without quotes"),
    ("money: 1.234", 8, "money", "must have at most 2 decimal places"),
    ("money: 123456", 8, "money", "must have at most 5 digits"),
    ("day: 2026-13-01", 6, "day", "must be a date, as 2026-09-30"),
    ("day: 30 September", 6, "day", "must be a date, as 2026-09-30"),
    ("day: 2026", 6, "day", "must be a date, as 2026-09-30"),
    ("moment: noon", 9, "moment", "must be a time with its zone, as 2026-09-30T12:00:00Z"),
    ("words: a", 8, "words", "must be a list, as [a, b]"),
    ("words: {a: b}", 8, "words", "must be a list, as [a, b]"),
    ("words: [a, 1]", 12, "words[1]", "must be text: put it in quotes"),
    ("words: [a, ~]", 12, "words[1]", "is empty"),
    ("words: [a, b, c, d]", 8, "words", "must hold at most 3"),
    ("some: []", 7, "some", "must hold at least 1"),
    ("group: x", 8, "group", "must be a group of keys, each as `key: value`"),
    ("group: [x]", 8, "group", "must be a group of keys, each as `key: value`"),
    ("group: {}", 8, "group.name", "is missing: what it is called"),
    ("group: {name: }", 9, "group.name", "is empty: what it is called"),
    ("groups: [{name: a}, {}]", 21, "groups[1].name", "is missing: what it is called"),
    ("groups: [{name: a}, b]", 21, "groups[1]", "must be a group of keys, each as `key: value`"),
    ("by_name: {a: {name: b, coutn: 1}}", 24, "by_name.a.coutn", "unknown key; did you mean count?"),
    ("by_name: [a]", 10, "by_name", "must be a group of keys, each as `key: value`"),
    ("by_pattern: {a1: 1}", 14, "by_pattern.a1", "is not written as it must be: ^[a-z]+$"),
    ("either: 5", 9, "either", "must be text: put it in quotes"),
    ("either: {key: x}", 10, "either.key", _BY_NAME + "key_env"),
    ("even: 3", 7, "even", "must be even"),
    ("knid: cat", 1, "knid", "unknown key; did you mean kind?"),
    ("FLAG: true", 1, "FLAG", "unknown key; did you mean flag?"),
    ("sender: a", 1, "sender", _KNOWN),
    ("secret: hunter2", 1, "secret", _BY_NAME + "secret_env"),
    ("api_key: hunter2", 1, "api_key", _BY_ENV),
]  # fmt: skip


@pytest.mark.parametrize(("text", "col", "path", "what"), WORDS, ids=[case[0] for case in WORDS])
def test_every_mistake_is_told_at_its_place_in_plain_words(
    text: str, col: int, path: str, what: str
) -> None:
    """One mistake, one message: column, path and words exact, no word of pydantic's."""
    assert problems(f"\n{text}\n") == (Problem("f.yaml", 2, col, path, what),)


def test_a_value_that_fits_is_frozen_and_exact() -> None:
    """Lists fill tuples, text fills dates, a whole number a float; and nothing can be changed."""
    text = "words: [a, b]\nday: 2026-09-30\nnumber: 2\nmoney: 12.5\nfrom: me\n"
    text += "either: {key_env: K}\nmoment: 2026-01-01T00:00:00Z"
    value = validate_yaml(text.encode(), Model, "f")
    assert value.words == ("a", "b")
    assert value.day == date(2026, 9, 30)
    assert (value.number, value.money, value.sender) == (2.0, Decimal("12.5"), "me")
    with pytest.raises(ValidationError):
        value.number = 3.0  # type: ignore[misc]


def test_what_is_left_empty_counts_as_not_given() -> None:
    """`owner:` without a value gives the default, at any depth, and hides no unknown key."""
    value = validate_yaml(
        b"text:\nwords:\ngroup: {name: a, count: }\ngroups:\n  - name: b\n    count:\nby_name:\n",
        Model,
        "f",
    )
    assert (value.text, value.words, value.by_name) == ("x", (), {})
    assert [one.what for one in problems("txet:\n")] == ["unknown key; did you mean text?"]


def test_an_empty_file_fits_where_nothing_is_needed() -> None:
    """Nothing but comments is a file without keys."""
    assert validate_yaml(b"# nothing yet\n", Model, "f") == Model()
    assert problems("", Inner) == (
        Problem("f.yaml", 1, 1, "name", "is missing: what it is called"),
    )


def test_a_misspelt_key_is_not_told_as_missing_too() -> None:
    """One slip of the pen is one problem."""
    assert [one.path for one in problems("nmae: x\n", Inner)] == ["nmae"]


def test_faults_of_the_text_and_of_the_values_are_told_together() -> None:
    """Duplicates and tags do not hide what is wrong with the values."""
    told = problems("kind: !x dgo\nkind: cat\nwhole: a\nnope: 1\n")
    assert [(one.line, one.path) for one in told] == [
        (1, "kind"),
        (2, "kind"),
        (3, "whole"),
        (4, "nope"),
    ]


def test_rules_are_told_beside_the_models_problems() -> None:
    """A rule over the plain values runs though other values are wrong, and names the other line."""

    def rules(plain: Any) -> Iterator[RuleViolation]:
        yield from find_repeats(
            find_values(plain, "groups", "*", "name"), lambda _, before: f"is at {before[1]} too"
        )

    text = "whole: x\ngroups:\n  - name: a\n  - name: b\n  - name: a\n"
    told = problems(text, rules=rules)
    assert [str(one) for one in told] == [
        "f.yaml:1:8: whole: must be a whole number, without quotes",
        "f.yaml:5:11: groups[2].name: is at 0 too (line 3)",
    ]


def test_values_are_not_quoted() -> None:
    """A secret that stands where it must not is not repeated in a message, and so in no log."""
    for text in (
        "secret: hunter2",
        "words: hunter2",
        "whole: hunter2",
        "group: hunter2",
        "day: hunter2",
        "flag: hunter2",
    ):
        assert "hunter2" not in str(problems(text)[0])


def test_a_key_cannot_write_to_the_terminal() -> None:
    """Control characters of a quoted key never reach a message."""
    message = "\n".join(str(one) for one in problems('"\\e[31m\\r\\nfake:1:1: text": 1\n'))
    assert not any(ord(letter) < 32 for letter in message.replace("\n", ""))
    assert all(line.startswith("f.yaml:") for line in message.splitlines())


@pytest.mark.whole
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"k{n}: 1\n" for n in range(3_000)),
        "groups:\n" + "  - name:\n" * 4_000,
        "groups:\n" + "  - {name: a}\n" * 4_000,
        "words: [" + "1," * 8_000 + "]",
        "by_name:\n" + "".join(f"  k{n}: {{nmae: x}}\n" for n in range(3_000)),
    ],
    ids=["unknown keys", "empty values", "fits", "wrong values", "misspelt"],
)
def test_many_mistakes_cost_little(text: str) -> None:
    """However many mistakes a file holds, a bounded number is told."""
    assert len(problems(text)) <= MAX_PROBLEMS + 1


def test_load_reads_a_file(tmp_path: Path) -> None:
    """The edge: a path in, a value out; the path names the file in problems."""
    path = tmp_path / "f.yaml"
    path.write_text("whole: 4\n")
    assert load_model(path, Model).whole == 4
    path.write_text("whole: x\n")
    with pytest.raises(ConfigError, match=rf"^{path}:1:8: whole: "):
        load_model(path, Model)
    with pytest.raises(ConfigError, match=r"^short:1:8: whole: "):
        load_model(path, Model, "short")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """No file, a folder, a pipe, a device: an answer at once, no waiting and no traceback."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ConfigError, match="there is no such file"):
            load_model(path, Model)
    (tmp_path / "large").write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load_model(tmp_path / "large", Model)
