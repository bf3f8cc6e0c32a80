"""Clustering: one story for one event, whatever the order, language or site of its reports."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.cluster import cluster_items, find_threads
from digest.cluster.concepts import find_concepts
from digest.cluster.grouping import find_candidate_pairs
from digest.cluster.pairs import compute_rarity
from digest.cluster.traits import (
    extract_days,
    extract_figures,
    extract_traits,
    extract_versions,
    tokenize_text,
)
from digest.model.item import Item
from digest.model.story import EarlierStory
from digest.model.tags import TaggedItem, Tags

DAY = datetime(2026, 7, 14, 9, tzinfo=UTC)
TAGS = Tags(True, None, (), "none", None, "launch", ())
LABELS = Path(__file__).parents[1] / ".." / "shared" / "labels" / "stories.jsonl"


def report(
    key: str, title: str, summary: str = "", url: str = "", days_later: float = 0, **more
) -> TaggedItem:
    """A report of something."""
    when = DAY + timedelta(days=days_later)
    source = more.get("source", key)
    item = Item(
        key,
        url,
        url,
        title,
        source,
        source,
        "trade",
        when,
        when,
        more.get("language", "en"),
        summary,
    )
    return TaggedItem(item, replace(TAGS, **more.get("tags", {})))


def together(*items: TaggedItem) -> list[set[str]]:
    """The stories as sets of ids."""
    return [{member.item.id for member in story.items} for story in cluster_items(items)]


BUYS = report(
    "a",
    "Northvale acquires Quillmark for $40 million",
    "Northvale said it acquires the consent platform Quillmark for $40 million to strengthen its data suite.",
)
BUYS_TOO = report(
    "b",
    "Quillmark bought by Northvale in $40m deal",
    "The consent platform Quillmark was bought by Northvale, the data suite maker, for $40m in cash.",
    days_later=1,
)
OTHER = report(
    "c",
    "Brightlane launches an audience planner",
    "Brightlane launches a planner that forecasts audiences across television and retail media.",
)

SAME = {
    "the same event in other words": (BUYS, BUYS_TOO),
    "one address, nothing else in common": (
        report(
            "a",
            "Seven thoughts on a rebrand",
            url="https://site.example/2026/07/harbour-pilot-opens",
        ),
        report(
            "b",
            "Harbour Pilot",
            "A tool.",
            url="https://site.example/2026/07/harbour-pilot-opens",
            days_later=9,
        ),
    ),
    "another language, titles alone: one party, one act": (
        report(
            "a",
            "Northvale adds a watermark to generated images in the EU",
            tags={"vendors": ("Northvale",)},
        ),
        report(
            "b",
            "Northvale versieht generierte Bilder in der EU mit Wasserzeichen",
            language="de",
            days_later=1,
            tags={"vendors": ("Northvale",)},
        ),
    ),
    "another language that keeps names and figures": (
        report(
            "a",
            "Veloria AI raises $280 million at a valuation of $18 billion",
            "Veloria AI raises $280 million from Alibaba and Tencent at an $18 billion valuation.",
        ),
        report(
            "b",
            "Veloria AI 完成 2.8 億美元融資，估值 180 億",
            "Veloria AI 以 180 億美元估值完成融資 2.8 億美元，阿里巴巴、騰訊入股。",
            language="zh",
            days_later=1,
        ),
    ),
}

APART = {
    "different events": (BUYS, OTHER),
    "another language, one party and another act": (
        report("a", "Northvale shows ads in its assistant", tags={"vendors": ("Northvale",)}),
        report(
            "b",
            "Northvale muss wegen Datenschutz vor Gericht",
            language="de",
            tags={"vendors": ("Northvale",)},
        ),
    ),
    "another language, one act of another party": (
        report("a", "Northvale shows ads in its assistant", tags={"vendors": ("Northvale",)}),
        report(
            "b",
            "Brightlane zeigt Werbung im Assistenten",
            language="de",
            tags={"vendors": ("Brightlane",)},
        ),
    ),
    "one vendor, another product": (
        report(
            "a",
            "Northvale launches a consent banner for apps",
            "Northvale launches a consent banner for apps.",
        ),
        report(
            "b",
            "Northvale names Ilse Kremer finance chief",
            "Northvale named Ilse Kremer its finance chief.",
        ),
    ),
    "two entries of one changelog page": (
        report(
            "a",
            "Orbit 1.4",
            "Faster exports.",
            url="https://site.example/changelog-of-orbit-editor#v1-4",
        ),
        report(
            "b",
            "Orbit 1.5",
            "New roles.",
            url="https://site.example/changelog-of-orbit-editor#v1-5",
            days_later=20,
        ),
    ),
    "two notes on one home page": (
        report("a", "Lower fees for sellers", url="https://site.example/"),
        report("b", "Banner ads for brands", url="https://site.example/"),
    ),
    "the same words two months later": (
        BUYS,
        replace(BUYS_TOO, item=replace(BUYS_TOO.item, published=DAY + timedelta(61))),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_reports_of_one_event_are_one_story(case):
    """Other words, sites and languages make no other story."""
    assert together(*SAME[case], OTHER)[0] == {"a", "b"}


@pytest.mark.parametrize("case", APART)
def test_different_events_stay_apart(case):
    """A vendor, a page or a wording in common is not an event in common."""
    assert sorted(map(len, together(*APART[case]))) == [1, 1]


RULED = report(
    "c",
    "Court dismisses Northvale's copyright claims against Gleanwick",
    "A federal court dismissed Northvale's claims against Gleanwick, which collects public results.",
    "https://courier.example/news/court-dismisses-northvale-claims",
    source="courier",
)
EXPLAINED = report(
    "d",
    "Northvale lost its copyright case: what sites must now choose",
    "Northvale's claims against the collector Gleanwick collapsed, and other sites are next.",
    "https://courier.example/news/northvale-lost-its-case",
    days_later=6,
    source="courier",
)
OTHER_RULING = report(
    "e",
    "Court dismisses Northvale's patent claims against Harbourlight",
    "A federal court dismissed Northvale's claims against Harbourlight, a rival in ad sales.",
    "https://courier.example/news/court-dismisses-northvale-patent",
    days_later=6,
    source="courier",
)


def with_vendor(tagged: TaggedItem, name: str = "Northvale") -> TaggedItem:
    return replace(tagged, tags=replace(tagged.tags, vendors=(name,), event="regulation"))


@pytest.mark.parametrize(
    ("second", "stories"),
    [
        pytest.param(EXPLAINED, 1, id="a ruling, and the same publisher's reading of it"),
        pytest.param(OTHER_RULING, 2, id="another case of the same company"),
        pytest.param(
            report(
                "f",
                "Northvale asks what Gleanwick may collect",
                "Northvale and Gleanwick disagree about public results.",
                days_later=6,
                source="courier",
            ),
            2,
            id="no decision",
        ),
    ],
)
def test_one_ruling_is_one_story(second, stories):
    """Though one publisher told it twice, a week apart."""
    assert len(together(with_vendor(RULED), with_vendor(second))) == stories


ANNOUNCED = report(
    "g",
    "A quiet pricing change at Northvale",
    "Accounts above their target pay more from November 3, when Northvale changes its tiers.",
    "https://letters.example/a-quiet-pricing-change",
    source="letters",
)


@pytest.mark.parametrize(
    ("second", "stories"),
    [
        pytest.param(
            report(
                "h",
                "Northvale's tiers: what the pricing update means for shops",
                "The November 3 update moves shops to new limits, at the risk of a higher bill.",
                days_later=12,
            ),
            1,
            id="one change, explained before its day",
        ),
        pytest.param(
            report(
                "i",
                "Northvale moves its dashboards to a new address",
                "Old addresses of dashboards end on November 3.",
                days_later=12,
            ),
            2,
            id="another change of the same day",
        ),
        pytest.param(
            report(
                "j",
                "What the pricing update of Northvale has meant so far",
                "Shops that moved on November 3 count their bills.",
                days_later=25 * 5,
            ),
            2,
            id="told after its day",
        ),
    ],
)
def test_one_announced_change_is_one_story(second, stories):
    """Though its explanation shares little but the day and what is changed with the report."""
    known = [with_vendor(one) for one in (BUYS, OTHER_RULING)]  # tokens are rare among others
    told = together(with_vendor(ANNOUNCED), with_vendor(second), *known)
    assert len(told) - len(known) == stories


def test_a_merge_says_what_matched():
    """Names, figures and the kind of event stand in the reasons."""
    (story,) = cluster_items([BUYS, BUYS_TOO])
    (merge,) = story.merges
    said = "; ".join(merge.matched)
    assert {merge.first, merge.second} == {"a", "b"}
    assert "northvale" in said
    assert "quillmark" in said
    assert "40,000,000" in said
    assert "acquisition" in said


def test_no_chain_of_loosely_similar_items_grows():
    """Neighbours that share words with the next one only do not end in one story."""
    subjects = [f"Vendor{n} Product{n}" for n in range(12)]
    chain = [
        report(
            f"i{n:02}",
            f"{subjects[n]} and {subjects[n + 1]} compared",
            f"A look at {subjects[n]} and {subjects[n + 1]}.",
        )
        for n in range(11)
    ]
    assert max(map(len, together(*chain))) <= 3


def test_what_few_name_is_found_among_many_that_say_the_same_words():
    """Rare names are followed first, ordinary words as far as their bound goes."""
    words = " ".join(f"ordinary{n}ly" for n in range(60))
    crowd = [report(f"c{n:03}", f"Notes of week {n}", words) for n in range(80)]
    first = replace(BUYS, item=replace(BUYS.item, summary=f"{BUYS.item.summary} {words}"))
    second = replace(BUYS_TOO, item=replace(BUYS_TOO.item, summary=f"{BUYS.item.summary} {words}"))
    assert {"a", "b"} in together(*crowd, first, second)


def test_the_lead_is_relevant_and_first_hand():
    """The vendor's own report leads before a newsletter's, and a relevant one before one that is
    not.
    """
    letter = replace(BUYS, item=replace(BUYS.item, tier="newsletter"))
    own = replace(BUYS_TOO, item=replace(BUYS_TOO.item, tier="vendor"))
    assert cluster_items([letter, own])[0].lead == own
    assert (
        cluster_items([letter, replace(own, tags=replace(TAGS, relevant=False))])[0].lead == letter
    )


def test_nothing_gives_nothing():
    """No item, no story; an item without a word is a story of its own."""
    assert cluster_items([]) == ()
    assert together(report("a", ""), report("b", "")) == [{"a"}, {"b"}]


SOME = st.builds(
    lambda key, words, hours, page: report(
        f"i{key}",
        " ".join(words),
        " ".join(reversed(words)),
        page and f"https://s.example/{page}-of-the-day",
        hours / 24,
    ),
    st.integers(0, 25),
    st.lists(
        st.sampled_from(
            "Acme Bolt raises buys $40m $9m ads search consent 廣告 融資 推出 запустил Northvale".split()
        ),
        max_size=8,
    ),
    st.integers(0, 900),
    st.sampled_from(["", "", "page-one", "page-two"]),
)


@given(
    st.lists(SOME, max_size=14, unique_by=lambda one: one.item.id),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_the_result_is_a_function_of_the_set(items, rng):
    """Any order gives the same stories; every item is in exactly one, each sorted by time."""
    stories = cluster_items(items)
    shuffled = list(items)
    rng.shuffle(shuffled)
    assert cluster_items(shuffled) == stories
    held = [member.item.id for story in stories for member in story.items]
    assert sorted(held) == sorted(member.item.id for member in items)
    for story in stories:
        assert story.id == "s" + story.lead.item.id
        assert story.lead in story.items
        assert list(story.items) == sorted(
            story.items, key=lambda member: (member.item.published_or_seen, member.item.id)
        )
        assert len(story.merges) == len(story.items) - 1


def test_the_candidates_of_an_item_do_not_grow_with_the_quarter():
    """Each pair comes once, the earlier first, and an item has 24 of them at most."""
    for count in (60, 240):
        traits = [
            extract_traits(
                report(
                    f"i{at:03}",
                    f"Acme and Bolt launch search ads in region{at % 9}",
                    f"Acme said region{at % 9} gets consent and retail tools worth ${at % 5 + 2}m.",
                    days_later=at / 1000,
                    language="en" if at % 3 else "it",
                )
            )
            for at in range(count)
        ]
        pairs = list(find_candidate_pairs(traits, compute_rarity(traits)))
        assert len(set(pairs)) == len(pairs)
        assert all(first < second for first, second in pairs)
        of_item = Counter(second for _, second in pairs)
        assert max(of_item.values()) in range(16, 25)


def test_a_long_address_takes_little():
    """Each of its letters was a place to begin to look for the words of a path."""
    launch = report("a", "Acme launches search ads", "")
    address = "https://acme.example/" + "a" * 1_000_000
    long = replace(launch, item=replace(launch.item, url=address))
    assert not extract_traits(long).article
    assert extract_traits(replace(launch, item=replace(launch.item, url=address + "-b-"))).article


ACROSS_LANGUAGES = {
    "de": (
        "Northvale übernimmt Quillmark für 40 Millionen Dollar",
        "Northvale kauft den Einwilligungsdienst Quillmark und baut ihn in seine Datenplattform ein.",
    ),
    "it": (
        "Northvale compra Quillmark per 40 milioni di dollari",
        "Northvale acquista la piattaforma del consenso Quillmark per rafforzare i suoi dati.",
    ),
    "th": (
        "Northvale เข้าซื้อ Quillmark มูลค่า 40 ล้านดอลลาร์",
        "Northvale ซื้อแพลตฟอร์มความยินยอม Quillmark เพื่อเสริมชุดข้อมูล",
    ),
    "zh": (
        "Northvale 以4000万美元收购 Quillmark",
        "Northvale 收购隐私同意平台 Quillmark，加强其数据产品。",
    ),
}


@pytest.mark.parametrize("language", ACROSS_LANGUAGES)
def test_a_report_in_another_language_is_of_the_story(language):
    """By names, figures and the words of the trade; another deal of that buyer is not."""
    title, summary = ACROSS_LANGUAGES[language]
    foreign = report("f", title, summary, "https://f.example/1", 0.3, language=language)
    other = report(
        "o",
        "Northvale opens an office in Lisbon",
        "Northvale hires forty engineers in Portugal for its data suite.",
    )
    assert together(BUYS, foreign, other) == [{"a", "f"}, {"o"}]


VOTES = report("a", "Assembly votes for the toggle act, 381 to 214", "It passed 381 to 214.")
APPROVES = report(
    "b", "Approvata la norma sugli interruttori", "Con 381 voti a 214.", language="it"
)


def with_vector(tagged, *numbers):
    """A report whose vector has these first numbers, and noughts behind."""
    vector = bytes(number & 0xFF for number in numbers) + bytes(384 - len(numbers))
    return replace(tagged, item=replace(tagged.item, vector=vector))


def test_vectors_tell_reports_that_share_few_words():
    """Alike in meaning, they are of one story, and say so; one vector alone tells nothing."""
    apart = [{"a"}, {"b"}]
    assert together(VOTES, APPROVES) == apart
    assert together(with_vector(VOTES, 100, -90), APPROVES) == apart
    alike = [with_vector(VOTES, 100, -90), with_vector(APPROVES, 99, -91)]
    assert together(*alike) == [{"a", "b"}]
    (story,) = cluster_items(alike)
    assert any(reason.startswith("alike in meaning: ") for reason in story.merges[0].matched)
    assert together(with_vector(VOTES, 100, -90), with_vector(APPROVES, *[90, -90] * 192)) == apart


FIGURES = {
    "$2.8 billion": "#2.8e+09",
    "28 億美元": "#2.8e+09",
    "28 亿美元": "#2.8e+09",
    "5,3 млрд рублей": "#5.3e+09",
    "1,094 categories": "#1094",
    "43%": "#%43",
    "43 percent of": "#%43",
    "in 2026": "",
    "7 ways": "",
    "85 Millionen Euro": "#8.5e+07",
    "24 milioni": "#2.4e+07",
    "24 millions d'euros": "#2.4e+07",
    "12 ล้านบาท": "#1.2e+07",
    "46 Prozent": "#%46",
    "20 per cento": "#%20",
    "1,80 dollari": "#1.8",
    "$9 a month": "#9",
    "9 dollari": "#9",
    "9 agenti": "",
}


@pytest.mark.parametrize("text", FIGURES)
def test_figures_mean_the_same_in_any_language(text):
    """Scaled words and signs become one number; years and small counts tell nothing."""
    assert "".join(extract_figures(text)) == FIGURES[text]


NUMBERS = {  # language and text → figures
    ("it", "rischia 1.400 miliardi"): ["#1.4e+12"],
    ("zh", "索赔1.4万亿"): ["#1.4e+12"],
    ("de", "400-Millionen-Vergleich"): ["#4e+08"],
    ("de", "143'000 Fälle"): ["#1.43e+05"],
    ("fr", "4,1 Md€ pour 28 000 clients"): ["#4.1e+09", "#2.8e+04"],
    ("it", "1 miliardo, 678mila"): ["#1e+09", "#6.78e+05"],
    ("en", "2.175 billion of 1,234"): ["#2.18e+09", "#1234"],
}


@pytest.mark.parametrize(("language", "text"), NUMBERS)
def test_figures_are_read_as_a_language_writes_them(language: str, text: str):
    """A dot groups thousands in some languages and begins a fraction in others."""
    assert list(extract_figures(text, language)) == NUMBERS[language, text]


CONCEPTS = {
    "OpenAI will show ads": {"+ads"},
    "OpenAI zeigt Werbung": {"+ads"},
    "OpenAI mostra la pubblicità": {"+ads"},
    "OpenAI 投放广告": {"+ads"},
    "The AI Act": {"+ai-act"},  # and no law, no AI beside it
    "Die KI-Verordnung": {"+ai-act"},
    "si rivolge ai genitori": set(),  # an article, not AI
    "they told us": set(),
    "โมเดล": {"+models"},
}


@pytest.mark.parametrize("text", CONCEPTS)
def test_concepts_are_found_in_all_languages(text: str):
    """What a text speaks of has one name for all languages."""
    assert set(find_concepts(text)) == CONCEPTS[text]


def test_days_and_versions_are_read():
    """A day in any of the languages; a version after its product."""
    assert set(extract_days("from July 27, am 3 Aug, 8月17日, 14 июля")) == {
        "@7-27",
        "@8-3",
        "@8-17",
        "@7-14",
    }
    assert set(extract_days("dal 2 agosto, am 3. März, le 1er juillet, 17 ก.ค., 4 de mayo")) == {
        "@8-2",
        "@3-3",
        "@7-1",
        "@7-17",
        "@5-4",
    }
    assert set(extract_days("5 ago, set 7 records")) == set()
    assert extract_versions("Lumen 3.6 and Lumen 3.5 Pro") == {"lumen": frozenset({"3.6", "3.5"})}
    assert extract_versions("in Q3 2026 by Lumen 2026") == {}


def test_tokens_leave_out_words_that_tell_nothing():
    """Function words go, Chinese comes in pairs, Russian endings go."""
    assert list(tokenize_text("The ads are with us")) == ["ads"]
    assert list(tokenize_text("广告平台")) == ["广告", "告平", "平台"]
    assert list(tokenize_text("реклама рекламы")) == ["рекла", "рекла"]


@pytest.mark.whole
@pytest.mark.skipif(
    not LABELS.exists(), reason="the labelled stories are not beside the repository"
)
def test_the_labelled_stories_are_found_again():
    """The floor of the shipped weights; cross-validated figures stand in CONTRIBUTING.md."""
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines() if line.strip()]
    items = [
        report(
            row["id"],
            row["title"],
            row["summary"],
            row["url"],
            source=row["source"],
            language=row["lang"],
        )
        for row in rows
    ]
    items = [
        replace(
            one,
            item=replace(
                one.item, published=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
            ),
        )
        for one, row in zip(items, rows, strict=True)
    ]
    random.Random(3).shuffle(items)
    gold = {row["id"]: row["story"] for row in rows}
    groups = [[gold[one] for one in group] for group in together(*items)]
    common = sum(pairs(held.count(story)) for held in groups for story in set(held))
    predicted = sum(pairs(len(held)) for held in groups)
    true = sum(pairs(list(gold.values()).count(story)) for story in set(gold.values()))
    precision, recall = common / predicted, common / true
    assert precision >= 0.87
    assert 2 * precision * recall / (precision + recall) >= 0.76


def pairs(count: int) -> int:
    """Pairs of `count` things."""
    return count * (count - 1) // 2


def earlier(
    title: str, summary: str = "", url: str = "", key: str = "sold", **more
) -> EarlierStory:
    """A story that an earlier edition told."""
    return EarlierStory(
        key, "2026-Q2", title, summary, url, DAY - timedelta(more.pop("days", 80)), **more
    )


TOLD = earlier(
    "Northvale launches Quillmark Banner for consent",
    "Northvale launches the consent tool Quillmark Banner for shops.",
    vendors=("Northvale",),
    event="launch",
)
THREADS = {
    "the same report again": (
        report(
            "a",
            "Northvale launches Quillmark Banner for consent",
            "Northvale launches Quillmark Banner for shops.",
        ),
        "repeat",
    ),
    "a lawsuit since": (
        report(
            "a",
            "Northvale sued over Quillmark Banner",
            "A court in Leeds hears a lawsuit over Quillmark Banner.",
            tags={"vendors": ("Northvale",), "event": "other"},
        ),
        "follow-up",
    ),
    "an end since": (
        report(
            "a",
            "Northvale retires Quillmark Banner",
            "Northvale retires the consent tool Quillmark Banner in May.",
            tags={"vendors": ("Northvale",), "event": "shutdown"},
        ),
        "follow-up",
    ),
    "another product of the vendor": (
        report(
            "a",
            "Northvale launches Harbour Maps for retail",
            "Northvale launches indoor maps called Harbour Maps.",
            tags={"vendors": ("Northvale",), "event": "launch"},
        ),
        None,
    ),
    "another vendor": (
        report("a", "Brightlane launches an audience planner", "Brightlane launches a planner."),
        None,
    ),
}


@pytest.mark.parametrize("case", THREADS)
def test_threads_tell_repeats_from_follow_ups(case):
    """What was told comes as a repeat, what happened since as a follow-up that says what; all else
    is no thread.
    """
    item, kind = THREADS[case]
    other = earlier(
        "Brasswell names a chair", "Brasswell names Ilse Kremer its chair.", key="sother"
    )
    found = find_threads(cluster_items([item]), [other, TOLD])
    assert found == find_threads(cluster_items([item]), [TOLD, other])
    assert {thread.kind for thread in found.values()} == ({kind} if kind else set())
    for thread in found.values():
        assert thread.earlier == TOLD
        assert bool(thread.news) == (kind == "follow-up")
        assert thread.matched


def test_the_page_that_was_told_is_a_repeat():
    """Whatever its title says now."""
    url = "https://site.example/2026/04/quillmark-banner-opens"
    told = earlier("Quillmark Banner opens", url=url)
    found = find_threads(
        cluster_items([report("a", "Quillmark Banner: all you need", url=url)]), [told]
    )
    assert [thread.kind for thread in found.values()] == ["repeat"]


def test_no_earlier_edition_no_thread():
    """The first edition has none."""
    assert find_threads(cluster_items([BUYS]), []) == {}
