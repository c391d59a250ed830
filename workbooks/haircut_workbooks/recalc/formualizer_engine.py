"""The default engine: formualizer, with Haircut's functions registered and its departures from Excel mended."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import formualizer

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.registry import Function
from haircut_workbooks.package.address import Address, Area, parse_area
from haircut_workbooks.package.book import Book, Value
from haircut_workbooks.package.forms import calls_haircut
from haircut_workbooks.package.sheet import Cell, Scan
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.comparing import compare, item, rounded
from haircut_workbooks.recalc.engine import UNFINISHED, Recalculated, RecalculationFailed
from haircut_workbooks.recalc.lowering import COMPARE, ITEM, OMITTED_TEXT, ROUND, lowered

_TO_KIND = {
    CellError.NULL: "Null",
    CellError.DIV0: "Div",
    CellError.VALUE: "Value",
    CellError.REF: "Ref",
    CellError.NAME: "Name",
    CellError.NUM: "Num",
    CellError.NA: "Na",
    CellError.SPILL: "Spill",
    CellError.CALC: "Calc",
}
_LINK = re.compile(r"\[\d+\][^!]")
_FROM_KIND = {kind: error for error, kind in _TO_KIND.items()}
_NOT_DONE = {
    "NImpl": "#N/IMPL!",
    "Circ": "part of a circular reference (#CIRC!)",
    "Cancelled": "cancelled",
    "Error": "#ERROR!",
}


class Formualizer:
    """Formualizer over one book, prepared once; every recalculation starts from a fresh load.

    Parameters
    ----------
    book : Book
        The workbook to calculate.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.formulas = book.formulas()
        self._arrays: dict[Address, Area] = {}
        self._spills: dict[Address, Area] = {}
        edits: dict[Address, Edit] = {}
        for sheet in book.sheets:
            edits |= self._prepared(sheet, book.scan(sheet))
        # The engine would follow the file's own setting and iterate; a loop must fail by name instead.
        self._copy = splice(book.without_iteration() if book.iterates else book, edits)

    def _prepared(self, sheet: str, scan: Scan) -> dict[Address, Edit]:
        """The cells of the engine's copy that differ from the book's."""
        edits: dict[Address, Edit] = {}
        followers = self.book.shared_formulas(sheet)
        for place, cell in scan.cells.items():
            if cell.formula is None:
                continue
            address = Address(sheet, *place)
            if cell.formula.area is not None:
                edits |= self._prepared_array(address, cell, cell.formula.area)
                continue
            text = lowered(followers.get(place, cell.formula.text), self.book.tables, cell.row)
            if text != cell.formula.text or "t" in cell.formula.attributes:
                edits[address] = Edit(None, formula=text)
        return edits

    def _prepared_array(self, anchor: Address, cell: Cell, area: Area) -> dict[Address, Edit]:
        """A Haircut call or dynamic array spills from its anchor; an old array formula is cut item by item."""
        assert cell.formula is not None
        if cell.formula.attributes.get("t") == "dataTable":
            raise RecalculationFailed(
                f"{self.book.name}: {anchor} is a what-if table, which this engine cannot calculate"
            )
        text = lowered(cell.formula.text, self.book.tables, cell.row, array=True)
        if "cm" in cell.attributes or calls_haircut(text):
            self._spills[anchor] = area
            filled = {Address(anchor.sheet, *place): Edit(None) for place in area.cells}
            return filled | {anchor: Edit(None, formula=text)}
        self._arrays[anchor] = area
        return {
            Address(anchor.sheet, *place): Edit(None, formula=f"{ITEM}({text},{row},{column})")
            for place, (row, column) in zip(area.cells, Area(1, 1, *area.shape).cells, strict=True)
        }

    def recalculate(self, inputs: Mapping[Address, Value]) -> Recalculated:
        """Return the value of every formula, given the inputs.

        Raises
        ------
        RecalculationFailed
            The engine cannot load the book, or left a cell at #NAME?, #N/IMPL!, #SPILL! or #CIRC!.
        """
        workbook = self._loaded()
        workbook.set_temporal_egress("serial")
        border = _Border(workbook)
        for address, value in inputs.items():
            workbook.set_value(address.sheet, address.row, address.column, _outgoing(value))
        try:
            workbook.evaluate_all()
        except formualizer.ExcelEvaluationError as error:
            border.raise_interrupt()
            raise RecalculationFailed(f"{self.book.name}: cannot be calculated: {error}") from None
        border.raise_interrupt()
        areas = {anchor: self._extent(workbook, anchor) for anchor in self._spills} | self._arrays
        values = self._values(workbook, areas)
        return Recalculated(values, areas, border.reasons)

    def _loaded(self) -> Any:
        config = formualizer.EvaluationConfig()
        config.enable_parallel = False
        # Only loops that close count, as in Excel: a switched-off circuit breaker is no loop.
        config.cycle_detection = "runtime"
        config.date_system = "1904" if self.book.date1904 else "1900"
        whole = formualizer.WorkbookConfig(mode=formualizer.WorkbookMode.Ephemeral, eval_config=config)
        try:
            return formualizer.Workbook.from_bytes(self._copy, config=whole)
        except (OSError, ValueError, RuntimeError) as error:
            links = [str(address) for address, text in self.formulas.items() if _LINK.search(text)]
            why = f"{links[0]} reads another workbook" if links else f"the engine cannot load it ({error})"
            raise RecalculationFailed(f"{self.book.name}: {why}") from None

    def _extent(self, workbook: Any, anchor: Address) -> Area:
        quoted = anchor.sheet.replace("'", "''")
        spill = workbook.inspect_cell(f"'{quoted}'!{str(anchor).rpartition('!')[2]}").cell.spill
        extent = spill.extent if spill is not None else None
        return parse_area(extent.rpartition("!")[2]) if extent else Area(*anchor[1:], *anchor[1:])

    def _values(self, workbook: Any, areas: Mapping[Address, Area]) -> dict[Address, Value]:
        wanted = {a for a in self.formulas if a not in areas}
        for anchor, area in areas.items():
            wanted |= {Address(anchor.sheet, *place) for place in area.cells}
        values: dict[Address, Value] = {}
        failed = []
        for address in sorted(wanted):
            raw = workbook.get_value(*address)
            if isinstance(raw, dict) and raw.get("kind") in _NOT_DONE:
                failed.append(f"{address} is {_NOT_DONE[raw['kind']]}")
                continue
            value = self._incoming(raw)
            if isinstance(value, CellError) and value in UNFINISHED:
                failed.append(f"{address} is {value} ({self._formula(address)})")
            values[address] = value
        if failed:
            more = f" and {len(failed) - 5} more cells" if len(failed) > 5 else ""
            raise RecalculationFailed(
                f"{self.book.name}: cannot be calculated: {'; '.join(failed[:5])}{more}"
            )
        return values

    def _formula(self, address: Address) -> str:
        return "=" + self.formulas.get(address, "")[:80]

    def _incoming(self, raw: Any) -> Value:
        if isinstance(raw, dict):
            return _FROM_KIND.get(raw.get("kind", ""), CellError.VALUE)
        if raw is None:
            return 0.0
        return raw if isinstance(raw, bool | str) else float(raw)


