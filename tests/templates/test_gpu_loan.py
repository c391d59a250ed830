"""The gpu_loan template: complete, tied to the models called directly, and told the same by LibreOffice."""

from datetime import datetime

import numpy as np
import openpyxl
import pytest
from scipy.special import ndtri
from tests.office import assert_libreoffice_agrees, recalculated_by_libreoffice
from tests.templates.reading import Moved, line, value

from haircut.models import coverage, credit, debt, fleet, liquidation, rent, waterfall
from haircut_workbooks.package.address import Address
from haircut_workbooks.package.book import Book
from haircut_workbooks.package.forms import calls
from haircut_workbooks.package.splice import Edit, splice
from haircut_workbooks.recalc.recalculate import recalculate, stale
from haircut_workbooks.recalc.replay import disagreements

YEARS = np.arange(1, 41) / 4
ONE_VINTAGE = {"Gpus_2": 0.0, "Gpus_3": 0.0, "Availability_End": 0.0}


def test_two_engines_agree_and_nothing_is_stale(loan, engine):
    assert disagreements(loan) == []
    assert stale(engine, loan) == []


@pytest.mark.parametrize("style", ["annuity", "straight", "bullet", "sculpted"])
def test_two_engines_agree_on_every_style_of_repayment(engine, loan, style):
    assert value(recalculate(engine, loan, {loan.find("Style"): style}).book, "Failed_Checks") == 0


def test_every_function_of_this_library_that_fits_a_loan_is_live(loan):
    used = {call.name.upper() for text in loan.formulas().values() for call in calls(text)}
    assert len(used) >= 35


def test_excel_is_told_not_to_recalculate_on_opening(loan):
    workbook = loan.container.read("xl/workbook.xml")
    assert b"fullCalcOnLoad" not in workbook
    assert b'calcId="191029"' in workbook


def test_another_reader_sees_the_values_and_the_parts(loan, tmp_path):
    path = tmp_path / "loan.xlsx"
    path.write_bytes(loan.data)
    book = openpyxl.load_workbook(path, data_only=True)
    assert book.sheetnames[:3] == ["Summary", "Assumptions", "Scenarios"]
    assert book["Assumptions"].cell(*loan.find("Closing")[1:]).value == datetime(2026, 3, 31)
    assert len(book["Summary"]._charts) == 4


