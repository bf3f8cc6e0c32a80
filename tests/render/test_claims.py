"""The page of AI claims, and what AI does to the stack, as they are printed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from digest.model.edition import (
    AiArrival,
    AiImpact,
    AiUseRow,
    Claim,
    Edition,
    EditionStory,
    MarketSaturation,
    Sentence,
    StoryRef,
    VendorRow,
)
from digest.model.sections import FIRST_SECTION
from digest.model.stack import Money, ProductAi
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.claims import POINT_COLUMNS, ClaimsPage
from digest.render.views.impacts import ImpactsView, ImpactView
from digest.render.words import load_localizer
from tests.factories import editions
from tests.render.test_places import draw

SAID = Sentence("Acme lets Envoy write letters for shops.", "The Paper", "https://paper.example/1")
FIGURE = Sentence("Envoy cut the work of shops by 31%.", "The Paper", "https://paper.example/1")


def refer(story_id: str, title: str = "Acme opens Envoy") -> StoryRef:
    day = editions.edition().stories[0].published
    return StoryRef(
        story_id, title, "en", f"https://paper.example/{story_id}", "The Paper", day, "launch"
    )


def claim(story_id: str, **more: Any) -> Claim:
    given: dict[str, Any] = {
        "story": refer(story_id),
        "subject": "Acme",
        "evidence": "specified",
        "points": {},
        "statement": replace(SAID, text=f"{SAID.text[:-1]} of {story_id}."),
        "speaker": "press",
    }
    return Claim(**(given | more))


def show(*claims: Claim, brief: bool = True, **changes: Any) -> ClaimsPage:
    made = replace(editions.briefing(), claims=claims, **changes)
    page = build_page_view(made, load_localizer("en"), RenderOptions(brief=brief)).claims
    assert page
    return page


def show_impacts(
    brief: bool = True, saturation: MarketSaturation | None = None, **changes: Any
) -> ImpactsView:
    made: Edition = editions.briefing()
    assert made.stack
    stack = replace(made.stack, **changes)
    return draw_impacts(replace(made, saturation=saturation, stack=stack), brief)


def draw_impacts(made: Edition, brief: bool = True) -> ImpactsView:
    found = build_page_view(made, load_localizer("en"), RenderOptions(brief=brief)).impacts
    assert found
    return found


def test_claims_that_answer_a_point_are_rows_and_own_vendors_stand_first() -> None:
    """The rest stands in a list, whole; of others without a sentence the headline alone.

    On paper what is not judged is named alone.
    """
    proof: dict[str, Any] = {"points": {"result": FIGURE}, "quote": FIGURE}
    claims = (
        claim("x1", own=True),
        claim("x2", subject="Dax", **proof),
        claim("x3", subject="Eos", availability="beta", teaser=True),
        claim("x4", subject="Fen", statement=None, headline_only=True),
        claim("x5", own=True, **proof),
        claim("x6", own=True, products=("Envoy",), teaser=True),
    )
    paper = show(*claims)
    assert paper.unread == ()
    assert [(name, [one.story.id for one in rows]) for name, rows in paper.unread_further] == [
        ("Our vendors", ["x6"])
    ]
    page = show(*claims[:5], brief=False)
    rows = [(name, [one.story.id for one in rows]) for name, rows in page.groups]
    assert rows == [("Our vendors", ["x5"]), ("Others", ["x2"])]
    found = [*page.listed, *page.unread]  # of the second no more than a teaser was read
    assert (len(page.listed), len(page.unread)) == (1, 1)
    assert [(one.subject, one.statement and one.statement.text) for one in found] == [
        ("Acme", "Acme lets Envoy write letters for shops of x1."),
        ("Eos", "Acme lets Envoy write letters for shops of x3."),
    ]
    assert [one.note for one in found] == [
        "availability not said · Press",
        "beta or pilot · Press",
    ]
    assert [ref.id for ref in page.bare] == ["x4"]


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"points": {"method": SAID}}, "Unproven"),
        ({"points": {"method": SAID}, "doubt": SAID}, "Disputed"),
        ({"points": {"customer": SAID}}, "A customer’s name, no figure"),
        ({"points": {"result": FIGURE}, "speaker": "vendor"}, "The vendor’s own figure"),
        ({"points": {"data": FIGURE}, "speaker": "independent"}, "Measured by others"),
        (
            {"points": {"data": FIGURE}, "speaker": "independent", "measured_by": "Dax"},
            "Measured by Dax",
        ),
        ({"points": {"result": FIGURE}}, "A figure without its origin"),
    ],
)
def test_a_row_says_what_its_words_prove(more: dict[str, Any], verdict: str) -> None:
    (row,) = show(claim("x1", **more)).groups[0][1]
    assert row.verdict == verdict


@pytest.mark.parametrize(
    ("product", "subject", "name"),
    [
        ("Slackbot", "Salesforce", "Slackbot (Salesforce)"),
        ("Google Vids", "Google", "Google Vids"),
        ("", "Acme", "Acme"),
        ("Envoy", "", "Envoy"),
    ],
)
def test_a_claim_is_named_by_product_and_vendor(product: str, subject: str, name: str) -> None:
    page = show(claim("x1", own=True, product=product, subject=subject))
    assert page.listed[0].subject == name


@pytest.mark.parametrize(
    ("more", "headline"),
    [
        ({}, ""),
        ({"by_headline": True}, "Acme opens Envoy"),
        ({"statement": None}, "Acme opens Envoy"),
    ],
)
def test_the_headline_stands_where_it_alone_says_it(more: dict[str, Any], headline: str) -> None:
    (row,) = show(claim("x1", own=True, **more)).listed
    assert row.headline == headline


def test_paper_lets_the_proof_stand_for_the_claim() -> None:
    """Where it names what it is of; the page has room for both."""
    named = replace(FIGURE, text="Acme saved 9 hours of 40.")
    for brief, figure, statement in (
        (True, named, False),
        (True, FIGURE, True),
        (False, named, True),
    ):
        proven = claim("x1", points={"result": figure}, quote=figure, measured_by="Acme",
                       speaker="vendor")  # fmt: skip
        (row,) = show(proven, brief=brief).groups[0][1]
        assert bool(row.statement) == statement
        assert row.quote
        assert row.quote.text == figure.text
        assert (row.point, row.verdict) == ("", "The vendor’s own figure")


def test_a_study_of_a_vendor_of_ours_says_so() -> None:
    stack = editions.briefing().stack
    assert stack
    vendor = stack.lines[0].product.vendor_or_name
    studies = [claim("x1", study=True, measured_by=name, quote=FIGURE) for name in (vendor, "Dax")]
    measured = [one.measured_by for one in show(*studies).studies]
    assert measured == [f"{vendor}, a vendor of ours", "Dax"]


def test_an_impact_says_what_the_ai_does_and_what_others_say() -> None:
    made = editions.briefing()
    assert made.stack
    line = made.stack.lines[0]
    product = replace(line.product, contribution="Holds our letters.", ai=ProductAi())
    against = Sentence("AI does not write letters.", "Other Paper", "https://other.example")
    impact = AiImpact(product.name, "threatens", refer("x9"), FIGURE, "", "agent", "writes",
                      (against,))  # fmt: skip
    found = show_impacts(lines=(replace(line, product=product),), impacts=(impact,))
    (row,) = found.products
    assert (row.at_stake, row.does) == ("Holds our letters", "")
    assert row.own_ai == ""  # the agenda names the silent ones
    on_the_web = show_impacts(False, lines=(replace(line, product=product),), impacts=(impact,))
    assert on_the_web.products[0].own_ai == (
        "Whether its own AI is used, the stack file does not say"
    )
    assert (row.impacts[0].label, row.impacts[0].what) == (
        "Could threaten its field:",
        "writes texts · agent",
    )
    assert [quote.text for quote in row.impacts[0].against] == [against.text]


def test_an_impact_without_a_quote_shows_what_is_held_of_it() -> None:
    """Its place where it is told, else the register's sentence; else its headline, whole."""
    made = editions.briefing()
    assert made.stack
    line = made.stack.lines[0]
    told = next(iter(made.stories))
    elsewhere = replace(refer("x9"), id=told.id)
    rival = replace(refer("x8"), title="Dax opens Envoy")
    said = Sentence("Envoy writes letters.", "Paper", "https://paper.example")
    row = replace(made.register[0], story="x8", sentence=said)

    def show_one(story: StoryRef, quote: Sentence | None = None, **changes: Any) -> ImpactView:
        impact = AiImpact(line.product.name, "threatens", story, quote, "Dax")
        assert made.stack
        stack = replace(made.stack, lines=(line,), impacts=(impact,))
        (found,) = draw_impacts(replace(made, stack=stack, **changes)).products[0].impacts
        return found

    assert show_one(elsewhere).place == f"#{told.id}"
    found = show_one(rival, register=(row,)).quote
    assert found
    assert found.text == said.text
    assert show_one(rival, register=(row,)).title == ""  # the label names Dax
    assert show_one(rival, register=()).title == "Dax opens Envoy"


