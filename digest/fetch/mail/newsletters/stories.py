"""From a newsletter's blocks to its stories. Pure. The docstring of the package gives the rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.assembly import StoryAssembler, StoryCandidate
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    classify_blocks,
    is_bare_address,
    is_offer,
    remove_anchors,
)
from digest.fetch.mail.newsletters.essays import (
    MAX_NUMBERED,
    MAX_SECTION,
    MIN_SECTIONS,
    MOST_LINKED,
    extract_prose,
    find_first_heading,
    find_sections,
    find_title,
    find_web_edition,
    is_essay,
)
from digest.fetch.mail.newsletters.headings import (
    clean_title,
    find_base_size,
    split_title,
)
from digest.fetch.mail.newsletters.links import is_paid_link, make_target_key
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase
from digest.text import clean_text, truncate_text

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_MIN_ROW, _MOST_COVERED = 3, 0.85  # links of a row of headlines; share of its text in them
_CALL_WORDS = 12  # the most words beside a call to action
_MAX_TITLE = 240  # characters
_MAX_TEASER = 1_200
_MAX_STORIES = 300
_MAX_ASIDE = 120  # words of an advertisement, or of what a letter asks for; an essay is longer
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
    look: tuple[object, ...] = ()  # of its heading: see describe_look; () where it has none


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
    content = list(_split_link_rows(classify_blocks(blocks, resolver), resolver))
    base = find_base_size(blocks)
    candidates = StoryAssembler(resolver, base, sender, plain=plain).group_blocks(content)
    asides = [candidate for candidate in candidates if candidate.skipped or candidate.sponsored]
    sections = _find_section_looks(candidates, resolver)
    candidates = [
        part
        for candidate in _merge_subheadings(candidates, resolver, sections)
        for part in _split_section(candidate, resolver, 2 if plain else 3)
        if not part.skipped
    ]
    built: list[NewsletterStory] = []
    section = 0  # under which heading
    listed = _find_listed_looks(candidates, resolver, plain=plain)
    for candidate in candidates:
        section += candidate.kind == "heading"
        story = _build_story(
            candidate, resolver, needs_link=not candidate.listed and candidate.look not in listed
        )
        built += [replace(story, section=section)] if story else []
    stories = _filter_stories(built)
    stories = list(_drop_self_references(stories, blocks, sender, subject))
    edition = find_web_edition(blocks, resolver)
    title, title_link = find_title(blocks, subject, sender, edition, resolver, base)
    beside = {
        block for one in asides if _count_block_words(one.body) <= _MAX_ASIDE for block in one.body
    }
    content = [(role, block) for role, block in content if block not in beside]
    text = extract_prose(content, title)
    sectioned = find_sections(stories, text, title)
    if is_essay(stories, text, title) and not sectioned:
        title = title or find_first_heading(content, base, plain=plain) or clean_text(subject)
        return NewsletterContent((), title, title_link, extract_prose(content, title), edition)
    if sectioned:  # the letter's title above them is no story
        stories = [
            story
            for story in stories
            if story.title != title
            or story.look[:-1] == sectioned
            or story.word_count >= _MAX_MASTHEAD
        ]
    own = make_target_key(edition) if edition else None
    stories = [
        story
        for story in stories
        if make_target_key(story.link) != own
        and not (story.title == title and _SUBSTACK_POST.match(story.link))
    ]
    return NewsletterContent(tuple(stories[:_MAX_STORIES]), "", "", "", edition)


def _split_link_rows(
    content: Iterable[tuple[BlockRole, Block]], resolver: LinkResolver
) -> Iterator[tuple[BlockRole, Block]]:
    """Yield the blocks; a paragraph of headlines, each a link to a page, as one block for each."""
    for role, block in content:
        links = resolver.find_story_links(block) if role == "text" else ()
        covered = sum(len(link.text) for link in links) >= _MOST_COVERED * len(block.text)
        lengths = [count_words(link.text) for link in links]
        pages = {resolver.get_target_key(link.href) for link in links}
        is_row = len(links) == len(block.links) == len(pages) >= _MIN_ROW and covered
        if is_row and min(lengths) >= _HEADLINE_WORDS - 1:
            for link in links:
                own = replace(link, start=0, end=len(link.text))
                yield role, replace(block, text=link.text, links=(own,), images=(), lead="")
        else:
            yield role, block


# ---------------------------------------------------------------- from candidates to stories


def _find_listed_looks(
    candidates: Sequence[StoryCandidate], resolver: LinkResolver, *, plain: bool
) -> set[tuple[object, ...]]:
    """Return the looks of headings that head stories, so that one without a link is one, too.

    In a numbered list each number is an item; elsewhere nearly all that look so have a link.
    """
    kinds = ("heading", "linked", "lead")
    told = [one for one in candidates if one.kind in kinds and (one.body or one.rest)]
    found = set()
    for look in {candidate.look for candidate in told if candidate.kind != "linked"}:
        linked = [bool(_find_link(one, resolver)[0]) for one in told if one.look == look]
        level, bold, _, marked = look
        is_lead = any(one.kind == "lead" for one in told if one.look == look)
        share = sum(linked) / len(linked)
        is_numbered = marked and sum(linked) >= _MIN_LISTED and share >= _MIN_NUMBERED
        is_headed = level or bold or is_lead or plain
        if is_numbered or (is_headed and sum(linked) > _MIN_LISTED and share >= _MOST_LISTED):
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
    is_told = candidate.kind in ("heading", "lead") and length >= _MIN_TOLD
    is_told = is_told or candidate.listed
    is_sentence = candidate.kind == "lead" and title.endswith(".")
    is_told = is_told and count_words(title) >= (2 if is_sentence else 3)
    is_told = is_told and not any(block.links for block in candidate.body)
    if not url and (needs_link or not is_told or words.RUBRIC.fullmatch(normalize_phrase(title))):
        return None
    is_menu = candidate.kind == "heading" and words.MENU.fullmatch(normalize_phrase(title))
    if is_menu or (candidate.kind == "heading" and not length) or (candidate.menu and length < 5):
        return None
    bylines = filter(None, map(_match_byline, candidate.body))
    authors = dict.fromkeys(clean_text(byline["name"]) for byline in bylines)
    return NewsletterStory(
        title=truncate_text(title, _MAX_TITLE),
        link=url,
        teaser=truncate_text(teaser, _MAX_TEASER),
        sponsored=_advertises(candidate, link, teaser, resolver),
        strong=candidate.kind in ("linked", "item", "lead") or called,
        word_count=count_words(title) + length,
        authors=tuple(authors)[:5],
        link_only=candidate.kind in ("linked", "item") and length < 3,
        look=candidate.look if candidate.kind == "heading" else (),
    )


def _find_section_looks(
    candidates: Sequence[StoryCandidate], resolver: LinkResolver
) -> set[tuple[object, ...]]:
    """Return the looks of headings that divide a letter below its one title into short stories.

    Nearly each has a page of its own. Below the headlines of several posts they are their parts.
    """
    heads = [one for one in candidates if one.kind == "heading" and one.body]
    found = set()
    for look in {candidate.look for candidate in heads}:
        alike = [one for one in heads if one.look == look]
        above = [one for one in candidates if 0 < one.level < alike[0].level]
        links = {_find_link(one, resolver)[0] for one in alike} - {""}
        told = sum(_count_block_words(one.body) for one in alike)
        is_short = told <= (MAX_NUMBERED if look[-1] else MAX_SECTION) * len(alike)
        is_linked = len(links) >= max(MIN_SECTIONS, MOST_LINKED * len(alike))
        if len(above) == 1 and is_short and is_linked:
            found.add(look)
    return found


def _merge_subheadings(
    candidates: Sequence[StoryCandidate],
    resolver: LinkResolver,
    sections: Collection[tuple[object, ...]],
) -> list[StoryCandidate]:
    """Merge candidates under a smaller heading without a call to action into the story above.

    Those whose look is in `sections` are stories themselves.
    """
    merged: list[StoryCandidate] = []
    for candidate in candidates:
        above = merged[-1] if merged else None
        if (
            above
            and candidate.kind == "heading"
            and candidate.look not in sections
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
            title, rest = split_title(text)
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
    button = candidate.button
    sells = candidate.sponsored  # where an offer is what it is all about
    if button and (sells or not is_offer(button)):
        return button.href, True
    first = link.href if link else ""
    offer, inside = button.href if button else "", ""  # and one inside a text
    for block in candidate.body:
        if _match_byline(block):
            continue
        links, calls = resolver.find_story_links(block), resolver.find_calls(block)
        if calls and count_words(remove_anchors(block, links)) <= _CALL_WORDS:
            if sells or not is_offer(calls[0]):
                return calls[0].href, True
            offer = offer or calls[0].href
        inside = inside or next((link.href for link in links if is_offer(link)), "")
        if not offer:
            first = first or next((link.href for link in links if not is_offer(link)), "")
    if first or not offer:
        return first or candidate.picture_href or inside, False
    return offer, True


def _advertises(candidate: StoryCandidate, href: str, teaser: str, resolver: LinkResolver) -> bool:
    """Return whether a story is an advertisement, by a label, its words or its link."""
    payer = words.SPONSOR_NAMED.match(normalize_phrase(candidate.title))
    return bool(
        candidate.sponsored
        or words.SPONSORED_TITLE.search(candidate.title)
        or words.OFFERED_TITLE.match(candidate.title)
        or words.SELLS.search(f"{candidate.title} {teaser}")
        or (payer and words.PAID_BY.search(payer[0]))
        or is_paid_link(href)
        or _is_offered(candidate, href, resolver)
    )


def _is_offered(candidate: StoryCandidate, href: str, resolver: LinkResolver) -> bool:
    """Return whether the link of a story is that of an offer: "Start your free trial"."""
    links = [link for block in candidate.body for link in block.links]
    links += [candidate.button] if candidate.button else []
    key = resolver.get_target_key(href) if href else ""
    return any(is_offer(link) and resolver.get_target_key(link.href) == key for link in links)


def _match_byline(block: Block) -> re.Match[str] | None:
    return words.BYLINE.fullmatch(block.text.strip()) if block.word_count <= 12 else None


def _build_teaser(candidate: StoryCandidate, resolver: LinkResolver) -> str:
    """Return the text about a story, without calls to action and by-lines."""
    parts = [candidate.rest] if candidate.rest else []
    for block in candidate.body:
        if _match_byline(block):
            continue
        calls = resolver.find_calls(block)
        text = clean_text(re.sub(r"(?:\s[.,;]|[\s|–—-])+$", "", remove_anchors(block, calls)))
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
    # what is marked as an advertisement is no menu entry, however short
    for link_only, run in groupby(found, key=lambda one: one.link_only and not one.sponsored):
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
