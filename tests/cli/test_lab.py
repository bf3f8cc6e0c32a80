"""The team teaches the judgement: what it decided is measured, proposed as lines, accepted, and felt later."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.config.vocabulary import parse_vocabulary
from digest.errors import ConfigError, DigestError, UsageError
from digest.tag import lab
from tests.factories.items import NOW, START, item

LEDGERS = (
    ("Zorblatt launches a plonket room", "It opens on Monday."),
    ("Zorblatt gives its plonket room another door", "Visitors may come in from the garden."),
)
LATER = (("Quorbly launches a plonket room, too", "It opens on Friday."),)
GOSSIP = tuple(
    (
        f"{name} launches AI agent for email marketing",
        f"The agent of {name} writes subject lines. It is available now.",
    )
    for name in ("Brevo", "Klaviyo", "HubSpot", "Braze")
)
SOURCES = """\
digest: {title: Test digest}
sources:
  - {name: Trade Daily, url: "https://trade.example/feed"}
  - {name: Gossip Daily, url: "https://gossip.example/feed"}
"""


@pytest.fixture(autouse=True)
def reference(monkeypatch):
    """A few labelled rows of our own in the place of the shipped ones, so that figures here stay what they are."""
    monkeypatch.setattr(lab, "_REFERENCE", Path(__file__).parents[1] / "data" / "reference.jsonl")
    lab.load_reference.cache_clear()
    yield
    lab.load_reference.cache_clear()


@pytest.fixture
def workspace(tmp_path):
    """Two quarters of two sources; of the first the team moved what one tells, and dropped what the other does."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    with Archive.open(tmp_path / "output" / "archive.db") as archive:
        for host, name, quarters in (
            ("trade", "Trade Daily", (LEDGERS, LATER)),
            ("gossip", "Gossip Daily", (GOSSIP,) * 2),
        ):
            rows = [
                item(
                    id=f"{host}-{quarter}-{n}",
                    url=f"https://{host}.example/{quarter}/{n}",
                    source=f"{host}-daily",
                    source_name=name,
                    title=title,
                    summary=summary,
                    published=START + timedelta(days=12 * n + (2 if quarter == "q3" else -80)),
                )
                for quarter, told in zip(("q2", "q3"), quarters, strict=True)
                for n, (title, summary) in enumerate(told)
            ]
            archive.record_attempt(
                SourceState(f"{host}-daily", last_success=NOW), rows, at=NOW, outcome="read"
            )
    (tmp_path / "editions").mkdir()
    moved = "".join(
        f"  - {{url: 'https://trade.example/q2/{n}', category: crm}}\n" for n in range(2)
    )
    dropped = "".join(
        f"  - {{url: 'https://gossip.example/q2/{n}', drop: gossip}}\n" for n in range(4)
    )
    (tmp_path / "editions" / "2026-Q2.yaml").write_text(f"stories:\n{moved}{dropped}")
    return tmp_path


def run(*args, code=0):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code or isinstance(result.exception, DigestError), (
        result.output,
        result.exception,
    )
    return result


def at(workspace):
    return ("--workspace", workspace, "--now", NOW.isoformat())


