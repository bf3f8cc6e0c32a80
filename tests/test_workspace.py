"""Whole files or none, one run at a time."""

import os
import subprocess
import sys

import pytest

from digest.app.workspace import Workspace, write_file, write_files
from digest.errors import DigestError, LockHeldError


def test_a_file_is_written_whole(tmp_path):
    """With its folders, and without leaving a part behind."""
    write_file(tmp_path / "a" / "b.txt", b"words")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"words"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """A full disk is told with its mend; what was there stays."""
    path = tmp_path / "b.txt"
    write_file(path, b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DigestError, match="disk space"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["b.txt"]


def test_files_of_an_edition(tmp_path):
    """Their paths come back in order."""
    assert write_files(tmp_path, {"x": b"1", "y": b"2"}) == (tmp_path / "x", tmp_path / "y")


def test_a_folder_that_is_a_file_is_told(tmp_path):
    """In words."""
    (tmp_path / "output").write_text("in the way")
    with pytest.raises(DigestError, match="cannot write"):
        write_file(tmp_path / "output" / "x", b"")


def test_the_lock_is_held_once(tmp_path):
    """A second run is told so, with exit code 75, and may work after."""
    place = Workspace(tmp_path)
    with place.lock(), pytest.raises(LockHeldError) as held, place.lock():
        pass
    assert held.value.exit_code == 75
    with place.lock():
        pass


def test_the_lock_goes_with_its_process(tmp_path):
    """A killed run leaves no lock behind."""
    code = (
        "import sys, time; from pathlib import Path; from digest.app.workspace import Workspace\n"
        "with Workspace(Path(sys.argv[1])).lock():\n    print('held', flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(LockHeldError), Workspace(tmp_path).lock():
        pass
    process.kill()
    process.communicate()
    with Workspace(tmp_path).lock():
        pass


def test_what_is_not_made_any_more_is_removed_and_nothing_else(tmp_path):
    """Only files of the folder that match; a folder that is not there is no fault."""
    place = Workspace(tmp_path)
    place.remove_stale_files("vendors", "*.html", ())
    write_files(place.output, {"vendors/a.html": b"", "vendors/b.html": b"", "vendors/c.txt": b""})
    place.remove_stale_files("vendors", "*.html", {"vendors/a.html"})
    assert sorted(path.name for path in (place.output / "vendors").iterdir()) == ["a.html", "c.txt"]
