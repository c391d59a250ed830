"""What the common factor does to one obligor: its mean over the factor is the unconditional number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from haircut.models.conditional import conditional_lgd, conditional_pd

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
