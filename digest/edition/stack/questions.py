"""What to ask a vendor: of its promises, of its news, and of what its AI claims leave open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.claim_points import PROOF_POINTS
from digest.edition.claim_subjects import find_subject, is_vendor_claim
from digest.edition.claims import find_points
from digest.edition.consequence_case import tells_of_our_data
from digest.edition.incidents import classify_incident
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.stack.radar import changes_terms
from digest.edition.stack.verdicts import reaches_us
from digest.edition.stack.watch import list_names
from digest.edition.subjects import find_touched_products, is_about_addon, is_sure_incident
from digest.i18n import N_, TranslatableText
from digest.model.edition import PromiseRow, VendorQuestions
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import is_issue_title, truncate_text

MAX_TITLE = 70  # characters of a headline in a question
_MAX_QUESTIONS = 4  # a vendor
_MAX_ASKED = 3  # of what a claim leaves open
CLAIM_QUESTION = N_("“%(title)s”: %(asked)s?")
_ASKED_OF_CLAIM: Mapping[str, str] = {  # point of the test, what to ask where it is not answered
    "data": N_("on whose data and how much"),
    "availability": N_("from when for us"),
    "difference": N_("what does it do better than without AI"),
    "result": N_("with what measured result"),
    "customer": N_("at which customer"),
}
_DATA_QUESTION = N_(
    "“%(title)s”: what may you do with our data in %(product)s, and how do we refuse?"
)
_UPDATE_QUESTION = N_("“%(title)s”: does it reach our %(product)s, from when, and what must we do?")
_UPDATES_QUESTION = N_("%(titles)s: do they reach our %(product)s, from when, and what must we do?")
_LATER_QUESTIONS: Mapping[str, int] = {
    CLAIM_QUESTION: 1,
    _UPDATE_QUESTION: 2,
    _UPDATES_QUESTION: 2,
}
_MAX_UPDATES, _MAX_UPDATE_TITLE = 3, 60  # that one question is about; characters of a headline
_QUESTIONS_BY_EVENT: Mapping[Event, str] = {
    "pricing": N_("“%(title)s”: does it change what %(product)s costs us, and from when?"),
    "shutdown": N_(
        "“%(title)s”: which part of %(product)s ends, when, and what takes its place for us?"
    ),
    "acquisition": N_(
        "“%(title)s”: what becomes of the roadmap, the price and our contract of %(product)s?"
    ),
    "incident": N_("“%(title)s”: does it reach our %(product)s or our data, and what must we do?"),
    "regulation": N_("“%(title)s”: what changes in %(product)s for us, and from when?"),
}
_OUTAGE_QUESTION = N_(
    "“%(title)s”: what was the cause, and what do we get for the hours of %(product)s that we lost?"
)
_BOUNDS_QUESTION = N_("“%(title)s”: what keeps the AI of our %(product)s within its bounds?")
_PRICED_QUESTION = N_(
    "“%(title)s”: does it change the %(cost)s a year that we pay for %(product)s, and from when?"
)


def iter_vendor_questions(
    quarter: QuarterView, rows: Sequence[PromiseRow]
) -> Iterator[VendorQuestions]:
    """Yield what to ask each vendor.

    Vendors of anchors come first, then those that promised something, then the others.
    """
    promised = {row.promise.vendor.casefold() for row in rows}
    products: dict[str, list[Product]] = {}
    for product in quarter.stack.products:
        if product.status != "retiring":
            products.setdefault(product.vendor_or_name, []).append(product)

    def get_sort_key(vendor: str) -> tuple[bool, bool]:
        is_anchor = any(product.status == "anchor" for product in products[vendor])
        return not is_anchor, vendor.casefold() not in promised

    for vendor in sorted(products, key=get_sort_key):
        names = tuple(product.name for product in products[vendor])
        about = [
            *quarter.find_related(names, "product", "vendor"),
            *_find_doubtful_news(names, quarter),
        ]
        theirs = [row for row in rows if row.promise.vendor.casefold() == vendor.casefold()]
        questions = [
            *_ask_about_promises(theirs),
            # Changes of terms and uses of our data first, then claims without proof, then updates.
            *sorted(
                _join_updates(
                    _drop_repeated(ask_about_story(story, quarter, names) for story in about)
                ),
                key=lambda question: _LATER_QUESTIONS.get(question.template, 0),
            ),
            *_ask_about_threats(names, quarter),
        ]
        for product in (product for product in products[vendor] if product.ai.used):
            if not product.ai.data:
                text = N_("On whose data does the AI in %(product)s work?")
                questions.append(TranslatableText(text, product=product.name))
            if not product.ai.quality:
                text = N_("How good is the AI in %(product)s, and how is that measured?")
                questions.append(TranslatableText(text, product=product.name))
        if questions:
            yield VendorQuestions(vendor, names, tuple(dict.fromkeys(questions))[:_MAX_QUESTIONS])


def _ask_about_threats(names: Collection[str], quarter: QuarterView) -> Iterator[TranslatableText]:
    """Yield what a vendor answers to the first report that AI could threaten a product's field."""
    for impact in find_ai_impacts(quarter):
        if impact.product in names and impact.kind == "threatens" and not impact.rival:
            text = N_(
                "“%(title)s”: does it threaten what %(product)s does, and what do you do about it?"
            )
            title = truncate_text(impact.story.title, MAX_TITLE)
            yield TranslatableText(text, title=title, product=impact.product)
            return


