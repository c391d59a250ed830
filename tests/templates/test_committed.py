"""The committed workbooks are what the code builds: part for part, and value for value."""

import re

import pytest

from haircut_workbooks.package.book import Book
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.templates import TEMPLATES

NAMES = list(TEMPLATES)


def without_values(book, part):
    """A sheet's bytes, styles and formulas and all, but for the values of its cells."""
    return re.sub(rb"<v>[^<]*</v>", b"", book.container.read(part))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_the_code_builds(name, built):
    committed = built(name)
    fresh = Book(TEMPLATES[name](), f"{name}.xlsx")
    sheets = set(fresh.sheets.values())
    assert committed.sheets == fresh.sheets
    assert committed.container.parts == fresh.container.parts
    for part in set(fresh.container.parts) - sheets:
        assert committed.container.read(part) == fresh.container.read(part), part
    calculated = recalculate(Formualizer(fresh), fresh, {}).book
    for part in sheets:
        assert without_values(committed, part) == without_values(calculated, part), part
    done, stored = calculated.values(), committed.values()
    assert stored.keys() == done.keys()
    for address, value in done.items():
        held = stored[address]
        # Processors round the last bit differently.
        near = pytest.approx(value, rel=1e-9, abs=1e-9) if type(value) is float else value
        assert held == near, address
