"""The delayed-draw term loan: each draw has its own maturity, and what is not drawn costs a fee."""

from math import ceil, fsum

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    Table,
    as_vector,
    broadcast,
    not_negative,
)
from haircut.models.comparison import at_least
from haircut.models.debt import LONGEST_SCHEDULE, STYLES
from haircut.models.errors import InvalidValue, OutOfRange

SHORTEST_TENOR = 0.001
SAME_DATE = 1e-6
"""Years within which two dates are one (half a minute): years reached by adding up differ in the last digit."""


def ddtl(
    draws: ArrayLike,
    draw_times: ArrayLike,
    tenor: float,
    style: str,
    rate: float,
    times: ArrayLike,
    commitment: float,
    availability_end: float,
    undrawn_fee: float = 0.0,
) -> Table:
    """Delayed-draw term loan: each draw is repaid by its own maturity, and the undrawn part bears a fee.

    Parameters
    ----------
    draws : array of shape (k,)
        Amounts drawn, USD.
    draw_times : float or array of shape (k,)
        When, years from closing; not after the availability ends.
    tenor : float
        Years from each draw to its maturity.
    style : str
        "annuity" (equal payments), "straight" (equal principal) or "bullet" (all principal at maturity).
    rate : float
        Annual nominal rate, simple between two dates.
    times : array of shape (n,)
        Payment dates, years from closing, rising.
    commitment : float
        What the lender has promised in all, USD; what is repaid cannot be drawn again.
    availability_end : float
        When the commitment ends, years from closing.
    undrawn_fee : float
        Annual rate on the undrawn commitment until then.

    Returns
    -------
    table
        A row a payment date: ``opening``, ``drawn``, ``interest``, ``undrawn fee``, ``principal``,
        ``debt service`` (interest, fee and principal), ``closing``, ``undrawn`` (commitment left at that
        date), USD.

    Raises
    ------
    OutOfRange
        A negative amount, time, rate or fee, a tenor below 0.001, times that do not rise, draws above the
        commitment or after its end, more than 1,200 draws or payment dates to the last maturity.
    InvalidValue
        A style that is none of the three, or ranges of different lengths.

    Notes
    -----
    The row of a date covers what happens after the date before it (for the first: after closing) up to and
    with the date. A draw bears interest from its own day and pays on every date of its life and at its
    maturity, which may lie between two dates. Straight: principal in proportion to the
    time since the date before. Annuity: payments A dt in that proportion, equal where the dates are regular,
    sum A dt DF = 1 with DF = prod 1 / (1 + r dt). Where maturities lie beyond the last date, payments go on
    at the last interval. A fee accrues on the undrawn part day by day.

    Examples
    --------
    >>> table = ddtl([100, 50], [0, 1], 2, "straight", 0.1, [1, 2, 3], 150, 1, 0.01)
    >>> for name in ("opening", "drawn", "interest", "undrawn fee", "principal", "closing"):
    ...     print(name, table[name].round(9).tolist())
    opening [0.0, 100.0, 25.0]
    drawn [150.0, 0.0, 0.0]
    interest [10.0, 10.0, 2.5]
    undrawn fee [0.5, 0.0, 0.0]
    principal [50.0, 75.0, 25.0]
    closing [100.0, 25.0, 0.0]
    """
    amounts, starts = broadcast(draws=draws, draw_times=draw_times)
    dates = as_vector("times", times)
    not_negative(
        draws=amounts, draw_times=starts, rate=rate, times=dates, commitment=commitment,
        availability_end=availability_end, undrawn_fee=undrawn_fee,
    )  # fmt: skip
    _check_dates(amounts, dates, tenor)
    style = style.strip().lower()
    if style not in STYLES:
        raise InvalidValue(f'style must be one of {", ".join(STYLES)}, but is "{style}"')
    used = amounts > 0
    amounts, starts = amounts[used][:, None], starts[used][:, None]
    _check_draws(amounts, starts, commitment, availability_end)
    grid = _dates_to_maturity(dates, starts.max(initial=0.0) + tenor)
    starts, ends = _on(grid, np.array([starts, starts + tenor]))
    edges = np.concatenate([[0.0], grid])
    before = edges[:-1]
    lived = np.minimum(np.maximum(edges, starts), ends)
    years = lived[:, 1:] - lived[:, :-1]
    begun, fresh = grid >= starts, before < starts
    fresh[:, 0] = True  # with what is drawn at closing
    # Shares of each draw outstanding: after each date, and from the date before it, or the draw, up to it.
    left = begun * _share_left(years, rate, style)
    owed = np.ones(left.shape)
    owed[:, 1:] = np.where(fresh[:, 1:], 1.0, left[:, :-1])
    available = np.minimum(edges, availability_end)
    width = available[1:] - available[:-1]
    drawn_years = np.minimum(np.maximum(available[1:] - starts, 0.0), width)
    shares = np.array([begun & fresh, begun, owed * years, drawn_years, begun * (owed - left), left])
    drawn, so_far, debt_years, used_years, principal, closing = (amounts * shares).sum(axis=1)
    interest = rate * debt_years
    fee = undrawn_fee * np.maximum(commitment * width - used_years, 0.0)
    table = {
        "opening": np.concatenate([[0.0], closing[:-1]]),
        "drawn": drawn,
        "interest": interest,
        "undrawn fee": fee,
        "principal": principal,
        "debt service": interest + fee + principal,
        "closing": closing,
        "undrawn": np.where(grid < availability_end - SAME_DATE, np.maximum(commitment - so_far, 0.0), 0.0),
    }
    return {name: column[: dates.size] for name, column in table.items()}


