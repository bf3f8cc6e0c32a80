"""What words say of when a thing can be had: announced, in a trial, rolling out, there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from digest.model.edition import ClaimAvailability

_FUTURE = re.compile(
    r"\b(?:will (?:\w+ ){0,2}?(?:launch|available|roll out|arrive|come|ship|release\w*|become|"
    r"start|"
    r"begin|get|gain|add)\w*(?: (?:generally )?available)?|coming (?:soon|later|in|to)|slated for|"
    r"plans? to (?:launch|release|offer|add|bring|make)|later this (?:year|quarter|month)|"
    r"scheduled for|expected (?:in|to (?:launch|ship|be available))|wird (?:\w+ ){0,5}?verfügbar|"
    r"demnächst|geplant|sarà disponibile|prossimamente|arriverà|sera disponible|bientôt|"
    r"estará disponible|próximamente)\b|เร็วๆ นี้|เร็ว ๆ นี้",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:not (?:yet )?(?:generally )?available|no longer available|noch nicht verfügbar|"
    r"non (?:è )?ancora disponibile|pas encore disponible|a[úu]n no (?:está )?disponible)\b",
    re.IGNORECASE,
)
_STATES: Mapping[ClaimAvailability, re.Pattern[str]] = {
    "beta": re.compile(
        r"\b(?:(?:public|private|open|closed|limited|in|research|developer|technical) "
        r"(?:beta|preview)|preview version|beta (?:test|version|program|phase)\w*|beta|pilot\w*|"
        r"early access|waitlist|vorabversion|testphase|anteprima|avant-première|"
        r"fase de prueba|versión de prueba)\b|เบต้า|ทดลองใช้",
        re.IGNORECASE,
    ),
    "rolling out": re.compile(
        r"\b(?:(?:start|begin)(?:s|ning|ing)? (?:to roll|rolling) out|roll(?:s|ing) out|"
        r"gradual(?:ly)? (?:roll|releas|introduc|reach)\w*|over the (?:coming|"
        r"next) (?:few )?(?:days|weeks)|"
        r"schrittweise (?:ausgerollt|eingeführt|freigeschaltet)|in fase di (?:rilascio|"
        r"distribuzione)|"
        r"déploiement progressif|se est[áa] desplegando)\b|ทยอยเปิด",
        re.IGNORECASE,
    ),
    "available": re.compile(
        r"\b(?:generally available|general availability|globally available|now available|"
        r"available (?:now|today|to|in|on|for|via|through|from|worldwide)|(?:is|are|goes|"
        r"went) live|"
        r"(?:has |have |was |were )?rolled out|"
        r"(?:now|today|today, (?!every|nobody|most|many|all|no\b)(?:[\w.-]+ ){0,2}[\w.-]+) "
        r"(?:lets|connects|supports|pulls|opens|powers|runs|uses)|"
        r"(?:is|are) now (?!being\b|testing|planning|preparing)\w+ing|"
        r"can now|(?:kann|können) (?:jetzt|nun)|(?:può|possono|puoi) ora|ora (?:può|possono|puoi)|"
        r"(?:peut|peuvent|pouvez) désormais|(?:ya|ahora) puede[ns]?|"
        r"ab sofort|verfügbar|disponibile|da oggi|disponible|dès (?:aujourd|"
        r"maintenant)|"
        r"a partir de hoy)\b|พร้อมใช้งาน|เปิดให้ใช้|ได้แล้ว|[现現]在可以|できるようになった",
        re.IGNORECASE,
    ),
}
_CARE: Sequence[ClaimAvailability] = ("announced", "beta", "rolling out", "available")
_ROLLS_LATER = re.compile(  # of the thing itself, and not of more of it or of more places
    r"\b(?:will (?:\w+ ){0,2}?(?:(?:start|begin)(?:ning)?(?: to)? )?roll(?:ing)? out|"
    r"(?:start|begin)s? (?:to roll|rolling) out (?:over|in|within) the (?:coming|next)|"
    r"rolls? out (?:over|in|within) the (?:coming|next)|"
    r"rollt? in den (?:nächsten|kommenden)|sarà distribuit\w+|sera déployé\w*|se desplegará)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|other|further|additional|next|weitere\w*|altr[ie]|autres|otr[oa]s) "
    r"(?:[\w-]+ )?(?:apps?|countries|languages|markets|regions|partners|plans|users|features|"
    r"places|"
    r"surfaces|categories|länder\w*|paesi|pays|países)\b",
    re.IGNORECASE,
)


def choose_availability(states: Iterable[ClaimAvailability]) -> ClaimAvailability | None:
    """Return the most careful of several states; None where there is none."""
    return min(states, key=_CARE.index, default=None)


def read_availabilities(texts: Iterable[str]) -> ClaimAvailability | None:
    """Return what several texts on one thing say together of when it can be had.

    What rolls out is not to be had by all yet, and what will roll out is announced, whatever else
    says "now". That more of it will come, or that it comes to more places, takes back nothing.
    """
    found: set[ClaimAvailability] = set()
    is_later = False
    for text in texts:
        if state := read_availability(text):
            is_later |= bool(_ROLLS_LATER.search(text)) and not _MORE.search(text)
            found.add(state)
    if is_later:
        return "announced"
    if found != {"announced"}:
        found.discard("announced")
    return choose_availability(found)


@lru_cache(maxsize=4096)  # a decision at the desk asks again of the stories that stay
def read_availability(text: str) -> ClaimAvailability | None:
    """Return what words say of when a thing can be had; None where they do not.

    What will come later says nothing of what there is: its words are taken out before the others
    are read. A thing that is there and goes on to more places is there.
    """
    now = _FUTURE.sub(" ", _NOT_YET.sub(" ", text))
    if _STATES["beta"].search(now):
        return "beta"
    if _ROLLS_LATER.search(text):
        return "announced"
    for state in ("rolling out", "available"):
        if _STATES[state].search(now):
            return state
    return "announced" if _FUTURE.search(text) else None
