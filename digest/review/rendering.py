"""Render the page's views over a session: what each template is given."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import unquote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from digest.errors import UsageError
from digest.model.sections import SECTION_KINDS
from digest.model.stack import RELATION_KINDS, RINGS
from digest.model.tags import AI_GRADES, EVENTS, EVIDENCE_GRADES
from digest.render.prose import render_markdown
from digest.review.desk import ReviewSession, StoryRow
from digest.review.forms import SECTION_NAMES, parse_filter, parse_number
from digest.review.guard import make_csrf_token
from digest.review.questions import list_questions
from digest.review.room import ReviewRoom, Visitor
from digest.review.row_printer import RowMarks, RowPrinter
from digest.review.services import ReviewServices
from digest.review.store import format_value
from digest.review.tray import ORDERS, PAGE_SIZE, VIEWS
from digest.review.workbench import Moment, Workbench
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text, truncate_text
from digest.urls import is_web_url

_PAGES = Path(__file__).parent / "pages"
_PARTS = {kind.slug: kind.team_title or kind.title for kind in SECTION_KINDS}
_DAY_PATTERN = re.compile(r"(\d{4})-(\d\d)-(\d\d)")  # which no line is to break
MAX_NAME = 60  # characters of a person's name


@dataclass(frozen=True, slots=True)
class ReviewAccess:
    """Who may use the page, and how people are named.

    `header` is where a proxy names the user, "" for none. Where it does not, `name` signs; where
    that is empty, each browser is asked for a name at first use.
    """

    token: str
    hosts: frozenset[str]
    name: str = ""
    header: str = ""
    cookie: str = "digest-review"


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What the page is about, and all that stands behind it."""

    session: ReviewSession
    services: ReviewServices
    access: ReviewAccess
    workbench: Workbench
    room: ReviewRoom
    title: str


