"""What is kept of judging, grouping and deciding: the same edition with and without it."""

import pickle
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.app import judgements, kept_stories
from digest.app.build import build_editions
from digest.app.context import AppContext, load_judge
from digest.app.explain import explain_item
from digest.app.export import iter_items
from digest.app.judge import decide_quarter, judge_quarter
from digest.app.judgements import judge_new_items, open_kept_judge
from digest.app.status import collect_status
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.cluster import find_item_topics
from digest.config.sources import load_sources
from digest.i18n import TranslatableText
from digest.model.decisions import EditorialDecisions
from digest.period import Quarter
from digest.render.edition_json import edition_to_json
from tests.factories.items import item

NOW = datetime(2026, 10, 2, 6, tzinfo=UTC)
Q2, Q3 = Quarter(2026, 4, "UTC"), Quarter(2026, 7, "UTC")
SOURCES = """digest:
  timezone: UTC
  limits: {story_floor: 0, consequence_floor: 0}
sources:
  - {name: Acme News, url: "https://acme-news.example/feed", tier: trade}
  - {name: Bolide Post, url: "https://bolide-post.example/feed", tier: trade}
"""
VOCABULARY = "rules:\n  - {name: no deals, effect: exclude, words: [acquires]}\n"
LAUNCH = "Halcyra launches Quillmark, an AI agent for email campaigns"
PRICE = "Halcyra raises prices of Quillmark, its AI agent for email campaigns"
LAUNCHED = "Halcyra launches Quillmark, an agent that writes email campaigns, for its customers."
RAISED = (
    "Halcyra raises the price of Quillmark, the agent that writes email campaigns, to $90 a month."
)
TITLES = (
    (Q2, "acme-news", LAUNCH),
    (Q2, "bolide-post", "Merrowbank opens a tag manager for retailers"),
    (Q3, "acme-news", PRICE),
    (Q3, "acme-news", "Merrowbank acquires customer data platform Tallyvane for $40 million"),
    (Q3, "bolide-post", "Merrowbank buys CDP vendor Tallyvane for $40 million"),
    (Q3, "bolide-post", "Regulator fines Corvane $12 million over cookie banners"),
)
SUMMARIES = {LAUNCH: LAUNCHED, PRICE: RAISED}


def fill_archive(folder, *, upper=False):
    """Make a workspace of two quarters; return its surroundings."""
    folder.mkdir(exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES)
    context = AppContext(Workspace(folder), load_sources(folder / "sources.yaml", {}), NOW)
    with Archive.open(context.workspace.archive_file) as archive:
        for n, (quarter, source, title) in enumerate(TITLES):
            name = {"acme-news": "Acme News", "bolide-post": "Bolide Post"}[source]
            one = item(
                n,
                url=f"https://{source}.example/2026/story-{n}-of-the-news",
                title=title.upper() if upper else title,
                summary=SUMMARIES.get(title, f"{title}. Customers get it in September."),
                source=source,
                source_name=name,
                published=quarter.start + timedelta(days=9 + n % 2, hours=n),
            )
            archive.record_attempt(SourceState(source), [one], at=NOW, outcome="read")
    return context


def build(context):
    """Build the edition of the second quarter; return its bytes."""
    (edition,) = build_editions(context, Q3)
    return edition_to_json(edition)


def change_archive(context, statement):
    """Run a statement of SQL on the archive."""
    with sqlite3.connect(context.workspace.archive_file) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def judged(monkeypatch):
    """The titles that the judge itself is asked about, in order."""
    titles = []

    class Recorder:
        def __init__(self, judge):
            self.judge = judge

        def judge_item(self, one):
            titles.append(one.title)
            return self.judge.judge_item(one)

    monkeypatch.setattr(judgements, "load_judge", lambda context: Recorder(load_judge(context)))
    return titles


