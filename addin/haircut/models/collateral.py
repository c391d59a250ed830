"""What the collateral is worth: on the books, after each new chip, and from the rent it can still earn."""

from math import copysign, inf, log1p

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    Table,
    above_minus_one,
    as_vector,
    below_one,
    broadcast,
    finite,
    not_negative,
    positive,
    ratio,
    same_length,
    share,
)
from haircut.models.errors import OutOfRange
from haircut.models.rent import HOURS_PER_YEAR, surviving_share


def book_value(cost: float, ages: ArrayLike, life: float, salvage: float = 0.0) -> FloatArray:
    """Straight-line book value at each age, down to the salvage value.

    Parameters
    ----------
    cost : float
        Purchase cost, USD.
    ages : array of shape (n,)
        Years since purchase.
    life : float
        Book life, years.
    salvage : float
        Value at the end of the book life, USD; at most the cost.

    Returns
    -------
    array of shape (n,)
        USD.

    Raises
    ------
    OutOfRange
        A negative cost, age or salvage, a life of 0 or less, a salvage above the cost.
    InvalidValue
        Ages that are no row or column of numbers.

    Notes
    -----
    max(salvage, V0 - (V0 - salvage) age / life).

    Examples
    --------
    >>> book_value(30000, [0, 2.5, 9], 6).tolist()
    [30000.0, 17500.0, 0.0]
    """
    age = as_vector("ages", ages)
    not_negative(cost=cost, ages=age, salvage=salvage)
    positive(life=life)
    if salvage > cost:
        raise OutOfRange(f"salvage must be at most the cost of {cost:.6g}, but is {salvage:.6g}")
    return np.maximum(salvage, cost - (cost - salvage) * age / life)


def step_value(
    cost: float,
    ages: ArrayLike,
    decay: float,
    release_ages: ArrayLike,
    release_drops: ArrayLike,
    floor_share: float = 0.0,
    sharpness: float | None = None,
    lag: float = 0.0,
) -> FloatArray:
    """Economic value at each age: a steady decay, and a drop at each release of a better chip.

    Parameters
    ----------
    cost : float
        Purchase cost, USD.
    ages : array of shape (n,)
        Years since purchase.
    decay : float
        Continuous rate of decay between releases, a year.
    release_ages : array of shape (k,)
        Age of this hardware when each better chip is released, years; one below 0 came before the
        purchase and does not hit it.
    release_drops : array of shape (k,)
        Share of value that each release takes, 0 to 1.
    floor_share : float
        The value never falls below this share of cost.
    sharpness : float, optional
        Steepness a year of a drop that spreads over time (a logistic curve); without it, a step.
    lag : float
        Years from the release to the step, or to the middle of the spread drop.

    Returns
    -------
    array of shape (n,)
        USD.

    Raises
    ------
    OutOfRange
        A negative cost, age, decay, sharpness or lag, a share outside 0 to 1.
    InvalidValue
        As many release drops as release ages are needed.

    Notes
    -----
    V0 max(floor, e^{-k age} prod_j (1 - s_j 1[age >= release_j + lag])); the smooth variant puts
    1 / (1 + e^{-q (age - release_j - lag)}) in the place of the indicator.

    Examples
    --------
    >>> step_value(30000, [0, 1, 2], 0.0, [1.0], [0.4]).tolist()
    [30000.0, 18000.0, 18000.0]
    """
    age = as_vector("ages", ages)
    when, drops = np.asarray(release_ages, float), np.asarray(release_drops, float)
    same_length(release_ages=when, release_drops=drops)
    finite(release_ages=when)
    not_negative(cost=cost, ages=age, decay=decay, lag=lag)
    share(release_drops=drops, floor_share=floor_share)
    later = when >= 0
    if sharpness is None:
        left = surviving_share(age, when[later] + lag, drops[later])
    else:
        not_negative(sharpness=sharpness)
        from scipy.special import expit

        reached = expit(sharpness * (age[None, :] - when[later][:, None] - lag))
        left = (1 - drops[later][:, None] * reached).prod(axis=0)
    return cost * np.maximum(floor_share, np.exp(-decay * age) * left)


def _discounted_years(rate: float, start: FloatArray, width: FloatArray) -> FloatArray:
    """Integral of e^{-rate t} from start over that width, exact where the rate is 0."""
    x = rate * width
    mean = np.divide(-np.expm1(-x), x, out=np.ones(x.shape), where=x != 0)
    return np.exp(-rate * start) * width * mean


