"""The vendors' page as it is printed: promises with their word, questions with how long they wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from digest.model.edition import (
    AskedQuestion,
    Claim,
    EarlierAnnouncement,
    PromiseLedger,
    PromiseRow,
    Sentence,
    StoryRef,
    VendorNews,
    VendorRow,
)
from digest.model.stack import Promise
from digest.model.vendors import VendorAnswer
from digest.render.views.context import RenderOptions, ViewContext
from digest.render.views.promises import VendorsPage, build_vendors_page
from digest.render.words import load_localizer
from tests.factories import editions

HERE = StoryRef(
    *("s1", "Envoy is here", "en", "https://paper.example/1", "The Paper"),
    *(datetime(2026, 7, 21, tzinfo=UTC), "launch"),
)
LATER = replace(
    HERE, id="s2", title="Envoy learns Thai", published=datetime(2026, 8, 2, tzinfo=UTC)
)
PROMISE = Promise("Acme", "Envoy in every plan", date(2026, 5, 2), date(2026, 7, 31))
WAITS = AskedQuestion("data", "On which data?", date(2026, 3, 4), "2026-Q1", 2)
ANSWERED = AskedQuestion(
    *("exit", "How do we leave?", date(2026, 3, 4), "2026-Q1", 1),
    VendorAnswer("exit", date(2026, 4, 1), "By CSV.", "mail of Dana", "partly"),
)


def page(
    *rows: VendorRow, brief: bool = True, language: str = "en", claims: tuple[Claim, ...] = ()
) -> VendorsPage:
    options = RenderOptions(brief=brief)
    made = replace(editions.thin(), claims=claims)
    context = ViewContext(made, load_localizer(language, "UTC"), options)
    return build_vendors_page(PromiseLedger(vendors=rows), context)


def row(name: str = "Acme", **more: Any) -> VendorRow:
    return VendorRow(name, (f"{name} CRM",), **more)


def test_the_team_s_word_says_since_when_and_what_shows_it():
    """The machine's proposal has neither."""
    kept = replace(PROMISE, state="shipped", since=date(2026, 7, 21), shown="https://a.example/x")
    (one,) = page(row(promised=(PromiseRow(kept, "shipped"),))).rows
    (promise,) = one.promised
    assert promise.standing == "Shipped since 21 July 2026"
    assert promise.shown == "https://a.example/x"
    (one,) = page(row(promised=(PromiseRow(PROMISE, "contradicted", against=(HERE,)),))).rows
    assert one.promised[0].standing == "Perhaps broken: to confirm"
    assert [story.title for story in one.promised[0].against] == ["Envoy is here"]


def test_what_waits_says_since_when_and_what_was_answered_by_whom():
    """A standing question by its short name."""
    (one,) = page(row(asked=(WAITS, ANSWERED))).rows
    assert one.asked
    assert one.asked.summary == "1 of 2 answered"
    assert one.asked.waiting == ("no answer since Q1 2026 (4 March 2026): data behind the AI",)
    (answer,) = one.asked.answers
    assert (answer.question, answer.text, answer.said, answer.state) == (
        *("exit", "By CSV.", "1 April 2026, mail of Dana"),
        "Answered in part",
    )


def test_paper_quotes_the_latest_of_what_shipped_and_the_page_all():
    """A sentence that has no room is left out, and none is cut."""
    news = tuple(
        VendorNews(ref, "available", Sentence(f"It does what {ref.title} says.", "The Paper", ""))
        for ref in (HERE, LATER)
    )
    shipped = row(shipped=(HERE, LATER), ours=("s1", "s2"), with_ai=2, news=news)
    (paper,), (web,) = page(shipped).rows, page(shipped, brief=False).rows
    assert [one.quote is not None for one in paper.shipped] == [False, True]
    assert [one.quote is not None for one in web.shipped] == [True, True]
    long = replace(news[1], quote=Sentence("word " * 40, "The Paper", ""))
    (paper,) = page(replace(shipped, news=(news[0], long))).rows
    assert [one.quote is not None for one in paper.shipped] == [True, False]


def test_an_earlier_announcement_says_what_became_of_it():
    """In words of both editions."""
    said = EarlierAnnouncement(
        *("2026-Q2", "s0", "Introducing Envoy", "en", "https://paper.example/0", "announced"),
        *(date(2026, 7, 31), HERE, "available"),
    )
    (one,) = page(row(before=(said, replace(said, due=None, outcome=None, now=None)))).rows
    assert [(before.said, before.now) for before in one.before] == [
        ("announced in Q2 2026 for 31 July 2026", "now available"),
        ("announced in Q2 2026", "nothing found since"),
    ]


def test_paper_shows_first_what_waits_for_the_team_s_word():
    """Of many vendors, however little one costs; that nobody was asked is said."""
    open_ = row(promised=(PromiseRow(PROMISE, "open"),))
    rows = [replace(open_, vendor=f"Vendor {n:02}") for n in range(11)]
    rows[10] = replace(rows[10], promised=(PromiseRow(PROMISE, "seen", (HERE,)),), asked=(WAITS,))
    made = page(*rows)
    assert [one.name for one in made.rows][:2] == ["Vendor 10", "Vendor 00"]
    assert made.unasked == ""
    assert page(open_).unasked == "No question that was sent to any vendor is on record."
    assert page(row(asked=(WAITS,))).unasked == ""


def test_what_was_shipped_agrees_with_the_table_of_claims():
    """What is only announced is not shipped; a report of a launch says what its claim says."""
    third = replace(HERE, id="s3", title="Envoy is in all plans")
    shipped = row(
        shipped=(HERE, LATER, third), ours=("s1", "s2", "s3"), with_ai=3, with_ai_for_us=2
    )

    def claim(ref: StoryRef, availability: Any, *reports: StoryRef) -> Claim:
        return Claim(story=ref, subject="Envoy", evidence=None, points={},
                     availability=availability, reports=reports)  # fmt: skip

    found = page(shipped, claims=(claim(HERE, None), claim(LATER, "announced")), brief=False)
    (one,) = found.rows
    assert [(view.story.title, view.note) for view in one.shipped] == [
        ("Envoy is here", "availability not said"),
        ("Envoy is in all plans", ""),
    ]
    (one,) = page(shipped, claims=(claim(HERE, "available", LATER, third),), brief=False).rows
    assert [view.note for view in one.shipped] == ["", "", ""]
    (one,) = page(replace(shipped, with_ai_for_us=0), brief=False).rows
    assert {view.note for view in one.shipped} == {"no report calls it AI"}


def test_other_plans_are_named_beside_what_they_have():
    """Paper has them in the table of the stack."""
    shipped = row(shipped=(HERE, LATER), of_other_plans=("s1",))
    told = [("Envoy is here", "other plans than ours"), ("Envoy learns Thai", "")]
    for brief, found in ((True, []), (False, told)):
        (one,) = page(shipped, brief=brief).rows
        assert [(view.title, plans) for view, plans in one.elsewhere] == found
