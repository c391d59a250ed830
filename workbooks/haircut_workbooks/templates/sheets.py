"""Styles and building blocks that every template shares."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.package.address import a1, column_letters

INK, GREY, RULE, PAPER = "#1F2933", "#7B8794", "#CBD2D9", "#F5F7FA"
BLUE, TEAL, AMBER, RED, VIOLET = "#1F4E79", "#2A9D8F", "#E9A23B", "#C0392B", "#6C5B9E"
INPUT_FILL, INPUT_INK = "#FFF8E1", "#0B3D91"
FORMATS = {
    "money": "#,##0;[Red]-#,##0",
    "cents": "#,##0.00;[Red]-#,##0.00",
    "mn": '#,##0.0,,;[Red]-#,##0.0,,;"-"',
    "flag": '0;-0;"-"',
    "share": "0.0%",
    "rate": "0.00%",
    "multiple": '0.00"x"',
    "years": "0.00",
    "count": "#,##0",
    "number": "0.000",
    "rent": "0.00",
    "bp": '#,##0" bp";[Red]-#,##0" bp"',
    "truth": '"TRUE";"TRUE";"FALSE"',
    "date": "yyyy-mm-dd",
    "text": "@",
    "general": "General",
}
GRADES = ("Reported", "Estimated", "Assumed")
"""How well a number is known: read in a named source, worked out from one, or chosen."""
LINK_INK = "#1B6E3A"
LINK = re.compile(r"=(('[^']+'|\w+)!\$?[A-Z]{1,3}\$?\d+|[A-Za-z_]\w*)")
"""A formula that only fetches another cell: bankers show it in green."""
Look = dict[str, Any]
"""Settings of a cell style beside its number format."""
TYPED: Look = {
    "font_color": INPUT_INK,
    "bg_color": INPUT_FILL,
    "border": 1,
    "border_color": RULE,
    "locked": False,
}
"""What a cell looks like that the analyst types into."""
HEAT: Look = {"type": "3_color_scale", "min_color": "#E3F2EF", "mid_color": "#F6D99A", "max_color": "#D9796C"}
"""Conditional format of a heat map, pale to red."""
CREATED = datetime(2026, 1, 1)
CALCULATED_BY = 191029
"""Calculation version of current Excel; an older one would make Excel recalculate on opening."""


@dataclass(frozen=True)
class Input:
    """One input cell: its defined name, label, value, unit, where the value comes from, and its limits."""

    name: str
    label: str
    value: float | str | date
    unit: str
    style: str
    basis: str
    """``Grade as-of: source``, for instance ``Reported 2025-07-28: 10-Q``; see `GRADES`."""
    rule: dict[str, Any] | None = None
    help: str = ""
    """What the cell says when it is selected, where label and unit do not say it all."""


@dataclass(frozen=True)
class Result:
    """A line of a table that does not go through time: its defined name, its label, its formula, its format."""

    name: str
    label: str
    formula: str
    style: str


def at_least(low: float) -> dict[str, Any]:
    """Validation of a number that must not be below a limit."""
    return {"validate": "decimal", "criteria": ">=", "value": low}


def above(low: float) -> dict[str, Any]:
    """Validation of a number that must be above a limit."""
    return {"validate": "decimal", "criteria": ">", "value": low}


def between(low: float, high: float) -> dict[str, Any]:
    """Validation of a number with two limits."""
    return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}


def one_of(*choices: str) -> dict[str, Any]:
    """Validation of a word from a list."""
    return {"validate": "list", "source": list(choices)}


WHOLE = {"validate": "integer", "criteria": ">=", "value": 0}
A_DATE = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}


class TemplateBook:
    """A workbook under construction: styles, titled sheets, names."""

    def __init__(self, title: str) -> None:
        self._file = BytesIO()
        self.book = xlsxwriter.Workbook(self._file, {"in_memory": True, "use_future_functions": True})
        self.book.set_properties({"title": title, "author": "Haircut", "created": CREATED})
        # The values in the file are right: Excel must not recalculate it where no add-in answers.
        self.book.set_calc_mode("auto", CALCULATED_BY)
        self.book.calc_on_load = False
        self._styles: dict[tuple[tuple[str, Any], ...], Format] = {}

    def style(self, number: str = "general", **extra: Any) -> Format:
        """A cell style: the number format by name, and what else is asked."""
        settings = {
            "font_name": "Calibri",
            "font_size": 10,
            "font_color": INK,
            "num_format": FORMATS[number],
        } | extra
        key = tuple(sorted(settings.items()))
        if key not in self._styles:
            self._styles[key] = self.book.add_format(settings)
        return self._styles[key]

    def sheet(
        self, name: str, title: str, subtitle: str, widths: Sequence[float], pages: int = 1
    ) -> Worksheet:
        """Add a sheet with its title, its line of explanation and its column widths, set up to print on so many pages (0: as many as it takes)."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_row(0, 24)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.style())
        sheet.write(0, 1, title, self.style(bold=True, font_size=16, font_color=BLUE))
        sheet.write(1, 1, subtitle, self.style(italic=True, font_color=GREY))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, pages)
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.set_footer("&L&8&A&C&8Haircut&R&8page &P of &N")
        return sheet

    def heading(self, sheet: Worksheet, row: int, texts: Iterable[str], column: int = 1) -> None:
        """Write a header row."""
        style = self.style(
            bold=True, font_color="#FFFFFF", bg_color=BLUE, text_wrap=True, align="center", valign="vcenter"
        )
        for offset, text in enumerate(texts):
            if text:
                sheet.write(row, column + offset, text, style)

    def section(self, sheet: Worksheet, row: int, text: str, columns: int, column: int = 1) -> None:
        """Write a section title with a rule under it."""
        style = self.style(bold=True, font_size=11, font_color=BLUE, bottom=2, bottom_color=BLUE)
        for offset in range(columns):
            sheet.write(row, column + offset, text if offset == 0 else "", style)

    def spilled_heading(self, sheet: Worksheet, row: int, column: int, width: int) -> None:
        """Dress the header row that a table spills, as wide as it comes out; call it after `spill`."""
        for offset in range(1, width):
            sheet.write_blank(row, column + offset, None, self.style(align="right"))
        dark = self.style(bold=True, font_color="#FFFFFF", bg_color=BLUE)
        sheet.conditional_format(row, column, row, column + width - 1, {"type": "no_errors", "format": dark})

    def name(
        self, name: str, sheet: Worksheet, first: tuple[int, int], last: tuple[int, int] | None = None
    ) -> None:
        """Define a name for a cell or a block; rows and columns count from 0."""
        self.book.define_name(name, f"='{sheet.name}'!{absolute(first, last)}")

    def results(
        self, sheet: Worksheet, row: int, lines: Sequence[Result], column: int = 1, bold: bool = False
    ) -> int:
        """Write lines of label and formula, each with its defined name ("": none); return the next row."""
        look: Look = {"align": "right", "bottom": 4, "bottom_color": RULE, "bold": bold}
        for line in lines:
            sheet.write(row, column, line.label, self.style(bottom=4, bottom_color=RULE))
            self.formula(sheet, row, column + 1, line.formula, line.style, **look)
            if line.name:
                self.name(line.name, sheet, (row, column + 1))
            row += 1
        return row

    def formula(
        self, sheet: Worksheet, row: int, column: int, text: str, style: str = "general", **extra: Any
    ) -> None:
        """Write a formula: black where it calculates, green where it only fetches another cell."""
        ink = {"font_color": LINK_INK} if LINK.fullmatch(text) else {}
        sheet.write_formula(row, column, text, self.style(style, **ink | extra))

    def spill(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        size: tuple[int, int],
        formula: str,
        styles: Sequence[str],
    ) -> None:
        """Write a formula that fills a block, one number format a column."""
        rows, columns = size
        first = self.style(styles[0])
        sheet.write_dynamic_array_formula(row, column, row + rows - 1, column + columns - 1, formula, first)
        for r in range(rows):
            for c in range(columns):
                if (r, c) != (0, 0):
                    sheet.write_blank(row + r, column + c, None, self.style(styles[c]))

    def finished(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.book.close()
        return self._file.getvalue()


def absolute(first: tuple[int, int], last: tuple[int, int] | None = None) -> str:
    """Absolute reference of a block whose rows and columns count from 0.

    >>> absolute((5, 2)), absolute((5, 2), (9, 3))
    ('$C$6', '$C$6:$D$10')
    """
    corners = [first] if last is None else [first, last]
    return ":".join(f"${column_letters(c + 1)}${r + 1}" for r, c in corners)


__all__ = ["Input", "TemplateBook", "a1", "above", "absolute", "at_least", "between", "one_of"]
