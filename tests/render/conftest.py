"""Papers that several tests look at, drawn once."""

import io
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest

from digest.render.pdf import render_pdf
from tests.factories import editions


@cache
def _drawn(name: str) -> bytes:
    return render_pdf(getattr(editions, name)())


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], bytes]:
    """The PDF of an edition of tests.factories.editions, by its name."""
    return _drawn


@pytest.fixture
def paper(drawn: Callable[[str], bytes]) -> Callable[[str], pikepdf.Pdf]:
    """The same, opened."""
    return lambda name: pikepdf.open(io.BytesIO(drawn(name)))
