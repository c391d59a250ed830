"""Duration: how long the debt lasts beside the collateral that is to repay it."""

import math

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    above_minus_one,
    below_one,
    broadcast,
    finite,
    not_negative,
    positive,
)
from haircut.models.comparison import at_least
from haircut.models.errors import NotApplicable, NothingToDivideBy, OutOfRange

CONTINUOUS = 0
CANCELLED = 1e-12
"""Share of the gross sum below which a net sum is what rounding left of nothing."""
SERIES_BELOW = 0.1


def _mean_time(times: FloatArray, weights: FloatArray, nothing: str) -> float:
    """Mean of the times by weight; ``nothing`` says what it means that the weights add up to 0."""
    # Only their proportions count: a power of 2 brings the weights to at most 1 without touching a digit.
    scaled = np.ldexp(weights, -np.frexp(np.abs(weights).max())[1])
    total = math.fsum(scaled)
    if abs(total) <= CANCELLED * math.fsum(np.abs(scaled)):
        raise NothingToDivideBy(nothing)
    return math.fsum(times * scaled) / total


def _growth(yield_rate: float, compounding: float) -> float:
    """Continuous rate that equals a yield compounded so many times a year."""
    finite(yield_rate=yield_rate)
    not_negative(compounding=compounding)
    if compounding == CONTINUOUS:
        return yield_rate
    if yield_rate <= -compounding:
        raise OutOfRange(f"yield_rate must be above -{compounding:.6g}, but is {yield_rate:.6g}")
    return compounding * math.log1p(yield_rate / compounding)


def macaulay(cash_flows: ArrayLike, times: ArrayLike, yield_rate: float, compounding: float = 1.0) -> float:
    """Macaulay duration: mean time of the cash flows, weighted by their present values.

    Parameters
    ----------
    cash_flows : array of shape (n,)
        USD; leave out the price paid for them.
    times : array of shape (n,)
        When each falls due, years from now.
    yield_rate : float
        Annual yield, nominal.
    compounding : float
        Times a year that the yield compounds; 0 for continuous compounding.

    Returns
    -------
    float
        Years.

    Raises
    ------
    NothingToDivideBy
        The flows have a present value of 0.
    OutOfRange
        A negative time or compounding, a yield of -100 % a period or less, a cash flow that is not finite.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    sum t PV_t / sum PV_t, PV_t = C_t (1 + y/m)^(-m t), or C_t e^(-y t) for continuous compounding.

    Examples
    --------
    >>> round(macaulay([10, 110], [1, 2], 0.1), 9), macaulay(100, 5, 0.08)
    (1.909090909, 5.0)
    """
    flows, when = broadcast(cash_flows=cash_flows, times=times)
    finite(cash_flows=flows)
    not_negative(times=when)
    rate = _growth(yield_rate, compounding)
    counted = flows != 0
    if not counted.any():
        raise NothingToDivideBy("cash_flows are all 0, so there is no duration")
    flows, when = flows[counted], when[counted]
    exponents = -rate * when
    # A common factor of all flows cancels: with the largest discount factor at 1 none overflows.
    weights = flows * np.exp(exponents - exponents.max())
    return _mean_time(
        when, weights, "cash_flows have a present value of 0 at this yield; leave out the price paid"
    )


def modified_duration(
    cash_flows: ArrayLike, times: ArrayLike, yield_rate: float, compounding: float = 1.0
) -> float:
    """Modified duration: share of value lost for a rise of the yield, per unit of yield.

    Parameters
    ----------
    cash_flows, times, yield_rate, compounding
        As in `macaulay`.

    Returns
    -------
    float
        Years: 3.5 means that 1 % more yield costs about 3.5 % of the value.

    Raises
    ------
    NothingToDivideBy
        The flows have a present value of 0.
    OutOfRange
        As in `macaulay`.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Macaulay duration / (1 + y/m); with continuous compounding the two are equal. It equals -V'(y) / V.

    Examples
    --------
    >>> round(modified_duration([10, 110], [1, 2], 0.1), 9)
    1.73553719
    """
    years = macaulay(cash_flows, times, yield_rate, compounding)
    return years if compounding == CONTINUOUS else years / (1 + yield_rate / compounding)


def wal(principal: ArrayLike, times: ArrayLike) -> float:
    """Weighted average life: mean time of the principal payments.

    Parameters
    ----------
    principal : array of shape (n,)
        Principal paid at each time, USD; negative where the debt grows.
    times : array of shape (n,)
        Years from now.

    Returns
    -------
    float
        Years.

    Raises
    ------
    NothingToDivideBy
        The principal adds up to 0.
    OutOfRange
        A negative time, a principal that is not finite.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    sum t P / sum P, which is also the area under the balance over the first balance.

    Examples
    --------
    >>> wal([30, 70], [1, 2])
    1.7
    """
    paid, when = broadcast(principal=principal, times=times)
    finite(principal=paid)
    not_negative(times=when)
    return _mean_time(when, paid, "principal adds up to 0, so there is no average life")


