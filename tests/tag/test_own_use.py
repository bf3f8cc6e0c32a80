"""A shop's own service for its shoppers is no product that companies buy."""

import pytest

from digest.tag.own_use import is_own_use, is_owner_acting

OWN = {
    "a shop that is listed": ("Kohl’s launches a fitting room bot", "", ()),
    "a shop that nobody lists": ("Fernway Crafts debuts AI shopping assistant", "", ()),
    "run by a maker's model": (
        "Fernway Crafts debuts Google-powered shopping agent",
        "",
        ["Google"],
    ),
    "a marketplace": ("Ozon推出AI购物助手", "", ["Ozon"]),
    "in its restaurants": ("Fernway Burger is putting a chatbot in its drive-thrus", "", ()),
    "in German": ("Fernway startet Einkaufsassistenten in der App", "", ()),
    "in French": ("Fernway lance un assistant shopping", "", ()),
}
FOR_COMPANIES = {
    "for other shops": ("Fernway launches AI shopping assistant for retailers", "", ()),
    "said in the summary": ("Fernway debuts shopping assistant", "It helps merchants sell.", ()),
    "a shop's ads": ("Kohl's launches ad platform", "", ()),
    "who sells software": ("Zendesk launches a shopping assistant", "", ["Zendesk"]),
    "no shop": ("Fernway launches a mail editor", "", ()),
    "a shop that is served": ("Braze launches agent that Walmart uses", "", ["Braze"]),
}


@pytest.mark.parametrize(("title", "summary", "vendors"), OWN.values(), ids=OWN)
def test_a_shops_own_service(title, summary, vendors):
    assert is_own_use(title, summary, vendors)


@pytest.mark.parametrize(("title", "summary", "vendors"), FOR_COMPANIES.values(), ids=FOR_COMPANIES)
def test_a_product_for_companies(title, summary, vendors):
    assert not is_own_use(title, summary, vendors)


@pytest.mark.parametrize(
    ("title", "acts"),
    [
        ("Airbnb Tests AI search", True),
        ("Kohl's debuts a fitting room bot", True),
        ("Fernway adds Walmart to its shops", False),
        ("Walmart", False),
    ],
)
def test_who_acts_stands_before_the_act(title, acts):
    assert is_owner_acting(title) is acts
