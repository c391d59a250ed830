"""The order in which a loan's cash is paid: debt service, reserve account, sweep, lock-up, distributions."""

from math import ceil, nan

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, Table, broadcast, finite, not_negative, positive, share
from haircut.models.comparison import at_least
from haircut.models.errors import OutOfRange

LONGEST_RESERVE = 120
MONTHS_PER_YEAR = 12
RESIDUE = 1e-9
"""Share of the opening debt below which a balance is the residue of a roll-forward, not a debt."""
COLUMNS = (
    "opening debt",
    "cfads",
    "interest",
    "principal due",
    "dscr",
    "interest paid",
    "principal paid",
    "shortfall",
    "operating deficit",
    "reserve target",
    "to reserve",
    "reserve",
    "swept",
    "locked up",
    "distributed",
    "cash",
    "closing debt",
)


def _reserve_ahead(scheduled: FloatArray, r: float, count: float) -> tuple[list[float], list[float]]:
    """For each period: what the instalments ahead add to the reserve's target, and their plain sum.

    While the debt outlasts them, the target is r count debt + sum_i w_i P_i: an instalment is reserved as far
    as its period counts, and spares the interest after it, w_i = part_i - r (count left after i).
    """
    width = min(max(ceil(count), 1), scheduled.size)
    left_after = count - np.arange(1.0, width + 1.0)
    weights = np.minimum(left_after, 0.0) + 1.0 - r * np.maximum(left_after, 0.0)
    coming = np.concatenate([scheduled[1:], np.zeros(width)])
    weighted, plain = (np.correlate(coming, w, "valid") for w in (weights, np.ones(width)))
    return weighted.tolist(), plain.tolist()


def _service_ahead(instalments: list[float], debt: float, to_repay: float, r: float, count: float) -> float:
    """Debt service of the next periods, of the last one in part, where the schedule ends among them."""
    total = 0.0
    for instalment in instalments[: ceil(min(count, len(instalments)))]:
        principal, part = min(instalment, to_repay), min(count, 1.0)
        total += part * (debt * r + principal)
        debt, to_repay, count = debt - principal, to_repay - principal, count - part
    return total + count * debt * r


def _state(
    flows: list[float],
    scheduled: FloatArray,
    debt: float,
    cash: float,
    r: float,
    reserve_periods: float,
    sweep: float,
    lockup_dscr: float,
) -> FloatArray:
    """Run the periods in the order of cash; the first item of each row is the state before them.

    Plain floats, and no calls where every period passes: a call takes longer than its arithmetic here.
    """
    planned, residue = scheduled.tolist(), RESIDUE * debt
    overdue = reserve = 0.0
    interest_ahead = r * reserve_periods
    state = [0.0, nan, 0.0, 0.0, 0.0, 0.0, True, cash, debt]
    periods = zip(flows, planned, *_reserve_ahead(scheduled, r, reserve_periods), strict=True)
    for number, (flow, instalment, reserved_ahead, due_ahead) in enumerate(periods, 1):
        if debt == cash == reserve == 0:
            state += (0.0, nan, 0.0, 0.0, 0.0, 0.0, False, max(flow, 0.0), 0.0)
            continue
        # A prepayment takes the latest instalments: the schedule holds until the debt is repaid.
        to_repay = debt - overdue
        regular = instalment if instalment < to_repay else to_repay
        principal = regular + overdue
        if debt - principal < residue:
            principal = debt
        interest = r * debt
        service = interest + (regular if regular < principal else principal)
        dscr = flow / service if service > 0 else nan

        funds, due, spare = cash + flow + reserve, interest + principal, 0.0
        if funds >= due:
            spare, overdue = funds - due, 0.0
            debt -= principal
        else:
            paid = funds if funds > 0 else 0.0
            overdue = due - paid
            debt += interest - paid
        to_repay = debt - overdue
        if to_repay >= due_ahead:
            target = interest_ahead * debt + reserved_ahead
        else:
            target = _service_ahead(planned[number:], debt, to_repay, r, reserve_periods)
        filled = target if target < spare else spare
        left = excess = spare - filled
        if cash > 0:  # kept from earlier periods: it fills the reserve first, and is not swept
            kept = cash - (filled - reserve) if filled > reserve else cash
            excess -= kept if kept > 0 else 0.0
        reserve = filled

        swept = sweep * excess if excess > 0 else 0.0
        if swept > debt:
            swept = debt
        debt -= swept
        left -= swept
        locked = dscr < lockup_dscr and lockup_dscr > 0 and debt > 0 and not at_least(dscr, lockup_dscr)
        cash = left if locked else 0.0
        state += (principal, dscr, overdue, target, reserve, swept, locked, left, debt)
    return np.fromiter(state, float).reshape(len(flows) + 1, -1).T


