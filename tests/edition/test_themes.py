"""Themes of the quarter: their stories, titles and figures."""

from dataclasses import replace
from datetime import date

import pytest

from digest.cluster.names import read_data_file
from digest.edition.quarter import QuarterView
from digest.edition.theme_titles import TOPIC_NAMES
from digest.edition.themes import MAX_MORE, MAX_THEMES, find_themes
from digest.model.edition import Sentence, Theme, ThemeFigure
from digest.model.stack import Product, Stack
from digest.model.story import Story, StoryTheme
from tests.factories.stories import story, tell


def find(
    *stories: Story, chosen=(), topics=(("ai-answers", "clicks"),), figures=(), silent=()
) -> tuple[Theme, ...]:
    """The themes of stories that come best first, all of them in each.

    Each has two sentences, but for those that are `silent`.
    """
    groups = [StoryTheme(names, tuple(sorted(one.id for one in stories))) for names in topics]
    return find_in(stories, groups, chosen, figures, silent)


def find_in(stories, groups, chosen=None, figures=(), silent=(), stack=None) -> tuple[Theme, ...]:
    """The themes of these groups; all stories are chosen where nothing else is said."""
    chosen = list(stories if chosen is None else chosen)
    view = QuarterView(
        stack or Stack(), chosen, stories, {}, tell, date(2026, 9, 30), themes=groups
    )

    def summarize(one: Story) -> list[Sentence]:
        texts = [] if one in silent else [f"{one.id} is the first.", f"{one.id} has a second."]
        return [Sentence(text, "The Paper", "https://paper.example") for text in texts]

    return find_themes(view, lambda _: tuple(figures), summarize)


def make_three(*titles: str, **more) -> list[Story]:
    """Stories of these titles, filled up to three."""
    filled = [*titles, *(f"Something {n}" for n in range(3 - len(titles)))]
    return [story(title, **more) for title in filled]


def test_told_stories_come_in_order_of_time_and_the_best_others_after_them():
    late = story("AI search takes 9% of visits", day="2026-09-01")
    early = story("AI search grows", day="2026-07-01")
    others = [story(f"More {n}", day=f"2026-08-{20 - n}") for n in range(MAX_MORE + 2)]
    (theme,) = find(late, early, *others, chosen=[late, early])
    assert theme.stories == (early.id, late.id)
    assert [ref.title for ref in theme.more] == ["More 3", "More 2", "More 1", "More 0"]
    assert theme.slug == "ai-answers-clicks"


def test_no_sentence_stands_twice():
    """Of a story that the briefing tells a theme adds the next one, of another the first."""
    told, other, third = make_three()
    (theme,) = find(told, other, third, chosen=[told])
    assert [one.text for one in theme.told[told.id]] == [f"{told.id} has a second."]
    assert [one.text for one in theme.told[other.id]] == [f"{other.id} is the first."]


@pytest.mark.parametrize(
    ("titles", "more", "topics", "title"),
    [
        (
            ["AI search isn’t replacing Google", "A drop in search after chat grew"],
            {"event": "research"},
            ("ai-answers", "clicks"),
            (
                "clicks and AI answers: 3 stories, and accounts differ on whether AI takes the place of search"
            ),
        ),
        (
            ["AI names 96% of brands, new study finds", "Why brands vanish"],
            {"event": "research"},
            ("visibility",),
            ("visibility in search and AI answers: 3 studies, among them “AI names 96% of brands”"),
        ),
        (
            ["Bids move"],
            {"summary": "From 1 September 2026, Acme moves all bids to targets."},
            ("bidding",),
            "bidding: 3 updates, with a change in effect from 1 September 2026",
        ),
        (
            ["Lantern could miss its $9 billion target"],
            {"event": "other"},
            ("Lantern", "ads"),
            "ads at Lantern: 3 stories, among them “Lantern could miss its $9 billion target”",
        ),
        (["Ads in chat"], {}, ("Lantern in crm", "ads"), "ads at Lantern: 3 updates"),
        (
            ["Ads in chat"],
            {"event": "other"},
            ("assistant", "ads"),
            "ads and AI assistants: 3 stories from 1 sources",
        ),
    ],
)
def test_the_title_is_made_of_the_stories_facts(titles, more, topics, title):
    """A dispute, findings of studies, dates, a figure, else counts; never a headline alone."""
    stories = make_three(*titles, **more)
    (theme,) = find(*stories, chosen=stories, topics=[topics])
    assert theme.title == title
    assert theme.language == ""


RANKMETER = Stack((Product("Rankmeter", ("seo",)),))


