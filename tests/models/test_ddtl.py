import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.ddtl import ddtl
from haircut.models.debt import debt_schedule
from haircut.models.errors import InvalidValue, OutOfRange

STYLES = st.sampled_from(["annuity", "straight", "bullet"])
DRAWS = st.lists(st.tuples(st.floats(0, 1e8), st.floats(0, 3)), min_size=1, max_size=6)
STEPS = st.lists(st.floats(0.02, 1.5), min_size=1, max_size=15)
LOAN = {
    "draws": [60.0, 40.0],
    "draw_times": [0.0, 0.5],
    "tenor": 2.0,
    "style": "straight",
    "rate": 0.08,
    "times": [0.5, 1.0, 1.5, 2.0, 2.5],
    "commitment": 100.0,
    "availability_end": 1.0,
    "undrawn_fee": 0.01,
}


def loan(draws, steps, tenor, style, rate, fee=0.01):
    amounts, when = np.array(draws).T
    dates = np.cumsum(steps)
    return (
        amounts,
        when,
        dates,
        ddtl(amounts, when, tenor, style, rate, dates, amounts.sum() * 1.1 + 1, 3.0, fee),
    )


@given(DRAWS, STEPS, st.floats(0.1, 6), STYLES, st.floats(0, 0.3))
def test_the_balances_tie(draws, steps, tenor, style, rate):
    _, _, _, t = loan(draws, steps, tenor, style, rate)
    scale = 1e-12 * sum(amount for amount, _ in draws) + 1e-12
    assert np.abs(t["opening"] + t["drawn"] - t["principal"] - t["closing"]).max() <= 10 * scale
    assert t["opening"].tolist() == [0.0, *t["closing"][:-1]]
    assert np.abs(t["debt service"] - t["interest"] - t["undrawn fee"] - t["principal"]).max() <= 10 * scale
    for name, column in t.items():
        assert column.min() >= -scale, name


@given(DRAWS, STEPS, st.floats(0.1, 6), STYLES, st.floats(0, 0.3))
def test_each_draw_alone_adds_up_to_the_loan_and_is_repaid_by_its_own_maturity(
    draws, steps, tenor, style, rate
):
    amounts, when, dates, together = loan(draws, steps, tenor, style, rate)
    alone = []
    for amount, start in zip(amounts, when, strict=True):
        # Payment dates are those of the loan, also where its own maturity comes first.
        t = ddtl(amount, start, tenor, style, rate, dates, amount, 3.0)
        alone.append(t)
        assert t["closing"][dates >= start + tenor + 1e-6].tolist() == [0.0] * int(
            (dates >= start + tenor + 1e-6).sum()
        )
        assert t["drawn"].sum() == (amount if start <= dates[-1] else 0.0)
        assert (t["closing"][dates < start - 1e-6] == 0).all()
    for name in ("opening", "drawn", "interest", "principal", "closing"):
        total = sum(t[name] for t in alone)
        assert together[name] == pytest.approx(total, rel=1e-9, abs=1e-9 * amounts.sum() + 1e-12), name


@given(
    st.lists(st.tuples(st.floats(1, 1e8), st.integers(0, 8)), min_size=1, max_size=5),
    st.integers(1, 20),
    STYLES,
    st.floats(0, 0.3),
    st.sampled_from([1, 2, 4, 12]),
)
def test_on_regular_dates_each_draw_is_a_loan_of_its_own(draws, count, style, rate, periods):
    dates = np.arange(1, 31) / periods
    t = ddtl(
        [amount for amount, _ in draws], [k / periods for _, k in draws], count / periods, style, rate, dates,
        1e9, 9.0,
    )  # fmt: skip
    for name in ("interest", "principal", "closing"):
        expected = np.zeros(40)
        for amount, k in draws:
            expected[k : k + count] += debt_schedule(amount, rate, count, style, periods=periods)[name]
        if name == "closing":
            # Drawn at the end of a period, or at closing before the first.
            for amount, k in draws:
                if k > 0:
                    expected[k - 1] += amount
        assert t[name] == pytest.approx(expected[:30], rel=1e-9, abs=1e-6), name


@given(DRAWS, STEPS, st.floats(0, 4), st.floats(0, 0.05))
def test_the_fee_is_that_of_the_undrawn_amount_day_by_day(draws, steps, end, fee):
    amounts, when = np.array([(amount, min(start, end)) for amount, start in draws]).T
    dates, commitment = np.cumsum(steps), amounts.sum() + 5
    t = ddtl(amounts, when, 2.0, "bullet", 0.05, dates, commitment, end, fee)
    # The integral of commitment less each draw from its own day, up to the last date or the end.
    stop = min(end, dates[-1])
    owed = commitment * stop - sum(a * max(stop - s, 0) for a, s in zip(amounts, when, strict=True))
    assert t["undrawn fee"].sum() == pytest.approx(fee * owed, rel=1e-9, abs=1e-3)
    open_dates = dates < end - 1e-5
    expected = [commitment - amounts[when <= date].sum() for date in dates[open_dates]]
    assert t["undrawn"][open_dates] == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert (t["undrawn"][dates >= end] == 0).all()


