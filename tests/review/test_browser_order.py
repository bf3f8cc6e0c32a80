"""Keys that are pressed before the page has answered, and answers that come late or in another order.

The answers are held back, not waited for: what a loaded machine does now and then happens each time.
"""

import random

import pytest

from digest.review.tray import StoryFilter
from tests.factories.desk_server import Hands, RunningDesk
from tests.factories.gate import FAILURE, LOSS, REFUSAL, Gate
from tests.factories.review import story

pytestmark = pytest.mark.real

SAVE = "Control+Enter"


def open_rows(hands, *numbers):
    """Click on rows of the edition, and wait for nothing."""
    for number in numbers:
        hands.tab.locator("#printed [data-row] > a").nth(number).click()


def ids_of(hands, part):
    return hands.tab.locator(f"{part} [data-row]").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.row)"
    )


def list_drafts(running, person="Anna"):
    """The drafts that the desk holds, by the field."""
    held = running.page.workbench._drafts.get(person, {})
    return {key.partition("@")[0]: draft.text for key, draft in held.items()}


def printed_ids(running):
    return [row.id for section in running.desk.list_sections() for row in section.rows]


# ---------------------------------------------------------------- keys


TYPED = [
    ["j", "j", "k", "]", "j", "[", "x", "]", "x", "y"],
    ["j", "c", *"for them", "Backspace", "Escape", "k", "j", "c", *"!!", SAVE, "j", "y"],
    ["]", "y", "y", "u", "[", "d", *"dull", "Enter", "1", "u", "u", "j"],
    ["j", "p", "j", "p", "+", "c", *"first", SAVE, "-", "u", "k", "x", "j", "x", "d", *"no", "Enter"],
    ["j", "e", *" 2", "Tab", *"Ours.", SAVE, "j", "t", "ArrowDown", SAVE, "k"],
    ["l", *"Hello", "v", "f", "[", "c", *"and more", "Escape", "j", "m", "ArrowDown", SAVE, "j", "y"],
    ["j", "j", "j", "j", "s", " ", SAVE, "j", "?", "Escape", "k", "r", *"see", "Enter", "h", "[", "y"],
    ["*", "y", "j", "q", "1", "[", "j", "d", *"x", "Escape", "j", "y", "/", *"opens", "Enter"],
]  # fmt: skip
dice = random.Random(80)
ALWAYS = ["j", "k", "[", "]", "y", "x", "p", "+", "-", "u", "1"]
FORMS = [["c", "a", "b", SAVE], ["c", "a", "b", "Escape"], ["d", "a", "b", "Enter"]]
TYPED += [
    [
        key
        for _ in range(14)
        for key in (dice.choice(FORMS) if dice.random() < 0.2 else [dice.choice(ALWAYS)])
    ]
    for _ in range(4)
]


def work(chromium, folder, keys, hold):
    """Press keys, one after the other, or all before the first answer; return what came of it."""
    folder.mkdir()
    stories = [story(n, size=2 if n == 4 else 1) for n in range(14)]
    with RunningDesk(folder, stories, limit=8) as running:
        hands = Hands(chromium, running)
        hands.idle()
        gate = Gate(running, "story|pane|do/|alike|tray") if hold else None
        for key in keys:
            hands.press(key)
            if gate is None:
                hands.idle()
        if gate:
            gate.open()
        hands.idle()
        hands.drafts_kept()
        store, errors = running.desk.store, list(hands.errors)
        outcome = {
            "file": store.path.read_text() if store.path.exists() else "",
            "steps": [step.words for step in store.steps],
            "address": hands.tab.evaluate("() => location.search"),
            "marked": hands.tab.evaluate("() => [...marked].sort()"),
            "focus": hands.tab.evaluate(
                "() => [document.activeElement.name || '', document.activeElement.value || '']"
            ),
            "drafts": list_drafts(running),
            "errors": errors,
        }
        hands.context.close()
        return outcome


@pytest.mark.parametrize("keys", TYPED, ids=lambda keys: " ".join(keys)[:40])
def test_keys_do_the_same_however_late_the_answers(chromium, tmp_path, keys):
    """All pressed before the first answer is there, they do what they do one after the other, and
    leave the same drafts."""
    slow = work(chromium, tmp_path / "slow", keys, hold=False)
    assert work(chromium, tmp_path / "fast", keys, hold=True) == slow
    assert slow["errors"] == []


