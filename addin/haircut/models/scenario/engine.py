"""The deal, quarter by quarter, on many paths at once: cash, reserve, coins, refinancing, default, forced sale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, expm1

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray
from haircut.models.collateral import rent_value
from haircut.models.scenario.draws import Draws
from haircut.models.scenario.market import Market, Quarters
from haircut.models.scenario.plan import RESIDUE, Plan
from haircut.models.scenario.terms import DT, QUARTERS_PER_YEAR

MONTHS_PER_QUARTER = 3
SAME = 1e-12
"""Two covers that differ by less are the same."""


@dataclass(frozen=True)
class Outcome:
    """What became of each path; every array has shape (paths,).

    ``quarter`` is that of the default, 0 where there was none; ``annuity`` the present value of a dollar a
    year on the balance while the loan lived; ``lowest_dscr`` infinite where nothing was ever due.
    """

    quarter: NDArray[np.int64]
    at_maturity: NDArray[np.bool_]
    exposure: FloatArray
    loss: FloatArray
    pv_loss: FloatArray
    annuity: FloatArray
    lowest_dscr: FloatArray


def _at(values: FloatArray, index: NDArray[np.int64]) -> FloatArray:
    """Some paths' values; what is the same on every path stays one value."""
    return values[index] if values.size > 1 else values


