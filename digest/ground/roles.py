"""Rules on who: who says it, and who does what to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from digest.ground.claim import Claim, index_text
from digest.ground.facts import find_version
from digest.ground.lexicon import Found
from digest.ground.name_index import has_name, has_product
from digest.ground.name_tables import are_equivalent
from digest.ground.names import Name, is_initials
from digest.ground.passages import Passage, Source, split_clauses
from digest.ground.script import is_unspaced

_ACCORDING = re.compile(
    r"(?:(?<!\w)(?:according to|per|as reported by|says|said|laut|zufolge|nach angaben von|selon|"
    r"d'apres|secondo|stando a|a detta di|segun|"
    r"segundo|de acordo com|по данным|согласно)\s+|据|根据|ตามข้อมูลของ|อ้างอิงจาก)(?:the |die |"
    r"der |das |le |la |les |l'|i |il |gli |"
    r"un(?:a|e)? |an? |o |os |as |el |los |las )?(?:\w+ (?:di |de |von |from |by |of ))?$"
)
_SAID_BY = re.compile(
    r"[\",]\s?(?:said|says|told|adds|added|notes|explains|explained|writes|wrote|argues|warns|"
    r"reports|"
    r"reported|finds|found|sagt|sagte|erklart|erklarte|betont|berichtet|meldet|schreibt|"
    r"dit|explique|precise|affirme|souligne|declare|rapporte|ecrit|dice|afferma|spiega|sostiene|"
    r"dichiara|riporta|riferisce|scrive|"
    r"ha detto|dijo|afirma|explica|"
    r"senala|reprocha|disse|diz)\s(?:[^,;.:\"]{0,40}\s)?(?:[^\W\d_]\.?\s)?$"
)
_AGENT = re.compile(
    r"(?:[^\W\d_]+(?:ed|en|t|n|ght) by|\b(?:ge\w{3,}|\w+iert|\w+(?:nommen|boten|ssen|tzt|"
    r"llt)) (?:von|durch)|\w{3,} par|"
    r"\w+(?:at|ut|it|es|ers|tt)[oaie] da(?:l|lla|ll'|i|lle)?|\w+(?:ad|id)[oa]s? (?:por|pela|"
    r"pelo)|由|被|โดย)"
    r"\s*(?:the |la |le |el |il |dem |der )?$"
)
_OBLIQUE = re.compile(
    r"(?:\b(?:ad|al|alla|agli|ai|au|aux|ao|of|by|from|until|since|in|on|at|with|for|into|to|"
    r"against|over|than|via|through|between|"
    r"after|like|such as|including|zwischen|tra|fra|entre|mit|fur|auf|bei|gegen|aus|an|zu|im|uber|"
    r"sur|dans|avec|pour|chez|en|contre|nel|nella|su|sul|sulla|con|per|in|contro|para|com|em|no|"
    r"na|sobre|contra)|在|对|向|与|和)"
    r"\s*(?:the |its |their |la |le |el |il |die |der |das |den |dem )?$"
)
# What may stand inside one name, or between a company and who speaks for it.
_ONE_NAME = re.compile(
    r"(?:['’]s)?[ -]?[\"'„“‘«]?(?:\d[\d.]*[ -])?(?:AI |& )?|"
    r"(?:['’]s|-| | ?,)? ?(?:[\w&-]+ ){0,4}?(?:co-?founder|founder|CEO|CFO|CMO|CTO|COO|"
    r"chief|president|officer|chair\w*|head|director|boss|manager|analyst|spokes\w+|\w*[Cc]hefin|"
    r"\w*[Cc]hef|"
    r"Gründer\w*|Sprecher\w*|fondat\w+|direttor\w+|portavoce|directeur|directrice|PDG|porte-parole|"
    r"fundador\w*|director\w*|portavoz) "
)
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:we|we're|we've|we'll|our|wir|unser\w*|nous|notre|nos|nostr[oaie]|abbiamo|nosotros|"
    r"nuestr[oa]s?|hemos)(?!\w)"
)
_PRONOUN = {
    "en": re.compile(r"(?:it|they|he|she)\b"),
    "de": re.compile(r"(?:es|er|sie)\b"),
    "fr": re.compile(r"(?:il|elle|ils|elles|c'est)\b"),
    "it": re.compile(r"si tratta\b"),
    "es": re.compile(r"se trata\b"),
}
_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|be|been|being|wurden?|ist|sind|e stat[oaie]|fue|foi|a ete)\b"
)
_ALIKE = 5  # letters that two forms of one name share
_OPENING_REACH = 4  # characters before an actor that opens a later clause
_SUBJECT_REACH = 24  # before one of whom a figure is told
_OPENING = 3  # characters of an unspaced clause in which its actor begins
_ASIDE_REACH = 70  # characters of a clause between a name and what it says
_ASIDE = re.compile(
    r",? ?(?:which|who|that|a|an|the|die|der|das|che|qui|que|un|una|une)\b[^,.;:]{3,64}, "
)
_SPEECH_REACH = 26  # characters behind a name in which a word of saying is its own

# Acts that one does and another suffers: who did them must not be turned round.
_ACTS = frozenset(
    "acquire sell launch sue block fine fund close replace hire approve reject investigate".split()
)
_ABOUT = 0.5  # of the best match, for a sentence of a source to be about the same at all
# "The platform, with 2 million sites, adds agents: Claude": what opens is no name.
_OPENS_LATE = re.compile(r".{30,}[:;] |.{60,}")
_MIN_LIKENESS = 0.6  # of a clause without its actor, for a source's sentence to tell the same
_MIN_MARGIN = 1.5  # by which it must be more alike than each sentence that names the actor


def check_attribution(claim: Claim) -> str:
    """Refuse a speaker whom the cited items do not have say it, where they have another."""
    if not claim.is_same_language and all(is_unspaced(source.language) for source in claim.cited):
        return ""  # who says what cannot be told there
    if all(source.language in ("th", "ja") for source in claim.cited):
        return ""
    for clause in claim.clauses:
        reason = _check_speakers(clause, claim)
        if reason:
            return reason
    return ""


def _check_speakers(clause: Passage, claim: Claim) -> str:
    for name in find_speakers(clause):
        nearest = {one.source for one in claim.align(clause, 1.0)} or claim.cited
        if any(_leads(name, source) for source in nearest) and not _is_said_by_other(
            name, clause, claim
        ):
            continue
        if set(name.key.split()) <= claim.rewritten or _is_publisher(name, claim):
            continue
        aligned = claim.align(clause)
        told = [list(find_speakers(one.passage)) for one in aligned]
        near = [one.passage for one in aligned]
        near += [source.sentences[0] for source in claim.cited if source.sentences]
        named = any(_stands_in(name, one.text) or _begins_in(name, one) for one in near)
        if any(told) and not named:
            return f"no cited item has {name.text} say this"
        speakers = [speaker for _, passage in claim.sentences for speaker in find_speakers(passage)]
        heard = any(
            _begins_in(name, passage)
            for _, passage in claim.sentences
            if "said" in passage.concept_names
        )
        if speakers and not heard and not any(is_same_name(name, speaker) for speaker in speakers):
            return f"no cited item has {name.text} say this"
    return ""


def _is_said_by_other(name: Name, clause: Passage, claim: Claim) -> bool:
    """Return whether the nearest sentence has a name, and has another than it say this."""
    aligned = claim.align(clause, 1.0)
    told = [who for one in aligned for who in find_speakers(one.passage)]
    return (
        bool(told)
        and all(_stands_in(name, one.passage.text) for one in aligned)
        and not any(is_same_name(name, who) for who in told)
        and not any(
            is_same_name(name, who) for _, one in claim.sentences for who in find_speakers(one)
        )
    )


def find_speakers(passage: Passage) -> Iterator[Name]:
    """Yield the names that a passage has say something: beside a word of saying."""
    said = [one for one in passage.concepts if one.concept == "said"]
    names = _merge(passage)
    for name in names:
        before = passage.folded[: name.start]
        to_this = re.match(r" zufolge\b|によると|によれば", passage.folded[name.end :])
        if to_this or _ACCORDING.search(before) or _SAID_BY.search(before):
            yield name
            continue
        behind = passage.folded[name.end : name.end + _ASIDE_REACH]
        aside = _ASIDE.match(behind)
        if aside:  # "Acme, which sells boats, says"
            begin = name.end + aside.end()
            behind = " " * aside.end() + passage.folded[begin : begin + _SPEECH_REACH]
        else:
            behind = behind[:_SPEECH_REACH]
        stop = re.search(r"[,;.:]", behind)
        limit = name.end + (stop.start() if stop else len(behind) if aside else _SPEECH_REACH)
        near = [one for one in said if name.end <= one.start <= limit]
        if near and _PASSIVE.search(passage.folded[name.end : near[0].start]):
            continue  # "X was announced": somebody else spoke
        if near and not _OBLIQUE.search(before):
            between = [n for n in names if name.end <= n.start < near[0].start]
            if not [n for n in between if n.start - name.end > 1]:
                yield name


def is_same_name(one: Name, two: Name) -> bool:
    """Return whether two runs of names share a word, in any script, or are maker and product."""
    index = index_text(two.text)
    if has_product(index, one.key) or has_product(index_text(one.text), two.key):
        return True
    if is_initials(one.text, two.text) or is_initials(two.text, one.text):
        return True
    return any(
        has_name(index, key) or any(are_equivalent(key, other) for other in two.key.split())
        for key in one.key.split()
    )


def _leads(name: Name, source: Source) -> bool:
    """Return whether an item opens with a name: it is about what this one does and says."""
    named = _merge(source.sentences[0]) if source.sentences else []
    named += [speaker for sentence in source.sentences[1:2] for speaker in find_speakers(sentence)]
    return any(is_same_name(name, one) for one in named[:1]) or any(
        source.folded.startswith(key) for key in name.key.split()
    )


def _is_publisher(name: Name, claim: Claim) -> bool:
    """Return whether a cited item is a name's own: who publishes says what stands in it."""
    return any(_stands_in(name, source.item.publisher) for source in claim.cited)


