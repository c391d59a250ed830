"""Target B2: Monte Carlo of 125 names beside the cost of drawing its normals, the floor of plain Monte Carlo.

Run with ``PYTHONPATH=. python tests/benchmarks/factor_loss.py``. Candidate and plain Monte Carlo first have to agree. Then three
ratios: one correlation matrix, and the whole cell (base and converged), over drawing one normal a name and scenario
for as many scenarios as the candidate has; and the candidate over drawing the normals that plain Monte Carlo needs
to know the expected shortfall as well as the candidate does. One thread; no time is asserted.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from scipy.special import ndtri
from tests.benchmarks.timing import paired

from haircut.models.factor import DRAWS, POINTS, REPLICATES, Book, factor_loss, simulated

NAMES, FACTORS, CONFIDENCE = 125, 4, 0.99
SCENARIOS = REPLICATES * POINTS * DRAWS
CHOICE = np.random.default_rng(1)
BOOK = Book(
    CHOICE.uniform(0.005, 0.05, NAMES),
    CHOICE.uniform(0.3, 0.7, NAMES),
    CHOICE.lognormal(0, 1, NAMES),
    CHOICE.uniform(0.05, 0.25, (NAMES, FACTORS)),
    0.0,
)
MATRIX = np.full((FACTORS, FACTORS), 0.2) + 0.8 * np.eye(FACTORS)


def candidate():
    """VaR and ES with their error bars, under one correlation matrix."""
    return simulated(BOOK, [MATRIX], CONFIDENCE)[0]


def cell():
    """The same, base and converged, as a worksheet asks for it."""
    return factor_loss(
        BOOK.default_probability, BOOK.lgd, BOOK.exposure, BOOK.loadings, MATRIX, [1] * FACTORS, 0.6
    )


def plain(scenarios, block=8192):
    """Losses by plain Monte Carlo: every name's own normal in every scenario."""
    stream, root = np.random.Generator(np.random.SFC64(1)), np.linalg.cholesky(MATRIX)
    own, threshold = np.sqrt(1 - BOOK.explained(MATRIX)), ndtri(BOOK.default_probability)
    losses = []
    for _ in range(scenarios // block):
        factors = stream.standard_normal((block, FACTORS)) @ root.T
        assets = factors @ BOOK.loadings.T + own * stream.standard_normal((block, NAMES))
        losses.append((assets < threshold) @ (BOOK.exposure * BOOK.lgd))
    return np.concatenate(losses)


def shortfall(losses):
    """ES of equally likely losses, and its standard error (of the mean beyond a VaR that is taken as known)."""
    edge = np.quantile(losses, CONFIDENCE, method="inverted_cdf")
    beyond = np.maximum(losses - edge, 0) / (1 - CONFIDENCE)
    return edge + beyond.mean(), beyond.std() / np.sqrt(losses.size)


def main():
    """Agree first, then time."""
    figures, (value, error) = candidate(), shortfall(plain(SCENARIOS))
    ours, own_error = figures[2].mean(), figures[2].std(ddof=1) / np.sqrt(REPLICATES)
    print(
        f"expected shortfall {ours:.3f} (standard error {own_error:.3f}), plain Monte Carlo {value:.3f} ({error:.3f})"
    )
    assert abs(ours - value) < 4 * np.hypot(own_error, error)
    normals = SCENARIOS * NAMES
    paired(f"one matrix, {SCENARIOS:,} scenarios", candidate, normals)
    paired(f"base and converged, {SCENARIOS:,} scenarios", cell, normals)
    needed = int(SCENARIOS * (error / own_error) ** 2)
    print(f"plain Monte Carlo needs {needed:,} scenarios for that standard error")
    paired("one matrix, equal standard error", candidate, normals, SCENARIOS / needed)


if __name__ == "__main__":
    main()
