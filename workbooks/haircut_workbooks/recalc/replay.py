"""The second opinion: IronCalc calculates every standard formula again, Haircut's calls frozen at their values.

It knows no loops and no what-if tables. A loop is cut: the cells where it is cut are frozen, and their
formulas, calculated beside them, must give what is frozen. Each result of a table is tried, as Excel does it.
"""

import re
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import ironcalc

from haircut.errors import CellError
from haircut_workbooks.package.address import LAST_COLUMN, Address, Area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.frozen import frozen, haircut_cells
from haircut_workbooks.recalc.engine import RecalculationFailed
from haircut_workbooks.recalc.fetched import fetched_cells
from haircut_workbooks.recalc.loops import cuts
from haircut_workbooks.recalc.mentions import RANDOM, mentions
from haircut_workbooks.recalc.names import without_formula_names
from haircut_workbooks.recalc.what_if import results, what_if_tables

RELATIVE_TOLERANCE, LEFT_BY_LOOPS = 1e-9, 1e-9
CANNOT = {"#CIRC!", "#N/IMPL!", "#ERROR!", CellError.NAME}
"""What the second engine shows where it cannot calculate."""

GROUPS = 12
"""Into how many groups the cells of loops are split: those of one loop lie near each other, so apart."""

_FUTURE = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlws\.", re.IGNORECASE)


@dataclass(frozen=True)
class Opinion:
    """What the second engine says of a workbook: where it differs, and how much it could calculate."""

    disagreements: list[str]
    checked: int
    unread: list[Address]


def disagreements(book: Book, iterate: bool = False) -> list[str]:
    """Compare the values that a workbook holds with IronCalc's own.

    Parameters
    ----------
    book : Book
        A workbook with its values in it.
    iterate : bool
        Whether circular references were iterated although the workbook does not say so.

    Returns
    -------
    list of str
        One line for each standard formula on which the second engine differs: sheet, cell, both values.

    Raises
    ------
    RecalculationFailed
        The second engine cannot read the workbook at all.
    """
    tables = what_if_tables(book)
    cut = cuts(book) if iterate or book.iterates else []
    kept = {Address(t.sheet, *place) for t in tables for place in t.area.cells} | set(fetched_cells(book))
    kept |= _linked_cells(book)
    replay = _frozen_replay(book, kept | set(cut))
    compared = sorted(_calculated(book) - haircut_cells(book) - kept - set(cut))
    found = {address: replay.value(address) for address in compared} | replay.beside(cut)
    found |= results(tables, replay.value, replay.tried)
    lines = [line for address, line in _differences(book, found) if not (cut and _near(book, address, found))]
    random = [str(a) for a, text in book.formulas().items() if RANDOM & set(mentions(text).functions)]
    if lines and random:
        return [f"{random[0]} draws random numbers, on which no two engines agree", *lines]
    return lines


def opinion(book: Book) -> Opinion:
    """Compare as `disagreements` does, but set apart what the second engine cannot calculate.

    It knows no iteration. So the cells that it left out are frozen, all but a group, and that group is
    replayed; then the next group. In a loop that has converged, each formula gives the value that it holds.

    Raises
    ------
    RecalculationFailed
        The second engine cannot read the workbook at all.
    """
    others = _replayed(book, sorted(_calculated(book) - haircut_cells(book)))
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
    return Opinion([line for _, line in _differences(book, read)], len(read), unread)


def _replayed(book: Book, wanted: Iterable[Address], also: Collection[Address] = ()) -> dict[Address, Value]:
    """What the second engine says of some cells, Haircut's calls and other cells frozen."""
    replay = _frozen_replay(book, also)
    return {address: replay.value(address) for address in wanted}


def _frozen_replay(book: Book, also: Collection[Address]) -> "_Replay":
    plain = without_formula_names(book)
    try:
        return _Replay(plain, frozen(plain, also))
    except ironcalc.WorkbookError as error:
        raise RecalculationFailed(f"{book.name}: the second engine cannot read it: {error}") from None


def _differences(book: Book, others: Mapping[Address, Value]) -> list[tuple[Address, str]]:
    """Each cell on which the second engine differs, and a line that says so."""
    held = {address: book.value(address) for address in others}
    return [
        (address, "{} holds {}, the second engine says {}".format(address, *_apart(held[address], other)))
        for address, other in others.items()
        if not agree(held[address], other)
    ]


