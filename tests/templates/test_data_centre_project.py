"""The data_centre_project template: ties, the models called directly, and what a credit officer would try by hand."""

from functools import cache
from types import MappingProxyType

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtri
from tests.templates.reading import Moved, line, value

from haircut.models import coverage, credit, debt, duration, sizing
from haircut_workbooks.package.address import Address
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.templates.data_centre_project.inputs import CASES
from haircut_workbooks.templates.levers import FIRST_CASE

SPREAD_ON = "Base_Rate", "Hurdle", "Asset_Correlation", "Capital_Confidence", "Liquidity_Premium"


@pytest.fixture(scope="module")
def book(built):
    return built("data_centre_project")


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


@pytest.fixture(scope="module")
def changed(engine, book):
    """The workbook with inputs changed, by name; each change is calculated once."""
    return cache(lambda **inputs: Moved(engine, book, **inputs))


@pytest.fixture(scope="module")
def cases(changed):
    return {case: changed(Scenario=case) for case in CASES[1:]}


def pulled(engine, book, inputs=MappingProxyType({}), **levers):
    """The workbook with levers of the base case moved: the loan that was agreed stays as it is."""
    given = {book.find(name): new for name, new in inputs.items()}
    for name, new in levers.items():
        place = book.find(name)
        given[Address(place.sheet, place.row, FIRST_CASE + 1)] = float(new)
    return Moved(engine, book, given)


def at(book, sheet, label, period):
    return line(book, sheet, label)[period - 1]


def shown(book, sheet, label, column):
    """A figure beside a label on a sheet that does not go through time."""
    (row,) = (a.row for a, text in book.values().items() if a.sheet == sheet and text == label)
    return book.value(Address(sheet, row, column))


def terms(book):
    """Gearing, debt's share of a draw, rate a half-year, part of it for which a draw bears interest."""
    rate = (value(book, "Base_Rate") + value(book, "Margin")) / 2
    return value(book, "Gearing"), value(book, "Draw_Share"), rate, value(book, "Draw_Timing")


class TestConstruction:
    def test_draws_month_by_month_on_paper(self, book):
        """A loop that looks for each draw by bisection, where the workbook solves for it."""
        _, share, rate, timing = terms(book)
        capacity, loan, uses, idc = value(book, "Capacity_MW"), 0.0, 0.0, 0.0
        hard = capacity * (value(book, "Shell_Cost") + value(book, "IT_Cost"))
        land, term = capacity * value(book, "Land_Cost"), value(book, "Term_Loan")
        periods, before = int(value(book, "Completion")), 0.0
        for i in range(1, periods + 1):
            x = i / periods
            built = 3 * x**2 - 2 * x**3
            cost = hard * (1 + value(book, "Contingency")) * (built - before)
            cost += (land + value(book, "Fee_Share") * term) * (i == 1)
            cost += value(book, "Commitment_Fee") / 2 * (term - loan)
            part = 1.0 if i == periods else share

            def missing(draw, cost=cost, part=part, loan=loan):
                return part * (cost + rate * (loan + timing * draw)) - draw

            draw = min(term - loan, brentq(missing, 0, 1e10, xtol=1e-6))
            interest = rate * (loan + timing * draw)
            idc, uses, loan, before = idc + interest, uses + cost + interest, loan + draw, built
        assert value(book, "Use_IDC") == pytest.approx(idc, rel=1e-9)
        assert loan == pytest.approx(term, rel=1e-9)
        assert value(book, "All_Uses") - value(book, "Use_Reserve") == pytest.approx(uses, rel=1e-9)
        assert value(book, "Source_Equity") == pytest.approx(uses - term, rel=1e-9)

    def test_with_draws_at_the_end_of_a_half_year_the_agreed_loan_is_that_of_hc_idc(self, book, changed):
        late = changed(Draw_Timing=0.0)
        cost = line(late, "Agreed case", "Costs before interest")
        table = sizing.idc(cost, value(book, "Gearing"), value(book, "Loan_Rate"), 2)
        periods = int(value(book, "Agreed_Completion"))
        assert value(late, "Gearing_Loan") == pytest.approx(table["closing"][periods - 1], rel=1e-12)

    def test_land_is_bought_and_counts_in_value(self, book, changed):
        none = changed(Land_Cost=0.0)
        land = value(book, "Use_Land")
        assert land == value(book, "Capacity_MW") * value(book, "Land_Cost") and value(none, "Use_Land") == 0
        done = int(value(book, "Completion"))
        label = "Cost less age, land included"
        assert at(book, "Value", label, done) - at(none, "Value", label, done) == pytest.approx(land)
        assert value(none, "Failed_Checks") == 0


