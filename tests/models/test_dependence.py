import json
from csv import DictReader
from itertools import pairwise
from math import asin, exp, inf, nan, pi
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student

from haircut.models import dependence
from haircut.models.correlation import corr_converge, correlation_matrix
from haircut.models.dependence import (
    convergence_regime,
    corr_check,
    corr_nearest,
    joint_default,
    tail_dependence,
)
from haircut.models.errors import InvalidValue, OutOfRange

PUBLISHED = Path(__file__).parents[1] / "published"
SHARES = st.floats(0, 1)
PROBABILITIES = st.floats(1e-8, 1 - 1e-8)
CORRELATIONS = st.floats(-1, 1)
DEGREES = st.none() | st.floats(1, 1000)
# A positive spectral repair of the first matrix, from QuantLib's test-suite/covariance.cpp.
SPECTRAL = (
    [[1, 0.9, 0.7], [0.9, 1, 0.3], [0.7, 0.3, 1]],
    [0.894024408508599, 0.696319066114392, 0.300969036104592],
)
HIGHAM = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])


def published(name):
    return {row["id"]: row for row in DictReader((PUBLISHED / name).read_text(encoding="utf-8").splitlines())}


@st.composite
def quoted(draw):
    """Pairwise correlations, each possible by itself."""
    n = draw(st.integers(1, 6))
    numbers = st.floats(-1, 1) | st.sampled_from([-1.0, 0.0, 1.0])
    matrix = np.eye(n)
    rows, columns = np.triu_indices(n, 1)
    matrix[rows, columns] = draw(st.lists(numbers, min_size=len(rows), max_size=len(rows)))
    return (
        np.maximum(np.triu(matrix), np.triu(matrix).T)
        + np.minimum(np.triu(matrix, 1), 0)
        + np.minimum(np.triu(matrix, 1), 0).T
    )


def clipped_and_rescaled(matrix):
    """The usual repair by hand: negative eigenvalues to 0, then the diagonal back to 1."""
    values, vectors = np.linalg.eigh(matrix)
    clipped = (vectors * np.maximum(values, 0)) @ vectors.T
    scale = np.sqrt(np.diag(clipped))
    return clipped / np.outer(scale, scale)


def distance(a, b):
    return float(np.linalg.norm(np.asarray(a) - np.asarray(b)))


@given(quoted())
def test_the_nearest_matrix_is_a_correlation_matrix(matrix):
    nearest = corr_nearest(matrix)
    assert np.diag(nearest).tolist() == [1.0] * len(matrix)
    assert nearest.tolist() == nearest.T.tolist()
    assert corr_check(nearest) >= -1e-14 * len(matrix)
    assert correlation_matrix("nearest", nearest).tolist() == nearest.tolist()


@given(quoted(), SHARES)
def test_no_other_correlation_matrix_is_nearer(matrix, share):
    nearest = corr_nearest(matrix)
    least = distance(matrix, nearest) - 1e-9
    assert least <= distance(matrix, clipped_and_rescaled(matrix))
    # The identity and the all-bad-at-once matrix are correlation matrices, and so is every blend with them.
    for other in (np.eye(len(matrix)), np.ones_like(matrix)):
        assert least <= distance(matrix, (1 - share) * nearest + share * other)


@given(quoted())
def test_the_nearest_matrix_meets_the_conditions_of_optimality(matrix):
    # Higham (2002), theorem 2.5: A - X = D - M with D diagonal, M positive semi-definite and M X = 0.
    assume(corr_check(matrix) < -1e-6)
    nearest = corr_nearest(matrix)
    residue = matrix - nearest
    # The diagonal of M X = 0 gives D, row by row: sum_j (D - (A - X))_ij X_ji = 0.
    multiplier = np.diag((residue * nearest).sum(axis=1)) - residue
    assert np.linalg.eigvalsh(multiplier)[0] > -1e-9
    assert np.abs(multiplier @ nearest).max() < 1e-9


@given(quoted())
def test_repairing_twice_changes_nothing(matrix):
    nearest = corr_nearest(matrix)
    assert corr_nearest(nearest) == pytest.approx(nearest, abs=1e-12)


def test_a_correlation_matrix_is_returned_as_it_is():
    good = [[1, 0.2, -0.3], [0.2, 1, 0.5], [-0.3, 0.5, 1]]
    assert corr_nearest(good).tolist() == good
    converged = corr_converge(good, 1, [1, -1, 1])
    assert corr_nearest(converged) == pytest.approx(converged, abs=1e-14)


