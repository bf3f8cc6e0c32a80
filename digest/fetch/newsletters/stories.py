"""From a letter's blocks to its stories. Pure. The package's docstring tells the reasoning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from digest.fetch.newsletters import words
from digest.fetch.newsletters.assembly import Assembly, Unit
from digest.fetch.newsletters.blocks import Block
from digest.fetch.newsletters.frame import Reader, Role, asks, bare_address, framed, said
from digest.fetch.newsletters.heads import base_size, undecorated
from digest.fetch.newsletters.links import same_target, shares
from digest.text import clean, sentences, shorten
from digest.urls import canonical

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_MOST_HEADING = 24  # words
_MOST_TITLE = 240  # characters
_MOST_TEASER = 1_200
_MOST_TEXT = 60_000
_MOST_STORIES = 300
_TOP = 6  # lines: the head of a letter


@dataclass(frozen=True, slots=True)
class Story:
    """A story of a letter. `strong`: it looks like one by itself, not only by standing in a section."""

    title: str
    link: str
    teaser: str
    sponsored: bool
    strong: bool
    words: int  # of title and teaser, unshortened
    bare: bool  # nothing but a linked headline
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """What a letter's body holds."""

    stories: tuple[Story, ...]
    title: str  # of an essay; "" where the letter is a digest
    title_link: str
    text: str  # of an essay
    web_edition: str  # "" where no link leads there


def split(
    blocks: Sequence[Block], subject: str, sender: str = "", readers: Sequence[str] = (), *, plain: bool = False
) -> Split:
    """The stories in a row of blocks, or its one essay. `plain`: the row comes from plain text."""
    reader = Reader(tuple(readers))
    shown = list(framed(blocks, reader))
    base = base_size(blocks)
    units = Assembly(reader, base, sender, plain=plain).units(shown)
    units = [part for unit in _with_their_parts(units, reader) for part in _parted(unit, reader, 2 if plain else 3)]
    stories = _settled(_story(unit, reader) for unit in units if not unit.skipped)
    names = _names(blocks, sender)
    stories = tuple(story for story in stories if not _is_house(story, names))
    edition = _web_edition(blocks, reader)
    title, title_link = _title(blocks, subject, edition, reader, base)
    text = _prose(shown, title)
    if _is_essay(stories, text, title):
        return Split((), title or clean(subject), title_link, text, edition)
    itself = {same_target(url) for url in (edition,) if url}
    kept = [
        one
        for one in stories
        if not (same_target(one.link) in itself or (one.title == title and _POST.match(one.link)))
    ]
    return Split(tuple(kept[:_MOST_STORIES]), "", "", "", edition)


_POST = re.compile(r"https://(?:open\.)?substack\.com/(?:app-link/post|pub)\b")  # this very issue, in Substack's app


# ---------------------------------------------------------------- from units to stories


def _story(unit: Unit, reader: Reader) -> Story | None:
    link, called = _link_of(unit, reader)
    url = reader.target(link) if link else ""
    title = _title_of(unit.title)
    teaser = _teaser(unit, reader)
    if not url or not title or words.is_chrome(title):
        return None
    if unit.kind == "heading" and (words.MENU.fullmatch(words.bare(title)) or not words.count(teaser)):
        return None
    if unit.menu and words.count(teaser) < 5:
        return None
    advertises = words.SPONSORED_TITLE.search(unit.title) or words.SELLS.search(f"{unit.title} {teaser}")
    strong = unit.kind in ("linked", "item", "lead") or called
    return Story(
        title=shorten(title, _MOST_TITLE),
        link=url,
        teaser=shorten(teaser, _MOST_TEASER),
        sponsored=unit.sponsored or bool(advertises),
        strong=strong,
        words=words.count(title) + words.count(teaser),
        authors=_authors(unit),
        bare=unit.kind in ("linked", "item") and words.count(teaser) < 3,
    )


def _with_their_parts(units: Sequence[Unit], reader: Reader) -> list[Unit]:
    """Units whose heading only parts a longer story, smaller than its own, become a part of it."""
    whole: list[Unit] = []
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
            and bool(_link_of(above, reader)[0])
            and not _link_of(unit, reader)[1]
        )
        if part and above:
            above.body.append(Block(unit.title if re.search(r"[.:?!…]$", unit.title) else f"{unit.title}."))
            above.body.extend(unit.body)
        else:
            whole.append(unit)
    return whole


