import json
from csv import DictReader
from fractions import Fraction
from math import exp, log, log1p
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from haircut.models.debt import debt_schedule
from haircut.models.duration import (
    balloon_on_scrap,
    duration_gap,
    macaulay,
    modified_duration,
    rent_duration,
    wal,
)
from haircut.models.errors import InvalidValue, NotApplicable, NothingToDivideBy, OutOfRange

PUBLISHED = Path(__file__).parents[1] / "published"
FILES = ("excel_duration", "hull_duration", "bodie_kane_marcus", "fabozzi", "worked_durations")
ROWS = [
    row
    for name in FILES
    for row in DictReader((PUBLISHED / f"{name}.csv").read_text(encoding="utf-8").splitlines())
]

TIMES = st.lists(st.floats(0, 30), min_size=1, max_size=12)
YIELDS = st.floats(-0.2, 1)
COMPOUNDINGS = st.sampled_from([0, 1, 2, 4, 12])


@st.composite
def positive_flows(draw):
    times = draw(TIMES)
    return draw(st.lists(st.floats(0.01, 1e6), min_size=len(times), max_size=len(times))), times


def closed_form_duration(payment, more, count, rate):
    """Macaulay duration in periods of so many equal payments, and more with the last: two annuities."""
    last = (1 + rate) ** -count
    annuity = (1 - last) / rate
    rising = (annuity * (1 + rate) - count * last) / rate
    return (payment * rising + more * count * last) / (payment * annuity + more * last)


def in_fractions(flows, times, rate, frequency):
    """Macaulay duration, flow by flow, without a rounding."""
    discount = 1 / (1 + Fraction(str(rate)) / frequency)
    values = [
        Fraction(flow) * discount ** round(time * frequency) for flow, time in zip(flows, times, strict=True)
    ]
    return float(sum(value * Fraction(time) for value, time in zip(values, times, strict=True)) / sum(values))


