"""Published numbers by a second route: term by term, in fractions, by quadrature, with another library.

A number recalled from a book proves little until something other than our own code gives it too. ``ROUTES``
holds, by the worksheet function that a row names, how else its number comes about; ``SEEN_TO`` the tests of
the models that already do so for theirs. ``BUILT`` are numbers that no function gives by itself, put
together from those that do.
"""

import json
from fractions import Fraction
from math import exp, expm1, inf, log, log1p, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, multivariate_normal, norm
from tests.published.test_published import ROWS, cells_of, picked

from haircut.models.credit import fair_spread
from haircut.models.default import pd_merton

NORMAL = NormalDist()
SEEN_TO = {
    "HC_CONVERT": "models/test_convert.py",
    "HC_MACAULAY": "models/test_duration.py",
    "HC_MODIFIED_DURATION": "models/test_duration.py",
    "HC_TAIL_DEPENDENCE": "models/test_dependence.py",
    "HC_TRANCHE_SPREAD": "models/test_tranche.py",
    "joint_default": "models/test_dependence.py",
    "pd_from_equity": "models/test_default.py",
}


def exactly(number):
    """The number as a sheet shows it, as a fraction."""
    return Fraction(str(number))


def each(*arguments):
    """The arguments item by item: a single one serves for all."""
    return zip(*np.broadcast_arrays(*(np.atleast_1d(a) for a in arguments)), strict=True)


def loan(principal, rate, count, style, balloon, periods):
    """A loan in level payments, or its interest alone, period by period."""
    assert balloon == 0
    balance, rate = exactly(principal), exactly(rate) / periods
    payment = balance * rate
    if style == "annuity":
        payment = payment / (1 - (1 + rate) ** -count) if rate else balance / count
    table = [["interest", "principal", "debt service", "closing"]]
    for _ in range(count):
        interest = balance * rate
        balance -= payment - interest
        table.append([float(x) for x in (interest, payment - interest, payment, balance)])
    return table


def drawn_loan(draws, draw_times, tenor, style, rate, times, commitment, end, fee=0):
    """One draw repaid in level payments at regular dates, or many that are not repaid."""
    if style == "annuity":
        table = loan(draws, rate, round(tenor / times[0]), style, 0, round(1 / times[0]))
        return table[: len(times) + 1]
    draws = list(each(draws, draw_times))
    table, before = [["interest", "undrawn fee", "debt service"]], 0.0
    for time in np.atleast_1d(times):
        drawn = sum(amount for amount, at in draws if at <= before)
        interest, charge = (share * (time - before) for share in (rate * drawn, fee * (commitment - drawn)))
        table.append([interest, charge, interest + charge])
        before = time
    return table


def swept_loan(cfads, debt, rate, due, dsra_months, sweep, lockup_dscr, cash, periods):
    """All cash goes to the loan: to the interest first."""
    assert (dsra_months, sweep, lockup_dscr, cash) == (0, 1, 0, 0)
    table, balance = [["interest paid", "closing debt"]], exactly(debt)
    for flow in cfads:
        interest = balance * exactly(rate) / periods
        balance -= exactly(flow) - interest
        table.append([float(interest), float(balance)])
    return table


def built_up(draws, gearing, rate, periods):
    """Interest on what was drawn before, added to the debt; the last draw bears none."""
    balance, interest = 0.0, [0.0]
    for draw in draws:
        interest.append(balance * rate / periods)
        balance += gearing * draw + interest[-1]
    return [["interest"], *([paid] for paid in interest[1:])]


def cover(cfads, debt, rate, periods):
    rate = exactly(rate) / periods
    worth = sum(exactly(flow) / (1 + rate) ** number for number, flow in enumerate(cfads, 1))
    return float(worth / exactly(debt))


def lost(pds, lgds, exposures, rate=0, times=0):
    return sum(
        p * lgd * exposure * exp(-log1p(rate) * t)
        for p, lgd, exposure, t in each(pds, lgds, exposures, times)
    )


def coverage(contract_cash, debt, rate, counterparty_default, periods):
    assert periods == 1
    alive = (1 - counterparty_default) / (1 + rate)
    return sum(flow * alive**year for year, flow in enumerate(contract_cash, 1)) / debt


