"""Calls and answers as JSON.

A request is ``{"calls": [{"name": "HC_LTV", "args": [ARG, ...]}, ...]}``; an argument is a list of rows, or
null where it was left out; a cell is a number, a text, a boolean, null for a blank, or ``{"error": "#N/A"}``.
An answer has one item a call: ``{"value": ROWS}`` with cells of the same form, or ``{"error": "#NUM!",
"why": "..."}``. NaN and infinity are no JSON and are refused both ways.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

from haircut.cells import OMITTED, call, unknown_function
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS


@dataclass(frozen=True)
class Limits:
    """What one request may ask for; the script in Excel keeps its requests within them."""

    body: int = 16_000_000
    calls: int = 1_000
    cells: int = 200_000
    seconds: float = 30.0
    idle: int = 5
    """Seconds until a connection on which no request begins is closed."""


class BadRequest(Exception):
    """A request that is not answered: the HTTP status and what is wrong."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """One call as it came in."""

    name: str
    args: list[Any]

    def answer(self) -> dict[str, Any]:
        """Call the function; whatever goes wrong is an error value and its reason."""
        function = FUNCTIONS.get(self.name)
        if function is None:
            return refused(CellError.NAME, unknown_function(self.name))
        try:
            value = call(function, self.args)
        except WorksheetError as error:
            return refused(error.error, error.why)
        rows = value if isinstance(value, list) else [[value]]
        return {"value": [[_cell_out(cell) for cell in row] for row in rows]}


def refused(error: CellError, why: str) -> dict[str, Any]:
    """Give the answer to a call that ends in an error value."""
    return {"error": error.value, "why": why}


def read_calls(body: bytes, limits: Limits) -> list[Asked]:
    """Read the calls of a request.

    Parameters
    ----------
    body : bytes
        The request's body.
    limits : Limits
        The largest number of calls, and of cells in their arguments.

    Raises
    ------
    BadRequest
        400 if the body is not JSON of the form above; 413 if there are too many calls or cells.

    Examples
    --------
    >>> asked = read_calls(b'{"calls": [{"name": "HC_LTV", "args": [[[70]], [[100]]]}]}', Limits())
    >>> asked[0].answer()
    {'value': [[0.7]]}
    """
    try:
        held = json.loads(body, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise BadRequest(400, "the request is not JSON") from None
    calls = held.get("calls") if isinstance(held, dict) else None
    if not isinstance(calls, list):
        raise BadRequest(400, 'the request must be {"calls": [...]}')
    if len(calls) > limits.calls:
        raise BadRequest(413, f"{len(calls)} calls in one request; the most is {limits.calls}")
    cells = sum(1 for _ in _cells(calls))
    if cells > limits.cells:
        raise BadRequest(413, f"{cells} cells in one request; the most is {limits.cells}")
    return [_asked(item) for item in calls]


def written(answers: list[dict[str, Any]]) -> bytes:
    """Write the answers as JSON."""
    return json.dumps({"answers": answers}, allow_nan=False, separators=(",", ":")).encode()


def _no_json(literal: str) -> NoReturn:
    raise ValueError(f"{literal} is no JSON")


def _cells(calls: list[Any]) -> Iterator[Any]:
    """Every cell of every argument, whatever else is wrong with the calls."""
    args = chain.from_iterable(c["args"] for c in calls if isinstance(c, dict) and _is_list(c.get("args")))
    rows = chain.from_iterable(arg for arg in args if _is_list(arg))
    return chain.from_iterable(row if _is_list(row) else (row,) for row in rows)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _asked(item: Any) -> Asked:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not _is_list(item.get("args")):
        raise BadRequest(400, 'a call must be {"name": "...", "args": [...]}')
    return Asked(item["name"], [_arg(arg) for arg in item["args"]])


def _arg(arg: Any) -> Any:
    if arg is None:
        return OMITTED
    if not _is_list(arg) or not all(_is_list(row) for row in arg):
        raise BadRequest(400, "an argument must be null or a list of rows")
    return [[_cell_in(cell) for cell in row] for row in arg]


def _cell_in(cell: Any) -> Any:
    if cell is None or isinstance(cell, bool | int | float | str):
        return cell
    spelled = cell.get("error") if isinstance(cell, dict) else None
    error = next((error for error in CellError if error.value == spelled), None)
    if error is None:
        raise BadRequest(400, 'a cell must be a number, a text, a boolean, null or {"error": "#N/A"}')
    return error


def _cell_out(cell: Any) -> Any:
    return {"error": cell.value} if isinstance(cell, CellError) else cell
