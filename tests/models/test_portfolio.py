"""The portfolio engine against enumeration of every outcome, closed forms and other integrators."""

from itertools import product
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad_vec
from scipy.stats import binom, chi, multivariate_normal, norm
from scipy.stats import t as student

from haircut.models.capital import capital
from haircut.models.correlation import stressed_pd
from haircut.models.dependence import joint_default
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.portfolio import (
    MEASURES,
    book_and_correlations,
    portfolio_loss,
    risk_contribution,
    tail_loss,
)

SHARES = st.floats(0, 1)
CHANCES = st.floats(1e-6, 1 - 1e-6) | st.sampled_from([0.0, 1.0])
BELOW_ONE = st.floats(0, 0.98)
UNIT = 5.0  # A common unit of the losses below: the grid is then exact.


@st.composite
def books(draw, chances=CHANCES):
    """Up to six obligors: PDs, LGDs, exposures, correlations."""
    n = draw(st.integers(1, 6))
    several = lambda numbers: draw(st.lists(numbers, min_size=n, max_size=n))  # noqa: E731
    exposures = [UNIT * k for k in several(st.integers(0, 12))]
    return several(chances), several(st.sampled_from([0.2, 0.4, 1.0])), exposures, several(BELOW_ONE)


def states(pds, rhos, degrees=None):
    """Every set of defaults and its probability: quadrature over the factor, and over the mixing variable."""
    outcomes = np.array(list(product([False, True], repeat=len(pds))))
    rhos = np.asarray(rhos, dtype=float)
    threshold = norm.ppf(pds) if degrees is None else student.ppf(pds, degrees)

    def given(z, scale):
        chance = norm.cdf((threshold * scale - np.sqrt(rhos) * z) / np.sqrt(1 - rhos))
        return np.where(outcomes, chance, 1 - chance).prod(axis=1) * norm.pdf(z)

    if degrees is None:
        return outcomes, quad_vec(lambda z: given(z, 1.0), -9, 9, epsabs=1e-12, limit=2000)[0]
    mixing = chi(degrees, scale=1 / sqrt(degrees))
    factors, ends = np.linspace(-9, 9, 721), mixing.ppf([1e-12, 1 - 1e-12])
    step = factors[1] - factors[0]

    def given_scale(scale):
        chance = norm.cdf((threshold * scale - np.sqrt(rhos) * factors[:, None]) / np.sqrt(1 - rhos))
        each = np.where(outcomes[:, None], chance, 1 - chance).prod(axis=2)
        return each @ norm.pdf(factors) * step * mixing.pdf(scale)

    return outcomes, quad_vec(given_scale, *ends, epsabs=1e-9)[0]


def by_enumeration(pds, lgds, exposures, rhos, confidence, degrees=None):
    """Mean, deviation, VaR, ES and contributions to ES, from the outcomes one by one."""
    outcomes, chances = states(pds, rhos, degrees)
    money = np.broadcast_to(np.asarray(lgds) * np.asarray(exposures), len(pds))
    losses = outcomes @ money
    mean = chances @ losses
    levels = np.unique(losses.round(9))
    reached = np.array([chances[losses < level + 1e-6].sum() for level in levels])
    value_at_risk = levels[np.argmax(reached >= confidence - 1e-9)]
    beyond, at = losses > value_at_risk + 1e-6, np.abs(losses - value_at_risk) < 1e-6
    part = (1 - confidence - chances[beyond].sum()) / max(chances[at].sum(), 1e-300)
    weights = chances * (beyond + part * at) / (1 - confidence)
    shares = weights @ (outcomes * money)
    return [mean, sqrt(max(chances @ losses**2 - mean**2, 0)), value_at_risk, weights @ losses], shares


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


@settings(max_examples=25)
@given(books(), SHARES)
def test_convergence_moves_every_correlation_towards_one(book, convergence):
    rhos = np.array(book[3])
    table = portfolio_loss(*book, convergence, 0.9)
    moved = portfolio_loss(*book[:3], rhos + convergence * (1 - rhos), 0, 0.9)
    assert table["converged"].tolist() == moved["base"].tolist()
    assert table["delta"].tolist() == (table["converged"] - table["base"]).tolist()
    assert table["measure"].tolist() == list(MEASURES)


@settings(max_examples=25)
@given(books(), SHARES, st.none() | st.floats(1, 50))
def test_convergence_moves_no_default_probability_and_no_expected_loss(book, convergence, degrees):
    table = portfolio_loss(*book, convergence, 0.9, degrees)
    assert table["delta"][0] == 0
    held, before, after = book_and_correlations(*book, convergence, degrees)
    for rhos in (before, after):
        mean = sum(default @ weights for weights, default, _ in held.states(rhos))
        assert mean == pytest.approx(np.array(book[0]), rel=1e-5, abs=1e-6)


@settings(max_examples=25)
@given(books(), st.lists(st.floats(0.01, 0.9999), min_size=2, max_size=5), st.none() | st.floats(1, 30))
def test_tail_losses_rise_with_the_confidence(book, confidences, degrees):
    tails = np.array([portfolio_loss(*book, 0, a, degrees)["base"][2:] for a in sorted(confidences)])
    largest = np.array(book[1]) @ np.array(book[2])
    assert (np.diff(tails, axis=0) >= -1e-9 * (1 + largest)).all()
    assert (tails[:, 1] >= tails[:, 0] - 1e-9).all()
    assert tails.max() <= largest * (1 + 1e-9) + 1e-9


