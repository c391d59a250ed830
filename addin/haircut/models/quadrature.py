"""Quadrature over the common factor of a portfolio.

A helper of the portfolio models: how many states of the factor it takes, and where they lie.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from haircut.models.checks import FloatArray
from haircut.models.conditional import default_threshold

FEW = 8
"""Fewer obligors than this need no coarser step."""
STEEP = 0.1
"""Where the factor needs less than this to take a default probability from 16 % to 50 %, it is a step."""
STEP_REACH, ORDER = 8.0, 8
"""How far a step reaches in its own width, and the nodes of a Gauss-Legendre panel."""
MIXING_STEP, MIXING_FARTHEST = 0.5, 6.0
"""Of the mixing variable of a Student t copula, in standard deviations once it is made normal."""
NEGLIGIBLE = 1e-14


@dataclass(frozen=True)
class Fineness:
    """How finely and how far the factor is followed.

    ``longest`` is the longest step, in standard deviations. ``crowd`` is the step in what moves the share of
    defaults by its own standard deviation in a given state: at 2 tail losses are right to 1e-5, at 2.5 to
    1e-4 of themselves. Beyond ``farthest`` standard deviations nothing is followed: 6.5 leave out 4e-11 on
    either side.
    """

    longest: float = 0.5
    crowd: float = 2.0
    farthest: float = 6.5


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
    default_probability: FloatArray, correlation: FloatArray, degrees: float | None, fineness: Fineness
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
    fineness : Fineness
        How finely and how far.

    Returns
    -------
    FactorNodes
        Equally spaced, which for a smooth integrand under a Gaussian weight converges faster than any power
        of the step. Where a correlation above 0.99 makes a default probability steep, or at 1 a step,
        Gauss-Legendre panels that end where it rises.

    Examples
    --------
    >>> nodes = factor_nodes(np.array([0.02, 0.05]), np.array([0.2, 0.3]), None, Fineness())
    >>> nodes.factor.size, round(float(nodes.weights @ nodes.factor**2), 6)
    (27, 1.0)
    """
    n, sharper = correlation.size, 1 + 4 / (degrees or np.inf)
    with np.errstate(divide="ignore", over="ignore"):
        width = np.sqrt((1 - correlation) / correlation)
    steep = width < STEEP
    gentlest = float(width[~steep].min(initial=np.inf))
    crowding = fineness.crowd / sqrt(max(n, FEW))
    step = min(fineness.longest, crowding * gentlest) / sharper
    if steep.any():
        rises = default_threshold(default_probability[steep].T, degrees) / np.sqrt(correlation[steep])
        widths = np.broadcast_to(width[steep], rises.shape)
        nodes, weights = _panels(
            rises.ravel(), widths.ravel(), step, crowding / sharper, fineness.farthest, degrees
        )
    else:
        count = ceil(fineness.farthest / step)
        nodes = step * np.arange(-count, count + 1.0)
        weights = np.exp(-(nodes**2) / 2)
    weights = weights / weights.sum()
    if degrees is None:
        return FactorNodes(weights, nodes, np.ones_like(nodes))
    return _mixed(nodes, weights, degrees)


def _panels(
    rises: FloatArray, width: FloatArray, step: float, crowding: float, farthest: float, degrees: float | None
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
    even = np.linspace(-farthest, farthest, ceil(4 * farthest / (ORDER * step)) + 1)
    edges = np.union1d(even, cuts.clip(-farthest, farthest))
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
