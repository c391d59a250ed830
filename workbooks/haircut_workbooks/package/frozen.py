"""A workbook with its ``HC_`` calls frozen at their values, for engines that do not know them."""

import re

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.splice import Edit, splice

HC_CALL = re.compile(r"\bHC_[A-Z0-9_]+\s*\(", re.IGNORECASE)


def haircut_cells(book: Book) -> set[Address]:
    """Every cell whose formula calls a Haircut function, and every cell that such a formula fills."""
    cells = set()
    for sheet in book.sheets:
        for cell in book.scan(sheet).cells.values():
            if cell.formula is not None and HC_CALL.search(cell.formula.text):
                filled = cell.formula.area.cells if cell.formula.area else [(cell.row, cell.column)]
                cells |= {Address(sheet, *place) for place in filled}
    return cells


def frozen(book: Book) -> bytes:
    """Return the workbook with each Haircut call replaced by the value the file holds for it."""
    return splice(book, {address: Edit(book.value(address)) for address in haircut_cells(book)})
