"""The archive in PostgreSQL: the same editions, copies that are whole, many writers, clear words."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from digest.app.archive_place import locate_archive
from digest.app.build import build_quarter
from digest.app.sample import open_sample
from digest.app.sources import collect_workspace
from digest.app.workspace import Workspace
from digest.archive import Archive, PageState, SourceState
from digest.archive.dialects.postgresql import POSTGRESQL
from digest.cli import cli
from digest.cli.common import load_config
from digest.errors import ArchiveError, DigestError, UsageError
from digest.model.database import DatabaseUrl
from digest.model.delivery import Delivery, Release
from tests.factories.archives import name_database
from tests.factories.items import NOW, item
from tests.factories.sample import Q3

pytestmark = pytest.mark.real

SOURCES = "sources: [{name: Acme News, url: 'https://acme.example/feed'}]\n"
DELIVERY = Delivery("2026-Q3", 1, "en", "mail", "cmo@acme.example")


def run(*args, code=0):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    error = result.exception
    found = error.exit_code if isinstance(error, DigestError) else result.exit_code
    assert found == code, (found, result.output, error)
    return result


def fill(archive):
    """Put something into every part of an archive."""
    items = [item(n, authors=("A", "Ünïcode 抖音")) for n in range(1, 4)]
    archive.record_attempt(
        SourceState("acme-news", memory={"pages": ["a"]}), items, at=NOW, outcome="read"
    )
    edited = replace(items[0], title="Corrected")
    archive.record_attempt(
        SourceState("acme-news"), [edited], at=NOW + timedelta(hours=1), outcome="read"
    )
    archive.save_page(PageState(items[1].url, NOW, "read", text="The zirconium tier ends."))
    archive.save_vectors("e5", [(items[1], b"\x00\xff")])
    archive.save_judgements("judge", [(items[1].id, "words", "{}")])
    archive.save_result("2026-Q3", "fingerprint", "[]")
    archive.record_deliveries([DELIVERY], "accepted", at=NOW)
    archive.save_releases(Release("2026-Q3", 1, "approved", {"a.pdf": "00"}, "Ann", NOW))


def read_all(archive):
    """What an archive hands out of all its parts."""
    return (
        archive.load_items(),
        archive.load_source_states(),
        archive.load_revisions(item(1).id),
        archive.load_page_states(),
        archive.load_vectors("e5", [item(2).id]),
        archive.load_judgements("judge", {item(2).id: "words"}),
        archive.load_result("2026-Q3", "fingerprint"),
        archive.load_delivery_records(),
        archive.load_releases(),
        archive.load_collection_period(),
    )


@pytest.fixture
def workspace(tmp_path, database):
    """A workspace whose sources.yaml names an empty database."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    name_database(tmp_path, database)
    return tmp_path


@pytest.mark.usefixtures("no_paper")  # the PDF is drawn from the same HTML
def test_the_same_edition_comes_from_both_databases(tmp_path, database):
    """Every file that readers get but the PDF, byte for byte, collected into each database."""
    editions = {}
    for name, place in (("file", None), ("database", database)):
        context = open_sample(tmp_path / name, quiet=True)
        context = replace(context, workspace=replace(context.workspace, database=place))
        collect_workspace(context)
        build_quarter(context, Q3)
        folder = context.workspace.edition_folder(Q3.name)
        editions[name] = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    assert len(editions["file"]) > 3
    assert editions["database"] == editions["file"]


def test_a_copy_is_whole_there_and_back(tmp_path, database):
    """Every part of it, and numbers go on behind the last."""
    run_folder = tmp_path / "work"
    (run_folder / "output").mkdir(parents=True)
    (run_folder / "sources.yaml").write_text(SOURCES)
    with Archive.open(run_folder / "output" / "archive.db") as archive:
        fill(archive)
        before = read_all(archive)
    name_database(run_folder, database)
    done = json.loads(run("archive", "copy", "--workspace", run_folder, "--json").stdout)
    assert (done["rows"]["items"], done["rows"]["ledger"]) == (3, 1)
    with Archive.open(database) as archive:
        assert read_all(archive) == before
        archive.record_deliveries([DELIVERY], "accepted", at=NOW)
        with archive.open_search() as index:
            assert index.count_matches('"zirconium"', 9) == 1
    refused = run("archive", "copy", "--workspace", run_folder, code=1).exception
    assert "is not empty" in str(refused)
    (run_folder / "output" / "archive.db").unlink()
    run("archive", "copy", "--back", "--workspace", run_folder)
    with Archive.open(run_folder / "output" / "archive.db") as archive:
        assert read_all(archive)[0] == before[0]


