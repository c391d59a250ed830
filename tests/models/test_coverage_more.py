import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.coverage import dscr, dscr_avg, dscr_forward, dscr_trailing, icr, llcr, plcr
from haircut.models.errors import InvalidValue, NotApplicable, NothingToDivideBy, OutOfRange

FLOWS = st.lists(
    st.tuples(st.floats(-1e6, 1e6), st.just(0.0) | st.floats(0.01, 1e6)), min_size=1, max_size=14
)


@given(FLOWS.filter(lambda flows: any(due for _, due in flows)))
def test_averages_are_those_of_the_periods_with_debt_service(flows):
    cash, due = np.array(flows).T
    counted = [(c, d) for c, d in flows if d > 0]
    assert dscr_avg(cash, due) == pytest.approx(
        sum(c / d for c, d in counted) / len(counted), rel=1e-9, abs=1e-6
    )
    total = sum(c for c, _ in counted) / sum(d for _, d in counted)
    assert dscr_avg(cash, due, " Total ") == pytest.approx(total, rel=1e-9, abs=1e-6)


def test_both_averages_agree_where_debt_service_is_level():
    assert dscr_avg([130, 120, 110], 100) == dscr_avg([130, 120, 110], 100, "total") == pytest.approx(1.2)


@given(FLOWS, st.integers(1, 16))
def test_windows_are_sums_by_hand(flows, window):
    cash, due = np.array(flows).T
    for t in range(len(flows)):
        back, ahead = slice(max(t - window + 1, 0), t + 1), slice(t + 1, t + 1 + window)
        full = t >= window - 1
        for got, part, exists in (
            (dscr_trailing(cash, due, window)[t], back, full),
            (dscr_forward(cash, due, window)[t], ahead, True),
        ):
            if exists and due[part].sum() > 0:
                expected = cash[part].sum() / due[part].sum()
                assert got == pytest.approx(expected, rel=1e-9, abs=1e-6 / due[part].sum())
            else:
                assert np.isnan(got)


@given(FLOWS)
def test_a_window_of_one_is_the_period_s_own_ratio_and_looks_one_ahead(flows):
    cash, due = np.array(flows).T
    ratios = dscr(cash, due)
    np.testing.assert_array_equal(dscr_trailing(cash, due, 1), ratios)
    np.testing.assert_array_equal(dscr_forward(cash, due, 1), [*ratios[1:], np.nan])


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1, 1e6)), min_size=2, max_size=14), st.integers(1, 5)
)
def test_looking_back_from_the_end_of_a_window_is_looking_ahead_from_before_it(flows, window):
    cash, due = np.array(flows).T
    later = dscr_trailing(cash, due, window)[window:]
    np.testing.assert_array_equal(dscr_forward(cash, due, window)[: later.size], later)


def test_a_window_longer_than_the_range_has_never_run_in_full():
    assert np.isnan(dscr_trailing([1, 2], 1, 1200)).all()
    assert dscr_forward([1, 2, 4], 1, 1200).tolist()[:2] == [3.0, 4.0]


@pytest.mark.parametrize("ratio", [dscr_trailing, dscr_forward])
@pytest.mark.parametrize("window", [0, 1.5, 1201, np.inf, -1])
def test_a_window_is_a_whole_number(ratio, window):
    with pytest.raises(OutOfRange, match="^window must be a whole number"):
        ratio([1, 2], [1, 1], window)


@pytest.mark.parametrize(
    "ratio", [dscr_avg, lambda c, d: dscr_trailing(c, d, 2), lambda c, d: dscr_forward(c, d, 2)]
)
def test_the_ratios_refuse(ratio):
    with pytest.raises(OutOfRange, match=r"^debt_service must .* \(item 2\)"):
        ratio([1, 1], [1, -1])
    with pytest.raises(OutOfRange, match="^cfads must"):
        ratio([np.inf], [1])
    with pytest.raises(InvalidValue, match="cfads has 2, debt_service has 3"):
        ratio([1, 2], [1, 2, 3])


def test_an_average_needs_a_method_and_something_due():
    with pytest.raises(InvalidValue, match='^method must be mean or total, but is "median"'):
        dscr_avg([1], [1], "median")
    with pytest.raises(NotApplicable, match="^debt_service is 0 in every period"):
        dscr_avg([1, 2], [0, 0], "total")


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=8),
    st.lists(st.floats(0, 1e6), min_size=1, max_size=8),
    st.floats(0, 0.3),
)
def test_the_tail_after_maturity_adds_to_plcr_what_it_is_worth_then(life, tail, rate):
    loan = llcr(life, 1000, rate)
    later = llcr(tail, 1000, rate) * (1 + rate / 4) ** -len(life)
    assert plcr(life + tail, 1000, rate) == pytest.approx(loan + later, rel=1e-9, abs=1e-12)


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
def test_plcr_refuses(change, error, says):
    with pytest.raises(error, match=says):
        plcr(**({"cfads": [110.0, 121.0], "debt": 100.0, "rate": 0.1, "periods": 1} | change))


@given(st.floats(-1e9, 1e9), st.floats(0.01, 1e9))
def test_interest_cover_times_interest_is_ebitda(ebitda, interest):
    assert icr(ebitda, interest)[0] * interest == pytest.approx(ebitda, rel=1e-12)


def test_interest_cover_refuses_and_has_gaps():
    assert np.isnan(icr([5, 5], [0, 1])).tolist() == [True, False]
    with pytest.raises(OutOfRange, match="^cash_interest must"):
        icr(1, -1)
    with pytest.raises(OutOfRange, match="^ebitda must"):
        icr(np.inf, 1)
    with pytest.raises(InvalidValue, match="ebitda has 2, cash_interest has 3"):
        icr([1, 2], [1, 2, 3])
