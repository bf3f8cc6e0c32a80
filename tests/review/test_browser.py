"""The page in a real Chromium: nothing typed is lost, the right story, several people, every key."""

import random
import re
from dataclasses import replace

import pytest

from digest.review.changes import drop_story, edit_story
from digest.review.services import Arrivals
from digest.review.tray import StoryFilter
from tests.factories.desk_server import Hands, RunningDesk
from tests.factories.review import desk, story

pytestmark = pytest.mark.real


def decide(running, changes, by="Ben", words="decided"):
    running.desk.write_changes(changes, by, words)


def sid(n):
    return story(n).id


# ---------------------------------------------------------------- the right story


def test_raising_a_pin_stays_with_its_story(chromium, running):
    """And what is typed next goes to it."""
    hands = Hands(chromium, running)
    hands.press("p", "j", "p")
    hands.idle()
    second = hands.story
    hands.press("+")
    hands.said("raise")
    assert hands.story == second
    assert hands.tab.get_attribute("[data-open][aria-current]", "data-open") == second
    hands.press("c")
    hands.type("for this one")
    hands.press("Control+Enter")
    hands.said("words")
    assert running.desk.get_decision(second).note == "for this one"
    assert running.desk.list_pins()[0] == second
    assert hands.errors == []


def test_keys_wait_for_the_story_they_are_meant_for(chromium, running):
    """Typed faster than the page answers, and held down, each key acts once, on the next story."""
    hands = Hands(chromium, running)
    order = running.desk.list_chosen_ids()
    printed = [row.id for section in running.desk.list_sections() for row in section.rows]
    hands.press("j", "y", "j", "d")
    hands.type("not ours")
    hands.press("Enter", "y")
    hands.said(f"keep {running.desk.format_label(printed[4])}"[:40])
    decided = {one: running.desk.get_decision(one) for one in order}
    assert [one for one in printed if decided[one] and decided[one].keep] == [
        printed[1],
        printed[4],
    ]
    assert decided[printed[3]].drop == "not ours"
    here, steps = hands.story, len(running.desk.store.steps)
    held = (
        "() => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'y', repeat: true, bubbles: true}))"
    )
    for _ in range(6):
        hands.tab.evaluate(held)
    hands.idle()
    assert (hands.story, len(running.desk.store.steps)) == (here, steps)
    assert hands.errors == []


def test_addresses(chromium, running):
    """A row in a new tab is its story; filters, story and view outlive a reload and come back."""
    hands = Hands(chromium, running)
    row = hands.tab.locator("#edition [data-row]").nth(4)
    link = row.locator("a").get_attribute("href")
    tab = hands.open(f"http://{running.host}{link}")
    assert tab.inner_text("#story h2") == row.locator("bdi").first.inner_text()
    hands.press("j")
    hands.idle()
    second = hands.story
    words = running.desk.list_rows(StoryFilter())[0].title.partition(" to ")[0]
    hands.tab.fill("#words", words)
    hands.tab.wait_for_function("() => location.search.includes('f-words=')")
    hands.tab.reload()
    assert hands.tab.input_value("#words") == words
    assert hands.tab.locator("#rows [data-row]").count() == 1
    assert hands.story == second
    hands.press("Escape", "[", "l")
    hands.tab.locator("#letter").wait_for()
    hands.tab.reload()
    hands.tab.locator("#letter").wait_for()
    hands.tab.go_back()
    hands.tab.locator("#story [data-story]").wait_for()
    assert hands.errors == []


# ---------------------------------------------------------------- nothing typed is lost


