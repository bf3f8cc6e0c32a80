"""What vendors claim of their AI, and which points of the test their words answer.

A story makes a claim where it launches or updates something with AI. Each point is answered by a
sentence of its sources, and by no other:

- a headline is no quote, nor is a sentence that only repeats it;
- the sentence is about the subject: it names it, or goes on about it ("It …"), and no other vendor;
- a vendor that publishes news of another and names itself advertises, and proves nothing;
- a limit, price, plan or business figure is no result, no data and no method.

Studies measure something and claim nothing of a product: they stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.model.edition import AiImpact, Claim, ClaimAvailability, ClaimSpeaker, Sentence
from digest.model.item import Item
from digest.model.source import is_source_of
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Evidence
from digest.text import clean_text, split_sentences

POINTS = ("data", "method", "availability", "customer", "result", "difference")  # with a quote
PROOF_POINTS = frozenset(("data", "customer", "result"))
_TELLING = ("result", "data", "customer", "difference", "method")  # the best quote first
_MAX_TEXT_LENGTH = 4000  # characters of an item that are searched
_MIN_QUOTE_LENGTH, _MAX_QUOTE_LENGTH = 30, 260
_MAX_REPEATED = 0.75  # share of a sentence's words that its headline has, too
_MAX_NAME_WORDS = 6  # of a headline that is nothing but a name
_MAX_IMPACTS = 2  # of a kind and product

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[A-Z][\w.&’'-]+")
_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
_THING = re.compile(
    r"[(\[](?:[^)\]]* )?(?:tool|app|extension|plug-?in|add-?on)[)\]]", re.IGNORECASE
)
_NOISE = re.compile(
    r"##|https?://|\bwww\.|\bappeared first on\b|\bminute read\b|[{}<>|]|[”\"’]{2,}|"
    r"^(?:text \"|image|screenshot|photo|logo|a screenshot)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!…][\"”’)»]*$|[\u0e00-\u0eff\u3000-\u9fff][。！]?$")
_APPEAL = re.compile(
    r"(?:build|get|start|try|sign up|book|request|download|join|register|learn more|read more|"
    r"find out|see how|discover|subscribe|click|contact|watch|explore|erfahren sie|jetzt|scopri|"
    r"prova|iscriviti|découvrez|essayez|descubre|prueba|สมัคร|คลิก)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:it|its|they|their|this|these|users|customers|the (?:new |company|vendor|tool|feature|"
    r"features|platform|model|agent|agents|product|app|update|release|system|service)s?)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:plans?|limits?|quotas?|seats?|credits?|allowances?|subscriptions?|subscribers?|"
    r"pric\w+|discount\w*|per (?:month|user|seat|year)|a (?:month|seat)|free (?:trial|users|tier)|"
    r"tarif\w*|preis\w*|abbonament\w*|piano|prezzo|abonnement\w*|precio|แพ็กเกจ|ราคา)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|EUR\b|USD\b|GBP\b|dollars?\b|euros?\b)")
_BUSINESS = re.compile(  # of a company, not of what its AI does
    r"\b(?:revenues?|turnover|profits?|earnings|shares?|funding|valuation|umsatz|gewinn|ricavi|"
    r"utile|chiffre d[’']affaires|ingresos)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(r"\b(?:neither|nor|weder|né|ni)\b", re.IGNORECASE)
_NUMBER = (
    r"\d[\d.,]*(?:[ -]?(?:k|m|bn|b|tn|t|thousand|million|billion|trillion|tausend|mio\.?|mrd\.?|"
    r"millionen|milliarden|mila|milioni|miliardi|milliers|millions|milliards|mil|millones))?"
)
_UNITS = (
    r"prompts?|queries|searches|keywords?|conversations?|chats|calls|messages|e-?mails?|letters|"
    r"users?|customers?|consumers?|shoppers?|people|respondents|marketers|advertisers?|brands?|"
    r"companies|businesses|merchants|sites|websites|domains|pages|urls|articles|documents|images|"
    r"videos|hours|records|profiles|contacts|transactions|orders|purchases|sessions|visits|"
    r"impressions|clicks|campaigns|ads|posts|reviews|events|examples|responses|answers|citations|"
    r"data points|tokens|parameters|accounts|interactions|queries|kunden|nutzer|anfragen|"
    r"unternehmen|datensätze|seiten|bestellungen|utenti|clienti|ricerche|aziende|ordini|clients|"
    r"utilisateurs|requêtes|entreprises|clientes|usuarios|consultas|empresas"
)
_SIZE = re.compile(
    rf"(?<![\w$€£¥.,]){_NUMBER}(?:\s(?:of\s)?[^\W\d_][\w-]*){{0,2}}?\s(?:{_UNITS})\b|"
    r"\d[\d.,]*\s?(?:แสน|ล้าน|พันล้าน)\s?[\u0e00-\u0e4f]{2,12}",
    re.IGNORECASE,
)
_BASED_ON = re.compile(
    r"\b(?:train|built|bas(?:ed|iert|at)|test|analy[sz]|analis|evaluat|ground|learn|measur|studi|"
    r"draw|trainiert|getestet|ausgewertet|addestrat|testat|entraîn|entrenad)\w*",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:up from|down from|cut|reduc|increas|improv|boost|sav|lift|rais|grew|grow|rose|fell|drop|"
    r"fewer|more|less|"
    r"faster|higher|lower|cheaper|better|gesenkt|gesteigert|mehr|weniger|schneller|ridott|aumentat|"
    r"più|meno|réduit|augment|plus|moins|reducid|aumentad|más|menos)\w*|เพิ่ม|ลด",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d[\d.,]*\s?(?:%|percent|per cent|prozent|per cento|pour cent|por ciento|times|x\b|×)",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    r"\b(?i:customers?|clients?|advertisers|brands|retailers|kunden|clienti|clientes|companies)"
    r"(?i: like| such as|,? including|,? wie| come| comme| como) (?P<who>[A-Z][\w&.-]+)|"
    r"(?P<user>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?),? (?i:uses|used|has deployed|deployed|adopted|"
    r"is using|nutzt|setzt|utilizza|usa|utilise|utiliza) (?P<what>.+)"
)
_AVAILABILITY: Mapping[ClaimAvailability, re.Pattern[str]] = {
    "beta": re.compile(
        r"\b(?:(?:public|private|open|closed|limited|in|research|developer|technical) "
        r"(?:beta|preview)|beta (?:test|version|program|phase)\w*|beta|pilot|early access|"
        r"waitlist|vorabversion|testphase|anteprima|avant-première|prueba)\b|เบต้า|ทดลอง",
        re.IGNORECASE,
    ),
    "available": re.compile(
        r"\b(?:generally available|general availability|now available|available (?:now|today|to|"
        r"in|on|for)|(?:is|are|goes|went) live|(?:is |are |has |have )?roll(?:ing|ed|s) out|"
        r"now (?:lets|connects|supports|pulls)|ab sofort|verfügbar|disponibile|da oggi|"
        r"disponible|dès (?:aujourd|maintenant))\b|พร้อมใช้งาน|เปิดให้ใช้",
        re.IGNORECASE,
    ),
    "announced": re.compile(
        r"\b(?:will (?:be |soon )?(?:launch|available|roll|arrive|come|ship|release)\w*|"
        r"coming (?:soon|later|in|to)|plans? to (?:launch|release|offer|add|bring)|"
        r"later this (?:year|quarter|month)|roll out over the coming|demnächst|geplant|"
        r"prossimamente|bientôt|próximamente)\b|เร็วๆ นี้",
        re.IGNORECASE,
    ),
}
_SAYS = r"(?:says?|said|claims|claimed|promises|promised|announced|reports|sagt|dice|dit|afferma)"
_ACCORDING = re.compile(
    rf"\b(?i:according to|laut|secondo|selon|según) (?:the )?(?P<to>[A-Z][\w&.-]+)|"
    rf"(?P<who>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?) {_SAYS}\b"
)
_EARLIER = re.compile(  # what another study found
    r"\b(?:last|previous|earlier|prior|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|20\d\d) (?:report|study|survey|analysis)\b",
    re.IGNORECASE,
)
_REPLACES = re.compile(
    r"(?<!not )(?<!n’t )(?<!n't )(?<!nicht )(?<!non )\b(?:replac(?:e|es|ed|ing)|kill(?:s|ed|ing)?|"
    r"obsolete|the end of|end of the road|displac\w+|ersetz\w+|überflüssig|sostitu\w+|remplac\w+|"
    r"reemplaz\w+)\b|แทนที่",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a claim is about, by the names under which a sentence may speak of it."""

    name: str
    names: frozenset[str]
    others: frozenset[str]  # vendors that the quarter's stories tell of, without it

    def is_named(self, text: str) -> bool:
        """Return whether a text names it."""
        return any(_has_name(text, name) for name in self.names)


