"""The loss distribution of obligors that are independent once the common factor is known, exactly.

A helper of the portfolio models: the recursion over obligors of Andersen, Sidenius and Basu (2003), All your
hedges in one basket. Losses live on a grid of equal units; a loss between two grid points is split between
them so that its mean is exact. The states of the factor are the columns of the arrays, and those that can
lose about as much are worked through together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from math import e, remainder

import numpy as np
from numpy.typing import NDArray

from haircut.models.checks import FloatArray

Whole = NDArray[np.int_]

STEPS = 4000
"""Units that the sum of all losses is counted in where the losses have no common unit."""
SAME = 1e-9
"""Losses nearer than this to a grid point, in units, are on it."""
DROPPED = 27.6
"""Losses that are reached with a probability below e to minus this (1e-12) are left out."""
IDLE = 1e-15
"""Default probabilities nearer to 0 or 1 than this are 0 or 1."""
GROUP = 16
"""Obligors between two rescalings: odds of at most 1e16 then stay within what a float holds."""
CELLS, COLUMNS = 1 << 14, 64
"""Numbers worked on at a time, few so that they stay in the processor's cache; but so many states at least."""
HELD = 1 << 22
"""Numbers held at a time for the contributions of the obligors."""


def loss_unit(losses: FloatArray) -> float:
    """Largest amount of which every loss is a whole multiple; 1/4,000 of their sum where there is none.

    >>> loss_unit(np.array([30.0, 45.0, 0.0])), loss_unit(np.array([1.0, 1e-6]))
    (15.0, 0.00025000025)
    """
    total = float(losses.sum())
    if total == 0:
        return 1.0
    tiny = SAME * float(losses.max())

    def common(a: float, b: float) -> float:
        while b > tiny:
            a, b = b, abs(remainder(a, b))
        return a

    return max(float(reduce(common, np.unique(losses).tolist())), total / STEPS)


@dataclass(frozen=True)
class Losses:
    """Each obligor's loss on the grid: the point at or below it, and the share of it that goes to the next."""

    whole: Whole
    part: FloatArray

    @classmethod
    def on_grid(cls, losses: FloatArray) -> "Losses":
        """Place losses that are counted in units."""
        whole = np.floor(losses + SAME).astype(int)
        part = losses - whole
        return cls(whole, np.where(part < SAME, 0.0, part))

    @property
    def units(self) -> FloatArray:
        """The losses in units."""
        return self.whole + self.part

    def reach(self, default: FloatArray) -> tuple[Whole, Whole]:
        """Lowest and highest loss of each state worth following: Bennett's (1962) bound for independent losses."""
        from scipy.special import lambertw

        squares = self.units**2
        mean, square = np.stack([self.units, squares + self.part * (1 - self.part)]) @ default
        most = float((self.whole + (self.part > 0)).max())
        variance = np.maximum((square - squares @ default**2) / max(most, 1.0) ** 2, 1e-30)
        beyond = most * variance * np.expm1(1 + lambertw((DROPPED / variance - 1) / e, 0).real)
        return np.floor(mean - beyond).astype(int) - 1, np.ceil(mean + beyond).astype(int) + 1


@dataclass(frozen=True)
class Block:
    """States worked through together: what is sure to be lost in each, and the obligors that may default.

    Rows are losses, counted from ``base``.
    """

    columns: Whole
    sure: NDArray[np.bool_]
    start: FloatArray
    drawn: Whole
    default: FloatArray
    base: int
    rows: int

    def first(self, rows: int) -> FloatArray:
        """Probability of each loss in each state before anyone defaults who need not."""
        chances = np.zeros((rows, self.start.size))
        place, states = (whole := np.floor(self.start)).astype(int) - self.base, np.arange(self.start.size)
        chances[place, states] = 1 - (self.start - whole)
        chances[place + 1, states] = self.start - whole
        return chances


