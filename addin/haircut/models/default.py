"""Probability of default from what the borrower owns, or from how thin its cash cover is."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, broadcast, finite, not_negative, positive


def pd_merton(
    assets: ArrayLike, debt: ArrayLike, volatility: ArrayLike, drift: ArrayLike, horizon: ArrayLike
) -> FloatArray:
    """Probability that the assets are worth less than the debt at the horizon (Merton).

    Parameters
    ----------
    assets : float or array of shape (n,)
        Value of the borrower's assets now, USD.
    debt : float or array of shape (n,)
        Debt due at the horizon, USD.
    volatility : float or array of shape (n,)
        Of the assets' continuous return, a year.
    drift : float or array of shape (n,)
        Continuous rate a year at which the assets are expected to grow, below 0 where they age; the
        risk-free rate gives a risk-neutral probability.
    horizon : float or array of shape (n,)
        Years.

    Returns
    -------
    array of shape (n,)
        A probability.

    Raises
    ------
    OutOfRange
        Assets, a volatility or a horizon of 0 or less, a negative debt, a drift that is not finite.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Phi(-d2), d2 = (ln(V / D) + (mu - sigma^2 / 2) T) / (sigma sqrt(T)); Merton (1974).

    Examples
    --------
    >>> pd_merton(140, 100, 0.2, 0.05, 1).round(4).tolist()
    [0.0334]
    """
    worth, owed, sigma, mu, years = broadcast(
        assets=assets, debt=debt, volatility=volatility, drift=drift, horizon=horizon
    )
    positive(assets=worth, volatility=sigma, horizon=years)
    not_negative(debt=owed)
    finite(drift=mu)
    from scipy.special import ndtr

    width = sigma * np.sqrt(years)
    with np.errstate(divide="ignore"):
        distance = np.log(worth) - np.log(owed)
    probability: FloatArray = ndtr(-((distance + mu * years) / width - width / 2))
    return probability


def pd_first_passage(
    assets: ArrayLike, barrier: ArrayLike, volatility: ArrayLike, drift: ArrayLike, horizon: ArrayLike
) -> FloatArray:
    """Probability that the assets touch a barrier at any time up to the horizon (Black-Cox).

    Parameters
    ----------
    assets : float or array of shape (n,)
        Value of the borrower's assets now, USD.
    barrier : float or array of shape (n,)
        Value at which the lender calls default, USD: the debt, or the debt over the covenant's LTV.
    volatility : float or array of shape (n,)
        Of the assets' continuous return, a year.
    drift : float or array of shape (n,)
        Continuous rate a year at which the assets are expected to grow, below 0 where they age; the
        risk-free rate gives a risk-neutral probability.
    horizon : float or array of shape (n,)
        Years.

    Returns
    -------
    array of shape (n,)
        A probability, never below that of `pd_merton` with the barrier as debt; 1 where the assets are at
        the barrier already.

    Raises
    ------
    OutOfRange
        Assets, a volatility or a horizon of 0 or less, a negative barrier, a drift that is not finite.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Phi((b - aT) / (sigma sqrt(T))) + e^{2ab / sigma^2} Phi((b + aT) / (sigma sqrt(T))), a = mu - sigma^2 / 2,
    b = ln(B / V); Black and Cox (1976).

    Examples
    --------
    >>> pd_first_passage(105, 100, 0.2, 0.1, 0.5).round(4).tolist()
    [0.656]
    """
    worth, line, sigma, mu, years = broadcast(
        assets=assets, barrier=barrier, volatility=volatility, drift=drift, horizon=horizon
    )
    positive(assets=worth, volatility=sigma, horizon=years)
    not_negative(barrier=line)
    finite(drift=mu)
    from scipy.special import erfcx, ndtr

    width = sigma * np.sqrt(years)
    trend = mu * years / width - width / 2
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        way = (np.log(line) - np.log(worth)) / width
        below, reflected = way - trend, way + trend
        up = np.exp(2 * trend * way) * ndtr(reflected)
        # That exponential overflows where the drift is down; there its product with Phi is an erfcx.
        down = 0.5 * erfcx(np.maximum(-reflected, 0.0) / np.sqrt(2)) * np.exp(-(below**2) / 2)
    touched = ndtr(below) + np.where(reflected > 0, up, down)
    return np.where(way >= 0, 1.0, np.minimum(touched, 1.0))


def pd_dscr(dscr: ArrayLike, volatility: ArrayLike, times: ArrayLike) -> FloatArray:
    """Probability at each time that cash falls short of debt service: that DSCR is below 1.

    Parameters
    ----------
    dscr : float or array of shape (n,)
        Expected DSCR at each time, a multiple (x).
    volatility : float or array of shape (n,)
        Of the continuous change of CFADS, a year.
    times : float or array of shape (n,)
        Years from today.

    Returns
    -------
    array of shape (n,)
        A probability at each time by itself, not since closing; 1 where the expected DSCR is 0 or less.

    Raises
    ------
    OutOfRange
        A DSCR that is not finite, a volatility or time of 0 or less.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Phi(-(ln DSCR_t - sigma^2 t / 2) / (sigma sqrt(t))): CFADS is lognormal around its expected value.

    Examples
    --------
    >>> pd_dscr([1.3, 1.3, -0.1], 0.2, [0.25, 4, 1]).round(4).tolist()
    [0.005, 0.3242, 1.0]
    """
    cover, sigma, years = broadcast(dscr=dscr, volatility=volatility, times=times)
    finite(dscr=cover)
    positive(volatility=sigma, times=years)
    from scipy.special import ndtr

    width = sigma * np.sqrt(years)
    alive = cover > 0
    return np.where(alive, ndtr(width / 2 - np.log(np.where(alive, cover, 1.0)) / width), 1.0)
