"""Say what each story is to the company, with the reasons.

    product   it is about a product that the company runs
    vendor    it is about the maker of one
    overlap   one of the company's vendors moves into a category where the company runs another
              maker's product, or somebody acts in a category where it runs two already
    rival     somebody else acts (launches, buys, ends, reprices …) in a category where it runs one
    gap       somebody acts in a category that a goal counts on and where it runs nothing
    none      nothing of that

A product is recognised in two ways. The judgement's vendors, which tell a name from a word, say
which company the story is about; then the product's own name must stand in the text as it is
written. Beside that, a name in a title, or in the name of a vendor's own blog, is believed by
itself where the quarter's texts never write it in small letters ("Klaviyo" is, "Segment" is not).

To be named is not to be the subject. What a company does or finds is about that company: a rival's
launch that names our vendor beside it, a shop built with our product, a tool that plugs into our
product, a flaw of such a tool, who worked there once and a byline are no news of ours. A deal, a
price, a closure, a rule or an incident is, whoever else is named, but for a rule of others that a
maker explains, and an incident that one of several grouped headlines names it for. So is a study of
a thing that a maker of ours makes, one that it made itself in the field of what the company runs of
it, and what a company does that it owns. An issue that lists several things is about each who acts
in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.model.source import is_source_of
from digest.model.stack import RELATION_KINDS, Product, Relation, RelationKind, Stack
from digest.model.story import Story
from digest.model.tags import Event, Tags
from digest.text import clean_text, is_issue_title, split_list

# Points in the ranking: news of a product that the company pays for come before those of others.
RELATION_POINTS: Mapping[RelationKind, float] = {
    "product": 0.7,
    "vendor": 0.2,
    "overlap": 0.4,
    "rival": 0.15,
    "gap": 0.25,
    "none": 0.0,
}
_SECOND_OVERLAP_POINTS = 0.2  # for an overlap beside the closest relation
_MIN_NAME_CHARS = 3  # of a name that a title may show by itself
_TEXT_CHARS = 600  # of the lead's summary that are searched for names

NO_RELATION = Relation("none", reason="names nothing that the stack holds")
# What somebody does in a market, and what only a vendor does, be it named or not.
_NAMELESS_EVENTS: frozenset[Event] = frozenset(("launch", "acquisition", "funding", "shutdown"))
_MARKET_EVENTS: frozenset[Event] = _NAMELESS_EVENTS | frozenset[Event](
    ("update", "partnership", "pricing", "people", "results", "incident")
)
# Where product and maker have one name, what happened tells which of them a story is about.
_COMPANY_EVENTS: frozenset[Event] = frozenset(
    (
        "acquisition",
        "funding",
        "partnership",
        "people",
        "results",
        "research",
        "regulation",
        "incident",
    )
)
_PRODUCT_EVENTS: frozenset[Event] = frozenset(("launch", "update", "pricing", "shutdown"))
_EXPANSION_EVENTS: frozenset[Event] = frozenset(("launch", "acquisition"))
# What one company does: it is about the company that does it, not about others that are named.
_STUDY_EVENTS: frozenset[Event] = frozenset(("research", "opinion", "howto", "promo"))
_SAYING_EVENTS: frozenset[Event] = frozenset(
    ("research", "opinion")
)  # what somebody found or holds
_OWN_EVENTS: frozenset[Event] = frozenset(("funding", "people", "results"))
_ONE_SIDED_EVENTS: frozenset[Event] = _STUDY_EVENTS | frozenset[Event](
    ("launch", "update", "partnership", "funding", "people", "results")
)
_VERSION = re.compile(r"\s+\d+(?:\.\d+)*$")
_BYLINE = re.compile(r"\s(?:via|by|von|di|par|por)\s@.*$", re.MULTILINE)
_ADD_ON = re.compile(  # a thing that plugs into the product it names
    r"\b(?:add-?on|browser extension|chrome extension|extension(?=\))|plug-?in|wrapper|erweiterung|"
    r"estensione|complemento)\b|ส่วนขยาย|ปลั๊กอิน",
    re.IGNORECASE,
)
_OUR_PRODUCT = re.compile(  # in a vendor's own headline; a study of others is no product
    r"\b(?:our|unser\w*|nostr[aoie]|notre|nos|nuestr[oa]s?) (?!stud|research|survey|data|analysis|"
    r"umfrage|ricerca|étude)",
    re.IGNORECASE,
)
_FLAW = re.compile(  # an incident of a product, where its maker has the same name
    r"\b(?:vulnerabilit\w+|flaws?|weakness\w*|exploit\w*|zero-day|cve-\d|xss|patch(?:es|ed)?|"
    r"takeover|incident report|security (?:release|update|fix)|outage|downtime|schwachstelle\w*|"
    r"sotto attacco|sfruttat\w+|"
    r"sicherheitslücke\w*|ausfall|vulnerabilità|falla|interruzione|disservizio|faille|panne|vulnerabilidad\w*|caída)\b|"
    r"ช่องโหว่|ล่ม",
    re.IGNORECASE,
)
_AND = r"(?:and|&|und|e|et|y)"
_FAKE = r"(?:fake|bogus|falsche[nrs]?|gefälschte[nrs]?|faux|fausses?|fint[oaie]|fals[oaie])"
_SAYS = (
    r"(?i:says?|said|argue[sd]?|share[sd]?|details?|detailed|explain(?:s|ed)?|found|finds?|reveals?|"
    r"revealed|report(?:s|ed)|describe[sd]?|warn(?:s|ed)|sagt|erklärt|berichtet|spiega|sostiene|"
    r"racconta|explique|affirme|explica|afirma)"
)
_FORMER = r"(?:former|ex|ehemalig\w*|früher\w*|ancien\w*|antig[uo]\w*)"
_ADD_ONS = (
    r"(?:plug-?ins?|add-?ons?|themes?|extensions?|modules?|erweiterung(?:en)?|malware|"
    r"componenti aggiuntivi|ปลั๊กอิน)"
)
_SET_UP = (  # what others set up with a product, and what they left open in it
    r"(?:sites?|websites?|blogs?|stores?|shops?|portals?|admins?|flaws?|bugs?|vulnerabilit(?:y|ies)|"
    r"seiten|siti|admin-konten)"
)
_FIGHTS = (  # what somebody does who is no victim of an incident
    r"(?i:disrupts?|dismantl\w+|takes? down|took down|shuts? down|seizes?|sues?|blocks?|bans?|"
    r"démant[eè]l\w+|zerschl[äa]g\w+|smantell\w+|desmantel\w+)"
)
_PLACE = r"(?:in|on|inside|within|across|with|auf|bei|mit|su|con|nel|en|sur|dans|avec|ใน|บน)\s"


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product with the names by which the judgement and the texts know it."""

    product: Product
    maker: str  # as Tags.vendors writes it
    company: str  # likewise, where the product is known as a company of its own; else the maker
    written_forms: tuple[str, ...]  # as news write the product
    doubtful: bool = False  # a form is a word, too
    subsidiaries: tuple[str, ...] = ()  # companies of the maker, as Tags.vendors writes them
    owner: str = ""  # of the maker, likewise

    @property
    def companies(self) -> frozenset[str]:
        """The maker, what the product is known by as a company, and the maker's companies."""
        return frozenset((self.maker, self.company, *self.subsidiaries))


