"""Selling repossessed GPUs where no repo market exists: time, price pressure, proceeds, loss.

The depth of the market for a bulk sale of GPUs is published nowhere: it is the user's input, and the
break-even depth is the honest number to show beside every result that rests on it.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from haircut.models.checks import (
    FloatArray,
    Table,
    above_minus_one,
    finite,
    not_negative,
    positive,
    share,
)
from haircut.models.comparison import fifteen_digits
from haircut.models.errors import InvalidValue, NotApplicable, OutOfRange

LONGEST_SALE = 600
KW_PER_MW = 1000
MONTHS_PER_YEAR = 12


def months_to_sell(
    units: float,
    kw_per_gpu: float,
    hosting_mw_per_month: float,
    hostable_share: float = 1.0,
    monthly_volume: float | None = None,
    participation: float | None = None,
    legal_months: float = 0.0,
) -> float:
    """Months until the last GPU is sold: the legal stay, then the slower of hosting and the market.

    Parameters
    ----------
    units : float
        GPUs to sell.
    kw_per_gpu : float
        Power per GPU all-in (server, network, cooling), kW.
    hosting_mw_per_month : float
        Hosting capacity that buyers can free each month, MW.
    hostable_share : float
        Share of that capacity fit for this rack density and cooling, 0 to 1.
    monthly_volume : float, optional
        GPUs that the resale market absorbs in a month; needs a participation.
    participation : float, optional
        Share of that volume that this sale can be, above 0 to 1.
    legal_months : float
        Months of legal stay in which nothing sells.

    Returns
    -------
    float
        Months.

    Raises
    ------
    OutOfRange
        A negative count or stay, no power, no hosting capacity, a share outside its range.
    InvalidValue
        A monthly volume without a participation, or the reverse.

    Examples
    --------
    >>> months_to_sell(10000, 1.3, 2.0)
    6.5
    """
    not_negative(units=units, legal_months=legal_months)
    positive(kw_per_gpu=kw_per_gpu, hosting_mw_per_month=hosting_mw_per_month, hostable_share=hostable_share)
    share(hostable_share=hostable_share)
    if (monthly_volume is None) != (participation is None):
        raise InvalidValue("monthly_volume and participation go together: give both or neither")
    selling = units * kw_per_gpu / (hosting_mw_per_month * KW_PER_MW * hostable_share)
    if monthly_volume is not None and participation is not None:
        positive(monthly_volume=monthly_volume, participation=participation)
        share(participation=participation)
        selling = max(selling, units / (participation * monthly_volume))
    return legal_months + selling


@dataclass(frozen=True)
class Sale:
    """A forced sale, month by month: everything but the depth of the market it meets."""

    units: float
    unit_value: float
    months: float
    depth_recovery: float = 0.0
    other_units: float = 0.0
    value_decay: float = 0.0
    discount_rate: float = 0.0
    carry: float = 0.0
    exit_cost: float = 0.0
    legal_months: float = 0.0

    def __post_init__(self) -> None:
        not_negative(
            units=self.units,
            unit_value=self.unit_value,
            months=self.months,
            other_units=self.other_units,
            carry=self.carry,
            exit_cost=self.exit_cost,
            legal_months=self.legal_months,
        )
        share(depth_recovery=self.depth_recovery)
        finite(value_decay=self.value_decay)
        above_minus_one(discount_rate=self.discount_rate)
        if self.months > LONGEST_SALE or self.legal_months > LONGEST_SALE:
            raise OutOfRange(f"months and legal_months must be at most {LONGEST_SALE} each")

    @property
    def count(self) -> int:
        """Months of selling, rounded up."""
        return max(1, ceil(fifteen_digits(self.months)))

    @property
    def years(self) -> FloatArray:
        """When each month's units are sold, in years from default: at mid-month."""
        month = np.arange(1.0, self.count + 1)
        return (self.legal_months + month - 0.5) / MONTHS_PER_YEAR

    def price_factors(self, pressure: FloatArray) -> FloatArray:
        """Average price of each month over the undisturbed price; earlier months' pressure carries over.

        ``pressure`` is a month's sales over the depth, of any shape; the months are a new last axis.
        """
        kept, carried, starts = 1 - self.depth_recovery, 0.0, []
        for _ in range(self.count):
            starts.append(kept * carried)
            carried = starts[-1] + 1
        x = pressure[..., None]
        within_month = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
        factors: FloatArray = np.exp(-x * np.array(starts)) * within_month
        return factors

    def months_table(self, depth: float) -> dict[str, FloatArray]:
        """One row a month, the legal stay first where there is one (month 0)."""
        month = np.arange(1.0, self.count + 1)
        each = self.units / self.count
        years = self.years
        factor = self.price_factors(np.array((self.units + self.other_units) / self.count / depth))
        price = self.unit_value * np.exp(-self.value_decay * years) * factor
        unsold = self.units - each * (month - 0.5)
        rows: dict[str, FloatArray] = {
            "month": month,
            "years": years,
            "units sold": np.full(month.shape, each),
            "price factor": factor,
            "price": price,
            "gross": each * price,
            "carry": self.carry * unsold,
            "exit cost": np.full(month.shape, self.exit_cost * each),
        }
        if self.legal_months > 0:
            stay = {"years": self.legal_months / 2 / MONTHS_PER_YEAR, "price factor": np.nan, "price": np.nan}
            stay["carry"] = self.carry * self.units * self.legal_months
            rows = {name: np.concatenate([[stay.get(name, 0.0)], column]) for name, column in rows.items()}
        rows["net"] = rows["gross"] - rows["carry"] - rows["exit cost"]
        rows["present value"] = rows["net"] * (1 + self.discount_rate) ** -rows["years"]
        return rows

    def proceeds(self, depth: float) -> float:
        """Present value of all that the sale brings, net of its costs."""
        return float(self.months_table(depth)["present value"].sum())

    def proceeds_at(self, unit_value: FloatArray, depth: FloatArray, other_units: FloatArray) -> FloatArray:
        """Present value of the sale in many states at once, each with its own value, depth and other sellers."""
        costs = self.months_table(1.0)
        cost = ((costs["carry"] + costs["exit cost"]) * (1 + self.discount_rate) ** -costs["years"]).sum()
        worth = np.exp(-self.value_decay * self.years) * (1 + self.discount_rate) ** -self.years
        factors = self.price_factors((self.units + other_units) / self.count / depth)
        net: FloatArray = unit_value * (self.units / self.count) * (factors * worth).sum(axis=-1) - cost
        return net


