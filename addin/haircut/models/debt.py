"""Debt: sized on the cash that must carry it, or repaid on a stated schedule."""

from collections.abc import Iterable
from itertools import repeat
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import (
    FloatArray,
    Table,
    as_vector,
    broadcast,
    finite,
    not_negative,
    positive,
    same_length,
    share,
    whole,
)
from haircut.models.errors import InvalidValue, OutOfRange

LONGEST_SCHEDULE = 1200
STYLES = ("annuity", "straight", "bullet")


def debt_sculpt(
    cfads: ArrayLike,
    dscr: ArrayLike,
    rate: float,
    tax_rate: float = 0.0,
    periods: float = 4,
    taxable_income: ArrayLike | None = None,
) -> Table:
    """Debt sculpted to the cash: each period's debt service is CFADS over the target DSCR.

    Parameters
    ----------
    cfads : array of shape (n,)
        CFADS of each period, with tax computed as if there were no interest, USD.
    dscr : float or array of shape (n,)
        Target DSCR, a multiple (x).
    rate : float
        The debt's annual nominal rate.
    tax_rate : float
        Tax saved on a dollar of interest, 0 to 1.
    periods : float
        Periods a year.
    taxable_income : array of shape (n,), optional
        Income before interest, USD; interest saves no tax beyond it.

    Returns
    -------
    table
        ``opening``, ``interest``, ``principal``, ``debt service``, ``closing`` (USD) and
        ``negative principal`` (true where the sculpted debt grows: the cash is too back-loaded).

    Raises
    ------
    OutOfRange
        A DSCR of 0 or less, or so low that the tax saved would exceed the interest; a negative rate, a tax
        rate outside 0 to 1, a taxable income that is not finite, no periods a year.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    Backwards from B_T = 0, with X the CFADS and tau the tax rate, and no circularity:
    B_{t-1} = (B_t + X_t / DSCR) / (1 + r - tau r / DSCR); where the interest exceeds the taxable income U_t,
    B_{t-1} = (B_t + (X_t + tau max(U_t, 0)) / DSCR) / (1 + r).

    Examples
    --------
    >>> table = debt_sculpt([110, 121], 1.0, 0.1, periods=1)
    >>> table["opening"].round(9).tolist(), table["closing"].round(9).tolist()
    ([200.0, 110.0], [110.0, 0.0])
    """
    cash, targets = broadcast(cfads=cfads, dscr=dscr)
    finite(cfads=cash)
    positive(dscr=targets, periods=periods)
    not_negative(rate=rate)
    share(tax_rate=tax_rate)
    r = rate / periods
    paid, growth = cash / targets, 1 + r - tax_rate * r / targets
    income = np.full(cash.shape, inf)
    capped: Iterable[float] = repeat(0.0)
    if taxable_income is not None:
        income = as_vector("taxable_income", taxable_income)
        same_length(cfads=cash, taxable_income=income)
        finite(taxable_income=income)
        income = np.maximum(income, 0.0)
        capped = ((cash + tax_rate * income) / targets)[::-1].tolist()
    if (growth <= 0).any():
        raise OutOfRange("dscr is so low that the tax saved on interest would exceed the interest itself")
    opening, balances = 0.0, [0.0]
    for payment, factor, limit, capped_payment in zip(
        paid[::-1].tolist(), growth[::-1].tolist(), income[::-1].tolist(), capped, strict=False
    ):
        closing = opening
        opening = (closing + payment) / factor
        if r * opening > limit:
            opening = (closing + capped_payment) / (1 + r)
        balances.append(opening)
    balance = np.array(balances[::-1])
    # From the cash, not from the balances: what is left of rounding there shows as a service of -0.0.
    service = (cash + tax_rate * np.minimum(balance[:-1] * r, income)) / targets
    table = _table(balance[:-1], balance[1:], r, service)
    return {**table, "negative principal": table["principal"] < 0}


def _table(opening: FloatArray, closing: FloatArray, r: float, service: FloatArray) -> dict[str, FloatArray]:
    interest = opening * r
    return {
        "opening": opening,
        "interest": interest,
        "principal": opening - closing,
        "debt service": service,
        "closing": closing,
    }


def debt_schedule(
    principal: float, rate: float, count: float, style: str, balloon: float = 0.0, periods: float = 4
) -> Table:
    """Repayment schedule of a loan: an annuity, straight-line principal, or a bullet.

    Parameters
    ----------
    principal : float
        Amount lent, USD.
    rate : float
        Annual nominal rate.
    count : float
        Number of payments, 1 to 1,200.
    style : str
        "annuity" (equal payments), "straight" (equal principal) or "bullet" (all principal at the end).
    balloon : float
        Share of the principal left for the last payment beside the instalment, 0 to 1.
    periods : float
        Payments a year.

    Returns
    -------
    table
        ``opening``, ``interest``, ``principal``, ``debt service``, ``closing``, USD a period. The closing
        balance of the last period is 0: the balloon falls due with the last instalment.

    Raises
    ------
    OutOfRange
        A negative principal or rate, a count that is not a whole number within its limits, a balloon
        outside 0 to 1, no periods a year.
    InvalidValue
        A style that is none of the three.

    Examples
    --------
    >>> debt_schedule(100, 0.1, 2, "straight", periods=1)["debt service"].tolist()
    [60.0, 55.0]
    """
    not_negative(principal=principal, rate=rate)
    share(balloon=balloon)
    positive(periods=periods)
    n, r = whole("count", count, 1, LONGEST_SCHEDULE), rate / periods
    style = style.strip().lower()
    if style not in STYLES:
        raise InvalidValue(f'style must be one of {", ".join(STYLES)}, but is "{style}"')
    left = principal if style == "bullet" else principal * balloon
    elapsed = np.arange(n + 1.0)
    repaid = elapsed / n
    if style == "annuity" and r > 0:
        growth = np.log1p(r)
        repaid = np.exp((elapsed - n) * growth) * np.expm1(-elapsed * growth) / np.expm1(-n * growth)
    balance = left + (principal - left) * (1 - repaid)
    opening, closing = balance[:-1], balance[1:].copy()
    closing[-1] = 0.0
    return {**_table(opening, closing, r, opening * r + opening - closing)}
