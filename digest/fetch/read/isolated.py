"""Start a Python process of our own that heeds neither the current folder nor the environment."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

# With -I the interpreter finds its own libraries only; this package is where its parent found it.
_PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import digest
sys.path.pop(0)
from importlib import import_module
serve = getattr(import_module(sys.argv[2]), sys.argv[3])
serve(*map(float, sys.argv[4:]), sys.stdin.buffer, sys.stdout.buffer)
"""


def start_isolated_process(module: str, function: str, *numbers: float) -> subprocess.Popen[bytes]:
    """Start a process that calls a function of this package with numbers, its input and output.

    Its environment is empty, so that no secret is in it. Raises OSError where none can be started.
    """
    package = str(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-I", "-c", _PROGRAM, package, module, function]
    return subprocess.Popen(  # noqa: S603 (no part of the command comes from outside)
        [*command, *map(str, numbers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """End a process and close what led to it and came from it."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # nobody is left to read what was not written yet
            assert pipe is not None
            pipe.close()
    process.wait()
