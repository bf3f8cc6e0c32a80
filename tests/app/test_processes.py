"""Calls in processes of their own, as those of the work behind the review page."""

import os

import pytest

from digest.app.processes import call_in_process
from digest.errors import ConfigError, DigestError, Problem


def get_process_id():
    return os.getpid()


def fail(error):
    raise error


def die():
    os._exit(3)


def test_a_function_is_called_in_another_process():
    """Its result comes back."""
    assert call_in_process(get_process_id) != os.getpid()


def test_an_error_in_the_process_keeps_its_words():
    """Message and hint, whatever its class."""
    with pytest.raises(DigestError, match="the disk is full") as caught:
        call_in_process(fail, DigestError("the disk is full"))
    assert caught.value.hint == ""
    with pytest.raises(DigestError, match=r"v\.yaml:1:2: wrong"):
        call_in_process(fail, ConfigError((Problem("v.yaml", 1, 2, "", "wrong"),)))


def test_a_process_that_dies_is_reported():
    """With what to do."""
    with pytest.raises(DigestError, match="without an answer") as caught:
        call_in_process(die)
    assert "digest review" in caught.value.hint


def test_no_module_of_the_current_folder_is_run(tmp_path, monkeypatch):
    """A new interpreter would look for its own modules there first."""
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("threading", "signal", "selectors", "runpy", "tempfile"):
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'w')\nraise OSError\n"
        )
    assert call_in_process(abs, -3) == 3
    assert not (tmp_path / "ran").exists()
    assert "PYTHONSAFEPATH" not in os.environ  # nor is another program that is started later bound
