"""Headlines and summaries: the sources' own words, whole, cleaned, and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cluster import cluster_items
from digest.model.item import Item
from digest.model.tags import TaggedItem, Tags
from digest.text import clean_text
from digest.write.boilerplate import find_site_boilerplate
from digest.write.headlines import choose_headline
from digest.write.summaries import build_summary, has_sentence
from tests.factories.examples import try_examples
from tests.write.items import item, story

REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "items.jsonl"


def told(*items: Item) -> list[str]:
    """The sentences of a story."""
    return [one.text for one in build_summary(story(*items))]


def test_a_publishers_own_summary_is_told_whatever_it_names():
    """It stands for the article, though it shares no word with the headline."""
    said = "Slow uptake of Pathlark shows how poor the data of many shops is."
    assert told(item("Northvale's woes underline the trouble with agents", said)) == [said]


WHOLE = "Northvale opens its data hub to all customers on 1 October."
DROPPED = {
    "cut by the feed": "The hub reads 40 sources and writes to the main adver…",
    "cut without a mark": "The hub reads 40 sources and writes to the main",
    "bracketed cut": "The hub reads 40 sources and writes to the [...]",
    "the feed's frame": "The post Northvale opens its data hub appeared first on Trade Weekly.",
    "a cut frame": "The post Northvale opens its da",
    "the frame in German": "Der Beitrag Northvale öffnet seinen Hub erschien zuerst auf Fachblatt.",
    "the frame in Italian": "L'articolo Northvale apre il suo hub proviene da Il Foglio.",
    "the frame in French": "L’article Northvale ouvre son hub est apparu en premier sur Le Mag.",
    "the frame in Chinese": "〈Northvale 開放資料中心〉這篇文章最早發佈於《新聞媒體》。",
    "read more": "Read more",
    "cookies": "We use cookies to improve your experience on our pages.",
    "subscription": "Subscribe to our newsletter for more stories like this one.",
    "a webinar": "Register now for our webinar on the new Northvale data hub.",
    "a teaser": "What the new Northvale hub means for marketing teams.",
    "advice": "Learn how Northvale customers can use the new data hub.",
    "a question": "Will the Northvale hub replace the warehouse of its customers?",
    "half a quotation": "Northvale's chief said the hub was “the largest step for us.",
    "a leaning start without what it leans on": (
        "However, it will cost 40% more than the old one did."
    ),
    "the author about himself": "I have asked Northvale about the price of its hub twice.",
    "nothing about the story": "Somebody was running out of good options that morning.",
    "the other frame": ("The post Northvale opens its data hub first appeared on Trade Weekly."),
    "a heading that ran on": "More about Northvale The hub of the company is open to retailers.",
    "a list": "The Northvale hub includes the following: * A profile of each customer.",
    "a leaning pronoun, nobody named": "In March he wrote to 40 of the customers who had left.",
    "an earlier remark": "As we said, the hub of Northvale is made for large chains.",
    "what somebody says": "We want every retailer to have a hub of its own in 2027.",
    "words that nobody says": "“The hub gives 40 retailers one profile of a customer.”",
    "a welcome": "Welcome to a week in which Northvale opened its hub to all.",
    "a dateline": "GRAZ, Austria, July 14, 2026.",
    "the headline again": "Northvale opens its data hub.",
}


@pytest.mark.parametrize("case", DROPPED)
def test_what_is_no_sentence_of_the_story_is_left_out(case):
    """Alone it gives nothing; after a whole sentence only that one stays."""
    title = "Northvale opens its data hub"
    assert told(item(title, DROPPED[case])) == []
    if not case.startswith("a leaning"):
        assert told(item(title, f"{WHOLE} {DROPPED[case]}")) == [WHOLE]


def test_an_outdated_word_is_used_only_where_nothing_else_is():
    """Today is another day when the briefing is read."""
    dated = "Today Northvale opens its data hub to every retailer."
    other = "Retailers in Austria can book the hub of Northvale from October."
    assert told(item("Northvale opens its data hub", dated)) == [dated]
    assert told(item("Northvale opens its data hub", f"{dated} {other}")) == [other]


def test_sentences_end_where_lines_do():
    """A heading or an item of a list never runs into the next sentence."""
    text = (
        "Northvale opens its data hub\nA new start for retailers\n"
        "Northvale has run the hub with 40 pilot customers since March.\nWhat it costs\n"
        "Northvale charges 900 euros a month for the hub."
    )
    assert told(item("Northvale opens its data hub", "", text)) == [
        "Northvale has run the hub with 40 pilot customers since March.",
        "Northvale charges 900 euros a month for the hub.",
    ]


def test_a_subject_of_another_section_is_left_out():
    """ "The court" has to have been spoken of; after the headline alone it leans."""
    text = f"{WHOLE}\nThe market is old.\nThe court agreed to see 40 papers of Northvale."
    assert told(item("Northvale opens its data hub", text)) == [WHOLE]
    assert len(told(item("A court looks at Northvale", text))) == 2


def test_a_publisher_speaks_for_itself_alone():
    """ "We" is the source where the source is whom the story is about."""
    voice = "We have opened our data hub to 40 retailers in Austria."
    title = "A data hub for retailers"
    assert told(item(title, voice, source_name="Northvale Blog")) == [voice]
    assert told(item(title, voice, tier="vendor")) == [voice]
    assert told(item(title, voice)) == []


def test_what_a_site_repeats_is_boilerplate():
    """A sentence of several items goes, also where it ran into another; one of a series of two stays."""
    motto = "Northvale counts 40 retailers among its clients."
    items = [
        item(f"Story {n} of Northvale", f"{motto} The hub number {n} is open to all.", key=key)
        for n, key in enumerate("abc")
    ]
    found = find_site_boilerplate(items)
    assert found.holds("trade-weekly", motto)
    assert found.holds("trade-weekly", "Northvale counts 40 retailers among its clients Now more.")
    assert not found.holds("trade-weekly", "The hub number 1 is open to all.")
    assert not found.holds("another-paper", motto)
    assert not find_site_boilerplate(items[:2]).holds("trade-weekly", motto)
    assert motto in told(items[0])
    assert motto not in [one.text for one in build_summary(story(items[0]), "en", found)]


def test_a_call_to_the_reader_is_boilerplate_the_second_time():
    """The same story under two titles is one story."""
    call = "Our hub gives you one profile of each customer for 900 euros."
    one, two = item("A", call, key="a"), item("B", call, key="b")
    assert find_site_boilerplate([one, two]).holds("trade-weekly", call)
    assert not find_site_boilerplate([one, item("A", call, key="b")]).holds("trade-weekly", call)


def test_a_call_counts_whichever_item_has_it_first():
    """In capitals it is a country, and no call."""
    call, country = (f"Shops of all sizes sell more with {us} in a year." for us in ("us", "US"))
    one, two = item("A", call, key="a"), item("B", country, key="b")
    for items in ([one, two], [two, one]):
        assert find_site_boilerplate(items).holds("trade-weekly", call)
    items = [item("A", country, key="a"), two]
    assert not find_site_boilerplate(items).holds("trade-weekly", country)


def test_a_publisher_that_praises_itself_is_not_quoted():
    """Where the story is about another company."""
    advert = "Tallyvane One bundles the tools that let you read 40 sources at once."
    title = "Northvale opens its data hub"
    assert told(item(title, f"{WHOLE} {advert}", source_name="Tallyvane Blog")) == [WHOLE]


def test_the_description_of_the_page_stands_in():
    """Where the feed has no sentence, and only there."""
    bare = item("Northvale opens its data hub")
    assert not has_sentence(story(bare))
    described = replace(bare, description=WHOLE)
    assert has_sentence(story(described))
    assert told(described) == [WHOLE]


def test_two_or_three_sentences_in_the_order_of_the_source():
    """Who, what, figure, availability; not more than three."""
    text = (
        f"{WHOLE} It reads 40 sources at half the cost of the old pipeline. Customers such as "
        f"Fossgate cut their "
        "onboarding from nine weeks to four. The list price is $900 a month. Northvale was "
        "founded in Leeds in 2011."
    )
    found = told(item("Northvale opens its data hub", text))
    assert 2 <= len(found) <= 3
    assert found == sorted(found, key=text.index)
    assert found[0] == WHOLE


def test_other_reports_add_what_the_first_does_not_say():
    """A sentence of another source is taken with its source, a repeated one is not."""
    first = item("Northvale opens its data hub", WHOLE, key="a")
    second = item(
        "Northvale opens hub",
        "The data hub of Northvale opens to all customers on 1 October. "
        "Northvale charges $900 a month for it.",
        key="b",
        source_name="Second Post",
    )
    found = build_summary(story(first, second))
    assert [(one.text, one.source) for one in found] == [
        (WHOLE, "Trade Weekly"),
        ("Northvale charges $900 a month for it.", "Second Post"),
    ]
    assert found[1].url == second.url


def test_the_full_text_helps_where_the_summary_is_thin():
    """Its frame and what is glued to a heading stay out."""
    text = (
        "Northvale opens its data hub Skip to content - Menu ## Northvale opens its data hub By "
        "A. Writer. "
        "Northvale has run the hub with 40 pilot customers since March. ### The price It is set "
        "per event. "
        "Northvale will charge $900 a month from October."
    )
    assert told(item("Northvale opens its data hub", "See what is new.", text)) == [
        "Northvale has run the hub with 40 pilot customers since March.",
        "Northvale will charge $900 a month from October.",
    ]


def test_bylines_of_chinese_reports_go():
    """The sentence begins where the report does."""
    found = told(
        item(
            "北谷融资",
            "文 | 王一 编辑 | 李二 北谷公司近日完成两亿元融资，由三家机构联合投资。",
            language="zh",
        )
    )
    assert found == ["北谷公司近日完成两亿元融资，由三家机构联合投资。"]


PIECES = st.sampled_from(
    [
        WHOLE,
        "However, Northvale keeps the old hub.",
        "The price rose 4%",
        "…",
        "[…]",
        "Read more",
        "**Bold** move by Northvale.",
        "The post X appeared first on Y.",
        "“Open quote.",
        "Price: $4 a month , they say.",
        "\u202eNorthvale turns text.",
        "## Heading",
        "Northvale เปิดบริการ",
        "北谷公司近日完成两亿元融资。",
        "U.S. rules apply to Northvale from 3 May.",
        "https://x.example",
        "!!!",
        "",
    ]
)


@pytest.mark.parametrize("label", ["Key Takeaways ", "Key findings: ", "TL;DR – ", "At a glance "])
def test_a_label_before_the_first_sentence_goes(label):
    """A heading whose line was joined with the next one."""
    assert [one.text for one in build_summary(story(item("Northvale", f"{label}{WHOLE}")))] == [
        WHOLE
    ]


@given(
    st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8), PIECES, st.lists(PIECES, max_size=5)
)
@try_examples(120)
def test_every_sentence_stands_in_one_of_the_items(first, second, title, text):
    """Word for word, with its source's name and address; no cut end, no frame, and none twice."""
    members = (
        item(title, " ".join(first), " ".join(text), key="a", source_name="A"),
        item("Northvale opens its data hub", " ".join(second), key="b", source_name="B"),
    )
    found = build_summary(story(*members))
    assert len(found) <= 3
    assert len({one.text for one in found}) == len(found)
    for sentence in found:
        source = next(one for one in members if one.source_name == sentence.source)
        assert sentence.url == source.url
        assert words(sentence.text) in words(f"{source.summary} | {source.text}")
        assert sentence.text == clean_text(sentence.text)
        assert not sentence.text.endswith(("…", "..."))
        assert "appeared first" not in sentence.text