@pytest.mark.parametrize(
    ("titles", "stack", "finding"),
    [
        (
            ["AI names 96% of brands", "AI figures are mostly noise"],
            Stack(),
            "“AI figures are mostly noise”",
        ),
        (
            ["AI names 96% of brands"],
            RANKMETER,
            "“AI names 96% of brands”, says Rankmeter, a vendor of ours",
        ),
        (["AI names 96% of brands"], Stack(), "“AI names 96% of brands”"),
    ],
    ids=["a study that doubts the others", "a vendor of ours", "a vendor of others"],
)
def test_a_title_says_whose_study_it_quotes(titles, stack, finding):
    """No figure stands in the title that a study of the same theme calls noise."""
    more = {"event": "research", "source": "Rankmeter", "vendors": ("Rankmeter",)}
    stories = make_three(*titles, **more)
    groups = [StoryTheme(("visibility",), tuple(sorted(one.id for one in stories)))]
    (theme,) = find_in(stories, groups, stack=stack)
    assert theme.title == (f"visibility in search and AI answers: 3 studies, among them {finding}")


def test_the_study_of_nobody_of_ours_goes_first():
    own = story(
        "AI names 96% of brands", event="research", source="Rankmeter", vendors=["Rankmeter"]
    )
    stories = [own, *make_three("AI names 40% of brands", event="research")]
    groups = [StoryTheme(("visibility",), tuple(sorted(one.id for one in stories)))]
    (theme,) = find_in(stories, groups, stack=RANKMETER)
    assert theme.title.endswith("“AI names 40% of brands”")


def test_counts_are_told_of_all_or_as_a_part():
    """Where the counts leave stories out the title says of how many they are."""
    day = {"summary": "From 1 September 2026, Acme moves all bids to targets."}
    stories = [story("One", **day), story("Two", event="launch"), story("Three", event="other")]
    (theme,) = find(*stories, chosen=stories, topics=[("bidding",)])
    assert theme.title == "bidding: 3 stories, with a change in effect from 1 September 2026"


def write(title: str, language: str, **more) -> Story:
    """A story that a paper of this language tells."""
    made = story(title, **more)
    lead = replace(made.lead, item=replace(made.lead.item, language=language))
    return replace(made, items=(lead,), lead=lead)


@pytest.mark.parametrize(
    ("other", "members"),
    [
        (write("Orla öffnet", "de", vendors=["Orla"], event="launch", day="2026-08-12"), 3),
        (write("Orla öffnet", "de", vendors=["Orla"], event="launch", day="2026-08-22"), 4),
        (write("Orla is open", "en", vendors=["Orla"], event="launch", day="2026-08-12"), 4),
        (write("Orla ist aus", "de", vendors=["Orla"], event="incident", day="2026-08-12"), 4),
        (write("Quillon öffnet", "de", vendors=["Quillon"], event="launch", day="2026-08-12"), 4),
        (write("Orla is open", "en", vendors=["Orla"], event="launch", source="Ad Ledger"), 3),
    ],
    ids=[
        "the same days",
        "later",
        "one language",
        "another event",
        "another vendor",
        "another paper on the day",
    ],
)
def test_what_papers_of_two_languages_tell_counts_once(other, members):
    stories = [write("Orla opens", "en", vendors=["Orla"]), *make_three()[:2], other]
    (theme,) = find(*stories, chosen=stories)
    assert len(theme.stories) == members


def test_of_one_event_the_story_with_a_sentence_stands():
    bare = write("Orla opens", "en", vendors=["Orla"])
    told = write("Orla öffnet", "de", vendors=["Orla"])
    first, second = make_three()[:2]
    (theme,) = find(bare, told, first, second, chosen=[first], silent=[bare])
    assert {ref.id for ref in theme.more} == {told.id, second.id}


def test_a_deal_counts_once():
    deals = [
        story(title, vendors=["Brannock", "Quillon"], event="acquisition")
        for title in ("Brannock buys Quillon", "What the deal means")
    ]
    (theme,) = find(*deals, story("A"), story("B"), chosen=deals[:1])
    assert len(theme.stories) + len(theme.more) == 3


def test_a_place_is_named_once():
    stories = make_three(event="other")
    (theme,) = find(*stories, chosen=stories, topics=[("ai-answers", "visibility")])
    assert theme.title.startswith("visibility in search and AI answers: ")


