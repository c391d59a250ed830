"""What holds for the losses of any book: of convergence, of confidence, of the contributions, of the tail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.portfolio.books import SHARES, books

from haircut.models.portfolio import (
    MEASURES,
    book_and_correlations,
    portfolio_loss,
    risk_contribution,
    tail_loss,
)


@settings(max_examples=25)
@given(books(), SHARES)
def test_convergence_moves_every_correlation_towards_one(book, convergence):
    rhos = np.array(book[3])
    table = portfolio_loss(*book, convergence, 0.9)
    moved = portfolio_loss(*book[:3], rhos + convergence * (1 - rhos), 0, 0.9)
    assert table["converged"].tolist() == moved["base"].tolist()
    assert table["delta"].tolist() == (table["converged"] - table["base"]).tolist()
    assert table["measure"].tolist() == list(MEASURES)


@settings(max_examples=25)
@given(books(), SHARES, st.none() | st.floats(1, 50))
def test_convergence_moves_no_default_probability_and_no_expected_loss(book, convergence, degrees):
    table = portfolio_loss(*book, convergence, 0.9, degrees)
    assert table["delta"][0] == 0
    held, before, after = book_and_correlations(*book, convergence, degrees)
    for rhos in (before, after):
        mean = sum(default @ weights for weights, default, _ in held.states(rhos))
        assert mean == pytest.approx(np.array(book[0]), rel=1e-5, abs=1e-6)


@settings(max_examples=25)
@given(books(), st.lists(st.floats(0.01, 0.9999), min_size=2, max_size=5), st.none() | st.floats(1, 30))
def test_tail_losses_rise_with_the_confidence(book, confidences, degrees):
    tails = np.array([portfolio_loss(*book, 0, a, degrees)["base"][2:] for a in sorted(confidences)])
    largest = np.array(book[1]) @ np.array(book[2])
    assert (np.diff(tails, axis=0) >= -1e-9 * (1 + largest)).all()
    assert (tails[:, 1] >= tails[:, 0] - 1e-9).all()
    assert tails.max() <= largest * (1 + 1e-9) + 1e-9


@settings(max_examples=25)
@given(books(), SHARES, st.floats(0.01, 0.9999))
def test_contributions_add_up_to_the_expected_shortfall(book, convergence, confidence):
    shares = risk_contribution(*book, convergence, confidence)
    table = portfolio_loss(*book, convergence, confidence)
    assert shares.sum() == pytest.approx(table["converged"][3], rel=1e-9, abs=1e-9)
    assert (shares >= 0).all()
    assert (shares <= np.array(book[1]) * np.array(book[2]) * (1 + 1e-9)).all()


def test_contributions_of_a_large_book_add_up_and_are_the_slope_of_the_shortfall():
    rng = np.random.default_rng(11)
    pds, lgds, exposures = rng.uniform(0.005, 0.1, 60), rng.uniform(0.2, 0.8, 60), rng.uniform(10, 200, 60)
    shares = risk_contribution(pds, lgds, exposures, 0.25, 0.4, 0.95)

    def shortfall(size):
        return portfolio_loss(pds, lgds, size, 0.25, 0.4, 0.95)["converged"][3]

    assert shares.sum() == pytest.approx(shortfall(exposures), rel=1e-12)
    for j in (0, 30):
        bump = np.where(np.arange(60) == j, 0.05 * exposures, 0)
        slope = (shortfall(exposures + bump) - shortfall(exposures - bump)) / 0.1
        assert shares[j] == pytest.approx(slope, rel=0.01)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.001, 1)), min_size=1, max_size=12),
    st.floats(0.01, 0.99),
)
def test_expected_shortfall_is_the_mean_of_value_at_risk(atoms, confidence):
    losses, weights = (np.array(column) for column in zip(*sorted(atoms), strict=True))
    chances = weights / weights.sum()
    value_at_risk, shortfall = tail_loss(losses, chances, confidence)
    cuts = np.append(0, np.cumsum(chances))
    inside = np.clip(cuts, confidence, None)
    assert shortfall == pytest.approx(losses @ np.diff(inside) / (1 - confidence), rel=1e-7, abs=1e-7)
    assert value_at_risk in losses
    assert chances[losses <= value_at_risk].sum() >= confidence - 1e-9
    assert chances[losses < value_at_risk].sum() <= confidence + 1e-9


def test_an_atom_at_the_confidence_itself():
    # 90 % lose nothing: VaR at 90 % is nothing, and the shortfall is the mean of the worst tenth.
    assert tail_loss(np.array([0.0, 40, 100]), np.array([0.9, 0.05, 0.05]), 0.9) == pytest.approx((0, 70))
