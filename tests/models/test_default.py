import json
from csv import DictReader
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import fsolve

from haircut.models.default import pd_dscr, pd_first_passage, pd_merton
from haircut.models.errors import InvalidValue, OutOfRange

MERTON = Path(__file__).parents[1] / "published" / "merton.csv"
NORMAL = NormalDist()
ASSETS = st.floats(1, 1e6)
RATIOS = st.floats(0.05, 0.99)
VOLATILITIES = st.floats(0.01, 1.5)
DRIFTS = st.floats(-0.5, 0.5)
YEARS = st.floats(0.05, 30)


def assets_behind(equity, equity_volatility, debt, rate, years):
    """Assets and their volatility that explain equity and its volatility: Merton's two equations."""

    def misses(unknown):
        worth, sigma = unknown
        d1 = (log(worth / debt) + (rate + sigma**2 / 2) * years) / (sigma * sqrt(years))
        call = worth * NORMAL.cdf(d1) - debt * exp(-rate * years) * NORMAL.cdf(d1 - sigma * sqrt(years))
        return call - equity, sigma * worth * NORMAL.cdf(d1) - equity_volatility * equity

    first = equity + debt * exp(-rate * years)
    return fsolve(misses, (first, equity_volatility * equity / first), xtol=1e-13)


@pytest.mark.parametrize(
    "row",
    [
        r
        for r in DictReader(MERTON.read_text(encoding="utf-8").splitlines())
        if r["function"] == "pd_from_equity"
    ],
    ids=lambda row: row["id"],
)
def test_published_probabilities_from_equity(row):
    equity, equity_volatility, debt, rate, growth, years = json.loads(row["arguments"])
    worth, sigma = assets_behind(equity, equity_volatility, debt, rate, years)
    percent = 100 * pd_merton(worth, debt, sigma, growth, years)[0]
    assert percent == pytest.approx(float(row["expected"]), abs=float(row["tolerance"]))


def test_hull_s_assets_explain_his_equity():
    worth, sigma = assets_behind(3, 0.8, 10, 0.05, 1)
    assert worth == pytest.approx(12.40, abs=0.005)
    assert sigma == pytest.approx(0.2123, abs=0.00005)
    assert pd_merton(worth, 10, sigma, 0.05, 1)[0] == pytest.approx(0.127, abs=0.0005)


def below_by_quadrature(worth, debt, sigma, mu, years):
    width = sigma * sqrt(years)
    mean = log(worth) + (mu - sigma**2 / 2) * years
    density = lambda x: NORMAL.pdf((x - mean) / width) / width  # noqa: E731
    return quad(
        density, mean - 40 * width, log(debt), points=[mean] if mean < log(debt) else None, limit=400
    )[0]


@pytest.mark.parametrize(
    "case", [(12.40, 10, 0.2123, 0.05, 1), (100, 90, 0.3, -0.1, 5), (100, 130, 0.15, 0.02, 2)]
)
def test_merton_is_the_density_below_the_debt(case):
    assert pd_merton(*case)[0] == pytest.approx(below_by_quadrature(*case), rel=1e-8)


@given(ASSETS, RATIOS, VOLATILITIES, DRIFTS, YEARS, st.floats(1.01, 3))
def test_merton_rises_with_debt_and_falls_with_drift_and_does_not_see_the_currency(
    worth, ratio, sigma, mu, years, more
):
    base = pd_merton(worth, ratio * worth, sigma, mu, years)[0]
    assert 0 <= base <= 1
    assert pd_merton(worth, more * ratio * worth, sigma, mu, years)[0] >= base
    assert pd_merton(worth, ratio * worth, sigma, mu + 0.1, years)[0] <= base
    assert pd_merton(7 * worth, 7 * ratio * worth, sigma, mu, years)[0] == pytest.approx(base, rel=1e-9)


def test_no_debt_does_not_default():
    assert pd_merton(100, [0, 1e-300], 0.2, 0, 1).tolist() == [0, 0]
    assert pd_first_passage(100, [0, 1e-300], [0.2, 0.2], [0, -0.5], 1).tolist() == [0, 0]


def touched_by_quadrature(worth, barrier, sigma, mu, years):
    """The inverse Gaussian density of the first passage, integrated over the square root of time."""
    way, trend = log(worth / barrier), mu - sigma**2 / 2
    density = lambda s: 2 * way / (sigma * s * s) * NORMAL.pdf((way + trend * s * s) / (sigma * s))  # noqa: E731
    return quad(density, 0, sqrt(years), limit=400)[0]


