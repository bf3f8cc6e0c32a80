"""What a language model costs for one quarter: `python benchmarks/bench_model.py WORKSPACE [QUARTER] [AS-OF]`.

The workspace is copied, and a service on this machine plays the model: it answers every question with the sources'
own words. Tokens are counted as a quarter of the bytes, which is near what tokenisers give for English. Printed are
questions and tokens of each task, the cost under four price lists (units a million tokens in and out), how many of the
sources' own sentences the rules let pass, and the time of the build with and without asking.
"""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.app.build import build_editions
from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.config.model_settings import ModelSettings
from digest.config.sources import load_sources
from tests.factories import model_service

PRICES = {
    "on your own machine": (0, 0),
    "small": (0.10, 0.40),
    "middle": (0.40, 1.60),
    "large": (3, 15),
}


def main(folder: Path, quarter: str, as_of: str) -> None:
    asked: Counter[str] = Counter()
    tokens: dict[str, list[int]] = {}

    def script(one, send) -> None:
        sent: list[bytes] = []
        model_service.answer_well(one, sent.append)
        _, _, body = sent[0].partition(b"\r\n\r\n")
        data = json.loads(body)
        text = data["choices"][0]["message"]["content"]
        pair = (
            len(json.dumps(one.body, ensure_ascii=False).encode()) // 4,
            len(text.encode()) // 4,
        )
        data["usage"] = {"prompt_tokens": pair[0], "completion_tokens": pair[1]}
        asked[one.task] += 1
        row = tokens.setdefault(one.task, [0, 0])
        row[0], row[1] = row[0] + pair[0], row[1] + pair[1]
        send(model_service.raw(json.dumps(data).encode()))

    for judge in ("all", "unsure"):
        asked.clear()
        tokens.clear()
        with tempfile.TemporaryDirectory() as copy, model_service.service(script) as running:
            place = Path(copy) / "w"
            shutil.copytree(folder, place)
            config = load_sources(place / "sources.yaml", {})
            context = AppContext(
                Workspace(place), config, datetime.fromisoformat(as_of), quiet=True
            )
            chosen = context.resolve_quarter(quarter)
            began = time.process_time()
            build_editions(context, chosen)
            without = time.process_time() - began
            settings = ModelSettings.model_validate(
                {"base_url": running.base_url, "name": "played", "judge": judge, "verify": "model",
                 "write": ("summary", "translation", "theme", "lead")}
            )  # fmt: skip
            context = replace(context, config=replace(config, model=settings))
            began = time.process_time()
            (edition, *_) = build_editions(context, chosen)
            first = time.process_time() - began
            before = sum(asked.values())
            began = time.process_time()
            build_editions(context, chosen)
            again = time.process_time() - began
            with Archive.open(context.workspace.archive_file) as archive:
                receipts = len(archive.load_receipts("played"))
        note = edition.model
        print(f"judge: {judge}: {note.judged} of {note.items} items; build {without:.1f} s CPU without, "
              f"{first:.1f} s asking, {again:.1f} s again ({sum(asked.values()) - before} questions then); "
              f"{receipts} receipts; {note.written} texts pass, {note.withheld} sentences withheld")  # fmt: skip
        for task, count in sorted(asked.items()):
            print(
                f"  {task:12} {count:5} questions {tokens[task][0]:9,} + {tokens[task][1]:7,} tokens"
            )
        total = [sum(row[n] for row in tokens.values()) for n in (0, 1)]
        for name, (price_in, price_out) in PRICES.items():
            cost = (total[0] * price_in + total[1] * price_out) / 1e6
            print(f"  {name:20} {price_in:5} / {price_out:5}: {cost:8.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(sys.argv[2:] or ["2026-Q3", "2026-08-22T20:00:00+00:00"]))
