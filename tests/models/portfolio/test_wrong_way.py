"""Losses given default that rise with defaults: against integrals, a simulation and limits."""

from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from haircut.models.conditional import conditional_lgd
from haircut.models.dependence import joint_default
from haircut.models.factor import factor_loss
from haircut.models.portfolio import portfolio_loss, tail_loss


def fine(pds, lgd_given, exposures, rho, confidence):
    """Mean, VaR and ES with an LGD that depends on the factor: every outcome on 40,001 values of it."""
    z = np.linspace(-8, 8, 40001)
    weights = norm.pdf(z) * (z[1] - z[0])
    default = norm.cdf((norm.ppf(pds)[:, None] - sqrt(rho) * z) / sqrt(1 - rho))
    money = lgd_given(z, default) * np.asarray(exposures, dtype=float)[:, None]
    outcomes = np.array(list(product([False, True], repeat=len(pds))))[:, :, None]
    chances = (np.where(outcomes, default, 1 - default).prod(axis=1) * weights).ravel()
    losses = (outcomes * money).sum(axis=1).ravel()
    order = np.argsort(losses)
    return [chances @ losses, *tail_loss(losses[order], chances[order], confidence)]


@pytest.mark.parametrize("sensitivity", [0.2, 1.0, 4.0])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.8])
def test_wrong_way_lgd_by_enumeration_on_a_fine_factor(rho, sensitivity):
    pds, lgds, exposures = [0.02, 0.1, 0.3], np.array([0.4, 0.2, 0.6]), [100, 250, 50]
    expected = fine(pds, lambda z, _: conditional_lgd(lgds[:, None], sensitivity, z), exposures, rho, 0.97)
    got = portfolio_loss(pds, lgds, exposures, rho, 0, 0.97, None, sensitivity)["base"]
    assert got[[0]] == pytest.approx(expected[:1], rel=1e-7)
    # Between two values of the factor, 0.01 apart, the loss moves by less than this; and the grid.
    assert got[2:] == pytest.approx(expected[1:], abs=400 * (0.002 * sensitivity + 1 / 4000))


@pytest.mark.parametrize("rho", [0.0, 0.2, 0.7, 0.97])
@pytest.mark.parametrize("sensitivity", [0.1, 1.0, 10.0])
def test_expected_loss_with_wrong_way_lgd_is_a_bivariate_normal_probability(rho, sensitivity):
    # Default and loss are two thresholds: of the obligor's asset value, and of a normal that follows the factor.
    pds, lgds, exposures = np.array([0.01, 0.1, 0.6]), np.array([0.4, 0.05, 0.9]), np.array([100, 30, 60])
    pull = sensitivity / sqrt(1 + sensitivity**2)
    expected = exposures @ joint_default(pds, lgds, sqrt(rho) * pull)
    got = portfolio_loss(pds, lgds, exposures, rho, 0, 0.9, None, sensitivity)["base"][0]
    assert got == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("sensitivity", [0.0, 0.6])
def test_one_factor_of_the_simulation_is_this_one(sensitivity):
    rng = np.random.default_rng(3)
    pds, lgds, exposures = rng.uniform(0.005, 0.1, 40), rng.uniform(0.2, 0.8, 40), rng.uniform(10, 99, 40)
    rhos = rng.uniform(0.05, 0.5, 40)
    exact = portfolio_loss(pds, lgds, exposures, rhos, 0, 0.99, None, sensitivity)["base"]
    drawn = factor_loss(pds, lgds, exposures, np.sqrt(rhos)[:, None], [[1]], [-1], 0, 0.99, sensitivity)
    assert drawn["base"][0] == pytest.approx(exact[0], rel=1e-8)
    assert (np.abs(drawn["base"] - exact[[0, 2, 3]])[1:] < 4 * drawn["base error"][1:]).all()


