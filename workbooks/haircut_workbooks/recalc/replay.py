"""The second opinion: IronCalc calculates every standard formula again, Haircut's calls frozen at their values."""

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ironcalc

from haircut.errors import CellError
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.frozen import frozen, haircut_cells
from haircut_workbooks.recalc.engine import RecalculationFailed

RELATIVE_TOLERANCE = 1e-9
CANNOT = {"#CIRC!", "#N/IMPL!", "#ERROR!", CellError.NAME}
"""What the second engine shows where it cannot calculate."""

GROUPS = 12
"""Into how many groups the cells of loops are split: those of one loop lie near each other, so apart."""


@dataclass(frozen=True)
class Opinion:
    """What the second engine says of a workbook: where it differs, and how much it could calculate."""

    disagreements: list[str]
    checked: int
    unread: list[Address]


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
    return _differences(book, _replayed(book, _standard(book)))


def opinion(book: Book) -> Opinion:
    """Compare as `disagreements` does, but set apart what the second engine cannot calculate.

    It knows no iteration. So the cells that it left out are frozen, all but a group, and that group is
    replayed; then the next group. In a loop that has converged, each formula gives the value that it holds.

    Raises
    ------
    RecalculationFailed
        The second engine cannot read the workbook at all.
    """
    others = _replayed(book, _standard(book))
    left = [address for address, value in others.items() if value in CANNOT and book.value(address) != value]
    arrays = {
        Address(sheet, *place)
        for sheet in book.sheets
        for _, area in book.scan(sheet).arrays
        for place in area.cells
    }
    again = [address for address in left if address not in arrays]
    for start in range(min(GROUPS, len(again))):
        group = again[start::GROUPS]
        others |= _replayed(book, group, also=set(again).difference(group))
    unread = [address for address in left if others[address] in CANNOT]
    read = {address: value for address, value in others.items() if address not in set(unread)}
    return Opinion(_differences(book, read), len(read), unread)


def _replayed(book: Book, wanted: Iterable[Address], also: Collection[Address] = ()) -> dict[Address, Value]:
    """What the second engine says of some cells, Haircut's calls and other cells frozen."""
    try:
        model = _loaded(frozen(book, also))
        model.evaluate()
    except ironcalc.WorkbookError as error:
        raise RecalculationFailed(f"{book.name}: the second engine cannot read it: {error}") from None
    sheets = {properties["name"]: i for i, properties in enumerate(model.get_worksheets_properties())}
    return {address: _value(model, sheets[address.sheet], address) for address in wanted}


def _differences(book: Book, others: Mapping[Address, Value]) -> list[str]:
    held = {address: book.value(address) for address in others}
    return [
        f"{address} holds {held[address]!s:.40}, the second engine says {other!s:.40}"
        for address, other in others.items()
        if not agree(held[address], other)
    ]


def _standard(book: Book) -> list[Address]:
    """Every cell that a standard formula fills."""
    return sorted(_calculated(book) - haircut_cells(book))


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
