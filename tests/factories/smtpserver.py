"""A real SMTP server on loopback, with TLS, login, and the faults that servers have."""
# ruff: noqa: N802 - aiosmtpd looks for its hooks by these names

import asyncio
import contextlib
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

PASSWORD = "s3cret-of-the-relay"
TOKEN = "ya29.token-of-the-relay"


@dataclass
class Behaviour:
    """What the server does wrong. `fault` is for the recipients that begin with `only` ("": for all)."""

    fault: str = ""
    only: str = ""
    received: list[tuple[str, bytes]] = field(
        default_factory=list
    )  # recipient, content: what a reader would see
    logins: list[str] = field(default_factory=list)
    port: int = 0  # where it runs

    def counted(self) -> Counter:
        """How many mails each recipient got."""
        return Counter(recipient for recipient, _ in self.received)

    def hits(self, envelope: Envelope, address: str = "") -> bool:
        return (address or (envelope.rcpt_tos or [""])[0]).startswith(self.only)


class _Handler:
    def __init__(self, behaviour: Behaviour) -> None:
        self.does = behaviour

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.does.fault == "mail":
            return "550 5.7.1 this sender may not send here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.does.hits(envelope, address):
            if self.does.fault == "rcpt":
                return "550 5.1.1 no such mailbox"
            if self.does.fault == "greylist":
                return "451 4.7.1 come back later"
            if self.does.fault == "drop at rcpt":
                server.transport.close()
                await asyncio.sleep(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        hit, fault = self.does.hits(envelope), self.does.fault
        if hit and fault == "4xx after data":
            return "451 4.3.0 no room for it now"
        if hit and fault == "5xx after data":
            return "554 5.6.0 looks like spam"
        if hit and fault == "stall before taking":
            await asyncio.sleep(3600)
        self.does.received.extend((to, envelope.content) for to in envelope.rcpt_tos)
        if hit and fault == "accept then drop":
            server.transport.close()
            await asyncio.sleep(0)
            return "250 lost"
        if hit and fault == "accept then stall":
            await asyncio.sleep(3600)
        return "250 2.0.0 queued"


class _Refusing(SMTP):
    """A server that will not talk at all."""

    async def _handle_client(self):
        await self.push("554 5.3.2 not today")
        self.transport.close()


class _Dropping(SMTP):
    """A server that drops the line where the content should come, or after the first of it."""

    async def smtp_DATA(self, arg):
        await self.push("354 go on")
        if self.event_handler.does.fault == "drop in content":
            await self._reader.readline()
        self.transport.close()


def _authenticator(behaviour: Behaviour):
    def check(server, session: Session, envelope, mechanism, data) -> AuthResult:
        behaviour.logins.append(mechanism)
        good = data.password == PASSWORD.encode() and data.login == b"digest"
        return AuthResult(success=good and behaviour.fault != "login", handled=False)

    return check


class _XOAUTH2(_Handler):
    """Adds the login by token."""

    async def auth_XOAUTH2(self, server, args):
        import base64

        self.does.logins.append("XOAUTH2")
        said = base64.b64decode(args[1]).decode()
        good = said == f"user=digest\x01auth=Bearer {TOKEN}\x01\x01"
        if good:
            return AuthResult(success=True)
        await server.push("334 " + base64.b64encode(b'{"status":"401"}').decode())
        await server._reader.readline()
        return AuthResult(success=False, handled=False)


@contextlib.contextmanager
def smtp_server(
    behaviour: Behaviour,
    *,
    tls: ssl.SSLContext | None = None,
    implicit: bool = False,
    login: bool = True,
):
    """Runs the server; gives its port."""

    def factory():
        kinds = {"connect": _Refusing, "drop at data": _Dropping, "drop in content": _Dropping}
        kind = kinds.get(behaviour.fault, SMTP)
        options = (
            {"authenticator": _authenticator(behaviour), "auth_required": True} if login else {}
        )
        return kind(
            _XOAUTH2(behaviour),
            tls_context=None if implicit or behaviour.fault == "no starttls" else tls,
            require_starttls=False,
            auth_require_tls=not implicit and behaviour.fault != "no starttls",
            hostname="localhost",
            enable_SMTPUTF8=False,
            loop=asyncio.get_running_loop(),
            **options,
        )

    if behaviour.fault == "stall at connect":
        with silent_server() as port:
            yield port
        return
    with free_server(factory, tls if implicit else None) as port:
        yield port


@contextlib.contextmanager
def free_server(factory, context):
    """An asyncio server in a thread of its own."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    ports: list[int] = []

    async def start():
        server = await asyncio.get_running_loop().create_server(
            factory, "localhost", 0, ssl=context, family=socket.AF_INET
        )
        ports.append(server.sockets[0].getsockname()[1])
        return server

    def work():
        asyncio.set_event_loop(loop)
        loop.set_exception_handler(lambda *_: None)  # dropped lines are what is played here
        server = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@contextlib.contextmanager
def silent_server():
    """Takes connections and says nothing."""
    with socket.create_server(("localhost", 0)) as server:
        yield server.getsockname()[1]


def unused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("localhost", 0)) as server:
        return server.getsockname()[1]


__all__ = ["PASSWORD", "TOKEN", "Behaviour", "silent_server", "smtp_server", "unused_port"]
