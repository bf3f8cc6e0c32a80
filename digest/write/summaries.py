"""The text of a story without any model: a headline and two or three sentences, all of them the sources' own words.

Nothing is written here, only chosen and cleaned: frames that publishers put around their words (site names, "via @…",
"(5 minute read)", "The post … appeared first on …", calls to subscribe) go, and so does every sentence that a feed cut.
Where nothing honest is to be had the summary is empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.model.edition import Sentence
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.text import clean_text, split_sentences, truncate_text
from digest.urls import extract_host

_MAX_TITLE_CHARS = 160
_MAX_SENTENCE_CHARS = 340  # characters of a sentence; a longer one is a list or a paragraph
_MAX_SENTENCES = 3  # sentences
_ENOUGH_SENTENCES = 2  # sentences of a summary that make its full text, and its page, unnecessary
_SAME_START_WORDS = 4  # words: two sentences that begin alike read as one told twice
_MAX_SUMMARY_CHARS = 520  # characters of all sentences together
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_NUMBER = re.compile(r"\d+")

# ------------------------------------------------------------------ cleaning

_MARKDOWN = re.compile(r"\*\*|__|`|^#{1,6} | #{2,6} |-{4,}|={4,}|\\[nt]")
_LOOSE_STOP = re.compile(r" +([,.;])(?= |$)")
_BYLINE = re.compile(r"^(?:(?:文|作者|编辑|編輯|来源|來源|报道|采访)\s*[|｜丨:：]\s*\S{1,8}\s+)+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]{1,200})\]\((?:https?://|/)[^)\s]*\)")
_POST_BOILERPLATE = re.compile(
    r"(?:^|(?<=[.!?…\s]))The post\b[^.]{0,300}?(?:\bappeared first on\b[^.]{0,80}\.?|$)"
)
_CUT = re.compile(
    r"\s*(?:\[(?:…|\.\.\.|&hellip;)\]|(?:…|\.\.\.)\s*(?:\(?(?:read|continue|learn|weiterlesen|leggi|lire|leer|อ่าน|阅读|查看)\b[^.]{0,40})?)\s*$"
    r"|\s*\b(?:Read (?:more|on|the full (?:story|article|post))|Continue reading|Weiterlesen|Leggi tutto|Lire la suite|Leer más"
    r"|Learn more|อ่านต่อ|阅读全文|点击卡片可查看原文。?)\W*$",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u2b50\u2b55]+")

_VIA = re.compile(r"\s+via @\w.*$", re.IGNORECASE)
_SERIES = re.compile(
    r"\s[–—-]\s(?:\w+ )?(?:pulse|roundup|round-up|recap)$|^why (?=your\b)", re.IGNORECASE
)
_TAIL_NOTE = re.compile(
    r"\s*[(\[](?:\d+ min(?:ute)?s?(?: read)?|website|github repo|hugging face repo|sponsor(?:ed)?|video|podcast|watch now|"
    r"infographic|study|webinar|report|updated|update|new|exclusive)[)\]]\s*$",
    re.IGNORECASE,
)
_HEAD_NOTE = re.compile(
    r"^(?:(?:exclusive|breaking|breaking news|watch|sponsored|updated?|news)\s*[:|–—]\s*|[\u3400-\u9fff0-9]{2,6}[|｜丨]\s*|"
    r"\[[^\]]{2,20}\]\s*)",
    re.IGNORECASE,
)
_WIDE_TAIL = re.compile(r"\s*[|｜丨]\s*[\u3400-\u9fff0-9]{2,6}$")
_BAIT_TAIL = re.compile(
    r"(?:\s*[-–—:;,.…(]\s*|\s+)(?:and\s+)?(?:here['’]?s?(?: is)? (?:why|what|how)|what (?:it|this|that) means|why (?:it|this|that) matters|"
    r"what (?:you|we|marketers|brands) (?:need to )?know|you won['’]t believe|what happens next|what (?:you )?(?:should|to) do about it|use this (?:before|now)|now you have to|your \w+ (?:hasn|isn)['’]t)\b.*$",
    re.IGNORECASE,
)
_BAIT = re.compile(
    r"\b(?:you won['’]t believe|shock\w*|this one|game.?changer|must.?(?:read|see|know)|everything you need|secrets?|"
    r"mind.?blowing|insane|crazy|here['’]s|what .{0,40} means)\b|!|^(?:why|how|what|when|should|is|are|can|do|does|will)\b|\?",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"^(?:introducing|announcing|meet|celebrating|our|a|an|the future)\b|[“”\"]|\b(?:your|you|we|i)\b",
    re.IGNORECASE,
)
_ACTION_VERB = re.compile(
    r"\b(?:launch|release|introduc|unveil|announc|add|roll|expand|acquir|buy|bought|rais|clos|shut|sunset|retir|end|cut|rais|"
    r"price|charg|fine|sue|rule|ban|requir|mandat|block|open|test|let|bring|find|found|show|report|drop|grow|rise|fell|"
    r"partner|merg|delay|replac|updat|upgrad|chang|mov|switch|start|stop|remov|join|hire|lead|bring|give)\w*",
    re.IGNORECASE,
)

# ------------------------------------------------------------------ sentences

_END = re.compile(r"[.!。！][\"'”’»)\]」』]*$")
_FRAGMENT_END = re.compile(r"(?:\b(?:[A-Z]|vs|etc)\.|\.\.\.|…)[\"'”’»)\]]*$")
_HEADING = re.compile(r"\s#{1,6}\s")
_UNUSABLE = re.compile(
    r"\b(?:cookies?|(?:un)?subscrib\w*|newsletter|sign up|register (?:now|here|today)|webinar|click here|learn more|"
    r"download (?:the|our|now)|read more|watch (?:the|more|now|on demand)|skip to content|all rights reserved|log ?in|"
    r"privacy policy|join us|contact us|get started|book a demo|free trial|sponsored by|follow us|share this|"
    r"(?:in )?this (?:article|post|guide|episode|video|session|webinar)|appeared first on|advertisement|image credits?|"
    r"table of contents|check your inbox|(?:the )?information you provide|our mission is|here['’]s (?:what|why|how)|"
    r"i agree|photo by|summaries were generated by|\d+ min read|opens in a new window|news and insights)\b|https?://|@\w|⋅|[:.] - |"
    r"来源[|｜丨:：]|作者[|｜丨:：]|编辑[|｜丨:：]|点击|订阅|Источник:|Подпис",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"^(?:learn|find out|discover|see|read|watch|explore|check out|here['’]s|here is|here are|get|use|try|start|stop|"
    r"raise|lower|set|review|audit|don['’]t|make|take|join|dive|let['’]s|want|if you|imagine|meet|plus|ready|treat|treating|build|think|"
    r"by [A-Z]\w+ [A-Z]\w+ )\b|.*, so (?:review|audit|check)\b",
    re.IGNORECASE,
)
# Half a question, half a sentence, a caption.
_TEASER = re.compile(
    r"^(?:(?:what|how|why|where|which|who|whether|like|including|especially|because)\b|when\b(?![^,]*,)|"
    r"an? (?:sped-up |short )?(?:screenshot|photo|video|chart|graph|image|illustration) of\b|"
    r"we (?:hope|believe|think)\b)|\?|\* ?\w+.*\*",
    re.IGNORECASE,
)
_GLUED_HEADING = re.compile(
    r"[a-z] (?:The|This|These|In|We|It|For|What|How|Why|When|If|As|But|And|At|On|To|With|Every|A) [a-z]"
)
_DEPENDENT = re.compile(
    r"^(?:but|and|or|so|yet|however|still|also|then|this|that|these|those|it|its|it['’]s|they|their|he|she|his|her|"
    r"such|instead|meanwhile|additionally|moreover|furthermore|as a result|for example|for instance|in addition|both|"
    r"that['’]s|therefore|thus|there|together|at the same time|most importantly|rather than|another|now,? it|today,? it|one of the|of (?:those|these)|(?:\w+ ){1,4}also|as the (?:deployment|rollout|system)\b|the (?:\w+%? )?"
    r"(?:company|moves?|changes?|features?|tools?|updates?|report|study|deal|new|same|figure|domain|post|pilot|growth rate|reporting))\b"
    r"|.*\b(?:these (?:changes|updates)|(?:rolling|rolled) it out)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|my|me)\b")
_TO_READER = re.compile(r"\b(?:you|your|you['’](?:re|ll|ve))\b", re.IGNORECASE)
_COMPANY_VOICE = re.compile(r"\b(?:we|we['’](?:re|ve|ll)|our|us)\b", re.IGNORECASE)
_HYPE = re.compile(
    r"\b(?:thrilled|excited|delighted|proud|happy to|pleased to|revolutioni[sz]\w*|game.?chang\w*|seamless\w*|"
    r"cutting.edge|world.class|best.in.class|unlock\w*|supercharge\w*|empower\w*)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d(?:[\d.,]*)\s?(?:%|percent|per cent|million|billion|trillion|млн|млрд|亿|万)|[$€£¥]\s?\d|\b\d{2,}\b"
)
_AVAILABLE = re.compile(
    r"\b(?:available|availability|rolling out|rolls? out|starting|effective|beginning|launch(?:ed|es|ing)?|beta|preview|"
    r"pilot|from (?:january|february|march|april|may|june|july|august|september|october|november|december)|priced?|"
    r"costs?|free|later this (?:year|month|quarter)|by 20\d\d)\b|上线|推出|开放|发布|доступн|запуст",
    re.IGNORECASE,
)
_PAIRS = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"), ("「", "」"), ("『", "』"))
_TEXT_SENTENCES = 14  # of the full text: what matters stands at its beginning


@dataclass(frozen=True, slots=True)
class _PlacedSentence:
    """A sentence with its place."""

    text: str
    tagged: TaggedItem
    place: int  # in its item; the full text counts on after the summary
    words: frozenset[str]


def choose_headline(story: Story, language: str = "en") -> tuple[str, str]:
    """The clearest title among the story's items, cleaned, and its language: `language` where an item has it, else the
    one that most items have. Never cut within a word; "" only where no item has a word."""
    members = _members_in_language(story, language)
    common = Counter(word for member in story.items for word in _content_words(member.item.title))
    titles = [(clean_title(member.item), member) for member in members]
    titles = [(title, member) for title, member in titles if title] or [
        (_first_sentence(member.item), member) for member in members
    ]
    best = max(
        titles, key=lambda one: (_score_title(one[0], one[1], story, common), one[1].item.id)
    )
    return truncate_text(best[0], _MAX_TITLE_CHARS), best[1].item.language


def build_summary(story: Story, language: str = "en") -> tuple[Sentence, ...]:
    """Two or three whole sentences of the story's items, word for word: who, what, figure, availability. Fewer, or (),
    where the items have no more that can stand alone and says more than the headline."""
    title, spoken = choose_headline(story, language)
    said = [
        one
        for member in _members_lead_first(story)
        if member.item.language == spoken
        for one in _find_sentences(member)
    ]
    chosen = _choose_sentences(said, title, story)
    return tuple(
        Sentence(one.text, one.tagged.item.source_name, one.tagged.item.url) for one in chosen
    )


def clean_title(item: Item) -> str:
    """An item's title without site names, newsletter notes, bait, emoji and shouting."""
    title = _clean_markup(_EMOJI.sub(" ", item.title))
    title = _SERIES.sub("", _VIA.sub("", title))
    title = title[:1].upper() + title[1:] if item.title[:1].isupper() else title
    for _ in range(3):
        title = _HEAD_NOTE.sub(
            "", _TAIL_NOTE.sub("", _WIDE_TAIL.sub("", _strip_site_name(title, item)))
        ).strip()
    short = _BAIT_TAIL.sub("", title).strip(" -–—:;,.")
    title = short if len(_WORD.findall(short)) >= 4 else title
    title = re.sub(r"\s*!+$", "", re.sub(r"([!?])\1+", r"\1", title))
    title = _fix_all_caps(title, item.summary or item.text)
    return title if title.endswith(("…", "...")) or _WIDE.search(title) else title.rstrip(" .")


