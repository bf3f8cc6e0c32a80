"""Build what a search knows of names and words out of the shipped vocabulary and the team's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from digest.app.context import AppContext, vocabulary_file
from digest.search.lexicon import Form, Lexicon, Meaning, load_stop_words, make_form, merge_meanings
from digest.search.words import fold_words, is_unspaced
from digest.tag.vendors import Vendor, load_shipped_vendors
from digest.taxonomy import CATEGORIES

_MAX_FORMS = 24  # of one name or concept; the first are the most usual
_TELLING = 2.0  # weight of a category's word from which it names the category
_COUNTRY_LANGUAGES = ("en", "it", "de", "fr", "es", "th", "zh", "ja")  # of questions
_SHORT = 2  # letters; a name of so few is looked for only as it is


def load_lexicon(context: AppContext) -> Lexicon:
    """Return the lexicon, with the vendors that the team's vocabulary adds. Raises ConfigError."""
    from digest.app.vocabulary import load_overrides

    path = vocabulary_file(context)
    team_vendors = load_overrides(path).vendors
    if not team_vendors:
        return _load_shipped_lexicon()
    checksum = hashlib.sha256(path.read_bytes()).digest()
    if checksum not in _team_lexicons:
        _team_lexicons.clear()  # a team has one vocabulary at a time
        _team_lexicons[checksum] = build_lexicon(team_vendors)
    return _team_lexicons[checksum]


_team_lexicons: dict[bytes, Lexicon] = {}  # by the bytes of vocabulary.yaml


@cache
def _load_shipped_lexicon() -> Lexicon:
    return build_lexicon(())


def build_lexicon(team_vendors: Iterable[Vendor]) -> Lexicon:
    """Return the lexicon of the shipped vendors, categories and words, and of more vendors."""
    whole: dict[str, list[Meaning]] = {}
    prefixes: dict[str, list[Meaning]] = {}
    vendors = {vendor.name: vendor for vendor in (*load_shipped_vendors(), *team_vendors)}
    for written, meaning in (
        *_list_names(vendors),
        *_list_concept_words(),
        *_list_institutions(),
        *_list_countries(),
        *_list_category_words(),
    ):
        surface = _fold_surface(written)
        if surface:
            (prefixes if written.endswith("*") else whole).setdefault(surface, []).append(meaning)
    return Lexicon(
        {surface: merge_meanings(of) for surface, of in whole.items()},
        prefixes={surface: merge_meanings(of) for surface, of in prefixes.items()},
        words=_load_thai_words(),
    )


def _load_thai_words() -> frozenset[str]:
    listed = (files("digest.tag") / "vocabulary" / "thai.txt").read_text("utf-8").split()
    return frozenset(map(fold_words, listed))


def _fold_surface(written: str) -> str:
    words = fold_words(written.rstrip("*")).replace("-", " ").split()
    return " ".join(words)


def _list_names(vendors: dict[str, Vendor]) -> Iterator[tuple[str, Meaning]]:
    twins = dict(line.split("\t") for line in _read_lines("twins.tsv"))
    stops = load_stop_words()
    for vendor in vendors.values():
        is_product = vendor.kind == "product" and vendor.parent in vendors
        labels = () if is_product else (f"vendor:{vendor.name}",)
        sure = [
            written
            for written in (vendor.name, *vendor.aliases)
            if vendor.care.get(written) not in ("word", "cue")
            and fold_words(written) not in stops
            and (len(written) > _SHORT or is_unspaced(written))
        ]
        others = [twins[vendor.name]] if vendor.name in twins else []
        if others and others[0] in vendors:
            others = [others[0], *vendors[others[0]].aliases]
        if is_product:  # "the maker of ChatGPT"
            others = [*others, vendor.parent, *vendors[vendor.parent].aliases]
        forms = _make_forms(sure)
        meaning = Meaning(labels, forms, _make_forms(others), is_name=True, gloss=vendor.name)
        for written in (vendor.name, *vendor.aliases):
            if written in sure:
                yield written, meaning
            elif len(written) > _SHORT:  # a word that is a name only beside others
                yield written, Meaning(labels)


def _list_category_words() -> Iterator[tuple[str, Meaning]]:
    for category in CATEGORIES.values():
        meaning = Meaning((f"category:{category.slug}",))
        yield category.name, meaning
        yield category.slug.replace("-", " "), meaning
        for terms in category.words.values():
            for term in terms.replace("\n", " ").split(","):
                written, _, weight = term.strip().partition("^")
                if written and float(weight or 1) >= _TELLING:
                    yield written, meaning


def _list_concept_words() -> Iterator[tuple[str, Meaning]]:
    """Yield the words of all languages for one thing, each with all the others.

    The words of a search come first: their glosses say what is meant, the tags' what they mark.
    Institutions are examples among the tags' words, and more than these by themselves.
    """
    events = dict(line.split("\t") for line in _read_lines("event_words.tsv"))
    table = (files("digest.tag") / "vocabulary" / "concepts.tsv").read_text("utf-8")
    institutions = frozenset(name for row in _read_institutions() for name in row)
    lines = [(line, frozenset[str]()) for line in _read_lines("concepts.tsv")]
    lines += ((line, institutions) for line in table.splitlines()[1:])
    for line, examples in lines:
        concept, _, listed = line.partition("\t")
        written = [word.strip() for word in listed.split(",")]
        labels = (f"event:{events[concept]}",) if concept in events else ()
        meaning = Meaning(labels, _make_forms(written, 4 * _MAX_FORMS), gloss=concept)
        for word in written:
            if word not in examples:
                yield word, meaning


def _list_institutions() -> Iterator[tuple[str, Meaning]]:
    """Yield names of institutions, places and offices in all languages, each with all the others.

    They are the gate's, which has to know them too; its code is not needed.
    """
    for written in _read_institutions():
        gloss = next(filter(str.isascii, written), "")
        forms = _make_forms(written, 4 * _MAX_FORMS)
        meaning = Meaning(forms=forms, is_proper=True, gloss=gloss)
        for word in written:
            yield word, meaning


def _read_institutions() -> list[list[str]]:
    stops = load_stop_words()
    table = (files("digest.ground") / "equivalents.tsv").read_text("utf-8")
    return [
        [word for word in line.split("\t") if len(word) > 1 and word not in stops]
        for line in table.splitlines()
    ]


def _list_countries() -> Iterator[tuple[str, Meaning]]:
    """Yield the names of countries in all languages, each with all the others and its people's."""
    from babel import Locale

    table = (files("digest.ground") / "peoples.tsv").read_text("utf-8")
    peoples = {code: forms for code, *forms in (line.split("\t") for line in table.splitlines())}
    named: dict[str, list[str]] = {}
    for language in _COUNTRY_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and (len(name) > _SHORT or is_unspaced(name)):
                named.setdefault(code, []).append(name)
    for code, names in named.items():
        forms = _make_forms((*names, *peoples.get(code, ())))
        meaning = Meaning(forms=forms, is_proper=True, gloss=names[0])
        for name in dict.fromkeys(names):
            yield name, meaning


def _make_forms(written: Iterable[str], most: int = _MAX_FORMS) -> tuple[Form, ...]:
    forms = dict.fromkeys(filter(None, map(make_form, written)))
    return tuple(forms)[:most]


def _read_lines(name: str) -> list[str]:
    return (files("digest.search") / name).read_text("utf-8").splitlines()[1:]
