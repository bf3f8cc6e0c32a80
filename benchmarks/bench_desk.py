"""What it takes to make an edition at the desk: `python benchmarks/bench_desk.py WORKSPACE [QUARTER] [PICTURES]`.

A person who works by the keys alone looks at every printed story, keeps them, answers three questions about unsure
labels, merges two stories, splits one, writes a letter and releases the edition, in a real Chromium at a real server,
from nothing decided. Prints keys (the words of the letter do not count), clicks and seconds; the decisions of the
workspace are put aside before, and back afterwards. With a folder PICTURES it takes pictures of the views.
"""

import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.factories.desk_server import ARGS, CHROMIUM, Hands, ServedWorkspace

VIEWS = {"l": "letter", "g": "sources", "q": "questions", "v": "approve", "h": "steps", "?": "keys"}


@contextmanager
def put_aside(*paths: Path):
    """Work as if files were not there; put them back afterwards."""
    aside = [(path, path.with_name(f"{path.name}.aside")) for path in paths]
    for path, other in aside:
        if path.exists():
            path.rename(other)
    try:
        yield
    finally:
        for path, other in aside:
            path.unlink(missing_ok=True)
            if other.exists():
                other.rename(path)


def make_edition(hands: Hands, served: ServedWorkspace) -> None:
    """Make the edition; print how many keys each part took."""
    count, before = len(served.desk.list_chosen_ids()), 0

    def note(what: str) -> None:
        nonlocal before
        hands.idle()
        print(f"{hands.keys - before:4} keys  {what}", flush=True)
        before = hands.keys

    hands.press(*"j" * (count - 1))
    note(f"look at {count} stories")
    hands.press("*", "y")
    note("keep them")
    for _ in range(3):
        hands.press("q", "2")
        hands.idle()
    note("three corrections")
    hands.press("[", "m", "Control+Enter")
    note("merge")
    several = next(
        one
        for one in served.desk.decision.chosen
        if len(one.story.items) > 1 and not one.story.merges[0].matched[0].startswith("joined by")
    )
    hands.click(f"#row-{several.story.id} > a")
    hands.idle()
    hands.press("s", "Space", "Control+Enter")
    note("split")
    hands.press("l")
    hands.tab.locator("#letter").wait_for()
    hands.tab.locator("#letter").focus()
    hands.type(
        "Dear reader, this quarter the search engines asked advertisers to say what is made by AI."
    )
    hands.press("Control+Enter")
    note("letter")
    hands.press("v", "a", "Space", "Control+Enter")
    hands.tab.locator("#said", has_text="approved").wait_for(timeout=1_200_000)
    note("approve")


def measure_answers(hands: Hands, times: int = 8) -> None:
    """Print how long actions take until the page shows them, and the HTML preview after each."""
    taken: dict[str, list[float]] = {"keep or drop": [], "next story": [], "HTML preview": []}
    hands.press("Escape", "[")
    hands.idle()
    for number in range(times):
        for what, keys in (("next story", "j"), ("keep or drop", "y" if number % 2 else "u")):
            started = time.perf_counter()
            hands.press(keys)
            hands.idle()
            taken[what].append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        answer = hands.context.request.get(f"http://{hands.running.host}/preview/digest.html")
        assert answer.ok
        taken["HTML preview"].append(1000 * (time.perf_counter() - started))
    for what, times_taken in taken.items():
        middle, most = sorted(times_taken)[len(times_taken) // 2], max(times_taken)
        print(f"{what}: {middle:.0f} ms, {most:.0f} ms at most")


def take_pictures(chromium, served: ServedWorkspace, folder: Path) -> None:
    """Take a picture of each view, wide and narrow, light and dark, and say what axe finds."""
    folder.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            hands = Hands(chromium, served, width=width, height=844, scheme=scheme)
            hands.press("j", "c")
            hands.idle()
            for name, key in (("story", "Escape"), *((name, key) for key, name in VIEWS.items())):
                hands.press(key)
                hands.idle()
                hands.tab.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
                if faults := hands.find_violations():
                    print(f"{name} at {width}, {scheme}: {faults}")
            hands.press("Escape")
            if width == 390:
                for part in ("edition", "tray"):
                    hands.click(f"[data-show={part}]")
                    hands.tab.screenshot(path=folder / f"{part}-{width}-{scheme}.png")
            hands.context.close()


def main(root: str, quarter: str = "last", pictures: str = "") -> None:
    place = Path(root)
    moment = datetime.now(UTC)
    decisions = place / "editions" / f"{quarter}.yaml"
    with (
        put_aside(decisions, place / "output" / ".review" / f"{quarter}.json"),
        ServedWorkspace(place, quarter, moment) as served,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        print(
            f"page start: {served.started:.1f} s of CPU, {len(served.desk.decision.ranked)} stories"
        )
        started = time.monotonic()
        hands = Hands(chromium, served)
        make_edition(hands, served)
        print(f"{hands.keys:4} keys, {hands.clicks} clicks, {time.monotonic() - started:.0f} s")
        print(f"{len(served.desk.store.decisions.stories)} entries in {decisions.name}")
        measure_answers(hands)
        if pictures:
            take_pictures(chromium, served, Path(pictures))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