def test_what_is_typed_outlives_everything(chromium, running, tmp_path):
    """Esc, other stories, another view, a finished preview, a reload, a crash of the program."""
    hands = Hands(chromium, running)
    here = hands.story
    hands.press("c")
    hands.type("Half a thought")
    hands.press("Escape", "j", "k")
    hands.idle()
    assert hands.tab.input_value("#note") == "Half a thought"
    hands.press("v")
    hands.tab.locator("h2", has_text="Preview and approve").wait_for()
    hands.press("f")
    hands.said("the PDF is being drawn")
    hands.press("[", "c")
    hands.idle()
    hands.type(" and more")
    running.stage.preview = replace(running.stage.preview, composed=7)  # it arrives
    hands.tab.wait_for_function(
        "() => document.getElementById('state').dataset.state.includes(':7:')"
    )
    note = hands.tab.input_value("#note")
    assert note == "Half a thought and more"
    hands.drafts_kept()
    hands.tab.reload()
    assert hands.tab.input_value("#note") == note
    hands.press("l")
    hands.tab.locator("#letter").fill("Dear reader")
    hands.tab.fill("[name=what][data-draft]", "Ask Bolt")
    hands.press("Control+Enter")
    hands.said("decision: written")
    assert hands.tab.input_value("#letter") == "Dear reader"
    hands.drafts_kept()
    with RunningDesk(tmp_path, [story(n) for n in range(10)], limit=8) as again:  # after a crash
        other = Hands(chromium, again)
        other.tab.goto(f"http://{again.host}/?story={here}")
        assert other.tab.input_value("#note") == note
        other.press("l")
        other.tab.locator("#letter").wait_for()
        assert other.tab.input_value("#letter") == "Dear reader"
    assert hands.errors == other.errors == []


def test_a_desk_that_is_gone_says_so_and_the_text_stays(chromium, tmp_path):
    """Until it answers again."""
    with RunningDesk(tmp_path, [story(n) for n in range(3)]) as running:
        hands = Hands(chromium, running)
    hands.press("c")
    hands.type("Into the void")
    hands.said("The desk cannot be reached")
    assert hands.tab.input_value("#note") == "Into the void"


# ---------------------------------------------------------------- several people


def test_two_people_and_one_note(chromium, tmp_path):
    """The second sees both texts beside each other, and saves again, or takes the other's."""
    stories = [story(n) for n in range(4)]
    with RunningDesk(tmp_path, stories, name="", header="X-Remote-User") as running:
        anna, ben = (Hands(chromium, running, name=name) for name in ("Anna", "Ben"))
        here = anna.story
        ben.tab.goto(f"http://{running.host}/?story={here}")
        anna.tab.locator("#story .who", has_text="Ben").or_(
            anna.tab.locator(".people .who", has_text="Ben")
        ).first.wait_for()
        for hands, text in ((anna, "Anna's text"), (ben, "Ben's text")):
            hands.press("c")
            hands.type(text)
        anna.press("Control+Enter")
        anna.said("words")
        ben.press("Control+Enter")
        ben.said("was changed by Anna meanwhile")
        assert ben.tab.input_value("#note") == "Ben's text"
        assert ben.tab.inner_text(".drafted blockquote") == "Anna's text"
        assert running.desk.get_decision(here).note == "Anna's text"
        ben.tab.get_by_role("button", name="Save mine instead").click()
        ben.said("words")
        assert running.desk.get_decision(here).note == "Ben's text"
        anna.tab.locator("#prose", has_text="Ben's text").wait_for()
        assert anna.errors == ben.errors == []


def test_a_name_is_asked_for_once(chromium, tmp_path):
    """Two people have two names; the same one twice only on purpose."""
    with RunningDesk(tmp_path, [story(n) for n in range(3)], name="") as running:
        anna = Hands(chromium, running)
        anna.type("Anna")
        anna.press("Enter")
        anna.tab.wait_for_selector("[data-open][aria-current]")
        anna.tab.locator("#state", has_text="You are Anna").wait_for()
        anna.tab.wait_for_function(
            "() => performance.getEntriesByName(location.origin + '/x') || 1"
        )
        while not running.page.room.is_here("Anna", ""):
            anna.tab.wait_for_timeout(20)
        ben = Hands(chromium, running)
        ben.type("Anna")
        ben.press("Enter")
        ben.tab.get_by_text("is on the page already").wait_for()
        ben.tab.fill("#name", "Ben")
        ben.press("Enter")
        ben.tab.locator("#state", has_text="You are Ben").wait_for()
        anna.press("y")
        anna.said("keep")
        assert running.desk.store.decisions.stories[0].by == "Anna"


