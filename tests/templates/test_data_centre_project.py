"""The data_centre_project template: ties, the models called directly, and what a credit officer would try by hand."""

import numpy as np
import pytest

from haircut.models import coverage, credit, debt
from haircut_workbooks.package.address import Address
from haircut_workbooks.recalc.formualizer_engine import Formualizer
from haircut_workbooks.recalc.recalculate import recalculate
from haircut_workbooks.templates.lines import FIRST, LABEL

PERIODS = 40


@pytest.fixture(scope="module")
def book(built):
    return built("data_centre_project")


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


def value(book, name):
    return book.value(book.find(name))


def line(book, sheet, label):
    """A line of a time sheet by the words in front of it."""
    rows = (
        a.row
        for a, text in book.values().items()
        if a.sheet == sheet and a.column == LABEL + 1 and text == label
    )
    row = next(rows)
    cells = [book.value(Address(sheet, row, FIRST + 1 + i)) for i in range(PERIODS)]
    return np.array([x if isinstance(x, float) else np.nan for x in cells])


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
    cash = line(book, "Debt", "CFADS, less cover of the balloon's interest after its tax shield")
    taxable = line(book, "Debt", "Taxable income less that interest")
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


def moved(engine, book, **inputs):
    return recalculate(engine, book, {book.find(name): new for name, new in inputs.items()}).book


def test_every_case_is_worse_than_the_base_where_it_should_be(engine, book):
    late = moved(engine, book, Scenario="delay and overrun")
    assert value(late, "Completion") == value(book, "Completion") + 2
    assert value(late, "All_Uses") > value(book, "All_Uses")
    gone = moved(engine, book, Scenario="tenant default")
    assert value(gone, "Out_Closing_Economic_LTV") > value(book, "Out_Closing_Economic_LTV")
    old = moved(engine, book, Scenario="obsolescence")
    assert value(old, "Out_Technology_LTV") > value(book, "Out_Technology_LTV")
    assert value(old, "Out_Building_LTV") == pytest.approx(value(book, "Out_Building_LTV"), rel=1e-12)
    shut = moved(engine, book, Scenario="refinancing shut")
    assert value(shut, "Out_Refi_DSCR") < value(book, "Out_Refi_DSCR")


def test_less_gearing_means_less_debt_and_lower_ltv(engine, book):
    less = moved(engine, book, Gearing=0.4)
    assert value(less, "Out_Binding") == "gearing"
    assert value(less, "Out_Closing_Economic_LTV") < value(book, "Out_Closing_Economic_LTV")
    assert value(less, "Out_Min_DSCR") > value(book, "Out_Min_DSCR")