def clean_body(item: Item) -> str:
    """An item's summary, or its text where it has none, as the sentences are taken from it: one line, no markup."""
    return _BYLINE.sub("", _clean_markup(item.summary) or _clean_markup(item.text))


# ------------------------------------------------------------------ titles


def _clean_markup(text: str) -> str:
    text = (
        _MARKDOWN.sub(" ", _MARKDOWN_LINK.sub(r"\1", text)).replace("\\'", "'").replace('\\"', '"')
    )
    return _LOOSE_STOP.sub(r"\1", clean_text(text))


def _strip_site_name(title: str, item: Item) -> str:
    head, mark, tail = _split_last_part(title)
    if not mark or len(_WORD.findall(head)) < 2:
        return title
    site = _compact_text(
        extract_host(item.url).rpartition(".")[0].rpartition(".")[2] or extract_host(item.url)
    )
    name, source = _compact_text(tail), _compact_text(item.source_name)
    known = name and (
        name in (source, site)
        or name in source
        or source in name
        or (site and site == name[: len(site)])
    )
    return head if known and len(_WORD.findall(tail)) <= 6 else title


def _split_last_part(title: str) -> tuple[str, str, str]:
    match = re.search(r"^(.*)(\s[|–—·•-]\s|\s?[|｜]\s?)([^|｜]+)$", title)
    return (match[1], match[2], match[3]) if match else (title, "", "")


