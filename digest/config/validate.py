"""A pydantic model over a YAML tree: a frozen value, or every problem at once, each at its line.

The model is validated as JSON and strictly, so that `"5"` is no number, `no` is no truth value and
a list may fill a tuple. A value left empty (`owner:`) counts as not given. What one field cannot
judge alone (a name given twice, one key that needs another) is judged by rules over the plain
values and not by pydantic's validators: those run only where nothing else is wrong, and a team
would learn of its mistakes in instalments.

Values are quoted in a message only where they are one of a few allowed words, since a secret may
stand anywhere.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from digest.config.tree import MAX_BYTES, MAX_PROBLEMS, Loc, YamlTree, format_value, parse_yaml
from digest.errors import ConfigError, Problem


class Settings(BaseModel):
    """The base of every group of keys in a file: unknown keys refused, types exact, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def key(meaning: str, default: Any = None, **limits: Any) -> Any:
    """Return the field of a key; the default `...` says that it is required."""
    return Field(default, description=meaning, **limits)


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """What a rule finds wrong with the value at `loc`; the line of `also` is named with it."""

    loc: Loc
    what: str
    also: Loc | None = None


Rules = Callable[[Any], Iterable[RuleViolation]]
_M = TypeVar("_M", bound=BaseModel)


def load_model(path: Path, model: type[_M], name: str = "", *, rules: Rules = lambda _: ()) -> _M:
    """Read a file and validate it. `name` is what problems call it (default: the path).

    Raises ConfigError with every problem, and where the file cannot be read.
    """
    name = name or str(path)
    try:
        if not path.is_file():
            raise ConfigError((Problem(name, 0, 0, "", "there is no such file"),))
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise ConfigError((Problem(name, 0, 0, "", what),)) from error
    return validate_yaml(data, model, name, rules=rules)


def validate_yaml(
    data: bytes | str, model: type[_M], name: str, *, rules: Rules = lambda _: ()
) -> _M:
    """Return the model's value for a YAML file. Raises ConfigError with every problem."""
    tree = parse_yaml(data, name)
    value, errors = _validate_values(model, {} if tree.root is None else tree.plain_value)
    # of a place that the tree complains of, nothing else is reported
    get_place = attrgetter("line", "col", "path")
    known = set(map(get_place, tree.problems))
    found = set(_collect_problems(tree, model, errors, rules))
    others = (problem for problem in found if get_place(problem) not in known)
    problems = sorted([*tree.problems, *others])
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [Problem(name, 0, 0, "", "and more: fix these first")]
    if value is None or problems:
        raise ConfigError(tuple(problems))
    return value


def describe_first_error(error: ValidationError, plain: Any) -> str:
    """Return the first fault of plain values that stand in no file: the key, and what is wrong."""
    first = error.errors(include_url=False)[0]
    name, value = "", plain
    for part in first["loc"]:
        if not _holds(value, part):
            break
        name, value = part if isinstance(part, str) else name, value[part]
    return f"{name or first['loc'][-1]}: {_describe_error(first)}"


def _holds(value: Any, part: str | int) -> bool:
    """Return whether a group has a key, or a list may have an index."""
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int)


def find_values(plain: Any, *pattern: str) -> Iterator[tuple[Loc, Any]]:
    """Yield the values at the places that a pattern names, each with its place.

    `*` stands for every item of a list and every key of a group.
    """
    if not pattern:
        yield (), plain
        return
    step, rest = pattern[0], pattern[1:]
    below: Iterable[tuple[str | int, Any]] = ()
    if isinstance(plain, dict):
        below = plain.items() if step == "*" else [(step, plain[step])] if step in plain else ()
    elif isinstance(plain, list) and step == "*":
        below = enumerate(plain)
    for part, value in below:
        for loc, found in find_values(value, *rest):
            yield (part, *loc), found


def find_texts(plain: Any, *pattern: str) -> Iterator[tuple[Loc, str]]:
    """Yield the values at the places that a pattern names, as far as they are text."""
    return (found for found in find_values(plain, *pattern) if isinstance(found[1], str))


def fingerprint_values(values: Any) -> str:
    """Return a fingerprint of plain values, the same in every order of keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def fingerprint_file(file: Settings) -> str:
    """Return a fingerprint of what a file says, the same under other comments; "" of nothing."""
    values = file.model_dump(mode="json", exclude_defaults=True)
    return fingerprint_values(values) if values else ""


def find_repeats(
    values: Iterable[tuple[Loc, Hashable]], what: Callable[[Loc, Loc], str]
) -> Iterator[RuleViolation]:
    """Yield a violation for each value that stood before. `what` words it from both places."""
    first: dict[Hashable, Loc] = {}
    for loc, value in values:
        before = first.setdefault(value, loc)
        if before != loc:
            yield RuleViolation(loc, what(loc, before), also=before)


def find_closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like a word; "" where none is."""
    by_case = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_case, n=1)
    return by_case[found[0]] if found else ""


def suggest_similar(word: object, known: Iterable[str]) -> str:
    """Return `; did you mean …?`, or "" where no known word is like it."""
    name = find_closest(str(word), known)
    return f"; did you mean {name}?" if name else ""


