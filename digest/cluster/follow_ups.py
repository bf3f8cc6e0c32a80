"""Find the earlier story that a story carries on: the same party, the same product, a later act.

Likeness of words joins nothing. Two stories are of one thread where one party acts in both (a
vendor, or an authority in its own publications) and both headlines speak of one thing:

- *company*: the party itself, once somebody else buys it: that happens to all that it sells;
- *money*: what a party ends whose funding was told, where it is known for little else;
- *version*: the next version of a product;
- *name*: a product by its name;
- *thing*: what has no name of its own, by words or a figure that both stories hold, in one
  category, where the party has so few stories that they are no chance.

A word that stands in most stories of a party (its platform), or in those of many parties (a thing
of the trade), tells no product apart. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from digest.cluster.names import EVENT_PATTERNS
from digest.cluster.pairs import TokenRarity
from digest.cluster.traits import ItemTraits, tokenize_text
from digest.model.item import Item
from digest.model.source import is_source_of
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.text import is_issue_title

JoinKind = Literal["company", "version", "name", "thing", "money"]
_PRECEDENCE: Sequence[JoinKind] = ("company", "version", "name", "thing", "money")  # surest first
_MIN_NAME_RARITY = 0.58  # of a product's name among all stories
_MIN_OWN_SHARE = 0.5  # of the stories that hold a product's name, told of its maker
_MIN_THING_RARITY = 0.5  # of a word of both headlines
_MIN_THING_SUM = 1.25  # of all words of one headline that the other story holds
_MIN_FIGURE_WORDS = 3  # that stand beside a figure which two stories share
_MAX_THING_STORIES = 16  # of a party with more, two headlines share words by chance
_MAX_FUNDED_STORIES = 5  # of a party with more, what it was funded for is not known
_UMBRELLA_SHARE = 0.65  # of a party's stories: a word in more of them is no product
_MIN_UMBRELLA_STORIES = 6  # of a party with fewer, nothing is known of its platform
# Of the trade, and written in capitals as products are.
_TRADE_ACRONYMS = frozenset(
    "aeo ai api apis b2b b2c cdp ceo cms cmo crm cto dam dsp ga geo gpu ios kpi llm llms mcp ml "
    "roas roi sdk seo serp ssp tpu tv ui ux".split()
)
# What happens to a product; a study or an opinion of it is no part of its life.
_PRODUCT_EVENTS = frozenset(
    ("launch", "update", "pricing", "shutdown", "acquisition", "regulation", "incident", "other")
)
_BOUGHT = re.compile(EVENT_PATTERNS["acquisition"], re.IGNORECASE)
_LOWER_WORD = re.compile(r"(?<![\w’'-])[a-zà-ÿ][a-zà-ÿ]+")
_MAX_TEXT = 1500  # characters of a story that are searched for words in small letters
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
# A name in a headline, its version, and the word that tells it from its kin: "Opus 4.8 Fast".
# What something is made for, or compared with, is not what it is about.
_NAMED = re.compile(
    r"(?<!\bfor )(?<!\bon )(?<!\bin )(?<!\bwith )(?<!\bto )(?<!\bthan )(?<!\bvs )(?<!\w)"
    r"([A-Z][A-Za-z]+)"
    r"(?:[ ‑-]?[vV]?(\d+(?:\.\d+)*)(?![\w%])(?! (?:years?|ways|new|of|[mb]illion|jahre|anni)\b))?"
    r"(?=(?: ([A-Z][a-z]{2,}))?)"
)
_Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ThreadSubject:
    """What a story is about, as threads see it."""

    parties: frozenset[str]  # who acts, in small letters
    traits: ItemTraits
    category: str | None
    event: str
    title: frozenset[str]  # tokens of the headline without what stands in brackets
    named: Mapping[str, tuple[tuple[_Version, str], ...]]  # name → its versions and kin
    lower: frozenset[str]  # words that it writes in small letters: they are no names
    sold: str = ""  # the party that somebody else buys


@dataclass(frozen=True, slots=True)
class Join:
    """Why two stories are of one thread."""

    kind: JoinKind
    parties: tuple[str, ...]
    words: tuple[str, ...]  # that both share, the rarest first
    weight: float

    @property
    def sort_key(self) -> tuple[int, float]:
        """The surer of two joins has the greater key."""
        return -_PRECEDENCE.index(self.kind), self.weight


def find_parties(story: Story, vendors: Iterable[str]) -> tuple[str, ...]:
    """Return who acts in a story: whom its reports name first, and who publishes it of itself.

    `vendors` are all that are known, to find the owners of sources by their names.
    """
    found = [vendor for member in story.items for vendor in member.tags.vendors[:1]]
    for item in (member.item for member in story.items):
        if item.tier == "vendor":
            found += (vendor for vendor in vendors if is_source_of(item.source_name, vendor))
        elif item.tier == "regulator":
            found.append(item.source_name)
    return tuple(dict.fromkeys(found))


def describe_subject(
    lead: TaggedItem, parties: Sequence[str], traits: ItemTraits
) -> ThreadSubject | None:
    """Return what a story is about, by its lead; None for an issue that lists several things.

    Where no vendor is known, whoever the headline begins with acts.
    """
    item, tags = lead.item, lead.tags
    if is_issue_title(item.title):
        return None
    title = _BRACKETS.sub(" ", item.title)
    return ThreadSubject(
        parties=frozenset(map(str.casefold, parties)) or _find_leading_name(traits, title),
        traits=traits,
        category=tags.category,
        event=tags.event,
        title=traits.title & frozenset(tokenize_text(title)),
        named=_find_named(title),
        lower=_find_lower_words(item),
        sold=_find_sold_party(item.title, tags.vendors) if tags.event == "acquisition" else "",
    )


def _find_leading_name(traits: ItemTraits, title: str) -> frozenset[str]:
    begins_with = next(tokenize_text(title), "")
    return frozenset({begins_with} if begins_with and begins_with == traits.subject else ())


def _find_named(title: str) -> Mapping[str, tuple[tuple[_Version, str], ...]]:
    found: dict[str, list[tuple[_Version, str]]] = defaultdict(list)
    for match in _NAMED.finditer(title):
        version = tuple(map(int, match[2].split("."))) if match[2] else ()
        kin = next(tokenize_text(match[3]), "") if match[3] else ""
        for name in tokenize_text(match[1]):
            found[name].append((version, kin))
    return {name: tuple(rows) for name, rows in found.items()}


def _find_lower_words(item: Item) -> frozenset[str]:
    text = f"{item.title}. {item.summary} {item.text}"[:_MAX_TEXT]
    return frozenset(tokenize_text(" ".join(_LOWER_WORD.findall(text))))


def _find_sold_party(title: str, parties: Iterable[str]) -> str:
    """Return the party that a headline says is bought, in small letters; "" where it does not."""
    bought = _BOUGHT.search(title)
    if bought is None:
        return ""
    rest = title[bought.end() :]
    places = {rest.find(party): party for party in parties if party in rest}
    if not places or rest[: min(places)].rstrip().endswith(" by"):
        return ""
    return places[min(places)].casefold()


class ProductWords:
    """Which words tell a party's products apart, by all stories of the quarters at hand."""

    def __init__(self, subjects: Iterable[ThreadSubject], rare: TokenRarity) -> None:
        self._rare = rare
        self._stories: Counter[str] = Counter()  # of a party
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)  # party → word → stories
        self._holders: Counter[str] = Counter()  # word → stories
        self._lower: set[str] = set()
        self._platforms: dict[str, frozenset[str]] = {}
        for subject in subjects:
            words = subject.traits.words | subject.traits.names
            self._lower |= subject.lower
            self._holders.update(words)
            for party in subject.parties:
                self._stories[party] += 1
                self._counts[party].update(words)

    def join(self, new: ThreadSubject, old: ThreadSubject) -> Join | None:
        """Return why a story carries on an earlier one; None where it does not."""
        if new.sold and new.sold in old.parties and set(tokenize_text(new.sold)) <= old.title:
            return Join("company", (new.sold,), (), 1.0)
        shared = new.parties & old.parties
        if shared and (new.event, old.event) == ("shutdown", "funding"):
            is_theirs = all(set(tokenize_text(party)) <= new.title & old.title for party in shared)
            is_known = is_theirs and self._are_few(shared, _MAX_FUNDED_STORIES)
            return Join("money", tuple(sorted(shared)), (), 0.0) if is_known else None
        if not shared or not {new.event, old.event} <= _PRODUCT_EVENTS:
            return None
        own = {word for party in shared for word in tokenize_text(party)}
        broad = own.union(*map(self._find_platform_words, shared))
        parties = tuple(sorted(shared))
        names = {
            name
            for name in (new.title & old.title & new.traits.names & old.traits.names) - self._lower
            if _is_one_product(new.named.get(name, ()), old.named.get(name, ()))
        }
        if versions := {name for name in names if _is_later(new.named[name], old.named[name])}:
            return self._make("version", parties, versions)
        names -= broad
        if found := {name for name in names if self._is_product_name(name, shared)}:
            return self._make("name", parties, found)
        is_one_field = new.category == old.category is not None and self._are_few(shared)
        if is_one_field and (thing := self._find_thing(new, old, own, broad)):
            return self._make("thing", parties, thing)
        return None

    def _find_thing(
        self, new: ThreadSubject, old: ThreadSubject, own: Set[str], broad: Set[str]
    ) -> Set[str]:
        """Return the words of a thing without a name that two stories speak of; none if not sure.

        Both headlines hold one of them, or both stories give one figure of it.
        """
        a, b = new.traits, old.traits
        if new.event == old.event == "update" and not a.headline_kinds | b.headline_kinds:
            return set()  # two updates of a platform: nothing says that one carries the other on
        across = ((new.title & b.words) | (old.title & a.words)) - own
        both = {word for word in new.title & old.title if self._is_telling(word)} - broad
        if both and self._rare.sum_weights(across) >= _MIN_THING_SUM:
            return across
        words = {word for word in a.words & b.words if self._is_telling(word)} - broad
        figures = {figure for figure in a.figures & b.figures if self._is_telling(figure)}
        return words if figures and len(words) >= _MIN_FIGURE_WORDS else set()

    def _is_telling(self, word: str) -> bool:
        return self._rare.weights[word] >= _MIN_THING_RARITY

    def _are_few(self, parties: Iterable[str], most: int = _MAX_THING_STORIES) -> bool:
        """Return whether parties have so few stories that shared words are no chance."""
        return all(self._stories[party] <= most for party in parties)

    def _is_product_name(self, name: str, parties: Iterable[str]) -> bool:
        """Return whether a name of headlines is that of a product of the parties.

        Most stories that hold it are theirs: what many vendors speak of is a thing of the trade.
        """
        if name in _TRADE_ACRONYMS or self._rare.weights[name] < _MIN_NAME_RARITY:
            return False
        theirs = max(self._counts[party][name] for party in parties)
        return theirs >= _MIN_OWN_SHARE * self._holders[name]

    def _find_platform_words(self, party: str) -> frozenset[str]:
        """Return the words that stand in most stories of a party."""
        if party not in self._platforms:
            stories = self._stories[party]
            self._platforms[party] = frozenset(
                word
                for word, count in self._counts[party].items()
                if stories >= _MIN_UMBRELLA_STORIES and count > _UMBRELLA_SHARE * stories
            )
        return self._platforms[party]

    def _make(self, kind: JoinKind, parties: tuple[str, ...], words: Iterable[str]) -> Join:
        ordered = sorted(words, key=lambda word: (-self._rare.weights[word], word))
        return Join(kind, parties, tuple(ordered), self._rare.sum_weights(ordered))


def _is_one_product(
    new: Sequence[tuple[_Version, str]], old: Sequence[tuple[_Version, str]]
) -> bool:
    """Return whether a name is that of one product in two headlines, and not of two of its kin."""
    return bool(new and old) and any(
        not (kin and other) or kin == other for _, kin in new for _, other in old
    )


def _is_later(new: Sequence[tuple[_Version, str]], old: Sequence[tuple[_Version, str]]) -> bool:
    versions = [version for version, _ in new], [version for version, _ in old]
    return all(max(rows) for rows in versions) and max(versions[0]) > max(versions[1])
