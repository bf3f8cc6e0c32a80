"""From a letter's blocks to its stories. Pure. The package's docstring tells the reasoning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.assembly import StoryAssembler, StoryCandidate
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    classify_blocks,
    is_bare_address,
    is_call_to_action,
    remove_anchors,
)
from digest.fetch.mail.newsletters.headings import find_base_size, strip_decoration
from digest.fetch.mail.newsletters.links import is_share_link, make_target_key
from digest.text import clean_text, split_sentences, truncate_text
from digest.urls import canonical_url

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_MAX_HEADING = 24  # words
_MAX_TITLE = 240  # characters
_MAX_TEASER = 1_200
_MAX_TEXT = 60_000
_MAX_STORIES = 300
_TOP_LINES = 6  # lines: the head of a letter


@dataclass(frozen=True, slots=True)
class NewsletterStory:
    """A story of a letter. `strong`: it looks like one by itself, not only by standing in a section."""

    title: str
    link: str
    teaser: str
    sponsored: bool
    strong: bool
    word_count: int  # of title and teaser, unshortened
    link_only: bool  # nothing but a linked headline
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewsletterContent:
    """What a letter's body holds."""

    stories: tuple[NewsletterStory, ...]
    title: str  # of an essay; "" where the letter is a digest
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
    """The stories in a row of blocks, or its one essay. `plain`: the row comes from plain text."""
    reader = LinkResolver(tuple(readers))
    shown = list(classify_blocks(blocks, reader))
    base = find_base_size(blocks)
    units = StoryAssembler(reader, base, sender, plain=plain).group_blocks(shown)
    units = [
        part
        for unit in _merge_subheadings(units, reader)
        for part in _split_section(unit, reader, 2 if plain else 3)
    ]
    stories = _filter_stories(_build_story(unit, reader) for unit in units if not unit.skipped)
    names = _find_own_names(blocks, sender)
    stories = tuple(story for story in stories if not _is_self_reference(story, names))
    edition = _find_web_edition(blocks, reader)
    title, title_link = _find_title(blocks, subject, edition, reader, base)
    text = _extract_prose(shown, title)
    if _is_essay(stories, text, title):
        return NewsletterContent((), title or clean_text(subject), title_link, text, edition)
    itself = {make_target_key(url) for url in (edition,) if url}
    kept = [
        one
        for one in stories
        if not (
            make_target_key(one.link) in itself
            or (one.title == title and _SUBSTACK_POST.match(one.link))
        )
    ]
    return NewsletterContent(tuple(kept[:_MAX_STORIES]), "", "", "", edition)


_SUBSTACK_POST = re.compile(
    r"https://(?:open\.)?substack\.com/(?:app-link/post|pub)\b"
)  # this very issue, in Substack's app


# ---------------------------------------------------------------- from units to stories


def _build_story(unit: StoryCandidate, reader: LinkResolver) -> NewsletterStory | None:
    link, called = _find_link(unit, reader)
    url = reader.resolve_target(link) if link else ""
    title = _clean_title(unit.title)
    teaser = _build_teaser(unit, reader)
    if not url or not title or words.is_boilerplate_label(title):
        return None
    if unit.kind == "heading" and (
        words.MENU.fullmatch(words.normalize_phrase(title)) or not words.count_words(teaser)
    ):
        return None
    if unit.menu and words.count_words(teaser) < 5:
        return None
    advertises = words.SPONSORED_TITLE.search(unit.title) or words.SELLS.search(
        f"{unit.title} {teaser}"
    )
    strong = unit.kind in ("linked", "item", "lead") or called
    return NewsletterStory(
        title=truncate_text(title, _MAX_TITLE),
        link=url,
        teaser=truncate_text(teaser, _MAX_TEASER),
        sponsored=unit.sponsored or bool(advertises),
        strong=strong,
        word_count=words.count_words(title) + words.count_words(teaser),
        authors=_find_authors(unit),
        link_only=unit.kind in ("linked", "item") and words.count_words(teaser) < 3,
    )


def _merge_subheadings(
    units: Sequence[StoryCandidate], reader: LinkResolver
) -> list[StoryCandidate]:
    """Units whose heading only parts a longer story, smaller than its own, become a part of it."""
    whole: list[StoryCandidate] = []
    for unit in units:
        above = whole[-1] if whole else None
        part = (
            above is not None
            and unit.kind == "heading"
            and above.kind in ("heading", "linked")
            and not unit.skipped
            and not (unit.sponsored or above.sponsored)
            and above.level > 0
            and (not unit.level or unit.level > above.level)
            and unit.size < above.size
            and bool(above.body)
            and bool(_find_link(above, reader)[0])
            and not _find_link(unit, reader)[1]
        )
        if part and above:
            above.body.append(
                Block(unit.title if re.search(r"[.:?!…]$", unit.title) else f"{unit.title}.")
            )
            above.body.extend(unit.body)
        else:
            whole.append(unit)
    return whole


