"""Words that several parts of the briefing share."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from digest.edition.phrases import cite_headline
from digest.model.edition import StoryRef


def test_the_day_of_a_report_is_that_where_the_edition_is_read() -> None:
    """A report of half past midnight in Berlin is of that day, as beside its story."""
    at = datetime(2026, 8, 10, 22, 30, tzinfo=UTC)
    ref = StoryRef("s1", "Tokens were stolen", "en", "https://a.example", "Courier", at, None, None)
    cited = cite_headline(ref, lambda when: when.astimezone(ZoneInfo("Europe/Berlin")).date())
    assert cited == "Courier on 11 August 2026: “Tokens were stolen”."
