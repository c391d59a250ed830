"""Losses of a portfolio whose obligors share one factor: exact, base beside converged."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, Table, broadcast, not_negative, open_share, positive, share
from haircut.models.conditional import (
    MOST_SENSITIVITY,
    conditional_lgd,
    conditional_pd,
    default_threshold,
)
from haircut.models.dependence import check_degrees
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.market import price_impact
from haircut.models.quadrature import FactorNodes, Fineness, factor_nodes
from haircut.models.recursion import STEPS, loss_distribution, loss_unit, steps_needed, tail_contributions

MOST_OBLIGORS, MOST_IN_STUDENT_T = 1000, 200
MOST_STEPS = 3e9
"""Steps of the recursion that a cell may wait for: some ten seconds."""
MOST_CONFIDENCE = 0.999999
MOVING_STEP, MANY = 0.01, 100
"""Step of the factor where LGD moves; in proportion longer for more obligors, whose losses fill the gaps."""
SLACK = 1e-10
"""A confidence is reached where the probability is short of it by no more than this."""
TINY = 1e-300
CELLS = 1 << 21
"""Obligors times states held at a time."""
MEASURES = ("expected loss", "standard deviation", "value at risk", "expected shortfall")


def tail_loss(losses: FloatArray, probabilities: FloatArray, confidence: float) -> tuple[float, float]:
    """Value at risk and expected shortfall of a discrete loss distribution.

    Parameters
    ----------
    losses : array of shape (n,)
        Losses that can occur, rising.
    probabilities : array of shape (n,)
        Of each.
    confidence : float
        Above 0, below 1.

    Returns
    -------
    tuple of float
        The smallest loss that is not exceeded with that confidence, and the mean of the value at risk over
        all confidences from this one to 1, which is coherent also where a loss has a probability of its own.

    Notes
    -----
    VaR + E[(L - VaR)+] / (1 - a); Acerbi and Tasche (2002), On the coherence of expected shortfall.

    Examples
    --------
    >>> value_at_risk, shortfall = tail_loss(np.array([0.0, 50.0, 100.0]), np.array([0.9, 0.08, 0.02]), 0.95)
    >>> value_at_risk, round(shortfall, 9)
    (50.0, 70.0)
    """
    value_at_risk = float(losses[tail_place(probabilities, confidence)])
    beyond = float((np.maximum(losses - value_at_risk, 0.0) * probabilities).sum())
    return value_at_risk, value_at_risk + beyond / (1 - confidence)


def tail_place(probabilities: FloatArray, confidence: float) -> int:
    """Place of the smallest loss that is not exceeded with that confidence, the losses rising.

    >>> tail_place(np.array([0.9, 0.08, 0.02]), 0.95)
    1
    """
    reached = np.cumsum(probabilities) >= confidence - SLACK
    return int(np.argmax(reached)) if reached.any() else probabilities.size - 1


@dataclass(frozen=True)
class Book:
    """Obligors, and what their defaults and losses depend on besides correlation: one item an obligor."""

    default_probability: FloatArray
    lgd: FloatArray
    exposure: FloatArray
    degrees: float | None = None
    sensitivity: float = 0.0
    units: FloatArray | None = None
    depth: float = 0.0

    @property
    def moving(self) -> bool:
        """Whether the loss given default depends on the state of the factor."""
        return self.sensitivity > 0 or self.units is not None

    @property
    def fineness(self) -> Fineness:
        """Short steps where each value of the factor is another loss, and no mixing variable fills in."""
        if self.moving and self.degrees is None:
            return Fineness(longest=MOVING_STEP * max(1.0, self.lgd.size / MANY))
        return Fineness()

    @property
    def unit(self) -> float:
        """Step of the grid that losses are counted on."""
        if self.moving:
            return float(self.exposure.sum()) / STEPS or 1.0
        return loss_unit(self.lgd * self.exposure)

    def nodes(self, correlation: FloatArray) -> FactorNodes:
        """States of the factor, fine enough for these obligors."""
        return factor_nodes(self.default_probability, correlation, self.degrees, self.fineness)

    def states(self, correlation: FloatArray) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
        """Weights of the factor's states (m,), and in each the default probabilities and losses (n, m).

        The losses are one column where they do not depend on the state.
        """
        nodes = self.nodes(correlation)
        threshold = default_threshold(self.default_probability, self.degrees)[:, None]
        loading, own = np.sqrt(correlation)[:, None], np.sqrt(np.maximum(1 - correlation, TINY))[:, None]
        count = max(1, CELLS // correlation.size)
        for first in range(0, nodes.weights.size, count):
            here = slice(first, first + count)
            factor = nodes.factor[here]
            default = conditional_pd(threshold * nodes.scale[here], loading * factor, own)
            yield nodes.weights[here], default, self._losses(factor, default)

    def _losses(self, factor: FloatArray, default: FloatArray) -> FloatArray:
        lgd = self.lgd[:, None]
        if self.sensitivity > 0:
            lgd = conditional_lgd(lgd, self.sensitivity, factor)
        if self.units is not None:
            impact = price_impact(self.units @ default, self.depth, "exponential")
            lgd = np.where(self.units[:, None] > 0, 1 - (1 - lgd) * (1 - impact), lgd)
        return lgd * self.exposure[:, None]

    @property
    def top(self) -> int:
        """Highest loss on the grid, in units."""
        most = self.exposure if self.moving else self.lgd * self.exposure
        return int(np.ceil(most / self.unit).sum())

    def affordable(self, correlation: FloatArray) -> None:
        """Raise `OutOfRange` where the distribution would keep a cell waiting for minutes."""
        unit, top = self.unit, self.top
        if self.lgd.size * self.nodes(correlation).weights.size * top <= MOST_STEPS:
            return
        states = self.states(correlation)
        steps = sum(steps_needed(default, losses / unit, top) for _, default, losses in states)
        if steps > MOST_STEPS:
            raise OutOfRange(
                f"pds of {self.lgd.size:,} obligors with this correlation take {steps / MOST_STEPS:.1f} times as"
                " long as a cell may; give fewer obligors, a lower correlation or convergence, losses (lgds times"
                " exposures) rounded to a larger common unit, or no degrees"
            )

    def distribution(self, correlation: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Losses on the grid, and their probabilities."""
        unit, top = self.unit, self.top
        chances = np.zeros(top + 1)
        for weights, default, losses in self.states(correlation):
            chances += loss_distribution(default, losses / unit, weights[:, None], top)[:, 0]
        return unit * np.arange(top + 1.0), chances

    def measures(self, correlation: FloatArray, confidence: float) -> FloatArray:
        """The figures named in `MEASURES`."""
        stated = float(self.default_probability @ (self.lgd * self.exposure))
        excess = square = 0.0
        for weights, default, losses in self.states(correlation):
            gap = (default * losses).sum(axis=0) - stated
            excess += float(weights @ gap)
            square += float(weights @ (gap**2 + (default * (1 - default) * losses**2).sum(axis=0)))
        deviation = sqrt(max(square - excess**2, 0.0))
        mean = stated + excess if self.moving else stated
        return np.array([mean, deviation, *tail_loss(*self.distribution(correlation), confidence)])


