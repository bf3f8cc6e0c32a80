"""Rules and risk, as they are printed: by kind, each with from when, for whom, and what follows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.i18n import N_
from digest.model.edition import (
    DATED_RULES,
    RULE_KINDS,
    RULE_SUBJECTS,
    UNDECIDED_RULES,
    Edition,
    EditionStory,
    RuleEntry,
    RuleKind,
    RuleSubject,
    RuleUse,
    Section,
    Sentence,
    StackView,
    StoryRef,
)
from digest.render.views.context import StoryLimits, ViewContext, to_safe_href
from digest.render.views.sections import list_summarized
from digest.render.views.story import (
    LabelledLine,
    StoryRefView,
    StoryView,
    build_ref,
    build_story,
    format_rule_day,
    name_law,
)
from digest.render.words import LABELS

_MAX_HEADLINE = 110  # characters of a rule that stands in one line
_MAX_DUTY = 300
_MAX_WHOM = 110
_MAX_OTHERS = 4  # rules of a kind that a concise paper names beside the company's own
_LONG_LINE = 40  # characters of a line that the section says once
_MAX_EXCEPTION = 340
# The case of an exception that is that of police and courts alone: no company is in it.
_OF_AUTHORITIES = re.compile(
    r"\b(?:where|if|when) [^,;.]*?\bauthori[sz]ed by law\b[^.;]*?\boffen[cs]es?\b[^.;]*?\bor "
    r"(?=(?:where|if|when)\b)"
)
_USES: Mapping[RuleUse, str] = {
    "e-mail": N_("%(names)s, if it reaches our e-mail"),
    "ad tracking": N_("%(names)s, if it reaches our ad tracking"),
}
_SECTION = "rules"
_LAW_CATEGORY = "governance-privacy"
_LAW_KINDS: tuple[RuleKind, ...] = ("in force", "coming", "law")
_OTHERS_NAMES: Mapping[RuleKind, str] = {  # of what is none of ours, beside what is
    "platform": N_("Of platforms without a product in our stack:"),
    "ruling": N_("On others than our vendors, outside our categories:"),
}
_SUBJECTS_OF_LAW: tuple[RuleSubject, ...] = ("privacy", "copyright", "AI law", "competition")


@dataclass(frozen=True, slots=True)
class RuleRowView:
    """A rule: its story where it is told here, else a line that points to where it is."""

    story: StoryView | None
    ref: StoryRefView | None
    printed: bool  # the line points to a place in this briefing
    when: str  # "" where its kind has no day
    touched: str  # of the stack, else the category; "" without a stack
    rest: tuple[LabelledLine, ...]  # whom it binds, who must do what, what follows
    ours: bool  # it touches a product of the stack
    facts: tuple[LabelledLine, ...]  # all of these with their labels
    also: tuple[StoryRefView, ...] = ()  # further stories of the same policy
    subject: str = ""  # of the law; "" where the rule is a platform's or of another law
    category: str = ""
    is_brief: bool = False  # in a few words on paper: it is of others, or no rule yet


@dataclass(frozen=True, slots=True)
class RuleGroupView:
    """The rules of a kind, those that are told here first."""

    slug: str
    name: str
    rows: tuple[RuleRowView, ...]
    others: tuple[RuleRowView, ...] = ()  # those in a few words, one after another
    others_name: str = ""  # what they are beside the rows; "" where there is none
    left: str = ""  # how many more of them the web page has


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Rules and risk."""

    groups: tuple[RuleGroupView, ...]
    note: str  # that there is none
    subjects: tuple[LabelledLine, ...] = ()  # how many rules of each subject, or that there is none
    undecided: str = ""  # on which subjects no law or decision was found


def count_rules(entries: Sequence[RuleEntry]) -> dict[str, int]:
    """Return how many rules of each kind there are, all laws as one."""
    return Counter("law" if entry.kind in _LAW_KINDS else entry.kind for entry in entries)