def test_a_product_whose_own_ai_is_used_has_a_line_without_news() -> None:
    """It says there that nothing was found; the others of which nothing was are one sentence.

    On paper the table of the stack has said whether it is used.
    """
    made = editions.briefing()
    assert made.stack
    lines = tuple(
        replace(line, product=replace(line.product, ai=ProductAi(used=n == 0 or None)))
        for n, line in enumerate(made.stack.lines[:2])
    )
    paper = show_impacts(lines=lines, impacts=())
    assert paper.products == ()
    assert all(line.product.name in paper.untouched for line in lines)
    found = show_impacts(False, lines=lines, impacts=())
    (row,) = found.products
    assert (row.product, row.impacts) == (lines[0].product.name, ())
    assert row.own_ai == "Its own AI is used"
    assert lines[0].product.name not in found.untouched
    assert lines[1].product.name in found.untouched


def test_words_of_a_claim_stand_once_on_paper() -> None:
    """What AI does to a product points to them; the page has room for both."""
    made = editions.briefing()
    assert made.stack
    line = made.stack.lines[0]
    one = claim("x1", own=True)
    impact = AiImpact(line.product.name, "adds", one.story, one.statement)
    stack = replace(made.stack, lines=(line,), impacts=(impact,))
    for brief, place in ((True, "#claim-x1"), (False, "")):
        impacts = draw_impacts(replace(made, claims=(one,), stack=stack), brief)
        (row,) = impacts.products[0].impacts
        assert (row.place, bool(row.quote)) == (place, not brief)


