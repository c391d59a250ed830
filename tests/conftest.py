"""What several test folders need: one way of drawing cases, and a template, opened once a session."""

from pathlib import Path

import pytest
from hypothesis import settings

from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.formualizer_engine import Formualizer

# Property tests draw the same cases on every run, and no slow machine fails them.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def loan() -> Book:
    """The gpu_loan template as it is committed; its own tests prove that it is what the code builds."""
    path = Path(__file__).parents[1] / "templates/gpu_loan/gpu_loan.xlsx"
    return Book(path.read_bytes(), path.name)


@pytest.fixture(scope="session")
def engine(loan) -> Formualizer:
    """An engine prepared for the template."""
    return Formualizer(loan)
