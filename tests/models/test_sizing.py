import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.sizing import cash_sweep, debt_capacity, idc, sources_uses

MONEY = st.floats(0, 1e9)
SHARES = st.floats(0, 1)
TESTS = ["by_dscr", "by_llcr", "by_gearing", "by_ltv", "by_borrowing_base"]
AMOUNTS = st.dictionaries(st.sampled_from(TESTS), st.floats(-1e9, 1e9), min_size=1)


@given(AMOUNTS)
def test_capacity_is_the_least_of_the_tests_and_names_it(amounts):
    table = debt_capacity(**amounts)
    assert table["amount"].tolist() == [max(min(amounts.values()), 0.0)]
    binding = "by_" + table["binding"][0].replace(" ", "_")
    assert amounts[binding] == min(amounts.values())


@given(AMOUNTS, st.sampled_from(TESTS), MONEY)
def test_one_more_test_never_raises_capacity(amounts, name, amount):
    before = debt_capacity(**amounts)["amount"][0]
    lower = {**amounts, name: min(amount, amounts.get(name, amount))}
    assert debt_capacity(**lower)["amount"][0] <= before


def test_of_equal_tests_the_first_binds_and_cases_stand_in_rows():
    table = debt_capacity([100, 90], [100, 95], by_borrowing_base=97)
    assert table["amount"].tolist() == [97, 90]
    assert table["binding"].tolist() == ["borrowing base", "dscr"]
    assert debt_capacity(5, 5, 5, 5, 5)["binding"].tolist() == ["dscr"]


def test_capacity_refuses():
    with pytest.raises(InvalidValue, match="^by_dscr and the other tests are all missing"):
        debt_capacity()
    for name in TESTS:
        with pytest.raises(OutOfRange, match=f"^{name} must"):
            debt_capacity(**{name: [1.0, np.nan]})
    with pytest.raises(InvalidValue, match="by_dscr has 2, by_ltv has 3"):
        debt_capacity([1, 2], by_ltv=[1, 2, 3])


def swept_by_iteration(opening, r, flow, sweep, tax_rate):
    """Excel's iterative calculation: interest, then the sweep that it leaves, round after round."""
    closing = opening
    for _ in range(400):
        interest = r * (opening + closing) / 2
        principal = min(max(sweep * (flow + tax_rate * interest - interest), 0.0), opening)
        closing = opening - principal
    return interest, principal, closing


@given(
    st.floats(0, 1e9),
    st.floats(0, 0.5),
    st.lists(st.floats(-1e8, 1e9), min_size=1, max_size=5),
    SHARES,
    SHARES,
)
def test_the_closed_form_is_where_the_iteration_ends(opening, rate, flows, sweep, tax_rate):
    table = cash_sweep(opening, rate, flows, sweep, tax_rate, periods=1)
    balance = opening
    for row, flow in enumerate(flows):
        interest, principal, closing = swept_by_iteration(balance, rate, flow, sweep, tax_rate)
        got = [table[name][row] for name in ("opening", "interest", "principal", "closing")]
        assert got == pytest.approx([balance, interest, principal, closing], rel=1e-9, abs=1e-5)
        balance = float(table["closing"][row])


@given(st.floats(1, 1e9), st.floats(0, 2), st.floats(-1e9, 1e9), SHARES, SHARES, st.floats(1, 12))
def test_a_sweep_repays_between_nothing_and_everything(opening, rate, flow, sweep, tax_rate, periods):
    table = cash_sweep(opening, rate, flow, sweep, tax_rate, periods)
    assert 0 <= table["principal"][0] <= opening
    assert table["closing"] == table["opening"] - table["principal"]
    average = (table["opening"] + table["closing"]) / 2
    assert table["interest"] == pytest.approx(rate / periods * average, rel=1e-12)


def test_sweeps_by_hand():
    # 8 % of 100 is 8 when nothing is left to sweep, 4 when everything is repaid.
    assert cash_sweep(100, 0.08, [5], 1, periods=1)["interest"].tolist() == [8.0]
    assert cash_sweep(100, 0.08, [104], 1, periods=1)["closing"].tolist() == pytest.approx([0.0], abs=1e-12)
    assert cash_sweep(100, 0.08, [0, 50], 0, periods=1)["closing"].tolist() == [100.0, 100.0]
    # All the interest saved in tax: the whole cash repays.
    assert cash_sweep(100, 0.08, 30, 1, 1.0, 1)["principal"].tolist() == [30.0]


