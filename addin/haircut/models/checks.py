"""Range checks shared by the models; each names the argument, the value found and the cure."""

import sys
from math import nextafter
from typing import NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from haircut.models.errors import InvalidValue, OutOfRange

FloatArray: TypeAlias = NDArray[np.float64]
Table: TypeAlias = dict[str, NDArray[np.generic]]
"""Named columns of one length, in the order in which a sheet shows them."""


SMALLEST, LARGEST = 5e-324, sys.float_info.max
JUST_BELOW_ONE, JUST_ABOVE_MINUS_ONE = nextafter(1.0, 0.0), nextafter(-1.0, 0.0)


def _within(low: float, high: float, rule: str, values: dict[str, float | FloatArray]) -> None:
    """Refuse what lies outside the two ends, both allowed; NaN compares false with them, infinity lies beyond."""
    for name, value in values.items():
        if isinstance(value, float | int):
            if not low <= value <= high:
                _refuse(name, np.asarray(value, dtype=float), low, high, rule)
        else:
            array = np.asarray(value, dtype=float)
            if not (array.min(initial=high) >= low and array.max(initial=low) <= high):
                _refuse(name, array, low, high, rule)


def _refuse(name: str, array: FloatArray, low: float, high: float, rule: str) -> NoReturn:
    wrong = ~((array >= low) & (array <= high))
    place = f" (item {int(np.argmax(wrong.ravel())) + 1})" if array.size > 1 else ""
    raise OutOfRange(f"{name} must be {rule}, but is {array[wrong].flat[0]:.6g}{place}")


def finite(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is a finite number."""
    _within(-LARGEST, LARGEST, "a finite number", values)


def not_negative(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is at least 0."""
    _within(0.0, LARGEST, "at least 0", values)


def positive(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above 0."""
    _within(SMALLEST, LARGEST, "above 0", values)


def share(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is between 0 and 1."""
    _within(0.0, 1.0, "between 0 and 1", values)


def open_share(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above 0 and below 1."""
    _within(SMALLEST, JUST_BELOW_ONE, "above 0 and below 1", values)


def below_one(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is below 1, as a rate of decline must be."""
    _within(-LARGEST, JUST_BELOW_ONE, "below 1", values)


def above_minus_one(**values: float | FloatArray) -> None:
    """Raise `OutOfRange` unless each value is above -1, as a rate of growth or interest must be."""
    _within(JUST_ABOVE_MINUS_ONE, LARGEST, "above -1", values)


def same_length(**vectors: FloatArray) -> None:
    """Raise `InvalidValue` unless all vectors have the same number of items."""
    lengths = {name: vector.size for name, vector in vectors.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise InvalidValue(f"lengths differ: {listed}; give ranges of one length")


def as_vector(name: str, values: object) -> FloatArray:
    """Return the values as a one-dimensional array, or raise `InvalidValue`."""
    try:
        array = np.array(values, dtype=float, ndmin=1)
    except (TypeError, ValueError):
        raise InvalidValue(f"{name} must hold numbers") from None
    if array.ndim != 1 or array.size == 0:
        raise InvalidValue(f"{name} must be one row or one column with at least one item")
    return array


def broadcast(**values: object) -> list[FloatArray]:
    """Return the values as vectors of one length; a single number serves for every item."""
    vectors = [as_vector(name, value) for name, value in values.items()]
    longest = max(vector.size for vector in vectors)
    if any(vector.size not in (1, longest) for vector in vectors):
        same_length(**{name: vector for name, vector in zip(values, vectors, strict=True) if vector.size > 1})
    return [vector if vector.size == longest else np.full(longest, vector[0]) for vector in vectors]


def ratio(over: FloatArray, under: FloatArray, where_zero: float) -> FloatArray:
    """Divide item by item; where the denominator is 0, put the given value."""
    answer: FloatArray = np.divide(over, under, out=np.full(over.shape, where_zero), where=under > 0)
    return answer


def whole(name: str, value: float, low: int, high: int) -> int:
    """Return a whole number within its limits, or raise `OutOfRange`."""
    if not np.isfinite(value) or value != int(value) or not low <= value <= high:
        raise OutOfRange(f"{name} must be a whole number from {low} to {high:,}, but is {value:.6g}")
    return int(value)
