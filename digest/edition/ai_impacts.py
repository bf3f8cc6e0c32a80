"""Where AI of any kind adds to the products of the stack, and where it threatens them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from digest.edition.ai_functions import read_ai_function
from digest.edition.ai_kinds import (
    is_called_ai,
    names_algorithm,
    read_ai_kind,
    releases_algorithm,
    works_with_ai,
)
from digest.edition.claim_points import Subject, says_nothing
from digest.edition.claim_sentences import is_clean_sentence
from digest.edition.claim_subjects import (
    find_subject,
    get_title,
    has_ai_word,
    is_vendor_claim,
    lists_several,
)
from digest.edition.claims import choose_words
from digest.edition.disputes import find_contrary_words
from digest.edition.new_products import is_new_product
from digest.edition.quarter import RELEASE_EVENTS, QuarterView
from digest.edition.rivals import is_rival, list_words
from digest.edition.subjects import introduces_addon, join_heads
from digest.model.edition import AiImpact, ImpactKind, Sentence
from digest.model.stack import OUR_RELATIONS, Product, Relation
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text, split_sentences

# A deal, a price, a closure or a case tells what becomes of a vendor, not what AI does to another.
_TELLING_EVENTS: frozenset[Event | None] = frozenset(
    ("launch", "update", "research", "opinion", "partnership", None)
)
_COMPANY_EVENTS: frozenset[Event | None] = frozenset(  # of the maker, which may speak of its AI
    ("acquisition", "funding", "partnership", "shutdown", "people")
)
_Told = tuple[Story, Subject | None]
_MAX_IMPACTS = 2  # of a kind and product
_MAX_LEAD = 600  # characters of a text
_PLANS_LENGTH = 1500  # characters of a text that say for whom something is
_PLAN_NAMES = frozenset(
    "free plus pro team teams business enterprise premium starter standard basic essentials edu "
    "education go max growth ultimate advanced".split()
)
_PLAN = rf"(?:{'|'.join(sorted(_PLAN_NAMES))})"
_PLANS = re.compile(  # by their names: what follows says that they are plans, or who pays for them
    rf"\b{_PLAN}(?:(?:, | and | or |, and |/| & ){_PLAN})*(?:[ -](?:tier))? (?:users?|plans?|"
    rf"editions?|customers|subscribers|subscriptions?|tiers?|accounts?|members|seats)\b",
    re.IGNORECASE,
)
_HEADLINE_CASE = re.compile(r"(?: [A-Z]\w+){4}")  # a capital tells nothing there
_FORBIDS = re.compile(  # it is kept from doing so
    r"\bfrom$|\b(?:bans?|banned|prohibit\w*|forbid\w*|prevent\w*|stops?|verbiet\w+|untersag\w+|"
    r"vieta\w*|impedi\w+|interdi\w*|empêch\w+|prohíb\w+|prohib\w+|impid\w+)\b|ห้าม|禁止",
    re.IGNORECASE,
)
_AI_NAMES = re.compile(r"\bchat ?gpt(?: ads(?: manager)?)?\b", re.IGNORECASE)
_BOUNDS = re.compile(  # what a maker builds into its product that its users did not ask for
    r"\b(?:watermark\w*|C2PA|content credentials|(?:usage|rate|message|weekly|daily|token) "
    r"(?:limits?|caps?|quotas?)|restrict(?:s|ed|ing|ions?)|age (?:checks?|verification)|"
    r"wasserzeichen|nutzungslimits?|einschränkung\w*|schränkt\b|filigran\w*|"
    r"limita\w* (?:l['’ ]uso|gli)|restrizion\w*|limites? d['’ ]utilisation|restreint|"
    r"marcas? de agua|límites? de uso|restring\w+|restriccion\w+)\b|"
    r"ลายน้ำ|จำกัดการใช้|水印|浮水印|電子透かし|限制|制限",
    re.IGNORECASE,
)
_LIFTS = re.compile(
    r"\b(?:rais\w+|doubl\w+|increas\w+|lift\w*|remov\w+|higher|more generous|drops?|loosen\w*|"
    r"erhöh\w+|hebt|verdoppel\w+|aument\w+|raddoppia\w*|rimuov\w+|lève|augmente|double|supprime|"
    r"elimina\w*|duplica\w*)\b|เพิ่ม|ยกเลิก|取消|提高|解除|撤廃|緩和|detect\w*|erkenn\w+|rilev\w+|détect\w+",
    re.IGNORECASE,
)
_REPLACES = re.compile(
    r"(?<!not )(?<!n’t )(?<!n't )(?<!nicht )(?<!non )\b(?:replac(?:e|es|ed|ing)|kill(?:s|ed|ing)?|"
    r"obsolete|the end of|end of the road|displac\w+|ersetz\w+|überflüssig|sostitu\w+|remplac\w+|"
    r"reemplaz\w+|substitutes? for|(?:drop|decline|fall) in (?:\w+ ){0,2}?(?:search(?:es)?|"
    r"clicks|traffic|"
    r"visits)|(?:search(?:es)?|clicks|traffic|visits|volume|keywords) (?:[\w-]+ ){0,4}?(?:fell|"
    r"dropped|"
    r"declin\w+|shr[iau]nk\w*))\b|แทนที่",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)  # several pages ask for them
def find_ai_impacts(quarter: QuarterView) -> tuple[AiImpact, ...]:
    """Return where AI adds to products of the stack and where it threatens them.

    It adds where a product, or its vendor in a category of the product, gets AI that its plan is
    not left out of. It threatens where a rival brings AI in the product's home category, or a story
    says that AI takes its place; who launches something else there challenges it. Where nothing
    adds, the maker's AI for other plans, or other news of it, may be told; beside all that what the
    maker launches in another product.
    """
    return tuple(
        impact for product in quarter.stack.products for impact in _iter_impacts(product, quarter)
    )


def _iter_impacts(product: Product, quarter: QuarterView) -> Iterator[AiImpact]:
    launched = (story for story in quarter.doubtful if is_new_product(story))
    stories = [
        (story, find_subject(story, quarter))
        for story in (*quarter.stories, *launched)
        if works_with_ai(story)
    ]
    told = [pair for pair in stories if not lists_several(get_title(pair[0]), pair[1])]
    adds, others, tells = _find_own(product, told, quarter)
    number: Counter[ImpactKind] = Counter()
    for story in adds:
        gain: ImpactKind = "bounds" if bounds_product(story) else "adds"
        number[gain] += 1
        if number[gain] <= _MAX_IMPACTS:
            yield _make_impact(product, gain, story, choose_words(story, quarter), quarter)
    if adds:  # what becomes of the product's own AI counts, whatever is added to it
        others, tells = [], [one for one in tells if one.tags.event in RELEASE_EVENTS]
    quotes = [(story, choose_words(story, quarter)) for story in others]
    quotes += [(story, _quote_ai(story)) for story in tells]
    shown = [pair for pair in quotes if pair[1]][:1]
    for story, said in shown:
        kind: ImpactKind = "tells"
        if changes_algorithm(story, quarter.get_relation_to(story, product.name)):
            kind = "changes"
        yield _make_impact(product, kind, story, said, quarter)
    threats = _find_threats(product, told, quarter)
    told_already = {story.id for story in (*adds, *(story for story, _ in (*shown, *threats)))}
    elsewhere = _find_elsewhere(product, told, quarter)
    for story in [one for one in elsewhere if one.id not in told_already][:1]:
        yield _make_impact(product, "elsewhere", story, choose_words(story, quarter), quarter)
    for of_rival in (False, True):
        for story, rival in [one for one in threats if bool(one[1]) == of_rival][:_MAX_IMPACTS]:
            quote = choose_words(story, quarter) if rival else _quote_replacing(story, quarter)
            yield _make_impact(product, "threatens", story, quote, quarter, rival)
    known = {story.id for story, _ in threats}
    for story, rival in _find_challengers(product, known, quarter)[:_MAX_IMPACTS]:
        yield _make_impact(
            product, "challenges", story, choose_words(story, quarter), quarter, rival
        )


def _find_challengers(
    product: Product, known: Collection[str], quarter: QuarterView
) -> list[tuple[Story, str]]:
    """Return what others launched in the home category of a product, and whose it is."""
    home = next(iter(product.categories), None)
    found: list[tuple[Story, str]] = []
    for story in quarter.stories:
        subject = find_subject(story, quarter)
        is_new = is_new_product(story)
        if story.id in known or not is_new or subject is None or story.tags.category != home:
            continue
        is_product = not (lists_several(get_title(story), subject) or introduces_addon(story))
        if is_product and is_rival(story, product, quarter):
            found.append((story, quarter.name_product(story) or subject.name))
    return found


def offers(story: Story, subject: Subject | None) -> bool:
    """Return whether a vendor brings out AI in a story."""
    is_release = subject is not None and story.tags.event in RELEASE_EVENTS
    return is_release and subject is not None and is_vendor_claim(story, subject)


def _is_offer_of_product(story: Story, subject: Subject | None) -> bool:
    """Return whether a vendor brings out AI that is no add-on to something else."""
    return offers(story, subject) and not introduces_addon(story)


def _find_own(
    product: Product, told: Sequence[_Told], quarter: QuarterView
) -> tuple[list[Story], list[Story], list[Story]]:
    """Return what adds AI to a product, to other plans than ours, and what becomes of its maker."""
    adds: list[Story] = []
    others: list[Story] = []
    tells: list[Story] = []
    for story, subject in told:
        relation = quarter.get_relation_to(story, product.name)
        if relation.kind not in OUR_RELATIONS:
            continue
        is_near = is_near_product(story, product, quarter)
        if offers(story, subject):
            if is_near and is_in_our_plan(story, product, choose_words(story, quarter)):
                adds.append(story)
            elif is_near:
                others.append(story)
        elif _tells_of_maker(story, relation, product, is_near=is_near):
            tells.append(story)
    return adds, others, tells


def is_near_product(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a story is about a product, or its maker's news of the product's field.

    The latter names no other product of the maker.
    """
    relation = quarter.get_relation_to(story, product.name)
    if relation.kind == "product" or relation.kind not in OUR_RELATIONS:
        return relation.kind == "product"
    if names_product(story, product):
        return True
    is_of_field = story.tags.category in product.categories
    return is_of_field and not _names_other_product(story, product, quarter)


