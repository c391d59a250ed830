"""Range checks shared by the models; each names the argument, the value found and the cure."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from haircut.models.errors import InvalidValue, OutOfRange

FloatArray: TypeAlias = NDArray[np.float64]
Table: TypeAlias = dict[str, NDArray[np.generic]]
"""Named columns of one length, in the order in which a sheet shows them."""


def _refuse(values: dict[str, float | FloatArray], bad: Callable[[FloatArray], object], rule: str) -> None:
    for name, value in values.items():
        array = np.asarray(value, dtype=float)
        wrong = np.asarray(bad(array)) | ~np.isfinite(array)
        if wrong.any():
            place = f" (item {int(np.argmax(wrong.ravel())) + 1})" if array.size > 1 else ""
            raise OutOfRange(f"{name} must be {rule}, but is {array[wrong].flat[0]:.6g}{place}")


def finite(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is a finite number."""
    _refuse(values, lambda x: np.zeros(x.shape, bool), "a finite number")


def not_negative(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is at least 0."""
    _refuse(values, lambda x: x < 0, "at least 0")


def positive(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above 0."""
    _refuse(values, lambda x: x <= 0, "above 0")


def share(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is between 0 and 1."""
    _refuse(values, lambda x: (x < 0) | (x > 1), "between 0 and 1")


def open_share(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above 0 and below 1."""
    _refuse(values, lambda x: (x <= 0) | (x >= 1), "above 0 and below 1")


def below_one(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is below 1, as a rate of decline must be."""
    _refuse(values, lambda x: x >= 1, "below 1")


def above_minus_one(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above -1, as a rate of growth or interest must be."""
    _refuse(values, lambda x: x <= -1, "above -1")


def same_length(**vectors: FloatArray) -> None:
    """Raise `InvalidValue` unless all vectors have the same number of items."""
    lengths = {name: vector.size for name, vector in vectors.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise InvalidValue(f"lengths differ: {listed}; give ranges of one length")


def as_vector(name: str, values: object) -> FloatArray:
    """Return the values as a one-dimensional array, or raise `InvalidValue`."""
    try:
        array = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise InvalidValue(f"{name} must hold numbers") from None
    if array.ndim != 1 or array.size == 0:
        raise InvalidValue(f"{name} must be one row or one column with at least one item")
    return array


def broadcast(**values: object) -> list[FloatArray]:
    """Return the values as vectors of one length; a single number serves for every item."""
    vectors = {name: as_vector(name, value) for name, value in values.items()}
    longest = max(vector.size for vector in vectors.values())
    same_length(**{name: vector for name, vector in vectors.items() if vector.size > 1})
    return [np.broadcast_to(vector, (longest,)) for vector in vectors.values()]


def ratio(over: FloatArray, under: FloatArray, where_zero: float) -> FloatArray:
    """Divide item by item; where the denominator is 0, put the given value."""
    answer: FloatArray = np.divide(over, under, out=np.full(over.shape, where_zero), where=under > 0)
    return answer


def whole(name: str, value: float, low: int, high: int) -> int:
    """Return a whole number within its limits, or raise `OutOfRange`."""
    if not np.isfinite(value) or value != int(value) or not low <= value <= high:
        raise OutOfRange(f"{name} must be a whole number from {low} to {high:,}, but is {value:.6g}")
    return int(value)
