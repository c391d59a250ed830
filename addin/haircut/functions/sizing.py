"""Debt capacity, sources and uses, interest during construction, the cash sweep."""

from haircut.models import sizing
from haircut.registry import PERIODS, Example, Function, Returns, declare, number, vector

CATEGORY = "Debt"
RATE = number("rate", "annual nominal", "The debt's rate.")

declare(
    Function(
        sizing.debt_capacity,
        CATEGORY,
        (
            vector("by_dscr", "USD", "Debt that the DSCR allows, as from HC_DEBT_SCULPT.", of="cases"),
            vector("by_llcr", "USD", "Debt that the LLCR allows.", of="cases"),
            vector("by_gearing", "USD", "Debt that the gearing limit allows.", of="cases"),
            vector("by_ltv", "USD", "Debt that the LTV limit allows.", of="cases"),
            vector("by_borrowing_base", "USD", "Debt that the borrowing base allows.", of="cases"),
        ),
        Returns.TABLE,
        "The least of the sizing tests in use, not below 0.",
        (
            Example((120, 130, 140, 100, 110), [["amount", "binding"], [100, "ltv"]]),
            Example(([120, -5], 130, 90), [["amount", "binding"], [90, "gearing"], [0, "dscr"]]),
        ),
    )
)

declare(
    Function(
        sizing.cash_sweep,
        CATEGORY,
        (
            number("opening", "USD", "Debt at the start of the first period."),
            RATE,
            vector("cash", "USD a period", "Cash before this debt's interest, taxed as if there were none."),
            number("sweep", "share", "Share of the cash left after interest that repays debt."),
            number("tax_rate", "share", "Tax saved on a dollar of interest."),
            PERIODS,
        ),
        Returns.TABLE,
        "Interest on the average balance, solved for in closed form: no circular reference.",
        (
            Example(
                (100, 0.1, 24, 1, 0, 1),
                [["opening", "interest", "principal", "closing"], [100, 176 / 19, 280 / 19, 1620 / 19]],
                "8.80 of interest over 0.95; the rest of 24 repays.",
            ),
            Example(
                (100, 0.1, [200, 50], 1, 0, 1),
                [["opening", "interest", "principal", "closing"], [100, 5, 100, 0], [0, 0, 0, 0]],
                "More than enough cash: the interest is that of half the balance.",
            ),
        ),
    )
)

declare(
    Function(
        sizing.sources_uses,
        CATEGORY,
        (
            vector("capex", "USD", "Cost before financing.", of="cases"),
            vector("gearing", "share of uses", "Debt's share of all uses.", of="cases"),
            vector(
                "interest_per_debt",
                "per USD of debt",
                "Interest during construction, see HC_IDC.",
                of="cases",
            ),
            vector("fee", "per USD of debt", "Upfront fee.", of="cases"),
        ),
        Returns.TABLE,
        "Uses = capex / (1 - gearing x (interest + fee per debt)): no circular reference.",
        (
            Example(
                (920, 0.8, 0.08, 0.02),
                [
                    ["uses", "debt", "equity", "interest during construction", "fee"],
                    [1000, 800, 200, 64, 16],
                ],
            ),
        ),
    )
)

declare(
    Function(
        sizing.idc,
        CATEGORY,
        (
            vector("draws", "USD a period", "Construction cost called at the end of each period."),
            number("gearing", "share", "Debt's share of every call, interest included."),
            RATE,
            PERIODS,
        ),
        Returns.TABLE,
        "Interest on the opening balance is a use, funded like the cost: b + gearing x (cost + rate x b).",
        (
            Example(
                ([100, 100], 0.5, 0.1, 1),
                [
                    ["opening", "cost", "interest", "debt", "equity", "closing"],
                    [0, 100, 0, 50, 50, 50],
                    [50, 100, 5, 52.5, 52.5, 102.5],
                ],
            ),
        ),
    )
)
