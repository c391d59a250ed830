"""Rent and revenue."""

from haircut.models import rent
from haircut.registry import PERIODS, Example, Function, Returns, declare, number, vector

CATEGORY = "Rent and revenue"

declare(
    Function(
        rent.rent_curve,
        CATEGORY,
        (
            number("rent", "USD/GPU-hour", "Market rent at time 0."),
            number(
                "annual_decline", "share a year", "Share of rent lost in a year; below 0 where rent rises."
            ),
            vector("times", "years", "Times from closing at which the rent is wanted."),
            vector("shock_times", "years", "When a step falls, for instance at a chip release.", of="shocks"),
            vector("shock_drops", "share", "Share of rent that each step takes.", of="shocks"),
            number("floor", "USD/GPU-hour", "The rent never falls below this."),
        ),
        Returns.VECTOR,
        "Geometric decline with steps; token-price deflation is not rent deflation (Epoch AI, March 2025).",
        (
            Example(
                (2.0, 0.5, [0, 1, 2], 2, 0.5),
                [2.0, 1.0, 0.25],
                "Halving each year, and a 50 % step at year 2.",
            ),
        ),
    )
)

declare(
    Function(
        rent.gpu_revenue,
        CATEGORY,
        (
            number("gpus", "count", "GPUs installed."),
            number("utilisation", "share", "Share of merchant hours that are sold."),
            vector("rents", "USD/GPU-hour", "Market rent of each period."),
            number("contract_rent", "USD/GPU-hour", "Take-or-pay rent under the contract."),
            vector("contracted_share", "share", "Share of the fleet under contract, in each period."),
            number("availability", "share", "Share of all hours in which the fleet works."),
            PERIODS,
        ),
        Returns.VECTOR,
        "Hours x rent, 8,760 hours a year; contracted hours are paid whether used or not.",
        (
            Example(
                (1000, 0.5, [2.0, 1.0], 3.0, [1, 0]),
                [6570000.0, 1095000.0],
                "The contract ends after one quarter.",
            ),
        ),
    )
)
