"""What is known of a product by its name: maker and categories, or nothing."""

from __future__ import annotations

import pytest

from digest.tag.known_products import find_known_facts
from digest.tag.vendors import Gazetteer

GAZETTEER = Gazetteer.load()


@pytest.mark.parametrize(
    ("name", "vendor", "home"),
    [
        ("HubSpot", "", "crm"),
        ("Salesforce Marketing Cloud", "Salesforce", "marketing-automation"),
        ("Google Ads", "Google", "search-social-ads"),
        ("Google Analytics 4", "Google", "web-analytics"),
        ("Semrush", "", "seo"),
        ("Klaviyo", "", "email-marketing"),
        ("Adobe Experience Manager", "Adobe", "cms-web-experience"),
        ("ChatGPT Enterprise", "OpenAI", "ai-platforms"),
        ("WordPress", "", "cms-web-experience"),
        ("Mailchimp", "", "email-marketing"),
        # which plan was bought, and notes, say no more of it
        ("HubSpot Professional", "", "crm"),
        ("mailchimp standard (EU)", "", "email-marketing"),
        ("Klaviyo – letters of the shop", "", "email-marketing"),
        ("Salesforce, Inc.", "", "crm"),
    ],
)
def test_a_product_is_known_by_its_name(name: str, vendor: str, home: str) -> None:
    found = find_known_facts(name, GAZETTEER)
    assert found
    assert (found.vendor, found.categories[0]) == (vendor, home)


@pytest.mark.parametrize("name", ["Google Weather", "Merrowbank", "Enterprise", "Pro", "(12)"])
def test_nothing_is_guessed_of_another(name: str) -> None:
    """The first word of a name is not the product."""
    assert find_known_facts(name, GAZETTEER) is None
