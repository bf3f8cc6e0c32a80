"""Play the hostile world and print its figures: `python benchmarks/replay_hostile.py [--list]`.

What is sent stands in tests/factories/hostile_routes.py, one row a route; `--list` prints them.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.factories.hostile_routes import THREATS, list_routes
from tests.factories.hostile_world import play


def main() -> int:
    """Return 1 where a check failed."""
    rows = list_routes()
    if "--list" in sys.argv[1:]:
        for name, threat, sends in rows:
            print(f"{threat}\t{name}\t{sends!r}")
        return 0
    with TemporaryDirectory(prefix="hostile-") as folder:
        outcome = play(Path(folder))
    slowest = max(outcome.parse_seconds, key=lambda name: outcome.parse_seconds[name])
    spent = outcome.parse_seconds[slowest]
    print(f"{len(rows)} routes over {len(THREATS)} threats, in {outcome.seconds:.0f} s")
    print(f"{outcome.checks} checks, {len(outcome.faults)} failed")
    print(f"{outcome.kept} good items kept; requests to canaries: {len(outcome.canaries)}")
    print(f"peak of a process tree: {outcome.peak_bytes / 2**20:.0f} MiB")
    print(f"longest that a server had us: {outcome.longest_request:.1f} s")
    print(f"longest that a source had us, all its requests: {outcome.longest_held:.1f} s")
    print(f"longest that its history had us: {outcome.longest_history:.1f} s")
    print(f"longest source, its turn waited for: {outcome.slowest_source:.1f} s")
    print(f"longest parsing: {spent:.2f} s of CPU ({slowest})")
    steps = (f"{name} {taken:.0f} s" for name, taken in outcome.step_seconds.items())
    print(f"steps: {', '.join(steps)}", *outcome.faults, sep="\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
