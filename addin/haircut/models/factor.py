"""Losses of a portfolio whose obligors share several factors: simulated, base beside converged.

Given the factors, obligors default independently of each other. Each replicate takes low-discrepancy states of the
factors, half of them from the worst few in a hundred, works out every obligor's default probability once a state, and
lets that decide many draws of who defaults. Base and converged correlations share all points and draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from haircut.models.checks import FloatArray, Table, broadcast, finite, not_negative, open_share, share
from haircut.models.conditional import MOST_SENSITIVITY, conditional_lgd, conditional_pd
from haircut.models.correlation import TOLERANCE, corr_converge, correlation_matrix, triangular_root
from haircut.models.dependence import joint_default
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.portfolio import tail_place
from haircut.models.sampling import random_bits, shifted_sobol, splitmix64

REPLICATES, POINTS, DRAWS = 8, 256, 64
"""Independent repetitions; states of the factors in each; draws of the defaults in each state."""
SEED = 20_251_031
WORST = 8
"""Half of the states are of the worst so many times 1 - confidence."""
MOST_OBLIGORS, MOST_FACTORS = 2_000, 100
MOST_CONFIDENCE = 0.999
CELLS = 1 << 16
"""Numbers worked on at a time, so that they stay in the processor's cache."""
MEASURES = ("expected loss", "value at risk", "expected shortfall")


@dataclass(frozen=True)
class Book:
    """Obligors, one item or row each: what they lose, and what moves them."""

    default_probability: FloatArray
    lgd: FloatArray
    exposure: FloatArray
    loadings: FloatArray
    sensitivity: float

    def explained(self, matrix: FloatArray) -> FloatArray:
        """Share of each obligor's variance that the factors explain, w'Cw."""
        with np.errstate(over="ignore", invalid="ignore"):
            variance: FloatArray = ((self.loadings @ matrix) * self.loadings).sum(axis=1)
        return np.maximum(variance, 0.0)


@dataclass(frozen=True)
class Draws:
    """Chance in one replicate, the same for every correlation matrix.

    ``normals`` (factors, states) are independent, the first of them below 0 in a bad state; ``weights``
    (states,) average to 1. ``round_up`` and ``shift`` (states, obligors) and ``ranks`` (obligors, draws) say
    which draws an obligor defaults in, once its default probability is known.
    """

    normals: FloatArray
    weights: FloatArray
    round_up: FloatArray
    shift: NDArray[np.uint8]
    ranks: NDArray[np.uint8]

    @classmethod
    def of(cls, replicate: int, obligors: int, factors: int, worst: float) -> "Draws":
        """Draw one replicate, half of its states from the worst share of the first normal."""
        from scipy.special import ndtri

        uniform = shifted_sobol(factors, POINTS, replicate, SEED)
        bad, first = uniform[0] < 0.5, uniform[0].copy()
        uniform[0] = np.where(bad, 2 * worst * first, 1 - 2 * (1 - worst) * (1 - first))
        bits = random_bits(splitmix64(SEED + replicate), obligors * (DRAWS + POINTS))
        order, bits = np.split(bits, [obligors * DRAWS])
        bits = bits.reshape(POINTS, obligors)
        return cls(
            ndtri(uniform),
            np.where(bad, 2 * worst, 2 * (1 - worst)),
            (bits >> 11).astype(np.float64) * 2.0**-53,
            (bits % DRAWS).astype(np.uint8),
            order.reshape(obligors, DRAWS).argsort(axis=1).astype(np.uint8),
        )