def build_claims(quarter: QuarterView) -> tuple[Claim, ...]:
    """Return the claims of the quarter, those that touch the stack first, then the best proven.

    Studies come after all claims of products. No words are quoted twice.
    """
    claims = [
        claim for story in quarter.stories if (claim := _build_claim(story, quarter)) is not None
    ]
    places = {story.id: place for place, story in enumerate(quarter.stories)}

    def get_sort_key(claim: Claim) -> tuple[object, ...]:
        relation = quarter.relations.get(claim.story.id, ())
        is_ours = any(found.kind in OUR_RELATIONS for found in relation)
        proven = len(PROOF_POINTS & claim.points.keys())
        return claim.study, not claim.products, not is_ours, -proven, places[claim.story.id]

    quoted: set[str] = set()
    result = []
    for claim in sorted(claims, key=get_sort_key):
        quote = claim.quote if claim.quote and claim.quote.text not in quoted else None
        quoted |= {quote.text} if quote else set()
        result.append(replace(claim, quote=quote))
    return tuple(result)


def find_points(story: Story, quarter: QuarterView) -> dict[str, Sentence]:
    """Return the sentences of a story that answer points of the test, by the point's kind."""
    subject = _find_subject(story, quarter)
    return _find_points(story, subject) if subject else {}


