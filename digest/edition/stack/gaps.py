"""The agenda's items on gaps and opportunities: what is missing, retires, idles or overlaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from digest.edition.owners import find_common_owner, name_owners, propose_owner
from digest.edition.phrases import cite_headline, join_texts, list_product_names
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView, get_category_name
from digest.edition.rivals import is_rival
from digest.edition.stack.basis import MAX_OF_KIND, AgendaBasis
from digest.edition.stack.contracts import find_contract_day
from digest.edition.stack.money import get_cost_key, sum_costs
from digest.edition.stack.overlaps import Overlap, find_overlaps
from digest.i18n import N_, TranslatableText
from digest.model.edition import AgendaItem
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.text import truncate_text

_MAX_GAPS = 4
_MAX_WORK = 60  # characters of what a product contributes
_MAX_UNUSED = 3  # products that are named for want of a use of AI


def list_gap_items(quarter: QuarterView, basis: AgendaBasis) -> tuple[AgendaItem, ...]:
    """Return categories of goals without a product, what retires, rivals, overlaps, AI unused."""
    items = [
        *_list_gaps(quarter),
        *_list_successions(quarter, basis),
        *_list_challengers(quarter, basis),
        *_list_overlaps(quarter),
        *_list_unused_ai(quarter),
    ]
    return tuple(items[:_MAX_GAPS])


def _list_gaps(quarter: QuarterView) -> Iterator[AgendaItem]:
    gaps = Counter(  # category, goal → stories that tell of it
        (relation.category, relation.goal)
        for story in quarter.stories
        for relation in quarter.get_relations(story)
        if relation.kind == "gap" and relation.category
    )
    for (slug, goal), _ in sorted(gaps.items(), key=lambda row: (-row[1], row[0]))[:MAX_OF_KIND]:
        told = [
            story
            for story in (*quarter.stories, *quarter.doubtful)  # as the register counts them
            if story.tags.category == slug
            and story.tags.is_certain("category")
            and not quarter.is_own_use(story)
        ]
        new = sum(quarter.make_ref(story).event in RELEASE_EVENTS for story in told)
        retires = any(slug in product.categories for product in quarter.stack.products)
        text = {
            (False, False): N_("We run nothing there; stories this quarter: %(count)s."),
            (False, True): N_(
                "We run nothing there; new products, launches and updates this quarter: %(count)s."
            ),
            (True, False): N_("What we run there retires; stories this quarter: %(count)s."),
            (True, True): N_(
                "What we run there retires; new products, launches and updates this quarter: "
                "%(count)s."
            ),
        }[retires, bool(new)]
        yield AgendaItem(
            what=TranslatableText(
                N_("Add something for %(category)s, or serve “%(goal)s” without it?"),
                category=get_category_name(slug),
                goal=goal,
            ),
            why=TranslatableText(text, count=new or len(told)),
            proposed=propose_owner(_list_serving(goal, quarter)),
            section="categories",
        )


def _list_successions(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield what is to become of the work of products that retire, and their notices."""
    products = quarter.stack.products
    for product in products:
        if product.status != "retiring":
            continue
        others = tuple(
            other.name
            for other in products
            if other.status != "retiring" and other.categories[:1] == product.categories[:1]
        )
        contract = find_contract_day(product, quarter.today)
        gives_notice = contract and contract.kind == "notice" and product.name not in basis.decided
        text = N_("Name what takes the place of %(name)s.")
        if others and gives_notice:
            text = N_("Give notice for %(name)s as planned, and let %(others)s take over its work?")
        elif others:
            text = N_("Move the work of %(name)s to %(others)s?")
        elif gives_notice:
            text = N_("Give notice for %(name)s as planned, and name what takes its place?")
        values: dict[str, object] = {"name": product.name}
        if others:
            values["others"] = others
        what = TranslatableText(text, **values)
        facts = []
        if product.contract_end and product.contract_end >= quarter.today:
            text = N_("Its contract ends on %(day)s.")
            facts.append(TranslatableText(text, day=product.contract_end))
        if product.contribution:
            text = N_("It does this today: “%(work)s”")
            facts.append(TranslatableText(text, work=truncate_text(product.contribution, 100)))
        if not facts:
            facts.append(TranslatableText(N_("It is being retired.")))
        yield AgendaItem(
            what=what,
            why=join_texts(facts, " "),
            owner=product.owner,
            due=contract.day if contract else None,
            section="stack",
        )