@dataclass(frozen=True, slots=True)
class StackIndex:
    """The company's stack with the names that find its products in texts.

    `networks` are the vendors on whose sites social-media tools work, and so no rivals of them.
    """

    stack: Stack
    products: tuple[KnownProduct, ...]
    networks: frozenset[str] = frozenset()


def index_stack(
    stack: Stack,
    canonical: Callable[[str], str] = str,
    aliases: Callable[[str], tuple[str, ...]] = lambda _: (),
    is_word: Callable[[str], bool] = lambda _: False,
    subsidiaries: Callable[[str], tuple[str, ...]] = lambda _: (),
    get_owner: Callable[[str], str] = lambda _: "",
) -> tuple[KnownProduct, ...]:
    """Return the stack's products as the judgement knows them.

    `canonical` gives the company behind a name, `aliases` other written forms of a product,
    `is_word` whether a name is an ordinary word, `subsidiaries` the companies that one owns,
    `get_owner` the company that owns one.
    """
    makers = {canonical(product.vendor_or_name) for product in stack.products}
    return tuple(
        KnownProduct(
            product,
            canonical(product.vendor_or_name),
            canonical(product.name),
            _list_forms(product, aliases),
            is_word(product.name),
            tuple(
                name
                for name in subsidiaries(canonical(product.vendor_or_name))
                if name not in makers  # what is in the stack itself is news of its own product
            ),
            get_owner(canonical(product.vendor_or_name)),
        )
        for product in stack.products
    )


