"""What goes where in the briefing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import EditionContext, StoryText, compose_edition, count_quarter
from digest.edition.compose import arrange_sections, select_first_five
from digest.model.edition import (
    Edition,
    EditionStory,
    Provenance,
    RuleEntry,
    Sentence,
    StoryRef,
    Theme,
)
from digest.model.sections import STORY_SECTIONS, choose_section
from digest.model.stack import Relation
from digest.model.story import RankedStory
from digest.model.tags import EVENTS
from digest.period import Quarter
from tests.factories.items import NOW, story, tagged

CONTEXT = EditionContext(
    quarter=Quarter(2026, 7),
    as_of=NOW,
    language="en",
    title="Digest",
    organisation="Acme",
    generated_from=Provenance("0.1", "c", "a"),
    coverage=(),
    counts=count_quarter([], [], 0),
    counts_before=None,
    left_out={},
    quality={},
)


def make_text(n: int, **more) -> StoryText:
    ranked = RankedStory(story(tagged(n, **more)), 10.0 - n, {"event": 10.0 - n})
    summary = (Sentence(f"Sentence {n}.", "Acme News", "https://x.example"),)
    return StoryText(ranked=ranked, title=f"Title {n}", language="en", summary=summary)


def compose(*stories: StoryText, **changes) -> Edition:
    return compose_edition(stories, replace(CONTEXT, **changes))


def compose_stories(*stories: StoryText) -> list[EditionStory]:
    return list(compose(*stories).stories)


@pytest.mark.parametrize(
    ("event", "ai", "place"),
    [
        ("regulation", "core", "rules"),
        ("acquisition", "core", "deals"),
        ("funding", "none", "deals"),
        ("pricing", "none", "deals"),
        ("shutdown", "none", "deals"),
        ("incident", "none", "deals"),
        ("launch", "core", "categories"),
        ("launch", "applied", "categories"),
        ("update", "none", "categories"),
    ],
)
def test_what_happened_decides_the_section(event, ai, place):
    """Rules and deals first, then AI as the subject, then the category."""
    assert choose_section(compose_stories(make_text(1, event=event, ai=ai))[0]) == place


@given(
    st.lists(
        st.tuples(
            st.sampled_from(EVENTS), st.sampled_from(["core", "none"]), st.sampled_from("abc")
        ),
        max_size=30,
    )
)
def test_every_story_stands_in_exactly_one_section(rows):
    """None is lost between the sections, none is printed twice."""
    stories = [
        make_text(n, event=event, ai=ai, vendors=(vendor,))
        for n, (event, ai, vendor) in enumerate(rows)
    ]
    edition = compose(*stories)
    ids = [one.id for one in edition.stories]
    assert len(ids) == len(set(ids)) == len(rows)
    assert set(ids) == {one.ranked.story.id for one in stories}


def test_the_five_are_the_best_of_each_theme():
    """A vendor that made the quarter stands there as often as it did; a theme stands there once."""
    stories = compose_stories(*(make_text(n, vendors=("Giant",)) for n in range(9)))
    ordered = sorted(stories, key=lambda one: -one.score)
    ids = [one.id for one in ordered]
    assert select_first_five(ordered) == ordered[:5]
    themes = {ids[0]: "ads", ids[1]: "ads", ids[2]: "ads", ids[4]: "law", ids[5]: "law"}
    five = select_first_five(ordered, theme_of=themes)
    assert [ids.index(one.id) for one in five] == [0, 3, 4, 6, 7]
    assert ids.index(select_first_five(ordered, [ids[1]], themes)[0].id) == 1


def test_page_one_prefers_the_editions_language_and_news_of_our_products():
    """What its reader may not be able to read comes after what ranks half a point lower."""
    (made,) = compose_stories(make_text(1))
    product = Relation("product", ("Sender",), "Acme")
    goal = Relation("gap", (), "Acme", "email-marketing", "Be read")
    rows = {
        "foreign": ("ja", 2.0, None),
        "best": ("en", 1.8, None),
        "great": ("ja", 2.6, None),
        "own": ("en", 1.2, product),
        "goal": ("en", 1.4, goal),
        "own abroad": ("it", 1.68, product),
        "rest": ("en", 1.45, None),
    }
    stories = [
        replace(made, id=name, language=language, score=score, relation=relation)
        for name, (language, score, relation) in rows.items()
    ]
    five = [one.id for one in select_first_five(stories, language="en")]
    assert five == ["great", "best", "own", "own abroad", "goal"]
    alone = [one for one in stories if one.id == "foreign"]
    assert select_first_five(alone, language="en") == alone


def test_what_follows_for_the_company_goes_first_on_page_one():
    """Before what ranks a little higher, and not before what ranks far higher."""
    (made,) = compose_stories(make_text(1))
    scores = {"first": 3.0, "second": 1.8, "third": 1.7, "own": 1.5, "far": 0.5, "far own": 0.4}
    stories = [
        replace(made, id=name, score=score, why_it_matters=("We run it.",) * name.endswith("own"))
        for name, score in scores.items()
    ]
    five = [one.id for one in select_first_five(stories)]
    assert five == ["first", "own", "second", "third", "far own"]
    rule = [replace(one, event="regulation") if one.id == "second" else one for one in stories]
    # A rule that asks nothing gives way to what has nothing to ask, too, and ranks below it.
    assert [one.id for one in select_first_five(rule)] == [
        "first",
        "own",
        "third",
        "far own",
        "second",
    ]


def test_page_one_tells_one_rule_once():
    texts = [make_text(n, event="regulation") for n in range(1, 8)]
    first, second = (
        StoryRef(text.ranked.story.id, "A law", "en", "", "The Paper", NOW, None, None)
        for text in texts[:2]
    )
    edition = compose(*texts, rules=(RuleEntry(story=first, kind="in force", also=(second,)),))
    five = next(section for section in edition.sections if section.slug == "five")
    ids = [story.id for story in five.stories]
    assert first.id in ids
    assert second.id not in ids


def test_separate_changes_of_one_theme_stand_beside_each_other_in_five():
    """They repeat nothing, as stories of another theme do."""
    texts = [make_text(n) for n in range(1, 12)]
    ids = [text.ranked.story.id for text in texts]
    theme = Theme(slug="ads", title="Ads", language="en", stories=tuple(ids))

    def list_five(theme: Theme) -> set[str]:
        sections = compose(*texts, themes=(theme, make_theme(*ids[:3], slug="c-d"))).sections
        (five,) = [section for section in sections if section.slug == "five"]
        return {story.id for story in five.stories}

    assert list_five(replace(theme, distinct=True)) == set(ids[:5])


def test_the_five_are_filled_up_when_variety_runs_out():
    """Five of one theme are better than one."""
    stories = compose_stories(*(make_text(n) for n in range(7)))
    assert len(select_first_five(stories, theme_of={one.id: "ads" for one in stories})) == 5


def test_sections_point_to_the_five_that_belong_to_them():
    """A reader of Rules finds the rule that page one told."""
    edition = compose(
        make_text(1, event="regulation"),
        *(make_text(n, vendors=(f"V{n}",), category=f"c{n}") for n in range(2, 9)),
    )
    rules = next(section for section in edition.sections if section.slug == "rules")
    assert rules.stories == ()
    assert rules.told_before == (edition.sections[0].stories[0].id,)
    assert rules.note == ""


def test_an_empty_section_says_why():
    """Emptiness is said, not filled."""
    notes = {section.slug: section.note for section in compose(make_text(1)).sections}
    assert "No rule" in notes["rules"]
    assert notes["five"] == ""


def test_the_stories_of_a_theme_stand_together():
    """In the order of the theme, but for those that page one, deals or rules tell."""
    texts = [
        make_text(1, event="regulation"),
        *(make_text(n) for n in range(2, 12)),
        make_text(12, event="pricing"),
    ]
    ids = [text.ranked.story.id for text in texts]
    theme = Theme(slug="ads", title="Ads", language="en", stories=(ids[9], ids[8], ids[11], ids[1]))
    by_slug = {
        section.slug: [story.id for story in section.stories]
        for section in compose(*texts, themes=(theme,)).sections
    }
    assert by_slug["themes"] == [ids[9], ids[8]]
    assert by_slug["deals"] == [ids[11]]
    assert ids[1] in by_slug["five"]
    off = compose(*texts, themes=(theme,), disabled_sections=frozenset({"themes"})).sections
    homes = {story.id: section.slug for section in off for story in section.stories}
    assert homes[ids[9]] == "categories"


def test_so_far():
    """A quarter that has not ended is called so."""
    assert not compose().so_far
    assert compose(as_of=CONTEXT.quarter.start).so_far


def test_a_letter_is_credited():
    """An item out of mail says which newsletter brought it."""
    member = tagged(1)
    member = replace(member, item=replace(member.item, letter="<1@x>", source="weekly"))
    ranked = RankedStory(story(member), 1.0, {})
    text = StoryText(ranked=ranked, title="T", language="en", summary=())
    edition = compose(text, newsletter_names={"weekly": "The Weekly"})
    assert edition.stories[0].items[0].via == "The Weekly"
    own = compose(text, newsletter_names={"weekly": member.item.source_name})
    assert own.stories[0].items[0].via is None


def test_a_story_is_as_good_as_its_best_member():
    """The highest AI grade and evidence of its reports stand, and the lead's category."""
    lead = tagged(1, ai="applied", evidence="claimed", category="cdp")
    other = tagged(2, ai="core", evidence="evidenced", category="crm")
    joint = story(lead, other).tags
    assert (joint.ai, joint.evidence, joint.category) == ("core", "evidenced", "cdp")


