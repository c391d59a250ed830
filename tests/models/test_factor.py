"""Several factors: against quadrature over the factors with the exact sum of independent losses, and properties."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.factor import factor_loss

EL, VAR, ES = range(3)
GRID = np.linspace(-8, 8, 161)


def states(factors):
    """Independent normals on an equally spaced grid, shape (factors, states), and their probabilities."""
    points = np.stack(np.meshgrid(*[GRID] * factors, indexing="ij")).reshape(factors, -1)
    chance = np.exp(-(points**2).sum(axis=0) / 2)
    return points, chance / chance.sum()


def exact(pds, units, loadings, matrix, confidence):
    """VaR and ES of losses in whole units, one obligor after the other in each state of the factors."""
    points, chance = states(len(matrix))
    values, vectors = np.linalg.eigh(matrix)
    systematic = loadings @ (vectors * np.sqrt(np.maximum(values, 0))) @ points
    own = np.sqrt(1 - np.einsum("jk,kl,jl->j", loadings, matrix, loadings))
    default = ndtr((ndtri(pds)[:, None] - systematic) / own[:, None])

    def add(chances, obligor):
        given_default, loss = obligor
        grown = np.vstack([chances * (1 - given_default), np.zeros((loss, chance.size))])
        grown[loss:] += chances * given_default
        return grown

    total = reduce(add, zip(default, units.tolist(), strict=True), np.ones((1, chance.size))) @ chance
    losses = np.arange(total.size)
    value_at_risk = np.searchsorted(np.cumsum(total), confidence - 1e-12)
    return value_at_risk, value_at_risk + np.maximum(losses - value_at_risk, 0) @ total / (1 - confidence)


def misses(found, expected, errors, step=0.0):
    """How many standard errors the estimate is off, forgiving one step of a lumpy loss distribution."""
    off = max(abs(found - expected) - step, 0.0)
    return off / errors if off > 1e-9 else 0.0


def equal_names(count=40, rho=0.25, chance=0.03):
    loadings = np.full((count, 1), rho**0.5)
    return np.full(count, chance), np.ones(count, int), loadings


BOOK = {
    "pds": [0.02, 0.05, 0.01, 0.1, 0.03],
    "lgds": [0.4, 0.5, 0.6, 0.3, 0.45],
    "exposures": [100.0, 60.0, 140.0, 30.0, 80.0],
    "loadings": [[0.5, -0.2], [0.3, -0.3], [0.6, 0.0], [0.1, -0.1], [0.4, 0.3]],
    "factor_correlation": [[1, 0.1], [0.1, 1]],
    "signs": [-1, 1],
    "convergence": 0.7,
}


@pytest.mark.parametrize("confidence", [0.9, 0.99, 0.999])
def test_one_factor_and_equal_loadings_agree_with_quadrature(confidence):
    pds, units, loadings = equal_names()
    table = factor_loss(pds, 0.5, 2.0 * units, loadings, [[1]], 1, 0.3, confidence)
    value_at_risk, shortfall = exact(pds, units, loadings, np.eye(1), confidence)
    assert misses(table["base"][VAR], value_at_risk, table["base error"][VAR], 1) <= 3
    assert misses(table["base"][ES], shortfall, table["base error"][ES]) <= 3
    assert table["base error"][ES] < 0.01 * shortfall


def test_two_factors_agree_with_quadrature_base_and_converged():
    rng = np.random.default_rng(5)
    pds, units = rng.uniform(0.01, 0.1, 15), rng.integers(1, 6, 15)
    loadings = rng.uniform([0.1, -0.5], [0.6, 0.2], (15, 2))
    matrix, signs, level = np.array([[1, 0.2], [0.2, 1]]), [-1, 1], 0.6
    table = factor_loss(pds, 0.25, 4.0 * units, loadings, matrix, signs, level)
    turned = 0.4 * matrix + 0.6 * np.array([[1, -1], [-1, 1]])
    for column, factors in (("base", matrix), ("converged", turned)):
        _, shortfall = exact(pds, units, loadings, factors, 0.99)
        assert misses(table[column][ES], shortfall, table[f"{column} error"][ES]) <= 3
    gap = exact(pds, units, loadings, turned, 0.99)[1] - exact(pds, units, loadings, matrix, 0.99)[1]
    assert misses(table["delta"][ES], gap, table["delta error"][ES]) <= 3


@pytest.mark.parametrize("confidence", [0.95, 0.99, 0.999])
def test_error_bars_cover_in_nineteen_of_twenty_random_books(confidence):
    """Books of several factors with loadings along one direction, so that one factor's quadrature is exact."""
    rng, covered = np.random.default_rng(11), []
    for _ in range(20):
        count, factors = rng.integers(4, 40), rng.integers(1, 4)
        pds, units = rng.uniform(0.002, 0.2, count), rng.integers(1, 9, count)
        mixed = rng.normal(size=(factors, factors + 1))
        matrix = np.corrcoef(mixed @ mixed.T) if factors > 1 else np.eye(1)
        direction = rng.normal(size=factors)
        direction /= np.sqrt(direction @ matrix @ direction)
        rho = rng.uniform(0, rng.choice([0.1, 0.5, 0.9]), count)[:, None]
        table = factor_loss(pds, 0.5, 2.0 * units, np.sqrt(rho) * direction, matrix, 1, 0, confidence)
        value_at_risk, shortfall = exact(pds, units, np.sqrt(rho), np.eye(1), confidence)
        covered.append(
            misses(table["base"][VAR], value_at_risk, table["base error"][VAR], 1) < 3.5
            and misses(table["base"][ES], shortfall, table["base error"][ES]) < 3.5
        )
    assert sum(covered) >= 19


