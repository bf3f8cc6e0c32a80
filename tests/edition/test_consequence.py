"""What a story means for the company: made-up stories before a made-up stack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.edition import QuarterView, explain_consequences
from digest.edition.consequence import explain_consequence
from digest.edition.story_dates import find_story_dates
from digest.model.stack import Goal, Money, Product, ProductAi, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 8, 20)
STACK = Stack(
    products=(
        Product(
            "Acme",
            ("crm",),
            owner="Ada",
            cost=Money(96000, "EUR"),
            contract_end=date(2027, 1, 1),
            notice_days=60,
            data=("customers",),
            integrations=("Bolide", "Cirrus"),
            ai=ProductAi(used=True),
        ),
        Product("Bolide", ("seo",), cost=Money(0, "EUR")),
        Product("Cirrus Ads", ("search-social-ads",), vendor="Cirrus"),
        Product("Dovecote", ("email-marketing",), status="retiring", cost=Money(6000, "EUR")),
        Product("Ember", ("cdp",), cost=Money(500, "EUR"), contract_end=date(2029, 1, 1)),
    ),
    goals=(
        Goal("Cut the cost per lead", ("search-social-ads",)),
        Goal("Be named in AI answers", ("seo",)),
        Goal("Win back customers", ("advocacy-loyalty",)),
    ),
)
RELATIONS = {
    "Acme": Relation("product", ("Acme",), "Acme", "crm"),
    "Acme's maker": Relation("vendor", ("Acme",), "Acme", "crm"),
    "Bolide": Relation("product", ("Bolide",), "Bolide", "seo"),
    "Cirrus": Relation("product", ("Cirrus Ads",), "Cirrus", "search-social-ads"),
    "Cirrus's maker": Relation("vendor", ("Cirrus Ads",), "Cirrus", "search-social-ads"),
    "Dovecote": Relation("product", ("Dovecote",), "Dovecote", "email-marketing"),
    "Ember": Relation("product", ("Ember",), "Ember", "cdp"),
    "rival of Acme": Relation("rival", ("Acme",), "Newcomer", "crm"),
    "rival of Ember": Relation("rival", ("Ember",), "Newcomer", "cdp"),
    "gap": Relation("gap", (), "Newcomer", "advocacy-loyalty", "Win back customers"),
}


def explain(one: Story, *relations: str, stack: Stack = STACK) -> list[str]:
    found = explain_consequence(
        one, [RELATIONS[name] for name in relations], find_story_dates(one), stack, TODAY
    )
    return [str(sentence) for sentence in found]


CASES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"title": "Newcomer buys Acme for $2 billion", "event": "acquisition", "vendors": ["Newcomer", "Acme"]},
        "Acme's maker",
        ("We run Acme (96,000 EUR a year): ask what the deal changes in contract, price and roadmap "
        "before notice is due on 2 November 2026."),
    ),
    (
        {"title": "Newcomer acquires Dovecote", "event": "acquisition", "vendors": ["Newcomer"]},
        "Dovecote",
        ("We run Dovecote, which we are retiring: ask what the deal changes in contract, price "
        "and roadmap."),
    ),
    (
        {"title": "Attackers took Acme's customer records", "event": "acquisition", "vendors": ["Acme"]},
        "Acme",
        ("We run Acme, connected to Bolide and Cirrus: ask whether our data was among it, and "
        "renew its access."),
    ),
    (
        {"title": "Ember fixes a vulnerability in its editor", "vendors": ["Ember"]},
        "Ember",
        "We run Ember: find out whether what we run is affected, and whether it has the fix.",
    ),
    (
        {"title": "Ember was down for six hours", "vendors": ["Ember"]},
        "Ember",
        "We run Ember: ask for the cause, and what our contract gives us for the hours lost.",
    ),
    (
        {"title": "Acme puts prices up 12% from October", "event": "pricing", "vendors": ["Acme"]},
        "Acme",
        ("We run Acme (96,000 EUR a year): the change takes effect in October 2026; ask what it "
        "means for our bill before notice is due on 2 November 2026."),
    ),
    (
        {"title": "Bolide ends its free plan on 1 December", "event": "shutdown", "vendors": ["Bolide"]},
        "Bolide",
        ("Bolide costs us nothing today: find out what it will cost us when this takes effect on "
        "1 December 2026."),
    ),
    (
        {"title": "Acme backs down over data sharing", "vendors": ["Acme"]},
        "Acme",
        "We run Acme: check what our contract and our settings say on the use of our data.",
    ),
    (
        {
            "title": "Cirrus changes bids",
            "vendors": ["Cirrus"],
            "category": "search-social-ads",
            "summary": "Starting in late September, every campaign is migrated automatically.",
        },
        "Cirrus's maker",
        ("We run Cirrus Ads (goal: Cut the cost per lead): this takes effect in late September "
        "2026; check what it changes before then."),
    ),
    (
        {
            "title": "Cirrus Ads changes bids",
            "vendors": ["Cirrus"],
            "category": "search-social-ads",
            "summary": "Starting August 17, every campaign is migrated automatically.",
        },
        "Cirrus",
        ("We run Cirrus Ads (goal: Cut the cost per lead): this was announced for 17 August 2026; "
        "check whether it has come, and what it changed."),
    ),
    (
        {
            "title": "Acme retires its old editor",
            "event": "shutdown",
            "vendors": ["Acme"],
            "summary": "The old editor will be shut down on 31 March 2027.",
        },
        "Acme",
        "We run Acme: find out whether we use what ends on 31 March 2027, and what replaces it.",
    ),
    (
        {
            "title": "Acme asks for a new consent",
            "vendors": ["Acme"],
            "summary": "Customers must accept the new terms by 30 September.",
        },
        "Acme",
        "We run Acme: what this asks for is due by 30 September 2026.",
    ),
    (
        {
            "title": "Cirrus Ads requires a label for AI pictures",
            "vendors": ["Cirrus"],
            "summary": "Advertisers must mark every picture that a model made.",
        },
        "Cirrus",
        "We run Cirrus Ads (goal: Cut the cost per lead): check whether we meet this requirement.",
    ),
    (  # no sentence says who must do what
        {
            "title": "Cirrus Ads requires a label for AI pictures",
            "vendors": ["Cirrus"],
            "summary": "Cirrus Ads adds labels to creative of third parties.",
        },
        "Cirrus",
        (
            "We run Cirrus Ads (goal: Cut the cost per lead): ask what it requires of us, and "
            "from when."
        ),
    ),
    (
        {
            "title": "Cirrus launches a model for Cirrus Ads",
            "vendors": ["Cirrus"],
            "event": "update",
            "summary": "The introductory price of Cirrus Ads is 2 euros, then 3 from 1 October.",
        },
        "Cirrus",
        (
            "We run Cirrus Ads (goal: Cut the cost per lead): the change takes effect on 1 October "
            "2026; ask what it means for our bill."
        ),
    ),
    (
        {
            "title": "A key becomes a requirement for Cirrus Ads",
            "vendors": ["Cirrus"],
            "summary": "These updates start rolling out from August 5, 2026, for all users.",
            "day": "2026-07-27",
        },
        "Cirrus",
        (
            "We run Cirrus Ads (goal: Cut the cost per lead): this was to begin rolling out on "
            "5 August 2026; check whether it has reached us."
        ),
    ),
    (
        {"title": "Acme's chief executive steps down", "event": "people", "vendors": ["Acme"]},
        "Acme's maker",
        ("We run Acme (96,000 EUR a year): ask who answers for our account and its roadmap before "
        "notice is due on 2 November 2026."),
    ),
    (
        {
            "title": "Law on AI labels printed",
            "event": "regulation",
            "category": "governance-privacy",
            "ai": "core",
            "summary": "It applies from 1 December 2026.",
        },
        "",
        ("AI works in Acme, which we run: settle whether this rule reaches that use, and who answers "
        "for it, before it takes effect on 1 December 2026."),
    ),
    (
        {
            "title": "Law on consent signals printed",
            "event": "regulation",
            "category": "governance-privacy",
            "summary": "It applies from 1 December 2026.",
        },
        "",
        ("Our stack file names data in Acme: settle whether this concerns it before it takes effect "
        "on 1 December 2026."),
    ),
    (
        {"title": "Newcomer launches a CRM for shops", "event": "launch", "vendors": ["Newcomer"]},
        "rival of Acme",
        ("It is in the field of Acme (96,000 EUR a year), which we run: compare the two before "
        "notice is due on 2 November 2026."),
    ),
    (
        {
            "title": "Newcomer launches points for everybody",
            "event": "launch",
            "vendors": ["Newcomer"],
            "category": "advocacy-loyalty",
        },
        "gap",
        ("Our goal “Win back customers” counts on Advocacy, Loyalty & Referrals, where we run "
        "nothing: see whether this fits."),
    ),
    (
        {
            "title": "Acme launches points for everybody",
            "event": "launch",
            "vendors": ["Acme"],
            "category": "advocacy-loyalty",
        },
        "Acme's maker",
        ("Our goal “Win back customers” counts on Advocacy, Loyalty & Referrals, where we run "
        "nothing: see whether this fits."),
    ),
    (
        {"title": "AI answers took a tenth of visits", "event": "research", "category": "seo", "ai": "core"},
        "",
        "Our goal “Be named in AI answers” rests on SEO: hold its plan against these findings.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told", "relation", "sentence"), CASES, ids=lambda one: str(one)[:60])
def test_what_follows(told: dict[str, Any], relation: str, sentence: str) -> None:
    one = story(**told)
    assert explain(one, *filter(None, [relation])) == [sentence]


SILENT: list[tuple[dict[str, Any], str]] = [
    # that it is ours says nothing
    ({"title": "Acme adds a calendar", "vendors": ["Acme"]}, "Acme"),
    ({"title": "Acme reports its best quarter", "event": "results", "vendors": ["Acme"]}, "Acme's maker"),
    ({"title": "Newcomer joins hands with Acme", "event": "partnership", "vendors": ["Newcomer", "Acme"]}, "Acme"),
    # it only publishes, or made the study
    (
        {
            "title": "Newcomer shows ads beside answers",
            "event": "update",
            "vendors": ["Newcomer", "Acme"],
            "source": "Acme Blog",
            "summary": "Newcomer must be told by 30 September.",
        },
        "Acme's maker",
    ),
    ({"title": "Acme finds that mails are read", "event": "research", "vendors": ["Acme"]}, "Acme's maker"),
    # the maker's other things
    (
        {
            "title": "Cirrus changes its maps",
            "vendors": ["Cirrus"],
            "category": "mobile-marketing",
            "summary": "The new rule takes effect on 1 October.",
        },
        "Cirrus's maker",
    ),
    # the tag says so, the words do not
    ({"title": "Acme opens a school", "event": "acquisition", "vendors": ["Acme"]}, "Acme's maker"),
    ({"title": "Acme asks shops about prices and stock", "event": "pricing", "vendors": ["Acme"]}, "Acme"),
    # no contract of which notice is due soon
    (
        {"title": "Newcomer launches a CDP", "event": "launch", "vendors": ["Newcomer"], "category": "cdp"},
        "rival of Ember",
    ),
    ({"title": "Newcomer grows", "event": "results", "vendors": ["Newcomer"]}, "rival of Acme"),
    # a case against somebody else, a draft
    ({"title": "Office fines Newcomer over AI", "event": "regulation", "vendors": ["Newcomer"], "ai": "core"}, ""),
    ({"title": "Consultation on an AI law", "event": "regulation", "ai": "core"}, ""),
    ({"title": "Ads by AI cost less", "event": "research", "category": "search-social-ads", "ai": "core"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("told", "relation"), SILENT, ids=lambda one: str(one)[:60])
def test_nothing_where_nothing_follows(told: dict[str, Any], relation: str) -> None:
    assert explain(story(**told), *filter(None, [relation])) == []


def test_without_a_stack_nothing_follows() -> None:
    for told, relation, _ in CASES:
        one = story(**told)
        assert explain(one, *filter(None, [relation]), stack=Stack()) in ([], *_gap_of(relation))


def _gap_of(relation: str) -> list[list[str]]:
    return [[CASES[-2][2]]] if relation == "gap" else []


def test_a_sentence_is_said_once() -> None:
    first, second = (
        story("Acme buys Newcomer", event="acquisition", vendors=["Acme"]),
        story("Acme acquires Newcomer", event="acquisition", vendors=["Acme"]),
    )
    relations = {one.id: (RELATIONS["Acme's maker"],) for one in (first, second)}
    view = QuarterView(STACK, [first, second], [first, second], relations, tell, TODAY)
    assert list(explain_consequences(view)) == [first.id]


def test_nothing_costs_0_and_no_sentence_is_a_bare_cost() -> None:
    for told, relation, sentence in CASES:
        (line,) = explain(story(**told), *filter(None, [relation]))
        assert "(0 " not in line
        assert " 0 EUR" not in line
        assert ":" in sentence


REACHES = [
    (
        "Starting September 14, budgets of Cirrus Ads change. The change starts to roll out on September 14.",
        ("begins to roll out on 14 September 2026;", "when it reaches us"),
    ),
    (
        "The new rules for budgets take effect on September 14. A small group of U.S. advertisers comes first.",
        ("on 14 September 2026, in the U.S. first;",),
    ),
    (
        "Starting August 14, the fees of Cirrus Ads change. The change starts to roll out on August 14.",
        ("to begin rolling out on 14 August 2026;", "reached us"),
    ),
    (
        "The new rules for budgets take effect on September 14. Acme opens its first shop in Japan.",
        ("takes effect on 14 September 2026;",),
    ),
]  # fmt: skip


def _explain_budgets(summary: str) -> str:
    """Return what follows for us from a change of budgets that a report tells in these words."""
    one = story(
        "Cirrus Ads changes budgets",
        vendors=["Cirrus"],
        category="search-social-ads",
        summary=summary,
    )
    (line,) = explain(one, "Cirrus")
    return line


@pytest.mark.parametrize(("summary", "words"), REACHES)
def test_a_change_says_how_far_it_reaches(summary: str, words: tuple[str, ...]) -> None:
    """Sentences that name its day, or stand beside one that does, limit it."""
    line = _explain_budgets(summary)
    assert all(word in line for word in words)
    assert ("first" in line) == any("first" in word for word in words)


FIRST = "The new rules for budgets take effect on September 14."
IN_US = f"{FIRST} A small group of U.S. advertisers comes first."


@pytest.mark.parametrize(
    ("summary", "limits"),
    [
        (
            f"{IN_US} Non-U.S. accounts of all sizes will follow in 2027.",
            ", in the U.S. first (“Non-U.S. accounts of all sizes will follow in 2027”);",
        ),
        (
            f"{IN_US} All other advertisers will follow by early 2027.",
            ", in the U.S. first (“All other advertisers will follow by early 2027”);",
        ),
        (
            (
                f"{IN_US} All other advertisers there will follow in November 2026. "
                "Non-U.S. accounts of all sizes will follow in 2027."
            ),
            ", in the U.S. first (“Non-U.S. accounts of all sizes will follow in 2027”);",
        ),
        (f"{IN_US} Non-U.S. accounts of all sizes will follow.", ", in the U.S. first;"),
        (f"{FIRST} Non-U.S. accounts of all sizes will follow in 2027.", ";"),
    ],
    ids=["other places", "other accounts", "places before accounts", "no time", "no first place"],
)
def test_when_a_change_comes_to_others_is_quoted(summary: str, limits: str) -> None:
    line = _explain_budgets(summary)
    assert f"takes effect on 14 September 2026{limits}" in line


def test_an_add_on_of_others_is_told_as_one() -> None:
    one = story(
        "Acme plugin Postly lets anybody in: a vulnerability", event="incident", vendors=["Acme"]
    )
    (line,) = explain(one, "Acme")
    assert line.startswith("It is an add-on for Acme, which we run")


def test_a_makers_price_of_something_else_names_its_maker() -> None:
    one = story("Cirrus cuts API prices", event="pricing", vendors=["Cirrus"], category="seo")
    (line,) = explain(one, "Cirrus's maker")
    assert "Cirrus makes Cirrus Ads" in line
    assert "our plan is not named" in line


def test_a_sentence_is_said_at_a_report_that_the_reader_can_read() -> None:
    """Page one takes it from there."""
    first, second = (story(title, event="regulation", ai="core") for title in ("Legge", "A law"))
    refs = {first.id: replace(tell(first), language="it"), second.id: tell(second)}
    view = QuarterView(STACK, [first, second], [], {}, lambda one: refs[one.id], TODAY)
    assert list(explain_consequences(view)) == [second.id]
    assert list(explain_consequences(replace(view, language="it"))) == [first.id]
