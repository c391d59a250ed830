"""Collateral."""

from haircut.errors import CellError
from haircut.models import collateral
from haircut.registry import Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Collateral"
AGES = vector("ages", "years", "Years since purchase.")

declare(
    Function(
        collateral.book_value,
        CATEGORY,
        (
            number("cost", "USD", "Purchase cost."),
            AGES,
            number("life", "years", "Book life."),
            number("salvage", "USD", "Value at the end of the book life."),
        ),
        Returns.VECTOR,
        "Straight-line depreciation, as Excel's SLN.",
        (
            Example((30000, [0, 2.5, 9], 6), [30000, 17500, 0]),
            Example((30000, 1, 10, 7500), 27750, "One year of Excel's SLN example: 2,250."),
        ),
    )
)

declare(
    Function(
        collateral.step_value,
        CATEGORY,
        (
            number("cost", "USD", "Purchase cost."),
            AGES,
            number(
                "decay", "a year, continuous", "Steady decay between releases: value falls by exp(-decay)."
            ),
            vector(
                "release_ages",
                "years",
                "Age of this hardware at each release of a better chip.",
                of="releases",
            ),
            vector("release_drops", "share", "Share of value that each release takes.", of="releases"),
            number("floor_share", "share of cost", "The value never falls below this."),
            number("sharpness", "a year", "Steepness of a drop spread over time; leave out for a step."),
            number("lag", "years", "From the release to the step, or to the middle of the spread drop."),
        ),
        Returns.VECTOR,
        "Exponential decay with a step at each architecture release.",
        (Example((30000, [0, 1, 2], 0, 1, 0.4), [30000, 18000, 18000], "A release at age one takes 40 %."),),
    )
)

declare(
    Function(
        collateral.rent_value,
        CATEGORY,
        (
            vector("rent", "USD/GPU-hour", "Market rent now."),
            number(
                "annual_decline", "share a year", "Share of rent lost in a year; below 0 where rent rises."
            ),
            vector("opex_per_hour", "USD/GPU-hour", "Power and hosting for every hour the machine is on."),
            number("discount_rate", "annual effective", "Discount rate."),
            vector("life", "years", "Remaining physical life."),
            number("utilisation", "share", "Share of the hours that are sold."),
            number("scrap", "USD", "Value when the machine is switched off."),
        ),
        Returns.VECTOR,
        "Closed-form integral of rent less cost until rent no longer covers cost.",
        (
            Example((2, 0, 0.5, 0, 3), 39420, "1.50 USD an hour for 26,280 hours."),
            Example((0.4, 0.3, 0.5, 0.1, 3, 1, 100), 100, "The rent is below the cost: scrap."),
        ),
    )
)

declare(
    Function(
        collateral.collateral_value,
        CATEGORY,
        (
            vector("book", "USD", "Book value in each period."),
            vector("step", "USD", "Economic value after chip releases."),
            vector("rent_implied", "USD", "Rent-implied value."),
            vector(
                "parity_cap", "USD", "Value at performance parity with the new chip; leave out if unknown."
            ),
        ),
        Returns.TABLE,
        "The lowest of the methods in use; collateral is counted once.",
        (
            Example(
                ([30, 20], [25, 25], [26, 27]),
                [["value", "binding"], [25, "step"], [20, "book"]],
            ),
        ),
    )
)

declare(
    Function(
        collateral.ltv,
        CATEGORY,
        (
            vector("debt", "USD", "Drawn debt."),
            vector("value", "USD", "Value of installed collateral at the same dates."),
        ),
        Returns.VECTOR,
        "Drawn debt over collateral value; undrawn commitments do not count.",
        (
            Example(([70, 35], [100, 100]), [0.7, 0.35]),
            Example((350, 500), 0.7),
        ),
        unbounded=Gap(CellError.DIV0, "the collateral is worth 0"),
    )
)