@pytest.mark.whole
def test_corrections_of_one_quarter_are_judged_right_in_the_next(workspace):
    """Corrected, proposed, accepted; then like items are judged as the team wanted, and `explain` names its line."""
    place = at(workspace)
    before = run("explain", "https://trade.example/q3/0", *place).stdout
    assert "  category    crm" not in before
    listed = run("lab", "propose", *place)
    assert [re.sub(r"\^\d", "", line).strip() for line in listed.stdout.splitlines() if "#" not in line] == [
        "words:", "crm:", "- plonket room",
        "rules:", "- name: 'the team drops: source Gossip Daily'", "effect: exclude", "sources: [Gossip Daily]",
    ]  # fmt: skip
    (workspace / "vocabulary.yaml").write_text(
        "# Ours.\nrules:\n  - {name: x, effect: exclude, words: [x-ray]}  # a\n"
    )
    told = run("lab", "propose", "--accept", 1, 2, *place)
    assert "the team's decisions judged right: 0 → 6 of 6" in told.stderr
    text = (workspace / "vocabulary.yaml").read_text()
    assert text.startswith("# Ours.\nrules:\n  - {name: x, effect: exclude, words: [x-ray]}  # a\n")
    assert [rule.name for rule in parse_vocabulary(text).rules] == [
        "x",
        "the team drops: source Gossip Daily",
    ]

    after = run("explain", "https://trade.example/q3/0", *place).stdout
    assert "  category    crm" in after
    assert "plonket room (the team's word)" in after
    gossip = run("explain", "https://gossip.example/q3/0", *place).stdout
    assert (
        "  relevant    no (100% sure): rule the team drops: source Gossip Daily: exclude" in gossip
    )
    rows = [
        json.loads(line) for line in run("export", "items", "2026-Q3", *place).stdout.splitlines()
    ]
    assert [row["category"] for row in rows if row["id"] == "trade-q3-0"] == ["crm"]
    assert not any(row["relevant"] for row in rows if row["source"].startswith("gossip"))
    assert "nothing to propose" in run("lab", "propose", *place).stderr


def test_proposals_are_lines_to_paste(workspace):
    """What is printed is a vocabulary.yaml, comments and all; as data each has its effect."""
    text = run("lab", "propose", *at(workspace)).stdout
    file = parse_vocabulary(text)
    assert [words[0][:-2] for words in file.words.values()] == ["plonket room"]
    assert [rule.sources for rule in file.rules] == [("Gossip Daily",)]
    assert "# 1. “plonket room” speaks for CRM, as the team said of 2 items (2026-Q2)" in text
    assert "the team's decisions judged right: 0 → 2 of 6; reference set: no figure moves" in text
    rows = json.loads(run("lab", "propose", "--json", *at(workspace)).stdout)
    assert [(row["number"], row["offered"], row["right"]) for row in rows] == [
        (1, True, {"now": 0, "then": 2, "of": 6}),
        (2, True, {"now": 0, "then": 4, "of": 6}),
    ]
    assert [one["quarter"] for one in rows[0]["rests_on"]] == ["2026-Q2"] * 2


def test_what_makes_the_reference_set_worse_is_shown_without_a_number(
    workspace, tmp_path, monkeypatch
):
    """As a comment, with what would be lost."""
    row = {
        "id": "r",
        "source": "Gossip Daily",
        "title": "Mailchimp launches AI agent for email marketing",
    }
    labels = {"relevant": "yes", "category": "email-marketing", "ai": "core", "event": "launch"}
    rows = (json.dumps(row | labels | {"id": key}) for key in ("r1", "r2"))
    (tmp_path / "reference.jsonl").write_text("\n".join(rows))
    monkeypatch.setattr(lab, "_REFERENCE", tmp_path / "reference.jsonl")
    lab.load_reference.cache_clear()
    lines = run("lab", "propose", *at(workspace)).stdout.splitlines()
    assert "# not offered: the team dropped 4 of 4 items: source Gossip Daily" in lines
    assert any("gets worse: relevant: 2 right before and wrong now" in line for line in lines)
    assert not any(line.startswith("rules:") for line in lines)
    refused = run("lab", "propose", "--accept", 2, *at(workspace)).exception
    assert isinstance(refused, UsageError)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--accept",), "--accept needs numbers"),
        (("1",), "numbers need --accept"),
        (("--accept", "1", "9"), "there is no proposal 9"),
        (("--accept", "0"), "there is no proposal 0"),
    ],
)
def test_what_cannot_be_accepted_is_told(workspace, args, words):
    """And nothing is written."""
    result = run("lab", "propose", *args, *at(workspace))
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)
    assert not (workspace / "vocabulary.yaml").exists()


