"""`digest send`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.app.workspace import Workspace, write_file
from digest.cli.common import common_options, load_config, print_json, resolve_now, resolve_quarter
from digest.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from digest.app.deliver import DeliveryService
    from digest.model.delivery import DeliveryState, Release

_RESOLVED_STATES: dict[str, DeliveryState] = {"accepted": "accepted", "not-sent": "not sent"}


@click.command()
@click.argument("quarter", default="last")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write the mails to output/QUARTER/mail/ and say who would get what.",
)
@click.option(
    "--to",
    "proof_to",
    multiple=True,
    metavar="ADDRESS",
    help="Send a copy marked as a proof to ADDRESS only.",
)
@click.option(
    "--resolve",
    multiple=True,
    metavar="RECIPIENT=accepted|not-sent",
    help="Say what became of a mail of which nobody knows whether it arrived. Sends nothing.",
)
@click.option(
    "--correction",
    default="",
    metavar="LINE",
    help="What changed since it was sent; readers see it.",
)
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="The form of the log.",
)
@common_options
def command(
    quarter: str,
    dry_run: bool,
    proof_to: tuple[str, ...],
    resolve: tuple[str, ...],
    correction: str,
    form: str,
    workspace: Path,
    now: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Send QUARTER's edition to everybody who has not got it, exactly once: by mail, to channels, into a folder.

    The archive's ledger knows who got it. Where a line dropped at the wrong moment, it is unknown whether a mail
    arrived: it is shown, and never sent again before you say what became of it with --resolve. Exit code 1 where
    somebody has not got it.
    """
    from digest.app.context import AppContext
    from digest.app.deliver import DeliveryService, make_run_log
    from digest.archive import Archive
    from digest.text import clean_text, truncate_text

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet)
    name = resolve_quarter(quarter, context.now, context.config).name
    with place.lock(), Archive.open(place.archive_file, create=False) as archive:
        office = DeliveryService(
            context, archive, os.environ, make_run_log(context, form, os.environ)
        )
        office.mark_interrupted()
        if resolve:
            _resolve_deliveries(office, name, resolve)
        elif proof_to:
            _send_proofs(office, name, proof_to)
        elif dry_run:
            _write_dry_run(office, name, as_json)
        else:
            _send_edition(
                office,
                office.require_release(name, truncate_text(clean_text(correction), 300)),
                quiet,
                as_json,
            )


def _send_edition(office: DeliveryService, release: Release, quiet: bool, as_json: bool) -> None:
    if not office.list_recipients(release):
        raise UsageError("sources.yaml names nobody to send it to", "give digest.delivery.to")
    complete = office.deliver_release(release, insist=True)
    lines = {line.delivery: line for line in office.archive.load_delivery_records(release.quarter)}
    rows = [
        {
            "recipient": one.address,
            "kind": one.kind,
            "language": one.parcel.language,
            "state": line.state,
            "words": line.words,
        }
        for one in office.list_recipients(release)
        if (line := lines[one.parcel])
    ]
    if as_json:
        print_json(
            {
                "quarter": release.quarter,
                "version": release.version,
                "complete": complete,
                "deliveries": rows,
            }
        )
    elif not quiet or not complete:
        for row in rows:
            click.echo(
                f"{row['state']:12} {row['recipient']}"
                + (f"  ({row['words']})" if row["words"] else "")
            )
            if row["state"] == "unknown":
                click.echo(
                    f"{'':12} find out, then: digest send {release.quarter} --resolve {row['recipient']}=accepted"
                )
                click.echo(
                    f"{'':12} {'':15} or: digest send {release.quarter} --resolve {row['recipient']}=not-sent"
                )
    if not complete:
        raise SystemExit(1)


def _resolve_deliveries(office: DeliveryService, quarter: str, words: tuple[str, ...]) -> None:
    for word in words:
        recipient, _, state = word.rpartition("=")
        if not recipient or state not in _RESOLVED_STATES:
            raise UsageError(
                f"--resolve {word!r} cannot be read",
                "write it as anna@example.com=accepted, or =not-sent",
            )
        office.resolve_delivery(quarter, recipient, _RESOLVED_STATES[state])
        click.echo(f"{_RESOLVED_STATES[state]:12} {recipient}")


def _send_proofs(office: DeliveryService, quarter: str, addresses: tuple[str, ...]) -> None:
    from digest.config.kinds import validate_mail_address

    for address in addresses:
        try:
            validate_mail_address(address)
        except ValueError as error:
            raise UsageError(f"--to {address!r} {error}") from None
    result = office.send_proof(quarter, addresses)
    if result.stop_reason or any(answer.state != "accepted" for answer in result.results.values()):
        raise DeliveryError("the proof did not reach everybody", "the lines above say why")


def _write_dry_run(office: DeliveryService, quarter: str, as_json: bool) -> None:
    """Writes the mails that would go out, and says who would get which."""
    from digest.deliver.message import build_message
    from digest.model.delivery import Release

    stand = office.release_status(quarter)
    release = stand.release or Release(quarter, 1, "draft")
    todo = office.plan_delivery(release, insist=True)
    folder = office.context.workspace.edition_folder(quarter) / "mail"
    for old in folder.glob("*.eml"):
        old.unlink(missing_ok=True)
    rows = []
    for number, one in enumerate(office.list_recipients(release), 1):
        does = (
            "would be sent"
            if one.parcel in todo.due
            else "has it"
            if one.parcel in todo.done
            else "unknown"
        )
        file = ""
        if one.parcel.channel == "mail":
            path = folder / f"{number:03}-{_safe_filename(one.parcel.recipient)}.eml"
            write_file(path, build_message(office.compose_mail(release, one)))
            file = str(path)
        rows.append({"recipient": one.address, "kind": one.kind, "does": does, "file": file})
    if as_json:
        print_json(
            {
                "quarter": quarter,
                "state": stand.label,
                "version": release.version,
                "deliveries": rows,
            }
        )
        return
    click.echo(f"{quarter}, version {release.version}: {stand.label}; nothing was sent")
    for row in rows:
        click.echo(f"{row['does']:14} {row['kind']:6} {row['recipient']}  {row['file']}".rstrip())


def _safe_filename(recipient: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "@.-_" else "_" for letter in recipient)
