"""The sheet Tranches: expected loss and spread of each, as quoted and converged."""

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.portfolio_convergence.charts import bar_chart
from haircut_workbooks.templates.portfolio_convergence.convergence import TRANCHES
from haircut_workbooks.templates.portfolio_convergence.losses import CASES, OBLIGORS, fetched
from haircut_workbooks.templates.portfolio_convergence.slots import SLOTS, Slots, paged
from haircut_workbooks.templates.sheets import GREY, Result, TemplateBook, a1, absolute

HEAD, FIRST, GIVEN, TOP = 4, 5, 18, 42
WIDTHS = (2, 5, 40, *[14] * 9)
LAST = FIRST + len(TRANCHES) - 1
NOTES = (
    "The equity tranche gains from convergence, for losses come together or not at all; the senior tranches pay for it. Sizes times expected losses add up to the expected loss of the book.",
    "Expected losses are those of the borrowers as they are. Spreads are of a pool of forty equal pieces, each with the PD and the correlation of the borrower that it is cut from, and one recovery for all.",
    "The pieces of one borrower default apart, so a concentrated book is riskier for its senior tranches than these spreads say: compare the expected losses.",
)


def add_tranches(slots: Slots) -> None:
    """Add the tranches and, under them, the pieces that their spreads are of."""
    book = slots.book
    sheet = book.sheet(
        "Tranches",
        "Tranches",
        "The book cut by seniority, attachment and detachment as shares of exposure: who gains and who pays when all converges.",
        WIDTHS,
    )
    paged(sheet, WIDTHS, TOP - 1)
    sheet.set_row(HEAD, 45)
    heads = (
        "Tranche",
        "Attaches at",
        "Detaches at",
        "Size, USD m",
        "EL of one year, quoted",
        "EL of one year, converged",
        "Change, points",
        "Spread to mean maturity, quoted, bp",
        "Spread, converged, bp",
        "Change, bp",
    )
    book.heading(sheet, HEAD, heads, 2)
    for i, name in enumerate(TRANCHES):
        row = FIRST + i
        sheet.write(row, 2, name, book.style(bold=True))
        book.formula(sheet, row, 3, f"=Attach_{i + 1}" if i else "=0", "share")
        book.formula(sheet, row, 4, f"={a1(row + 2, 4)}" if row < LAST else "=1", "share")
        book.formula(sheet, row, 5, f"=({a1(row + 1, 5)}-{a1(row + 1, 4)})*Exposure", "mn")
        for j in range(2):
            book.formula(sheet, row, 6 + j, fetched(a1(GIVEN + i + 2, 7 + j)), "rate")
            book.formula(sheet, row, 9 + j, fetched(a1(GIVEN + i + 2, 10 + j)), "bp")
        book.formula(sheet, row, 8, f"={a1(row + 1, 8)}-{a1(row + 1, 7)}", "rate")
        book.formula(sheet, row, 11, f"={a1(row + 1, 11)}-{a1(row + 1, 10)}", "bp")
    for name, column in (
        ("Attachments", 3),
        ("Detachments", 4),
        ("Tranche_Size", 5),
        ("Tranche_Quoted", 6),
        ("Tranche_Converged", 7),
        ("Spread_Converged", 10),
    ):
        book.name(name, sheet, (FIRST, column), (LAST, column))
    for i, note in enumerate(NOTES):
        sheet.write(LAST + 2 + i, 2, note, book.style(font_color=GREY))
    book.results(sheet, LAST + 6, [
        Result("Mean_LGD", "LGD, weighted by exposure", "=SUMPRODUCT(Loan_LGD,Loan_Exposure)/Exposure", "share"),
        Result("Mean_Years", "Maturity, weighted by exposure, years", "=SUMPRODUCT(Loan_Years,Loan_Exposure)/Exposure", "years"),
    ], 2)  # fmt: skip
    _given(book, sheet)
    _pieces(slots, sheet)
    chart = tranche_chart(book)
    chart.set_size({"width": 620, "height": 290})
    sheet.insert_chart(GIVEN + 6, 2, chart)


def _given(book: TemplateBook, sheet: Worksheet) -> None:
    book.section(sheet, GIVEN - 1, "As the functions give it", 9, 2)
    for i, case in enumerate(CASES):
        loss = f"=INDEX(HC_TRANCHE_LOSS({OBLIGORS},Rho_{case},Attachments,Detachments),0,Tranche_Figures)"
        book.spill(sheet, GIVEN, 6 + i, (5, 1), loss, ["rate"])
        book.spilled_heading(sheet, GIVEN, 6 + i, 1)
        spread = f"=HC_TRANCHE_SPREAD(Piece_Hazard,1-Mean_LGD,Piece_{case},Attachments,Detachments,Mean_Years,Base_Rate,Premiums)"
        book.spill(sheet, GIVEN + 1, 9 + i, (4, 1), spread, ["bp"])


def _pieces(slots: Slots, sheet: Worksheet) -> None:
    """Equal pieces, each cut from the borrower that stands at its place when exposures are laid end to end."""
    sheet.set_row(TOP - 1, 45)
    slots.labels(sheet, TOP)
    book = slots.book
    book.heading(sheet, TOP - 1, ["Share of the book before it"], 3)
    slots.place("Before", sheet, TOP, 3)
    for slot in range(SLOTS):
        before = (
            f"={a1(TOP + slot, 4)}+{slots.text('[Ob_Exposure]', sheet, slot - 1)}/Exposure" if slot else "=0"
        )
        book.formula(sheet, TOP + slot, 3, before, "share")
    columns = (
        ("piece_of", "Piece is cut from row", "=MATCH(([Loan_Number]-1+[Loan_Number])/(ROWS(Loan_Number)+ROWS(Loan_Number)),Before,1)", "count"),
        ("Piece_Hazard", "Its hazard a year", "=-LN(1-INDEX(Ob_PD,[piece_of]))", "rate"),
        ("Piece_Quoted", "Its correlation, quoted", "=INDEX(Rho_Quoted,[piece_of])", "share"),
        ("Piece_Converged", "Its correlation, converged", "=INDEX(Rho_Converged,[piece_of])", "share"),
    )  # fmt: skip
    for column, (name, heading, formula, style) in enumerate(columns, start=4):
        slots.column(sheet, TOP, column, name, heading, formula, style)


def tranche_chart(book: TemplateBook) -> Chart:
    """Spread of each tranche, as quoted beside converged."""

    def part(column: int) -> str:
        return f"Tranches!{absolute((FIRST, column), (LAST, column))}"

    series = [("As quoted", part(9)), ("Converged", part(10))]
    return bar_chart(book, "Spread of the tranches, bp", part(2), series, "#,##0")
