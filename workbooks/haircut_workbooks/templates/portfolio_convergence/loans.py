"""The sheet Loans: a row a loan, every number typed, and a basis for each column."""

from haircut_workbooks.templates.portfolio_convergence.inputs import BASES, COLUMNS, LOANS, illustrative_loans
from haircut_workbooks.templates.sheets import INPUT_FILL, INPUT_INK, RULE, Look, TemplateBook

HEAD, BASIS, TOP = 3, 4, 5
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
    sheet.set_row(BASIS, 96)
    sheet.freeze_panes(TOP, 2)
    sheet.repeat_rows(0, BASIS)
    book.heading(sheet, HEAD, [heading for _, heading, *_ in COLUMNS])
    typed: Look = {
        "font_color": INPUT_INK,
        "bg_color": INPUT_FILL,
        "border": 1,
        "border_color": RULE,
        "locked": False,
    }
    loans = illustrative_loans()
    for column, (name, heading, unit, style, rule) in enumerate(COLUMNS, start=1):
        small = book.style(font_size=7, text_wrap=True, valign="top", **typed)
        sheet.write(BASIS, column, BASES.get(name, ASSUMED), small)
        book.name(f"{name}_Basis", sheet, (BASIS, column))
        for row, loan in enumerate(loans, start=TOP):
            sheet.write(row, column, loan[column - 1], book.style(style, **typed))
        book.name(name, sheet, (TOP, column), (TOP + LOANS - 1, column))
        help_ = {
            "input_title": heading[:32],
            "input_message": f"{heading}: {unit}",
            "error_title": heading[:32],
        }
        sheet.data_validation(TOP, column, TOP + LOANS - 1, column, (rule or {"validate": "any"}) | help_)
    for number in range(LOANS):
        sheet.write(TOP + number, 0, number + 1, book.style("count", font_color="#7B8794"))
    book.name("Loan_Number", sheet, (TOP, 0), (TOP + LOANS - 1, 0))
    first, last = (
        next(i for i, c in enumerate(COLUMNS, start=1) if c[0] == n) for n in ("Load_Coin", "Load_Refi")
    )
    book.name("Loadings", sheet, (TOP, first), (TOP + LOANS - 1, last))
