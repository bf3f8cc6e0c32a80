"""Throw made-up bytes at a part that reads what strangers send.

    python tools/fuzz.py TARGET --cases 100000 [--seed 1] [--counts FILE] [--engine random|atheris]

The inputs are made of those kept in tests/data/corpus/TARGET. One that breaks what holds for any
bytes (tests/factories/fuzzing.py), or that takes over a second, is written there as found-*, so
that tests/test_fuzz.py fails until the fault is mended, and from then on guards against it.
With `--counts` what was done is kept in a file, and a run that was ended goes on from there.
`--engine atheris` follows what code an input reaches, and needs `pip install atheris`; what it
keeps goes to --keep.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_PART = 10_000  # cases between two savings
_SECONDS = 1.0  # of CPU; no input is longer than 4 KiB


@dataclass
class Tally:
    """What was done for one target: cases, CPU seconds, and an input for each place of a fault."""

    cases: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)  # place → file of the corpus


def fuzz_at_random(
    target: str, cases: int, seed: int, tally: Tally, save: Callable[[], None]
) -> None:
    """Check inputs until there were so many; write those that fail, and save after each part."""
    from tests.factories.fuzzing import CHECKS, CORPUS, load_corpus, mutate_inputs

    check, seeds = CHECKS[target], load_corpus(target)
    for data in seeds:  # what the first case loads is no time of its own; test_fuzz.py judges these
        with suppress(Exception):
            check(data)
    while tally.cases < cases:
        # a seed for each part, so that a run that was ended goes on as if it had not been
        rng = random.Random(f"{target} {seed} {tally.cases}")
        count = min(_PART, cases - tally.cases)
        found: dict[str, bytes] = {}
        started = time.process_time()
        for data in islice(mutate_inputs(seeds, rng), count):
            place, spent = try_input(check, data)
            if spent > _SECONDS:  # what is loaded when it is first needed is no time of the input
                place, spent = try_input(check, data)
            tally.slowest = max(tally.slowest, spent)
            if spent > _SECONDS and not place:
                place = f"over {_SECONDS:.0f} s"
            if place and (place not in found or len(data) < len(found[place])):
                found[place] = data
        tally.seconds += time.process_time() - started
        tally.cases += count
        for place, data in found.items():
            if place not in tally.faults:
                name = f"found-{hashlib.sha256(data).hexdigest()[:8]}"
                (CORPUS / target / name).write_bytes(data)
                tally.faults[place] = name
                print(f"  {place}: {data[:120]!r} -> {name}", flush=True)
        save()
    print(
        f"{target}: {tally.cases} cases, {len(tally.faults)} faults,"
        f" {tally.seconds:.0f} s, slowest {tally.slowest:.3f} s",
        flush=True,
    )


def try_input(check: Callable[[bytes], None], data: bytes) -> tuple[str, float]:
    """Return where a check of an input failed, or nothing, and the CPU seconds that it took."""
    begun = time.process_time()
    place = ""
    try:
        check(data)
    except Exception as error:  # noqa: BLE001 - whatever was raised is the finding
        frame = traceback.extract_tb(error.__traceback__)[-1]
        file = Path(frame.filename).name
        place = f"{type(error).__name__} in {frame.name} ({file}:{frame.lineno})"
    return place, time.process_time() - begun


def fuzz_by_coverage(target: str, cases: int, seed: int, keep: Path) -> None:
    """Let atheris look for inputs that reach more code; it ends the process."""
    import atheris

    with atheris.instrument_imports(include=["digest"]):
        from tests.factories.fuzzing import CHECKS, CORPUS

    keep.mkdir(parents=True, exist_ok=True)
    options = [
        f"-runs={cases}",
        f"-seed={seed}",
        "-max_len=4096",
        f"-artifact_prefix={keep}/found-",
    ]
    atheris.Setup(["fuzz", *options, str(keep), str(CORPUS / target)], CHECKS[target])
    atheris.Fuzz()


def main() -> int:
    """Fuzz the targets that are named, or all."""
    known = sorted(path.name for path in (ROOT / "tests/data/corpus").iterdir())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--counts", type=Path, help="a file to keep what was done, and to go on from"
    )
    parser.add_argument("--engine", choices=["random", "atheris"], default="random")
    parser.add_argument("--keep", type=Path, default=Path("output/fuzz"))
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(known):
        parser.error(f"no target named {', '.join(sorted(unknown))}")
    targets = asked.targets or known
    if asked.engine == "atheris":
        if len(targets) != 1:
            parser.error("atheris takes one target")
        fuzz_by_coverage(targets[0], asked.cases, asked.seed, asked.keep / targets[0])
    tallies = load_tallies(asked.counts) if asked.counts else {}

    def save() -> None:
        if asked.counts:
            write_tallies(asked.counts, tallies)

    for name in targets:
        tally = tallies.setdefault(name, Tally())
        fuzz_at_random(name, asked.cases, asked.seed, tally, save)
    return 1 if any(tallies[name].faults for name in targets) else 0


def load_tallies(path: Path) -> dict[str, Tally]:
    """Return what a file says was done, by target."""
    rows = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {name: Tally(**row) for name, row in rows.items()}


def write_tallies(path: Path, tallies: Mapping[str, Tally]) -> None:
    """Write what was done, whole or not at all."""
    part = path.with_name(path.name + ".part")
    rows = {name: asdict(tally) for name, tally in sorted(tallies.items())}
    part.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
