"""A fleet: its expected value between unknown releases, its parity cap, its life, and the sum of its vintages."""

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    as_vector,
    below_one,
    broadcast,
    finite,
    not_negative,
    positive,
    same_length,
    share,
)
from haircut.models.collateral import step_value


def hazard_value(
    cost: float, ages: ArrayLike, decay: float, releases_per_year: float, mean_drop: float
) -> FloatArray:
    """Expected value at each age where the dates of the coming chip releases are unknown.

    Parameters
    ----------
    cost : float
        Purchase cost, USD.
    ages : array of shape (n,)
        Years since purchase.
    decay : float
        Continuous rate of decay between releases, a year.
    releases_per_year : float
        Releases of better chips to expect in a year, each independent of the last (a Poisson process).
    mean_drop : float
        Mean share of value that a release takes, 0 to 1.

    Returns
    -------
    array of shape (n,)
        USD.

    Raises
    ------
    OutOfRange
        A negative cost, age, decay or number of releases, a mean drop outside 0 to 1.
    InvalidValue
        Ages that are no row or column of numbers.

    Notes
    -----
    E[V] = V0 exp(-(k + lambda E[s]) age): the mean over all numbers of releases, exact for drops that are
    independent of each other and of the dates.

    Examples
    --------
    >>> hazard_value(30000, [0, 2], 0.0, 1.0, 0.5).round(2).tolist()
    [30000.0, 11036.38]
    """
    age = as_vector("ages", ages)
    not_negative(cost=cost, ages=age, decay=decay, releases_per_year=releases_per_year)
    share(mean_drop=mean_drop)
    value: FloatArray = cost * np.exp(-(decay + releases_per_year * mean_drop) * age)
    return value


def parity_cap(new_price: float, old_performance: float, new_performance: float, beta: float = 1.0) -> float:
    """Performance parity cap: the most that an old chip is worth beside a new one that does more.

    Parameters
    ----------
    new_price : float
        Price of the new chip, USD.
    old_performance, new_performance : float
        Performance of each chip in the same unit, for instance dense FP8 PFLOPS, or tokens a second.
    beta : float
        Elasticity of value to performance: 1 in proportion, above 1 where power and hosting make an hour of
        the slower chip dearer.

    Returns
    -------
    float
        USD per old chip.

    Raises
    ------
    OutOfRange
        A negative price or beta, a performance of 0 or less.

    Notes
    -----
    P_new (performance_old / performance_new)^beta.

    Examples
    --------
    >>> parity_cap(40000, 1, 4), parity_cap(40000, 1, 4, beta=2)
    (10000.0, 2500.0)
    """
    not_negative(new_price=new_price, beta=beta)
    positive(old_performance=old_performance, new_performance=new_performance)
    return float(new_price * (old_performance / new_performance) ** beta)


def economic_life(
    rent: ArrayLike,
    annual_decline: float,
    opex_per_hour: ArrayLike,
    life: ArrayLike,
    utilisation: float = 1.0,
) -> FloatArray:
    """Economic life: years until the rent no longer covers the cost and the machine is switched off for good.

    Parameters
    ----------
    rent : float or array of shape (n,)
        Market rent now, USD per GPU-hour.
    annual_decline : float
        Share of rent lost in a year; negative where rent rises.
    opex_per_hour : float or array of shape (n,)
        Power and hosting, USD per GPU-hour, paid for every hour in which the machine is on.
    life : float or array of shape (n,)
        Remaining physical life, years.
    utilisation : float
        Share of the hours that are sold, 0 to 1.

    Returns
    -------
    array of shape (n,)
        Years, 0 to the physical life; 0 where the rent never covers the cost.

    Raises
    ------
    OutOfRange
        A negative rent, cost or life, a decline of 1 or more, a utilisation outside 0 to 1.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    min(life, ln(u R0 / opex) / g) with g = -ln(1 - d), where rent falls. Where it rises, the machine runs to
    its physical life once the rent has passed the cost. `rent_value` ends at the same time.

    Examples
    --------
    >>> economic_life([2.0, 0.5], 0.5, 0.5, 6.0).tolist()
    [2.0, 0.0]
    """
    rents, opex, lives = broadcast(rent=rent, opex_per_hour=opex_per_hour, life=life)
    not_negative(rent=rents, opex_per_hour=opex, life=lives)
    below_one(annual_decline=annual_decline)
    share(utilisation=utilisation)
    earned = utilisation * rents
    fall = -np.log1p(-annual_decline)
    if fall <= 0:
        with np.errstate(over="ignore", invalid="ignore"):
            best = np.where(earned > 0, earned * np.exp(-fall * lives), 0.0)
        return np.where(best > opex, lives, 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        crossing = np.log(earned / opex) / fall
    return np.where(earned > opex, np.minimum(crossing, lives), 0.0)


def fleet_value(
    at_times: ArrayLike,
    counts: ArrayLike,
    costs: ArrayLike,
    in_service_times: ArrayLike,
    decay: float,
    release_times: ArrayLike,
    release_drops: ArrayLike,
    floor_share: float = 0.0,
) -> FloatArray:
    """Economic value of a fleet at each time, summed vintage by vintage; each release hits what is installed.

    Parameters
    ----------
    at_times : array of shape (n,)
        Times from closing at which the value is wanted, years.
    counts : array of shape (v,)
        GPUs of each vintage.
    costs : array of shape (v,)
        Purchase cost of one GPU of each vintage, USD.
    in_service_times : array of shape (v,)
        When each vintage goes into service, years from closing; negative for one already running.
    decay : float
        Continuous rate of decay between releases, a year.
    release_times : array of shape (k,)
        When each better chip is released, years from closing; it does not hit a vintage bought later.
    release_drops : array of shape (k,)
        Share of value that each release takes, 0 to 1.
    floor_share : float
        No vintage falls below this share of its cost.

    Returns
    -------
    array of shape (n,)
        USD; a vintage that is not in service yet counts 0.

    Raises
    ------
    OutOfRange
        A negative count, cost or decay, a share outside 0 to 1.
    InvalidValue
        Vintages or releases of different lengths.

    Notes
    -----
    sum over vintages of count times `step_value` at the vintage's own age. Never one average age: the curve
    is convex, so the average hides value on one side and loses it on the other.

    Examples
    --------
    >>> fleet_value([0, 1], [10, 10], [100, 200], [0, 1], 0.0, [0.5], [0.4]).tolist()
    [1000.0, 2600.0]
    """
    at = as_vector("at_times", at_times)
    units, prices, starts = broadcast(counts=counts, costs=costs, in_service_times=in_service_times)
    when, drops = (np.atleast_1d(np.asarray(steps, float)) for steps in (release_times, release_drops))
    not_negative(counts=units, costs=prices, decay=decay)
    finite(at_times=at, in_service_times=starts, release_times=when)
    share(release_drops=drops, floor_share=floor_share)
    same_length(release_times=when, release_drops=drops)
    total = np.zeros(at.shape)
    for count, cost, start in zip(units.tolist(), prices.tolist(), starts.tolist(), strict=True):
        ages = at - start
        each = step_value(cost, np.maximum(ages, 0.0), decay, when - start, drops, floor_share)
        total += np.where(ages >= 0, count * each, 0.0)
    return total
