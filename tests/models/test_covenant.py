from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.collateral import ltv
from haircut.models.covenant import break_rent, break_value, cash_trap, shortfall
from haircut.models.coverage import dscr
from haircut.models.errors import InvalidValue, OutOfRange

MONEY = st.floats(0, 1e9)
SUMS = st.floats(1, 1e9)
LIMITS = st.floats(0.1, 2)


@given(MONEY, SUMS, LIMITS)
def test_repaying_the_shortfall_brings_ltv_to_the_limit_and_no_further(debt, value, limit):
    short = shortfall(debt, value, limit)[0]
    if short > 0:
        assert debt - short == pytest.approx(limit * value, abs=1e-12 * debt)
    else:
        assert ltv(debt, value)[0] <= limit * (1 + 1e-14)


def test_shortfalls_by_hand_and_at_fifteen_digits():
    assert shortfall([80, 60, 5], [100, 100, 0], 0.7).tolist() == pytest.approx([10, 0, 5])
    # 0.1 + 0.2 is above 0.3 in the last bit alone.
    assert shortfall(0.1 + 0.2, 0.3, 1).tolist() == [0.0]
    assert shortfall(0.3 * (1 + 1e-13), 0.3, 1)[0] > 0


def test_cash_is_trapped_by_either_test_and_not_at_its_level():
    assert cash_trap([0.75, 0.76], [1.2, 1.2], 0.75, 1.2).tolist() == [False, True]
    assert cash_trap(0.5, [1.2, 1.19, -1], 0.75, 1.2).tolist() == [False, True, True]
    assert cash_trap(0.1 + 0.2, 1.1 + 2.2, 0.3, 3.3).tolist() == [False]
    assert cash_trap(0.5, 3.3, 0.75, 1.1 + 2.2).tolist() == [False]
    assert cash_trap(0.5, [0, -0.01], 0.75, 0).tolist() == [False, True]


@given(st.floats(0, 2), st.floats(-2, 5), LIMITS, st.floats(0, 3))
def test_a_trap_is_the_plain_comparison_away_from_ties(loan, cover, highest, lowest):
    if min(abs(loan - highest), abs(cover - lowest)) > 1e-9:
        assert cash_trap(loan, cover, highest, lowest).tolist() == [loan > highest or cover < lowest]


@given(SUMS, st.floats(-1e9, 1e9), SUMS, st.floats(0.5, 3), st.floats(0.05, 1))
def test_after_the_fall_the_dscr_is_at_the_covenant(revenue, other, due, covenant, moving):
    fall = break_rent(revenue, other, due, covenant, moving)[0]
    if np.isnan(fall):
        # Not even a rent of 0 breaks it.
        assert (1 - moving) * revenue + other >= covenant * due * (1 - 1e-9)
        return
    assert fall <= 1
    cash = revenue * (1 - moving * fall) + other
    assert cash == pytest.approx(covenant * due, rel=1e-9, abs=1e-9 * (revenue + abs(other)))
    safe = dscr(revenue + other, due)[0] - covenant
    if abs(safe) > 1e-9 * (revenue + abs(other)) / due:
        assert (fall > 0) == (safe > 0)


@given(SUMS, SUMS, st.floats(0.5, 3), st.floats(0.05, 0.5))
def test_the_more_is_contracted_the_further_the_rent_may_fall(revenue, due, covenant, moving):
    more, less = (break_rent(revenue, 0, due, covenant, part)[0] for part in (moving, 2 * moving))
    if less > 1e-9:
        assert np.isnan(more) or more >= less


def test_the_fall_in_rent_by_hand_and_where_there_is_none():
    assert break_rent([200, 170, 150], -50, 100, 1.2) == pytest.approx([0.15, 0, -2 / 15])
    # Half the revenue moves: it may lose 30, all of it, and no more than all of it.
    assert break_rent(200, -50, 100, 1.2, 0.5) == pytest.approx([0.3])
    assert break_rent(60, 60, 100, 0.6).tolist() == [1.0]
    assert np.isnan(break_rent(60, 61, 100, 0.6)[0])
    for missing in ({"debt_service": 0}, {"revenue": 0}, {"rent_share": 0}):
        stress = {"revenue": 200, "other_cash": -250, "debt_service": 100, "covenant": 1.2} | missing
        assert np.isnan(break_rent(**stress)[0])


@given(MONEY, SUMS, LIMITS)
def test_after_the_fall_the_ltv_is_at_the_limit(debt, value, limit):
    fall = break_value(debt, value, limit)[0]
    assert fall <= 1
    assert limit * value * (1 - fall) == pytest.approx(debt, rel=1e-9, abs=1e-9 * value)


def test_the_fall_in_value_by_hand():
    assert break_value([35, 70, 84, 0], 100, 0.7) == pytest.approx([0.5, 0, -0.2, 1])
    assert break_value([5, 0], 0, 0.7).tolist() == [-inf, -inf]
    assert break_value(60, 100, [0.8, 0.6]) == pytest.approx([0.25, 0])


@pytest.mark.parametrize("function", [shortfall, break_value])
@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"debt": -1}, OutOfRange, "^debt must"),
        ({"value": -1}, OutOfRange, "^value must"),
        ({"max_ltv": 0}, OutOfRange, "^max_ltv must"),
        ({"debt": [1, 2], "value": [1, 2, 3]}, InvalidValue, "debt has 2, value has 3"),
    ],
)
def test_an_ltv_test_refuses(function, change, error, says):
    with pytest.raises(error, match=says):
        function(**({"debt": 70, "value": 100, "max_ltv": 0.7} | change))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"ltv": -0.1}, OutOfRange, "^ltv must"),
        ({"dscr": inf}, OutOfRange, "^dscr must"),
        ({"trap_ltv": 0}, OutOfRange, "^trap_ltv must"),
        ({"lockup_dscr": -1}, OutOfRange, "^lockup_dscr must"),
        ({"ltv": [1, 2], "dscr": [1, 2, 3]}, InvalidValue, "ltv has 2, dscr has 3"),
    ],
)
def test_a_trap_refuses(change, error, says):
    with pytest.raises(error, match=says):
        cash_trap(**({"ltv": 0.7, "dscr": 1.3, "trap_ltv": 0.75, "lockup_dscr": 1.2} | change))


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"revenue": -1}, OutOfRange, "^revenue must"),
        ({"other_cash": np.nan}, OutOfRange, "^other_cash must"),
        ({"debt_service": -1}, OutOfRange, "^debt_service must"),
        ({"covenant": 0}, OutOfRange, "^covenant must"),
        ({"rent_share": 1.1}, OutOfRange, "^rent_share must"),
        ({"revenue": [1, 2], "other_cash": [1, 2, 3]}, InvalidValue, "revenue has 2, other_cash has 3"),
    ],
)
def test_a_reverse_stress_refuses(change, error, says):
    stress = {"revenue": 200, "other_cash": -50, "debt_service": 100, "covenant": 1.2}
    with pytest.raises(error, match=says):
        break_rent(**(stress | change))
