"""What it takes to make an edition at the desk: `python benchmarks/bench_desk.py WORKSPACE [QUARTER] [PICTURES]`.

A person who works by the keys alone looks at every printed story, keeps them, answers three questions about unsure
labels, merges two stories, splits one, writes a letter and releases the edition, in a real Chromium at a real server,
from nothing decided. Prints keys (the words of the letter do not count), clicks and seconds; the decisions of the
workspace are put aside before, and back afterwards. With a folder PICTURES it takes pictures of the views.
"""

import socket
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.cli.common import load_config
from digest.review.app import create_app
from digest.review.rendering import ReviewAccess
from digest.review.server import (
    PageServer,
    make_page,
    open_review_session,
    review_folder,
)
from digest.review.workspace_services import WorkspaceReviewServices
from tests.factories.desk_server import ARGS, CHROMIUM, Hands
from tests.factories.review import TOKEN

VIEWS = {"l": "letter", "g": "sources", "q": "questions", "v": "approve", "h": "steps", "?": "keys"}


class ServedDesk:
    """The desk of a workspace's quarter, on a real socket."""

    def __init__(self, root: Path, quarter: str, now: datetime) -> None:
        place = Workspace(root)
        context = AppContext(place, load_config(place), now)
        started = time.process_time()
        chosen = context.resolve_quarter(quarter)
        self.desk = open_review_session(context, chosen, lambda: datetime.now(UTC))
        self.started = time.process_time() - started
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}/?token={TOKEN}"
        services = WorkspaceReviewServices(context, chosen, self.desk)
        access = ReviewAccess(TOKEN, frozenset({self.host}), "Anna")
        page = make_page(self.desk, services, access, review_folder(context), f"Digest {quarter}")
        config = uvicorn.Config(create_app(page), log_level="warning", lifespan="off", ws="none")
        self._server = PageServer(config, page.room)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})

    def __enter__(self) -> "ServedDesk":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join()


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


def make_edition(hands: Hands, served: ServedDesk) -> dict[str, int]:
    """Make the edition; return how many keys each part took."""
    count, parts, before = len(served.desk.list_chosen_ids()), {}, 0

    def note(what: str) -> None:
        nonlocal before
        hands.idle()
        parts[what], before = hands.keys - before, hands.keys

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
    hands.tab.locator("#said", has_text="approved").wait_for(timeout=300_000)
    note("approve")
    return parts


def take_pictures(chromium, served: ServedDesk, folder: Path) -> None:
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
        ServedDesk(place, quarter, moment) as served,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        print(
            f"page start: {served.started:.1f} s of CPU, {len(served.desk.decision.ranked)} stories"
        )
        started = time.monotonic()
        hands = Hands(chromium, served)
        parts = make_edition(hands, served)
        for what, keys in parts.items():
            print(f"{keys:4} keys  {what}")
        print(f"{hands.keys:4} keys, {hands.clicks} clicks, {time.monotonic() - started:.0f} s")
        print(f"{len(served.desk.store.decisions.stories)} entries in {decisions.name}")
        if pictures:
            take_pictures(chromium, served, Path(pictures))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