def test_what_others_do_shows_by_itself(chromium, running):
    """A drop in the lists and the pane; an editor's older copy above all, however far one is."""
    hands = Hands(chromium, running)
    here = hands.story
    decide(running, drop_story(running.desk, here, "Ben said so"))
    hands.tab.locator("article.dropped", has_text="Ben").wait_for()
    hands.tab.locator(f"#tray #row-{here}.dropped").wait_for()
    old = running.desk.store.path.read_text()
    decide(running, edit_story(running.desk, here, {"note": "Anna's note"}), "Anna")
    hands.tab.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    running.desk.store.path.write_text("# by hand\n" + old)
    put_back = hands.tab.get_by_role("button", name="Put “Anna's note” back")
    put_back.wait_for()
    assert put_back.bounding_box()["y"] < 400
    put_back.click()
    hands.said("settled")
    assert running.desk.get_decision(here).note == "Anna's note"
    assert running.desk.store.path.read_text().startswith("# by hand\n")
    assert hands.errors == []


def test_items_that_come_meanwhile_are_told_and_taken_in(chromium, tmp_path):
    """By a key, or unasked once nobody does anything; never under what is typed."""
    stories = [story(n) for n in range(8)]
    with RunningDesk(tmp_path, stories[:6], limit=4, later=stories[6:]) as running:
        hands = Hands(chromium, running)
        here = hands.story
        hands.press("c")
        hands.type("Half a thought")
        running.stage.arrivals = Arrivals(2)
        hands.tab.locator("#state", has_text="2 new items have come in since").wait_for()
        assert hands.tab.locator(f"#tray #row-{sid(7)}").count() == 0
        assert hands.tab.input_value("#note") == "Half a thought"
        assert hands.tab.evaluate("() => document.activeElement.id") == "note"
        running.page.room.is_quiet = lambda _: True  # but there is a draft
        hands.drafts_kept()
        hands.type(" and more")
        hands.drafts_kept()
        assert running.stage.arrivals.waiting == 2
        hands.press("Escape", ".")
        hands.said("taken in")
        hands.tab.locator(f"#row-{sid(7)}").wait_for()
        assert hands.story == here
        assert hands.tab.input_value("#note") == "Half a thought and more"
        hands.press("c", "Control+Enter")
        hands.said("words")
        assert running.desk.get_decision(here).note == "Half a thought and more"
        running.stage.arrivals = Arrivals(1)  # nobody is typing now
        hands.tab.locator("#state", has_text="1 new item is taken in").wait_for()
        assert hands.errors == []


# ---------------------------------------------------------------- the edition


def test_the_paper_is_drawn_beside_the_work_and_its_pages_are_marked(chromium, running):
    """Where each page begins stands in the edition, and what the checks found beside it; the pane
    stays with its story."""
    hands = Hands(chromium, running)
    printed = [row.id for section in running.desk.list_sections() for row in section.rows]
    assert hands.tab.locator("#printed .break").count() == 0
    hands.press("v", "f")
    hands.tab.locator("#story", has_text="page 3 is nearly empty").wait_for()
    hands.tab.locator(".pages li", has_text="Page 4").wait_for()
    assert "The register, Sources" not in hands.tab.inner_text(".pages li:nth-child(1)")
    breaks = hands.tab.locator("#printed .break")
    assert breaks.all_inner_texts() == ["page 2", "page 3"]
    after = hands.tab.locator("#printed .break + [data-row]").first.get_attribute("data-row")
    assert after == printed[3]
    hands.press("[", "j")
    hands.idle()
    here = hands.story
    running.stage.preview = replace(
        running.stage.preview, drawn=1, pages=(printed[:2], printed[2:])
    )
    hands.tab.wait_for_function("() => document.querySelectorAll('#printed .break').length === 1")
    assert hands.story == here
    assert hands.errors == []


