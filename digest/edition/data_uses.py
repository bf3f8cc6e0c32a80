"""What makers of our products do with the data of their customers, as the quarter told it."""

from __future__ import annotations

from digest.edition.consequence_case import tells_of_our_data
from digest.edition.quarter import QuarterView
from digest.model.story import Story


def list_data_uses(quarter: QuarterView) -> list[Story]:
    """Return the stories in which a product of ours uses its customers' data, the best first.

    Those that may be no news of the field are among them.
    """
    return [
        story
        for story in (*quarter.stories, *quarter.doubtful)
        if quarter.get_closest_relation(story).kind == "product" and tells_of_our_data(story)
    ]
