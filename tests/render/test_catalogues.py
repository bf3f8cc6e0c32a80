"""Every language says everything: nothing untranslated, nothing stale, every value in its place."""

import importlib.util
import re
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from digest.i18n import TranslatableText
from digest.model.stack import Money
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.words import LANGUAGES, LOCALES, load_localizer
from tests.render import editions

SCRIPT = Path(__file__).parents[2] / "tools" / "update_catalogues.py"
OTHERS = LANGUAGES[1:]


def catalogue(language: str):
    with (LOCALES / language / "LC_MESSAGES" / "digest.po").open("rb") as source:
        return read_po(source, locale=language)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("update_catalogues", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_complete_and_current(script, language):
    """The texts in code and templates, no more and no fewer, and the file is what the script would write."""
    made, faults = script.updated(language)
    assert faults == []
    assert script.written(made) == (LOCALES / language / "LC_MESSAGES" / "digest.po").read_bytes()


@pytest.mark.parametrize("language", OTHERS)
def test_every_value_has_its_place(language):
    """A translation names the values of its text, all of them and no other; each plural has all its forms."""
    made = catalogue(language)
    for message in made:
        if not message.id:
            continue
        wanted = set(re.findall(r"%\(\w+\)s", forms(message.id)[-1]))
        assert len(forms(message.string)) == (made.num_plurals if message.pluralizable else 1), (
            message.id
        )
        for said in forms(message.string):
            assert set(re.findall(r"%\(\w+\)s", said)) == wanted, message.id


def test_plurals():
    """Italian has two forms, Thai one."""
    assert load_localizer("it").translate_plural("%(n)s story", "%(n)s stories", 1) == "1 notizia"
    assert (
        load_localizer("it").translate_plural("%(n)s story", "%(n)s stories", 1200)
        == "1.200 notizie"
    )
    assert load_localizer("th").translate_plural("%(n)s story", "%(n)s stories", 1) == "1 ข่าว"


def test_thai_stands_apart_from_other_letters():
    """A space between Thai and Latin letters or digits, wherever a value is put in."""
    assert load_localizer("th").translate("as in %(quarter)s", quarter="Q2") == "เท่ากับ Q2"
    assert (
        load_localizer("th").translate("as in %(quarter)s", quarter="ไตรมาส 2") == "เท่ากับไตรมาส 2"
    )


@pytest.mark.parametrize(
    ("language", "long", "short", "before"),
    [
        ("it", "3º trimestre 2026", "T3 2026", "2º trimestre 2026"),
        ("th", "ไตรมาส 3 ปี 2026", "Q3/2026", "ไตรมาส 2 ปี 2026"),
        ("it-CH", "3º trimestre 2026", "T3 2026", "2º trimestre 2026"),
    ],
)
def test_quarters(language, long, short, before):
    """As the language says them; short in charts."""
    words = load_localizer(language)
    assert (words.format_quarter("2026-Q3"), words.format_short_quarter("2026-Q3")) == (long, short)
    assert words.format_previous_quarter("2026-Q3") == before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "For CRM you already run Alder, 60,000 EUR a year, notice by 30 September 2026."),
        ("it", "Per CRM usate già Alder, 60.000 € all'anno, disdetta entro il 30 settembre 2026."),
        ("th", "คุณใช้ Alder สำหรับ CRM อยู่แล้ว €60,000 ต่อปี แจ้งยกเลิกภายใน 30 กันยายน 2026"),
    ],
)
def test_a_note_is_told_in_any_language(language, said):
    """Dates, money and categories as the language writes them."""
    note = TranslatableText(
        "For %(category)s you already run %(product)s, %(cost)s a year, notice by %(day)s.",
        category="CRM", product="Alder", cost=Money(60_000, "EUR"), day=date(2026, 9, 30),
    )  # fmt: skip
    assert load_localizer(language).translate_note(note) == said.replace("60.000 €", "60.000\xa0€")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "A, B and C"), ("it", "A, B e C"), ("th", "A, B และ C"), ("en", "A")],
)
def test_names_are_joined(language, said):
    """As the language lists them."""
    names = ("A", "B", "C") if len(said) > 1 else ("A",)
    assert (
        load_localizer(language).translate_note(TranslatableText("%(names)s", names=names)) == said
    )


@pytest.mark.parametrize("language", OTHERS)
def test_page_and_mail_speak_one_language(language):
    """No sentence of ours is left in English, and titles keep their own language."""
    made = replace(editions.edition(), language=language)
    page = render_html(made).decode()
    assert f'<html lang="{language}">' in page
    assert '<bdi lang="ja" dir="ltr">' in page
    english = {
        text
        for message in catalogue(language)
        if message.id
        for text in forms(message.id)
        if len(text) > 24 and "%" not in text and text not in forms(message.string)
    }
    everything = "\n".join((page, *render_mail_parts(made)))
    told = {text for text in english if text in everything}
    assert told == set()


def test_the_alphabet_of_thai_is_not_latin():
    """A check on the check: the Thai page has Thai in its headings."""
    page = render_html(replace(editions.edition(), language="th")).decode()
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert len(headings) >= 7
    assert all(not set(heading) <= set(string.printable) for heading in headings)