def _names_other_product(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a headline names a product of our product's maker that is not of its family.

    "Acme Voice" is not of that of "Acme Desk", and "Desk Mini" is.
    """
    maker = product.vendor_or_name
    title = get_title(story)
    named = quarter.name_product(story)
    if not named and not _HEADLINE_CASE.search(title):
        found = re.search(rf"(?<!\w){re.escape(maker)} ([A-Z]\w+)", title)
        named = found[1] if found else ""
    ours = {word for name in (product.name, *product.aliases) for word in name.casefold().split()}
    family = ours.difference(maker.casefold().split())
    words = set(named.casefold().split()).difference(maker.casefold().split())
    return bool(words) and words.isdisjoint(family)


def _find_elsewhere(product: Product, told: Sequence[_Told], quarter: QuarterView) -> list[Story]:
    """Return what a maker of this product of ours alone surely launches with AI in another one."""
    found = []
    for story, subject in told:
        relation = quarter.get_relation_to(story, product.name)
        is_makers = relation.kind == "vendor" and relation.products == (product.name,)
        is_launch = story.tags.event == "launch" and story.tags.is_certain("event")
        if is_makers and is_launch and is_called_ai(story) and offers(story, subject):
            found.append(story)
    return found


def _tells_of_maker(story: Story, relation: Relation, product: Product, *, is_near: bool) -> bool:
    """Return whether a story tells of its maker's AI what is no release.

    It does by what becomes of the maker, or of what bids, scores or predicts in the product.
    """
    if story.tags.event in RELEASE_EVENTS:
        return changes_algorithm(story, relation)
    is_only = relation.products == (product.name,)
    return story.tags.event in _COMPANY_EVENTS and (is_near or is_only)


def bounds_product(story: Story) -> bool:
    """Return whether a headline says that AI is marked, or used no more than a limit allows."""
    title = clean_text(story.lead.item.title)
    return bool(_BOUNDS.search(title)) and not _LIFTS.search(title)


def changes_algorithm(story: Story, relation: Relation) -> bool:
    """Return whether what bids, scores or predicts in a product of ours is new or changes."""
    return relation.kind == "product" and releases_algorithm(story)


def _find_threats(
    product: Product, told: Sequence[_Told], quarter: QuarterView
) -> list[tuple[Story, str]]:
    """Return what threatens a product in its home category, and whose it is: "" where nobody's."""
    home = next(iter(product.categories), None)
    found: list[tuple[Story, str]] = []
    for story, subject in told:
        relation = quarter.get_relation_to(story, product.name)
        if story.tags.category != home:
            continue
        can_replace = relation.kind != "product" and story.tags.event in _TELLING_EVENTS
        if can_replace and _find_replacing(story):
            found.append((story, ""))
        elif (
            is_rival(story, product, quarter)
            and _is_offer_of_product(story, subject)
            and _brings_ai(story)
        ):
            found.append((story, subject.name if subject else ""))
    return found


def _brings_ai(story: Story) -> bool:
    """Return whether a release has AI of its own; what is sold as AI has it anyway.

    Where a name that holds the word is taken away, another word has to say so.
    """
    words, names = _AI_NAMES.subn(" ", join_heads(story, _MAX_LEAD))
    if not names or story.tags.category == "ai-platforms":
        return True
    return has_ai_word(words) or names_algorithm(words)


def _make_impact(
    product: Product,
    kind: ImpactKind,
    story: Story,
    quote: Sentence | None,
    quarter: QuarterView,
    rival: str = "",
) -> AiImpact:
    words = list_words(story, quote)
    is_ai = kind != "challenges" and is_called_ai(story)
    return AiImpact(
        product.name,
        kind,
        quarter.make_ref(story),
        quote,
        rival,
        read_ai_kind(*words) if is_ai else None,  # an algorithm is of none
        read_ai_function(*words),
        find_contrary_words(story, quarter) if kind == "threatens" and not rival else (),
        is_ai,
    )


def _quote_ai(story: Story) -> Sentence | None:
    """Return the first whole sentence of the first lines that speaks of AI; None without one."""
    for item in (member.item for member in story.items):
        for sentence in split_sentences(clean_text(f"{item.summary}\n{item.text[:_MAX_LEAD]}")):
            is_own = sentence != clean_text(item.title) and is_clean_sentence(sentence)
            speaks_of_ai = has_ai_word(sentence) or names_algorithm(sentence)
            if is_own and speaks_of_ai and not says_nothing(sentence):
                return Sentence(sentence, item.source_name, item.link)
    return None


def is_in_our_plan(story: Story, product: Product, quote: Sentence | None) -> bool:
    """Return whether words on plans and editions leave the product of ours in.

    "For Plus users" is not for "Acme Enterprise". The quoted sentence decides, where it names a
    plan, else the headline, else what the reports say first; where none does, it is for all.
    """
    ours = " ".join((product.name, *product.aliases)).casefold()
    items = [member.item for member in story.items]
    heads = " . ".join(f"{item.summary} . {item.text[:_PLANS_LENGTH]}" for item in items)
    for text in (quote.text if quote else "", get_title(story), heads):
        named = {word.casefold() for match in _PLANS.finditer(text) for word in match[0].split()}
        plans = named & _PLAN_NAMES
        if plans:
            return any(re.search(rf"\b{re.escape(plan)}\b", ours) for plan in plans)
    return True


def names_product(story: Story, product: Product) -> bool:
    """Return whether a headline names a product by a part of its name that is no word of its maker.

    A capital after it makes it the name of something else: "Acme Ads" is no Acme Desk.
    """
    for name in (product.name, *product.aliases):
        first = name.split()[0]
        if len(first) < 4 or first.casefold() == product.vendor_or_name.split()[0].casefold():
            continue
        if re.search(rf"(?<!\w){re.escape(first)}(?!\w|[ -][A-Z])", story.lead.item.title):
            return True
    return False


def _find_replacing(story: Story) -> str:
    """Return the headline or the sentence of a summary that says what AI takes the place of."""
    item = story.lead.item
    texts = (clean_text(item.title), *split_sentences(clean_text(item.summary)))
    return next((text for text in texts if _says_replaced(text)), "")


def _says_replaced(text: str) -> bool:
    """Return whether a text says that something takes the place of another, and may."""
    found = _REPLACES.search(text)
    return found is not None and not _FORBIDS.search(text[: found.start()].rstrip())


def _quote_replacing(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the whole sentence that says so; where only the headline does, what says most."""
    item, text = story.lead.item, _find_replacing(story)
    if text != clean_text(item.title) and is_clean_sentence(text):
        return Sentence(text, item.source_name, item.link)
    return choose_words(story, quarter)
