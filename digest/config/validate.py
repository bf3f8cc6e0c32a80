"""A pydantic model over a YAML tree: a frozen value, or every problem at once, each at its line, in plain words.

The model is validated as JSON and strictly, so that `"5"` is no number, `no` is no truth value and a list may fill a
tuple. A value left empty (`owner:`) counts as not given. What one field cannot judge alone (a name given twice, one key
that needs another) is judged by rules over the plain values and not by pydantic's validators: those run only where
nothing else is wrong, and a team would learn of its mistakes in instalments.

Values are quoted in a message only where they are one of a few allowed words, since a secret may stand anywhere.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
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
    """Return the field of a key: what it means, its default (`...`: it must stand there), its limits."""
    return Field(default, description=meaning, **limits)


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """What a rule finds wrong with the value at `loc`; the line of `also` is named with it."""

    loc: Loc
    what: str
    also: Loc | None = None


Rules = Callable[[Any], Iterable[RuleViolation]]
_M = TypeVar("_M", bound=BaseModel)


def no_rules(_plain: Any) -> Iterable[RuleViolation]:
    """For a model whose fields say it all."""
    return ()


def load_model(path: Path, model: type[_M], name: str = "", *, rules: Rules = no_rules) -> _M:
    """Edge: reads a file and validates it. `name` is what problems call it (default: the path).

    Raises ConfigError with every problem, and where the file cannot be read.
    """
    name = name or str(path)
    try:
        if not path.is_file():
            raise ConfigError((Problem(name, 0, 0, "", "there is no such file"),))
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            (Problem(name, 0, 0, "", f"cannot be read: {error.strerror or error}"),)
        ) from error
    return validate_yaml(data, model, name, rules=rules)


def validate_yaml(data: bytes | str, model: type[_M], name: str, *, rules: Rules = no_rules) -> _M:
    """The model's value for the bytes of a YAML file. Raises ConfigError with every problem."""
    tree = parse_yaml(data, name)
    value, errors = _validate_values(model, {} if tree.root is None else tree.plain_value)
    told = {(one.line, one.col, one.path) for one in tree.problems}
    found = {
        one
        for one in _collect_problems(tree, model, errors, rules)
        if (one.line, one.col, one.path) not in told
    }
    problems = sorted([*tree.problems, *found])
    if value is None or problems:
        more = (
            [Problem(name, 0, 0, "", "and more: mend these first")]
            if len(problems) > MAX_PROBLEMS
            else []
        )
        raise ConfigError((*problems[:MAX_PROBLEMS], *more))
    return value


def describe_first_error(error: ValidationError, plain: Any) -> str:
    """The first fault of plain values that stand in no file: the key, and what is wrong with its value."""
    first = error.errors(include_url=False)[0]
    key, held = "", plain
    for part in first["loc"]:
        if (
            part not in held
            if isinstance(held, dict)
            else not isinstance(held, list) or not isinstance(part, int)
        ):
            break
        key, held = part if isinstance(part, str) else key, held[part]
    return f"{key or first['loc'][-1]}: {_describe_error(first)}"


def find_values(plain: Any, *pattern: str) -> Iterator[tuple[Loc, Any]]:
    """The values at the places that a pattern names; `*` stands for every item of a list and every key of a group."""
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


def find_repeats(
    values: Iterable[tuple[Loc, Hashable]], what: Callable[[Loc, Loc], str]
) -> Iterator[RuleViolation]:
    """A finding for every value that stood before, at the later place. `what` words it from both places."""
    first: dict[Hashable, Loc] = {}
    for loc, value in values:
        before = first.setdefault(value, loc)
        if before != loc:
            yield RuleViolation(loc, what(loc, before), also=before)


