"""One line for every relevant story."""

from datetime import date

import pytest

from digest.edition.quarter import QuarterView
from digest.edition.register import build_register
from digest.model.edition import RegisterRow, Sentence
from digest.model.stack import Stack
from digest.model.story import Story
from tests.factories.stories import story, tell


def build(*stories: Story, chosen=(), find_product=lambda _: "") -> tuple[RegisterRow, ...]:
    """The register of stories that come best first."""
    view = QuarterView(Stack(), list(chosen), stories, {}, tell, date(2026, 9, 30))
    return build_register(view, find_product)


def test_new_products_first_then_by_category_and_day():
    """Categories in the taxonomy's order, and what has none last."""
    none = story("No category", category=None, day="2026-07-01")
    seo = story("SEO", category="seo", day="2026-07-02")
    late = story("Late CRM", category="crm", day="2026-09-02")
    early = story("Early CRM", category="crm", day="2026-08-01")
    new = story("New SEO", category="seo", event="launch", day="2026-09-20")
    newer = story("Newer", category="crm", event="launch", day="2026-09-21")
    rows = build(none, late, seo, early, newer, new)
    assert [row.title for row in rows[:2]] == ["New SEO", "Newer"]
    assert [row.new_product for row in rows] == [True, True, False, False, False, False]
    assert [row.title for row in rows[2:]] == ["SEO", "Early CRM", "Late CRM", "No category"]


def test_a_row_says_what_is_known():
    told = story("Lantern opens", vendors=["Fernway", "Orla"], ai="core", source="Ad Ledger")
    untold = story("A study", vendors=())
    rows = {row.story: row for row in build(told, untold, chosen=[told])}
    row = rows[told.id]
    assert (row.subject, row.vendor, row.ai, row.source) == (
        "Fernway",
        "Fernway",
        "core",
        "Ad Ledger",
    )
    assert (row.told, row.rank) == (True, 1)
    row = rows[untold.id]
    assert (row.subject, row.vendor, row.told, row.rank) == ("", "", False, 2)


def test_the_product_stands_before_its_vendor():
    one = story("Lantern opens", vendors=["Fernway"])
    (row,) = build(one, find_product=lambda _: "Lantern")
    assert (row.subject, row.vendor) == ("Lantern", "Fernway")


def test_what_is_told_nowhere_has_a_sentence():
    """Where one is held; a story that is told has its own."""
    said = Sentence("Fernway opens a desk.", "Ad Ledger", "https://ledger.example")
    told, untold, bare = story("Told"), story("Untold"), story("Bare")
    stories, held = (told, untold, bare), {told.id: (said,), untold.id: (said, said)}
    quarter = QuarterView(Stack(), [told], stories, {}, tell, date(2026, 9, 30))
    rows = build_register(quarter, summarize=lambda one: held.get(one.id, ()))
    assert {row.title: row.sentence for row in rows} == {"Told": None, "Untold": said, "Bare": None}


def test_the_title_stays_as_it_was_published():
    """A headline is cleaned for reading; the title is what other data know the story by."""
    one = story("Fernway opens (2 minute read) via @paper")
    (row,) = build(one)
    assert row.title == "Fernway opens (2 minute read) via @paper"


def test_a_new_product_that_is_withdrawn_says_by_which_story():
    """A later one of its maker that names it; another's, an earlier one and a namesake are none."""
    new = story("Introducing Lantern", event="launch", vendors=["Fernway"], day="2026-07-07")
    gone = story(
        "Fernway pulls its picture feature",
        event="shutdown",
        vendors=["Fernway"],
        summary="Fernway's Lantern let people alter pictures.",
        day="2026-07-13",
    )
    others = [
        story("Orla ends Lantern", event="shutdown", vendors=["Orla"], day="2026-07-14"),
        story("Fernway ends its Lantern test", event="shutdown", vendors=["Fernway"],
              day="2026-07-01"),
        story("Fernway ends Lanternfish", event="shutdown", vendors=["Fernway"], day="2026-07-15"),
    ]  # fmt: skip

    def find(*stories: Story) -> str | None:
        rows = build(*stories, find_product=lambda one: "Lantern" if one is new else "")
        return next(row.withdrawn_by for row in rows if row.story == new.id)

    assert find(new, *others) is None
    assert find(new, *others, gone) == gone.id


