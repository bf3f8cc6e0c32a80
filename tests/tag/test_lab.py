"""Lab rows become items, and judged rows are measured as the scorer does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from digest.errors import DigestError
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES
from digest.tag import item_from_json, measure_agreement
from digest.tag.lab import compare_judgements, find_regressions, load_reference, measure_accuracy
from digest.taxonomy import CATEGORIES

SHARED = Path(__file__).parents[2] / ".." / "shared"
GOLD = [
    {
        "id": "a",
        "relevant": "yes",
        "category": "seo",
        "also": ["cms-web-experience"],
        "ai": "core",
        "evidence": "claimed",
    }
    | {"event": "launch"},
    {
        "id": "b",
        "relevant": "no",
        "category": "none",
        "also": [],
        "ai": "none",
        "evidence": "-",
        "event": "howto",
    },
    {
        "id": "c",
        "relevant": "yes",
        "category": "crm",
        "also": [],
        "ai": "applied",
        "evidence": "-",
        "event": "update",
    },
]


def test_missing_fields_are_empty() -> None:
    """A row with nothing but a title is an item."""
    item = item_from_json({"title": "  A\ttitle\u202e "})
    assert (item.title, item.summary, item.language, item.published) == ("A title", "", "en", None)
    assert item.id == item_from_json({"title": "  A\ttitle\u202e "}).id


@pytest.mark.parametrize(
    ("date", "stamp"),
    [
        ("2026-07-14", "2026-07-14T00:00:00+00:00"),
        ("2026-07-14T10:00:00+02:00", "2026-07-14T08:00:00+00:00"),
        ("Tue, 03 Feb 2026 16:00:03 +0000", "2026-02-03T16:00:03+00:00"),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(date: str, stamp: str | None) -> None:
    """ISO 8601 and mail dates are read; an item may be undated."""
    published = item_from_json({"id": "1", "title": "t", "date": date}).published
    assert (published.isoformat() if published else None) == stamp


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ([], "line 7: an item must be a JSON object, not list"),
        (None, "line 7: an item must be a JSON object"),
        ({"title": 3}, "line 7: title must be a text, not int"),
        ({"id": {}, "title": "t"}, "line 7: id must be a text or a number"),
    ],
)
def test_hostile_rows_name_their_line(row: Any, told: str) -> None:
    """What is wrong, and where."""
    with pytest.raises(DigestError, match=told):
        item_from_json(row, 7)


def test_score_counts_what_was_not_judged_as_nothing() -> None:
    """Missing rows are irrelevant, without category, AI and event."""
    figures = measure_agreement(
        GOLD,
        [
            {
                "id": "a",
                "relevant": True,
                "category": "cms-web-experience",
                "ai": "core",
                "event": "launch",
            }
        ],
    )
    assert figures["relevant F1"] == pytest.approx(2 / 3)
    assert figures["category strict"] == pytest.approx(1 / 3)
    assert figures["category lenient"] == pytest.approx(2 / 3)
    assert figures["ai core-or-applied F1"] == pytest.approx(2 / 3)


def test_products_are_right_with_any_accepted_slug() -> None:
    """And near with one in `also`."""
    gold = [{"id": "p", "accept": ["crm", "cdp"]}, {"id": "q", "accept": ["seo"]}]
    figures = measure_agreement(
        gold, [{"id": "p", "category": "cdp"}, {"id": "q", "category": None, "also": ["seo"]}]
    )
    assert figures == {"products category": 0.5, "products category or also": 1.0}


def test_nothing_to_measure_is_told() -> None:
    """No rows, no figures."""
    with pytest.raises(DigestError, match="no labelled rows"):
        measure_agreement([], [])


@pytest.mark.skipif(not load_reference(), reason="the reference set is not in this package")
def test_the_reference_set_is_labelled_throughout() -> None:
    """With values that labels may have, and each row with an id and a title of its own."""
    rows = load_reference()
    for name, allowed in (
        ("relevant", ("yes", "no")),
        ("category", ("none", *CATEGORIES)),
        ("ai", AI_GRADES),
        ("evidence", ("-", *EVIDENCE_GRADES)),
        ("event", EVENTS),
    ):
        assert {row[name] for row in rows} <= set(allowed)
    assert len({row["id"] for row in rows}) == len({row["title"] for row in rows}) == len(rows)
    assert all(item_from_json(row, n).title for n, row in enumerate(rows, 1))


def test_what_is_judged_otherwise_is_right_wrong_or_unknown() -> None:
    """By what the labels know; a field that no label knows is only told."""
    gold: list[dict[str, Any]] = [
        {"id": 1, "title": "T", "category": "crm", "vendors": ("Acme", "Bolt")},
        {"id": "p", "accept": ["seo"]},
    ]
    before: dict[str, dict[str, Any]] = {
        "1": {"category": "seo", "event": "launch", "vendors": ("bolt", "Acme")},
        "p": {"category": "seo"},
    }
    after: dict[str, dict[str, Any]] = {
        "1": {"category": "crm", "event": "update", "vendors": ("Acme",)},
        "p": {"category": None},
    }
    found = compare_judgements(gold, before, after)
    assert [(one.id, one.field, one.before, one.after, one.verdict) for one in found] == [
        ("1", "category", "seo", "crm", "won"),
        ("1", "event", "launch", "update", ""),
        ("1", "vendors", "Acme, bolt", "Acme", ""),
        ("p", "category", "seo", "none", "lost"),
    ]
    assert find_regressions(found) == ()
    assert find_regressions(found[1:]) == (
        "category: 1 right before and wrong now, 0 the other way round",
    )


def test_right_shares_count_what_is_labelled() -> None:
    """Field by field, and all together."""
    gold: list[dict[str, Any]] = [
        {"id": "a", "category": "crm", "relevant": True},
        {"id": "b", "category": None},
    ]
    judged: dict[str, dict[str, Any]] = {
        "a": {"category": "crm", "relevant": False},
        "b": {"category": None},
    }
    assert measure_accuracy(gold, judged) == {
        "relevant right, of 1": 0.0,
        "category right, of 2": 1.0,
        "all right, of 3": 2 / 3,
    }
    assert measure_accuracy([{"id": "a"}], judged) == {}


@pytest.mark.skipif(not SHARED.exists(), reason="the scorer is not beside this repository")
def test_same_figures_as_the_scorer(tmp_path: Path) -> None:
    """On labels judged by their neighbours' labels."""
    gold = [
        json.loads(line)
        for line in (SHARED / "labels" / "items.jsonl").read_text("utf-8").splitlines()
    ]
    judged = [
        dict(gold[(n * 7 + 1) % len(gold) if n % 3 else n], id=row["id"])
        for n, row in enumerate(gold)
    ]
    (tmp_path / "judged.jsonl").write_text("\n".join(map(json.dumps, judged)), "utf-8")
    command: list[str | Path] = [
        sys.executable,
        SHARED / "tools" / "score_tags.py",
        SHARED / "labels" / "items.jsonl",
    ]
    told = subprocess.run(
        [*command, tmp_path / "judged.jsonl"], capture_output=True, text=True, check=True
    ).stdout
    assert (
        ", ".join(f"{name} {value:.3f}" for name, value in measure_agreement(gold, judged).items())
        == told.splitlines()[-1]
    )
