"""The judgement on headlines written for it.

Kinds of event by language, AI, categories; its laws; its figures.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest.tag
from digest.model.item import Item
from digest.model.tags import AI_GRADES, EVENTS, Tags
from digest.tag import ItemJudge, item_from_json, load_quality, measure_agreement
from digest.tag.features import extract_item_features
from digest.tag.lab import load_reference
from digest.tag.lexicon import build_vocabulary
from digest.tag.linear import FieldCertainty
from digest.tag.reading import match_vocabulary, read_item
from digest.tag.vendors import Gazetteer
from digest.taxonomy import CATEGORIES

SHARED = Path(__file__).parents[2] / ".." / "shared"
VOCABULARY = build_vocabulary()


@pytest.fixture(scope="module")
def judge() -> ItemJudge:
    """The packaged judgement."""
    return ItemJudge.load()


def item(title: str, summary: str = "", lang: str = "en", **more: Any) -> Item:
    """An item with a headline."""
    return item_from_json({"id": "1", "title": title, "summary": summary, "lang": lang, **more})


EVENT_HEADLINES = [
    ("acquisition", "en", "Mailhub acquires loyalty startup Pointly"),
    ("acquisition", "it", "Mailhub acquisisce la startup Puntina"),
    ("acquisition", "de", "Mailhub übernimmt den Anbieter Punktly"),
    ("acquisition", "fr", "Mailhub rachète l'éditeur Pointel"),
    ("acquisition", "es", "Mailhub compra la plataforma Puntal"),
    ("acquisition", "th", "Mailhub เข้าซื้อกิจการสตาร์ทอัพด้านความภักดี"),
    ("acquisition", "ru", "Mailhub купил сервис лояльности"),
    ("acquisition", "zh", "Mailhub 收购会员积分公司"),
    ("acquisition", "ja", "Mailhubがポイント企業を買収"),
    ("funding", "en", "Pointly raises $20 million Series B"),
    ("funding", "it", "Puntina raccoglie 20 milioni di euro"),
    ("funding", "de", "Punktly sammelt 20 Millionen Euro ein"),
    ("funding", "fr", "Pointel lève 20 millions d'euros"),
    ("funding", "es", "Puntal recauda 20 millones en una ronda"),
    ("funding", "th", "สตาร์ทอัพระดมทุน 200 ล้านบาท"),
    ("funding", "ru", "Стартап привлек 200 млн рублей"),
    ("funding", "zh", "初创公司完成新一轮融资"),
    ("funding", "ja", "新興企業が資金調達"),
    ("regulation", "en", "Regulator fines ad network over consent"),
    ("regulation", "it", "Il Garante multa una rete pubblicitaria"),
    ("regulation", "de", "Bußgeld gegen Werbenetzwerk"),
    ("regulation", "fr", "La CNIL prononce une amende"),
    ("regulation", "es", "La AEPD multa a una red publicitaria"),
    ("regulation", "th", "สั่งปรับเงินบริษัทโฆษณาตามกฎหมาย PDPA"),
    ("regulation", "ru", "ФАС вынесла решение о рекламе"),
    ("regulation", "zh", "监管部门发布管理办法"),
    ("regulation", "ja", "広告の規制が強化"),
    ("launch", "en", "Mailhub launches a send-time engine"),
    ("launch", "it", "Mailhub lancia un motore di invio"),
    ("launch", "de", "Mailhub stellt neuen Versanddienst vor"),
    ("launch", "fr", "Mailhub lance un moteur d'envoi"),
    ("launch", "es", "Mailhub lanza un motor de envío"),
    ("launch", "th", "Mailhub เปิดตัวระบบส่งอีเมล"),
    ("launch", "ru", "Mailhub запустил сервис рассылок"),
    ("launch", "zh", "Mailhub 推出发送引擎"),
    ("launch", "ja", "Mailhubが配信エンジンを発表"),
    ("shutdown", "en", "Mailhub to sunset its old editor"),
    ("shutdown", "it", "Mailhub chiude il vecchio editor"),
    ("shutdown", "de", "Mailhub stellt den alten Editor ein"),
    ("shutdown", "fr", "Mailhub met fin à son ancien éditeur"),
    ("shutdown", "es", "Mailhub cierra su antiguo editor"),
    ("shutdown", "th", "Mailhub ยุติการให้บริการรุ่นเก่า"),
    ("shutdown", "ru", "Mailhub закроет старый редактор"),
    ("shutdown", "zh", "旧版编辑器将停用"),
    ("shutdown", "ja", "旧エディタの提供を終了"),
    ("people", "en", "Pointly appoints new chief marketing officer"),
    ("people", "it", "Puntina nomina il nuovo CEO"),
    ("people", "de", "Punktly beruft neue Chefin"),
    ("people", "fr", "Pointel nomme une nouvelle directrice"),
    ("people", "es", "Puntal nombra nueva directora"),
    ("people", "th", "บริษัทแต่งตั้งซีอีโอคนใหม่"),
    ("people", "ru", "Компания назначила директора"),
    ("people", "zh", "公司任命新任营销主管"),
    ("people", "ja", "新社長が就任"),
    ("howto", "en", "How to clean an email list in 5 steps"),
    ("howto", "it", "Come scrivere una newsletter: guida e consigli"),
    ("howto", "de", "So gelingt der Newsletter: 8 Tipps"),
    ("howto", "fr", "Comment rédiger une infolettre : conseils"),
    ("howto", "es", "Cómo redactar un boletín: consejos"),
    ("howto", "th", "วิธีเขียนจดหมายข่าว"),
    ("howto", "ru", "Как написать письмо: инструкция"),
    ("howto", "zh", "如何写好邮件"),
    ("howto", "ja", "メルマガの書き方の手順"),
    ("pricing", "en", "Mailhub raises prices by 9%"),
    ("pricing", "de", "Mailhub kündigt Preiserhöhung an"),
    ("partnership", "en", "Mailhub partners with Pointly"),
    ("research", "en", "Study: half of shoppers skip the newsletter"),
    ("results", "en", "Pointly revenue grows 20% in the third quarter"),
    ("promo", "en", "Webinar: loyalty that lasts"),
    ("opinion", "en", "Why your loyalty scheme is dead"),
    ("update", "en", "Mailhub adds templates to its editor"),
    ("incident", "en", "Mailhub confirms data breach at a supplier"),
    ("incident", "it", "Mailhub, violazione dei dati dei clienti"),
    ("incident", "de", "Datenleck bei Mailhub"),
    ("incident", "fr", "Fuite de données chez Mailhub"),
    ("incident", "es", "Mailhub sufre un ciberataque"),
    ("incident", "pt", "Vazamento de dados atinge a Mailhub"),
    ("incident", "th", "Mailhub ข้อมูลรั่วไหล"),
    ("incident", "ru", "Утечка данных у Mailhub"),
    ("incident", "zh", "Mailhub 客户数据泄露"),
    ("incident", "ja", "Mailhubで情報漏えい"),
]


@pytest.mark.parametrize(("event", "lang", "title"), EVENT_HEADLINES)
def test_headline_grammar_names_the_event(event: str, lang: str, title: str) -> None:
    """Each kind of event, in the language's own words."""
    assert (event, "title") in match_vocabulary(
        read_item(item(title, lang=lang)), VOCABULARY
    ).events