def most_obligors(name: str, count: int, degrees: float | None) -> None:
    """Raise `OutOfRange` where there are more obligors than a cell should wait for."""
    most = MOST_OBLIGORS if degrees is None else MOST_IN_STUDENT_T
    if count > most:
        where = "" if degrees is None else " in a Student t copula"
        raise OutOfRange(f"{name} must be of at most {most:,} obligors{where}, but are of {count:,}")


def book_and_correlations(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    correlation: ArrayLike,
    convergence: float,
    degrees: float | None = None,
    lgd_sensitivity: float = 0.0,
    units: ArrayLike | None = None,
    depth: float | None = None,
) -> tuple[Book, FloatArray, FloatArray]:
    """Check the arguments that the functions of a portfolio share; the correlations are base and converged.

    >>> book, base, converged = book_and_correlations([0.02, 0.05], 0.4, 100, 0.2, 0.5)
    >>> book.exposure.tolist(), converged.round(9).tolist()
    ([100.0, 100.0], [0.6, 0.6])
    """
    if (units is None) != (depth is None):
        raise InvalidValue("units and depth go together: give both or neither")
    chances, lgd, exposure, rho, held = broadcast(
        pds=pds,
        lgds=lgds,
        exposures=exposures,
        correlation=correlation,
        units=0.0 if units is None else units,
    )
    share(pds=chances, lgds=lgd, correlation=rho, convergence=convergence)
    not_negative(exposures=exposure, units=held, lgd_sensitivity=lgd_sensitivity)
    most_obligors("pds", chances.size, degrees)
    if lgd_sensitivity > MOST_SENSITIVITY:
        raise OutOfRange(
            f"lgd_sensitivity must be at most {MOST_SENSITIVITY:g}, but is {lgd_sensitivity:.6g}"
        )
    if degrees is not None:
        check_degrees(np.array([degrees]))
    if depth is not None:
        positive(depth=depth)
    book = Book(
        chances, lgd, exposure, degrees, lgd_sensitivity, None if units is None else held, depth or 0.0
    )
    converged = np.minimum(rho + float(convergence) * (1 - rho), 1.0)
    book.affordable(rho)
    book.affordable(converged)
    return book, rho, converged


