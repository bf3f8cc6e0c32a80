"""Who claims something of AI, and whether a story is such a claim at all.

A story makes a claim where a vendor launches or updates something with AI, or says what its AI
does. A critic's warning, an interview, a guess, a protocol and a rule about other people's AI are
none.
"""

from __future__ import annotations

import re

from digest.edition.claim_points import Subject, has_name
from digest.edition.claim_sentences import NAME, iter_sentences
from digest.edition.quarter import QuarterView
from digest.model.item import Item
from digest.model.source import is_source_of
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story
from digest.text import clean_text

_MAX_FIRST_WORDS = 3  # sentences that may say that a vendor acts
_MAX_NAME_WORDS = 6  # of a headline that is nothing but a name
_MIN_SHORT_NAME = 5  # letters of a product's name without its vendor's
_MAX_PRODUCT_WORDS = 3  # that names a product without its vendor
_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
BYLINE = re.compile(r"\s+(?:via|by) @\w.*$")
_THING = re.compile(
    r"[(\[](?:[^)\]]* )?(?:tool|app|extension|plug-?in|add-?on)[)\]]", re.IGNORECASE
)
_AI_WORD = re.compile(
    r"\b(?:AI|A\.I\.|KI|IA|artificial intelligence|machine learning|LLMs?|"
    r"[Cc]hat[Gg]?[Pp]?[Tt]?bots?|"
    r"ChatGPT|GPT\S*|agents?|agentic|copilots?|assistants?|generative|predict\w*|algorithms?|"
    r"models?|"
    r"neural|(?<!marketing )automat\w+|künstliche Intelligenz|intelligenza artificiale|"
    r"intelligence artificielle|"
    r"inteligencia artificial)\b|ปัญญาประดิษฐ์|เอไอ",
    re.IGNORECASE,
)
# AI that a thing is done about, not with: whoever labels, bars or rules it claims no capability.
_AI_AS_OBJECT = re.compile(
    r"\bAI[- ](?:crawler|bot|scrap\w+|opt-?out|content|label\w*|disclosure|transparency|"
    r"generated|made|training|slop|spam|act\b|law|rule|policy|regulation)\w*(?: label\w*)?|"
    r"\b(?:created|made|generated|written|edited) (?:or edited )?(?:with|by|using) AI\b|"
    r"\b(?:chat)?bot spam\b|\bKI-(?:inhalte|kennzeichnung|gesetz|verordnung)\w*",
    re.IGNORECASE,
)
_GUESSED = re.compile(  # by a reporter, of a vendor that has said nothing of the kind
    r"(?<![’']s )(?<!in )(?<!of )(?<!this )(?<!last )\b[Mm]ay (?!\d|[Uu]pdate|[Rr]elease|[Nn]ews|"
    r"and\b|"
    r"to\b|[Ee]dition|[Ii]ssue|[Rr]eport)[A-Za-z]|\b(?i:might|could|appears? to|seems? to|"
    r"reportedly|"
    r"rumou?r\w*|points? to|hints? (?:at|of)|would|könnte\w*|potrebbe\w*|pourrait|podría)\b|อาจ"
)
_TOLD_ABOUT = re.compile(  # what others say of a vendor, or what is no product of one
    r"\b(?:discuss\w*|interview\w*|explains?|clarif\w+|podcast|q&a|warns?|warning|critici[sz]\w*|"
    r"is a trap|penali[sz]\w*|lawsuits?|sues?|sued|fights?|spam|patents?|hiring|job (?:ads?|"
    r"listings?)|"
    r"specifications?|protocols?|open (?:\w+ )?(?:format|standard)|structured data files?|"
    r"without sharing|"
    r"what .{0,60} means|guide to|tips|myths?|opinion|kommentar|intervista|entretien|entrevista)\b",
    re.IGNORECASE,
)
_BLOG = re.compile(r"\b(?:blog|newsroom)$", re.IGNORECASE)
_ROUNDUP = re.compile(
    r"\b(?:latest|this week|weekly|round-?up|recap|digest|news|pulse|wochenrückblick|rassegna)\b",
    re.IGNORECASE,
)
_ACTS = (
    r"(?:launch|releas|introduc|announc|unveil|debut|add(?:s|ed|ing)?\b|roll(?:s|ed|ing)?\b|"
    r"bring|expand|"
    r"updat|lets?\b|letting|connect|open|pull|offer|integrat|improv|extend|ship|upgrad|enabl|now\b|"
    r"turns?\b|makes?\b|making|gets?\b|writes?\b|teach|test(?:s|ed|ing)?\b|replac|built|builds|"
    r"adopt|revamp|rethink|startet|bringt|führt|stellt|erweitert|lancia|presenta|aggiunge|"
    r"introduce|"
    r"lance|présente|ajoute|lanza|añade)|เปิดตัว|เพิ่ม"
)
_NEW_THING = re.compile(
    r"\b(?:new|latest|neue\w*|nuov\w+|nouve\w+|nuev\w+) (?:\w+ ){0,3}?(?:platform|tool|feature|"
    r"model|"
    r"agent|assistant|version|release|product|service|app|modell|funktion|modello|modèle|"
    r"modelo)\w*",
    re.IGNORECASE,
)
SAYS = (
    r"(?:says?|said|claims?|claimed|promises?|promised|touts?|announced|reports|sagt|verspricht|"
    r"dice|"
    r"promette|dit|promet|afferma)"
)


