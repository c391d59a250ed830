"""The second opinion: IronCalc calculates every standard formula again, Haircut's calls frozen at their values."""

import tempfile
from pathlib import Path
from typing import Any

import ironcalc

from haircut.errors import CellError
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.frozen import frozen, haircut_cells
from haircut_workbooks.recalc.engine import RecalculationFailed

RELATIVE_TOLERANCE = 1e-9


def disagreements(book: Book) -> list[str]:
    """Compare the values that a workbook holds with IronCalc's own.

    Parameters
    ----------
    book : Book
        A workbook with its values in it.

    Returns
    -------
    list of str
        One line for each standard formula on which the second engine differs: sheet, cell, both values.

    Raises
    ------
    RecalculationFailed
        The second engine cannot read the workbook at all.
    """
    try:
        model = _loaded(frozen(book))
        model.evaluate()
    except ironcalc.WorkbookError as error:
        raise RecalculationFailed(f"{book.name}: the second engine cannot read it: {error}") from None
    sheets = {properties["name"]: i for i, properties in enumerate(model.get_worksheets_properties())}
    skipped = haircut_cells(book)
    lines = []
    for address in sorted(_calculated(book) - skipped):
        held = book.value(address)
        other = _value(model, sheets[address.sheet], address)
        if not agree(held, other):
            lines.append(f"{address} holds {held!s:.40}, the second engine says {other!s:.40}")
    return lines


def _calculated(book: Book) -> set[Address]:
    """Every cell that a formula fills: its own, and those of its array."""
    cells = set(book.formulas())
    for sheet in book.sheets:
        for _, area in book.scan(sheet).arrays:
            cells |= {Address(sheet, *place) for place in area.cells}
    return cells


def _loaded(data: bytes) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frozen.xlsx"
        path.write_bytes(data)
        return ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")


def _value(model: Any, sheet: int, address: Address) -> Value:
    raw = model.get_cell_value(sheet, address.row, address.column)
    if isinstance(raw, str):
        return next((error for error in CellError if error.value == raw), raw)
    return raw if isinstance(raw, bool) or raw is None else float(raw)


def agree(held: Value, other: Value) -> bool:
    """Whether two engines say the same: numbers to 1e-9 relative, all else exactly, a blank as 0 or "".

    >>> agree(1.0, 1.0 + 1e-12), agree(1.0, 1.001), agree("a", "a"), agree(None, 0.0), agree(True, 1.0)
    (True, False, True, True, False)
    """
    if held is None or other is None:
        return all(
            value in (None, "") or (value == 0 and not isinstance(value, bool)) for value in (held, other)
        )
    if isinstance(held, float) and isinstance(other, float):
        return abs(held - other) <= RELATIVE_TOLERANCE * max(abs(held), abs(other))
    return type(held) is type(other) and held == other
