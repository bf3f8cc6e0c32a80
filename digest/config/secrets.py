"""Secrets: where the configuration says that each one is, and what stands there.

A secret never stands in sources.yaml. A key in `_env` names the environment variable that holds it,
the same key in `_file` a file that holds nothing else, as container platforms mount one; a group of
keys gives one of the two. Every pair is found by these endings, so that whatever asks for all
secrets, to mask or to check them, also knows the next one.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from digest.config.tree import Loc
from digest.config.validate import RuleViolation

MAX_BYTES = 64 * 2**10
_ENDINGS = ("_env", "_file")


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where a secret is: in a variable of the environment, or in a file."""

    variable: str | None = None
    file: str | None = None

    @property
    def name(self) -> str:
        """What the configuration calls the place."""
        return self.variable or self.file or ""

    def __str__(self) -> str:
        kind = "the environment variable" if self.variable else "the file"
        return f"{kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Secret:
    """What stands at a place, or in words why it cannot be used; one of the two is empty."""

    place: SecretPlace
    value: str = ""
    fault: str = ""

    def __repr__(self) -> str:  # no traceback and no log shows the value
        return f"Secret({self.place!r}, fault={self.fault!r})"


def find_secret(group: BaseModel, name: str) -> SecretPlace | None:
    """Return where a group of keys says that the secret `name` is; None where it says nothing."""
    variable, file = (getattr(group, name + ending) for ending in _ENDINGS)
    return SecretPlace(variable, None if variable else file) if variable or file else None


def iter_secrets(value: Any) -> Iterator[SecretPlace]:
    """Yield the place of every secret that settings name, however deep."""
    if isinstance(value, BaseModel):
        for key, inner in value:
            stem = key.removesuffix("_env")
            if stem != key and (place := find_secret(value, stem)):
                yield place
            yield from iter_secrets(inner)
    elif isinstance(value, Mapping):
        yield from iter_secrets(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from iter_secrets(inner)


def read_secret(place: SecretPlace, environ: Mapping[str, str], folder: Path | None) -> Secret:
    """Return the secret at a place. A file's path is absolute, or from `folder`, if there is one.

    A file holds one line, 64 KiB at most, and nobody but its owner and group may read it.
    """
    if place.variable:
        value = environ.get(place.variable, "").strip()
        return Secret(place, value, "" if value else "is not set")
    if folder is None:
        return Secret(place, fault="is not read here")
    try:
        value = _read_secret_file(folder / place.name)
    except OSError as error:
        return Secret(place, fault=f"cannot be read: {error.strerror or error}")
    except ValueError as error:
        return Secret(place, fault=str(error))
    return Secret(place, value)


def _read_secret_file(path: Path) -> str:
    """Return the one value of a file. Raises OSError, and ValueError with what is wrong."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("is no file")
    if status.st_mode & stat.S_IRWXO:
        raise ValueError(f"can be read or written by everybody: chmod o= {path}")
    with path.open("rb") as handle:
        data = handle.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("is larger than 64 KiB")
    try:
        value = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None
    if not value:
        raise ValueError("is empty")
    if len(value.splitlines()) > 1:
        raise ValueError("holds more than one line: one secret a file")
    return value


def check_secret_keys(plain: Any, loc: Loc = ()) -> Iterator[RuleViolation]:
    """Yield where a group of keys names two places of one secret."""
    if isinstance(plain, dict):
        for key in plain:
            stem = str(key).removesuffix("_env")
            if stem != key and plain[key] is not None and plain.get(f"{stem}_file") is not None:
                what = f"a secret is in one place: keep one of the two, this or {key}"
                yield RuleViolation((*loc, f"{stem}_file"), what)
        children: Iterable[tuple[Any, Any]] = plain.items()
    else:
        children = enumerate(plain) if isinstance(plain, list) else ()
    for key, inner in children:
        yield from check_secret_keys(inner, (*loc, key))


def list_secret_keys(*names: str) -> tuple[str, ...]:
    """Return the keys that say where these secrets are."""
    return tuple(name + ending for name in names for ending in _ENDINGS)
