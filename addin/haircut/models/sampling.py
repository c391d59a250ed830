"""Low-discrepancy points that are the same on every machine: Sobol points, shifted by digits of our own.

Helpers of the simulated models. The points are Sobol's with the direction numbers of Joe and Kuo (2008), not
scrambled; the shift is an exclusive or with a number that splitmix64 makes of seed, replicate and dimension. No
library's random stream decides a cell's value.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray

BITS = 32
_MASK = 2**64 - 1


def splitmix64(state: int) -> int:
    """The output of Steele, Lea and Flood's generator (2014) whose state, advanced once, is hashed.

    >>> splitmix64(1234567)
    6457827717110365317
    """
    z = (state + 0x9E3779B97F4A7C15) & _MASK
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
