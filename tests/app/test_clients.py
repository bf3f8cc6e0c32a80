"""Clients over one archive: each sees its own and nothing else, whatever SQL its role is made to run."""

import json
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner

from digest.app.archive_place import locate_archive
from digest.app.clients import build_clients, open_client, report_clients, run_client, sync_clients
from digest.app.context import AppContext
from digest.app.search import search_archive
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.cli.common import load_config
from digest.config.clients import load_clients
from digest.errors import ArchiveError, ConfigError
from digest.model.delivery import Delivery, Release
from tests.factories.archives import name_database
from tests.factories.items import NOW, item

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("no_paper")]

FEEDS = {"Acme News": "https://acme.example/feed", "Bolt Blog": "https://bolt.example/feed",
         "Corp Post": "https://corp.example/feed"}  # fmt: skip
CLIENTS = {"Alpha": ("Acme News", "Bolt Blog"), "Beta": ("Bolt Blog",), "Gamma": ("Corp Post",)}
SECRET = "Only for Alpha"


def write_sources(folder, names, more=""):
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(f"  - {{name: {name}, url: '{FEEDS[name]}'}}\n" for name in names)
    (folder / "sources.yaml").write_text(f"digest:\n  title: Digest\n{more}sources:\n{rows}")


def make_agency(root, database):
    """An agency's workspace with three clients, synced, and an archive with items of three sources."""
    write_sources(root, FEEDS)
    name_database(root, database)
    rows = "".join(f"  - {{name: {name}, folder: {name.lower()}}}\n" for name in CLIENTS)
    (root / "clients.yaml").write_text(f"clients:\n{rows}")
    for name, sources in CLIENTS.items():
        write_sources(root / name.lower(), sources, "  archive: {url_file: archive.url}\n")
    with Archive.open(database) as archive:
        for number, name in enumerate(FEEDS):
            slug = name.lower().replace(" ", "-")
            items = [
                item(
                    number * 10 + k,
                    source=slug,
                    source_name=name,
                    title=f"{name} ships audience release {k}",
                    summary=f"HubSpot and {name} ship a customer data platform for marketers.",
                )
                for k in range(3)
            ]
            archive.record_attempt(
                SourceState(slug, url=FEEDS[name]), items, at=NOW, outcome="read"
            )
    place = locate_archive(Workspace(root), {})
    context = AppContext(place, load_config(place), NOW)
    results = sync_clients(context)
    assert [one.fault for one in results] == [""] * 3
    return context


def open_clients(agency):
    listed = load_clients(agency.workspace.root / "clients.yaml")
    return {one.name: open_client(agency, one) for one in listed}


@pytest.fixture
def agency(tmp_path, database):
    return make_agency(tmp_path / "agency", database)


@pytest.fixture
def clients(agency):
    return open_clients(agency)


@pytest.fixture(scope="module")
def walled(postgres, tmp_path_factory):
    """Clients for those who only look, or are refused."""
    database = postgres.create_database()
    yield open_clients(make_agency(tmp_path_factory.mktemp("walled") / "agency", database))
    postgres.drop_database(database)


def connect(context):
    url = context.workspace.database.url.replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True)


def titles(context):
    with Archive.open(context.workspace.archive) as archive:
        return {one.source for one in archive.load_items()}


def test_each_client_sees_its_sources_alone(walled):
    """Items, states, spans: as if its archive held nothing else."""
    assert titles(walled["Alpha"]) == {"acme-news", "bolt-blog"}
    assert titles(walled["Beta"]) == {"bolt-blog"}
    with Archive.open(walled["Gamma"].workspace.archive) as archive:
        assert set(archive.load_source_states()) == set(archive.load_item_spans()) == {"corp-post"}
        assert archive.find_items(FEEDS["Acme News"], FEEDS["Acme News"]) == ()


def test_what_is_a_client_s_own_stays_apart(clients):
    """Releases, deliveries, judgements, results: written by each, read by none else."""
    for name, context in clients.items():
        with Archive.open(context.workspace.archive) as archive:
            archive.save_releases(Release("2026-Q3", 1, "draft", {"a": name}))
            delivery = Delivery("2026-Q3", 1, "en", "mail", f"cmo@{name}.example")
            archive.record_deliveries([delivery], "accepted", at=NOW)
            archive.save_result("2026-Q3", "f", name)
            archive.save_judgements(name, [("id", "words", name)])
    for name, context in clients.items():
        with Archive.open(context.workspace.archive) as archive:
            assert [one.files["a"] for one in archive.load_releases()] == [name]
            (record,) = archive.load_delivery_records()
            assert record.delivery.recipient == f"cmo@{name}.example"
            assert archive.load_result("2026-Q3", "f") == name