def rent_value(
    rent: ArrayLike,
    annual_decline: float,
    opex_per_hour: ArrayLike,
    discount_rate: float,
    life: ArrayLike,
    utilisation: float = 1.0,
    scrap: float = 0.0,
) -> FloatArray:
    """Value of one GPU from the rent it can still earn: it runs only while the rent covers its cost.

    Parameters
    ----------
    rent : float or array of shape (n,)
        Market rent now, USD per GPU-hour.
    annual_decline : float
        Share of rent lost in a year; negative where rent rises.
    opex_per_hour : float or array of shape (n,)
        Power and hosting, USD per GPU-hour, paid for every hour in which the machine is on.
    discount_rate : float
        Annual effective rate.
    life : float or array of shape (n,)
        Remaining physical life, years.
    utilisation : float
        Share of the hours that are sold, 0 to 1.
    scrap : float
        Value when the machine is switched off, USD.

    Returns
    -------
    array of shape (n,)
        USD per GPU.

    Raises
    ------
    OutOfRange
        A negative rent, cost, life or scrap, a decline of 1 or more, a discount rate of -1 or less,
        a utilisation outside 0 to 1.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    With g = -ln(1 - d), r = ln(1 + discount_rate): the machine runs from 0 to
    T* = min(life, ln(u R0 / opex) / g) where rent falls, from t0 = ln(opex / (u R0)) / -g to its life where
    it rises; V = 8760 (u R0 int e^{-(g + r) t} dt - opex int e^{-r t} dt) + scrap e^{-r T*}.

    Examples
    --------
    >>> rent_value(2.0, 0.0, 0.5, 0.0, 3.0).round(6).tolist()
    [39420.0]
    >>> rent_value(0.4, 0.3, 0.5, 0.1, 3.0, scrap=100).tolist()
    [100.0]
    """
    rents, opex, lives = broadcast(rent=rent, opex_per_hour=opex_per_hour, life=life)
    not_negative(rent=rents, opex_per_hour=opex, life=lives, scrap=scrap)
    below_one(annual_decline=annual_decline)
    above_minus_one(discount_rate=discount_rate)
    share(utilisation=utilisation)
    fall, rate = -log1p(-annual_decline), log1p(discount_rate)
    earned = utilisation * rents
    start, end = np.zeros(lives.shape), np.where(earned > opex, lives, 0.0)
    if fall != 0:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            break_even = np.where(earned > 0, np.log(earned / opex) / fall, -copysign(inf, fall))
        reached = np.minimum(np.maximum(break_even, 0.0), lives)
        start, end = (start, reached) if fall > 0 else (reached, np.where(reached < lives, lives, 0.0))
    width = np.maximum(end - start, 0.0)
    income = earned * _discounted_years(fall + rate, start, width)
    cost = opex * _discounted_years(rate, start, width)
    value: FloatArray = HOURS_PER_YEAR * (income - cost) + scrap * np.exp(-rate * end)
    return value


def collateral_value(
    book: ArrayLike, step: ArrayLike, rent_implied: ArrayLike, parity_cap: ArrayLike | None = None
) -> Table:
    """Collateral value in each period: the lowest of the methods in use, and which one binds.

    Parameters
    ----------
    book, step, rent_implied : arrays of shape (n,)
        Book value, economic value after chip releases, and rent-implied value, USD.
    parity_cap : array of shape (n,), optional
        Value at which the old chip does the new chip's work at the new chip's price, USD.

    Returns
    -------
    table
        ``value`` (USD) and ``binding`` ("book", "step", "rent" or "parity"; the first of them when several
        are equal).

    Raises
    ------
    OutOfRange
        A negative value.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Examples
    --------
    >>> {k: v.tolist() for k, v in collateral_value([30, 20], [25, 25], [26, 27]).items()}
    {'value': [25.0, 20.0], 'binding': ['step', 'book']}
    """
    methods = {"book": book, "step": step, "rent_implied": rent_implied, "parity_cap": parity_cap}
    used = {name: values for name, values in methods.items() if values is not None}
    stack = np.stack(broadcast(**used))
    not_negative(**dict(zip(used, stack, strict=True)))
    short = np.array([name.split("_")[0] for name in used])
    return {"value": stack.min(axis=0), "binding": short[stack.argmin(axis=0)]}


def ltv(debt: ArrayLike, value: ArrayLike) -> FloatArray:
    """Loan to value: drawn debt over the value of installed collateral.

    Parameters
    ----------
    debt, value : arrays of shape (n,)
        USD.

    Returns
    -------
    array of shape (n,)
        A share; infinity where the value is 0.

    Raises
    ------
    OutOfRange
        A negative debt or value.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Examples
    --------
    >>> ltv([70, 35], [100, 0]).tolist()
    [0.7, inf]
    """
    owed, worth = broadcast(debt=debt, value=value)
    not_negative(debt=owed, value=worth)
    return ratio(owed, worth, np.inf)
