"""Make digests for many clients over one archive: share sources, build, report.

The agency's workspace holds clients.yaml, and the sources.yaml of all that is read. A client's
workspace is one as any other; its sources.yaml lists those of the agency's sources that its digest
is made from, by the same name and address.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.app.archive_place import locate_archive
from digest.app.context import AppContext
from digest.app.workspace import Workspace, write_file
from digest.archive import Archive
from digest.archive.clients import (
    ClientRole,
    forget_others,
    make_client_url,
    name_client,
    set_up_client,
    share_archive,
    subscribe,
)
from digest.config.clients import Client, load_clients
from digest.config.secrets import find_secret
from digest.config.sources import SourcesConfig, load_sources
from digest.errors import DigestError, UsageError
from digest.model.database import DatabaseUrl
from digest.model.source import Source


@dataclass(frozen=True, slots=True)
class ClientResult:
    """What was done for a client, as JSON values; `fault` is "" where all went well."""

    name: str
    data: dict[str, Any]
    fault: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as --json prints it."""
        return {"client": self.name, **self.data, "fault": self.fault}


def list_clients(context: AppContext) -> tuple[Client, ...]:
    """Return the agency's clients. Raises UsageError where there is no clients.yaml."""
    path = context.workspace.root / "clients.yaml"
    if not path.is_file():
        raise UsageError(
            f"there is no clients.yaml in {context.workspace.root.resolve()}",
            "docs/scale.md shows one",
        )
    return load_clients(path)


def open_client(context: AppContext, client: Client) -> AppContext:
    """Return the surroundings of a client's workspace. Raises ConfigError."""
    workspace = locate_archive(Workspace(client.folder), context.environ)
    config = load_sources(workspace.sources_file, context.environ)
    return AppContext(workspace, config, context.now, context.quiet, environ=context.environ)


def sync_clients(context: AppContext) -> list[ClientResult]:
    """Give each client a login and a place of its own, and let it see its sources, no others.

    Raises UsageError where the agency's archive is a file.
    """
    database = context.workspace.archive
    if not isinstance(database, DatabaseUrl):
        raise UsageError(
            "clients share an archive in PostgreSQL",
            "give digest.archive.url_env in sources.yaml; see docs/scale.md",
        )
    clients = list_clients(context)
    shared = {source.slug: source for source in context.config.sources if not source.mailbox}
    with Archive.open(database) as agency:
        share_archive(agency)
        roles = [name_client(database, client.slug) for client in clients]
        forget_others(agency, roles)
        return [
            _sync_client(context, agency, database, client, role, shared)
            for client, role in zip(clients, roles, strict=True)
        ]


def _sync_client(
    context: AppContext,
    agency: Archive,
    database: DatabaseUrl,
    client: Client,
    role: ClientRole,
    shared: dict[str, Source],
) -> ClientResult:
    try:
        config = load_sources(client.folder / "sources.yaml", context.environ)
        file = _find_url_file(client, config)
        password = None if file.exists() else secrets.token_urlsafe(24)
        set_up_client(agency, role, password)
        if password:
            url = make_client_url(database, role, password).url
            write_file(file, f"{url}\n".encode(), private=True)
        wanted = [source for source in config.sources if source.enabled]
        known = [one for one in wanted if _is_shared(one, shared)]
        subscribe(agency, role, [source.slug for source in known])
    except DigestError as error:
        return ClientResult(client.name, {}, str(error))
    missing = [source.name for source in wanted if source not in known]
    return ClientResult(client.name, {"sources": len(known), "missing": missing})


def _is_shared(wanted: Source, shared: dict[str, Source]) -> bool:
    """Return whether the agency reads what a client wants, under the same name."""
    source = shared.get(wanted.slug)
    return source is not None and source.url == wanted.url and not wanted.mailbox


def _find_url_file(client: Client, config: SourcesConfig) -> Path:
    """Return the file that a client's address is kept in. Raises UsageError where none is named."""
    place = find_secret(config.digest.archive, "url")
    if place is None or not place.file:
        raise UsageError(
            f"{client.name} names no file for the address of its archive",
            "put `archive: {url_file: archive.url}` under digest: in its sources.yaml",
        )
    return client.folder / place.file


def build_clients(context: AppContext, quarter: str) -> Iterator[ClientResult]:
    """Build a quarter for each client, with its own login; yield what came of each."""
    from digest.app.build import build_quarter
    from digest.app.judgements import judge_new_items

    for client in list_clients(context):
        try:
            own = open_client(context, client)
            span = own.resolve_quarter(quarter)
            with own.workspace.lock():
                judge_new_items(own, span.start)
                files = build_quarter(own, span)
            yield ClientResult(client.name, {"files": [str(file) for file in files]})
        except DigestError as error:
            yield ClientResult(client.name, {"files": []}, str(error))


def report_clients(context: AppContext) -> Iterator[ClientResult]:
    """Yield the state of each client's archive and editions."""
    from digest.app.status import collect_status

    for client in list_clients(context):
        try:
            yield ClientResult(client.name, collect_status(open_client(context, client)))
        except DigestError as error:
            yield ClientResult(client.name, {}, str(error))


def run_client(context: AppContext, name: str) -> None:
    """Build and send what is due for one client. Raises DigestError."""
    from digest.app.judgements import judge_new_items
    from digest.app.run import find_gap_start, run_scheduled

    found = [client for client in list_clients(context) if client.slug == name]
    for client in found:  # one that is gone has nothing due
        own = open_client(context, client)
        with own.workspace.lock():
            judge_new_items(own, find_gap_start(own))
            run_scheduled(own, collect=False)
