"""What channels and logs are told: plain words only, nothing secret."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest

from digest.app.logs import (
    LOGGER,
    JsonFormatter,
    MaskingFilter,
    collect_events,
    log_event,
    mask_secrets,
)
from digest.deliver.webhook import EditionAnnouncement, build_payload

HOSTILE = (
    "<!channel> *bold* [click](https://evil.example) <https://evil.example|x> & \x1b[31m\nnew line "
    + "w" * 400
)
TOLD = EditionAnnouncement(
    HOSTILE, HOSTILE, [HOSTILE] * 5, "https://digest.example/2026-Q3/digest.html", "Read it"
)


def texts(value):
    """Every text of a payload with the kind of its element."""
    if isinstance(value, dict):
        if "text" in value and isinstance(value["text"], str):
            yield value.get("type"), value["text"]
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_nothing_in_a_title_is_read_as_markup(kind):
    """Every text stands in an element that reads none; what a notification shows is escaped; all within the limits."""
    made = build_payload(kind, TOLD)
    for element, text in texts({"blocks": made["blocks"]} if kind == "slack" else made):
        assert element in ("plain_text", "TextRun", None)
        assert "\x1b" not in text
        assert len(text) <= 3000
    if kind == "slack":
        assert "<!channel>" not in made["text"]
        assert len(made["blocks"][0]["text"]["text"]) <= 150
    assert json.dumps(made).count("https://digest.example/2026-Q3/digest.html") == 1


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_without_a_link_there_is_no_button(kind):
    """Where output/ is on no server."""
    made = json.dumps(
        build_payload(kind, EditionAnnouncement("Digest", "Two stories.", ["One"], "", "Read it"))
    )
    assert "Read it" not in made
    assert "1. One" in made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("for anna.smith@acme.example", "for a…@acme.example"),
        ("Anna <a@x.example>, b@y.example", "Anna <a…@x.example>, b…@y.example"),
        ("the key is hunter2-key!", "the key is ***!"),
        ("two\nlines\r\nand \x1b[31mred", "two lines and [31mred"),
    ],
)
def test_a_log_line_is_one_clean_line(text, shown):
    """Without secrets and whole addresses."""
    assert mask_secrets(text, ["hunter2-key"]) == shown


def test_quiet_holds_back_what_is_well():
    """And keeps every event for run.json."""
    now, secrets, stream = datetime(2026, 10, 2, 6, tzinfo=UTC), ["s3cret-word"], io.StringIO()
    quiet = logging.StreamHandler(stream)
    quiet.setLevel(logging.WARNING)
    quiet.setFormatter(JsonFormatter(now))
    quiet.addFilter(MaskingFilter(secrets))
    LOGGER.addHandler(quiet)
    try:
        with collect_events(now, secrets) as events:
            log_event("built", "2026-Q3", quarter="2026-Q3")
            log_event(
                "delivery",
                "s3cret-word for cmo@acme.example",
                trouble=True,
                state="refused",
                who="cmo@acme.example",
            )
    finally:
        LOGGER.removeHandler(quiet)
    lines = stream.getvalue().splitlines()
    assert events[0]["event"] == "built"
    assert [json.loads(line) for line in lines] == events[1:]
    assert events[1] == {
        "at": "2026-10-02T06:00:00+00:00",
        "event": "delivery",
        "trouble": True,
        "message": "*** for c…@acme.example",
        "state": "refused",
        "who": "c…@acme.example",
    }
