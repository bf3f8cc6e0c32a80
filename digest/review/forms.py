"""What the page's forms say: fields read, and each action's changes to the decisions file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from digest.config.decision_changes import Place, Value
from digest.errors import DigestError, UsageError
from digest.model.sections import SECTION_KINDS
from digest.review import changes
from digest.review.desk import ReviewSession
from digest.review.tray import ORDERS, VIEWS, StoryFilter
from digest.review.workbench import ClosedField
from digest.text import clean_text
from digest.urls import is_web_url

_MAX_FIELDS = 300  # of one form
_TAG_FIELDS = ("category", "ai", "evidence", "event", "relation", "ring")
TEXT_FIELDS = ("headline", "summary", "note")
_DECISION_FIELDS = ("step", "story", "owner", "due", "state", "closed", "outcome", "note")
_ITEM_FIELDS = ("url", "title", "source", "published", "summary", "language")
_DRAFTED_PREFIX = "drafted-"  # of the hidden field that names the draft in a field
_FILTER_PREFIX = "f-"  # so that a filter can go with every form


class ReviewForm(dict[str, str]):
    """The fields of a form. Of several with one name the last counts; `all` holds every one."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__({name: values[-1] for name, values in fields.items()})
        self.all = fields

    @property
    def seen(self) -> int | None:
        """The version of the decisions that the person looked at; None where it is not said."""
        return parse_number(self["seen"]) if self.get("seen", "").isdigit() else None


async def read_form(request: Request) -> ReviewForm:
    """Read the fields of a request's body. Raises UsageError where they are too many."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise UsageError(f"a form has {_MAX_FIELDS} fields at most", "load the page") from None
    return ReviewForm(fields)


def parse_number(text: str) -> int:
    """Return a small number out of a text, 0 where it is none."""
    return int(text) if text.isdigit() and len(text) < 7 else 0


def parse_filter(fields: Mapping[str, str]) -> StoryFilter:
    """Return the filter of the tray that fields name; what is unknown counts as not given."""

    def read(name: str) -> str:
        return clean_text(fields.get(_FILTER_PREFIX + name, ""))[:200]

    view, order = read("view"), read("order")
    names = ("words", "source", "vendor", "category", "ai", "event", "stack")
    return StoryFilter(
        view=view if view in VIEWS else "out",
        order=order if order in ORDERS else "rank",
        **{name: read(name) for name in names},
    )


def normalize_newlines(text: str) -> str:
    """Return a text with plain line ends, without empty lines around it."""
    return "\n".join(text.splitlines()).strip("\n")


def list_closed(form: ReviewForm) -> dict[str, ClosedField]:
    """Return the fields with drafts that a form saves: it names the draft that each showed."""
    return {
        name: ClosedField(shown, form.get(name) if f"base-{name}" in form else None)
        for field, shown in form.items()
        if (name := field.removeprefix(_DRAFTED_PREFIX)) != field
    }


def require_reason(reason: str) -> str:
    """Return a cleaned reason for dropping a story. Raises DigestError where it is empty."""
    if not clean_text(reason):
        raise DigestError(
            "say in a few words why it stays out",
            "readers see how many items were left out for which reason",
        )
    return clean_text(reason)


def _parse_tags(form: ReviewForm) -> dict[str, Value]:
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


StoryAction = Callable[[ReviewSession, str, ReviewForm], dict[Place, Value]]
STORY_ACTIONS: Mapping[str, StoryAction] = {
    "keep": lambda session, story, form: changes.keep_story(
        session, story, keep=form.get("to", "yes") == "yes"
    ),
    "drop": lambda session, story, form: changes.drop_story(
        session, story, require_reason(form.get("reason", ""))
    ),
    "take back": lambda session, story, _: changes.drop_story(session, story, ""),
    "pin": lambda session, story, _: changes.pin_story(session, story),
    "raise": lambda session, story, _: changes.move_pin(session, story, -1),
    "lower": lambda session, story, _: changes.move_pin(session, story, 1),
    "place": lambda session, story, form: changes.place_story(
        session, story, parse_number(form.get("at", "1"))
    ),
    "words": lambda session, story, form: changes.edit_story(
        session,
        story,
        {name: normalize_newlines(form[name]) or None for name in TEXT_FIELDS if name in form},
    ),
    "tags": lambda session, story, form: changes.edit_story(session, story, _parse_tags(form)),
    "merge": lambda session, story, form: changes.merge_stories(
        session, story, _require_other(form)
    ),
    "split": lambda session, story, form: changes.split_story(
        session, story, form.all.get("item", [])
    ),
    "accept": lambda session, story, form: changes.accept_draft(
        session, story, *(form.get(name, "") for name in ("task", "language", "of", "text"))
    ),
    "withdraw": lambda session, story, form: changes.withdraw_draft(
        session, story, *(form.get(name, "") for name in ("task", "language", "of"))
    ),
}
BULK_ACTIONS = ("keep", "drop", "take back")  # that can be done to several stories at once


def _require_other(form: ReviewForm) -> str:
    """Return the story to merge with. Raises UsageError where none was chosen."""
    if not form.get("other"):
        raise UsageError("no story is chosen to merge with", "choose one of the list")
    return form["other"]


SECTION_NAMES = {
    kind.slug: kind.team_title or kind.title for kind in SECTION_KINDS if kind.switchable
}


def _parse_decision(form: ReviewForm) -> dict[Place, Value]:
    what = clean_text(form.get("what", ""))
    if not what:
        raise UsageError("say what was decided", "in a few words")
    values = {name: clean_text(form[name]) or None for name in _DECISION_FIELDS if name in form}
    if values.get("state") == "open":
        values["state"] = None
    values = {"what": what, **values}
    was = clean_text(form.get("was", ""))
    gone = dict.fromkeys(values) if was and was != what else {}  # it goes on under another name
    changes = {("decisions", was, name): value for name, value in gone.items()}
    return changes | {("decisions", what, name): value for name, value in values.items()}


def _parse_added_item(form: ReviewForm) -> dict[Place, Value]:
    values = {name: clean_text(form.get(name, "")) or None for name in _ITEM_FIELDS}
    url = values["url"]
    if not url or not is_web_url(url) or not values["title"] or not values["source"]:
        raise UsageError("an item needs its address, title and publisher", "give all three")
    return {("added", url, name): value for name, value in values.items()}


EDITION_ACTIONS: Mapping[str, Callable[[ReviewForm], dict[Place, Value]]] = {
    "letter": lambda form: {("letter", "", ""): normalize_newlines(form.get("letter", "")) or None},
    "sections": lambda form: {
        ("sections", "", slug): None if slug in form.all.get("section", []) else "off"
        for slug in SECTION_NAMES
    },
    "decision": _parse_decision,
    "add": _parse_added_item,
}