class TestSize:
    def test_sculpted_debt_is_the_model_s_on_the_lease_s_cash_alone(self, book):
        start, count = int(value(book, "Agreed_Completion")), int(value(book, "Payments"))
        rate, dscr = value(book, "Loan_Rate"), value(book, "Target_DSCR")
        interest = rate / 2 * value(book, "Balloon")
        cash = line(book, "Agreed case", "CFADS, taxed as if without debt")[start : start + count]
        income = line(book, "Agreed case", "Taxable before interest")[start : start + count]
        cash = cash + value(book, "Tax_Rate") * np.minimum(interest, income) - dscr * interest
        table = debt.debt_sculpt(cash, dscr, rate, value(book, "Tax_Rate"), 2, income - interest)
        assert value(book, "Lease_Years") * 2 > count
        assert value(book, "Sculpted_Debt") == pytest.approx(table["opening"][0], rel=1e-12)

    def test_the_loan_is_the_least_of_gearing_cash_and_value(self, book, changed):
        assert value(book, "Binding") == "value"
        assert value(book, "Highest_LTV") == pytest.approx(value(book, "Max_LTV"), rel=1e-9)
        no_limit = changed(Max_LTV=9.0, Gearing=0.95)
        assert value(no_limit, "Binding") == "cash"
        assert value(no_limit, "Term_Loan") == pytest.approx(
            value(no_limit, "Sculpted_Debt") + value(book, "Balloon")
        )
        cash, service = line(no_limit, "Operation", "CFADS"), line(no_limit, "Debt", SERVICE)
        due = service > 0
        target = np.full(due.sum(), value(book, "Target_DSCR"))
        assert cash[due] / service[due] == pytest.approx(target, rel=1e-9)
        less = changed(Gearing=0.4)
        assert value(less, "Binding") == "gearing"
        assert value(less, "Term_Loan") == value(less, "Gearing_Loan") < value(book, "Term_Loan")

    def test_cash_after_the_lease_counts_only_as_far_as_it_is_credited(self, changed):
        short = {"Lease_Years": 6.0, "Balloon": 0.0, "Max_LTV": 9.0, "Gearing": 0.95}
        none, all_ = (changed(**short, Tail_Credit=credited) for credited in (0.0, 1.0))
        assert value(none, "Debt_At_Lease_End") == pytest.approx(0, abs=1)
        assert value(all_, "Sculpted_Debt") > value(none, "Sculpted_Debt")


SERVICE = "Debt service without balloon and arrears"