def _list_forms(product: Product, aliases: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
    """Return how news write a product, also without the version at the end of a name of words."""
    bare = _VERSION.sub("", product.name)
    forms = [product.name, *product.aliases, *aliases(product.name)]
    return tuple(dict.fromkeys([*forms, bare] if " " in bare else forms))


def find_ambiguous_names(stories: Iterable[Story], index: StackIndex) -> frozenset[str]:
    """Return the names of the stack that some story of the quarter writes in small letters.

    A name that has no capital anyway is a word.
    """
    names = {form for known in index.products for form in (*known.written_forms, known.maker)}
    found = {name for name in names if name == name.lower()}
    missing = {name: name.lower() for name in names - found}
    for story in stories:
        text = _join_story_text(story)
        for name in [name for name, lower in missing.items() if _contains_name(text, lower)]:
            found.add(name)
            del missing[name]
    return frozenset(found)


def relate_stories(
    stories: Sequence[Story], index: StackIndex, ambiguous_names: frozenset[str] | None = None
) -> dict[str, tuple[Relation, ...]]:
    """Return the relations of each story by its id, the closest first; never empty.

    `ambiguous_names` is what `find_ambiguous_names` gave for the whole quarter, where `stories`
    are only a part of it or were regrouped since.
    """
    if ambiguous_names is None:
        ambiguous_names = find_ambiguous_names(stories, index)
    finder = RelationFinder(index, ambiguous_names)
    return {story.id: finder.find_relations(story) for story in stories}


def get_closest_relation(relations: Sequence[Relation]) -> Relation:
    """Return the relation that leads."""
    return relations[0] if relations else NO_RELATION


def score_relations(relations: Mapping[str, Sequence[Relation]]) -> dict[str, float]:
    """Return each story's points in the ranking: its closest relation's, more for an overlap."""
    points = {}
    for story_id, found in relations.items():
        overlaps = any(relation.kind == "overlap" for relation in found[1:])
        closest = RELATION_POINTS[get_closest_relation(found).kind]
        points[story_id] = closest + overlaps * _SECOND_OVERLAP_POINTS
    return points


# ---------------------------------------------------------------- judging


class _StoryNames:
    """What a story says of companies: its tags, its vendors and its texts, read once."""

    def __init__(self, story: Story) -> None:
        self.tags: Tags = story.tags
        self.vendors = [name.casefold() for name in self.tags.vendors]
        items = [member.item for member in story.items]
        self.publishers = [item.source_name for item in items]
        blogs = (item.source_name for item in items if item.tier == "vendor")
        titles = [_BYLINE.sub("", item.title) for item in items]
        self.headline_list = titles
        self.headlines = "\n".join(titles)
        # Each thing that an issue lists has a turn of its own.
        listed = (part for title in titles if is_issue_title(title) for part in split_list(title))
        self.turns = tuple(re.sub(r"^[\W_]+", "", part) for part in listed)
        self.opening = clean_text(story.lead.item.summary or story.lead.item.text[:_TEXT_CHARS])
        self.titles = "\n".join((*blogs, self.headlines))
        self.text = _join_story_text(story)

    def find_product(self, known: KnownProduct) -> str:
        """Return the name by which it is about a product; "" where it is about its maker."""
        company = known.company.casefold()
        if company != known.maker.casefold() and company in self.vendors:
            return known.company
        one_name = known.maker.casefold() in {form.casefold() for form in known.written_forms}
        is_flaw = self.tags.event == "incident" and _FLAW.search(self.headlines)
        if one_name and self.tags.event in _COMPANY_EVENTS and not is_flaw:
            return ""
        if one_name and self.tags.event in _PRODUCT_EVENTS:
            return known.maker
        return next((form for form in known.written_forms if _contains_name(self.text, form)), "")

    def is_about(self, known: KnownProduct) -> bool:
        """Return whether a product or its maker, which it names, is what it is about."""
        if self.tags.event not in _ONE_SIDED_EVENTS and self.tags.event != "incident":
            return not self._explains_rule_of_others(known)
        names = known.companies
        forms = [
            form
            for form in (*names, *known.written_forms, *self._find_matched_words(names))
            if _contains_name(self.headlines, form)
        ]
        if forms and all(self._is_former(form) or self._is_means(form) for form in forms):
            return False
        # What an owner does is about the company whose name stands beside it.
        acting = {name.casefold() for name in (*names, *((known.owner,) if forms else ()))}
        leads = not self.vendors or self.vendors[0] in acting
        if self.tags.event == "incident":
            return not (self._is_bystander(forms, leads) or self._is_aside(names, forms))
        own_names = (*names, *known.written_forms)
        if any(_acts_in(turn, name) for turn in self.turns for name in own_names):
            return True
        first_hand = all(is_source_of(publisher, known.maker) for publisher in self.publishers)
        if self.tags.event in _STUDY_EVENTS:
            if not forms:
                names_own = first_hand and leads and _OUR_PRODUCT.search(self.headlines) is not None
                return names_own or self._is_own_study(known, leads)
            subjects = [form for form in forms if not self._is_place(form)]
            return any(leads or self._is_joined(form) for form in subjects)
        if self.tags.event in _OWN_EVENTS and forms and all(map(self._is_place, forms)):
            return False
        if self.tags.event == "partnership":  # two partners are equal; a third is only named
            partners = self.vendors[:2]
            named = first_hand or bool(forms)
            return leads or (named and any(name.casefold() in partners for name in names))
        if first_hand:
            return leads or bool(forms)
        is_add_on = _ADD_ON.search(self.headlines) and forms
        acts = leads or any(self._is_joined(form, at_head=True) for form in forms)
        return acts and not is_add_on

    def _explains_rule_of_others(self, known: KnownProduct) -> bool:
        """Return whether a maker only writes of a rule: it alone published it, of none of its own.

        Its headline names neither the maker nor a product, and does not say "our".
        """
        is_own = all(is_source_of(publisher, known.maker) for publisher in self.publishers)
        if self.tags.event != "regulation" or not is_own:
            return False
        forms = (*known.companies, *known.written_forms)
        is_named = any(_contains_name(self.headlines, form) for form in forms)
        return not is_named and _OUR_PRODUCT.search(self.headlines) is None

    def _find_matched_words(self, names: Collection[str]) -> Iterator[str]:
        """Yield the words by which the judgement found one of these companies."""
        reasons = self.tags.why.get("vendors", ())
        if len(reasons) == len(self.tags.vendors):  # else the team corrected them
            for name, reason in zip(self.tags.vendors, reasons, strict=True):
                if name in names:
                    yield reason.rpartition(" (")[0]

    def _is_former(self, form: str) -> bool:
        """Return whether the headlines name it only as where somebody worked."""
        name = rf"(?<![A-Za-z0-9]){re.escape(form)}"
        before = rf"(?i:\b{_FORMER}[- ](?:\w+,? (?:{_AND}|\w+,) )?){name}(?![A-Za-z0-9])"
        return self._is_named_only(form, rf"{before}|{name}['’]s (?i:{_FORMER})\b")

    def _is_joined(self, form: str, *, at_head: bool = False) -> bool:
        """Return whether the headlines name it as the equal of who stands before it, or is quoted.

        `at_head` asks for it at the beginning: at the end of a list it is only compared with.
        """
        head = r"^(?:\S+ ){1,3}" if at_head else ""
        before = rf"(?:(?i:(?<!\w)(?:{_AND}|vs\.?|versus))|(?<=\w):) "
        name = rf"{re.escape(form)}(?![A-Za-z0-9])"
        return re.search(head + before + name, self.headlines, re.MULTILINE) is not None

    def _is_place(self, form: str) -> bool:
        """Return whether the headlines name it only as where something was found."""
        return self._is_named_only(form, rf"(?i:\b{_PLACE}){re.escape(form)}(?![A-Za-z0-9])")

    def _is_own_study(self, known: KnownProduct, leads: bool) -> bool:
        """Return whether a maker found or holds what no headline names it for.

        It published the study itself, in the field of what the company runs of it, or the report
        begins with what it says.
        """
        if self.tags.event not in _SAYING_EVENTS:
            return False
        published = any(is_source_of(publisher, known.maker) for publisher in self.publishers)
        is_of_field = self.tags.category in known.product.categories
        if published and is_of_field and self.tags.event == "research":
            return True
        return leads and any(_says_in(self.opening, name) for name in known.companies)

    def _is_bystander(self, forms: Sequence[str], leads: bool) -> bool:
        """Return whether an incident is another's, which the headlines name these forms beside.

        They are where something was found, what an add-on extends, what others set up with them, or
        who puts an end to it. `leads` says that the story is about their company before all.
        """
        if any(self._is_named_only(form, rf"{_begin(form)} {_FIGHTS}\b") for form in forms):
            return True
        of_others = not leads or re.search(rf"(?i:\b{_ADD_ONS}\b)", self.text) is not None
        things = rf"(?:{_ADD_ONS}|{_SET_UP})" if of_others else _ADD_ONS

        def is_beside(form: str) -> bool:
            named = rf"{_begin(form)}[ -](?i:(?:car )?{things})\b"
            return (self._is_place(form) and not leads) or self._is_named_only(form, named)

        return bool(forms) and all(map(is_beside, forms))

    def _is_aside(self, names: Collection[str], forms: Sequence[str]) -> bool:
        """Return whether fewer than half of the headlines name what the judgement does not.

        A report of several incidents that was grouped with those of one is about the others, too.
        """
        if not forms or any(name.casefold() in self.vendors for name in names):
            return False
        naming = [
            one for one in self.headline_list if any(_contains_name(one, form) for form in forms)
        ]
        return 2 * len(naming) < len(self.headline_list)

    def _is_means(self, form: str) -> bool:
        """Return whether the headlines name it only as what others run on or fake."""
        name = rf"(?<![A-Za-z0-9]){re.escape(form)}"
        fake = rf"(?i:\b{_FAKE} ){name}(?![A-Za-z0-9])"
        return self._is_named_only(form, rf"{fake}|{name}-(?i:powered|based|backed)\b")

    def _is_named_only(self, form: str, pattern: str) -> bool:
        """Return whether the headlines name it nowhere but where a pattern finds it."""
        whole = rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])"
        found = len(re.findall(whole, self.headlines))
        return len(re.findall(pattern, self.headlines)) == found


