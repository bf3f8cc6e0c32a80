"""Editions of a month: no word of theirs speaks of a quarter, in any language."""

import re
import tomllib

import pytest

from digest.i18n import MONTHLY_FILE, TranslatableText, phrase_for_month, phrase_values_for_month
from digest.model.edition import Comparability
from digest.render.words import LANGUAGES, load_catalogue, load_localizer
from tools.update_catalogues import collect_texts

TABLE = tomllib.loads(MONTHLY_FILE.read_text(encoding="utf-8"))
PAIRS = (
    *TABLE["text"].items(),
    *((one, two) for row in TABLE["plural"] for one, two in zip(row["quarter"], row["month"], strict=True)),
)  # fmt: skip
VALUE = re.compile(r"%\((\w+)\)s")
QUARTER_WORDS = {"en": "quarter", "it": "trimestr", "th": "ไตรมาส"}


def speaks_of_a_quarter(text: str) -> bool:
    return "quarter" in VALUE.sub("", text).lower()


@pytest.mark.whole
def test_every_text_that_speaks_of_a_quarter_has_one_for_a_month():
    """What is added later, too: the list is that of the catalogues."""
    texts = [
        form for text in collect_texts() for form in ([text] if isinstance(text, str) else text)
    ]
    speaking = {text for text in texts if speaks_of_a_quarter(text)}
    assert speaking == {quarter for quarter, _ in PAIRS}


@pytest.mark.parametrize(("quarter", "month"), PAIRS)
def test_the_text_for_a_month_says_the_same(quarter, month):
    """With the same values, and of no quarter."""
    assert sorted(VALUE.findall(quarter)) == sorted(VALUE.findall(month))
    assert not speaks_of_a_quarter(month)
    assert phrase_for_month(quarter) == month


@pytest.mark.parametrize("language", LANGUAGES)
def test_months_are_named_and_phrased(language):
    """A month's words come without code at the places where they stand, old quarters keep theirs."""
    words = load_localizer(language, period="month")
    assert words.translate("Quarterly briefing") == load_localizer(language).translate(
        "Monthly briefing"
    )
    told = words.translate_plural(
        "AI in %(n)s story of the quarter", "AI in %(n)s stories of the quarter", 3
    )
    assert QUARTER_WORDS[language] not in told.lower()
    assert load_catalogue(language).gettext("Quarterly briefing") == load_localizer(
        language
    ).translate("Quarterly briefing")


@pytest.mark.parametrize(
    ("language", "name", "back", "short", "said"),
    [
        ("en", "2026-08", 0, False, "August 2026"),
        ("en", "2026-01", 1, False, "December 2025"),
        ("en", "2026-08", 0, True, "Aug 2026"),
        ("it", "2026-08", 0, False, "agosto 2026"),
        ("th", "2026-08", 0, False, "สิงหาคม 2026"),
        ("en", "2026-Q3", 1, False, "Q2 2026"),
    ],
)
def test_names_of_periods(language, name, back, short, said):
    """As the language writes them, and the one before."""
    assert load_localizer(language).format_quarter(name, short=short, back=back) == said


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("agosto 2026", "Rispetto all'agosto 2026"),
        ("ottobre 2026", "Rispetto all'ottobre 2026"),
        ("settembre 2026", "Rispetto al settembre 2026"),
    ],
)
def test_italian_elides_before_a_vowel(month, said):
    """Articles before months."""
    assert load_localizer("it").translate("Against %(quarter)s", quarter=month) == said


def test_a_note_that_is_made_for_a_letter_or_a_board_is_phrased_too():
    """In English as well, where other notes stay as they are."""
    note = TranslatableText("The quarter brought nothing for or against it.")
    words = load_localizer("en", period="month")
    assert words.translate_note(note) == "The month brought nothing for or against it."
    assert load_localizer("en").translate_note(note) == note


def test_data_says_it_as_the_page_does():
    """Sentences of the edition are phrased with their values; what a source wrote is not."""
    template = (
        "No comparison with the quarter before: only %(count)s relevant items of it are held."
    )
    reason = Comparability(False, TranslatableText(template, count=7))
    phrased = phrase_values_for_month((reason, "The quarter in five"))
    assert phrased[0].reason == (
        "No comparison with the month before: only 7 relevant items of it are held."
    )
    assert phrased[1] == "The quarter in five"