def _confidence(confidence: float) -> None:
    open_share(confidence=confidence)
    if confidence > MOST_CONFIDENCE:
        raise OutOfRange(f"confidence must be at most {MOST_CONFIDENCE}, but is {confidence:.9g}")


def portfolio_loss(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    correlation: ArrayLike,
    convergence: float = 0.0,
    confidence: float = 0.99,
    degrees: float | None = None,
    lgd_sensitivity: float = 0.0,
    units: ArrayLike | None = None,
    depth: float | None = None,
) -> Table:
    """Expected and tail loss of a portfolio under one common factor, exact, base beside converged.

    Parameters
    ----------
    pds : float or array of shape (n,)
        Probability of default of each obligor over the horizon.
    lgds : float or array of shape (n,)
        Loss given default, a share of the exposure.
    exposures : float or array of shape (n,)
        Exposure at default, USD; at most 1,000 obligors, 200 in a Student t copula.
    correlation : float or array of shape (n,)
        Asset correlation of each obligor with the others, 0 to 1: the square of its loading on the factor.
    convergence : float
        0 leaves the correlation as it is, 1 is full convergence: one factor alone decides.
    confidence : float
        Of value at risk and expected shortfall, above 0 to 0.999999.
    degrees : float, optional
        Degrees of freedom of a Student t copula, 1 or more; without them the copula is Gaussian.
    lgd_sensitivity : float
        How strongly the loss given default rises as the factor falls, 0 to 10; its mean stays what is stated.
    units : float or array of shape (n,), optional
        GPUs that come up for sale when the obligor defaults; goes together with depth. With 0 its loss given
        default stays as stated: its collateral is of another kind.
    depth : float, optional
        GPUs whose sale moves the price by 1 - 1/e (63 %). Uncalibrated: no market data exists.

    Returns
    -------
    table
        ``measure`` (expected loss, standard deviation, value at risk, expected shortfall), ``base``,
        ``converged`` and ``delta``, USD. Nothing is simulated, so there is no standard error.

    Raises
    ------
    OutOfRange
        A probability, LGD, correlation or convergence outside 0 to 1, a negative exposure or number of units,
        a confidence, sensitivity or degrees outside their limits, a depth of 0 or less, too many obligors; so
        much to work out that a cell would wait for minutes, as for 200 unlike obligors in a Student t copula
        with a correlation of 0.9.
    InvalidValue
        Ranges of different lengths, units without depth or the reverse.

    Notes
    -----
    Given the factor z (and in a Student t copula the mixing variable that all obligors share), defaults are
    independent with PD(z) = Phi((Phi^-1(PD) - sqrt(rho) z) / sqrt(1 - rho)), Vasicek (2002); the loss follows
    by the recursion of Andersen, Sidenius and Basu (2003) and quadrature over z. Convergence l moves each
    rho to rho + l (1 - rho). Where all are equal this is (1 - l) C + l 11', as HC_CORR_CONVERGE has it;
    where they differ it keeps one factor, and a pair comes out a little above that; HC_FACTOR_LOSS is for
    correlations of one's own. At 1 the weakest default first, all on one factor.
    LGD(z) = Phi(Phi^-1(LGD) sqrt(1 + s^2) - s z). With units and depth, the units for sale in a state,
    U = sum PD(z) units, then sell at (1 - e^-x) / x of their price with x = U / depth, and 1 - LGD(z) of the
    obligors that have units falls by that factor: the mean LGD is above the one stated, and expected loss moves.
    Losses are counted in their largest common unit, or where there is none in 1/4,000 of their sum (of the
    exposures, where the LGD moves), each split between the two nearest counts so that its mean is exact:
    value at risk is right to a few such units, and where the LGD moves to a share of the exposures of 0.002
    times the sensitivity. Expected shortfall is the mean of value at risk over all higher confidences (Acerbi
    and Tasche 2002), coherent also where a loss has a probability of its own; quadrature leaves it right to
    1e-5 of itself.

    Examples
    --------
    >>> table = portfolio_loss([0.02, 0.05], 0.5, 100, 0.2, 1)
    >>> table["base"].round(2).tolist(), table["converged"].round(2).tolist()
    ([3.5, 13.21, 50.0, 61.86], [3.5, 16.21, 100.0, 100.0])
    """
    book, base, converged = book_and_correlations(
        pds, lgds, exposures, correlation, convergence, degrees, lgd_sensitivity, units, depth
    )
    _confidence(confidence)
    before = book.measures(base, confidence)
    after = book.measures(converged, confidence) if convergence else before
    return {
        "measure": np.array(MEASURES, dtype=object),
        "base": before,
        "converged": after,
        "delta": after - before,
    }