def test_keys_after_what_is_refused_are_given_up(chromium, running):
    """They were meant for the story that would have come; the page says which they were."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "do/")
    hands.press("p")
    gate.wait_for(1)
    hands.press("y", "j", "c", "a")
    gate.open()  # nothing is refused: all is done
    hands.idle()
    assert running.desk.get_decision(here).keep
    hands.press("Escape")
    there = hands.story
    gate = Gate(running, "do/pin", asked=True)
    hands.press("p", "y", "j")
    gate.let(answer=REFUSAL)
    hands.said("Not done, as it was pressed after that: y j")
    assert hands.story == there
    assert not running.desk.get_decision(there)
    hands.press("y")
    hands.said("keep")
    hands.press("p", "y")
    gate.let(answer=LOSS)
    hands.said("The desk does not answer. What you typed is kept here. Not done")
    gate.open()
    there = hands.story
    hands.press("p")  # and the desk is not stuck
    hands.said("pin")
    assert running.desk.get_decision(there).pin


def test_a_key_waits_where_what_asked_has_left_the_page(chromium, running):
    """A request that fails after its form is gone does not stop the keys for good."""
    hands = Hands(chromium, running)
    hands.press("m")
    hands.idle()
    gate = Gate(running, "alike")
    hands.tab.fill("#story [name=words]", "platform")
    gate.wait_for(1)
    open_rows(hands, 2)
    hands.tab.wait_for_function("(id) => paneStory() === id", arg=printed_ids(running)[2])
    gate.let(answer=LOSS)
    hands.said("The desk does not answer")
    hands.press("j")
    hands.idle()
    assert hands.story == printed_ids(running)[3]


def test_more_of_the_tray_comes_and_is_gone_on_in(chromium, tmp_path):
    """j at the end of what is unfolded goes on to the next story, as often as it is pressed."""
    with RunningDesk(tmp_path, [story(n) for n in range(60)], limit=4) as running:
        hands = Hands(chromium, running)
        out = [row.id for row in running.desk.list_rows(StoryFilter())]
        hands.press("]")
        hands.idle()
        last = hands.tab.locator("#rows [data-row]").count() - 1
        hands.tab.locator("#rows [data-row] > a").nth(last).click()
        hands.idle()
        hands.press("j", "j")
        hands.idle()
        assert hands.story == out[last + 2]


def test_enter_drops_what_is_marked(chromium, running):
    """The reason's field and its button belong together."""
    hands = Hands(chromium, running)
    hands.press("x", "j", "x", "d")
    hands.type("told before")
    hands.press("Enter")
    hands.said("drop 2 stories")
    made = [running.desk.get_decision(story(n).id) for n in range(10)]
    assert [one.drop for one in made if one] == ["told before"] * 2
    assert not any(one.keep for one in made if one)


