"""clients.yaml: the clients that an agency makes digests for, each with a workspace of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.config.kinds import FilePath, ShortText
from digest.config.tree import format_location
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_texts,
    key,
    load_model,
)
from digest.text import slugify

MAX_SLUG = 40  # letters: roles of PostgreSQL have 63 at most


class ClientEntry(Settings):
    """A client, whose digest is made from sources of the agency."""

    name: ShortText = key("the client's name", ...)
    folder: FilePath = key("the client's workspace; absolute, or from clients.yaml", ...)


class ClientsFile(Settings):
    """The clients of an agency."""

    clients: tuple[ClientEntry, ...] = key("the clients", ())


@dataclass(frozen=True, slots=True)
class Client:
    """A client: its name, its name in the database, its workspace's folder."""

    name: str
    slug: str
    folder: Path


def load_clients(path: Path) -> tuple[Client, ...]:
    """Read and validate clients.yaml. Raises ConfigError with every problem."""
    file = load_model(path, ClientsFile, "clients.yaml", rules=_check_clients)
    return tuple(
        Client(entry.name, slugify(entry.name), path.parent / entry.folder)
        for entry in file.clients
    )


def _check_clients(plain: Any) -> Iterator[RuleViolation]:
    """Yield clients that the database could not tell apart."""
    names = [(loc, slugify(name)) for loc, name in find_texts(plain, "clients", "*", "name")]
    for loc, slug in names:
        if len(slug) > MAX_SLUG:
            yield RuleViolation(loc, f"is too long: {MAX_SLUG} letters at most")
    yield from find_repeats(names, lambda _, before: f"is named as {format_location(before)}")
    folders = find_texts(plain, "clients", "*", "folder")
    yield from find_repeats(folders, lambda _, before: f"is the same as {format_location(before)}")