# ---------------------------------------------------------------- pydantic's errors


def _validate_values(model: type[_M], plain: Any) -> tuple[_M | None, list[ErrorDetails]]:
    """Return the value, or the errors. Keys left empty are taken out where they are of no use."""
    while True:
        try:
            return model.model_validate_json(json.dumps(plain)), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
        pruned = copy.deepcopy(plain)
        for error_found in errors:
            if error_found["input"] is None and error_found["type"] != "extra_forbidden":
                _remove_empty_key(pruned, error_found["loc"])
        if pruned == plain:
            return None, errors
        plain = pruned


def _remove_empty_key(plain: Any, loc: Loc) -> None:
    """Remove the empty key at a place; parts of it that name nothing are labels of unions."""
    holder, name, value = None, None, plain
    for part in loc:
        if _holds(value, part):
            holder, name, value = value, part, value[part]
    if isinstance(holder, dict) and value is None:
        del holder[name]


def _collect_problems(
    tree: YamlTree, model: type[BaseModel], errors: list[ErrorDetails], rules: Rules
) -> Iterator[Problem]:
    """Yield the model's errors and the rules' violations as problems, no more than can be reported.

    A key that is missing because it is misspelt is reported once, as misspelt.
    """
    misspelt: set[Loc] = set()
    errors = errors[: 2 * MAX_PROBLEMS]
    for error in errors:
        if error["type"] == "extra_forbidden":
            holder, name = tree.resolve_path(error["loc"][:-1]), str(error["loc"][-1])
            known = _list_known_keys(model, holder)
            meant = f"{name}_env" if f"{name}_env" in known else find_closest(name, known)
            misspelt.add((*holder, meant))
            what = _describe_unknown_key(name, known, meant)
            yield tree.make_problem(error["loc"], what, at_key=True)
    for error in errors:
        path = tree.resolve_path(error["loc"])
        if error["type"] == "missing":
            place = (*tree.resolve_path(error["loc"][:-1]), error["loc"][-1])
            if place not in misspelt:
                field = _list_known_keys(model, place[:-1]).get(str(place[-1]))
                what = "is empty" if path == place else "is missing"
                what += f": {field.description}" if field and field.description else ""
                yield tree.make_problem(place, what, at_key=path == place)
        elif error["type"] != "extra_forbidden":
            at_key = error["loc"][-1:] == ("[key]",)
            yield tree.make_problem(path, _describe_error(error), at_key=at_key)
    for violation in islice(rules(tree.plain_value), 2 * MAX_PROBLEMS):
        if violation.loc not in misspelt:
            also = violation.also
            line = f" (line {tree.make_problem(also, '').line})" if also is not None else ""
            yield tree.make_problem(violation.loc, violation.what + line)


def _list_known_keys(model: type[BaseModel], place: Loc) -> dict[str, FieldInfo]:
    """Return the keys that may stand in the group at a place."""
    return {
        field.alias or name: field
        for group in _find_models_at(model, place)
        for name, field in group.model_fields.items()
    }


def _find_models_at(kind: Any, place: Loc) -> Iterator[type[BaseModel]]:
    """Yield the models that a type allows at a place."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not place:
            yield kind
        for name, field in kind.model_fields.items():
            if place and place[0] == (field.alias or name):
                yield from _find_models_at(field.annotation, place[1:])
        return
    holds_many = isinstance(origin := get_origin(kind), type) and issubclass(
        origin, (tuple, list, Mapping)
    )
    if not holds_many or place:
        for inner in get_args(kind):
            yield from _find_models_at(inner, place[1:] if holds_many else place)


def _describe_unknown_key(name: str, known: Iterable[str], meant: str) -> str:
    never = "a secret never stands in a file: "
    if meant == f"{name}_env":
        return f"{never}name the environment variable that holds it in {meant}"
    if meant:
        return f"unknown key; did you mean {meant}?"
    if _SECRET.search(name):
        return f"{never}a key in _env names the variable that holds it, a key in _file the file"
    return f"unknown key; known here: {', '.join(sorted(known))}"


_SECRET = re.compile(r"passw|secret|token|credential|api_?key|^pwd$", re.IGNORECASE)
_TEXT = ("string_type", "string_sub_type", "string_unicode", "enum")
# pydantic's kind of error → words, with what pydantic knows of it in braces
_PLAIN_WORDS: Mapping[str, str] = json.loads(
    Path(__file__).with_name("pydantic_errors.json").read_text("utf-8")
)


def _describe_error(error: ErrorDetails) -> str:
    """Return what is wrong and what is allowed, for every error that pydantic can report."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if given is None:
        return "is empty"
    if kind in _TEXT and not isinstance(given, str):
        return "must be text" + ("" if isinstance(given, (list, dict)) else ": put it in quotes")
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        listed = ", ".join(allowed)
        if isinstance(given, (list, dict)):
            return f"must be one of {listed}"
        return f"{format_value(given)!r} is not one of {listed}{suggest_similar(given, allowed)}"
    known = {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()
    }
    return _PLAIN_WORDS.get(kind, "cannot stand here").format(**known)
