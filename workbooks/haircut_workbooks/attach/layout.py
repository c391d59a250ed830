"""What the parts of the stress sheet share: its columns, where each stands, and how formulas name cells."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.attach.mapping import Mapped
from haircut_workbooks.package.address import Address, column_letters
from haircut_workbooks.package.book import Value
from haircut_workbooks.templates.sheets import (
    GREY,
    RULE,
    TYPED,
    Input,
    TemplateBook,
    absolute,
)

NAME = TITLE = "Haircut stress"
LABEL, VALUE, UNIT, BASIS = 1, 5, 6, 9
"""Columns of an input or result: its label runs over four columns, its unit over three."""
STATUS = 2
"""Row of the line that says whether all checks hold; it stays in sight."""
NARROWEST = 15
"""Columns that the sheet has at least, its narrow margin aside."""
SMALL = 10_000
"""Where no period's cash reaches this, the workbook counts in millions or the like, and two decimals are shown."""
_CELL = re.compile(r"<([a-z_]+)>")


@dataclass(frozen=True)
class Column:
    """One column of the table by period: its key in formulas, its heading, its formula and number format.

    A formula with ``array`` fills the whole column at once. ``{key}`` in it is a column or an input's cell,
    ``<key>`` that column's cell in the same row. A function gives each period's formula, or its number.
    """

    key: str
    heading: str
    formula: str | Callable[[int], str]
    style: str
    array: bool = False


@dataclass(frozen=True)
class Line:
    """One result: its label, formula and number format; ``key`` names it for other formulas."""

    label: str
    formula: str
    style: str
    key: str = ""


@dataclass
class Page:
    """The sheet under construction: a cursor that moves down it, and the place of each thing by its name."""

    book: TemplateBook
    sheet: Worksheet
    mapped: Mapped
    kept: Mapping[str, tuple[float, str]]
    computed: Mapping[Address, Value]
    row: int = 0
    places: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """How many columns the sheet has."""
        return max(NARROWEST, len(self.letters))

    def style(self, name: str, **extra: Any) -> Format:
        """A cell style; money with the decimals that the size of the workbook's numbers asks for."""
        small = max(map(abs, self.mapped.values["cfads"])) < SMALL
        return self.book.style("cents" if small and name == "money" else name, **extra)

    def filled(self, formula: str, row: int | None = None) -> str:
        """Put the places of cells and columns into a formula."""
        text = formula if row is None else _CELL.sub(lambda m: f"{self.letters[m[1]]}{row + 1}", formula)
        return text.format_map(self.places)

    def place(self, row: int, items: Sequence[Input | Line], column: int = LABEL) -> None:
        """Say where inputs or results will stand, one under the other, so that any formula can refer to them."""
        for offset, item in enumerate(items):
            name = item.name if isinstance(item, Input) else item.key
            self.places[name] = absolute((row + offset, column + VALUE - LABEL))

    def place_table(self, row: int, columns: Sequence[Column]) -> None:
        """Say where each column of the table will stand under its headings in a row."""
        for at, column in enumerate(columns, start=LABEL):
            self.letters[column.key] = column_letters(at + 1)
            self.places[column.key] = absolute((row + 1, at), (row + self.mapped.periods, at))

    def section(self, title: str, columns: int = 0, column: int = LABEL) -> None:
        """Write a section's title, over the whole width or so many columns, and move under it."""
        self.book.section(self.sheet, self.row, title, columns or self.width, column)
        self.row += 1

    def note(self, text: str) -> None:
        """Write a line of explanation."""
        self.sheet.write(self.row, LABEL, text, self.book.style(italic=True, font_color=GREY))
        self.row += 1

    def line(self, line: Line, column: int = LABEL) -> None:
        """Write one result: its label over four columns, then its value."""
        ruled = self.book.style(bottom=4, bottom_color=RULE)
        for offset in range(VALUE - LABEL):
            self.sheet.write(self.row, column + offset, line.label if offset == 0 else "", ruled)
        at = column + VALUE - LABEL
        style = self.style(line.style, bold=True, align="right", bottom=4, bottom_color=RULE)
        self.write(self.row, at, line.formula, style)
        self.row += 1

    def lines(self, title: str, lines: Sequence[Line], column: int) -> None:
        """Write a block of results under its title."""
        if lines:
            self.section(title, VALUE - LABEL + 1, column)
            for line in lines:
                self.line(line, column)

    def write(self, row: int, column: int, formula: str, style: Format) -> None:
        """Write a formula; one that does arithmetic on whole columns inside a call comes in braces."""
        if formula.startswith("{="):
            self.sheet.write_array_formula(row, column, row, column, self.filled(formula[1:-1]), style)
        else:
            self.sheet.write_formula(row, column, self.filled(formula), style)

    def inputs(self, items: Sequence[Input]) -> None:
        """Write input cells, what the analyst has typed before kept in them."""
        boxed = TYPED | {"align": "right"}
        for item in items:
            ruled = self.book.style(bottom=4, bottom_color=RULE)
            for column in range(LABEL, LABEL + self.width):
                self.sheet.write(self.row, column, item.label if column == LABEL else "", ruled)
            value, basis = self.kept.get(item.label, (item.value, item.basis))
            if value != item.value and basis == item.basis:
                basis = "Typed in by the analyst"
            self.sheet.write(self.row, VALUE, value, self.book.style(item.style, **boxed))
            grey = self.book.style(font_color=GREY, indent=1, bottom=4, bottom_color=RULE)
            self.sheet.write(self.row, UNIT, item.unit, grey)
            small = self.book.style(font_size=9, bottom=4, bottom_color=RULE)
            self.sheet.write(self.row, BASIS, basis, small)
            title, message = item.label[:32], f"{item.unit}. {basis}".removeprefix(". ")[:255]
            rule = {"validate": "any"} | (item.rule or {})
            rule |= {"error_title": title, "input_title": title, "input_message": message}
            self.sheet.data_validation(self.row, VALUE, self.row, VALUE, rule)
            self.row += 1

    def table(self, columns: Sequence[Column]) -> None:
        """Write the table, a row a period."""
        self.sheet.set_row(self.row, 48)
        self.sheet.set_h_pagebreaks([self.row - 1])
        self.book.heading(self.sheet, self.row, [column.heading for column in columns])
        first, last = self.row + 1, self.row + self.mapped.periods
        for at, column in enumerate(columns, start=LABEL):
            style = self.style(column.style)
            if column.array:
                assert isinstance(column.formula, str)
                self.sheet.write_array_formula(first, at, last, at, self.filled(column.formula), style)
                continue
            for i, row in enumerate(range(first, last + 1)):
                text = column.formula if isinstance(column.formula, str) else column.formula(i)
                self.sheet.write(
                    row, at, self.filled(text, row) if text.startswith("=") else int(text), style
                )
        pale = self.book.style(font_color=RULE)
        self.sheet.conditional_format(
            first, LABEL, last, LABEL + len(columns) - 1, {"type": "errors", "format": pale}
        )
        self.row = last + 2
