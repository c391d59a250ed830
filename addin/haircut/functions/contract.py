"""Contracts on the fleet."""

from haircut.errors import CellError
from haircut.models import contract
from haircut.registry import PERIODS, Example, Function, Gap, Returns, declare, number, vector

CATEGORY = "Rent and revenue"

declare(
    Function(
        contract.contract_realisation,
        CATEGORY,
        (
            vector("cash_received", "USD a period", "Cash that the customers paid in each period."),
            vector("contracted_cash", "USD a period", "Cash due under the contracts in the same period."),
            number("window", "periods", "Periods added up: this one and those before it."),
        ),
        Returns.VECTOR,
        "Cash received / cash contracted over the last periods; a covenant of GPU loans, for instance 0.85.",
        (
            Example(([90, 80, 100, 0], 100, 2), [CellError.NA, 0.85, 0.9, 0.5]),
            Example((170, 200, 1), 0.85),
        ),
        undefined=Gap(CellError.NA, "the window is not full yet, or nothing was contracted in it"),
    )
)

declare(
    Function(
        contract.contract_coverage,
        CATEGORY,
        (
            vector("contract_cash", "USD a period", "Contracted cash net of the cost to serve it."),
            number("debt", "USD", "Debt outstanding now."),
            number("discount_rate", "annual nominal", "Discount rate."),
            number("counterparty_default", "probability a year", "That the customer defaults within a year."),
            PERIODS,
        ),
        Returns.NUMBER,
        "PV of contracted cash, each period weighted by the customer's survival, over the debt.",
        (
            Example(([110, 121], 100, 0.1, 0, 1), 2.0),
            Example(
                ([110, 121], 100, 0.1, 0.5, 1), 0.75, "Half the first year's cash, a quarter of the next."
            ),
        ),
    )
)

declare(
    Function(
        contract.recontract_cliff,
        CATEGORY,
        (
            vector("cfads", "USD a period", "CFADS, at the market rent after the expiry."),
            vector("debt_service", "USD a period", "Interest, scheduled principal and fees due."),
            vector("balances", "USD", "Debt after the payment of each period."),
            number("expiry_period", "period number", "Last period under contract, counted from 1."),
            number("contract_rent", "USD/GPU-hour", "Rent under the contract."),
            number("market_rent", "USD/GPU-hour", "Market rent when the contract ends."),
            number("discount_rate", "annual nominal", "Discount rate for the CFADS after the expiry."),
            PERIODS,
        ),
        Returns.TABLE,
        "Market rent / contract rent - 1; debt at the expiry over the PV of the CFADS after it.",
        (
            Example(
                ([100, 100, 44, 24.2], 40, [90, 60, 30, 0], 2, 2.5, 1.5, 0.1, 1),
                [
                    [
                        "rent cliff", "CFADS before", "CFADS after", "DSCR before", "DSCR after",
                        "debt at expiry", "PV of later CFADS", "debt / PV",
                    ],
                    [-0.4, 100, 44, 2.5, 1.1, 60, 60, 1],
                ],
                "The cash after the contract just repays the debt left.",
            ),
        ),
        undefined=Gap(CellError.NA, "no debt service is due, or nothing is owed"),
        unbounded=Gap(CellError.DIV0, "no cash after the expiry repays the debt left"),
    )
)  # fmt: skip
