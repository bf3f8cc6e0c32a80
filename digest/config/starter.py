"""What a new workspace begins with: the starter sources.yaml, stack.yaml and vocabulary.yaml, and the JSON Schemas that
their first lines name.

In this repository sources.yaml and stack.yaml are the files at the top, in an installed package copies beside this
module, where the starter vocabulary.yaml always is. Their first lines name the schemas in the package; a workspace gets
each schema as a file of its own, so that an editor finds it without knowing where the package is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

SOURCES_SCHEMA = Path(__file__).with_name("sources.schema.json")
STACK_SCHEMA = Path(__file__).with_name("stack.schema.json")
DECISIONS_SCHEMA = Path(__file__).with_name("decisions.schema.json")
VOCABULARY_SCHEMA = Path(__file__).with_name("vocabulary.schema.json")
_SCHEMAS = {
    "sources.yaml": SOURCES_SCHEMA,
    "stack.yaml": STACK_SCHEMA,
    "vocabulary.yaml": VOCABULARY_SCHEMA,
}
_SHIPPED = {
    "sources.yaml": "starter.yaml",
    "stack.yaml": "starter-stack.yaml",
    "vocabulary.yaml": "starter-vocabulary.yaml",
}


def find_starter_file(name: str = "sources.yaml") -> Path:
    """Where a starter file is."""
    shipped = Path(__file__).with_name(_SHIPPED[name])
    return shipped if shipped.is_file() else Path(__file__).parents[2] / name


def load_starter_files() -> Mapping[str, str]:
    """The files to write into a new workspace: path in it → text."""
    files = {}
    for name, schema in _SCHEMAS.items():
        there = f".digest/{schema.name}"
        text = find_starter_file(name).read_text(encoding="utf-8")
        files[name] = re.sub(r"\$schema=\S+", f"$schema={there}", text, count=1)
        files[there] = schema.read_text(encoding="utf-8")
    files[f".digest/{DECISIONS_SCHEMA.name}"] = DECISIONS_SCHEMA.read_text(encoding="utf-8")
    return files