class Market:
    """A book under one correlation matrix of its factors."""

    def __init__(self, book: Book, matrix: FloatArray) -> None:
        from scipy.special import ndtri

        self.book = book
        self.threshold = ndtri(book.default_probability)
        self.explained = book.explained(matrix)
        self.own = np.sqrt(1 - self.explained)
        density = np.exp(-(self.threshold**2) / 2) / self.own
        stake = book.exposure / (book.exposure.max() or 1.0)
        worst = (stake * book.lgd * density) @ book.loadings
        self.weights = book.loadings @ _turned(triangular_root(matrix), worst)

    def expected_loss(self) -> float:
        """Exact: default and loss given default are two thresholds of jointly normal variables."""
        book = self.book
        if book.sensitivity == 0:
            return float(book.exposure @ (book.default_probability * book.lgd))
        pull = book.sensitivity / np.sqrt(1 + book.sensitivity**2)
        moved = np.where(self.explained > TOLERANCE, np.sqrt(self.explained), 0.0) * pull
        return float(book.exposure @ joint_default(book.default_probability, book.lgd, moved))

    def losses(self, draws: Draws) -> FloatArray:
        """Loss of the book in each draw of each state, shape (states, draws)."""
        systematic = draws.normals.T @ self.weights.T
        default = conditional_pd(self.threshold, systematic, self.own)
        lost = self._loss_given_default(systematic)
        # An obligor defaults in as many draws of a state as its default probability says, rounded up or down
        # by chance; its ranks, shifted digitally, say in which: so each draw is independent from name to name.
        count = (DRAWS * default + draws.round_up).astype(np.uint8)
        total = np.empty((POINTS, DRAWS))
        step = max(1, CELLS // draws.ranks.size)
        for first in range(0, POINTS, step):
            here = slice(first, first + step)
            defaulted = (draws.ranks ^ draws.shift[here, :, None]) < count[here, :, None]
            total[here] = (lost[here, None, :] @ defaulted.astype(float))[:, 0]
        return total

    def _loss_given_default(self, systematic: FloatArray) -> FloatArray:
        book = self.book
        if book.sensitivity == 0:
            return np.broadcast_to(book.exposure * book.lgd, systematic.shape)
        moving = self.explained > TOLERANCE
        standard = systematic / np.sqrt(np.where(moving, self.explained, 1.0))
        lgd = conditional_lgd(book.lgd, book.sensitivity, standard)
        return book.exposure * np.where(moving, lgd, book.lgd)


def _turned(root: FloatArray, direction: FloatArray) -> FloatArray:
    """A root of a matrix, rotated so that its first normal is what moves the direction (Householder)."""
    along = root.T @ direction
    length = np.linalg.norm(along)
    if length == 0:
        return root
    mirror = along / length
    mirror[0] -= 1
    size = mirror @ mirror
    return root - 2 * np.outer(root @ mirror, mirror) / size if size > 0 else root


def simulated(book: Book, matrices: Sequence[FloatArray], confidence: float) -> list[FloatArray]:
    """The figures of `MEASURES` in each replicate, shape (figures, replicates), under each matrix.

    The shortfall is edge + E[(L - edge)+] / (1 - confidence), least where the edge is the value at risk
    (Rockafellar and Uryasev 2000): one edge for all replicates leaves no bias of small samples.
    """
    (obligors, factors), worst = book.loadings.shape, min(0.5, WORST * (1 - confidence))
    markets = [Market(book, matrix) for matrix in matrices]
    weights = np.empty((REPLICATES, POINTS * DRAWS))
    losses = np.empty((len(markets), *weights.shape))
    for number in range(REPLICATES):
        draws = Draws.of(number, obligors, factors, worst)
        weights[number] = np.repeat(draws.weights, DRAWS)
        for market, found in zip(markets, losses, strict=True):
            found[number] = market.losses(draws).ravel()
    figures = []
    for market, found in zip(markets, losses, strict=True):
        order = found.argsort(axis=1)
        chances = np.take_along_axis(weights, order, axis=1) / found.shape[1]
        places = [each[tail_place(chance, confidence)] for each, chance in zip(order, chances, strict=True)]
        edges = found[np.arange(REPLICATES), places]
        edge = edges.mean()
        beyond = (np.maximum(found - edge, 0.0) * weights).mean(axis=1)
        expected = np.full(REPLICATES, market.expected_loss())
        figures.append(np.array([expected, edges, edge + beyond / (1 - confidence)]))
    return figures


def _columns(name: str, figures: FloatArray) -> Table:
    """The mean over the replicates, and its standard error."""
    return {
        name: figures.mean(axis=1),
        f"{name} error": figures.std(axis=1, ddof=1) / np.sqrt(REPLICATES),
    }


def _checked_book(
    pds: ArrayLike, lgds: ArrayLike, exposures: ArrayLike, loadings: ArrayLike, lgd_sensitivity: float
) -> Book:
    """The obligors; a single number serves for each row of the loadings."""
    weights = np.asarray(loadings, dtype=float)
    if weights.ndim != 2 or weights.size == 0:
        raise InvalidValue("loadings must be a block: one row an obligor, one column a factor")
    given = broadcast(pds=pds, lgds=lgds, exposures=exposures)
    count = len(weights)
    if given[0].size not in (1, count):
        raise InvalidValue(
            f"loadings has {count} rows, but there are {given[0].size} obligors; give each a row"
        )
    chances, lgd, exposure = (np.broadcast_to(vector, (count,)) for vector in given)
    share(pds=chances, lgds=lgd)
    not_negative(exposures=exposure, lgd_sensitivity=lgd_sensitivity)
    finite(loadings=weights)
    _at_most("the rows of loadings", count, MOST_OBLIGORS)
    _at_most("the columns of loadings", weights.shape[1], MOST_FACTORS)
    _at_most("lgd_sensitivity", lgd_sensitivity, MOST_SENSITIVITY)
    with np.errstate(over="ignore"):
        finite(**{"the sum of exposures": exposure.sum()})
    return Book(chances, lgd, exposure, weights, lgd_sensitivity)


def _at_most(name: str, value: float, most: float) -> None:
    if value > most:
        raise OutOfRange(f"{name} must be at most {most:,g}, but is {value:.6g}")


def _room(book: Book, base: FloatArray, converged: FloatArray, convergence: float) -> None:
    """Refuse loadings that leave an obligor no variance of its own."""
    before, after = book.explained(base), book.explained(converged)
    for where, explained in (("correlations as given", before), ("converged correlations", after)):
        worst = int(explained.argmax())
        if explained[worst] <= 1 - TOLERANCE:
            continue
        cure = "lower its loadings"
        if explained is after:
            most = convergence * (1 - before[worst]) / (after[worst] - before[worst])
            cure += f", or the convergence to below {np.floor(1000 * most) / 1000:g}"
        raise OutOfRange(
            f"loadings of obligor {worst + 1} leave it no variance of its own: with the {where} the factors"
            f" explain {explained[worst]:.6g} of it, which must be below 1; {cure}"
        )


def factor_loss(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    loadings: ArrayLike,
    factor_correlation: ArrayLike,
    signs: ArrayLike,
    convergence: float,
    confidence: float = 0.99,
    lgd_sensitivity: float = 0.0,
) -> Table:
    """Expected and tail loss of a portfolio that several factors move, base beside converged.

    Parameters
    ----------
    pds : float or array of shape (n,)
        Each obligor's probability of default over the horizon, 0 to 1.
    lgds : float or array of shape (n,)
        Mean loss given default, 0 to 1.
    exposures : float or array of shape (n,)
        Exposure at default, loan currency.
    loadings : array of shape (n, factors)
        What a rise of one standard deviation in a factor adds to the obligor's asset return, in the return's
        own standard deviations: above 0 the obligor does well when the factor rises.
    factor_correlation : array of shape (factors, factors)
        Correlations of the factors as people quote them.
    signs : array of shape (factors,)
        The bad direction of each factor: 1 where a rise is bad, -1 where a fall is bad.
    convergence : float
        0 leaves the factors' correlations as they are, 1 turns all factors bad together.
    confidence : float
        Of value at risk and expected shortfall, above 0, at most 0.999.
    lgd_sensitivity : float
        How strongly an obligor's loss given default rises as its factors turn bad for it, 0 to 10; 0 leaves
        it constant.

    Returns
    -------
    table with the columns ``measure``, ``base``, ``base error``, ``converged``, ``converged error``, ``delta``, ``delta error``
        Expected loss, which is exact, value at risk and expected shortfall, in loan currency, each with its
        standard error from 8 independent replicates. The delta is converged less base on the same draws.

    Raises
    ------
    InvalidValue
        Loadings that are no block with one row an obligor and one column a factor, lengths that differ, a
        matrix that is not square, as many signs as factors missing.
    OutOfRange
        A probability, LGD or convergence outside 0 to 1, an exposure below 0, a matrix that is no correlation
        matrix, a sign that is neither 1 nor -1, a confidence outside 0 to 0.999, a sensitivity outside 0 to
        10, more than 2,000 obligors or 100 factors; loadings that explain all of an obligor's variance or
        more, under either matrix.

    Notes
    -----
    The asset return of an obligor with loadings w is w'F + sqrt(1 - w'Cw) e: F the factors, jointly normal
    with correlation C; e its own. It defaults below Phi^-1(PD). Its variance is 1 under the base and under the
    converged matrix alike, so no PD moves with convergence, only how much of the return is common. C is that of
    HC_CORR_CONVERGE; the signs decide nothing else. So a loading above 0 on a factor whose fall is bad, or
    below 0 on one whose rise is bad, is a risk that converges with the others; the other way round it is a hedge.

    Loss given default: Phi(Phi^-1(LGD) sqrt(1 + s^2) - s z), z = w'F / sqrt(w'Cw): its mean is LGD under
    either matrix, but what correlates it with default moves the expected loss. An obligor that no factor moves
    keeps its LGD. Expected loss: the bivariate normal probability of HC_JOINT_DEFAULT at PD and LGD with
    correlation s sqrt(w'Cw) / sqrt(1 + s^2), times exposure.

    The simulation is 8 times 256 shifted Sobol states of the factors, half of them from the worst
    8 (1 - confidence) of what moves the book most, weighted accordingly, and in each 64 draws of the defaults.
    The value at risk of a book of few and equal loans moves in steps; its standard error does not show a step
    that no replicate takes.

    Examples
    --------
    Two loans that each default with probability one half: both do in more than one case in a hundred.

    >>> table = factor_loss(0.5, 0.4, 100, [[0.6, -0.2], [0.3, -0.5]], [[1, 0.1], [0.1, 1]], [-1, 1], 0.7)
    >>> table["measure"].tolist()
    ['expected loss', 'value at risk', 'expected shortfall']
    >>> table["base"].round(9).tolist(), table["converged error"].round(9).tolist()
    ([40.0, 80.0, 80.0], [0.0, 0.0, 0.0])
    """
    book = _checked_book(pds, lgds, exposures, loadings, lgd_sensitivity)
    matrix = correlation_matrix("factor_correlation", factor_correlation)
    if len(matrix) != book.loadings.shape[1]:
        raise InvalidValue(
            f"loadings must have a column for each of the {len(matrix)} factors, but has {book.loadings.shape[1]}"
        )
    open_share(confidence=confidence)
    _at_most("confidence", confidence, MOST_CONFIDENCE)
    base, converged = (corr_converge(matrix, level, signs) for level in (0.0, convergence))
    _room(book, base, converged, convergence)
    before, after = simulated(book, [base, converged], confidence)
    return {
        "measure": np.array(MEASURES, dtype=object),
        **_columns("base", before),
        **_columns("converged", after),
        **_columns("delta", after - before),
    }