def _begins_in(name: Name, passage: Passage) -> bool:
    """Return whether a passage has a word that begins like a name ("Redditor")."""
    return f" {name.key[:_ALIKE]}" in f" {passage.folded}"


def _stands_in(name: Name, text: str) -> bool:
    index = index_text(text)
    return any(has_name(index, key) for key in name.key.split())


# ---------------------------------------------------------------- who did what


def check_roles(claim: Claim) -> str:
    """Refuse an actor who, in the cited items, is the one acted upon, or acts elsewhere."""
    others = _merge(claim.passage)
    # Lists look like clauses where no spaces part words: there the first clause alone is sure.
    clauses = claim.clauses[:1] if is_unspaced(claim.passage.language) else claim.clauses
    for at, clause in enumerate(clauses):
        actor = find_actor(clause)
        if at and actor and actor.start > _OPENING_REACH:
            continue  # who acted in the clause before acts in this one: "and switches off X"
        if actor is None or any(is_same_name(actor, speaker) for speaker in find_speakers(clause)):
            continue
        if _is_owner(actor) or _OPENS_WITHOUT.match(clause.folded):
            continue  # "Acme's report", "after buying Acme": who acts stands elsewhere
        reason = _check_pair(
            claim, clause, actor, [other for other in others if not is_same_name(other, actor)]
        )
        if reason:
            return reason
    return ""