def test_a_failure_of_the_desk_leaves_the_pane(chromium, running):
    """It says so in words, and neither the story nor what was typed is taken away."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "do/words", asked=True)
    hands.press("c")
    hands.type("for readers")
    hands.press(SAVE, "y")
    gate.let(answer=FAILURE)
    hands.said("The desk failed at that")
    hands.idle()
    assert hands.story == here
    assert hands.tab.input_value("#note") == "for readers"


def test_the_bar_of_marked_stories_is_one_line(chromium, running):
    """Where there is room for it."""
    hands = Hands(chromium, running)
    hands.press("x")
    assert hands.tab.locator("#bulk").bounding_box()["height"] < 60


def test_the_stories_to_merge_with_are_in_sight(chromium, running):
    """As soon as they are there, without scrolling."""
    hands = Hands(chromium, running, height=600)
    hands.press("m")
    hands.idle()
    hands.tab.locator("#alike bdi").first.wait_for()
    last = hands.tab.locator("#story form:has(#alike) button").bounding_box()
    first = hands.tab.locator("#alike bdi").first.bounding_box()
    assert first["y"] > 0
    assert last["y"] + last["height"] < 600 or first["y"] < 300


def test_marks_outlive_a_refusal(chromium, running):
    """What was not done can be tried again."""
    hands = Hands(chromium, running)
    hands.press("x", "j", "x")
    gate = Gate(running, "do/many", asked=True)
    hands.press("y")
    gate.let(answer=REFUSAL)
    hands.idle()
    assert hands.tab.inner_text("#marked") == "2"


def test_a_merge_is_with_what_the_words_found(chromium, running):
    """Until their answer is there nothing is chosen, and Ctrl+Enter merges with nobody."""
    hands = Hands(chromium, running)
    before = len(running.desk.decision.ranked)
    hands.press("m")
    hands.idle()
    gate = Gate(running, "alike")
    hands.tab.fill("#story [name=words]", "platform 7")
    assert hands.tab.locator("#alike :checked").count() == 0
    gate.wait_for(1)
    hands.press(SAVE)
    assert len(running.desk.decision.ranked) == before
    gate.open()
    hands.said("merge")
    assert len(running.desk.decision.ranked) == before - 1
    assert not running.desk.has_story(story(7).id) or not running.desk.has_story(hands.story)


# ---------------------------------------------------------------- answers


def test_a_late_answer_takes_no_row_away(chromium, running):
    """Lists that were asked for before the PDF was drawn come after it: all rows stay, and `[` leads
    back to the story that was left (issue 22: it opened another)."""
    hands = Hands(chromium, running)
    here = hands.story
    hands.calm()
    gate = Gate(running, "lists")
    hands.press("j", "k", "v")
    gate.wait_for(1)
    hands.tab.locator("h2", has_text="Preview and approve").wait_for()
    hands.press("f")
    hands.said("the PDF is being drawn")
    gate.let()
    hands.press("[", "c")
    hands.idle()
    assert hands.story == here
    assert ids_of(hands, "#printed") == printed_ids(running)
    gate.open()
    hands.tab.locator("#printed .break").first.wait_for()
    assert hands.errors == []


def test_the_pane_shows_what_was_asked_for_last(chromium, running):
    """Of two rows the second, however late the first one comes; what is done still says so."""
    hands = Hands(chromium, running)
    order = printed_ids(running)
    gate = Gate(running, "story|do/")
    open_rows(hands, 3)
    gate.wait_for(1)
    open_rows(hands, 5)
    gate.wait_for(2)
    gate.let(1)
    hands.tab.wait_for_function("(id) => paneStory() === id", arg=order[5])
    gate.let()
    hands.idle()
    assert hands.story == order[5]
    hands.click("[data-key=p]")
    gate.wait_for(1)
    open_rows(hands, 0)
    gate.wait_for(2)
    gate.let(1)
    gate.let()
    hands.said("pin")
    hands.idle()
    assert hands.story == order[0]
    assert running.desk.get_decision(order[5]).pin
    assert hands.tab.locator(f"#row-{order[5]}.pinned").count() == 1
    assert hands.errors == []


def test_a_field_that_one_goes_into_stays(chromium, running):
    """The answer that comes then does not take it away: words are never keys."""
    hands = Hands(chromium, running)
    here = hands.story
    hands.press("c", "Escape")
    gate = Gate(running, "story|do/")
    hands.click("[data-key=y]")
    gate.wait_for(1)
    hands.click("#note")
    hands.type("yes, dear")
    gate.open()
    hands.said("keep")
    hands.idle()
    hands.type(" y")
    assert hands.story == here
    assert hands.tab.input_value("#note") == "yes, dear y"
    hands.press(SAVE)
    hands.said("words")
    assert running.desk.get_decision(here).note == "yes, dear y"
    assert [step.words[:4] for step in running.desk.store.steps] == ["keep", "word"]


def test_what_is_typed_on_while_it_is_saved_is_a_draft(chromium, running):
    """The answer to the first words takes those that were typed since neither away nor for saved;
    nor does it say that somebody else has changed them."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "do/")
    hands.press("c")
    hands.type("one")
    hands.press(SAVE)
    gate.wait_for(1)
    hands.click("#note")
    hands.press("End")
    hands.type(" two")
    gate.open()
    hands.said("words")
    hands.idle()
    assert hands.tab.input_value("#note") == "one two"
    assert running.desk.get_decision(here).note == "one"
    hands.drafts_kept()
    hands.tab.reload()
    assert hands.tab.input_value("#note") == "one two"
    assert "not saved yet" in hands.tab.inner_text(".drafted")


@pytest.mark.parametrize("leave", [False, True], ids=["here", "gone"])
def test_a_draft_under_way_does_not_outlive_its_saving(chromium, running, leave):
    """Where the desk hears of it after the form was saved and undone, and the page that sent it may
    be gone by then."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "draft", asked=True)
    hands.press("c")
    hands.type("half a thought")
    gate.wait_for(1)
    hands.type(" and more")
    hands.press(SAVE)
    hands.said("words")
    hands.press("u")
    hands.idle()
    assert running.desk.get_decision(here) is None
    if leave:
        hands.tab.reload()
    gate.open()
    hands.drafts_kept()
    assert list_drafts(running) == {}
    hands.tab.reload()
    assert hands.tab.input_value("#note") == ""


def test_drafts_come_in_any_order(chromium, running):
    """The desk keeps what was typed last, not what comes last; what is erased is no draft."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "draft", asked=True)
    hands.press("c")
    for number, text in enumerate(("o", "n", "e"), 1):
        hands.type(text)
        gate.wait_for(number)
    for number in (2, 0, 0):
        gate.let(number)
    hands.drafts_kept()
    assert list_drafts(running) == {f"{here}:note": "one"}
    hands.tab.fill("#note", "one!")  # at once: typed slowly, it would be several drafts
    gate.wait_for(1)
    hands.tab.fill("#note", "")
    gate.wait_for(2)
    gate.let(1)
    gate.let()
    hands.drafts_kept()
    assert list_drafts(running) == {}


