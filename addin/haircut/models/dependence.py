"""How things go wrong together: a correlation matrix checked and repaired, joint and tail dependence."""

from functools import cache
from math import atanh

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, as_vector, broadcast, finite, not_negative, share
from haircut.models.correlation import TOLERANCE
from haircut.models.errors import InvalidValue, OutOfRange

MOST_ROUNDS = 10_000
MOST_REPAIRED = 300
"""Factors of a matrix whose repair a cell may wait for: some ten seconds."""
SETTLED = 1e-12
MOST_DEGREES = 1e6


def _quoted(name: str, matrix: ArrayLike) -> FloatArray:
    """Return a matrix of pairwise correlations, each possible by itself, all together perhaps not."""
    c = np.asarray(matrix, dtype=float)
    if c.ndim != 2 or c.shape[0] != c.shape[1] or c.size == 0:
        raise InvalidValue(f"{name} must be square, but has shape {c.shape}")
    if not (np.abs(c) <= 1 + TOLERANCE).all():
        worst = c.flat[np.abs(c).argmax()]
        raise OutOfRange(f"{name} must hold correlations from -1 to 1, but holds {worst:.6g}")
    if np.abs(np.diag(c) - 1).max() > TOLERANCE:
        raise OutOfRange(f"{name} must have 1 on its diagonal")
    if np.abs(c - c.T).max() > TOLERANCE:
        row, column = np.unravel_index(np.abs(c - c.T).argmax(), c.shape)
        raise OutOfRange(f"{name} must be symmetric, but rows {row + 1} and {column + 1} disagree")
    half: FloatArray = (c + c.T) / 2
    return half


def corr_check(matrix: ArrayLike) -> float:
    """Smallest eigenvalue of a matrix of correlations: below 0, they cannot all hold at once.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Correlations as people quote them.

    Returns
    -------
    float
        0 or more for a correlation matrix; -1e-9 or so is the rounding of one whose factors are redundant.

    Raises
    ------
    InvalidValue
        A matrix that is not square.
    OutOfRange
        A diagonal that is not 1, a number outside -1 to 1, a matrix that is not symmetric.

    Examples
    --------
    >>> round(corr_check([[1, 0.3], [0.3, 1]]), 12)
    0.7
    """
    return float(np.linalg.eigvalsh(_quoted("matrix", matrix))[0])


def corr_nearest(matrix: ArrayLike) -> FloatArray:
    """Nearest correlation matrix to one whose pairs were quoted apart and cannot all hold at once.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Correlations as people quote them.

    Returns
    -------
    array of shape (n, n)
        The correlation matrix at the least distance; the matrix itself where it is one already.

    Raises
    ------
    InvalidValue
        A matrix that is not square.
    OutOfRange
        A diagonal that is not 1, a number outside -1 to 1, a matrix that is not symmetric, one to repair that
        has more than 300 factors or for which the projections do not settle.

    Notes
    -----
    Higham (2002), alternating projections with Dykstra's correction. The distance is Frobenius's, and a sheet
    must show it beside the repair: SQRT(SUMXMY2(matrix, HC_CORR_NEAREST(matrix))). Repair inputs only: a
    matrix stressed by HC_CORR_CONVERGE is valid by construction.

    Examples
    --------
    >>> corr_nearest([[1, 1, 0], [1, 1, 1], [0, 1, 1]]).round(4).tolist()
    [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    """
    c = _quoted("matrix", matrix)
    if np.linalg.eigvalsh(c)[0] >= 0:
        return c
    if len(c) > MOST_REPAIRED:
        raise OutOfRange(f"matrix must have at most {MOST_REPAIRED} factors to be repaired, but has {len(c)}")
    nearest, correction = c, np.zeros_like(c)
    for _ in range(MOST_ROUNDS):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        valid = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = valid - shifted
        previous, nearest = nearest, valid.copy()
        np.fill_diagonal(nearest, 1.0)
        if np.abs(nearest - previous).max() <= SETTLED:
            break
    else:
        raise OutOfRange("matrix is too far from any correlation matrix: the projections do not settle")
    # The last projection has no negative eigenvalue; scaling its diagonal to 1 keeps it so.
    scale = np.sqrt(np.diag(valid))
    repaired: FloatArray = (valid + valid.T) / (2 * np.outer(scale, scale))
    np.fill_diagonal(repaired, 1.0)
    return repaired


