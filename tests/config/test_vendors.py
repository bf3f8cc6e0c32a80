"""vendors/NAME.yaml: what it says, what is wrong with it, and what an edit leaves alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from digest.config.vendors import (
    add_answer,
    add_letter,
    begin_file,
    check_vendors,
    load_vendor,
    name_file,
    parse_vendor,
    set_promise,
)
from digest.config.yaml_file import LayoutError
from digest.errors import ConfigError
from digest.model.vendors import Question, VendorAnswer, VendorLetter

TEXT = """\
# whom we ask
vendor: Acme   # as in stack.yaml
contact: Dana Reyes <dana@acme.example>
questions:
  - {key: residency, ask: Where is our data stored?}
skip: [exit]
promises:
  - what: Envoy agents in every plan   # said on stage
    promised: 2026-03-01
    by: 2026-09-30
letters:
  - on: 2026-03-04
    quarter: 2026-Q1
    questions:
      - {key: data, ask: On which data?}
answers:
  - to: data
    on: 2026-04-01
    text: "Our own: public pages."
    source: mail of Dana Reyes
    state: partly
"""


def test_a_file_says_who_was_asked_what_and_what_came_back():
    """The vendor's name goes with its promises."""
    config = parse_vendor(TEXT)
    record = config.record
    assert (record.vendor, record.contact) == ("Acme", "Dana Reyes <dana@acme.example>")
    assert record.letters == (
        VendorLetter(date(2026, 3, 4), "2026-Q1", (Question("data", "On which data?"),)),
    )
    assert record.answers[0] == VendorAnswer(
        *("data", date(2026, 4, 1), "Our own: public pages.", "mail of Dana Reyes", "partly")
    )
    assert [(one.vendor, one.what) for one in config.promises] == [
        ("Acme", "Envoy agents in every plan")
    ]


MISTAKES = {
    "a key of no question": ("to: data", "to: dada", "17:9: answers[0].to: answers no question"),
    "a state of its own": ("state: partly", "state: part", "did you mean partly?"),
    "no day": ("on: 2026-04-01", "on: last week", "18:9: answers[0].on"),
    "no source": ("    source: mail of Dana Reyes\n", "", "answers[0].source: is missing"),
    "an unknown key": ("contact:", "contacts:", "3:1: contacts: unknown key; did you mean contact"),
    "a skipped question that stands nowhere": ("[exit]", "[exits]", "did you mean exit?"),
    "due before it was said": ("by: 2026-09-30", "by: 2026-01-30", "lies before the day"),
    "a mail address that is none": ("<dana@acme.example>", "<dana>", "must be a mail address"),
    "a question without words": ("ask: On which data?", "ask: ", "letters[0].questions[0].ask"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_its_line(case):
    """And with what to write instead where that can be known."""
    before, after, told = MISTAKES[case]
    assert before in TEXT
    with pytest.raises(ConfigError) as caught:
        parse_vendor(TEXT.replace(before, after, 1), "acme.yaml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("acme.yaml:")


def test_edits_keep_every_other_line():
    """A letter and an answer go to the ends of their lists; comments stay."""
    letter = VendorLetter(
        date(2026, 8, 1), "2026-Q3", (Question("terms", "What does it cost: us?"),)
    )
    text = add_letter(TEXT, letter, "acme.yaml")
    answer = VendorAnswer("terms", date(2026, 8, 9), "12", "https://acme.example/a", "refused")
    text = add_answer(text, answer, "acme.yaml")
    text = set_promise(text, 0, "broken", date(2026, 8, 9), "https://acme.example/b", "acme.yaml")
    config = parse_vendor(text)
    assert config.record.letters[-1] == letter
    assert config.record.answers[-1] == answer
    promise = config.promises[0]
    assert (promise.state, promise.since, promise.shown) == (
        *("broken", date(2026, 8, 9)),
        "https://acme.example/b",
    )
    added = [line for line in text.splitlines() if line not in TEXT.splitlines()]
    assert set(TEXT.splitlines()) <= set(text.splitlines())
    assert len(added) == 12


def test_a_file_begins_with_its_schema_and_name():
    """So that an editor checks it; text that begins with a sign is quoted."""
    text = begin_file("@home & Co: all")
    assert text.splitlines()[0].endswith("vendors.schema.json")
    assert parse_vendor(text).record.vendor == "@home & Co: all"
    assert name_file("Fennimore & Oake") == "fennimore-oake.yaml"
    assert name_file("ไทย") != name_file("ญี่ปุ่น")


def test_a_layout_that_takes_a_person_is_left_alone():
    """Nothing is half-written."""
    with pytest.raises(LayoutError):
        add_answer(
            "{vendor: Acme, answers: [{to: data, on: 2026-01-01, text: a, source: b}]}",
            VendorAnswer("data", date(2026, 8, 9), "yes", "b"),
            "acme.yaml",
        )


def test_two_files_of_one_vendor_are_told(tmp_path: Path):
    """Which of them would count?"""
    files = {}
    for name in ("acme", "also-acme"):
        path = tmp_path / f"{name}.yaml"
        path.write_text("vendor: Acme\n")
        files[path] = load_vendor(path)
    with pytest.raises(ConfigError, match="Acme has a file already"):
        check_vendors(files)


def test_an_answer_is_clean_text():
    """Whatever a vendor wrote, it moves no cursor and turns no line around."""
    text = TEXT.partition("answers:")[0] + (
        'answers:\n  - {to: data, on: 2026-03-20, source: mail, text: "a\\u200E b\\u202Ec"}\n'
    )
    (answer,) = parse_vendor(text).record.answers
    assert answer.text == "a bc"
