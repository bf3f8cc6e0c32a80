"""`python -m digest` and the `digest` command."""

from __future__ import annotations

import os
import sys

from digest.cli import main

if __name__ == "__main__":
    # `python -m` puts the current folder first: no file of a workspace may stand for a library
    if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 (as the interpreter wrote it)
        del sys.path[0]
    main()