def liquidation(
    units: float,
    unit_value: float,
    months: float,
    depth: float,
    depth_recovery: float = 0.0,
    other_units: float = 0.0,
    value_decay: float = 0.0,
    discount_rate: float = 0.0,
    carry: float = 0.0,
    exit_cost: float = 0.0,
    legal_months: float = 0.0,
) -> Table:
    """Forced sale of a fleet, month by month, into a market of limited depth.

    Parameters
    ----------
    units : float
        GPUs to sell.
    unit_value : float
        Undisturbed value of one GPU at default, USD.
    months : float
        Months of selling after the legal stay, rounded up to whole months, at least 1, at most 600.
    depth : float
        GPUs whose sale moves the price by 1 - 1/e (63 %). Uncalibrated: no market data exists.
    depth_recovery : float
        Share of the accumulated price pressure that fades in a month, 0 to 1.
    other_units : float
        GPUs that other distressed sellers bring over the same months.
    value_decay : float
        Continuous rate a year at which the undisturbed value falls.
    discount_rate : float
        Annual effective rate.
    carry : float
        Storage, insurance and staff, USD per unsold GPU and month.
    exit_cost : float
        De-installation, freight and fees, USD per GPU sold.
    legal_months : float
        Months before the first sale, in which the whole fleet is carried.

    Returns
    -------
    table
        ``month`` ("total", 0 for a legal stay, then 1, 2, ...), ``years``, ``units sold``, ``price factor``,
        ``price``, ``gross``, ``carry``, ``exit cost``, ``net``, ``present value`` (USD). The total is the
        first row, so that one INDEX finds it whatever the number of months. NaN: no price without a sale.

    Raises
    ------
    OutOfRange
        A negative count, value or cost, a depth of 0 or less, more than 600 months, a recovery outside
        0 to 1, a discount rate of -1 or less.

    Notes
    -----
    Pressure Q_m = (1 - recovery) Q_{m-1} + n_m + others_m; the month's price factor is the average of
    e^{-Q/D} while Q rises through the month. Sold at mid-month, after Cont and Schaanning (2017).

    Examples
    --------
    >>> table = liquidation(10000, 20000, 8, 20000)
    >>> round(float(table["present value"][0]) / 1e6, 2)
    157.39
    """
    sale = Sale(
        units,
        unit_value,
        months,
        depth_recovery,
        other_units,
        value_decay,
        discount_rate,
        carry,
        exit_cost,
        legal_months,
    )
    positive(depth=depth)
    rows = sale.months_table(depth)
    total = {name: float(column.sum()) for name, column in rows.items()}
    total["years"] = float(rows["years"][-1])
    total["price"] = total["gross"] / units if units > 0 else np.nan
    total["price factor"] = (
        float(np.nansum(rows["price factor"] * rows["units sold"])) / units if units > 0 else np.nan
    )
    table = {
        name: np.concatenate([[total[name]], column]) for name, column in rows.items() if name != "month"
    }
    return {"month": np.array(["total", *rows["month"].tolist()], dtype=object), **table}


