"""When the thing that a claim is about can be had, by all that its story says.

All that the sentences on it say counts, and the most careful of them decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.edition.availability import (
    choose_availability,
    read_availabilities,
    read_availability,
)
from digest.edition.claim_points import Subject, has_name, says_nothing
from digest.edition.claim_quotes import GOES_ON, is_of_another, is_quotable
from digest.edition.claim_sentences import iter_sentences
from digest.model.edition import ClaimAvailability, Sentence
from digest.model.story import Story

_OF_ALL = re.compile(  # of all that was told before; or of nothing but when it comes
    r"(?:both|all(?: of them)?|you can now|start(?:ing|s)? (?:to roll|rolling) out|"
    r"starting (?:today|this week)|today,? (?:we|you)|roll(?:s|ing) out|coming soon|available|"
    r"ab sofort|da oggi|dès aujourd|a partir de hoy)\b",
    re.IGNORECASE,
)


def find_availability(
    story: Story, points: Mapping[str, Sentence], subject: Subject
) -> tuple[ClaimAvailability | None, Sentence | None]:
    """Return what a story says of when a thing can be had, and a sentence that says just that.

    All sentences on the subject count, and the most careful decides (`read_availabilities`); where
    none says anything, the headlines do.
    """
    titles = [member.item.title for member in story.items]
    point = points.get("availability")
    texts, quotes = [point.text] if point else [], [point] if point else []
    for item in (member.item for member in story.items):
        sentences = list(iter_sentences(item))
        before = dict(zip(sentences[1:], sentences, strict=False))
        for text in dict.fromkeys(sentences):
            is_on_it = subject.is_named(text) or GOES_ON.match(text) or _OF_ALL.match(text)
            if not is_on_it or any(has_name(text, name) for name in subject.others):
                continue
            if says_nothing(text) or is_of_another(text, before.get(text, ""), titles, subject):
                continue
            texts.append(text)
            if is_quotable(text, item, titles, subject):
                quotes.append(Sentence(text, item.source_name, item.link))
    state = read_availabilities(texts) or choose_availability(
        found for title in titles if (found := read_availability(title))
    )
    said = (one for one in quotes if state and read_availability(one.text) == state)
    return state, next(said, None)
