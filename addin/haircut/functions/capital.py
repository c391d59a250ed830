"""Expected loss, capital and the market's price of default."""

from haircut.models import capital
from haircut.registry import Example, Function, Returns, declare, number, text, vector

CATEGORY = "Price of credit"

declare(
    Function(
        capital.expected_loss,
        CATEGORY,
        (
            vector(
                "pds",
                "probability",
                "PD of each obligor, or of one loan in each period; not cumulative.",
                of="losses",
            ),
            vector("lgds", "share", "Loss given default.", of="losses"),
            vector("exposures", "USD", "Exposure at default.", of="losses"),
            number("discount_rate", "annual effective", "Discount rate; needs times."),
            vector("times", "years", "When each loss falls; leave out for no discounting.", of="losses"),
        ),
        Returns.NUMBER,
        "Sum of PD x LGD x EAD.",
        (
            Example(([0.01, 0.02], 0.4, [1000, 500]), 8),
            Example((0.01, 0.4, [1000, 500], 0.25, [1, 2]), 4.48, "4 / 1.25 + 2 / 1.5625."),
        ),
    )
)

declare(
    Function(
        capital.capital,
        CATEGORY,
        (
            vector(
                "default_probability",
                "probability",
                "One-year PD; apply any regulatory floor first.",
                of="obligors",
            ),
            vector("lgd", "share", "Downturn loss given default.", of="obligors"),
            vector(
                "maturity",
                "years",
                "Effective maturity, counted from 1 to 5; mortgage and revolving do not use it.",
                of="obligors",
            ),
            text("asset_class", "word", "corporate, sme, mortgage or revolving."),
            vector(
                "turnover",
                "EUR million a year",
                "Annual sales, counted from 5 to 50; sme needs it.",
                of="obligors",
            ),
        ),
        Returns.VECTOR,
        "Basel II (June 2006), paragraphs 272-273, 328-329, now CRE31; without the 1.06 of Basel II.",
        (
            Example((1, 0.45), 0, "All the loss is expected."),
            Example(
                (0.5, 1, 1, "mortgage"),
                0.4028833434,
                "Phi(sqrt(0.15 / 0.85) x 3.090232) = 0.902883, less the PD of one half.",
            ),
        ),
    )
)

declare(
    Function(
        capital.cds_spread,
        CATEGORY,
        (
            number("default_probability", "probability", "Risk-neutral, from now to maturity."),
            number("recovery", "share", "Share of the notional recovered."),
            number("maturity", "years", "Years to maturity, at most 100."),
            number("rate", "annual effective", "Risk-free rate."),
            number("payments", "a year", "Premiums a year, 1 to 12."),
        ),
        Returns.NUMBER,
        "Hull, Options, Futures and Other Derivatives: default at mid-period, half the premium accrued.",
        (
            Example((0.5, 0.4, 1, 0, 1), 4000, "0.6 x 0.5 lost; 0.5 + 0.5 / 2 years of premium paid."),
            Example((0.05, 0.25, 1, 0.03, 1), 390.1930, "GARP's practice exam of 2013: 390 bp."),
        ),
    )
)
