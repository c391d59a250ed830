"""The worksheet functions: declarations only, one file per family of models.

A declaration names the model and adds what the sheet needs: units and help for each argument, what comes
back, the source of the formula and worked examples. Importing this package fills
``haircut.registry.FUNCTIONS``. To add a function, write the model, then declare it here; every host, the
reference and the tests follow from that.
"""

from haircut.functions import (
    collateral,
    correlation,
    coverage,
    credit,
    debt,
    liquidation,
    recovery,
    reference,
    rent,
)
from haircut.registry import FUNCTIONS

FAMILIES = (
    rent,
    collateral,
    coverage,
    debt,
    correlation,
    liquidation,
    recovery,
    credit,
    reference,
)
"""Every family, in the order in which the reference lists them."""

__all__ = ["FAMILIES", "FUNCTIONS"]
