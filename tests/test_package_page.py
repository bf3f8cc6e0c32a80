"""What an index shows of the package: nothing in it leads to a file that only the repository has."""

import re
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
PAGE = "https://forge.example/acme/digest"
RELATIVE = re.compile(r"\]\((?!https?:|#)")


@pytest.fixture
def hook(monkeypatch):
    """hatch_build.py, without hatch, which only a build has."""
    interface = SimpleNamespace(MetadataHookInterface=object)
    monkeypatch.setitem(sys.modules, "hatchling.metadata.plugin.interface", interface)
    return SimpleNamespace(**runpy.run_path(str(ROOT / "hatch_build.py")))


def test_pictures_and_links_are_addresses_of_the_version(hook):
    """Of a repository that is published."""
    shown = hook.describe((ROOT / "README.md").read_text("utf-8"), PAGE, "1.2.3")
    assert not RELATIVE.search(shown)
    assert f"![Page one of the sample quarter's briefing]({PAGE}/raw/v1.2.3/docs/page-1.png)" in (
        shown
    )
    assert f"[Install it]({PAGE}/blob/v1.2.3/docs/install.md)" in shown
    assert hook.list_urls(PAGE, "1.2.3")["Changelog"] == f"{PAGE}/blob/v1.2.3/CHANGELOG.md"


def test_without_a_published_repository_the_words_are_left(hook):
    """No picture, no link, no empty table where pictures stood."""
    readme = (
        "# A\n\n![One](docs/one.png)\n\n| a | b |\n|---|---|\n| ![X](x.png) | ![Y](y.png) |\n\n"
        "See [how](docs/how.md#a) and [elsewhere](https://else.example/x).\n"
    )
    assert hook.describe(readme, "", "1.2.3") == (
        "# A\n\nSee how and [elsewhere](https://else.example/x).\n"
    )
    assert hook.list_urls("", "1.2.3") == {}


def test_it_is_told_of_this_version(hook):
    """With `digest/version.py` as the only place that says which."""
    metadata: dict = {}
    hook.ProjectMetadata.update(SimpleNamespace(root=str(ROOT)), metadata)
    assert not RELATIVE.search(metadata["readme"]["text"])
    assert metadata["readme"]["text"].startswith("# Martech digest\n")