def _find_doubtful_news(names: Collection[str], quarter: QuarterView) -> list[Story]:
    """Return what may be no news of the field: a maker's incidents, and what it does with our data.

    Only the products of these names count.
    """
    return [
        story
        for story in quarter.doubtful
        if (is_sure_incident(story) or tells_of_our_data(story))
        and any(
            relation.kind in OUR_RELATIONS and not set(relation.products).isdisjoint(names)
            for relation in quarter.get_relations(story)
        )
    ]


def _drop_repeated(questions: Iterable[TranslatableText | None]) -> Iterator[TranslatableText]:
    """Yield questions; of several on the terms of one product, as one deal brings, the first."""
    asked = set()
    for question in filter(None, questions):
        about = question.values.get("product", question)
        kind = (question.template, about if question.template != _UPDATE_QUESTION else question)
        if kind not in asked:
            asked.add(kind)
            yield question


def _join_updates(questions: Iterable[TranslatableText]) -> Iterator[TranslatableText]:
    """Yield questions, those on updates of one product as one."""
    updates: dict[object, list[TranslatableText]] = {}
    for question in questions:
        if question.template == _UPDATE_QUESTION:
            updates.setdefault(question.values["product"], []).append(question)
        else:
            yield question
    for product, found in updates.items():
        if len(found) == 1:
            yield found[0]
            continue
        titles = tuple(
            TranslatableText(
                N_("“%(title)s”"), title=truncate_text(str(one.values["title"]), _MAX_UPDATE_TITLE)
            )
            for one in found[:_MAX_UPDATES]
        )
        yield TranslatableText(_UPDATES_QUESTION, titles=titles, product=product)


