"""Collecting pages that stack.yaml watches, from a server on loopback: what becomes an item, and what an alert."""

import json
from datetime import UTC, datetime

import pytest
from pptx import Presentation
from werkzeug import Response

from digest.app.context import AppContext
from digest.app.run import _find_source_incidents
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.cli.common import load_config
from tests.deliver.conftest import run
from tests.factories.watched_pages import PAIRS, REAL, frame, status

ROOT = "http://localhost:{port}/{number}"
DAYS = ("2026-07-01T06:00:00Z", "2026-07-02T06:00:00Z", "2026-07-02T07:00:00Z", "2026-07-02T19:00:00Z")  # fmt: skip


class Vendors:
    """A workspace that watches ten pages, and the server that has them."""

    def __init__(self, root, httpserver):
        self.root, self.changed, self.asked = root, False, []
        self.robots = "User-agent: *\nDisallow:\n"
        self.answers = {}  # number → body, in place of the page
        httpserver.expect_request("/robots.txt").respond_with_handler(
            lambda _: Response(self.robots, content_type="text/plain")
        )
        for number, pair in enumerate(PAIRS.values()):
            httpserver.expect_request(f"/{number}").respond_with_handler(self._serve(number, pair))
        port = httpserver.port
        (root / "sources.yaml").write_text(
            "digest:\n"
            f"  network: {{allow_private: ['localhost:{port}'], descriptions: false}}\n"
            "  alerts: {every: day}\n"
            "sources:\n  - {name: Off, url: 'https://off.example/feed', enabled: false}\n"
        )
        (root / "stack.yaml").write_text(
            "products:\n"
            + "".join(
                f"  - name: {pair.product}\n    categories: [crm]\n    owner: Ines Aldous\n"
                f"    watch: {{{pair.kind}: '{ROOT.format(port=port, number=number)}'}}\n"
                for number, pair in enumerate(PAIRS.values())
            )
        )

    def _serve(self, number, pair):
        def answer(request):
            self.asked.append(request.path)
            body = self.answers.get(number) or (pair.after if self.changed else pair.before)
            response = Response(body, content_type="text/html")
            response.set_etag(str(abs(hash(body))))
            return response.make_conditional(request)

        return answer

    def collect(self, now, code=0):
        return run("collect", "--workspace", self.root, "--now", now, "--json", code=code)

    def items(self):
        with Archive.open(self.root / "output" / "archive.db") as archive:
            return archive.load_items()


@pytest.fixture
def vendors(tmp_path, httpserver):
    return Vendors(tmp_path, httpserver)


def test_ten_pages_over_two_days(vendors):
    """The first reading tells nothing, the second waits, the third tells the five that changed, the fourth nothing."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    vendors.collect(DAYS[1])
    assert vendors.items() == ()
    vendors.collect(DAYS[2])
    found = {item.source_name: item for item in vendors.items()}
    assert len(found) == len(REAL) == 5
    for name in REAL:
        pair = PAIRS[name]
        (item,) = [one for one in found.values() if one.title.startswith(f"{pair.product}: ")]
        assert item.published == datetime(2026, 7, 2, 6, tzinfo=UTC)
        for told in pair.told:
            assert told in f"{item.title}\n{item.summary}"
    assert found["Corvessa: price page"].title == (
        "Corvessa: Starter: “$20/month per seat”, before “$15/month per seat” (price page)"
    )
    assert found["Corvessa: price page"].summary == (
        "Under “Starter” the page says “$20/month per seat” since 2 July 2026; "
        "on 1 July 2026 it said “$15/month per seat”."
    )
    vendors.collect(DAYS[3])
    assert len(vendors.items()) == 5


def test_a_change_is_an_event_and_an_alert(vendors):
    """Of which the event is known, and told once."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    vendors.collect(DAYS[1])
    vendors.collect(DAYS[2])
    at = ("--workspace", vendors.root, "--now", DAYS[3])
    rows = [json.loads(line) for line in run("export", "items", *at).stdout.splitlines()]
    events = {row["source"]: row["event"] for row in rows}
    assert events == {
        "Corvessa: price page": "pricing",
        "Tamberlyn: price page": "pricing",
        "Merrowbank: terms": "regulation",
        "Plinthmark: subprocessors": "regulation",
        "Brindlecart: status page": "incident",
    }
    assert all(row["relevant"] for row in rows)
    told = json.loads(run("alert", *at, "--json").stdout)["alerts"]
    assert [(one["kind"], one["products"]) for one in told] == [
        ("incident", ["Brindlecart"]),
        ("price", ["Corvessa"]),
        ("price", ["Tamberlyn"]),
        ("terms", ["Merrowbank"]),
        ("terms", ["Plinthmark"]),
    ]
    assert {one["owner"] for one in told} == {"Ines Aldous"}
    assert run("alert", *at).stdout == ""


