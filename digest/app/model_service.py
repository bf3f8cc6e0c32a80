"""Reach the configured language model's service: its key, and how requests are carried."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from digest.app.context import AppContext, find_secret
from digest.errors import FetchError, ModelError
from digest.fetch.http.client import NOTHING_SENT, Fetcher
from digest.fetch.http.exchange import parse_retry_after
from digest.language_model.client import ServiceAnswer, Transport

if TYPE_CHECKING:
    from digest.config.model_settings import ModelSettings


async def wait(seconds: float) -> None:
    """Wait before a question is asked again."""
    await asyncio.sleep(seconds)


def load_key(context: AppContext, settings: ModelSettings) -> str:
    """Return the service's key, "" where it needs none. Raises ModelError where it is not there."""
    secret = find_secret(context, settings, "key")
    if secret is None:
        return ""
    if secret.fault or not (secret.value.isascii() and secret.value.isprintable()):
        fault = secret.fault or "holds no key"
        raise ModelError(f"the language model was not asked: {secret.place} {fault}")
    return secret.value


def make_transport(
    fetcher: Fetcher, settings: ModelSettings, key: str, context: AppContext
) -> Transport:
    """Return what carries a request to the service, and its answer or fault back."""
    url = settings.base_url.rstrip("/") + "/chat/completions"
    headers = {"authorization": f"Bearer {key}"} if key else {}

    async def send(data: bytes) -> ServiceAnswer:
        try:
            answer = await fetcher.exchange(url, data, headers)
        except FetchError as error:
            return ServiceAnswer(0, fault=error.kind, sent=error.kind not in NOTHING_SENT)
        when = parse_retry_after(answer.headers.get("retry-after", ""), context.now)
        seconds = (when - context.now).total_seconds() if when else None
        return ServiceAnswer(answer.status, answer.body, seconds)

    return send
