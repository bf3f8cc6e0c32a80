"""Throw made-up bytes at a part that reads what strangers send.

    python tools/fuzz.py TARGET --cases 100000 [--seed 1] [--engine random|atheris]

The inputs are made of those kept in tests/data/corpus/TARGET. One that breaks what holds for any
bytes (tests/factories/fuzzing.py) is written there as found-*, so that tests/test_fuzz.py fails
until the fault is mended, and from then on guards against it. `--engine atheris` follows what code
an input reaches, and needs `pip install atheris`; what it keeps goes to --keep.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def fuzz_at_random(target: str, cases: int, seed: int) -> int:
    """Check so many inputs, write those that fail; return how many different faults there were."""
    from tests.factories.fuzzing import CHECKS, CORPUS, load_corpus, mutate_inputs

    check, rng = CHECKS[target], random.Random(seed)
    faults: dict[str, bytes] = {}
    slowest, started = 0.0, time.monotonic()
    for data in islice(mutate_inputs(load_corpus(target), rng), cases):
        begun = time.process_time()
        try:
            check(data)
        except Exception as error:  # noqa: BLE001 - whatever was raised is the finding
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} in {frame.name} ({Path(frame.filename).name}:{frame.lineno})"
            if place not in faults or len(data) < len(faults[place]):
                faults[place] = data
        slowest = max(slowest, time.process_time() - begun)
    for place, data in faults.items():
        name = f"found-{hashlib.sha256(data).hexdigest()[:8]}"
        (CORPUS / target / name).write_bytes(data)
        print(f"  {place}: {data[:120]!r} -> {name}", flush=True)
    seconds = time.monotonic() - started
    print(
        f"{target}: {cases} cases, {len(faults)} faults, {seconds:.0f} s, slowest {slowest:.3f} s",
        flush=True,
    )
    return len(faults)


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
    return 1 if sum(fuzz_at_random(name, asked.cases, asked.seed) for name in targets) else 0


if __name__ == "__main__":
    sys.exit(main())
