import json
from csv import DictReader
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from haircut.models.correlation import corr_converge, correlation_matrix, stressed_pd
from haircut.models.errors import InvalidValue, OutOfRange

VASICEK = Path(__file__).parents[1] / "published" / "vasicek.csv"
SHARES = st.floats(0, 1)
PROBABILITIES = st.floats(1e-6, 0.999999)
CORRELATIONS = st.floats(0, 0.99)


@st.composite
def correlated_factors(draw):
    """A correlation matrix as correlations of random exposures, and a sign for each of its factors."""
    n = draw(st.integers(1, 6))
    numbers = st.lists(st.floats(-1, 1), min_size=n + 1, max_size=n + 1)
    exposures = np.array(draw(st.lists(numbers, min_size=n, max_size=n))) + np.eye(n, n + 1)
    exposures[:, -1] += 0.1
    exposures /= np.maximum(np.linalg.norm(exposures, axis=1, keepdims=True), 1e-3)
    matrix = exposures @ exposures.T
    np.fill_diagonal(matrix, 1.0)
    signs = draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=n, max_size=n))
    return (matrix + matrix.T) / 2, np.array(signs)


FACTORS = correlated_factors().filter(lambda pair: np.linalg.eigvalsh(pair[0])[0] > -1e-12)


@given(FACTORS, SHARES)
def test_a_converged_matrix_is_a_correlation_matrix_in_the_factors_own_signs(pair, convergence):
    matrix, signs = pair
    converged = corr_converge(matrix, convergence, signs)
    assert np.linalg.eigvalsh(converged)[0] > -1e-12 * len(matrix)
    assert np.diag(converged).tolist() == [1.0] * len(matrix)
    assert converged.tolist() == converged.T.tolist()
    together = np.outer(signs, signs)
    assert (converged * together >= matrix * together - 1e-12).all()


@given(FACTORS)
def test_no_convergence_is_the_input_and_full_convergence_all_bad_things_at_once(pair):
    matrix, signs = pair
    assert corr_converge(matrix, 0, signs).tolist() == matrix.tolist()
    assert corr_converge(matrix, 1, signs).tolist() == np.outer(signs, signs).tolist()


@given(FACTORS, SHARES)
def test_a_target_is_reached_in_turned_signs(pair, convergence):
    matrix, signs = pair
    target = corr_converge(matrix, 1, signs, matrix)
    assert target == pytest.approx(matrix * np.outer(signs, signs), abs=1e-15)
    blend = corr_converge(np.eye(len(matrix)), convergence, signs, matrix)
    off_diagonal = ~np.eye(len(matrix), dtype=bool)
    assert blend[off_diagonal] == pytest.approx(convergence * target[off_diagonal], abs=1e-15)


@given(st.floats(-0.2, 0.99), SHARES)
def test_an_equicorrelation_converges_in_closed_form(rho, convergence):
    n = 5
    matrix = np.full((n, n), rho)
    np.fill_diagonal(matrix, 1.0)
    r = rho + convergence * (1 - rho)
    converged = corr_converge(matrix, convergence, [1] * n)
    assert converged[0, 1:] == pytest.approx([r] * (n - 1), abs=1e-12)
    assert np.linalg.eigvalsh(converged)[0] == pytest.approx(min(1 - r, 1 + (n - 1) * r), abs=1e-12)
    assert np.linalg.det(converged) == pytest.approx((1 - r) ** (n - 1) * (1 + (n - 1) * r), abs=1e-12)


def test_the_published_equicorrelation_blend():
    # Half way from 0.3 to 1 among five factors: 0.65, smallest eigenvalue 0.35, determinant 0.0540225.
    matrix = np.full((5, 5), 0.3) + 0.7 * np.eye(5)
    converged = corr_converge(matrix, 0.5, [1] * 5)
    assert np.linalg.eigvalsh(converged)[0] == pytest.approx(0.35, abs=1e-12)
    assert np.linalg.det(converged) == pytest.approx(0.0540225, abs=1e-12)


GOOD = [[1.0, 0.2], [0.2, 1.0]]
IMPOSSIBLE = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
BAD_MATRICES = [
    ([[1.0, 0.2]], InvalidValue, "must be square"),
    ([1.0, 0.2], InvalidValue, "must be square"),
    ([[1.0, np.nan], [np.nan, 1.0]], OutOfRange, "must hold finite numbers"),
    ([[1.0, 0.2], [0.2, 0.9]], OutOfRange, "must have 1 on its diagonal"),
    ([[1.0, 0.2], [0.3, 1.0]], OutOfRange, "must be symmetric, but rows 1 and 2 disagree"),
    ([[1.0, -1.2], [-1.2, 1.0]], OutOfRange, "must hold correlations from -1 to 1, but holds -1.2"),
    (IMPOSSIBLE, OutOfRange, "is no correlation matrix: its smallest eigenvalue is -0.8"),
]


