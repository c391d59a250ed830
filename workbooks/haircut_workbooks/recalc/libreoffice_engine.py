"""LibreOffice as the first engine: for books that the default engine refuses, such as those that iterate."""

import re
from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Any

from haircut.errors import CellError
from haircut.hosts.calc.border import ERRORS
from haircut.registry import Function, Returns
from haircut_workbooks.package.address import LAST_COLUMN, Address, Area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.forms import calls_haircut
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.engine import UNFINISHED, Recalculated, RecalculationFailed
from haircut_workbooks.recalc.office import Block, Office
from haircut_workbooks.recalc.office_formulas import for_office, whole_call
from haircut_workbooks.recalc.recalculate import raise_if_any

MOST_ROUNDS = 5
"""How often spills may change their sizes before the book is given up."""

_ALSO = {502: CellError.NUM, 504: CellError.VALUE}
"""Illegal arguments, which only LibreOffice tells apart."""

_NOT_DONE = {
    522: "part of a circular reference",
    523: "an iteration that does not converge",
    540: "read from another file or the web, which is not done",
}
_FIXED_NAME = re.compile(r"[^!]+!\$[A-Z]{1,3}\$\d+(?::\$[A-Z]{1,3}\$\d+)?", re.IGNORECASE)


class LibreOffice:
    """LibreOffice over one book.

    Parameters
    ----------
    book : Book
        The workbook to calculate.
    office : Office
        A warm office; many books may share it.
    """

    def __init__(self, book: Book, office: Office) -> None:
        self.book, self.office = book, office
        self.formulas = book.formulas()
        self._plain = book.without_number_formats()
        self._areas: dict[Address, Area] = {}
        self._spills: dict[Address, str] = {}
        self._edits: dict[Address, Edit] = {}
        self._truths: dict[Address, Collection[int]] = {}
        for sheet in book.sheets:
            self._prepare(sheet)

    def _prepare(self, sheet: str) -> None:
        """Note what the office's copy of a sheet has in other words."""
        names = {
            name.name.casefold(): name.text
            for name in sorted(self.book.names, key=lambda n: n.sheet is not None)
            if name.sheet in (None, sheet) and _FIXED_NAME.fullmatch(name.text)
        }
        dotted, followers = self.office.dotted, self.book.shared_formulas(sheet)
        for place, cell in self.book.scan(sheet).cells.items():
            if cell.formula is None:
                continue
            address, stored = Address(sheet, *place), followers.get(place, cell.formula.text)
            if cell.formula.attributes.get("t") == "dataTable":
                raise RecalculationFailed(
                    f"{self.book.name}: {address} is a what-if table, which this engine cannot calculate"
                )
            text = for_office(stored, self.book.tables, names, cell.row, dotted)
            if function := whole_call(stored):
                self._truths[address] = _truth_columns(function)
            area = cell.formula.area
            if area is not None:
                self._areas[address] = area
                if "cm" in cell.attributes or calls_haircut(stored):
                    self._spills[address] = text
            if text != cell.formula.text or "t" in cell.formula.attributes:
                self._edits[address] = Edit(None, formula=text, area=area)

    def recalculate(self, inputs: Mapping[Address, Value]) -> Recalculated:
        """Return the value of every formula, given the inputs.

        Raises
        ------
        RecalculationFailed
            The office cannot load the book, or left a cell at #NAME?, in a loop or an iteration without
            end; or a spill has no room or finds no size.
        """
        given = {address: Edit(value) for address, value in inputs.items()}
        areas = dict(self._areas)
        for _ in range(MOST_ROUNDS):
            values, sizes = self._calculated(given, areas)
            grown = {anchor: area for anchor, area in sizes.items() if area != areas[anchor]}
            if not grown:
                return Recalculated(self._finished(values, areas), areas)
            self._raise_if_blocked(grown, areas, inputs)
            areas |= grown
        anchors = ", ".join(str(anchor) for anchor in grown)
        raise RecalculationFailed(f"{self.book.name}: {anchors} changes its size with each calculation")

    def _calculated(
        self, given: dict[Address, Edit], areas: Mapping[Address, Area]
    ) -> tuple[dict[Address, Any], dict[Address, Area]]:
        """Every formula's raw value with the spills in the given areas, and the areas that they should have."""
        resized = {
            anchor: Edit(None, formula=self._spills[anchor], area=areas[anchor]) for anchor in self._spills
        }
        probes = self._probes()
        measures = {
            place: Edit(None, formula=f"{measure}({self._spills[anchor]})", area=Area(*place[1:], *place[1:]))
            for anchor, pair in probes.items()
            for measure, place in zip(("ROWS", "COLUMNS"), pair, strict=True)
        }
        cleared = {a: Edit(None) for anchor in self._spills for a in _filled(anchor, self._areas[anchor])}
        data = splice(self._plain, cleared | self._edits | given | resized | measures)
        wanted = {a for a in self.formulas if a not in areas} | set(measures)
        for anchor, area in areas.items():
            wanted.update(_filled(anchor, area))
        blocks = _blocks(wanted)
        raw: dict[Address, Any] = {}
        for block, rows in zip(blocks, self.office.calculate(data, self.book.name, blocks), strict=True):
            cells = (value for row in rows for value in row)
            raw |= {Address(block.sheet, *p): v for p, v in zip(block.area.cells, cells, strict=True)}
        sizes = {
            anchor: _sized(anchor, *(raw.pop(place) for place in pair)) for anchor, pair in probes.items()
        }
        return raw, sizes

    def _probes(self) -> dict[Address, tuple[Address, Address]]:
        """Two free cells for each spill, beyond all cells of its sheet: its rows and its columns go there."""
        probes = {}
        for sheet, anchors in groupby(self._spills, key=lambda anchor: anchor.sheet):
            cells = self.book.scan(sheet).cells
            row, column = max(row for row, _ in cells) + 2, max(column for _, column in cells) + 2
            for i, anchor in enumerate(anchors):
                probes[anchor] = (Address(sheet, row + i, column), Address(sheet, row + i, column + 1))
        return probes

    def _raise_if_blocked(
        self, grown: Mapping[Address, Area], areas: Mapping[Address, Area], inputs: Mapping[Address, Value]
    ) -> None:
        """A spill takes no cell that holds something of its own."""
        for anchor, area in grown.items():
            for address in _filled(anchor, area):
                spilled = address[1:] in areas[anchor] or address[1:] in self._areas[anchor]
                held = inputs.get(address, None if spilled else self.book.value(address))
                if held is not None or (address in self.formulas and address != anchor):
                    raise RecalculationFailed(
                        f"{self.book.name}: cannot be calculated: {anchor} is {CellError.SPILL}, "
                        f"{address} is in the way"
                    )

    def _finished(self, raw: Mapping[Address, Any], areas: Mapping[Address, Area]) -> dict[Address, Value]:
        """The values as cells hold them, if the office could calculate them all."""
        values: dict[Address, Value] = {}
        truths = {address for address in raw if isinstance(self.book.value(address), bool)}
        for anchor, columns in self._truths.items():
            area = areas.get(anchor, Area(*anchor[1:], *anchor[1:]))
            truths |= {a for a in _filled(anchor, area) if a.column - area.left in columns}
        failed = []
        for address in sorted(raw):
            value = raw[address]
            if isinstance(value, list):
                code = value[0]
                error = ERRORS.get(code) or _ALSO.get(code)
                if error is None or error in UNFINISHED:
                    what = error or _NOT_DONE.get(code) or f"Err:{code}, which Excel does not know"
                    failed.append(f"{address} is {what} (={self.formulas.get(address, '')[:80]})")
                value = error
            values[address] = bool(value) if address in truths and value in (0, 1) else value
        raise_if_any(f"{self.book.name}: cannot be calculated", failed)
        return values


