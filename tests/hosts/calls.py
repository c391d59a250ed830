"""What every host is asked: each declared example, and each worksheet error; laid out on a sheet where one is needed."""

import io
from dataclasses import dataclass, field

import xlsxwriter

from haircut.cells import OMITTED, call
from haircut.errors import CellError, WorksheetError
from haircut.functions import FUNCTIONS
from haircut.registry import Function
from haircut_workbooks.package.address import Address, Area
from haircut_workbooks.package.book import Book

PASSED_ON = (
    CellError.NULL, CellError.DIV0, CellError.VALUE, CellError.REF, CellError.NUM, CellError.NA,
)  # fmt: skip
"""The error values of every workbook, but #NAME?, which an engine takes as a sign that it could not calculate."""

REFUSED = (
    ("HC_LTV", (70, -1)),
    ("HC_LTV", (70, 0)),
    ("HC_LTV", ("seventy", 100)),
    ("HC_LTV", ([[70], [35]], [[100], [0]])),
    ("HC_DSCR", (1, 0)),
    ("HC_DSCR", ([[130], [120]], [[100], [0]])),
    ("HC_DSCR", ([[130], [120]], [[100]] * 3)),
    ("HC_BOOK_VALUE", (100,)),
    ("HC_FACT", ("no such fact",)),
    ("HC_WHY", ("HC_LTVV", 70, 100)),
    ("HC_BOOK_VALUE", ([[32000]], 2, 6, OMITTED)),
)
"""Calls that end in a worksheet error, or hold one; the last one leaves its last argument out."""


@dataclass(frozen=True)
class Call:
    """One call of a worksheet function, with what it gives when it is called directly."""

    function: Function
    args: tuple
    name: str
    direct: list = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "direct", grid(answer(self.function, self.args)))


def answer(function, args):
    """What a direct call gives, an error value included."""
    try:
        return call(function, args)
    except WorksheetError as error:
        return error.error


def grid(value):
    """A value as rows of cells."""
    rows = value if isinstance(value, list) else [[value]]
    return rows if isinstance(rows[0], list) else [rows]


def every_call():
    """Each example of each function, then the refused calls, then each error passed in and on."""
    calls = [
        Call(function, example.args, f"{name}-{number}")
        for name, function in FUNCTIONS.items()
        for number, example in enumerate(function.examples, 1)
    ]
    calls += [Call(FUNCTIONS[name], args, f"refused {name}{args}") for name, args in REFUSED]
    calls += [Call(FUNCTIONS["HC_LTV"], (error, 100), f"passes on {error}") for error in PASSED_ON]
    return calls


@dataclass(frozen=True)
class Laid:
    """A workbook with every call in it, and where each answer stands."""

    book: Book
    anchors: list[Address]

    def answers(self, value_of):
        """The answers as rows of cells, given how to read a cell's value."""
        return [
            [
                [value_of(Address("Calls", at.row + r, at.column + c)) for c in range(len(row))]
                for r, row in enumerate(one.direct)
            ]
            for at, one in zip(self.anchors, every_call(), strict=True)
        ]


def laid_out():
    """Each call's arguments in cells of the sheet Arguments, the calls as array formulas on the sheet Calls."""
    file, anchors = io.BytesIO(), []
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        calls, arguments = workbook.add_worksheet("Calls"), workbook.add_worksheet("Arguments")
        top = below = 0
        for one in every_call():
            texts = []
            for arg in one.args:
                if arg is OMITTED:
                    texts.append("")
                    continue
                rows = grid(list(arg) if isinstance(arg, tuple) else arg)
                texts.append(f"Arguments!{Area(below + 1, 1, below + len(rows), len(rows[0]))}")
                for r, row in enumerate(rows):
                    for c, cell in enumerate(row):
                        _write(arguments, below + r, c, cell)
                below += len(rows) + 1
            formula = f"{{={one.function.name}({','.join(texts)})}}"
            last_row, last_column = top + len(one.direct) - 1, len(one.direct[0]) - 1
            calls.write_array_formula(top, 0, last_row, last_column, formula)
            anchors.append(Address("Calls", top + 1, 1))
            top = last_row + 2
    return Laid(Book(file.getvalue(), "calls.xlsx"), anchors)


def _write(sheet, row, column, cell):
    if isinstance(cell, CellError):
        sheet.write_formula(row, column, f"={cell}", None, str(cell))
    elif cell is not None:
        sheet.write(row, column, cell)