def test_what_ai_adds_is_said_where_another_page_tells_the_story() -> None:
    """The answer stands whole in one place; only the table of claims is pointed to."""
    made = editions.briefing()
    told = find_told(made)
    assert made.stack
    line = made.stack.lines[0]
    impact = AiImpact(line.product.name, "adds", refer(told.id), told.summary[0])
    stack = replace(made.stack, lines=(line,), impacts=(impact,))
    (row,) = draw_impacts(replace(made, claims=(), stack=stack)).products[0].impacts
    assert row.quote
    assert row.quote.text == told.summary[0].text


def test_uses_name_ours_and_what_came() -> None:
    arrived = AiArrival(refer("x9"), "Envoy", "writes", own=False)
    uses = (
        AiUseRow("content", ("Acme",), ("Bolide",), (arrived,)),
        AiUseRow("search", ("Dax",)),
    )
    found = show_impacts(uses=uses)
    (row,) = found.uses
    assert row.ours == (("Acme", False), ("Bolide", True))
    assert [(one.name, one.function) for one in row.arrived] == [("Envoy", "writes texts")]
    assert "search visibility (Dax)" in found.quiet
    assert " content" not in found.quiet.replace("AI content", "")


def test_how_crowded_the_market_is() -> None:
    """In one line; the page lists the stories, and paper points to them."""
    market = MarketSaturation(
        raised=(Money(2e6, "EUR"), Money(114e6, "USD")),
        priced=3,
        rounds=tuple(refer(f"r{n}") for n in range(4)),
        withdrawals=(refer("w1"),),
    )
    found = show_impacts(saturation=market)
    assert found.saturation == (
        "How crowded the market is: 4 funding rounds found of €2M and $114M in all (1 without a sum), "
        "1 withdrawal, no vendor closed."
    )
    assert found.stories == ()
    assert len(show_impacts(brief=False, saturation=market).stories) == 5


def test_a_claim_says_what_has_become_of_its_thing() -> None:
    """It was withdrawn since."""
    made = editions.briefing()
    row = replace(made.register[0], withdrawn_by="x")
    one = replace(claim("x1", points={"result": FIGURE}, quote=FIGURE), story=refer(row.story))
    page = build_page_view(
        replace(made, claims=(one,), register=(row, *made.register[1:])), load_localizer("en")
    )
    assert page.claims
    verdicts = [view.verdict for _, rows in page.claims.groups for view in rows]
    assert verdicts[0].endswith(" · withdrawn since, at least in part")


