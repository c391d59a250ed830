"""The deal scenario."""

from haircut.errors import CellError
from haircut.models import scenario
from haircut.models.scenario.terms import deal_labels, factor_labels
from haircut.registry import Example, Function, Gap, Returns, declare, labelled, matrix, number, text, vector

CATEGORY = "Correlation convergence"
DEAL = (
    labelled("deal", "labels", "Two columns, label and value; a third may state the unit.", deal_labels()),
    labelled(
        "factors",
        "labels",
        "A header row: factor, level, drift, volatility (annual); then a row a factor.",
        factor_labels(),
    ),
    matrix("correlation", "-1 to 1", "Correlations of the factors as quoted, in the order of their rows."),
)
CONVERGENCE = number(
    "convergence", "share", "0 leaves the correlations as they are, 1 turns all bad together."
)
SOURCE = "Cash flow, refinancing and forced sale on every path, defined line by line at the top of this page."
UNDEFINED = Gap(CellError.NA, "no path has a value: nothing defaulted, or nothing was due")

ONE_QUARTER = (
    [
        ["gpus", 100], ["unit_cost", 20000], ["life", 1.25], ["utilisation", 1], ["kw_per_gpu", 1],
        ["hosting_cost", 0.4], ["debt", 2920000], ["tenor", 0.25], ["style", "bullet"], ["base_rate", 0],
        ["margin", 0.08], ["refi_max_ltv", 0.5], ["refi_min_dscr", 0.4], ["refi_years", 4], ["depth", 1e15],
        ["depth_recovery", 0], ["hosting_mw_per_month", 1], ["discount_rate", 0],
    ],
    [
        ["factor", "level", "drift", "volatility"],
        ["rent", 2, 0, 0], ["power", 0.1, 0, 0], ["refi_spread", 0, 0, 0],
    ],
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
)  # fmt: skip
"""A loan of one quarter on which nothing is left to chance, so that every figure can be worked out by hand."""
LOSS = 2920000 - (100 * 2190 * 1.5 - 58400) - 100 * 8760 * 1.5
SHARE_LOST = LOSS / 2920000


def _row(measure: str, value: float) -> list[object]:
    return [measure, value, 0, value, 0, 0, 0]


declare(
    Function(
        scenario.scenario,
        CATEGORY,
        (*DEAL, CONVERGENCE, number("paths", "count", "512 to 131,072, in powers of two.")),
        Returns.TABLE,
        SOURCE,
        (
            Example(
                (*ONE_QUARTER, 0.5, 512),
                [
                    ["measure", "base", "base error", "converged", "converged error", "delta", "delta error"],
                    _row("probability of default", 1),
                    _row("of which at maturity", 1),
                    _row("loss given default", SHARE_LOST),
                    _row("expected loss", SHARE_LOST),
                    _row("value at risk", SHARE_LOST),
                    _row("expected shortfall", SHARE_LOST),
                    _row("fair spread", SHARE_LOST / 0.25 * 10000),
                    _row("median lowest dscr", 5.625),
                    _row("5th percentile lowest dscr", 5.625),
                    _row("mean year of default", 0.25),
                ],
                "No lender refinances more than half of the fleet's value: what cash and sale do not bring is lost.",
            ),
        ),
        undefined=UNDEFINED,
        simulated=True,
    )
)

declare(
    Function(
        scenario.scenario_grid,
        CATEGORY,
        (
            *DEAL,
            vector("convergences", "share", "0 to 1, one column each.", of="convergences"),
            text("label", "label", 'What changes by row: a label of the deal, or as "rent drift".'),
            vector("values", "its unit", "Values of that label, one row each.", of="values"),
            text("output", "measure", "A measure of HC_SCENARIO, as fair spread or expected loss."),
        ),
        Returns.MATRIX,
        SOURCE,
        (
            Example(
                (*ONE_QUARTER, [0, 1], "refi_max_ltv", [[0.5], [2.5]], "probability of default"),
                [[1, 1], [0, 0]],
                "A lender who went to two and a half times the value would have refinanced it.",
            ),
        ),
        undefined=UNDEFINED,
        simulated=True,
    )
)

declare(
    Function(
        scenario.scenario_paths,
        CATEGORY,
        (
            *DEAL,
            CONVERGENCE,
            text("output", "word", "dscr, ltv, book ltv, rent, value or cash."),
            vector("percentiles", "0 to 100", "One column each.", of="percentiles"),
        ),
        Returns.TABLE,
        SOURCE,
        (
            Example(
                (*ONE_QUARTER, 0.5, "value", [5, 50, 95]),
                [["quarter", "years", "alive", "5%", "50%", "95%"], [1, 0.25, 0, 13140, 13140, 13140]],
                "A year of life left, at 1.5 USD an hour above cost.",
            ),
            Example(
                (*ONE_QUARTER, 0.5, "dscr", 50),
                [["quarter", "years", "alive", "50%"], [1, 0.25, 0, 5.625]],
                "CFADS of 328,500 over interest of 58,400.",
            ),
        ),
        undefined=UNDEFINED,
        unbounded=Gap(CellError.DIV0, "an LTV on a fleet that is worth nothing"),
        simulated=True,
    )
)
