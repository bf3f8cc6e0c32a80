"""Stories about one thing, found among a quarter's stories."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cluster import find_topics, group_themes
from digest.cluster.themes import MIN_PUBLISHERS, MIN_STORIES
from digest.model.story import Story
from tests.factories.stories import story

PUBLISHERS = ("The Paper", "Trade Weekly", "Ad Ledger")


def tell(*titles: str, **more) -> list[Story]:
    """A story for each title, by publishers in turn."""
    return [
        story(title, source=PUBLISHERS[n % len(PUBLISHERS)], **more)
        for n, title in enumerate(titles)
    ]


FILLER = tell(*(f"Vendor number {n} changes colour {n}" for n in range(30)), vendors=())

ONE_THING = {
    "a matter in a place, said in different words": (
        "AI search sends fewer clicks to shops",
        "Publishers count lost traffic from AI overviews",
        "Visits from answer engines fall short, a study finds",
    ),
    "a subject that is narrow enough": (
        "Regulator asks for labels on synthetic ads",
        "Fernway discloses which pictures a machine made",
        "A watermark for every generated film",
    ),
    "in four languages": (
        "Ads in AI answers open to all",
        "Werbung in KI-Antworten startet",
        "Annunci nelle risposte AI",
        "Advertising in generated answers under review",
    ),
    "agents that order": (
        "Shop lets AI agents check out",
        "Agents place one order in fifty",
        "Agentic commerce gets a standard",
    ),
}


@pytest.mark.parametrize("titles", ONE_THING.values(), ids=ONE_THING)
def test_stories_about_one_thing_are_a_theme(titles):
    members = tell(*titles)
    (theme,) = group_themes([*FILLER, *members])
    assert set(theme.stories) == {one.id for one in members}


def test_a_vendor_and_what_it_does_are_a_theme():
    """Of a vendor's stories those that are about the matter."""
    members = tell(
        "Ads in Orla open to small firms",
        "Orla ads miss their goal",
        "What an advertiser learned from Orla",
        vendors=["Orla"],
    )
    others = tell("Orla opens an office", "Orla has a new logo", vendors=["Orla"])
    (theme,) = group_themes([*FILLER, *members, *others])
    assert theme.topics == ("Orla", "ads")
    assert set(theme.stories) == {one.id for one in members}


def test_a_takeover_is_told_from_offer_to_close():
    members = tell(
        "Brannock to buy Quillon",
        "Office clears the Quillon deal",
        "Quillon is part of Brannock now",
        vendors=["Quillon", "Brannock"],
        event="acquisition",
    )
    (theme,) = group_themes([*FILLER, *members])
    assert set(theme.stories) == {one.id for one in members}


NO_THEME = {
    "one publisher alone": [
        story(title, source="The Paper") for title in ONE_THING["agents that order"]
    ],
    "two stories": tell(*ONE_THING["agents that order"][:2]),
    "words that two share by chance": tell(
        "Fernway replaces its founder", "Nothing replaces a good lunch", "A founder's lunch"
    ),
    "a vendor alone": tell(
        "Orla opens an office", "Orla has a new logo", "Orla moves house", vendors=["Orla"]
    ),
}


@pytest.mark.parametrize("members", NO_THEME.values(), ids=NO_THEME)
def test_what_is_no_theme(members):
    assert group_themes([*FILLER, *members]) == ()


OTHER_SENSES = {
    "a weakness is disclosed": ("label", "Attackers use shop flaw hours after disclosure"),
    "a label on food": ("label", "Clean-label snacks made by AI chefs"),
    "a label in a second headline": ("label", "Office writes to Orla; AI pictures need labels"),
    "measures that an office takes": ("measurement", "Office takes measures against scams"),
    "a bid for a company": ("bidding", "Brannock's bid for Quillon fails"),
    "rivals without a law": ("competition-law", "Orla overtakes its rivals"),
    "a minor change": ("minors", "A minor release of Orla"),
    "a business model": ("models", "Orla changes its business model"),
    "the price of a share": ("prices", "Orla's share price falls"),
    "an office's review": ("reviews", "Office reviews the deal"),
    "what a brand says": ("messaging", "Brand messaging that works"),
    "a call for something": ("voice", "Publisher calls for rules"),
    "the role of something": ("jobs", "The role of data in marketing"),
    "customers who stay": ("data-access", "Customer retention in hard times"),
    "publicity": ("ads", "Publicity for a good cause"),
    "a tariff on goods": ("prices", "Tariffs on steel come back"),
}
ONE_SENSE = (
    ("label", "Wasserzeichen in KI-Texten"),
    ("label", "AI生成コンテンツに表示義務"),
    ("label", "Gli annunci fatti con AI vanno etichettati"),
    ("measurement", "How to measure incremental sales"),
    ("bidding", "Smart bidding for all"),
    ("competition-law", "Office wants search data shared with rivals"),
    ("prices", "Le tariffe di Orla salgono"),
    ("reviews", "Fake reviews cost shops a fine"),
    ("consent", "Verstoß gegen den Datenschutz"),
    ("crawling", "How to opt out of AI training"),
)