def test_wrong_way_lgd_is_what_moves_the_expected_loss():
    book = ([0.02, 0.05, 0.1], 0.45, [100, 200, 50])
    for degrees in (None, 5):
        apart = portfolio_loss(*book, 0, 0, 0.9, degrees, 0.7)["base"][0]
        if degrees is None:
            assert apart == pytest.approx(0.45 * (2 + 10 + 5), rel=1e-9)
        means = [portfolio_loss(*book, rho, 0, 0.9, degrees, 0.7)["base"][0] for rho in (0.2, 0.5, 0.8, 1)]
        assert (np.diff([apart, *means]) > 0).all()


def test_at_full_convergence_with_wrong_way_lgd():
    # One obligor with PD p: it defaults when z < Phi^-1(p), and the LGD there is a bivariate normal integral.
    corner = quad(
        lambda z: conditional_lgd(np.array(0.4), 0.5, np.array(z)) * norm.pdf(z), -9, norm.ppf(0.03)
    )
    got = portfolio_loss([0.03, 0.03], 0.4, 50, 0.2, 1, 0.99, None, 0.5)["converged"]
    assert got[0] == pytest.approx(100 * corner[0], rel=1e-8)


def test_sales_of_the_obligors_that_default_push_the_loss_given_default():
    pds, units, depth, rho = np.array([0.02, 0.1, 0.3]), np.array([10.0, 5, 20]), 12.0, 0.3
    lgds, exposures = np.array([0.4, 0.2, 0.6]), [100, 250, 50]

    def lgd_given(_, default):
        pressure = units @ default / depth
        return 1 - (1 - lgds[:, None]) * -np.expm1(-pressure) / pressure

    expected = fine(pds, lgd_given, exposures, rho, 0.97)
    table = portfolio_loss(pds, lgds, exposures, rho, 0.5, 0.97, None, 0, units, depth)
    assert table["base"][0] == pytest.approx(expected[0], rel=1e-7)
    assert table["base"][2:] == pytest.approx(expected[1:], abs=400 * 0.002)
    stated = pds @ (lgds * exposures)
    assert stated < table["base"][0] < table["converged"][0]


def test_sales_of_gpus_leave_obligors_that_have_none_as_they_are():
    pds, units, depth = np.array([0.02, 0.1, 0.3]), np.array([10.0, 0, 20]), 12.0
    lgds, exposures = np.array([0.4, 0.2, 0.6]), [100, 250, 50]

    def lgd_given(_, default):
        pressure = (10 * default[0] + 20 * default[2]) / depth
        pushed = -np.expm1(-pressure) / pressure
        return np.array([1 - 0.6 * pushed, 0.2 + 0 * pushed, 1 - 0.4 * pushed])

    expected = fine(pds, lgd_given, exposures, 0.3, 0.97)
    table = portfolio_loss(pds, lgds, exposures, 0.3, 0, 0.97, None, 0, units, depth)
    assert table["base"][0] == pytest.approx(expected[0], rel=1e-7)
    assert table["base"][2:] == pytest.approx(expected[1:], abs=400 * 0.002)
    one = portfolio_loss(pds[1], lgds[1], exposures[1], 0.3, 0, 0.97)["base"][0]
    two = portfolio_loss(pds[::2], lgds[::2], exposures[::2], 0.3, 0, 0.97, None, 0, units[::2], depth)[
        "base"
    ][0]
    assert table["base"][0] == pytest.approx(one + two, rel=1e-7)


def test_a_deep_market_or_nothing_for_sale_leaves_the_stated_loss():
    plain = portfolio_loss([0.02, 0.1], 0.5, 100, 0.3, 0.5, 0.9)
    deep = portfolio_loss([0.02, 0.1], 0.5, 100, 0.3, 0.5, 0.9, None, 0, 10, 1e15)
    none = portfolio_loss([0.02, 0.1], 0.5, 100, 0.3, 0.5, 0.9, None, 0, 0, 10)
    for table in (deep, none):
        assert table["converged"] == pytest.approx(plain["converged"], rel=1e-9)
