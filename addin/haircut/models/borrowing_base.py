"""What may be borrowed against collateral: the borrowing base, its caps, and what is left to draw."""

from math import fsum

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, broadcast, not_negative, share
from haircut.models.errors import InvalidValue

DENOMINATORS = ("gross", "net")
ROUNDING = 1e-10
"""Relative room below which an item that just touches its limit is not cut."""


def borrowing_base(
    values: ArrayLike,
    advance_rates: ArrayLike,
    eligible: ArrayLike = 1.0,
    concentration_limits: ArrayLike = 1.0,
    reserves: float = 0.0,
    denominator: str = "gross",
) -> float:
    """Borrowing base: advance rates on eligible collateral within its concentration limits, less reserves.

    Parameters
    ----------
    values : array of shape (n,)
        Collateral by obligor or item, USD.
    advance_rates : float or array of shape (n,)
        Share that the lender advances on each, 0 to 1.
    eligible : float or array of shape (n,)
        Share of each that is eligible: 1 all of it, 0 nothing.
    concentration_limits : float or array of shape (n,)
        The most that each may be of the denominator, a share; 1 is no limit.
    reserves : float
        What the lender holds back from the base, USD.
    denominator : str
        What the limits are a share of: "gross" (all eligible collateral) or "net" (what is left of it after
        the limits themselves).

    Returns
    -------
    float
        USD; not below 0.

    Raises
    ------
    OutOfRange
        A negative value or reserve, a share outside 0 to 1.
    InvalidValue
        A denominator that is neither, or ranges of different lengths.

    Notes
    -----
    sum a_i min(e_i, l_i E) - reserves, E the sum of all e_i; for "net" E is the largest solution of
    E = sum min(e_i, l_i E). There limits that add up to less than 1 leave nothing: cutting one item makes
    the others too large, without end. Reserves come off the base, not off the collateral.

    Examples
    --------
    >>> borrowing_base([40, 60], 0.85, 1, [0.25, 1])
    72.25
    >>> round(borrowing_base([40, 60], 0.85, 1, [0.25, 1], denominator="net"), 9)
    68.0
    """
    worth, advances, parts, limits = broadcast(
        values=values,
        advance_rates=advance_rates,
        eligible=eligible,
        concentration_limits=concentration_limits,
    )
    not_negative(values=worth, reserves=reserves)
    share(advance_rates=advances, eligible=parts, concentration_limits=limits)
    denominator = denominator.strip().lower()
    if denominator not in DENOMINATORS:
        raise InvalidValue(f'denominator must be {" or ".join(DENOMINATORS)}, but is "{denominator}"')
    collateral = worth * parts
    whole = fsum(collateral) if denominator == "gross" else _net_total(collateral, limits)
    counted = np.minimum(collateral, limits * whole)
    return max(fsum(advances * counted) - reserves, 0.0)


def _net_total(collateral: FloatArray, limits: FloatArray) -> float:
    """Largest E with E = sum min(e_i, l_i E).

    From above: cut what is too large for E, solve for E with those items at their limits, look again. The
    cut set only grows, and E = uncut / (1 - limits of the cut) never falls below the answer.
    """
    total, cut = fsum(collateral), np.zeros(collateral.shape, bool)
    while True:
        too_large = cut | (collateral > limits * total * (1 + ROUNDING))
        if (too_large == cut).all():
            return total
        cut = too_large
        total = fsum(collateral[~cut]) / fsum([1.0, *(-limits[cut])])


def equipment_base(
    nolv: ArrayLike, cost: ArrayLike, advance_on_nolv: ArrayLike, advance_on_cost: ArrayLike
) -> FloatArray:
    """Borrowing base of equipment: the lower of an advance on liquidation value and an advance on cost.

    Parameters
    ----------
    nolv : array of shape (n,)
        Net orderly liquidation value as appraised, USD.
    cost : array of shape (n,)
        Cost, USD.
    advance_on_nolv, advance_on_cost : floats or arrays of shape (n,)
        Shares advanced on each, 0 to 1.

    Returns
    -------
    array of shape (n,)
        USD.

    Raises
    ------
    OutOfRange
        A negative value or cost, an advance outside 0 to 1.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> equipment_base([100, 50], 90, 0.85, 0.8).tolist()
    [72.0, 42.5]
    """
    appraised, paid, on_nolv, on_cost = broadcast(
        nolv=nolv, cost=cost, advance_on_nolv=advance_on_nolv, advance_on_cost=advance_on_cost
    )
    not_negative(nolv=appraised, cost=paid)
    share(advance_on_nolv=on_nolv, advance_on_cost=on_cost)
    return np.minimum(on_nolv * appraised, on_cost * paid)


def availability(commitment: ArrayLike, drawn: ArrayLike, borrowing_base: ArrayLike) -> FloatArray:
    """What may still be drawn: the lower of commitment and borrowing base, less what is drawn.

    Parameters
    ----------
    commitment, drawn, borrowing_base : arrays of shape (n,)
        USD.

    Returns
    -------
    array of shape (n,)
        USD; 0 where more is drawn than the base allows (then the excess must be repaid).

    Raises
    ------
    OutOfRange
        A negative amount.
    InvalidValue
        Ranges of different lengths.

    Examples
    --------
    >>> availability(100, [50, 70, 95], 80).tolist()
    [30.0, 10.0, 0.0]
    """
    line, used, base = broadcast(commitment=commitment, drawn=drawn, borrowing_base=borrowing_base)
    not_negative(commitment=line, drawn=used, borrowing_base=base)
    return np.maximum(np.minimum(line, base) - used, 0.0)
