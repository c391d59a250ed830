from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.coverage import llcr
from haircut.models.debt import debt_schedule, debt_sculpt
from haircut.models.errors import InvalidValue, OutOfRange

CASH = st.lists(st.floats(1, 1e6), min_size=1, max_size=20)
TARGETS = st.floats(1, 3)
RATES = st.floats(0, 0.4)
TAXES = st.floats(0, 0.6)
STYLES = st.sampled_from(["annuity", "straight", "bullet"])

SCULPT = {"cfads": [110.0, 121.0], "dscr": 1.3, "rate": 0.1}
SCHEDULE = {"principal": 100.0, "rate": 0.1, "count": 4, "style": "annuity"}


@given(CASH, TARGETS, RATES, st.sampled_from([1, 2, 4, 12]))
def test_sculpted_debt_rolls_to_zero_and_its_llcr_is_its_dscr_at_every_date(cash, target, rate, periods):
    table = debt_sculpt(cash, target, rate, periods=periods)
    assert table["closing"][-1] == 0.0
    assert table["opening"][1:].tolist() == table["closing"][:-1].tolist()
    assert table["debt service"] == pytest.approx(np.array(cash) / target, rel=1e-9)
    for start in range(len(cash)):
        assert llcr(cash[start:], table["opening"][start], rate, periods) == pytest.approx(target, rel=1e-9)


@given(
    CASH.flatmap(
        lambda cash: st.tuples(st.just(cash), st.lists(TARGETS, min_size=len(cash), max_size=len(cash)))
    )
)
def test_a_target_for_each_period_is_met_in_each_period(pair):
    cash, targets = pair
    table = debt_sculpt(cash, targets, 0.1)
    assert np.array(cash) / table["debt service"] == pytest.approx(targets, rel=1e-9)


@given(
    CASH.flatmap(
        lambda cash: st.tuples(
            st.just(cash), st.lists(st.floats(-1e4, 1e6), min_size=len(cash), max_size=len(cash)) | st.none()
        )
    ),
    TARGETS,
    RATES,
    TAXES,
)
def test_rolled_forward_with_tax_computed_from_interest_the_debt_service_is_the_cash_after_tax(
    pair, dscr, rate, tax
):
    cash, income = pair
    table = debt_sculpt(cash, dscr, rate, tax, taxable_income=income)
    balance = start = float(table["opening"][0])
    for flow, limit in zip(cash, income or [inf] * len(cash), strict=True):
        interest = balance * rate / 4
        saved = tax * min(interest, max(limit, 0.0))
        balance += interest - (flow + saved) / dscr
    assert balance == pytest.approx(0.0, abs=1e-7 * max(start, 1.0))
    assert table["interest"] == pytest.approx(table["opening"] * rate / 4)
    assert table["principal"] == pytest.approx(
        table["debt service"] - table["interest"], abs=1e-9 * max(start, 1.0)
    )


@given(CASH, TARGETS, st.floats(0.01, 0.4), st.floats(0.05, 0.6))
def test_the_tax_shield_adds_debt_and_a_cap_on_it_takes_some_back(cash, dscr, rate, tax):
    without = debt_sculpt(cash, dscr, rate)["opening"][0]
    full = debt_sculpt(cash, dscr, rate, tax)["opening"][0]
    capped = debt_sculpt(
        cash, dscr, rate, tax, taxable_income=[0.5 * rate / 4 * full / len(cash)] * len(cash)
    )
    assert without < capped["opening"][0] < full
    none = debt_sculpt(cash, dscr, rate, tax, taxable_income=[-5.0] * len(cash))
    assert none["opening"] == pytest.approx(debt_sculpt(cash, dscr, rate)["opening"], rel=1e-12)


def test_one_period_with_a_tax_shield_by_hand():
    # 10 % interest on B, 40 % tax: B (1 + 0.1) = (106 + 0.04 B) / 1 gives B = 100.
    assert debt_sculpt(106, 1.0, 0.1, 0.4, 1)["opening"] == pytest.approx([100.0], rel=1e-15)
    # Interest can be set against 5 only: 1.1 B = 108 + 0.4 x 5 gives B = 100.
    assert debt_sculpt(108, 1.0, 0.1, 0.4, 1, [5.0])["opening"] == pytest.approx([100.0], rel=1e-15)


@given(CASH, TARGETS, RATES, TAXES)
def test_a_period_without_cash_or_income_has_no_debt_service_and_no_trace_of_rounding(cash, dscr, rate, tax):
    idle = [0.0] * 4
    service = debt_sculpt(idle + cash, dscr, rate, tax, taxable_income=idle + cash)["debt service"]
    assert service[:4].tolist() == [0.0] * 4 and not np.signbit(service[:4]).any()


