"""Take each guard of guards.toml out, one at a time, and see that its test fails.

    python tools/check_guards.py [NAME …] [--list] [--trust]

The work goes on in a copy of the tree, so that nothing here changes. A guard is `held` where its
test passes with it and fails, or does not end, without it. It is `loose` where the test passes
without it, `gone` where its text does not stand once in its file, and `broken` where the test does
not run at all or fails with the guard in place. The exit code is 1 unless all are held.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tools" / "guards.toml"
_SECONDS = 120  # for one test; one that hangs without its guard has failed
_ADDRESS_SPACE = 6 * 2**30  # bytes; without its cap a bomb must not take the machine
_FAILED = 1  # what pytest exits with where a test ran and failed


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: where it stands, what takes its place, the tests of which one must fail then."""

    name: str
    threat: str
    file: str
    text: str
    instead: str
    test: str  # pytest's names of tests, with spaces between


def load_guards(table: Path = TABLE) -> tuple[Guard, ...]:
    """Return the guards in their order. Raise ValueError where two have one name."""
    rows = tomllib.loads(table.read_text("utf-8"))["guard"]
    guards = tuple(Guard(**{"instead": "", **row}) for row in rows)
    names = [guard.name for guard in guards]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"these names stand twice: {', '.join(sorted(doubled))}")
    return guards


def find_place_fault(guard: Guard, root: Path = ROOT) -> str:
    """Return what is wrong with a guard's place, in words; "" where it stands once in its file."""
    path = root / guard.file
    count = path.read_text("utf-8").count(guard.text) if path.is_file() else 0
    return "" if count == 1 else f"its text stands {count} times in {guard.file}"


def copy_tree(target: Path) -> None:
    """Copy the files that git knows or would take, as they stand now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file() and not source.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def format_table(guards: Sequence[Guard]) -> str:
    """Return the guards as a table of Markdown."""
    rows = ["| guard | against | place | held by |", "|---|---|---|---|"]
    for guard in guards:
        tests = "<br>".join(f"`{name.removeprefix('tests/')}`" for name in guard.test.split())
        place = guard.file.removeprefix("digest/")
        rows.append(f"| {guard.name} | {guard.threat} | `{place}` | {tests} |")
    return "\n".join(rows) + "\n"


def fill_table(text: str, guards: Sequence[Guard]) -> str:
    """Return a page with the table between its two marks written anew."""
    before, start, rest = text.partition("<!-- guards: made by tools/generate.py -->\n")
    _, end, after = rest.partition("<!-- end of guards -->\n")
    return f"{before}{start}{format_table(guards)}{end}{after}"


@contextmanager
def take_out(guard: Guard, tree: Path) -> Iterator[None]:
    """Keep a guard out of a tree; it is back at the end."""
    path = tree / guard.file
    whole = path.read_text("utf-8")
    try:
        _write_source(path, whole.replace(guard.text, guard.instead))
        yield
    finally:
        _write_source(path, whole)


def _write_source(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    # Python takes a compiled file for fresh where size and second are the same
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def run_tests(tests: str, tree: Path) -> tuple[int | None, str]:
    """Return pytest's exit code, None where it did not end, and its last words."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles every module
    process = subprocess.Popen(
        [*command, "--tb=line", *tests.split()],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_bound_process,
        start_new_session=True,
    )
    try:
        words, _ = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, f"it did not end within {_SECONDS} s"
    return process.returncode, "\n".join(words.strip().splitlines()[-4:])


def _bound_process() -> None:
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))


def judge_guard(guard: Guard, tree: Path, sound: dict[str, str]) -> tuple[str, str]:
    """Return held, loose, gone or broken, and why. `sound` remembers tests that were run whole."""
    if fault := find_place_fault(guard, tree):
        return "gone", fault
    if guard.test not in sound:
        code, words = run_tests(guard.test, tree)
        sound[guard.test] = "" if code == 0 else words or str(code)
    if sound[guard.test]:
        return "broken", f"the test fails with the guard in place: {sound[guard.test]}"
    with take_out(guard, tree):
        code, words = run_tests(guard.test, tree)
    if code in (_FAILED, None) or code < 0:  # ended by a signal: the guard kept it alive
        return "held", ""
    return ("loose", "its test passes without it") if code == 0 else ("broken", words)


def check_guards(guards: Sequence[Guard], *, trusted: bool = False) -> int:
    """Judge guards, print a line for each; return how many are not held.

    `trusted`: the tests are known to pass as they are, and are run without their guards only.
    """
    faults = 0
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        tree, sound = Path(folder), dict[str, str]()
        copy_tree(tree)
        if trusted:
            sound = dict.fromkeys((guard.test for guard in guards), "")
        for guard in guards:
            started = time.monotonic()
            state, why = judge_guard(guard, tree, sound)
            faults += state != "held"
            print(f"{state:6} {time.monotonic() - started:5.1f} s  {guard.name}", flush=True)
            if why:
                print("        " + why.replace("\n", "\n        "), flush=True)
    return faults


def main() -> int:
    """Check the guards that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="guards to check; all where none is named")
    parser.add_argument("--list", action="store_true", help="list the guards and check nothing")
    parser.add_argument("--trust", action="store_true", help="the tests are known to pass")
    asked = parser.parse_args()
    guards = load_guards()
    if unknown := set(asked.names) - {guard.name for guard in guards}:
        parser.error(f"no guard named {', '.join(sorted(unknown))}")
    chosen = [guard for guard in guards if not asked.names or guard.name in asked.names]
    if asked.list:
        print("\n".join(f"{guard.name}: {guard.threat}" for guard in chosen))
        return 0
    faults = check_guards(chosen, trusted=asked.trust)
    print(f"{len(chosen) - faults} of {len(chosen)} guards are held by their tests")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