@given(DRAWS, STEPS, st.floats(0.1, 3), STYLES)
def test_the_payments_are_worth_the_draw(draws, steps, tenor, style):
    """Discounted at the loan's own simple rate between dates, what a draw pays is what it brought."""
    rate, amount, start = 0.1, 100.0, draws[0][1]
    dates = np.unique(np.append(np.cumsum([*steps, 7]), [start, start + tenor]).round(4))
    start, tenor = round(start, 4), round(start + tenor, 4) - round(start, 4)
    t = ddtl(amount, start, tenor, style, rate, dates[dates > 0.001], 100, 3.0)
    lived = np.clip(dates[dates > 0.001], start, start + tenor)
    growth = np.cumprod(1 + rate * np.diff(lived, prepend=start))
    assert ((t["interest"] + t["principal"]) / growth).sum() == pytest.approx(amount, rel=1e-9)


def test_between_two_dates_by_hand():
    # Drawn at 0.25, due at 1.25: interest from its own day, repaid in the row that holds the day.
    t = ddtl(100, 0.25, 1, "bullet", 0.08, [0.5, 1.0, 1.5], 100, 0.25, 0.02)
    assert t["drawn"].tolist() == [100, 0, 0]
    assert t["interest"] == pytest.approx([2, 4, 2])
    assert t["principal"].tolist() == [0, 0, 100]
    assert t["undrawn fee"] == pytest.approx([0.5, 0, 0])
    straight = ddtl(100, 0.25, 1, "straight", 0.08, [0.5, 1.0, 1.5], 100, 0.25)
    assert straight["principal"] == pytest.approx([25, 50, 25])
    assert straight["interest"] == pytest.approx([2, 3, 0.5])


def test_a_level_payment_where_dates_are_regular():
    t = ddtl(1000, 0, 3, "annuity", 0.1, [1, 2, 3], 1000, 0)
    assert t["debt service"] == pytest.approx([1000 * 0.1 / (1 - 1.1**-3)] * 3)


def test_an_annuity_goes_on_beyond_the_last_date():
    short = ddtl(1000, 0, 3, "annuity", 0.1, [1, 2], 1000, 0)
    full = ddtl(1000, 0, 3, "annuity", 0.1, [1, 2, 3], 1000, 0)
    for name in short:
        assert short[name].tolist() == full[name][:2].tolist(), name


def test_months_that_only_add_up_to_a_year_still_meet_their_date():
    months = np.cumsum(np.full(36, 1 / 12))
    t = ddtl([50, 50], [months[4], months[10]], 1, "bullet", 0.06, months, 100, 1)
    assert np.flatnonzero(t["principal"]).tolist() == [16, 22]
    assert t["interest"][t["interest"] > 1e-9] == pytest.approx([0.25] * 6 + [0.5] * 6 + [0.25] * 6)


def test_a_date_at_closing_shows_the_first_draw():
    t = ddtl([60, 40], [0, 1], 1, "bullet", 0.1, [0, 1, 2], 100, 1)
    assert t["drawn"].tolist() == [60, 40, 0]
    assert t["closing"].tolist() == [60, 40, 0]
    assert t["interest"].tolist() == [0, 6, 4]
    assert t["undrawn"].tolist() == [40, 0, 0]


def test_a_draw_of_nothing_may_lie_anywhere():
    t = ddtl([100, 0], [0, 9], 1, "bullet", 0.1, [1, 2], 100, 0)
    assert t["closing"].tolist() == [0, 0]
    nothing = ddtl(0, 0, 1, "annuity", 0.1, [1, 2], 100, 2, 0.01)
    assert nothing["undrawn fee"].tolist() == [1, 1]
    assert nothing["debt service"].tolist() == [1, 1]


def test_draws_that_fill_the_commitment_but_for_the_last_digit_are_allowed():
    t = ddtl([0.1, 0.2], [0, 0.1 + 0.2], 1, "bullet", 0, [1, 2], 0.3, 0.3)
    assert t["drawn"].sum() == pytest.approx(0.3)
    assert t["undrawn"].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"draws": [1, -1]}, OutOfRange, "^draws must"),
        ({"draws": [60, 41]}, OutOfRange, "^draws add up to 101, more than the commitment of 100"),
        ({"draw_times": -1}, OutOfRange, "^draw_times must"),
        ({"draw_times": [0, 1.1]}, OutOfRange, "^draw_times must be at most availability_end, 1, but"),
        ({"draw_times": [0, 1, 1]}, InvalidValue, "draws has 2, draw_times has 3"),
        ({"tenor": 0}, OutOfRange, "^tenor must be at least 0.001 years, but is 0"),
        ({"tenor": np.inf}, OutOfRange, "^tenor must"),
        (
            {"style": "sculpted"},
            InvalidValue,
            '^style must be one of annuity, straight, bullet, but is "sculpted"',
        ),
        ({"rate": -0.1}, OutOfRange, "^rate must"),
        ({"times": [-1, 1]}, OutOfRange, "^times must be at least 0"),
        ({"times": [1, 1]}, OutOfRange, "^times must rise"),
        ({"times": 0}, OutOfRange, "^times must go on after closing"),
        ({"times": [0.5, 0.50001]}, OutOfRange, "^times are so close"),
        ({"times": []}, InvalidValue, "^times must"),
        ({"times": np.arange(1.0, 1202)}, OutOfRange, "^draws and times must have at most 1,200 items"),
        ({"draws": np.zeros(1201), "draw_times": 0}, OutOfRange, "^draws and times must have at most"),
        ({"commitment": -1}, OutOfRange, "^commitment must"),
        ({"availability_end": -1}, OutOfRange, "^availability_end must"),
        ({"undrawn_fee": -0.1}, OutOfRange, "^undrawn_fee must"),
    ],
)
def test_a_ddtl_refuses(change, error, says):
    with pytest.raises(error, match=says):
        ddtl(**(LOAN | change))
