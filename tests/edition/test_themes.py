"""Themes of the quarter: their stories, titles and figures."""

from datetime import date

from digest.edition.quarter import QuarterView
from digest.edition.themes import MAX_MORE, MAX_THEMES, find_themes
from digest.model.edition import Sentence, Theme, ThemeFigure
from digest.model.stack import Stack
from digest.model.story import Story, StoryTheme
from tests.factories.stories import story, tell


def find(
    *stories: Story, chosen=(), topics=(("ai-answers", "clicks"),), figures=()
) -> tuple[Theme, ...]:
    """The themes of stories that come best first, all of them in each."""
    groups = [StoryTheme(names, tuple(sorted(one.id for one in stories))) for names in topics]
    view = QuarterView(Stack(), list(chosen), stories, {}, tell, date(2026, 9, 30), themes=groups)
    return find_themes(view, lambda _: tuple(figures))


def test_told_stories_come_in_order_of_time_and_the_best_others_in_one_line():
    late = story("AI search takes 9% of visits", day="2026-09-01")
    early = story("AI search grows", day="2026-07-01")
    others = [story(f"More {n}", day=f"2026-08-{20 - n}") for n in range(MAX_MORE + 2)]
    (theme,) = find(late, early, *others, chosen=[late, early])
    assert theme.stories == (early.id, late.id)
    assert [ref.title for ref in theme.more] == ["More 3", "More 2", "More 1", "More 0"]
    assert theme.slug == "ai-answers-clicks"


def test_the_title_is_what_was_found():
    """A headline with a figure and a verb, not a question nor the name of a product."""
    vague = story("Why AI search is not what you think")
    launch = story("Introducing Lantern")
    several = story("Lantern adds a search, a shelf, and a new 9% fee")
    finding = story("AI search takes 9% of visits")
    plain = story("AI search takes visits")
    told = [vague, launch, several, plain, finding]
    (theme,) = find(*told, chosen=told)
    assert theme.title == "AI search takes 9% of visits"


def test_a_told_story_gives_the_title_before_others():
    told = story("AI search takes visits")
    other = story("AI search takes 9% of visits")
    (theme,) = find(other, told, chosen=[told])
    assert theme.title == "AI search takes visits"


def test_no_two_themes_have_one_title():
    first, second = story("AI search takes 9% of visits"), story("AI search takes visits")
    found = find(first, second, chosen=[first, second], topics=(("a", "b"), ("c", "d")))
    assert [theme.title for theme in found] == [
        "AI search takes 9% of visits",
        "AI search takes visits",
    ]


def test_a_theme_of_which_nothing_is_told_is_left_to_the_register():
    assert find(story("One"), story("Two"), story("Three")) == ()


def test_at_most_six_themes():
    one = story("AI search takes visits")
    topics = [(f"topic {n}",) for n in range(MAX_THEMES + 3)]
    assert len(find(one, chosen=[one], topics=topics)) == MAX_THEMES


def test_figures_have_a_unit():
    quote = Sentence("Answers appear on 31% of searches.", "The Paper", "https://paper.example")
    figures = (ThemeFigure(31.0, "The Paper", quote), ThemeFigure(12.0, "Ad Ledger", quote))
    one = story("AI search takes visits")
    assert find(one, chosen=[one], figures=figures)[0].unit == "%"
    assert find(one, chosen=[one])[0].unit == ""


def test_names_without_a_latin_letter_have_a_place():
    """Themes of two such vendors must not share an anchor."""
    one, other = story("广告 一"), story("广告 二")
    found = find(one, other, chosen=[one, other], topics=(("甲", "ads"),))
    assert found[0].slug.endswith("-ads")
    assert found[0].slug != "-ads"
