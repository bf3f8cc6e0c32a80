"""Keep the catalogues of digest/render/locale in step with the texts in code and templates.

Texts are found where they are marked: N_, TranslatableText, translate and translate_plural in
Python, gettext and ngettext in the templates. Labels (digest/render/labels.toml), names of
categories and the sentences of digest.decide.relations stand in tables and are taken from there.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, localedata
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from digest.i18n import MONTHLY_FILE
from digest.render import words
from digest.taxonomy import CATEGORIES, GROUPS

ROOT = Path(__file__).resolve().parents[1]
HELP = """\
Without an option: adds texts that are new, takes out those that are gone, keeps every translation.
Exit code 1 where a text was untranslated or stale.

To add a language, here French:
  1. python tools/update_catalogues.py --new fr
     makes digest/render/locale/fr/LC_MESSAGES/digest.po with every text, all untranslated.
  2. Translate each msgstr of that file. Keep the values, such as %(n)s; give every plural form.
  3. python tools/update_catalogues.py          sorts the file and lists what is missing still.
  4. pytest tests/render/test_catalogues.py     checks values, plural forms and completeness.
No code names the languages: a folder in digest/render/locale is one. A text without a translation
is printed in English, and an edition whose catalogue has no translation at all is English.
"""
_KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate": None,
    "translate_plural": (1, 2),
    "TranslatableText": None,
    "_refuse": None,
}
_PYTHON = (
    "digest/model",
    "digest/render",
    "digest/serve",
    "digest/edition",
    "digest/rank",
    "digest/cluster",
    "digest/write",
)
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}, "**.txt": {"silent": "false"}}
_VALUE = re.compile(r"%\(\w+\)s")
_SHORT = ("Q%(number)s %(year)s", "Q%(number)s FY%(year)s")  # said shorter in charts
# Headers whose values change from run to run.
_MOVING = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Last-Translator',
    '"Language-Team',
    '"Report-Msgid',
    '"Generated-By',
    "#",
)
Text = str | tuple[str, str]  # a pair: the form for one, the form for many


@cache
def collect_texts() -> tuple[Text, ...]:
    """Return every text of the product that a reader sees. Once: reading all of it takes 0.6 s."""
    return tuple(_iter_texts())


def _iter_texts() -> Iterator[Text]:
    python, templates = [("**.py", "python")], [("**.html", "jinja2"), ("**.txt", "jinja2")]
    extracted = [
        *(extract_from_dir(ROOT / name, python, keywords=_KEYWORDS) for name in _PYTHON),
        extract_from_dir(ROOT / "templates", templates, options_map=_OPTIONS),
    ]
    for messages in extracted:
        for _, _, found, _, _ in messages:
            if isinstance(found, str):
                yield found
            elif len(found) >= 2 and found[0] and found[1]:
                yield found[0], found[1]
    for table in tomllib.loads(words.LABELS_FILE.read_text(encoding="utf-8")).values():
        yield from (text if isinstance(text, str) else tuple(text) for text in table.values())
    monthly = tomllib.loads(MONTHLY_FILE.read_text(encoding="utf-8"))
    yield from monthly["text"].values()
    yield from (tuple(row["month"]) for row in monthly["plural"])
    yield from GROUPS.values()
    yield from (category.name for category in CATEGORIES.values())


def read_catalogue(language: str) -> Catalog:
    """Read the catalogue of a language; its plural forms are those that its own header states."""
    with words.find_catalogue(language).open("rb") as source:
        return read_po(source, locale=language)


def update_catalogue(language: str, old: Catalog | None = None) -> tuple[Catalog, list[str]]:
    """Return the catalogue with exactly the texts there are, and what is missing or stale in `old`.

    The plural forms stay those of `old`, since its translations were written for them; Babel's own,
    which differ from version to version, are taken where there is no `old`.
    """
    new = Catalog(locale=language, project="martech-digest", fuzzy=False)
    if old is not None:
        new.mime_headers = [("Plural-Forms", old.plural_forms)]
    texts = [
        (text, None)
        for text in collect_texts()
        if isinstance(text, tuple) or _VALUE.sub("", text).strip(" –-:,.“”/")
    ]
    for text, context in (*texts, *((text, "short") for text in _SHORT)):
        known = old.get(text if isinstance(text, str) else text[0], context) if old else None
        translation = known.string if known is not None and known.id == text else None
        new.add(text, translation, context=context)
    faults = [
        f"{language}: {words.find_catalogue(language)}: not translated: {_name(message)}"
        for message in new
        if message.id and not _is_translated(message)
    ]
    faults += [
        f"{language}: stale: {_name(message)}"
        for message in old or ()
        if message.id and new.get(_name(message), message.context) is None
    ]
    return new, faults


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    strings = (message.string,) if isinstance(message.string, str) else message.string
    return bool(strings) and all(strings or ())


def format_catalogue(catalogue: Catalog) -> bytes:
    """Return a catalogue as its file holds it: sorted, without lines that change by the run."""
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=False, no_location=True, sort_output=True)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_MOVING)).encode()


def create_catalogue(language: str) -> str:
    """Write an untranslated catalogue for a new language; return what to do next."""
    path = words.find_catalogue(language)
    if language in words.LANGUAGES:
        raise SystemExit(f"{language} is there already; nothing was changed")
    if not (language.isalpha() and localedata.exists(language)):  # no territory, as in fr_CA
        raise SystemExit(f"{language} is no language that Babel knows, such as fr")
    catalogue, missing = update_catalogue(language)
    path.parent.mkdir(parents=True)
    path.write_bytes(format_catalogue(catalogue))
    return (
        f"{path}: {len(missing)} texts to translate into {Locale(language).english_name}, "
        f"{catalogue.num_plurals} plural form(s) each where there are any.\n"
        "Next: translate each msgstr, then run this tool again without an option; "
        "until then the briefing in this language is English."
    )


def main() -> int:
    """Update, check or create catalogues; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="change nothing")
    only.add_argument("--new", metavar="LANGUAGE", help="make an untranslated catalogue, e.g. fr")
    options = parser.parse_args()
    if options.new:
        print(create_catalogue(options.new))
        return 0
    wrong = 0
    for language in words.LANGUAGES[1:]:
        catalogue, faults = update_catalogue(language, read_catalogue(language))
        print(*faults, sep="\n" if faults else "")
        wrong += len(faults)
        if not options.check:
            words.find_catalogue(language).write_bytes(format_catalogue(catalogue))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
