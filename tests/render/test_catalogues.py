"""Every language says everything: nothing untranslated, nothing stale, every value in its place."""

import importlib.util
import re
import shutil
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from digest.i18n import TranslatableText
from digest.model.stack import Money
from digest.render import words
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.words import LABELS, LANGUAGES, load_catalogue, load_localizer
from tests.factories import editions

SCRIPT = Path(__file__).parents[2] / "tools" / "update_catalogues.py"
OTHERS = LANGUAGES[1:]


def catalogue(language: str):
    with words.find_catalogue(language).open("rb") as source:
        return read_po(source, locale=language)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("update_catalogues", SCRIPT)
    assert spec
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["this Babel's plural forms", "two plural forms", "three plural forms"])
def babel(request, monkeypatch):
    """Babel with other plural forms for Italian: 2.18 has two, 2.19 three."""
    if request.param == "this Babel's plural forms":
        return
    number = 2 if request.param.startswith("two") else 3
    found = get_plural("en") if number == 2 else get_plural("pl")
    monkeypatch.setattr("babel.messages.catalog.get_plural", lambda *_: found)


@pytest.fixture
def new_locales(monkeypatch, tmp_path):
    """A folder of catalogues to which languages can be added; only Italian is there."""
    shutil.copytree(words.LOCALES / "it", tmp_path / "it")
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    monkeypatch.setattr(words, "LANGUAGES", ("en", "it"))
    load_catalogue.cache_clear()
    yield tmp_path
    load_catalogue.cache_clear()


@pytest.mark.whole
@pytest.mark.usefixtures("babel")
@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_complete_and_current(script, language):
    """The texts in code and templates, no more and no fewer, and the file is what the script would
    write, whatever plural forms the installed Babel has."""
    made, faults = script.update_catalogue(language, script.read_catalogue(language))
    assert faults == []
    assert script.format_catalogue(made) == words.find_catalogue(language).read_bytes()


@pytest.mark.usefixtures("babel")
@pytest.mark.parametrize("language", OTHERS)
def test_every_value_has_its_place(language):
    """A translation names the values of its text, all of them and no other; each plural has all
    the forms that the catalogue's header states."""
    made = catalogue(language)
    for message in made:
        if not message.id:
            continue
        values = set(re.findall(r"%\(\w+\)s", forms(message.id)[-1]))
        number = made.num_plurals if message.pluralizable else 1
        assert len(forms(message.string)) == number, message.id
        for translation in forms(message.string):
            assert set(re.findall(r"%\(\w+\)s", translation)) == values, message.id


@pytest.mark.whole
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_catalogue_keeps_the_plural_forms_of_its_header(script, new_locales, number):
    """Whoever translated wrote so many forms: they are neither cut nor filled up."""
    path = new_locales / "it" / "LC_MESSAGES" / "digest.po"
    text = "".join(f'msgstr[{n}] "forma {n}"\n' for n in range(number))
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: nplurals={number}; plural=0;\\n"\n\n'
        f'msgid "%(n)s story"\nmsgid_plural "%(n)s stories"\n{text}'
    )
    made, _ = script.update_catalogue("it", script.read_catalogue("it"))
    written = script.format_catalogue(made).decode()
    assert f"nplurals={number}; plural=0;" in written
    assert f'msgid_plural "%(n)s stories"\n{text}\n' in written
    assert load_localizer("it").translate_plural("%(n)s story", "%(n)s stories", 5) == "forma 0"


@pytest.mark.whole
@pytest.mark.parametrize(("language", "number"), [("fr", 2), ("pl", 3), ("ja", 1)])
def test_a_new_language_begins_untranslated(script, new_locales, language, number):
    """Every text, none translated, least of all into Italian; the plural forms of the language."""
    told = script.create_catalogue(language)
    assert "translate each msgstr" in told
    made = catalogue(language)
    assert made.num_plurals in (number, get_plural(language)[0])
    assert {message.id for message in made} == {message.id for message in catalogue("it")}
    assert not any(
        translation for message in made if message.id for translation in forms(message.string)
    )
    _, faults = script.update_catalogue(language, made)
    assert len(faults) == len([message for message in made if message.id])


def test_a_new_language_is_english_until_it_is_translated(script, new_locales, monkeypatch):
    """Wholly while it has no translation, then text by text."""
    script.create_catalogue("fr")
    monkeypatch.setattr(words, "LANGUAGES", ("en", "fr", "it"))
    assert load_localizer("fr").language == "en"
    assert load_localizer("fr-CA").translate("Launch") == "Launch"
    load_catalogue.cache_clear()
    path = new_locales / "fr" / "LC_MESSAGES" / "digest.po"
    entry = 'msgid "Launch"\nmsgstr "'
    text = path.read_text(encoding="utf-8")
    assert entry in text
    path.write_text(text.replace(entry, entry + "Lancement", 1), encoding="utf-8")
    french = load_localizer("fr")
    assert (french.language, french.translate("Launch")) == ("fr", "Lancement")
    assert french.translate("Update") == "Update"
    assert french.translate_plural("%(n)s story", "%(n)s stories", 2) == "2 stories"


@pytest.mark.parametrize("language", ["en", "it", "xq", "fr_CA", "../fr", ""])
@pytest.mark.usefixtures("new_locales")
def test_what_cannot_be_a_new_language(script, language):
    """One that is there, one that Babel does not know, one with a territory."""
    with pytest.raises(SystemExit, match=r"there already|no language"):
        script.create_catalogue(language)


