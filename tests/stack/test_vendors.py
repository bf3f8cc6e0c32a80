"""Asked and answered, promised and shipped: what a vendor's row of the ledger says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.edition.letter import plan_letter
from digest.edition.stack.asked import list_asked
from digest.edition.stack.promises import build_ledger, find_promised_product
from digest.i18n import TranslatableText
from digest.model.stack import Money, Product, ProductAi, Promise, Relation, Stack
from digest.model.story import EarlierStory, Story, StoryThread
from digest.model.vendors import Question, VendorAnswer, VendorLetter, VendorRecord
from digest.render.letter import LetterFrame, write_letter
from digest.render.words import load_localizer
from tests.factories.stories import story
from tests.stack.test_pages import seen

ASKED = VendorLetter(
    date(2026, 3, 4),
    "2026-Q1",
    (Question("data", "On which data?"), Question("exit", "How do we leave?")),
)
AGAIN = VendorLetter(date(2026, 6, 1), "2026-Q2", (Question("data", "On which data?"),))
ANSWER = VendorAnswer("exit", date(2026, 3, 20), "By CSV.", "mail of Dana")
RECORD = VendorRecord("Acme", letters=(AGAIN, ASKED), answers=(ANSWER,))


# ---------------------------------------------------------------- asked and answered


def test_what_waits_comes_first_and_keeps_the_day_on_which_it_was_asked_first():
    """A question that a second letter repeats has waited since the first."""
    waiting, answered = list_asked(RECORD, date(2026, 8, 1))
    assert (waiting.key, waiting.asked, waiting.quarter, waiting.letters) == (
        *("data", date(2026, 3, 4)),
        *("2026-Q1", 2),
    )
    assert waiting.answer is None
    assert answered.answer == ANSWER


def test_an_edition_knows_nothing_of_what_came_later():
    """Built again, it says what it said: the answer of 20 March is none on the 10th."""
    then = list_asked(RECORD, date(2026, 3, 10))
    assert [(one.key, one.answer) for one in then] == [("data", None), ("exit", None)]
    assert list_asked(RECORD, date(2026, 3, 1)) == ()


def test_a_question_that_is_asked_again_after_its_answer_waits_again():
    """From the day of the new letter."""
    later = VendorLetter(date(2026, 9, 1), "2026-Q3", (Question("exit", "How do we leave?"),))
    record = replace(RECORD, letters=(*RECORD.letters, later))
    (row,) = [one for one in list_asked(record, date(2026, 9, 9)) if one.key == "exit"]
    assert (row.asked, row.answer) == (date(2026, 9, 1), None)


def test_what_was_answered_in_part_stands_when_it_is_asked_again():
    """What is known of it is not lost behind a letter that asks for the rest."""
    part = replace(ANSWER, state="partly")
    later = VendorLetter(date(2026, 9, 1), "2026-Q3", (Question("exit", "How do we leave?"),))
    record = replace(RECORD, letters=(*RECORD.letters, later), answers=(part,))
    (row,) = [one for one in list_asked(record, date(2026, 9, 9)) if one.key == "exit"]
    assert (row.asked, row.letters, row.answer) == (date(2026, 3, 4), 2, part)


# ---------------------------------------------------------------- promises

PROMISE = Promise(
    "Acme", "Envoy agents for service", date(2026, 5, 2), date(2026, 9, 13), product="Envoy"
)


def ledger(*stories: Story, promise: Promise = PROMISE):
    """The row of one promise after these stories."""
    (row,) = build_ledger(seen(list(stories), stack=Stack(promises=(promise,)))).lines
    return row


KEPT = story("Acme Envoy is now available to all", event="launch", vendors=["Acme"])
BROKEN = story("Acme cancels Envoy", event="update", vendors=["Acme"])
VERDICTS = {
    "available": (KEPT, "seen"),
    "cancelled": (BROKEN, "contradicted"),
    "withdrawn": (story("Acme ends Envoy", event="shutdown", vendors=["Acme"]), "contradicted"),
    "still in test": (
        story("Acme opens a private beta of Envoy", event="update", vendors=["Acme"]),
        "slipped",
    ),
    "another product": (
        story("Acme Harbour is available", event="launch", vendors=["Acme"]),
        "slipped",
    ),
    "another vendor": (
        story("Bolide Envoy is now available", event="launch", vendors=["Bolide"]),
        "slipped",
    ),
    "before it was promised": (
        story("Acme Envoy is available", event="launch", vendors=["Acme"], day="2026-04-01"),
        "slipped",
    ),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_act_of_a_story_of_the_product_speaks_for_or_against_a_promise(case):
    """It is proposed: the team's own word stays what it was."""
    one, standing = VERDICTS[case]
    row = ledger(one)
    assert row.standing == standing
    assert row.promise.state == "open"
    assert bool(row.seen) == (standing == "seen")
    assert bool(row.against) == (standing == "contradicted")


