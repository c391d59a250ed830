"""The quarters that every sheet of a loan template shares: closing in row 7, quarter n in row 7 + n."""

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.sheets import TemplateBook, absolute

MOST_QUARTERS = 40
HEADER = 5
ALL = range(HEADER + 1, HEADER + 2 + MOST_QUARTERS)
"""Rows of closing and of every quarter, counted from 0."""
QUARTERS = range(ALL.start + 1, ALL.stop)
"""Rows of the quarters alone."""


def cells(column: int, rows: range = QUARTERS) -> str:
    """Absolute reference of a column over the timeline, on the same sheet.

    >>> cells(2)
    '$C$8:$C$47'
    """
    return absolute((rows.start, column), (rows.stop - 1, column))


def quarter_sheet(
    book: TemplateBook, name: str, title: str, subtitle: str, headings: Sequence[str]
) -> Worksheet:
    """Add a sheet with a row a quarter: number, years from closing, date, then its own columns."""
    sheet = book.sheet(name, title, subtitle, [2, 9, 9, 12, *[14] * len(headings)])
    sheet.set_row(HEADER, 44)
    book.heading(sheet, HEADER, ["Quarter", "Years", "Date", *headings])
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    for n, row in enumerate(ALL):
        sheet.write(row, 1, n, book.style("count"))
        sheet.write_formula(row, 2, f"=B{row + 1}/4", book.style("years"))
        sheet.write_formula(row, 3, f"=EDATE(Closing,3*B{row + 1})", book.style("date"))
    sheet.freeze_panes(HEADER + 1, 4)
    sheet.repeat_rows(HEADER)
    return sheet
