"""What studies measured, who measured it, and on how much: they claim nothing of a product."""

from __future__ import annotations

import re
from itertools import pairwise

from digest.edition.claim_points import TELLING_POINTS, Subject, find_data_size
from digest.edition.claim_quotes import collect_points
from digest.edition.claim_sentences import MAX_TEXT_LENGTH, MONTH, iter_sentences
from digest.edition.claim_subjects import find_claimed_products, get_title, has_ai_word
from digest.edition.quarter import QuarterView
from digest.model.edition import Claim, Sentence
from digest.model.source import is_source_of
from digest.model.story import Story
from digest.text import clean_text

_SHARE_OF = (  # the things that a share is one of
    r"(?:(?:%|percent|per cent|half|third|quarter|two[- ]thirds|prozent|metà|moitié|mitad)\)? "
    r"(?:of|der|von|di|delle|des?|de (?:los|las)) (?:(?:all|the|these|those|our|its) )*)"
)
_EARLIER = re.compile(  # what another study found
    rf"\b(?:last|previous|earlier|prior|{MONTH}|20\d\d) (?:report|study|survey|analysis)\b|"
    rf"^(?:in|back in|last) (?:{MONTH}|month|year),.{{0,30}}\b(?:data|report|study|survey|"
    rf"analysis)\b",
    re.IGNORECASE,
)
_OF_ALL_FIGURES = re.compile(  # says on what all that a study found is based
    r"^(?:these|the|all|our|its) (?:\w+ )?(?:statistics|figures|findings|results|numbers|study|"
    r"report|survey|analysis) (?:are|is|was|were) (?:all )?based on\b",
    re.IGNORECASE,
)
_SAMPLE = re.compile(  # says what a study is made of
    r"^(?:the|our|this|its) (?:data ?set|sample|study|analysis|survey|research) "
    r"(?:covers?|includes?|comprises?|contains?|consists? of|draws on|spans?)\b",
    re.IGNORECASE,
)
_STUDY_WORD = (
    r"(?:analysis|study|studies|reports?|surveys?|research|data|figures|findings|polls?|tests?|"
    r"audit|experiments?|[Ss]tudie|[Uu]mfrage|studio|sondaggio|étude|sondage|estudio|encuesta)"
)
_MEASURER_NAME = r"(?P<who>[A-Z][\w&]*(?:[ -][A-Z][\w&]*){0,2})"
_MEASURERS = (
    re.compile(rf"\b{_STUDY_WORD} (?:by|from|von|di|de) {_MEASURER_NAME}"),
    re.compile(rf"{_MEASURER_NAME}[’']s? (?:\S+ ){{0,4}}?{_STUDY_WORD}\b"),
    re.compile(rf"{_MEASURER_NAME} (?:{_STUDY_WORD}|Data)\b"),
    re.compile(
        rf"{_MEASURER_NAME} (?:checked|analy[sz]ed|surveyed|studied|measured|tested|tracked|"
        rf"polled)\b"
    ),
    re.compile(rf"\b[Aa]ccording to (?:data (?:from|by) |figures (?:from|by) )?{_MEASURER_NAME}"),
)
_MIN_MENTIONS, _SHORT_TEXT = 2, 600  # of a measurer, in a text longer than these characters
_NO_MEASURER = frozenset(
    "A An And AI As At But By Data For From How If In It Its More Most New Of On Or Our Study "
    "Report Research Survey The These This Those To Using We What When Where Why With Your Search "
    "Social Marketing Generative Methodology Key Full Site Both Based While According Overview "
    "Overviews Mode "
    "January February March April May June July August September October November December "
    "Winter Summer Spring Autumn".split()
)


def build_study(story: Story, subject: Subject | None, quarter: QuarterView) -> Claim | None:
    """Return what a study measured; None where its words give neither a sample nor a figure."""
    subject = subject or Subject("", frozenset(), frozenset())
    points = {
        kind: point
        for kind, point in collect_points(story, subject, study=True).items()
        if kind in ("data", "result", "method") and not _EARLIER.search(point.text)
    }
    if not points.keys() & {"data", "result"}:
        return None
    quote = next((points[kind] for kind in TELLING_POINTS if kind in points), None)
    if not has_ai_word(f"{get_title(story)} {quote.text if quote else ''}"):
        return None
    publishers = {member.item.source_name for member in story.items}
    vendors = (*story.tags.vendors, *subject.names)
    own = {source for source in publishers if any(is_source_of(source, one) for one in vendors)}
    return Claim(
        story=quarter.make_ref(story),
        subject=subject.name,
        evidence=None,
        points=points,
        data_size=_find_sample(quote, points.get("data"), story),
        speaker="vendor" if own == publishers else "independent",
        quote=quote,
        products=find_claimed_products(story, quarter),
        study=True,
        measured_by=find_measurer(story),
    )


def _find_sample(quote: Sentence | None, point: Sentence | None, story: Story) -> str:
    """Return what the figure of a study is taken from; "" where its words do not tie the two.

    The quoted sentence gives the sample, or the one before it does, or one says what the study is
    made of or on what all figures are based, or the share is one of just those things of which the
    study gives one number alone.
    """
    if quote is None:
        return ""
    if size := find_data_size(quote.text, study=True):
        return size
    sentences = [list(iter_sentences(member.item)) for member in story.items]
    for some in sentences:
        for before, text in pairwise(some):
            if text == quote.text and (size := find_data_size(before, study=True)):
                return size
    for text in (text for some in sentences for text in some if _SAMPLE.match(text)):
        if size := find_data_size(text, study=True):
            return size
    size = find_data_size(point.text, study=True) if point else ""
    if size and point and _OF_ALL_FIGURES.search(point.text):
        return size
    unit = size.rpartition(" ")[2]
    if not unit or not re.search(rf"{_SHARE_OF}{re.escape(unit)}\b", quote.text, re.IGNORECASE):
        return ""
    sizes = {found for some in sentences for text in some if (found := find_data_size(text))}
    return size if {one for one in sizes if one.endswith(unit)} <= {size} else ""


def find_measurer(story: Story) -> str:
    """Return who measured, as the words of a study name it; "" where they do not.

    Of several names the one that the texts have most often is it, and what was measured only where
    there is no other. A vendor that publishes a study of its own ("we analysed") measured it.
    """
    texts = [
        clean_text(
            f"{item.title} . {item.summary} . {item.text[:MAX_TEXT_LENGTH]}".replace("\n", " . ")
        )
        for item in (member.item for member in story.items)
    ]
    for member in story.items:
        source = member.item.source_name
        if own := [name for name in story.tags.vendors if is_source_of(source, name)]:
            return own[0]
    everything = " ".join(texts)
    least = _MIN_MENTIONS if len(everything) > _SHORT_TEXT else 1
    subject = next(iter(story.tags.vendors), "")
    found = {
        name: everything.count(name)
        for pattern in _MEASURERS
        for match in pattern.finditer(everything)
        if (name := _strip_common_words(match["who"]))
    }
    named = [
        name
        for name, count in found.items()
        if count >= least and not re.search(rf"\b{re.escape(name.lower())}\b", everything)
    ]
    best = max(named, key=lambda name: (name != subject, found[name]), default="")
    longer = (name for name in found if best and name.endswith(f" {best}"))
    return next((name for name in longer if name.split().count(best) == 1), best)


def _strip_common_words(name: str) -> str:
    words = name.split()
    while words and words[0] in _NO_MEASURER:
        words = words[1:]
    while words and words[-1] in _NO_MEASURER:
        words = words[:-1]
    return " ".join(words)
