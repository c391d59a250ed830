"""Covenant tests and the stress that breaks them."""

from haircut.errors import CellError
from haircut.models import covenant
from haircut.registry import Example, Function, Gap, Returns, declare, vector

COLLATERAL = "Collateral"
REVERSE = "Reverse stress"
DEBT = vector("debt", "USD", "Drawn debt.")
VALUE = vector("value", "USD", "Collateral value at the same dates.")
MAX_LTV = vector("max_ltv", "share", "LTV limit.")

declare(
    Function(
        covenant.shortfall,
        COLLATERAL,
        (DEBT, VALUE, MAX_LTV),
        Returns.VECTOR,
        "max(0, debt - limit x value).",
        (Example(([80, 60], 100, 0.7), [10, 0]),),
    )
)

declare(
    Function(
        covenant.cash_trap,
        COLLATERAL,
        (
            vector("ltv", "share", "Loan to value."),
            vector("dscr", "x", "Debt service cover ratio."),
            vector("trap_ltv", "share", "Cash is trapped where LTV is above this."),
            vector("lockup_dscr", "x", "Cash is trapped where DSCR is below this."),
        ),
        Returns.VECTOR,
        "LTV > trap level or DSCR < lock-up, compared at 15 significant digits.",
        (
            Example(([0.7, 0.8, 0.7], [1.3, 1.3, 1.1], 0.75, 1.2), [False, True, True]),
            Example((0.75, 1.2, 0.75, 1.2), False, "At their levels neither traps."),
        ),
    )
)

declare(
    Function(
        covenant.break_rent,
        REVERSE,
        (
            vector("revenue", "USD a period", "Revenue."),
            vector(
                "other_cash", "USD a period", "CFADS less revenue: costs negative, other income positive."
            ),
            vector("debt_service", "USD a period", "Interest, scheduled principal and fees due."),
            vector("covenant", "x", "The lowest DSCR allowed."),
            vector("rent_share", "share", "Share of revenue that moves with the market rent."),
        ),
        Returns.VECTOR,
        "1 - (covenant x debt service - cash that does not move) / revenue that moves; below 0: broken already.",
        (
            Example((200, -50, 100, 1.2), 0.15, "At a revenue of 170 the CFADS is 120."),
            Example(([200, 200], -50, [100, 0], 1.2, 0.5), [0.3, CellError.NA]),
        ),
        undefined=Gap(CellError.NA, "no fall in rent breaks the covenant, or no debt service is due"),
    )
)

declare(
    Function(
        covenant.break_value,
        REVERSE,
        (DEBT, VALUE, MAX_LTV),
        Returns.VECTOR,
        "1 - LTV / limit; below 0: broken already.",
        (Example(([35, 70, 84], 100, 0.7), [0.5, 0, -0.2]),),
        unbounded=Gap(CellError.DIV0, "the collateral is worth 0"),
    )
)
