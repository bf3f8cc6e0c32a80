"""SMTP: the only code that sends mail.

One session carries many mails with one recipient each, so that the result of each is known. An
answer before the content leaves the delivery as it was, or refuses it; an answer to the content
accepts or refuses it; without an answer to the content, the result is unknown.
"""

from __future__ import annotations

import contextlib
import io
import ipaddress
import re
import select
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self

from digest.errors import DeliveryError
from digest.model.delivery import DeliveryResult
from digest.text import clean_text, truncate_text

PORTS = {"starttls": 587, "tls": 465, "none": 25}
SECONDS = 60.0  # for each answer of the server
_EARLY_SECONDS = 0.05  # a server that drops the line does so before it has read all
_DOT = re.compile(rb"^\.", re.MULTILINE)  # a line of one dot would end the content


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and its login: by password or OAuth2 access token, or none."""

    host: str
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    ca_file: str = ""  # authorities to trust besides the system's
    secret_place: str = ""  # where password or token stands, in words

    @property
    def address(self) -> str:
        """Host and port, with a colon."""
        return f"{self.host}:{self.port or PORTS[self.security]}"


class SmtpSession:
    """A connection to a server, logged in: a context manager that raises DeliveryError."""

    def __init__(self, server: SmtpServer, seconds: float | None = None) -> None:
        self._server, self._seconds = server, SECONDS if seconds is None else seconds
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        server = self._server
        if server.user and server.security == "none" and not _is_loopback(server.host):
            raise DeliveryError(
                f"{server.address}: a password is not sent over a line that everybody can read",
                "set digest.delivery.smtp.security to starttls or tls in sources.yaml",
            )
        try:
            self._smtp = self._open_connection()
            if server.user and server.token:
                words = f"user={server.user}\x01auth=Bearer {server.token}\x01\x01"
                self._smtp.auth(
                    "XOAUTH2", lambda challenge=None: words if challenge is None else ""
                )
            elif server.user:
                self._smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            self._close_connection()
            raise _to_delivery_error(server, error, self._seconds) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._smtp is not None and kind is None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()  # what was accepted stays accepted, also where this fails
        self._close_connection()

    def send_mail(
        self, sender: str, recipient: str, data: bytes, before_content: Callable[[], None]
    ) -> DeliveryResult:
        """Send one mail to one recipient. `before_content` is called just before the content."""
        assert self._smtp is not None
        smtp, given = self._smtp, False
        try:
            code, words = smtp.mail(sender)
            if code == 250:
                code, words = smtp.rcpt(recipient)
            if code in (250, 251):
                code, words = smtp.docmd("DATA")
            if code == 354:
                before_content()
                smtp.send(_DOT.sub(b"..", data))
                if not _has_spoken_early(smtp):
                    smtp.send(b".\r\n")
                    given = True  # without the dot that ends it no server may take a mail
                code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            fault = f"{self._server.address}: {_describe_failure(error, self._seconds)}"
            if given:
                reason = f"{fault} after the mail was given to it"
                return DeliveryResult("unknown", reason, stop=True)
            return DeliveryResult("intended", f"{fault} before the mail was given to it", stop=True)
        if not given and 200 <= code < 400:
            fault = f"{self._server.address} answered {code} before the mail was given to it"
            return DeliveryResult("intended", fault, stop=True)
        if given and 200 <= code < 300:
            return DeliveryResult("accepted", _format_reply(code, words))
        try:
            takes_more = code != 421 and smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            takes_more = False
        return DeliveryResult("refused", _format_reply(code, words), stop=not takes_more)

    def _open_connection(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.ca_file:
            context.load_verify_locations(server.ca_file)
        port = server.port or PORTS[server.security]
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(server.host, port, timeout=self._seconds, context=context)
        else:
            smtp = smtplib.SMTP(server.host, port, timeout=self._seconds)
        try:
            if server.security == "starttls":
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _close_connection(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _has_spoken_early(smtp: smtplib.SMTP) -> bool:
    """Return whether the server answered before the content was ended.

    Raise SMTPServerDisconnected where it has dropped the line: then the mail was never whole, and
    may be sent again. A server that has not read all of it yet is given a moment.
    """
    sock, file = smtp.sock, smtp.file
    if sock is None or not isinstance(file, io.BufferedReader):
        raise smtplib.SMTPServerDisconnected("the line is closed")
    readable, _, _ = select.select([sock], [], [], _EARLY_SECONDS)
    if not readable:
        return False
    sock.setblocking(False)
    try:
        if file.peek(1):
            return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False  # a record of TLS itself
    finally:
        sock.settimeout(smtp.timeout)
    raise smtplib.SMTPServerDisconnected("the line was dropped")


def _to_delivery_error(server: SmtpServer, error: Exception, seconds: float) -> DeliveryError:
    """Return why a server cannot be used, and what to do."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        reply = _format_reply(error.smtp_code, error.smtp_error)
        reason = f" does not accept the login: {reply}"
        hint = "renew the token" if server.token else "look at user and password"
        hint += f" in {server.secret_place}" if server.secret_place else ""
    elif isinstance(error, ssl.SSLCertVerificationError):
        reason = f": its certificate is not to be trusted ({error.verify_message})"
        hint = (
            "replace the server's certificate; "
            "for an authority of your own, name its file as digest.network.ca_file"
        )
    elif isinstance(error, ssl.SSLError):
        reason = f": no secure connection ({error.reason})"
        hint = "look at port and security in sources.yaml"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        reason = f": {clean_text(str(error))}"
        hint = (
            "the server cannot do what security and user ask for: "
            "look at digest.delivery.smtp in sources.yaml"
        )
    elif isinstance(error, smtplib.SMTPResponseException):
        reason = f" refuses to talk to us: {_format_reply(error.smtp_code, error.smtp_error)}"
        hint = "ask whoever runs it"
    else:
        reason = f": {_describe_failure(error, seconds)}"
        hint = "is it running, and are host and port in sources.yaml right?"
    return DeliveryError(server.address + reason, hint)


def _describe_failure(error: Exception, seconds: float) -> str:
    if isinstance(error, TimeoutError) or "timed out" in str(error).lower():
        return f"it did not answer within {seconds:g} s"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it dropped the line"
    if isinstance(error, smtplib.SMTPException):
        return f"it spoke no SMTP ({clean_text(str(error))[:100]})"
    return clean_text(getattr(error, "strerror", None) or str(error)) or type(error).__name__


def _format_reply(code: int, words: bytes | str) -> str:
    """Return the server's own words, with their code."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return truncate_text(f"{code} {clean_text(text)}".strip(), 300)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
