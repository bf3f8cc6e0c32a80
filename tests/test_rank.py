"""Ranking and choice.

A score is the sum of its parts, and every story that stays out has a reason.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.item import Item
from digest.model.reasons import LeftOutReason
from digest.model.source import TIERS
from digest.model.story import RankedStory, Story
from digest.model.tags import EVENTS, TaggedItem, Tags
from digest.period import Quarter
from digest.rank import (
    RankingWeights,
    SelectionLimits,
    find_consequence,
    load_default_weights,
    rank_stories,
    select_stories,
)
from digest.rank.score import estimate_relevance, find_publishers
from digest.rank.signals import COMBINED_SIGNALS, find_signals, load_signals

Q3 = Quarter(2026, 7)
MID = datetime(2026, 8, 15, tzinfo=UTC)
TAGS = Tags(True, "cdp", (), "none", None, "launch", ("Acme",), confidence={"relevant": 0.9})
LABELS = Path(__file__).parents[1] / ".." / "shared" / "labels" / "importance.jsonl"


def member(
    key: str,
    title: str = "Acme opens a new office",
    summary: str = "",
    when: datetime = MID,
    **more,
) -> TaggedItem:
    """An item with its tags."""
    source = more.pop("source", key)
    tier, url = more.pop("tier", "trade"), more.pop("url", "")
    return TaggedItem(
        Item(key, url, url, title, source, source, tier, when, when, "en", summary),
        replace(TAGS, **more),
    )


def story(*members: TaggedItem) -> Story:
    """A story led by its first member."""
    return Story("s" + members[0].item.id, members, members[0])


def score(*members: TaggedItem, weights: RankingWeights | None = None, **more) -> float:
    """The score of one story."""
    return rank_stories([story(*members)], Q3, weights, **more)[0].score


BETTER = {
    "a rule with its day before one without": (
        member("a", "New consent regulation applies from 1 February 2027", event="regulation"),
        member("a", "New consent regulation is being discussed", event="regulation"),
    ),
    "ads in an assistant before a developer release": (
        member(
            "a",
            "OpenAI begins testing ads in ChatGPT",
            "Advertisers can buy ads in ChatGPT answers.",
        ),
        member(
            "a", "Acme SDK version 3.1 for developers", "The API library is open source on GitHub."
        ),
    ),
    "news before a how-to": (member("a"), member("a", event="howto")),
    "the surer before the less sure": (member("a"), member("a", confidence={"relevant": 0.5})),
    "the relevant before the other": (member("a"), member("a", relevant=False)),
    "the later in the quarter, all else equal": (
        member("a", when=MID),
        member("a", when=MID - timedelta(30)),
    ),
    "a regulator's own word before the trade's": (
        member("a", tier="regulator"),
        member("a", tier="trade"),
    ),
    "proof before a claim": (
        member("a", ai="core", evidence="evidenced"),
        member("a", ai="core", evidence="claimed"),
    ),
}


@pytest.mark.parametrize("case", BETTER)
def test_what_counts_for_more(case):
    """The first of the two has the higher score."""
    better, worse = BETTER[case]
    assert score(better) > score(worse)


def test_independent_publishers_corroborate_and_copies_do_not():
    """Two sites count; one release printed twice, or a letter that links to the same site, does
    not.
    """
    own = member("a", "Acme buys Bolt", url="https://one.example/a")
    other = member("b", "Bolt goes to Acme", url="https://two.example/b")
    copy = member("c", "ACME buys Bolt!", url="https://three.example/c")
    letter = member(
        "d", "Bolt is Acme's (2 minute read)", url="https://one.example/a", source="letter"
    )
    assert len(find_publishers([own, other])) == 2
    assert len(find_publishers([own, copy])) == 1
    assert len(find_publishers([own, letter])) == 1
    assert score(own, other) > score(own, copy) == score(own)


def test_the_team_can_change_the_weights():
    """A source's weight, an event's points, and a relation that is handed in all show as parts."""
    weights = replace(load_default_weights(), sources={"a": 2.0}, event={"launch": 5.0})
    ours = member("a")
    (one,) = rank_stories([story(ours)], Q3, weights, {"sa": 1.5})
    assert one.parts["source weight"] == weights.source
    assert one.parts["event: launch"] == 5.0
    assert one.parts["relation"] == 1.5


def test_reasons_are_readable():
    """Parts say what spoke for the story."""
    (one,) = rank_stories([story(BETTER["ads in an assistant before a developer release"][0])], Q3)
    assert "says: ads in an AI assistant or answer" in one.parts
    assert any(name.startswith("words: ") for name in one.parts)


def test_every_signal_has_a_weight():
    """The shipped table knows every signal, and no other."""
    weights = load_default_weights()
    assert (
        set(weights.signals)
        == set(weights.title_signals)
        == set(load_signals()) | set(COMBINED_SIGNALS)
    )


SAID_IN_ALL_LANGUAGES = {  # signal → the same news in each language
    "ads in an AI assistant or answer": {
        "en": "Gemini will show ads below its replies",
        "de": "Gemini blendet Werbung unter Antworten ein",
        "fr": "Gemini affichera de la publicité sous ses réponses",
        "it": "Gemini mostrerà pubblicità sotto le risposte",
        "es": "Gemini mostrará anuncios bajo sus respuestas",
        "pt": "Gemini mostrará anúncios nas respostas",
        "zh": "Gemini将在回答下方显示广告",
        "zh-Hant": "Gemini將在回答下方顯示廣告",
        "ja": "Geminiが回答の下に広告を表示へ",
        "ko": "Gemini 답변 아래 광고 노출",
        "th": "Gemini จะแสดงโฆษณาใต้คำตอบ",
    },
    "a day or month it takes effect": {
        "en": "The duty applies from 3 March",
        "de": "Die Pflicht gilt ab 3. März",
        "fr": "L'obligation entre en vigueur le 1er mars",
        "it": "L'obbligo è in vigore dal 3 marzo",
        "es": "La norma entra en vigor el 3 de marzo",
        "pt": "A regra entra em vigor em 3 de março",
        "zh": "新规3月3日起施行",
        "zh-Hant": "新規3月3日起實施",
        "ja": "新ルールは3月3日に施行",
        "ko": "새 규칙 3월 시행",
        "th": "กฎใหม่มีผล 3 มีนาคม",
    },
    "tracking and consent prompts": {
        "en": "A browser asks for consent before tracking",
        "de": "Browser verlangt Einwilligung für Tracking",
        "fr": "Le navigateur exige un consentement pour le suivi",
        "it": "Il browser chiede il consenso al tracciamento",
        "es": "El navegador pide consentimiento para el rastreo",
        "pt": "O navegador pede consentimento para rastreamento",
        "zh": "浏览器跟踪前须征得同意",
        "zh-Hant": "瀏覽器追蹤前須徵得同意",
        "ja": "ブラウザの追跡に同意が必要に",
        "ko": "브라우저 추적에 동의 필요",
        "th": "เบราว์เซอร์ขอความยินยอมก่อนติดตาม",
    },
    "a label on what AI made": {
        "en": "Shops must label AI-generated pictures",
        "de": "Läden müssen KI-Bilder kennzeichnen",
        "fr": "Un étiquetage pour les images générées par IA, contenus IA compris",
        "it": "Etichette per immagini generate con AI",
        "es": "Etiqueta para fotos generadas por IA",
        "pt": "Rótulos: fotos geradas por IA terão etiqueta",
        "zh": "商店须标识AI生成图片",
        "zh-Hant": "商店須標示AI生成圖片的標籤",
        "ja": "AI生成画像にラベル",
        "ko": "AI 생성 이미지 표시",
        "th": "ร้านต้องติดป้ายภาพที่สร้างด้วย AI",
    },
    "a fine or penalty by its amount": {
        "en": "Regulator fines an exchange $40 million",
        "de": "Bußgeld von 40 Mio. Euro für eine Börse",
        "fr": "Une amende de 40 millions d'euros",
        "it": "Multa da 40 milioni per una piattaforma",
        "es": "Multa de 40 millones a una plataforma",
        "pt": "Multa de 40 milhões a uma plataforma",
        "zh": "平台被罚4000万元",
        "zh-Hant": "平台遭罰4000萬元",
        "ja": "課徴金40億円を命令",
        "ko": "플랫폼에 과징금 40억",
        "th": "สั่งปรับ 40 ล้านบาท",
    },
    "an offer opens in Europe or more countries": {
        "en": "The tool arrives in 12 more countries",
        "de": "Das Werkzeug startet in 12 weiteren Ländern in Europa",
        "fr": "L'outil est déployé dans 12 pays",
        "it": "Lo strumento arriva, disponibile in 12 paesi",
        "es": "La herramienta llega a 12 países",
        "pt": "A ferramenta chega a 12 países",
        "zh": "该工具上线12个国家",
        "zh-Hant": "該工具在12個國家推出",
        "ja": "12カ国で提供開始",
        "ko": "12개국으로 확대",
        "th": "เปิดตัวใน 12 ประเทศ",
    },
}


@pytest.mark.parametrize(
    ("name", "language"),
    [(name, language) for name, said in SAID_IN_ALL_LANGUAGES.items() for language in said],
)
def test_a_signal_is_found_in_every_language(name, language):
    """Also where nothing parts words: Latin names stand right beside Chinese and Thai."""
    text = SAID_IN_ALL_LANGUAGES[name][language].lower()
    assert name in find_signals(text, text)[1]


@pytest.mark.parametrize(
    ("text", "name", "is_found"),
    [
        ("the pixel will be retired", "an end, a deprecation or a forced change", True),
        ("the commission fines a platform", "a rule, a court or a regulator", True),
        ("klaviyo acquires a rival", "a deal by a platform of the stack", True),
        ("acme counts views anew", "how views, reach or results are counted", True),
        ("adidas loads more shoes", "ads in an AI assistant or answer", False),
        ("gemini adds a button", "ads in an AI assistant or answer", False),
        ("a walk in march", "a day or month it takes effect", False),
        ("les emplois de demain", "a rule, a court or a regulator", False),
        ("a kitchen and 12 chairs", "an offer opens in Europe or more countries", False),
    ],
)
def test_signals_are_found(text, name, is_found):
    """Named cases of the published patterns, and what only looks like them."""
    assert (name in find_signals(text, text)[1]) == is_found


def test_a_signal_earns_the_same_in_every_language():
    """The points are the concept's, not a language's."""
    name = "ads in an AI assistant or answer"
    earned = set()
    for told in SAID_IN_ALL_LANGUAGES[name].values():
        (one,) = rank_stories([story(member("a", told))], Q3)
        earned.add(one.parts[f"says: {name}"])
    assert len(earned) == 1
    assert earned.pop() > 0.2


STORIES = st.lists(
    st.builds(
        lambda key, title, event, tier, category, vendor, source, relevant: story(
            member(
                f"i{key}",
                title,
                event=event,
                tier=tier,
                category=category,
                vendors=(vendor,),
                source=source,
                relevant=relevant,
            )
        ),
        st.integers(0, 200),
        st.sampled_from(
            ["Acme raises $4 million", "Google Ads ends a format", "Ten tips", "คู่มือ", ""]
        ),
        st.sampled_from(EVENTS),
        st.sampled_from(TIERS),
        st.sampled_from([None, "cdp", "seo", "crm", "email-marketing"]),
        st.sampled_from(["Acme", "Bolt", "Google", "Wherrow"]),
        st.sampled_from(["one", "two", "three", "four", "five", "six"]),
        st.booleans(),
    ),
    max_size=40,
    unique_by=lambda one: one.id,
)


@given(STORIES)
@settings(max_examples=60, deadline=None)
def test_parts_sum_to_the_score_in_any_order(stories):
    """The score is the sum of what is stored; the order of the input does not show."""
    ranked = rank_stories(stories, Q3)
    assert rank_stories(stories[::-1], Q3) == ranked
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    for one in ranked:
        assert math.isclose(one.score, math.fsum(one.parts.values()), abs_tol=1e-6)


@given(STORIES, st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_every_story_is_chosen_or_has_a_reason(stories, most):
    """Nothing is lost; floors hold; what goes in stays in the order of the ranking."""
    limits = SelectionLimits(stories=most, floor=0.5, consequence_floor=0.3)
    ranked = rank_stories(stories, Q3)
    chosen, left_out = (found := select_stories(ranked, limits)).chosen, found.left_out
    assert {one.story.id for one in chosen} | left_out.keys() == {one.id for one in stories}
    assert not {one.story.id for one in chosen} & left_out.keys()
    assert all(left_out.values())
    assert list(chosen) == sorted(chosen, key=ranked.index)
    assert len(chosen) <= most
    for one in chosen:
        assert one.story.tags.event not in ("howto", "promo", "opinion")
        assert one.score >= limits.consequence_floor


@given(STORIES, st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_a_consequence_takes_its_place_before_anything_else(stories, most):
    """No story without a consequence is in while one above its floor is out."""
    limits = SelectionLimits(stories=most)
    ranked = rank_stories(stories, Q3)
    found = select_stories(ranked, limits)
    has = {entry.story.id for entry in ranked if find_consequence(entry.story, own=False)}
    chosen = {entry.story.id for entry in found.chosen}
    crowded_out = [
        story_id
        for story_id, left in found.left_out.items()
        if story_id in has and left.reason is LeftOutReason.BELOW_LAST
    ]
    assert not crowded_out or chosen <= has


def rank_rows(*rows: tuple[str, float, dict]) -> list[RankedStory]:
    """Stories with given scores and tags."""
    return [
        RankedStory(story(member(key, **more)), points, {"base": points})
        for key, points, more in rows
    ]


DEAL = {"event": "acquisition"}


@pytest.mark.parametrize(
    ("title", "more", "own", "kind"),
    [
        ("Acme buys Bolt", DEAL, False, "acquisition"),
        ("Acme raises its prices", {"event": "pricing"}, False, "pricing"),
        ("Acme closes Bolt", {"event": "shutdown"}, False, "shutdown"),
        ("Court rules on consent", {"event": "regulation"}, False, "regulation"),
        ("Acme ends old bids starting 31 August", {"event": "update"}, False, None),
        ("Bids retire: sunset by 31 August", {"event": "update"}, False, "forced change"),
        ("Acme must verify shops from 1 October", {"event": "update"}, False, "forced change"),
        ("Acme adds a button", {"event": "update"}, False, None),
        ("Acme grew by a tenth", {"event": "results"}, True, None),
        (
            "Acme buys Bolt",
            DEAL | {"relevant": False, "confidence": {"relevant": 0.9}},
            True,
            "acquisition",
        ),
        (
            "Acme buys Bolt",
            DEAL | {"relevant": False, "confidence": {"relevant": 0.9}},
            False,
            None,
        ),
    ],
)
def test_what_has_a_consequence(title, more, own, kind):
    """Deals, prices, ends, rules and changes forced by a day; doubt weighs less for our own."""
    assert find_consequence(story(member("a", title, **more)), own=own) == kind


@pytest.mark.parametrize(
    ("more", "own", "is_told"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"unsure": frozenset({"event"})}, True, False),
        ({"relevant": False, "confidence": {"relevant": 0.9}}, True, False),
    ],
)
def test_an_incident_of_our_own_is_told_whatever_its_score(more, own, is_told):
    """Its reader asks at once whether it hits them; a guess, or what is no news of ours, is none."""
    doubt = {"event": "incident", "confidence": {"relevant": 0.2}} | more
    ranked = rank_rows(("breach", 0.01, doubt))
    found = select_stories(ranked, own={ranked[0].story.id} if own else ())
    assert bool(found.chosen) == is_told


@pytest.mark.parametrize(
    ("more", "has_stack", "own", "is_told"),
    [
        ({}, False, False, True),
        ({}, True, False, False),
        ({}, True, True, True),
        ({"unsure": frozenset({"event"})}, True, False, True),
    ],
    ids=["no stack", "others", "ours", "perhaps no incident"],
)
def test_an_incident_of_what_the_company_does_not_run_is_no_story_of_its_own(
    more, has_stack, own, is_told
):
    """However good it is; without a stack it is the market's, and told."""
    (row,) = rank_rows(("breach", 3.0, {"event": "incident"} | more))
    ids = {row.story.id} if own else ()
    found = select_stories([row], own=ids, has_stack=has_stack)
    assert bool(found.chosen) == is_told
    if not is_told:
        assert found.left_out[row.story.id].reason is LeftOutReason.OTHERS_INCIDENT


