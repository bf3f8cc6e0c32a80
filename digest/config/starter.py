"""What a new workspace begins with: the starter sources.yaml, and the JSON Schema that its first line names.

In this repository the starter is the sources.yaml at the top, in an installed package a copy beside this module. Its
first line names the schema in the package; a workspace gets the schema as a file of its own, so that an editor finds it
without knowing where the package is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SCHEMA = Path(__file__).with_name("sources.schema.json")
_SCHEMA_HERE = "digest/config/sources.schema.json"
_SCHEMA_THERE = ".digest/sources.schema.json"


def starter_files() -> Mapping[str, str]:
    """The files to write into a new workspace: path in it → text."""
    shipped = Path(__file__).with_name("starter.yaml")
    starter = shipped if shipped.is_file() else Path(__file__).parents[2] / "sources.yaml"
    text = starter.read_text(encoding="utf-8")
    return {
        "sources.yaml": text.replace(f"$schema={_SCHEMA_HERE}", f"$schema={_SCHEMA_THERE}", 1),
        _SCHEMA_THERE: SCHEMA.read_text(encoding="utf-8"),
    }