def _parted(unit: Unit, reader: Reader, least: int) -> list[Unit]:
    """A section whose paragraphs each end with a link of their own: each is a story."""
    if unit.kind != "heading":
        return [unit]
    parts: list[list[Block]] = [[]]
    targets: set[str] = set()
    for block in unit.body:
        parts[-1].append(block)
        calls = [link for link in reader.content(block) if asks(link)]
        if calls and words.count(said(block, calls)) <= 12 and words.count(" ".join(b.text for b in parts[-1])) >= 10:
            targets.add(same_target(calls[0].href))
            parts.append([])
    if len(targets) < least:
        return [unit]
    return [_part(unit, part) for part in parts if part and words.count(" ".join(block.text for block in part)) >= 10]


def _part(unit: Unit, part: Sequence[Block]) -> Unit:
    text = next(block.text for block in part if words.count(block.text))
    title = sentences(text)[0]
    first = Block(text[len(title) :].strip())
    rest = [block for block in part if block.text != text]
    return Unit("paragraph", title, unit.size, body=[first, *rest] if first.text else rest, sponsored=unit.sponsored)


def _names(blocks: Sequence[Block], sender: str) -> set[str]:
    """What the letter calls itself: its sender, its logo, the owner of its rights."""
    names = {words.bare(sender)} if sender else set()
    for block in blocks:
        names.update(words.bare(alt) for alt, href in block.images if href)
        if "©" in block.text:
            names.update(words.bare(part) for part in re.split(r"©|\d{4}|[–|•·]|\.\s", block.text))
    return names - {""}


def _is_house(story: Story, names: set[str]) -> bool:
    """Whether a story only tells of the letter itself: its masthead, "share Acme Weekly"."""
    title = words.bare(story.title)
    held = [name for name in names if words.count(name) >= 2 and name in title]
    return (story.bare and title in names) or any(words.is_chrome(title.replace(name, "this")) for name in held)


def _link_of(unit: Unit, reader: Reader) -> tuple[str, bool]:
    """The story's own link: its headline's; else the one that says "go on here" on a line of its own; else the first.
    And whether it was said so."""
    if unit.link and not (unit.kind in ("item", "lead") and bare_address(unit.link)):
        return unit.link.href, False
    if unit.call:
        return unit.call, True
    first = unit.link.href if unit.link else ""
    for block in unit.body:
        content = () if _by(block) else reader.content(block)
        calls = [link for link in content if asks(link)]
        if calls and words.count(said(block, content)) <= 12:
            return calls[0].href, True
        first = first or next((link.href for link in content), "")
    return first or unit.picture, False


def _title_of(text: str) -> str:
    text = words.READING_TIME.sub(" ", words.SPONSORED_TITLE.sub(" ", text))
    text = undecorated(clean(text)).rstrip(" :|–—-→»>↗")
    return clean(text)


def _by(block: Block) -> re.Match[str] | None:
    return words.BYLINE.fullmatch(block.text.strip()) if words.count(block.text) <= 12 else None


def _authors(unit: Unit) -> tuple[str, ...]:
    found = (match for block in unit.body if (match := _by(block)))
    return tuple(dict.fromkeys(clean(match["name"]) for match in found))[:5]


def _teaser(unit: Unit, reader: Reader) -> str:
    """What the letter says of the story, without the words that only call to go on, and without a by-line."""
    parts = [unit.rest] if unit.rest else []
    for block in unit.body:
        if _by(block):
            continue
        calls = [link for link in reader.content(block) if asks(link)]
        text = clean(re.sub(r"[\s|–—-]+$", "", said(block, calls)))
        if words.count(text) > (4 if calls and not re.search(r"\w[.!?]$", text) else 0):
            parts.append(text)
    while len(parts) > 1 and words.count(parts[-1]) <= 7 and not re.search(r"[.!?…:”\"]$", parts[-1]):
        parts.pop()
    text = clean(" ".join(parts))
    return re.sub(r"^[\s–—:|↳•·-]+", "", words.READING_TIME.sub(" ", text)).strip()


def _settled(found: Iterable[Story | None]) -> tuple[Story, ...]:
    """The stories, menus dropped, each page once."""
    kept: list[Story] = []
    for bare, run in groupby((story for story in found if story), key=lambda story: story.bare):
        group = list(run)
        kept.extend(_headlines(group) if bare else group)
    return _each_once(kept)


