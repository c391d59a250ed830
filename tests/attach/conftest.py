"""The analyst's model, and the same with its stress sheet, made once a session."""

import pytest
from tests.attach.analyst import MAPPING, model

from haircut_workbooks.attach.mapping import mapped
from haircut_workbooks.attach.stress import attached
from haircut_workbooks.package.forms import Form


@pytest.fixture(scope="session")
def bare():
    return model()


@pytest.fixture(scope="session")
def stressed(bare):
    return attached(bare, mapped(bare, MAPPING), Form.PLAIN)