class Run:
    """One scenario on one block of paths; arrays of shape (1,) stand for what is the same on every path."""

    def __init__(self, plan: Plan, market: Market, luck: FloatArray) -> None:
        deal, paths = plan.deal, luck.size
        self.plan, self.market, self.paths = plan, market, paths
        self.alive = np.ones(paths, bool)
        self.balance, self.cash = np.full(1, deal.debt), np.full(1, deal.opening_cash)
        self.reserve, self.coins = np.zeros(1), np.full(1, deal.coins)
        self.lowest, self.annuity = np.full(paths, np.inf), np.zeros(1)
        self.dscr, self.last_year = np.full(1, np.nan), np.zeros(1)
        hazard = -np.log1p(-deal.counterparty_pd)
        self.tenant_pays = np.floor(-np.log1p(-luck) / (hazard * DT)) if hazard > 0 else np.full(1, np.inf)
        self.walk_at_default, self.pool = np.zeros((len(market.rows), paths)), np.zeros(paths)
        self.found = Outcome(
            np.zeros(paths, np.int64), np.zeros(paths, bool), *(np.zeros(paths) for _ in range(5))
        )

    def step(self, quarter: int, walk: FloatArray, middle: FloatArray, rent: FloatArray) -> None:
        """Live through a quarter: earn, pay, draw or default, fill the reserve, prepay, distribute."""
        plan, deal = self.plan, self.plan.deal
        power = self.market.level_within("power", middle, quarter)
        cfads = plan.fleet.cfads(quarter, rent, power, self.tenant_pays >= quarter)
        principal = np.minimum(plan.principal[quarter - 1], self.balance)
        due = self.balance * plan.rate + principal
        self._cover(cfads, due)
        after_service = cfads - (due + deal.other_debt_service * DT)
        left = after_service + self.cash
        self._meet_shortfalls(quarter, walk, left, due)
        self.annuity = self.annuity + self.balance * (DT * self.plan.discounts[quarter])
        self.balance = self.balance - principal
        if quarter > deal.quarters - QUARTERS_PER_YEAR:
            self.last_year = self.last_year + (cfads - deal.other_debt_service * DT)
        if quarter == deal.quarters:
            self._mature(quarter, walk, left)
        else:
            self._share_out(quarter, after_service, left)

    def _cover(self, cfads: FloatArray, due: FloatArray) -> None:
        """The quarter's DSCR: CFADS over all debt service; NaN where nothing is due on this loan."""
        service = due + self.plan.deal.other_debt_service * DT
        self.dscr = cfads / np.where(due > 0, service, np.nan)
        np.fmin(self.lowest, self.dscr, out=self.lowest)

    def _meet_shortfalls(self, quarter: int, walk: FloatArray, left: FloatArray, due: FloatArray) -> None:
        """Where cash and reserve do not cover what is due, sell the coins that cure it; else the loan defaults."""
        residue = RESIDUE * self.plan.deal.debt
        owing = self.alive & (self.balance > residue)
        short = np.flatnonzero((left < -residue - self.reserve) & owing)
        if not short.size:
            return
        need = -(left[short] + _at(self.reserve, short))
        if self.plan.deal.coins > 0:
            price = self._coin_price(quarter, walk[:, short])
            cured = need <= _at(self.coins, short) * price + residue
            sold = np.divide(need, price, out=np.zeros_like(need), where=cured & (price > 0))
            self.coins = np.array(np.broadcast_to(self.coins, self.paths))
            self.coins[short] = np.maximum(self.coins[short] - sold, 0.0)
            left[short] += sold * price
            need = need - sold * price
        dead = short[need > residue]
        pool = np.maximum(left[dead] + _at(due, dead), 0.0) + _at(self.reserve, dead)
        self._default(dead, quarter, walk, _at(self.balance, dead) * (1 + self.plan.rate), pool)

    def _share_out(self, quarter: int, after_service: FloatArray, left: FloatArray) -> None:
        """Top up or release the reserve, sweep, then distribute what the lock-up lets go."""
        deal = self.plan.deal
        if deal.dsra_months > 0:
            to_reserve = np.minimum(self._reserve_target(quarter) - self.reserve, left)
            self.reserve = np.maximum(self.reserve + to_reserve, 0.0)
            left = left - to_reserve
        if deal.sweep > 0:
            released = np.maximum(-to_reserve, 0.0) if deal.dsra_months > 0 else 0.0
            excess = np.maximum(np.minimum(after_service + released, left), 0.0)
            swept = np.minimum(deal.sweep * excess, self.balance)
            self.balance = self.balance - swept
            left = left - swept
        self.cash = np.clip(left, 0.0, deal.minimum_cash) if deal.minimum_cash > 0 else np.zeros(1)
        if deal.lockup_dscr > 0:
            locked = (self.dscr < deal.lockup_dscr * (1 - SAME)) & (self.balance > RESIDUE * deal.debt)
            self.cash = np.where(locked, np.maximum(left, 0.0), self.cash)

    def _reserve_target(self, quarter: int) -> FloatArray:
        """Debt service of the months ahead, of the last quarter in part."""
        count, debt, target = self.plan.deal.dsra_months / MONTHS_PER_QUARTER, self.balance, np.zeros(1)
        for principal in self.plan.principal[quarter : quarter + ceil(count)]:
            part = min(count, 1.0)
            paid = np.minimum(principal, debt)
            target = target + part * (debt * self.plan.rate + paid)
            debt = debt - paid
            count -= part
        return target

    def _mature(self, quarter: int, walk: FloatArray, left: FloatArray) -> None:
        """Refinance what all cash and coins do not repay, or default."""
        residue = RESIDUE * self.plan.deal.debt
        if self.balance.max() <= residue:
            return
        pool = np.maximum(left + self.reserve, 0.0)
        gap = self.balance - pool - self.coins * self._coin_price(quarter, walk)
        open_ = np.flatnonzero((gap > residue) & self.alive)
        if not open_.size:
            return
        lent = self._new_loan(quarter, walk[:, open_], _at(self.last_year, open_))
        dead = open_[gap[open_] - lent > residue]
        self._default(dead, quarter, walk, _at(self.balance, dead), pool[dead])
        self.found.at_maturity[dead] = True

    def _new_loan(self, quarter: int, walk: FloatArray, last_year: FloatArray) -> FloatArray:
        """Most that a new lender lends: on the fleet's value, and on last year's cash at the new rate."""
        deal = self.plan.deal
        max_ltv, min_dscr, years = deal.refinancing_terms()
        payments = min(years, max(deal.life - deal.tenor, 0.0)) / DT
        rate = (deal.base_rate + self.market.refi_spread(walk, quarter)) * DT
        flat = np.abs(rate) < SAME
        annuity = np.where(flat, payments, -np.expm1(-payments * np.log1p(rate)) / np.where(flat, 1.0, rate))
        a_quarter = np.maximum(last_year, 0.0) / min(deal.quarters, QUARTERS_PER_YEAR)
        by_value = max_ltv * deal.gpus * self.unit_value(quarter, walk)
        return np.minimum(by_value, a_quarter / min_dscr * annuity)

    def unit_value(self, quarter: Quarters, walk: FloatArray) -> FloatArray:
        """Value of one GPU from the rent it can still earn, at the path's own rent and power."""
        deal, drift = self.plan.deal, self.plan.laws["rent"].factor.drift
        return rent_value(
            np.broadcast_to(self.market.level("rent", walk, quarter), walk.shape[1]),
            -expm1(drift),
            deal.kw_per_gpu * self.market.level("power", walk, quarter) + deal.hosting_cost,
            deal.discount_rate,
            np.maximum(deal.life - quarter * DT, 0.0),
            deal.utilisation * deal.availability,
            deal.scrap,
        )

    def _coin_price(self, quarter: Quarters, walk: FloatArray) -> FloatArray:
        """What a coin brings in a forced sale."""
        if self.plan.deal.coins == 0:
            return np.zeros(1)
        return self.market.level("coin", walk, quarter) * (1 - self.plan.deal.coin_discount)

    def _default(
        self, dead: NDArray[np.int64], quarter: int, walk: FloatArray, exposure: FloatArray, pool: FloatArray
    ) -> None:
        """Note what a defaulted path owes and holds, and where its factors stand; the sale comes last."""
        self.alive[dead] = False
        self.walk_at_default[:, dead] = walk[:, dead]
        found = self.found
        found.quarter[dead], found.exposure[dead], self.pool[dead] = quarter, exposure, pool
        found.annuity[dead] = _at(self.annuity, dead)
        found.lowest_dscr[dead] = self.lowest[dead]

    def _sell_out(self) -> None:
        """Sell each defaulted fleet into the market that its path's own stress has left; count the loss."""
        deal, found, dead = self.plan.deal, self.found, np.flatnonzero(~self.alive)
        if not dead.size:
            return
        walk, quarter = self.walk_at_default[:, dead], found.quarter[dead]
        stress = self.market.stress(walk, quarter)
        proceeds = self.plan.sale.proceeds_at(
            self.unit_value(quarter, walk),
            deal.depth * np.exp(-deal.buyer_vacuum * stress),
            deal.other_units * -np.expm1(-stress),
        )
        coins = _at(self.coins, dead) * self._coin_price(quarter, walk)
        brought = np.maximum(proceeds, 0.0) + self.pool[dead] + coins
        found.loss[dead] = np.maximum(found.exposure[dead] - brought, 0.0)
        found.pv_loss[dead] = found.loss[dead] * self.plan.discounts[quarter]

    def outcome(self) -> Outcome:
        """What became of each path, once every quarter has been lived through."""
        self._sell_out()
        self.found.annuity[self.alive] = np.broadcast_to(self.annuity, self.paths)[self.alive]
        self.found.lowest_dscr[self.alive] = self.lowest[self.alive]
        return self.found


def march(runs: Sequence[Run], draws: Draws) -> Iterator[tuple[int, FloatArray]]:
    """Take every run through every quarter on the same draws; yield the quarter and the walks.

    Rent and power come first and second in every market's loadings: the first two walks decide both, and the
    rent is the same in all markets.
    """
    before: FloatArray | float = 0.0
    for quarter, walk in enumerate(draws.walks, start=1):
        middle = (before + walk[:2]) / 2
        rent = np.broadcast_to(runs[0].market.level_within("rent", middle, quarter), walk.shape[1])
        for run in runs:
            run.step(quarter, walk, middle, rent)
        yield quarter, walk
        before = walk[:2].copy()