def test_back_loaded_cash_makes_the_debt_grow_and_says_so():
    table = debt_sculpt([1, 1000], 1.0, 0.1, periods=1)
    assert table["negative principal"].tolist() == [True, False]
    assert table["principal"][0] < 0


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"dscr": 0}, OutOfRange, "^dscr must"),
        ({"dscr": [1.3, -1]}, OutOfRange, r"^dscr must .* \(item 2\)"),
        ({"rate": -0.01}, OutOfRange, "^rate must"),
        ({"tax_rate": 1.01}, OutOfRange, "^tax_rate must"),
        ({"tax_rate": -0.01}, OutOfRange, "^tax_rate must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
        ({"cfads": [1, np.nan]}, OutOfRange, "^cfads must"),
        ({"dscr": [1, 1, 1]}, InvalidValue, "cfads has 2, dscr has 3"),
        ({"taxable_income": [1, 2, 3]}, InvalidValue, "cfads has 2, taxable_income has 3"),
    ],
)
def test_sculpting_refuses(change, error, says):
    with pytest.raises(error, match=says):
        debt_sculpt(**(SCULPT | change))


@given(st.floats(0, 1e9), RATES, st.integers(1, 200), STYLES, st.floats(0, 1))
def test_the_principal_adds_up_to_the_loan_and_the_balance_rolls_to_zero(loan, rate, count, style, balloon):
    table = debt_schedule(loan, rate, count, style, balloon)
    assert len(table["opening"]) == count
    assert table["opening"][0] == pytest.approx(loan, rel=1e-12)
    assert table["closing"][-1] == 0.0
    assert table["opening"][1:].tolist() == table["closing"][:-1].tolist()
    assert table["principal"].sum() == pytest.approx(loan, rel=1e-9, abs=1e-9)
    assert table["interest"] == pytest.approx(table["opening"] * rate / 4, abs=1e-9)
    assert table["debt service"] == pytest.approx(table["interest"] + table["principal"], rel=1e-9, abs=1e-6)
    assert (table["principal"] >= -1e-6).all()


@given(st.floats(1, 1e9), RATES, st.integers(2, 200), STYLES.filter(lambda s: s != "bullet"), st.floats(0, 1))
def test_a_balloon_is_left_for_the_last_payment(loan, rate, count, style, balloon):
    table = debt_schedule(loan, rate, count, style, balloon)
    whole = debt_schedule(loan, rate, count, style)
    last = (1 - balloon) * whole["principal"][-1] + balloon * loan
    assert table["principal"][-1] == pytest.approx(last, rel=1e-7)


@given(st.floats(1, 1e9), RATES, st.integers(2, 200), st.floats(0, 1))
def test_an_annuity_pays_the_same_each_time_but_the_balloon(loan, rate, count, balloon):
    service = debt_schedule(loan, rate, count, "annuity", balloon)["debt service"]
    service[-1] -= balloon * loan
    assert service == pytest.approx(np.full(count, service[0]), rel=1e-6, abs=1e-6 * loan)


def test_straight_and_bullet_by_hand():
    straight = debt_schedule(90, 0.1, 3, "straight", periods=1)
    assert straight["principal"] == pytest.approx([30, 30, 30])
    assert straight["debt service"] == pytest.approx([39, 36, 33])
    bullet = debt_schedule(100, 0.08, 3, "bullet")
    assert bullet["debt service"] == pytest.approx([2, 2, 102])


def test_a_balloon_of_everything_is_a_bullet_and_a_style_may_be_written_in_any_case():
    bullet = debt_schedule(100, 0.08, 6, "bullet")
    for style in (" Annuity ", "STRAIGHT"):
        whole = debt_schedule(100, 0.08, 6, style, balloon=1.0)
        for name, column in bullet.items():
            assert whole[name] == pytest.approx(column, abs=1e-12)


def test_without_interest_an_annuity_is_straight():
    for name, column in debt_schedule(100, 0.0, 8, "straight").items():
        assert debt_schedule(100, 0.0, 8, "annuity")[name].tolist() == column.tolist()
        assert debt_schedule(100, 1e-13, 8, "annuity")[name] == pytest.approx(column, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"principal": -1}, OutOfRange, "^principal must"),
        ({"rate": -0.1}, OutOfRange, "^rate must"),
        ({"count": 0}, OutOfRange, "^count must"),
        ({"count": 2.5}, OutOfRange, "^count must"),
        ({"count": 1201}, OutOfRange, "^count must"),
        ({"balloon": 1.1}, OutOfRange, "^balloon must"),
        ({"balloon": -0.1}, OutOfRange, "^balloon must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
        ({"style": "sculpted"}, InvalidValue, "^style must be one of annuity, straight, bullet"),
    ],
)
def test_a_schedule_refuses(change, error, says):
    with pytest.raises(error, match=says):
        debt_schedule(**(SCHEDULE | change))


def test_a_tax_saving_beyond_the_interest_is_refused():
    with pytest.raises(OutOfRange, match="dscr is so low"):
        debt_sculpt([110], 0.2, 1.0, 1.0, 4)


def test_a_very_steep_annuity_stays_a_schedule():
    table = debt_schedule(100, 10, 1200, "annuity")
    assert table["principal"].sum() == pytest.approx(100)
    assert table["debt service"][:-1] == pytest.approx(250)  # all interest: 10 a year on 100, in quarters
