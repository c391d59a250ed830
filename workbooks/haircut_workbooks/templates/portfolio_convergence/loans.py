"""The sheets Loans and Sources: a row a loan, all typed, a basis for each column and a source for each loan."""

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.sample import BASES, LOANS, NO_LOAN
from haircut_workbooks.templates.portfolio_convergence.slots import SLOTS, Slots
from haircut_workbooks.templates.sheets import GREY, TYPED, TemplateBook, at_least, between, one_of

HEAD, BASIS, TOP = 4, 5, 6
TYPES = ("GPU", "site", "miner")
ANY = {"validate": "any"}
SHARE = between(0, 1)
LOADING = between(-0.95, 0.95)
COLUMNS = (
    ("Loan_Name", "Loan", "its name; - for an empty row", "text", 31, ANY),
    ("Loan_Borrower", "Borrower", "who defaults: loans of one borrower default together", "text", 20, ANY),
    ("Loan_Tenant", "Tenant", "who pays for the machines or the hall", "text", 19, ANY),
    ("Loan_Chip", "Chip", "generation of the chips pledged; - for none", "text", 8, ANY),
    ("Loan_Type", "Type", "GPU, site or miner; - for an empty row", "text", 7, one_of(*TYPES, "-")),
    ("Loan_Rating", "Rating", "of the loan; nr: not rated", "text", 8, ANY),
    ("Loan_Exposure", "Exposure, USD m", "USD at default, undrawn commitments that will be drawn included; 0: no loan", "mn", 10, at_least(0)),
    ("Loan_Held", "Share held", "share of the whole loan that this lender holds", "share", 7.5, between(0.0001, 1)),
    ("Loan_PD", "PD, one year", "probability of default within a year", "rate", 7.5, between(0, 0.9)),
    ("Loan_LGD", "LGD", "share of exposure lost in default, on average", "share", 7.5, SHARE),
    ("Loan_Years", "Years left", "years to maturity, at most 12", "years", 6.5, between(0.25, 12)),
    ("Loan_Balloon", "Balloon", "share of today's exposure due at maturity; the rest is repaid evenly", "share", 8, SHARE),
    ("Loan_Spread", "Spread, bp", "quoted, over the base rate", "count", 8, between(-1000, 10000)),
    ("Loan_DSCR", "Lowest DSCR", "lowest to maturity, from the loan's own workbook", "multiple", 8, between(-100, 100)),
    ("Loan_Book_LTV", "LTV, book", "loan over cost less depreciation", "share", 8, at_least(0)),
    ("Loan_LTV", "LTV, economic", "loan over what the collateral can earn", "share", 9, at_least(0)),
    ("Loan_Sale_LTV", "LTV, forced sale", "loan over what a forced sale brings (uncalibrated)", "share", 8.5, at_least(0)),
    ("Load_Coin", "Coin", "loading: + does well when coin rises", "rent", 7, LOADING),
    ("Load_Rent", "Rent", "loading: + does well when GPU rent rises", "rent", 7, LOADING),
    ("Load_Power", "Power", "loading: + does well when power rises; below 0 a rise hurts", "rent", 7, LOADING),
    ("Load_Refi", "Refi", "loading: + does well when refinancing spreads rise; below 0 a rise hurts", "rent", 7, LOADING),
)  # fmt: skip
"""The typed columns, each a defined name of so many cells: name, heading, what it is, format, width, limits."""
LOADS = ("Load_Coin", "Load_Rent", "Load_Power", "Load_Refi")


def add_loans(book: TemplateBook) -> Slots:
    """Add the two typed sheets; what they hold when new is the illustrative book."""
    slots = Slots(book)
    sheet = book.sheet(
        "Loans",
        "Loans",
        "A row a loan; the row under the headings says where each column comes from, the sheet Sources where each loan does. An exposure of 0 is no loan.",
        [2, 4.5, *(column[4] for column in COLUMNS)],
        pages=0,
    )
    sheet.set_paper(8)
    sheet.set_row(HEAD, 32)
    sheet.set_row(BASIS, 92)
    sheet.freeze_panes(TOP, 3)
    sheet.repeat_rows(0, BASIS)
    for column, width, text in (
        (8, 7, "What is lent"),
        (15, 4, "Cash-led and asset-led"),
        (19, 4, "Loadings on"),
    ):
        book.section(sheet, HEAD - 1, text, width, column)
    book.heading(sheet, HEAD, ["No."])
    _rows(book, sheet, slots)
    basis = book.style(font_size=7, text_wrap=True, valign="top", **TYPED)
    for column, (name, heading, what, style, _, rule) in enumerate(COLUMNS, start=2):
        book.heading(sheet, HEAD, [heading], column)
        sheet.write(BASIS, column, BASES[name], basis)
        book.name(f"{name}_Basis", sheet, (BASIS, column))
        _typed(slots, sheet, TOP, column, name, book.style(style, **TYPED))
        help_ = {"input_title": heading, "input_message": what, "error_title": heading}
        sheet.data_validation(TOP, column, TOP + SLOTS - 1, column, rule | help_)
    book.name("Required_2", sheet, (TOP, 2), (TOP + SLOTS - 1, 1 + len(COLUMNS)))
    _sources(slots)
    return slots


def _rows(book: TemplateBook, sheet: Worksheet, slots: Slots) -> None:
    for slot in range(SLOTS):
        sheet.write(TOP + slot, 1, slot + 1, book.style("count", font_color=GREY, align="center"))
    slots.place("Loan_Number", sheet, TOP, 1)


def _typed(slots: Slots, sheet: Worksheet, top: int, column: int, name: str, look: Format) -> None:
    for slot in range(SLOTS):
        loan = LOANS[slot] if slot < len(LOANS) else NO_LOAN
        sheet.write(top + slot, column, loan[name], look)
    slots.place(name, sheet, top, column)


def _sources(slots: Slots) -> None:
    book = slots.book
    sheet = book.sheet(
        "Sources",
        "Sources",
        "Where the terms of each loan come from; 'Grade date: source', as on the assumptions.",
        [2, 5, 34, 150],
        pages=0,
    )
    sheet.repeat_rows(0, HEAD)
    sheet.freeze_panes(TOP - 1, 3)
    slots.labels(sheet, TOP - 1)
    book.heading(sheet, TOP - 2, ["Grade, date and source of its terms"], 3)
    _typed(slots, sheet, TOP - 1, 3, "Loan_Source", book.style(font_size=9, **TYPED))
    book.name("Required_3", sheet, (TOP - 1, 3), (TOP + SLOTS - 2, 3))
    help_ = {
        "input_title": "Source",
        "input_message": "Reported, Estimated or Assumed, a date, a colon, the source",
    }
    sheet.data_validation(TOP - 1, 3, TOP + SLOTS - 2, 3, ANY | help_)
