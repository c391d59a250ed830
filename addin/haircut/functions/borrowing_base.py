"""The borrowing base."""

from haircut.models import borrowing_base
from haircut.registry import Example, Function, Returns, declare, number, text, vector

CATEGORY = "Borrowing base"

declare(
    Function(
        borrowing_base.borrowing_base,
        CATEGORY,
        (
            vector("values", "USD", "Collateral by obligor or item.", of="items"),
            vector("advance_rates", "share", "Share that the lender advances on each.", of="items"),
            vector("eligible", "share", "Share of each that is eligible: 1 all, 0 nothing.", of="items"),
            vector(
                "concentration_limits",
                "share",
                "The most each may be of the denominator; 1: no limit.",
                of="items",
            ),
            number("reserves", "USD", "What the lender holds back from the base."),
            text("denominator", "word", "gross: limits on all eligible collateral; net: on what they leave."),
        ),
        Returns.NUMBER,
        "Sum of advance x min(eligible, limit x denominator), less reserves, as in a borrowing base certificate.",
        (
            Example(([40, 60], 0.85, 1, [0.25, 1]), 72.25, "15 of the 40 lie above 25 % of 100."),
            Example(([40, 60], 0.85, 1, [0.25, 1], 0, "net"), 68, "20 is 25 % of the 80 that then count."),
            Example(([1820, 580], [0.85, 0.6], 1, 1, 95), 1800),
        ),
    )
)

declare(
    Function(
        borrowing_base.equipment_base,
        CATEGORY,
        (
            vector("nolv", "USD", "Net orderly liquidation value as appraised.", of="items"),
            vector("cost", "USD", "Cost.", of="items"),
            vector("advance_on_nolv", "share", "Share advanced on the liquidation value.", of="items"),
            vector("advance_on_cost", "share", "Share advanced on cost.", of="items"),
        ),
        Returns.VECTOR,
        "min(advance x NOLV, advance x cost), item by item.",
        (Example(([100, 50], 90, 0.85, 0.8), [72, 42.5]),),
    )
)

declare(
    Function(
        borrowing_base.availability,
        CATEGORY,
        (
            vector("commitment", "USD", "The lender's commitment."),
            vector("drawn", "USD", "What is drawn."),
            vector("borrowing_base", "USD", "The borrowing base at the same dates."),
        ),
        Returns.VECTOR,
        "min(commitment - drawn, borrowing base - drawn), not below 0.",
        (Example((100, [50, 70, 95], 80), [30, 10, 0]),),
    )
)
