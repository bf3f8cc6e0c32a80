"""Load the names that are known: of vendors, products and places, in each script and language.

Names are equivalent where they name the same in several languages or scripts: by the vendor table,
the names of countries or `equivalents.tsv`. What is written with a capital and names nobody stands
in `plain_words.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from babel import Locale

from digest.cluster.names import ALIASES
from digest.ground.script import fold
from digest.tag.vendors import Vendor, load_shipped_vendors

_PLAIN_WORDS = tomllib.loads(files("digest.ground").joinpath("plain_words.toml").read_text("utf-8"))
NO_NAMES = frozenset(_PLAIN_WORDS["no_names"].split())
OPENERS = frozenset(_PLAIN_WORDS["openers"].split())
NOUNS = frozenset(_PLAIN_WORDS["nouns"].split())
_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "ru", "zh", "ja", "th")
LATIN_WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9]*(?:[&'.’+-][A-Za-z\u00c0-\u024f0-9]+)*\+?"
)
_FIRST_NAMED = 24  # of the equivalents before, some are no names: "CEO", "IPO"
_MIN_PRODUCT = 3  # letters of a product's name that is nothing else
FOREIGN = re.compile("[^\x00-\u024f]")
MIN_GENITIVE = 4  # letters of a name with the ending of one
# Endings by which languages make the people and the adjective of a place.
_PEOPLE = re.compile(
    r"(?:n|an|ian|ien|ienn|isch|nisch|esisch|es|ese|in|no|na|ni|ne|ano|ana|iano|iana)[ae]?[rns]?"
)
_ISCH = re.compile(r"(?<=isch)(?:e|er|es|en|em)$")  # of German adjectives of countries
_HOMES = {  # language → the country where it is at home
    "zh": "china",
    "de": "germany",
    "fr": "france",
    "it": "italy",
    "th": "thailand",
    "ja": "japan",
}


class Equivalents(NamedTuple):
    """Groups of names for the same, those of countries last."""

    numbers: Mapping[str, int]  # folded form → number of its group
    groups: tuple[tuple[str, ...], ...]
    first_country: int  # the number of the first group of a country


class VendorForms(NamedTuple):
    """The folded forms in which the vendor table writes names."""

    in_other_scripts: Mapping[str, frozenset[str]]  # form → the same name's in other scripts
    foreign: tuple[str, ...]  # those that are not Latin, the longest first
    latin: frozenset[str]


@cache
def load_equivalents() -> Equivalents:
    """Return the equivalents of all languages."""
    text = files("digest.ground").joinpath("equivalents.tsv").read_text("utf-8")
    groups = [tuple(fold(form) for form in line.split("\t")) for line in text.splitlines()]
    first_country, territories = len(groups), dict[str, list[str]]()
    for line in files("digest.ground").joinpath("peoples.tsv").read_text("utf-8").splitlines():
        code, *forms = line.split("\t")
        territories.setdefault(code, []).extend(fold(form) for form in forms)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and len(name) > (1 if FOREIGN.search(name) else 2) and code != "RE":
                territories.setdefault(code, []).append(fold(name))
    groups += [tuple(dict.fromkeys(forms)) for forms in territories.values()]
    numbers = {form: n for n, group in reversed(list(enumerate(groups))) for form in group}
    return Equivalents(numbers, tuple(groups), first_country)


@cache
def load_vendor_forms() -> VendorForms:
    """Return the forms of the vendor table's names."""
    other: dict[str, set[str]] = {}
    latin: set[str] = set()
    foreign: set[str] = set()

    def join(forms: Iterable[str]) -> None:
        folded = {fold(form) for form in forms}
        for form in folded:
            (foreign if FOREIGN.search(form) else latin).add(form)
            others = {
                one for one in folded if bool(FOREIGN.search(one)) != bool(FOREIGN.search(form))
            }
            if others:
                other.setdefault(form, set()).update(others)

    for vendor in load_shipped_vendors():
        join(_list_forms(vendor))
    for form, token in ALIASES.items():
        join((form, token))
    return VendorForms(
        {form: frozenset(others) for form, others in other.items()},
        tuple(sorted(foreign, key=len, reverse=True)),
        frozenset(latin),
    )


def _list_forms(vendor: Vendor) -> tuple[str, ...]:
    return (vendor.name, *vendor.aliases)