def _truth_columns(function: Function) -> Collection[int]:
    """The columns of a result that hold TRUE or FALSE, which reach the office as 1 and 0; by the examples."""
    values = [example.value for example in function.examples]
    if function.returns is Returns.TABLE:
        return {c for rows in values for row in rows for c, cell in enumerate(row) if isinstance(cell, bool)}
    return range(LAST_COLUMN) if any(isinstance(v, list) and isinstance(v[0], bool) for v in values) else ()


def _filled(anchor: Address, area: Area) -> list[Address]:
    return [Address(anchor.sheet, *place) for place in area.cells]


def _sized(anchor: Address, rows: Any, columns: Any) -> Area:
    """The area that a spill should have; a result that has no size is one value."""
    down, across = (int(size) if isinstance(size, float) else 1 for size in (rows, columns))
    return Area(anchor.row, anchor.column, anchor.row + down - 1, anchor.column + across - 1)


def _blocks(cells: set[Address]) -> list[Block]:
    """The cells as blocks without gaps, the fewer to ask for: runs down a column, like runs side by side."""
    ordered = sorted(cells, key=lambda a: (a.sheet, a.column, a.row))
    down = groupby(
        enumerate(ordered), key=lambda item: (item[1].sheet, item[1].column, item[1].row - item[0])
    )
    runs = [[address for _, address in run] for _, run in down]
    columns = sorted((run[0].sheet, run[0].row, run[-1].row, run[0].column) for run in runs)
    across = groupby(enumerate(columns), key=lambda item: (*item[1][:3], item[1][3] - item[0]))
    blocks = [[column for _, column in block] for _, block in across]
    return [Block(b[0][0], Area(b[0][1], b[0][3], b[0][2], b[-1][3])) for b in blocks]
