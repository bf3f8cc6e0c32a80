"""Papers that several tests look at, drawn once."""

import io
from collections.abc import Callable
from functools import cache

import pikepdf
import pytest

from digest.render.pdf import render_and_check_pdf
from tests.factories import editions


@cache
def _drawn(name: str) -> tuple[bytes, tuple[str, ...]]:
    return render_and_check_pdf(getattr(editions, name)())


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], bytes]:
    """The PDF of an edition of tests.factories.editions, by its name."""
    return lambda name: _drawn(name)[0]


@pytest.fixture(scope="session")
def faults() -> Callable[[str], tuple[str, ...]]:
    """What is wrong with the layout of the same."""
    return lambda name: _drawn(name)[1]


@pytest.fixture
def paper(drawn: Callable[[str], bytes]) -> Callable[[str], pikepdf.Pdf]:
    """The same, opened."""
    return lambda name: pikepdf.open(io.BytesIO(drawn(name)))