def _compact_text(text: str) -> str:
    return re.sub(r"\W+", "", unicodedata.normalize("NFKD", text).casefold())


def _fix_all_caps(title: str, body: str) -> str:
    letters = [letter for letter in title if letter.isalpha() and letter.upper() != letter.lower()]
    words = title.split()
    if (
        len(words) < 4
        or not letters
        or sum(letter.isupper() for letter in letters) < 0.7 * len(letters)
    ):
        return title
    seen = {
        word.casefold(): word
        for word in reversed(re.findall(r"\w[\w&'’-]*", body))
        if not word.isupper() or len(word) < 5
    }
    quiet = " ".join(
        re.sub(r"\w[\w&'’-]*", lambda match: _restore_case(match[0], seen), word) for word in words
    )
    return quiet[:1].upper() + quiet[1:]


def _restore_case(word: str, seen: dict[str, str]) -> str:
    known = seen.get(word.casefold())
    if known:
        return known
    return (
        word
        if len(word) <= 3 and word.isupper() and word.casefold() not in _STOPWORDS
        else word.casefold()
    )


_STOPWORDS = frozenset(
    "a an the and or of to in on for by is it as at be up no not new now all you we our its can get how why".split()
)


def _score_title(title: str, member: TaggedItem, story: Story, common: Counter[str]) -> float:
    words = _content_words(title)
    shared = sum(common[word] - 1 for word in words) / max(
        len(words) * max(len(story.items) - 1, 1), 1
    )
    named = any(vendor.casefold() in title.casefold() for vendor in story.tags.vendors)
    score = (
        2 * shared
        + 1.0 * named
        + 0.6 * bool(_ACTION_VERB.search(title))
        + 0.3 * bool(_FIGURE.search(title))
    )
    score += (
        0.5 * (member is story.lead)
        - 0.8 * bool(_BAIT.search(title))
        - 0.4 * bool(_VAGUE.search(title))
    )
    length = len(title) * (2 if _WIDE.search(title) else 1)
    score -= 0.8 * (length < 25) + 0.5 * (length > 120) + 1.5 * title.endswith(("…", "..."))
    return (
        score
        - 0.5 * (member.item.tier == "newsletter")
        - 1.0 * (member.tags.event in ("opinion", "howto", "promo"))
    )


