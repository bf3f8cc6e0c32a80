"""From a newsletter's blocks to its stories. Pure. The docstring of the package gives the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.assembly import StoryAssembler
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    LinkResolver,
    classify_blocks,
    is_offer,
    mark_called_titles,
    mark_repeated_calls,
    remove_anchors,
    stands_apart,
)
from digest.fetch.mail.newsletters.briefs import mark_briefs
from digest.fetch.mail.newsletters.candidates import StoryCandidate
from digest.fetch.mail.newsletters.divisions import (
    find_announced_looks,
    find_listed_looks,
    find_repeated_labels,
    find_section_looks,
    merge_labels,
    merge_subheadings,
    split_section,
    title_by_text,
)
from digest.fetch.mail.newsletters.essays import (
    extract_prose,
    find_first_heading,
    find_sections,
    find_title,
    find_web_edition,
    is_essay,
    split_sender,
)
from digest.fetch.mail.newsletters.headings import (
    clean_title,
    find_base_size,
    link_called_headline,
)
from digest.fetch.mail.newsletters.links import (
    is_offer_page,
    is_opaque,
    is_paid_link,
    make_target_key,
)
from digest.fetch.mail.newsletters.own_matters import skip_own_matters
from digest.fetch.mail.newsletters.paragraphs import split_link_rows
from digest.fetch.mail.newsletters.story_links import count_block_words, find_link, match_byline
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase
from digest.text import clean_text, truncate_text
from digest.urls import extract_host

_HEADLINE_WORDS = 4  # a bare link of fewer words is a menu entry
_MAX_TITLE = 240  # characters
_MAX_TEASER = 1_200
_MAX_STORIES = 300
_MAX_ASIDE = 120  # words of an advertisement, or of what a letter asks for; an essay is longer
_MAX_MASTHEAD = 60  # words of a masthead with what it says of itself
_MIN_TOLD = 8  # words of a story without a link
_MAX_LABEL = 20  # words of a line that names a sponsor
_MOST_PAID = 3  # stories that lead to one

_CALL_LABEL = re.compile(r"(?<=[.!?…])\s+[^.!?…:]{1,25}:$")  # before a call that was taken out
_MADE_WITH = re.compile(r"(?:powered|produced) ")  # the mailer's name in the footer
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
    base = find_base_size(blocks)
    blocks = mark_called_titles(mark_repeated_calls(blocks, resolver))
    blocks = [link_called_headline(block, base) for block in blocks]
    content = list(split_link_rows(classify_blocks(blocks, resolver), resolver))
    content = content if plain else mark_briefs(content, resolver)
    candidates = StoryAssembler(resolver, base, sender, plain=plain).group_blocks(content)
    skip_own_matters(candidates, blocks, sender, resolver)
    asides = [candidate for candidate in candidates if candidate.skipped or candidate.sponsored]
    labels = find_repeated_labels(candidates)
    candidates = merge_labels(candidates, labels)
    announced = find_announced_looks(candidates, subject)
    sections = find_section_looks(candidates, resolver) | announced
    candidates = [
        part
        for candidate in merge_subheadings(candidates, resolver, sections)
        for part in split_section(candidate, resolver, 2 if plain else 3)
        if not part.skipped
    ]
    title_by_text(candidates, resolver)
    built: list[NewsletterStory] = []
    section = 0  # under which heading
    listed = find_listed_looks(candidates, resolver, plain=plain)
    payers = _find_payers(candidates, blocks, resolver)
    for candidate in candidates:
        section += candidate.kind == "heading"
        story = _build_story(
            candidate,
            resolver,
            payers,
            needs_link=candidate.refers or not (candidate.listed or candidate.look in listed),
        )
        built += [replace(story, section=section)] if story else []
    stories = _filter_stories(_drop_odd_titles(built))
    stories = list(_drop_self_references(stories, blocks, sender, subject))
    edition = find_web_edition(blocks, resolver)
    title, title_link = find_title(blocks, subject, sender, edition, resolver, base)
    beside = {
        block for one in asides if count_block_words(one.body) <= _MAX_ASIDE for block in one.body
    }
    content = [(role, block) for role, block in content if block not in beside]
    text = extract_prose(content, title)
    sectioned = find_sections(stories, text, title)
    if is_essay(stories, text, title) and not (sectioned or announced or labels):
        title = title or find_first_heading(content, base, plain=plain) or clean_text(subject)
        return NewsletterContent((), title, title_link, extract_prose(content, title), edition)
    if sectioned or announced:  # the letter's title above them is no story
        stories = [
            story
            for story in stories
            if story.title != title
            or story.look[:-1] == sectioned
            or story.look in announced
            or story.word_count >= _MAX_MASTHEAD
        ]
    own = make_target_key(edition) if edition else None
    told = sum(not story.link_only for story in stories)
    stories = [
        story
        for story in stories
        if make_target_key(story.link) != own
        and not (story.title == title and _names_letter(story, told > len(stories) / 2))
    ]
    return NewsletterContent(tuple(stories[:_MAX_STORIES]), "", "", "", edition)


def _names_letter(story: NewsletterStory, others_told: bool) -> bool:
    """Return whether a story with the title of the letter is the letter itself.

    It leads to the post, or has no text where the others have.
    """
    return _SUBSTACK_POST.match(story.link) is not None or (story.link_only and others_told)


def _build_story(
    candidate: StoryCandidate, resolver: LinkResolver, payers: Payers, *, needs_link: bool = True
) -> NewsletterStory | None:
    link, called = find_link(candidate, resolver)
    if not link and not needs_link and candidate.doubtful_button:
        link = candidate.doubtful_button.href
    url = resolver.resolve_target(link) if link else ""
    title = clean_title(candidate.title)
    teaser = _build_teaser(candidate, resolver)
    length = count_words(teaser)
    is_numbered = candidate.kind == "heading" and candidate.look[-1:] == (True,)
    if not title or (is_boilerplate_label(title) and not is_numbered):
        return None
    is_told = candidate.kind in ("heading", "lead") and length >= _MIN_TOLD
    is_told = is_told or candidate.listed
    is_sentence = candidate.kind == "lead" and title.endswith(".")
    is_label = candidate.kind == "heading" and not is_numbered
    is_told = is_told and count_words(title) >= (
        2 if is_sentence else _HEADLINE_WORDS - (not is_label)
    )
    is_told = is_told and not any(block.links for block in candidate.body)
    if not url and (needs_link or not is_told or words.RUBRIC.fullmatch(normalize_phrase(title))):
        return None
    name = normalize_phrase(title) if candidate.kind == "heading" else ""
    is_menu = words.MENU.fullmatch(name) or words.MORE_FROM.fullmatch(name)
    is_bare = candidate.kind == "heading" and not length  # a name, or a title above its call
    if is_menu or (is_bare and not called) or (candidate.menu and length < 5):
        return None
    bylines = filter(None, map(match_byline, candidate.body))
    authors = dict.fromkeys(clean_text(byline["name"]) for byline in bylines)
    return NewsletterStory(
        title=truncate_text(title, _MAX_TITLE),
        link=url,
        teaser=truncate_text(teaser, _MAX_TEASER),
        sponsored=_advertises(candidate, link, teaser, resolver, payers),
        strong=candidate.kind in ("linked", "item", "lead") or called,
        word_count=count_words(title) + length,
        authors=tuple(authors)[:5],
        link_only=(candidate.kind in ("linked", "item") and length < 3 and not candidate.sourced)
        or is_bare,
        look=candidate.look if candidate.kind == "heading" else (),
    )


def _drop_self_references(
    stories: Iterable[NewsletterStory], blocks: Sequence[Block], sender: str, subject: str
) -> Iterator[NewsletterStory]:
    """Yield the stories that are not about the newsletter: its masthead, "share Acme Weekly".

    Its names are its sender's, its logo's, and that of the owner of its rights; also its subject,
    where that names a newsletter and not a story.
    """
    senders = set(split_sender(sender))
    stated = set(senders)
    for block in blocks:
        stated.update(alt for alt, href in block.images if href)
        if "©" in block.text:
            stated.update(re.split(r"©|\d{4}|[–|•·]|\.\s", block.text))
    names = {normalize_phrase(name) for name in stated} - {""}
    authors = {normalize_phrase(name) for name in senders if count_words(name) >= 2}
    owner = normalize_phrase(sender)
    for story in stories:
        title = normalize_phrase(story.title)
        found = (name for name in names if count_words(name) >= 2 and name in title)
        labels = (title.replace(name, "this") for name in found)
        if story.word_count < _MAX_MASTHEAD and _is_masthead(title, normalize_phrase(subject)):
            continue
        is_name = title in authors or (title in names and story.link_only)
        is_name = is_name or bool(story.look and f"{owner} ".startswith(f"{title} "))
        if not is_name and not any(map(is_boilerplate_label, labels)):
            yield story


def _is_masthead(title: str, subject: str) -> bool:
    """Return whether a title is a newsletter's name, by what it says or as the subject has it."""
    is_part = bool(title) and title in subject
    return words.names_issue(title, subject) or (is_part and bool(words.MASTHEAD.search(title)))


