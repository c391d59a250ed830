import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from haircut.models.collateral import book_value, collateral_value, ltv, rent_value, step_value
from haircut.models.errors import InvalidValue, OutOfRange

SHARES = st.floats(0, 1)
AGES = st.lists(st.floats(0, 30), min_size=1, max_size=10)
RELEASES = st.lists(st.tuples(st.floats(0, 15), SHARES), min_size=1, max_size=4)
MONEY = st.floats(0, 1e9)
OPEX = st.just(0.0) | st.floats(1e-6, 5)

BOOK = {"cost": 30000.0, "ages": [0, 1], "life": 6.0}
STEP = {"cost": 30000.0, "ages": [0, 1], "decay": 0.1, "release_ages": [1.0], "release_drops": [0.4]}
RENT = {"rent": 2.0, "annual_decline": 0.3, "opex_per_hour": 0.5, "discount_rate": 0.1, "life": 5.0}


@given(st.floats(0, 1e6), SHARES, AGES, st.floats(0.1, 30))
def test_book_value_lies_between_salvage_and_cost(cost, salvage_share, ages, life):
    salvage = cost * salvage_share
    values = book_value(cost, sorted(ages), life, salvage)
    assert (values >= salvage).all()
    assert (values <= cost).all()
    assert (np.diff(values) <= 0).all()


def test_book_value_falls_by_the_same_amount_each_year_and_stops_at_salvage():
    assert book_value(12, [0, 1, 2, 3, 4], 3, 3).tolist() == [12, 9, 6, 3, 3]
    assert book_value(12, 1, 3).tolist() == [8]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cost": -1}, OutOfRange, "^cost must"),
        ({"ages": [0, -1]}, OutOfRange, r"^ages must .* \(item 2\)"),
        ({"salvage": -1}, OutOfRange, "^salvage must be at least 0"),
        ({"salvage": 30001}, OutOfRange, "^salvage must be at most the cost"),
        ({"life": 0}, OutOfRange, "^life must"),
        ({"ages": []}, InvalidValue, "^ages must"),
    ],
)
def test_book_value_refuses(change, error, says):
    with pytest.raises(error, match=says):
        book_value(**(BOOK | change))


@given(AGES, st.floats(0, 2), RELEASES, SHARES, st.none() | st.floats(0, 50), st.floats(0, 3))
def test_step_value_never_rises_with_age(ages, decay, releases, floor, sharpness, lag):
    when, drops = zip(*releases, strict=True)
    values = step_value(30000, sorted(ages), decay, when, drops, floor, sharpness, lag)
    assert (np.diff(values) <= 1e-9).all()
    assert (values >= 30000 * floor).all()
    assert (values <= 30000).all()


@given(st.floats(0, 10), st.floats(0, 1), RELEASES, st.floats(0, 2))
def test_a_sharp_drop_is_a_step(age, decay, releases, lag):
    when, drops = zip(*[r for r in releases if abs(age - r[0] - lag) > 0.01] or [(20.0, 0.5)], strict=True)
    step = step_value(1.0, age, decay, when, drops, lag=lag)
    assert step_value(1.0, age, decay, when, drops, sharpness=1e4, lag=lag) == pytest.approx(step, abs=1e-12)


def test_a_spread_drop_is_half_done_at_its_middle():
    assert step_value(100, 1.5, 0, 1.0, 0.4, sharpness=3.0, lag=0.5) == pytest.approx([80.0], rel=1e-15)


def test_decay_and_drops_multiply_down_to_the_floor():
    ages = [0, 1, 2, 3]
    values = step_value(1000, ages, np.log(2), [1, 2], [0.5, 0.2], floor_share=0.12)
    assert values == pytest.approx([1000, 250, 120, 120], rel=1e-12)


@pytest.mark.parametrize("sharpness", [None, 5.0])
def test_a_release_before_the_purchase_is_in_the_price_already(sharpness):
    assert step_value(100, [0, 1], 0, [-0.5], [0.4], sharpness=sharpness).tolist() == [100, 100]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"cost": -1}, OutOfRange, "^cost must"),
        ({"ages": [-1]}, OutOfRange, "^ages must"),
        ({"decay": -0.1}, OutOfRange, "^decay must"),
        ({"lag": -1}, OutOfRange, "^lag must"),
        ({"sharpness": -1}, OutOfRange, "^sharpness must"),
        ({"release_drops": [1.1]}, OutOfRange, "^release_drops must"),
        ({"floor_share": 1.1}, OutOfRange, "^floor_share must"),
        ({"release_drops": [0.1, 0.2]}, InvalidValue, "release_ages has 1, release_drops has 2"),
    ],
)
def test_step_value_refuses(change, error, says):
    with pytest.raises(error, match=says):
        step_value(**(STEP | change))


def integrated_rent(rent, decline, opex, discount_rate, life, utilisation, scrap):
    """Value by quadrature: the margin while it is positive, then the scrap once the machine stops."""

    def margin(t):
        return utilisation * rent * (1 - decline) ** t - opex

    runs = max(margin(0), margin(life)) > 0
    crossing = brentq(margin, 0, life) if margin(0) * margin(life) < 0 else None
    start = crossing if runs and crossing is not None and margin(0) < 0 else 0.0
    stop = crossing if runs and crossing is not None and margin(0) > 0 else life * runs
    earned, _ = quad(lambda t: margin(t) * (1 + discount_rate) ** -t, start, stop, epsabs=1e-11, limit=200)
    return 8760 * earned + scrap * (1 + discount_rate) ** -stop


