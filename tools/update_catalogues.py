"""Brings the catalogues of digest/render/locale up to date with the texts in code and templates.

    python tools/update_catalogues.py           adds what is new, takes out what is gone, keeps every translation
    python tools/update_catalogues.py --check   changes nothing; exit code 1 where something is missing or stale

Texts are found where they are marked: N_, count, Note and the like in Python, gettext and ngettext in the templates.
Names of categories and the sentences of digest.decide.relations stand in tables and are taken from there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from digest.decide.relations import TEMPLATES
from digest.render.words import LANGUAGES, LOCALES
from digest.taxonomy import CATEGORIES, GROUPS

ROOT = Path(__file__).resolve().parents[1]
_KEYWORDS = {
    "N_": None, "NN_": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2), "translate_plural": (1, 2), "TranslatableText": None,
}  # fmt: skip
_PYTHON = ("digest/model", "digest/render", "digest/edition", "digest/rank", "digest/cluster")
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}, "**.txt": {"silent": "false"}}


_VALUE = re.compile(r"%\(\w+\)s")
SHORT = ("Q%(number)s %(year)s", "Q%(number)s FY%(year)s")  # said shorter in charts
Text = str | tuple[str, str]  # a pair: the form for one, the form for many


def texts() -> Iterator[Text]:
    """Every text of ours that a reader sees."""
    for folder in _PYTHON:
        for _, _, found, _, _ in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords=_KEYWORDS
        ):
            yield from _plain(found)
    templates = [("**.html", "jinja2"), ("**.txt", "jinja2")]
    for _, _, found, _, _ in extract_from_dir(ROOT / "templates", templates, options_map=_OPTIONS):
        yield from _plain(found)
    yield from TEMPLATES
    yield from GROUPS.values()
    yield from (category.name for category in CATEGORIES.values())


def _plain(found: str | tuple[str | None, ...]) -> Iterator[Text]:
    if isinstance(found, str):
        yield found
    elif len(found) >= 2 and found[0] and found[1]:
        yield found[0], found[1]


def updated(language: str) -> tuple[Catalog, list[str]]:
    """The catalogue of a language with exactly the texts there are, and what is missing or stale in the file."""
    path = LOCALES / language / "LC_MESSAGES" / "digest.po"
    with path.open("rb") as source:
        old = read_po(source, locale=language)
    new = Catalog(locale=language, project="martech-digest", fuzzy=False)
    found = [
        text
        for text in texts()
        if isinstance(text, tuple) or _VALUE.sub("", text).strip(" –-:,.“”/")
    ]
    wanted = [(text, None) for text in found] + [(text, "short") for text in SHORT]
    for text, context in wanted:
        known = old.get(text if isinstance(text, str) else text[0], context)
        new.add(
            text, known.string if known is not None and known.id == text else None, context=context
        )
    faults = [
        f"{language}: {path}: not translated: {_name(one)}"
        for one in new
        if one.id and not _said(one)
    ]
    faults += [
        f"{language}: stale: {_name(one)}"
        for one in old
        if one.id and new.get(_name(one), one.context) is None
    ]
    return new, faults


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _said(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return bool(strings) and all(strings)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file holds it: sorted, without lines that change from run to run."""
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=False, no_location=True, sort_output=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    moving = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Report-Msgid',
        "#",
    )
    return "".join(line for line in lines if not line.startswith(moving)).encode()


def main() -> int:
    """Updates or checks; gives the exit code."""
    wrong = 0
    for language in LANGUAGES[1:]:
        catalogue, faults = updated(language)
        print(*faults, sep="\n" if faults else "")
        wrong += len(faults)
        if "--check" not in sys.argv[1:]:
            (LOCALES / language / "LC_MESSAGES" / "digest.po").write_bytes(written(catalogue))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
