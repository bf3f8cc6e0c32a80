"""Every vendor of the stack in a row: what it promised, shipped, was asked, and is to be asked.

Promised is what the team's files hold, what the vendor says in a story will come, and what an
earlier edition told would come. Shipped are its launches and updates in the quarter and in what is
held of the one before; that one of them keeps a promise is for a person to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from digest.edition.acts import read_act
from digest.edition.ai_impacts import changes_algorithm, is_in_our_plan, is_near_product
from digest.edition.ai_kinds import is_called_ai, works_with_ai
from digest.edition.availability import read_availability
from digest.edition.claim_points import Subject
from digest.edition.claim_quotes import is_quotable
from digest.edition.claim_sentences import iter_sentences
from digest.edition.claim_subjects import (
    acts_itself,
    find_subject,
    is_vendor_claim,
    speaks_of_ai,
)
from digest.edition.claims import choose_words
from digest.edition.new_products import is_new_product
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.asked import list_asked
from digest.edition.stack.money import sum_costs
from digest.edition.stack.questions import (
    CLAIM_QUESTION,
    MAX_TITLE,
    ask_about_claim,
    ask_about_story,
)
from digest.edition.stack.watch import find_own_sources, list_names
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    AnnouncedPromise,
    EarlierAnnouncement,
    PromiseRow,
    Sentence,
    VendorNews,
    VendorRow,
)
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.model.vendors import VendorRecord
from digest.text import clean_text, is_issue_title, truncate_text

_MAX_ANNOUNCED, _MAX_SHIPPED = 2, 6
_MAX_NEWS, _MAX_BEFORE = 8, 4
_NEWS_QUESTION = N_("“%(title)s”: what does it mean for our %(products)s?")
_NO_NEWS: frozenset[Event] = frozenset(("howto", "promo", "opinion", "research"))
_PRICE_QUESTION = N_("“%(title)s”: does it change what %(product)s costs us, and from when?")
_ROADMAP = N_(
    "We found no AI that you shipped for %(products)s: what comes, from when and on which data?"
)
# Nobody looked for what it shipped.
_UNREAD_ROADMAP = N_("Which AI comes for %(products)s, from when and on which data?")
_LEAVING = N_("We leave %(products)s: how do we get our data out, and when do you delete it?")


def group_by_vendor(quarter: QuarterView) -> dict[str, list[Product]]:
    """Return the products of the stack by their vendor, the dearest vendor first.

    Amounts of two currencies are not compared: the currency that most is paid in comes first.
    """
    products: dict[str, list[Product]] = {}
    for product in quarter.stack.products:
        products.setdefault(product.vendor_or_name, []).append(product)
    currencies = [money.currency for money in sum_costs(quarter.stack.products)]

    def get_sort_key(vendor: str) -> tuple[int, float]:
        costs = sum_costs(products[vendor])
        if not costs:
            return len(currencies), 0.0
        return currencies.index(costs[0].currency), -costs[0].amount

    return {vendor: products[vendor] for vendor in sorted(products, key=get_sort_key)}


def build_vendor_rows(
    quarter: QuarterView, rows: Sequence[PromiseRow], questions: dict[str, list[TranslatableText]]
) -> tuple[VendorRow, ...]:
    """Return a row for each vendor of the stack. `questions` are those that are open, by vendor."""
    vendors: dict[str, list[Product]] = group_by_vendor(quarter)
    known = set(map(str.casefold, vendors))
    for row in rows:
        if row.promise.vendor.casefold() not in known:
            vendors.setdefault(row.promise.vendor, [])
    return tuple(
        _build_row(vendor, products, quarter, rows, questions.get(vendor, []))
        for vendor, products in vendors.items()
    )


def _build_row(
    vendor: str,
    products: Sequence[Product],
    quarter: QuarterView,
    rows: Sequence[PromiseRow],
    questions: Sequence[TranslatableText],
) -> VendorRow:
    names = tuple(product.name for product in products)
    shipped = find_shipped(names, vendor, quarter)
    with_ai = [story for story in shipped if works_with_ai(story)]
    ours = {
        story.id
        for story in shipped
        if any(_is_for_product(story, product, quarter) for product in products)
    }
    watched = any(find_own_sources(list_names(product), quarter.coverage) for product in products)
    promised = tuple(row for row in rows if row.promise.vendor.casefold() == vendor.casefold())
    news = tuple(_find_news(names, quarter))
    asked = _complete_questions(
        questions, products, (with_ai, ours), promised, quarter, is_watched=watched
    )
    asked += [
        one.question for one in news if one.question and one.question.template == _NEWS_QUESTION
    ]
    return VendorRow(
        vendor=vendor,
        products=names,
        cost=sum_costs(products) if all(product.cost for product in products) else (),
        promised=promised,
        announced=tuple(sorted(_find_announced(names, quarter), key=lambda one: not one.ours)),
        shipped=tuple(map(quarter.make_ref, shipped[:_MAX_SHIPPED])),
        with_ai=len(with_ai),
        with_ai_for_us=sum(story.id in ours and is_called_ai(story) for story in with_ai),
        ours=tuple(story.id for story in shipped[:_MAX_SHIPPED] if story.id in ours),
        of_other_plans=tuple(
            story.id
            for story in shipped[:_MAX_SHIPPED]
            if story.id not in ours
            and any(is_near_product(story, product, quarter) for product in products)
        ),
        watched=watched,
        questions=tuple(asked),
        roadmap=any(question.template in (_ROADMAP, _UNREAD_ROADMAP) for question in asked),
        news=news,
        asked=list_asked(_find_record(vendor, quarter), quarter.today),
        before=tuple(_find_earlier_announcements(vendor, quarter)),
    )


def _find_record(vendor: str, quarter: QuarterView) -> VendorRecord:
    """Return what the team's file says of a vendor; an empty record where there is none."""
    known = (one for one in quarter.stack.vendors if one.vendor.casefold() == vendor.casefold())
    return next(known, VendorRecord(vendor))