def _split_section(unit: StoryCandidate, reader: LinkResolver, least: int) -> list[StoryCandidate]:
    """A section whose paragraphs each end with a link of their own: each is a story."""
    if unit.kind != "heading":
        return [unit]
    parts: list[list[Block]] = [[]]
    targets: set[str] = set()
    for block in unit.body:
        parts[-1].append(block)
        calls = [link for link in reader.find_story_links(block) if is_call_to_action(link)]
        if (
            calls
            and words.count_words(remove_anchors(block, calls)) <= 12
            and words.count_words(" ".join(b.text for b in parts[-1])) >= 10
        ):
            targets.add(make_target_key(calls[0].href))
            parts.append([])
    if len(targets) < least:
        return [unit]
    return [
        _build_part(unit, part)
        for part in parts
        if part and words.count_words(" ".join(block.text for block in part)) >= 10
    ]


def _build_part(unit: StoryCandidate, part: Sequence[Block]) -> StoryCandidate:
    text = next(block.text for block in part if words.count_words(block.text))
    title = split_sentences(text)[0]
    first = Block(text[len(title) :].strip())
    rest = [block for block in part if block.text != text]
    return StoryCandidate(
        "paragraph",
        title,
        unit.size,
        body=[first, *rest] if first.text else rest,
        sponsored=unit.sponsored,
    )


def _find_own_names(blocks: Sequence[Block], sender: str) -> set[str]:
    """What the letter calls itself: its sender, its logo, the owner of its rights."""
    names = {words.normalize_phrase(sender)} if sender else set()
    for block in blocks:
        names.update(words.normalize_phrase(alt) for alt, href in block.images if href)
        if "©" in block.text:
            names.update(
                words.normalize_phrase(part)
                for part in re.split(r"©|\d{4}|[–|•·]|\.\s", block.text)
            )
    return names - {""}


def _is_self_reference(story: NewsletterStory, names: set[str]) -> bool:
    """Whether a story only tells of the letter itself: its masthead, "share Acme Weekly"."""
    title = words.normalize_phrase(story.title)
    held = [name for name in names if words.count_words(name) >= 2 and name in title]
    return (story.link_only and title in names) or any(
        words.is_boilerplate_label(title.replace(name, "this")) for name in held
    )


def _find_link(unit: StoryCandidate, reader: LinkResolver) -> tuple[str, bool]:
    """The story's own link: its headline's; else the one that says "go on here" on a line of its own; else the first.
    And whether it was said so."""
    if unit.link and not (unit.kind in ("item", "lead") and is_bare_address(unit.link)):
        return unit.link.href, False
    if unit.button_href:
        return unit.button_href, True
    first = unit.link.href if unit.link else ""
    for block in unit.body:
        content = () if _match_byline(block) else reader.find_story_links(block)
        calls = [link for link in content if is_call_to_action(link)]
        if calls and words.count_words(remove_anchors(block, content)) <= 12:
            return calls[0].href, True
        first = first or next((link.href for link in content), "")
    return first or unit.picture_href, False


def _clean_title(text: str) -> str:
    text = words.READING_TIME.sub(" ", words.SPONSORED_TITLE.sub(" ", text))
    text = strip_decoration(clean_text(text)).rstrip(" :|–—-→»>↗")
    return clean_text(text)


def _match_byline(block: Block) -> re.Match[str] | None:
    return (
        words.BYLINE.fullmatch(block.text.strip()) if words.count_words(block.text) <= 12 else None
    )


def _find_authors(unit: StoryCandidate) -> tuple[str, ...]:
    found = (match for block in unit.body if (match := _match_byline(block)))
    return tuple(dict.fromkeys(clean_text(match["name"]) for match in found))[:5]


def _build_teaser(unit: StoryCandidate, reader: LinkResolver) -> str:
    """What the letter says of the story, without the words that only call to go on, and without a by-line."""
    parts = [unit.rest] if unit.rest else []
    for block in unit.body:
        if _match_byline(block):
            continue
        calls = [link for link in reader.find_story_links(block) if is_call_to_action(link)]
        text = clean_text(re.sub(r"[\s|–—-]+$", "", remove_anchors(block, calls)))
        if words.count_words(text) > (4 if calls and not re.search(r"\w[.!?]$", text) else 0):
            parts.append(text)
    while (
        len(parts) > 1
        and words.count_words(parts[-1]) <= 7
        and not re.search(r"[.!?…:”\"]$", parts[-1])
    ):
        parts.pop()
    text = clean_text(" ".join(parts))
    return re.sub(r"^[\s–—:|↳•·-]+", "", words.READING_TIME.sub(" ", text)).strip()


def _filter_stories(found: Iterable[NewsletterStory | None]) -> tuple[NewsletterStory, ...]:
    """The stories, menus dropped, each page once."""
    kept: list[NewsletterStory] = []
    for bare, run in groupby(
        (story for story in found if story), key=lambda story: story.link_only
    ):
        group = list(run)
        kept.extend(_filter_headlines(group) if bare else group)
    return _deduplicate_stories(kept)