@pytest.mark.parametrize(
    ("event", "title"),
    [
        ("shutdown", "How to close the skills gap"),
        ("incident", "Mailhub adds templates to its editor"),
        ("other", "Mailhub confirms data breach at a supplier"),
    ],
)
def test_headline_grammar_names_no_other_event(event: str, title: str) -> None:
    """A word that an event's headlines have is not enough where it means something else."""
    assert (event, "title") not in match_vocabulary(read_item(item(title)), VOCABULARY).events


def list_features(**row: Any) -> dict[str, float]:
    """The features of an item."""
    return extract_item_features(item_from_json({"id": "1", **row}), VOCABULARY, Gazetteer.load())


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("de", "Mailhub stellt KI-Agenten für Werbekampagnen vor: Werbung, Kampagnen, Agenten"),
        ("it", "Mailhub lancia agenti per le campagne di pubblicità"),
        ("fr", "Mailhub lance des agents pour les campagnes de publicité"),
        ("es", "Mailhub lanza agentes para campañas de publicidad"),
        ("th", "Mailhub เปิดตัวเอเจนต์สำหรับแคมเปญโฆษณา"),
        ("zh", "Mailhub 推出广告活动智能体"),
        ("ja", "Mailhubが広告キャンペーンのエージェントを発表"),
    ],
)
def test_concepts_are_the_same_in_every_language(lang: str, title: str) -> None:
    """What a language teaches holds for the others."""
    english = list_features(lang="en", title="Mailhub launches agents for advertising campaigns")
    told = list_features(lang=lang, title=title)
    wanted = {"k:title:agent", "k:title:campaign"}
    assert wanted <= english.keys() & told.keys()


