"""Ask a public source of advisories about every package that uv.lock pins: `make audit`.

    python tools/audit_packages.py [--require]

A source counts as reachable once it tells of the known fault of an old package: a mirror that
answers with nothing would pass for a clean bill. Where none is reachable the audit is skipped with
the reason, and with `--require` (for a release) that is an error.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 15
_PROBE = ("jinja2", "3.1.2")  # CVE-2024-22195 and others


def _ask_osv() -> bool:
    package = {"package": {"name": _PROBE[0], "ecosystem": "PyPI"}, "version": _PROBE[1]}
    request = urllib.request.Request(
        "https://api.osv.dev/v1/query",
        json.dumps(package).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
        return bool(json.load(answer).get("vulns"))


def _ask_pypi() -> bool:
    address = f"https://pypi.org/pypi/{_PROBE[0]}/{_PROBE[1]}/json"
    with urllib.request.urlopen(address, timeout=_SECONDS) as answer:
        return bool(json.load(answer).get("vulnerabilities"))


_SOURCES: dict[str, Callable[[], bool]] = {"osv": _ask_osv, "pypi": _ask_pypi}


def find_source() -> tuple[str, list[str]]:
    """Return the first source that knows of the probe's faults, "" for none; why others do not."""
    reasons = []
    for name, ask in _SOURCES.items():
        try:
            if ask():
                return name, reasons
            reasons.append(f"{name} knows nothing of {' '.join(_PROBE)}")
        except (OSError, ValueError) as error:
            reasons.append(f"{name}: {error}")
    return "", reasons


def audit_packages(source: str) -> int:
    """Ask the source about every pinned package of every extra; return pip-audit's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        export = "export --frozen --quiet --no-emit-project --all-extras --no-dev".split()
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, *export, "--output-file", str(listed)], cwd=ROOT, check=True)
        isolated = [uv, *"run --frozen --isolated --only-group audit pip-audit".split()]
        options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        command = [*isolated, "--vulnerability-service", source, *options, "-r", str(listed)]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """Audit, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--require", action="store_true", help="no reachable source is an error")
    asked = parser.parse_args()
    source, reasons = find_source()
    if not source:
        print("skipped: no source of advisories can be reached (" + "; ".join(reasons) + ")")
        return 1 if asked.require else 0
    return audit_packages(source)


if __name__ == "__main__":
    sys.exit(main())
