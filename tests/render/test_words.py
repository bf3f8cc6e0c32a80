"""Our own words: labels for every slug, days and numbers as the language writes them."""

from datetime import UTC, datetime
from typing import get_args, get_type_hints

import pytest

from digest.model.edition import CoverageRow
from digest.model.source import TIERS
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES, ClaimPoint
from digest.render import words
from digest.render.words import get_text_direction, load_localizer, sanitize_language_tag

EN = load_localizer("en")


@pytest.mark.parametrize(
    ("table", "slugs"),
    [
        (words.EVENTS, EVENTS),
        (words.LABELS["ai"], AI_GRADES),
        (words.LABELS["evidence"], EVIDENCE_GRADES),
        (words.LABELS["tiers"], TIERS),
        (words.LABELS["points"], get_args(get_type_hints(ClaimPoint)["kind"])),
        (words.LABELS["states"], get_args(get_type_hints(CoverageRow)["state"])),
        ([event for _, events in words.EVENT_COLUMNS for event in events], EVENTS),
    ],
)
def test_every_slug_has_its_words(table, slugs):
    """A value that the model knows is never printed raw; no table has one that it does not know."""
    assert sorted(table) == sorted(slugs)


@pytest.mark.parametrize(
    ("name", "said", "before"),
    [
        ("2026-Q3", "Q3 2026", "Q2 2026"),
        ("2026-Q1", "Q1 2026", "Q4 2025"),
        ("FY2027-Q1", "Q1 FY2027", "Q4 FY2026"),
        ("sometime", "sometime", "the quarter before"),
    ],
)
def test_quarters(name, said, before):
    """A quarter and the one before it, calendar or fiscal."""
    assert EN.format_quarter(name) == said
    assert EN.format_previous_quarter(name) == before


def test_days_are_those_of_the_zone():
    """Eight in the evening in London is the next day in Tokyo."""
    late = datetime(2026, 7, 12, 20, tzinfo=UTC)
    assert load_localizer("en", "Europe/London").format_day(late) == "12 Jul 2026"
    assert load_localizer("en", "Asia/Tokyo").format_day(late) == "13 Jul 2026"
    assert EN.format_timestamp(late) == "12 Jul 2026, 20:00 UTC"


def test_numbers_and_counts():
    """Separators, percentages, singular and plural."""
    assert EN.format_number(1234567) == "1,234,567"
    assert EN.format_share(0.385) == "38%"
    assert EN.format_share(0.1897, down=True) == "18.9%"
    assert EN.format_share(0.19, down=True) == "19%"
    assert EN.format_least_share(0.1897) == "more than 18.9%"
    assert EN.format_least_share(0.19) == "at least 19%"  # of which nothing is cut
    assert EN.translate_plural("%(n)s story", "%(n)s stories", 1) == "1 story"
    assert EN.translate_plural("%(n)s story", "%(n)s stories", 1200) == "1,200 stories"


def test_a_language_without_a_catalogue_speaks_english_and_says_so():
    """The page's lang is the language of its words, not the one that was wished for."""
    assert load_localizer("tlh").language == "en"


@pytest.mark.parametrize(
    ("tag", "safe", "way"),
    [
        ("en", "en", "ltr"),
        ("ar-EG", "ar-EG", "rtl"),
        ("he", "he", "rtl"),
        ('"><b', "und", "ltr"),
        ("", "und", "ltr"),
    ],
)
def test_language_tags(tag, safe, way):
    """A tag from outside is either a tag or unknown."""
    assert sanitize_language_tag(tag) == safe
    assert get_text_direction(tag) == way


@pytest.mark.parametrize(
    ("tag", "name"), [("zh", "Chinese"), ("pt-BR", "Portuguese"), ("xx", "xx"), ("!", "!")]
)
def test_language_names(tag, name):
    """For the note that stands where a title cannot be printed."""
    assert EN.get_language_name(tag) == name
