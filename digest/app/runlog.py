"""What a run says: one line an event, as text or JSON, without secrets and without readers' whole addresses. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from digest.text import clean_text

_ADDRESS = re.compile(r"([A-Za-z0-9])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*@([A-Za-z0-9.-]+)")
_SHORTEST_SECRET = 4  # characters; anything shorter would blot out ordinary words


def mask_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """A text for a log: one clean line, secrets out, of mail addresses the first letter and the domain."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return _ADDRESS.sub(r"\1…@\2", clean_text(text))


@dataclass
class RunLog:
    """Says and keeps the events of one run. `write` takes a line; `quiet` holds back what is well."""

    write: Callable[[str], None]
    now: datetime
    form: Literal["text", "json"] = "text"
    quiet: bool = False
    secrets: Collection[str] = field(default=(), repr=False)
    events: list[dict[str, Any]] = field(default_factory=list)

    def log_event(self, event: str, words: str, *, trouble: bool = False, **values: object) -> None:
        """Says one event. `event` is a short stable name; `trouble` is said even where all else is quiet."""
        safe = {
            key: mask_secrets(value, self.secrets) if isinstance(value, str) else value
            for key, value in values.items()
        }
        row = {
            "at": self.now.isoformat(),
            "event": event,
            "trouble": trouble,
            "message": mask_secrets(words, self.secrets),
        }
        self.events.append(row | safe)
        if trouble or not self.quiet:
            self.write(
                json.dumps(row | safe, ensure_ascii=False)
                if self.form == "json"
                else str(row["message"])
            )
