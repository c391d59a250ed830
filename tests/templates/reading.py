"""Reads a template's workbook by what its cells say: names, and the labels of lines through time."""

from types import MappingProxyType

import numpy as np

from haircut.errors import CellError
from haircut_workbooks.package.address import Address
from haircut_workbooks.templates.lines import CLOSING, FIRST, LABEL, PERIOD


def value(book, name):
    return book.value(book.find(name))


def places(book, sheet, label, nth=0, closing=False):
    """Cells of the nth line with that label, over every period."""
    values = book.values()
    filled = [a for a in values if a.sheet == sheet]
    rows = sorted(a.row for a in filled if a.column == LABEL + 1 and values[a] == label)
    first, last = (CLOSING if closing else FIRST) + 1, max(a.column for a in filled if a.row == PERIOD + 1)
    return [Address(sheet, rows[nth], column) for column in range(first, last + 1)]


def line(book, sheet, label, nth=0, closing=False):
    return numbers(book.value(a) for a in places(book, sheet, label, nth, closing))


def numbers(values):
    """Values as an array: NaN for #N/A, which stands where nothing is due or owed."""
    return np.array([np.nan if value is CellError.NA else value for value in values], dtype=float)


class Moved:
    """A workbook with some inputs changed, by cell or by name, as the engine alone calculates it: no file is written."""

    def __init__(self, engine, book, cells=MappingProxyType({}), **inputs):
        given = {**cells, **{book.find(name): new for name, new in inputs.items()}}
        self._book, self._values = book, engine.recalculate(given).values | given
        self.find, self.values = book.find, book.values

    def value(self, address):
        return self._values.get(address, self._book.value(address))
