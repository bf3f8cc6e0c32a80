"""What pages, feeds and the API of the served archive are made of, read for each request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from digest.app.ask import Reply, ask_question
from digest.app.context import AppContext
from digest.app.editions import find_edition, find_story, load_editions, publish_edition
from digest.app.editions import publish_story as choose_fields
from digest.app.history import History, load_category_histories, load_vendor_histories
from digest.app.search import MAX_LIMIT, SearchResult, search_archive
from digest.errors import UsageError
from digest.model.tags import EVENTS
from digest.taxonomy import CATEGORIES

PAGE = 20
MAX_PAGE = 50
_MAX_EARLIER = 3


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows, and where the next begins; None at the end."""

    rows: tuple[Any, ...]
    offset: int
    next_offset: int | None


class ServedArchive:
    """Reads the archive for whoever asks.

    `private`: the team's own notes, decisions and answers are found. `answers`: a configured
    language model is asked.
    """

    def __init__(
        self, get_context: Callable[[], AppContext], *, private: bool = False, answers: bool = False
    ) -> None:
        self._get_context, self._private, self._answers = get_context, private, answers

    @property
    def context(self) -> AppContext:
        """The application's context, with the present time."""
        return self._get_context()

    def list_editions(self) -> list[Mapping[str, Any]]:
        """Return the editions, newest first."""
        return load_editions(self.context)

    def get_edition(self, quarter: str) -> dict[str, Any]:
        """Return an edition's public fields. Raises DigestError where it was not built."""
        return publish_edition(find_edition(self.context, quarter), private=self._private)

    def get_story(self, story: str) -> dict[str, Any]:
        """Return a story's public fields, with its quarter. Raises UsageError."""
        edition, told = find_story(self.context, story)
        return choose_fields(told, private=self._private) | {"quarter": edition["quarter"]}

    def search(self, text: str, offset: int, limit: int) -> tuple[SearchResult, Page]:
        """Return what a search finds, and a page of it. Raises UsageError."""
        most = min(offset + limit + 1, MAX_LIMIT)
        result = search_archive(self.context, text, limit=most, private=self._private)
        return result, cut_page(result.hits, offset, limit)

    def ask(self, question: str, earlier: tuple[str, ...]) -> Reply:
        """Return the passages that answer a question, and what a model says of them."""
        return ask_question(
            self.context,
            question,
            earlier[-_MAX_EARLIER:],
            private=self._private,
            with_model=self._answers,
        )

    def list_histories(self, kind: str) -> dict[str, History]:
        """Return the histories of all `vendors` or `categories`, by slug."""
        if kind == "categories":
            return load_category_histories(self.context)
        return load_vendor_histories(self.context, ledger=True, answers=self._private)

    def get_history(self, kind: str, slug: str) -> History:
        """Return one history. Raises UsageError for one of which nothing is told."""
        found = self.list_histories(kind).get(slug)
        if found is None:
            raise UsageError(f"no edition tells of {slug[:60]}", f"see /{kind} for all")
        return found

    def list_register(
        self, quarter: str, category: str, event: str, vendor: str
    ) -> list[Mapping[str, Any]]:
        """Return the relevant stories of all editions that fit, newest first.

        Raises UsageError for a category or an event that is none.
        """
        if event and event not in EVENTS:
            raise UsageError(f"{event[:60]} is no event", f"one of: {', '.join(EVENTS)}")
        if category and category not in CATEGORIES:
            raise UsageError(f"{category[:60]} is no category", "see /categories for all")
        rows = [
            {**row, "quarter": edition["quarter"]}
            for edition in self.list_editions()
            for row in edition["register"]
            if quarter in ("", edition["quarter"])
            and category in ("", row["category"])
            and event in ("", row["event"])
            and vendor.casefold() in ("", *_list_parties(row))
        ]
        return sorted(rows, key=lambda row: (row["published"], row["story"]), reverse=True)


def _list_parties(row: Mapping[str, Any]) -> list[str]:
    """Return the names, folded, of who a story of the register is about."""
    return [name.casefold() for name in (row["vendor"], *row.get("parties", ())) if name]


def cut_page(rows: Any, offset: int, limit: int) -> Page:
    """Return a page of rows."""
    end = offset + limit
    return Page(tuple(rows[offset:end]), offset, end if len(rows) > end else None)
