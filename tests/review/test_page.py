"""The page over HTTP: who may use it, what each action writes, and what is shown."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import digest.review.app
from digest.model.sections import SECTION_KINDS
from digest.review.app import create_app
from digest.review.changes import keep_story
from digest.review.guard import make_csrf_token
from digest.review.room import Visitor
from digest.review.tray import StoryFilter
from digest.web.access import CONTENT_SECURITY_POLICY
from tests.factories.review import HOST, TOKEN, Backstage, build_page, desk, page, story

SIGN = {"X-Digest": make_csrf_token(TOKEN)}


@pytest.fixture
def held(tmp_path):
    """A desk, its backstage, and a client that came by the link."""
    return opened(tmp_path, [story(n, size=3 if n == 4 else 1) for n in range(30)])


def opened(folder, stories, limit=20, **more):
    made, stage = desk(folder, stories, limit), Backstage(folder)
    client = TestClient(page(made, stage, **more), base_url=f"http://{HOST}")
    # the page itself is drawn where a test looks at it
    assert client.get(f"/?token={TOKEN}", follow_redirects=False).status_code == 303
    return made, stage, client


def do(client, action, story_id="", status=200, headers=SIGN, **form):
    answer = client.post(f"/do/{action}", data={"story": story_id, **form}, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.text


def sid(n):
    return story(n).id


def find_drafted(told, field):
    """What a form of a view says of the draft that it shows in a field."""
    name = f"drafted-{field}"
    (shown,) = re.findall(f'name="{name}" value="([^"]*)"', told)
    return {name: shown}


# ---------------------------------------------------------------- who may speak


def test_the_link_opens_the_page_and_the_token_leaves_the_address(tmp_path):
    """It stays in a cookie that no script reads."""
    client = TestClient(
        page(desk(tmp_path, [story(1)]), Backstage(tmp_path)), base_url=f"http://{HOST}"
    )
    assert client.get("/").status_code == 403
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert client.get("/").headers["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Digest": "x"}, 403),
        (SIGN | {"Origin": "https://evil.example"}, 403),
        (SIGN | {"Origin": "null"}, 403),
        (SIGN | {"Sec-Fetch-Site": "cross-site"}, 403),
        (SIGN | {"Host": "evil.example:8484"}, 421),
        (SIGN | {"Cookie": "digest-review=wrong"}, 403),
        (SIGN | {"Content-Length": "9999999"}, 413),
    ],
)
def test_what_does_not_come_from_the_page_changes_nothing(held, headers, status):
    """Another site, another name, no token, a wrong one, too much."""
    made, _, client = held
    if "Cookie" in headers:
        client.cookies.clear()
    assert client.post("/do/keep", data={"story": sid(1)}, headers=headers).status_code == status
    assert not made.store.path.exists()


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/x", "/\\\\evil.example/"])
def test_the_link_leads_to_this_page_only(tmp_path, path):
    """Two slashes would name another host."""
    client = TestClient(
        page(desk(tmp_path, [story(1)]), Backstage(tmp_path)), base_url=f"http://{HOST}"
    )
    answer = client.get(f"http://{HOST}{path}?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert not answer.headers["location"].startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("path", "site", "status"),
    [
        ("/", "cross-site", 200),
        ("/", "none", 200),
        ("/preview/digest.html", "cross-site", 403),
        ("/preview/digest.html", "same-site", 403),
        ("/preview/digest.html", "same-origin", 200),
        ("/pane/teach", "cross-site", 403),
        ("/tray", "cross-site", 403),
        ("/events", "cross-site", 403),
    ],
)
def test_no_other_site_makes_the_page_work(held, path, site, status):
    """A link from a mail opens the page; an image on another site builds no preview."""
    assert held[2].get(path, headers={"Sec-Fetch-Site": site}).status_code == status


def test_a_form_of_too_many_fields_is_refused_in_words(held):
    """A client's error, not the program's."""
    made, _, client = held
    body = "&".join(f"item={n}" for n in range(400))
    answer = client.post("/do/split", content=f"story={sid(4)}&{body}", headers=SIGN)
    assert answer.status_code == 422
    assert "fields at most" in answer.text
    assert not made.store.path.exists()


def test_a_form_that_breaks_off_is_no_fault_of_the_page(tmp_path):
    """Whoever goes away in the middle gets no traceback into the log."""
    served = page(desk(tmp_path, [story(1)]), Backstage(tmp_path))
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = {"host": HOST, "cookie": f"digest-review={TOKEN}", "content-length": "9", **SIGN}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/do/keep",
        "raw_path": b"/do/keep",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(served(scope, receive, send))
    assert sent[0]["status"] == 400


def test_a_name_from_a_proxy_counts_only_where_it_is_configured(tmp_path, held):
    """Else anybody could sign as anybody."""
    made, _, client = held
    do(client, "keep", sid(1), headers=SIGN | {"X-Remote-User": "Mallory"})
    assert made.store.decisions.stories[0].by == "Anna"
    folder = tmp_path / "proxied"
    folder.mkdir()
    made, _, client = opened(folder, [story(1)], header="X-Remote-User")
    do(client, "keep", sid(1), headers=SIGN | {"X-Remote-User": "Ben"})
    assert made.store.decisions.stories[0].by == "Ben"


# ---------------------------------------------------------------- what is done


def test_keep_drop_pin_and_their_way_back(held):
    """Each a second time takes itself back; a drop needs its reason."""
    made, _, client = held
    do(client, "keep", sid(1))
    do(client, "drop", sid(2), reason="not our market")
    do(client, "pin", sid(3))
    do(client, "pin", sid(5))
    do(client, "raise", sid(5))
    chosen = [one.story.id for one in made.decision.chosen]
    assert chosen[:2] == [sid(5), sid(3)]
    assert sid(2) not in chosen
    assert "say in a few words" in do(client, "drop", sid(6), 422, reason=" ")
    do(client, "keep", sid(1), to="no")
    for what, n in (("take back", 2), ("pin", 3), ("pin", 5)):
        do(client, what, sid(n))
    assert made.store.decisions.stories == ()


def test_tags_that_a_person_changed_and_no_others(held):
    """And back to the machine's."""
    made, _, client = held
    before = {"was-category": "cdp", "was-ai": "applied", "was-vendors": ""}
    do(client, "tags", sid(1), category="cdp", ai="core", vendors="Acme, Bolt", **before)
    assert dict(made.store.decisions.stories[0].tags) == {"ai": "core", "vendors": ("Acme", "Bolt")}
    assert made.get_story(sid(1)).story.tags.ai == "core"
    do(
        client,
        "tags",
        sid(1),
        **{"ai": "machine", "was-ai": "core", "vendors": "", "was-vendors": "Acme, Bolt"},
    )
    assert made.store.decisions.stories == ()


