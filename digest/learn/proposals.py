"""What the team's decisions teach: labelled items to measure the judgement on, and lines proposed for vocabulary.yaml.

Pure.

A proposal rests on decisions that recur over all quarters: two corrections or more, or three drops
or keeps, and none that says otherwise. Its effect is measured before anybody sees it: all decisions
and the reference set are judged with it and without. It is offered where it puts at least half of
what it rests on right and the reference set loses nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from digest.config.vocabulary import GROUPS, VocabularyLine
from digest.decide.decisions import ItemIndex
from digest.model.decisions import StoryDecision
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.tag import ItemJudge, Overrides, Rule, item_from_json, measure_agreement
from digest.tag.lab import FIELDS, compare_judgements, find_regressions, is_correct, tags_to_row
from digest.tag.language import STOPWORDS
from digest.tag.rules import build_team_terms, build_team_vendor
from digest.tag.words import fold_text, split_words
from digest.taxonomy import CATEGORIES

_MIN_CORRECTED = 2  # items
_MIN_DECIDED = 3  # items that were dropped, or kept
_NEARLY_ALL = 0.8
_RARE = 0.01  # of the archive's items that a word may stand in, beside those of its category
_WEIGHTS = (2, 4, 6)  # tried for a word; from 6 on nothing more is counted
_MAX_WORDS = 6  # tried for a category
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


# ---------------------------------------------------------------- corrections as labels


@dataclass(frozen=True, slots=True)
class ItemFeedback:
    """What the team decided of one item, beside the machine's judgement. `given` holds its labels by field; what a
    person kept is relevant. `dropped` is the reason of a drop, which says nothing of the tags.
    """

    item: Item
    tags: Tags
    given: Mapping[str, Any] = field(default_factory=dict)
    drop_reason: str = ""
    quarter: str = ""

    @property
    def target_labels(self) -> Mapping[str, Any]:
        """What the judgement should say, for the briefing to be as the team made it: a dropped item stays out."""
        return {**self.given, "relevant": False} if self.drop_reason else self.given

    @property
    def target_row(self) -> dict[str, Any]:
        """What is wanted, as a labelled row that knows some fields only."""
        return {"id": self.item.id, "title": self.item.title, **self.target_labels}

    @property
    def category(self) -> str | None:
        """The category by the team's word, else the machine's."""
        category: str | None = self.given.get("category", self.tags.category)
        return category

    @property
    def is_recategorised(self) -> bool:
        """Whether the team named another category."""
        return "category" in self.given and self.given["category"] != self.tags.category


def collect_feedback(
    stories: Iterable[Story], rulings: Iterable[StoryDecision], quarter: str = ""
) -> Iterator[ItemFeedback]:
    """Yield what each ruling says of its item.

    Those that name no item, or say nothing of what it is, are left out.
    """
    stories = tuple(stories)
    members = {member.item.id: member for story in stories for member in story.items}
    finder = ItemIndex(stories)
    for ruling in rulings:
        given = {name: value for name, value in ruling.tags.items() if name in FIELDS}
        anchor = finder.find_anchor(ruling)
        if anchor is None:
            continue
        if (ruling.keep or ruling.pin) and not ruling.drop:
            given.setdefault("relevant", True)
        if given.get("ai") in ("mention", "none"):
            given["evidence"] = None
        if "vendors" in given:
            given["vendors"] = tuple(given["vendors"])
        if given or ruling.drop:
            yield ItemFeedback(
                members[anchor].item, members[anchor].tags, given, ruling.drop, quarter
            )


def build_labelled_rows(
    stories: Sequence[Story], rulings: Sequence[StoryDecision]
) -> Iterator[dict[str, Any]]:
    """Yield a row for each item that the team gave labels, with its words and all labels: those given, and the judgement's
    own for the rest. `corrected` names those that the judgement has otherwise, `was` what it says.
    """
    for lesson in collect_feedback(stories, rulings):
        item, tags, given = lesson.item, lesson.tags, lesson.given
        changed = [name for name in given if given[name] != getattr(tags, name)]
        if given:
            yield {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "text": item.text,
                "source": item.source_name,
                "date": item.published_or_seen.isoformat(),
                "lang": item.language,
                **{name: getattr(tags, name) for name in FIELDS},
                **given,
                "given": list(given),
                "corrected": changed,
                "was": {name: getattr(tags, name) for name in changed},
            }


# ---------------------------------------------------------------- what was looked over


@dataclass(frozen=True, slots=True)
class ReviewedQuarter:
    """A quarter that the team looked over: its stories as the machine tags them, what was decided of them, and the ids
    of those that its edition tells.
    """

    quarter: str
    stories: tuple[Story, ...]
    rulings: tuple[StoryDecision, ...]
    told: frozenset[str] = frozenset()

    @property
    def feedback(self) -> tuple[ItemFeedback, ...]:
        """What was decided of its items."""
        return tuple(collect_feedback(self.stories, self.rulings, self.quarter))

    @property
    def accepted_items(self) -> tuple[TaggedItem, ...]:
        """The leads of told stories that nobody dropped."""
        dropped = {lesson.item.id for lesson in self.feedback if lesson.drop_reason}
        told = (story for story in self.stories if story.id in self.told)
        return tuple(
            story.lead for story in told if dropped.isdisjoint(one.item.id for one in story.items)
        )


def latest_feedback(reviewed: Iterable[ReviewedQuarter]) -> tuple[ItemFeedback, ...]:
    """Return the lessons of all quarters; of one item the last word counts."""
    return tuple({lesson.item.id: lesson for one in reviewed for lesson in one.feedback}.values())


# ---------------------------------------------------------------- effect


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """What a change does: the team's decisions that are judged right, before and after, `of` how many; the reference
    set's figures before and after; and the fields in which the reference set gets worse, in words.
    """

    right: tuple[int, int]
    decision_count: int
    figures: Mapping[str, tuple[float, float]]
    worse: tuple[str, ...]
    moved: int = 0  # items of the archive without a decision that are judged otherwise

    @property
    def gain(self) -> int:
        """How many more of the team's decisions are judged right."""
        return self.right[1] - self.right[0]


