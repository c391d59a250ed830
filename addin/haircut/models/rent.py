"""Rent of compute: its curve over time, and what a fleet earns from it."""

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

HOURS_PER_YEAR = 8760


def rent_curve(
    rent: float,
    annual_decline: float,
    times: ArrayLike,
    shock_times: ArrayLike = (),
    shock_drops: ArrayLike = (),
    floor: float = 0.0,
) -> FloatArray:
    """Market rent at each time, falling at a constant rate and by a step at each shock.

    Parameters
    ----------
    rent : float
        Rent at time 0, USD per GPU-hour.
    annual_decline : float
        Share lost in a year; 0.30 is 30 % a year, a negative value is a rise.
    times : array of shape (n,)
        Years from closing.
    shock_times, shock_drops : arrays of shape (k,)
        When a step falls, in years, and the share of rent it takes.
    floor : float
        The rent never falls below this, USD per GPU-hour.

    Returns
    -------
    array of shape (n,)
        USD per GPU-hour.

    Raises
    ------
    OutOfRange
        Rent or floor below 0, a decline of 1 or more, a drop outside 0 to 1.
    InvalidValue
        As many shock drops as shock times are needed.

    Notes
    -----
    R(t) = max(floor, R0 (1 - d)^t prod_{tau_j <= t} (1 - s_j)).

    Examples
    --------
    >>> rent_curve(2.0, 0.5, [0, 1, 2], [2], [0.5]).tolist()
    [2.0, 1.0, 0.25]
    """
    at = as_vector("times", times)
    when, drops = (np.atleast_1d(np.asarray(steps, float)) for steps in (shock_times, shock_drops))
    not_negative(rent=rent, floor=floor)
    below_one(annual_decline=annual_decline)
    finite(times=at, shock_times=when)
    share(shock_drops=drops)
    same_length(shock_times=when, shock_drops=drops)
    return np.maximum(floor, rent * (1 - annual_decline) ** at * surviving_share(at, when, drops))


def surviving_share(times: FloatArray, step_times: FloatArray, drops: FloatArray) -> FloatArray:
    """Share left at each time after all the steps up to and including it.

    >>> surviving_share(np.array([0.0, 1.0]), np.array([1.0]), np.array([0.25])).tolist()
    [1.0, 0.75]
    """
    hit = step_times[:, None] <= times[None, :]
    left: FloatArray = np.where(hit, 1 - drops[:, None], 1.0).prod(axis=0)
    return left


def gpu_revenue(
    gpus: float,
    utilisation: float,
    rents: ArrayLike,
    contract_rent: float = 0.0,
    contracted_share: ArrayLike = 0.0,
    availability: float = 1.0,
    periods: float = 4,
) -> FloatArray:
    """Revenue of a fleet in each period: contracted hours at the contract rent, the rest at market.

    Parameters
    ----------
    gpus : float
        GPUs installed.
    utilisation : float
        Share of the merchant hours that are sold, 0 to 1.
    rents : array of shape (n,)
        Market rent of each period, USD per GPU-hour.
    contract_rent : float
        Rent under the contract, USD per GPU-hour; take-or-pay, so it is paid for every hour.
    contracted_share : float or array of shape (n,)
        Share of the fleet under contract, in each period.
    availability : float
        Share of all hours in which the fleet works, 0 to 1.
    periods : float
        Periods a year.

    Returns
    -------
    array of shape (n,)
        USD a period.

    Raises
    ------
    OutOfRange
        A negative count or rent, a share outside 0 to 1, no periods a year.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    N 8760 dt availability [w P_c + (1 - w) u R(t)].

    Examples
    --------
    >>> gpu_revenue(1000, 0.5, [2.0, 1.0], contract_rent=3.0, contracted_share=[1, 0]).tolist()
    [6570000.0, 1095000.0]
    """
    market, contracted = broadcast(rents=rents, contracted_share=contracted_share)
    not_negative(gpus=gpus, rents=market, contract_rent=contract_rent)
    share(utilisation=utilisation, contracted_share=contracted, availability=availability)
    positive(periods=periods)
    earned = contracted * contract_rent + (1 - contracted) * utilisation * market
    return gpus * HOURS_PER_YEAR / periods * availability * earned