def test_paper_counts_the_claims_that_answer_each_point_and_those_that_are_not_judged() -> None:
    """The page has a table of them all."""
    proof: dict[str, Any] = {"points": {"result": FIGURE}, "quote": FIGURE}
    judged = claim("x1", **proof), claim("x2", teaser=True, data_size="9 shops"), claim("x3")
    claims = (*judged, claim("x5", teaser=True), claim("x6", teaser=True))
    counts = "data 1, method 0, customer 0, result 1, difference 0."
    not_ours = "None is about a product or plan that we run."
    assert show(*claims).named == (
        f"None is proven by others. Number of the 3 claims that name: {counts} {not_ours} "
        "Of 2 more a teaser of a few lines is all that was read: they are not judged."
    )
    assert (
        show(*claims[3:]).named == "A teaser of a few lines is all that was read: none is judged."
    )
    measured = replace(claims[0], speaker="independent", measured_by="Dax")
    assert show(measured, claims[2]).named == (
        "Number of the 2 claims that name: data 0, method 0, customer 0, result 1, difference 0. "
        f"{not_ours}"
    )
    ours = replace(claims[0], products=("Acme",))
    assert not_ours not in show(ours, claims[2]).named
    assert not_ours not in show(*claims, stack=None).named
    assert show(*claims, brief=False).named == ""
    study = claim("x4", study=True, quote=FIGURE)
    for few in ((study,), (claims[0], study)):  # a number of one or of none says nothing
        assert show(*few).named == ""


def test_a_claim_for_other_plans_says_so_in_the_column() -> None:
    """Where nothing is said of when it can be had."""
    made = editions.briefing()
    assert made.ledger
    vendor = VendorRow("Acme", ("Acme",), of_other_plans=("x1", "x2"))
    ledger = replace(made.ledger, vendors=(vendor,))
    proof: dict[str, Any] = {"points": {"result": FIGURE}, "quote": FIGURE}
    page = show(
        claim("x1", **proof),
        claim("x2", availability="beta", **proof),
        claim("x3", **proof),
        ledger=ledger,
    )
    column = [kind for kind, _ in POINT_COLUMNS].index("availability")
    cells = {one.story.id: one.cells[column] for _, rows in page.groups for one in rows}
    assert cells["x1"] == "Other plans"
    assert cells["x3"] == "–"
    assert "plan" not in cells["x2"]


def find_told(made: Edition) -> EditionStory:
    """A story that is told in a sentence, behind page one."""
    (first,) = (section.stories for section in made.sections if section.slug == FIRST_SECTION)
    return next(one for one in made.stories if one.summary and one not in first)


def test_the_words_of_a_listed_claim_that_another_page_has_are_pointed_to() -> None:
    """On paper; its headline says which claim it is."""
    made = editions.briefing()
    told = find_told(made)
    one = claim("x1", own=True, statement=told.summary[0])
    for brief, place, headline in ((True, f"#{told.id}", one.story.title), (False, "", "")):
        (row,) = show(one, brief=brief).listed
        assert (row.place, row.headline, bool(row.statement)) == (place, headline, not brief)


@pytest.mark.whole
def test_the_pointer_to_the_words_of_a_claim_is_drawn() -> None:
    """And the words are not."""
    made = editions.briefing()
    told = find_told(made)
    one = claim("x1", own=True, statement=told.summary[0])
    _, html = draw(replace(made, claims=(one,)), "pages/paper.html", RenderOptions(brief=True))
    (drawn,) = re.findall(r'<li[^>]*><b id="claim-x1">.*?</li>', html, re.DOTALL)
    assert f'data-target="#{told.id}"' in drawn
    assert told.summary[0].text not in drawn


def test_a_bare_title_is_no_place_to_point_to() -> None:
    """What names a new product leads to its source, where the claims only name it, too."""
    made = editions.briefing()
    row = replace(made.register[0], story="x1", url="https://paper.example/x1", new_product=True)
    words = load_localizer("en")
    for number, href in ((0, row.url), (1, "#named-x1")):
        options = RenderOptions(brief=True, claims=number)
        edition = replace(made, claims=(claim("x1", own=True),), register=(row,))
        page = build_page_view(edition, words, options)
        assert page.claims
        assert bool(page.claims.further) == (number == 0)
        by_category = page.sections["categories"].by_category
        assert by_category
        lists = [part for one in by_category.categories for part in one.lists]
        named = [one for part in lists for one in (*part.elsewhere, *part.named)]
        (product,) = [one for one in named if one.story.id == "x1"]
        assert product.story.href == href


@pytest.mark.parametrize(
    ("brief", "names", "more"),
    [
        (False, [("Our vendors", ["x2"]), ("Others", ["x1", "x3"])], ""),
        (
            True,
            [("Our vendors", ["x2"])],
            "In the HTML edition alone: 2 more claims in words alone or not judged.",
        ),
    ],
)
def test_claims_in_words_alone_of_our_vendors_stand_apart(
    brief: bool, names: list[tuple[str, list[str]]], more: str
) -> None:
    """Paper names those of our vendors and counts the others."""
    claims = (claim("x1"), claim("x2", own=True), claim("x3"))
    edition = replace(editions.briefing(), claims=claims)
    options = RenderOptions(brief=brief, claims=0)
    page = build_page_view(edition, load_localizer("en"), options).claims
    assert page
    found = [(whose, [one.story.id for one in rows]) for whose, rows in page.further]
    assert (found, page.more) == (names, more)


