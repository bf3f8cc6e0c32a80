"""`digest alert`: each thing once, to everybody who is to know it, whatever dies in between."""

import json
import shutil
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from werkzeug import Response

from digest.archive import Archive, SourceState
from tests.deliver.conftest import run, write_sources
from tests.deliver.test_kill import warm_process
from tests.factories.items import item

DAY = "2026-08-11T07:00:00Z"
KILLS = 16
TEAM = ("ops@acme.example", "cto@acme.example")
STACK = """\
products:
  - {name: HubSpot, categories: [crm], owner: Ada, cost: 96000, currency: EUR, contract_end: 2027-01-31, notice: 60 days}
"""


@pytest.fixture
def place(tmp_path, monkeypatch, authority, relay):
    """A workspace with a stack, and an archive with a breach of yesterday at a product of it."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SMTP_PASSWORD", "s3cret-of-the-relay")
    (tmp_path / "stack.yaml").write_text(STACK)
    configure(tmp_path, relay)
    publish(tmp_path, 1, "HubSpot data breach exposes customer records")
    return tmp_path


def configure(root, relay, every="day", more="", team=TEAM):
    write_sources(
        root,
        relay.port,
        more=f"    team: [{', '.join(team)}]\n  alerts: {{every: {every}{more}}}\n",
    )


def publish(root, number, title, day=10):
    found = item(number, title=title, summary=f"{title}. The company said so on Monday.",
                 published=datetime(2026, 8, day, 9, tzinfo=UTC))  # fmt: skip
    with Archive.open(root / "output" / "archive.db") as archive:
        archive.record_attempt(
            SourceState("acme-news"), [found], at=found.first_seen, outcome="read"
        )
    return found


def alert(root, *more, now=DAY, code=0):
    return run("alert", "--workspace", root, "--now", now, "--quiet", *more, code=code)


def test_once_to_each_and_silent_when_nothing_is_new(place, relay):
    """One mail to each of the team; nothing on the terminal, and no second mail."""
    for _ in range(3):
        assert alert(place).output == ""
    assert relay.counted() == dict.fromkeys(TEAM, 1)
    mail = message_from_bytes(relay.received[0][1], policy=policy.default)
    assert mail["Subject"] == "[Acme digest] Breach, weakness or outage: HubSpot"
    text = mail.get_body(("plain",)).get_content()
    assert "HubSpot data breach exposes customer records" in text
    assert "ask whether our data was among it" in text
    assert "Owner: Ada" in text


@pytest.mark.whole
def test_a_second_report_is_not_told_and_a_second_thing_is(place, relay):
    """Also where grouping joins the report to the first one."""
    alert(place)
    publish(place, 2, "HubSpot breach exposes customer records, company says", 11)
    alert(place, now="2026-08-12T07:00:00Z")
    assert relay.counted() == dict.fromkeys(TEAM, 1)
    publish(place, 3, "HubSpot acquires Warmly", 12)
    alert(place, now="2026-08-13T07:00:00Z")
    assert relay.counted() == dict.fromkeys(TEAM, 2)


def test_a_notice_date_is_told_thirty_days_before(place, relay):
    """Not the day before that, and not again."""
    configure(place, relay, team=TEAM[:1])
    alert(place)
    told = []
    for day in ("11-01", "11-02", "11-03", "11-30"):
        alert(place, now=f"2026-{day}T07:00:00Z")
        told.append(len(relay.received))
    assert told == [1, 2, 2, 2]
    assert b"2 December 2026" in relay.received[1][1]


def test_json_says_what_is_due(place, relay):
    """For programs: kind, product, words and address of each."""
    alert(place)
    publish(place, 4, "HubSpot raises prices of all plans by 20 %", 11)
    rows = json.loads(alert(place, "--dry-run", "--json", now="2026-08-12T07:00:00Z").stdout)
    assert [(one["kind"], one["products"]) for one in rows["alerts"]] == [("price", ["HubSpot"])]


def test_off_by_default_and_dry(place, relay):
    """Nothing is sent where it is off or only asked for; the ledger knows nothing of it."""
    assert "HubSpot data breach" in alert(place, "--dry-run").stdout
    configure(place, relay, every="off")
    assert alert(place).output == ""
    assert relay.received == []
    configure(place, relay)
    alert(place)
    assert relay.counted() == dict.fromkeys(TEAM, 1)


def test_a_new_recipient_is_told_and_only_she(place, relay):
    """What is still news, once."""
    alert(place)
    configure(place, relay, team=(*TEAM, "new@acme.example"))
    alert(place)
    assert relay.counted() == dict.fromkeys((*TEAM, "new@acme.example"), 1)


def test_where_nobody_is_named_the_terminal_is_told(place, relay):
    """On stdout, once: cron mails it."""
    (place / "sources.yaml").write_text(
        "digest:\n  alerts: {every: week}\nsources:\n  - {name: A, url: 'https://a.example/f'}\n"
    )
    assert "[Breach, weakness or outage] HubSpot" in alert(place).stdout
    assert alert(place).output == ""


def test_a_channel(place, relay, httpserver, monkeypatch):
    """Gets one message, without a figure of the stack; a refusal is tried again."""
    answers = [500, 200]
    posted = []

    def answer(request):
        posted.append(json.loads(request.get_data()))
        return Response("", answers.pop(0))

    httpserver.expect_request("/hook").respond_with_handler(answer)
    monkeypatch.setenv("OPS_URL", f"http://localhost:{httpserver.port}/hook")
    configure(place, relay, more=", webhooks: [{kind: slack, url_env: OPS_URL}]")
    path = place / "sources.yaml"
    path.write_text(path.read_text().replace("  alerts:", f"  network: {{allow_private: ['localhost:{httpserver.port}']}}\n  alerts:"))  # fmt: skip
    alert(place, code=1)
    alert(place)
    alert(place)
    assert len(posted) == 2
    assert "96,000" not in json.dumps(posted)
    assert "HubSpot data breach exposes customer records" in json.dumps(posted[1])


def test_killed_between_sending_and_recording_it_is_not_sent_twice(place, relay, monkeypatch):
    """It is unknown, and a person says what became of it."""
    configure(place, relay, team=TEAM[:1])
    whole = Archive.record_deliveries

    def die(self, deliveries, state, **more):
        if state == "accepted":
            raise KeyboardInterrupt
        whole(self, deliveries, state, **more)

    monkeypatch.setattr(Archive, "record_deliveries", die)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - the process dies
        alert(place)
    monkeypatch.setattr(Archive, "record_deliveries", whole)
    assert relay.counted() == {TEAM[0]: 1}
    for _ in range(2):
        told = alert(place, code=1)
        assert f"digest alert --resolve {TEAM[0]}=accepted" in told.stderr
    assert relay.counted() == {TEAM[0]: 1}
    alert(place, "--resolve", f"{TEAM[0]}=accepted")
    assert alert(place).output == ""
    assert relay.counted() == {TEAM[0]: 1}


def test_killed_before_sending_it_is_sent(place, relay, monkeypatch):
    """What was only intended is due."""
    whole = Archive.record_deliveries

    def die(self, deliveries, state, **more):
        if state == "handed over":
            raise KeyboardInterrupt
        whole(self, deliveries, state, **more)

    monkeypatch.setattr(Archive, "record_deliveries", die)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - the process dies
        alert(place)
    monkeypatch.setattr(Archive, "record_deliveries", whole)
    alert(place)
    assert relay.counted() == dict.fromkeys(TEAM, 1)


@pytest.mark.real
def test_killed_at_any_step_nobody_is_told_twice(place, relay):
    """SIGKILL at moments spread over all that the world sees of a run; then again, as cron does it."""
    configure(place, relay, team=TEAM[:1])
    saved = (place / "output" / "archive.db").read_bytes()
    args = ("alert", "--workspace", place, "--now", DAY, "--quiet")

    def wipe():
        shutil.rmtree(place / "output")
        (place / "output").mkdir()
        (place / "output" / "archive.db").write_bytes(saved)
        relay.received.clear()

    with warm_process() as ask:
        assert ask(args, itself=True)[0] == 0
        wipe()
        code, steps = ask(args)
        assert (code, relay.counted()) == (0, {TEAM[0]: 1})
        doubts = 0
        for n in range(KILLS):
            wipe()
            moment = 1 + n * (steps - 1) // (KILLS - 1)
            assert ask(args, moment)[0] == -9, moment
            code, _ = ask(args)
            if code:  # in doubt: a person looks whether it came
                doubts += 1
                came = "accepted" if relay.counted() else "not-sent"
                alert(place, "--resolve", f"{TEAM[0]}={came}")
                ask(args)
            assert relay.counted() == {TEAM[0]: 1}, moment
            assert ask(args)[0] == 0
            assert relay.counted() == {TEAM[0]: 1}, moment
        assert doubts < KILLS / 2


def test_without_a_stack(place):
    """There is nothing to watch over."""
    (place / "stack.yaml").unlink()
    assert "there is no stack.yaml" in alert(place, code=2).words


def test_the_schedule_knows_it(place, relay):
    """Where it is switched on, after the daily run; weekly on Mondays."""
    lines = run("schedule", "--workspace", place).stdout.splitlines()
    (line,) = [one for one in lines if " alert --quiet" in one]
    assert line.split(" ")[1:5] == ["7", "*", "*", "*"]
    configure(place, relay, every="week")
    (line,) = [
        one for one in run("schedule", "--workspace", place).stdout.splitlines() if " alert " in one
    ]
    assert line.split(" ")[1:5] == ["7", "*", "*", "1"]
    run("schedule", "--systemd", "--write", place / "units", "--workspace", place)
    assert "OnCalendar=Mon *-*-* 07:" in (place / "units" / "digest-alert.timer").read_text()
    configure(place, relay, every="off")
    assert " alert " not in run("schedule", "--workspace", place).stdout
