"""Find companies and products in an item: which are named, and which the item is about.

The names are data (`vocabulary/vendors.tsv`), and a team adds its own as `Vendor` values. Names
that are words are believed only with a reason: `care` says how much a written form needs.

    any    the form in any case: "hubspot", "HUBSPOT"
    case   the form as it is written: "Meta", never "meta"
    word   as written, and inside a sentence whose other words are in lower case, or with a cue
    cue    as written, and only with a cue: a verb of business after it ("Target launches"), its
           trade beside it ("Close CRM"), its address, its publisher, its owner or another name of
           it in the same item

The longest form wins ("Google Ads" before "Google"). Latin, Cyrillic and Greek forms are matched as
whole words; Chinese, Japanese, Korean and Thai forms anywhere, for these scripts put no spaces
round a name. In the file a sign before a form says its care: = case, ~ word, ! cue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, NamedTuple, cast

from digest.urls import extract_host

Care = Literal["any", "case", "word", "cue"]
Kind = Literal["company", "product", "media"]
Where = Literal["title", "source", "summary", "text"]

_NONE: Mapping[str, Care] = MappingProxyType({})
_SIGNS: Mapping[str, Care] = MappingProxyType({"=": "case", "~": "word", "!": "cue"})
_PLACES = ("title", "source", "summary", "text")  # the most telling first

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[^\W_{_UNSPACED}]+")
_PLAIN = str.maketrans("-‐‑\u00a0\u202f’‘ʼ", "     '''")
_QUOTES = str.maketrans("’‘ʼ", "'''")
_INNER_WORD = re.compile(r"(?<=[\w,'’] )[^\W\d_]{4,}")
_ENDINGS = frozenset("sаеиймухыюя")  # last letters of the endings below, and the plural's s
_RUSSIAN_ENDING = re.compile(r"(?<=[а-яё]{3})(?:ами|ом|ой|ем|ам|ах|а|у|е|ы|и|я|ю)$")
_COMPOUND = frozenset(
    "backed based branded built led like made native owned powered run style".split()
)
_COMPANY_FORM = re.compile(
    r"[\s,]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|plc|gmbh|ag|se|s\.?a|"
    r"s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|pty|ab|as|oy|k\.?k|group|holdings?|technologies|"
    r"software)\.?$",
    re.IGNORECASE,
)

_NOTE_TAIL = re.compile(
    r"\([^()]*(?:minute read|repo|webinar|sponsor(?:ed)?)\)\s*$| via @\w.*$", re.IGNORECASE
)
_LEAD_IN = re.compile(r"(?:(?:after|as|at|if|the|when|while) |[^,.]{1,24}, )?", re.IGNORECASE)
_JOINED_NAMES = re.compile(r"(?:,|\s|and|und|et|e|y|и|和|&)*")
_NAME = (
    r"[A-Z0-9][\w.&'’-]{0,30}(?: (?:of|for|the)(?= [A-Z]))?(?: (?:& )?[A-Z0-9][\w.&'’-]{0,30}){0,3}"
)
_RAISES = re.compile(
    r"(?:^|startup |platform |company |firm |maker |provider |vendor |: )"
    rf"(?P<who>{_NAME})(?:'s|’s)? "
    r"(?i:raises|raised|lands|secures|nabs|closes|bags|picks up|gets|scores|pulls in) "
    r"(?i:[\w,-]+ ){0,2}?[$€£¥₹]\s?\d"
)
_BUYS = re.compile(
    rf"(?:^|: )(?:Why |How )?(?P<who>{_NAME}) "
    r"(?i:to acquire|acquires|acquired|acquiring|to buy|buys|bought|snaps up) "
    rf"(?:[a-z-]+ ){{0,4}}?(?P<whom>{_NAME})"
)
_FUNDED = re.compile(
    r"(?:[「“](?P<who>[^」”]{2,20})[」”]|"
    r"(?<![A-Za-z0-9.&])(?P<latin>[A-Z][A-Za-z0-9.&]{0,30}(?: [A-Z][A-Za-z0-9.&]{0,30}){0,3}))"
    r"(?:再?获得?|完成).{0,12}?融资"
)
_BOUGHT_BY = re.compile(
    rf"(?:^|: )(?P<whom>{_NAME}) (?:is |to be |was )?(?i:acquired|bought) by (?P<who>{_NAME})"
)
_CUSTOMER_STORY = re.compile(  # of a vendor's own posts: customers and partners
    rf"^How (?P<how>{_NAME}) (?:is |are )?[a-z]{{3,}}(?:s|ed|ing)\b|"
    rf"^(?P<user>{_NAME}) (?:accelerates|automates|boosts|brings|builds|cuts|deploys|improves|"
    r"is bringing|is deploying|modernizes|powers|reimagines|scales|speeds|streamlines|transforms|"
    r"uses) |"
    r"(?:^| )(?i:partner(?:ing|s|ed)?|partnership|working|collaborat(?:ing|es|ion)) with "
    rf"(?:the )?(?P<with>{_NAME})(?: and (?P<too>{_NAME}))?|"
    rf"^(?P<first>{_NAME}) and (?P<second>{_NAME}) "
    r"(?i:announce|are|build|expand|launch|partner|sign|team)\b"
)
_DEALS = (_RAISES, _FUNDED, _BOUGHT_BY, _BUYS)
_VERSUS = frozenset(("vs", "versus", "contro", "gegen", "contre"))
_NO_NAMES = frozenset(
    "A AI API An CFOs CMOs CRM GEO How If In LLMs Marketers On Our SEO The These This Top We What "
    "Why Your".split()
)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A company or a product.

    A product has `kind` product and its company as `parent`. A company that publishes other
    people's words has `kind` media: being the source of an item does not make it the subject.
    """

    name: str
    aliases: tuple[str, ...] = ()
    site: str = ""  # host, with a path where the host is shared
    parent: str = ""  # name of the owner
    kind: Kind = "company"
    categories: tuple[str, ...] = ()  # slugs, the home category first
    care: Mapping[str, Care] = field(default_factory=lambda: _NONE)  # of unusual written forms
    blocked: tuple[str, ...] = ()  # words that, right before or after a form, take the name away
    cues: tuple[str, ...] = ()  # words that, anywhere in the item, make it believable


