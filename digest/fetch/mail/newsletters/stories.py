"""From a newsletter's blocks to its stories. Pure. The docstring of the package gives the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.assembly import StoryAssembler, StoryCandidate
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    LinkResolver,
    classify_blocks,
    is_bare_address,
    remove_anchors,
)
from digest.fetch.mail.newsletters.essays import (
    extract_prose,
    find_first_heading,
    find_title,
    find_web_edition,
    is_essay,
)
from digest.fetch.mail.newsletters.headings import (
    clean_title,
    find_base_size,
)
from digest.fetch.mail.newsletters.links import make_target_key
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase
from digest.text import clean_text, split_sentences, truncate_text

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_CALL_WORDS = 12  # the most words beside a call to action
_MAX_TITLE = 240  # characters
_MAX_TEASER = 1_200
_MAX_STORIES = 300
_MAX_MASTHEAD = 60  # words of a masthead with what it says of itself
_MIN_LISTED = 2  # headings with a link that make those that look like them stories
_MOST_LISTED, _MIN_NUMBERED = 0.75, 0.5  # share of them, and of numbered ones
_MIN_TOLD = 10  # words of a story without a link

_SENDER_PARTS = re.compile(r"\s+(?:via|from|at|@|de|von|di)\s+|\s*[|·•]\s*")  # "Ann at Acme"

# this very issue, in Substack's app
_SUBSTACK_POST = re.compile(r"https://(?:open\.)?substack\.com/(?:app-link/post|pub)\b")


@dataclass(frozen=True, slots=True)
class NewsletterStory:
    """A story of a newsletter. `strong`: recognized by itself, not only by its section."""

    title: str
    link: str
    teaser: str
    sponsored: bool
    strong: bool
    word_count: int  # of title and teaser, not truncated
    link_only: bool  # a linked headline without a teaser
    authors: tuple[str, ...] = ()
    section: int = 0  # of the newsletter, in their order


@dataclass(frozen=True, slots=True)
class NewsletterContent:
    """What a newsletter's body contains."""

    stories: tuple[NewsletterStory, ...]
    title: str  # of an essay; "" where the newsletter is a digest
    title_link: str
    text: str  # of an essay
    web_edition: str  # "" where no link leads there


def extract_stories(
    blocks: Sequence[Block],
    subject: str,
    sender: str = "",
    readers: Sequence[str] = (),
    *,
    plain: bool = False,
) -> NewsletterContent:
    """Return the stories in a sequence of blocks, or its one essay. `plain`: from plain text."""
    resolver = LinkResolver(tuple(readers))
    content = list(classify_blocks(blocks, resolver))
    base = find_base_size(blocks)
    candidates = StoryAssembler(resolver, base, sender, plain=plain).group_blocks(content)
    candidates = [
        part
        for candidate in _merge_subheadings(candidates, resolver)
        for part in _split_section(candidate, resolver, 2 if plain else 3)
        if not part.skipped
    ]
    built: list[NewsletterStory] = []
    section = 0  # under which heading
    listed = _find_listed_looks(candidates, resolver)
    for candidate in candidates:
        section += candidate.kind == "heading"
        story = _build_story(candidate, resolver, needs_link=candidate.look not in listed)
        built += [replace(story, section=section)] if story else []
    stories = _filter_stories(built)
    stories = list(_drop_self_references(stories, blocks, sender, subject))
    edition = find_web_edition(blocks, resolver)
    title, title_link = find_title(blocks, subject, edition, resolver, base)
    text = extract_prose(content, title)
    if is_essay(stories, text, title):
        title = title or find_first_heading(content, base, plain=plain) or clean_text(subject)
        return NewsletterContent((), title, title_link, extract_prose(content, title), edition)
    own = make_target_key(edition) if edition else None
    stories = [
        story
        for story in stories
        if make_target_key(story.link) != own
        and not (story.title == title and _SUBSTACK_POST.match(story.link))
    ]
    return NewsletterContent(tuple(stories[:_MAX_STORIES]), "", "", "", edition)


# ---------------------------------------------------------------- from candidates to stories


def _find_listed_looks(
    candidates: Sequence[StoryCandidate], resolver: LinkResolver
) -> set[tuple[object, ...]]:
    """Return the looks of headings that head stories, so that one without a link is one, too.

    In a numbered list each number is an item; elsewhere nearly all that look so have a link.
    """
    headings = [one for one in candidates if one.kind == "heading" and (one.body or one.rest)]
    found = set()
    for look in {candidate.look for candidate in headings}:
        linked = [bool(_find_link(one, resolver)[0]) for one in headings if one.look == look]
        level, bold, _, marked = look
        share = sum(linked) / len(linked)
        is_numbered = marked and sum(linked) >= _MIN_LISTED and share >= _MIN_NUMBERED
        is_heading = (level or bold) and sum(linked) > _MIN_LISTED and share >= _MOST_LISTED
        if is_numbered or is_heading:
            found.add(look)
    return found