def test_higham_s_example_by_a_search_over_all_symmetric_answers():
    # X = [[1, a, b], [a, 1, a], [b, a, 1]] is valid when b >= 2 a^2 - 1; the nearest lies on that edge.
    a = np.linspace(0.7, 0.8, 1_000_001)
    distances = np.sqrt(4 * (1 - a) ** 2 + 2 * (2 * a**2 - 1) ** 2)
    best = a[distances.argmin()]
    nearest = corr_nearest(HIGHAM)
    assert nearest[0] == pytest.approx([1, best, 2 * best**2 - 1], abs=1e-6)
    assert nearest[0] == pytest.approx([1, 0.7607, 0.1573], abs=5e-5)
    assert distance(HIGHAM, nearest) == pytest.approx(distances.min(), abs=1e-12)
    assert distance(HIGHAM, nearest) == pytest.approx(0.5278, abs=5e-5)


def test_quantlib_s_spectral_repair_is_farther_away():
    matrix, (ab, ac, bc) = SPECTRAL
    repaired = [[1, ab, ac], [ab, 1, bc], [ac, bc, 1]]
    assert clipped_and_rescaled(matrix) == pytest.approx(np.array(repaired), abs=1e-10)
    assert distance(matrix, corr_nearest(matrix)) < distance(matrix, repaired)


@given(st.integers(2, 8))
def test_factors_that_cannot_all_move_apart(n):
    matrix = 2 * np.eye(n) - 1
    assert corr_check(matrix) == pytest.approx(2 - n, abs=1e-12)
    expected = np.full((n, n), -1 / (n - 1))
    np.fill_diagonal(expected, 1)
    assert corr_nearest(matrix) == pytest.approx(expected, abs=1e-9)


@given(st.floats(-0.99, 0.99), st.integers(2, 8))
def test_the_smallest_eigenvalue_of_an_equicorrelation(rho, n):
    matrix = np.full((n, n), rho)
    np.fill_diagonal(matrix, 1)
    assert corr_check(matrix) == pytest.approx(min(1 - rho, 1 + (n - 1) * rho), abs=1e-12)


@pytest.mark.parametrize("model", [corr_check, corr_nearest])
@pytest.mark.parametrize(
    ("matrix", "error", "says"),
    [
        ([[1, 0.5]], InvalidValue, "must be square"),
        ([1, 0.5], InvalidValue, "must be square"),
        ([[1, 0.5], [0.5, 2]], OutOfRange, "must hold correlations from -1 to 1, but holds 2"),
        ([[1, 0.5], [0.5, 0.9]], OutOfRange, "must have 1 on its diagonal"),
        ([[1, 0.5], [0.4, 1]], OutOfRange, "must be symmetric, but rows 1 and 2 disagree"),
        ([[1, 1.5], [1.5, 1]], OutOfRange, "must hold correlations from -1 to 1, but holds 1.5"),
        ([[1, nan], [nan, 1]], OutOfRange, "must hold correlations from -1 to 1, but holds nan"),
    ],
)
def test_a_matrix_is_refused_by_name(model, matrix, error, says):
    with pytest.raises(error, match=f"^matrix {says}"):
        model(matrix)


def test_projections_that_do_not_settle_say_so(monkeypatch):
    monkeypatch.setattr(dependence, "MOST_ROUNDS", 3)
    with pytest.raises(OutOfRange, match="^matrix is too far from any correlation matrix"):
        corr_nearest(HIGHAM)


def test_only_a_matrix_to_repair_must_be_small():
    matrix = np.eye(301)
    assert corr_nearest(matrix).tolist() == matrix.tolist()
    matrix[0, 1:3] = matrix[1:3, 0] = 0.9
    with pytest.raises(OutOfRange, match="^matrix must have at most 300 factors to be repaired, but has 301"):
        corr_nearest(matrix)


@given(st.floats(-10, 10), SHARES, SHARES, st.floats(-5, 5), st.floats(0, 50))
def test_a_regime_is_the_logistic_curve(stress, a, b, midpoint, steepness):
    base, crisis = sorted((a, b))
    expected = base + (crisis - base) / (1 + exp(min(-steepness * (stress - midpoint), 700)))
    got = convergence_regime(stress, base, crisis, midpoint, steepness)[0]
    assert got == pytest.approx(expected, abs=1e-12)
    assert base <= got <= crisis + 1e-15


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9), SHARES, SHARES)
def test_more_stress_never_means_less_convergence(stresses, a, b):
    base, crisis = sorted((a, b))
    levels = convergence_regime(sorted(stresses), base, crisis)
    assert (np.diff(levels) >= 0).all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"stress": nan}, "^stress must"),
        ({"base": -0.1}, "^base must"),
        ({"crisis": 1.1}, "^crisis must be between"),
        ({"crisis": 0.1}, "^crisis must be at least the base of 0.2, but is 0.1"),
        ({"midpoint": inf}, "^midpoint must"),
        ({"steepness": -1}, "^steepness must"),
    ],
)
def test_a_regime_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        convergence_regime(**({"stress": 0.5, "base": 0.2, "crisis": 0.8} | change))


