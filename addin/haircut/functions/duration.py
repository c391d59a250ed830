"""Duration of the debt beside that of the collateral."""

from haircut.models import duration
from haircut.registry import Example, Function, Returns, declare, number, vector

CATEGORY = "Duration"
CASH_FLOWS = (
    vector("cash_flows", "USD", "Cash flows; leave out the price paid for them."),
    vector("times", "years", "When each falls due, from now."),
    number("yield_rate", "annual nominal", "Yield."),
    number("compounding", "times a year", "How often the yield compounds; 0 for continuous compounding."),
)

declare(
    Function(
        duration.macaulay,
        CATEGORY,
        CASH_FLOWS,
        Returns.NUMBER,
        "Mean time of the flows weighted by present value (Macaulay 1938); as Excel's DURATION.",
        (
            Example((100, 5, 0.08), 5, "A single payment."),
            Example(([10, 110], [1, 2], 0.1), 2.1 / 1.1, "A par bond: (10 / 1.1 + 2 x 110 / 1.21) / 100."),
        ),
    )
)

declare(
    Function(
        duration.modified_duration,
        CATEGORY,
        CASH_FLOWS,
        Returns.NUMBER,
        "Macaulay duration / (1 + yield / compounding); as Excel's MDURATION.",
        (
            Example((100, 5, 0.08), 5 / 1.08),
            Example((100, 5, 0.08, 0), 5, "Continuous compounding: equal to the Macaulay duration."),
        ),
    )
)

declare(
    Function(
        duration.wal,
        CATEGORY,
        (
            vector("principal", "USD", "Principal paid at each time."),
            vector("times", "years", "When each payment falls due, from now."),
        ),
        Returns.NUMBER,
        "Sum of time x principal over the sum of principal.",
        (Example(([30, 70], [1, 2]), 1.7),),
    )
)

declare(
    Function(
        duration.rent_duration,
        CATEGORY,
        (
            number(
                "annual_decline", "share a year", "Share of rent lost in a year; below 0 where rent rises."
            ),
            number("discount_rate", "annual effective", "Discount rate."),
            number("life", "years", "Years for which the rent is earned; the economic life if shorter."),
        ),
        Returns.NUMBER,
        "1/k - T exp(-kT) / (1 - exp(-kT)), k = -ln(1 - decline) + ln(1 + discount rate).",
        (
            Example((0, 0, 5), 2.5, "A level rent, undiscounted: the middle of its life."),
            Example((0.5, 0, 1), 0.44269504089, "1 / ln 2 - 1."),
        ),
    )
)

declare(
    Function(
        duration.duration_gap,
        CATEGORY,
        (
            number("asset_duration", "years", "Duration of the collateral, for instance HC_RENT_DURATION."),
            number("debt_duration", "years", "Duration of the debt, of the same kind."),
            number("debt", "USD", "Value of the debt."),
            number("assets", "USD", "Value of the assets."),
        ),
        Returns.NUMBER,
        "Asset duration - debt / assets x debt duration; below 0: the debt outlasts the assets.",
        (Example((1.5, 4, 75, 100), -1.5),),
    )
)

declare(
    Function(
        duration.balloon_on_scrap,
        CATEGORY,
        (
            vector("balances", "USD", "Debt after the payment at each time; start at time 0."),
            vector("times", "years from closing", "Rising."),
            number("economic_life", "years from closing", "When the collateral is scrap."),
        ),
        Returns.NUMBER,
        "The balance after the last payment at or before the end of the economic life.",
        (
            Example(([100, 80, 60, 0], [0, 1, 2, 3], 2.5), 60),
            Example(([100, 80, 60, 0], [0, 1, 2, 3], 3), 0),
        ),
    )
)