def test_the_team_s_word_stands_whatever_is_told():
    """A promise that it called kept is not proposed as broken."""
    row = ledger(BROKEN, promise=replace(PROMISE, state="shipped", since=date(2026, 8, 1)))
    assert (row.standing, row.seen, row.against) == ("shipped", (), ())


def test_what_else_is_told_of_a_product_stands_beside_its_promise():
    """A lawsuit neither keeps nor breaks it."""
    row = ledger(story("Two customers sue Acme over Envoy", event="other", vendors=["Acme"]))
    assert [one.title for one in row.told] == ["Two customers sue Acme over Envoy"]
    assert row.standing == "slipped"


def test_a_product_is_found_in_the_words_of_a_promise():
    """Where it is named, and not where it only says for whom or where."""
    for what, product in (
        ("Agentforce builds campaigns in Marketing Cloud", "Agentforce"),
        ("AI agents for prospecting in every plan", ""),
        ("voice channel for Service Hub", ""),
        ("Deputies, agents for sales teams", "Deputies"),
    ):
        assert find_promised_product(Promise("Acme", what)) == product


def test_what_an_earlier_edition_announced_stands_with_what_came_of_it():
    """In Q2 announced for July; now available."""
    said = EarlierStory(
        *("sq", "2026-Q2", "Introducing Envoy", "", "https://a.example/e"),
        datetime(2026, 5, 11, tzinfo=UTC),
        vendors=("Acme",),
        event="launch",
        act="announced",
        due=date(2026, 7, 31),
    )
    silent = replace(said, id="sr", title="Acme previews Maps")
    stack = Stack(products=(Product("Acme", ("crm",)),))
    quarter = replace(
        seen([KEPT], stack=stack),
        earlier=(said, silent),
        threads={KEPT.id: StoryThread(said, "follow-up", ())},
    )
    (row,) = build_ledger(quarter).vendors
    found = {one.title: one for one in row.before}
    assert found["Introducing Envoy"].now == "available"
    assert found["Introducing Envoy"].due == date(2026, 7, 31)
    assert found["Acme previews Maps"].outcome is None


# ---------------------------------------------------------------- a letter

PRIVATE = Product(
    "Acme CRM",
    ("crm",),
    vendor="Acme",
    owner="Ada Lindqvist",
    contribution="Holds every lead of the trade business",
    users=77337,
    status="retiring",
    cost=Money(61111, "EUR"),
    contract_end=date(2027, 3, 31),
    notice_days=91,
    data=("leads of the bank",),
    integrations=("Secretline",),
    ai=ProductAi(True, "drafts of dunning letters", "our own complaints", "bad"),
)
NEWS = story(
    "Acme raises the price of Acme CRM",
    event="pricing",
    vendors=["Acme"],
    summary="The price of Acme CRM rises by a tenth for all customers from October.",
)
UPDATE = story("Acme CRM moves its data to Ireland", event="update", vendors=["Acme"])


def letter(*, figures: bool = False, record: VendorRecord = RECORD, language: str = "en"):
    """A letter to Acme in a quarter with two stories of it."""
    promise = replace(PROMISE, note="they lie", source="https://acme.example/said")
    relation = (Relation("product", ("Acme CRM",), "Acme", "crm"),)
    stack = Stack(products=(PRIVATE,), promises=(promise,), vendors=(record,))
    quarter = seen([NEWS, UPDATE], {NEWS.id: relation, UPDATE.id: relation}, stack)
    (row,) = build_ledger(quarter).vendors
    frame = LetterFrame(
        *("Fernwood", "2026-Q3", date(2026, 10, 1), date(2026, 10, 22)),
        contact="Dana Reyes",
        figures=(PRIVATE,) if figures else (),
    )
    return write_letter(plan_letter(row, record), frame, load_localizer(language))


def test_nothing_private_is_in_a_letter():
    """No cost, user, owner, date, status, remark or use; only names of products."""
    text = letter().text + letter().subject
    for private in (
        *("Ada", "Lindqvist", "trade business", "77,337", "77337", "61,111", "61111", "EUR"),
        *("2027", "31 March", "91", "bank", "Secretline", "dunning", "complaints", "bad"),
        *("retiring", "leave Acme", "they lie", "notice", "contract to"),
    ):
        assert private not in text, private
    assert "Acme CRM" in text


