"""Losses of a portfolio under one common factor."""

from math import sqrt

from haircut.models import portfolio
from haircut.registry import Example, Function, Returns, declare, number, vector

CATEGORY = "Correlation convergence"
PDS = vector("pds", "probability", "Probability of default over the horizon.", of="obligors")
LGDS = vector("lgds", "share", "Loss given default.", of="obligors")
EXPOSURES = vector("exposures", "USD", "Exposure at default.", of="obligors")
CORRELATION = vector(
    "correlation",
    "0 to 1",
    "Asset correlation with the other obligors: the square of the loading on the factor.",
    of="obligors",
)
CONVERGENCE = number("convergence", "0 to 1", "0 leaves the correlation as it is, 1 is full convergence.")
CONFIDENCE = number("confidence", "above 0, to 0.999999", "Of value at risk and expected shortfall.")
COINS = [
    ["measure", "base", "converged", "delta"],
    ["expected loss", 100, 100, 0],
    ["standard deviation", sqrt(20000 / 3), 100, 100 - sqrt(20000 / 3)],
    ["value at risk", 100, 200, 100],
    ["expected shortfall", 100 + 100 / 3 / 0.4, 200, 100 - 100 / 3 / 0.4],
]

declare(
    Function(
        portfolio.portfolio_loss,
        CATEGORY,
        (
            PDS,
            LGDS,
            EXPOSURES,
            CORRELATION,
            CONVERGENCE,
            CONFIDENCE,
            number(
                "degrees",
                "1 or more",
                "Degrees of freedom of a Student t copula; leave out for the Gaussian.",
            ),
            number(
                "lgd_sensitivity",
                "0 to 10",
                "How strongly LGD rises in bad states; its mean stays as stated.",
            ),
            vector(
                "units",
                "GPUs",
                "GPUs for sale when the obligor defaults; they push the LGD of all that have units.",
                of="obligors",
            ),
            number("depth", "GPUs", "Sales that move the price by 63 %. Uncalibrated: your own input."),
        ),
        Returns.TABLE,
        "Vasicek (2002); Andersen, Sidenius and Basu (2003), All your hedges in one basket; by quadrature.",
        (
            Example(
                ([0.5, 0.5], 1, 100, 0.5, 1, 0.6),
                COINS,
                "Two coins: 1/4 + arcsin(rho) / (2 pi) = 1/3 for both, then one coin.",
            ),
            Example(
                ([0.5, 0.5], 1, 100, 0.5, 1, 0.6, 4), COINS, "At even odds a Student t copula is the same."
            ),
        ),
    )
)

declare(
    Function(
        portfolio.risk_contribution,
        CATEGORY,
        (PDS, LGDS, EXPOSURES, CORRELATION, CONVERGENCE, CONFIDENCE),
        Returns.VECTOR,
        "Tasche (1999), Risk contributions and performance measurement: the mean loss of each in the tail.",
        (
            Example(
                ([0.1, 0.2], 1, [100, 50], 0.3, 1, 0.9), [100, 50], "In the worst tenth both have defaulted."
            ),
            Example(([[0.5], [0.5]], 1, 100, 0.5, 0, 0.6), [[50 + 50 / 3 / 0.4]] * 2, "Half each of the ES."),
        ),
    )
)
