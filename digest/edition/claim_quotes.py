"""Which sentences of a story may stand for what it claims, and for which points of the test.

- a headline is no quote, nor is a sentence that only repeats it;
- the sentence is about the subject: it names it, or goes on about it ("It …"), and no other vendor;
- a vendor that publishes news of another and names itself advertises, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from digest.edition.claim_points import (
    POINTS,
    Subject,
    has_name,
    read_points,
    says_nothing,
    tells_terms,
)
from digest.edition.claim_sentences import (
    MONTH,
    NAME,
    clean_quote,
    is_clean_sentence,
    iter_sentences,
    repeats_headline,
)
from digest.edition.claim_subjects import has_ai_word, is_own
from digest.model.edition import Sentence
from digest.model.item import Item
from digest.model.source import is_source_of
from digest.model.story import Story

_MAX_CHOSEN_FROM = 12  # sentences of an item among which the one that says what a thing does is
_MIN_QUOTE_LENGTH, _MAX_QUOTE_LENGTH = 30, 260
_HYPE = re.compile(
    r"\b(?:than ever|game-chang\w+|revolution\w+|seamless\w*|effortless\w*|supercharg\w+|unlock\w*|"
    r"next level|wie nie zuvor|come mai prima|comme jamais|como nunca)\b",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"(?:(?:trained|built|based|tested|powered|designed|working) .{3,90}?, )?"
    r"(?:(?:within|after|in) (?:[\w-]+ ){1,3}?(?:days|weeks|months)(?: of \w+)?, )?"
    r"(?:it|its|they|their|this|these|users|customers|the (?:new |latest |company|vendor|tool|"
    r"feature|features|platform|model|agent|agents|product|app|update|release|system|service)s?)\b",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"\b(?:lets?|letting|allow(?:s|ing)?|enabl\w+|helps?|adds?|added|adding|generat(?:e|es|ed|"
    r"ing)|creat(?:e|es|ing)|"
    r"writes?|edits?|connect(?:s|ing)?|integrat\w+|answers?|recommend\w*|predict\w*|automat\w+|"
    r"summari[sz]\w+|detect\w*|groups?|shows?|supports?|brings?|improv\w+|combin\w+|provid\w+|"
    r"perform\w*|complet\w+|captur\w+|export\w*|analy[sz]\w+|weighting|rank\w+|introduc\w+|making|pulls?|sends?|finds?|"
    r"erstellt|schreibt|ermöglich\w+|hilft|erkennt|schlägt|consent\w+|permett\w+|crea|genera|"
    r"scrive|permet|aide|génère|crée|écrit|permit\w+|ayuda|escribe)\b|ช่วย|สร้าง|แนะนำ",
    re.IGNORECASE,
)
_CRITICAL = re.compile(  # of a vendor, by somebody else
    r"\b(?:shows? no|no (?:result|proof|evidence|data)|without (?:data|proof|evidence)|fail(?:s|"
    r"ed)|"
    r"neither (?:figure|number|claim)|can(?:not|[’']t| not) be (?:checked|verified)|unverified|"
    r"critics?|nobody|sceptics?|skeptics?|ohne (?:beleg|nachweis)|senza prove|sans preuve|"
    r"sin pruebas)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(  # what a vendor had or did already, of which the news is not
    r"\b(?:earlier (?:this|in)|last (?:year|month|summer|autumn|winter|spring)|previously|"
    rf"(?:years?|months?|weeks?) ago|back in (?=20\d\d|{MONTH})|already|früher|zuvor|"
    r"in precedenza|auparavant|anteriormente)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|both|sie|esso|essi|elle|elles|ellos)\b",
    re.IGNORECASE,
)


def collect_points(story: Story, subject: Subject, *, study: bool = False) -> dict[str, Sentence]:
    """Return the sentences of a story that answer points of the test, by the point's kind."""
    found: dict[str, Sentence] = {}
    titles = [member.item.title for member in story.items]
    for member in story.items:
        item = member.item
        proposed = [clean_quote(point.quote) for point in member.tags.points]
        sentences = list(iter_sentences(item))
        before = dict(zip(sentences[1:], sentences, strict=False))
        for sentence in dict.fromkeys((*proposed, *sentences)):
            kinds = list(read_points(sentence, subject, study=study))
            if set(kinds) <= found.keys() or not is_quotable(
                sentence, item, titles, subject, study=study
            ):
                continue
            if not study and is_of_another(sentence, before.get(sentence, ""), titles, subject):
                continue
            for kind in kinds:
                found.setdefault(kind, Sentence(sentence, item.source_name, item.link))
    return {kind: found[kind] for kind in POINTS if kind in found}