def find_closest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like a word; "" where none is."""
    by_case = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_case, n=1)
    return by_case[found[0]] if found else ""


def suggest_similar(word: object, known: Iterable[str]) -> str:
    """`; did you mean …?`, or "" where no known word is like it."""
    name = find_closest(str(word), known)
    return f"; did you mean {name}?" if name else ""


# ---------------------------------------------------------------- pydantic's errors


def _validate_values(model: type[_M], plain: Any) -> tuple[_M | None, list[ErrorDetails]]:
    """The value, or the errors. Keys that were left empty are taken out where the model has no use for them."""
    while True:
        try:
            return model.model_validate_json(json.dumps(plain)), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
        empty = [
            one["loc"]
            for one in errors
            if one["input"] is None and one["type"] != "extra_forbidden"
        ]
        pruned = _remove_empty_keys(plain, empty)
        if pruned == plain:
            return None, errors
        plain = pruned


def _remove_empty_keys(plain: Any, places: Iterable[Loc]) -> Any:
    """`plain` without the empty keys at the places; parts of a place that name nothing are labels of unions."""
    pruned = json.loads(json.dumps(plain))
    for loc in places:
        holder, key, value = None, None, pruned
        for part in loc:
            if (
                part in value
                if isinstance(value, dict)
                else isinstance(value, list) and isinstance(part, int)
            ):
                holder, key, value = value, part, value[part]
        if isinstance(holder, dict) and value is None:
            del holder[key]
    return pruned


def _collect_problems(
    tree: YamlTree, model: type[BaseModel], errors: list[ErrorDetails], rules: Rules
) -> Iterator[Problem]:
    """The model's errors and the rules' findings as problems. A key that is missing because it is misspelt is told
    once, as misspelt. No more are put into words than can be told."""
    misspelt: set[Loc] = set()
    errors = errors[: 2 * MAX_PROBLEMS]
    for error in errors:
        if error["type"] == "extra_forbidden":
            holder, key = tree.resolve_path(error["loc"][:-1]), str(error["loc"][-1])
            known = _known_keys(model, holder)
            meant = f"{key}_env" if f"{key}_env" in known else find_closest(key, known)
            misspelt.add((*holder, meant))
            yield tree.make_problem(
                error["loc"], _describe_unknown_key(key, known, meant), at_key=True
            )
    for error in errors:
        path = tree.resolve_path(error["loc"])
        if error["type"] == "missing":
            place = (*tree.resolve_path(error["loc"][:-1]), error["loc"][-1])
            if place not in misspelt:
                empty = path == place
                yield tree.make_problem(
                    place, _describe_missing_key(model, place, empty=empty), at_key=empty
                )
        elif error["type"] != "extra_forbidden":
            at_key = error["loc"][-1:] == ("[key]",)
            yield tree.make_problem(path, _describe_error(error), at_key=at_key)
    for finding in islice(rules(tree.plain_value), 2 * MAX_PROBLEMS):
        if finding.loc not in misspelt:
            line = (
                f" (line {tree.make_problem(finding.also, '').line})"
                if finding.also is not None
                else ""
            )
            yield tree.make_problem(finding.loc, finding.what + line)


def _known_keys(model: type[BaseModel], place: Loc) -> dict[str, FieldInfo]:
    """The keys that may stand in the group at a place."""
    return {
        field.alias or name: field
        for group in _models_at(model, place)
        for name, field in group.model_fields.items()
    }


def _models_at(kind: Any, place: Loc) -> Iterator[type[BaseModel]]:
    """The models that a type allows at a place."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not place:
            yield kind
        for name, field in kind.model_fields.items():
            if place and place[0] == (field.alias or name):
                yield from _models_at(field.annotation, place[1:])
        return
    holds_many = isinstance(origin := get_origin(kind), type) and issubclass(
        origin, (tuple, list, Mapping)
    )
    if not holds_many or place:
        for inner in get_args(kind):
            yield from _models_at(inner, place[1:] if holds_many else place)


def _describe_unknown_key(key: str, known: Iterable[str], meant: str) -> str:
    if meant == f"{key}_env":
        return f"a secret never stands in a file: name the environment variable that holds it in {meant}"
    if _SECRET.search(key) and not meant:
        return "a secret never stands in a file: keys that end in _env name the environment variable that holds it"
    return (
        f"unknown key; did you mean {meant}?"
        if meant
        else f"unknown key; known here: {', '.join(sorted(known))}"
    )


def _describe_missing_key(model: type[BaseModel], place: Loc, *, empty: bool) -> str:
    field = _known_keys(model, place[:-1]).get(str(place[-1]))
    meaning = f": {field.description}" if field is not None and field.description else ""
    return f"{'is empty' if empty else 'is missing'}{meaning}"


_SECRET = re.compile(r"passw|secret|token|credential|api_?key|^pwd$", re.IGNORECASE)
_TEXT = ("string_type", "string_sub_type", "string_unicode", "enum")
_LISTS = ("tuple_type", "list_type", "set_type", "frozen_set_type", "iterable_type")
_GROUPS = ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type")
_WHOLE = ("int_type", "int_parsing", "int_parsing_size", "int_from_float")
_NUMBERS = ("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing")
_DATES = ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact")
_TIMES = (
    "datetime_type",
    "datetime_parsing",
    "datetime_from_date_parsing",
    "timezone_naive",
    "timezone_aware",
)

_PLAIN_WORDS: dict[str, str] = {
    **dict.fromkeys(_LISTS, "must be a list, as [a, b]"),
    **dict.fromkeys(_GROUPS, "must be a group of keys, each as `key: value`"),
    **dict.fromkeys(_WHOLE, "must be a whole number, without quotes"),
    **dict.fromkeys(_NUMBERS, "must be a number, without quotes"),
    **dict.fromkeys(_DATES, "must be a date, as 2026-09-30"),
    **dict.fromkeys(_TIMES, "must be a time with its zone, as 2026-09-30T12:00:00Z"),
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "multiple_of": "must be a multiple of {multiple_of}",
    "decimal_max_places": "must have at most {decimal_places} decimal places",
    "decimal_max_digits": "must have at most {max_digits} digits",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "is not written as it must be: {pattern}",
    "value_error": "{error}",
    "assertion_error": "{error}",
}


def _describe_error(error: ErrorDetails) -> str:
    """What is wrong and what is allowed, for every error that pydantic can report of a file."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if given is None:
        return "is empty"
    if kind in _TEXT and not isinstance(given, str):
        return (
            "must be text" if isinstance(given, (list, dict)) else "must be text: put it in quotes"
        )
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
        if isinstance(given, (list, dict)):
            return f"must be one of {', '.join(allowed)}"
        return f"{format_value(given)!r} is not one of {', '.join(allowed)}{suggest_similar(given, allowed)}"
    words = _PLAIN_WORDS.get(kind, "cannot stand here")
    return words.format(
        **{
            key: f"{value:g}" if isinstance(value, float) else value
            for key, value in context.items()
        }
    )
