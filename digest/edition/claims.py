"""The quarter's AI claims and studies, the best proven first.

Which stories claim something is for `claim_subjects` to say, which words answer a point of the test
for `claim_points` and `claim_quotes`. Studies measure something and claim nothing of a product:
they stand apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.edition.ai_kinds import read_ai_kind
from digest.edition.claim_availability import agree_on_availability, find_availability
from digest.edition.claim_points import PROOF_POINTS, TELLING_POINTS, find_data_size
from digest.edition.claim_quotes import (
    collect_points,
    find_description,
    says_what_it_does,
)
from digest.edition.claim_sentences import is_headline_alone
from digest.edition.claim_speakers import find_prover, find_speaker
from digest.edition.claim_subjects import (
    find_claimed_products,
    find_subject,
    get_title,
    is_said,
    is_vendor_claim,
)
from digest.edition.quarter import AI_IN_USE, RELEASE_EVENTS, QuarterView
from digest.edition.studies import build_study
from digest.model.edition import Claim, Sentence
from digest.model.stack import OUR_RELATIONS
from digest.model.story import Story
from digest.model.tags import Evidence
from digest.text import clean_text


def build_claims(quarter: QuarterView) -> tuple[Claim, ...]:
    """Return the claims of the quarter: those with points, the best proven of them, come first.

    Of those that are proven as well, the ones that touch the stack. Studies come after all claims
    of products. No words are quoted twice, and two reports of one launch say the same of when it
    can be had.
    """
    claims = agree_on_availability(
        [claim for story in quarter.stories if (claim := _build_claim(story, quarter)) is not None],
        quarter,
    )
    places = {story.id: place for place, story in enumerate(quarter.stories)}

    def get_sort_key(claim: Claim) -> tuple[object, ...]:
        proven = len(PROOF_POINTS & claim.points.keys())
        told = len(claim.points)
        is_ours = (not claim.products, not claim.own)
        return claim.study, not told, -proven, *is_ours, -told, places[claim.story.id]

    quoted: set[str] = set()
    result = []
    for claim in sorted(claims, key=get_sort_key):
        quote = claim.quote if claim.quote and claim.quote.text not in quoted else None
        quoted |= {quote.text} if quote else set()
        result.append(replace(claim, quote=quote))
    return tuple(result)


def find_points(story: Story, quarter: QuarterView) -> dict[str, Sentence]:
    """Return the sentences of a story that answer points of the test, by the point's kind."""
    subject = find_subject(story, quarter)
    return collect_points(story, subject) if subject else {}


def choose_words(story: Story, quarter: QuarterView) -> Sentence | None:
    """Return the sentence that says most of a story: of a claim's points, else what it does.

    Of what is ours, the best there is will do.
    """
    subject = find_subject(story, quarter)
    if subject is None:
        return None
    points = collect_points(story, subject)
    best = next((points[kind] for kind in TELLING_POINTS if kind in points), None)
    own = any(found.kind in OUR_RELATIONS for found in quarter.get_relations(story))
    return best or find_description(story, subject, least=1 if own else 2)


def _build_claim(story: Story, quarter: QuarterView) -> Claim | None:
    tags = story.tags
    is_study = tags.event == "research"
    if tags.ai not in AI_IN_USE or not (is_study or tags.event in RELEASE_EVENTS):
        return None
    subject = find_subject(story, quarter)
    if is_study:
        return build_study(story, subject, quarter)
    if subject is None or not is_vendor_claim(story, subject):
        return None
    points = collect_points(story, subject)
    says_so = is_said(story, subject)
    if says_so:  # what it says of its AI is nothing that becomes available
        points.pop("availability", None)
    is_bare = not points.keys() & set(TELLING_POINTS)
    if tags.evidence is None and is_bare and not says_so:
        return None
    quote = next((points[kind] for kind in TELLING_POINTS if kind in points), None)
    own = any(found.kind in OUR_RELATIONS for found in quarter.get_relations(story))
    quote = quote or find_description(story, subject, least=1 if own else 2)
    state, said = (None, None) if says_so else find_availability(story, points, subject)
    if said:
        points["availability"] = said
    elif "availability" in points:
        del points["availability"]
    quote = quote or said
    speaker = find_speaker(story, points, subject)
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
        ai_kind=read_ai_kind(quote.text if quote else "", *_list_leads(story)),
        headline_only=is_headline_alone(story),
    )


def _list_leads(story: Story) -> tuple[str, str]:
    return get_title(story), clean_text(story.lead.item.summary)


def _grade(points: Mapping[str, Sentence], quote: Sentence | None) -> Evidence:
    """Return the grade that the quoted words earn: the published rule of the claim test."""
    if points.keys() & PROOF_POINTS:
        return "evidenced"
    says_what = quote is not None and says_what_it_does(quote.text)
    return "specified" if says_what or points.keys() & {"method", "difference"} else "claimed"
