"""The miner_pivot template: tied to independent routes, told the same by the scenario engine, and to the loans that failed in 2022."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from tests.models.scenario.deals import factors
from tests.models.scenario.test_limits import lived
from tests.templates.reading import line, value

from haircut.models.scenario.plan import plan
from haircut.models.scenario.terms import read_deal, read_factors
from haircut_workbooks.batch.portfolio import read_portfolio
from haircut_workbooks.package.address import Address
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import calculate

PORTFOLIO = Path(__file__).parents[2] / "templates" / "miner_pivot" / "portfolio.csv"
CLOSING, PERIODS = 5, 32


@pytest.fixture(scope="module")
def book(built):
    return built("miner_pivot")


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


@pytest.fixture(scope="module")
def with_inputs(book, engine):
    """Recalculate the workbook with some inputs changed, by name."""

    @cache
    def changed(**inputs):
        return calculate(engine, book, {book.find(name): value for name, value in inputs.items()}).book

    return changed


def day(serial):
    return date(1899, 12, 30) + timedelta(days=serial)


class TestIndependentRoutes:
    def test_hashprice_follows_coin_network_and_the_halving(self, book):
        years = np.arange(PERIODS + 1) / 4
        ends = line(book, "Coin and hash", "Block height", closing=True)
        days = [
            (day(book.value(Address("Coin and hash", 7, c))) - date(2024, 4, 20)).days for c in range(5, 38)
        ]
        np.testing.assert_allclose(ends, 840_000 + 144 * np.array(days))
        coin = value(book, "Coin_Price") * 1.1**years
        network = value(book, "Network_EHs") * 1.1**years
        subsidy = 50 / 2 ** (ends // 210_000)
        expected = (subsidy + 0.1) * 144 * coin / network / 1000
        np.testing.assert_allclose(line(book, "Coin and hash", "Hashprice", closing=True), expected)
        margin = expected - 17.5 * 24 * 0.045
        np.testing.assert_allclose(line(book, "Coin and hash", "Margin after power", closing=True), margin)

    def test_power_handed_over_stops_mining_and_earns_rent(self, book):
        served = 170 * np.clip((np.arange(PERIODS + 1) - 3) / 4, 0, 1)
        np.testing.assert_allclose(line(book, "AI hosting", "In service at the end", closing=True), served)
        np.testing.assert_allclose(
            line(book, "Coin and hash", "Hashrate left", closing=True), 20 - served / 17.5
        )
        market = 1.5 * 0.98 ** (np.arange(1, PERIODS + 1) / 4)
        rent = served[:-1] * (0.9 * 1.8 + 0.1 * 0.9 * market) * 1e6 / 4
        np.testing.assert_allclose(line(book, "AI hosting", "Revenue"), rent)

    def test_the_cash_account_by_a_loop_of_its_own(self, with_inputs):
        """Every dollar again, quarter by quarter, in a crash: coins are sold, nothing is lent anew, cash runs dry."""
        book = with_inputs(Scenario="coin crash")
        cfads, capex = line(book, "Cash", "CFADS"), line(book, "Cash", "AI build-out, own share")
        owed, price = line(book, "Debt", "All debt", closing=True), line(book, "Coin and hash", "Coin price")
        interest, coins, cash = (
            line(book, "Debt", "Interest in cash"),
            value(book, "Coins"),
            value(book, "Cash"),
        )
        shown, held = line(book, "Cash", "Closing cash"), line(book, "Cash", "Coins held")
        for i in range(PERIODS):
            cash += cfads[i] + capex[i] - interest[i] + owed[i + 1] - owed[i]
            sold = min(coins, max(0.0, -cash) / (0.9 * price[i]))
            coins, cash = coins - sold, cash + sold * 0.9 * price[i]
            assert cash == pytest.approx(shown[i], abs=1)
            assert coins == pytest.approx(held[i], abs=1e-6)
        assert value(book, "Breach_Runs_Dry") is True

    def test_converts(self, with_inputs):
        """Zero coupon: the bond floor is a discount factor. Parity below par brings the put, and half of par busts."""
        book = with_inputs(Share_Price=2.0)
        table = [[book.value(Address("Converts", r, c)) for c in range(3, 8)] for r in (15, 16)]
        maturity = (date(2031, 10, 1) - date(2025, 12, 31)).days / 365
        put = (date(2028, 5, 15) - date(2025, 12, 31)).days / 365
        assert table[0] == pytest.approx([16.03, 200 / 16.03, 100 / 1.05 ** (2 * maturity), True, maturity])
        assert table[1][0] == pytest.approx(4.4)
        assert table[1][1] == pytest.approx(200 / 4.4)
        assert table[1][3:] == pytest.approx([True, put])
        assert line(book, "Debt", "Convert B")[[7, 8]].tolist() == [200e6, 0]

    def test_look_through_and_the_line_on_which_equity_is_gone(self, book):
        owed, coins, rigs, sites, cash = (book.value(Address("Look-through", r, 3)) for r in range(5, 10))
        falls = 0.15 * np.arange(7)
        table = [[book.value(Address("Look-through", 14 + i, 3 + j)) for j in range(7)] for i in range(7)]
        backing = coins * (1 - falls)[:, None] + (rigs + sites) * (1 - falls)[None, :] + cash
        np.testing.assert_allclose(np.array(table), owed / backing)
        gone = np.array([book.value(Address("Look-through", 24, 3 + j)) for j in range(7)])
        np.testing.assert_allclose(coins * (1 - falls) + (rigs + sites) * (1 - gone) + cash, owed)

    def test_reverse_stress_put_through_empties_cash_exactly(self, with_inputs, book):
        """Every rent lower by the least lasting fall, costs as they were: the worst quarter ends with nothing."""
        alone = {"Coins": 0.0, "Tax_Rate": 0.0, "Refi_Max_LTV": 5.0}
        before = with_inputs(**alone)
        fall = value(before, "Out_Least_Rent_Fall")
        assert 0 < fall < 1
        worst = int(np.argmin(line(before, "Reverse stress", "Lasting fall of AI rent")))
        rents = {name: value(book, name) * (1 - fall) for name in ("AI_Contract_Rent", "AI_Market_Rent")}
        after = with_inputs(**alone, **rents, AI_Cost_Share=value(book, "AI_Cost_Share") / (1 - fall))
        assert line(after, "Cash", "Closing cash")[worst] == pytest.approx(0, abs=1)
        assert line(before, "Cash", "Closing cash")[worst] > 1e6


class TestProperties:
    def test_less_debt_means_lower_ltv_and_a_smaller_gap(self, book, with_inputs):
        less = with_inputs(Notes=value(book, "Notes") / 2)
        for name in (
            "Out_Closing_Book_LTV",
            "Out_Worst_Economic_LTV",
            "Out_Closing_Liquidation_LTV_Uncalibrated",
            "Out_Rollover_Gap",
        ):
            assert value(less, name) < value(book, name), name

    @pytest.mark.parametrize(("scenario", "label", "sheet", "factor"), [
        ("coin crash", "Hashprice", "Coin and hash", 0.4), ("hashprice squeeze", "Hashprice", "Coin and hash", 1 / 1.5),
        ("AI delay", "Market rent", "AI hosting", 0.8),
    ])  # fmt: skip
    def test_a_scenario_moves_what_it_says_from_its_quarter_on(
        self, book, with_inputs, scenario, label, sheet, factor
    ):
        moved = line(with_inputs(Scenario=scenario), sheet, label) / line(book, sheet, label)
        np.testing.assert_allclose(moved, np.where(np.arange(1, PERIODS + 1) >= 2, factor, 1.0))

    def test_three_ltvs_stand_in_order(self, book):
        names = ("On book value", "On economic value", "On a sale in a hurry, uncalibrated")
        on_book, economic, hurry = (line(book, "Collateral", name, closing=True) for name in names)
        assert (on_book <= economic + 1e-12).all() and (economic <= hurry + 1e-12).all()


class TestOneStoryWithTheScenarioEngine:
    """No tax, nothing under construction, no halving in sight, prices that stand still; the engine adds chance,
    refinancing at a test of its own, and distributions; the workbook adds tranches, taxes, halvings and the build-out."""

    STILL = MappingProxyType({
        "Tax_Rate": 0.0, "Coin_Drift": 0.0, "Network_Growth": 0.0, "AI_Rent_Decline": 0.0, "Hash_Decline": 0.0,
        "Availability": 1.0, "Coins": 0.0, "Counterparty_PD": 0.0,
    })  # fmt: skip

    def labels(self, book):
        """The deal's labels, and levels of the factors that stand still."""
        rows = [[book.value(Address("Deal scenario", r, c)) for c in (2, 3)] for r in range(6, 36)]
        names, levels = ([book.value(Address("Deal scenario", r, c)) for r in (8, 9, 10)] for c in (6, 7))
        return [row for row in rows if row[0] is not None], {
            n: (v, 0.0, 0.0) for n, v in zip(names, levels, strict=True)
        }

    def test_sites_earn_the_same(self, with_inputs):
        book = with_inputs(**self.STILL, AI_MW_Now=170.0, Hashrate_EHs=0.0)
        rows, levels = self.labels(book)
        worked = plan(read_deal(rows), read_factors(factors(*levels, **levels)))
        flows = np.array(worked.fleet.expected_cfads(worked.laws))
        np.testing.assert_allclose(flows, line(book, "Cash", "CFADS")[: worked.deal.quarters], rtol=1e-9)
        assert worked.deal.quarters == 20

    def test_rigs_earn_cover_and_repay_the_same(self, with_inputs):
        loan = {
            "AI_MW_Full": 0.0,
            "Notes": 0.0,
            "Convert_A": 0.0,
            "Convert_B": 0.0,
            "Loan": 50e6,
            "Loan_Payments": 8.0,
        }
        book = with_inputs(**self.STILL, **loan)
        rows, levels = self.labels(book)
        del levels["refi_spread"]
        worked, got = lived(rows, **levels)
        flows = np.array(worked.fleet.expected_cfads(worked.laws))
        np.testing.assert_allclose(flows, line(book, "Cash", "CFADS")[:8], rtol=1e-9)
        np.testing.assert_allclose(got["balance"], line(book, "Debt", "All debt")[:8], atol=1e-3)
        np.testing.assert_allclose(got["dscr"], line(book, "Cover", "DSCR without bullets")[:8], rtol=1e-9)


