import json
from csv import DictReader
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.miner import (
    hashprice,
    iso_default,
    lookthrough_ltv,
    maturity_wall,
    mining_margin,
    network_hashrate,
    rollover_gap,
    subsidy,
)

MINING = Path(__file__).parents[1] / "published" / "mining.csv"
MODEL_ROWS = {
    row["id"]: row
    for row in DictReader(MINING.read_text(encoding="utf-8").splitlines())
    if not row["function"].startswith("HC_")
}
MONEY = st.floats(0, 1e10)
SHARES = st.floats(0, 1)
RATES = st.floats(1e-3, 1e6)


def test_all_coins_ever_created_to_the_satoshi():
    row = MODEL_ROWS["BITCOIN-SUPPLY"]
    first, end, step = json.loads(row["arguments"])
    satoshi = np.rint(subsidy(np.arange(first, end, step)) * 1e8).astype(int)
    assert int(satoshi.sum()) * step == int(row["expected"])


@given(st.integers(0, 32 * 210_000))
def test_the_subsidy_is_what_the_protocol_s_shift_of_satoshi_gives(height):
    assert subsidy(height).tolist() == [(50 * 10**8 >> height // 210_000) / 1e8]


def test_after_the_last_satoshi_there_is_no_subsidy():
    last = 33 * 210_000 - 1
    assert subsidy([last, last + 1, 64 * 210_000, 1e300]).tolist() == [1e-8, 0, 0, 0]


@pytest.mark.parametrize(
    ("height", "says"), [(-1, "^height must be at least 0"), (0.5, "^height must be a whole")]
)
def test_a_subsidy_refuses(height, says):
    with pytest.raises(OutOfRange, match=says):
        subsidy([0, height])


@pytest.mark.parametrize("name", [name for name in MODEL_ROWS if name.startswith("LUXOR")])
def test_the_hashprice_that_luxor_published(name):
    row = MODEL_ROWS[name]
    price, difficulty, height, fees = json.loads(row["arguments"])
    created = subsidy(height)
    day = hashprice(price, network_hashrate(difficulty), created, created * fees / (1 - fees))
    assert day == pytest.approx([float(row["expected"])], abs=float(row["tolerance"]))


@given(RATES, RATES, st.floats(0, 50), st.floats(0, 5))
def test_the_whole_network_earns_the_coins_of_144_blocks(price, network, created, fees):
    of_all = hashprice(price, network, created, fees)[0] * network * 1000
    assert of_all == pytest.approx(144 * (created + fees) * price, rel=1e-12)


def test_hashrate_and_difficulty_are_proportional():
    assert network_hashrate([1, 2, 4]) / network_hashrate(1) == pytest.approx([1, 2, 4], rel=1e-15)
    # Difficulty 1 is the seven million hashes a second of one processor.
    assert network_hashrate(1) * 1e12 == pytest.approx([7.158279], abs=5e-7)


def test_without_a_network_there_is_nothing_to_divide_by():
    assert hashprice(90000, [0, 1000], 3.125, 0.05)[0] == inf


@given(st.floats(0, 1000), st.floats(0, 100), st.floats(-0.5, 1))
def test_the_margin_is_what_the_kilowatts_leave(earned, energy, power):
    # A PH/s is 1,000 TH/s, each of them `energy` watts.
    kilowatts = 1000 * energy / 1000
    assert mining_margin(earned, energy, power)[0] == pytest.approx(
        earned - kilowatts * 24 * power, rel=1e-12, abs=1e-12
    )


def test_mining_pays_nothing_at_the_break_even_power_price():
    assert mining_margin(45, [15, 25], [45 / 24 / 15, 45 / 24 / 25]) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize(
    ("model", "change", "error", "says"),
    [
        (network_hashrate, {"difficulty": 0}, OutOfRange, "^difficulty must"),
        (network_hashrate, {"difficulty": inf}, OutOfRange, "^difficulty must"),
        (hashprice, {"coin_price": -1}, OutOfRange, "^coin_price must"),
        (hashprice, {"network_ehs": -1}, OutOfRange, "^network_ehs must"),
        (hashprice, {"subsidy": -1}, OutOfRange, "^subsidy must"),
        (hashprice, {"fees_per_block": -1}, OutOfRange, "^fees_per_block must"),
        (
            hashprice,
            {"subsidy": [1, 2], "coin_price": [1, 2, 3]},
            InvalidValue,
            "coin_price has 3, subsidy has 2",
        ),
        (mining_margin, {"hashprice": -1}, OutOfRange, "^hashprice must"),
        (mining_margin, {"efficiency_j_per_th": -1}, OutOfRange, "^efficiency_j_per_th must"),
        (mining_margin, {"power_price": nan}, OutOfRange, "^power_price must"),
    ],
)
def test_mining_refuses(model, change, error, says):
    good = {
        network_hashrate: {"difficulty": 1e14},
        hashprice: {"coin_price": 9e4, "network_ehs": 1e3, "subsidy": 3.125, "fees_per_block": 0.05},
        mining_margin: {"hashprice": 45, "efficiency_j_per_th": 25, "power_price": 0.05},
    }
    with pytest.raises(error, match=says):
        model(**(good[model] | change))


WALLS = st.lists(st.tuples(MONEY, st.floats(0, 100)), min_size=1, max_size=30)


@given(WALLS, st.floats(0, 120))
def test_a_wall_loses_no_maturity(wall, horizon):
    amounts, times = zip(*wall, strict=True)
    table = maturity_wall(amounts, times, horizon)
    by_year = table["amount"][2:]
    assert table["year"].tolist() == ["total", "inside horizon", *range(1, len(by_year) + 1)]
    assert table["amount"][0] == pytest.approx(sum(amounts), rel=1e-12)
    assert by_year.sum() == pytest.approx(sum(amounts), rel=1e-12)
    assert table["amount"][1] == pytest.approx(
        sum(a for a, t in wall if float(f"{t:.15g}") <= float(f"{horizon:.15g}")), rel=1e-12
    )
    if sum(amounts) > 0:
        assert table["share"] == pytest.approx(table["amount"] / sum(amounts), rel=1e-9)


@given(WALLS, st.floats(0, 60), st.floats(0, 60))
def test_a_longer_horizon_never_holds_less(wall, a, b):
    amounts, times = zip(*wall, strict=True)
    inside = [maturity_wall(amounts, times, h)["amount"][1] for h in sorted((a, b))]
    assert inside[0] <= inside[1] * (1 + 1e-12)


def test_a_maturity_at_the_end_of_a_year_belongs_to_it_whatever_the_rounding():
    table = maturity_wall([1, 2, 4, 8], [0, 1, 0.1 + 0.2 + 0.7, 3 * 1.1], 3.3)
    assert table["amount"].tolist() == [15, 15, 7, 0, 0, 8]
    assert maturity_wall([1, 2], [2, 2.01])["amount"].tolist() == [3, 1, 0, 1, 2]


def test_a_wall_without_debt_has_no_shares():
    table = maturity_wall([0, 0], [1, 2])
    assert table["amount"].tolist() == [0, 0, 0, 0]
    assert np.isnan(table["share"]).all()


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"amounts": [1, -1]}, OutOfRange, "^amounts must"),
        ({"times": [1, -1]}, OutOfRange, "^times must be at least 0"),
        ({"times": [1, 101]}, OutOfRange, "^times must be at most 100 years, but is 101"),
        ({"horizon": -1}, OutOfRange, "^horizon must"),
        ({"times": [1, 2, 3]}, InvalidValue, "amounts has 2, times has 3"),
    ],
)
def test_a_wall_refuses(change, error, says):
    with pytest.raises(error, match=says):
        maturity_wall(**({"amounts": [1, 2], "times": [1, 2]} | change))


