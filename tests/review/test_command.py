"""`digest review` before the page is up, and the work that runs beside it."""

import asyncio
import json
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from digest.app.build import build_editions
from digest.app.context import AppContext, config_fingerprint, load_shipped_judge
from digest.app.deliver import RELEASE_FILES
from digest.app.workspace import Workspace, write_file
from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.cli.common import load_config
from digest.errors import ConfigError, DigestError
from digest.intake import make_item_id
from digest.period import Quarter
from digest.render.html import render_html
from digest.review.app import create_app
from digest.review.changes import drop_story, edit_story, keep_story
from digest.review.rendering import ReviewAccess
from digest.review.server import make_page, open_review_session, review_folder
from digest.review.workbench import Workbench
from digest.review.workspace_services import WorkspaceReviewServices
from digest.web.listening import open_socket
from tests.cli.test_lab import reference, workspace  # noqa: F401 (fixtures)
from tests.factories.items import NOW


@pytest.mark.whole
def test_the_page_measures_what_the_decisions_teach(workspace, monkeypatch):  # noqa: F811
    """As `digest lab propose` does, in another process; a broken vocabulary with its place."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    with monkeypatch.context() as opening:  # another test opens a session in another process
        opening.setattr("digest.app.processes.call_in_process", lambda call, *given: call(*given))
        session = open_review_session(context, q2, lambda: NOW)
    stage = WorkspaceReviewServices(context, q2, session)
    (one, two), _ = asyncio.run(stage.list_proposals())
    assert (one["number"], one["group"], one["line"].splitlines()[0]) == (1, "words", "words:")
    assert (two["number"], list(two["entry"]["sources"])) == (2, ["Gossip Daily"])
    assert one["right"]["then"] > one["right"]["now"]
    (workspace / "vocabulary.yaml").write_text("rulez: []\n")
    with pytest.raises(DigestError, match=r"vocabulary\.yaml:1:1"):
        asyncio.run(stage.list_proposals())


@pytest.mark.whole
def test_the_judgement_is_not_kept_in_memory(workspace):  # noqa: F811
    """Neither for the quarter, nor for an item that a person adds while the page is open."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    load_shipped_judge.cache_clear()
    desk = open_review_session(context, q2, lambda: NOW)
    url = "https://hand.example/x"
    added = {
        "url": url,
        "title": "Larkspur launches an SEO tool",
        "source": "By hand",
        "published": "2026-05-04",
    }
    desk.write_changes(
        {("added", url, name): value for name, value in added.items()}, "Anna", "add"
    )
    (mine,) = [one for one in desk.decision.chosen if one.story.lead.item.url == url]
    assert mine.story.tags.category == "seo"
    desk.store.undo_step("Anna", NOW)
    assert url not in {one.story.lead.item.url for one in desk.decision.ranked}
    assert load_shipped_judge.cache_info().currsize == 0


def test_a_quarter_that_is_kept_judged_opens_without_another_process(workspace, monkeypatch):  # noqa: F811
    """And holds what judging it gives; where anything is left to judge, a process does it."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    called = []

    def call(function, *given):
        called.append(function.__name__)
        return function(*given)

    monkeypatch.setattr("digest.app.processes.call_in_process", call)
    judged = open_review_session(context, q2, lambda: NOW).decision
    kept = open_review_session(context, q2, lambda: NOW).decision
    assert called == ["judge_quarter"]
    assert kept == judged
    write_file(
        workspace / "vocabulary.yaml", b"words: {crm: [zzz]}"
    )  # judged otherwise from now on
    open_review_session(context, q2, lambda: NOW)
    assert called == ["judge_quarter", "judge_quarter"]


def test_the_page_stays_up_whatever_happens_to_the_files(workspace, one_process):  # noqa: F811
    """Half a file of decisions, and an archive that is gone: it says so, and goes on."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    stage = WorkspaceReviewServices(
        context, q2, desk := open_review_session(context, q2, lambda: NOW)
    )
    access = ReviewAccess("t", frozenset({"testserver"}), "Anna")
    whole = make_page(desk, stage, access, review_folder(context), "Test")
    client = TestClient(create_app(whole), raise_server_exceptions=True)
    client.get("/?token=t")
    place.edition_folder("2026-Q2").mkdir(parents=True)
    (place.edition_folder("2026-Q2") / "edition.json").write_text(
        '{"generated_from": {"config": ""}}'
    )
    (workspace / "editions" / "2026-Q2.yaml").write_text("stories: [")
    assert "2026-Q2.yaml:1:" in client.get("/lists").text
    for path in place.output.glob("archive.db*"):
        path.unlink()
    assert "there is no archive at" in client.get("/lists").text
    answer = client.get("/pane/sources")
    assert (answer.status_code, "run `digest collect` first" in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stories: [", "2026-Q2.yaml:1:"),
        ("stories:\n  - {item: x, ring: outer}\n", "is not one of act"),
    ],
)
def test_a_file_that_cannot_be_read_keeps_the_page_from_opening(workspace, text, told):  # noqa: F811
    """With the place."""
    (workspace / "editions" / "2026-Q2.yaml").write_text(text)
    place = Workspace(workspace)
    with pytest.raises(ConfigError, match=told):
        open_review_session(
            AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC"), lambda: NOW
        )


