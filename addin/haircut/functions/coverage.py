"""Coverage."""

from haircut.errors import CellError
from haircut.models import coverage
from haircut.registry import PERIODS, Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Coverage"
CFADS = vector("cfads", "USD a period", "Cash flow available for debt service.")
DEBT_SERVICE = vector("debt_service", "USD a period", "Interest, scheduled principal and fees due.")

declare(
    Function(
        coverage.dscr,
        CATEGORY,
        (CFADS, DEBT_SERVICE),
        Returns.VECTOR,
        "CFADS / debt service; project-finance convention.",
        (
            Example(([130, -10], [100, 100]), [1.3, -0.1]),
            Example((147.5, 118), 1.25),
        ),
        undefined=Gap(CellError.NA, "no debt service is due"),
    )
)

declare(
    Function(
        coverage.dscr_min,
        CATEGORY,
        (CFADS, DEBT_SERVICE),
        Returns.NUMBER,
        "Lowest period DSCR; periods without debt service do not count.",
        (Example(([130, 120, 50], [100, 100, 0]), 1.2),),
    )
)

declare(
    Function(
        coverage.llcr,
        CATEGORY,
        (
            vector("cfads", "USD a period", "CFADS of each period from now to the debt's maturity."),
            number("debt", "USD", "Debt outstanding now."),
            number("rate", "annual nominal", "The debt's rate."),
            PERIODS,
        ),
        Returns.NUMBER,
        "PV of CFADS at the debt rate over the debt; equals DSCR where debt is sculpted.",
        (Example(([110, 121], 100, 0.1, 1), 2.0),),
    )
)
