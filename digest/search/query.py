"""Read a search or a question: its terms, each with all its forms, and its filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from digest.search.lexicon import Form, Lexicon, Meaning, load_stop_words
from digest.search.words import TOKEN, find_written_words, fold_words, is_unspaced, split_tokens
from digest.text import clean_text

FILTERS = (
    "vendor",
    "category",
    "event",
    "ai",
    "source",
    "quarter",
    "after",
    "before",
    "in",
    "kind",
)
TermKind = Literal["name", "figure", "word"]
_FILTER = re.compile(rf"(-?)({'|'.join(FILTERS)}):(\S.*)", re.IGNORECASE | re.DOTALL)
_MAX_TERMS = 16  # of a question; what comes later counts less to whoever asks
_MAX_WORDS = 32  # of a search
_MAX_FILTERS = 16
_FEW_WORDS = 4  # that are no headline
_MAX_CAPITALS = 0.6  # share of words above which capitals mark nothing
_MAX_WORDS_LENGTH = 1000
_SUFFIX = re.compile(
    r"(?:izations?|isations?|azioni|azione|ationen|ations?|itions?|ungen|ments?|mente|"
    r"ings?|ness|ies|ied|ers?|ed|es|en|ung|ion[se]?|ioni|ione|iones|s|e|i|o|a|y|n)$"
)
_MIN_STEM = 4
_ENDINGS = "s es e ed er ing d i o a n en t".split()


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for. It is there where any of its forms is.

    `near`: forms of the same word; `far`: other words for it; `gloss`: what it means, in English.
    """

    text: str  # folded, as it was asked for
    exact: tuple[Form, ...]
    near: tuple[Form, ...] = ()
    far: tuple[Form, ...] = ()
    labels: tuple[str, ...] = ()  # of items that are about it
    kind: TermKind = "word"
    share: float = 1.0  # of a word's weight, where a run of letters was cut into several
    is_known: bool = False  # as a name, in all the languages that it has
    gloss: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it names somebody or something."""
        return self.kind == "name"

    @property
    def is_proper(self) -> bool:
        """Whether it stands for one thing in the world, which an answer has to be about."""
        return self.is_name or self.is_known

    def write_match(self, *, near: bool = False, far: bool = False) -> str:
        """Return the term as an expression of FTS5."""
        forms = [*self.exact, *(self.near if near else ()), *(self.far if far else ())]
        written = [form.write_match() for form in dict.fromkeys(forms)]
        return written[0] if len(written) == 1 else f"({' OR '.join(written)})"


_BEFORE_PLACE = tuple("在 于 到 去 对 向 从 自 和 与 ใน ที่ จาก ถึง และ ประเทศ".split())
_AFTER_PLACE = frozenset("的在有会将是对和与ではがをにのと")
NameGroups = tuple[tuple[frozenset[str], ...], ...]  # texts of terms


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search is limited to, as it was written: `name:value`, or `-name:value`."""

    name: str  # one of FILTERS
    value: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()


def parse_query(text: str, lexicon: Lexicon) -> Query:
    """Return what a search asks for: words, "phrases", -words and name:value filters.

    Beyond its bounds nothing is read: 1,000 characters, 32 words, 16 filters.
    """
    terms: list[Term] = []
    without: list[Term] = []
    rest, filters = _split_filters(text)
    for piece, is_quoted in rest:
        if piece.startswith("-") and len(piece) > 1 and not is_quoted:
            without.extend(_make_phrase(piece[1:]))
        elif is_quoted:
            terms.extend(_make_phrase(piece))
        else:
            terms.extend(_read_words(piece, Lexicon(), keep_stops=True))
    known = _add_meanings(list(dict.fromkeys(terms))[:_MAX_WORDS], lexicon)
    return Query(tuple(known), tuple(without[:_MAX_WORDS]), tuple(filters[:_MAX_FILTERS]))


def split_filters(text: str) -> tuple[str, tuple[Filter, ...]]:
    """Return a question without its filters, and these."""
    rest, filters = _split_filters(text)
    return " ".join(piece for piece, _ in rest), tuple(filters[:_MAX_FILTERS])


