"""What of an edition may be shown: fields that are listed, and no others."""

from __future__ import annotations

import pytest

from digest.app.editions import find_edition, find_story, load_editions, publish_edition
from digest.app.editions import publish_story as choose_fields
from digest.errors import DigestError, UsageError
from tests.factories.served import make_served_workspace

STORY = {
    "id": "s1", "title": "A", "summary": [], "vendors": [], "items": [{"id": "i1", "url": "u", "via": "v"}],
    "why_it_matters": ["We run A for 48,123 EUR"], "note": "ask Ottilie", "of_a_later_version": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return make_served_workspace(tmp_path_factory.mktemp("served"))


def test_a_story_is_shown_without_what_is_the_company_s():
    """Nor with what a later version adds, until somebody lists it."""
    shown = choose_fields(STORY, private=False)
    assert shown.keys() == {"id", "title", "summary", "vendors", "items"}
    assert shown["items"] == [{"id": "i1", "url": "u"}]
    private = choose_fields(STORY, private=True)
    assert private["why_it_matters"] == STORY["why_it_matters"]
    assert "of_a_later_version" not in private


def test_an_edition_is_shown_without_what_is_the_company_s(context):
    """Stack, ledger, agenda, decisions."""
    (edition,) = load_editions(context)
    shown = publish_edition(edition, private=False)
    assert not {"stack", "ledger", "agenda", "decisions", "letter"} & shown.keys()
    assert "Ottilie" not in str(shown)
    assert publish_edition(edition, private=True)["stack"] == edition["stack"]


def test_an_edition_is_found_by_its_quarter(context):
    """Or as the newest; else it is told which to build."""
    assert find_edition(context, "2026-q3") is find_edition(context, "latest")
    with pytest.raises(DigestError, match="2025-Q1 has not been built"):
        find_edition(context, "2025-Q1")


def test_a_story_is_found_by_the_id_of_its_item(context):
    """And by its own."""
    edition, story = find_story(context, "trade-1")
    assert find_story(context, story["id"], "2026-Q3") == (edition, story)
    with pytest.raises(UsageError, match="no edition tells"):
        find_story(context, "elsewhere")


def test_a_file_that_is_no_edition_is_none(context):
    """Broken JSON, or another's."""
    folder = context.workspace.output / "2025-Q4"
    folder.mkdir()
    for text in ("{", "[]", '{"quarter": "2025-Q4"}'):
        (folder / "edition.json").write_text(text)
        assert len(load_editions(context)) == 1
