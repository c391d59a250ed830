"""The market that a forced sale meets: the price it moves, the defaults it triggers, the pace that costs least."""

from math import asinh, exp, isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from haircut.models.checks import (
    FloatArray,
    Table,
    below_one,
    broadcast,
    not_negative,
    positive,
    share,
    whole,
)
from haircut.models.comparison import fifteen_digits
from haircut.models.errors import InvalidValue, OutOfRange

LAWS = ("linear", "sqrt", "exponential", "floor")
SMALL = 1e-4
MOST_BORROWERS = 5000
"""More would not fit their numbers into the text of one cell."""
MOST_PERIODS = 1200


def _average_price(pressure: FloatArray) -> FloatArray:
    """Average of e^{-u} while u rises from 0 to the pressure: the price of a sale that moves it."""
    above = pressure > 0
    return np.asarray(np.where(above, -np.expm1(-pressure) / np.where(above, pressure, 1.0), 1.0))


def _average_fall(pressure: FloatArray) -> FloatArray:
    """One less the average price, exact also for a sale that hardly moves the price."""
    series = pressure / 2 - pressure**2 / 6 + pressure**3 / 24
    return np.asarray(np.where(pressure < SMALL, series, 1 - _average_price(pressure)))


def price_impact(
    quantity: ArrayLike,
    depth: ArrayLike,
    law: str,
    volatility: float | None = None,
    coefficient: float = 1.0,
    floor_share: float = 0.0,
) -> FloatArray:
    """Average discount at which a sale of this size clears, under a stated law of price impact.

    Parameters
    ----------
    quantity : float or array of shape (n,)
        GPUs sold, other distressed sellers' included.
    depth : float or array of shape (n,)
        GPUs whose sale takes the price to nothing (linear), moves it by 63 % (exponential, floor), or that
        trade over the time of the volatility (sqrt). Uncalibrated: no market data exists.
    law : str
        "linear", "sqrt", "exponential" or "floor".
    volatility : float, optional
        Standard deviation of the price over the time in which the depth trades, a share; for sqrt alone.
    coefficient : float
        Multiple of volatility paid for selling as much as the depth; for sqrt alone.
    floor_share : float
        Share of the price at which buyers always stand, 0 to below 1; for floor alone.

    Returns
    -------
    array of shape (n,)
        A share of the undisturbed price, 0 to 1.

    Raises
    ------
    OutOfRange
        A negative quantity, volatility or coefficient, a depth of 0 or less, a floor outside 0 to below 1.
    InvalidValue
        A law that is none of the four, sqrt without a volatility, ranges of different lengths.

    Notes
    -----
    With x = quantity / depth: linear min(1, x / 2), Kyle (1985); sqrt min(1, coefficient volatility sqrt(x));
    exponential 1 - (1 - e^{-x}) / x; floor (1 - b) (1 - (1 - e^{-y}) / y) with y = x / (1 - b): the average
    while the price falls from 1 towards b along Cont and Schaanning's (2017) b + (1 - b) e^{-y}.

    Examples
    --------
    >>> price_impact([0, 5000, 40000], 10000, "linear").tolist()
    [0.0, 0.25, 1.0]
    """
    sold, deep = broadcast(quantity=quantity, depth=depth)
    not_negative(quantity=sold, coefficient=coefficient, floor_share=floor_share)
    positive(depth=deep)
    below_one(floor_share=floor_share)
    name = law.strip().lower()
    if name not in LAWS:
        raise InvalidValue(f'law must be one of {", ".join(LAWS)}, but is "{law}"')
    pressure = sold / deep
    if name == "linear":
        return np.minimum(pressure / 2, 1.0)
    if name == "sqrt":
        if volatility is None:
            raise InvalidValue("volatility is needed: the sqrt law is a multiple of it")
        not_negative(volatility=volatility)
        return np.minimum(coefficient * volatility * np.sqrt(pressure), 1.0)
    floor = floor_share if name == "floor" else 0.0
    return (1 - floor) * _average_fall(pressure / (1 - floor))