@dataclass(frozen=True, slots=True)
class Payers:
    """Who pays for a letter: hosts of its sponsors, and whether stars mark what is paid for."""

    house: str  # the host that most stories lead to; "" where there is none
    hosts: frozenset[str]
    starred: bool


def _find_payers(
    candidates: Sequence[StoryCandidate], blocks: Sequence[Block], resolver: LinkResolver
) -> Payers:
    """Return who pays: "Supported by" a link, and "* paid" below titles that end with a star."""
    targets = (find_link(candidate, resolver)[0] for candidate in candidates)
    hosts = Counter(extract_host(resolver.resolve_target(target)) for target in targets if target)
    house, count = hosts.most_common(1)[0] if hosts else ("", 0)
    found: set[str] = set()
    starred = False
    for block in blocks:
        if not 0 < block.word_count <= _MAX_LABEL:
            continue
        starred |= block.text.startswith("*") and bool(words.PAID_BY.search(block.text))
        for link in block.links:
            before = normalize_phrase(re.split(r"[|·•]", block.text[: link.start])[-1])
            named = words.SPONSOR_NAMED.fullmatch(before) and not _MADE_WITH.match(before)
            if named and not is_opaque(link.href):
                found.add(extract_host(resolver.resolve_target(link.href)))
    return Payers(
        house=house if count * 2 >= hosts.total() else "",
        hosts=frozenset(host for host in found if hosts[host] <= _MOST_PAID) - {""},
        starred=starred,
    )


