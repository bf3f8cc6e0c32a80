"""What is new, by stack category."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest

from digest.model.edition import Edition, EditionStory, Sentence
from digest.model.stack import Goal, Relation
from digest.render.views import PageView, RenderOptions, build_page_view
from digest.render.views.categories import CategoriesView, CategoryView
from digest.render.views.story import StoryRefView
from digest.render.words import load_localizer
from digest.taxonomy import CATEGORIES
from tests.factories import editions


def build(edition: Edition, options: RenderOptions | None = None) -> PageView:
    return build_page_view(edition, load_localizer("en"), options)


def view(edition: Edition, options: RenderOptions | None = None) -> CategoriesView:
    found = build(edition, options).sections["categories"].by_category
    assert found
    return found


def group(found: CategoriesView, slug: str) -> CategoryView:
    return next(one for one in found.categories if one.slug == slug)


def with_section(edition: Edition, **changes) -> Edition:
    """The edition with another section of categories."""
    return replace(
        edition,
        sections=tuple(
            replace(section, **changes) if section.slug == "categories" else section
            for section in edition.sections
        ),
    )


def with_stack(edition: Edition, product: str, stories=(), **more) -> Edition:
    """The edition of a company that runs one product of its stack."""
    assert edition.stack
    line = next(line for line in edition.stack.lines if line.product.name == product)
    line = replace(line, stories=tuple(stories), **more)
    return replace(edition, stack=replace(edition.stack, lines=(line,), goals=()))


def first(edition: Edition, category: str | None = None) -> EditionStory:
    """A story of the section."""
    section = next(one for one in edition.sections if one.slug == "categories")
    return next(one for one in section.stories if category in (None, one.category))


def test_every_story_stands_in_its_category_once():
    """Without a stack in the taxonomy's order."""
    made = editions.edition()
    section = next(one for one in made.sections if one.slug == "categories")
    found = view(made)
    told = [entry.story.id for one in found.categories for entry in one.entries]
    assert sorted(told) == sorted(one.id for one in section.stories)
    for one in found.categories:
        if one.slug != "other":
            assert {entry.story.category_slug for entry in one.entries} <= {one.slug}


def test_own_categories_come_first_and_say_what_we_run():
    """The others stand together, each story with its category."""
    made = editions.briefing()
    assert made.stack
    product = made.stack.lines[-1].product
    goal = Goal("Win back lapsed customers", product.categories)
    made = with_stack(made, product.name, notice_by=None)
    assert made.stack
    made = replace(made, stack=replace(made.stack, goals=(goal,)))
    story = replace(first(made), category=product.categories[0])
    found = view(
        with_section(
            made,
            stories=(
                story,
                *next(one.stories for one in made.sections if one.slug == "categories")[1:],
            ),
        )
    )
    assert found.categories[0].slug == product.categories[0]
    assert found.categories[0].ours == f"we run {product.name}; goal: “{goal.name}”"
    assert [one.slug for one in found.categories[1:]] == ["other"]
    assert all(entry.label for entry in found.categories[1].entries if entry.story.category)


def test_a_category_says_where_the_news_of_its_products_stand():
    """Those stand in the product's first category; without news that is said."""
    made = editions.briefing()
    assert made.stack
    line = next(one for one in made.stack.lines if one.news)
    home, other = "crm", "dmp"
    product = replace(line.product, categories=(home, other))
    news = tuple(replace(ref, event="update") for ref in line.news)
    for told, said in (
        (news, f"Launches and updates of {product.name} stand under CRM."),
        ((), "No launch or update found."),
    ):
        stack = replace(made.stack, lines=(replace(line, product=product, news=told),), goals=())
        deal = replace(made.register[0], category=other, event="acquisition")
        found = view(replace(made, stack=stack, register=(deal,)), RenderOptions(brief=True))
        assert group(found, other).silence == said


def test_new_products_come_first_and_are_marked():
    made = editions.briefing()
    news = {row.story for row in made.register if row.new_product}
    for one in view(made).categories:
        marks = [entry.is_new for entry in one.entries]
        assert marks == sorted(marks, reverse=True)
        assert marks == [entry.story.id in news for entry in one.entries]


def test_what_another_page_tells_stands_in_a_few_words():
    """With a link to its place."""
    made = editions.edition()
    deal = next(one for one in made.sections if one.slug == "deals").stories[0]
    found = view(made)
    refs = [ref.href for one in found.categories for ref in one.elsewhere]
    assert f"#{deal.id}" in refs
    assert len(refs) == len(set(refs))


