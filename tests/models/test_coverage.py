import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.coverage import dscr, dscr_min, llcr, present_value
from haircut.models.errors import InvalidValue, NotApplicable, NothingToDivideBy, OutOfRange

CASH = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12)
RATES = st.floats(0, 0.5)

LOAN = {"cfads": [110.0, 121.0], "debt": 100.0, "rate": 0.1, "periods": 1}


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0.01, 1e6)), min_size=1, max_size=12))
def test_each_ratio_times_its_debt_service_is_the_cash(pairs):
    cash, due = np.array(pairs).T
    assert dscr(cash, due) * due == pytest.approx(cash, rel=1e-12)
    assert dscr_min(cash, due) == min(c / d for c, d in pairs)


def test_without_debt_service_there_is_no_ratio_and_it_does_not_count():
    assert math.isnan(dscr(-5, 0)[0])
    assert dscr_min([130, 120, -50], [100, 100, 0]) == 1.2


def test_one_debt_service_serves_for_every_period():
    assert dscr([100, 150], 50).tolist() == [2.0, 3.0]
    assert dscr_min(75, [50, 25]) == 1.5


@pytest.mark.parametrize("ratio", [dscr, dscr_min])
def test_dscr_refuses(ratio):
    with pytest.raises(OutOfRange, match=r"^debt_service must .* \(item 2\)"):
        ratio([1, 1], [1, -1])
    with pytest.raises(OutOfRange, match="^cfads must"):
        ratio([np.inf], [1])
    with pytest.raises(InvalidValue, match="cfads has 2, debt_service has 3"):
        ratio([1, 2], [1, 2, 3])


def test_the_lowest_of_no_ratios_does_not_exist():
    with pytest.raises(NotApplicable, match="^debt_service is 0 in every period"):
        dscr_min([1, 2], [0, 0])


@given(CASH, RATES)
def test_present_value_is_horner_from_the_last_flow_back(cash, rate):
    value = 0.0
    for flow in reversed(cash):
        value = (value + flow) / (1 + rate)
    assert present_value(np.array(cash), rate) == pytest.approx(value, rel=1e-9, abs=1e-6)


@given(st.floats(1, 1e6), RATES.filter(lambda r: r > 1e-3), st.integers(1, 120))
def test_a_level_flow_has_the_annuity_s_value(flow, rate, count):
    quarterly = rate / 4
    annuity = flow * (1 - (1 + quarterly) ** -count) / quarterly
    assert llcr([flow] * count, annuity, rate) == pytest.approx(1.0, rel=1e-9)


def test_at_a_rate_of_zero_the_flows_add_up():
    assert llcr([30, 20, -10], 20, 0.0) == 2.0


@given(st.floats(0.01, 100))
def test_llcr_falls_as_debt_rises(more):
    assert llcr(**(LOAN | {"debt": 100 + more})) < llcr(**LOAN)


def test_one_flow_may_be_a_number():
    assert llcr(108, 100, 0.08, 1) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"debt": 0}, NothingToDivideBy, "^debt is 0"),
        ({"debt": -1}, OutOfRange, "^debt must"),
        ({"rate": -1}, OutOfRange, "^rate must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
        ({"cfads": [1, np.nan]}, OutOfRange, "^cfads must"),
        ({"cfads": []}, InvalidValue, "^cfads must"),
    ],
)
def test_llcr_refuses(change, error, says):
    with pytest.raises(error, match=says):
        llcr(**(LOAN | change))