def build_rules_page(section: Section, context: ViewContext) -> RulesPage:
    """Build the page of a section and of the rules that are told elsewhere or in one line."""
    words, options = context.words, context.options
    stories = {story.id: story for story in section.stories}
    limits = options.limits
    if options.brief:
        limits = replace(limits, sentences=1, characters=280, quotes=0, sources=2, contexts=1)
    groups = []
    # What follows from a rule that another page of paper tells is said there.
    said = {
        _tell_consequence(entry, context)
        for entry in context.edition.rules
        if entry.follows and options.brief and _is_told_elsewhere(entry, section, context)
    }
    for kind in RULE_KINDS:
        entries, left = _leave_others(
            [one for one in context.edition.rules if one.kind == kind], context
        )
        rows = [
            _build_row(entry, stories.pop(entry.story.id, None), limits, context)
            for entry in entries
        ]
        further = [
            (entry, stories.pop(ref.id))
            for entry in entries
            for ref in entry.also
            if ref.id in stories
        ]
        if not options.brief:  # on paper they are named beside the report that tells the rule
            rows += [_build_further(entry, story, limits, context) for entry, story in further]
        if rows:
            name = words.translate_label(LABELS["rules"], kind)
            rows.sort(key=lambda row: (row.story is None, not row.ours))  # stable
            rows = [_drop_said(row, said) for row in rows]
            others = tuple(row for row in rows if row.is_brief)
            rows = [row for row in rows if row not in others]
            slug = f"rules-{kind.replace(' ', '-')}"
            others_name = (
                words.translate(_OTHERS_NAMES[kind]) if kind in _OTHERS_NAMES and rows else ""
            )
            groups.append(RuleGroupView(slug, name, tuple(rows), others, others_name, left))
    if stories:  # of which no kind is sure
        unsure = [
            RuleRowView(build_story(story, limits, context), None, False, "", "", (), True, ())
            for story in stories.values()
        ]
        groups.append(
            RuleGroupView("rules-other", words.translate(N_("Other news of law")), tuple(unsure))
        )
    note = words.translate(section.note) if section.note and not groups else ""
    if not groups:
        return RulesPage((), note)
    return RulesPage(
        tuple(groups), note, tuple(_count_subjects(context)), _describe_undecided(context)
    )


def _leave_others(
    entries: Sequence[RuleEntry], context: ViewContext
) -> tuple[Sequence[RuleEntry], str]:
    """Return the rules that there is room for, and how many the web page has beside them.

    A concise paper names a few of those that are none of the company's; no story goes whose only
    place in the briefing is here.
    """
    words = context.words
    others = [one for one in entries if context.options.concise and _is_in_few_words(one, context)]
    cut = [
        one
        for one in others[_MAX_OTHERS:]
        if context.printed_ids.isdisjoint((one.story.id, *(ref.id for ref in one.also)))
    ]
    left = words.translate_plural(
        "%(n)s more on the web page", "%(n)s more on the web page", len(cut)
    )
    return [one for one in entries if one not in cut], left if cut else ""


def _is_in_few_words(entry: RuleEntry, context: ViewContext) -> bool:
    """Return whether paper has a rule in a few words: it is of others, or binds nobody yet."""
    return context.options.brief and (
        entry.kind in UNDECIDED_RULES or _is_of_others(entry, context)
    )


def _drop_said(row: RuleRowView, said: set[LabelledLine]) -> RuleRowView:
    """Return a row without the long lines that stood in rows before it; add its own to `said`."""
    again = {line for line in row.rest if line in said and len(line.text) > _LONG_LINE}
    said.update(row.rest)
    if not again:
        return row

    def drop(lines: Sequence[LabelledLine]) -> tuple[LabelledLine, ...]:
        return tuple(line for line in lines if line not in again)

    story = replace(row.story, rule=drop(row.story.rule)) if row.story else None
    return replace(row, story=story, rest=drop(row.rest), facts=drop(row.facts))


