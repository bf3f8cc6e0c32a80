"""Words of scale: what each multiplies by, and that every reader of figures knows the same ones."""

import re

import pytest

from digest.cluster.traits import extract_figures
from digest.edition.amounts import list_amounts
from digest.ground.numbers import find_quantities
from digest.ground.script import fold
from digest.model.stack import Money
from digest.scale_words import SCALE_PATTERN, SCALES

CASES = (  # text, the word that multiplies, the value
    ("5 thousand people", "thousand", 5e3),
    ("5k people", "k", 5e3),
    ("7 lakh shops", "lakh", 7e5),
    ("7 crore shops", "crore", 7e7),
    ("2.5bn", "bn", 2.5e9),
    ("3 trillion tokens", "trillion", 3e12),
    ("5 Mrd. Euro", "Mrd.", 5e9),
    ("5 Mrd Euro", "Mrd", 5e9),
    ("40 Mio. Nutzer", "Mio.", 4e7),
    ("3 Billionen Euro", "Billionen", 3e12),
    ("50 mila utenti", "mila", 5e4),
    ("2 miliardi di euro", "miliardi", 2e9),
    ("3 milliards d'euros", "milliards", 3e9),
    ("4 Md€", "Md", 4e9),
    ("6 mil millones", "mil millones", 6e9),
    ("8 milhões de reais", "milhões", 8e6),
    ("9 миллионов", "миллионов", 9e6),
    ("9 млрд рублей", "млрд", 9e9),
    ("5亿美元", "亿", 5e8),
    ("5億円", "億", 5e8),
    ("3万亿元", "万亿", 3e12),
    ("2兆円", "兆", 2e12),
    ("6 พันล้านบาท", "พันล้าน", 6e9),
    ("6 แสนล้านบาท", "แสนล้าน", 6e11),
)
NO_SCALE = ("5 months", "5 kinds", "5 brands", "5 miles", "50兆瓦", "5 mrdx")


def match_scale(text: str) -> str | None:
    match = re.match(rf"[\d.]+ ?(?P<scale>{SCALE_PATTERN})", text, re.IGNORECASE)
    return match["scale"] if match else None


@pytest.mark.parametrize(("text", "word", "value"), CASES)
def test_word_behind_a_number_multiplies_it(text, word, value):
    assert match_scale(text) == word
    number = float(re.sub(r"[^\d.].*", "", text))
    assert number * SCALES[word.lower()] == pytest.approx(value)


@pytest.mark.parametrize("text", NO_SCALE)
def test_other_words_multiply_nothing(text):
    assert match_scale(text) is None


@pytest.mark.parametrize("word", sorted(SCALES))
def test_readers_of_figures_agree_on_each_word(word):
    value = 4 * SCALES[word]
    language = "zh" if word >= "฀" else "es"
    assert f"#{value:.3g}" in extract_figures(f"4 {word}")
    assert list_amounts(f"€4 {word}") == {Money(value, "EUR")}
    assert value in find_quantities(fold(f"4 {word}"), language)[0].values
