"""Items as data."""

import json
from dataclasses import replace

from digest.edition.rows import iter_item_rows
from digest.model.reasons import LeftOut, LeftOutReason
from tests.factories.items import item, story, tagged

BELOW = LeftOut(LeftOutReason.BELOW_FLOOR, {"score": 1, "floor": 2})

FIELDS = {
    "id",
    "url",
    "link",
    "title",
    "source",
    "tier",
    "published",
    "dated_by",
    "first_seen",
    "language",
    "summary",
    "relevant",
    "category",
    "also",
    "ai",
    "evidence",
    "event",
    "vendors",
    "points",
    "why",
    "confidence",
    "unsure",
    "story",
    "letter",
    "in_edition",
    "reason",
    "also_from",
}


def test_rows_have_the_documented_fields_in_the_order_of_time():
    """One object an item, JSON all through."""
    stories = [story(tagged(5), tagged(2)), story(tagged(3))]
    made = list(iter_item_rows(stories, {stories[0].id}, {stories[1].id: BELOW}))
    assert [row["id"] for row in made] == [item(n).id for n in (2, 3, 5)]
    assert all(set(row) == FIELDS for row in made)
    assert json.loads(json.dumps(made)) == made


def test_in_or_out_has_a_reason():
    """Items of a story share its fate."""
    stories = [story(tagged(5), tagged(2)), story(tagged(3))]
    made = {
        row["id"]: row for row in iter_item_rows(stories, {stories[0].id}, {stories[1].id: BELOW})
    }
    assert made[item(2).id]["in_edition"] is True
    assert made[item(2).id]["story"] == made[item(5).id]["story"]
    assert (made[item(3).id]["in_edition"], made[item(3).id]["reason"]) == (
        False,
        "score 1 is below the floor of 2",
    )


def test_an_undated_item_says_so():
    """published is null, dated_by tells."""
    member = tagged(1)
    member = replace(member, item=replace(member.item, published=None))
    row = next(iter_item_rows([story(member)], set(), {}))
    assert (row["published"], row["dated_by"]) == (None, "first_seen")


def test_a_page_that_several_sources_list_is_one_row():
    """The publisher's own before the newsletter's; the other is named."""
    own, letter = tagged(1), tagged(2)
    letter = replace(
        letter,
        item=replace(letter.item, url=own.item.url, tier="newsletter", source_name="The Weekly"),
    )
    made = list(iter_item_rows([story(own, letter)], set(), {}))
    assert [row["id"] for row in made] == [own.item.id]
    assert made[0]["also_from"] == [
        {"id": letter.item.id, "source": "The Weekly", "link": letter.item.link}
    ]
