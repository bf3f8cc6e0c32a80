"""What the templates get: counted, cut, checked, with nothing left to decide."""

from dataclasses import replace

import pytest

from digest.model.edition import Section
from digest.render.views import PageView, RenderOptions, StoryLimits, build_page_view
from digest.render.views.story import StoryView
from digest.render.words import load_localizer
from tests.factories import editions


def seen(edition=None, printing=None) -> PageView:
    return build_page_view(edition or editions.edition(), load_localizer("en"), printing)


def stories(view: PageView) -> dict[str, StoryView]:
    return {one.id: one for section in (view.five, *view.sections) for one in section.stories}


def changed(**fields) -> StoryView:
    """The first story of the quarter, changed."""
    made = editions.edition()
    first = replace(made.sections[0].stories[0], **fields)
    made = replace(made, sections=(replace(made.sections[0], stories=(first,)), *made.sections[1:]))
    return seen(made).five.groups[0].stories[0]


def test_every_story_is_there():
    """In the order of the sections, but for the grouping within one."""
    made = editions.edition()
    assert set(stories(seen(made))) == {story.id for story in made.stories}


def test_the_five_are_numbered():
    """One to five; the others have no number."""
    view = seen()
    assert [one.number for one in view.five.groups[0].stories] == [1, 2, 3, 4, 5]
    assert {
        one.number for section in view.sections for group in section.groups for one in group.stories
    } == {0}


def test_ai_watch_is_grouped_by_proof():
    """From what is proven to what is only claimed; what claims nothing comes last."""
    names = [group.name for group in seen().sections[0].groups]
    assert names == ["Proof given", "Says how", "Only a claim", "No claim to prove"]


def test_categories_are_grouped_as_the_taxonomy_does():
    """Groups in the taxonomy's order, categories by name within, and those of none at the end."""
    section = next(one for one in seen().sections if one.slug == "categories")
    assert [group.name for group in section.groups] == [
        "Advertising & Promotion",
        "Content & Experience",
        "Social & Relationships",
        "Commerce & Sales",
        "Data",
        "Across categories",
    ]
    for group in section.groups:
        assert [one.category for one in group.stories] == sorted(
            one.category for one in group.stories
        )


def test_a_section_names_what_page_one_told():
    """`told_before` becomes links to stories that are printed; an unknown id becomes nothing."""
    made = editions.edition()
    sections = (*made.sections[:4], Section("rules", (), ("s002", "nobody"), ""))
    rules = seen(replace(made, sections=sections)).sections[-1]
    assert [one.id for one in rules.also] == ["s002"]
    assert rules.lead == "1 story."


@pytest.mark.parametrize(
    ("slug", "lead"),
    [
        ("ai-watch", "11 stories: 3 give proof, 4 say how, 3 only claim."),
        ("categories", "18 stories in 13 stack categories."),
        ("deals", "7 stories: acquisition 3, funding 2, price change 1, shutdown 1."),
        ("rules", "4 stories."),
    ],
)
def test_a_section_begins_with_its_counts(slug, lead):
    """In one sentence, those told on page one included."""
    assert next(one for one in seen().sections if one.slug == slug).lead == lead


def test_an_empty_section_says_why():
    """It says the note of the edition."""
    assert {one.note for one in seen(editions.empty()).sections} == {
        "No story of this quarter was strong enough to stand here."
    }


def test_the_quarter_in_a_sentence():
    """Items, sources, stories, AI and proof; in a quarter of nothing, that."""
    assert seen().sentence == (
        "1,204 items from 42 sources told 311 stories; this briefing holds the 40 that matter "
        "most. "
        "AI is in 182 of all stories; 21 of them give proof."
    )
    assert seen(editions.thin()).sentence.endswith(
        "AI is in 1 of all stories; 1 of them gives proof."
    )
    assert (
        seen(editions.empty()).sentence
        == "No story about marketing technology was found in this quarter."
    )


def test_three_figures_against_the_quarter_before():
    """Up, down, the same, or nothing to compare with."""
    made = editions.edition()
    assert [(one.value, one.change) for one in seen(made).figures] == [
        ("311", "up from 287 in Q2 2026"),
        ("59%", "up from 52% in Q2 2026"),
        ("14%", "up from 12% in Q2 2026"),
    ]
    assert {one.change for one in seen(replace(made, counts_before=made.counts)).figures} == {
        "as in Q2 2026"
    }
    more = replace(made.counts, stories=400)
    assert seen(replace(made, counts_before=more)).figures[0].change == "down from 400 in Q2 2026"
    assert [one.value for one in seen(editions.empty()).figures] == ["0", "–", "–"]
    assert {one.change for one in seen(editions.empty()).figures} == {"not compared"}


