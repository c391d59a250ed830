"""Correlation convergence: a correlation matrix pulled towards 'all bad things at once'."""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, as_vector, broadcast, open_share, share
from haircut.models.errors import InvalidValue, OutOfRange

TOLERANCE = 1e-9
SINGULAR = 1e-12


def correlation_matrix(name: str, matrix: ArrayLike) -> FloatArray:
    """Return the matrix as an array, or say in words why it is no correlation matrix.

    >>> correlation_matrix("matrix", [[1, 0.5], [0.5, 1]]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    c = np.asarray(matrix, dtype=float)
    if c.ndim != 2 or c.shape[0] != c.shape[1] or c.size == 0:
        raise InvalidValue(f"{name} must be square, but has shape {c.shape}")
    if not np.isfinite(c).all():
        raise OutOfRange(f"{name} must hold finite numbers")
    if np.abs(np.diag(c) - 1).max() > TOLERANCE:
        raise OutOfRange(f"{name} must have 1 on its diagonal")
    if np.abs(c - c.T).max() > TOLERANCE:
        row, column = np.unravel_index(np.abs(c - c.T).argmax(), c.shape)
        raise OutOfRange(f"{name} must be symmetric, but rows {row + 1} and {column + 1} disagree")
    if np.abs(c).max() > 1 + TOLERANCE:
        raise OutOfRange(
            f"{name} must hold correlations from -1 to 1, but holds {c.flat[np.abs(c).argmax()]:.6g}"
        )
    smallest = float(np.linalg.eigvalsh(c)[0])
    if smallest < -TOLERANCE * len(c):
        raise OutOfRange(
            f"{name} is no correlation matrix: its smallest eigenvalue is {smallest:.3g}, below 0"
        )
    return c


def triangular_root(matrix: FloatArray) -> FloatArray:
    """Lower-triangular root of a correlation matrix that may be singular.

    Examples
    --------
    >>> triangular_root(np.ones((2, 2))).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    size = len(matrix)
    lower = np.zeros((size, size))
    for j in range(size):
        pivot = matrix[j, j] - lower[j, :j] @ lower[j, :j]
        if pivot <= SINGULAR:
            continue
        lower[j, j] = sqrt(pivot)
        for i in range(j + 1, size):
            lower[i, j] = (matrix[i, j] - lower[i, :j] @ lower[j, :j]) / lower[j, j]
    return lower


def corr_converge(
    matrix: ArrayLike, convergence: float, signs: ArrayLike, target: ArrayLike | None = None
) -> FloatArray:
    """Correlation matrix moved towards the one in which every factor turns bad together.

    Parameters
    ----------
    matrix : array of shape (n, n)
        Correlations as people quote them.
    convergence : float
        0 leaves the matrix as it is, 1 is full convergence.
    signs : array of shape (n,)
        The bad direction of each factor: 1 where a rise is bad, -1 where a fall is bad.
    target : array of shape (n, n), optional
        Correlations at full convergence, once every factor's sign is turned so that + is bad; all 1 if
        it is omitted.

    Returns
    -------
    array of shape (n, n)
        A correlation matrix, in the factors' own signs.

    Raises
    ------
    InvalidValue
        A matrix that is not square, or as many signs as factors are missing.
    OutOfRange
        A convergence outside 0 to 1, a sign that is neither 1 nor -1, a matrix that is no correlation
        matrix.

    Notes
    -----
    C_l = S [(1 - l) S C S + l T] S with S = diag(signs): a convex blend of correlation matrices, so valid
    for every l in [0, 1].

    Examples
    --------
    >>> corr_converge([[1, 0.2], [0.2, 1]], 0.5, [-1, 1]).round(12).tolist()
    [[1.0, -0.4], [-0.4, 1.0]]
    """
    c = correlation_matrix("matrix", matrix)
    share(convergence=convergence)
    s = as_vector("signs", signs)
    s = np.full(len(c), s[0]) if s.size == 1 else s
    if s.size != len(c):
        raise InvalidValue(f"signs has {s.size} items, but the matrix has {len(c)} factors")
    if not np.isin(s, (-1.0, 1.0)).all():
        raise OutOfRange("signs must each be 1 (a rise is bad) or -1 (a fall is bad)")
    together = np.ones_like(c) if target is None else correlation_matrix("target", target)
    if together.shape != c.shape:
        raise InvalidValue(f"target has {len(together)} factors, but the matrix has {len(c)}")
    blend: FloatArray = (1 - convergence) * c + convergence * together * np.outer(s, s)
    np.fill_diagonal(blend, 1.0)
    return blend


def stressed_pd(default_probability: ArrayLike, correlation: ArrayLike, confidence: ArrayLike) -> FloatArray:
    """Default probability in a bad year: the Vasicek one-factor quantile.

    Parameters
    ----------
    default_probability : float or array of shape (n,)
        Unconditional probability of default over the horizon, 0 to 1.
    correlation : float or array of shape (n,)
        Asset correlation with the common factor, 0 to below 1.
    confidence : float or array of shape (n,)
        How bad the year is: 0.999 is one in a thousand.

    Returns
    -------
    array of shape (n,)
        A probability.

    Raises
    ------
    OutOfRange
        A probability outside 0 to 1, a correlation outside 0 to below 1, a confidence not strictly
        between 0 and 1.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    Phi((Phi^-1(p) + sqrt(rho) Phi^-1(a)) / sqrt(1 - rho)); Vasicek (2002). Not monotone in rho where
    p < 1 - a.

    Examples
    --------
    >>> stressed_pd(0.02, 0.1, 0.999).round(3).tolist()
    [0.128]
    """
    from scipy.special import ndtr, ndtri

    p, rho, a = broadcast(
        default_probability=default_probability, correlation=correlation, confidence=confidence
    )
    share(default_probability=p, correlation=rho)
    open_share(confidence=a)
    if (rho == 1).any():
        raise OutOfRange("correlation must be below 1: at 1 the common factor alone decides")
    stressed: FloatArray = ndtr((ndtri(p) + np.sqrt(rho) * ndtri(a)) / np.sqrt(1 - rho))
    return stressed
