"""The worksheet functions: declarations only, one file per family of models.

A declaration names the model and adds what the sheet needs: units and help for each argument, what comes
back, the source of the formula and worked examples. Importing this package fills
``haircut.registry.FUNCTIONS``. To add a function, write the model, then declare it here; every host, the
reference and the tests follow from that.
"""

from haircut.functions import collateral, correlation, coverage, credit, debt, liquidation, reference, rent
from haircut.registry import FUNCTIONS

__all__ = [
    "FUNCTIONS",
    "collateral",
    "correlation",
    "coverage",
    "credit",
    "debt",
    "liquidation",
    "reference",
    "rent",
]
