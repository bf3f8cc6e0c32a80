"""What `digest explain` takes, and what it prints of an item."""

import json
from dataclasses import replace

import pytest

from digest.app.build import build_editions
from digest.app.context import AppContext
from digest.app.explain import explain_item
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.sources import load_sources
from digest.errors import UsageError
from digest.period import Quarter
from digest.render.edition_json import edition_to_json
from digest.render.ics import render_ics
from digest.render.register_files import render_register_files
from tests.factories.items import NOW, item

Q3 = Quarter(2026, 7, "UTC")
TITLES = (
    "Halcyra raises the price of its CRM from 1 October 2026",
    "Merrowbank acquires customer data platform Tallyvane for $40 million",
    "Merrowbank launches an AI agent for email campaigns",
    "Merrowbank opens an office",
    "Merrowbank names a finance chief",
)


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A workspace of one source whose pages are on http alone."""
    place = Workspace(tmp_path_factory.mktemp("explain"))
    place.sources_file.write_text(
        "digest: {limits: {story_floor: 0}}\n"
        "sources: [{name: Trade Daily, url: 'http://www.trade.example/feed', tier: trade}]\n"
    )
    items = [
        item(
            number, id=f"trade-{number}", url=f"https://trade.example/{number}",
            link=f"http://www.trade.example/{number}?utm_source=rss", title=title,
            summary=f"{title}, the company said.", source="trade-daily", source_name="Trade Daily",
        )
        for number, title in enumerate(TITLES)
    ]  # fmt: skip
    issue = replace(items[-1], id="issue", url="https://trade.example/31", title="Week 31 – Pulse")
    part = replace(
        items[-1],
        id="part",
        url="https://trade.example/31#writer",
        title="Ostrava hires a writer",
        letter=issue.url,
    )
    items += [issue, part]
    with Archive.open(place.archive_file) as archive:
        state = SourceState("trade-daily", last_success=NOW)
        archive.record_attempt(state, items, at=NOW, outcome="read")
    return AppContext(place, load_sources(place.sources_file, {}), NOW, quiet=True)


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("trade-1", 1),
        ("https://trade.example/1", 1),
        ("http://www.trade.example/1?utm_source=rss", 1),
        ("trade.example/1", 1),
        ("acquires Tallyvane", 1),
        ("TALLYVANE platform", 1),
        ("price of its CRM", 0),
    ],
)
def test_an_item_is_named_by_id_address_or_words(context, reference, number):
    """Words in any order and case."""
    (facts,) = explain_item(context, reference)
    assert facts["title"] == TITLES[number]


@pytest.mark.parametrize("reference", ["issue", "https://trade.example/31", "Week 31 Pulse"])
def test_of_an_issue_its_parts_are_explained(context, reference):
    (facts,) = explain_item(context, reference)
    assert facts["title"] == "Ostrava hires a writer"


def test_what_is_explained_is_json(context):
    """Of what is left out, too."""
    (facts,) = explain_item(context, "trade-3")
    assert json.loads(json.dumps(facts))["in_edition"] is False


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("Zorbly", "holds no item Zorbly", "digest search"),
        ("Merrowbank Zorbly", "holds no item", "digest search"),
        (
            "Merrowbank",
            "the titles of 4 items",
            "trade-3  Merrowbank opens an office (Trade Daily)",
        ),
        ("!", "holds no item", "digest search"),
    ],
)
def test_none_or_too_many_are_told(context, reference, message, hint):
    """With the command that finds one, or the ids to choose from."""
    with pytest.raises(UsageError) as raised:
        explain_item(context, reference)
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_addresses_are_printed_as_they_were_published(context):
    """A site may have no https at all: the key that items are compared by is no address to print."""
    (facts,) = explain_item(context, "trade-1")
    assert facts["link"] == "http://www.trade.example/1"
    (edition,) = build_editions(context, Q3)
    register = render_register_files(edition)["register.csv"]
    for file in (edition_to_json(edition), register, render_ics(edition)):
        assert b"http://www.trade.example/" in file
        assert b"https://" not in file