def is_of_another(sentence: str, before: str, titles: Sequence[str], subject: Subject) -> bool:
    """Return whether a sentence speaks of another product than its headlines do.

    One that names what a headline names does not. What only points back ("Acme built them on …")
    is of what the sentence before is of: not the news where that tells of what there was already.
    """
    words = {word for name in subject.names for word in NAME.findall(name)}
    names = {name for title in titles for name in NAME.findall(title)} - words

    def is_about(text: str) -> bool:
        return any(has_name(text, name) for name in names)

    if is_about(sentence):
        return False
    if _BEFORE.search(sentence):
        return True
    return bool(_POINTS_BACK.search(sentence) and _BEFORE.search(before))


def says_what_it_does(sentence: str) -> bool:
    """Return whether a sentence says what a thing does."""
    return bool(_DOES.search(sentence))


def find_description(story: Story, subject: Subject, least: int = 2) -> Sentence | None:
    """Return the sentence that best says what a thing does; None where none does.

    It is no point of the test. One that names the subject, speaks of AI and says what that does is
    the best, and rather in the vendor's own place; of those as good, the first. `least` is the
    score it must have.
    """
    titles = [member.item.title for member in story.items]
    best: tuple[int, Sentence] | None = None
    for item in (member.item for member in story.items):
        sentences = filter(is_clean_sentence, dict.fromkeys(iter_sentences(item)))
        for sentence in islice(sentences, _MAX_CHOSEN_FROM):
            if says_nothing(sentence) or tells_terms(sentence) or _CRITICAL.search(sentence):
                continue
            if not is_quotable(sentence, item, titles, subject):
                continue
            score = (
                2 * bool(says_what_it_does(sentence))
                + has_ai_word(sentence)
                + subject.is_named(sentence)
                + is_own(item, subject)
                - 2 * bool(_HYPE.search(sentence))
            )
            if score >= least and (best is None or score > best[0]):
                best = score, Sentence(sentence, item.source_name, item.link)
    return best[1] if best else None


def find_doubt(story: Story, subject: Subject) -> Sentence | None:
    """Return the first sentence in which a reporter doubts what the subject says; None for none."""
    for item in (member.item for member in story.items):
        if is_own(item, subject):
            continue
        for sentence in dict.fromkeys(iter_sentences(item)):
            is_fit = len(sentence) <= _MAX_QUOTE_LENGTH and is_clean_sentence(sentence)
            if is_fit and _CRITICAL.search(sentence) and not says_nothing(sentence):
                return Sentence(sentence, item.source_name, item.link)
    return None


def is_quotable(
    sentence: str, item: Item, titles: Iterable[str], subject: Subject, *, study: bool = False
) -> bool:
    """Return whether a sentence is about the subject, and more than its headline or an appeal.

    What a study says may name whomever it measured.
    """
    if not _MIN_QUOTE_LENGTH <= len(sentence) <= _MAX_QUOTE_LENGTH:
        return False
    if not is_clean_sentence(sentence):
        return False
    if any(repeats_headline(sentence, title) for title in titles):
        return False
    named = {name for name in subject.others if has_name(sentence, name)}
    if any(is_source_of(item.source_name, name) for name in named) and not study:
        return False  # the publisher's own advertising
    if study or subject.is_named(sentence):
        return True
    if named:
        return False
    if item.language.partition("-")[0] != "en":
        return True
    return _shares_name(sentence, item, titles) or bool(GOES_ON.match(sentence))


def _shares_name(sentence: str, item: Item, titles: Iterable[str]) -> bool:
    title_names = {name for title in titles for name in NAME.findall(title)}
    shared = title_names.intersection(NAME.findall(sentence))
    if NAME.match(sentence):  # every first word has a capital: one that is a word is no name
        first, body = sentence.split()[0], f"{item.summary} {item.text}"
        shared -= {first} if re.search(rf"\b{re.escape(first.lower())}\b", body) else set()
    return bool(shared)
