"""Hold back what a desk is asked or answers, to let it go in any order."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST = 240.0  # seconds after which what is waited for does not come any more


def make_answer(status: int, body: str, headers: Mapping[str, str]) -> tuple[Message, ...]:
    """Return an answer that is sent in place of the desk's."""
    shown = {"content-type": "text/html", "content-length": str(len(body.encode())), **headers}
    return (
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in shown.items()],
        },
        {"type": "http.response.body", "body": body.encode()},
    )


REFUSAL = make_answer(
    422,
    '<p id="said" role="status" class="fault">no.</p>',
    {"hx-retarget": "#said", "hx-reswap": "outerHTML"},
)
FAILURE = make_answer(500, "Internal", {})
LOSS = make_answer(200, "", {"content-length": "9"})  # it ends before it is whole


@dataclass(frozen=True, slots=True)
class _Held:
    """One that is held: what to answer in the desk's place, once it may go, and whether it went."""

    turn: asyncio.Future[Sequence[Message]]
    went: threading.Event


class Gate:
    """Holds answers back as a slow machine or network does: the desk has done what it was asked,
    and the browser does not know it yet. With `asked` it holds what is asked, before the desk hears
    of it.

    It stands in the server, so what is held is what has come, in its order. What a page asks for by
    itself while nobody does anything passes: no one waits for that.
    """

    def __init__(self, running, paths: str, *, asked: bool = False) -> None:
        self._pattern, self._holds_requests = re.compile(rf"/(?:{paths})"), asked
        self._changed = threading.Condition()
        self._held: list[_Held] = []
        self._is_open = False
        running.gates.append(self)

    def holds(self, scope: Scope) -> bool:
        """Return whether a request is one that is held."""
        is_asked_for = b"known=" not in scope.get("query_string", b"")
        return not self._is_open and is_asked_for and bool(self._pattern.match(scope["path"]))

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request by an application, and hold it or its answer."""
        body, answer = [await receive()], []
        while body[-1].get("more_body"):
            body.append(await receive())

        async def replay() -> Message:  # also where whoever sent it is gone by now
            return body.pop(0) if body else await receive()

        async def keep(message: Message) -> None:
            answer.append(message)

        held = _Held(asyncio.get_running_loop().create_future(), threading.Event())
        try:
            if not self._holds_requests:
                await app(scope, replay, keep)
            instead = await self._wait_turn(held)
            if self._holds_requests and not instead:
                await app(scope, replay, keep)
            for message in instead or answer:
                await send(message)
        finally:
            held.went.set()

    async def _wait_turn(self, held: _Held) -> Sequence[Message]:
        with self._changed:
            if self._is_open:
                return ()
            self._held.append(held)
            self._changed.notify_all()
        return await held.turn

    def wait_for(self, number: int) -> None:
        """Wait until so many are held."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._held) >= number, _MOST):
                raise AssertionError(f"{len(self._held)} are held, and not {number}")

    def let(self, number: int = 0, answer: Sequence[Message] = ()) -> None:
        """Let one go once it is there, the first unless told, or send another answer for it."""
        self.wait_for(number + 1)
        with self._changed:
            held = self._held.pop(number)
        held.turn.get_loop().call_soon_threadsafe(held.turn.set_result, answer)
        assert held.went.wait(_MOST)

    def open(self) -> None:
        """Let all go, and hold no more."""
        with self._changed:
            self._is_open = True
            number = len(self._held)
        for _ in range(number):
            self.let()
