"""Who bought whom, in headlines that are made up."""

from __future__ import annotations

import pytest

from digest.edition.deal_parties import DealParties, find_parties


@pytest.mark.parametrize(
    ("title", "buyer", "bought"),
    [
        ("Acme acquires Bolide", "Acme", "Bolide"),
        ("Acme acquires Jo Tarn’s Agency in a reunion of founders", "Acme", "Agency"),
        ("Acme to buy Bolide Mail for $2 billion", "Acme", "Bolide Mail"),
        ("Acme Buys AI Startup Bolide To Boost Sales", "Acme", "Bolide"),
        ("Acme acquires conversational AI startup Bolide", "Acme", "Bolide"),
        ("Exclusive: Acme has bought Bolide, a maker of mails", "Acme", "Bolide"),
        ("Bolide is bought by Acme", "Acme", "Bolide"),
        ("Bolide acquired by Acme in mail deal", "Acme", "Bolide"),
        ("Acme completes acquisition of Bolide", "Acme", "Bolide"),
        ("Acme's $2B acquisition of Bolide closes", "Acme", "Bolide"),
        ("Acme übernimmt Bolide", "Acme", "Bolide"),
        ("Acme rachète Bolide pour 2 milliards", "Acme", "Bolide"),
        ("Acme Acquires AI Security Company Bolide AI", "Acme", "Bolide AI"),
        ("Acme übernimmt Sicherheitsfirma Bolide, nachdem sie wuchs", "Acme", "Bolide"),
        ("Acme übernimmt KI-Mail-Plattform Bolide", "Acme", "Bolide"),
        ("Acme strikes £2bn deal for Bolide", "Acme", "Bolide"),
        ("Acme Clinches Over $7 Billion Deal to Buy AI Firm Bolide", "Acme", "Bolide"),
        ("Acme to buy Bolide in bid to grow", "Acme", "Bolide"),
        ("Acme acquires Bolide (We saw it coming)", "Acme", "Bolide"),
        ("艾克完成收购Bolide，加码邮件", "艾克", "Bolide"),
        ("艾克收購資管公司 Bolide 接管基金", "艾克", "Bolide"),
        ("アクメがボライドを買収", "アクメ", "ボライド"),
        ("Acme เข้าซื้อ Bolide", "Acme", "Bolide"),
    ],
)
def test_buyer_and_bought_are_read(title, buyer, bought):
    """From verbs in either voice and from nouns, without what a company is."""
    assert find_parties([title], []) == DealParties(buyer, bought)


@pytest.mark.parametrize(
    "title",
    [
        "Acme could buy Bolide",
        "Acme in talks to acquire Bolide",
        "Why Acme Buys Small Companies",
        "Acme buys stake in Bolide",
        "Acme buys a startup",
        "Acme Acquires Bolide Boosting Mail Everywhere Today",
        "What the deal means",
        "Acme's Bolide deal points ahead",
        "Acme won't buy Bolide",
        "Acme Nears Deal to Buy Bolide",
        "Acme offers to buy Bolide",
        "Acme will Bolide übernehmen",
        "Acme buys Bolide office space",
        "Acme veut racheter Bolide",
        "艾克拟收购Bolide",
        "アクメがボライドの買収を検討",
        "Acme acquires customers for less",
    ],
)
def test_a_doubt_names_nobody(title):
    """What may be, a share, or a headline whose name has no end."""
    assert find_parties([title], []) is None


def test_somebodys_deal_is_a_purchase_where_the_text_says_so():
    """Else it may be a partnership."""
    title = "Acme’s Bolide deal points ahead"
    said = "Acme's acquisition shows where mail goes."
    assert find_parties([title], [said]) == DealParties("Acme", "Bolide")


def test_a_sentence_tells_what_the_headline_does_not():
    """The first that says so."""
    found = find_parties(["A week of deals"], ["The shop grew. ", "Acme has acquired Bolide."])
    assert found == DealParties("Acme", "Bolide")
