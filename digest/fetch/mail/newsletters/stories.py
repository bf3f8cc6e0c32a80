"""From a newsletter's blocks to its stories. Pure. The docstring of the package gives the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.assembly import StoryAssembler, StoryCandidate
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    classify_blocks,
    is_bare_address,
    remove_anchors,
)
from digest.fetch.mail.newsletters.headings import (
    find_base_size,
    is_heading,
    strip_decoration,
)
from digest.fetch.mail.newsletters.links import is_share_link, make_target_key
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase
from digest.text import clean_text, split_sentences, truncate_text
from digest.urls import canonical_url

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_CALL_WORDS = 12  # the most words beside a call to action
_MAX_HEADING = 24  # words
_MAX_TITLE = 240  # characters
_MAX_TEASER = 1_200
_MAX_TEXT = 60_000
_MAX_STORIES = 300
_TOP_LINES = 6  # lines of a newsletter that are its head
_TOP_CHARS = 2_500  # characters before which its title stands
_MIN_PARAGRAPH = 20  # words
_MAX_MASTHEAD = 60  # words of a masthead with what it says of itself
_MIN_LISTED = 2  # headings with a link that make those that look like them stories
_MOST_LISTED, _MIN_NUMBERED = 0.75, 0.5  # share of them, and of numbered ones
_MIN_TOLD = 10  # words of a story without a link
_MAX_STORY_WORDS = 250  # of one story that count against an essay

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
    edition = _find_web_edition(blocks, resolver)
    title, title_link = _find_title(blocks, subject, edition, resolver, base)
    text = _extract_prose(content, title)
    if _is_essay(stories, text, title):
        title = title or _find_first_heading(content, base, plain=plain) or clean_text(subject)
        return NewsletterContent((), title, title_link, _extract_prose(content, title), edition)
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
    title = _clean_title(candidate.title)
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
    return _names_issue(title, subject) or (is_part and bool(words.MASTHEAD.search(title)))


def _names_issue(title: str, subject: str) -> bool:
    """Return whether a subject is a title and the number of an issue. Both are normalized."""
    named, stated = (set(re.findall(r"\w+", text)) for text in (title, subject))
    rest = stated - named
    return bool(named and rest) and named <= stated and all(map(words.ISSUE_WORD.fullmatch, rest))


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


def _clean_title(text: str) -> str:
    text = words.READING_TIME.sub(" ", words.SPONSORED_TITLE.sub(" ", text))
    text = strip_decoration(clean_text(text)).rstrip(" :|–—-→»>↗")
    return clean_text(text)


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


# ---------------------------------------------------------------- essays


def _find_web_edition(blocks: Sequence[Block], resolver: LinkResolver) -> str:
    """Return the address of the newsletter on the web, a plain one before an opaque one, or "".

    Links to it below the head that lead to several pages belong to single stories.
    """
    top: list[str] = []
    below: list[str] = []
    for index, block in enumerate(block for block in blocks if block.text):
        for link in block.links:
            before = block.text[: link.start]
            label = normalize_phrase(link.text or before).removesuffix(" at")
            # "online" alone counts only in the head, or at the beginning of a line
            alone = count_words(label) == 1 and index >= _TOP_LINES and before.strip()
            if words.WEB_EDITION.fullmatch(label) and not alone:
                url = resolver.resolve_target(link.href)
                if url and not is_share_link(url):
                    (top if index < _TOP_LINES else below).append(url)
    found = top or (below if len(set(map(make_target_key, below))) == 1 else [])
    known = [url for url in found if make_target_key(url) == canonical_url(url) and len(url) < 200]
    return (known or found or [""])[0]


def _find_title(
    blocks: Sequence[Block], subject: str, edition: str, resolver: LinkResolver, base: float
) -> tuple[str, str]:
    """Return the heading near the top that is like the subject or leads to the web edition."""
    passed, subject_words = 0, set(re.findall(r"\w+", subject.casefold()))
    for block in blocks:
        if passed > _TOP_CHARS:
            break
        passed += len(block.text)
        large = block.level or block.bold or block.size >= 1.2 * base
        if not block.text or not large or block.word_count > _MAX_HEADING:
            continue
        if is_boilerplate_label(block.text):
            continue
        if _names_issue(normalize_phrase(block.text), normalize_phrase(subject)):
            continue  # its masthead
        url = next(filter(None, (resolver.resolve_target(link.href) for link in block.links)), "")
        is_edition = url and edition and make_target_key(url) == make_target_key(edition)
        title_words = set(re.findall(r"\w+", block.text.casefold()))
        shorter, longer = sorted((len(title_words), len(subject_words)))
        common = len(title_words & subject_words)
        is_similar = shorter > 0 and common >= 0.7 * shorter and common >= 0.5 * longer
        if is_edition or is_similar:
            return _clean_title(block.text), url
    return "", ""


def _find_first_heading(
    content: Sequence[tuple[BlockRole, Block]], base: float, *, plain: bool
) -> str:
    """Return the heading that stands above the first paragraph of an essay; "" for none."""
    blocks = [block for role, block in content if role == "text"]
    for block, below in pairwise(blocks[:_TOP_LINES]):
        if block.word_count >= _MIN_PARAGRAPH:
            break
        is_alone = below.gap and below.word_count >= _MIN_PARAGRAPH
        if is_alone and block.word_count >= 3 and is_heading(block, below, base, plain=plain):
            return _clean_title(block.text)
    return ""


def _extract_prose(content: Sequence[tuple[BlockRole, Block]], title: str) -> str:
    """Return the running text without boilerplate, title and greeting."""
    texts = [
        block.text
        for role, block in content
        if role == "text" and _clean_title(block.text) != title
    ]

    def is_greeting(text: str) -> bool:
        ends = text.endswith((",", "!", ":", "–", "—"))
        return ends and count_words(text) <= 6 and words.GREETING.fullmatch(text) is not None

    texts = [text for index, text in enumerate(texts) if index > 12 or not is_greeting(text)]
    return truncate_text(clean_text(" ".join(texts)), _MAX_TEXT)


def _is_essay(stories: Sequence[NewsletterStory], text: str, title: str) -> bool:
    """Return whether a newsletter is one piece of writing: its prose outweighs its stories."""
    total = count_words(text)
    news = [story for story in stories if not story.sponsored]
    own = [story for story in news if story.title == title]
    strong = [story for story in news if story.strong and story not in own]
    weak = len(news) - len(strong) - len(own)
    if total < 60:
        return False
    if len(news) == len(own) == 1 and own[0].word_count < _MAX_STORY_WORDS and own[0].strong:
        return False
    if not strong:
        return bool(title) or weak <= 1
    share = 1 - sum(min(story.word_count, _MAX_STORY_WORDS) for story in strong) / total
    if title:
        return share >= 0.7 and total >= 250
    return len(strong) <= 1 and weak <= 1 and share >= 0.85 and total >= 250
