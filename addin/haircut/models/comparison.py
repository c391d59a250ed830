"""The one comparison of covenants and thresholds: to 15 significant digits, as Excel compares."""


def fifteen_digits(x: float) -> float:
    """Round to 15 significant digits.

    >>> fifteen_digits(0.1 + 0.2) == 0.3
    True
    """
    return float(f"{x:.15g}")