class RelationFinder:
    """Finds the relations of stories to a stack; see `relate_stories`."""

    def __init__(self, index: StackIndex, ambiguous_names: frozenset[str]) -> None:
        self.index = index
        self.title_forms = {  # product → the names that a title shows by themselves
            known.product.name: [
                form
                for form in (known.maker, *known.written_forms)
                if form not in ambiguous_names and len(form) >= _MIN_NAME_CHARS
            ]
            for known in index.products
            if not known.doubtful
        }
        self.companies = [
            (known, [name.casefold() for name in known.companies]) for known in index.products
        ]

    def find_relations(self, story: Story) -> tuple[Relation, ...]:
        """Return the relations of a story, the closest first; never empty."""
        names = _StoryNames(story)
        found = list(self._find_own_relations(names))
        if found:
            found += self._find_overlaps(names.tags, found)
        else:
            found += self._find_market_relations(names.tags)
        found.sort(key=lambda relation: RELATION_KINDS.index(relation.kind))
        return tuple(found) or (NO_RELATION,)

    def _find_own_relations(self, names: _StoryNames) -> Iterator[Relation]:
        """Yield the company's products that the story is about, then makers with their products."""
        covered: set[str] = set()  # makers of products that the story is about
        makers: dict[str, list[KnownProduct]] = {}
        for known, companies in self.companies:
            if not (
                any(name in names.vendors for name in companies)
                or any(
                    _contains_name(names.titles, form)
                    for form in self.title_forms.get(known.product.name, ())
                )
            ):
                continue
            if not names.is_about(known):
                continue
            if name := names.find_product(known):
                covered.add(known.maker)
                yield _build_relation("product", names.tags, [known], f"names {name}")
            else:
                makers.setdefault(known.maker, []).append(known)

        def find_position(maker: str) -> int:
            name = maker.casefold()
            return names.vendors.index(name) if name in names.vendors else len(names.vendors)

        for maker in sorted((name for name in makers if name not in covered), key=find_position):
            yield _build_relation("vendor", names.tags, makers[maker], f"names {maker}")

    def _find_overlaps(self, tags: Tags, own: Sequence[Relation]) -> Iterator[Relation]:
        """Yield an overlap where a vendor acts in a category that another product serves."""
        touched = {name for relation in own for name in relation.products}
        involved = [known for known in self.index.products if known.product.name in touched]
        makers = {known.maker for known in involved}
        if tags.category == "social-media" and not makers.isdisjoint(self.index.networks):
            return  # where its network is, tools of others work on it
        if tags.event not in _EXPANSION_EVENTS or any(
            tags.category in known.product.categories for known in involved
        ):
            return
        running = self._list_running_products(tags.category)
        others = [known.product.name for known in running if known.maker not in makers]
        if others:
            maker = involved[0].maker
            reason = f"{maker} acts in a category where you run {others[0]}"
            yield Relation("overlap", tuple(others), maker, tags.category, reason=reason)

    def _find_market_relations(self, tags: Tags) -> Iterator[Relation]:
        """Yield what somebody else does in the company's categories and those of its goals."""
        category = tags.category
        if not category or tags.event not in (_MARKET_EVENTS if tags.vendors else _NAMELESS_EVENTS):
            return
        # A maker of ours that it is not about is named, and does not act.
        makers = {name for known in self.index.products for name in (known.maker, known.company)}
        if tags.event == "incident" and any(
            category in known.product.categories and known.maker in tags.vendors
            for known in self.index.products
        ):
            return  # of what others add to a product of ours: no rival of it
        vendor = tags.vendors[0] if tags.vendors and tags.vendors[0] not in makers else ""
        if category == "social-media" and vendor in self.index.networks:
            return
        reason = f"{vendor or 'another vendor'}: {tags.event} in {category}"
        running = self._list_rivalled_products(tags)
        if running:
            several = len({known.maker for known in running}) > 1
            products = tuple(known.product.name for known in running)
            kind: RelationKind = "overlap" if several else "rival"
            yield Relation(kind, products, vendor, category, reason=reason)
        goals = (goal.name for goal in self.index.stack.goals if category in goal.categories)
        if not running and (goal := next(goals, "")):
            yield Relation("gap", (), vendor, category, goal, reason)

    def _list_rivalled_products(self, tags: Tags) -> list[KnownProduct]:
        """Return what runs in the category of a story.

        Where no product is at home there, one that is at home in a further category of the story
        is nearer to it than one that only serves its category, too.
        """
        running = self._list_running_products(tags.category)
        homes = {known.product.categories[0] for known in running if known.product.categories}
        if tags.category not in homes:
            for category in tags.also:
                at_home = [
                    known
                    for known in self._list_running_products(category)
                    if known.product.categories[0] == category
                ]
                if running and at_home:
                    return at_home
        return running

    def _list_running_products(self, category: str | None) -> list[KnownProduct]:
        return [
            known
            for known in self.index.products
            if category in known.product.categories and known.product.status != "retiring"
        ]