def test_a_place_that_falls_free_is_offered(chromium, running):
    """The three best stand above the edition, a number brings one in, and the reasons stay true."""
    hands = Hands(chromium, running)
    hands.press("d")
    hands.type("dull")
    hands.press("Enter")
    hands.said("drop")
    hands.tab.locator(".free h2", has_text="A place is free").wait_for()
    offered = hands.tab.locator(".free span > bdi").all_inner_texts()[::2]
    tray = [row for row in running.desk.list_rows(StoryFilter()) if row.state == "out"]
    assert offered == [row.title for row in tray]
    reasons = hands.tab.locator("#rows .row.out .reason").all_inner_texts()
    assert reasons
    assert all("a place is free" in reason for reason in reasons)
    hands.press("1")
    hands.said("keep")
    assert tray[0].id in running.desk.list_chosen_ids()
    assert hands.tab.locator(".free").count() == 0
    assert hands.errors == []


def test_the_desk_shows_the_words_that_are_printed(chromium, running):
    """In the row and in the pane; one's own as soon as they are saved, and undo takes them back."""
    hands = Hands(chromium, running)
    one = running.desk.get_printed(hands.story)
    summary = " ".join(sentence.text for sentence in one.summary)
    row = hands.tab.locator(f"#printed #row-{one.id}")
    assert row.locator(".title").inner_text().endswith(one.title)
    assert row.locator(".summary").inner_text() == summary
    assert hands.tab.inner_text("#story .words p") == summary
    hands.press("e")
    assert hands.tab.get_attribute("[name=headline]", "placeholder") == one.title
    hands.tab.fill("[name=headline]", "Our own headline")
    hands.tab.fill("[name=summary]", "Our own sentence.")
    hands.press("Control+Enter")
    hands.said("words")
    assert hands.title == "Our own headline"
    assert hands.tab.inner_text("#story .words p") == "Our own sentence."
    assert row.locator(".summary").inner_text() == "Our own sentence."
    hands.press("u")
    hands.said("undone")
    assert row.locator(".summary").inner_text() == summary
    assert hands.errors == []


def test_printed_words_are_edited_where_they_stand(chromium, running):
    """A click begins with the sentence itself; what is left as it was stays the sources'."""
    hands = Hands(chromium, running)
    one = running.desk.get_printed(hands.story)
    summary = " ".join(sentence.text for sentence in one.summary)
    hands.click("#story .words p")
    assert hands.tab.evaluate("() => document.activeElement.value") == summary
    hands.press("Control+Enter")
    hands.said("words")
    assert running.desk.get_decision(one.id) is None
    hands.click("#story h2")
    hands.type(", at last")
    hands.press("Control+Enter")
    hands.idle()
    made = running.desk.get_decision(one.id)
    assert (made.headline, made.summary) == (f"{one.title}, at last", "")
    assert hands.errors == []


def test_rows_that_do_not_change_stay_what_they_are(chromium, running):
    """Whatever is done to another one: nothing in sight is drawn anew, or loses its place."""
    hands = Hands(chromium, running)
    mark = "() => document.querySelectorAll('[data-row]').forEach((row) => (row.isOld = true))"
    drawn = "() => [...document.querySelectorAll('[data-row]')].filter((row) => !row.isOld).map((row) => row.dataset.row)"
    order = (
        "() => [...document.querySelectorAll('#printed [data-row]')].map((row) => row.dataset.row)"
    )
    hands.idle()
    hands.tab.locator("#printed .row.opened").first.wait_for()
    hands.tab.evaluate(mark)
    here = hands.story
    hands.press("c")
    hands.type("for readers")
    hands.press("Control+Enter")
    hands.said("words")
    assert hands.tab.evaluate(drawn) == [here]
    hands.press("d")
    hands.type("dull")
    hands.press("Enter")
    hands.said("drop")
    hands.idle()
    printed = [row.id for section in running.desk.list_sections() for row in section.rows]
    assert hands.tab.evaluate(order) == printed
    assert hands.tab.locator(f"#tray #row-{here}.dropped").count() == 1
    assert hands.errors == []


