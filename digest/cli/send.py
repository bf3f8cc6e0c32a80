"""`digest send`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.common import clock, common, load_config, quarter_named, report
from digest.errors import DeliveryError, UsageError
from digest.workspace import Workspace, write_file

if TYPE_CHECKING:
    from digest.cli.delivery import Office
    from digest.model import ParcelState, Release

_RESOLVED: dict[str, ParcelState] = {"accepted": "accepted", "not-sent": "not sent"}


@click.command()
@click.argument("quarter", default="last")
@click.option("--dry-run", is_flag=True, help="Write the mails to output/QUARTER/mail/ and say who would get what.")
@click.option(
    "--to", "proof_to", multiple=True, metavar="ADDRESS", help="Send a copy marked as a proof to ADDRESS only."
)
@click.option(
    "--resolve",
    multiple=True,
    metavar="RECIPIENT=accepted|not-sent",
    help="Say what became of a mail of which nobody knows whether it arrived. Sends nothing.",
)
@click.option("--correction", default="", metavar="LINE", help="What changed since it was sent; readers see it.")
@click.option("--log", "form", type=click.Choice(["text", "json"]), default="text", help="The form of the log.")
@common
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
    from digest.archive import Archive
    from digest.cli.delivery import Office, run_log
    from digest.cli.work import Job
    from digest.text import clean, shorten

    place = Workspace(workspace)
    job = Job(place, load_config(place), clock(now), quiet)
    name = quarter_named(quarter, job.now, job.config).name
    with place.lock(), Archive.open(place.archive, create=False) as archive:
        office = Office(job, archive, os.environ, run_log(job, form, os.environ))
        office.settle()
        if resolve:
            _resolve(office, name, resolve)
        elif proof_to:
            _proof(office, name, proof_to)
        elif dry_run:
            _rehearse(office, name, as_json)
        else:
            _send(office, office.release(name, shorten(clean(correction), 300)), quiet, as_json)


def _send(office: Office, release: Release, quiet: bool, as_json: bool) -> None:
    if not office.readers(release):
        raise UsageError("sources.yaml names nobody to send it to", "give digest.delivery.to")
    complete = office.deliver(release, insist=True)
    lines = {line.parcel: line for line in office.archive.ledger(release.quarter)}
    rows = [
        {
            "recipient": one.address,
            "kind": one.kind,
            "language": one.parcel.language,
            "state": line.state,
            "words": line.words,
        }
        for one in office.readers(release)
        if (line := lines[one.parcel])
    ]
    if as_json:
        report({"quarter": release.quarter, "version": release.version, "complete": complete, "deliveries": rows})
    elif not quiet or not complete:
        for row in rows:
            click.echo(f"{row['state']:12} {row['recipient']}" + (f"  ({row['words']})" if row["words"] else ""))
            if row["state"] == "unknown":
                click.echo(
                    f"{'':12} find out, then: digest send {release.quarter} --resolve {row['recipient']}=accepted"
                )
                click.echo(f"{'':12} {'':15} or: digest send {release.quarter} --resolve {row['recipient']}=not-sent")
    if not complete:
        raise SystemExit(1)


def _resolve(office: Office, quarter: str, words: tuple[str, ...]) -> None:
    for word in words:
        recipient, _, state = word.rpartition("=")
        if not recipient or state not in _RESOLVED:
            raise UsageError(
                f"--resolve {word!r} cannot be read", "write it as anna@example.com=accepted, or =not-sent"
            )
        office.resolve(quarter, recipient, _RESOLVED[state])
        click.echo(f"{_RESOLVED[state]:12} {recipient}")


def _proof(office: Office, quarter: str, addresses: tuple[str, ...]) -> None:
    from digest.config.kinds import _mail

    for address in addresses:
        try:
            _mail(address)
        except ValueError as error:
            raise UsageError(f"--to {address!r} {error}") from None
    result = office.proof(quarter, addresses)
    if result.stopped or any(answer.state != "accepted" for answer in result.answers.values()):
        raise DeliveryError("the proof did not reach everybody", "the lines above say why")


def _rehearse(office: Office, quarter: str, as_json: bool) -> None:
    """Writes the mails that would go out, and says who would get which."""
    from digest.deliver.message import message
    from digest.model import Release

    stand = office.standing(quarter)
    release = stand.release or Release(quarter, 1, "draft")
    todo = office.plan(release, insist=True)
    folder = office.job.workspace.edition(quarter) / "mail"
    for old in folder.glob("*.eml"):
        old.unlink(missing_ok=True)
    rows = []
    for number, one in enumerate(office.readers(release), 1):
        does = "would be sent" if one.parcel in todo.due else "has it" if one.parcel in todo.done else "unknown"
        file = ""
        if one.parcel.channel == "mail":
            path = folder / f"{number:03}-{_safe(one.parcel.recipient)}.eml"
            write_file(path, message(office.letter(release, one)))
            file = str(path)
        rows.append({"recipient": one.address, "kind": one.kind, "does": does, "file": file})
    if as_json:
        report({"quarter": quarter, "state": stand.word, "version": release.version, "deliveries": rows})
        return
    click.echo(f"{quarter}, version {release.version}: {stand.word}; nothing was sent")
    for row in rows:
        click.echo(f"{row['does']:14} {row['kind']:6} {row['recipient']}  {row['file']}".rstrip())


def _safe(recipient: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "@.-_" else "_" for letter in recipient)