def ask_about_story(
    story: Story,
    quarter: QuarterView,
    among: Collection[str] | None = None,
    *,
    with_cost: bool = True,
) -> TranslatableText | None:
    """Return what to ask the vendor of a product of ours about a story; None where nothing is.

    `among` are the products that may be asked about; None: all. Without `with_cost` a question
    holds nothing that the vendor may not read.

    A deal, a price, a closure or a rule comes first, then an AI claim without proof, then what an
    update of the product itself asks of us.
    """
    product, title = _find_product(story, quarter, among), quarter.make_ref(story).title
    if product is None or is_issue_title(title):
        return None
    relation = quarter.get_relation_to(story, product.name)
    values: dict[str, object] = {"title": title, "product": product.name}
    event = story.tags.event
    if event == "incident":
        return _ask_about_incident(story, product, quarter, values)
    if changes_terms(story, relation):
        if with_cost and event == "pricing" and product.cost and product.cost.amount:
            return TranslatableText(_PRICED_QUESTION, cost=product.cost, **values)
        return TranslatableText(_QUESTIONS_BY_EVENT[event], **values)
    if relation.kind == "product" and tells_of_our_data(story):
        return TranslatableText(_DATA_QUESTION, **values)
    is_near = relation.kind == "product" or story.tags.category in product.categories
    if is_near and (question := ask_about_claim(story, quarter)):
        return question
    if event == "update" and relation.kind == "product":
        return TranslatableText(_UPDATE_QUESTION, **values)
    return None


def _ask_about_incident(
    story: Story, product: Product, quarter: QuarterView, values: Mapping[str, object]
) -> TranslatableText | None:
    """Return what to ask of an incident of a product, or of a sure one at its maker."""
    is_ours = quarter.get_relation_to(story, product.name).kind == "product"
    if is_ours and is_about_addon(story, product.name):
        return None
    kind = classify_incident(story, list_names(product))
    if kind == "attack by AI":
        touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
        return TranslatableText(_BOUNDS_QUESTION, **values) if product in touched else None
    if not is_ours and not reaches_us(story, product, quarter):
        return None
    if kind == "outage":
        return TranslatableText(_OUTAGE_QUESTION, **values)
    return TranslatableText(_QUESTIONS_BY_EVENT[story.tags.event], **values)


def _find_product(
    story: Story, quarter: QuarterView, among: Collection[str] | None
) -> Product | None:
    """Return the dearest product of the stack that a story is about, or its maker's."""
    names = {
        name
        for relation in quarter.get_relations(story)
        if relation.kind in OUR_RELATIONS
        for name in relation.products
    }
    found = [
        product
        for product in quarter.stack.products
        if product.name in names and (among is None or product.name in among)
    ]
    return max(found, key=lambda one: one.cost.amount if one.cost else 0, default=None)


def ask_about_claim(story: Story, quarter: QuarterView) -> TranslatableText | None:
    """Return what a claim of AI leaves open; None where it quotes a customer, data or a result."""
    tags = story.tags
    if tags.ai not in AI_IN_USE or tags.event not in RELEASE_EVENTS or tags.evidence is None:
        return None
    subject = find_subject(story, quarter)
    if subject is None or not is_vendor_claim(story, subject):
        return None
    points = find_points(story, quarter)
    if PROOF_POINTS & points.keys():
        return None
    asked = tuple(
        TranslatableText(text) for kind, text in _ASKED_OF_CLAIM.items() if kind not in points
    )
    return TranslatableText(
        CLAIM_QUESTION,
        title=truncate_text(quarter.make_ref(story).title, MAX_TITLE),
        asked=asked[:_MAX_ASKED],
    )


def _ask_about_promises(rows: Iterable[PromiseRow]) -> Iterator[TranslatableText]:
    for row in rows:
        promise = row.promise
        if row.standing == "slipped" and promise.by:
            yield TranslatableText(
                N_(
                    "You said that this would come by %(day)s: “%(what)s”. Where does it stand, "
                    "and what is the new date?"
                ),
                day=promise.by,
                what=promise.what,
            )
        elif row.standing in ("open", "silent", "unwatched"):
            yield TranslatableText(
                N_("What is the state of “%(what)s”, and from when can we use it?"),
                what=promise.what,
            )
        elif row.standing in ("seen", "contradicted"):
            shown = (row.seen or row.against)[0]
            text = (
                N_("Is “%(title)s” what you promised as “%(what)s”, in full and in our plan?")
                if row.standing == "seen"
                else N_("You promised “%(what)s”. What becomes of it after “%(title)s”?")
            )
            yield TranslatableText(text, title=shown.title, what=promise.what)