def pointed(one: CategoryView) -> list[StoryRefView]:
    """Return what a category of a paper names and other parts tell."""
    return [item.story for part in one.lists for item in part.elsewhere]


def named(one: CategoryView) -> list[StoryRefView]:
    """Return what a category of a paper names and no other part tells."""
    return [item.story for part in one.lists for item in part.named]


def find_named(page) -> set[str]:
    """Return the stories that the page of claims, themes, deals, rules or promises names."""
    found: set[str] = set()

    def walk(node) -> None:
        if isinstance(node, StoryRefView) and node.anchor:
            found.add(node.id)
        if is_dataclass(node):
            for one in fields(node):
                walk(getattr(node, one.name))
        elif isinstance(node, dict):
            walk(tuple(node.values()))
        elif isinstance(node, tuple):
            for one in node:
                walk(one)

    vendors = page.stack_pages.vendors if page.stack_pages else None
    walk((page.claims, page.rules, page.deals, vendors, dict(page.sections)))
    return found


@pytest.mark.parametrize("kept", [3, 1, 0])
def test_the_counts_add_up(kept):
    """What is not printed stands in the register alone; the heading counts the quarter's news."""
    made = editions.briefing()
    section = next(one for one in made.sections if one.slug == "categories")
    deals = next(one for one in made.sections if one.slug == "deals")
    ids = frozenset(one.id for one in section.stories[:kept])
    printed = {"categories": ids, "deals": frozenset(one.id for one in deals.stories)}
    page = build(made, RenderOptions(kept=printed))
    found = page.sections["categories"].by_category
    assert found
    total, marked = len(made.register), len(find_named(page) - ids)
    there = len(printed["deals"]) + marked
    assert marked > 0
    named = find_named(page) | ids | printed["deals"]
    news = sum(
        row.event in ("launch", "update") and row.story not in named for row in made.register
    )
    told = kept + there
    all_news = sum(row.event in ("launch", "update") for row in made.register)
    assert found.lead == (
        f"Of {total} stories of this quarter {told} stand in this briefing; in the register "
        "of the HTML edition alone: "
        f"{total - told}, launches and updates among them: {news}."
    )
    (part,) = [part for part in page.parts if part.slug == "categories"]
    news = all_news - sum(row.new_product for row in made.register)
    assert part.finding.partition(",")[0] == f"{news} launches and updates"


def test_categories_without_news_are_named():
    """With what we run there; those of which the register holds something name it."""
    made = editions.briefing()
    assert made.stack
    present = {story.category for story in made.stories}
    silent, listed = [slug for slug in CATEGORIES if slug not in present][:2]
    line = made.stack.lines[0]
    product = replace(line.product, categories=(silent, listed))
    rows = (replace(made.register[0], category=listed), *made.register[1:])
    rows = tuple(row for row in rows if row.category != silent)
    stack = replace(made.stack, lines=(replace(line, product=product, news=()),), goals=())
    found = view(replace(made, stack=stack, register=rows))
    name = CATEGORIES[silent].name
    assert found.nothing == f"Nothing new found in: {name} ({product.name})."
    told = replace(stack, lines=(replace(stack.lines[0], news=line.news or line.health),))
    found = view(replace(made, stack=told, register=rows))
    assert found.nothing == f"Nothing new found in: {name} ({product.name}: in other categories)."
    found = view(replace(made, stack=stack, register=rows))
    group = next(one for one in found.categories if one.slug == listed)
    named = [*(one.story for one in group.listed), *group.elsewhere]
    assert [ref.id for ref in named] == [made.register[0].story]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Fernway opens a desk.", "Fernway opens a desk"), ("A word of it " * 40, ""), ("", "")],
)
def test_a_story_of_the_register_is_told_in_a_whole_sentence(text, shown):
    """Its headline stands where none is held, or none that there is room for."""
    made = editions.briefing()
    row = made.register[1]
    assert made.stack
    line = made.stack.lines[0]
    assert row.category
    product = replace(line.product, categories=(row.category,))
    sentence = Sentence(text, row.source, row.url) if text else None
    rows = (replace(row, story="unseen", sentence=sentence, told=False),)
    stack = replace(made.stack, lines=(replace(line, product=product),), goals=())
    found = view(replace(made, stack=stack, register=rows))
    listed = group(found, row.category).listed
    assert [(one.story.id, one.text) for one in listed] == [("unseen", shown)]


