"""What passes between the default engine and Python: Haircut's functions, the engine's mends, values and errors."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.registry import Function
from haircut_workbooks.package.book import Value
from haircut_workbooks.recalc.comparing import compare, item, numbers, rounded
from haircut_workbooks.recalc.lowering import COMPARE, FIXED, ITEM, NUMBERS, OMITTED_TEXT, ROUND

TO_KIND = {
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
FROM_KIND = {kind: error for error, kind in TO_KIND.items()}


class Border:
    """Haircut's functions and the engine's mends, registered with one workbook.

    ``reasons`` says why calls were refused; ``misfit`` whether a spill did not fit the block it is kept to.
    """

    def __init__(self, workbook: Any) -> None:
        self.reasons: dict[str, list[str]] = defaultdict(list)
        self._interrupt: BaseException | None = None
        self._done: dict[str, Any] = {}
        self.misfit = False
        for function in FUNCTIONS.values():
            workbook.register_function(function.name, self._wrapped(function), min_args=0, max_args=None)
        workbook.register_function(COMPARE, self._guarded(compare), min_args=3, max_args=3)
        workbook.register_function(FIXED, self._guarded(self._fixed), min_args=5, max_args=5)
        workbook.register_function(ITEM, self._guarded(item), min_args=3, max_args=3)
        workbook.register_function(NUMBERS, self._guarded(numbers), min_args=1, max_args=1)
        workbook.register_function(ROUND, self._guarded(rounded), min_args=1, max_args=1)

    def _fixed(self, grid: Any, row: float, column: float, rows: float, columns: float) -> Any:
        """`item` of a spill that is kept to its block: a result of any other shape is #SPILL!."""
        shape = (len(grid), len(grid[0])) if isinstance(grid, list) else (1, 1)
        self.misfit = self.misfit or shape != (rows, columns)
        fits = shape == (rows, columns) or isinstance(grid, dict)
        return item(grid, row, column) if fits else {"type": "Error", "kind": "Spill"}

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
            key = f"{function.name}{args!r}"
            if key not in self._done:
                try:
                    self._done[key] = _as_engine(call(function, [_as_cells(arg) for arg in args]))
                except WorksheetError as error:
                    self.reasons[function.name].append(error.why)
                    self._done[key] = _error(error.error)
            return self._done[key]

        return self._guarded(calculate)

    def raise_interrupt(self) -> None:
        """Raise what a callback raised while the engine ran."""
        if self._interrupt is not None:
            raise self._interrupt


def _error(error: CellError) -> dict[str, str]:
    return {"type": "Error", "kind": TO_KIND.get(error, "Value")}


def _as_cells(raw: Any) -> Any:
    """What the engine hands over, as cells hold it."""
    if isinstance(raw, list):
        return [[_as_cells(cell) for cell in row] for row in raw]
    if isinstance(raw, dict):
        return FROM_KIND.get(raw.get("kind", ""), CellError.VALUE)
    return OMITTED if raw == OMITTED_TEXT else raw


def _as_engine(value: Any) -> Any:
    if isinstance(value, list):
        return [[_as_engine(cell) for cell in row] for row in value]
    return _error(value) if isinstance(value, CellError) else value


def outgoing(value: Value) -> Any:
    """A cell's value as the engine takes it."""
    return _error(value) if isinstance(value, CellError) else value
