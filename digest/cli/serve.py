"""`digest serve`."""

from __future__ import annotations

import click

from digest.cli.common import Invocation, options
from digest.errors import UsageError
from digest.extras import suggest_install


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8485, show_default=True, help="0: a free one."
)
@click.option(
    "--listen", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Where it listens."
)
@click.option(
    "--host", "hosts", metavar="NAME[:PORT]", multiple=True, help="A name that a proxy calls it by."
)
@click.option(
    "--user-header",
    metavar="HEADER",
    help="The header in which a proxy names the user, as X-Remote-User; without it, no answer.",
)
@click.option("--token-env", metavar="NAME", help="The variable that holds the link's token.")
@click.option("--answers", is_flag=True, help="Have the configured language model answer, too.")
@click.option(
    "--private", is_flag=True, help="Show the team's notes, decisions and vendors' answers, too."
)
@click.option(
    "--approvals",
    is_flag=True,
    help="Answer the links by which digest.review.approvers release an edition, too.",
)
@options("workspace", "now", "quiet")
def command(
    call: Invocation,
    *,
    port: int,
    listen: str,
    hosts: tuple[str, ...],
    user_header: str | None,
    token_env: str | None,
    answers: bool,
    private: bool,
    approvals: bool,
) -> None:
    """Serve the archive as a web site, read-only: editions, register, vendors and categories
    through time, search, ask; feeds, and JSON under /api/.

    It answers only to the link that is printed, and only on this machine. For others put a proxy
    in front that signs people in: name it with --host, and with --user-header the header that it
    sets itself for each of them. With --approvals it also shows the page that a link of approval
    leads to (digest.review.url in sources.yaml), whose form alone releases an edition.
    """
    try:
        from digest.serve.archive import ServedArchive
        from digest.serve.server import serve_archive
    except ImportError as error:
        raise UsageError(
            f"the site needs {error.name}, which is not installed",
            f"install it with: {suggest_install('web')}",
        ) from None
    if approvals and not call.config.digest.review.approvers:
        raise UsageError(
            "--approvals: sources.yaml names no approver", "give digest.review.approvers there"
        )
    from digest.app.approval import LinkApprovals

    token = call.read_token(token_env)
    serve_archive(
        ServedArchive(call.get_context_now, private=private, answers=answers),
        address=listen,
        port=port,
        hosts=hosts,
        token=token,
        user_header=user_header or "",
        token_is_shown=not token_env,
        approvals=LinkApprovals(call.get_context_now) if approvals else None,
    )
