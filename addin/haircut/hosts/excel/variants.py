"""What COM carries between Excel and Python, and what the cell border knows.

Excel's numbers arrive as float, blanks as None, ranges as tuples of rows. An error value arrives as the
integer of its code, which no number of a cell can be, and cannot be sent back at all: it leaves as the text
that the cell shows, and the VBA wrapper makes an error value of it.
"""

from collections.abc import Iterable
from typing import Any

from haircut.cells import OMITTED
from haircut.errors import CellError

ERROR_NUMBERS = {
    CellError.NULL: 2000,
    CellError.DIV0: 2007,
    CellError.VALUE: 2015,
    CellError.REF: 2023,
    CellError.NAME: 2029,
    CellError.NUM: 2036,
    CellError.NA: 2042,
    CellError.GETTING_DATA: 2043,
    CellError.SPILL: 2045,
    CellError.CONNECT: 2046,
    CellError.BLOCKED: 2047,
    CellError.UNKNOWN: 2048,
    CellError.FIELD: 2049,
    CellError.CALC: 2050,
    CellError.BUSY: 2051,
}
"""The number by which VBA's CVErr knows each error value."""

MISSING = -2147352572  # DISP_E_PARAMNOTFOUND: an optional argument that was left out
FIRST_CODE = -2146828288  # 0x800A0000, to which the number of an error is added
CODES = range(FIRST_CODE, FIRST_CODE + 0x10000)
_ERRORS = {FIRST_CODE + number: error for error, number in ERROR_NUMBERS.items()}


def received(args: Iterable[Any]) -> list[Any]:
    """Arguments as the cell border takes them.

    Parameters
    ----------
    args : iterable
        What COM hands over: scalars, tuples (a row) and tuples of tuples (a range).

    Returns
    -------
    list
        The same with `OMITTED`, `CellError` and lists.

    Examples
    --------
    >>> received([70.0, ((1.0,), (-2146826246,)), None, -2147352572])
    [70.0, [[1.0], [<CellError.NA: '#N/A'>]], None, OMITTED]
    """
    return [OMITTED if type(arg) is int and arg == MISSING else _cell(arg) for arg in args]


def _cell(held: Any) -> Any:
    if isinstance(held, tuple):
        return [_cell(item) for item in held]
    if type(held) is int and held in CODES:  # a number of a cell is a float, be it as large
        return _ERRORS.get(held, CellError.VALUE)
    return held


def sent(value: Any) -> list[list[Any]]:
    """A result as rows that COM carries, each error value as its text.

    Examples
    --------
    >>> sent([[0.7], [CellError.DIV0]]), sent(0.7)
    ([[0.7], ['#DIV/0!']], [[0.7]])
    """
    rows = value if isinstance(value, list) else [[value]]
    return [[cell.value if isinstance(cell, CellError) else cell for cell in row] for row in rows]