def test_what_keeps_the_page_from_opening_is_said(tmp_path):
    """No configuration, no archive, a port in use."""

    def run():
        return CliRunner().invoke(cli, ["review", "2026-Q3", "--workspace", str(tmp_path)])

    assert "digest init" in str(run().exception)
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - name: Acme\n    url: https://acme.example/feed\n    tier: trade\n"
    )
    assert "digest collect" in str(run().exception)


def test_a_port_in_use_is_said():
    """With what to do. One that is had sends an answer's parts at once."""
    with open_socket("127.0.0.1", 0) as (handle, _):
        assert handle.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    taken = socket.create_server(("127.0.0.1", 0))
    with (
        taken,
        pytest.raises(DigestError, match="cannot listen"),
        open_socket("127.0.0.1", taken.getsockname()[1]),
    ):
        pass


def test_a_stack_that_is_edited_while_the_page_runs_is_seen(workspace, one_process):  # noqa: F811
    """The edition is no longer current, and the next decision relates stories to the new one."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    session = open_review_session(context, q2, lambda: NOW)
    services = WorkspaceReviewServices(context, q2, session)
    for name in set(RELEASE_FILES) - {"edition.json"}:
        write_file(place.edition_folder(q2.name) / name, b"x")
    built = {"generated_from": {"config": config_fingerprint(context, q2)}}
    write_file(place.edition_folder(q2.name) / "edition.json", json.dumps(built).encode())
    assert "since it was built" not in services.edition_status()
    assert not any(session.decision.relations.values())
    write_file(workspace / "stack.yaml", b"products: [{name: Brevo, categories: [crm]}]")
    assert services.edition_status().endswith("decided otherwise since it was built")
    session.write_changes(keep_story(session, session.decision.ranked[0].story.id), "Anna", "keep")
    named = {
        product
        for relations in session.decision.relations.values()
        for relation in relations
        for product in relation.products
    }
    assert named == {"Brevo"}


def test_the_page_shows_the_edition_that_is_built(workspace, one_process):  # noqa: F811
    """Word for word and in its order, before a decision and after some."""
    place = Workspace(workspace)
    context, q3 = AppContext(place, load_config(place), NOW), Quarter(2026, 7, "UTC")
    session = open_review_session(context, q3, lambda: NOW)
    for _ in range(2):
        (whole,) = build_editions(context, q3)
        alone = [story.title for story in session.printed.stories]
        assert sorted(alone) == sorted(story.title for story in whole.stories)
        session.live.whole = whole
        assert session.printed.sections == whole.sections
        assert render_html(session.printed)
        assert len(whole.stories) > 1
        first, last = session.list_chosen_ids()[0], session.list_chosen_ids()[-1]
        session.write_changes(drop_story(session, first, "dull"), "Anna", "drop")
        words = {"headline": "Ours", "summary": "Our own sentence.", "note": "It matters."}
        session.write_changes(edit_story(session, last, words), "Anna", "words")
        assert session.get_printed(first) is None


def test_a_preview_is_composed_beside_the_page(workspace, one_process):  # noqa: F811
    """In the background, once for each version; what fails is said, and does not come again."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    session = open_review_session(context, q2, lambda: NOW)
    services = WorkspaceReviewServices(context, q2, session)

    async def compose():
        services.refresh_preview()
        assert services._task
        await services._task
        before = services._task
        services.refresh_preview()
        assert services._task is before

    asyncio.run(compose())
    assert session.live.whole is not None
    assert services.preview.composed == session.store.version
    assert services.get_preview_pdf() is None
    (place.output / "archive.db").rename(place.output / "gone.db")
    services.preview = replace(services.preview, composed=None)

    async def fail():
        services.start_preview()
        assert services._task
        await services._task

    asyncio.run(fail())
    assert "there is no archive" in services.preview.problem
    assert services.preview.running == ""