def test_counts_are_of_relevant_stories():
    """Irrelevant stories count as read, not as news."""
    members = [tagged(1), tagged(2, relevant=False, category="seo"), tagged(3, ai="core")]
    made = count_quarter(members, [story(one) for one in members], 2)
    assert (made.items, made.relevant, made.stories, made.in_edition) == (3, 2, 2, 2)
    assert made.by_category == {"crm": 2}
    assert made.by_ai == {"core": 1, "none": 1}


def test_sections_of_nothing():
    """A quarter without stories has every section but the optional ones, each with its note."""
    assert [(section.slug, section.note) for section in arrange_sections([])] == [
        (kind.slug, kind.empty_note) for kind in STORY_SECTIONS if not kind.optional
    ]
    assert all(section.note for section in arrange_sections([]))


def test_what_came_too_late_for_the_edition_before_stands_apart():
    """A story of the quarter before is not lost; without one there is no such section."""
    late = make_text(1)
    member = late.ranked.story.items[0]
    early = replace(
        member, item=replace(member.item, published=CONTEXT.quarter.start - timedelta(days=3))
    )
    late = replace(late, ranked=replace(late.ranked, story=story(early)))
    edition = compose(late, make_text(2))
    assert [(one.slug, len(one.stories)) for one in edition.sections if one.stories] == [
        ("five", 1),
        ("missed", 1),
    ]
    assert "missed" not in {one.slug for one in compose(make_text(2)).sections}