def default_chain(
    debts: ArrayLike,
    units: ArrayLike,
    unit_value: float,
    trigger_ltv: ArrayLike,
    depth: float,
    first_shock: float,
) -> Table:
    """Chain of defaults, round by round: forced sales lower the price, and the price breaks the next loans.

    Parameters
    ----------
    debts : array of shape (n,)
        Drawn debt of each borrower, USD.
    units : float or array of shape (n,)
        GPUs that secure it, all sold when the borrower falls.
    unit_value : float
        Price of one GPU before the shock, USD.
    trigger_ltv : float or array of shape (n,)
        The borrower falls when debt over the value of its GPUs is above this.
    depth : float
        GPUs whose sale moves the price by 1 - 1/e (63 %). Uncalibrated: no market data exists.
    first_shock : float
        Fall of the price that starts the chain, 0 to 1.

    Returns
    -------
    table
        ``round`` ("total", 0 for the shock, then 1, 2, ... to the fixed point), ``who falls`` (positions in
        the list, or "none"), ``count``, ``units sold``, ``price`` (after the round's sales, USD; in the total
        the last) and ``loss`` (of the lenders, USD). The total is the first row, so that one INDEX finds it.

    Raises
    ------
    OutOfRange
        A negative debt or count, a price, trigger or depth of 0 or less, a shock outside 0 to 1, more than
        5,000 borrowers.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    A round's borrowers sell together at the average of P e^{-q/D} while q rises from 0 to their units; the
    price stays where they leave it, and who has fallen stays fallen, so a fixed point is reached within n
    rounds. Loss: debt less the proceeds, not below 0. LTV meets its trigger at 15 digits.

    Examples
    --------
    >>> table = default_chain([80, 45, 10], 100, 1.0, 0.8, 100 / np.log(2), 0.1)
    >>> table["who falls"].tolist(), table["price"].round(6).tolist()
    (['1, 2', 'none', '1', '2'], [0.225, 0.9, 0.45, 0.225])
    """
    owed, held, triggers = broadcast(debts=debts, units=units, trigger_ltv=trigger_ltv)
    not_negative(debts=owed, units=held)
    positive(unit_value=unit_value, trigger_ltv=triggers, depth=depth)
    share(first_shock=first_shock)
    if owed.size > MOST_BORROWERS:
        raise OutOfRange(f"debts must be at most {MOST_BORROWERS:,}, but are {owed.size:,}")
    breach = _breach_prices(owed, triggers * held)
    price, standing = unit_value * (1 - first_shock), np.ones(owed.size, bool)
    falls, sold, prices, losses = [np.zeros(owed.size, bool)], [0.0], [price], [0.0]
    while (now := standing & (breach > fifteen_digits(price))).any():
        standing &= ~now
        offered = float(held[now].sum())
        average = price * float(_average_price(np.array(offered / depth)))
        price *= exp(-offered / depth)
        falls.append(now)
        sold.append(offered)
        prices.append(price)
        losses.append(float(np.maximum(owed[now] - held[now] * average, 0.0).sum()))
    falls.insert(0, ~standing)
    return {
        "round": np.array(["total", *range(len(prices))], dtype=object),
        "who falls": np.array([_listed(fallen) for fallen in falls], dtype=object),
        "count": np.array([float(fallen.sum()) for fallen in falls]),
        "units sold": np.array([sum(sold), *sold]),
        "price": np.array([price, *prices]),
        "loss": np.array([sum(losses), *losses]),
    }