def value(flows, times, rate, compounding):
    per_year = np.exp(rate) if compounding == 0 else (1 + rate / compounding) ** compounding
    return float(np.sum(np.asarray(flows) * per_year ** -np.asarray(times)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_published_duration_by_a_second_route(row):
    flows, times, rate, frequency = [*json.loads(row["arguments"]), 1][:4]
    flows, times = (np.atleast_1d(np.asarray(values, float)) for values in (flows, times))
    wanted, tolerance = float(row["expected"]), float(row["tolerance"])
    if frequency == 0:
        years = np.sum(times * flows * np.exp(-rate * times)) / np.sum(flows * np.exp(-rate * times))
    elif len(flows) == 1:
        years = times[0]
    else:
        more = flows[-1] - flows[0]
        years = closed_form_duration(flows[0], more, len(flows), rate / frequency) / frequency
        assert in_fractions(flows, times, rate, frequency) == pytest.approx(years, rel=1e-9)
    if row["function"] == "HC_MODIFIED_DURATION":
        years /= 1 + rate / frequency
    assert years == pytest.approx(wanted, rel=0, abs=tolerance)


def test_the_constructed_duration_of_a_falling_rent_by_quadrature():
    row = next(DictReader((PUBLISHED / "rent_durations.csv").read_text(encoding="utf-8").splitlines()))
    decline, discount, life = json.loads(row["arguments"])

    def dollars(t):
        return (1 - decline) ** t * (1 + discount) ** -t

    weighted = quad(lambda t: t * dollars(t), 0, life, epsabs=1e-13)[0]
    assert weighted / quad(dollars, 0, life, epsabs=1e-13)[0] == pytest.approx(
        float(row["expected"]), abs=1e-9
    )


@given(positive_flows(), YIELDS, COMPOUNDINGS)
def test_a_duration_lies_among_the_times(bond, rate, compounding):
    flows, times = bond
    years = macaulay(flows, times, rate, compounding)
    assert min(times) - 1e-9 <= years <= max(times) + 1e-9


@given(positive_flows(), st.floats(-0.1, 0.5), COMPOUNDINGS)
def test_modified_duration_is_the_slope_of_the_value(bond, rate, compounding):
    flows, times = bond
    step = 1e-5
    up, down = (value(flows, times, rate + move, compounding) for move in (step, -step))
    slope = (down - up) / (2 * step) / value(flows, times, rate, compounding)
    assert modified_duration(flows, times, rate, compounding) == pytest.approx(slope, rel=1e-5, abs=1e-5)


@given(positive_flows(), st.floats(-0.2, 0.5))
def test_continuous_compounding_is_the_annual_yield_of_the_same_growth(bond, rate):
    assert macaulay(*bond, rate, 0) == pytest.approx(macaulay(*bond, np.expm1(rate)), rel=1e-9, abs=1e-9)
    assert modified_duration(*bond, rate, 0) == macaulay(*bond, rate, 0)


@given(positive_flows(), YIELDS, st.floats(1e-200, 1e200))
def test_the_size_of_the_flows_does_not_count_nor_does_their_sign(bond, rate, scale):
    flows, times = np.array(bond[0]), bond[1]
    years = macaulay(flows, times, rate)
    assert macaulay(-scale * flows, times, rate) == pytest.approx(years, rel=1e-9, abs=1e-9)


@given(positive_flows())
def test_at_a_yield_of_zero_duration_is_the_average_life(bond):
    assert macaulay(*bond, 0) == pytest.approx(wal(*bond), rel=1e-12, abs=1e-12)


@given(st.floats(0.001, 0.2), st.integers(1, 120), st.sampled_from(["annuity", "straight", "bullet"]))
def test_the_average_life_is_the_area_under_the_balance(rate, count, style):
    table = debt_schedule(100, rate, count, style, periods=4)
    times = np.arange(1, count + 1) / 4
    assert wal(table["principal"], times) == pytest.approx(table["opening"].sum() / 4 / 100, rel=1e-9)


def test_average_lives_in_closed_form():
    # Straight-line principal: (n + 1) / 2 periods; a debt that grows before it is repaid lasts longer.
    assert wal(25, [1, 2, 3, 4]) == 2.5
    assert wal([-10, 110], [1, 2]) == pytest.approx(2.1)


@pytest.mark.parametrize("function", [macaulay, modified_duration])
@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cash_flows": [1, np.inf]}, OutOfRange, "^cash_flows must"),
        ({"times": [-1, 2]}, OutOfRange, "^times must"),
        ({"yield_rate": np.nan}, OutOfRange, "^yield_rate must"),
        ({"yield_rate": -1}, OutOfRange, "^yield_rate must be above -1"),
        ({"yield_rate": -2, "compounding": 2}, OutOfRange, "^yield_rate must be above -2"),
        ({"compounding": -1}, OutOfRange, "^compounding must"),
        ({"cash_flows": [0, 0]}, NothingToDivideBy, "^cash_flows are all 0"),
        ({"cash_flows": [-100, 110], "yield_rate": 0.1}, NothingToDivideBy, "^cash_flows have a present"),
        ({"times": [1, 2, 3]}, InvalidValue, "cash_flows has 2, times has 3"),
    ],
)
def test_a_duration_refuses(function, change, error, says):
    with pytest.raises(error, match=says):
        function(**({"cash_flows": [10, 110], "times": [1, 2], "yield_rate": 0.1} | change))


@pytest.mark.parametrize(
    ("principal", "times", "error", "says"),
    [
        ([1, np.nan], [1, 2], OutOfRange, "^principal must"),
        ([1, 2], [-1, 2], OutOfRange, "^times must"),
        ([0, 0], [1, 2], NothingToDivideBy, "^principal adds up to 0"),
        ([0.1, 0.2, -0.3], [1, 2, 3], NothingToDivideBy, "^principal adds up to 0"),
        ([1, 2], [1, 2, 3], InvalidValue, "principal has 2, times has 3"),
    ],
)
def test_an_average_life_refuses(principal, times, error, says):
    with pytest.raises(error, match=says):
        wal(principal, times)


@given(st.floats(-2, 0.95), st.floats(-0.5, 1), st.floats(0.01, 30))
def test_a_rent_duration_is_that_of_the_rent_cut_into_slices(decline, discount, life):
    k = log1p(discount) - log1p(-decline)
    edges = np.linspace(0, life, 2001)
    middle = (edges[1:] + edges[:-1]) / 2
    weights = np.exp(-k * middle - max(0.0, -k * life))
    assert rent_duration(decline, discount, life) == pytest.approx(
        np.sum(middle * weights) / weights.sum(), rel=1e-3
    )