def test_the_tray_is_ordered_and_filtered(chromium, running):
    """By rank, or the least certain first; by vendor, source, event and words, at once."""
    hands = Hands(chromium, running)
    ids = "(rows) => rows.map((row) => row.dataset.row)"
    rows = hands.tab.locator("#rows [data-row]")
    out = [row.id for row in running.desk.list_rows(StoryFilter())]
    assert rows.evaluate_all(ids) == out
    hands.tab.locator("#filter summary").click()
    hands.tab.select_option("[name=f-view]", "everything")
    hands.tab.wait_for_function("() => document.querySelectorAll('#rows [data-row]').length === 10")
    hands.tab.select_option("[name=f-order]", "doubt")
    hands.idle()
    doubt = [row.id for row in running.desk.list_rows(StoryFilter("everything", order="doubt"))]
    assert rows.evaluate_all(ids) == doubt
    hands.tab.select_option("[name=f-event]", "update")
    hands.idle()
    some = running.desk.list_rows(StoryFilter("everything", order="doubt", event="update"))
    assert rows.evaluate_all(ids) == [row.id for row in some]
    assert 0 < len(some) < 10
    assert hands.errors == []


def test_a_merge_s_key_may_be_followed_at_once(chromium, running):
    """The list of like stories comes when its form is opened; keys wait for it."""
    hands = Hands(chromium, running)
    assert hands.tab.locator("#alike bdi").count() == 0
    before = len(running.desk.decision.ranked)
    hands.press("m", "Control+Enter")
    hands.said("merge")
    assert len(running.desk.decision.ranked) == before - 1
    hands.tab.locator("#story summary", has_text="Merge with another story").click()
    hands.tab.locator("#alike bdi").first.wait_for()
    assert hands.errors == []


def test_merging_with_nothing_chosen_says_so(chromium, running):
    """And does not claim that the story is gone."""
    hands = Hands(chromium, running)
    hands.press("m")
    hands.tab.fill("#story [name=words]", "no story holds these words")
    hands.tab.locator("#alike", has_text="None found").wait_for()
    hands.press("Control+Enter")
    hands.said("no story is chosen to merge with")
    assert hands.errors == []


def test_no_word_is_broken_and_the_first_action_is_near(chromium, running):
    """At 1280 and 390 px, and at 200 % zoom; Tab reaches an action of the story within 15 stops."""
    for width, height in ((1280, 900), (390, 844), (640, 450)):
        hands = Hands(chromium, running, width=width, height=height)
        broken = []
        for key in ("Escape", "w", "g", "v", "i", "l"):
            hands.press(key)
            hands.idle()
            broken += hands.find_broken_words()
            assert hands.tab.evaluate("() => document.documentElement.scrollWidth") <= width
            hands.press("Escape")
        assert broken == []
        assert hands.errors == []
    hands = Hands(chromium, running)
    hands.tab.evaluate("() => document.activeElement.blur()")
    for _ in range(15):
        hands.press("Tab")
        if hands.tab.evaluate("() => Boolean(document.activeElement.closest('#story .choice'))"):
            break
    else:
        raise AssertionError("15 stops do not reach an action of the story")


def test_the_parts_of_the_desk_stay_in_reach_on_a_telephone(chromium, running):
    """However far one has scrolled, and whole: the line above does not cover half of them."""
    hands = Hands(chromium, running, width=390, height=500)
    hands.tab.evaluate("() => scrollTo(0, 300)")
    hands.press("j")
    hands.idle()
    line, tabs, pane = (
        hands.tab.locator(part).bounding_box() for part in ("#notices", "#tabs", "#story h2")
    )
    assert line["y"] + line["height"] <= tabs["y"] + 1
    assert tabs["y"] + tabs["height"] <= pane["y"]
    hands.click("[data-show=tray]")
    assert hands.tab.locator("#rows").is_visible()


