"""A fetcher that answers from a folder of files: for the sample quarter and for tests.

It never touches the network. The file of a source is the one whose name, without its ending, is the
source's slug.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Self

from digest.errors import FetchError
from digest.fetch.http.client import HttpRequest
from digest.model.retrieved import Retrieved, Validators


class FolderFetcher:
    """Stands in for client.Fetcher."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._files = {path.stem: path for path in sorted(folder.iterdir())}
        self._now = now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def get(self, request: HttpRequest) -> Retrieved:
        """Return the file of the source. Raise FetchError where there is none."""
        path = self._files.get(request.source)
        if path is None:
            raise FetchError(f"the folder holds no file for {request.source}", kind="http-404")
        return Retrieved(
            source=request.source,
            url=request.url,
            requested=request.url,
            status=200,
            body=path.read_bytes(),
            content_type=("application/feed+json" if path.suffix == ".json" else "application/xml"),
            validators=Validators(),
            retrieved=self._now,
        )