def _complete_questions(
    questions: Sequence[TranslatableText],
    products: Sequence[Product],
    shipped: tuple[Sequence[Story], Collection[str]],
    promised: Sequence[PromiseRow],
    quarter: QuarterView,
    *,
    is_watched: bool,
) -> list[TranslatableText]:
    """Return what to ask a vendor: of its promises, then of one claim of its AI, then the rest.

    `shipped` is what it shipped with AI, and the ids of what it shipped for products of ours. Where
    none of it is asked about, the first claim that leaves something open is; where nothing of AI
    was promised, asked about or seen for our products, the roadmap is asked for.
    """
    with_ai, ours = shipped
    claims = [question for question in questions if question.template == CLAIM_QUESTION][:1]
    others = [question for question in questions if question.template != CLAIM_QUESTION]
    result = [*others[: len(promised)], *claims, *others[len(promised) :]]
    if all(product.status == "retiring" for product in products) and products:
        return result or [TranslatableText(_LEAVING, products=_list_names(products))]
    for_us = [story for story in with_ai if story.id in ours]
    if not claims:
        asked = (ask_about_claim(story, quarter) for story in for_us)
        if question := next(filter(None, asked), None):
            claims = [question]
            result.insert(min(len(promised), len(result)), question)
    result += _ask_about_prices(products, result, quarter)
    if products and not for_us and not promised and not claims:
        text = _ROADMAP if is_watched else _UNREAD_ROADMAP
        result.append(TranslatableText(text, products=_list_names(products)))
    return result


def _ask_about_prices(
    products: Sequence[Product], asked: Sequence[TranslatableText], quarter: QuarterView
) -> Iterator[TranslatableText]:
    """Yield what to ask about the first price that a vendor of one product of ours changed.

    Nothing where prices are asked about already.
    """
    if len(products) > 1 or any("cost" in question.template for question in asked):
        return
    for story in quarter.find_related(_list_names(products), "product", "vendor"):
        if story.tags.event == "pricing":
            title = truncate_text(quarter.make_ref(story).title, MAX_TITLE)
            yield TranslatableText(_PRICE_QUESTION, title=title, product=products[0].name)
            return


def _list_names(products: Sequence[Product]) -> tuple[str, ...]:
    return tuple(product.name for product in products)


