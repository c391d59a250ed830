"""The order in which a loan's cash is paid: debt service, reserve account, sweep, lock-up, distributions."""

from dataclasses import dataclass
from math import ceil, fsum, nan

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import Table, broadcast, finite, not_negative, positive, share
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


class Instalments:
    """The scheduled principal still to come; a prepayment takes it from the latest instalment back."""

    def __init__(self, opening_debt: float, scheduled: list[float]) -> None:
        self.due = list(scheduled)
        self.beyond = max(opening_debt - fsum(scheduled), 0.0)
        self.last = len(scheduled) - 1

    def prepay(self, amount: float) -> None:
        """Take an amount from what falls due beyond the range, then from the last instalment back."""
        taken = min(amount, self.beyond)
        self.beyond -= taken
        amount -= taken
        while amount > 0 and self.last >= 0:
            taken = min(amount, self.due[self.last])
            self.due[self.last] -= taken
            amount -= taken
            if amount > 0:
                self.last -= 1

    def service_ahead(self, period: int, debt: float, r: float, count: float) -> float:
        """Debt service of the next periods, of the last one in part; interest alone beyond the range."""
        total = 0.0
        for principal in self.due[period + 1 : period + 1 + ceil(min(count, len(self.due)))]:
            part = min(count, 1.0)
            total += part * (debt * r + principal)
            debt = max(debt - principal, 0.0)
            count -= part
        return total + count * debt * r


@dataclass
class Terms:
    """What the loan's documents fix for every period."""

    r: float
    reserve_periods: float
    sweep: float
    lockup_dscr: float
    residue: float


@dataclass
class Accounts:
    """The debt and the cash accounts, carried from period to period."""

    debt: float
    cash: float
    instalments: Instalments
    reserve: float = 0.0
    overdue: float = 0.0

    def pay(self, funds: float, interest: float, principal: float) -> tuple[float, float]:
        """Pay interest, then principal; what is not paid is overdue and bears interest with the debt."""
        due = interest + principal
        if funds >= due:
            self.overdue = 0.0
            self.debt -= principal
            return interest, principal
        interest_paid = min(interest, funds)
        principal_paid = funds - interest_paid
        self.overdue = due - funds
        self.debt += interest - funds
        return interest_paid, principal_paid

    def period(self, number: int, flow: float, terms: Terms) -> tuple[float, ...]:
        """Run one period in the order of cash; the figures are those of `COLUMNS`."""
        opening, interest = self.debt, terms.r * self.debt
        scheduled = self.instalments.due[number]
        principal = scheduled + self.overdue
        if opening - principal < terms.residue:
            principal = opening
        service = interest + min(scheduled, principal)
        dscr = flow / service if service > 0 else nan

        funds = self.cash + flow + self.reserve
        deficit = -funds if funds < 0 else 0.0
        interest_paid, principal_paid = self.pay(funds + deficit, interest, principal)
        left = self.cash + flow + deficit - interest_paid - principal_paid

        target = self.instalments.service_ahead(number, self.debt, terms.r, terms.reserve_periods)
        to_reserve = min(target - self.reserve, left)
        self.reserve = max(self.reserve + to_reserve, 0.0)
        left -= to_reserve

        released = -to_reserve if to_reserve < 0 else 0.0
        excess = min(flow - interest_paid - principal_paid + released, left)
        swept = min(terms.sweep * excess, self.debt) if excess > 0 else 0.0
        if swept > 0:
            self.debt -= swept
            self.instalments.prepay(swept)
            left -= swept

        tested = self.debt > 0 and service > 0 and terms.lockup_dscr > 0
        locked = tested and not at_least(dscr, terms.lockup_dscr)
        self.cash = left if locked else 0.0
        return (
            opening, flow, interest, principal, dscr, interest_paid, principal_paid, self.overdue, deficit,
            target, to_reserve, self.reserve, swept, locked, left - self.cash, self.cash, self.debt,
        )  # fmt: skip


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
    ahead = dsra_months * periods / MONTHS_PER_YEAR
    terms = Terms(rate / periods, ahead, sweep, lockup_dscr, residue)
    accounts = Accounts(opening_debt, opening_cash, Instalments(opening_debt, scheduled.tolist()))
    rows = [accounts.period(number, flow, terms) for number, flow in enumerate(flows.tolist())]
    columns = dict(zip(COLUMNS, np.array(rows, dtype=float).T, strict=True))
    return {**columns, "locked up": columns["locked up"] > 0}
