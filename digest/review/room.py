"""Who is on the page now, which story each one looks at, and how they hear of changes.

Each open tab holds one stream of server-sent events. It is told when the decisions, the remarks or
the people change; what changed it asks for itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

_LOOK_AGAIN = 0.5  # seconds after which the decisions file is looked at for an editor's changes
_KEEP_ALIVE = 15.0  # seconds after which a silent stream says that it is there


@dataclass(slots=True)
class Visitor:
    """A tab that is open, by whom, and the story that it shows."""

    name: str
    story: str = ""


class ReviewRoom:
    """The tabs that are open. `read_state` says what the page stands on; it may read a file."""

    def __init__(self, read_state: Callable[[], object]) -> None:
        self._read_state = read_state
        self._visitors: dict[str, Visitor] = {}
        self._closing = False
        self._acted = time.monotonic()

    def note_action(self) -> None:
        """Remember that somebody does something at this moment."""
        self._acted = time.monotonic()

    def is_quiet(self, seconds: float) -> bool:
        """Return whether nobody has done anything for so long."""
        return time.monotonic() - self._acted >= seconds

    def look_at(self, tab: str, story_id: str) -> None:
        """Remember which story an open tab shows."""
        if visitor := self._visitors.get(tab):
            visitor.story = story_id

    def list_others(self, tab: str) -> list[Visitor]:
        """Return those on the page beside a tab."""
        return [visitor for key, visitor in self._visitors.items() if key != tab and visitor.name]

    def is_here(self, name: str, tab: str) -> bool:
        """Return whether another tab goes by a name."""
        return any(visitor.name == name for visitor in self.list_others(tab))

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closing = True

    async def stream_events(self, tab: str, name: str, story_id: str) -> AsyncIterator[str]:
        """Yield an event whenever the page of a tab is out of date, as long as the tab is open."""
        self._visitors[tab] = mine = Visitor(name, story_id)
        told: object = None
        silent = 0.0
        try:
            yield "retry: 1000\n\n"
            while not self._closing:
                others = sorted((other.name, other.story) for other in self.list_others(tab))
                state = self._read_state(), others
                if state != told:
                    told, silent = state, 0.0
                    data = json.dumps({"state": str(state[0]), "others": others})
                    yield f"event: changed\ndata: {data}\n\n"
                elif silent >= _KEEP_ALIVE:
                    silent = 0.0
                    yield ": here\n\n"
                await asyncio.sleep(_LOOK_AGAIN)
                silent += _LOOK_AGAIN
        finally:
            if self._visitors.get(tab) is mine:
                del self._visitors[tab]