def test_a_brief_is_printed_with_one_sentence_and_its_tie():
    """News of the maker's other products say whose maker it is."""
    made = editions.briefing()
    assert made.stack
    brief = replace(
        first(made),
        id="s900",
        category="talent",
        relation=Relation("vendor", (made.stack.lines[0].product.name,), "Fernway"),
    )
    made = with_stack(made, made.stack.lines[0].product.name, ["s900"])
    made = with_section(made, briefs=(brief,))
    name = made.stack.lines[0].product.name
    (entry,) = [entry for entry in group(view(made), "other").entries if entry.story.id == "s900"]
    assert entry.label.endswith(f"about the maker of our {name}")
    paper = view(made, RenderOptions(brief=True))
    (entry,) = [one for one in group(paper, "other").entries if one.story.id == "s900"]
    assert len(entry.story.summary) <= 1


def test_own_news_of_no_sure_category_stand_where_its_product_does():
    """Its category is not named, and the product's is not said to have nothing new."""
    made = editions.briefing()
    assert made.stack
    name = made.stack.lines[0].product.name
    story = replace(first(made), category=None)
    made = with_section(with_stack(made, name, [story.id]), stories=(story,))
    found = view(made)
    assert story.id in [entry.story.id for entry in found.categories[0].entries]
    assert found.categories[0].ours.startswith(f"we run {name}")
    assert name not in found.nothing


def test_paper_counts_what_other_pages_tell_where_a_category_has_entries() -> None:
    """Whole sentences say more than cut headlines, but of what is new; the page names both."""
    made = editions.briefing()
    paper, page = view(made, RenderOptions(brief=True, pointers=0)), view(made)
    full = {one.slug for one in paper.categories if len(one.entries) >= 2}
    assert full
    events = {row.story: row.event for row in made.register}
    named = [ref.id for one in paper.categories if one.slug in full for ref in pointed(one)]
    assert {events[name] for name in named} <= {"launch", "update"}
    assert not any(one.elsewhere for one in paper.categories)
    assert any(one.elsewhere for one in page.categories if one.slug in full)


def test_paper_names_nothing_in_a_language_that_its_reader_may_not_read():
    """Neither the edition's nor English; what is about a product of the company is named."""
    made = editions.briefing()
    own = {story for line in made.stack.lines for story in line.stories}
    languages = ("en", "zh", "it", "de")
    rows = tuple(
        replace(row, language=languages[place % len(languages)])
        for place, row in enumerate(made.register)
    )
    page = build(replace(made, register=rows), RenderOptions(brief=True, kept={}))
    (found,) = (part.by_category for part in page.sections.values() if part.by_category)
    foreign = {row.story for row in rows if row.language != "en"} - own
    mixed = [{ref.id for ref in named(one)} for one in found.categories]
    assert any(ids - foreign for ids in mixed)
    assert all(ids.isdisjoint(foreign) for ids in mixed if ids - foreign)


@pytest.mark.parametrize("number", [None, 2, 0])
def test_paper_names_what_it_tells_nowhere(number):
    """New products, launches and updates always; other news as far as there is room."""
    made = editions.briefing()
    register = [replace(row, language="en") for row in made.register]
    few = register[:12]  # so many launches and updates each category names in any case
    others = (replace(row, event="research", new_product=False) for row in register[12:])
    made = replace(made, register=(*few, *others))
    page = build(made, RenderOptions(brief=True, kept={}, named=number))
    (found,) = (part.by_category for part in page.sections.values() if part.by_category)
    rows = {row.story: row for row in made.register}
    refs = [ref for one in found.categories for ref in named(one)]
    assert all(ref.anchor for ref in refs)  # so that other pages count and find them
    there = find_named(page) | {ref.id for ref in refs}
    assert {row.story for row in rows.values() if row.event in ("launch", "update")} <= there
    rest = len(rows) - len(there)
    end = ", none of them surely a launch or an update." if rest else "."
    assert found.lead.endswith(f"in the register of the HTML edition alone: {rest}{end}")
    assert bool(rest) == (number is not None)
    lines = {line.story for line in page.register.lines} if page.register else set()
    assert lines.isdisjoint(ref.id for ref in refs)


