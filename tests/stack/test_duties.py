"""What a story obliges somebody to do, and what mends a weakness, in its sources' words."""

from __future__ import annotations

import pytest

from digest.edition.stack.duties import find_duty, find_fix, forces_change
from digest.model.stack import Product, ProductAi
from tests.factories.stories import story


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Bolt announced release 7.0.3 to fix twelve weaknesses.", True),
        ("The flaw affects all versions up to 2.8.7.", True),
        ("Versionen vor 3.1 sind betroffen.", True),
        ("Bolt fixes letters every day.", False),
        ("Version 4.2 brings a calendar.", False),
    ],
)
def test_a_weakness_names_its_versions(said: str, *, told: bool) -> None:
    found = find_fix(story("A weakness in Bolt", summary=said))
    assert (found.text if found else "") == (said if told else "")


LABELS = (
    "Providers must label every picture. "
    "Deployers must disclose text that a machine has written. "
    "Deployers must mark each video that shows a person."
)


@pytest.mark.parametrize(
    ("purpose", "duty"),
    [
        ("first drafts of e-mails", "Deployers must disclose text that a machine has written."),
        ("clips for shops", "Deployers must mark each video that shows a person."),
        ("banners", "Providers must label every picture."),  # no duty names an image
        ("", "Providers must label every picture."),
    ],
)
def test_the_duty_on_what_our_ai_makes_comes_first(purpose: str, duty: str) -> None:
    product = Product("Bolt", ("crm",), ai=ProductAi(used=True, purpose=purpose))
    found = find_duty(story("Law on labels", event="regulation", summary=LABELS), [product])
    assert found
    assert found.text == duty


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("“Providers must label every picture.”", "Providers must label every picture."),
        (
            "Providers must say “made by a machine” beside it.",
            "Providers must say “made by a machine” beside it.",
        ),
    ],
)
def test_a_duty_that_is_a_quotation_stands_without_its_marks(said: str, told: str) -> None:
    found = find_duty(story("Law on labels", event="regulation", summary=said))
    assert found
    assert found.text == told


@pytest.mark.parametrize(
    ("title", "is_forced"),
    [
        ("Sender requires a second factor from October", True),
        ("Old bids are no longer accepted", True),
        ("Consent is required, and no bid is taken without it", True),
        ("Connect Sender to your shop, no coding required", False),
        ("You no longer have to sort letters by hand", False),
        ("Sender removes the need for a second tool", False),
        ("Sender ohne zusätzliche Migration", False),
        ("Sender si collega senza passaggi obbligatori", False),
        ("Sender removes old reports", True),
    ],
)
def test_what_asks_nothing_of_users_forces_no_change(title: str, is_forced: bool) -> None:
    """A word of force that the sentence denies is none."""
    assert forces_change(story(title)) == is_forced
