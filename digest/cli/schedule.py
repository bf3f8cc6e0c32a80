"""`digest schedule`."""

from __future__ import annotations

import getpass
import hashlib
import shlex
import sys
from pathlib import Path

import click

from digest.app.workspace import Workspace, write_file
from digest.cli.common import print_message, workspace_option


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
@workspace_option
def command(form: str, write: Path | None, workspace: Path) -> None:
    """Print what calls the digest: hourly collecting, and the daily run that builds and sends when it is time.

    Both need nothing of the caller's environment but the secrets, which stand as NAME=value lines in a file that only
    its user can read.
    """
    place = Workspace(workspace)
    if form == "cron" and not write:
        click.echo(_format_crontab(place), nl=False)
        return
    units = _format_units(place)
    if write:
        for name, text in units.items():
            write_file(write / name, text.encode())
            print_message(str(write / name))
        return
    for name, text in units.items():
        click.echo(f"# ---- {name}\n{text}")
    click.echo(
        "# systemctl daemon-reload && systemctl enable --now digest-collect.timer digest-run.timer"
    )


def _find_program() -> list[str]:
    """How this program is called by one who has no PATH."""
    beside = Path(sys.executable).with_name("digest")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "digest"]


def _pick_minute(place: Workspace) -> int:
    """A minute of the hour that differs from workspace to workspace, so that not all of them call at once."""
    return hashlib.sha256(str(place.root.resolve()).encode()).digest()[0] % 25 + 3


def _format_crontab(place: Workspace) -> str:
    root, minute = str(place.root.resolve()), _pick_minute(place)
    program = " ".join(map(shlex.quote, _find_program()))
    secrets = 'f="$HOME/.digest.env"; [ -r "$f" ] && { set -a; . "$f"; set +a; }'

    def format_line(when: str, command: str) -> str:
        called = f"{secrets}; {program} {command} --quiet --workspace {shlex.quote(root)}"
        return (
            f"{when} {called.replace('%', chr(92) + '%')}\n"  # cron reads % as the end of the line
        )

    return (
        f"# Martech digest in {root.replace('%', '_')}. Cron mails what is printed; nothing is, when all is well.\n"
        "# Secrets stand in ~/.digest.env as NAME=value, chmod 600.\n"
        + format_line(f"{minute} * * * *", "collect")
        + format_line(f"{minute + 30} 6 * * *", "run")
    )


def _format_units(place: Workspace) -> dict[str, str]:
    minute = _pick_minute(place)
    return {
        "digest-collect.service": _format_service(
            place, "collect", "Martech digest: read every source"
        ),
        "digest-collect.timer": _format_timer(
            f"*-*-* *:{minute:02}:00", "10min", "Martech digest: every hour"
        ),
        "digest-run.service": _format_service(
            place, "run", "Martech digest: build and send what is due"
        ),
        "digest-run.timer": _format_timer(
            f"*-*-* 06:{minute + 30}:00", "15min", "Martech digest: every day"
        ),
    }


def _format_timer(when: str, delay: str, description: str) -> str:
    return f"""\
[Unit]
Description={description}

[Timer]
OnCalendar={when}
RandomizedDelaySec={delay}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _format_service(place: Workspace, command: str, description: str) -> str:
    root = str(place.root.resolve())
    call = " ".join(
        _quote_word(part) for part in (*_find_program(), command, "--quiet", "--workspace", root)
    )
    return f"""\
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={getpass.getuser()}
ExecStart={call}
EnvironmentFile=-{str(Path.home() / ".digest.env").replace("%", "%%")}
TimeoutStartSec=1h
# 3: some sources failed; 75: another run was at work
SuccessExitStatus=3 75
UMask=0077
# it writes into its workspace and nowhere else; a delivery.folder elsewhere must be added here
ProtectSystem=strict
ReadWritePaths={_quote_word(root).replace("$$", "$")}
ProtectHome=read-only
PrivateTmp=true
PrivateDevices=true
NoNewPrivileges=true
CapabilityBoundingSet=
ProtectClock=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectControlGroups=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""


def _quote_word(text: str) -> str:
    """A word of a unit file: systemd reads % and $ in its own way."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if " " in text or safe != text else text
