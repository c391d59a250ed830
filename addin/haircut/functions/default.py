"""Probability of default."""

from haircut.models import default
from haircut.registry import Example, Function, Returns, declare, vector

CATEGORY = "Price of credit"
ASSETS = vector("assets", "USD", "Value of the borrower's assets now.", of="obligors")
VOLATILITY = vector("volatility", "a year", "Volatility of the assets.", of="obligors")
DRIFT = vector(
    "drift",
    "a year, continuous",
    "Expected growth of the assets, below 0 where they age; the risk-free rate for a risk-neutral PD.",
    of="obligors",
)
HORIZON = vector("horizon", "years", "Horizon.", of="obligors")

declare(
    Function(
        default.pd_merton,
        CATEGORY,
        (
            ASSETS,
            vector("debt", "USD", "Debt due at the horizon.", of="obligors"),
            VOLATILITY,
            DRIFT,
            HORIZON,
        ),
        Returns.VECTOR,
        "Merton (1974), On the pricing of corporate debt: the probability of V < D at the horizon.",
        (
            Example((100, 100, 0.2, 0.02, 1), 0.5, "At the money, with growth of half the variance."),
            Example((140, 100, 0.2, 0.05, 1), 0.0334488, "FinancePy's example: 0.0334."),
        ),
    )
)

declare(
    Function(
        default.pd_first_passage,
        CATEGORY,
        (
            ASSETS,
            vector("barrier", "USD", "Value at which default is called.", of="obligors"),
            VOLATILITY,
            DRIFT,
            HORIZON,
        ),
        Returns.VECTOR,
        "Black and Cox (1976), Valuing corporate securities: a flat barrier.",
        (
            Example((100, 100, 0.2, 0.1, 1), 1, "At the barrier already."),
            Example(
                (140, 100, 0.2, 0.02, 1),
                0.0924988,
                "Without trend in the logarithm: twice the chance of ending below.",
            ),
        ),
    )
)

declare(
    Function(
        default.pd_dscr,
        CATEGORY,
        (
            vector("dscr", "x", "Expected DSCR at each time."),
            vector("volatility", "a year", "Volatility of CFADS."),
            vector("times", "years", "Years from today."),
        ),
        Returns.VECTOR,
        "Lognormal CFADS: the probability that DSCR is below 1 at each time, not since closing.",
        (Example(([1, -0.1], 0.2, [1, 1]), [0.5398278, 1], "Phi(0.1); cash below 0 never pays."),),
    )
)
