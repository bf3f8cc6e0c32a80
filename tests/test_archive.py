"""The archive: nothing lost or doubled, every edit kept, clear words when the file is unusable."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from digest.archive import Archive, PageState, SourceState, fingerprint_items, tables
from digest.archive.migrations import upgrade_schema
from digest.errors import ArchiveError
from digest.model.retrieved import Validators
from tests.factories.items import NOW, START, item


@pytest.fixture
def archive(archive_place):
    with Archive.open(archive_place) as opened:
        yield opened


@pytest.fixture
def file_archive(tmp_path):
    """An archive in a file, for what SQLite alone has."""
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def keep(archive, *items, at=NOW, **state):
    return archive.record_attempt(
        SourceState("acme-news", **state), items, at=at, outcome="read", entries=len(items)
    )


def test_items_come_back_as_they_went_in(archive):
    """Every field, times in UTC, in the order of time."""
    items = [
        item(2, authors=("A", "B"), text="Full."),
        item(1, published=None, letter="<x@y>", sponsored=True),
    ]
    keep(archive, *items)
    assert archive.load_items() == (items[0], items[1])


def test_adding_again_changes_nothing(archive):
    """The second reading of the same items is no news."""
    assert keep(archive, item(1), item(2)).new == 2
    before = archive.load_items()
    again = keep(archive, item(2), item(1))
    assert (again.new, again.edited) == (0, 0)
    assert archive.load_items() == before


def test_an_edited_item_keeps_its_history(archive):
    """The newest wording stands, the earlier one is kept."""
    keep(archive, item(1))
    assert keep(archive, item(1, title="Corrected"), at=NOW + timedelta(hours=1)).edited == 1
    assert [found.title for found in archive.load_items()] == ["Corrected"]
    assert archive.load_revisions(item(1).id) == ((NOW + timedelta(hours=1), item(1).title),)


def test_an_edit_to_nothing_takes_nothing_away(archive):
    """A feed that drops the summary does not empty ours."""
    keep(archive, item(1, text="Full text."))
    keep(archive, item(1, summary="", text=""))
    assert archive.load_items()[0].summary == item(1).summary
    assert archive.load_items()[0].text == "Full text."


def test_first_seen_stands_and_the_earliest_date_wins(archive):
    """Reading again, or re-posting, never moves an item forward."""
    keep(archive, item(1))
    keep(
        archive,
        item(
            1,
            first_seen=NOW + timedelta(days=9),
            published=item(1).published_or_seen + timedelta(days=30),
        ),
    )
    found = archive.load_items()[0]
    assert (found.first_seen, found.published) == (NOW, item(1).published)


def test_a_date_that_appears_later_is_taken(archive):
    """An undated item moves once, to its publisher's date."""
    keep(archive, item(1, published=None))
    keep(archive, item(1))
    assert archive.load_items()[0].published == item(1).published


def test_a_quarter_is_half_open(archive):
    """The first instant is in, the instant after the last is out."""
    end = START + timedelta(days=92)
    keep(
        archive,
        item(1, published=START),
        item(2, published=end - timedelta(seconds=1)),
        item(3, published=end),
    )
    assert [found.id for found in archive.load_items(START, end)] == [item(1).id, item(2).id]


def test_late_items(archive):
    """Those of the interval that were first seen after a moment, and no others."""
    keep(
        archive,
        item(1),
        item(2, first_seen=NOW + timedelta(days=9)),
        item(3, published=START - timedelta(days=1)),
    )
    assert [
        late.id for late in archive.load_late_items(START, START + timedelta(days=92), NOW)
    ] == [item(2).id]


def test_state_comes_back(archive):
    """Validators byte for byte, and what a stage wanted to remember."""
    state = SourceState(
        slug="acme-news",
        url="https://x.example",
        validators=Validators('W/"a,b"', "odd date"),
        last_success=NOW,
        failures=2,
        problem="down",
        kind="timeout",
        moved_to="https://y.example",
        not_before=NOW,
        memory={"pages": ["a"], "n": 1},
    )
    archive.record_attempt(state, (), at=NOW, outcome="timeout")
    assert archive.load_source_states() == {"acme-news": state}


def test_find_by_id_link_or_canonical(archive):
    """What a person pastes is found."""
    keep(archive, item(1), item(2))
    for wanted in (item(1).id, item(1).link, item(1).url):
        assert [found.id for found in archive.find_items(wanted, wanted)] == [item(1).id]