class TestCover:
    def test_cover_is_the_model_s(self, book):
        cash, service = line(book, "Operation", "CFADS"), line(book, "Debt", SERVICE)
        assert value(book, "Out_Min_DSCR") == pytest.approx(coverage.dscr_min(cash, service), rel=1e-12)
        start, end = int(value(book, "Completion")), int(value(book, "Maturity"))
        rate, loan = value(book, "Loan_Rate"), value(book, "Term_Loan")
        llcr = coverage.llcr(cash[start:end], loan, rate, 2)
        assert value(book, "Out_LLCR") == pytest.approx(llcr, rel=1e-12)
        assert value(book, "Out_PLCR") == pytest.approx(coverage.plcr(cash[start:], loan, rate, 2), rel=1e-12)
        repaid = coverage.llcr(service[start:end], 1.0, rate, 2)
        assert value(book, "Out_LLCR_Part") == pytest.approx(llcr * loan / repaid, rel=1e-9)

    def test_duration_gaps_are_the_model_s(self, book):
        start, end = int(value(book, "Completion")), int(value(book, "Maturity"))
        years = np.arange(1, end - start + 1) / 2
        to_lender = line(book, "Debt", SERVICE)[start:end].copy()
        to_lender[-1] += value(book, "Term_Balloon")
        owed = duration.macaulay(to_lender, years, value(book, "Loan_Rate"), 2)
        assert value(book, "Debt_Duration") == pytest.approx(owed, rel=1e-9)
        assets = duration.rent_duration(
            -np.expm1(-value(book, "IT_Decay")), value(book, "Discount_Rate"), value(book, "IT_Life")
        )
        gap = assets - owed * value(book, "Term_Loan") / at(book, "Value", "Economic value", start)
        assert value(book, "Out_Duration_Gap") == pytest.approx(gap, rel=1e-9)
        assert gap < 0 < value(book, "Out_Building_Gap")

    def test_owners_return_discounts_their_cash_to_nothing(self, book):
        flows = line(book, "Cash", "Owners' cash flow")
        half = (1 + value(book, "Equity_IRR")) ** 0.5
        assert (flows / half ** np.arange(len(flows))).sum() == pytest.approx(
            0, abs=flows[flows > 0].sum() * 1e-6
        )
        assert flows.sum() == pytest.approx(value(book, "Equity_Out") - value(book, "Equity_In"))


class TestAccount:
    def test_the_account_by_a_loop_of_its_own(self, book, cases, changed):
        """Every dollar again, half-year by half-year: default, arrears, advances, reserve, sweep, lock-up, refinancing."""
        swept = changed(Sweep=0.5)
        shut = changed(Refi_Max_LTV=0.01)
        for moved in (book, swept, shut, *cases.values()):
            self._again(moved)

    def _again(self, book):
        cfads = line(book, "Operation", "CFADS")
        scheduled, planned = line(book, "Debt", "Principal"), line(book, "Debt", "Balance")
        lent, new_service = line(book, "Cash", "New lender's loan"), line(book, "Cash", "Its debt service, empty half-years reserved for")  # fmt: skip
        target = line(book, "Cash", "Reserve asked for: service to come")
        start, end = int(value(book, "Completion")), int(value(book, "Maturity"))
        rate, sweep = value(book, "Live_Rate"), value(book, "Sweep")
        balance, reserve, kept, so_far, dead = value(book, "Term_Loan"), target[start - 1], 0.0, 0.0, False
        shown = {key: line(book, sheet, label) for key, sheet, label in (
            ("balance", "Debt", "Closing balance"), ("reserve", "Cash", "Reserve"), ("paid", "Cash", "Paid to the owners"),
        )}  # fmt: skip
        for i in range(start, len(cfads)):
            interest = rate * balance
            asked = interest + (balance if dead else min(balance, max(0.0, balance + so_far - planned[i])))
            cash = reserve + kept + cfads[i] + lent[i] - new_service[i]
            paid = min(asked, max(cash, 0.0))
            dead = dead or asked - paid > 0.01
            service = interest + scheduled[i] if i < end else 0.0
            left = max(cash, 0.0) - paid
            reserve = min(target[i], left)
            moved = min(sweep * (left - reserve), balance + interest - paid) if i < end else 0.0
            so_far += moved
            advanced = max(0.0, -cash) if balance > 0.01 else 0.0
            balance = balance + interest - paid + advanced - moved
            locked = service > 0 and cfads[i] < value(book, "Lockup_DSCR") * service - 0.01
            kept = locked * (left - reserve - moved)
            got = {"balance": balance, "reserve": reserve, "paid": left - reserve - moved - kept}
            for key, worked in got.items():
                assert shown[key][i] == pytest.approx(worked, abs=1), (key, i)
        assert value(book, "Breach_Runs_Dry") == dead

    def test_a_sweep_shortens_the_loan_and_a_lock_up_keeps_cash(self, book, changed):
        swept = changed(Sweep=0.5)
        year = int(value(book, "Maturity")) - 2
        owed = "Closing balance"
        assert at(swept, "Debt", owed, year) < at(book, "Debt", owed, year)
        locked = changed(Lockup_DSCR=2.0)
        assert value(locked, "Locked_Periods") == value(book, "Payments")
        assert line(locked, "Cash", "Kept under the lock-up").max() > 0
        assert value(locked, "Equity_IRR") < value(book, "Equity_IRR")

    def test_what_no_new_lender_lends_is_a_default_at_maturity(self, book, changed):
        shut = changed(Refi_Max_LTV=0.01)
        end = int(value(book, "Maturity"))
        dead = line(shut, "Debt", "In default: something due was not paid")
        assert dead[end - 2] == 0 and dead[end - 1] == 1
        assert value(shut, "Breach_Refinancing") is True
        assert line(shut, "Cash", "Paid to the owners")[end - 1] == 0
        assert at(shut, "Credit", "Cumulative PD", end) == 1


