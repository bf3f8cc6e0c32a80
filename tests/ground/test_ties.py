"""How facts hang together: reasons, comparisons, fellows, speakers, goals, what is not yet so."""

from datetime import date

import pytest

from digest.ground import GroundItem, check_sentence

_TEXTS = {
    # A report with people, a survey, a goal, a change to come, and a reason that nobody tells.
    "orlissa": (
        "en",
        "Orlissa moves its coupons into the Parvane app",
        """Orlissa is moving its coupons into the Parvane app. Some 12% of shoppers redeemed a coupon in May, against 31% of members of the club.
Manual codes will no longer be accepted after the move. The help line stays open.
Orlissa has not explained why it gives up paper. Its board met in March to discuss the cost of printing.
"Paper was slow, and nobody loved the scissors," said Mara Teldin, chief executive of Orlissa.
Weeks later Joris Haak, finance chief of the Parvane group, told analysts that sales may fall this summer because members redeem faster.
In an internal poll, 64% of respondents said that they like the app. The group's goal is $90 million in sales by 2029.
The new club card has not launched yet in Belgium. The fair moved from October to April.
Members now matter more than passers-by to Orlissa. Rather than opening shops, Orlissa improves its app.
All Parvane members get the card. Two of five regions test it.
Orlissa is in talks to buy Ketlin, a maker of labels, after regulators blocked the sale of Ketlin to Vostrum.
Ketlin supplies Orlissa with labels, and Vostrum supplies it with paper.
Basic users get ten coupons a week, while Gold users get a personal adviser.""",
    ),
    "zh": ("zh", "云漫科技筹资", "云漫科技计划筹资3亿元，其中1.2亿元将用于东南亚市场，员工达到640人。该公司尚未公布上市日期。"),
}  # fmt: skip


def judge(name, sentence, lang, day=None):
    tongue, title, text = _TEXTS[name]
    item = GroundItem("s", title, text, "", tongue, day)
    return check_sentence(sentence, [item], [item], lang)


@pytest.mark.parametrize(
    ("sentence", "lang"),
    [
        # a reason that is told, and as it is told
        ("Orlissa's sales may fall this summer because members redeem faster.", "en"),
        ("Weil Mitglieder schneller einlösen, könnte der Umsatz von Orlissa im Sommer fallen.", "de"),
        ("Orlissa has not explained why it gives up paper.", "en"),
        # comparisons as they are drawn, or counted
        ("Members matter more to Orlissa than passers-by.", "en"),
        ("Members of the club redeemed coupons more often than shoppers in May.", "en"),
        ("Orlissa improves its app rather than opening shops.", "en"),
        # fellows
        ("Basic users get ten coupons a week, while Gold users get a personal adviser.", "en"),
        ("Ketlin supplies labels, while Vostrum supplies paper.", "en"),
        # who says it, and who is what
        ("“Paper was slow, and nobody loved the scissors,” said Mara Teldin.", "en"),
        ("“Paper was slow […] nobody loved the scissors,” said Orlissa's chief executive Mara Teldin.", "en"),
        ("Joris Haak, finance chief of the Parvane group, warns that sales may fall.", "en"),
        # goals and polls, named as such
        ("Orlissa aims for $90 million in sales by 2029.", "en"),
        ("In an internal poll, 64% of respondents liked the app.", "en"),
        # what is to come, ends, or goes on
        ("Manual codes will no longer be accepted.", "en"),
        ("The help line stays open after the move.", "en"),
        ("Orlissa is negotiating to buy Ketlin after regulators blocked its sale to Vostrum.", "en"),
        ("Orlissa verhandelt über den Kauf von Ketlin.", "de"),
        ("La nuova carta del club non è ancora uscita in Belgio.", "it"),
        # a possessive, an aside, an opening without a doer act not
        ("In Orlissa's report, 12% of shoppers redeemed a coupon.", "en"),
        ("All Parvane members get the card.", "en"),
        ("The fair moved from October to April.", "en"),
        ("Anyone who is a Parvane member gets the card.", "en"),
        ("云漫科技计划筹资3亿元，1.2亿元用于东南亚。", "zh"),
        ("640 people work at the company.", "en"),
    ],
)  # fmt: skip
def test_what_is_told_so_stands(sentence, lang):
    verdict = judge(
        "zh" if lang == "zh" or sentence.startswith("640") else "orlissa", sentence, lang
    )
    assert verdict.passes, verdict.reason