@pytest.mark.parametrize(
    ("title", "event"),
    [
        ("Fernway opens Lantern to all shops", "update"),
        ("Fernway adds reports, tests, and previews", "update"),
        ("Fernway’s May 2026 updates: Lantern gets reports", "update"),
        ("May updates of Fernway Lantern", "update"),
        ("Fernway rules, Orla at the door – Ad Pulse via @ledger", None),
        ("Quill 2 🎭, Guide to Fable ✨, Acme preps Envoy 🚀", None),
        ("Fernway may be marking down machine-made text", None),
        ("Fernway’s chief intends to show more reviews", None),
        ("Fernway’s Orla clarifies who is shown ads", None),
        ("Fernway könnte Lantern öffnen", None),
        ("Fernway's new features for May are here", "update"),
        ("Fernway adds new pricing plans to its lineup", "update"),
        ("Fernway opens Lantern for plant managers", "update"),
        ("Fernway发布虚拟人直播工具", "update"),
        ("อาจารย์ AI: Fernway เปิดตัว Lantern", "update"),
        ("Google May Expose Your Site", None),
        ("Fernway is working on Lantern 2", None),
        ("Here are the shops that bring ads to Lantern", None),
        ("Fernway and Orla launch the first Lantern campaign in Spain", None),
        ("Fernway launches a campaign planner", "update"),
    ],
)
def test_what_is_planned_or_mixed_is_no_release(title, event):
    """A round-up tells of many things, and what may be or is only explained has not come."""
    (row,) = build(story(title, event="update"))
    assert row.event == event


@pytest.mark.parametrize(
    ("title", "summary", "is_new"),
    [
        ("Fernway launches Lantern", "", True),
        ("Fernway launches Lantern in chats", "", True),
        ("Fernway launches Lantern for sellers in Japan", "", True),
        ("Lantern launches in Brazil", "Buyers can send lights.", False),
        ("Fernway lancia anche in Spagna Lantern", "", False),
        ("Fernway bringt Lantern", "Lantern startet in Österreich.", True),
        ("Lantern startet in Österreich", "", False),
        ("Fernway expands Lantern to 12 new markets", "", False),
        ("Lantern débarque en Belgique", "", False),
        ("Fernway เปิดตัวในเวียดนาม", "", False),
        ("Lantern、日本でも提供開始", "", False),
        ("Fernway opens a new Lantern", "It launched a fully rebuilt version of Lantern.", False),
        ("Fernway lance une version repensée de Lantern", "", False),
        ("Fernway launches a tool that finds redesigned pages", "", True),
        ("Fernway shows Lantern", "Lantern is in private preview.", False),
        ("Fernway เปิดตัวพรีวิว Lantern", "", False),
    ],
)
def test_what_is_there_already_or_only_shown_is_no_new_product(title, summary, is_new):
    """It comes to one more country, is rebuilt, or cannot be had yet."""
    (row,) = build(story(title, event="launch", vendors=["Fernway"], summary=summary))
    assert row.new_product == is_new


@pytest.mark.parametrize(
    ("said", "is_new"),
    [
        ("We launched Lantern 5 in June at two euros, and the price stays.", False),
        ("Lantern 5, lanciato a maggio, costa due euro.", False),
        ("Fernway hat Lantern 5 im November 2025 vorgestellt.", False),
        ("Lantern 5は6月に公開された。", False),
        ("In June Fernway released Lantern 5.", False),
        ("Lantern 5, which was released in June, costs two euros.", False),
        ("We launched Lantern 5 in July.", True),
        ("Lantern 5 outdoes Quill 4, released in May.", True),
        ("Fernway launched Lantern 5 to outdo Quill 4, out in May.", True),
        ("We launched Lantern 4 in June.", True),
        ("Lantern 5 will be launched in Spain.", True),
    ],
)
def test_what_was_launched_before_the_quarter_is_no_new_product(said, is_new):
    """As a report of the same vendor says, whatever the later headline calls it."""
    new = story("Fernway Lantern 5 is here", event="launch", vendors=["Fernway"], day="2026-07-14")
    other = story("Of prices", vendors=["Fernway"], summary=said, day="2026-08-10")
    first = story("The quarter begins", day="2026-07-01")
    rows = build(
        new, other, first, find_product=lambda one: "Fernway Lantern 5" if one is new else ""
    )
    assert next(row.new_product for row in rows if row.story == new.id) == is_new


def test_what_a_shop_launches_for_its_shoppers_is_no_new_product():
    shop = story("Orla Crafts debuts a shopping assistant", event="launch")
    sold = story("Fernway launches Lantern", event="launch")
    view = QuarterView(
        Stack(), [], [shop, sold], {}, tell, date(2026, 9, 30), is_own_use=lambda one: one is shop
    )
    rows = {row.story: row for row in build_register(view)}
    assert (rows[shop.id].new_product, rows[shop.id].own_use) == (False, True)
    assert (rows[sold.id].new_product, rows[sold.id].own_use) == (True, False)
