"""Low-discrepancy points that are the same on every machine: Sobol points, shifted by digits of our own.

Helpers of the simulated models. The points are Sobol's with the direction numbers of Joe and Kuo (2008), not
scrambled; the shift is an exclusive or with a number that splitmix64 makes of seed, replicate and dimension. What
needs no even spread takes splitmix64's own stream. No library's random stream decides a cell's value.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray

BITS = 32
_MASK = 2**64 - 1
_GAMMA = 0x9E3779B97F4A7C15


def splitmix64(state: int) -> int:
    """The output of Steele, Lea and Flood's generator (2014) whose state, advanced once, is hashed.

    >>> splitmix64(1234567)
    6457827717110365317
    """
    word: int = _hashed((state + _GAMMA) & _MASK)
    return word


def random_bits(seed: int, count: int) -> NDArray[np.uint64]:
    """The first outputs of splitmix64 from a seed: 64 independent bits each.

    >>> random_bits(1234567, 2).tolist()
    [6457827717110365317, 3203168211198807973]
    """
    states = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GAMMA) + np.uint64(seed & _MASK)
    words: NDArray[np.uint64] = _hashed(states)
    return words


def _hashed(z: Any) -> Any:
    """The 64 bits that a state, or each of an array of them, gives out."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def shifted_sobol(dimensions: int, points: int, replicate: int, seed: int) -> FloatArray:
    """Points of one replicate: every dimension fills its dyadic intervals evenly, whatever the shift.

    Parameters
    ----------
    dimensions : int
        At most 21,201.
    points : int
        A power of two.
    replicate, seed : int
        Which independent shift.

    Returns
    -------
    array of shape (dimensions, points)
        Above 0 and below 1.

    Examples
    --------
    >>> x = shifted_sobol(3, 8, 0, 1)
    >>> sorted((x[2] * 8).astype(int).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    start = splitmix64(seed ^ splitmix64(replicate))
    shifts = [splitmix64(start ^ splitmix64(dimension)) >> (64 - BITS) for dimension in range(dimensions)]
    digits = _sobol_digits(dimensions, points) ^ np.array(shifts, np.uint32)[:, None]
    return (digits.astype(np.float64) + 0.5) / 2.0**BITS


@lru_cache(maxsize=4)
def _sobol_digits(dimensions: int, points: int) -> NDArray[np.uint32]:
    """The first points' binary digits, one row a dimension."""
    from scipy.stats import qmc

    unit = qmc.Sobol(dimensions, scramble=False, bits=BITS).random(points)
    return np.ascontiguousarray((unit.T * 2.0**BITS).astype(np.uint32))
