"""What a story says happened to a product, and when what it announces is to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from digest.edition.acts import find_due_day, read_act
from digest.model.story import Story
from tests.factories.stories import story

ACTS = {
    "a launch": (story("Acme launches Envoy", event="launch"), "available"),
    "an update": (story("Envoy reads faster", event="update"), "changed"),
    "announced": (story("Envoy is coming soon", event="launch"), "announced"),
    "a beta": (story("Envoy enters public beta", event="update"), "in test"),
    "a test": (story("Testing Envoy with ten banks", event="update"), "in test"),
    "rolled out": (story("Envoy is now available to all", event="update"), "available"),
    "by its first sentences": (
        story("Meet Envoy", event="launch", summary="Envoy will launch in March."),
        "announced",
    ),
    "a price": (story("Envoy costs more", event="pricing"), "repriced"),
    "an end": (story("Acme ends Envoy", event="shutdown"), "withdrawn"),
    "a study": (story("Envoy saves an hour, finds a study", event="research"), None),
    "a deal": (story("Acme buys Bolide", event="acquisition"), None),
}


@pytest.mark.parametrize("case", ACTS)
def test_an_act_is_read_from_event_and_words(case):
    """The headline before the first sentences."""
    one, act = ACTS[case]
    assert read_act(one) == act


def doubt(one: Story) -> Story:
    """The story with an event that is not sure."""
    lead = replace(one.lead, tags=replace(one.lead.tags, unsure=frozenset({"event"})))
    return Story(one.id, (lead,), lead)


def test_a_label_that_is_not_sure_makes_no_act():
    """Words of availability still do."""
    assert read_act(doubt(story("Envoy costs more", event="pricing"))) is None
    assert read_act(doubt(story("Acme launches Envoy", event="launch"))) is None
    assert read_act(doubt(story("Envoy is now available", event="launch"))) == "available"


def test_what_is_announced_has_a_day_where_a_report_names_one():
    """The first that lies ahead of the report."""
    one = story(
        "Envoy is coming",
        event="launch",
        day="2026-05-11",
        summary="The new Envoy will be available from 31 July 2026 in all plans.",
    )
    assert find_due_day(one) == date(2026, 7, 31)
    assert find_due_day(story("Envoy is coming", event="launch")) is None