class TestTiesToTheModels:
    """Each chain of cells against the model called directly on the inputs alone."""

    def test_rent(self, loan):
        middle = YEARS - 0.125
        expected = value(loan, "Rent") * (1 - value(loan, "Rent_Decline")) ** middle
        shown = line(loan, "Cash flow", "Market rent, first vintage")
        assert shown == pytest.approx(expected, rel=1e-12)
        assert rent.rent_curve(value(loan, "Rent"), value(loan, "Rent_Decline"), middle) == pytest.approx(
            expected
        )

    def test_draws_advance_on_cost_within_the_commitment(self, loan):
        cost = [value(loan, f"Gpus_{v}") * value(loan, f"Unit_Cost_{v}") for v in (1, 2, 3)]
        bought = np.zeros(41)
        for amount, years in zip(
            cost, (0.0, value(loan, "In_Service_2"), value(loan, "In_Service_3")), strict=True
        ):
            bought[round(max(0, years - value(loan, "Commissioning")) * 4)] += amount
        drawn = np.minimum(value(loan, "Debt"), value(loan, "Advance_Rate") * np.cumsum(bought))
        assert line(loan, "Debt", "Drawn to date", closing=True) == pytest.approx(drawn)
        assert value(loan, "Out_Equity") == pytest.approx(sum(cost) + 0.01 * value(loan, "Debt") - drawn[-1])

    def test_fee_on_what_is_not_drawn(self, loan):
        drawn = line(loan, "Debt", "Drawn to date", closing=True)[:40]
        fee = np.where(value(loan, "Availability_End") >= YEARS, value(loan, "Debt") - drawn, 0) * 0.01 / 4
        assert line(loan, "Debt", "Fee on the undrawn part") == pytest.approx(fee)

    def test_debt_schedule(self, loan):
        rate, start = value(loan, "Base_Rate") + value(loan, "Margin"), int(value(loan, "Repays_After"))
        count = int(value(loan, "Tenor_Years") * 4) - start
        table = debt.debt_schedule(value(loan, "Out_Debt"), rate, count, "annuity")
        shown = line(loan, "Debt", "Closing")[start : start + count]
        assert shown == pytest.approx(table["closing"], rel=1e-9, abs=1e-3)

    def test_fleet_value_is_the_sum_over_vintages(self, loan):
        counts, costs, service = (
            [value(loan, f"{stem}_{v}") for v in (1, 2, 3)] for stem in ("Gpus", "Unit_Cost", "In_Service")
        )
        expected = fleet.fleet_value(
            np.arange(0, 41) / 4,
            counts,
            costs,
            service,
            value(loan, "Decay"),
            [1.5, 3.5, 5.5],
            [0.2] * 3,
            0.05,
        )
        years = np.arange(0, 41) / 4
        for count, cost, serves in list(zip(counts, costs, service, strict=True))[1:]:
            bought = (serves - value(loan, "Commissioning") <= years) & (years < serves)
            expected = expected + np.where(bought, count * cost, 0.0)
        assert line(loan, "Fleet", "Step value", closing=True) == pytest.approx(expected, rel=1e-12)

    def test_economic_value_is_the_lower_of_step_and_rent(self, loan):
        step, implied = (line(loan, "Collateral", label, closing=True) for label in ("Step", "Rent-implied"))
        economic = line(loan, "Collateral", "Economic: lower of step and rent-implied", closing=True)
        assert economic == pytest.approx(np.minimum(step, implied))

    def test_cover(self, loan):
        cash, service = line(loan, "Coverage", "CFADS"), line(loan, "Coverage", "Debt service")
        lowest = min(c / s for c, s in zip(cash, service, strict=True) if s > 0)
        assert value(loan, "Out_Min_DSCR") == pytest.approx(lowest)
        assert coverage.dscr_min(cash, service) == pytest.approx(lowest)

    def test_reverse_stress_brings_cover_to_its_covenant(self, loan):
        fall = line(loan, "Coverage", "Fall in all revenue, contract included")[:20]
        cash, service = line(loan, "Coverage", "CFADS")[:20], line(loan, "Coverage", "Debt service")[:20]
        left = cash - fall * line(loan, "Coverage", "Revenue")[:20]
        assert left / service == pytest.approx(value(loan, "Min_DSCR"))

    def test_forced_sale(self, loan):
        names = "Worst_Gpus Worst_Unit_Value Worst_Months Depth Depth_Recovery Other_Units Worst_Decay Discount_Rate Carry Exit_Cost Legal_Months"
        table = liquidation.liquidation(*(value(loan, name) for name in names.split()))
        assert value(loan, "Worst_Proceeds") == pytest.approx(table["present value"][0])
        worst = max(
            line(loan, "Liquidation", "Exposure, net", closing=True)
            - line(loan, "Liquidation", "Proceeds", closing=True)
        )
        assert value(loan, "Worst_Net") - value(loan, "Worst_Proceeds") == pytest.approx(worst)

    def test_a_default_meets_the_debt_and_the_gpus_of_the_same_instant(self, loan):
        """The payment of the quarter is missed; its draw has been spent on the GPUs that are sold."""
        service = line(loan, "Debt", "Interest") + line(loan, "Debt", "Fee on the undrawn part")
        repaid = line(loan, "Debt", "Principal and balloon")
        owed = line(loan, "Debt", "Closing") + service + repaid
        shown = line(loan, "Liquidation", "Exposure as agreed: debt, draw and the interest missed")
        assert shown == pytest.approx(owed, abs=1e-3)

    def test_loss_is_net_of_the_cash_that_earlier_quarters_left(self, loan):
        held = line(loan, "Waterfall", "Reserve", closing=True) + line(
            loan, "Waterfall", "Cash kept", closing=True
        )
        owed, proceeds = (
            line(loan, "Liquidation", label)[:20]
            for label in ("Exposure as agreed: debt, draw and the interest missed", "Proceeds")
        )
        lost = np.maximum(0, owed - proceeds - held[:20]) / owed
        assert line(loan, "Liquidation", "Loss given default")[:20] == pytest.approx(lost)
        gross = np.maximum(0, 1 - proceeds / owed)
        assert line(loan, "Liquidation", "Loss given default, cash in accounts gone")[:20] == pytest.approx(
            gross
        )
        assert value(loan, "Out_Peak_LGD_Uncalibrated") == pytest.approx(lost.max())

    def test_cover_with_the_tenant_gone(self, loan):
        """Every GPU that serves is let at the market, idle where that does not pay its power."""
        market, cash = line(loan, "Cash flow", "Market rent, first vintage"), np.zeros(40)
        for v, factor, kw in ((1, 1, "Kw_Per_Gpu"), (2, value(loan, "Rent_Factor_2"), "Kw_Per_Gpu_2"), (3, value(loan, "Rent_Factor_3"), "Kw_Per_Gpu_3")):  # fmt: skip
            cost = value(loan, kw) * (
                value(loan, "Power_Price") + value(loan, "Hosting_Cost") / value(loan, "Kw_Per_Gpu")
            )
            margin = value(loan, "Utilisation") * value(loan, "Availability") * market * factor - cost
            cash += line(loan, "Fleet", "Earning", v - 1) * 8760 / 4 * np.maximum(0, margin)
        taxed = cash + line(loan, "Cash flow", "Taxable before interest") - line(loan, "Cash flow", "EBITDA")
        due = line(loan, "Cash flow", "Interest and fee")
        left = cash - value(loan, "Tax_Rate") * np.maximum(0, taxed - due)
        expected = coverage.dscr_min(left, line(loan, "Coverage", "Debt service"))
        assert value(loan, "Out_Tenant_Gone_Min_DSCR") == pytest.approx(expected)

    def test_fair_spread(self, loan):
        assert line(loan, "Credit", "Runs dry").sum() == 0, "the illustration never runs dry"
        pds = 1 - (1 - value(loan, "PD")) ** YEARS
        lgds, exposures = (
            line(loan, "Credit", "Loss given default, net of cash, uncalibrated"),
            line(loan, "Credit", "Exposure, the quarter's draw included"),
        )
        rate = (1 + value(loan, "Base_Rate") / 4) ** 4 - 1
        terms = [rate, value(loan, "Hurdle"), value(loan, "Asset_Correlation")]
        spread = credit.fair_spread(
            pds, lgds, exposures, YEARS, *terms, 0.999, value(loan, "Liquidity_Premium")
        )
        assert value(loan, "Fair_Spread") == pytest.approx(spread, rel=1e-9)


