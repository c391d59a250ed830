from math import ceil, exp, expm1, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.errors import InvalidValue, NotApplicable, OutOfRange
from haircut.models.liquidation import break_depth, liquidation, months_to_sell
from haircut.models.recovery import haircut, lgd, liquidation_ltv

SHARES = st.floats(0, 1)
UNITS = st.floats(1, 1e6)
VALUES = st.floats(1, 1e5)
DEPTHS = st.floats(10, 1e8)
MONTHS = st.floats(0.5, 60)
MONEY = st.floats(0, 1e9)

MARKETS = st.fixed_dictionaries(
    {
        "depth_recovery": SHARES,
        "other_units": st.floats(0, 1e5),
        "value_decay": st.floats(-0.2, 1),
        "discount_rate": st.floats(-0.1, 0.5),
        "carry": st.floats(0, 200),
        "exit_cost": st.floats(0, 500),
        "legal_months": st.floats(0, 24),
    }
)
SALE = {"units": 1000.0, "unit_value": 20000.0, "months": 6.0, "depth": 5000.0}
SALE_ERRORS = [
    ({"units": -1}, "^units must"),
    ({"unit_value": -1}, "^unit_value must"),
    ({"months": -1}, "^months must"),
    ({"months": 601}, "^months and legal_months must be at most 600"),
    ({"depth_recovery": 1.1}, "^depth_recovery must"),
    ({"depth_recovery": -0.1}, "^depth_recovery must"),
    ({"other_units": -1}, "^other_units must"),
    ({"value_decay": inf}, "^value_decay must"),
    ({"discount_rate": -1}, "^discount_rate must"),
    ({"carry": -1}, "^carry must"),
    ({"exit_cost": -1}, "^exit_cost must"),
    ({"legal_months": -1}, "^legal_months must"),
    ({"legal_months": 601}, "^months and legal_months must be at most 600"),
]


def sold_by_hand(
    units, unit_value, months, depth, depth_recovery=0, other_units=0, value_decay=0, discount_rate=0, carry=0,
    exit_cost=0, legal_months=0,
):  # fmt: skip
    """Proceeds of a sale, one month after the other, as the scenario defines them."""
    count = max(1, ceil(months))
    mine, theirs = units / count, other_units / count
    pressure, unsold = 0.0, units
    proceeds = -carry * units * legal_months * (1 + discount_rate) ** (-legal_months / 24)
    for month in range(1, count + 1):
        start = (1 - depth_recovery) * pressure
        pressure = start + mine + theirs
        risen = (pressure - start) / depth
        factor = exp(-start / depth) * -expm1(-risen) / risen
        years = (legal_months + month - 0.5) / 12
        price = unit_value * exp(-value_decay * years) * factor
        kept = unsold - mine / 2
        proceeds += (mine * (price - exit_cost) - carry * kept) * (1 + discount_rate) ** -years
        unsold -= mine
    return proceeds


def proceeds(*args, **kwargs):
    return float(liquidation(*args, **kwargs)["present value"][0])


@given(UNITS, VALUES, MONTHS, DEPTHS, MARKETS)
def test_a_sale_is_the_loop_by_hand(units, value, months, depth, market):
    by_hand = sold_by_hand(units, value, months, depth, **market)
    scale = units * (value + 24 * market["carry"] + market["exit_cost"])
    assert proceeds(units, value, months, depth, **market) == pytest.approx(
        by_hand, rel=1e-9, abs=1e-9 * scale
    )


@given(UNITS, VALUES, MONTHS, DEPTHS, MARKETS)
def test_a_sale_conserves_units_and_money(units, value, months, depth, market):
    table = liquidation(units, value, months, depth, **market)
    assert table["month"][0] == "total"
    assert table["units sold"][1:].sum() == pytest.approx(units, rel=1e-12)
    for name in ("units sold", "gross", "carry", "exit cost", "net", "present value"):
        assert table[name][0] == pytest.approx(table[name][1:].sum(), rel=1e-12)
    assert table["net"] == pytest.approx(
        table["gross"] - table["carry"] - table["exit cost"], rel=1e-9, abs=1e-3
    )
    assert table["exit cost"][0] == pytest.approx(market["exit_cost"] * units, rel=1e-9)
    held = units * (max(1, ceil(months)) / 2 + market["legal_months"])
    assert table["carry"][0] == pytest.approx(market["carry"] * held, rel=1e-9, abs=1e-6)


