"""A curator's week at the desk, in a real Chromium over feeds on loopback: told in sight, mended by a click."""

import re
from pathlib import Path

import pytest

from digest.config.sources import load_sources
from tests.factories.curators_week import (
    NOW,
    QUARTER,
    Curator,
    Publishers,
    collect,
    live_through_the_week,
)
from tests.factories.desk_server import ARGS, CHROMIUM, Hands, ServedWorkspace

pytestmark = pytest.mark.real


def test_a_curators_week(tmp_path):
    """Each event is told at the desk, costs three clicks and keys at most, and lasts."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with Publishers() as publishers:
        live_through_the_week(tmp_path, publishers)
        with sync_playwright() as playwright, ServedWorkspace(tmp_path, QUARTER, NOW) as served:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            hands = Hands(browser, served)
            curator = Curator(hands, served)
            rows = curator.mend_all()
            titles = [
                [member.item.title for member in ranked.story.items]
                for ranked in served.desk.decision.ranked
            ]
            lesson, lessons = curator.correct_alike()
            assert hands.errors == []
            browser.close()
        assert re.search(r"[2-4] stories of Klaviyo were moved to Print", lesson)
        assert "Always?" in lesson
        for recurs in ("Klaviyo", "Weekly Letter"):  # offered, or refused with the reason
            assert re.search(rf"{recurs}.*", lessons)
        assert "Always" in lessons or "Not offered" in lessons or "makes no line" in lessons
        assert len(rows) == 8
        assert max(row.keys + row.clicks for row in rows) <= 5
        sources = {one.name: one for one in load_sources(tmp_path / "sources.yaml", {}).sources}
        assert sources["Dead Feed"].url == f"http://{publishers.host}/reborn"
        assert sources["Moved Feed"].url == f"http://{publishers.host}/new-place"
        assert sources["Coupon Post"].per_day == 5
        assert not sources["Weekly Letter"].enabled
        assert "Cake Times" not in sources
        assert "Kordella" in (tmp_path / "vocabulary.yaml").read_text()
        twice = [one for one in titles if any("Norwegian retailers" in title for title in one)]
        assert [len(one) for one in twice] == [2]
        two = [one for one in titles if any("Mailchimp" in title for title in one)]
        assert [len(one) for one in two] == [1, 1]
        assert "5 of 5 sources read" in collect(tmp_path, NOW)
