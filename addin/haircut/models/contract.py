"""Contracts: whether they pay, what they cover of the debt, and the cliff where they end."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    Table,
    above_minus_one,
    as_vector,
    broadcast,
    finite,
    not_negative,
    positive,
    ratio,
    share,
    whole,
)
from haircut.models.coverage import dscr, present_value
from haircut.models.errors import NotApplicable, NothingToDivideBy

LONGEST_WINDOW = 1200


def contract_realisation(
    cash_received: ArrayLike, contracted_cash: ArrayLike, window: float = 3
) -> FloatArray:
    """Contract realisation ratio of each period: cash received over cash contracted, over a trailing window.

    Parameters
    ----------
    cash_received : array of shape (n,)
        Cash that the customers paid in each period, USD; negative where more was paid back.
    contracted_cash : array of shape (n,)
        Cash due under the contracts in the same period, USD.
    window : float
        Periods in the window, this one and those before it, a whole number from 1 to 1,200.

    Returns
    -------
    array of shape (n,)
        A share; NaN until the window is full, and where nothing was contracted in it.

    Raises
    ------
    OutOfRange
        A negative contracted amount, a window that is not a whole number within its limits.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Sum of the cash received over the window / sum of the cash contracted over it.

    Examples
    --------
    >>> contract_realisation([90, 80, 100, 0], [100, 100, 100, 100], window=2).tolist()
    [nan, 0.85, 0.9, 0.5]
    """
    received, contracted = broadcast(cash_received=cash_received, contracted_cash=contracted_cash)
    finite(cash_received=received)
    not_negative(contracted_cash=contracted)
    length = whole("window", window, 1, LONGEST_WINDOW)
    answer = np.full(received.shape, np.nan)
    if length <= received.size:
        paid, due = (sliding_window_view(cash, length).sum(axis=1) for cash in (received, contracted))
        answer[length - 1 :] = ratio(paid, due, np.nan)
    return answer


def contract_coverage(
    contract_cash: ArrayLike,
    debt: float,
    discount_rate: float,
    counterparty_default: float = 0.0,
    periods: float = 4,
) -> float:
    """Contract coverage: present value of the contracted cash, if the customer survives, over the debt.

    Parameters
    ----------
    contract_cash : array of shape (n,)
        Contracted cash of each period net of the cost to serve it, at period end, USD.
    debt : float
        Debt outstanding now, USD.
    discount_rate : float
        Annual nominal rate.
    counterparty_default : float
        Probability that the customer defaults within a year; nothing is paid after its default.
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
        A negative debt, a probability outside 0 to 1, a rate per period of -1 or less, no periods a year.
    InvalidValue
        Cash that is no row or column of numbers.

    Notes
    -----
    sum over t of C_t (1 - p)^(t / m) (1 + r/m)^(-t), over the debt; t counts periods and m is periods a year.

    Examples
    --------
    >>> round(contract_coverage([110, 121], 100, 0.1, counterparty_default=0.5, periods=1), 12)
    0.75
    """
    cash = as_vector("contract_cash", contract_cash)
    finite(contract_cash=cash)
    not_negative(debt=debt)
    positive(periods=periods)
    above_minus_one(discount_rate=discount_rate / periods)
    share(counterparty_default=counterparty_default)
    if debt == 0:
        raise NothingToDivideBy("debt is 0, so there is nothing to cover")
    survival = (1 - counterparty_default) ** (np.arange(1.0, cash.size + 1) / periods)
    return present_value(cash * survival, discount_rate / periods) / debt


def recontract_cliff(
    cfads: ArrayLike,
    debt_service: ArrayLike,
    balances: ArrayLike,
    expiry_period: float,
    contract_rent: float,
    market_rent: float,
    discount_rate: float,
    periods: float = 4,
) -> Table:
    """Re-contracting cliff: what happens to rent, CFADS and DSCR when the contract ends, and the debt left then.

    Parameters
    ----------
    cfads : array of shape (n,)
        CFADS of each period, those after the expiry at the market rent, USD.
    debt_service : array of shape (n,)
        Interest, scheduled principal and fees due in the same period, USD.
    balances : array of shape (n,)
        Debt after the payment of each period, USD.
    expiry_period : float
        Number of the last period under contract, counted from 1.
    contract_rent, market_rent : float
        Rent under the contract, and market rent at its expiry, USD per GPU-hour.
    discount_rate : float
        Annual nominal rate.
    periods : float
        Periods a year.

    Returns
    -------
    table
        One row: ``rent cliff`` (share, negative for a fall), ``CFADS before`` and ``CFADS after`` (USD, the
        last period under contract and the next one), ``DSCR before`` and ``DSCR after`` (x; NaN where no
        debt service is due), ``debt at expiry``, ``PV of later CFADS`` (USD, at the expiry) and ``debt / PV``
        (share; infinity where debt is left and no cash to repay it, NaN where neither is).

    Raises
    ------
    NotApplicable
        The contract runs to the last period, so there is no cliff.
    NothingToDivideBy
        The contract rent is 0.
    OutOfRange
        An expiry that is not one of the periods, a negative debt service, balance or rent, a rate per period
        of -1 or less, no periods a year.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> table = recontract_cliff([100, 100, 44, 24.2], 40, [90, 60, 30, 0], 2, 2.5, 1.5, 0.1, periods=1)
    >>> {name: round(float(column[0]), 9) for name, column in table.items()}
    {'rent cliff': -0.4, 'CFADS before': 100.0, 'CFADS after': 44.0, 'DSCR before': 2.5, 'DSCR after': 1.1,
     'debt at expiry': 60.0, 'PV of later CFADS': 60.0, 'debt / PV': 1.0}
    """
    cash, due, owed = broadcast(cfads=cfads, debt_service=debt_service, balances=balances)
    cover = dscr(cash, due)
    not_negative(balances=owed, contract_rent=contract_rent, market_rent=market_rent)
    positive(periods=periods)
    above_minus_one(discount_rate=discount_rate / periods)
    expiry = whole("expiry_period", expiry_period, 1, cash.size)
    if expiry == cash.size:
        raise NotApplicable("no period follows expiry_period, so there is no cliff")
    if contract_rent == 0:
        raise NothingToDivideBy("contract_rent is 0, so there is no rent to fall from")
    left, later = float(owed[expiry - 1]), present_value(cash[expiry:], discount_rate / periods)
    unpayable = np.inf if left > 0 else np.nan
    row = {
        "rent cliff": market_rent / contract_rent - 1,
        "CFADS before": cash[expiry - 1],
        "CFADS after": cash[expiry],
        "DSCR before": cover[expiry - 1],
        "DSCR after": cover[expiry],
        "debt at expiry": left,
        "PV of later CFADS": later,
        "debt / PV": left / later if later > 0 else unpayable,
    }
    return {name: np.array([value]) for name, value in row.items()}