def _advertises(
    candidate: StoryCandidate, href: str, teaser: str, resolver: LinkResolver, payers: Payers
) -> bool:
    """Return whether a story is an advertisement, by a label, its words or its link."""
    payer = words.SPONSOR_NAMED.match(normalize_phrase(candidate.title))
    url = resolver.resolve_target(href) if href else ""
    return bool(
        candidate.sponsored
        or words.SPONSORED_TITLE.search(candidate.title)
        or words.OFFERED_TITLE.match(candidate.title)
        or words.SELLS.search(f"{candidate.title} {teaser}")
        or words.PAID_AT_END.search(teaser)
        or (payer and words.PAID_BY.search(payer[0]))
        or (payers.starred and re.search(r"\w\W*\*$", candidate.title))
        or is_paid_link(href)
        or is_offer_page(url)
        or extract_host(url) in payers.hosts
        or _is_offered(candidate, href, resolver, payers.house)
    )


def _is_offered(candidate: StoryCandidate, href: str, resolver: LinkResolver, house: str) -> bool:
    """Return whether the link of a story is that of an offer: "Start your free trial".

    A guide is an offer where the others of the letter lead elsewhere.
    """
    links = [link for block in candidate.body for link in block.links if stands_apart(link, block)]
    if candidate.link and candidate.link.text not in candidate.title:
        links.append(candidate.link)
    links += [candidate.button] if candidate.button else []
    key = resolver.get_target_key(href) if href else ""
    is_own = bool(house) and extract_host(resolver.resolve_target(href)) == house
    return any(
        (words.OFFER.fullmatch(normalize_phrase(link.text)) if is_own else is_offer(link))
        and resolver.get_target_key(link.href) == key
        for link in links
    )


def _build_teaser(candidate: StoryCandidate, resolver: LinkResolver) -> str:
    """Return the text about a story, without calls to action and by-lines."""
    parts = [candidate.rest] if candidate.rest else []
    for block in candidate.body:
        if match_byline(block):
            continue
        calls = resolver.find_calls(block)
        text = clean_text(re.sub(r"(?:\s[.,;]|[\s|–—-])+$", "", remove_anchors(block, calls)))
        text = _CALL_LABEL.sub("", text) if calls else text
        if count_words(text) > (4 if calls and not re.search(r"\w[.!?]$", text) else 0):
            parts.append(text)
    while len(parts) > 1 and count_words(parts[-1]) <= 7:
        if re.search(r"[.!?…:”\"]$", parts[-1]):
            break
        parts.pop()
    text = clean_text(" ".join(parts))
    return re.sub(r"^[\s–—:|↳•·-]+", "", words.READING_TIME.sub(" ", text)).strip()


def _drop_odd_titles(stories: Sequence[NewsletterStory]) -> list[NewsletterStory]:
    """Drop titles with nothing but a call below them where most that look so have a text."""
    bare = Counter(story.look for story in stories if story.link_only)
    told = Counter(story.look for story in stories if not story.link_only)
    return [
        story
        for story in stories
        if not (story.look and story.link_only and told[story.look] >= bare[story.look])
    ]


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
