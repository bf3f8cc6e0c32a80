"""Lines proposed for vocabulary.yaml, out of what the team decided.

Pure.

A proposal rests on decisions that recur over all quarters: two corrections or more, or three drops
or keeps, and none that says otherwise. Its effect is measured before anybody sees it: all decisions
and the reference set are judged with it and without. It is offered where it puts at least half of
what it rests on right and costs the reference set little: one label lost for three won here. What
recurs and is not offered has a reason.

A name that recurs in headlines and that no list knows rests on no decision; it is offered where it
changes something and costs neither the decisions nor the reference set anything.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from digest.config.vocabulary import GROUPS, VocabularyLine
from digest.learn.evaluation import (
    AffectsItem,
    ChangeBenchmark,
    ChangeEffect,
    ItemFeedback,
    ReviewedQuarter,
    merge_feedback,
)
from digest.learn.names import find_new_names
from digest.model.item import Item
from digest.model.tags import TaggedItem, Tags
from digest.tag import Overrides, Rule
from digest.tag.language import STOPWORDS
from digest.tag.rules import build_team_terms, build_team_vendor
from digest.tag.words import fold_text, split_words
from digest.taxonomy import CATEGORIES

_MIN_CORRECTED = 2  # items
_GAIN_FOR_LOSS = 3  # decisions that must come right for each label that the reference set loses
_MIN_DECIDED = 3  # items that were dropped, or kept
_NEARLY_ALL = 0.8
_RARE = 0.01  # of the archive's items that a word may stand in, beside those of its category
_WEIGHTS = (2, 4, 6)  # tried for a word; from 6 on nothing more is counted
_MAX_WORDS = 6  # tried for a category
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class VocabularyProposal:
    """A line for vocabulary.yaml: why, the decisions it rests on, what it does."""

    line: VocabularyLine
    why: str
    rests_on: tuple[ItemFeedback, ...]
    effect: ChangeEffect

    @property
    def is_offered(self) -> bool:
        """Whether half of what it rests on comes right, and the reference set loses little."""
        return not self.refusal

    @property
    def refusal(self) -> str:
        """Why it is not offered, in words; "" where it is."""
        gain, size = self.effect.gain, len(self.rests_on)
        if not self.rests_on:
            return self._refuse_unasked()
        if gain <= 0 or 2 * gain < size:
            return f"{max(0, gain)} of the {size} items would come right"
        if _GAIN_FOR_LOSS * self.effect.lost > gain:
            return f"the reference set gets worse: {'; '.join(self.effect.worse)}"
        return ""

    def _refuse_unasked(self) -> str:
        """Return why what no decision speaks for is not offered; "" where it is."""
        if self.effect.gain < 0:
            return f"{-self.effect.gain} of the team's decisions would be judged wrong"
        if self.effect.lost > 0:
            return f"the reference set gets worse: {'; '.join(self.effect.worse)}"
        if not self.effect.moved and not self.effect.gain:
            return "no item of the archive would be judged otherwise"
        return ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Corrections that recur and make no line: what they are, and why."""

    what: str
    reason: str


def propose_changes(
    reviewed: Sequence[ReviewedQuarter],
    overrides: Overrides,
    reference: Sequence[Mapping[str, Any]],
) -> tuple[VocabularyProposal, ...]:
    """Return lines that the team's decisions of all quarters speak for.

    The offered ones come first, and of a kind those that put most right. `overrides` is the
    vocabulary in force, with which the stories were judged.
    """
    feedback = merge_feedback(reviewed)
    decided = {lesson.item.id for lesson in feedback}
    items = {
        member.item.id: member
        for quarter in reviewed
        for story in quarter.stories
        for member in story.items
    }
    others = tuple(member for key, member in items.items() if key not in decided)
    bench = ChangeBenchmark(overrides, feedback, tuple(reference), others)
    made = [*_propose_vendors(bench, items.values())]
    made += _propose_words(bench, len(items), made)
    made += _propose_names(bench, tuple(items.values()), made)
    made += _propose_events(bench, len(items))
    made += _propose_rules(bench, items.values(), reviewed)
    made.sort(
        key=lambda made: (not made.is_offered, GROUPS.index(made.line.group), -made.effect.gain)
    )
    return tuple(made)


