"""The exception tree.

Everything this product raises on purpose is a DigestError.

DigestError                 exit code 1
├── UsageError              exit code 2: a wrong argument, a quarter that cannot be read
├── ConfigError             exit code 2: problems in a file that people write; holds all of them
├── SourceError             one source failed; a value in the run's report, seldom raised to the top
│   ├── FetchError          the network, the server, or our limits
│   ├── ParseError          what came back is no feed, no mail, no page that we can read
│   └── MailboxError        the mailbox cannot be reached or read
├── ArchiveError            the database cannot be opened, read, or is newer than this program
├── ModelError              a language model was not asked, or gave no usable answer; ends no build
├── RenderError             a template, font or PDF fault
├── DeliveryError           a mail server, webhook or folder cannot be used; nothing was handed over
└── LockHeldError           exit code 75: another run holds the lock

An error says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class DigestError(Exception):
    """Root of the tree. `message` says what and where, `hint` what to do (may be empty)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(DigestError):
    """The command was called wrongly."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault in a file that a person wrote. `line` and `col` count from 1; 0 where unknown."""

    file: str
    line: int
    col: int
    path: str  # where in the document, as sources[3].url
    what: str  # what is wrong and what is allowed

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.col}: "
        return f"{where}{self.path}: {self.what}" if self.path else f"{where}{self.what}"


class ConfigError(DigestError):
    """A file that a person wrote is wrong. All problems are told at once."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class SourceError(DigestError):
    """One source failed.

    `kind` is a short stable word (timeout, http-404, too-large, not-a-feed …) for reports.
    """

    def __init__(self, message: str, hint: str = "", *, kind: str = "failed") -> None:
        super().__init__(message, hint)
        self.kind = kind


class FetchError(SourceError):
    """The network, the server's answer, or one of our limits.

    `retry_after` is when the server bade us come back.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        kind: str = "failed",
        retry_after: datetime | None = None,
    ) -> None:
        super().__init__(message, hint, kind=kind)
        self.retry_after = retry_after


class ParseError(SourceError):
    """What came back cannot be read as what it should be."""


class MailboxError(SourceError):
    """A mailbox cannot be reached or read."""


class ArchiveError(DigestError):
    """The archive cannot be used."""


class ModelError(DigestError):
    """A language model was not asked, or its answer cannot be used."""


class RenderError(DigestError):
    """A briefing cannot be drawn."""


class DeliveryError(DigestError):
    """A channel cannot be used. Nothing was handed over."""


class LockHeldError(DigestError):
    """Another run holds the workspace's lock."""

    exit_code = 75
