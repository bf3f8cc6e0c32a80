"""The keys of `model:` and `embeddings:` in sources.yaml: models that may be asked."""

from __future__ import annotations

from typing import Literal

from digest.config.kinds import Currency, EnvName, FilePath, ShortText, WebUrl
from digest.config.validate import Settings, key
from digest.model.drafts import ModelTask, SharedField


class ModelSettings(Settings):
    """A language model on demand. Without this group nothing is ever asked."""

    base_url: WebUrl = key("an OpenAI-compatible service, as http://127.0.0.1:11434/v1", ...)
    name: ShortText = key("the model, as that service calls it", ...)
    key_env: EnvName | None = key("the environment variable that holds the service's key")
    key_file: FilePath | None = key("a file that holds the service's key and nothing else")
    judge: Literal["all", "unsure", "off"] = key(
        "whose judgement it may correct: every item's, those the program is unsure of, none", "off"
    )
    unsure_share: float = key(
        "the most of the items that `judge: unsure` asks about, 0 to 0.33", 0.33, ge=0, le=0.33
    )
    pairs: int = key(
        "the most pairs of reports that it is asked about, whether they are of one event: those "
        "that the program is unsure of; 0 for none",
        0,
        ge=0,
        le=1000,
    )
    importance: int = key(
        "how many stories at the top of the ranking it rates, with half a say in their score; 0 "
        "for none",
        0,
        ge=0,
        le=200,
    )
    write: tuple[ModelTask, ...] = key(
        "what it may draft: summary, consequence, theme, lead, translation, letter, questions (to "
        "vendors)",
        (),
    )
    verify: Literal["person", "model"] = key(
        "person: a draft is printed when somebody accepts it; model: when the rules and a vote of "
        "the model find it in the sources",
        "person",
    )
    vote_threshold: float = key(
        "the log-odds of yes from which a vote supports a sentence", 2.0, ge=-20, le=20
    )
    share: tuple[SharedField, ...] = key(
        "what of stack.yaml may leave the house: products, contracts, owners, spend", ()
    )
    stories: int = key("the most stories of an edition that drafts are asked for", 40, ge=1, le=500)
    batch: int = key("items judged in one question", 10, ge=1, le=50)
    request_seconds: float = key("for one whole answer, in seconds", 120.0, gt=0, le=900)
    requests_at_once: int = key("questions at once", 4, ge=1, le=64)
    retries: int = key("how often a question is asked again that got no answer", 3, ge=0, le=10)
    answer_tokens: int = key(
        "the longest answer, in tokens; a model that thinks first needs more",
        2000,
        ge=64,
        le=32_000,
    )
    price_in: float = key("price of a million tokens asked", 0.0, ge=0)
    price_out: float = key("price of a million tokens answered", 0.0, ge=0)
    currency: Currency = key("of the prices and limits, as USD", "USD")
    run_limit: float | None = key("the most that one run may cost; none is asked beyond it", ge=0)
    quarter_limit: float | None = key("the most that one quarter's edition may cost", ge=0)
    run_requests: int = key("the most questions of one run", 2000, ge=0, le=100_000)


class EmbeddingSettings(Settings):
    """A model that makes vectors of items' words, beside the judgement by words."""

    name: Literal["multilingual-e5-small"] = key(
        "the model; there are weights for no other", "multilingual-e5-small"
    )
    base_url: WebUrl | None = key(
        "an OpenAI-compatible service, as http://127.0.0.1:8000/v1; without it the model runs in "
        "the program, which needs the extra `vectors`"
    )
    served_as: ShortText | None = key("the name that the service knows the model by")
    key_env: EnvName | None = key("the environment variable that holds the service's key")
    key_file: FilePath | None = key("a file that holds the service's key and nothing else")