def test_the_same_edition_comes_out_with_and_without_what_is_kept(tmp_path, judged):
    """From nothing, from all that is kept, from parts of it, and from what cannot be read."""
    context = fill_archive(tmp_path)
    first = build(context)
    assert len(judged) == len(TITLES)
    assert build(context) == first
    assert len(judged) == len(TITLES)  # each was judged once
    for statement in (
        "DELETE FROM judgements",
        "DELETE FROM results",
        "DELETE FROM results WHERE name LIKE 'stories%'",
        "UPDATE results SET result = '[]'",
        "UPDATE results SET result = '{\"a\": 1}'",
        "UPDATE judgements SET judgement = '{}'",
    ):
        change_archive(context, statement)
        assert build(context) == first, statement


def test_a_change_of_the_vocabulary_judges_anew(tmp_path, judged):
    """What was kept under the old one is not used, and is used again once it is back."""
    context, other = fill_archive(tmp_path / "kept"), fill_archive(tmp_path / "fresh")
    before = build(context)
    for one in (context, other):
        (one.team_root / "vocabulary.yaml").write_text(VOCABULARY)
    changed = build(context)
    assert changed == build(other)
    assert changed != before
    (context.team_root / "vocabulary.yaml").unlink()
    assert build(context) == before


def test_what_is_new_or_edited_is_judged_while_collecting(tmp_path, judged):
    """And nothing else is, whoever asks later."""
    context = fill_archive(tmp_path)
    assert judge_new_items(context, Q2.start) == len(TITLES)
    assert judge_new_items(context) == 0
    judged.clear()
    with Archive.open(context.workspace.archive_file) as archive:
        old = archive.load_items(Q3.start)[0]
        edited = replace(old, title="Halcyra lowers prices of Quillmark")
        fresh = item(70, title="Corvane shuts down its SEO tool", published=Q3.end)
        archive.record_attempt(SourceState(old.source), [edited, fresh], at=NOW, outcome="read")
    assert judge_new_items(context) == 2
    assert judged == [edited.title, fresh.title]
    explain_item(context, old.id)
    assert [row["title"] for row in iter_items(context, Q3)]
    assert len(judged) == 2


def test_an_item_that_a_newer_vector_speaks_for_is_judged_again(tmp_path, judged):
    """A vector is a part of what an item is judged by."""
    context = fill_archive(tmp_path)
    judge_new_items(context)
    with Archive.open(context.workspace.archive_file) as archive:
        (one, *_) = archive.load_items(Q3.start)
        archive.save_vectors("a model", [(one, b"\x01\x02")])
    assert judge_new_items(context) == 1


def test_a_judgement_is_read_as_it_was_made(tmp_path):
    """Tags, reasons, probabilities to the last digit, and what the words are worth."""
    context = fill_archive(tmp_path, upper=True)
    with Archive.open(context.workspace.archive_file) as archive:
        items = archive.load_items()
        made = open_kept_judge(context, archive)
        wanted = [(made.judge_item(one), made.get_word_points(one)) for one in items]
        made.save_judgements()
        read = open_kept_judge(context, archive)
        read._load = lambda: pytest.fail("judged again")
        read.prepare_items(items)
        assert [(read.judge_item(one), read.get_word_points(one)) for one in items] == wanted


def test_threads_keep_what_their_words_are_made_of(tmp_path):
    """An edition in another language writes the news of a thread anew, from its template."""
    context = fill_archive(tmp_path)
    folder = context.workspace.edition_folder(Q2.name)
    folder.mkdir(parents=True)
    (before,) = build_editions(context, Q2)
    (folder / "edition.json").write_bytes(edition_to_json(before))
    with Archive.open(context.workspace.archive_file) as archive:
        made, read = (decide_quarter(context, Q3, archive).threads for _ in range(2))
    assert made == read
    assert made
    news = [text for of in (made, read) for thread in of.values() for text in thread.news]
    templates = [text.template for text in news if isinstance(text, TranslatableText)]
    half = len(news) // 2
    assert templates[:half] == templates[half:]
    assert len(templates) == len(news) > 0


