"""The worksheet functions: declarations only, one file per family of models.

A declaration names the model and adds what the sheet needs: units and help for each argument, what comes
back, the source of the formula and worked examples. Importing this package fills
``haircut.registry.FUNCTIONS``. To add a function, write the model, then declare it here; every host, the
reference and the tests follow from that.
"""

from haircut.functions import (
    borrowing_base,
    capital,
    collateral,
    contract,
    convert,
    correlation,
    covenant,
    coverage,
    credit,
    ddtl,
    debt,
    default,
    dependence,
    duration,
    factor,
    fleet,
    liquidation,
    market,
    miner,
    portfolio,
    recovery,
    reference,
    rent,
    scenario,
    sizing,
    tranche,
    waterfall,
)
from haircut.registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "borrowing_base",
    "capital",
    "collateral",
    "contract",
    "convert",
    "correlation",
    "covenant",
    "coverage",
    "credit",
    "ddtl",
    "debt",
    "default",
    "dependence",
    "duration",
    "factor",
    "fleet",
    "liquidation",
    "market",
    "miner",
    "portfolio",
    "recovery",
    "reference",
    "rent",
    "scenario",
    "sizing",
    "tranche",
    "waterfall",
]