@pytest.mark.parametrize(("matrix", "error", "says"), BAD_MATRICES)
def test_what_is_no_correlation_matrix_is_refused_by_name(matrix, error, says):
    with pytest.raises(error, match=f"^matrix {says}"):
        corr_converge(matrix, 0.5, [1] * len(matrix))
    with pytest.raises(error, match=f"^target {says}"):
        corr_converge(np.eye(len(matrix)), 0.5, [1] * len(matrix), matrix)
    with pytest.raises(error, match=f"^C {says}"):
        correlation_matrix("C", matrix)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"convergence": 1.01}, OutOfRange, "^convergence must"),
        ({"convergence": -0.01}, OutOfRange, "^convergence must"),
        ({"signs": [1, 0]}, OutOfRange, "^signs must each be 1"),
        ({"signs": [1, -1, 1]}, InvalidValue, "^signs has 3 items, but the matrix has 2 factors"),
        ({"target": np.eye(3)}, InvalidValue, "^target has 3 factors, but the matrix has 2"),
    ],
)
def test_convergence_refuses(change, error, says):
    with pytest.raises(error, match=says):
        corr_converge(**({"matrix": GOOD, "convergence": 0.5, "signs": [1, -1]} | change))


@given(PROBABILITIES, CORRELATIONS, st.floats(1e-6, 0.999999), st.floats(1e-6, 0.999999))
def test_the_worse_the_year_the_higher_the_stressed_pd(p, rho, a, b):
    low, high = sorted((a, b))
    calm, bad = stressed_pd(p, rho, [low, high])
    assert 0 <= calm <= bad <= 1


@given(PROBABILITIES, CORRELATIONS, st.floats(1e-6, 0.999999))
def test_stressed_pd_is_vasicek_s_quantile(p, rho, a):
    normal = NormalDist()
    quantile = normal.cdf((normal.inv_cdf(p) + rho**0.5 * normal.inv_cdf(a)) / (1 - rho) ** 0.5)
    assert stressed_pd(p, rho, a) == pytest.approx([quantile], rel=1e-6, abs=1e-12)


@given(PROBABILITIES, st.floats(0.01, 0.5))
def test_the_quantiles_average_to_the_probability_itself(p, rho):
    # The midpoint rule over all confidences is the mean of the distribution.
    levels = (np.arange(20000) + 0.5) / 20000
    assert stressed_pd(p, rho, levels).mean() == pytest.approx(p, rel=5e-3, abs=1e-6)


def test_certain_and_impossible_defaults_stay_so_and_without_correlation_nothing_moves():
    assert stressed_pd([0.0, 1.0], 0.3, 0.999).tolist() == [0.0, 1.0]
    assert stressed_pd([0.02, 0.4], 0.0, 0.999) == pytest.approx([0.02, 0.4], rel=1e-14)
    assert stressed_pd(0.02, [0.1, 0.1], 0.999).size == 2


@pytest.mark.parametrize(
    "row", list(DictReader(VASICEK.read_text(encoding="utf-8").splitlines())), ids=lambda row: row["id"]
)
def test_vasicek_s_table_of_quantiles_in_standard_deviations(row):
    p, rho, confidence = json.loads(row["arguments"])
    threshold = NormalDist().inv_cdf(p)
    both = multivariate_normal.cdf([threshold, threshold], cov=[[1, rho], [rho, 1]])
    multiple = (stressed_pd(p, rho, confidence)[0] - p) / (both - p * p) ** 0.5
    assert multiple == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"default_probability": 1.2}, OutOfRange, "^default_probability must"),
        ({"default_probability": -0.1}, OutOfRange, "^default_probability must"),
        ({"correlation": -0.1}, OutOfRange, "^correlation must"),
        ({"correlation": 1.0}, OutOfRange, "^correlation must be below 1"),
        ({"confidence": 0.0}, OutOfRange, "^confidence must"),
        ({"confidence": 1.0}, OutOfRange, "^confidence must"),
        (
            {"correlation": [0.1, 0.2], "confidence": [0.9, 0.9, 0.9]},
            InvalidValue,
            "correlation has 2, confidence has 3",
        ),
    ],
)
def test_stressed_pd_refuses(change, error, says):
    with pytest.raises(error, match=says):
        stressed_pd(**({"default_probability": 0.02, "correlation": 0.1, "confidence": 0.999} | change))
