"""tools/run_dockerfile.py reads what the Dockerfile says, and the Dockerfile copies what the wheel needs."""

import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
read_steps = runpy.run_path(str(ROOT / "tools" / "run_dockerfile.py"))["read_steps"]


def test_steps_are_read():
    """Continued lines are one step; comments are none."""
    text = '# x\nFROM a\n\nRUN one \\\n    && two\n# y\nCMD ["run"]\n'
    assert list(read_steps(text)) == [("FROM", "a"), ("RUN", "one && two"), ("CMD", '["run"]')]


def test_the_image_gets_all_that_the_wheel_is_made_of():
    """What hatch is told to put into the wheel stands in a COPY."""
    steps = read_steps((ROOT / "Dockerfile").read_text())
    copied = {word.rstrip("/") for kind, words in steps if kind == "COPY" for word in words.split()}
    made = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]
    wheel = made["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"]} <= copied
    assert {"pyproject.toml", "hatch_build.py", "uv.lock"} <= copied