def test_a_folder_of_the_catalogues_is_a_language():
    """English comes first; nothing else lists them."""
    assert LANGUAGES[0] == "en"
    assert set(OTHERS) == {path.name for path in words.LOCALES.iterdir()}


def test_plurals():
    """Italian has two forms, Thai one."""
    assert load_localizer("it").translate_plural("%(n)s story", "%(n)s stories", 1) == "1 notizia"
    assert (
        load_localizer("it").translate_plural("%(n)s story", "%(n)s stories", 1200)
        == "1.200 notizie"
    )
    assert load_localizer("th").translate_plural("%(n)s story", "%(n)s stories", 1) == "1 ข่าว"


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize("event", LABELS["event_counts"])
def test_what_a_section_found_is_told_in_any_language(language, number, event):
    """A count of events is a text with two forms in the catalogue, not two texts."""
    one, many = LABELS["event_counts"][event]
    counted = load_localizer(language).translate_plural(one, many, number)
    assert counted not in {form % {"n": number} for form in (one, many)}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("8 settembre 2026", "disdetta entro l'8 settembre 2026"),
        ("11 settembre 2026", "disdetta entro l'11 settembre 2026"),
        ("1 settembre 2026", "disdetta entro il 1 settembre 2026"),
        ("18 settembre 2026", "disdetta entro il 18 settembre 2026"),
    ],
)
def test_an_italian_day_has_its_article(day, said):
    """The article loses its vowel before otto and undici alone."""
    assert load_localizer("it").translate("notice by %(day)s", day=day) == said


def test_thai_stands_apart_from_other_letters():
    """A space between Thai and Latin letters or digits, wherever a value is put in."""
    thai = load_localizer("th")
    assert thai.translate("Works in %(category)s", category="CRM") == "อยู่ในหมวด CRM"
    assert thai.translate("Works in %(category)s", category="อีเมล") == "อยู่ในหมวดอีเมล"


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
    localizer = load_localizer(language)
    assert localizer.format_quarter("2026-Q3") == long
    assert localizer.format_quarter("2026-Q3", short=True) == short
    assert localizer.format_previous_quarter("2026-Q3") == before


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "We run Alder (€60,000 a year) and Bass: ask what the deal changes in contract, "
                "price and roadmap before notice is due on 30 September 2026."
            ),
        ),
        (
            "it",
            (
                "Usiamo Alder (60.000\xa0€ all'anno) e Bass: chiedere che cosa cambia con l'operazione "
                "in contratto, prezzo e roadmap prima del termine di disdetta (30 settembre 2026)."
            ),
        ),
        (
            "th",
            (
                "เราใช้ Alder (€60,000 ต่อปี) และ Bass ควรสอบถามว่าดีลนี้เปลี่ยนสัญญา ราคา และแผนพัฒนาอย่างไร "
                "ก่อนครบกำหนดแจ้งยกเลิกวันที่ 30 กันยายน 2026"
            ),
        ),
    ],
)
def test_a_note_is_told_in_any_language(language, said):
    """Dates, money and the notes inside a note as the language writes them."""
    note = TranslatableText(
        "We run %(products)s: ask what the deal changes in contract, price and roadmap %(before)s.",
        products=(
            TranslatableText(
                "%(product)s (%(cost)s a year)", product="Alder", cost=Money(60_000, "EUR")
            ),
            "Bass",
        ),
        before=TranslatableText("before notice is due on %(day)s", day=date(2026, 9, 30)),
    )
    assert load_localizer(language).translate_note(note) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Works in Email Marketing"),
        ("it", "Opera in Email marketing"),
        ("th", "อยู่ในหมวดการตลาดอีเมล"),
    ],
)
def test_a_note_names_a_category_in_any_language(language, said):
    """The one value of a note that is a text of ours."""
    note = TranslatableText("Works in %(category)s", category="Email Marketing")
    assert load_localizer(language).translate_note(note) == said


@pytest.mark.parametrize(
    ("language", "names", "said"),
    [
        ("en", "ABC", "A, B and C"),
        ("it", "ABC", "A, B e C"),
        ("th", "ABC", "A, B และ C"),
        ("th", ("A", "อีก 3"), "A และอีก 3"),
        ("th", ("“A”", "“B”"), "“A” และ “B”"),
        ("en", "A", "A"),
    ],
)
def test_names_are_joined(language, names, said):
    """As the language lists them."""
    note = TranslatableText("%(names)s", names=tuple(names))
    assert load_localizer(language).translate_note(note) == said


@pytest.mark.whole
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
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert len(headings) >= 7
    assert all(not set(heading) <= set(string.printable) for heading in headings)


@pytest.mark.parametrize(
    ("value", "written"), [(7500.0, "7,500"), (61.5, "61.5"), (6120, "6,120"), (0.25, "0.25")]
)
def test_english_writes_whole_numbers_without_a_point(value, written):
    """In its own text as by its localizer."""
    text = TranslatableText("%(value)s orders", value=value)
    assert str(text) == f"{written} orders"
    assert load_localizer("en").translate_note(text) == f"{written} orders"


@pytest.mark.parametrize("language", ["en", "it", "th"])
def test_a_note_without_words_is_none(language: str) -> None:
    """A catalogue keeps its own header under the empty text."""
    assert load_localizer(language).translate_note(TranslatableText("")) == ""