def test_no_publisher_and_no_vendor_has_a_quota():
    """One good trade paper may report all of a quarter."""
    rows = rank_rows(
        *((f"k{n}", 3 - n / 10, {"source": "wire", "vendors": ("Acme",)}) for n in range(12))
    )
    assert len(select_stories(rows, SelectionLimits(stories=12)).chosen) == 12


def test_a_theme_that_is_told_makes_room():
    """The fourth story of one theme stands behind a slightly lesser one of another."""
    rows = rank_rows(
        *((key, points, {}) for key, points in zip("abcd", (3, 2.9, 2.8, 2.5), strict=True))
    )
    themes = {"sa": "ads", "sb": "ads", "sc": "ads"}
    found = select_stories(rows, SelectionLimits(stories=3, repeat_penalty=0.3), themes=themes)
    assert [one.story.id for one in found.chosen] == ["sa", "sb", "sd"]
    assert "below the last" in str(found.left_out["sc"])


def test_an_own_deal_is_told_with_and_without_a_stack():
    """Giving a stack never removes what happens to its own vendors, however many others act."""
    deal = ("deal", 1.2, DEAL | {"vendors": ("Acme",)})
    others: list[tuple[str, float, dict]] = [(f"o{n}", 2.5, {}) for n in range(50)]
    rules = [(f"r{n}", 2.0, {"event": "regulation"}) for n in range(8)]
    rows = rank_rows(*others, *rules, deal)
    limits = SelectionLimits(stories=9)
    without = {one.story.id for one in select_stories(rows, limits).chosen}
    brought_forward = [
        replace(one, score=one.score + 0.7, parts={**one.parts, "relation": 0.7})
        if one.story.id in ("sdeal", "so1", "so2")
        else one
        for one in rows
    ]
    ranked = sorted(brought_forward, key=lambda one: -one.score)
    own = {"sdeal", "so1", "so2"}
    with_stack = {one.story.id for one in select_stories(ranked, limits, own=own).chosen}
    assert "sdeal" in without
    assert "sdeal" in with_stack
    crowded = SelectionLimits(stories=2)
    assert "sdeal" in {one.story.id for one in select_stories(ranked, crowded, own=own).chosen}


