"""A week of a curator: a workspace of made-up publishers to whom everything happens, read over real HTTP.

A feed that is gone, one that has moved, a newsletter with a new layout, a vendor under a new name, a flood, a source
about something else, one story told twice, and one that is two.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from click.testing import CliRunner

from digest.cli import cli

NOW = datetime(2026, 9, 30, 6, tzinfo=UTC)
QUARTER = "2026-Q3"
START = datetime(2026, 9, 1, 9, tzinfo=UTC)

_NEWS = (
    ("Brevo raises the price of its email plans by 12%", "Brevo raises the price of its email plans by 12% from October."),
    ("Salesforce opens an agent for lead scoring to all customers", "Salesforce opens an agent that scores leads to all customers."),
    ("Adobe shuts down its smallest analytics edition", "Adobe shuts down the smallest edition of its analytics in March."),
    ("Contentful acquires a testing tool for $40 million", "Contentful acquires a tool for tests of web pages for $40 million."),
    ("Klaviyo adds segments by predicted value", "Klaviyo adds segments by the predicted value of customers."),
    ("Fine of €2 million for a cookie banner without a no", "The regulator fines a shop €2 million for a cookie banner."),
)  # fmt: skip
_TWICE = (
    ("Fernlight opens its customer data platform to shops in Norway",
     "Fernlight opens its customer data platform to Norwegian shops from today, at $90 a month."),
    ("Norwegian retailers can buy a CDP from a Danish start-up",
     "A start-up of Aarhus sells its platform for customer profiles in Oslo now, for $90 monthly."),
)  # fmt: skip
_ONE_THAT_IS_TWO = (
    ("Mailchimp launches AI agent for email campaigns", "Mailchimp launches an AI agent that writes email campaigns."),
    ("Mailchimp launches AI agent for email campaigns in Japan", "Mailchimp launches its AI agent for campaigns in Japan."),
)  # fmt: skip
_RENAMED = (
    ("Kordella launches a customer data platform for shops", "Kordella, formerly Klaviyo, opens its platform today."),
    ("Kordella adds text messages to its customer profiles", "Klaviyo is now Kordella, and adds text messages."),
    ("Kordella opens a store for apps", "Klaviyo has renamed itself Kordella and opens a store."),
)  # fmt: skip


def _spread(rows, step=2, start=START):
    return [(*row, start + timedelta(days=step * number)) for number, row in enumerate(rows)]


class Publishers:
    """Serves the feeds until the block ends; what each address answers can be changed in between."""

    def __init__(self) -> None:
        self.feeds = {
            "/trade": _spread([*_NEWS, _TWICE[0], _ONE_THAT_IS_TWO[0], *_RENAMED[:2]]),
            "/wire": _spread([*_RENAMED[2:], _ONE_THAT_IS_TWO[1]], 1, START + timedelta(days=9))
            + _spread([_TWICE[1]], 1, START + timedelta(days=12, hours=3)),
            "/dead": _spread([("Sitecore adds tests to its editor", "Sitecore adds tests of pages.")]),
            "/moved": _spread([("Optimizely adds a planner", "Optimizely adds a planner of campaigns.")]),
            "/coupons": [
                (f"Coupon {n}: marketing software at half price", "Only today.", NOW - timedelta(days=7, minutes=20 * n))
                for n in range(60)
            ],
            "/cakes": _spread([(f"A cake with {n} eggs", "Bake it for an hour.") for n in range(20)], 1),
        }  # fmt: skip
        self.gone: set[str] = set()
        self.moved: dict[str, str] = {}
        publishers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publishers.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a request for a feed, or for the home page, which names where the dead one is now."""
        path, body, kind = request.path, b"", "application/rss+xml"
        if path in self.moved:
            request.send_response(301)
            request.send_header("location", self.moved[path])
        elif path == "/":
            link = '<link rel="alternate" type="application/rss+xml" href="/reborn">'
            body, kind = f"<!doctype html><title>Home</title>{link}".encode(), "text/html"
            request.send_response(200)
        elif path.rstrip("/") in self.gone or path not in self.feeds:
            request.send_response(404)
        else:
            items = "".join(
                f"<item><title>{title}</title><link>http://{self.host}/story/{sha256(title.encode()).hexdigest()[:8]}</link>"
                f"<description>{words}</description>"
                f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
                for title, words, when in self.feeds[path]
            )
            body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
            request.send_response(200)
        request.send_header("content-type", kind)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def __enter__(self) -> Publishers:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def write_letter(folder: Path, number: int, *, as_pictures: bool = False) -> None:
    """Put an issue of the newsletter into its folder: three stories, or two pictures."""
    when = START + timedelta(days=6 * number)
    titles = (
        f"Iterable adds a calendar of sends, part {number}",
        f"Braze opens a store for templates, part {number}",
        f"HubSpot changes its seats, part {number}",
    )
    stories = "".join(
        f'<h2><a href="https://letter.example/{number}/{n}">{title}</a></h2>'
        f"<p>{title} and says that customers asked for it all year. It is available from today.</p>"
        for n, title in enumerate(titles)
    )
    pictures = '<img src="https://letter.example/a.png"><img src="https://letter.example/b.png">'
    mail = EmailMessage()
    mail["From"], mail["To"] = "Weekly Letter <letter@letter.example>", "team@acme.example"
    mail["Subject"], mail["List-Id"] = f"Issue {number}", "<weekly.letter.example>"
    mail["Message-ID"] = f"<{number}@letter.example>"
    mail["Date"] = when.strftime("%a, %d %b %Y %H:%M:%S +0000")
    mail.set_content("See it in a browser.")
    html = f"<html><body>{pictures if as_pictures else stories}</body></html>"
    mail.add_alternative(html, subtype="html")
    folder.mkdir(exist_ok=True)
    (folder / f"{number}.eml").write_bytes(mail.as_bytes())