def test_an_archive_that_cannot_be_written_is_read_all_the_same(tmp_path, monkeypatch):
    """Another program that writes costs the keeping, not the edition."""
    from digest.errors import ArchiveError

    context = fill_archive(tmp_path)
    first = build(context)
    change_archive(context, "DELETE FROM judgements")
    change_archive(context, "DELETE FROM results")

    def refuse(*_):
        raise ArchiveError("locked")

    for name in ("save_judgements", "save_result"):
        monkeypatch.setattr(Archive, name, refuse)
    assert build(context) == first


def test_an_export_of_everything_goes_by_quarters(tmp_path):
    """Each item once, the oldest quarter first; a quarter without items costs nothing."""
    context = fill_archive(tmp_path)
    with Archive.open(context.workspace.archive_file) as archive:
        old = item(80, title="An old story", published=datetime(2024, 2, 3, tzinfo=UTC))
        archive.record_attempt(SourceState("acme-news"), [old], at=NOW, outcome="read")
    rows = list(iter_items(context))
    assert rows[0]["title"] == "An old story"
    assert len({row["id"] for row in rows}) == len(rows) == len(TITLES) + 1


def test_sources_without_news_share_one_transaction_and_old_attempts_go(tmp_path):
    """The states are kept; of the attempts those of five weeks."""
    context = fill_archive(tmp_path)
    later = NOW + timedelta(days=40)
    states = [SourceState("acme-news", failures=0, kind=""), SourceState("bolide-post", url="x")]
    with Archive.open(context.workspace.archive_file) as archive:
        archive.record_unchanged(states, at=later)
        assert archive.load_source_states()["bolide-post"].url == "x"
        assert archive.load_collection_period() == (NOW, later)
    with sqlite3.connect(context.workspace.archive_file) as connection:
        rows = connection.execute("SELECT source, outcome FROM attempts").fetchall()
    connection.close()
    assert rows == [("acme-news", "unchanged"), ("bolide-post", "unchanged")]


def test_what_is_not_built_says_how_to_come_by_it(tmp_path):
    """Of leftovers by force; a quarter of which nothing is held not at all: its history is to be read."""
    context = fill_archive(tmp_path)
    change_archive(context, "UPDATE sources SET last_success = '2026-10-02T06:00:00+00:00'")
    (last,) = collect_status(context)["editions"]
    assert f"`digest build {last['quarter']} --force`" in last["waits"]
    change_archive(context, "UPDATE items SET first_seen = '2026-08-01T00:00:00+00:00'")
    (last,) = collect_status(context)["editions"]
    assert last["waits"] == f"digest run, or digest build {last['quarter']}"
    change_archive(context, "DELETE FROM items")
    (last,) = collect_status(context)["editions"]
    assert last["waits"].startswith(f"digest collect --history {last['quarter']}:")


def test_topics_are_read_once_for_as_long_as_the_words_stay(tmp_path, monkeypatch):
    read = []

    def find(one):
        read.append(one.title)
        return find_item_topics(one)

    monkeypatch.setattr(kept_stories, "find_item_topics", find)
    context = fill_archive(tmp_path)
    first = build(context)
    assert read
    read.clear()
    assert build(context) == first
    assert read == []
    change_archive(context, "UPDATE items SET title = title || ' today' WHERE source = 'acme-news'")
    build(context)
    assert read


def test_a_judged_quarter_goes_from_process_to_process(tmp_path):
    """The desk has it judged in another one."""
    context = fill_archive(tmp_path)
    with Archive.open(context.workspace.archive_file) as archive:
        judged = judge_quarter(context, Q3, archive, EditorialDecisions())
    stories = pickle.loads(pickle.dumps(judged)).findings.stories
    assert [story.id for story in stories] == [story.id for story in judged.stories]