def _blocks(
    default: FloatArray, losses: Losses, wanted: Whole, high: Whole, cells: int, columns: int
) -> Iterator[Block]:
    """Wanted states with a like reach together, as many as there is room for, but so many at least."""
    units = losses.units
    rising, order, first = np.argsort(units), wanted[np.argsort(high[wanted])], 0
    rows = high[order] + 1
    while first < order.size:
        size = np.arange(1, order.size - first + 1) * rows[first:]
        here = order[first : first + max(columns, int(np.searchsorted(size, cells)))]
        first += here.size
        chances = default.take(here, axis=1)
        sure = np.zeros(chances.shape, bool)
        if chances.max() > 1 - IDLE:
            sure = chances > 1 - IDLE
            chances[sure] = 0.0
        start = units @ sure
        drawn = rising[(chances.max(axis=1) > IDLE)[rising] & (units > 0)[rising]]
        base = int(start.min())
        reach = int(max(high[here].max(), start.max())) + 2 - base
        yield Block(here, sure, start, drawn, chances[drawn], base, reach)


def loss_distribution(default: FloatArray, losses: FloatArray, weights: FloatArray, top: int) -> FloatArray:
    """Probability of each loss on the grid, averaged over the states of the factor.

    Parameters
    ----------
    default : array of shape (n, m)
        Default probability of each obligor in each state.
    losses : array of shape (n, 1) or (n, m)
        Each obligor's loss, in units of the grid: the same in all states, or in each.
    weights : array of shape (m, h)
        Weight of each state in each of the averages asked for.
    top : int
        Highest loss asked for, in units.

    Returns
    -------
    array of shape (top + 1, h)
        Probability of losing 0, 1, ... units. What is lost beyond, and what is reached with a probability
        below 1e-12 in a state, is missing from the sum.

    Examples
    --------
    >>> loss_distribution(np.array([[0.5], [0.2]]), np.array([[1.0], [2.5]]), np.ones((1, 1)), 4).round(12).T.tolist()
    [[0.4, 0.4, 0.05, 0.1, 0.05]]
    """
    if losses.shape[1] > 1:
        each = [slice(i, i + 1) for i in range(losses.shape[1])]
        alone = (loss_distribution(default[:, i], losses[:, i], weights[i], top) for i in each)
        return np.asarray(sum(alone))
    placed = Losses.on_grid(losses[:, 0])
    answer = np.zeros((top + 1, weights.shape[1]))
    low, high = placed.reach(default)
    for block in _blocks(default, placed, np.flatnonzero(low <= top), np.minimum(high, top), CELLS, COLUMNS):
        rows = min(block.rows, top + 1 - block.base)
        if rows > 0:
            answer[block.base : block.base + rows] += (
                _given_states(block, placed)[:rows] @ weights[block.columns]
            )
    return answer


def steps_needed(default: FloatArray, losses: FloatArray, top: int) -> int:
    """How many additions and multiplications `loss_distribution` would take, about.

    >>> steps_needed(np.array([[0.5], [0.2]]), np.array([[1.0], [2.5]]), 4)
    12
    """
    if losses.shape[1] > 1:
        return sum(steps_needed(default[:, [i]], losses[:, [i]], top) for i in range(losses.shape[1]))
    placed = Losses.on_grid(losses[:, 0])
    low, high = placed.reach(default)
    blocks = _blocks(default, placed, np.flatnonzero(low <= top), np.minimum(high, top), CELLS, COLUMNS)
    return sum(block.rows * block.default.size for block in blocks)


