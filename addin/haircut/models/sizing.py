"""How much debt, and what it pays for: capacity, sources and uses, interest while building, the cash sweep."""

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
    share,
)
from haircut.models.errors import InvalidValue, OutOfRange


def debt_capacity(
    by_dscr: ArrayLike | None = None,
    by_llcr: ArrayLike | None = None,
    by_gearing: ArrayLike | None = None,
    by_ltv: ArrayLike | None = None,
    by_borrowing_base: ArrayLike | None = None,
) -> Table:
    """Debt capacity: the least that the sizing tests allow, and which of them binds.

    Parameters
    ----------
    by_dscr, by_llcr, by_gearing, by_ltv, by_borrowing_base : arrays of shape (n,), optional
        The debt that each test allows, USD; a test that the loan does not have is left out.

    Returns
    -------
    table
        ``amount`` (USD; 0 where a test allows less than nothing) and ``binding`` ("dscr", "llcr", "gearing",
        "ltv" or "borrowing base"; the first of them when several are equal).

    Raises
    ------
    InvalidValue
        No test at all, or ranges of different lengths.
    OutOfRange
        An amount that is not finite.

    Examples
    --------
    >>> table = debt_capacity(by_dscr=[120, 80], by_ltv=[100, 90])
    >>> table["amount"].tolist(), table["binding"].tolist()
    ([100.0, 80.0], ['ltv', 'dscr'])
    """
    tests = {
        "by_dscr": by_dscr,
        "by_llcr": by_llcr,
        "by_gearing": by_gearing,
        "by_ltv": by_ltv,
        "by_borrowing_base": by_borrowing_base,
    }
    used = {name: amounts for name, amounts in tests.items() if amounts is not None}
    if not used:
        raise InvalidValue("by_dscr and the other tests are all missing; give at least one")
    stack = np.stack(broadcast(**used))
    finite(**dict(zip(used, stack, strict=True)))
    short = np.array([name.removeprefix("by_").replace("_", " ") for name in used])
    return {"amount": np.maximum(stack.min(axis=0), 0.0), "binding": short[stack.argmin(axis=0)]}


def cash_sweep(
    opening: float,
    rate: float,
    cash: ArrayLike,
    sweep: float,
    tax_rate: float = 0.0,
    periods: float = 4,
) -> Table:
    """Debt repaid by a cash sweep, with interest on the average balance in closed form, without circularity.

    Parameters
    ----------
    opening : float
        Debt at the start of the first period, USD.
    rate : float
        The debt's annual nominal rate.
    cash : float or array of shape (n,)
        Cash of each period before this debt's interest, with tax computed as if there were none, USD.
    sweep : float
        Share of the cash left after interest that repays debt, 0 to 1.
    tax_rate : float
        Tax saved on a dollar of interest, 0 to 1.
    periods : float
        Periods a year.

    Returns
    -------
    table
        ``opening``, ``interest``, ``principal``, ``closing``, USD a period. Interest is due whether or not
        the cash covers it; where it does not, nothing is swept.

    Raises
    ------
    OutOfRange
        A negative opening or rate, a rate so high that the sweep has no solution, a share outside 0 to 1,
        no periods a year.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    With r the rate a period, s the sweep, tau the tax rate, X the cash: interest I = r (B0 + B1) / 2 and
    principal P = s (X - (1 - tau) I) give P = s (X - (1 - tau) r B0) / (1 - r s (1 - tau) / 2), kept between 0
    and B0. The same as Excel's iterative calculation at its end.

    Examples
    --------
    >>> table = cash_sweep(100, 0.1, 24, 1.0, periods=1)
    >>> {name: column.round(9).tolist() for name, column in table.items()}
    {'opening': [100.0], 'interest': [9.263157895], 'principal': [14.736842105], 'closing': [85.263157895]}
    """
    flows = as_vector("cash", cash)
    finite(cash=flows)
    not_negative(opening=opening, rate=rate)
    share(sweep=sweep, tax_rate=tax_rate)
    positive(periods=periods)
    r, kept = rate / periods, 1 - tax_rate
    solvable = 1 - r * sweep * kept / 2
    if solvable <= 0:
        raise OutOfRange(f"rate must be below 200 % a period for a sweep, but is {r:.0%}")
    balance, openings, paid = float(opening), [], []
    spared = sweep * kept * r / solvable
    for available in (sweep * flows / solvable).tolist():
        principal = available - spared * balance
        if principal < 0:
            principal = 0.0
        elif principal > balance:
            principal = balance
        openings.append(balance)
        paid.append(principal)
        balance -= principal
    start, principals = np.array(openings), np.array(paid)
    return {
        "opening": start,
        "interest": r * (start - principals / 2),
        "principal": principals,
        "closing": start - principals,
    }