def risk_contribution(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    correlation: ArrayLike,
    convergence: float = 0.0,
    confidence: float = 0.99,
) -> FloatArray:
    """Contribution of each obligor to the expected shortfall of the portfolio; they add up to it.

    Parameters
    ----------
    pds, lgds, exposures, correlation : float or array of shape (n,)
        The obligors, as in `portfolio_loss`.
    convergence : float
        As in `portfolio_loss`.
    confidence : float
        Of the expected shortfall, above 0 to 0.999999.

    Returns
    -------
    array of shape (n,)
        USD. Their sum is the expected shortfall of HC_PORTFOLIO_LOSS.

    Raises
    ------
    OutOfRange
        A probability, LGD, correlation or convergence outside 0 to 1, a negative exposure, a confidence
        outside its limits, too many obligors, or too much to work out as in HC_PORTFOLIO_LOSS.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Each obligor's mean loss in the tail that the expected shortfall is the mean of: Euler's allocation (Tasche
    1999), which is also how fast the expected shortfall grows with the obligor's exposure. A loss with a
    probability of its own at the value at risk counts in the part that belongs to the tail.

    Examples
    --------
    >>> risk_contribution([0.1, 0.2], 1, [100, 50], 0.3, 1, 0.9).round(6).tolist()
    [100.0, 50.0]
    """
    book, _, converged = book_and_correlations(pds, lgds, exposures, correlation, convergence)
    _confidence(confidence)
    _, chances = book.distribution(converged)
    place = tail_place(chances, confidence)
    tail = np.zeros(place + 2)
    tail[place + 1] = 1.0
    reached = float(chances[: place + 1].sum())
    if chances[place] > 0:
        tail[place] = min(max((reached - confidence) / chances[place], 0.0), 1.0)
    shares = np.zeros(book.lgd.size)
    for weights, default, losses in book.states(converged):
        shares += tail_contributions(default, losses[:, 0] / book.unit, weights, tail)
    return shares * book.unit / (1 - confidence)