@dataclass(frozen=True, slots=True)
class Mention:
    """A company found in an item, at its most telling place."""

    name: str
    matched: str  # the item's words
    where: Where
    acting: bool  # the item is about its product or act
    categories: tuple[str, ...]  # home categories, a product's before its company's


class _NameForm(NamedTuple):
    """A written form of a vendor's name, ready to be matched."""

    written: str
    folded: str
    care: Care
    vendor: Vendor
    company: str


class _FormMatch(NamedTuple):
    """A form found in a passage."""

    form: _NameForm
    passage: _TextPassage
    start: int
    end: int

    @property
    def words(self) -> str:
        """The passage's own words."""
        return self.passage.text[self.start : self.end]

    @property
    def adjacent_words(self) -> tuple[list[str], list[str]]:
        """Up to two words before and after; a possessive s is no word."""
        folded = self.passage.folded
        before = folded[max(0, self.start - 40) : self.start]
        after = folded[self.end : self.end + 40].removeprefix("'s")
        return _WORD.findall(before)[-2:], _WORD.findall(after)[:2]

    @property
    def is_blocked(self) -> bool:
        """Whether a word beside it, in scripts without spaces letters, takes the name away."""
        blocked, folded = self.form.vendor.blocked, self.passage.folded
        if not blocked:
            return False
        if _HAS_UNSPACED.match(self.form.folded):
            return folded.endswith(blocked, 0, self.start) or folded.startswith(blocked, self.end)
        before, after = self.adjacent_words
        return _has_any([*before[-1:], *after[:1]], blocked)

    @property
    def starts_sentence(self) -> bool:
        """Whether a sentence, or a part of one, begins here."""
        before = self.passage.text[max(0, self.start - 20) : self.start].rstrip()
        return not before or before[-1] in '.!?:;•|–—(["“«‘„…·'

    @property
    def is_in_compound(self) -> bool:
        """Whether a hyphen makes it part of another word ("X-ray"), not of "X-owned"."""
        text = self.passage.text
        if text[self.start - 1 : self.start] == "-":
            return True
        if text[self.end : self.end + 1] != "-":
            return False
        word = _WORD.match(self.passage.folded, self.end + 1)
        return word is not None and word[0] not in _COMPOUND

    @property
    def has_lone_capital(self) -> bool:
        """Whether a capital marks a name: in lower case all round, inside a sentence."""
        if not self.passage.capitals_mark_names or self.starts_sentence:
            return False
        text = self.passage.text
        before = text[max(0, self.start - 40) : self.start].rstrip().rpartition(" ")[2]
        after = text[self.end :].lstrip(" ")[:1]
        return not before[:1].isupper() and not after.isupper()


