"""Sobol points and their digital shifts, against published sequences and what makes them useful."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.sampling import BITS, random_bits, shifted_sobol, splitmix64


def test_splitmix64_gives_its_published_sequence():
    """The test vector for seed 1234567 that Vigna's reference implementation prints (Rosetta Code)."""
    state, found = 1234567, []
    for _ in range(5):
        found.append(splitmix64(state))
        state = (state + 0x9E3779B97F4A7C15) % 2**64
    assert found == random_bits(1234567, 5).tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]  # fmt: skip


def test_the_points_are_joe_and_kuos():
    """The first ten points in three dimensions that Joe and Kuo's own program prints (2010, sobol.cc 10 3)."""
    published = [(0, 0, 0), (0.5, 0.5, 0.5), (0.75, 0.25, 0.25), (0.25, 0.75, 0.75), (0.375, 0.375, 0.625),
                 (0.875, 0.875, 0.125), (0.625, 0.125, 0.875), (0.125, 0.625, 0.375), (0.1875, 0.3125, 0.9375),
                 (0.6875, 0.8125, 0.4375)]  # fmt: skip
    from haircut.models.sampling import _sobol_digits

    assert (_sobol_digits(3, 16)[:, :10].T / 2.0**BITS).tolist() == [list(point) for point in published]


@given(st.integers(1, 200), st.integers(0, 10), st.integers(0, 2**63), st.integers(0, 9))
def test_a_shift_keeps_every_dyadic_interval_evenly_filled(dimensions, power, seed, replicate):
    points = 2**power
    x = shifted_sobol(dimensions, points, replicate, seed)
    assert x.shape == (dimensions, points) and x.min() > 0 and x.max() < 1
    assert (np.sort((x * points).astype(int), axis=1) == np.arange(points)).all()


@given(st.integers(0, 2**64 - 1))
def test_an_array_of_bits_is_the_sequence_one_by_one(seed):
    states = [(seed + 0x9E3779B97F4A7C15 * step) % 2**64 for step in range(4)]
    assert random_bits(seed, 4).tolist() == [splitmix64(state) for state in states]


def test_replicates_seeds_and_dimensions_are_shifted_apart():
    first = shifted_sobol(4, 2, 0, 7)
    assert len({*first[:, 0].tolist(), *shifted_sobol(4, 2, 1, 7)[:, 0].tolist(), *shifted_sobol(4, 2, 0, 8)[:, 0].tolist()}) == 12  # fmt: skip


def test_the_mean_over_replicates_is_unbiased_and_its_spread_far_under_monte_carlos():
    """The integral of prod (1 + (x - 1/2)) over 8 dimensions is 1; plain Monte Carlo's deviation is known."""
    points, replicates = 1024, 32
    means = [
        np.prod(1 + (shifted_sobol(8, points, number, 3) - 0.5), axis=0).mean()
        for number in range(replicates)
    ]
    plain = np.sqrt(((1 + 1 / 12) ** 8 - 1) / points)
    assert np.std(means, ddof=1) < plain / 10
    assert np.mean(means) == pytest.approx(1, abs=4 * np.std(means, ddof=1) / np.sqrt(replicates))
