"""What Calc hands over, as cells hold it, and back: the border's side of the component, without UNO.

Calc passes an argument left out as None, a range as a tuple of rows, a blank cell of a range as "", and an
error cell of an array as a NaN with the error's code in its low bits; results take the same forms. TRUE is 1:
Calc has no other form for it.
"""

import math
import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.registry import Kind, Returns

Result: TypeAlias = float | str
CODES = {
    CellError.NULL: 521,
    CellError.DIV0: 532,
    CellError.VALUE: 519,
    CellError.REF: 524,
    CellError.NAME: 525,
    CellError.NUM: 503,
    CellError.NA: 32767,
}
"""LibreOffice's own numbers of the error values that it shares with Excel."""

ERRORS = {code: error for error, code in CODES.items()}
SPREADS = (Returns.VECTOR, Returns.MATRIX, Returns.TABLE)
"""Results that fill a block of cells."""

_QUIET_NAN = 0x7FF8_0000_0000_0000


def answer(name: str, args: Sequence[Any]) -> Result | tuple[tuple[Result, ...], ...]:
    """Call a worksheet function on what Calc hands over.

    Parameters
    ----------
    name : str
        The function's name.
    args : sequence
        None, numbers, texts, tuples of rows; an open-ended list of arguments comes as one last tuple.

    Returns
    -------
    number, text or tuple of rows
        Rows where the function's results fill a block; an error value is a NaN that carries its code.

    Examples
    --------
    >>> answer("HC_LTV", (((70.0,), (35.0,)), 100.0))
    ((0.7,), (0.35,))
    """
    function = FUNCTIONS[name]
    if any(arg.kind is Kind.ANY for arg in function.args):
        args = (*args[:-1], *(args[-1] or ()))
    try:
        value: Any = call(function, _given(args))
    except WorksheetError as error:
        value = error.error
    if function.returns not in SPREADS:
        return _to_calc(value)
    rows = value if isinstance(value, list) else [[value]]
    return tuple(tuple(_to_calc(cell) for cell in row) for row in rows)


def error_number(error: CellError) -> float:
    """The number by which Calc knows an error value; #VALUE! for those that it does not have."""
    return float(
        struct.unpack("<d", struct.pack("<Q", _QUIET_NAN | CODES.get(error, CODES[CellError.VALUE])))[0]
    )


def _given(args: Sequence[Any]) -> list[Any]:
    """The arguments as cells hold them; those left out at the end are no arguments at all."""
    given = [_from_calc(arg) for arg in args]
    while given and given[-1] is OMITTED:
        given.pop()
    return given


def _from_calc(raw: Any) -> Any:
    if raw is None:
        return OMITTED
    if isinstance(raw, tuple):
        return [[_cell(cell) for cell in row] for row in raw]
    return raw


def _cell(raw: Any) -> Any:
    if raw == "":
        return None
    if isinstance(raw, float) and math.isnan(raw):
        code = struct.unpack("<Q", struct.pack("<d", raw))[0] & 0xFFFF
        return ERRORS.get(code, CellError.VALUE)
    return raw


def _to_calc(value: Any) -> Result:
    if isinstance(value, CellError):
        return error_number(value)
    return value if isinstance(value, str) else float(value)
