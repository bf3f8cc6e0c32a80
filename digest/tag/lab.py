"""Read and measure items given as JSON lines, and compare judgements before and after a change.

This is what `digest lab` needs of the judgement.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from digest.errors import DigestError
from digest.model.item import Item
from digest.model.tags import Tags
from digest.tag.language import detect_language
from digest.text import clean_text
from digest.urls import canonical_url

_MAX_CHARS = 200_000
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_DEFAULTS = {"relevant": "no", "category": "none", "ai": "none", "evidence": "-", "event": "other"}


def item_from_json(row: object, line: int = 0) -> Item:
    """Return an item from a lab row.

    Its `id`, `title`, `summary`, `text`, `source`, `date`, `lang` and `url` may each be missing.
    Raises DigestError, naming the line, for a row that is no object or whose fields are no texts.
    """
    where = f"line {line}" if line else "row"
    if not isinstance(row, dict):
        raise DigestError(f"{where}: an item must be a JSON object, not {type(row).__name__}")
    values: dict[str, str] = {}
    for name in ("title", "summary", "text", "source", "lang", "url", "date"):
        value = row.get(name)
        if value is not None and not isinstance(value, str):
            raise DigestError(f"{where}: {name} must be a text, not {type(value).__name__}")
        values[name] = (value or "")[:_MAX_CHARS]
    identity = row.get("id")
    if identity is not None and not isinstance(identity, str | int):
        raise DigestError(f"{where}: id must be a text or a number, not {type(identity).__name__}")
    if identity in (None, ""):
        words = "\n".join((values["source"], values["url"], values["title"]))
        identity = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]
    published = _parse_time(values["date"])
    title, summary = clean_text(values["title"]), clean_text(values["summary"])
    source = clean_text(values["source"])
    return Item(
        id=str(identity),
        url=canonical_url(values["url"]) if values["url"] else "",
        link=values["url"],
        title=title,
        source=source,
        source_name=source,
        tier="trade",
        published=published,
        first_seen=published or _UNKNOWN_TIME,
        language=detect_language(title, summary, values["lang"] or None),
        summary=summary,
        text=clean_text(values["text"]),
    )


def _parse_time(text: str) -> datetime | None:
    """Return a moment in ISO 8601 or as mails write it; None for what is neither."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError, TypeError):
            continue
    return None


# ---------------------------------------------------------------- measuring

_QUALITY = Path(__file__).parent / "vocabulary" / "quality.json"
_REFERENCE = Path(__file__).parent / "vocabulary" / "reference.jsonl"
_FIGURES = {  # name in an edition → name of the figure
    "relevant_f1": "relevant F1",
    "category_strict": "category strict",
    "ai_f1": "ai core-or-applied F1",
    "event": "event macro F1",
    "evidence": "evidence macro F1",
}


def load_quality() -> dict[str, float]:
    """Return how the shipped judgement does on publishers that it has not seen."""
    measured = json.loads(_QUALITY.read_text("utf-8"))["unseen publishers"]
    return {name: measured[figure] for name, figure in _FIGURES.items()}


@cache
def load_reference() -> tuple[Mapping[str, Any], ...]:
    """Return the labelled rows that ship with the program, on which nothing was trained.

    They are none where a package was made without them.
    """
    if not _REFERENCE.is_file():
        return ()
    lines = _REFERENCE.read_text("utf-8").splitlines()
    rows = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    return tuple({"id": f"r{number}", **json.loads(line)} for number, line in rows)