def test_paper_sorts_what_it_names_by_kind():
    """New products, then launches and updates, then other news; under its source, each once."""
    made = editions.briefing()
    found = view(made, RenderOptions(brief=True, kept={}))
    rows = {row.story: row for row in made.register}
    labels = ["New products:", "Launches and updates:", "Also in the news:"]
    for one in found.categories:
        assert [labels.index(part.label) for part in one.lists] == sorted(
            {labels.index(part.label) for part in one.lists}
        )
        for part in one.lists:
            for item in (*part.elsewhere, *part.named):
                row = rows[item.story.id]
                is_news = row.event in ("launch", "update")
                assert part.label == labels[0 if row.new_product else 1 if is_news else 2]
            sources = [source for source, _ in part.named_by_source]
            assert len(sources) == len(set(sources))
            grouped = [item for _, items in part.named_by_source for item in items]
            assert sorted(item.story.id for item in grouped) == sorted(
                item.story.id for item in part.named
            )
    assert {part.label for one in found.categories for part in one.lists} == set(labels)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lantern lets shops count letters.", "Lantern lets shops count letters"),
        ("Today we open Lantern to all shops.", ""),  # it announces, and its headline says as much
        ("For a hundred years letters were counted by hand.", ""),  # it is not about the thing yet
        ("Lantern counts. " * 20, ""),
    ],
)
def test_a_named_release_is_told_by_a_short_sentence_on_it(text, shown):
    """Where none is held its headline stands."""
    made = editions.briefing()
    said = Sentence(text, "The Paper", "https://paper.example")
    row = replace(
        next(row for row in made.register if row.event == "update"),
        story="unseen",
        headline="Fernway opens Lantern today",
        sentence=said,
    )
    page = build(replace(made, register=(row,)), RenderOptions(brief=True, kept={}))
    (found,) = (part.by_category for part in page.sections.values() if part.by_category)
    lists = [part for one in found.categories for part in one.lists]
    (item,) = [one for part in lists for one in part.named if one.story.id == "unseen"]
    assert item.text == shown


def test_a_named_product_that_was_withdrawn_says_so():
    """With the place of the report that tells it."""
    made = editions.briefing()
    row = next(row for row in made.register if row.new_product)
    deal = next(one for one in made.sections if one.slug == "deals").stories[0]
    rows = tuple(replace(one, withdrawn_by=deal.id) if one is row else one for one in made.register)
    kept = {"deals": frozenset((deal.id,))}
    made = replace(made, register=rows)
    (found,) = (
        part.by_category
        for part in build(made, RenderOptions(brief=True, kept=kept)).sections.values()
        if part.by_category
    )
    marked = [
        (item.story.id, item.withdrawn_href)
        for one in found.categories
        for part in one.lists
        for item in (*part.elsewhere, *part.named)
        if item.withdrawn
    ]
    assert marked == [(row.story, f"#{deal.id}")]


def test_a_letters_list_of_contents_is_no_launch():
    """It stands in the register, and is not named among the new."""
    made = editions.briefing()
    page = build(made, RenderOptions(brief=True, kept={}))
    (found,) = (part.by_category for part in page.sections.values() if part.by_category)
    first = next(ref for one in found.categories for ref in named(one))
    contents = "Quill 2, Guide to Fable, Acme preps Envoy"
    rows = tuple(
        replace(row, headline=contents) if row.story == first.id else row for row in made.register
    )
    page = build(replace(made, register=rows), RenderOptions(brief=True, kept={}))
    (found,) = (part.by_category for part in page.sections.values() if part.by_category)
    assert first.id not in {ref.id for one in found.categories for ref in named(one)}


@pytest.mark.parametrize(
    "text",
    ["Ada Reed recommends the yellow light.", "Fernway gives evenings a new and tasty glow."],
    ids=["a person recommends", "an essay begins"],
)
def test_a_sentence_that_praises_does_not_stand_for_the_headline(text):
    made = editions.briefing()
    row = replace(
        next(row for row in made.register if row.new_product),
        story="unseen",
        headline="Fernway Lantern starts in Spain with colours, lights and lamps",
        sentence=Sentence(text, "The Paper", "https://paper.example"),
    )
    found = view(replace(made, register=(row,)), RenderOptions(brief=True, kept={}))
    lists = [part for one in found.categories for part in one.lists]
    (item,) = [one for part in lists for one in part.named if one.story.id == "unseen"]
    assert item.text == ""


def test_what_shops_launch_for_their_own_customers_has_a_list_of_its_own():
    """It counts neither as a new product nor as a launch that the company could use."""
    made = editions.briefing()
    launched = next(row for row in made.register if row.new_product)
    rows = (
        replace(launched, story="sold"),
        replace(launched, story="own", new_product=False, own_use=True),
    )
    found = view(replace(made, register=rows), RenderOptions(brief=True, kept={}))
    assert found.finding.endswith("1 new product")
    assert "launch or update" not in found.finding
    lists = {part.label: part for one in found.categories for part in one.lists}
    named = lists["Shops and brands for their own customers:"].named
    assert [one.story.id for one in named] == ["own"]
