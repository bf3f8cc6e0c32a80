"""`digest run` as cron calls it: over real sockets, with the feed and the mail server of a small world of our own."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from digest.app.collect import CollectionReport, SourceReport
from digest.app.logs import collect_events
from digest.app.run import _log_collected
from digest.archive import Archive
from tests.deliver.conftest import NOW, READERS, ledger, run

Q = "2026-Q3"


def test_it_sends_once_and_is_silent(world):
    """Built and sent at the first run, nothing at the second; with --quiet no word; run.json and pings tell."""
    world.configure()
    assert world.run(NOW, 0, "--quiet").output == ""
    assert world.run("2026-10-03T06:00:00Z", 0, "--quiet").output == ""
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)
    assert world.asked == ["/ping/start", "/ping", "/ping/start", "/ping"]
    told = json.loads((world.root / "output" / "run.json").read_text())
    assert (told["exit_code"], told["sent"], told["built"], told["failed"]) == (0, [], [], [])
    assert len(list((world.root / "output" / "runs").iterdir())) == 2


def test_the_log_as_json_holds_the_events_of_run_json(world):
    """The same objects, one a line."""
    world.configure()
    lines = world.run(NOW, 0, "--log", "json").stderr.splitlines()
    kept = json.loads((world.root / "output" / "run.json").read_text())["events"]
    assert [json.loads(line) for line in lines] == kept
    assert {"collected", "built", "sent"} <= {event["event"] for event in kept}


@pytest.mark.whole
def test_verbose_shows_how_long_each_source_took(world):
    """On stderr; neither in the data nor in run.json."""
    root = world.configure().root
    result = run("collect", "-v", "--json", "--workspace", root, "--now", NOW)
    time = r"\d+\.\d\d s"
    line = (
        rf"^Acme News: read, 6 entries, 6 new, {time}, {time} of them for its servers, {time} for "
    )
    assert re.search(line, result.stderr, re.MULTILINE)
    assert "seconds" not in json.loads(result.stdout)[0]
    world.run(NOW, 0, "-v")
    kept = json.loads((world.root / "output" / "run.json").read_text())["events"]
    assert "source" not in {event["event"] for event in kept}


def test_what_is_odd_of_a_source_is_told():
    """As `collect` tells it, a history that was cut for one: run.json has it."""
    odd = SourceReport("Acme News", "read", notes=("its history was cut",))
    with collect_events(datetime.now(UTC), ()) as events:
        _log_collected(CollectionReport((odd,)))
    notes = [event["message"] for event in events if event["event"] == "note"]
    assert notes == ["Acme News: its history was cut"]


@pytest.mark.whole
def test_a_draft_waits_for_approval(world):
    """The team gets it once, with the PDF; approved, the next run sends it."""
    world.configure("required")
    for day in (2, 3, 4):
        world.run(f"2026-10-0{day}T06:00:00Z")
    assert world.subjects("team@acme.example") == ["[Draft] Acme digest, Q3 2026"]
    assert "digest approve 2026-Q3" in run("status", "--workspace", world.root, "--now", NOW).output
    run("approve", Q, "--workspace", world.root, "--now", NOW)
    for day in (5, 6):
        world.run(f"2026-10-0{day}T06:00:00Z")
    assert world.relay.counted() == {"team@acme.example": 1, **dict.fromkeys(READERS[:2], 1)}


def test_a_change_after_approval_is_not_sent(world):
    """The team is told once, and nobody else gets anything."""
    world.configure("required").run()
    run("approve", Q, "--workspace", world.root, "--now", NOW)
    path = world.root / "output" / Q / "mail.txt"
    path.write_text(path.read_text() + "x")
    edition = world.root / "output" / Q / "edition.json"
    edition.write_text(edition.read_text().replace('"title": "Acme digest"', '"title": "Other"'))
    mail = world.root / "output" / Q / "mail.html"
    mail.write_text(mail.read_text().replace("<title>Acme digest", "<title>Other"))
    for _ in range(2):
        world.run("2026-10-05T06:00:00Z")
    assert world.subjects("team@acme.example") == [
        "[Draft] Acme digest, Q3 2026",
        "[Draft] Other, Q3 2026",
    ]
    assert world.relay.counted() == {"team@acme.example": 2}


@pytest.mark.whole
def test_a_change_after_it_was_sent_is_told_once(world):
    """The readers get nothing, the team one mail for each change, with the commands."""
    world.configure().run()
    path = world.root / "output" / Q / "mail.txt"
    for change in ("x", "y"):
        path.write_text(path.read_text() + change)
        for day in (5, 6):
            world.run(f"2026-10-0{day}T06:00:00Z")
    told = world.subjects("team@acme.example")
    assert len(told) == 2
    assert all("2026-Q3 has changed since version 1 was sent" in one for one in told)
    assert world.relay.counted() == {"team@acme.example": 2, **dict.fromkeys(READERS[:2], 1)}


def test_without_a_team_a_draft_is_told_in_the_log_once(world):
    """Which cron mails."""
    world.configure("required", team="[]")
    assert "2026-Q3 waits for a person" in world.run(NOW, 0, "--quiet").output
    assert world.run(NOW, 0, "--quiet").output == ""


@pytest.mark.whole
def test_days_after_the_end(world):
    """Nothing before they have passed."""
    world.configure(more="    days_after_end: 5\n")
    world.run("2026-10-05T23:00:00Z")
    assert not (world.root / "output" / Q).exists()
    world.run("2026-10-06T06:00:00Z")
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


@pytest.mark.whole
def test_what_was_built_so_far_is_built_again(world):
    """An edition of a quarter that had not ended is never taken for the whole."""
    world.configure()
    run("collect", "--workspace", world.root, "--now", "2026-08-01T06:00:00Z")
    run("build", "current", "--workspace", world.root, "--now", "2026-08-01T06:00:00Z")
    assert (
        "2026-Q3    built so far"
        in run("status", "--workspace", world.root, "--now", "2026-08-01").output
    )
    refused = run("send", "current", "--workspace", world.root, "--now", "2026-08-01", code=1).words
    assert "it is a draft" in refused
    world.run()
    edition = json.loads((world.root / "output" / Q / "edition.json").read_text())
    assert edition["so_far"] is False
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


@pytest.mark.whole
def test_missed_quarters_are_caught_up(world):
    """The machine was off from August to April: three editions, each sent once; nothing of before it was set up."""
    world.publish(datetime(2026, 5, 1, tzinfo=UTC), 2)
    world.configure()
    run("collect", "--workspace", world.root, "--now", "2026-08-01T06:00:00Z")
    world.publish(datetime(2026, 11, 1, tzinfo=UTC), 3)
    world.publish(datetime(2027, 2, 1, tzinfo=UTC), 3)
    world.run("2027-04-02T06:00:00Z")
    wanted = [f"Acme digest, {quarter}" for quarter in ("Q3 2026", "Q4 2026", "Q1 2027")]
    assert world.subjects(READERS[0]) == wanted
    world.run("2027-04-03T06:00:00Z")
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 3)


@pytest.mark.whole
def test_a_source_that_dies_is_told_once_and_a_flicker_never(world):
    """Three times in a row; when it comes back and dies again, again."""
    world.configure().run()
    days = iter(range(3, 30))

    def days_of(broken, number):
        world.broken = broken
        for _ in range(number):
            world.run(f"2026-10-{next(days):02}T06:00:00Z", 3 if broken else 0, "--quiet")
        return len(world.subjects("team@acme.example"))

    assert days_of(True, 2) == 0
    assert days_of(False, 1) == 0
    assert days_of(True, 5) == 1
    assert days_of(False, 1) == 1
    assert days_of(True, 3) == 2
    assert "Acme News fails, 3 times in a row" in world.subjects("team@acme.example")[0]


@pytest.mark.whole
def test_a_refused_reader_is_told_to_the_team_once(world):
    """The others have it; cron does not try a dead address every day; mended, `send` does."""
    world.configure()
    world.relay.fault, world.relay.only = "rcpt", "cmo@"
    world.run(NOW, 1)
    world.run("2026-10-03T06:00:00Z", 1)
    assert world.relay.counted() == {"cto@acme.example": 1, "team@acme.example": 1}
    assert "was refused for cmo@acme.example" in world.subjects("team@acme.example")[0]
    world.relay.fault = ""
    run("send", Q, "--workspace", world.root, "--now", NOW)
    world.run("2026-10-04T06:00:00Z")
    assert world.relay.counted() == {
        "cto@acme.example": 1,
        "team@acme.example": 1,
        "cmo@acme.example": 1,
    }


@pytest.mark.whole
def test_a_reader_in_doubt_is_told_and_never_guessed(world):
    """The line dropped: the team is told with the command, and no run sends it again."""
    world.configure()
    world.relay.fault, world.relay.only = "accept then drop", "cmo@"
    world.run(NOW, 1)
    world.run("2026-10-03T06:00:00Z", 1)
    world.run("2026-10-04T06:00:00Z", 1)
    assert world.relay.counted() == {**dict.fromkeys(READERS[:2], 1), "team@acme.example": 1}
    assert ledger(world.root)[READERS[0]] == "unknown"
    run("send", Q, "--resolve", "cmo@acme.example=accepted", "--workspace", world.root)
    world.run("2026-10-05T06:00:00Z")
    assert "sent" in run("status", "--workspace", world.root, "--now", NOW).output


def test_an_empty_quarter_is_told_once(world):
    """And is no failure."""
    world.rows = [(1, datetime(2026, 6, 1, 12, tzinfo=UTC))]
    world.configure()
    run("collect", "--workspace", world.root, "--now", "2026-09-01T06:00:00Z")
    for _ in range(2):
        world.run()
    assert world.subjects("team@acme.example") == [
        "[digest] 2026-Q3 has ended, and the archive holds nothing of it: look at `digest sources check`"
    ]


def test_a_quarter_that_was_never_collected_is_built_by_force_alone(world):
    """A run tells the team once; what a person forces says so, enters no index, goes to no reader."""
    world.configure().rows.clear()
    world.publish(datetime(2026, 9, 25, 9, tzinfo=UTC), 3, days=1)
    place = ("--workspace", world.root, "--now", NOW)
    for day in (2, 3):
        world.run(f"2026-10-0{day}T06:00:00Z")
    (told,) = world.subjects("team@acme.example")
    assert "2026-Q3 had ended when its sources were first read" in told
    assert "digest build 2026-Q3 --force" in run("status", *place).output
    assert "digest build 2026-Q3 --force" in run("build", Q, *place, code=2).words
    assert not (world.root / "output" / Q).exists()
    assert "enters no index" in run("build", Q, "--force", *place).output
    edition = json.loads((world.root / "output" / Q / "edition.json").read_text())
    assert edition["leftovers"]
    assert "most of its days are missing" in (world.root / "output" / Q / "digest.html").read_text(
        "utf-8"
    )
    for name in ("index.html", "feed.xml"):
        assert Q not in (world.root / "output" / name).read_text("utf-8")
    world.run("2026-10-04T06:00:00Z")
    assert world.subjects("team@acme.example")[1:] == ["[Draft] Acme digest, Q3 2026"]
    assert set(world.relay.counted()) == {"team@acme.example"}


def test_a_mail_server_that_is_down_is_a_failure_and_the_next_run_mends_it(world):
    """Exit code 1, the ping says so, nothing is lost."""
    world.configure()
    world.relay.fault = "login"
    world.run(NOW, 1)
    assert world.asked[-1] == "/ping/fail"
    world.relay.fault = ""
    world.run("2026-10-03T06:00:00Z")
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


def test_a_clock_that_was_set_back(world):
    """Nothing is done; the machine's own clock is meant, so that rehearsals may go where they like."""
    world.configure().run("2099-10-02T06:00:00Z", 0)
    result = run("run", "--workspace", world.root, code=1)
    assert "set the machine's time" in result.words
    assert world.asked[-1] == "/ping/fail"


