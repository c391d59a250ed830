"""A fleet as collateral."""

from haircut.models import fleet
from haircut.registry import Example, Function, Returns, declare, number, vector

CATEGORY = "Collateral"
DECAY = number("decay", "a year, continuous", "Steady decay between releases: value falls by exp(-decay).")

declare(
    Function(
        fleet.hazard_value,
        CATEGORY,
        (
            number("cost", "USD", "Purchase cost."),
            vector("ages", "years", "Years since purchase."),
            DECAY,
            number("releases_per_year", "a year", "Releases of better chips to expect in a year."),
            number("mean_drop", "share", "Mean share of value that a release takes."),
        ),
        Returns.VECTOR,
        "Mean over a Poisson number of releases: cost x exp(-(decay + releases x drop) x age).",
        (
            Example((30000, 0, 0.2, 1, 0.4), 30000),
            Example((1, [1, 2], 0.5, 1, 0.5), [0.36787944117, 0.13533528324], "exp(-1) and exp(-2)."),
        ),
    )
)

declare(
    Function(
        fleet.parity_cap,
        CATEGORY,
        (
            number("new_price", "USD", "Price of the new chip."),
            number("old_performance", "any unit", "Performance of the old chip."),
            number("new_performance", "the same unit", "Performance of the new chip."),
            number("beta", "exponent", "Elasticity of value to performance; 1 is in proportion."),
        ),
        Returns.NUMBER,
        "New price x (old performance / new performance) ^ beta.",
        (
            Example((40000, 1, 4), 10000),
            Example((40000, 1, 4, 2), 2500),
        ),
    )
)

declare(
    Function(
        fleet.economic_life,
        CATEGORY,
        (
            vector("rent", "USD/GPU-hour", "Market rent now."),
            number(
                "annual_decline", "share a year", "Share of rent lost in a year; below 0 where rent rises."
            ),
            vector("opex_per_hour", "USD/GPU-hour", "Power and hosting for every hour the machine is on."),
            vector("life", "years", "Remaining physical life."),
            number("utilisation", "share", "Share of the hours that are sold."),
        ),
        Returns.VECTOR,
        "min(life, ln(utilisation x rent / opex) / -ln(1 - decline)); as in HC_RENT_VALUE.",
        (
            Example((2, 0.5, 0.5, 6), 2, "Two halvings bring the rent down to the cost."),
            Example(([0.4, 0.5, 4], 0.5, 0.5, 2.5), [0, 0, 2.5]),
        ),
    )
)

declare(
    Function(
        fleet.fleet_value,
        CATEGORY,
        (
            vector("at_times", "years", "Times from closing at which the value is wanted.", of="times"),
            vector("counts", "GPUs", "GPUs of each vintage.", of="vintages"),
            vector("costs", "USD/GPU", "Purchase cost of one GPU of each vintage.", of="vintages"),
            vector(
                "in_service_times",
                "years",
                "When each vintage goes into service; below 0 for one already running.",
                of="vintages",
            ),
            DECAY,
            vector(
                "release_times",
                "years",
                "When each better chip is released, from closing; it does not hit a vintage bought later.",
                of="releases",
            ),
            vector("release_drops", "share", "Share of value that each release takes.", of="releases"),
            number("floor_share", "share of cost", "No vintage falls below this."),
        ),
        Returns.VECTOR,
        "Sum over vintages of HC_STEP_VALUE at each vintage's own age; not yet in service counts 0.",
        (
            Example(
                ([0, 1], [10, 10], [100, 200], [0, 1], 0, 0.5, 0.4),
                [1000, 2600],
                "The release takes 40 % of the first vintage and misses the second.",
            ),
        ),
    )
)
