"""The page in a real Chromium: 60 stories reviewed by keyboard alone, usable by everybody."""

import threading
from pathlib import Path

import pytest

from tests.factories.review import TOKEN, Backstage, desk, story

pytestmark = pytest.mark.real
CHROMIUM = Path("/usr/bin/chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class Running:
    """The page on a real socket."""

    def __init__(self, folder, stories):
        import socket

        import uvicorn

        from digest.review.app import ReviewAccess, create_app

        self.desk, self.stage = desk(folder, stories), Backstage(folder)
        self.handle = socket.create_server(("127.0.0.1", 0))
        port = self.handle.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/?token={TOKEN}"
        access = ReviewAccess(TOKEN, frozenset({f"127.0.0.1:{port}"}), "Anna")
        served = create_app(self.desk, self.stage, access, "Test digest 2026-Q3")
        self.server = uvicorn.Server(
            uvicorn.Config(served, log_level="warning", lifespan="off", ws="none")
        )
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.handle]})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.server.should_exit = True
        self.thread.join()
        self.handle.close()


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def errors():
    return []


def opened(chromium, running, errors, width=1280):
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    tab.set_default_timeout(30_000)
    tab.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(running.url)
    tab.wait_for_selector("[data-row][aria-current]")
    return tab


def press(tab, *keys):
    for key in keys:
        tab.keyboard.press(key)


def said(tab, words):
    tab.locator("#said", has_text=words).wait_for()


def idle(tab):
    """Nothing that was asked for is still to come."""
    tab.wait_for_function("() => !document.querySelector('.htmx-request')")


def choose(tab, value):
    """Go down the list that has the focus: typing would not do, as it forgets slow letters."""
    press(tab, "Home")
    for _ in range(100):
        if tab.evaluate("() => document.activeElement.value") == value:
            return
        press(tab, "ArrowDown")
    raise AssertionError(f"the list holds no {value}")


def title(tab):
    return tab.inner_text("#story h2")


def moved(tab, before):
    tab.locator("#story h2").filter(has_not_text=before).wait_for()


def step(tab, key, what):
    """Presses a key whose action goes on to the next story."""
    before = title(tab)
    press(tab, key)
    if key == "d":
        tab.keyboard.type("no news")
        press(tab, "Enter")
    said(tab, f"{what} “{before[:50]}")
    return before


