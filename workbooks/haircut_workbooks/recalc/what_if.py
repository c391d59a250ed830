"""What-if tables: ``{=TABLE(row, column)}``, where Excel puts each heading into an input cell and notes the result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from haircut_workbooks.package.address import Address, Area, parse_cell
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.recalc.engine import RecalculationFailed


@dataclass(frozen=True)
class WhatIf:
    """One what-if table: the block of its results, and the input cells that its headings go into."""

    sheet: str
    area: Area
    row_input: Address | None
    column_input: Address | None

    def trial(self, row: int, column: int) -> tuple[dict[Address, Address], Address]:
        """Which heading goes into which input cell for one result, and the formula whose value it then is."""
        above, beside = self.area.top - 1, self.area.left - 1
        headings = {}
        if self.row_input is not None:
            headings[self.row_input] = Address(self.sheet, above, column)
        if self.column_input is not None:
            headings[self.column_input] = Address(self.sheet, row, beside)
        formula = (
            (above, beside) if len(headings) == 2 else (row, beside) if self.row_input else (above, column)
        )
        return headings, Address(self.sheet, *formula)


def what_if_tables(book: Book) -> list[WhatIf]:
    """Every what-if table of a book.

    Raises
    ------
    RecalculationFailed
        An input cell of a table is gone, or its headings would lie outside the sheet.
    """
    tables = []
    for sheet in book.sheets:
        for anchor, area in book.scan(sheet).arrays:
            said = anchor.formula.attributes if anchor.formula is not None else {}
            if said.get("t") != "dataTable":
                continue
            tables.append(_table(book, Address(sheet, anchor.row, anchor.column), area, said))
    return tables


def _table(book: Book, anchor: Address, area: Area, said: Mapping[str, str]) -> WhatIf:
    def is_set(name: str) -> bool:
        return said.get(name) in ("1", "true")

    try:
        if is_set("del1") or is_set("del2") or area.top == 1 or area.left == 1:
            raise ValueError
        inputs = [Address(anchor.sheet, *parse_cell(said[n])) for n in ("r1", "r2") if n in said]
        if is_set("dt2D"):
            return WhatIf(anchor.sheet, area, inputs[0], inputs[1])
        first = inputs[0]
        return WhatIf(anchor.sheet, area, *((first, None) if is_set("dtr") else (None, first)))
    except (ValueError, IndexError):
        raise RecalculationFailed(
            f"{book.name}: {anchor} is a what-if table whose input cells are gone; make it anew in Excel"
        ) from None


def results(
    tables: list[WhatIf],
    value: Callable[[Address], Value],
    trial: Callable[[Mapping[Address, Value], Address], Value],
) -> dict[Address, Value]:
    """Return every result of some tables.

    Parameters
    ----------
    tables : list of WhatIf
        The tables.
    value : callable
        The value of a cell as the workbook stands.
    trial : callable
        The value of a formula with other inputs; afterwards the inputs, if nothing else, are as before.
    """
    trials = {}
    for table in tables:
        for row, column in table.area.cells:
            headings, formula = table.trial(row, column)
            # All headings are read first: a trial moves those that are formulas of an input.
            inputs = {cell: value(heading) for cell, heading in headings.items()}
            trials[Address(table.sheet, row, column)] = inputs, formula
    return {place: trial(inputs, formula) for place, (inputs, formula) in trials.items()}
