"""Run the steps of a Dockerfile in a root of their own, without Docker.

    python tools/run_dockerfile.py DOCKERFILE CONTEXT ROOT

ROOT is a Debian tree (debootstrap) that stands for the base image. RUN, COPY, WORKDIR, ENV and USER
are carried out there; what VOLUME, HEALTHCHECK, ENTRYPOINT and CMD say is printed as JSON at the
end, so that the caller can start what a container would start. Needs the right to chroot.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LENT = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_SAID = ("VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD")


def read_steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield the steps of a Dockerfile: instruction and arguments, continued lines joined."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\s*\\\s*\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            instruction, _, arguments = line.strip().partition(" ")
            yield instruction.upper(), arguments.strip()


def run_steps(dockerfile: Path, context: Path, root: Path) -> dict[str, object]:
    """Carry out the steps; return the surroundings in which the image starts what."""
    place, user, variables, said = "/", "root", {"PATH": _PATH}, {}
    for instruction, arguments in read_steps(dockerfile.read_text("utf-8")):
        if instruction == "RUN":
            run_in_root(root, ["/bin/sh", "-c", arguments], place, user, variables)
        elif instruction == "COPY":
            *sources, target = shlex.split(arguments)
            copy(context, sources, root / str(Path(place) / target).lstrip("/"), target)
        elif instruction == "WORKDIR":
            place = arguments
            (root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif instruction == "ENV":
            for pair in shlex.split(arguments):
                name, _, value = pair.partition("=")
                variables[name] = os.path.expandvars(value.replace("$PATH", variables["PATH"]))
        elif instruction == "USER":
            user = arguments
        elif instruction in _SAID:
            said[instruction] = arguments
        elif instruction != "FROM":
            raise SystemExit(f"{dockerfile}: {instruction} is not known here")
    return {"place": place, "user": user, "variables": variables, **said}


def run_in_root(
    root: Path, command: list[str], place: str, user: str, variables: dict[str, str]
) -> None:
    """Run a command in the root. Raise SystemExit where it fails."""
    handed = {name: value for name, value in os.environ.items() if name.startswith(_LENT)}
    env = {"HOME": "/tmp", **handed, **variables}
    chroot = shutil.which("chroot", path=_PATH) or "chroot"
    inside = [chroot, f"--userspec={user}", str(root), "/usr/bin/env", f"--chdir={place}"]
    done = subprocess.run([*inside, *command], env=env, check=False)
    if done.returncode:
        raise SystemExit(f"failed with {done.returncode}: {shlex.join(command)}")


def copy(context: Path, sources: list[str], target: Path, written: str) -> None:
    """Copy files or the content of one folder, as COPY does."""
    for source in sources:
        path = context / source
        if path.is_dir():
            shutil.copytree(path, target, dirs_exist_ok=True)
        else:
            place = target / path.name if written.endswith("/") else target
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)


if __name__ == "__main__":
    print(json.dumps(run_steps(*map(Path, sys.argv[1:4]))))
