"""Losses and spreads of the tranches of a portfolio whose obligors share one factor."""

from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.capital import par_spread, premium_dates
from haircut.models.checks import FloatArray, Table, broadcast, not_negative, share
from haircut.models.conditional import conditional_pd, default_threshold
from haircut.models.errors import NothingToDivideBy, OutOfRange
from haircut.models.portfolio import CELLS, TINY, book_and_correlations, most_obligors
from haircut.models.quadrature import Fineness, factor_nodes
from haircut.models.recursion import loss_distribution

SPREAD = Fineness(crowd=2.5, farthest=5.5)
"""For many horizons at once: spreads right to 1e-4 of themselves and 0.01 bp."""
MOST_STEPS = 1e10
"""Obligors times premium dates times states times losses that a cell may wait for: some ten seconds."""


def _tranches(attachments: ArrayLike, detachments: ArrayLike) -> tuple[FloatArray, FloatArray]:
    attach, detach = broadcast(attachments=attachments, detachments=detachments)
    share(attachments=attach, detachments=detach)
    if not (attach < detach).all():
        place = int(np.argmin(attach < detach))
        raise OutOfRange(
            f"detachments must be above attachments, but are {detach[place]:.6g} against "
            f"{attach[place]:.6g} (item {place + 1})"
        )
    return attach, detach


def _lost(losses: FloatArray, chances: FloatArray, attach: FloatArray, detach: FloatArray) -> FloatArray:
    """Expected loss of each tranche, a share of it: (tranches, horizons); what is not listed is lost whole."""
    kept = np.maximum(detach[:, None] - losses, 0.0) - np.maximum(attach[:, None] - losses, 0.0)
    return np.asarray(1 - kept @ chances / (detach - attach)[:, None])


def tranche_loss(
    pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    correlation: ArrayLike,
    attachments: ArrayLike,
    detachments: ArrayLike,
    convergence: float = 0.0,
) -> Table:
    """Expected loss of each tranche of a portfolio, exact, base beside converged.

    Parameters
    ----------
    pds, lgds, exposures, correlation : float or array of shape (n,)
        The obligors, as in `portfolio_loss`.
    attachments : float or array of shape (k,)
        Share of the portfolio lost before the tranche loses anything, 0 to 1.
    detachments : float or array of shape (k,)
        Share of the portfolio lost when nothing of the tranche is left, above its attachment.
    convergence : float
        As in `portfolio_loss`.

    Returns
    -------
    table
        ``attachment``, ``detachment``, and the expected loss as a share of the tranche: ``base``,
        ``converged`` and ``delta``. Nothing is simulated, so there is no standard error.

    Raises
    ------
    OutOfRange
        A probability, LGD, correlation, convergence, attachment or detachment outside 0 to 1, a detachment
        not above its attachment, a negative exposure, too many obligors, or too much to work out as in
        HC_PORTFOLIO_LOSS.
    NothingToDivideBy
        No exposure at all.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Mean of (min(max(L, a), d) - a) / (d - a), L the loss as a share of all exposures, by the distribution of
    HC_PORTFOLIO_LOSS. Tranches from 0 to 1, weighted by their size, add up to the expected loss, which
    convergence does not move: what the equity tranche gains, the others lose.

    Examples
    --------
    >>> table = tranche_loss([0.5, 0.5], 1, 100, 0.5, [0, 0.5], [0.5, 1], 1)
    >>> table["base"].round(6).tolist(), table["converged"].round(6).tolist()
    ([0.666667, 0.333333], [0.5, 0.5])
    """
    attach, detach = _tranches(attachments, detachments)
    book, base, converged = book_and_correlations(pds, lgds, exposures, correlation, convergence)
    total = float(book.exposure.sum())
    if total == 0:
        raise NothingToDivideBy("exposures add up to 0: there is nothing for a tranche to be a share of")

    def lost(rho: FloatArray) -> FloatArray:
        losses, chances = book.distribution(rho)
        return _lost(losses / total, chances[:, None], attach, detach)[:, 0]

    before = lost(base)
    after = lost(converged) if convergence else before
    return {
        "attachment": attach,
        "detachment": detach,
        "base": before,
        "converged": after,
        "delta": after - before,
    }


