"""What chance brings: the cumulated shocks of each factor, quarter by quarter, and the tenant's luck.

Low-discrepancy points decide a cell's value: Sobol points, shifted digitally, one independent shift a
replicate. Each factor's path is built from its principal components, so that the first dimensions carry most
of it. Plain Monte Carlo draws serve as a cross-check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from haircut.models.checks import FloatArray
from haircut.models.errors import OutOfRange
from haircut.models.sampling import shifted_sobol

REPLICATES = 8
KEPT_POINTS, MOST_IN_BLOCK = 1_024, 32_768
SEED = 20_251_031


@dataclass(frozen=True)
class Draws:
    """Independent standard shocks of a block of paths.

    ``walks`` gives for each quarter the cumulated shocks, shape (factors, paths), before correlation;
    ``luck`` is uniform, one number a path, and decides when the tenant defaults.
    """

    walks: Iterator[FloatArray]
    luck: FloatArray


def points_of(paths: float) -> int:
    """Points of each replicate, or raise `OutOfRange`.

    >>> points_of(8192)
    1024
    """
    allowed = [REPLICATES * 2**k for k in range(6, 15)]
    if paths not in allowed:
        raise OutOfRange(f"paths must be one of {', '.join(f'{n:,}' for n in allowed)}, but is {paths:,.6g}")
    return int(paths) // REPLICATES


def blocks(points: int) -> list[range]:
    """The replicates, in blocks of at most so many paths, so that memory stays small."""
    together = max(1, MOST_IN_BLOCK // points)
    return [range(first, min(first + together, REPLICATES)) for first in range(0, REPLICATES, together)]


def sobol_draws(quarters: int, factors: int, points: int, replicates: range) -> Draws:
    """Low-discrepancy paths, replicate after replicate; those of ordinary calls are kept for the next one."""
    draw = _kept if points <= KEPT_POINTS else _kept.__wrapped__
    walks, luck = draw(quarters, factors, points, replicates)
    return Draws(iter(walks), luck)


@lru_cache(maxsize=4)
def _kept(quarters: int, factors: int, points: int, replicates: range) -> tuple[FloatArray, FloatArray]:
    from scipy.special import ndtri

    dimensions = 1 + quarters * factors
    uniform = np.hstack([shifted_sobol(dimensions, points, number, SEED) for number in replicates])
    paths = uniform.shape[1]
    normal = ndtri(uniform[1:]).reshape(quarters, factors, paths)
    # Component by component: a product of matrices rounds otherwise on another kind of processor.
    walks = np.zeros((quarters, factors, paths))
    for quarter, weights in enumerate(brownian_components(quarters)):
        for weight, component in zip(weights, normal, strict=True):
            walks[quarter] += weight * component
    return walks, uniform[0]


def brownian_components(steps: int) -> FloatArray:
    """Principal components of a random walk with unit steps: a walk is this matrix times independent normals.

    Returns
    -------
    array of shape (steps, steps)
        The largest component first. B B' is the walk's covariance, min(i, j).

    Examples
    --------
    >>> b = brownian_components(3)
    >>> (b @ b.T).round(12).tolist()
    [[1.0, 1.0, 1.0], [1.0, 2.0, 2.0], [1.0, 2.0, 3.0]]
    """
    at, component = np.arange(1, steps + 1)[:, None], np.arange(1, steps + 1)[None, :]
    angle = (2 * component - 1) * np.pi / (2 * steps + 1)
    matrix: FloatArray = np.sin(at * angle) / (np.sqrt(2 * steps + 1) * np.sin(angle / 2))
    return matrix


def plain_draws(quarters: int, factors: int, points: int, replicates: range) -> Draws:
    """Plain Monte Carlo paths, one stream a block, to check the others by."""
    seeds = np.random.SeedSequence(SEED, spawn_key=(replicates.start,))
    stream, shape = np.random.Generator(np.random.SFC64(seeds)), (factors, points * len(replicates))
    luck = stream.random(shape[1])

    def walks() -> Iterator[FloatArray]:
        walk = np.zeros(shape)
        for _ in range(quarters):
            walk = walk + stream.standard_normal(shape)
            yield walk

    return Draws(walks(), luck)