def break_depth(
    debt: float,
    units: float,
    unit_value: float,
    months: float,
    depth_recovery: float = 0.0,
    other_units: float = 0.0,
    value_decay: float = 0.0,
    discount_rate: float = 0.0,
    carry: float = 0.0,
    exit_cost: float = 0.0,
    legal_months: float = 0.0,
) -> float:
    """Depth of market at which a forced sale just repays the debt: liquidation LTV is 100 %.

    Parameters
    ----------
    debt : float
        Exposure at default, USD.
    units, unit_value, months, depth_recovery, other_units, value_decay, discount_rate, carry, exit_cost, legal_months
        As in `liquidation`.

    Returns
    -------
    float
        GPUs.

    Raises
    ------
    NotApplicable
        Even a market of unlimited depth does not repay the debt.
    OutOfRange
        As in `liquidation`, or a negative debt, or terms so extreme that no root can be found.

    Examples
    --------
    >>> round(break_depth(157.3877362e6, 10000, 20000, 8))
    20000
    """
    not_negative(debt=debt)
    sale = Sale(
        units,
        unit_value,
        months,
        depth_recovery,
        other_units,
        value_decay,
        discount_rate,
        carry,
        exit_cost,
        legal_months,
    )
    shallow, deep = 1e-9 * max(units + other_units, 1.0), 1e12 * max(units + other_units, 1.0)
    if sale.proceeds(deep) < debt:
        most = sale.proceeds(deep)
        raise NotApplicable(
            f"a market of any depth brings at most {most:,.0f}, less than the debt of {debt:,.0f}"
        )
    if sale.proceeds(shallow) >= debt:
        return 0.0
    from scipy.optimize import brentq

    try:
        root = brentq(
            lambda log: sale.proceeds(np.exp(log)) - debt, np.log(shallow), np.log(deep), xtol=1e-13
        )
    except (RuntimeError, ValueError):
        raise OutOfRange(
            "these terms are too extreme for a break-even depth; check units and rates"
        ) from None
    return float(np.exp(root))
