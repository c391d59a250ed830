"""The error values a cell can hold, the exception that becomes such a value, and what a host refuses with."""

from enum import Enum


class CellError(Enum):
    """An error value of a worksheet, spelled as the cell shows it."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    GETTING_DATA = "#GETTING_DATA"
    SPILL = "#SPILL!"
    CALC = "#CALC!"
    FIELD = "#FIELD!"
    BLOCKED = "#BLOCKED!"
    CONNECT = "#CONNECT!"
    UNKNOWN = "#UNKNOWN!"
    BUSY = "#BUSY!"

    def __str__(self) -> str:
        return self.value


class WorksheetError(Exception):
    """A call that ends in an error value: the value for the cell, and the reason for HC_WHY."""

    def __init__(self, error: CellError, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


class HostRefused(Exception):
    """A host that cannot be built, installed or started: what is wrong and the cure."""
