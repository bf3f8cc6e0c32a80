"""What carries an earlier story on: the same party and product, never likeness of words alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.cluster import find_parties, find_threads
from digest.model.story import EarlierStory, Story
from digest.period import Quarter
from digest.urls import canonical_url
from tests.factories import sample
from tests.factories.stories import story

Q2 = Quarter(2026, 4, "Europe/Rome")


def told(one: Story, edition: str = "2026-Q2") -> EarlierStory:
    """A story as an edition's data keep it."""
    item, tags = one.lead.item, one.tags
    return EarlierStory(
        *(one.id, edition, item.title, item.summary, item.url, item.published_or_seen),
        vendors=tags.vendors,
        parties=find_parties(one, tags.vendors),
        category=tags.category,
        event=tags.event,
    )


def earlier(title: str, summary: str = "", *, vendor: str = "Northvale", **more) -> EarlierStory:
    return told(story(title, summary=summary, vendors=[vendor], day="2026-05-11", **more))


def find(new: Story, *before: EarlierStory) -> list[str]:
    """The titles of the earlier stories that threads lead to."""
    return [thread.earlier.title for thread in find_threads([new], before).values()]


LAUNCH = earlier(
    "Introducing Quillmark: an agent for every letter",
    "Northvale previews Quillmark, which writes letters. It is to come in July.",
    event="launch",
)
JOINED = {
    "a product by its name": story(
        "Quillmark is here: meet your new colleague",
        summary="Northvale opens it to all plans.",
        vendors=["Northvale"],
        event="launch",
    ),
    "its price": story("Quillmark gets dearer in May", vendors=["Northvale"], event="pricing"),
    "told by somebody else": story(
        "Two customers sue over Quillmark", vendors=["Northvale"], event="other"
    ),
}
APART = {
    "another product of the vendor": story(
        "Northvale launches Harbour Maps", vendors=["Northvale"], event="launch"
    ),
    "the name at another vendor": story(
        "Brightlane launches Quillmark reports", vendors=["Brightlane"], event="launch"
    ),
    "a study of it": story(
        "Quillmark saves an hour a day, finds a study", vendors=["Northvale"], event="research"
    ),
    "made for it": story(
        "Northvale opens a school for Quillmark", vendors=["Northvale"], event="update"
    ),
    "an issue that lists it": story(
        "Quillmark opens, Harbour Maps closes, Tallow raises prices",
        vendors=["Northvale"],
        event="launch",
    ),
    "the vendor's name alone": story(
        "Northvale names a new partner", vendors=["Northvale"], event="update"
    ),
}


@pytest.mark.parametrize("case", JOINED)
def test_a_story_carries_on_what_was_told_of_its_product(case):
    """Whatever the words around the name, and whoever tells it."""
    assert find(JOINED[case], LAUNCH) == [LAUNCH.title]


@pytest.mark.parametrize("case", APART)
def test_likeness_joins_nothing(case):
    """A shared vendor is not enough, nor is a shared word."""
    assert find(APART[case], LAUNCH) == []


def test_a_later_version_goes_on_and_a_sibling_does_not():
    """Opus 5 carries on Opus 4.8; Gemini 3.5 Pro does not carry on Gemini 3.1 Flash."""
    opus = earlier("Introducing Crest Opus 4.8", event="launch")
    assert find(story("Introducing Crest Opus 5", vendors=["Northvale"], event="launch"), opus) == [
        opus.title
    ]
    flash = earlier("Gamma 3.1 Flash: speech for all", event="launch")
    pro = story("Northvale delays Gamma 3.5 Pro", vendors=["Northvale"], event="other")
    assert find(pro, flash) == []


def test_a_company_that_is_sold_carries_on_what_it_did():
    """For the company that is bought, not for the one that buys."""
    price = earlier("Quillmark raises prices by a fifth", vendor="Quillmark", event="pricing")
    other = earlier("Northvale opens an office", event="other")
    sold = story(
        "Northvale acquires Quillmark", vendors=["Northvale", "Quillmark"], event="acquisition"
    )
    assert find(sold, price, other) == [price.title]


def test_a_thing_without_a_name_needs_its_category_and_a_party_of_few_stories():
    """Two headlines share "ads" and "answers"; of a vendor with many stories that is chance."""
    test = earlier(
        "A test of ads in answers",
        "Some advertisers can buy placements within generated answers.",
        event="update",
        category="search-social-ads",
    )
    more = {"vendors": ["Northvale"], "summary": "Ads stand within answers.", "event": "launch"}
    new = story("Answer placements come to Germany", category="search-social-ads", **more)
    assert find(new, test) == [test.title]
    assert find(story("Answer placements come to Germany", category="crm", **more), test) == []
    many = [earlier(f"Northvale opens office number {n}", category="crm") for n in range(20)]
    assert find(new, test, *many) == []


def test_what_a_funded_company_ends_carries_its_funding_on():
    """Of a company that is known for little else; a round of a large vendor says nothing of a product."""
    money = earlier("Northvale raises $12 million", event="funding", category="crm")
    end = story("Northvale withdraws Quillmark", vendors=["Northvale"], event="shutdown")
    assert find(end, money) == [money.title]
    price = story("Northvale raises its prices", vendors=["Northvale"], event="pricing")
    assert find(price, money) == []
    many = [earlier(f"Northvale opens office number {n}", category="crm") for n in range(9)]
    assert find(end, money, *many) == []


def test_the_sample_s_threads():
    """By the reader's own labels: what is found is right, whichever of a thread's stories it is."""
    before, now = sample.decision(Q2), sample.decision()
    stories = [one for one in now.stories if one.tags.relevant]
    threads = find_threads(stories, [told(one) for one in before.stories if one.tags.relevant])
    names = {row["url"]: row["story"] for row in sample.EXPECTED["items"] if row["url"]}
    numbers = {
        name: number for number, row in enumerate(sample.EXPECTED["threads"]) for name in row
    }
    story_of = {canonical_url(url): name for url, name in names.items()}

    def get_threads(one: Story) -> set[int]:
        found = {story_of.get(member.item.url, "") for member in one.items}
        return {numbers[name] for name in found if name in numbers}

    of_story = {one.id: get_threads(one) for one in (*before.stories, *now.stories)}
    joined = {
        one.lead.item.title: of_story[one.id] & of_story[threads[one.lead.item.id].earlier.id]
        for one in stories
        if one.lead.item.id in threads and threads[one.lead.item.id].kind == "follow-up"
    }
    assert [title for title, shared in joined.items() if not shared] == []
    assert set().union(*joined.values()) >= {1, 2, 5, 7, 9, 10, 17, 22}


def test_time_does_not_run_backwards():
    """An earlier story without a day of its own is as good as any; the order shows nothing."""
    again = earlier("Quillmark opens a preview", event="launch")
    new = story("Quillmark is here", vendors=["Northvale"], event="launch")
    assert find(new, LAUNCH, again) == find(new, again, LAUNCH)
    assert datetime(2026, 5, 11, tzinfo=UTC) == LAUNCH.published
