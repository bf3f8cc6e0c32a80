"""The sample quarter's edition, built once for all tests and all workers of a session."""

from __future__ import annotations

import fcntl
import json
import shutil
from pathlib import Path
from unittest import mock

from digest import Digest
from tests.factories.paper import draw_no_paper

_DONE = "paths.json"


def build_sample(shared: Path) -> Path:
    """Return the folder in which the sample was collected and built, in the five lines of README.md.

    `shared` is a folder of the session: who comes first builds, with a paper of any bytes, and
    others wait for that.
    """
    root = shared / "sample"
    root.mkdir(exist_ok=True)
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / _DONE).exists():
            with mock.patch("digest.render.pdf.render_and_check_pdf", draw_no_paper):
                sample = Digest.demo(root)
                failed = len(sample.collect().failed_reports)
                paths = sample.build()
            made = {"failed": failed, "paths": list(map(str, paths))}
            (root / _DONE).write_text(json.dumps(made), "utf-8")
    return root


def copy_sample_output(root: Path, output: Path) -> Path:
    """Copy what the sample wrote, its archive among it, to be written into; return the copy."""
    shutil.copytree(root / "output" / "demo", output)
    return output