def test_what_one_reading_alone_shows_is_not_told(vendors):
    """A page that is again as it was."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    vendors.collect(DAYS[1])
    vendors.changed = False
    for now in DAYS[2:]:
        vendors.collect(now)
    assert vendors.items() == ()


def test_robots_and_politeness(vendors):
    """A page that robots.txt forbids is not asked for, and one that answered is left alone for hours."""
    vendors.robots = "User-agent: *\nDisallow: /3\n"
    report = json.loads(vendors.collect(DAYS[0], code=3).stdout)
    (refused,) = [row for row in report if row["problem"]]
    assert (refused["source"], refused["outcome"]) == ("Plinthmark: subprocessors", "robots")
    assert "/3" not in vendors.asked
    vendors.asked.clear()
    vendors.collect("2026-07-01T07:00:00Z", code=3)
    assert sorted(set(vendors.asked)) == ["/4", "/9"]  # where trouble is told


@pytest.mark.whole
def test_a_notice_in_place_of_a_page_is_a_fault(vendors):
    """It is no change, the page is kept, and the team is told when it lasts."""
    vendors.collect(DAYS[0])
    vendors.answers[0] = frame(
        "<p>" + "We are back soon, with a better page than ever. " * 4 + "</p>"
    )
    for now in ("2026-07-02T06:00:00Z", "2026-07-02T13:00:00Z", "2026-07-02T20:00:00Z"):
        vendors.collect(now, code=3)
    assert vendors.items() == ()
    workspace = Workspace(vendors.root)
    context = AppContext(workspace, load_config(workspace), datetime(2026, 7, 3, tzinfo=UTC))
    with Archive.open(workspace.archive_file) as archive:
        (incident,) = _find_source_incidents(archive, context)
        assert "Corvessa: price page fails, 3 times in a row" in incident.words
        assert len(archive.load_page_versions("watch.price.corvessa")) == 1


@pytest.mark.whole
def test_every_confirmed_wording_is_kept(vendors):
    """With the moment at which it was first read."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    for now in DAYS[1:]:
        vendors.collect(now)
    with Archive.open(vendors.root / "output" / "archive.db") as archive:
        kept = archive.load_page_versions("watch.price.corvessa")
    assert [(one.at.day, one.confirmed) for one in kept] == [(1, True), (2, True)]
    assert "$15/month" in kept[0].text
    assert "$20/month" in kept[1].text


def test_a_broken_stack_is_told(vendors):
    """Here nothing else is to be read."""
    (vendors.root / "stack.yaml").write_text("products: [")
    assert "no page is watched" in vendors.collect(DAYS[0], code=2).stderr


def test_a_status_page_repeats_no_incident(vendors):
    """Each word on it is told, and joined in alerts."""
    first = frame(status("Investigating - Mail to customers is delayed.", "99.9", ""))
    second = frame(status("Identified - Mail to customers is delayed by a queue.", "99.9", ""))
    vendors.collect(DAYS[0])
    for day, body in ((2, first), (2, first), (3, second), (3, second)):
        vendors.answers[4] = body
        hour = 6 + len(vendors.asked) % 12
        vendors.collect(f"2026-07-0{day}T{hour:02}:00:00Z")
    at = ("--workspace", vendors.root, "--now", "2026-07-04T06:00:00Z")
    told = json.loads(run("alert", *at, "--json").stdout)["alerts"]
    assert [(one["kind"], one["reports"]) for one in told] == [("incident", 2)]


@pytest.mark.whole
def test_an_edition_carries_the_changes(vendors, no_paper):
    """With the vendors' other deals and rules, of the product that they are about, in the page's own words."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    vendors.collect(DAYS[1])
    vendors.collect(DAYS[2])
    run("build", "2026-Q3", "--workspace", vendors.root, "--now", "2026-10-02T06:00:00Z")
    edition = json.loads((vendors.root / "output" / "2026-Q3" / "edition.json").read_text())
    deals = {(deal["kind"], *deal["products"]) for deal in edition["deals"]}
    assert {("pricing", "Corvessa"), ("pricing", "Tamberlyn"), ("incident", "Brindlecart")} <= deals
    assert {tuple(rule["products"]) for rule in edition["rules"]} == {
        ("Merrowbank",),
        ("Plinthmark",),
    }
    told = [story for section in edition["sections"] for story in section["stories"]]
    words = "\n".join(one["text"] for story in told for one in story["summary"])
    assert "on 1 July 2026 it said “$15/month per seat”." in words


@pytest.mark.whole
def test_the_board_page_and_the_agenda_tell_of_them(vendors):
    """Of an archive alone, without an edition; in a language that no edition is made in."""
    vendors.collect(DAYS[0])
    vendors.changed = True
    vendors.collect(DAYS[1])
    vendors.collect(DAYS[2])
    at = ("2026-Q3", "--workspace", vendors.root, "--now", "2026-10-02T06:00:00Z")
    path = vendors.root / "board.pptx"
    assert run("export", "board", *at, "--format", "pptx", "--output", path).stdout.strip() == str(
        path
    )
    (slide,) = Presentation(str(path)).slides
    (risks,) = [shape.table for shape in slide.shapes if shape.name == "risks"]
    rows = [[cell.text for cell in row.cells] for row in risks.rows]
    assert any("Mail is delayed" in row[1] and row[2] == "Brindlecart" for row in rows)
    run("export", "board", *at)
    assert (vendors.root / "output" / "2026-Q3" / "board.pdf").read_bytes().startswith(b"%PDF")
    agenda = run("export", "agenda", *at, "--language", "it").stdout
    assert agenda.startswith("# ")
    assert "Corvessa" in agenda
    assert "no catalogue for 'xx'" in run("export", "agenda", *at, "--language", "xx", code=2).words
    (vendors.root / "stack.yaml").unlink()
    assert "there is no stack.yaml" in run("export", "agenda", *at, code=2).words
