"""What a deal fixes before anything is drawn: its quarters, its cash per state, the debt's schedule."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray
from haircut.models.debt import debt_schedule
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.liquidation import LONGEST_SALE, Sale, months_to_sell
from haircut.models.rent import HOURS_PER_YEAR
from haircut.models.scenario.market import Law
from haircut.models.scenario.terms import DT, FACTORS, QUARTERS_PER_YEAR, Deal, Factor

RESIDUE = 1e-9
"""Share of the debt below which an amount is the residue of rounding."""


@dataclass(frozen=True)
class Fleet:
    """What earns the cash: GPU-hours and contracted share of each quarter; index 0 is the first."""

    deal: Deal
    hours: FloatArray
    contracted: FloatArray

    def cfads(
        self, quarter: int, rent: FloatArray, power: FloatArray, holds: NDArray[np.bool_]
    ) -> FloatArray:
        """Cash flow available for debt service, given rent and power in the middle of a quarter.

        Merchant GPUs run only while what they earn covers power and hosting; contracted ones always run.
        ``holds`` is false where the tenant has defaulted.
        """
        deal, share = self.deal, self.contracted[quarter - 1]
        cost = deal.kw_per_gpu * power
        cost += deal.hosting_cost
        margin = deal.utilisation * deal.availability * rent
        margin = margin - cost
        np.maximum(margin, 0.0, out=margin)
        if share > 0:
            under_contract = share * holds
            margin *= 1 - under_contract
            margin += under_contract * (deal.availability * (deal.contract_rent or 0.0) - cost)
        margin *= self.hours[quarter - 1]
        margin -= deal.other_cost * DT
        return margin

    def expected_cfads(self, laws: Mapping[str, Law]) -> list[float]:
        """CFADS of each quarter when every factor keeps to its mean and the tenant pays."""
        flows = []
        for quarter in range(1, self.deal.quarters + 1):
            rent, power = (
                np.array([factor.level * exp(factor.drift * (quarter - 0.5) * DT)])
                for factor in (laws["rent"].factor, laws["power"].factor)
            )
            flows.append(float(self.cfads(quarter, rent, power, np.array([True]))[0]))
        return flows


@dataclass(frozen=True)
class Plan:
    """A deal and its factors, worked out to what each quarter needs.

    ``principal`` holds the scheduled instalments without the balloon; ``discounts`` the present value, at the
    base rate, of a dollar at closing and at the end of each quarter; ``sale`` the forced sale of the fleet.
    """

    fleet: Fleet
    laws: Mapping[str, Law]
    principal: FloatArray
    discounts: FloatArray
    sale: Sale

    @property
    def deal(self) -> Deal:
        """The terms."""
        return self.fleet.deal

    @property
    def rate(self) -> float:
        """The debt's rate for a quarter."""
        return self.deal.rate * DT


def plan(deal: Deal, factors: Mapping[str, Factor]) -> Plan:
    """Work out a deal's quarters.

    Raises
    ------
    InvalidValue
        A factor that the deal needs has no row, or the terms of a refinancing are missing.
    OutOfRange
        A fleet that takes more than 600 months to sell.
    """
    _needed(factors, "rent", "the fleet earns it")
    _needed(factors, "power", "the fleet pays it")
    if deal.coins > 0:
        _needed(factors, "coin", "the deal has coins")
    laws = {name: Law(factors.get(name, Factor(name, 0.0, 0.0, 0.0))) for name in FACTORS}
    start = np.arange(deal.quarters) * DT
    hours = np.where(start < deal.life, deal.gpus * HOURS_PER_YEAR * DT, 0.0)
    under_contract = np.clip(((deal.contract_years or 0.0) - start) / DT, 0.0, 1.0)
    fleet = Fleet(deal, hours, deal.contracted_share * under_contract)
    principal = _sculpted(fleet, laws) if deal.style == "sculpted" else _scheduled(deal)
    if deal.debt - float(principal.sum()) > RESIDUE * deal.debt:
        deal.refinancing_terms()
        _needed(factors, "refi_spread", "debt is left at maturity")
    discounts = (1 + deal.base_rate * DT) ** -np.arange(deal.quarters + 1.0)
    return Plan(fleet, laws, principal, discounts, _sale(deal))


def _needed(factors: Mapping[str, Factor], name: str, why: str) -> None:
    if name not in factors:
        raise InvalidValue(f"factors: {name} is missing, and {why}; add a row for it")


def _sale(deal: Deal) -> Sale:
    """The forced sale, at the pace at which buyers can host the fleet."""
    months = months_to_sell(deal.gpus, deal.kw_per_gpu, deal.hosting_mw_per_month, deal.hostable_share)
    if months > LONGEST_SALE:
        raise OutOfRange(
            f"deal: with hosting_mw_per_month at {deal.hosting_mw_per_month:g}, selling {deal.gpus:g} gpus takes "
            f"{months:,.0f} months; at most {LONGEST_SALE} can be simulated"
        )
    return Sale(
        units=deal.gpus,
        unit_value=0.0,
        months=months,
        depth_recovery=deal.depth_recovery,
        value_decay=deal.value_decay,
        discount_rate=deal.discount_rate,
        carry=deal.carry,
        exit_cost=deal.exit_cost,
        legal_months=deal.legal_months,
    )


def _scheduled(deal: Deal) -> FloatArray:
    """Instalments of a stated schedule, the balloon left out."""
    table = debt_schedule(deal.debt, deal.rate, deal.quarters, deal.style, deal.balloon, QUARTERS_PER_YEAR)
    instalments = table["principal"].astype(float)
    instalments[-1] -= deal.debt * (1.0 if deal.style == "bullet" else deal.balloon)
    return instalments


def _sculpted(fleet: Fleet, laws: Mapping[str, Law]) -> FloatArray:
    """Instalments sculpted to the cash: all debt service is mean CFADS over the target, at least interest."""
    deal = fleet.deal
    assert deal.target_dscr is not None
    left, principal = deal.debt, []
    for flow in fleet.expected_cfads(laws):
        service = flow / deal.target_dscr - deal.other_debt_service * DT
        repaid = min(max(service - left * deal.rate * DT, 0.0), left)
        principal.append(repaid)
        left -= repaid
    return np.array(principal)
