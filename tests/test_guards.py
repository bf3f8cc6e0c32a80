"""The table of guards: each stands where it says, and its test is there. `make check-guards` takes them out."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_SPEC = importlib.util.spec_from_file_location("check_guards", ROOT / "tools" / "check_guards.py")
assert _SPEC
assert _SPEC.loader
check_guards = sys.modules[_SPEC.name] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(check_guards)
GUARDS = check_guards.load_guards()


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_a_guard_stands_where_the_table_says(guard):
    """Once, and with a test to hold it."""
    assert check_guards.find_place_fault(guard) == ""
    assert guard.text != guard.instead
    for test in guard.test.split():
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text("utf-8")
        assert not name or re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE), test


def test_there_are_many():
    assert len(GUARDS) >= 40


def test_the_page_shows_the_table():
    """As `make generate` writes it."""
    page = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert check_guards.fill_table(page, GUARDS) == page


def test_a_guard_is_put_back(tmp_path):
    """Whatever happens while it is out."""
    guard = check_guards.Guard("a", "b", "x.py", "guard()", "pass", "t")
    (tmp_path / "x.py").write_text("if 1:\n    guard()\n")

    def fail_without_it():
        with check_guards.take_out(guard, tmp_path):
            raise KeyError((tmp_path / "x.py").read_text())

    with pytest.raises(KeyError, match="pass"):
        fail_without_it()
    assert "guard()" in (tmp_path / "x.py").read_text()
