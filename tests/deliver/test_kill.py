"""kill -9 at any moment of `digest run`, then `digest run` again: nothing lost, nothing half-written, nothing twice."""

import json
import random
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial

import pytest

from digest.archive import Archive
from tests.deliver.conftest import NOW, READERS, ledger, run

Q = "2026-Q3"
FILES = {"digest.html", "digest.pdf", "digest.ics", "mail.html", "mail.txt", "register.csv", "register.xlsx",
         "edition.json"}  # fmt: skip
KILLS, MANY = 12, 50


@contextmanager
def warm_process():
    """Gives a function that runs `digest …` in a fork, killed at a step or by the clock: (exit code, steps counted)."""
    command = [sys.executable, "-m", "tests.factories.warm_worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"

        def ask(args, moment=0, *, by_clock=False, seconds=0.0, itself=False):
            told = {"moment": moment, "by_clock": by_clock, "seconds": seconds, "itself": itself}
            process.stdin.write(json.dumps({"args": [str(arg) for arg in args], **told}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            return answer["code"], answer["counted"]

        yield ask
        process.stdin.close()


def warm_up(world, ask, args):
    """A whole run in the process itself, of which nothing stays but what it has loaded."""
    assert ask(args, itself=True)[0] == 0
    wipe(world)


def wipe(world):
    """The workspace as before its first run."""
    shutil.rmtree(world.root / "output", ignore_errors=True)
    world.relay.received.clear()


def finish(world, ask, args):
    """What an operator does after a kill: run again, and say of the one in doubt whether it came."""
    code, _ = ask(args)
    doubtful = [reader for reader, state in ledger(world.root).items() if state == "unknown"]
    assert (code == 1) == bool(doubtful)
    assert len(doubtful) <= 1
    for reader in doubtful:
        came = "accepted" if world.relay.counted()[reader] else "not-sent"
        run("send", Q, "--resolve", f"{reader}={came}", "--workspace", world.root)
    if doubtful:
        assert ask(args)[0] == 0


def check(world):
    """Everything is as if nothing had happened."""
    output = world.root / "output"
    counted = world.relay.counted()
    counted.pop("team@acme.example", None)  # is told of a reader in doubt
    assert counted == dict.fromkeys(READERS[:2], 1)
    assert ledger(world.root) == dict.fromkeys(READERS[:2], "accepted")
    with Archive.open(output / "archive.db") as archive:
        assert archive.check_integrity() == ()
        assert len(archive.load_items()) == len(world.rows)
        assert [(one.version, one.state) for one in archive.load_releases()] == [(1, "sent")]
    assert {path.name for path in (output / Q).iterdir()} == FILES
    json.loads((output / Q / "edition.json").read_text())
    json.loads((output / "run.json").read_text())
    assert list(output.rglob("*.part")) == []


@pytest.mark.real
def test_kill_at_any_step(world):
    """Twelve moments, spread over all that the world sees of a run: commits, files, words with the mail server."""
    world.configure()
    args = ("run", "--workspace", world.root, "--now", NOW)
    with warm_process() as ask:
        warm_up(world, ask, args)
        code, steps = ask(args)
        assert (code, steps > 100) == (0, True)
        check(world)
        chance = random.Random(10)
        for n in range(KILLS):
            wipe(world)
            moment = chance.randint(steps * n // KILLS + 1, steps * (n + 1) // KILLS)
            assert ask(args, moment)[0] == -9, moment
            finish(world, ask, args)
            check(world)


@pytest.mark.real
def test_kill_at_fifty_random_moments(world):
    """As above, but nothing of a run is replaced, PDF and all, and the clock says when."""
    world.configure()
    args = ("run", "--workspace", world.root, "--now", NOW)
    with warm_process() as warm:
        ask = partial(warm, by_clock=True)
        warm_up(world, warm, args)
        began = time.monotonic()
        assert ask(args)[0] == 0
        whole = time.monotonic() - began
        chance, killed, runs = random.Random(50), 0, 0
        while killed < MANY:  # a run that ended before its moment is none
            wipe(world)
            killed += ask(args, seconds=chance.uniform(0.02, whole))[0] == -9
            finish(world, ask, args)
            check(world)
            runs += 1
            assert runs < 5 * MANY