@pytest.fixture(scope="module")
def rows(book, engine):
    portfolio = read_portfolio(PORTFOLIO, book)
    wanted = {row.label: row for row in portfolio.rows if "Iris" in row.label}
    return {name: portfolio.inputs(book, row) for name, row in wanted.items()}


@pytest.fixture(scope="module")
def books(rows, book, engine):
    return {name: calculate(engine, book, inputs).book for name, inputs in rows.items()}


class TestTheDefaultOf2022:
    """About 103 m USD owed to one lender in November 2022, rigs worth 65 to 70 m, 7 m a month due and 2 m earned."""

    OWED, RIGS, DUE, EARNED = 103e6, (65e6, 70e6), 7e6, 2e6

    def test_hindsight_is_the_path_alone_and_the_peer_differs_by_its_debt(self, rows, book):
        known, realised, peer = rows.values()
        named = {address: name for name, address in book.named_cells.items()}

        def differing(one, other):
            return {n for a in one if one[a] != other[a] and not (n := named[a]).endswith("_Basis")} - {
                "Deal"
            }

        assert differing(known, realised) == {"Scenario"}
        assert differing(realised, peer) == {"Loan"}

    def test_no_row_of_the_portfolio_has_sector_assumptions_of_its_own_on_mining(self, rows, book):
        names = {
            name
            for name, address in book.named_cells.items()
            for inputs in rows.values()
            if address in inputs
        }
        assert names.isdisjoint(
            {
                "Payback_Days",
                "Hash_Decline",
                "Rig_Life",
                "Site_Cost_Per_MW",
                "Fees_Per_Block",
                "Rig_Fire_Sale",
            }
        )

    def test_at_closing_it_looked_sound(self, books):
        known = books["Iris NYDIG as known at closing"]
        assert value(known, "Breach_Runs_Dry") is False
        assert value(known, "Out_Closing_Liquidation_LTV_Uncalibrated") < 1

    def test_it_defaults_in_the_quarter_in_which_it_did(self, books):
        realised = books["Iris NYDIG realised path"]
        assert value(realised, "Breach_Runs_Dry") is True
        quarter = int(value(realised, "Out_Default_Quarter"))
        ends = day(realised.value(Address("Cash", 7, CLOSING + quarter)))
        assert ends - timedelta(days=92) < date(2022, 11, 8) <= ends
        i = quarter - 1
        assert line(realised, "Cash", "Mining margin")[i] / 3 == pytest.approx(self.EARNED, rel=0.25)
        assert line(realised, "Cover", "Interest and loan instalments")[i] / 3 == pytest.approx(
            self.DUE, rel=0.1
        )
        assert 55.94 < line(realised, "Coin and hash", "Hashprice")[i] < 78, (
            "Hashrate Index: low of 2022, high of the next January"
        )
        low, high = self.RIGS
        assert low * 0.95 < line(realised, "Collateral", "Economic value")[i] < high * 1.05
        assert low / self.OWED - 0.05 < value(realised, "Out_Recovery_At_Default") < high / self.OWED + 0.05
        assert value(realised, "Out_Worst_Liquidation_LTV_Uncalibrated") > 1

    def test_a_peer_with_less_debt_survives_the_same_path(self, books):
        peer = books["Peer of Iris with a quarter of the debt"]
        assert value(peer, "Breach_Runs_Dry") is False
        assert value(peer, "Out_Worst_Liquidation_LTV_Uncalibrated") < 1