@pytest.mark.parametrize(("topic", "title"), OTHER_SENSES.values(), ids=OTHER_SENSES)
def test_a_word_in_another_sense_names_no_topic(topic, title):
    names = {found.name for found in find_topics(story(title))}
    assert topic not in names


@pytest.mark.parametrize(("topic", "title"), ONE_SENSE)
def test_a_topic_is_named_in_its_sense(topic, title):
    names = {found.name for found in find_topics(story(title))}
    assert topic in names


@pytest.mark.parametrize(
    ("title", "more", "topics"),
    [
        ("Labels on AI ads, Agents that shop, Teens on Orla", {}, set()),
        (
            "ai labels hurt sales \U0001f4c9, proof first \U0001f4e2, video tips \U0001f933",
            {},
            set(),
        ),
        ("Labels on AI ads", {}, {"label", "ads"}),
        ("Labels on AI ads leak data", {"event": "incident"}, {"ads"}),
        ("Orla fined", {"event": "regulation", "vendors": ["Orla"]}, {"regulation", "Orla"}),
        ("Office writes to all", {"event": "regulation", "vendors": ["Orla"]}, {"regulation"}),
        ("Faster now", {"vendors": ["Orla", "Quillon"], "source": "Quillon Blog"}, {"Quillon"}),
        ("Faster now", {"vendors": ["Orla", "Quillon"]}, {"Orla"}),
    ],
)
def test_a_story_is_about_what_it_says_of_itself(title, more, topics):
    """An issue is about nothing, an incident about no rule, and who is only named does not act."""
    found = find_topics(story(title, category=None, **more))
    assert {topic.name for topic in found} == topics


def test_the_first_sentence_says_what_a_story_is_about():
    first = "Orla opens its doors to shops of every size and in every country."
    one = story("Orla is open", summary=f"{first} It also has ads.")
    assert {topic.name for topic in find_topics(one)} == {"commerce"}


def test_what_half_of_the_quarter_is_about_is_no_theme():
    """A bag of everything about one vendor and one common word says nothing."""
    many = tell(*(f"Orla ads, part {n}" for n in range(20)), vendors=["Orla"])
    assert group_themes([*FILLER, *many]) == ()


def test_what_weighs_more_comes_first():
    light = tell(*ONE_THING["agents that order"])
    heavy = tell(*ONE_THING["a subject that is narrow enough"])
    scores = {one.id: 4.0 for one in heavy} | {one.id: 0.5 for one in light}
    first, second = group_themes([*light, *FILLER, *heavy], scores)
    assert set(first.stories) == {one.id for one in heavy}
    assert set(second.stories) == {one.id for one in light}


def test_a_changed_title_changes_the_theme():
    """What was judged before is not remembered by the story's id."""
    members = tell(*ONE_THING["agents that order"])
    assert len(group_themes([*FILLER, *members])) == 1
    lead = members[0].lead
    changed = replace(lead, item=replace(lead.item, title="A walk in the park"))
    members[0] = replace(members[0], items=(changed,), lead=changed)
    assert group_themes([*FILLER, *members]) == ()


WORDS = st.sampled_from(
    "ads,AI search,clicks,label,agents,checkout,prices,crawler,cookie walls,bidding,video".split(
        ","
    )
)
STORIES = st.lists(
    st.builds(
        lambda words, publisher, vendors: story(" ".join(words), source=publisher, vendors=vendors),
        st.lists(WORDS, min_size=1, max_size=3),
        st.sampled_from(PUBLISHERS),
        st.lists(st.sampled_from(("Orla", "Quillon")), max_size=1),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(STORIES, st.randoms(use_true_random=False))
def test_themes_depend_on_the_set_of_stories_alone(stories, chance: random.Random):
    themes = group_themes(stories)
    shuffled = list(stories)
    chance.shuffle(shuffled)
    assert group_themes(shuffled) == themes
    by_id = {one.id: one for one in stories}
    seen: set[str] = set()
    for theme in themes:
        publishers = {by_id[member].lead.item.source_name for member in theme.stories}
        assert len(theme.stories) >= MIN_STORIES
        assert len(publishers) >= MIN_PUBLISHERS
        assert len(seen.intersection(theme.stories)) < len(theme.stories) / 2
        seen.update(theme.stories)