def _list_challengers(quarter: QuarterView, basis: AgendaBasis) -> Iterator[AgendaItem]:
    """Yield a product to compare ours with while its contract can be ended, for the dearest."""
    products = {product.name: product for product in quarter.stack.products}
    makers = {product.vendor_or_name.casefold() for product in quarter.stack.products}
    found: list[tuple[Product, Story, str]] = []
    for story in quarter.stories:
        is_launch = quarter.make_ref(story).event == "launch"  # and that is sure
        for relation in quarter.get_relations(story) if is_launch else ():
            ours = [products[name] for name in relation.products if name in products]
            found += [
                (product, story, relation.vendor)
                for product in ours
                if relation.kind == "rival"
                and relation.vendor
                and relation.vendor in story.lead.item.title
                and relation.vendor.casefold() not in makers  # theirs we run already
                and product.name not in basis.decided  # page one asks whether it is renewed
                and product.categories[:1] == (story.tags.category,)
                and find_contract_day(product, quarter.today)
                and is_rival(story, product, quarter)
            ]
    for product, story, vendor in sorted(found, key=lambda row: get_cost_key(row[0]))[:1]:
        contract = find_contract_day(product, quarter.today)
        yield AgendaItem(
            what=TranslatableText(
                N_("Compare %(product)s with %(vendor)s before its term is renewed?"),
                product=product.name,
                vendor=vendor,
            ),
            why=cite_headline(quarter.make_ref(story), quarter.to_local_date),
            owner=product.owner,
            due=contract.day if contract else None,
            section="register",
            story=story.id,
        )


def _list_unused_ai(quarter: QuarterView) -> Iterator[AgendaItem]:
    """Yield what AI is left aside: the products for which the file names no use of any."""
    idle = [
        product
        for product in quarter.stack.products
        if not product.ai.used and product.status != "retiring"
    ]
    idle.sort(key=get_cost_key)
    related = quarter.find_related([product.name for product in idle], *OUR_RELATIONS)
    if not any(story.tags.ai in AI_IN_USE for story in related):
        return
    yield AgendaItem(
        what=TranslatableText(N_("Use the AI of what we run, or leave it off?")),
        why=TranslatableText(
            N_("Among what stays, no use of AI is recorded for %(names)s."),
            names=list_product_names(idle, _MAX_UNUSED),
        ),
        owner=name_owners(idle),
        section="ai-watch",
    )


def _list_overlaps(quarter: QuarterView) -> Iterator[AgendaItem]:
    """Yield the products that do the same work, those that cost most together first."""
    overlaps = sorted(find_overlaps(quarter.stack.products), key=_get_joint_cost)
    for overlap in overlaps[:MAX_OF_KIND]:
        is_pair = len(overlap.products) == 2
        category = get_category_name(overlap.category)
        values: dict[str, object] = {"category": category}
        text = N_("Both serve %(category)s.") if is_pair else N_("All serve %(category)s.")
        if money := sum_costs(overlap.products):
            values["money"] = money
            text = N_("All serve %(category)s; together they cost %(money)s a year.")
            if is_pair:
                text = N_("Both serve %(category)s; together they cost %(money)s a year.")
        yield AgendaItem(
            what=TranslatableText(
                N_("Keep both %(names)s?") if is_pair else N_("Keep all of %(names)s?"),
                names=list_product_names(overlap.products),
            ),
            why=TranslatableText(text, **values),
            owner=find_common_owner(overlap.products),
            due=_find_first_notice(overlap.products, quarter.today),
            section="stack",
        )


def _find_first_notice(products: Sequence[Product], today: date) -> date | None:
    """Return the first day of notice within two quarters: until then one can be given up."""
    contracts = (find_contract_day(product, today) for product in products)
    return min((one.day for one in contracts if one and one.kind == "notice"), default=None)


def _get_joint_cost(overlap: Overlap) -> float:
    """Return the key that sorts what costs most together first."""
    return -max((money.amount for money in sum_costs(overlap.products)), default=0.0)


def _list_serving(goal_name: str, quarter: QuarterView) -> list[Product]:
    """Return the products that stay and whose main category serves a goal."""
    slugs = {
        slug for goal in quarter.stack.goals if goal.name == goal_name for slug in goal.categories
    }
    return [
        product
        for product in quarter.stack.products
        if product.status != "retiring" and not slugs.isdisjoint(product.categories[:1])
    ]
