"""The log of the program: the stdlib logger "digest", with masking, a JSON form and a collector.

A record is an event where it carries a short stable name (`event`) and fields. What a person must
see even where all else is quiet has the level WARNING. Where a record is shown, and from which
level on, is decided by whoever adds the handlers; the command line does (digest.cli.common).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.text import clean_text
from digest.urls import SHORTEST_SECRET, list_url_secrets

if TYPE_CHECKING:
    from digest.app.collect import SourceReport
    from digest.config.secrets import SecretPlace
    from digest.config.sources import SourcesConfig

LOGGER = logging.getLogger("digest")
_ADDRESS = re.compile(r"([A-Za-z0-9])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*@([A-Za-z0-9.-]+)")


def log_event(event: str, message: str, *, trouble: bool = False, **fields: object) -> None:
    """Log one event of a run; `trouble` is shown even where all else is quiet."""
    level = logging.WARNING if trouble else logging.INFO
    LOGGER.log(level, message, extra={"event": event, "fields": fields})


def log_source_detail(report: SourceReport) -> None:
    """Log how reading one source went, at the level DEBUG."""
    names = "source outcome entries new seconds server_seconds history_seconds".split()
    LOGGER.debug(
        f"{report.source}: {report.outcome}, {report.entries} entries, {report.new} new,"
        f" {report.seconds:.2f} s, {report.server_seconds:.2f} s of them for its servers,"
        f" {report.history_seconds:.2f} s for its history",
        extra={"event": "source", "fields": {name: getattr(report, name) for name in names}},
    )


class MaskingFilter(logging.Filter):
    """Takes the secrets out of a record's message and fields, and of an event also addresses."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self.secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a record in place; every record passes."""
        message, event = record.getMessage(), _get_event(record)
        if event:
            record.msg = mask_secrets(message, self.secrets)
            record.__dict__["fields"] = {
                key: mask_secrets(value, self.secrets) if isinstance(value, str) else value
                for key, value in _get_fields(record).items()
            }
        else:
            record.msg = _replace_secrets(message, self.secrets)
        record.args = ()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a record: at (the clock of the run), event, trouble, message, fields."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        return json.dumps(_record_to_json(record, self._now), ensure_ascii=False)


class _EventCollector(logging.Handler):
    """Keeps the events that are logged while it is added to the logger."""

    def __init__(self, now: datetime, secrets: Collection[str]) -> None:
        super().__init__(logging.INFO)
        self._now = now
        self.events: list[dict[str, Any]] = []
        self.addFilter(MaskingFilter(secrets))

    def emit(self, record: logging.LogRecord) -> None:
        if _get_event(record):
            self.events.append(_record_to_json(record, self._now))


@contextmanager
def collect_events(now: datetime, secrets: Collection[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield a list that takes up every event logged meanwhile, masked, as JSON objects."""
    collector, level = _EventCollector(now, secrets), LOGGER.level
    LOGGER.addHandler(collector)
    LOGGER.setLevel(min(LOGGER.getEffectiveLevel(), logging.INFO))
    try:
        yield collector.events
    finally:
        LOGGER.removeHandler(collector)
        LOGGER.setLevel(level)


def mask_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """Return a text as one clean line without secrets; addresses keep first letter and domain."""
    return _ADDRESS.sub(r"\1…@\2", clean_text(_replace_secrets(text, secrets)))


def load_secrets(config: SourcesConfig, environ: Mapping[str, str], folder: Path) -> frozenset[str]:
    """Return the values of all secrets that the configuration names or feeds' addresses hold.

    `folder` is the one of sources.yaml.
    """
    from digest.config.secrets import read_secret

    values = (read_secret(place, environ, folder).value for place in list_secrets(config))
    headers = {value for source in config.sources for value in source.headers.values()}
    addresses = [source.url for source in config.sources if source.url]
    in_addresses = (secret for url in addresses for secret in list_url_secrets(url))
    return frozenset(filter(None, values)) | headers | frozenset(in_addresses)


def list_secrets(config: SourcesConfig) -> tuple[SecretPlace, ...]:
    """Return where the secrets are that a configuration names besides those of the sources."""
    from digest.config.secrets import iter_secrets

    named = iter_secrets((config.digest, config.model, config.embeddings))
    return tuple(dict.fromkeys(named))


def _replace_secrets(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return text


def _get_event(record: logging.LogRecord) -> str:
    return str(getattr(record, "event", ""))


def _get_fields(record: logging.LogRecord) -> Mapping[str, object]:
    return getattr(record, "fields", {})


def _record_to_json(record: logging.LogRecord, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "event": _get_event(record) or "log",
        "trouble": record.levelno >= logging.WARNING,
        "message": record.getMessage(),
        **_get_fields(record),
    }
