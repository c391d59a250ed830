"""The data_centre_project template: ties, the models called directly, and what a credit officer would try by hand."""

import numpy as np
import pytest
from tests.templates.reading import Moved, line, value

from haircut.models import coverage, credit, debt
from haircut_workbooks.recalc.formualizer_engine import Formualizer


@pytest.fixture(scope="module")
def book(built):
    return built("data_centre_project")


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


def test_construction_draws_by_hand(book):
    """The loan period by period: a share of every cost, of the fees and of the interest on what was drawn."""
    gearing, rate = value(book, "Gearing"), (value(book, "Base_Rate") + value(book, "Margin")) / 2
    total = value(book, "Capacity_MW") * (value(book, "Shell_Cost") + value(book, "IT_Cost"))
    periods = int(value(book, "Construction_Years") * 2)
    loan, idc, before = 0.0, 0.0, 0.0
    for i in range(1, periods + 1):
        x = i / periods
        built = 3 * x**2 - 2 * x**3
        fee = value(book, "Fee_Share") * gearing * total if i == 1 else 0.0
        fee += value(book, "Commitment_Fee") / 2 * (gearing * total - loan)
        idc += rate * loan
        loan += gearing * (total * (built - before) + fee + rate * loan)
        before = built
    assert line(book, "Construction", "Construction loan")[periods - 1] == pytest.approx(loan, rel=1e-12)
    assert value(book, "Use_IDC") == pytest.approx(idc, rel=1e-12)
    assert value(book, "Source_Term") + value(book, "Source_Buy_Down") == pytest.approx(loan, rel=1e-12)


def test_sculpted_debt_is_the_model_s(book):
    cash = line(book, "Agreed case", "CFADS left to sculpt, the balloon's interest off")
    taxable = line(book, "Agreed case", "Taxable income less that interest")
    rate = value(book, "Loan_Rate")
    table = debt.debt_sculpt(cash, value(book, "Target_DSCR"), rate, value(book, "Tax_Rate"), 2, taxable)
    start = int(value(book, "Completion"))
    assert value(book, "Sculpted_Debt") == pytest.approx(table["opening"][start], rel=1e-12)


def test_cover_is_the_model_s(book):
    cash, service = line(book, "Operation", "CFADS"), line(book, "Debt", "Debt service")
    assert value(book, "Out_Min_DSCR") == pytest.approx(coverage.dscr_min(cash, service), rel=1e-12)
    start, end = int(value(book, "Completion")), int(value(book, "Maturity"))
    discount = (1 + value(book, "Loan_Rate") / 2) ** -np.arange(1, end - start + 1)
    expected = (cash[start:end] * discount).sum() / value(book, "Term_Loan")
    assert value(book, "Out_LLCR") == pytest.approx(expected, rel=1e-12)


def test_where_cash_binds_every_dscr_is_the_target(book):
    assert value(book, "Out_Binding") == "cash"
    cash, service = line(book, "Operation", "CFADS"), line(book, "Debt", "Debt service")
    due = service > 0
    assert cash[due] / service[due] == pytest.approx(np.full(due.sum(), value(book, "Target_DSCR")), rel=1e-9)


def test_the_balance_rolls_and_the_balloon_is_left_for_the_new_lender(book):
    opening = line(book, "Debt", "Opening balance")
    paid = (
        line(book, "Debt", "Principal")
        + line(book, "Debt", "Balloon")
        - line(book, "Debt", "Taken over at completion")
    )
    assert line(book, "Debt", "Closing balance") == pytest.approx(opening - paid, abs=1e-3)
    assert line(book, "Debt", "Balloon").sum() == pytest.approx(value(book, "Term_Balloon"))


def test_fair_spread_is_the_model_s(book):
    names = (
        "Cumulative PD",
        "LGD, guarantor counted (uncalibrated)",
        "Owed before the default",
        "Years from closing",
    )
    series = [line(book, "Credit", name) for name in names]
    base = (1 + value(book, "Base_Rate") / 2) ** 2 - 1
    terms = [value(book, name) for name in ("Hurdle", "Asset_Correlation")]
    spread = credit.fair_spread(*series, base, *terms, 0.999, value(book, "Liquidity_Premium"))
    assert value(book, "Fair_Spread") == pytest.approx(spread, rel=1e-9)


def test_every_case_leaves_the_agreed_loan_and_hurts_where_it_should(engine, book):
    late, gone, old, shut = (
        Moved(engine, book, Scenario=case)
        for case in ("delay and overrun", "tenant default", "obsolescence", "refinancing shut")
    )
    for case in (late, gone, old, shut):
        assert value(case, "Term_Loan") == value(book, "Term_Loan")
        assert value(case, "Failed_Checks") == 0
    assert value(late, "Completion") == value(book, "Completion") + 2
    assert value(late, "Out_Equity") > value(book, "Out_Equity")
    due = line(book, "Debt", "Principal")
    assert line(late, "Debt", "Principal")[2:] == pytest.approx(due[:-2])
    # The tenant leaves three years after service starts in period 4: from period 11 on nothing covers the debt.
    assert line(gone, "Operation", "Revenue")[10] == 0
    assert value(gone, "Breach_Runs_Dry") is True and value(book, "Breach_Runs_Dry") is False
    assert value(gone, "Fair_Spread") > 10 * value(book, "Fair_Spread")
    assert value(old, "Out_Technology_LTV") > value(book, "Out_Technology_LTV")
    assert value(old, "Out_Building_LTV") == pytest.approx(value(book, "Out_Building_LTV"), rel=1e-12)
    assert value(shut, "Breach_Refinancing") is True and value(book, "Breach_Refinancing") is False
    assert line(shut, "Credit", "Cumulative PD")[int(value(shut, "Maturity")) - 1] == 1


def test_less_gearing_means_less_debt_and_lower_ltv(engine, book):
    less = Moved(engine, book, Gearing=0.4)
    assert value(less, "Out_Binding") == "gearing"
    assert value(less, "Out_Closing_Economic_LTV") < value(book, "Out_Closing_Economic_LTV")
    assert value(less, "Out_Min_DSCR") > value(book, "Out_Min_DSCR")
