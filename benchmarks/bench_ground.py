"""How the gate judges sentences that somebody else wrote: `python benchmarks/bench_ground.py FILE.jsonl [--show]`.

A row is one of `digest lab ground` with `truth`: "good", or the kind of fault. Printed are the shares that issue 17 asks
for (facts: changed numbers, units, dates, names, quotes, wrong citations, obeyed instructions; the rest; good sentences
withheld), by kind and by language. `--show` prints the rows judged wrong.
The rules alone judge: no model, no network.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from digest.app.ground import ground_rows

FACTS = frozenset("number unit date name quote citation injection".split())
ASKED = {"facts": (0.95, ">="), "rest": (0.60, ">="), "good withheld": (0.15, "<=")}


def find_group(row: dict) -> str:
    """Return which of the asked figures a row counts for."""
    if row["truth"] == "good":
        return "good withheld"
    return "facts" if row["truth"] in FACTS else "rest"


def main(path: Path, *, show: bool) -> None:
    """Print the figures of a file."""
    lines = path.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    reasons = [str(verdict["reason"]) for verdict in ground_rows(lines, path.name)]
    groups: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row, reason in zip(rows, reasons, strict=True):
        cited = [item for item in row["items"] if item["id"] in row["cites"]]
        is_across = not any(item["lang"] == row["lang"] for item in cited)
        groups[find_group(row)].append(bool(reason))
        kind = row["truth"]
        kinds[kind].append(bool(reason))
        kinds[f"{'good' if kind == 'good' else 'faulty'}, {row['lang']}{' across languages' if is_across else ''}"].append(bool(reason))  # fmt: skip
    print(
        f"{path}: {len(rows)} sentences, {sum(row['truth'] == 'good' for row in rows)} of them good"
    )
    for group, (asked, sign) in ASKED.items():
        print(f"  {group:15} {_share(groups[group])}  asked {sign} {asked:.2f}")
    print("withheld, by kind and language:")
    for kind, withheld in sorted(kinds.items()):
        print(f"  {kind:30} {_share(withheld)}")
    if show:
        for line in list_wrong(rows, reasons):
            print(line)


def list_wrong(rows: Sequence[dict], reasons: Sequence[str]) -> Iterator[str]:
    """Yield what the gate judged wrong."""
    for row, reason in zip(rows, reasons, strict=True):
        if (row["truth"] == "good") == bool(reason):
            yield f"{row['id']} {row['truth']} {row['lang']}: {row['sentence']} | {reason}"


def _share(withheld: Sequence[bool]) -> str:
    share = f"{sum(withheld) / len(withheld):.3f}" if withheld else "  -  "
    return f"{sum(withheld):4} of {len(withheld):4} = {share}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    main(given.file, show=given.show)
