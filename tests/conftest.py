"""What several test folders need: the built template, finished once a session."""

import pytest

from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.templates import TEMPLATES


@pytest.fixture(scope="session")
def loan() -> Book:
    """The gpu_loan template with its values calculated."""
    book = Book(TEMPLATES["gpu_loan"](), "gpu_loan.xlsx")
    return recalculate(Formualizer(book), book, {}).book


@pytest.fixture(scope="session")
def engine(loan) -> Formualizer:
    """An engine prepared for the template."""
    return Formualizer(loan)
