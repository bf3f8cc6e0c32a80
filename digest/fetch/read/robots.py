"""What robots.txt allows, by RFC 9309, the pause it asks for, and the sitemaps it names. Pure.

Rules and addresses are compared in one spelling of escapes; an empty query counts. A group ends
where a rule was given: lines that are not known split none. As others do, common misspellings of
`disallow` and a missing colon are understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote

from digest.errors import FetchError
from digest.fetch.read.charset import decode_body
from digest.model.retrieved import Retrieved
from digest.urls import resolve_url

_MAX_CHARACTERS = 500_000
_MAX_SITEMAPS = 200
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*(?::|(?<=[a-zA-Z])\s)\s*(.*)")
_KEYS = dict.fromkeys(
    ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"
) | {"allow": "allow", "user-agent": "user-agent", "useragent": "user-agent"}
_KEYS |= {"sitemap": "sitemap", "site-map": "sitemap", "crawl-delay": "crawl-delay"}
_TOKEN = re.compile(r"[^\s/]+")  # the part of a User-agent that counts: no version, no rest
_BEFORE_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "!#$%&'()*+,/:;=?@[]"  # what an address may hold as it is
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
MAX_CRAWL_DELAY = 10.0  # seconds: of those who ask for more, few mean one reader at a time


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one host for us. The longest rule that matches decides; allowing wins a tie."""

    rules: tuple[tuple[bool, str], ...] = ()  # allowed, path pattern with * and $
    sitemaps: tuple[str, ...] = ()
    crawl_delay: float | None = None  # seconds between two requests, as stated

    @property
    def pause(self) -> float:
        """How long to wait between two requests, in seconds; at most MAX_CRAWL_DELAY."""
        return min(self.crawl_delay or 0.0, MAX_CRAWL_DELAY)

    def allows_url(self, url: str) -> bool:
        """Return whether a page may be fetched."""
        target = _BEFORE_PATH.sub("", url, count=1).partition("#")[0]
        path = _normalize_escapes(target if target.startswith("/") else f"/{target}")
        path = path.replace("*", "%2A").replace("$", "%24")  # as a pattern has to write them
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
    groups: list[_Group] = []
    sitemaps: list[str] = []
    for line in text.splitlines():
        match = _LINE.match(line.partition("#")[0])
        key = _KEYS.get(match[1].lower()) if match else None
        if match is None or key is None:
            continue
        value = match[2].strip()
        if key == "sitemap":
            sitemaps.append(resolve_url(value, url))
        elif key == "user-agent":
            if not groups or groups[-1].has_rules:
                groups.append(_Group())
            groups[-1].names.add(_find_token(value))
        elif groups:
            groups[-1].add_line(key, value)
    name = _find_token(agent)
    chosen = [group for group in groups if name in group.names]
    chosen = chosen or [group for group in groups if "*" in group.names]
    delays = (group.crawl_delay for group in chosen if group.crawl_delay is not None)
    return RobotsRules(
        tuple(rule for group in chosen for rule in group.rules),
        tuple(dict.fromkeys(filter(None, sitemaps)))[:_MAX_SITEMAPS],
        next(delays, None),
    )


@dataclass(slots=True)
class _Group:
    """The rules for some agents."""

    names: set[str] = field(default_factory=set)
    rules: list[tuple[bool, str]] = field(default_factory=list)
    has_rules: bool = False  # an empty one too
    crawl_delay: float | None = None

    def add_line(self, key: str, value: str) -> None:
        """Take a rule, or the pause asked for."""
        if key == "crawl-delay":
            if _NUMBER.fullmatch(value):
                self.crawl_delay = float(value)
            return
        self.has_rules = True
        if value:
            self.rules.append((key == "allow", _normalize_escapes(value)))


def _find_token(name: str) -> str:
    """Return the product name that a User-agent starts with, in lower case."""
    match = _TOKEN.match(name.strip())
    return match[0].lower() if match else ""


def _normalize_escapes(text: str) -> str:
    """Return a path or a pattern in one spelling: what needs no escape has none."""

    def spell(match: re.Match[str]) -> str:
        letter = chr(int(match[0][1:], 16))
        return letter if letter in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(spell, quote(text, safe=_SAFE))


def _matches_pattern(pattern: str, path: str) -> bool:
    """Return whether a pattern matches from the path's start.

    It is looked for piece after piece, so that no pattern costs more than the path.
    """
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").replace("$", "%24").split("*")
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