def _split_filters(text: str) -> tuple[list[tuple[str, bool]], list[Filter]]:
    rest: list[tuple[str, bool]] = []
    filters: list[Filter] = []
    for piece, is_quoted in _split_pieces(clean_text(text)[:_MAX_WORDS_LENGTH]):
        match = None if is_quoted else _FILTER.fullmatch(piece)
        if match:
            filters.append(Filter(match[2].lower(), match[3].strip("\"'"), bool(match[1])))
        else:
            rest.append((piece, is_quoted))
    return rest, filters


def parse_question(text: str, lexicon: Lexicon, *, capitals_name: bool = False) -> tuple[Term, ...]:
    """Return the terms of a question, without the words that say nothing of what it is about.

    `capitals_name`: in its language a capital within a sentence marks a name.
    """
    written = clean_text(text)[:_MAX_WORDS_LENGTH]
    terms = _read_words(written, lexicon, keep_stops=False, capitals_name=capitals_name)
    return tuple(_join_names(written, list(dict.fromkeys(terms))[:_MAX_TERMS]))


_CONNECTORS = frozenset(
    "and or vs versus e ed o und oder et ou y u 和 与 及 或 และ หรือ กับ と や".split()
)


def group_names(text: str, terms: Iterable[Term]) -> NameGroups:
    """Return the names of a question: groups of which an answer says one each, whole.

    Names that follow each other are one: "Magnus Carlsen"; names that are listed stand for each
    other: "Klaviyo and Attentive".
    """
    folded = fold_words(text)
    places = []
    for term in terms:
        if term.is_proper:
            pattern = r"[\s\-‐‑]+".join(map(re.escape, term.text.split()))
            edges = ("", "") if is_unspaced(term.text) else (r"(?<!\w)", r"(?!\w)")
            match = re.search(edges[0] + pattern + edges[1], folded)
            if match and not term.is_name and _describes(text, folded, match.span()):
                continue
            places.append((*(match.span() if match else (len(folded),) * 2), term.text))
    groups: list[list[set[str]]] = []
    end = -1
    for start, until, name in sorted(places):
        between = folded[end:start] if 0 <= end <= start else "?"
        words = between.split()
        if groups and not between.strip(" -‐‑"):
            groups[-1][-1].add(name)
        elif groups and (
            not _CONNECTORS.isdisjoint(words[-2:]) or between.strip() in (",", "/", "&")
        ):
            groups[-1].append({name})
        else:
            groups.append([{name}])
        end = until
    return tuple(tuple(map(frozenset, group)) for group in groups)


def _describes(text: str, folded: str, place: tuple[int, int]) -> bool:
    """Return whether a country describes the word after it, of which a text need not say so.

    "意大利奢侈品牌" is an Italian brand, "在意大利" is in Italy; so is what is written small where
    names have a capital: "un laboratorio americano".
    """
    start, end = place
    if start == end:
        return False
    if not is_unspaced(folded[start]):
        name = folded[start:end]
        small = (word for word in find_written_words(text) if word[:1].islower())
        return any(map(str.isupper, text)) and name in map(fold_words, small)
    return (
        end < len(folded)
        and is_unspaced(folded[end])
        and folded[end] not in _AFTER_PLACE
        and not folded[:start].endswith(_BEFORE_PLACE)
    )


def drop_names(text: str, terms: Iterable[Term]) -> str:
    """Return a question without the names among its terms."""
    for term in terms:
        if term.is_name:
            pattern = r"[\s\-‐‑]+".join(map(re.escape, term.text.split()))
            text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def add_glosses(text: str, terms: Iterable[Term]) -> str:
    """Return a question followed by what its terms mean, in English.

    The model of vectors knows a question in plain English words best.
    """
    return " ".join((text, *dict.fromkeys(term.gloss for term in terms if term.gloss)))


