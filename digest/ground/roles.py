"""Rules on who: who says it, and who does what to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.ground.claim import Claim, index_text
from digest.ground.names import Name, has_name
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
_AGENT = re.compile(r"(?:\bby|\bvon|\bdurch|\bpar|\bda|\bdal|\bdalla|\bdall'|\bpor|\bpela|\bpelo|\bfrom|由|被|โดย)\s*(?:the |la |le |el |il )?$")
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
            spoken = spoken or has_name(index_text(passage.text), name.key) or True
        else:
            if spoken:
                return f"no cited item has {name.text} say this"
    return ""


def _find_speakers(passage: Passage) -> Iterator[Name]:
    """Yield the names that a passage has say something: beside a word of saying."""
    said = [one for one in passage.concepts if one.concept == "said"]
    for name in passage.sure_names:
        before = passage.folded[: name.start]
        if _ACCORDING.search(before):
            yield name
            continue
        behind = passage.folded[name.end : name.end + 40]
        stop = re.search(r"[,;.:]", behind)
        limit = name.end + (stop.start() if stop else 40)
        near = [one for one in said if name.end <= one.start <= limit]
        if near and not _OBLIQUE.search(before):
            between = [n for n in passage.sure_names if name.end <= n.start < near[0].start]
            if not [n for n in between if n.start - name.end > 1]:
                yield name


def _is_same(one: Name, two: Name) -> bool:
    return one.key == two.key or one.key in two.key.split() or has_name(index_text(two.text), one.key)


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
    """Return the names of a passage, those side by side as their first."""
    merged: list[Name] = []
    end = -9
    for name in passage.sure_names:
        if name.start - end > 2:
            merged.append(name)
        end = name.end
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
    return re.search(r"\b\w+(?:ed|en|t|n|ght|ato|ata|ati|ate|uto|ito|ado|ada|ido|ida|e|ee|es|ees)\s+(?:by|von|durch|par|da|dal|dalla|dall'|por|pela|pelo)\s*\S*\s*$", window) is not None


def _check_pair(claim: Claim, clause: Passage, actor: Name, others: list[Name]) -> str:
    """Compare who acts on whom with the sentences of the sources that name both."""
    acts = clause.concept_names & _ACTS
    for other in others:
        as_claimed = turned = 0
        for _, passage in claim.sentences:
            index = index_text(passage.text)
            if not has_name(index, actor.key) or not has_name(index, other.key):
                continue
            for piece in split_clauses(passage):
                piece_index = index_text(piece.text)
                if not has_name(piece_index, actor.key) or not has_name(piece_index, other.key):
                    continue
                same_act = bool(acts & piece.concept_names) or not acts
                who = find_actor(piece)
                if who is None or not same_act:
                    continue
                as_claimed += _is_same(actor, who)
                turned += _is_same(other, who)
        if turned and not as_claimed:
            return f"in the cited items {other.text} acts, not {actor.text}"
    return ""


def _check_owner(claim: Claim, clause: Passage, actor: Name) -> str:
    """Refuse a figure or act that the cited items tell of somebody else."""
    for figure in clause.quantities:
        own = False
        rivals = []
        for _, passage in claim.sentences:
            for piece in split_clauses(passage):
                if not any(abs(q.value - figure.value) < 1e-9 * max(1.0, abs(q.value)) and q.kind == figure.kind for q in piece.quantities):
                    continue
                who = find_actor(piece)
                if who is None or has_name(index_text(piece.text), actor.key):
                    own = True
                elif not _is_same(actor, who):
                    rivals.append(who)
        if rivals and not own:
            return f"the cited items say this of {rivals[0].text}, not of {actor.text}"
    return ""