def test_rows_are_dragged(chromium, running):
    """Up on page one, out of the edition, and in again."""
    hands = Hands(chromium, running)
    first = running.desk.list_first()
    hands.drag(f"#row-{first[3]}", f"#row-{first[0]}")
    hands.said("place")
    assert running.desk.list_first()[0] == first[3]
    hands.drag(f"#row-{first[1]}", "#tray")
    hands.said("drop")
    assert first[1] not in running.desk.list_chosen_ids()
    hands.tab.locator(".free", has_text="A place is free").wait_for()
    hands.drag(f"#tray #row-{first[1]}", f"#row-{first[2]}")
    hands.tab.locator(f"#printed #row-{first[1]}").wait_for()
    hands.idle()
    assert first[1] in running.desk.list_chosen_ids()
    assert hands.errors == []


def test_every_view_is_accessible_and_narrow_screens_hold_it(chromium, tmp_path):
    """axe finds nothing, nothing runs out of the page, and Keep is in sight."""
    one = story(1, size=3)
    unsure = replace(one.lead, tags=replace(one.lead.tags, unsure=frozenset({"event"})))
    items = tuple(unsure if member is one.lead else member for member in one.items)
    stories = [replace(one, items=items, lead=unsure), *(story(n, size=2) for n in range(2, 12))]
    with RunningDesk(tmp_path, stories, limit=8) as running:
        running.stage.lessons = ("2 stories of Halcyra were dropped.",)
        running.stage.start_preview(pdf=True)
        for width, scheme in ((1280, "light"), (390, "dark")):
            hands = Hands(chromium, running, width=width, height=844, scheme=scheme)
            if width == 390:
                assert hands.tab.locator("[data-key=y]").bounding_box()["y"] < 844
            hands.press("d")
            hands.type("dull")
            hands.press("Enter")
            hands.said("drop")
            hands.press("x", "c")
            hands.type("A *note*")
            hands.press("Escape")
            for key in "etrmsw":
                hands.press(key, "Escape")
            faults = [hands.find_violations()]
            for key in ("l", "g", "q", "i", "v", "h", "?"):
                hands.press(key)
                hands.idle()
                faults.append(hands.find_violations())
                assert hands.tab.evaluate("() => document.documentElement.scrollWidth") <= width
            hands.press("Escape")
            if width == 390:
                for part in ("edition", "tray"):
                    hands.click(f"[data-show={part}]")
                    faults.append(hands.find_violations())
            assert [fault for fault in faults if fault] == []
            assert hands.errors == []


def test_markup_from_outside_does_not_run(chromium, tmp_path):
    """In a title, a note and a remark: it is shown as text."""
    one = story(1)
    bad = replace(
        one.lead,
        item=replace(one.lead.item, title="<img src=x onerror=document.title='owned'> launches"),
    )
    with RunningDesk(tmp_path, [replace(one, items=(bad,), lead=bad)]) as running:
        hands = Hands(chromium, running)
        for key in "cr":
            hands.press(key)
            hands.type("<script>document.title='owned'</script> *x*")
            hands.press("Control+Enter")
            hands.said("words" if key == "c" else "remark")
        assert "owned" not in hands.tab.title()
        assert "<script>" in hands.tab.inner_text("#prose")
        assert "<script>" in hands.tab.inner_text(".remark")
        assert hands.errors == []