@given(UNITS, VALUES, MONTHS, DEPTHS, st.floats(1.1, 100), MARKETS)
def test_a_deeper_market_never_brings_less(units, value, months, depth, more, market):
    shallow, deep = (proceeds(units, value, months, d, **market) for d in (depth, depth * more))
    assert deep >= shallow - 1e-9 * abs(shallow)


@given(UNITS, VALUES, MONTHS, DEPTHS)
def test_without_recovery_the_months_do_not_matter(units, value, months, depth):
    identity = value * depth * -expm1(-units / depth)
    assert proceeds(units, value, months, depth) == pytest.approx(identity, rel=1e-9)


def test_the_identity_of_ten_thousand_gpus():
    for months in (1, 2, 8, 120):
        assert proceeds(10000, 20000, months, 20000) == pytest.approx(157.39e6, abs=0.005e6)


def test_a_market_that_recovers_takes_any_number_in_time():
    whole = 1000 * 20000
    losses = [whole - proceeds(1000, 20000, months, 500, depth_recovery=1) for months in (1, 10, 100, 600)]
    assert losses == sorted(losses, reverse=True)
    # A month's average discount is about half its sales over the depth.
    assert losses[-1] / whole == pytest.approx(1000 / 600 / 500 / 2, rel=1e-2)


def test_other_sellers_take_the_price_along():
    # Two equal sellers sell into the same month: each gets the average price of both.
    both = 2000 / 5000
    alone = proceeds(1000, 1.0, 1, 5000, other_units=1000)
    assert alone == pytest.approx(1000 * (1 - exp(-both)) / both, rel=1e-12)


def test_a_legal_stay_is_a_month_zero_in_which_nothing_sells():
    table = liquidation(100, 1000, 2, 1e12, carry=10, legal_months=6)
    assert table["month"].tolist() == ["total", 0, 1, 2]
    assert table["years"].tolist() == pytest.approx([7.5 / 12, 0.25, 6.5 / 12, 7.5 / 12])
    assert table["units sold"].tolist() == [100, 0, 50, 50]
    assert table["carry"].tolist() == [6000 + 750 + 250, 6000, 750, 250]
    assert np.isnan(table["price"][1])
    assert np.isnan(table["price factor"][1])


def test_time_costs_decay_and_discount_at_mid_month():
    value = proceeds(100, 1000, 1, 1e15, value_decay=0.12, discount_rate=0.1, legal_months=5.5)
    assert value == pytest.approx(100 * 1000 * exp(-0.12 / 2) / 1.1**0.5, rel=1e-9)


def test_a_month_begun_is_a_month_but_not_by_a_rounding_error():
    for months, count in (
        (0, 1),
        (0.2, 1),
        (1, 1),
        (2.1, 3),
        (3 * 1.1, 4),
        (0.1 + 0.2 + 2.7, 3),
        (3 + 1e-15, 3),
    ):
        assert len(liquidation(10, 1, months, 10)["month"]) == count + 1


def test_nothing_to_sell_has_no_price_and_worthless_goods_still_press_on_it():
    empty = liquidation(0, 1000, 3, 100)
    assert empty["present value"].tolist() == [0, 0, 0, 0]
    assert np.isnan(empty["price"][0])
    assert liquidation(10, 0, 1, 100)["price factor"][0] == pytest.approx((1 - np.exp(-0.1)) / 0.1)


@pytest.mark.parametrize(
    ("change", "says"), [*SALE_ERRORS, ({"depth": 0}, "^depth must"), ({"depth": -1}, "^depth must")]
)
def test_a_sale_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        liquidation(**(SALE | change))


@given(UNITS, VALUES, MONTHS, MARKETS, st.floats(0.02, 0.98))
def test_at_the_break_depth_the_sale_brings_the_debt(units, value, months, market, share):
    most = proceeds(units, value, months, 1e12 * (units + market["other_units"]), **market)
    debt = share * max(most, 0.0)
    depth = break_depth(debt, units, value, months, **market) if most > 0 else 0.0
    if depth > 0:
        scale = most + units * (market["carry"] * 60 + market["exit_cost"])
        assert proceeds(units, value, months, depth, **market) == pytest.approx(
            debt, rel=1e-9, abs=1e-9 * scale
        )