def test_a_copy_that_fails_changes_nothing(tmp_path, database, monkeypatch):
    """One transaction: the target is as empty as before."""
    from digest.archive import copy_archive

    with Archive.open(tmp_path / "archive.db") as source, Archive.open(database) as target:
        fill(source)
        monkeypatch.setattr("digest.archive.indexing.rebuild_index", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            copy_archive(source, target)
        assert target.load_items() == ()


def test_a_backup_of_a_database_is_restored_into_a_file_and_into_a_database(
    tmp_path, workspace, postgres, database
):
    """One form for both; what was there is kept aside."""
    with Archive.open(database) as archive:
        fill(archive)
        before = read_all(archive)
    backup = tmp_path / "all.tar.gz"
    run("archive", "backup", backup, "--workspace", workspace)
    assert database.url.encode() not in backup.read_bytes()
    plain = tmp_path / "plain"
    run("archive", "restore", backup, "--workspace", plain)
    (plain / "sources.yaml").write_text(SOURCES)
    with Archive.open(plain / "output" / "archive.db") as archive:
        assert read_all(archive) == before
        assert archive.check_integrity() == ()
    with Archive.open(database) as archive:
        archive.record_attempt(SourceState("other"), [item(9)], at=NOW, outcome="read")
    run("archive", "restore", backup, "--workspace", workspace, "--now", NOW.isoformat())
    with Archive.open(database) as archive:
        assert read_all(archive) == before
    (aside,) = (workspace / "output").glob("archive.replaced-*.db")
    with Archive.open(aside) as kept:
        assert len(kept.load_items()) == 4


def test_the_commands_work_on_a_database(workspace, database):
    """Check, prune, doctor, status, search: none looks for a file."""
    with Archive.open(database) as archive:
        fill(archive)
    run("archive", "check", "--workspace", workspace)
    late = (NOW + timedelta(days=500)).isoformat()
    pruned = run("archive", "prune", "--workspace", workspace, "--now", late, "--json")
    assert json.loads(pruned.stdout)["attempts"] == 2
    found = run("search", "zirconium", "--workspace", workspace, "--json").stdout
    assert item(2).title in str(found)
    run("status", "--workspace", workspace)
    assert not (workspace / "output" / "archive.db").exists()


def test_doctor_looks_at_the_database(workspace, database):
    """Its state, and that nobody listens on the way."""
    from digest.app.doctor import run_checks

    with Archive.open(database):
        pass
    place = locate_archive(Workspace(workspace), {})
    states = {check.name: check.state for check in run_checks(place, NOW, {})}
    assert states["archive"] == states["connection to the archive"] == states["secrets"] == "ok"
    assert states["rights of the archive"] == "not configured"
    (workspace / "archive.url").unlink()
    place = locate_archive(Workspace(workspace), {})
    faults = {check.name: check.fault for check in run_checks(place, NOW, {})}
    assert "archive.url cannot be read" in str(faults["archive"])


def test_many_writers_at_once_lose_nothing(database):
    """Items of the same days, the same source twice, and unchanged sources in any order."""
    Archive.open(database).close()
    faults = []

    def write(worker):
        try:
            with Archive.open(database) as archive:
                for n in range(8):
                    own = [item(worker * 100 + n * 3 + k, source=f"s{worker}") for k in range(3)]
                    shared = item(9000 + n, source="shared")
                    archive.record_attempt(SourceState(f"s{worker}"), own, at=NOW, outcome="read")
                    archive.record_attempt(SourceState("shared"), [shared], at=NOW, outcome="read")
                    states = [SourceState(f"s{one}") for one in range(6)]
                    archive.record_unchanged(states if worker % 2 else states[::-1], at=NOW)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with Archive.open(database) as archive, archive.open_search() as index:
        assert len(archive.load_items()) == index.count_entries() == 6 * 24 + 8


def test_bytes_that_postgresql_cannot_hold_stop_nothing(database):
    """A NUL becomes the mark of a lost letter; addresses and words of any length are kept."""
    long = f"https://acme.example/{'x' * 9000}"
    odd = item(1, text=f"a\0b {'w' * 5000} end", url=long, link=long)
    with Archive.open(database) as archive:
        archive.record_attempt(SourceState("acme-news"), [odd], at=NOW, outcome="read")
        archive.save_page(PageState(long, NOW, "read", text="words"))
        (found,) = archive.load_items()
        assert (found.url, found.text[:3]) == (long, "a\ufffdb")
        assert archive.find_items(long, long) == (found,)
        with archive.open_search() as index:
            assert index.count_matches('"end"', 9) == 1


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ('"a b"', "('a' <-> 'b')"),
        ('"a"*', "('a':*)"),
        ('("a" OR "b c"*) AND "d"', " ( ('a') | ('b' <-> 'c':*) )  & ('d')"),
        ('title : ("a"* AND "b")', " ( ('a':*A) & ('b':A) ) "),
        ('("a") NOT "b"', " ( ('a') )  & ! ('b')"),
        ('"it\'s"', "('it''s')"),
    ],
)
def test_expressions_are_translated(words, query):
    """From FTS5's into the server's."""
    assert "".join(POSTGRESQL.write_match(words).split()) == "".join(query.split())


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path):
    """In words, with what to do."""
    place = DatabaseUrl("postgresql+psycopg://ann:hunter2@127.0.0.1:1/archive")
    with pytest.raises(
        ArchiveError, match=r"cannot reach postgresql://127.0.0.1:1/archive"
    ) as told:
        Archive.open(place)
    assert "hunter2" not in f"{told.value} {place} {place!r}"


