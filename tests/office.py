"""One warm LibreOffice for a whole test run, and the same as an independent witness of standard formulas."""

import atexit
from functools import cache

import pytest

from haircut.errors import HostRefused
from haircut.hosts.calc.office import program_folder
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.frozen import frozen
from haircut_workbooks.recalc.libreoffice_engine import LibreOffice
from haircut_workbooks.recalc.office import Office
from haircut_workbooks.recalc.replay import agree


@cache
def warm_office():
    """The office that all tests of a process share; they are skipped, saying why, where there is none."""
    try:
        program_folder()
    except HostRefused as refused:
        pytest.skip(str(refused))
    office = Office().__enter__()
    atexit.register(office.__exit__)
    return office


def pipe_of(office):
    """The pipe through which an office can be asked for more than an engine asks."""
    return f"haircut-{office._worker.process.pid}"


def recalculated_by_libreoffice(book):
    """Each standard formula's value as LibreOffice calculates it, the Haircut calls frozen."""
    return LibreOffice(Book(frozen(book), book.name), warm_office()).recalculate({}).values


def assert_libreoffice_agrees(book):
    """Compare every standard formula's value with LibreOffice's own."""
    values = recalculated_by_libreoffice(book)
    assert len(values) > 2000
    assert [str(a) for a, value in values.items() if not agree(book.value(a), value)] == []
