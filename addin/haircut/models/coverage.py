"""How the cash covers the debt: DSCR by period, at its lowest and over windows, LLCR, PLCR, ICR."""

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
    whole,
)
from haircut.models.errors import InvalidValue, NotApplicable, NothingToDivideBy

LONGEST_WINDOW = 1200
AVERAGES = ("mean", "total")


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
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

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


def dscr_avg(cfads: ArrayLike, debt_service: ArrayLike, method: str = "mean") -> float:
    """Average debt service cover ratio over the periods in which debt service is due.

    Parameters
    ----------
    cfads, debt_service : arrays of shape (n,)
        As in `dscr`, USD.
    method : str
        "mean" (the mean of the ratios) or "total" (all CFADS over all debt service, so that a period
        weighs as much as its debt service).

    Returns
    -------
    float
        A multiple (x).

    Raises
    ------
    NotApplicable
        No debt service is due in any period.
    InvalidValue
        A method that is neither, ranges of different lengths.
    OutOfRange
        A negative debt service.

    Notes
    -----
    By either method a period without debt service is left out, and so is its cash.

    Examples
    --------
    >>> dscr_avg([150, 100, 999], [100, 100, 0]), dscr_avg([300, 100, 999], [200, 50, 0], "total")
    (1.25, 1.6)
    """
    cash, due = broadcast(cfads=cfads, debt_service=debt_service)
    method = method.strip().lower()
    if method not in AVERAGES:
        raise InvalidValue(f'method must be {" or ".join(AVERAGES)}, but is "{method}"')
    ratios = dscr(cash, due)
    counts = due > 0
    if not counts.any():
        raise NotApplicable("debt_service is 0 in every period, so there is no ratio")
    if method == "total":
        return float(cash[counts].sum() / due[counts].sum())
    return float(ratios[counts].mean())


def _over_windows(cfads: ArrayLike, debt_service: ArrayLike, window: float) -> tuple[FloatArray, int]:
    """Total CFADS over total debt service of the window that starts at each period, 0 after the last."""
    cash, due = broadcast(cfads=cfads, debt_service=debt_service)
    finite(cfads=cash)
    not_negative(debt_service=due)
    width = min(whole("window", window, 1, LONGEST_WINDOW), cash.size + 1)
    padded = (np.concatenate([flows, np.zeros(width)]) for flows in (cash, due))
    over, under = (np.lib.stride_tricks.sliding_window_view(flows, width).sum(axis=1) for flows in padded)
    return ratio(over, under, np.nan), width


def dscr_trailing(cfads: ArrayLike, debt_service: ArrayLike, window: float) -> FloatArray:
    """Backward-looking DSCR at the end of each period: the last periods' CFADS over their debt service.

    Parameters
    ----------
    cfads, debt_service : arrays of shape (n,)
        As in `dscr`, USD.
    window : float
        Periods looked back on, this one included: 3 for a three-month test on monthly cash, 4 for a year of
        quarters; 1 to 1,200.

    Returns
    -------
    array of shape (n,)
        A multiple (x); NaN before a full window has run, as a covenant is not tested on part of one, and
        where the window holds no debt service.

    Raises
    ------
    OutOfRange
        A negative debt service, a window that is not a whole number within its limits.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    The ratio of the sums, not the mean of the ratios: LTM CFADS / LTM debt service. A period without debt
    service counts with its cash.

    Examples
    --------
    >>> dscr_trailing([120, 80, 160], 100, 2).tolist()
    [nan, 1.0, 1.2]
    """
    ratios, width = _over_windows(cfads, debt_service, window)
    count = ratios.size - 1
    return np.concatenate([np.full(width - 1, np.nan), ratios])[:count]


def dscr_forward(cfads: ArrayLike, debt_service: ArrayLike, window: float) -> FloatArray:
    """Forward-looking DSCR at the end of each period: the next periods' CFADS over their debt service.

    Parameters
    ----------
    cfads, debt_service : arrays of shape (n,)
        As in `dscr`, USD.
    window : float
        Periods looked ahead, the next one first: 4 for the coming year of quarters; 1 to 1,200.

    Returns
    -------
    array of shape (n,)
        A multiple (x). Near the end the window shortens to the periods left; NaN where nothing is left, as
        in the last period, or no debt service is due.

    Raises
    ------
    OutOfRange
        A negative debt service, a window that is not a whole number within its limits.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Period t looks at t + 1 to t + window, so that it and `dscr_trailing` meet at one test date.

    Examples
    --------
    >>> dscr_forward([120, 80, 160, 90], 100, 2).tolist()
    [1.2, 1.25, 0.9, nan]
    """
    return _over_windows(cfads, debt_service, window)[0][1:]


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
    InvalidValue
        CFADS that are no row or column of numbers.

    Examples
    --------
    >>> round(llcr([110, 121], 100, 0.1, periods=1), 12)
    2.0
    """
    return _life_cover(cfads, debt, rate, periods)


def plcr(cfads: ArrayLike, debt: float, rate: float, periods: float = 4) -> float:
    """Project life cover ratio: present value of CFADS to the end of the assets' economic life over the debt.

    Parameters
    ----------
    cfads : array of shape (n,)
        CFADS of each period from now to the end of economic life, at period end, USD; for GPUs that is the
        period in which the rent no longer covers the cost, not the end of the book life.
    debt : float
        Debt outstanding now, USD.
    rate : float
        The debt's annual nominal rate.
    periods : float
        Periods a year.

    Returns
    -------
    float
        A multiple (x). Beside `llcr` it shows how much tail of cash there is after the debt's maturity.

    Raises
    ------
    NothingToDivideBy
        The debt is 0.
    OutOfRange
        A negative debt, a rate per period of -1 or less, no periods a year.
    InvalidValue
        CFADS that are no row or column of numbers.

    Examples
    --------
    >>> round(plcr([110, 121, 133.1], 100, 0.1, periods=1), 12)
    3.0
    """
    return _life_cover(cfads, debt, rate, periods)


def _life_cover(cfads: ArrayLike, debt: float, rate: float, periods: float) -> float:
    cash = as_vector("cfads", cfads)
    finite(cfads=cash)
    not_negative(debt=debt)
    positive(periods=periods)
    above_minus_one(rate=rate / periods)
    if debt == 0:
        raise NothingToDivideBy("debt is 0, so there is nothing to cover")
    return present_value(cash, rate / periods) / debt


def icr(ebitda: ArrayLike, cash_interest: ArrayLike) -> FloatArray:
    """Interest cover ratio of each period: EBITDA over the interest paid in cash.

    Parameters
    ----------
    ebitda : array of shape (n,)
        Earnings before interest, tax, depreciation and amortisation, USD; a loss keeps its sign.
    cash_interest : array of shape (n,)
        Interest paid in cash in the same period, USD; not what is capitalised.

    Returns
    -------
    array of shape (n,)
        A multiple (x); NaN where no interest is paid, so that the ratio does not apply.

    Raises
    ------
    OutOfRange
        A negative interest.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> icr([140, -20, 50], [248, 10, 0]).round(4).tolist()
    [0.5645, -2.0, nan]
    """
    earned, paid = broadcast(ebitda=ebitda, cash_interest=cash_interest)
    finite(ebitda=earned)
    not_negative(cash_interest=paid)
    return ratio(earned, paid, np.nan)
