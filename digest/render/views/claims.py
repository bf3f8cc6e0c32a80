"""The table of AI claims and the studies, as they are printed: our own vendors' claims first.

Claims that answer a point of the test are rows of the table, each with a verdict. The others stand
in a list whose heading is their verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.i18n import N_
from digest.model.edition import (
    Claim,
    answers_a_point,
    count_proven_claims,
    is_proven,
    is_unread,
)
from digest.render.views.context import ViewContext
from digest.render.views.impacts import describe_ai
from digest.render.views.quotes import QuoteView, build_quote, list_told_sentences
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS, SECTIONS, Localizer

_MAX_STUDIES = 2  # on paper
_MAX_FURTHER, _MAX_PAPER_FURTHER = 24, 6  # that are only named
_MAX_FURTHER_TITLE = 80  # characters of one
_MAX_TITLE = 200  # characters of a headline
_FIGURE_POINTS = ("data", "result")  # of which the verdict tells
POINT_COLUMNS: tuple[tuple[str, str], ...] = (  # of the table: point of the test, heading
    ("data", N_("Data")),
    ("method", N_("Method")),
    ("availability", N_("Available")),
    ("customer", N_("Customer")),
    ("result", N_("Result")),
    ("difference", N_("Difference")),
    ("speaker", N_("Who says so")),
)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim: a row of the table, or a paragraph of the list of those without an answer.

    `statement` says what is claimed; without one the headline stands for it. `headline` is "" where
    it says nothing that the statement does not.
    """

    subject: str  # the product, and whose it is
    what: str  # what the AI does, and its kind
    story: StoryRefView
    reports: tuple[StoryRefView, ...]  # of the same launch
    headline: str
    statement: QuoteView | None
    quote: QuoteView | None  # the words that answer a point best, where the statement does not
    point: str  # that point, where the verdict does not tell it
    doubt: QuoteView | None
    cells: tuple[str, ...]  # one for each column: a word, "✓" or "–"
    verdict: str  # of a row: what its words prove
    note: str  # in the list: when it can be had, who says so
    place: str = ""  # on paper: where its words stand already


@dataclass(frozen=True, slots=True)
class StudyView:
    """What a study measured."""

    story: StoryRefView
    measured_by: str
    sample: str  # a number and its unit
    quote: QuoteView | None
    reports: tuple[StoryRefView, ...]  # others of the same data


@dataclass(frozen=True, slots=True)
class FurtherClaim:
    """A claim that is only named."""

    subject: str
    story: StoryRefView
    note: str  # when it can be had, "" where that is not said


