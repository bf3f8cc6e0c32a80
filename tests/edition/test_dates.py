"""What sentences say of dates: made up, in the languages that sources write."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.dates import read_cancelled_spans, read_dates, read_text_dates

PUBLISHED = date(2026, 8, 10)

# language, sentence, role, first day, last day (where it is another)
NAMED = [
    # it takes effect
    ("en", "The rule takes effect on 4 January 2027.", "effective", "2027-01-04"),
    ("en", "The new fee takes effect on January 4, 2027.", "effective", "2027-01-04"),
    ("en", "Starting September 1, every campaign is migrated automatically.", "effective", "2026-09-01"),
    ("en", "Starting on Sept. 1, every campaign needs a label.", "effective", "2026-09-01"),
    ("en", "Prices rise by 9% from 1 October.", "effective", "2026-10-01"),
    ("en", "The price goes up, effective October 1st, 2026.", "effective", "2026-10-01"),
    ("en", "From 1 October platforms have to mark paid posts.", "effective", "2026-10-01"),
    ("en", "The law comes into force on the 2nd of February 2027.", "effective", "2027-02-02"),
    ("en", "The regulation will apply from February 2027.", "effective", "2027-02-01", "2027-02-28"),
    ("en", "The change takes effect in late September.", "effective", "2026-09-21", "2026-09-30"),
    ("en", "The new terms take effect in early October 2026.", "effective", "2026-10-01", "2026-10-10"),
    ("en", "The policy takes effect in mid-October.", "effective", "2026-10-11", "2026-10-20"),
    ("en", "New prices take effect in early Q4.", "effective", "2026-10-01", "2026-10-31"),
    ("en", "New prices take effect in Q1 2027.", "effective", "2027-01-01", "2027-03-31"),
    ("en", "Enforcement of the policy begins on 2026-10-01.", "effective", "2026-10-01"),
    ("en", "On August 31, 2026, we are enabling local ads by default.", "effective", "2026-08-31"),
    ("en", "Acme will charge 2 cents for each call from 3 November.", "effective", "2026-11-03"),
    ("de", "Die Verordnung gilt ab dem 1. Februar 2027.", "effective", "2027-02-01"),
    ("de", "Zum 1. Oktober 2026 werden alle Tarife um 12 % teurer.", "effective", "2026-10-01"),
    ("de", "Das Gesetz tritt am 15.10.2026 in Kraft.", "effective", "2026-10-15"),
    ("de", "Ab Oktober verlangt Acme für jeden Kontakt einen Cent.", "effective", "2026-10-01", "2026-10-31"),
    ("fr", "Le règlement entre en vigueur le 1er octobre 2026.", "effective", "2026-10-01"),
    ("fr", "À partir du 15 septembre, les tarifs augmentent de 8 %.", "effective", "2026-09-15"),
    ("it", "Il regolamento si applica dal 1º febbraio 2027.", "effective", "2027-02-01"),
    ("it", "A partire dal 15 ottobre i prezzi aumentano del 7%.", "effective", "2026-10-15"),
    ("it", "La norma entra in vigore l'11 novembre.", "effective", "2026-11-11"),
    ("es", "La norma entra en vigor el 1 de octubre de 2026.", "effective", "2026-10-01"),
    ("es", "A partir del 3 de noviembre los precios suben un 5 %.", "effective", "2026-11-03"),
    ("pt", "A lei entra em vigor em 1º de outubro de 2026.", "effective", "2026-10-01"),
    ("nl", "De wet gaat in: vanaf 1 oktober 2026 gelden de nieuwe regels.", "effective", "2026-10-01"),
    ("th", "ประกาศฉบับใหม่มีผลบังคับใช้ 1 พฤศจิกายน 2569", "effective", "2026-11-01"),
    ("th", "ขึ้นราคาเฉลี่ย 18% ตั้งแต่วันที่ 1 ต.ค. 2569", "effective", "2026-10-01"),
    ("th", "ปรับราคาขึ้นตั้งแต่ตุลาคม", "effective", "2026-10-01", "2026-10-31"),
    ("zh", "新规自2026年10月1日起施行。", "effective", "2026-10-01"),
    ("en", "Between September 1 and September 30, campaigns will be automatically upgraded.", "effective", "2026-09-01", "2026-09-30"),
    ("en", "Accounts will be migrated from 1 to 30 September.", "effective", "2026-09-01", "2026-09-30"),
    ("en", "Bolide lets sites sort crawlers, with Sept. 15 defaults that can block them", "effective", "2026-09-15"),
    ("en", "As of this month, generated clips will no longer be eligible for feeds.", "ends", "2026-08-01", "2026-08-31"),
    ("en", "Starting this month, our new prices include the tax.", "effective", "2026-08-01", "2026-08-31"),
    ("en", "The rule has been enforced since 8 August.", "effective", "2026-08-08"),
    ("en", "Acme said it would begin respecting these changes on August 17.", "effective", "2026-08-17"),
    ("en", "Acme says it began taking the setting into account on August 8.", "effective", "2026-08-08"),
    ("de", "Ab diesem Monat gelten neue Preise.", "effective", "2026-08-01", "2026-08-31"),
    ("en", "Full enforcement of the act starts 2 September.", "effective", "2026-09-02"),
    ("en", "The law's widest deadline activated August 8, 2026.", "effective", "2026-08-08"),
    ("it", "Il 2 settembre la norma entra in applicazione.", "effective", "2026-09-02"),
    ("ja", "表示義務、9月2日適用開始", "effective", "2026-09-02"),
    ("ja", "新料金は2026年10月1日から適用される。", "effective", "2026-10-01"),
    ("zh", "新規自2026年10月1日起施行。", "effective", "2026-10-01"),
    ("zh", "平台將於10月1日起強制標示。", "effective", "2026-10-01"),
    # it must be done by
    ("en", "Advertisers must opt out by 11 September.", "deadline", "2026-09-11"),
    ("en", "Brokers have to register before March 1, 2027.", "deadline", "2027-03-01"),
    ("en", "You can opt out until 30 September 2026.", "deadline", "2026-09-30"),
    ("en", "Merchants must accept the terms by the end of September.", "deadline", "2026-09-30"),
    ("en", "Sites must comply no later than the end of the year.", "deadline", "2026-12-31"),
    ("en", "The deadline is 5 October.", "deadline", "2026-10-05"),
    ("en", "Teams have to meet the 5 October deadline for the migration.", "deadline", "2026-10-05"),
    ("de", "Kunden müssen spätestens am 30. September 2026 umsteigen.", "deadline", "2026-09-30"),
    ("de", "Betreiber müssen sich bis zum 1. März 2027 registrieren.", "deadline", "2027-03-01"),
    ("fr", "Les éditeurs doivent s'inscrire avant le 30 septembre.", "deadline", "2026-09-30"),
    ("fr", "Les annonceurs doivent migrer au plus tard le 1er décembre 2026.", "deadline", "2026-12-01"),
    ("it", "Le aziende devono adeguarsi entro il 31 dicembre 2026.", "deadline", "2026-12-31"),
    ("es", "Las empresas deben registrarse antes del 15 de octubre.", "deadline", "2026-10-15"),
    ("pt", "As empresas devem migrar antes de 15 de outubro.", "deadline", "2026-10-15"),
    ("nl", "Klanten moeten uiterlijk op 1 december 2026 overstappen.", "deadline", "2026-12-01"),
    ("th", "ผู้ขายต้องลงทะเบียนภายในวันที่ 30 กันยายน 2569", "deadline", "2026-09-30"),
    ("zh", "企业必须在10月15日前登记。", "deadline", "2026-10-15"),
    # it ends
    ("en", "Version 2 will be shut down on 28 February 2027.", "ends", "2027-02-28"),
    ("en", "The free plan ends on 1 December.", "ends", "2026-12-01"),
    ("en", "The pixel is no longer supported after January 15, 2027.", "ends", "2027-01-15"),
    ("en", "The old editor remains available until 31 March 2027.", "ends", "2027-03-31"),
    ("en", "Acme will discontinue the app in November 2026.", "ends", "2026-11-01", "2026-11-30"),
    ("en", "The API sunsets on October 1, 2026.", "ends", "2026-10-01"),
    ("en", "On February 1, 2027 the pixel will stop recording orders.", "ends", "2027-02-01"),
    ("de", "Der Dienst wird am 30. November 2026 eingestellt.", "ends", "2026-11-30"),
    ("de", "Die alte Fassung ist nur noch bis Ende Oktober verfügbar.", "ends", "2026-10-31"),
    ("fr", "Le service ferme le 30 novembre 2026.", "ends", "2026-11-30"),
    ("it", "Il piano gratuito termina il 1º dicembre.", "ends", "2026-12-01"),
    ("es", "La versión gratuita termina el 1 de diciembre.", "ends", "2026-12-01"),
    ("pt", "O plano gratuito termina em 1 de dezembro.", "ends", "2026-12-01"),
    ("nl", "De gratis versie stopt op 1 december.", "ends", "2026-12-01"),
    ("th", "บริษัทจะยุติบริการในวันที่ 31 ธันวาคม 2569", "ends", "2026-12-31"),
    ("zh", "该服务将于2026年12月31日停止。", "ends", "2026-12-31"),
    ("en", "Agents close routine cases from 1 October.", "effective", "2026-10-01"),
]  # fmt: skip

TRAPS = [
    # events, results, people
    ("en", "The summit starts on 14 September 2026 in Lisbon."),
    ("en", "The webinar on the new rules takes place on 3 September."),
    ("en", "Register for the webinar by 3 September."),
    ("en", "Early-bird tickets must be bought by 30 September."),
    ("en", "Acme reports its earnings for Q3 on 28 October."),
    ("en", "Its chief executive steps down on 31 December 2026."),
    ("en", "The holiday season begins in November, and prices follow."),
    ("en", "The 20% discount ends on 31 August."),
    ("de", "Die Konferenz beginnt am 14. September 2026."),
    ("it", "Il convegno inizia il 14 settembre 2026."),
    ("fr", "La conférence débute le 14 septembre 2026."),
    ("es", "El congreso empieza el 14 de septiembre de 2026."),
    ("th", "งานสัมมนาเริ่มวันที่ 14 กันยายน 2569"),
    # studies and data
    ("en", "We counted orders between 1 July and 10 August 2026."),
    ("en", "The study ran from 1 July to 30 September 2026."),
    ("en", "Visits from 14 to 30 August were compared with July."),
    ("en", "The share reached 6.8% as of May 2026."),
    ("en", "A test with eight shops starts in November."),
    ("en", "The survey of 500 marketers ends on 30 September."),
    ("en", "As of 8 August, the crawler is blocked on every page."),
    ("en", "The block is supposed to go into effect in September."),
    ("en", "As of August 2026 prices are higher."),
    ("en", "A calendar is part of all plans from October."),
    ("en", "Users grew to 1.2 billion by September 2026."),
    ("de", "Die Daten von Januar bis Oktober wurden gelesen."),
    ("en", "Prices between 1 September and 30 September were compared."),
    # what lies behind
    ("en", "The rule took effect on 14 July 2026."),
    ("en", "The rule took effect on 14 July."),
    ("en", "Version 1 was retired in May 2026."),
    ("en", "The company was founded in September 2011."),
    ("en", "Advertisers had to opt out by 11 July."),
    ("de", "Die Frist endete am 1. Juli."),
    # nothing is settled
    ("en", "The deal is expected to close by the end of the year."),
    ("en", "The rule could take effect on 1 October."),
    ("en", "Acme may end the plan on 1 October."),
    ("en", "Analysts forecast that prices rise from October."),
    ("de", "Die Verordnung soll voraussichtlich ab dem 1. Oktober gelten."),
    ("it", "La norma dovrebbe entrare in vigore il 1º ottobre."),
    ("fr", "Le règlement devrait entrer en vigueur le 1er octobre."),
    # cancelled, put off, made permanent, denied
    ("en", "Acme makes its introductory price permanent, canceling a planned September 1 increase."),
    ("en", "The free plan was to end on 31 October; that stays unchanged."),
    ("en", "Duties that apply from 1 October 2026 are postponed by a year."),
    ("en", "Acme has shelved the new fees, due from 1 October."),
    ("de", "Die Pflichten werden von Oktober 2026 auf Dezember 2027 verschoben."),
    ("fr", "La hausse des prix à partir du 1er octobre est annulée."),
    ("it", "L'aumento dei prezzi dal 1º ottobre è rinviato."),
    ("es", "Los precios que suben a partir del 1 de octubre se mantienen sin cambios."),
    ("pt", "O aumento a partir de 1º de outubro foi adiado."),
    ("th", "เลื่อนการขึ้นราคาที่มีผลบังคับใช้ 1 พฤศจิกายน 2569"),
    ("zh", "原定自2026年10月1日起施行的新规推迟。"),
    ("ja", "10月1日から適用の値上げを撤回した。"),
    # what somebody closes with a customer
    ("en", "Agents will qualify leads, reply and close from October."),
    # no date at all, or a date of nothing
    ("en", "The change rolls out in the coming weeks."),
    ("en", "Starting today, every plan costs more."),
    ("en", "Prices may rise."),
    ("en", "August 10, 2026 Acme ends its plan."),
    ("en", "Posted on September 3 by the team."),
    ("en", "LEEDS, 2 September 2026."),
    ("en", "The contract runs for three years from signature."),
    ("en", "The march on prices ends nothing."),
    ("en", "Budgets for 2027 must be ready."),
    ("en", "Orders placed by October 2 arrive in time."),
    ("en", "The index is published on 31 February 2027."),
    ("en", "Acme acquires Bolide; the transaction closes on 1 October."),
    ("xx", "The free plan ends on 1 December."),
]  # fmt: skip


@pytest.mark.parametrize("row", NAMED, ids=lambda row: f"{row[0]}: {row[1][:50]}")
def test_a_date_and_what_it_is(row: tuple[str, ...]) -> None:
    language, sentence, role, first, *last = row
    found = [
        (fact.role, str(fact.day), str(fact.last))
        for fact in read_text_dates(sentence, language, PUBLISHED)
    ]
    assert found == [(role, first, last[0] if last else first)]


def test_a_sentence_names_the_days_that_it_takes_back() -> None:
    """The day to which something is put off is none of them."""
    said = "Acme delays its new fee from 1 October to 1 December."
    assert read_cancelled_spans(said, "en", PUBLISHED) == ((date(2026, 10, 1),) * 2,)
    said = "The fee due on 1 October is postponed to 1 December."
    assert read_cancelled_spans(said, "en", PUBLISHED) == ((date(2026, 10, 1),) * 2,)
    assert read_cancelled_spans("The fee is due on 1 October.", "en", PUBLISHED) == ()


@pytest.mark.parametrize(("language", "sentence"), TRAPS)
def test_a_date_of_something_else_is_none(language: str, sentence: str) -> None:
    assert list(read_text_dates(sentence, language, PUBLISHED)) == []


@pytest.mark.parametrize(
    ("published", "words", "day"),
    [
        (date(2026, 8, 10), "1 March", "2027-03-01"),
        (date(2026, 12, 20), "15 January", "2027-01-15"),
        (date(2026, 8, 10), "8 August", "2026-08-08"),  # two days ago: told as it came
        (date(2024, 1, 10), "29 February", "2024-02-29"),
    ],
)
def test_a_year_that_is_missing_is_that_of_the_next_such_day(
    published: date, words: str, day: str
) -> None:
    (fact,) = read_dates(f"The rule takes effect on {words}.", "en", published)
    assert str(fact.day) == day


def test_what_began_before_the_quarter_counts_where_it_is_asked_for() -> None:
    sentence = "The policy took effect on 14 July 2026."
    (fact,) = read_dates(sentence, "en", PUBLISHED, grace=timedelta(days=92))
    assert (fact.day, fact.words) == (date(2026, 7, 14), "on 14 July 2026")


def test_each_date_of_a_sentence_is_read_and_the_sentence_is_whole() -> None:
    text = (
        "Acme has news. New journeys cannot be made after 30 November 2026 and running ones stop "
        "on 31 March 2027. Nothing else changes."
    )
    first, second = read_text_dates(text, "en", PUBLISHED)
    assert (first.role, first.day) == ("ends", date(2026, 11, 30))
    assert (second.role, second.day) == ("ends", date(2027, 3, 31))
    assert first.sentence == second.sentence
    assert first.sentence in text
    assert first.sentence.endswith("2027.")


def test_what_binds_is_told_from_what_arrives() -> None:
    (price,) = read_dates("From 1 November agents cost $2 a task.", "en", PUBLISHED)
    (gift,) = read_dates("From 1 November the beta is in all plans.", "en", PUBLISHED)
    assert (price.binding, price.arrives, price.direct) == (True, False, True)
    assert (gift.binding, gift.arrives) == (False, True)


@given(
    day=st.dates(date(2026, 8, 11), date(2027, 7, 1)),
    language=st.sampled_from(
        [
            ("en", "The rule takes effect on {d} {m} {y}.", "January February March April May June July August September October November December"),
            ("de", "Die Regel gilt ab dem {d}. {m} {y}.", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
            ("it", "La norma si applica dal {d} {m} {y}.", "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
            ("fr", "La loi entre en vigueur le {d} {m} {y}.", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
            ("es", "La ley entra en vigor el {d} de {m} de {y}.", "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
            ("th", "มีผลบังคับใช้วันที่ {d} {m} {b}", "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"),
        ]
    ),
)  # fmt: skip
def test_every_day_is_read_as_it_is_written(day: date, language: tuple[str, str, str]) -> None:
    code, template, months = language
    sentence = template.format(
        d=day.day, m=months.split()[day.month - 1], y=day.year, b=day.year + 543
    )
    (fact,) = read_text_dates(sentence, code, PUBLISHED)
    assert (fact.role, fact.day, fact.last) == ("effective", day, day)


@given(
    st.text(max_size=200), st.sampled_from(["en", "de", "fr", "it", "es", "pt", "nl", "th", "zh"])
)
def test_any_text_is_read_without_an_error(text: str, language: str) -> None:
    for fact in read_text_dates(text, language, PUBLISHED):
        assert fact.day <= fact.last


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (
            "Acme announced on July 31 that clips go.\n“As of this month, clips will no longer be shown.”",
            ["2026-07-01"],
        ),
        ("Acme has a statement.\n“As of this month, clips will no longer be shown.”", []),
        (
            "Acme announced on July 31 that clips go.\nAs of this month, clips will no longer be shown.",
            ["2026-08-01"],
        ),
        (
            "Acme said that sales were good in May.\n“As of this month, clips will no longer be shown.”",
            [],
        ),
    ],
)
def test_this_month_is_that_in_which_it_is_said(text, days):
    """A quotation is older than the report of it: without its day it says nothing."""
    found = read_text_dates(text, "en", PUBLISHED, timedelta(days=92))
    assert [str(fact.day) for fact in found] == days


@pytest.mark.parametrize("text", ["The October change was small.", "Starting this month, we cook."])
def test_a_month_that_binds_nobody_is_none(text):
    """Neither the name of a change nor the month of anything."""
    assert not read_dates(text, "en", PUBLISHED)