def wcag(tab):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def test_sixty_stories_by_keyboard_alone(chromium, errors, tmp_path):
    """Kept, dropped, pinned, re-tagged, merged, split, commented, undone, previewed, approved.

    The file is what a person would have written.
    """
    stories = [story(n, size=3 if n % 20 == 4 else 1) for n in range(60)]
    with Running(tmp_path, stories) as running:
        tab = opened(chromium, running, errors)
        seen = []
        for n in range(60):
            before = title(tab)
            seen.append(before)
            key = "d" if n % 6 == 5 else "k" if n % 3 == 0 else "n"
            if key == "n":
                press(tab, "n")
            else:
                step(tab, key, "drop" if key == "d" else "keep")
            if n < 59:
                moved(tab, before)
        assert len(set(seen)) == 60

        press(tab, "p")
        said(tab, "pin")
        press(tab, "t")
        choose(tab, "cdp")
        press(tab, "Control+Enter")
        said(tab, "tags")
        press(tab, "c")
        tab.keyboard.type("It **matters** to us.")
        tab.locator("#prose strong", has_text="matters").wait_for()
        press(tab, "Control+Enter")
        said(tab, "words")
        press(tab, "e")
        tab.keyboard.type("Our own headline")
        press(tab, "Control+Enter")
        said(tab, "words")
        tab.locator("#story h2", has_text="Our own headline").wait_for()
        wcag(tab)

        press(tab, "m")
        with tab.expect_response(lambda answer: answer.url.endswith("words=quillmark")):
            tab.keyboard.type("quillmark")
        idle(tab)
        tab.locator("#alike option", has_text="Quillmark").first.wait_for(state="attached")
        press(tab, "Tab", "ArrowDown")
        tab.wait_for_function("() => document.getElementById('alike').value")
        press(tab, "Control+Enter")
        said(tab, "merge")
        press(tab, "s", "Space", "Control+Enter")
        said(tab, "split")
        press(tab, "u")
        said(tab, "undone")
        press(tab, "h")
        tab.locator("#story h2", has_text="Steps").wait_for()
        wcag(tab)
        press(tab, "o")
        tab.locator("#story table").wait_for()
        wcag(tab)
        press(tab, "g")
        tab.locator("#story .proposals li").first.wait_for()
        wcag(tab)
        press(tab, "l")
        tab.locator("#letter").wait_for()
        wcag(tab)
        press(tab, "v")
        tab.get_by_text("The PDF").wait_for()
        press(tab, "a")
        said(tab, "approved by Anna")
        press(tab, "?")
        tab.locator("#keys[open]").wait_for()
        wcag(tab)

        rulings = running.desk.store.decisions.stories
        ours = next(one for one in rulings if one.headline)
        assert (ours.note, ours.tags["category"], bool(ours.pin)) == (
            "It **matters** to us.",
            "cdp",
            True,
        )
        assert ours.merge
        assert not ours.split
        assert sum(bool(one.drop) for one in rulings) == 9  # the last was pinned again
        assert running.stage.approved == [("Anna", "")]
        text = running.desk.store.path.read_text()
        assert "    drop: no news\n    by: Anna\n    at: 2026-10-02T06:00:00Z\n" in text
        assert "    note: It **matters** to us.\n" in text
    assert errors == []


def test_a_narrow_screen(chromium, errors, tmp_path):
    """At 390 pixels nothing runs out of the page, in any of its views, and axe finds nothing."""
    long = story(1)
    with Running(tmp_path, [long, *(story(n, size=2) for n in range(2, 9))]) as running:
        tab = opened(chromium, running, errors, width=390)
        for key, sign in (
            ("t", "#story select"),
            ("m", "#alike"),
            ("w", ".why"),
            ("l", "#letter"),
            ("o", "table"),
        ):
            press(tab, key)
            tab.locator(sign).first.wait_for()
            press(tab, "Escape")
            assert tab.evaluate("() => document.documentElement.scrollWidth") <= 390
        wcag(tab)
    assert errors == []


def test_markup_from_outside_does_not_run(chromium, errors, tmp_path):
    """In a title and in a note: it is shown as text."""
    from dataclasses import replace

    one = story(1)
    bad = replace(
        one.lead,
        item=replace(one.lead.item, title="<img src=x onerror=document.title='owned'> launches"),
    )
    with Running(tmp_path, [replace(one, items=(bad,), lead=bad)]) as running:
        tab = opened(chromium, running, errors)
        press(tab, "c")
        tab.keyboard.type("<script>document.title='owned'</script> *x*")
        press(tab, "Control+Enter")
        said(tab, "words")
        assert "<img" in title(tab)
        assert "owned" not in tab.title()
        assert "<script>" in tab.inner_text("#prose")
    assert errors == []


def test_an_editor_beside_the_page(chromium, errors, tmp_path):
    """What it changes shows; what it takes back is asked about."""
    with Running(tmp_path, [story(n) for n in range(5)]) as running:
        tab = opened(chromium, running, errors)
        first = step(tab, "k", "keep")
        path = running.desk.store.path
        old = path.read_text()
        moved(tab, first)
        moved(tab, step(tab, "d", "drop"))
        idle(tab)
        path.write_text("# by hand\n" + old)
        tab.reload()
        tab.get_by_text("The page wrote “no news”").wait_for()
        tab.get_by_role("button", name="Put “no news” back").click()
        said(tab, "settled")
        assert path.read_text().startswith("# by hand\n")
        assert "drop: no news" in path.read_text()
    assert errors == []
