"""What the gate reads alike: names by their sound, measures, multiples, superlatives of several."""

from datetime import date

import pytest

from digest.ground import GroundItem, check_sentence
from digest.ground.pinyin import is_spelt
from digest.ground.script import normalize_source

_CHINESE = GroundItem(
    "z",
    "云漫科技任命胡峥楠为首席技术官",
    "云漫科技4月17日宣布，胡峥楠出任首席技术官。秘书长多明格斯表示，近2000艘船舶使用其系统，营收增长逾45.57%，"
    "净利润增长293%，订单下降18.18%。其电站功率为500兆瓦，去年收入8037亿新台币。瑞安·科恩持有约5%股份。",
    "",
    "zh",
    date(2026, 4, 18),
)
_ENGLISH = GroundItem(
    "e",
    "Tessaro plans a phone in Cambodia",
    "Tessaro plans to sell its phone in Cambodia next year. It is one of the largest makers of "
    "phones in Asia. Newspapers bring under 10% of its revenue, and third-party shops more. The "
    "Quillane Association accused Tessaro of copying its screen. Its model takes 3.9 GB. Almost "
    "every dealer, 97%, stocks its phones, and 85% of the users are active weekly.",
    "",
    "en",
    date(2026, 4, 18),
)


def judge(item, sentence, lang):
    return check_sentence(sentence, [item], [item], lang)


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("Hu Zhengnan ist seit dem 17. April CTO.", "de"),
        ("Dominguez says that nearly 2,000 ships use its system.", "en"),
        ("Ryan Cohen holds about 5% of the shares.", "en"),
        ("营收增长逾45%，净利润增长近三倍，订单下降约18%。", "zh"),
        ("The plant has a power of 0.5 GW.", "en"),
        ("Its revenue was 803.7 billion Taiwan dollars last year.", "en"),
    ],
)
def test_a_chinese_report_carries_it(sentence, lang):
    verdict = judge(_CHINESE, sentence, lang)
    assert verdict.passes, verdict.reason


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("Li Zhengnan ist seit dem 17. April CTO.", "de"),
        ("Nearly 3,000 ships use its system.", "en"),
        ("Paul Kramer holds about 5% of the shares.", "en"),
        ("净利润增长近五倍。", "zh"),
        ("订单增长18.18%。", "zh"),
        ("The plant has a power of 500 GW.", "en"),
        ("Its revenue was 803.7 billion yuan last year.", "en"),
    ],
)
def test_a_chinese_report_does_not_carry_it(sentence, lang):
    assert not judge(_CHINESE, sentence, lang).passes


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        ("Tessaro is one of Asia's largest makers of phones.", "en"),
        ("Newspapers bring Tessaro less than a tenth of its revenue.", "en"),
        ("Händler Dritter bringen Tessaro mehr Umsatz als Zeitungen.", "de"),
        ("Once on sale, the phone will be a Cambodian product of Tessaro.", "en"),
        ("Nearly every dealer, 97%, stocks Tessaro's phones.", "en"),
        ("Some 85% of Tessaro's users are active every week.", "en"),
        ("The Quillane Association accuses Tessaro of copying its screen.", "en"),
    ],
)
def test_an_english_report_carries_it(sentence, lang):
    verdict = judge(_ENGLISH, sentence, lang)
    assert verdict.passes, verdict.reason


@pytest.mark.parametrize(
    "sentence",
    [
        "Tessaro is the largest maker of phones in Asia.",
        "Tessaro has already sold its phone in Cambodia.",
        "Tessaro copied the screen of the Quillane Association.",
        "Tessaro's model takes 3.9 MB.",
        "Every dealer stocks Tessaro's phones.",
    ],
)
def test_an_english_report_does_not_carry_it(sentence):
    assert not judge(_ENGLISH, sentence, "en").passes


def test_one_syllable_spells_no_name():
    assert is_spelt(["qing", "ming"], "今年清明档票房")
    assert not is_spelt(["ming"], "今年清明档票房")


def test_a_hyphen_that_breaks_no_line_is_a_hyphen() -> None:
    """Makers write their versions with it, and compatible forms make another sign of it."""
    assert normalize_source("GPT\u20115.6 Luna costs 80% less.") == "GPT-5.6 Luna costs 80% less."
