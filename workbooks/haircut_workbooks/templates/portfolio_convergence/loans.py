"""The sheet Loans: a row a loan, every number typed, and a basis for each column."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.inputs import BASES, COLUMNS, LOANS, illustrative_loans
from haircut_workbooks.templates.sheets import GREY, TYPED, TemplateBook, a1, absolute

HEAD, BASIS, TOP = 3, 4, 5
LAST = TOP + LOANS - 1
LOAD = 1 + [name for name, *_ in COLUMNS].index("Load_Coin")
"""Column of the first loading."""
FACTOR_ROWS = [f"Losses!{absolute((row, 2), (row, 5))}" for row in range(4, 8)]
"""Rows of the factors' correlations as quoted."""
SHEET = "Loans"
ASSUMED = "Assumed 2026-11: illustration; take it from the loan's own workbook"


def add_loans(book: TemplateBook) -> None:
    """Thirty loans: an exposure of 0 is no loan."""
    sheet = book.sheet(
        SHEET,
        "Loans",
        "A row a loan; the row under the headings says where each column comes from. An exposure of 0 is no loan.",
        [5, 30, 10, 16, 9, 9, 9, 11, *[11] * 5, 13],
        pages=0,
    )
    sheet.set_row(HEAD, 44)
    sheet.set_row(BASIS, 66)
    sheet.freeze_panes(TOP, 2)
    sheet.repeat_rows(0, BASIS)
    book.heading(sheet, HEAD, [heading for _, heading, *_ in COLUMNS])
    loans = illustrative_loans()
    for column, (name, heading, unit, style, rule) in enumerate(COLUMNS, start=1):
        small = book.style(font_size=7, text_wrap=True, valign="top", **TYPED)
        sheet.write(BASIS, column, BASES.get(name, ASSUMED), small)
        book.name(f"{name}_Basis", sheet, (BASIS, column))
        for row, loan in enumerate(loans, start=TOP):
            sheet.write(row, column, loan[column - 1], book.style(style, **TYPED))
        book.name(name, sheet, (TOP, column), (LAST, column))
        help_ = {
            "input_title": heading[:32],
            "input_message": f"{heading}: {unit}",
            "error_title": heading[:32],
        }
        sheet.data_validation(TOP, column, LAST, column, (rule or {"validate": "any"}) | help_)
    book.name("Required_2", sheet, (TOP, 1), (LAST, len(COLUMNS)))
    book.name("Loadings", sheet, (TOP, LOAD), (LAST, LOAD + 3))
    for row in range(TOP, LAST + 1):
        sheet.write(row, 0, row - TOP + 1, book.style("count", font_color=GREY))
    book.name("Loan_Number", sheet, (TOP, 0), (LAST, 0))
    _one_factor(book, sheet)


def _one_factor(book: TemplateBook, sheet: Worksheet) -> None:
    """What the four factors explain of each loan, with correlations as quoted: its correlation on one factor."""
    column = len(COLUMNS) + 1
    book.heading(sheet, HEAD, ["Correlation, one factor"], column)
    note = book.style(font_size=7, text_wrap=True, valign="top")
    sheet.write(BASIS, column, "Calculated: what the four factors explain, as quoted", note)
    for row in range(TOP, LAST + 1):
        loads = f"{a1(row + 1, LOAD + 1)}:{a1(row + 1, LOAD + 4)}"
        terms = (f"{a1(row + 1, LOAD + 1 + i)}*SUMPRODUCT({loads},{FACTOR_ROWS[i]})" for i in range(4))
        book.formula(sheet, row, column, "=" + "+".join(terms), "rent")
    book.name("Loan_Correlation", sheet, (TOP, column), (LAST, column))
