import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.debt import debt_schedule
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.waterfall import COLUMNS, waterfall

CENT = 0.005
PERIODS = st.lists(st.tuples(st.floats(-3e7, 9e7), st.floats(0, 1)), min_size=1, max_size=12)
TERMS = st.fixed_dictionaries(
    {
        "rate": st.just(0.0) | st.floats(0, 0.4),
        "dsra_months": st.just(0.0) | st.floats(0, 24),
        "sweep": st.sampled_from([0.0, 1.0]) | st.floats(0, 1),
        "lockup_dscr": st.just(0.0) | st.floats(0.5, 2),
        "opening_cash": st.just(0.0) | st.floats(0, 1e8),
        "periods": st.sampled_from([1, 2, 4, 12]),
    }
)
DEBTS = st.just(0.0) | st.floats(1, 3e8)
LOAN = {
    "cfads": [80.0, 80.0],
    "opening_debt": 100.0,
    "rate": 0.1,
    "scheduled_principal": [50.0, 50.0],
    "dsra_months": 0,
    "sweep": 0,
    "lockup_dscr": 0,
    "periods": 1,
}


def run(pairs, debt, terms, part=1.0):
    """A waterfall whose schedule repays a part of the debt in the proportions of the pairs."""
    cash, weights = np.array(pairs).T
    schedule = part * debt * weights / max(weights.sum(), 1.0)
    return schedule, waterfall(cash, debt, scheduled_principal=schedule, **terms)


def before(column, first=0.0):
    return np.concatenate([[first], column[:-1]])


@given(PERIODS, DEBTS, TERMS)
def test_every_period_conserves_cash_to_the_cent(pairs, debt, terms):
    _, w = run(pairs, debt, terms)
    came = (
        w["cfads"] + w["operating deficit"] + before(w["cash"], terms["opening_cash"]) + before(w["reserve"])
    )
    went = w["interest paid"] + w["principal paid"] + w["swept"] + w["distributed"] + w["cash"] + w["reserve"]
    assert np.abs(came - went).max() < CENT
    assert np.abs(w["reserve"] - before(w["reserve"]) - w["to reserve"]).max() < CENT


@given(PERIODS, DEBTS, TERMS)
def test_the_debt_rolls_forward(pairs, debt, terms):
    _, w = run(pairs, debt, terms)
    paid = w["interest paid"] + w["principal paid"] + w["swept"]
    assert np.abs(w["opening debt"] + w["interest"] - paid - w["closing debt"]).max() < CENT
    assert w["opening debt"].tolist() == [debt, *w["closing debt"][:-1]]
    due = w["interest"] + w["principal due"]
    assert np.abs(due - w["interest paid"] - w["principal paid"] - w["shortfall"]).max() < CENT
    assert w["interest"] == pytest.approx(terms["rate"] / terms["periods"] * w["opening debt"], rel=1e-12)


@given(PERIODS, DEBTS, TERMS)
def test_no_account_and_no_payment_is_ever_negative(pairs, debt, terms):
    _, w = run(pairs, debt, terms)
    for name in set(COLUMNS) - {"cfads", "dscr", "to reserve"}:
        assert w[name].min() >= -1e-6, name


@given(PERIODS, DEBTS, TERMS)
def test_each_step_waits_for_the_one_before_it(pairs, debt, terms):
    _, w = run(pairs, debt, terms)
    later = w["distributed"] + w["swept"] + w["cash"]
    assert (later[w["shortfall"] > CENT] < CENT).all()
    assert (later[w["reserve"] < w["reserve target"] - CENT] < CENT).all()
    assert (w["principal paid"][w["interest paid"] < w["interest"] - CENT] < CENT).all()
    assert (w["distributed"][w["locked up"]] == 0).all()
    assert (w["cash"][~w["locked up"]] == 0).all()
    assert (w["reserve"] <= w["reserve target"] + CENT).all()


@given(PERIODS, DEBTS, TERMS)
def test_the_lock_up_is_the_test_on_the_ratio_shown(pairs, debt, terms):
    _, w = run(pairs, debt, terms)
    below = w["dscr"] < terms["lockup_dscr"] * (1 - 1e-14)
    assert (w["locked up"] == (below & (w["closing debt"] > 0) & (terms["lockup_dscr"] > 0))).all()