def _headlines(group: Sequence[Story]) -> list[Story]:
    """Of links in a row that say nothing more: all of them, unless they are as short as a menu's."""
    lengths = [words.count(story.title) for story in group]
    if sum(lengths) / len(lengths) < _HEADLINE_WORDS:
        return []
    return [story for story, length in zip(group, lengths, strict=True) if length >= _HEADLINE_WORDS - (len(group) > 2)]


def _each_once(stories: Sequence[Story]) -> tuple[Story, ...]:
    """One story a page, and one a headline: the one that says most, at its own place."""
    best: dict[str, Story] = {}
    names: dict[str, str] = {}
    for story in stories:
        page, name = same_target(story.link), words.bare(story.title)
        key = page if page in best else names.get(name, page) if words.count(name) >= 3 else page
        names.setdefault(name, key)
        held = best.get(key)
        if held is None or (story.words > held.words and (held.bare or story.strong > held.strong)):
            best.pop(key, None)
            best[key] = story
    return tuple(best.values())


# ---------------------------------------------------------------- essays


def _web_edition(blocks: Sequence[Block], reader: Reader) -> str:
    """Where the letter can be read on the web, if one of its links says so; a plain address before an opaque one.

    Links that say so lower down and lead to several pages belong to single stories.
    """
    top: list[str] = []
    below: list[str] = []
    shown = [block for block in blocks if block.text]
    for index, block in enumerate(shown):
        for link in block.links:
            says = words.bare(link.text or block.text[: link.start]).removesuffix(" at")
            # "online" alone says so only at the top of a letter, or at the beginning of a line.
            alone = words.count(says) == 1 and index >= _TOP and block.text[: link.start].strip()
            url = reader.target(link.href) if words.WEB_EDITION.fullmatch(says) and not alone else ""
            if url and not shares(url):
                (top if index < _TOP else below).append(url)
    found = top or (below if len(set(map(same_target, below))) == 1 else [])
    known = [url for url in found if same_target(url) == canonical(url) and len(url) < 200]
    return (known or found or [""])[0]


def _title(blocks: Sequence[Block], subject: str, edition: str, reader: Reader, base: float) -> tuple[str, str]:
    """The letter's own title, where a heading near its top says what the subject says or leads to the web edition."""
    passed = 0
    for block in blocks:
        if passed > 2_500:
            break
        passed += len(block.text)
        large = block.level or block.bold or block.size >= 1.2 * base
        if not block.text or not large or words.count(block.text) > _MOST_HEADING or words.is_chrome(block.text):
            continue
        url = next((reader.target(link.href) for link in block.links if reader.target(link.href)), "")
        if _alike(block.text, subject) or (url and edition and same_target(url) == same_target(edition)):
            return _title_of(block.text), url
    return "", ""


def _alike(title: str, subject: str) -> bool:
    one, other = (set(re.findall(r"\w+", text.casefold())) for text in (title, subject))
    if not one or not other:
        return False
    return len(one & other) >= 0.7 * min(len(one), len(other)) and len(one & other) >= 0.5 * max(len(one), len(other))


def _greets(text: str) -> bool:
    """Whether a line is nothing but the reader's name with a greeting."""
    return words.count(text) <= 6 and text[-1:] in tuple(",!:–—") and words.GREETING.fullmatch(text) is not None


def _prose(shown: Sequence[tuple[Role, Block]], title: str) -> str:
    """The letter's running words in order, its frame left out."""
    texts = [block.text for role, block in shown if role == "text" and _title_of(block.text) != title]
    texts = [text for at, text in enumerate(texts) if at > 12 or not _greets(text)]
    return shorten(clean(" ".join(texts)), _MOST_TEXT)


def _is_essay(stories: Sequence[Story], text: str, title: str) -> bool:
    """Whether the letter is one piece of writing: running prose outweighs whatever looks like stories in it."""
    total = words.count(text)
    news = [story for story in stories if not story.sponsored]
    own = [story for story in news if story.title == title]
    strong = [story for story in news if story.strong and story not in own]
    weak = len(news) - len(strong) - len(own)
    if total < 60 or (len(news) == len(own) == 1 and own[0].words < 250 and own[0].strong):
        return False
    if not strong:
        return bool(title) or weak <= 1
    share = 1 - sum(min(story.words, 250) for story in strong) / total
    if title:
        return share >= 0.7 and total >= 250
    return len(strong) <= 1 and weak <= 1 and share >= 0.85 and total >= 250
