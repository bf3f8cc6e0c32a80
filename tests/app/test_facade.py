"""`from digest import Digest`: the product from Python."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import digest
from digest import Digest
from digest.archive import Archive, SourceState
from digest.errors import ConfigError, DeliveryError, UsageError
from tests.factories.items import NOW, START, item

SOURCES = "sources: [{name: Acme News, url: 'https://acme.example/feed', enabled: false}]"


@pytest.fixture
def workspace(tmp_path):
    """A workspace with one item of the third quarter in its archive."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    with Archive.open(tmp_path / "output" / "archive.db") as archive:
        news = item(source="acme-news", title="Acme launches an AI agent for email marketing")
        state = SourceState("acme-news", last_success=NOW)
        archive.record_attempt(state, [news], at=START, outcome="read")
    return tmp_path


def test_importing_the_package_loads_nothing_heavy():
    """Not before the class is used, and no command line even then."""
    code = "import sys, digest; early = set(sys.modules); digest.Digest; print(early, sys.modules)"
    early, late = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split("} {")
    for heavy in ("click", "weasyprint", "sqlalchemy", "pydantic", "digest.app"):
        assert f"'{heavy}'" not in early
    assert "'click'" not in late
    assert "'weasyprint'" not in late


@pytest.mark.whole
def test_the_sample_is_built_in_five_lines(sample_root):
    """Offline, into output/demo/ of a folder; `build_sample` has the lines."""
    made = json.loads((sample_root / "paths.json").read_text())
    paths = [Path(path) for path in made["paths"]]
    assert made["failed"] == 0
    assert {path.name for path in paths} >= {"digest.pdf", "digest.html", "edition.json"}
    assert {path.parent for path in paths} == {sample_root / "output" / "demo" / "2026-Q3"}
    assert all(path.is_file() for path in paths)


@pytest.mark.whole
@pytest.mark.usefixtures("no_paper")
def test_an_edition_is_built_approved_and_sent(workspace):
    """As by the commands of the same names; to nobody, as nobody is named."""
    product = Digest(workspace, now=NOW)
    with pytest.raises(UsageError, match="no source is switched on"):
        product.collect()
    assert len(product.build("2026-Q3")) == 8
    with pytest.raises(DeliveryError, match="not released"):
        product.send("2026-Q3")
    release = product.approve("2026-Q3", by="Anna")
    assert (release.quarter, release.state, release.by) == ("2026-Q3", "approved", "Anna")
    assert product.send("2026-Q3") is False


@pytest.mark.usefixtures("no_paper")
def test_a_run_and_its_state_are_reported(workspace):
    """And why an item is where it is."""
    product = Digest(workspace, now=NOW)
    product.run()
    state = product.status()
    assert (state["collected"]["items"], state["editions"][0]["quarter"]) == (1, "2026-Q3")
    (facts,) = product.explain(item().id)
    assert facts["quarter"] == "2026-Q3"


def test_wrong_use_is_reported(tmp_path, workspace):
    """A folder without sources.yaml, a quarter that is none, an attribute that is none."""
    with pytest.raises(ConfigError, match="there is no such file"):
        Digest(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="2026-Q9"):
        Digest(workspace).build("2026-Q9")
    with pytest.raises(AttributeError, match="Digests"):
        digest.Digests  # noqa: B018