def test_merge_and_split_and_undo(held):
    """Both lists come with the answer, as they are then."""
    made, _, client = held
    do(client, "drop", sid(2), reason="x")
    told = do(client, "merge", sid(1), other=sid(2))
    assert f'id="row-{sid(1)}"' in told
    assert f'id="row-{sid(2)}"' not in told
    assert len(made.get_story(sid(1)).story.items) == 2
    assert made.get_decision(sid(1)).drop == ""
    members = [member.item.id for member in made.get_story(sid(4)).story.items]
    told = do(client, "split", sid(4), item=members[1:])
    assert f'id="row-s{members[1]}"' in told
    assert len(made.get_story(sid(4)).story.items) == 1
    do(client, "undo")
    do(client, "undo")
    assert len(made.get_story(sid(4)).story.items) == 3
    assert len(made.get_story(sid(2)).story.items) == 1
    assert made.get_decision(sid(2)).drop == "x"
    do(client, "undo")
    assert "nothing to undo" in do(client, "undo", status=422)


def test_a_merge_is_taken_apart_by_splitting(held):
    """Without a trace in the file."""
    made, _, client = held
    do(client, "merge", sid(1), other=sid(2))
    do(client, "split", sid(1), item=[story(2).lead.item.id])
    assert len(made.get_story(sid(1)).story.items) == 1
    assert made.store.decisions.stories == ()


def test_a_part_of_what_was_merged_leaves(held):
    """The rest of it stays, whichever of its items the merge named; merging again undoes that."""
    made, _, client = held
    first, second, third = (member.item.id for member in story(4, size=3).items)
    do(client, "merge", sid(1), other=sid(4))
    do(client, "split", sid(1), item=[first])
    assert {member.item.id for member in made.get_story(sid(1)).story.items} == {
        story(1).lead.item.id,
        second,
        third,
    }
    assert [member.item.id for member in made.get_story("s" + first).story.items] == [first]
    assert made.list_lost_decisions() == ()
    do(client, "merge", "s" + first, other=sid(1))
    assert max(len(one.story.items) for one in made.decision.ranked) == 4
    assert made.list_lost_decisions() == ()


