import json
from csv import DictReader
from math import exp, tanh
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.capital import corporate_correlation, maturity_adjustment, unexpected_loss
from haircut.models.credit import fair_spread, spread_gap
from haircut.models.errors import InvalidValue, NothingToDivideBy, OutOfRange

BASEL = Path(__file__).parents[1] / "published" / "basel.csv"
HAZARDS = st.floats(1e-4, 1.0)
LGDS = st.floats(0.01, 1)
RATES = st.floats(0, 0.5)

LOAN = {
    "cumulative_pds": [0.02, 0.05],
    "lgds": 0.6,
    "exposures": [100.0, 60.0],
    "times": [1.0, 2.0],
    "rate": 0.04,
}


def defaulted(hazard, times):
    return 1 - np.exp(-hazard * np.asarray(times))


@pytest.mark.parametrize(
    "row", list(DictReader(BASEL.read_text(encoding="utf-8").splitlines())), ids=lambda row: row["id"]
)
def test_basel_s_risk_weights(row):
    probability, lgd, maturity, correlation, confidence = json.loads(row["arguments"])
    capital = unexpected_loss(
        np.array([probability]), np.array([lgd]), np.array([maturity]), correlation, confidence
    )
    assert 12.5 * 100 * capital[0] == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


def test_basel_s_correlation_and_maturity_adjustment_at_their_ends():
    assert corporate_correlation(np.array([0.0, 1.0])) == pytest.approx([0.24, 0.12], abs=1e-15)
    assert maturity_adjustment(np.array([0.001, 0.2]), np.array([1.0, 1.0])) == pytest.approx(
        [1, 1], rel=1e-14
    )
    # The PD in the adjustment has a floor of 3 bp.
    floored, at_floor = maturity_adjustment(np.array([0.0, 0.0003]), np.array([2.5, 2.5]))
    assert floored == at_floor


@given(st.floats(0, 1), LGDS, st.floats(0, 10))
def test_capital_is_a_share_of_the_loss_and_maturities_count_from_one_to_five_years(p, lgd, maturity):
    one, held, five = (
        unexpected_loss(np.array([p]), np.array([lgd]), np.array([m]), None, 0.999)[0]
        for m in (0.5, maturity, 7.0)
    )
    assert 0 <= one <= held <= five
    assert unexpected_loss(np.array([p]), np.array([lgd]), np.array([1.0]), None, 0.999)[0] == one
    assert one <= lgd * (1 - p) + 1e-12


@given(HAZARDS, LGDS, RATES, st.sampled_from([1, 4, 12]), st.integers(1, 40), st.floats(1, 1e9))
def test_a_flat_hazard_has_a_closed_form_whatever_the_rate(hazard, lgd, rate, periods, count, exposure):
    times = np.arange(1, count + 1) / periods
    # Each period loses LGD (1 - q) and earns on (1 + q) / 2, with q its survival: their ratio is a tanh.
    expected = 1e4 * lgd * 2 * periods * tanh(hazard / periods / 2)
    spread = fair_spread(defaulted(hazard, times), lgd, exposure, times, rate)
    assert spread == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.001, 0.2), LGDS)
def test_on_a_fine_grid_the_spread_is_hazard_times_lgd(hazard, lgd):
    days = np.arange(1, 731) / 365
    assert fair_spread(defaulted(hazard, days), lgd, 100.0, days, 0.05) == pytest.approx(
        1e4 * hazard * lgd, rel=1e-6
    )


@given(HAZARDS, st.floats(1.01, 3), st.floats(0.01, 0.5), RATES, st.floats(0, 0.3))
def test_the_spread_rises_with_lgd_and_with_hazard(hazard, more, lgd, rate, hurdle):
    times = np.arange(1, 9) / 4
    base = fair_spread(defaulted(hazard, times), lgd, 100.0, times, rate, hurdle)
    assert fair_spread(defaulted(hazard, times), min(lgd * more, 1.0), 100.0, times, rate, hurdle) > base
    without = fair_spread(defaulted(hazard, times), lgd, 100.0, times, rate)
    assert fair_spread(defaulted(hazard * more, times), lgd, 100.0, times, rate) > without


def test_two_periods_by_hand():
    # Lost: 100 x 0.02 x 0.6 / 1.04 and 60 x 0.03 x 0.6 / 1.04^2; alive on average: 0.99 and 0.965.
    lost = 1.2 / 1.04 + 1.08 / 1.04**2
    alive = 99 / 1.04 + 57.9 / 1.04**2
    assert fair_spread(**LOAN) == pytest.approx(1e4 * lost / alive, rel=1e-13)
    assert fair_spread(**LOAN, liquidity_premium=0.005) == pytest.approx(1e4 * lost / alive + 50, rel=1e-13)