def test_two_tabs_of_one_person_keep_both_texts(chromium, running):
    """What was typed in one and not seen by the other is offered after the other has saved its own;
    what the other went on with and saved does not come back over it."""
    first = Hands(chromium, running)
    here = first.story
    second = first.beside(f"http://{running.host}/?story={here}")
    first.press("c")
    first.type("of the first")
    first.drafts_kept()
    second.press("c")
    second.type("of the second")
    second.press(SAVE)
    second.said("words")
    assert running.desk.get_decision(here).note == "of the second"
    assert second.tab.input_value("#note") == "of the first"
    assert second.tab.inner_text(".drafted blockquote") == "of the second"
    second.press("c", "End")
    second.type(" and the second")
    second.press(SAVE)
    second.idle()
    assert running.desk.get_decision(here).note == "of the first and the second"
    assert list_drafts(running) == {}
    first.press("Escape", "j", "k")
    first.idle()
    assert first.tab.input_value("#note") == "of the first and the second"
    assert first.errors == second.errors == []


def test_what_was_typed_last_before_a_reload_is_there_after_it(chromium, running):
    """Though the desk has not heard of it when it draws the page anew; and it is one draft."""
    hands = Hands(chromium, running)
    here = hands.story
    gate = Gate(running, "draft", asked=True)
    hands.press("c")
    hands.type("just typed")
    hands.tab.reload()
    assert hands.tab.input_value("#note") == "just typed"
    gate.open()
    hands.drafts_kept()
    assert list_drafts(running) == {f"{here}:note": "just typed"}
    hands.press("c", "End")
    hands.type(", and on")
    hands.press(SAVE)
    hands.said("words")
    assert running.desk.get_decision(here).note == "just typed, and on"
    hands.drafts_kept()
    assert list_drafts(running) == {}
    assert hands.errors == []


def test_a_long_letter_in_chinese_is_kept(chromium, running):
    """54,000 characters in a form: no more than 64 kB may outlive a page."""
    hands = Hands(chromium, running)
    hands.press("l")
    letter = "\u5b63" * 6000
    hands.tab.locator("#letter").fill(letter)
    hands.drafts_kept()
    hands.press(SAVE)
    hands.said("letter: written")
    hands.tab.locator("#letter").fill(letter[:-1])
    hands.drafts_kept()
    assert list_drafts(running) == {":letter": letter[:-1]}
    assert hands.errors == []


def test_an_answer_that_is_overtaken_does_not_move_what_one_types_in(chromium, running):
    """A long pane stays scrolled to the field that one has gone into."""
    hands = Hands(chromium, running, height=500)
    gate = Gate(running, "do/")
    hands.press("c", "Escape")
    hands.click("[data-key=y]")
    gate.wait_for(1)
    hands.click("#note")
    before = hands.tab.evaluate("() => pane().scrollTop")
    assert before > 0
    gate.open()
    hands.said("keep")
    hands.idle()
    assert hands.tab.evaluate("() => pane().scrollTop") == before
    assert hands.tab.evaluate("() => document.activeElement.id") == "note"


def test_lists_show_the_last_state_in_whatever_order_answers_come(chromium, running):
    """Two rows are taken out before the first answer is there, and the answers change places."""
    hands = Hands(chromium, running)
    order = printed_ids(running)
    hands.calm()
    gate = Gate(running, "do/|lists")
    for number in (1, 4):
        hands.click(f"#row-{order[number]} .quick button")
        gate.wait_for(1 if number == 1 else 2)
    gate.let(1)
    hands.said("drop")
    gate.let()
    gate.open()
    hands.idle()
    hands.tab.wait_for_function(
        "(wanted) => document.querySelectorAll('#printed [data-row]').length === wanted",
        arg=len(printed_ids(running)),
    )
    assert ids_of(hands, "#printed") == printed_ids(running)
    out = [row.id for row in running.desk.list_rows(StoryFilter())]
    assert ids_of(hands, "#rows") == out
    assert hands.tab.inner_text("#state b") == str(len(running.desk.list_chosen_ids()))
    assert hands.errors == []


def test_the_tray_shows_what_its_filter_says(chromium, running):
    """An answer that was asked for before the filter was changed does not bring its rows back."""
    hands = Hands(chromium, running)
    hands.calm()
    gate = Gate(running, "do/|lists")
    hands.click("[data-key=p]")
    gate.wait_for(1)
    hands.tab.select_option("[name=f-view]", "everything")
    hands.tab.wait_for_function("() => document.querySelectorAll('#rows [data-row]').length === 10")
    gate.open()
    hands.said("pin")
    hands.idle()
    assert len(ids_of(hands, "#rows")) == 10
    assert hands.errors == []