def test_a_file_that_takes_a_person_is_left_as_it_was(workspace):
    """All lines or none: the word could be written, the rule could not."""
    text = "rules: [{name: x, effect: exclude, words: [x-ray]}]\n"
    (workspace / "vocabulary.yaml").write_text(text)
    assert isinstance(
        run("lab", "propose", "--accept", 1, 2, *at(workspace)).exception, DigestError
    )
    assert (workspace / "vocabulary.yaml").read_text() == text


def test_score_of_a_workspace_is_of_its_decisions_and_the_reference_set(workspace):
    """As they stand."""
    told = run("lab", "score", *at(workspace)).stdout.splitlines()
    figures = {line[:52].strip(): line[52:].split() for line in told[1:]}
    assert figures["decisions: category right, of 2"] == ["0.000"]
    assert figures["decisions: all right, of 6"] == ["0.000"]
    assert "reference: relevant F1" in figures
    compared = json.loads(run("lab", "score", "--json", *at(workspace)).stdout)
    assert [(one["name"], one["items"]) for one in compared] == [("decisions", 6), ("reference", 6)]


def test_a_package_without_the_reference_set_says_so(workspace, tmp_path, monkeypatch):
    """And measures on what the team decided."""
    monkeypatch.setattr(lab, "_REFERENCE", tmp_path / "nowhere.jsonl")
    lab.load_reference.cache_clear()
    told = run("lab", "score", *at(workspace))
    assert "holds no reference set" in told.stderr
    assert "reference" not in told.stdout
    assert "2 lines to add" in run("lab", "propose", *at(workspace)).stderr


def test_a_change_is_shown_before_it_is_used(workspace):
    """Each figure now and then, and what is judged otherwise; nothing is written."""
    (workspace / "new.yaml").write_text("words: {crm: [plonket room^6]}\n")
    told = run("lab", "score", "--try", workspace / "new.yaml", *at(workspace)).stdout
    assert "decisions: category right, of 2                       0.000  1.000  +1.000" in told
    assert "→ crm (right now)" in told
    assert not (workspace / "vocabulary.yaml").exists()
    (workspace / "vocabulary.yaml").write_text("words: {crm: [plonket room^6]}\n")
    same = run("lab", "score", "--try", workspace / "new.yaml", *at(workspace)).stdout
    assert same.splitlines()[-1] == "no item is judged otherwise"


def test_a_change_that_makes_it_worse_is_told(workspace):
    """For what the team decided, and for the reference set; exit code 1. Corrections that were learned still count."""
    (workspace / "vocabulary.yaml").write_text("words: {crm: [plonket room^6]}\n")
    (workspace / "new.yaml").write_text(
        "rules: [{name: no agents, effect: exclude, words: [agent]}]\n"
    )
    told = run("lab", "score", "--try", workspace / "new.yaml", *at(workspace), code=1)
    assert (
        "worse: decisions: category: 2 right before and wrong now, 0 the other way round"
        in told.stderr
    )
    assert (
        "worse: reference: relevant: 1 right before and wrong now, 0 the other way round"
        in told.stderr
    )
    (one, two) = json.loads(
        run(
            "lab", "score", "--try", workspace / "new.yaml", "--json", *at(workspace), code=1
        ).stdout
    )
    assert one["figures"]["all right, of 6"] == [2 / 6, 4 / 6]
    assert [(row["id"], row["field"], row["verdict"]) for row in two["changed"]] == [
        ("t1", "relevant", "lost")
    ]


def test_labels_of_your_own_are_measured_too(workspace, tmp_path):
    """Alone as ever; with --try beside the others. Without a workspace the reference set is."""
    rows = [
        {
            "id": "a",
            "title": "Zorblatt opens its plonket room",
            "category": "crm",
            "relevant": "yes",
            "event": "launch",
        }
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "new.yaml").write_text("words: {crm: [plonket room^6]}\n")
    alone = json.loads(
        run("lab", "score", tmp_path / "mine.jsonl", "--json", *at(workspace)).stdout
    )
    assert alone["category strict"] == 0.0
    assert "relevant F1" in alone
    args = ("lab", "score", tmp_path / "mine.jsonl", "--try", tmp_path / "new.yaml", "--json")
    compared = json.loads(run(*args, *at(workspace)).stdout)
    assert [one["name"] for one in compared] == [
        "decisions",
        "reference",
        str(tmp_path / "mine.jsonl"),
    ]
    assert compared[2]["figures"]["category strict"] == [0.0, 1.0]
    (tmp_path / "empty").mkdir()
    nowhere = json.loads(run(*args, *at(tmp_path / "empty")).stdout)
    assert [one["name"] for one in nowhere] == ["reference", str(tmp_path / "mine.jsonl")]