class _Border:
    """Haircut's functions and the engine's mends, registered with one workbook."""

    def __init__(self, workbook: Any) -> None:
        self.reasons: dict[str, list[str]] = defaultdict(list)
        self._interrupt: BaseException | None = None
        for function in FUNCTIONS.values():
            workbook.register_function(function.name, self._wrapped(function), min_args=0, max_args=None)
        workbook.register_function(COMPARE, self._guarded(compare), min_args=3, max_args=3)
        workbook.register_function(ITEM, self._guarded(item), min_args=3, max_args=3)
        workbook.register_function(ROUND, self._guarded(rounded), min_args=1, max_args=1)

    def _guarded(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The engine swallows every exception, Ctrl-C too: keep it and raise it afterwards."""

        def guarded(*args: Any) -> Any:
            try:
                return act(*args)
            except BaseException as error:
                self._interrupt = self._interrupt or error
                return {"type": "Error", "kind": "Value"}

        return guarded

    def _wrapped(self, function: Function) -> Callable[..., Any]:
        def calculate(*args: Any) -> Any:
            try:
                return _as_engine(call(function, [_as_cells(arg) for arg in args]))
            except WorksheetError as error:
                self.reasons[function.name].append(error.why)
                return _error(error.error)

        return self._guarded(calculate)

    def raise_interrupt(self) -> None:
        """Raise what a callback raised while the engine ran."""
        if self._interrupt is not None:
            raise self._interrupt


def _error(error: CellError) -> dict[str, str]:
    return {"type": "Error", "kind": _TO_KIND.get(error, "Value")}


def _as_cells(raw: Any) -> Any:
    """What the engine hands over, as cells hold it."""
    if isinstance(raw, list):
        return [[_as_cells(cell) for cell in row] for row in raw]
    if isinstance(raw, dict):
        return _FROM_KIND.get(raw.get("kind", ""), CellError.VALUE)
    return OMITTED if raw == OMITTED_TEXT else raw


def _as_engine(value: Any) -> Any:
    if isinstance(value, list):
        return [[_as_engine(cell) for cell in row] for row in value]
    return _error(value) if isinstance(value, CellError) else value


def _outgoing(value: Value) -> Any:
    return _error(value) if isinstance(value, CellError) else value