@given(MONEY, MONEY, MONEY, MONEY, SHARES, st.floats(-1e10, 1e10))
def test_the_gap_and_the_means_make_up_the_maturities(due, cash, lines, coins, haircut, flow):
    gap = rollover_gap(due, cash, lines, coins, haircut, flow)[0]
    assert gap + cash + lines + coins - haircut * coins + flow == pytest.approx(due, abs=1e-4)


@given(MONEY, MONEY, SHARES, SHARES)
def test_a_deeper_haircut_never_closes_a_gap(due, coins, a, b):
    small, large = rollover_gap(due, 0, 0, coins, sorted((a, b)), 0)
    assert small <= large


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"maturities": -1}, OutOfRange, "^maturities must"),
        ({"cash": -1}, OutOfRange, "^cash must"),
        ({"committed": -1}, OutOfRange, "^committed must"),
        ({"coin_value": -1}, OutOfRange, "^coin_value must"),
        ({"coin_haircut": 1.1}, OutOfRange, "^coin_haircut must"),
        ({"free_cash_flow": inf}, OutOfRange, "^free_cash_flow must"),
        ({"cash": [1, 2], "maturities": [1, 2, 3]}, InvalidValue, "maturities has 3, cash has 2"),
    ],
)
def test_a_gap_refuses(change, error, says):
    good = dict.fromkeys(("maturities", "cash", "committed", "coin_value", "free_cash_flow"), 1.0)
    with pytest.raises(error, match=says):
        rollover_gap(**(good | {"coin_haircut": 0.5} | change))