def test_what_no_source_says_in_a_sentence_leaves_its_place():
    """The next best goes in; only those that would go in are asked, which costs."""
    rows = rank_rows(
        ("rule", 2.0, {"event": "regulation"}),
        *((f"k{n}", 3 - n / 10, {}) for n in range(9)),
    )
    asked = []

    def has_words(one: Story) -> bool:
        asked.append(one.id)
        return one.id not in ("srule", "sk1")

    found = select_stories(rows, SelectionLimits(stories=3), has_words=has_words)
    assert [one.story.id for one in found.chosen] == ["sk0", "sk2", "sk3"]
    assert {key: left.reason for key, left in found.left_out.items() if key in asked} == {
        "srule": LeftOutReason.NO_SENTENCE,
        "sk1": LeftOutReason.NO_SENTENCE,
    }
    assert sorted(asked) == ["sk0", "sk1", "sk2", "sk3", "srule"]


def test_what_is_ours_is_brought_forward_and_not_made_important():
    """Points for the relation do not lift a story over the floor."""
    (weak,) = rank_rows(("a", 0.5, {}))
    lifted = replace(weak, score=1.2, parts={"base": 0.5, "relation": 0.7})
    found = select_stories([lifted], own={"sa"})
    assert str(found.left_out["sa"]) == "score 0.5 is below the floor of 0.9"