def swap(default_probability, recovery, maturity, rate, payments):
    """Hull's tables: defaults at mid-period, half a premium accrued."""
    premiums = accruals = payoff = 0.0
    for n in range(1, round(maturity * payments) + 1):
        before, after = ((1 - default_probability) ** (k / payments / maturity) for k in (n - 1, n))
        middle = (1 + rate) ** (-(n - 0.5) / payments)
        premiums += after * (1 + rate) ** (-n / payments) / payments
        accruals += (before - after) * middle / payments / 2
        payoff += (1 - recovery) * (before - after) * middle
    return 1e4 * payoff / (premiums + accruals)


def spread(cumulative_pds, lgds, exposures, times, rate):
    """Losses and premiums period by period; the exposure and LGD are level."""
    lost = earned = gone = before = 0.0
    for p, time in zip(cumulative_pds, times, strict=True):
        discount = (1 + rate) ** -time
        lost += lgds * (p - gone) * discount
        earned += (1 - (p + gone) / 2) * (time - before) * discount
        gone, before = p, time
    return 1e4 * lost / earned


def stressed(p, rho, confidence):
    return [
        NORMAL.cdf((NORMAL.inv_cdf(q) + sqrt(r) * NORMAL.inv_cdf(confidence)) / sqrt(1 - r))
        for q, r in each(p, rho)
    ]


def in_deviations(p, rho, confidence):
    threshold = NORMAL.inv_cdf(p)
    both = multivariate_normal.cdf([threshold, threshold], cov=[[1, rho], [rho, 1]])
    return (stressed(p, rho, confidence)[0] - p) / sqrt(both - p * p)


def below(assets, debt, volatility, drift, horizon):
    """The density of the assets at the horizon, integrated up to the debt."""
    width = volatility * sqrt(horizon)
    mean = log(assets) + (drift - volatility**2 / 2) * horizon
    return quad(lambda z: norm.pdf(z), -inf, (log(debt) - mean) / width, epsabs=1e-13)[0]


def one_coin(deal, factors, *_):
    """What is lost of a loan repaid from one coin alone: the density of its price, integrated up to the debt."""
    owed, years = dict(deal)["debt"], dict(deal)["tenor"]
    level, drift, volatility = factors[1][1:]
    chance, width = below(level, owed, volatility, drift, years), volatility * sqrt(years)
    mean = log(level) + (drift - volatility**2 / 2) * years
    edge = (log(owed) - mean) / width
    lost = quad(lambda z: (1 - exp(mean + width * z) / owed) * norm.pdf(z), -inf, edge, epsabs=1e-13)[0]
    return [["base"], [chance], [chance], [lost / chance], [lost]]


def one_coin_by_level(deal, factors, _, convergences, label, values, output):
    assert (label, output) == ("coin level", "expected loss")
    rows = [["coin", value, *factors[1][2:]] for [value] in values]
    return [[one_coin(deal, [factors[0], row])[4][0]] * len(convergences) for row in rows]


def rents(deal, factors, _, convergence, output, percentiles):
    """Quantiles of a lognormal rent at the end of each quarter."""
    level, drift, volatility = factors[2][1:]
    table = [[f"{percentile:g}%" for percentile in percentiles]]
    for years in np.arange(1, 4 * dict(deal)["tenor"] + 1) / 4:
        law = NormalDist(log(level) + (drift - volatility**2 / 2) * years, volatility * sqrt(years))
        table.append([exp(law.inv_cdf(percentile / 100)) for percentile in percentiles])
    return table


def declining(cost, share, years, floor=0.0):
    """The declining balance, year by year, that stops at its floor."""
    value = cost
    for _ in range(years):
        value = max(value * (1 - share), floor)
    return value


def wells(cost, ages, decay, *_, floor=0.0):
    return [declining(cost, -expm1(-decay), int(age), floor * cost) for age in np.atleast_1d(ages)]


def smallest_root(matrix):
    """The least root of the characteristic polynomial."""
    return np.roots(np.poly(np.array(matrix))).real.min()


