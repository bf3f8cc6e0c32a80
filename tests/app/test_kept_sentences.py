"""The sentences of stories, built once for as long as nothing changes that they follow from."""

import pickle
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from digest.app import kept_sentences
from digest.app.build import build_editions
from digest.app.kept_sentences import load_kept_sentences, save_kept_sentences
from digest.archive import Archive
from digest.model.item import Item
from digest.model.story import Merge
from digest.model.tags import ClaimPoint, Tags
from digest.render.edition_json import edition_to_json
from digest.write.boilerplate import NO_BOILERPLATE, SiteBoilerplate
from digest.write.summaries import build_summary
from tests.app.test_kept import Q3, change_archive, fill_archive
from tests.factories.items import story, tagged

SITE = SiteBoilerplate({"acme-news": frozenset({("read", "it", "on", "our", "site")})})
OTHER_VALUES = {  # of fields of which no text can be made another
    "published": timedelta(days=1),
    "first_seen": timedelta(days=1),
    "tier": "vendor",
    "authors": ("A. Writer",),
    "letter": "a letter",
    "sponsored": True,
    "vector": b"\x01",
    "relevant": False,
    "also": ("email",),
    "ai": "core",
    "evidence": "claimed",
    "event": "update",
    "vendors": ("Halcyra",),
    "points": (ClaimPoint("method", "says how"),),
    "why": {"event": ("launches",)},
    "confidence": {"event": 0.5},
    "unsure": frozenset({"event", "ai"}),
}


@pytest.fixture
def built(monkeypatch):
    """The ids of the stories whose sentences are built, in order."""
    ids = []

    def build(one, *rest):
        ids.append(one.id)
        return build_summary(one, *rest)

    monkeypatch.setattr(kept_sentences, "build_summary", build)
    return ids


@pytest.fixture
def ask(tmp_path, built):
    """Ask for the sentences of a story in a new process, as it were; tells whether any are built."""
    fill_archive(tmp_path)

    def ask(one, language="en", boilerplate=SITE):
        built.clear()
        with Archive.open(tmp_path / "output" / "archive.db") as archive:
            sentences = load_kept_sentences(archive, "2026-Q3")
            found = sentences(one, language, boilerplate)
            save_kept_sentences(archive, "2026-Q3", sentences, [one])
        assert found == build_summary(one, language, boilerplate)
        return bool(built)

    return ask


def change_field(value, name):
    """Return an item or tags with another value in a field."""
    old, other = getattr(value, name), OTHER_VALUES.get(name)
    if isinstance(other, timedelta):
        return replace(value, **{name: old + other})
    return replace(value, **{name: f"{old or ''} and more" if other is None else other})


def test_the_sentences_of_a_story_are_built_once(ask):
    one = story(tagged(1), tagged(2, event="update"))
    assert ask(one)
    assert not ask(one)
    assert ask(one, language="de")
    assert not ask(one)


@pytest.mark.parametrize("name", [declared.name for declared in fields(Item)])
def test_whatever_changes_of_an_item_builds_them_anew(ask, name):
    first, second = tagged(1), tagged(2)
    ask(story(first, second))
    changed = replace(second, item=change_field(second.item, name))
    assert ask(replace(story(first, changed), id=story(first, second).id))


@pytest.mark.parametrize("name", [declared.name for declared in fields(Tags)])
def test_whatever_changes_of_a_judgement_builds_them_anew(ask, name):
    first, second = tagged(1), tagged(2)
    ask(story(first, second))
    assert ask(story(first, replace(second, tags=change_field(second.tags, name))))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("another lead", lambda one: replace(one, lead=one.items[1])),
        ("an item less", lambda one: replace(one, items=one.items[:1])),
        ("another order", lambda one: replace(one, items=one.items[::-1])),
        ("merged", lambda one: replace(one, merges=(Merge("a", "b", ("same address",)),))),
    ],
)
def test_another_story_of_the_same_items_is_built_anew(ask, name, change):
    one = story(tagged(1), tagged(2))
    ask(one)
    assert ask(change(one)), name


def test_what_a_site_repeats_now_builds_those_of_its_stories_anew(ask):
    one = story(tagged(1))
    ask(one)
    assert not ask(
        one, boilerplate=replace(SITE, sentences={**SITE.sentences, "other": frozenset()})
    )
    assert ask(one, boilerplate=NO_BOILERPLATE)


def test_another_program_builds_them_anew(ask, monkeypatch):
    one = story(tagged(1))
    ask(one)
    monkeypatch.setattr(kept_sentences, "fingerprint_program", lambda _: "another")
    assert ask(one)


def test_an_edition_is_the_same_with_them_and_without(tmp_path, built):
    """From nothing, from all of them, from none that can be read, and with a new item."""
    context = fill_archive(tmp_path)

    def build():
        built.clear()
        return edition_to_json(build_editions(context, Q3)[0])

    first = build()
    assert built
    assert build() == first
    assert built == []
    name = "name = 'sentences 2026-Q3'"
    for result in ("[[1]]", '{"a": 1}', "7", '[["s", "en", "f", [[1, 2, 3, 4]]]]'):
        change_archive(context, f"UPDATE results SET result = '{result}' WHERE {name}")
        assert build() == first
        assert built
    title = "UPDATE items SET summary = summary || ' It is sold in Canada.' WHERE id = "
    change_archive(context, f"{title} (SELECT max(id) FROM items WHERE published > '2026-07')")
    assert build() != first
    assert len(set(built)) == 1


def test_stories_that_are_gone_are_not_kept(tmp_path):
    fill_archive(tmp_path)
    with Archive.open(tmp_path / "output" / "archive.db") as archive:
        sentences = load_kept_sentences(archive, "2026-Q3")
        for number in (1, 2):
            sentences(story(tagged(number)), "en", SITE)
        save_kept_sentences(archive, "2026-Q3", sentences, [story(tagged(2))])
        assert len(load_kept_sentences(archive, "2026-Q3").list_rows([story(tagged(1))])) == 0
        assert len(load_kept_sentences(archive, "2026-Q3").list_rows([story(tagged(2))])) == 1


def test_they_go_from_process_to_process(tmp_path):
    """The desk has a quarter judged in another one."""
    fill_archive(tmp_path)
    with Archive.open(tmp_path / "output" / "archive.db") as archive:
        sentences = load_kept_sentences(archive, "2026-Q3")
    one = story(tagged(1))
    found = pickle.loads(pickle.dumps(sentences))(one, "en", SITE)
    assert found == build_summary(one, "en", SITE)