def test_opposite_accounts_stand_side_by_side():
    stories = make_three("AI search isn’t replacing Google", "A drop in search after chat grew")
    (theme,) = find(*stories, chosen=stories)
    assert theme.dispute is not None
    assert [[one.text for one in side] for side in theme.dispute.sides] == [
        ["A drop in search after chat grew"],
        ["AI search isn’t replacing Google"],
    ]


def test_accounts_of_one_mind_are_no_dispute():
    stories = make_three("AI search isn’t replacing Google", "Chat is not replacing search")
    (theme,) = find(*stories, chosen=stories)
    assert theme.dispute is None


@pytest.mark.parametrize(
    "title",
    ["AI answers are becoming the default", "A drop in search over the holidays"],
)
def test_what_is_no_opposite_stands_on_no_side(title):
    """That AI grows, or that search falls for any reason, does not say that one takes the other's
    place."""
    stories = make_three("AI search isn’t replacing Google", title)
    (theme,) = find(*stories, chosen=stories)
    assert theme.dispute is None


def test_a_theme_of_which_nothing_is_told_is_left_to_the_register():
    assert find(story("One"), story("Two"), story("Three")) == ()


@pytest.mark.parametrize(
    ("number", "silent", "themes"),
    [(3, 0, 1), (2, 0, 0), (3, 1, 1), (3, 2, 0), (3, 3, 0), (4, 2, 1), (5, 3, 0)],
)
def test_a_theme_has_three_stories_and_two_sentences(number, silent, themes):
    stories = [story(f"Something {n}") for n in range(number)]
    assert len(find(*stories, chosen=stories, silent=stories[:silent])) == themes


def test_at_most_six_themes():
    groups = [make_three() for _ in range(MAX_THEMES + 3)]
    stories = [one for group in groups for one in group]
    themes = [
        StoryTheme((f"topic {n}",), tuple(one.id for one in group))
        for n, group in enumerate(groups)
    ]
    assert len(find_in(stories, themes)) == MAX_THEMES
    assert len(find_in(stories, [themes[0], *themes[:2]])) == 2  # what was told is not told again


def test_a_theme_of_forced_changes_has_them_all_and_nothing_else():
    """What must be followed or holds by a day is there once, whatever words it is told in."""
    must = story("Acme requires a new key", vendors=["Acme"])
    dated = story(
        "Acme moves its bids", vendors=["Acme"], summary="From 1 September 2026, Acme moves bids."
    )
    again = story(
        "A change of bids", vendors=["Acme"], summary="From 1 September 2026, Acme moves its bids."
    )
    offer = story("Acme ships version 9", vendors=["Acme"], summary="To use it you must upgrade.")
    other = story("Bolt requires a new key", vendors=["Bolt"])
    third = story("Acme removes its old reports", vendors=["Acme"])
    group = StoryTheme(("Acme", "forced-change"), (must.id, offer.id, third.id))
    (theme,) = find_in([must, dated, again, offer, other, third], [group])
    assert set(theme.stories) == {must.id, dated.id, third.id}


def test_what_repeats_a_told_story_gives_way_to_it():
    """The same vendor's same sum is told once, where the briefing tells it."""
    told = story("Acme misses its $9 billion goal", event="results", vendors=["Acme"])
    again = story("A $9 billion goal out of reach", event="results", vendors=["Acme"])
    others = [story("Ads in chat", vendors=["Acme"]), story("Ads in maps", vendors=["Acme"])]
    group = StoryTheme(("Acme", "ads"), tuple(one.id for one in (again, *others)))
    (theme,) = find_in([told, *others, again], [group], chosen=[told, *others])
    assert told.id in theme.stories
    assert theme.more == ()


def test_figures_have_a_unit():
    quote = Sentence("Answers appear on 31% of searches.", "The Paper", "https://paper.example")
    figures = (ThemeFigure(31.0, "The Paper", quote), ThemeFigure(12.0, "Ad Ledger", quote))
    stories = make_three()
    assert find(*stories, chosen=stories, figures=figures)[0].unit == "%"
    assert find(*stories, chosen=stories)[0].unit == ""


def test_names_without_a_latin_letter_have_a_place():
    """Themes of two such vendors must not share an anchor."""
    stories = [story("广告 一"), story("广告 二"), story("广告 三")]
    found = find(*stories, chosen=stories, topics=(("甲", "ads"),))
    assert found[0].slug.endswith("-ads")
    assert found[0].slug != "-ads"


def test_every_topic_has_a_name():
    """A title in the codes of the topic list would be read by nobody."""
    lines = read_data_file("topics.tsv").splitlines()
    assert {line.split("\t")[1] for line in lines} <= TOPIC_NAMES.keys()
