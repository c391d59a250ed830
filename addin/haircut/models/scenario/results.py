"""The three answers of the deal scenario: a table of measures, a heat map, and percentiles by quarter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from haircut.models.checks import FloatArray, Table, as_vector, share
from haircut.models.correlation import corr_converge, triangular_root
from haircut.models.errors import InvalidValue, OutOfRange
from haircut.models.scenario.draws import REPLICATES, Draws, blocks, points_of, sobol_draws
from haircut.models.scenario.engine import Outcome, Run, march
from haircut.models.scenario.market import Market
from haircut.models.scenario.measures import MEASURES, Estimate, joined
from haircut.models.scenario.plan import Plan, plan
from haircut.models.scenario.terms import (
    DT,
    FACTORS,
    Deal,
    Factor,
    Rows,
    named,
    read_deal,
    read_factors,
)

DEFAULT_PATHS = 8192
MOST_CELL_QUARTERS = 40_000
"""Cells of a heat map times quarters of the deal that a sheet may wait for: some fifteen seconds."""
OUTPUTS = ("dscr", "ltv", "book ltv", "rent", "value", "cash")


def market(worked: Plan, factors: Mapping[str, Factor], matrix: ArrayLike, convergence: float) -> Market:
    """The factors joined by the converged matrix; rent first, whatever the order of the rows."""
    given, names = list(factors), [name for name in FACTORS if name in factors]
    size = np.shape(matrix)
    if size != (len(given), len(given)):
        shape = " by ".join(map(str, size)) or "one cell"
        raise InvalidValue(
            f"correlation is {shape}, but factors has {len(given)} rows; give one row and column for each"
        )
    converged = corr_converge(matrix, convergence, [FACTORS[name].sign for name in given])
    order = [given.index(name) for name in names]
    return Market(worked.laws, names, triangular_root(converged[np.ix_(order, order)]))


def outcomes(
    worked: Plan,
    markets: Sequence[Market],
    points: int,
    draw: Callable[..., Draws] = sobol_draws,
    each: Callable[..., Iterable[list[Outcome]]] = map,
) -> list[Outcome]:
    """What becomes of every path in each market, on common draws.

    ``draw`` and ``each`` are for checks: plain Monte Carlo instead of Sobol points, and a pool of any size
    instead of one thread, to the same last bit.
    """

    def block(replicates: range) -> list[Outcome]:
        draws = draw(worked.deal.quarters, len(markets[0].rows), points, replicates)
        runs = [Run(worked, one, draws.luck) for one in markets]
        for _ in march(runs, draws):
            pass
        return [run.outcome() for run in runs]

    found = list(each(block, blocks(points)))
    return [joined([one[i] for one in found]) for i in range(len(markets))]


def _points(terms: Deal, paths: float) -> int:
    """Points of each replicate, if they are enough for the confidence."""
    points = points_of(paths)
    if (1 - terms.confidence) * paths < 1:
        raise OutOfRange(
            f"confidence of {terms.confidence:g} leaves not one of {paths:g} paths beyond it; lower it"
        )
    return points


def scenario(
    deal: Rows, factors: Rows, correlation: ArrayLike, convergence: float, paths: float = DEFAULT_PATHS
) -> Table:
    """One deal with coin, rent, power and refinancing spread falling together: base, converged, delta.

    Parameters
    ----------
    deal : rows of 2 or 3 cells
        Label, value and, if wanted, unit; the labels are listed in the reference.
    factors : rows of 4 cells
        A header row (factor, level, drift, volatility), then a row for each of rent, power, coin (if the deal
        has coins) and refi_spread (if debt is left at maturity).
    correlation : array of shape (factors, factors)
        Correlations of the factors' shocks as people quote them, in the order of the rows.
    convergence : float
        0 leaves the correlations as they are, 1 is full convergence.
    paths : float
        512 to 131,072 in powers of two.

    Returns
    -------
    table
        ``measure``, ``base``, ``base error``, ``converged``, ``converged error``, ``delta``, ``delta error``:
        the errors are standard errors. Probabilities and losses are shares, losses of the debt at present
        value; the fair spread is in bp, DSCR in x, time in years. NaN: no default to measure.

    Raises
    ------
    InvalidValue
        A label that is unknown, given twice or missing; a unit that is not the label's; a matrix whose size
        is not that of the factors.
    OutOfRange
        A value outside its range, a matrix that is no correlation matrix, a number of paths not listed, or too
        few of them for the confidence.

    Notes
    -----
    Base and converged run on the same Sobol points, digitally shifted in 8 independent replicates whose
    spread gives the errors. Each factor's own distribution is the same in both. Within a quarter, rent and
    power are taken at its middle; a loan that misses a payment is sold out at the path's own rent, into a
    market that the path's own stress has emptied.

    Examples
    --------
    >>> from haircut.models.scenario import EXAMPLE
    >>> table = scenario(*EXAMPLE, 0.0, paths=512)
    >>> table["delta"].tolist()[0]
    0.0
    """
    terms, risks = read_deal(deal), read_factors(factors)
    worked, points = plan(terms, risks), _points(terms, paths)
    markets = [market(worked, risks, correlation, level) for level in (0.0, convergence)]
    base, converged = (Estimate.of(one, terms, REPLICATES) for one in outcomes(worked, markets, points))
    columns = {"base": base, "converged": converged, "delta": converged - base}
    table: Table = {"measure": np.array(MEASURES)}
    for name, estimate in columns.items():
        table |= {name: estimate.value, f"{name} error": estimate.error}
    return table


def scenario_grid(
    deal: Rows,
    factors: Rows,
    correlation: ArrayLike,
    convergences: ArrayLike,
    label: str,
    values: ArrayLike,
    output: str = "fair spread",
) -> FloatArray:
    """Heat map of a deal's scenario: one measure over convergence and over a term of the deal.

    Parameters
    ----------
    deal, factors, correlation
        As in `scenario`.
    convergences : array of shape (m,)
        0 to 1, one column each.
    label : str
        What changes from row to row: a label of ``deal``, or a factor and a column, as "rent drift".
    values : array of shape (n,)
        Its values, one row each.
    output : str
        A measure, as the table of `scenario` names it.

    Returns
    -------
    array of shape (n, m)
        The measure; NaN: no default to measure.

    Raises
    ------
    InvalidValue, OutOfRange
        As in `scenario`; a label or an output that does not exist, more than 40,000 cells times quarters.

    Examples
    --------
    >>> from haircut.models.scenario import EXAMPLE
    >>> grid = scenario_grid(*EXAMPLE, [0, 1], "rent drift", [0.0, -0.4])
    >>> grid.shape, bool((grid[1] > grid[0]).all())
    ((2, 2), True)
    """
    terms, risks = read_deal(deal), read_factors(factors)
    levels, steps = as_vector("convergences", convergences), as_vector("values", values)
    share(convergences=levels)
    row = MEASURES.index(named("output", output, MEASURES))
    changed = named("label", label, _changeable(risks))
    if steps.size * levels.size * terms.quarters > MOST_CELL_QUARTERS:
        raise OutOfRange(
            f"values by convergences make {steps.size:,} by {levels.size:,} cells of {terms.quarters} quarters,"
            f" more than the {MOST_CELL_QUARTERS:,} quarters that a sheet may wait for; give fewer of either"
        )
    grid = np.empty((steps.size, levels.size))
    for i, value in enumerate(steps.tolist()):
        new_terms, new_risks = _with(terms, risks, changed, value)
        worked = plan(new_terms, new_risks)
        markets = [market(worked, new_risks, correlation, level) for level in levels.tolist()]
        found = outcomes(worked, markets, _points(new_terms, DEFAULT_PATHS))
        grid[i] = [Estimate.of(one, new_terms, REPLICATES).value[row] for one in found]
    return grid


def _changeable(risks: Mapping[str, Factor]) -> list[str]:
    """Every number that a heat map can change."""
    columns = [item.name for item in fields(Factor) if item.name != "name"]
    return [item.name for item in fields(Deal) if item.name != "style"] + [
        f"{name} {column}" for name in risks for column in columns
    ]


def _with(
    terms: Deal, risks: dict[str, Factor], changed: str, value: float
) -> tuple[Deal, dict[str, Factor]]:
    name, _, column = changed.partition(" ")
    changes: dict[str, Any] = {column or name: value}
    if column:
        return terms, risks | {name: replace(risks[name], **changes)}
    return replace(terms, **changes), risks


def scenario_paths(
    deal: Rows,
    factors: Rows,
    correlation: ArrayLike,
    convergence: float,
    output: str,
    percentiles: ArrayLike = (5.0, 50.0, 95.0),
) -> Table:
    """Percentiles of a deal's scenario by quarter: cover, LTV, rent, value or cash.

    Parameters
    ----------
    deal, factors, correlation, convergence
        As in `scenario`.
    output : str
        "rent" (USD per GPU-hour) or "value" (USD per GPU) on every path; "dscr" (x) of the loans alive at the
        quarter's start; "ltv" on that value, "book ltv" and "cash" (USD, reserve included) of those alive at
        its end.
    percentiles : array of shape (m,)
        0 to 100, one column each.

    Returns
    -------
    table
        ``quarter``, ``years``, ``alive`` (share of paths that have not defaulted) and a column for each
        percentile. NaN: no path has a value; infinity: an LTV on a fleet worth nothing.

    Raises
    ------
    InvalidValue, OutOfRange
        As in `scenario`; an output that does not exist, a percentile outside 0 to 100.

    Examples
    --------
    >>> from haircut.models.scenario import EXAMPLE
    >>> table = scenario_paths(*EXAMPLE, 0.5, "rent", [50])
    >>> list(table), len(table["50%"])
    (['quarter', 'years', 'alive', '50%'], 20)
    """
    terms, risks = read_deal(deal), read_factors(factors)
    wanted = as_vector("percentiles", percentiles)
    if not ((wanted >= 0) & (wanted <= 100)).all():
        raise OutOfRange("percentiles must each be between 0 and 100")
    shown = named("output", output, OUTPUTS)
    worked, points = plan(terms, risks), points_of(DEFAULT_PATHS)
    one = market(worked, risks, correlation, convergence)
    draws = sobol_draws(terms.quarters, len(one.rows), points, range(REPLICATES))
    run = Run(worked, one, draws.luck)
    everyone = was_alive = run.alive.copy()
    found, alive = [], []
    for quarter, walk in march([run], draws):
        counted = {"dscr": was_alive, "rent": everyone, "value": everyone}.get(shown, run.alive)
        values = np.where(counted, _observed(run, shown, quarter, walk), np.nan)
        found.append([_percentile(values, percentile) for percentile in wanted.tolist()])
        was_alive = run.alive.copy()
        alive.append(was_alive.mean())
    quarters = np.arange(1.0, terms.quarters + 1)
    table: Table = {"quarter": quarters, "years": quarters * DT, "alive": np.array(alive)}
    for percentile, column in zip(wanted.tolist(), np.array(found).T, strict=True):
        table[f"{percentile:g}%"] = column
    return table


def _observed(run: Run, output: str, quarter: int, walk: FloatArray) -> FloatArray:
    """What a quarter's end shows on every path."""
    deal = run.plan.deal
    if output == "dscr":
        return run.dscr
    if output == "rent":
        return run.market.level("rent", walk, quarter)
    if output == "cash":
        return run.cash + run.reserve
    if output == "value":
        return run.unit_value(quarter, walk)
    left = max(1 - (deal.age + quarter * DT) / deal.book_life, 0.0)
    each = run.unit_value(quarter, walk) if output == "ltv" else np.array([deal.unit_cost * left])
    with np.errstate(divide="ignore", invalid="ignore"):
        loan_to_value: FloatArray = run.balance / (each * deal.gpus)
    return loan_to_value


def _percentile(values: FloatArray, percentile: float) -> float:
    """Smallest value that at least so many in a hundred do not exceed; NaN of no values."""
    known = values[~np.isnan(values)]
    return float(np.quantile(known, percentile / 100, method="inverted_cdf")) if known.size else np.nan
