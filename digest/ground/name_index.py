"""Index a source's text and look a name up in it.

A name is there where its words stand in the text, in this script or as an equivalent is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.ground.name_tables import (
    FOREIGN,
    LATIN_WORD,
    MIN_GENITIVE,
    find_group,
    load_equivalents,
    load_products,
    load_vendor_forms,
    strip_possessive,
)
from digest.ground.script import fold

_MIN_INITIALS = 3  # letters that stand for as many words
_CAPITALISED = re.compile(
    r"(?:[A-Z\u00c0-\u00de][\w'’]*[ -](?:(?:of|for|and|the|on|in|de|di|der|für) )?){2,8}"
    r"[A-Z\u00c0-\u00de]\w*"
)
MAX_INITIALS = 5  # letters in capitals that make a name; more are emphasis
_CYRILLIC_WORD = re.compile("[\u0400-\u04ff]{3,}")
_TO_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".split(),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class NameIndex:
    """What is looked up when a name is sought in a text."""

    folded: str
    words: frozenset[str]
    joined: str  # without spaces and hyphens
    latinised: frozenset[str]  # skeletons of the Cyrillic words
    initials: frozenset[str]  # of words with capitals, side by side


def index_names(text: str) -> NameIndex:
    """Return a text's index, in which names can be looked up."""
    folded = fold(text)
    words = set[str]()
    for match in LATIN_WORD.finditer(folded):
        word = strip_possessive(match[0])
        words.update((word, match[0], *re.split(r"[-'.&]", word)))
        words.add(re.sub(r"[-.&]", "", word))
        parts = word.split("-")
        words.update("-".join(parts[:end]) for end in range(2, len(parts)))  # "gpt-5.6" of "-sol"
    skeletons = frozenset(
        _strip_vowels(_transliterate(word)) for word in _CYRILLIC_WORD.findall(folded)
    )
    joined = re.sub(r"[\s-]+", "", folded)
    return NameIndex(
        folded, frozenset(words - {""}), joined, skeletons, frozenset(_find_initials(text))
    )


def _find_initials(text: str) -> Iterator[str]:
    """Yield the first letters of runs of words with capitals: "mit" of "Made in Turin"."""
    for run in _CAPITALISED.finditer(text):
        letters = [word[0] for word in re.findall(r"[^\W\d_]+", fold(run[0]))]
        capitals = [word[0] for word in re.findall(r"[A-Z\u00c0-\u00de][^\W\d_]*", run[0])]
        for found in (letters, [fold(capital) for capital in capitals]):
            for start in range(len(found)):
                for size in range(_MIN_INITIALS, MAX_INITIALS + 1):
                    if start + size <= len(found):
                        yield "".join(found[start : start + size])


def has_name(index: NameIndex, key: str) -> bool:
    """Return whether a folded name stands in an indexed text, in any script that is known."""
    forms = load_vendor_forms().in_other_scripts
    if FOREIGN.search(key):
        return key in index.folded or any(_has_latin(index, form) for form in forms.get(key, ()))
    bare = key[:-1] if key.endswith("s") and len(key) > MIN_GENITIVE else key
    return (
        _has_latin(index, key)
        or any(form in index.folded for form in forms.get(key, forms.get(bare, ())))
        or _has_equivalent(index, key)
        or _has_acronym(index, key)
        or (key.endswith("s") and _has_acronym(index, key[:-1]))
        or (bool(index.latinised) and len(key) > 3 and _strip_vowels(key) in index.latinised)
    )


def _has_latin(index: NameIndex, key: str) -> bool:
    if key in index.words or (key.endswith("s") and len(key) > 3 and key[:-1] in index.words):
        return True
    if f"{key}s" in index.words or f"{key}es" in index.words:
        return True
    parts = [part for part in re.split(r"[\s-]", key) if part]
    if (
        len(parts) > 1
        and not re.search(r"\d", key)
        and all(_has_latin(index, part) for part in parts)
    ):
        return True
    plain = re.sub(r"[\s.&-]", "", key)
    return len(plain) > 4 and plain in index.joined


def _has_equivalent(index: NameIndex, key: str) -> bool:
    number = find_group(key)
    return number is not None and has_group(index, number)


def _has_form(index: NameIndex, form: str) -> bool:
    if FOREIGN.search(form):
        return form in index.folded
    if " " in form or "-" in form:
        return re.search(rf"(?<!\w){re.escape(form)}", index.folded) is not None
    if form.endswith("isch"):
        return any(word.startswith(form) for word in index.words)
    return form in index.words


def _has_acronym(index: NameIndex, key: str) -> bool:
    """Return whether "ACME" stands for names with these first letters, one after the other."""
    return key in index.initials


def has_group(index: NameIndex, number: int) -> bool:
    """Return whether a form of a group of equivalents stands in an indexed text."""
    return any(_has_form(index, form) for form in load_equivalents().groups[number])


def has_product(index: NameIndex, key: str) -> bool:
    """Return whether a product of a company stands in an indexed text."""
    return any(
        form in index.folded and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", index.folded)
        for form in load_products().get(key, ())
    )


def _transliterate(word: str) -> str:
    return "".join(_TO_LATIN.get(character, character) for character in word).replace("_", "")


def _strip_vowels(word: str) -> str:
    """Return the consonants of a word that every transliteration keeps, its first letter last."""
    word = word.replace("kh", "h").replace("ck", "k").replace("c", "k").replace("ts", "z")
    word = word.replace("w", "v").replace("x", "ks").replace("ph", "f").replace("q", "k")
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub(r"[aeiouy'-]", "", word[1:]) + word[:1]