class TestPrice:
    def test_fair_spread_is_the_model_s(self, book):
        names = ("Cumulative PD", "LGD that is priced (uncalibrated)", "Owed before the default", "Years from closing")  # fmt: skip
        series = [line(book, "Credit", name) for name in names]
        base, *given = (value(book, name) for name in SPREAD_ON)
        spread = credit.fair_spread(*series, (1 + base / 2) ** 2 - 1, *given)
        assert value(book, "Fair_Spread") == pytest.approx(spread, rel=1e-9)

    def test_a_site_without_its_tenant_is_worth_the_next_one_s_rent(self, book, changed):
        """Empty, then let anew, discounted in continuous time: a loop of its own."""
        plain = changed(Tax_Rate=0.0, Inflation=0.0, Refresh_Share=0.0, Relet_Growth=0.0)
        kw, life, rate = value(book, "Kw"), value(book, "Shell_Life"), np.log1p(value(book, "Discount_Rate"))
        rent = value(book, "Lease_Rent") * value(book, "Relet_Share") * value(book, "Relet_Occupancy")
        down = value(book, "Downtime_Years")

        def years(first, last):
            return (np.exp(-rate * first) - np.exp(-rate * last)) / rate

        for served in (0, 5, 20):
            left = life - served
            earned = 12 * kw * (rent * years(down, left) - value(book, "Opex") * years(0, left))
            expected = earned + value(book, "Use_Land") * np.exp(-rate * left)
            label = "Empty now, then let anew; at least the land"
            got = at(plain, "Value", label, int(value(book, "Completion")) + 2 * served)
            assert got == pytest.approx(expected, rel=1e-9)

    def test_a_weaker_tenant_costs_more_and_a_guarantor_less(self, book, changed):
        weak, backed = (changed(**inputs) for inputs in ({"Tenant_PD": 0.05}, {"Backstop_Share": 1.0}))
        assert value(weak, "Fair_Spread") > 2 * value(book, "Fair_Spread")
        floor = value(book, "Liquidity_Premium") * 1e4
        assert value(backed, "Fair_Spread") == pytest.approx(floor, abs=1e-6)
        assert floor < value(book, "Fair_Spread")

    def test_an_overrun_is_no_value(self, engine, book):
        over = pulled(engine, book, Live_Overrun=0.15)
        assert value(over, "Term_Loan") == value(book, "Term_Loan")
        assert value(over, "Out_Equity") > value(book, "Out_Equity")
        assert value(over, "Fair_Spread") >= value(book, "Fair_Spread") * (1 - 1e-9)
        assert value(over, "Out_Closing_Book_LTV") == pytest.approx(
            value(book, "Out_Closing_Book_LTV"), rel=1e-9
        )
        assert value(over, "Failed_Checks") == 0

    def test_a_renewed_fit_out_is_worth_what_the_landlord_paid(self, book, changed):
        none = changed(Refresh_Share=0.0)
        renewed = int(value(book, "Completion") + value(book, "IT_Periods"))
        label = "Fit-out; once renewed, the landlord's share of it"
        paid = value(book, "Refresh_Share") * value(book, "Use_IT")
        assert at(book, "Value", label, renewed) == pytest.approx(paid)
        assert at(none, "Value", label, renewed) == 0
        assert at(book, "Operation", "Fit-out renewed", renewed) == pytest.approx(paid)


