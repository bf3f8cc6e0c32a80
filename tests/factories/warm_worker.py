"""A process that has everything imported and forks one `digest run` for each line it reads: quick to start and to kill.

A line is a JSON object: `args`, and `moment`: the step at which the child kills itself with SIGKILL (0: never). A step
is before or after whatever the world can see of a process: a commit, a synced, renamed or removed file, a word to the
mail server or from it. The answer is a line with the exit code (negative: the signal) and the number of steps. PDFs are
a few bytes there; the test is of what is around them.
With `by_clock` the run is as it is, PDF and all, and killed after `seconds` (0: never); no steps are counted.
With `itself` the process makes the run without a fork: what it loads and reads, its forks have then. That is three
quarters of the work of a run.
"""

import contextlib
import functools
import json
import os
import select
import signal
import smtplib
import sys

import sqlalchemy.engine.default
import weasyprint  # noqa: F401 - so that a fork need not import it

import digest.app.context
import digest.app.run
import digest.cli.run
import digest.deliver.smtp
import digest.render.html
import digest.render.mail
import digest.render.pdf
from digest.cli import main
from tests.factories.paper import draw_no_paper

# Compiled modules that the first run alone writes would count among its steps.
sys.dont_write_bytecode = True

_SEEN = (
    "os.rename",
    "os.remove",
    "os.mkdir",
    "smtplib.connect",
    "smtplib.send",
    "socket.connect",
    "sqlite3.connect",
)


class Steps:
    """Counts what the world sees, and dies at one of it."""

    def __init__(self, moment):
        self.moment, self.counted = moment, 0

    def take(self):
        self.counted += 1
        if self.counted == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner, name):
        whole = getattr(owner, name)

        @functools.wraps(whole)
        def stepped(*args, **more):
            self.take()
            result = whole(*args, **more)
            self.take()
            return result

        setattr(owner, name, stepped)

    def heard(self, event, args):
        if event in _SEEN or (event == "open" and isinstance(args[1], str) and args[1][0] in "wxa"):
            self.take()


def child(request, answer):
    steps = Steps(request["moment"])
    if not request["by_clock"]:
        steps.around(os, "fsync")
        steps.around(smtplib.SMTP, "getreply")
        steps.around(sqlalchemy.engine.default.DefaultDialect, "do_commit")
        sys.addaudithook(steps.heard)
        setattr(digest.render.pdf, "render_and_check_pdf", draw_no_paper)  # noqa: B010 - a stand-in
    sys.argv = ["digest", *request["args"]]
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os.write(answer, str(steps.counted).encode())
    os._exit(code)


def run_itself(args):
    sys.argv = ["digest", *args]
    spoken = sys.stdout, sys.stderr
    code = 0
    with open(os.devnull, "w") as sys.stdout, contextlib.redirect_stderr(sys.stdout):  # noqa: PTH123
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    sys.stdout, sys.stderr = spoken
    return code


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve():
    digest.app.context.load_shipped_judge()
    say("ready")
    for text in sys.stdin:
        request = json.loads(text)
        if request["itself"]:
            say(json.dumps({"code": run_itself(request["args"]), "counted": 0}))
            continue
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(request, write)
        os.close(write)
        if request["seconds"] and not select.select([read], [], [], request["seconds"])[0]:
            os.kill(pid, signal.SIGKILL)
        counted = os.read(read, 20).decode()
        os.close(read)
        _, status = os.waitpid(pid, 0)
        say(json.dumps({"code": os.waitstatus_to_exitcode(status), "counted": int(counted or 0)}))


if __name__ == "__main__":
    serve()