def find_refusals(
    reviewed: Sequence[ReviewedQuarter], proposals: Iterable[VocabularyProposal]
) -> tuple[Refusal, ...]:
    """Return what the team corrected alike and no proposal rests on, with the reason.

    A proposal that was measured has its own `refusal`.
    """
    feedback = merge_feedback(reviewed)
    resting = {lesson.item.id for proposal in proposals for lesson in proposal.rests_on}
    groups: dict[tuple[str, str], list[ItemFeedback]] = defaultdict(list)
    for lesson in feedback:
        if lesson.is_recategorised:
            for name in lesson.given.get("vendors", lesson.tags.vendors):
                groups["vendor", name].append(lesson)
        if lesson.drop_reason and lesson.tags.relevant:
            groups["source", lesson.item.source_name].append(lesson)
        if "event" in lesson.given and lesson.given["event"] != lesson.tags.event:
            groups["event", str(lesson.given["event"])].append(lesson)
    shown = Counter(
        member.item.source_name for quarter in reviewed for member in quarter.accepted_items
    )
    return tuple(
        Refusal(_describe_group(kind, name, several), _explain_refusal(kind, name, several, shown))
        for (kind, name), several in sorted(groups.items())
        if len(several) >= _MIN_CORRECTED and not {one.item.id for one in several} <= resting
    )


def _describe_group(kind: str, name: str, several: Sequence[ItemFeedback]) -> str:
    what = {"vendor": f"of {name} moved", "source": f"of {name} dropped"}
    return f"{len(several)} items {what.get(kind, f'corrected to {name}')}"


def _explain_refusal(
    kind: str, name: str, several: Sequence[ItemFeedback], shown: Counter[str]
) -> str:
    if kind == "vendor":
        if len(homes := {lesson.category for lesson in several}) > 1:
            names = ", ".join(sorted(CATEGORIES[home].name if home else "none" for home in homes))
            return f"they went to different categories: {names}"
        return "no company, word or rule that they share would do it"
    if kind == "source":
        whole = len(several) + shown[name]
        if len(several) < _MIN_DECIDED:
            return f"a rule needs {_MIN_DECIDED} drops; {len(several)} of {whole} were dropped"
        return f"{shown[name]} others of it were let in; a rule needs nearly all dropped"
    return (
        "no word that their titles share tells it without taking others along; "
        "a pattern can be written under events: by hand"
    )


def measure_combined_effect(
    several: Iterable[VocabularyProposal],
    reviewed: Iterable[ReviewedQuarter],
    overrides: Overrides,
    reference: Sequence[Mapping[str, Any]],
) -> ChangeEffect:
    """Return what several proposals do at once."""
    bench = ChangeBenchmark(overrides, merge_feedback(reviewed), tuple(reference))
    for proposal in several:
        overrides = _add_line(overrides, proposal.line)
    return bench.measure_effect(overrides)


def _measure_line(
    bench: ChangeBenchmark,
    line: VocabularyLine,
    why: str,
    rests_on: Iterable[ItemFeedback],
    can_affect: AffectsItem,
) -> VocabularyProposal:
    effect = bench.measure_effect(_add_line(bench.overrides, line), can_affect)
    return VocabularyProposal(line, why, tuple(rests_on), effect)


def _add_line(overrides: Overrides, line: VocabularyLine) -> Overrides:
    """Return the vocabulary with one more line, as the file with that line gives it."""
    entry = dict(line.entry)
    if line.group == "words":
        terms = build_team_terms({slug: [word] for slug, word in entry.items()})
        return replace(overrides, terms=(*overrides.terms, *terms))
    if line.group == "vendors":
        return replace(overrides, vendors=(*overrides.vendors, build_team_vendor(**entry)))
    if line.group == "events":
        events = dict(overrides.events)
        for event, pattern in entry.items():
            places = dict(events.get(event, {}))
            events[event] = {**places, "title": (*places.get("title", ()), pattern)}
        return replace(overrides, events=events)
    return replace(overrides, rules=(*overrides.rules, Rule(**entry)))


def _describe_count(several: Collection[ItemFeedback], what: str) -> str:
    quarters = sorted({feedback.quarter for feedback in several} - {""})
    return f"{what} {len(several)} items" + (f" ({', '.join(quarters)})" if quarters else "")


# ---------------------------------------------------------------- companies