_Named = tuple[tuple[str, tuple[FurtherClaim, ...]], ...]  # whose, of ours and of others


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The table of AI claims, as it is printed."""

    name: str  # of the section
    finding: str
    columns: tuple[str, ...]
    groups: tuple[tuple[str, tuple[ClaimView, ...]], ...]  # rows: whose, of ours and of others
    listed: tuple[ClaimView, ...]  # those that answer no point
    further: _Named  # the like, for which paper has no room
    unread: tuple[ClaimView, ...]  # of which no more than a teaser was read
    unread_further: _Named
    bare: tuple[StoryRefView, ...]  # those of which nothing but a headline is held
    studies: tuple[StudyView, ...]
    named: str  # on paper: how many claims say each point of the test
    further_studies: tuple[StoryRefView, ...]
    more: str  # how many stand in the HTML alone
    places: Mapping[str, str]  # on paper: where each sentence of the claims stands


def build_claims_page(context: ViewContext) -> ClaimsPage | None:
    """Build the page; None where there is nothing to show."""
    edition, words, brief = context.edition, context.words, context.options.brief
    if not edition.claims:
        return None
    products = [claim for claim in edition.claims if not claim.study]
    studies = [claim for claim in edition.claims if claim.study]
    rows = [claim for claim in products if answers_a_point(claim)]
    rest = [claim for claim in products if claim not in rows]
    near = [claim for claim in rest if claim.products or claim.doubt]
    kept = [*near, *[claim for claim in rest if claim not in near][: context.options.claims]]
    left = [claim for claim in rest if claim not in kept]
    listed = [claim for claim in kept if claim.own or not claim.headline_only]
    if brief:  # what is not judged is named; what AI adds to our products is told with them
        unread = [claim for claim in listed if is_unread(claim) and not claim.doubt]
        listed = [claim for claim in listed if claim not in unread]
        kept = [claim for claim in kept if claim not in unread]
        left = sorted([*unread, *left], key=is_unread)  # stable: those that were judged first
    bare = [claim for claim in kept if claim not in listed]
    named = [claim for claim in left if claim.own or not brief]
    named = named[: _MAX_PAPER_FURTHER if brief else _MAX_FURTHER]
    if brief:  # those first that no other page tells
        studies.sort(key=lambda claim: claim.story.id in context.printed_ids)
    shown_studies = studies[: _MAX_STUDIES if brief else None]
    quoted: set[str] = set()
    groups = _build_groups(rows, context, quoted)
    told = list_told_sentences(context)
    listed_views = {
        claim.story.id: _point_to_words(_build_claim(claim, context, quoted), told)
        for claim in listed
    }
    study_views = tuple(_build_study(claim, context, quoted) for claim in shown_studies)
    views = (*(view for _, rows_of in groups for view in rows_of), *listed_views.values())
    return ClaimsPage(
        name=words.translate_label(SECTIONS, "ai-watch"),
        finding="" if brief else _describe_claims(products, context),  # paper has it in the title
        columns=tuple(words.translate(name) for _, name in POINT_COLUMNS),
        groups=groups,
        listed=tuple(listed_views[one.story.id] for one in listed if not is_unread(one)),
        further=_group_further([one for one in named if not is_unread(one)], context),
        unread=tuple(listed_views[one.story.id] for one in listed if is_unread(one)),
        unread_further=_group_further([one for one in named if is_unread(one)], context),
        bare=tuple(build_ref(one.story, context, _MAX_TITLE, marks=True) for one in bare),
        studies=study_views,
        named=_describe_proof(products, context) if brief and len(products) > 1 else "",
        further_studies=()
        if brief
        else tuple(_name_studies(studies[len(shown_studies) :], context)),
        more=_describe_rest(
            len(left) - len(named),
            len(studies) - len(shown_studies) - (0 if brief else _MAX_FURTHER),
            context,
        ),
        places=_list_places(views) if brief else {},
    )


def _build_groups(
    rows: Sequence[Claim], context: ViewContext, quoted: set[str]
) -> tuple[tuple[str, tuple[ClaimView, ...]], ...]:
    """Return the rows of the table: of our own vendors, and of others, where there are any."""
    words = context.words
    own = [claim for claim in rows if claim.own]
    others = [claim for claim in rows if not claim.own]
    groups = (
        (words.translate("Our vendors") if own else "", own),
        (words.translate("Others") if own else "", others),
    )
    return tuple(
        (name, tuple(_build_claim(claim, context, quoted) for claim in claims))
        for name, claims in groups
        if claims
    )


def _point_to_words(claim: ClaimView, told: Mapping[str, str]) -> ClaimView:
    """Return a claim of the list with a pointer for its words where another page has them."""
    place = told.get(claim.statement.text, "") if claim.statement else ""
    if not place or claim.quote:
        return claim
    return replace(claim, statement=None, headline=claim.story.title, place=place)


def _list_places(claims: Iterable[ClaimView]) -> dict[str, str]:
    """Return where each sentence of the claims stands."""
    return {
        quote.text: f"#claim-{claim.story.id}"
        for claim in claims
        for quote in (claim.statement, claim.quote)
        if quote
    }


def _describe_rest(claims: int, studies: int, context: ViewContext) -> str:
    """Say how many claims and studies stand in the HTML edition alone; "" for none or fewer."""
    words, parts = context.words, []
    if claims > 0:
        parts.append(
            words.translate_plural(
                "%(n)s more claim in words alone or not judged",
                "%(n)s more claims in words alone or not judged",
                claims,
            )
        )
    if studies > 0:
        parts.append(words.translate_plural("%(n)s more study", "%(n)s more studies", studies))
    if not parts:
        return ""
    return words.translate("In the HTML edition alone: %(what)s.", what=words.join_names(parts))


def _describe_claims(claims: Sequence[Claim], context: ViewContext) -> str:
    """Return in a sentence how many claims others measured, and what the vendors alone prove."""
    words, proof = context.words, count_proven_claims(claims)
    if not proof.made:
        return ""
    number = words.format_number
    parts = [
        words.translate("%(n)s measured by others", n=number(proof.measured)),
        words.translate("%(n)s with the vendor’s own figure", n=number(proof.own)),
    ]
    if proof.other:
        text = N_("%(n)s with a customer’s name or a figure whose origin is not told")
        parts.append(words.translate(text, n=number(proof.other)))
    bare = proof.made - proof.measured - proof.own - proof.other
    parts.append(words.translate("%(n)s without any proof", n=number(bare)))
    return words.translate_plural(
        "Of %(n)s AI claim in what was read: %(parts)s.",
        "Of %(n)s AI claims in what was read: %(parts)s.",
        proof.made,
        parts=", ".join(parts),
    )


def _build_claim(claim: Claim, context: ViewContext, quoted: set[str]) -> ClaimView:
    words, language = context.words, claim.story.language
    story = build_ref(claim.story, context, _MAX_TITLE, marks=True)
    answered = [kind for kind, point in claim.points.items() if point == claim.quote]
    point = min(answered, key=lambda kind: kind not in _FIGURE_POINTS, default="")
    statement = build_quote(claim.statement, language, context, quoted)
    # When a thing can be had is a word of the table: a sentence that says only that is left out.
    answers = claim.quote if point not in ("", "availability") or not statement else None
    quote = build_quote(answers, language, context, quoted)
    if quote and claim.quote in claim.points.values() and context.options.brief:
        said = quote.text.casefold()
        if any(name and name.casefold() in said for name in (claim.product, claim.subject)):
            statement = None  # the proof says what is claimed of what
    return ClaimView(
        subject=_name_subject(claim, context),
        # What the words beside it say need not be named.
        what=""
        if (statement or quote) and not (claim.function or claim.ai_kind)
        else describe_ai(claim.function, claim.ai_kind, words),
        story=story,
        reports=tuple(build_ref(one, context, _MAX_TITLE, marks=True) for one in claim.reports),
        # Other pages point to a row of the table by its headline.
        headline=story.title
        if claim.by_headline or not (statement or quote) or answers_a_point(claim)
        else "",
        statement=statement,
        quote=quote,
        point=_name_point(point, words) if quote else "",
        doubt=build_quote(claim.doubt, language, context, quoted),
        cells=tuple(_fill_cell(kind, claim, context) for kind, _ in POINT_COLUMNS),
        verdict=" · ".join(
            filter(None, (_judge_claim(claim, words), _describe_fate(claim, context)))
        ),
        note=" · ".join(
            filter(
                None,
                (
                    _name_availability(claim, words).lower()
                    or words.translate(N_("availability not said")),
                    _name_speaker(claim, words),
                ),
            )
        ),
    )


def _name_studies(studies: Sequence[Claim], context: ViewContext) -> Iterator[StoryRefView]:
    """Yield references to studies that have no place yet, as many as there is room for."""
    for one in studies[:_MAX_FURTHER]:
        if not context.find_place(one.story.id):
            context.bare.add(one.story.id)
            yield build_ref(one.story, context, _MAX_FURTHER_TITLE, marks=True)


def _describe_proof(claims: Sequence[Claim], context: ViewContext) -> str:
    """Say how many claims answer each point of proof, and what none of them is."""
    proof, words = count_proven_claims(claims), context.words
    if not proof.read:
        return words.translate(N_("A teaser of a few lines is all that was read: none is judged."))
    counts = [
        f"{words.translate(name).lower()} "
        + words.format_number(sum(_answers(kind, claim) for claim in claims))
        for kind, name in POINT_COLUMNS
        if kind not in ("availability", "speaker")
    ]
    said = []
    if proof.read > 1:  # one has its row
        text = N_("Number of the %(n)s claims that name: %(counts)s.")
        if not proof.measured:
            text = N_("None is proven by others. Number of the %(n)s claims that name: %(counts)s.")
        number = words.format_number(proof.read)
        said.append(words.translate(text, n=number, counts=", ".join(counts)))
    if context.edition.stack and not any(
        claim.products and not is_unread(claim) and not _is_of_other_plans(claim, context)
        for claim in claims
    ):
        said.append(words.translate(N_("None is about a product or plan that we run.")))
    if proof.unread:
        said.append(
            words.translate_plural(
                "Of %(n)s more a teaser of a few lines is all that was read: it is not judged.",
                "Of %(n)s more a teaser of a few lines is all that was read: they are not judged.",
                proof.unread,
            )
        )
    return " ".join(said)


def _answers(kind: str, claim: Claim) -> bool:
    return kind in claim.points or (kind == "data" and bool(claim.data_size))


def _group_further(claims: Sequence[Claim], context: ViewContext) -> _Named:
    """Return the claims that are only named: those of our own vendors, then those of others."""
    own = tuple(_build_further(one, context) for one in claims if one.own)
    others = tuple(_build_further(one, context) for one in claims if not one.own)
    names = (N_("Our vendors") if own else "", N_("Others") if own else "")
    return tuple(
        (context.words.translate(name) if name else "", found)
        for name, found in zip(names, (own, others), strict=True)
        if found
    )


def _build_further(claim: Claim, context: ViewContext) -> FurtherClaim:
    if not context.find_place(claim.story.id):
        context.bare.add(claim.story.id)
    return FurtherClaim(
        _name_subject(claim, context),
        build_ref(claim.story, context, _MAX_FURTHER_TITLE, marks=True),
        _describe_fate(claim, context) or _name_availability(claim, context.words).lower(),
    )


def _describe_fate(claim: Claim, context: ViewContext) -> str:
    """Say that a thing was withdrawn since, or is for other plans than ours; "" for neither."""
    edition, words = context.edition, context.words
    ids = {claim.story.id, *(one.id for one in claim.reports)}
    if any(row.story in ids and row.withdrawn_by for row in edition.register):
        return words.translate("withdrawn since, at least in part")
    if _is_of_other_plans(claim, context):
        return words.translate(N_("other plans than ours"))
    return ""


def _is_of_other_plans(claim: Claim, context: ViewContext) -> bool:
    ledger = context.edition.ledger
    ids = {claim.story.id, *(one.id for one in claim.reports)}
    return ledger is not None and any(
        not ids.isdisjoint(row.of_other_plans) for row in ledger.vendors
    )


def _name_subject(claim: Claim, context: ViewContext) -> str:
    """Return the product of a claim and whose it is, where its name does not say."""
    subject, product = (context.fit_text(name, 40) for name in (claim.subject, claim.product))
    if not product or not subject:
        return product or subject
    return product if subject.casefold() in product.casefold() else f"{product} ({subject})"


def _fill_cell(kind: str, claim: Claim, context: ViewContext) -> str:
    words = context.words
    if kind == "availability":
        if not claim.availability and _is_of_other_plans(claim, context):
            return words.translate(N_("Other plans"))
        return _name_availability(claim, words) or "–"
    if kind == "speaker":
        return _name_speaker(claim, words) or "–"
    if kind == "data" and claim.data_size:
        return context.fit_text(claim.data_size, 40) or "✓"
    return "✓" if kind in claim.points else "–"


def _name_availability(claim: Claim, words: Localizer) -> str:
    if not claim.availability:
        return ""
    return words.translate_label(LABELS["availability"], claim.availability)


def _name_speaker(claim: Claim, words: Localizer) -> str:
    return words.translate_label(LABELS["speaker"], claim.speaker) if claim.speaker else ""


def _judge_claim(claim: Claim, words: Localizer) -> str:
    """Say in a few words what the quoted words prove."""
    if not is_proven(claim):
        return words.translate("Disputed") if claim.doubt else words.translate("Unproven")
    if claim.points.keys().isdisjoint(_FIGURE_POINTS):
        return words.translate("A customer’s name, no figure")
    if claim.speaker == "vendor":
        return words.translate("The vendor’s own figure")
    if claim.speaker == "independent" and claim.measured_by:
        return words.translate("Measured by %(name)s", name=claim.measured_by)
    if claim.speaker == "independent":
        return words.translate("Measured by others")
    return words.translate("A figure without its origin")


def _name_point(kind: str, words: Localizer) -> str:
    """Name the point that a quote answers; of a figure the verdict says enough."""
    return "" if kind in ("", *_FIGURE_POINTS) else words.translate(dict(POINT_COLUMNS)[kind])


def _build_study(claim: Claim, context: ViewContext, quoted: set[str]) -> StudyView:
    measurer = context.fit_text(claim.measured_by, 40)
    lines = context.edition.stack.lines if context.edition.stack else ()
    if measurer and measurer in {line.product.vendor_or_name for line in lines}:
        measurer = context.words.translate("%(name)s, a vendor of ours", name=measurer)
    return StudyView(
        story=build_ref(claim.story, context, 140, marks=True),
        measured_by=measurer,
        sample=context.fit_text(claim.data_size, 60),
        quote=build_quote(claim.quote, claim.story.language, context, quoted),
        reports=tuple(build_ref(one, context, 140, marks=True) for one in claim.reports),
    )