@given(PERIODS, DEBTS, TERMS)
def test_with_cash_to_spare_the_schedule_is_kept_and_nothing_is_left(pairs, debt, terms):
    rich = [(1e9, weight) for _, weight in pairs]
    schedule, w = run(rich, debt, terms | {"sweep": 0.0})
    assert w["principal paid"] == pytest.approx(schedule, rel=1e-9, abs=1.0)
    assert w["closing debt"] == pytest.approx(debt - np.cumsum(schedule), rel=1e-9, abs=1.0)
    assert (w["shortfall"] == 0).all()


@given(PERIODS, st.floats(1, 3e8), TERMS, st.floats(0, 1))
def test_a_sweep_spares_the_next_instalments_and_lowers_later_interest(pairs, debt, terms, sweep):
    rich = [(1e6 + abs(cash), weight) for cash, weight in pairs]
    schedule, with_sweep = run(rich, debt, terms | {"sweep": sweep})
    _, without = run(rich, debt, terms | {"sweep": 0.0})
    assert with_sweep["closing debt"][-1] <= without["closing debt"][-1] + CENT
    assert with_sweep["interest"].sum() <= without["interest"].sum() + CENT
    whole = with_sweep["shortfall"].max() == 0
    if whole:
        left = debt - np.cumsum(before(with_sweep["swept"])) - np.cumsum(before(schedule))
        expected = np.minimum(schedule, np.maximum(left, 0))
        assert with_sweep["principal due"] == pytest.approx(expected, rel=1e-6, abs=1.0)


@given(PERIODS, DEBTS, TERMS, st.floats(0, 1))
def test_the_target_is_the_debt_service_of_the_months_ahead(pairs, debt, terms, part):
    schedule, w = run(pairs, debt, terms, part)
    r = terms["rate"] / terms["periods"]
    due = [*schedule, max(debt - schedule.sum(), 0)]
    for period, swept in enumerate(w["swept"]):
        balance = w["closing debt"][period] + swept
        count = terms["dsra_months"] * terms["periods"] / 12
        expected = 0.0
        for instalment in due[period + 1 : -1]:
            expected += min(count, 1) * (r * balance + instalment)
            balance -= instalment
            count -= min(count, 1)
        expected += count * r * balance
        assert w["reserve target"][period] == pytest.approx(expected, rel=1e-9, abs=1e-8 * debt + 1e-9)
        for place in range(len(schedule), period, -1):
            taken = min(swept, due[place])
            due[place] -= taken
            swept -= taken


def test_the_latest_instalments_are_prepaid_first():
    # 100 left after debt service goes to the last instalments: 60 of the fourth, 40 of the third.
    w = waterfall([160, 60, 60, 60], 240, 0.0, 60, 0, 1.0, 0, periods=1)
    assert w["swept"].tolist() == [100, 0, 0, 0]
    assert w["principal due"].tolist() == [60, 60, 20, 0]
    assert w["closing debt"].tolist() == [80, 20, 0, 0]
    assert w["distributed"].tolist() == [0, 0, 40, 60]


def test_what_falls_due_after_the_range_is_prepaid_before_that():
    w = waterfall([40, 10, 10], 100, 0.0, 10, 0, 1.0, 0, periods=1)
    assert w["principal due"].tolist() == [10, 10, 10]
    assert w["closing debt"].tolist() == [60, 50, 40]


def test_the_reserve_fills_is_drawn_and_comes_back():
    # No interest: the target is six months of the next 20, or half of it.
    w = waterfall([25, 30, 12, 20, 40], 100, 0.0, 20, 6, 0.0, 0, periods=1)
    assert w["reserve target"].tolist() == [10, 10, 10, 10, 0]
    assert w["to reserve"].tolist() == [5, 5, -8, 0, -2]
    assert w["reserve"].tolist() == [5, 10, 2, 2, 0]
    assert w["shortfall"].tolist() == [0] * 5
    assert w["distributed"].tolist() == [0, 5, 0, 0, 22]


def test_the_reserve_looks_ahead_with_interest_and_in_parts_of_periods():
    # Four and a half months of quarters: the next one and half of that after it.
    table = debt_schedule(1200, 0.08, 8, "annuity")
    w = waterfall(np.full(8, 1e4), 1200, 0.08, table["principal"], 4.5, 0.0, 0)
    service = np.append(table["debt service"], [0, 0])
    assert w["reserve target"] == pytest.approx(service[1:9] + service[2:10] / 2, rel=1e-9)
    assert w["closing debt"] == pytest.approx(table["closing"], abs=1e-6)
    assert w["closing debt"][-1] == 0


def test_beyond_the_range_the_reserve_holds_the_interest():
    w = waterfall([100, 100], 1000, 0.1, 0, 24, 0.0, 0, periods=1)
    assert w["reserve target"].tolist() == [200, 200]


