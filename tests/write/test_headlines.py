"""The headline of a story: the clearest title of its sources, cleaned."""

from __future__ import annotations

import pytest

from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.write.headlines import choose_headline, clean_title, find_headline
from tests.write.items import item, story

TITLES = {
    "Northvale opens its data hub - Trade Weekly": "Northvale opens its data hub",
    "Northvale opens its data hub | TradeWeekly.example": "Northvale opens its data hub",
    "Northvale opens its data hub via @tradeweekly, @someone": "Northvale opens its data hub",
    "Northvale opens its data hub (5 minute read)": "Northvale opens its data hub",
    "Northvale opens its data hub (Tool)": "Northvale opens its data hub",
    "Northvale opens its data hub (Chrome Extension)": "Northvale opens its data hub",
    "Northvale opens its data hub (GitHub Repo)": "Northvale opens its data hub",
    "Exclusive: Northvale opens its data hub": "Northvale opens its data hub",
    "Northvale opens its data hub – Here's Why": "Northvale opens its data hub",
    "Northvale opens its data hub, and why it matters more than you think": (
        "Northvale opens its data hub"
    ),
    "Northvale opens its data hub 🚀🔥": "Northvale opens its data hub",
    "Data hub ☀️, new fees 🤖, a merger 🛑": "Data hub, new fees, a merger",
    "Northvale opens its data hub!!!": "Northvale opens its data hub",
    "Northvale opens its **data hub**": "Northvale opens its data hub",
    "Northvale\\'s data hub opens to all": "Northvale's data hub opens to all",
    "观察｜北谷开放数据平台": "北谷开放数据平台",
    "北谷开放数据平台｜最前线": "北谷开放数据平台",
    "Search - a field guide to answers": "Search - a field guide to answers",
    "The A-B test is dead": "The A-B test is dead",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_are_cleaned(title):
    """Frames, notes, bait and emoji go; the words stay."""
    assert clean_title(item(title)) == TITLES[title]


def test_shouting_is_quietened_with_the_casing_of_the_summary():
    """Names keep the form that the summary gives them."""
    loud = item("NORTHVALE OPENS ITS DATA HUB TO ALL", "The Northvale data hub opens in the EU.")
    assert clean_title(loud) == "Northvale opens its data hub to all"


def test_the_clearest_title_is_taken():
    """A plain statement that names the vendor comes before a question and before a cut title."""
    unclear = item("Is this the end of the tag manager?", key="a", source_name="A")
    cut = item("Northvale retires its tag manager and moves everybo…", key="b", source_name="B")
    clear = item("Northvale retires its tag manager in October", key="c", source_name="C")
    assert choose_headline(story(unclear, cut, clear)) == (
        "Northvale retires its tag manager in October",
        "en",
    )


def test_a_headline_comes_with_the_report_that_has_it():
    """Its source and address stand beside it, and not those of the story's lead."""
    lead = item("Is this the end of the tag manager?", key="a", source_name="A")
    clear = item("Northvale retires its tag manager in October", key="c", source_name="C")
    assert find_headline(story(lead, clear)).item == clear


def test_the_wanted_language_is_preferred_then_the_common_one():
    """A headline in the configured language, where an item has one."""
    german = item("Northvale öffnet seinen Datendienst", key="a", language="de")
    also_german = item("Northvale: Datendienst für alle", key="b", language="de")
    english = item("Northvale opens its data hub", key="c")
    assert choose_headline(story(german, english))[1] == "en"
    assert choose_headline(story(german, english), "de")[1] == "de"
    assert choose_headline(story(german, also_german, english), "it")[1] == "de"


def test_a_long_title_is_cut_at_a_word():
    """Never within a word."""
    title, _ = choose_headline(story(item("Northvale " + "announcement " * 30)))
    assert len(title) <= 160
    assert title.endswith("announcement…")


def test_a_title_can_come_from_the_summary():
    """An item without a title is named by its first sentence."""
    assert (
        choose_headline(story(item("", "Northvale opens its hub. More soon.")))[0]
        == "Northvale opens its hub."
    )


def test_the_headline_is_a_relevant_item_s():
    """A member that is not relevant lends no title."""
    told_well = item("Northvale retires its tag manager in October", key="a")
    aside = item("Northvale retires its tag manager: 12 things that it means", key="b")
    irrelevant = Tags(False, None, (), "none", None, "other", ("Northvale",))
    members = (
        TaggedItem(told_well, Tags(True, "cdp", (), "none", None, "opinion", ())),
        TaggedItem(aside, irrelevant),
    )
    assert choose_headline(Story("s", members, members[1]))[0] == told_well.title


@pytest.mark.parametrize(
    ("title", "summary", "headline"),
    [
        (
            "Orla Released Three New Mix",
            "Orla introduced Mix 3 for shops, Mix Lite for tills, and Mix Pro for offices. More.",
            "Orla introduced Mix 3 for shops, Mix Lite for tills, and Mix Pro for offices",
        ),
        ("Orla opens its", "Orla opens its doors to shops of all sizes. More.", None),
        ("Orla Released Three New Mix", "Shops get three new boxes from today on. More.", ""),
        ("Orla releases three new mixers", "Orla introduced three mixers for shops.", ""),
        ("What shops wait for", "What shops wait for is a mixer that works.", ""),
    ],
    ids=["a noun is cut", "an end is cut", "about something else", "whole", "a preposition"],
)
def test_a_headline_that_breaks_off_gives_way_to_a_sentence(title, summary, headline):
    """Only to one that begins like it; the words stay the source's own."""
    found = choose_headline(story(item(title, summary)))[0]
    expected = title if headline == "" else headline or summary.split(". ")[0]
    assert found == expected
