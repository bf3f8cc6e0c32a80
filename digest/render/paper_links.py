"""Links within a paper: a reference to a place that the paper lacks becomes plain text.

WeasyPrint draws nothing of such a paper, and a briefing without one link is worth more than none.
"""

from __future__ import annotations

import re

_ID = re.compile(r'\sid="([^"]+)"')
_PAGE = re.compile(r'<a class="to-page" href="#([^"]+)"[^>]*>.*?</a>', re.DOTALL)
_LINK = re.compile(r'<a\b([^>]*?)\shref="#([^"]+)"([^>]*)>')
_TARGET = re.compile(r'\sdata-target="[^"]*"')


def unlink_missing_places(html: str) -> tuple[str, frozenset[str]]:
    """Return HTML whose links within it all lead somewhere, and the places that it lacks.

    What tells the page of such a place goes, other words of links stay.
    """
    places = frozenset(_ID.findall(html))
    missing = frozenset(name for _, name, _ in _LINK.findall(html)) - places
    if missing:
        html = _PAGE.sub(lambda found: "" if found[1] in missing else found[0], html)
        html = _LINK.sub(
            lambda found: (
                f"<a{_TARGET.sub('', found[1] + found[3])}>" if found[2] in missing else found[0]
            ),
            html,
        )
    return html, missing