def test_opening_cash_fills_the_reserve_and_is_not_swept():
    w = waterfall([60, 60], 100, 0.0, 50, 12, 1.0, 0, opening_cash=55, periods=1)
    assert w["reserve"][0] == 50
    assert w["swept"].tolist() == [10, 0]
    assert w["distributed"].tolist() == [5, 70]


def test_what_is_not_paid_is_overdue_and_bears_interest():
    w = waterfall([20, 200], 100, 0.1, [50, 50], 0, 0.0, 0, periods=1)
    # 60 due, 20 paid: 10 of interest, 10 of principal; then 9 of interest on the 90, and all of the 90.
    assert w["interest paid"].tolist() == [10, 9]
    assert w["principal paid"].tolist() == [10, 90]
    assert w["principal due"].tolist() == [50, 90]
    assert w["shortfall"].tolist() == [40, 0]
    assert w["dscr"] == pytest.approx([20 / 60, 200 / 59])
    assert w["distributed"].tolist() == [0, 101]
    unpaid = waterfall([4, 0], 100, 0.1, 0, 0, 0, 0, periods=1)
    assert unpaid["closing debt"] == pytest.approx([106, 116.6])


def test_negative_cash_takes_the_accounts_first():
    w = waterfall([-10, -10], 100, 0.0, [0, 10], 0, 0.0, 0, opening_cash=15, periods=1)
    assert w["operating deficit"].tolist() == [0, 10]
    assert w["shortfall"].tolist() == [0, 10]
    assert np.isnan(w["dscr"][0])
    assert w["dscr"][1] == -1
    kept = waterfall([30, -10, -10], 100, 0.0, [10, 10, 0], 0, 0.0, 9, periods=1)
    assert kept["cash"].tolist() == [20, 0, 0]
    assert kept["operating deficit"].tolist() == [0, 0, 10]


def test_locked_up_cash_is_kept_and_released():
    w = waterfall([60, 55, 80, 60], 200, 0.0, 50, 0, 0.0, 1.2, periods=1)
    assert w["locked up"].tolist() == [False, True, False, False]
    assert w["distributed"].tolist() == [10, 0, 35, 10]
    assert w["cash"].tolist() == [0, 5, 0, 0]


def test_the_lock_up_ends_with_the_debt():
    w = waterfall([60, 51], 100, 0.0, 50, 0, 0.0, 1.5, periods=1)
    assert w["locked up"].tolist() == [True, False]
    assert w["distributed"].tolist() == [0, 11]


def test_the_lock_up_compares_as_a_sheet_does():
    # 0.3 / 0.1 is a hair under 3 in binary; a sheet shows and compares it as 3.
    assert 0.3 / 0.1 < 3
    w = waterfall([0.3, 1], 1, 0.0, [0.1, 0.9], 0, 0.0, 3, periods=1)
    assert w["locked up"].tolist() == [False, False]
    w = waterfall([0.299999, 1], 1, 0.0, [0.1, 0.9], 0, 0.0, 3, periods=1)
    assert w["locked up"].tolist() == [True, False]


def test_without_debt_all_cash_is_distributed():
    w = waterfall([10, -5, 20], 0, 0.1, 0, 6, 1.0, 1.3)
    assert w["distributed"].tolist() == [10, 0, 20]
    assert w["operating deficit"].tolist() == [0, 5, 0]
    assert np.isnan(w["dscr"]).all()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cfads": [1, np.nan]}, OutOfRange, "^cfads must"),
        ({"cfads": [1, 2, 3]}, InvalidValue, "cfads has 3, scheduled_principal has 2"),
        ({"opening_debt": -1}, OutOfRange, "^opening_debt must"),
        ({"rate": -0.1}, OutOfRange, "^rate must"),
        ({"scheduled_principal": [1, -1]}, OutOfRange, "^scheduled_principal must"),
        ({"scheduled_principal": [60, 50]}, OutOfRange, "^scheduled_principal adds up to 110, more than"),
        ({"dsra_months": -1}, OutOfRange, "^dsra_months must"),
        ({"dsra_months": 121}, OutOfRange, "^dsra_months must be at most 120"),
        ({"sweep": 1.1}, OutOfRange, "^sweep must"),
        ({"lockup_dscr": -1}, OutOfRange, "^lockup_dscr must"),
        ({"opening_cash": -1}, OutOfRange, "^opening_cash must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
    ],
)
def test_a_waterfall_refuses(change, error, says):
    with pytest.raises(error, match=says):
        waterfall(**(LOAN | change))
