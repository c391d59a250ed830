from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.borrowing_base import availability, borrowing_base, equipment_base
from haircut.models.errors import InvalidValue, OutOfRange

SHARES = st.floats(0, 1)
ITEMS = st.lists(st.tuples(st.floats(0, 1e6), SHARES, SHARES, SHARES), min_size=1, max_size=10)
CENTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=10)


def largest_fixed_point(amounts, limits):
    """The largest E with E = sum min(e, l E) in exact fractions, tried on every piece and every kink."""
    kinks = sorted(
        {e / limit for e, limit in zip(amounts, limits, strict=True) if limit > 0} | {sum(amounts)}
    )
    tried = [Fraction(0), *kinks]
    for kink in kinks:
        cut = [e >= limit * kink for e, limit in zip(amounts, limits, strict=True)]
        room = 1 - sum(limit for limit, is_cut in zip(limits, cut, strict=True) if is_cut)
        if room > 0:
            tried.append(sum(e for e, is_cut in zip(amounts, cut, strict=True) if not is_cut) / room)
    pairs = list(zip(amounts, limits, strict=True))
    return max(E for E in tried if sum(min(e, limit * E) for e, limit in pairs) == E)


def base_of(items, **more):
    values, advances, eligible, limits = np.array(items).T
    return borrowing_base(values, advances, eligible, limits, **more)


@given(ITEMS, st.floats(0, 1e5), st.sampled_from(["gross", "net"]))
def test_a_base_is_never_more_than_eligible_collateral(items, reserves, denominator):
    eligible = sum(value * part for value, _, part, _ in items)
    base = base_of(items, reserves=reserves, denominator=denominator)
    assert 0 <= base <= max(eligible - reserves, 0) * (1 + 1e-12) + 1e-9
    assert base <= base_of(items, denominator=denominator)


@given(ITEMS)
def test_gross_is_the_sum_by_hand(items):
    eligible = sum(value * part for value, _, part, _ in items)
    by_hand = sum(rate * min(value * part, cap * eligible) for value, rate, part, cap in items)
    assert base_of(items) == pytest.approx(by_hand, rel=1e-9, abs=1e-9)


@given(ITEMS)
def test_limits_on_what_is_left_cut_at_least_as_much(items):
    assert base_of(items, denominator="net") <= base_of(items) * (1 + 1e-12)


@given(CENTS)
def test_net_is_the_largest_fixed_point(items):
    amounts, limits = zip(*((Fraction(e), Fraction(cap, 20)) for e, cap in items), strict=True)
    exact = largest_fixed_point(amounts, limits)
    base = borrowing_base(
        [float(e) for e in amounts], 1.0, 1.0, [float(cap) for cap in limits], denominator="net"
    )
    assert base == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


@given(ITEMS)
def test_net_is_where_cutting_again_and_again_ends(items):
    values, _, eligible, limits = np.array(items).T
    collateral = values * eligible
    total, base = collateral.sum(), base_of([(v, 1.0, p, c) for v, _, p, c in items], denominator="net")
    for _ in range(200):
        total = np.minimum(collateral, limits * total).sum()
        assert base <= total * (1 + 1e-9) + 1e-9
    assert base == pytest.approx(np.minimum(collateral, limits * base).sum(), rel=1e-9, abs=1e-9)


@given(ITEMS)
def test_a_limit_of_one_is_no_limit(items):
    values, advances, eligible, _ = np.array(items).T
    free = (advances * values * eligible).sum()
    for denominator in ("gross", "net"):
        base = borrowing_base(values, advances, eligible, 1.0, denominator=denominator)
        assert base == pytest.approx(free, rel=1e-9, abs=1e-9)


def test_concentrations_by_hand():
    # 40 of 100 at a limit of 25 %: 25 count; of the net pool, 20 of 80.
    assert borrowing_base([40, 60], 1.0, 1.0, [0.25, 1.0]) == 85.0
    assert borrowing_base([40, 60], 1.0, 1.0, [0.25, 1.0], denominator="NET") == pytest.approx(80.0)
    # Ten obligors at 10 % each, one of them smaller: all shrink to the smallest, exactly at its limit.
    ten = [50.0] * 9 + [20.0]
    assert borrowing_base(ten, 1.0, 1.0, 0.1, denominator="net") == pytest.approx(200.0)
    # Five at 15 % can never make up the whole: nothing counts.
    assert borrowing_base([10.0] * 5, 1.0, 1.0, 0.15, denominator="net") == 0.0
    assert borrowing_base([10.0] * 5, 1.0, 1.0, 0.15) == 37.5
    assert borrowing_base(0.0, 1.0) == 0.0
    assert borrowing_base(100, 0.5, reserves=60) == 0.0


@pytest.mark.parametrize("count", [3, 7, 30, 100, 1000])
def test_limits_that_add_up_to_one_hold_however_many(count):
    amounts = np.arange(1.0, count + 1)
    base = borrowing_base(amounts, 1.0, 1.0, 1 / count, denominator="net")
    assert base == pytest.approx(count, rel=1e-6)


BASE = {"values": [100.0, 50.0], "advance_rates": [0.8, 0.5]}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"values": [1, -1]}, OutOfRange, "^values must"),
        ({"advance_rates": 1.1}, OutOfRange, "^advance_rates must"),
        ({"eligible": -0.1}, OutOfRange, "^eligible must"),
        ({"concentration_limits": 1.1}, OutOfRange, "^concentration_limits must"),
        ({"reserves": -1}, OutOfRange, "^reserves must"),
        ({"denominator": "both"}, InvalidValue, '^denominator must be gross or net, but is "both"'),
        ({"eligible": [1, 1, 1]}, InvalidValue, "eligible has 3"),
    ],
)
def test_a_base_refuses(change, error, says):
    with pytest.raises(error, match=says):
        borrowing_base(**(BASE | change))


@given(st.floats(0, 1e9), st.floats(0, 1e9), SHARES, SHARES)
def test_equipment_is_the_lower_of_the_two_advances(nolv, cost, on_nolv, on_cost):
    base = equipment_base(nolv, cost, on_nolv, on_cost)[0]
    assert base <= min(nolv, cost)
    assert base in (nolv * on_nolv, cost * on_cost)
    assert base == min(nolv * on_nolv, cost * on_cost)


@pytest.mark.parametrize("name", ["nolv", "cost", "advance_on_nolv", "advance_on_cost"])
def test_equipment_refuses(name):
    given_ = {"nolv": [1.0, 1.0], "cost": 1.0, "advance_on_nolv": 0.5, "advance_on_cost": 0.5}
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        equipment_base(**(given_ | {name: -1.0}))
    with pytest.raises(InvalidValue, match="nolv has 2, cost has 3"):
        equipment_base([1, 2], [1, 2, 3], 0.5, 0.5)


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_drawing_what_is_available_stays_within_line_and_base(commitment, drawn, base):
    left = availability(commitment, drawn, base)[0]
    assert left >= 0
    if left > 0:
        assert drawn + left == pytest.approx(min(commitment, base), rel=1e-12)
    else:
        assert drawn >= min(commitment, base)


@pytest.mark.parametrize("name", ["commitment", "drawn", "borrowing_base"])
def test_availability_refuses(name):
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        availability(**({"commitment": 1.0, "drawn": 1.0, "borrowing_base": 1.0} | {name: -1.0}))
    with pytest.raises(InvalidValue, match="commitment has 2, drawn has 3"):
        availability([1, 2], [1, 2, 3], 1)
