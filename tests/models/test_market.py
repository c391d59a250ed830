from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize

from haircut.models.comparison import fifteen_digits
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.liquidation import liquidation
from haircut.models.market import default_chain, optimal_sale, price_impact

QUANTITIES = st.just(0.0) | st.floats(1e-9, 1e6)
DEPTHS = st.floats(1, 1e8)
LAWS = st.sampled_from(["linear", "sqrt", "exponential", "floor"])
FLOORS = st.floats(0, 0.99)


@given(QUANTITIES, st.floats(1, 3), DEPTHS, LAWS, st.floats(0, 2), FLOORS)
def test_a_discount_is_a_share_that_rises_with_the_sale(quantity, more, depth, law, volatility, floor):
    args = (depth, law, volatility, 1.0, floor)
    small, large = price_impact([quantity, quantity * more], *args)
    assert 0 <= small <= large <= 1
    assert price_impact(0, *args)[0] == 0
    if law == "floor":
        assert large <= 1 - floor


@given(st.floats(1e-6, 30), FLOORS)
def test_exponential_and_floor_are_the_average_price_along_the_path(pressure, floor):
    discount = price_impact(pressure * 1000, 1000, "floor", floor_share=floor)[0]
    path, _ = quad(lambda q: floor + (1 - floor) * exp(-q / (1 - floor)), 0, pressure, limit=200)
    assert 1 - discount == pytest.approx(path / pressure, rel=1e-7)
    assert price_impact(pressure, 1, "exponential") == price_impact(pressure, 1, "floor")


@given(st.floats(1e-12, 1e-3))
def test_a_sale_that_hardly_moves_the_price_pays_half_of_the_move(pressure):
    assert price_impact(pressure, 1, "exponential")[0] == pytest.approx(
        pressure / 2 - pressure**2 / 6 + pressure**3 / 24 - pressure**4 / 120, rel=1e-11
    )
    assert price_impact(pressure, 1, "exponential")[0] <= price_impact(pressure, 1, "linear")[0]


def test_a_month_s_forced_sale_has_the_exponential_discount():
    sale = liquidation(1000, 1.0, 1, 5000)
    assert 1 - sale["price factor"][0] == pytest.approx(price_impact(1000, 5000, "exponential")[0], rel=1e-12)


def test_laws_by_hand():
    assert price_impact([0, 1, 2, 5], 1, " Linear ").tolist() == [0, 0.5, 1, 1]
    assert price_impact([4, 9], [16, 1], "sqrt", 0.1, 2).tolist() == pytest.approx([0.1, 0.6])
    assert price_impact(100, 1, "sqrt", 0.3).tolist() == [1.0]
    # The price falls from 1 to 0.25 on the way to a floor of 0: (1 - 0.25) / ln 4 is paid.
    assert price_impact(log(4), 1, "exponential")[0] == pytest.approx(1 - 0.75 / log(4), rel=1e-14)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"quantity": -1}, OutOfRange, "^quantity must"),
        ({"depth": 0}, OutOfRange, "^depth must"),
        ({"volatility": -0.1}, OutOfRange, "^volatility must"),
        ({"coefficient": -1}, OutOfRange, "^coefficient must"),
        ({"floor_share": 1}, OutOfRange, "^floor_share must be below 1"),
        ({"floor_share": -0.1}, OutOfRange, "^floor_share must"),
        ({"volatility": None}, InvalidValue, "^volatility is needed"),
        ({"law": "cubic"}, InvalidValue, '^law must be one of linear, .*, but is "cubic"$'),
        ({"quantity": [1, 2], "depth": [1, 2, 3]}, InvalidValue, "quantity has 2, depth has 3"),
    ],
)
def test_a_price_impact_refuses(change, error, says):
    with pytest.raises(error, match=says):
        price_impact(**({"quantity": 1, "depth": 1, "law": "sqrt", "volatility": 0.1} | change))


BORROWERS = st.lists(
    st.tuples(st.just(0.0) | st.floats(1, 1e6), st.just(0.0) | st.floats(1, 1e3), st.floats(0.1, 1.5)),
    min_size=1,
    max_size=8,
)
SHOCKS = st.floats(0, 1)


def chained(borrowers, depth, shock, value=1000.0):
    debts, units, triggers = (list(column) for column in zip(*borrowers, strict=True))
    return default_chain(debts, units, value, triggers, depth, shock)