def test_a_database_that_is_not_there_is_told(postgres):
    """It is not made: whose rights would it have?"""
    with pytest.raises(ArchiveError, match="does not exist"):
        Archive.open(postgres.url("nowhere"))


def test_no_archive_where_one_is_needed(database):
    """An empty database is no archive; reading makes no tables."""
    with pytest.raises(ArchiveError, match="no archive at postgresql://"):
        Archive.open(database, create=False)
    assert not Archive.is_at(database)


def test_an_address_that_cannot_be_used_is_told(workspace):
    """With the key's name, when the archive is asked for."""
    (workspace / "archive.url").write_text("mysql://x/y")
    place = locate_archive(Workspace(workspace), {})
    with pytest.raises(UsageError, match=r"digest\.archive: the file archive.url is no address"):
        _ = place.archive


def test_a_database_is_no_part_of_an_edition(workspace):
    """The fingerprint of the configuration is the same with it and without."""
    with_database = load_config(Workspace(workspace)).fingerprint
    (workspace / "sources.yaml").write_text(SOURCES)
    assert load_config(Workspace(workspace)).fingerprint == with_database


def test_two_machines_do_not_run_at_once(tmp_path, database):
    """Folders of their own, one database: the second run is refused as on one machine."""
    from digest.errors import LockHeldError

    places = [Workspace(tmp_path / name, database=database) for name in ("a", "b")]
    for place in places:
        place.root.mkdir()
    Archive.open(database).close()
    with places[0].lock(), pytest.raises(LockHeldError, match="another run"), places[1].lock():
        pass
    with places[1].lock():
        pass


def test_a_newer_archive_is_refused(database):
    """As in a file."""
    with Archive.open(database) as archive, archive.begin_transaction() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '999' WHERE key = 'schema_version'")
    with pytest.raises(ArchiveError, match="newer version"):
        Archive.open(database)
