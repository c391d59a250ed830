"""The delayed-draw term loan."""

from haircut.models import ddtl
from haircut.registry import Example, Function, Returns, declare, number, text, vector

CATEGORY = "Debt"

declare(
    Function(
        ddtl.ddtl,
        CATEGORY,
        (
            vector("draws", "USD", "Amounts drawn.", of="draws"),
            vector("draw_times", "years from closing", "When each is drawn.", of="draws"),
            number("tenor", "years", "From each draw to its own maturity."),
            text("style", "word", "annuity, straight or bullet: how each draw is repaid over its tenor."),
            number("rate", "annual nominal", "Interest rate, simple between two dates."),
            vector("times", "years from closing", "Payment dates, rising.", of="dates"),
            number("commitment", "USD", "What the lender has promised in all."),
            number("availability_end", "years from closing", "When the commitment ends."),
            number("undrawn_fee", "annual", "Fee rate on the undrawn commitment until then."),
        ),
        Returns.TABLE,
        "Draw by draw: own amortisation, own maturity; fee on the undrawn commitment to the availability date.",
        (
            Example(
                ([100, 50], [0, 1], 2, "straight", 0.1, [1, 2, 3], 160, 1, 0.01),
                [
                    [
                        "opening", "drawn", "interest", "undrawn fee", "principal", "debt service",
                        "closing", "undrawn",
                    ],
                    [0, 150, 10, 0.6, 50, 60.6, 100, 0],
                    [100, 0, 10, 0, 75, 85, 25, 0],
                    [25, 0, 2.5, 0, 25, 27.5, 0, 0],
                ],
                "The first draw falls due in year 2, the second in year 3.",
            ),
        ),
    )
)  # fmt: skip