def _count_subjects(context: ViewContext) -> Iterator[LabelledLine]:
    """Yield how many rules of each subject there are, or that there is none; advice is no rule."""
    words = context.words
    counts = Counter(entry.subject for entry in context.edition.rules if entry.kind != "advice")
    for subject in RULE_SUBJECTS:
        if subject != "other" or counts[subject]:
            number = counts[subject]
            label = words.translate_label(LABELS["rule_subjects"], subject)
            if subject == "platform policy":  # which may be on privacy or AI, too
                label = words.translate(N_("other platform policy"))
            yield LabelledLine(
                label,
                words.format_number(number) if number else words.translate(N_("none found")),
            )


def _describe_undecided(context: ViewContext) -> str:
    """Say on which subjects of law the quarter has no law or decision; "" where on all."""
    words = context.words
    decided = {
        entry.subject for entry in context.edition.rules if entry.kind in (*_LAW_KINDS, "ruling")
    }
    missing = [
        words.translate_label(LABELS["rule_subjects"], subject)
        for subject in _SUBJECTS_OF_LAW
        if subject not in decided
    ]
    if not missing:
        return ""
    return words.translate(
        N_("Of laws and decisions none was found on: %(subjects)s."), subjects=", ".join(missing)
    )


def _build_row(
    entry: RuleEntry, story: EditionStory | None, limits: StoryLimits, context: ViewContext
) -> RuleRowView:
    """Build a row; `story` is the rule's where this section tells it."""
    words = context.words
    is_short = _is_in_few_words(entry, context)
    when = format_rule_day(entry, context) if entry.kind in DATED_RULES else ""
    if entry.taken_back:
        when = words.translate(N_("taken back"))
    touched = describe_touched(entry, context)
    if is_short and entry.kind not in UNDECIDED_RULES:
        touched = ""  # their line says that it is none of ours, and the category stands for it
    rest = () if is_short else tuple(_iter_rest(entry, story, context))
    labelled = ((words.translate("From when"), when), (words.translate("Touches"), touched))
    facts = (*(LabelledLine(label, text) for label, text in labelled if text), *rest)
    view = None
    if story and story.id in context.printed_ids:
        # The heading says what kind of rule it is, and the facts what follows.
        view = replace(build_story(story, limits, context), why=(), rule=facts, event="")
        if entry.sum:  # the first sentence of its own report is about an earlier one
            view = replace(view, summary=())
        if is_short:
            view = replace(view, summary=(), rule=())
    return RuleRowView(
        story=view,
        ref=build_ref(entry.story, context, _MAX_HEADLINE, marks=True),
        printed=entry.story.id in context.printed_ids,
        when=when,
        touched=touched,
        rest=rest,
        ours=bool(entry.products),
        facts=facts,
        also=tuple(_build_also(ref, context) for ref in entry.also),
        subject=_describe_subject(entry, context),
        category=words.translate_category(entry.category) if entry.category else "",
        is_brief=is_short,
    )


def _build_also(ref: StoryRef, context: ViewContext) -> StoryRefView:
    """Build the view of a further report of a rule: on paper its only place, if any is here."""
    view = build_ref(ref, context, _MAX_HEADLINE)
    if not context.options.brief:
        return view
    sections = (one for one in context.edition.sections if one.slug == _SECTION)
    if any(story.id == ref.id for section in sections for story in section.stories):
        return replace(view, anchor=ref.id, href=to_safe_href(ref.url))
    return view


def _build_further(
    entry: RuleEntry, story: EditionStory, limits: StoryLimits, context: ViewContext
) -> RuleRowView:
    """Build the row of a further report of a rule, which the first report's row explains."""
    view = replace(build_story(story, limits, context), why=(), rule=(), event="")
    return RuleRowView(view, None, False, "", "", (), bool(entry.products), ())


def _is_of_others(entry: RuleEntry, context: ViewContext) -> bool:
    """Return whether a policy or a ruling is on others than the company's vendors.

    A policy is that of a platform of which the company runs nothing, a ruling lies outside the
    categories in which it runs something or that its goals count on.
    """
    edition, stack = context.edition, context.edition.stack
    if stack is None or entry.products or _is_our_platform(entry, stack):
        return False
    if entry.kind == "ruling":
        is_of_goal = any(entry.category in goal.categories for goal in stack.goals)
        return not is_of_goal and not list_products_in_category(entry, edition)
    return entry.kind == "platform"


