"""Vectors of texts in a file, so that the model makes each once (about a tenth of a second).

The file is nobody's but the trainer's: from a vector parts of its text can be guessed, and the texts
are others'.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from digest.fetch.embeddings import LocalModel
from digest.vectors import quantize_vector, read_vector


class VectorCache:
    """Vectors by the hash of their text, in a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.held = path, {}
        if path.is_file():
            stored = np.load(path)
            self.held = dict(zip(stored["key"].tolist(), stored["vector"], strict=True))

    def make_vectors(self, texts: list[str]) -> np.ndarray:
        """The quantized vector of each text, zeros for no text; made where they are not held."""
        lacking = [
            text for text in dict.fromkeys(texts) if text and self.key(text) not in self.held
        ]
        model = LocalModel() if lacking else None
        for start in range(0, len(lacking), 32):
            batch = lacking[start : start + 32]
            for text, made in zip(batch, model.embed_texts(batch), strict=True):
                self.held[self.key(text)] = np.array(read_vector(quantize_vector(made)), np.int8)
            if start % 640 == 0 or start + 32 >= len(lacking):
                print(f"{start} of {len(lacking)} vectors", flush=True)
                self.save()
        width = len(next(iter(self.held.values())))
        empty = np.zeros(width, np.int8)
        return np.array([self.held[self.key(text)] if text else empty for text in texts])

    @staticmethod
    def key(text: str) -> str:
        """The name of a text in the file."""
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def save(self) -> None:
        """Write what is held."""
        np.savez(self.path, key=list(self.held), vector=np.array(list(self.held.values())))
