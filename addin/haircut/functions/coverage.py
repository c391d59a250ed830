"""Coverage."""

from haircut.errors import CellError
from haircut.models import coverage
from haircut.registry import PERIODS, Example, Function, Gap, Returns, declare, number, text, vector

CATEGORY = "Coverage"
CFADS = vector("cfads", "USD a period", "Cash flow available for debt service.")
DEBT_SERVICE = vector("debt_service", "USD a period", "Interest, scheduled principal and fees due.")
DEBT = number("debt", "USD", "Debt outstanding now.")
RATE = number("rate", "annual nominal", "The debt's rate.")

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
        coverage.dscr_avg,
        CATEGORY,
        (
            CFADS,
            DEBT_SERVICE,
            text("method", "word", "mean: of the period ratios; total: all CFADS over all debt service."),
        ),
        Returns.NUMBER,
        "Mean of the period DSCRs, or total CFADS / total debt service; periods without debt service do not count.",
        (
            Example(([150, 100, 999], [100, 100, 0]), 1.25),
            Example(([300, 100, 999], [200, 50, 0], "total"), 1.6, "400 of cash on 250 of debt service."),
        ),
    )
)

declare(
    Function(
        coverage.dscr_trailing,
        CATEGORY,
        (CFADS, DEBT_SERVICE, number("window", "periods", "Periods looked back on, this one included.")),
        Returns.VECTOR,
        "CFADS / debt service, both summed over the last periods, as maintenance covenants test it.",
        (
            Example(([120, 80, 160], 100, 2), [CellError.NA, 1.0, 1.2]),
            Example(([90, 105, 150], [100, 100, 100], 3), [CellError.NA, CellError.NA, 1.15]),
        ),
        undefined=Gap(CellError.NA, "a full window has not yet run, or holds no debt service"),
    )
)

declare(
    Function(
        coverage.dscr_forward,
        CATEGORY,
        (CFADS, DEBT_SERVICE, number("window", "periods", "Periods looked ahead, the next one first.")),
        Returns.VECTOR,
        "CFADS / debt service, both summed over the coming periods; the window shortens at the end.",
        (Example(([120, 80, 160, 90], 100, 2), [1.2, 1.25, 0.9, CellError.NA]),),
        undefined=Gap(CellError.NA, "no debt service is due in the periods ahead"),
    )
)

declare(
    Function(
        coverage.llcr,
        CATEGORY,
        (
            vector("cfads", "USD a period", "CFADS of each period from now to the debt's maturity."),
            DEBT,
            RATE,
            PERIODS,
        ),
        Returns.NUMBER,
        "PV of CFADS at the debt rate over the debt; equals DSCR where debt is sculpted.",
        (Example(([110, 121], 100, 0.1, 1), 2.0),),
    )
)

declare(
    Function(
        coverage.plcr,
        CATEGORY,
        (
            vector("cfads", "USD a period", "CFADS of each period from now to the end of the economic life."),
            DEBT,
            RATE,
            PERIODS,
        ),
        Returns.NUMBER,
        "PV of CFADS at the debt rate to the end of economic life over the debt; at least LLCR if the tail earns.",
        (Example(([110, 121, 133.1], 100, 0.1, 1), 3.0),),
    )
)

declare(
    Function(
        coverage.icr,
        CATEGORY,
        (
            vector("ebitda", "USD a period", "Earnings before interest, tax, depreciation, amortisation."),
            vector("cash_interest", "USD a period", "Interest paid in cash in the same period."),
        ),
        Returns.VECTOR,
        "EBITDA / cash interest.",
        (
            Example(([500, -20], [200, 10]), [2.5, -2]),
            Example((140, 248), 0.5645161290322581, "Revenue of 140 m on 248 m of interest."),
        ),
        undefined=Gap(CellError.NA, "no interest is paid"),
    )
)