@given(st.floats(0.05, 20), SHARES, MONTHS)
def test_break_depth_undoes_a_sale(units_per_depth, recovery, months):
    debt = proceeds(1000, 20000, months, 1000 / units_per_depth, recovery)
    assert break_depth(debt, 1000, 20000, months, recovery) == pytest.approx(1000 / units_per_depth, rel=1e-6)


def test_no_debt_is_repaid_at_no_depth_and_too_much_at_none():
    assert break_depth(0, 1000, 20000, 6) == 0.0
    assert break_depth(0, 0, 20000, 6) == 0.0
    with pytest.raises(NotApplicable, match="brings at most 20,000,000, less than the debt of 20,000,001"):
        break_depth(20_000_001, 1000, 20000, 6)
    with pytest.raises(NotApplicable, match="any depth"):
        break_depth(1, 1000, 20000, 6, exit_cost=20000)


@pytest.mark.parametrize(("change", "says"), [*SALE_ERRORS, ({"debt": -1}, "^debt must")])
def test_break_depth_refuses(change, says):
    sale = {name: value for name, value in SALE.items() if name != "depth"}
    with pytest.raises(OutOfRange, match=says):
        break_depth(**({"debt": 1e6} | sale | change))


@given(
    UNITS,
    st.floats(0.1, 5),
    st.floats(0.1, 50),
    st.floats(0.05, 1),
    st.floats(1, 1e5),
    st.floats(0.05, 1),
    SHARES,
)
def test_the_slower_of_hosting_and_market_decides(units, kw, mw, hostable, volume, participation, legal):
    hosting = units * kw / (mw * 1000 * hostable)
    market = units / (volume * participation)
    assert months_to_sell(units, kw, mw, hostable, legal_months=legal) == pytest.approx(
        legal + hosting, rel=1e-12
    )
    both = months_to_sell(units, kw, mw, hostable, volume, participation, legal)
    assert both == pytest.approx(legal + max(hosting, market), rel=1e-12)


def test_nothing_to_sell_waits_for_the_court_alone():
    assert months_to_sell(0, 1.3, 2, legal_months=4) == 4


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"units": -1}, OutOfRange, "^units must"),
        ({"legal_months": -1}, OutOfRange, "^legal_months must"),
        ({"kw_per_gpu": 0}, OutOfRange, "^kw_per_gpu must"),
        ({"hosting_mw_per_month": 0}, OutOfRange, "^hosting_mw_per_month must"),
        ({"hostable_share": 0}, OutOfRange, "^hostable_share must be above 0"),
        ({"hostable_share": 1.1}, OutOfRange, "^hostable_share must be between 0 and 1"),
        ({"monthly_volume": 0, "participation": 0.5}, OutOfRange, "^monthly_volume must"),
        ({"monthly_volume": 10, "participation": 0}, OutOfRange, "^participation must be above 0"),
        ({"monthly_volume": 10, "participation": 1.1}, OutOfRange, "^participation must be between"),
        ({"monthly_volume": 10}, InvalidValue, "^monthly_volume and participation go together"),
        ({"participation": 0.1}, InvalidValue, "^monthly_volume and participation go together"),
    ],
)
def test_months_to_sell_refuses(change, error, says):
    with pytest.raises(error, match=says):
        months_to_sell(**({"units": 100, "kw_per_gpu": 1.3, "hosting_mw_per_month": 2.0} | change))


@given(st.floats(1, 1e9), st.floats(1, 1e9), st.floats(1, 1e9), st.floats(1, 1e9))
def test_each_of_the_three_ltvs_times_its_value_is_the_debt(debt, book, economic, brought):
    table = liquidation_ltv(debt, book, economic, brought)
    for column, value in zip(table.values(), (book, economic, brought), strict=True):
        assert column * value == pytest.approx(debt, rel=1e-12)


def test_a_worthless_value_has_an_unbounded_ltv():
    table = liquidation_ltv([70, 35], [100, 50], [80, 40], [0, 35])
    assert list(table) == ["book LTV", "economic LTV", "liquidation LTV"]
    assert table["liquidation LTV"].tolist() == [inf, 1.0]


@pytest.mark.parametrize("name", ["debt", "book", "economic", "proceeds"])
def test_the_three_ltvs_refuse_a_negative_amount(name):
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        liquidation_ltv(**({"debt": 1.0, "book": 1.0, "economic": 1.0, "proceeds": 1.0} | {name: -1.0}))


