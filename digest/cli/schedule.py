"""`digest schedule`."""

from __future__ import annotations

import getpass
import hashlib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

import click

from digest.app.logs import LOGGER
from digest.app.workspace import write_files
from digest.cli.common import Invocation, options

_TEMPLATES = Path(__file__).with_name("templates")


@click.command()
@click.option(
    "--cron", "form", flag_value="cron", default="cron", help="Lines for crontab -e (the default)."
)
@click.option("--systemd", "form", flag_value="systemd", help="Units for /etc/systemd/system.")
@click.option(
    "--write",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the units there.",
)
@options("workspace")
def command(call: Invocation, form: str, write: Path | None) -> None:
    """Print what calls the digest: hourly collecting, the daily run that builds and sends when it
    is time, and alerts, where sources.yaml switches them on.

    Both need nothing of the caller's environment but the secrets, which stand as NAME=value lines
    in a file that only its user can read.
    """
    root = str(call.workspace.root.resolve())
    # differs from workspace to workspace, so that not all of them call at once
    minute = hashlib.sha256(root.encode()).digest()[0] % 25 + 3
    jobs = _list_jobs(minute, _read_alert_setting(call))
    if form == "cron" and not write:
        click.echo(_format_crontab(root, jobs), nl=False)
        return
    units = _format_units(root, jobs)
    if write:
        for path in write_files(write, {name: text.encode() for name, text in units.items()}):
            LOGGER.info(str(path))
        return
    for name, text in units.items():
        click.echo(f"# ---- {name}\n{text}")
    timers = " ".join(f"digest-{job.name}.timer" for job in jobs)
    click.echo(f"# systemctl daemon-reload && systemctl enable --now {timers}")


class _Job(NamedTuple):
    """A command that a scheduler calls."""

    name: str
    purpose: str
    cron: str
    calendar: str  # the same for systemd
    delay: str
    repeats: str


def _list_jobs(minute: int, alerts: str) -> list[_Job]:
    """Return what is called. Alerts come after the daily run, which collects."""
    daily = f"06:{minute + 30}:00"
    jobs = [
        _Job(
            *("collect", "read every source", f"{minute} * * * *"),
            *(f"*-*-* *:{minute:02}:00", "10min", "every hour"),
        ),
        _Job(
            *("run", "build and send what is due", f"{minute + 30} 6 * * *"),
            *(f"*-*-* {daily}", "15min", "every day"),
        ),
    ]
    late = minute + 20
    if alerts == "day":
        when = (f"{late} 7 * * *", f"*-*-* 07:{late}:00", "5min", "every day")
        jobs.append(_Job("alert", "tell what is new of the stack", *when))
    elif alerts == "week":
        when = (f"{late} 7 * * 1", f"Mon *-*-* 07:{late}:00", "5min", "every week")
        jobs.append(_Job("alert", "tell what is new of the stack", *when))
    return jobs


def _read_alert_setting(call: Invocation) -> str:
    """Return how often alerts are wanted; "off" where there is no configuration yet."""
    if not call.workspace.sources_file.is_file():
        return "off"
    return call.config.digest.alerts.every


def _find_program() -> list[str]:
    """Return how this program is called where there is no PATH."""
    beside = Path(sys.executable).with_name("digest")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "digest"]


def _format_crontab(root: str, jobs: Sequence[_Job]) -> str:
    secrets = 'f="$HOME/.digest.env"; [ -r "$f" ] && { set -a; . "$f"; set +a; }'
    silent = "Cron mails what is printed; nothing is, when all is well."
    lines = [
        f"# Martech digest in {root.replace('%', '_')}. {silent}",
        "# Secrets stand in ~/.digest.env as NAME=value, chmod 600.",
        "# To add these lines to your crontab: (crontab -l; digest schedule) | crontab -",
    ]
    for job in jobs:
        call = shlex.join([*_find_program(), job.name, "--quiet", "--workspace", root])
        escaped = f"{secrets}; {call}".replace("%", r"\%")  # cron ends a line at %
        lines.append(f"{job.cron} {escaped}")
    return "\n".join(lines) + "\n"


def _format_units(root: str, jobs: Sequence[_Job]) -> dict[str, str]:
    """Return the systemd units: name → text."""
    service, timer = (
        Template((_TEMPLATES / f"digest.{kind}").read_text("utf-8"))
        for kind in ("service", "timer")
    )
    secrets = str(Path.home() / ".digest.env").replace("%", "%%")
    units = {}
    for job in jobs:
        arguments = [*_find_program(), job.name, "--quiet", "--workspace", root]
        units[f"digest-{job.name}.service"] = service.substitute(
            description=f"Martech digest: {job.purpose}",
            user=getpass.getuser(),
            call=" ".join(map(_quote_word, arguments)),
            secrets=secrets,
            root=_quote_word(root).replace("$$", "$"),
        )
        units[f"digest-{job.name}.timer"] = timer.substitute(
            description=f"Martech digest: {job.repeats}", when=job.calendar, delay=job.delay
        )
    return units


def _quote_word(text: str) -> str:
    """Quote a word of a unit file: systemd gives % and $ a meaning of its own."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if " " in text or safe != text else text
