"""The portfolio_convergence template: its sheets against the models called on its own table, and a few lines of sums."""

import numpy as np
import pytest
from tests.templates.reading import value

from haircut.models.factor import factor_loss
from haircut.models.portfolio import portfolio_loss
from haircut.models.tranche import tranche_loss
from haircut_workbooks.package.address import Address


@pytest.fixture(scope="module")
def book(built):
    return built("portfolio_convergence")


def block(book, name):
    sheet, area = book.named_area(name)
    values = [book.value(Address(sheet, *place)) for place in area.cells]
    return np.array(values).reshape(area.bottom - area.top + 1, -1).squeeze()


@pytest.fixture(scope="module")
def loans(book):
    return [block(book, name) for name in ("Loan_PD", "Loan_LGD", "Loan_Exposure", "Loan_Correlation")]


@pytest.fixture(scope="module")
def matrix(book):
    pairs = [(0, 1, "Coin_Rent"), (0, 2, "Coin_Power"), (0, 3, "Coin_Refi"), (1, 2, "Rent_Power"), (1, 3, "Rent_Refi"), (2, 3, "Power_Refi")]  # fmt: skip
    matrix = np.eye(4)
    for i, j, name in pairs:
        matrix[i, j] = matrix[j, i] = value(book, f"Corr_{name}")
    return matrix


def test_four_factors(book, loans, matrix):
    pds, lgds, exposures, _ = loans
    terms = [value(book, name) for name in ("Convergence", "Tail", "LGD_Sensitivity")]
    table = factor_loss(pds, lgds, exposures, block(book, "Loadings"), matrix, [-1, -1, 1, 1], *terms)
    assert [value(book, f"Four_Base_{m}") for m in ("EL", "VaR", "ES")] == pytest.approx(
        table["base"], rel=1e-9
    )
    assert [value(book, f"Four_Converged_{m}") for m in ("EL", "VaR", "ES")] == pytest.approx(
        table["converged"], rel=1e-9
    )


def test_the_correlation_on_one_factor_is_what_the_four_explain(book, loans, matrix):
    loads = block(book, "Loadings")
    assert loans[3] == pytest.approx(np.einsum("ij,jk,ik->i", loads, matrix, loads), rel=1e-12)


def test_one_factor_and_forced_sales(book, loans):
    convergence, tail = value(book, "Convergence"), value(book, "Tail")
    table = portfolio_loss(*loans, convergence, tail)
    assert value(book, "One_Converged_ES") == pytest.approx(table["converged"][3], rel=1e-9)
    assert value(book, "One_Base_EL") == pytest.approx((loans[0] * loans[1] * loans[2]).sum(), rel=1e-9)
    sales = portfolio_loss(
        *loans, convergence, tail, None, 0.0, block(book, "Loan_Units"), value(book, "Book_Depth")
    )
    assert value(book, "Chain_Converged_EL") == pytest.approx(sales["converged"][0], rel=1e-9)
    assert value(book, "Chain_Converged_EL") > value(book, "Chain_Base_EL") > value(book, "One_Base_EL")
    fleets = block(book, "Loan_Units") > 0
    pushed = portfolio_loss(*(each[fleets] for each in loans), convergence, tail, None, 0.0, block(book, "Loan_Units")[fleets], value(book, "Book_Depth"))  # fmt: skip
    others = (loans[0] * loans[1] * loans[2])[~fleets].sum()
    assert value(book, "Chain_Base_EL") == pytest.approx(pushed["base"][0] + others, rel=1e-7)


def test_tranches_by_convergence(book, loans):
    ends = [value(book, "Equity_End"), value(book, "Mezzanine_End")]
    table = tranche_loss(*loans, [0, *ends], [*ends, 1], 0.95)
    assert block(book, "Level_Equity")[-1] == pytest.approx(table["converged"][0], rel=1e-9)
    assert (np.diff(block(book, "Level_Equity")) < 0).all(), "equity gains"
    assert (np.diff(block(book, "Level_ES")) > 0).all()


def test_contributions_ranks_and_concentration(book, loans):
    exposures = loans[2]
    assert block(book, "Base_Contribution").sum() == pytest.approx(value(book, "One_Base_ES"), rel=1e-9)
    gaps, ranks = block(book, "Loan_Gap"), block(book, "Loan_Rank")
    assert sorted(ranks) == list(range(1, len(gaps) + 1))
    assert (np.diff(gaps[np.argsort(ranks)]) <= 0).all()
    assert value(book, "Herfindahl") == pytest.approx(((exposures / exposures.sum()) ** 2).sum(), rel=1e-12)
    assert value(book, "Out_Largest_Share") == pytest.approx(exposures.max() / exposures.sum(), rel=1e-12)