def waterfall(
    cfads: ArrayLike,
    opening_debt: float,
    rate: float,
    scheduled_principal: ArrayLike,
    dsra_months: float,
    sweep: float,
    lockup_dscr: float,
    opening_cash: float = 0.0,
    periods: float = 4,
) -> Table:
    """Cash waterfall of a loan: interest, principal, reserve account, sweep, lock-up test, distributions.

    Parameters
    ----------
    cfads : array of shape (n,)
        Cash flow available for debt service, after operating cost, USD; may be negative.
    opening_debt : float
        Debt before the first period, USD.
    rate : float
        Annual nominal rate on the opening balance of each period.
    scheduled_principal : float or array of shape (n,)
        Principal scheduled in each period, USD; at most the opening debt in all. What the schedule leaves
        falls due after the range.
    dsra_months : float
        The reserve account's target: the debt service of so many months ahead, 0 to 120.
    sweep : float
        Share of the period's cash left after debt service and reserve that prepays debt, 0 to 1.
    lockup_dscr : float
        Below this DSCR no cash is distributed, x; 0 is no lock-up.
    opening_cash : float
        Cash before the first period, USD; the reserve account starts empty and may be filled from it.
    periods : float
        Periods a year.

    Returns
    -------
    table
        ``opening debt``, ``cfads``, ``interest`` and ``principal due`` (overdue amounts included in the
        latter), ``dscr`` (NaN where nothing is scheduled), ``interest paid``, ``principal paid``,
        ``shortfall`` (debt service due and not paid), ``operating deficit`` (negative CFADS that no account
        covers), ``reserve target``, ``to reserve`` (negative: drawn or released), ``reserve``, ``swept``,
        ``locked up`` (true or false), ``distributed``, ``cash`` (kept), ``closing debt``; USD at period end.

    Raises
    ------
    OutOfRange
        A negative debt, rate, principal, lock-up or cash, a reserve of more than 120 months, a sweep outside
        0 to 1, scheduled principal above the opening debt, no periods a year.
    InvalidValue
        Ranges of different lengths.

    Notes
    -----
    CFADS and cash kept pay first, then the reserve. What stays unpaid is added to the debt, bears interest
    and is due in the next period. The reserve's target looks at the schedule before this period's sweep, and
    beyond the range at interest alone; cash kept from earlier periods fills it first, and is not swept. A
    prepayment takes the latest instalments first, so that it lowers later interest but not the next
    instalments. The lock-up compares CFADS over scheduled debt service (overdue amounts left out) at 15
    digits, where any is due, and ends with the debt.
    Every period: cfads + operating deficit + cash and reserve before = interest paid + principal paid + swept
    + distributed + cash and reserve after; closing debt = opening debt + interest - what is paid and swept.

    Examples
    --------
    >>> table = waterfall([80, 60], 100, 0.1, [50, 50], 0, 0.5, 0, periods=1)
    >>> table["interest"].tolist(), table["swept"].tolist(), table["distributed"].tolist()
    ([10.0, 4.0], [10.0, 0.0], [10.0, 16.0])
    """
    flows, scheduled = broadcast(cfads=cfads, scheduled_principal=scheduled_principal)
    finite(cfads=flows)
    not_negative(
        opening_debt=opening_debt,
        rate=rate,
        scheduled_principal=scheduled,
        dsra_months=dsra_months,
        lockup_dscr=lockup_dscr,
        opening_cash=opening_cash,
    )
    share(sweep=sweep)
    positive(periods=periods)
    if dsra_months > LONGEST_RESERVE:
        raise OutOfRange(f"dsra_months must be at most {LONGEST_RESERVE}, but is {dsra_months:.6g}")
    residue, total = RESIDUE * opening_debt, float(scheduled.sum())
    if total > opening_debt + residue:
        raise OutOfRange(
            f"scheduled_principal adds up to {total:.6g}, more than the opening debt of {opening_debt:.6g}"
        )
    r, ahead = rate / periods, dsra_months * periods / MONTHS_PER_YEAR
    state = _state(flows.tolist(), scheduled, opening_debt, opening_cash, r, ahead, sweep, lockup_dscr)
    principal, dscr, overdue, target, reserve, swept, locked, left, debt = state
    cash = left * locked
    interest = r * debt[:-1]
    funds = cash[:-1] + flows + reserve[:-1]
    payable = np.maximum(funds, 0.0)
    interest_paid = np.minimum(interest, payable)
    columns = (
        debt[:-1],
        flows,
        interest,
        principal[1:],
        dscr[1:],
        interest_paid,
        np.minimum(principal[1:], payable - interest_paid),
        overdue[1:],
        payable - funds,
        target[1:],
        reserve[1:] - reserve[:-1],
        reserve[1:],
        swept[1:],
        locked[1:] > 0,
        left[1:] - cash[1:],
        cash[1:],
        debt[1:],
    )
    return dict(zip(COLUMNS, columns, strict=True))