@pytest.mark.parametrize(
    ("score", "doubt", "is_told"), [(0.65, 0.0, True), (0.35, -0.3, True), (0.55, 0.0, False)]
)
def test_news_of_an_own_product_is_told_from_a_lower_score(score, doubt, is_told):
    """Whatever the judge doubts; news of its maker alone is not."""
    (weak,) = rank_rows(("a", score, {}))
    lifted = replace(weak, score=score + 0.7, parts={"relation": 0.7, "doubt": doubt})
    named = select_stories([lifted], own={"sa"}, own_products={"sa"})
    assert bool(named.chosen) == is_told
    assert not select_stories([lifted], own={"sa"}).chosen


def test_a_series_is_told_by_its_newest_part():
    """What differs in month or number alone, of one source, is one series."""
    titles = {
        "m": "Acme's May 2026 updates: lists",
        "n": "Acme's June 2026 updates: scores",
        "v4": "Announcing version 4 of the Acme interface",
        "v5": "Announcing version 5 of the Acme interface",
        "x": "Acme's May 2026 results: growth",
        "y": "Acme 3: a new start",
        "f4": "Acme raises $4 million for its desk",
        "f9": "Acme raises $9 million for its desk",
        "z": "Acme 4: a new end",
    }
    rows = [
        RankedStory(
            story(member(key, title, when=MID + timedelta(days=day), source="wire")), 2, {"base": 2}
        )
        for day, (key, title) in enumerate(titles.items())
    ]
    left = select_stories(rows).left_out
    assert left.keys() == {"sm", "sv4"}
    assert str(left["sm"]) == "an older part of the series of “Acme's June 2026 updates: scores”"


