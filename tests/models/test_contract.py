from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.contract import contract_coverage, contract_realisation, recontract_cliff
from haircut.models.coverage import llcr
from haircut.models.debt import debt_sculpt
from haircut.models.errors import InvalidValue, NotApplicable, NothingToDivideBy, OutOfRange

CASH = st.lists(st.floats(0, 1e6), min_size=1, max_size=24)
CLIFF = {
    "cfads": [100, 100, 44, 24.2],
    "debt_service": [40, 40, 40, 40],
    "balances": [90, 60, 30, 0],
    "expiry_period": 2,
    "contract_rent": 2.5,
    "market_rent": 1.5,
    "discount_rate": 0.1,
    "periods": 1,
}


def cliff(**change):
    return {name: column[0] for name, column in recontract_cliff(**(CLIFF | change)).items()}


@given(CASH, st.integers(1, 6), st.data())
def test_a_realisation_is_the_ratio_of_the_sums_over_the_window(received, window, data):
    size = len(received)
    due = data.draw(st.lists(st.floats(0, 1e6), min_size=size, max_size=size))
    ratios = contract_realisation(received, due, window)
    for last in range(size):
        over = sum(received[last - window + 1 : last + 1])
        under = sum(due[last - window + 1 : last + 1])
        if last + 1 < window or under == 0:
            assert np.isnan(ratios[last])
        else:
            assert ratios[last] == pytest.approx(over / under, rel=1e-9)


def test_realisations_by_hand():
    assert contract_realisation([90, 80, 85, 0], 100)[2:] == pytest.approx([0.85, 0.55])
    assert contract_realisation([90, -30], [100, 100], 1).tolist() == [0.9, -0.3]
    assert np.isnan(contract_realisation([90, 80], 100)).all()
    assert np.isnan(contract_realisation(5, 0, 1)[0])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cash_received": inf}, OutOfRange, "^cash_received must"),
        ({"contracted_cash": -1}, OutOfRange, "^contracted_cash must"),
        ({"window": 0}, OutOfRange, "^window must be a whole number"),
        ({"window": 2.5}, OutOfRange, "^window must be a whole number"),
        ({"window": 1201}, OutOfRange, "^window must be a whole number"),
        ({"cash_received": [1, 2], "contracted_cash": [1, 2, 3]}, InvalidValue, "cash_received has 2"),
    ],
)
def test_a_realisation_refuses(change, error, says):
    with pytest.raises(error, match=says):
        contract_realisation(**({"cash_received": 90, "contracted_cash": 100, "window": 1} | change))


@given(CASH, st.floats(1, 1e6), st.floats(0, 0.3), st.sampled_from([1, 2, 4, 12]))
def test_a_customer_that_never_defaults_covers_as_the_loan_life_ratio(cash, debt, rate, periods):
    assert contract_coverage(cash, debt, rate, 0, periods) == pytest.approx(
        llcr(cash, debt, rate, periods), rel=1e-12
    )


@given(CASH, st.floats(0, 0.3), st.floats(0, 0.9), st.sampled_from([1, 2, 4, 12]))
def test_a_default_probability_discounts_like_a_rate(cash, rate, default, periods):
    # (1 - p)^(1/m) / (1 + r/m) is the discount factor of a higher rate.
    higher = periods * ((1 + rate / periods) * (1 - default) ** (-1 / periods) - 1)
    assert contract_coverage(cash, 100, rate, default, periods) == pytest.approx(
        llcr(cash, 100, higher, periods), rel=1e-9, abs=1e-12
    )


def test_a_level_contract_in_closed_form():
    # Four quarters of 10 discounted and at risk at q a quarter: a geometric sum.
    q = (1 - 0.2) ** 0.25 / 1.02
    assert contract_coverage([10] * 4, 50, 0.08, 0.2) == pytest.approx(0.2 * q * (1 - q**4) / (1 - q))
    assert contract_coverage([10, 10], 50, 0.08, 1) == 0


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"contract_cash": np.nan}, OutOfRange, "^contract_cash must"),
        ({"debt": -1}, OutOfRange, "^debt must"),
        ({"debt": 0}, NothingToDivideBy, "^debt is 0"),
        ({"discount_rate": -4}, OutOfRange, "^discount_rate must"),
        ({"counterparty_default": 1.1}, OutOfRange, "^counterparty_default must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
    ],
)
def test_a_coverage_refuses(change, error, says):
    with pytest.raises(error, match=says):
        contract_coverage(**({"contract_cash": [10, 10], "debt": 50, "discount_rate": 0.08} | change))


def test_a_cliff_by_hand():
    assert cliff() == pytest.approx(
        {
            "rent cliff": -0.4,
            "CFADS before": 100,
            "CFADS after": 44,
            "DSCR before": 2.5,
            "DSCR after": 1.1,
            "debt at expiry": 60,
            "PV of later CFADS": 44 / 1.1 + 24.2 / 1.21,
            "debt / PV": 1.0,
        }
    )


@given(st.lists(st.floats(1, 1e4), min_size=2, max_size=12), st.floats(0.5, 3), st.data())
def test_debt_sculpted_to_the_cash_leaves_one_over_its_dscr_at_any_expiry(cash, target, data):
    expiry = data.draw(st.integers(1, len(cash) - 1))
    table = debt_sculpt(cash, target, 0.08)
    row = cliff(
        cfads=cash,
        debt_service=table["debt service"],
        balances=table["closing"],
        expiry_period=expiry,
        discount_rate=0.08,
        periods=4,
    )
    assert row["debt / PV"] == pytest.approx(1 / target, rel=1e-6)
    assert row["DSCR before"] == pytest.approx(target, rel=1e-6)


def test_a_cliff_without_debt_service_debt_or_cash():
    row = cliff(debt_service=[40, 40, 0, 0])
    assert row["DSCR before"] == 2.5
    assert np.isnan(row["DSCR after"])
    assert cliff(balances=0)["debt / PV"] == 0
    assert cliff(cfads=[100, 100, -5, 1])["debt / PV"] == inf
    assert np.isnan(cliff(cfads=[100, 100, 0, 0], balances=0)["debt / PV"])
    assert cliff(market_rent=0)["rent cliff"] == -1


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"expiry_period": 4}, NotApplicable, "^no period follows expiry_period"),
        ({"expiry_period": 0}, OutOfRange, "^expiry_period must"),
        ({"expiry_period": 5}, OutOfRange, "^expiry_period must"),
        ({"contract_rent": 0}, NothingToDivideBy, "^contract_rent is 0"),
        ({"contract_rent": -1}, OutOfRange, "^contract_rent must"),
        ({"market_rent": -1}, OutOfRange, "^market_rent must"),
        ({"balances": -1}, OutOfRange, "^balances must"),
        ({"debt_service": -1}, OutOfRange, "^debt_service must"),
        ({"cfads": inf}, OutOfRange, "^cfads must"),
        ({"discount_rate": -1}, OutOfRange, "^discount_rate must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
        ({"balances": [1, 2]}, InvalidValue, "cfads has 4, debt_service has 4, balances has 2"),
    ],
)
def test_a_cliff_refuses(change, error, says):
    with pytest.raises(error, match=says):
        cliff(**change)