def test_what_two_entries_say_of_one_story_is_taken_back_at_once(held):
    """As after better clustering; what the person decides then ends the contradiction."""
    made, _, client = held
    one, two, _ = (member.item for member in story(4, size=3).items)
    made.store.path.parent.mkdir()
    made.store.path.write_text(
        "stories:\n"
        f"  - item: {one.id}\n    title: One\n    drop: dull\n"
        "    headline: h1\n    at: 2026-08-01T00:00:00Z\n"
        f"  - item: {two.id}\n    title: Two\n    drop: dull\n"
        "    headline: h2\n    at: 2026-08-02T00:00:00Z\n"
    )
    assert made.list_lost_decisions() == (
        "headline of “One”: it is one story with “Two” now, decided later",
    )
    do(client, "take back", sid(4))
    assert not made.get_decision(sid(4)).drop
    do(client, "words", sid(4), headline="ours")
    assert made.get_decision(sid(4)).headline == "ours"
    assert made.list_lost_decisions() == ()
    do(client, "undo")
    do(client, "undo")
    assert [(ruling.drop, ruling.headline) for ruling in made.store.decisions.stories] == [
        ("dull", "h1"),
        ("dull", "h2"),
    ]


@pytest.mark.whole
def test_words_for_a_story_that_is_not_in_the_edition_are_told(held):
    """On every view, until it goes in."""
    made, _, client = held
    out = next(
        one.story.id for one in made.decision.ranked if one.story.id in made.decision.left_out
    )
    assert "1 decision is not in force" in do(client, "words", out, note="It matters.")
    assert "stays out of the edition" in client.get("/lists").text
    do(client, "keep", out)
    assert "not in force" not in client.get("/lists").text


def test_words_and_their_preview(held):
    """Markdown is cleaned after rendering, markup in it shown as text."""
    made, _, client = held
    note = "It **matters**.\n\n<script>alert(1)</script> [x](javascript:alert(1)) {{ 7*7 }}"
    shown = client.post("/prose", data={"note": note}, headers=SIGN).text
    assert "<strong>matters</strong>" in shown
    assert "&lt;script&gt;" in shown
    assert "javascript:" not in shown.replace("javascript:alert(1))", "")
    assert "<script" not in shown
    assert "href" not in shown
    page_of = do(client, "words", sid(1), note=note, headline="Ours", summary="")
    assert made.get_decision(sid(1)).headline == "Ours"
    assert "{{ 7*7 }}" in page_of
    assert "<script>alert" not in page_of


def test_letter_sections_decisions_and_an_item_by_hand(held):
    """All that is the edition's."""
    made, _, client = held
    do(client, "letter", letter="Dear all")
    switchable = [kind.slug for kind in SECTION_KINDS if kind.switchable]
    do(client, "sections", section=[slug for slug in switchable if slug != "deals"])
    do(client, "decision", what="Ask Bolt", step="ask", owner="Ben", due="2026-11-30", state="open")
    do(
        client,
        "add",
        url="https://bolt.example/x?utm_source=y",
        title="Bolt opens",
        source="Bolt",
        published="2026-08-01",
    )
    held_now = made.store.decisions
    assert (held_now.letter, held_now.off) == ("Dear all", {"deals"})
    assert (held_now.decisions[0].owner, held_now.added[0].url) == ("Ben", "https://bolt.example/x")
    assert "needs its address" in do(
        client, "add", status=422, url="javascript:1", title="x", source="y"
    )
    assert "due" in do(client, "decision", status=422, what="x", due="soon")
    do(client, "sections", section=list("x"))
    do(client, "undo")
    assert made.store.decisions.off == {"deals"}


def test_a_decision_takes_another_name(held):
    """What else was written of it goes on; undo brings the old one back."""
    made, _, client = held
    do(client, "decision", what="Ask Bolt", owner="Ann", due="2026-12-01")
    do(client, "decision", was="Ask Bolt", what="Ask Bolt and Nut", owner="Ann", due="2026-12-01")
    (one,) = made.store.decisions.decisions
    assert (one.what, one.owner, one.due.isoformat()) == ("Ask Bolt and Nut", "Ann", "2026-12-01")
    do(client, "undo")
    assert [one.what for one in made.store.decisions.decisions] == ["Ask Bolt"]


