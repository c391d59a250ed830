"""The one border between cells and models: grids in, grids out, and an error value for all else.

A host hands over what its cells hold: None for a blank, booleans, numbers, currency as Decimal, dates,
text, `CellError`; a range as a list of rows. `call` gives back a value or a list of rows, or raises
`WorksheetError`. Nothing else leaves it: no exception of a model, no NaN, no infinity.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from haircut.errors import CellError, WorksheetError
from haircut.models.errors import InvalidValue, ModelError, NotApplicable, NothingToDivideBy, OutOfRange
from haircut.registry import FUNCTIONS, Arg, Function, Gap, Kind, Returns

Value: TypeAlias = float | str | bool | CellError
Rows: TypeAlias = list[list[Any]]


class Omitted:
    """The type of `OMITTED`: an argument left empty between two commas."""

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED = Omitted()

ERROR_OF: dict[type[ModelError], CellError] = {
    InvalidValue: CellError.VALUE,
    OutOfRange: CellError.NUM,
    NothingToDivideBy: CellError.DIV0,
    NotApplicable: CellError.NA,
}
FIRST_SERIAL, SERIAL_ORIGIN = datetime(1900, 3, 1), datetime(1899, 12, 30)


def call(function: Function, args: Sequence[object]) -> Value | list[list[Value]]:
    """Call a worksheet function on what cells hold.

    Parameters
    ----------
    function : Function
        The declared function.
    args : sequence
        One item an argument: a scalar, a list (a row), a list of rows, or `OMITTED`.

    Returns
    -------
    value or list of rows
        Numbers, text, booleans; inside a list of rows also `CellError` where an element has no value.

    Raises
    ------
    WorksheetError
        Whatever else happens: the error value for the cell, and why.

    Examples
    --------
    >>> import haircut.functions
    >>> call(FUNCTIONS["HC_LTV"], [[[70.0], [35.0]], 100.0])
    [[0.7], [0.35]]
    """
    grids, rest = _grids(function, args)
    _pass_on_errors(grids)
    values, shape = _values(function, grids)
    headers = values.pop("headers", True)
    try:
        with np.errstate(all="ignore"):
            answer = function.model(*values.values(), *rest)
    except ModelError as error:
        raise WorksheetError(ERROR_OF[type(error)], str(error)) from None
    except (ArithmeticError, np.linalg.LinAlgError, MemoryError) as error:
        raise WorksheetError(
            CellError.NUM, f"these numbers are too extreme to calculate with ({error})"
        ) from None
    return _result(function, answer, shape, bool(headers))


def why(name: str, *args: object) -> str:
    """Say in words what is wrong with the arguments of a function, or "ok".

    Parameters
    ----------
    name : str
        The function's name.
    args
        The same arguments as in the call to explain.

    Returns
    -------
    str
        "ok", or the error value and its reason, with the argument and the place.

    Raises
    ------
    NotApplicable
        There is no function of that name; the message offers the nearest ones.

    Examples
    --------
    >>> import haircut.functions
    >>> why("HC_LTV", 70.0, -1.0)
    '#NUM!: value must be at least 0, but is -1'
    """
    function = FUNCTIONS.get(name.strip().upper())
    if function is None:
        raise NotApplicable(unknown_function(name))
    try:
        answer = call(function, args)
    except WorksheetError as error:
        return str(error)
    if isinstance(answer, list):
        for gap in (function.undefined, function.unbounded):
            count = sum(value is gap.error for value in chain.from_iterable(answer))
            if count:
                return f"ok, but {count} of its elements are {gap.error}: {gap.why}"
    return "ok"


def unknown_function(name: str) -> str:
    """Say that there is no such function, and which names are near."""
    near = get_close_matches(name.strip().upper(), FUNCTIONS, 3, 0.5)
    return f'there is no function "{name}"' + (f"; did you mean {', '.join(near)}?" if near else "")


def _grids(function: Function, args: Sequence[object]) -> tuple[dict[str, Rows], Sequence[object]]:
    """Pair the arguments with their names, but those left out; and the rest of an open-ended list."""
    named = [arg for arg in function.args if arg.kind is not Kind.ANY]
    rest = args[len(named) :]
    if rest and len(named) == len(function.args):
        message = f"{function.call_text} takes at most {len(named)} arguments, not {len(args)}"
        raise WorksheetError(CellError.VALUE, message)
    given = {arg.name: raw for arg, raw in zip(named, args, strict=False) if raw is not OMITTED}
    for arg in named:
        if arg.required and arg.name not in given:
            raise WorksheetError(CellError.VALUE, f"{arg.name} is missing; the call is {function.call_text}")
    return {name: _rows(name, raw) for name, raw in given.items()}, rest


def _rows(name: str, raw: object) -> Rows:
    """Any shape that a host may hand over, as a list of rows of equal length."""
    if isinstance(raw, np.ndarray):
        raw = raw.tolist()
    if not isinstance(raw, list | tuple):
        return [[raw]]
    rows = [list(row) if isinstance(row, list | tuple) else row for row in raw]
    if not any(isinstance(row, list) for row in rows):
        rows = [rows]
    if not rows or not all(isinstance(row, list) and row and len(row) == len(rows[0]) for row in rows):
        raise WorksheetError(CellError.VALUE, f"{name} must be one rectangular range with at least one cell")
    return rows


def _pass_on_errors(grids: dict[str, Rows]) -> None:
    for name, rows in grids.items():
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, CellError):
                    raise WorksheetError(cell, f"{_place(name, rows, r, c)} holds {cell}; mend that first")


def _place(name: str, rows: Rows, r: int, c: int) -> str:
    if len(rows) == 1 and len(rows[0]) == 1:
        return name
    if 1 in (len(rows), len(rows[0])):
        return f"{name} (item {max(r, c) + 1})"
    return f"{name} (row {r + 1}, column {c + 1})"


def _values(function: Function, grids: dict[str, Rows]) -> tuple[dict[str, Any], tuple[int, int] | None]:
    """Convert each argument; also the shape of the range that the result lies along, None for a number."""
    values: dict[str, Any] = {}
    lengths: dict[str, tuple[int, str]] = {}
    shape = None
    for arg in function.args:
        if arg.name not in grids:
            if arg.kind is not Kind.ANY:
                values[arg.name] = arg.default
            continue
        rows = grids[arg.name]
        values[arg.name] = _convert(arg, rows)
        size = len(rows) * len(rows[0])
        if arg.kind is Kind.VECTOR and size > 1:
            length, first = lengths.setdefault(arg.group, (size, arg.name))
            if size != length:
                message = f"{arg.name} has {size} items, but {first} has {length}; give ranges of one length"
                raise WorksheetError(CellError.VALUE, message)
            if arg.group == function.along and shape is None:
                shape = (len(rows), len(rows[0]))
    for arg in function.args:
        if arg.kind is Kind.VECTOR and arg.name in grids and arg.group in lengths:
            values[arg.name] = np.broadcast_to(values[arg.name], (lengths[arg.group][0],))
    return values, shape


def _convert(arg: Arg, rows: Rows) -> object:
    if arg.kind is Kind.MATRIX:
        return _numbers(arg.name, rows)
    if arg.kind is Kind.LABELLED:
        return _labelled(arg.name, rows)
    if arg.kind is Kind.VECTOR:
        if 1 not in (len(rows), len(rows[0])):
            size = f"{len(rows)} by {len(rows[0])} cells"
            raise WorksheetError(CellError.VALUE, f"{arg.name} must be one row or one column, but is {size}")
        return _numbers(arg.name, rows).ravel()
    if len(rows) != 1 or len(rows[0]) != 1:
        raise WorksheetError(
            CellError.VALUE, f"{arg.name} must be one cell, but is {len(rows)} by {len(rows[0])} cells"
        )
    cell = rows[0][0]
    if arg.kind is Kind.TEXT:
        if isinstance(cell, str):
            return cell
        raise WorksheetError(CellError.VALUE, f"{arg.name} must be text, but {_described(cell)}")
    if arg.kind is Kind.FLAG:
        if isinstance(cell, bool | np.bool_) or (isinstance(cell, int | float) and cell in (0, 1)):
            return bool(cell)
        raise WorksheetError(CellError.VALUE, f"{arg.name} must be TRUE or FALSE, but {_described(cell)}")
    return _number(cell, arg.name, rows)


def _numbers(name: str, rows: Rows) -> NDArray[np.float64]:
    return np.array(
        [[_number(cell, name, rows, r, c) for c, cell in enumerate(row)] for r, row in enumerate(rows)]
    )


def _labelled(name: str, rows: Rows) -> Rows:
    """Texts and blanks as they are, all else as numbers; the model knows the labels."""
    return [
        [
            cell if cell is None or isinstance(cell, str) else _number(cell, name, rows, r, c)
            for c, cell in enumerate(row)
        ]
        for r, row in enumerate(rows)
    ]


def _number(cell: Any, name: str, rows: Rows, r: int = 0, c: int = 0) -> float:
    """One cell as a finite float; the rest says which cell it is, if it is none."""
    if type(cell) is float and math.isfinite(cell):
        return cell
    if isinstance(cell, date):
        return _serial(cell, name, rows, r, c)
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal | np.number):
        why = f"{_place(name, rows, r, c)} must be a number, but {_described(cell)}"
        raise WorksheetError(CellError.VALUE, why)
    try:
        value = float(cell)
    except (OverflowError, ValueError, TypeError):
        raise WorksheetError(CellError.NUM, f"{_place(name, rows, r, c)} is too large for a number") from None
    if not math.isfinite(value):
        why = f"{_place(name, rows, r, c)} must be a finite number, but is {value}"
        raise WorksheetError(CellError.VALUE, why)
    return value


def _serial(day: date, name: str, rows: Rows, r: int, c: int) -> float:
    """The serial number of a date, days since 1899-12-30, as Excel counts from March 1900 on."""
    moment = day.replace(tzinfo=None) if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    if moment < FIRST_SERIAL:
        why = f"{_place(name, rows, r, c)} is a date before 1 March 1900, which has no sure serial number"
        raise WorksheetError(CellError.VALUE, why)
    return (moment - SERIAL_ORIGIN).total_seconds() / 86400


def _described(cell: object) -> str:
    if cell is None:
        return "the cell is blank"
    if isinstance(cell, bool | np.bool_):
        return f"is {str(bool(cell)).upper()}"
    if isinstance(cell, str):
        return f'is the text "{cell if len(cell) <= 40 else cell[:40] + "..."}"'
    return f"is {cell!r:.60}"


def _result(
    function: Function, answer: Any, shape: tuple[int, int] | None, headers: bool
) -> Value | list[list[Value]]:
    if function.returns is Returns.VECTOR:
        if shape is None:
            return _single(function, answer[0])
        elements = [_element(function, value) for value in answer]
        return [elements] if shape[0] == 1 else [[value] for value in elements]
    if function.returns is Returns.MATRIX:
        return [[_element(function, value) for value in row] for row in answer]
    if function.returns is Returns.TABLE:
        lines = zip(*answer.values(), strict=True)
        rows = [[_element(function, value) for value in line] for line in lines]
        return [list(answer), *rows] if headers else rows
    return _single(function, answer)


def _single(function: Function, answer: Any) -> Value:
    value = _element(function, answer)
    if isinstance(value, CellError):
        raise WorksheetError(value, _gap(function, answer).why)
    return value


def _gap(function: Function, answer: Any) -> Gap:
    """What an answer that is no finite number stands for."""
    return function.undefined if math.isnan(answer) else function.unbounded


def _element(function: Function, value: Any) -> Value:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    number = float(value)
    if math.isfinite(number):
        return number + 0.0
    return _gap(function, number).error
