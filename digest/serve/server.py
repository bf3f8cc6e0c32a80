"""Serve the archive of a workspace."""

from __future__ import annotations

import logging
from collections.abc import Collection

from digest.app.approval import LinkApprovals
from digest.serve.app import create_app
from digest.serve.archive import ServedArchive
from digest.serve.guard import ReadAccess
from digest.web.approval import ApprovalGate, name_link_host
from digest.web.listening import (
    is_loopback,
    list_own_names,
    name_address,
    open_socket,
    run_server,
)

logger = logging.getLogger(__name__)


def serve_archive(
    archive: ServedArchive,
    *,
    address: str,
    port: int,
    hosts: Collection[str],
    token: str,
    user_header: str,
    token_is_shown: bool = True,
    approvals: LinkApprovals | None = None,
) -> None:
    """Serve until interrupted; log the link, with the token where it is shown.

    `hosts` are further names that the archive answers to; `approvals` answers the links by which an
    edition is released. Raises UsageError where the port is in use.
    """
    with open_socket(address, port) as (listener, bound):
        names = list_own_names(address, bound, hosts)
        access = ReadAccess(token, names, f"digest-serve-{bound}", user_header)
        app = create_app(archive, access)
        if approvals:
            url = archive.context.config.digest.review.url
            app = ApprovalGate(app, approvals, {*names, *name_link_host(url)})
        link = f"http://{name_address(address)}:{bound}/"
        logger.warning(link if user_header or not token_is_shown else f"{link}?token={token}")
        if user_header and not is_loopback(address):
            logger.warning(
                "whoever reaches this port past the proxy can name any user in %s: let the proxy "
                "alone reach it",
                user_header,
            )
        run_server(app, listener)
