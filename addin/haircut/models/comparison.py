"""The one comparison of covenants and thresholds: to 15 significant digits, as Excel compares."""

from math import isclose

ROUNDING = 2e-14
"""Share by which two numbers that round to the same 15 digits may differ at most, and a little more."""


def fifteen_digits(x: float) -> float:
    """Round to 15 significant digits.

    >>> fifteen_digits(0.1 + 0.2) == 0.3
    True
    """
    return float(f"{x:.15g}")


def at_least(a: float, b: float) -> bool:
    """Whether a is at least b, both rounded to 15 significant digits.

    >>> at_least(0.3, 0.1 + 0.2)
    True
    """
    return a >= b or (isclose(a, b, rel_tol=ROUNDING) and fifteen_digits(a) >= fifteen_digits(b))
