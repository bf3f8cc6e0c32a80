"""From one edition to the next: what was told comes again only with something new."""

from datetime import datetime

import pytest

from digest.app.build import build_editions
from digest.app.context import AppContext
from digest.app.judge import decide_quarter
from digest.app.previous import load_earlier_stories
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.cli.common import load_config
from digest.period import Quarter
from digest.render.edition_json import edition_to_json
from tests.cli.test_workspaces import run

NOW = "2026-10-02T06:00:00Z"
Q2, Q3 = Quarter(2026, 4, "UTC"), Quarter(2026, 7, "UTC")
TOLD = "Halcyra launches Quillmark, an AI agent for email campaigns"
ROWS = (
    ("20 May 2026", TOLD, "Halcyra launches Quillmark, an agent that writes email campaigns, for its customers."),
    ("03 Jul 2026", TOLD, "Halcyra launches Quillmark, an agent that writes email campaigns, for its customers."),
    ("10 Aug 2026", "Halcyra raises prices of Quillmark, its AI agent for email campaigns",
     "Halcyra raises the price of Quillmark, the agent that writes email campaigns, to $90 a month for new customers."),
    ("12 Aug 2026", "Merrowbank acquires customer data platform Tallyvane for $40 million",
     "Merrowbank buys the CDP vendor Tallyvane. The deal closes in September."),
)  # fmt: skip


@pytest.fixture
def context(tmp_path, httpserver):
    """A workspace that holds two quarters, with the edition of the first."""
    items = "".join(
        f"<item><title>{title}</title><link>https://acme.example/story-{n}-of-the-news</link>"
        f"<description>{summary}</description><pubDate>{day} 09:00:00 GMT</pubDate></item>"
        for n, (day, title, summary) in enumerate(ROWS)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title>{items}</channel></rss>'
    httpserver.expect_request("/feed").respond_with_data(rss, content_type="application/rss+xml")
    (tmp_path / "sources.yaml").write_text(
        f"digest:\n  timezone: UTC\n  limits: {{story_floor: 0, consequence_floor: 0}}\n  network:\n    allow_private: ['localhost:{httpserver.port}']\n"
        f"sources:\n  - name: Acme News\n    url: {httpserver.url_for('/feed')}\n    tier: trade\n"
    )
    run("collect", "--workspace", tmp_path, "--now", NOW)
    place = Workspace(tmp_path)
    context = AppContext(place, load_config(place), datetime.fromisoformat(NOW))
    (made,) = build_editions(context, Q2)
    folder = place.edition_folder("2026-Q2")
    folder.mkdir(parents=True)
    (folder / "edition.json").write_bytes(edition_to_json(made))
    return context


def test_what_was_told_stays_out_and_what_happened_since_says_so(context):
    """A repeat has a reason, a follow-up names the earlier story and the news, all else is as ever."""
    assert [one.title for one in load_earlier_stories(context.workspace.output, Q3)] == [TOLD]
    with Archive.open(context.workspace.archive_file, create=False) as archive:
        decision = decide_quarter(context, Q3, archive)
    titles = {one.id: one.lead.item.title for one in decision.stories}
    out = {titles[story]: str(reason) for story, reason in decision.left_out.items()}
    assert out == {TOLD: f"told in 2026-Q2 as “{TOLD}”, and nothing new was found"}
    (made,) = build_editions(context, Q3)
    told = {story.title: story.thread for story in made.stories}
    assert told.pop(ROWS[3][1]) is None
    (thread,) = told.values()
    assert thread.edition == "2026-Q2"
    assert thread.title == TOLD
    assert [str(news) for news in thread.news] == ["a price"]
    assert made.left_out == {"told in an earlier edition": 1}


def test_the_first_edition_and_broken_ones_have_nothing_before_them(context):
    """A later quarter's edition, a broken file and a stray folder tell nothing, and stop nothing."""
    output = context.workspace.output
    assert load_earlier_stories(output, Q2) == ()
    for name, data in (
        ("2026-Q1", b"{"),
        ("2025-Q4", b'{"sections": 3, "quarter": "2025-Q4"}'),
        ("notes", b"[]"),
    ):
        (output / name).mkdir()
        (output / name / "edition.json").write_bytes(data)
    assert [one.edition for one in load_earlier_stories(output, Q3)] == ["2026-Q2"]


def test_a_team_tells_a_repeat_again_by_keeping_it(context):
    """The machine's reason is no wall."""
    url = "https://acme.example/story-1-of-the-news"
    folder = context.workspace.root / "editions"
    folder.mkdir(exist_ok=True)
    (folder / "2026-Q3.yaml").write_text(f"stories:\n  - url: {url}\n    keep: true\n")
    (made,) = build_editions(context, Q3)
    assert TOLD in [story.title for story in made.stories]


def test_explain_tells_the_thread(context):
    """With the edition, what matched and what is new."""
    at = ("--workspace", context.workspace.root, "--now", NOW)
    again = run("explain", "https://acme.example/story-1-of-the-news", *at).stdout
    assert f"repeat      of 2026-Q2: “{TOLD}”" in again
    assert "out         told in 2026-Q2" in again
    since = run("explain", "https://acme.example/story-2-of-the-news", *at).stdout
    assert f"follow-up   of 2026-Q2: “{TOLD}”" in since
    assert "new since: a price" in since
