import json
from csv import DictReader
from math import exp, log
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.capital import capital, cds_spread, expected_loss, unexpected_loss
from haircut.models.credit import fair_spread
from haircut.models.errors import InvalidValue, OutOfRange

BASEL = Path(__file__).parents[1] / "published" / "basel_classes.csv"
NORMAL = NormalDist()
SHARES = st.floats(0, 1)
CLASSES = st.sampled_from(["corporate", "sme", "mortgage", "revolving"])


def risk_weights(*args):
    return 1250 * capital(*args)


@pytest.mark.parametrize(
    "row", list(DictReader(BASEL.read_text(encoding="utf-8").splitlines())), ids=lambda row: row["id"]
)
def test_basel_s_risk_weights_of_each_class(row):
    assert row["function"] == "risk_weight"
    weights = risk_weights(*json.loads(row["arguments"]))
    assert weights == pytest.approx(json.loads(row["expected"]), abs=float(row["tolerance"]))


def capital_by_hand(p, lgd, years, name, turnover):
    """Basel's formula, with the standard library's normal distribution."""
    weight = (1 - exp(-50 * p)) / (1 - exp(-50))
    rho = {"mortgage": 0.15, "revolving": 0.04}.get(name, 0.12 * weight + 0.24 * (1 - weight))
    if name == "sme":
        rho -= 0.04 * (1 - (min(max(turnover, 5), 50) - 5) / 45)
    worst = NORMAL.cdf((NORMAL.inv_cdf(p) + rho**0.5 * NORMAL.inv_cdf(0.999)) / (1 - rho) ** 0.5)
    b = (0.11852 - 0.05478 * log(max(p, 0.0003))) ** 2
    adjustment = (
        (1 + (min(max(years, 1), 5) - 2.5) * b) / (1 - 1.5 * b) if name in ("corporate", "sme") else 1
    )
    return lgd * (worst - p) * adjustment


@given(st.floats(1e-5, 0.9), SHARES, st.floats(0, 10), CLASSES, st.floats(0, 100))
def test_capital_is_basel_s_formula(p, lgd, years, name, turnover):
    by_hand = max(capital_by_hand(p, lgd, years, name, turnover), 0.0)
    assert capital(p, lgd, years, name, turnover)[0] == pytest.approx(by_hand, rel=1e-8, abs=1e-12)


@given(st.floats(0, 1), SHARES, st.floats(0, 10), CLASSES, st.floats(0, 100))
def test_capital_is_a_share_and_a_smaller_firm_needs_less(p, lgd, years, name, turnover):
    held = capital(p, lgd, years, name, turnover)[0]
    assert 0 <= held <= 1
    corporate = capital(p, lgd, years)[0]
    assert capital(p, lgd, years, "sme", turnover)[0] <= corporate + 1e-12
    assert capital(p, lgd, years, "SME ", 50 + turnover)[0] == corporate
    assert capital(p, lgd, years, "sme", 5)[0] == capital(p, lgd, years, "sme", min(turnover, 5))[0]


def test_a_corporate_s_capital_is_that_of_the_fair_spread():
    p, lgd, years = np.array([0.0, 0.002, 0.3, 1.0]), np.full(4, 0.4), np.array([0.5, 2.5, 4, 9])
    same = unexpected_loss(p, lgd, years, None, 0.999)
    assert capital(p, lgd, years).tolist() == same.tolist()
    assert (
        capital(p, lgd, 9, "mortgage").tolist() == unexpected_loss(p, lgd, np.ones(4), 0.15, 0.999).tolist()
    )


def test_capital_at_its_ends():
    for name in ("corporate", "mortgage", "revolving"):
        assert capital([0, 1], 0.45, asset_class=name).tolist() == [0, 0]
    assert capital(0.01, 0).tolist() == [0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"default_probability": 1.1}, OutOfRange, "^default_probability must"),
        ({"lgd": -0.1}, OutOfRange, "^lgd must"),
        ({"maturity": -1}, OutOfRange, "^maturity must"),
        ({"turnover": -1}, OutOfRange, "^turnover must"),
        ({"asset_class": "bank"}, InvalidValue, '^asset_class must be one of corporate, .*, but is "bank"$'),
        ({"turnover": None}, InvalidValue, "^turnover is needed for sme"),
        ({"lgd": [0.1, 0.2, 0.3]}, InvalidValue, "default_probability has 2, lgd has 3"),
    ],
)
def test_capital_refuses(change, error, says):
    terms = {"default_probability": [0.01, 0.02], "lgd": 0.45, "asset_class": "sme", "turnover": 5}
    with pytest.raises(error, match=says):
        capital(**(terms | change))


LOSSES = st.lists(st.tuples(SHARES, SHARES, st.floats(0, 1e9), st.floats(0, 30)), min_size=1, max_size=6)


@given(LOSSES, st.floats(-0.5, 1))
def test_expected_loss_is_the_sum_by_hand(losses, rate):
    pds, lgds, exposures, times = (list(column) for column in zip(*losses, strict=True))
    plain = sum(p * loss * exposed for p, loss, exposed, _ in losses)
    assert expected_loss(pds, lgds, exposures) == pytest.approx(plain, rel=1e-12)
    later = sum(p * loss * exposed / (1 + rate) ** t for p, loss, exposed, t in losses)
    assert expected_loss(pds, lgds, exposures, rate, times) == pytest.approx(later, rel=1e-12)
    assert expected_loss(pds, lgds, exposures, 0, times) == pytest.approx(plain, rel=1e-12)