def _merge(passage: Passage) -> list[Name]:
    """Return the names of a passage, those side by side as one: "Google's AI Overviews"."""
    merged: list[Name] = []
    for name in passage.sure_names:
        before = merged[-1] if merged else None
        gap = passage.text[before.end : name.start] if before else None
        if before and gap is not None and _ONE_NAME.fullmatch(gap):
            text = passage.text[before.start : name.end]
            merged[-1] = Name(text, f"{before.key} {name.key}", before.start, name.end)
        else:
            merged.append(name)
    return merged


def find_actor(passage: Passage, names: list[Name] | None = None) -> Name | None:
    """Return who acts in a clause: who stands behind "by", or the first name of it."""
    names = _merge(passage) if names is None else names
    pronoun = _PRONOUN.get(passage.language)
    if _FIRST_PERSON.search(passage.folded) or (pronoun and pronoun.match(passage.folded)):
        return None  # its publisher acts, or whom a sentence before names
    if is_unspaced(passage.language):  # who acts opens the clause, or cannot be told
        for name in names:
            if passage.folded[: name.start].endswith(("被", "โดย")):
                return name
        return names[0] if names and names[0].start <= _OPENING else None
    for name in names:
        before = passage.folded[: name.start]
        if _AGENT.search(before) or (_BY_END.search(before) and _PASSIVE.search(before)):
            return name
    listed = -1  # where an oblique name ends, and with it those of its list
    for name in names:
        before = passage.folded[: name.start]
        is_oblique = _ACCORDING.search(before) or _OBLIQUE.search(before)
        if not is_oblique and listed >= 0:
            is_oblique = _LISTED.fullmatch(passage.text[listed : name.start])
        if not is_oblique:
            return name
        listed = name.end
    return None