def _given_states(block: Block, losses: Losses) -> FloatArray:
    """Probability of each loss in each state: one obligor after the other, in odds."""
    survival = 1 - block.default
    odds = block.default / np.maximum(survival, IDLE / 10, out=survival)
    whole, part, rows = losses.whole[block.drawn], losses.part[block.drawn], block.rows
    # Rows beyond those asked for take what leads there, and are never read.
    chances = block.first(rows + int(whole.max(initial=0)) + 1)
    lost, split = np.empty((rows, survival.shape[1])), np.empty((rows, survival.shape[1]))
    held = int(block.start.max()) + 2 - block.base
    steps = list(zip(odds, whole.tolist(), part.tolist(), strict=True))
    for first in range(0, len(steps), GROUP):
        for against, units, share in steps[first : first + GROUP]:
            moved = np.multiply(chances[:held], against, out=lost[:held])
            if share:
                farther = np.multiply(moved, share, out=split[:held])
                moved -= farther
                chances[units + 1 : units + 1 + held] += farther
            chances[units : units + held] += moved
            held = min(held + units + (share > 0), rows)
        chances[:held] *= survival[first : first + GROUP].prod(axis=0)
    return chances[:rows]


def tail_contributions(
    default: FloatArray, losses: FloatArray, weights: FloatArray, tail: FloatArray
) -> FloatArray:
    """Mean of each obligor's loss times the weight that the portfolio's loss has in the tail.

    Parameters
    ----------
    default : array of shape (n, m)
        Default probability of each obligor in each state.
    losses : array of shape (n,)
        Each obligor's loss, in units of the grid.
    weights : array of shape (m,)
        Weight of each state.
    tail : array of shape (k,)
        Weight of a portfolio loss of 0, 1, ... units, rising; of a larger one, the last.

    Returns
    -------
    array of shape (n,)
        In units; they add up to the mean of the portfolio's loss times its weight.

    Notes
    -----
    E[l 1(default) w(L' + l)], L' the loss of the others: the distribution of the obligors before this one
    against the weights as those after it leave them. Sums of positive numbers, with nothing divided out.

    Examples
    --------
    >>> tail_contributions(np.array([[0.5], [0.2]]), np.array([1.0, 2.0]), np.ones(1), np.array([0.0, 0, 0, 1]))
    array([0.1, 0.2])
    """
    placed = Losses.on_grid(losses)
    answer = np.zeros(losses.size)
    _, high = placed.reach(default)
    touching = np.flatnonzero(high >= np.argmax(tail > 0))
    for block in _blocks(default, placed, touching, high, HELD // losses.size, 1):
        drawn, surely = _contributions(block, placed, tail)
        here = weights[block.columns]
        answer[block.drawn] += drawn @ here
        # What is sure to be lost is one amount on the grid, shared out by what each loses of it.
        shared = np.divide(surely, block.start, out=np.zeros_like(surely), where=block.start > 0)
        answer += placed.units * (block.sure @ (shared * here))
    return answer


def _contributions(block: Block, losses: Losses, tail: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Contributions in each state: (drawn obligors, m), and of all that is sure to be lost (m,)."""
    whole, part, rows = losses.whole[block.drawn], losses.part[block.drawn], block.rows
    size = rows + int(whole.max(initial=0)) + 1
    before = np.empty((whole.size + 1, size, block.start.size))
    before[0] = block.first(size)
    for j, chance in enumerate(block.default):
        moved, k = chance * before[j, :rows], whole[j]
        before[j + 1] = before[j]
        before[j + 1, :rows] -= moved
        before[j + 1, k : k + rows] += (1 - part[j]) * moved
        before[j + 1, k + 1 : k + 1 + rows] += part[j] * moved
    after = tail[np.minimum(np.arange(block.base, block.base + size), tail.size - 1)][:, None]
    after = np.repeat(after, block.start.size, axis=1)
    drawn = np.empty(block.default.shape)
    for j in range(whole.size - 1, -1, -1):
        k, share, earlier = whole[j], part[j], before[j, :rows]
        near, far = after[k : k + rows], after[k + 1 : k + 1 + rows]
        met = (1 - share) * k * (earlier * near).sum(axis=0) + share * (k + 1) * (earlier * far).sum(axis=0)
        drawn[j] = block.default[j] * met
        after[:rows] += block.default[j] * ((1 - share) * near + share * far - after[:rows])
    amounts = np.arange(block.base, block.base + size)[:, None]
    return drawn, (amounts * before[0] * after).sum(axis=0)
