import json
from csv import DictReader
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.convert import convert
from haircut.models.errors import InvalidValue, OutOfRange

PRICES = Path(__file__).parents[1] / "published" / "bond_prices.csv"
YEARS = st.floats(0.01, 40)
YIELDS = st.floats(-0.05, 0.5)
COUPONS = st.floats(0, 0.2)


def coupon_by_coupon(years, coupon, rate):
    """The price without accrued interest, each payment discounted by itself."""
    time, value = years, 100 * (1 + rate / 2) ** (-2 * years)
    while time > 1e-9:
        value += 100 * coupon / 2 * (1 + rate / 2) ** (-2 * time)
        time -= 0.5
    return value - 100 * coupon / 2 * -time * 2


def floor(*args, **kwargs):
    return float(convert(20, 50, *args, **kwargs)["bond floor"][0])


@given(YEARS, YIELDS, COUPONS)
def test_the_floor_is_the_price_coupon_by_coupon(years, rate, coupon):
    assert floor(years, rate, coupon) == pytest.approx(
        coupon_by_coupon(years, coupon, rate), rel=1e-9, abs=1e-6
    )


@pytest.mark.parametrize(
    "row",
    [r for r in DictReader(PRICES.read_text(encoding="utf-8").splitlines()) if r["function"] == "HC_CONVERT"],
    ids=lambda row: row["id"],
)
def test_published_prices_coupon_by_coupon(row):
    _, _, years, rate, coupon = json.loads(row["arguments"])
    assert coupon_by_coupon(years, coupon, rate) == pytest.approx(
        float(row["expected"]), abs=float(row["tolerance"])
    )


@given(st.integers(1, 80), st.floats(0, 0.3))
def test_at_its_own_coupon_a_bond_is_worth_par(halves, rate):
    assert floor(halves / 2, rate, rate) == pytest.approx(100, rel=1e-12)


@given(YEARS, YEARS, YIELDS, COUPONS)
def test_a_put_is_worth_something_or_nothing_but_never_less(years, put, rate, coupon):
    with_put = floor(years, rate, coupon, put)
    without = floor(years, rate, coupon)
    assert with_put >= without
    if put >= years:
        assert with_put == without
    elif rate > coupon + 0.01 and years - put > 0.5:
        assert with_put > without


@given(st.floats(0.01, 1e4), st.floats(0.1, 1e4))
def test_parity_is_the_share_price_over_the_conversion_price(price, ratio):
    note = convert(price, ratio, 5, 0.1)
    assert note["parity"][0] == pytest.approx(100 * price / note["conversion price"][0], rel=1e-12)


def test_a_note_is_busted_below_the_limit_and_put_below_par():
    notes = convert([2, 10, 10.1, 19.9, 20, 30], 50, 5, 0.1, put_time=2)
    assert notes["parity"] == pytest.approx([10, 50, 50.5, 99.5, 100, 150])
    assert notes["busted"].tolist() == [True, False, False, False, False, False]
    assert notes["effective maturity"].tolist() == [2, 2, 2, 2, 5, 5]
    assert convert(10, 50, 5, 0.1, busted_below=60)["busted"].tolist() == [True]
    assert convert(10, 50, 5, 0.1)["effective maturity"].tolist() == [5]


@given(st.floats(0.01, 1000))
def test_at_the_conversion_price_parity_is_par_whatever_the_rounding(ratio):
    note = convert(1000 / ratio, ratio, 5, 0.1, put_time=2, busted_below=100)
    assert note["effective maturity"].tolist() == [5]
    assert note["busted"].tolist() == [False]


def test_a_put_of_today_is_worth_par():
    assert floor(5, 0.2, 0.03, 0) == 100


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"share_price": -1}, OutOfRange, "^share_price must"),
        ({"ratio": 0}, OutOfRange, "^ratio must"),
        ({"maturity": 0}, OutOfRange, "^maturity must"),
        ({"straight_yield": -1}, OutOfRange, "^straight_yield must"),
        ({"straight_yield": inf}, OutOfRange, "^straight_yield must"),
        ({"coupon": -0.01}, OutOfRange, "^coupon must"),
        ({"put_time": -1}, OutOfRange, "^put_time must"),
        ({"busted_below": -1}, OutOfRange, "^busted_below must"),
        ({"share_price": [1, 2], "ratio": [1, 2, 3]}, InvalidValue, "share_price has 2, ratio has 3"),
    ],
)
def test_a_convert_refuses(change, error, says):
    with pytest.raises(error, match=says):
        convert(**({"share_price": 20, "ratio": 50, "maturity": 5, "straight_yield": 0.1} | change))