class PageRenderer:
    """Renders the views of a page for whoever asks."""

    def __init__(self, page: ReviewPage) -> None:
        self.page, self.session, self.services = page, page.session, page.services
        self.workbench, self.room, self.access = page.workbench, page.room, page.access
        self._printer = RowPrinter(build_environment().get_template("row.html"))
        self._run, self._turns = token_hex(4), count(1)

    def read_name(self, request: Request) -> str:
        """Return who asks: by the proxy's header, the command's --by, or the browser's cookie."""
        header = self.access.header
        user = request.headers.get(header, "") if header else ""
        if not user and not self.access.name:
            user = unquote(request.cookies.get(f"{self.access.cookie}-name", ""))
        return truncate_text(clean_text(user), MAX_NAME) or self.access.name

    def require_name(self, request: Request) -> str:
        """Return who asks. Raises UsageError where nobody knows."""
        name = self.read_name(request)
        if not name:
            raise UsageError("say who you are first", "load the page again, and give your name")
        return name

    def render(
        self, template: str, request: Request, status: int = 200, **values: Any
    ) -> HTMLResponse:
        csrf_header = json.dumps({"X-Digest": make_csrf_token(self.access.token)})
        name, others = self.read_name(request), self.room.list_others(read_tab(request))
        looking = _group_by_story(others)
        assigned = {
            self.session.find_current_id(key): name for key, name in self.workbench.assigned.items()
        }
        held = frozenset(request.headers.get("x-rows", "").split())

        def print_row(row: StoryRow) -> Markup:
            marks = RowMarks(
                self.workbench.is_opened(row.id),
                assigned.get(row.id, ""),
                tuple(looking.get(row.id, ())),
                self.services.preview.page_of.get(row.id, 0),
            )
            return self._printer.print_row(row, marks, held)

        base = {
            "title": self.page.title,
            "person": name,
            "others": others,
            "looking": looking,
            "print_row": print_row,
            "counts": self._count_stories(),
            "drafted": dict.fromkeys(
                self.session.find_current_id(key)
                for key in self.workbench.list_drafted_stories(name)
            ),
            "store": self.session.store,
            "lost": self.session.list_lost_decisions(),
            "status": self.services.edition_status(),
            "preview": self.services.preview,
            "arrivals": self.services.arrivals,
            "state": self.make_state(),
            "assigned": assigned,
            "proof": Markup(csrf_header),  # noqa: S704 - hexadecimal digits
            "row": None,
            "said": "",
            "fault": False,
        }
        page = build_environment().get_template(template).render({**base, **values})
        # by its turn a browser knows which of two answers tells of the later state
        return HTMLResponse(page, status, {"X-Turn": f"{self._run}-{next(self._turns)}"})

    def make_state(self) -> str:
        """Return what changes when a page that was drawn before is out of date."""
        return read_page_state(self.page)

    def _count_stories(self) -> dict[str, int]:
        chosen, decided = self.session.list_chosen_ids(), self.session.list_decided_ids()
        read = [one for one in chosen if one in decided or self.workbench.is_opened(one)]
        return {
            "in": len(chosen),
            "read": len(read),
            "decided": len(decided),
            "free": self.session.count_free_places(),
            "unsure": len(list_questions(self.session)),
        }

    def list_tray(self, fields: Mapping[str, str], shown: int = 0) -> dict[str, Any]:
        """Return the sections, and a part of the tray's rows with where the next one is.

        `shown` is how many rows somebody has asked for by and by.
        """
        story_filter = parse_filter(fields)
        found = self.session.find_stories(story_filter)
        start = parse_number(fields.get("from", "0"))
        end = start + max(PAGE_SIZE, shown)
        named = {f"f-{name}": value for name, value in asdict(story_filter).items() if value}
        more = f"/tray?{urlencode({**named, 'from': end})}" if len(found) > end else ""
        return {
            "story_filter": story_filter,
            "rows": [self.session.build_row(ranked) for ranked in found[start:end]],
            "found": len(found),
            "more": more,
            "edition": self.session.list_sections(),
            "candidates": self.session.list_candidates()
            if self.session.count_free_places()
            else [],
        }

    def build_story(self, request: Request, story_id: str) -> dict[str, Any]:
        session, by, decision = self.session, self.read_name(request), self.session.decision
        story_id = session.find_current_id(story_id)
        ranked, names = session.get_story(story_id), session.list_names(story_id)
        self.room.look_at(read_tab(request), story_id)
        self.workbench.mark_opened(story_id, by)
        remarks, made = self.workbench.list_remarks(names), session.get_decision(story_id)
        printed = session.get_printed(story_id)
        return {
            "row": session.build_row(ranked, printed),
            "printed": printed,
            "words": session.live.get_words(decision, ranked.story),
            "ranked": ranked,
            "story": ranked.story,
            "tags": ranked.story.tags,
            "decision": made,
            "lead": ranked.story.lead.item,
            "revision": session.make_revision(story_id),
            "stamp": _make_stamp(
                session.make_revision(story_id),
                made,
                len(remarks),
                [name for key, name in self.workbench.assigned.items() if key in names],
            ),
            "drafts": defaultdict(lambda: None, self.workbench.list_drafts(by, names)),
            "remarks": remarks,
            "pins": session.list_pins(),
            "relations": decision.relations.get(story_id, ()),
            "thread": decision.threads.get(story_id),
            "proposals": session.list_proposals(story_id),
            "lessons": self.services.find_lessons(story_id),
        }

    async def build_pane(self, name: str, request: Request) -> dict[str, Any]:
        builders: dict[str, Callable[[], Any]] = {
            "letter": lambda: {
                "editorial": self.session.store.decisions,
                "drafts": defaultdict(
                    lambda: None, self.workbench.list_drafts(self.read_name(request), ("",))
                ),
                "proposals": self.session.list_proposals(),
            },
            "steps": lambda: {"steps": self.session.store.steps[::-1][:200]},
            "sources": lambda: {"sources": self.services.source_health()},
            "questions": lambda: {
                "questions": list_questions(self.session),
                "revisions": self.session.make_revision,
            },
            "approve": self._build_approval,
        }
        if name == "teach":
            proposals, refusals = await self.services.list_proposals()
            taught = self.services.list_taught()
            return {"proposals": proposals, "refusals": refusals, "taught": taught}
        built: dict[str, Any] = builders[name]()
        return built

    def _build_approval(self) -> dict[str, Any]:
        decided = self.session.list_decided_ids()
        rows = [
            self.session.build_row(self.session.get_story(story.id), story)
            for story in self.session.printed.stories
        ]
        return {
            "unread": [
                row
                for row in rows
                if row.id not in decided and not self.workbench.is_opened(row.id)
            ],
            "questions": list_questions(self.session),
            "titles": {story.id: story.title for story in self.session.printed.stories},
            "parts": _PARTS,
            "readers": self.services.list_readers(),
            "approvers": self.services.list_approvers(),
        }


@cache
def build_environment() -> Environment:
    """Return the templates with their filters and with what never changes."""
    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a page that runs during an upgrade keeps to its own templates
    )
    environment.filters |= {
        "prose": render_markdown,
        "web": lambda url: url if is_web_url(url) else "",
        "cut": truncate_text,
        "shown": format_value,
        "time": lambda moment: str(moment)[11:16],
        "whole_days": lambda words: _DAY_PATTERN.sub("\\1\u2011\\2\u2011\\3", words),
        "part": lambda slug: _PARTS[slug],
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
        "orders": ORDERS,
        "sections": SECTION_NAMES,
    }
    return environment


def read_page_state(page: ReviewPage) -> str:
    """Return what changes whenever a page that was drawn before is out of date."""
    page.session.store.reload_file()
    store = page.session.store
    parts = (
        store.version,
        store.broken,
        len(store.conflicts),
        page.workbench.version,
        page.services.preview.stamp,
        page.services.arrivals.stamp,
    )
    return "-".join(str(part).replace(" ", "") for part in parts)


def _make_stamp(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:12]


def _group_by_story(others: list[Visitor]) -> dict[str, list[str]]:
    looking: dict[str, list[str]] = {}
    for other in others:
        looking.setdefault(other.story, []).append(other.name)
    return looking


def count_shown(request: Request) -> int:
    """Return how many rows of the tray a browser shows."""
    return parse_number(request.headers.get("x-shown", ""))


def read_tab(request: Request) -> str:
    """Return which open tab of a browser asks."""
    return request.headers.get("x-tab", "")[:40]


def read_moment(request: Request) -> Moment:
    """Return which moment of an open page a request is of."""
    return Moment.parse(request.headers.get("x-moment", ""))
