"""A running server for the tests of a file."""

import pytest
from tests.hosts.web.running import serving


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("haircut")) as place:
        yield place
