"""How the cash covers the debt: DSCR by period and at its lowest, LLCR over the loan's life."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    above_minus_one,
    as_vector,
    broadcast,
    finite,
    not_negative,
    positive,
    ratio,
)
from haircut.models.errors import NotApplicable, NothingToDivideBy


def dscr(cfads: ArrayLike, debt_service: ArrayLike) -> FloatArray:
    """Debt service cover ratio of each period.

    Parameters
    ----------
    cfads : array of shape (n,)
        Cash flow available for debt service, USD; a negative one keeps its sign.
    debt_service : array of shape (n,)
        Interest, scheduled principal and fees due in the same period, USD.

    Returns
    -------
    array of shape (n,)
        A multiple (x); NaN where no debt service is due, so that the ratio does not apply.

    Raises
    ------
    OutOfRange
        A negative debt service.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> dscr([130, -10, 50], [100, 100, 0]).tolist()
    [1.3, -0.1, nan]
    """
    cash, due = broadcast(cfads=cfads, debt_service=debt_service)
    finite(cfads=cash)
    not_negative(debt_service=due)
    return ratio(cash, due, np.nan)


def dscr_min(cfads: ArrayLike, debt_service: ArrayLike) -> float:
    """Lowest debt service cover ratio over the periods in which debt service is due.

    Parameters
    ----------
    cfads, debt_service : arrays of shape (n,)
        As in `dscr`, USD.

    Returns
    -------
    float
        A multiple (x).

    Raises
    ------
    NotApplicable
        No debt service is due in any period.
    OutOfRange
        A negative debt service.

    Examples
    --------
    >>> dscr_min([130, 120, 50], [100, 100, 0])
    1.2
    """
    ratios = dscr(cfads, debt_service)
    ratios = ratios[~np.isnan(ratios)]
    if ratios.size == 0:
        raise NotApplicable("debt_service is 0 in every period, so there is no ratio")
    return float(ratios.min())


def present_value(cash_flows: FloatArray, rate_per_period: float) -> float:
    """Value now of flows at the end of each period.

    >>> round(present_value(np.array([1.1, 1.21]), 0.1), 12)
    2.0
    """
    return float(np.sum(cash_flows * (1 + rate_per_period) ** -np.arange(1.0, cash_flows.size + 1)))


def llcr(cfads: ArrayLike, debt: float, rate: float, periods: float = 4) -> float:
    """Loan life cover ratio: present value of CFADS to maturity over the debt.

    Parameters
    ----------
    cfads : array of shape (n,)
        CFADS of each period from now to the debt's maturity, at period end, USD.
    debt : float
        Debt outstanding now, USD.
    rate : float
        The debt's annual nominal rate.
    periods : float
        Periods a year.

    Returns
    -------
    float
        A multiple (x).

    Raises
    ------
    NothingToDivideBy
        The debt is 0.
    OutOfRange
        A negative debt, a rate per period of -1 or less, no periods a year.

    Examples
    --------
    >>> round(llcr([110, 121], 100, 0.1, periods=1), 12)
    2.0
    """
    cash = as_vector("cfads", cfads)
    finite(cfads=cash)
    not_negative(debt=debt)
    positive(periods=periods)
    above_minus_one(rate=rate / periods)
    if debt == 0:
        raise NothingToDivideBy("debt is 0, so there is nothing to cover")
    return present_value(cash, rate / periods) / debt
