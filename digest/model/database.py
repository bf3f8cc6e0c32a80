"""Where an archive is that is no file: the address of a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

_SCHEMES = ("postgresql+psycopg", "postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The address of a PostgreSQL database, with its login; neither log nor traceback shows that.

    Raises ValueError with what is wrong of an address.
    """

    url: str = field(repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in _SCHEMES or not parts.path.strip("/"):
            raise ValueError(
                "is no address of a PostgreSQL database: write it as "
                "postgresql+psycopg://user:password@host/database"
            )

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return f"postgresql://{host}{parts.path}"

    @property
    def rest(self) -> str:
        """All of the address behind its scheme."""
        return self.url.partition("://")[2]