def find_ai_impacts(quarter: QuarterView) -> tuple[AiImpact, ...]:
    """Return where AI adds to products of the stack and where it threatens them.

    It adds where a product, or its vendor in a category of the product, gets AI. It threatens where
    a rival launches AI in the product's home category, or a story says that AI takes its place.
    """
    return tuple(
        impact for product in quarter.stack.products for impact in _iter_impacts(product, quarter)
    )


# ---------------------------------------------------------------- a claim


def _build_claim(story: Story, quarter: QuarterView) -> Claim | None:
    tags = story.tags
    is_study = tags.event == "research"
    if tags.ai not in AI_IN_USE or not (is_study or tags.event in RELEASE_EVENTS):
        return None
    subject = _find_subject(story, quarter)
    if subject is None or _lists_several(story.lead.item.title):
        return None
    points = _find_points(story, subject)
    if is_study:
        points = {kind: point for kind, point in points.items() if not _EARLIER.search(point.text)}
    if is_study and not points.keys() & {"data", "result"}:
        return None
    if not is_study and tags.evidence is None and not points.keys() & set(_TELLING):
        return None
    texts = [point.text for point in points.values()]
    return Claim(
        story=quarter.make_ref(story),
        subject=subject.name,
        evidence=None if is_study else _grade(points),
        points=points,
        data_size=next((size[0] for text in texts if (size := _SIZE.search(text))), "")
        if "data" in points
        else "",
        availability=None if is_study else _find_availability(story, points, subject),
        speaker=_find_speaker(story, points, subject, is_study=is_study),
        quote=next((points[kind] for kind in _TELLING if kind in points), None),
        products=_find_touched_products(story, quarter),
        study=is_study,
    )


def _grade(points: Mapping[str, Sentence]) -> Evidence:
    """Return the grade that the quoted points earn: the published rule of the claim test."""
    if points.keys() & PROOF_POINTS:
        return "evidenced"
    return "specified" if points.keys() & {"method", "difference"} else "claimed"


def _find_subject(story: Story, quarter: QuarterView) -> _Subject | None:
    """Return what a story is about: a product of ours, else its vendor, else a name as its title.

    None where nothing names it.
    """
    own = [relation for relation in quarter.get_relations(story) if relation.kind in OUR_RELATIONS]
    products = [name for found in own if found.kind == "product" for name in found.products]
    title = _BRACKETS.sub("", clean_text(story.lead.item.title))
    words = title.split()
    is_name = len(words) <= _MAX_NAME_WORDS and all(not word[0].islower() for word in words)
    if is_name and _THING.search(story.lead.item.title):
        name = title  # of a thing that others made, whatever name it bears
        return _Subject(name, frozenset((name,)), frozenset())
    name = next(iter((*products, *story.tags.vendors)), title if is_name else "")
    if not name:
        return None
    matched = (reason.rpartition(" (")[0] for reason in story.tags.why.get("vendors", ()))
    names = frozenset((name, *products, *story.tags.vendors[:1], *list(matched)[:1])) - {""}
    known = {vendor for other in quarter.stories for vendor in other.tags.vendors}
    return _Subject(name, names, frozenset(known - names))


