"""The table of what the article asks for: counted, and each page looked up in the sample's edition."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from digest.app.vocabulary import load_overrides
from digest.config.starter import find_starter_file
from digest.tag import ItemJudge
from tests.factories.items import item
from tools import number_demands

TEXT = number_demands.DEMANDS.read_text(encoding="utf-8")


def test_the_sum_is_that_of_the_rows() -> None:
    """Each of the 38 stands there once, and none but those that work or take a step."""
    rows = number_demands.ROW.findall(TEXT)
    assert sorted(int(row[0].split("|")[1]) for row in rows) == list(range(1, 39))
    states = Counter(row[4].strip("| ") for row in rows)
    works, steps = re.findall(r"^(\d+) work, (\d+) work once", TEXT, re.MULTILINE)[0]
    assert states == {"works": int(works), "with a step": int(steps)}


FAKES = (
    "Deepfake of a bank's chief sells fake investments in social ads",
    "Disinformation campaign copies the pages of three newspapers",
)


@pytest.mark.parametrize("title", FAKES)
def test_the_starter_s_rule_on_fakes_takes_them_in(title: str, tmp_path: Path) -> None:
    """Demand 26: the rule as it stands in the starter file, its comment signs taken off."""
    text = find_starter_file("vocabulary.yaml").read_text(encoding="utf-8")
    rule = re.search(r"(?m)^#  - name: fakes of brands.*\n(?:#    .*\n)+", text)
    assert rule is not None
    (tmp_path / "vocabulary.yaml").write_text("rules:\n" + re.sub("(?m)^#", "", rule[0]))
    judge = ItemJudge.load(load_overrides(tmp_path / "vocabulary.yaml"))
    assert not ItemJudge.load().judge_item(item(title=title)).relevant
    assert judge.judge_item(item(title=title)).relevant


@pytest.mark.slow
@pytest.mark.real
def test_each_demand_stands_on_its_page(tmp_path: Path) -> None:
    """`tools/number_demands.py FOLDER --write` numbers the table anew."""
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    subprocess.run(
        [sys.executable, "-m", "digest", "demo", "--workspace", tmp_path, "--quiet"], check=True
    )
    pages = number_demands.read_pages(tmp_path / "output" / "demo" / "2026-Q3")
    assert number_demands.number_rows(TEXT, pages)[1] == []