def rent_duration(annual_decline: float, discount_rate: float, life: float) -> float:
    """Duration of a rent that falls at a constant rate: mean time of its discounted dollars.

    Parameters
    ----------
    annual_decline : float
        Share of rent lost in a year; negative where rent rises.
    discount_rate : float
        Annual effective rate.
    life : float
        Years for which the rent is earned: the economic life where that is the shorter one.

    Returns
    -------
    float
        Years, above 0 and below the life.

    Raises
    ------
    OutOfRange
        A decline of 1 or more, a discount rate of -1 or less, a life of 0 or less.

    Notes
    -----
    1/k - T e^{-kT} / (1 - e^{-kT}), with k = -ln(1 - d) + ln(1 + discount_rate); T/2 where k is 0.

    Examples
    --------
    >>> rent_duration(0.0, 0.0, 5.0)
    2.5
    >>> round(rent_duration(0.5, 0.0, 1.0), 6)
    0.442695
    """
    below_one(annual_decline=annual_decline)
    above_minus_one(discount_rate=discount_rate)
    positive(life=life)
    k = math.log1p(discount_rate) - math.log1p(-annual_decline)
    x = abs(k) * life
    if x < SERIES_BELOW:
        # 1/x - 1/(e^x - 1) loses its digits near 0: its Taylor series in the Bernoulli numbers does not.
        early = life * (1 / 2 - x / 12 + x**3 / 720 - x**5 / 30240 + x**7 / 1209600)
    else:
        early = 1 / abs(k) - life * math.exp(-x) / -math.expm1(-x)
    # A rising rent is the mirror image of a falling one, seen from the end of the life.
    return early if k >= 0 else life - early


def duration_gap(asset_duration: float, debt_duration: float, debt: float, assets: float) -> float:
    """Duration gap: how much longer the assets last than the debt that they carry.

    Parameters
    ----------
    asset_duration, debt_duration : float
        Years, both Macaulay or both modified.
    debt, assets : float
        Value of each, USD.

    Returns
    -------
    float
        Years; negative where the debt outlasts the assets, as with a long loan on a GPU.

    Raises
    ------
    NothingToDivideBy
        The assets are worth 0.
    OutOfRange
        A negative duration, debt or value.

    Notes
    -----
    D_assets - (debt / assets) D_debt; equity moves by -gap x assets x dy / (1 + y) with Macaulay durations.

    Examples
    --------
    >>> duration_gap(1.5, 4.0, 75, 100)
    -1.5
    """
    not_negative(asset_duration=asset_duration, debt_duration=debt_duration, debt=debt, assets=assets)
    if assets == 0:
        raise NothingToDivideBy("assets are worth 0, so there is no gap to measure")
    return asset_duration - debt / assets * debt_duration


def balloon_on_scrap(balances: ArrayLike, times: ArrayLike, economic_life: float) -> float:
    """Balloon on scrap: the debt still owed when the collateral is at the end of its economic life.

    Parameters
    ----------
    balances : array of shape (n,)
        Debt after the payment at each time, USD; start with the drawn amount at time 0.
    times : array of shape (n,)
        Years from closing, each later than the one before.
    economic_life : float
        Years from closing until the collateral is scrap.

    Returns
    -------
    float
        USD: the balance after the last payment at or before that time, compared at 15 significant digits.

    Raises
    ------
    NotApplicable
        The economic life ends before the first of the times.
    OutOfRange
        A negative balance, time or life, times that do not rise.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> balloon_on_scrap([100, 80, 60, 0], [0, 1, 2, 3], 2.5)
    60.0
    """
    owed, when = broadcast(balances=balances, times=times)
    not_negative(balances=owed, times=when, economic_life=economic_life)
    stuck = np.flatnonzero(np.diff(when) <= 0)
    if stuck.size:
        raise OutOfRange(f"times must rise from item to item, but item {stuck[0] + 2} does not")
    passed = int(np.searchsorted(when, economic_life, side="right"))
    if passed < when.size and at_least(economic_life, float(when[passed])):
        passed += 1
    if passed == 0:
        raise NotApplicable(
            f"economic_life ends before the first of the times, {when[0]:.6g}; start with the balance at time 0"
        )
    return float(owed[passed - 1])