def find_subject(story: Story, quarter: QuarterView) -> Subject | None:
    """Return what a story is about: a product of ours, else its vendor, else a name as its title.

    None where nothing names it.
    """
    own = [relation for relation in quarter.get_relations(story) if relation.kind in OUR_RELATIONS]
    products = [name for found in own if found.kind == "product" for name in found.products]
    title = _BRACKETS.sub("", clean_text(story.lead.item.title))
    is_name = _is_name(title, _MAX_NAME_WORDS)
    if is_name and _THING.search(story.lead.item.title):
        name = title  # of a thing that others made, whatever name it bears
        return Subject(name, frozenset((name,)), frozenset())
    name = next(iter((*products, *story.tags.vendors)), title if is_name else "")
    if not name:
        return None
    matched = (reason.rpartition(" (")[0] for reason in story.tags.why.get("vendors", ()))
    product = quarter.name_product(story)
    names = frozenset(
        (
            name,
            *products,
            *story.tags.vendors[:1],
            *list(matched)[:1],
            product,
            _shorten(product, name),
        )
    ) - {""}
    return Subject(name, names, quarter.vendors - names)


def _shorten(product: str, vendor: str) -> str:
    """Return the word that a vendor's product is called by in its texts; "" where none is sure."""
    rest = product.removeprefix(f"{vendor} ")
    is_word = len(rest) >= _MIN_SHORT_NAME and rest.isalpha() and rest[0].isupper()
    return rest if is_word and rest != product else ""


def name_product(story: Story, quarter: QuarterView, subject: Subject) -> str:
    """Return the product that a claim is about, by its headline; "" where the subject says it."""
    title = _BRACKETS.sub("", clean_text(story.lead.item.title))
    product = quarter.name_product(story) or (title if _is_name(title, _MAX_PRODUCT_WORDS) else "")
    return "" if product in subject.name else product


def _is_name(title: str, most: int) -> bool:
    """Return whether a headline is nothing but a name: a few words with capitals."""
    words = title.split()
    return len(words) <= most and all(not word[0].islower() for word in words)


def is_vendor_claim(story: Story, subject: Subject) -> bool:
    """Return whether a vendor itself offers something, and something that works with AI.

    What it publishes is its own. Elsewhere the headline or the first words must say that it acts;
    a guess, a warning, an interview, a protocol or a round-up of news is no claim of it.
    """
    title = get_title(story)
    if lists_several(title, subject):
        return False
    if _AI_AS_OBJECT.search(title) and not _AI_WORD.search(_AI_AS_OBJECT.sub(" ", title)):
        return False
    if _TOLD_ABOUT.search(title) and not is_said(story, subject):
        return False
    if _ROUNDUP.search(title) and not subject.is_named(title):
        return False
    if any(is_own(member.item, subject) for member in story.items):
        return True
    if _GUESSED.search(title):
        return False
    if story.tags.event == "launch" or is_said(story, subject):
        return True
    if _acts(title, subject):
        return True
    words = list(dict.fromkeys(iter_sentences(story.lead.item)))[:_MAX_FIRST_WORDS]
    return any(
        _acts(text, subject) and _AI_WORD.search(text) and not _TOLD_ABOUT.search(text)
        for text in words
    )


def acts_itself(story: Story, subject: Subject) -> bool:
    """Return whether a vendor publishes a story, or its headline says that the vendor does it."""
    publishes = any(is_own(member.item, subject) for member in story.items)
    return publishes or _acts(get_title(story), subject)


def speaks_of_ai(sentence: str, subject: Subject) -> bool:
    """Return whether a sentence can stand alone: it names the subject and speaks of AI."""
    return bool(_AI_WORD.search(sentence)) and subject.is_named(sentence)


def has_ai_word(sentence: str) -> bool:
    """Return whether a sentence speaks of AI."""
    return bool(_AI_WORD.search(sentence))


def _acts(text: str, subject: Subject) -> bool:
    if _NEW_THING.search(text):
        return True
    return any(
        re.search(rf"{re.escape(name)}(?:[’']s)?\b[^.]{{0,80}}?(?<!\w){_ACTS}", text, re.IGNORECASE)
        for name in subject.names
    )


def is_said(story: Story, subject: Subject) -> bool:
    """Return whether a headline says that a vendor says something of its AI."""
    title = get_title(story)
    return any(
        re.search(rf"{re.escape(name)} {SAYS}\b.{{0,60}}\bAI\b", title, re.IGNORECASE)
        for name in subject.names
    )


def get_title(story: Story) -> str:
    """Return the headline of a story without the names of its writers."""
    return BYLINE.sub("", clean_text(story.lead.item.title))


def is_own(item: Item, subject: Subject) -> bool:
    """Return whether the subject publishes an item: its name begins or stands in a blog's."""
    source = item.source_name
    is_blog = _BLOG.search(source) is not None
    return any(
        is_source_of(source, name) or (is_blog and has_name(source, name)) for name in subject.names
    )


def lists_several(title: str, subject: Subject | None = None) -> bool:
    """Return whether a title lists the contents of an issue.

    One that begins with who acts, or names one thing and lists what it does, tells of that alone.
    """
    parts = [part for part in re.split(r"[,;|/+&·•]\s", title) if NAME.search(part)]
    if len(parts) <= 2:
        return False
    first = parts[0]
    is_one = subject is not None and (
        any(
            re.match(rf"{re.escape(name)}\b.*?(?<!\w){_ACTS}", first, re.IGNORECASE)
            for name in subject.names
        )
        or (":" in first and not any(has_name(title, name) for name in subject.others))
    )
    return not is_one


def find_claimed_products(story: Story, quarter: QuarterView) -> tuple[str, ...]:
    """Return the products of the stack that a claim is about, or that serve its category."""
    serving = {
        product.name
        for product in quarter.stack.products
        if story.tags.category in product.categories
    }
    return tuple(
        dict.fromkeys(
            name
            for relation in quarter.get_relations(story)
            if relation.kind in OUR_RELATIONS
            for name in relation.products
            if relation.kind == "product" or name in serving
        )
    )
