"""What ships: the starter file, its schema, and what a new workspace gets."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from digest.config.sources import load_sources, parse_sources
from digest.config.starter import SOURCES_SCHEMA, build_schemas, load_starter_files
from digest.config.tree import parse_yaml

_STARTER = Path(__file__).parents[2] / "sources.yaml"
SCHEMA = json.loads(build_schemas()[SOURCES_SCHEMA])


def invalid(text: str) -> list[str]:
    """What the JSON Schema has against a text, as an editor would show it."""
    validator: Any = jsonschema.Draft202012Validator(SCHEMA)
    return [
        error.message for error in validator.iter_errors(parse_yaml(text.encode(), "f").plain_value)
    ]


def test_the_starter_is_right_and_rich() -> None:
    """At least eighty publishers to read, in every tier that has feeds, in several languages, with nothing to tell."""
    config = load_sources(_STARTER, {})
    read_at_once = [source for source in config.sources if source.enabled]
    assert len(read_at_once) >= 80
    assert not config.warnings
    tiers = Counter(source.tier for source in read_at_once)
    assert all(tiers[tier] >= 5 for tier in ("vendor", "trade", "analyst", "regulator", "press"))
    assert {"it", "de", "fr", "es", "th", "ja"} <= {source.language for source in read_at_once}


def test_publishers_without_a_feed_are_read_from_their_pages() -> None:
    """Large vendors stand in the starter, and a person sees that their pages were not tried."""
    text = _STARTER.read_text(encoding="utf-8")
    pages = [one for one in load_sources(_STARTER, {}).sources if one.reading.kind == "page"]
    assert {one.name.split()[0] for one in pages} >= {"Adobe", "Braze", "Optimizely"}
    assert all(one.enabled and one.tier == "vendor" for one in pages)
    assert text.count("kind: page  # no feed is known; not tried") == len(pages)


def test_the_commented_examples_of_the_starter_are_right() -> None:
    """Taking off the comment signs gives a valid file: newsletters, delivery, mailboxes and all."""
    text = _STARTER.read_text(encoding="utf-8")
    head, sources = text.split("\nsources:\n")
    settings = head[head.index("\ndigest:") :].replace("\n  # ", "\n  ")
    letters = sources[sources.index("  # - name: MarTech Daily") :].replace("  # ", "  ")
    config = parse_sources(f"{settings}\nsources:\n{letters}", {"IMAP_PASSWORD": "x"})
    assert config.digest.delivery.smtp is not None
    assert len(config.sources) >= 3
    assert all(source.mailbox and source.tier == "newsletter" for source in config.sources)
    assert not config.warnings


def test_the_shipped_schemas_are_current() -> None:
    """The files are what the types say."""
    for path, text in build_schemas().items():
        assert path.read_text("utf-8") == text, "run: make generate"


def test_the_first_line_names_the_schema() -> None:
    """An editor finds it, in this repository and in a new workspace."""
    first = _STARTER.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=digest/config/sources.schema.json"
    assert (_STARTER.parent / first.split("$schema=")[1]).samefile(SOURCES_SCHEMA)
    files = load_starter_files()
    named = files["sources.yaml"].splitlines()[0].split("$schema=")[1]
    assert json.loads(files[named]) == SCHEMA
    assert (
        files["sources.yaml"].splitlines()[1:]
        == _STARTER.read_text(encoding="utf-8").splitlines()[1:]
    )


def test_the_schema_agrees_with_the_starter() -> None:
    """No red line in a new workspace."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert not invalid(_STARTER.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line",
    [
        "ulr: x",
        "tier: vendr",
        "weight: 4",
        "enabled: no",
        "tags: x",
        "history: no",
        "headers: {X-A: {value_env: small}}",
    ],
)
def test_the_schema_sees_what_the_program_refuses(line: str) -> None:
    """An editor marks the common mistakes while they are made."""
    assert not invalid("sources:\n  - name: A\n    url: https://a.example/\n")
    assert invalid(f"sources:\n  - name: A\n    url: https://a.example/\n    {line}\n")
    assert invalid("sources:\n  - name: A\n")