def _propose_vendors(
    bench: ChangeBenchmark, items: Iterable[TaggedItem]
) -> Iterator[VocabularyProposal]:
    """Yield companies whose items the team moved to one category, or that no list knows.

    A home category is one voice among many: where it is not enough, the name is tried as a word.
    """
    texts = [f"{member.item.title} {member.item.summary} {member.item.text}" for member in items]
    named = {vendor.name for vendor in bench.overrides.vendors}
    speaking: dict[str, list[ItemFeedback]] = defaultdict(list)
    for lesson in bench.feedback:
        for name in lesson.given.get("vendors", lesson.tags.vendors):
            if "category" in lesson.given or bench.current_judge.vendors.find_vendor(name) is None:
                speaking[name].append(lesson)
    for name, several in sorted(speaking.items()):
        if name not in named:
            yield from _propose_vendor(bench, name, several, texts)


def _propose_vendor(
    bench: ChangeBenchmark, name: str, several: Sequence[ItemFeedback], texts: Iterable[str]
) -> Iterator[VocabularyProposal]:
    """Yield a company's home category, where several items agree on it, or its name as a word."""
    known = bench.current_judge.vendors.find_vendor(name)
    home = several[0].category
    corrected = [lesson for lesson in several if lesson.is_recategorised or known is None]
    agree = {lesson.category for lesson in several} == {home}
    if home is None or not agree or len(corrected) < _MIN_CORRECTED:
        return
    if known and known.name != name:
        return
    can_be_word = not set(name) & set(",^*")
    if known is None or known.categories[:1] != (home,):  # else its home is right, and too little
        made = _measure_home(bench, name, home, corrected, texts)
        yield made
        can_be_word = can_be_word and not made.is_offered
    if can_be_word:
        yield _choose_word_weight(bench, home, fold_text(name), corrected)


def _measure_home(
    bench: ChangeBenchmark,
    name: str,
    home: str,
    corrected: Sequence[ItemFeedback],
    texts: Iterable[str],
) -> VocabularyProposal:
    known = bench.current_judge.vendors.find_vendor(name)
    others = tuple(slug for slug in known.categories if slug != home) if known else ()
    entry: dict[str, Any] = {"name": name, "categories": (home, *others)}
    if known is None and any(re.search(rf"\b{re.escape(name.lower())}\b", text) for text in texts):
        entry["care"] = {name: "word"}
    why = f"{name} is at home in {CATEGORIES[home].name}, as the team said of"
    forms = [name, *filter(None, (*known.aliases, known.site) if known else ())]
    return _measure_line(
        bench,
        VocabularyLine("vendors", entry),
        _describe_count(corrected, why),
        corrected,
        _make_name_matcher(forms),
    )


def _make_name_matcher(forms: Iterable[str]) -> AffectsItem:
    """Return what says whether an item may hold one of the forms of a name."""
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
    """Yield words, or pairs of them, that items moved to one category share.

    They stand in few others of the `size` items of the archive. What a proposed company puts right
    needs no word. A word that the weights know was weighed on thousands of labels; two items may
    share it by chance, so it needs a third.
    """
    done = {
        lesson.item.id for proposal in made if proposal.is_offered for lesson in proposal.rests_on
    }
    categories: dict[str, set[str | None]] = defaultdict(set)  # of the decided items, by gram
    holding: dict[tuple[str, str], list[ItemFeedback]] = defaultdict(list)
    for lesson in bench.feedback:
        is_corrected = lesson.is_recategorised and lesson.item.id not in done
        for gram in _extract_grams(lesson.item):
            categories[gram].add(lesson.category)
            if is_corrected and lesson.category:
                holding[lesson.category, gram].append(lesson)
    weights = bench.current_judge.layers.words
    candidates = {
        (slug, gram): several
        for (slug, gram), several in holding.items()
        if categories[gram] == {slug}
        and len(several)
        >= _MIN_CORRECTED + all(weights.read_row(f"a:{word}") for word in gram.split())
    }
    elsewhere: dict[str, Counter[str]] = {gram: Counter() for _, gram in candidates}
    for member in bench.undecided_items:
        for gram in _extract_grams(member.item) & elsewhere.keys():
            elsewhere[gram][member.tags.category or "none"] += 1
    ranked = sorted(
        candidates,
        key=lambda key: (-len(candidates[key]), elsewhere[key[1]][key[0]], -len(key[1]), key),
    )
    tried: Counter[str] = Counter()
    for slug, gram in ranked:
        several = candidates[slug, gram]
        others = elsewhere[gram].total() - elsewhere[gram][slug]
        is_rare = others <= min(max(1, _RARE * size), len(several) + elsewhere[gram][slug])
        ids = {lesson.item.id for lesson in several}
        if is_rare and tried[slug] < _MAX_WORDS and not ids <= done:
            tried[slug] += 1
            best = _choose_word_weight(bench, slug, gram, several)
            yield best
            done |= ids if best.is_offered else set()


