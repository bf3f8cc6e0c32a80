"""Dates as publishers write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.read.dates import describe_date_problems, parse_date

NINE = datetime(2026, 7, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 06 Jul 2026 09:00:00 GMT", "Mon, 06 Jul 2026 11:00:00 +0200", "Mon, 6 Jul 2026 09:00 UT",
        "06 Jul 26 05:00 EDT",
        "Mon, 06 Jul 2026 04:00:00 EST", "Mon,06 Jul 2026 09:00:00 Z", "Monday, 06-Jul-26 09:00:00 GMT",
        "Mon, 06 July 2026 18:00:00 JST", "Mon, 06 Jul 2026 11:00:00 CEST", "Mon, 06 Jul 2026 14:30:00 IST",
        "Mon, 06 Jul 2026 11:00:00 GMT+0200 (CEST)", "Mon, 06 Jul 2026 09:00:00 XYZ", "Mon, 06 Jul 2026 09:00:00",
        "Mon, 06 Jul 2026 10:00:00 BST", "Mon, 06 Jul 2026 09:00:00 +00:00", "Mon Jul  6 09:00:00 2026",
        "Lun, 06 lug 2026 11:00:00 +0200", "lunedì, 06 luglio 2026 09:00:00", "Mo, 06 Juli 2026 09:00:00 GMT",
        "lun., 06 juil. 2026 09:00:00 GMT", "July 6, 2026 9:00 am", "Jul 6th, 2026 at 9:00 AM UTC",
        "2026-07-06T09:00:00Z", "2026-07-06T09:00:00.000Z", "2026-07-06T11:00:00+02:00", "2026-07-06T11:00:00+0200",
        "2026-07-06 09:00:00", "2026-07-06 09:00:00 UTC", "2026-07-06T09:00Z", "20260706T090000Z",
        "2026-07-06T05:00:00−04:00",
        "  2026-07-06T09:00:00Z\n", "2569-07-06T09:00:00Z", "2026/07/06 09:00", "2026年7月6日 09:00",
    ],
)  # fmt: skip
def test_ways_to_write_one_instant(text: str) -> None:
    assert parse_date(text) == NINE


@pytest.mark.parametrize(
    "text", ["2026-07-06", "6 July 2026", "July 6, 2026", "2026/7/6", "2026年7月6日", "20260706"]
)
def test_a_day_without_a_time_is_its_first_instant(text: str) -> None:
    assert parse_date(text) == datetime(2026, 7, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "TBD", "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "0001-01-01T00:00:00Z",
        "0000-00-00",
        "2026-13-01", "2026-02-30", "Mon, 99 Jul 2026 09:00:00 GMT", "Mon, 06 Foo 2026 09:00:00 GMT", "2026-07", "2026",
        "06/07/2026", "30.10.23", "2026-W28", "2026-W54-1", "2026-366", "Nov. 2026", "Wed, 06/07/2026",
        "2026070609", "31/31/2026", "Mayors 6, 2026", "178332840", "2026-07-06T25:00:00Z", "2026-07-06T09:00:00+99:00", "9999-12-31T23:59:59-14:00",
        "2026-07-06T09:00:00 <script>", "9" * 500, "Mon, " * 500,
    ],
)  # fmt: skip
def test_what_names_no_instant_that_can_be_right_is_no_date(text: str) -> None:
    """Nothing is invented: no month-first guess, no epoch, no missing day or week."""
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Mon, 06 Jul 2026 09:00:00 America/New_York", -4), ("Thu, 06 Jan 2026 09:00:00 America/New_York", -5),
        ("Mon, 06 Jul 2026 09:00:00 Europe/Berlin", 2), ("2026-07-06 09:00:00 America/Argentina/Buenos_Aires", -3),
        ("Mon, 06 Jul 2026 09:00:00 Amt", 0), ("Mon, 06 Jul 2026 09:00:00 Europe/Atlantis", 0),
        ("2026-07-06T09:00:00-05:00Z", -5), ("2026-07-06 09:00:00 +0000 UTC", 0),
        ("2026-07-06 09:00:00.123456789 +0700 +07 m=+0.000001", 7),
        ("Mon Jul 06 2026 09:00:00 GMT+0700 (Indochina Time)", 7), ("2026-07-06T9:00:00Z", 0),
        ("Monday, July 6, 2026 - 9:00am", 0), ("Mon, 07/06/2026 - 09:00", 0), ("06.07.2026 09:00", 0),
        ("Mon, 06/07/2026 09:00", 0), ("Tue, 09/15/2026 9:00 am PST", -8), ("Mon, 2026/07/06 09:00:00 EDT", -4),
        ("6 de julio de 2026 09:00", 0), ("6 de julho de 2026", None), ("06 de julio del 2026", None),
        ("segunda-feira, 6 de julho de 2026", None), ("1er juillet 2026", None), ("6. Juli 2026", None),
        ("Lundi, 6. Juillet 2026 - 09:00", 0), ("Dimanche 26 juillet 2026", None),
        ("6 июля 2026", None), ("6 lipca 2026", None), ("Δευ, 06 Ιουλ 2026 09:00:00 EET", 2),
        ("2026. július 6.", None), ("2026-Jul-06", None), ("2026-187", None), ("2026-W28-1", None),
        ("2026-W28-1T09:00Z", 0), ("Fri, 26/06/2026", None), ("26/06/2026", None), ("06/26/26 09:00:00", 0),
        ("6 กรกฎาคม 2569", None), ("6 ก.ค. 2569", None), ("6 ก.ค. 69 เวลา 09.00 น.", 0),
        ("วันจันทร์ที่ 6 กรกฎาคม พ.ศ. 2569 เวลา 09:00 น.", 0), ("จันทร์ 6 กรกฎาคม 2026", None),
        ("๖ กรกฎาคม ๒๕๖๙", None), ("2026년 07월 06일", None), ("2026. 7. 6.", None), ("2026. 7. 6. 오전 9:00", 0),
        ("2026년 7월 6일 월요일 오전 9시", 0), ("2026年07月06日(月) 09:00", 0), ("令和8年7月6日", None),
        ("2026年7月6日 星期一 上午9:00", 0), ("2026年7月6日9时00分", 0), ("２０２６年７月６日　０９：００", 0),
        ("1783328400", 0), ("1783328400000", 0),
    ],
)  # fmt: skip
def test_forms_of_other_software_and_languages(text: str, zone: int | None) -> None:
    """Each names the day in its text, at nine of its zone where it has a time."""
    found = parse_date(text)
    assert found is not None
    expected_hour = 0 if zone is None else (9 - zone) % 24
    assert (found.year, found.minute, found.hour) == (2026, 0, expected_hour)
    assert (found.month, found.day) in {(7, 6), (1, 6), (6, 26), (7, 26), (9, 15), (7, 1)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 31 Jul 2026 20:19:00 America/New_York", datetime(2026, 8, 1, 0, 19, tzinfo=UTC)),
        ("2026年7月6日 下午3:05", datetime(2026, 7, 6, 15, 5, tzinfo=UTC)),
        ("2026-07-06 오후 11:23:17", datetime(2026, 7, 6, 23, 23, 17, tzinfo=UTC)),
        ("Tue, 30 Jun 2026 24:00:00 GMT", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-06-30T23:59:60Z", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
        ("2026-07-01T00:30:00+02:00", datetime(2026, 6, 30, 22, 30, tzinfo=UTC)),
        ("2150-01-01T00:00:00Z", datetime(2150, 1, 1, tzinfo=UTC)),
        ("12 Jan 95 00:00 GMT", datetime(1995, 1, 12, tzinfo=UTC)),
        ("July 6, 2026 12:05 am", datetime(2026, 7, 6, 0, 5, tzinfo=UTC)),
        ("July 6, 2026 12:05 pm", datetime(2026, 7, 6, 12, 5, tzinfo=UTC)),
    ],
)
def test_edges(text: str, expected: datetime) -> None:
    """Midnight as 24:00, leap seconds, a day that another zone has already left; the far future is kept."""
    assert parse_date(text) == expected


instants = st.datetimes(datetime(1990, 1, 2), datetime(2400, 1, 1), timezones=st.just(UTC)).map(
    lambda when: when.replace(microsecond=0)
)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(instants, zones)
def test_standard_forms_come_back_exactly(when: datetime, zone: timezone) -> None:
    """RFC 822 and RFC 3339, in any zone."""
    there = when.astimezone(zone)
    assert parse_date(format_datetime(there)) == when
    assert parse_date(there.isoformat()) == when


@given(st.text(max_size=60))
def test_any_text_gives_an_aware_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.tzinfo is UTC


def test_problems_are_told_in_words() -> None:
    assert describe_date_problems(10, []) == ()
    assert describe_date_problems(10, [""] * 3) == ("3 of 10 entries have no date",)
    assert describe_date_problems(10, ["", "soon\x1b", ""]) == (
        "1 of 10 entries have a date that cannot be right, such as 'soon'",
        "2 of 10 entries have no date",
    )