def _filter_headlines(group: Sequence[NewsletterStory]) -> list[NewsletterStory]:
    """Of links in a row that say nothing more: all of them, unless they are as short as a menu's."""
    lengths = [words.count_words(story.title) for story in group]
    if sum(lengths) / len(lengths) < _HEADLINE_WORDS:
        return []
    return [
        story
        for story, length in zip(group, lengths, strict=True)
        if length >= _HEADLINE_WORDS - (len(group) > 2)
    ]


def _deduplicate_stories(stories: Sequence[NewsletterStory]) -> tuple[NewsletterStory, ...]:
    """One story a page, and one a headline: the one that says most, at its own place."""
    best: dict[str, NewsletterStory] = {}
    names: dict[str, str] = {}
    for story in stories:
        page, name = make_target_key(story.link), words.normalize_phrase(story.title)
        key = (
            page
            if page in best
            else names.get(name, page)
            if words.count_words(name) >= 3
            else page
        )
        names.setdefault(name, key)
        held = best.get(key)
        if held is None or (
            story.word_count > held.word_count and (held.link_only or story.strong > held.strong)
        ):
            best.pop(key, None)
            best[key] = story
    return tuple(best.values())


# ---------------------------------------------------------------- essays


def _find_web_edition(blocks: Sequence[Block], reader: LinkResolver) -> str:
    """Where the letter can be read on the web, if one of its links says so; a plain address before an opaque one.

    Links that say so lower down and lead to several pages belong to single stories.
    """
    top: list[str] = []
    below: list[str] = []
    shown = [block for block in blocks if block.text]
    for index, block in enumerate(shown):
        for link in block.links:
            says = words.normalize_phrase(link.text or block.text[: link.start]).removesuffix(" at")
            # "online" alone says so only at the top of a letter, or at the beginning of a line.
            alone = (
                words.count_words(says) == 1
                and index >= _TOP_LINES
                and block.text[: link.start].strip()
            )
            url = (
                reader.resolve_target(link.href)
                if words.WEB_EDITION.fullmatch(says) and not alone
                else ""
            )
            if url and not is_share_link(url):
                (top if index < _TOP_LINES else below).append(url)
    found = top or (below if len(set(map(make_target_key, below))) == 1 else [])
    known = [url for url in found if make_target_key(url) == canonical_url(url) and len(url) < 200]
    return (known or found or [""])[0]


def _find_title(
    blocks: Sequence[Block], subject: str, edition: str, reader: LinkResolver, base: float
) -> tuple[str, str]:
    """The letter's own title, where a heading near its top says what the subject says or leads to the web edition."""
    passed = 0
    for block in blocks:
        if passed > 2_500:
            break
        passed += len(block.text)
        large = block.level or block.bold or block.size >= 1.2 * base
        if (
            not block.text
            or not large
            or words.count_words(block.text) > _MAX_HEADING
            or words.is_boilerplate_label(block.text)
        ):
            continue
        url = next(
            (
                reader.resolve_target(link.href)
                for link in block.links
                if reader.resolve_target(link.href)
            ),
            "",
        )
        if _is_similar(block.text, subject) or (
            url and edition and make_target_key(url) == make_target_key(edition)
        ):
            return _clean_title(block.text), url
    return "", ""


def _is_similar(title: str, subject: str) -> bool:
    one, other = (set(re.findall(r"\w+", text.casefold())) for text in (title, subject))
    if not one or not other:
        return False
    return len(one & other) >= 0.7 * min(len(one), len(other)) and len(one & other) >= 0.5 * max(
        len(one), len(other)
    )


def _is_greeting(text: str) -> bool:
    """Whether a line is nothing but the reader's name with a greeting."""
    return (
        words.count_words(text) <= 6
        and text[-1:] in tuple(",!:–—")
        and words.GREETING.fullmatch(text) is not None
    )


def _extract_prose(shown: Sequence[tuple[BlockRole, Block]], title: str) -> str:
    """The letter's running words in order, its frame left out."""
    texts = [
        block.text for role, block in shown if role == "text" and _clean_title(block.text) != title
    ]
    texts = [text for at, text in enumerate(texts) if at > 12 or not _is_greeting(text)]
    return truncate_text(clean_text(" ".join(texts)), _MAX_TEXT)


def _is_essay(stories: Sequence[NewsletterStory], text: str, title: str) -> bool:
    """Whether the letter is one piece of writing: running prose outweighs whatever looks like stories in it."""
    total = words.count_words(text)
    news = [story for story in stories if not story.sponsored]
    own = [story for story in news if story.title == title]
    strong = [story for story in news if story.strong and story not in own]
    weak = len(news) - len(strong) - len(own)
    if total < 60 or (len(news) == len(own) == 1 and own[0].word_count < 250 and own[0].strong):
        return False
    if not strong:
        return bool(title) or weak <= 1
    share = 1 - sum(min(story.word_count, 250) for story in strong) / total
    if title:
        return share >= 0.7 and total >= 250
    return len(strong) <= 1 and weak <= 1 and share >= 0.85 and total >= 250
