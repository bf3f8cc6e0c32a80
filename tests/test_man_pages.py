"""Manual pages: one a command, as troff reads them without a warning."""

import shutil
import subprocess

import pytest

from tools.build_man_pages import build_man_pages

PAGES = dict(build_man_pages())


def test_every_command_has_a_page():
    """Groups and what is below them, with their options."""
    assert {"digest.1", "digest-build.1", "digest-sources-enable.1"} <= PAGES.keys()
    assert r"\fB\-\-dry\-run\fR" in PAGES["digest-send.1"]
    assert r"\fBdigest\-build\fR(1)" in PAGES["digest.1"]


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_troff_has_no_warning():
    """About any page."""
    text = "".join(PAGES.values())
    command = ["groff", "-man", "-Tutf8", "-ww", "-k"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    assert b"exactly once" in done.stdout
