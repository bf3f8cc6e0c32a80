"""The page: routes over the desk. Every change is one POST, and answers with the story as it stands then."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from digest.config.amend import Place, Value
from digest.errors import DigestError, UsageError
from digest.model import AI_GRADES, EVENTS, EVIDENCE_GRADES, RELATION_KINDS, RINGS, RankedStory
from digest.render.prose import prose
from digest.review.desk import PAGE, VIEWS, Desk, Wanted, needs_reason
from digest.review.guard import Guard, proof
from digest.review.store import ConflictError, shown
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean, shorten
from digest.urls import is_web

_HERE = Path(__file__).parent
_FIELDS = ("category", "ai", "evidence", "event", "relation", "ring")
_WORDS = ("headline", "summary", "note")


class Backstage(Protocol):
    """What the page needs of the rest of the program; each may take a while and runs beside the page."""

    async def preview(self) -> Path:
        """Makes HTML and PDF of the edition as decided now; gives the folder they are in. Raises DigestError."""

    async def approve(self, by: str, note: str) -> str:
        """Builds and releases the edition; gives what happened, in words. Raises DigestError."""

    def standing(self) -> str:
        """Whether the edition is a draft, approved, sent, or changed since."""

    def health(self) -> list[Mapping[str, Any]]:
        """How the sources are doing: name, state, words, items, printed, dropped."""

    async def proposals(self) -> list[Mapping[str, Any]]:
        """Lines for vocabulary.yaml that the decisions of all quarters speak for, with their effect; those that are
        offered have a number. Takes seconds. Raises DigestError."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the page, and how people are named. `header`: where a proxy says the user's name; "" for none."""

    token: str
    hosts: frozenset[str]
    name: str
    header: str = ""
    cookie: str = "digest-review"


