"""What holds for any bytes: the kept inputs, each once a fault or a start, and some made of them."""

import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.fuzzing import CHECKS, CORPUS, load_corpus, mutate_inputs

_CASES = 100


@pytest.mark.parametrize("target", CHECKS)
def test_kept_inputs_do_no_harm(target):
    """Every finding of tools/fuzz.py stays mended."""
    kept = load_corpus(target)
    assert kept
    for data in kept:
        CHECKS[target](data)


@pytest.mark.parametrize("target", CHECKS)
def test_any_bytes_do_no_harm(target):
    """A short run; `python tools/fuzz.py` is the long one."""
    for data in islice(mutate_inputs(load_corpus(target), random.Random(7)), _CASES):
        CHECKS[target](data)


@pytest.mark.parametrize("target", CHECKS)
@settings(max_examples=40)
@given(data=st.binary(max_size=300) | st.text(max_size=120).map(str.encode))
def test_no_bytes_do_harm(target, data):
    """As Hypothesis thinks them up, and cuts them down."""
    CHECKS[target](data)


def test_every_kept_input_has_a_target():
    assert {path.name for path in CORPUS.iterdir()} == set(CHECKS)
