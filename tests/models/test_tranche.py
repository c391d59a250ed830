"""Tranches against enumeration, Hull's worked example, and the swaps and baskets that they contain."""

import json
from csv import DictReader
from math import exp, nan, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad_vec
from scipy.stats import binom, norm

from haircut.models.capital import cds_spread
from haircut.models.errors import InvalidValue, NothingToDivideBy, OutOfRange
from haircut.models.portfolio import portfolio_loss
from haircut.models.tranche import tranche_loss, tranche_spread

NTH = Path(__file__).parents[1] / "published/nth_to_default.csv"
ATTACH, DETACH = [0, 0.03, 0.06, 0.1, 0.3], [0.03, 0.06, 0.1, 0.3, 1]
QUARTERS = np.arange(1, 21) / 4
BELOW_ONE = st.floats(0, 0.98)
LOANS = st.lists(
    st.tuples(st.floats(0.001, 0.3), st.floats(0.1, 1), st.floats(1, 100)), min_size=1, max_size=8
)


def columns(loans):
    return [np.array(column) for column in zip(*loans, strict=True)]


def by_binomial(default_probability, n, lgd, rho, attach, detach):
    """Expected tranche losses of n equal loans: the binomial given the factor, adaptive quadrature over it."""
    count = np.arange(n + 1)
    share = (np.clip(count * lgd / n, attach, detach) - attach) / (detach - attach)

    def given_factor(z):
        chance = norm.cdf((norm.ppf(default_probability) - sqrt(rho) * z) / sqrt(1 - rho))
        return np.array(binom.pmf(count, n, chance) @ share * norm.pdf(z))

    return float(quad_vec(given_factor, -9, 9, epsabs=1e-11, limit=1000)[0])


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.3, 0.7, 0.95])
@pytest.mark.parametrize(("chance", "n", "lgd"), [(0.05, 100, 0.6), (0.002, 40, 1.0), (0.3, 7, 0.35)])
def test_equal_loans_are_binomial_given_the_factor(chance, n, lgd, rho):
    table = tranche_loss([chance] * n, lgd, 1, rho, ATTACH, DETACH)
    expected = [by_binomial(chance, n, lgd, rho, a, d) for a, d in zip(ATTACH, DETACH, strict=True)]
    assert table["base"] == pytest.approx(expected, abs=2e-6)


def test_hull_s_synthetic_cdo():
    # Options, Futures and Other Derivatives, credit derivatives: the 3 % to 6 % tranche of 125 names.
    default = -np.expm1(-0.0083 * QUARTERS)
    lost = [tranche_loss([p] * 125, 0.6, 1, 0.15, 0.03, 0.06)["base"][0] for p in default]
    left = 1 - np.append(0, lost)
    v, middle = np.exp(-0.035 * QUARTERS), np.exp(-0.035 * (QUARTERS - 0.125))
    paid, accrued, loss = 0.25 * left[1:] @ v, -0.125 * np.diff(left) @ middle, -np.diff(left) @ middle
    # The book's A, B and C, whose own quadrature is right to about 0.0001: the binomial test is the sharper one.
    assert (paid, accrued, loss) == pytest.approx((4.2846, 0.0187, 0.1496), abs=1.5e-4)
    spread = tranche_spread([0.0083] * 125, 0.4, 0.15, 0.03, 0.06, 5, exp(0.035) - 1)
    assert spread == pytest.approx([1e4 * loss / (paid + accrued)], rel=1e-6)
    assert spread == pytest.approx([348], abs=0.5)


@pytest.mark.parametrize("rho", [0.1, 0.3])
def test_spreads_of_equal_names_by_the_binomial(rho):
    default = -np.expm1(-0.01 * np.arange(1, 7) / 2)
    v, middle = 1.05 ** -(np.arange(1, 7) / 2), 1.05 ** -(np.arange(1, 7) / 2 - 0.25)
    expected = []
    for a, d in zip(ATTACH[:3], DETACH[:3], strict=True):
        left = 1 - np.array([0.0, *(by_binomial(p, 50, 0.6, rho, a, d) for p in default)])
        lost = -np.diff(left) @ middle
        expected.append(1e4 * lost / (0.5 * left[1:] @ v + lost / 4))
    spreads = tranche_spread([0.01] * 50, 0.4, rho, ATTACH[:3], DETACH[:3], 3, 0.05, 2)
    assert spreads == pytest.approx(expected, rel=1e-4)


