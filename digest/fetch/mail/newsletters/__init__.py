"""Newsletters: from the bytes of a mail to its single stories. Pure; nothing is requested, no link is followed.

How a letter is read
1. `mime` takes the readable body out of the message: HTML, else plain text, within bounds. `blocks` lays it flat: a row
   of lines, each with its links and its looks. Nested tables vanish there; what a reader would not see is left out.
2. A letter that a person passed on loses the head that their mail program put before it, and speaks with the sender,
   subject and date that this head names.
3. Mail that confirms, welcomes, bills or warns gives nothing (kind "service"). It gives itself away by its subject, by
   a button that confirms something, or by how it opens ("thanks for signing up"); a letter full of news that happens to
   use such words late is none.
4. The frame goes: "view in browser", sharing, preferences, farewells, and everything after the farewell in the last
   part of the letter. Rows of short links are menus. A question with short links below it is a poll. What stands under
   "Jobs" is a job list. The words for all this are in `words`, in English, German, Italian, French, Spanish and Thai.
5. Each remaining line is hung on a head. A head is a headline that is a link; a heading, a bold line or, in plain text,
   a short line with space above it; a list's entry that has a link; or a paragraph with a bold opening, where its
   neighbours have one too. What follows a head, up to the next, is its teaser. A heading with nothing but another
   heading below it names a section. Smaller headings inside a longer story are parts of it, unless each has its own
   "read more".
6. A story's link is its headline's; else the one that says "read more" on a line of its own; else the first in its
   text. A head without any link is no story. A row of bare links shorter than headlines is a menu. One page, and one
   headline, is one story, the one that says most.
7. "Sponsored by Acme" marks the next head that names Acme, leads where its logo leads, or follows at once where no
   name is told; "Acme sponsor" marks the head before it. Offers with prices and codes are marked too.
8. A letter is one essay where its running prose outweighs whatever looks like stories in it and its title is the
   subject or leads to its web edition. It gives one entry, with the web edition as its link.

What leads astray is told in `Letter.problems`. No address of a reader leaves this package but in
`Letter.recipients`, which is there only to be matched against a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from digest.errors import ParseError
from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link, parse_html_blocks, parse_text_blocks
from digest.fetch.mail.newsletters.links import is_opaque, unwrap_link
from digest.fetch.mail.newsletters.mime import ADDRESS, MAX_BYTES, ParsedMail, parse_mail
from digest.fetch.mail.newsletters.stories import NewsletterContent, extract_stories
from digest.model.retrieved import FeedEntry
from digest.text import clean_text, truncate_text

__all__ = ["MAX_BYTES", "ParsedNewsletter", "is_opaque", "parse_newsletter", "unwrap_link"]

NewsletterKind = Literal["news", "essay", "service", "empty"]
_MAX_SUMMARY = 400  # characters of an essay's beginning
_OPENING_CHARS = 900  # characters in which a service mail says what it is


@dataclass(frozen=True, slots=True)
class ParsedNewsletter:
    """One mail, read. `entries` are its stories in their order; () for service mails and where there is none."""

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
    recipients: tuple[str, ...] = field(
        default=(), repr=False
    )  # to match a rule; never shown, stored or logged


def parse_newsletter(raw: bytes) -> ParsedNewsletter:
    """The letter that a message is. Raises ParseError where it is too large, nested too deep, or no mail at all."""
    mail = parse_mail(raw)
    try:
        blocks, stated, plain = _extract_blocks(mail)
        return _build_newsletter(mail, blocks, stated, plain)
    except RecursionError as error:
        raise ParseError("the message's markup is nested too deep", kind="too-deep") from error


def _extract_blocks(mail: ParsedMail) -> tuple[tuple[Block, ...], str | None, bool]:
    """The body's blocks, its stated language, and whether they come from plain text."""
    if mail.html:
        blocks, stated = parse_html_blocks(mail.html)
        if sum(len(block.text) for block in blocks) >= 20 or not mail.plain:
            return blocks, stated, False
    return parse_text_blocks(mail.plain, flowed=mail.flowed), None, True


def _build_newsletter(
    mail: ParsedMail, blocks: Sequence[Block], stated: str | None, plain: bool
) -> ParsedNewsletter:
    blocks, passed_on = _strip_forward_headers(blocks)
    readers = tuple(dict.fromkeys((*mail.recipients, *passed_on.recipients)))
    subject = words.SUBJECT_PREFIX.sub("", passed_on.subject or mail.subject)
    name = passed_on.sender_name or mail.sender_name
    blocks = [_redact_block(block, readers) for block in blocks]
    language = mail.language or _drop_default_language(stated)
    date = passed_on.date or mail.date
    found = extract_stories(blocks, subject, name, readers, plain=plain)
    service = _is_service_mail(mail, subject, blocks, found)
    entries = () if service else _build_entries(found, mail, date, language)
    return ParsedNewsletter(
        message_id=mail.message_id,
        subject=_remove_addresses(subject, readers),
        sender=passed_on.sender or mail.sender,
        sender_name=name,
        date=date,
        list_id=mail.list_id,
        kind="service"
        if service
        else "essay"
        if found.title and entries
        else "news"
        if entries
        else "empty",
        entries=entries,
        web_edition=found.web_edition,
        language=language,
        problems=mail.problems,
        recipients=readers,
    )