def test_expected_loss_is_exact_and_does_not_move_when_lgd_is_constant():
    table = factor_loss(**BOOK)
    expected = np.prod([BOOK["pds"], BOOK["lgds"], BOOK["exposures"]], axis=0).sum()
    assert table["base"][EL] == table["converged"][EL] == pytest.approx(expected, rel=1e-14)
    assert table["delta"][EL] == table["base error"][EL] == table["delta error"][EL] == 0


@given(st.floats(0.01, 10))
@settings(max_examples=8, deadline=None)
def test_wrong_way_expected_loss_is_a_bivariate_normal_probability_and_the_simulation_s_mean(sensitivity):
    """Beyond the lowest of confidences lies the whole distribution: its shortfall is the mean loss."""
    table = factor_loss(**BOOK, confidence=1e-9, lgd_sensitivity=sensitivity)
    loadings, signs = np.array(BOOK["loadings"]), np.array(BOOK["signs"])
    for column, level in (("base", 0.0), ("converged", BOOK["convergence"])):
        matrix = (1 - level) * np.array(BOOK["factor_correlation"]) + level * np.outer(signs, signs)
        explained = np.einsum("jk,kl,jl->j", loadings, matrix, loadings)
        pull = np.sqrt(explained) * sensitivity / np.sqrt(1 + sensitivity**2)
        joint = [
            multivariate_normal.cdf(ndtri([chance, lgd]), cov=[[1, r], [r, 1]])
            for chance, lgd, r in zip(BOOK["pds"], BOOK["lgds"], pull, strict=True)
        ]
        assert table[column][EL] == pytest.approx(np.dot(BOOK["exposures"], joint), rel=1e-6)
        assert misses(table[column][ES], table[column][EL], table[f"{column} error"][ES]) < 4