def test_the_parts_of_an_issue_stand_in_its_place(archive):
    """In an archive that held it whole as in a new one; by its address they are found, too."""
    issue, other = item(1), item(2)
    parts = [
        item(number, letter=issue.url, url=f"{issue.url}#{number}", link=f"{issue.link}#{number}")
        for number in (11, 12)
    ]
    keep(archive, issue, other)
    keep(archive, issue, other, *parts)
    assert {one.id for one in archive.load_items()} == {other.id, *(part.id for part in parts)}
    late = archive.load_late_items(START, START + timedelta(days=92), NOW - timedelta(days=1))
    assert issue.id not in {one.id for one in late}
    for wanted in (issue.id, issue.link, issue.url):
        found = archive.find_items(wanted, wanted)
        assert {one.id for one in found} == {part.id for part in parts}
    assert archive.load_item_urls("acme-news") >= {issue.url}  # so that it is not asked for again


def test_the_letter_of_another_source_takes_no_item_away(archive):
    keep(archive, item(1), item(3, source="bolt-blog", letter=item(1).url))
    assert item(1).id in {one.id for one in archive.load_items()}


def test_a_story_that_leads_to_its_own_letter_stays(archive):
    """Many a story of a letter has no page but the letter's."""
    keep(archive, item(1, letter=item(1).url), item(3, letter=item(1).url))
    assert item(1).id in {one.id for one in archive.load_items()}


def test_what_a_letter_says_replaces_no_words(archive):
    """Neither those of an entry of its own, nor in turn with them at every reading."""
    own, told = (
        item(1),
        item(1, title="Told in short", summary="Short.", letter="https://l.example/1"),
    )
    for reading in (own, told, own, told):
        keep(archive, reading)
    (found,) = archive.load_items()
    assert (found.title, found.letter) == (own.title, told.letter)
    assert archive.load_revisions(own.id) == ()


def test_an_entry_of_its_own_replaces_what_a_letter_said(archive):
    keep(archive, item(1, title="Told in short", letter="https://l.example/1"))
    keep(archive, item(1))
    assert [found.title for found in archive.load_items()] == [item(1).title]


def test_spans(archive):
    """What is held of a source."""
    keep(archive, item(1), item(5), item(3))
    span = archive.load_item_spans()["acme-news"]
    assert (span.oldest, span.newest, span.items) == (
        item(1).published_or_seen,
        item(5).published_or_seen,
        3,
    )


def test_a_newer_archive_is_refused(file_archive):
    """An older program must not write into what it does not know."""
    with file_archive.begin_transaction() as connection:
        connection.execute(
            sa.update(tables.meta).values(value="999").where(tables.meta.c.key == "schema_version")
        )
    with pytest.raises(
        ArchiveError, match=rf"newer version \(archive format 999, known {tables.FORMAT}\)"
    ):
        Archive.open(file_archive.place)


def make_old_archive(path, version):
    """An archive of an earlier format with one item and one source, as that program wrote it."""
    script = (Path(__file__).parent / "data" / "archives" / f"format-{version}.sql").read_text(
        "utf-8"
    )
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def read_schema(path):
    """Names and statements of all tables and indexes but Alembic's own."""
    connection = sqlite3.connect(path)
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    schema = [row for row in connection.execute(query) if row[0] != "alembic_version"]
    connection.close()
    return schema


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_archive_is_migrated(file_archive, tmp_path, version):
    """It has the tables of a new archive, holds what it held, and its copy is as it was."""
    path, copy = tmp_path / "old.db", tmp_path / f"old.before-{tables.FORMAT}.db"
    make_old_archive(path, version)
    before = read_schema(path)
    with Archive.open(path) as old:
        assert [found.title for found in old.load_items()] == ["Acme opens a shop"]
        state = old.load_source_states()["acme-news"]
        assert (state.failures, state.memory) == (1, {"pages": ["a"]})
        keep(old, item(2))
        old.save_page(PageState(item(2).url, NOW, "read", text="All of it."))
        assert len(old.load_items()) == 2
        assert (old.load_releases(), old.load_delivery_records()) == ((), ())
    assert read_schema(path) == read_schema(file_archive.place)
    assert read_schema(copy) == before
    copy.unlink()
    with Archive.open(path) as again:
        assert again.check_integrity() == ()
    assert not copy.exists()