def _first_sentence(item: Item) -> str:
    return next(iter(split_sentences(clean_body(item))), "")


# ------------------------------------------------------------------ sentences


def _members_in_language(story: Story, language: str) -> Sequence[TaggedItem]:
    languages = Counter(member.item.language for member in story.items)
    spoken = (
        language
        if language in languages
        else min(languages, key=lambda one: (-languages[one], one != story.lead.item.language, one))
    )
    return [member for member in story.items if member.item.language == spoken]


def _members_lead_first(story: Story) -> Iterable[TaggedItem]:
    return [story.lead, *(member for member in story.items if member is not story.lead)]


def _find_sentences(member: TaggedItem) -> list[_PlacedSentence]:
    """The sentences of an item that can stand: of its summary, of the beginning of its text where the summary has
    fewer than two, and of its page where both have fewer."""
    item = member.item
    parts = _split_sentences(clean_body(item))
    found = [(place, one) for place, one in enumerate(parts) if _is_standalone(one)]
    if item.summary and item.text and len(found) < _ENOUGH_SENTENCES:
        known = {one for _, one in found}
        after = ((len(parts) + 1 + place, one) for place, one in _text_sentences(item))
        found += [(place, one) for place, one in after if one not in known and _is_standalone(one)]
    if len(found) < _ENOUGH_SENTENCES:
        known = {one for _, one in found}
        paged = enumerate(
            _page_sentences(item), max([len(parts), *(place for place, _ in found)]) + 2
        )
        found += [(place, one) for place, one in paged if one not in known and _is_standalone(one)]
    return [_PlacedSentence(one, member, place, _content_words(one)) for place, one in found]


