"""Run `digest alert` once a day over a replayed quarter, and print what it told and when.

    python benchmarks/rehearse_alerts.py WORKSPACE [--from 2026-07-01] [--to 2026-08-22] [--no-notice]

WORKSPACE is one that tools/replay_edition.py made (private test data). The commands run on a copy
of its archive, through the ledger of deliveries, with nobody to tell but the terminal. The items of
../shared/labels that are labelled as an incident, a deal, a price or an end, and name a maker of the stack, are
listed beside what was told, for a person to compare; nothing is scored by likeness.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from digest.app.alert import send_alerts
from digest.app.context import AppContext, load_stack_index
from digest.app.workspace import Workspace
from digest.cli.common import load_config
from digest.model.alert import Alert

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT.parent / "shared" / "labels"
EVENTS = ("incident", "pricing", "acquisition", "shutdown")


def rehearse_days(workspace: Path, first: date, last: date) -> list[tuple[date, Alert]]:
    """Return what was told, with the day on which it was, oldest first."""
    told = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Workspace(Path(shutil.copytree(workspace, Path(folder) / "copy")))
        config = load_config(copy)
        alerts = config.digest.alerts.model_copy(update={"every": "day"})
        digest = config.digest.model_copy(update={"alerts": alerts})
        config = replace(config, digest=digest)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            now = datetime.combine(day, time(20), UTC)
            told += [(day, alert) for alert in send_alerts(AppContext(copy, config, now)).told]
    return told


def list_labelled(workspace: Path, first: date, last: date) -> list[dict[str, object]]:
    """Return the labelled items of the stack's makers that an alert may be of."""
    place = Workspace(workspace)
    context = AppContext(place, load_config(place), datetime.combine(last, time(20), UTC))
    index = load_stack_index(context)
    assert index is not None
    makers = {name for known in index.products for name in known.companies}
    found = {}
    for file in sorted(LABELS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            days = (first.isoformat(), last.isoformat())
            if (
                row.get("event") in EVENTS
                and days[0] <= (row.get("date") or "")[:10] <= days[1]
                and makers.intersection(row.get("vendors") or ())
            ):
                found[row["title"]] = row
    return list(found.values())


def main() -> None:
    """Print every alert, how often each item was told, and the labelled items."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default="2026-07-01")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default="2026-08-22")
    options = parser.parse_args()
    told = rehearse_days(options.workspace.resolve(), options.first, options.last)
    for day, alert in told:
        print(f"{day} {alert.kind:8} {alert.day} {', '.join(alert.products)}: {alert.what}")
        print(f"    {alert.url}")
    keys = Counter(key for _, alert in told for key in alert.keys)
    print(f"{len(told)} alerts, {sum(count > 1 for count in keys.values())} items told twice")
    titles = {str(alert.what) for _, alert in told}
    print("labelled as an incident, a deal, a price or an end, in any publisher's items:")
    for row in list_labelled(options.workspace.resolve(), options.first, options.last):
        is_told = any(
            str(row["title"]).startswith(title) for title in titles
        )  # a byline may follow
        mark = "told" if is_told else "    "
        print(f"{mark} {row['event']:12} {row['date']} {row['vendors']} {row['title']}")


if __name__ == "__main__":
    main()