def _describe_subject(entry: RuleEntry, context: ViewContext) -> str:
    """Say what a rule is about, and that it is on the use of AI, which the policy is asked of."""
    words, stack, parts = context.words, context.edition.stack, []
    if entry.subject not in ("platform policy", "other") and entry.kind != "advice":
        parts.append(words.translate_label(LABELS["rule_subjects"], entry.subject))
    if entry.law and entry.law not in entry.story.title:
        parts.append(name_law(entry, words))
    if stack and entry.story.id in {one.id for one in stack.policy_touched}:
        parts.append(words.translate(N_("use of AI")))
    if entry.optional and context.options.brief:
        parts.append(words.translate(N_("optional")))
    if entry.opt_out:
        parts.append(words.translate(N_("on unless one opts out")))
    if context.options.brief and not _has_words(entry, context):
        parts.append(words.translate(N_("headline alone")))
    return " · ".join(parts)


def _has_words(entry: RuleEntry, context: ViewContext) -> bool:
    """Return whether anything but a headline says what a rule is."""
    stated = entry.duty or entry.points or entry.dated_by
    return bool(stated) or _find_first_words(entry, context) is not None


def _find_first_words(entry: RuleEntry, context: ViewContext) -> Sentence | None:
    """Return the first sentence of a rule's story, whether a medium prints it or not."""
    edition, story_id = context.edition, entry.story.id
    told = (one for one in (*edition.stories, *edition.briefs) if one.id == story_id)
    rows = (row.sentence for row in edition.register if row.story == story_id)
    return next(filter(None, (*(text for one in told for text in one.summary), *rows)), None)


def _iter_rest(
    entry: RuleEntry, story: EditionStory | None, context: ViewContext
) -> Iterator[LabelledLine]:
    """Yield whom a rule binds, what it asks and what follows.

    What follows is told once, where the story is.
    """
    words = context.words
    yield from _iter_bound(entry, context)
    said = _find_untold(entry, context) or _find_words_elsewhere(entry, story, context)
    if said and not entry.points:
        yield LabelledLine(words.translate(N_("It says")), f"“{said}”")
    yield from _iter_duty(entry, story, context, is_quoted=bool(said))
    if entry.way_out:
        text = context.fit_text(entry.way_out.text, _MAX_DUTY)
        yield LabelledLine(words.translate(N_("A way out")), f"“{text}”")
    if entry.postponed:
        text = context.fit_text(entry.postponed.text, _MAX_DUTY)
        yield LabelledLine(words.translate(N_("Put off")), f"“{text}”")
    yield from _iter_open(entry, context)
    if entry.ai_in_use and (fields := _list_own_fields(entry, context)):
        yield LabelledLine(words.translate(N_("Our categories")), words.join_names(fields))
    if entry.points and (entry.kind in _LAW_KINDS or not context.options.brief):
        points = words.join_names(f"“{context.fit_text(point, 80)}”" for point in entry.points)
        yield LabelledLine(words.translate(N_("Its report lists")), points)
    is_idle = entry.kind in UNDECIDED_RULES  # which their heading says
    is_told_elsewhere = story is None and entry.story.id in context.printed_ids
    if entry.follows and not is_told_elsewhere and not (context.options.brief and is_idle):
        yield _tell_consequence(entry, context)


def _iter_bound(entry: RuleEntry, context: ViewContext) -> Iterator[LabelledLine]:
    """Yield whom a rule binds or concerns, and what a ruling lets them pay."""
    words = context.words
    is_policy = entry.kind == "platform"
    is_told = is_policy and (context.options.brief or (entry.products and not entry.optional))
    if entry.binds and not is_told:  # a policy binds the users of what its headline names
        names = words.join_names(context.fit_text(name, 50) for name in entry.binds)
        if is_policy:
            text = N_("users of %(names)s")
            if entry.optional:
                text = N_("nobody: a choice for users of %(names)s")
            yield LabelledLine(words.translate("Binds"), words.translate(text, names=names))
        else:
            label = "Binds" if entry.kind in _LAW_KINDS else N_("Concerns")
            yield LabelledLine(words.translate(label), names)
    if entry.sum:
        said = words.translate(
            N_("“%(words)s” (%(source)s)"),
            words=context.fit_text(entry.sum.text, _MAX_HEADLINE),
            source=context.fit_text(entry.sum.source, 50),
        )
        yield LabelledLine(words.translate(N_("To be paid")), said)