def _build_relation(
    kind: RelationKind, tags: Tags, products: Sequence[KnownProduct], reason: str
) -> Relation:
    home = products[0].product.categories
    return Relation(
        kind,
        tuple(known.product.name for known in products),
        products[0].maker,
        tags.category if tags.category in home else next(iter(home), None),
        reason=reason,
    )


def find_goal_gaps(stack: Stack) -> tuple[tuple[str, str], ...]:
    """Return (category, goal) where a goal counts on a category in which nothing runs to stay."""
    running = {
        slug
        for product in stack.products
        if product.status != "retiring"
        for slug in product.categories
    }
    found: dict[str, str] = {}
    for goal in stack.goals:
        for slug in goal.categories:
            if slug not in running:
                found.setdefault(slug, goal.name)
    return tuple(found.items())


def _join_story_text(story: Story) -> str:
    """Return all titles and the lead's first sentences, a line each."""
    lead = story.lead.item
    titles = (member.item.title for member in story.items)
    return "\n".join([*titles, (lead.summary or lead.text)[:_TEXT_CHARS]])


def _begin(name: str) -> str:
    """Return the pattern of a name that begins a word."""
    return rf"(?<![A-Za-z0-9]){re.escape(name)}"


def _acts_in(turn: str, name: str) -> bool:
    """Return whether a thing that an issue lists is what one of this name does."""
    return re.match(rf"{re.escape(name)} [a-z]{{3,}}s\b", turn) is not None


def _says_in(text: str, name: str) -> bool:
    """Return whether a text begins with what one of this name, or who works there, says."""
    return (
        re.match(rf"{re.escape(name)}\b(?:['’]s)?(?: [\w’'-]+){{0,3}}? {_SAYS}\b", text) is not None
    )


def _contains_name(text: str, form: str) -> bool:
    """Return whether a text holds a name as it is written and as a whole word.

    Scripts without spaces put nothing beside it.
    """
    return (
        form in text
        and re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text) is not None
    )
