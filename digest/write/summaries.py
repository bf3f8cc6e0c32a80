"""The summary of a story without a model: up to three sentences, in the sources' words.

Nothing is written here, only chosen and cleaned: what publishers put around their words goes ("The
post … appeared first on …", calls to subscribe, what they repeat from item to item), and so does
every sentence that a feed cut, that runs on from a heading, or that cannot be understood without
one that is not there. Where nothing honest is to be had the summary is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from digest.model.sentence import Sentence
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.text import CaselessPattern, clean_text, list_words, split_sentences
from digest.wholeness import WIDE, find_fragment, praises_publisher
from digest.write.boilerplate import NO_BOILERPLATE, SiteBoilerplate, find_site_boilerplate
from digest.write.headlines import Headline, choose_headline, find_headline
from digest.write.wording import (
    ACTION_VERB,
    BYLINE,
    FIGURE,
    PHRASES,
    clean_markup,
    compact_text,
    list_content_words,
)

_MAX_SENTENCES = 3
_ENOUGH_SENTENCES = 2  # of a summary: its full text, and its page, are not needed then
_SAME_START_WORDS = 4  # two sentences that begin alike read as one told twice
_OWN_SUMMARY_CHARS = 400  # of a text that is no more than a summary
_MAX_SUMMARY_CHARS = 520  # of all sentences together
_TEXT_SENTENCES = 14  # of the full text: what matters stands at its beginning
_TEXT_CHARS = 8_000
_NUMBER = re.compile(r"\d+")
_ANNOUNCES = re.compile(  # what an announcement says beside the name of its thing
    r"\b(?:today|now|we(?:['’](?:re|ve)| are| have)?|is|are|has|have|announc\w+|introduc\w+|"
    r"launch\w*|releas\w+|unveil\w*|excited|happy|pleased|proud|heute|oggi|aujourd['’]hui|hoy)\b",
    re.IGNORECASE,
)
# What WordPress puts behind an entry in its feed, in the words of its languages.
_POST_BOILERPLATE = re.compile(
    r"(?:^|(?<=[.!?…。\s]))(?:The post\b[^.]{0,300}?(?:\bappeared first on\b[^.]{0,80}\.?|$)|"
    r"(?:Der Beitrag\b.{0,300}?\berschien zuerst auf|L[’']articolo\b.{0,300}?\bproviene da|"
    r"L[’']article\b.{0,300}?\best apparu en premier sur|"
    r"La entrada\b.{0,300}?\b(?:se publicó|aparece) primero en|"
    r"O post\b.{0,300}?\bapareceu primeiro em)\b[^.]{0,80}\.?|"
    r"〈[^〉]{1,300}〉\s*這篇文章最早發佈於[^。\n]{1,80}。?|"
    r"投稿 .{1,300}? は .{1,80}? に最初に表示されました。?)"
)
_FRAME_WORDS = (  # one of which every such frame has
    *("The post", "erschien zuerst", "proviene da", "apparu en premier", "primero en"),
    *("primeiro em", "最早發佈於", "最初に表示"),
)
# A heading that stands before the first sentence of a text whose lines were joined.
_LEAD_LABEL = re.compile(
    r"^(?i:key (?:takeaways|findings|points|facts)|tl;?dr|at a glance)\b\s*[:–-]?\s+(?=[A-Z\d“\"])"
)
_LONGEST_CUT = 200  # characters
_CUT = re.compile(
    r"\s*(?:\[(?:…|\.\.\.|&hellip;)\]|(?:…|\.\.\.)\s*"
    r"(?:\(?(?:read|continue|learn|weiterlesen|leggi|lire|leer|อ่าน|阅读|查看)\b[^.]{0,40})?)\s*$"
    r"|\s*\b(?:Read (?:more|on|the full (?:story|article|post))|Continue reading|Weiterlesen"
    r"|Leggi tutto|Lire la suite|Leer más|Learn more|อ่านต่อ|阅读全文|点击卡片可查看原文。?)\W*$",
    re.IGNORECASE,
)

# The marks of headings and of lists in texts whose lines were joined.
_HEADING = re.compile(r"(?:^|\s)#{1,6}\s")
_LIST_MARK = re.compile(r"(?:^|(?<=[.:!?;])\s)[-*•–]\s+")
_UNUSABLE = CaselessPattern(
    rf"\b(?:{PHRASES['unusable']})\b|⋅|"
    r"来源[|｜丨:：]|作者[|｜丨:：]|编辑[|｜丨:：]|点击|订阅|источник:|подпис"
)
_ADVICE = CaselessPattern(rf"^(?:{PHRASES['advice']})\b|, so (?:review|audit|check)\b")
# Half a question, half a sentence, a caption.
_TEASER = re.compile(
    r"^(?:(?:what|how|why|where|which|who|whether|like|including|especially|because)\b"
    r"(?!.*\b(?:affects|impacts|determines|decides|depends|shapes|influences)\b)"
    r"|when\b(?![^,]*,)|"
    r"an? (?:sped-up |short )?(?:screenshot|photo|video|chart|graph|image|illustration) of\b|"
    r"we (?:hope|believe|think)\b)|\?|: (?:what|how|why|where|which)\b",
    re.IGNORECASE,
)
_DEPENDENT = CaselessPattern(
    rf"^(?:{PHRASES['dependent']})\b|\b(?:{PHRASES['dependent_within']})\b"
)
# "The setting …": which one has to be told before.
_DEFINITE = re.compile(r"^The (?P<nouns>(?:[a-z][\w-]*%? ){1,4})")
_NAMED = re.compile(
    r"^The (?:[a-z][\w-]*%? ){1,2}(?:(?:of|by|from|for|behind|between) (?:the |an? )?)?[A-Z]"
)
# A pronoun, or a company without its name: whom it means has to be named before it.
_ANAPHOR = re.compile(rf"\b(?:{PHRASES['anaphors']})\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?<!^)\b(?!(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
    r"(?:\w*(?:ary|ch|il|ust|ber|day))?\b)[A-Z]\w+|^[\"“]?\w*(?:[a-z][A-Z]|[A-Z]{2}|\d)\w*"
)
# Words that are wrong, or mean another day, when they are read later.
_RELATIVE_TIME = CaselessPattern(rf"\b(?:{PHRASES['relative_times']})\b|今日|今天|昨日|本周|วันนี้")
# It says that something is told elsewhere, and not what.
_WITHHOLDING = CaselessPattern(
    rf"\b(?:{PHRASES['withholding']})\b|^(?:introducing|announcing|meet)\b"
)
_QUOTED_WHOLE = re.compile(r"[“\"«][^“”\"»]*[”\"»]\W?")  # nobody says whose words these are
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|my|me)\b")
_TO_READER = re.compile(r"\b(?:you|your|you['’](?:re|ll|ve))\b", re.IGNORECASE)
_COMPANY_VOICE = re.compile(r"\b(?:we|we['’](?:re|ve|ll)|our|(?-i:us))\b", re.IGNORECASE)
_HYPE = CaselessPattern(rf"\b(?:{PHRASES['hype']})\b")
_AVAILABLE = CaselessPattern(rf"\b(?:{PHRASES['available']})\b|上线|推出|开放|发布|доступн|запуст")


@dataclass(frozen=True, slots=True)
class _PlacedSentence:
    """A sentence with its place."""

    text: str
    tagged: TaggedItem
    place: int  # in its item; the full text counts on after the summary
    words: frozenset[str]


def build_summary(
    story: Story, language: str = "en", boilerplate: SiteBoilerplate = NO_BOILERPLATE
) -> tuple[Sentence, ...]:
    """Choose two or three whole sentences: who, what, figure, availability, word for word.

    Fewer, or (), where the items have no more that can stand alone and say more than the headline.
    `boilerplate` is what the sites repeat, found in all items of the quarter.
    """
    title, language = choose_headline(story, language)
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    sentences = [
        sentence
        for member in members
        if member.item.language == language
        for sentence in _find_sentences(member, title, story, boilerplate)
    ]
    order = {member.item.id: place for place, member in enumerate(members)}
    chosen = sorted(
        _choose_sentences(sentences, title, story),
        key=lambda sentence: (order[sentence.tagged.item.id], sentence.place),
    )
    return tuple(
        Sentence(sentence.text, sentence.tagged.item.source_name, sentence.tagged.item.address)
        for sentence in chosen
    )


def has_sentence(
    story: Story, language: str = "en", boilerplate: SiteBoilerplate = NO_BOILERPLATE
) -> bool:
    """Return whether a story has a sentence to print; else it is told in one line, or not."""
    return bool(build_summary(story, language, boilerplate))


class SentenceCheck:
    """Says whether stories have a sentence to print, and which, and keeps its answers.

    It serves every later decision about the same items. An answer is that for the very items and
    judgements of a story: what the team changes of them is looked at again.
    """

    def __init__(
        self,
        stories: Iterable[Story] = (),
        boilerplate: SiteBoilerplate | None = None,
        build: Callable[[Story, str, SiteBoilerplate], tuple[Sentence, ...]] = build_summary,
    ) -> None:
        """Take the stories, what their sites repeat where that is known, and what summarises."""
        self.build = build
        self._items = [member.item for story in stories for member in story.items]
        self._boilerplate = boilerplate
        # language, id of the story → the story as it was, and its sentences
        self._known: dict[tuple[str, str], tuple[Story, tuple[Sentence, ...]]] = {}
        self._headlines: dict[tuple[str, str], tuple[Story, Headline]] = {}  # by the same

    def __call__(self, story: Story) -> bool:
        """Return whether a story has a sentence to print."""
        return bool(self.summarize(story))

    def summarize(self, story: Story, language: str = "en") -> tuple[Sentence, ...]:
        """Return the sentences of a story; see `build_summary`."""
        key = (language, story.id)
        known = self._known.get(key)
        if known is None or (known[0] is not story and known[0] != story):
            known = self._known[key] = story, self.build(story, language, self.boilerplate)
        return known[1]

    def find_headline(self, story: Story, language: str = "en") -> Headline:
        """Return the clearest title of a story; see `find_headline`."""
        key = (language, story.id)
        known = self._headlines.get(key)
        if known is None or (known[0] is not story and known[0] != story):
            known = self._headlines[key] = story, find_headline(story, language)
        return known[1]

    @property
    def boilerplate(self) -> SiteBoilerplate:
        """What the sites of the stories repeat, looked for when it is first needed."""
        if self._boilerplate is None:
            self._boilerplate = find_site_boilerplate(self._items)
        return self._boilerplate


def _find_sentences(
    member: TaggedItem, title: str, story: Story, boilerplate: SiteBoilerplate
) -> list[_PlacedSentence]:
    """Find the sentences of an item that can stand alone.

    They are of its summary, of the beginning of its text where the summary has fewer than two, and
    of what its page gave where both have fewer.
    """
    item, found, place = member.item, list[_PlacedSentence](), 0
    speaks = _speaks_for_itself(member, story)
    for text in (item.summary, item.text, item.description, item.fulltext):
        if len(found) >= _ENOUGH_SENTENCES:
            break
        known = {sentence.text for sentence in found}
        # Where the lines of a text were joined, its first sentence holds the page's heading.
        joined = text is item.text and bool(item.summary) and "\n" not in text
        for offset, sentence in _split_blocks(text, title, starts_within=joined):
            if (
                sentence not in known
                and _is_standalone(sentence, speaks)
                and not boilerplate.holds(item.source, sentence)
                and (speaks or not sentence.startswith(item.source_name))
                and not praises_publisher(sentence, item.source_name, title)
            ):
                words = list_content_words(sentence)
                found.append(_PlacedSentence(sentence, member, place + offset, words))
        # A gap, so that the last sentence of one and the first of the next are no neighbours.
        place = max([place, *(sentence.place + 2 for sentence in found)])
    return found


def _split_blocks(text: str, title: str, *, starts_within: bool = False) -> list[tuple[int, str]]:
    """Return the first sentences of a text, each with its place.

    No sentence reaches over a line, a heading or the start of an item of a list. What follows a
    heading on its line is glued to it and left out, and so is all before a heading that is the
    title: the page's boilerplate. One place stays empty for what is left out in a row, so that its
    neighbours are none.
    """
    placed: list[tuple[int, str]] = []
    gaps, follows_gap, wanted = 0, False, compact_text(title)
    for line in text[:_TEXT_CHARS].splitlines():
        for number, block in enumerate(_HEADING.split(line)):
            if wanted and len(wanted) > 20 and compact_text(block).startswith(wanted):
                placed = [] if number or compact_text(block) == wanted else placed
            is_glued = bool(number) or line.startswith("#") or starts_within
            for sentence in _split_block(block):
                # Menus and by-lines are no sentences and take no room.
                is_kept = not is_glued and find_fragment(sentence) is None
                if is_kept:
                    placed.append((len(placed) + gaps, sentence))
                    if len(placed) == _TEXT_SENTENCES:
                        return placed
                elif not follows_gap:
                    gaps += 1
                follows_gap, is_glued, starts_within = not is_kept, False, False
    return placed


def _split_block(block: str) -> list[str]:
    """Return the sentences of a paragraph, without what feeds put around it.

    "The post … appeared first on …" and "Read more" go; a cut is marked with … so that the
    sentence before it is seen to be cut.
    """
    text = _LEAD_LABEL.sub("", BYLINE.sub("", clean_markup(block)))
    is_framed = any(words in text for words in _FRAME_WORDS)  # most texts have no frame
    *pieces, last = _POST_BOILERPLATE.split(text) if is_framed else [text]
    if cut := _CUT.search(last, max(0, len(last) - _LONGEST_CUT)):
        mark = "…" if "…" in cut[0] or "..." in cut[0] else ""
        last = last[: cut.start()] + mark
    return [
        sentence
        for piece in (*pieces, last)
        for entry in _LIST_MARK.split(clean_text(piece))
        for sentence in split_sentences(entry)
    ]


def _is_standalone(sentence: str, is_speaker: bool) -> bool:
    """Return whether a whole sentence is readable, and says something about the world.

    `is_speaker` says whether its publisher is the one whom "we" means.
    """
    wide = bool(WIDE.search(sentence))
    long_enough = len(sentence) >= 14 if wide else len(list_words(sentence)) >= 6
    own_words = _QUOTED.sub("", sentence)
    return (
        long_enough
        and not _UNUSABLE.occurs_in(sentence)
        and not _ADVICE.occurs_in(sentence)
        and not _TEASER.search(sentence)
        and not _FIRST_PERSON.search(sentence)
        and not _QUOTED_WHOLE.fullmatch(sentence)
        and (is_speaker or not _COMPANY_VOICE.search(own_words))
    )


def _speaks_for_itself(member: TaggedItem, story: Story) -> bool:
    """Return whether "we" in an item is its publisher: in the trade press it is who is quoted."""
    name = member.item.source_name.casefold()
    vendors = (*member.tags.vendors, *story.tags.vendors)
    return (
        member.item.tier in ("vendor", "analyst", "regulator")
        or "blog" in name.split()
        or any(vendor.casefold() in name for vendor in vendors)
    )


def _needs_context(
    sentence: _PlacedSentence, title: str, chosen: Iterable[_PlacedSentence]
) -> bool:
    """Return whether a sentence needs one that is not there, and the headline does not help.

    "The court …" leans where no court was spoken of, a pronoun where nobody is named before it.
    """
    text = sentence.text
    if _DEPENDENT.occurs_in(text):
        return True
    known = list_content_words(title).union(
        *(other.words for other in chosen if other.tagged is sentence.tagged)
    )
    definite = _DEFINITE.match(text)
    if (
        definite
        and sentence.place  # the first sentence speaks of what the headline does
        and not _NAMED.match(text)
        and not {word.removesuffix("s") for word in list_content_words(definite["nouns"])}
        & {word.removesuffix("s") for word in known}
    ):
        return True
    anaphor = _ANAPHOR.search(text)
    if anaphor is None:
        return False
    named = text[: anaphor.start()]
    return not _NAME.search(named) and not known & list_content_words(named)


def _choose_sentences(
    sentences: Sequence[_PlacedSentence], title: str, story: Story
) -> list[_PlacedSentence]:
    """Choose the sentences of the highest score that do not repeat each other."""
    chosen: list[_PlacedSentence] = []
    room, title_words = _MAX_SUMMARY_CHARS, list_content_words(title)
    scores = [(_score_sentence(sentence, title_words, story), sentence) for sentence in sentences]
    scores.sort(
        key=lambda pair: (
            _is_weak(pair[1].text) or _only_announces(pair[1].text, title_words),
            -pair[0],
            pair[1].tagged.item.id,
            pair[1].place,
        )
    )
    for score, sentence in scores:
        if len(chosen) == _MAX_SENTENCES:
            break
        # A weak one stands in only where there is nothing else.
        if score <= 0 or (chosen and _is_weak(sentence.text)):
            continue
        follows = any(
            sentence.tagged is other.tagged and sentence.place == other.place + 1
            for other in chosen
        )
        if (
            len(sentence.text) <= room
            and not _is_repetition(sentence, title, chosen)
            and (follows or not _needs_context(sentence, title, chosen))
        ):
            chosen.append(sentence)
            room -= len(sentence.text)
    return chosen


def _score_sentence(sentence: _PlacedSentence, title_words: frozenset[str], story: Story) -> float:
    """Score a sentence: it names who or what the headline does, a figure, an availability.

    One that stands early, in the lead's words, is worth more; one that has nothing of these, or
    speaks to the reader, is worth nothing.
    """
    text = sentence.text
    named = any(vendor.casefold() in text.casefold() for vendor in story.tags.vendors)
    about = len(sentence.words & title_words)
    figure, available = bool(FIGURE.search(text)), _AVAILABLE.occurs_in(text)
    acts, to_reader = ACTION_VERB.occurs_in(text), bool(_TO_READER.search(text))
    opens = sentence.tagged is story.lead and sentence.place == 0
    item = sentence.tagged.item
    # All that a feed gives of an article is its publisher's own summary; one that names nobody may
    # be the scene with which the article begins.
    is_short = len(item.summary or item.text) <= _OWN_SUMMARY_CHARS
    is_summary = is_short and _NAME.search(text) is not None
    if not (named or about or figure or (opens and (available or acts or is_summary))):
        return 0.0
    if to_reader and not (figure or available or named):
        return 0.0
    leads, place = sentence.tagged is story.lead, min(sentence.place, 8)
    score = 1.0 + 0.8 * leads - 0.2 * place + 0.6 * named + 0.2 * min(about, 4)
    score += 0.5 * figure + 0.5 * available + 0.3 * acts - 0.5 * to_reader
    score -= 0.4 * bool(_COMPANY_VOICE.search(text)) + 0.7 * _HYPE.occurs_in(text)
    score -= 0.5 * _RELATIVE_TIME.occurs_in(text) + 0.4 * _WITHHOLDING.occurs_in(text)
    return max(0.05, score - 0.5 * _DEPENDENT.occurs_in(text))


def _is_weak(text: str) -> bool:
    """Return whether a sentence serves only where nothing else does: out of date, or a teaser."""
    says_enough = bool(FIGURE.search(text))
    return not says_enough and (_RELATIVE_TIME.occurs_in(text) or _WITHHOLDING.occurs_in(text))


def _only_announces(text: str, title_words: frozenset[str]) -> bool:
    """Return whether a sentence says that there is what the headline names, and no more."""
    said = _ANNOUNCES.sub(" ", text)
    return said != text and not list_content_words(said) - title_words


def _is_repetition(
    sentence: _PlacedSentence, title: str, chosen: Iterable[_PlacedSentence]
) -> bool:
    """Return whether a sentence says no more than the headline or a chosen sentence."""
    words = sentence.words
    new = words - list_content_words(title)
    figures = set(_NUMBER.findall(sentence.text)) - set(_NUMBER.findall(title))
    if not new or (len(new) <= max(2, 0.25 * len(words)) and not figures):
        return True
    start = sentence.text.split()[:_SAME_START_WORDS]
    return any(
        other.text.split()[:_SAME_START_WORDS] == start
        or len(words & other.words) >= 0.5 * min(len(words), len(other.words))
        for other in chosen
    )