def convergence_regime(
    stress: ArrayLike, base: float, crisis: float, midpoint: float = 0.5, steepness: float = 10.0
) -> FloatArray:
    """Convergence of correlations as stress builds up: from its calm level to its crisis level.

    Parameters
    ----------
    stress : float or array of shape (n,)
        Stress indicator, on any scale.
    base : float
        Convergence in calm markets, 0 to 1.
    crisis : float
        Convergence in a crisis, base to 1.
    midpoint : float
        Stress at which convergence is half way.
    steepness : float
        Steepness of the change, per unit of stress.

    Returns
    -------
    array of shape (n,)
        The convergence for HC_CORR_CONVERGE, base to crisis.

    Raises
    ------
    OutOfRange
        A base or crisis outside 0 to 1, a crisis below the base, a negative steepness.
    InvalidValue
        Stress that is no row or column of numbers.

    Notes
    -----
    l0 + (l1 - l0) / (1 + exp(-k (stress - s0))): a logistic curve, which at no stress is a little above base
    (by 0.7 % of the way with the defaults).

    Examples
    --------
    >>> convergence_regime([0, 0.5, 1], 0.2, 0.8).round(4).tolist()
    [0.204, 0.5, 0.796]
    """
    level = as_vector("stress", stress)
    finite(stress=level, midpoint=midpoint)
    share(base=base, crisis=crisis)
    not_negative(steepness=steepness)
    if crisis < base:
        raise OutOfRange(f"crisis must be at least the base of {base:.6g}, but is {crisis:.6g}")
    # The same curve as a hyperbolic tangent, which never overflows.
    return base + (crisis - base) * (1 + np.tanh(steepness * (level - midpoint) / 2)) / 2


def _correlations(values: FloatArray) -> None:
    if not (np.abs(values) <= 1).all():
        worst = values[~(np.abs(values) <= 1)][0]
        raise OutOfRange(f"correlation must be between -1 and 1, but is {worst:.6g}")


def check_degrees(values: FloatArray) -> None:
    """Raise `OutOfRange` unless each is a number of degrees of freedom of a Student t copula."""
    if not ((values >= 1) & (values <= MOST_DEGREES)).all():
        raise OutOfRange(
            f"degrees must be between 1 and {MOST_DEGREES:,.0f}; leave them out for the Gaussian copula"
        )


def tail_dependence(correlation: ArrayLike, degrees: ArrayLike | None = None) -> FloatArray:
    """Probability that the other one fails too, given that the first fails in the far tail.

    Parameters
    ----------
    correlation : float or array of shape (n,)
        The copula's correlation parameter, -1 to 1; from Kendall's tau it is SIN(PI() tau / 2).
    degrees : float or array of shape (n,), optional
        Degrees of freedom of the Student t copula, 1 or more; without them the copula is Gaussian.

    Returns
    -------
    array of shape (n,)
        A probability. Gaussian: 0 for every correlation below 1, which is why a Gaussian copula understates
        joint crises.

    Raises
    ------
    OutOfRange
        A correlation outside -1 to 1, degrees outside 1 to a million.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    2 t_{nu+1}(-sqrt((nu + 1)(1 - rho) / (1 + rho))), after Embrechts, McNeil and Straumann (2002), taken as
    the regularised incomplete beta function I_{(1 + rho)/2}((nu + 1) / 2, 1/2), which it equals.

    Examples
    --------
    >>> tail_dependence([0, 0.5, 0.9], 4).round(2).tolist(), tail_dependence(0.9).tolist()
    ([0.08, 0.25, 0.63], [0.0])
    """
    if degrees is None:
        rho = as_vector("correlation", correlation)
        _correlations(rho)
        return np.where(rho == 1, 1.0, 0.0)
    from scipy.special import betainc

    rho, freedom = broadcast(correlation=correlation, degrees=degrees)
    _correlations(rho)
    check_degrees(freedom)
    return np.asarray(betainc((freedom + 1) / 2, 0.5, (1 + rho) / 2), dtype=float)