def test_search_finds_what_a_client_reads(clients, agency, database):
    """Also what was collected and edited since it last searched."""
    assert len(search_archive(clients["Alpha"], "audience").hits) == 6
    assert search_archive(clients["Beta"], "acme").hits == ()
    with Archive.open(database) as archive:
        later = item(0, source="acme-news", title="Acme withdraws zirconium")
        at = NOW.replace(year=NOW.year + 1)
        archive.record_attempt(SourceState("acme-news"), [later], at=at, outcome="read")
    found = search_archive(clients["Alpha"], "zirconium").hits
    assert [hit.title for hit in found] == ["Acme withdraws zirconium"]
    assert search_archive(clients["Gamma"], "zirconium").hits == ()


def test_an_edition_is_the_one_of_an_archive_of_its_own(agency, clients, tmp_path, database):
    """Built over the shared archive and over one that holds a client's sources alone: same bytes."""
    quarter = agency.resolve_quarter("2026-Q3")
    assert [one.fault for one in build_clients(agency, "2026-Q3")] == [""] * 3
    alone = tmp_path / "alone"
    write_sources(alone, CLIENTS["Alpha"])
    with Archive.open(clients["Alpha"].workspace.archive) as shared:
        items, states = shared.load_items(), shared.load_source_states()
    with Archive.open(alone / "output" / "archive.db") as archive:
        for slug, state in states.items():
            own = [one for one in items if one.source == slug]
            archive.record_attempt(state, own, at=NOW, outcome="read")
    from digest.app.build import build_quarter

    context = AppContext(Workspace(alone), load_config(Workspace(alone)), NOW)
    build_quarter(context, quarter)
    name = "edition.json"
    built = clients["Alpha"].workspace.edition_folder("2026-Q3") / name
    assert built.read_bytes() == (alone / "output" / "2026-Q3" / name).read_bytes()


ATTACKS = (
    "SELECT * FROM {beta}.releases",
    "SELECT * FROM {beta}.ledger",
    "INSERT INTO {beta}.ledger SELECT * FROM ledger",
    "SET ROLE {beta_role}",
    "SET SESSION AUTHORIZATION {beta_role}",
    "GRANT {beta_role} TO CURRENT_USER",
    "CREATE TABLE {beta}.mine (x int)",
    "CREATE TABLE public.mine (x int)",
    "CREATE TABLE {alpha}.mine (x int)",
    "ALTER TABLE public.items DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE public.items OWNER TO CURRENT_USER",
    "DROP POLICY clients_read ON public.items",
    "CREATE POLICY mine ON public.items USING (true)",
    "INSERT INTO public.subscriptions VALUES (current_user, 'corp-post')",
    "UPDATE public.subscriptions SET source = 'corp-post'",
    "UPDATE public.items SET title = 'x'",
    "DELETE FROM public.items",
    "INSERT INTO public.items SELECT * FROM public.items",
    "TRUNCATE public.items",
    "SELECT * FROM public.ledger",
    "SELECT * FROM public.releases",
    "SELECT * FROM public.search_entries",
    "SELECT * FROM public.vectors",
    "SELECT * FROM public.judgements",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE {beta_role} PASSWORD 'x'",
    "CREATE ROLE helper SUPERUSER",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SET row_security = off; SELECT * FROM public.items",
    "SELECT * FROM pg_authid",
    "CREATE EXTENSION dblink",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_client_s_role_may_not(walled, attack):
    """Statements that a hole somewhere in the program could make its role run."""
    names = {"alpha": "client_alpha", "beta": "client_beta"}
    with connect(walled["Beta"]) as other:
        names["beta_role"] = other.execute("SELECT current_user").fetchone()[0]
    with connect(walled["Alpha"]) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(attack.format(**names))
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege), refused.value


QUIET = (
    "SELECT count(*) FROM public.items WHERE source = 'corp-post'",
    "SELECT count(*) FROM public.sources WHERE slug = 'corp-post'",
    "SELECT count(*) FROM public.attempts WHERE source = 'corp-post'",
    "SELECT count(*) FROM public.revisions r JOIN public.items i ON i.id = r.item WHERE source = 'corp-post'",
    "SELECT count(*) FROM public.subscriptions WHERE client <> current_user",
    "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = 'items'",
    "SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query <> '<insufficient privilege>' AND query <> ''",
    "WITH seen AS MATERIALIZED (SELECT * FROM public.items) SELECT count(*) FROM seen WHERE source = 'corp-post'",
)  # fmt: skip


@pytest.mark.parametrize("question", QUIET)
def test_a_client_s_role_sees_no_row(walled, question):
    """What it may ask gives nothing of others."""
    with connect(walled["Alpha"]) as connection:
        assert connection.execute(question).fetchone() == (0,)