def test_single_numbers_serve_for_every_loss():
    assert expected_loss(0.02, 0.5, [100, 200, 300]) == pytest.approx(6)
    assert expected_loss(0.02, 0.5, 100, 0.1, [1, 2]) == pytest.approx(1 / 1.1 + 1 / 1.21)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pds": [0.1, 1.1]}, OutOfRange, r"^pds must .* \(item 2\)"),
        ({"lgds": -0.1}, OutOfRange, "^lgds must"),
        ({"exposures": -1}, OutOfRange, "^exposures must"),
        ({"times": -1}, OutOfRange, "^times must"),
        ({"discount_rate": -1}, OutOfRange, "^discount_rate must"),
        ({"times": None}, InvalidValue, "^times are needed with a discount_rate"),
        ({"times": [1, 2, 3]}, InvalidValue, "pds has 2, times has 3"),
    ],
)
def test_an_expected_loss_refuses(change, error, says):
    terms = {"pds": [0.1, 0.2], "lgds": 0.4, "exposures": 100, "discount_rate": 0.05, "times": 1}
    with pytest.raises(error, match=says):
        expected_loss(**(terms | change))


def legs(hazard, recovery, years, continuous_rate, payments):
    """Hull's three tables: premiums, accruals and payoff, one row a period."""
    premiums = accruals = payoff = 0.0
    for n in range(1, round(years * payments) + 1):
        start, middle, end = (n - 1) / payments, (n - 0.5) / payments, n / payments
        dies = exp(-hazard * start) - exp(-hazard * end)
        premiums += exp(-hazard * end) * exp(-continuous_rate * end) / payments
        accruals += dies * exp(-continuous_rate * middle) / payments / 2
        payoff += (1 - recovery) * dies * exp(-continuous_rate * middle)
    return premiums, accruals, payoff


def test_hull_s_tables():
    premiums, accruals, payoff = legs(-log(0.98), 0.4, 5, 0.05, 1)
    assert (premiums, accruals, payoff) == pytest.approx((4.0704, 0.0426, 0.0511), abs=0.00005)
    assert payoff / (premiums + accruals) == pytest.approx(0.0124, abs=0.00005)
    premiums, accruals, payoff = legs(0.02, 0.4, 5, 0.05, 1)
    assert payoff / (premiums + accruals) == pytest.approx(0.0123, abs=0.00005)


@given(st.floats(1e-4, 1), SHARES, st.integers(1, 30), st.floats(-0.05, 0.3), st.sampled_from([1, 2, 4, 12]))
def test_a_swap_is_hull_s_tables(hazard, recovery, years, rate, payments):
    premiums, accruals, payoff = legs(hazard, recovery, years, rate, payments)
    spread = cds_spread(-np.expm1(-hazard * years), recovery, years, np.expm1(rate), payments)
    # A survival of e^-30 is known to few digits once it is written as 1 less the probability.
    assert spread == pytest.approx(
        1e4 * payoff / (premiums + accruals), rel=1e-9 + 1e-15 * exp(hazard * years)
    )


@given(st.floats(0.001, 0.3), SHARES, st.floats(0.3, 20), st.floats(0, 0.15))
def test_a_swap_paid_often_costs_the_credit_triangle(hazard, recovery, years, rate):
    spread = cds_spread(1 - exp(-hazard * years), recovery, years, rate, 12)
    assert spread == pytest.approx(1e4 * hazard * (1 - recovery), rel=1e-2)
    # Paid in arrears, so never below the triangle by more than the mid-period rule's error.
    assert spread >= 1e4 * hazard * (1 - recovery) * (1 - 1e-4)


def test_at_no_interest_a_swap_is_the_fair_spread():
    quarters = np.arange(1, 21) / 4
    fair = fair_spread(1 - np.exp(-0.03 * quarters), 0.6, 100, quarters, 0.0)
    assert cds_spread(1 - exp(-0.03 * 5), 0.4, 5, 0.0) == pytest.approx(fair, rel=1e-9)


def test_a_first_period_may_be_short():
    # A month and a year with annual premiums: periods of 1/12 and 1, survival (1 - 0.1)^(t / T).
    total = 13 / 12
    alive, dead = 0.9 ** (1 / 13), 0.1
    protection = 0.6 * dead
    premium = (alive + (1 - alive) / 2) / 12 + (0.9 + (alive - 0.9) / 2)
    assert cds_spread(0.1, 0.4, total, 0.0, 1) == pytest.approx(1e4 * protection / premium, rel=1e-12)


def test_swaps_at_their_ends():
    assert cds_spread(0, 0.4, 5, 0.03) == 0
    assert cds_spread(0.2, 1, 5, 0.03) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"default_probability": 1}, "^default_probability must be below 1"),
        ({"default_probability": -0.1}, "^default_probability must"),
        ({"recovery": 1.1}, "^recovery must"),
        ({"maturity": 0}, "^maturity must"),
        ({"maturity": 101}, "^maturity must be at most 100"),
        ({"rate": -1}, "^rate must"),
        ({"rate": -1 + 1e-15, "maturity": 100}, "^rate is too extreme"),
        ({"payments": 0}, "^payments must be a whole number from 1 to 12"),
        ({"payments": 2.5}, "^payments must"),
    ],
)
def test_a_swap_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        cds_spread(**({"default_probability": 0.1, "recovery": 0.4, "maturity": 5, "rate": 0.03} | change))
