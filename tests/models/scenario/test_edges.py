"""Corners of a deal in which a hand can say what must happen."""

import numpy as np
import pytest
from tests.models.scenario.deals import REFINANCING, deal, factors, quoted
from tests.models.scenario.test_limits import CALM, lived

from haircut.models.scenario import scenario, scenario_paths
from haircut.models.scenario.measures import MEASURES

WITH_SPREAD = ("rent", "power", "refi_spread")
CALM_SPREAD = CALM | {"refi_spread": (0.045, 0.0, 0.0)}


def base(rows, names=("rent", "power"), **levels):
    table = scenario(rows, factors(*names, **(CALM_SPREAD | levels)), quoted(*names), 0.0, 512)
    return dict(zip(MEASURES, table["base"].tolist(), strict=True))


def test_a_balloon_that_cash_repays_needs_no_new_loan():
    rows = deal(debt=100_000, tenor=1, style="bullet", minimum_cash=1e9, **REFINANCING)
    assert base(rows, WITH_SPREAD)["probability of default"] == 0


def test_every_path_may_have_defaulted_before_maturity():
    rows = deal(contracted_share=0, hosting_cost=50, style="bullet", **REFINANCING)
    found = base(rows, WITH_SPREAD)
    assert found["probability of default"] == 1 and found["of which at maturity"] == 0


def test_a_repaid_loan_cannot_default():
    """The sweep repays it; then the fleet is switched off and other costs go on."""
    rows = deal(debt=20e6, tenor=10, life=4, contract_years=4, sweep=1, other_cost=1e6)
    found = base(rows)
    assert found["probability of default"] == 0 and found["expected loss"] == 0
    _, by_hand = lived(rows)
    assert by_hand["balance"][-1] == 0
    assert found["median lowest dscr"] == pytest.approx(np.nanmin(by_hand["dscr"]))


@pytest.mark.parametrize(("coins", "survives"), [(10.0, True), (9.0, False), (0.0, False)])
def test_coins_cure_a_shortfall_or_are_kept_for_the_lender(coins, survives):
    """One quarter, no revenue, other cost 1,000 a quarter, a debt of 89,000: coins at 10,000 less 10 %."""
    rows = deal(gpus=1, debt=89_000, contracted_share=0, hosting_cost=50, tenor=0.25, other_cost=4_000, base_rate=0, margin=0,
                coins=coins, coin_discount=0.1, exit_cost=1e6)  # fmt: skip
    names = ("coin", "rent", "power")
    found = base(rows, names, coin=(10_000, 0.0, 0.0))
    assert found["probability of default"] == (0 if survives else 1)
    if not survives:
        assert found["expected loss"] * 89_000 == pytest.approx(89_000 - coins * 9_000)


def test_minimum_cash_is_kept_and_meets_a_later_shortfall():
    """A contract of one year pays; then there is nothing: with the cash kept the loan lives longer."""
    rows = {
        "contracted_share": 1,
        "contract_rent": 2.5,
        "contract_years": 1,
        "utilisation": 0.1,
        "tenor": 2,
        "debt": 60e6,
    }
    without, kept = base(deal(**rows)), base(deal(**rows, minimum_cash=20e6))
    assert without["mean year of default"] == 1.25
    assert kept["mean year of default"] > 1.25


def test_opening_cash_above_reserve_and_minimum_is_distributed():
    table = scenario_paths(
        deal(opening_cash=50e6, minimum_cash=10e6), factors(**CALM), quoted(), 0, "cash", [50]
    )
    assert table["50%"][:4].tolist() == [10e6] * 4


def test_sculpted_service_leaves_room_for_other_debt():
    _, got = lived(
        deal(style="sculpted", target_dscr=1.5, contract_years=5, other_debt_service=4e6, debt=120e6)
    )
    paying = got["balance"][:-1] > 0
    np.testing.assert_allclose(got["dscr"][:-1][paying], 1.5, rtol=1e-9)


def test_no_one_lends_anew_on_a_fleet_at_the_end_of_its_life():
    rows = {"style": "bullet", "debt": 30e6, "tenor": 2, "contract_years": 2, **REFINANCING}
    assert base(deal(**rows, life=7), WITH_SPREAD)["probability of default"] == 0
    assert base(deal(**rows, life=2), WITH_SPREAD)["of which at maturity"] == 1


def test_other_debt_service_comes_before_a_new_loan():
    rows = {"style": "bullet", "debt": 30e6, "tenor": 2, "contract_years": 2, **REFINANCING}
    assert base(deal(**rows), WITH_SPREAD)["probability of default"] == 0
    cash = lived(deal(contract_years=2, tenor=2))[0].fleet.expected_cfads(
        lived(deal(contract_years=2, tenor=2))[0].laws
    )
    claimed = 4 * min(cash) - 8 * 30e6 * 0.082 / 4
    assert base(deal(**rows, other_debt_service=claimed), WITH_SPREAD)["of which at maturity"] == 1


def test_a_loan_that_dies_at_once_has_no_spread():
    found = base(deal(contracted_share=0, hosting_cost=50))
    assert found["mean year of default"] == 0.25
    assert np.isnan(found["fair spread"])


def test_the_capital_charge_does_not_depend_on_the_unit_of_time():
    """On a life under a year the lifetime's unexpected loss is the year's."""
    rows = {
        "contracted_share": 0,
        "utilisation": 0.7,
        "debt": 12e6,
        "tenor": 0.5,
        "style": "bullet",
        **REFINANCING,
    }
    noisy = {"rent": (2.35, -0.22, 2.0)}
    plain, charged = (base(deal(**rows, hurdle=hurdle), WITH_SPREAD, **noisy) for hurdle in (0, 0.1))
    unexpected = plain["expected shortfall"] - plain["expected loss"]
    assert unexpected > 0
    assert charged["fair spread"] - plain["fair spread"] == pytest.approx(0.1 * unexpected * 10_000)
