"""The review page: routes over a session.

Every state of the page has an address: `/?pane=letter`, `/?story=ID&f-source=…`. Each change is one
POST that names the story and the revision it was made for; it is answered with the pane and with
both lists as they are then. What others do is told by a stream of events.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from digest.config.decision_changes import Place, Value
from digest.errors import DigestError, UsageError
from digest.render.prose import render_markdown
from digest.review.forms import (
    BULK_ACTIONS,
    EDITION_ACTIONS,
    STORY_ACTIONS,
    TEXT_FIELDS,
    ReviewForm,
    list_closed,
    normalize_newlines,
    parse_number,
    read_form,
)
from digest.review.guard import RequestGuard
from digest.review.rendering import (
    MAX_NAME,
    PageRenderer,
    ReviewPage,
    build_environment,
    count_shown,
    read_moment,
    read_tab,
)
from digest.review.store import ConflictError
from digest.review.workbench import ClosedField
from digest.text import clean_text, truncate_text

_HERE = Path(__file__).parent
_PANES = ("letter", "steps", "sources", "teach", "approve", "questions")
_PREVIEW_POLICIES = {  # the HTML is sandboxed, because it is not of the page's origin
    "digest.html": ("text/html; charset=utf-8", "sandbox allow-scripts"),
    "digest.pdf": ("application/pdf", "default-src 'none'; style-src 'unsafe-inline'"),
}


def create_app(page: ReviewPage) -> ASGIApp:
    """Make the page an ASGI application, guarded."""
    routes = _ReviewRoutes(page)
    page.services.edition_status()
    for name in ("page.html", "done.html"):  # compiled before the first person waits for it
        build_environment().get_template(name)
    served = Starlette(
        routes=[
            Route("/", routes.show_index),
            Route("/events", routes.stream_events),
            Route("/lists", routes.show_lists),
            Route("/tray", routes.show_tray),
            Route("/story/{id}", routes.show_story),
            Route("/pane/{name}", routes.show_pane),
            Route("/alike/{id}", routes.show_similar),
            Route("/preview/{name}", routes.send_preview_file),
            Route("/name", routes.set_name, methods=["POST"]),
            Route("/draft", routes.save_draft, methods=["POST"]),
            Route("/prose", routes.render_note, methods=["POST"]),
            Route("/do/{what}", routes.handle_action, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        exception_handlers={DigestError: routes.handle_error, ClientDisconnect: _drop_request},
    )
    access = page.access
    return RequestGuard(served, access.token, access.hosts, access.cookie)


class _ReviewRoutes(PageRenderer):
    """The handlers of the page's addresses."""

    # ------------------------------------------------------------ who it is

    async def set_name(self, request: Request) -> Response:
        """Remember a browser's name, once it is clear that no other one has it."""
        form = await read_form(request)
        name = truncate_text(clean_text(form.get("name", "")), MAX_NAME)
        if not name:
            raise UsageError("a name is needed", "others see it beside what you decide")
        if self.room.is_here(name, read_tab(request)) and form.get("same") != "yes":
            return self.render("taken.html", request, wanted=name)
        answer = HTMLResponse("", headers={"HX-Refresh": "true"})
        answer.set_cookie(
            f"{self.access.cookie}-name",
            quote(name),
            max_age=366 * 86400,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def stream_events(self, request: Request) -> Response:
        """Tell an open tab of changes for as long as it is open."""
        tab = request.query_params.get("tab", "")[:40]
        story_id = request.query_params.get("story", "")[:80]
        stream = self.room.stream_events(tab, self.read_name(request), story_id)
        headers = {"x-accel-buffering": "no"}  # a proxy is to pass each event on at once
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    # ------------------------------------------------------------ looking

    async def show_index(self, request: Request) -> Response:
        """Show the page at an address: a story, a pane, or what is to do first."""
        if not self.read_name(request):
            return self.render("name.html", request)
        query = request.query_params
        pane, story_id = query.get("pane", ""), query.get("story", "")
        values = {**self.list_tray(request.query_params), "known": self.session.list_choices()}
        if pane in _PANES:
            context = await self.build_pane(pane, request)
            return self.render("page.html", request, pane=f"{pane}.html", **values, **context)
        try:
            context = self.build_story(request, story_id or self._choose_story())
            pane = "story.html"
        except UsageError as error:
            context, pane = {"said": str(error) if story_id else "", "row": None}, "empty.html"
        return self.render("page.html", request, pane=pane, **values, **context)

    def _choose_story(self) -> str:
        """Return the first printed story that nobody has looked at, else the first."""
        chosen = [story.id for story in self.session.printed.stories]
        decided = self.session.list_decided_ids()
        unread = (one for one in chosen if one not in decided and not self.workbench.is_opened(one))
        return next(unread, next(iter(chosen), ""))

    async def show_lists(self, request: Request) -> Response:
        """Show both lists and the state of the edition as they are now."""
        return self.render(
            "lists.html", request, **self.list_tray(request.query_params, count_shown(request))
        )

    async def show_tray(self, request: Request) -> Response:
        """Show the rows of the tray that fit a filter, from a place on."""
        return self.render("tray.html", request, **self.list_tray(request.query_params))

    async def show_story(self, request: Request) -> Response:
        """Show a story; nothing (204) where the browser shows it as it is now."""
        if "known" not in request.query_params:  # else the page asks by itself
            self.room.note_action()
        context = self.build_story(request, request.path_params["id"])
        if context["stamp"] == request.query_params.get("known"):
            return Response(status_code=204)
        return self.render("story.html", request, **context)

    async def show_pane(self, request: Request) -> Response:
        """Show one of the panes beside the lists."""
        name = request.path_params["name"]
        if name not in _PANES:
            return PlainTextResponse("There is no such view.", 404)
        self.room.note_action()
        self.room.look_at(read_tab(request), "")
        return self.render(f"{name}.html", request, **await self.build_pane(name, request))

    async def show_similar(self, request: Request) -> Response:
        """Show stories that may be the same as one."""
        story = self.session.get_story(request.path_params["id"]).story
        similar = self.session.find_similar(story, request.query_params.get("words", ""))
        return self.render("alike.html", request, alike=similar)

    async def send_preview_file(self, request: Request) -> Response:
        """Send the HTML as it is decided now, or the PDF that was drawn last."""
        name = request.path_params["name"]
        if name not in _PREVIEW_POLICIES:
            return PlainTextResponse("There is no such file.", 404)
        kind, policy = _PREVIEW_POLICIES[name]
        headers = {"content-security-policy": policy}
        if name == "digest.html":
            data = self.services.render_preview(self.session.printed)
            return Response(data, media_type=kind, headers=headers)
        path = self.services.get_preview_pdf()
        if path is None:
            return PlainTextResponse("The PDF is being drawn: look again in a moment.", 404)
        return FileResponse(path, media_type=kind, headers=headers)

    # ------------------------------------------------------------ doing

    async def render_note(self, request: Request) -> Response:
        """Show Markdown as it will be printed."""
        form = await read_form(request)
        return HTMLResponse(render_markdown(form.get("note", "")[:6000]))

    async def save_draft(self, request: Request) -> Response:
        """Keep what somebody is typing."""
        self.room.note_action()
        form = await read_form(request)
        story_id, name, text = (form.get(key, "") for key in ("story", "field", "text"))
        # what is written already is no draft, whatever stood there when it was begun
        base = text if self._is_written(story_id, name, text) else form.get("base", "")
        self._keep_draft(request, story_id, name, text, base, form.get("over", ""))
        return Response(status_code=204)

    def _keep_draft(
        self, request: Request, story_id: str, name: str, text: str, base: str, over: str
    ) -> None:
        """Keep what somebody has typed over a base, and over the drafts that `over` names."""
        by, at = self.require_name(request), read_moment(request)
        names = self.session.list_names(self.session.find_current_id(story_id))
        self.workbench.save_draft(by, names, name, text, base, at, over.split())

    def _is_written(self, story_id: str, name: str, text: str) -> bool:
        """Return whether the decisions hold a text already."""
        if not story_id:
            written: object = self.session.store.decisions.letter if name == "letter" else None
        else:
            decision = self.session.get_decision(story_id)
            written = getattr(decision, name) if decision and name in TEXT_FIELDS else None
        return normalize_newlines(text) == written

    async def handle_action(self, request: Request) -> Response:
        """Do what a form asks for, and show the pane that it belongs to."""
        self.room.note_action()
        by, form = self.require_name(request), await read_form(request)
        action, story_id = request.path_params["what"], form.get("story", "")
        try:
            if handler := getattr(self, f"_do_{action}", None):
                answer: Response = await handler(request, by, form)
                return answer
            if action in EDITION_ACTIONS or (action in ("accept", "withdraw") and not story_id):
                return await self._write_edition(request, by, action, form)
            if action not in STORY_ACTIONS:
                shown = truncate_text(clean_text(action), 30)
                raise UsageError(f"the page cannot {shown}", "load it again")
            return await self._write_story(request, by, action, form)
        except ConflictError as error:
            return await self._show_conflict(request, action, form, error)

    async def _write_story(
        self, request: Request, by: str, action: str, form: ReviewForm
    ) -> Response:
        session, story_id = self.session, form.get("story", "")
        session.require_revision(story_id, form.get("revision", ""))
        words = f"{action} {session.format_label(story_id)}"
        lead = session.get_story(story_id).story.lead.item.id
        changes = STORY_ACTIONS[action](session, story_id, form)
        names = session.list_names(story_id)
        session.write_changes(changes, by, words, form.seen)
        self.workbench.close_fields(by, names, list_closed(form), read_moment(request))
        then = self._find_holder(form.get("then", ""), "") or self._find_holder(story_id, lead)
        return await self._show_done(request, words, then)

    def _find_holder(self, story_id: str, lead: str) -> str:
        """Return the story that an action was made for, by whatever id it goes now."""
        if not story_id or self.session.has_story(story_id):
            return story_id
        found = self.session.find_current_id(f"s{lead}")
        return found if self.session.has_story(found) else ""

    async def _write_edition(
        self, request: Request, by: str, action: str, form: ReviewForm
    ) -> Response:
        if action in EDITION_ACTIONS:
            changes = EDITION_ACTIONS[action](form)
        else:
            changes = STORY_ACTIONS[action](self.session, "", form)
        self.session.write_changes(changes, by, action, form.seen)
        self.workbench.close_fields(by, ("",), list_closed(form), read_moment(request))
        return await self._show_pane_done(request, "letter", f"{action}: written")

    async def _do_many(self, request: Request, by: str, form: ReviewForm) -> Response:
        """Do one thing to several stories, as one step."""
        action, stories = form.get("do", ""), form.all.get("story", [])
        if action not in BULK_ACTIONS or not stories:
            raise UsageError("nothing is marked", "mark stories with x first")
        for story_id, revision in zip(stories, form.all.get("revision", ()), strict=False):
            self.session.require_revision(story_id, revision)
        changes: dict[Place, Value] = {}
        for story_id in stories:
            changes |= STORY_ACTIONS[action](self.session, story_id, form)
        words = f"{action} {len(stories)} stories"
        self.session.write_changes(changes, by, words, form.seen)
        return await self._show_done(request, words, form.get("at", stories[0]))

    async def _do_undo(self, request: Request, by: str, form: ReviewForm) -> Response:
        number = parse_number(form.get("number", "0")) or None
        step = self.session.store.undo_step(by, self.session.now(), number)
        story_id = self.session.find_changed_story(step.after) or ""
        return await self._show_done(request, step.words, story_id)

    async def _do_resolve(self, request: Request, by: str, form: ReviewForm) -> Response:
        mine, now = form.get("mine") == "yes", self.session.now()
        self.session.store.resolve_conflict(form.get("place", ""), mine=mine, by=by, at=now)
        return await self._show_done(request, "settled", form.get("at", ""))

    async def _do_discard(self, request: Request, by: str, form: ReviewForm) -> Response:
        """Give up a draft, so that what is written stands."""
        story_id = form.get("story", "")
        names, name = self.session.list_names(story_id), form.get("field", "")
        given_up = {name: ClosedField(form.get(f"drafted-{name}", ""))}
        self.workbench.close_fields(by, names, given_up, read_moment(request))
        if story_id:
            return await self._show_done(request, "draft given up", story_id)
        return await self._show_pane_done(request, "letter", "draft given up")

    async def _do_remark(self, request: Request, by: str, form: ReviewForm) -> Response:
        """Say something to the team about a story. No reader sees it."""
        story_id, text = form.get("story", ""), form.get("remark", "")
        self.session.get_story(story_id)
        if not clean_text(text):
            raise UsageError("the remark is empty", "write what the others should know")
        self.workbench.add_remark(story_id, by, text)
        names = self.session.list_names(story_id)
        self.workbench.close_fields(by, names, list_closed(form), read_moment(request))
        return await self._show_done(request, "remark kept", story_id)

    async def _do_assign(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        """Say who looks after a story."""
        story_id = form.get("story", "")
        self.session.get_story(story_id)
        self.workbench.assign(self.session.list_names(story_id), form.get("person", ""))
        return await self._show_done(request, "assigned", story_id)

    async def _do_arrivals(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        """Take in what the archive got meanwhile; the story at hand stays."""
        said = await self.services.take_in_items()
        return await self._show_done(request, said, form.get("at", ""))

    async def _do_preview(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        self.services.start_preview(pdf=True)
        return await self._show_pane_done(request, "approve", "the PDF is being drawn")

    async def _do_approve(self, request: Request, by: str, form: ReviewForm) -> Response:
        if form.get("confirm") != "yes":
            raise UsageError(
                "nothing was released: say first that you mean these readers",
                "tick the box above the button",
            )
        said = await self.services.approve_edition(by, form.get("note", ""))
        return await self._show_pane_done(request, "approve", said)

    async def _do_ask(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        """Send the approvers their links."""
        said = await self.services.ask_approvers()
        return await self._show_pane_done(request, "approve", said)

    async def _do_proof(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        said = await self.services.send_proof(form.get("address", ""))
        return await self._show_pane_done(request, "approve", said)

    async def _do_teach(self, request: Request, by: str, form: ReviewForm) -> Response:
        said = await self.services.accept_proposal(form.get("line", ""), by)
        return await self._show_pane_done(request, "teach", said)

    async def _do_unteach(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        said = await self.services.undo_teaching(parse_number(form.get("number", "0")))
        return await self._show_pane_done(request, "teach", said)

    async def _do_source(self, request: Request, by: str, form: ReviewForm) -> Response:  # noqa: ARG002
        said = await self.services.repair_source(form.get("name", ""), form.get("how", ""))
        return await self._show_pane_done(request, "sources", said)

    # ------------------------------------------------------------ answering

    async def _show_conflict(
        self, request: Request, action: str, form: ReviewForm, error: ConflictError
    ) -> Response:
        """Show the pane as it is now; what was typed stays in it as a draft, beside the other."""
        story_id, in_edition = form.get("story", ""), action in EDITION_ACTIONS
        fields = ("letter",) if in_edition else TEXT_FIELDS
        for name in fields:
            if name in form and f"base-{name}" in form:
                text, base = normalize_newlines(form[name]), form[f"base-{name}"]
                over = form.get(f"drafted-{name}", "")
                self._keep_draft(request, story_id, name, text, base, over)
        if in_edition:
            return await self._show_pane_done(request, "letter", str(error), 409)
        return await self._show_done(request, str(error), story_id, 409)

    async def _show_done(
        self, request: Request, said: str, story_id: str, status: int = 200
    ) -> Response:
        """Show what was done, the story, if it is still there, and both lists."""
        try:
            context = self.build_story(request, story_id)
            pane = "story.html"
        except UsageError:
            context, pane = {"row": None}, "empty.html"
        context |= {"said": said, "fault": status != 200, "oob": True}
        lists = self.list_tray(await read_form(request), count_shown(request))
        return self.render("done.html", request, status, pane=pane, **lists, **context)

    async def _show_pane_done(
        self, request: Request, name: str, said: str, status: int = 200
    ) -> Response:
        context = await self.build_pane(name, request)
        context |= {"said": said, "fault": status != 200, "oob": True, "row": None}
        lists = self.list_tray(await read_form(request), count_shown(request))
        return self.render("done.html", request, status, pane=f"{name}.html", **lists, **context)

    async def handle_error(self, request: Request, error: Exception) -> Response:
        """Say in words what could not be done, and leave the pane as it is."""
        assert isinstance(error, DigestError)
        answer = self.render("said.html", request, 422, said=str(error), fault=True)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#said", "outerHTML"
        return answer


async def _drop_request(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """Answer nobody: whoever sent the form has gone before it was whole."""
    return PlainTextResponse("The form did not come whole.", 400)
