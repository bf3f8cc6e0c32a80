"""Content codings undone bit by bit, never more than a bound. Pure.

Own code over zlib, because httpx inflates whatever it is given in one piece: 1 MB of gzip becomes
1 GB of memory.
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
    """The bytes are not in the coding that is named for them, or in one that we do not undo."""


class Inflater:
    """Undoes a chain of content codings, as a Content-Encoding header names them.

    None of them gives more than `max_bytes`.
    """

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        codings = [name for name in names if name not in ("", "identity")]
        unknown = [name for name in codings if name not in ("gzip", "x-gzip", "deflate")]
        if unknown or len(codings) > _MAX_CODINGS:
            listed = ", ".join(codings)[:60]
            raise CodingError(f"the answer is coded as {listed}, which was not asked for")
        self._stages = [_CodingStage(name, max_bytes) for name in reversed(codings)]
        self._room = max_bytes

    def inflate_chunk(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next raw bytes give. Raise TooLargeError or CodingError."""
        for piece in self._run_stages(data, 0):
            self._room -= len(piece)
            if self._room < 0:
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
    """One coding.

    A body that is labelled gzip and is not comes through as it is: some servers label both.
    """

    def __init__(self, name: str, max_bytes: int) -> None:
        self._is_gzip, self._room = name != "deflate", max_bytes
        self._head = b""
        self._inflate: zlib._Decompress | None = None
        self._is_plain = False
        self._members = 1
        self.complete = False

    def inflate_chunk(self, data: bytes) -> Iterator[bytes]:
        """Yield what the next bytes give. Raise TooLargeError past the bound, and CodingError."""
        if self._inflate is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            window = 16 + zlib.MAX_WBITS
            if self._is_gzip:
                self._is_plain = self.complete = not data.startswith(_GZIP)
            else:  # "deflate" means zlib, but some servers send it bare
                has_zlib_head = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
                window = zlib.MAX_WBITS if has_zlib_head else -zlib.MAX_WBITS
            self._inflate = zlib.decompressobj(window)
        for piece in [data] if self._is_plain else self._inflate_pieces(self._inflate, data):
            self._room -= len(piece)
            if self._room < 0:
                raise TooLargeError
            yield piece

    def _inflate_pieces(self, inflate: zlib._Decompress, data: bytes) -> Iterator[bytes]:
        while data and not self.complete:
            try:
                piece = inflate.decompress(data, _PIECE)
            except zlib.error as error:
                raise CodingError("the compressed answer is damaged") from error
            if piece:
                yield piece
            data = inflate.unconsumed_tail
            if inflate.eof:
                data = inflate.unused_data
                self.complete = not data.startswith(_GZIP)
            if inflate.eof and not self.complete:  # another member follows
                self._members += 1
                if self._members > _MAX_MEMBERS:
                    raise CodingError("the compressed answer is cut into too many pieces")
                inflate = self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)


def unpack_gzip(body: bytes, max_bytes: int) -> tuple[bytes, str]:
    """Return a body out of the gzip that it may itself be in, and what was wrong with that, or "".

    What came out before the damage or the bound is kept.
    """
    if not body.startswith(_GZIP):
        return body, ""
    inflater, out = Inflater("gzip", max_bytes), bytearray()
    try:
        # in slices: zlib hands back a copy of what it has not read yet
        for start in range(0, len(body), _PIECE):
            for piece in inflater.inflate_chunk(body[start : start + _PIECE]):
                out += piece
    except TooLargeError:
        mebibytes = max_bytes // 2**20
        return bytes(out), f"the gzip file holds more than {mebibytes} MiB; the rest was left out"
    except CodingError:
        return bytes(out), "the gzip file is damaged"
    return bytes(out), "" if inflater.complete else "the gzip file breaks off"