def test_the_migrations_make_the_tables_of_a_new_archive(file_archive, tmp_path):
    """From nothing to the newest format, step by step."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'steps.db'}")
    with engine.begin() as connection:
        upgrade_schema(connection, 0, tables.FORMAT)
    engine.dispose()
    assert read_schema(tmp_path / "steps.db") == read_schema(file_archive.place)


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    """All steps are one transaction: a kill between two leaves the old format."""
    path = tmp_path / "old.db"
    make_old_archive(path, 1)
    before = read_schema(path)

    def upgrade_and_fail(connection, version, target):
        upgrade_schema(connection, version, target)
        raise KeyboardInterrupt

    monkeypatch.setattr("digest.archive.migrations.upgrade_schema", upgrade_and_fail)
    with pytest.raises(KeyboardInterrupt):
        Archive.open(path)
    assert read_schema(path) == before
    monkeypatch.undo()
    with Archive.open(path) as archive:
        assert len(archive.load_items()) == 1


@pytest.mark.whole
def test_alembic_is_loaded_only_to_migrate(tmp_path):
    """Every command opens the archive; few have to migrate it."""
    script = (
        "import sys; from pathlib import Path\n"
        "from digest.archive import Archive\n"
        "for _ in range(2):\n"
        "    Archive.open(Path(sys.argv[1])).close()\n"
        "print('alembic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "archive.db")]
    assert subprocess.run(command, check=True, capture_output=True).stdout.strip() == b"False"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("garbage", b"this is no database" * 100, "damaged"), ("zeros", b"\0" * 4096, "damaged")],
)
def test_a_file_that_is_no_archive_is_told(tmp_path, name, content, word):
    """In words, without a traceback's vocabulary."""
    path = tmp_path / "archive.db"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=word):
        Archive.open(path)


def test_no_archive_where_one_is_needed(tmp_path):
    """The answer says which command makes one."""
    with pytest.raises(ArchiveError, match="digest collect"):
        Archive.open(tmp_path / "archive.db", create=False)


def test_the_fingerprint_is_of_the_set():
    """Order does not count, wording does."""
    one, two = item(1), item(2)
    assert fingerprint_items([one, two]) == fingerprint_items([two, one])
    assert fingerprint_items([one]) != fingerprint_items([replace(one, title="Other")])


def test_backup_is_a_whole_archive(archive, tmp_path):
    """It opens and holds the same."""
    keep(archive, item(1))
    archive.create_backup(tmp_path / "copy.db")
    with Archive.open(tmp_path / "copy.db", create=False) as copy:
        assert copy.load_items() == archive.load_items()
        assert copy.check_integrity() == ()


@pytest.mark.whole
def test_killed_while_writing_every_source_is_whole_or_absent(tmp_path):
    """kill -9 between transactions: the file is sound, each source has all its items or none."""
    writer = (
        "import sys; from pathlib import Path\n"
        "from digest.archive import Archive, SourceState\n"
        "from tests.factories.items import NOW, item\n"
        "archive = Archive.open(Path(sys.argv[1]))\n"
        "for n in range(10_000):\n"
        "    items = [item(n * 20 + k, source=f's{n}') for k in range(20)]\n"
        "    archive.record_attempt(SourceState(f's{n}'), items, at=NOW, outcome='read')\n"
        "    print(n, flush=True)\n"
    )
    path = tmp_path / "archive.db"
    process = subprocess.Popen(
        [sys.executable, "-c", writer, str(path)], stdout=subprocess.PIPE, cwd=os.getcwd()
    )
    for _ in range(15):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Archive.open(path, create=False) as archive:
        assert archive.check_integrity() == ()
        spans = archive.load_item_spans()
        assert len(spans) >= 15
        assert {span.items for span in spans.values()} == {20}
        assert set(archive.load_source_states()) == set(spans)


def test_vectors_are_of_a_model_and_of_the_words_as_they_are(archive):
    """Edited words have none until one is made; another model's are not mixed in."""
    keep(archive, item(1), item(2))
    first, second = item(1), item(2)
    archive.save_vectors("e5", [(first, b"\x01\xff"), (second, b"\x02\x00")])
    archive.save_vectors("other", [(first, b"\x09\x09")])
    ids = [first.id, second.id, "unknown"]
    assert archive.load_vectors("e5", ids) == {first.id: b"\x01\xff", second.id: b"\x02\x00"}
    keep(archive, item(1, title="Corrected"), at=NOW + timedelta(hours=1))
    assert archive.load_vectors("e5", ids) == {second.id: b"\x02\x00"}
    archive.save_vectors("e5", [(item(1, title="Corrected"), b"\x03\x03")])
    assert archive.load_vectors("e5", ids)[first.id] == b"\x03\x03"


def test_the_fingerprint_knows_vectors():
    """An edition made with other vectors is another edition."""
    plain = item(1)
    assert fingerprint_items([plain]) != fingerprint_items([replace(plain, vector=b"\x01")])


def test_others_may_not_read_the_archive_and_its_copies(file_archive, tmp_path):
    """It holds letters, recipients and what the team decided."""
    file_archive.create_backup(tmp_path / "copy.db")
    for path in (file_archive.place, tmp_path / "copy.db"):
        assert path.stat().st_mode & 0o077 == 0, path