def test_an_edition_from_nothing(chromium, tmp_path):
    """35 stories looked at, three corrected, two merged, one split, a letter, released.

    At most 60 keys beside the words that are typed; the file is what a person would have written.
    """

    def doubtful(n):
        one = story(n, size=3 if n == 4 else 1)
        if n % 10 != 3:
            return one
        lead = replace(one.lead, tags=replace(one.lead.tags, unsure=frozenset({"event"})))
        return replace(one, items=(lead,), lead=lead)

    with RunningDesk(tmp_path, [doubtful(n) for n in range(60)], limit=35) as running:
        hands = Hands(chromium, running)
        hands.press(*"j" * 34)
        hands.press("*", "y")
        hands.said("keep 35 stories")
        for _ in range(3):
            hands.press("q", "2")
            hands.idle()
        hands.click(f"#row-{sid(8)} > a")
        hands.idle()
        hands.press("m", "Control+Enter")
        hands.said("merge")
        hands.click(f"#row-{sid(4)} > a")
        hands.idle()
        hands.press("s", "Space", "Control+Enter")
        hands.said("split")
        hands.press("l")
        hands.tab.locator("#letter").wait_for()
        hands.tab.locator("#letter").focus()
        hands.type("Dear reader, this quarter was about agents.")
        hands.press("Control+Enter")
        hands.said("letter: written")
        hands.press("v")
        hands.tab.locator("h2", has_text="Preview and approve").wait_for()
        told = hands.tab.inner_text("#story")  # the story that was split off is new
        assert re.search(r"\b1 of \d+ printed stories nobody has opened:\s+.*report", told)
        hands.press("a", "Space", "Control+Enter")
        hands.said("approved by Anna")
        assert hands.keys <= 60
        decisions = running.desk.store.decisions
        assert sum(one.keep for one in decisions.stories) >= 34
        assert sum("event" in one.tags for one in decisions.stories) == 3
        assert decisions.letter.startswith("Dear reader")
        assert any(one.merge for one in decisions.stories)
        assert running.stage.approved == [("Anna", "")]
        assert hands.errors == []


def test_nothing_is_acknowledged_and_lost(chromium, tmp_path):
    """Two people and an editor do 200 things at random (seeded).

    Every word that the page said was written is in the file, or a later one stands there that was
    written knowingly; what was refused was refused in sight.
    """
    dice, stories = random.Random(22), [story(n) for n in range(6)]
    with RunningDesk(tmp_path, stories, name="", header="X-Remote-User") as running:
        people = [Hands(chromium, running, name=name) for name in ("Anna", "Ben")]
        path, refused = running.desk.store.path, 0
        acknowledged: dict[str, str] = {}
        for number in range(200):
            which, target = dice.choice(stories), dice.randrange(3)
            word = f"word{number}x"
            if target == 2 and path.exists():  # the editor changes a note, or adds a comment
                text = path.read_text()
                old = acknowledged.get(which.id)
                if old and old in text:
                    path.write_text(text.replace(old, word))
                    acknowledged[which.id] = word
                else:
                    path.write_text(text + f"# {word}\n")
                continue
            hands = people[target % 2]
            if (
                dice.random() < 0.7 or not hands.story
            ):  # else on the story that is open, maybe stale
                hands.tab.evaluate("(id) => open(id)", which.id)
                hands.idle()
            here = hands.story
            if dice.random() < 0.2:
                hands.press("y" if dice.random() < 0.5 else "u")
                hands.idle()
                acknowledged = {
                    one.id: made.note
                    for one in stories
                    if (made := running.desk.get_decision(one.id)) and made.note
                }
                continue
            hands.press("c")
            hands.tab.fill("#note", word)
            with hands.tab.expect_response(lambda answer: "/do/words" in answer.url) as answered:
                hands.tab.keyboard.press("Control+Enter")
            hands.idle()
            if answered.value.status == 200:
                acknowledged[here] = word
            else:
                refused += 1
                assert answered.value.status == 409
                assert hands.tab.input_value("#note") == word
                assert "yours was not written" in hands.tab.inner_text("#said")
            text = path.read_text()
            lost = [kept for kept in acknowledged.values() if f"note: {kept}\n" not in text]
            assert lost == [], text
        assert desk(tmp_path, stories).store.broken == ""
        assert len(acknowledged) >= 3
        assert people[0].errors == people[1].errors == []