@given(BORROWERS, st.floats(1, 1e6), SHOCKS)
def test_a_chain_is_the_loop_by_hand(borrowers, depth, shock):
    price, left, rounds = 1000.0 * (1 - shock), dict(enumerate(borrowers)), []
    while True:
        now = [
            name
            for name, (debt, units, trigger) in left.items()
            if debt > 0 and (units == 0 or fifteen_digits(debt / units / trigger) > fifteen_digits(price))
        ]
        if not now:
            break
        offered = sum(left[name][1] for name in now)
        after = price * exp(-offered / depth)
        paid = (price - after) / (offered / depth) if offered > 0 else price
        loss = sum(max(left[name][0] - left[name][1] * paid, 0.0) for name in now)
        rounds.append((", ".join(str(name + 1) for name in now), offered, after, loss))
        left = {name: terms for name, terms in left.items() if name not in now}
        price = after
    table = chained(borrowers, depth, shock)
    assert table["who falls"][2:].tolist() == [row[0] for row in rounds]
    for column, place in (("units sold", 1), ("price", 2), ("loss", 3)):
        wanted = [row[place] for row in rounds]
        # A price hardly moved leaves few digits in the difference of two prices, by which the loop divides.
        assert table[column][2:].tolist() == pytest.approx(wanted, rel=1e-6, abs=1e-3)


@given(BORROWERS, st.floats(1, 1e6), SHOCKS)
def test_a_chain_adds_up_and_ends_at_a_fixed_point(borrowers, depth, shock):
    table = chained(borrowers, depth, shock)
    for column in ("count", "units sold", "loss"):
        assert table[column][0] == pytest.approx(table[column][1:].sum(), rel=1e-12)
    assert table["price"][0] == table["price"][-1]
    assert (np.diff(table["price"][1:]) <= 0).all()
    assert table["count"][1] == 0
    assert (table["count"][2:] >= 1).all()
    fallen = {int(name) for name in table["who falls"][0].split(", ") if name != "none"}
    assert len(fallen) == table["count"][0]
    for place, (debt, units, trigger) in enumerate(borrowers, 1):
        safe = debt <= trigger * units * table["price"][0] * (1 + 1e-12)
        assert safe or place in fallen
    assert table["loss"][0] <= sum(terms[0] for terms in borrowers) * (1 + 1e-12)


@given(BORROWERS, st.floats(1, 1e6), SHOCKS, SHOCKS)
def test_a_deeper_market_or_a_smaller_shock_never_fells_more(borrowers, depth, shock, other):
    small, large = sorted((shock, other))
    assert chained(borrowers, depth, small)["count"][0] <= chained(borrowers, depth, large)["count"][0]
    assert chained(borrowers, depth * 2, shock)["count"][0] <= chained(borrowers, depth, shock)["count"][0]


def test_the_trigger_is_met_at_fifteen_digits():
    # 0.7 x (1 - 0.3) x 100 is 49 but for the rounding of its factors.
    assert default_chain(49, 100, 1.0, 0.7, 1000, 0.3)["count"][0] == 0
    assert default_chain(49.0000001, 100, 1.0, 0.7, 1000, 0.3)["count"][0] == 1


def test_chains_at_their_ends():
    calm = default_chain([50, 60], 100, 1.0, 0.8, 1000, 0.1)
    assert calm["who falls"].tolist() == ["none", "none"]
    assert calm["price"].tolist() == [0.9, 0.9]
    # Nothing is left of the price: whoever owes anything falls, and all of it is lost.
    wiped = default_chain([50, 0, 60], 100, 1.0, 0.8, 1000, 1.0)
    assert wiped["who falls"].tolist() == ["1, 3", "none", "1, 3"]
    assert wiped["loss"].tolist() == [110, 0, 110]
    # A debt without collateral falls at once and moves no price.
    bare = default_chain([10, 50], [0, 100], 1.0, 0.8, 1000, 0.0)
    assert (bare["who falls"][0], bare["price"][0], bare["loss"][0]) == ("1", 1.0, 10.0)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"debts": [1, -1]}, OutOfRange, "^debts must"),
        ({"units": -1}, OutOfRange, "^units must"),
        ({"unit_value": 0}, OutOfRange, "^unit_value must"),
        ({"trigger_ltv": 0}, OutOfRange, "^trigger_ltv must"),
        ({"depth": 0}, OutOfRange, "^depth must"),
        ({"first_shock": 1.1}, OutOfRange, "^first_shock must"),
        ({"debts": np.ones(5001)}, OutOfRange, "^debts must be at most 5,000"),
        ({"units": [1, 2, 3]}, InvalidValue, "debts has 2, units has 3"),
    ],
)
def test_a_chain_refuses(change, error, says):
    terms = {"debts": [1, 2], "units": 3, "unit_value": 1, "trigger_ltv": 0.8, "depth": 9, "first_shock": 0}
    with pytest.raises(error, match=says):
        default_chain(**(terms | change))


PAPER = {
    "units": 1e6,
    "horizon": 5,
    "count": 5,
    "volatility": 0.95,
    "permanent": 2.5e-7,
    "temporary": 2.5e-6,
    "fixed_cost": 0.0625,
}


def cost_of(sold, terms, aversion):
    """Almgren and Chriss's E + lambda V of any schedule, from their definitions."""
    tau = terms["horizon"] / terms["count"]
    left = terms["units"] - np.cumsum(sold)
    impact = terms["fixed_cost"] * sold.sum() + terms["temporary"] / tau * (sold**2).sum()
    cost = impact + terms["permanent"] * (left * sold).sum()
    return cost, terms["volatility"] ** 2 * tau * (left**2).sum(), aversion


