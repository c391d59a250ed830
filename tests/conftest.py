"""What several test folders need: one way of drawing cases, and the built template, finished once a session."""

import pytest
from hypothesis import settings

from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.templates import TEMPLATES

# Property tests draw the same cases on every run, and no slow machine fails them.
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def loan() -> Book:
    """The gpu_loan template with its values calculated."""
    book = Book(TEMPLATES["gpu_loan"](), "gpu_loan.xlsx")
    return recalculate(Formualizer(book), book, {}).book


@pytest.fixture(scope="session")
def engine(loan) -> Formualizer:
    """An engine prepared for the template."""
    return Formualizer(loan)