class TestNewLender:
    def test_his_loan_is_sculpted_on_the_cash_of_his_own_years(self, book):
        end, count = int(value(book, "Maturity")), int(value(book, "Refi_Periods"))
        cash = line(book, "Operation", "CFADS, taxed as if without debt")[end : end + count]
        over = np.where(cash > 0, cash / value(book, "Refi_Min_DSCR"), cash)
        by_cash = (over / (1 + value(book, "Refi_Rate")) ** np.arange(1, count + 1)).sum()
        by_value = value(book, "Refi_Max_LTV") * at(book, "Value", "Economic value", end)
        assert value(book, "New_Loan") == pytest.approx(min(by_cash, by_value), rel=1e-12)
        level = debt.debt_schedule(
            value(book, "Term_Balloon"), value(book, "Refi_Rate") * 2, count, "annuity", 0, 2
        )
        payment = level["interest"][0] + level["principal"][0]
        assert value(book, "Out_Refi_DSCR") == pytest.approx(cash.min() / payment, rel=1e-9)
        room = value(book, "Refi_Rate_Room") / 2
        discount = (1 + value(book, "Refi_Rate") + room) ** -np.arange(1, count + 1)
        assert (over * discount).sum() == pytest.approx(value(book, "Term_Balloon"), rel=1e-6)


class TestReverseStress:
    def test_each_break_put_through_breaks_exactly(self, engine, book, changed):
        """With nothing taxed, the smallest move of rent, rate or cost takes the lowest DSCR to its covenant."""
        before = changed(Tax_Rate=0.0)
        least = value(book, "Min_DSCR")
        moves = {
            "Live_Rent_Fall": value(before, "Out_Fall_Of_Revenue"),
            "Live_Cost_Rise": np.nanmin(line(before, "Reverse stress", "Rise of operating cost")),
            "Live_Rate_Rise": value(before, "Out_Rate_Rise"),
        }
        assert value(before, "Out_Min_DSCR") > least
        for lever, move in moves.items():
            after = pulled(engine, book, {"Tax_Rate": 0.0}, **{lever: move})
            assert value(after, "Term_Loan") == pytest.approx(value(before, "Term_Loan"))
            assert value(after, "Out_Min_DSCR") == pytest.approx(least, rel=1e-9)

    def test_a_value_at_its_break_stands_at_the_limit(self, book):
        fall = line(book, "Reverse stress", "Fall of economic value")
        worth, owed = line(book, "Value", "Economic value"), line(book, "Value", "Debt")
        left = ~np.isnan(fall)
        limit = value(book, "Max_LTV")
        assert owed[left] / (worth[left] * (1 - fall[left])) == pytest.approx(np.full(left.sum(), limit))


class TestCases:
    def test_every_case_leaves_the_agreed_loan_and_hurts_where_it_should(self, book, cases):
        for case in cases.values():
            assert value(case, "Term_Loan") == value(book, "Term_Loan")
            assert value(case, "Failed_Checks") == 0
            assert value(case, "Fair_Spread") > value(book, "Fair_Spread")
        late, gone, up = (cases[name] for name in ("delay and overrun", "tenant default", "rates up"))
        assert value(late, "Completion") == value(book, "Completion") + 2
        assert value(late, "Out_Equity") > value(book, "Out_Equity")
        due = line(book, "Debt", "Principal")
        assert line(late, "Debt", "Principal")[2:] == pytest.approx(due[:-2])
        # The tenant leaves three years after service starts in period 4: from period 11 on nothing covers the debt.
        assert line(gone, "Operation", "Revenue")[10] == 0
        assert value(gone, "Breach_Runs_Dry") is True and value(book, "Breach_Runs_Dry") is False
        owed = line(gone, "Debt", "Closing balance")
        assert owed[11] > owed[9]
        assert value(up, "Out_Min_DSCR") < value(book, "Out_Min_DSCR")
        assert value(cases["refinancing shut"], "New_Loan") < value(book, "New_Loan")

    def test_an_answer_never_speaks_of_a_negative_fall(self, cases):
        for case in cases.values():
            for row in (5, 6, 7):
                text = case.value(Address("Summary", row, 3))
                assert "-" not in text.replace("utility-grade", "").replace("technology-grade", ""), text


