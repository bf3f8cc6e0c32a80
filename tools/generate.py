"""Writes every file of this repository that is made from another one.

    python tools/generate.py           writes what is stale
    python tools/generate.py --check   changes nothing; exit code 1 where something is stale

Made are the table of guards (from guards.toml), the reference pages of docs/ (from the commands and
the schemas), the JSON Schemas (from the types), the catalogues of translations (from the texts in code and
templates; what is not translated yet is named) and the sample quarter (from tools/sample). The fonts
are not: tools/make_fonts.py needs packages that are not kept here.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from build_reference import build_reference
from check_guards import fill_table, load_guards

import digest
from digest.config.starter import build_schemas

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "digest" / "sample"


def generate_files() -> Iterator[tuple[Path, bytes]]:
    """Yield every generated file but the catalogues: path, and what it should hold."""
    for path, text in build_schemas().items():
        yield path, text.encode()
    edition_json = importlib.import_module("digest.render.edition_json")
    if build := getattr(edition_json, "build_edition_schema", None):
        text = json.dumps(build(), indent=1, ensure_ascii=False) + "\n"
        yield ROOT / "digest" / "render" / "edition.schema.json", text.encode()
    threat_model = ROOT / "docs" / "threat-model.md"
    yield threat_model, fill_table(threat_model.read_text("utf-8"), load_guards()).encode()
    yield from build_reference(ROOT / "docs" / "reference")
    with TemporaryDirectory() as folder:
        run_tool("make_sample.py", folder)
        for made in sorted(Path(folder).rglob("*")):
            if made.is_file():
                yield SAMPLE / made.relative_to(folder), made.read_bytes()


def run_tool(name: str, *arguments: str) -> int:
    """Run a script of this folder, which prints its own complaints; return its exit code."""
    command = [sys.executable, str(ROOT / "tools" / name), *arguments]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def main(*, check: bool) -> int:
    """Write or check all generated files; return the exit code."""
    package = Path(digest.__file__).resolve().parent
    if package != ROOT / "digest":  # a second work tree beside an editable installation
        print(f"generate: python imports digest from {package}; run it with PYTHONPATH={ROOT}")
        return 2
    stale = [
        (path, data)
        for path, data in generate_files()
        if not path.is_file() or path.read_bytes() != data
    ]
    for path, data in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_bytes(data)
    catalogues = run_tool("update_catalogues.py", *(["--check"] if check else []))
    if check and (stale or catalogues):
        print("run: make generate")
    return 1 if catalogues or (check and stale) else 0


if __name__ == "__main__":
    raise SystemExit(main(check="--check" in sys.argv[1:]))
