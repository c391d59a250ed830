import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.rent import gpu_revenue, rent_curve

DECLINES = st.floats(-0.9, 0.95)
SHARES = st.floats(0, 1)
TIMES = st.lists(st.floats(0, 20), min_size=1, max_size=12)
SHOCKS = st.lists(st.tuples(st.floats(0, 20), SHARES), max_size=4)

CURVE = {"rent": 2.0, "annual_decline": 0.3, "times": [0, 1]}
REVENUE = {"gpus": 100.0, "utilisation": 0.8, "rents": [2.0, 1.5]}


@given(st.floats(0, 100), DECLINES, TIMES, SHOCKS, st.floats(0, 5))
def test_the_curve_is_the_formula_time_by_time(rent, decline, times, shocks, floor):
    when, drops = [shock[0] for shock in shocks], [shock[1] for shock in shocks]
    expected = []
    for t in times:
        left = rent * (1 - decline) ** t
        for shock, drop in shocks:
            left *= 1 - drop if shock <= t else 1
        expected.append(max(floor, left))
    assert rent_curve(rent, decline, times, when, drops, floor) == pytest.approx(
        expected, rel=1e-12, abs=1e-12
    )


@given(DECLINES.filter(lambda d: d >= 0), TIMES, SHOCKS)
def test_a_falling_rent_never_rises_with_time(decline, times, shocks):
    ordered = sorted(times)
    curve = rent_curve(3.0, decline, ordered, [s[0] for s in shocks], [s[1] for s in shocks])
    assert (np.diff(curve) <= 0).all()


def test_rent_may_rise_and_may_stand_still():
    assert rent_curve(2.0, -0.5, [0, 1, 2]).tolist() == [2.0, 3.0, 4.5]
    assert rent_curve(2.0, 0.0, [0, 7.3]).tolist() == [2.0, 2.0]


def test_a_shock_falls_at_its_time_and_two_shocks_multiply():
    curve = rent_curve(8.0, 0.0, [0.999, 1.0, 2.0, 3.0], [1.0, 2.0], [0.5, 0.25])
    assert curve.tolist() == [8.0, 4.0, 3.0, 3.0]


def test_the_floor_holds():
    assert rent_curve(2.0, 0.5, [0, 1, 2, 3], floor=0.75).tolist() == [2.0, 1.0, 0.75, 0.75]


def test_one_time_is_a_vector_of_one():
    assert rent_curve(2.0, 0.5, 1).tolist() == [1.0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"rent": -1}, OutOfRange, "^rent must"),
        ({"floor": -1}, OutOfRange, "^floor must"),
        ({"annual_decline": 1}, OutOfRange, "^annual_decline must"),
        ({"shock_times": [1], "shock_drops": [1.2]}, OutOfRange, "^shock_drops must"),
        ({"shock_times": [1], "shock_drops": [-0.1]}, OutOfRange, "^shock_drops must"),
        ({"shock_times": [1, 2], "shock_drops": [0.1]}, InvalidValue, "shock_times has 2, shock_drops has 1"),
        ({"shock_times": [np.nan], "shock_drops": [0.1]}, OutOfRange, "^shock_times must"),
        ({"times": [np.nan]}, OutOfRange, "^times must"),
        ({"times": []}, InvalidValue, "^times must"),
    ],
)
def test_the_curve_refuses(change, error, says):
    with pytest.raises(error, match=says):
        rent_curve(**(CURVE | change))


@given(st.floats(0, 1e6), SHARES, SHARES, SHARES, st.floats(0, 50), st.floats(0, 50))
def test_a_mixed_fleet_earns_the_mix_of_a_merchant_and_a_contracted_one(n, u, w, a, rent, contract):
    merchant = gpu_revenue(n, u, rent, contract, 0.0, a)
    contracted = gpu_revenue(n, u, rent, contract, 1.0, a)
    mixed = gpu_revenue(n, u, rent, contract, w, a)
    assert mixed == pytest.approx(w * contracted + (1 - w) * merchant, rel=1e-12, abs=1e-9)


@given(st.integers(1, 365))
def test_the_periods_of_a_year_add_up_to_a_year(periods):
    revenue = gpu_revenue(10, 0.7, [2.0] * periods, 3.0, 0.25, 0.9, periods)
    assert revenue.sum() == pytest.approx(10 * 8760 * 0.9 * (0.25 * 3.0 + 0.75 * 0.7 * 2.0), rel=1e-12)


def test_take_or_pay_is_paid_whether_used_or_not():
    assert gpu_revenue(1, 0.0, 5.0, 2.0, 1.0, periods=1).tolist() == [17520.0]


def test_one_share_serves_for_every_period():
    assert gpu_revenue(1, 1, [1.0, 2.0], 0.0, 0.5, 1, 1).tolist() == [4380.0, 8760.0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"gpus": -1}, OutOfRange, "^gpus must"),
        ({"rents": [2.0, -1.0]}, OutOfRange, r"^rents must .* \(item 2\)"),
        ({"contract_rent": -1}, OutOfRange, "^contract_rent must"),
        ({"utilisation": 1.01}, OutOfRange, "^utilisation must"),
        ({"contracted_share": 2}, OutOfRange, "^contracted_share must"),
        ({"availability": -0.1}, OutOfRange, "^availability must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
        ({"contracted_share": [0, 1, 1]}, InvalidValue, "rents has 2, contracted_share has 3"),
    ],
)
def test_revenue_refuses(change, error, says):
    with pytest.raises(error, match=says):
        gpu_revenue(**(REVENUE | change))
