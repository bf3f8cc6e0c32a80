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
    for words in (
        f"{len(rows)} routes over {len(THREATS)} threats, {outcome.checks} checks, "
        f"{len(outcome.faults)} failed, in {outcome.seconds:.0f} s",
        f"{outcome.kept} good items kept; requests to canaries: {len(outcome.canaries)}",
        f"peak of a process tree: {outcome.peak_bytes / 2**20:.0f} MiB",
        f"longest that a server had us: {outcome.longest_request:.1f} s; with its turn waited for: "
        f"{outcome.slowest_source:.1f} s",
        f"longest parsing: {outcome.parse_seconds[slowest]:.2f} s of CPU ({slowest})",
        "steps: "
        + ", ".join(f"{name} {spent:.0f} s" for name, spent in outcome.step_seconds.items()),
        *outcome.faults,
    ):
        print(words)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