@pytest.mark.parametrize("aversion", [1e-9, 5e-9, 9e-9, 1e-6, 1e-5])
def test_no_other_schedule_is_cheaper(aversion):
    def objective(free):
        sold = np.append(free, 1 - free.sum()) * PAPER["units"]
        cost, variance, _ = cost_of(sold, PAPER, aversion)
        return (cost + aversion * variance) / 1e6

    found = minimize(objective, np.full(4, 0.2), method="BFGS", options={"gtol": 1e-10})
    table = optimal_sale(**PAPER, risk_aversion=aversion)
    cost, variance = table["expected cost"][0], table["variance"][0]
    assert (cost + aversion * variance) / 1e6 == pytest.approx(found.fun, rel=1e-9)
    assert table["units sold"][1:5] / PAPER["units"] == pytest.approx(found.x, abs=1e-4)


@given(
    st.floats(0, 1e6),
    st.floats(0.5, 60),
    st.integers(1, 120),
    st.floats(0, 100),
    st.floats(0, 1),
    st.floats(0, 10),
    st.floats(0, 1),
)
def test_a_schedule_sells_all_ever_more_slowly_and_adds_up(
    units, horizon, count, volatility, permanent, extra, aversion
):
    temporary = permanent * horizon / count / 2 + 0.01 + extra
    table = optimal_sale(units, horizon, count, volatility, permanent, temporary, 1.0, aversion)
    sold, left = table["units sold"][1:], table["units left"][1:]
    assert sold.sum() == pytest.approx(units, rel=1e-9)
    assert left[-1] == 0
    assert (np.diff(sold) <= 1e-9 * units).all()
    assert (sold >= -1e-9 * units).all()
    assert table["time"][-1] == pytest.approx(table["time"][0], rel=1e-12)
    cost, variance, _ = cost_of(
        sold,
        {
            "units": units,
            "horizon": horizon,
            "count": count,
            "volatility": volatility,
            "permanent": permanent,
            "temporary": temporary,
            "fixed_cost": 1.0,
        },
        aversion,
    )
    assert table["expected cost"][0] == pytest.approx(cost, rel=1e-7, abs=1e-6)
    assert table["variance"][0] == pytest.approx(variance, rel=1e-7, abs=1e-4 * (1 + variance))


def test_an_even_pace_has_the_paper_s_closed_form():
    table = optimal_sale(**PAPER, risk_aversion=0)
    assert table["units sold"][1:].tolist() == pytest.approx([2e5] * 5)
    assert table["expected cost"][0] == pytest.approx(125_000 + 62_500 + 475_000, rel=1e-12)
    assert table["variance"][0] == pytest.approx(1.083e12, rel=1e-12)


def test_more_aversion_costs_more_and_varies_less_down_to_one_sale():
    tables = [optimal_sale(**PAPER, risk_aversion=aversion) for aversion in (0, 1e-8, 1e-6, 1e-4, 1e300)]
    costs, variances = ([table[column][0] for table in tables] for column in ("expected cost", "variance"))
    assert costs == sorted(costs)
    assert variances == sorted(variances, reverse=True)
    # All at once: no permanent impact on what is left, 2.5 USD of temporary impact each.
    assert costs[-1] == pytest.approx(62_500 + 2_500_000)
    assert variances[-1] == 0


def test_the_pace_decays_at_the_published_half_life():
    # DROP prints 51.30 for lambda 1e-9: the inverse of kappa in the limit of short periods.
    table = optimal_sale(**(PAPER | {"horizon": 2000, "count": 1000}), risk_aversion=1e-9)
    left = table["units left"]
    curvature = 2.5e-6 - 2.5e-7
    assert left[51] / left[1] == pytest.approx(exp(-100 * (1e-9 * 0.95**2 / curvature) ** 0.5), rel=1e-3)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"units": -1}, "^units must"),
        ({"horizon": 0}, "^horizon must"),
        ({"count": 0}, "^count must be a whole number from 1 to 1,200"),
        ({"count": 2.5}, "^count must"),
        ({"volatility": -1}, "^volatility must"),
        ({"permanent": -1}, "^permanent must"),
        ({"temporary": 0}, "^temporary must be above 0"),
        ({"temporary": 1e-7}, "^temporary must be above half a period's permanent impact, 1.25e-07"),
        ({"fixed_cost": -1}, "^fixed_cost must"),
        ({"risk_aversion": -1}, "^risk_aversion must"),
        ({"risk_aversion": 1e300, "volatility": 1e300}, "^risk_aversion is too large"),
    ],
)
def test_an_optimal_sale_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        optimal_sale(**(PAPER | {"risk_aversion": 1e-6} | change))