def _find_touched_products(story: Story, quarter: QuarterView) -> tuple[str, ...]:
    """Return the products of the stack that a claim is about, or that serve its category."""
    serving = {
        product.name
        for product in quarter.stack.products
        if story.tags.category in product.categories
    }
    return tuple(
        dict.fromkeys(
            name
            for relation in quarter.get_relations(story)
            if relation.kind in OUR_RELATIONS
            for name in relation.products
            if relation.kind == "product" or name in serving
        )
    )


# ---------------------------------------------------------------- points and their words


def _find_points(story: Story, subject: _Subject) -> dict[str, Sentence]:
    found: dict[str, Sentence] = {}
    titles = [member.item.title for member in story.items]
    for member in story.items:
        item = member.item
        proposed = [(point.kind, clean_text(point.quote)) for point in member.tags.points]
        body = clean_text(f"{item.summary} {item.text[:_MAX_TEXT_LENGTH]} {item.fulltext}")
        read = [
            (kind, sentence)
            for sentence in split_sentences(body[: 2 * _MAX_TEXT_LENGTH])
            for kind in _read_points(sentence)
        ]
        for kind, sentence in (*proposed, *read):
            if (
                kind in POINTS
                and kind not in found
                and _is_quotable(sentence, item, titles, subject)
                and _answers(kind, sentence, subject)
            ):
                found[kind] = Sentence(sentence, item.source_name, item.link)
    if not found.keys() & set(_TELLING) and story.tags.evidence in ("specified", "evidenced"):
        words = _find_summary_sentence(story, titles, subject)
        found |= {"method": words} if words else {}
    return {kind: found[kind] for kind in POINTS if kind in found}


def _find_summary_sentence(
    story: Story, titles: Sequence[str], subject: _Subject
) -> Sentence | None:
    """Return the first sentence of a summary that can be quoted; None where none can."""
    for item in (member.item for member in story.items):
        for sentence in split_sentences(clean_text(item.summary)):
            if _is_quotable(sentence, item, titles, subject) and _answers(
                "method", sentence, subject
            ):
                return Sentence(sentence, item.source_name, item.link)
    return None


def _is_quotable(sentence: str, item: Item, titles: Iterable[str], subject: _Subject) -> bool:
    """Return whether a sentence is about the subject, and more than its headline or an appeal."""
    if not _MIN_QUOTE_LENGTH <= len(sentence) <= _MAX_QUOTE_LENGTH:
        return False
    if not is_clean_sentence(sentence) or _APPEAL.match(sentence):
        return False
    if any(repeats_headline(sentence, title) for title in titles):
        return False
    named = {name for name in subject.others if _has_name(sentence, name)}
    if any(is_source_of(item.source_name, name) for name in named):
        return False  # the publisher's own advertising
    if subject.is_named(sentence):
        return True
    if named:
        return False
    if item.language.partition("-")[0] != "en":
        return True
    title_names = {name for title in titles for name in _NAME.findall(title)}
    shared = title_names.intersection(_NAME.findall(sentence))
    if _NAME.match(sentence):  # every first word has a capital: one that is a word is no name
        first, body = sentence.split()[0], f"{item.summary} {item.text}"
        shared -= {first} if re.search(rf"\b{re.escape(first.lower())}\b", body) else set()
    return bool(shared or _GOES_ON.match(sentence))


def is_clean_sentence(sentence: str) -> bool:
    """Return whether a sentence is one: whole, no caption, no remains of a page."""
    return not _NOISE.search(sentence) and bool(_ENDS.search(sentence))


def repeats_headline(sentence: str, title: str) -> bool:
    """Return whether a sentence says hardly more than a headline."""
    words = {word.casefold() for word in _WORD.findall(sentence)}
    title_words = {word.casefold() for word in _WORD.findall(title)}
    return not words or len(words & title_words) >= _MAX_REPEATED * len(words)


def _read_points(sentence: str) -> Iterator[str]:
    """Yield the points that a sentence answers beyond doubt."""
    if _BASED_ON.search(sentence) and _SIZE.search(sentence):
        yield "data"
    if _FIGURE.search(sentence) and _CHANGE.search(sentence):
        yield "result"
    if _CUSTOMER.search(sentence):
        yield "customer"
    if any(pattern.search(sentence) for pattern in _AVAILABILITY.values()):
        yield "availability"


