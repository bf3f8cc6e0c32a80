"""A curator's week at the desk: `python benchmarks/bench_week.py`.

Prints for each event where it is told, keys and clicks to mend it, and whether it is learned, as a table. Real feeds and
letters on loopback, a real Chromium; `tests/review/test_curators_week.py` holds it to what it says.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.factories.curators_week import (
    NOW,
    QUARTER,
    Curator,
    Publishers,
    live_through_the_week,
)
from tests.factories.desk_server import ARGS, CHROMIUM, Hands, ServedWorkspace


def main() -> None:
    with TemporaryDirectory() as name, Publishers() as publishers:
        live_through_the_week(Path(name), publishers)
        with sync_playwright() as playwright, ServedWorkspace(Path(name), QUARTER, NOW) as served:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
            rows = Curator(Hands(browser, served), served).mend_all()
            browser.close()
    print("| event | told | keys + clicks | lasts |\n|---|---|---|---|")
    for row in rows:
        print(f"| {row.event} | {row.told} | {row.keys} + {row.clicks} | {row.learned} |")


if __name__ == "__main__":
    main()