@pytest.fixture(
    scope="module", params=[{"Sweep": 0.5, "DSRA_Months": 0.0}, {"Sweep": 0.0, "DSRA_Months": 6.0}]
)
def served(request, engine, loan):
    """One vintage, all drawn at closing, no trap on value, reserve or sweep: what HC_WATERFALL knows."""
    return Moved(engine, loan, **ONE_VINTAGE, **request.param, Trap_LTV=1e6, Lockup_DSCR=1.7)


def test_the_waterfall_is_what_the_model_gives(served):
    term = 20
    table = waterfall.waterfall(
        line(served, "Cash flow", "CFADS")[:term],
        value(served, "Out_Debt"),
        value(served, "Loan_Rate"),
        -line(served, "Debt", "Principal")[:term],
        value(served, "DSRA_Months"),
        value(served, "Sweep"),
        value(served, "Lockup_DSCR"),
    )
    pairs = {
        "interest paid": "Interest and fee", "principal paid": "Principal", "swept": "Swept", "reserve": "Reserve",
        "distributed": "Distributed", "cash": "Cash kept", "closing debt": "Debt, closing",
    }  # fmt: skip
    for name, label in pairs.items():
        assert line(served, "Waterfall", label)[:term] == pytest.approx(table[name], rel=1e-9, abs=0.01), name
    assert table["distributed"].sum() > 0
    assert table["swept"].sum() + table["reserve"].sum() > 0


