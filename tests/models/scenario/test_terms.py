"""The labelled ranges: what is read, and what is refused by name."""

import pytest
from tests.models.scenario.deals import ALL, REFINANCING, deal, factors, quoted

from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.scenario import scenario, scenario_grid, scenario_paths
from haircut.models.scenario.terms import read_deal, read_factors


def test_labels_ignore_case_spaces_underscores_blank_rows_and_order():
    plain = deal()
    spelled = [
        [None, None],
        *([f" {name.upper().replace('_', ' ')} ", value] for name, value in reversed(plain)),
        ["", ""],
    ]
    assert read_deal(spelled) == read_deal(plain)


def test_a_third_column_may_state_the_unit():
    rows = [[name, value, "USD/GPU-hour" if name == "hosting_cost" else None] for name, value in deal()]
    assert read_deal(rows).hosting_cost == 0.25


REFUSED_DEALS = [
    (deal(gpu=1), "gpu.*did you mean gpus"),
    (deal(zebra=1), "no label|no \"zebra\".*one of gpus"),
    (deal(gpus=None), "gpus is missing"),
    ([*deal(), ["GPUs", 1]], "gpus is given twice"),
    (deal(gpus="many"), 'gpus holds "many"'),
    (deal(gpus=True), 'gpus holds "True"'),
    ([*deal(age=None), ["age", None]], "age is blank"),
    ([[*row, "EUR" if row[0] == "debt" else ""] for row in deal()], 'debt is in USD, not in "EUR"'),
    ([[*row, "", ""] for row in deal()], "two columns"),
    ([[None, None]], "at least one row"),
    (deal(contract_rent=None), "contract_rent is missing, and contracted_share is above 0"),
    (deal(style="sculpted"), "target_dscr is missing, and style is sculpted"),
    (deal(style="sculpted", target_dscr=1.3, balloon=0.2), "balloon"),
    (deal(style="bullet", balloon=0.3), "balloon"),
    (deal(style="loan"), "style must be one of annuity"),
    (deal(style=7), "style must be one of"),
    (deal(balloon=0.2), "refi_max_ltv is missing, and debt is left at maturity"),
    (deal(style="bullet", refi_max_ltv=0.5), "refi_min_dscr is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "why"), REFUSED_DEALS)
def test_a_deal_that_cannot_be_read_is_refused_by_label(rows, why):
    with pytest.raises(InvalidValue, match=why):
        scenario(rows, factors(), quoted(), 0.5, 512)


OUT_OF_RANGE = [
    ({"debt": 0}, "debt"),
    ({"tenor": 0}, "tenor"),
    ({"tenor": 4.1}, "tenor x 4"),
    ({"tenor": 31}, "tenor x 4"),
    ({"utilisation": 70}, "utilisation must be between 0 and 1"),
    ({"base_rate": 3.7}, "base_rate"),
    ({"base_rate": -0.05, "margin": 0.01}, "base_rate \\+ margin"),
    ({"depth": 0}, "depth"),
    ({"counterparty_pd": 1}, "counterparty_pd"),
    ({"confidence": 1}, "confidence"),
    ({"contract_rent": 1_600}, "contract_rent must be between 0 and 1000"),
    ({"lockup_dscr": 120}, "lockup_dscr"),
    ({"style": "sculpted", "target_dscr": 0}, "target_dscr must be above 0"),
    ({"confidence": 0.9999}, "leaves not one of 512 paths"),
    ({"hosting_mw_per_month": 0.01}, "selling 10000 gpus takes 1,300 months"),
    ({"gpus": float("nan")}, "gpus"),
]


@pytest.mark.parametrize(("changes", "why"), OUT_OF_RANGE)
def test_a_value_outside_its_range_is_refused_by_label(changes, why):
    with pytest.raises(OutOfRange, match=why):
        scenario(deal(**changes), factors(), quoted(), 0.5, 512)


REFUSED_FACTORS = [
    ([["factor", "level", "drift"], ["rent", 1, 0]], "headers factor, level, drift, volatility"),
    ([["factor", "level", "drift", "sigma"], ["rent", 1, 0, 0]], 'no "sigma"'),
    ([*factors(), ["rent", 1, 0, 0]], "rent is given twice"),
    ([*factors(), ["gold", 1, 0, 0]], 'no "gold"; it must be one of rent'),
    (factors(rent=("high", 0, 0)), 'rent level holds "high"'),
    (factors(rent=(1, None, 0)), "rent drift is blank"),
    (factors("rent"), "power is missing"),
]


@pytest.mark.parametrize(("rows", "why"), REFUSED_FACTORS)
def test_factors_that_cannot_be_read_are_refused_by_name(rows, why):
    with pytest.raises(InvalidValue, match=why):
        scenario(deal(), rows, quoted(), 0.5, 512)


@pytest.mark.parametrize(
    ("row", "why"),
    [((2_000, 0, 0.1), "rent level"), ((-1, 0, 0.1), "rent level"), ((1, 0, -0.1), "rent volatility"), ((1, 0, 40), "rent volatility"), ((1, 9, 0), "rent drift")],
)  # fmt: skip
def test_a_factor_outside_its_range_is_refused(row, why):
    with pytest.raises(OutOfRange, match=why):
        read_factors(factors("rent", rent=row))


def test_a_deal_with_coins_needs_their_price():
    with pytest.raises(InvalidValue, match="coin is missing, and the deal has coins"):
        scenario(deal(coins=10), factors(), quoted(), 0.5, 512)


def test_debt_left_at_maturity_needs_a_refinancing_spread():
    with pytest.raises(InvalidValue, match="refi_spread is missing"):
        scenario(deal(balloon=0.2, **REFINANCING), factors(), quoted(), 0.5, 512)


@pytest.mark.parametrize(
    ("matrix", "error", "why"),
    [
        ([[1, 0.5]], InvalidValue, "1 by 2, but factors has 2 rows"),
        ([[1, 0, 0]] * 3, InvalidValue, "3 by 3"),
        ([[1, 2], [2, 1]], OutOfRange, "from -1 to 1"),
        ([[1, 0.5], [0.4, 1]], OutOfRange, "symmetric"),
        ([[1, float("nan")], [float("nan"), 1]], OutOfRange, "finite"),
    ],
)
def test_a_matrix_that_is_none_is_refused(matrix, error, why):
    with pytest.raises(error, match=why):
        scenario(deal(), factors(), matrix, 0.5, 512)


@pytest.mark.parametrize("paths", [0, -8, 1000, 10**9, 512.5, float("nan")])
def test_a_number_of_paths_that_is_not_listed_is_refused(paths):
    with pytest.raises(OutOfRange, match="paths must be one of 512"):
        scenario(deal(), factors(), quoted(), 0.5, paths)


@pytest.mark.parametrize("convergence", [-0.1, 1.1, float("nan")])
def test_a_convergence_outside_its_range_is_refused(convergence):
    with pytest.raises(OutOfRange, match="convergence"):
        scenario(deal(), factors(), quoted(), convergence, 512)


def test_a_heat_map_refuses_what_it_cannot_change():
    with pytest.raises(InvalidValue, match="did you mean rent drift"):
        scenario_grid(deal(), factors(), quoted(), [0], "rent drif", [0])
    with pytest.raises(InvalidValue, match="fair spread"):
        scenario_grid(deal(), factors(), quoted(), [0], "rent drift", [0], "fair spred")
    with pytest.raises(OutOfRange, match="convergences"):
        scenario_grid(deal(), factors(), quoted(), [2], "rent drift", [0])
    with pytest.raises(OutOfRange, match="leaves not one of 8192 paths"):
        scenario_grid(deal(), factors(), quoted(), [0], "confidence", [0.9999])
    with pytest.raises(OutOfRange, match="rent volatility"):
        scenario_grid(deal(), factors(), quoted(), [0], "rent volatility", [-0.1])


def test_a_heat_map_that_would_take_minutes_is_refused():
    with pytest.raises(OutOfRange, match="^values by convergences make 101 by 100 cells of "):
        scenario_grid(deal(tenor=2), factors(), quoted(), [0.5] * 100, "rent drift", [0] * 101)


def test_paths_refuse_an_unknown_output_and_a_percentile_outside_its_range():
    with pytest.raises(InvalidValue, match="dscr"):
        scenario_paths(deal(), factors(), quoted(), 0, "dscrr")
    with pytest.raises(OutOfRange, match="percentiles"):
        scenario_paths(deal(), factors(), quoted(), 0, "dscr", [101])


def test_the_order_of_the_factors_does_not_matter():
    rows = deal(coins=100, balloon=0.1, **REFINANCING)
    backwards = ALL[::-1]
    one = scenario(rows, factors(*ALL), quoted(*ALL), 0.5, 512)
    other = scenario(rows, factors(*backwards), quoted(*backwards), 0.5, 512)
    assert {k: v.tolist() for k, v in one.items()} == {k: v.tolist() for k, v in other.items()}
