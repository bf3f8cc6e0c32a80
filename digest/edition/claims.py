"""The quarter's AI claims and studies, the best proven first.

Which stories claim something is for `claim_subjects` to say, which words answer a point of the test
for `claim_points` and `claim_quotes`. Studies measure something and claim nothing of a product:
they stand apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from digest.edition.ai_functions import read_ai_function
from digest.edition.ai_kinds import read_ai_kind, works_with_ai
from digest.edition.claim_availability import find_availability
from digest.edition.claim_launches import merge_reports
from digest.edition.claim_points import PROOF_POINTS, TELLING_POINTS, Subject, find_data_size
from digest.edition.claim_quotes import (
    collect_points,
    find_description,
    find_doubt,
    says_what_it_does,
)
from digest.edition.claim_speakers import find_prover, find_speaker
from digest.edition.claim_subjects import (
    find_claimed_products,
    find_subject,
    get_title,
    is_said,
    is_vendor_claim,
    name_product,
)
from digest.edition.new_products import is_new_product
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView, Summarizer
from digest.edition.studies import build_study
from digest.model.edition import Claim, ClaimAvailability, Sentence
from digest.model.item import Item
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story
from digest.model.tags import Evidence
from digest.text import clean_text

_TEASER = 600  # letters; fewer are a teaser of what is told elsewhere


def build_claims(quarter: QuarterView, summarize: Summarizer = lambda _: ()) -> tuple[Claim, ...]:
    """Return the claims of the quarter: of products of ours first, then of their makers.

    Then come those in categories of the stack and its goals. Of those that are as near, the best
    proven come first. Studies come after all claims of products. No words are quoted twice, and
    several reports of one launch are one claim. `summarize` returns the sentences of a story, for
    those without one of the subject's own.
    """
    launched = [story for story in quarter.doubtful if is_new_product(story)]
    stories = [*quarter.stories, *launched]
    built = (_build_claim(story, quarter, summarize) for story in stories)
    claims = merge_reports([claim for claim in built if claim is not None], stories)
    stack = quarter.stack
    fields = {slug for product in stack.products for slug in product.categories}
    fields |= {slug for goal in stack.goals for slug in goal.categories}
    places = {story.id: place for place, story in enumerate(stories)}

    def get_sort_key(claim: Claim) -> tuple[object, ...]:
        proven = len(PROOF_POINTS & claim.points.keys())
        place = places[claim.story.id]
        is_far = (
            not claim.products,
            not claim.own,
            stories[place].tags.category not in fields,
        )
        return claim.study, *is_far, -proven, -len(claim.points), place

    return tuple(_quote_once(sorted(claims, key=get_sort_key)))


def _quote_once(claims: Iterable[Claim]) -> Iterator[Claim]:
    """Yield the claims, without words that one before them has."""
    quoted: set[str] = set()
    for claim in claims:
        quote, said = (
            words if words and words.text not in quoted else None
            for words in (claim.quote, claim.statement)
        )
        quoted |= {words.text for words in (quote, said) if words}
        yield replace(claim, quote=quote, statement=said)


def find_points(story: Story, quarter: QuarterView) -> dict[str, Sentence]:
    """Return the sentences of a story that answer points of the test, by the point's kind."""
    subject = find_subject(story, quarter)
    return collect_points(story, subject) if subject else {}