PROFILES = st.just(0.0) | st.floats(0.001, 1)
DATES = st.lists(st.tuples(st.floats(0, 1e6), PROFILES), min_size=1, max_size=8)


@given(st.floats(1, 1e6), DATES, st.floats(0, 0.9))
def test_lending_one_less_the_haircut_loses_no_more_than_the_target_and_a_bit_more_does(value, dates, target):
    brought = np.array([date[0] for date in dates])
    profile = np.array([1.0, *[date[1] for date in dates[1:]]])
    cut = haircut(value, brought, 500 * profile, target)
    assert 0 <= cut <= 1
    owed = (1 - cut) * value * profile
    losses = owed - brought
    assert (losses <= target * owed + 1e-9 * value).all()
    if 0 < cut < 1:
        more = owed * (1 + 1e-6)
        assert (more - brought > target * more).any()


def test_haircuts_by_hand():
    # Lending 50 of 100 and repaying half: the sale brings 45 of 50, then 25 of 25.
    assert haircut(100, [45, 25], [1, 0.5]) == pytest.approx(0.55)
    assert haircut(100, [45, 25], [1, 0.5], target_lgd=0.1) == pytest.approx(0.5)
    assert haircut(100, [150, 25], [8, 0]) == 0.0
    assert haircut(100, [60, -1], [1, 1]) == 1.0
    assert haircut(100, 60, 1) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"value": 0}, OutOfRange, "^value must"),
        ({"proceeds": [1, np.nan]}, OutOfRange, "^proceeds must"),
        ({"balances": [1, -1]}, OutOfRange, "^balances must"),
        ({"balances": [0, 1]}, OutOfRange, "^balances at closing must"),
        ({"target_lgd": 1}, OutOfRange, "^target_lgd must be below 1"),
        ({"target_lgd": -0.1}, OutOfRange, "^target_lgd must"),
        ({"balances": [1, 1, 1]}, InvalidValue, "proceeds has 2, balances has 3"),
    ],
)
def test_a_haircut_refuses(change, error, says):
    with pytest.raises(error, match=says):
        haircut(**({"value": 100, "proceeds": [60, 40], "balances": [80, 40]} | change))


@given(st.floats(1, 1e9), st.floats(-1e9, 1e9), MONEY, SHARES, SHARES, st.floats(0, 1e9))
def test_lgd_is_a_share_that_falls_with_cover(exposure, brought, limit, fails, wrong_way, more):
    loss = lgd(exposure, brought, limit, fails, wrong_way)[0]
    assert 0 <= lgd(exposure, brought, limit + more, fails, wrong_way)[0] <= loss <= 1
    assert loss <= lgd(exposure, brought)[0]
    assert (
        lgd(exposure, brought, limit, 1.0)[0]
        == lgd(exposure, brought, limit, 0.0, 1.0)[0]
        == lgd(exposure, brought)[0]
    )
    assert loss >= lgd(exposure, brought, limit)[0]


def test_lgd_by_hand():
    assert lgd(100, [60, 100, 150, 0, -5]).tolist() == [0.4, 0, 0, 1, 1]
    assert lgd(100, 60, 1000).tolist() == [0.0]
    assert lgd(100, 60, 25, 0.1, 0.5) == pytest.approx([(40 - 25 * 0.9 * 0.5) / 100])
    assert np.isnan(lgd(0, 60)[0])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"exposure": -1}, OutOfRange, "^exposure must"),
        ({"proceeds": inf}, OutOfRange, "^proceeds must"),
        ({"cover_limit": -1}, OutOfRange, "^cover_limit must"),
        ({"cover_default": 1.1}, OutOfRange, "^cover_default must"),
        ({"wrong_way": -0.1}, OutOfRange, "^wrong_way must"),
        ({"exposure": [1, 2], "proceeds": [1, 2, 3]}, InvalidValue, "exposure has 2, proceeds has 3"),
    ],
)
def test_lgd_refuses(change, error, says):
    with pytest.raises(error, match=says):
        lgd(**({"exposure": 100, "proceeds": 60} | change))


def test_a_balance_that_is_a_rounding_residue_decides_no_haircut():
    assert haircut(100, [60, 40, 0], [100, 50, 1e-12]) == pytest.approx(0.4)


def test_terms_too_extreme_for_a_break_even_depth_are_refused():
    with pytest.raises(OutOfRange, match="too extreme"):
        break_depth(0.38, 1, 3, 1, 0.26, 1e300)