def test_banners():
    """A sample and a quarter that has not ended say so."""
    assert seen(replace(editions.edition(), sample=False)).banners == ()
    sample, so_far = seen(editions.thin()).banners
    assert sample.startswith("Sample:")
    assert (
        so_far
        == "So far: the quarter ends on 30 September 2026; this is how it stood on 8 August 2026."
    )


def test_days_are_the_quarters_own():
    """The last day is inside the quarter, in its zone."""
    assert seen().days == "1 July 2026 – 30 September 2026"


@pytest.mark.parametrize("url", [*editions.HOSTILE_URLS, "", "mailto:a@b.example"])
def test_only_web_addresses_are_links(url):
    """Anything else is shown as text."""
    story = editions.edition().sections[0].stories[0]
    items = tuple(replace(item, url=url) for item in story.items)
    view = changed(items=items)
    assert view.href == ""
    assert {one.href for one in view.sources} == {""}


def test_a_publisher_is_named_once():
    """The lead first, one link for each publisher, the newsletter that brought it, and how many
    more there are."""
    story = editions.edition().sections[0].stories[0]
    view = changed(items=story.items + story.items)
    assert [one.name for one in view.sources] == [item.source for item in story.items]
    assert [one.via for one in view.sources][:3] == ["", "", "Monday Stack Letter"]
    made = replace(editions.edition())
    few = (
        seen(made, RenderOptions(first_limits=StoryLimits(100, 1, 100, 1, 1, 2)))
        .five.groups[0]
        .stories[0]
    )
    assert (len(few.sources), few.more_sources) == (2, 4)


def test_a_story_without_reports_is_told_all_the_same():
    """It has no link and no source."""
    view = changed(items=(), summary=(), points=(), vendors=())
    assert (view.href, view.sources, view.more_sources) == ("", (), 0)


def test_cuts():
    """Titles at a word's end, summaries by sentences and characters, the rest by number."""
    made = editions.edition()
    view = seen(
        made,
        RenderOptions(
            first_limits=StoryLimits(
                title=30, sentences=2, characters=130, whys=1, quotes=1, sources=1
            )
        ),
    )
    first, second = view.five.groups[0].stories[:2]
    assert first.title == "Halden buys customer data…"
    assert len(first.summary) == 1
    assert len(first.why) == 1
    assert len(second.quotes) == 1


def test_letters_that_the_fonts_lack():
    """A title in such a script is a note in our words and language; such a sentence, vendor and
    source are left out."""
    printing = RenderOptions(legible=lambda text: text if text.isascii() else None)
    view = stories(seen(printing=printing))
    japanese = next(story for story in editions.edition().stories if story.language == "ja")
    told = view[japanese.id]
    assert told.title == "A report in Japanese: its title stands in the HTML edition"
    assert (told.lang, told.has_placeholder_title, told.summary) == ("en", True, ())


@pytest.mark.parametrize("title", ["", "\x00\x1b", "\u200b"])
def test_a_story_without_a_title(title):
    """It is called that."""
    assert changed(title=title).title in ("A report without a title", "\u200b")


def test_no_control_character_comes_through():
    """Whatever field it stood in."""
    for one in stories(seen(editions.hostile())).values():
        texts = [
            one.title,
            *one.why,
            *one.summary,
            *(q.text for q in one.quotes),
            *(s.name for s in one.sources),
        ]
        assert not any(
            ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF or ord(char) == 0x202E
            for char in "".join(texts)
        )


def test_kept_stories_and_the_line_for_the_others():
    """What is not printed is counted."""
    view = seen(printing=RenderOptions(kept={"deals": frozenset({"s032"})}))
    deals = next(one for one in view.sections if one.slug == "deals")
    assert [one.id for group in deals.groups for one in group.stories] == ["s032"]
    assert deals.more.startswith("4 more stories of this section stand in the HTML edition")


def test_sources_with_a_problem_come_first():
    """Then those that gave the briefing most; what is cut is counted."""
    method = seen(printing=RenderOptions(rows=10)).method
    assert [one.row.state for one in method.lines[:5]] == [
        "failed",
        "failed",
        "failed",
        "failed",
        "read",
    ]
    assert (
        method.more
        == "38 more sources stand in the HTML edition and in the data attached to this file."
    )
    assert method.lead.endswith("4 could not be read and stand first in the table.")


def test_many_reasons_become_one_line():
    """The most frequent are named."""
    made = replace(editions.edition(), left_out={f"reason {n}": 100 - n for n in range(40)})
    rows = seen(made).method.left_out
    assert len(rows) == 8
    assert rows[-1] == ("for other reasons", "2,541")


def test_the_filter_offers_what_is_there():
    """Each value with its number of stories, by name."""
    offers = seen().filters
    assert sum(one.stories for one in offers["event"]) == 40
    assert [one.label for one in offers["category"]] == sorted(
        one.label for one in offers["category"]
    )
    assert {one.slug for one in offers["evidence"]} == {"evidenced", "specified", "claimed"}
