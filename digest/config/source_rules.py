"""Check what several values of sources.yaml ask of each other, before any of them is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from digest.config.secrets import check_secret_keys, list_secret_keys
from digest.config.tree import Loc, format_location, format_value
from digest.config.validate import (
    RuleViolation,
    find_repeats,
    find_texts,
    find_values,
    suggest_similar,
)
from digest.text import clean_text, slugify
from digest.urls import canonical_url, is_web_url

_WEEK = 8  # days: a call that comes late included
_LOGINS = ("password", "token")
_LOGIN_KEYS = list_secret_keys(*_LOGINS)
_SECRET_HEADER = re.compile(
    r"(?i)authori[sz]ation|cookie|token|secret|passw|api[-_]?key|(^|-)auth(-|$)"
)


def _list_given_keys(group: Any, *names: str) -> list[str]:
    """Return which of the keys a group of keys gives a value."""
    return [name for name in names if isinstance(group, dict) and group.get(name) is not None]


def check_sources_file(plain: Any) -> Iterator[RuleViolation]:
    """Yield what is wrong between the values of sources.yaml, which come as YAML gives them."""
    for loc, source in find_values(plain, "sources", "*"):
        given = _list_given_keys(source, "url", "newsletter")
        is_flag = isinstance(source, dict) and isinstance(source.get("newsletter"), bool)
        if is_flag:  # it says how the feed is to be read
            given = [name for name in given if name == "url"]
        if not given and isinstance(source, dict):
            what = "is missing: the address of its feed (or newsletter: which letters are it)"
            yield RuleViolation((*loc, "url"), what)
        elif len(given) == 2:
            what = "a source has either url or newsletter: keep one"
            yield RuleViolation((*loc, "newsletter"), what)
        yield from _check_reading(loc, source)
    yield from _check_duplicates(plain)
    for loc, _ in find_texts(plain, "sources", "*", "headers", "*"):
        if _SECRET_HEADER.search(str(loc[-1])):
            what = "a secret never stands in a file: write {value_env: NAME_OF_A_VARIABLE}"
            yield RuleViolation(loc, what)
    yield from _check_secrets(plain)
    yield from _check_newsletters(plain)
    yield from _check_delivery(plain)
    yield from _check_review(plain)
    yield from _check_alerts(plain)
    for loc, model in find_values(plain, "model"):
        yield from _check_model(loc, model)


def _check_secrets(plain: Any) -> Iterator[RuleViolation]:
    """Yield where no place or more than one is named for a secret that is needed."""
    yield from check_secret_keys(plain)
    for path, name in (
        (("sources", "*", "headers", "*"), "value"),
        (("digest", "delivery", "webhooks", "*"), "url"),
        (("digest", "review", "approvers", "*", "webhook"), "url"),
    ):
        for loc, group in find_values(plain, *path):
            if isinstance(group, dict) and not _list_given_keys(group, *list_secret_keys(name)):
                what = f"is missing, or {name}_file: where the secret is"
                yield RuleViolation((*loc, f"{name}_env"), what)
    for loc, account in find_values(plain, "digest", "mailboxes", "*"):
        if isinstance(account, dict) and _count_logins(account) != 1:
            what = f"one of {', '.join(_LOGIN_KEYS)} is needed, to log in with"
            yield RuleViolation((*loc, "password_env"), what)


def _count_logins(group: Any) -> int:
    """Return how many secrets a group names to log in with, each counted once."""
    return sum(bool(_list_given_keys(group, *list_secret_keys(name))) for name in _LOGINS)


def _check_model(loc: Loc, model: Any) -> Iterator[RuleViolation]:
    prices = _list_given_keys(model, "price_in", "price_out")
    for name in _list_given_keys(model, "run_limit", "quarter_limit"):
        if len(prices) < 2:
            what = "needs price_in and price_out beside it: a limit of money is kept by prices"
            yield RuleViolation((*loc, name), what)
    base_url = model.get("base_url") if isinstance(model, dict) else None
    if isinstance(base_url, str) and ("?" in base_url or "#" in base_url):
        what = "ends before ? and #: a key goes into key_env or key_file"
        yield RuleViolation((*loc, "base_url"), what)


def _check_reading(loc: Loc, source: Any) -> Iterator[RuleViolation]:
    if not isinstance(source, dict):
        return
    for name, kind in (("select", "page"), ("paths", "json")):
        if source.get(name) is not None and source.get("kind") != kind:
            yield RuleViolation((*loc, name), f"is of a source of kind: {kind}")
    if source.get("kind") == "json" and source.get("paths") is None:
        what = "is missing: where JSON has its entries, as {items: …, title: …, link: …}"
        yield RuleViolation((*loc, "paths"), what)
    if source.get("kind") and source.get("url") is None:
        yield RuleViolation((*loc, "kind"), "is of a source that has a url")


def _check_duplicates(plain: Any) -> Iterator[RuleViolation]:
    names = {
        loc: clean_text(name) for loc, name in find_texts(plain, "sources", "*", "name") if name
    }

    def describe_name_clash(loc: Loc, before: Loc) -> str:
        name, place = format_value(names[loc]), format_location(before[:-1])
        if names[loc] == names[before]:
            return f"{name!r} is already the name of {place}"
        return f"{name!r} is too near to {format_value(names[before])!r}, the name of {place}"

    for loc, name in names.items():
        if is_web_url(name):
            what = "is an address, which may hold a secret: give it a name that readers may see"
            yield RuleViolation(loc, what)
    slugs = ((loc, slugify(name)) for loc, name in names.items() if name)
    yield from find_repeats(slugs, describe_name_clash)
    yield from find_repeats(
        ((loc, canonical_url(url)) for loc, url in find_texts(plain, "sources", "*", "url") if url),
        lambda _, before: f"is already the address of {format_location(before[:-1])}",
    )
    yield from find_repeats(
        find_texts(plain, "digest", "languages", "*"),
        lambda _, before: f"stands twice, first at {format_location(before)}",
    )


def _check_newsletters(plain: Any) -> Iterator[RuleViolation]:
    accounts = {str(loc[-1]) for loc, _ in find_values(plain, "digest", "mailboxes", "*")}
    for loc, rule in find_values(plain, "sources", "*", "newsletter"):
        if not isinstance(rule, dict):
            continue
        if len(_list_given_keys(rule, "path", "account")) != 1:
            what = (
                "either account (a name under digest.mailboxes) or path (a folder or mbox file) "
                "is needed"
            )
            yield RuleViolation((*loc, "account"), what)
        if not _list_given_keys(rule, "list_id", "from", "to", "subject"):
            what = "is missing, or from, to, subject: what its letters are known by"
            yield RuleViolation((*loc, "list_id"), what)
        account = rule.get("account")
        if isinstance(account, str) and account not in accounts:
            known = f"; there are: {', '.join(sorted(accounts)) or 'none'}"
            what = f"{format_value(account)!r} is no account under digest.mailboxes"
            near = suggest_similar(account, accounts) or known
            yield RuleViolation((*loc, "account"), what + near)


def _check_alerts(plain: Any) -> Iterator[RuleViolation]:
    has_server = any(value for _, value in find_values(plain, "digest", "delivery", "smtp"))
    for loc, alerts in find_values(plain, "digest", "alerts"):
        if _list_given_keys(alerts, "to") and not has_server:
            what = "needs a mail server: give digest.delivery.smtp and from"
            yield RuleViolation((*loc, "to"), what)
        days = alerts.get("news_days") if isinstance(alerts, dict) else None
        if isinstance(days, int) and alerts.get("every") == "week" and days < _WEEK:
            what = f"is less than a week: with every: week news is lost, so give {_WEEK} or more"
            yield RuleViolation((*loc, "news_days"), what)


def _check_review(plain: Any) -> Iterator[RuleViolation]:
    """Yield what is missing beside approvers: where their links lead, what signs and sends them."""
    has_server = any(value for _, value in find_values(plain, "digest", "delivery", "smtp"))
    for loc, review in find_values(plain, "digest", "review"):
        if not _list_given_keys(review, "approvers"):
            continue
        if not _list_given_keys(review, "url"):
            yield RuleViolation((*loc, "url"), "is missing: where the approvers' links lead")
        if not _list_given_keys(review, *list_secret_keys("key")):
            what = "is missing, or key_file: where the key is that signs the links"
            yield RuleViolation((*loc, "key_env"), what)
        names = find_texts(review, "approvers", "*", "name")
        yield from find_repeats(
            (((*loc, *at), name.strip().lower()) for at, name in names),
            lambda _, before: f"is already the name at {format_location(before[:-1])}",
        )
        for at, approver in find_values(review, "approvers", "*"):
            ways = _list_given_keys(approver, "mail", "webhook")
            if not ways:
                what = "is missing, or webhook: how the link reaches them"
                yield RuleViolation((*loc, *at, "mail"), what)
            elif "mail" in ways and not has_server:
                what = "needs a mail server: give digest.delivery.smtp and from"
                yield RuleViolation((*loc, *at, "mail"), what)


def _check_delivery(plain: Any) -> Iterator[RuleViolation]:
    for loc, smtp in find_values(plain, "digest", "delivery", "smtp"):
        if _count_logins(smtp) != len(_list_given_keys(smtp, "user")):
            what = f"user needs one of {', '.join(_LOGIN_KEYS)} beside it, and they need user"
            yield RuleViolation((*loc, "password_env"), what)
    groups = list(find_values(plain, "digest", "delivery"))
    for loc, delivery in groups:
        if _list_given_keys(delivery, "smtp") and not _list_given_keys(delivery, "from"):
            yield RuleViolation((*loc, "from"), "is missing: the sender's mail address")
    by_language = list(find_values(plain, "digest", "delivery", "by_language", "*"))
    for loc, group in groups + by_language:
        people = (
            ((*loc, *at), address.lower())
            for kind in ("to", "cc", "bcc")
            for at, address in find_texts(group, kind, "*")
        )
        yield from find_repeats(
            people, lambda _, before: f"is already addressed at {format_location(before)}"
        )
    editions = {tag for _, tag in find_texts(plain, "digest", "languages", "*")} or {"en"}
    for loc, _ in by_language:
        if loc[-1] not in editions:
            what = "is no language of digest.languages, so no edition is made in it"
            yield RuleViolation(loc, what)