@pytest.mark.parametrize("convergence", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("loadings", [[0.5, -0.2, 0.2], [0.3, 0.3, -0.4], [0.0, 0.0, 0.9]])
def test_convergence_leaves_each_default_probability_alone(loadings, convergence):
    """The shortfall of one loan whose default is rarer than 1 - confidence is PD / (1 - confidence)."""
    matrix = [[1, 0.3, -0.1], [0.3, 1, 0.2], [-0.1, 0.2, 1]]
    table = factor_loss(0.04, 1, 1, [loadings], matrix, [-1, 1, -1], convergence, 0.9)
    for column in ("base", "converged"):
        assert misses(table[column][ES], 0.4, table[f"{column} error"][ES]) < 4
        assert table[f"{column} error"][ES] < 0.01
    assert table["base"][VAR] == table["converged"][VAR] == 0


def test_without_convergence_nothing_moves_at_all():
    table = factor_loss(**(BOOK | {"convergence": 0.0}), lgd_sensitivity=0.8)
    assert table["delta"].tolist() == table["delta error"].tolist() == [0, 0, 0]


def test_a_loading_above_zero_hurts_when_a_factor_falls_and_its_sign_says_with_what_it_converges():
    """Two borrowers, one of whom rent supports and the other of whom power burdens: risks that turn bad together."""
    two = {"pds": 0.1, "lgds": 1, "exposures": 1, "factor_correlation": np.eye(2), "convergence": 1.0}
    burdened = factor_loss(**two, loadings=[[0.8, 0], [0, -0.8]], signs=[-1, 1], confidence=0.97)
    hedged = factor_loss(**two, loadings=[[0.8, 0], [0, 0.8]], signs=[-1, 1], confidence=0.97)
    alike = factor_loss(**two, loadings=[[0.8, 0], [0, 0.8]], signs=[-1, -1], confidence=0.97)
    assert burdened["delta"][ES] > 20 * burdened["delta error"][ES] > 0
    assert hedged["delta"][ES] < -5 * hedged["delta error"][ES] < 0
    assert misses(burdened["delta"][ES], alike["delta"][ES], burdened["delta error"][ES]) < 4


def test_the_surer_the_worse():
    tables = [factor_loss(**BOOK, confidence=level) for level in (0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)]
    for column in ("base", "converged"):
        for measure in (VAR, ES):
            figures = [table[column][measure] for table in tables]
            assert figures == sorted(figures)
        assert all(table[column][EL] < table[column][ES] for table in tables)
        assert all(table[column][VAR] <= table[column][ES] for table in tables)


def test_the_same_call_gives_the_same_bits():
    first, second = (factor_loss(**BOOK, lgd_sensitivity=0.5) for _ in range(2))
    assert all(first[column].tobytes() == second[column].tobytes() for column in list(first)[1:])


def test_a_single_number_serves_for_every_obligor_and_money_is_only_a_scale():
    spread = factor_loss(**(BOOK | {"pds": [0.03] * 5, "lgds": [0.4] * 5}))
    shared = factor_loss(**(BOOK | {"pds": 0.03, "lgds": 0.4}))
    scaled = factor_loss(**(BOOK | {"pds": 0.03, "lgds": 0.4, "exposures": np.ldexp(BOOK["exposures"], 200)}))
    assert shared["converged"].tolist() == spread["converged"].tolist()
    assert np.ldexp(scaled["converged"], -200).tolist() == shared["converged"].tolist()


def test_what_no_factor_moves_keeps_its_lgd_and_sure_things_are_sure():
    idle = factor_loss([0, 1, 1], [0.5, 0.25, 0], 20, np.zeros((3, 2)), np.eye(2), 1, 0.5, 0.9, 2)
    assert idle["base"].tolist() == idle["converged"].tolist() == [5, 5, 5]
    assert factor_loss(0.5, 0.5, 0, [[0.5]], [[1]], 1, 0)["base"].tolist() == [0, 0, 0]


def test_loadings_that_cancel_when_all_turn_bad_leave_the_obligor_alone():
    """Fully converged, what one factor adds the other takes: three names are independent, their LGD constant.

    Of three trials at 0.2, two or fewer fail in 0.992 and one or fewer in 0.896 of all cases.
    """
    table = factor_loss([0.2] * 3, 0.25, 4, [[0.5, 0.5]] * 3, np.eye(2), [1, -1], 1.0, 0.9, 1.0)
    assert table["converged"][EL] == pytest.approx(0.6, rel=1e-12)
    assert misses(table["converged"][VAR], 2, table["converged error"][VAR]) < 4
    assert misses(table["converged"][ES], 2 + 0.008 / 0.1, table["converged error"][ES]) < 4


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pds": [0.02, np.nan, 0.01, 0.1, 0.03]}, OutOfRange, r"^pds must be .* \(item 2\)"),
        ({"pds": 1.2}, OutOfRange, "^pds must be between 0 and 1"),
        ({"lgds": -0.1}, OutOfRange, "^lgds must be between 0 and 1"),
        ({"exposures": -1}, OutOfRange, "^exposures must be at least 0"),
        ({"exposures": 1e308}, OutOfRange, "^the sum of exposures must be a finite number"),
        ({"pds": [0.1, 0.2]}, InvalidValue, "^lengths differ: pds has 2, lgds has 5"),
        ({"loadings": [[0.1, 0.2]] * 4}, InvalidValue, "^loadings has 4 rows, but there are 5 obligors"),
        ({"loadings": [0.1] * 5}, InvalidValue, "^loadings must be a block"),
        ({"loadings": [[0.1]] * 5}, InvalidValue, "^loadings must have a column for each of the 2 factors, but has 1"),
        ({"loadings": [[0.1, np.nan]] * 5}, OutOfRange, "^loadings must be a finite number"),
        ({"loadings": [[0.1, 0.1]] * 4 + [[0.9, 0.9]]}, OutOfRange, "^loadings of obligor 5 .* correlations as given .* lower its loadings$"),
        ({"loadings": [[1e200, -1e200]] * 5}, OutOfRange, "^loadings of obligor 1 "),
        ({"loadings": [[0.1, 0.1], [0.7, -0.6], *[[0.1, 0.1]] * 3]}, OutOfRange, "^loadings of obligor 2 .* converged .* explain 1.4128 of it.* convergence to below 0.253$"),
        ({"factor_correlation": [[1, 0.2], [0.3, 1]]}, OutOfRange, "^factor_correlation must be symmetric"),
        ({"factor_correlation": [[1, 0.2]]}, InvalidValue, "^factor_correlation must be square"),
        ({"signs": [1, 0]}, OutOfRange, "^signs must each be 1"),
        ({"signs": [1, 1, 1]}, InvalidValue, "^signs has 3 items"),
        ({"convergence": 1.1}, OutOfRange, "^convergence must be between 0 and 1"),
        ({"confidence": 1.0}, OutOfRange, "^confidence must be above 0 and below 1"),
        ({"confidence": 0.9999}, OutOfRange, "^confidence must be at most 0.999, but is 0.9999"),
        ({"lgd_sensitivity": -1}, OutOfRange, "^lgd_sensitivity must be at least 0"),
        ({"lgd_sensitivity": 11}, OutOfRange, "^lgd_sensitivity must be at most 10, but is 11"),
        ({"pds": 0.1, "lgds": 0.1, "exposures": 1, "loadings": np.zeros((2001, 2))}, OutOfRange, "^the rows of loadings must be at most 2,000"),
        ({"loadings": np.zeros((5, 101)), "factor_correlation": np.eye(101)}, OutOfRange, "^the columns of loadings must be at most 100"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(change, error, says):
    with pytest.raises(error, match=says):
        factor_loss(**(BOOK | change))