def app(desk: Desk, backstage: Backstage, access: Access, title: str) -> ASGIApp:
    """The page as an ASGI application, guarded."""
    page = _Page(desk, backstage, access, title)
    backstage.standing()
    for name in ("page.html", "done.html"):  # compiled now, and not for the first who looks
        _environment().get_template(name)
    routes = [
        Route("/", page.index),
        Route("/queue", page.queue),
        Route("/state", page.state),
        Route("/story/{id}", page.story),
        Route("/alike/{id}", page.alike),
        Route("/steps", page.steps),
        Route("/edition", page.edition),
        Route("/sources", page.sources),
        Route("/proposals", page.proposals),
        Route("/preview", page.preview),
        Route("/preview/{name}", page.preview_file),
        Route("/prose", page.prose, methods=["POST"]),
        Route("/do/{what}", page.do, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    served = Starlette(routes=routes, exception_handlers={DigestError: page.refused})
    return Guard(served, access.token, access.hosts, access.cookie)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {"prose": prose, "web": lambda url: url if is_web(url) else "", "cut": shorten, "shown": shown}
    made.globals |= {
        "categories": [(GROUPS[group], [one for one in CATEGORIES.values() if one.group == group]) for group in GROUPS],
        "names": {slug: one.name for slug, one in CATEGORIES.items()},
        "choices": {"ai": AI_GRADES, "evidence": (*EVIDENCE_GRADES, "none"), "event": EVENTS,
                    "relation": RELATION_KINDS, "ring": RINGS},
        "views": VIEWS,
    }  # fmt: skip
    return made


class _Page:
    def __init__(self, desk: Desk, backstage: Backstage, access: Access, title: str) -> None:
        self.desk, self.backstage, self.access, self.title = desk, backstage, access, title
        self._preview: Path | None = None

    # ------------------------------------------------------------ looking

    async def index(self, request: Request) -> Response:
        """The whole page."""
        wanted = _wanted(request.query_params)
        rows = self.desk.rows(wanted)
        first = self._shown(rows[0].id) if rows else {}
        return self._html("page.html", wanted=wanted, rows=rows[:PAGE], more=self._more(wanted, rows, PAGE), **first)

    async def queue(self, request: Request) -> Response:
        """The rows that fit a filter, from a place on."""
        wanted, start = _wanted(request.query_params), _number(request.query_params.get("from", "0"))
        rows = self.desk.rows(wanted)
        part, more = rows[start : start + PAGE], self._more(wanted, rows, start + PAGE)
        return self._html("queue.html", rows=part, more=more, total=len(rows), start=start)

    async def state(self, request: Request) -> Response:  # noqa: ARG002
        """Counts, standing and conflicts."""
        return self._html("state.html")

    async def story(self, request: Request) -> Response:
        """One story."""
        return self._html("story.html", **self._shown(request.path_params["id"]))

    async def alike(self, request: Request) -> Response:
        """Stories that may be the same as one."""
        story = self.desk.story(request.path_params["id"]).story
        return self._html("alike.html", alike=self.desk.like(story, request.query_params.get("words", "")))

    async def steps(self, request: Request) -> Response:  # noqa: ARG002
        """What was done since the page was opened, newest first."""
        return self._html("steps.html", steps=self.desk.store.steps[::-1][:200])

    async def edition(self, request: Request) -> Response:  # noqa: ARG002
        """Letter, decisions, sections and items by hand."""
        return self._html("edition.html", **self._edition())

    async def sources(self, request: Request) -> Response:  # noqa: ARG002
        """How the sources are doing."""
        return self._html("sources.html", sources=self.backstage.health())

    async def proposals(self, request: Request) -> Response:  # noqa: ARG002
        """What the team's decisions teach, measured now."""
        return self._html("proposals.html", proposals=await self.backstage.proposals())

    async def preview(self, request: Request) -> Response:  # noqa: ARG002
        """Makes the edition as decided now."""
        self._preview = await self.backstage.preview()
        return self._html("preview.html")

    async def preview_file(self, request: Request) -> Response:
        """A file of the last preview. The HTML brings a policy of its own and runs apart from this page."""
        kinds = {"digest.html": "text/html; charset=utf-8", "digest.pdf": "application/pdf"}
        name = request.path_params["name"]
        if self._preview is None or name not in kinds:
            return PlainTextResponse("Make the preview first.", 404)
        policy = "sandbox allow-scripts" if name.endswith("html") else "default-src 'none'; style-src 'unsafe-inline'"
        return FileResponse(self._preview / name, media_type=kinds[name], headers={"content-security-policy": policy})

    # ------------------------------------------------------------ doing

    async def prose(self, request: Request) -> Response:
        """Markdown as it will be printed."""
        form = await _form(request)
        return HTMLResponse(prose(form.get("note", "")[:6000]))

    async def do(self, request: Request) -> Response:
        """One change."""
        form, by = await _form(request), self._who(request)
        what, story = request.path_params["what"], form.get("story", "")
        try:
            if what == "approve":
                return self._html("said.html", said=await self.backstage.approve(by, form.get("note", "")), fault=False)
            if what == "undo":
                return self._undone(by, form)
            if what == "resolve":
                self.desk.store.resolve(
                    form.get("place", ""), mine=form.get("mine") == "yes", by=by, at=self.desk.now()
                )
                return self._html("done.html", said="settled", gone=(), fresh=(), **self._current(story))
            if what in _EDITION:
                self.desk.write(_EDITION[what](form, self.desk), by, what, _seen(form))
                return self._html("edition.html", said="written", **self._edition())
            return self._changed(what, story, form, by)
        except ConflictError as error:
            return self._said(error, 409)

    def _changed(self, what: str, story: str, form: _Form, by: str) -> Response:
        """A change of one story: the story as it is now, and the rows that came and went with it."""
        if what not in _ACTIONS:
            raise UsageError(f"the page cannot {shorten(clean(what), 30)}", "load it again")
        words = f"{what} {self.desk.label(story)}"
        changes = _ACTIONS[what](self.desk, story, form)
        before = {one.story.id for one in self.desk.decision.ranked}
        self.desk.write(changes, by, words, _seen(form))
        return self._after(changes, before, words)

    def _undone(self, by: str, form: _Form) -> Response:
        before = {one.story.id for one in self.desk.decision.ranked}
        number = _number(form.get("number", "0")) or None
        step = self.desk.store.undo(by, self.desk.now(), number)
        return self._after(step.after, before, step.words)

    def _after(self, changes: Mapping[Place, Value], before: set[str], said: str) -> Response:
        now = {one.story.id for one in self.desk.decision.ranked}
        fresh = [self.desk.row(self.desk.story(story)) for story in sorted(now - before)]
        return self._html(
            "done.html", said=said, gone=sorted(before - now), fresh=fresh,
            **self._current(self.desk.lead_of(changes) or ""),
        )  # fmt: skip

    def _current(self, story_id: str) -> dict[str, Any]:
        """A story to show, where it is there."""
        try:
            return self._shown(story_id)
        except UsageError:
            return {"row": None}

    def _who(self, request: Request) -> str:
        named = request.headers.get(self.access.header, "") if self.access.header else ""
        return shorten(clean(named), 60) or self.access.name

    # ------------------------------------------------------------ answering

    def _html(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        base = {
            "title": self.title,
            "counts": self.desk.counts(),
            "store": self.desk.store,
            "lost": self.desk.lost(),
            "standing": self.backstage.standing(),
            "proof": Markup(json.dumps({"X-Digest": proof(self.access.token)})),  # noqa: S704 - hexadecimal digits
            "row": None,
            "said": "",
            "json": json,
        }
        return HTMLResponse(_environment().get_template(name).render({**base, **values}), status)

    async def refused(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        """What could not be shown, in words."""
        assert isinstance(error, DigestError)
        return self._said(error)

    def _said(self, error: DigestError, status: int = 422) -> HTMLResponse:
        """A refusal, beside the page as it is."""
        answer = self._html("said.html", status, said=str(error), fault=True)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#said", "outerHTML"
        return answer

    def _shown(self, story_id: str) -> dict[str, Any]:
        one = self.desk.story(story_id)
        ruling = self.desk.ruling(story_id)
        return {
            "row": self.desk.row(one),
            "one": one,
            "story": one.story,
            "tags": one.story.tags,
            "ruling": ruling,
            "lead": one.story.lead.item,
            "place": _place(self.desk, one),
            "relations": self.desk.decision.relations.get(story_id, ()),
            "thread": self.desk.decision.threads.get(story_id),
            "alike": (),
        }

    def _edition(self) -> dict[str, Any]:
        return {"rulings": self.desk.store.rulings, "sections": _SECTIONS}

    def _more(self, wanted: Wanted, rows: list[Any], start: int) -> str:
        """The address of the rows behind those shown; "" where there are none."""
        query = {"view": wanted.view, "words": wanted.words, "category": wanted.category, "ai": wanted.ai,
                 "event": wanted.event, "from": start}  # fmt: skip
        return f"/queue?{urlencode(query)}" if len(rows) > start else ""


def _place(desk: Desk, one: RankedStory) -> int:
    return next((n for n, other in enumerate(desk.decision.ranked, 1) if other is one), 0)


# ---------------------------------------------------------------- what a form says


class _Form(dict[str, str]):
    """A form's fields; of several with one name the last, all of them in `all`."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__({name: values[-1] for name, values in fields.items()})
        self.all = fields


async def _form(request: Request) -> _Form:
    body = (await request.body()).decode("utf-8", "replace")
    return _Form(parse_qs(body, keep_blank_values=True, max_num_fields=300))


def _wanted(query: Mapping[str, str]) -> Wanted:
    view = query.get("view", "todo")
    return Wanted(
        view if view in VIEWS else "todo",
        clean(query.get("words", ""))[:200],
        *(query.get(name, "")[:60] for name in ("category", "ai", "event")),
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _seen(form: _Form) -> int | None:
    return _number(form["seen"]) if form.get("seen", "").isdigit() else None


def _text(text: str) -> str:
    return "\n".join(text.splitlines()).strip("\n")


def _words(form: _Form) -> dict[str, Value]:
    return {name: _text(form[name]) or None for name in _WORDS if name in form}


def _tags(form: _Form) -> dict[str, Value]:
    """The tags of a form that a person changed; `machine` is taken back to the machine's judgement."""
    values: dict[str, Value] = {}
    for name in _FIELDS:
        if name in form and form[name] != form.get(f"was-{name}"):
            values[name] = None if form[name] in ("", "machine") else form[name]
    if "vendors" in form and form["vendors"] != form.get("was-vendors"):
        values["vendors"] = [name for part in form["vendors"].split(",") if (name := clean(part))] or None
    return values


Action = Callable[[Desk, str, _Form], dict[Place, Value]]
_ACTIONS: Mapping[str, Action] = {
    "keep": lambda desk, story, _: desk.keep(story),
    "drop": lambda desk, story, form: desk.drop(story, needs_reason(form.get("reason", ""))),
    "take back": lambda desk, story, _: desk.drop(story, ""),
    "pin": lambda desk, story, _: desk.pin(story),
    "raise": lambda desk, story, _: desk.raise_pin(story),
    "words": lambda desk, story, form: desk.say(story, _words(form)),
    "tags": lambda desk, story, form: desk.say(story, _tags(form)),
    "merge": lambda desk, story, form: desk.merge(story, form.get("other", "")),
    "split": lambda desk, story, form: desk.split(story, form.all.get("item", [])),
}

_SECTIONS = {
    "five": "The quarter in five", "ai-watch": "AI watch", "categories": "New by stack category",
    "deals": "Deals and vendor health", "rules": "Rules and risk", "stack": "Our stack", "ledger": "Promises",
    "radar": "Radar", "agenda": "Agenda",
}  # fmt: skip


def _letter(form: _Form, desk: Desk) -> dict[Place, Value]:  # noqa: ARG001
    return {("letter", "", ""): _text(form.get("letter", "")) or None}


def _sections(form: _Form, desk: Desk) -> dict[Place, Value]:  # noqa: ARG001
    on = form.all.get("section", [])
    return {("sections", "", slug): None if slug in on else "off" for slug in _SECTIONS}


def _decision(form: _Form, desk: Desk) -> dict[Place, Value]:  # noqa: ARG001
    what = clean(form.get("what", ""))
    if not what:
        raise UsageError("say what was decided", "in a few words")
    names = ("step", "story", "owner", "due", "state", "note")
    values = {name: clean(form[name]) or None for name in names if name in form}
    if values.get("state") == "open":
        values["state"] = None
    return {("decisions", what, name): value for name, value in {"what": what, **values}.items()}


def _added(form: _Form, desk: Desk) -> dict[Place, Value]:  # noqa: ARG001
    names = ("url", "title", "source", "published", "summary", "language")
    values = {name: clean(form.get(name, "")) or None for name in names}
    if not values["url"] or not is_web(values["url"]) or not values["title"] or not values["source"]:
        raise UsageError("an item needs its address, title and publisher", "give all three")
    return {("added", values["url"], name): value for name, value in values.items()}


_EDITION: Mapping[str, Callable[[_Form, Desk], dict[Place, Value]]] = {
    "letter": _letter, "sections": _sections, "decision": _decision, "add": _added,
}  # fmt: skip