@pytest.mark.whole
def test_a_lesson_is_taught_and_taken_back(workspace, one_process):  # noqa: F811
    """The quarter is judged anew both times, and the file is as it was."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    session = open_review_session(context, q2, lambda: NOW)
    services = WorkspaceReviewServices(context, q2, session)
    file = workspace / "vocabulary.yaml"
    before = file.read_bytes() if file.exists() else None
    (rows, _) = asyncio.run(services.list_proposals())
    said = asyncio.run(services.accept_proposal(rows[0]["line"], "Anna"))
    assert "taught" in said
    assert "plonket room" in file.read_text()
    (lesson,) = services.list_taught()
    assert (lesson["by"], lesson["number"]) == ("Anna", 1)
    file.write_text(file.read_text() + "# by hand\n")
    assert services.list_taught()[0]["number"] is None
    with pytest.raises(DigestError, match="was changed since"):
        asyncio.run(services.undo_teaching(1))
    file.write_text(file.read_text().removesuffix("# by hand\n"))
    assert "taken back" in asyncio.run(services.undo_teaching(1))
    assert (file.read_bytes() if file.exists() else None) == before
    assert services.list_taught() == []
    with pytest.raises(DigestError, match="not offered any more"):
        asyncio.run(services.accept_proposal("words: nonsense", "Anna"))


def test_a_source_is_mended_by_a_button(workspace, one_process):  # noqa: F811
    """In sources.yaml, comments and all else kept."""
    file = workspace / "sources.yaml"
    text = "# ours\n" + file.read_text()
    file.write_text(text)
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    services = WorkspaceReviewServices(context, q2, open_review_session(context, q2, lambda: NOW))
    source = context.config.sources[0]
    said = asyncio.run(services.repair_source(source.name, "disable"))
    assert "enabled: false" in said
    assert file.read_text().startswith("# ours\n")
    assert load_config(place).sources[0].enabled is False
    assert source.name not in [row["name"] for row in services.source_health()]
    with Archive.open(place.archive_file) as archive:
        state = SourceState(source.slug, moved_to="https://new.example/feed")
        archive.record_attempt(state, (), at=NOW, outcome="read")
    asyncio.run(services.repair_source(source.name, "move"))
    assert load_config(place).sources[0].url == "https://new.example/feed"
    with pytest.raises(DigestError, match="cannot be repaired"):
        asyncio.run(services.repair_source(source.name, "magic"))
    asyncio.run(services.repair_source(source.name, "remove"))
    assert source.name not in file.read_text()


def test_items_that_come_while_the_desk_is_open_are_taken_in(workspace, one_process):  # noqa: F811
    """Told first, and nothing moves; then judged beside the page; what is typed stays by its story,
    also where another item leads that story from then on."""
    place = Workspace(workspace)
    context, q2 = AppContext(place, load_config(place), NOW), Quarter(2026, 4, "UTC")
    session = open_review_session(context, q2, lambda: NOW)
    services = WorkspaceReviewServices(context, q2, session)
    before = [ranked.story.id for ranked in session.decision.ranked]
    told = session.decision.ranked[0].story
    bench = Workbench(workspace / "bench.json", lambda: NOW)
    bench.save_draft("Anna", [told.id], "note", "half a thought", "")
    earlier = told.lead.item.published_or_seen - timedelta(hours=2)
    again = replace(
        told.lead.item, id="", source=context.config.sources[-1].slug, published=earlier,
        url="https://elsewhere.example/the-same", first_seen=NOW,
    )  # fmt: skip
    again = replace(again, id=make_item_id(again.source, again.url))
    with Archive.open(place.archive_file) as archive:
        archive.record_attempt(
            SourceState(again.source, last_success=NOW), [again], at=NOW, outcome="read"
        )

    async def work():
        services.look_for_items()
        assert services.arrivals.waiting == 1
        assert [ranked.story.id for ranked in session.decision.ranked] == before
        services._looked = 0.0
        services.look_for_items(take_in=True)
        assert services._taking
        return await services._taking

    assert "1 new item is taken in" in asyncio.run(work())
    assert services.arrivals.waiting == 0
    items = {member.item.id for one in session.decision.ranked for member in one.story.items}
    assert again.id in items
    now = session.find_current_id(told.id)
    assert told.lead.item.id in {member.item.id for member in session.get_story(now).story.items}
    assert bench.list_drafts("Anna", session.list_names(now))["note"].text == "half a thought"


def test_a_workbench_that_cannot_be_read_is_put_aside(tmp_path):
    """It is not overwritten."""
    path = tmp_path / "2026-Q3.json"
    path.write_text("{half")
    bench = Workbench(path, lambda: NOW)
    bench.save_draft("Anna", ["s1"], "note", "x", "")
    assert path.with_suffix(".unreadable").read_text() == "{half"
    assert Workbench(path, lambda: NOW).list_drafts("Anna", ["s1"])["note"].text == "x"
