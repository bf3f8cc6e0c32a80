"""Drafts, in whatever order what is typed and what is saved come to the server."""

import json
import random
from itertools import permutations

import pytest
from starlette.testclient import TestClient

from digest.review import workbench
from digest.review.guard import make_csrf_token
from digest.review.workbench import ClosedField, Moment, Workbench
from tests.factories.items import NOW
from tests.factories.review import HOST, TOKEN, Backstage, desk, page, story

SIGN = {"X-Digest": make_csrf_token(TOKEN)}
ONE = story(1).id


@pytest.fixture
def bench(tmp_path):
    """A workbench on which nothing lies."""
    return Workbench(tmp_path / "bench.json", lambda: NOW)


class OpenPage:
    """What a page in a browser sends of one field: each request is made now and sent when told."""

    def __init__(self, bench, name, person="Anna", names=(ONE,), field="note"):
        self._bench, self._name, self._person = bench, name, person
        self._names, self._field, self._moment = list(names), field, 0

    def _count(self):
        self._moment += 1
        return Moment(self._name, self._moment)

    def type(self, text, base="", over=()):
        """Type; return what brings it to the server."""
        at = self._count()
        return lambda: self._bench.save_draft(
            self._person, self._names, self._field, text, base, at, over
        )

    def save(self, text, shown=""):
        """Save the form; return what brings it to the server."""
        at, closed = self._count(), ClosedField(shown, text)
        return lambda: self._bench.close_fields(
            self._person, self._names, {self._field: closed}, at
        )


def list_texts(bench, person="Anna", names=(ONE,)):
    """The texts of all drafts, of whatever page, as the file holds them."""
    held = json.loads(bench._path.read_bytes())["drafts"] if bench._path.exists() else {}
    drafts = held.get(person, {}).items()
    return {one["text"] for key, one in drafts if key.partition(":")[0] in names}


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_what_a_form_has_saved_is_no_draft_whenever_it_comes(tmp_path, order):
    """Also what was typed before and comes after."""
    bench = Workbench(tmp_path / "bench.json", lambda: NOW)
    mine = OpenPage(bench, "p")
    sent = [mine.type("a"), mine.type("ab"), mine.save("ab")]
    for number in order:
        sent[number]()
    assert list_texts(bench) == set()
    assert not bench.has_drafts()


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_what_is_typed_after_saving_stays_whenever_it_comes(tmp_path, order):
    """It is later by the page's own count, and lies on top of what was saved."""
    bench = Workbench(tmp_path / "bench.json", lambda: NOW)
    mine = OpenPage(bench, "p")
    sent = [mine.type("a"), mine.save("a"), mine.type("ab"), mine.type("abc", "a")]
    for number in order:
        sent[number]()
    assert list_texts(bench) == {"abc"}
    assert bench.list_drafts("Anna", [ONE])["note"].base == "a"


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_what_is_typed_and_erased_is_no_draft(tmp_path, order):
    """Of what was typed the last counts, not what comes last."""
    bench = Workbench(tmp_path / "bench.json", lambda: NOW)
    mine = OpenPage(bench, "p")
    sent = [mine.type("was a", "was"), mine.type("was ab", "was"), mine.type("was", "was")]
    for number in order:
        sent[number]()
    assert list_texts(bench) == set()


def test_no_word_of_any_page_or_person_is_lost_or_left(tmp_path, monkeypatch):
    """Forty orders, drawn by lot, of what four pages of two people send: of each page stays
    what was typed there after it saved last, and nothing else."""
    dice = random.Random(22)
    monkeypatch.setattr(workbench, "write_file", lambda path, data, **_: path.write_bytes(data))
    for run in range(40):
        bench = Workbench(tmp_path / f"{run}.json", lambda: NOW)
        sent = []
        wanted: dict[str, set[str]] = {"Anna": set(), "Ben": set()}
        for number in range(4):
            person = "Anna" if number < 2 else "Ben"
            mine, left = OpenPage(bench, f"p{number}", person), ""
            for step in range(dice.randrange(5)):
                text = f"{number} {step}"
                if dice.random() < 0.35:
                    sent.append(mine.save(left or text))
                    left = ""
                else:
                    sent.append(mine.type(text))
                    left = text
            wanted[person] |= {left} - {""}
        dice.shuffle(sent)
        for send in sent:
            send()
        assert {person: list_texts(bench, person) for person in wanted} == wanted, run


