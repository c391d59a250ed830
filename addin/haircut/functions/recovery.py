"""Recovery: the three loan-to-values, haircut and loss given default."""

from haircut.errors import CellError
from haircut.models import recovery
from haircut.registry import Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Liquidation"

declare(
    Function(
        recovery.liquidation_ltv,
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
        recovery.haircut,
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
        recovery.lgd,
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
