"""`digest mcp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.app.logs import LOGGER
from digest.cli.common import Invocation, options
from digest.errors import UsageError
from digest.extras import suggest_install

if TYPE_CHECKING:
    pass


@click.command()
@click.option("--http", "over_http", is_flag=True, help="Over HTTP, in place of stdin and stdout.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8486, show_default=True, help="0: a free one."
)
@click.option(
    "--listen",
    type=click.Choice(["127.0.0.1", "::1"]),
    default="127.0.0.1",
    show_default=True,
    help="Where it listens: on this machine alone.",
)
@click.option("--token-env", metavar="NAME", help="The variable that holds the token of --http.")
@click.option(
    "--private",
    is_flag=True,
    help="Tell the company's own figures, remarks and decisions, too.",
)
@options("workspace", "now", "quiet")
def command(
    call: Invocation,
    *,
    over_http: bool,
    port: int,
    listen: str,
    token_env: str | None,
    private: bool,
) -> None:
    """Serve the archive to an assistant, read-only: search, passages, stories, editions, stack,
    vendors, sources (Model Context Protocol).

    An assistant starts it by itself, over stdin and stdout: give it `digest mcp --workspace DIR`.
    With --http it waits at http://localhost:8486/mcp for who brings the token.
    """
    try:
        from digest.assistants.server import build_server, run_over_http, run_over_stdio
    except ImportError as error:
        raise UsageError(
            f"the server needs {error.name}, which is not installed",
            f"install it with: {suggest_install('mcp', 'web')}",
        ) from None
    server = build_server(call.get_context_now, private=private)
    if not over_http:
        run_over_stdio(server)
        return
    token = call.read_token(token_env)
    if not token_env:
        LOGGER.warning(f"Authorization: Bearer {token}")
    run_over_http(server, address=listen, port=port, token=token)
