"""Content codings undone bit by bit, never more than a bound. Pure.

Own code over zlib, because httpx inflates whatever it is given in one piece: 1 MB of gzip becomes 1 GB of memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PIECE = 64 * 1024
_GZIP = b"\x1f\x8b"
_MAX_CODINGS = 3
_MAX_MEMBERS = 1000  # of one gzip file; a file of many empty members costs time and gives nothing


class TooLargeError(Exception):
    """More came out than the bound allows."""


class CodingError(Exception):
    """The bytes are not in the coding that they are said to be in, or in one that we do not undo."""


class Inflater:
    """Undoes a chain of content codings, as a Content-Encoding header names them, `most` bytes at most."""

    def __init__(self, content_encoding: str, most: int) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        codings = [name for name in names if name not in ("", "identity")]
        unknown = [name for name in codings if name not in ("gzip", "x-gzip", "deflate")]
        if unknown or len(codings) > _MAX_CODINGS:
            raise CodingError(
                f"the answer is coded as {', '.join(codings)[:60]}, which was not asked for"
            )
        self._stages = [_CodingStage(name, most) for name in reversed(codings)]
        self._most, self._given = most, 0

    def inflate_chunk(self, data: bytes) -> Iterator[bytes]:
        """What the next raw bytes give, in pieces. Raises TooLargeError past the bound and CodingError."""
        for piece in self._run_stages(data, 0):
            self._given += len(piece)
            if self._given > self._most:
                raise TooLargeError
            yield piece

    @property
    def complete(self) -> bool:
        """Whether every coding reached its end."""
        return all(stage.complete for stage in self._stages)

    def _run_stages(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._stages):
            yield data
            return
        for piece in self._stages[depth].inflate_chunk(data):
            yield from self._run_stages(piece, depth + 1)


class _CodingStage:
    """One coding. A body that is said to be gzip and is not comes through as it is: some servers label both."""

    def __init__(self, name: str, most: int) -> None:
        self._gzip, self._most, self._given = name != "deflate", most, 0
        self._head = b""
        self._inflate: zlib._Decompress | None = None
        self._plain = False
        self._members = 1
        self.complete = False

    def inflate_chunk(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None and not self._plain:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            self._create_decompressor(data)
        for piece in self._inflate_pieces(data):
            self._given += len(piece)
            if self._given > self._most:
                raise TooLargeError
            yield piece

    def _create_decompressor(self, data: bytes) -> None:
        if self._gzip:
            self._plain = self.complete = not data.startswith(_GZIP)
            window = 16 + zlib.MAX_WBITS
        else:  # "deflate" means zlib, but some servers send it bare
            zlib_head = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            window = zlib.MAX_WBITS if zlib_head else -zlib.MAX_WBITS
        self._inflate = zlib.decompressobj(window)

    def _inflate_pieces(self, data: bytes) -> Iterator[bytes]:
        if self._plain or self._inflate is None:
            yield data
            return
        while data and not self.complete:
            try:
                piece = self._inflate.decompress(data, _PIECE)
            except zlib.error as error:
                raise CodingError("the compressed answer is damaged") from error
            if piece:
                yield piece
            data = self._inflate.unconsumed_tail
            if self._inflate.eof:
                data = self._inflate.unused_data
                self.complete = not data.startswith(_GZIP)  # another member may follow
                if not self.complete:
                    self._start_next_member()

    def _start_next_member(self) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise CodingError("the compressed answer is cut into too many pieces")
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)


def unpack_gzip(body: bytes, most: int) -> tuple[bytes, str]:
    """A body out of the gzip that it may itself be in, and what was wrong with that ("" where nothing was).

    What came out before the damage or the bound is kept.
    """
    if not body.startswith(_GZIP):
        return body, ""
    inflater, out, problem = Inflater("gzip", most), bytearray(), ""
    try:
        for start in range(
            0, len(body), _PIECE
        ):  # in slices: zlib hands back a copy of what it has not read yet
            for piece in inflater.inflate_chunk(body[start : start + _PIECE]):
                out += piece
        problem = "" if inflater.complete else "the gzip file breaks off"
    except TooLargeError:
        problem = f"the gzip file holds more than {most // 2**20} MiB; the rest was left out"
    except CodingError:
        problem = "the gzip file is damaged"
    return bytes(out), problem
