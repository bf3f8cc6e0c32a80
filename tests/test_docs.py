"""The documents name files that exist."""

import re
from pathlib import Path

import pytest

from digest import __version__

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(
    r"\b(?:digest|tests|tools|scripts|docs)/[a-z0-9_/.-]+\.(?:py|toml|md|json|tsv)\b"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_file_that_a_document_names_exists(document: Path) -> None:
    named = set(NAMED.findall(document.read_text("utf-8")))
    assert not sorted(name for name in named if not (ROOT / name).exists())


def test_the_wheel_is_named_as_it_is_built() -> None:
    """With the version of this program."""
    named = re.findall(
        r"martech_digest-([\w.]+)-py3", "".join(path.read_text("utf-8") for path in DOCUMENTS)
    )
    assert set(named) == {__version__}


def test_the_changelog_tells_of_this_version() -> None:
    """With the day of its release; what comes after it stands above."""
    heads = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert heads[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", heads[1])


def test_every_page_is_in_the_contents() -> None:
    """Of the site and of docs/index.md; a decision is in the list of decisions."""
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    decisions = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in DOCUMENTS[2:]]
    for page in pages:
        if page.startswith("decisions/") and page != "decisions/README.md":
            assert f"]({page.removeprefix('decisions/')})" in decisions, page
        elif page != "index.md":
            assert f": {page}\n" in nav, page
            assert f"]({page})" in index, page


LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_leads_to_a_file(document: Path) -> None:
    targets = LINK.findall(document.read_text("utf-8"))
    assert [one for one in targets if not (document.parent / one).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_code_in_tables_holds_no_bar(document: Path) -> None:
    """GitHub shows an escaped one as a bar, the site with its backslash."""
    rows = [line for line in document.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert [row for row in rows if any("|" in code for code in row.split("`")[1::2])] == []


@pytest.mark.parametrize("page", DOCUMENTS[2:], ids=lambda path: path.name)
def test_pages_link_to_nothing_outside_of_the_site(page: Path) -> None:
    """What is no part of docs/ is named, not linked: `make docs` would not find it."""
    docs = ROOT / "docs"
    targets = [(page.parent / one).resolve() for one in LINK.findall(page.read_text("utf-8"))]
    assert [one for one in targets if not one.is_relative_to(docs)] == []
