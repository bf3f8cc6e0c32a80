"""The review page: routes over a session. Each change is one POST, answered with the new story."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from digest.config.decision_changes import Place, Value
from digest.errors import DigestError, UsageError
from digest.model.sections import SECTION_KINDS
from digest.model.stack import RELATION_KINDS, RINGS
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES
from digest.render.prose import render_markdown
from digest.review.desk import (
    PAGE_SIZE,
    VIEWS,
    ReviewSession,
    StoryFilter,
    StoryRow,
    require_reason,
)
from digest.review.guard import RequestGuard, make_csrf_token
from digest.review.store import ConflictError, format_value
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text, truncate_text
from digest.urls import is_web_url

_HERE = Path(__file__).parent
_MOST_FIELDS = 300  # of one form
_TAG_FIELDS = ("category", "ai", "evidence", "event", "relation", "ring")
_TEXT_FIELDS = ("headline", "summary", "note")
_DECISION_FIELDS = ("step", "story", "owner", "due", "state", "closed", "outcome", "note")
_ITEM_FIELDS = ("url", "title", "source", "published", "summary", "language")


class ReviewServices(Protocol):
    """What the page needs of the rest of the program; the coroutines may take long."""

    async def build_preview(self) -> Path:
        """Write HTML and PDF of the edition as decided now, return their folder. DigestError."""

    async def approve_edition(self, by: str, note: str) -> str:
        """Build and release the edition, return what was done, in words. Raises DigestError."""

    def edition_status(self) -> str:
        """Return whether the edition is a draft, approved, sent, or changed since."""

    def source_health(self) -> list[Mapping[str, Any]]:
        """Return how the sources do: name, state, words, items, printed, dropped."""

    async def list_proposals(self) -> list[Mapping[str, Any]]:
        """Return what the decisions of all quarters propose for vocabulary.yaml.

        Each is as `digest lab propose --json` reports it; those that are offered have a number.
        Raises DigestError.
        """


@dataclass(frozen=True, slots=True)
class ReviewAccess:
    """Who may use the page, and how people are named.

    `header` is where a proxy names the user, "" for none; `name` signs where it does not.
    """

    token: str
    hosts: frozenset[str]
    name: str
    header: str = ""
    cookie: str = "digest-review"


def create_app(
    session: ReviewSession, services: ReviewServices, access: ReviewAccess, title: str
) -> ASGIApp:
    """Make the page an ASGI application, guarded."""
    page = _ReviewRoutes(session, services, access, title)
    services.edition_status()
    for name in ("page.html", "done.html"):  # compiled before the first person waits for it
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
    handlers = {DigestError: page.handle_error, ClientDisconnect: _drop_request}
    served = Starlette(routes=routes, exception_handlers=handlers)
    return RequestGuard(served, access.token, access.hosts, access.cookie)


@cache
def _build_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "prose": render_markdown,
        "web": lambda url: url if is_web_url(url) else "",
        "cut": truncate_text,
        "shown": format_value,
    }
    environment.globals |= {
        "categories": [
            (name, [category for category in CATEGORIES.values() if category.group == group])
            for group, name in GROUPS.items()
        ],
        "names": {slug: category.name for slug, category in CATEGORIES.items()},
        "choices": {
            "ai": AI_GRADES,
            "evidence": (*EVIDENCE_GRADES, "none"),
            "event": EVENTS,
            "relation": RELATION_KINDS,
            "ring": RINGS,
        },
        "views": VIEWS,
        "json": json,
    }
    return environment


class _ReviewRoutes:
    """The handlers of the page's addresses."""

    def __init__(
        self, session: ReviewSession, services: ReviewServices, access: ReviewAccess, title: str
    ) -> None:
        self.session, self.services, self.access, self.title = session, services, access, title
        self._preview: Path | None = None

    # ------------------------------------------------------------ looking

    async def show_index(self, request: Request) -> Response:
        values = self._list_rows(request)
        rows = values["rows"]
        story = self._build_story_context(rows[0].id) if rows else {}
        return self._render_template("page.html", **values, **story)

    async def show_queue(self, request: Request) -> Response:
        """Show the rows that fit a filter, from a place on."""
        return self._render_template("queue.html", **self._list_rows(request))

    async def show_state(self, request: Request) -> Response:  # noqa: ARG002
        return self._render_template("state.html")

    async def show_story(self, request: Request) -> Response:
        context = self._build_story_context(request.path_params["id"])
        return self._render_template("story.html", **context)

    async def show_similar(self, request: Request) -> Response:
        """Show stories that may be the same as one."""
        story = self.session.get_story(request.path_params["id"]).story
        similar = self.session.find_similar(story, request.query_params.get("words", ""))
        return self._render_template("alike.html", alike=similar)

    async def show_steps(self, request: Request) -> Response:  # noqa: ARG002
        return self._render_template("steps.html", steps=self.session.store.steps[::-1][:200])

    async def show_edition(self, request: Request) -> Response:  # noqa: ARG002
        """Show letter, decisions, sections and items by hand."""
        return self._render_edition()

    async def show_sources(self, request: Request) -> Response:  # noqa: ARG002
        return self._render_template("sources.html", sources=self.services.source_health())

    async def show_proposals(self, request: Request) -> Response:  # noqa: ARG002
        """Show what the team's decisions teach, measured now."""
        proposals = await self.services.list_proposals()
        return self._render_template("proposals.html", proposals=proposals)

    async def show_preview(self, request: Request) -> Response:  # noqa: ARG002
        """Build the edition as decided now, and show where it is."""
        self._preview = await self.services.build_preview()
        return self._render_template("preview.html")

    async def send_preview_file(self, request: Request) -> Response:
        """Send a file of the last preview.

        The HTML has a policy of its own, and is sandboxed, because it is not of the page's origin.
        """
        files = {
            "digest.html": ("text/html; charset=utf-8", "sandbox allow-scripts"),
            "digest.pdf": ("application/pdf", "default-src 'none'; style-src 'unsafe-inline'"),
        }
        name = request.path_params["name"]
        if self._preview is None or name not in files:
            return PlainTextResponse("Make the preview first.", 404)
        kind, policy = files[name]
        headers = {"content-security-policy": policy}
        return FileResponse(self._preview / name, media_type=kind, headers=headers)

    # ------------------------------------------------------------ doing

    async def render_note(self, request: Request) -> Response:
        """Show Markdown as it will be printed."""
        form = await _read_form(request)
        return HTMLResponse(render_markdown(form.get("note", "")[:6000]))

    async def handle_action(self, request: Request) -> Response:
        form, header = await _read_form(request), self.access.header
        user = request.headers.get(header, "") if header else ""
        by = truncate_text(clean_text(user), 60) or self.access.name
        action, story_id = request.path_params["what"], form.get("story", "")
        try:
            if action == "approve":
                message = await self.services.approve_edition(by, form.get("note", ""))
                return self._render_template("said.html", said=message, fault=False)
            if action == "undo":
                before = self._list_story_ids()
                number = _parse_number(form.get("number", "0")) or None
                step = self.session.store.undo_step(by, self.session.now(), number)
                return self._render_changes(step.after, before, step.words)
            if action == "resolve":
                place, mine = form.get("place", ""), form.get("mine") == "yes"
                now = self.session.now()
                self.session.store.resolve_conflict(place, mine=mine, by=by, at=now)
                return self._render_done("settled", story_id)
            if action in ("accept", "withdraw") and not story_id:
                changes = _STORY_ACTIONS[action](self.session, "", form)
                self.session.write_changes(changes, by, action, _parse_seen_version(form))
                return self._render_edition(said="written")
            if action in _EDITION_ACTIONS:
                changes = _EDITION_ACTIONS[action](form)
                self.session.write_changes(changes, by, action, _parse_seen_version(form))
                return self._render_edition(said="written")
            if action not in _STORY_ACTIONS:
                shown = truncate_text(clean_text(action), 30)
                raise UsageError(f"the page cannot {shown}", "load it again")
            words = f"{action} {self.session.format_label(story_id)}"
            changes = _STORY_ACTIONS[action](self.session, story_id, form)
            before = self._list_story_ids()
            self.session.write_changes(changes, by, words, _parse_seen_version(form))
            return self._render_changes(changes, before, words)
        except ConflictError as error:
            return self._render_error(error, 409)

    def _list_story_ids(self) -> set[str]:
        return {ranked.story.id for ranked in self.session.decision.ranked}

    # ------------------------------------------------------------ answering

    def _render_template(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        csrf_header = json.dumps({"X-Digest": make_csrf_token(self.access.token)})
        base = {
            "title": self.title,
            "counts": self.session.count_views(),
            "store": self.session.store,
            "lost": self.session.list_lost_decisions(),
            "status": self.services.edition_status(),
            "proof": Markup(csrf_header),  # noqa: S704 - hexadecimal digits
            "row": None,
            "said": "",
        }
        page = _build_environment().get_template(name).render({**base, **values})
        return HTMLResponse(page, status)

    async def handle_error(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        assert isinstance(error, DigestError)
        return self._render_error(error)

    def _render_error(self, error: DigestError, status: int = 422) -> HTMLResponse:
        answer = self._render_template("said.html", status, said=str(error), fault=True)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#said", "outerHTML"
        return answer

    def _render_edition(self, said: str = "") -> Response:
        editorial = self.session.store.decisions
        return self._render_template(
            "edition.html",
            said=said,
            editorial=editorial,
            sections=_SECTION_NAMES,
            proposals=self.session.list_proposals(),
        )

    def _render_changes(
        self, changes: Mapping[Place, Value], before: set[str], said: str
    ) -> Response:
        now = self._list_story_ids()
        added = [
            self.session.build_row(self.session.get_story(id_)) for id_ in sorted(now - before)
        ]
        story_id = self.session.find_changed_story(changes) or ""
        return self._render_done(said, story_id, gone=sorted(before - now), fresh=added)

    def _render_done(
        self, said: str, story_id: str, gone: Sequence[str] = (), fresh: Sequence[StoryRow] = ()
    ) -> Response:
        """Show what was done, and the story, if it is still there."""
        try:
            story = self._build_story_context(story_id)
        except UsageError:
            story = {}
        return self._render_template("done.html", said=said, gone=gone, fresh=fresh, **story)

    def _list_rows(self, request: Request) -> dict[str, Any]:
        """Return a part of the rows that fit the filter of a request, and where the next is."""
        query = request.query_params
        view = query.get("view", "todo")
        story_filter = StoryFilter(
            view if view in VIEWS else "todo",
            clean_text(query.get("words", ""))[:200],
            *(query.get(name, "")[:60] for name in ("category", "ai", "event")),
        )
        rows = self.session.list_rows(story_filter)
        start = _parse_number(query.get("from", "0"))
        end = start + PAGE_SIZE
        next_page = urlencode({**asdict(story_filter), "from": end})
        more = f"/queue?{next_page}" if len(rows) > end else ""
        return {"story_filter": story_filter, "rows": rows[start:end], "more": more}

    def _build_story_context(self, story_id: str) -> dict[str, Any]:
        ranked = self.session.get_story(story_id)
        decision = self.session.decision
        return {
            "row": self.session.build_row(ranked),
            "ranked": ranked,
            "story": ranked.story,
            "tags": ranked.story.tags,
            "decision": self.session.get_decision(story_id),
            "lead": ranked.story.lead.item,
            # by identity, as comparing thousands of stories by value takes milliseconds
            "place": next(n for n, other in enumerate(decision.ranked, 1) if other is ranked),
            "relations": decision.relations.get(story_id, ()),
            "thread": decision.threads.get(story_id),
            "alike": (),
            "proposals": self.session.list_proposals(story_id),
        }


# ---------------------------------------------------------------- what a form says


class _ReviewForm(dict[str, str]):
    """The fields of a form. Of several with one name the last counts; `all` holds every one."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__({name: values[-1] for name, values in fields.items()})
        self.all = fields


async def _read_form(request: Request) -> _ReviewForm:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise UsageError(f"a form has {_MOST_FIELDS} fields at most", "load the page") from None
    return _ReviewForm(fields)


async def _drop_request(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer nobody: whoever sent the form has gone before it was whole."""
    return PlainTextResponse("The form did not come whole.", 400)


def _parse_number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _parse_seen_version(form: _ReviewForm) -> int | None:
    return _parse_number(form["seen"]) if form.get("seen", "").isdigit() else None


def _normalize_newlines(text: str) -> str:
    return "\n".join(text.splitlines()).strip("\n")


def _parse_tags(form: _ReviewForm) -> dict[str, Value]:
    """Return the tags that a person changed; None where the machine's judgement is to count."""
    values: dict[str, Value] = {
        name: None if form[name] in ("", "machine") else form[name]
        for name in _TAG_FIELDS
        if name in form and form[name] != form.get(f"was-{name}")
    }
    if "vendors" in form and form["vendors"] != form.get("was-vendors"):
        names = map(clean_text, form["vendors"].split(","))
        values["vendors"] = list(filter(None, names)) or None
    return values


StoryAction = Callable[[ReviewSession, str, _ReviewForm], dict[Place, Value]]
_STORY_ACTIONS: Mapping[str, StoryAction] = {
    "keep": lambda session, story, _: session.keep_story(story),
    "drop": lambda session, story, form: session.drop_story(
        story, require_reason(form.get("reason", ""))
    ),
    "take back": lambda session, story, _: session.drop_story(story, ""),
    "pin": lambda session, story, _: session.pin_story(story),
    "raise": lambda session, story, _: session.raise_pin(story),
    "words": lambda session, story, form: session.edit_story(
        story,
        {name: _normalize_newlines(form[name]) or None for name in _TEXT_FIELDS if name in form},
    ),
    "tags": lambda session, story, form: session.edit_story(story, _parse_tags(form)),
    "merge": lambda session, story, form: session.merge_stories(story, form.get("other", "")),
    "split": lambda session, story, form: session.split_story(story, form.all.get("item", [])),
    "accept": lambda session, story, form: session.accept_draft(
        story, *(form.get(name, "") for name in ("task", "language", "of", "text"))
    ),
    "withdraw": lambda session, story, form: session.withdraw_draft(
        story, *(form.get(name, "") for name in ("task", "language", "of"))
    ),
}

_SECTION_NAMES = {
    kind.slug: kind.team_title or kind.title for kind in SECTION_KINDS if kind.switchable
}


def _parse_decision(form: _ReviewForm) -> dict[Place, Value]:
    what = clean_text(form.get("what", ""))
    if not what:
        raise UsageError("say what was decided", "in a few words")
    values = {name: clean_text(form[name]) or None for name in _DECISION_FIELDS if name in form}
    if values.get("state") == "open":
        values["state"] = None
    return {("decisions", what, name): value for name, value in {"what": what, **values}.items()}


def _parse_added_item(form: _ReviewForm) -> dict[Place, Value]:
    values = {name: clean_text(form.get(name, "")) or None for name in _ITEM_FIELDS}
    url = values["url"]
    if not url or not is_web_url(url) or not values["title"] or not values["source"]:
        raise UsageError("an item needs its address, title and publisher", "give all three")
    return {("added", url, name): value for name, value in values.items()}


_EDITION_ACTIONS: Mapping[str, Callable[[_ReviewForm], dict[Place, Value]]] = {
    "letter": lambda form: {
        ("letter", "", ""): _normalize_newlines(form.get("letter", "")) or None
    },
    "sections": lambda form: {
        ("sections", "", slug): None if slug in form.all.get("section", []) else "off"
        for slug in _SECTION_NAMES
    },
    "decision": _parse_decision,
    "add": _parse_added_item,
}
