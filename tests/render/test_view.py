"""What the templates get: counted, cut, checked, with nothing left to decide."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.i18n import TranslatableText
from digest.model.edition import Section, Sentence
from digest.render.views import PageView, RenderOptions, StoryLimits, build_page_view
from digest.render.views.page import MAX_SUBJECT
from digest.render.views.story import StoryView
from digest.render.words import load_localizer
from tests.factories import editions


def seen(edition=None, printing=None) -> PageView:
    return build_page_view(edition or editions.edition(), load_localizer("en"), printing)


def stories(view: PageView) -> dict[str, StoryView]:
    sections = (view.five, *view.sections.values())
    return {one.id: one for section in sections for one in section.stories}


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
    others = [one for section in view.sections.values() for one in section.stories]
    assert {one.number for one in others} == {0}


def test_a_section_names_what_page_one_told():
    """`told_before` becomes links to stories that are printed; an unknown id becomes nothing."""
    made = editions.edition()
    sections = (*made.sections[:4], Section("rules", (), ("s002", "nobody"), ""))
    rules = seen(replace(made, sections=sections)).sections["rules"]
    assert [one.id for one in rules.also] == ["s002"]


@pytest.mark.parametrize(
    ("slug", "finding"),
    [
        ("calendar", "12 dates in the next six months"),
        (
            "deals",
            "3 acquisitions, 2 funding rounds, 1 withdrawal, 1 price change, 1 touches ours",
        ),
        ("themes", ""),
        ("categories", "33 launches and updates, 45 new products"),
        ("stack", "8 of 10 products in the news"),
        ("ai-impacts", ""),
        ("ai-watch", "0 of 16 claims measured by others, 3 by their vendors alone"),
        ("ledger", "1 promise perhaps shipped, 1 promise slipped"),
        (
            "rules",
            "1 law or binding decision, 1 ruling or fine, 1 platform policy, 1 case pending, 2 touch products of ours",
        ),
        ("radar", "2 to act on"),
        ("agenda", "11 to decide, 1 decision is open, 1 past its day"),
        ("register", "120 stories, 45 new products"),
        ("sources", ""),
    ],
)
def test_a_part_is_titled_by_what_it_found(slug, finding):
    """Counted from the edition, what page one told included; else its name alone stands there."""
    (part,) = [part for part in seen(editions.briefing()).parts if part.slug == slug]
    assert part.finding == finding
    assert part.name


def test_own_deals_are_counted():
    """Those of the deals and rules that touch a product of the company."""
    made = editions.briefing()
    deals = [replace(one, products=("Quillmark Studio",)) for one in made.deals[:3]]
    rules = [replace(one, products=()) for one in made.rules]
    view = seen(replace(made, deals=(*deals, *made.deals[3:]), rules=tuple(rules)))
    findings = {part.slug: part.finding for part in view.parts}
    assert findings["deals"].endswith("3 touch ours")
    assert "none of ours" in findings["rules"]


def test_parts_stand_in_reading_order():
    """Ours and the dates before the market's register; pictures of counts on the page alone."""
    slugs = [part.slug for part in seen(editions.briefing()).parts]
    assert (
        slugs
        == (
            "calendar deals themes categories stack ai-impacts ai-watch ledger rules radar agenda register glance"
            " sources"
        ).split()
    )
    assert "glance" not in [
        part.slug for part in seen(editions.briefing(), RenderOptions(brief=True)).parts
    ]
    bare = seen(replace(editions.edition(), calendar=(), claims=(), register=()))
    assert [part.slug for part in bare.parts] == (
        "deals themes categories rules glance sources".split()
    )


def test_page_one():
    """Lead, cards and decisions as they were composed, each decision with its place."""
    made = editions.briefing()
    front = seen(made).front
    assert front.lead.startswith("Postlark raises e-mail prices")
    assert [card.value for card in front.cards] == ["€294,000", "2 of 10", "4", "1 of 3"]
    first = front.decisions[0]
    assert (first.number, first.due, first.cost, first.owner, first.overdue) == (
        1,
        "1 November 2026",
        "€96,000 a year",
        "Head of CRM",
        False,
    )
    # What page one itself tells is found in its section.
    assert [decision.href for decision in front.decisions] == ["#deals", "#categories", "#rules"]
    late = replace(made.front.decisions[0], due=date(2026, 10, 1), story="s032", section="nowhere")
    changed = replace(made, front=replace(made.front, decisions=(late,)))
    (only,) = seen(changed).front.decisions
    assert (only.overdue, only.href) == (True, "#s032")