@pytest.mark.parametrize(
    ("title", "is_round_up"),
    [
        ("Ads end, rules begin – Search Pulse", True),
        ("The latest AI-powered martech news and releases", True),
        ("In Other News: three small things", True),
        ("Rassegna di luglio", True),
        ("Acme launches Pulseboard for teams", False),
        ("Newsletters are back", False),
    ],
)
def test_a_round_up_is_not_told(title, is_round_up):
    """Its parts are other stories; it stands in the register."""
    rows = [RankedStory(story(member("a", title)), 2, {"base": 2})]
    left = select_stories(rows).left_out
    assert [one.reason for one in left.values()] == [LeftOutReason.ROUND_UP] * is_round_up


def test_doubt_weighs_and_closes_no_gate():
    """What the judge doubts loses points for it; a strong story is told all the same."""
    sure = member("a", relevant=True, confidence={"relevant": 0.9})
    unsure = member("a", relevant=False, confidence={"relevant": 0.6})
    cost = load_default_weights().doubt * (0.9783 - 0.7692)
    assert score(sure) - score(unsure) == pytest.approx(cost, abs=1e-3)
    assert estimate_relevance(sure.tags) > 0.9 > estimate_relevance(unsure.tags)
    strong = RankedStory(story(unsure), 1.5, {"base": 1.5})
    assert select_stories([strong]).chosen == (strong,)
    weak = RankedStory(story(unsure), 0.5, {"base": 0.5})
    (left,) = select_stories([weak]).left_out.values()
    assert left.reason is LeftOutReason.NOT_RELEVANT


