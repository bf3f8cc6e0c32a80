"""Newsletters: from the bytes of a mail to its single stories. Pure; nothing is requested.

How a newsletter is read
1. `mime` extracts the readable body of the message: HTML, else plain text, within bounds.
   `html_blocks` and `text_blocks` flatten it: a sequence of lines, each with its links and style.
   Nested tables vanish there, and what a reader would not see is left out.
2. A newsletter that a person forwarded loses the headers that their mail program put before it, and
   takes sender, subject and date from them.
3. Mail that confirms, welcomes, bills or warns gives nothing (kind "service"). It is recognized by
   its subject, by a button that confirms something, or by its opening ("thanks for signing up"); a
   newsletter full of news that uses such words later is none.
4. Boilerplate is removed: "view in browser", sharing, preferences, farewells, and everything after
   the farewell in the last part of the newsletter. Rows of short links are menus. A question with
   short links below it is a poll. A section "Jobs" is a job list. The phrases for all this are in
   phrases.tsv, in English, German, Italian, French, Spanish and Thai, and the most common ones in
   Portuguese, Dutch, Japanese, Chinese and Korean. What it says of its own matters
   ("Housekeeping") is left out.
5. Each remaining line is assigned to a story candidate. A candidate starts with a headline that is
   a link; a heading, a bold line or, in plain text, a short line with space above it; a list item
   that has a link; or a paragraph with a bold lead, where its neighbours have one too. What
   follows, up to the next candidate, is its teaser. In plain text a headline is a link where its
   address stands after it or on the line below; a paragraph of headlines that are links is a list
   of them; a picture's text is a headline where the call below it leads to the picture's page. A
   heading with nothing but another heading below it names a section. Smaller headings inside a
   longer story are parts of it, unless each has its own call to action.
   What repeats alike is a story, too (`patterns`, `divisions`): paragraphs that begin as most
   others do, pictures whose text is a headline, posts. A heading that stands in several stories is
   a part of each. What is made unlike the stories, short and below a label, is the letter's own
   (`own_matters`).
6. A story's link is that of its headline; else that of a call to action ("read more", anything
   drawn as a button, words that end several stories) on a line of its own or behind its text; else
   the first in its text; else an offer ("start your free trial"), which makes an advertisement of
   it. A picture between two stories belongs to the lower one, unless the letter puts pictures
   below. A heading without any link is no story, unless it is one of a numbered list, or nearly all
   that look like it have one. A row of bare links with anchors shorter than headlines is a menu.
   One page, and one headline, is one story: the one with the most text.
7. "Sponsored by Acme" marks the next candidate that names Acme, has the target of its logo, or
   follows at once where there is no name; "Acme sponsor" marks the candidate before it. Offers with
   prices and codes are marked too.
8. A newsletter is one essay where its running prose outweighs whatever looks like stories in it and
   its title is the subject or leads to its web edition. It is none where headings that look alike
   divide it into short parts, nearly each with a page of its own. An essay gives one entry,
   with the web edition as its link. Where no title is found so, the heading above its first
   paragraph is it.

Oddities are reported in `ParsedNewsletter.problems`. No address of a reader leaves this package but
in `ParsedNewsletter.recipients`, which serves only to match a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from digest.errors import ParseError
from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, mark_plain_titles
from digest.fetch.mail.newsletters.html_blocks import extract_preformatted, parse_html_blocks
from digest.fetch.mail.newsletters.links import is_opaque, unwrap_link
from digest.fetch.mail.newsletters.mime import (
    ADDRESS,
    MAX_BYTES,
    ParsedMail,
    parse_date,
    parse_mail,
)
from digest.fetch.mail.newsletters.stories import NewsletterContent, extract_stories
from digest.fetch.mail.newsletters.text_blocks import parse_text_blocks
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase
from digest.model.retrieved import FeedEntry
from digest.text import clean_text, truncate_text

__all__ = [
    "MAX_BYTES",
    "ParsedNewsletter",
    "is_opaque",
    "parse_letter",
    "parse_newsletter",
    "unwrap_link",
]

NewsletterKind = Literal["news", "essay", "service", "empty"]
_MAX_SUMMARY = 400  # characters of an essay's beginning
_OPENING_CHARS = 900  # characters in which a service mail says what it is


@dataclass(frozen=True, slots=True)
class ParsedNewsletter:
    """A mail and its stories in their order: `entries`, () for service mails."""

    message_id: str
    subject: str
    sender: str  # address, lower case
    sender_name: str
    date: datetime | None
    list_id: str  # without brackets, lower case; "" where it has none
    kind: NewsletterKind
    entries: tuple[FeedEntry, ...]
    web_edition: str = ""
    language: str | None = None
    problems: tuple[str, ...] = ()
    # to match a rule; never shown, stored or logged
    recipients: tuple[str, ...] = field(default=(), repr=False)


def parse_newsletter(raw: bytes) -> ParsedNewsletter:
    """Parse a mail. Raises ParseError where it is too large, nested too deep, or no mail at all."""
    mail = parse_mail(raw)
    try:
        return _build_newsletter(mail)
    except RecursionError as error:
        raise ParseError("the message's markup is nested too deep", kind="too-deep") from error


def parse_letter(
    markup: str,
    *,
    subject: str,
    sender_name: str,
    identity: str,
    date: datetime | None,
    language: str | None,
) -> ParsedNewsletter:
    """Return the stories of a letter that came without its mail, as an entry of a feed.

    `identity` stands for the Message-ID. Raises ParseError where it is nested too deep.
    """
    mail = ParsedMail(
        message_id=identity,
        subject=subject,
        sender="",
        sender_name=sender_name,
        date=date,
        list_id="",
        recipients=(),
        archived_at="",
        automatic=False,
        language=language,
        html=markup[:MAX_BYTES],
        plain="",
        flowed=False,
        problems=(),
    )
    try:
        return _build_newsletter(mail)
    except RecursionError as error:
        raise ParseError("the letter's markup is nested too deep", kind="too-deep") from error


def _build_newsletter(mail: ParsedMail) -> ParsedNewsletter:
    blocks: Sequence[Block] = ()
    stated: str | None = None
    text = extract_preformatted(mail.html)
    if mail.html and not text:
        blocks, stated = parse_html_blocks(mail.html)
    plain = (
        bool(text)
        or not mail.html
        or (bool(mail.plain) and sum(len(block.text) for block in blocks) < 20)
    )
    if plain:
        blocks, stated = parse_text_blocks(text or mail.plain, flowed=mail.flowed), None
    elif stated:
        # templates say "en" whatever they contain
        stated = None if stated.lower().startswith("en") else stated.replace("_", "-")
    blocks, forward = _strip_forward_headers(blocks)
    readers = tuple(dict.fromkeys((*mail.recipients, *forward.recipients)))
    subject = words.SUBJECT_PREFIX.sub("", forward.subject or mail.subject)
    name = forward.sender_name or mail.sender_name
    blocks = [_redact_block(block, readers) for block in blocks]
    date, language = forward.date or mail.date, mail.language or stated
    if not plain:
        blocks = mark_plain_titles(blocks)
    content = extract_stories(blocks, subject, name, readers, plain=plain)
    kind: NewsletterKind = "service"
    entries: tuple[FeedEntry, ...] = ()
    if not _is_service_mail(mail, subject, blocks, content):
        entries = _build_entries(content, mail, date, language)
        kind = ("essay" if content.title else "news") if entries else "empty"
    return ParsedNewsletter(
        message_id=mail.message_id,
        subject=_remove_addresses(subject, readers),
        sender=forward.sender or mail.sender,
        sender_name=name,
        date=date,
        list_id=mail.list_id,
        kind=kind,
        entries=entries,
        web_edition=content.web_edition,
        language=language,
        problems=mail.problems or (("no story was found in it",) if kind == "empty" else ()),
        recipients=readers,
    )


def _build_entries(
    content: NewsletterContent, mail: ParsedMail, date: datetime | None, language: str | None
) -> tuple[FeedEntry, ...]:
    if not content.title:
        return tuple(
            FeedEntry(
                link=story.link,
                title=story.title,
                summary=story.teaser,
                text="",
                published=date,
                authors=story.authors,
                language=language,
                letter=mail.message_id,
                position=position,
                sponsored=story.sponsored,
            )
            for position, story in enumerate(content.stories)
        )
    link = content.web_edition or content.title_link or mail.archived_at
    if mail.archived_at and (not link or is_opaque(link)):
        link = unwrap_link(mail.archived_at) or link
    essay = FeedEntry(
        link=link,
        title=content.title,
        summary=truncate_text(content.text, _MAX_SUMMARY),
        text=content.text,
        published=date,
        language=language,
        guid=None if link else mail.message_id,
        letter=mail.message_id,
    )
    return (essay,)


def _is_service_mail(
    mail: ParsedMail, subject: str, blocks: Sequence[Block], content: NewsletterContent
) -> bool:
    """Return whether a mail answers something the reader did, and is no newsletter."""
    text = clean_text(" ".join(block.text for block in blocks))
    length = count_words(text)
    news = sum(not story.sponsored and story.word_count >= 12 for story in content.stories)
    anchors = (normalize_phrase(link.text) for block in blocks for link in block.links)
    confirms = any(map(words.CONFIRM.fullmatch, anchors))
    titled = words.SERVICE_SUBJECT.search(normalize_phrase(subject)) is not None
    opens = words.opens_service_mail(text[:_OPENING_CHARS])
    if (titled and opens) or (confirms and (titled or opens or length <= 200)):
        return True
    if opens:
        return length <= 350 and news <= 3
    return (titled or mail.automatic) and length <= 250 and news <= 2


# ---------------------------------------------------------------- forwarded newsletters


@dataclass(frozen=True, slots=True)
class _ForwardedHeaders:
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    date: datetime | None = None
    recipients: tuple[str, ...] = ()


def _strip_forward_headers(blocks: Sequence[Block]) -> tuple[Sequence[Block], _ForwardedHeaders]:
    """Return the blocks after the headers that a mail program puts before a forwarded mail."""
    for index, block in enumerate(blocks[:25]):
        marked = bool(block.text) and words.FORWARDED.fullmatch(block.text) is not None
        fields: dict[str, str] = {}  # of the lines "From: …", "Subject: …" from here on
        end = start = index + marked
        for end in range(start, min(start + 12, len(blocks))):
            line = blocks[end]
            if not line.text:
                continue
            found = ((key, form.match(line.text)) for key, form in words.FORWARD_FIELDS.items())
            key, match = next(((key, match) for key, match in found if match), ("", None))
            if match is None:
                break
            addresses = " ".join(link.href for link in line.links)
            fields.setdefault(key, f"{match[1]} {addresses}".strip())
        if "from" in fields and len(fields) >= (2 if marked else 3):
            address = ADDRESS.search(fields["from"])
            name = re.sub(r"[\[<(].*|\"", "", fields["from"]).strip()
            recipients = ADDRESS.findall(fields.get("to", ""))
            # "Monday, 1 September 2025 at 3:04 PM"
            date = re.sub(r"\bat\b", " ", fields.get("date", "").replace("\u202f", " "))
            return blocks[end:], _ForwardedHeaders(
                sender=address[0].lower() if address else "",
                sender_name=name if "@" not in name else "",
                subject=fields.get("subject", ""),
                date=parse_date(date, afternoon=re.search(r"\bPM\b", date) is not None),
                recipients=tuple(recipient.lower() for recipient in recipients),
            )
    return blocks, _ForwardedHeaders()


# ---------------------------------------------------------------- privacy


def _redact_block(block: Block, readers: Sequence[str]) -> Block:
    """Replace the readers' addresses by spaces of their length: links keep their places."""
    text = block.text
    for reader in readers:
        pattern = re.compile(re.escape(reader), re.IGNORECASE)
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    if text == block.text:
        return block
    links = tuple(replace(link, text=_remove_addresses(link.text, readers)) for link in block.links)
    return replace(block, text=text, links=links, lead=_remove_addresses(block.lead, readers))


def _remove_addresses(text: str, readers: Sequence[str]) -> str:
    for reader in readers:
        text = re.sub(re.escape(reader), "", text, flags=re.IGNORECASE)
    return clean_text(text)
