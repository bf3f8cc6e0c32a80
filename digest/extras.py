"""Say how to install an extra of the package where this program runs, in the way it was installed.

A plain `pip install 'martech-digest[web]'` finds nothing as long as the name stands on no index,
and in an environment of pipx or uv there may be no pip to ask.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "martech-digest"


def suggest_activation() -> str:
    """Return what puts `digest` on the path of the shell; "" where it stands there already.

    After `make setup` it stands in an environment that nobody has activated.
    """
    found, folder = shutil.which("digest"), Path(sys.prefix).resolve()
    is_there = found and Path(found).resolve().is_relative_to(folder)
    activate = folder / "bin" / "activate"
    return "" if is_there or not activate.is_file() else f". {shlex.quote(str(activate))}"


def suggest_install(*extras: str) -> str:
    """Return the command that adds extras of the package to this environment."""
    origin, folder = _find_origin()
    if folder:  # a clone: `make setup` installs all extras
        return f"make -C {folder} setup"
    wanted = f"'{_PACKAGE}[{','.join(extras)}]{origin and f' @ {origin}'}'"
    if _is_in_environment("uv-receipt.toml"):
        return f"uv tool install --force {wanted}"
    if _is_in_environment("pipx_metadata.json"):
        return f"pipx install --force {wanted}"
    if find_spec("pip"):
        return f"{sys.executable} -m pip install {wanted}"
    return f"uv pip install --python {sys.executable} {wanted}"


def _find_origin() -> tuple[str, str]:
    """Return where the package was installed from, by PEP 610: an address or a local folder.

    Both are empty where it came from an index by its name.
    """
    try:
        stated = json.loads(distribution(_PACKAGE).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return "", ""
    url = str(stated.get("url", ""))
    if "dir_info" in stated:
        return "", url.removeprefix("file://")
    if version := stated.get("vcs_info"):
        return f"{version['vcs']}+{url}@{version['commit_id']}", ""
    return url, ""


def _is_in_environment(name: str) -> bool:
    return Path(sys.prefix, name).is_file()
