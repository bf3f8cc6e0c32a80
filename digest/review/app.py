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

from digest.config.decision_changes import Place, Value
from digest.errors import DigestError, UsageError
from digest.model.stack import RELATION_KINDS, RINGS
from digest.model.story import RankedStory
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES
from digest.render.prose import render_markdown
from digest.review.desk import PAGE_SIZE, VIEWS, ReviewSession, StoryFilter, require_reason
from digest.review.guard import RequestGuard, make_csrf_token
from digest.review.store import ConflictError, format_value
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text, truncate_text
from digest.urls import is_web_url

_HERE = Path(__file__).parent
_TAG_FIELDS = ("category", "ai", "evidence", "event", "relation", "ring")
_TEXT_FIELDS = ("headline", "summary", "note")


class ReviewServices(Protocol):
    """What the page needs of the rest of the program; each may take a while and runs beside the page."""

    async def build_preview(self) -> Path:
        """Makes HTML and PDF of the edition as decided now; gives the folder they are in. Raises DigestError."""

    async def approve_edition(self, by: str, note: str) -> str:
        """Builds and releases the edition; gives what happened, in words. Raises DigestError."""

    def edition_status(self) -> str:
        """Whether the edition is a draft, approved, sent, or changed since."""

    def source_health(self) -> list[Mapping[str, Any]]:
        """How the sources are doing: name, state, words, items, printed, dropped."""

    async def list_proposals(self) -> list[Mapping[str, Any]]:
        """Lines for vocabulary.yaml that the decisions of all quarters speak for, with their effect; those that are
        offered have a number. Takes seconds. Raises DigestError."""


@dataclass(frozen=True, slots=True)
class ReviewAccess:
    """Who may use the page, and how people are named. `header`: where a proxy says the user's name; "" for none."""

    token: str
    hosts: frozenset[str]
    name: str
    header: str = ""
    cookie: str = "digest-review"


