"""Write the bill of materials of a release (CycloneDX 1.5, JSON): `python tools/make_sbom.py FILE`.

The packages are those of uv.lock that a release can install, all extras included, with the hashes
that the lock has; to them come the fonts, scripts and weights of provenance.toml, with theirs.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tools" / "provenance.toml"
_UV = (
    "export --frozen --no-dev --all-extras --format cyclonedx1.5 --preview-features sbom-export -q"
)


def load_parts() -> list[dict[str, Any]]:
    """Return the parts that are shipped and are no package."""
    parts: list[dict[str, Any]] = tomllib.loads(PARTS.read_text("utf-8"))["part"]
    return parts


def find_files(part: dict[str, Any]) -> list[Path]:
    """Return the files of a part. Raise ValueError where a pattern finds none."""
    found = []
    for pattern in part["files"]:
        paths = sorted(ROOT.glob(pattern))
        if not paths:
            raise ValueError(f"{part['name']}: nothing at {pattern}")
        found += paths
    return found


def iter_components() -> Iterator[dict[str, Any]]:
    """Yield a component for each file that is no package's."""
    for part in load_parts():
        for path in find_files(part):
            name = path.relative_to(ROOT).as_posix()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield {
                "type": "data" if "weights" in name or "ngrams" in name else "file",
                "bom-ref": name,
                "name": name,
                **({"version": part["version"]} if "version" in part else {}),
                "description": f"{part['name']}, from {part['source']}; {part['made']}",
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "licenses": [{"license": {"id": part["licence"]}}],
            }


def build_sbom() -> dict[str, Any]:
    """Return the bill of materials."""
    uv = Path(sys.executable).with_name("uv")
    run = subprocess.run([str(uv), *_UV.split()], cwd=ROOT, capture_output=True, check=True)
    bom: dict[str, Any] = json.loads(run.stdout)
    version: dict[str, str] = {}
    exec((ROOT / "digest" / "version.py").read_text("utf-8"), version)
    bom["metadata"]["component"] |= {
        "type": "application",
        "version": version["__version__"],
        "licenses": [{"license": {"id": "MIT"}}],
    }
    bom["components"] += iter_components()
    return bom


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    made = build_sbom()
    target.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"{target}: {len(made['components'])} components")
