"""The price of credit: what a spread must pay for expected and unexpected loss."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.capital import unexpected_loss
from haircut.models.checks import (
    FloatArray,
    above_minus_one,
    as_vector,
    below_one,
    broadcast,
    finite,
    not_negative,
    open_share,
    same_length,
    share,
)
from haircut.models.errors import NothingToDivideBy, OutOfRange


def fair_spread(
    cumulative_pds: ArrayLike,
    lgds: ArrayLike,
    exposures: ArrayLike,
    times: ArrayLike,
    rate: float,
    hurdle: float = 0.0,
    correlation: float | None = None,
    confidence: float = 0.999,
    liquidity_premium: float = 0.0,
) -> float:
    """Spread that pays for expected loss, for the capital that unexpected loss ties up, and for illiquidity.

    Parameters
    ----------
    cumulative_pds : array of shape (n,)
        Probability of default from closing to each time; never falling.
    lgds : float or array of shape (n,)
        Loss given default in the period that ends at each time, 0 to 1.
    exposures : float or array of shape (n,)
        Exposure during that period, USD.
    times : array of shape (n,)
        End of each period, years from closing, rising.
    rate : float
        Annual effective discount rate.
    hurdle : float
        Annual return that capital must earn above the rate; 0 leaves capital out.
    correlation : float, optional
        Asset correlation for the capital; Basel's corporate formula if it is omitted.
    confidence : float
        Confidence of the capital.
    liquidity_premium : float
        Added to the spread, an annual decimal.

    Returns
    -------
    float
        Basis points a year on the exposure outstanding while the loan is alive.

    Raises
    ------
    OutOfRange
        A probability, LGD, correlation or confidence out of its range, cumulative PDs that fall, times that
        do not rise, a negative exposure or hurdle, a rate of -1 or less.
    NothingToDivideBy
        No exposure survives at all, so no spread can be earned.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    [PV(EL) + hurdle PV(UL capital)] / PV(exposure-weighted survival annuity) + liquidity premium. Defaults
    fall on period ends; the spread accrues on the average of the survival at both ends. UL is Basel's
    LGD (WCDR - PD) MA with the period's annualised PD and, as maturity, the time left until nothing is exposed
    (1 to 5 years).

    Examples
    --------
    >>> years = np.arange(1, 6)
    >>> round(fair_spread(1 - np.exp(-0.02 * years), 0.6, 100.0, years, 0.0), 1)  # 2 % hazard x 60 % LGD
    120.0
    """
    at, pds = as_vector("times", times), as_vector("cumulative_pds", cumulative_pds)
    same_length(cumulative_pds=pds, times=at)
    _, lgd, exposure = broadcast(times=at, lgds=lgds, exposures=exposures)
    share(cumulative_pds=pds, lgds=lgd)
    finite(times=at, liquidity_premium=liquidity_premium)
    not_negative(exposures=exposure, hurdle=hurdle)
    above_minus_one(rate=rate)
    open_share(confidence=confidence)
    if correlation is not None:
        not_negative(correlation=correlation)
        below_one(correlation=correlation)
    dt = np.diff(at, prepend=0.0)
    if (dt <= 0).any():
        raise OutOfRange("times must rise from above 0")
    survival = np.concatenate([[1.0], 1 - pds])
    if (np.diff(survival) > 0).any():
        raise OutOfRange("cumulative_pds must never fall: they count all defaults since closing")
    alive = (survival[1:] + survival[:-1]) / 2
    weight = exposure * alive * dt * (1 + rate) ** -at
    if weight.sum() == 0:
        raise NothingToDivideBy("no exposure is alive in any period, so no spread can be earned")
    lost = float(np.sum(-np.diff(survival) * lgd * exposure * (1 + rate) ** -at))
    if hurdle > 0:
        kept = np.divide(survival[1:], survival[:-1], out=np.zeros_like(at), where=survival[:-1] > 0)
        annual_pd = 1 - kept ** (1 / dt)
        remaining = at[exposure > 0].max() - at + dt
        lost += hurdle * float(
            np.sum(unexpected_loss(annual_pd, lgd, remaining, correlation, confidence) * weight)
        )
    return 1e4 * (lost / float(weight.sum()) + liquidity_premium)


def spread_gap(quoted: ArrayLike, fair: ArrayLike) -> FloatArray:
    """Quoted spread less the fair one: below 0, the lender is not paid for the risk.

    Parameters
    ----------
    quoted, fair : float or array of shape (n,)
        Basis points.

    Returns
    -------
    array of shape (n,)
        Basis points.

    Raises
    ------
    OutOfRange
        A spread that is not finite.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> spread_gap(225, 400).tolist()
    [-175.0]
    """
    paid, needed = broadcast(quoted=quoted, fair=fair)
    finite(quoted=paid, fair=needed)
    return paid - needed
