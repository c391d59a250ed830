"""Lines through time: sheets whose rows are quantities and whose columns are the periods of a loan.

One formula a row. Lines are declared first, with ``{key}`` where a formula means another line, and written
when all of them have their places, so that a sheet may refer to one that comes later.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import ceil

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import BLUE, GREY, Look, Result, TemplateBook, a1, absolute

LABEL, UNIT, TOTAL, CLOSING, FIRST = 1, 2, 3, 4, 5
PERIOD, YEARS, DATE, TOP = 4, 5, 6, 7
PERIODS_A_PAGE = 22
HEADERS = {"period": PERIOD, "years": YEARS, "date": DATE}
MENTION = re.compile(r"\{([a-z]\w*)(<|::|:|\^|#)?\}")


@dataclass(frozen=True)
class Line:
    """One row: where it stands, and what fills it."""

    sheet: Worksheet
    row: int
    label: str
    unit: str
    style: str
    formula: str
    closing: str
    total: bool
    bold: bool
    spilled: int
    """Rows that the formula fills from here; 0 where each cell has its own formula, -1 where another row's fills it.

    A spill with a ``closing`` starts there."""


class Timeline:
    """The time sheets of a workbook, and every line on them by its key.

    Parameters
    ----------
    book : TemplateBook
        The workbook under construction. It must define the names ``Deal``, ``Closing``,
        ``Periods_Per_Year`` and ``Months_Per_Period``.
    periods : int
        Number of periods after closing.
    """

    def __init__(self, book: TemplateBook, periods: int) -> None:
        self.book = book
        self.periods = periods
        self.last = FIRST + periods - 1
        self.lines: dict[str, Line] = {}
        self._sheets: list[Worksheet] = []

    def sheet(self, name: str, title: str, subtitle: str) -> "TimeSheet":
        """Add a sheet with the periods across."""
        widths = [2, 44, 13, 12, *[10.5] * (self.periods + 1)]
        sheet = self.book.sheet(name, title, subtitle, widths, pages=0)
        sheet.set_paper(8)
        sheet.fit_to_pages(ceil(self.periods / PERIODS_A_PAGE), 0)
        sheet.repeat_columns(LABEL, TOTAL)
        sheet.repeat_rows(0, DATE)
        sheet.freeze_panes(DATE + 1, CLOSING)
        self._head(sheet)
        self._sheets.append(sheet)
        return TimeSheet(self, sheet)

    def text(self, formula: str, sheet: Worksheet | None = None, column: int | None = None) -> str:
        """Put places where a formula mentions lines.

        ``{key}`` is the line in the same column, ``{key<}`` in the one before, ``{key:}`` all its periods,
        ``{key::}`` closing and all periods, ``{key^}`` closing alone, ``{key#}`` its total. Outside the
        time sheets only the last four have a meaning.

        Raises
        ------
        ValueError
            No such line, or the line has no cell there.
        """

        def place(match: re.Match[str]) -> str:
            key, how = match[1], match[2] or ""
            if key in HEADERS:
                home = sheet if sheet is not None and sheet in self._sheets else self._sheets[0]
                row, closing = HEADERS[key], True
            elif key in self.lines:
                line = self.lines[key]
                home, row, closing = line.sheet, line.row, bool(line.closing)
            else:
                raise ValueError(f"there is no line {key}: {formula}")
            at_closing = how in ("^", "::") or (how == "<" and column == FIRST)
            if (at_closing and not closing) or (how == "#" and not self.lines[key].total):
                raise ValueError(f"the line {key} has no cell there: {formula}")
            prefix = "" if home is sheet else f"{_quoted(home.name)}!"
            if how in ("", "<"):
                if column is None:
                    raise ValueError(f"{match[0]} has a meaning in a time sheet alone: {formula}")
                return prefix + a1(row + 1, column + 1 - (how == "<"))
            first = {":": FIRST, "::": CLOSING, "^": CLOSING, "#": TOTAL}[how]
            last = (row, self.last) if how in (":", "::") else None
            return prefix + absolute((row, first), last)

        return MENTION.sub(place, formula)

    def placed(self, lines: Sequence[Result]) -> list[Result]:
        """Put places where the formulas of results mention lines."""
        return [replace(line, formula=self.text(line.formula)) for line in lines]

    def write(self) -> None:
        """Write every line; call it once, when all are declared."""
        for line in self.lines.values():
            self._write(line)

    def _head(self, sheet: Worksheet) -> None:
        book, first = self.book, self._sheets[0] if self._sheets else None
        dark: Look = {"bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "align": "right"}
        sheet.write_formula(2, LABEL, "=Deal", book.style(bold=True))
        formulas = ("={before}+1", "={period}/Periods_Per_Year", "=EDATE(Closing,{period}*Months_Per_Period)")
        labels = ("Period", "Years from closing", "Period ends")
        for row, label, style, formula in zip(
            HEADERS.values(), labels, ("count", "years", "date"), formulas, strict=True
        ):
            for column in (LABEL, UNIT, TOTAL):
                text = {LABEL: label, UNIT: "unit", TOTAL: "total"}[column]
                shown = text if column == LABEL or row == DATE else ""
                sheet.write(row, column, shown, book.style(**dark | {"align": "left"}))
            for column in range(CLOSING, self.last + 1):
                cell = book.style(style, **dark)
                if first is not None:
                    sheet.write_formula(
                        row, column, f"={_quoted(first.name)}!{a1(row + 1, column + 1)}", cell
                    )
                elif row == PERIOD and column == CLOSING:
                    sheet.write(row, column, 0, cell)
                else:
                    places = {"before": a1(row + 1, column), "period": a1(PERIOD + 1, column + 1)}
                    sheet.write_formula(row, column, formula.format(**places), cell)

    def _write(self, line: Line) -> None:
        book, sheet, row = self.book, line.sheet, line.row
        sheet.write(row, LABEL, line.label, book.style(bold=line.bold))
        sheet.write(row, UNIT, line.unit, book.style(font_color=GREY))
        look = book.style(line.style, bold=line.bold)
        if line.closing and not line.spilled:
            book.formula(
                sheet, row, CLOSING, self.text(line.closing, sheet, CLOSING), line.style, bold=line.bold
            )
        if line.total:
            places = absolute((row, CLOSING if line.closing else FIRST), (row, self.last))
            sheet.write_formula(row, TOTAL, f"=SUM({places})", look)
        if line.spilled:
            first = CLOSING if line.closing else FIRST
            width = self.last + 1 - first
            if line.spilled > 0:
                size = (line.spilled, width)
                book.spill(sheet, row, first, size, self.text(line.formula, sheet), [line.style] * width)
            else:
                for column in range(first, self.last + 1):
                    sheet.write_blank(row, column, None, look)
            return
        for column in range(FIRST, self.last + 1):
            book.formula(
                sheet, row, column, self.text(line.formula, sheet, column), line.style, bold=line.bold
            )


class TimeSheet:
    """One time sheet under construction: sections and lines, from the top down."""

    def __init__(self, time: Timeline, worksheet: Worksheet) -> None:
        self._time = time
        self.worksheet = worksheet
        self._rows = count(TOP)

    def section(self, title: str) -> None:
        """Leave a row free, and start a section."""
        next(self._rows)
        self._time.book.section(self.worksheet, next(self._rows), title, FIRST + self._time.periods - 1)

    def line(
        self,
        key: str,
        label: str,
        unit: str,
        style: str,
        formula: str,
        closing: str = "",
        total: bool = False,
        bold: bool = False,
    ) -> None:
        """Declare a line with one formula for every period, and its own at closing if it has a cell there.

        Parameters
        ----------
        key : str
            What other formulas call it, unique in the workbook.
        label, unit, style : str
            What it says, its unit, and a name of `sheets.FORMATS`.
        formula : str
            With ``{key}`` for other lines: see `Timeline.text`.
        closing : str
            The formula at closing; "" leaves that cell empty.
        total : bool
            Whether the column of totals sums it.
        bold : bool
            Whether it is shown as a result.
        """
        self._declare(key, label, unit, style, formula, closing, total, bold)

    def spill(self, formula: str, *lines: tuple[str, str, str, str], closing: bool = False) -> None:
        """Declare lines that one formula fills, a row each: tuples of key, label, unit and style.

        A worksheet table lies down the page: wrap it in TRANSPOSE. With ``closing`` the rows start at closing.
        """
        for i, (key, label, unit, style) in enumerate(lines):
            spilled = -1 if i else len(lines)
            self._declare(key, label, unit, style, formula, formula if closing else "", spilled=spilled)

    def _declare(
        self,
        key: str,
        label: str,
        unit: str,
        style: str,
        formula: str,
        closing: str = "",
        total: bool = False,
        bold: bool = False,
        spilled: int = 0,
    ) -> None:
        if key in self._time.lines or key in HEADERS:
            raise ValueError(f"two lines are called {key}")
        self._time.lines[key] = Line(
            self.worksheet, next(self._rows), label, unit, style, formula, closing, total, bold, spilled
        )


def _quoted(name: str) -> str:
    return f"'{name}'" if not name.isidentifier() else name