def write_workspace(root: Path, publishers: Publishers) -> None:
    """Write sources.yaml and three good letters."""
    names = {"/trade": "Trade Daily", "/wire": "Martech Wire", "/dead": "Dead Feed",
             "/moved": "Moved Feed", "/coupons": "Coupon Post", "/cakes": "Cake Times"}  # fmt: skip
    rows = "".join(
        f"  - name: {name}\n    url: http://{publishers.host}{path}\n"
        for path, name in names.items()
    )
    (root / "sources.yaml").write_text(
        "digest:\n  title: Digest\n  timezone: UTC\n  limits: {stories: 30, story_floor: 0.0}\n"
        f"  network: {{allow_private: ['{publishers.host}'], descriptions: false}}\n"
        f"sources:\n{rows}"
        "  - name: Weekly Letter\n"
        "    newsletter: {path: letters, list_id: weekly.letter.example}\n"
    )
    for number in range(1, 4):
        write_letter(root / "letters", number)


def collect(root: Path, now: datetime) -> str:
    """Collect as cron does; return what it said."""
    at = ["--workspace", str(root), "--now", now.isoformat()]
    result = CliRunner().invoke(cli, ["collect", *at])
    assert result.exit_code in (0, 3), result.output
    return result.output


def live_through_the_week(root: Path, publishers: Publishers) -> list[str]:
    """Collect while all is well, then while everything happens; return what each run said."""
    write_workspace(root, publishers)
    said = [collect(root, NOW - timedelta(days=5))]
    publishers.gone.add("/dead")
    publishers.moved["/moved"] = f"http://{publishers.host}/new-place"
    publishers.feeds["/new-place"] = publishers.feeds["/moved"]
    publishers.feeds["/reborn"] = publishers.feeds["/dead"]
    write_letter(root / "letters", 4, as_pictures=True)
    said += [collect(root, NOW - timedelta(days=3 - day)) for day in range(3)]
    return said


@dataclass(frozen=True)
class Mended:
    """What became of one event of the week: where it was told, keys and clicks to mend it, whether it is learned."""

    event: str
    told: str
    keys: int
    clicks: int
    learned: str


