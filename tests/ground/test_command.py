"""`digest lab ground`: rows in, verdicts out, faulty rows named by file and line."""

import json

import pytest
from click.testing import CliRunner

from digest.app.ground import ground_rows
from digest.cli import cli
from digest.errors import UsageError

_ITEM = {
    "id": "a",
    "title": "Tarnix raises prices by 9%",
    "summary": "Tarnix raises its prices by 9% from 1 October 2026.",
    "text": "",
    "lang": "en",
    "date": "2026-09-01",
}
_ROW = {
    "id": "1",
    "items": [_ITEM],
    "cites": ["a"],
    "sentence": "Tarnix raises prices by 9 percent.",
    "lang": "en",
}


def test_rows_come_out_with_verdict_and_reason(tmp_path):
    rows = [_ROW, _ROW | {"id": "2", "sentence": "Tarnix lowers prices by 9 percent."}]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = CliRunner().invoke(cli, ["lab", "ground", str(file)])
    assert result.exit_code == 0, result.output
    first, second = map(json.loads, result.stdout.splitlines())
    assert first == {"id": "1", "passes": True, "reason": ""}
    assert (second["id"], second["passes"]) == ("2", False)
    assert second["reason"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"items": "a"}, "items must be a list"),
        ({"items": [{"title": "x"}]}, "item 1: an object with an id"),
        ({"items": [_ITEM, _ITEM]}, "given twice"),
        ({"items": [_ITEM | {"title": 5}]}, "title must be a text"),
        ({"cites": ["b"]}, "cites b"),
        ({"cites": "a"}, "cites must be a list"),
        ({"sentence": " "}, "sentence must hold a text"),
        ({"sentence": 7}, "sentence must be a text"),
        ({"lang": []}, "lang must be a text"),
    ],
)
def test_faulty_row_is_named_by_file_and_line(change, told):
    lines = [json.dumps(_ROW), "", json.dumps(_ROW | {"id": "2"} | change)]
    with pytest.raises(UsageError) as raised:
        list(ground_rows(lines, "rows.jsonl"))
    assert raised.value.message.startswith("rows.jsonl:3: ")
    assert told in raised.value.message


def test_dates_of_any_form_and_missing_fields_are_taken():
    items: list[dict[str, object]] = [
        {"id": "a", "title": "Tarnix raises prices by 9%", "date": "Tue, 01 Sep 2026 09:00:00 GMT"},
        {"id": "b", "title": "Else", "date": "some day"},
        {"id": 3, "title": "Third", "date": None},
    ]
    row = _ROW | {"items": items}
    assert [one["passes"] for one in ground_rows([json.dumps(row)], "x")] == [True]
