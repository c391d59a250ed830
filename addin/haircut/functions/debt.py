"""Debt sizing and schedules."""

from haircut.models import debt
from haircut.registry import PERIODS, Example, Function, Returns, declare, number, text, vector

CATEGORY = "Debt"

declare(
    Function(
        debt.debt_sculpt,
        CATEGORY,
        (
            vector("cfads", "USD a period", "CFADS, with tax computed as if there were no interest."),
            vector("dscr", "x", "Target DSCR."),
            number("rate", "annual nominal", "The debt's rate."),
            number("tax_rate", "share", "Tax saved on a dollar of interest."),
            PERIODS,
            vector(
                "taxable_income", "USD a period", "Income before interest; interest saves no tax beyond it."
            ),
        ),
        Returns.TABLE,
        "D0 = sum of CFADS/DSCR discounted at the debt rate; tax shield in closed form, no circularity.",
        (
            Example(
                ([110, 121], 1.0, 0.1, 0, 1),
                [
                    ["opening", "interest", "principal", "debt service", "closing", "negative principal"],
                    [200, 20, 90, 110, 110, False],
                    [110, 11, 110, 121, 0, False],
                ],
            ),
        ),
    )
)

declare(
    Function(
        debt.debt_schedule,
        CATEGORY,
        (
            number("principal", "USD", "Amount lent."),
            number("rate", "annual nominal", "Interest rate."),
            number("count", "payments", "Number of payments, at most 1,200."),
            text("style", "word", "annuity, straight or bullet."),
            number("balloon", "share of principal", "Left for the last payment beside its instalment."),
            PERIODS,
        ),
        Returns.TABLE,
        "Level payment, level principal, or all at the end; payments as Excel's PMT, but positive.",
        (
            Example(
                (100, 0.1, 2, "straight", 0, 1),
                [
                    ["opening", "interest", "principal", "debt service", "closing"],
                    [100, 10, 50, 60, 50],
                    [50, 5, 50, 55, 0],
                ],
            ),
        ),
    )
)
