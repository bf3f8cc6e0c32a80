"""Readings that the rules rest on: figures, dates and names in the forms of several languages."""

from datetime import date

import pytest

from digest.ground import GroundItem, check_sentence
from digest.ground.dates import carries_date, find_dates
from digest.ground.lexicon import find_text_concepts
from digest.ground.numbers import carries, find_quantities
from digest.ground.script import fold, normalize_source


def _read_figure(text, lang):
    return find_quantities(fold(normalize_source(text)), lang)[0]


@pytest.mark.parametrize(
    ("claimed", "lang", "source", "source_lang", "is_carried"),
    [
        ("1.2 billion", "en", "1,200 million", "en", True),
        ("1.2 billion", "en", "1,2 Mrd.", "de", True),
        ("1.2 billion", "en", "12亿", "zh", True),
        ("1.2 billion", "en", "1.2 พันล้าน", "th", True),
        ("1,2 miliardi", "it", "1.2 billion", "en", True),
        ("1.200 millones", "es", "1.2 billion", "en", True),
        ("1 200 millions", "fr", "1.2 billion", "en", True),
        ("1,2 bilhão", "pt", "1.2 billion", "en", True),
        ("12億", "ja", "1.2 billion", "en", True),
        ("1.2 million", "en", "1.2 billion", "en", False),
        ("about 1.5 million", "en", "1,486,000", "en", True),
        ("more than 1.4 million", "en", "1,486,000", "en", True),
        ("more than 1.5 million", "en", "1,486,000", "en", False),
        ("1.468 million", "en", "1,486,000", "en", False),
        ("less than 40%", "en", "more than 40%", "en", False),
        ("40 percentage points", "en", "40%", "en", False),
        ("40 Prozent", "de", "百分之四十", "zh", True),
        ("two thirds", "en", "67%", "en", True),
        ("sette", "it", "7", "en", True),
        ("twenty-three", "en", "23", "en", True),
        ("$50", "en", "50 euros", "en", False),
        ("tripled", "en", "dreimal", "de", True),
        ("some thirty", "en", "une trentaine", "fr", True),
        ("rund 20", "de", "una ventina", "it", True),
        ("some forty", "en", "une trentaine", "fr", False),
    ],
)
def test_figure_is_carried(claimed, lang, source, source_lang, is_carried):
    assert carries(_read_figure(source, source_lang), _read_figure(claimed, lang)) == is_carried


@pytest.mark.parametrize(
    ("claimed", "lang", "source", "source_lang", "is_carried"),
    [
        ("on 17 July 2026", "en", "am 17. Juli 2026", "de", True),
        ("il 17 luglio", "it", "2026年7月17日", "zh", True),
        ("17 กรกฎาคม 2569", "th", "July 17, 2026", "en", True),
        ("17 กรกฎาคม 2570", "th", "July 17, 2026", "en", False),
        ("le 1er septembre", "fr", "2026-09-01", "en", True),
        ("in the third quarter", "en", "im dritten Quartal", "de", True),
        ("mid-May", "en", "5月中旬", "zh", True),
        ("mid-June", "en", "5月中旬", "zh", False),
        ("15 and 16 August", "en", "15 e 16 agosto", "it", True),
        ("em março de 2026", "pt", "March 2026", "en", True),
        ("31 de agosto", "es", "August 31", "en", True),
        ("in the first half of 2025", "en", "nel primo semestre del 2025", "it", True),
        ("im zweiten Halbjahr", "de", "in the first six months", "en", False),
        ("in the second half", "en", "on 3 October 2026", "en", True),
        ("last year", "en", "in 2025", "en", True),
        ("last year", "en", "in 2024", "en", False),
        ("in 2027", "en", "am 17. Juli", "de", False),
    ],
)
def test_date_is_carried(claimed, lang, source, source_lang, is_carried):
    days = find_dates(normalize_source(claimed), lang)
    sources = find_dates(normalize_source(source), source_lang)
    published = date(2026, 11, 3)
    assert days
    assert all(carries_date(day, sources, published) for day in days) == is_carried