def _iter_open(entry: RuleEntry, context: ViewContext) -> Iterator[LabelledLine]:
    """Yield that a decision does not end its case, and whether its term has run out."""
    if entry.open_end is None:
        return
    words = context.words
    text = context.fit_text(entry.open_end.text, _MAX_DUTY)
    day = context.format_story_day(entry.story.published)
    today = context.edition.as_of.astimezone(words.zone).date()
    if entry.open_until and entry.open_until < today:
        said = words.translate(
            N_("“%(words)s” This term has run out; what came of it was not read."),
            words=text,
        )
        yield LabelledLine(words.translate(N_("Open on %(day)s"), day=day), said)
    else:
        yield LabelledLine(words.translate(N_("Still open on %(day)s"), day=day), f"“{text}”")


def _tell_consequence(entry: RuleEntry, context: ViewContext) -> LabelledLine:
    words = context.words
    follows = context.fit_text(words.translate_note(entry.follows or ""), 260)
    return LabelledLine(words.translate(N_("What follows")), follows)


def _is_told_elsewhere(entry: RuleEntry, section: Section, context: ViewContext) -> bool:
    is_here = any(story.id == entry.story.id for story in section.stories)
    return entry.story.id in context.printed_ids and not is_here


def _list_own_fields(entry: RuleEntry, context: ViewContext) -> list[str]:
    """Return the categories of the products that a rule touches."""
    stack = context.edition.stack
    lines = stack.lines if stack else ()
    slugs = dict.fromkeys(
        slug
        for line in lines
        if line.product.name in entry.products
        for slug in line.product.categories
    )
    return [context.words.translate_category(slug) for slug in slugs]


def _find_untold(entry: RuleEntry, context: ViewContext) -> str:
    """Return the sentence of a rule that page one tells in its headline alone; "" for none."""
    first = context.first_stories
    story = next((one for one in first if one.id == entry.story.id), None)
    if not context.options.brief or story is None or not story.summary:
        return ""
    if story in list_summarized(first, context.options.first_limits):
        return ""
    return context.fit_text(story.summary[0].text, _MAX_DUTY)


def _find_words_elsewhere(
    entry: RuleEntry, story: EditionStory | None, context: ViewContext
) -> str:
    """Return the sentence of a rule that no page of the paper tells; "" for none."""
    if not context.options.brief or story or entry.story.id in context.printed_ids or entry.duty:
        return ""
    sentence = _find_first_words(entry, context)
    return context.fit_text(sentence.text, _MAX_DUTY) if sentence else ""


def _iter_duty(
    entry: RuleEntry, story: EditionStory | None, context: ViewContext, *, is_quoted: bool
) -> Iterator[LabelledLine]:
    """Yield what a law or policy asks of whom, in its source's words, or that none are there.

    On paper the key of the table says that none are there, and what a platform of others asks of
    its users is left to the web page.
    """
    words = context.words
    if entry.kind not in DATED_RULES or entry.optional:
        return
    if context.options.brief and _is_of_others(entry, context):
        return
    duty = context.fit_text(entry.duty.text, _MAX_DUTY) if entry.duty else ""
    # A sentence that stands on another page of the paper is not quoted again.
    told = story or (_find_printed(entry.story.id, context) if context.options.brief else None)
    if any(duty == sentence.text for sentence in (told.summary[:1] if told else ())):
        return
    if not duty and context.options.brief and not (entry.products and is_quoted):
        return
    said = f"“{duty}”" if duty else words.translate(N_("not said in what was read"))
    label = N_("Among its duties") if duty and entry.more_duties else N_("Who must do what")
    yield LabelledLine(words.translate(label), said)
    if duty and entry.exception:
        text = context.fit_text(_OF_AUTHORITIES.sub("… ", entry.exception.text), _MAX_EXCEPTION)
        yield LabelledLine(words.translate(N_("But")), f"“{text}”")


