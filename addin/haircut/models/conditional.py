"""What default probability and loss become once the common factor is known: z below 0 is a bad state.

Helpers of the portfolio models. Losses of different obligors are independent given the factor, which is
what makes a portfolio's loss distribution exact (Vasicek 2002; Andersen, Sidenius and Basu 2003).
"""

from math import sqrt

from haircut.models.checks import FloatArray


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

    probability: FloatArray = ndtr((threshold - systematic) / idiosyncratic)
    return probability


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