@dataclass(frozen=True)
class _TextPassage:
    """Title, summary or text, with what its capitals are worth."""

    where: Where
    text: str
    folded: str

    @cached_property
    def is_all_caps(self) -> bool:
        """Whether the passage is in capitals throughout."""
        return self.text.isupper()

    @cached_property
    def capitals_mark_names(self) -> bool:
        """Whether a capital inside a sentence marks a name: not in headline case nor in German."""
        words: list[str] = _INNER_WORD.findall(self.text[:600])
        return sum(word[0].isupper() for word in words) <= 0.34 * len(words)


class Gazetteer:
    """All known vendors, compiled for matching. Build it with `load`, share it, never change it."""

    def __init__(self, vendors: Iterable[Vendor], cues: Mapping[str, frozenset[str]]) -> None:
        self._vendors = {vendor.name: vendor for vendor in vendors}
        self._cues = cues
        self._sites: dict[str, str] = {}
        claimed: dict[str, _NameForm] = {}
        for vendor in self._vendors.values():
            is_owned = vendor.kind == "product" and vendor.parent in self._vendors
            company = vendor.parent if is_owned else vendor.name
            if vendor.site:
                self._sites[vendor.site] = company
            for written in (vendor.name, *vendor.aliases):
                folded = _fold_aligned(written)
                # Short and all-capital forms count only as written.
                is_short = len(written) <= 3 or (len(written) == 4 and written.isupper())
                care = vendor.care.get(written, "case" if is_short else "any")
                claimed[folded] = _NameForm(written, folded, care, vendor, company)
        self._names = claimed
        # The longest forms first, by their first word and their second ("" where there is none);
        # those of scripts without spaces by their first letter.
        self._forms: dict[str, dict[str, list[_NameForm]]] = {}
        self._unspaced: dict[str, list[_NameForm]] = {}
        for form in sorted(claimed.values(), key=lambda form: len(form.folded), reverse=True):
            if _HAS_UNSPACED.match(form.folded):
                self._unspaced.setdefault(form.folded[0], []).append(form)
            elif words := _WORD.findall(form.folded):
                second = words[1] if len(words) > 1 else ""
                self._forms.setdefault(words[0], {}).setdefault(second, []).append(form)
        self._openings = re.compile(f"[{''.join(self._unspaced)}]") if self._unspaced else None

    @classmethod
    def load(cls, extra: Iterable[Vendor] = ()) -> Gazetteer:
        """Return the gazetteer of the shipped vendors and a team's own.

        A team's vendor replaces the shipped one of the same name, and a form that it claims is
        taken from whoever had it.
        """
        vendors = {vendor.name: vendor for vendor in load_shipped_vendors()}
        for vendor in extra:
            vendors.pop(vendor.name, None)
            vendors[vendor.name] = vendor
        cues: dict[str, frozenset[str]] = {}
        for line in _read_data_file("vendors.cues.tsv").splitlines()[1:]:
            kind, _, words = line.partition("\t")
            cues[kind] = cues.get(kind, frozenset()) | frozenset(words.split())
        return cls(vendors.values(), cues)

    # ------------------------------------------------------------ names

    def find_company(self, name: str) -> str:
        """Return the company behind a name, alias, product or registered name.

        The name itself is returned where it is unknown.
        """
        form = self._find_form(name)
        return form.company if form else name

    def find_vendor(self, name: str) -> Vendor | None:
        """Return what is known of the company behind a name; None where it is unknown."""
        return self._vendors.get(self.find_company(name))

    def is_act(self, word: str) -> bool:
        """Return whether a word, in small letters, says that a company does something."""
        return word in self._cues["acts"]

    def find_entry(self, name: str) -> Vendor | None:
        """Return what is known of the product or company of a name itself, not of its owner."""
        form = self._find_form(name)
        return form.vendor if form else None

    def _find_form(self, name: str) -> _NameForm | None:
        """Return the form that a name is, where need be without its legal form ("Acme Inc.")."""
        folded = _fold_aligned(" ".join(name.split()))
        while folded not in self._names:
            shorter = _COMPANY_FORM.sub("", folded)
            if shorter == folded:
                return None
            folded = shorter
        return self._names[folded]

    # ------------------------------------------------------------ items

    def find_mentions(
        self, title: str, summary: str = "", text: str = "", url: str = "", source: str = ""
    ) -> tuple[Mention, ...]:
        """Return the companies of an item, the acting ones first, then by place.

        `url` is the item's address, `source` its publisher's name.
        """
        title = _NOTE_TAIL.sub("", title)
        places: tuple[tuple[Where, str], ...] = (
            ("title", title),
            ("summary", summary),
            ("text", text),
        )
        passages = [
            _TextPassage(where, words, _fold_aligned(words)) for where, words in places if words
        ]
        publisher = self._match_source_name(source) or (self._match_site(url) if url else None)
        spots = [spot for passage in passages for spot in self._find_forms(passage)]
        confirmed = self._confirm_matches(spots, publisher, passages)
        return self._build_mentions(confirmed, publisher, title)

    def _find_forms(self, passage: _TextPassage) -> Iterator[_FormMatch]:
        """Yield all forms in a passage, the longest at each place, believed or not."""
        folded, done, forms_of = passage.folded, 0, self._forms.get
        for word in _WORD.finditer(folded):
            token = word[0]
            forms = forms_of(token)
            if forms is None:
                form = self._match_inflected(token) if token[-1] in _ENDINGS else None
                if form and word.start() >= done:
                    yield _FormMatch(form, passage, *word.span())
            elif word.start() >= done:
                after = _WORD.search(folded, word.end())
                longer = forms.get(after[0], ()) if after else ()
                if form := _find_longest((*longer, *forms.get("", ())), folded, word.start()):
                    done = word.start() + len(form.folded)
                    yield _FormMatch(form, passage, word.start(), done)
        if not folded.isascii() and self._openings:
            done = 0
            for opening in self._openings.finditer(folded):
                start = opening.start()
                if start >= done and (
                    form := _find_longest(self._unspaced[opening[0]], folded, start)
                ):
                    done = start + len(form.folded)
                    yield _FormMatch(form, passage, start, done)

    def _match_inflected(self, word: str) -> _NameForm | None:
        """Return the form behind a plural or genitive without apostrophe ("Googles", "Яндекса")."""
        form = self._names.get(word[:-1])
        if word[-1] != "s":
            stem = _RUSSIAN_ENDING.sub("", word)
            form = self._names.get(stem) or self._names.get(stem + "а")
        return form if form and form.care in ("any", "case") and len(word) > 4 else None

    # ------------------------------------------------------------ belief

    def _confirm_matches(
        self, spots: list[_FormMatch], publisher: str | None, passages: list[_TextPassage]
    ) -> list[_FormMatch]:
        """Return the spots that are names.

        What is doubtful in itself is believed where another spot, the publisher, the owner or a cue
        of the vendor's own supports it.
        """
        judged = [(spot, self._rate_evidence(spot)) for spot in spots]
        sure = {spot.form.company for spot, evidence in judged if evidence == "sure"} | {publisher}
        words: set[str] = set()
        if any(spot.form.vendor.cues and evidence == "doubtful" for spot, evidence in judged):
            words.update(word for passage in passages for word in _WORD.findall(passage.folded))

        def is_supported(spot: _FormMatch) -> bool:
            vendor = spot.form.vendor
            return (
                spot.form.company in sure
                or vendor.parent in sure
                or not words.isdisjoint(vendor.cues)
            )

        return [
            spot
            for spot, evidence in judged
            if evidence == "sure" or (evidence == "doubtful" and is_supported(spot))
        ]

    def _rate_evidence(self, spot: _FormMatch) -> Literal["sure", "doubtful", "none"]:
        form = spot.form
        before, after = spot.adjacent_words
        if spot.is_blocked:
            return "none"
        if form.care == "any":
            return "sure"
        is_as_written = spot.words.translate(_QUOTES).startswith(form.written)
        is_shout = spot.passage.is_all_caps and spot.words.isupper()
        if not (is_as_written or is_shout) or spot.is_in_compound:
            return "none"
        if form.care == "case" or self._has_cue(spot, before, after):
            return "sure"
        if form.care == "word":
            is_possessive = spot.passage.folded.startswith("'s", spot.end)
            if is_possessive or spot.has_lone_capital:
                return "sure"
        return "doubtful"

    def _has_cue(self, spot: _FormMatch, before: list[str], after: list[str]) -> bool:
        """Return whether a word beside a form speaks for a company: an act, an office, a trade."""
        cues = self._cues
        if _has_any(after[:1], cues["acts"]) or _has_any(after[:1], cues["after"]):
            return True
        if _has_any(before[-1:], cues["before"]):
            return True
        if len(before) > 1 and before[-1] in ("of", "by") and before[-2] in cues["before"]:
            return True
        if spot.starts_sentence or not spot.passage.capitals_mark_names:
            return False
        trade = frozenset().union(*(cues.get(slug, ()) for slug in spot.form.vendor.categories))
        return _has_any(after[:1], trade) or _has_any(before[-1:], trade)

    # ------------------------------------------------------------ publisher

    def _match_source_name(self, source: str) -> str | None:
        """Return the company whose own words a source's name announces.

        None is returned for a paper or a newsletter.
        """
        if not source:
            return None
        if "." in source and " " not in source:
            return self._match_site(f"https://{source}/")
        passage = _TextPassage("source", source, _fold_aligned(source))
        believed = (
            spot for spot in self._find_forms(passage) if self._rate_evidence(spot) != "none"
        )
        spot = next(believed, None)
        if not spot:
            return None
        vendor, house = self._vendors[spot.form.company], self._cues["house"]
        forms = " ".join(map(_fold_aligned, (vendor.name, spot.form.written, *vendor.aliases)))
        others = {*_WORD.findall(passage.folded)} - {*_WORD.findall(forms)} - self._cues["small"]
        is_medium = vendor.kind == "media"
        if not is_medium and spot.form.care in ("any", "case"):
            return vendor.name if others <= house else None
        has_sign = others & (self._cues["own"] if is_medium else house)
        return vendor.name if others <= house and has_sign else None

    def _match_site(self, url: str) -> str | None:
        """Return the company whose site an address is on.

        None is returned where a site carries other people's words.
        """
        name = extract_host(url)
        path = url.partition(name)[2].lower() if name else ""
        first = path.lstrip("/").partition("/")[0]
        sub = ""
        company = self._sites.get(f"{name}/{first}") or self._sites.get(name)
        while not company and name.count(".") > 1:
            sub, _, name = name.partition(".")
            company = self._sites.get(name)
        if company and self._vendors[company].kind == "media":
            return company if {sub, first} & self._cues["own"] else None
        return company

    # ------------------------------------------------------------ mentions

    def _build_mentions(
        self, spots: list[_FormMatch], publisher: str | None, title: str
    ) -> tuple[Mention, ...]:
        """Return one mention for each company, at its first and so most telling spot."""
        first: dict[str, _FormMatch] = {}
        for spot in spots:
            first.setdefault(spot.form.company, spot)
        acting = self._find_acting(first, publisher)
        found = []
        for company, spot in first.items():
            own = (*spot.form.vendor.categories, *self._vendors[company].categories)
            homes, where = tuple(dict.fromkeys(own)), spot.passage.where
            found.append(Mention(company, spot.words, where, company in acting, homes))
        if publisher and publisher not in first:
            categories = self._vendors[publisher].categories
            found.append(Mention(publisher, publisher, "source", publisher in acting, categories))
        taken = [(spot.start, spot.end) for spot in spots if spot.passage.where == "title"]
        for start, end in _find_unlisted_names(title, told_by_vendor=bool(publisher)):
            if all(end <= low or high <= start for low, high in taken):
                found.append(Mention(title[start:end], title[start:end], "title", True, ()))
        found.sort(key=lambda mention: (not mention.acting, _PLACES.index(mention.where)))
        return tuple(found)

    def _find_acting(self, first: Mapping[str, _FormMatch], publisher: str | None) -> set[str]:
        """Return the companies whose product or act the item is about.

        These are the companies of the title, except those it only compares with, those whose
        figures a summary gives, and the publisher; where none is named so, those that open the
        body.
        """
        acting, is_compared = set(), False  # one is weighed against another: "Acme vs. Bolide"
        for company, spot in first.items():
            before, after = spot.adjacent_words
            if spot.passage.where == "title":
                is_compared |= _has_any([*before[-1:], *after[:1]], _VERSUS)
                if not _has_any(before[-1:], self._cues["passive"]):
                    acting.add(company)
            elif spot.passage.where == "summary" and _has_any(after[:1], self._cues["research"]):
                acting.add(company)
        if publisher is None:
            return acting or set(_find_openers(first))
        is_between_others = len(acting) > 1 and publisher not in acting and is_compared
        return acting if is_between_others else acting | {publisher}


