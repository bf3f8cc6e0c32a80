"""The rules of the quarter: law, rulings, platforms' policies, and what is pending or advice.

Each is told by a story: from when it applies, whom it binds, what of ours it touches and what
follows. A day may stand in another report of the same rule, which is then named as its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from digest.edition.consequence import explain_consequence
from digest.edition.data_uses import list_data_uses
from digest.edition.laws import (
    find_article,
    find_laws,
    find_story_laws,
    mentions_law,
    name_law,
)
from digest.edition.owners import find_common_owner
from digest.edition.phrases import join_texts
from digest.edition.quarter import AI_IN_USE, QuarterView
from digest.edition.reach import find_condition, find_way_out
from digest.edition.rule_kinds import (
    classify_rule,
    is_taken_back,
    offers_choice,
    offers_way_out,
    tells,
)
from digest.edition.rule_subjects import find_subject, list_counted_points, name_laws
from digest.edition.rule_uses import find_rule_use
from digest.edition.stack.duties import (
    count_duties,
    find_demand,
    find_duty,
    find_exception,
    find_open_end,
    find_postponement,
    find_term_end,
)
from digest.edition.story_dates import (
    RULE_GRACE,
    StoryDate,
    find_head_dates,
    find_reach,
    is_rolling_out,
    read_stated_dates,
)
from digest.edition.subjects import (
    find_named_products,
    find_subject_relations,
    find_touched_products,
    join_titles,
)
from digest.i18n import N_, TranslatableText
from digest.model.edition import (
    DATED_RULES,
    RULE_KINDS,
    RuleEntry,
    RuleKind,
    RuleUse,
    Sentence,
    StoryRef,
)
from digest.model.stack import Product
from digest.model.story import Story
from digest.text import clean_text, list_stems, split_sentences

_MAX_RULES = 40
_LAW = "governance-privacy"  # the category of law itself
_HEAD_LENGTH = 1200  # characters of a text that are about what its headline is about
_ONE_DECISION = timedelta(days=3)  # within which reports of a decision tell of one
_ONE_TRIAL = timedelta(days=7)
_SUM = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d{3,}")  # 400, 1.400, 1,400
_LAW_KINDS: frozenset[RuleKind] = frozenset(("in force", "coming", "law"))
_MAX_QUOTE = 300  # characters
_LISTED = re.compile(r"[;；]\s?")  # between the headlines of a round-up
_SHORT_WORD = 4  # letters of a word that shows what a part of a headline is about
_TOLD_WORDS = 2  # of them in the report
_CONTEXT = 2  # sentences before one that names a day, which may name its law
# Words of titles that are about no one rule.
_GENERAL_WORDS = (
    "commission european article digital general google search content platform requires"
)


@dataclass(frozen=True, slots=True)
class _RuleDay:
    """From when a rule applies, by the sentence that says so."""

    day: date
    last: date
    quote: Sentence
    rolls_out: bool = False
    is_forecast: bool = False  # every report that names it is from before it


@dataclass(frozen=True, slots=True)
class _LawDay:
    """A day from which some law applies, with what the sentences around it name."""

    story: str  # its id
    dated: StoryDate
    laws: frozenset[str]
    stems: frozenset[str]


def build_rules(quarter: QuarterView, held: Sequence[Story] = ()) -> tuple[RuleEntry, ...]:
    """Return the rules of the quarter's relevant stories by kind, in each the best story first.

    What a product of ours does with its customers' data is its policy. That and a case that
    concerns a maker of ours are among them, even where they may be no news of the field.
    `held` are all stories of the quarter, the irrelevant ones too: they may name a rule's day.
    """
    found = [(kind, story) for story in quarter.stories if (kind := classify_rule(story))]
    uses = list_data_uses(quarter)
    found += [("platform", one) for one in uses if classify_rule(one) is None]
    found += [("pending", one) for one in quarter.doubtful if classify_rule(one) == "pending"]
    list_law_days = cache(lambda: _list_law_days(held or quarter.stories))
    entries = [
        _build_entry(kind, story, quarter, list_law_days) for kind, story in found[:_MAX_RULES]
    ]
    rulings = [one for one in held or quarter.stories if classify_rule(one) == "ruling"]
    of_id = {story.id: story for _, story in found}
    entries = [
        replace(entry, sum=_find_sum(of_id[entry.story.id], rulings, quarter.language))
        if entry.kind == "ruling"
        else entry
        for entry in entries
    ]
    entries = _join_reports(entries, {story.id: story for _, story in found}, quarter.language)
    entries = [_add_way_out(entry, held or quarter.stories, quarter.today) for entry in entries]
    of_data = {story.id for story in uses}
    entries = [
        replace(entry, subject="privacy") if entry.story.id in of_data else entry
        for entry in entries
    ]
    entries = _join_policies(entries)
    return tuple(sorted(entries, key=lambda entry: RULE_KINDS.index(entry.kind)))


def _join_policies(entries: Iterable[RuleEntry]) -> list[RuleEntry]:
    """Return the entries, those of one policy that offers a choice as one.

    It is known by whose it is and by its day. The first stands for them, with what follows from any
    of them.
    """
    joined: dict[tuple[object, ...], RuleEntry] = {}
    for entry in entries:
        is_known = entry.kind == "platform" and entry.day and (entry.optional or entry.opt_out)
        key = (entry.binds, entry.day, entry.last) if is_known else (entry.story.id,)
        if first := joined.get(key):
            follows = first.follows or entry.follows
            entry = replace(first, also=(*first.also, entry.story), follows=follows)
        joined[key] = entry
    return list(joined.values())


def _join_reports(
    entries: Iterable[RuleEntry], stories: Mapping[str, Story], language: str
) -> list[RuleEntry]:
    """Return the entries, those that tell of one well-known law, decision or case as one.

    The first in the edition's language tells it, else the first.
    """
    groups: list[list[RuleEntry]] = []
    for entry in entries:
        same = (
            group
            for group in groups
            if all(
                _is_same_law(entry, one, stories) or _tell_one_case(entry, one, stories)
                for one in group
            )
        )
        if group := next(same, None):
            group.append(entry)
        else:
            groups.append([entry])
    return [_join_group(group, language) for group in groups]


def _is_same_law(entry: RuleEntry, other: RuleEntry, stories: Mapping[str, Story]) -> bool:
    """Return whether two reports tell of one law: its name, whom it binds, and day or status."""
    if not {entry.kind, other.kind} <= _LAW_KINDS:
        return False
    story, others = stories[entry.story.id], stories[other.story.id]
    theirs = set(entry.binds), set(other.binds)
    is_of_others = any(theirs) and theirs[0].isdisjoint(theirs[1])
    if is_of_others or not find_story_laws(story) & find_story_laws(others):
        return False
    if entry.day and entry.last and other.day and other.last:
        return entry.day <= other.last and other.day <= entry.last
    return entry.kind == other.kind


def _tell_one_case(entry: RuleEntry, other: RuleEntry, stories: Mapping[str, Story]) -> bool:
    """Return whether two reports tell of one decision or case: of whom, within days, and what of.

    They name the same law or the same sum, or both that a trial begins.
    """
    if entry.kind != other.kind or entry.kind == "platform" or entry.kind in _LAW_KINDS:
        return False
    story, others = stories[entry.story.id], stories[other.story.id]
    if set(story.tags.vendors).isdisjoint(others.tags.vendors):
        return False
    titles = [join_titles(one) for one in (story, others)]
    if all(tells("trial", title) for title in titles):
        return _are_near(story, others, _ONE_TRIAL)
    sums = [set(_list_sums(title)) for title in titles]
    is_alike = find_story_laws(story) & find_story_laws(others) or sums[0] & sums[1]
    return bool(is_alike) and _are_near(story, others, _ONE_DECISION)


def _add_way_out(entry: RuleEntry, held: Iterable[Story], today: date) -> RuleEntry:
    """Return a policy of a day ahead with the sentence that one can leave it until then."""
    day = entry.day if entry.day == entry.last else None
    if entry.kind != "platform" or day is None or day < today or not entry.binds:
        return entry
    return replace(entry, way_out=find_way_out(held, entry.binds[0], day))


def _find_sum(story: Story, rulings: Iterable[Story], language: str) -> Sentence | None:
    """Return the headline of another report of a decision that names what is to be paid by it.

    A report whose headline names no sum may speak of an earlier one alone ("in March it had to pay
    375 million"). It tells of the same decision where it is of the same company, of these days, and
    names a sum that the report names, too.
    """
    if any(_list_sums(member.item.title) for member in story.items):
        return None
    known = {number for member in story.items for number in _list_sums(member.item.summary)}
    theirs = set(story.tags.vendors)
    near = [
        one
        for one in rulings
        if one is not story
        and not theirs.isdisjoint(one.tags.vendors)
        and _are_near(story, one, _ONE_DECISION)
    ]
    same = [one for one in near if known & _list_all_sums(one)]
    new = {number for one in same for number in _list_sums(join_titles(one))} - known
    found = [one for one in near if new & set(_list_sums(join_titles(one)))]
    found.sort(key=lambda one: one.lead.item.language != language)  # stable
    leads = [one.lead.item for one in found]
    return next((Sentence(clean_text(i.title), i.source_name, i.link) for i in leads), None)


def _list_all_sums(story: Story) -> set[str]:
    """Return the sums that headlines and summaries of a story name."""
    return {
        number
        for member in story.items
        for number in _list_sums(f"{member.item.title} {member.item.summary}")
    }


def _list_sums(title: str) -> list[str]:
    """Return the sums of a headline as digits alone, however their thousands are written."""
    found = (re.sub(r"\D", "", number) for number in _SUM.findall(title))
    return [digits for digits in found if not re.fullmatch(r"20[2-3]\d", digits)]  # a year


def _are_near(story: Story, other: Story, within: timedelta) -> bool:
    """Return whether two stories were told within days, by any of their reports."""
    days, others = (
        [member.item.published_or_seen.date() for member in one.items] for one in (story, other)
    )
    return any(abs(day - another) <= within for day in days for another in others)


def _join_group(group: Sequence[RuleEntry], language: str) -> RuleEntry:
    """Return reports of one law as the best of them, with what only others say of it."""
    first = min(group, key=lambda one: one.story.language != language)  # the first of equals
    if len(group) == 1:
        return first
    exact = sorted(group, key=lambda one: (one.day is None, one.day != one.last, one is not first))
    dated = exact[0]
    readable = (one for one in (first, *group) if one.story.language == first.story.language)
    told = next((one for one in readable if one.duty), first)
    is_in_force = any(one.kind == "in force" for one in group)
    return replace(
        first,
        kind="in force" if is_in_force else first.kind,
        day=dated.day,
        last=dated.last,
        dated_by=dated.dated_by,
        forecast=dated.day is not None and not is_in_force and dated.forecast,
        binds=tuple(dict.fromkeys(name for one in (first, *group) for name in one.binds)),
        duty=told.duty,
        exception=told.exception,
        follows=first.follows or next((one.follows for one in group if one.follows), None),
        also=tuple(one.story for one in group if one is not first),
    )


def find_affected_products(quarter: QuarterView, story: Story) -> tuple[str, ...]:
    """Return the products that a rule touches.

    They are those it is about; where it is made for all, those of its field, and for a rule on AI
    those that work with AI. A case against a vendor touches none of its other products.
    """
    named = {
        name
        for relation in quarter.get_relations(story)
        for name in relation.products
        if relation.kind == "product"
        or (relation.kind == "vendor" and name.casefold() == relation.vendor.casefold())
    }
    about = {story.tags.category, *story.tags.also}
    if not named and not story.tags.vendors:  # it is made for all
        uses_ai = story.tags.ai in AI_IN_USE and _LAW in about
        named = {
            product.name
            for product in quarter.stack.products
            if about.intersection(product.categories[:1]) or (uses_ai and product.ai.used)
        }
    return tuple(product.name for product in quarter.stack.products if product.name in named)


def _build_entry(
    kind: RuleKind,
    story: Story,
    quarter: QuarterView,
    list_law_days: Callable[[], Sequence[_LawDay]],
) -> RuleEntry:
    day = _find_day(story, list_law_days) if kind in DATED_RULES else None
    if day and kind in _LAW_KINDS:
        day = replace(day, is_forecast=day.is_forecast and kind != "in force")
        has_come = day.last <= quarter.today
        # It may have been put off since its last report.
        kind = ("law" if day.is_forecast else "in force") if has_come else "coming"
    products = _find_products(kind, story, quarter)
    duty = find_demand(story) if kind == "platform" else find_duty(story, products)
    taken_back = kind == "platform" and is_taken_back(story)
    if duty and (len(duty.text) > _MAX_QUOTE or kind == "pending" or taken_back):
        duty = None
    optional = kind == "platform" and offers_choice(story)
    uses: tuple[RuleUse | None, tuple[Product, ...]] = None, ()
    if not products and kind not in ("ruling", "pending"):  # a case is that of others
        uses = find_rule_use(story, quarter.stack.products)
        products = uses[1]
    condition = find_condition(story) if kind == "platform" else None
    open_end = find_open_end(story) if kind == "ruling" else None
    return RuleEntry(
        story=_cut_round_up(quarter.make_ref(story), story),
        kind=kind,
        day=day.day if day else None,
        last=day.last if day else None,
        dated_by=day.quote if day else None,
        binds=_find_bound(kind, story, products, quarter),
        duty=duty,
        exception=find_exception(story, duty) if duty else None,
        open_end=open_end,
        open_until=find_term_end(story, open_end) if open_end else None,
        taken_back=taken_back,
        category=_choose_category(story),
        products=tuple(product.name for product in products),
        owner=find_common_owner(products),
        follows=_explain(kind, story, products, uses[0], quarter),
        subject=find_subject(kind, story),
        law=name_law(story) if kind in DATED_RULES else _name_cases_law(story),
        article=find_article(story),
        whom=condition.whom if condition else "",
        optional=optional,
        rolls_out=day is not None
        and (day.rolls_out or (kind == "platform" and is_rolling_out(story))),
        forecast=day is not None and day.is_forecast,
        points=list_counted_points(story),
        ai_in_use=kind != "platform" and uses[0] is None and _rests_on_ai(story, products, quarter),
        use=uses[0],
        opt_out=kind == "platform" and offers_way_out(story),
        postponed=find_postponement(story) if kind in _LAW_KINDS else None,
        more_duties=max(0, count_duties(story) - 1) if duty and kind in _LAW_KINDS else 0,
    )


def _name_cases_law(story: Story) -> str:
    """Return the one law that headline or summary of a case name: a text names others, too."""
    laws = find_story_laws(story)
    return next(iter(laws)) if len(laws) == 1 else ""


def _cut_round_up(ref: StoryRef, story: Story) -> StoryRef:
    """Return a story's reference with that part of a headline that its report is about.

    "Bureau warns Acme; Bringing ice cream to town" are the headlines of two reports.
    """
    parts = [part.strip() for part in _LISTED.split(ref.title) if part.strip()]
    said = " ".join(f"{one.item.summary} {one.item.text[:_HEAD_LENGTH]}" for one in story.items)
    if len(parts) < 2 or not said.strip():
        return ref
    known = [list_stems(part, _SHORT_WORD) & list_stems(said, _SHORT_WORD) for part in parts]
    told = [part for part, stems in zip(parts, known, strict=True) if len(stems) >= _TOLD_WORDS]
    strange = [part for part, stems in zip(parts, known, strict=True) if not stems]
    return replace(ref, title=told[0]) if len(told) == 1 and strange else ref


def _choose_category(story: Story) -> str | None:
    """Return the category that a rule touches; that of law itself only where it has no other."""
    tags = story.tags
    if not tags.is_certain("category"):
        return None
    return next(iter(tags.also), _LAW) if tags.category == _LAW else tags.category


# ---------------------------------------------------------------- from when


def _find_day(story: Story, list_law_days: Callable[[], Sequence[_LawDay]]) -> _RuleDay | None:
    """Return from when a rule applies: as its story says, else another report of the same law."""
    for roles in (("effective",), ("deadline",), ("ends",)):
        own = [dated for dated in find_head_dates(story) if dated.fact.role in roles]
        if own:
            day = _make_day(own[0])
            return replace(day, rolls_out=find_reach(story, own[0]).rolls_out)
    if story.tags.event != "regulation":
        return None
    laws, subject = name_laws(story), _list_subject_words(story)
    if not laws or not subject:
        return None
    reports = [
        stated.dated
        for stated in list_law_days()
        if stated.story != story.id and stated.laws & laws and stated.stems & subject
    ]
    days = {(dated.fact.day, dated.fact.last) for dated in reports}
    return _make_day(reports[0]) if len(days) == 1 else None  # reports that differ prove nothing


def _list_law_days(held: Sequence[Story]) -> tuple[_LawDay, ...]:
    """Return the days from which laws apply, as the quarter's reports state them.

    All of a quarter's texts are read once for it, and dates only in those that name a law.
    """
    found = []
    for story in filter(mentions_law, held):
        for dated in read_stated_dates(story, RULE_GRACE):
            if dated.fact.role == "effective":
                context = _find_context(dated, story)
                if laws := find_laws(context):
                    found.append(_LawDay(story.id, dated, laws, list_stems(context)))
    return tuple(found)


def _find_context(dated: StoryDate, story: Story) -> str:
    """Return a sentence with the two before it in its paragraph: there its law may be named."""
    sentence = dated.quote.text
    for member in story.items:
        for line in (member.item.summary, *member.item.text.splitlines()):
            sentences = split_sentences(clean_text(line))
            if sentence in sentences:
                at = sentences.index(sentence)
                return " ".join(sentences[max(0, at - _CONTEXT) : at + 1])
    return sentence


def _make_day(dated: StoryDate) -> _RuleDay:
    return _RuleDay(dated.fact.day, dated.fact.last, dated.quote, is_forecast=dated.is_forecast)


def _list_subject_words(story: Story) -> frozenset[str]:
    """Return the stems of what a rule is about: words of its titles, without its names."""
    titles = " ".join(clean_text(member.item.title) for member in story.items)
    return list_stems(titles) - list_stems(_GENERAL_WORDS)


# ---------------------------------------------------------------- whom, what of ours, and then


def _find_bound(
    kind: RuleKind, story: Story, products: Sequence[Product], quarter: QuarterView
) -> tuple[str, ...]:
    """Return whom a rule binds or a case concerns: of a platform's policy those who use it.

    Whom no headline names may stand in the summary: of a case a maker of ours, of advice whom it
    is addressed to.
    """
    titles = join_titles(story)
    if kind == "platform":
        return _find_users(story, products)
    if kind == "advice" and tells("bodies", titles):
        return ()
    if named := tuple(name for name in story.tags.vendors if name in titles):
        return named
    said = "\n".join(member.item.summary for member in story.items)
    if kind in ("ruling", "pending"):
        makers = dict.fromkeys(one.vendor_or_name for one in quarter.stack.products)
        return tuple(name for name in makers if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said))
    sources = {member.item.source_name for member in story.items}
    is_addressed = kind == "advice"
    return tuple(
        name for name in story.tags.vendors if is_addressed and name in said and name not in sources
    )


def _find_users(story: Story, products: Sequence[Product]) -> tuple[str, ...]:
    """Return the products or the vendor whose users a platform's policy binds."""
    titles = join_titles(story)
    heads = "\n".join(
        f"{member.item.source_name}\n{member.item.summary}\n{member.item.text[:_HEAD_LENGTH]}"
        for member in story.items
    )
    named = [product.name for product in products if product.name in titles]
    named = named or [product.name for product in products if product.name in heads]
    return tuple(named or story.tags.vendors[:1])


def _rests_on_ai(story: Story, products: Sequence[Product], quarter: QuarterView) -> bool:
    """Return whether a rule on AI is set beside products only because AI works there."""
    touched = find_touched_products(story, quarter.get_relations(story), quarter.stack)
    return (
        bool(products)
        and not touched
        and story.tags.ai in AI_IN_USE
        and all(product.ai.used for product in products)
    )


def _find_products(kind: RuleKind, story: Story, quarter: QuarterView) -> tuple[Product, ...]:
    relations = quarter.get_relations(story)
    touched = find_touched_products(story, relations, quarter.stack)
    if kind == "platform":
        return touched
    if kind == "advice":
        return ()
    if kind not in DATED_RULES and not story.tags.vendors:  # it is made for nobody else
        return touched
    if kind == "pending":  # of a case against its maker a product feels nothing yet
        titles = join_titles(story)
        return find_named_products(titles, touched)
    names = {*find_affected_products(quarter, story), *(product.name for product in touched)}
    products = quarter.stack.products
    return tuple(product for product in products if product.name in names)


def _explain(
    kind: RuleKind,
    story: Story,
    products: Sequence[Product],
    use: RuleUse | None,
    quarter: QuarterView,
) -> TranslatableText | None:
    """Return what follows for the company; None where nothing can be said."""
    if use:
        return _explain_use(kind, story, products, use)
    if kind in _IDLE_TEXTS:
        return TranslatableText(_IDLE_TEXTS[kind])
    relations = quarter.get_relations(story)
    dates = quarter.find_dates(story)
    found = explain_consequence(story, relations, dates, quarter.stack, quarter.today)
    if found:
        return found[0]
    if not quarter.stack.products:
        return None
    names = tuple(product.name for product in products if product.status != "retiring")
    if names and kind != "platform":
        text = N_("It touches %(names)s: settle who answers for this rule.")
        if _rests_on_ai(story, products, quarter):
            text = N_("AI works in %(names)s: settle whether this rule reaches that use.")
        return TranslatableText(text, names=names)
    if names:
        return TranslatableText(N_("We run %(names)s: check what this asks of us."), names=names)
    return None if kind == "platform" else _explain_makers(kind, story, quarter)


def _explain_makers(kind: RuleKind, story: Story, quarter: QuarterView) -> TranslatableText | None:
    """Return what follows where a rule is about makers of ours; None where it is not."""
    relations = find_subject_relations(story, quarter.get_relations(story))
    makers = {relation.vendor for relation in relations}
    text = N_("It binds %(names)s, whose products we run: ask what changes for us.")
    if kind == "ruling":
        ours = {product.vendor_or_name for product in quarter.stack.products}
        makers |= ours.intersection(_find_bound(kind, story, (), quarter))
        text = N_("It is about %(names)s, whose products we run: watch what it changes there.")
    return TranslatableText(text, names=tuple(sorted(makers))) if makers else None


_IDLE_TEXTS: Mapping[RuleKind, str] = {
    "advice": N_("It binds nobody: take it as advice."),
    "pending": N_("Nothing is decided yet: nothing to do but to watch it."),
}
_USE_TEXTS: Mapping[RuleUse, str] = {
    "e-mail": N_(
        "It is about e-mail, which we send with %(names)s: check whether it reaches that."
    ),
    "ad tracking": N_(
        "It is about ad tracking, on which %(names)s may rest: check whether it reaches that."
    ),
}


def _explain_use(
    kind: RuleKind, story: Story, products: Sequence[Product], use: RuleUse
) -> TranslatableText:
    """Say what to check of what we do with products, and that an authority's advice reads a law."""
    names = tuple(product.name for product in products)
    text = TranslatableText(_USE_TEXTS[use], names=names)
    if kind == "advice" and not tells("bodies", join_titles(story)):
        note = N_("It binds nobody by itself, but says how an authority reads the law.")
        return join_texts((TranslatableText(note), text), " ")
    return text