def test_one_year_of_basel_capital_by_hand():
    # The capital of 1 % PD, LGD 45 %, at the correlation and one-year maturity of the formula.
    capital = float(unexpected_loss(np.array([0.01]), np.array([0.45]), np.array([1.0]), None, 0.999)[0])
    spread = fair_spread(0.01, 0.45, 100, 1, 0.05, hurdle=0.12)
    assert spread == pytest.approx(1e4 * (0.0045 / 0.995 + 0.12 * capital), rel=1e-12)


def test_capital_of_each_period_takes_its_annual_pd_and_the_life_that_remains():
    # Half-years with a hazard of 2 % have an annual PD of 1 - exp(-0.02); 4, 3.5 and 3 ... years remain.
    times = np.arange(1, 9) / 2
    annual, remaining = np.full(8, 1 - exp(-0.02)), 4.5 - times
    capital = unexpected_loss(annual, np.full(8, 0.4), remaining, None, 0.999)
    survival = np.exp(-0.02 * np.append(0.0, times))
    weight = (survival[1:] + survival[:-1]) / 2 * 0.5 * 1.05**-times
    expected = 1e4 * 0.1 * (capital * weight).sum() / weight.sum()
    args = (defaulted(0.02, times), 0.4, 100, times, 0.05)
    assert fair_spread(*args, hurdle=0.1) - fair_spread(*args) == pytest.approx(expected, rel=1e-9)


@given(st.floats(0.001, 0.5), st.floats(0.01, 0.5), st.floats(0.0, 0.5))
def test_capital_is_paid_at_the_hurdle_in_proportion(hazard, hurdle, correlation):
    times = [1.0, 2.0, 3.5]
    args = (defaulted(hazard, times), 0.4, [100, 80, 30], times, 0.05)
    none, once, twice = (fair_spread(*args, h, correlation) for h in (0.0, hurdle, 2 * hurdle))
    assert twice - once == pytest.approx(once - none, rel=1e-6, abs=1e-6)
    assert once >= none


def test_capital_survives_a_certain_default():
    assert fair_spread([0.5, 1.0, 1.0], 0.5, 100, [1, 2, 3], 0.0, hurdle=0.1) > 0


def test_a_loan_that_cannot_default_costs_its_liquidity_alone():
    assert fair_spread([0.0, 0.0], 0.6, 100.0, [1, 2], 0.04, 0.1, liquidity_premium=0.01) == pytest.approx(
        100.0
    )


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cumulative_pds": [0.02, 1.2]}, OutOfRange, "^cumulative_pds must be between"),
        ({"cumulative_pds": [0.05, 0.02]}, OutOfRange, "^cumulative_pds must never fall"),
        ({"lgds": 1.1}, OutOfRange, "^lgds must"),
        ({"exposures": -1}, OutOfRange, "^exposures must"),
        ({"times": [2.0, 1.0]}, OutOfRange, "^times must rise"),
        ({"times": [0.0, 1.0]}, OutOfRange, "^times must rise"),
        ({"times": [1.0, np.nan]}, OutOfRange, "^times must be a finite"),
        ({"rate": -1}, OutOfRange, "^rate must"),
        ({"hurdle": -0.1}, OutOfRange, "^hurdle must"),
        ({"correlation": 1.1}, OutOfRange, "^correlation must"),
        ({"correlation": 1.0, "hurdle": 0.1}, OutOfRange, "^correlation must be below 1"),
        ({"confidence": 1.0}, OutOfRange, "^confidence must"),
        ({"liquidity_premium": np.inf}, OutOfRange, "^liquidity_premium must"),
        ({"exposures": 0}, NothingToDivideBy, "^no exposure is alive"),
        ({"cumulative_pds": [0.1]}, InvalidValue, "cumulative_pds has 1, times has 2"),
        ({"lgds": [0.1, 0.2, 0.3]}, InvalidValue, "lgds has 3"),
    ],
)
def test_a_fair_spread_refuses(change, error, says):
    with pytest.raises(error, match=says):
        fair_spread(**(LOAN | change))


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=5), st.floats(-1e4, 1e4))
def test_the_gap_and_the_fair_spread_add_up_to_the_quoted_one(quoted, fair):
    assert spread_gap(quoted, fair) + fair == pytest.approx(quoted, abs=1e-9)
    assert spread_gap(fair, quoted).tolist() == (-spread_gap(quoted, fair)).tolist()


def test_a_gap_refuses():
    with pytest.raises(OutOfRange, match="^quoted must"):
        spread_gap(np.nan, 1)
    with pytest.raises(OutOfRange, match=r"^fair must .* \(item 2\)"):
        spread_gap(1, [1, np.inf])
    with pytest.raises(InvalidValue, match="quoted has 2, fair has 3"):
        spread_gap([1, 2], [1, 2, 3])


def test_the_credit_triangle_is_a_limit_from_below():
    coarse, fine = (fair_spread(1 - exp(-0.02 / n), 0.6, 100, 1 / n, 0.0) for n in (1, 100))
    assert coarse < fine < 120
    assert fine == pytest.approx(120, abs=1e-4)
