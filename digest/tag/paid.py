"""Posts that a company paid for: they say so themselves, and are promotion whatever they tell."""

from __future__ import annotations

import re
from dataclasses import replace

from digest.model.item import Item
from digest.model.tags import Tags

_TEXT_LENGTH = 1500  # characters of a text: a notice stands at its beginning
_NOTICE = re.compile(
    r"\b(?:this|the following) (?:post|article|content|story|report|guide|episode) "
    r"(?:is|was|has been) (?:sponsored|paid for|brought to you) by\b"
    r"|\b(?:dieser|folgender) (?:beitrag|artikel) (?:ist|wurde) (?:gesponsert|bezahlt)\b"
    r"|\b(?:questo|il presente) (?:articolo|contenuto) è (?:sponsorizzato|offerto) da\b"
    r"|\bcet article (?:est|a été) (?:sponsorisé|financé) par\b"
    r"|\beste (?:artículo|contenido) (?:está|fue|ha sido) patrocinado por\b"
    r"|บทความนี้(?:ได้รับการ)?สนับสนุนโดย",
    re.IGNORECASE,
)


def name_paid_post(item: Item, tags: Tags) -> Tags:
    """Return the tags with the event of promotion where an item says that somebody paid for it."""
    notice = next(filter(None, map(_NOTICE.search, (item.summary, item.text[:_TEXT_LENGTH]))), None)
    if notice is None:
        return tags
    return replace(
        tags,
        event="promo",
        why={**tags.why, "event": (f"it says “{notice[0]}”",)},
        confidence={**tags.confidence, "event": 1.0},
        unsure=tags.unsure - {"event"},
    )
