"""What must hold on every deal: marginals stay, convergence changes dependence alone, two samplers agree."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy.stats import kstest
from tests.models.scenario.deals import ALL, LEVELS, REFINANCING, deal, factors, quoted

from haircut.models.correlation import triangular_root
from haircut.models.scenario import EXAMPLE, draws, scenario, scenario_grid, scenario_paths
from haircut.models.scenario.draws import REPLICATES, brownian_components, plain_draws, sobol_draws
from haircut.models.scenario.engine import Outcome
from haircut.models.scenario.measures import MEASURES
from haircut.models.scenario.plan import plan
from haircut.models.scenario.results import market, outcomes
from haircut.models.scenario.terms import FACTORS, read_deal, read_factors

FULL = (deal(coins=150, coin_discount=0.1, balloon=0.15, dsra_months=3, other_units=20_000, buyer_vacuum=0.5,
             counterparty_pd=0.03, hurdle=0.1, **REFINANCING), factors(*ALL), quoted(*ALL))  # fmt: skip


def worked(rows, risks):
    terms, given = read_deal(rows), read_factors(risks)
    return plan(terms, given), given


def columns(table):
    return {name: column.tolist() for name, column in table.items()}


def test_no_convergence_is_no_change():
    table = scenario(*FULL, 0.0, 512)
    assert not np.nan_to_num(table["delta"]).any() and not np.nan_to_num(table["delta error"]).any()
    assert table["base"].tolist() == table["converged"].tolist()


@pytest.mark.parametrize("convergence", [0.0, 0.5, 1.0])
def test_convergence_leaves_each_factors_own_distribution_alone(convergence):
    """At the end of year 3, the logarithm of each price is normal with its own drift and volatility."""
    book, given = worked(FULL[0], FULL[1])
    one = market(book, given, FULL[2], convergence)
    walk = list(sobol_draws(12, 4, 1024, range(REPLICATES)).walks)[-1]
    for name in ("coin", "rent", "power"):
        level, drift, volatility = LEVELS[name]
        spread = volatility * np.sqrt(3)
        shocks = (np.log(one.level(name, walk, 12) / level) - (drift - volatility**2 / 2) * 3) / spread
        assert kstest(shocks, "norm").pvalue > 0.01, name
        assert one.level(name, walk, 12).mean() == pytest.approx(level * np.exp(drift * 3), rel=0.02)


def test_the_rent_does_not_move_with_convergence_at_all():
    calm, tight = (scenario_paths(*FULL, level, "rent") for level in (0.0, 1.0))
    assert columns(calm)["5%"] == columns(tight)["5%"]


def test_stress_has_unit_variance_when_all_fall_together_and_a_quarter_of_it_when_none_do():
    book, given = worked(FULL[0], FULL[1])
    walk = list(sobol_draws(12, 4, 1024, range(1)).walks)[-1]
    for matrix, convergence, deviation in ((np.eye(4), 0.0, 0.5), (quoted(*ALL), 1.0, 1.0)):
        one = market(book, given, matrix, convergence)
        # max(0, N(0, s^2)) has the mean s / sqrt(2 pi)
        assert one.stress(walk, 12).mean() == pytest.approx(deviation / np.sqrt(2 * np.pi), rel=0.02)


@pytest.mark.parametrize("convergence", [0.0, 0.3, 0.999999, 1.0])
def test_loadings_give_the_matrix_back(convergence):
    book, given = worked(FULL[0], FULL[1])
    one = market(book, given, FULL[2], convergence)
    rows = np.array(list(one.rows.values()))
    signs = np.array([FACTORS[name].sign for name in one.rows])
    order = [ALL.index(name) for name in one.rows]
    base = np.array(FULL[2])[np.ix_(order, order)]
    expected = (1 - convergence) * base + convergence * np.outer(signs, signs)
    np.testing.assert_allclose(rows @ rows.T, expected, atol=1e-9)


def test_loadings_of_a_singular_matrix_are_finite():
    pair = np.array([[1.0, -1.0, 0.5], [-1.0, 1.0, -0.5], [0.5, -0.5, 1.0]])
    lower = triangular_root(pair)
    np.testing.assert_allclose(lower @ lower.T, pair, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 7, 120])
def test_components_have_the_covariance_of_a_random_walk(steps):
    b, at = brownian_components(steps), np.arange(1, steps + 1)
    np.testing.assert_allclose(b @ b.T, np.minimum(at[:, None], at[None, :]), atol=1e-9)
    assert (np.diff((b**2).sum(axis=0)) < 0).all()


def random_deal(seed):
    random = Random(seed)
    names = list(ALL)
    random.shuffle(names)
    rows = deal(
        contracted_share=random.uniform(0, 1), contract_years=random.choice([1, 2.3, 5]), tenor=random.choice([2, 3.5, 5]),
        debt=random.uniform(80e6, 220e6), style=random.choice(["annuity", "straight", "bullet"]), dsra_months=random.choice([0, 3]),
        sweep=random.choice([0, 0.5]), lockup_dscr=random.choice([0, 1.3]), coins=random.choice([0, 300]),
        counterparty_pd=random.choice([0, 0.05]), other_units=random.choice([0, 20_000]), buyer_vacuum=random.uniform(0, 1), **REFINANCING,
    )  # fmt: skip
    return rows, factors(*names), quoted(*names), random.uniform(0, 1)


@pytest.mark.parametrize("seed", range(20))
def test_low_discrepancy_and_plain_monte_carlo_agree_within_three_standard_errors(seed):
    rows, risks, matrix, convergence = random_deal(seed)
    book, given = worked(rows, risks)
    one = market(book, given, matrix, convergence)
    (ours,) = outcomes(book, [one], 1024)
    (plain,) = outcomes(book, [one], 4096, plain_draws)
    means = ours.pv_loss.reshape(REPLICATES, -1).mean(axis=1)
    error = np.hypot(
        means.std(ddof=1) / np.sqrt(REPLICATES), plain.pv_loss.std() / np.sqrt(plain.pv_loss.size)
    )
    assert abs(ours.pv_loss.mean() - plain.pv_loss.mean()) <= 3 * error
    share = plain.quarter.astype(bool).mean()
    assert ours.quarter.astype(bool).mean() == pytest.approx(
        share, abs=4 * np.sqrt(share * (1 - share) / plain.quarter.size) + 0.004
    )


@pytest.mark.parametrize("draw", [sobol_draws, plain_draws])
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_workers_changes_no_bit(monkeypatch, draw, workers):
    monkeypatch.setattr(draws, "MOST_IN_BLOCK", 512)
    book, given = worked(FULL[0], FULL[1])
    pair = [market(book, given, FULL[2], level) for level in (0.0, 0.7)]
    with ThreadPoolExecutor(workers) as pool:
        shared = outcomes(book, pair, 256, draw, pool.map)
    for one, other in zip(outcomes(book, pair, 256, draw), shared, strict=True):
        for item in fields(Outcome):
            assert getattr(one, item.name).tobytes() == getattr(other, item.name).tobytes()


def test_the_same_call_gives_the_same_bits():
    assert (
        scenario(*FULL, 0.6, 512)["converged"].tobytes() == scenario(*FULL, 0.6, 512)["converged"].tobytes()
    )


def test_the_error_bar_covers_the_answer_of_many_more_paths():
    few, many = (dict(zip(MEASURES, zip(table["converged"], table["converged error"], strict=True), strict=True))
                 for table in (scenario(*FULL, 0.7), scenario(*FULL, 0.7, 131_072)))  # fmt: skip
    for measure in ("probability of default", "expected loss", "expected shortfall", "fair spread"):
        (value, error), (better, better_error) = few[measure], many[measure]
        assert 0 < better_error < error
        assert abs(value - better) < 4 * np.hypot(error, better_error), measure


def test_measures_are_in_their_order():
    table = scenario(*EXAMPLE, 0.5, 1024)
    for column in ("base", "converged"):
        found = dict(zip(MEASURES, table[column], strict=True))
        assert 0 <= found["of which at maturity"] <= found["probability of default"] <= 1
        assert found["expected loss"] <= found["expected shortfall"] <= 1.1
        assert found["value at risk"] <= found["expected shortfall"]
        assert found["5th percentile lowest dscr"] <= found["median lowest dscr"]


def test_more_debt_costs_more_and_a_deeper_market_less():
    by_debt = scenario_grid(*FULL, [0.5], "debt", [120e6, 150e6, 180e6], "expected loss")
    assert (np.diff(by_debt[:, 0]) > 0).all()
    by_depth = scenario_grid(*FULL, [0.5], "depth", [5_000, 20_000, 80_000], "loss given default")
    assert (np.diff(by_depth[:, 0]) < 0).all()


def test_a_heat_map_is_the_table_cell_by_cell():
    grid = scenario_grid(*FULL, [0.0, 0.7], "rent drift", [-0.22])
    table = dict(
        zip(
            MEASURES, zip(*(scenario(*FULL, 0.7)[c] for c in ("base", "converged")), strict=True), strict=True
        )
    )
    assert grid.tolist() == [list(table["fair spread"])]


def test_every_kind_of_processor_rounds_alike():
    """A workbook has the same bytes wherever it is made: no result may rest on the BLAS that a machine picks."""
    code = (
        "from tests.models.scenario.test_properties import FULL, scenario\n"
        "rows = [[name, 4.5 if name == 'tenor' else value] for name, value in FULL[0]]\n"
        "table = scenario(rows, *FULL[1:], 0.5)\n"
        "print([[float(x).hex() for x in table[name]] for name in list(table)[1:]])"
    )
    root = Path(__file__).parents[3]
    path = os.pathsep.join([str(root), *sys.path])
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE,
                         env=os.environ | {"PYTHONPATH": path, "OPENBLAS_CORETYPE": kind})
        for kind in ("Prescott", "Nehalem")
    ]  # fmt: skip
    first, second = (process.communicate(timeout=120)[0] for process in running)
    assert len(first) > 1_000
    assert first == second