def joint_default(
    default_1: ArrayLike, default_2: ArrayLike, correlation: ArrayLike, degrees: ArrayLike | None = None
) -> FloatArray:
    """Probability that two borrowers both default, under a Gaussian or Student t copula.

    Parameters
    ----------
    default_1, default_2 : float or array of shape (n,)
        Each borrower's probability of default, 0 to 1.
    correlation : float or array of shape (n,)
        Correlation of the two asset values, -1 to 1; it is not the correlation of the defaults.
    degrees : float or array of shape (n,), optional
        Degrees of freedom of the Student t copula, 1 or more; without them the copula is Gaussian.

    Returns
    -------
    array of shape (n,)
        A probability, from max(0, p1 + p2 - 1) to min(p1, p2), rising with the correlation.

    Raises
    ------
    OutOfRange
        A probability outside 0 to 1, a correlation outside -1 to 1, degrees outside 1 to a million.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    max(0, p1 + p2 - 1) + integral of the joint density at the two thresholds over the correlation from -1
    (Plackett 1954; for Student t, Dunnett and Sobel 1954), by Gauss-Legendre quadrature; exact to 1e-13.

    Examples
    --------
    >>> joint_default(0.5, 0.5, [0, 0.5]).round(12).tolist()
    [0.25, 0.333333333333]
    >>> joint_default(0.02, 0.03, 0.3).round(6).tolist(), joint_default(0.02, 0.03, 0.3, 4).round(6).tolist()
    ([0.002288], [0.005102])
    """
    from scipy.special import ndtri, stdtrit

    p, q, rho, freedom = broadcast(
        default_1=default_1,
        default_2=default_2,
        correlation=correlation,
        degrees=np.inf if degrees is None else degrees,
    )
    share(default_1=p, default_2=q)
    _correlations(rho)
    if degrees is not None:
        check_degrees(freedom)
    thresholds = [ndtri(chance) if degrees is None else stdtrit(freedom, chance) for chance in (p, q)]
    columns = (column.tolist() for column in (p, q, rho, *thresholds, freedom))
    return np.array([_both(*case) for case in zip(*columns, strict=True)])


def _both(p: float, q: float, rho: float, h: float, k: float, degrees: float) -> float:
    """Joint probability of falling below the thresholds h and k, which p and q are the chances of.

    With the correlation tanh(t), the density to integrate is kernel(distance) / cosh(t): smooth on the whole
    line and without cancellation, however near the correlation is to 1 or -1.
    """
    high = min(p, q)
    low = max(0.0, max(p, q) - 1 + high)
    if rho == 1 or low >= high:
        return high
    if rho == -1:
        return low
    steps, weights = _quadrature()
    t = atanh(rho) - steps
    with np.errstate(over="ignore"):
        distance = ((h + k) / 2) ** 2 * (1 + np.exp(-2 * t)) + ((h - k) / 2) ** 2 * (1 + np.exp(2 * t))
    if np.isinf(degrees):
        kernel = np.exp(-distance / 2)
    else:
        kernel = np.exp(-degrees / 2 * np.log1p(distance / degrees))
    area = float(weights @ (kernel / np.cosh(t))) / (2 * np.pi)
    return min(max(low + area, low), high)


@cache
def _quadrature() -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre steps and weights from 0 to 60, in panels that are narrow where the density is steep."""
    edges = np.concatenate([[0, 0.25, 0.5, 0.75, 1, 1.5], np.arange(2.0, 61.0)])
    nodes, weights = np.polynomial.legendre.leggauss(20)
    halves = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + halves * (nodes + 1)).ravel(), (halves * weights).ravel()
