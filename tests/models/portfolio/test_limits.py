"""Where the portfolio engine has a closed form: no correlation, all of it, or very many equal obligors."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multivariate_normal, norm
from tests.models.portfolio.books import CHANCES, SHARES

from haircut.models.capital import capital
from haircut.models.correlation import stressed_pd
from haircut.models.portfolio import portfolio_loss, tail_loss


@settings(max_examples=40)
@given(st.lists(CHANCES, min_size=1, max_size=9), st.integers(1, 400), SHARES)
def test_independent_obligors_are_a_poisson_binomial(pds, exposure, confidence):
    confidence = 0.5 + 0.49 * confidence
    chances = np.ones(1)
    for chance in pds:
        chances = np.convolve(chances, [1 - chance, chance])
    got = portfolio_loss(pds, 1, exposure, 0, 0, confidence)["base"]
    expected = tail_loss(exposure * np.arange(len(chances)), chances, confidence)
    assert got[3] == pytest.approx(expected[1], rel=1e-8, abs=1e-8)
    assert got[0] == pytest.approx(exposure * sum(pds), rel=1e-12)
    assert got[1] == pytest.approx(exposure * sqrt(sum(p * (1 - p) for p in pds)), rel=1e-8, abs=1e-8)


def test_equal_independent_obligors_are_binomial():
    for confidence in (0.5, 0.9, 0.99, 0.9999):
        got = portfolio_loss([0.03] * 200, 0.5, 2, 0, 0, confidence)["base"]
        assert got[2] == binom.ppf(confidence, 200, 0.03)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(CHANCES, st.integers(0, 30)), min_size=1, max_size=12),
    st.floats(0.01, 0.9999),
    st.none() | st.floats(1, 50),
)
def test_at_full_convergence_the_weakest_default_first(obligors, confidence, degrees):
    pds, exposures = (np.array(column, dtype=float) for column in zip(*obligors, strict=True))
    # One uniform number u for all: obligor j defaults when u < pd_j, so the worst states are the lowest u.
    cuts = np.unique(np.append(pds, [0.0, 1 - confidence, 1.0]))
    lost = np.array([exposures[pds > cut].sum() for cut in cuts[:-1]])
    inside = cuts[1:] <= 1 - confidence
    shortfall = (lost * np.diff(cuts))[inside].sum() / (1 - confidence)
    table = portfolio_loss(pds, 1, exposures, 0.3, 1, confidence, degrees)
    assert table["converged"][3] == pytest.approx(shortfall, rel=1e-7, abs=1e-6 * exposures.sum())
    beyond = exposures[pds > 1 - confidence].sum()
    at_or_beyond = exposures[pds >= (1 - confidence) * (1 - 1e-6)].sum()
    assert beyond * (1 - 1e-9) <= table["converged"][2] <= at_or_beyond * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize("degrees", [None, 3])
def test_full_convergence_is_where_convergence_tends(degrees):
    rng = np.random.default_rng(7)
    pds, lgds, exposures = rng.uniform(0.001, 0.2, 25), rng.uniform(0.2, 0.8, 25), rng.uniform(10, 200, 25)
    unit = float(lgds @ exposures) / 4000
    limit = portfolio_loss(pds, lgds, exposures, 0.2, 1, 0.95, degrees)["converged"]
    near = portfolio_loss(pds, lgds, exposures, 0.2, 1 - 1e-9, 0.95, degrees)["converged"]
    assert near == pytest.approx(limit, abs=unit)


@pytest.mark.parametrize(("pd", "rho"), [(0.02, 0.1), (0.01, 0.2), (0.05, 0.3)])
def test_a_fine_grained_book_tends_to_vasicek(pd, rho):
    quantile = stressed_pd(pd, rho, 0.999)[0]
    corner = multivariate_normal.cdf([norm.ppf(pd), norm.ppf(0.001)], cov=[[1, sqrt(rho)], [sqrt(rho), 1]])
    gaps = []
    for n in (100, 1000):
        table = portfolio_loss([pd] * n, 0.4, 100 / n, rho, 0, 0.999)["base"]
        assert table[2] / 40 == pytest.approx(quantile, abs=1.5 / n + 0.06 * 100 / n)
        gaps.append(table[3] / 40 - corner / 0.001)
    # What granularity adds to the expected shortfall falls in proportion to the number of names.
    assert 0 < gaps[1] < gaps[0]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05)


def test_basel_s_capital_is_the_limit_of_a_thousand_equal_loans():
    chance, weight = 0.01, float(np.expm1(-0.5) / np.expm1(-50))
    table = portfolio_loss([chance] * 1000, 0.45, 0.1, 0.12 * weight + 0.24 * (1 - weight), 0, 0.999)["base"]
    formula = float(capital(chance, 0.45, 1)[0])
    assert (table[2] - table[0]) / 100 == pytest.approx(formula, rel=0.03)


def test_value_at_risk_is_not_monotone_in_correlation_but_expected_shortfall_is():
    limit = stressed_pd(0.0005, [0.2, 0.6, 0.9, 0.99], 0.999)
    tables = [portfolio_loss([0.0005] * 500, 1, 0.2, rho, 0, 0.999)["base"] for rho in (0.2, 0.6, 0.9, 0.99)]
    value_at_risk, shortfall = np.array(tables)[:, 2:].T
    assert value_at_risk / 100 == pytest.approx(limit, abs=0.004)
    assert value_at_risk[3] < value_at_risk[2]
    assert (np.diff(shortfall) > 0).all()