ROUTES = {
    "HC_BOOK_VALUE": lambda cost, ages, life, salvage=0: [
        float(exactly(cost) - (exactly(cost) - exactly(salvage)) * exactly(age) / life)
        for age in np.atleast_1d(ages)
    ],
    "HC_CDS_SPREAD": swap,
    "HC_CONTRACT_COVERAGE": coverage,
    "HC_CORR_CHECK": smallest_root,
    "HC_DDTL": drawn_loan,
    "HC_DEBT_SCHEDULE": loan,
    "HC_DURATION_GAP": lambda asset, debt_duration, debt, assets: asset - debt_duration * debt / assets,
    "HC_EXPECTED_LOSS": lost,
    "HC_FAIR_SPREAD": spread,
    "HC_FLEET_VALUE": lambda at, count, cost, bought, decay, *_: wells(cost, at, decay),
    "HC_IDC": built_up,
    "HC_LLCR": cover,
    "HC_PD_DSCR": lambda dscr, volatility, time: [
        NORMAL.cdf((volatility**2 * time / 2 - log(ratio)) / (volatility * sqrt(time))) for ratio in dscr
    ],
    "HC_PD_MERTON": below,
    "HC_PLCR": cover,
    "HC_RENT_CURVE": lambda rent, decline, times: [declining(rent, decline, year) for year in times],
    "HC_SCENARIO": one_coin,
    "HC_SCENARIO_GRID": one_coin_by_level,
    "HC_SCENARIO_PATHS": rents,
    "HC_STEP_VALUE": lambda cost, ages, decay, releases, drops, floor=0.0: wells(
        cost, ages, decay, floor=floor
    ),
    "HC_STRESSED_PD": stressed,
    "HC_WATERFALL": swept_loan,
    "stressed_pd": in_deviations,
}
SECOND = [
    pytest.param(row, id=row["id"])
    for _, row in ROWS
    if row["function"] in ROUTES and row["provenance"].startswith(("recalled", "seen"))
]


def check(row, route):
    answer = route(*json.loads(row["arguments"]))
    a_row = isinstance(answer, list) and not isinstance(answer[0], list)
    got = picked([answer] if a_row else answer, **json.loads(row["pick"] or "{}"))
    assert got == pytest.approx(cells_of(row["expected"]), rel=0, abs=float(row["tolerance"]))


@pytest.mark.parametrize("row", SECOND)
def test_another_route_gives_the_published_number(row):
    check(row, ROUTES[row["function"]])


def test_every_recalled_number_has_a_second_route():
    recalled = {row["function"] for _, row in ROWS if row["provenance"].startswith("recalled")}
    assert sorted(recalled - {*ROUTES, *SEEN_TO, *BUILT}) == []


def black_scholes(spot, strike, volatility, rate, years):
    """Call and put: the firm does not default and its assets are worth more, or it does."""
    not_exercised = pd_merton(spot, strike, volatility, rate, years)[0]
    weighted = pd_merton(spot, strike, volatility, rate + volatility**2, years)[0]
    owed = strike * exp(-rate * years)
    return [spot * (1 - weighted) - owed * (1 - not_exercised), owed * not_exercised - spot * weighted]


def merton_debt(assets, debt, volatility, rate, years):
    """Debt is worth what is promised less the put on the assets."""
    return debt * exp(-rate * years) - black_scholes(assets, debt, volatility, rate, years)[1]


def nth_to_default(names, hazard, correlation, recovery, rate, years, number):
    """The spread on the default with that number, of names that a Gaussian factor joins."""
    times = np.arange(1, 4 * years + 1) / 4
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    own = norm.ppf(-np.expm1(-hazard * times))[:, None] - sqrt(correlation) * points
    fallen = binom.sf(number - 1, names, norm.cdf(own / sqrt(1 - correlation)))
    return fair_spread(fallen @ (weights / weights.sum()), 1 - recovery, 1.0, times, expm1(rate))


BUILT = {"black_scholes": black_scholes, "merton_debt": merton_debt, "nth_to_default": nth_to_default}


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["id"]) for _, row in ROWS if row["function"] in BUILT]
)
def test_functions_together_give_the_published_number(row):
    check(row, BUILT[row["function"]])
