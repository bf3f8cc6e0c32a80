"""Content codings, undone within bounds."""

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.http.inflate import CodingError, Inflater, TooLargeError, unpack_gzip

CODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "gzip, deflate": lambda b: zlib.compress(gzip.compress(b)),
}


@given(st.binary(max_size=3000), st.sampled_from(sorted(CODERS)), st.integers(1, 500))
def test_what_was_coded_comes_back_however_it_is_cut(body: bytes, coding: str, step: int) -> None:
    coded, inflater = CODERS[coding](body), Inflater(coding, 10_000)
    cuts = [coded[n : n + step] for n in range(0, len(coded), step)]
    assert b"".join(piece for cut in cuts for piece in inflater.inflate_chunk(cut)) == body
    assert inflater.complete


@given(st.binary(min_size=2, max_size=400), st.sampled_from(["gzip", "deflate", "gzip, gzip"]))
def test_any_bytes_give_bytes_or_a_coding_error(body: bytes, coding: str) -> None:
    with contextlib.suppress(CodingError, TooLargeError):
        assert sum(len(piece) for piece in Inflater(coding, 10_000).inflate_chunk(body)) <= 10_000


def test_many_empty_members_are_refused() -> None:
    with pytest.raises(CodingError):
        list(Inflater("gzip", 100).inflate_chunk(gzip.compress(b"") * 2000))


def test_every_coding_is_capped() -> None:
    """Also one whose result stands for nothing in the coding after it."""
    empty = b"\x1f\x8b\x08" + bytes(7) + b"\x00\x00\x00\xff\xff" * 50_000
    with pytest.raises(TooLargeError):
        list(Inflater("gzip, gzip", 100_000).inflate_chunk(gzip.compress(empty)))


@pytest.mark.parametrize(
    ("body", "expected", "problem"),
    [
        (b"plain", b"plain", ""),
        (gzip.compress(b"packed"), b"packed", ""),
        (gzip.compress(b"one") + gzip.compress(b"two"), b"onetwo", ""),
        (gzip.compress(b"a" * 5000)[:-9], b"a" * 5000, "breaks off"),
        (gzip.compress(bytes(5 * 2**20)), bytes(2**20), "more than 1 MiB"),
        (b"\x1f\x8bnonsense", b"", "damaged"),
    ],
    ids=["not packed", "packed", "two members", "cut short", "a bomb", "nonsense"],
)
def test_a_packed_body_gives_what_can_be_had(body: bytes, expected: bytes, problem: str) -> None:
    out, told = unpack_gzip(body, 2**20)
    assert out == expected[: len(out)]
    assert len(out) >= len(expected) - 70_000
    assert problem in told
    assert bool(problem) == bool(told)
