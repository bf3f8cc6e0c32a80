"""A model's text is a proposal at the desk, and is printed when a person accepts it, and not before."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from digest.app.build import build_editions, build_quarter
from digest.errors import UsageError
from digest.render.edition_json import edition_to_json
from digest.review.changes import accept_draft, edit_story, withdraw_draft
from digest.review.guard import make_csrf_token
from digest.review.server import open_review_session
from tests.factories.items import NOW
from tests.factories.model_service import answer_well, completion
from tests.factories.review import HOST, TOKEN, Backstage, page
from tests.language_model.conftest import ITEMS, Q3, make_workspace, served, told

ITALIAN = told(
    "colli",
    8,
    "Tre Colli raccoglie 8 milioni di euro per la sua piattaforma CRM",
    "Ponte Capital ha guidato il round con 5 milioni di euro. Tre Colli vende la piattaforma a 400 rivenditori italiani.",
    language="it",
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path, one_process, lenient_gate):
    """A quarter whose drafts were paid for."""
    with served(
        tmp_path / "w",
        answer_well,
        "write: [summary, lead, theme, translation]",
        items=(*ITEMS, ITALIAN),
    ) as (
        running,
        context,
    ):
        build_editions(context, Q3)
        yield running, context


def open_desk(context):
    return open_review_session(context, Q3, lambda: NOW)


def accept(desk, story_id, proposal, by="Anna"):
    draft = proposal.draft
    changes = accept_draft(desk, story_id, draft.task, draft.language, draft.of, proposal.text)
    desk.write_changes(changes, by, "accept")


def test_an_accepted_summary_is_printed_and_said_to_be_a_models(workspace):
    running, context = workspace
    asked = len(running.asked)
    desk = open_desk(context)
    (proposal,) = desk.list_proposals("strade-agent")
    assert proposal.draft.supported
    assert "Quillmark" in proposal.plain
    (before,) = build_editions(context, Q3)
    assert not any(story.written for story in before.stories)
    accept(desk, "strade-agent", proposal)
    (after,) = build_editions(context, Q3)
    printed = {story.id: story for story in after.stories if story.written}
    assert set(printed) == {"strade-agent"}
    assert [one.text for one in printed["strade-agent"].summary] == [proposal.text]
    assert (after.model.written, after.model.accepted) == (1, True)
    assert after.model.waiting == before.model.waiting - 1
    assert len(running.asked) == asked
    text = (context.workspace.root / "editions" / "2026-Q3.yaml").read_text("utf-8")
    assert "accepted:" in text
    assert "by: Anna" in text


def test_what_was_accepted_is_printed_also_without_the_model(workspace, tmp_path):
    _, context = workspace
    desk = open_desk(context)
    accept(desk, "strade-agent", desk.list_proposals("strade-agent")[0])
    without = make_workspace(context.workspace.root)
    (edition,) = build_editions(without, Q3)
    assert [story.id for story in edition.stories if story.written] == ["strade-agent"]


def test_a_withdrawn_text_is_out_of_print_and_out_of_the_file(workspace):
    _, context = workspace
    before = edition_to_json(build_editions(context, Q3)[0])
    desk = open_desk(context)
    (proposal,) = desk.list_proposals("strade-agent")
    accept(desk, "strade-agent", proposal)
    (proposal,) = desk.list_proposals("strade-agent")
    assert proposal.accepted
    desk.write_changes(
        withdraw_draft(desk, "strade-agent", "summary", "en", ""), "Anna", "withdraw"
    )
    assert edition_to_json(build_editions(context, Q3)[0]) == before


def test_a_foreign_story_is_translated_with_its_title_and_its_original_beside(workspace):
    _, context = workspace
    desk = open_desk(context)
    proposals = desk.list_proposals("strade-colli")
    assert [one.draft.task for one in proposals] == ["translation"]
    assert proposals[0].title
    accept(desk, "strade-colli", proposals[0])
    (edition,) = build_editions(context, Q3)
    (story,) = [one for one in edition.stories if one.id == "strade-colli"]
    assert story.written == ("title", "summary")
    assert story.language == "en"
    assert story.items[0].title == ITALIAN.title


def test_the_lead_is_accepted_on_the_page_of_the_edition(workspace):
    _, context = workspace
    desk = open_desk(context)
    (lead,) = [one for one in desk.list_proposals() if one.draft.task == "lead"]
    accept(desk, "", lead)
    (edition,) = build_editions(context, Q3)
    assert edition.front.lead[0] == lead.text


def test_the_teams_own_words_go_before_a_models(workspace):
    _, context = workspace
    desk = open_desk(context)
    accept(desk, "strade-agent", desk.list_proposals("strade-agent")[0])
    desk.write_changes(edit_story(desk, "strade-agent", {"summary": "Ours."}), "Anna", "words")
    (edition,) = build_editions(context, Q3)
    (story,) = [one for one in edition.stories if one.id == "strade-agent"]
    assert ([one.text for one in story.summary], story.written) == (["Ours."], ())


def test_a_draft_that_changed_since_it_was_seen_is_not_accepted(workspace):
    _, context = workspace
    desk = open_desk(context)
    (proposal,) = desk.list_proposals("strade-agent")
    with pytest.raises(UsageError, match="other than what was seen"):
        accept_draft(desk, "strade-agent", "summary", "en", "", "Something else.")
    with pytest.raises(UsageError, match="no such draft"):
        accept_draft(desk, "strade-agent", "translation", "en", "", proposal.text)


def test_the_page_shows_a_refused_sentence_with_the_reason_and_no_button(
    tmp_path, one_process, lenient_gate
):
    def answer(asked, send):
        bad = "Halcyra <b>doubled</b> its [revenue](https://evil.example) to $9 billion."
        send(completion({"sentences": [{"text": bad, "sources": [1]}]}))

    with served(tmp_path / "w", answer, "write: [summary]") as (_, context):
        build_editions(context, Q3)
        desk = open_desk(context)
    client = TestClient(page(desk, Backstage(tmp_path)), base_url=f"http://{HOST}")
    client.get(f"/?token={TOKEN}")
    shown = client.get("/story/strade-agent").text
    assert "withheld: the cited sources do not say that" in shown
    assert "Accept for print" not in shown
    assert "evil.example" not in shown
    assert "doubled" in shown


def test_accepting_and_withdrawing_through_the_page(workspace, tmp_path):
    _, context = workspace
    desk = open_desk(context)
    client = TestClient(page(desk, Backstage(tmp_path)), base_url=f"http://{HOST}")
    client.get(f"/?token={TOKEN}")
    headers = {"X-Digest": make_csrf_token(TOKEN)}
    shown = client.get("/story/strade-agent").text
    form = dict(
        re.findall(
            r'name="(story|task|language|of|text)" value="([^"]*)"',
            shown.partition("/do/accept")[2],
        )
    )
    form = {name: html.unescape(value) for name, value in form.items()}
    answer = client.post("/do/accept", data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "Take it out of print" in answer.text
    answer = client.post("/do/withdraw", data=form, headers=headers)
    assert "Accept for print" in answer.text
    edition = client.get("/pane/letter").text
    assert "Drafts of the language model" in edition


def test_accepted_texts_whose_story_is_gone_are_told(workspace, caplog, no_paper):
    _, context = workspace
    folder = context.workspace.root / "editions"
    folder.mkdir(exist_ok=True)
    (folder / "2026-Q3.yaml").write_text(
        "accepted:\n  - {task: summary, language: en, of: gone-1, text: 'A text.', by: Anna}\n",
        "utf-8",
    )
    (edition,) = build_editions(context, Q3)
    assert any("gone-1" in line for line in edition.lost)
    build_quarter(context, Q3, force=True)
