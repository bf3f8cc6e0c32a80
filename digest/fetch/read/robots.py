"""What robots.txt allows, by RFC 9309, and the sitemaps it names. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from digest.errors import FetchError
from digest.fetch.read.charset import decode_body
from digest.model.retrieved import Retrieved
from digest.urls import resolve_url

_MAX_CHARACTERS = 500_000
_MAX_SITEMAPS = 200
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one host for us. The longest rule that matches decides; allowing wins a tie."""

    rules: tuple[tuple[bool, str], ...] = ()  # allowed, path pattern with * and $
    sitemaps: tuple[str, ...] = ()

    def allows_url(self, url: str) -> bool:
        """Return whether a page may be fetched."""
        parts = urlsplit(url)
        path = unquote(parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        matching = [
            (len(pattern), allowed)
            for allowed, pattern in self.rules
            if _matches_pattern(pattern, path)
        ]
        return max(matching)[1] if matching else True


NOTHING_ALLOWED = RobotsRules(rules=((False, "/"),))


def interpret_robots(answer: Retrieved | FetchError, url: str, agent: str) -> RobotsRules:
    """Return what a host allows `agent`, by what asking for its robots.txt at `url` gave.

    By RFC 9309 no file allows all, and a file that cannot be had allows nothing.
    """
    if isinstance(answer, FetchError):
        is_missing = answer.kind.startswith("http-4") or answer.kind == "gone"
        return RobotsRules() if is_missing else NOTHING_ALLOWED
    return parse_robots(answer.body, url, agent)


def parse_robots(body: bytes, url: str, agent: str) -> RobotsRules:
    """Return the rules for `agent` (a product name), or else those for everyone, at `url`."""
    text = decode_body(body)[0][:_MAX_CHARACTERS]
    groups: list[tuple[set[str], list[tuple[bool, str]]]] = []
    sitemaps: list[str] = []
    naming = False
    for line in text.splitlines():
        match = _LINE.match(line.partition("#")[0])
        if not match:
            continue
        key, value = match[1].lower(), match[2].strip()
        if key == "sitemap":
            sitemaps.append(resolve_url(value, url))
        elif key == "user-agent":
            if not naming:
                groups.append((set(), []))
            groups[-1][0].add(value.lower())
        elif key in ("allow", "disallow") and groups and value:
            groups[-1][1].append((key == "allow", unquote(value)))
        naming = key == "user-agent" or (naming and key == "sitemap")
    named = [rules for names, rules in groups if agent.lower() in names]
    chosen = named or [rules for names, rules in groups if "*" in names]
    found = tuple(dict.fromkeys(filter(None, sitemaps)))[:_MAX_SITEMAPS]
    return RobotsRules(tuple(rule for rules in chosen for rule in rules), found)


def _matches_pattern(pattern: str, path: str) -> bool:
    """Return whether a pattern matches from the path's start.

    It is looked for piece after piece, so that no pattern costs more than the path.
    """
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    for piece in pieces:
        place = path.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    if not anchored:
        return True
    return path.endswith(pieces[-1]) and len(path) >= place if pieces else path == first
