"""Covenants: what cures a breach, what traps the cash, and the fall in rent or value that breaks the loan."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from haircut.models.checks import FloatArray, broadcast, finite, not_negative, positive, ratio, share
from haircut.models.collateral import ltv as loan_to_value
from haircut.models.comparison import at_least

SAME_AT_15_DIGITS = 1e-14
"""Relative distance beyond which two numbers differ at 15 significant digits."""


def _exceeds(a: FloatArray, b: FloatArray) -> NDArray[np.bool_]:
    """Where a is above b at 15 significant digits; only what is as close as that needs the rounding."""
    above = a > b
    for i in np.flatnonzero(above & (a - b <= SAME_AT_15_DIGITS * np.abs(a))):
        above[i] = not at_least(b[i], a[i])
    return above


def shortfall(debt: ArrayLike, value: ArrayLike, max_ltv: ArrayLike) -> FloatArray:
    """Collateral shortfall: the debt to repay so that LTV is back at its limit.

    Parameters
    ----------
    debt, value : arrays of shape (n,)
        Drawn debt and collateral value, USD.
    max_ltv : float or array of shape (n,)
        LTV limit, a share.

    Returns
    -------
    array of shape (n,)
        USD; 0 where LTV is at or below the limit, compared at 15 significant digits.

    Raises
    ------
    OutOfRange
        A negative debt or value, a limit of 0 or less.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    max(0, D - LTVmax V).

    Examples
    --------
    >>> shortfall([80, 60], 100, 0.7).tolist()
    [10.0, 0.0]
    """
    owed, worth, limit = broadcast(debt=debt, value=value, max_ltv=max_ltv)
    not_negative(debt=owed, value=worth)
    positive(max_ltv=limit)
    most = limit * worth
    return np.where(_exceeds(owed, most), owed - most, 0.0)


def cash_trap(
    ltv: ArrayLike, dscr: ArrayLike, trap_ltv: ArrayLike, lockup_dscr: ArrayLike
) -> NDArray[np.bool_]:
    """Cash trap: whether cash is kept from the owners because LTV is too high or DSCR too low.

    Parameters
    ----------
    ltv : array of shape (n,)
        Loan to value, a share.
    dscr : array of shape (n,)
        Debt service cover ratio, a multiple (x).
    trap_ltv : float or array of shape (n,)
        Cash is trapped where LTV is above this.
    lockup_dscr : float or array of shape (n,)
        Cash is trapped where DSCR is below this; 0 for no lock-up while CFADS is not negative.

    Returns
    -------
    array of bool of shape (n,)
        True where cash is trapped; a ratio at its level does not trap, compared at 15 significant digits.

    Raises
    ------
    OutOfRange
        A negative LTV or lock-up, a trap level of 0 or less.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> cash_trap([0.7, 0.8, 0.7], [1.3, 1.3, 1.1], 0.75, 1.2).tolist()
    [False, True, True]
    """
    loan, cover, highest, lowest = broadcast(ltv=ltv, dscr=dscr, trap_ltv=trap_ltv, lockup_dscr=lockup_dscr)
    not_negative(ltv=loan, lockup_dscr=lowest)
    finite(dscr=cover)
    positive(trap_ltv=highest)
    return _exceeds(loan, highest) | _exceeds(lowest, cover)


def break_rent(
    revenue: ArrayLike,
    other_cash: ArrayLike,
    debt_service: ArrayLike,
    covenant: ArrayLike,
    rent_share: ArrayLike = 1.0,
) -> FloatArray:
    """Reverse stress on rent: the fall in market rent that brings each period's DSCR to the covenant.

    Parameters
    ----------
    revenue : array of shape (n,)
        Revenue of each period, USD.
    other_cash : array of shape (n,)
        CFADS less revenue, USD: costs negative, other income positive; it does not move with the rent.
    debt_service : array of shape (n,)
        Interest, scheduled principal and fees due in the same period, USD.
    covenant : float or array of shape (n,)
        The lowest DSCR allowed, a multiple (x).
    rent_share : float or array of shape (n,)
        Share of revenue that moves with the market rent, 0 to 1: the part not under contract.

    Returns
    -------
    array of shape (n,)
        A share of the rent; below 0 where the covenant is broken already, by the rise that would mend it.
        NaN where no fall breaks it, where no revenue moves with the rent and where no debt service is due.

    Raises
    ------
    OutOfRange
        A negative revenue or debt service, a covenant of 0 or less, a rent share outside 0 to 1.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    f = 1 - (covenant DS - unexposed) / exposed, with exposed = rent_share revenue and
    unexposed = (1 - rent_share) revenue + other cash.

    Examples
    --------
    >>> break_rent([200, 200], -50, [100, 120], 1.2).round(9).tolist()
    [0.15, 0.03]
    >>> break_rent(200, -50, 100, 1.2, rent_share=0.5).round(9).tolist()
    [0.3]
    """
    sold, other, due, lowest, moving = broadcast(
        revenue=revenue,
        other_cash=other_cash,
        debt_service=debt_service,
        covenant=covenant,
        rent_share=rent_share,
    )
    not_negative(revenue=sold, debt_service=due)
    finite(other_cash=other)
    positive(covenant=lowest)
    share(rent_share=moving)
    needed = lowest * due - (1 - moving) * sold - other
    fall = 1 - ratio(needed, np.where(due > 0, moving * sold, 0.0), np.nan)
    out_of_reach = _exceeds(fall, np.ones_like(fall))
    return np.where(out_of_reach, np.nan, np.minimum(fall, 1.0))


def break_value(debt: ArrayLike, value: ArrayLike, max_ltv: ArrayLike) -> FloatArray:
    """Reverse stress on value: the fall in collateral value that brings each period's LTV to its limit.

    Parameters
    ----------
    debt, value : arrays of shape (n,)
        Drawn debt and collateral value, USD.
    max_ltv : float or array of shape (n,)
        LTV limit, a share.

    Returns
    -------
    array of shape (n,)
        A share of the value; 1 where nothing is owed, below 0 where the limit is broken already, by the rise
        that would mend it; minus infinity where the value is 0.

    Raises
    ------
    OutOfRange
        A negative debt or value, a limit of 0 or less.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    f = 1 - LTV / LTVmax.

    Examples
    --------
    >>> break_value([35, 70, 84], 100, 0.7).round(9).tolist()
    [0.5, 0.0, -0.2]
    """
    owed, worth, limit = broadcast(debt=debt, value=value, max_ltv=max_ltv)
    positive(max_ltv=limit)
    fall: FloatArray = 1 - loan_to_value(owed, worth) / limit
    return fall