def _apart(held: Value, other: Value) -> tuple[str, ...]:
    """Two values as short texts that show where they part.

    >>> _apart("a long sentence on what breaks this loan: 16%", "a long sentence on what breaks this loan: 17%")
    ('... what breaks this loan: 16%', '... what breaks this loan: 17%')
    """
    texts = str(held), str(other)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
    start = max(0, alike - 25)
    return tuple(("..." if start else "") + text[start : start + 40] for text in texts)


def _near(book: Book, address: Address, others: Mapping[Address, Value]) -> bool:
    """Whether two numbers are as near as a loop, which stops a little before its fixed point, leaves them."""
    held, other = book.value(address), others[address]
    return isinstance(held, float) and isinstance(other, float) and abs(held - other) <= LEFT_BY_LOOPS


def _calculated(book: Book) -> set[Address]:
    """Every cell that a formula fills: its own, and those of its array."""
    cells = set(book.formulas())
    for sheet in book.sheets:
        for _, area in book.scan(sheet).arrays:
            cells |= {Address(sheet, *place) for place in area.cells}
    return cells


def _linked_cells(book: Book) -> set[Address]:
    """Every cell that reads another workbook, whose values only the first engine takes from the file."""
    found = set()
    for sheet in book.sheets:
        followers = book.shared_formulas(sheet)
        for place, cell in book.scan(sheet).cells.items():
            if cell.formula is not None and mentions(followers.get(place, cell.formula.text)).linked:
                found.add(Address(sheet, *place))
    return found


class _Replay:
    """IronCalc over a frozen workbook."""

    def __init__(self, book: Book, data: bytes) -> None:
        self.book = book
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "frozen.xlsx"
            path.write_bytes(data)
            self.model: Any = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self.model.evaluate()
        listed = self.model.get_worksheets_properties()
        self.sheets = {properties["name"]: i for i, properties in enumerate(listed)}

    def place(self, address: Address) -> tuple[int, int, int]:
        return self.sheets[address.sheet], address.row, address.column

    def value(self, address: Address) -> Value:
        raw = self.model.get_cell_value(*self.place(address))
        if isinstance(raw, str):
            return next((error for error in CellError if error.value == raw), raw)
        return raw if isinstance(raw, bool) or raw is None else float(raw)

    def beside(self, cells: list[Address]) -> dict[Address, Value]:
        """What the formulas of frozen cells give, calculated in the last columns of the same row."""
        texts = {sheet: self.book.shared_formulas(sheet) for sheet in {cell.sheet for cell in cells}}
        found: dict[Address, Value] = {}
        for cell in cells:
            formula = self.book.scan(cell.sheet).cells[cell[1:]].formula
            assert formula is not None
            text = texts[cell.sheet].get(cell[1:], formula.text)
            rows, columns = formula.area.shape if formula.area is not None else (1, 1)
            scratch = Address(cell.sheet, cell.row, LAST_COLUMN - columns + 1)
            self.model.set_user_input(*self.place(scratch), "=" + _FUTURE.sub("", text))
            self.model.evaluate()
            for row, column in Area(0, 0, rows - 1, columns - 1).cells:
                there = Address(cell.sheet, scratch.row + row, scratch.column + column)
                found[Address(cell.sheet, cell.row + row, cell.column + column)] = self.value(there)
            self.model.clear_cell_contents(*self.place(scratch))
        return found

    def tried(self, inputs: Mapping[Address, Value], formula: Address) -> Value:
        """The value of a formula with other inputs, which are put back, but not calculated again."""
        before = {address: self.model.get_cell_content(*self.place(address)) for address in inputs}
        for address, value in inputs.items():
            self.put(address, value)
        self.model.evaluate()
        value = self.value(formula)
        for address, content in before.items():
            if content.startswith("="):
                self.model.set_user_input(*self.place(address), content)
            else:
                self.put(address, self.book.value(address))
        return value

    def put(self, address: Address, value: Value) -> None:
        if value is None:
            self.model.clear_cell_contents(*self.place(address))
        elif isinstance(value, bool):
            self.model.update_cell_with_bool(*self.place(address), value)
        elif isinstance(value, float):
            self.model.update_cell_with_number(*self.place(address), value)
        else:
            self.model.update_cell_with_text(*self.place(address), str(value))


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
