"""The templates as they are committed, each opened once."""

from functools import cache
from pathlib import Path

import pytest

from haircut_workbooks.package.book import Book

FOLDER = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def built():
    """Open a committed template by its name; `test_committed` proves that it is what the code builds."""
    return cache(lambda name: Book.open(FOLDER / name / f"{name}.xlsx"))
