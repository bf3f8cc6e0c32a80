"""The register on the page and on paper."""

from dataclasses import replace

from digest.model.edition import Edition
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.register import RegisterPage
from digest.render.words import load_localizer
from tests.factories import editions


def build(made: Edition, **options) -> RegisterPage:
    page = build_page_view(made, load_localizer("en"), RenderOptions(**options)).register
    assert page is not None
    return page


def make_short() -> Edition:
    """An edition with a register that the paper holds: each told story and one that is not."""
    made = editions.edition()
    rows = [row for row in made.register if row.told or row.story == "s003-1"]
    return replace(made, register=tuple(sorted(rows, key=lambda row: not row.new_product)))


def make_rows(number: int, **changes) -> Edition:
    """An edition whose register holds so many untold stories, the last ones best."""
    row = replace(editions.edition().register[0], told=False, new_product=False, **changes)
    rows = tuple(
        replace(row, story=f"x{n:04d}", headline=f"Headline {n}", rank=number - n)
        for n in range(number)
    )
    return replace(editions.edition(), register=rows)


def test_the_page_holds_every_row():
    made = editions.edition()
    page = build(made)
    assert len(page.lines) == len(made.register)
    assert page.more == ""


def test_new_products_stand_under_one_heading():
    page = build(make_short())
    first = page.groups[0]
    assert first.name == "New products"
    assert all(line.is_new for line in first.lines)
    assert not any(line.is_new for group in page.groups[1:] for line in group.lines)


def test_the_paper_repeats_no_story_that_it_tells_or_names():
    """Not even new products, which the news by category names first."""
    assert (
        build_page_view(make_short(), load_localizer("en"), RenderOptions(brief=True)).register
        is None
    )


def test_the_paper_keeps_the_best_of_too_many_and_says_so():
    made = make_rows(500)
    page = build(made, brief=True, named=0)
    kept = len(page.lines)
    assert 90 <= kept <= 120
    assert {line.headline for line in page.lines} == {
        f"Headline {n}" for n in range(500 - kept, 500)
    }
    assert page.more == f"{500 - kept} more stand in the HTML edition and in register.xlsx."


def test_a_line_leads_to_the_story_where_it_is_told():
    made = editions.edition()
    told = {story.id for story in made.stories}
    for line in build(made).lines:
        assert line.told == (f"#{line.story}" if line.story in told else "")


def test_a_subject_that_the_headline_names_is_not_repeated():
    page = build(make_rows(1, subject="Lantern"))
    assert page.lines[0].subject == "Lantern"
    made = make_rows(1, subject="Lantern")
    row = replace(made.register[0], headline="What lantern does")
    assert build(replace(made, register=(row,))).lines[0].subject == ""


def test_what_is_not_sure_is_not_said():
    page = build(make_rows(1, category=None, event=None, ai=None))
    (line,) = page.lines
    assert (line.event, line.ai, line.has_ai) == ("", "", False)
    assert page.groups[0].name == "Other"
    assert page.filters["event"] == page.filters["ai"] == ()


def test_an_empty_register_is_no_part():
    made = replace(editions.edition(), register=())
    assert build_page_view(made, load_localizer("en")).register is None


def test_paper_without_room_for_a_line_has_no_register():
    made = editions.briefing()
    options = RenderOptions(brief=True, register_pages=0)
    assert build_page_view(made, load_localizer("en"), options).register is None


def test_the_counts_of_register_and_categories_agree():
    """What another part names is not in the register alone, whether or not it has a sentence."""
    made = editions.briefing()
    options = RenderOptions(brief=True, register_pages=0.1, named=1)
    page = build_page_view(made, load_localizer("en"), options)
    assert page.register
    assert page.stack_pages
    find_place = page.stack_pages.context.find_place
    alone = [row for row in made.register if not find_place(row.story)]
    section = page.sections["categories"].by_category
    assert section
    assert f"in the register of the HTML edition alone: {len(alone)}" in section.lead
    printed = sum(line.story in {row.story for row in alone} for line in page.register.lines)
    assert page.register.more.startswith(f"{len(alone) - printed} more ")
