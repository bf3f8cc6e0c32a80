"""Secrets by variable and by file: one mechanism for every key that names one."""

import re
from typing import get_args

import pytest
from pydantic import BaseModel

from digest.config.secrets import SecretPlace, find_secret, iter_secrets, read_secret
from digest.config.sources import SourcesFile, load_sources, parse_sources
from digest.errors import ConfigError


def put(folder, text, mode=0o600):
    path = folder / "secret"
    path.write_bytes(text)
    path.chmod(mode)
    return path


def list_models(kind):
    """Every group of keys that sources.yaml may hold."""
    found = {kind} if isinstance(kind, type) and issubclass(kind, BaseModel) else set()
    for group in tuple(found):
        for field in group.model_fields.values():
            found |= list_models(field.annotation)
            for extra in field.metadata:
                found |= list_models(extra)
    for inner in get_args(kind):
        found |= list_models(inner)
    return found


def test_beside_each_variable_stands_a_file():
    """No key for a secret has one way only."""
    groups = list_models(SourcesFile)
    keys = {
        (group, name) for group in groups for name in group.model_fields if name.endswith("_env")
    }
    assert len(keys) >= 9
    for group, name in keys:
        assert re.sub("_env$", "_file", name) in group.model_fields, (group, name)


@pytest.mark.parametrize(
    ("text", "mode", "value", "fault"),
    [
        (b" s3cret \n", 0o600, "s3cret", ""),
        (b"s3cret", 0o440, "s3cret", ""),
        (b"\xef\xbb\xbfs3cret\r\n", 0o640, "s3cret", ""),
        (b"s3cret", 0o604, "", "everybody"),
        (b"s3cret", 0o602, "", "everybody"),
        (b" \n", 0o600, "", "is empty"),
        (b"USER=a\nPASSWORD=b\n", 0o600, "", "one secret a file"),
        (b"\xff\xfe\x00", 0o600, "", "no text"),
        (b"x" * 2**16, 0o600, "x" * 2**16, ""),
        (b"x" * (2**16 + 1), 0o600, "", "larger than 64 KiB"),
    ],
)
def test_a_file_holds_one_secret(tmp_path, text, mode, value, fault):
    """Stripped; what cannot be one, or is open to everybody, is told and not used."""
    put(tmp_path, text, mode)
    secret = read_secret(SecretPlace(file="secret"), {}, tmp_path)
    assert secret.value == value
    assert fault in secret.fault
    assert bool(secret.fault) == (not value)
    assert "s3cret" not in repr(secret)


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_is_no_file_is_told(tmp_path, name):
    """With its name, and no traceback."""
    assert read_secret(SecretPlace(file=name), {}, tmp_path).fault


ONE_OF_EACH = """
digest:
  network: {}
  mailboxes:
    letters: {host: imap.example.com, user: u, password_file: secret}
    others: {host: imap.example.com, user: u, token_env: IMAP_TOKEN}
  delivery:
    from: d@example.com
    smtp: {host: smtp.example.com, user: u, token_file: secret}
    ping_url_file: secret
    webhooks: [{kind: slack, url_file: secret}]
model: {base_url: "http://127.0.0.1:1/v1", name: m, key_file: secret}
embeddings: {base_url: "http://127.0.0.1:1/v1", key_file: secret}
sources:
  - name: A
    url: https://a.example/feed
    headers: {Authorization: {value_file: secret}, X-Plain: words}
"""


def test_a_files_secret_is_used_like_a_variables(tmp_path):
    """The path begins where sources.yaml is; the header has the value, and no text the secret."""
    put(tmp_path, b"s3cret\n")
    (tmp_path / "sources.yaml").write_text(ONE_OF_EACH)
    config = load_sources(tmp_path / "sources.yaml", {"IMAP_TOKEN": "t"})
    assert config.warnings == ()
    (source,) = config.sources
    assert source.headers == {"Authorization": "s3cret", "X-Plain": "words"}
    assert source.secret_headers == ("Authorization",)
    assert "s3cret" not in repr(config)
    places = set(iter_secrets((config.digest, config.model, config.embeddings)))
    assert places == {SecretPlace(file="secret"), SecretPlace("IMAP_TOKEN")}
    assert find_secret(config.digest.delivery, "ping_url") == SecretPlace(file="secret")


def test_a_missing_file_is_a_warning(tmp_path):
    """As a missing variable is."""
    (tmp_path / "sources.yaml").write_text(ONE_OF_EACH)
    warnings = load_sources(tmp_path / "sources.yaml", {"IMAP_TOKEN": "t"}).warnings
    assert len(warnings) == 3
    assert all("the file secret cannot be read" in words for words in warnings)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "user: u, password_file: secret",
            "user: u, password_env: P, password_file: s",
            "one place",
        ),
        ("user: u, password_file: secret", "user: u, password_env: P, token_file: s", "is needed"),
        ("user: u, password_file: secret", "user: u", "is needed"),
        ("user: u, token_file: secret", "user: u, token_file: s, password_file: s", "needs one of"),
        ("ping_url_file: secret", "ping_url_file: s\n    ping_url_env: P", "one place"),
        ("slack, url_file: secret", "slack", "where the secret is"),
        ("name: m, key_file: secret", "name: m, key_file: s, key_env: K", "one place"),
        ("{value_file: secret}", "{}", "where the secret is"),
        ("{value_file: secret}", "{value_file: s, value_env: V}", "one place"),
    ],
)
def test_a_secret_is_in_one_place(old, new, words):
    """Two, or none where one is needed, is a mistake of the file."""
    assert old in ONE_OF_EACH
    with pytest.raises(ConfigError, match=words):
        parse_sources(ONE_OF_EACH.replace(old, new), {})
