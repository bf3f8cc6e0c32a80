"""Clients in one PostgreSQL database: each a role and a schema of its own, items shared.

A client's tables (what was released, sent, paid, judged, searched) are in its schema, which no
other client may enter. Items and what belongs to them stay in the agency's tables; row-level
security shows a client the rows of the sources that it subscribes to, and it may write none. The
client's role owns nothing, so it can neither change a policy nor a table. The program works with
the client's own login: no statement, however it came about, reaches further than that role.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from digest.archive import search, tables
from digest.archive.connection import ArchiveConnection
from digest.archive.rows import upsert
from digest.errors import ArchiveError
from digest.model.database import DatabaseUrl

# the condition under which a client sees a row
_READ = "{column} IN (SELECT source FROM {shared}.subscriptions WHERE client = current_user)"
_SHARED = {
    "items": _READ.format(column="source", shared="{shared}"),
    "sources": _READ.format(column="slug", shared="{shared}"),
    "attempts": _READ.format(column="source", shared="{shared}"),
    "watched_pages": _READ.format(column="source", shared="{shared}"),
    # the policy of items holds within these, too
    "revisions": "EXISTS (SELECT FROM {shared}.items i WHERE i.id = revisions.item)",
    "pages": "EXISTS (SELECT FROM {shared}.items i WHERE i.url = pages.url)",
    "subscriptions": "client = current_user",
}
_OWN = [
    tables.meta,
    tables.judgements,
    tables.results,
    tables.releases,
    tables.ledger,
    tables.receipts,
    tables.search_entries,
    tables.search_labels,
]


@dataclass(frozen=True, slots=True)
class ClientRole:
    """What a client is in the database."""

    role: str
    schema: str


def name_client(place: DatabaseUrl, slug: str) -> ClientRole:
    """Return the names that a client has; roles are of a whole server, so they tell databases."""
    database = place.rest.rpartition("/")[2].partition("?")[0]
    mark = hashlib.sha256(database.encode()).hexdigest()[:6]
    letters = slug.replace("-", "_")
    return ClientRole(f"digest_{mark}_{letters}", f"client_{letters}")


def make_client_url(place: DatabaseUrl, client: ClientRole, password: str) -> DatabaseUrl:
    """Return the address by which a client reaches the database."""
    url = sa.make_url(f"postgresql+psycopg://{place.rest}")
    own = url.set(username=client.role, password=password)
    return DatabaseUrl(own.render_as_string(hide_password=False))


def share_archive(agency: ArchiveConnection) -> None:
    """Have row-level security guard the agency's tables; may be done again at any time."""
    with agency.begin_transaction() as connection:
        agency.dialect.lock_schema(connection)
        shared = _read_schema(connection)
        connection.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {shared}.subscriptions (client NAME NOT NULL,"
            ' source TEXT COLLATE "C" NOT NULL, PRIMARY KEY (client, source))'
        )
        for table, condition in _SHARED.items():
            connection.exec_driver_sql(f"ALTER TABLE {shared}.{table} ENABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS clients_read ON {shared}.{table}")
            connection.exec_driver_sql(
                f"CREATE POLICY clients_read ON {shared}.{table} FOR SELECT"
                f" USING ({condition.format(shared=shared)})"
            )


def set_up_client(agency: ArchiveConnection, client: ClientRole, password: str | None) -> None:
    """Make a client's role and schema where they are not there, and grant it what it may.

    `password`: a new one; None leaves it. Raises ArchiveError where the agency's login may not.
    """
    with agency.begin_transaction() as connection:
        agency.dialect.lock_schema(connection)
        shared = _read_schema(connection)
        role, schema = client.role, client.schema
        _make_role(connection, role, password)
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {schema}, {shared}")
        _create_tables(connection, schema, shared)
        database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar()
        readable = ", ".join(f"{shared}.{table}" for table in _SHARED)
        for statement in (
            f"ALTER ROLE {role} IN DATABASE {database} SET search_path = {schema}, {shared}",
            f"GRANT CONNECT ON DATABASE {database} TO {role}",
            f"GRANT USAGE ON SCHEMA {schema}, {shared} TO {role}",
            f"GRANT SELECT ON {readable} TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        ):
            connection.exec_driver_sql(statement)


def subscribe(agency: ArchiveConnection, client: ClientRole, slugs: Iterable[str]) -> None:
    """Let a client see what these sources give, and nothing else."""
    with agency.begin_transaction() as connection:
        shared = _read_schema(connection)
        connection.exec_driver_sql(
            f"DELETE FROM {shared}.subscriptions WHERE client = %s",  # noqa: S608
            (client.role,),
        )
        connection.exec_driver_sql(
            f"INSERT INTO {shared}.subscriptions SELECT %s, unnest(%s::text[])",
            (client.role, sorted(set(slugs))),
        )


def forget_others(agency: ArchiveConnection, kept: Collection[ClientRole]) -> int:
    """End the subscriptions of clients that are no longer there; their tables stay."""
    with agency.begin_transaction() as connection:
        gone = connection.exec_driver_sql(
            f"DELETE FROM {_read_schema(connection)}.subscriptions WHERE client <> ALL(%s::name[])",  # noqa: S608
            ([client.role for client in kept],),
        )
        return gone.rowcount


def _read_schema(connection: sa.Connection) -> str:
    """Return the schema of the agency's tables, quoted."""
    found = connection.exec_driver_sql(
        "SELECT quote_ident(n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE c.oid = to_regclass('items')"
    ).scalar()
    if not found:
        raise ArchiveError("the database holds no archive", "run `digest collect` first")
    return str(found)


def _make_role(connection: sa.Connection, role: str, password: str | None) -> None:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"
    is_mighty = connection.exec_driver_sql(query, (role,)).scalar()
    if is_mighty:
        raise ArchiveError(f"the role {role} passes by row-level security", "take that from it")
    if is_mighty is None:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN NOINHERIT")
    if password is not None:
        # letters of token_urlsafe alone: a utility statement takes no parameters
        assert password.replace("-", "").replace("_", "").isalnum()
        connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{password}'")


def _create_tables(connection: sa.Connection, schema: str, shared: str) -> None:
    """Create those of a client's own tables that its schema lacks; the search path names it first.

    A later format that changes one of them has to do so here as well.
    """
    known = set(sa.inspect(connection).get_table_names(schema=schema))
    missing = [table for table in _OWN if table.name not in known]
    tables.metadata.create_all(connection, tables=missing, checkfirst=False)
    # without its key to items: whether one of those is there is not to be found out by it
    connection.exec_driver_sql(
        f"CREATE TABLE IF NOT EXISTS {schema}.vectors (LIKE {shared}.vectors INCLUDING ALL)"
    )
    if tables.search_entries in missing:
        search.mark_current(connection)
    upsert(connection, tables.meta, {"key": "schema_version", "value": str(tables.FORMAT)})