def test_figures_go_out_where_the_switch_says_so():
    """Users, cost and the contract's end, and still no owner and no remark."""
    text = letter(figures=True).text
    assert "Acme CRM: 77,337 users, €61,111 a year, contract to 31 March 2027" in text
    for private in ("Ada", "they lie", "Secretline", "dunning", "retiring"):
        assert private not in text


def test_a_letter_asks_about_promises_news_and_the_standing_questions_in_one_count():
    """What was answered is not asked again; what waits says since when."""
    made = letter()
    keys = [one.key for one in made.questions]
    assert keys[0] == "promise-envoy-agents-for-service"
    assert keys[1].startswith("news-acme-raises-the-price")
    assert "data" in keys
    assert "exit" not in keys
    assert made.text.index("1. “Envoy") < made.text.index("2. “Acme raises")
    assert "(We asked this on 4 March 2026 and have no answer yet.)" in made.text
    assert "https://acme.example/said" in made.text
    assert NEWS.lead.item.url in made.text
    assert "\n   Does it change what Acme CRM costs us, and from when?" in made.text
    assert "> The price of Acme CRM rises by a tenth" in made.text
    assert all(len(line) <= 76 for line in made.text.splitlines() if "http" not in line)


def test_the_team_s_own_questions_replace_and_join_the_standing_ones():
    """By their keys; what is skipped is not asked."""
    own = (Question("terms", "What is the list price?"), Question("residency", "Where is it kept?"))
    made = letter(record=VendorRecord("Acme", questions=own, skip=("models",)))
    asked = {one.key: one.ask for one in made.questions}
    assert asked["terms"] == "What is the list price?"
    assert asked["residency"] == "Where is it kept?"
    assert "models" not in asked


def test_news_is_asked_about_without_what_we_pay():
    """The ledger's question names the cost, the letter's does not."""
    relation = (Relation("product", ("Acme CRM",), "Acme", "crm"),)
    stack = Stack(products=(replace(PRIVATE, status="anchor"),))
    made = build_ledger(seen([NEWS], {NEWS.id: relation}, stack))
    (row,) = made.vendors
    assert any("61,111 EUR" in question for question in row.questions)
    assert [str(one.question) for one in row.news] == [
        f"“{NEWS.lead.item.title}”: does it change what Acme CRM costs us, and from when?"
    ]
    assert isinstance(row.news[0].question, TranslatableText)


def test_a_change_of_what_bids_in_our_product_is_among_what_was_reported_for_it():
    """Others tell of it; AI for us it is only where a report calls it so."""
    change = story(
        "Acme campaigns change",
        vendors=["Acme"],
        summary="Campaigns above their target ROAS may lose efficiency from 17 August.",
    )
    other = story(
        "Acme letters change", vendors=["Acme"], summary="A paper says that letters need a label."
    )
    relation = (Relation("product", ("Acme",), "Acme", "crm"),)
    stack = Stack(products=(Product("Acme", ("crm",)),))
    quarter = seen([change, other], dict.fromkeys((change.id, other.id), relation), stack)
    (row,) = build_ledger(quarter).vendors
    assert ([one.id for one in row.shipped], row.ours) == ([change.id], (change.id,))
    assert (row.with_ai, row.with_ai_for_us) == (1, 0)


def test_a_launch_that_the_machine_holds_for_no_news_is_among_what_the_maker_brought_out():
    launch = story("Introducing Acme Voice", vendors=["Acme"], source="Acme", event="launch")
    relation = {launch.id: (Relation("vendor", ("Acme Mail",), "Acme", "crm"),)}
    stack = Stack(products=(Product("Acme Mail", ("crm",), vendor="Acme"),))
    quarter = replace(seen([], relation, stack), doubtful=(launch,))
    (row,) = build_ledger(quarter).vendors
    assert ([one.id for one in row.shipped], row.ours) == ([launch.id], ())


def test_what_other_plans_have_is_told_as_theirs():
    """Of the product that it is about; a thing of its maker's alone is none of its plans."""
    product = Product("Acme Enterprise", ("crm",), vendor="Acme")
    theirs = story(
        "Acme writes for free users",
        event="launch",
        vendors=["Acme"],
        ai="core",
        evidence="specified",
        summary="For free users, Acme lets Envoy write letters.",
    )
    other = story("Acme Ads bids", event="launch", vendors=["Acme"], ai="core", category="seo",
                  evidence="specified", summary="Acme Ads lets Envoy set bids.")  # fmt: skip
    related = {
        theirs.id: (Relation("product", (product.name,), "Acme", "crm"),),
        other.id: (Relation("vendor", (product.name,), "Acme", "crm"),),
    }
    quarter = seen([theirs, other], related, Stack((product,)))
    (row,) = build_ledger(quarter).vendors
    assert (row.ours, row.of_other_plans) == ((), (theirs.id,))
