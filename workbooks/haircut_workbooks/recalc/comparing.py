"""Excel's comparisons for an engine that compares raw doubles: to 15 significant digits, blanks as zeros."""

from typing import Any

from haircut.models.comparison import fifteen_digits

_RANK = {float: 0, int: 0, str: 1, bool: 2}


def compare(operator: str, a: Any, b: Any) -> Any:
    """Compare two values, or two ranges item by item, as Excel's operators do.

    >>> compare(">=", 1.25 - 3e-16, 1.25), compare("=", "Yes", "yes"), compare("<", None, 1.0)
    (True, True, True)
    >>> compare("<", [[1.0], [3.0]], 2.0)
    [[True], [False]]
    """
    if not isinstance(a, list) and not isinstance(b, list):
        return _single(operator, a, b)
    left = a if isinstance(a, list) else [[a]]
    right = b if isinstance(b, list) else [[b]]
    rows, columns = max(len(left), len(right)), max(len(left[0]), len(right[0]))
    return [
        [_single(operator, _item(left, r, c), _item(right, r, c)) for c in range(columns)]
        for r in range(rows)
    ]


def _item(grid: list[list[Any]], r: int, c: int) -> Any:
    """One item of a range; a single row or column serves for all, beyond a longer one there is #N/A."""
    r, c = (r if len(grid) > 1 else 0), (c if len(grid[0]) > 1 else 0)
    return grid[r][c] if r < len(grid) and c < len(grid[0]) else {"type": "Error", "kind": "Na"}


def item(grid: Any, row: float, column: float) -> Any:
    """Take from an array formula's result what one cell of its block shows; rows and columns count from 1.

    >>> item([[1.0], [2.0]], 2.0, 3.0), item(5.0, 2.0, 2.0)
    (2.0, 5.0)
    """
    return _item(grid, int(row) - 1, int(column) - 1) if isinstance(grid, list) else grid


def _single(operator: str, a: Any, b: Any) -> Any:
    for value in (a, b):
        if isinstance(value, dict):
            return value
    a, b = _filled(a, b), _filled(b, a)
    if _RANK[type(a)] != _RANK[type(b)]:
        a, b = _RANK[type(a)], _RANK[type(b)]
    elif isinstance(a, str):
        a, b = a.casefold(), b.casefold()
    elif not isinstance(a, bool) and a != b:
        a, b = fifteen_digits(a), fifteen_digits(b)
    match operator:
        case "=":
            return a == b
        case "<>":
            return a != b
        case "<":
            return a < b
        case ">":
            return a > b
        case "<=":
            return a <= b
        case _:
            return a >= b


def _filled(value: Any, other: Any) -> Any:
    """A blank takes the kind of what it is compared with."""
    if value is not None:
        return value
    return False if isinstance(other, bool) else "" if isinstance(other, str) else 0.0


def rounded(grid: Any) -> Any:
    """Every number of a value or range to 15 significant digits, for the criteria of COUNTIF and its kin.

    >>> rounded([[0.1 + 0.2, "x"]])
    [[0.3, 'x']]
    """
    if isinstance(grid, list):
        return [[rounded(cell) for cell in row] for row in grid]
    return fifteen_digits(grid) if isinstance(grid, float) else grid


def numbers(grid: Any) -> Any:
    """The numbers of a range in one row, as IRR takes them: blanks, text and booleans are left out.

    >>> numbers([[-10.0, None, "x", 12.0]]), numbers(5.0)
    ([[-10.0, 12.0]], 5.0)
    """
    if not isinstance(grid, list):
        return grid
    cells = [cell for row in grid for cell in row]
    errors = [cell for cell in cells if isinstance(cell, dict)]
    kept = [cell for cell in cells if isinstance(cell, float | int) and not isinstance(cell, bool)]
    return errors[0] if errors else [kept] if kept else {"type": "Error", "kind": "Num"}