def test_a_decision_whose_place_is_not_printed_has_none():
    """A page reference leads somewhere, or is not there."""
    made = editions.briefing()
    lost = replace(made.front.decisions[0], story="s032", section="nowhere")
    options = RenderOptions(kept={"deals": frozenset()})
    changed = replace(made, front=replace(made.front, decisions=(lost,)))
    assert seen(changed, options).front.decisions[0].href == ""


@pytest.mark.parametrize(
    ("front", "subject"),
    [
        (
            editions.front(own=True),
            "Martech Digest, Q3 2026: Renew, renegotiate or leave Postlark?",
        ),
        (
            editions.front(),
            "Martech Digest, Q3 2026: Halden buys customer data platform Tessera for $1.4 billion",
        ),
    ],
)
def test_the_subject_is_the_news(front, subject):
    """The first decision, else the first story."""
    assert seen(replace(editions.edition(), front=front)).subject == subject


@pytest.mark.whole
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_a_subject_is_short(question):
    """Whatever the question says, 110 characters hold it."""
    made = editions.edition(front=replace(editions.front(own=True)))
    asked = replace(made.front.decisions[0], question=TranslatableText("%(q)s", q=question))
    changed = replace(made, front=replace(made.front, decisions=(asked,)))
    assert len(seen(changed).subject) <= MAX_SUBJECT


def test_a_headline_in_another_language_is_marked():
    """By the short name of its language; one in the edition's own is not."""
    view = stories(seen())
    marks = {one.language: view[one.id].foreign for one in editions.edition().stories}
    assert marks == {"en": "", "de": "DE", "it": "IT", "th": "TH", "ar": "AR", "ja": "JA"}


def test_a_sentence_is_printed_whole_or_not_at_all():
    """One that is too long is left out, and the next that fits is told."""
    story = editions.edition().sections[0].stories[0]
    long = replace(story.summary[0], text=f"A {'very ' * 200}long sentence.")
    short = replace(story.summary[0], text="A short sentence.")
    assert changed(summary=(long, short)).summary[-1] == "A short sentence."
    options = RenderOptions(first_limits=StoryLimits(90, 2, 0, 1, 0, 1))
    made = editions.edition()
    first = replace(story, summary=(long, short, short))
    sections = (replace(made.sections[0], stories=(first,)), *made.sections[1:])
    view = seen(replace(made, sections=sections), options)
    assert view.five.stories[0].summary == ("A short sentence.",)


def test_page_one_drops_the_sentences_that_say_what_their_headlines_say():
    made = editions.edition()
    first, second, *_ = made.sections[0].stories
    said = first.summary[0]
    telling = replace(
        first,
        title="Halden requires labels for pictures",
        summary=(replace(said, text="Halden requires labels for pictures from AI."),),
    )
    vague = replace(
        second,
        title="A subtle change",
        summary=(replace(said, text="Campaigns may cost more where a budget is small."),),
    )
    sections = (replace(made.sections[0], stories=(telling, vague)), *made.sections[1:])
    limits = StoryLimits(90, 1, 200, 1, 0, 1, summaries=1)
    view = seen(replace(made, sections=sections), RenderOptions(first_limits=limits))
    assert [bool(one.summary) for one in view.five.stories] == [False, True]
    study = replace(telling, event="research")  # nothing without what it found
    sections = (replace(made.sections[0], stories=(study, vague)), *made.sections[1:])
    view = seen(replace(made, sections=sections), RenderOptions(first_limits=limits))
    assert [bool(one.summary) for one in view.five.stories] == [True, False]