def _is_owner_or_product(name: Name, passage: Passage) -> bool:
    """Return whether a name is another's owner ("of Acme") or a product's, with its version."""
    before = passage.folded[: name.start]
    if passage.language == "it":  # of which "da" is no genitive: "comprare da Acme"
        before = re.sub(r"\bda\s?$", "", before)
    versioned = re.search(r"\d", name.key) or any(
        quantity.start == name.end + 1 and find_version(passage, quantity)
        for quantity in passage.quantities
    )
    return bool(versioned or _GENITIVE.search(before))


def find_actors(passage: Passage) -> list[Name]:
    """Return who acts in a clause, and those who act with them: "A and B present"."""
    names = _merge(passage)
    first = find_actor(passage, names)
    if first is None:
        return []
    actors = [first]
    for name in names:
        gap = passage.text[actors[-1].end : name.start] if name.start >= actors[-1].end else "-"
        if _TOGETHER.fullmatch(gap):
            actors.append(name)
    return actors


def _check_pair(claim: Claim, clause: Passage, actor: Name, others: list[Name]) -> str:
    """Compare who acts with who acts in the sources' clauses of the same act."""
    acts = {
        one.concept
        for one in clause.concepts
        if one.concept in _ACTS and not _is_owned(clause, one, actor)
    }
    if _RAISES.search(clause.folded):
        acts -= {"fund"}  # who raises money is not who gives it
    near = [one.passage for one in claim.align(clause, _ABOUT)]
    for act in acts:
        acting = [
            who
            for _, passage in claim.sentences
            for piece in split_clauses(passage)
            if act in piece.concept_names
            for who in find_actors(piece)
        ]
        if any(is_same_name(actor, who) for who in acting):
            return ""
    for act in acts:
        for passage in near:
            for piece in split_clauses(passage):
                who = find_actor(piece)
                if who is None or not _does(piece, who, act):
                    continue
                if any(is_same_name(actor, one) for one in find_actors(piece)):
                    return ""
                turned = [other for other in others if is_same_name(other, who)]
                turned = [
                    one
                    for one in turned
                    if not _is_owner_or_product(one, claim.passage)
                    and not _are_listed(claim.passage, actor, one)
                ]
                if turned and _stands_in(actor, passage.text):
                    return f"in the cited items {turned[0].text} acts, not {actor.text}"
    return ""


def _is_owned(clause: Passage, act: Found, actor: Name) -> bool:
    """Return whether an act is somebody else's by the possessive: "after Acme's purchase"."""
    owners = [one for one in _merge(clause) if one.end <= act.start]
    return bool(owners) and _is_owner(owners[-1]) and not is_same_name(owners[-1], actor)


_SUFFERS = re.compile(r"\b(?:fac(?:es?|ed|ing)|hit with|under|over|against|droht|affronta)\b")


def _does(piece: Passage, who: Name, act: str) -> bool:
    """Return whether somebody does an act in a clause: its word stands behind them, and active."""
    if is_unspaced(piece.language) or _AGENT.search(piece.folded[: who.start]):
        return act in piece.concept_names
    for one in piece.concepts:
        if one.concept != act:
            continue
        between = piece.folded[who.end : one.start]
        if _BY_END.search(piece.folded[: who.start]) or (
            who.start < one.start and not (_PASSIVE.search(between) or _SUFFERS.search(between))
        ):
            return True
    return False


def _are_listed(passage: Passage, one: Name, two: Name) -> bool:
    """Return whether two names stand in one list: "A, B and C"."""
    names = [name for name in _merge(passage) if one.start <= name.start <= two.end]
    return len(names) > 1 and all(
        _TOGETHER.fullmatch(passage.text[before.end : behind.start])
        for before, behind in pairwise(names)
    )


_RAISES = re.compile(r"\b(?:rais|raccogli|raccolt|sammel|eingesammelt|eingenommen|lev[ea]|recaud)")


