"""Liquidation without a market."""

from haircut.errors import CellError
from haircut.models import liquidation
from haircut.registry import Example, Function, Gap, Returns, declare, number, vector

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

declare(
    Function(
        liquidation.liquidation_ltv,
        CATEGORY,
        (
            vector("debt", "USD", "Drawn debt."),
            vector("book", "USD", "Book value."),
            vector("economic", "USD", "Economic value as a going concern."),
            vector("proceeds", "USD", "Net proceeds of a forced sale."),
        ),
        Returns.TABLE,
        "Going-concern, orderly and forced values side by side, as appraisers report them (ASA).",
        (
            Example(
                (70, 100, 80, 50),
                [["book LTV", "economic LTV", "liquidation LTV"], [0.7, 0.875, 1.4]],
            ),
        ),
        unbounded=Gap(CellError.DIV0, "the value is 0"),
    )
)

declare(
    Function(
        liquidation.haircut,
        CATEGORY,
        (
            number("value", "USD", "Collateral value at closing."),
            vector("proceeds", "USD", "Net proceeds of a forced sale in each period."),
            vector("balances", "USD", "Loan balance at the same dates, the first at closing."),
            number("target_lgd", "share", "Loss given default that the lender accepts."),
        ),
        Returns.NUMBER,
        "1 - min over t of proceeds / (value x balance profile x (1 - LGD)).",
        (Example((100, [60, 40], [80, 40]), 0.4),),
    )
)

declare(
    Function(
        liquidation.lgd,
        CATEGORY,
        (
            vector("exposure", "USD", "Exposure at default."),
            vector("proceeds", "USD", "Net proceeds of the collateral."),
            vector("cover_limit", "USD", "The most that a guarantee or insurance pays."),
            vector("cover_default", "probability", "That its provider has failed by then, if independent."),
            vector("wrong_way", "0 to 1", "How far the provider shares the collateral's fate."),
        ),
        Returns.VECTOR,
        "1 - recovery / EAD; the cover pays min(limit, shortfall) if its provider survives.",
        (
            Example((100, 60), 0.4),
            Example((100, 60, 25, 0.1, 0.5), 0.2875, "25 x 0.9 x 0.5 of cover can be counted on."),
        ),
        undefined=Gap(CellError.DIV0, "nothing is exposed"),
    )
)
