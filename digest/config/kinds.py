"""The kinds of values in people's files, each with the words that say what is allowed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cssselect import GenericTranslator, SelectorError
from pydantic import AfterValidator, Field

from digest.config.validate import suggest_similar
from digest.patterns import IGNORED_FLAG, find_faults
from digest.text import clean_text
from digest.urls import is_web_url

_LONGEST_LINE = 200
_LONGEST_TEXT = 600
_LONGEST_URL = 2000
_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
_ENV = r"[A-Z_][A-Z0-9_]*"
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?"
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"
_OUR_HEADERS = frozenset(
    "host connection content-length transfer-encoding te upgrade accept-encoding "
    "if-none-match if-modified-since range".split()
)


def matching(pattern: str, complaint: str) -> AfterValidator:
    """Return a validator of texts that match a pattern as a whole."""
    return passing(re.compile(pattern).fullmatch, complaint)


def passing(test: Callable[[str], object], complaint: str) -> AfterValidator:
    """Return a validator of texts that pass a test."""

    def validate(text: str) -> str:
        if not test(text):
            raise ValueError(complaint)
        return text

    return AfterValidator(validate)


def schema_pattern(pattern: str) -> Any:
    """Return what puts a pattern into the JSON Schema, for editors."""
    return Field(json_schema_extra={"pattern": f"^{pattern}$"})


def at_most(count: int) -> AfterValidator:
    """Return a validator of texts of so many characters."""
    return passing(lambda text: len(text) <= count, f"must have at most {count} characters")


def _validate_web_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_right = parts.port != 0
    except ValueError:
        parts, port_is_right = urlsplit(""), False
    if not port_is_right or not is_web_url(url) or re.search(r"\s", url) or len(url) > _LONGEST_URL:
        raise ValueError("must be an address that begins with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError(
            "user and password must not stand in an address: take them out, and give the source "
            "headers: {Authorization: {value_env: NAME_OF_A_VARIABLE}}"
        )
    return url


def validate_mail_address(address: str) -> str:
    """Return a mail address. Raises ValueError where it is none."""
    if not re.fullmatch(rf"{_ADDRESS}|[^<>@\"\\,;:()\[\]]{{1,100}} <{_ADDRESS}>", address):
        raise ValueError("must be a mail address, as name@example.com or Name <name@example.com>")
    return address


def _validate_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = suggest_similar(name, available_timezones())
        raise ValueError(f"must be a time zone of the IANA list, as Europe/Rome{near}") from None
    return name


@cache
def load_currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def _validate_currency(code: str) -> str:
    if code not in load_currency_codes():
        what = "must be a currency of ISO 4217 in capitals, as EUR, THB or USD"
        raise ValueError(what + suggest_similar(code, load_currency_codes()))
    return code


def _validate_regex(text: str) -> str:
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(text)
    except re.error as error:
        place = f"at character {(error.pos or 0) + 1}"
        raise ValueError(f"is no regular expression: {error.msg} {place}") from None
    except (OverflowError, RecursionError):
        raise ValueError("is a regular expression that asks for too much") from None
    for fault in find_faults(text.removeprefix(IGNORED_FLAG)):
        raise ValueError(f"cannot be used: {fault}")
    return text


def _validate_selector(text: str) -> str:
    try:
        GenericTranslator().css_to_xpath(text)
    except (SelectorError, AssertionError):
        raise ValueError("must be a CSS selector, as article.card > h2 a") from None
    return text


ShortText = Annotated[
    str, AfterValidator(clean_text), passing(bool, "is empty"), at_most(_LONGEST_LINE)
]
LongText = Annotated[str, AfterValidator(clean_text), at_most(_LONGEST_TEXT)]
Selector = Annotated[ShortText, AfterValidator(_validate_selector)]
WebUrl = Annotated[str, AfterValidator(_validate_web_url)]
MailAddress = Annotated[str, AfterValidator(validate_mail_address)]
EnvName = Annotated[
    str,
    matching(
        _ENV,
        "must be the name of an environment variable, in capitals, as FEED_TOKEN; "
        "never the secret itself",
    ),
    schema_pattern(_ENV),
]
Language = Annotated[
    str,
    matching(_LANGUAGE, "must be a language tag, as en, th or pt-BR"),
    schema_pattern(_LANGUAGE),
]
TimeZoneName = Annotated[str, AfterValidator(_validate_time_zone)]
Currency = Annotated[str, AfterValidator(_validate_currency), schema_pattern("[A-Z]{3}")]
Host = Annotated[str, matching(_HOST, "must be the name of a host, as mail.example.com")]
Port = Annotated[int, Field(ge=1, le=65535)]
HostPort = Annotated[
    str,
    passing(
        lambda place: (
            re.fullmatch(rf"{_HOST}:[0-9]{{1,5}}", place)
            and 1 <= int(place.rpartition(":")[2]) <= 65535
        ),
        "must be host:port, as feeds.intranet.example:8080",
    ),
]
HeaderName = Annotated[
    str,
    matching(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "is no name that a header can have"),
    passing(
        lambda name: name.lower() not in _OUR_HEADERS, "is a header that the program sets itself"
    ),
]
Pattern = Annotated[str, Field(max_length=_LONGEST_LINE), AfterValidator(_validate_regex)]
HeaderText = Annotated[
    ShortText,
    matching("[ -~]*", "must be plain English letters, digits and signs: it goes into a header"),
]
AccountName = Annotated[
    str, matching(r"[A-Za-z0-9_-]{1,40}", "must be a name of letters, digits, - and _")
]
Colour = Annotated[
    str,
    matching("#[0-9A-Fa-f]{6}", "must be a colour of six digits, as #0b5563"),
    AfterValidator(str.lower),
    schema_pattern("#[0-9A-Fa-f]{6}"),
]
FilePath = Annotated[
    str,
    passing(
        lambda path: path.strip() and len(path.splitlines()) <= 1,
        "must be the path of a file or folder",
    ),
]
