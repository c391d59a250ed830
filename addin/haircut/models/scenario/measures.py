"""What the outcomes of many paths say of a deal, and how sure it is."""

from dataclasses import dataclass, fields
from math import sqrt

import numpy as np

from haircut.models.checks import FloatArray
from haircut.models.portfolio import tail_loss
from haircut.models.scenario.engine import Outcome
from haircut.models.scenario.terms import DT, Deal

MEASURES = (
    "probability of default",
    "of which at maturity",
    "loss given default",
    "expected loss",
    "value at risk",
    "expected shortfall",
    "fair spread",
    "median lowest dscr",
    "5th percentile lowest dscr",
    "mean year of default",
)
"""Rows of the result: shares, of the debt for losses; fair spread in bp, DSCR in x, the last in years."""
BASIS_POINTS = 10_000


def joined(outcomes: list[Outcome]) -> Outcome:
    """The outcomes of several blocks as one."""
    columns = [[getattr(one, item.name) for one in outcomes] for item in fields(Outcome)]
    return Outcome(*(np.concatenate(column) for column in columns))


def part(outcome: Outcome, which: slice) -> Outcome:
    """Some of the paths."""
    return Outcome(*(getattr(outcome, item.name)[which] for item in fields(Outcome)))


def measures(outcome: Outcome, deal: Deal) -> FloatArray:
    """Each of `MEASURES`; NaN where there was no default to measure.

    Fair spread = EL / A + hurdle (ES - EL) / max(A, 1) + liquidity premium, with A the mean present value of a
    dollar a year on the balance while the loan lives, over the debt, in years: the capital for one year is the
    unexpected loss of the loan's life, spread over that life. Losses are present values at the base rate.
    """
    defaulted = outcome.quarter > 0
    count = int(defaulted.sum())
    losses = outcome.pv_loss / deal.debt
    expected = float(losses.mean())
    even = np.full(losses.size, 1 / losses.size)
    value_at_risk, shortfall = tail_loss(np.sort(losses), even, deal.confidence)
    annuity = float(outcome.annuity.mean()) / deal.debt
    charge = deal.hurdle * (shortfall - expected) / max(annuity, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (expected / annuity if annuity > 0 else np.nan) + charge + deal.liquidity_premium
        severity = float(np.divide(outcome.loss.sum(), outcome.exposure.sum()))
        year = float(np.divide(outcome.quarter.sum() * DT, count))
    median, low = np.quantile(outcome.lowest_dscr, [0.5, 0.05], method="inverted_cdf").tolist()
    probability, at_maturity = count / losses.size, float(outcome.at_maturity.mean())
    return np.array(
        [probability, at_maturity, severity, expected, value_at_risk, shortfall,
         spread * BASIS_POINTS, median, low, year]
    )  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """Each of `MEASURES` and its standard error, from the spread of the replicates."""

    value: FloatArray
    replicates: FloatArray

    @classmethod
    def of(cls, outcome: Outcome, deal: Deal, replicates: int) -> "Estimate":
        """Measure all paths together, and each replicate alone."""
        points = outcome.quarter.size // replicates
        parts = [part(outcome, slice(i * points, (i + 1) * points)) for i in range(replicates)]
        return cls(measures(outcome, deal), np.array([measures(one, deal) for one in parts]))

    @property
    def error(self) -> FloatArray:
        """Standard error; NaN where a replicate has nothing to measure."""
        with np.errstate(invalid="ignore"):
            error: FloatArray = self.replicates.std(axis=0, ddof=1) / sqrt(len(self.replicates))
        return error

    def __sub__(self, other: "Estimate") -> "Estimate":
        """The difference on common draws, with its own error."""
        with np.errstate(invalid="ignore"):
            return Estimate(self.value - other.value, self.replicates - other.replicates)