@cache
def load_products() -> Mapping[str, tuple[str, ...]]:
    """Return company → forms of its products that need no reason to be believed."""
    products: dict[str, list[str]] = {}
    for vendor in load_shipped_vendors():
        if vendor.parent:
            sure = [
                form
                for form in _list_forms(vendor)
                if vendor.care.get(form, "any") in ("any", "case")
            ]
            known = [fold(form) for form in sure if len(form) > _MIN_PRODUCT]
            products.setdefault(fold(vendor.parent), []).extend(known)
    return {company: tuple(forms) for company, forms in products.items()}


@cache
def load_doubtful_names() -> frozenset[str]:
    """Return the folded names of vendors that are ordinary words, too: "Measured"."""
    return frozenset(
        fold(form)
        for vendor in load_shipped_vendors()
        for form in _list_forms(vendor)
        if vendor.care.get(form) in ("cue", "word")
    )


def is_known_vendor(key: str) -> bool:
    """Return whether the vendor table has a Latin form of this folded name."""
    return key in load_vendor_forms().latin


@cache
def load_foreign_forms() -> tuple[str, ...]:
    """Return the names in scripts other than Latin, of vendors and equivalents, longest first."""
    _, groups, first_country = load_equivalents()
    known = {
        form
        for group in groups[_FIRST_NAMED:first_country]
        for form in group
        if FOREIGN.search(form) and len(form) > 1
    }
    return tuple(sorted({*load_vendor_forms().foreign, *known}, key=len, reverse=True))


def strip_possessive(key: str) -> str:
    """Return a folded word without the English possessive, and without an elided article."""
    key = re.sub(r"^(?:l|d|dell|nell|all|dall|sull|un|qu|s|c|n|j)'(?=\w{2})", "", key)
    return re.sub(r"'s?$", "", key)


def find_group(key: str) -> int | None:
    """Return the number of the group that a word is of, a German genitive too: "Südkoreas"."""
    numbers = load_equivalents().numbers
    number = numbers.get(key, _find_place_of(key))
    if number is None and key.endswith("s") and len(key) > MIN_GENITIVE:
        number = numbers.get(key[:-1])
    return number


@lru_cache(maxsize=4096)
def _find_place_of(key: str) -> int | None:
    """Return the number of the place whose people or adjective a word is: "Cambodian"."""
    numbers = load_equivalents().numbers
    for size in range(len(key) - 1, 3, -1):
        if not _PEOPLE.fullmatch(key, size):
            continue
        for ending in ("", "a", "e", "y", "o"):
            number = numbers.get(key[:size] + ending)
            if number is not None:
                return number
    return None


@lru_cache(maxsize=4096)
def find_phrases(folded: str) -> tuple[tuple[int, str, bool], ...]:
    """Return the equivalents in several words or other scripts that stand in a folded text.

    Each as the number of its group, the form, and whether the group is a country.
    """
    forms, _, first_country = load_equivalents()
    found = [
        (number, form, number >= first_country)
        for form, number in forms.items()
        if len(form) > 1
        and (" " in form or FOREIGN.search(form))
        and form in folded
        and (FOREIGN.search(form) or re.search(rf"(?<!\w){re.escape(form)}(?!\w)", folded))
    ]
    for match in LATIN_WORD.finditer(folded):
        word = _ISCH.sub("", strip_possessive(match[0]))
        number = forms.get(word, forms.get(word.removesuffix("s"), -1) if len(word) > 6 else -1)
        if number >= first_country and match[0] not in NO_NAMES:
            found.append((number, word, True))
    return tuple(found)


def is_home_of(form: str, language: str) -> bool:
    """Return whether a country, in any of its forms, is the one where a language is at home."""
    numbers, groups, _ = load_equivalents()
    home = numbers.get(_HOMES.get(language, ""))
    return home is not None and form in groups[home]


def is_place(key: str) -> bool:
    """Return whether a folded name is a country or its people."""
    numbers, _, first_country = load_equivalents()
    return numbers.get(key, -1) >= first_country


def are_equivalent(one: str, two: str) -> bool:
    """Return whether two folded names are parts of forms of one group of equivalents."""
    _, groups, first_country = load_equivalents()
    return any(
        any(one in form.split() or one == form for form in group)
        and any(two in form.split() or two == form for form in group)
        for group in groups[:first_country]
        if any(one in form for form in group)
    )