def test_a_function_of_its_own_is_shown_no_hidden_row(walled):
    """A cheap function in WHERE is the classic way around a policy: it runs after it."""
    with connect(walled["Alpha"]) as connection:
        connection.execute(
            "CREATE FUNCTION pg_temp.tell(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
        )
        told = []
        connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
        connection.execute("SELECT count(*) FROM public.items WHERE pg_temp.tell(title)")
        assert len(told) == 6
        assert not any("Corp Post" in title for title in told)


def test_an_item_that_is_not_seen_cannot_be_probed(walled):
    """No key of another table says whether it is there."""
    hidden, absent = item(20).id, "0" * 16
    with connect(walled["Alpha"]) as connection:
        for one in (hidden, absent):
            connection.execute("INSERT INTO vectors VALUES (%s, 'm', 'w', 'v')", (one,))


def test_a_client_cannot_collect_into_the_shared_archive(walled):
    """It is told in words."""
    with (
        Archive.open(walled["Beta"].workspace.archive) as archive,
        pytest.raises(ArchiveError, match="does not let this login"),
    ):
        archive.record_attempt(SourceState("bolt-blog"), [item(77)], at=NOW, outcome="read")


def test_sync_again_follows_the_files(agency, clients):
    """A source that is dropped is not seen any more; a client that is gone sees nothing."""
    root = agency.workspace.root
    write_sources(root / "alpha", ("Acme News",), "  archive: {url_file: archive.url}\n")
    (root / "clients.yaml").write_text("clients: [{name: Alpha, folder: alpha}]\n")
    before = (root / "alpha" / "archive.url").read_bytes()
    sync_clients(agency)
    assert titles(clients["Alpha"]) == {"acme-news"}
    assert titles(clients["Beta"]) == set()
    assert (root / "alpha" / "archive.url").read_bytes() == before
    assert (root / "alpha" / "archive.url").stat().st_mode & 0o077 == 0


def test_sync_brings_a_client_s_tables_up_to_date(agency, clients, database):
    """What an older program did not know is made, what is there stays."""
    with Archive.open(clients["Alpha"].workspace.archive) as archive:
        archive.save_releases(Release("2026-Q3", 1, "draft"))
    with Archive.open(database) as archive, archive.begin_transaction() as connection:
        connection.exec_driver_sql("DROP TABLE client_alpha.results")
        connection.exec_driver_sql(
            "UPDATE client_alpha.meta SET value = '5' WHERE key = 'schema_version'"
        )
    sync_clients(agency)
    with Archive.open(clients["Alpha"].workspace.archive) as archive:
        archive.save_result("name", "f", "[]")
        assert len(archive.load_releases()) == 1


def test_a_client_s_backup_holds_what_it_may_see(walled, tmp_path):
    """And opens as any other."""
    with Archive.open(walled["Beta"].workspace.archive) as archive:
        archive.create_backup(tmp_path / "beta.db")
    with Archive.open(tmp_path / "beta.db", create=False) as copy:
        assert {one.source for one in copy.load_items()} == {"bolt-blog"}
        assert copy.check_integrity() == ()


def test_what_the_agency_does_not_read_is_named(agency):
    """With exit code 3; the rest goes on."""
    folder = agency.workspace.root / "beta"
    text = (folder / "sources.yaml").read_text()
    (folder / "sources.yaml").write_text(
        f"{text}  - {{name: Own Feed, url: 'https://own.example/f'}}\n"
    )
    command = ["clients", "sync", "--json", "--workspace", str(agency.workspace.root)]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 3
    rows = {row["client"]: row for row in json.loads(result.stdout)}
    assert (rows["Beta"]["sources"], rows["Beta"]["missing"]) == (1, ["Own Feed"])


def test_one_client_s_fault_stops_no_other(agency):
    """It is reported."""
    (agency.workspace.root / "alpha" / "sources.yaml").write_text("nonsense: [")
    results = {one.name: one.fault for one in build_clients(agency, "2026-Q3")}
    assert results["Alpha"]
    assert results["Beta"] == results["Gamma"] == ""
    states = {one.name: one for one in report_clients(agency)}
    assert states["Beta"].data["collected"]["items"] == 3


def test_a_worker_s_job_runs_one_client(agency, clients):
    """Its quarter is built, nothing is sent without approval, and one that is gone is no fault."""
    later = replace(agency, now=NOW.replace(month=10, day=5))
    run_client(later, "beta")
    assert (clients["Beta"].workspace.edition_folder("2026-Q3") / "edition.json").is_file()
    run_client(later, "nobody")


def test_two_clients_are_not_one(tmp_path):
    """By name or by folder."""
    path = tmp_path / "clients.yaml"
    path.write_text("clients: [{name: A b, folder: x}, {name: a-b, folder: x}]\n")
    with pytest.raises(ConfigError) as told:
        load_clients(path)
    assert str(told.value).count("is ") >= 2