def _split_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a search between spaces, and whether each stood in quotes."""
    for match in re.finditer(r'(-?\w+:"[^"]*")|"([^"]*)"|(\S+)', text):
        if match[2] is not None:
            yield match[2], True
        else:
            yield match[0], False


def join_arguments(arguments: Iterable[str]) -> str:
    """Return the arguments of a command as one search; a filter's value may hold spaces."""
    joined = []
    for argument in arguments:
        match = _FILTER.fullmatch(argument)
        if match and " " in match[3] and '"' not in match[3]:
            argument = f'{match[1]}{match[2]}:"{match[3]}"'
        joined.append(argument)
    return " ".join(joined)


def _make_phrase(text: str) -> list[Term]:
    tokens = tuple(split_tokens(fold_words(text)))
    return [Term(fold_words(text).strip(), (Form(tokens),))] if tokens else []


def _add_meanings(terms: list[Term], lexicon: Lexicon) -> list[Term]:
    """Return terms with what the lexicon knows of each."""
    return [
        _make_term(term.text, term.exact[0], lexicon.find_meaning(term.text), term.text)
        for term in terms
    ]


def _read_words(
    text: str, lexicon: Lexicon, *, keep_stops: bool, capitals_name: bool = False
) -> list[Term]:
    """Return a term for each word or known phrase of a text."""
    stops = frozenset() if keep_stops else load_stop_words()
    written = find_written_words(text)
    is_mixed = any(map(is_unspaced, written))  # what is in Latin letters there begins no sentence
    if len(written) > _FEW_WORDS and sum(map(_is_capital, written)) > len(written) * _MAX_CAPITALS:
        capitals_name = False  # a headline
    written = [part for word in written for part in _split_compound(word, lexicon)]
    folded = [" ".join(split_words(word)) for word in map(fold_words, written)]
    terms: list[Term] = []
    at = 0
    while at < len(folded):
        word = folded[at]
        if not word:
            at += 1
        elif is_unspaced(word):
            terms.extend(_read_run(word, lexicon, stops))
            at += 1
        elif found := lexicon.find_longest(folded, at):
            count, meaning = found
            surface = " ".join(folded[at : at + count])
            raw = " ".join(written[at : at + count])
            if meaning.is_name and surface.isascii() and not raw.isascii() and raw.isalpha():
                meaning = Meaning()  # "metà" is no name
            elif capitals_name and (at > 0 or is_mixed) and _is_capital(raw):
                beside = (written[one] for one in (at - 1, at + count) if 0 < one < len(written))
                meaning = _take_as_name(meaning, beside, lexicon)
            if count > 1 or surface not in stops or (meaning.is_name and _is_capital(raw)):
                form = Form(tuple(split_tokens(surface)))
                terms.append(_make_term(surface, form, meaning, raw))
            at += count
        else:
            if word not in stops and (len(word) > 1 or word.isdigit()):
                term = _make_term(word, Form(tuple(word.split())), None, written[at])
                is_name = capitals_name and (at > 0 or is_mixed) and _is_capital(written[at])
                terms.append(replace(term, kind="name") if is_name else term)
            at += 1
    return terms


def _take_as_name(meaning: Meaning, beside: Iterable[str], lexicon: Lexicon) -> Meaning:
    """Return what a word means that is written as a name: of a vendor, or a part of another's.

    `beside`: the words before and after it; "Old Initech" is one name.
    """
    vendors = tuple(label for label in meaning.labels if label.startswith("vendor:"))
    if meaning.is_name:
        return meaning
    if vendors:
        return Meaning(vendors, is_name=True)
    is_part = any(_is_capital(word) and _is_unknown(word, lexicon) for word in beside)
    return Meaning(is_name=True) if is_part else meaning


def _is_unknown(word: str, lexicon: Lexicon) -> bool:
    folded = " ".join(split_words(fold_words(word)))
    return folded not in load_stop_words() and lexicon.find_meaning(folded) is None


def _split_compound(word: str, lexicon: Lexicon) -> list[str]:
    """Return the parts of a compound that is unknown with one that is known: "KI-Assistent"."""
    parts = [part for part in re.split("[-‐‑]", word) if part]
    if len(parts) < 2 or lexicon.find_meaning(" ".join(map(fold_words, parts))):
        return [word]
    return parts if any(lexicon.find_meaning(fold_words(part)) for part in parts) else [word]


