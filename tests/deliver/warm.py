"""A process that has everything imported and forks one `digest run` for each line it reads: quick to start and to kill.

A line is a JSON object: `args`, and `moment`, the number of executed lines of our own careful modules after which the
child kills itself with SIGKILL (0: never; null: nor are they counted). The answer is a line with the exit code
(negative: the signal) and the number of lines counted. PDFs are a few bytes here; the test is of what is around them.
"""

import json
import os
import signal
import sys

import digest.cli.delivery
import digest.cli.run
import digest.cli.work
import digest.deliver.smtp
import digest.render.html
import digest.render.mail
import digest.render.pdf
from digest.cli import main

_CAREFUL = (
    "digest/archive.py", "digest/workspace.py", "digest/deliver/", "digest/cli/delivery.py", "digest/cli/run.py",
    "digest/pipeline.py", "smtplib.py",
)  # fmt: skip


def child(request, answer):
    counted = 0

    def line(frame, event, arg):
        nonlocal counted
        counted += 1
        if counted == request["moment"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame, event, arg):
        return line if any(part in frame.f_code.co_filename for part in _CAREFUL) else None

    digest.render.pdf.pdf = lambda edition: b"%PDF-1.7 " + edition.quarter.encode() * 5000
    sys.argv = ["digest", *request["args"]]
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    code = 0
    if request["moment"] is not None:
        sys.settrace(call)
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.settrace(None)
        os.write(answer, str(counted).encode())
    os._exit(code)


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve():
    digest.cli.work.judge()
    say("ready")
    for text in sys.stdin:
        request = json.loads(text)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(request, write)
        os.close(write)
        counted = os.read(read, 20).decode()
        os.close(read)
        _, status = os.waitpid(pid, 0)
        say(json.dumps({"code": os.waitstatus_to_exitcode(status), "counted": int(counted or 0)}))


if __name__ == "__main__":
    serve()