def test_a_thin_quarter_is_not_filled_up():
    """What is below the floor stays out, even where there is room."""
    found = select_stories(
        rank_rows(("a", 9, {}), ("b", 0.1, {})), SelectionLimits(stories=10, floor=0.5)
    )
    assert [one.story.id for one in found.chosen] == ["sa"]
    assert "floor" in str(found.left_out["sb"])


@pytest.mark.parametrize(
    ("score", "words"),
    [(0.3, "score 0.3 is below the floor of 0.9"), (0.87, "score 0.87 is below the floor of 0.90"),
     (0.8996, "score 0.8996 is below the floor of 0.9000")],
)  # fmt: skip
def test_a_score_just_below_the_floor_is_told_apart_from_it(score, words):
    """With as many digits as that takes."""
    limits = SelectionLimits(stories=10, floor=0.9)
    found = select_stories(rank_rows(("a", 9, {}), ("b", score, {})), limits)
    assert str(found.left_out["sb"]) == words
    assert select_stories([], SelectionLimits()).chosen == ()


@pytest.mark.skipif(not LABELS.exists(), reason="the rated items are not beside the repository")
def test_the_rated_items_are_ranked_as_the_readers_rated_them():
    """A floor for the shipped weights, which were fitted to these items; the cross-validated figure
    is 0.76.
    """
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines() if line.strip()]
    stories = [
        story(member(row["id"], row["title"], row["summary"], event="other", category=None))
        for row in rows
    ]
    importance = {"s" + row["id"]: row["importance"] for row in rows}
    found = [importance[one.story.id] for one in rank_stories(stories, Q3)]
    assert dcg(found) / dcg(sorted(found, reverse=True)) >= 0.9


def dcg(values: list[float]) -> float:
    """Discounted gain of the first forty."""
    return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:40]))


def test_what_a_rule_of_the_team_drops_names_the_rule():
    """In the reason to be left out, and as a kind of reason to be counted."""
    one = story(member("a", relevant=False))
    by_rule = replace(one.lead.tags, why={"relevant": ("rule no gossip: exclude",)})
    ruled = Story(one.id, (TaggedItem(one.lead.item, by_rule),), TaggedItem(one.lead.item, by_rule))
    (reason,) = select_stories(rank_stories([ruled], Q3)).left_out.values()
    assert str(reason) == "excluded by the team's rule “no gossip”"
    assert reason.reason.label == "excluded by a rule of the team"