def test_what_ai_does_is_counted_by_kind_and_what_no_report_tells() -> None:
    """A vendor that we run something else of is a rival all the same."""
    made = editions.briefing()
    assert made.stack
    name, other = (line.product.name for line in made.stack.lines[:2])
    maker = made.stack.lines[1].product.vendor_or_name
    impacts = (
        AiImpact(name, "adds", refer("x2"), FIGURE, "", "agent"),
        AiImpact(name, "threatens", refer("x3"), FIGURE, maker),
        AiImpact(other, "elsewhere", refer("x4"), None),
    )
    found = show_impacts(impacts=impacts)
    assert found.kinds == "The AI by kind: agent 1, not told 2."
    labels = {row.product: [one.label for one in row.impacts] for row in found.products}
    assert labels[name] == ["Is said to add:", f"AI of {maker}, a maker of ours, too:"]
    assert labels[other] == ["Nothing found for it; its maker’s AI elsewhere:"]
    beside = (*impacts, AiImpact(name, "elsewhere", refer("x5"), None))
    (row,) = (row for row in show_impacts(impacts=beside).products if row.product == name)
    assert len(row.impacts) == 2  # on paper it stands where nothing else does
    assert "not told" not in show_impacts(impacts=impacts[:1]).kinds
    uncalled = (*impacts, AiImpact(other, "changes", refer("x6"), FIGURE, is_ai=False))
    assert show_impacts(impacts=uncalled).kinds == found.kinds  # no report calls it AI


@pytest.mark.parametrize(
    ("more", "labels"),
    [
        ({"measured_by": "Dax"}, "Dax On how much not said"),
        ({"data_size": "9 shops"}, "not said On how much 9 shops"),
        ({}, ""),
    ],
)
@pytest.mark.whole
def test_a_study_says_what_it_does_not_say(more: dict[str, Any], labels: str) -> None:
    """Who measured, or on how much, where the other is known."""
    made = replace(editions.briefing(), claims=(claim("x1", study=True, quote=FIGURE, **more),))
    _, html = draw(made, "pages/paper.html", RenderOptions(brief=True))
    (drawn,) = re.findall(r'<ul class="lines studies">(.*?)</ul>', html, re.DOTALL)
    text = " ".join(re.sub(r"<[^>]+>", "", drawn).split())
    assert text.partition("By whom ")[2].partition(" · ")[0] == labels


def test_paper_counts_what_it_tells_of_threats() -> None:
    """One report says that a field is threatened; the table of the stack counts no more."""
    made = editions.briefing()
    assert made.stack
    line = made.stack.lines[0]
    name = line.product.name
    impacts = tuple(AiImpact(name, "threatens", refer(f"x{n}"), FIGURE) for n in (2, 3))
    impacts += (AiImpact(name, "threatens", refer("x4"), FIGURE, "Dax"),)
    stack = replace(made.stack, lines=(line,), impacts=impacts)
    for brief, number, told in ((True, 2, "1 report that"), (False, 3, "2 reports that")):
        options = RenderOptions(brief=brief)
        page = build_page_view(replace(made, stack=stack), load_localizer("en"), options)
        assert page.impacts
        assert page.stack_pages
        assert len(page.impacts.products[0].impacts) == number
        assert page.stack_pages.stack.products[0].threats.startswith(told)
        (part,) = [one for one in page.parts if one.slug == "ai-impacts"]
        assert part.finding == (
            "AI is said to add to 0 of 1 products, could threaten the field of 1, rivals bring it "
            "beside 1"
        )


def test_paper_names_what_was_judged_before_what_was_not() -> None:
    """Whoever counts the judged claims finds them all."""
    teasers = [claim(f"t{n}", own=True, products=("Envoy",), teaser=True) for n in range(8)]
    judged = [claim(f"j{n}", own=True) for n in range(3)]
    edition = replace(editions.briefing(), claims=(*teasers, *judged))
    page = build_page_view(
        edition, load_localizer("en"), RenderOptions(brief=True, claims=0)
    ).claims
    assert page
    named = [one.story.id for _, rows in page.further for one in rows]
    assert named == ["j0", "j1", "j2"]
    assert page.more == "In the HTML edition alone: 5 more claims in words alone or not judged."
