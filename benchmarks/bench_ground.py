"""How the gate judges sentences that somebody else wrote: `python benchmarks/bench_ground.py FILE.jsonl [--show]`.

A row has `id`, `sources` (each with `title`, `text`, `date`, `lang`), `sentence`, `cites` (places in `sources`, counted
from 0 or, throughout the file, from 1), `lang`, `good` and, where it is not good, `fault`: the kind. Printed are the
shares that issue 17 asks for (facts: changed numbers, units, dates, names, quotes, wrong citations, obeyed
instructions; the rest; good sentences withheld), by kind and by language. `--show` prints the rows judged wrong.
The rules alone judge: no model, no network.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from digest.app.ground import parse_day
from digest.ground import GroundItem, check_sentence

FACTS = frozenset(
    "number numbers figure unit units currency date dates name names quote quotes quotation citation citations cite"
    " injection instruction instructions".split()
)
ASKED = {"facts": (0.95, ">="), "rest": (0.60, ">="), "good withheld": (0.15, "<=")}


def read_rows(path: Path) -> list[dict]:
    """Return a file's rows, what they cite counted from 0. Raises ValueError for a row that cites nothing there is."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    first = 0 if any(0 in row["cites"] for row in rows) else 1
    for row in rows:
        row["cites"] = [place - first for place in row["cites"]]
        if not all(0 <= place < len(row["sources"]) for place in row["cites"]):
            raise ValueError(f"{path}: row {row['id']} cites a source that it does not hold")
    return rows


def judge_row(row: dict) -> str:
    """Return why a row's sentence is withheld, or nothing."""
    items = [
        GroundItem(str(number), one["title"], "", one.get("text") or "", one.get("lang") or "",
                   parse_day(one.get("date") or ""), one.get("source") or "")
        for number, one in enumerate(row["sources"])
    ]  # fmt: skip
    verdict = check_sentence(
        row["sentence"], [items[place] for place in row["cites"]], items, row["lang"]
    )
    return "" if verdict.passes else verdict.reason


def find_group(row: dict) -> str:
    """Return which of the asked figures a row counts for."""
    if row["good"]:
        return "good withheld"
    is_fact = FACTS & set(re.findall(r"[a-z]+", str(row.get("fault")).casefold()))
    return "facts" if is_fact else "rest"


def main(path: Path, *, show: bool) -> None:
    """Print the figures of a file."""
    rows = read_rows(path)
    reasons = [judge_row(row) for row in rows]
    groups: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row, reason in zip(rows, reasons, strict=True):
        is_across = not any(row["sources"][place].get("lang") == row["lang"] for place in row["cites"])  # fmt: skip
        groups[find_group(row)].append(bool(reason))
        kind = "good" if row["good"] else str(row.get("fault"))
        kinds[kind].append(bool(reason))
        kinds[f"{'good' if row['good'] else 'faulty'}, {row['lang']}{' across languages' if is_across else ''}"].append(bool(reason))  # fmt: skip
    print(f"{path}: {len(rows)} sentences, {sum(bool(row['good']) for row in rows)} of them good")
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
        if bool(row["good"]) == bool(reason):
            kind = "good" if row["good"] else row.get("fault")
            yield f"{row['id']} {kind} {row['lang']}: {row['sentence']} | {reason}"


def _share(withheld: Sequence[bool]) -> str:
    share = f"{sum(withheld) / len(withheld):.3f}" if withheld else "  -  "
    return f"{sum(withheld):4} of {len(withheld):4} = {share}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    main(given.file, show=given.show)