def test_a_wrong_file_is_told_with_its_place(workspace):
    """Before anything is judged."""
    (workspace / "new.yaml").write_text("events:\n  launch: {title: ['(a+)+b']}\n")
    told = run("lab", "score", "--try", workspace / "new.yaml", *at(workspace)).exception
    assert isinstance(told, ConfigError)
    assert (
        f"{workspace / 'new.yaml'}:2:20: events.launch.title[0]: the pattern could take very long"
        in str(told)
    )


@pytest.mark.whole
def test_doctor_looks_at_the_vocabulary(workspace):
    """A workspace without one has nothing to check; a mistake in it is told with its place."""
    rows = json.loads(run("doctor", "--json", *at(workspace)).stdout)
    states = {row["check"]: row["state"] for row in rows}
    assert states["vocabulary.yaml"] == "not configured"
    (workspace / "vocabulary.yaml").write_text("words:\n  crmm: [x]\n")
    told = run("doctor", *at(workspace), code=1).stdout
    assert f"FAILS  vocabulary.yaml: {workspace / 'vocabulary.yaml'}:2:3: words.crmm" in told


def test_the_workspaces_vocabulary_counts_for_items_on_standard_input(workspace):
    """As for those of its archive."""
    (workspace / "vocabulary.yaml").write_text("words: {crm: [plonket room^6]}\n")
    (workspace / "items.jsonl").write_text(
        '{"id": "a", "title": "Zorblatt opens its plonket room"}\n'
    )
    row = json.loads(run("lab", "tag", workspace / "items.jsonl", "--workspace", workspace).stdout)
    assert row["category"] == "crm"
    assert row["why"]["category"][0] == "plonket room (the team's word)"


def test_health_points_to_the_rule_until_there_is_one(workspace):
    """The sources of which the team drops most, and what to do about it."""
    line = "dropped    Gossip Daily: 4 of 4 items by the team"
    assert (
        f"{line} → see `digest lab propose` for a rule"
        in run("sources", "health", "2026-Q2", *at(workspace)).stdout
    )
    run("lab", "propose", "--accept", 2, *at(workspace))
    told = run("sources", "health", "2026-Q2", *at(workspace)).stdout
    assert line in told
    assert "lab propose" not in told


def test_what_is_taught_changes_the_configuration(workspace):
    """An edition that was built before is no longer current; a comment changes nothing."""
    from digest.app.context import AppContext, config_fingerprint
    from digest.app.workspace import Workspace
    from digest.cli.common import load_config
    from digest.period import parse_quarter

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), NOW)
    quarter = parse_quarter("2026-Q3", NOW, "UTC", 1)
    seen = [config_fingerprint(context, quarter)]
    for text in ("# nothing yet\n", "ai: [ZorbMind]\n", "# ours\nai: [ZorbMind]\n"):
        (workspace / "vocabulary.yaml").write_text(text)
        seen.append(config_fingerprint(context, quarter))
    assert seen[0] == seen[1] != seen[2] == seen[3]


def test_init_makes_a_vocabulary_to_fill_in(tmp_path):
    """Nothing in it counts yet; an editor finds its schema."""
    run("init", tmp_path / "new")
    text = (tmp_path / "new" / "vocabulary.yaml").read_text()
    assert parse_vocabulary(text) == parse_vocabulary("")
    assert (tmp_path / "new" / text.splitlines()[0].partition("$schema=")[2]).is_file()