def test_a_page_goes_on_with_the_draft_that_it_shows(bench):
    """After a reload, or in another tab: typed on, saved or given up, the earlier one ends with it,
    also where it is saved before the draft of it comes."""
    first, second = OpenPage(bench, "p"), OpenPage(bench, "q")
    first.type("half")()
    shown = bench.list_drafts("Anna", [ONE])["note"].typed
    second.type("half a", over=[shown])()
    assert list_texts(bench) == {"half a"}
    first.type("half")()
    shown = bench.list_drafts("Anna", [ONE])["note"].typed
    late = second.type("half a thought", over=[shown])
    second.save("half a thought", shown)()
    late()
    assert list_texts(bench) == set()


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_a_page_that_is_loaded_anew_goes_on_with_what_was_under_way(tmp_path, order):
    """It hands that over to itself, so what comes from the page before it is over, too late or not;
    and so is that after it was saved."""
    for is_saved in (False, True):
        bench = Workbench(tmp_path / f"{is_saved}.json", lambda: NOW)
        before, after = OpenPage(bench, "p"), OpenPage(bench, "q")
        sent = [before.type("a"), before.type("ab"), after.type("ab", over=["p-2"])]
        sent.append(after.save("abc") if is_saved else after.type("abc"))
        for number in order:
            sent[number]()
        assert list_texts(bench) == (set() if is_saved else {"abc"})


def test_what_another_tab_typed_outlives_a_save_that_did_not_show_it(bench):
    """And is offered after it; what both typed alike is written."""
    first, second = OpenPage(bench, "p"), OpenPage(bench, "q")
    first.type("of the first")()
    second.type("of the second")()
    second.save("of the second")()
    assert bench.list_drafts("Anna", [ONE])["note"].text == "of the first"
    first.save("of the first")()
    second.type("alike")()
    first.type("alike")()
    first.save("alike")()
    assert list_texts(bench) == set()


def test_a_draft_follows_its_story_to_another_id(bench):
    """What was typed under the old one and comes after it was saved under the new one is none."""
    mine = OpenPage(bench, "p", names=["s1"])
    late = mine.type("half")
    bench.close_fields("Anna", ["s1", "s2"], {"note": ClosedField("", "half")}, Moment("p", 2))
    late()
    assert list_texts(bench, names=["s1", "s2"]) == set()
    bench.save_draft("Anna", ["s1"], "note", "more", "", Moment("p", 3))
    bench.save_draft("Anna", ["s1", "s2"], "note", "more yet", "", Moment("p", 4), ["p-3"])
    assert list_texts(bench, names=["s1", "s2"]) == {"more yet"}


def test_drafts_outlive_the_program_with_what_names_them(tmp_path):
    """Those of an earlier version, which named none, too."""
    path = tmp_path / "bench.json"
    bench = Workbench(path, lambda: NOW)
    OpenPage(bench, "p").type("half")()
    held = json.loads(path.read_bytes())
    held["drafts"]["Anna"]["s2:note"] = {"text": "old", "base": "", "at": NOW.isoformat()}
    path.write_text(json.dumps(held))
    again = Workbench(path, lambda: NOW)
    (draft, old) = (again.list_drafts("Anna", [one])["note"] for one in (ONE, "s2"))
    OpenPage(again, "q").save("half a thought", draft.typed)()
    OpenPage(again, "q", names=["s2"]).save("older", old.typed)()
    assert not again.has_drafts()


def test_a_draft_that_could_not_be_written_is_sent_again(bench, monkeypatch):
    """Its number does not count as heard."""
    send = OpenPage(bench, "p").type("half")

    def fail(*_, **__):
        raise OSError("no space")

    monkeypatch.setattr(workbench, "write_file", fail)
    with pytest.raises(OSError, match="no space"):
        send()
    monkeypatch.undo()
    send()
    assert list_texts(bench) == {"half"}


# ---------------------------------------------------------------- over HTTP