def _check_dates(draws: FloatArray, dates: FloatArray, tenor: float) -> None:
    if draws.size > LONGEST_SCHEDULE or dates.size > LONGEST_SCHEDULE:
        raise OutOfRange(f"draws and times must have at most {LONGEST_SCHEDULE:,} items each")
    if (dates[1:] - dates[:-1] <= SAME_DATE).any():
        raise OutOfRange("times must rise from each date to the next")
    if dates[-1] <= SAME_DATE:
        raise OutOfRange("times must go on after closing")
    if not SHORTEST_TENOR <= tenor < np.inf:
        raise OutOfRange(f"tenor must be at least {SHORTEST_TENOR} years, but is {tenor:.6g}")


def _check_draws(amounts: FloatArray, starts: FloatArray, commitment: float, availability_end: float) -> None:
    total, latest = fsum(amounts.ravel()), float(starts.max(initial=0.0))
    if not at_least(commitment, total):
        raise OutOfRange(f"draws add up to {total:.6g}, more than the commitment of {commitment:.6g}")
    if not at_least(availability_end, latest):
        raise OutOfRange(
            f"draw_times must be at most availability_end, {availability_end:.6g}, but one is {latest:.6g}"
        )


def _dates_to_maturity(dates: FloatArray, maturity: float) -> FloatArray:
    """The payment dates, carried on at their last interval where they end before the last maturity."""
    interval = dates[-1] - (dates[-2] if dates.size > 1 else 0.0)
    missing = (maturity - dates[-1]) / interval
    if missing <= 0:
        return dates
    if dates.size + missing > LONGEST_SCHEDULE:
        raise OutOfRange(
            f"times are so close that the last maturity is more than {LONGEST_SCHEDULE:,} dates away"
        )
    return np.concatenate([dates, dates[-1] + interval * np.arange(1.0, ceil(missing) + 1)])


def _on(grid: FloatArray, moments: FloatArray) -> FloatArray:
    """The moments, put on a date of the grid where they are all but on it."""
    nearest = grid[np.minimum(np.searchsorted(grid, moments - SAME_DATE), grid.size - 1)]
    return np.where(np.abs(nearest - moments) <= SAME_DATE, nearest, moments)


def _share_left(years: FloatArray, rate: float, style: str) -> FloatArray:
    """Share of each draw outstanding after each date, from its years of life between the dates."""
    growth = (1 + rate * years).cumprod(axis=1) if style == "annuity" else np.ones(years.shape)
    value = (years / growth)[:, ::-1].cumsum(axis=1)[:, ::-1]
    ahead = np.zeros(value.shape)
    ahead[:, :-1] = value[:, 1:]
    left: FloatArray = (ahead > 0).astype(float) if style == "bullet" else growth * ahead / value[:, :1]
    return left
