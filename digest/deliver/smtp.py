"""Edge: the only code that speaks SMTP.

One session carries many mails, one reader each, so that what happens to one is known for that one. What a server does
before it asks for the content leaves the parcel as it was, or refuses it; what it says to the content is accepted or
refused; and where it says nothing to it, nobody knows.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from digest.errors import DeliveryError
from digest.model.delivery import DeliveryResult
from digest.text import clean_text, truncate_text

PORTS = {"starttls": 587, "tls": 465, "none": 25}
SECONDS = 60.0  # for each answer of the server
_DOT = re.compile(rb"^\.", re.MULTILINE)  # a line of one dot would end the content


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server, and how to log in there: with a password or an OAuth2 access token, or not at all."""

    host: str
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port or PORTS[self.security]}"


class SmtpSession:
    """A connection to a server, logged in. Opens as a context manager; raises DeliveryError with what to do."""

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
            self._log_in(self._smtp)
        except (smtplib.SMTPException, OSError) as error:
            self._close_connection()
            raise _to_delivery_error(server, error, self._seconds) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._smtp is not None and error is None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()  # what was accepted stays accepted, however the farewell goes
        self._close_connection()

    def send_mail(
        self, sender: str, recipient: str, data: bytes, handing: Callable[[], None]
    ) -> DeliveryResult:
        """Gives the server one mail for one reader. `handing` is called just before the content goes out."""
        assert self._smtp is not None
        smtp, given = self._smtp, False
        try:
            code, words = smtp.mail(sender)
            if code == 250:
                code, words = smtp.rcpt(recipient)
            if code in (250, 251):
                code, words = smtp.docmd("DATA")
            if code != 354:
                return self._handle_refusal(code, words)
            handing()
            given = True
            smtp.send(_DOT.sub(b"..", data) + b".\r\n")
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            said = f"{self._server.address}: {_describe_failure(error, self._seconds)}"
            if given:
                return DeliveryResult(
                    "unknown", f"{said} after the mail was given to it", stop=True
                )
            return DeliveryResult("intended", f"{said} before the mail was given to it", stop=True)
        return (
            DeliveryResult("accepted", _format_reply(code, words))
            if 200 <= code < 300
            else self._handle_refusal(code, words)
        )

    def _handle_refusal(self, code: int, words: bytes | str) -> DeliveryResult:
        """The server's refusal. Where it ends the session, or cannot start anew, the next mail is not tried."""
        assert self._smtp is not None
        closing = code == 421
        if not closing:
            try:
                closing = self._smtp.rset()[0] != 250
            except (smtplib.SMTPException, OSError):
                closing = True
        return DeliveryResult("refused", _format_reply(code, words), stop=closing)

    def _open_connection(self) -> smtplib.SMTP:
        server = self._server
        port = server.port or PORTS[server.security]
        context = ssl.create_default_context()
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, port, timeout=self._seconds, context=context
            )
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

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        if not server.user:
            return
        if server.token:
            words = f"user={server.user}\x01auth=Bearer {server.token}\x01\x01"
            smtp.auth("XOAUTH2", lambda challenge=None: words if challenge is None else "")
        else:
            smtp.login(server.user, server.password)

    def _close_connection(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _to_delivery_error(server: SmtpServer, error: Exception, seconds: float) -> DeliveryError:
    """Why a server cannot be used, in words that tell what to mend."""
    place = server.address
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = _format_reply(error.smtp_code, error.smtp_error)
        return DeliveryError(
            f"{place} does not accept the login: {said}",
            "look at user and password, or renew the token",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return DeliveryError(
            f"{place}: its certificate is not to be trusted ({error.verify_message})",
            "mend the server's certificate; for an authority of your own, name its file in SSL_CERT_FILE",
        )
    if isinstance(error, ssl.SSLError):
        return DeliveryError(
            f"{place}: no secure connection ({error.reason})",
            "look at port and security in sources.yaml",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(
            f"{place}: {clean_text(str(error))}",
            "the server cannot do what security and user ask for: look at digest.delivery.smtp in sources.yaml",
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = _format_reply(error.smtp_code, error.smtp_error)
        return DeliveryError(f"{place} refuses to talk to us: {said}", "ask whoever runs it")
    return DeliveryError(
        f"{place}: {_describe_failure(error, seconds)}",
        "is it running, and are host and port in sources.yaml right?",
    )


def _describe_failure(error: Exception, seconds: float) -> str:
    """What happened to a line on which the server did not answer."""
    if isinstance(error, TimeoutError) or "timed out" in str(error).lower():
        return f"it did not answer within {seconds:g} s"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it dropped the line"
    if isinstance(error, smtplib.SMTPException):
        return f"it spoke no SMTP ({clean_text(str(error))[:100]})"
    return clean_text(getattr(error, "strerror", None) or str(error)) or type(error).__name__


def _format_reply(code: int, words: bytes | str) -> str:
    """The server's own words, with their code."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return truncate_text(f"{code} {clean_text(text)}".strip(), 300)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