def _split_sentences(text: str) -> list[str]:
    """The sentences between what feeds put in: "The post … appeared first on …" and "Read more" go, and a cut is marked
    with … so that the sentence before it is seen to be cut."""
    pieces = _POST_BOILERPLATE.split(text)
    cut = _CUT.search(pieces[-1])
    mark = "…" if cut and ("…" in cut[0] or "..." in cut[0]) else ""
    pieces[-1] = _CUT.sub(mark, pieces[-1])
    return [one for piece in pieces for one in split_sentences(clean_text(piece))]


def _text_sentences(item: Item) -> list[tuple[int, str]]:
    """The first sentences of an item's full text, each with its place. What follows a heading is glued to it and left
    out, and so is the page's own frame, which stands before the first heading; its place stays empty, so that the
    sentences around it are no neighbours."""
    pieces = [
        list(split_sentences(_clean_markup(piece)))
        for piece in _HEADING.split(f" {clean_text(item.text)}")
    ]
    placed = enumerate((n, one) for piece in pieces for n, one in enumerate(piece))
    return [(place, one) for place, (n, one) in placed if n][:_TEXT_SENTENCES]


def _page_sentences(item: Item) -> list[str]:
    """The first sentences of an item's page, whose lines are paragraphs and headings."""
    return [
        one for line in item.fulltext.splitlines() for one in split_sentences(_clean_markup(line))
    ][:_TEXT_SENTENCES]


def _is_standalone(sentence: str) -> bool:
    """Whether a sentence is whole, of a readable length, and says something about the world."""
    wide = bool(_WIDE.search(sentence))
    long_enough = len(sentence) >= 14 if wide else len(_WORD.findall(sentence)) >= 6
    return (
        bool(_END.search(sentence))
        and not _FRAGMENT_END.search(sentence)
        and long_enough
        and len(sentence) <= _MAX_SENTENCE_CHARS
        and _is_balanced(sentence)
        and not _UNUSABLE.search(sentence)
        and not _ADVICE.match(sentence)
        and not _TEASER.search(sentence)
        and not _GLUED_HEADING.search(sentence)
        and not _FIRST_PERSON.search(sentence)
        and (wide or sentence[0].isupper() or sentence[0].isdigit() or sentence[0] in "\"“‘'«¿¡$€£")
    )