@pytest.mark.whole
def test_no_feature_tells_the_source_or_that_there_is_no_summary() -> None:
    """They tell which publishers were labelled, not what an item is worth."""
    title = "Loyalty app adds a wallet for points"
    bare = list_features(title=title, source="The Zorbl Gazette")
    assert bare == list_features(title=title, source="Quib Weekly")
    told = list_features(title=title, summary="Zorbl quib flumm.", source="Quib Weekly")
    words = {name for name in told.keys() - bare.keys() if name[0] in "abs"}
    assert words == told.keys() - bare.keys()
    assert bare.keys() <= told.keys()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("FTC opens a case on loyalty data", "regulator"),
        ("Carrefour tests a loyalty wallet", "retailer"),
        ("Heineken opens a bar in the metaverse", "brand"),
        ("電通が新会社を設立", "agency"),
    ],
)
def test_a_headline_tells_whose_act_it_is(title: str, kind: str) -> None:
    """A brand's or a shop's own act is no vendor's."""
    assert f"w:title:{kind}" in list_features(title=title)


def test_what_is_less_likely_is_less_sure() -> None:
    """Certainty grows with the odds of a label, and is a probability."""
    certainty = FieldCertainty({"odds": 1.5}, {"": -0.5, "launch": 0.4}, 0.9)
    sure = [
        certainty.estimate(cls, {"odds": odds})
        for cls, odds in (("update", -9.0), ("update", 0.0), ("launch", 0.0), ("launch", 9.0))
    ]
    assert sure == sorted(sure)
    assert 0.0 < sure[0] < sure[-1] < 1.0


def test_labels_that_are_wrong_too_often_are_unsure(judge: ItemJudge) -> None:
    """A field is unsure where its confidence is below the point from which labels are printed."""
    for _, lang, title in EVENT_HEADLINES:
        tags = judge.judge_item(item(title, lang=lang))
        for name, confidence in tags.confidence.items():
            least = judge.layers.certainty[name].printed_from
            if abs(confidence - least) > 0.001:  # confidences are rounded
                assert tags.is_certain(name) == (confidence > least)