SWEEP = {"opening": 100.0, "rate": 0.1, "cash": [20.0, 20.0], "sweep": 0.5}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"opening": -1}, OutOfRange, "^opening must"),
        ({"rate": -0.1}, OutOfRange, "^rate must be at least 0"),
        ({"rate": 8, "sweep": 1}, OutOfRange, "^rate must be below 200 % a period"),
        ({"cash": [1, np.inf]}, OutOfRange, "^cash must"),
        ({"cash": []}, InvalidValue, "^cash must"),
        ({"sweep": 1.1}, OutOfRange, "^sweep must"),
        ({"tax_rate": -0.1}, OutOfRange, "^tax_rate must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
    ],
)
def test_a_sweep_refuses(change, error, says):
    with pytest.raises(error, match=says):
        cash_sweep(**(SWEEP | change))


@given(MONEY, SHARES, st.floats(0, 0.3), st.floats(0, 0.1))
def test_sources_are_uses(capex, gearing, interest, fee):
    row = {name: column[0] for name, column in sources_uses(capex, gearing, interest, fee).items()}
    assert row["debt"] + row["equity"] == pytest.approx(row["uses"], rel=1e-12)
    assert row["debt"] == pytest.approx(gearing * row["uses"], rel=1e-12)
    spent = capex + row["interest during construction"] + row["fee"]
    assert row["uses"] == pytest.approx(spent, rel=1e-12)
    assert row["interest during construction"] == pytest.approx(interest * row["debt"], rel=1e-12)


@given(MONEY, SHARES, st.floats(0, 0.3), st.floats(0, 0.1))
def test_the_closed_form_of_uses_is_where_the_circle_ends(capex, gearing, interest, fee):
    uses = capex
    for _ in range(200):
        uses = capex + (interest + fee) * gearing * uses
    assert sources_uses(capex, gearing, interest, fee)["uses"][0] == pytest.approx(uses, rel=1e-12)


def test_without_debt_the_uses_are_the_cost():
    table = sources_uses([100, 200], 0.0, 0.9, 0.2)
    assert table["uses"].tolist() == table["equity"].tolist() == [100, 200]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"capex": -1}, "^capex must"),
        ({"gearing": 1.1}, "^gearing must"),
        ({"interest_per_debt": -0.1}, "^interest_per_debt must"),
        ({"fee": -0.1}, "^fee must"),
        ({"gearing": 1, "interest_per_debt": 0.9, "fee": 0.1}, "^interest_per_debt and fee are so high"),
    ],
)
def test_sources_and_uses_refuse(change, says):
    with pytest.raises(OutOfRange, match=says):
        sources_uses(**({"capex": 100, "gearing": 0.7} | change))
    with pytest.raises(InvalidValue, match="capex has 2, gearing has 3"):
        sources_uses([1, 2], [0.1, 0.2, 0.3])


CALLS = st.lists(st.floats(0, 1e6), min_size=1, max_size=12)


@given(CALLS, SHARES, st.floats(0, 0.5), st.floats(1, 12))
def test_the_debt_at_completion_is_the_closed_form(calls, gearing, rate, periods):
    closing = idc(calls, gearing, rate, periods)["closing"][-1]
    count, growth = len(calls), 1 + gearing * rate / periods
    assert closing == pytest.approx(
        gearing * sum(call * growth ** (count - t) for t, call in enumerate(calls, 1)), rel=1e-9
    )


@given(CALLS.filter(lambda calls: sum(calls) > 1), st.floats(0.01, 1), st.floats(0, 0.5))
def test_interest_while_building_closes_sources_and_uses(calls, gearing, rate):
    table = idc(calls, gearing, rate)
    interest = table["interest"].sum()
    per_debt = interest / table["closing"][-1]
    row = {name: column[0] for name, column in sources_uses(sum(calls), gearing, per_debt).items()}
    assert row["debt"] == pytest.approx(table["closing"][-1], rel=1e-9)
    assert row["equity"] == pytest.approx(table["equity"].sum(), rel=1e-9, abs=1e-6)
    assert row["interest during construction"] == pytest.approx(interest, rel=1e-9, abs=1e-9)


@given(CALLS, SHARES, st.floats(0, 0.5))
def test_the_roll_forward_ties(calls, gearing, rate):
    table = idc(calls, gearing, rate)
    assert table["closing"] == pytest.approx(table["opening"] + table["debt"], rel=1e-12)
    assert table["opening"][1:].tolist() == table["closing"][:-1].tolist()
    assert table["debt"] + table["equity"] == pytest.approx(table["cost"] + table["interest"], rel=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"draws": [1, -1]}, OutOfRange, "^draws must"),
        ({"draws": []}, InvalidValue, "^draws must"),
        ({"gearing": -0.1}, OutOfRange, "^gearing must"),
        ({"rate": -0.1}, OutOfRange, "^rate must"),
        ({"periods": 0}, OutOfRange, "^periods must"),
    ],
)
def test_idc_refuses(change, error, says):
    with pytest.raises(error, match=says):
        idc(**({"draws": [100, 100], "gearing": 0.5, "rate": 0.1} | change))
