from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haircut.models.collateral import rent_value, step_value
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.fleet import economic_life, fleet_value, hazard_value, parity_cap

SHARES = st.floats(0, 1)
RENTS = st.floats(0, 10)
YEARS = st.floats(0, 12)


@given(st.floats(1, 1e5), st.floats(0, 12), st.floats(0, 1), st.floats(0, 3), SHARES)
def test_the_expected_value_is_the_mean_over_the_number_of_releases(cost, age, decay, releases, drop):
    expected, probability = 0.0, exp(-releases * age)
    for count in range(200):
        expected += probability * (1 - drop) ** count
        probability *= releases * age / (count + 1)
    assert hazard_value(cost, age, decay, releases, drop)[0] == pytest.approx(
        cost * exp(-decay * age) * expected, rel=1e-9
    )


def test_without_releases_it_is_the_steady_decay():
    assert hazard_value(100, [0, 1], log(2), 0, 0.4).tolist() == pytest.approx([100, 50])
    assert hazard_value(100, [0, 1], log(2), 2, 0).tolist() == pytest.approx([100, 50])


@pytest.mark.parametrize("name", ["cost", "ages", "decay", "releases_per_year"])
def test_an_expected_value_refuses_a_negative(name):
    good = {"cost": 1.0, "ages": 1.0, "decay": 0.2, "releases_per_year": 0.5, "mean_drop": 0.3}
    with pytest.raises(OutOfRange, match=f"^{name} must"):
        hazard_value(**(good | {name: -1.0}))
    with pytest.raises(OutOfRange, match="^mean_drop must"):
        hazard_value(**(good | {"mean_drop": 1.1}))


@given(st.floats(1, 1e5), st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 3))
def test_parity_splits_into_steps(price, old, new, beta):
    between = (old * new) ** 0.5
    assert parity_cap(parity_cap(price, between, new, beta), old, between, beta) == pytest.approx(
        parity_cap(price, old, new, beta), rel=1e-9
    )
    # In proportion, a unit of performance costs the same on both chips.
    assert parity_cap(price, old, new) / old == pytest.approx(price / new, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"new_price": -1}, "^new_price must"),
        ({"old_performance": 0}, "^old_performance must"),
        ({"new_performance": 0}, "^new_performance must"),
        ({"beta": -1}, "^beta must"),
    ],
)
def test_a_parity_cap_refuses(change, says):
    with pytest.raises(OutOfRange, match=says):
        parity_cap(**({"new_price": 1, "old_performance": 1, "new_performance": 2} | change))


@given(RENTS, st.floats(-0.5, 0.9), st.floats(0.05, 5), YEARS, st.floats(0.1, 1))
def test_the_life_ends_when_the_rent_implied_value_is_scrapped(rent, decline, opex, life, utilisation):
    # The scrap value is received at the end, so its present value at e^-t tells the time.
    terms = (rent, decline, opex, np.e - 1, life, utilisation)
    scrap = 1e6
    present = (rent_value(*terms, scrap) - rent_value(*terms, 0.0))[0] / scrap
    assert economic_life(rent, decline, opex, life, utilisation)[0] == pytest.approx(
        -log(present), rel=1e-6, abs=1e-6
    )


@given(st.floats(0.1, 10), st.floats(0.01, 0.9), st.floats(0.05, 5), st.floats(0.1, 1))
def test_at_the_end_the_rent_is_the_cost(rent, decline, opex, utilisation):
    years = economic_life(rent, decline, opex, 1000, utilisation)[0]
    left = utilisation * rent * (1 - decline) ** years
    assert left == pytest.approx(opex, rel=1e-9) if years > 0 else left <= opex