def create_app(
    session: ReviewSession, services: ReviewServices, access: ReviewAccess, title: str
) -> ASGIApp:
    """The page as an ASGI application, guarded."""
    page = _ReviewRoutes(session, services, access, title)
    services.edition_status()
    for name in ("page.html", "done.html"):  # compiled now, and not for the first who looks
        _build_environment().get_template(name)
    routes = [
        Route("/", page.show_index),
        Route("/queue", page.show_queue),
        Route("/state", page.show_state),
        Route("/story/{id}", page.show_story),
        Route("/alike/{id}", page.show_similar),
        Route("/steps", page.show_steps),
        Route("/edition", page.show_edition),
        Route("/sources", page.show_sources),
        Route("/proposals", page.show_proposals),
        Route("/preview", page.show_preview),
        Route("/preview/{name}", page.send_preview_file),
        Route("/prose", page.render_note, methods=["POST"]),
        Route("/do/{what}", page.handle_action, methods=["POST"]),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    served = Starlette(routes=routes, exception_handlers={DigestError: page.handle_error})
    return RequestGuard(served, access.token, access.hosts, access.cookie)


@cache
def _build_environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {
        "prose": render_markdown,
        "web": lambda url: url if is_web_url(url) else "",
        "cut": truncate_text,
        "shown": format_value,
    }
    made.globals |= {
        "categories": [(GROUPS[group], [one for one in CATEGORIES.values() if one.group == group]) for group in GROUPS],
        "names": {slug: one.name for slug, one in CATEGORIES.items()},
        "choices": {"ai": AI_GRADES, "evidence": (*EVIDENCE_GRADES, "none"), "event": EVENTS,
                    "relation": RELATION_KINDS, "ring": RINGS},
        "views": VIEWS,
    }  # fmt: skip
    return made


class _ReviewRoutes:
    def __init__(
        self, session: ReviewSession, services: ReviewServices, access: ReviewAccess, title: str
    ) -> None:
        self.desk, self.backstage, self.access, self.title = session, services, access, title
        self._preview: Path | None = None

    # ------------------------------------------------------------ looking

    async def show_index(self, request: Request) -> Response:
        """The whole page."""
        wanted = _parse_filter(request.query_params)
        rows = self.desk.list_rows(wanted)
        first = self._build_story_context(rows[0].id) if rows else {}
        return self._render_template(
            "page.html",
            wanted=wanted,
            rows=rows[:PAGE_SIZE],
            more=self._next_page_url(wanted, rows, PAGE_SIZE),
            **first,
        )

    async def show_queue(self, request: Request) -> Response:
        """The rows that fit a filter, from a place on."""
        wanted, start = (
            _parse_filter(request.query_params),
            _parse_number(request.query_params.get("from", "0")),
        )
        rows = self.desk.list_rows(wanted)
        part, more = (
            rows[start : start + PAGE_SIZE],
            self._next_page_url(wanted, rows, start + PAGE_SIZE),
        )
        return self._render_template(
            "queue.html", rows=part, more=more, total=len(rows), start=start
        )

    async def show_state(self, request: Request) -> Response:  # noqa: ARG002
        """Counts, standing and conflicts."""
        return self._render_template("state.html")

    async def show_story(self, request: Request) -> Response:
        """One story."""
        return self._render_template(
            "story.html", **self._build_story_context(request.path_params["id"])
        )

    async def show_similar(self, request: Request) -> Response:
        """Stories that may be the same as one."""
        story = self.desk.get_story(request.path_params["id"]).story
        return self._render_template(
            "alike.html", alike=self.desk.find_similar(story, request.query_params.get("words", ""))
        )

    async def show_steps(self, request: Request) -> Response:  # noqa: ARG002
        """What was done since the page was opened, newest first."""
        return self._render_template("steps.html", steps=self.desk.store.steps[::-1][:200])

    async def show_edition(self, request: Request) -> Response:  # noqa: ARG002
        """Letter, decisions, sections and items by hand."""
        return self._render_template("edition.html", **self._build_edition_context())

    async def show_sources(self, request: Request) -> Response:  # noqa: ARG002
        """How the sources are doing."""
        return self._render_template("sources.html", sources=self.backstage.source_health())

    async def show_proposals(self, request: Request) -> Response:  # noqa: ARG002
        """What the team's decisions teach, measured now."""
        return self._render_template(
            "proposals.html", proposals=await self.backstage.list_proposals()
        )

    async def show_preview(self, request: Request) -> Response:  # noqa: ARG002
        """Makes the edition as decided now."""
        self._preview = await self.backstage.build_preview()
        return self._render_template("preview.html")

    async def send_preview_file(self, request: Request) -> Response:
        """A file of the last preview. The HTML brings a policy of its own and runs apart from this page."""
        kinds = {"digest.html": "text/html; charset=utf-8", "digest.pdf": "application/pdf"}
        name = request.path_params["name"]
        if self._preview is None or name not in kinds:
            return PlainTextResponse("Make the preview first.", 404)
        policy = (
            "sandbox allow-scripts"
            if name.endswith("html")
            else "default-src 'none'; style-src 'unsafe-inline'"
        )
        return FileResponse(
            self._preview / name,
            media_type=kinds[name],
            headers={"content-security-policy": policy},
        )

    # ------------------------------------------------------------ doing

    async def render_note(self, request: Request) -> Response:
        """Markdown as it will be printed."""
        form = await _read_form(request)
        return HTMLResponse(render_markdown(form.get("note", "")[:6000]))

    async def handle_action(self, request: Request) -> Response:
        """One change."""
        form, by = await _read_form(request), self._identify_user(request)
        what, story = request.path_params["what"], form.get("story", "")
        try:
            if what == "approve":
                return self._render_template(
                    "said.html",
                    said=await self.backstage.approve_edition(by, form.get("note", "")),
                    fault=False,
                )
            if what == "undo":
                return self._undo_step(by, form)
            if what == "resolve":
                self.desk.store.resolve_conflict(
                    form.get("place", ""), mine=form.get("mine") == "yes", by=by, at=self.desk.now()
                )
                return self._render_template(
                    "done.html", said="settled", gone=(), fresh=(), **self._try_story_context(story)
                )
            if what in _EDITION_ACTIONS:
                self.desk.write_changes(
                    _EDITION_ACTIONS[what](form, self.desk), by, what, _parse_seen_version(form)
                )
                return self._render_template(
                    "edition.html", said="written", **self._build_edition_context()
                )
            return self._change_story(what, story, form, by)
        except ConflictError as error:
            return self._render_error(error, 409)

    def _change_story(self, what: str, story: str, form: _ReviewForm, by: str) -> Response:
        """A change of one story: the story as it is now, and the rows that came and went with it."""
        if what not in _STORY_ACTIONS:
            raise UsageError(
                f"the page cannot {truncate_text(clean_text(what), 30)}", "load it again"
            )
        words = f"{what} {self.desk.format_label(story)}"
        changes = _STORY_ACTIONS[what](self.desk, story, form)
        before = {one.story.id for one in self.desk.decision.ranked}
        self.desk.write_changes(changes, by, words, _parse_seen_version(form))
        return self._render_changes(changes, before, words)

    def _undo_step(self, by: str, form: _ReviewForm) -> Response:
        before = {one.story.id for one in self.desk.decision.ranked}
        number = _parse_number(form.get("number", "0")) or None
        step = self.desk.store.undo_step(by, self.desk.now(), number)
        return self._render_changes(step.after, before, step.words)

    def _render_changes(
        self, changes: Mapping[Place, Value], before: set[str], said: str
    ) -> Response:
        now = {one.story.id for one in self.desk.decision.ranked}
        fresh = [self.desk.build_row(self.desk.get_story(story)) for story in sorted(now - before)]
        return self._render_template(
            "done.html", said=said, gone=sorted(before - now), fresh=fresh,
            **self._try_story_context(self.desk.find_changed_story(changes) or ""),
        )  # fmt: skip

    def _try_story_context(self, story_id: str) -> dict[str, Any]:
        """A story to show, where it is there."""
        try:
            return self._build_story_context(story_id)
        except UsageError:
            return {"row": None}

    def _identify_user(self, request: Request) -> str:
        named = request.headers.get(self.access.header, "") if self.access.header else ""
        return truncate_text(clean_text(named), 60) or self.access.name

    # ------------------------------------------------------------ answering

    def _render_template(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        base = {
            "title": self.title,
            "counts": self.desk.count_views(),
            "store": self.desk.store,
            "lost": self.desk.list_lost_decisions(),
            "standing": self.backstage.edition_status(),
            "proof": Markup(json.dumps({"X-Digest": make_csrf_token(self.access.token)})),  # noqa: S704 - hexadecimal digits
            "row": None,
            "said": "",
            "json": json,
        }
        return HTMLResponse(
            _build_environment().get_template(name).render({**base, **values}), status
        )

    async def handle_error(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        """What could not be shown, in words."""
        assert isinstance(error, DigestError)
        return self._render_error(error)

    def _render_error(self, error: DigestError, status: int = 422) -> HTMLResponse:
        """A refusal, beside the page as it is."""
        answer = self._render_template("said.html", status, said=str(error), fault=True)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#said", "outerHTML"
        return answer

    def _build_story_context(self, story_id: str) -> dict[str, Any]:
        one = self.desk.get_story(story_id)
        ruling = self.desk.get_decision(story_id)
        return {
            "row": self.desk.build_row(one),
            "one": one,
            "story": one.story,
            "tags": one.story.tags,
            "ruling": ruling,
            "lead": one.story.lead.item,
            "place": _find_rank(self.desk, one),
            "relations": self.desk.decision.relations.get(story_id, ()),
            "thread": self.desk.decision.threads.get(story_id),
            "alike": (),
        }

    def _build_edition_context(self) -> dict[str, Any]:
        return {"rulings": self.desk.store.decisions, "sections": _SECTION_NAMES}

    def _next_page_url(self, story_filter: StoryFilter, rows: list[Any], start: int) -> str:
        """The address of the rows behind those shown; "" where there are none."""
        query = {"view": story_filter.view, "words": story_filter.words, "category": story_filter.category, "ai": story_filter.ai,
                 "event": story_filter.event, "from": start}  # fmt: skip
        return f"/queue?{urlencode(query)}" if len(rows) > start else ""


def _find_rank(session: ReviewSession, one: RankedStory) -> int:
    return next((n for n, other in enumerate(session.decision.ranked, 1) if other is one), 0)


# ---------------------------------------------------------------- what a form says


class _ReviewForm(dict[str, str]):
    """A form's fields; of several with one name the last, all of them in `all`."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__({name: values[-1] for name, values in fields.items()})
        self.all = fields


async def _read_form(request: Request) -> _ReviewForm:
    body = (await request.body()).decode("utf-8", "replace")
    return _ReviewForm(parse_qs(body, keep_blank_values=True, max_num_fields=300))


def _parse_filter(query: Mapping[str, str]) -> StoryFilter:
    view = query.get("view", "todo")
    return StoryFilter(
        view if view in VIEWS else "todo",
        clean_text(query.get("words", ""))[:200],
        *(query.get(name, "")[:60] for name in ("category", "ai", "event")),
    )


def _parse_number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _parse_seen_version(form: _ReviewForm) -> int | None:
    return _parse_number(form["seen"]) if form.get("seen", "").isdigit() else None


def _normalize_newlines(text: str) -> str:
    return "\n".join(text.splitlines()).strip("\n")


def _parse_texts(form: _ReviewForm) -> dict[str, Value]:
    return {name: _normalize_newlines(form[name]) or None for name in _TEXT_FIELDS if name in form}


def _parse_tags(form: _ReviewForm) -> dict[str, Value]:
    """The tags of a form that a person changed; `machine` is taken back to the machine's judgement."""
    values: dict[str, Value] = {}
    for name in _TAG_FIELDS:
        if name in form and form[name] != form.get(f"was-{name}"):
            values[name] = None if form[name] in ("", "machine") else form[name]
    if "vendors" in form and form["vendors"] != form.get("was-vendors"):
        values["vendors"] = [
            name for part in form["vendors"].split(",") if (name := clean_text(part))
        ] or None
    return values


StoryAction = Callable[[ReviewSession, str, _ReviewForm], dict[Place, Value]]
_STORY_ACTIONS: Mapping[str, StoryAction] = {
    "keep": lambda desk, story, _: desk.keep_story(story),
    "drop": lambda desk, story, form: desk.drop_story(
        story, require_reason(form.get("reason", ""))
    ),
    "take back": lambda desk, story, _: desk.drop_story(story, ""),
    "pin": lambda desk, story, _: desk.pin_story(story),
    "raise": lambda desk, story, _: desk.raise_pin(story),
    "words": lambda desk, story, form: desk.edit_story(story, _parse_texts(form)),
    "tags": lambda desk, story, form: desk.edit_story(story, _parse_tags(form)),
    "merge": lambda desk, story, form: desk.merge_stories(story, form.get("other", "")),
    "split": lambda desk, story, form: desk.split_story(story, form.all.get("item", [])),
}

_SECTION_NAMES = {
    "five": "The quarter in five", "ai-watch": "AI watch", "categories": "New by stack category",
    "deals": "Deals and vendor health", "rules": "Rules and risk", "stack": "Our stack", "ledger": "Promises",
    "radar": "Radar", "agenda": "Agenda",
}  # fmt: skip


def _parse_letter(form: _ReviewForm, session: ReviewSession) -> dict[Place, Value]:  # noqa: ARG001
    return {("letter", "", ""): _normalize_newlines(form.get("letter", "")) or None}


def _parse_sections(form: _ReviewForm, session: ReviewSession) -> dict[Place, Value]:  # noqa: ARG001
    on = form.all.get("section", [])
    return {("sections", "", slug): None if slug in on else "off" for slug in _SECTION_NAMES}


def _parse_decision(form: _ReviewForm, session: ReviewSession) -> dict[Place, Value]:  # noqa: ARG001
    what = clean_text(form.get("what", ""))
    if not what:
        raise UsageError("say what was decided", "in a few words")
    names = ("step", "story", "owner", "due", "state", "note")
    values = {name: clean_text(form[name]) or None for name in names if name in form}
    if values.get("state") == "open":
        values["state"] = None
    return {("decisions", what, name): value for name, value in {"what": what, **values}.items()}


def _parse_added_item(form: _ReviewForm, session: ReviewSession) -> dict[Place, Value]:  # noqa: ARG001
    names = ("url", "title", "source", "published", "summary", "language")
    values = {name: clean_text(form.get(name, "")) or None for name in names}
    if (
        not values["url"]
        or not is_web_url(values["url"])
        or not values["title"]
        or not values["source"]
    ):
        raise UsageError("an item needs its address, title and publisher", "give all three")
    return {("added", values["url"], name): value for name, value in values.items()}


_EDITION_ACTIONS: Mapping[str, Callable[[_ReviewForm, ReviewSession], dict[Place, Value]]] = {
    "letter": _parse_letter, "sections": _parse_sections, "decision": _parse_decision, "add": _parse_added_item,
}  # fmt: skip