def test_an_empty_section_says_why():
    """It says the note of the edition."""
    assert {one.note for one in seen(editions.empty()).sections.values()} == {
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


def test_banners():
    """A sample and a quarter that has not ended say so."""
    assert seen(replace(editions.edition(), sample=False)).banners == ()
    sample, so_far = seen(editions.thin()).banners
    assert sample.startswith("Sample:")
    assert (
        so_far
        == "So far: the quarter ends on 30 September 2026; this is how it stood on 8 August 2026."
    )


def test_a_banner_says_how_far_an_edition_read_where_that_is_less():
    """It was made a month after the newest item that any source has."""
    made = editions.thin()
    newest = max(row.held_to for row in made.coverage if row.held_to)
    later = replace(made, as_of=newest + timedelta(days=30), end=newest + timedelta(days=60))
    banner = seen(later).banners[-1]
    words = load_localizer("en")
    made_on, read_to = (words.format_long_day(day) for day in (later.as_of, newest))
    assert banner.endswith(f"made on {made_on}, read to {read_to}.")


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
    deals = view.sections["deals"]
    assert [one.id for group in deals.groups for one in group.stories] == ["s032"]
    assert deals.more.startswith("4 more stories of this section stand in the register")


def test_sources_with_a_problem_come_first():
    """Then those that gave the briefing most."""
    method = seen().method
    assert [one.row.state for one in method.lines[:5]] == [
        "failed",
        "failed",
        "failed",
        "failed",
        "read",
    ]
    assert method.lead.endswith("4 could not be read and stand first in the table.")


def test_paper_tells_of_sources_in_short():
    """Which were not read, and why items stay out; tables, figures and fingerprints on the page."""
    method = seen(printing=RenderOptions(brief=True)).method
    assert (method.lines, method.quality, method.provenance, method.strip) == ((), (), (), None)
    assert "Not everything could be read of " in method.lead
    assert method.left_out


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


def test_a_label_that_is_not_sure_is_no_label_of_the_filter():
    """It is neither printed nor taken for "no AI"; nobody can filter by it."""
    made = editions.briefing()
    first = made.sections[0]
    one = replace(first.stories[0], ai=None, event=None, category=None)
    unsure = replace(first, stories=(one, *first.stories[1:]))
    view = seen(replace(made, sections=(unsure, *made.sections[1:])))
    (story,) = (found for found in view.five.stories if found.id == one.id)
    assert (story.ai, story.event, story.category) == ("", "", "")
    assert story.ai_slug not in {choice.slug for choice in view.filters["ai"]}
    assert story.event_slug not in {choice.slug for choice in view.filters["event"]}
    assert all(choice.label for choices in view.filters.values() for choice in choices)


@pytest.mark.parametrize(
    ("days", "says"), [(3, False), (15, True)], ids=["a weekend ago", "two weeks ago"]
)
def test_page_one_says_how_far_the_reading_reaches_where_it_ends_early(
    days: int, says: bool
) -> None:
    """Once, at the end of the lead: whoever reads page one alone must know."""
    made = editions.briefing()
    newest = min(made.as_of, made.end) - timedelta(days=days)
    rows = tuple(replace(row, held_to=newest) for row in made.coverage)
    lead = seen(replace(made, coverage=rows)).front.lead
    assert lead.endswith(f"of {newest.day} {newest:%B %Y}, {days} days before.") == says
    assert lead.count("newest item") == says


def test_a_sentence_of_another_report_is_credited_to_it():
    """The day beside the source is that of the report whose headline is printed."""
    made = editions.edition()
    first = made.sections[0].stories[0]
    lead = replace(first.items[0], source="The Paper", published=datetime(2026, 7, 9, tzinfo=UTC))
    other = replace(
        lead,
        id="other",
        url="https://other.example/1",
        source="The Other",
        published=datetime(2026, 7, 2, tzinfo=UTC),
    )
    told = Sentence("It is open to bakers.", other.source, other.url)
    limits = replace(RenderOptions().first_limits, sources=1)
    printing = RenderOptions(first_limits=limits)
    for items, found in (
        ((lead, other), ("9 Jul 2026", "The Other, 2 Jul 2026")),
        ((other, lead), ("2 Jul 2026", "")),
    ):
        story = replace(first, items=items, summary=(told,), reach=None)
        section = replace(made.sections[0], stories=(story,))
        view = seen(replace(made, sections=(section, *made.sections[1:])), printing)
        one = view.five.groups[0].stories[0]
        assert (one.day, one.quoted_from) == found
