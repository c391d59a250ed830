"""What a calculation engine must do for the rest of the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from haircut.errors import CellError
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Value


class RecalculationFailed(ValueError):
    """A workbook that cannot be calculated completely and surely; each line names sheet and cell."""


@dataclass(frozen=True)
class Recalculated:
    """Every formula's value after a recalculation.

    ``values`` also holds the cells that an array or spill fills; ``areas`` gives the block of each such
    anchor; ``reasons`` says in words why a Haircut function gave an error, by function name.
    """

    values: Mapping[Address, Value]
    areas: Mapping[Address, Area]
    reasons: Mapping[str, list[str]] = field(default_factory=dict)


class Engine(Protocol):
    """Calculates every formula of a book, with some input cells replaced."""

    def recalculate(self, inputs: Mapping[Address, Value]) -> Recalculated:
        """Return the value of every formula, given the inputs.

        Raises
        ------
        RecalculationFailed
            A cell could not be calculated.
        """
        ...


UNFINISHED = {CellError.NAME, CellError.SPILL, CellError.CALC, CellError.GETTING_DATA}
"""Errors that say 'this engine could not', not 'the model has no value here'."""
