"""A quarter is decided, and then the world goes on: late items, other titles, other stories, another vocabulary,
another archive. Every decision is in force in what is built, or is named with its story."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.app import build
from digest.app.build import build_editions, build_quarter
from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.cli.common import load_config
from digest.model.edition import Edition
from digest.model.item import Item
from digest.period import Quarter
from digest.render.edition_json import edition_to_json
from digest.review import changes
from digest.review.server import open_review_session
from tests.factories.items import NOW, START, item

Q3 = Quarter(2026, 7, "UTC")
HOSTS = {"trade": ("Trade Daily", "trade"), "maker": ("Halcyra", "vendor"), "paper": ("Town Paper", "press"),
         "market": ("Market Watch", "analyst")}  # fmt: skip
SOURCES = (
    "digest: {title: Test digest, timezone: UTC, limits: {stories: 6, story_floor: 0}}\nsources:\n"
    + "".join(
        f"  - {{name: {name}, url: 'https://{host}.example/feed', tier: {tier}}}\n"
        for host, (name, tier) in HOSTS.items()
    )
)
STACK = """\
products:
  - {name: Halcyra, categories: [email-marketing]}
"""


def told(host: str, key: str, day: int, title: str, summary: str) -> Item:
    """An item of a host, of the n-th day of the quarter."""
    name, tier = HOSTS[host]
    return item(
        id=f"{host}-{key}", url=f"https://{host}.example/{key}", link=f"https://{host}.example/{key}", title=title,
        summary=summary, source=name.lower().replace(" ", "-"), source_name=name, tier=tier,
        published=START + timedelta(days=day, hours=9), first_seen=NOW,
    )  # fmt: skip


FIRST = (
    told("trade", "agent", 3, "Halcyra launches Quillmark, an AI agent for email campaigns",
         "Halcyra launches Quillmark, an agent that writes email campaigns. It is generally available today."),
    told("trade", "deal", 9, "Merrowbank acquires customer data platform Tallyvane for $40 million",
         "Merrowbank buys the CDP vendor Tallyvane. The deal closes in September."),
    told("trade", "price", 14, "Fernlight raises prices of its CRM for small teams",
         "Fernlight raises the price of its CRM to $90 a month for new customers."),
    told("trade", "close", 20, "Pellworth shuts down its social media scheduler",
         "Pellworth ends its scheduler for social media posts in December and names no successor."),
    told("trade", "report", 25, "Sandring adds an attribution report to its marketing analytics",
         "Sandring's analytics suite has an attribution report that shows which channel won a customer."),
    told("trade", "search", 31, "Brackwater launches an SEO audit tool for online shops",
         "Brackwater's SEO tool checks an online shop's pages for search engines every night."),
    told("trade", "tags", 36, "Oxbow opens a tag manager for retailers",
         "Oxbow's tag manager is made for retailers. Marketers can change tags without a developer."),
    told("paper", "tags", 37, "Retailers get a consent banner from Duneholm",
         "Duneholm sells a consent banner to retailers. It asks visitors before a cookie is set."),
    told("market", "ads", 44, "Kestrelby launches an advertising exchange for podcasts",
         "Kestrelby's exchange is available to advertisers worldwide; its shopping ads raise conversions by 12%."),
    told("paper", "twin", 32, "Duskford hires a head of communications",
         "Duskford's head of communications comes from a bank and begins in autumn."),
    told("paper", "gone", 50, "Umberline launches a loyalty programme for coffee shops",
         "Umberline's loyalty programme gives points for each cup. Marketers see who comes back."),
    told("trade", "wide", 56, "Thistledown launches a content management system for museums",
         "Thistledown's content management system holds pictures and texts of museums for their websites."),
    told("paper", "wide", 57, "Thistledown launches content management system for museums",
         "The content management system of Thistledown holds pictures and texts of museums for websites."),
)  # fmt: skip
LATE = (
    told("maker", "agent", 2, "Halcyra launches Quillmark, the AI agent for email campaigns",
         "Today Halcyra launches Quillmark, an agent that writes email campaigns. It is generally available."),
    told("paper", "deal", 10, "Merrowbank acquires Tallyvane, a customer data platform, for $40 million",
         "Merrowbank buys the CDP vendor Tallyvane for $40 million. The deal closes in September."),
    told("paper", "close", 21, "Pellworth shuts down social media scheduler",
         "Pellworth ends its scheduler for social media posts in December. It names no successor."),
    told("paper", "twin", 32, "Brackwater launches SEO audit tool for online shops",
         "The SEO tool of Brackwater checks an online shop's pages for search engines every night."),
    *(told(list(HOSTS)[n % 4], f"news{n}", 60 + n,
           f"{name} acquires {other}, a marketing automation platform, for ${n + 2}00 million",
           f"{name} buys {other}, whose marketing automation platform has {n + 2},000 customers. The deal is closed.")
      for n, (name, other) in enumerate((
          ("Salesforce", "Arkwend"), ("Adobe", "Bellmoor"), ("HubSpot", "Cinderby"), ("Oracle", "Dapplewick"),
          ("Klaviyo", "Elmsworth"), ("Braze", "Foxmere"), ("Shopify", "Gullhaven"), ("Twilio", "Harrowgate"),
      ))),
)  # fmt: skip
VOCABULARY = """\
words: {affiliate: [loyalty^6, scheduler^6]}
vendors:
  - {name: Kestrelby, categories: [mobile-marketing], care: {Kestrelby: word}}