class Curator:
    """One person at the desk, who mends what the week brought."""

    def __init__(self, hands, served) -> None:
        self.hands, self.served = hands, served
        self.rows: list[Mended] = []

    def mend_all(self) -> list[Mended]:
        """Mend everything; return a row for each event."""
        self.repair_source("a feed is gone", "Dead Feed", "dead", "Look for another feed", "reborn")
        self.repair_source(
            "a feed has moved (301)", "Moved Feed", "moved", "Take the new", "new-place"
        )
        self.repair_source(
            "a letter has a new layout", "Weekly Letter", "letter", "Switch it off", "enabled"
        )
        self.repair_source("a source floods", "Coupon Post", "flood", "Tell 5 a day", "per_day")
        self.repair_source(
            "a source is about something else", "Cake Times", "off-topic", "Remove it", "removed"
        )
        self.teach_name()
        self.merge()
        self.split()
        return self.rows

    def note(self, event: str, told: str, learned: str, before: tuple[int, int]) -> None:
        keys, clicks = before
        hands = self.hands
        self.rows.append(Mended(event, told, hands.keys - keys, hands.clicks - clicks, learned))

    def repair_source(self, event: str, name: str, kind: str, button: str, said: str) -> None:
        """Open the view of sources, read what is told of one, press its button."""
        hands = self.hands
        before = hands.keys, hands.clicks
        if not hands.tab.locator("h2[data-pane=sources]").count():
            hands.press("g")
        finding = hands.tab.locator(".finding", has=hands.tab.locator("h3", has_text=name))
        finding.locator(".mark", has_text=kind).wait_for()
        words = finding.locator("p").first.inner_text()
        hands.clicks += 1
        finding.get_by_role("button", name=button).click()
        hands.said(said)
        self.note(event, f"sources: {words}", "in sources.yaml", before)

    def teach_name(self) -> None:
        """Say that a new name is another name of a vendor."""
        hands = self.hands
        before = hands.keys, hands.clicks
        hands.press("i")
        offer = hands.tab.locator(".proposal", has_text="another name of Klaviyo")
        offer.wait_for(timeout=240_000)  # it measures what each line would do
        words = offer.locator("h3").inner_text()
        hands.press("1")
        hands.said("taught")
        self.note(
            "a vendor has a new name", f"teach: {words}", "in vocabulary.yaml, from now on", before
        )

    def _open(self, title: str) -> None:
        hands = self.hands
        hands.press("Escape")
        row = hands.tab.locator("[data-row]", has_text=title).first
        hands.clicks += 1
        row.locator("> a").click()
        hands.tab.locator("#story h2", has_text=title).wait_for()
        hands.idle()

    def merge(self) -> None:
        """Join two stories that tell the same."""
        hands = self.hands
        before = hands.keys, hands.clicks
        self._open(_TWICE[0][0])
        hands.press("m")
        first = hands.tab.locator("#alike bdi").first.text_content()
        hands.press("Control+Enter")
        hands.said("merge")
        self.note(
            "one story is told twice",
            f"merge list, first of all: {first}",
            "this quarter's file",
            before,
        )

    def split(self) -> None:
        """Take two stories apart."""
        hands = self.hands
        before = hands.keys, hands.clicks
        self._open(_ONE_THAT_IS_TWO[0][0])
        told = hands.tab.locator("#story .sources summary").count()
        hands.press("s", "Space", "Control+Enter")
        hands.said("split")
        self.note(
            "one story is two", f"its {told} sources, side by side", "this quarter's file", before
        )

    def correct_alike(self) -> tuple[str, str]:
        """Move the stories of one vendor, and drop those of one source.

        Return what the last of them says of it, and what the view of lessons answers to both.
        """
        hands = self.hands
        for story_id in self._find("Klaviyo"):
            self._open_story(story_id)
            hands.press("t")
            hands.tab.select_option("#story [name=category]", "print")
            hands.press("Control+Enter")
            hands.idle()
        lesson = hands.tab.inner_text("#story")
        for story_id in self._find("Weekly Letter"):
            self._open_story(story_id)
            hands.press("d")
            hands.type("promotion")
            hands.press("Enter")
            hands.idle()
        hands.press("i")
        hands.tab.locator("h2[data-pane=teach]").wait_for(timeout=240_000)
        return lesson, hands.tab.inner_text("#story")

    def _find(self, name: str) -> list[str]:
        """Return the relevant stories of a vendor, or that a source leads."""
        return [
            ranked.story.id
            for ranked in self.served.desk.decision.ranked
            if ranked.story.tags.relevant
            and name in (ranked.story.lead.item.source_name, *ranked.story.tags.vendors)
        ]

    def _open_story(self, story_id: str) -> None:
        self.hands.press("Escape")
        self.hands.tab.evaluate("(id) => open(id)", story_id)
        self.hands.tab.locator(f"#story [data-story={story_id}]").wait_for()
        self.hands.idle()