def test_a_conflict_is_shown_and_nothing_is_written(held):
    """What another hand changed since the page was drawn."""
    made, _, client = held
    do(client, "drop", sid(1), reason="x")
    seen = made.store.version
    path = made.store.path
    path.write_text(path.read_text().replace("drop: x", "drop: Ben said so"))
    told = do(client, "drop", sid(1), 409, reason="y", seen=seen)
    assert "Ben said so" in told
    assert "Ben said so" in path.read_text()


def test_an_editors_old_copy_is_shown_as_a_conflict_and_can_be_answered(held):
    """On every page of everybody, until then."""
    made, _, client = held
    do(client, "keep", sid(1))
    old = made.store.path.read_text()
    do(client, "drop", sid(2), reason="dull")
    made.store.path.write_text(old)
    assert "the page wrote “dull”" in client.get("/lists").text
    place = made.store.conflicts[0].name
    do(client, "resolve", place=place, mine="yes")
    assert made.get_decision(sid(2)).drop == "dull"
    assert "the page wrote" not in client.get("/lists").text


@pytest.mark.parametrize(
    ("what", "form", "told"),
    [
        ("keep", {"story": "s000"}, "no such story"),
        ("merge", {"other": "nope"}, "no such story"),
        ("merge", {"other": sid(1)}, "with itself"),
        ("split", {"item": []}, "not all"),
        (
            "tags",
            {"ring": "outer", "was-ring": "machine"},
            "ring: &#39;outer&#39; is not one of act, try, ask",
        ),
        (
            "tags",
            {"category": "x", "was-category": "cdp"},
            "category: &#39;x&#39; is no stack category",
        ),
        ("tags", {"vendors": "x" * 300, "was-vendors": ""}, "vendors: must have at most 200"),
        ("decision", {"what": "x", "due": "soon"}, "due: must be a date, as 2026"),
        ("words", {"note": "x" * 7000}, "6000"),
        ("explode", {}, "cannot explode"),
        ("undo", {"number": "77"}, "nothing to undo"),
        ("resolve", {"place": "x"}, "gone"),
        ("raise", {}, "further that way"),
        ("merge", {"other": ""}, "no story is chosen"),
        ("keep", {"revision": "000000000000"}, "merged or split since you opened it"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(held, what, form, told):
    """And nothing is written."""
    made, _, client = held
    answer = client.post(f"/do/{what}", data={"story": sid(1)} | form, headers=SIGN)
    assert answer.status_code == 422
    assert told in answer.text
    assert not made.store.path.exists()


def test_half_a_file_is_told_on_the_page(held):
    """With its place, and nothing is written."""
    made, _, client = held
    do(client, "keep", sid(1))
    made.store.path.write_text("stories:\n  - [")
    assert "2026-Q3.yaml:" in do(client, "keep", sid(2), 422)
    assert "cannot be read" in client.get("/").text
    assert made.store.path.read_text() == "stories:\n  - ["


# ---------------------------------------------------------------- what is shown


def test_markup_from_outside_is_text(tmp_path):
    """In a title, a summary, a vendor, a source and an address."""
    bad = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
    one = story(1)
    lead = replace(
        one.lead,
        item=replace(
            one.lead.item,
            title=bad,
            summary=f"Acme opens its data platform to all marketers today in Europe. {bad}",
            source_name=bad,
            url="javascript:alert(1)",
        ),
    )
    lead = replace(lead, tags=replace(lead.tags, vendors=(bad,), why={"ai": (bad,)}))
    _, _, client = opened(tmp_path, [replace(one, items=(lead,), lead=lead)])
    shown = client.get("/").text
    assert "<img" not in shown
    assert "javascript:" not in shown
    assert "{{ 7*7 }}" in shown
    assert "<b>News" not in client.get("/pane/sources").text


def test_the_tray_holds_what_is_out_by_rank_and_filters_hold(held):
    """Search looks into title, summary, text and source; all words must be there."""
    made, _, client = held

    rows = made.list_rows(StoryFilter())
    assert [row.place for row in rows] == sorted(row.place for row in rows)
    assert not {row.id for row in rows} & set(made.list_chosen_ids())
    doubtful = made.list_rows(StoryFilter(order="doubt"))
    assert [row.sure for row in doubtful] == sorted(row.sure for row in rows)
    every = StoryFilter("everything")
    assert len(made.list_rows(replace(every, words="merrowbank 9"))) == 1
    assert {row.category for row in made.list_rows(replace(every, category="none"))} == {None}
    assert all(row.ai == "none" for row in made.list_rows(replace(every, ai="none")))
    assert [row.id for row in made.list_rows(replace(every, source="Publisher 7"))] == [sid(7)]
    assert [row.id for row in made.list_rows(replace(every, vendor="Oxbow 5"))] == [sid(5)]
    assert made.list_rows(StoryFilter("new"))
    do(client, "keep", sid(1))
    assert [row.id for row in made.list_rows(StoryFilter("decided"))] == [sid(1)]
    assert "No story fits" in client.get("/tray?f-view=everything&f-words=zzzz").text


def test_the_list_of_keys_holds_every_key():
    """Those of buttons and forms, and those of the script."""
    folder = Path(digest.review.app.__file__).parent
    pages = {path.name: path.read_text() for path in (folder / "pages").glob("*.html")}
    listed = set(re.findall(r"<kbd>([^<]+)</kbd>", pages["keys.html"]))
    used = set(re.findall(r'data-key="([^"{]+)"', "".join(pages.values())))
    script = (folder / "static" / "keys.js").read_text()
    used |= set(re.findall(r'key === "(.)"', script)) - {" "}
    used |= set(re.findall(r"\b(\w): -?1\b", script))
    assert used - listed == set()


def test_every_state_has_an_address(held):
    """A row opened in a new tab shows its story; filters and panes come back with a reload."""
    client = held[2]
    for n in (3, 7):
        assert f'data-story="{sid(n)}"' in client.get(f"/?story={sid(n)}").text
    shown = client.get("/?f-view=everything&f-words=merrowbank+9&f-event=update&pane=letter").text
    assert 'value="merrowbank 9"' in shown
    assert '<option value="everything" selected>' in shown
    assert "<option selected>update</option>" in shown
    assert 'name="letter"' in shown
    assert "there is no such story now" in client.get("/?story=gone").text


def test_other_views(held):
    """Steps, edition, sources, stories alike, and what is nowhere."""
    _, _, client = held
    do(client, "keep", sid(1))
    assert "keep “" in client.get("/pane/steps").text
    assert "Sections" in client.get("/pane/letter").text
    assert "Acme" in client.get("/pane/sources").text
    assert "What each one gives" in do(client, "source", name="Acme", how="move")
    assert sid(9) in client.get(f"/alike/{sid(1)}?words=platform+9").text
    assert client.get("/story/nope").status_code == 422
    assert client.get("/pane/nowhere").status_code == 404
    assert client.get("/nowhere").status_code == 404
    assert client.get("/static/../app.py").status_code == 404


def test_the_page_shows_the_printed_words(tmp_path):
    """Not the feed's: without its site's name, and with the sentences that are printed."""
    one = story(1)
    raw = "Merrowbank opens platform 1 to marketers via @sejournal, @martinibuster"
    lead = replace(one.lead, item=replace(one.lead.item, title=raw))
    made, _, client = opened(tmp_path, [replace(one, items=(lead,), lead=lead), story(2)])
    printed = made.get_printed(one.id)
    shown = client.get("/").text
    rows = shown[shown.index('id="edition"') : shown.index('id="story"')]
    assert printed.title == "Merrowbank opens platform 1 to marketers"
    assert printed.title in rows
    assert "@sejournal" not in rows
    assert all(sentence.text in rows for sentence in printed.summary)
    do(client, "words", one.id, headline="Ours", summary="Our summary.")
    assert "Our summary." in client.get("/lists").text


def test_what_fills_a_free_place_is_offered_and_the_reasons_stay_true(held):
    """A drop calls in nobody: the next three are offered, one key each."""
    made, _, client = held
    assert "is free" not in client.get("/lists").text
    told = do(client, "drop", made.list_chosen_ids()[4], reason="x")
    candidates = made.list_candidates()
    assert [row.id in told for row in candidates] == [True] * 3
    assert "A place is free" in told
    assert candidates[0].reason.endswith("a place is free, and nobody has brought it in")
    told = do(client, "keep", candidates[0].id)
    assert "is free" not in told
    assert made.list_candidates()[0].reason.startswith("rank ")
    assert "places are taken" in made.list_candidates()[0].reason


@pytest.mark.whole
def test_pins_move_both_ways_and_the_pane_stays_with_its_story(held):
    """Whatever else the action renumbers."""
    made, _, client = held
    for n in (3, 5, 7):
        do(client, "pin", sid(n))
    assert f'data-story="{sid(7)}"' in do(client, "raise", sid(7))
    assert made.list_pins() == [sid(3), sid(7), sid(5)]
    assert f'data-story="{sid(3)}"' in do(client, "lower", sid(3))
    assert made.list_pins() == [sid(7), sid(3), sid(5)]
    do(client, "place", sid(9), at="2")
    assert made.list_first()[:3] == [sid(7), sid(9), sid(3)]
    do(client, "undo")
    assert made.list_pins() == [sid(7), sid(3), sid(5)]


def test_a_browser_gets_the_rows_that_it_does_not_have(held):
    """In their places stand the others' prints; the tray keeps the length that it has there."""
    made, stage, client = held
    rows = re.compile(r'<li data-print="(\w+)" id="row-(\w+)"')
    whole = {story_id: stamp for stamp, story_id in rows.findall(client.get("/").text)}
    first = made.list_chosen_ids()[0]

    def ask(method, path, **more):
        answer = client.request(
            method, path, headers={**SIGN, "X-Rows": " ".join(whole.values())}, **more
        )
        assert answer.status_code == 200
        return answer.text

    same = ask("GET", "/lists")
    assert rows.findall(same) == []
    assert re.findall(r'<li data-kept="(\w+)"></li>', same) == list(whole.values())
    told = ask("POST", "/do/keep", data={"story": first, "to": "yes"})
    ((stamp, changed),) = rows.findall(told)
    assert (changed, stamp in whole.values()) == (first, False)
    assert len(re.findall("data-kept", told)) == len(whole) - 1
    stage.preview = replace(stage.preview, pages=((first,),))  # another page, another row
    assert [story_id for _, story_id in rows.findall(ask("GET", "/lists"))] == [first]


def test_the_tray_keeps_the_length_that_somebody_unfolded(tmp_path):
    """After an action, too."""
    _, _, client = opened(tmp_path, [story(n) for n in range(100)], limit=5)

    def count(shown):
        told = client.post(
            "/do/undo", data={}, headers={**SIGN, "X-Shown": shown, "X-Rows": ""}
        ).text
        told = told or client.get("/lists", headers={"X-Shown": shown}).text
        return told.partition('id="rows"')[2].count("<li data-print")

    client.post("/do/keep", data={"story": sid(1)}, headers=SIGN)
    assert count("80") == 80
    assert client.get("/lists").text.partition('id="rows"')[2].count("<li data-print") == 40


def test_a_row_names_the_grouping_that_it_was_drawn_for(held):
    """What is pressed in a row of a story that was merged meanwhile is refused."""
    made, _, client = held
    (drawn,) = re.findall(rf'data-row="{sid(4)}" data-revision="(\w+)"', client.get("/").text)
    do(client, "merge", sid(4), other=sid(5))
    holder = made.find_current_id(sid(4))
    told = do(client, "drop", holder, 422, reason="x", revision=drawn)
    assert "merged or split since" in told
    marked = {"do": "drop", "reason": "x", "revision": ["", drawn]}
    answer = client.post("/do/many", data={"story": [sid(1), holder], **marked}, headers=SIGN)
    assert (answer.status_code, made.get_decision(sid(1))) == (422, None)


def test_many_at_once_are_one_step(held):
    """One key for all that is marked, and one undo."""
    made, _, client = held
    ids = made.list_chosen_ids()[:4]
    do(client, "many", do="keep", story=ids)
    assert [bool(made.get_decision(one).keep) for one in ids] == [True] * 4
    assert len(made.store.steps) == 1
    assert "say in a few words" in do(client, "many", status=422, do="drop", story=ids)
    do(client, "undo")
    assert made.store.decisions.stories == ()
    assert "nothing is marked" in do(client, "many", status=422, do="merge", story=ids)


def test_unsure_labels_are_asked_one_by_one(tmp_path):
    """A number answers; what a person said is not asked again."""
    one = story(1)
    doubtful = replace(one.lead.tags, unsure=frozenset({"event"}), event="acquisition")
    lead = replace(one.lead, tags=doubtful)
    made, _, client = opened(tmp_path, [replace(one, items=(lead,), lead=lead), story(2)])
    shown = client.get("/pane/questions").text
    assert shown.index('value="acquisition"') < shown.index('value="partnership"')
    do(client, "tags", one.id, event="acquisition", **{"was-event": ""})
    assert made.get_story(one.id).story.tags.is_certain("event")
    assert "Every label of the printed stories is sure" in client.get("/pane/questions").text


def test_preview_and_approval(held):
    """The HTML runs apart from the page; who approves says for which readers."""
    _, stage, client = held
    assert client.get("/preview/digest.pdf").status_code == 404
    html = client.get("/preview/digest.html")
    assert html.headers["content-security-policy"] == "sandbox allow-scripts"
    told = do(client, "preview")
    assert "page 3 is nearly empty" in told
    assert client.get("/preview/digest.pdf").headers["content-type"] == "application/pdf"
    assert client.get("/preview/edition.json").status_code == 404
    shown = client.get("/pane/approve").text
    assert "2 readers: cmo@kiln.example, ceo@kiln.example" in shown
    assert "printed stories nobody has opened" in shown
    assert "say first that you mean these readers" in do(client, "approve", status=422, note="")
    assert stage.approved == []
    assert "approved by Anna" in do(client, "approve", note="", confirm="yes")
    assert "a marked copy went to a@b.example" in do(client, "proof", address="a@b.example")
    stage.fault = "the disk is full"
    assert "the disk is full" in do(client, "preview")


def test_what_the_decisions_teach(held):
    """Each line with its effect, what it rests on and a button; what was taught is listed."""
    _, stage, client = held
    shown = client.get("/pane/teach").text
    assert "crm: [ledger room^2]" in shown
    assert "12 → 18 of 40" in shown
    assert "category: 0.500 → 0.510" in shown
    assert "Acme &lt;b&gt;opens" in shown
    assert "and 2 more" in shown
    assert shown.count("Always</button>") == 1
    assert "2 items of Bolt dropped</bdi>: a rule needs 3 drops" in shown
    assert "the reference set gets worse: crm: 3 right" in shown
    told = do(client, "teach", line="words:\n  crm: [ledger room^2]")
    assert "Take it back" in told
    assert "taken back" in do(client, "unteach", number="1")
    stage.lessons = ("2 stories of Halcyra were dropped.",)
    assert "2 stories of Halcyra were dropped." in client.get(f"/story/{sid(1)}").text
    stage.proposed = []
    assert "Nothing to propose yet" in client.get("/pane/teach").text
    stage.fault = "vocabulary.yaml:3:1: unknown key"
    answer = client.get("/pane/teach")
    assert (answer.status_code, "vocabulary.yaml:3:1" in answer.text) == (422, True)
    client.cookies.clear()
    assert client.get("/pane/teach").status_code == 403


# ---------------------------------------------------------------- people


def test_a_browser_is_asked_for_a_name(tmp_path):
    """Nobody signs by default; a name that is in use is given twice only on purpose."""
    made, stage = desk(tmp_path, [story(1)]), Backstage(tmp_path)
    whole = build_page(made, stage, name="")
    client = TestClient(create_app(whole), base_url=f"http://{HOST}")
    assert "Who are you?" in client.get(f"/?token={TOKEN}").text
    assert "say who you are first" in do(client, "keep", sid(1), 422)
    whole.room._visitors["other"] = Visitor("Ben")
    answer = client.post("/name", data={"name": "Ben"}, headers=SIGN)
    assert "is on the page already" in answer.text
    assert "Who are you?" in client.get("/").text
    client.post("/name", data={"name": "Zoë <b>"}, headers=SIGN)
    do(client, "keep", sid(1))
    assert made.store.decisions.stories[0].by == "Zoë <b>"
    assert "Zoë &lt;b&gt;" in client.get("/").text


def test_a_draft_outlives_all_but_its_saving(held, tmp_path):
    """Another story, another view, a reload, a new start of the program."""
    made, stage, client = held

    def draft(story_id, field, text, base=""):
        form = {"story": story_id, "field": field, "text": text, "base": base}
        assert client.post("/draft", data=form, headers=SIGN).status_code == 204

    draft(sid(1), "note", "half a tho")
    draft("", "letter", "Dear a")
    do(client, "keep", sid(2))
    do(client, "decision", what="Ask Bolt", step="ask", state="open")
    assert ">half a tho</textarea>" in client.get(f"/story/{sid(1)}").text
    assert ">Dear a</textarea>" in client.get("/pane/letter").text
    again = TestClient(page(made, stage), base_url=f"http://{HOST}")
    again.get(f"/?token={TOKEN}")
    assert "half a tho" in again.get(f"/?story={sid(1)}").text
    assert oct((tmp_path / ".review" / "2026-Q3.json").stat().st_mode)[-3:] == "600"
    told = client.get(f"/story/{sid(1)}").text
    do(client, "words", sid(1), note="half a thought", **find_drafted(told, "note"))
    assert "not saved yet" not in client.get(f"/story/{sid(1)}").text
    draft(sid(1), "note", "half a thought")  # under way while it was saved
    assert "not saved yet" not in client.get(f"/story/{sid(1)}").text
    told = client.get("/pane/letter").text
    do(client, "discard", field="letter", **find_drafted(told, "letter"))
    assert "Dear a" not in client.get("/pane/letter").text
    assert "half a thought" in made.store.path.read_text()


def test_a_conflict_shows_both_texts_and_is_resolved_as_told(held):
    """Saving again after looking is enough; the other's text can be taken as well."""
    made, _, client = held
    seen = made.store.version
    do(client, "words", sid(1), note="Ben's", seen=seen)
    form = {"note": "Anna's", "base-note": ""}
    told = do(client, "words", sid(1), 409, seen=seen, **form)
    assert ">Anna&#39;s</textarea>" in told
    assert "<blockquote>Ben&#39;s</blockquote>" in told
    (fresh, *_) = re.findall(r'name="seen" value="(\d+)"', told)
    do(client, "words", sid(1), seen=fresh, **form)
    assert made.get_decision(sid(1)).note == "Anna's"
    told = do(client, "words", sid(1), 409, seen=seen, **{"note": "late", "base-note": ""})
    told = do(client, "discard", sid(1), field="note", **find_drafted(told, "note"))
    assert "late" not in told
    assert made.get_decision(sid(1)).note == "Anna's"


def test_remarks_are_the_teams_alone(held):
    """They stand in no file that readers or the build see."""
    made, _, client = held
    told = do(client, "remark", sid(1), remark="Ask Ben <b>first</b>")
    assert "Ask Ben &lt;b&gt;first&lt;/b&gt;" in told
    assert not made.store.path.exists()
    assert "→ Ben" in do(client, "assign", sid(1), person="Ben")
    assert "→ Ben" not in do(client, "assign", sid(1), person="")
    assert "the remark is empty" in do(client, "remark", sid(1), 422, remark=" ")


def test_others_are_told_of_changes(held, monkeypatch):
    """At once after a decision, an edit of the file, a remark; and who looks at what."""
    monkeypatch.setattr("digest.review.room._LOOK_AGAIN", 0.001)
    made, stage, _ = held
    whole = build_page(made, stage)

    async def listen():
        events = whole.room.stream_events("tab-1", "Anna", "")
        await anext(events)
        told = [await anext(events)]
        made.write_changes(keep_story(made, sid(1)), "Ben", "keep")
        told.append(await anext(events))
        whole.workbench.add_remark(sid(1), "Ben", "look")
        told.append(await anext(events))
        made.store.path.write_text("# by hand\n" + made.store.path.read_text() + "letter: Dear\n")
        told.append(await anext(events))
        other = whole.room.stream_events("tab-2", "Ben", sid(3))
        await anext(other)
        told.append(await anext(events))
        whole.room.close()
        assert [event async for event in events] == []
        return told

    told = asyncio.run(listen())
    states = [json.loads(event.partition("data: ")[2])["state"] for event in told]
    assert len(set(states[:4])) == 4
    assert json.loads(told[4].partition("data: ")[2])["others"] == [["Ben", sid(3)]]


# ---------------------------------------------------------------- what makes it fast


def test_a_view_decides_nothing_and_an_action_decides_once(held):
    """Deciding is what costs; benchmarks/bench_page.py measures views and actions."""
    made, _, client = held
    client.get("/")
    decided, decide = [], made._decide

    def counted(decisions):
        decided.append(decisions)
        return decide(decisions)

    made._decide = counted
    for view in ("/", "/tray?f-view=all&f-words=halcyra", f"/story/{sid(3)}", "/lists"):
        assert client.get(view).status_code == 200
    assert decided == []
    do(client, "keep", sid(3))
    do(client, "words", sid(5), note="why")
    client.get("/")
    assert len(decided) == 2