def sources_uses(
    capex: ArrayLike, gearing: ArrayLike, interest_per_debt: ArrayLike = 0.0, fee: ArrayLike = 0.0
) -> Table:
    """Sources and uses where debt also funds its own interest and fee while building, without circularity.

    Parameters
    ----------
    capex : float or array of shape (n,)
        Cost before financing, USD.
    gearing : float or array of shape (n,)
        Debt's share of all uses, 0 to 1.
    interest_per_debt : float or array of shape (n,)
        Interest during construction per dollar of debt at completion.
    fee : float or array of shape (n,)
        Upfront fee per dollar of debt.

    Returns
    -------
    table
        ``uses``, ``debt``, ``equity``, ``interest during construction``, ``fee``, USD; a row a case.

    Raises
    ------
    OutOfRange
        A negative cost, interest or fee, a gearing outside 0 to 1, or financing costs so high that every
        dollar of debt needs more than a dollar of uses.
    InvalidValue
        Ranges of different lengths, or one that is no row or column of numbers.

    Notes
    -----
    U = C + (k + f) D and D = g U give U = C / (1 - g (k + f)).

    Examples
    --------
    >>> table = sources_uses(1000, 0.7, 0.06, 0.02)
    >>> table["uses"].round(6).tolist(), table["debt"].round(6).tolist()
    ([1059.322034], [741.525424])
    """
    cost, geared, interest, fees = broadcast(
        capex=capex, gearing=gearing, interest_per_debt=interest_per_debt, fee=fee
    )
    not_negative(capex=cost, interest_per_debt=interest, fee=fees)
    share(gearing=geared)
    left = 1 - geared * (interest + fees)
    if (left <= 0).any():
        raise OutOfRange("interest_per_debt and fee are so high that debt cannot fund its own cost")
    uses = cost / left
    debt = geared * uses
    return {
        "uses": uses,
        "debt": debt,
        "equity": uses - debt,
        "interest during construction": interest * debt,
        "fee": fees * debt,
    }


def idc(draws: ArrayLike, gearing: float, rate: float, periods: float = 4) -> Table:
    """Interest during construction, capitalised: debt and equity fund each period's cost and its interest.

    Parameters
    ----------
    draws : array of shape (n,)
        Construction cost called at the end of each period, before interest, USD.
    gearing : float
        Debt's share of every call, interest included, 0 to 1.
    rate : float
        The debt's annual nominal rate.
    periods : float
        Periods a year.

    Returns
    -------
    table
        ``opening`` (debt), ``cost``, ``interest``, ``debt``, ``equity`` (what each funds in the period),
        ``closing``, USD a period.

    Raises
    ------
    OutOfRange
        A negative draw or rate, a gearing outside 0 to 1, no periods a year.
    InvalidValue
        Draws that are no row or column of numbers.

    Notes
    -----
    b_t = b_{t-1} + g (c_t + r b_{t-1}), so that b_n = g sum c_t (1 + g r)^{n - t}. The sum of the interest
    over the last closing balance is the ``interest_per_debt`` of `sources_uses`.

    Examples
    --------
    >>> table = idc([100, 100], 0.5, 0.1, periods=1)
    >>> table["interest"].tolist(), table["closing"].tolist()
    ([0.0, 5.0], [50.0, 102.5])
    """
    cost = as_vector("draws", draws)
    not_negative(draws=cost, rate=rate)
    share(gearing=gearing)
    positive(periods=periods)
    r, balances = rate / periods, [0.0]
    for call in cost.tolist():
        balances.append(balances[-1] + gearing * (call + r * balances[-1]))
    balance: FloatArray = np.array(balances)
    opening, closing = balance[:-1], balance[1:]
    interest = r * opening
    debt = gearing * (cost + interest)
    return {
        "opening": opening,
        "cost": cost,
        "interest": interest,
        "debt": debt,
        "equity": cost + interest - debt,
        "closing": closing,
    }
