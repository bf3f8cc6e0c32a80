"""The calendar as a table and as digest.ics."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.i18n import TranslatableText
from digest.model.edition import CalendarEntry, DateKind, Edition, Sentence, StoryRef
from digest.model.stack import Money
from digest.render.ics import render_ics
from digest.render.views.calendar import CalendarPage, build_calendar_page
from digest.render.views.context import RenderOptions, ViewContext
from digest.render.words import load_localizer
from tests.factories.editions import AS_OF, briefing, edition

REF = StoryRef(
    "s1", "Acme ends", "en", "https://paper.example/1", "The Paper", AS_OF, event="shutdown"
)


def enter(day: str, kind: DateKind = "effective", **more: Any) -> CalendarEntry:
    first = date.fromisoformat(day)
    values: dict[str, Any] = {"last": first, "what": "Acme ends its plan", **more}
    if kind in ("effective", "deadline", "ends"):
        values = {
            "language": "en",
            "story": REF,
            "quote": Sentence("Acme ends its plan then.", "The Paper", REF.url),
            **values,
        }
    return CalendarEntry(day=first, kind=kind, **values)


NOTICE = enter(
    "2026-10-31",
    "notice",
    what=TranslatableText("%(product)s: last day to give notice", product="Acme"),
    products=("Acme",),
    owner="Ada",
    cost=Money(96000, "EUR"),
)
CALENDAR = (
    enter("2026-09-01", "decision", what=TranslatableText("Decision due: %(what)s", what="Go on?")),
    enter("2026-10-21", last=date(2026, 10, 31)),
    NOTICE,
    enter("2026-11-01", products=("Acme", "Bolide")),
)


def build(made: Edition, **options: Any) -> CalendarPage:
    context = ViewContext(made, load_localizer("en", made.zone), RenderOptions(**options))
    page = build_calendar_page(context)
    assert page is not None
    return page


def test_dates_stand_under_their_months_and_what_is_overdue_before_them() -> None:
    page = build(edition(calendar=CALENDAR))
    assert [(month.name, [row.day for row in month.rows]) for month in page.months] == [
        ("Overdue", ["1 Sep"]),
        ("October 2026", ["21–31 Oct", "31 Oct"]),
        ("November 2026", ["1 Nov"]),
    ]
    assert [row.overdue for month in page.months for row in month.rows] == [True, *[False] * 3]


def test_a_row_says_what_it_is_who_answers_and_what_is_at_stake() -> None:
    page = build(edition(calendar=CALENDAR))
    told, notice = page.months[1].rows
    assert (told.kind, told.source, told.href, told.quote) == (
        "Takes effect",
        "The Paper",
        REF.url,
        "Acme ends its plan then.",
    )
    assert (notice.kind, notice.text, notice.who) == (
        "",
        "Acme: last day to give notice",
        "Ada, €96,000 a year",
    )
    assert page.months[2].rows[0].products == "Acme and Bolide"


def test_paper_has_a_page_for_it_and_every_duty_is_there() -> None:
    duties = [replace(NOTICE, day=date(2026, 10, 3 + n % 28)) for n in range(30)]
    others = [enter(f"2026-11-{1 + n % 30:02d}") for n in range(40)]
    own = enter("2026-12-30", products=("Acme",))
    made = edition(calendar=tuple(sorted([*duties, *others, own], key=lambda one: one.day)))
    page = build(made, brief=True)
    rows = [row for month in page.months for row in month.rows]
    assert sum(row.text == "Acme: last day to give notice" for row in rows) == 30
    assert rows[-1].products == "Acme"  # ours goes before others
    assert len(rows) < 45
    assert page.more == f"{71 - len(rows)} more dates stand on the web page."
    assert build(made).more == ""


def test_on_paper_the_end_of_a_contract_stands_with_its_notice() -> None:
    end = replace(NOTICE, day=date(2027, 1, 31), last=date(2027, 1, 31), kind="contract end")
    alone = replace(end, products=("Bolide",), what="Bolide: contract ends")
    page = build(edition(calendar=(NOTICE, end, alone)), brief=True)
    assert [row.text for month in page.months for row in month.rows] == [
        "Acme: last day to give notice (contract to 31 January 2027)",
        "Bolide: contract ends",
    ]
    assert page.more == ""


def test_without_dates_there_is_no_page() -> None:
    made = edition(calendar=())
    assert build_calendar_page(ViewContext(made, load_localizer("en"), RenderOptions())) is None


def test_the_day_of_a_rule_says_what_of_ours_it_touches() -> None:
    """Where no product stands in its row: the maker that it binds."""
    made = briefing()
    assert made.stack
    maker = made.stack.lines[0].product.vendor_or_name
    law = replace(made.rules[0], products=(), category=None, binds=(maker,))
    day = enter("2026-11-01", story=law.story)
    for entry, rules, who in (
        (day, (law,), f"{maker}, a maker of ours"),
        (replace(day, owner="Ada"), (law,), "Ada"),
        (replace(day, products=("Acme",)), (law,), ""),
        (day, (), ""),
        (replace(day, story=REF), (law,), ""),
    ):
        page = build(replace(made, calendar=(entry,), rules=rules))
        assert [row.who for month in page.months for row in month.rows] == [who]


# ---------------------------------------------------------------- digest.ics


def unfold(data: bytes) -> list[str]:
    """The lines of a calendar, read as RFC 5545 writes them."""
    text = data.decode()
    assert text.endswith("\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def read_events(data: bytes) -> list[dict[str, str]]:
    events: list[dict[str, str]] = []
    for line in unfold(data):
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            name, value = re.split(r":", line, maxsplit=1)
            assert name not in events[-1]
            events[-1][name] = value
    return events


def unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def test_each_date_is_an_event_of_whole_days() -> None:
    made = edition(calendar=CALENDAR)
    lines = unfold(render_ics(made))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert any(line.startswith("PRODID:") for line in lines)
    assert lines[-1] == "END:VCALENDAR"
    assert [
        (one["DTSTART;VALUE=DATE"], one["DTEND;VALUE=DATE"], unescape(one["SUMMARY"]))
        for one in read_events(render_ics(made))
    ] == [
        ("20260901", "20260902", "Decision due: Go on?"),
        ("20261021", "20261101", "Takes effect: Acme ends its plan"),
        ("20261031", "20261101", "Acme: last day to give notice"),
        ("20261101", "20261102", "Takes effect: Acme ends its plan"),
    ]
    assert {one["DTSTAMP"] for one in read_events(render_ics(made))} == {"20261002T060000Z"}


def test_costs_stay_out_and_the_sentence_is_there() -> None:
    data = render_ics(edition(calendar=CALENDAR))
    assert b"96" not in data.replace(b"\r\n ", b"").split(b"DESCRIPTION")[2]
    assert b"EUR" not in data
    described = [unescape(one.get("DESCRIPTION", "")) for one in read_events(data)]
    assert described[2] == "Acme\nAda"
    assert described[3] == "Acme ends its plan then. (The Paper)\nAcme and Bolide"


def test_identifiers_stay_where_the_edition_is_built_again() -> None:
    made = edition(calendar=CALENDAR)
    later = replace(made, as_of=datetime(2026, 10, 9, tzinfo=UTC), language="it")
    first, second = ([one["UID"] for one in read_events(render_ics(one))] for one in (made, later))
    assert first == second
    assert len(set(first)) == len(first)
    moved = replace(NOTICE, day=date(2026, 11, 5), last=date(2026, 11, 5))
    (event,) = read_events(render_ics(edition(calendar=(moved,))))
    assert event["UID"] == first[2]  # a contract's day that moves is the same event


@pytest.mark.parametrize(
    "title", ["A; B, C \\ D", "Zeile\r\nBEGIN:VEVENT", "ก" * 90, "é" * 100, "\x00\x1b[31m red"]
)
def test_no_text_from_outside_leaves_its_line(title: str) -> None:
    made = edition(calendar=(enter("2026-11-01", what=title, owner=title),))
    (event,) = read_events(render_ics(made))
    assert event["DTSTART;VALUE=DATE"] == "20261101"
    for name in ("SUMMARY", "DESCRIPTION"):  # a bare sign would part it into several values
        assert not re.search(r"[;,]", re.sub(r"\\.", "", event[name]))


@given(st.text(max_size=300))
def test_any_text_comes_back(text: str) -> None:
    made = edition(calendar=(enter("2026-11-01", "decision", what=text),))
    (event,) = read_events(render_ics(made))
    assert "".join(unescape(event["SUMMARY"]).split()) == "".join(
        "".join(sign for sign in read_clean(text)).split()
    )


def read_clean(text: str) -> str:
    from digest.text import clean_text

    return clean_text(text)


def test_a_date_says_whom_of_a_makers_customers_it_holds_for():
    (month,) = build(
        briefing(calendar=(enter("2026-11-01", products=("Acme",), whom="shops with a till"),))
    ).months
    assert month.rows[0].who == "for “shops with a till”"