class TestTwoViews:
    def test_the_same_lease_carries_more_debt_for_longer_when_it_is_called_a_utility(self, book):
        assert value(book, "Utility_Sculpted") > value(book, "Term_Loan") > 0
        assert value(book, "Utility_Debt") > value(book, "Technology_Debt")
        lease = int(value(book, "Lease_Years") * 2)
        start = int(value(book, "Agreed_Completion"))
        both = [line(book, "Views by period", "Revenue", nth)[start : start + lease] for nth in (0, 1)]
        assert both[0].tolist() == both[1].tolist()
        assert value(book, "Illusion_DSCR") < 1 < value(book, "Utility_DSCR")

    def test_sculpted_debt_of_each_view_is_the_model_s(self, book):
        start = int(value(book, "Agreed_Completion"))
        for nth, (name, tenor) in enumerate(
            (("Utility", "Utility_Tenor"), ("Technology", "Technology_Tenor"))
        ):
            count = int(value(book, tenor) * 2)
            cash, income = (
                line(book, "Views by period", label, nth)[start : start + count]
                for label in ("CFADS, taxed as if without debt", "Taxable before interest")
            )
            table = debt.debt_sculpt(
                cash,
                value(book, f"{name}_DSCR"),
                value(book, "Loan_Rate"),
                value(book, "Tax_Rate"),
                2,
                income,
            )
            assert value(book, f"{name}_Sculpted") == pytest.approx(table["opening"][0], rel=1e-12)


class TestConvergence:
    QUOTED = np.array([[1, 0.1, 0, -0.2], [0.1, 1, 0.1, -0.1], [0, 0.1, 1, 0], [-0.2, -0.1, 0, 1]])
    SIGNS = np.array([-1, -1, 1, 1])

    def moves(self, book, matrix):
        """Expected sigmas of each factor when their average stress is at the quantile."""
        turned = matrix * np.outer(self.SIGNS, self.SIGNS)
        return ndtri(value(book, "Confidence")) * turned.sum(axis=1) / np.sqrt(turned.sum())

    def test_a_bad_year_moves_more_factors_at_once_when_they_converge(self, book):
        target = np.outer(self.SIGNS, self.SIGNS)
        level = value(book, "Convergence")
        converged = (1 - level) * self.QUOTED + level * target
        for case, matrix in (("Quoted", self.QUOTED), ("Converged", converged)):
            fall = value(book, "Vol_Rent") * self.moves(book, matrix)[1]
            assert value(book, f"{case}_Rent_Left") == pytest.approx(np.exp(-fall), rel=1e-9)
        assert value(book, "Converged_Rent_Left") < value(book, "Quoted_Rent_Left")

    def test_what_becomes_of_the_deal_is_what_the_sheets_say_with_rent_and_spread_moved(
        self, engine, book, changed
    ):
        """The bad year's rent and spread put through the levers: the same new loan, the same loss without the tenant."""
        before = changed(Tax_Rate=0.0)
        left = value(before, "Converged_Rent_Left")
        converged = (self.QUOTED + np.outer(self.SIGNS, self.SIGNS)) / 2
        wider = value(book, "Vol_Refi") * self.moves(book, converged)[3]
        after = pulled(engine, book, {"Tax_Rate": 0.0}, Live_Relet_Loss=1 - left, Live_Refi_Spread=wider)
        assert shown(before, "Convergence", "New loan, USD m", 4) == pytest.approx(value(after, "New_Loan"))
        worst = int(value(before, "Worst_Start"))
        sold, owed = (
            at(after, "Value", "Forced sale, tenant gone", worst),
            at(after, "Debt", "Closing balance", worst),
        )
        assert value(before, "Converged_LGD") == pytest.approx(1 - sold / owed, rel=1e-9)
        assert value(before, "Converged_LGD") > value(before, "Worst_Dark_LGD")

    def test_the_fair_spread_on_paths_rises_with_convergence_and_with_the_fall_of_rent(self, book):
        first = next(a for a, text in book.formulas().items() if text.startswith("HC_SCENARIO_GRID"))
        grid = np.array([[book.value(Address(first.sheet, first.row + i, first.column + j)) for j in range(5)] for i in range(5)])  # fmt: skip
        assert (np.diff(grid[0]) > 0).all() and (np.diff(grid[:, 0]) > 0).all()