def tranche_spread(
    hazards: ArrayLike,
    recovery: float,
    correlation: ArrayLike,
    attachments: ArrayLike,
    detachments: ArrayLike,
    maturity: float,
    rate: float,
    payments: float = 4,
) -> FloatArray:
    """Running spread of each tranche of a portfolio of equal notionals under one common factor, exact.

    Parameters
    ----------
    hazards : float or array of shape (n,)
        Constant hazard rate of each obligor, a year, continuous; one for each, also where they are equal. At
        most 1,000.
    recovery : float
        Share of the notional recovered, 0 to 1; 1 less it is lost.
    correlation : float or array of shape (n,)
        Asset correlation of each obligor with the others, 0 to 1: the square of its loading on the factor.
    attachments, detachments : float or array of shape (k,)
        The tranches, as in `tranche_loss`.
    maturity, rate, payments : float
        As in `cds_spread`.

    Returns
    -------
    array of shape (k,)
        Basis points a year on what is left of the tranche, all of it running, with no upfront payment; it
        lies the way the attachments lie.

    Raises
    ------
    OutOfRange
        A negative hazard, a recovery, correlation, attachment or detachment outside 0 to 1, a detachment not
        above its attachment, a maturity, rate or number of payments as in HC_CDS_SPREAD, too many obligors.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    With E_j the expected share of the tranche left at time j: sum (E_{j-1} - E_j) v(mid) over sum dt (E_j v_j
    + (E_{j-1} - E_j) v(mid) / 2), losses at mid-period; Hull, Options, Futures and Other Derivatives, and
    Hull and White (2004), Valuation of a CDO and an n-th to default CDS without Monte Carlo simulation, in a
    Gaussian copula. Recoveries do not shorten the senior tranche.

    Examples
    --------
    >>> tranche_spread([0.0083] * 125, 0.4, 0.15, 0.03, 0.06, 5, np.exp(0.035) - 1).round().tolist()
    [348.0]
    """
    attach, detach = _tranches(attachments, detachments)
    hazard, rho = broadcast(hazards=hazards, correlation=correlation)
    not_negative(hazards=hazard)
    most_obligors("hazards", hazard.size, None)
    share(recovery=recovery, correlation=rho)
    ends = premium_dates(maturity, payments)
    default = -np.expm1(-hazard[:, None] * ends[1:])
    lost = expected_losses(default, rho, 1 - recovery, attach, detach)
    outstanding = np.append(np.ones((attach.size, 1)), 1 - lost, axis=1)
    return par_spread(outstanding, ends, rate)


def expected_losses(
    default_probability: FloatArray,
    correlation: FloatArray,
    lgd: float,
    attach: FloatArray,
    detach: FloatArray,
) -> FloatArray:
    """Expected loss of each tranche to each horizon, a share of it, for equal exposures and LGDs.

    Parameters
    ----------
    default_probability : array of shape (n, h)
        Of each obligor to each horizon.
    correlation : array of shape (n,)
        Of each obligor with the factor.
    lgd : float
        Loss given default.
    attach, detach : array of shape (k,)
        Shares of the portfolio.

    Returns
    -------
    array of shape (k, h)

    Raises
    ------
    OutOfRange
        More to work out than a cell may wait for.

    Examples
    --------
    >>> expected_losses(np.full((2, 1), 0.5), np.full(2, 0.5), 1.0, np.array([0.0]), np.array([0.5])).round(6)
    array([[0.666667]])
    """
    n, horizons = default_probability.shape
    top = n if lgd == 0 else min(n, ceil(detach.max() * n / lgd))
    nodes = factor_nodes(default_probability, correlation, None, SPREAD)
    steps = default_probability.size * float(nodes.weights.size) * top
    if steps > MOST_STEPS:
        raise OutOfRange(
            f"hazards of {n:,} obligors to {horizons:,} premium dates with this correlation take"
            f" {steps / MOST_STEPS:.1f} times as long as a cell may; give fewer obligors, fewer payments a year,"
            " a shorter maturity or a lower correlation"
        )
    own = np.sqrt(np.maximum(1 - correlation, TINY))[:, None, None]
    threshold = default_threshold(default_probability, None)[:, :, None] / own
    loading = np.sqrt(correlation)[:, None, None] / own
    chances = np.zeros((top + 1, horizons))
    count = max(1, CELLS // default_probability.size)
    for first in range(0, nodes.weights.size, count):
        factor, weights = nodes.factor[first : first + count], nodes.weights[first : first + count]
        given = conditional_pd(threshold, loading * factor, 1.0).reshape(n, -1)
        each = np.asarray(np.kron(np.eye(horizons), weights[:, None]), dtype=np.float64)
        chances += loss_distribution(given, np.ones((n, 1)), each, top)
    return _lost(np.arange(top + 1.0) * lgd / n, chances, attach, detach)
