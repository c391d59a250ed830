"""The cash waterfall."""

from haircut.errors import CellError
from haircut.models import waterfall
from haircut.registry import PERIODS, Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Debt"
HEADER = list(waterfall.COLUMNS)

declare(
    Function(
        waterfall.waterfall,
        CATEGORY,
        (
            vector("cfads", "USD a period", "Cash flow available for debt service, after operating cost."),
            number("opening_debt", "USD", "Debt before the first period."),
            number("rate", "annual nominal", "Rate on the opening balance of each period."),
            vector("scheduled_principal", "USD a period", "Principal scheduled before any prepayment."),
            number("dsra_months", "months", "Reserve target: the debt service of so many months ahead."),
            number("sweep", "share", "Share of the period's excess cash that prepays debt."),
            number("lockup_dscr", "x", "Below this DSCR nothing is distributed; 0: no lock-up."),
            number("opening_cash", "USD", "Cash before the first period."),
            PERIODS,
        ),
        Returns.TABLE,
        "Order of cash: senior interest, principal, reserve account, sweep, lock-up test, distributions.",
        (
            Example(
                ([80, 60], 100, 0.1, 50, 0, 0.5, 0, 0, 1),
                [
                    HEADER,
                    [100, 80, 10, 50, 80 / 60, 10, 50, 0, 0, 0, 0, 0, 10, False, 10, 0, 40],
                    [40, 60, 4, 40, 60 / 44, 4, 40, 0, 0, 0, 0, 0, 0, False, 16, 0, 0],
                ],
                "Half of the 20 left prepays: the last instalment and its interest fall.",
            ),
            Example(
                ([66, 50], 100, 0.1, 50, 6, 0, 1.2, 0, 1),
                [
                    HEADER,
                    [100, 66, 10, 50, 1.1, 10, 50, 0, 0, 27.5, 6, 6, 0, True, 0, 0, 50],
                    [50, 50, 5, 50, 50 / 55, 5, 50, 0, 0, 0, -6, 0, 0, False, 1, 0, 0],
                ],
                "Half a year's debt service is reserved as far as cash goes; the reserve meets the last payment.",
            ),
        ),
        undefined=Gap(CellError.NA, "no debt service is scheduled"),
    )
)
