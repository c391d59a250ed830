"""A workbook with its ``HC_`` calls frozen at their values, for engines that do not know them."""

from collections.abc import Collection

from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import calls_haircut
from haircut_workbooks.package.splice import Edit, splice


def haircut_cells(book: Book) -> set[Address]:
    """Every cell whose formula calls a Haircut function, and every cell that such a formula fills."""
    cells = set()
    for sheet in book.sheets:
        shared = book.shared_formulas(sheet)
        for place, cell in book.scan(sheet).cells.items():
            if cell.formula is not None and calls_haircut(shared.get(place, cell.formula.text)):
                filled = cell.formula.area.cells if cell.formula.area else [place]
                cells |= {Address(sheet, *filled_place) for filled_place in filled}
    return cells


def frozen(book: Book, also: Collection[Address] = ()) -> bytes:
    """Return the workbook with each Haircut call, and other cells, replaced by the value the file holds.

    Followers of shared formulas get their own text: a reader that moves the master's may move it wrongly.
    """
    edits = {}
    for sheet in book.sheets:
        for place, text in book.shared_formulas(sheet).items():
            value = book.value(address := Address(sheet, *place))
            # The second engine complains on the terminal of a formula without any value.
            edits[address] = Edit(0.0 if value is None else value, keep_formula=True, formula=text)
    edits |= {address: Edit(book.value(address)) for address in haircut_cells(book).union(also)}
    return splice(book, edits)