def test_a_label_that_is_not_sure_is_not_printed():
    """The story stands where its likeliest event puts it, and nothing calls it so."""
    unsure = frozenset({"event", "category", "evidence"})
    (story_,) = compose_stories(
        make_text(1, event="regulation", ai="core", evidence="claimed", unsure=unsure)
    )
    assert (story_.event, story_.category, story_.also, story_.ai, story_.evidence) == (
        None,
        None,
        (),
        "core",
        None,
    )
    edition = compose(
        *(make_text(n) for n in range(1, 7)), make_text(9, event="regulation", unsure=unsure)
    )
    rules = next(section for section in edition.sections if section.slug == "rules")
    assert [story.event for story in rules.stories] == [None]


def make_theme(*ids: str, slug: str = "a-b") -> Theme:
    return Theme(slug=slug, title="What was found", language="en", stories=ids)


def test_themes_have_a_section_that_leaves_rules_and_deals_where_they_are():
    """What is about nothing else is told there, in the order of the themes."""
    texts = [
        make_text(n, event=event)
        for n, event in enumerate(
            ["update"] * 6 + ["regulation", "acquisition", "update", "update"], 1
        )
    ]
    ids = [text.ranked.story.id for text in texts]
    themes = (make_theme(ids[9], ids[7]), make_theme(ids[8], ids[6], slug="c-d"))
    placed = {
        section.slug: [story.id for story in section.stories]
        for section in compose(*texts, themes=themes).sections
    }
    assert placed["themes"] == [ids[9], ids[8]]
    assert placed["deals"] == [ids[7]]
    assert placed["rules"] == [ids[6]]


def test_a_theme_whose_stories_all_stand_elsewhere_keeps_its_section():
    text = make_text(1)
    found = compose(text, themes=(make_theme(text.ranked.story.id),))
    (section,) = (section for section in found.sections if section.slug == "themes")
    assert (section.stories, section.note) == ((), "")


def test_without_themes_there_is_no_section_of_them():
    assert "themes" not in {section.slug for section in compose(make_text(1)).sections}