def split_words(folded: str) -> list[str]:
    """Return the words of a folded text; runs without spaces whole, compounds in parts."""
    return [part for word in TOKEN.findall(folded) for part in re.split("[-‐‑]", word)]


def _is_capital(word: str) -> bool:
    return word[:1].isupper()


def _read_run(run: str, lexicon: Lexicon, stops: frozenset[str]) -> list[Term]:
    """Return the terms of a run of letters without spaces."""
    if not stops:
        return [_make_term(run, Form(tuple(split_tokens(run))), None, run)]
    terms = []
    for part, meaning in lexicon.cut_run(run):
        if part in stops and not (meaning and meaning.is_name):
            continue
        pieces = tuple(split_tokens(part))
        if meaning or len(pieces) <= 3:
            if len(part) > 1 or meaning:
                terms.append(_make_term(part, Form(pieces), meaning, part))
        else:  # what is unknown is long: several words in one
            terms.extend(
                replace(_make_term(piece, Form((piece,)), None, piece), share=2 / len(pieces))
                for piece in pieces
            )
    return terms


def _make_term(surface: str, form: Form, meaning: Meaning | None, written: str) -> Term:
    meaning = meaning or Meaning()
    kind: TermKind = "word"
    if any(map(str.isdigit, surface)):
        kind = "figure"
    elif meaning.is_name:
        kind = "name"
    elif not (is_unspaced(surface) or meaning.forms) and _is_mixed(written):
        kind = "name"  # what is known as a word of the trade is none: "CRM"
    exact = (form, *(meaning.forms if meaning.is_name else ()))
    near = () if meaning.is_name else tuple(list_variants(form))
    return Term(
        surface,
        tuple(dict.fromkeys(exact)),
        (*near, *_split_capitals(written)),
        meaning.others if meaning.is_name else (*meaning.forms, *meaning.others),
        meaning.labels,
        kind,
        is_known=meaning.is_proper or meaning.is_name,
        gloss=meaning.gloss,
    )


def _split_capitals(word: str) -> Iterator[Form]:
    """Yield the parts of a name that is written as one: "Search Guard" of "SearchGuard"."""
    parts = re.findall(r"[A-Z][a-z]{2,}", word)
    if len(parts) > 1 and "".join(parts) == word:
        yield Form(tuple(map(fold_words, parts)))


def _join_names(text: str, terms: list[Term]) -> list[Term]:
    """Return terms; names that follow each other are found where they are written as one, too."""
    folded = " ".join(split_words(fold_words(text)))
    for at, (before, after) in enumerate(pairwise(terms)):
        if before.is_name and after.is_name and f"{before.text} {after.text}" in folded:
            form = Form((f"{before.text}{after.text}".replace(" ", ""),))
            terms[at] = replace(terms[at], near=(*terms[at].near, form))
            terms[at + 1] = replace(after, near=(*after.near, form))
    return terms


def _is_mixed(word: str) -> bool:
    """Return whether a word, or a part of a compound, is written as names alone are: "HubSpot"."""
    return any(
        any(map(str.isupper, part[1:])) and len(part) > 2 for part in re.split("[-‐‑]", word)
    )


def list_variants(form: Form) -> Iterator[Form]:
    """Yield other forms of the same word, by its ending: plural, tense, gender, noun and verb."""
    last = form.tokens[-1]
    if is_unspaced(last) or last[:1].isdigit() or len(last) < _MIN_STEM:
        if len(last) == _MIN_STEM - 1 and last.isalpha():
            yield Form((*form.tokens[:-1], last + "s"))
        return
    stem = _SUFFIX.sub("", last)
    if len(stem) < _MIN_STEM:
        stem = last
    if len(stem) > _MIN_STEM:
        yield Form((*form.tokens[:-1], stem), prefix=True)
        return
    for ending in ("", *_ENDINGS):  # a short stem begins too many other words
        yield Form((*form.tokens[:-1], stem + ending))