def _build_story(
    candidate: StoryCandidate, resolver: LinkResolver, *, needs_link: bool = True
) -> NewsletterStory | None:
    link, called = _find_link(candidate, resolver)
    url = resolver.resolve_target(link) if link else ""
    title = clean_title(candidate.title)
    teaser = _build_teaser(candidate, resolver)
    length = count_words(teaser)
    if not title or is_boilerplate_label(title):
        return None
    is_told = candidate.kind == "heading" and length >= _MIN_TOLD and count_words(title) >= 3
    is_told = is_told and not any(block.links for block in candidate.body)
    if not url and (needs_link or not is_told):
        return None
    is_menu = candidate.kind == "heading" and words.MENU.fullmatch(normalize_phrase(title))
    if is_menu or (candidate.kind == "heading" and not length) or (candidate.menu and length < 5):
        return None
    bylines = filter(None, map(_match_byline, candidate.body))
    authors = dict.fromkeys(clean_text(byline["name"]) for byline in bylines)
    advertises = words.SPONSORED_TITLE.search(candidate.title) or words.SELLS.search(
        f"{candidate.title} {teaser}"
    )
    return NewsletterStory(
        title=truncate_text(title, _MAX_TITLE),
        link=url,
        teaser=truncate_text(teaser, _MAX_TEASER),
        sponsored=candidate.sponsored or bool(advertises),
        strong=candidate.kind in ("linked", "item", "lead") or called,
        word_count=count_words(title) + length,
        authors=tuple(authors)[:5],
        link_only=candidate.kind in ("linked", "item") and length < 3,
    )


def _merge_subheadings(
    candidates: Sequence[StoryCandidate], resolver: LinkResolver
) -> list[StoryCandidate]:
    """Merge candidates under a smaller heading without a call to action into the story above."""
    merged: list[StoryCandidate] = []
    for candidate in candidates:
        above = merged[-1] if merged else None
        if (
            above
            and candidate.kind == "heading"
            and above.kind in ("heading", "linked")
            and not (candidate.skipped or candidate.sponsored or above.sponsored)
            and above.level > 0
            and (not candidate.level or candidate.level > above.level)
            and candidate.size < above.size
            and above.body
            and _find_link(above, resolver)[0]
            and not _find_link(candidate, resolver)[1]
        ):
            ended = re.search(r"[.:?!…]$", candidate.title)
            above.body.append(Block(candidate.title if ended else f"{candidate.title}."))
            above.body.extend(candidate.body)
        else:
            merged.append(candidate)
    return merged


def _split_section(
    candidate: StoryCandidate, resolver: LinkResolver, minimum: int
) -> list[StoryCandidate]:
    """Split a section in which at least `minimum` parts each end with their own call to action."""
    if candidate.kind != "heading":
        return [candidate]
    parts: list[list[Block]] = [[]]
    targets: set[str] = set()
    for block in candidate.body:
        parts[-1].append(block)
        calls = resolver.find_calls(block)
        if (
            calls
            and count_words(remove_anchors(block, calls)) <= _CALL_WORDS
            and _count_block_words(parts[-1]) >= 10
        ):
            targets.add(make_target_key(calls[0].href))
            parts.append([])
    if len(targets) < minimum:
        return [candidate]
    stories = []
    for part in parts:
        if _count_block_words(part) >= 10:
            text = next(block.text for block in part if block.word_count)
            title = split_sentences(text)[0]
            rest = text[len(title) :].strip()
            body = [Block(rest)] if rest else []
            body += [block for block in part if block.text != text]
            stories.append(
                StoryCandidate(
                    "paragraph", title, candidate.size, body=body, sponsored=candidate.sponsored
                )
            )
    return stories


def _count_block_words(blocks: Iterable[Block]) -> int:
    return count_words(" ".join(block.text for block in blocks))


