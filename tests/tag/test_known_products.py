"""Products by the names that people give them."""

import pytest

from digest.tag.known_products import suggest_names, understand_name
from digest.tag.vendors import Gazetteer


@pytest.fixture(scope="module")
def known():
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("HubSpot", "HubSpot"),
        ("HubSpot CRM", "HubSpot CRM"),  # a form of its own
        ("Sales force", "Salesforce"),
        ("Mail-chimp", "Mailchimp"),
        ("GA 4", "Google Analytics"),
        ("www.hubspot.com", "HubSpot"),
        ("hubspot.com", "HubSpot"),
        ("Contentful CMS", "Contentful"),
        ("Braze email", "Braze"),
        ("HubSpot Pro Marketing", "HubSpot"),
        ("Semrush Guru", "Semrush Guru"),  # known with its plan
        ("Contentful Weather", "Contentful Weather"),
        ("Adobe CDP", "Adobe CDP"),
        ("Our own CRM", "Our own CRM"),
        ("HubSopt", "HubSopt"),
        ("Zorbly", "Zorbly"),
    ],
)
def test_near_names_are_understood(known, given, meant):
    """By spaces, by the site, by words of their trade; never by mere likeness."""
    assert understand_name(given, known) == meant


@pytest.mark.parametrize(
    ("given", "first"),
    [("HubSopt", "HubSpot"), ("Klavyio", "Klaviyo"), ("Customer.io Journeys", "Customer.io"),
     ("Adobe CDP", "Adobe"), ("Zorbly", None), ("HubSpot CRM", None)],
)  # fmt: skip
def test_names_that_are_merely_like_one_are_proposed(known, given, first):
    """The likest first; nothing for what is known or like nothing."""
    assert next(iter(suggest_names(given, known)), None) == first