def test_relevance_is_told_as_a_probability(judge: ItemJudge) -> None:
    """It does not depend on which side of the threshold the item falls."""
    likely = judge.judge_item(
        item(
            "Postlane launches an AI agent that builds email campaigns",
            "The agent writes newsletters and is available to all customers today.",
        )
    )
    unlikely = judge.judge_item(item("Battery maker opens a plant in Ohio", "It makes cells."))
    assert likely.relevance_probability > judge.layers.relevant_from
    assert unlikely.relevance_probability < judge.layers.relevant_from
    assert likely.relevance_probability == likely.confidence["relevant"]
    assert unlikely.relevance_probability == pytest.approx(1 - unlikely.confidence["relevant"])


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        (
            "Postlane launches an AI agent that builds email campaigns",
            "The agent writes three versions of each newsletter and is available to all customers today.",
            {"relevant": True, "ai": "core", "event": "launch"},
        ),
        (
            "Postlane to acquire CRM vendor Relata for $300 million",
            "The deal closes in May.",
            {"event": "acquisition"},
        ),
        (
            "How to write a welcome email: 9 examples",
            "Learn what works.",
            {"relevant": False, "event": "howto"},
        ),
        ("Webinar: get more from your CRM", "Register now.", {"relevant": False, "event": "promo"}),
        (
            "Search core update starts rolling out",
            "Rankings may move for two weeks.",
            {"category": "seo", "ai": "none"},
        ),
        (
            "Regulator fines retailer over cookie banners",
            "Refusing consent took four clicks.",
            {"category": "governance-privacy", "event": "regulation", "relevant": True},
        ),
        (
            "Battery maker opens a plant in Ohio",
            "It makes cells for cars.",
            {"relevant": False, "category": None},
        ),
    ],
)
def test_judged_as_a_reader_would(
    judge: ItemJudge, title: str, summary: str, expected: dict[str, Any]
) -> None:
    """Plain cases come out as labelled."""
    tags = judge.judge_item(item(title, summary))
    assert {name: getattr(tags, name) for name in expected} == expected


def test_reasons_are_words_of_the_item(judge: ItemJudge) -> None:
    """The term for the category, the verb for the event, the word for AI; points quote the item."""
    told = item(
        "Postlane launches an AI agent for email campaigns",
        "It uses a language model and cut work by 30%.",
    )
    tags = judge.judge_item(told)
    assert any("email" in word for word in tags.why["category"])
    assert "launches" in tags.why["event"]
    assert "ai" in tags.why["ai"]
    assert set(tags.confidence) >= {"relevant", "category", "ai", "event", "evidence"}
    assert all(0.0 <= value <= 1.0 for value in tags.confidence.values())
    assert all(point.quote in f"{told.title} {told.summary}" for point in tags.points)


def test_evidence_only_where_ai_is_claimed(judge: ItemJudge) -> None:
    """An item without AI has neither grade nor points."""
    tags = judge.judge_item(item("Postal service raises catalogue rates", "The increase is 4%."))
    assert tags.ai == "none"
    assert tags.evidence is None
    assert tags.points == ()


TEXTS = st.text(max_size=120)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_any_item_is_judged(title: str, summary: str, text: str) -> None:
    """Whatever the words: values of the model, and the same ones again."""
    judge, one = ItemJudge.load(), item(title, summary, text=text)
    tags = judge.judge_item(one)
    assert tags == judge.judge_item(one)
    assert tags.ai in AI_GRADES
    assert tags.event in EVENTS
    assert tags.category is None or tags.category in CATEGORIES
    assert tags.category not in tags.also


def test_order_of_items_changes_nothing(judge: ItemJudge) -> None:
    """Judging is pure."""
    items = [
        replace(item(title, lang=lang), id=str(n))
        for n, (_, lang, title) in enumerate(EVENT_HEADLINES)
    ]
    forward = {one.id: judge.judge_item(one) for one in items}
    assert {one.id: judge.judge_item(one) for one in reversed(items)} == forward


