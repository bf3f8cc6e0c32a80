"""Find the names that a sentence says.

In Latin script a name is known by its capitals, in others by the vendor table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.ground.lexicon import find_text_concepts
from digest.ground.name_index import MAX_INITIALS
from digest.ground.name_tables import (
    LATIN_WORD,
    NO_NAMES,
    NOUNS,
    OPENERS,
    is_known_vendor,
    load_doubtful_names,
    load_foreign_forms,
    strip_possessive,
)
from digest.ground.script import fold

# What makes another word of a name's letters: "online", "pipeline", "deadline" of "LINE".
_NOT_BEFORE = {"ไลน์": ("ออน", "ไปป์", "ไปป", "เดด", "แอร์", "เฮด", "ไทม์")}
_VERSIONED = re.compile(r"v?\d+(?:\.\d+)+")
_CONTRACTION = re.compile(r"'(?:re|ve|ll|d|m|t)$")
_FIGURE = re.compile(r"\d[\d.,]*(?:st|nd|rd|th|[kmbx%]|bn|mn|er|e)?")
_COMMON_ENDING = re.compile(
    r"(?:ing|tion|ment|ity|ness|ers|ors|ies|ists|ance|ence|als|ly|ed|ship|isms?|ions|ments|ants|"
    r"ents|ives)$"
)
# Verbs by which an unknown first word is known to be a name, and no adjective or plural.
_VERB = re.compile(
    r"\w+ed|has|had|was|is|will|may|can|could|cut|let|put|set|built|won|made|says|finds|adds|buys|"
    r"offers|releases|launches|introduces|unveils|opens|raises|cuts|gets|lets|wins|sues|shows|brings|"
    r"makes|sells|warns|claims|acquires|announces|reports|expands|updates|tests|rolls|removes|blocks|"
    r"bans|joins|hires|names|plans|wants|serves|owns|uses|pays|bought|sold|rolled|grew|fell|rose"
)
_GERMAN_ARTICLES = frozenset(
    "der die das den dem des ein eine einer eines einem einen sein seine seinen ihr ihre ihren "
    "kein keine keinen dieses diese dieser jede jeder jedes".split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text. `key` is its folded form, `sure` whether it is surely a name."""

    text: str
    key: str
    start: int
    end: int
    sure: bool = True


def find_names(text: str, language: str, *, title: bool = False) -> list[Name]:
    """Return the names of a text in order; places are the text's own.

    With `title`, capitals mark no names: only what is no plain word counts as sure.
    """
    found = _find_latin(text, language, title=title)
    if language in ("zh", "ja", "th", "ru"):
        found += _find_foreign(text)
    return sorted(found, key=lambda one: one.start)


def _find_foreign(text: str) -> list[Name]:
    folded, found = text.casefold(), list[Name]()
    taken = set[int]()
    for form in load_foreign_forms():
        at = folded.find(form)
        while at >= 0:
            places = set(range(at, at + len(form)))
            inside = folded[:at].endswith(_NOT_BEFORE.get(form, ()))
            if not places & taken and len(form) > 1 and not inside:
                taken |= places
                found.append(Name(text[at : at + len(form)], form, at, at + len(form)))
            at = folded.find(form, at + len(form))
    return found


def _find_latin(text: str, language: str, *, title: bool) -> list[Name]:
    words = list(LATIN_WORD.finditer(text))
    found: list[Name] = []
    for at, match in enumerate(words):
        word = match[0].rstrip(".'’-")
        if "-" in word and not any(character.isdigit() for character in word):
            found += _split_compound(word, match.start())
            continue
        key = strip_possessive(fold(word))
        if _is_plain(word, key):
            continue
        starts = _starts_sentence(text, match.start())
        known = _is_sure_vendor(key) if starts else is_known_vendor(key)
        sure = is_special(word) or known
        if language in ("zh", "ja", "th") and not title:
            sure = True
        elif language == "de" and not is_special(word):
            sure = not _follows_article(words, at) and (sure or _is_german_name(words, at, text))
        elif not sure and starts:
            follows = words[at + 1] if at + 1 < len(words) else None
            sure = bool(
                follows
                and text[match.end() : follows.start()] == " "
                and not find_text_concepts(word, language)
                and not (language == "en" and key in NOUNS and not _is_capital(follows[0]))
                and (
                    (key not in NOUNS and _VERSIONED.fullmatch(follows[0]))
                    or _opens_with_name(word, follows[0], language)
                )
            )
        elif not sure:
            sure = not title and not _is_emphasis(word)
        found.append(Name(word, key, match.start(), match.start() + len(word), sure))
    return found


def _is_sure_vendor(key: str) -> bool:
    """Return whether a word that opens a sentence, with a capital as any, is a vendor."""
    return is_known_vendor(key) and not (
        key in load_doubtful_names() and _COMMON_ENDING.search(key)
    )


def _is_plain(word: str, key: str) -> bool:
    """Return whether a word names nobody: small, of a list, or a figure."""
    is_country = word in ("US", "U.S", "USA")  # else a pronoun
    bare = _CONTRACTION.sub("", key)  # "We're"
    return (
        not _is_capital(word)
        or ((bare in NO_NAMES or bare in OPENERS) and not is_country)
        or (len(key) < 2 and key != "x")
        or (key[0].isdigit() and not is_special(word))
        or _FIGURE.fullmatch(key) is not None
    )