class Browser:
    """A page that numbers what it sends."""

    def __init__(self, client, name):
        self.client, self.name, self.moment = client, name, 0

    def send(self, path, moment=0, **form):
        """Send a form, now or as of a moment before."""
        if not moment:
            self.moment += 1
        at = f"{self.name}-{moment or self.moment}"
        return self.client.post(path, data=form, headers={**SIGN, "X-Moment": at})

    def type(self, text, field="note", moment=0, story=ONE, **more):
        """Send a draft."""
        form = {"story": story, "field": field, "text": text, "base": "", **more}
        assert self.send("/draft", moment, **form).status_code == 204


@pytest.fixture
def opened(tmp_path):
    """A desk, and an open page of it."""
    made = desk(tmp_path, [story(n) for n in range(6)])
    client = TestClient(page(made, Backstage(tmp_path)), base_url=f"http://{HOST}")
    client.get(f"/?token={TOKEN}", follow_redirects=False)
    return made, Browser(client, "p")


def shown(browser, path=f"/story/{ONE}"):
    """Whether a view shows a draft."""
    return "not saved yet" in (text := browser.client.get(path).text) or "Changed mean" in text


def test_a_draft_that_comes_after_its_form_was_saved_and_undone_is_none(opened):
    """Undo takes the words back, and the draft of them does not bring them again."""
    made, mine = opened
    form = {"story": ONE, "note": "half a thought", "base-note": "", "drafted-note": ""}
    assert mine.send("/do/words", 2, **form).status_code == 200
    assert mine.send("/do/undo", 3).status_code == 200
    mine.type("half a tho", moment=1)
    assert not shown(mine)
    assert made.get_decision(ONE) is None
    mine.type("half a thought", moment=4)  # but what is typed by then is
    assert shown(mine)


def test_what_is_refused_closes_no_field(opened):
    """The draft comes later and stays, by a conflict as by a reason that is missing."""
    _, mine = opened
    form = {"story": ONE, "reason": " ", "drafted-reason": ""}
    assert mine.send("/do/drop", 2, **form).status_code == 422
    mine.type("no n", "reason", moment=1)
    assert 'value="no n"' in mine.client.get(f"/story/{ONE}").text
    mine.send("/do/words", 3, story=ONE, note="theirs", seen="0", **{"drafted-note": ""})
    form = {"story": ONE, "note": "mine", "seen": "0", "base-note": "", "drafted-note": ""}
    assert mine.send("/do/words", 5, **form).status_code == 409
    mine.type("min", moment=4)  # before the form that was refused, which kept it all
    assert ">mine</textarea>" in mine.client.get(f"/story/{ONE}").text


def test_a_new_decision_stays_a_draft_while_an_old_one_is_saved(opened):
    """Both fields go by one name; each form closes its own."""
    _, mine = opened
    mine.send("/do/decision", what="Ask Bolt", **{"drafted-what": ""})
    mine.type("Try Acme", "what", story="")
    mine.send("/do/decision", what="Ask Bolt", was="Ask Bolt", owner="Ben")
    assert 'value="Try Acme"' in mine.client.get("/pane/letter").text
    mine.send("/do/decision", what="Try Acme", **{"drafted-what": "p-2"})
    assert mine.client.get("/pane/letter").text.count('value="Try Acme"') == 2  # was, and what


def test_giving_one_draft_up_leaves_the_others_of_its_form(opened):
    """Headline and summary are one form."""
    _, mine = opened
    mine.type("Ours", "headline")
    mine.type("Our sentence.", "summary")
    form = {"story": ONE, "drafted-headline": "p-1", "drafted-summary": "p-2"}
    told = mine.send("/do/discard", field="summary", **form).text
    assert 'value="Ours"' in told
    assert "Our sentence." not in told


def test_a_form_names_the_draft_that_it_shows(opened):
    """So that a save ends it, whichever page it was typed on."""
    _, mine = opened
    mine.type("half a tho")
    told = mine.client.get(f"/story/{ONE}").text
    assert '<input type="hidden" name="drafted-note" value="p-1">' in told
    other = Browser(mine.client, "q")
    form = {"story": ONE, "note": "half a thought", "base-note": "", "drafted-note": "p-1"}
    other.send("/do/words", **form)
    assert not shown(mine)
