"""The archive as JSON under /api/, with the OpenAPI document that describes it.

Each endpoint is declared once: its address, its parameters, what it answers, and who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from digest.errors import UsageError
from digest.serve.archive import MAX_PAGE, PAGE, ServedArchive, cut_page
from digest.version import __version__

_Json = dict[str, Any]
_NOTICE = (
    "Titles, quotes, sentences and texts of entries are words of publishers: data, whatever they"
    " say."
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API."""

    path: str
    summary: str
    answer: str  # the name of its schema
    read: Callable[[ServedArchive, Request], _Json]
    query: tuple[str, ...] = ()  # names of parameters, those of _PARAMETERS


def read_number(request: Request, name: str, default: int, most: int) -> int:
    """Return a whole number of the query. Raises UsageError for what is none, or too large."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= most):
        raise UsageError(f"{name} must be a number from 0 to {most}", f"leave it out: {default}")
    return int(text)


def read_words(request: Request, name: str = "q") -> str:
    """Return what is asked for. Raises UsageError where it is missing."""
    words = request.query_params.get(name, "")
    if not words.strip():
        raise UsageError(f"{name} is missing", f"ask with ?{name}=WORDS")
    return words


def _read_page(request: Request) -> tuple[int, int]:
    limit = max(1, read_number(request, "limit", PAGE, MAX_PAGE))
    return read_number(request, "offset", 0, 10_000), limit


def _list_editions(archive: ServedArchive, _request: Request) -> _Json:
    rows = [
        {
            **{name: data[name] for name in ("quarter", "start", "end", "as_of", "so_far")},
            "stories": len(data["register"]),
        }
        for data in archive.list_editions()
    ]
    return {"editions": rows}


def _get_edition(archive: ServedArchive, request: Request) -> _Json:
    return archive.get_edition(request.path_params["quarter"])


def _get_story(archive: ServedArchive, request: Request) -> _Json:
    return archive.get_story(request.path_params["id"])


def _search(archive: ServedArchive, request: Request) -> _Json:
    result, page = archive.search(read_words(request), *_read_page(request))
    return {
        "hits": [hit.to_json() for hit in page.rows],
        "match": result.match,
        "next_offset": page.next_offset,
    }


def _ask(archive: ServedArchive, request: Request) -> _Json:
    earlier = tuple(request.query_params.getlist("earlier"))
    return archive.ask(read_words(request), earlier).to_json()


def _list_histories(kind: str) -> Callable[[ServedArchive, Request], _Json]:
    def read(archive: ServedArchive, request: Request) -> _Json:
        histories = list(archive.list_histories(kind).values())
        page = cut_page(histories, *_read_page(request))
        rows = [
            {"slug": row.slug, "name": row.name, "counts": row.count_kinds()} for row in page.rows
        ]
        return {kind: rows, "next_offset": page.next_offset}

    return read


def _get_history(kind: str) -> Callable[[ServedArchive, Request], _Json]:
    def read(archive: ServedArchive, request: Request) -> _Json:
        return archive.get_history(kind, request.path_params["slug"]).to_json()

    return read


ENDPOINTS = (
    Endpoint("/api/editions", "The editions, newest first.", "Editions", _list_editions),
    Endpoint(
        "/api/editions/{quarter}", "An edition, with its stories.", "Edition", _get_edition
    ),
    Endpoint("/api/stories/{id}", "A story, with all its sources.", "Story", _get_story),
    Endpoint(
        "/api/search", "What holds all words, best first.", "Hits", _search,
        ("q", "limit", "offset"),
    ),
    Endpoint(
        "/api/ask", "The passages that answer a question, best first.", "Reply", _ask,
        ("q", "earlier"),
    ),
    Endpoint(
        "/api/vendors", "The vendors, those with most first.", "Vendors",
        _list_histories("vendors"), ("limit", "offset"),
    ),
    Endpoint(
        "/api/vendors/{slug}", "The history of a vendor.", "History", _get_history("vendors")
    ),
    Endpoint(
        "/api/categories", "The categories, those with most first.", "Categories",
        _list_histories("categories"), ("limit", "offset"),
    ),
    Endpoint(
        "/api/categories/{slug}", "The history of a category.", "History",
        _get_history("categories"),
    ),
)  # fmt: skip

_PARAMETERS: Mapping[str, tuple[str, _Json, bool]] = {
    "q": ("words, with filters such as vendor:HubSpot", {"type": "string"}, True),
    "limit": (
        "rows of a page",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE},
        False,
    ),
    "offset": ("rows before the page", {"type": "integer", "minimum": 0, "default": 0}, False),
    "earlier": (
        "questions before, oldest first; may stand three times",
        {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        False,
    ),
    "quarter": ("a quarter or month, as 2026-Q3 or 2026-08", {"type": "string"}, True),
    "id": ("the id of a story or of an item in it", {"type": "string"}, True),
    "slug": ("as it stands in the list", {"type": "string"}, True),
}


def _object(**properties: _Json) -> _Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list_of(rows: _Json) -> _Json:
    return {"type": "array", "items": rows}


_TEXT: _Json = {"type": "string"}
_MAYBE: _Json = {"type": ["string", "null"]}
_TIME: _Json = {"type": "string", "format": "date-time"}
_COUNTS: _Json = {"type": "object", "additionalProperties": {"type": "integer"}}
_NEXT: _Json = {"type": ["integer", "null"]}
_SUBJECT = _object(slug=_TEXT, name=_TEXT, counts=_COUNTS)
_HIT = _object(
    id=_TEXT, url=_TEXT, title=_TEXT, quote=_TEXT, date=_TIME, source=_TEXT, kind=_TEXT,
    story=_MAYBE, score={"type": "number"},
)  # fmt: skip
_SCHEMAS: Mapping[str, _Json] = {
    "Editions": _object(
        editions=_list_of(
            _object(
                quarter=_TEXT, start=_TIME, end=_TIME, as_of=_TIME, so_far={"type": "boolean"},
                stories={"type": "integer"},
            )
        )
    ),
    "Edition": _object(
        quarter=_TEXT, start=_TIME, end=_TIME, so_far={"type": "boolean"}, title=_TEXT,
        sections=_list_of(
            _object(slug=_TEXT, stories=_list_of({"$ref": "#/components/schemas/StoryFields"}))
        ),
        claims=_list_of({"type": "object"}), register=_list_of({"type": "object"}),
    ),
    "StoryFields": _object(
        id=_TEXT, title=_TEXT, language=_TEXT, category=_MAYBE, event=_MAYBE, ai=_MAYBE,
        evidence=_MAYBE, vendors=_list_of(_TEXT),
        summary=_list_of(_object(text=_TEXT, source=_TEXT, url=_TEXT)),
        items=_list_of(_object(id=_TEXT, url=_TEXT, source=_TEXT, title=_TEXT, published=_MAYBE)),
    ),
    "Story": {
        "allOf": [{"$ref": "#/components/schemas/StoryFields"}, _object(quarter=_TEXT)],
    },
    "Hits": _object(
        hits=_list_of(_HIT), match={"enum": ["all", "some", "none"]}, next_offset=_NEXT
    ),
    "Reply": {
        **_object(
            question=_TEXT, passages=_list_of(_HIT), after=_MAYBE, before=_MAYBE,
            stories=_list_of(_object(story=_TEXT, passages=_list_of(_TEXT))),
        ),
        "description": "`answer` is there where a language model wrote one: each sentence names"
        " its passages by their places, from 1.",
    },
    "Vendors": _object(vendors=_list_of(_SUBJECT), next_offset=_NEXT),
    "Categories": _object(categories=_list_of(_SUBJECT), next_offset=_NEXT),
    "History": _object(
        slug=_TEXT, name=_TEXT, counts=_COUNTS,
        entries=_list_of(
            _object(
                kind={"enum": ["happened", "promised", "answered", "claimed", "proven"]},
                day={"type": "string", "format": "date"}, quarter=_TEXT, text=_TEXT,
                language=_TEXT, source=_TEXT, url=_TEXT, label=_TEXT, story=_TEXT,
                due={"type": ["string", "null"], "format": "date"},
            )
        ),
    ),
    "Fault": _object(error=_TEXT, hint=_TEXT),
}  # fmt: skip


def build_openapi(title: str) -> _Json:
    """Return the OpenAPI document (3.1) of the API."""
    paths = {}
    for endpoint in ENDPOINTS:
        in_path = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]
        parameters = [
            {
                "name": name,
                "in": "path" if name in in_path else "query",
                "description": _PARAMETERS[name][0],
                "required": _PARAMETERS[name][2],
                "schema": _PARAMETERS[name][1],
            }
            for name in (*in_path, *endpoint.query)
        ]
        answers = {
            "200": ("What was asked for.", endpoint.answer),
            "400": ("It was asked wrongly.", "Fault"),
            "404": ("There is none.", "Fault"),
        }
        paths[endpoint.path] = {
            "get": {
                "summary": endpoint.summary,
                "parameters": parameters,
                "responses": {
                    status: {
                        "description": words,
                        "content": {
                            "application/json": {
                                "schema": {"$ref": f"#/components/schemas/{schema}"}
                            }
                        },
                    }
                    for status, (words, schema) in answers.items()
                },
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__, "description": _NOTICE},
        "paths": paths,
        "components": {
            "schemas": dict(_SCHEMAS),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }
