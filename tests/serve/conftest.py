"""One served workspace for all tests of the site: nothing writes into it."""

import pytest

from tests.factories.served import make_served_workspace


@pytest.fixture(scope="package")
def context(tmp_path_factory):
    return make_served_workspace(tmp_path_factory.mktemp("served"))
