"""What default probability and loss become once the common factor is known: z below 0 is a bad state.

Helpers of the portfolio models. Losses of different obligors are independent given the factor, which is
what makes a portfolio's loss distribution exact (Vasicek 2002; Andersen, Sidenius and Basu 2003).
"""

from math import sqrt

import numpy as np

from haircut.models.checks import FloatArray

MOST_SENSITIVITY = 10.0
"""Of a loss given default to the factor: beyond it, a step from nothing to all."""
SMALLEST = 1e-100
"""Smallest default probability that a Student t copula tells from 0."""


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

    # One array of this size and no more: it may hold every obligor in every state to every horizon.
    distance = np.asarray(threshold - systematic, dtype=float)
    with np.errstate(divide="ignore", over="ignore"):
        np.divide(distance, idiosyncratic, out=distance)
    return np.asarray(ndtr(distance, out=distance))


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
