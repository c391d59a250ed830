"""Where the simulation has an answer that someone else can give: closed forms, HC_WATERFALL, the loan workbook."""

import numpy as np
import pytest
from scipy.special import ndtr
from tests.models.scenario.deals import deal, factors, quoted

from haircut.models.debt import debt_schedule, debt_sculpt
from haircut.models.liquidation import liquidation
from haircut.models.scenario import scenario, scenario_paths
from haircut.models.scenario.draws import sobol_draws
from haircut.models.scenario.engine import Run, march
from haircut.models.scenario.plan import plan
from haircut.models.scenario.results import market
from haircut.models.scenario.terms import read_deal, read_factors
from haircut.models.waterfall import waterfall

CALM = {"rent": (2.35, -0.22, 0.0), "power": (0.07, 0.0, 0.0)}


def lived(rows, **levels):
    """Each quarter's figures of a deal on which nothing is left to chance."""
    levels = CALM | levels
    risks = read_factors(factors(*levels, **levels))
    worked = plan(read_deal(rows), risks)
    one = market(worked, risks, quoted(*levels), 0.0)
    draws = sobol_draws(worked.deal.quarters, len(levels), 64, range(1))
    run = Run(worked, one, draws.luck)
    figures = {name: [] for name in ("dscr", "balance", "reserve", "cash", "value", "rent")}
    for quarter, walk in march([run], draws):
        run_figures = {name: getattr(run, name) for name in ("dscr", "balance", "reserve", "cash")}
        run_figures |= {"value": run.unit_value(quarter, walk), "rent": one.level("rent", walk, quarter)}
        for name, values in run_figures.items():
            assert np.array_equal(values, np.full_like(values, values[0]), equal_nan=True), name
            figures[name].append(float(values[0]))
    assert run.alive.all()
    return worked, {name: np.array(column) for name, column in figures.items()}


def test_one_quarter_one_factor_and_no_cash_is_merton():
    """The fleet is worth 8,760 hours of the rent at maturity: PD is N(-d2), the loss is the put on it."""
    rent, volatility, debt = 2.0, 0.8, 12_000
    rows = deal(
        gpus=1, life=1.25, utilisation=1, availability=1, contracted_share=1, contract_rent=1e-9, contract_years=1,
        hosting_cost=0, debt=debt, tenor=0.25, style="bullet", base_rate=0, margin=0, refi_max_ltv=1,
        refi_min_dscr=1e-12, refi_years=1, depth=1e12, hosting_mw_per_month=1e6, discount_rate=0,
    )  # fmt: skip
    names = ("rent", "power", "refi_spread")
    risks = factors(*names, rent=(rent, 0, volatility), power=(0, 0, 0), refi_spread=(0, 0, 0))
    table = scenario(rows, risks, np.eye(3), 0.0, 131_072)
    s = volatility * np.sqrt(0.25)
    d2 = (np.log(8760 * rent / debt) - s**2 / 2) / s
    put = debt * ndtr(-d2) - 8760 * rent * ndtr(-d2 - s)
    assert table["base"][0] == pytest.approx(ndtr(-d2), abs=1e-4)
    assert table["base"][3] == pytest.approx(put / debt, rel=1e-3)
    assert abs(table["base"][3] - put / debt) < 4 * table["base error"][3]


