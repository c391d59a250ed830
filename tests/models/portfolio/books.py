"""Books of a few obligors, and what they lose: every outcome enumerated, one by one."""

from itertools import product
from math import sqrt

import numpy as np
from hypothesis import strategies as st
from scipy.integrate import quad_vec
from scipy.stats import chi, norm
from scipy.stats import t as student

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