def _drop_self_references(
    stories: Iterable[NewsletterStory], blocks: Sequence[Block], sender: str, subject: str
) -> Iterator[NewsletterStory]:
    """Yield the stories that are not about the newsletter: its masthead, "share Acme Weekly".

    Its names are its sender's, its logo's, and that of the owner of its rights; also its subject,
    where that names a newsletter and not a story.
    """
    senders = {sender, *_SENDER_PARTS.split(sender)}
    stated = set(senders)
    for block in blocks:
        stated.update(alt for alt, href in block.images if href)
        if "©" in block.text:
            stated.update(re.split(r"©|\d{4}|[–|•·]|\.\s", block.text))
    names = {normalize_phrase(name) for name in stated} - {""}
    authors = {normalize_phrase(name) for name in senders if count_words(name) >= 2}
    for story in stories:
        title = normalize_phrase(story.title)
        found = (name for name in names if count_words(name) >= 2 and name in title)
        labels = (title.replace(name, "this") for name in found)
        if story.word_count < _MAX_MASTHEAD and _is_masthead(title, normalize_phrase(subject)):
            continue
        is_name = title in authors or (title in names and story.link_only)
        if not is_name and not any(map(is_boilerplate_label, labels)):
            yield story


def _is_masthead(title: str, subject: str) -> bool:
    """Return whether a title is a newsletter's name, by what it says or as the subject has it."""
    is_part = bool(title) and title in subject
    return words.names_issue(title, subject) or (is_part and bool(words.MASTHEAD.search(title)))


def _find_link(candidate: StoryCandidate, resolver: LinkResolver) -> tuple[str, bool]:
    """Return the link of a story, and whether a call to action or a button gives it.

    It is the link of the headline; else a call to action on a line of its own; else the first link.
    """
    link = candidate.link
    if link and not (candidate.kind in ("item", "lead") and is_bare_address(link)):
        return link.href, False
    if candidate.button_href:
        return candidate.button_href, True
    first = link.href if link else ""
    for block in candidate.body:
        if _match_byline(block):
            continue
        links, calls = resolver.find_story_links(block), resolver.find_calls(block)
        if calls and count_words(remove_anchors(block, links)) <= _CALL_WORDS:
            return calls[0].href, True
        first = first or next((link.href for link in links), "")
    return first or candidate.picture_href, False


def _match_byline(block: Block) -> re.Match[str] | None:
    return words.BYLINE.fullmatch(block.text.strip()) if block.word_count <= 12 else None


def _build_teaser(candidate: StoryCandidate, resolver: LinkResolver) -> str:
    """Return the text about a story, without calls to action and by-lines."""
    parts = [candidate.rest] if candidate.rest else []
    for block in candidate.body:
        if _match_byline(block):
            continue
        calls = resolver.find_calls(block)
        text = clean_text(re.sub(r"[\s|–—-]+$", "", remove_anchors(block, calls)))
        if count_words(text) > (4 if calls and not re.search(r"\w[.!?]$", text) else 0):
            parts.append(text)
    while len(parts) > 1 and count_words(parts[-1]) <= 7:
        if re.search(r"[.!?…:”\"]$", parts[-1]):
            break
        parts.pop()
    text = clean_text(" ".join(parts))
    return re.sub(r"^[\s–—:|↳•·-]+", "", words.READING_TIME.sub(" ", text)).strip()


def _filter_stories(found: Iterable[NewsletterStory]) -> list[NewsletterStory]:
    """Drop rows of bare links as short as those of menus; keep one story per page and headline.

    Of several, the one with the most text stays, at its own place.
    """
    kept: list[NewsletterStory] = []
    for link_only, run in groupby(found, key=lambda story: story.link_only):
        group = list(run)
        kept.extend(_filter_headlines(group) if link_only else group)
    best: dict[str, NewsletterStory] = {}
    pages: dict[str, str] = {}  # headline → key in `best`
    for story in kept:
        name = normalize_phrase(story.title)
        key = make_target_key(story.link) if story.link else name
        if key not in best and count_words(name) >= 3:
            key = pages.get(name, key)
        pages.setdefault(name, key)
        other = best.get(key)
        if other is None or (
            story.word_count > other.word_count and (other.link_only or story.strong > other.strong)
        ):
            best.pop(key, None)
            best[key] = story
    return list(best.values())


def _filter_headlines(run: Sequence[NewsletterStory]) -> Iterator[NewsletterStory]:
    """Yield the bare links that are as long as headlines: the row's mean or their section's is."""

    def is_long(group: Sequence[NewsletterStory]) -> bool:
        return sum(count_words(story.title) for story in group) >= _HEADLINE_WORDS * len(group)

    minimum = _HEADLINE_WORDS - (len(run) > 2)
    for _, section in groupby(run, key=lambda story: story.section):
        group = list(section)
        if is_long(run) or is_long(group):
            yield from (story for story in group if count_words(story.title) >= minimum)
