"""Which product a headline is about."""

import pytest

from digest.tag.products import find_product, sells_in


@pytest.mark.parametrize(
    ("title", "vendors", "own", "product"),
    [
        ("Google Ads requires a label", ["Google"], (), "Google Ads"),
        ("Claude Opus 5 is out", ["Anthropic"], (), "Claude Opus 5"),
        ("Search Console adds 30% more rows", ["Google"], (), "Search Console"),
        ("Introducing Fernway Desk", [], (), "Fernway Desk"),
        ("Fernway launches Lantern, an agent for shops", ["Fernway"], (), "Lantern"),
        ("Fernway adds a view to Lantern", ["Fernway"], ("Lantern",), "Lantern"),
        # not sure
        ("Google opens an office", ["Google"], (), ""),
        ("A plugin for Search Console", ["Google"], (), ""),
        ("Search Console adds rows", ["Fernway"], (), ""),
        ("Fernway launches its own Algorithms Product", ["Fernway"], (), ""),
        ("Fernway launches AI agents", ["Fernway"], (), ""),
        ("Fernway Launches Better Ways To Sell Everything Everywhere Today", ["Fernway"], (), ""),
        ("Lantern3.8 goes open", ["Fernway"], ("Lantern3",), "Lantern3.8"),
        ("Lantern-3.0: rich content", ["Fernway"], ("Lantern",), "Lantern-3.0"),
        ("Lanterns sell well", ["Fernway"], ("Lantern",), ""),
    ],
)
def test_the_product_of_a_headline(title, vendors, own, product):
    assert find_product(title, vendors, own) == product


@pytest.mark.parametrize(
    ("vendor", "category", "sells"),
    [
        ("Mixpanel", "web-analytics", True),
        ("Mixpanel", "crm", False),
        ("OpenAI", "search-social-ads", True),  # by a product of it
        ("Airbnb", "customer-experience", False),  # a brand
        ("Fernway", "crm", True),  # nothing is known of it
    ],
)
def test_what_a_company_sells_the_table_of_vendors_says(vendor, category, sells):
    assert sells_in(vendor, category) == sells