def test_judging_compiles_and_reads_nothing(
    judge: ItemJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes it fast: all patterns, words and weights are there after the first items."""
    items = [item(title, f"{title}. " * 8, lang) for _, lang, title in EVENT_HEADLINES]
    tags = [judge.judge_item(one) for one in items]

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("compiled or read while judging")

    monkeypatch.setattr("re._compiler.compile", refuse)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    judged = [judge.judge_item(one) for one in items]
    monkeypatch.undo()
    assert judged == tags


# The honest figures are those of left-out publishers, for the shipped weights have seen the labels.
# Never lower a floor.
FLOORS = {
    "relevant_f1": 0.52,
    "category_strict": 0.68,
    "ai_f1": 0.92,
    "event": 0.56,
    "evidence": 0.48,
}


@pytest.mark.parametrize("name", FLOORS)
def test_figures_of_cross_validation_hold(name: str) -> None:
    """On labelled items of publishers that the models had not seen."""
    assert load_quality()[name] >= FLOORS[name]


ON_REFERENCE = {
    "relevant F1": 0.63,  # half of this set is relevant; what is decided is where a quarter is
    "category strict": 0.56,
    "ai core-or-applied F1": 0.81,
    "event macro F1": 0.52,
}


@pytest.mark.whole
@pytest.mark.skipif(not load_reference(), reason="the reference set is not in this package")
def test_shipped_weights_hold_on_the_reference_set(judge: ItemJudge) -> None:
    """The weights as they are shipped, on 320 items of our own, harder than a quarter, that nothing
    was trained on.
    """
    judged = [
        as_row(str(row["id"]), judge.judge_item(item_from_json(row))) for row in load_reference()
    ]
    figures = measure_agreement(load_reference(), judged)
    assert {
        name: value for name, value in figures.items() if value < ON_REFERENCE.get(name, 0)
    } == {}


@pytest.mark.whole
@pytest.mark.skipif(not load_reference(), reason="the reference set is not in this package")
def test_relevant_items_of_the_reference_set_are_the_likelier_ones(judge: ItemJudge) -> None:
    """Wherever the threshold stands: how often a relevant item comes before another one."""
    by_label: dict[str, list[float]] = {"yes": [], "no": []}
    for row in load_reference():
        tags = judge.judge_item(item_from_json(dict(row)))
        by_label[row["relevant"]].append(tags.relevance_probability)
    pairs = [(yes, no) for yes in by_label["yes"] for no in by_label["no"]]
    assert sum(yes > no for yes, no in pairs) / len(pairs) > 0.88


README = Path(__file__).parents[2] / "README.md"
SAID = {
    "belongs in the briefing, F1": "relevant F1",
    "… where a quarter of the items belongs": "relevant F1, a quarter relevant",
    "stack category, exactly right": "category strict",
    "… or among the further ones": "category lenient",
    "AI as subject or working part, F1": "ai core-or-applied F1",
    "AI grade, mean F1": "ai macro F1",
    "what happened, mean F1": "event macro F1",
    "proof behind a claim, mean F1": "evidence macro F1",
}


@pytest.mark.skipif(not README.exists(), reason="the README is not beside the tests")
@pytest.mark.parametrize("said", SAID)
def test_the_readme_tells_the_shipped_figures(said: str) -> None:
    """A retrained judgement has other figures: the README's table follows."""
    measured = json.loads(
        (Path(digest.tag.__file__).parent / "vocabulary" / "quality.json").read_text("utf-8")
    )
    row = next(
        line for line in README.read_text("utf-8").splitlines() if line.startswith(f"| {said} |")
    )
    unseen, interval, seen = row.split("|")[2:5]
    told = [float(unseen), *map(float, interval.split(" to ")), float(seen)]
    name = SAID[said]
    of_unseen, of_seen = measured["unseen publishers"], measured["seen publishers"]
    shipped = [of_unseen[name], *measured["interval"][name], of_seen[name]]
    assert told == [pytest.approx(value, abs=0.0051) for value in shipped]


@pytest.mark.whole
@pytest.mark.skipif(not SHARED.exists(), reason="the labelled items are not beside this repository")
def test_shipped_weights_know_their_labels(judge: ItemJudge) -> None:
    """The shipped weights are those that the figures are about.

    They fit what they were trained on.
    """
    gold = [
        json.loads(line)
        for line in (SHARED / "labels" / "items.jsonl").read_text("utf-8").splitlines()
    ]
    judged = [as_row(one.id, judge.judge_item(one)) for one in map(item_from_json, gold)]
    figures = measure_agreement(gold, judged)
    assert figures["category strict"] > 0.95
    assert figures["relevant F1"] > 0.85
    assert figures["ai core-or-applied F1"] > 0.95


def as_row(identity: str, tags: Tags) -> dict[str, Any]:
    """Tags as `digest lab tag` prints them."""
    row = {
        "id": identity,
        "relevant": tags.relevant,
        "category": tags.category,
        "also": list(tags.also),
    }
    return row | {"ai": tags.ai, "evidence": tags.evidence, "event": tags.event}
