"""Pairs, importance, the letter and questions to vendors: asked on demand, kept, and a person's to print."""

from __future__ import annotations

import pytest

from digest.app.build import build_editions
from digest.app.disclosure import describe_disclosure
from digest.app.drafts import list_accepted_questions
from digest.language_model.importance import IMPORTANCE_TASK
from digest.language_model.pairs import build_pair_question, hash_pair, read_pair_answer
from digest.language_model.prompts import fill_prompt
from digest.language_model.protocol import AnswerError
from digest.model.drafts import AcceptedText
from tests.factories.model_service import answer_well, completion
from tests.language_model.conftest import ITEMS, Q3, make_workspace, served, settings_of, told

# Two reports of one deal that share little more than names, and one of another deal of the buyer.
DEAL = told("deal", 4, "Merrowbank acquires customer data platform Tallyvane for $40 million",
            "Merrowbank buys the CDP vendor Tallyvane for $40 million. The deal closes in September.")  # fmt: skip
AGAIN = told("again", 5, "What marketers think of Tallyvane going to Merrowbank",
             "Customers of the customer data platform Tallyvane ask what the buyer will do with prices.")  # fmt: skip
REPORTS = (DEAL, AGAIN, *ITEMS[:1])


def answer_pairs(same):
    def script(asked, send):
        if asked.task == "pair":
            send(completion({"same": same, "why": "one deal"}))
        else:
            answer_well(asked, send)

    return script


def group(edition_or_decision) -> set[frozenset[str]]:
    return {frozenset(one.url for one in story.items) for story in edition_or_decision.stories}


@pytest.mark.parametrize("same", [True, False])
def test_a_pair_in_doubt_is_one_story_as_the_model_says(same, tmp_path, monkeypatch):
    monkeypatch.setattr("digest.cluster._DOUBT", (0.0, 1.0))
    with served(tmp_path, answer_pairs(same), "pairs: 20", items=REPORTS) as (running, context):
        build_editions(context, Q3)
        asked = [one for one in running.asked if one.task == "pair"]
        from digest.app.judge import load_stories
        from digest.archive import Archive

        with Archive.open(context.workspace.archive) as archive:
            stories = load_stories(context, Q3, archive)
        build_editions(context, Q3)
        assert len([one for one in running.asked if one.task == "pair"]) == len(asked)
    assert asked
    assert all(len(one.sources) == 2 for one in asked)
    together = any({DEAL.id, AGAIN.id} <= {m.item.id for m in story.items} for story in stories)
    assert together == same


def test_no_more_pairs_are_asked_about_than_the_settings_let(tmp_path, monkeypatch):
    monkeypatch.setattr("digest.cluster._DOUBT", (0.0, 1.0))
    with served(tmp_path, answer_pairs(False), "pairs: 1", items=REPORTS) as (running, context):
        build_editions(context, Q3)
    assert running.tasks().count("pair") <= 1


def test_a_rating_has_half_a_say_and_is_asked_once(tmp_path):
    def script(asked, send):
        if asked.task != "importance":
            answer_well(asked, send)
            return
        rows = [
            {"id": n, "importance": 3 if "Pellworth" in one["title"] else 0, "why": "the end"}
            for n, one in enumerate(asked.sources, 1)
        ]
        send(completion({"items": rows}))

    plain = build_editions(make_workspace(tmp_path / "plain"), Q3)[0]
    with served(tmp_path / "w", script, "importance: 10") as (running, context):
        build_editions(context, Q3)
        (edition,) = build_editions(context, Q3)
        assert running.tasks() == ["importance"]
    scores = [{story.id: story.score for story in one.stories} for one in (plain, edition)]
    for story_id in scores[0].keys() & scores[1].keys():
        rating = 3 if "close" in story_id else 0
        assert scores[1][story_id] == pytest.approx((scores[0][story_id] + rating) / 2, abs=0.01)