def _choose_word_weight(
    bench: ChangeBenchmark, slug: str, gram: str, several: Sequence[ItemFeedback]
) -> VocabularyProposal:
    """Return a word with the least weight that does the most."""
    why = f"“{gram}” speaks for {CATEGORIES[slug].name}, as the team said of"
    proposals = (
        _measure_line(
            bench,
            VocabularyLine("words", {slug: f"{gram}^{weight}"}),
            _describe_count(several, why),
            several,
            _make_name_matcher([gram]),
        )
        for weight in _WEIGHTS
    )
    return max(proposals, key=lambda made: (not made.effect.worse, made.effect.gain))


def _extract_grams(item: Item) -> set[str]:
    """Return the words and pairs of words of title and summary that may stand for something.

    Scripts without spaces have no words that could be found without a dictionary.
    """
    found: set[str] = set()
    for text in (item.title, item.summary):
        row = [
            word
            if len(word) > 2
            and _WORD.fullmatch(word)
            and not _UNSPACED.search(word)
            and word not in STOPWORDS
            else ""
            for word in split_words(fold_text(text))
        ]
        found.update(bare for word in row if len(bare := word.removesuffix("'s")) > 3)
        found.update(
            f"{word} {after}"
            for word, after in pairwise(row)
            if word and after and "'" not in word + after
        )
    return found


# ---------------------------------------------------------------- names that nobody knows


def _propose_names(
    bench: ChangeBenchmark, items: Sequence[TaggedItem], made: Sequence[VocabularyProposal]
) -> Iterator[VocabularyProposal]:
    """Yield names that recur in headlines: as another name of a vendor, and as one of their own."""
    taught = {proposal.line.entry.get("name") for proposal in made if proposal.is_offered}
    taken = {vendor.name for vendor in bench.overrides.vendors} | taught
    for found in find_new_names(items, bench.current_judge.vendors):
        if found.name in taken:
            continue
        told = f"{found.name} stands in {len(found.items)} items of {found.publishers} publishers"
        affects = _make_name_matcher([found.name])
        for vendor, reason in found.known_as:
            known = bench.current_judge.vendors.find_vendor(vendor)
            if known is None or vendor in taken:  # an entry of the team's is changed by hand
                continue
            entry: dict[str, Any] = {"name": vendor, "aliases": (*known.aliases, found.name)}
            why = f"{told}: another name of {vendor}, as {reason}"
            yield _measure_line(bench, VocabularyLine("vendors", entry), why, (), affects)
        home = {"categories": (found.home,)} if found.home else {}
        why = f"{told}, and no list knows it: a vendor of its own"
        line = VocabularyLine("vendors", {"name": found.name, **home})
        yield _measure_line(bench, line, why, (), affects)


# ---------------------------------------------------------------- what happened


def _propose_events(bench: ChangeBenchmark, size: int) -> Iterator[VocabularyProposal]:
    """Yield words of titles that items share whose event the team corrected alike.

    As with categories, a word that the weights know needs a third item.
    """
    final: dict[str, set[str]] = defaultdict(set)  # events of the decided items, by gram
    holding: dict[tuple[str, str], list[ItemFeedback]] = defaultdict(list)
    for lesson in bench.feedback:
        event = str(lesson.given.get("event", lesson.tags.event))
        for gram in _extract_grams(replace(lesson.item, summary="")):
            final[gram].add(event)
            if event != lesson.tags.event:
                holding[event, gram].append(lesson)
    weights = bench.current_judge.layers.words
    candidates = {
        (event, gram): several
        for (event, gram), several in holding.items()
        if final[gram] == {event}
        and len(several)
        >= _MIN_CORRECTED + all(weights.read_row(f"a:{word}") for word in gram.split())
    }
    others: Counter[tuple[str, bool]] = Counter()  # gram, whether the item has the event already
    events_of = defaultdict(set)
    for event, gram in candidates:
        events_of[gram].add(event)
    for member in bench.undecided_items:
        for gram in _extract_grams(replace(member.item, summary="")) & events_of.keys():
            others[gram, member.tags.event in events_of[gram]] += 1
    tried: Counter[str] = Counter()
    done: set[str] = set()
    ranked = sorted(candidates, key=lambda key: (-len(candidates[key]), -len(key[1]), key))
    for event, gram in ranked:
        several = candidates[event, gram]
        ids = {lesson.item.id for lesson in several}
        known = len(several) + others[gram, True]
        if others[gram, False] > min(max(1, _RARE * size), known) or ids <= done:
            continue
        if tried[event] == _MAX_WORDS:
            continue
        tried[event] += 1
        why = f"“{gram}” in a title tells of {event}, as the team said of"
        line = VocabularyLine("events", {event: rf"\b{re.escape(gram)}\b".replace("\\ ", " ")})
        affects = _make_name_matcher([gram])
        made = _measure_line(bench, line, _describe_count(several, why), several, affects)
        yield made
        done |= ids if made.is_offered else set()