def choose_words(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the sentence that says most of a story: of a claim's points, else what it does.

    Of what is ours, the best there is will do.
    """
    kept = _chosen.setdefault(quarter, {})
    if id(story) not in kept:
        kept[id(story)] = story, _choose_words(story, quarter)
    return kept[id(story)][1]


# What was chosen of a view's stories, since pages of several products ask for the same ones: by
# the number of the object, which is its own while it is held here.
_chosen: WeakKeyDictionary[QuarterView, dict[int, tuple[Story, Sentence | None]]] = (
    WeakKeyDictionary()
)


def _choose_words(story: Story, quarter: QuarterView) -> Sentence | None:
    subject = find_subject(story, quarter)
    if subject is None:
        return None
    points = collect_points(story, subject)
    own = any(found.kind in OUR_RELATIONS for found in quarter.get_relations(story))
    return _choose_best(points) or find_description(story, subject, least=1 if own else 2)


def _build_claim(story: Story, quarter: QuarterView, summarize: Summarizer) -> Claim | None:
    """Return what a story claims or measures; None where it does neither."""
    tags = story.tags
    is_study = tags.event == "research"
    if not (is_study or tags.event in RELEASE_EVENTS):
        return None
    if not (tags.ai in AI_IN_USE if is_study else works_with_ai(story)):
        return None
    subject = find_subject(story, quarter)
    if is_study:
        return build_study(story, subject, quarter)
    if subject is None or not is_vendor_claim(story, subject):
        return None
    points = collect_points(story, subject)
    is_bare = _choose_best(points) is None
    if tags.evidence is None and is_bare and not is_said(story, subject):
        return None
    return _read_ai(_state_claim(story, subject, points, quarter, summarize), story)


def _state_claim(
    story: Story,
    subject: Subject,
    points: dict[str, Sentence],
    quarter: QuarterView,
    summarize: Summarizer,
) -> Claim:
    """Return the claim of a story: what is said, who says it, and which points it answers."""
    own = any(found.kind in OUR_RELATIONS for found in quarter.get_relations(story))
    best = _choose_best(points)
    description = find_description(story, subject, least=1 if own else 2)
    state, when = _settle_availability(story, points, subject)
    quote = best or description or when
    statement = description or best or next(iter(summarize(story)), None)
    speaker = find_speaker(story, points, subject, statement)
    return Claim(
        story=quarter.make_ref(story),
        subject=subject.name,
        evidence=_grade(points, quote),
        points=points,
        data_size=find_data_size(points["data"].text) if "data" in points else "",
        availability=state,
        speaker=speaker,
        quote=quote,
        products=find_claimed_products(story, quarter),
        own=own,
        measured_by=find_prover(points, speaker, subject),
        headline_only=statement is None and quote is None,
        teaser=all(_count_letters(member.item) < _TEASER for member in story.items),
        statement=statement,
        by_headline=best is None and description is None,
        product=name_product(story, quarter, subject),
        doubt=find_doubt(story, subject),
    )


def _count_letters(item: Item) -> int:
    """Return how many letters were read of an item, the longest of its texts."""
    return max(len(item.summary), len(item.text), len(item.fulltext))


def _read_ai(claim: Claim, story: Story) -> Claim:
    """Return a claim with what its AI does and of which kind it is, by its words.

    Those of the subject come first, then the headline, then the summary. A sentence of a summary
    that is not about the subject says nothing of its AI.
    """
    found = (claim.quote, None if claim.by_headline else claim.statement)
    said = [words.text for words in found if words]
    words = (*said, *_list_leads(story))
    function, kind = read_ai_function(*words), read_ai_kind(*words)
    is_carried = (function, kind) == (read_ai_function(*said), read_ai_kind(*said))
    return replace(claim, function=function, ai_kind=kind, by_headline=not is_carried)


def _choose_best(points: Mapping[str, Sentence]) -> Sentence | None:
    """Return the words that answer the point which tells most; None where none does."""
    return next((points[kind] for kind in TELLING_POINTS if kind in points), None)


def _settle_availability(
    story: Story, points: dict[str, Sentence], subject: Subject
) -> tuple[ClaimAvailability | None, Sentence | None]:
    """Return when a thing can be had and the words that say so, which `points` get alone.

    What a vendor only says of its AI is nothing that becomes available, and what has a result
    already is not only announced.
    """
    found = (None, None) if is_said(story, subject) else find_availability(story, points, subject)
    points.pop("availability", None)
    if found[0] == "announced" and "result" in points:
        found = (None, None)
    if found[1]:
        points["availability"] = found[1]
    return found


def _list_leads(story: Story) -> tuple[str, str]:
    return get_title(story), clean_text(story.lead.item.summary)


def _grade(points: Mapping[str, Sentence], quote: Sentence | None) -> Evidence:
    """Return the grade that the quoted words earn: the published rule of the claim test."""
    if points.keys() & PROOF_POINTS:
        return "evidenced"
    says_what = quote is not None and says_what_it_does(quote.text)
    return "specified" if says_what or points.keys() & {"method", "difference"} else "claimed"
