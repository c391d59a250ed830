"""The portfolio engine against every outcome, one by one."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.portfolio.books import books, by_enumeration

from haircut.models.dependence import joint_default
from haircut.models.portfolio import portfolio_loss, risk_contribution

BOOKS = {
    "two": ([0.02, 0.05], [0.5, 0.5], [100, 100], [0.2, 0.2]),
    "unlike": ([0.01, 0.2, 0.05, 0.4], [0.4, 1.0, 0.2, 0.4], [50, 25, 100, 75], [0.1, 0.5, 0.3, 0.9]),
    "sure and impossible": (
        [0.0, 1.0, 0.1, 0.3],
        [1.0, 0.2, 0.4, 1.0],
        [10, 50, 25, 5],
        [0.3, 0.3, 0.0, 0.6],
    ),
    "six alike": ([0.03] * 6, [0.4] * 6, [50] * 6, [0.15] * 6),
    "one": ([0.04], [0.4], [50], [0.4]),
    "nothing at stake": ([0.1, 0.2], [0.0, 0.4], [50, 0], [0.2, 0.2]),
    "nearly as one": ([0.05, 0.1, 0.02], [1.0, 1.0, 1.0], [5, 10, 20], [0.97, 0.95, 0.96]),
}


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
def test_every_outcome_enumerated(book, confidence):
    pds, lgds, exposures, rhos = book
    expected, shares = by_enumeration(pds, lgds, exposures, rhos, confidence)
    table = portfolio_loss(pds, lgds, exposures, rhos, 0, confidence)
    assert table["base"] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert risk_contribution(pds, lgds, exposures, rhos, 0, confidence) == pytest.approx(
        shares, rel=1e-6, abs=1e-5
    )


@settings(max_examples=25)
@given(books(), st.sampled_from([0.8, 0.95, 0.995]))
def test_every_outcome_enumerated_of_any_book(book, confidence):
    expected, shares = by_enumeration(*book, confidence)
    mean, deviation, _, shortfall = portfolio_loss(*book, 0, confidence)["base"]
    assert (mean, deviation, shortfall) == pytest.approx(
        (expected[0], expected[1], expected[3]), rel=1e-5, abs=1e-5
    )
    assert risk_contribution(*book, 0, confidence) == pytest.approx(shares, abs=2e-4)


@pytest.mark.parametrize("degrees", [1, 3, 4.5, 30])
@pytest.mark.parametrize(
    "book",
    [
        ([0.02, 0.05, 0.2], [0.4, 1.0, 0.2], [50, 25, 100], [0.2, 0.4, 0.1]),
        ([0.01, 0.01, 0.01], [1.0, 1.0, 1.0], [10, 10, 10], [0.9, 0.9, 0.9]),
        ([0.1, 0.3, 0.0], [1.0, 1.0, 1.0], [10, 20, 10], [0.0, 0.0, 0.0]),
    ],
)
def test_every_outcome_enumerated_in_a_student_t_copula(book, degrees):
    expected, _ = by_enumeration(*book, 0.99, degrees)
    got = portfolio_loss(*book, 0, 0.99, degrees)["base"]
    assert got == pytest.approx(expected, rel=3e-5, abs=1e-6)


def test_losses_without_a_common_unit_are_within_a_few_units_of_the_grid():
    pds, lgds, exposures, rhos = (
        [0.03, 0.08, 0.2, 0.01, 0.1],
        [0.4, 0.3, 0.6, 0.9, 0.5],
        np.sqrt([2, 3, 5, 7, 11]) * 10,
        [0.1, 0.2, 0.3, 0.4, 0.5],
    )
    unit = float((np.array(lgds) * exposures).sum()) / 4000
    for confidence in (0.9, 0.99, 0.999):
        expected, shares = by_enumeration(pds, lgds, exposures, rhos, confidence)
        got = portfolio_loss(pds, lgds, exposures, rhos, 0, confidence)["base"]
        assert got[:2] == pytest.approx(expected[:2], rel=1e-9)
        assert got[2:] == pytest.approx(expected[2:], abs=3 * unit)
        assert risk_contribution(pds, lgds, exposures, rhos, 0, confidence) == pytest.approx(
            shares, abs=3 * unit
        )


@pytest.mark.parametrize("degrees", [None, 1, 4, 30])
@pytest.mark.parametrize("rho", [0.0, 0.2, 0.6, 0.9, 0.97, 0.995, 0.99999, 1.0])
def test_the_deviation_is_that_of_all_pairs(rho, degrees):
    pds, money = np.array([0.001, 0.02, 0.02, 0.3, 0.5]), np.array([100.0, 70, 10, 20, 90])
    first, second = (grid.ravel() for grid in np.meshgrid(pds, pds))
    both = joint_default(first, second, rho, degrees).reshape(5, 5)
    np.fill_diagonal(both, pds)
    expected = sqrt(money @ (both - np.outer(pds, pds)) @ money)
    got = portfolio_loss(pds, 1, money, rho, 0, 0.9, degrees)["base"][1]
    assert got == pytest.approx(expected, rel=2e-6)