@settings(max_examples=30)
@given(LOANS, BELOW_ONE, st.floats(0, 1), st.lists(st.floats(0.01, 0.99), max_size=4, unique=True))
def test_tranches_that_cover_the_portfolio_add_up_to_its_expected_loss(loans, rho, convergence, cuts):
    pds, lgds, exposures = columns(loans)
    cuts = np.array([0.0, *sorted(cuts), 1.0])
    table = tranche_loss(pds, lgds, exposures, rho, cuts[:-1], cuts[1:], convergence)
    expected = pds @ (lgds * exposures) / exposures.sum()
    for column in ("base", "converged"):
        assert np.diff(cuts) @ table[column] == pytest.approx(expected, rel=1e-7)
        assert (np.diff(table[column]) <= 1e-12).all()
        assert ((table[column] >= -1e-9) & (table[column] <= 1)).all()
    assert table["delta"].tolist() == (table["converged"] - table["base"]).tolist()


@settings(max_examples=30)
@given(LOANS, BELOW_ONE, BELOW_ONE, st.floats(0.02, 0.9))
def test_the_equity_tranche_loses_less_and_the_senior_more_as_correlation_rises(loans, one, other, cut):
    low, high = sorted((one, other))
    before = tranche_loss(*columns(loans), low, [0, cut], [cut, 1])["base"]
    after = tranche_loss(*columns(loans), high, [0, cut], [cut, 1])["base"]
    assert after[0] <= before[0] + 1e-6
    assert after[1] >= before[1] - 1e-6


def test_at_full_convergence_all_defaults_come_together():
    table = tranche_loss([0.02] * 50, 0.4, 1, 0.2, [0, 0.1, 0.4], [0.1, 0.4, 1], 1)
    assert table["converged"] == pytest.approx([0.02, 0.02, 0], abs=1e-9)
    # The weaker half first: 20 % of the book is lost with 5 %, the other 20 % with 1 %.
    table = tranche_loss([0.05, 0.01] * 25, 0.4, 1, 0.2, [0, 0.1, 0.2, 0.4], [0.1, 0.2, 0.4, 1], 1)
    assert table["converged"] == pytest.approx([0.05, 0.05, 0.01, 0], abs=1e-9)


@settings(max_examples=30)
@given(
    st.floats(1e-4, 2), st.floats(0.1, 20), st.floats(-0.05, 0.3), st.sampled_from([1, 2, 4, 12]), BELOW_ONE
)
def test_a_tranche_of_one_name_is_its_credit_default_swap(hazard, maturity, rate, payments, rho):
    swap = cds_spread(-np.expm1(-hazard * maturity), 0, maturity, rate, payments)
    spreads = tranche_spread(hazard, 0, rho, [0, 0.4], [0.4, 1], maturity, rate, payments)
    assert spreads == pytest.approx([swap, swap], rel=1e-5)


def test_names_on_one_factor_alone_default_in_the_order_of_their_hazards():
    # With correlation 1 the first of ten to default is the weakest, the last the strongest.
    hazards = np.array([0.05, 0.01, 0.02])
    spreads = tranche_spread(hazards, 0, 1, [0, 1 / 3, 2 / 3], [1 / 3, 2 / 3, 1], 5, 0.03)
    swaps = [cds_spread(-np.expm1(-h * 5), 0, 5, 0.03) for h in (0.05, 0.02, 0.01)]
    assert spreads == pytest.approx(swaps, rel=1e-6)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.995])
def test_unlike_names_are_those_of_the_portfolio_at_each_date(rho):
    hazards = np.linspace(0.002, 0.08, 20)
    lost = np.array(
        [tranche_loss(-np.expm1(-hazards * t), 0.6, 1, rho, ATTACH, DETACH)["base"] for t in QUARTERS[:8]]
    )
    left = 1 - np.vstack([np.zeros(5), lost])
    v, middle = 1.04 ** -QUARTERS[:8], 1.04 ** -(QUARTERS[:8] - 0.125)
    out = -(np.diff(left, axis=0).T @ middle)
    expected = 1e4 * out / (0.25 * left[1:].T @ v + 0.125 * out)
    got = tranche_spread(hazards, 0.4, rho, ATTACH, DETACH, 2, 0.04)
    assert got == pytest.approx(expected, rel=1e-4, abs=0.01)