def _is_for_product(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a release is one of a product, in our plan: by what AI adds to it, too."""
    return is_near_product(story, product, quarter) and is_in_our_plan(
        story, product, choose_words(story, quarter)
    )


def find_shipped(names: Sequence[str], vendor: str, quarter: QuarterView) -> list[Story]:
    """Return what a vendor launched and updated: with AI first, then of our products first.

    What is told of its other products counts only where it works with AI.
    """
    found = []
    launched = (one for one in quarter.doubtful if is_new_product(one))
    for story in (
        *quarter.find_related(names, "product", "vendor"),
        *(one for one in launched if _is_of(one, names, quarter)),
    ):
        subject = find_subject(story, quarter)
        if story.tags.event not in RELEASE_EVENTS or subject is None:
            continue
        changes = any(
            changes_algorithm(story, quarter.get_relation_to(story, name)) for name in names
        )
        is_release = changes or _is_release(story, subject)
        if is_release and not _is_to_come(story, quarter):
            found.append(story)
    ids = {story.id for story in found}
    for story in quarter.before or ():  # relations are those of the quarter alone
        subject = find_subject(story, quarter)
        is_theirs = vendor in story.tags.vendors[:1] and story.tags.event in RELEASE_EVENTS
        if is_theirs and subject and story.id not in ids and _is_release(story, subject):
            found.append(story)

    def get_sort_key(story: Story) -> tuple[bool, bool]:
        relations = [quarter.get_relation_to(story, name).kind for name in names]
        return not works_with_ai(story), "product" not in relations

    return sorted(found, key=get_sort_key)


def _is_release(story: Story, subject: Subject) -> bool:
    """Return whether a vendor brings something out, and not only speaks or is spoken of."""
    acts = story.tags.event == "launch" or acts_itself(story, subject)
    return acts and is_vendor_claim(story, subject)


def _is_to_come(story: Story, quarter: QuarterView) -> bool:
    """Return whether a headline, or the words of the claim, say that a thing is only to come."""
    quote = choose_words(story, quarter)
    texts = (clean_text(story.lead.item.title), quote.text if quote else "")
    return any(read_availability(text) == "announced" for text in texts)


def _find_announced(names: Sequence[str], quarter: QuarterView) -> Iterator[AnnouncedPromise]:
    """Yield what a vendor says of its AI will come, in the words of the quarter's stories."""
    count = 0
    for story in quarter.find_related(names, "product", "vendor"):
        subject = find_subject(story, quarter)
        if count == _MAX_ANNOUNCED or story.tags.ai not in AI_IN_USE or subject is None:
            continue
        if story.tags.event not in RELEASE_EVENTS or not is_vendor_claim(story, subject):
            continue
        titles = [member.item.title for member in story.items]
        quote = next(
            (
                Sentence(sentence, item.source_name, item.link)
                for item in (member.item for member in story.items)
                for sentence in iter_sentences(item)
                if read_availability(sentence) == "announced"
                and speaks_of_ai(sentence, subject)
                and is_quotable(sentence, item, titles, subject)
            ),
            None,
        )
        if quote:
            count += 1
            ours = _is_of_product(story, names, quarter)
            yield AnnouncedPromise(quarter.make_ref(story), quote, ours)


# ---------------------------------------------------------------- what the quarter told


def _find_news(names: Sequence[str], quarter: QuarterView) -> Iterator[VendorNews]:
    """Yield what the quarter told of a vendor: of our products, and what is to be asked, first."""
    ids = {story.id for story in quarter.stories}
    stories = [
        *quarter.find_related(names, "product", "vendor"),
        *(
            story
            for story in quarter.doubtful
            if story.id not in ids and _is_of(story, names, quarter)
        ),
    ]
    found = []
    for story in stories:
        if is_issue_title(story.lead.item.title):
            continue
        is_ours = _is_of_product(story, names, quarter)
        found.append(
            VendorNews(
                quarter.make_ref(story),
                read_act(story),
                choose_words(story, quarter) or _quote_first(story, quarter),
                _ask_vendor(story, names, quarter, is_ours=is_ours),
                is_ours,
            )
        )
    found.sort(key=lambda one: (not one.ours, one.question is None))
    yield from found[:_MAX_NEWS]


def _quote_first(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the first sentence of a story's lead that says more than its headline."""
    subject, item = find_subject(story, quarter), story.lead.item
    if subject is None:
        return None
    titles = [member.item.title for member in story.items]
    return next(
        (
            Sentence(sentence, item.source_name, item.link)
            for sentence in iter_sentences(item)
            if is_quotable(sentence, item, titles, subject)
        ),
        None,
    )


def _is_of(story: Story, names: Sequence[str], quarter: QuarterView) -> bool:
    return any(quarter.get_relation_to(story, name).kind in OUR_RELATIONS for name in names)


def _is_of_product(story: Story, names: Sequence[str], quarter: QuarterView) -> bool:
    return any(quarter.get_relation_to(story, name).kind == "product" for name in names)


def _ask_vendor(
    story: Story, names: Sequence[str], quarter: QuarterView, *, is_ours: bool
) -> TranslatableText | None:
    """Return what to ask a vendor about a story, without anything that it may not read."""
    if question := ask_about_story(story, quarter, names, with_cost=False):
        return question
    if not is_ours or (story.tags.event in _NO_NEWS and story.tags.is_certain("event")):
        return None
    ours = [name for name in names if quarter.get_relation_to(story, name).kind == "product"]
    title = truncate_text(quarter.make_ref(story).title, MAX_TITLE)
    return TranslatableText(_NEWS_QUESTION, title=title, products=tuple(ours))


def _find_earlier_announcements(vendor: str, quarter: QuarterView) -> Iterator[EarlierAnnouncement]:
    """Yield what earlier editions told that a vendor announced or tested, the latest first.

    The story that carries one on stands with it, whatever it says of it. Where none does, only what
    was surely a launch or an update is named.
    """
    stories = {story.id: story for story in quarter.stories}
    outcomes: dict[tuple[str, str], Story] = {}
    for story_id, thread in quarter.threads.items():
        if story := stories.get(story_id):
            place = (thread.earlier.edition, thread.earlier.id)
            known = outcomes.get(place)
            if known is None or _get_day(story) < _get_day(known):
                outcomes[place] = story
    told = [
        one
        for one in quarter.earlier
        if one.act in ("announced", "in test")
        and vendor.casefold() in map(str.casefold, (*one.vendors[:1], *one.parties))
        and (one.event in RELEASE_EVENTS or (one.edition, one.id) in outcomes)
    ]
    told.sort(key=lambda one: (one.published, one.id), reverse=True)
    for one in told[:_MAX_BEFORE]:
        assert one.act
        outcome = outcomes.get((one.edition, one.id))
        yield EarlierAnnouncement(
            *(one.edition, one.id, one.title, one.language, one.url, one.act, one.due),
            outcome=quarter.make_ref(outcome) if outcome else None,
            now=read_act(outcome) if outcome else None,
        )


def _get_day(story: Story) -> tuple[datetime, str]:
    return story.items[0].item.published_or_seen, story.id