def _drop_default_language(language: str | None) -> str | None:
    """The language that an HTML body states. Templates say "en" whatever they hold, so that says nothing."""
    return None if not language or language.lower().startswith("en") else language.replace("_", "-")


# ---------------------------------------------------------------- entries


def _build_entries(
    found: NewsletterContent, mail: ParsedMail, date: datetime | None, language: str | None
) -> tuple[FeedEntry, ...]:
    if found.title:
        link = found.web_edition or found.title_link or mail.archived_at
        if mail.archived_at and (not link or is_opaque(link)):
            link = unwrap_link(mail.archived_at) or link
        essay = FeedEntry(
            link=link,
            title=found.title,
            summary=truncate_text(found.text, _MAX_SUMMARY),
            text=found.text,
            published=date,
            language=language,
            guid=None if link else mail.message_id,
            letter=mail.message_id,
        )
        return (essay,)
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
        for position, story in enumerate(found.stories)
    )


# ---------------------------------------------------------------- service mails


def _is_service_mail(
    mail: ParsedMail, subject: str, blocks: Sequence[Block], found: NewsletterContent
) -> bool:
    """Whether a mail answers something the reader did, rather than telling news."""
    text = clean_text(" ".join(block.text for block in blocks))
    length, news = (
        words.count_words(text),
        len([story for story in found.stories if not story.sponsored and story.word_count >= 12]),
    )
    confirms = any(
        words.CONFIRM.fullmatch(words.normalize_phrase(link.text))
        for block in blocks
        for link in block.links
    )
    told = bool(words.SERVICE_SUBJECT.search(words.normalize_phrase(subject)))
    opens = bool(words.SERVICE_OPENING.search(text[:_OPENING_CHARS].replace("’", "'")))
    if confirms and (told or opens or length <= 200):
        return True
    if told and opens:
        return True
    if opens:
        return length <= 350 and news <= 3
    return (told or mail.automatic) and length <= 250 and news <= 2


# ---------------------------------------------------------------- letters passed on


@dataclass(frozen=True, slots=True)
class _ForwardedHeaders:
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    date: datetime | None = None
    recipients: tuple[str, ...] = ()


def _strip_forward_headers(blocks: Sequence[Block]) -> tuple[Sequence[Block], _ForwardedHeaders]:
    """The blocks after the head that a mail program puts before a letter passed on, and what that head says."""
    for index in range(min(len(blocks), 25)):
        marked = (
            bool(blocks[index].text) and words.FORWARDED.fullmatch(blocks[index].text) is not None
        )
        fields, end = _parse_forward_fields(blocks, index + marked)
        if "from" in fields and len(fields) >= (2 if marked else 3):
            found = ADDRESS.search(fields["from"])
            name = re.sub(r"[\[<(].*|\"", "", fields["from"]).strip()
            return blocks[end:], _ForwardedHeaders(
                sender=found[0].lower() if found else "",
                sender_name=name if "@" not in name else "",
                subject=fields.get("subject", ""),
                date=_parse_date(fields.get("date", "")),
                recipients=tuple(
                    address.lower() for address in ADDRESS.findall(fields.get("to", ""))
                ),
            )
    return blocks, _ForwardedHeaders()


def _parse_forward_fields(blocks: Sequence[Block], start: int) -> tuple[dict[str, str], int]:
    """The lines "From: …", "Subject: …" from `start` on, and where they end."""
    fields: dict[str, str] = {}
    at = start
    for at in range(start, min(start + 12, len(blocks))):
        block = blocks[at]
        if not block.text:
            continue
        match = next(
            (
                (key, m)
                for key, form in words.FORWARD_FIELDS.items()
                if (m := form.match(block.text))
            ),
            None,
        )
        if match is None:
            break
        fields.setdefault(
            match[0], f"{match[1][1]} {' '.join(link.href for link in block.links)}".strip()
        )
    return fields, at


def _parse_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(re.sub(r"\bat\b", " ", text.replace("\u202f", " ")))
        if re.search(r"\bPM\b", text) and when.hour < 12:
            when += timedelta(hours=12)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


# ---------------------------------------------------------------- privacy


def _redact_block(block: Block, readers: Sequence[str]) -> Block:
    """A block without its reader's addresses. Links keep their places, so each address leaves blanks of its length."""
    text = block.text
    for reader in readers:
        text = re.sub(
            re.escape(reader), lambda found: " " * len(found[0]), text, flags=re.IGNORECASE
        )
    if text == block.text:
        return block
    links = tuple(
        Link(_remove_addresses(link.text, readers), link.href, link.start, link.end)
        for link in block.links
    )
    return replace(block, text=text, links=links, lead=_remove_addresses(block.lead, readers))


def _remove_addresses(text: str, readers: Sequence[str]) -> str:
    for reader in readers:
        text = re.sub(re.escape(reader), "", text, flags=re.IGNORECASE)
    return clean_text(text)