def _answers(kind: str, sentence: str, subject: _Subject) -> bool:
    """Return whether a sentence that is taken for a point can be one."""
    if kind in ("data", "result") and (_PLAN.search(sentence) or _BUSINESS.search(sentence)):
        return False
    if kind in ("method", "difference"):
        # To say what it costs, lacks or when it comes is not to say how it works.
        is_other = _MONEY.search(sentence) or _LACKS.search(sentence) or _PLAN.search(sentence)
        return not is_other and not any(one.search(sentence) for one in _AVAILABILITY.values())
    if kind == "data":
        return bool(_SIZE.search(sentence))
    if kind == "result":
        return bool(re.search(r"\d", sentence) and _CHANGE.search(sentence))
    if kind == "customer":
        match = _CUSTOMER.search(sentence)
        if match is None:
            return False
        if match["who"]:
            return not subject.is_named(match["who"])
        return match["user"] in subject.others and subject.is_named(match["what"])
    if kind == "availability":
        return any(pattern.search(sentence) for pattern in _AVAILABILITY.values())
    return True


def _find_availability(
    story: Story, points: Mapping[str, Sentence], subject: _Subject
) -> ClaimAvailability | None:
    """Return what the words say of availability: those of the point, else of headline and summary.

    Of a summary, only sentences that speak of the subject count.
    """
    texts = [points["availability"].text] if "availability" in points else []
    for item in (member.item for member in story.items):
        summary = split_sentences(clean_text(item.summary))
        texts += [item.title, *(text for text in summary if subject.is_named(text))]
    for text in texts:
        for state, pattern in _AVAILABILITY.items():
            if pattern.search(text):
                return state
    return None


def _find_speaker(
    story: Story, points: Mapping[str, Sentence], subject: _Subject, *, is_study: bool
) -> ClaimSpeaker | None:
    """Return whether the vendor or somebody else answers for the words; None where none says."""
    items = [member.item for member in story.items]
    publishers = {item.source_name for item in items}
    own = {source for source in publishers if any(is_source_of(source, n) for n in subject.names)}
    if is_study:
        return "vendor" if own == publishers else "independent"
    for point in points.values():
        if point.source in own:
            continue
        for match in _ACCORDING.finditer(point.text):
            is_own = subject.is_named(match["to"] or match["who"])
            return "vendor" if is_own else "independent"
    if own and own == publishers:
        return "vendor"
    if any(item.tier in ("analyst", "regulator") for item in items):
        return "independent"
    return "vendor" if own else None


def _lists_several(title: str) -> bool:
    """Return whether a title lists the contents of an issue."""
    parts = [part for part in re.split(r"[,;|/+&·•]\s", title) if _NAME.search(part)]
    return len(parts) > 2


def _has_name(text: str, name: str) -> bool:
    return name in text and bool(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    )


# ---------------------------------------------------------------- what it does to the stack


def _iter_impacts(product: Product, quarter: QuarterView) -> Iterator[AiImpact]:
    home = next(iter(product.categories), None)
    adds: list[Story] = []
    threatens: list[Story] = []
    for story in quarter.stories:
        tags = story.tags
        if tags.ai not in AI_IN_USE or _lists_several(story.lead.item.title):
            continue
        relation = quarter.get_relation_to(story, product.name)
        is_own = relation.kind in OUR_RELATIONS
        if is_own and tags.event in RELEASE_EVENTS and tags.evidence is not None:
            if relation.kind == "product" or tags.category in product.categories:
                adds.append(story)
        elif tags.category == home and not is_own:
            is_rival = relation.kind in ("rival", "overlap") and tags.event == "launch"
            if is_rival or _says_replaced(story):
                threatens.append(story)
    kinds: tuple[tuple[Literal["adds", "threatens"], list[Story]], ...] = (
        ("adds", adds),
        ("threatens", threatens),
    )
    for kind, stories in kinds:
        for story in stories[:_MAX_IMPACTS]:
            quote = _choose_words(story, quarter)
            yield AiImpact(product.name, kind, quarter.make_ref(story), quote)


def _says_replaced(story: Story) -> bool:
    """Return whether a headline or summary says that AI takes the place of something."""
    item = story.lead.item
    return any(_REPLACES.search(text) for text in (item.title, item.summary))


def _choose_words(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the sentence that says most of a story: of a claim's points, else of its summary."""
    subject = _find_subject(story, quarter)
    if subject is None:
        return None
    points = _find_points(story, subject)
    best = next((points[kind] for kind in _TELLING if kind in points), None)
    titles = [member.item.title for member in story.items]
    return best or _find_summary_sentence(story, titles, subject)