@pytest.mark.parametrize("decline", [-0.4, -1e-9, 0.0, 1e-9, 0.3, 0.9])
@pytest.mark.parametrize("discount_rate", [-0.05, 0.0, 1e-10, 0.1, 0.6])
@pytest.mark.parametrize("opex", [0.0, 0.4, 1.9, 2.5])
def test_rent_value_is_the_integral(decline, discount_rate, opex):
    for life in (0.25, 3.0, 12.0):
        for utilisation in (1.0, 0.55):
            closed = rent_value(2.0, decline, opex, discount_rate, life, utilisation, 700.0)
            by_hand = integrated_rent(2.0, decline, opex, discount_rate, life, utilisation, 700.0)
            assert closed == pytest.approx([by_hand], rel=1e-7, abs=1e-4)


def test_the_discount_rate_that_offsets_the_fall_in_rent_leaves_hours_times_rent():
    # Rent halves each year, and a rate of -50 % doubles each later dollar.
    assert rent_value(2.0, 0.5, 0.0, -0.5, 3.0) == pytest.approx([3 * 8760 * 2.0], rel=1e-14)


@given(st.floats(0, 10), st.floats(-0.5, 0.9), OPEX, st.floats(0, 0.5), st.floats(0, 10), SHARES)
def test_rent_value_is_never_negative_and_rises_with_rent(rent, d, opex, r, life, u):
    value = rent_value(rent, d, opex, r, life, u)
    assert value >= -1e-6
    assert rent_value(rent * 1.1, d, opex, r, life, u) >= value - 1e-6


@pytest.mark.parametrize("decline", [-0.3, 0.0, 0.3])
def test_no_rent_no_life_or_no_use_leaves_the_scrap(decline):
    for change in ({"rent": 0.0}, {"life": 0.0}, {"utilisation": 0.0}):
        assert rent_value(**(RENT | {"annual_decline": decline, "scrap": 55.0} | change)).tolist() == [55.0]
    free = {"rent": 0.0, "opex_per_hour": 0.0, "annual_decline": decline, "scrap": 55.0}
    assert rent_value(**(RENT | free)).tolist() == [55.0]


def test_numbers_serve_for_every_rent_and_life():
    values = rent_value([2.0, 3.0], 0.0, 0.5, 0.0, [1.0, 2.0])
    assert values == pytest.approx([1.5 * 8760, 2.5 * 2 * 8760], rel=1e-14)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"rent": -1}, OutOfRange, "^rent must"),
        ({"opex_per_hour": -1}, OutOfRange, "^opex_per_hour must"),
        ({"life": -1}, OutOfRange, "^life must"),
        ({"scrap": -1}, OutOfRange, "^scrap must"),
        ({"annual_decline": 1}, OutOfRange, "^annual_decline must"),
        ({"discount_rate": -1}, OutOfRange, "^discount_rate must"),
        ({"utilisation": 1.2}, OutOfRange, "^utilisation must"),
        ({"rent": [1, 2], "life": [1, 2, 3]}, InvalidValue, "rent has 2, life has 3"),
    ],
)
def test_rent_value_refuses(change, error, says):
    with pytest.raises(error, match=says):
        rent_value(**(RENT | change))


@given(st.lists(st.tuples(MONEY, MONEY, MONEY, MONEY), min_size=1, max_size=8), st.booleans())
def test_collateral_is_worth_the_lowest_of_its_methods(rows, capped):
    methods = dict(zip(("book", "step", "rent", "parity"), np.array(rows).T.tolist(), strict=True))
    if not capped:
        methods["parity"] = None
    table = collateral_value(*methods.values())
    used = {name: values for name, values in methods.items() if values is not None}
    assert table["value"].tolist() == [min(column) for column in zip(*used.values(), strict=True)]
    for value, name, i in zip(table["value"], table["binding"], range(len(rows)), strict=True):
        assert used[str(name)][i] == value


def test_the_first_of_equal_methods_binds():
    assert collateral_value(5, 5, 5, 5)["binding"].tolist() == ["book"]
    assert collateral_value(6, 5, 5)["binding"].tolist() == ["step"]
    assert collateral_value(9, 8, 7, 6)["binding"].tolist() == ["parity"]


@pytest.mark.parametrize("name", ["book", "step", "rent_implied", "parity_cap"])
def test_collateral_value_refuses_a_negative_value_and_another_length(name):
    values = {method: [1.0, 1.0, 1.0] for method in ("book", "step", "rent_implied", "parity_cap")}
    with pytest.raises(OutOfRange, match=f"^{name} must be at least 0"):
        collateral_value(**(values | {name: [1.0, 1.0, -1.0]}))
    with pytest.raises(InvalidValue, match=f"{name} has 2"):
        collateral_value(**(values | {name: [1.0, 2.0]}))


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(0, 0.999))
def test_ltv_falls_as_debt_falls_and_rises_as_value_falls(debt, value, share):
    whole, less_debt, less_value = (
        ltv(debt, value),
        ltv(debt * share, value),
        ltv(debt, value * max(share, 0.01)),
    )
    assert less_debt < whole < less_value
    assert whole * value == pytest.approx(debt, rel=1e-12)


def test_ltv_of_worthless_collateral_is_unbounded_and_numbers_broadcast():
    assert ltv([70, 35], 100).tolist() == [0.7, 0.35]
    assert ltv(70, [100, 0]).tolist() == [0.7, np.inf]
    assert ltv(0, 0).tolist() == [np.inf]


def test_ltv_refuses():
    with pytest.raises(OutOfRange, match=r"^debt must .* \(item 2\)"):
        ltv([1, -1], 1)
    with pytest.raises(OutOfRange, match="^value must"):
        ltv(1, -1)
    with pytest.raises(InvalidValue, match="debt has 2, value has 3"):
        ltv([1, 2], [1, 2, 3])