def measure_agreement(
    gold: Iterable[Mapping[str, Any]], judged: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Return how judged rows agree with labelled ones: name of the figure → 0 to 1.

    Rows are joined by `id`. A labelled row that was not judged counts as irrelevant, without
    category, AI and event. With labels that hold `accept` (slugs that count as right), the figures
    are those of products.
    """
    by_id = {str(row.get("id")): row for row in judged}
    pairs = [(row, by_id.get(str(row.get("id")), {})) for row in gold]
    if not pairs:
        raise DigestError("no labelled rows to measure against")
    if "accept" not in pairs[0][0]:
        return _measure_items(pairs)
    right = sum(_label_value(mine, "category") in want["accept"] for want, mine in pairs)
    near = sum(
        bool({_label_value(mine, "category"), *(mine.get("also") or ())} & set(want["accept"]))
        for want, mine in pairs
    )
    return {"products category": right / len(pairs), "products category or also": near / len(pairs)}


def _measure_items(pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> dict[str, float]:
    of = {
        name: [(_label_value(want, name), _label_value(mine, name)) for want, mine in pairs]
        for name in _DEFAULTS
    }
    lenient = sum(
        mine == want or mine in (row.get("also") or ())
        for (want, mine), (row, _) in zip(of["category"], pairs, strict=True)
    )
    named = [(want, mine) for want, mine in of["category"] if want != "none"]
    return {
        "relevant F1": _compute_f1_score(of["relevant"], {"yes"}),
        "category strict": sum(want == mine for want, mine in of["category"]) / len(pairs),
        "category lenient": lenient / len(pairs),
        "category strict where not none": sum(want == mine for want, mine in named) / len(named)
        if named
        else 0.0,
        "ai core-or-applied F1": _compute_f1_score(of["ai"], {"core", "applied"}),
        "ai macro F1": _compute_macro_f1(of["ai"]),
        "evidence macro F1": _compute_macro_f1(of["evidence"]),
        "event macro F1": _compute_macro_f1(of["event"]),
    }


def _label_value(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, _DEFAULTS[name])
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _DEFAULTS[name] if value in (None, "") else str(value)


def _compute_f1_score(pairs: list[tuple[str, str]], wanted: set[str]) -> float:
    hit = sum(want in wanted and mine in wanted for want, mine in pairs)
    total = sum(want in wanted for want, _ in pairs) + sum(mine in wanted for _, mine in pairs)
    return 2 * hit / total if total else 0.0


def _compute_macro_f1(pairs: list[tuple[str, str]], least: int = 5) -> float:
    values = sorted(value for value, n in Counter(want for want, _ in pairs).items() if n >= least)
    return (
        sum(_compute_f1_score(pairs, {value}) for value in values) / len(values) if values else 0.0
    )


# ---------------------------------------------------------------- what a change does

FIELDS = ("relevant", "category", "ai", "evidence", "event", "vendors")
Verdict = Literal["won", "lost", ""]
_VERDICTS: Mapping[int, Verdict] = {1: "won", 0: "", -1: "lost"}  # right ones more than before


def tags_to_row(tags: Tags) -> dict[str, Any]:
    """Return the judged fields that labels know, and `also`."""
    return {name: getattr(tags, name) for name in (*FIELDS, "also")}


@dataclass(frozen=True, slots=True)
class JudgementChange:
    """A field of an item that is judged otherwise.

    `verdict` is "won" where it is right now, "lost" where it was before, "" where it is wrong both
    times or no label knows.
    """

    id: str
    title: str
    field: str
    before: str
    after: str
    verdict: Verdict


def compare_judgements(
    gold: Iterable[Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> tuple[JudgementChange, ...]:
    """Return what is judged otherwise, item by item.

    `before` and `after` hold judged rows by id. A labelled row need not know every field.
    """
    found = []
    for row in gold:
        key = str(row["id"])
        for name in FIELDS:
            was, now = _format_value(before[key], name), _format_value(after[key], name)
            if was != now:
                right = [bool(is_correct(row, judged[key], name)) for judged in (before, after)]
                verdict = _VERDICTS[right[1] - right[0]]
                title = str(row.get("title", ""))
                found.append(JudgementChange(key, title, name, was, now, verdict))
    return tuple(found)


def is_correct(row: Mapping[str, Any], judged: Mapping[str, Any], name: str) -> bool | None:
    """Return whether a field is judged as it is labelled; None where no label knows."""
    if name == "category" and "accept" in row:
        return _label_value(judged, name) in row["accept"]
    if name not in row:
        return None
    return _format_value(row, name) == _format_value(judged, name)


def find_regressions(changed: Sequence[JudgementChange]) -> tuple[str, ...]:
    """Return the fields in which more right ones are lost than won, in words.

    Both judgements are of the same items, so there is no other noise to allow for; a figure that
    moves while this balance holds moves by the mix of classes alone.
    """
    found = []
    for name in FIELDS:
        won, lost = (
            sum(change.field == name and change.verdict == verdict for change in changed)
            for verdict in ("won", "lost")
        )
        if lost > won:
            found.append(f"{name}: {lost} right before and wrong now, {won} the other way round")
    return tuple(found)


def measure_accuracy(
    gold: Sequence[Mapping[str, Any]], judged: Mapping[str, Mapping[str, Any]]
) -> dict[str, float]:
    """Return the share of labels that are judged right, by field and in all.

    The rows may know some fields only.
    """
    found = {
        name: [is_correct(row, judged[str(row["id"])], name) for row in gold if name in row]
        for name in FIELDS
    }
    known = {name: list(map(bool, right)) for name, right in found.items() if right}
    every = [right for of_field in known.values() for right in of_field]
    shares = {
        f"{name} right, of {len(right)}": sum(right) / len(right) for name, right in known.items()
    }
    return shares | ({f"all right, of {len(every)}": sum(every) / len(every)} if every else {})


def _format_value(row: Mapping[str, Any], name: str) -> str:
    """Return a value as labels are compared and shown."""
    if name == "vendors":
        return ", ".join(sorted(map(str, row.get(name) or ()), key=str.casefold))
    return _label_value(row, name)