def words(text: str) -> str:
    """The words of a text, for comparing."""
    return " ".join(re.findall(r"\w+", clean_text(text)))


@pytest.mark.skipif(not REAL.exists(), reason="the real items are not beside the repository")
@pytest.mark.whole
def test_real_items_are_told_in_their_own_words():
    """A month of the replayed quarter: every sentence is found in its item, every headline among
    the titles."""
    rows = [
        json.loads(line)
        for line in REAL.read_text("utf-8").splitlines()
        if '"published": "2026-07' in line
    ]
    items = [
        item(
            row["title"],
            row["summary"],
            row["body"],
            key=f"{at:05}",
            source_name=row["source"],
            language=row["lang"],
        )
        for at, row in enumerate(rows)
    ]
    tags = Tags(True, None, (), "none", None, "other", ())
    by_url = {one.url: one for one in items}
    told_of = 0
    for one in cluster_items(TaggedItem(each, tags) for each in items):
        title, _ = choose_headline(one)
        said = " ".join(
            # a title that breaks off gives way to a sentence
            words(f"{member.item.title} {clean_text(member.item.summary)}")
            for member in one.items
        ).casefold()
        assert words(title.rstrip("…")).casefold() in said
        for sentence in build_summary(one):
            source = by_url[sentence.url]
            assert words(sentence.text) in words(
                f"{source.summary} | {source.text}".replace("\\n", " ")
            )
            told_of += 1
    assert told_of > 400