rules:
  - {name: no museums, effect: exclude, words: [museums]}
  - {name: no reports, effect: exclude, words: [attribution report]}
"""


def fill(place: Workspace, items) -> None:
    with Archive.open(place.archive_file) as archive:
        for slug in {one.source for one in items}:
            mine = [one for one in items if one.source == slug]
            archive.record_attempt(
                SourceState(slug, last_success=NOW), mine, at=NOW, outcome="read"
            )


def job_in(folder) -> AppContext:
    place = Workspace(folder)
    return AppContext(place, load_config(place), NOW)


@pytest.fixture
def context(tmp_path, one_process):
    """A workspace with the quarter as it was when the team looked it over, and what the team did on its page."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "stack.yaml").write_text(STACK)
    made = job_in(tmp_path)
    fill(made.workspace, FIRST)
    decide(open_review_session(made, Q3, lambda: NOW))
    return made


def decide(desk) -> None:
    """What a team does, of every kind."""

    def at(key):
        return next(
            one.story.id
            for one in desk.decision.ranked
            if key in {member.item.id for member in one.story.items}
        )

    def do(what, key, *values):
        desk.write_changes(getattr(changes, what)(desk, at(key), *values), "Anna", what)

    do("pin_story", "trade-price")
    do("pin_story", "trade-agent")
    do("move_pin", "trade-agent", -1)
    do(
        "edit_story",
        "trade-agent",
        {"headline": "Our agent", "note": "It **matters**.", "ring": "ask"},
    )
    do(
        "edit_story",
        "trade-deal",
        {"summary": "Bought, in our words.", "vendors": ["Tallyvane"], "category": "crm"},
    )
    do("keep_story", "trade-deal")
    do("keep_story", "trade-report")
    do(
        "edit_story",
        "trade-report",
        {"ai": "core", "evidence": "specified", "event": "update", "relation": "gap"},
    )
    do("drop_story", "trade-close", "not our market")
    do("keep_story", "trade-search")
    do("drop_story", "paper-twin", "no news")
    do(
        "edit_story",
        "market-ads",
        {"category": "social-media", "relevant": True, "event": "launch", "note": "Podcasts."},
    )
    do("merge_stories", "trade-tags", at("paper-tags"))
    do("keep_story", "trade-tags")
    do("split_story", "trade-wide", ["paper-wide"])
    do("keep_story", "paper-wide")
    do("keep_story", "paper-gone")
    do("edit_story", "paper-gone", {"headline": "Points for cups"})
    added = ("added", "https://hand.example/x")
    values = {"url": added[1], "title": "Larkspur opens a marketplace of templates", "source": "By hand",
              "published": "2026-08-02", "summary": "Marketers buy templates there."}  # fmt: skip
    desk.write_changes({(*added, name): value for name, value in values.items()}, "Anna", "add")
    desk.write_changes({("letter", "", ""): "Dear all,"}, "Anna", "letter")
    desk.write_changes(
        {
            ("decisions", "Ask Halcyra", "what"): "Ask Halcyra",
            ("decisions", "Ask Halcyra", "owner"): "Ben",
        },
        "Anna",
        "ask",
    )


NAMES = {
    "agent": "Halcyra launches Quillmark", "price": "Fernlight raises", "deal": "Merrowbank acquires",
    "report": "Sandring adds", "close": "Pellworth shuts", "search": "Brackwater launches", "twin": "Duskford hires",
    "ads": "Kestrelby launches", "tags": "Oxbow opens", "wide": "Thistledown launches a",
    "other wide": "Thistledown launches content",
    "gone": "Umberline launches",
}  # fmt: skip