@given(st.floats(0.09, 0.11), st.floats(0.1, 20))
def test_series_and_closed_form_meet(x, life):
    k = x / life
    plain = 1 / k - life * exp(-x) / (1 - exp(-x))
    assert rent_duration(1 - exp(-k), 0, life) == pytest.approx(plain, rel=1e-9)


@given(st.floats(-1, 0.9), st.floats(0.1, 20))
def test_a_rising_rent_mirrors_a_falling_one(decline, life):
    rise = 1 - 1 / (1 - decline)
    both = rent_duration(decline, 0, life) + rent_duration(rise, 0, life)
    assert both == pytest.approx(life, rel=1e-12)


def test_rent_durations_at_their_limits():
    assert rent_duration(0, 0, 8) == 4
    assert rent_duration(0.5, -0.5, 8) == pytest.approx(4, rel=1e-15)
    assert rent_duration(1e-12, 0, 8) == pytest.approx(4, rel=1e-11)
    # A rent without end: 1/k.
    assert rent_duration(0.5, 0, 1e6) == pytest.approx(1 / log(2), rel=1e-15)
    assert rent_duration(-1, 0, 1e6) == pytest.approx(1e6 - 1 / log(2), rel=1e-15)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"annual_decline": 1}, "^annual_decline must"),
        ({"discount_rate": -1}, "^discount_rate must"),
        ({"life": 0}, "^life must"),
    ],
)
def test_a_rent_duration_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        rent_duration(**({"annual_decline": 0.3, "discount_rate": 0.1, "life": 5} | change))


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 90))
def test_the_gap_is_what_equity_loses_when_yields_rise(assets_years, debt_years, debt):
    # Zero-coupon assets and debt, continuous yields: equity moves by -gap x assets x dy.
    dy = 1e-6
    moved = 100 * exp(-assets_years * dy) - debt * exp(-debt_years * dy) - (100 - debt)
    gap = duration_gap(assets_years, debt_years, debt, 100)
    assert moved == pytest.approx(-gap * 100 * dy, abs=1e-8)


def test_saunders_and_cornett_s_bank_loses_2_09_of_its_equity():
    assert -duration_gap(5, 3, 90, 100) * 100 * 0.01 / 1.1 == pytest.approx(-2.09, abs=0.005)


@pytest.mark.parametrize("name", ["asset_duration", "debt_duration", "debt", "assets"])
def test_a_gap_refuses_a_negative(name):
    good = {"asset_duration": 1.0, "debt_duration": 4.0, "debt": 75.0, "assets": 100.0}
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        duration_gap(**(good | {name: -1.0}))


def test_a_gap_needs_assets():
    with pytest.raises(NothingToDivideBy, match="^assets are worth 0"):
        duration_gap(1, 2, 3, 0)


def test_a_balloon_is_the_balance_after_the_last_payment_before_scrap():
    balances, times = [100, 80, 60, 0], [0, 1, 2, 3]
    for life, left in ((0, 100), (0.99, 100), (1, 80), (2.999, 60), (3, 0), (50, 0)):
        assert balloon_on_scrap(balances, times, life) == left
    # A life that misses a payment date by a rounding alone does not miss it.
    assert balloon_on_scrap([100, 0], [0, 0.3], 0.1 * 3) == 0
    assert balloon_on_scrap([100, 0], [0, 0.1 * 3], 0.3) == 0


@given(st.floats(0, 40), st.floats(0, 40))
def test_a_longer_life_leaves_no_more_debt(life, more):
    table = debt_schedule(100, 0.08, 40, "annuity")
    balances, times = [100, *table["closing"]], np.arange(41) / 4
    assert balloon_on_scrap(balances, times, life + more) <= balloon_on_scrap(balances, times, life)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"balances": [100, -1]}, OutOfRange, "^balances must"),
        ({"times": [-1, 1]}, OutOfRange, "^times must be at least 0"),
        ({"times": [1, 1]}, OutOfRange, "^times must rise from item to item, but item 2"),
        ({"economic_life": -1}, OutOfRange, "^economic_life must"),
        ({"times": [1, 2], "economic_life": 0.5}, NotApplicable, "^economic_life ends before"),
        ({"times": [1, 2, 3]}, InvalidValue, "balances has 2, times has 3"),
    ],
)
def test_a_balloon_refuses(change, error, says):
    with pytest.raises(error, match=says):
        balloon_on_scrap(**({"balances": [100, 50], "times": [0, 1], "economic_life": 0.5} | change))
