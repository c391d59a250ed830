"""What the common factor does to one obligor: its mean over the factor is the unconditional number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import t as student

from haircut.models.conditional import conditional_lgd, conditional_pd, default_threshold
from haircut.models.quadrature import Fineness, factor_nodes

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
SHARES = st.floats(0.001, 0.999)


@given(SHARES, st.floats(0.0, 0.9))
def test_mean_conditional_pd_is_the_unconditional_pd(probability, rho):
    given_factor = conditional_pd(ndtri(probability), np.sqrt(rho) * NODES, np.sqrt(1 - rho))
    assert WEIGHTS @ given_factor == pytest.approx(probability, abs=1e-4)


@given(SHARES, st.floats(0.0, 2.0))
def test_mean_conditional_lgd_is_the_stated_lgd(lgd, sensitivity):
    assert WEIGHTS @ conditional_lgd(lgd, sensitivity, NODES) == pytest.approx(lgd, abs=1e-4)


def test_a_bad_state_raises_both():
    assert (np.diff(conditional_pd(-1.0, 0.5 * NODES, 0.8)) <= 0).all()
    assert (np.diff(conditional_lgd(0.4, 0.5, NODES)) <= 0).all()


def test_sure_and_impossible_defaults_and_losses_do_not_move():
    assert conditional_pd(np.array([-np.inf, np.inf]), np.ones(2), 0.5).tolist() == [0.0, 1.0]
    assert conditional_lgd(np.array([0.0, 1.0]), 0.7, np.full(2, -3.0)).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("degrees", [None, 1, 2, 4, 50])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9, 0.985, 0.995, 0.99999, 1.0])
def test_the_nodes_keep_every_default_probability(rho, degrees):
    chances = np.array([0.0, 1e-4, 0.02, 0.02, 0.3, 0.5, 0.97, 1.0])
    rhos = np.full(chances.size, rho)
    nodes = factor_nodes(chances, rhos, degrees, Fineness())
    threshold = default_threshold(chances, degrees)[:, None]
    default = conditional_pd(
        threshold * nodes.scale,
        np.sqrt(rhos)[:, None] * nodes.factor,
        np.sqrt(np.maximum(1 - rhos, 1e-300))[:, None],
    )
    assert default @ nodes.weights == pytest.approx(
        chances, rel=1e-4 if degrees in (1, 2) else 1e-5, abs=1e-9
    )


@pytest.mark.parametrize("degrees", [3, 4, 10, 200])
def test_factor_and_mixing_variable_are_what_they_should_be(degrees):
    nodes = factor_nodes(np.array([0.02]), np.array([0.2]), degrees, Fineness())
    assert nodes.weights.sum() == pytest.approx(1)
    assert nodes.weights @ nodes.factor == pytest.approx(0, abs=1e-12)
    # A standard normal factor, independent of a chi-squared variable over its degrees of freedom.
    assert nodes.weights @ nodes.factor**2 == pytest.approx(1, abs=1e-6)
    assert nodes.weights @ nodes.factor**4 == pytest.approx(3, abs=1e-5)
    assert nodes.weights @ nodes.scale**2 == pytest.approx(1, abs=1e-6)
    assert nodes.weights @ nodes.scale**4 == pytest.approx(1 + 2 / degrees, abs=1e-5)
    assert nodes.weights @ (nodes.scale * nodes.factor) ** 2 == pytest.approx(1, abs=1e-5)


def test_a_threshold_is_a_quantile():
    chances = np.array([0.0, 1e-300, 1e-12, 0.02, 0.5, 1.0])
    assert default_threshold(chances, None)[2:5] == pytest.approx(ndtri(chances[2:5]))
    for degrees in (1, 4.5, 30):
        threshold = default_threshold(chances, degrees)
        assert threshold[[0, 1, 5]].tolist() == [-np.inf, -np.inf, np.inf]
        assert student.cdf(threshold[2:5], degrees) == pytest.approx(chances[2:5])