@pytest.mark.parametrize(
    "row", list(DictReader(NTH.read_text(encoding="utf-8").splitlines())), ids=lambda row: row["id"]
)
def test_the_nth_of_some_names_to_default_takes_a_tranche_of_one_name(row):
    names, hazard, rho, recovery, rate, maturity, nth = json.loads(row["arguments"])
    whole = tranche_spread([hazard] * names, 0, rho, (nth - 1) / names, nth / names, maturity, exp(rate) - 1)
    assert (1 - recovery) * whole == pytest.approx(
        [float(row["expected"])], rel=0, abs=float(row["tolerance"])
    )


def test_a_tranche_spread_without_loss():
    assert tranche_spread([0.05] * 3, 1, 0.3, 0, 0.5, 5, 0.03) == pytest.approx([0], abs=1e-6)
    assert tranche_spread([0.0] * 3, 0.4, 0.3, 0, 0.5, 5, 0.03) == pytest.approx([0], abs=1e-6)
    # Only 60 % can be lost: what attaches there never is.
    assert tranche_spread([0.5] * 3, 0.4, 0.3, 0.6, 1, 5, 0.03) == pytest.approx([0], abs=1e-6)


def test_the_portfolio_as_one_tranche_is_the_portfolio():
    table = tranche_loss([0.02, 0.1], [0.4, 0.7], [50, 80], 0.3, 0, 1, 0.5)
    mean = portfolio_loss([0.02, 0.1], [0.4, 0.7], [50, 80], 0.3, 0.5)["base"][0]
    assert table["base"] == pytest.approx([mean / 130], rel=1e-9)
    assert table["delta"] == pytest.approx([0], abs=1e-9)


LOSS = {
    "pds": [0.02, 0.05],
    "lgds": 0.5,
    "exposures": 100,
    "correlation": 0.2,
    "attachments": [0, 0.1],
    "detachments": [0.1, 1],
}
SPREAD = {
    "hazards": [0.02, 0.05],
    "recovery": 0.4,
    "correlation": 0.2,
    "attachments": 0,
    "detachments": 0.1,
    "maturity": 5,
    "rate": 0.03,
}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pds": [0.02, 1.2]}, OutOfRange, "^pds must be between 0 and 1, but is 1.2 .item 2"),
        ({"correlation": -0.1}, OutOfRange, "^correlation must"),
        ({"convergence": 1.5}, OutOfRange, "^convergence must"),
        ({"exposures": 0}, NothingToDivideBy, "^exposures add up to 0"),
        ({"attachments": [0, 1.1]}, OutOfRange, "^attachments must be between 0 and 1, but is 1.1"),
        ({"detachments": [0.1, nan]}, OutOfRange, "^detachments must be between 0 and 1, but is nan"),
        ({"attachments": [0, 0.3], "detachments": [0.1, 0.2]}, OutOfRange, "are 0.2 against 0.3 .item 2"),
        ({"detachments": [0.1, 0.1]}, OutOfRange, "^detachments must be above attachments, but are 0.1 ag"),
        ({"detachments": [0.1, 0.5, 1]}, InvalidValue, "attachments has 2, detachments has 3"),
    ],
)
def test_a_tranche_loss_is_refused_by_name(change, error, says):
    with pytest.raises(error, match=says):
        tranche_loss(**(LOSS | change))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"hazards": [0.02, -0.1]}, OutOfRange, "^hazards must be at least 0, but is -0.1 .item 2"),
        ({"hazards": [0.01] * 1001}, OutOfRange, "^hazards must be of at most 1,000 obligors"),
        ({"recovery": 1.1}, OutOfRange, "^recovery must"),
        ({"correlation": 1.1}, OutOfRange, "^correlation must"),
        ({"attachments": 0.2}, OutOfRange, "^detachments must be above attachments"),
        ({"maturity": 0}, OutOfRange, "^maturity must be above 0"),
        ({"maturity": 101}, OutOfRange, "^maturity must be at most 100"),
        ({"rate": -1}, OutOfRange, "^rate must be above -1"),
        ({"rate": -0.9999999, "maturity": 100}, OutOfRange, "^rate is too extreme"),
        ({"payments": 13}, OutOfRange, "^payments must be a whole number from 1 to 12"),
        ({"correlation": [0.1, 0.2, 0.3]}, InvalidValue, "hazards has 2, correlation has 3"),
        (
            {"hazards": [0.01] * 1000, "maturity": 100, "payments": 12, "detachments": 1},
            OutOfRange,
            "^hazards of 1,000 obligors to 1,200 premium dates with this correlation take .* as long as a cell may",
        ),
    ],
)
def test_a_tranche_spread_is_refused_by_name(change, error, says):
    with pytest.raises(error, match=says):
        tranche_spread(**(SPREAD | change))