@pytest.mark.parametrize(
    "case",
    [
        (105, 100, 0.2, 0.1, 0.5),
        (100, 70, 0.3, -0.25, 5),
        (100, 99, 0.4, 0.3, 10),
        (100, 60, 0.05, -0.3, 1.5),
        (100, 50, 0.25, 0.03125, 4),
    ],
)
def test_first_passage_is_the_density_of_the_hitting_time(case):
    assert pd_first_passage(*case)[0] == pytest.approx(touched_by_quadrature(*case), rel=1e-8)


@given(ASSETS, RATIOS, VOLATILITIES, DRIFTS, YEARS, st.floats(1, 3))
def test_touching_is_likelier_than_ending_below_and_rises_with_time(worth, ratio, sigma, mu, years, more):
    args = (worth, ratio * worth, sigma, mu)
    touched = pd_first_passage(*args, years)[0]
    assert pd_merton(*args, years)[0] <= touched * (1 + 1e-9)
    assert touched <= pd_first_passage(*args, more * years)[0] * (1 + 1e-9)
    assert touched <= 1


@given(ASSETS, RATIOS, VOLATILITIES, YEARS)
def test_without_trend_touching_is_twice_as_likely_as_ending_below(worth, ratio, sigma, years):
    args = (worth, ratio * worth, sigma, sigma**2 / 2, years)
    assert pd_first_passage(*args)[0] == pytest.approx(2 * pd_merton(*args)[0], rel=1e-9)


@given(st.floats(1e-9, 1e-3), st.floats(-0.5, -0.01), YEARS)
def test_a_sure_path_crosses_when_it_gets_there(sigma, mu, years):
    reached = 100 * exp(mu * years)
    assert pd_first_passage(100, [reached * 1.05, reached * 0.95], sigma, mu, years) == pytest.approx(
        [1, 0], abs=1e-9
    )


def test_at_or_above_the_barrier():
    assert pd_first_passage(100, [100, 120], 0.2, 0.5, 1).tolist() == [1, 1]


@pytest.mark.parametrize("model", [pd_merton, pd_first_passage])
@pytest.mark.parametrize(
    ("place", "bad", "says"),
    [
        (0, 0, "^assets must"),
        (1, -1, "^(debt|barrier) must"),
        (2, 0, "^volatility must"),
        (3, np.inf, "^drift must"),
        (4, 0, "^horizon must"),
    ],
)
def test_a_structural_model_refuses(model, place, bad, says):
    args = [100, 80, 0.2, 0.05, 1]
    args[place] = bad
    with pytest.raises(OutOfRange, match=says):
        model(*args)
    with pytest.raises(InvalidValue, match="assets has 2, volatility has 3"):
        model([1, 2], 1, [0.1, 0.2, 0.3], 0, 1)


@given(st.floats(0.2, 5), VOLATILITIES, YEARS)
def test_a_dscr_is_a_merton_whose_assets_keep_their_mean(dscr, sigma, years):
    assert pd_dscr(dscr, sigma, years) == pytest.approx(pd_merton(dscr, 1.0, sigma, 0.0, years), rel=1e-9)


def test_dscrs_by_hand():
    expected = [NORMAL.cdf(-(log(1.3) - 0.005) / 0.1), NORMAL.cdf(-(log(1.3) - 0.08) / 0.4)]
    assert pd_dscr(1.3, 0.2, [0.25, 4]) == pytest.approx(expected, rel=1e-12)
    assert pd_dscr([0, -3], 0.2, 1).tolist() == [1, 1]


@given(st.floats(0.1, 5), st.floats(0.01, 1), VOLATILITIES, YEARS)
def test_more_cover_is_safer(dscr, more, sigma, years):
    thin, thick = pd_dscr([dscr, dscr + more], sigma, years)
    assert 0 <= thick <= thin <= 1


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"dscr": [1, np.nan]}, OutOfRange, r"^dscr must .* \(item 2\)"),
        ({"volatility": 0}, OutOfRange, "^volatility must"),
        ({"times": 0}, OutOfRange, "^times must"),
        ({"times": [1, 2, 3]}, InvalidValue, "dscr has 2, times has 3"),
    ],
)
def test_a_pd_from_dscr_refuses(change, error, says):
    with pytest.raises(error, match=says):
        pd_dscr(**({"dscr": [1.3, 1.2], "volatility": 0.2, "times": 1} | change))