def check_turned(claim: Claim) -> str:
    """Refuse "A sued B" where the cited items have "B sued A", whatever the verb."""
    if not claim.is_same_language or is_unspaced(claim.passage.language):
        return ""
    for clause in claim.clauses:
        names = _merge(clause)
        if names and (_is_owner(names[0]) or _OPENS_WITHOUT.match(clause.folded)):
            continue
        if len(names) < 2 or "said" in clause.concept_names or _BY.search(clause.folded):
            continue
        actor, others = names[0], [name for name in names[1:] if not is_same_name(name, names[0])]
        together = find_actors(clause)
        last = (
            together[-1].end if together and together[0].start == names[0].start else names[0].end
        )
        others = [one for one in others if one.start >= last]
        verbs = [
            (stem, at)
            for stem, at in clause.stems
            if last <= at <= last + _VERB_REACH
            and not any(name.start <= at < name.end for name in names)
        ]
        for other in others:
            if _is_owner(other):
                continue  # "puts Acme's rate at": the rate is acted upon
            if any(_is_turned(claim, actor, verb, other) for verb, at in verbs if at < other.start):
                return f"in the cited items {other.text} acts, not {actor.text}"
    return ""


def _is_turned(claim: Claim, actor: Name, verb: str, other: Name) -> bool:
    """Return whether a verb stands behind the other name and before the actor, never after it."""
    turned = False
    for _, passage in claim.sentences:
        if passage.language != claim.passage.language:
            continue
        names = _merge(passage)
        for place in (at for stem, at in passage.stems if stem == verb):
            before = [name for name in names if name.end <= place]
            if any(is_same_name(actor, one) for one in before):
                return False
            behind = [name for name in names if name.start > place]
            if before and _PASSIVE.search(passage.folded[before[-1].end : place]):
                continue  # "was targeted in a campaign of": who acted stands behind
            if (
                before
                and is_same_name(other, before[-1])
                and any(is_same_name(actor, one) for one in behind)
                and not _BY.search(passage.folded)
            ):
                turned = True
    return turned


def _is_owner(name: Name) -> bool:
    """Return whether a name stands in the possessive: "Acme's" report acts, not Acme."""
    return re.search(r"(?:['’]s|s['’])$", name.text) is not None


# A clause that opens with a deed and no doer: "after buying Acme", "dopo aver comprato".
_OPENS_WITHOUT = re.compile(
    r"(?:(?:after|before|by|while|when|since|in|on|without|despite) )?\w{3,}ing\b|"
    r"(?:dopo|prima di|senza|per) (?:aver\w*|ess\w+|\w+[aei]re)\b|"
    r"(?:apres|avant de?|sans|pour|en) (?:avoir|etre|\w+(?:er|ir|re|ant))\b|"
    r"(?:tras|antes de|sin|para|al) (?:haber|\w+[aei]r)\b|(?:apos|antes de|sem|para|"
    r"ao) \w+[aei]r\b|"
    r"nachdem\b|um\b|ohne\b"
)
_VERB_REACH = 26  # characters behind an actor in which its verb begins
_BY = re.compile(r"\b(?:by|von|durch|par|da|dal|dalla|dall'|dagli|por|pelo|pela)\b")


_GENITIVE = re.compile(
    r"\b(?:of|von|des|der|di|del|della|dell'|de|du|d'|do|da)\s?(?:the |la |le |el |il )?$"
)
_TOGETHER = re.compile(r"(?:['’]s)?\s*(?:,|&|and|und|et|e|y|и|和|与|と|และ|,? with|mit)\s*")
_LISTED = re.compile(r"(?:['’]s)?\s*,?\s*(?:and|or|und|oder|et|ou|e|o|y)?\s*")
_BY_END = re.compile(
    r"\b(?:by|von|vom|durch|par|dal?l?a?|por|pela?|pelo)\s(?:the |der |den |la |le |el )?$"
)
_TIED = re.compile(
    r"(?P<one>[\w.&]+)-(?P<tie>backed|owned|led|built|made|powered|funded|based|"
    r"run) (?P<two>[\w.&]+)"
)


def check_ties(claim: Claim) -> str:
    """Refuse "A-backed B" where the cited items have "B-backed A"."""
    for match in _TIED.finditer(claim.passage.folded):
        turned = f"{match['two']}-{match['tie']} {match['one']}"
        if any(turned in source.folded and match[0] not in source.folded for source in claim.cited):
            return f"the cited items have it the other way: {turned}"
    return ""
