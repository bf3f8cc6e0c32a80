"""What a new workspace begins with: starter files, and JSON Schemas for the editors of them.

In this repository sources.yaml and stack.yaml are the files at the top; in an installed package
they are copies beside this module, where the starter vocabulary.yaml always is. Their first lines
name the schemas in the package; a workspace gets each schema as a file of its own, so that an
editor finds it without knowing where the package is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

_FOLDER = Path(__file__).parent
SOURCES_SCHEMA = _FOLDER / "sources.schema.json"
STACK_SCHEMA = _FOLDER / "stack.schema.json"
DECISIONS_SCHEMA = _FOLDER / "decisions.schema.json"
VOCABULARY_SCHEMA = _FOLDER / "vocabulary.schema.json"
VENDORS_SCHEMA = _FOLDER / "vendors.schema.json"
_STARTERS = {
    "sources.yaml": ("starter.yaml", SOURCES_SCHEMA),
    "stack.yaml": ("starter-stack.yaml", STACK_SCHEMA),
    "vocabulary.yaml": ("starter-vocabulary.yaml", VOCABULARY_SCHEMA),
}


def find_starter_file(name: str = "sources.yaml") -> Path:
    """Return where a starter file is."""
    shipped = _FOLDER / _STARTERS[name][0]
    return shipped if shipped.is_file() else _FOLDER.parents[1] / name


def load_starter_files() -> Mapping[str, str]:
    """Return the files to write into a new workspace: path in it → text."""
    files = {}
    for name, (_, schema) in _STARTERS.items():
        text = find_starter_file(name).read_text(encoding="utf-8")
        files[name] = re.sub(r"\$schema=\S+", f"$schema=.digest/{schema.name}", text, count=1)
        files[f".digest/{schema.name}"] = schema.read_text(encoding="utf-8")
    for schema in (DECISIONS_SCHEMA, VENDORS_SCHEMA):  # of files that the program begins
        files[f".digest/{schema.name}"] = schema.read_text(encoding="utf-8")
    return files


def fill_in_setting(text: str, name: str, value: str) -> str:
    """Return the starter's text with a value for a key of `digest:`; its comment stays.

    `value` is text, or a list as YAML writes it. The key may stand in a comment.
    """
    is_plain = re.fullmatch(r"\[[\w, -]+\]|[A-Za-z][\w/+-]*", value)
    line = f"  {name}: {value if is_plain else json.dumps(value)}"  # JSON's texts are YAML's
    key = re.compile(rf"^  (?:# )?{name}: [^#\n]*?(?= *(?:#|$))", re.MULTILINE)
    new, count = key.subn(lambda _: line, text, count=1)
    assert count == 1, name
    return new


def allow_private_hosts(text: str, hosts: Sequence[str]) -> str:
    """Return the starter's text with private `host:port`s that may be read."""
    example = re.compile(r"^  # network:\n  #   allow_private: .*?(?= *#)", re.MULTILINE)
    line = f"  network:\n    allow_private: {json.dumps(list(hosts))}"
    new, count = example.subn(lambda _: line, text, count=1)
    assert count == 1
    return new


def remove_starter_sources(text: str) -> str:
    """Return the starter's text without its sources, for a team that brings its own."""
    return text[: text.index("\nsources:\n")] + "\nsources: []\n"


class _UntitledJsonSchema(GenerateJsonSchema):
    """A schema without a title for every key, which would only repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  (pydantic's own name)
        return False


def build_schemas() -> Mapping[Path, str]:
    """Return the JSON Schemas of the files that people write, for their editors: path → text.

    The files in the package are made of this by `make generate`.
    """
    from digest.config.decisions import DecisionsFile
    from digest.config.sources import SourcesFile
    from digest.config.stack import StackFile
    from digest.config.vendors import VendorFile
    from digest.config.vocabulary import VocabularyFile

    schemas = {}
    for path, model, title in (
        (SOURCES_SCHEMA, SourcesFile, "sources.yaml"),
        (STACK_SCHEMA, StackFile, "stack.yaml"),
        (DECISIONS_SCHEMA, DecisionsFile, "editions/QUARTER.yaml"),
        (VOCABULARY_SCHEMA, VocabularyFile, "vocabulary.yaml"),
        (VENDORS_SCHEMA, VendorFile, "vendors/NAME.yaml"),
    ):
        schema = model.model_json_schema(by_alias=True, schema_generator=_UntitledJsonSchema)
        schema = {"$schema": _UntitledJsonSchema.schema_dialect, **schema, "title": title}
        schemas[path] = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
    return schemas
