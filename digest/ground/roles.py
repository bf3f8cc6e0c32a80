"""Rules on who: who says it, and who does what to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.ground.claim import Claim, index_text
from digest.ground.names import Name, are_equivalent, has_name
from digest.ground.numbers import Quantity
from digest.ground.passages import Passage, split_clauses

_ACCORDING = re.compile(
    r"(?:according to|per|as reported by|says|said|laut|zufolge|nach angaben von|selon|d'apres|secondo|stando a|a detta di|segun|"
    r"segundo|de acordo com|по данным|согласно|据|根据|ตามข้อมูลของ|อ้างอิงจาก)\s*(?:the |die |der |das |le |la |les |l'|i |il |gli |"
    r"un(?:a|e)? |an? |o |os |as |el |los |las )?(?:\w+ (?:di |de |von |from |by |of ))?$"
)
_BY = re.compile(
    r"(?:\bby|\bvon|\bdurch|\bpar|\bda|\bdal|\bdalla|\bdall'|\bpor|\bpela|\bpelo|\bfrom|\bof|\bdi|\bde|\bdu|\bdel|\bdella|\bdo|"
    r"\bdes|由|被|โดย)\s*(?:the |la |le |el |il )?$"
)
_AGENT = re.compile(
    r"(?:\bby|\bvon|\bdurch|\bpar|\bda|\bdal|\bdalla|\bdall'|\bpor|\bpela|\bpelo|\bfrom|由|被|โดย)\s*(?:the |la |le |el |il )?$"
)
_OBLIQUE = re.compile(
    r"(?:\b(?:in|on|at|with|for|into|to|against|over|than|via|through|after|like|mit|fur|auf|bei|gegen|aus|an|zu|im|uber|"
    r"sur|dans|avec|pour|chez|en|contre|nel|nella|su|sul|sulla|con|per|in|contro|para|com|em|no|na|sobre|contra)|在|对|向|与|和)"
    r"\s*(?:the |its |their |la |le |el |il |die |der |das |den |dem )?$"
)
_SYMMETRIC = frozenset({"partner", "said"})
_ACTS = frozenset(
    "acquire sell launch sue block allow fine partner fund close open replace hire layoff add update "
    "approve reject win fail exploit patch build use said down up".split()
)


def check_attribution(claim: Claim) -> str:
    """Refuse a speaker whom the cited items do not have say anything, where they have another."""
    for name in _find_speakers(claim.passage):
        spoken = False
        for _, passage in claim.sentences:
            if "said" not in passage.concept_names:
                continue
            speakers = list(_find_speakers(passage))
            if not speakers:
                continue
            if any(_is_same(name, one) for one in speakers):
                break
            spoken = True
        else:
            if spoken:
                return f"no cited item has {name.text} say this"
    return ""


def _find_speakers(passage: Passage) -> Iterator[Name]:
    """Yield the names that a passage has say something: beside a word of saying."""
    said = [one for one in passage.concepts if one.concept == "said"]
    names = _merge(passage)
    for name in names:
        before = passage.folded[: name.start]
        if _ACCORDING.search(before):
            yield name
            continue
        behind = passage.folded[name.end : name.end + 40]
        stop = re.search(r"[,;.:]", behind)
        limit = name.end + (stop.start() if stop else 40)
        near = [one for one in said if name.end <= one.start <= limit]
        if near and not _OBLIQUE.search(before):
            between = [n for n in names if name.end <= n.start < near[0].start]
            if not [n for n in between if n.start - name.end > 1]:
                yield name


def _is_same(one: Name, two: Name) -> bool:
    """Return whether two runs of names share a word, in any script."""
    index = index_text(two.text)
    return any(
        has_name(index, key) or any(are_equivalent(key, other) for other in two.key.split())
        for key in one.key.split()
    )


def _stands_in(name: Name, text: str) -> bool:
    index = index_text(text)
    return any(has_name(index, key) for key in name.key.split())


# ---------------------------------------------------------------- who did what


def check_roles(claim: Claim) -> str:
    """Refuse an actor who, in the cited items, is the one acted upon, or acts elsewhere."""
    for clause in claim.clauses:
        names = _merge(clause)
        actor = find_actor(clause, names)
        if actor is None:
            continue
        others = [name for name in names if name.key != actor.key]
        reason = _check_pair(claim, clause, actor, others) or _check_owner(claim, clause, actor)
        if reason:
            return reason
    return ""


def _merge(passage: Passage) -> list[Name]:
    """Return the names of a passage, those side by side as one: "Google's AI Overviews"."""
    merged: list[Name] = []
    for name in passage.sure_names:
        before = merged[-1] if merged else None
        gap = passage.text[before.end : name.start] if before else None
        if before and gap is not None and re.fullmatch(r"(?:['’]s)?[ -]?(?:AI )?", gap):
            text = passage.text[before.start : name.end]
            merged[-1] = Name(text, f"{before.key} {name.key}", before.start, name.end)
        else:
            merged.append(name)
    return merged


def find_actor(passage: Passage, names: list[Name] | None = None) -> Name | None:
    """Return who acts in a clause: who stands behind "by", or the first name of it."""
    names = _merge(passage) if names is None else names
    for name in names:
        before = passage.folded[: name.start]
        if _AGENT.search(before) and before.strip() != "" and _has_verb(passage, name):
            return name
    for name in names:
        before = passage.folded[: name.start]
        if not _ACCORDING.search(before) and not _OBLIQUE.search(before):
            return name
    return None


def _has_verb(passage: Passage, name: Name) -> bool:
    """Return whether something acts or is acted upon before a name behind "by"."""
    window = passage.folded[max(0, name.start - 30) : name.start]
    return (
        re.search(
            r"\b\w+(?:ed|en|t|n|ght|ato|ata|ati|ate|uto|ito|ado|ada|ido|ida|e|ee|es|ees)\s+(?:by|von|durch|par|da|dal|dalla|dall'|por|pela|pelo)\s*\S*\s*$",
            window,
        )
        is not None
    )


def _check_pair(claim: Claim, clause: Passage, actor: Name, others: list[Name]) -> str:
    """Compare who acts on whom with the sentences of the sources that name both."""
    acts = clause.concept_names & _ACTS
    ever = False
    acting = set()
    for _, passage in claim.sentences:
        for piece in split_clauses(passage):
            who = find_actor(piece)
            if who is not None:
                ever = ever or _is_same(actor, who)
                acting.update(other.key for other in others if _is_same(other, who))
    if not ever and acting:
        return f"in the cited items {min(acting)} acts, not {actor.text}"
    for other in others:
        as_claimed = turned = 0
        for _, passage in claim.sentences:
            for piece in split_clauses(passage):
                who = find_actor(piece)
                if who is None or not (acts & piece.concept_names):
                    continue
                if _stands_in(actor, piece.text) and _stands_in(other, piece.text):
                    as_claimed += _is_same(actor, who)
                    turned += _is_same(other, who)
        if turned and not as_claimed:
            return f"in the cited items {other.text} acts, not {actor.text}"
    return ""


def _check_owner(claim: Claim, clause: Passage, actor: Name) -> str:
    """Refuse a figure that the cited items tell of somebody else."""
    for figure in clause.quantities:
        if figure.kind == "ord" or actor.start > figure.start:
            continue
        own = False
        rivals = []
        for _, passage in claim.sentences:
            for piece in split_clauses(passage):
                same = [one for one in piece.quantities if _is_same_figure(one, figure)]
                who = find_actor(piece)
                if not same:
                    continue
                if who is None or _stands_in(actor, piece.text) or who.start > same[0].start:
                    own = True
                elif not _is_same(actor, who):
                    rivals.append(who)
        if rivals and not own:
            return f"the cited items say this of {rivals[0].text}, not of {actor.text}"
    return ""


def _is_same_figure(one: Quantity, two: Quantity) -> bool:
    return one.kind == two.kind and abs(one.value - two.value) <= 1e-9 * max(1.0, abs(one.value))


_TIED = re.compile(
    r"(?P<one>[\w.&]+)-(?P<tie>backed|owned|led|built|made|powered|funded|based|run) (?P<two>[\w.&]+)"
)


def check_ties(claim: Claim) -> str:
    """Refuse "A-backed B" where the cited items have "B-backed A"."""
    for match in _TIED.finditer(claim.passage.folded):
        turned = f"{match['two']}-{match['tie']} {match['one']}"
        if any(turned in source.folded and match[0] not in source.folded for source in claim.cited):
            return f"the cited items have it the other way: {turned}"
    return ""
