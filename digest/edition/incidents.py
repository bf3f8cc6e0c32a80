"""What an incident is to those who run the product that it is told of.

A weakness wants a fix, a breach the question whose data it was, an outage its cause. AI of a vendor
that broke into somebody else's systems is none of these for the vendor's customers: no data of
theirs is told to be lost. Nor is it where a vendor loses what is its own ("internal").
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from digest.edition.claim_sentences import iter_sentences
from digest.edition.consequence_case import find_words, tells
from digest.model.story import Story
from digest.text import clean_text

IncidentKind = Literal["attack by AI", "weakness", "breach", "internal", "outage", "other"]

_VERSION = r"(\d+(?:\.\d+)+)"
_BACKPORTED = re.compile(r"\bback-?port\w*", re.IGNORECASE)  # in all our languages
_FIXED_IN = re.compile(  # "update to version 2.8.8", "fixed in 3.1.2", "7.0.3 fixes"
    r"\b(?:updat|upgrad|aktualisier|aggiorn|actuali[zs]|atualiz)\w*\b[^.;]{0,40}?"
    r"\b(?:to|auf|alla?|vers|à|a|para)\b (?:the )?(?:Version|versione|versión|versão)? ?v?"
    + _VERSION
    + r"|\b(?:fixed|patched|mended|resolved|addressed|behoben|geschlossen|corrett[oaie]|"
    r"risolt[oaie]|corrigée?s?|corregid[oa]s?|corrigid[oa]s?)\b "
    r"(?:in|with|mit|con|dans|avec|en|na|nella) (?:the )?"
    r"(?:Version|release|versione|versión|versão)? ?v?"
    + _VERSION
    + r"|(?<![\d.])"
    + _VERSION
    + r" (?:fixes|patches|addresses|resolves|closes|behebt|schließt|corregge|risolve|corrige)\b"
    r"|(?<![\d.])" + _VERSION + r" ?(?:で修正|修复|修補|修复了)",
    re.IGNORECASE,
)


def find_fixed_version(story: Story) -> str:
    """Return the version from which on a weakness is fixed, as a report names it; "" for none.

    None alone has the fix where older branches got it, too.
    """
    items = [member.item for member in story.items]
    texts = [text for item in items for text in (clean_text(item.title), *iter_sentences(item))]
    if any(_BACKPORTED.search(text) for text in texts):
        return ""
    found = next(filter(None, map(_FIXED_IN.search, texts)), None)
    return next(filter(None, found.groups()), "") if found else ""


def classify_incident(story: Story, names: Collection[str] = ()) -> IncidentKind:
    """Return what kind of incident a story tells of; the headlines decide, then the summary.

    `names` are those of the product in question and of its maker: AI that broke into theirs has
    breached them.
    """
    titles = "\n".join(clean_text(member.item.title) for member in story.items)
    if attack := find_words("ai_attack", titles):
        victims = titles[attack.end() :].partition("\n")[0]
        return "breach" if any(name and name in victims for name in names) else "attack by AI"
    summary = clean_text(story.lead.item.summary)
    return read_incident_kind(titles) or read_incident_kind(summary) or "other"


def read_incident_kind(text: str) -> IncidentKind | None:
    """Return what kind of incident a text tells of, by its words; None where they name none."""
    if tells("flaw", text):
        return "weakness"
    if tells("breach", text):
        is_internal = tells("internal", text) and not tells("of_customers", text)
        return "internal" if is_internal else "breach"
    return "outage" if tells("outage", text) else None