def _is_balanced(sentence: str) -> bool:
    """Whether quotation marks and brackets are closed: an open one is half of something."""
    return (
        all(sentence.count(a) == sentence.count(b) for a, b in _PAIRS)
        and sentence.count('"') % 2 == 0
    )


def _choose_sentences(
    said: Sequence[_PlacedSentence], headed: str, story: Story
) -> list[_PlacedSentence]:
    chosen: list[_PlacedSentence] = []
    title = _content_words(headed)
    room = _MAX_SUMMARY_CHARS
    by_worth = sorted(
        said, key=lambda one: (-_score_sentence(one, title, story), one.tagged.item.id, one.place)
    )
    for one in by_worth:
        if (
            len(chosen) == _MAX_SENTENCES
            or len(one.text) > room
            or _is_repetition(one, headed, chosen)
        ):
            continue
        if _DEPENDENT.match(one.text) and not any(
            _is_next_sentence(one, other) for other in chosen
        ):
            continue
        if _score_sentence(one, title, story) <= 0:
            break
        chosen.append(one)
        room -= len(one.text)
    order = {member.item.id: at for at, member in enumerate(_members_lead_first(story))}
    return sorted(chosen, key=lambda one: (order[one.tagged.item.id], one.place))


def _score_sentence(one: _PlacedSentence, title: frozenset[str], story: Story) -> float:
    """What a sentence gives: it names who or what the headline does, a figure, an availability; it stands early, in the
    lead's words. What has nothing of these, or speaks to the reader, is worth nothing."""
    named = any(vendor.casefold() in one.text.casefold() for vendor in story.tags.vendors)
    about = len(one.words & title)
    figure, available = bool(_FIGURE.search(one.text)), bool(_AVAILABLE.search(one.text))
    acts = bool(_ACTION_VERB.search(one.text))
    if not (named or about or figure or available or acts):
        return 0.0
    if _TO_READER.search(one.text) and not (figure or available or named):
        return 0.0
    score = (
        1.0
        + 0.8 * (one.tagged is story.lead)
        - 0.2 * min(one.place, 8)
        + 0.6 * named
        + 0.2 * min(about, 4)
    )
    score += 0.5 * figure + 0.5 * available + 0.3 * acts - 0.5 * bool(_TO_READER.search(one.text))
    score -= 0.4 * bool(_COMPANY_VOICE.search(one.text)) + 0.7 * bool(_HYPE.search(one.text))
    return max(0.05, score - 0.5 * bool(_DEPENDENT.match(one.text)))


def _is_next_sentence(one: _PlacedSentence, other: _PlacedSentence) -> bool:
    return one.tagged is other.tagged and one.place == other.place + 1


def _is_repetition(one: _PlacedSentence, headed: str, chosen: Iterable[_PlacedSentence]) -> bool:
    """Whether a sentence says no more than the headline, or than one that is chosen already."""
    new = one.words - _content_words(headed)
    figures = set(_NUMBER.findall(one.text)) - set(_NUMBER.findall(headed))
    if not new or (len(new) <= max(2, 0.25 * len(one.words)) and not figures):
        return True
    start = one.text.split()[:_SAME_START_WORDS]
    if any(other.text.split()[:_SAME_START_WORDS] == start for other in chosen):
        return True
    return any(
        len(one.words & other.words) >= 0.5 * min(len(one.words), len(other.words))
        for other in chosen
    )


def _content_words(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _WIDE.search(word):
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        elif len(word) > 2 and word not in _STOPWORDS:
            found.add(word.removesuffix("'s").removesuffix("’s"))
    return frozenset(found)