def list_acting_vendors(mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return the companies that an item is about."""
    return tuple(mention.name for mention in mentions if mention.acting)


# ---------------------------------------------------------------- who acts


def _find_openers(first: Mapping[str, _FormMatch]) -> Iterator[str]:
    """Yield the companies that open an item's body ("Google, Meta and TikTok …")."""
    last = None
    for company, spot in first.items():
        if spot.passage.where == "title":
            continue
        between = spot.passage.text[last.end if last else 0 : spot.start]
        if (last and last.passage is not spot.passage) or not (
            _JOINED_NAMES if last else _LEAD_IN
        ).fullmatch(between):
            return
        yield company
        last = spot


def _find_unlisted_names(title: str, told_by_vendor: bool) -> Iterator[tuple[int, int]]:
    """Yield where a title names companies that no list holds.

    They are found by the grammar of deals ("Acme raises $5m", "Acme to acquire Bolide") and, in a
    vendor's own words, of customer stories ("How Acme scales …").
    """
    patterns = (*_DEALS, _CUSTOMER_STORY) if told_by_vendor else _DEALS
    match = next(filter(None, (pattern.search(title) for pattern in patterns)), None)
    if match is None:
        return
    for group, words in match.groupdict().items():
        is_shout = words and words.isupper() and len(words) <= 4
        if words and not is_shout and words.partition(" ")[0] not in _NO_NAMES:
            yield match.span(group)


# ---------------------------------------------------------------- a form in its place


def _has_any(words: list[str], wanted: Iterable[str]) -> bool:
    return any(word in wanted for word in words)


def _find_longest(forms: Iterable[_NameForm], folded: str, start: int) -> _NameForm | None:
    """Return the first of forms, the longest first, that stands at a place as a whole word."""
    for form in forms:
        if folded.startswith(form.folded, start):
            end = start + len(form.folded)
            after = folded[end : end + 1]
            if (
                not after.isalnum()
                or _HAS_UNSPACED.match(after)
                or _HAS_UNSPACED.match(form.folded[-1])
            ):
                return form
    return None


# ---------------------------------------------------------------- forms and data


def _fold_aligned(text: str) -> str:
    """Return a text in lower case with plain apostrophes and hyphens as spaces.

    It is as long as the text, so that places stay.
    """
    lower = text.lower()
    if lower.isascii():
        return lower.replace("-", " ")
    if len(lower) != len(text):
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_PLAIN)


@cache
def load_shipped_vendors() -> tuple[Vendor, ...]:
    """Return the vendors that come with the program."""
    vendors = []
    for line in _read_data_file("vendors.tsv").splitlines()[1:]:
        cells = (line + "\t" * 7).split("\t")[:8]
        name, aliases, site, parent, kind, categories, blocked, cues = cells
        written = [name, *(aliases.split("; ") if aliases else ())]
        forms = [form[1:] if form[0] in _SIGNS else form for form in written]
        care = {form[1:]: _SIGNS[form[0]] for form in written if form[0] in _SIGNS}
        vendor = Vendor(
            name=forms[0],
            aliases=tuple(forms[1:]),
            site=site,
            parent=parent,
            kind=cast("Kind", kind or "company"),
            categories=tuple(categories.split()),
            care=care or _NONE,
            blocked=tuple(blocked.split()),
            cues=tuple(cues.split()),
        )
        vendors.append(vendor)
    return tuple(vendors)


def _read_data_file(name: str) -> str:
    return (files("digest.tag") / "vocabulary" / name).read_text("utf-8")
