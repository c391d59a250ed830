"""What default probability and loss become once the common factor is known: z below 0 is a bad state.

Helpers of the portfolio models. Losses of different obligors are independent given the factor, which is
what makes a portfolio's loss distribution exact (Vasicek 2002; Andersen, Sidenius and Basu 2003).
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from haircut.models.checks import FloatArray

FARTHEST = 6.5
"""The factor is followed to so many standard deviations: 4e-11 is left out on either side."""
CROWD_STEP = 2.0
"""Step of the factor, in what moves the share of defaults by its own standard deviation in a given state."""
FEW = 8
STEEP = 0.1
"""Where the factor needs less than this to take a default probability from 16 % to 50 %, it is a step."""
STEP_REACH, ORDER = 8.0, 8
MIXING_STEP, MIXING_FARTHEST = 0.5, 6.0
NEGLIGIBLE = 1e-14
SMALLEST = 1e-100


def conditional_pd(
    threshold: FloatArray, systematic: FloatArray, idiosyncratic: float | FloatArray
) -> FloatArray:
    """Probability of default given the systematic part of the obligor's asset return.

    Parameters
    ----------
    threshold : array
        Phi^-1 of the unconditional default probability (-inf: never, inf: surely).
    systematic : array
        Loading times factor; broadcasts against the threshold.
    idiosyncratic : array
        Standard deviation of what is the obligor's own, sqrt(1 - rho); above 0.

    Returns
    -------
    array
        Phi((threshold - systematic) / idiosyncratic).

    Examples
    --------
    >>> import numpy as np
    >>> conditional_pd(np.array([-2.0]), np.array([0.0]), 1.0).round(6).tolist()
    [0.02275]
    """
    from scipy.special import ndtr

    with np.errstate(divide="ignore", over="ignore"):
        distance = np.asarray((threshold - systematic) / idiosyncratic)
    return np.asarray(ndtr(distance, out=distance if distance.ndim else None))


def conditional_lgd(lgd: FloatArray, sensitivity: float, factor: FloatArray) -> FloatArray:
    """Loss given default in a state of the factor, with the given LGD as its mean (wrong-way risk).

    Parameters
    ----------
    lgd : array
        Mean loss given default, 0 to 1; 0 and 1 do not move.
    sensitivity : float
        How strongly it moves; 0 leaves it constant.
    factor : array
        Standard normal factor, below 0 is bad; broadcasts against lgd.

    Returns
    -------
    array
        Phi(Phi^-1(lgd) sqrt(1 + s^2) - s z): its mean over z is lgd.

    Examples
    --------
    >>> import numpy as np
    >>> conditional_lgd(np.array([0.5]), 0.5, np.array([-1.0, 0.0, 1.0])).round(6).tolist()
    [0.691462, 0.5, 0.308538]
    """
    from scipy.special import ndtr, ndtri

    moved: FloatArray = ndtr(ndtri(lgd) * sqrt(1 + sensitivity**2) - sensitivity * factor)
    return moved


@dataclass(frozen=True)
class FactorNodes:
    """States of the common factor and their weights, which add up to 1.

    ``factor`` is standard normal in every copula. ``scale`` multiplies an obligor's default threshold: 1 in
    a Gaussian copula, the shared mixing variable of a Student t copula.
    """

    weights: FloatArray
    factor: FloatArray
    scale: FloatArray


def factor_nodes(
    default_probability: FloatArray, correlation: FloatArray, degrees: float | None, longest: float
) -> FactorNodes:
    """Quadrature over the common factor, fine enough for the obligors at hand.

    Parameters
    ----------
    default_probability : array of shape (n,) or (n, h)
        Of each obligor, to one horizon or to several.
    correlation : array of shape (n,)
        Of each obligor with the factor: the square of its loading.
    degrees : float, optional
        Degrees of freedom of a Student t copula; None for the Gaussian.
    longest : float
        Longest step, in standard deviations of the factor; the obligors may need shorter ones.

    Returns
    -------
    FactorNodes
        Equally spaced, which for a smooth integrand under a Gaussian weight converges faster than any power
        of the step. Where a correlation above 0.99 makes a default probability steep, or at 1 a step,
        Gauss-Legendre panels that end where it rises.

    Examples
    --------
    >>> nodes = factor_nodes(np.array([0.02, 0.05]), np.array([0.2, 0.3]), None, 0.25)
    >>> nodes.factor.size, round(float(nodes.weights @ nodes.factor**2), 6)
    (53, 1.0)
    """
    n, sharper = correlation.size, 1 + 4 / (degrees or np.inf)
    with np.errstate(divide="ignore", over="ignore"):
        width = np.sqrt((1 - correlation) / correlation)
    steep = width < STEEP
    gentlest = float(width[~steep].min(initial=np.inf))
    crowding = CROWD_STEP / sqrt(max(n, FEW))
    step = min(longest, crowding * gentlest) / sharper
    if steep.any():
        rises = default_threshold(default_probability[steep].T, degrees) / np.sqrt(correlation[steep])
        widths = np.broadcast_to(width[steep], rises.shape)
        nodes, weights = _panels(rises.ravel(), widths.ravel(), step, crowding / sharper, degrees)
    else:
        count = ceil(FARTHEST / step)
        nodes = step * np.arange(-count, count + 1.0)
        weights = np.exp(-(nodes**2) / 2)
    weights = weights / weights.sum()
    if degrees is None:
        return FactorNodes(weights, nodes, np.ones_like(nodes))
    return _mixed(nodes, weights, degrees)


def default_threshold(default_probability: FloatArray, degrees: float | None) -> FloatArray:
    """Asset return below which an obligor defaults: Phi^-1 of its default probability, or Student t's.

    >>> default_threshold(np.array([0.02]), None).round(6).tolist(), default_threshold(np.array([0.02]), 4).round(6).tolist()
    ([-2.053749], [-2.998528])
    """
    from scipy.special import ndtri, stdtrit

    if degrees is None:
        return np.asarray(ndtri(default_probability))
    # scipy's quantile of a chance of 0, or next to it, is plus infinity.
    possible = default_probability > SMALLEST
    return np.where(possible, stdtrit(degrees, np.where(possible, default_probability, 0.5)), -np.inf)


def _panels(
    rises: FloatArray, width: FloatArray, step: float, crowding: float, degrees: float | None
) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre panels, narrow where default probabilities rise steeply, cut where they jump."""
    from scipy.special import ndtri, stdtr

    rises, width = rises[np.isfinite(rises)], width[np.isfinite(rises)]
    crowd = np.unique(rises.round(9), return_counts=True)[1].max(initial=1)
    bends = np.linspace(-STEP_REACH, STEP_REACH, 2 * ceil(sqrt(crowd)) + 3)
    if degrees is None:
        cuts = rises[:, None] + width[:, None] * bends
    else:
        spread = width * np.hypot(sqrt(degrees), rises) / sqrt(degrees + 1)
        cuts = rises[:, None] + spread[:, None] * bends
        cuts = np.copysign(ndtri(stdtr(degrees, -np.abs(cuts))), cuts)
    # Cuts of many obligors need not lie closer than their nodes; powers of 2 make them fall together.
    with np.errstate(divide="ignore"):
        close = 2.0 ** np.floor(np.log2(ORDER / 2 * crowding * width))[:, None]
    cuts = np.where(close > 0, np.rint(cuts / np.where(close > 0, close, 1.0)) * close, cuts)
    even = np.linspace(-FARTHEST, FARTHEST, ceil(4 * FARTHEST / (ORDER * step)) + 1)
    edges = np.union1d(even, cuts.clip(-FARTHEST, FARTHEST))
    points, weights = np.polynomial.legendre.leggauss(ORDER)
    halves = np.diff(edges)[:, None] / 2
    nodes = (edges[:-1, None] + halves * (points + 1)).ravel()
    return nodes, (halves * weights).ravel() * np.exp(-(nodes**2) / 2)


def _mixed(nodes: FloatArray, weights: FloatArray, degrees: float) -> FactorNodes:
    """The same nodes as quantiles of a Student t factor, each with the mixing variable given that factor.

    The ratio x of factor and scale is what a Student t copula holds at correlation 1; given x, degrees + 1
    degrees of freedom remain: scale^2 (degrees + x^2) is chi-squared with so many.
    """
    from scipy.special import gammaincinv, ndtr, stdtrit

    x = np.copysign(stdtrit(degrees, ndtr(-np.abs(nodes))), nodes)[:, None]
    steps = np.arange(-MIXING_FARTHEST, MIXING_FARTHEST + MIXING_STEP, MIXING_STEP)
    mixing = np.exp(-(steps**2) / 2)
    scale = np.sqrt(2 * gammaincinv((degrees + 1) / 2, ndtr(steps)) / (degrees + x**2))
    product = np.outer(weights, mixing / mixing.sum())
    kept = product > NEGLIGIBLE
    return FactorNodes(product[kept] / product[kept].sum(), (x * scale)[kept], scale[kept])