MINER = st.tuples(st.floats(1, 1e10), st.floats(1, 1e10), st.floats(1, 1e10), st.floats(0, 1e10))
FALLS = st.lists(SHARES, min_size=1, max_size=5)


@given(MINER, FALLS)
def test_on_the_iso_default_line_the_look_through_ltv_is_one(miner, coin_falls):
    for x, y in zip(coin_falls, iso_default(*miner, coin_falls).tolist(), strict=True):
        debt, coins, gpus, cash = miner
        if 0 <= y <= 1 and debt > 1e-6 * (coins + gpus + cash):
            assert lookthrough_ltv(*miner, x, y)[0, 0] == pytest.approx(1, rel=1e-6)


@given(MINER, FALLS)
def test_off_the_line_the_equity_is_gone_or_safe(miner, coin_falls):
    debt, coins, gpus, cash = miner
    for x, y in zip(coin_falls, iso_default(*miner, coin_falls).tolist(), strict=True):
        left = coins * (1 - x) + cash
        slack = 1e-9 * (coins + gpus + cash + debt)
        if np.isnan(y):
            assert left >= debt - slack
        elif y < 0:
            assert left + gpus <= debt + slack


@given(MINER, FALLS, FALLS)
def test_look_through_ltv_rises_with_either_fall(miner, coin_falls, gpu_falls):
    table = lookthrough_ltv(*miner, sorted(coin_falls), sorted(gpu_falls))
    assert table.shape == (len(coin_falls), len(gpu_falls))
    assert (table[1:] >= table[:-1] * (1 - 1e-12)).all()
    assert (table[:, 1:] >= table[:, :-1] * (1 - 1e-12)).all()


def test_a_miner_by_hand():
    assert lookthrough_ltv(60, 50, 40, 10, [0, 1], [0, 1]).tolist() == [[0.6, 1.0], [1.2, 6.0]]
    assert lookthrough_ltv(60, 50, 40, 0, 1, 1).tolist() == [[inf]]
    assert iso_default(60, 50, 40, 10, [0, 0.5, 1]).tolist() == [1.0, 0.375, -0.25]
    assert np.isnan(iso_default(59, 50, 40, 10, 0)).all()
    assert np.isnan(iso_default(60, 50, 0, 10, [0, 1])).all()


@pytest.mark.parametrize("name", ["debt", "coin_value", "gpu_value", "cash"])
def test_a_miner_refuses_negative_amounts(name):
    good = {"debt": 60.0, "coin_value": 50.0, "gpu_value": 40.0, "cash": 10.0, "coin_falls": [0.5]}
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        iso_default(**(good | {name: -1.0}))
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        lookthrough_ltv(**(good | {name: -1.0}), gpu_falls=0.5)


def test_a_fall_is_a_share():
    for x, y, name in ((1.1, 0.5, "coin_falls"), (0.5, -0.1, "gpu_falls")):
        with pytest.raises(OutOfRange, match=f"^{name} must"):
            lookthrough_ltv(60, 50, 40, 10, x, y)
    with pytest.raises(OutOfRange, match="^coin_falls must"):
        iso_default(60, 50, 40, 10, 1.1)
