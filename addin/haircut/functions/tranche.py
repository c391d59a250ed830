"""Tranches of a portfolio."""

from math import log

from haircut.functions.portfolio import CATEGORY, CONVERGENCE, CORRELATION, EXPOSURES, LGDS, PDS
from haircut.models import tranche
from haircut.registry import Example, Function, Returns, declare, number, vector

ATTACHMENTS = vector(
    "attachments", "share of portfolio", "Loss at which the tranche begins to lose.", of="tranches"
)
DETACHMENTS = vector("detachments", "share of portfolio", "Loss at which the tranche is gone.", of="tranches")

declare(
    Function(
        tranche.tranche_loss,
        CATEGORY,
        (PDS, LGDS, EXPOSURES, CORRELATION, ATTACHMENTS, DETACHMENTS, CONVERGENCE),
        Returns.TABLE,
        "Andersen, Sidenius and Basu (2003), All your hedges in one basket; by quadrature.",
        (
            Example(
                ([0.5, 0.5], 1, 100, 0.5, [0, 0.5], [0.5, 1], 1),
                [
                    ["attachment", "detachment", "base", "converged", "delta"],
                    [0, 0.5, 2 / 3, 0.5, -1 / 6],
                    [0.5, 1, 1 / 3, 0.5, 1 / 6],
                ],
                "Two coins become one: the equity tranche gains what the senior loses.",
            ),
        ),
    )
)

declare(
    Function(
        tranche.tranche_spread,
        CATEGORY,
        (
            vector(
                "hazards",
                "a year, continuous",
                "Constant hazard rate of each obligor, one for each, of equal notionals.",
                of="obligors",
            ),
            number("recovery", "share", "Recovered of the notional."),
            CORRELATION,
            ATTACHMENTS,
            DETACHMENTS,
            number("maturity", "years", "Maturity, at most 100 years."),
            number("rate", "annual effective", "Risk-free rate."),
            number("payments", "a year", "Premiums a year."),
        ),
        Returns.VECTOR,
        "Hull and White (2004), Valuation of a CDO and an n-th to default CDS without Monte Carlo simulation.",
        (
            Example(
                (log(2), 0, 0.3, [0, 0.5], [0.5, 1], 1, 0, 1),
                [20000 / 3] * 2,
                "One name: each tranche is gone with it, half way through the year; 0.5 over 0.75.",
            ),
        ),
        along="tranches",
    )
)
