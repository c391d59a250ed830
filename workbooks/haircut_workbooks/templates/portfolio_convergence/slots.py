"""Tables with a row a loan, typed or calculated: every column is a defined name, every formula says [Name] for its own row."""

import re
from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import RULE, TemplateBook, a1

SLOTS = 40
"""Loans that the book has room for; an exposure of 0 is no loan."""
MENTION = re.compile(r"\[(\w+)\]")


PAGE = 960
"""Width of a printed page, A4 or A3 across, in pixels at full size."""
LARGEST = 60
"""Scale, in percent, at which a page holds the rows of all loans."""


def paged(sheet: Worksheet, widths: Sequence[float], *breaks: int) -> None:
    """Print a sheet as wide as its columns on one page, with a new page before each of these rows."""
    pixels = sum(7 * width + 5 for width in widths)
    sheet.set_print_scale(min(LARGEST, int(100 * PAGE / pixels)))
    sheet.set_h_pagebreaks(breaks)


class Slots:
    """The columns of the workbook that go down the loans, by name."""

    def __init__(self, book: TemplateBook) -> None:
        self.book = book
        self._homes: dict[str, tuple[Worksheet, int, int]] = {}

    def place(self, name: str, sheet: Worksheet, top: int, column: int) -> None:
        """Define the name of a column whose first row is ``top``; one in lower case only ``[name]`` can say."""
        self._homes[name] = (sheet, top, column)
        if not name.islower():
            self.book.name(name, sheet, (top, column), (top + SLOTS - 1, column))

    def text(self, formula: str, sheet: Worksheet, slot: int) -> str:
        """A formula with the cell of one loan wherever it says ``[Name]``."""

        def cell(match: re.Match[str]) -> str:
            home, top, column = self._homes[match[1]]
            place = f"${a1(top + slot + 1, column + 1)}"
            return place if home is sheet else f"'{home.name}'!{place}"

        return MENTION.sub(cell, formula)

    def column(
        self,
        sheet: Worksheet,
        top: int,
        column: int,
        name: str,
        heading: str,
        formula: str,
        style: str,
        **look: Any,
    ) -> None:
        """Write a formula a loan under its heading; with a name ("": none) other formulas can say it."""
        self.book.heading(sheet, top - 1, [heading], column)
        if name:
            self.place(name, sheet, top, column)
        for slot in range(SLOTS):
            text = self.text(formula, sheet, slot)
            self.book.formula(sheet, top + slot, column, text, style, bottom=4, bottom_color=RULE, **look)

    def spill(
        self, sheet: Worksheet, top: int, column: int, name: str, heading: str, formula: str, style: str
    ) -> None:
        """Write one formula that fills the column."""
        self.book.heading(sheet, top - 1, [heading], column)
        self.place(name, sheet, top, column)
        self.book.spill(sheet, top, column, (SLOTS, 1), formula, [style])

    def labels(self, sheet: Worksheet, top: int) -> None:
        """Number and name of each loan, in the second and third column."""
        self.column(sheet, top, 1, "", "No.", "=[Loan_Number]", "count", align="center")
        self.column(sheet, top, 2, "", "Loan", "=[Loan_Name]", "text")