def _find_printed(story_id: str, context: ViewContext) -> EditionStory | None:
    """Return a story that the medium prints; None where it does not."""
    edition = context.edition
    found = (one for one in (*edition.stories, *edition.briefs) if one.id == story_id)
    return next(found, None) if story_id in context.printed_ids else None


def describe_touched(entry: RuleEntry, context: ViewContext) -> str:
    """Return the products that a rule touches and who owns them; else the category that it does.

    A category of the stack is told with what is run there, unless the rule is about somebody. That
    of law itself says nothing.
    """
    words, stack = context.words, context.edition.stack
    if entry.products:
        return _describe_products(entry, context)
    has_category = bool(entry.category) and entry.category != _LAW_CATEGORY
    name = words.translate_category(entry.category) if entry.category and has_category else ""
    if stack and (makers := _list_bound_makers(entry, stack)):
        text = (
            N_("%(names)s, a maker of ours; %(category)s")
            if name
            else N_("%(names)s, a maker of ours")
        )
        values = {"category": name} if name else {}
        return words.translate(text, names=words.join_names(makers), **values)
    if not name:
        return words.translate(N_("no product of ours")) if stack else ""
    in_field = list_products_in_category(entry, context.edition)
    if stack and entry.kind == "platform":
        owners = words.join_names(context.fit_text(one, 40) for one in entry.binds)
        if owners and in_field:
            return _ask_for_use(name, owners, entry, context)
        return words.translate(N_("%(category)s; no vendor of ours"), category=name)
    if not in_field or entry.binds:  # of whom it is about we run nothing there
        return name
    return words.translate(
        N_("%(category)s, where we run %(names)s"), category=name, names=words.join_names(in_field)
    )


def _describe_products(entry: RuleEntry, context: ViewContext) -> str:
    """Return the products that a rule touches, and on which condition or who owns them."""
    words = context.words
    names = words.join_names(entry.products)
    if entry.ai_in_use:
        return words.translate(N_("%(names)s, if it reaches their AI"), names=names)
    if entry.use:
        return words.translate(_USES[entry.use], names=names)
    if context.options.brief and entry.category and entry.category != _LAW_CATEGORY:
        names = f"{words.translate_category(entry.category)}: {names}"
    return f"{names} ({context.fit_text(entry.owner, 60)})" if entry.owner else names


def _ask_for_use(category: str, makers: str, entry: RuleEntry, context: ViewContext) -> str:
    """Ask whether we use a platform that makes no product of ours, and as its policy says."""
    values = {"category": category, "makers": makers}
    if whom := context.fit_text(entry.whom, _MAX_WHOM):
        text = N_("%(category)s: do we use %(makers)s, as “%(whom)s”?")
        return context.words.translate(text, **values, whom=whom)
    return context.words.translate(N_("%(category)s: do we use %(makers)s?"), **values)


def _is_our_platform(entry: RuleEntry, stack: StackView) -> bool:
    """Return whether a policy is that of a maker of ours, which its other users follow, too."""
    makers = {line.product.vendor_or_name for line in stack.lines}
    return not makers.isdisjoint(entry.binds)


def _list_bound_makers(entry: RuleEntry, stack: StackView) -> list[str]:
    """Return the makers of our products that a rule is about, or whose policy it is."""
    makers = {line.product.vendor_or_name for line in stack.lines}
    return [name for name in entry.binds if name in makers]


def list_products_in_category(entry: RuleEntry, edition: Edition) -> tuple[str, ...]:
    """Return what is run in the category of a rule that touches no product itself."""
    if entry.products or not entry.category or entry.category == _LAW_CATEGORY:
        return ()
    lines = edition.stack.lines if edition.stack else ()
    return tuple(
        line.product.name
        for line in lines
        if entry.category in line.product.categories[:1] and line.product.status != "retiring"
    )