def in_force(made: Edition) -> dict[str, bool]:
    """Which decisions show in a built edition: what, of which story."""
    stories = {key: one for one in made.stories for key in _keys(one)}
    deal, report, agent = stories["trade/deal"], stories["trade/report"], stories["trade/agent"]
    first = [_keys(one) for one in made.sections[0].stories[:2]]
    return {
        "pin agent": "trade/agent" in first[0],
        "pin price": "trade/price" in first[1],
        "headline agent": agent.title == "Our agent",
        "note agent": agent.note == "It **matters**.",
        "ring agent": agent.ring == "ask",
        "summary deal": [one.text for one in deal.summary] == ["Bought, in our words."],
        "vendors deal": deal.vendors == ("Tallyvane",),
        "category deal": deal.category == "crm",
        "keep report": True,  # it was found above
        "ai report": report.ai == "core",
        "evidence report": report.evidence == "specified",
        "event report": report.event == "update",
        "relation report": report.relation.kind == "gap",
        "drop close": "trade/close" not in stories,
        "keep search": "trade/search" in stories,
        "drop twin": "paper/twin" not in stories,
        "note ads": "market/ads" in stories and stories["market/ads"].note == "Podcasts.",
        "keep tags": "trade/tags" in stories,
        "merge tags": stories.get("trade/tags") is stories.get("paper/tags") is not None,
        "split wide": "paper/wide" in stories and "trade/wide" not in _keys(stories["paper/wide"]),
        "keep other wide": "paper/wide" in stories,
        "keep gone": "paper/gone" in stories,
        "headline gone": "paper/gone" in stories
        and stories["paper/gone"].title == "Points for cups",
        "added": "hand/x" in stories,
        "letter": made.letter == "Dear all,",
        "decision": [(one.what, one.owner) for one in made.decisions] == [("Ask Halcyra", "Ben")],
    }


def _keys(story) -> list[str]:
    return [one.url.removeprefix("https://").replace(".example", "") for one in story.items]


def not_in_force(context: AppContext) -> set[str]:
    """The decisions that do not show. Each is told with its story, on the page or in the build, and nothing else is."""
    (made,) = build_editions(context, Q3)
    told = {*made.lost, *open_review_session(context, Q3, lambda: NOW).list_lost_decisions()}
    out = {name for name, holds in in_force(made).items() if not holds}

    def tells(line: str, name: str) -> bool:
        what, _, whose = name.partition(" ")
        return what in line.partition(" of “")[0] and NAMES[whose] in line

    assert [name for name in out if not any(tells(line, name) for line in told)] == [], told
    assert [line for line in told if not any(tells(line, name) for name in out)] == []
    return out


def led_by(context: AppContext, key: str) -> str:
    """The item that names the story of an item."""
    desk = open_review_session(context, Q3, lambda: NOW)
    stories = [
        one for one in desk.decision.stories if key in {member.item.id for member in one.items}
    ]
    return stories[0].lead.item.id


@pytest.mark.whole
def test_every_decision_is_in_force_or_told(context):
    """After each of the things that happen to a quarter, one on top of the other."""
    assert not_in_force(context) == set()
    assert led_by(context, "trade-agent") == "trade-agent"

    # late items join stories, take the lead of one, outrank another; a publisher rewrites an item: now it is a story
    # that the team keeps, and that item was dropped
    fill(context.workspace, LATE)
    assert led_by(context, "trade-agent") == "maker-agent"
    assert not_in_force(context) == {"note ads", "keep search"}

    # the team teaches other categories, a company, and rules that would leave out a kept story
    (context.workspace.root / "vocabulary.yaml").write_text(VOCABULARY)
    assert not_in_force(context) - {"note ads"} == {"keep search"}

    # a source gives the item that a person added, and the archive is made anew: without a story, without an item that
    # was merged and one that was split off, and with other ids
    gone = {"paper-gone", "paper-tags", "paper-wide"}
    hand = told(
        "market",
        "x",
        32,
        "Larkspur opens marketplace of templates",
        "Marketers buy templates at Larkspur.",
    )
    held = [replace(one, id="new-" + one.id) for one in (*FIRST, *LATE) if one.id not in gone]
    for path in context.workspace.output.glob("archive.db*"):
        path.unlink()
    fill(
        context.workspace,
        [*held, replace(hand, url="https://hand.example/x", link="https://hand.example/x")],
    )
    assert not_in_force(context) - {"note ads"} == {
        "keep search", "keep gone", "headline gone", "merge tags", "split wide", "keep other wide",
    }  # fmt: skip


def test_the_build_says_what_it_could_not_carry_out(context, caplog, monkeypatch):
    """As a warning, with the file."""
    monkeypatch.setattr(
        build, "render_edition_files", lambda made, _: ({"edition.json": edition_to_json(made)}, ())
    )
    monkeypatch.setattr(build.logger, "handlers", [caplog.handler])
    fill(context.workspace, LATE)
    build_quarter(context, Q3, force=True)
    path = context.workspace.root / "editions" / "2026-Q3.yaml"
    assert f"a decision in {path} could not be carried out: keep of" in caplog.text
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert (
        "Brackwater" in (context.workspace.edition_folder("2026-Q3") / "edition.json").read_text()
    )


def test_the_build_shows_what_it_does(context, monkeypatch):
    """To whoever watches, step by step: it takes seconds."""
    monkeypatch.setattr(
        build, "render_edition_files", lambda made, _: ({"edition.json": edition_to_json(made)}, ())
    )
    fill(context.workspace, LATE)
    shown = []

    @contextmanager
    def record(label, steps):
        yield lambda: shown.append((label, steps))

    build_quarter(replace(context, progress=record), Q3, force=True)
    assert shown == [("judging, clustering, composing", 1), ("laying out", 1)]