# ---------------------------------------------------------------- rules


# ("sources", name, ""), ("vendors", name, ""), ("categories", slug, event); the widest first
_RuleCondition = tuple[Literal["sources", "vendors", "categories"], str, str]
_WIDTH = ("sources", "vendors", "categories")


def _propose_rules(
    bench: ChangeBenchmark, items: Iterable[TaggedItem], reviewed: Iterable[ReviewedQuarter]
) -> Iterator[VocabularyProposal]:
    """Yield rules on what the team drops, or keeps though the machine leaves it out, nearly always.

    That is a source, a company, or a category's items of one event.
    """
    dropped = [lesson for lesson in bench.feedback if lesson.target_labels.get("relevant") is False]
    kept = [lesson for lesson in bench.feedback if lesson.target_labels.get("relevant") is True]
    accepted = {member.item.id: member for quarter in reviewed for member in quarter.accepted_items}
    out = [lesson for lesson in dropped if lesson.tags.relevant]
    yield from _propose_effect_rules(bench, "exclude", out, kept, [*accepted.values(), *out])
    put_in = [lesson for lesson in kept if not lesson.tags.relevant]
    left_out = [member for member in items if not member.tags.relevant]
    yield from _propose_effect_rules(bench, "include", put_in, dropped, left_out)


def _propose_effect_rules(
    bench: ChangeBenchmark,
    effect: Literal["include", "exclude"],
    speaking: Iterable[ItemFeedback],
    against: Iterable[ItemFeedback],
    whole: Iterable[ItemFeedback | TaggedItem],
) -> Iterator[VocabularyProposal]:
    """Yield rules that `speaking` feedback is nearly the `whole` of and none is `against`."""
    groups: dict[_RuleCondition, list[ItemFeedback]] = defaultdict(list)
    for lesson in speaking:
        for condition in _list_rule_conditions(lesson):
            groups[condition].append(lesson)
    contrary = {condition for lesson in against for condition in _list_rule_conditions(lesson)}
    size = Counter(condition for member in whole for condition in _list_rule_conditions(member))
    names = {rule.name for rule in bench.overrides.rules}
    drops, dropped = ("drops", "dropped") if effect == "exclude" else ("keeps", "kept")
    done: set[str] = set()
    for condition, several in sorted(
        groups.items(), key=lambda group: (_WIDTH.index(group[0][0]), -len(group[1]), group[0])
    ):
        ids = {lesson.item.id for lesson in several}
        kind, value, event = condition
        what = {"sources": f"source {value}", "vendors": f"company {value}"}
        target = what.get(kind, f"{value}, {event}")
        name = f"the team {drops}: {target}"  # which `digest explain` prints
        if condition in contrary or ids <= done or name in names:
            continue
        if not justifies_rule(len(several), size[condition]):
            continue
        rule: dict[str, Any] = {"name": name, "effect": effect, kind: (value,)}
        rule |= {"events": (event,)} if event else {}
        why = f"the team {dropped} {len(several)} of {size[condition]} items: {target}"
        line = VocabularyLine("rules", rule)
        made = _measure_line(bench, line, why, several, Rule(**rule).applies_to)
        yield made
        done |= ids if made.is_offered else set()


def justifies_rule(decided: int, whole: int) -> bool:
    """Return whether so many items of a group, out of all that were shown, speak for a rule."""
    return decided >= _MIN_DECIDED and decided >= _NEARLY_ALL * whole


def _list_rule_conditions(member: ItemFeedback | TaggedItem) -> Iterator[_RuleCondition]:
    """Yield the conditions under which a rule would hold for an item."""
    yield "sources", member.item.source_name, ""
    yield from (("vendors", name, "") for name in member.tags.vendors)
    yield "categories", member.tags.category or "none", member.tags.event
