"""Listen on an address of this machine, and serve an application there."""

from __future__ import annotations

import socket  # noqa: TID251 - a page listens on a socket of its own
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from digest.errors import UsageError

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@contextmanager
def open_socket(address: str, port: int) -> Iterator[tuple[socket.socket, int]]:
    """Listen on an address; yield the socket and its port. Raises UsageError if it is in use."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {address}:{port}: {error.strerror}", "name another --port"
        ) from None
    with listener:
        # else the second part of an answer waits 40 ms for the first to be acknowledged
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener, listener.getsockname()[1]


def list_own_names(address: str, port: int, further: Collection[str] = ()) -> frozenset[str]:
    """Return the names, in small letters, by which a page may be asked for."""
    own = _LOOPBACK_NAMES if is_loopback(address) else (address,)
    return frozenset((*(name.lower() for name in further), *(f"{name}:{port}" for name in own)))


def is_loopback(address: str) -> bool:
    """Return whether an address is reached from this machine alone."""
    return address in _LOOPBACK


def name_address(address: str) -> str:
    """Return an address as a link names it."""
    return "localhost" if address == "127.0.0.1" else f"[{address}]" if ":" in address else address


def run_server(
    app: ASGIApp, listener: socket.socket, at_stop: Callable[[], None] = lambda: None
) -> None:
    """Serve an application until it is interrupted.

    `at_stop` is called before the server waits for the answers that are under way to end.
    """
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    PageServer(config, at_stop).run(sockets=[listener])


class PageServer(uvicorn.Server):
    """A server that says when it is to stop, so that answers without an end can be ended."""

    def __init__(self, config: uvicorn.Config, at_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._at_stop = at_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Call `at_stop`, then end the server."""
        self._at_stop()
        await super().shutdown(sockets)