class TestInputsMoveTheAnswer:
    """Properties that a credit officer would test by hand."""

    def test_less_debt_means_lower_ltv(self, engine, loan):
        less = Moved(engine, loan, Advance_Rate=0.35)
        assert value(less, "Out_Closing_Economic_LTV") < value(loan, "Out_Closing_Economic_LTV")
        assert value(less, "Out_Closing_Book_LTV") == pytest.approx(value(loan, "Out_Closing_Book_LTV") / 2)

    def test_nothing_is_drawn_after_availability(self, engine, loan):
        early = Moved(engine, loan, Availability_End=0.5)
        assert value(early, "Out_Debt") == pytest.approx(0.7 * (6_000 * 32_000 + 2_500 * 42_000))
        assert value(early, "Check_Sources_Are_Uses") is True

    def test_cash_that_is_spent_before_the_default_covers_no_loss(self, engine, loan):
        spent = Moved(engine, loan, Cash_Credit=0.0)
        assert value(spent, "Out_Peak_LGD_Uncalibrated") == pytest.approx(
            value(spent, "Out_Peak_Gross_LGD_Uncalibrated")
        )
        assert value(spent, "Fair_Spread") == pytest.approx(value(spent, "Fair_Spread_Gross"))
        assert value(spent, "Fair_Spread") > value(loan, "Fair_Spread")

    def test_the_price_flag_heeds_the_higher_of_the_fair_spreads(self, engine, loan):
        between = Moved(engine, loan, Margin=0.02)
        assert value(between, "Fair_Spread") < 200 < value(between, "Converged_Scenario_Spread")
        assert value(between, "Breach_Price_Uncalibrated") is True

    def test_no_revenue_leaves_no_room(self, engine, loan):
        idle = Moved(engine, loan, Rent=0.0, Contract_Rent=0.0)
        assert value(idle, "Breach_DSCR") is True
        assert [value(idle, name) for name in ("Out_Rent_Fall", "Out_Revenue_Fall", "Out_Value_Fall")] == [
            0
        ] * 3

    def test_a_weak_tenant_costs_where_the_market_would_not_serve_the_debt(self, engine, loan):
        weak = Moved(engine, loan, Counterparty_PD=0.2)
        assert value(weak, "Fair_Spread") > value(loan, "Fair_Spread")
        strong_market = {"Rent": 8.0, "Rent_Decline": 0.0}
        good, bad = (Moved(engine, loan, **strong_market, Counterparty_PD=pd) for pd in (0.01, 0.2))
        assert value(bad, "Live_PD") == value(good, "Live_PD") == value(loan, "PD")

    def test_service_that_needs_the_trapped_cash_is_told(self, engine, loan):
        long = Moved(engine, loan, Tenor_Years=8.0)
        assert value(loan, "Breach_Needs_Trap") is False
        assert value(long, "Breach_Runs_Dry") is False
        assert value(long, "Breach_Needs_Trap") is True

    def test_hedges_take_their_share_of_a_base_rate_shock(self, engine, loan):
        service, cash = line(loan, "Coverage", "Debt service"), line(loan, "Cash flow", "CFADS")
        interest = line(loan, "Debt", "Opening") * value(loan, "Base_Rate_Shock") / 4
        shocked = [coverage.dscr_min(cash, service + interest * share) for share in (0.05, 1)]
        assert [value(loan, f"Out_{name}_Min_DSCR") for name in ("Shocked", "Unhedged")] == pytest.approx(
            shocked
        )

    def test_a_deeper_market_recovers_more(self, engine, loan):
        deep = Moved(engine, loan, Depth=1e9)
        assert value(deep, "Out_LGD_Uncalibrated") < value(loan, "Out_LGD_Uncalibrated")

    def test_a_longer_loan_still_repays(self, engine, loan):
        longer = Moved(engine, loan, Tenor_Years=9.0)
        assert value(longer, "Check_Debt_Repaid") is True
        balance = line(longer, "Debt", "Closing")
        assert balance[34] > 0 and balance[35] == 0

    def test_sculpted_debt_has_level_cover(self, engine, loan):
        sculpted = Moved(engine, loan, Style="sculpted", Tax_Rate=0.0)
        start, stop = int(value(sculpted, "Repays_After")), int(value(sculpted, "Maturity_Quarter"))
        cover = line(sculpted, "Coverage", "DSCR, projected")[start:stop]
        assert cover == pytest.approx(cover[0], rel=1e-9)
        level = (
            value(sculpted, "Target_DSCR")
            * value(sculpted, "Out_Debt_Capacity")
            / value(sculpted, "Out_Debt")
        )
        assert cover[0] == pytest.approx(level, rel=1e-9)

    @pytest.mark.parametrize(
        ("case", "worse"),
        [
            ("deflation", "Out_Worst_Economic_LTV"),
            ("new architecture", "Out_Worst_Economic_LTV"),
            ("convergence", "Out_Converged_LGD_Uncalibrated"),
            ("liquidation", "Out_LGD_Uncalibrated"),
        ],
    )
    def test_a_scenario_moves_the_live_model(self, engine, loan, case, worse):
        moved = Moved(engine, loan, Scenario=case)
        assert value(moved, worse) > value(loan, worse)
        assert value(moved, "Failed_Checks") == 0

    def test_full_convergence_moves_every_factor_by_its_own_quantile(self, engine, loan):
        near = Moved(engine, loan, Convergence=0.99, Corr_Coin_Rent=0.99, Corr_Coin_Power=-0.99, Corr_Coin_Refi=-0.99,
                          Corr_Rent_Power=-0.99, Corr_Rent_Refi=-0.99, Corr_Power_Refi=0.99)  # fmt: skip
        converged = [near.value(Address("Convergence", row, 4)) for row in range(16, 20)]
        assert converged == pytest.approx([ndtri(0.99)] * 4, rel=1e-3)

    def test_no_convergence_changes_nothing(self, engine, loan):
        same = Moved(engine, loan, Convergence=0.0)
        delta = [same.value(Address("Convergence", row, 5)) for row in range(23, 36)]
        assert delta == pytest.approx([0.0] * 13, abs=1e-6)


class TestLibreOffice:
    def test_it_agrees_on_every_standard_formula(self, loan):
        assert_libreoffice_agrees(loan)

    def test_it_does_not_read_our_own_values_back(self, loan):
        """With an input changed and nothing recalculated by us, LibreOffice finds the new value."""
        moved = Book(splice(loan, {loan.find("Margin"): Edit(0.1)}), "moved.xlsx")
        other = recalculated_by_libreoffice(moved)
        assert other[loan.find("Loan_Rate")] == pytest.approx(value(loan, "Base_Rate") + 0.1)
