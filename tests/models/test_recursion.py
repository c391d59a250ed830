"""The recursion over obligors against plain convolution, and its bounds where floats end."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from haircut.models.recursion import Losses, loss_distribution, loss_unit, tail_contributions

CHANCES = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 1e-300, 1e-14, 1 - 1e-12, 1 - 2**-53])
OBLIGORS = st.lists(st.tuples(CHANCES, st.floats(0, 12)), min_size=1, max_size=40)


def split(loss):
    """A loss as a distribution on the grid: at most two points, and its own mean."""
    whole = int(loss + 1e-9)
    part = max(loss - whole, 0.0)
    chances = np.zeros(whole + 2)
    chances[whole : whole + 2] = (1, 0) if part < 1e-9 else (1 - part, part)
    return chances


def convolved(obligors):
    """One obligor after the other, what is sure to be lost as one amount."""
    chances = split(sum(loss for chance, loss in obligors if chance > 1 - 1e-15))
    for chance, loss in obligors:
        if chance <= 1 - 1e-15:
            step = chance * split(loss)
            step[0] += 1 - chance
            chances = np.convolve(chances, step)
    return chances


@settings(max_examples=60)
@given(OBLIGORS)
def test_one_state_is_a_convolution(obligors):
    default, losses = (np.array(column)[:, None] for column in zip(*obligors, strict=True))
    expected = convolved(obligors)
    got = loss_distribution(default, losses, np.ones((1, 1)), expected.size - 1)[:, 0]
    assert got == pytest.approx(expected, abs=3e-12)
    assert got.sum() == pytest.approx(1, abs=3e-12)
    assert np.arange(got.size) @ got == pytest.approx((default * losses).sum(), rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(OBLIGORS, st.integers(1, 100), st.integers(0, 60))
def test_many_states_are_the_average_of_each_also_when_cut_off(obligors, states, top):
    _, losses = (np.array(column)[:, None] for column in zip(*obligors, strict=True))
    rng = np.random.default_rng(states)
    default, weights = rng.uniform(0, 1, (losses.size, states)) ** 4, rng.uniform(0, 1, (states, 2))
    each = [convolved(list(zip(column, losses[:, 0], strict=True))) for column in default.T]
    expected = np.zeros((max(top + 1, each[0].size), 2))
    for chances, weight in zip(each, weights, strict=True):
        expected[: chances.size] += np.outer(chances, weight)
    got = loss_distribution(default, losses, weights, top)
    assert got == pytest.approx(expected[: top + 1], abs=1e-10)
    moving = loss_distribution(default, np.repeat(losses, states, axis=1), weights, top)
    assert moving == pytest.approx(got, abs=1e-10)


@pytest.mark.parametrize("chance", [1e-9, 0.01, 0.5, 0.99, 1 - 1e-9, 1 - 1e-14])
def test_a_thousand_obligors_neither_overflow_nor_vanish(chance):
    count = np.arange(1001)
    got = loss_distribution(np.full((1000, 1), chance), np.ones((1000, 1)), np.ones((1, 1)), 1000)[:, 0]
    assert got == pytest.approx(binom.pmf(count, 1000, chance), abs=2e-11)


@given(OBLIGORS)
def test_what_is_left_out_beyond_either_end_is_next_to_nothing(obligors):
    default, losses = (np.array(column) for column in zip(*obligors, strict=True))
    low, high = (int(end[0]) for end in Losses.on_grid(losses).reach(default[:, None]))
    chances = convolved(obligors)
    assert chances[high + 1 :].sum() < 2e-12
    assert chances[: max(low, 0)].sum() < 2e-12


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.floats(1e-6, 1e9))
def test_a_common_unit_is_found(counts, unit):
    losses = np.array(counts) * unit
    expected = unit * np.gcd.reduce(counts) if any(counts) else 1.0
    assert loss_unit(losses) == pytest.approx(expected, rel=1e-6)


def test_losses_without_a_common_unit_share_four_thousand():
    losses = np.sqrt([2.0, 3, 5])
    assert loss_unit(losses) == losses.sum() / 4000
    assert loss_unit(np.array([1.0, 5000.0])) == 5001 / 4000


@settings(max_examples=40)
@given(OBLIGORS.filter(lambda book: len(book) < 8), st.integers(0, 30), st.floats(0, 1))
def test_contributions_by_leaving_each_obligor_out(obligors, place, part):
    default, losses = (np.array(column) for column in zip(*obligors, strict=True))
    losses = np.floor(losses)
    tail = np.append(np.zeros(place), [part, 1.0])
    got = tail_contributions(default[:, None], losses, np.ones(1), tail)
    for j, (chance, loss) in enumerate(zip(default, losses, strict=True)):
        others = convolved([(p, x) for i, (p, x) in enumerate(zip(default, losses, strict=True)) if i != j])
        met = tail[np.minimum(np.arange(others.size) + int(loss), tail.size - 1)]
        assert got[j] == pytest.approx(chance * loss * (others @ met), abs=1e-10)


@settings(max_examples=40)
@given(OBLIGORS, st.integers(0, 60), st.floats(0, 1))
def test_contributions_add_up_to_the_weighted_loss_of_the_same_grid(obligors, place, part):
    default, losses = (np.array(column)[:, None] for column in zip(*obligors, strict=True))
    tail = np.append(np.zeros(place), [part, 1.0])
    chances = convolved(obligors)
    amounts = np.arange(chances.size)
    got = tail_contributions(default, losses[:, 0], np.ones(1), tail)
    expected = (amounts * tail[np.minimum(amounts, tail.size - 1)]) @ chances
    assert got.sum() == pytest.approx(expected, abs=1e-8)
    assert (got >= 0).all()


def test_a_split_loss_keeps_its_mean_and_adds_the_least_variance():
    got = loss_distribution(np.array([[0.3]]), np.array([[2.25]]), np.ones((1, 1)), 4)[:, 0]
    assert got == pytest.approx([0.7, 0, 0.3 * 0.75, 0.3 * 0.25, 0])
    spread = sqrt(np.arange(5) ** 2 @ got - (np.arange(5) @ got) ** 2)
    assert spread == pytest.approx(sqrt(0.3 * 0.7 * 2.25**2 + 0.3 * 0.25 * 0.75))