@settings(max_examples=25)
@given(books(), SHARES, st.floats(0.01, 0.9999))
def test_contributions_add_up_to_the_expected_shortfall(book, convergence, confidence):
    shares = risk_contribution(*book, convergence, confidence)
    table = portfolio_loss(*book, convergence, confidence)
    assert shares.sum() == pytest.approx(table["converged"][3], rel=1e-9, abs=1e-9)
    assert (shares >= 0).all()
    assert (shares <= np.array(book[1]) * np.array(book[2]) * (1 + 1e-9)).all()


def test_contributions_of_a_large_book_add_up_and_are_the_slope_of_the_shortfall():
    rng = np.random.default_rng(11)
    pds, lgds, exposures = rng.uniform(0.005, 0.1, 60), rng.uniform(0.2, 0.8, 60), rng.uniform(10, 200, 60)
    shares = risk_contribution(pds, lgds, exposures, 0.25, 0.4, 0.95)

    def shortfall(size):
        return portfolio_loss(pds, lgds, size, 0.25, 0.4, 0.95)["converged"][3]

    assert shares.sum() == pytest.approx(shortfall(exposures), rel=1e-12)
    for j in (0, 30):
        bump = np.where(np.arange(60) == j, 0.05 * exposures, 0)
        slope = (shortfall(exposures + bump) - shortfall(exposures - bump)) / 0.1
        assert shares[j] == pytest.approx(slope, rel=0.01)


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


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.001, 1)), min_size=1, max_size=12),
    st.floats(0.01, 0.99),
)
def test_expected_shortfall_is_the_mean_of_value_at_risk(atoms, confidence):
    losses, weights = (np.array(column) for column in zip(*sorted(atoms), strict=True))
    chances = weights / weights.sum()
    value_at_risk, shortfall = tail_loss(losses, chances, confidence)
    cuts = np.append(0, np.cumsum(chances))
    inside = np.clip(cuts, confidence, None)
    assert shortfall == pytest.approx(losses @ np.diff(inside) / (1 - confidence), rel=1e-7, abs=1e-7)
    assert value_at_risk in losses
    assert chances[losses <= value_at_risk].sum() >= confidence - 1e-9
    assert chances[losses < value_at_risk].sum() <= confidence + 1e-9


def test_an_atom_at_the_confidence_itself():
    # 90 % lose nothing: VaR at 90 % is nothing, and the shortfall is the mean of the worst tenth.
    assert tail_loss(np.array([0.0, 40, 100]), np.array([0.9, 0.05, 0.05]), 0.9) == pytest.approx((0, 70))


GOOD = {"pds": [0.02, 0.05], "lgds": 0.5, "exposures": 100, "correlation": 0.2}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pds": [0.02, 1.2]}, OutOfRange, "^pds must be between 0 and 1, but is 1.2 .item 2"),
        ({"pds": [0.02, nan]}, OutOfRange, "^pds must be between 0 and 1, but is nan .item 2"),
        ({"lgds": -0.1}, OutOfRange, "^lgds must"),
        ({"exposures": [100, -1]}, OutOfRange, "^exposures must be at least 0, but is -1 .item 2"),
        ({"correlation": 1.2}, OutOfRange, "^correlation must be between 0 and 1, but is 1.2"),
        ({"convergence": 1.1}, OutOfRange, "^convergence must"),
        ({"confidence": 1}, OutOfRange, "^confidence must be above 0 and below 1"),
        ({"confidence": 0.9999999}, OutOfRange, "^confidence must be at most 0.999999"),
        ({"degrees": 0.5}, OutOfRange, "^degrees must be between 1 and 1,000,000"),
        ({"lgd_sensitivity": -0.1}, OutOfRange, "^lgd_sensitivity must be at least 0"),
        ({"lgd_sensitivity": 11}, OutOfRange, "^lgd_sensitivity must be at most 10, but is 11"),
        ({"units": 10}, InvalidValue, "^units and depth go together"),
        ({"depth": 10}, InvalidValue, "^units and depth go together"),
        ({"units": -1, "depth": 10}, OutOfRange, "^units must"),
        ({"units": 1, "depth": 0}, OutOfRange, "^depth must be above 0"),
        ({"exposures": [1, 2, 3]}, InvalidValue, "pds has 2, exposures has 3"),
        ({"pds": [0.01] * 1001}, OutOfRange, "^pds must be of at most 1,000 obligors, but are of 1,001"),
        (
            {"pds": [0.01] * 201, "degrees": 4},
            OutOfRange,
            "^pds must be of at most 200 obligors in a Student t",
        ),
    ],
)
def test_a_portfolio_is_refused_by_name(change, error, says):
    with pytest.raises(error, match=says):
        portfolio_loss(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "says"),
    [({"pds": 1.2}, "^pds must"), ({"confidence": inf}, "^confidence must"), ({"convergence": -1}, "^conv")],
)
def test_contributions_are_refused_by_name(change, says):
    with pytest.raises(OutOfRange, match=says):
        risk_contribution(**(GOOD | change))
