"""A newsletter inside a feed: an entry whose text is a letter becomes the stories of it. Pure.

Services hand out mails as feeds, and newsletter platforms have feeds of their issues. An entry is
taken for a letter where its source says so (`newsletter: true`), and else only where it plainly is
one: it comes from such a service or says how to unsubscribe, and holds several stories that lead to
other sites. An essay stays one entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from digest.errors import ParseError
from digest.fetch.mail.newsletters import parse_letter
from digest.model.retrieved import FeedEntry
from digest.model.source import ReadingRule
from digest.urls import canonical_url, extract_host

# services that make a feed of mails, and platforms whose feeds hold the issues of newsletters
_SERVICES = re.compile(
    r"(?:^|\.)(?:kill-the-newsletter\.com|rss\.beehiiv\.com|beehiiv\.com|substack\.com|"
    r"buttondown\.(?:com|email)|mailchi\.mp|campaign-archive\.com)$"
)
_PLATFORMS = re.compile(r"kill the newsletter|beehiiv|substack|buttondown", re.IGNORECASE)
_UNSUBSCRIBE = re.compile(
    r"unsubscribe|opt[- ]?out|manage (?:your )?(?:subscription|preferences)|"
    r"view (?:this (?:e-?mail|message) )?in (?:your )?browser|abbestell|abmelden|désabonn|"
    r"se désinscrire|darse de baja|cancelar (?:la )?suscripción|disiscriv|annulla l.iscrizione|"
    r"cancelar inscrição|uitschrijven|配信停止|退订|ยกเลิกการรับ",
    re.IGNORECASE,
)
# What each of these phrases holds, in small letters: looking for them takes a fiftieth of the time.
_UNSUBSCRIBE_CUES = tuple(
    "unsubscribe,opt out,opt-out,optout,manage ,browser,abbestell,abmelden,désabonn,désinscrire,"
    "darse de baja,suscripción,disiscriv,iscrizione,inscrição,uitschrijven,配信停止,退订,"
    "ยกเลิกการรับ".split(",")
)
_MIN_STORIES = 3  # that make a letter of what nobody says is one
_MIN_SITES = 2
_MAX_MARKUP = 400_000  # characters of one feed's letters; they take about 1 s of CPU


def split_letters(
    entries: Iterable[tuple[FeedEntry, str]],
    rule: ReadingRule,
    *,
    url: str,
    title: str,
    generator: str = "",
) -> tuple[tuple[FeedEntry, ...], tuple[str, ...]]:
    """Return the entries of a feed, with the stories of those that are letters in their places.

    Each entry comes with the markup of its full text; `url`, `title` and `generator` are those of
    the feed. The second value says in words what was left whole.
    """
    found: list[FeedEntry] = []
    size = left = 0
    for entry, markup in entries:
        is_letter = rule.letters is not False and bool(markup)
        is_letter &= bool(rule.letters) or _may_be_letter(markup, url, generator)
        if is_letter and size + len(markup) > _MAX_MARKUP:
            is_letter, left = False, left + 1
        size += len(markup) if is_letter else 0
        found += _split_letter(entry, markup, rule, url, title) if is_letter else (entry,)
    problems = (
        (f"{left} of its letters were not split: they are too long together",) if left else ()
    )
    return tuple(found), problems


def _split_letter(
    entry: FeedEntry, markup: str, rule: ReadingRule, url: str, title: str
) -> tuple[FeedEntry, ...]:
    identity = entry.guid or entry.link or entry.title
    try:
        letter = parse_letter(
            markup,
            subject=entry.title,
            sender_name=title,
            identity=identity,
            date=entry.published,
            language=entry.language,
        )
    except ParseError:
        return (entry,)
    if letter.kind == "service" and rule.letters:
        return ()
    if letter.kind != "news" or not (rule.letters or _has_stories(letter.entries, entry, url)):
        return (entry,)
    return tuple(
        replace(story, authors=story.authors or entry.authors, updated=entry.updated)
        for story in letter.entries
    )


def _may_be_letter(markup: str, url: str, generator: str) -> bool:
    return bool(
        _SERVICES.search(extract_host(url))
        or _PLATFORMS.search(generator)
        or _says_unsubscribe(markup)
    )


def _says_unsubscribe(markup: str) -> bool:
    small = markup.lower()
    has_cue = any(cue in small for cue in _UNSUBSCRIBE_CUES)
    return has_cue and _UNSUBSCRIBE.search(markup) is not None


def _has_stories(stories: tuple[FeedEntry, ...], entry: FeedEntry, url: str) -> bool:
    """Return whether there are several stories, most of which lead to other sites."""
    own = {extract_host(entry.link), extract_host(url)}
    links = {canonical_url(story.link) for story in stories if story.link and not story.sponsored}
    away = [link for link in links if extract_host(link) not in own]
    sites = {extract_host(link) for link in away}
    return len(away) >= _MIN_STORIES and len(sites) >= _MIN_SITES and len(away) * 2 > len(links)
