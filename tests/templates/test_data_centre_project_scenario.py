"""The scenario engine with nothing left to chance and the data_centre_project workbook tell one story.

On the inputs that both know: no tax, no renewal, no escalator or inflation, no empty half-years, a tenant that does
not default; the loan of half-years is one of quarters where nothing is repaid before maturity or interest is nothing.
Draws and construction, the fit-out and its ageing, tax, renewals, sculpting, arrears and the lease in the site's value
are the workbook's own; coins, power and buyers' vacuum are the engine's own.
"""

import numpy as np
import pytest
from tests.models.scenario.test_limits import lived
from tests.templates.reading import Moved, line, value

from haircut_workbooks.package.address import Address
from haircut_workbooks.recalc.formualizer_engine import Formualizer

PLAIN = {
    "Tax_Rate": 0.0, "Refresh_Share": 0.0, "Escalator": 0.0, "Inflation": 0.0, "Downtime_Years": 0.0, "Tenant_PD": 0.0,
    "Lockup_DSCR": 0.0, "DSRA_Months": 0.0,
}  # fmt: skip
BULLET = {"Balloon": 1e12, "Refi_Max_LTV": 5.0, "Refi_Min_DSCR": 0.1}
FREE = {"Base_Rate": 0.0, "Margin": 0.0, "Balloon": 0.0}
ONE_RENT = {
    "Relet_Share": 1.0,
    "Relet_Occupancy": 1.0,
    "Relet_Growth": 0.0,
    "Lease_Rent": 100.0,
    "Max_LTV": 0.5,
}
CASES = {
    "bullet, a lease that ends before it": BULLET | {"Lease_Years": 4.0, "Relet_Growth": -0.06, "Tenor_Years": 9.0},
    "bullet, let at the market throughout": BULLET | ONE_RENT | {"Discount_Rate": 0.11, "Sweep": 0.0},
    "repaid without interest": FREE | ONE_RENT | {"Tenor_Years": 7.0, "Target_DSCR": 2.0, "Max_LTV": 0.9},
}  # fmt: skip


@pytest.fixture(scope="module")
def book(built):
    return built("data_centre_project")


@pytest.fixture(scope="module")
def engine(book):
    return Formualizer(book)


def labelled(book, moved, name):
    """The rows of a labelled range of the sheet Deal scenario, as they are after the move."""
    sheet, area = book.named_area(name)
    rows = range(area.top, area.bottom + 1)
    return [[moved.value(Address(sheet, row, c)) for c in range(area.left, area.right + 1)] for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_cash_cover_balance_and_ltv_are_the_same(book, engine, name):
    moved = Moved(engine, book, **PLAIN | CASES[name])
    rows = labelled(book, moved, "Deal_Terms")
    risks = {
        factor: (level, drift, 0.0) for factor, level, drift, _ in labelled(book, moved, "Deal_Factors")[1:]
    }
    worked, got = lived(rows, **risks)
    start, quarters = int(value(moved, "Completion")), worked.deal.quarters
    periods = slice(start, start + quarters // 2)

    def row(sheet, label):
        return line(moved, sheet, label)[periods]

    flows = np.array(worked.fleet.expected_cfads(worked.laws)).reshape(-1, 2).sum(axis=1)
    cash, service = row("Operation", "CFADS"), row("Debt", "Debt service without balloon and arrears")
    assert cash.min() > 0 and service.min() > 0
    np.testing.assert_allclose(flows, cash, rtol=1e-9)
    due = np.array([a + b for a, b in paired(worked, got)])
    np.testing.assert_allclose(due, service, rtol=1e-9)
    np.testing.assert_allclose(flows / due, row("Cash", "DSCR"), rtol=1e-9)
    balance = row("Debt", "Closing balance")
    np.testing.assert_allclose(got["balance"][1::2][:-1], balance[:-1], rtol=1e-9)
    if "market throughout" in name or "without interest" in name:
        worth = got["value"][1::2] * worked.deal.gpus
        np.testing.assert_allclose(worth, row("Value", "What its cash is worth, land at the end"), rtol=1e-9)
        binds = row("Value", "Cost less age, land included") > worth
        ltv = got["balance"][1::2] / worth
        assert binds[:-1].sum() > 3
        np.testing.assert_allclose(ltv[:-1][binds[:-1]], row("Value", "Economic")[:-1][binds[:-1]], rtol=1e-9)


def paired(worked, got):
    """Debt service of each two quarters: interest on what was owed, and the scheduled principal."""
    before = np.concatenate([[worked.deal.debt], got["balance"][:-1]])
    due = before * worked.rate + worked.principal
    return due.reshape(-1, 2)