@pytest.mark.parametrize(
    "text",
    ["no", "[]", "{}", '{"same": "yes"}', '{"same": 1}', '{"same": null, "why": "x"}'],
)
def test_an_answer_about_a_pair_that_is_none_is_refused(text):
    with pytest.raises(AnswerError):
        read_pair_answer(text)


def test_a_pair_is_one_question_in_either_order():
    prompt = fill_prompt("pair")
    assert build_pair_question(DEAL, AGAIN, prompt) == build_pair_question(AGAIN, DEAL, prompt)
    assert hash_pair(DEAL, AGAIN) != hash_pair(DEAL, ITEMS[0])


def test_ratings_of_wrong_types_count_for_nothing():
    rows = (
        '{"items": [{"id": 1, "importance": 2}, {"id": 2, "importance": 4}, {"id": 3, "importance": "3"},'
        ' {"id": 4, "importance": 1}, {"id": 4, "importance": 2}, {"id": 9, "importance": 1}]}'
    )
    assert set(IMPORTANCE_TASK.read_answer(rows, ITEMS)) == {ITEMS[0].id}


@pytest.mark.whole
@pytest.mark.parametrize("answer", ["nonsense", '{"items": "all"}', '{"same": "perhaps"}'])
def test_unreadable_answers_leave_grouping_and_order_as_they_are(answer, tmp_path, monkeypatch):
    monkeypatch.setattr("digest.cluster._DOUBT", (0.0, 1.0))
    plain = build_editions(make_workspace(tmp_path / "plain", items=REPORTS), Q3)[0]

    def script(asked, send):
        send(completion(answer))

    model = "pairs: 20, importance: 10"
    with served(tmp_path / "w", script, model, items=REPORTS) as (running, context):
        (edition,) = build_editions(context, Q3)
    assert {"pair", "importance"} <= set(running.tasks())
    assert [one.id for one in edition.stories] == [one.id for one in plain.stories]
    assert [one.score for one in edition.stories] == [one.score for one in plain.stories]


def test_a_service_that_is_down_costs_neither_story_nor_order(tmp_path, no_wait):
    plain = build_editions(make_workspace(tmp_path / "plain"), Q3)[0]

    def script(asked, send):
        send(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    model = "pairs: 20, importance: 10, write: [letter]"
    with served(tmp_path / "w", script, model) as (_, context):
        (edition,) = build_editions(context, Q3)
    assert [one.id for one in edition.stories] == [one.id for one in plain.stories]
    assert edition.model.unanswered


def test_a_letter_is_printed_by_a_person_alone(tmp_path, lenient_gate):
    with served(tmp_path, answer_well, "write: [letter], verify: model") as (running, context):
        (edition,) = build_editions(context, Q3)
    assert "letter" in running.tasks()
    assert edition.letter == ""
    accepted = "accepted:\n- {task: letter, language: en, text: Halcyra launched Quillmark.}\n"
    folder = tmp_path / "editions"
    folder.mkdir()
    (folder / f"{Q3.name}.yaml").write_text(accepted, "utf-8")
    (edition,) = build_editions(context, Q3, ask=False)
    assert edition.letter == "Halcyra launched Quillmark."


def test_accepted_questions_go_into_the_letter_to_their_vendor_alone():
    text = AcceptedText("questions", "en", "From when is it open? At what price?", "halcyra-inc")
    asked = list_accepted_questions([text], "Halcyra, Inc", "en")
    assert [one.ask for one in asked] == ["From when is it open?", "At what price?"]
    assert len({one.key for one in asked}) == 2
    assert list_accepted_questions([text], "Merrowbank", "en") == ()
    assert list_accepted_questions([text], "Halcyra, Inc", "it") == ()


def test_what_is_asked_of_stories_is_told(tmp_path):
    model = "pairs: 5, importance: 9, write: [letter, questions]"
    with served(tmp_path, answer_well, model) as (_, context):
        lines = describe_disclosure(settings_of(context))
        assert any(line.startswith("pair (5 at most)") for line in lines)
        assert any(line.startswith("importance (9 at most)") for line in lines)
        assert "questions: not asked, since share names no products" in lines