@pytest.mark.parametrize(
    ("sentence", "lang", "reason"),
    [
        ("Orlissa gives up paper because printing became too costly for it.", "en", ""),
        ("Orlissa verzichtet auf Papier, um neue Vorschriften einzuhalten.", "de", "this reason"),
        ("Orlissa is moving its coupons to comply with a new law on packaging.", "en", "this reason"),
        ("Sales may fall this summer because of a wave of thefts.", "en", "this reason"),
        ("Sales fall because members redeem faster.", "en", "this reason"),
        ("Passers-by matter more to Orlissa than members.", "en", "other way round"),
        ("Shoppers redeemed coupons more often than members of the club in May.", "en", "other way round"),
        ("The Parvane app is better than the apps of its rivals.", "en", "do not compare"),
        ("Orlissa opens shops rather than improving its app.", "en", "other way round"),
        ("“Paper was slow, and nobody loved the scissors,” said Joris Haak.", "en", "Joris Haak say th"),
        ("Joris Haak, chief executive of the Parvane group, warns that sales may fall.", "en", "another title"),
        ("Orlissa makes $90 million in sales.", "en", "a goal or an estimate"),
        ("64% of the customers like the app.", "en", "a goal or an estimate"),
        ("Orlissa still accepts manual codes after the move.", "en", "opposite"),
        ("Orlissa has bought Ketlin after regulators blocked its sale to Vostrum.", "en", "may be so"),
        ("Orlissa hat Parvane gekauft.", "de", "gekauft"),
        ("The new club card is now available in Belgium.", "en", "not so yet"),
        ("All members of the town get the card.", "en", "of all"),
        ("The fair moved from April to October.", "en", "second date"),
        ("云漫科技计划筹资3亿元，2.1亿元用于东南亚。", "zh", "figure"),
        ("云漫科技计划筹资5亿元。", "zh", "figure"),
    ],
)  # fmt: skip
def test_what_is_told_otherwise_is_withheld(sentence, lang, reason):
    verdict = judge("zh" if lang == "zh" else "orlissa", sentence, lang)
    assert not verdict.passes
    assert reason in verdict.reason


def test_a_text_without_a_date_carries_the_dates_that_it_states_alone():
    text = (
        "The fair opens on 4 May 2026 and moves to Turin next month. It closed in June last time."
    )
    item = GroundItem("f", "The Salviera fair moves to Turin", text, "", "en")
    dated = GroundItem("f", item.title, text, "", "en", date(2026, 5, 2))

    def passes(sentence, source):
        return check_sentence(sentence, [source], [source], "en").passes

    assert passes("The Salviera fair opens on 4 May 2026.", item)
    assert not passes("The Salviera fair opens on 4 May 2027.", item)
    assert not passes("The Salviera fair moves to Turin in July.", item)
    assert not passes("The Salviera fair moved to Turin next year.", item)
    assert passes("The Salviera fair moves to Turin in June.", dated)


def test_weekdays_are_those_of_the_item_or_of_its_dates():
    text = "Salviera opened its fair on 4 May 2026, and showed 30 looms there."
    item = GroundItem("f", "Salviera opens its fair", text, "", "en", date(2026, 5, 6))

    def passes(sentence):
        return check_sentence(sentence, [item], [item], "en").passes

    assert passes("Salviera opened its fair on Monday.")
    assert not passes("Salviera opened its fair on Friday.")


def test_half_an_hour_is_thirty_minutes():
    text = "Salviera's loom weaves a scarf in 30 minutes; by hand it takes two days."
    item = GroundItem("f", "Salviera's loom", text, "", "en")
    for sentence, lang, holds in (
        ("Salviera's loom weaves a scarf in half an hour.", "en", True),
        ("Ein Webstuhl von Salviera webt einen Schal in einer halben Stunde.", "de", True),
        ("Salviera's loom weaves a scarf in an hour and a half.", "en", False),
    ):
        assert check_sentence(sentence, [item], [item], lang).passes == holds


def test_a_budget_of_a_month_is_none_of_a_day():
    text = "Ostrevan users set an average weekly budget. After the move they set an average daily budget."
    item = GroundItem("f", "Ostrevan moves its ads", text, "", "en")
    good = "Ostrevan users will set a daily budget instead of a weekly one."
    assert check_sentence(good, [item], [item], "en").passes
    bad = "Ostrevan users will set a monthly budget instead of a weekly one."
    assert not check_sentence(bad, [item], [item], "en").passes


def test_words_of_a_name_stand_together_in_the_source():
    text = "Tessa Rowe leaves Quillane to found a firm called Harbour Loop. Quillane Labs, its research arm, stays."
    item = GroundItem("f", "Tessa Rowe leaves Quillane", text, "", "en")
    for sentence, holds in (
        ("Tessa Rowe founds a firm called Harbour Loop.", True),
        ("Tessa Rowe founds a firm called Harbour Labs.", False),
        ("Tessa Rowe founds a firm called Quillane Labs.", False),
    ):
        assert check_sentence(sentence, [item], [item], "en").passes == holds