@pytest.mark.parametrize("changes", [
    {}, {"style": "straight"}, {"dsra_months": 3}, {"dsra_months": 8, "opening_cash": 4e6}, {"sweep": 0.5},
    {"dsra_months": 6, "sweep": 0.75, "lockup_dscr": 2.6}, {"lockup_dscr": 2.6, "opening_cash": 1e6},
])  # fmt: skip
def test_with_nothing_left_to_chance_the_accounts_are_those_of_hc_waterfall(changes):
    rows = deal(debt=120e6, contract_years=5, contracted_share=0.9, **changes)
    worked, got = lived(rows)
    terms = worked.deal
    flows = worked.fleet.expected_cfads(worked.laws)
    table = waterfall(
        flows, terms.debt, terms.rate, worked.principal, terms.dsra_months, terms.sweep, terms.lockup_dscr, terms.opening_cash
    )  # fmt: skip
    assert not table["shortfall"].any()
    for ours, theirs in {"balance": "closing debt", "reserve": "reserve", "cash": "cash"}.items():
        np.testing.assert_allclose(
            got[ours][:-1], table[theirs][:-1].astype(float), rtol=1e-9, atol=1e-3, err_msg=ours
        )
    due = table["interest"].astype(float) + table["principal due"].astype(float)
    paying = due > 0
    np.testing.assert_allclose(
        got["dscr"][paying], table["cfads"].astype(float)[paying] / due[paying], rtol=1e-9
    )


def test_sculpted_service_is_that_of_hc_debt_sculpt():
    rows = deal(style="sculpted", target_dscr=1.5, contract_years=5)
    worked, _ = lived(rows)
    table = debt_sculpt(worked.fleet.expected_cfads(worked.laws), 1.5, worked.deal.rate)
    sized = float(table["opening"][0])
    worked, got = lived(deal(style="sculpted", target_dscr=1.5, contract_years=5, debt=sized))
    np.testing.assert_allclose(worked.principal, table["principal"].astype(float), rtol=1e-9)
    np.testing.assert_allclose(got["dscr"], 1.5, rtol=1e-9)


def test_sculpted_debt_above_what_the_cash_carries_is_left_as_a_balloon():
    rows = deal(style="sculpted", target_dscr=1.5, debt=400e6)
    with pytest.raises(ValueError, match="refi_max_ltv is missing"):
        scenario(rows, factors(), quoted(), 0.0, 512)


def test_a_sure_default_is_sold_as_hc_liquidation_sells_it():
    """No cash from the second quarter on, and a fleet that is worth its scrap."""
    rows = deal(contracted_share=1, contract_rent=3.0, contract_years=0.25, utilisation=0.1, legal_months=2, carry=30,
                exit_cost=400, value_decay=0.3, other_units=5_000, scrap=3_000)  # fmt: skip
    table = scenario(rows, factors(**CALM), quoted(), 1.0, 512)
    first = debt_schedule(150e6, 0.082, 16, "annuity")["closing"][0]
    months = 10_000 * 1.3 / 20_000
    sold = liquidation(10_000, 3_000, months, 20_000, 0.1, 0, 0.3, 0.12, 30, 400, 2)["present value"][0]
    loss = first * (1 + 0.082 / 4) - sold
    assert table["base"][0] == 1 and table["delta"][0] == 0
    assert table["base"][9] == 0.5
    assert table["base"][2] == pytest.approx(loss / (first * (1 + 0.082 / 4)), rel=1e-9)
    assert table["base"][3] == pytest.approx(loss / 150e6 / (1 + 0.037 / 4) ** 2, rel=1e-9)


def test_percentiles_of_a_calm_deal_are_its_schedule():
    rows = deal(contract_years=5)
    worked, got = lived(rows)
    for output, scale in {"dscr": 1, "rent": 1, "value": 1}.items():
        table = scenario_paths(rows, factors(**CALM), quoted(), 0.3, output, [50])
        np.testing.assert_allclose(table["50%"], got[output] * scale, rtol=1e-12)
    table = scenario_paths(rows, factors(**CALM), quoted(), 0.3, "ltv", [50])
    np.testing.assert_allclose(table["50%"], got["balance"] / (got["value"] * worked.deal.gpus), rtol=1e-12)
    table = scenario_paths(rows, factors(**CALM), quoted(), 0.3, "book ltv", [50])
    np.testing.assert_allclose(table["50%"], got["balance"] / (32_000 * 10_000 * (1 - np.arange(1, 17) / 4 / 6)), rtol=1e-12, atol=1e-12)  # fmt: skip