def test_lives_at_their_limits():
    assert economic_life([2, 0.5, 0.4, 0], 0.5, 0.5, 6).tolist() == [2, 0, 0, 0]
    assert economic_life(2, 0.5, 0.5, [1, 0]).tolist() == [1, 0]
    assert economic_life([0.6, 0.5], 0, 0.5, 6).tolist() == [6, 0]
    assert economic_life([0.4, 0.2], -0.1, 0.5, 6).tolist() == [6, 0]
    assert economic_life([1, 0], 0.5, 0, 6).tolist() == [6, 0]
    assert economic_life([1, 0], -0.5, 0, 6).tolist() == [6, 0]
    assert economic_life([1, 0], -0.99, 0.5, 1e6).tolist() == [1e6, 0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"rent": -1}, OutOfRange, "^rent must"),
        ({"annual_decline": 1}, OutOfRange, "^annual_decline must"),
        ({"opex_per_hour": -1}, OutOfRange, "^opex_per_hour must"),
        ({"life": -1}, OutOfRange, "^life must"),
        ({"utilisation": 1.1}, OutOfRange, "^utilisation must"),
        ({"rent": [1, 2], "life": [1, 2, 3]}, InvalidValue, "rent has 2, life has 3"),
    ],
)
def test_a_life_refuses(change, error, says):
    with pytest.raises(error, match=says):
        economic_life(**({"rent": 2, "annual_decline": 0.3, "opex_per_hour": 0.5, "life": 6} | change))


VINTAGES = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 5e4), st.floats(-5, 5)), min_size=1, max_size=6)
RELEASES = st.lists(st.tuples(st.floats(-6, 10), SHARES), min_size=1, max_size=5)


@given(VINTAGES, RELEASES, st.lists(YEARS, min_size=1, max_size=5), st.floats(0, 1), SHARES)
def test_a_fleet_is_the_sum_of_its_vintages(vintages, releases, at, decay, floor):
    counts, costs, starts = zip(*vintages, strict=True)
    when, drops = (np.array(column) for column in zip(*releases, strict=True))
    total = np.zeros(len(at))
    for count, cost, start in vintages:
        for i, time in enumerate(at):
            if time >= start:
                total[i] += count * step_value(cost, time - start, decay, when - start, drops, floor)[0]
    assert fleet_value(at, counts, costs, starts, decay, when, drops, floor) == pytest.approx(
        total, rel=1e-9, abs=1e-6
    )


def test_a_release_hits_what_is_installed_and_no_later_vintage():
    at = [0, 0.5, 1, 2]
    assert fleet_value(at, 10, [100, 200], [0, 1], 0, 0.5, 0.4).tolist() == [1000, 600, 2600, 2600]
    # Running for a year at closing: the release half a year ago has hit it.
    assert fleet_value(0, 1, 100, -1, log(2), -0.5, 0.5)[0] == pytest.approx(25)
    assert fleet_value(0, 1, 100, -1, log(2), -1.5, 0.5)[0] == pytest.approx(50)


def test_the_average_age_would_understate_a_mixed_fleet():
    mixed = fleet_value(5, 1, 100, [0, 4], 0.5, 0, 0)[0]
    assert mixed > fleet_value(5, 2, 100, 2, 0.5, 0, 0)[0]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"counts": -1}, OutOfRange, "^counts must"),
        ({"costs": -1}, OutOfRange, "^costs must"),
        ({"decay": -1}, OutOfRange, "^decay must"),
        ({"at_times": np.inf}, OutOfRange, "^at_times must"),
        ({"in_service_times": np.nan}, OutOfRange, "^in_service_times must"),
        ({"release_times": np.nan}, OutOfRange, "^release_times must"),
        ({"release_drops": 1.1}, OutOfRange, "^release_drops must"),
        ({"floor_share": -0.1}, OutOfRange, "^floor_share must"),
        ({"counts": [1, 2], "costs": [1, 2, 3]}, InvalidValue, "counts has 2, costs has 3"),
        ({"release_times": [1, 2]}, InvalidValue, "release_times has 2, release_drops has 1"),
    ],
)
def test_a_fleet_refuses(change, error, says):
    good = {"at_times": 1, "counts": 1, "costs": 100, "in_service_times": 0, "decay": 0.1}
    good |= {"release_times": 1, "release_drops": 0.3}
    with pytest.raises(error, match=says):
        fleet_value(**(good | change))