AffectsItem = Callable[
    [Item, Tags], bool
]  # whether a change can reach an item: it may say yes too often


@dataclass(frozen=True)
class ChangeBenchmark:
    """The team's decisions and the reference set, as they are judged now: what a change is measured on."""

    overrides: Overrides
    feedback: tuple[ItemFeedback, ...]
    reference: tuple[Mapping[str, Any], ...]
    undecided_items: tuple[TaggedItem, ...] = ()  # of the archive, without a decision

    @cached_property
    def current_judge(self) -> ItemJudge:
        """The judgement in force."""
        return ItemJudge.load(self.overrides)

    def measure_effect(
        self, changed: Overrides, can_affect: AffectsItem = lambda *_: True
    ) -> ChangeEffect:
        """Return what it does to put `changed` in force."""
        judge = ItemJudge.load(changed)
        right = [sum(self._count_correct(lesson, lesson.tags) for lesson in self.feedback), 0]
        for lesson in self.feedback:
            reached = can_affect(lesson.item, lesson.tags)
            right[1] += self._count_correct(
                lesson, judge.judge_item(lesson.item) if reached else lesson.tags
            )
        rows = {
            key: tags_to_row(judge.judge_item(item))
            if can_affect(item, tags)
            else tags_to_row(tags)
            for key, (item, tags) in self._reference_items.items()
        }
        before, after = self._score_rows(self._reference_rows), self._score_rows(rows)
        return ChangeEffect(
            (right[0], right[1]),
            sum(len(lesson.target_labels) for lesson in self.feedback),
            {name: (before[name], after[name]) for name in before},
            find_regressions(compare_judgements(self.reference, self._reference_rows, rows)),
            sum(
                tags_to_row(one.tags) != tags_to_row(judge.judge_item(one.item))
                for one in self.undecided_items
                if can_affect(one.item, one.tags)
            ),
        )

    @staticmethod
    def _count_correct(lesson: ItemFeedback, tags: Tags) -> int:
        judged = tags_to_row(tags)
        return sum(
            bool(is_correct(lesson.target_labels, judged, name)) for name in lesson.target_labels
        )

    @cached_property
    def _reference_items(self) -> dict[str, tuple[Item, Tags]]:
        items = {str(row["id"]): item_from_json(row) for row in self.reference}
        return {key: (item, self.current_judge.judge_item(item)) for key, item in items.items()}

    @cached_property
    def _reference_rows(self) -> dict[str, dict[str, Any]]:
        return {key: tags_to_row(tags) for key, (_, tags) in self._reference_items.items()}

    def _score_rows(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        return (
            measure_agreement(self.reference, [{"id": key, **row} for key, row in rows.items()])
            if self.reference
            else {}
        )


# ---------------------------------------------------------------- proposals


@dataclass(frozen=True, slots=True)
class VocabularyProposal:
    """A line for vocabulary.yaml: why, the decisions it rests on, what it does."""

    line: VocabularyLine
    why: str
    rests_on: tuple[ItemFeedback, ...]
    effect: ChangeEffect

    @property
    def is_offered(self) -> bool:
        """Whether it is worth accepting: half of what it rests on comes right, and the reference set loses nothing."""
        return (
            self.effect.gain > 0
            and 2 * self.effect.gain >= len(self.rests_on)
            and not self.effect.worse
        )


@dataclass(frozen=True, slots=True)
class _ProposalDraft:
    """A proposal whose effect is not measured yet. `touched`: whether it can reach an item."""

    line: VocabularyLine
    why: str
    rests_on: tuple[ItemFeedback, ...]
    can_affect: AffectsItem

    @property
    def item_ids(self) -> frozenset[str]:
        return frozenset(lesson.item.id for lesson in self.rests_on)

    def build_proposal(self, bench: ChangeBenchmark) -> VocabularyProposal:
        effect = bench.measure_effect(_add_line(bench.overrides, self.line), self.can_affect)
        return VocabularyProposal(self.line, self.why, self.rests_on, effect)


def propose_changes(
    reviewed: Sequence[ReviewedQuarter],
    overrides: Overrides,
    reference: Sequence[Mapping[str, Any]],
) -> tuple[VocabularyProposal, ...]:
    """Return lines that the team's decisions of all quarters speak for: the offered ones first, and of a kind those that put
    most right. `overrides` is the vocabulary in force, with which the stories were judged.
    """
    lessons = latest_feedback(reviewed)
    decided = {lesson.item.id for lesson in lessons}
    items = {
        member.item.id: member
        for one in reviewed
        for story in one.stories
        for member in story.items
    }
    others = tuple(one for key, one in items.items() if key not in decided)
    bench = ChangeBenchmark(overrides, lessons, tuple(reference), others)
    made = [*_propose_vendors(bench, items.values())]
    made += _propose_words(bench, len(items), made)
    made += _propose_rules(bench, items.values(), reviewed)
    return tuple(
        sorted(
            made,
            key=lambda one: (not one.is_offered, GROUPS.index(one.line.group), -one.effect.gain),
        )
    )


def measure_combined_effect(
    several: Iterable[VocabularyProposal],
    reviewed: Iterable[ReviewedQuarter],
    overrides: Overrides,
    reference: Sequence[Mapping[str, Any]],
) -> ChangeEffect:
    """Return what several proposals do at once."""
    bench, changed = (
        ChangeBenchmark(overrides, latest_feedback(reviewed), tuple(reference)),
        overrides,
    )
    for one in several:
        changed = _add_line(changed, one.line)
    return bench.measure_effect(changed)


def _add_line(overrides: Overrides, line: VocabularyLine) -> Overrides:
    """Return the vocabulary with one more line, as the file with that line gives it."""
    entry = dict(line.entry)
    if line.group == "words":
        return replace(
            overrides,
            terms=(
                *overrides.terms,
                *build_team_terms({slug: [word] for slug, word in entry.items()}),
            ),
        )
    if line.group == "vendors":
        return replace(overrides, vendors=(*overrides.vendors, build_team_vendor(**entry)))
    return replace(overrides, rules=(*overrides.rules, Rule(**entry)))


def _describe_count(lessons: Collection[ItemFeedback], what: str) -> str:
    quarters = sorted({lesson.quarter for lesson in lessons} - {""})
    return f"{what} {len(lessons)} items" + (f" ({', '.join(quarters)})" if quarters else "")


# ---------------------------------------------------------------- companies


def _propose_vendors(
    bench: ChangeBenchmark, items: Iterable[TaggedItem]
) -> Iterator[VocabularyProposal]:
    """Yield a company whose items the team moved to one category, or that it named where no list knows it. A home category is
    one voice among many: where it is not enough, the name is tried as a word.
    """
    texts = [f"{one.item.title} {one.item.summary} {one.item.text}" for one in items]
    named = {vendor.name for vendor in bench.overrides.vendors}
    speaking: dict[str, list[ItemFeedback]] = defaultdict(list)
    for lesson in bench.feedback:
        for name in lesson.given.get("vendors", lesson.tags.vendors):
            if "category" in lesson.given or bench.current_judge.vendors.find_vendor(name) is None:
                speaking[name].append(lesson)
    for name, several in sorted(speaking.items()):
        known = bench.current_judge.vendors.find_vendor(name)
        homes = {lesson.category for lesson in several}
        home = several[0].category
        corrected = [lesson for lesson in several if lesson.is_recategorised or known is None]
        if name in named or len(homes) > 1 or home is None or len(corrected) < _MIN_CORRECTED:
            continue
        if known and (known.name != name or known.categories[:1] == (home,)):
            continue
        others = tuple(slug for slug in known.categories if slug != home) if known else ()
        entry: dict[str, Any] = {"name": name, "categories": (home, *others)}
        if known is None and any(
            re.search(rf"\b{re.escape(name.lower())}\b", text) for text in texts
        ):
            entry["care"] = {name: "word"}
        why = _describe_count(
            corrected, f"{name} is at home in {CATEGORIES[home].name}, as the team said of"
        )
        forms = (
            name,
            *(known.aliases if known else ()),
            *filter(None, (known.site if known else "",)),
        )
        made = _ProposalDraft(
            VocabularyLine("vendors", entry), why, tuple(corrected), _make_name_matcher(forms)
        ).build_proposal(bench)
        yield made
        if not made.is_offered and not set(name) & set(",^*"):
            yield _choose_word_weight(bench, home, fold_text(name), corrected)


def _make_name_matcher(forms: Iterable[str]) -> AffectsItem:
    """Return whether an item may name a company."""
    plain = tuple(_normalize_text(form) for form in forms)

    def names_company(item: Item, _tags: Tags) -> bool:
        text = _normalize_text(
            f"{item.title} {item.summary} {item.text} {item.url} {item.source_name}"
        )
        return any(form in text for form in plain)

    return names_company


def _normalize_text(text: str) -> str:
    return re.sub(r"\W+", " ", fold_text(text))


# ---------------------------------------------------------------- words


def _propose_words(
    bench: ChangeBenchmark, size: int, made: Sequence[VocabularyProposal]
) -> Iterator[VocabularyProposal]:
    """Yield a word, or two in a row, that items moved to one category share, and that stands in few others of the `size`
    items of the archive. What a proposed company puts right needs no word. A word that the weights know was weighed on
    thousands of labels; two items may share it by chance, so it needs a third.
    """
    done = {lesson.item.id for one in made if one.is_offered for lesson in one.rests_on}
    corrected = [
        lesson
        for lesson in bench.feedback
        if lesson.is_recategorised and lesson.item.id not in done
    ]
    in_lesson = {lesson.item.id: _extract_grams(lesson.item) for lesson in bench.feedback}
    holding: dict[tuple[str, str], list[ItemFeedback]] = defaultdict(list)
    for lesson in corrected:
        for gram in in_lesson[lesson.item.id] if lesson.category else ():
            holding[str(lesson.category), gram].append(lesson)
    contrary = {
        (lesson.category, gram) for lesson in bench.feedback for gram in in_lesson[lesson.item.id]
    }
    wanted = {
        (slug, gram): several
        for (slug, gram), several in holding.items()
        if len(several) >= _MIN_CORRECTED + _is_known_gram(bench, gram)
        and not any((other, gram) in contrary for other in _other_categories(slug))
    }
    elsewhere = _count_by_category({gram for _, gram in wanted}, bench.undecided_items)
    ranked = sorted(
        wanted, key=lambda key: (-len(wanted[key]), elsewhere[key[1]][key[0]], -len(key[1]), key)
    )
    tried: Counter[str] = Counter()
    for slug, gram in ranked:
        several = wanted[slug, gram]
        others = elsewhere[gram].total() - elsewhere[gram][slug]
        rare = others <= max(1, _RARE * size) and others <= len(several) + elsewhere[gram][slug]
        if (
            not rare
            or tried[slug] >= _MAX_WORDS
            or done.issuperset(lesson.item.id for lesson in several)
        ):
            continue
        tried[slug] += 1
        best = _choose_word_weight(bench, slug, gram, several)
        yield best
        if best.is_offered:
            done |= {lesson.item.id for lesson in several}


def _choose_word_weight(
    bench: ChangeBenchmark, slug: str, gram: str, several: Sequence[ItemFeedback]
) -> VocabularyProposal:
    """Return a word with the least weight that does the most."""
    why = _describe_count(
        several, f"“{gram}” speaks for {CATEGORIES[slug].name}, as the team said of"
    )
    drafts = [
        _ProposalDraft(
            VocabularyLine("words", {slug: f"{gram}^{n}"}),
            why,
            tuple(several),
            _make_name_matcher([gram]),
        )
        for n in _WEIGHTS
    ]
    return max(
        (draft.build_proposal(bench) for draft in drafts),
        key=lambda one: (not one.effect.worse, one.effect.gain),
    )


def _is_known_gram(bench: ChangeBenchmark, gram: str) -> bool:
    """Return whether the weights know every word of it."""
    rows = bench.current_judge.layers.words.rows
    return all(f"a:{word}" in rows for word in gram.split())


def _other_categories(slug: str) -> Iterator[str | None]:
    yield None
    yield from (other for other in CATEGORIES if other != slug)


def _count_by_category(grams: set[str], items: Iterable[TaggedItem]) -> Mapping[str, Counter[str]]:
    """Return in how many items each stands, by their category."""
    found: dict[str, Counter[str]] = {gram: Counter() for gram in grams}
    for one in items:
        for gram in _extract_grams(one.item) & grams:
            found[gram][one.tags.category or "none"] += 1
    return found


def _extract_grams(item: Item) -> set[str]:
    """Return the words and pairs of words of title and summary that may stand for something. Scripts without spaces have no
    words that could be told without a dictionary.
    """
    found: set[str] = set()
    for text in (item.title, item.summary):
        row = [word if _is_informative(word) else "" for word in split_words(fold_text(text))]
        found.update(bare for word in row if len(bare := word.removesuffix("'s")) > 3)
        found.update(
            f"{one} {two}" for one, two in pairwise(row) if one and two and "'" not in one + two
        )
    return found


def _is_informative(word: str) -> bool:
    return bool(
        len(word) > 2
        and _WORD.fullmatch(word)
        and not _UNSPACED.search(word)
        and word not in STOPWORDS
    )


# ---------------------------------------------------------------- rules


_RuleCondition = tuple[Literal["sources", "vendors", "categories"], str, str]


def _propose_rules(
    bench: ChangeBenchmark, items: Iterable[TaggedItem], reviewed: Iterable[ReviewedQuarter]
) -> Iterator[VocabularyProposal]:
    """Yield what the team drops nearly all of, and what it keeps nearly all of though the machine leaves it out: a source, a
    company, a category's items of one event.
    """
    dropped = [lesson for lesson in bench.feedback if lesson.target_labels.get("relevant") is False]
    kept = [lesson for lesson in bench.feedback if lesson.target_labels.get("relevant") is True]
    stood = {one.item.id: one for quarter in reviewed for one in quarter.accepted_items}
    out = [lesson for lesson in dropped if lesson.tags.relevant]
    yield from _propose_effect_rules(bench, "exclude", out, kept, [*stood.values(), *out])
    put_in = [lesson for lesson in kept if not lesson.tags.relevant]
    yield from _propose_effect_rules(
        bench, "include", put_in, dropped, [one for one in items if not one.tags.relevant]
    )


def _propose_effect_rules(
    bench: ChangeBenchmark,
    effect: Literal["include", "exclude"],
    speaking: Iterable[ItemFeedback],
    against: Iterable[ItemFeedback],
    whole: Iterable[ItemFeedback | TaggedItem],
) -> Iterator[VocabularyProposal]:
    """Yield rules that `speaking` lessons are nearly the `whole` of and none is `against`; the widest condition first."""
    groups: dict[_RuleCondition, list[ItemFeedback]] = defaultdict(list)
    for lesson in speaking:
        for key in _rule_conditions(lesson):
            groups[key].append(lesson)
    contrary = {key for lesson in against for key in _rule_conditions(lesson)}
    size = Counter(key for one in whole for key in _rule_conditions(one))
    names = {rule.name for rule in bench.overrides.rules}
    done: set[str] = set()
    for key, several in sorted(
        groups.items(), key=lambda group: (_WIDTH[group[0][0]], -len(group[1]), group[0])
    ):
        ids = {lesson.item.id for lesson in several}
        rule = _make_rule_entry(key, effect)
        if (
            not justifies_rule(len(several), size[key])
            or key in contrary
            or ids <= done
            or rule["name"] in names
        ):
            continue
        verb = "dropped" if effect == "exclude" else "kept"
        why = f"the team {verb} {len(several)} of {size[key]} items: {rule['name'].partition(': ')[2]}"
        holds = Rule(**rule).applies_to
        made = _ProposalDraft(
            VocabularyLine("rules", rule), why, tuple(several), holds
        ).build_proposal(bench)
        yield made
        if made.is_offered:
            done |= ids


def justifies_rule(decided: int, whole: int) -> bool:
    """Return whether so many items of a group, out of all that were shown, speak for a rule."""
    return decided >= _MIN_DECIDED and decided >= _NEARLY_ALL * whole


_WIDTH = {"sources": 0, "vendors": 1, "categories": 2}


def _rule_conditions(one: ItemFeedback | TaggedItem) -> Iterator[_RuleCondition]:
    """Yield the conditions under which a rule would hold for an item."""
    yield "sources", one.item.source_name, ""
    yield from (("vendors", name, "") for name in one.tags.vendors)
    yield "categories", one.tags.category or "none", one.tags.event


def _make_rule_entry(key: _RuleCondition, effect: str) -> dict[str, Any]:
    """Return the entry of a rule with that condition. Its name is what `digest explain` tells."""
    kind, value, event = key
    verb = "drops" if effect == "exclude" else "keeps"
    what = {"sources": f"source {value}", "vendors": f"company {value}"}.get(
        kind, f"{value}, {event}"
    )
    rule = {"name": f"the team {verb}: {what}", "effect": effect, kind: (value,)}
    return rule | ({"events": (event,)} if event else {})
