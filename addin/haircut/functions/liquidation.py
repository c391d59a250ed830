"""Liquidation without a market."""

from haircut.errors import CellError
from haircut.models import liquidation
from haircut.registry import Example, Function, Gap, Returns, declare, number

CATEGORY = "Liquidation"
UNITS = number("units", "GPUs", "GPUs to sell.")
SALE = (
    UNITS,
    number("unit_value", "USD/GPU", "Undisturbed value of one GPU at default."),
    number("months", "months", "Months of selling after the legal stay, rounded up."),
)
MARKET = (
    number("depth_recovery", "share a month", "Share of the price pressure that fades in a month."),
    number("other_units", "GPUs", "Sold by other distressed sellers over the same months."),
    number("value_decay", "a year, continuous", "Rate at which the undisturbed value falls."),
    number("discount_rate", "annual effective", "Discount rate."),
    number("carry", "USD/GPU-month", "Storage, insurance and staff for each unsold GPU."),
    number("exit_cost", "USD/GPU", "De-installation, freight and fees for each GPU sold."),
    number("legal_months", "months", "Legal stay before the first sale."),
)
SOURCE = "Exponential price impact with carry-over, after Cont and Schaanning (2017); depth is uncalibrated."

declare(
    Function(
        liquidation.months_to_sell,
        CATEGORY,
        (
            UNITS,
            number("kw_per_gpu", "kW", "Power per GPU all-in."),
            number("hosting_mw_per_month", "MW a month", "Hosting capacity that buyers can free."),
            number("hostable_share", "share", "Share of it fit for this rack density and cooling."),
            number(
                "monthly_volume", "GPUs a month", "What the resale market absorbs; needs a participation."
            ),
            number("participation", "share", "Share of that volume that this sale can be."),
            number("legal_months", "months", "Legal stay in which nothing sells."),
        ),
        Returns.NUMBER,
        "Legal stay + max(units / hosting capacity, units / (participation x volume)).",
        (
            Example((10000, 1.3, 2.0), 6.5),
            Example((10000, 1.3, 2.0, 1, 1000, 0.5, 3), 23, "The resale market is the slower one."),
        ),
    )
)

declare(
    Function(
        liquidation.liquidation,
        CATEGORY,
        (*SALE, number("depth", "GPUs", "Sales that move the price by 63 %. Uncalibrated: your own input."), *MARKET),
        Returns.TABLE,
        SOURCE,
        (
            Example(
                (100, 1000, 1, 1e15, 0, 0, 0, 0, 0, 20),
                [
                    [
                        "month", "years", "units sold", "price factor", "price",
                        "gross", "carry", "exit cost", "net", "present value",
                    ],
                    ["total", 1 / 24, 100, 1, 1000, 100000, 0, 2000, 98000, 98000],
                    [1, 1 / 24, 100, 1, 1000, 100000, 0, 2000, 98000, 98000],
                ],
                "So deep a market that the price does not move: only the exit cost is lost.",
            ),
        ),
        undefined=Gap(CellError.NA, "nothing is sold, so there is no price"),
    )
)  # fmt: skip

declare(
    Function(
        liquidation.break_depth,
        CATEGORY,
        (number("debt", "USD", "Exposure at default."), *SALE, *MARKET),
        Returns.NUMBER,
        SOURCE,
        (
            Example(
                (157387736.114947, 10000, 20000, 8), 20000, "The depth at which the sale brings just that."
            ),
        ),
    )
)