def _breach_prices(owed: FloatArray, cover: FloatArray) -> FloatArray:
    """Price of a GPU below which each loan breaks its trigger; a debt without cover breaks it at any."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        prices = np.where(owed > 0, owed / cover, 0.0)
    return np.array([fifteen_digits(price) for price in prices.tolist()])


def _listed(fallen: NDArray[np.bool_]) -> str:
    return ", ".join(str(place + 1) for place in np.flatnonzero(fallen)) or "none"


def optimal_sale(
    units: float,
    horizon: float,
    count: float,
    volatility: float,
    permanent: float,
    temporary: float,
    fixed_cost: float,
    risk_aversion: float,
) -> Table:
    """Schedule of a sale that balances price impact against the risk of waiting (Almgren-Chriss).

    Parameters
    ----------
    units : float
        GPUs to sell.
    horizon : float
        Time in which all must be sold, in the unit of time of the other arguments (months, for instance).
    count : float
        Number of equal periods, 1 to 1,200.
    volatility : float
        Standard deviation of the price of one GPU over one unit of time, USD.
    permanent : float
        Fall of the price that lasts, USD for each GPU sold.
    temporary : float
        Discount of a period's sales, USD for each GPU sold in a unit of time.
    fixed_cost : float
        Cost of selling one GPU however slowly, USD: half the bid-ask spread, freight, fees.
    risk_aversion : float
        What a USD squared of variance costs, in USD; 0 sells at an even pace.

    Returns
    -------
    table
        ``period`` ("total", then 1, 2, ...), ``time`` (its end), ``units sold``, ``units left``,
        ``expected cost`` (USD, against the price before the sale) and ``variance`` (USD squared). Costs and
        variances add up to the total, which is the first row, so that one INDEX finds it.

    Raises
    ------
    OutOfRange
        A negative argument, a horizon or temporary impact of 0, a temporary impact of half a period's
        permanent one or less, a count outside its limits, a risk aversion too large to calculate with.

    Notes
    -----
    With tau = horizon / count, eta' = temporary - permanent tau / 2: x_k = X sinh(kappa (T - t_k)) /
    sinh(kappa T), 2 (cosh(kappa tau) - 1) = tau^2 risk_aversion volatility^2 / eta'; a period costs
    permanent x_k n_k + fixed_cost n_k + temporary n_k^2 / tau and adds volatility^2 tau x_k^2 of variance.
    Almgren and Chriss (2000), Optimal execution of portfolio transactions.

    Examples
    --------
    >>> table = optimal_sale(1e6, 5, 5, 0.95, 2.5e-7, 2.5e-6, 0.0625, 0.0)
    >>> round(float(table["expected cost"][0])), round(float(table["variance"][0]) / 1e9)
    (662500, 1083)
    """
    not_negative(units=units, volatility=volatility, permanent=permanent, fixed_cost=fixed_cost)
    not_negative(risk_aversion=risk_aversion)
    positive(horizon=horizon, temporary=temporary)
    n = whole("count", count, 1, MOST_PERIODS)
    tau = horizon / n
    curvature = temporary - permanent * tau / 2
    if not curvature > 0:
        raise OutOfRange(
            f"temporary must be above half a period's permanent impact, {permanent * tau / 2:.6g}, "
            f"but is {temporary:.6g}; use more periods"
        )
    urgency = 2 * asinh(volatility * sqrt(risk_aversion) / sqrt(curvature) * tau / 2)
    if not isfinite(urgency):
        raise OutOfRange("risk_aversion is too large against temporary to calculate with")
    left = units * _shares_left(urgency, n)
    sold, left = left[:-1] - left[1:], left[1:]
    rows = {
        "time": tau * np.arange(1.0, n + 1),
        "units sold": sold,
        "units left": left,
        "expected cost": sold * (permanent * left + fixed_cost + temporary * sold / tau),
        "variance": tau * (volatility * left) ** 2,
    }
    total = {name: column.sum() for name, column in rows.items()} | {"time": horizon, "units left": 0.0}
    table = {name: np.concatenate([[total[name]], column]) for name, column in rows.items()}
    return {"period": np.array(["total", *range(1, n + 1)], dtype=object), **table}


def _shares_left(urgency: float, n: int) -> FloatArray:
    """Share unsold after 0, 1, ..., n periods: sinh(u (n - k)) / sinh(u n), whatever the size of u."""
    k = np.arange(n + 1.0)
    if urgency == 0:
        return np.asarray((n - k) / n)
    return np.asarray(np.exp(-urgency * k) * np.expm1(-2 * urgency * (n - k)) / np.expm1(-2 * urgency * n))