@given(st.floats(-0.999, 0.999), st.floats(1, 200))
def test_tail_dependence_is_the_formula_as_published(rho, nu):
    formula = 2 * student.cdf(-(((nu + 1) * (1 - rho) / (1 + rho)) ** 0.5), nu + 1)
    assert tail_dependence(rho, nu) == pytest.approx([formula], rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("row", published("tail_dependence.csv").values(), ids=lambda row: row["id"])
def test_the_published_tail_dependence_is_the_formula_s(row):
    rhos, *nu = json.loads(row["arguments"])
    expected = json.loads(row["expected"])
    for rho, value in zip(rhos, expected, strict=True):
        tail = (
            2 * student.cdf(-(((nu[0] + 1) * (1 - rho) / (1 + rho)) ** 0.5), nu[0] + 1)
            if nu
            else float(rho == 1)
        )
        assert value == pytest.approx(tail, abs=float(row["tolerance"]))


@given(st.floats(-0.9, 0.9), st.floats(1, 6))
def test_tail_dependence_is_where_the_joint_default_tends(rho, nu):
    # P(both) / p, far out in the tail; it converges like a power of p.
    p = 1e-12
    assert joint_default(p, p, rho, nu)[0] / p == pytest.approx(tail_dependence(rho, nu)[0], abs=0.02)


def test_tail_dependence_at_its_ends():
    assert tail_dependence([-1, 1], 4).tolist() == [0, 1]
    assert tail_dependence([-1, 0.999, 1]).tolist() == [0, 0, 1]
    assert tail_dependence(0, 1) == pytest.approx([1 - 0.5**0.5], rel=1e-14)
    assert tail_dependence(0.5, 1e6) == pytest.approx([0], abs=1e-12)


def by_conditioning(p, q, rho, degrees=None):
    """The joint probability by another route: given the first, the second is normal (or Student t) again."""
    if degrees is None:
        h, k = norm.ppf([p, q])

        def density(x):
            return norm.pdf(x) * norm.cdf((k - rho * x) / (1 - rho * rho) ** 0.5)
    else:
        h, k = student.ppf([p, q], degrees)

        def density(x):
            spread = ((1 - rho * rho) * (degrees + x * x) / (degrees + 1)) ** 0.5
            return student.pdf(x, degrees) * student.cdf((k - rho * x) / spread, degrees + 1)

    cuts = [-inf, *sorted({min(h, c) for c in (-30, -10, -6, -4, -3, -2, -1, 0, 1, 2, 4, h)})]
    return sum(quad(density, a, b, epsabs=1e-14, epsrel=1e-12, limit=200)[0] for a, b in pairwise(cuts))


@pytest.mark.parametrize("degrees", [None, 1, 2.5, 4, 30, 300])
@pytest.mark.parametrize("rho", [-0.95, -0.5, 0.0, 0.3, 0.7, 0.97])
@pytest.mark.parametrize(("p", "q"), [(0.02, 0.03), (0.001, 0.4), (0.5, 0.5), (0.3, 0.9), (0.999, 0.02)])
def test_joint_default_is_the_conditional_integral(p, q, rho, degrees):
    assert joint_default(p, q, rho, degrees)[0] == pytest.approx(
        by_conditioning(p, q, rho, degrees), abs=1e-10
    )


@given(CORRELATIONS)
def test_two_coins_in_closed_form(rho):
    # Sheppard (1899), and the same for every elliptical copula.
    for degrees in (None, 1, 4):
        assert joint_default(0.5, 0.5, rho, degrees)[0] == pytest.approx(
            0.25 + asin(rho) / (2 * pi), abs=1e-13
        )


@given(PROBABILITIES, PROBABILITIES, CORRELATIONS, DEGREES)
def test_joint_default_keeps_frechet_s_bounds_and_takes_the_two_in_either_order(p, q, rho, degrees):
    both = joint_default(p, q, rho, degrees)[0]
    assert max(0, p + q - 1) <= both <= min(p, q)
    assert joint_default(q, p, rho, degrees)[0] == pytest.approx(both, abs=1e-14)


@given(PROBABILITIES, PROBABILITIES, st.lists(CORRELATIONS, min_size=2, max_size=6), DEGREES)
def test_joint_default_rises_with_the_correlation(p, q, rhos, degrees):
    both = joint_default(p, q, sorted(rhos), degrees)
    assert (np.diff(both) >= -1e-14).all()


@given(PROBABILITIES, PROBABILITIES, CORRELATIONS, DEGREES)
def test_the_four_outcomes_add_up(p, q, rho, degrees):
    # Turning the second borrower's sign turns the correlation: P(1 and not 2) = P(1) - P(1 and 2).
    one_alone = joint_default(p, 1 - q, -rho, degrees)[0]
    assert one_alone + joint_default(p, q, rho, degrees)[0] == pytest.approx(p, abs=1e-12)


@given(PROBABILITIES, PROBABILITIES)
def test_at_the_ends_the_bounds_are_met(p, q):
    for degrees in (None, 4):
        low, high = joint_default(p, q, [-1, 1], degrees)
        assert (low, high) == pytest.approx((max(0, p + q - 1), min(p, q)), rel=1e-12, abs=1e-15)
        near = joint_default(p, q, [-1 + 1e-15, 1 - 1e-15], degrees)
        assert near == pytest.approx([low, high], abs=1e-7)
    assert joint_default(p, q, 0)[0] == pytest.approx(p * q, rel=1e-9, abs=1e-15)
    assert joint_default([0, 1, 0, 1], [q, q, 1, 1], 0.3).tolist() == [0, q, 0, 1]


def test_small_probabilities_keep_their_digits():
    # Independence gives the product however small; correlation -0.6 leaves almost nothing.
    assert joint_default(1e-10, 1e-12, 0)[0] == pytest.approx(1e-22, rel=1e-10)
    assert joint_default(1e-4, 1e-4, -0.6)[0] == pytest.approx(
        quad(
            lambda x: norm.pdf(x) * norm.cdf((norm.ppf(1e-4) + 0.6 * x) / 0.8), -15, norm.ppf(1e-4), epsabs=0
        )[0],
        rel=1e-8,
    )


@given(PROBABILITIES, PROBABILITIES, CORRELATIONS)
def test_a_million_degrees_are_nearly_gaussian(p, q, rho):
    assert joint_default(p, q, rho, 1e6)[0] == pytest.approx(joint_default(p, q, rho)[0], abs=2e-6)


@pytest.mark.parametrize("row", published("bivariate_normal.csv").values(), ids=lambda row: row["id"])
def test_the_published_bivariate_normal_is_scipy_s(row):
    first, second, rhos = np.broadcast_arrays(*map(np.atleast_1d, json.loads(row["arguments"])))
    expected = np.atleast_1d(json.loads(row["expected"]))
    for p, q, rho, value in zip(first, second, rhos, expected, strict=True):
        scipy_s = multivariate_normal.cdf(norm.ppf([p, q]), cov=[[1, rho], [rho, 1]])
        assert value == pytest.approx(scipy_s, abs=max(float(row["tolerance"]), 1e-6))


def test_creditmetrics_two_borrowers_that_keep_their_ratings():
    row = published("creditmetrics.csv")["CM-JOINT-BB-A"]
    first, second, rho = json.loads(row["arguments"])
    corners = [(1, 1, 1), (0, 1, -1), (1, 0, -1), (0, 0, 1)]
    ours = sum(
        sign * joint_default(norm.cdf(first[i]), norm.cdf(second[j]), rho)[0] for i, j, sign in corners
    )
    scipy_s = sum(
        sign * multivariate_normal.cdf([first[i], second[j]], cov=[[1, rho], [rho, 1]])
        for i, j, sign in corners
    )
    assert ours == pytest.approx(scipy_s, abs=1e-7)
    assert ours == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"default_1": 1.2}, OutOfRange, "^default_1 must"),
        ({"default_2": -0.1}, OutOfRange, "^default_2 must"),
        ({"correlation": 1.1}, OutOfRange, "^correlation must be between -1 and 1, but is 1.1"),
        ({"correlation": nan}, OutOfRange, "^correlation must"),
        ({"degrees": 0.5}, OutOfRange, "^degrees must be between 1 and 1,000,000"),
        ({"degrees": inf}, OutOfRange, "^degrees must"),
        ({"default_1": [0.1, 0.2], "degrees": [4, 5, 6]}, InvalidValue, "default_1 has 2, degrees has 3"),
    ],
)
def test_joint_default_refuses(change, error, says):
    with pytest.raises(error, match=says):
        joint_default(**({"default_1": 0.02, "default_2": 0.03, "correlation": 0.3} | change))


@pytest.mark.parametrize(
    ("correlation", "degrees", "error", "says"),
    [
        (-1.1, None, OutOfRange, "^correlation must"),
        (1.1, 4, OutOfRange, "^correlation must"),
        (0.5, 0, OutOfRange, "^degrees must"),
        ([0.1, 0.2], [4, 5, 6], InvalidValue, "correlation has 2, degrees has 3"),
    ],
)
def test_tail_dependence_refuses(correlation, degrees, error, says):
    with pytest.raises(error, match=says):
        tail_dependence(correlation, degrees)