@pytest.mark.parametrize(
    ("text", "lang", "concepts"),
    [
        (
            "Publishers ask for blockchain and scraping tools.",
            "en",
            {"available", "block", "close"},
        ),
        (
            "Startups like hackathons, and investigators are behind.",
            "en",
            {"open", "trust", "fund"},
        ),
        ("fine-tuning for beginners", "en", {"fine", "open"}),
        ("gli annunci nei mercati di previsione", "it", {"said", "planned"}),
        ("i termini degli avvisi presenti", "it", {"close", "open", "launch"}),
        ("la publicité des annonceurs étudiants", "fr", {"available", "said", "may"}),
        ("avant que Google ne passe à autre chose", "fr", {"not"}),
        ("l'un des plus vastes réseaux jamais identifiés", "fr", {"not"}),
        ("il più grande mai visto", "it", {"not"}),
        ("Velmora เปิดตัวบริการใหม่ และเปิดเผยราคา", "th", {"close"}),
        ("una serie de configuraciones sociales", "es", {"doubt", "trust", "partner"}),
        ("Das Modell wurde für Berufe möglich", "de", {"doubt", "hire", "trust"}),
    ],
)
def test_words_of_two_meanings_are_not_taken_for_the_other(text, lang, concepts):
    assert not concepts & {one.concept for one in find_text_concepts(text, lang)}


@pytest.mark.parametrize(
    ("sentence", "lang", "passes"),
    [
        ("The council agreed about two weeks after parliament.", "en", True),
        ("Dreizehn Tage nach dem Parlament hat der Rat zugestimmt.", "de", True),
        ("The council agreed 30 days after parliament.", "en", False),
        ("The council agreed in 13 days.", "en", False),
        ("The council agreed to three versions.", "en", True),
        ("The council agreed to four versions.", "en", False),
        ("Parliament had agreed without delay to v2.1.", "en", True),
    ],
)
def test_a_figure_may_be_reckoned_from_days_and_lists(sentence, lang, passes):
    text = (
        "On 29 June the council agreed to the versions v2.1, v2.2 and v3.0. Parliament had agreed "
        "to v2.1 on 16 June without delay."
    )
    item = GroundItem("a", "The council agrees", text, lang="en", date=date(2026, 7, 2))
    assert check_sentence(sentence, [item], [item], lang).passes == passes


def test_nothing_cited_carries_nothing():
    item = GroundItem("a", "Tarnix grows", lang="en")
    assert not check_sentence("Tarnix grows.", [], [item], "en").passes
    assert not check_sentence("", [item], [item], "en").passes
    assert not check_sentence("Tarnix grows. " * 400, [item], [item], "en").passes
    assert not check_sentence("Tarnix grows by 1, 2, 3. " * 20, [item], [item], "en").passes


@pytest.mark.whole
@pytest.mark.parametrize(
    "text",
    ["((((" * 400, "1" * 1500, "A " * 900, "ไ" * 1500, "<|[[" * 300, "\ud800 x", "not " * 400],
)
def test_hostile_text_is_judged_not_raised(text):
    item = GroundItem("a", text[:300], text * 8, text * 8, "xx")
    check_sentence(text, [item], [item], "zz")


def test_same_input_gives_the_same_verdict():
    item = GroundItem("a", "Tarnix opens a shop in Milan", "It has 12 rooms.", lang="en")
    verdicts = {check_sentence("Tarnix opens 13 rooms.", [item], [item], "en") for _ in range(3)}
    assert len(verdicts) == 1


_SHOP = GroundItem(
    "a",
    "Il Garante multa Calvesi",
    "Il Garante ha multato Calvesi per 890 milioni di euro: 460 milioni per i prezzi e 430 milioni "
    "per la pubblicità. La decisione segue milioni di reclami. Calvesi cambierà in estate.",
    lang="it",
    date=date(2026, 7, 2),
)


@pytest.mark.parametrize(
    ("sentence", "lang", "passes"),
    [
        ("The Garante fined Calvesi 890 million euros, €460m of it for its prices.", "en", True),
        ("The Garante fined Calvesi 890 million euros, $460m of it for its prices.", "en", False),
        ("Italy's Garante fined Calvesi 890 million euros.", "en", True),
        ("Austria's Garante fined Calvesi 890 million euros.", "en", False),
        ("Ein österreichisches Gericht hat Calvesi zu 890 Millionen Euro verurteilt.", "de", False),
        ("Millions of complaints came before Calvesi was fined.", "en", True),
        ("Billions of complaints came before Calvesi was fined.", "en", False),
        ("Calvesi, fined 890 million euros, will change in the summer.", "en", True),
        ("Calvesi, fined 890 million euros, will change in the winter.", "en", False),
    ],
)
def test_what_goes_unsaid_and_what_excludes_the_other(sentence, lang, passes):
    assert check_sentence(sentence, [_SHOP], [_SHOP], lang).passes == passes
