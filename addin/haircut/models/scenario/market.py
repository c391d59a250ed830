"""The factors: how shocks become levels of coin, rent, power and spread, and how bad a state is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray
from haircut.models.scenario.terms import DT, FACTORS, Factor

Quarters: TypeAlias = int | NDArray[np.int64]
"""One quarter for all paths, or one a path; the first is 1."""


@dataclass(frozen=True)
class Law:
    """How a factor's level follows from its cumulated shocks."""

    factor: Factor

    def scale(self, quarter: Quarters) -> tuple[FloatArray, float]:
        """(a, b) such that a exp(b W) is the level at the end of a quarter, given the walk W there."""
        f = self.factor
        growth = (f.drift - f.volatility**2 / 2) * DT
        return f.level * np.exp(growth * np.asarray(quarter, float)), f.volatility * sqrt(DT)

    def scale_within(self, quarter: int) -> tuple[float, float]:
        """(a, b) such that a exp(b M) is the expected level in the middle of a quarter.

        M is the mean of the walks at the quarter's two ends, whose variance is quarter - 3/4.
        """
        f = self.factor
        variance = f.volatility**2 * DT * (quarter - 0.75)
        return f.level * exp(f.drift * (quarter - 0.5) * DT - variance / 2), f.volatility * sqrt(DT)


class Market:
    """The factors of one scenario: how independent walks become levels, and how bad a state is."""

    def __init__(self, laws: Mapping[str, Law], names: Sequence[str], loadings: FloatArray) -> None:
        self.laws = laws
        self.rows = dict(zip(names, loadings, strict=True))
        turned = [
            FACTORS[name].sign * row for name, row in self.rows.items() if laws[name].factor.volatility > 0
        ]
        self.stress_row = np.mean(turned or [np.zeros(len(names))], axis=0)

    def level(self, name: str, walk: FloatArray, quarter: Quarters) -> FloatArray:
        """Levels of coin, rent or power at the end of a quarter, or of one quarter a path."""
        return self._exponential(name, walk, *self.laws[name].scale(quarter))

    def level_within(self, name: str, middle: FloatArray, quarter: int) -> FloatArray:
        """Expected levels in the middle of a quarter, given the mean of the walks at its ends."""
        return self._exponential(name, middle, *self.laws[name].scale_within(quarter))

    def _exponential(self, name: str, walk: FloatArray, a: float | FloatArray, b: float) -> FloatArray:
        if b == 0:
            return np.atleast_1d(a)
        level = _combined(self.rows[name] * b, walk)
        np.exp(level, out=level)
        level *= a
        return level

    def refi_spread(self, walk: FloatArray, quarter: int) -> FloatArray:
        """The spread of a new loan, never below 0."""
        factor = self.laws["refi_spread"].factor
        moved = _combined(self.rows["refi_spread"] * (factor.volatility * sqrt(DT)), walk)
        return np.maximum(factor.level + factor.drift * quarter * DT + moved, 0.0)

    def stress(self, walk: FloatArray, quarter: Quarters) -> FloatArray:
        """Average shock so far of the factors that move, + in their bad direction, in standard deviations; at least 0."""
        return np.maximum(_combined(self.stress_row, walk) / np.sqrt(quarter), 0.0)


def _combined(row: FloatArray, walk: FloatArray) -> FloatArray:
    """Weighted sum of the first walks, term by term in one order, so that every machine rounds alike."""
    total: FloatArray = row[0] * walk[0]
    for weight, one in zip(row[1 : len(walk)], walk[1:], strict=True):
        if weight != 0:
            total += weight * one
    return total