def _opens_with_name(word: str, follows: str, language: str) -> bool:
    """Return whether an unknown word that opens a sentence is a name, by the word behind it."""
    if language == "en" and _COMMON_ENDING.search(word) and is_known_vendor(fold(follows)):
        return False  # "Shared Claude chats"
    if _is_capital(follows):
        return follows == "AI" or fold(follows) not in NO_NAMES
    # A verb or a noun of these languages does not end so.
    if language in ("it", "es", "pt"):
        return bool(re.search(r"[bcfghjkpqtvwxy]$", fold(word))) or (
            language == "it" and not re.search(r"[aeiou]$", fold(word))
        )
    # English alone begins a sentence neither with a verb nor with a bare singular noun.
    return (
        language == "en"
        and not _COMMON_ENDING.search(word)
        and not re.search(r"[^siu]s$", word)  # a plural, more often than a name
        and len(word) > 3
        and _VERB.fullmatch(follows) is not None
    )


def _split_compound(word: str, start: int) -> list[Name]:
    """Return the names in a compound: "OpenAI" of "OpenAI-backed" and of "OpenAI-Modelle"."""
    found: list[Name] = []
    if fold(word) in NO_NAMES:  # "US-Dollar"
        return found
    for part in re.finditer(r"[^-]+", word):
        key = strip_possessive(fold(part[0]))
        named = key not in NO_NAMES or part[0] == "US"
        if _is_capital(part[0]) and named and len(key) > 1:
            sure = is_special(part[0]) or is_known_vendor(key)
            at = start + part.start()
            found.append(Name(part[0], key, at, at + len(part[0]), sure))
    return found


def _is_capital(word: str) -> bool:
    bare = re.sub(r"^(?:[ldnscj]|dell|nell|all|dall|sull|un|qu)['’]", "", word, flags=re.IGNORECASE)
    return any(character.isupper() for character in bare)


def is_special(word: str) -> bool:
    """Return whether a word has a form that only names have: inner capitals, digits, capitals."""
    bare = re.sub(r"['’]s?$", "", word)
    letters = [character for character in bare if character.isalpha()]
    if any(character.isdigit() for character in bare):
        return bool(letters) and not re.match(r"\d+(?:[-.]|[a-z]+-)", bare, re.IGNORECASE)
    if all(character.isupper() for character in letters):
        return 1 < len(letters) <= MAX_INITIALS
    parts = re.split(r"[-'’.&]", bare)
    return any(character.isupper() for part in parts for character in part[1:])


def _is_emphasis(word: str) -> bool:
    """Return whether a word is in capitals and too long for initials: "UPDATE"."""
    letters = [character for character in word if character.isalpha()]
    return len(letters) > MAX_INITIALS and all(map(str.isupper, letters))


def _is_german_name(words: list[re.Match[str]], at: int, text: str) -> bool:
    """Return whether a capitalised German word is a name: beside another, without an article."""

    def is_beside(one: re.Match[str], two: re.Match[str]) -> bool:
        return text[one.end() : two.start()] == " " and _is_capital(two[0]) and _is_capital(one[0])

    match = words[at]
    if re.search(
        r"(?:\blaut|\bzufolge|angaben von|(?:studie|umfrage|bericht|analyse|daten) "
        r"(?:von|der|des))\s$",
        fold(text[: match.start()]),
    ) or re.match(r"\szufolge\b", text[match.end() :]):
        return not find_text_concepts(match[0], "de")
    if re.search(
        r"(?:isch|lich|ig|end|bar|sam|haft|los)(?:e|er|es|en|em)$|(?:ung|ungen|heit|keit|schaft|tion|tionen|tat|ismus|nis|chen|lich|werbung|en|er|te|ern)$",
        fold(match[0]),
    ):
        return False
    after = (
        at + 1 < len(words)
        and is_beside(match, words[at + 1])
        and not _is_german_noun(words[at + 1][0])
    )
    before = (
        at > 0 and is_beside(words[at - 1], match) and not words[at - 1][0].endswith("s")
        and fold(words[at - 1][0]) not in NO_NAMES and not _is_german_noun(words[at - 1][0])
    )  # fmt: skip
    return bool(after or before)


def _follows_article(words: list[re.Match[str]], at: int) -> bool:
    """Return whether an article stands before: a product may be named after a noun ("Kontext")."""
    return at > 0 and fold(words[at - 1][0]) in _GERMAN_ARTICLES


def _is_german_noun(word: str) -> bool:
    return bool(re.search(r"(?:ung|ungen|heit|keit|schaft|tion|tionen|tat|nis)$", fold(word)))


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘«([„")
    return not before or before[-1] in ".:!?…—–。！？"


def is_initials(short: str, full: str) -> bool:
    """Return whether a name is the first letters of another's words: "AP" of "Associated Press"."""
    letters = re.sub(r"['’]s?$|[.]", "", short)
    capitals = "".join(re.findall(r"\b[A-Z](?=\w)", full))
    return len(letters) > 1 and letters.isupper() and letters in capitals and letters != full
