"""Themes on the page and on paper."""

from dataclasses import replace

from digest.i18n import TranslatableText
from digest.model.edition import (
    Edition,
    Reference,
    Section,
    Sentence,
    StoryRef,
    Theme,
    ThemeDispute,
)
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.sections import StoryGroup
from digest.render.words import load_localizer
from tests.factories import editions


def arrange(*themes: Theme, here: tuple[str, ...] = (), **options) -> tuple[StoryGroup, ...]:
    """The groups of the section of themes; `here` are the ids that stand in it."""
    made = make_edition(themes, here)
    view = build_page_view(made, load_localizer("en"), RenderOptions(**options))
    return view.sections["themes"].groups


def make_edition(themes: tuple[Theme, ...], here: tuple[str, ...]) -> Edition:
    made = editions.edition()
    found = {story.id: story for story in made.stories}
    sections = [
        replace(
            section,
            stories=tuple(story for story in section.stories if story.id not in here),
        )
        for section in made.sections
        if section.slug != "themes"
    ]
    sections.append(Section("themes", tuple(found[story_id] for story_id in here)))
    return replace(made, themes=themes, sections=tuple(sections))


def theme(*stories: str, slug: str = "a-b", more: tuple[StoryRef, ...] = ()) -> Theme:
    return Theme(slug=slug, title="What was found", language="en", stories=stories, more=more)


def test_what_stands_elsewhere_is_pointed_to():
    """Under the name of its section, beside what is told here."""
    (group,) = arrange(theme("s000", "s020", "s021"), here=("s020", "s021"))
    assert [story.id for story in group.stories] == ["s020", "s021"]
    assert group.theme is not None
    (line,) = group.theme.lines
    assert line.story.href == "#s000"
    assert line.section == "The quarter in five"


def test_a_story_of_two_themes_is_told_in_the_first():
    first, second = arrange(
        theme("s020", "s021"),
        theme("s021", "s022", "s023", slug="c-d"),
        here=("s020", "s021", "s022", "s023"),
    )
    assert [story.id for story in first.stories] == ["s020", "s021"]
    assert [story.id for story in second.stories] == ["s022", "s023"]
    assert second.theme is not None
    assert [line.story.href for line in second.theme.lines] == ["#s021"]


def test_what_the_paper_has_no_room_for_stands_in_its_first_sentence():
    kept = {"themes": frozenset({"s020", "s022"})}
    (group,) = arrange(
        theme("s020", "s021", "s022"), here=("s020", "s021", "s022"), kept=kept, brief=True
    )
    assert {story.id for story in group.stories} == {"s020", "s022"}
    assert group.theme is not None
    (line,) = [entry.line for entry in group.theme.entries if entry.line]
    assert (line.section, line.story.href[:5]) == ("", "https")
    assert line.text


def test_a_theme_of_lines_alone_tells_again_what_stands_elsewhere():
    """Two sentences of different stories at least, each with the place where more is told."""
    (group,) = arrange(theme("s000", "s001", "s020"))
    assert group.theme is not None
    texts = [entry.line.text for entry in group.theme.entries if entry.line]
    assert len(texts) > 1
    assert all(texts)


def test_a_sentence_of_the_theme_stands_for_a_story_that_is_told_elsewhere():
    said = Sentence("A second sentence of it.", "The Paper", "https://paper.example")
    named = replace(theme("s000", "s020", "s021"), told={"s000": (said,)})
    (group,) = arrange(named, here=("s020", "s021"))
    assert group.theme is not None
    (line,) = [entry.line for entry in group.theme.entries if entry.line]
    assert (line.text, line.section) == (said.text, "The quarter in five")


def test_opposite_accounts_are_printed_where_both_can_be_written():
    one = Sentence("Search grows", "The Paper", "https://paper.example")
    dispute = ThemeDispute(
        TranslatableText("whether search grows"), ((one,), (replace(one, text="Not"),))
    )
    (group,) = arrange(replace(theme("s020", "s021"), dispute=dispute), here=("s020", "s021"))
    assert group.theme is not None
    assert group.theme.dispute is not None
    assert group.theme.dispute.about == "whether search grows"
    quotes = [said.quote for side in group.theme.dispute.sides for said in side]
    assert [quote and quote.text for quote in quotes] == ["Search grows", "Not"]


def test_a_story_that_another_contradicts_stands_beside_it_and_nowhere_else():
    """Its headline is not quoted once more, and it counts as told in the theme."""
    made = {story.id: story for story in editions.edition().stories}
    one, other = made["s020"], made["s021"]
    dispute = ThemeDispute(
        TranslatableText("whether search grows"),
        (
            (Sentence(one.title, one.items[0].source, one.items[0].url),),
            (Sentence(other.title, other.items[0].source, other.items[0].url),),
        ),
        (("s020",), ("s021",)),
    )
    found = theme("s020", "s021", "s022")
    (group,) = arrange(replace(found, dispute=dispute), here=("s020", "s021", "s022"))
    assert group.theme is not None
    assert group.theme.dispute is not None
    said = [said for side in group.theme.dispute.sides for said in side]
    assert [(one.quote, one.entry and one.entry.id) for one in said] == [
        (None, "s020"),
        (None, "s021"),
    ]
    entries = [one.entry for one in said if one.entry]
    # The headline takes the side; its first sentence says more of it.
    assert [entry.story and len(entry.story.summary) for entry in entries] == [1, 1]
    assert [entry.id for entry in group.theme.entries] == ["s022"]
    assert {story.id for story in group.stories} == {"s020", "s021", "s022"}


def test_it_says_who_reported_and_when():
    (group,) = arrange(theme("s020", "s021"), here=("s020", "s021"))
    assert group.theme is not None
    assert group.theme.reported.startswith("From ")
    assert "2026 to " in group.theme.reported


def test_no_story_is_lost_where_no_theme_holds_it():
    """As in data that was made by hand."""
    groups = arrange(theme("s020"), here=("s020", "s021"))
    assert [story.id for group in groups for story in group.stories] == ["s020", "s021"]


def test_figures_are_bars_with_their_sentences():
    made = editions.edition()
    with_figures = next(one for one in made.themes if one.figures)
    view = build_page_view(made, load_localizer("en"))
    group = next(
        one for one in view.sections["themes"].groups if one.slug.endswith(with_figures.slug)
    )
    assert group.theme is not None
    assert group.theme.chart is not None
    assert max(bar.share for bar in group.theme.chart.bars) == 1.0
    assert all(bar.said.endswith("%") for bar in group.theme.chart.bars)
    assert {quote.text for quote in group.theme.quotes} == {
        figure.quote.text for figure in with_figures.figures
    }


def test_only_publishers_whose_report_a_line_shows_are_named():
    """A report that nothing in the theme shows has no part in who reported it."""
    shown, other = (build_reference(name) for name in ("The Paper", "The Unseen"))
    made = make_edition((theme("s020", "s021"),), ("s020", "s021"))
    sections = tuple(
        replace(
            section,
            stories=tuple(replace(story, items=(shown, other)) for story in section.stories),
        )
        for section in made.sections
    )
    view = build_page_view(replace(made, sections=sections), load_localizer("en"), RenderOptions())
    (group,) = view.sections["themes"].groups
    assert group.theme is not None
    assert "The Paper" in group.theme.reported
    assert "The Unseen" not in group.theme.reported


def build_reference(source: str) -> Reference:
    url = "https://paper.example/a"
    return Reference(id="r1", url=url, source=source, title="A report", published=None)