@pytest.mark.whole
def test_three_runs_at_once(world):
    """One works, two leave with 75, at once."""
    from digest.app.workspace import Workspace

    world.configure()
    command = [sys.executable, "-m", "digest", "run", "--workspace", str(world.root), "--now", NOW]
    with Workspace(world.root).lock():
        started = datetime.now(UTC)
        late = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        told = [process.communicate(timeout=60)[1] for process in late]
        assert (datetime.now(UTC) - started) < timedelta(
            seconds=15
        )  # under 2 s each on an idle machine
    assert [process.returncode for process in late] == [75, 75]
    assert all("another run works" in words for words in told)
    world.run()
    assert world.relay.counted() == dict.fromkeys(READERS[:2], 1)


@pytest.mark.real
def test_a_rehearsal_of_two_years(world):
    """Eight quarters with the clock set, one of them missed, one corrected: eight editions, each sent once."""
    world.configure("required")
    quarters = [
        (2026, 7),
        (2026, 10),
        (2027, 1),
        (2027, 4),
        (2027, 7),
        (2027, 10),
        (2028, 1),
        (2028, 4),
    ]
    world.rows = []
    for year, month in quarters:
        world.publish(datetime(year, month, 2, 9, tzinfo=UTC), 5)
        end = datetime(year + month // 10, (month + 2) % 12 + 1, 2, 6, tzinfo=UTC)
        run("collect", "--workspace", world.root, "--now", (end - timedelta(days=20)).isoformat())
        if (year, month) == (2027, 1):
            continue  # the machine was off when it ended
        world.run(end.isoformat())
        with Archive.open(world.root / "output" / "archive.db") as archive:
            waiting = [one.quarter for one in archive.load_releases() if one.state == "draft"]
        for name in waiting:
            run("approve", name, "--by", "Ann", "--workspace", world.root, "--now", end.isoformat())
        world.run((end + timedelta(days=1)).isoformat())
    path = world.root / "output" / "2027-Q4" / "mail.txt"
    path.write_text(path.read_text() + "Corrected.\n")
    at = ("--workspace", world.root, "--now", "2028-07-05T06:00:00Z")
    run("approve", "2027-Q4", "--note", "A date was wrong.", *at)
    world.run("2028-07-05T06:00:00Z")
    run("send", "2027-Q4", *at)
    plain = [f"Acme digest, Q{(month + 2) // 3} {year}" for year, month in quarters]
    assert world.subjects(READERS[0]) == [*plain, "Correction: Acme digest, Q4 2027"]
    assert len(world.subjects("team@acme.example")) == 8
    with Archive.open(world.root / "output" / "archive.db") as archive:
        states = [(one.quarter, one.version, one.state) for one in archive.load_releases()]
    assert len(states) == 9
    assert {state for *_, state in states} == {"sent", "corrected"}
