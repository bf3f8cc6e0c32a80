"""Posts that say that somebody paid for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.tag.paid import name_paid_post
from tests.factories.stories import story

STUDY = story("AI knows most brands", event="research").lead


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("This post was sponsored by Dax. AI knows most brands.", "promo"),
        ("AI knows most brands. This article is brought to you by Dax.", "promo"),
        ("Dieser Beitrag wurde gesponsert.", "promo"),
        ("Questo articolo è sponsorizzato da Dax.", "promo"),
        ("The event was sponsored by Dax.", "research"),
        ("AI knows most brands. " * 200 + "This post was sponsored by Dax.", "research"),
    ],
    ids=["before", "after a sentence", "German", "Italian", "something else", "far below"],
)
def test_a_paid_post_is_promotion(text, event):
    """Whatever else it is judged to be; far below the notice may be of another post."""
    found = name_paid_post(replace(STUDY.item, text=text), STUDY.tags)
    assert found.event == event
    assert found.relevant == STUDY.tags.relevant
